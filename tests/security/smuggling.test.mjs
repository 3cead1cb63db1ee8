// smuggling.test.mjs: requests that two programs would read in two ways, and what
// is too much or too slow: nginx decides, before any worker is asked
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { echoWorker, raw } from '../stack/echo.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';

let stack, worker, slow = [];
const asked = [];	// what workers were asked: methods and addresses

before(async () => {
	stack = await Stack.start({ database: false, web: false });
	worker = await echoWorker(stack, told => asked.push(
	    `${told.REQUEST_METHOD} ${told.REQUEST_URI}`));
	slow = Array.from({ length: 30 }, (_, i) => sendSlowly(SLOW[i % 3]));
});
after(async () => {
	slow.forEach(one => one.socket.destroy());
	worker.close();
	await stack.stop();
});

const CLOSE = 'Connection: close\r\n';
const INNER = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
const chunked = text => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

// Heads and bodies that never end; the last one gets a byte now and then.
const SLOW = ['GET /api/slow HTTP/1.1\r\nHost: a\r\nX: ',
    'POST /api/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx',
    'GET /api/slow HTTP/1.1\r\nX: drip'];

// They begin with the first test, for they are waited for in the last.
function sendSlowly(text) {
	const one = { socket: net.connect(stack.port, '127.0.0.1') };
	const began = performance.now();
	const drip = setInterval(() => text === SLOW[2] &&
	    one.socket.write('x'), 500);
	one.socket.on('error', () => {});
	one.socket.on('data', () => {});
	one.socket.on('close', () => {
		clearInterval(drip);
		one.ms = performance.now() - began;
	});
	one.socket.write(text);
	return one;
}

// Sends it; resolves to the statuses of all answers and what workers saw.
async function send(text) {
	asked.length = 0;
	const got = await raw(stack, text);
	return { statuses: [...got.matchAll(/HTTP\/1\.1 (\d{3})/g)]
	    .map(([, status]) => Number(status)), asked: [...asked], got };
}

test('4.2.1 of two lengths, or a length and chunks, none is believed', async () => {
	const post = 'POST /api/x HTTP/1.1\r\nHost: a\r\n';
	const inner = `5\r\nhello\r\n0\r\n\r\n${INNER}`;
	for (const heads of [
	    `Content-Length: 5\r\nContent-Length: 6\r\n`,
	    `Content-Length: 5\r\nContent-Length: 5\r\n`,
	    `Content-Length: 5, 5\r\n`, `Content-Length: +5\r\n`,
	    `Content-Length: 0x5\r\n`, `Content-Length: 5 5\r\n`,
	    `Content-Length: ${'9'.repeat(30)}\r\n`,
	    `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`,
	    `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n`,
	    `Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n`,
	    `Transfer-Encoding: chunked, identity\r\n`,
	    `Transfer-Encoding: identity\r\n`, `Transfer-Encoding: xchunked\r\n`,
	    `Transfer-Encoding: gzip, chunked\r\n`,
	    `Transfer-Encoding:\x0bchunked\r\n`,
	    `Content-Length : 5\r\n`, `Transfer-Encoding : chunked\r\n`]) {
		const { statuses, asked } = await send(
		    `${post}${heads}${CLOSE}\r\n${inner}`);
		assert.equal(statuses.length, 1, heads);
		assert.ok([400, 413, 501].includes(statuses[0]),
		    `${statuses}: ${heads}`);
		assert.deepEqual(asked, [], heads);
	}
});

test('4.2.1 lines end one way: what is folded, split or bare is refused or one ' +
    'header', async () => {
	const get = 'GET /api/x HTTP/1.1\r\nHost: a\r\n';
	for (const odd of ['X: a\r\n Content-Length: 5\r\n',	// folded
	    'X: a\r\n\tTransfer-Encoding: chunked\r\n',
	    'X: a\rTransfer-Encoding: chunked\r\n', 'X: a\0b\r\n',
	    ' X: a\r\n', ': a\r\n', 'X Y: a\r\n',
	    'X: a\r\nHost: b\r\n']) {
		const { statuses, asked } = await send(`${get}${odd}${CLOSE}\r\n`);
		assert.deepEqual(statuses, [400], JSON.stringify(odd));
		assert.deepEqual(asked, [], JSON.stringify(odd));
	}
	for (const line of ['GET /a b HTTP/1.1', 'GET /api/x HTTP/1.1 x',
	    'GET\t/api/x HTTP/1.1', 'GET http://b:x/api HTTP/1.1',
	    'GET /api/x HTTP/9.9', 'GET  HTTP/1.1', 'get /api/x HTTP/1.1',
	    'GET api/x HTTP/1.1', 'GET /\x01 HTTP/1.1']) {
		const { statuses, asked } = await send(
		    `${line}\r\nHost: a\r\n${CLOSE}\r\n`);
		assert.ok(statuses.length === 1 && statuses[0] >= 400,
		    `${statuses}: ${JSON.stringify(line)}`);
		assert.deepEqual(asked, [], line);
	}
	// a line may end with LF alone (RFC 9112, 2.2); it ends all the same
	const bare = await send('GET /api/x HTTP/1.1\nHost: a\nConnection: close\n\n');
	assert.deepEqual(bare.asked, ['GET /api/x']);
});

