// remind-send.test.mjs: what is due goes to the service, each at most once
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { BIN, Stack } from '../stack/stack.mjs';
import { freePort, pause, until } from '../stack/wait.mjs';
import { FakeService } from '../whatsapp/service.mjs';
import { dayAfter, random, seed } from './gym.mjs';
import { addGym, addTerminal, at, consentSql, messages, person, rows, ruleSql }
    from './remind.mjs';

const MIN = 60000, HOUR = 60 * MIN, DAY = 24 * HOUR;
const TODAY = '2026-03-12';
const NOON = Date.parse('2026-03-12T06:30:00Z');	// in Kolkata
const NIGHT = NOON + 10 * HOUR;
let stack, service, hanging, now, ids = 1000;

before(async () => {
	service = await FakeService.start();
	stack = await Stack.start({ web: false, nginx: false,
	    conf: service.conf() });
	await hang();
});
after(async () => {
	await stack?.stop();
	await service?.stop();
});
// the gyms of other tests are quiet, and what they sent is forgotten
beforeEach(async () => {
	await stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED';
	    UPDATE mst_messaging SET mgs_phone_id = NULL`);
	service.received.length = 0;
	service.delivered.clear();
});

const day = n => dayAfter(TODAY, n);
const add = (g, more) => person(stack, g, { id: ++ids, until: day(7), ...more });

// A gym that sends through the service; noon, and members to remind.
async function gym(members = 0, conf = {}) {
	const g = await addGym(stack, { conf: { sender: 'CLOUD',
	    phone_id: service.phoneId, ...conf } });
	service.writeToken(g.code);
	clock(NOON);
	g.members = [];
	for (let i = 0; i < members; i++)
		g.members.push(await add(g));
	return g;
}

// A run that waits for an answer until it has waited long enough: meanwhile the
// others are tested.
async function hang() {
	const g = await gym(2);
	service.next({ timeout: true });
	hanging = { g, run: stack.remind() };
	await until('the request', () => service.received.length === 1);
}

function clock(ms) {
	now = ms;
	stack.setClock(now - Date.now());
}

async function run(ms = now) {
	clock(ms);
	const said = await stack.remind();
	assert.deepEqual(service.wrong, []);
	assert.doesNotMatch(said, /9198765|919000|Asha|EAA/);
	return said;
}

const said = (g, line) => new RegExp(`: ${g.code}: ${line}\n$`);
const states = async g => (await rows(stack, g)).map(m => m.msg_state);
const settings = async g => (await stack.sql(`SELECT * FROM mst_messaging
    WHERE mgs_compcode = '${g.code}'`))[0];
const rule = async (g, kind, days) => (await stack.sql(`SELECT * FROM
    mst_message_rules WHERE mrl_compcode = '${g.code}' AND mrl_kind = '${kind}'
    AND mrl_days = ${days}`))[0];
// "2026-03-12 06:31" of a time so long after noon
const noonAnd = ms => at(NOON + ms).slice(0, 16);
const dueAt = m => m.msg_due_at.slice(0, 16);

function once() {
	for (const [id, times] of service.delivered)
		assert.equal(times, 1, `message ${id} came ${times} times`);
}

test('what is due is sent, with the words of its rule, once', async () => {
	const g = await gym();
	const id = await add(g, { name: 'Asha  Rao', phone: '+919876500001' });
	await add(g, { until: TODAY });
	assert.match(await run(), said(g,
	    '2 found, 2 sent, 0 refused, 0 unknown, 0 wait'));
	const [m] = await rows(stack, g, `msg_member_id = ${id}`);
	assert.equal(m.msg_state, 'ACCEPTED');
	assert.equal(m.msg_tries, '1');
	assert.equal(m.msg_text, `Hello Asha, Gym ${g.code}: 19 Mar 2026`);
	assert.equal(m.msg_due_at, null);
	assert.ok(m.msg_sent_at && m.msg_accepted_at);
	const got = service.received.find(r => r.wamid === m.msg_wamid);
	assert.equal(got.to, '919876500001');
	assert.equal(got.template, 'before_7');
	assert.equal(got.ref, `message-${m.id}-1`);
	assert.deepEqual(got.params, ['Asha', `Gym ${g.code}`, '19 Mar 2026']);
	assert.equal(await run(), '');
	assert.equal(await run(NOON + HOUR), '');
	assert.equal(service.received.length, 2);
	once();
});

// ---- what the service says -------------------------------------------------

// Of each error: the state, the minutes until another try, and whether the
// next message went out all the same.
const errors = [
	[1, 'DUE', 1, true], [2, 'DUE', 1, true], [133016, 'DUE', 1, true],
	[4, 'DUE', 1, false], [80007, 'DUE', 1, false],
	[130429, 'DUE', 1, false], [131056, 'DUE', 0, true],
	[131049, 'DUE', 24 * 60, true],
	[132000, 'DUE', 0, false], [132001, 'DUE', 0, false],
	[132012, 'DUE', 0, false], [132015, 'DUE', 0, false],
	[132016, 'DUE', 0, false],
	[0, 'DUE', 0, false], [3, 'DUE', 0, false], [10, 'DUE', 0, false],
	[190, 'DUE', 0, false], [200, 'DUE', 0, false], [299, 'DUE', 0, false],
	[368, 'DUE', 0, false], [131031, 'DUE', 0, false],
	[131048, 'DUE', 0, false],
	[131050, 'FAILED', null, true], [131026, 'FAILED', null, true],
	[131047, 'FAILED', null, true], [100, 'FAILED', null, true],
	[131051, 'FAILED', null, true], [130497, 'FAILED', null, true],
	[777777, 'FAILED', null, true],
];

test('nobody is missed by the service while punches may be missing', async () => {
	const g = await gym();
	await stack.sql(ruleSql(g.code, 'ABSENT', 7));
	const terminal = await addTerminal(stack, g, { seen_at: at(NOON),
	    reached_at: at(NOON), waiting: 0 });
	await add(g, { until: day(200), seen: day(-7) });
	await stack.sql(`UPDATE mst_messaging SET mgs_paused_at = '2026-03-12'
	    WHERE mgs_compcode = '${g.code}'`);
	await run();
	assert.deepEqual(await states(g), ['DUE']);
	await terminal({ waiting: 1 });
	await stack.sql(`UPDATE mst_messaging SET mgs_paused_at = NULL
	    WHERE mgs_compcode = '${g.code}'`);
	await run();
	assert.deepEqual(await states(g), ['SKIPPED']);
	assert.equal(service.received.length, 0);
	await terminal({ waiting: 0 });
	await run();
	assert.deepEqual(await states(g), ['ACCEPTED']);
	once();
});

test('each error of the service: again, later, or never', async () => {
	for (const [code, state, minutes, goesOn] of errors) {
		const g = await gym(2);
		service.next({ error: code });
		const line = await run();
		assert.match(line, said(g, `2 found, ${goesOn ? 1 : 0} sent, ` +
		    '1 refused, 0 unknown, \\d wait'), `${code}`);
			const [first, second] = await rows(stack, g);
		assert.equal(first.msg_state, state, `${code}`);
		assert.equal(first.msg_code, code ? String(code) : null);
		assert.ok(first.msg_error, `${code}`);
		assert.equal(first.msg_tries, '1');
		if (minutes !== null)
			assert.equal(dueAt(first), noonAnd(minutes * MIN),
			    `${code}`);
		assert.equal(second.msg_state, goesOn ? 'ACCEPTED' : 'DUE',
		    `${code}`);
		const s = await settings(g);
		const stopsAll = /^(0|3|10|190|2..|368|131031|131048)$/
		    .test(code);
		assert.equal(s.mgs_paused_at !== null, stopsAll, `${code}`);
		assert.equal(s.mgs_pause_code, stopsAll ? String(code) : null);
		assert.equal((await rule(g, 'BEFORE', 7)).mrl_pause_code,
		    /^1320/.test(code) ? String(code) : null);
		assert.equal(s.mgs_warn_at !== null, stopsAll ||
		    /^13201[56]$/.test(code), `${code}`);
		const [{ n }] = await stack.sql(`SELECT COUNT(*) AS n
		    FROM trn_member_consents WHERE cns_compcode = '${g.code}'
		    AND cns_is_given = 0`);
		assert.equal(n, code === 131050 ? '1' : '0');
		await stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED';
		    UPDATE mst_messaging SET mgs_phone_id = NULL`);
	}
	once();
});

