// api-refusals.test.mjs: what the API refuses, and that nothing is left of it
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { addActive, ALLOWED, attendances, punch, quote, rowCounts, SN }
    from './gym.mjs';

const URL_ = '/api/biometric_attendances';
const at = '2026-03-12 07:30:00';
const good = punch(42, at);
const secrets = [];
let stack, counts, other, limited, revoked;

before(async () => {
	stack = await Stack.start({ demo: true });
	await stack.admin(['company', 'add', 'OTHER', 'Other Gym']);
	await stack.admin(['branch', 'add', 'OTHER', 'Only', 'Asia/Kolkata']);
	await stack.admin(['device', 'add', 'OTHER', 'SN-OTHER', 'Theirs',
	    '--start', '2020-01-01']);
	await stack.admin(['device', 'add', 'SF', 'SN-TWO', 'Second',
	    '--start', '2020-01-01']);
	const token = async (...args) =>
	    (await stack.admin(['token', 'add', ...args])).trim();
	other = await token('OTHER', 'theirs');
	limited = await token('SF', 'one door', '--device', 'SN-TWO');
	revoked = await token('SF', 'lost');
	const line = (await stack.admin(['token', 'list', 'SF'])).split('\n')
	    .find(text => text.includes('\tlost\t'));
	await stack.admin(['token', 'revoke', 'SF', line.split('\t')[0]]);
	secrets.push(stack.token, other, limited, revoked);
});
after(() => stack.stop());

beforeEach(async () => { counts = await rowCounts(stack); });
afterEach(async () => {
	assert.deepEqual(await rowCounts(stack), counts, 'nothing was stored');
});

// The shape of every refusal; returns it.
function refused(got, status, field, what = '') {
	assert.equal(got.status, status, `${what}: ${got.status} ${got.text}`);
	assert.equal(got.headers['content-type'], 'application/json', what);
	assert.ok(got.json, `${what}: ${got.text}`);
	assert.deepEqual(Object.keys(got.json), field ?
	    ['status', 'message', 'field'] : ['status', 'message'], what);
	assert.equal(got.json.status, false);
	assert.equal(got.json.field, field, what);
	assert.match(got.json.message, /^[A-Za-z][\x20-\x7e]+$/);
	assert.doesNotMatch(got.json.message,
	    /select|insert|trn_|mst_|sql|maria|errno|json_|\.c:/i);
	if (status === 401)
		assert.equal(got.headers['www-authenticate'],
		    'Bearer realm="gymgate"', 'only Bearer is offered');
	else
		assert.equal(got.headers['www-authenticate'], undefined);
	return got;
}

const bytes = (...parts) => Buffer.concat(parts.map(p => Buffer.from(p)));

test('what is not JSON is refused with 400', async () => {
	const text = JSON.stringify(good);
	for (const body of ['', ' ', '{', '}', text.slice(0, -1), `${text}}`,
	    `${text},`, `${text}${text}`, `${text} x`, 'null x', 'undefined',
	    '{"a":1,}', '[1,]', "{'compcode':'SF'}", '{compcode:"SF"}',
	    '{"a":01}', '{"a":+1}', '{"a":.5}', '// x\n{}',
	    '{"a":"\\x41"}', '{"a":"\\u12"}',
	    'compcode=SF&user_id=42'])
		refused(await stack.post(body), 400, undefined, body);
});

test('NUL bytes and what is no UTF-8 are refused, also within a string',
    async () => {
	const head = '{"compcode":"SF","device_sn":"x","user_id":"4';
	const tail = '"}';
	for (const part of [[0], [0xff], [0xc3], [0xc0, 0x80], [0xe0, 0x80, 0x80],
	    [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80]])
		refused(await stack.post(bytes(head, part, tail)), 400,
		    undefined, String(part));
	const text = JSON.stringify(good);
	for (const body of [bytes(text, [0]), bytes([0], text), bytes([0]),
	    bytes(text, [0], text), bytes([0xfe, 0xff], text),
	    Buffer.from(text, 'utf16le')])
		refused(await stack.post(body), 400, undefined,
		    body.toString('latin1'));
});

