// serial.test.mjs: two gyms have a terminal of the same serial number
//
// Whoever types it in owns nothing of the other's, and learns nothing of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { quote } from './gym.mjs';
import { errorOf, Person, textOf } from './pages.mjs';

const SN = 'AA-1';	// of AA since before the test; then of BB, too
let stack, day;
const gyms = {};

before(async () => {
	stack = await Stack.start({ live: true });
	day = makeNoon(stack);
	for (const code of ['AA', 'BB']) {
		gyms[code] = await addCompany(stack, code, { members: 3 });
		gyms[code].person = await Person.signIn(stack,
		    gyms[code].owner);
		gyms[code].limited = (await stack.admin(['token', 'add', code,
		    'one door', '--device', SN])).trim();
	}
});
after(async () => {
	for (const { bridge, page } of Object.values(gyms)) {
		bridge?.close();
		page?.close();
	}
	await stack.stop();
});

const each = async fn => {
	for (const code of ['AA', 'BB'])
		await fn(gyms[code], code === 'AA' ? gyms.BB : gyms.AA);
};

const api = (gym, what, { method = 'PUT', body = {}, token = gym.limited,
    sn = SN } = {}) => stack.request(method, `/api/devices/${sn}/${what}`,
    { token, ...(method === 'GET' ? {} : { body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' } }) });

const punch = (gym, user, time, token = gym.limited) => stack.post({
    compcode: gym.code, user_id: user, device_sn: SN,
    timestamp: `${day} ${time}` }, { token });

const rowOf = async code => (await stack.sql(`SELECT * FROM mst_devices
    WHERE dev_compcode = ${quote(code)} AND dev_sn = ${quote(SN)}`))[0];

const names = gym => new RegExp(`Member ${gym.code} `);
const said = (stream, event) => stream.events.filter(e => e.event === event);

test('a serial number that another gym has is added as any other', async () => {
	const was = await rowOf('AA');
	const got = await gyms.BB.person.submit('/devices/new',
	    { sn: SN, name: 'Ours' });
	assert.equal(got.status, 303);
	assert.deepEqual(await rowOf('AA'), was);
	assert.match(await gyms.BB.person.page('/devices'), /AA-1/);
	assert.doesNotMatch(await gyms.BB.person.page('/devices'), /Door AA-1/);
	await each(async ({ person }) => {
		const again = await person.submit('/devices/new',
		    { sn: SN, name: 'Twice' });
		assert.equal(again.status, 422);
		assert.match(errorOf(again.text, 'sn'),
		    /^This gym has a terminal with this serial number already/);
	});
	await assert.rejects(stack.admin(['device', 'add', 'BB', SN, 'Twice']));
	// whose punches count from long ago is a matter of one's own
	await stack.sql(`UPDATE mst_devices SET dev_start = '2020-01-01'
	    WHERE dev_compcode = 'BB' AND dev_sn = ${quote(SN)};
	    INSERT INTO trn_member_biometric_mappings (mbm_compcode,
	    mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from,
	    mbm_created_at) SELECT mbm_compcode, ${quote(SN)},
	    mbm_device_user_id, mbm_member_id, mbm_from, mbm_created_at
	    FROM trn_member_biometric_mappings WHERE mbm_device_sn = 'BB-1'
	    AND mbm_device_user_id <> '3'`);
});

test('streams of both are open, and each hears of its own', async () => {
	await each(async gym => {
		gym.bridge = await stack.events(`/api/devices/${SN}/events`,
		    { headers: { Authorization: `Bearer ${gym.limited}` } });
		gym.page = await stack.events('/live/events',
		    { headers: { Cookie: gym.person.cookie } });
		assert.deepEqual([gym.bridge.status, gym.page.status],
		    [200, 200]);
		await until('access', () => said(gym.bridge, 'access').length);
	});
});

test('punches are of who sent them', async () => {
	await each(async (gym, other) => {
		assert.match((await punch(gym, 1, '11:00:00')).text, /ALLOWED/);
		// nor does a token of the other open anything
		assert.equal((await punch(gym, 2, '11:01:00', other.limited))
		    .status, 403);
		await until('its row', () => said(gym.page, 'punch').length > 0);
		assert.match(said(gym.page, 'punch')[0].data, names(gym));
	});
	// who is somebody there is nobody here
	assert.equal((await punch(gyms.BB, 3, '11:02:00')).status, 404);
	assert.match((await punch(gyms.AA, 3, '11:02:00')).text, /ALLOWED/);
	await until('the rows', () => said(gyms.AA.page, 'punch').length === 2 &&
	    said(gyms.BB.page, 'punch').length === 2);
	await each(async (gym, other) => {
		const feed = await gym.person.page('/feed');
		assert.match(feed, names(gym));
		const all = feed + JSON.stringify(gym.page.events) +
		    await gym.person.page('/attendance') +
		    await gym.person.page(`/devices/${SN}/mappings`);
		assert.doesNotMatch(all, names(other));
	});
	const stored = await stack.sql(`SELECT att_compcode AS code, COUNT(*) AS n
	    FROM trn_member_attendances WHERE att_device_sn = ${quote(SN)}
	    GROUP BY att_compcode ORDER BY att_compcode`);
	assert.deepEqual(stored, [{ code: 'AA', n: '2' }, { code: 'BB', n: '1' }]);
});

test('reports, users and lists are kept apart', async () => {
	const was = await rowOf('AA');
	assert.equal((await api(gyms.BB, 'status', { body: { log_count: 77,
	    log_capacity: 100, mac: '00:17:61:00:00:02' } })).status, 200);
	assert.equal((await api(gyms.BB, 'users', { body: { users: [{ user_id:
	    '9', name: 'Nine', privilege: 0, enabled: true }] } })).status, 200);
	assert.deepEqual(await rowOf('AA'), was);
	assert.equal((await rowOf('BB')).dev_log_count, '77');
	assert.match(await gyms.BB.person.page(`/devices/${SN}/mappings`), /Nine/);
	assert.doesNotMatch(await gyms.AA.person.page(
	    `/devices/${SN}/mappings`), /Nine/);
	const listed = {};
	await each(async gym => {
		const got = await api(gym, 'access', { method: 'GET' });
		assert.equal(got.status, 200);
		listed[gym.code] = got.json.users.map(u => u.user_id);
	});
	assert.deepEqual(listed, { AA: ['1', '2', '3'], BB: ['1', '2'] });
	// what the other alone has stays theirs
	assert.equal((await api(gyms.AA, 'access', { method: 'GET', sn: 'BB-1',
	    token: gyms.AA.token })).status, 403);
	assert.equal((await api(gyms.BB, 'access', { method: 'GET', sn: 'BB-1' }))
	    .status, 403, 'of a token that is limited to another');
});

test('an order goes to the bridge of who gave it', async () => {
	const [{ id }] = await stack.sql(`INSERT INTO trn_device_commands
	    (cmd_compcode, cmd_device_sn, cmd_kind, cmd_seconds, cmd_created_at,
	    cmd_expires_at) VALUES ('BB', ${quote(SN)}, 'UNLOCK', 5,
	    UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 1 HOUR);
	    SELECT LAST_INSERT_ID() AS id`);
	const quiet = said(gyms.AA.bridge, 'access').length;
	const before_ = said(gyms.BB.bridge, 'access').length;
	await until('the order', () => said(gyms.BB.bridge, 'command').length);
	await stack.sql(`UPDATE mst_companies SET cmp_revision =
	    cmp_revision + 1 WHERE cmp_compcode = 'BB'`);
	await until('news', () => said(gyms.BB.bridge, 'access').length >
	    before_);
	assert.equal(said(gyms.AA.bridge, 'command').length, 0);
	assert.equal(said(gyms.AA.bridge, 'access').length, quiet);
	const settle = gym => api(gym, `commands/${id}`, { method: 'POST',
	    body: { done: true } });
	assert.equal((await settle(gyms.AA)).status, 404);
	assert.equal((await settle(gyms.BB)).status, 200);
});

test('a replacement takes nothing of the other gym, nor does closing',
    async () => {
	const was = await rowOf('AA');
	const mappings = () => stack.sql(`SELECT * FROM
	    trn_member_biometric_mappings WHERE mbm_compcode = 'AA'`);
	const held = await mappings();
	// away from the serial that both have, and back to it
	for (const [from, to] of [[SN, 'BB-2'], ['BB-2', SN]]) {
		const got = await gyms.BB.person.submit(
		    `/devices/${from}/replace`, { sn: to });
		assert.equal(got.status, 303);
	}
	assert.deepEqual([await rowOf('AA'), await mappings()], [was, held]);
	assert.match((await punch(gyms.BB, 2, '12:05:00')).text, /ALLOWED/);
	gyms.BB.bridge.close();
	const stream = await stack.events(`/api/devices/${SN}/events`,
	    { headers: { Authorization: `Bearer ${gyms.BB.limited}` } });
	assert.equal(stream.status, 200);
	assert.equal((await gyms.BB.person.submit(`/devices/${SN}/close`))
	    .status, 303);
	await until('its stream to end', () => stream.ended);
	assert.equal((await punch(gyms.BB, 1, '12:06:00')).status, 403);
	assert.match((await punch(gyms.AA, 2, '12:06:00')).text, /ALLOWED/);
	assert.equal(gyms.AA.bridge.ended, false);
	assert.deepEqual([await rowOf('AA'), await mappings()], [was, held]);
	assert.match(textOf(await gyms.AA.person.page('/devices')), /Door AA-1/);
});
