// api-batch.test.mjs: many punches in one request
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { addActive, addMember, attendances, inbox, kolkata, ledger, memberSql,
    punch, quote, random, rowCounts, seed, SN } from './gym.mjs';

const MINUTE = 60000;
const A = { status: true, access: 'ALLOWED', code: 200 };
const D = { status: true, access: 'DENIED', code: 200 };
const R = { status: true, message: 'Duplicate ignored', code: 200 };
const U = { status: false, message: 'Biometric user not mapped', code: 404 };
const E = (code, message, field) => ({ status: false, message,
    ...(field ? { field } : {}), code });
let stack;

before(async () => {
	// its own: statements of the whole server are counted
	stack = await Stack.start({ demo: true, workers: 6, own: true });
	const ids = [[1000, 60], [1200, 50]].flatMap(([first, n]) =>
	    Array.from({ length: n }, (x, i) => first + i));
	await stack.sql(ids.map(id => memberSql({ id, mappings: [[`${id}`]],
	    subscriptions: [['2020-01-01', '2099-12-31']] })).join('\n'));
});
after(() => stack.stop());

async function results(items, expected) {
	const got = await stack.post(items);
	assert.equal(got.status, 200, got.text);
	assert.equal(got.headers['content-type'], 'application/json');
	assert.deepEqual(Object.keys(got.json), ['status', 'results']);
	assert.equal(got.json.status, true);
	if (expected)
		assert.deepEqual(got.json.results, expected);
	return got.json.results;
}

// `n` punches of `users`, a minute each.
const many = (n, { day = '2026-03-12', first = 1200, users = 50 } = {}) =>
    Array.from({ length: n }, (x, i) => {
	const minute = Math.floor(i / users);
	const at = new Date(Date.parse(`${day}T06:00:00Z`) + minute * MINUTE);
	return punch(first + i % users, at.toISOString().slice(0, 19)
	    .replace('T', ' '));
    });

test('each punch is answered in its place, as alone, with its code',
    async () => {
	await addMember(stack, { id: 1100, mappings: [['1100']] });
	const at = '2026-03-12 07:30:00';
	const got = await stack.post([punch(1000, at), punch(1100, at),
	    punch('nobody', at), punch(1001, at), punch(1000, at)]);
	assert.equal(got.text, '{"status":true,"results":[' +
	    '{"status":true,"access":"ALLOWED","code":200},' +
	    '{"status":true,"access":"DENIED","code":200},' +
	    '{"status":false,"message":"Biometric user not mapped",' +
	    '"code":404},' +
	    '{"status":true,"access":"ALLOWED","code":200},' +
	    '{"status":true,"message":"Duplicate ignored","code":200}]}');
	assert.equal((await attendances(stack, 1000)).length, 1);
	assert.equal((await attendances(stack, 1100))[0].att_reason,
	    'No subscription');
	assert.equal((await inbox(stack, 'nobody'))[0].pin_state, 'UNMAPPED');
});

test('an empty batch is answered with no results', async () => {
	assert.equal((await stack.post('[]')).text,
	    '{"status":true,"results":[]}');
});

test('a thousand are taken, by a few statements, and again change nothing',
    async () => {
	const executed = async () => Number((await stack.sql(
	    "SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'"))[0].Value);
	const few = async (what, expected) => {
		const began = await executed();
		await results(what, expected);
		const taken = await executed() - began;
		assert.ok(taken > 0 && taken < 20, `${taken} statements`);
	};
	const items = many(1000);
	await few(items, Array(1000).fill(A));
	const before_ = await rowCounts(stack);
	await few(items, Array(1000).fill(R));
	assert.deepEqual(await rowCounts(stack), before_);
	assert.deepEqual((await ledger(stack, `time >= '2026-03-12 06:00:00' AND
	    time < '2026-03-12 06:30:00'`)), items.map(p =>
	    `${SN} ${p.user_id} ${p.timestamp}`).sort());
	// repeats and strangers among them take no other way
	const mixed = many(300, { day: '2026-03-15' }).flatMap(p => [p,
	    { ...p, timestamp: p.timestamp.replace(/00$/, '30') },
	    { ...p, user_id: `z${p.user_id}` }]);
	await few(mixed, Array(300).fill([A, R, U]).flat());
	await few(mixed, Array(300).fill([R, R, U]).flat());
});

