// sql.test.mjs: every statement of sql/queries.sql finds its rows by a key
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { REPO, Stack } from '../stack/stack.mjs';
import { quote } from './gym.mjs';

// Tables that grow with every punch, member or year of a gym.
const BIG = ['mst_members_lists', 'trn_member_attendances',
    'trn_member_biometric_mappings', 'trn_member_freezes',
    'trn_member_subscriptions', 'trn_punch_inbox', 'trn_audit_trails',
    'trn_device_users', 'trn_payments', 'trn_member_consents',
    'trn_member_photos', 'trn_attendance_hours', 'trn_messages'];
const DAY = '2026-03-12';
const MEMBERS = { SF: 40, HUGE: 900 };
const hashes = {};	// of a token, by company
let stack, statements;

// Their names and texts, with the values left out.
function read() {
	const text = fs.readFileSync(`${REPO}/sql/queries.sql`, 'utf8');
	return Object.fromEntries(text.split(/^-- name: */m).slice(1)
	    .map(part => [part.match(/^\w+/)[0], part.slice(part.indexOf('\n'))
	    .replace(/--.*$/gm, '').trim().replace(/;$/, '')]));
}

before(async () => {
	stack = await Stack.start({ demo: true, web: false, nginx: false });
	statements = read();
	await stack.sql(fill());
	await stack.admin(['token', 'add', 'HUGE', 'x']);
	for (const row of await stack.sql(`SELECT tok_compcode, tok_hash
	    FROM mst_api_tokens`))
		hashes[row.tok_compcode] = row.tok_hash;
});
after(() => stack.stop());

