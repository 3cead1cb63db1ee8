// api-single.test.mjs: one punch: what is answered, and what is kept of it
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { addActive, addMember, ALLOWED, attendances, DENIED, hold, inbox,
    kolkata, ledger, memberSql, punch, quote, random, REPEAT, rowCounts, seed, SN,
    UNMAPPED } from './gym.mjs';

const MINUTE = 60000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
let stack;

before(async () => { stack = await Stack.start({ demo: true }); });
after(() => stack.stop());

async function says(body, status, text, options) {
	const got = await stack.post(body, options);
	assert.equal(got.text, text);
	assert.equal(got.status, status);
	assert.equal(got.headers['content-type'], 'application/json');
	assert.equal(got.headers['cache-control'], 'no-store');
	return got;
}

for (const [name, when] of [['as printed', () => '2026-03-12 07:30:00'],
    ['at today\'s date', () => `${kolkata().slice(0, 10)} 07:30:00`]]) {
	test(`the article's three calls ${name} answer byte for byte`,
	    async () => {
		const at = when();
		await says(punch(42, at), 200,
		    '{"status":true,"access":"ALLOWED"}');
		await says(punch(43, at), 200,
		    '{"status":true,"access":"DENIED"}');
		await says(punch(99, at), 404,
		    '{"status":false,"message":"Biometric user not mapped"}');
		await says(punch(42, at), 200,
		    '{"status":true,"message":"Duplicate ignored"}');
		const [row] = await attendances(stack, 42,
		    `att_punch_time = '${at}'`);
		assert.equal(row.att_status, 'ALLOWED');
		assert.equal(row.att_reason, null);
		assert.equal(row.att_member_id, '42');
		assert.equal(row.att_device_sn, SN);
		assert.equal(row.att_branch_id, '1');
		assert.equal(row.att_time_source, 'TERMINAL');
		assert.equal(row.att_time_raw, null);
		assert.equal(row.att_clock_offset, null);
	});
}

test('a form says the same as JSON, and a text the same as a number',
    async () => {
	await addActive(stack, 200);
	const at = '2026-03-12 08:00:00';
	await says(new URLSearchParams(punch(200, at)), 200, ALLOWED);
	await says(punch('200', at), 200, REPEAT);
	await says(punch(200, at), 200, REPEAT);
	await says(JSON.stringify(punch('200', '2026-03-12 08:01:00')), 200,
	    ALLOWED, { headers: { 'Content-Type':
	    'Application/JSON; charset=utf-8' } });
	assert.equal((await attendances(stack, 200)).length, 2);
	assert.equal((await inbox(stack, 200)).length, 0);
});

test('HTTP Basic with the token as password is taken, whatever the name',
    async () => {
	await addActive(stack, 201);
	let minute = 10;
	for (const name of ['', 'bridge', 'SF', 'a name'])
		await says(punch(201, `2026-03-12 08:${minute++}:00`), 200,
		    ALLOWED, { token: null, headers: { Authorization: `Basic ${
		    Buffer.from(`${name}:${stack.token}`)
		    .toString('base64')}` } });
	await says(punch(201, '2026-03-12 08:10:00'), 200, REPEAT,
	    { token: null, headers: { Authorization:
	    `bearer ${stack.token}` } });
});

test('the last day of a subscription counts to its end', async () => {
	await addMember(stack, { id: 202, mappings: [['202']],
	    subscriptions: [['2026-02-01', '2026-03-12']] });
	await says(punch(202, '2026-01-31 23:59:59'), 200, DENIED);
	await says(punch(202, '2026-02-01 00:00:00'), 200, ALLOWED);
	await says(punch(202, '2026-03-12 23:59:59'), 200, ALLOWED);
	await says(punch(202, '2026-03-13 00:00:00'), 200, DENIED);
	const rows = await attendances(stack, 202);
	assert.deepEqual(rows.map(r => r.att_reason),
	    ['Subscription not started', null, null, 'Subscription expired']);
});

