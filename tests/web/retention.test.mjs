// retention.test.mjs: what is no longer needed goes, and nothing else
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { query } from '../stack/database.mjs';
import { Stack } from '../stack/stack.mjs';
import { hold, quote } from './gym.mjs';
import { at } from './remind.mjs';

const MIN = 60000, DAY = 24 * 60 * MIN, YEAR = 400 * DAY;
const NOW = Date.parse('2030-03-12T06:30:00Z');
const SN = 'CRT5200-SN001', GONE = 'GONE', HELD = 'HELD';
let stack, user, device, serial = 0;

before(async () => {
	stack = await Stack.start({ demo: true, nginx: false, web: false });
	stack.setClock(NOW - Date.now());
	[{ id: user }] = await stack.sql('SELECT MIN(id) AS id FROM mst_users');
	[{ id: device }] = await stack.sql(`SELECT id FROM mst_devices
	    WHERE dev_open_sn = '${SN}'`);
});
after(() => stack?.stop());

// Adds a row of a gym's table, or of none's; resolves to its id.
async function add(table, prefix, columns, { of = true } = {}) {
	const all = { ...of && { compcode: 'SF' }, ...columns };
	const [{ id }] = await stack.sql(`INSERT INTO ${table} (${
	    Object.keys(all).map(k => `${prefix}_${k}`)}) VALUES (${
	    Object.values(all).map(quote)}); SELECT LAST_INSERT_ID() AS id`);
	return id;
}

// A run that is due, though the last was not an hour ago.
async function keep() {
	await stack.sql("DELETE FROM trn_chores WHERE chr_name = 'retention'");
	await stack.chores();
}

const hash = () => String(++serial).padStart(64, '0');
const ids = async (table, column = 'id', where = '1') => (await stack.sql(
    `SELECT ${column} AS id FROM ${table} WHERE ${where} ORDER BY 1`))
    .map(row => row.id);

// What is made at `ms`, by a key to know it by again, and how long it stays.
const session = async more => {
	const ses_hash = hash();
	await add('trn_sessions', 'ses', { hash: ses_hash, user_id: user,
	    created_at: at(NOW), seen_at: at(NOW), expires_at: at(NOW + DAY),
	    ...more });
	return ses_hash;
};
const alert = more => add('trn_alerts', 'alr', { branch_id: 1,
    device_id: device, kind: 'LOG', since_at: at(NOW), began_at: at(NOW),
    told_at: at(NOW), ...more });
const mail = more => add('trn_alert_mails', 'alm', { branch_id: 1,
    user_id: user, state: 'SENT', created_at: at(NOW), ...more });
const display = more => add('mst_displays', 'dsp', { label: 'Wall',
    created_at: at(NOW), ...more });
const imported = more => add('trn_imports', 'imp', { kind: 'members',
    file: 'a.csv', size: 1, lines: 1, state: 'DONE', created_at: at(NOW),
    ...more });

const KEPT = [
	['a session after its end', DAY, 'trn_sessions', ms =>
	    session({ expires_at: at(ms) }), 'ses_hash'],
	['a session that nobody uses', 8 * DAY, 'trn_sessions', ms =>
	    session({ seen_at: at(ms) }), 'ses_hash'],
	['a sign-in delay', DAY, 'trn_signin_delays', async ms => {
		const key = hash();
		await add('trn_signin_delays', 'sgd', { key, failures: 9,
		    next_at: at(ms) }, { of: false });
		return key;
	}, 'sgd_key'],
	['an alert that is over', YEAR, 'trn_alerts', ms =>
	    alert({ over_at: at(ms), over_told_at: at(ms) })],
	['an alert\'s mail', YEAR, 'trn_alert_mails', ms =>
	    mail({ created_at: at(ms) })],
	['an order to a door', YEAR, 'trn_device_commands', ms =>
	    add('trn_device_commands', 'cmd', { device_sn: SN, kind: 'UNLOCK',
	    note: 'the plumber', state: 'DONE', created_at: at(ms),
	    expires_at: at(ms), ended_at: at(ms) })],
	['an import', YEAR, 'trn_imports', ms =>
	    imported({ created_at: at(ms) })],
	['a revoked display', YEAR, 'mst_displays', ms =>
	    display({ revoked_at: at(ms) })],
	['a revoked token', YEAR, 'mst_api_tokens', ms =>
	    add('mst_api_tokens', 'tok', { label: 'old', hash: hash(),
	    created_at: at(ms), revoked_at: at(ms) })],
	['an event of the service that was given up', 30 * DAY,
	    'trn_whatsapp_events', ms => add('trn_whatsapp_events', 'wev', {
	    body: 'STOP of +919876500001', received_at: at(ms), tries: 20,
	    due_at: '2130-01-01' }, { of: false })],
];

