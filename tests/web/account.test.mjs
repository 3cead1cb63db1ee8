// account.test.mjs: one's own password, sessions and gyms
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { quote } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

const NEW = 'a new password, this';
let stack, gym;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	makeNoon(stack);
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
});
after(() => stack.stop());

const out = async person => (await person.get('/members')).headers
    .location === '/login';
const sessions = async email => Number((await stack.sql(`SELECT COUNT(*) AS n
    FROM trn_sessions JOIN mst_users u ON u.id = ses_user_id
    WHERE usr_email = ${quote(email)}`))[0].n);
const hash = async email => (await stack.sql(`SELECT usr_password_hash AS h
    FROM mst_users WHERE usr_email = ${quote(email)}`))[0].h;
const audits = async () => (await stack.sql(`SELECT aud_compcode AS company,
    aud_action AS action, aud_fields AS fields FROM trn_audit_trails
    WHERE aud_table = 'mst_users' ORDER BY id`));
const cookieOf = got => got.headers['set-cookie'].toString().split(';')[0];

test('a new password ends every other session', async () => {
	const login = await addUser(stack, 'SF', 'staff');
	const here = await Person.signIn(stack, login);
	const there = await Person.signIn(stack, login);
	assert.match(textOf(await here.page('/account')), /staff of SF staff-/);
	assert.doesNotMatch(await here.page('/account'), /Your gyms/);
	const got = await here.submit('/account', { old: login.password,
	    new: NEW, again: NEW });
	assert.equal(got.status, 303);
	assert.ok(await out(there));
	assert.ok(await out(here));	// even this cookie: it has another now
	const anew = new Person(stack, cookieOf(got));
	assert.match(textOf(await anew.page(got.headers.location)),
	    /Your password is new/);
	assert.equal(await sessions(login.email), 1);
	assert.deepEqual((await audits()).at(-1), { company: 'SF',
	    action: 'change', fields: 'usr_password_hash' });
	await Person.signIn(stack, { ...login, password: NEW });
	await assert.rejects(Person.signIn(stack, login));
});

test('each field says what is wrong with it', async () => {
	const login = await addUser(stack, 'SF', 'staff');
	const person = await Person.signIn(stack, login);
	const was = await hash(login.email);
	const good = { old: login.password, new: NEW, again: NEW };
	for (const [name, typed, error, again] of [['old', '', /needed/],
	    ['old', null, /needed/], ['old', 'x'.repeat(129), /too long/],
	    ['new', '', /needed/], ['new', 'short', /too short/, 'short'],
	    ['new', 'x'.repeat(129), /too long/, 'x'.repeat(129)],
	    ['new', 'é'.repeat(100), /too long/, 'é'.repeat(100)],
	    ['new', 'a\x01bcdefghijkl', /cannot be kept/],
	    ['again', '', /needed/], ['again', null, /needed/],
	    ['again', `${NEW} `, /not the same/]]) {
		const got = await person.submit('/account', { ...good,
		    ...(again ? { again } : {}), [name]: typed });
		assert.equal(got.status, 422, `${name}: ${typed}`);
		assert.match(errorOf(got.text, name), error, `${name}: ${typed}`);
		assert.doesNotMatch(got.text, new RegExp(NEW));
	}
	assert.equal(await hash(login.email), was);
	assert.ok(!await out(person));
});

test('the old one cannot be guessed at leisure', async () => {
	const login = await addUser(stack, 'SF', 'staff');
	const person = await Person.signIn(stack, login);
	const was = await hash(login.email);
	const statuses = [];
	for (let i = 0; i < 6; i++) {
		const got = await person.submit('/account', { old: `guess ${i}`,
		    new: NEW, again: NEW });
		statuses.push(got.status);
		assert.match(errorOf(got.text, 'old'), got.status === 422 ?
		    /not your password/ : /Too many tries/);
	}
	assert.deepEqual([statuses[0], statuses.at(-1)], [422, 429]);
	assert.equal((await person.submit('/account', { old: login.password,
	    new: NEW, again: NEW })).status, 429);
	assert.equal(await hash(login.email), was);
});

