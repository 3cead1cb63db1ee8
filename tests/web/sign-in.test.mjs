// sign-in.test.mjs: who gets in, for how long, and what nobody else can do
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { addActive, addMember, kolkata, punch, quote, rowCounts }
    from './gym.mjs';

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const PASSWORD = 'a password & <more> of it';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
let stack, home;

before(async () => {
	stack = await Stack.start({ demo: true });
	home = { Origin: stack.url };
	await addUser('asha@example.org');
});
after(() => stack.stop());

const addUser = (email, ...more) => stack.admin(['user', 'add', email,
    `Name of ${email}`, '--company', 'SF', '--role', 'owner', ...more],
    { stdin: `${PASSWORD}\n` });

const form = (target, fields, headers = home) => stack.request('POST', target,
    { headers: { ...FORM, ...headers },
    body: new URLSearchParams(fields).toString() });

const sign = (email, password = PASSWORD, headers = home) =>
    form('/login', { email, password }, headers);

const page = (cookie, target = '/') => stack.request('GET', target,
    { headers: cookie ? { Cookie: cookie } : {} });

// All tests come from one address: what one has guessed must not slow another.
const forgive = () => stack.sql('DELETE FROM trn_signin_delays');

const sessions = async () => (await rowCounts(stack)).trn_sessions;

const csrfOf = html => html.match(/name="csrf" value="([0-9a-f]{64})"/)[1];

function leadsToSignIn(got) {
	assert.equal(got.status, 303, got.text);
	assert.equal(got.headers.location, '/login');
}

// What a page may load and do, and who may frame it.
function guarded(got, what) {
	const csp = got.headers['content-security-policy'];
	assert.match(csp, /default-src 'none'/, what);
	assert.match(csp, /frame-ancestors 'none'/, what);
	assert.doesNotMatch(csp, /unsafe|\*|http:/, what);
	assert.equal(got.headers['x-content-type-options'], 'nosniff', what);
	assert.match(got.headers['cache-control'], /no-store/, what);
}

test('whoever is not signed in is led to the form', async () => {
	leadsToSignIn(await page());
	leadsToSignIn(await page(null, '/feed'));
	leadsToSignIn(await page('gymgate-session='));
	leadsToSignIn(await page('gymgate-session=x'));
	leadsToSignIn(await page(`gymgate-session=${'0'.repeat(64)}`));
	leadsToSignIn(await page(`gymgate-session=${'x'.repeat(7000)}`));
	const got = await page(null, '/login');
	assert.equal(got.status, 200);
	assert.match(got.text, /<form method="post" action="\/login">/);
	assert.equal(got.headers['set-cookie'], undefined);
});

test('the right password opens the dashboard, whatever the capitals',
    async () => {
	for (const email of ['asha@example.org', 'Asha@Example.ORG']) {
		const got = await sign(email);
		assert.equal(got.status, 303);
		assert.equal(got.headers.location, '/');
		const cookie = got.headers['set-cookie'][0].split(';')[0];
		const front = await page(cookie);
		assert.equal(front.status, 200);
		assert.match(front.text, /Spine Fitness/);
		assert.match(front.text, /Name of asha@example.org/);
	}
});

test('the cookie is for this site and no script; its secret is not stored',
    async () => {
	const got = await sign('asha@example.org');
	assert.equal(got.headers['set-cookie'].length, 2);
	const values = ['gymgate-session', 'gymgate-browser'].map((wanted, i) => {
		const [pair, ...attributes] = got.headers['set-cookie'][i]
		    .split('; ');
		const [name, value] = pair.split('=');
		assert.equal(name, wanted);
		assert.match(value, /^[0-9a-f]{64}$/);
		assert.deepEqual(attributes.sort(), ['HttpOnly',
		    'Max-Age=2592000', 'Path=/', 'SameSite=Lax']);
		return value;
	});
	const [value, browser] = values;
	assert.notEqual(browser, value);
	const rows = await stack.sql('SELECT ses_hash FROM trn_sessions');
	const hash = crypto.createHash('sha256').update(value).digest('hex');
	assert.ok(rows.some(r => r.ses_hash === hash));
	assert.ok(!rows.some(r => r.ses_hash === value));
	const [user] = await stack.sql(`SELECT usr_password_hash FROM mst_users
	    WHERE usr_email = 'asha@example.org'`);
	assert.match(user.usr_password_hash, /^\$argon2id\$/);
});

