// import.test.mjs: members, subscriptions and numbers from files as Excel
// writes them: looked at first, then all or nothing, and twice is once
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';
import { addCompany, addUser, killWorkers, makeNoon } from '../faults/gym.mjs';
import { query } from '../stack/database.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { hold, punch, quote, SN } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';
import { readCsv } from './sheet.mjs';

const PAGE = '/settings/import';
let stack, owner, staff, other, north, head, today;

before(async () => {
	stack = await Stack.start({ demo: 'morning', workers: 3 });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	head = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
	other = await Person.signIn(stack,
	    (await addCompany(stack, 'BB', { members: 3 })).owner);
});
after(() => stack.stop());

// ---- files -----------------------------------------------------------------

// Rows as Excel writes them: CR LF, quoted where it must be.
const csv = (rows, separator = ',') => rows.map(row => row.map(cell =>
    new RegExp(`["\r\n${separator}]`).test(cell) ? `"${cell.replaceAll('"',
    '""')}"` : cell).join(separator) + '\r\n').join('');
const utf8 = text => Buffer.from(text);
const withMark = text => Buffer.from(`\ufeff${text}`);
const utf16 = text => Buffer.from(`\ufeff${text}`, 'utf16le');
const utf16be = text => utf16(text).swap16();

// Sends a file; resolves to the answer.
async function post(who, kind, bytes, { name = 'members.csv', ...more } = {}) {
	const data = new FormData();
	for (const [key, value] of Object.entries({ csrf: await who.csrf(), kind,
	    nonce: crypto.randomBytes(16).toString('hex'), ...more }))
		data.append(key, value);
	data.append('file', new Blob([bytes]), name);
	const packed = new Response(data);
	return stack.request('POST', PAGE, { headers: { Cookie: who.cookie,
	    'Content-Type': packed.headers.get('content-type') },
	    body: Buffer.from(await packed.arrayBuffer()) });
}

// The same of one that can be read; resolves to its page's path.
async function send(who, kind, bytes, more) {
	const got = await post(who, kind, bytes, more);
	assert.equal(got.status, 303, textOf(got.text));
	return got.headers.location;
}

// Sends rows; resolves to the text of what they would do.
const look = async (who, kind, rows) => textOf(await who.page(await send(who,
    kind, utf8(csv(rows)))));

const stateOf = async path => (await stack.sql(`SELECT imp_state AS state
    FROM trn_imports WHERE id = ${path.split('/').pop()}`))[0].state;

const ended = path => until('the import', async () =>
    /DONE|FAILED|TROUBLE/.test(await stateOf(path)), 60000);

// Starts what waits at `path`, and waits for its end.
async function run(who, path) {
	const got = await who.post(`${path}/run`);
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, path);
	await ended(path);
	return stateOf(path);
}

async function bring(who, kind, rows) {
	const path = await send(who, kind, utf8(csv(rows)));
	assert.equal(await run(who, path), 'DONE',
	    textOf(await who.page(path)));
	return path;
}

const members = (where = '1', company = 'SF') => stack.sql(`SELECT
    mbr_code AS code, mbr_name AS name, mbr_phone AS phone,
    mbr_email AS email, mbr_joined_date AS joined, mbr_notes AS notes,
    mbr_branch_id AS branch, mbr_version AS version FROM mst_members_lists
    WHERE mbr_compcode = '${company}' AND ${where} ORDER BY mbr_code`);

// Every row of every table an import can write to, but imports and audit.
const TABLES = ['mst_members_lists', 'trn_member_subscriptions',
    'trn_member_biometric_mappings', 'trn_member_attendances',
    'trn_punch_inbox'];
const everything = async () => Object.fromEntries(await Promise.all(
    TABLES.map(async t => [t, await stack.sql(`SELECT * FROM ${t}
    ORDER BY id`)])));
const audits = since => stack.sql(`SELECT aud_compcode AS company,
    aud_action AS action, aud_table AS of, aud_row AS row,
    aud_fields AS fields FROM trn_audit_trails WHERE id > ${since}
    ORDER BY id`);
const lastAudit = async () => (await stack.sql(`SELECT MAX(id) AS id
    FROM trn_audit_trails`))[0].id;

// ---- what can be read ------------------------------------------------------

test('a file is read as Excel writes it, in each encoding', async () => {
	const rows = [['Member Code', 'NAME', 'Mobile No', 'joining_date', 'E-Mail'],
	    ['X-1', 'Zoë Müller, "Zo"', '98765 43210', '05-04-2025', ''],
	    ['X-2', 'Renée\nO’Brien', '', '2025-04-06', '']];
	rows[2][1] = 'Renée O’Brien';
	const latin = Buffer.from(csv(rows, ';').replaceAll('’', '\x92'),
	    'latin1');
	for (const [name, bytes, read] of [
	    ['UTF-8', withMark(csv(rows)), 'UTF-8, with commas'],
	    ['without a mark', utf8(csv(rows, ';')), 'UTF-8, with semicolons'],
	    ['Unicode Text', utf16(csv(rows, '\t')), 'UTF-16LE, with tabs'],
	    ['big end', utf16be(csv(rows, '\t')), 'UTF-16BE, with tabs'],
	    ['ANSI', latin, 'WINDOWS-1252, with semicolons'],
	    ['sep=', utf8(`sep=;\r\n${csv(rows, ';')}`), 'with semicolons'],
	    ['Mac', utf8(csv(rows).replaceAll('\r\n', '\r')), 'with commas'],
	    ['Unix', utf8(csv(rows).replaceAll('\r\n', '\n')), 'with commas'],
	]) {
		const page = textOf(await owner.page(await send(owner, 'members',
		    bytes)));
		assert.ok(page.includes(read), `${name}: ${page}`);
		assert.match(page, /New 2 Changed 0 As they are 0 Problems 0/, name);
		assert.match(page, /2 X-1 Zoë Müller, "Zo" 98765 43210 5 Apr 2025/,
		    name);
		assert.match(page, /3 X-2 Renée O’Brien/, name);
	}
	assert.deepEqual(await members(`mbr_code LIKE 'X-%'`), []);
});