test('a renewal counts at once; what was denied before stays denied',
    async () => {
	await addMember(stack, { id: 203, mappings: [['203']],
	    subscriptions: [['2026-01-01', '2026-02-28']] });
	await says(punch(203, '2026-03-12 09:00:00'), 200, DENIED);
	await stack.sql(`INSERT INTO trn_member_subscriptions (ms_compcode,
	    ms_member_id, ms_start_date, ms_end_date, ms_created_at)
	    VALUES ('SF', 203, '2026-03-12', '2026-04-12', '2026-03-12')`);
	await says(punch(203, '2026-03-12 09:01:00'), 200, ALLOWED);
	await says(punch(203, '2026-03-12 09:00:00'), 200, REPEAT);
	assert.deepEqual((await attendances(stack, 203))
	    .map(r => [r.att_status, r.att_reason]),
	    [['DENIED', 'Subscription expired'], ['ALLOWED', null]]);
});

const always = [['2020-01-01', '2099-12-31']];
const reasons = [
	['No subscription', {}],
	['No subscription', { subscriptions:
	    [['2020-01-01', '2099-12-31', 'VOID']] }],
	['Subscription not started', { subscriptions:
	    [['2026-03-13', '2026-05-01']] }],
	['Subscription not started', { subscriptions:	// in a gap
	    [['2026-01-01', '2026-03-11'], ['2026-03-13', '2026-05-01']] }],
	['Subscription expired', { subscriptions:
	    [['2026-01-01', '2026-03-11']] }],
	['Membership frozen', { subscriptions: always,
	    freezes: [['FREEZE', '2026-03-12', '2026-03-12']] }],
	['Membership frozen', { subscriptions: always,
	    freezes: [['FREEZE', '2026-03-01', null]] }],
	['Member inactive', { subscriptions: always,
	    freezes: [['INACTIVE', '2026-03-12', null]] }],
	['Member inactive', { subscriptions: [['2026-01-01', '2026-03-01']],
	    freezes: [['FREEZE', '2026-03-01', null],
	    ['INACTIVE', '2026-03-01', '2026-03-12']] }],
	[null, { subscriptions: always, freezes: [['FREEZE', '2026-03-01',
	    '2026-03-11'], ['INACTIVE', '2026-03-13', null]] }],
	// ten frozen days are given back at the end
	[null, { subscriptions: [['2026-02-01', '2026-03-02']],
	    freezes: [['FREEZE', '2026-02-10', '2026-02-19']] }],
	['Subscription expired', { subscriptions:
	    [['2026-02-01', '2026-03-01']],
	    freezes: [['FREEZE', '2026-02-10', '2026-02-19']] }],
];

test('DENIED is stored with its reason, the gravest when several hold',
    async () => {
	await stack.sql(reasons.map(([, member], i) => memberSql({ ...member,
	    id: 210 + i, mappings: [[`${210 + i}`]] })).join('\n'));
	for (const [i, [reason]] of reasons.entries()) {
		const user = 210 + i;
		await says(punch(user, '2026-03-12 10:00:00'), 200,
		    reason ? DENIED : ALLOWED);
		const [row] = await attendances(stack, user);
		assert.deepEqual([row.att_status, row.att_reason],
		    [reason ? 'DENIED' : 'ALLOWED', reason], `case ${i}`);
	}
});

test('another second of the same minute is a repeat, kept in the inbox once',
    async () => {
	await addActive(stack, 204);
	const at = second => `2026-03-12 11:00:${second}`;
	await says(punch(204, at('07')), 200, ALLOWED);
	await says(punch(204, at('07')), 200, REPEAT);
	assert.equal((await inbox(stack, 204)).length, 0,
	    'the very same punch is not kept twice');
	await says(punch(204, at('41')), 200, REPEAT);
	await says(punch(204, at('41')), 200, REPEAT);
	await says(punch(204, at('00')), 200, REPEAT);
	assert.deepEqual((await inbox(stack, 204)).map(r =>
	    [r.pin_punch_time, r.pin_state]),
	    [[at('00'), 'REPEAT'], [at('41'), 'REPEAT']]);
	await says(punch(204, '2026-03-12 11:01:00'), 200, ALLOWED);
	assert.equal((await attendances(stack, 204)).length, 2);
});