test('a NUL that JSON or a form wrote as an escape is refused', async () => {
	const fields = { compcode: 'SF', user_id: '42', device_sn: SN,
	    timestamp: at };
	for (const key of Object.keys(fields)) {
		const value = `${fields[key]}\0`;
		refused(await stack.post({ ...fields, [key]: value }), 422, key);
		refused(await stack.post({ ...fields, [key]: `\0${value}` }),
		    422, key);
		refused(await stack.post(new URLSearchParams({ ...fields,
		    [key]: value })), 422, key);
	}
});

test('a form with broken escapes or bytes is refused', async () => {
	const form = { headers: { 'Content-Type':
	    'application/x-www-form-urlencoded' } };
	const rest = `compcode=SF&device_sn=${SN}&timestamp=x`;
	for (const id of ['%', '%4', '%zz'])
		refused(await stack.post(`${rest}&user_id=${id}`, form), 400,
		    undefined, id);
	for (const id of ['%ff', '4%c3', '%00', '', '4+2', '%E0%A4%95'])
		refused(await stack.post(`${rest}&user_id=${id}`, form), 422,
		    'user_id', id);
	refused(await stack.post('', form), 422, 'compcode');
	refused(await stack.post(`user_id=42&${'a=1&'.repeat(5000)}`, form),
	    400);
});

