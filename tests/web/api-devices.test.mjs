// api-devices.test.mjs: what a bridge reports of a terminal, and is told
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { addActive, crc32, dayAfter, kolkata, punch, quote, random, rowCounts,
    seed, SN } from './gym.mjs';

const URL_ = `/api/devices/${SN}/status`;
const report = { firmware: 'Ver 6.60 Apr 10 2026', platform: 'ZMM220_TFT',
    mac: '00:17:61:C8:EC:17', log_count: 1204, log_capacity: 100000,
    user_count: 43, clock_offset: -7, waiting: 12, parked: 3, set_aside: 2,
    last_punch: '2026-03-12 07:30:00', last_error: 'no answer for 20 s',
    bridge_version: '0.1.0' };
const columns = { firmware: 'dev_firmware', platform: 'dev_platform',
    mac: 'dev_mac', log_count: 'dev_log_count',
    log_capacity: 'dev_log_capacity', user_count: 'dev_user_count',
    clock_offset: 'dev_clock_offset', waiting: 'dev_waiting',
    parked: 'dev_parked', set_aside: 'dev_set_aside',
    last_punch: 'dev_last_punch',
    last_error: 'dev_last_error', bridge_version: 'dev_bridge_version' };
let stack, cookie;

before(async () => {
	stack = await Stack.start({ demo: true });
	cookie = await stack.signIn();
});
after(() => stack.stop());

function put(body, { target = URL_, token = stack.token, type =
    'application/json', method = 'PUT' } = {}) {
	return stack.request(method, target, { token, headers:
	    { 'Content-Type': type }, body: typeof body === 'object' ?
	    JSON.stringify(body) : body });
}

async function stored(sn = SN) {
	const [row] = await stack.sql(`SELECT * FROM mst_devices
	    WHERE dev_open_sn = ${quote(sn)}`);
	return row;
}

const terminals = async () => {
	const page = await stack.request('GET', '/', { headers:
	    { Cookie: cookie } });
	assert.equal(page.status, 200);
	return page.text.match(/<section id="terminals"[\s\S]*?<\/section>/)[0];
};

test('a report is stored, and the dashboard shows it', async () => {
	assert.match(await terminals(), /Not heard of yet/);
	const began = new Date().toISOString().slice(0, 23).replace('T', ' ');
	const got = await put(report);
	assert.equal(got.status, 200);
	const { now_at: now, ...told } = got.json;
	assert.deepEqual(told, { status: true, zone: 'Asia/Kolkata',
	    start: '2020-01-01', mac: '00:17:61:C8:EC:17' });
	assert.ok(now >= Date.parse(`${began.replace(' ', 'T')}Z`) &&
	    now <= Date.now() && Number.isInteger(now), `${now}`);
	const row = await stored();
	for (const [key, column] of Object.entries(columns))
		assert.equal(row[column], String(report[key]), key);
	assert.ok(row.dev_seen_at >= began, `${row.dev_seen_at} in UTC`);
	const html = await terminals();
	assert.match(html, /Needs a look/);
	assert.match(html, />1,204 of 100,000</);
	assert.match(html, />7 s behind</);
	assert.match(html, /Last trouble: no answer for 20 s/);
	assert.match(html, /<dt>Waiting<\/dt><dd>12</);
	assert.match(html, /<dt>Parked<\/dt><dd>3</);
	assert.match(html, />just now</);
});

test('what is not told stays; trouble that is not told is over', async () => {
	await put(report);
	assert.equal((await put({})).status, 200);
	let row = await stored();
	for (const [key, column] of Object.entries(columns))
		assert.equal(row[column], key === 'last_error' ? null :
		    String(report[key]), key);
	await put({ log_count: 1205, waiting: 0, parked: 0, set_aside: 0,
	    clock_offset: 0, last_error: '' });
	row = await stored();
	assert.equal(row.dev_log_count, '1205');
	assert.equal(row.dev_waiting, '0');
	assert.equal(row.dev_clock_offset, '0');
	assert.equal(row.dev_firmware, report.firmware);
	assert.equal(row.dev_last_error, null);
	assert.match(await terminals(), /Working/);
});