test('1,001 are refused with 413 and none of them is stored', async () => {
	const before_ = await rowCounts(stack);
	for (const items of [many(1001, { day: '2026-03-13' }),
	    Array(1001).fill(1)]) {
		const got = await stack.post(items);
		assert.equal(got.status, 413);
		assert.deepEqual(Object.keys(got.json), ['status', 'message']);
		assert.equal(got.json.status, false);
	}
	assert.deepEqual(await rowCounts(stack), before_);
});

test('bad items are answered for themselves and never stop the good',
    async () => {
	const at = '2026-03-12 08:00:00', sn = { device_sn: 'SN-NONE' };
	const good = i => punch(1010 + i, at);
	const items = [good(0), 7, good(1), null, 'x', [good(2)], good(2), {},
	    punch(-1, at), punch('4 2', at), punch(1.5, at),
	    punch('7'.repeat(25), at), punch(1013, at, { compcode: 'OTHER' }),
	    punch(1013, at, sn), punch(1013, {}), punch([], at),
	    punch(1013, at, { clock_offset: 'x' }), true, good(4)];
	const item = E(422, 'An item must be an object');
	const got = await results(items);
	assert.equal(got.length, items.length);
	assert.deepEqual(got.map(r => r.code), [200, 422, 200, 422, 422, 422,
	    200, 422, 422, 422, 422, 422, 403, 403, 422, 422, 422, 422, 200]);
	for (const i of [0, 2, 6, 18])
		assert.deepEqual(got[i], A);
	for (const i of [1, 3, 4, 5, 17])
		assert.deepEqual(got[i], item);
	assert.deepEqual(got.map(r => r.field), [undefined, undefined, undefined,
	    undefined, undefined, undefined, undefined, 'compcode', 'user_id',
	    'user_id', 'user_id', 'user_id', 'compcode', 'device_sn',
	    'timestamp', 'user_id', 'clock_offset', undefined, undefined]);
	assert.deepEqual(await ledger(stack, `time = ${quote(at)}`),
	    [0, 1, 2, 4].map(i => `${SN} ${1010 + i} ${at}`));
	await results([1, 2, {}], [item, item,
	    E(422, 'compcode is missing', 'compcode')]);
});

test('within a batch the first of a minute counts, others are repeats',
    async () => {
	const at = s => `2026-03-12 09:00:${s}`;
	await results([punch(1020, at('10')), punch(1020, at('10')),
	    punch(1020, at('05')), punch(1020, at('20')), punch(1020, at('05')),
	    punch('n1', at('10')), punch('n1', at('10')), punch('n1', at('11')),
	    punch(1020, '2026-03-12 09:01:00')],
	    [A, R, R, R, R, U, U, U, A]);
	assert.deepEqual((await attendances(stack, 1020))
	    .map(r => r.att_punch_time), [at('10'), '2026-03-12 09:01:00']);
	assert.deepEqual((await inbox(stack, 1020)).map(r =>
	    [r.pin_punch_time, r.pin_state]), [[at('05'), 'REPEAT'],
	    [at('20'), 'REPEAT']]);
	assert.equal((await inbox(stack, 'n1')).length, 2);
});

test('two numbers of one member at one minute are one attendance',
    async () => {
	await addActive(stack, 1101, { mappings: [['1101'], ['B1101']] });
	const at = '2026-03-12 09:10:00';
	await results([punch(1101, at), punch('B1101', at)], [A, R]);
	assert.equal((await attendances(stack, 1101)).length, 1);
	assert.equal((await attendances(stack, 'B1101')).length, 0);
	assert.equal((await inbox(stack, 'B1101'))[0].pin_state, 'REPEAT');
	await results([punch(1101, at), punch('B1101', at)], [R, R]);
	assert.deepEqual(await ledger(stack, `time = ${quote(at)}`),
	    [`${SN} 1101 ${at}`, `${SN} B1101 ${at}`]);
});