test('scripts of all kinds, and what looks like a formula, are text',
    async () => {
	const names = ['आशा राव', '王小明', 'مريم', '=HYPERLINK("x")', '+1+1', '@SUM',
	    '-7', '\'Abc', 'O\'Neil', '<script>', 'a\\b\\', '"; --', '💪 Max'];
	await bring(owner, 'members', [['Code', 'Name', 'Notes'],
	    ...names.map((name, i) => [`N/${String.fromCharCode(65 + i)}_.`, name,
	    i ? '' : 'a\nb'])]);
	const got = await members(`mbr_code LIKE 'N/%'`);
	assert.deepEqual(got.map(m => m.name), names);
	assert.equal(got[0].notes, 'a\nb');
	assert.ok(got.every(m => m.joined === today && m.version === '1'));
	// as a spreadsheet marks such a text so that it stays one
	assert.match(await look(owner, 'members', [['Code', 'Name'],
	    ['N/D_.', '\'=HYPERLINK("x")']]), /All of this is here already/);
});

test('a file that is none is refused at once', async () => {
	const was = await stack.sql('SELECT COUNT(*) AS n FROM trn_imports');
	for (const [bytes, error] of [['', /nothing in this file/],
	    [' \r\n,,\r\n', /nothing in this file/],
	    ['Code,Name\r\n', /nothing below them/],
	    ['PK\x03\x04rest', /workbook, not a CSV/],
	    [Buffer.from('d0cf11e0a1b11ae1', 'hex'), /workbook, not a CSV/],
	    ['Code\r\n' + 'a\r\n'.repeat(20001), /more than 20,000 rows/],
	    ['Code\r\n' + 'x'.repeat(10 * 1024 * 1024), /more than 10 MB/]]) {
		const got = await post(owner, 'members', bytes);
		assert.equal(got.status, 422);
		assert.match(errorOf(got.text, 'file'), error);
	}
	assert.equal((await post(owner, 'lockers', 'Code\r\na\r\n')).status, 422);
	assert.equal((await post(owner, 'members', 'x'.repeat(13 * 1024 * 1024)))
	    .status, 413);
	assert.deepEqual(await stack.sql(
	    'SELECT COUNT(*) AS n FROM trn_imports'), was);
});

test('a file as large as may be', async () => {
	const notes = 'n'.repeat(1990);
	const file = csv([['Code', 'Name', 'Notes'], ...Array.from({ length: 5200 },
	    (_, i) => [`LARGE-${i}`, `Large ${i}`, notes])]);
	assert.ok(file.length > 10 * 1024 * 1024 - 100000 &&
	    file.length < 10 * 1024 * 1024, `${file.length}`);
	const path = await send(owner, 'members', utf8(file));
	assert.equal(await run(owner, path), 'DONE');
	assert.equal((await members(`mbr_notes = '${notes}'`)).length, 5200);
});

// ---- members ---------------------------------------------------------------

test('members: new, changed where the file says so, and unchanged', async () => {
	const since = await lastAudit();
	const revision = () => stack.sql(`SELECT cmp_revision AS n FROM
	    mst_companies WHERE cmp_compcode = 'SF'`);
	const before_ = await revision();
	const [asha] = await members(`mbr_code = 'SF-008'`);
	const rows = [['code', 'name', 'phone', 'e-mail', 'joined', 'Locker'],
	    ['M-1', ' New One ', '+91 90000 00001', 'one@example.org',
	        '31/12/24', '7'],
	    ['SF-008', asha.name, '', 'asha@example.org', '', '8'],
	    ['SF-009', '', '', '', '', '']];
	const path = await send(owner, 'members', utf8(csv(rows)));
	const page = textOf(await owner.page(path));
	assert.match(page, /New 1 Changed 1 As they are 1 Problems 0/);
	assert.match(page, /Columns that are left alone: Locker/);
	assert.match(page, /3 SF-008 E-mail/);
	assert.match(page, /Import 2 members/);
	assert.equal(await run(owner, path), 'DONE');
	assert.match(textOf(await owner.page(path)),
	    /All of it is in New 1 Changed 1 As they were 1/);

	const [one] = await members(`mbr_code = 'M-1'`);
	assert.deepEqual(one, { code: 'M-1', name: 'New One',
	    phone: '+919000000001', email: 'one@example.org',
	    joined: '2024-12-31', notes: '', branch: '1', version: '1' });
	assert.deepEqual((await members(`mbr_code = 'SF-008'`))[0], { ...asha,
	    email: 'asha@example.org', version: '2' });
	assert.notDeepEqual(await revision(), before_);
	const ids = Object.fromEntries((await stack.sql(`SELECT mbr_code AS code,
	    id FROM mst_members_lists WHERE mbr_code IN ('M-1', 'SF-008')`))
	    .map(r => [r.code, r.id]));
	const id = path.split('/').pop();
	assert.deepEqual(await audits(since), [
	    { company: 'SF', action: 'add', of: 'trn_imports', row: id,
	        fields: '' },
	    { company: 'SF', action: 'add', of: 'mst_members_lists',
	        row: ids['M-1'], fields: '' },
	    { company: 'SF', action: 'change', of: 'mst_members_lists',
	        row: ids['SF-008'], fields: 'mbr_email' },
	    { company: 'SF', action: 'import', of: 'trn_imports', row: id,
	        fields: 'imp_new 1,imp_changed 1,imp_unchanged 1' }]);
	// the file is not kept
	assert.deepEqual(await stack.sql(`SELECT imp_bytes AS b, imp_drop_at AS d
	    FROM trn_imports WHERE id = ${id}`), [{ b: null, d: null }]);
	await owner.page(`/members/${ids['M-1']}`);

	// the same once more changes nothing, and says so
	const was = await everything(), then = await lastAudit();
	const again = await send(owner, 'members', utf8(csv(rows)));
	assert.match(textOf(await owner.page(again)), /All of this is here already/);
	assert.equal(await run(owner, again), 'DONE');
	assert.deepEqual(await everything(), was);
	assert.deepEqual((await audits(then)).map(a => [a.of, a.fields]),
	    [['trn_imports', ''], ['trn_imports',
	    'imp_new 0,imp_changed 0,imp_unchanged 3']]);
});

