// export.test.mjs: every list as CSV and XLSX, read back by others' libraries
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { query } from '../stack/database.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { addMember, dayAfter, quote } from './gym.mjs';
import { Person, textOf } from './pages.mjs';
import { readCsv, readXlsx, safe } from './sheet.mjs';

const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument' +
    '.spreadsheetml.sheet';
// Names of members that want to be something else.
const EVIL = ['=1+1', '=cmd|\' /C calc\'!A0', '+919876543210', '-2+3', '@SUM(A1)',
    '\t=1', ' =1', '\uff1d1', '=HYPERLINK("http://x","y")', 'a "quoted" one',
    'comma, here', 'semi; colon', 'two\nlines', 'http://x.example/',
    'mailto:a@b.example', '_x0041_ and _x000D_', 'ends with "', '\'tis',
    'आशा राव', 'عائشة', '李小龍', '💪🏽 strong', '0042', '1E5', 'TRUE', '2026-01-01',
    '<b>&amp;', 'x'.repeat(120), 'न'.repeat(120)];
let stack, today, owner, staff, gym, boss, north, northStaff;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	for (const [i, name] of EVIL.entries())
		await addMember(stack, { id: 500 + i, name,
		    subscriptions: i % 2 ? [['2020-01-01', '2099-12-31']] : [] });
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 120 });
	boss = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
	northStaff = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'North'));
	await furnish();
});
after(() => stack.stop());