test('when the terminal answered is kept until it is told anew', async () => {
	const at = async () => Date.parse(`${(await stored()).dev_reached_at}Z`);
	assert.equal((await stored()).dev_reached_at, null);
	for (const ago of [0, 20, '720', 4000000000]) {
		const began = Date.now();
		assert.equal((await put({ reached_ago: ago })).status, 200);
		const then = await at() + ago * 1000;
		assert.ok(began <= then && then <= Date.now(), `${ago}: ${then}`);
	}
	await put({ reached_ago: 720 });
	const known = await at();
	await put({});
	assert.equal(await at(), known);
	await put({ reached_ago: 0, set_aside: 4000000000 });
	assert.equal((await stored()).dev_set_aside, '4000000000');
	await put({ set_aside: 0 });
	assert.equal((await stored()).dev_set_aside, '0');
});

test('text of a report is shown as text', async () => {
	await put({ last_error: '<script>alert(1)</script> & "more"' });
	const html = await terminals();
	assert.doesNotMatch(html, /<script/);
	assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp;/);
	await put({});
});

test('a terminal that was silent for long is said to be', async t => {
	t.after(() => stack.setClock(null));
	await put({});
	assert.match(await terminals(), /Working/);
	stack.setClock(4 * 60000);
	assert.match(await terminals(), /Working/);
	stack.setClock(3 * 3600000);
	assert.match(await terminals(), /Needs a look[\s\S]*last report came 3 h/);
});

// Count and checksum of each day, of the punches of a terminal, by the tables
// alone: inbox rows too, but for those that have become attendance.
async function held(days, sn = SN) {
	const rows = await stack.sql(`SELECT att_device_user_id AS user,
	    att_punch_time AS time FROM trn_member_attendances
	    WHERE att_device_sn = ${quote(sn)} AND att_corrects_id IS NULL
	    UNION ALL SELECT pin_device_user_id, pin_punch_time
	    FROM trn_punch_inbox WHERE pin_device_sn = ${quote(sn)}
	    AND pin_state <> 'TAKEN'`);
	return days.map(day => {
		const own = rows.filter(r => r.time.startsWith(day));
		const sum = own.reduce((x, r) =>
		    (x ^ crc32(`${r.user} ${r.time}`)) >>> 0, 0);
		return { day, count: own.length,
		    checksum: sum.toString(16).padStart(8, '0') };
	});
}

test('for the days asked it is told count and checksum', async t => {
	const dice = random(seed(t));
	assert.equal(crc32('123456789'), 0xcbf43926);
	const known = [['42', '2026-03-12 07:30:00'], ['42',
	    '2026-03-12 07:30:20'], ['99', '2026-03-12 07:30:00'],
	    ['43', '2026-03-13 00:00:00']];
	for (const [user, at] of known)
		await stack.post(punch(user, at));
	const got = await put({ days: ['2026-03-12', '2026-03-13',
	    '2026-03-14'] });
	const sum = list => list.reduce((x, [user, at]) =>
	    (x ^ crc32(`${user} ${at}`)) >>> 0, 0).toString(16)
	    .padStart(8, '0');
	assert.deepEqual(got.json, { status: true, zone: 'Asia/Kolkata',
	    start: '2020-01-01', mac: report.mac, now_at: got.json.now_at,
	    days: [
	    { day: '2026-03-12', count: 3, checksum: sum(known.slice(0, 3)) },
	    { day: '2026-03-13', count: 1, checksum: sum(known.slice(3)) },
	    { day: '2026-03-14', count: 0, checksum: '00000000' }] });

	// the whole demo, and a crowd: in any order, days twice, days of nothing
	for (let i = 0; i < 4; i++)
		await stack.post(Array.from({ length: 200 }, () => punch(
		    dice.pick([1, 2, 3, 42, 43, 61, 'A1', '007']),
		    `2026-03-${12 + dice.below(3)} 1${dice.below(10)}:${
		    10 + dice.below(50)}:${10 + dice.below(50)}`)));
	const today = kolkata().slice(0, 10);
	const days = [...Array(30).keys()].map(n => dayAfter(today, -n));
	days.push('2026-03-14', '2026-03-12', '2026-03-13', '2026-03-12',
	    '1999-01-01', '2026-02-28');
	const all = await put({ days });
	assert.deepEqual(all.json.days, await held(days));
	assert.ok(all.json.days.some(d => d.count > 5));
});