test('the same minute at another terminal is a repeat, too', async () => {
	await stack.admin(['device', 'add', 'SF', 'SN-BACK', 'Back door',
	    '--start', '2020-01-01']);
	await addActive(stack, 205);
	await stack.sql(`INSERT INTO trn_member_biometric_mappings
	    (mbm_compcode, mbm_device_sn, mbm_device_user_id, mbm_member_id,
	    mbm_from, mbm_created_at) VALUES ('SF', 'SN-BACK', '205', 205,
	    '2020-01-01', '2026-01-01')`);
	const at = '2026-03-12 11:10:00';
	await says(punch(205, at), 200, ALLOWED);
	await says(punch(205, at, { device_sn: 'SN-BACK' }), 200, REPEAT);
	const kept = await inbox(stack, 205);
	assert.deepEqual(kept.map(r => [r.pin_device_sn, r.pin_state]),
	    [['SN-BACK', 'REPEAT']]);
});

test('a punch of nobody is kept in the inbox, once', async () => {
	const at = '2026-03-12 12:00:00';
	for (let i = 0; i < 3; i++)
		await says(punch('N0body', at, { clock_offset: 5 }), 404,
		    UNMAPPED);
	const rows = await inbox(stack, 'N0body');
	assert.equal(rows.length, 1);
	assert.equal(rows[0].pin_state, 'UNMAPPED');
	assert.equal(rows[0].pin_punch_time, at);
	assert.equal(rows[0].pin_clock_offset, '5');
	assert.equal(rows[0].pin_time_source, 'TERMINAL');
	await says(punch('n0body', at), 404, UNMAPPED);
	assert.equal((await inbox(stack, 'n0body')).length, 1,
	    'capitals matter');
});

test('older than the terminal\'s start day is said so and not stored',
    async () => {
	const start = '{"status":true,"message":"Before this terminal\'s start"}';
	await stack.admin(['device', 'add', 'SF', 'SN-START', 'Side door',
	    '--start', '2026-03-10']);
	await stack.admin(['device', 'add', 'SF', 'SN-TODAY', 'New door']);
	const before_ = await rowCounts(stack);
	await says(punch(42, '2026-03-09 23:59:59',
	    { device_sn: 'SN-START' }), 200, start);
	await says(punch(42, kolkata(Date.now() - DAY),
	    { device_sn: 'SN-TODAY' }), 200, start);
	assert.deepEqual(await rowCounts(stack), before_);
	await says(punch(42, '2026-03-10 00:00:00',
	    { device_sn: 'SN-START' }), 404, UNMAPPED);
	await says(punch(42, `${kolkata().slice(0, 10)} 00:00:00`,
	    { device_sn: 'SN-TODAY' }), 404, UNMAPPED);
});

test('a time before 2010 or over a day ahead is kept as CLOCK, for staff',
    async () => {
	await addActive(stack, 206);
	const wrong = ['2000-01-01 00:00:00', '2009-12-31 23:59:59',
	    kolkata(Date.now() + DAY + 10 * MINUTE), '2099-12-31 12:00:00'];
	for (const at of [...wrong, ...wrong]) {
		const got = await stack.post(punch(206, at));
		assert.equal(got.status, 200, at);
		assert.equal(got.json.status, true);
		assert.equal(got.json.access, undefined);
	}
	assert.deepEqual((await inbox(stack, 206)).map(r =>
	    [r.pin_punch_time, r.pin_state]), wrong.map(at => [at, 'CLOCK']));
	assert.equal((await attendances(stack, 206)).length, 0);
	await says(punch(206, kolkata(Date.now() + DAY - 10 * MINUTE)), 200,
	    ALLOWED);
});