test('a try that may be repeated is, after pauses that grow', async () => {
	const g = await gym(1);
	for (const [n, minutes] of [1, 2, 4, 8, 16, 32, 60].entries()) {
		service.next({ error: 2 });
		await run();
		const [m] = await rows(stack, g);
		assert.equal(`${m.msg_state} ${m.msg_tries}`, `DUE ${n + 1}`);
		const due = Date.parse(`${m.msg_due_at}Z`);
		assert.equal(Math.floor((due - now) / MIN), minutes);
		await run(due - 1000);
		assert.equal(service.received.length, n + 1);
		clock(due);
	}
	service.next({ error: 2 });	// the 8th is the last
	await run();
	const [m] = await rows(stack, g);
	assert.equal(`${m.msg_state} ${m.msg_tries}`, 'FAILED 8');
	assert.equal(service.delivered.size, 0);
});

test('slowed down: all wait, longer each time, until something goes well',
    async () => {
	const g = await gym(3);
	service.next({ error: 130429 });
	await run();
	assert.deepEqual(await states(g), ['DUE', 'DUE', 'DUE']);
	await run(NOON + MIN - 1000);
	assert.equal(service.received.length, 1);
	service.next({ error: 130429 });
	await run(NOON + MIN + 9000);
	let s = await settings(g);
	assert.equal(s.mgs_slow_tries, '2');
	assert.equal(s.mgs_slow_to_at.slice(0, 16), noonAnd(3 * MIN));
	await run(NOON + 10 * MIN);
	assert.deepEqual(await states(g), ['ACCEPTED', 'ACCEPTED', 'ACCEPTED']);
	s = await settings(g);
	assert.equal(s.mgs_slow_tries, '0');
	assert.equal(s.mgs_slow_to_at, null);
	once();
});