test('4.2.1 a body is a body, whatever it looks like', async () => {
	for (const [heads, body] of [
	    [`Content-Length: ${INNER.length}\r\n`, INNER],
	    ['Transfer-Encoding: chunked\r\n', chunked(INNER)],
	    ['Transfer-Encoding: Chunked\r\n', chunked(INNER)],
	    ['Transfer-Encoding: chunked\r\n', chunked(INNER)
	    .replace('\r\n', ';a="b\'\r\n')],	// an extension
	    ['Transfer-Encoding: chunked\r\n', chunked(INNER)
	    .replace(/\r\n\r\n$/, '\r\nX-Real-IP: 9\r\nContent-Length: 9\r\n\r\n')]]) {
		const { statuses, asked, got } = await send('POST /api/x HTTP/1.1\r\n' +
		    `Host: a\r\n${heads}${CLOSE}\r\n${body}`);
		assert.deepEqual(statuses, [200], heads);
		assert.deepEqual(asked, ['POST /api/x']);
		assert.match(got, new RegExp(`"CONTENT_LENGTH":"${INNER.length}"`));
		assert.match(got, new RegExp(`"body":${INNER.length}`));
	}
	for (const body of ['z\r\nhello\r\n0\r\n\r\n', '-5\r\nhello\r\n0\r\n\r\n',
	    `${'f'.repeat(17)}\r\nhello\r\n0\r\n\r\n`, '5\r\nhelloX\r\n0\r\n\r\n',
	    '0x5\r\nhello\r\n0\r\n\r\n']) {
		const { statuses, asked } = await send('POST /api/x HTTP/1.1\r\n' +
		    `Host: a\r\nTransfer-Encoding: chunked\r\n${CLOSE}\r\n${body}`);
		assert.ok([400, 413].includes(statuses[0]), `${statuses}: ${body}`);
		assert.deepEqual(asked, [], body);
	}
	// a GET's body is not the next request
	const { asked } = await send('GET /api/x HTTP/1.1\r\nHost: a\r\n' +
	    `Content-Length: ${INNER.length}\r\n${CLOSE}\r\n${INNER}`);
	assert.ok(!asked.some(a => /smuggled/.test(a)), `${asked}`);
	// two honest requests in a row are two
	const two = await send('GET /api/1 HTTP/1.1\r\nHost: a\r\n\r\n' +
	    `GET /api/2 HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`);
	assert.deepEqual(two.asked, ['GET /api/1', 'GET /api/2']);
});

test('4.1.3 no header says who somebody is: the connection does', async () => {
	const posing = { 'X-Forwarded-For': '192.0.2.66', 'X-Real-IP': '192.0.2.66',
	    Forwarded: 'for=192.0.2.66;proto=https;host=evil', 'X-Forwarded-Host':
	    'evil', 'X-Forwarded-Proto': 'https', HTTPS: 'on', 'Remote-Addr':
	    '192.0.2.66', 'Client-IP': '192.0.2.66', 'X-Original-URL': '/admin',
	    'X-Rewrite-URL': '/admin', 'X-HTTP-Method-Override': 'PUT',
	    Script_Name: '/admin', Proxy: 'http://evil' };
	const { json } = await stack.request('GET', '/api/x', { headers: posing });
	assert.equal(json.REMOTE_ADDR, '127.0.0.1');
	assert.equal(json.REQUEST_METHOD, 'GET');
	assert.equal(json.REQUEST_URI, '/api/x');
	assert.equal(json.SCRIPT_NAME, '/api/x');
	assert.equal(json.HTTPS, undefined);
	assert.equal(json.REQUEST_SCHEME, 'http');
	assert.ok(!json.HTTP_PROXY);
	assert.equal(json.HTTP_SCRIPT_NAME, undefined, 'an underscore is dropped');
	let told;
	const hub = http.createServer((req, res) => {
		told = req.headers;
		res.end();
	});
	await new Promise(done => hub.listen(`${stack.sockets}/live.sock`, done));
	await stack.request('GET', '/live/events', { headers: posing });
	hub.close();
	assert.equal(told['x-real-ip'], '127.0.0.1');
	assert.equal(told['x-forwarded-proto'], 'http');
	assert.equal(told.proxy, undefined);
});

test('2.4.1 what is too much is refused, and not handed on', async () => {
	const head = 'GET /api/x HTTP/1.1\r\nHost: a\r\n' + CLOSE;
	const many = Array.from({ length: 5000 }, (_, i) => `X-${i}: ${i}\r\n`)
	    .join('');
	for (const [text, status] of [
	    [`${head}${many}\r\n`, 431],
	    [`${head}Cookie: ${'x'.repeat(9000)}\r\n\r\n`, 431],
	    [`GET /api/${'x'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`, 414],
	    ['POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n' +
	    `${CLOSE}\r\n`, 413]]) {
		const { statuses, asked } = await send(text);
		assert.deepEqual(statuses, [status]);
		assert.deepEqual(asked, []);
	}
});

test('2.4.1 who sends slowly holds nobody up, and is let go', async () => {
	assert.ok(slow.some(one => one.ms === undefined), 'they wait meanwhile');
	asked.length = 0;
	const began = performance.now();
	for (let i = 0; i < 20; i++)
		assert.equal((await stack.request('GET', '/api/x')).status, 200);
	assert.ok(performance.now() - began < 5000);
	await until('all to be let go', () => slow.every(one =>
	    one.ms !== undefined), 25000);
	assert.ok(slow.every(one => one.ms < 25000), slow.map(one => one.ms)
	    .join());
	assert.ok(!asked.some(a => /slow/.test(a)), 'no worker waited for them');
});