// ---- what goes -------------------------------------------------------------

test('14.2.7 what has had its time goes, and not a minute before', async () => {
	const made = [];
	for (const [what, keep, table, make, column] of KEPT)
		made.push({ what, table, column, young: await make(NOW - keep +
		    MIN), old: await make(NOW - keep - MIN) });
	await keep();
	for (const { what, table, column, young, old } of made) {
		const left = await ids(table, column);
		assert.ok(left.includes(young), `${what} went too soon`);
		assert.ok(!left.includes(old), `${what} is still there`);
	}
});

test('14.2.7 a file of an import goes in its time, not under whom imports',
    async () => {
	const bytes = { bytes: 'Code,Name', state: 'CHECKED' };
	const young = await imported({ ...bytes, drop_at: at(NOW + MIN) });
	const old = await imported({ ...bytes, drop_at: at(NOW - MIN) });
	const running = await imported({ ...bytes, drop_at: at(NOW - 90 * MIN),
	    state: 'RUNNING', beat_at: at(NOW) });
	const broken = await imported({ ...bytes, drop_at: at(NOW - MIN),
	    state: 'RUNNING', beat_at: at(NOW - 70 * MIN) });
	await keep();
	assert.deepEqual(await stack.sql(`SELECT id, imp_state AS state,
	    imp_bytes IS NULL AS gone FROM trn_imports WHERE id IN (${[young,
	    old, running, broken]}) ORDER BY id`), [
	    { id: young, state: 'CHECKED', gone: '0' },
	    { id: old, state: 'DROPPED', gone: '1' },
	    { id: running, state: 'RUNNING', gone: '0' },
	    { id: broken, state: 'DROPPED', gone: '1' }]);
});

test('14.2.7 a code of a display goes when it holds no more', async () => {
	const young = await display({ code_hash: hash(), code_to_at: at(NOW +
	    MIN) });
	const old = await display({ code_hash: hash(), code_to_at: at(NOW -
	    MIN) });
	await keep();
	assert.deepEqual(await ids('mst_displays', 'id',
	    `dsp_code_hash IS NOT NULL`), [young]);
	assert.ok((await ids('mst_displays')).includes(old), 'the display is');
});

test('14.2.7 an alert takes along whom it told; one that is open stays, ' +
    'with its mails', async () => {
	const notice = (alert_id, mail_id) => add('trn_alert_notices', 'aln', {
	    alert_id, user_id: user, is_over: 0, mail_id });
	const long = at(NOW - YEAR - DAY);
	const over = await alert({ over_at: long, over_told_at: long });
	const open = await alert({ began_at: long, kind: 'BACKLOG' });
	const [of_over, of_open] = [await mail({ created_at: long }),
	    await mail({ created_at: long })];
	const waiting = await mail({ created_at: long, state: 'WAITING',
	    due_at: at(NOW + DAY) });
	await notice(over, of_over);
	await notice(open, of_open);
	await keep();
	const alerts = await ids('trn_alerts');
	assert.ok(!alerts.includes(over));
	assert.ok(alerts.includes(open));
	const mails = await ids('trn_alert_mails');
	assert.ok(!mails.includes(of_over));
	assert.ok(mails.includes(of_open) && mails.includes(waiting));
	assert.deepEqual(await ids('trn_alert_notices', 'aln_alert_id'), [open]);
});