test('a company that is paused sends nothing until an owner goes on', async () => {
	const g = await gym(2);
	service.next({ error: 190 });
	await run();
	for (const ms of [MIN, HOUR])
		assert.equal(await run(NOON + ms), '');
	assert.equal(service.received.length, 1);
	await stack.sql(`UPDATE mst_messaging SET mgs_paused_at = NULL,
	    mgs_pause_code = NULL WHERE mgs_compcode = '${g.code}'`);
	await run();
	assert.deepEqual(await states(g), ['ACCEPTED', 'ACCEPTED']);
	const [m] = await rows(stack, g);
	assert.equal(`${m.msg_tries} ${m.msg_code} ${m.msg_error}`, '2 null null');
	once();
});

test('a template that is not to be used holds back its rules only', async () => {
	const g = await gym(3);
	const other = await add(g, { until: TODAY });
	service.next({}, { error: 132001 });	// the other one is the first
	await run();
	await run(NOON + HOUR);
	assert.deepEqual((await messages(stack, g)).map(m => m.split(' ')[3])
	    .sort(), ['ACCEPTED', 'DUE', 'DUE', 'DUE']);
	assert.equal((await rows(stack, g, `msg_member_id = ${other}`))[0]
	    .msg_state, 'ACCEPTED');
	await stack.sql(`UPDATE mst_message_rules SET mrl_paused_at = NULL
	    WHERE mrl_compcode = '${g.code}'`);
	await run();
	assert.deepEqual(await states(g), Array(4).fill('ACCEPTED'));
	once();
});

test('who wants none is asked no more, nor is a number that is bad', async () => {
	const g = await gym();
	const [stop, bad] = [await add(g), await add(g)];
	service.next({ error: 131050 }, { error: 131026 });
	await run();
	await run(NOON + 4 * DAY);	// three days before the end
	assert.deepEqual((await messages(stack, g)).sort(), [
	    `${stop} BEFORE-3 ${day(7)} SKIPPED CONSENT`,
	    `${stop} BEFORE-7 ${day(7)} FAILED`,
	    `${bad} BEFORE-3 ${day(7)} SKIPPED UNREACHED`,
	    `${bad} BEFORE-7 ${day(7)} FAILED`]);
	const [audit] = await stack.sql(`SELECT * FROM trn_audit_trails
	    WHERE aud_compcode = '${g.code}'`);
	assert.equal(audit.aud_table, 'trn_member_consents');
	assert.equal(audit.aud_user_id, null);
});

