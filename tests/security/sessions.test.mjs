// sessions.test.mjs: who gets in: passwords, guesses, sessions, what is logged
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { addCompany, addUser } from '../faults/gym.mjs';
import { REPO, Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { quote } from '../web/gym.mjs';
import { errorOf, fieldsOf, Person } from '../web/pages.mjs';
import { checksums } from '../web/routes.mjs';
import { FORM, leaks, logs } from './world.mjs';

const SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS;
const GOOD = 'seven green umbrellas';
let stack, fresh, gym, owner, clock = 0;

before(async () => {
	stack = await Stack.start({});
	fresh = await checksums(stack);
	gym = await addCompany(stack, 'AA', { members: 2 });
	owner = await Person.signIn(stack, gym.owner);
});
after(() => stack.stop());

const later = ms => stack.setClock(clock += ms);

// Signs in from an address, as nginx would tell a worker.
const sign = (email, password, { address = '192.0.2.1', cookie } = {}) =>
    stack.cgi('POST', '/login', { headers: { ...FORM, ...(cookie ?
    { Cookie: cookie } : {}) }, body: new URLSearchParams({ email, password })
    .toString(), env: { ...stack.env, REMOTE_ADDR: address,
    GYMGATE_TEST_CHEAP_PASSWORDS: '1' } });

// The same over TLS: the cookie that the browser keeps.
const BROWSER = /^__Host-gymgate-browser=([0-9a-f]{64}); Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure$/;
const browserOf = got => got.headers['set-cookie'].find(set =>
    BROWSER.test(set)).split(';')[0];

const cookieOf = got => [got.headers['set-cookie']].flat()[0].split(';')[0];

// ---- nothing is there at first -----------------------------------------------

test('6.3.2 a new database lets nobody in: no user, no token, no display',
    async () => {
	const full = Object.entries(fresh).filter(([, sum]) =>
	    !sum.startsWith('0:')).map(([table]) => table);
	// what migrations have run, and when which chore last did
	assert.deepEqual(full.filter(t => !/migrations|chores/.test(t)), []);
	for (const [email, password] of [['admin@example.org', 'admin'],
	    ['admin@gymgate', 'gymgate'], ['root@localhost', 'root'],
	    ['owner@demo.example', 'demo']])
		assert.equal((await sign(email, password)).status, 422, email);
	const files = ['cgi/etc', 'bridge/etc', 'sql', 'nginx', 'html']
	    .flatMap(dir => fs.readdirSync(`${REPO}/${dir}`, { withFileTypes:
	    true }).filter(e => e.isFile()).map(e => `${dir}/${e.name}`));
	assert.ok(files.length > 20);
	for (const file of files) {
		const text = fs.readFileSync(`${REPO}/${file}`, 'utf8');
		assert.doesNotMatch(text, /\$argon2|BEGIN [A-Z ]*PRIVATE KEY/, file);
		// of users and tokens rows come from gymgate-admin and pages alone
		if (file !== 'sql/queries.sql')
			assert.doesNotMatch(text,
			    /INSERT INTO mst_(users|api_tokens)/i, file);
		// a key that would hold a secret itself
		assert.doesNotMatch(text,
		    /^(password|secret|token|app_secret|verify_token) *= *\S/m, file);
	}
});

// ---- passwords ---------------------------------------------------------------

const LIKELY = /first that are tried/;
const REFUSED = [['x2-7q', /too short/], ['password123', LIKELY],
    ['1234567890', LIKELY], ['Qwertyuiop1', LIKELY], ['P@ssw0rd2026', LIKELY],
    ['manchester', LIKELY]];

test('6.2.1 a password of under ten characters is refused, wherever it is set',
    async () => {
	const staff = await addUser(stack, 'AA', 'staff');
	const person = await Person.signIn(stack, staff);
	const [{ id }] = await stack.sql(`SELECT r.id FROM trn_user_roles r JOIN
	    mst_users u ON u.id = url_user_id
	    WHERE usr_email = ${quote(staff.email)}`);
	const page = `/settings/users/${id}`;
	for (const [password, why] of REFUSED) {
		for (const [got, field] of [
		    [await person.submit('/account', { old: staff.password,
		    new: password, again: password }), 'new'],
		    [await owner.submit('/settings/users/new', { email:
		    `${crypto.randomInt(1e9)}@aa.example`, name: 'New', role:
		    'STAFF', password }), 'password'],
		    [await owner.submit(page, { password },
		    `${page}/password`), 'password']]) {
			assert.equal(got.status, 422, password);
			assert.match(errorOf(got.text, field), why, password);
			assert.ok(!got.text.includes(`value="${password}"`));
		}
		await assert.rejects(stack.admin(['password', staff.email],
		    { stdin: `${password}\n` }), { code: 1 });
	}
	await Person.signIn(stack, staff);
});

test('6.2.4 nor may it be among those that are tried first, or one\'s own name',
    async () => {
	const email = 'asha.patil@aa.example';
	const add = password => owner.submit('/settings/users/new', { email,
	    name: 'Asha Patil', role: 'STAFF', password });
	for (const password of [...REFUSED.slice(1).map(([word]) => word),
	    'asha.patil@aa', 'AshaPatil-1990', 'patil patil patil']) {
		const got = await add(password);
		assert.equal(got.status, 422, password);
		assert.match(errorOf(got.text, 'password'), LIKELY);
	}
	assert.equal((await add(GOOD)).status, 303);
	const person = await Person.signIn(stack, { email, password: GOOD });
	const got = await person.submit('/account', { old: GOOD,
	    new: 'asha-patil-2026', again: 'asha-patil-2026' });
	assert.match(errorOf(got.text, 'new'), LIKELY);
});

test('11.4.2 passwords are kept by argon2id, at no less than OWASP\'s cost',
    async () => {
	const rows = await stack.sql('SELECT usr_password_hash AS h FROM mst_users');
	assert.ok(rows.length > 1);
	for (const { h } of rows) {
		const [, m, t, p] = h.match(
		    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/).map(Number);
		assert.ok(m >= 19456 && t >= 2 && p >= 1, h.slice(0, 40));
	}
	assert.equal(new Set(rows.map(r => r.h)).size, rows.length);
});

// ---- guessing ----------------------------------------------------------------

test('6.3.1 whoever guesses without pause does not lock the owner out',
    async t => {
	t.after(() => later(10 * MINUTE_MS));
	const login = await addUser(stack, 'AA', 'owner');
	const home = { address: '198.51.100.7' };
	const wrong = address => sign(login.email, 'not the password', { address });
	assert.equal((await sign(login.email, login.password, home)).status, 303);
	// from everywhere, at once and again as soon as it may be
	let slow = 0;
	for (let i = 0; i < 12; i++) {
		const got = await wrong(`203.0.113.${i}`);
		assert.ok([422, 429].includes(got.status), `${got.status}`);
		if (got.status === 429) {
			slow++;
			later(Number(got.headers['retry-after']) * SECOND_MS);
			assert.equal((await wrong('203.0.113.99')).status, 422);
		}
	}
	assert.ok(slow > 5, 'they wait longer and longer');
	assert.equal((await wrong('203.0.113.50')).status, 429);
	// where they always sign in they do as ever; elsewhere they wait
	assert.equal((await sign(login.email, login.password, home)).status, 303);
	// the address they come from is slowed down for itself
	let last;
	for (let i = 0; i < 6; i++)
		last = await wrong(home.address);
	assert.equal(last.status, 429);
	const waits = Number(last.headers['retry-after']);
	assert.ok(waits <= 300, `${waits}`);
	later(waits * SECOND_MS);
	assert.equal((await sign(login.email, login.password, home)).status, 303);
});

// Guesses from elsewhere until the account has no try left for a while.
async function guessAt(email) {
	for (let i = 0; i < 40; i++) {
		const got = await sign(email, 'not the password',
		    { address: `203.0.113.${200 + i}` });
		const wait = Number(got.headers['retry-after'] ?? 0);
		if (wait > 60)
			return;
		later(wait * SECOND_MS);
	}
	assert.fail('they need not wait');
}

test('6.3.1 nor where the address is new, in a browser they signed in with',
    async t => {
	t.after(() => later(10 * MINUTE_MS));
	const login = await addUser(stack, 'AA', 'owner');
	const other = await addUser(stack, 'AA', 'owner');
	const enter = (who, address, cookie) => sign(who.email, who.password,
	    { address, cookie });
	const first = await enter(login, '198.51.100.20');
	assert.equal(first.headers['set-cookie'].length, 2);
	const cookie = browserOf(first);
	await guessAt(login.email);
	await guessAt(other.email);
	const status = async (...args) => (await enter(...args)).status;
	assert.equal(await status(login, '198.51.100.21'), 429);
	const again = await enter(login, '198.51.100.22', cookie);
	assert.equal(again.status, 303);
	assert.equal(browserOf(again), cookie, 'several people may share it');
	// it counts where it was, for whom it was
	await guessAt(login.email);
	assert.equal(await status(other, '198.51.100.23', cookie), 429);
	for (const odd of [cookie.replace('__Host-', ''), `${cookie}0`,
	    cookie.replace(/=.*/, '='), cookie.replace(/=.*/, `=${'0'.repeat(64)}`)])
		assert.equal(await status(login, '198.51.100.24', odd), 429, odd);
	// whoever guesses at the same address does not hold it up
	const shared = { address: '198.51.100.25' };
	let spray;
	for (let i = 0; i < 30 && spray?.status !== 429; i++)
		spray = await sign(`nobody${i}@shared.example`, 'x', shared);
	assert.equal(spray.status, 429);
	assert.equal(await status(login, shared.address, cookie), 303);
	// nor is it a way to guess
	const mine = Array.from({ length: 6 }, (_, i) => i);
	let last;
	for (const i of mine)
		last = await sign(login.email, 'not the password',
		    { address: `198.51.100.${30 + i}`, cookie });
	assert.equal(last.status, 429);
	assert.ok(Number(last.headers['retry-after']) <= 300);
});

test('6.3.1 a browser is remembered for 30 days, by a hash, and gives no rights',
    async t => {
	t.after(async () => {
		stack.setClock(clock);	// and what is to come, is not counted
		await stack.sql('DELETE FROM trn_signin_delays');
	});
	const login = await addUser(stack, 'AA', 'owner');
	const got = await sign(login.email, login.password,
	    { address: '198.51.100.40' });
	const cookie = browserOf(got);
	const ask = (method, path, Cookie) => stack.cgi(method, path, {
	    headers: { ...FORM, Cookie }, body: method === 'POST' ? '' : undefined,
	    env: { ...stack.env, REMOTE_ADDR: '198.51.100.40' } });
	assert.equal((await ask('GET', '/', cookie)).headers.location, '/login');
	const rows = await stack.sql('SELECT sgd_key AS k FROM trn_signin_delays');
	assert.ok(!rows.some(row => cookie.includes(row.k)));
	// who signs out, signs out: it stays
	const both = `${cookieOf(got)}; ${cookie}`;
	const [, csrf] = (await ask('GET', '/account', both)).text.match(
	    /name="csrf" value="([0-9a-f]{64})"/);
	const out = await stack.cgi('POST', '/logout', { headers: { ...FORM,
	    Cookie: both }, body: `csrf=${csrf}`, env: { ...stack.env,
	    REMOTE_ADDR: '198.51.100.40' } });
	assert.equal(out.status, 303);
	assert.equal(out.headers['set-cookie'].length, 1);
	assert.doesNotMatch(out.headers['set-cookie'][0], /browser/);
	const elsewhere = { address: '198.51.100.41', cookie };
	for (const [days, status] of [[29.9, 303], [29.9 + 30.1, 429]]) {
		stack.setClock(clock + days * 24 * 60 * MINUTE_MS);
		await guessAt(login.email);
		assert.equal((await sign(login.email, login.password,
		    elsewhere)).status, status, `${days}`);
	}
});

test('6.3.1 the 2^64 addresses of one IPv6 network count as one', async t => {
	t.after(() => later(10 * MINUTE_MS));
	const login = await addUser(stack, 'AA', 'owner');
	const enter = async address => (await sign(login.email, login.password,
	    { address })).status;
	assert.equal(await enter('2001:db8:1:1:a:b:c:d'), 303);
	await guessAt(login.email);
	assert.equal(await enter('2001:db8:1:2::1'), 429);
	assert.equal(await enter('2001:db8:1:1::1'), 303, 'known');
	let got, tries = 0;
	const spray = address => sign(`nobody${tries++}@six.example`, 'x',
	    { address });
	do
		got = await spray(`2001:db8:2:2:${tries.toString(16)}::1`);
	while (got.status === 422 && tries < 30);
	assert.equal(got.status, 429);
	assert.equal((await spray('2001:db8:2:3::1')).status, 422);
	// an IPv4 address is one, however it is written
	do
		got = await spray(`${tries % 2 ? '' : '::ffff:'}198.51.100.50`);
	while (got.status === 422 && tries < 60);
	assert.equal(got.status, 429);
	assert.equal((await spray('::ffff:198.51.100.51')).status, 422);
});

test('6.3.1 many tries at the same time are no more than one after the other',
    async t => {
	t.after(() => later(10 * MINUTE_MS));
	const login = await addUser(stack, 'AA', 'owner');
	const got = await Promise.all(Array.from({ length: 20 }, (_, i) =>
	    sign(login.email, `guess number ${i}`,
	    { address: `203.0.113.${100 + i}` })));
	const tried = got.filter(g => g.status === 422).length;
	assert.ok(tried <= 3, `${tried} were tried`);
	assert.ok(got.every(g => [422, 429].includes(g.status)));
});

test('6.3.8 a closed account, and one without a gym, answer as none does',
    async () => {
	const closed = await addUser(stack, 'AA', 'owner');
	const alone = await addUser(stack, 'AA', 'owner');
	await stack.sql(`UPDATE mst_users SET usr_status = 'CLOSED'
	      WHERE usr_email = '${closed.email}';
	    DELETE FROM trn_user_roles WHERE url_user_id = (SELECT id FROM
	      mst_users WHERE usr_email = '${alone.email}')`);
	const times = {}, words = new Set();
	// each in turn, the fastest of a few counts: what else runs, does not
	for (let i = 0; i < 3; i++)
		for (const [kind, email, password] of [
		    ['none', `nobody${i}@aa.example`, 'not the password'],
		    ['closed', closed.email, closed.password],
		    ['alone', alone.email, alone.password]]) {
			const began = performance.now();
			const got = await stack.request('POST', '/login', { headers: {
			    ...FORM, Origin: stack.url }, body: new URLSearchParams({
			    email, password }).toString() });
			times[kind] = Math.min(times[kind] ?? Infinity,
			    performance.now() - began);
			assert.equal(got.status, 422, kind);
			assert.equal(got.headers['set-cookie'], undefined);
			words.add(got.text.replaceAll(email, 'EMAIL'));
		}
	assert.equal(words.size, 1);
	for (const kind of ['closed', 'alone'])
		assert.ok(times[kind] < times.none * 3 &&
		    times.none < times[kind] * 3, JSON.stringify(times));
	await stack.sql('DELETE FROM trn_signin_delays');	// of the address
});

// ---- sessions ----------------------------------------------------------------

test('7.2.3 a session is 256 random bits, another one at each sign-in',
    async () => {
	const seen = new Set();
	for (let i = 0; i < 5; i++)
		seen.add((await stack.signIn(gym.owner)).split('=')[1]);
	assert.equal(seen.size, 5);
	for (const value of seen)
		assert.match(value, /^[0-9a-f]{64}$/);
	// no digit stands at its place in all of them more often than chance has it
	const same = [...Array(64).keys()].filter(at =>
	    new Set([...seen].map(value => value[at])).size === 1);
	assert.ok(same.length <= 1, `${same}`);
});

test('7.2.4 nobody\'s session is taken over, and signing in again ends the one ' +
    'before', async () => {
	const planted = `gymgate-session=${'ab'.repeat(32)}`;
	const got = await stack.request('POST', '/login', { headers: { ...FORM,
	    Origin: stack.url, Cookie: planted },
	    body: new URLSearchParams(gym.owner).toString() });
	assert.equal(got.status, 303);
	const first = cookieOf(got);
	assert.notEqual(first, planted);
	const is = async cookie => (await stack.request('GET', '/',
	    { headers: { Cookie: cookie } })).status;
	assert.equal(await is(planted), 303);
	assert.equal(await is(first), 200);
	const again = await stack.request('POST', '/login', { headers: { ...FORM,
	    Origin: stack.url, Cookie: first },
	    body: new URLSearchParams(gym.owner).toString() });
	assert.equal(await is(cookieOf(again)), 200);
	assert.equal(await is(first), 303);
	// but a wrong password ends nobody's
	await stack.request('POST', '/login', { headers: { ...FORM, Origin:
	    stack.url, Cookie: cookieOf(again) }, body: new URLSearchParams({
	    email: gym.owner.email, password: 'not the password' }).toString() });
	assert.equal(await is(cookieOf(again)), 200);
});

test('3.3.1 the cookie of a display is guarded like that of a person',
    async () => {
	const got = await owner.submit('/settings/displays', { label: 'Desk' });
	const [, code] = got.text.match(/<code>([A-Z2-9]{4}-[A-Z2-9]{4})<\/code>/);
	const paired = await stack.cgi('POST', '/desk/pair', { headers: FORM,
	    body: `code=${code}`, env: { ...stack.env, HTTPS: 'on',
	    HTTP_HOST: 'gym.example' } });
	assert.equal(paired.status, 303, paired.text);
	assert.match([paired.headers['set-cookie']].flat()[0],
	    /^__Host-gymgate-display=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/);
});

// ---- what is told of it ------------------------------------------------------

test('16.2.2 logs say when, in a time that needs no guess', async () => {
	const before = Date.now() + clock;
	await stack.signIn(gym.owner);
	const [{ at }] = await stack.sql(`SELECT aud_at AS at FROM trn_audit_trails
	    ORDER BY id DESC LIMIT 1`);
	const utc = Date.parse(`${at.replace(' ', 'T')}Z`);
	assert.ok(utc >= before - SECOND_MS && utc < before + MINUTE_MS, at);
	const line = () => logs(stack)['access.log'].trim().split('\n').at(-1);
	await until('the line', () => /POST \/login/.test(line()));
	const [, said] = line().match(
	    /\[(\d{4}-\d\d-\d\dT[\d:]{8}(?:[+-]\d\d:\d\d|Z))\]/);
	assert.ok(Math.abs(Date.parse(said) - Date.now()) < MINUTE_MS, said);
});

test('16.3.2 what is refused to somebody is logged, with who it was',
    async () => {
	const staff = await Person.signIn(stack, await addUser(stack, 'AA',
	    'staff'));
	assert.equal((await staff.get('/settings/users')).status, 403);
	assert.equal((await owner.request('POST', '/settings', { form:
	    { csrf: 'x' } })).status, 403);
	assert.equal((await stack.request('GET', '/api/devices/AA-1/access',
	    { token: `AA.${'0'.repeat(64)}` })).status, 401);
	const web = () => logs(stack)['gymgate-web.log'];
	await until('both lines', () => /403 POST/.test(web()));
	assert.match(web(), /<4>gymgate-web: 403 GET \/settings\/users: company AA, user \d+, from 127\.0\.0\.1\n/);
	assert.match(web(), /403 POST \/settings: company AA, user \d+, from/);
	await until('nginx\'s', () => /"GET \/api\/devices\/AA-1\/access" 401/.test(
	    logs(stack)['access.log']));
	assert.match(web(), /sign-in refused from 127\.0\.0\.1/);
});

test('16.2.5 nor does any log hold a password, a code or who tried', async () => {
	const rows = await stack.sql('SELECT usr_email AS e FROM mst_users');
	const secrets = new Set([GOOD, gym.token, gym.owner.password,
	    owner.cookie.split('=')[1], await owner.csrf(), 'not the password',
	    ...REFUSED.map(([password]) => password), ...rows.map(r => r.e)]);
	assert.ok(secrets.size > 12);
	assert.deepEqual(leaks(stack, secrets), []);
});