test('over HTTPS, and from elsewhere, the cookie is __Host- and Secure',
    async () => {
	const body = new URLSearchParams({ email: 'asha@example.org',
	    password: PASSWORD }).toString();
	const gym = { HTTP_HOST: 'gym.example' };
	for (const env of [{ HTTPS: 'on', ...gym }, { HTTPS: 'on' }, gym,
	    { REMOTE_ADDR: '192.0.2.7', SERVER_ADDR: '192.0.2.1' }]) {
		const all = { ...stack.env, ...env };
		const got = await stack.cgi('POST', '/login',
		    { headers: FORM, body, env: all });
		assert.equal(got.status, 303, got.text);
		const [set, browser] = got.headers['set-cookie'];
		assert.match(set, /^__Host-gymgate-session=[0-9a-f]{64}; /);
		assert.match(browser, /^__Host-gymgate-browser=[0-9a-f]{64}; /);
		for (const one of [set, browser]) {
			assert.match(one, /; Secure(;|$)/);
			assert.match(one, /; Path=\/(;|$)/);
			assert.doesNotMatch(one, /Domain/i);
		}
		const cookie = set.split(';')[0];
		const ask = Cookie => stack.cgi('GET', '/',
		    { headers: { Cookie }, env: all });
		assert.equal((await ask(cookie)).status, 200);
		// the name without the prefix could come from a neighbour
		leadsToSignIn(await ask(cookie.replace('__Host-', '')));
	}
});