test('signing out everywhere ends this one, too', async () => {
	const login = await addUser(stack, 'SF', 'staff');
	const here = await Person.signIn(stack, login);
	const there = await Person.signIn(stack, login);
	const bystander = await Person.signIn(stack, stack.login);
	const got = await here.post('/account/sign-out-everywhere');
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/login?out=1');
	assert.ok(await out(here) && await out(there));
	assert.equal(await sessions(login.email), 0);
	assert.ok(!await out(bystander));
	assert.equal((await audits()).at(-1).action, 'sign out');
});

test('who has several gyms switches between them', async () => {
	const login = await addUser(stack, 'SF', 'owner');
	await stack.admin(['user', 'add', login.email, 'x', '--company', 'AA',
	    '--role', 'staff', '--branch', 'South']);
	await stack.admin(['company', 'add', 'CC', 'Closed Gym']);
	await stack.admin(['user', 'add', login.email, 'x', '--company', 'CC',
	    '--role', 'owner']);
	await stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED'
	    WHERE cmp_compcode = 'CC'`);
	const person = await Person.signIn(stack, login);
	assert.match(textOf(await person.page('/account')),
	    /Gym AA staff You are here Spine Fitness owner Switch/);
	assert.doesNotMatch(await person.page('/account'), /Closed Gym/);
	assert.doesNotMatch(await person.page('/devices'), /CRT5200|AA-1"/);
	const got = await person.post('/account/company', { company: 'SF' });
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/');
	assert.match(await person.page('/devices'), /CRT5200-SN001\/edit/);
	assert.match(await person.page('/'), /Spine Fitness/);
	assert.deepEqual((await audits()).at(-1), { company: 'SF',
	    action: 'sign in', fields: '' });
	assert.equal((await person.post('/account/company', { company: 'SF' }))
	    .status, 303);
	for (const company of ['CC', 'NO', '', 'sf', 'SF ', 'x\x01', '\xff',
	    undefined]) {
		const refused = await person.post('/account/company',
		    company === undefined ? {} : { company });
		assert.equal(refused.status, 404, company);
		assert.match(await person.page('/'), /Spine Fitness/);
	}
	// the next sign-in begins where the last one ended, while one may
	const begin = async () => textOf(await (await Person.signIn(stack,
	    login)).page('/account'));
	assert.match(await begin(), /Spine Fitness owner You are here/);
	await stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED'
	    WHERE cmp_compcode = 'SF'`);
	assert.doesNotMatch(await begin(), /Spine Fitness/);
	await stack.sql(`UPDATE mst_companies SET cmp_status = 'ACTIVE'
	    WHERE cmp_compcode = 'SF'`);
	assert.match(await begin(), /Gym AA staff You are here/);
	// the role there counts, not that from where one comes
	assert.equal((await person.post('/account/company', { company: 'AA' }))
	    .status, 303);
	await person.page('/settings/users', 403);
	await person.page('/devices/AA-2/edit', 403);
});

test('who has several gyms may leave one', async () => {
	const login = await addUser(stack, 'SF', 'staff');
	const person = await Person.signIn(stack, login);
	for (const got of [await person.get('/account/leave'),
	    await person.post('/account/leave')]) {
		assert.match(textOf(got.text), /This is your only gym/);
		assert.doesNotMatch(got.text, /action="\/account\/leave"/);
	}
	assert.equal((await person.post('/account/leave')).status, 422);
	assert.doesNotMatch(await person.page('/account'), /account\/leave/);
	for (const branch of ['North', 'South'])
		await stack.admin(['user', 'add', login.email, 'x', '--company',
		    'AA', '--role', 'owner', '--branch', branch]);
	const roles = async () => (await stack.sql(`SELECT url_compcode AS c FROM
	    trn_user_roles JOIN mst_users u ON u.id = url_user_id
	    WHERE usr_email = ${quote(login.email)}`)).map(r => r.c);
	await person.post('/account/company', { company: 'AA' });
	const there = new Person(stack, await stack.signIn(login));
	assert.match(textOf(await there.page('/account')), /Leave Gym AA/);
	assert.match(textOf(await person.page('/account/leave')),
	    /Leave Gym AA\?/);
	const got = await person.post('/account/leave');
	assert.equal(got.status, 303);
	assert.deepEqual(await roles(), ['SF']);
	assert.match(await person.page(got.headers.location), /Spine Fitness/);
	assert.ok(await out(there));
	assert.deepEqual(await stack.sql(`SELECT aud_compcode AS c, aud_fields AS
	    f FROM trn_audit_trails WHERE aud_table = 'trn_user_roles'
	    AND aud_action = 'remove'`), Array(2).fill({ c: 'AA',
	    f: 'url_role,url_branch_id' }));

	// but not as the last who owns all of it
	await stack.admin(['user', 'add', gym.owner.email, 'x', '--company',
	    'SF', '--role', 'staff']);
	const last = await Person.signIn(stack, gym.owner);
	await last.post('/account/company', { company: 'AA' });
	const refused = await last.post('/account/leave');
	assert.equal(refused.status, 422);
	assert.match(textOf(refused.text), /Nobody else owns all branches/);
	await last.post('/account/company', { company: 'SF' });
	assert.equal((await last.post('/account/leave')).status, 303);
	assert.match(await last.page('/'), /Gym AA/);
});

