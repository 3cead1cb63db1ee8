// remind.test.mjs: who is reminded of what, when, and once
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { pause } from '../stack/wait.mjs';
import { dayAfter, hold } from './gym.mjs';
import { addGym, addTerminal, at, consentSql, forgetSql, messages, person, rows,
    ruleSql } from './remind.mjs';

const HOUR = 3600000, DAY = 24 * HOUR;
const TODAY = '2026-03-12';
const NOON = Date.parse('2026-03-12T06:30:00Z');	// in Kolkata
let stack, now, ids = 1000;

before(async () => {
	stack = await Stack.start({ web: false, nginx: false });
});
after(() => stack?.stop());
// the gyms of other tests are quiet
beforeEach(() => stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED'`));

const day = n => dayAfter(TODAY, n);
const add = (g, more) => person(stack, g, { id: ++ids, ...more });
const of = (g, id) => messages(stack, g, `msg_member_id = ${id}`);

function run(ms = now) {
	now = ms;
	stack.setClock(now - Date.now());
	return stack.remind();
}

test('each rule on its day, once', async () => {
	const g = await addGym(stack);
	const expected = [];
	for (const [offset, rule] of [[9, null], [8, null], [7, 'BEFORE-7'],
	    [4, 'BEFORE-7'], [3, 'BEFORE-3'], [2, 'BEFORE-3'], [1, 'BEFORE-1'],
	    [0, 'ON-0'], [-1, 'AFTER-1'], [-4, 'AFTER-1'], [-5, null],
	    [-6, null], [-7, 'AFTER-7'], [-10, 'AFTER-7'], [-11, null]]) {
		const id = await add(g, { until: day(offset) });
		if (rule)
			expected.push(`${id} ${rule} ${day(offset)} DUE`);
	}
	const said = await run(NOON);
	assert.deepEqual((await messages(stack, g)).sort(), expected.sort());
	assert.match(said, new RegExp(`: ${g.code}: 10 found, 0 sent, 0 refused, ` +
	    '0 unknown, 10 wait\n$'));
	const all = await rows(stack, g);
	assert.ok(all.every(m => m.msg_tries === '0' && m.msg_text === null &&
	    m.msg_due_at.startsWith('2026-03-12 06:30')));

	// again, and again: not a word of it
	assert.equal(await run(), '');
	assert.equal(await run(NOON + HOUR), '');
	assert.deepEqual(await rows(stack, g), all);
});

test('one rule in place of another reminds nobody twice of a day', async () => {
	const g = await addGym(stack);
	const sent = await add(g, { until: day(7) });
	const next = await add(g, { until: day(8) });
	await run(NOON);
	await stack.sql(`UPDATE trn_messages SET msg_state = 'ACCEPTED',
	    msg_due_at = NULL WHERE msg_compcode = '${g.code}';
	    UPDATE mst_message_rules SET mrl_is_on = 0
	    WHERE mrl_compcode = '${g.code}' AND mrl_days = 7;
	    ${ruleSql(g.code, 'BEFORE', 8)}
	    UPDATE mst_message_rules SET mrl_on_at = '2026-03-12 06:40:00'
	    WHERE mrl_compcode = '${g.code}' AND mrl_days = 8`);
	await run(NOON + HOUR);
	assert.deepEqual(await messages(stack, g), [
	    `${sent} BEFORE-7 ${day(7)} ACCEPTED`,
	    `${next} BEFORE-8 ${day(8)} DUE`]);
});

test('what is paid for, with a gap or without, is renewed', async () => {
	const g = await addGym(stack);
	const id = await add(g, { until: day(7) });
	await add(g, { until: day(7) });
	await stack.sql(`INSERT INTO trn_member_subscriptions (ms_compcode,
	    ms_member_id, ms_start_date, ms_end_date, ms_created_at) VALUES
	    ('${g.code}', ${id}, '${day(10)}', '${day(40)}', '2026-01-01')`);
	await run(NOON);
	assert.deepEqual(await messages(stack, g),
	    [`${id + 1} BEFORE-7 ${day(7)} DUE`]);
});

test('what was not true for a while, and is again, is due', async () => {
	const g = await addGym(stack);
	const id = await add(g, { until: day(3) });
	const rule = isOn => stack.sql(`UPDATE mst_message_rules SET mrl_is_on =
	    ${isOn} WHERE mrl_compcode = '${g.code}' AND mrl_days = 3`);
	const expected = `${id} BEFORE-3 ${day(3)}`;
	await run(NOON);
	await rule(0);
	await run();
	assert.deepEqual(await of(g, id), [`${expected} SKIPPED RULE`]);
	await rule(1);
	await run();
	assert.deepEqual(await of(g, id), [`${expected} DUE`]);
	// a freeze by mistake
	await stack.sql(`INSERT INTO trn_member_freezes (frz_compcode,
	    frz_member_id, frz_kind, frz_from, frz_created_at) VALUES
	    ('${g.code}', ${id}, 'FREEZE', '${TODAY}', '2026-01-01');
	    ${forgetSql(g, id)}`);
	await run();
	assert.deepEqual(await of(g, id), [`${expected} SKIPPED UNTRUE`]);
	await stack.sql(`DELETE FROM trn_member_freezes WHERE frz_member_id =
	    ${id}; ${forgetSql(g, id)}`);
	await run();
	assert.deepEqual(await of(g, id), [`${expected} DUE`]);
	// but not what somebody did not want sent, nor what was tried
	for (const [reason, tries] of [['STAFF', 0], ['UNTRUE', 1]]) {
		await stack.sql(`UPDATE trn_messages SET msg_state = 'SKIPPED',
		    msg_reason = '${reason}', msg_tries = ${tries}, msg_due_at = NULL
		    WHERE msg_member_id = ${id}`);
		await run();
		assert.deepEqual(await of(g, id),
		    [`${expected} SKIPPED ${reason}`]);
	}
});

test('the day is that of the branch', async () => {
	// 23:30 of the 11th in New York, 09:00 of the 12th in Kolkata
	const g = await addGym(stack, { zones: ['America/New_York',
	    'Asia/Kolkata', 'Asia/Kolkata'], conf: { from: '00:00', to: '00:00' } });
	const [there, here, beside] = [g.branches[0], g.branches[1],
	    g.branches[2]];
	const who = {};
	for (const [name, branch] of Object.entries({ there, here, beside }))
		who[name] = await add(g, { branch, until: TODAY });
	await run(Date.parse('2026-03-12T03:30:00Z'));
	assert.deepEqual(await of(g, who.there),
	    [`${who.there} BEFORE-1 ${TODAY} DUE`]);
	for (const id of [who.here, who.beside])
		assert.deepEqual(await of(g, id), [`${id} ON-0 ${TODAY} DUE`]);
	// half an hour later it is the 12th there, too
	await run(now + HOUR);
	assert.deepEqual(await of(g, who.there),
	    [`${who.there} BEFORE-1 ${TODAY} SKIPPED OVERTAKEN`,
	    `${who.there} ON-0 ${TODAY} DUE`]);
	for (const id of [who.here, who.beside])
		assert.equal((await of(g, id)).length, 1);
});

test('what was due while nothing ran: the last of it, not all', async () => {
	const g = await addGym(stack);
	const ending = await add(g, { until: day(4) });
	const away = await add(g, { until: day(-1) });
	await run(NOON + 3 * DAY);
	assert.deepEqual(await of(g, ending), [`${ending} BEFORE-1 ${day(4)} DUE`]);
	assert.deepEqual(await of(g, away), [`${away} AFTER-1 ${day(-1)} DUE`]);
	// and what was found before the silence, and not sent, is too late
	await run(NOON + 10 * DAY);
	assert.deepEqual(await of(g, away), [
	    `${away} AFTER-1 ${day(-1)} SKIPPED LATE`]);
	assert.deepEqual(await of(g, ending), [
	    `${ending} BEFORE-1 ${day(4)} SKIPPED LATE`]);
});

// A row of what a member's form does, and the state it leaves a message in.
const changes = {
	renewed: [(g, id) => `INSERT INTO trn_member_subscriptions (ms_compcode,
	    ms_member_id, ms_start_date, ms_end_date, ms_status, ms_created_at)
	    VALUES ('${g.code}', ${id}, '${day(1)}', '${day(300)}', 'ACTIVE',
	    '2026-01-01'); ${forgetSql(g, id)}`, 'SKIPPED UNTRUE'],
	frozen: [(g, id) => `INSERT INTO trn_member_freezes (frz_compcode,
	    frz_member_id, frz_kind, frz_from, frz_to, frz_created_at) VALUES
	    ('${g.code}', ${id}, 'FREEZE', '${TODAY}', '${day(60)}', '2026-01-01');
	    ${forgetSql(g, id)}`, 'SKIPPED UNTRUE'],
	erased: [(g, id) => `UPDATE mst_members_lists SET mbr_erased_at =
	    '2026-03-12', mbr_phone = NULL WHERE id = ${id}`, 'SKIPPED ERASED'],
	withdrawn: [(g, id) => consentSql(g, id, false), 'SKIPPED CONSENT'],
	'without a telephone': [(g, id) => `UPDATE mst_members_lists
	    SET mbr_phone = NULL WHERE id = ${id}`, 'SKIPPED PHONE'],
	unreached: [(g, id) => `UPDATE mst_members_lists SET mbr_unreached_phone =
	    mbr_phone WHERE id = ${id}`, 'SKIPPED UNREACHED'],
	'of rules that are off': [g => `UPDATE mst_message_rules SET mrl_is_on = 0
	    WHERE mrl_compcode = '${g.code}'`, 'SKIPPED RULE'],
};

for (const [what, [sql, state]] of Object.entries(changes))
	test(`one who is ${what} meanwhile is not reminded`, async () => {
		const g = await addGym(stack);
		const id = await add(g, { until: TODAY });
		await run(NOON);
		assert.deepEqual(await of(g, id), [`${id} ON-0 ${TODAY} DUE`]);
		await stack.sql(sql(g, id));
		await run();
		const [first] = await of(g, id);
		assert.equal(first, `${id} ON-0 ${TODAY} ${state}`);
		await run(NOON + HOUR);
		assert.equal((await of(g, id))[0], first);
	});

test('who may not be reminded is, when the reason is gone in time', async () => {
	const g = await addGym(stack);
	const mends = {
		'SKIPPED CONSENT': [{ consent: false },
		    id => consentSql(g, id, true)],
		'SKIPPED PHONE': [{ phone: null }, id => `UPDATE mst_members_lists
		    SET mbr_phone = '+919876543210' WHERE id = ${id}`],
		'SKIPPED UNREACHED': [{}, id => `UPDATE mst_members_lists
		    SET mbr_phone = '+919876543211' WHERE id = ${id}`],
	};
	const who = {}, late = {};
	for (const [state, [more]] of Object.entries(mends)) {
		who[state] = await add(g, { until: TODAY, ...more });
		late[state] = await add(g, { until: day(1), ...more });
	}
	await stack.sql(`UPDATE mst_members_lists SET mbr_unreached_phone =
	    mbr_phone WHERE id IN (${who['SKIPPED UNREACHED']},
	    ${late['SKIPPED UNREACHED']})`);
	await run(NOON);
	for (const [state, id] of Object.entries(who))
		assert.deepEqual(await of(g, id), [`${id} ON-0 ${TODAY} ${state}`]);
	assert.equal(await run(), '');
	for (const [state, id] of Object.entries(who))
		await stack.sql(mends[state][1](id));
	await run();
	for (const id of Object.values(who))
		assert.deepEqual(await of(g, id), [`${id} ON-0 ${TODAY} DUE`]);
	// too late for "1 day before", and in time for "on the last day"
	for (const [state, id] of Object.entries(late))
		await stack.sql(mends[state][1](id));
	await run(NOON + DAY);
	for (const [state, id] of Object.entries(late))
		assert.deepEqual(await of(g, id),
		    [`${id} BEFORE-1 ${day(1)} ${state}`,
		    `${id} ON-0 ${day(1)} DUE`]);
});

test('one reason after another', async () => {
	const g = await addGym(stack);
	const id = await add(g, { until: TODAY, consent: false, phone: null });
	await run(NOON);
	await stack.sql(consentSql(g, id, true));
	await run();
	assert.deepEqual(await of(g, id), [`${id} ON-0 ${TODAY} SKIPPED PHONE`]);
	await stack.sql(`UPDATE mst_members_lists SET mbr_phone = '+911123456789'
	    WHERE id = ${id}`);	// not a mobile one
	await run();
	assert.deepEqual(await of(g, id), [`${id} ON-0 ${TODAY} SKIPPED PHONE`]);
	await stack.sql(`UPDATE mst_members_lists SET mbr_phone = '+919123456789'
	    WHERE id = ${id}`);
	await run();
	assert.deepEqual(await of(g, id), [`${id} ON-0 ${TODAY} DUE`]);
});

test('who stays away is reminded once of each stay; never a child', async () => {
	const g = await addGym(stack);
	const until = day(200);
	await stack.sql(ruleSql(g.code, 'ABSENT', 14));
	const away = await add(g, { until, seen: day(-14) });
	const late = await add(g, { until, seen: day(-17) });
	const never = await add(g, { until, joined: day(-14) });
	const child = await add(g, { until, seen: day(-14), born: '2010-03-12' });
	const unknown = await add(g, { until, seen: day(-14), born: null });
	const grown = await add(g, { until, seen: day(-14), born: '2008-03-12' });
	for (const more of [{ seen: day(-13) }, { seen: day(-18) },
	    { seen: day(-14), until: day(-60) }])
		await add(g, { until, ...more });
	await run(NOON);
	const expected = [`${away} ABSENT-14 ${day(-14)} DUE`,
	    `${late} ABSENT-14 ${day(-17)} DUE`,
	    `${never} ABSENT-14 ${day(-14)} DUE`,
	    `${grown} ABSENT-14 ${day(-14)} DUE`,
	    `${child} ABSENT-14 ${day(-14)} SKIPPED AGE`,
	    `${unknown} ABSENT-14 ${day(-14)} SKIPPED AGE`].sort();
	assert.deepEqual((await messages(stack, g)).sort(), expected);
	assert.equal(await run(), '');

	// one has come, one has told their age
	await stack.sql(`INSERT INTO trn_member_attendances (att_compcode,
	    att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	    att_punch_time, att_status, att_time_source, att_received_at) VALUES
	    ('${g.code}', ${g.branches[0]}, ${away}, '1', 'SN',
	    '${TODAY} 08:00:00', 'ALLOWED', 'TERMINAL', '${TODAY}');
	    UPDATE mst_members_lists SET mbr_birth_date = '1980-01-01'
	    WHERE id = ${unknown}`);
	await run();
	assert.deepEqual(await of(g, away),
	    [`${away} ABSENT-14 ${day(-14)} SKIPPED UNTRUE`]);
	assert.deepEqual(await of(g, unknown),
	    [`${unknown} ABSENT-14 ${day(-14)} DUE`]);
	// and stays away again
	await run(NOON + 14 * DAY);
	assert.deepEqual((await of(g, away)).slice(1),
	    [`${away} ABSENT-14 ${TODAY} DUE`]);
});

// ---- while visits may be missing -----------------------------------------------

const come = (g, id, date) => stack.sql(`INSERT INTO trn_member_attendances
    (att_compcode, att_branch_id, att_member_id, att_device_user_id,
    att_device_sn, att_punch_time, att_status, att_time_source,
    att_received_at) VALUES ('${g.code}', ${g.branches[0]}, ${id}, '1', 'SN',
    '${date} 08:00:00', 'ALLOWED', 'TERMINAL', '${date}')`);

// A gym that misses who stays away for a week; two have not been seen for it.
async function missing() {
	const g = await addGym(stack, { zones: ['Asia/Kolkata', 'Asia/Kolkata'] });
	await stack.sql(ruleSql(g.code, 'ABSENT', 7));
	const there = await add(g, { until: day(200), seen: day(-7) });
	const away = await add(g, { until: day(200), seen: day(-7) });
	return { g, there, away, due: id => `${id} ABSENT-7 ${day(-7)} DUE`,
	    unsure: id => `${id} ABSENT-7 ${day(-7)} SKIPPED UNSURE` };
}

test('nobody is missed before the punches of an outage are here', async () => {
	const { g, there, away, due } = await missing();
	// that of the other branch: they may have gone there
	const terminal = await addTerminal(stack, g, { branch: g.branches[1],
	    reached_at: at(NOON - 26 * HOUR), seen_at: at(NOON - 26 * HOUR) });
	await run(NOON);
	assert.deepEqual(await messages(stack, g), []);
	// its bridge is back, and its terminal not yet
	await terminal({ seen_at: at(NOON + HOUR) });
	await run(NOON + HOUR);
	assert.deepEqual(await messages(stack, g), []);
	await terminal({ reached_at: at(NOON + HOUR), waiting: 2 });
	await run();
	assert.deepEqual(await messages(stack, g), []);
	await terminal({ waiting: 0 });
	await come(g, there, day(-1));
	await run();
	assert.deepEqual(await messages(stack, g), [due(away)]);
});

test('what was due before an outage waits until it is over', async () => {
	const { g, there, away, due, unsure } = await missing();
	const terminal = await addTerminal(stack, g, { reached_at: at(NOON),
	    seen_at: at(NOON), waiting: 0 });
	const ending = await add(g, { until: TODAY });
	await run(NOON);
	assert.deepEqual(await messages(stack, g), [`${ending} ON-0 ${TODAY} DUE`,
	    due(there), due(away)]);
	await stack.sql(`UPDATE trn_messages SET msg_tries = 1
	    WHERE msg_member_id = ${away}`);
	await run(NOON + 2 * HOUR);
	assert.deepEqual(await messages(stack, g), [`${ending} ON-0 ${TODAY} DUE`,
	    unsure(there), unsure(away)]);
	assert.equal(await run(), '');
	await terminal({ reached_at: at(NOON + DAY), seen_at: at(NOON + DAY) });
	await come(g, there, TODAY);
	await run(NOON + DAY);
	assert.deepEqual([...await of(g, there), ...await of(g, away)],
	    [unsure(there), due(away)]);
});

test('an outage that is longer than the rule, and a terminal in its place',
    async () => {
	const { g, there, away } = await missing();
	const since = at(NOON - 7 * DAY);
	const terminal = await addTerminal(stack, g, { reached_at: since,
	    seen_at: at(NOON) });
	for (let i = 0; i < 4; i++)
		await run(NOON + i * DAY);
	assert.deepEqual(await messages(stack, g), []);
	await terminal({ to_at: at(NOON + 2 * DAY) });
	await addTerminal(stack, g, { reached_at: at(NOON + 3 * DAY),
	    seen_at: at(NOON + 3 * DAY) });
	await run();
	assert.deepEqual(await messages(stack, g), []);
	// who came since is missed as ever
	await come(g, there, day(3));
	await run(NOON + 10 * DAY - HOUR);
	assert.deepEqual(await of(g, there), []);
	await stack.sql(`UPDATE mst_devices SET dev_reached_at =
	    '${at(NOON + 10 * DAY)}' WHERE dev_compcode = '${g.code}'
	    AND dev_to_at IS NULL`);
	await run(NOON + 10 * DAY);
	assert.deepEqual(await messages(stack, g),
	    [`${there} ABSENT-7 ${day(3)} DUE`]);
	assert.deepEqual(await of(g, away), []);
});

test('a terminal that nobody hears of stops nothing for ever', async () => {
	const { g, there, away, due } = await missing();
	// its caller posts punches, and never reports
	await addTerminal(stack, g, {});
	// broken, and forgotten; given up, and in order until then
	await addTerminal(stack, g, { reached_at: at(NOON - 9 * DAY),
	    seen_at: at(NOON), waiting: 0 });
	await addTerminal(stack, g, { reached_at: at(NOON - 2 * DAY - HOUR),
	    seen_at: at(NOON - 2 * DAY), to_at: at(NOON - 2 * DAY), waiting: 3 });
	// its bridge has an older version, and does not tell
	await addTerminal(stack, g, { seen_at: at(NOON) });
	await run(NOON);
	assert.deepEqual(await messages(stack, g), [due(there), due(away)]);
});

test('many who stay away are all found', async () => {
	const g = await addGym(stack);
	await stack.sql(ruleSql(g.code, 'ABSENT', 14));
	const count = 620;
	await stack.sql(`INSERT INTO mst_members_lists (mbr_compcode, id,
	    mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_birth_date,
	    mbr_joined_date, mbr_created_at) WITH RECURSIVE n (n) AS (SELECT 1
	    UNION ALL SELECT n + 1 FROM n WHERE n < ${count}) SELECT '${g.code}',
	    20000 + n, ${g.branches[0]}, n, 'A', CONCAT('+9198', 10000000 + n),
	    '1990-01-01', '${day(-60)}' + INTERVAL n % 62 DAY, '2026-01-01' FROM n;
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	    ms_start_date, ms_end_date, ms_created_at) SELECT mbr_compcode, id,
	    '2025-01-01', '${day(100)}', '2026-01-01' FROM mst_members_lists
	    WHERE mbr_compcode = '${g.code}';
	    INSERT INTO trn_member_consents (cns_compcode, cns_member_id, cns_kind,
	    cns_is_given, cns_at) SELECT mbr_compcode, id, 'MESSAGES', 1,
	    '2026-01-01' FROM mst_members_lists WHERE mbr_compcode = '${g.code}'`);
	const said = await run(NOON);
	assert.match(said, /: 40 found, /);	// 10 of each of 4 days
	assert.deepEqual(await stack.sql(`SELECT msg_anchor_date AS day, COUNT(*)
	    AS n FROM trn_messages WHERE msg_compcode = '${g.code}'
	    GROUP BY msg_anchor_date`), [-17, -16, -15, -14].map(n =>
	    ({ day: day(n), n: '10' })));
});

test('quiet hours: it waits for the morning of the branch', async () => {
	const g = await addGym(stack, { zones: ['Asia/Kolkata', 'Asia/Dubai'] });
	const here = await add(g, { until: day(1) });
	const there = await add(g, { until: day(1), branch: g.branches[1] });
	await run(Date.parse('2026-03-12T15:00:00Z'));	// 20:30 and 19:00
	const due = async id => (await rows(stack, g,
	    `msg_member_id = ${id}`))[0].msg_due_at.slice(0, 16);
	assert.equal(await due(here), '2026-03-13 03:30');
	assert.equal(await due(there), '2026-03-12 15:00');
});

test('runs at once, also when one waits for another: each once', async () => {
	const g = await addGym(stack);
	for (let i = 0; i < 30; i++)
		await add(g, { until: day(i % 8), consent: i % 3 > 0 });
	stack.setClock(NOON - Date.now());
	await Promise.all(Array.from({ length: 6 }, () => stack.remind()));
	const all = await rows(stack, g);
	assert.equal(all.length, 30);
	assert.equal(all.filter(m => m.msg_state === 'DUE').length, 20);
	await stack.sql(all.filter(m => m.msg_state === 'SKIPPED').map(m =>
	    consentSql(g, m.msg_member_id, true)).join('\n'));
	// both have read; one writes when the other has
	const lock = await hold(stack, `SELECT * FROM trn_messages
	    WHERE msg_compcode = '${g.code}'`);
	const runs = [stack.remind(), stack.remind()];
	while (await lock.busy(/UPDATE trn_messages/) < 2)
		await pause(20);
	await lock.release();
	const said = await Promise.all(runs);
	assert.equal(said.map(s => Number(s.match(/(\d+) found/)?.[1] ?? 0))
	    .reduce((a, b) => a + b), 10, said.join());
	assert.ok((await rows(stack, g)).every(m => m.msg_state === 'DUE'));
});

test('a company that is closed, one without branches, one without rules',
    async () => {
	const closed = await addGym(stack), bare = await addGym(stack);
	await add(closed, { until: TODAY });
	await add(bare, { until: TODAY });
	await stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED'
	    WHERE cmp_compcode = '${closed.code}';
	    DELETE FROM mst_message_rules WHERE mrl_compcode = '${bare.code}';
	    INSERT INTO mst_companies (cmp_compcode, cmp_name, cmp_created_at)
	    VALUES ('NEW', 'New', '2026-01-01')`);
	assert.equal(await run(NOON), '');
	assert.deepEqual(await messages(stack, closed), []);
	assert.deepEqual(await messages(stack, bare), []);
	// it has got its rules
	const [{ n }] = await stack.sql(`SELECT COUNT(*) AS n
	    FROM mst_message_rules WHERE mrl_compcode = 'NEW'`);
	assert.equal(n, '7');
});

test('a dry run says how many, and writes nothing', async () => {
	const g = await addGym(stack);
	await add(g, { until: TODAY });
	await run(NOON);
	for (const n of [0, 0, 7, -1])
		await add(g, { until: day(n) });
	await add(g, { until: TODAY, consent: false });
	const was = await rows(stack, g);
	assert.equal(await stack.remind(['--dry-run']), [
	    `${g.code}: 1: 7 days before the end`,
	    `${g.code}: 3: On the last day`,
	    `${g.code}: 1: 1 day after the end`, ''].join('\n'));
	assert.deepEqual(await rows(stack, g), was);
});

test('without a database a run says so and ends with status 1', async () => {
	const away = await Stack.start({ web: false, nginx: false, own: true });
	try {
		await away.db.stop();
		await assert.rejects(away.remind(), e => e.code === 1 &&
		    /gymgate-remind/.test(e.err));
	} finally {
		await away.stop();
	}
});
