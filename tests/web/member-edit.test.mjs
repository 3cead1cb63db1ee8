// member-edit.test.mjs: what is known of a member, changed and refused
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, quote } from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

const EDIT = '/members/900/edit';
let stack, owner, staff, other, south, north;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'North'));
	await addMember(stack, { id: 900, name: 'Ana Before' });
});
after(() => stack.stop());

const stored = async (id = 900) => (await stack.sql(`SELECT mbr_name AS name,
    mbr_code AS code, mbr_phone AS phone, mbr_email AS email,
    mbr_joined_date AS joined, mbr_notes AS notes, mbr_branch_id AS branch,
    mbr_version AS version FROM mst_members_lists WHERE id = ${id}`))[0];
const audits = (id = 900) => stack.sql(`SELECT aud_fields AS fields,
    aud_user_id AS user FROM trn_audit_trails WHERE aud_action = 'change' AND
    aud_table = 'mst_members_lists' AND aud_row = '${id}' ORDER BY id`);
const errorOf = (html, name) => html.match(new RegExp(
    `id="${name}-error" class="field-error">([^<]*)<`))?.[1];

test('what staff type is stored, as it is meant', async () => {
	const got = await staff.submit(EDIT, { name: '  Ana  O\'Neill <b> ',
	    phone: '098765-43210', email: 'ana@example.org', joined: '12-03-2026',
	    code: 'SF-X.1', notes: 'Left knee.\r\nSecond line' });
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/members/900');
	assert.deepEqual(await stored(), { name: 'Ana  O\'Neill <b>',
	    code: 'SF-X.1', phone: '+919876543210', email: 'ana@example.org',
	    joined: '2026-03-12', notes: 'Left knee.\r\nSecond line',
	    branch: '1', version: '2' });
	assert.match(textOf(await staff.page('/members/900')), new RegExp(
	    'Ana O\'Neill <b> .*SF-X\\.1 .*98765 43210 .*ana@example.org ' +
	    'Joined 12 Mar 2026 .*Left knee\\. Second line'));
	const form = fieldsOf(await staff.page(EDIT));
	assert.equal(form.phone, '98765 43210');
	assert.equal(form.joined, '2026-03-12');
	assert.equal(form.version, '2');
	assert.deepEqual((await audits()).map(a => a.fields), [
	    'mbr_code,mbr_email,mbr_joined_date,mbr_name,mbr_notes,mbr_phone']);
	assert.notEqual((await audits())[0].user, null);
});

test('what is left empty is gone; what stays is not in the audit', async () => {
	assert.equal((await staff.submit(EDIT, { phone: '', email: ' ',
	    notes: '' })).status, 303);
	const row = await stored();
	assert.deepEqual([row.phone, row.email, row.notes], [null, null, '']);
	assert.equal((await audits()).at(-1).fields,
	    'mbr_email,mbr_notes,mbr_phone');
	const before_ = await audits();
	assert.equal((await staff.submit(EDIT)).status, 303);
	assert.deepEqual(await audits(), before_);
	assert.equal((await stored()).version, row.version);
});

test('a date of birth is optional, past, and seen by who edits at once',
    async () => {
	const born = async () => (await stack.sql(`SELECT mbr_birth_date AS b
	    FROM mst_members_lists WHERE id = 900`))[0].b;
	assert.equal(await born(), null);
	assert.doesNotMatch(await staff.page('/members/900'), /Date of birth/);
	const mine = fieldsOf(await staff.page(EDIT));
	assert.equal(mine.birth, '');
	assert.equal((await staff.submit(EDIT, { birth: '23-08-1994' })).status,
	    303);
	assert.equal(await born(), '1994-08-23');
	assert.equal((await audits()).at(-1).fields, 'mbr_birth_date');
	assert.match(textOf(await staff.page('/members/900')),
	    /Date of birth 23 Aug 1994/);
	assert.equal(fieldsOf(await staff.page(EDIT)).birth, '1994-08-23');
	const stale = await staff.post(EDIT, mine);
	assert.equal(stale.status, 422);
	assert.match(textOf(stale.text), /Stored now: 23 Aug 1994/);
	const odd = 'This is before 1900, or still to come.';
	for (const [typed, error] of [['01-01-2199', odd],
	    ['31-12-1899', 'This is too small or too large.'],
	    ['x', 'Enter a date, like 31-12-2026.']]) {
		const got = await staff.submit(EDIT, { birth: typed });
		assert.equal(got.status, 422, typed);
		assert.equal(errorOf(got.text, 'birth'), error, typed);
		assert.equal(await born(), '1994-08-23');
	}
	assert.equal((await staff.submit(EDIT, { birth: '01-01-1900' })).status,
	    303);
	assert.equal((await staff.submit(EDIT, { birth: '' })).status, 303);
	assert.equal(await born(), null);
});