// ---- when it does not say anything -----------------------------------------

test('a service that is not reached: one try, and the rest waits', async () => {
	const g = await gym(3);
	const conf = url => {
		stack.options.conf = { whatsapp: { ...service.conf().whatsapp,
		    ...url } };
		stack.writeConf();
	};
	conf({ url: `http://127.0.0.1:${await freePort()}` });
	assert.match(await run(), said(g,
	    '3 found, 0 sent, 0 refused, 0 unknown, 3 wait'));
	conf({});
	const [first, second] = await rows(stack, g);
	assert.equal(`${first.msg_tries} ${second.msg_tries}`, '1 0');
	assert.equal(dueAt(first), noonAnd(MIN));
	assert.ok(first.msg_error);
	assert.equal(first.msg_sent_at, null);
	await run(NOON + 2 * MIN);
	assert.deepEqual(await states(g), Array(3).fill('ACCEPTED'));
	once();
});

test('no answer: it is unknown, and never sent again', async () => {
	const g = await gym(3);
	service.next({ drop: true });
	assert.match(await run(), said(g,
	    '3 found, 0 sent, 0 refused, 1 unknown, 2 wait'));
	assert.deepEqual(await states(g), ['UNKNOWN', 'DUE', 'DUE']);
	for (const ms of [MIN, HOUR, DAY])
		await run(NOON + ms);
	assert.deepEqual((await states(g)).slice(0, 3),
	    ['UNKNOWN', 'ACCEPTED', 'ACCEPTED']);
	const [m] = await rows(stack, g);
	assert.equal(m.msg_tries, '1');
	assert.ok(m.msg_error && m.msg_sent_at && !m.msg_due_at);
	assert.equal(service.delivered.size, 3);
	once();
});

test('the trouble of one company is not that of the others', async () => {
	const g = await gym(2);
	const other = await gym(2, { sender: 'HAND', phone_id: null });
	service.next({ drop: true });
	await run();
	assert.deepEqual(await states(g), ['UNKNOWN', 'DUE']);
	assert.deepEqual(await states(other), ['DUE', 'DUE']);
	assert.equal(service.received.length, 1);
});

test('an event that comes before the answer stays', async () => {
	const g = await gym(1);
	service.next({ slow: 1500 });
	const going = run();
	await until('the claim', async () =>
	    (await states(g))[0] === 'SENDING');
	await stack.sql(`UPDATE trn_messages SET msg_state = 'DELIVERED',
	    msg_due_at = NULL, msg_wamid = 'wamid.EVENT', msg_delivered_at =
	    '2026-03-12' WHERE msg_compcode = '${g.code}'`);
	await going;
	const [m] = await rows(stack, g);
	assert.equal(`${m.msg_state} ${m.msg_wamid}`, 'DELIVERED wamid.EVENT');
});

test('a claim that was left behind is unknown when it has ended', async () => {
	const g = await gym(1);
	await run(NIGHT);
	await stack.sql(`UPDATE trn_messages SET msg_state = 'SENDING', msg_tries =
	    1, msg_due_at = '${at(NOON + 5 * MIN)}' WHERE msg_compcode =
	    '${g.code}'`);
	await run(NOON + 4 * MIN);
	assert.deepEqual(await states(g), ['SENDING']);
	assert.match(await run(NOON + 5 * MIN), said(g,
	    '0 found, 0 sent, 0 refused, 1 unknown, 0 wait'));
	assert.deepEqual(await states(g), ['UNKNOWN']);
	await run(NOON + HOUR);
	assert.deepEqual(service.received, []);
});

// ---- when it may go --------------------------------------------------------