test('14.2.7 what was told of the users of a terminal goes a month after it',
    async () => {
	const told = {
	    trn_device_users: ['dvu', { name: "'Asha'", privilege: 0,
	        is_enabled: 1 }],
	    trn_device_blocks: ['dvb', { state: "'BLOCKED'", kind: "'ENDED'",
	        since_at: `'${at(NOW)}'` }],
	    trn_device_approvals: ['dva', { kind: "'ENDED'", at: `'${at(NOW)}'` }],
	};
	const closed = (sn, ms) => add('mst_devices', 'dev', { sn, branch_id: 1,
	    name: sn, start: '2026-01-01', from_at: at(NOW - YEAR),
	    to_at: at(ms) });
	await closed(GONE, NOW - 30 * DAY - MIN);
	await closed(HELD, NOW - 30 * DAY + MIN);
	await closed(SN, NOW - 40 * DAY);	// and is there again
	for (const sn of [GONE, HELD, SN])
		await stack.sql(Object.entries(told).map(([table, [prefix,
		    more]]) => `INSERT INTO ${table} (${['compcode', 'device_sn',
		    'user_id', ...Object.keys(more)].map(c =>
		    `${prefix}_${c}`)}) WITH RECURSIVE n (i) AS (SELECT 1 UNION
		    ALL SELECT i + 1 FROM n WHERE i < ${sn === GONE ? 250 : 2})
		    SELECT 'SF', '${sn}', CONCAT('9', i),
		    ${Object.values(more)} FROM n;`)
		    .join('\n'));
	await keep();
	for (const [table, [prefix]] of Object.entries(told))
		assert.deepEqual([...new Set(await ids(table,
		    `${prefix}_device_sn`, `${prefix}_user_id LIKE '9%'`))],
		    [SN, HELD], table);
});

test('14.2.7 whom an owner agreed to close is forgotten once it is settled',
    async () => {
	const approve = (user_id, kind, ms) => add('trn_device_approvals',
	    'dva', { device_sn: SN, user_id, kind, at: at(ms) });
	const old = NOW - 30 * DAY - MIN;
	// 1 to 3 are members' numbers; nobody has 881 and 882
	await stack.sql('DELETE FROM trn_device_approvals');
	await approve('1', 'ENDED', old);
	await approve('2', 'ENDED', old);
	await approve('2', 'HOURS', old);
	await approve('3', 'ENDED', NOW - 30 * DAY + MIN);
	await approve('881', 'HOURS', old);
	await approve('882', 'ENDED', old);
	for (const user_id of ['1', '882'])
		await add('trn_device_blocks', 'dvb', { device_sn: SN, user_id,
		    state: 'BLOCKED', kind: 'ENDED', since_at: at(old) });
	await keep();
	assert.deepEqual((await stack.sql(`SELECT dva_user_id AS n, dva_kind AS k
	    FROM trn_device_approvals ORDER BY 1, 2`)).map(row =>
	    `${row.n} ${row.k}`), ['1 ENDED', '2 HOURS', '3 ENDED']);
});

// ---- how -------------------------------------------------------------------

test('what has had its time goes while doors are told of: nothing is locked ' +
    'but what goes', async () => {
	const old = at(NOW - YEAR - DAY);
	const approve = user_id => add('trn_device_approvals', 'dva', {
	    device_sn: SN, user_id, kind: 'ENDED', at: old });
	await stack.sql('DELETE FROM trn_device_approvals');
	await approve('4');
	await add('trn_device_blocks', 'dvb', { device_sn: SN, user_id: '4',
	    state: 'BLOCKED', kind: 'ENDED', since_at: old });
	await approve('883');		// nobody's
	const of_open = await mail({ created_at: old });
	const of_none = await mail({ created_at: old });
	await add('trn_alert_notices', 'aln', { alert_id: await alert({
	    kind: 'BRIDGE' }), user_id: user, is_over: 0, mail_id: of_open });
	const busy = await hold(stack, `DELETE FROM trn_alert_notices; DELETE
	    FROM trn_device_blocks; DELETE FROM trn_member_biometric_mappings;
	    SELECT 1 FROM trn_device_blocks`);
	await keep();
	await busy.release();
	assert.deepEqual(await ids('trn_device_approvals', 'dva_user_id'),
	    ['4']);
	const mails = await ids('trn_alert_mails');
	assert.ok(mails.includes(of_open) && !mails.includes(of_none));
});