test('an owner says whether mail is wanted; staff are not asked', async () => {
	const login = await addUser(stack, 'AA', 'owner', 'North');
	await stack.admin(['user', 'add', login.email, 'x', '--company', 'AA',
	    '--role', 'owner', '--branch', 'South']);
	await stack.admin(['user', 'add', login.email, 'x', '--company', 'SF',
	    '--role', 'owner']);
	const wanted = async () => (await stack.sql(`SELECT url_compcode AS c,
	    url_alerts AS a FROM trn_user_roles JOIN mst_users u ON u.id =
	    url_user_id WHERE usr_email = '${login.email}'
	    ORDER BY url_compcode, url_branch_id`)).map(r => `${r.c} ${r.a}`);
	const person = await Person.signIn(stack, login);
	assert.equal((await person.post('/account/company', { company: 'AA' }))
	    .status, 303);
	assert.equal(fieldsOf(await person.page('/account')).alerts, '1');
	const got = await person.post('/account/alerts');
	assert.equal(got.headers.location, '/account?stored=1');
	assert.match(textOf(await person.page('/account?stored=1')), /Stored\./);
	assert.deepEqual(await wanted(), ['AA 0', 'AA 0', 'SF 1']);
	assert.equal(fieldsOf(await person.page('/account')).alerts, undefined);
	await person.post('/account/alerts');	// so already
	assert.equal((await stack.sql(`SELECT id FROM trn_audit_trails
	    WHERE aud_fields = 'url_alerts' AND aud_action = 'change'`)).length, 2);
	await person.post('/account/alerts', { alerts: '1' });
	assert.deepEqual(await wanted(), ['AA 1', 'AA 1', 'SF 1']);

	const staff = await Person.signIn(stack, await addUser(stack, 'AA',
	    'staff'));
	assert.doesNotMatch(await staff.page('/account'), /account\/alerts/);
	assert.equal((await staff.post('/account/alerts')).status, 403);
});

test('nobody switches to a gym where they have no role', async () => {
	const person = await Person.signIn(stack, gym.owner);
	for (const company of ['SF', 'CC'])
		assert.equal((await person.post('/account/company', { company }))
		    .status, 404);
	assert.match(await person.page('/'), /Gym AA/);
});

test('forged forms change nothing', async () => {
	const login = await addUser(stack, 'SF', 'staff');
	const person = await Person.signIn(stack, login);
	const stranger = await Person.signIn(stack, stack.login);
	const was = await hash(login.email);
	for (const [path, fields] of [['/account', { old: login.password,
	    new: NEW, again: NEW }], ['/account/sign-out-everywhere', {}],
	    ['/account/company', { company: 'SF' }], ['/account/leave', {}]]) {
		for (const csrf of ['', 'x', await stranger.csrf()])
			assert.equal((await person.request('POST', path,
			    { form: { ...fields, csrf } })).status, 403);
		assert.equal((await stack.request('POST', path, { headers: {
		    'Content-Type': 'application/x-www-form-urlencoded' },
		    body: 'a=b' })).status, 401);
	}
	assert.equal(await hash(login.email), was);
	assert.ok(!await out(person));
});
