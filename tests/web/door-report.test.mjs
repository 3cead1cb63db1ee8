// door-report.test.mjs: how a terminal's door stands, as its bridge tells
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { hold } from './gym.mjs';

let stack, gym, other, today;

before(async () => {
	stack = await Stack.start({ workers: 3 });
	today = makeNoon(stack);
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	other = await addCompany(stack, 'BB');
});
after(() => stack.stop());

const put = (report, { sn = 'AA-1', token = gym.token, type =
    'application/json', body = JSON.stringify(report) } = {}) =>
    stack.request('PUT', `/api/devices/${sn}/access`, { token, body,
    headers: { 'Content-Type': type } });

async function says(report, options) {
	const got = await put({ enforced: true, ...report }, options);
	assert.equal(got.text, '{"status":true}');
	assert.equal(got.status, 200);
}

const rows = async (text, sn = 'AA-1') => (await stack.sql(`SELECT
    CONCAT_WS('|', ${text}) AS x FROM trn_device_blocks
    WHERE dvb_device_sn = '${sn}' ORDER BY dvb_user_id`)).map(r => r.x);
const held = sn => rows('dvb_user_id, dvb_state, dvb_kind, dvb_words', sn);
const since = () => rows('dvb_user_id, dvb_since_at');
const door = async () => (await stack.sql(`SELECT CONCAT_WS('|',
    COALESCE(dev_door_differing, '-'), dev_door_trouble,
    COALESCE(TIMESTAMPDIFF(SECOND, dev_door_list_at, dev_door_at), '-'),
    dev_door_at >= '${today}') AS x FROM mst_devices
    WHERE dev_open_sn = 'AA-1'`))[0].x;
const user = (user_id, state = 'BLOCKED', kind = 'ENDED', words) =>
    ({ user_id, state, kind, words });

test('a report takes the place of the one before', async () => {
	await says({});
	assert.equal(await door(), '-||-|1');
	await says({ etag: '"1.1.2026-01-01"', list_ago: 12, differing: 3,
	    trouble: 'No answer', more: {}, users: [user('42'), user('7',
	    'PENDING', 'HOURS'), user('A1', 'FAILED', 'ENDED', 'did not take'),
	    user('a1', 'BANNED'), { ...user('9'), words: null }] });
	assert.deepEqual((await held()).sort(), ['42|BLOCKED|ENDED|',
	    '7|PENDING|HOURS|', '9|BLOCKED|ENDED|',
	    'A1|FAILED|ENDED|did not take', 'a1|BANNED|ENDED|']);
	assert.equal(await door(), '3|No answer|12|1');
	await says({ users: [user('8'), user('42'), user('8', 'BANNED')] },
	    { sn: 'AA-2' });
	assert.deepEqual(await held('AA-2'), ['42|BLOCKED|ENDED|',
	    '8|BANNED|ENDED|']);
	assert.equal((await held()).length, 5);
	await says({ enforced: false });
	assert.deepEqual(await held(), []);
	assert.match(await door(), /^-\|\|1[2-9]\|1$/, 'the list is as old');
	await says({ list_ago: 0, differing: 0 });
	assert.equal(await door(), '0||0|1');
});

test('since when: for as long as state and kind are the same', async () => {
	const three = [user('1'), user('2'), user('3', 'BLOCKED', 'HOURS')];
	await says({ users: three });
	await stack.sql(`UPDATE trn_device_blocks SET dvb_since_at =
	    '2026-01-02 03:04:05.678' WHERE dvb_device_sn = 'AA-1'`);
	await says({ users: [{ ...three[0], words: 'x' }, user('2', 'FAILED'),
	    user('3')] });
	const got = await since();
	assert.match(got[0], /^1\|2026-01-02 03:04:05\.678$/);
	for (const row of got.slice(1))
		assert.match(row, new RegExp(`^[23]\\|${today}`));
	await says({});
});

