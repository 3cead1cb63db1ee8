// users.test.mjs: people and their roles: given, changed, taken away
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { quote } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

const USERS = '/settings/users', NEW = `${USERS}/new`;
const PASSWORD = 'correct horse battery';
let stack, owner, staff, other, gym, north, branches;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	other = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
	branches = (await stack.sql(`SELECT id FROM mst_branches WHERE
	    brn_compcode = 'AA' ORDER BY id`)).map(b => b.id);
});
after(() => stack.stop());

const role = async (email, company = 'SF') => (await stack.sql(`SELECT r.id,
    url_role AS role, url_branch_id AS branch, url_version AS version,
    u.id AS user, usr_name AS name, usr_password_hash AS hash
    FROM trn_user_roles r JOIN mst_users u ON u.id = url_user_id
    WHERE url_compcode = '${company}' AND usr_email = ${quote(email)}
    ORDER BY r.id`))[0];
const audits = (company = 'SF') => stack.sql(`SELECT aud_action AS action,
    aud_table AS 'table', aud_row AS row, aud_fields AS fields
    FROM trn_audit_trails WHERE aud_compcode = '${company}' AND
    aud_user_id IS NOT NULL AND aud_action <> 'sign in' ORDER BY id`);
const everything = () => stack.sql(`SELECT * FROM trn_user_roles r
    JOIN mst_users u ON u.id = r.url_user_id ORDER BY r.id`);
const signIn = (email, password) => Person.signIn(stack, { email, password });

test('somebody new is added, once, and may work', async () => {
	const form = fieldsOf(await owner.page(NEW));
	assert.equal(form.role, 'STAFF');
	assert.equal(form.branch, undefined);
	const fields = { ...form, email: ' Desk@SF.example ', name: 'Desk <1>',
	    password: PASSWORD };
	for (let i = 0; i < 2; i++) {
		const got = await owner.post(NEW, fields);
		assert.equal(got.status, 303, got.text);
		assert.equal(got.headers.location, USERS);
	}
	const row = await role('desk@sf.example');
	assert.deepEqual([row.role, row.branch, row.name], ['STAFF', null,
	    'Desk <1>']);
	assert.deepEqual((await audits()).slice(-2), [
	    { action: 'add', table: 'mst_users', row: row.user,
	    fields: 'usr_email,usr_name,usr_password_hash' },
	    { action: 'add', table: 'trn_user_roles', row: row.id,
	    fields: 'url_role,url_branch_id' }]);
	assert.match(textOf(await owner.page(USERS)),
	    /Desk <1> desk@sf\.example Staff all/);
	const desk = await signIn('desk@sf.example', PASSWORD);
	await desk.page('/members');
	await desk.page(USERS, 403);
});

test('who works at another branch keeps name and password', async () => {
	const { email } = await addUser(stack, 'AA', 'staff', 'North');
	const before_ = await role(email, 'AA');
	const got = await other.submit(NEW, { email, name: 'Mine now',
	    password: PASSWORD, branch: branches[1] });
	assert.equal(got.status, 422);
	assert.match(errorOf(got.text, 'password'), /only theirs to change/);
	assert.equal(fieldsOf(got.text).email, email);
	assert.doesNotMatch(got.text, new RegExp(PASSWORD));
	assert.equal((await other.submit(NEW, { email: email.toUpperCase(),
	    name: 'Mine now', branch: branches[1] })).status, 303);
	const rows = await stack.sql(`SELECT url_branch_id AS branch, usr_name
	    AS name, usr_password_hash AS hash FROM trn_user_roles JOIN mst_users
	    u ON u.id = url_user_id WHERE usr_email = ${quote(email)}
	    ORDER BY url_branch_id`);
	assert.deepEqual(rows, branches.map(branch => ({ branch, name:
	    before_.name, hash: before_.hash })));
	assert.equal((await audits('AA')).at(-1).table, 'trn_user_roles');
	// twice is refused in words
	const twice = await other.submit(NEW, { email, branch: branches[1] });
	assert.equal(twice.status, 422);
	assert.match(errorOf(twice.text, 'email'), /has a role there already/);
});