test('a batch after single punches adds only what is new', async () => {
	const at = s => `2026-03-12 10:00:${s}`;
	await stack.post(punch(1021, at('00')));
	await stack.post(punch(1021, at('30')));	// a repeat
	await stack.post(punch('n2', at('00')));
	await stack.post(punch(1021, '2008-01-01 00:00:00'));
	const before_ = await rowCounts(stack);
	const again = [punch(1021, at('00')), punch(1021, at('30')),
	    punch('n2', at('00')), punch(1021, '2008-01-01 00:00:00')];
	const got = await results(again);
	assert.deepEqual(got.slice(0, 3), [R, R, U]);
	assert.equal(got[3].code, 200);
	assert.deepEqual(await rowCounts(stack), before_);
	assert.deepEqual((await results([...again, punch(1022, at('00')),
	    punch(1021, at('59'))])).slice(4), [A, R]);
});

test('what lay unmapped is taken when a batch brings it again', async () => {
	const at = s => `2026-03-12 11:00:${s}`;
	const items = [punch('1102', at('00')), punch('1102', at('01')),
	    punch('1103', at('00'))];
	await results(items, [U, U, U]);
	await addActive(stack, 1102);
	await addMember(stack, { id: 1103, mappings: [['1103']] });
	await results([punch(1023, at('00')), ...items], [A, A, R, D]);
	assert.deepEqual((await inbox(stack, 1102)).map(r => r.pin_state),
	    ['TAKEN', 'REPEAT']);
	await results([punch(1023, at('00')), ...items], [R, R, R, R]);
	assert.deepEqual(await ledger(stack, "user IN ('1102', '1103')"),
	    items.map(p => `${SN} ${p.user_id} ${p.timestamp}`).sort());
});

test('a batch knows start days, wrong clocks, mappings of then, and rests',
    async () => {
	await stack.admin(['device', 'add', 'SF', 'SN-LATE', 'Late door',
	    '--start', '2026-03-10']);
	await addActive(stack, 1104, { mappings: [['55', '2026-01-01',
	    '2026-03-01 12:00:00']], freezes: [['FREEZE', '2026-02-01',
	    '2026-02-01']] });
	await addMember(stack, { id: 1105, mappings: [['55',
	    '2026-03-01 12:00:00']], subscriptions: [['2026-03-01',
	    '2026-03-12']] });
	const future = kolkata(Date.now() + 25 * 60 * MINUTE);
	const got = await results([punch(55, '2026-02-01 12:00:00'),
	    punch(55, '2026-03-01 11:59:59'), punch(55, '2026-03-01 12:00:00'),
	    punch(55, '2026-03-12 23:59:59'), punch(55, '2026-03-13 00:00:00'),
	    punch(55, '2025-12-31 23:59:59'), punch(55, '2009-12-31 23:59:59'),
	    punch(55, future),
	    punch(55, '2026-03-09 23:59:59', { device_sn: 'SN-LATE' }),
	    punch(55, '2026-03-10 00:00:00', { device_sn: 'SN-LATE' })]);
	assert.deepEqual(got.slice(0, 6), [D, A, A, A, D, U]);
	assert.deepEqual(got[6], got[7]);
	assert.equal(got[6].code, 200);
	assert.equal(got[6].access, undefined);
	assert.deepEqual(got.slice(8), [{ status: true,
	    message: "Before this terminal's start", code: 200 }, U]);
	assert.deepEqual((await attendances(stack, 55)).map(r =>
	    [r.att_member_id, r.att_reason]), [['1104', 'Membership frozen'],
	    ['1104', null], ['1105', null], ['1105', null],
	    ['1105', 'Subscription expired']]);
	assert.deepEqual((await inbox(stack, 55)).map(r => r.pin_state),
	    ['CLOCK', 'UNMAPPED', 'UNMAPPED', 'CLOCK']);
});

