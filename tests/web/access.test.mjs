// access.test.mjs: the list by which a terminal's door is kept
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { dayAfter, memberSql, quote } from './gym.mjs';

let stack, a, b, limited, today, north, south;
const LONG = ['2020-01-01', '2099-12-31'];

before(async () => {
	stack = await Stack.start({ workers: 2 });
	today = makeNoon(stack);
	a = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 1 });
	b = await addCompany(stack, 'BB', { members: 1 });
	limited = (await stack.admin(['token', 'add', 'AA', 'one',
	    '--device', 'AA-2'])).trim();
	[{ north, south }] = await stack.sql(`SELECT MIN(id) AS north,
	    MAX(id) AS south FROM mst_branches WHERE brn_compcode = 'AA'`);
});
after(() => stack.stop());

const get = ({ sn = 'AA-1', token = a.token, tag, path = 'access',
    method = 'GET' } = {}) => stack.request(method,
    `/api/devices/${sn}/${path}`, { token, headers: tag ?
    { 'If-None-Match': tag } : {} });

async function list(options) {
	const got = await get(options);
	assert.equal(got.status, 200, got.text);
	return got.json;
}

// What the list says of one user; undefined when it does not.
const of = async (id, options) => (await list(options)).users
    .find(u => u.user_id === String(id));

let last = 1000;
// A member with a number at AA-1: that of the member.  Resolves to it.
async function add(more = {}, sql = () => '') {
	const id = ++last;
	await stack.sql(memberSql({ company: 'AA', branch: Number(north), id,
	    sn: 'AA-1', subscriptions: [LONG], mappings: [[`${id}`]],
	    ...more }) + sql(id));
	return id;
}

const bump = `UPDATE mst_companies SET cmp_door_revision =
    cmp_door_revision + 1 WHERE cmp_compcode = 'AA';`;
const day = n => dayAfter(today, n);
const midnight = n => `${day(n)} 00:00:00`;
const HOLDS = () => [[`${today} 12:00:00`, midnight(14)]];
// Whoever waits longer than a second for noon is not on time.
const at = w => w.map(pair => pair.map(t => t.startsWith(`${today} 12:0`) ?
    `${today} 12:00:00` : t));
const windows = async (id, options) => at((await of(id, options)).windows);

const punches = (id, ...list_) => list_.map(([time, status, corrects]) =>
    `INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
     att_member_id, att_device_user_id, att_device_sn, att_punch_time,
     att_status, att_received_at, att_corrects_id) SELECT 'AA', ${north},
     ${id}, '${id}', 'AA-1', ${quote(time)}, ${quote(status)}, '2026-01-01',
     ${corrects ? `(SELECT MAX(id) FROM trn_member_attendances
     WHERE att_member_id = ${id})` : 'NULL'};`).join('\n');

test('who has a number there is listed, with what was paid for', async () => {
	const always = await add();
	const soon = await add({ subscriptions: [['2020-01-01', day(2)]] });
	const over = await add({ subscriptions: [['2020-01-01', day(-1)]] });
	const later = await add({ subscriptions: [[day(3), day(40)]] });
	const twice = await add({ subscriptions: [['2020-01-01', today],
	    [day(1), day(1)], [day(5), day(50)]] });
	const frozen = await add({ freezes: [['FREEZE', day(1), day(2)]],
	    subscriptions: [['2020-01-01', day(4)]] });
	const gone = await add({ mappings: [['gone', '2020-01-01', '2020-02-01']] });
	const got = await list();
	assert.deepEqual(Object.keys(got), ['status', 'zone', 'now', 'until',
	    'enforced', 'lever', 'lever_value', 'users']);
	assert.equal(got.status, true);
	assert.equal(got.zone, 'Asia/Kolkata');
	assert.match(got.now, new RegExp(`^${today} 12:0`));
	assert.equal(got.until, midnight(14));
	assert.equal(got.enforced, null);
	assert.equal(got.lever, 'DISABLE');
	assert.equal(got.lever_value, 0);
	assert.ok(!got.users.some(u => u.user_id === 'gone' ||
	    u.user_id === String(gone)));
	assert.deepEqual(await windows(always), HOLDS());
	assert.deepEqual(await windows(soon), [[`${today} 12:00:00`,
	    midnight(3)]]);
	assert.deepEqual(await windows(over), []);
	assert.deepEqual(await windows(later), [[midnight(3), midnight(14)]]);
	assert.deepEqual(await windows(twice), [[`${today} 12:00:00`,
	    midnight(2)], [midnight(5), midnight(14)]]);
	assert.deepEqual(await windows(frozen), [[`${today} 12:00:00`,
	    midnight(1)], [midnight(3), midnight(7)]]);
	assert.equal((await of(always)).visits_left, undefined);
	assert.equal(await of(always, { sn: 'AA-2' }), undefined);
});