test('an account of another gym is not to be had', async () => {
	const { email } = stack.login, was = await everything();
	const bare = await other.submit(NEW, { email });
	assert.equal(bare.status, 422);
	assert.equal(errorOf(bare.text, 'email'), undefined);
	for (const name of ['name', 'password'])
		assert.match(errorOf(bare.text, name), /needed/);
	const got = await other.submit(NEW, { email: email.toUpperCase(),
	    name: 'Mine now', password: PASSWORD });
	assert.equal(got.status, 422);
	assert.match(errorOf(got.text, 'email'),
	    /signs in elsewhere.*gymgate-admin user add/);
	assert.doesNotMatch(got.text,
	    new RegExp(`${PASSWORD}|Demo Owner|Spine Fitness`));
	assert.doesNotMatch(await other.page(USERS), /Demo Owner/);
	assert.deepEqual(await everything(), was);
	// whoever runs the server has said who it is: it is one of their people
	const both = await addUser(stack, 'SF', 'staff');
	await stack.admin(['user', 'add', both.email, 'x', '--company', 'AA',
	    '--role', 'staff', '--branch', 'North']);
	assert.equal((await other.submit(NEW, { email: both.email,
	    branch: branches[1] })).status, 303);
	await signIn(both.email, both.password);
});

test('an account that has no role any more is as new', async () => {
	const login = await addUser(stack, 'AA', 'owner');
	const before_ = await role(login.email, 'AA');
	const theirs = await Person.signIn(stack, login);
	assert.equal((await other.post(`${USERS}/${before_.id}/remove`)).status,
	    303);
	const bare = await other.submit(NEW, { email: login.email });
	for (const name of ['name', 'password'])
		assert.match(errorOf(bare.text, name), /needed/);
	const add = person => person.submit(NEW, { email: login.email,
	    name: 'Somebody else', password: PASSWORD });
	const tries = await Promise.all([add(other), add(owner)]);
	assert.deepEqual(tries.map(r => r.status).sort(), [303, 422]);
	const company = tries[0].status === 303 ? 'AA' : 'SF';
	const now = await role(login.email, company);
	assert.deepEqual([now.user, now.name, now.role], [before_.user,
	    'Somebody else', 'STAFF']);
	assert.deepEqual((await audits(company)).slice(-2), [
	    { action: 'change', table: 'mst_users', row: now.user,
	    fields: 'usr_name,usr_password_hash' },
	    { action: 'add', table: 'trn_user_roles', row: now.id,
	    fields: 'url_role,url_branch_id' }]);
	// whoever had it is out, and stays out
	assert.equal((await theirs.get('/members')).headers.location, '/login');
	assert.deepEqual(await stack.sql(`SELECT ses_compcode FROM trn_sessions
	    WHERE ses_user_id = ${now.user}`), []);
	await assert.rejects(Person.signIn(stack, login));
	await (await signIn(login.email, PASSWORD)).page('/members');
});

test('each field says what is wrong with it', async () => {
	const was = await everything();
	const good = { email: 'new@sf.example', name: 'New', password: PASSWORD };
	for (const [name, typed, error] of [['email', '', /needed/],
	    ['email', null, /needed/], ['email', 'x', /too short/],
	    ['email', 'abc', /Enter an e-mail/], ['email', 'a@b@c', /e-mail/],
	    ['email', `${'x'.repeat(250)}@a.example`, /too long/],
	    ['email', 'a\x01@b.example', /cannot be kept/],
	    ['name', '', /needed/], ['name', null, /needed/],
	    ['name', 'x'.repeat(121), /too long/],
	    ['name', 'a\nb', /cannot be kept/],
	    ['password', '', /needed/], ['password', null, /needed/],
	    ['password', 'short', /too short/],
	    ['password', 'x'.repeat(129), /too long/],
	    ['password', 'é'.repeat(100), /too long/],
	    ['password', 'a\x01bcdefghijk', /cannot be kept/],
	    ['role', '', /needed/], ['role', null, /needed/],
	    ['role', 'ADMIN', /Choose one/], ['role', 'owner', /Choose one/]]) {
		const got = await owner.submit(NEW, { ...good, [name]: typed });
		const what = `${name}: ${typed}`;
		assert.equal(got.status, 422, what);
		assert.match(errorOf(got.text, name) ?? '', error, what);
		assert.doesNotMatch(got.text, /type="password"[^>]*value=/);
	}
	for (const branch of ['1', 'x', '999999', '-1']) {
		const got = await other.submit(NEW, { ...good, branch });
		assert.equal(got.status, 422);
		assert.ok(errorOf(got.text, 'branch'), branch);
	}
	assert.deepEqual(await everything(), was);
});