// A second company, many times as large as SF: 20,000 punches in 20 days.
function fill() {
	const numbers = (name, n) => `WITH RECURSIVE ${name} (n) AS (SELECT 0
	    UNION ALL SELECT n + 1 FROM ${name} WHERE n < ${n - 1})`;
	const recursion = `SET max_recursive_iterations = 100000;`;
	return `${recursion}
	INSERT INTO mst_companies (cmp_compcode, cmp_name, cmp_created_at)
	VALUES ('HUGE', 'Huge', '2026-01-01');
	INSERT INTO mst_branches (brn_compcode, id, brn_name, brn_zone,
	  brn_created_at) VALUES ('HUGE', 100, 'Main', 'Asia/Kolkata',
	  '2026-01-01');
	INSERT INTO mst_devices (dev_compcode, dev_sn, dev_branch_id, dev_name,
	  dev_start, dev_from_at) VALUES ('HUGE', 'SN-HUGE', 100, 'Door',
	  '2020-01-01', '2026-01-01');
	INSERT INTO mst_members_lists (mbr_compcode, id, mbr_branch_id,
	  mbr_code, mbr_name, mbr_nonce, mbr_joined_date, mbr_created_at)
	${numbers('m', MEMBERS.HUGE)} SELECT 'HUGE', 10000 + n, 100,
	  CONCAT('H-', n), CONCAT('Member ', n), LPAD(n, 32, '0'),
	  '2025-01-01', '2026-01-01'
	  FROM m;
	INSERT INTO trn_member_subscriptions (ms_compcode, id, ms_member_id,
	  ms_start_date, ms_end_date, ms_amount, ms_nonce, ms_created_at)
	${numbers('s', 3 * MEMBERS.HUGE)} SELECT 'HUGE', 10000 + n,
	  10000 + n % ${MEMBERS.HUGE}, '2026-01-01', '2026-12-31',
	  IF(n % 9 = 0, 100 + n, 0), LPAD(n, 32, '0'), '2026-01-01' FROM s;
	INSERT INTO trn_payments (pay_compcode, id, pay_branch_id,
	  pay_member_id, pay_subscription_id, pay_amount, pay_method, pay_date,
	  pay_receipt_year, pay_receipt_no, pay_nonce, pay_created_at)
	SELECT 'HUGE', id, 100,
	  ms_member_id, id, 1000, 'CASH', '2026-03-01' + INTERVAL id % 60 DAY,
	  2025, id, ms_nonce, '2026-03-01'
	  FROM trn_member_subscriptions WHERE ms_compcode = 'HUGE';
	INSERT INTO trn_member_freezes (frz_compcode, id, frz_member_id,
	  frz_from, frz_to, frz_created_at)
	${numbers('f', MEMBERS.HUGE)} SELECT 'HUGE', 10000 + n, 10000 + n,
	  '2026-02-01', '2026-02-10', '2026-01-01' FROM f;
	INSERT INTO trn_member_biometric_mappings (mbm_compcode, id,
	  mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from,
	  mbm_created_at)
	${numbers('b', MEMBERS.HUGE)} SELECT 'HUGE', 10000 + n, 'SN-HUGE', n,
	  10000 + n,
	  '2020-01-01', '2026-01-01' FROM b;
	INSERT INTO trn_member_attendances (att_compcode, id, att_branch_id,
	  att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	  att_status, att_received_at)
	${numbers('a', 20000)} SELECT 'HUGE', 10000 + n, 100,
	  10000 + n % ${MEMBERS.HUGE}, n % ${MEMBERS.HUGE}, 'SN-HUGE',
	  '2026-03-01' + INTERVAL n * 86 SECOND, 'ALLOWED',
	  '2026-03-01' + INTERVAL n * 86 SECOND FROM a;
	INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	  att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	  att_status, att_received_at, att_corrects_id) SELECT att_compcode,
	  att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	  att_punch_time, 'VOID', att_received_at, id
	  FROM trn_member_attendances WHERE att_compcode = 'HUGE'
	  ORDER BY id LIMIT 300;
	INSERT INTO trn_attendance_hours
	${numbers('h', 20000)} SELECT 'HUGE', '2024-01-01' + INTERVAL n DIV 18
	  DAY, 100, 5 + n % 18, 50, 5, 40 FROM h;
	INSERT INTO trn_punch_inbox (pin_compcode, id, pin_branch_id,
	  pin_device_sn, pin_device_user_id, pin_punch_time, pin_state,
	  pin_received_at)
	${numbers('p', 5000)} SELECT 'HUGE', 10000 + n, 100, 'SN-HUGE',
	  CONCAT('x', n % 300), '2026-03-01' + INTERVAL n * 340 SECOND,
	  IF(n % 4, 'REPEAT', 'UNMAPPED'),
	  '2026-03-01' + INTERVAL n * 340 SECOND FROM p;
	INSERT INTO trn_device_users (dvu_compcode, dvu_device_sn, dvu_user_id,
	  dvu_name, dvu_privilege, dvu_is_enabled) ${numbers('u', 5000)}
	  SELECT 'HUGE', IF(n < 1000, 'SN-HUGE', CONCAT('SN-', n % 4)), n, n,
	  0, 1 FROM u;
	INSERT INTO trn_audit_trails (aud_compcode, aud_at, aud_action,
	  aud_table, aud_row) ${numbers('t', 5000)} SELECT 'HUGE',
	  '2026-03-01' + INTERVAL n MINUTE, 'x',
	  IF(n % 10, CONCAT('t', n % 10), 'x'), n FROM t;
	INSERT INTO trn_member_photos (pho_compcode, pho_member_id, pho_large,
	  pho_small, pho_at) SELECT 'HUGE', id, 'x', 'x', '2026-01-01'
	  FROM mst_members_lists WHERE mbr_compcode = 'HUGE';
	INSERT INTO mst_messaging (mgs_compcode, mgs_created_at) VALUES
	  ('SF', '2026-01-01'), ('HUGE', '2026-01-01');
	INSERT INTO trn_messages (msg_compcode, id, msg_branch_id, msg_member_id,
	  msg_kind, msg_days, msg_anchor_date, msg_state, msg_due_at,
	  msg_reason, msg_sent_at, msg_created_at, msg_wamid)
	${numbers('g', 9000)}
	  SELECT 'HUGE', 10000 + n, 100, 10000 + n % ${MEMBERS.HUGE}, 'BEFORE', 7,
	  '2026-01-01' + INTERVAL n DIV ${MEMBERS.HUGE} DAY,
	  ELT(1 + n % 40, 'DUE', 'SENDING', 'UNKNOWN', 'FAILED', 'SKIPPED',
	    'ACCEPTED', 'DELIVERED', 'READ', 'READ'),
	  IF(n % 40 < 2, '2026-03-01', NULL), IF(n % 40 = 4, 'CONSENT', NULL),
	  '2026-01-01' + INTERVAL n * 10 MINUTE,
	  '2026-01-01' + INTERVAL n * 10 MINUTE, CONCAT('w', n) FROM g
	  WHERE n % 40 < 9;
	INSERT INTO trn_messages (msg_compcode, id, msg_branch_id, msg_member_id,
	  msg_kind, msg_days, msg_anchor_date, msg_state, msg_created_at,
	  msg_wamid, msg_nonce) VALUES ('SF', 42, 1, 42, 'BEFORE', 7,
	  '2026-01-01', 'READ', '2026-01-01', 'w42', LPAD('42', 32, '0'));
	ANALYZE TABLE ${BIG.join(', ')}, mst_companies, mst_devices;`;
}