test('a wrong password draws the form again with the address kept',
    async () => {
	const before_ = await sessions();
	const got = await sign('asha@example.org', 'not "the" password');
	assert.equal(got.status, 422);
	assert.match(got.text, /do not belong together/);
	assert.match(got.text, /name="email"[^>]* value="asha@example.org"/);
	assert.doesNotMatch(got.text, /not &quot;the/, 'the password is not');
	assert.equal(got.headers['set-cookie'], undefined);
	assert.equal(await sessions(), before_);
	await sign('asha@example.org');
	const odd = await sign('"><script>@x', PASSWORD);
	assert.equal(odd.status, 422);
	assert.doesNotMatch(odd.text, /"><script>@/);
	for (const [email, password, field] of [['', PASSWORD, 'email'],
	    ['nobody', PASSWORD, 'email'], ['a@b@c', PASSWORD, 'email'],
	    ['asha@example.org', '', 'password'],
	    ['asha@example.org', 'x'.repeat(129), 'password']]) {
		const bad = await sign(email, password);
		assert.equal(bad.status, 422);
		assert.match(bad.text, new RegExp(`id="${field}-error"`));
	}
	assert.equal((await form('/login', {})).status, 422);
	assert.equal(await sessions() - before_, 1);
});

test('an unknown address gets the same words after the same while',
    async () => {
	await addUser('timed@example.org');
	const times = { known: [], unknown: [] };
	let words;
	for (let i = 0; i < 3; i++)
		for (const kind of ['known', 'unknown']) {
			const email = kind === 'known' ? 'timed@example.org' :
			    `nobody${i}@example.org`;
			const began = performance.now();
			const got = await sign(email, 'not the password');
			times[kind].push(performance.now() - began);
			assert.equal(got.status, 422);
			const text = got.text.replaceAll(email, 'EMAIL');
			assert.equal(text, words ??= text);
		}
	const known = Math.min(...times.known);
	const unknown = Math.min(...times.unknown);
	assert.ok(known > 10 && unknown > known / 2 && unknown < known * 2,
	    `known ${known} ms, unknown ${unknown} ms`);
	await forgive();
});

test('after wrong passwords each try waits longer, the right one, too',
    async t => {
	let clock = 0;
	const later = ms => stack.setClock(clock += ms);
	t.after(() => stack.setClock(null));
	await addUser('slow@example.org');
	const wrong = () => sign('slow@example.org', 'not the password');

	for (let i = 0; i < 3; i++)
		assert.equal((await wrong()).status, 422);
	const waits = [];
	for (let i = 0; i < 9; i++) {
		const before_ = await sessions();
		const got = await sign('slow@example.org');
		assert.equal(got.status, 429, 'the right password must wait');
		assert.match(got.text, /Too many tries\. Wait \d+ /);
		assert.match(got.text, /value="slow@example.org"/);
		guarded(got, '429');
		assert.equal(await sessions(), before_);
		waits.push(Number(got.headers['retry-after']));
		later((waits.at(-1) - 1) * SECOND - SECOND);
		assert.equal((await wrong()).status, 429, 'not yet');
		later(2 * SECOND);
		assert.equal((await wrong()).status, 422, 'now');
		// somebody else is not held up
		assert.equal((await sign('asha@example.org')).status, 303);
	}
	for (let i = 1; i < waits.length; i++)
		assert.ok(waits[i] > waits[i - 1] || waits[i] >= 299, `${waits}`);
	assert.ok(waits[0] <= 3 && waits.at(-1) <= 300, `${waits}`);

	later(301 * SECOND);
	assert.equal((await sign('slow@example.org')).status, 303);
	assert.equal((await wrong()).status, 422, 'success has cleared it');
	assert.equal((await sign('slow@example.org')).status, 303);
	await forgive();
});

test('an address that tries many accounts is slowed down, too', async t => {
	t.after(() => stack.setClock(null));
	const ask = (i, password = 'not the password') => stack.cgi('POST',
	    '/login', { headers: FORM, body: new URLSearchParams({ email:
	    `guess${i}@example.org`, password }).toString(), env:
	    { ...stack.env, REMOTE_ADDR: '192.0.2.9',
	    GYMGATE_TEST_CHEAP_PASSWORDS: '1' } });
	let got, tries = 0;
	do
		got = await ask(tries++);
	while (got.status === 422 && tries < 60);
	assert.equal(got.status, 429);
	assert.ok(tries > 5, 'a gym shares one address');
	assert.equal((await sign('asha@example.org')).status, 303,
	    'other addresses do not notice');
});

// Who guesses at others cannot wipe that out by an account of their own; what
// they mistyped there themselves is forgotten.
test('a sign-in takes back only its own tries of an address', async t => {
	let clock = 0;
	t.after(() => stack.setClock(null));
	await addUser('spray@example.org');
	const ask = (email, password) => stack.cgi('POST', '/login', { headers:
	    FORM, body: new URLSearchParams({ email, password }).toString(),
	    env: { ...stack.env, REMOTE_ADDR: '192.0.2.77',
	    GYMGATE_TEST_CHEAP_PASSWORDS: '1' } });
	const own = password => ask('spray@example.org', password);
	const answers = [];

	for (let i = 0; i < 3; i++) {
		assert.equal((await own('mistyped')).status, 422);
		assert.equal((await own(PASSWORD)).status, 303);
	}
	for (let i = 0; i < 40; i++) {
		stack.setClock(clock += SECOND);
		answers.push((await ask(`one${i}@example.org`, 'guess')).status);
		if (i % 4 === 3)
			await own(PASSWORD);
	}
	const free = answers.indexOf(429);
	assert.ok(free >= 19 && free <= 22, `${answers}`);
});

test('signing out ends the session itself, not only the cookie', async () => {
	const cookie = await stack.signIn();
	const csrf = csrfOf((await page(cookie)).text);
	const before_ = await sessions();
	const got = await form('/logout', { csrf }, { ...home, Cookie: cookie });
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/login?out=1');
	assert.match(got.headers['set-cookie'][0],
	    /^gymgate-session=; .*Max-Age=0/);
	assert.equal(await sessions(), before_ - 1);
	leadsToSignIn(await page(cookie));
	assert.match((await page(null, '/login?out=1')).text,
	    /You are signed out/);
});

test('a session ends after 7 idle days, and after 30 whatever happens',
    async t => {
	t.after(() => stack.setClock(null));
	const [idle, busy] = [await stack.signIn(), await stack.signIn()];
	stack.setClock(7 * DAY - MINUTE);
	assert.equal((await page(busy)).status, 200);
	stack.setClock(7 * DAY + MINUTE);
	leadsToSignIn(await page(idle));
	assert.equal((await page(busy)).status, 200);
	for (const days of [13, 19, 25, 29.9]) {
		stack.setClock(days * DAY);
		assert.equal((await page(busy)).status, 200, `day ${days}`);
	}
	stack.setClock(30 * DAY + MINUTE);
	leadsToSignIn(await page(busy));
	leadsToSignIn(await page(idle));
});

test('a form without its token, or from another site, changes nothing',
    async () => {
	const [cookie, other] = [await stack.signIn(), await stack.signIn()];
	const csrf = csrfOf((await page(cookie)).text);
	const theirs = csrfOf((await page(other)).text);
	assert.notEqual(csrf, theirs);
	assert.ok(!cookie.includes(csrf));
	const before_ = await rowCounts(stack);
	const own = { ...home, Cookie: cookie };
	const cases = [[{}, own], [{ csrf: '' }, own], [{ csrf: 'x' }, own],
	    [{ csrf: theirs }, own], [{ csrf: csrf.slice(1) }, own],
	    [{ csrf: csrf.toUpperCase() }, own], [{ CSRF: csrf }, own],
	    ...['http://evil.example', 'null', '', `${stack.url}0`,
	    `http://evil.example/${stack.url}`,
	    stack.url.replace('127.0.0.1', 'localhost')].map(Origin =>
	    [{ csrf }, { Origin, Cookie: cookie }])];
	for (const [fields, headers] of cases) {
		const got = await form('/logout', fields, headers);
		const what = JSON.stringify([fields, headers.Origin]);
		assert.equal(got.status, 403, what);
		assert.match(got.headers['content-type'], /^text\/html/);
		guarded(got, what);
	}
	const got = await stack.request('POST', `/logout?csrf=${csrf}`,
	    { headers: { ...FORM, ...own }, body: '' });
	assert.equal(got.status, 403, 'in the address it does not count');
	assert.deepEqual(await rowCounts(stack), before_);
	assert.equal((await page(cookie)).status, 200, 'still signed in');

	const lured = await sign('asha@example.org', PASSWORD,
	    { Origin: 'http://evil.example' });
	assert.equal(lured.status, 403);
	assert.equal(lured.headers['set-cookie'], undefined);
	assert.deepEqual(await rowCounts(stack), before_);
	// signed out meanwhile: the form is not lost silently
	const away = await form('/logout', { csrf }, home);
	assert.equal(away.status, 401);
	guarded(away, '401');
	const json = await stack.request('POST', '/logout', { headers:
	    { ...own, 'Content-Type': 'application/json' },
	    body: JSON.stringify({ csrf }) });
	assert.equal(json.status, 415);
	assert.equal((await page(cookie)).status, 200);
});

test('whoever has lost their role is out at once and cannot come back',
    async () => {
	await addUser('role@example.org');
	const login = { email: 'role@example.org', password: PASSWORD };
	const cookie = await stack.signIn(login);
	assert.equal((await page(cookie)).status, 200);
	await stack.sql(`DELETE FROM trn_user_roles WHERE url_user_id =
	    (SELECT id FROM mst_users WHERE usr_email = 'role@example.org')`);
	leadsToSignIn(await page(cookie));
	const before_ = await sessions();
	const got = await sign(login.email);
	assert.equal(got.status, 422);
	assert.match(got.text, /do not belong together/);
	assert.equal(got.headers['set-cookie'], undefined);
	assert.equal(await sessions(), before_);
});

test('a new password, or a closed account, ends what was signed in',
    async () => {
	await addUser('change@example.org');
	const login = { email: 'change@example.org', password: PASSWORD };
	const old = await stack.signIn(login);
	await stack.admin(['password', login.email],
	    { stdin: 'quite another one\n' });
	leadsToSignIn(await page(old));
	assert.equal((await sign(login.email)).status, 422);
	const cookie = await stack.signIn({ ...login,
	    password: 'quite another one' });
	await stack.sql(`UPDATE mst_users SET usr_status = 'CLOSED'
	    WHERE usr_email = 'change@example.org'`);
	leadsToSignIn(await page(cookie));
	assert.equal((await sign(login.email, 'quite another one')).status, 422);
});

test('HEAD answers as GET does, without the page', async () => {
	const cookie = await stack.signIn();
	for (const [target, headers, status] of [['/login', {}, 200],
	    ['/', { Cookie: cookie }, 200], ['/', {}, 303], ['/none', {}, 404]]) {
		const got = await stack.request('HEAD', target, { headers });
		assert.equal(got.status, status, target);
		assert.equal(got.text, '');
		const full = await stack.request('GET', target, { headers });
		for (const name of ['content-type', 'content-security-policy',
		    'location', 'x-frame-options'])
			assert.equal(got.headers[name], full.headers[name]);
	}
});

test('pages and errors say what browsers may do with them', async () => {
	const cookie = await stack.signIn();
	const as = { Cookie: cookie };
	for (const [method, target, headers, status] of [
	    ['GET', '/login', {}, 200], ['GET', '/', as, 200],
	    ['GET', '/feed', as, 200], ['GET', '/', {}, 303],
	    ['GET', '/none', {}, 404], ['GET', '/none', as, 404],
	    ['GET', '/%ff', {}, 400], ['GET', '/login?x=%', {}, 400],
	    ['PUT', '/login', {}, 405], ['GET', '/logout', as, 405],
	    ['POST', '/logout', {}, 401], ['POST', '/login', {}, 415]]) {
		const type = method === 'POST' && target === '/logout' ? FORM : {};
		const got = await stack.request(method, target,
		    { headers: { ...type, ...headers } });
		const what = `${method} ${target}: ${got.status}`;
		assert.equal(got.status, status, what);
		guarded(got, what);
		assert.equal(got.headers['x-frame-options'], 'DENY', what);
		assert.equal(got.headers['referrer-policy'], 'same-origin');
		assert.equal(got.headers['www-authenticate'] === undefined ||
		    status === 401, true);
		if (status >= 400) {
			assert.match(got.headers['content-type'], /^text\/html/);
			assert.match(got.text, new RegExp(`Error ${status}`));
		}
		if (status === 405)
			assert.ok(got.headers.allow);
	}
	const much = await stack.request('POST', '/login', { headers: FORM,
	    body: `email=${'x'.repeat(200000)}` });
	assert.equal(much.status, 413);
	guarded(much, '413');
});

// ---- two companies, two branches -----------------------------------------

test('nobody sees a name, a number or a terminal of another company',
    async () => {
	await stack.admin(['company', 'add', 'ZED', 'Zebra Gym']);
	await stack.admin(['branch', 'add', 'ZED', 'Zone', 'Asia/Kolkata']);
	await stack.admin(['device', 'add', 'ZED', 'SN-ZED', 'Zinc door',
	    '--start', '2020-01-01']);
	await addUser('zed@example.org', '--company', 'ZED');
	const token = (await stack.admin(['token', 'add', 'ZED', 'z'])).trim();
	const [{ id }] = await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = 'ZED'`);
	await addMember(stack, { company: 'ZED', branch: Number(id), id: 42,
	    name: 'Zebedee Quux', sn: 'SN-ZED', mappings: [['42']],
	    subscriptions: [['2020-01-01', '2099-12-31']] });
	await addActive(stack, 900, { name: 'Sfortuna Whitlock' });
	const now = kolkata(Date.now() - MINUTE);
	const theirs = { compcode: 'ZED', device_sn: 'SN-ZED' };
	for (const [user, more, options] of [[900, {}, {}], ['Sf77', {}, {}],
	    [42, theirs, { token }], ['Zz88', theirs, { token }]])
		await stack.post(punch(user, now, more), options);

	const ours = ['Sfortuna Whitlock', 'Rahul Sharma', 'Sf77',
	    'Front door', 'CRT5200-SN001', 'Spine Fitness'];
	const alien = ['Zebedee', 'Zz88', 'Zinc door', 'SN-ZED', 'Zebra Gym'];
	await stack.post(punch(42, now));
	const [us, them] = [await stack.signIn(), await stack.signIn(
	    { email: 'zed@example.org', password: PASSWORD })];
	for (const target of ['/', '/feed', '/?compcode=ZED'])
		for (const [cookie, own, not] of [[us, ours, alien],
		    [them, alien, ours]]) {
			const { text } = await page(cookie, target);
			const shown = target.startsWith('/feed') ?
			    own.slice(0, -1) : own;
			for (const word of shown)
				assert.ok(text.includes(word),
				    `${word} in ${target}`);
			for (const word of not)
				assert.ok(!text.includes(word),
				    `${word} in ${target}`);
		}
	const [{ id: own }] = await stack.sql(`SELECT MIN(id) AS id
	    FROM mst_branches WHERE brn_compcode = 'SF'`);
	for (const [cookie, branch] of [[us, id], [them, own]])
		for (const place of ['/', '/feed'])
			assert.equal((await page(cookie, `${place}?branch=${
			    branch}`)).status, 404);
	const counts = (await page(them, '/feed')).text;
	assert.match(counts, /<dt>Came in<\/dt><dd>1</);
	assert.match(counts, /<dt>Not mapped<\/dt><dd>1</);
	assert.match(counts, /<dt>Active<\/dt><dd>1</);
});

test('staff of one branch see that branch only', async () => {
	await stack.admin(['branch', 'add', 'SF', 'Annexe', 'Asia/Kolkata']);
	await stack.admin(['device', 'add', 'SF', 'SN-ANNEXE', 'Annexe door',
	    '--branch', 'Annexe', '--start', '2020-01-01']);
	await addUser('annexe@example.org', '--role', 'staff', '--branch',
	    'Annexe');
	const [{ id }] = await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_name = 'Annexe'`);
	await addActive(stack, 910, { branch: Number(id), name: 'Annie Annexe',
	    sn: 'SN-ANNEXE' });
	const now = kolkata(Date.now() - MINUTE);
	await stack.post(punch(910, now, { device_sn: 'SN-ANNEXE' }));
	await stack.post(punch(900, kolkata(Date.now())));
	const cookie = await stack.signIn({ email: 'annexe@example.org',
	    password: PASSWORD });
	const { text } = await page(cookie);
	assert.match(text, /Annie Annexe/);
	assert.match(text, /Annexe door/);
	assert.doesNotMatch(text, /Sfortuna|Front door/);
	assert.match(text, /<dt>Came in<\/dt><dd>1</);
	assert.match(text, /<dt>Active<\/dt><dd>1</);
	const { text: all } = await page(await stack.signIn());
	assert.match(all, /Annie Annexe/);
	assert.match(all, /Sfortuna/);
});

test('sign-ins are audited; no log holds a password or a session', async () => {
	const cookie = await stack.signIn();
	const rows = await stack.sql(`SELECT aud_address, aud_fields FROM
	    trn_audit_trails WHERE aud_action = 'sign in'`);
	assert.ok(rows.length > 5);
	assert.ok(rows.every(r => r.aud_fields === ''));
	assert.ok(rows.some(r => r.aud_address === '127.0.0.1'));
	for (const name of fs.readdirSync(`${stack.dir}/log`)) {
		const text = fs.readFileSync(`${stack.dir}/log/${name}`, 'utf8');
		for (const secret of [PASSWORD, encodeURIComponent(PASSWORD),
		    stack.login.password, cookie.split('=')[1],
		    'asha@example.org'])
			assert.ok(!text.includes(secret), `${name}: ${secret}`);
		assert.doesNotMatch(text, /is missing from the model/);
	}
	assert.equal((await stack.sql(`SELECT id FROM mst_users
	    WHERE usr_password_hash LIKE ${quote(`%${PASSWORD}%`)}`)).length, 0);
});