test('not in the quiet hours, and not what has become untrue in them',
    async () => {
	const g = await gym(3);
	const [a, b, c] = g.members;
	await run(NIGHT);
	assert.deepEqual(service.received, []);
	// b was due before the hours were changed
	await stack.sql(`UPDATE trn_messages SET msg_due_at = '${at(NOON)}'
	    WHERE msg_compcode = '${g.code}' AND msg_member_id = ${b};
	    ${consentSql(g, c, false)}`);
	await run(NIGHT + HOUR);
	assert.deepEqual(service.received, []);
	assert.equal(dueAt((await rows(stack, g, `msg_member_id = ${b}`))[0]),
	    '2026-03-13 03:30');
	await run(Date.parse('2026-03-13T03:29:00Z'));
	assert.deepEqual(service.received, []);
	await run(Date.parse('2026-03-13T03:30:00Z'));
	assert.deepEqual(await messages(stack, g), [
	    `${a} BEFORE-7 ${day(7)} ACCEPTED`, `${b} BEFORE-7 ${day(7)} ACCEPTED`,
	    `${c} BEFORE-7 ${day(7)} SKIPPED CONSENT`]);
});

test('not more in 24 hours than the company may, by many runs at once',
    async () => {
	const g = await gym(8, { cap: 3 });
	const more = await add(g, { until: TODAY });
	await stack.sql(`INSERT INTO trn_messages (msg_compcode, msg_branch_id,
	    msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_state,
	    msg_is_by_hand, msg_created_at, msg_sent_at) VALUES ('${g.code}',
	    ${g.branches[0]}, ${more}, 'BEFORE', 1, '${TODAY}', 'ACCEPTED', 1,
	    '${at(NOON)}', '${at(NOON)}')`);
	clock(NOON);
	await Promise.all(Array.from({ length: 4 }, () => stack.remind()));
	assert.equal(service.received.length, 3);
	await run(NOON + DAY - MIN);
	assert.equal(service.received.length, 3);
	await run(NOON + DAY + MIN);
	assert.equal(service.received.length, 6);
	once();
});

test('a test goes to oneself at any hour, and counts for the cap', async () => {
	const g = await gym(1, { cap: 2 });
	await stack.sql(consentSql(g, g.members[0], false));
	const ask = serial => stack.sql(`INSERT INTO trn_messages (msg_compcode,
	    msg_branch_id, msg_member_id, msg_kind, msg_days, msg_anchor_date,
	    msg_serial, msg_to, msg_state, msg_due_at, msg_created_at) VALUES
	    ('${g.code}', ${g.branches[0]}, ${g.members[0]}, 'AFTER', 1,
	    '${day(7)}', ${serial}, '+919000000001', 'DUE', '${at(NIGHT)}',
	    '${at(NIGHT)}')`);
	const tests = () => rows(stack, g, 'msg_serial > 0');
	await ask(1);
	await run(NIGHT);
	assert.equal((await tests())[0].msg_state, 'ACCEPTED');
	assert.equal(service.received[0].to, '919000000001');
	// a code that stops a rule, or says no, is of this try alone
	for (const [serial, error] of [[2, 132001], [3, 131050], [4, 131026]]) {
		await ask(serial);
		service.next({ error });
		await stack.sql(`UPDATE mst_messaging SET mgs_cap = 20
		    WHERE mgs_compcode = '${g.code}'`);
		await run(NIGHT);
		assert.equal((await tests())[serial - 1].msg_state, 'FAILED');
	}
	assert.equal((await rule(g, 'AFTER', 1)).mrl_paused_at, null);
	const [{ n }] = await stack.sql(`SELECT COUNT(*) AS n FROM
	    mst_members_lists WHERE mbr_compcode = '${g.code}' AND
	    mbr_unreached_phone IS NOT NULL`);
	assert.equal(n, '0');
	// neither while the company is paused nor beyond the cap
	await ask(5);
	await stack.sql(`UPDATE mst_messaging SET mgs_cap = 4
	    WHERE mgs_compcode = '${g.code}'`);
	await run(NIGHT + MIN);
	await stack.sql(`UPDATE mst_messaging SET mgs_cap = 20, mgs_paused_at =
	    '${at(NIGHT)}' WHERE mgs_compcode = '${g.code}'`);
	await run(NIGHT + MIN);
	assert.equal((await tests())[4].msg_state, 'DUE');
	await run(NIGHT + 4 * DAY);
	assert.equal((await tests())[4].msg_reason, 'LATE');
});