test('times with an offset, and without any, go in a batch, too', async () => {
	const began = kolkata(Date.now());
	const got = await results([punch(1030, '2026-03-12T02:00:00Z'),
	    punch(1031, undefined), punch(1030, '2026-03-12 07:30:00'),
	    punch(1032, 'rubbish'), punch(1031, undefined),
	    punch('n3', 'rubbish'), punch('n3', 'rubbish'),
	    punch(1033, '2026-03-12 07:30:00', { clock_offset: 90 })]);
	// which of two that are the same comes first is not promised
	assert.deepEqual([got[0], got[2]].map(r => r.access ?? r.message).sort(),
	    ['ALLOWED', 'Duplicate ignored']);
	assert.deepEqual(got.slice(3), [A, R, U, U, A]);
	assert.deepEqual(got[1], A);
	const rows = await stack.sql(`SELECT att_device_user_id AS user,
	    att_time_source AS source, att_time_raw AS raw, att_clock_offset
	    AS off, att_punch_time AS time, att_is_late AS late
	    FROM trn_member_attendances WHERE att_member_id
	    BETWEEN 1030 AND 1033 ORDER BY att_member_id`);
	assert.deepEqual(rows.map(r => [r.user, r.source, r.raw, r.off, r.late]),
	    [['1030', 'TERMINAL', null, null, '1'],
	    ['1031', 'SERVER', '', null, '0'],
	    ['1032', 'SERVER', 'rubbish', null, '0'],
	    ['1033', 'TERMINAL', null, '90', '1']]);
	assert.ok(rows[1].time >= began && rows[1].time <= kolkata(Date.now()));
	assert.equal((await inbox(stack, 'n3')).length, 1);
	assert.equal((await inbox(stack, 1030)).length, 0);
});

test('the bridge\'s own time goes in a batch, too', async () => {
	const bridge = { time_source: 'BRIDGE', time_raw: '2052-05-18 00:04:31',
	    clock_offset: 826000000 };
	const at = kolkata(Date.now() - MINUTE), minute = at.slice(0, 17);
	const items = [punch(1034, `${minute}10`, bridge),
	    punch(1034, `${minute}20`, bridge),
	    punch('n4', `${minute}10`, bridge),
	    punch(1035, `${minute}10`, { ...bridge, time_source: 'TERMINAL' }),
	    punch(1036, `${minute}10`, { ...bridge, time_source: 'x' })];
	const refused = E(422, 'time_source is none of TERMINAL and BRIDGE',
	    'time_source');
	await results(items, [A, R, U, A, refused]);
	await results(items, [R, R, U, R, refused]);
	const rows = await stack.sql(`SELECT att_device_user_id AS user,
	    att_time_source AS source, att_time_raw AS raw, att_is_late AS late
	    FROM trn_member_attendances WHERE att_member_id
	    BETWEEN 1034 AND 1036 UNION ALL SELECT pin_device_user_id,
	    pin_time_source, pin_time_raw, pin_state FROM trn_punch_inbox
	    WHERE pin_device_user_id IN ('n4', '1034') ORDER BY user, late`);
	assert.deepEqual(rows.map(r => [r.user, r.source, r.raw, r.late]), [
	    ['1034', 'BRIDGE', bridge.time_raw, '0'],
	    ['1034', 'BRIDGE', bridge.time_raw, 'REPEAT'],
	    ['1035', 'TERMINAL', null, '1'],
	    ['n4', 'BRIDGE', bridge.time_raw, 'UNMAPPED']]);
});