test('without a readable time the server\'s is stored, and what came',
    async () => {
	const raws = [undefined, null, '', 'yesterday', '2026-02-30 07:30:00',
	    '2026-03-12 24:00:00', '12/03/2026 07:30', '1773286200',
	    '2026-03-12', 'ð\u0915 ?'];
	for (const [i, raw] of raws.entries()) {
		const user = 230 + i, began = Date.now();
		await addActive(stack, user);
		await says(punch(user, raw), 200, ALLOWED);
		const [row, ...more] = await attendances(stack, user);
		assert.equal(more.length, 0);
		assert.equal(row.att_time_source, 'SERVER');
		assert.equal(row.att_time_raw, raw ?? '');
		assert.ok(row.att_punch_time >= kolkata(began) &&
		    row.att_punch_time <= kolkata(), row.att_punch_time);
		assert.equal(row.att_is_late, '0');
	}
});

test('the same text without a time is the same punch for ten minutes',
    async t => {
	t.after(() => stack.setClock(null));
	await addActive(stack, 240);
	const send = text => says(punch(240, 'soon'), 200, text);
	await send(ALLOWED);
	for (const minutes of [0, 2, 9]) {
		stack.setClock(minutes * MINUTE);
		await send(REPEAT);
	}
	stack.setClock(11 * MINUTE);
	await send(ALLOWED);
	await says(punch(240, 'later'), 200, REPEAT);	// of that minute
	assert.equal((await attendances(stack, 240)).length, 2);
	stack.setClock(30 * MINUTE);
	for (let i = 0; i < 2; i++)
		await says(punch('Nobody2', 'soon'), 404, UNMAPPED);
	stack.setClock(38 * MINUTE);
	await says(punch('Nobody2', 'soon'), 404, UNMAPPED);
	assert.equal((await inbox(stack, 'Nobody2')).length, 1);
	stack.setClock(41 * MINUTE);
	await says(punch('Nobody2', 'soon'), 404, UNMAPPED);
	assert.equal((await inbox(stack, 'Nobody2')).length, 2);
});

test('sent many times at once without a time it is one row', async () => {
	await addActive(stack, 241);
	const got = await Promise.all(Array.from({ length: 12 }, (x, i) =>
	    stack.post(punch(i % 2 ? 241 : 'Nobody3'))));
	assert.deepEqual(got.map(g => g.text).filter((x, i) => i % 2).sort(),
	    [ALLOWED, ...Array(5).fill(REPEAT)].sort());
	assert.deepEqual(got.map(g => g.text).filter((x, i) => !(i % 2)),
	    Array(6).fill(UNMAPPED));
	assert.equal((await attendances(stack, 241)).length, 1);
	assert.equal((await inbox(stack, 241)).length, 0);
	assert.equal((await inbox(stack, 'Nobody3')).length, 1);
});

test('two without a time are one, though a minute passes between them',
    async t => {
	t.after(() => stack.setClock(null));
	await addActive(stack, 244);
	// the first is held up where it stores its row
	const held = await hold(stack, `SELECT id FROM mst_members_lists
	    WHERE mbr_compcode = 'SF' AND id = 244`);
	const first = stack.post(punch(244));
	await until('the first to wait', async () => await held.busy() === 1);
	stack.setClock(2 * MINUTE);
	const second = stack.post(punch(244));
	await until('the second to wait', async () => await held.busy() === 2);
	await held.release();
	assert.equal((await first).text, ALLOWED);
	assert.equal((await second).text, REPEAT);
	assert.equal((await attendances(stack, 244)).length, 1);
});

test('a time with an offset is converted to the wall clock of the branch',
    async () => {
	await addActive(stack, 242);
	const same = ['2026-03-12T02:00:05Z', '2026-03-12T07:30:05+05:30',
	    '2026-03-11T20:30:05-05:30', '2026-03-12T04:00:05.250+0200',
	    '2026-03-12 02:00:05Z', '2026-03-12T07:30:05',
	    '2026-03-12 07:30:05'];
	for (const [i, text] of same.entries())
		await says(punch(242, text), 200, i ? REPEAT : ALLOWED);
	const [row, ...more] = await attendances(stack, 242);
	assert.equal(more.length, 0);
	assert.equal(row.att_punch_time, '2026-03-12 07:30:05');
	assert.equal(row.att_time_source, 'TERMINAL');
	assert.equal((await inbox(stack, 242)).length, 0,
	    'all of them are the very same punch');
	await says(punch(242, '2026-03-11T20:00:00Z'), 200, ALLOWED);
	const rows = await attendances(stack, 242);
	assert.equal(rows[0].att_punch_time, '2026-03-12 01:30:00');
	assert.equal(rows[0].att_punch_date, '2026-03-12');
});

