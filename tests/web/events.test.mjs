// events.test.mjs: the event streams by which bridges are told to ask again
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { pause, SLOW, until } from '../stack/wait.mjs';
import { memberSql, quote } from './gym.mjs';

const QUIET_MS = 2600;	// longer than the hub waits between two looks
const SOON_MS = 4000;
let stack, a, b, revoked, revokedStream;
const opened = [];

before(async () => {
	stack = await Stack.start({ live: true, own: true });
	a = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	b = await addCompany(stack, 'BB');
	a.limited = (await stack.admin(['token', 'add', 'AA', 'one door',
	    '--device', 'AA-2'])).trim();
	// what becomes of this one is looked at in the end: it takes a while
	revoked = (await stack.admin(['token', 'add', 'AA', 'old'])).trim();
	revokedStream = await open('AA-2', revoked);
	const [{ id }] = await stack.sql(`SELECT id FROM mst_api_tokens
	    WHERE tok_label = 'old'`);
	await stack.admin(['token', 'revoke', 'AA', id]);
	const since = Date.now();
	revokedStream.took = until('its stream to end', () =>
	    revokedStream.ended, 60000).then(() => Date.now() - since,
	    () => Infinity);
});
after(async () => {
	for (const stream of opened)
		stream.close();
	await stack.stop();
});

async function open(sn, token = a.token, headers = {
    Authorization: `Bearer ${token}` }) {
	const stream = await stack.events(`/api/devices/${sn}/events`,
	    { headers });
	opened.push(stream);
	assert.equal(stream.status, 200);
	await until('what is said at open', () => said(stream) === 1);
	return stream;
}

const said = stream => stream.events.filter(e => e.event === 'access').length;

// Does what changes something, and tells how long after it each of `streams`
// was told; the others must not be told at all.
async function changes(what, streams, others, ms = SOON_MS) {
	const before_ = streams.map(said), quiet = others.map(said);
	await what();
	const began = Date.now();
	await until('all to be told', () => streams.every((s, i) =>
	    said(s) > before_[i]), ms);
	const took = Date.now() - began;
	await pause(QUIET_MS);
	assert.deepEqual(streams.map(said), before_.map(n => n + 1), 'once');
	assert.deepEqual(others.map(said), quiet, 'and nobody else');
	return took;
}

// As every write does that can change who may enter.
const revise = company => stack.sql(`UPDATE mst_companies SET cmp_revision =
    cmp_revision + 1 WHERE cmp_compcode = ${quote(company)}`);