test('numbers stand in their order; an erased member enters nowhere', async () => {
	const id = await add({ mappings: [['9'], ['10'], ['A1']] }, n =>
	    `UPDATE mst_members_lists SET mbr_erased_at = '2026-01-01'
	      WHERE id = ${n};`);
	const { users } = await list();
	const ids = users.map(u => u.user_id);
	assert.ok(ids.indexOf('9') < ids.indexOf('10'));
	assert.deepEqual(users.find(u => u.user_id === 'A1').windows, []);
	await stack.sql(`DELETE FROM trn_member_biometric_mappings
	    WHERE mbm_member_id = ${id}`);
});

test('plan hours, packs and the limit of a day', async () => {
	const sub = (text, n) => `UPDATE trn_member_subscriptions SET ${text}
	    WHERE ms_member_id = ${n};`;
	const morning = await add({}, n => sub("ms_hours = '7f06001000'", n));
	const pack = await add({}, n => sub('ms_visits = 3', n));
	const used = await add({}, n => `${sub('ms_visits = 1', n)}
	    ${punches(n, [`${day(-3)} 08:00:00`, 'ALLOWED'])}
	    INSERT INTO trn_used_visits SELECT 'AA', s.id, '${day(-3)}', a.id
	      FROM trn_member_subscriptions s JOIN trn_member_attendances a
	        ON a.att_member_id = s.ms_member_id
	     WHERE s.ms_member_id = ${n};`);
	assert.deepEqual((await windows(morning)).slice(0, 2), [1, 2].map(n =>
	    [`${day(n)} 06:00:00`, `${day(n)} 10:00:00`]));
	assert.equal((await windows(morning)).length, 13);
	assert.deepEqual(await windows(pack), HOLDS());
	assert.equal((await of(pack)).visits_left, 3);
	assert.deepEqual(await windows(used), []);
	assert.equal((await of(used)).visits_left, 0);

	await stack.sql(`UPDATE mst_companies SET cmp_day_visits = 1
	    WHERE cmp_compcode = 'AA'`);
	const early = await add({}, n => punches(n,
	    [`${today} 07:00:00`, 'ALLOWED']));
	const voided = await add({}, n => punches(n,
	    [`${today} 07:00:00`, 'ALLOWED'], [`${today} 07:00:00`, 'VOID', 1]));
	assert.deepEqual(await windows(early), [[midnight(1), midnight(14)]]);
	assert.deepEqual(await windows(voided), HOLDS());
	await stack.sql(`UPDATE mst_companies SET cmp_day_visits = 0
	    WHERE cmp_compcode = 'AA'`);
});

test('staff let somebody in for the day', async () => {
	const id = await add({ subscriptions: [] }, n => `INSERT INTO
	    trn_access_overrides (ovr_compcode, ovr_member_id, ovr_date,
	    ovr_note, ovr_created_at) VALUES ('AA', ${n}, '${today}', 'x',
	    '2026-01-01');`);
	assert.deepEqual(await windows(id), [[`${today} 12:00:00`, midnight(1)]]);
});