test('a company that is not set up says so, and its messages wait', async () => {
	const g = await gym(1);
	const file = service.tokenFile(g.code);
	fs.rmSync(file);
	assert.match(await run(), /nothing is sent: /);
	await stack.sql(`UPDATE mst_messaging SET mgs_phone_id = NULL`);
	assert.match(await run(), /nothing is sent: its number/);
	assert.deepEqual(await states(g), ['DUE']);
	await stack.sql(`UPDATE mst_messaging SET mgs_phone_id = '${
	    service.phoneId}' WHERE mgs_compcode = '${g.code}'`);
	fs.writeFileSync(file, '\n');
	assert.match(await run(), /nothing is sent: its token is empty/);
	// tokens of another place
	fs.writeFileSync(`${file}-other-${g.code}`, `${service.token}\n`);
	clock(NOON + MIN);	// not before it was found
	await stack.remind(['--tokens', `${file}-other-`]);
	assert.deepEqual(await states(g), ['ACCEPTED']);
});

// ---- once ------------------------------------------------------------------

test('many runs at once send each once', async () => {
	const g = await gym(40);
	const all = await Promise.all(Array.from({ length: 5 },
	    () => stack.remind()));
	assert.deepEqual(service.wrong, []);
	assert.deepEqual(await states(g), Array(40).fill('ACCEPTED'));
	assert.equal(service.delivered.size, 40);
	assert.equal(all.map(line => Number(line.match(/(\d+) sent/)?.[1] ?? 0))
	    .reduce((a, b) => a + b), 40);
	once();
});

// A run that gets a signal when `when` has come.
async function signalled(signal, when) {
	const child = spawn(`${BIN}/gymgate-remind`, ['-c', stack.conf],
	    { env: { ...process.env, ...stack.env }, stdio: 'ignore' });
	const ended = new Promise(done => child.on('exit', done));
	await when();
	child.kill(signal);
	await ended;
}

test('a run that is told to end settles what it sends first', async () => {
	const g = await gym(3);
	service.next({ slow: 700 });
	await signalled('SIGTERM', () => until('the claim', async () =>
	    (await states(g)).includes('SENDING')));
	assert.deepEqual(await states(g), ['ACCEPTED', 'DUE', 'DUE']);
});

test('runs that are killed send nothing twice, and hide nothing', async t => {
	const rng = random(seed(t));
	const g = await gym(100);
	service.orders = () => ({ slow: rng.below(8) });
	const began = performance.now();
	await stack.remind(['--dry-run']);
	const whole = Math.ceil(performance.now() - began) + 80;
	for (let i = 0; i < 30; i++)
		await signalled('SIGKILL', () => pause(rng.below(whole)));
	const left = await states(g);
	t.diagnostic(`${service.delivered.size} were sent meanwhile, ` +
	    `${left.filter(s => s === 'SENDING').length} cut off`);
	await run(NOON + 6 * MIN);	// when the claims have ended
	service.orders = () => ({});
	once();
	const all = await rows(stack, g);
	assert.equal(all.length, 100);
	for (const m of all) {
		assert.ok(['ACCEPTED', 'UNKNOWN'].includes(m.msg_state));
		assert.ok(m.msg_state === 'UNKNOWN' ||
		    service.received.some(r => r.wamid === m.msg_wamid));
	}
	// each was sent, but for those of which it is said
	const unknown = all.filter(m => m.msg_state === 'UNKNOWN').length;
	assert.ok(unknown <= 30);
	assert.ok(service.delivered.size >= 100 - unknown);
});

test('an answer that does not come is waited for, and not for ever', async () => {
	const { g, run: going } = hanging;
	assert.match(await going, said(g,
	    '2 found, 0 sent, 0 refused, 1 unknown, 1 wait'));
	const [first, second] = await rows(stack, g);
	assert.equal(`${first.msg_state} ${first.msg_tries}`, 'UNKNOWN 1');
	assert.equal(`${second.msg_state} ${second.msg_tries}`, 'DUE 0');
});