test('how wrong the terminal\'s clock was is stored', async () => {
	await addActive(stack, 243);
	const cases = [[75, '75'], ['-3', '-3'], [0, '0'], [null, null],
	    [undefined, null]];
	for (const [i, [offset]] of cases.entries())
		await says(punch(243, `2026-03-12 13:0${i}:00`,
		    { clock_offset: offset }), 200, ALLOWED);
	await says(new URLSearchParams(punch(243, '2026-03-12 13:09:00',
	    { clock_offset: '-86400' })), 200, ALLOWED);
	assert.deepEqual((await attendances(stack, 243))
	    .map(r => r.att_clock_offset),
	    [...cases.map(([, kept]) => kept), '-86400']);
});

test('a punch that arrives over ten minutes late is marked late', async () => {
	const cases = [[9 * MINUTE, undefined, '0'],
	    [11 * MINUTE, undefined, '1'], [-HOUR, undefined, '0'],
	    // its clock is behind, or ahead, and it says so
	    [11 * MINUTE, -120, '0'], [9 * MINUTE, 120, '1']];
	for (const [i, [ago, offset, late]] of cases.entries()) {
		const user = 250 + i;
		await addActive(stack, user);
		await says(punch(user, kolkata(Date.now() - ago),
		    { clock_offset: offset }), 200, ALLOWED);
		const [row] = await attendances(stack, user);
		assert.equal(row.att_is_late, late, `case ${i}`);
	}
});

test('the bridge\'s own time is kept as that, with the terminal\'s text',
    async () => {
	const raw = '2052-05-18 00:04:31';
	const bridge = { time_source: 'BRIDGE', time_raw: raw,
	    clock_offset: 826000000 };
	const sources = rows => rows.map(r => [r.att_time_source ??
	    r.pin_time_source, r.att_time_raw ?? r.pin_time_raw ?? null,
	    r.att_clock_offset ?? r.pin_clock_offset]);
	await addActive(stack, 256);
	const at = kolkata(Date.now() - MINUTE), minute = at.slice(0, 17);
	const first = `${minute}10`;
	await says(punch(256, first, bridge), 200, ALLOWED);
	await says(punch(256, first, bridge), 200, REPEAT);
	const [row, ...more] = await attendances(stack, 256);
	assert.deepEqual([more, await inbox(stack, 256)], [[], []]);
	assert.equal(row.att_punch_time, first);
	assert.equal(row.att_is_late, '0', 'now, by the bridge');
	assert.deepEqual(sources([row]), [['BRIDGE', raw, '826000000']]);
	// another of the same minute, a stranger's, and what says TERMINAL
	await says(new URLSearchParams(punch(256, `${minute}11`, bridge)), 200,
	    REPEAT);
	const [repeat] = await inbox(stack, 256);
	assert.equal(repeat.pin_state, 'REPEAT');
	await says(punch('B1', first, bridge), 404, UNMAPPED);
	await says(punch('B1', first, bridge), 404, UNMAPPED);
	const [stranger, ...others] = await inbox(stack, 'B1');
	assert.deepEqual(others, []);
	assert.deepEqual(sources([repeat, stranger]),
	    Array(2).fill(['BRIDGE', raw, '826000000']));
	await addActive(stack, 257);
	await says(punch(257, '2026-03-12 07:30:00', { ...bridge,
	    time_source: 'TERMINAL' }), 200, ALLOWED);
	await says(punch(257, '2026-03-12 07:31:00', { ...bridge,
	    time_raw: '' }), 200, ALLOWED);
	await says(punch(257, '2026-03-12T02:02:00Z', bridge), 200, ALLOWED);
	assert.deepEqual(sources(await attendances(stack, 257)), [
	    ['TERMINAL', null, '826000000'], ['BRIDGE', null, '826000000'],
	    ['BRIDGE', raw, '826000000']]);
	// who is known by now takes it in as it came
	await addActive(stack, 258, { mappings: [['B1']] });
	await says(punch('B1', first, bridge), 200, ALLOWED);
	assert.deepEqual(sources(await attendances(stack, 'B1')),
	    [['BRIDGE', raw, '826000000']]);
});