test('what was paid for another branch does not open this one', async () => {
	const id = await add({ mappings: [] }, n => `UPDATE
	    trn_member_subscriptions SET ms_branch_id = ${south} WHERE
	    ms_member_id = ${n}; INSERT INTO trn_member_biometric_mappings
	    (mbm_compcode, mbm_device_sn, mbm_device_user_id, mbm_member_id,
	    mbm_from, mbm_created_at) VALUES ('AA', 'AA-1', '${n}', ${n},
	    '2020-01-01', '2020-01-01'), ('AA', 'AA-2', '${n}', ${n},
	    '2020-01-01', '2020-01-01');`);
	assert.deepEqual(await windows(id), []);
	assert.deepEqual(await windows(id, { sn: 'AA-2' }), HOLDS());
});

test('spared until refused often enough, by the last punches', async () => {
	const spared = async (...list_) => (await of(await add(
	    { subscriptions: [] }, n => punches(n, ...list_)))).spared;
	const d = (n, status = 'DENIED', ...c) => [`${day(n)} 08:00:00`, status,
	    ...c];
	assert.equal(await spared(), true);
	assert.equal(await spared(d(-1)), true);
	assert.equal(await spared(d(-9, 'ALLOWED'), d(-2), d(-1)), undefined);
	assert.equal(await spared(d(-2), d(-1, 'ALLOWED')), true);
	assert.equal(await spared(d(-3), d(-2, 'ALLOWED'), d(-1)), true);
	assert.equal(await spared(d(-2), d(-1), d(-1, 'ALLOWED', 1)), true);
	assert.equal(await spared(d(-2), d(-1), d(-1, 'VOID', 1)), true);
	assert.equal(await spared(d(-2), d(-1, 'ALLOWED'), d(-1, 'DENIED', 1)),
	    undefined);
	const id = await add({ subscriptions: [] });
	const after = n => stack.sql(`UPDATE mst_devices SET
	    dev_block_after = ${n} WHERE dev_open_sn = 'AA-1'`);
	await after(0);
	assert.equal((await of(id)).spared, undefined);
	await stack.sql(punches(id, d(-3), d(-2)));
	await after(3);
	assert.equal((await of(id)).spared, true);
	await stack.sql(punches(id, d(-1)));
	assert.equal((await of(id)).spared, undefined);
	await after(2);
});

test('approved by the kind of the closing, blocked as reported', async () => {
	const yes = kind => n => `INSERT INTO trn_device_approvals (dva_compcode,
	    dva_device_sn, dva_user_id, dva_kind, dva_at) VALUES ('AA', 'AA-1',
	    '${n}', '${kind}', '2026-01-01');`;
	const approved = async (subscriptions, kind) => (await of(await add(
	    { subscriptions }, yes(kind)))).approved;
	const over = [], now = [['2020-01-01', day(2)]];
	const later = [[day(2), day(30)]], both = [...now, [day(5), day(9)]];
	assert.equal(await approved(over, 'ENDED'), true);
	assert.equal(await approved(over, 'HOURS'), undefined);
	assert.equal(await approved(later, 'HOURS'), true);
	assert.equal(await approved(later, 'ENDED'), undefined);
	assert.equal(await approved(now, 'ENDED'), true);
	assert.equal(await approved(now, 'HOURS'), undefined);
	assert.equal(await approved(both, 'HOURS'), true);
	assert.equal(await approved(both, 'ENDED'), undefined);

	const blocked = async state => (await of(await add({}, n => `INSERT INTO
	    trn_device_blocks (dvb_compcode, dvb_device_sn, dvb_user_id,
	    dvb_state, dvb_kind, dvb_since_at) VALUES ('AA', 'AA-1', '${n}',
	    '${state}', 'ENDED', '2026-01-01');`))).blocked;
	assert.equal(await blocked('BLOCKED'), true);
	for (const state of ['PENDING', 'FAILED', 'BANNED'])
		assert.equal(await blocked(state), undefined);
});