// Something of everything at both branches of AA.
async function furnish() {
	const branches = (await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = 'AA' ORDER BY id`)).map(b => b.id);
	for (const [i, branch] of branches.entries()) {
		const id = 9000 + i, name = ['North', 'South'][i], sn = gym.sns[i];
		await addMember(stack, { company: 'AA', branch, id,
		    name: `${name} only`, sn, mappings: [[`${id}`]] });
		await stack.sql(`
		    UPDATE mst_members_lists SET mbr_phone = ${i ?
		    "'+442071838750'" : "'+919876543210'"}
		      WHERE mbr_compcode = 'AA' AND id = ${id};
		    INSERT INTO mst_membership_plans (plan_compcode,
		      plan_branch_id, plan_name, plan_days, plan_price,
		      plan_created_at) VALUES ('AA', ${branch}, '=${name}', 30,
		      150050, '2026-01-01');
		    INSERT INTO trn_member_subscriptions (ms_compcode, id,
		      ms_member_id, ms_plan_id, ms_start_date, ms_end_date,
		      ms_amount, ms_paid, ms_created_at) VALUES ('AA', ${id},
		      ${id}, LAST_INSERT_ID(), '2025-01-01', '2025-12-31',
		      150050, 50000, '2025-01-01');
		    INSERT INTO trn_payments (pay_compcode, pay_branch_id,
		      pay_member_id, pay_subscription_id, pay_amount, pay_method,
		      pay_reference, pay_date, pay_receipt_year, pay_receipt_no,
		      pay_created_at) VALUES ('AA', ${branch}, ${id}, ${id},
		      50000, 'UPI', '=${name}', '${today}', 2025, ${i + 1},
		      '2026-01-01');
		    INSERT INTO trn_member_attendances (att_compcode,
		      att_branch_id, att_member_id, att_device_user_id,
		      att_device_sn, att_punch_time, att_status, att_reason,
		      att_received_at) VALUES ('AA', ${branch}, ${id}, '${id}',
		      '${sn}', '${today} 08:00:0${i}', 'DENIED',
		      'Subscription expired', '${today} 02:30:00');
		    INSERT INTO trn_punch_inbox (pin_compcode, pin_branch_id,
		      pin_device_sn, pin_device_user_id, pin_punch_time,
		      pin_state, pin_received_at) VALUES
		      ('AA', ${branch}, '${sn}', '888', '${today} 08:01:02',
		        'UNMAPPED', '${today} 02:31:00'),
		      ('AA', ${branch}, '${sn}', '889', '${today} 08:02:03',
		        'CLOCK', '${today} 02:32:00');
		    INSERT INTO trn_device_users (dvu_compcode, dvu_device_sn,
		      dvu_user_id, dvu_name, dvu_privilege, dvu_is_enabled)
		      VALUES ('AA', '${sn}', '888', '=${name}', 0, 1)`);
	}
}

// ---- taking a list both ways ------------------------------------------------

// "/members?a=b" as "/members.csv?a=b"
const at = (path, ending) => path.replace(/(\?|$)/, `.${ending}$1`);

async function fetchFile(person, path, ending, name) {
	const got = await person.get(at(path, ending));
	assert.equal(got.status, 200, `${at(path, ending)}: ${got.status}`);
	assert.equal(got.headers['content-disposition'],
	    `attachment; filename="${name}-${today}.${ending}"`);
	assert.equal(got.headers['content-type'], ending === 'csv' ?
	    'text/csv; charset=utf-8' : XLSX_TYPE);
	assert.equal(got.headers['cache-control'], 'no-store');
	assert.equal(got.headers['x-content-type-options'], 'nosniff');
	assert.equal(Number(got.headers['content-length']), got.bytes.length);
	return got.bytes;
}

// What a cell of an XLSX is as our CSV writes it.
function asCsv({ type, value, format }) {
	if (value === null)
		return '';
	if (type === 'd')
		return format === 'yyyy-mm-dd' ? value.slice(0, 10) : value;
	if (type === 'n')
		return value.toFixed((format.split('.')[1] ?? '').length);
	assert.ok(['s', 'inlineStr'].includes(type), type);
	return safe(value);
}

// A list as both, which must say the same: rows of the XLSX's cells without
// that of the titles, which are `titles`.
async function take(person, path, name, titles) {
	const bytes = await fetchFile(person, path, 'csv', name);
	const csv = readCsv(bytes);
	const xlsx = readXlsx(await fetchFile(person, path, 'xlsx', name));
	assert.equal(bytes.subarray(0, 3).toString('hex'), 'efbbbf');
	assert.equal(bytes.subarray(-2).toString(), '\r\n');
	assert.equal(csv[0].join('|'), titles);
	assert.ok(csv.every(row => row.length === csv[0].length));
	assert.deepEqual(xlsx.rows.map(row => row.map(asCsv)), csv);
	assert.deepEqual(xlsx.sheets, [name]);
	assert.equal(xlsx.frozen, 'A2');
	assert.match(xlsx.filter, new RegExp(`^A1:[A-Z]${csv.length}$`));
	assert.ok(xlsx.rows[0].every(c => c.bold && c.type !== 'n'));
	assert.ok(xlsx.rows.flat().every(c => c.type !== 'f' && !c.link));
	assert.ok(!xlsx.parts.some(p => /externalLink|vba|rels\/sheet/i.test(p)));
	return xlsx.rows.slice(1);
}

const values = rows => rows.map(row => row.map(c => c.value));
const column = (rows, i) => rows.map(row => row[i].value);
const count = async sql => Number((await stack.sql(sql))[0].n);

// ---- cell by cell -----------------------------------------------------------

const MEMBERS = 'Name|Code|Phone|Membership|Until|Joined|Date of birth';

test('members come back as they are kept, whatever they are called', async () => {
	await stack.sql(`UPDATE mst_members_lists SET mbr_birth_date =
	    '1994-08-23' WHERE mbr_compcode = 'SF' AND id % 2`);
	const rows = await take(owner, '/members', 'members', MEMBERS);
	const kept = await stack.sql(`SELECT mbr_name AS name, mbr_code AS code,
	    mbr_phone AS phone, mbr_state AS state, mbr_until AS until,
	    mbr_joined_date AS joined, mbr_birth_date AS birth FROM mst_members_lists
	    WHERE mbr_compcode = 'SF' ORDER BY mbr_name, id`);
	const states = { ACTIVE: 'Active', EXPIRED: 'Expired',
	    FROZEN: 'Frozen', INACTIVE: 'Inactive', NONE: 'No subscription' };
	assert.ok(kept.length > EVIL.length + 40);
	const phone = text => text && text.replace(/^\+91(.{5})/, '$1 ');
	assert.deepEqual(values(rows), kept.map(m => [m.name, m.code,
	    phone(m.phone), states[m.state], m.until && `${m.until} 00:00:00`,
	    `${m.joined} 00:00:00`, m.birth && `${m.birth} 00:00:00`]));
	for (const name of EVIL)
		assert.ok(column(rows, 0).includes(name), name);
	for (const row of rows) {
		assert.ok(['s', 'inlineStr'].includes(row[0].type));
		assert.equal(row[5].type, 'd');
		assert.equal(row[5].format, 'yyyy-mm-dd');
	}
	// that nothing starts as a formula is told from the bytes, too
	const text = (await fetchFile(owner, '/members', 'csv', 'members'))
	    .toString().slice(1);
	assert.doesNotMatch(text, /(^|,|\n)"?[=+@\t-]/);
	assert.doesNotMatch(text, /[^\r]\n(?!lines)/);
});

test('a phone can be read by people, and by us again', async () => {
	const rows = await take(boss, '/members?q=9', 'members', MEMBERS);
	assert.equal(rows.length, 1);	// 98765...
	assert.equal(rows[0][2].value, '98765 43210');
	const [south] = await take(boss, '/members?q=South', 'members', MEMBERS);
	assert.equal(south[2].value, '00 442071838750');
});

test('filter, search and order are the page\'s', async () => {
	const names = html => [...html.matchAll(
	    /<th scope="row"><a href="\/members\/\d+">([^<]*)<\/a>/g)]
	    .map(m => m[1]);
	for (const filter of ['expired', 'none', 'active'])
		for (const sort of ['name', 'until', 'joined']) {
			const path = `/members?filter=${filter}&sort=${sort}`;
			const rows = await take(owner, path, 'members', MEMBERS);
			const shown = names(await owner.page(path));
			const plain = name => name.replace(/[<>&"'\n\t]/g, '?');
			const undo = name => plain(name.replace(/&[#\w]+;/g, '?'));
			assert.deepEqual(column(rows, 0).slice(0, shown.length)
			    .map(plain), shown.map(undo), path);
		}
	const found = await take(owner, '/members?q=Ra', 'members', MEMBERS);
	assert.deepEqual(column(found, 0), ['Rahul Sharma', 'Rakesh Thakur']);
	assert.deepEqual(await take(owner, '/members?q=nobody', 'members',
	    MEMBERS), []);
	// the first page, whichever is shown
	const all = await fetchFile(boss, '/members', 'csv', 'members');
	const second = (await boss.page('/members'))
	    .match(/href="([^"]+)">Next page/)[1].replace(/&amp;/g, '&');
	const html = await boss.page(second);
	const [csv] = html.match(/\/members\.csv[^"]*/);
	assert.match(csv, /after=.*after_id=/);
	assert.deepEqual((await boss.get(csv.replace(/&amp;/g, '&'))).bytes, all);
	assert.equal(readCsv(all).length, 1 + 122);
});

const ATTENDANCE = 'Member|Code|Time|Terminal|Number|Result|Reason|' +
    'Warning|Came in late|Note|Staff|Counts as|Correction|Corrected by';

test('attendance of many chunks has each punch once, newest first', async () => {
	// 1,300 in one minute and its neighbours: many of the same second
	await stack.sql(`SET max_recursive_iterations = 100000;
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	      att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	      att_status, att_reason, att_is_late, att_note, att_received_at)
	    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n
	      WHERE i < 1299)
	    SELECT 'SF', 1, 500 + i % 20, 500 + i % 20, 'CRT5200-SN001',
	      '2026-02-02 00:00:00' + INTERVAL FLOOR(i / 20) MINUTE,
	      IF(i % 3, 'ALLOWED', 'DENIED'), IF(i % 3, NULL, 'No subscription'),
	      i % 2, CONCAT('=', i), '2026-02-02' FROM n;
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	      att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	      att_status, att_note, att_received_at, att_corrects_id)
	    SELECT att_compcode, att_branch_id, att_member_id,
	      att_device_user_id, att_device_sn, att_punch_time, 'VOID',
	      '+wrong', att_received_at, id FROM trn_member_attendances
	     WHERE att_compcode = 'SF' AND att_member_id = 507
	       AND att_punch_time < '2026-02-02 00:05:00'`);
	const path = '/attendance?from=2026-02-02&to=2026-02-02';
	const rows = await take(owner, path, 'attendance', ATTENDANCE);
	const kept = await stack.sql(`SELECT mbr_name AS name, mbr_code AS code,
	    a.att_punch_time AS time, a.att_device_user_id AS user,
	    a.att_status AS status, a.att_reason AS reason,
	    a.att_is_late AS late, a.att_note AS note,
	    c.att_status AS now, c.att_note AS why
	    FROM trn_member_attendances a JOIN mst_members_lists
	      ON mbr_compcode = att_compcode AND mst_members_lists.id =
	      att_member_id LEFT JOIN trn_member_attendances c
	      ON c.att_corrects_id = a.id WHERE a.att_compcode = 'SF' AND
	      a.att_corrects_id IS NULL AND a.att_punch_time BETWEEN
	      '2026-02-02' AND '2026-02-02 23:59:59'
	    ORDER BY a.att_punch_time DESC, a.att_status DESC, a.id DESC`);
	const words = { ALLOWED: 'Allowed', DENIED: 'Denied',
	    VOID: 'Not counted' };
	assert.equal(rows.length, 1300);
	assert.deepEqual(values(rows), kept.map(a => [a.name, a.code, a.time,
	    'Front door', a.user, words[a.status], a.reason, null,
	    a.late === '1' ? 'Yes' : 'No', a.note, null,
	    words[a.now ?? a.status], a.why, null]));
	assert.ok(rows.some(row => row[12].value === '+wrong'));
	assert.ok(rows.every(row => row[2].type === 'd' &&
	    row[2].format === 'yyyy-mm-dd hh:mm:ss'));

	// its filters, each alone
	const sum = async more => (await take(owner, `${path}&${more}`,
	    'attendance', ATTENDANCE)).length;
	assert.equal(await sum('status=denied'), await count(`SELECT COUNT(*) AS n
	    FROM trn_member_attendances a WHERE att_compcode = 'SF' AND
	    att_status = 'DENIED' AND att_note LIKE '=%' AND NOT EXISTS
	    (SELECT 1 FROM trn_member_attendances c WHERE c.att_corrects_id =
	    a.id)`));
	assert.equal(await sum('status=void'), 5);
	assert.equal(await sum('member_id=503'), 65);
	assert.equal(await sum('terminal=-'), 0);
	assert.equal(await sum('reason=expired'), 0);
	// more days than it shows: the file says so, as the page does
	const long = await owner.get(
	    '/attendance.csv?from=2025-01-01&to=2026-02-02');
	assert.equal(readCsv(long.bytes).length, 1 + 1300 + 1);
	assert.match(readCsv(long.bytes).at(-1)[0], /^There are more rows/);
	// of a member from the beginning: the visits of the member's page
	const visits = await take(owner, '/attendance?member_id=503',
	    'attendance', ATTENDANCE);
	assert.equal(visits.length, 65);
	assert.equal((await owner.get('/attendance.csv?member_id=9000')).status,
	    404);
});

const PAYMENTS = 'Receipt|Day|Member|Amount (INR)|Paid by|Reference|' +
    'Taken by|Note';
const DUES = 'Member|Phone|Plan|Since|Due (INR)';

test('money is money, in the currency that is named', async () => {
	const [south, first] = await take(boss, '/payments', 'payments', PAYMENTS);
	assert.deepEqual(values([south, first]), [
	    ['2025-26/000002', `${today} 00:00:00`, 'South only', 500, 'UPI',
	    '=South', null, null],
	    ['2025-26/000001', `${today} 00:00:00`, 'North only', 500, 'UPI',
	    '=North', null, null]]);
	assert.equal(first[3].type, 'n');
	assert.equal(first[3].format, '#,##0.00');
	assert.match((await fetchFile(boss, '/payments', 'csv', 'payments'))
	    .toString(), /,North only,500\.00,UPI,'=North,,\r\n/);
	assert.deepEqual(values(await take(boss, '/payments?method=CASH',
	    'payments', PAYMENTS)), []);
	const dues = await take(boss, '/payments/dues?order=oldest', 'dues', DUES);
	assert.deepEqual(values(dues), [['North only', '98765 43210', '=North',
	    '2025-01-01 00:00:00', 1000.5], ['South only', '00 442071838750',
	    '=South', '2025-01-01 00:00:00', 1000.5]]);
	assert.deepEqual(values(await take(boss, '/payments/day', 'day-close',
	    'Day|Taken by|Paid by|Payments|Amount (INR)|Of it taken back (INR)')),
	    [[`${today} 00:00:00`, null, 'UPI', 2, 1000, 0]]);
	await stack.sql(`UPDATE mst_companies SET cmp_currency = 'KWD'
	    WHERE cmp_compcode = 'AA'`);
	const [due] = await take(boss, '/payments/dues', 'dues',
	    DUES.replace('INR', 'KWD'));
	assert.equal(due[4].value, 100.05);
	assert.equal(due[4].format, '#,##0.000');
	assert.match((await fetchFile(boss, '/payments/dues', 'csv', 'dues'))
	    .toString(), /,100\.050\r\n/);
	await stack.sql(`UPDATE mst_companies SET cmp_currency = 'INR'
	    WHERE cmp_compcode = 'AA'`);
});

test('the other lists', async () => {
	const [n, s] = gym.sns;
	const groups = 'Number|Name at the terminal|Terminal|Serial|How often|' +
	    'First|Last';
	const punches = 'Time|Number|Name at the terminal|Member|Terminal|' +
	    'Serial|Came in';
	const time = `${today} 08:01:02`;
	assert.deepEqual(values(await take(boss, '/inbox', 'inbox', groups)), [
	    ['888', '=North', `Door ${n}`, n, 1, time, time],
	    ['888', '=South', `Door ${s}`, s, 1, time, time]]);
	const clock = await take(boss, '/inbox?state=clock', 'inbox', punches);
	assert.deepEqual(values(clock)[1], [`${today} 08:02:03`, '889', null, null,
	    `Door ${n}`, n, `${today} 08:02:00`]);
	assert.equal((await take(boss, `/inbox?state=unmapped&sn=${n}&user=888`,
	    'inbox', punches)).length, 1);

	const numbers = await take(boss, `/devices/${s}/mappings`, 'numbers',
	    'Number|Name at the terminal|Member|Code|Since');
	assert.equal(numbers.length, 122);
	assert.deepEqual(values(numbers)[0], ['1', null, 'Member AA 1', 'AA-1',
	    '2020-01-01 00:00:00']);
	assert.deepEqual(column(numbers, 0).slice(-2), ['888', '9001']);

	await stack.request('PUT', `/api/devices/${n}/status`, { token: gym.token,
	    headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({
	    log_count: 1204, log_capacity: 100000, clock_offset: -75, waiting: 3,
	    parked: 0, last_punch: `${today} 08:00:00`, last_error: '=x' }) });
	const terminals = values(await take(boss, '/devices', 'terminals',
	    'Terminal|Serial|Branch|Punches count from|Last report|Last punch|' +
	    'Punches in its log|Room in its log|Clock ahead by seconds|' +
	    'Waiting at the bridge|Parked|Last error'));
	assert.match(terminals[0][4], new RegExp(`^${today} 12:0\\d:\\d\\d`));
	terminals[0][4] = null;
	assert.deepEqual(terminals, [[`Door ${n}`, n, 'North',
	    '2020-01-01 00:00:00', null, `${today} 08:00:00`, 1204, 100000, -75,
	    3, 0, '=x'], [`Door ${s}`, s, 'South', '2020-01-01 00:00:00', null,
	    null, null, null, null, null, null, null]]);

	assert.deepEqual(values(await take(boss, '/plans', 'plans',
	    'Plan|Days|Visits|Hours|Price (INR)|Branch|On sale')), [['=North', 30,
	    null, null, 1500.5, 'North', 'Yes'], ['=South', 30, null, null, 1500.5,
	    'South', 'Yes']]);
	const users = values(await take(boss, '/settings/users', 'users',
	    'Name|E-mail|Role|Branch'));
	assert.deepEqual(users.map(u => [u[0], u[2], u[3]]).sort(), [
	    ['owner of AA', 'Owner', 'North'], ['owner of AA', 'Owner', 'all'],
	    ['staff of AA', 'Staff', 'North']]);
	// both expired; nobody else was refused
	assert.deepEqual(values(await take(boss, '/attendance/refused', 'refused',
	    'Member|Code|Phone|Until|Times|Last')), [['South only', 'T-9001',
	    '00 442071838750', '2025-12-31 00:00:00', 1, `${today} 08:00:01`],
	    ['North only', 'T-9000', '98765 43210', '2025-12-31 00:00:00', 1,
	    `${today} 08:00:00`]]);
});

test('all terminals and plans, however many, each once and in order', async () => {
	const many = await addCompany(stack, 'MM', { members: 1 });
	const head = await Person.signIn(stack, many.owner);
	await stack.sql(`INSERT INTO mst_devices (dev_compcode, dev_sn,
	      dev_branch_id, dev_name, dev_start, dev_from_at)
	    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	      WHERE i < 450) SELECT 'MM', CONCAT('MM-SN', i), (SELECT MIN(id)
	      FROM mst_branches WHERE brn_compcode = 'MM'),
	      CONCAT('Gate ', i DIV 7), '2026-01-01', '2026-01-01' FROM n;
	    INSERT INTO mst_membership_plans (plan_compcode, plan_name,
	      plan_days, plan_price, plan_status, plan_created_at)
	    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	      WHERE i < 400) SELECT 'MM', CONCAT('Plan ', i), 10 * (i DIV 50) +
	      10, i, IF(i % 3, 'ACTIVE', 'CLOSED'), '2026-01-01' FROM n`);
	const list = async path => (await fetchFile(head, path, 'csv',
	    path === '/plans' ? 'plans' : 'terminals')).toString()
	    .split('\r\n').slice(1, -1).map(line => line.split(','));
	const terminals = await list('/devices');
	assert.equal(new Set(terminals.map(row => row[1])).size, 451);
	assert.equal(terminals.length, 451);
	assert.deepEqual(terminals.map(row => row[0]), (await stack.sql(`SELECT
	    dev_name AS n FROM mst_devices WHERE dev_compcode = 'MM'
	    ORDER BY dev_name`)).map(row => row.n));
	assert.deepEqual((await list('/plans')).map(row => row[0]),
	    (await stack.sql(`SELECT plan_name AS n FROM mst_membership_plans
	    WHERE plan_compcode = 'MM' ORDER BY plan_status, plan_days,
	    plan_name`)).map(row => row.n));
});

// ---- who, and what is told of it --------------------------------------------

const LISTS = ['/attendance', '/attendance/refused', '/devices', '/inbox',
    '/members', '/payments', '/payments/day', '/payments/dues', '/plans'];
const HEAD = ['/settings/audit', '/settings/users'];

test('a branch\'s owner gets the branch\'s, and nobody another gym\'s', async () => {
	for (const path of [...LISTS, `/devices/${gym.sns[0]}/mappings`,
	    '/inbox?state=clock']) {
		const text = (await north.get(at(path, 'csv'))).text;
		assert.match(text, /North|AA-1|,UPI,1,500\.00,/, path);
		assert.doesNotMatch(text, /South|Door AA-2/, path);
		const all = (await boss.get(at(path, 'csv'))).text;
		assert.doesNotMatch(all, /Rahul|SF-|CRT5200/, path);
		assert.doesNotMatch((await owner.get(at(path.replace(gym.sns[0],
		    'CRT5200-SN001'), 'csv'))).text, /AA-1|North/, path);
	}
	assert.equal((await north.get(`/devices/${gym.sns[1]}/mappings.csv`))
	    .status, 404);
	for (const path of HEAD)
		assert.equal((await north.get(at(path, 'csv'))).status, 403, path);
});

test('staff may not, and are not offered it', async () => {
	for (const path of [...LISTS, ...HEAD, `/devices/${gym.sns[0]}/mappings`])
		for (const ending of ['csv', 'xlsx']) {
			assert.equal((await northStaff.get(at(path, ending))).status,
			    403, path);
			assert.equal((await stack.request('GET', at(path, ending)))
			    .status, 303, path);
		}
	for (const path of LISTS.filter(p => p !== '/payments/day')) {
		assert.doesNotMatch(await northStaff.page(path), /\.xlsx/, path);
		assert.match(await north.page(path), /href="[^"]*\.xlsx"/, path);
	}
	for (const path of ['/members.pdf', '/members.', '/members.csv/x'])
		assert.equal((await owner.get(path)).status, 404, path);
	assert.equal((await owner.post('/members.csv')).status, 405);
	assert.match(await staff.page('/members'), /Members/);
});

test('the page\'s links keep what it is narrowed to', async () => {
	const html = await owner.page('/members?filter=expired&sort=until&q=');
	assert.match(html, /href="\/members\.xlsx\?filter=expired&amp;sort=until/);
	assert.match(html, /href="\/members\.csv\?filter=expired&amp;sort=until/);
	assert.match(textOf(html), /Download: Excel CSV up to 100,000 rows/);
	assert.match(await owner.page('/members?sort=name&x=%22%3E%3Cb'),
	    /"\/members\.csv\?sort=name&amp;x=%22%3E%3Cb"/);
});

test('each is told in the audit, without what it says', async () => {
	const told = () => stack.sql(`SELECT aud_table AS t, aud_row AS r,
	    aud_fields AS fields, aud_user_id IS NOT NULL AS who FROM
	    trn_audit_trails WHERE aud_compcode = 'SF' AND aud_action = 'export'
	    ORDER BY id`);
	const was = await told();
	const rows = await take(owner, '/members?filter=expired', 'members',
	    MEMBERS);
	await owner.get('/plans.xlsx');
	const line = (t, fields) => ({ t, r: '', fields, who: '1' });
	assert.deepEqual((await told()).slice(was.length), [
	    line('mst_members_lists', `members,csv,${rows.length} rows`),
	    line('mst_members_lists', `members,xlsx,${rows.length} rows`),
	    line('mst_membership_plans', 'plans,xlsx,6 rows')]);
	const html = await owner.page('/settings/audit');
	assert.match(textOf(html), /Plan exported plans, xlsx, 6 rows/);
	assert.match(textOf(html), /Member exported members, csv, \d+ rows/);
	assert.doesNotMatch(html, /href="\/members\/"/);
	const audit = await take(owner, '/settings/audit?table=mst_members_lists',
	    'audit', 'When|Who|Action|Table|Which|Fields|Address');
	assert.ok(audit.length >= 2);
	assert.ok(audit.every(row => row[3].value === 'mst_members_lists'));
	assert.deepEqual(values(audit)[0].slice(1), [(await stack.sql(`SELECT
	    usr_name AS name FROM mst_users WHERE usr_email = ${
	    quote(stack.login.email)}`))[0].name, 'export', 'mst_members_lists',
	    null, `members,xlsx,${rows.length} rows`, '127.0.0.1']);
});

// ---- large ones, and trouble ------------------------------------------------

const MANY = '/attendance?from=2026-01-01&to=2026-01-31';

test('of 100,001 rows 100,000 are there, and that there are more', async () => {
	await stack.sql(`SET max_recursive_iterations = 1000000;
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	      att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	      att_status, att_received_at)
	    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n
	      WHERE i < 100000)
	    SELECT 'SF', 1, 500 + i % 20, 500 + i % 20, 'CRT5200-SN001',
	      '2026-01-01 00:00:00' + INTERVAL FLOOR(i / 20) MINUTE, 'ALLOWED',
	      '2026-01-01' FROM n`);
	const lines = async () => (await fetchFile(owner, MANY, 'csv',
	    'attendance')).toString().split('\r\n').slice(1, -1);
	const rows = await lines();
	assert.equal(rows.length, 100000 + 1);
	assert.match(rows.at(-1), /^"There are more rows.*",{13}$/);
	assert.equal(new Set(rows).size, 100000 + 1);
	assert.match(rows.at(-2), /,2026-01-01 00:00:00,/);
	// one less is the whole of it
	await stack.sql(`DELETE FROM trn_member_attendances WHERE att_compcode =
	    'SF' AND att_punch_time = '2026-01-04 11:20:00'`);
	const whole = await lines();
	assert.equal(whole.length, 100000);
	assert.match(whole.at(-1), /,2026-01-01 00:00:00,/);
});

test('HEAD says how long it is, and has no body', async () => {
	const got = await owner.request('HEAD', '/plans.csv');
	assert.equal(got.status, 200);
	assert.equal(got.bytes.length, 0);
	assert.equal(Number(got.headers['content-length']),
	    (await owner.get('/plans.csv')).bytes.length);
});

test('a database that fails meanwhile makes a page, not half a file',
    async () => {
	const root = sql => query(stack.db.socket, sql, { schema: stack.schema });
	const [table, away] = ['trn_member_attendances', 'away'];
	const told = `SELECT COUNT(*) AS n FROM trn_audit_trails WHERE
	    aud_action = 'export'`;
	const was = await count(told);
	const asked = owner.get(at(MANY, 'xlsx'));
	await until('a chunk to be read', async () =>
	    (await root('SHOW FULL PROCESSLIST')).some(r => r.User ===
	    stack.schema && /FROM trn_member_attendances a/
	    .test(r.Info ?? '')), 10000, 1);
	await root(`RENAME TABLE ${table} TO ${away}`);
	const got = await asked;
	await root(`RENAME TABLE ${away} TO ${table}`);
	assert.equal(got.status, 503);
	assert.match(got.headers['content-type'], /text\/html/);
	assert.equal(got.headers['content-disposition'], undefined);
	assert.match(got.text, /<\/html>/);
	assert.equal(await count(told), was);
	// and the next one is whole again
	assert.equal((await owner.get('/plans.csv')).status, 200);
});

test('a day is that of the gym', async () => {
	const rows = await take(owner, `/attendance?from=${dayAfter(today, -1)}&to=${
	    today}`, 'attendance', ATTENDANCE);
	assert.ok(rows.length > 0);
	assert.ok(column(rows, 2).every(v => v >= dayAfter(today, -1) &&
	    v < dayAfter(today, 1)));
});
