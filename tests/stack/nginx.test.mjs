// nginx.test.mjs: what nginx answers by itself, and what it hands to workers
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { echoWorker, raw } from './echo.mjs';
import { request } from './http.mjs';
import { Stack } from './stack.mjs';
import { accepts, freePort, until } from './wait.mjs';

let stack;
const listening = [];

before(async () => {
	fs.mkdirSync('build/static', { recursive: true });
	stack = await Stack.start({ database: false, web: false });
});
after(async () => {
	for (const server of listening)
		server.close();
	await stack.stop();
});

const refused = (got, status) => {
	assert.equal(got.status, status);
	assert.equal(got.headers['content-type'], 'application/json');
	assert.deepEqual(Object.keys(got.json), ['status', 'message']);
	assert.equal(got.json.status, false);
	assert.equal(got.headers['cache-control'], 'no-store');
};

test('without workers a program is told to come again', async () => {
	for (const path of ['/api/biometric_attendances', '/healthz',
	    '/api/devices/SN/users', '/api/devices/SN/events']) {
		const got = await stack.request('POST', path, { body: '{}' });
		refused(got, 503);
		assert.equal(got.headers['retry-after'], '5');
	}
});

test('without workers a person gets a page, also for a form', async () => {
	for (const [method, path] of [['GET', '/'], ['POST', '/login'],
	    ['GET', '/live/events'], ['GET', '/apix']]) {
		const got = await stack.request(method, path);
		assert.equal(got.status, 503);
		assert.match(got.headers['content-type'], /^text\/html/);
		assert.equal(got.headers['retry-after'], '5');
		assert.match(got.text, /One moment/);
		assert.match(got.headers['content-security-policy'],
		    /default-src 'none'/);
		assert.equal(got.headers['strict-transport-security'],
		    undefined);	// this is no https
	}
});

test('a screen on the wall comes again by itself', async () => {
	for (const [path, refresh] of [['/desk', '15'], ['/desk?x=1', '15'],
	    ['/desk/feed', undefined], ['/', undefined]]) {
		const got = await stack.request('GET', path);
		assert.equal(got.status, 503);
		assert.equal(got.headers.refresh, refresh, path);
	}
});

test('a body of more than 1 MB is refused, announced or not', async () => {
	const much = Buffer.alloc(2 << 20, 'x');
	refused(await stack.post(much), 413);
	refused(await stack.post(Readable.from([much])), 413);
	// but for the users of a terminal, of whom there may be many
	const users = '/api/devices/SN/users';
	refused(await stack.request('PUT', users, { body: much }), 503);
	refused(await stack.request('PUT', users,
	    { body: Buffer.alloc(5 << 20, 'x') }), 413);
	refused(await stack.request('PUT', `${users}/x`, { body: much }), 413);
	refused(await stack.request('PUT', '/api/devices/SN/access',
	    { body: much }), 503);
	// and for photos
	const photo = '/members/7/photo';
	const send = (path, size) => stack.request('POST', path,
	    { body: Buffer.alloc(size, 'x') });
	assert.equal((await send(photo, 11 << 20)).status, 503);
	assert.equal((await send(photo, 13 << 20)).status, 413);
	assert.equal((await send(`${photo}/remove`, 2 << 20)).status, 413);
	const page = await stack.request('POST', '/login', { body: much });
	assert.equal(page.status, 413);
	assert.match(page.text, /too large/);
});