test('a change of role holds at the next click', async () => {
	const login = await addUser(stack, 'AA', 'staff');
	const person = await Person.signIn(stack, login);
	const { id } = await role(login.email, 'AA');
	await person.page('/devices/AA-1/edit', 403);
	await person.page(USERS, 403);
	const set = async fields => assert.equal((await other.submit(
	    `${USERS}/${id}`, fields, `${USERS}/${id}/role`)).status, 303);
	await set({ role: 'OWNER' });
	await person.page('/devices/AA-1/edit');
	await person.page(USERS);
	await set({ branch: branches[1] });
	await person.page('/devices/AA-1/edit', 404);
	await person.page('/devices/AA-2/edit');
	await person.page(USERS, 403);
	assert.doesNotMatch(await person.page('/devices'), /\/settings"|tokens"/);
	await set({ role: 'STAFF', branch: '' });
	await person.page('/devices/AA-2/edit', 403);
	assert.match(await person.page('/devices'), /AA-1/);
	assert.deepEqual((await audits('AA')).slice(-3).map(a => a.fields),
	    ['url_role', 'url_branch_id', 'url_role,url_branch_id']);
	const many = (await audits('AA')).length;
	await set({});
	assert.equal((await audits('AA')).length, many);

	// and taken away, the session is over
	assert.match(await other.page(`${USERS}/${id}/remove`), /Take it away/);
	await person.page('/members');
	assert.equal((await other.submit(`${USERS}/${id}/remove`)).status, 303);
	assert.equal((await person.get('/members')).headers.location, '/login');
	assert.equal(await role(login.email, 'AA'), undefined);
	assert.equal((await audits('AA')).at(-1).action, 'remove');
	await other.page(`${USERS}/${id}`, 404);
	assert.equal((await other.post(`${USERS}/${id}/role`,
	    { role: 'OWNER', version: '1' })).status, 404);
});

test('of two who change a role, the second is told', async () => {
	const login = await addUser(stack, 'SF', 'staff');
	const { id } = await role(login.email);
	const mine = fieldsOf(await owner.page(`${USERS}/${id}`));
	assert.equal((await owner.post(`${USERS}/${id}/role`, { ...mine,
	    role: 'OWNER' })).status, 303);
	for (const version of [mine.version, '', 'x', '0', '99']) {
		const got = await owner.post(`${USERS}/${id}/role`, { ...mine,
		    version });
		assert.equal(got.status, 422, version);
		assert.match(textOf(got.text), /changed this role meanwhile/);
		assert.equal(fieldsOf(got.text).role, 'OWNER');
	}
	for (const typed of ['', 'x', null]) {
		const got = await owner.submit(`${USERS}/${id}`, { role: typed },
		    `${USERS}/${id}/role`);
		assert.equal(got.status, 422);
		assert.ok(errorOf(got.text, 'role'));
	}
	assert.equal((await role(login.email)).role, 'OWNER');
	assert.equal((await owner.post(`${USERS}/${id}/remove`)).status, 303);
});

test('the last owner of all branches stays', async () => {
	const { id } = await role(gym.owner.email, 'AA');
	for (const fields of [{ role: 'STAFF' }, { branch: branches[0] }]) {
		const got = await other.submit(`${USERS}/${id}`, fields,
		    `${USERS}/${id}/role`);
		assert.equal(got.status, 422);
		assert.match(textOf(got.text), /Nobody else owns all branches/);
	}
	const got = await other.submit(`${USERS}/${id}/remove`);
	assert.equal(got.status, 422);
	assert.match(textOf(got.text), /Nobody else owns all branches/);
	const kept = await role(gym.owner.email, 'AA');
	assert.deepEqual([kept.role, kept.branch], ['OWNER', null]);

	// of two, each may go; both at once may not
	const login = await addUser(stack, 'AA', 'owner');
	const second = await Person.signIn(stack, login);
	const two = await role(login.email, 'AA');
	const demote = async (person, of) => {
		const form = { ...fieldsOf(await person.page(`${USERS}/${of}`)),
		    role: 'STAFF' };
		return () => person.post(`${USERS}/${of}/role`, form);
	};
	const tries = [await demote(other, two.id), await demote(second, id)];
	await other.csrf();
	await second.csrf();
	const results = await Promise.all(tries.map(go => go()));
	assert.equal(results.filter(r => r.status === 303).length, 1);
	assert.equal((await stack.sql(`SELECT COUNT(*) AS n FROM trn_user_roles
	    WHERE url_compcode = 'AA' AND url_role = 'OWNER' AND
	    url_branch_id IS NULL`))[0].n, '1');
	await stack.sql(`UPDATE trn_user_roles SET url_role = 'OWNER'
	    WHERE id = ${id}`);
});