test('14.2.7 many go in one run, a few at a time, whoever runs beside it',
    async () => {
	const long = at(NOW - YEAR - DAY);
	await stack.sql(`SET max_recursive_iterations = 100000;
	    INSERT INTO trn_sessions (ses_hash, ses_user_id, ses_compcode,
	    ses_created_at, ses_seen_at, ses_expires_at) WITH RECURSIVE n (i) AS
	    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
	    SELECT CONCAT('many', i), ${user}, 'SF', '${long}', '${long}',
	    '${long}' FROM n`);
	await Promise.all([1, 2].map(() => keep()));
	await keep();	// one of two may have stepped aside
	assert.deepEqual(await ids('trn_sessions', 'ses_hash',
	    "ses_hash LIKE 'many%'"), []);
});

test('once an hour, however often the timer starts it; and again if it failed',
    async () => {
	const root = text => query(stack.db.socket, text,
	    { schema: stack.schema });
	const left = async () => (await ids('trn_sessions', 'ses_hash'))
	    .includes(old);
	await keep();
	const old = await session({ expires_at: at(NOW - DAY - MIN) });
	stack.setClock(NOW + 59 * MIN - Date.now());
	await stack.chores();
	assert.ok(await left());
	await root(`CREATE TRIGGER broken BEFORE DELETE ON trn_sessions
	    FOR EACH ROW SIGNAL SQLSTATE '45000'`);
	stack.setClock(NOW + 61 * MIN - Date.now());
	await assert.rejects(stack.chores(), /sessions that are over were not/);
	await root('DROP TRIGGER broken');
	await stack.chores();
	assert.ok(!await left());
	stack.setClock(NOW - Date.now());
});

// ---- what stays ------------------------------------------------------------

test('14.2.7 what the gym and the law need stays, however old: and who was ' +
    'erased stays erased', async () => {
	await stack.sql(`UPDATE mst_members_lists SET mbr_erased_at = '${at(NOW)}',
	    mbr_name = 'Erased 42', mbr_phone = NULL WHERE id = 42;
	    INSERT INTO trn_member_consents (cns_compcode, cns_member_id,
	    cns_kind, cns_is_given, cns_at) VALUES ('SF', 42, 'MESSAGES', 0,
	    '2026-01-01');
	    INSERT INTO trn_messages (msg_compcode, msg_branch_id, msg_member_id,
	    msg_kind, msg_days, msg_anchor_date, msg_state, msg_created_at)
	    VALUES ('SF', 1, 42, 'ON', 0, '2026-01-01', 'READ', '2026-01-01');
	    INSERT INTO trn_whatsapp_events (wev_body, wev_received_at, wev_tries,
	    wev_due_at) VALUES ('not yet tried: a STOP?', '2026-01-01', 3,
	    '2099-01-01')`);
	const open = await session({ seen_at: at(NOW + 10 * YEAR),
	    expires_at: at(NOW + 11 * YEAR) });
	const stays = ['mst_companies', 'mst_branches', 'mst_devices',
	    'mst_members_lists', 'mst_membership_plans', 'mst_users',
	    'trn_access_overrides', 'trn_attendance_hours',
	    'trn_audit_trails', 'trn_member_attendances',
	    'trn_member_biometric_mappings', 'trn_member_consents',
	    'trn_member_freezes', 'trn_member_photos',
	    'trn_member_subscriptions', 'trn_messages', 'trn_payments',
	    'trn_punch_inbox', 'trn_receipt_counters', 'trn_used_visits',
	    'trn_user_roles', 'trn_whatsapp_events'];
	const all = () => stack.sql(stays.map(name => `SELECT '${name}' AS name,
	    COUNT(*) AS n FROM ${name} ${name === 'trn_whatsapp_events' ?
	    'WHERE wev_tries < 20' : ''}`).join(' UNION ALL '));
	await keep();	// the hours are counted
	const was = await all();
	for (const name of ['trn_member_attendances', 'trn_payments',
	    'trn_audit_trails', 'trn_messages'])
		assert.ok(was.some(row => row.name === name &&
		    Number(row.n) > 0), `${name} is empty: this shows nothing`);
	stack.setClock(NOW + 10 * YEAR - Date.now());
	await keep();
	assert.deepEqual(await all(), was);
	assert.deepEqual(await ids('trn_sessions', 'ses_hash'), [open]);
	assert.deepEqual(await stack.sql(`SELECT mbr_name AS name, mbr_phone AS
	    phone, mbr_erased_at IS NOT NULL AS erased FROM mst_members_lists
	    WHERE id = 42`), [{ name: 'Erased 42', phone: null, erased: '1' }]);
});