test('agreed for good until the user is let in again', async () => {
	const agree = (id, kind = 'ENDED', sn = 'AA-1') => stack.sql(`INSERT
	    INTO trn_device_approvals (dva_compcode, dva_device_sn,
	    dva_user_id, dva_kind, dva_at) VALUES ('AA', '${sn}', '${id}',
	    '${kind}', '2026-01-01')`);
	const agreed = async () => (await stack.sql(`SELECT CONCAT_WS('|',
	    dva_device_sn, dva_user_id, dva_kind) AS x FROM
	    trn_device_approvals ORDER BY 1`)).map(r => r.x);
	await agree('1');
	await agree('2');
	await agree('3');
	await agree('3', 'HOURS');
	await agree('1', 'ENDED', 'AA-2');
	await says({ users: [user('1', 'PENDING'), user('2'), user('3')] });
	await says({ users: [user('2'), user('3')] });
	assert.equal((await agreed()).length, 5, 'has not been closed yet');
	await says({ users: [user('2', 'FAILED')] });
	assert.deepEqual(await agreed(), ['AA-1|1|ENDED', 'AA-1|2|ENDED',
	    'AA-1|3|HOURS', 'AA-2|1|ENDED']);
	await says({});
});

test('long words are cut between characters; many are one request', async () => {
	await says({ trouble: 'क'.repeat(201), users: [user('1', 'FAILED',
	    'ENDED', '🙂'.repeat(300)), user('2', 'FAILED', 'ENDED',
	    'x'.repeat(200))] });
	assert.deepEqual(await held(), [`1|FAILED|ENDED|${'🙂'.repeat(200)}`,
	    `2|FAILED|ENDED|${'x'.repeat(200)}`]);
	assert.equal((await door()).split('|')[1], 'क'.repeat(200));
	const many = Array.from({ length: 10000 }, (x, i) => user(String(i)
	    .padStart(24, '0'), 'BLOCKED', 'HOURS', 'क'.repeat(50)));
	await says({ users: many });
	await says({ users: many });
	assert.equal((await held()).length, 10000);
	assert.equal((await put({ enforced: true, users: [...many, user('1')] }))
	    .status, 413);
	assert.equal((await put(null, { body: 'x'.repeat(5 << 20) })).status,
	    413);
	await says({});
	assert.deepEqual(await held(), []);
});

test('two reports at once do not become a mixture', async () => {
	const reports = ['x', 'y'].map(name => Array.from({ length: 50 },
	    (x, i) => user(`${name}${i}`)));
	const held_ = await hold(stack, `SELECT id FROM mst_devices
	    WHERE dev_open_sn = 'AA-1'`);
	const both = reports.map(users => says({ users }));
	await held_.release();
	await Promise.all(both);
	assert.equal(new Set((await held()).map(r => r[0])).size, 1);
	assert.equal((await held()).length, 50);
});

test('what is refused changes nothing', async () => {
	await says({ users: [user('1')] });
	const refused = async (status, field, report, options) => {
		const got = await put(report, options);
		const what = `${JSON.stringify(report)} ${got.text}`;
		assert.equal(got.status, status, what);
		assert.equal(got.json.field, field, what);
		assert.equal(got.json.status, false);
	};
	const none = undefined, fine = { enforced: true, users: [user('5')] };
	const limited = (await stack.admin(['token', 'add', 'AA', 'x',
	    '--device', 'AA-2'])).trim();
	await refused(401, none, fine, { token: null });
	await refused(403, none, fine, { token: other.token });
	await refused(403, none, fine, { token: limited });
	await refused(403, none, fine, { sn: 'NONE' });
	await refused(400, none, none, { body: '{' });
	await refused(422, none, none, { body: '[]' });
	await refused(415, none, fine, { type: 'text/plain' });
	for (const [field, values] of Object.entries({
	    enforced: [none, 1, 'true'], list_ago: [-1, 1.5, '', true],
	    differing: [-1, 'x'], trouble: ['a\nb', true, {}],
	    users: [{}, 'x', 1, [1], [[]]] }))
		for (const value of values)
			await refused(422, field, { ...fine, [field]: value });
	for (const [field, values] of Object.entries({
	    user_id: [none, '', 'a b', '7'.repeat(25)], state: [none, 'OPEN',
	    'blocked', 1], kind: [none, '', 'NEVER'], words: ['a\nb', []] }))
		for (const value of values)
			await refused(422, field, { ...fine, users: [user('5'),
			    { ...user('6'), [field]: value }] });
	assert.deepEqual(await held(), ['1|BLOCKED|ENDED|']);
});