test('a password is reset for one\'s own people alone', async () => {
	const login = await addUser(stack, 'SF', 'staff');
	const person = await Person.signIn(stack, login);
	const { id, hash } = await role(login.email);
	const path = `${USERS}/${id}/password`;
	for (const [password, error] of [['', /needed/], ['short', /too short/],
	    ['x'.repeat(129), /too long/], ['é'.repeat(100), /too long/],
	    [null, /needed/]]) {
		const got = await owner.submit(`${USERS}/${id}`, { password },
		    path);
		assert.equal(got.status, 422);
		assert.match(errorOf(got.text, 'password'), error);
	}
	await person.page('/members');
	const got = await owner.submit(`${USERS}/${id}`, { password: PASSWORD },
	    path);
	assert.equal(got.status, 303);
	assert.match(textOf(await owner.page(got.headers.location)),
	    /The password was set/);
	assert.equal((await person.get('/members')).headers.location, '/login');
	await signIn(login.email, PASSWORD);
	assert.deepEqual((await audits()).at(-1), { action: 'change',
	    table: 'mst_users', row: (await role(login.email)).user,
	    fields: 'usr_password_hash' });

	// who works at another gym, too, and oneself
	await stack.admin(['user', 'add', login.email, 'x', '--company', 'AA',
	    '--role', 'staff']);
	const now = await role(login.email);
	assert.notEqual(now.hash, hash);
	for (const [person_, company, email] of [[owner, 'SF', login.email],
	    [other, 'AA', login.email], [owner, 'SF', stack.login.email]]) {
		const row = await role(email, company);
		assert.doesNotMatch(await person_.page(`${USERS}/${row.id}`),
		    /name="password"/);
		const refused = await person_.post(`${USERS}/${row.id}/password`,
		    { password: 'another password' });
		assert.equal(refused.status, 422);
		assert.match(errorOf(refused.text, 'password') ??
		    textOf(refused.text), /only theirs to change/);
		assert.equal((await role(email, company)).hash, row.hash);
	}
});

test('a role that another gym gives meanwhile counts', async () => {
	const { email } = await addUser(stack, 'SF', 'staff');
	const { id, hash, user } = await role(email);
	const form = fieldsOf(await owner.page(`${USERS}/${id}`));
	const given = stack.sql(`START TRANSACTION; INSERT INTO trn_user_roles
	    (url_compcode, url_user_id, url_role, url_created_at)
	    VALUES ('AA', ${user}, 'STAFF', '2026-01-01'); DO SLEEP(2); COMMIT`);
	await until('the role to be on its way', async () => (await stack.sql(
	    `SELECT id FROM information_schema.processlist
	    WHERE info LIKE 'DO SLEEP(2)%'`)).length > 0);
	const got = await owner.post(`${USERS}/${id}/password`, { ...form,
	    password: PASSWORD });
	await given;
	assert.equal(got.status, 422);
	assert.match(errorOf(got.text, 'password'), /only theirs to change/);
	assert.equal((await role(email)).hash, hash);
});

test('staff, branch owners and other gyms see and change nothing', async () => {
	const { id } = await role('desk@sf.example');
	const was = await everything();
	const tries = [['role', { role: 'OWNER', version: '1' }],
	    ['password', { password: PASSWORD }], ['remove', {}]];
	for (const [person, status] of [[staff, 403], [north, 403], [other, 404]])
		for (const [word, fields] of tries) {
			await person.page(`${USERS}/${id}`, status);
			await person.page(`${USERS}/${id}/remove`, status);
			assert.equal((await person.post(`${USERS}/${id}/${word}`,
			    fields)).status, status);
		}
	for (const person of [staff, north]) {
		await person.page(USERS, 403);
		await person.page(NEW, 403);
		assert.equal((await person.post(NEW, { email: 'a@b.example',
		    name: 'A', password: PASSWORD, role: 'OWNER' })).status, 403);
		assert.doesNotMatch(await person.page('/devices'),
		    /href="\/settings/);
	}
	for (const bad of ['0', 'x', '-1', '99999999999999999999'])
		await owner.page(`${USERS}/${bad}`, 404);
	for (const [word, fields] of tries)
		assert.equal((await owner.request('POST',
		    `${USERS}/${id}/${word}`, { form: { ...fields,
		    csrf: await other.csrf() } })).status, 403);
	assert.doesNotMatch(await other.page(USERS), /desk@sf/);
	assert.deepEqual(await everything(), was);
});