const report = (sn, token, body = {}) => stack.request('PUT',
    `/api/devices/${sn}/status`, { token, body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' } });

test('a stream begins with access, and stays quiet', async () => {
	const stream = await open('AA-1');
	assert.match(stream.headers['content-type'], /^text\/event-stream/);
	assert.equal(stream.headers['cache-control'], 'no-store');
	assert.deepEqual(stream.events.slice(0, 2).map(e => e.event),
	    ['ping', 'access']);
	await open('AA-2', a.limited);
	await open('AA-1', null, { Authorization: `Basic ${
	    Buffer.from(`x:${a.token}`).toString('base64')}` });
	// neither a punch nor a report is news to a bridge
	const got = await stack.post({ compcode: 'AA', user_id: 1, device_sn:
	    'AA-1', timestamp: '2026-03-12 07:30:00' }, { token: a.token });
	assert.equal(got.status, 200);
	await report('AA-1', a.token, { log_count: 5, waiting: 1 });
	await pause(QUIET_MS);
	assert.equal(said(stream), 1);
});

test('it says so when who may enter may have changed', async () => {
	const own = [await open('AA-1'), await open('AA-2')];
	const theirs = [await open('BB-1', b.token)];
	const [{ branch }] = await stack.sql(`SELECT MIN(id) AS branch
	    FROM mst_branches WHERE brn_compcode = 'AA'`);
	await changes(() => stack.sql(memberSql({ company: 'AA', id: 9001,
	    branch: Number(branch), sn: 'AA-1', mappings: [['9001']],
	    subscriptions: [['2026-01-01', '2026-12-31']] })), own, theirs);
	await changes(() => revise('BB'), theirs, own);
});

test('and when the terminal\'s own row tells something else', async () => {
	const one = await open('AA-1'), two = await open('AA-2');
	const theirs = await open('BB-1', b.token);
	await changes(() => stack.sql(`UPDATE mst_devices SET dev_start =
	    '2026-02-01' WHERE dev_open_sn = 'AA-1'`), [one], [two, theirs]);
	await changes(() => stack.sql(`UPDATE mst_branches SET brn_zone =
	    'Asia/Dubai' WHERE brn_compcode = 'AA' AND brn_name = 'South'`),
	    [two], [one, theirs]);
	await changes(() => report('AA-1', a.token, { mac: 'old' }), [one],
	    [two, theirs]);
});

test('at once when the owner accepts another MAC address', async () => {
	const one = await open('AA-1'), two = await open('AA-2');
	const quiet = said(one);
	await report('AA-1', a.token, { mac: 'new' });
	const cookie = await stack.signIn(a.owner);
	const page = await stack.request('GET', '/devices/AA-1/mac',
	    { headers: { Cookie: cookie } });
	const [, csrf] = page.text.match(/name="csrf" value="([^"]+)"/);
	await pause(QUIET_MS);
	assert.equal(said(one), quiet, 'another that waits is no news to it');
	const took = await changes(async () => assert.equal((await stack.request(
	    'POST', '/devices/AA-1/mac', { headers: { Cookie: cookie,
	    'Content-Type': 'application/x-www-form-urlencoded' },
	    body: new URLSearchParams({ csrf, mac: 'new' }).toString() }))
	    .status, 303), [one], [two]);
	assert.ok(took < 1000 * SLOW, `${took} ms`);
});

test('of a terminal four are open at most, the newest', async () => {
	const streams = [];
	for (let i = 0; i < 5; i++)
		streams.push(await open('BB-1', b.token));
	await until('the oldest to be closed', () => streams[0].ended);
	await pause(500);
	assert.deepEqual(streams.map(s => s.ended), [true, false, false, false,
	    false]);
	await changes(() => revise('BB'), streams.slice(1), []);
	for (const stream of streams)
		stream.close();
});

test('who has no token of that terminal is refused as by the API', async () => {
	const asked = async (status, path, { method = 'GET', token, headers } =
	    {}) => {
		const got = await stack.request(method, path, { token, headers,
		    timeout: 5000 });
		assert.equal(got.status, status, path);
		assert.equal(got.headers['content-type'], 'application/json');
		assert.deepEqual(Object.keys(got.json), ['status', 'message']);
		assert.equal(got.json.status, false);
		assert.equal(got.headers['cache-control'], 'no-store');
		return got;
	};
	const path = '/api/devices/AA-1/events';
	const cookie = await stack.signIn(a.owner);

	for (const options of [{}, { token: 'x' }, { token: revoked },
	    { token: `AA.${'0'.repeat(64)}` }, { headers: { Cookie: cookie } },
	    { headers: { Authorization: 'Basic AAAA' } },
	    { headers: { Authorization: a.token } }]) {
		const got = await asked(401, path, options);
		assert.equal(got.headers['www-authenticate'],
		    'Bearer realm="gymgate"');
	}
	await asked(403, path, { token: b.token });
	await asked(403, path, { token: a.limited });
	await asked(403, '/api/devices/BB-1/events', { token: a.token });
	for (const sn of ['NONE', 'aa-1', '%C3%A9', '%27', 'x'.repeat(300)])
		await asked(403, `/api/devices/${sn}/events`,
		    { token: a.token });
	for (const method of ['POST', 'PUT', 'DELETE'])
		assert.equal((await asked(405, path, { method, token: a.token }))
		    .headers.allow, 'GET');
	for (const odd of ['/api/devices/events', '/api/devices/AA-1/events/',
	    '/api/devices/AA-1/x/events', '/api/devices/AA-1%2Fx/events'])
		await asked(404, odd, { token: a.token });
});

test('a terminal that is given away is not listened to any more', async () => {
	await stack.admin(['device', 'add', 'BB', 'SOLD', 'Sold']);
	const stream = await open('SOLD', b.token);
	await stack.admin(['device', 'close', 'BB', 'SOLD']);
	await until('the stream to end', () => stream.ended, SOON_MS);
	await stack.admin(['device', 'add', 'AA', 'SOLD', 'Bought']);
	await open('SOLD', a.token);
	const again = await stack.request('GET', '/api/devices/SOLD/events',
	    { token: b.token });
	assert.equal(again.status, 403);
});

test('a token that is revoked ends its stream, and no other', async t => {
	const other = await open('AA-2', a.limited);
	const took = await revokedStream.took;
	t.diagnostic(`it took ${took} ms`);
	assert.ok(took < 60000, 'within a minute');
	assert.equal(other.ended, false);
	assert.equal((await stack.request('GET', '/api/devices/AA-2/events',
	    { token: revoked })).status, 401);
});

test('without a database streams stay open, and none is opened', async () => {
	const stream = await open('AA-1');
	await stack.db.kill();
	const got = await stack.request('GET', '/api/devices/AA-1/events',
	    { token: a.token });
	assert.equal(got.status, 503);
	assert.equal(got.headers['retry-after'], '5');
	assert.deepEqual(Object.keys(got.json), ['status', 'message']);
	await pause(QUIET_MS);
	await stack.db.start();
	await changes(() => revise('AA'), [stream], [], 3 * SOON_MS);
	assert.equal(stream.ended, false);
});

test('without a hub a bridge is told to come again', async () => {
	const stream = await open('AA-1');
	await stack.live.kill();
	await until('the stream to end', () => stream.ended);
	const got = await stack.request('GET', '/api/devices/AA-1/events',
	    { token: a.token });
	assert.equal(got.status, 503);
	assert.equal(got.headers['content-type'], 'application/json');
	assert.equal(got.headers['retry-after'], '5');
	assert.equal(got.json.status, false);
	await stack.live.start();
	await open('AA-1');
});