// Each problem by its line; nothing else is one.
async function problems(who, kind, rows, expected) {
	const path = await send(who, kind, utf8(csv(rows)));
	const page = await who.page(path);
	const text = textOf(page);
	const got = await who.get(`${path}/problems.csv`);
	assert.equal(got.status, 200);
	assert.match(got.headers['content-type'], /^text\/csv/);
	const [titles, ...lines] = readCsv(got.bytes);
	assert.deepEqual(titles, ['Line', 'Column', 'Value', 'Problem']);
	const all = lines.map(l => l.join('|')).join('\n');
	for (const [line, column, pattern] of expected) {
		const found = lines.filter(l => l[0] === line && l[1] === column);
		assert.ok(found.some(l => pattern.test(l.slice(2).join('|'))),
		    `${line} ${column} ${pattern}: ${all}`);
	}
	assert.equal(lines.length, expected.length, all);
	assert.match(text, new RegExp(`Problems ${expected.length}\\b`));
	assert.match(text, /Nothing can be imported yet/);
	assert.doesNotMatch(page, /Import [\d,]+ (members|subscriptions|numbers)</);
	// nor by going round the button
	const was = await everything();
	assert.equal(await run(who, path), 'FAILED');
	assert.deepEqual(await everything(), was);
	assert.match(textOf(await who.page(path)),
	    /It was refused, and nothing was written/);
	return text;
}

test('a day of joining that is set right counts for who stays away',
    async () => {
	await stack.sql(`UPDATE mst_members_lists SET mbr_seen_date = '2026-11-20'
	    WHERE mbr_compcode = 'SF' AND mbr_code IN ('SF-011', 'SF-012')`);
	await bring(owner, 'members', [['code', 'e-mail', 'joined'],
	    ['SF-011', 'eleven@example.org', '02-01-2020']]);
	assert.deepEqual(await stack.sql(`SELECT mbr_seen_date AS seen
	    FROM mst_members_lists WHERE mbr_compcode = 'SF'
	    AND mbr_code IN ('SF-011', 'SF-012') ORDER BY mbr_code`),
	    [{ seen: '1000-01-01' }, { seen: '2026-11-20' }]);
});

test('a date of birth is brought in, changed, and kept where none is said',
    async () => {
	const born = async () => (await stack.sql(`SELECT mbr_code AS code,
	    mbr_birth_date AS birth FROM mst_members_lists WHERE mbr_compcode =
	    'SF' AND mbr_code IN ('B-1', 'B-2') ORDER BY mbr_code`))
	    .map(r => r.birth);
	await bring(owner, 'members', [['Code', 'Name', 'DOB'],
	    ['B-1', 'Born', '23/08/1994'], ['B-2', 'Unknown', '']]);
	assert.deepEqual(await born(), ['1994-08-23', null]);
	await bring(owner, 'members', [['Code', 'Notes', 'Date of Birth'],
	    ['B-1', 'Kept', ''], ['B-2', '', '1-Jan-1900']]);
	assert.deepEqual(await born(), ['1994-08-23', '1900-01-01']);
	await bring(owner, 'members', [['Code', 'Notes'], ['B-2', 'Later']]);
	assert.deepEqual(await born(), ['1994-08-23', '1900-01-01']);
	await problems(owner, 'members', [['Code', 'Date of birth'],
	    ['B-1', '01-01-2199'], ['B-2', '30-02-1990']],
	    [['2', 'Date of birth', /before 1900, or still to come/],
	    ['3', 'Date of birth', /no date/]]);
	assert.deepEqual(await born(), ['1994-08-23', '1900-01-01']);
});