test('a punch that was taken from the inbox is not counted twice',
    async () => {
	const at = '2026-05-05 07:30:00', days = ['2026-05-05'];
	await stack.post(punch('600', at));
	const [unmapped] = (await put({ days })).json.days;
	await addActive(stack, 600);
	await stack.post(punch('600', at));
	const [state] = await stack.sql(`SELECT pin_state FROM trn_punch_inbox
	    WHERE pin_device_user_id = '600'`);
	assert.equal(state.pin_state, 'TAKEN');
	const [taken] = (await put({ days })).json.days;
	assert.equal(taken.count, 1);
	assert.equal(taken.checksum,
	    crc32(`600 ${at}`).toString(16).padStart(8, '0'));
	assert.deepEqual(taken, unmapped);
});

test('a punch at the bridge\'s time is counted on that day', async () => {
	const at = '2026-05-07 07:30:00';
	await stack.post([punch('601', at, { time_source: 'BRIDGE',
	    time_raw: '2000-01-01 00:00:09', clock_offset: -832000000 })]);
	const days = (await put({ days: ['2026-05-07', '2000-01-01'] })).json
	    .days;
	assert.deepEqual(days, [{ day: '2026-05-07', count: 1, checksum:
	    crc32(`601 ${at}`).toString(16).padStart(8, '0') },
	    { day: '2000-01-01', count: 0, checksum: '00000000' }]);
});

test('a terminal is told the zone of its branch and its own start', async () => {
	await stack.admin(['branch', 'add', 'SF', 'Berlin', 'Europe/Berlin']);
	await stack.admin(['device', 'add', 'SF', 'SN-BER', 'Berlin', '--branch',
	    'Berlin', '--start', '2026-02-03']);
	const got = await put({}, { target: '/api/devices/SN-BER/status' });
	assert.deepEqual(got.json, { status: true, zone: 'Europe/Berlin',
	    start: '2026-02-03', mac: null, now_at: got.json.now_at });
});

test('punches of another terminal or company are not counted', async () => {
	await stack.admin(['device', 'add', 'SF', 'SN-TWO', 'Two',
	    '--start', '2020-01-01']);
	await stack.admin(['company', 'add', 'OTHER', 'Other Gym']);
	await stack.admin(['branch', 'add', 'OTHER', 'Only', 'Asia/Kolkata']);
	await stack.admin(['device', 'add', 'OTHER', 'SN-OTHER', 'Theirs',
	    '--start', '2020-01-01']);
	await stack.post(punch('5', '2026-05-06 07:30:00',
	    { device_sn: 'SN-TWO' }));
	const [own] = (await put({ days: ['2026-05-06'] })).json.days;
	assert.equal(own.count, 0);
	const [two] = (await put({ days: ['2026-05-06'] }, { target:
	    '/api/devices/SN-TWO/status' })).json.days;
	assert.equal(two.count, 1);
});