test('since when it is enforced, how, and never at an exit', async () => {
	const set = text => stack.sql(`UPDATE mst_devices SET ${text}
	    WHERE dev_open_sn = 'AA-1'`);
	await set(`dev_enforced_at = '2026-11-20 08:00:00.042',
	    dev_lever = 'GROUP', dev_lever_value = 99`);
	const got = await list();
	assert.deepEqual([got.enforced, got.lever, got.lever_value],
	    ['2026-11-20T08:00:00.042Z', 'GROUP', 99]);
	assert.equal((await list({ sn: 'AA-2' })).enforced, null);
	await set('dev_is_exit = 1');
	assert.equal((await list()).enforced, null);
	await set(`dev_is_exit = 0, dev_enforced_at = NULL,
	    dev_lever = 'DISABLE', dev_lever_value = 0`);
});

test('the same tag: 304 without a body, until something counts', async () => {
	const first = await get();
	const tag = first.headers.etag;
	assert.match(tag, new RegExp(`^"\\d+\\.\\d+\\.${today}"$`));
	for (const asked of [tag, `W/${tag}`, `"x", ${tag}`]) {
		const got = await get({ tag: asked });
		assert.equal(got.status, 304);
		assert.equal(got.text, '');
		assert.equal(got.headers.etag, tag);
	}
	assert.equal((await get({ tag: '"1.1.2020-01-01"' })).status, 200);
	assert.equal((await get({ tag: 'x' })).status, 200);
	await stack.sql(bump);
	const next = await get({ tag });
	assert.equal(next.status, 200);
	assert.notEqual(next.headers.etag, tag);
	await stack.sql(`UPDATE mst_companies SET cmp_revision =
	    cmp_revision + 1 WHERE cmp_compcode = 'AA'`);
	assert.equal((await get({ tag: next.headers.etag })).status, 200);
	const now = (await get()).headers.etag;
	await stack.sql(`UPDATE mst_companies SET cmp_revision =
	    cmp_revision + 1 WHERE cmp_compcode = 'BB'`);
	assert.equal((await get({ tag: now })).status, 304, 'not another\'s');
});

test('the wall clock rules where the clocks change', async () => {
	const id = await add({}, n => `UPDATE trn_member_subscriptions SET
	    ms_hours = '7f01300230' WHERE ms_member_id = ${n};`);
	const zone = name => stack.sql(`UPDATE mst_branches SET brn_zone =
	    ${quote(name)} WHERE id = ${north}`);
	await zone('Europe/Berlin');
	for (const [when, days] of [['2026-03-28T12:00:00Z', ['2026-03-29',
	    '2026-03-30']], ['2026-10-24T12:00:00Z', ['2026-10-25',
	    '2026-10-26']]]) {
		stack.setClock(Date.parse(when) - Date.now());
		assert.deepEqual((await of(id)).windows.slice(0, 2), days.map(d =>
		    [`${d} 01:30:00`, `${d} 02:30:00`]));
	}
	// in the hour that comes twice
	for (const when of ['2026-10-25T00:10:00Z', '2026-10-25T01:10:00Z']) {
		stack.setClock(Date.parse(when) - Date.now());
		const got = await list();
		assert.match(got.now, /^2026-10-25 02:10:/);
		const u = got.users.find(x => x.user_id === String(id));
		assert.deepEqual(u.windows[0], [got.now, '2026-10-25 02:30:00']);
	}
	await zone('Asia/Kolkata');
	makeNoon(stack);
});

test('whoever may not ask is refused', async () => {
	const refused = async (status, options) => {
		const got = await get(options);
		assert.equal(got.status, status, got.text);
		assert.deepEqual(Object.keys(got.json), ['status', 'message']);
		assert.equal(got.json.status, false);
		assert.equal(got.headers.etag, undefined);
	};
	for (const token of [null, 'x', `AA.${'0'.repeat(64)}`])
		await refused(401, { token });
	await refused(403, { token: b.token });
	await refused(403, { token: limited });
	await refused(403, { token: a.token, sn: 'BB-1' });
	await refused(403, { sn: 'NONE' });
	await refused(405, { method: 'POST' });
	assert.equal((await get({ token: limited, sn: 'AA-2' })).status, 200);
});