test('members: every problem is said by its line', async () => {
	await stack.sql(`UPDATE mst_members_lists SET mbr_erased_at =
	    '2026-01-01' WHERE mbr_code = 'SF-020' AND mbr_compcode = 'SF';
	    UPDATE trn_member_biometric_mappings SET mbm_to = '2026-01-01'
	    WHERE mbm_device_user_id = '20' AND mbm_compcode = 'SF'`);
	await bring(owner, 'members', [['Code', 'Name'], ['0042', 'Zero']]);
	await problems(owner, 'members', [
	    ['Code', 'Name', 'Phone', 'E-mail', 'Joined', 'Branch', 'Notes'],
	    ['P-1', 'Fine', '9876543210', 'a@b.example', '01-02-2025',
	        'new delhi', 'x'],
	    ['', 'No code', '', '', '', '', ''],			// 3
	    ['a b', 'Bad code', '', '', '', '', ''],		// 4
	    ['P-4', '', '', '', '', '', ''],			// 5
	    ['P-5', 'x'.repeat(121), '', '', '', '', ''],		// 6
	    ['P-6', 'a\nb', '', '', '', '', ''],			// 7
	    ['P-7', 'Short', '12345', '', '', '', ''],		// 8
	    ['P-8', 'Excel', '9.87654E+09', '', '', '', ''],	// 9
	    ['P-9', 'Narrow', '####', '', '#####', '', ''],		// 10: two
	    ['P-10', 'Mail', '', 'nobody', '', '', ''],		// 11
	    ['P-11', 'American', '', '', '03-25-2025', '', ''],	// 12
	    ['P-12', 'Serial', '', '', '45741', '', ''],		// 13
	    ['P-13', 'No day', '', '', '30-02-2025', '', ''],	// 14
	    ['P-14', 'Old', '', '', '01-01-1900', '', ''],		// 15
	    ['P-15', 'Branch', '', '', '', 'Mumbai', ''],		// 16
	    ['P-1', 'Twice', '', '', '', '', ''],			// 17
	    ['SF-020', 'Erased', '', '', '', '', ''],		// 18
	    ['42', 'Zero', '', '', '', '', ''],			// 19
	    ['P-20', 'Broken', '#N/A', '', '', '', ''],		// 20
	    ['P-21', 'Lo\ufffdt', '', '', '', '', ''],		// 21
	    ['P-22', 'Bell\x07', '', '', '', '', ''],		// 22
	    ['P-23', 'Long', '', '', '', '', 'n'.repeat(2001)],	// 23
	], [['3', 'Code', /needed/], ['4', 'Code', /^a b\|.*letters A to Z/],
	    ['5', 'Name', /new member needs a name/],
	    ['6', 'Name', /too long/], ['7', 'Name', /line break/],
	    ['8', 'Phone', /^12345\|.*no phone number/],
	    ['9', 'Phone', /rounded/], ['10', 'Phone', /too narrow/],
	    ['10', 'Joined', /too narrow/], ['11', 'E-mail', /no e-mail/],
	    ['12', 'Joined', /the month seems to stand first/],
	    ['13', 'Joined', /as Excel counts days/],
	    ['14', 'Joined', /no date/], ['15', 'Joined', /before 1950/],
	    ['16', 'Branch', /There are: New Delhi/],
	    ['17', 'Code', /before on line: 2/], ['18', 'Code', /erased/],
	    ['19', 'Code', /a member 0042/], ['20', 'Phone', /formula/],
	    ['21', 'Name', /letter of it was lost/],
	    ['22', 'Name', /cannot be kept/], ['23', 'Notes', /too long/]]);
});

test('rows are counted as Excel counts them', async () => {
	await problems(owner, 'members', [['Code', 'Name'], [' ', ''],
	    ['L-1', 'One'], ['', '', ''], ['', 'a\nb\nc'], ['L-2']],
	    [['5', 'Code', /needed/], ['5', 'Name', /line break/],
	        ['6', 'Name', /needs a name/]]);
	const open = await send(owner, 'members',
	    utf8('Code,Name\r\nL-1,One\r\nL-2,"Two\r\nL-3,Three\r\n'));
	assert.match(textOf(await owner.page(open)),
	    /Problems 1.* 3 A quotation mark begins here/);
});

test('the titles are looked at first', async () => {
	await problems(owner, 'members', [['Name', 'Phone'], ['One', '']],
	    [['1', 'Code', /no column with this title: Code/]]);
	await problems(owner, 'members', [['Code', 'Phone', 'Mobile'],
	    ['T-1', '', '']], [['1', 'Phone', /same meaning/]]);
	await problems(owner, 'subscriptions', [['Code'], ['T-1']],
	    [['1', 'Plan', /no column/], ['1', 'Start', /no column/]]);
});