test('a late punch goes to who held the number then', async () => {
	await addActive(stack, 260, { mappings: [['777', '2026-01-01',
	    '2026-03-01 12:00:00']] });
	await addActive(stack, 261, { mappings: [['777',
	    '2026-03-01 12:00:00']] });
	await says(punch(777, '2026-03-01 12:00:00'), 200, ALLOWED);
	await says(punch(777, '2026-03-01 11:59:59'), 200, ALLOWED);
	await says(punch(777, '2026-01-01 00:00:00'), 200, ALLOWED);
	await says(punch(777, '2025-12-31 23:59:59'), 404, UNMAPPED);
	assert.deepEqual((await attendances(stack, 777)).map(r =>
	    [r.att_punch_time, r.att_member_id]), [
	    ['2026-01-01 00:00:00', '260'], ['2026-03-01 11:59:59', '260'],
	    ['2026-03-01 12:00:00', '261']]);
});

test('a punch that lay unmapped is taken when it comes again mapped',
    async () => {
	const at = '2026-03-12 14:00:00';
	for (const user of ['270', '271'])
		await says(punch(user, at), 404, UNMAPPED);
	await says(punch('270', '2026-03-12 14:00:30'), 404, UNMAPPED);
	await addActive(stack, 270);
	await addMember(stack, { id: 271, mappings: [['271']] });
	await says(punch('270', at), 200, ALLOWED);
	await says(punch('270', at), 200, REPEAT);
	await says(punch('270', '2026-03-12 14:00:30'), 200, REPEAT);
	await says(punch('271', at), 200, DENIED);
	assert.deepEqual((await inbox(stack, 270)).map(r => r.pin_state),
	    ['TAKEN', 'REPEAT']);
	assert.deepEqual((await inbox(stack, 271)).map(r => r.pin_state),
	    ['TAKEN']);
	const rows = await attendances(stack, 270);
	assert.equal(rows.length, 1);
	assert.equal(rows[0].att_punch_time, at);
	assert.deepEqual((await attendances(stack, 271)).map(r =>
	    r.att_reason), ['No subscription']);
});

test('attendances and inbox together hold every punch, each once',
    async t => {
	const dice = random(seed(t));
	const users = ['280', '281', 'X1', 'X2'];
	await addActive(stack, 280);
	await addActive(stack, 281, { mappings: [['281', '2026-04-01 06:02:00'],
	    ['X2', '2020-01-01']] });
	const sent = new Set();
	for (let round = 0; round < 30; round++)
		await Promise.all(Array.from({ length: 6 }, async () => {
			const user = dice.pick(users);
			const at = `2026-04-01 06:0${dice.below(4)}:${
			    dice.pick(['00', '01', '59'])}`;
			sent.add(`${SN} ${user} ${at}`);
			const got = await stack.post(punch(user, at));
			assert.ok(got.status === 200 || got.status === 404,
			    got.text);
		}));
	assert.deepEqual(await ledger(stack, `user IN (${users.map(quote)})`),
	    [...sent].sort());
	const members = await stack.sql(`SELECT att_member_id,
	    COUNT(DISTINCT att_punch_minute) AS minutes, COUNT(*) AS n
	    FROM trn_member_attendances WHERE att_member_id IN (280, 281)
	    GROUP BY att_member_id`);
	assert.ok(members.length === 2);
	for (const m of members)
		assert.equal(m.n, m.minutes);
});