test('a phone may be shared, a code may not', async () => {
	assert.equal((await staff.submit(EDIT, { phone: '9810000042' })).status,
	    303);
	assert.equal((await stored()).phone, '+919810000042');
	const row = await stored();
	const got = await staff.submit(EDIT, { code: 'SF-042', name: 'Typed' });
	assert.equal(got.status, 422);
	assert.equal(errorOf(got.text, 'code'), 'Another member has this code.');
	assert.equal(fieldsOf(got.text).name, 'Typed');
	assert.match(textOf(got.text), /Edit Ana/);
	assert.deepEqual(await stored(), row);
	// of another gym it may be the same
	await addMember(stack, { company: 'AA', id: 800, branch: (await
	    stack.sql(`SELECT MIN(id) AS id FROM mst_branches WHERE
	    brn_compcode = 'AA'`))[0].id * 1 });
	assert.equal((await other.submit('/members/800/edit',
	    { code: 'SF-042' })).status, 303);
});

test('each field says what is wrong with it, and keeps what was typed',
    async () => {
	const row = await stored(), before_ = await audits();
	const needed = 'This is needed.', long = 'This is too long.';
	const odd = 'There is a character in it that cannot be kept.';
	const phone = 'Enter a phone number, like 98765 43210.';
	const email = 'Enter an e-mail address, like name@example.org.';
	const day = 'Enter a date, like 31-12-2026.';
	const bounds = 'This is too small or too large.';
	for (const [name, typed, error] of [
	    ['name', '', needed], ['name', '   ', needed], ['name', null, needed],
	    ['name', 'x'.repeat(121), long], ['name', 'a\x01b', odd],
	    ['name', 'a\nb', odd],
	    ['code', '', needed], ['code', 'x'.repeat(25), long],
	    ['code', 'a b', odd], ['code', 'é', odd], ['code', '\'--', odd],
	    ['phone', '12', phone], ['phone', 'abc', phone],
	    ['phone', '98765 4321', phone], ['phone', '1'.repeat(41), long],
	    ['email', 'x', email], ['email', 'a@b@c', email],
	    ['email', `${'x'.repeat(250)}@a.example`, long],
	    ['joined', '', needed], ['joined', '31-02-2026', day],
	    ['joined', 'tomorrow', day], ['joined', '12-03-0026', day],
	    ['joined', '01-01-2206', bounds], ['joined', '31-12-1949', bounds],
	    ['notes', 'x'.repeat(2001), long], ['notes', 'a\x02', odd]]) {
		const got = await staff.submit(EDIT, { [name]: typed });
		const what = `${name}: ${typed}`;
		assert.equal(got.status, 422, what);
		assert.equal(errorOf(got.text, name), error, what);
		assert.equal(fieldsOf(got.text)[name], typed === null ? '' :
		    typed.trim(), what);
	}
	assert.equal((await staff.submit(EDIT, { name: 'x'.repeat(120),
	    notes: 'é'.repeat(2000) })).status, 303);
	await stack.sql(`UPDATE mst_members_lists SET mbr_name = ${
	    quote(row.name)}, mbr_notes = '' WHERE id = 900`);
	assert.equal((await audits()).length, before_.length + 1);
	// several at once, each at its own field
	const got = await staff.submit(EDIT, { name: '', phone: 'x' });
	assert.equal(errorOf(got.text, 'name'), needed);
	assert.equal(errorOf(got.text, 'phone'), phone);
});

test('what is not UTF-8 is refused', async () => {
	const row = await stored();
	const csrf = await staff.csrf();
	const got = await stack.request('POST', EDIT, { headers: {
	    Cookie: staff.cookie,
	    'Content-Type': 'application/x-www-form-urlencoded' },
	    body: `csrf=${csrf}&version=${row.version}&name=%ff%fe&code=X&` +
	    'joined=2026-01-01&notes=a%00b' });
	assert.equal(got.status, 422);
	assert.match(errorOf(got.text, 'name'), /cannot be kept/);
	assert.match(errorOf(got.text, 'notes'), /cannot be kept/);
	assert.deepEqual(await stored(), row);
});