test('what is no HTTP is refused in JSON under /api', async () => {
	const head = 'GET /api/x HTTP/1.1\r\n';
	for (const [text, status] of [
	    [`${head}no colon\r\n\r\n`, 400],
	    [`${head}Host: a\r\nHost: b\r\n\r\n`, 400],
	    [`${head}Host: a\r\nContent-Length: -1\r\n\r\n`, 400],
	    [`${head}Host: a\r\nBig: ${'x'.repeat(40000)}\r\n\r\n`, 431],
	    [`GET /api/${'x'.repeat(40000)} HTTP/1.1\r\n\r\n`, 414],
	    ['TRACE /api/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
	    405]]) {
		const got = await raw(stack, text);
		assert.match(got, new RegExp(`^HTTP/1.1 ${status} `));
		assert.match(got, /\r\n\r\n\{"status":false,"message":"[^"]+"\}$/);
	}
});

test('a flood of sign-ins is slowed down, the page is not', async () => {
	let last;
	for (let i = 0; i < 60 && last?.status !== 429; i++)
		last = await stack.request('POST', '/login', { body: 'x' });
	assert.equal(last.status, 429);
	assert.equal(last.headers['retry-after'], '5');
	assert.match(last.text, /One moment/);
	assert.equal((await stack.request('GET', '/login')).status, 503);
	// nor are codes of displays guessed in its place
	assert.equal((await stack.request('POST', '/desk/pair', { body: 'x' }))
	    .status, 429);
	assert.equal((await stack.request('GET', '/desk/pair')).status, 503);
});

test('a network of IPv6 is limited as one address, IPv4 by each', async () => {
	const run = `${stack.dir}/networks`, port = await freePort();
	for (const dir of ['log', 'nginx'])
		fs.mkdirSync(`${run}/${dir}`, { recursive: true });
	await stack.runNginx({ name: 'networks', run, port, ready: () =>
	    accepts(port), more: 'set_real_ip_from 127.0.0.1; ' +
	    'real_ip_header X-From;' });
	const ask = async from => (await request(`http://127.0.0.1:${port}/login`,
	    { method: 'POST', body: 'x', headers: { 'X-From': from } })).status;
	// written in every way, a line feed among its bytes; fewer of each
	// way than a burst
	for (const [network, next] of [
	    [i => `2001:db8:1:2:${i}::1`, '2001:db8:1:3::1'],
	    [i => i % 2 ? `2001:db8::${i}` : `2001:db8:0:0:${i}::`,
	    '2001:db8:0:1::1'],
	    [i => `2001:a0a:a:0:0:a0a:0:${i}0a`, '2001:a0a:a:1:0:a0a:0:a'],
	    [i => i % 2 ? '192.0.2.1' : '::ffff:192.0.2.1', '192.0.2.2']]) {
		let got = 503;
		for (let i = 1; i < 37 && got !== 429; i++)
			got = await ask(network(i));
		assert.equal(got, 429, network(1));
		assert.equal(await ask(next), 503, next);
	}
	for (let i = 0; i < 60; i++)
		assert.equal(await ask(`198.51.100.${i}`), 503);
});

test('static files: types, caches, no way out', async () => {
	const style = '/static/unavailable.html';
	const plain = await stack.request('GET', style);
	assert.equal(plain.status, 200);
	assert.equal(plain.headers['cache-control'], 'no-cache');
	assert.equal(plain.headers['x-content-type-options'], 'nosniff');
	assert.equal(plain.headers['strict-transport-security'], undefined);
	assert.equal(plain.headers.server, 'nginx');
	const named = await stack.request('GET', `${style}?v=3`);
	assert.match(named.headers['cache-control'], /immutable/);
	for (const path of ['/static/', '/static/none.css', '/static',
	    '/static/%2e%2e/bin/gymgate-web', '/static/..%2fbin/gymgate-web'])
		assert.notEqual((await raw(stack, `GET ${path} HTTP/1.1\r\nHost: a\r\n` +
		    'Connection: close\r\n\r\n')).slice(9, 12), '200', path);
});

test('a worker is told all it needs, and nothing that poses', async () => {
	listening.push(await echoWorker(stack));
	const got = await stack.request('POST', '/a%20b//c/../d?x=1&y=%20', {
	    body: 'hello', headers: { Authorization: 'Bearer SF.12',
	    Cookie: 'a=b; c=d', Proxy: 'http://evil', Host: 'gym.example',
	    'Content-Type': 'text/plain', 'X-Content_Length': '7' } });
	const told = got.json;
	assert.equal(told.REQUEST_METHOD, 'POST');
	assert.equal(told.REQUEST_URI, '/a%20b//c/../d?x=1&y=%20');
	assert.equal(told.QUERY_STRING, 'x=1&y=%20');
	assert.equal(told.CONTENT_TYPE, 'text/plain');
	assert.equal(told.CONTENT_LENGTH, '5');
	assert.equal(told.body, 5);
	assert.equal(told.HTTP_AUTHORIZATION, 'Bearer SF.12');
	assert.equal(told.HTTP_COOKIE, 'a=b; c=d');
	assert.equal(told.HTTP_HOST, 'gym.example');
	assert.ok(!told.HTTP_PROXY);
	assert.equal(told.REMOTE_ADDR, '127.0.0.1');
	assert.equal(told.SERVER_ADDR, '127.0.0.1');
	assert.equal(told.HTTPS, undefined);
	const chunked = await stack.post(Readable.from(['ab', 'cde']));
	assert.equal(chunked.json.CONTENT_LENGTH, '5');
	assert.equal(chunked.json.body, 5);
});

test('an event stream is not held up', async () => {
	let send;
	const hub = http.createServer((req, res) => {
		res.writeHead(200, { 'Content-Type': 'text/event-stream' });
		res.write(`event: hello\ndata: ${req.headers['x-real-ip']} ` +
		    `${req.headers.host} ${req.httpVersion} ` +
		    `${req.headers.authorization} ${req.url}\n\n`);
		send = data => res.write(`data: ${data}\n\n`);
	});
	listening.push({ close: () => { hub.close();
	    hub.closeAllConnections?.(); } });
	await new Promise(done => hub.listen(`${stack.dir}/live.sock`, done));
	for (const path of ['/live/events', '/api/devices/A-1/events']) {
		const open = await stack.events(path,
		    { headers: { Authorization: 'Bearer SF.12' } });
		await until('the first event', () => open.events.length === 1);
		assert.deepEqual(open.events[0], { event: 'hello',
		    data: `127.0.0.1 127.0.0.1:${stack.port} 1.1 ` +
		    `Bearer SF.12 ${path}` });
		send('one');
		await until('another', () => open.events.length === 2, 1000);
		open.close();
	}
});

test('the log has no query, no token and no cookie', async () => {
	await stack.request('GET', '/api/x?name=sEcrEt', { token: 'sEcrEt',
	    headers: { Cookie: 'sEcrEt' } });
	const log = () => fs.readFileSync(`${stack.dir}/log/access.log`, 'utf8');
	await until('the line', () => /"GET \/api\/x" /.test(log()));
	assert.doesNotMatch(log(), /sEcrEt|\?/);
});