test('several terminals, but never one of another company', async () => {
	await stack.admin(['company', 'add', 'TWO', 'Gym Two']);
	await stack.admin(['branch', 'add', 'TWO', 'Only', 'Europe/Berlin']);
	await stack.admin(['device', 'add', 'TWO', 'SN-TWO', 'Theirs',
	    '--start', '2020-01-01']);
	await stack.admin(['device', 'add', 'SF', 'SN-BACK', 'Back door',
	    '--start', '2020-01-01']);
	const token = (await stack.admin(['token', 'add', 'TWO', 'x'])).trim();
	const one = (await stack.admin(['token', 'add', 'SF', 'one',
	    '--device', 'SN-BACK'])).trim();
	const [{ id: branch }] = await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = 'TWO'`);
	// the same number, the same minute: another gym, another member
	await addMember(stack, { company: 'TWO', branch: Number(branch),
	    id: 1, sn: 'SN-TWO', mappings: [['1000']],
	    subscriptions: [['2020-01-01', '2099-12-31']] });
	const at = '2026-03-12 12:00:00';
	const items = [punch(1000, at), punch(1000, at, { device_sn: 'SN-BACK' }),
	    punch(1000, at, { device_sn: 'SN-TWO' }), punch(1000, at,
	    { compcode: 'TWO', device_sn: 'SN-TWO' }),
	    punch(1000, at, { compcode: 'TWO' })];
	const terminal = E(403, 'Not a terminal of this token', 'device_sn');
	const company = E(403, 'Not the company of this token', 'compcode');
	await results(items, [A, U, terminal, company, company]);
	const theirs = await stack.post(items, { token });
	assert.deepEqual(theirs.json.results,
	    [company, company, company, A, terminal]);
	const limited = await stack.post(items, { token: one });
	assert.deepEqual(limited.json.results,
	    [terminal, U, terminal, company, company]);
	// nor is it told whether another terminal sent one of this text
	assert.equal((await stack.post(punch(1000, 'x'))).status, 200);
	assert.equal((await stack.post(punch(1000, 'x'), { token: one })).status,
	    403);
	const rows = await stack.sql(`SELECT att_compcode AS c, att_member_id AS m
	    FROM trn_member_attendances WHERE att_punch_time = '${at}'
	    ORDER BY 1`);
	assert.deepEqual(rows, [{ c: 'SF', m: '1000' }, { c: 'TWO', m: '1' }]);
});

test('batches that overlap, posted at the same time, leave each punch once',
    async t => {
	const dice = random(seed(t));
	const users = [1040, 1041, 1042, 'm1', 'm2'];
	for (let round = 0; round < 25; round++) {
		const day = `2026-04-${String(round + 1).padStart(2, '0')}`;
		const pool = Array.from({ length: 40 }, () => punch(
		    dice.pick(users), `${day} 06:${10 + dice.below(6)}:${
		    dice.pick(['00', '20', '40'])}`));
		const some = () => Array.from({ length: 30 },
		    () => dice.pick(pool));
		const sent = [some(), some(), some(), ...some().slice(0, 4)];
		const got = await Promise.all(sent.map(p => stack.post(p)));
		const answers = got.flatMap((g, i) => {
			if (!Array.isArray(sent[i]))
				return [[sent[i], { ...g.json, code: g.status }]];
			assert.equal(g.status, 200, g.text);
			return g.json.results.map((r, k) => [sent[i][k], r]);
		});
		const all = [...new Set(sent.flat().map(p =>
		    `${SN} ${p.user_id} ${p.timestamp}`))].sort();
		assert.deepEqual(await ledger(stack, `time LIKE '${day} 06:1%'
		    AND user IN (${users.map(u => quote(String(u)))})`), all,
		    `round ${round}`);
		// a member's minute was let in once
		const let_in = answers.filter(([, r]) => r.access === 'ALLOWED')
		    .map(([p]) => `${p.user_id} ${p.timestamp.slice(0, 16)}`);
		const minutes = new Set(sent.flat().filter(p => p.user_id > 0)
		    .map(p => `${p.user_id} ${p.timestamp.slice(0, 16)}`));
		assert.deepEqual(let_in.sort(), [...minutes].sort());
		for (const [p, r] of answers)
			assert.equal(r.code, p.user_id > 0 ? 200 : 404);
	}
});