// What stands for a question mark, by what stands before it.
const values = {
	company: c => quote(c), code: c => quote(c),
	list: c => quote(JSON.stringify([[sn(c), '42', `${DAY} 07:30:00`]])),
	days: () => quote(JSON.stringify([DAY])),
	// a few minutes before the last
	arrival: () => quote('2026-03-20 21:36:00'),
	date: () => quote(DAY), moment: () => quote(`${DAY} 07:30:00`),
	sn: c => quote(sn(c)), user: () => quote('42'),
	hash: c => quote(hashes[c]),
	limit: () => '501',	// of an export, the longest page there is
	place: () => '1',
	amount: () => '1000000', nonce: () => quote('42'.padStart(32, '0')),
	revision: () => '1',	// of a company that nobody has changed
	code: c => quote(c === 'SF' ? 'SF-042' : 'H-42'),
	badge: c => quote(c === 'SF' ? 'SF-042' : 'H-42'),
	order: () => quote('0'.repeat(22) + '42'), wamid: () => quote('w42'),
	number: c => c === 'SF' ? '42' : '10042', text: () => quote('x'),
};
const sn = company => company === 'SF' ? 'CRT5200-SN001' : 'SN-HUGE';

const kinds = [[/compcode$/, 'company'], [/(^|_)date$/, 'date'],
    [/received_at$/, 'arrival'],
    [/_(at|time|minute|from|to|start)$/, 'moment'], [/_sn$/, 'sn'],
    [/_order$/, 'order'], [/mbr_code$/, 'badge'],
    [/device_user_id$/, 'user'], [/tok_hash$/, 'hash'],
    [/(^|_)(id|key|failures)$/, 'number'], [/_nonce$/, 'nonce'], [/_due$/, 'amount'],
    [/_revision$/, 'revision'], [/_wamid$/, 'wamid']];