test('a thousand levels of nesting are refused', async () => {
	const deep = (n, open, close) => open.repeat(n) + close.repeat(n);
	refused(await stack.post(deep(1000, '[', ']')), 400);
	refused(await stack.post(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`),
	    400);
	refused(await stack.post('['.repeat(500000)), 400);
	refused(await stack.post(JSON.stringify(good).replace('42',
	    deep(1000, '[', ']'))), 400);
});

// 270 MB it would be, in json-c.
test('a body that unfolds to much is refused before that', async () => {
	const peak = () => Math.max(...stack.web.children().map(pid =>
	    Number(fs.readFileSync(`/proc/${pid}/status`, 'utf8')
	    .match(/^VmHWM:\s+(\d+) kB$/m)[1])));
	for (const [item, n] of [['{}', 330000], ['[]', 330000], ['1', 500000],
	    ['"{}"', 200000]])
		refused(await stack.post(`[${`${item},`.repeat(n)}${item}]`),
		    400);
	// brackets in a text are none
	refused(await stack.post({ ...good, user_id: '[{\\"'.repeat(50000) }),
	    422, 'user_id');
	assert.ok(peak() < 64 * 1024, `${peak()} kB`);
});

test('a number, a text or a truth alone is no punch', async () => {
	for (const body of ['1', '-1.5', '"SF"', 'true', 'false', 'null', '""'])
		assert.ok([400, 422].includes(refused(await stack.post(body),
		    body === 'null' ? 400 : 422, undefined, body).status));
});

test('a missing field is named', async () => {
	for (const key of ['compcode', 'user_id', 'device_sn']) {
		for (const value of [undefined, null]) {
			const got = refused(await stack.post({ ...good,
			    [key]: value }), 422, key);
			assert.equal(got.json.message, `${key} is missing`);
		}
		const form = new URLSearchParams(good);
		form.delete(key);
		refused(await stack.post(form), 422, key);
	}
	refused(await stack.post({}), 422, 'compcode');
});

test('a field of a wrong type is named', async () => {
	for (const key of ['compcode', 'user_id', 'device_sn', 'timestamp',
	    'clock_offset', 'time_source', 'time_raw'])
		for (const value of [[], [1], {}, { a: 1 }, true, false])
			refused(await stack.post({ ...good, [key]: value }),
			    422, key, `${key}: ${JSON.stringify(value)}`);
});

test('a field that is too long is named', async () => {
	for (const [key, most] of [['compcode', 16], ['user_id', 24],
	    ['device_sn', 32], ['timestamp', 64], ['time_source', 16],
	    ['time_raw', 64]])
		for (const length of [most + 1, 1000, 100000]) {
			const value = '7'.repeat(length);
			refused(await stack.post({ ...good, [key]: value }),
			    422, key, `${key}: ${length}`);
		}
	const form = new URLSearchParams({ ...good, user_id: '7'.repeat(25) });
	refused(await stack.post(form), 422, 'user_id');
});

test('a user_id that is not 1 to 24 letters or digits is refused',
    async () => {
	for (const id of ['', ' ', '-1', '1.5', '4 2', ' 42', '42 ', '42\n',
	    '4\t2', '+42', '4,2', '0x2a!', "42'", '42"', '42;--', '४२', 'é',
	    '\u200b42', '7'.repeat(25)])
		refused(await stack.post({ ...good, user_id: id }), 422,
		    'user_id', JSON.stringify(id));
});

test('a number that is no whole number of up to 24 digits is refused',
    async () => {
	const text = JSON.stringify(good);
	for (const id of ['-1', '-0.5', '1.5', '42.0', '1e3', '42e0', '1E3',
	    '7'.repeat(25), `-${'7'.repeat(25)}`, '1e400',
	    'NaN', 'Infinity', '-Infinity'])
		refused(await stack.post(text.replace(':42,', `:${id},`)), 422,
		    'user_id', id);
});

test('a clock_offset that is no number of seconds is refused', async () => {
	for (const value of ['', 'x', '1.5', 1.5, 1e30, '99999999999999999999',
	    '4 2', '0x10'])
		refused(await stack.post({ ...good, clock_offset: value }), 422,
		    'clock_offset', JSON.stringify(value));
	refused(await stack.post(JSON.stringify(good).replace('}',
	    ',"clock_offset":1e3}')), 422, 'clock_offset');
});

test('a source of time that nobody knows, or no text, is refused', async () => {
	for (const value of ['', 'SERVER', 'bridge', 'BRIDGE ', 7])
		refused(await stack.post({ ...good, time_source: value }), 422,
		    'time_source', JSON.stringify(value));
	for (const value of ['a\nb', '\t', '\x7f', 'a\0'])
		refused(await stack.post({ ...good, time_source: 'BRIDGE',
		    time_raw: value }), 422, 'time_raw', JSON.stringify(value));
	refused(await stack.post(new URLSearchParams({ ...good,
	    time_source: 'SERVER' })), 422, 'time_source');
});

test('SQL in a field is a value that is refused or kept as text',
    async () => {
	for (const key of ['compcode', 'user_id', 'device_sn'])
		refused(await stack.post({ ...good,
		    [key]: "x' OR '1'='1' -- " }), 422, key);
});

test('without a token, or with one that is none, a token is asked for',
    async () => {
	const digits = stack.token.split('.')[1];
	const basic = text => `Basic ${Buffer.from(text).toString('base64')}`;
	for (const header of [undefined, '', 'Bearer', 'Bearer ', stack.token,
	    `Token ${stack.token}`, `Bearer${stack.token}`, 'Bearer x',
	    'Bearer SF.', `Bearer SF.${digits.slice(1)}`,
	    `Bearer SF.${digits}0`, `Bearer .${digits}`, `Bearer ${digits}`,
	    `Bearer SF.${digits.replace(/.$/, 'g')}`,
	    `Bearer SF.${digits.toUpperCase()}X`, 'Bearer \xff\xfe',
	    `Bearer ${'x'.repeat(7000)}`, 'Basic', 'Basic ====', 'Basic !!',
	    basic('nothing'), basic(':'), basic('SF:'), basic(stack.token),
	    basic(`${stack.token}:`), basic(`x:${'y'.repeat(5000)}`),
	    `Digest username="${stack.token}"`])
		refused(await stack.post(good, { token: null, headers: header ===
		    undefined ? {} : { Authorization: header } }), 401,
		    undefined, header);
});

test('a wrong, a revoked and another company\'s digits open nothing',
    async () => {
	const [code, digits] = stack.token.split('.');
	const flipped = digits.replace(/^./, c => c === '0' ? '1' : '0');
	for (const token of [`${code}.${flipped}`, revoked,
	    `OTHER.${digits}`, `sf.${digits}`, `SF.${other.split('.')[1]}`])
		refused(await stack.post(good, { token }), 401, undefined,
		    token);
	for (const body of [good, [good], [], '{', '7'])
		refused(await stack.post(body, { token: revoked }), 401);
});

test('whoever has no valid token learns nothing about the request',
    async () => {
	for (const body of [{}, { ...good, user_id: -1 }, '{', 'x', '[1]',
	    { ...good, compcode: 'OTHER' }]) {
		const got = refused(await stack.post(body,
		    { token: revoked }), 401);
		assert.equal(got.json.message, 'A valid token is needed');
	}
});

test('another company\'s punches are refused with 403', async () => {
	refused(await stack.post({ ...good, compcode: 'OTHER' }), 403,
	    'compcode');
	refused(await stack.post(good, { token: other }), 403, 'compcode');
	refused(await stack.post({ ...good, compcode: 'sf' }), 403, 'compcode');
	refused(await stack.post({ ...good, compcode: 'NONE' }), 403,
	    'compcode');
});

test('a terminal that is not the company\'s own is refused with 403',
    async () => {
	for (const sn of ['SN-OTHER', 'SN-UNKNOWN', SN.toLowerCase()]) {
		refused(await stack.post({ ...good, device_sn: sn }), 403,
		    'device_sn', sn);
		// without a time it takes another way
		refused(await stack.post({ ...good, device_sn: sn,
		    timestamp: undefined }), 403, 'device_sn', sn);
		refused(await stack.post({ ...good, device_sn: sn,
		    timestamp: '2026-03-12T07:30:00Z' }), 403, 'device_sn', sn);
	}
	refused(await stack.post({ ...good, compcode: 'OTHER' },
	    { token: other }), 403, 'device_sn');
});

test('a token of one terminal is refused for another', async () => {
	for (const timestamp of [at, '', '2026-03-12T07:30:00Z'])
		refused(await stack.post({ ...good, timestamp },
		    { token: limited }), 403, 'device_sn');
	const batch = await stack.post([good, good], { token: limited });
	assert.equal(batch.status, 200);
	assert.deepEqual(batch.json.results.map(r => r.code), [403, 403]);
});

test('10 MB are refused with 413, announced or not', async () => {
	const much = Buffer.alloc(10 << 20, ' ');
	refused(await stack.post(much), 413);
	refused(await stack.post(Readable.from([much.subarray(0, 5 << 20),
	    much.subarray(5 << 20)])), 413);
	// without nginx, too
	const direct = await stack.cgi('POST', URL_, { token: stack.token,
	    headers: { 'Content-Type': 'application/json' }, body: much });
	refused(direct, 413);
});

test('a wrong method is refused and the right one named', async () => {
	for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH',
	    'OPTIONS']) {
		const got = await stack.request(method, URL_, { token:
		    stack.token, headers: { 'Content-Type':
		    'application/json' }, body: method === 'PUT' ?
		    JSON.stringify(good) : undefined });
		assert.equal(got.headers.allow, 'POST', method);
		if (method === 'HEAD')
			assert.equal(got.status, 405);
		else
			refused(got, 405, undefined, method);
	}
});

test('a wrong media type is refused with 415', async () => {
	for (const type of ['text/plain', 'application/xml',
	    'multipart/form-data; boundary=x', 'application/jsonx', 'json', ''])
		refused(await stack.post(JSON.stringify(good), { headers:
		    { 'Content-Type': type } }), 415, undefined, type);
});

test('an unknown address under /api is refused in JSON', async () => {
	for (const target of ['/api/', '/api/x', `${URL_}/`, `${URL_}/1`,
	    '/api/Biometric_attendances', '/api/devices/x', '/api//x',
	    '/api/%E0%A4%95'])
		for (const method of ['GET', 'POST'])
			refused(await stack.request(method, target,
			    { token: stack.token, body: method === 'POST' ?
			    JSON.stringify(good) : undefined, headers:
			    { 'Content-Type': 'application/json' } }), 404,
			    undefined, target);
});

test('an address that cannot be read is refused in JSON under /api',
    async () => {
	for (const target of ['/api/%ff', `${URL_}?x=%`, `${URL_}?x=%zz`,
	    `${URL_}?${'a&'.repeat(300)}`])
		refused(await stack.request('POST', target, { token:
		    stack.token, body: JSON.stringify(good), headers:
		    { 'Content-Type': 'application/json' } }), 400, undefined,
		    target);
});

test('a body that ends too early is not taken', async () => {
	const text = JSON.stringify(good);
	await new Promise((done, fail) => {
		const socket = net.connect(stack.port, '127.0.0.1', () =>
		    socket.end(`POST ${URL_} HTTP/1.1\r\nHost: x\r\n` +
		    `Authorization: Bearer ${stack.token}\r\n` +
		    'Content-Type: application/json\r\nContent-Length: ' +
		    `${text.length + 10}\r\n\r\n${text}`));
		socket.on('error', fail);
		socket.on('close', done);
		socket.resume();
	});
	const cgi = await stack.cgi('POST', URL_, { token: stack.token,
	    headers: { 'Content-Type': 'application/json' }, body: text,
	    env: { ...stack.env, CONTENT_LENGTH: String(text.length + 10) } });
	refused(cgi, 400);
});

test('after all of this the same workers still take a punch', async () => {
	const user = '9'.repeat(24);
	await addActive(stack, 300, { mappings: [[user], ['A'.repeat(24)],
	    ['777777777777777777']] });
	for (const id of [user, 'A'.repeat(24)]) {
		const got = await stack.post(punch(id, `2026-03-12 07:3${
		    id[0] === 'A' ? 1 : 2}:00`));
		assert.equal(got.text, ALLOWED);
		assert.equal((await attendances(stack, id)).length, 1);
	}
	// a number keeps every digit
	await stack.post(JSON.stringify(punch(0, '2026-03-12 07:40:00'))
	    .replace(':0,', ':777777777777777777,'));
	assert.equal((await attendances(stack, '777777777777777777')).length, 1);
	const long = await stack.post(punch(42, at, { unknown: 'x', more: [1] }));
	assert.equal(long.text, ALLOWED, 'what we do not know is left aside');
	assert.doesNotMatch(stack.web.text(), /died of|ended with/);
	counts = await rowCounts(stack);
});

test('no log of the stack holds a token', async () => {
	await stack.request('POST', `${URL_}?token=${stack.token}`, {
	    token: stack.token, body: '{', headers:
	    { 'Content-Type': 'application/json' } });
	const logs = fs.readdirSync(`${stack.dir}/log`);
	assert.ok(logs.includes('access.log') && logs.includes('nginx.log') &&
	    logs.includes('gymgate-web.log'));
	for (const name of logs) {
		const text = fs.readFileSync(path.join(stack.dir, 'log', name),
		    'utf8');
		for (const token of secrets) {
			assert.ok(!text.includes(token.split('.')[1]), name);
			assert.ok(!text.includes(Buffer.from(`:${token}`)
			    .toString('base64').slice(8, 40)), name);
		}
	}
	const rows = await stack.sql('SELECT tok_hash FROM mst_api_tokens');
	assert.ok(rows.length >= 4);
	for (const token of secrets)
		assert.equal((await stack.sql(`SELECT id FROM mst_api_tokens
		    WHERE tok_hash IN (${quote(token)},
		    ${quote(token.split('.')[1])})`)).length, 0,
		    'only hashes are stored');
});