test('of two who edit at once, the second is told', async () => {
	const mine = fieldsOf(await staff.page(EDIT));
	assert.equal((await owner.submit(EDIT, { name: 'By the owner',
	    notes: 'Owner\'s note' })).status, 303);
	const row = await stored();
	const got = await staff.post(EDIT, { ...mine, name: 'By staff' });
	assert.equal(got.status, 422);
	assert.match(textOf(got.text), /Somebody else has changed this member meanwhile/);
	assert.match(textOf(got.text), /Stored now: By the owner/);
	assert.match(textOf(got.text), /Stored now: Owner's note/);
	assert.equal((got.text.match(/Stored now/g)).length, 2);
	assert.equal(fieldsOf(got.text).name, 'By staff');
	assert.deepEqual(await stored(), row);
	// knowing of both, staff may store theirs
	const { name, notes } = fieldsOf(got.text);
	assert.equal((await staff.post(EDIT, { ...fieldsOf(got.text), name,
	    notes })).status, 303);
	assert.equal((await stored()).name, 'By staff');
	// no version, or none that there ever was, is a stale one
	for (const version of [undefined, '', 'x', '0', '-1', '999999',
	    '99999999999999999999']) {
		const fields = { ...mine, name: 'Never', version };
		if (version === undefined)
			delete fields.version;
		assert.equal((await staff.post(EDIT, fields)).status, 422);
	}
	assert.equal((await stored()).name, 'By staff');
});

test('a branch is chosen where there are several, by who sees all',
    async () => {
	const [{ id }] = await stack.sql(`SELECT MIN(id) AS id FROM
	    mst_members_lists WHERE mbr_compcode = 'AA'`);
	const edit = `/members/${id}/edit`;
	const branches = (await stack.sql(`SELECT id FROM mst_branches WHERE
	    brn_compcode = 'AA' ORDER BY id`)).map(b => b.id);
	const revision = async () => (await stack.sql(`SELECT cmp_revision AS r
	    FROM mst_companies WHERE cmp_compcode = 'AA'`))[0].r;
	assert.doesNotMatch(await staff.page(EDIT), /name="branch"/);
	assert.doesNotMatch(await north.page(edit), /name="branch"/);
	assert.match(await other.page(edit), /<option value="\d+" selected>North/);
	const was = await revision();
	assert.equal((await north.submit(edit, { branch: branches[1],
	    notes: 'by North' })).status, 303);
	assert.equal((await stored(id)).branch, branches[0]);
	assert.equal(await revision(), was);
	for (const branch of ['', '1', '999', 'x']) {
		const got = await other.submit(edit, { branch });
		assert.equal(got.status, 422, branch);
		assert.ok(errorOf(got.text, 'branch'), branch);
	}
	assert.equal((await other.submit(edit, { branch: branches[1] })).status,
	    303);
	assert.equal((await stored(id)).branch, branches[1]);
	assert.notEqual(await revision(), was);
	await north.page(edit, 404);
	await south.page(edit);
});

test('others\' members, and forms that are not ours, change nothing',
    async () => {
	const row = await stored();
	for (const [person, id] of [[other, 900], [south, 900], [owner, 800],
	    [owner, 99999], [owner, 'x']]) {
		await person.page(`/members/${id}/edit`, 404);
		assert.equal((await person.post(`/members/${id}/edit`, {
		    ...row, name: 'Stolen' })).status, 404);
	}
	const form = { ...fieldsOf(await staff.page(EDIT)), name: 'Forged' };
	for (const [status, options] of [[403, { form: { ...form, csrf: '' } }],
	    [403, { form: { ...form, csrf: await owner.csrf() } }],
	    [403, { form, headers: { Origin: 'https://evil.example' } }],
	    [415, { form, headers: { 'Content-Type': 'text/plain' } }],
	    [413, { form: { ...form, notes: 'x'.repeat(70000) } }]])
		assert.equal((await staff.request('POST', EDIT, options)).status,
		    status);
	assert.equal((await stack.request('POST', EDIT, { headers: {
	    'Content-Type': 'application/x-www-form-urlencoded' },
	    body: new URLSearchParams(form).toString() })).status, 401);
	assert.deepEqual(await stored(), row);
	assert.equal((await staff.request('PUT', EDIT)).status, 405);
});

test('who was erased is not edited', async () => {
	await addMember(stack, { id: 901, name: 'Erased member' });
	await stack.sql(`UPDATE mst_members_lists SET mbr_erased_at =
	    '2026-01-01' WHERE id = 901`);
	await owner.page('/members/901/edit', 404);
	assert.equal((await owner.post('/members/901/edit', { name: 'x',
	    code: 'x', joined: '2026-01-01', version: '1' })).status, 404);
	assert.doesNotMatch(await owner.page('/members/901'), /\/edit"/);
});