function kindOf(before_, name) {
	if (/JSON_TABLE\($/.test(before_))
		return name === 'device_days' ? 'days' : 'list';
	const column = before_.match(/(?:\.|\b)(\w+)\s*(?:=|<=|>=|<|>|<>)\s*$/) ??
	    before_.match(/(\w+) BETWEEN (?:\? AND )?$/) ??
	    before_.match(/(\w+) BETWEEN '[^']*' AND $/);
	if (/ LIMIT$/.test(before_))
		return 'limit';
	if (/ OFFSET$/.test(before_))
		return 'place';
	const found = column && kinds.find(([is]) => is.test(column[1]));
	return found ? found[1] : null;
}

// The statement with values put in: its filters are those of `company`.
function withValues(name, company) {
	const text = statements[name];
	const insert = text.match(/^INSERT INTO \w+\s*\(([^)]*)\)/);
	const columns = insert ? insert[1].split(',').map(c => c.trim()) : [];
	let out = '', listed = 0;
	for (const [i, part] of text.split('?').entries()) {
		if (i > 0) {
			let kind = kindOf(out.trimEnd(), name);
			// what is inserted stands in the order of the columns
			if (!kind && listed < columns.length)
				kind = kinds.find(([is]) =>
				    is.test(columns[listed]))?.[1] ?? 'text';
			const isFilter = /\(\s*$/.test(out) &&
			    /^ IS NULL/.test(part);
			out += isFilter ? 'NULL' : values[kind ?? 'text'](company);
			listed++;
		}
		out += part;
	}
	return out;
}

// Which table stands behind each name that EXPLAIN uses.
function aliases(text) {
	const found = {};
	for (const [, table, alias] of text.matchAll(
	    /(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?/g)) {
		found[table] = table;
		if (alias && !/^(WHERE|LEFT|JOIN|ON|SET|ORDER|FORCE|LIMIT|VALUES)$/i
		    .test(alias))
			found[alias] = table;
	}
	return found;
}

test('there are statements, and each has an example here', () => {
	const names = Object.keys(statements);
	assert.ok(names.length > 40, names.join(' '));
	for (const name of names)
		assert.doesNotMatch(withValues(name, 'SF'), /\?/, name);
	assert.match(withValues('intake_context', 'HUGE'),
	    /d\.dev_open_sn = 'SN-HUGE'/);
	assert.match(withValues('feed_day', 'HUGE'),
	    /a\.att_compcode = 'HUGE' AND a\.att_punch_date = '2026-03-12'/);
});

test('no statement reads a whole big table', async () => {
	const looked = new Set();
	for (const company of ['SF', 'HUGE'])
		for (const name of Object.keys(statements)) {
			const text = withValues(name, company);
			const known = aliases(text);
			const plan = await stack.sql(`EXPLAIN ${text}`)
			    .catch(e => assert.fail(`${name}: ${e.message}\n${text}`));
			for (const row of plan) {
				const table = known[row.table];
				// looked up by a unique key, and not there
				if (['inbox_add_repeat', 'attendance_find_minute']
				    .includes(name) && /const table/.test(row.Extra))
					looked.add(name);
				// the first or last of a key
				if (/optimized away/.test(row.Extra))
					looked.add(name);
				if (!BIG.includes(table) || row.select_type ===
				    'INSERT' || (/^INSERT/.test(text) &&
				    row.id === '1' && row.rows === null))
					continue;
				const what = `${name} of ${company}: ${
				    JSON.stringify(row)}`;
				looked.add(name);
				assert.ok(!['ALL', 'index'].includes(row.type),
				    what);
				// a row that is not there needs no key to be found
				assert.ok(row.key || row.type === 'const', what);
				// the newest correction of one punch: by its own
				// key, not by all ids downwards
				assert.ok(row.table !== 'n' ||
				    row.key === 'att_corrects', what);
				// the company leads every key but those of ids
				assert.ok(!/_id$/.test(row.key) ||
				    Number(row.rows) <= 1, what);
				// the last one of a key: it says how many there are
				if (name === 'hours_companies' &&
				    row.key === 'att_arrival')
					continue;
				// a day, a member, a number; never all of them
				// (but the month of the refused: here it is half
				// of all there is)
				const most = name === 'member_coverage_all' ?
				    MEMBERS.HUGE * 1.5 :
				    name === 'attendance_list_refused' ? 12000 :
				    3000;
				assert.ok(Number(row.rows) <= most, what);
			}
		}
	// a plan may be "Impossible WHERE": then the example here was a bad one
	for (const [name, text] of Object.entries(statements))
		if (Object.values(aliases(text)).some(t => BIG.includes(t)) &&
		    !/\)\s*(VALUES|SELECT (\?, )+j)/.test(text))
			assert.ok(looked.has(name), `${name} was not looked at`);
});

test('a single punch is found by exact keys', async () => {
	for (const name of ['intake_context', 'intake_context_counted',
	    'intake_context_batch',
	    'attendance_find_raw', 'inbox_find_raw', 'inbox_settle']) {
		const text = withValues(name, 'HUGE');
		const known = aliases(text);
		for (const row of await stack.sql(`EXPLAIN ${text}`))
			// corrections of one punch are few: the key's mean
			// is that of all punches that correct nothing
			if (BIG.includes(known[row.table]) && row.table !== 'n')
				assert.ok(Number(row.rows) <= 20,
				    `${name}: ${JSON.stringify(row)}`);
	}
});

test('what has had its time is found by a key, not by looking at all', async () => {
	const names = Object.keys(statements).filter(name =>
	    /^retention_/.test(name) && name !== 'retention_devices' &&
	    !/_device_/.test(name));
	assert.ok(names.length > 10, names.join(' '));
	for (const name of names) {
		const [row] = await stack.sql(`EXPLAIN ${withValues(name, 'SF')}`);
		assert.equal(row.type, 'range', `${name}: ${JSON.stringify(row)}`);
		assert.ok(row.key, name);
	}
});

test('a punch is read alike with what was used and without', async () => {
	const read = async (name, company) => {
		// on one line, for the texts are the names of columns, too
		const rows = await stack.sql(withValues(name, company)
		    .replace(/\s+/g, ' '));
		assert.equal(rows.length, 1);
		return Object.values(rows[0]);
	};
	for (const company of ['SF', 'HUGE']) {
		const light = await read('intake_context', company);
		assert.ok(light.includes(values.number(company)), light.join());
		assert.deepEqual(light,
		    await read('intake_context_counted', company));
	}
});

test('this test can tell a full scan', async () => {
	const plan = await stack.sql(`EXPLAIN SELECT id FROM
	    trn_member_attendances WHERE att_device_user_id = '42'`);
	assert.ok(['ALL', 'index'].includes(plan[0].type));
});

test('every statement of a company\'s own tables asks for the company', () => {
	// by a secret's hash, across companies on purpose, or of no company
	const others = ['alert_end_gone', 'company_list', 'hours_companies', 'token_find',
	    'intake_context', 'intake_context_counted', 'session_find', 'role_first',
	    'display_find', 'retention_approvals', 'retention_commands',
	    'retention_devices', 'retention_tokens'];
	for (const [name, text] of Object.entries(statements)) {
		const own = /\b(trn_(member|punch|audit|device)|mst_(members|devices))/
		    .test(text) || /\bmst_(branches|api_tokens)/.test(text);
		if (!own || others.includes(name))
			continue;
		assert.match(text, /_compcode = \?|^INSERT INTO \w+\s*\(\w+_compcode/,
		    name);
	}
});

test('texts are bound, listed by name, and bounded', () => {
	for (const [name, text] of Object.entries(statements)) {
		assert.doesNotMatch(text, /SELECT \*/, name);
		assert.doesNotMatch(text, /INSERT IGNORE|NOW\(\)|CURDATE|CONVERT_TZ/i,
		    name);
	}
});