test('of several branches one is asked for', async () => {
	await problems(head, 'members', [['Code', 'Name', 'Branch'],
	    ['B-1', 'Nowhere', ''], ['B-2', 'South', 'SOUTH']],
	    [['2', 'Branch', /Which branch\? There are: North, South/]]);
	await bring(head, 'members', [['Code', 'Name', 'Branch'],
	    ['B-2', 'Southerner', 'south'], ['AA-1', '', 'South']]);
	const [{ id }] = await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_name = 'South'`);
	assert.deepEqual((await members(`mbr_code IN ('B-2', 'AA-1')`, 'AA'))
	    .map(m => [m.branch, m.name]), [[id, 'Member AA 1'],
	    [id, 'Southerner']]);
});

// ---- subscriptions ---------------------------------------------------------

const subscriptions = (code, company = 'SF') => stack.sql(`SELECT
    plan_name AS plan, ms_start_date AS start, ms_end_date AS end,
    ms_amount AS amount, ms_due AS due, ms_branch_id AS branch
    FROM trn_member_subscriptions JOIN mst_members_lists ON mbr_compcode =
    ms_compcode AND mst_members_lists.id = ms_member_id
    JOIN mst_membership_plans p ON p.id = ms_plan_id AND plan_compcode =
    ms_compcode WHERE ms_compcode = '${company}' AND mbr_code = ${quote(code)}
    ORDER BY ms_start_date`);

test('subscriptions: with the plan\'s days, and with what is due', async () => {
	const year = Number(today.slice(0, 4));
	await bring(owner, 'members', [['Code', 'Name'], ['S-1', 'Sub One'],
	    ['S-2', 'Sub Two']]);
	assert.match(textOf(await owner.page('/members?q=S-1')), /Sub One S-1 No/);
	const rows = [['Member ID', 'Package', 'Start date', 'Expiry', 'Balance'],
	    ['S-1', 'monthly', `01-01-${year}`, '', ''],
	    ['S-1', 'Yearly', `01/02/${year}`, `31/12/${year + 1}`, '1,500.50'],
	    ['S-2', 'Quarterly', `1-Jan-${year - 3}`, '', '0']];
	const since = await lastAudit();
	await bring(owner, 'subscriptions', rows);
	assert.deepEqual(await subscriptions('S-1'), [
	    { plan: 'Monthly', start: `${year}-01-01`, end: `${year}-01-30`,
	        amount: '0', due: null, branch: null },
	    { plan: 'Yearly', start: `${year}-02-01`, end: `${year + 1}-12-31`,
	        amount: '150050', due: '150050', branch: null }]);
	assert.equal((await audits(since)).filter(a => a.action === 'add' &&
	    a.of === 'trn_member_subscriptions').length, 3);
	// what was judged of them before holds no longer
	assert.match(textOf(await owner.page('/members?q=S-2')),
	    /Sub Two S-2 Expired/);
	assert.match(textOf(await owner.page('/payments/dues')),
	    /Sub One.*₹1,500\.50/);

	const was = await everything();
	const again = await send(owner, 'subscriptions', utf8(csv(rows)));
	assert.match(textOf(await owner.page(again)), /As they are 3 Problems 0/);
	assert.equal(await run(owner, again), 'DONE');
	assert.deepEqual(await everything(), was);
});

test('subscriptions: every problem is said by its line', async () => {
	await bring(owner, 'members', [['Code', 'Name'], ['007', 'Bond'],
	    ['S-7', 'Overlapping']]);
	await bring(owner, 'subscriptions', [['Code', 'Plan', 'Start'],
	    ['S-7', 'Monthly', '01-03-2026']]);
	await stack.sql(`INSERT INTO mst_membership_plans (plan_compcode,
	    plan_name, plan_days, plan_price, plan_created_at) VALUES
	    ('SF', 'Double', 30, 1, '2026-01-01'),
	    ('SF', 'double', 60, 1, '2026-01-01')`);
	await problems(owner, 'subscriptions', [
	    ['Code', 'Plan', 'Start', 'End', 'Due'],
	    ['S-7', 'Monthly', '01-05-2026', '', ''],
	    ['S-0', 'Monthly', '01-01-2026', '', ''],		// 3
	    ['7', 'Monthly', '01-01-2026', '', ''],			// 4
	    ['S-7', 'Gold', '01-01-2026', '', ''],			// 5
	    ['S-7', 'double', '01-01-2026', '', ''],		// 6
	    ['S-7', 'Monthly', '', '', ''],				// 7
	    ['S-7', 'Monthly', '01-01-2026', '31-12-2025', ''],	// 8
	    ['S-7', 'Monthly', '15-03-2026', '', ''],		// 9
	    ['S-7', 'Yearly', '30-05-2026', '', ''],		// 10
	    ['S-7', 'Monthly', '01-05-2026', '30-05-2026', ''],	// 11
	    ['S-7', 'Monthly', '01-09-2029', '', 'much'],		// 12
	], [['3', 'Code', /No member has this code/],
	    ['4', 'Code', /a member 007/],
	    ['5', 'Plan', /^Gold\|.*There are: .*Monthly, /],
	    ['6', 'Plan', /Several plans/], ['7', 'Start', /needed/],
	    ['8', 'End', /before the start/],
	    ['9', 'Start', /some of these days: 01-03-2026 - 30-03-2026/],
	    ['10', 'Start', /on line: (2|11)/],
	    ['11', 'Start', /twice, before on line: 2/],
	    ['12', 'Due', /no amount/]]);
	await stack.sql(`UPDATE mst_membership_plans SET plan_name = 'Triple'
	    WHERE plan_name = 'double' AND plan_days = 60`);
});

// ---- numbers ---------------------------------------------------------------

const mappings = code => stack.sql(`SELECT mbm_device_sn AS sn,
    mbm_device_user_id AS number, mbm_from AS since, mbm_to AS until
    FROM trn_member_biometric_mappings JOIN mst_members_lists m ON m.id =
    mbm_member_id AND mbr_compcode = mbm_compcode
    WHERE mbr_code = ${quote(code)} ORDER BY mbm_device_user_id`);

test('numbers: from the terminal\'s start, with the punches that waited',
    async () => {
	await bring(owner, 'members', [['Code', 'Name'], ['K-1', 'Key One'],
	    ['K-2', 'Key Two']]);
	await bring(owner, 'subscriptions', [['Code', 'Plan', 'Start', 'End'],
	    ['K-1', 'Yearly', '01-01-2020', '31-12-2099']]);
	for (let i = 0; i < 3; i++)
		assert.equal((await stack.post({ compcode: 'SF', user_id: '501',
		    device_sn: SN, timestamp: `${today} 07:3${i}:00` })).status,
		    404);
	const rows = [['Member code', 'User ID', 'Device', 'From'],
	    ['K-1', '501', 'front door', ''],
	    ['K-2', '502', SN, '01-02-2026 18:30']];
	const path = await bring(owner, 'mappings', rows);
	assert.deepEqual([...await mappings('K-1'), ...await mappings('K-2')], [
	    { sn: SN, number: '501', since: '2020-01-01 00:00:00', until: null },
	    { sn: SN, number: '502', since: '2026-02-01 18:30:00', until: null }]);
	const [{ n }] = await until('the punches', async () => {
		const got = await stack.sql(`SELECT COUNT(*) AS n
		    FROM trn_member_attendances WHERE att_device_user_id = '501'
		    AND att_status = 'ALLOWED'`);
		return got[0].n === '3' && got;
	});
	assert.equal(n, '3');
	assert.match(textOf(await owner.page(path)), /New 2 Changed 0/);

	const was = await everything();
	await bring(owner, 'mappings', rows);
	assert.deepEqual(await everything(), was);
	// where there is one terminal nobody needs to name it
	await bring(owner, 'mappings', [['Code', 'Number'], ['K-2', 'A5']]);
	assert.equal((await mappings('K-2'))[1].number, 'A5');
});

test('numbers: every problem is said by its line', async () => {
	await stack.sql(`UPDATE trn_member_biometric_mappings SET mbm_to =
	    '2026-03-01 10:00:00' WHERE mbm_device_user_id = '502'`);
	await stack.sql(`INSERT INTO trn_member_biometric_mappings (mbm_compcode,
	    mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from,
	    mbm_created_at) SELECT 'SF', '${SN}', '503', id, '2026-01-01',
	    '2026-01-01' FROM mst_members_lists WHERE mbr_code = 'K-2'`);
	const later = `01-01-${Number(today.slice(0, 4)) + 1}`;
	await problems(owner, 'mappings', [
	    ['Code', 'Number', 'Terminal', 'From'],
	    ['K-1', '504', '', ''], ['K-1', '503', '', ''],
	    ['K-9', '505', '', ''], ['K-1', '5 6', '', ''],
	    ['K-1', '504', '', ''], ['K-1', '502', '', '01-02-2026'],
	    ['K-1', '506', '', later], ['K-1', '507', 'Back door', ''],
	    ['K-1', '508', 'AA-1', '']],
	    [['3', 'Number', /another member's: Key Two \(K-2\)/],
	    ['4', 'Code', /No member/], ['5', 'Number', /digits and letters/],
	    ['6', 'Number', /before on line: 2/],
	    ['7', 'From', /Key Two \(K-2\), 01-03-2026/],
	    ['8', 'From', /still to come/],
	    ['9', 'Terminal', /There are: Front door/],
	    // another gym's is no terminal at all
	    ['10', 'Terminal', /There are: Front door/]]);
	await problems(head, 'mappings', [['Code', 'Number'], ['AA-1', '900']],
	    [['2', 'Terminal', /Which terminal\? There are: Door AA-1, Door AA-2/]]);
	await bring(owner, 'mappings', [['Code', 'Number'], ['K-1', '502']]);
	assert.deepEqual((await mappings('K-1'))[1], { sn: SN, number: '502',
	    since: '2026-03-01 10:00:00', until: null });
});

// ---- all or nothing --------------------------------------------------------

const crowd = (word, n) => csv([['Code', 'Name', 'Phone', 'Joined'],
    ...Array.from({ length: n }, (_, i) => [`${word}-${i}`,
    `Member ${word} ${i}`, `9${String(800000000 + i)}`, '01-01-2025'])]);

test('20,000 rows, with their progress', async t => {
	const path = await send(other, 'members', utf8(crowd('BIG', 20000)));
	assert.match(await other.page(path), /Import 20,000 members/);
	const began = Date.now();
	assert.equal((await other.post(`${path}/run`)).status, 303);
	const answered = Date.now() - began, seen = new Set();
	await until('the end', async () => {
		const page = await other.page(path);
		const at = page.match(/<progress [^>]*value="(\d+)" max="20000"/);
		if (at) {
			seen.add(Number(at[1]));
			assert.match(page, /http-equiv="refresh"/);
			assert.match(textOf(page), /of 20,000 rows/);
		}
		// until then nobody sees any of it
		if (await stateOf(path) === 'RUNNING')
			assert.ok(['0', '20000'].includes((await stack.sql(
			    `SELECT COUNT(*) AS n FROM mst_members_lists
			    WHERE mbr_code LIKE 'BIG-%'`))[0].n));
		return /All of it is in/.test(page);
	}, 60000, 20);
	t.diagnostic(`${Date.now() - began} ms, answered in ${answered} ms, ${
	    seen.size} different places of the bar`);
	assert.ok(answered < 1500);
	assert.ok(seen.size >= 3, `${[...seen]}`);
	assert.equal((await members(`mbr_code LIKE 'BIG-%'`, 'BB')).length, 20000);
	assert.equal((await stack.sql(`SELECT COUNT(*) AS n FROM trn_audit_trails
	    WHERE aud_compcode = 'BB' AND aud_action = 'add' AND aud_table =
	    'mst_members_lists'`))[0].n, '20000');
	const again = await send(other, 'members', utf8(crowd('BIG', 20000)));
	assert.match(textOf(await other.page(again)),
	    /As they are 20,000 Problems 0/);
});

// Of this gym's database alone: others use the server at the same time.
const transactions = async () => Number((await query(stack.db.socket,
    `SELECT COUNT(*) AS n FROM information_schema.innodb_trx
    JOIN information_schema.processlist ON processlist.id = trx_mysql_thread_id
    WHERE processlist.db = ${quote(stack.schema)}`))[0].n);

test('a worker that is killed in the middle has written nothing', async () => {
	const path = await send(other, 'members', utf8(crowd('DIE', 15000)));
	const was = await everything(), since = await lastAudit();
	assert.equal((await other.post(`${path}/run`)).status, 303);
	await until('the middle', async () => Number((await stack.sql(`SELECT
	    imp_done AS n FROM trn_imports WHERE id = ${path.split('/').pop()}`))[0]
	    .n) > 0, 20000, 1);
	assert.ok(await transactions() > 0);
	killWorkers(stack);
	await until('other workers', async () =>
	    (await other.get('/account')).status === 200);
	await until('the rollback', async () => await transactions() === 0,
	    60000);
	assert.deepEqual(await everything(), was);
	assert.deepEqual(await audits(since), []);
	assert.equal(await stateOf(path), 'RUNNING');
	// it is not started twice while it may still run
	assert.match((await other.post(`${path}/run`)).headers.location, /busy=1/);
	await stack.sql(`UPDATE trn_imports SET imp_beat_at = imp_beat_at -
	    INTERVAL 1 MINUTE WHERE id = ${path.split('/').pop()}`);
	assert.match(textOf(await other.page(path)), /It was interrupted; nothing was written\. Start it again\..*Import 15,000 members/);
	assert.equal(await run(other, path), 'DONE');
	assert.equal((await members(`mbr_code LIKE 'DIE-%'`, 'BB')).length, 15000);
});

test('two clicks at once are one; another import waits its turn', async () => {
	const one = await send(other, 'members', utf8(crowd('TWO', 2000)));
	const two = await send(other, 'members', utf8(crowd('ANO', 10)));
	const got = await Promise.all([1, 2, 3].map(() =>
	    other.post(`${one}/run`)));
	assert.deepEqual(got.map(g => g.status), [303, 303, 303]);
	assert.equal(got.filter(g => g.headers.location === one).length, 1);
	const busy = await other.post(`${two}/run`);
	if (await stateOf(one) === 'RUNNING')
		assert.match(busy.headers.location, /busy=1/);
	await ended(one);
	assert.equal(await stateOf(one), 'DONE');
	assert.equal((await members(`mbr_code LIKE 'TWO-%'`, 'BB')).length, 2000);
	// what is done is not started again
	assert.match((await other.post(`${one}/run`)).headers.location, /busy=1/);
	assert.equal(await stateOf(one), 'DONE');
});

test('whose rows an import holds can come in', async () => {
	await bring(owner, 'members', [['Code', 'Name'], ['W-1', 'Wait One'],
	    ['W-2', 'Wait Two']]);
	await bring(owner, 'mappings', [['Code', 'Number'], ['W-1', '901']]);
	const path = await send(owner, 'members', utf8(csv([['Code', 'Name'],
	    ['W-1', 'Held One'], ['W-2', 'Held Two']])));
	const held = await hold(stack, `SELECT id FROM mst_members_lists
	    WHERE mbr_compcode = 'SF' AND mbr_code = 'W-2'`);
	try {
		assert.equal((await owner.post(`${path}/run`)).status, 303);
		await until('W-1 to be held', () => held.busy(/JSON_TABLE/));
		const began = Date.now();
		assert.equal((await stack.post(punch('901',
		    `${today} 12:00:00`))).status, 200);
		assert.ok(Date.now() - began < 1000, 'it had to wait');
		assert.equal(await held.busy(/JSON_TABLE/), 1);
	} finally {
		await held.release();
	}
	await ended(path);
	assert.equal(await stateOf(path), 'DONE');
	assert.deepEqual((await members(`mbr_code LIKE 'W-%'`)).map(m => m.name),
	    ['Held One', 'Held Two']);
});

test('what has changed since somebody looked is looked at again', async () => {
	const path = await send(owner, 'mappings', utf8(csv([['Code', 'Number'],
	    ['K-1', '610'], ['K-2', '611']])));
	assert.match(textOf(await owner.page(path)), /Import 2 numbers/);
	await bring(owner, 'mappings', [['Code', 'Number'], ['K-2', '610']]);
	const was = await everything();
	assert.equal(await run(owner, path), 'FAILED');
	assert.deepEqual(await everything(), was);
	assert.match(textOf(await owner.page(path)),
	    /something here had changed.* 2 Number 610 This number is another/);
});

test('the same form twice is one file', async () => {
	const nonce = crypto.randomBytes(16).toString('hex');
	const file = utf8('Code,Name\r\nF-1,One\r\n');
	const paths = await Promise.all([1, 2].map(() => send(owner, 'members',
	    file, { nonce })));
	assert.equal(paths[0], paths[1]);
	assert.equal(await send(owner, 'members', file, { nonce }), paths[0]);
});

test('a file is not kept for longer than a day', async () => {
	const path = await send(owner, 'members', utf8('Code,Name\r\nF-1,x\r\n'));
	await stack.sql(`UPDATE trn_imports SET imp_drop_at = imp_drop_at -
	    INTERVAL 2 DAY WHERE id = ${path.split('/').pop()}`);
	await stack.chores();
	assert.match(textOf(await owner.page(path)), /Never imported/);
	assert.match((await owner.post(`${path}/run`)).headers.location, /busy=1/);
	assert.deepEqual(await stack.sql(`SELECT imp_bytes AS b FROM trn_imports
	    WHERE id = ${path.split('/').pop()}`), [{ b: null }]);
	assert.match(textOf(await owner.page(PAGE)), /members\.csv Members 1 /);
});

test('a list that was taken out comes in again, and is as it was', async () => {
	await bring(owner, 'members', [['Code', 'Name', 'Phone'],
	    ['Q-1', '=1+1', '+44 20 7183 8750'], ['Q-2', '\uff1dx', ''],
	    ['Q-3', '-a "b", c', '98765 43210']]);
	const got = await owner.get('/members.csv');
	assert.equal(got.status, 200);
	const path = await send(owner, 'members', utf8(got.text));
	const page = textOf(await owner.page(path));
	assert.match(page, /All of this is here already/);
	assert.match(page, /Problems 0 /);
	const numbers = await owner.get(`/devices/${SN}/mappings.csv`);
	const mapped = readCsv(numbers.bytes).filter((row, i) => !i || row[3]);
	assert.ok(mapped.length > 40);
	assert.match(await look(owner, 'mappings', mapped),
	    /All of this is here already/);
});

// ---- who -------------------------------------------------------------------

test('only owners of all branches, and only of their own gym', async () => {
	const path = await send(owner, 'members', utf8(csv([['Code', 'Name'],
	    ['W-1', 'Who']])));
	for (const who of [staff, north]) {
		for (const at of [PAGE, path, `${path}/problems.csv`,
		    `${PAGE}/template?kind=members`])
			await who.page(at, 403);
		assert.equal((await post(who, 'members', 'Code\r\nx\r\n')).status,
		    403);
		assert.equal((await who.post(`${path}/run`)).status, 403);
	}
	await other.page(path, 404);
	await other.page(`${path}/problems.csv`, 404);
	assert.equal((await other.post(`${path}/run`)).status, 404);
	assert.equal(await stateOf(path), 'CHECKED');
	assert.doesNotMatch(textOf(await other.page(PAGE)), /W-1/);
	// a code of another gym is nobody's here
	const was = await members('1', 'AA');
	await bring(owner, 'members', [['Code', 'Name'], ['AA-1', 'Ours']]);
	assert.deepEqual(await members('1', 'AA'), was);
	assert.equal((await members(`mbr_code = 'AA-1'`))[0].name, 'Ours');
	await problems(owner, 'subscriptions', [['Code', 'Plan', 'Start'],
	    ['AA-2', 'Monthly', '01-01-2026']], [['2', 'Code', /No member/]]);
});

test('the files to begin with can be sent as they are', async () => {
	await bring(owner, 'members', [['Code', 'Name'], ['SF-001', '']]);
	for (const kind of ['members', 'subscriptions', 'mappings']) {
		const got = await owner.get(`${PAGE}/template?kind=${kind}`);
		assert.equal(got.status, 200);
		assert.match(got.headers['content-disposition'],
		    new RegExp(`filename="${kind}.csv"`));
		const page = textOf(await owner.page(await send(owner, kind,
		    got.bytes)));
		assert.doesNotMatch(page, /Columns that are left alone/);
		assert.match(page, /The first rows, as understood.* Line Code /);
	}
	await owner.page(`${PAGE}/template?kind=lockers`, 404);
	const bare = await stack.admin(['company', 'add', 'NB', 'No Branch'])
	    .then(() => addUser(stack, 'NB', 'owner'));
	const who = await Person.signIn(stack, bare);
	for (const [kind, row, expected] of [
	    ['members', [['Code', 'Name'], ['1', 'x']], ['2', 'Branch']],
	    ['subscriptions', [['Code', 'Plan', 'Start'], ['1', 'Gold',
	    '01-01-2026']], ['2', 'Plan']]])
		assert.match(await look(who, kind, row), new RegExp(`${
		    expected.join(' ')} .*The gym has none of these yet`));
	assert.match(await who.page('/members'), /href="\/settings\/import"/);
	assert.equal(fieldsOf(await who.page(PAGE)).kind, 'members');
});

test('what an export wrote changes nothing', async () => {
	await stack.sql(`UPDATE mst_members_lists SET mbr_name = '=1+1',
	    mbr_phone = '+442071838750' WHERE mbr_code = 'SF-007'`);
	await owner.page('/members');	// judges the states of all
	const was = await everything();
	const path = await send(owner, 'members',
	    (await owner.get('/members.csv')).bytes);
	assert.equal(await run(owner, path), 'DONE',
	    textOf(await owner.page(path)));
	assert.deepEqual(await everything(), was);
	const [{ changed, unchanged }] = await stack.sql(`SELECT
	    imp_new + imp_changed AS changed, imp_unchanged AS unchanged
	    FROM trn_imports WHERE id = ${path.split('/').pop()}`);
	assert.equal(changed, '0');
	assert.ok(unchanged >= 42, unchanged);
});

test('a stop waits for an import that runs', async () => {
	const path = await send(other, 'members', utf8(crowd('END', 4000)));
	assert.equal((await other.post(`${path}/run`)).status, 303);
	await stack.web.stop();
	assert.equal(await stateOf(path), 'DONE');
	assert.equal((await members(`mbr_code LIKE 'END-%'`, 'BB')).length, 4000);
});