test('what is refused changes nothing', async () => {
	await put({ ...report, last_error: undefined });
	const before_ = await rowCounts(stack);
	const rows = () => stack.sql('SELECT * FROM mst_devices ORDER BY id');
	const as = await rows();
	const other = (await stack.admin(['token', 'add', 'OTHER', 'x'])).trim();
	const two = (await stack.admin(['token', 'add', 'SF', 'two',
	    '--device', 'SN-TWO'])).trim();
	const refused = async (status, field, body, options) => {
		const got = await put(body, options);
		const what = `${JSON.stringify(body)} ${got.text}`;
		assert.equal(got.status, status, what);
		assert.equal(got.headers['content-type'], 'application/json');
		assert.deepEqual(Object.keys(got.json), field ? ['status',
		    'message', 'field'] : ['status', 'message'], what);
		assert.equal(got.json.field, field);
		assert.equal(got.json.status, false);
		return got;
	};
	const none = undefined;

	for (const token of [null, 'x', `SF.${'0'.repeat(64)}`]) {
		const got = await refused(401, none, {}, { token });
		assert.equal(got.headers['www-authenticate'],
		    'Bearer realm="gymgate"');
	}
	await refused(403, none, {}, { token: other });
	await refused(403, none, {}, { token: two });
	for (const sn of ['SN-OTHER', 'SN-NONE', SN.toLowerCase(), '%27%22'])
		await refused(403, none, {},
		    { target: `/api/devices/${sn}/status` });
	for (const target of ['/api/devices//status', '/api/devices/status',
	    `${URL_}/`, `/api/devices/${SN}`])
		await refused(404, none, {}, { target });
	for (const body of ['', '{', 'x', '{}{}', '[', '\0'])
		await refused(400, none, body);
	for (const body of ['[]', '1', '"x"', 'true'])
		await refused(422, none, body);
	for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
		await refused(415, none, {}, { type });
	for (const method of ['POST', 'GET', 'DELETE']) {
		const got = await refused(405, none, method === 'POST' ? {} :
		    undefined, { method });
		assert.equal(got.headers.allow, 'PUT');
	}
	for (const [key, values] of Object.entries({
	    firmware: ['x'.repeat(65), [], {}, true],
	    platform: ['x'.repeat(65)], mac: ['x'.repeat(33)],
	    log_count: [-1, 1.5, 'x', 5000000000, [], true, '', 1e30],
	    log_capacity: [-1], user_count: [-1], waiting: [-1, '1 2'],
	    parked: [-1], clock_offset: [1.5, 'x', 3e9],
	    set_aside: [-1, 1.5, 4000000001, 'x', {}, true, ''],
	    reached_ago: [-1, 1.5, 4000000001, 'x', [], true, '', 1e30],
	    last_punch: ['yesterday', '', '2026-02-30 00:00:00', 5,
	    '2026-03-12T07:30:00Z'], last_error: ['x'.repeat(201), {}],
	    bridge_version: ['x'.repeat(33)],
	    days: ['2026-03-12', {}, 1, [1], ['x'], ['2026-02-30'], [[]],
	    ['2026-03-12 00:00:00'], [null], Array(401).fill('2026-03-12')] }))
		for (const value of values)
			await refused(422, key, { [key]: value });
	await refused(413, none, `{"firmware":"${'x'.repeat(2 << 20)}"}`);
	const after_ = await rowCounts(stack);
	assert.deepEqual({ ...after_, mst_api_tokens: 0, trn_audit_trails: 0 },
	    { ...before_, mst_api_tokens: 0, trn_audit_trails: 0 });
	assert.deepEqual(await rows(), as);
});

test('a terminal that was closed takes no more reports', async () => {
	const target = '/api/devices/SN-TWO/status';
	assert.equal((await put({}, { target })).status, 200);
	await stack.admin(['device', 'close', 'SF', 'SN-TWO']);
	assert.equal((await put({}, { target })).status, 403);
	assert.equal((await stack.post(punch(5, '2026-05-06 07:31:00',
	    { device_sn: 'SN-TWO' }))).status, 403);
});
