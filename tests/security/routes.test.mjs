// routes.test.mjs: what holds for every route: headers, forms of others, reading
//
// The routes are those of cgi/pages/routes.c, so a new one is tried as well.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { REPO } from '../stack/stack.mjs';
import { BOUNDARY, call, checksums, hasIds, isPeople, pathOf, upload, valuesOf }
    from '../web/routes.mjs';
import { changed, FORM, leaks, makeWorld } from './world.mjs';

let world, stack;

before(async () => {
	world = await makeWorld();
	stack = world.stack;
});
after(() => stack.stop());

// ---- headers -----------------------------------------------------------------

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'";

// What is missing in an answer, in words; [] where all is as it should be.
function lacks({ headers, status }, isApi) {
	const wanted = { 'x-content-type-options': 'nosniff',
	    'cache-control': 'no-store', 'referrer-policy': 'same-origin',
	    ...(isApi ? {} : { 'content-security-policy': CSP,
	    'x-frame-options': 'DENY' }) };
	const wrong = Object.entries(wanted).filter(([name, value]) =>
	    headers[name] !== value).map(([name]) => `${name}: ${headers[name]}`);
	if (status !== 303 && status !== 304 && !headers['content-type'])
		wrong.push('no content-type');
	if (/^text\/(html|csv|plain)/.test(headers['content-type']) &&
	    !/charset=utf-8/i.test(headers['content-type']))
		wrong.push(headers['content-type']);
	if (headers['access-control-allow-origin'])
		wrong.push('others may read it');
	return wrong;
}

const isApi = path => path.startsWith('/api/') || path === '/healthz';

// Who may call a route, and the answers everybody gets of it.
const callers = () => ({ nobody: {}, owner: { Cookie: world.people.owner.cookie },
    staff: { Cookie: world.people.staff.cookie },
    display: { Cookie: world.display },
    bridge: { Authorization: `Bearer ${world.token}` } });

async function everyAnswer(each) {
	for (const route of world.routes)
		for (const [who, headers] of Object.entries(callers()))
			for (const path of hasIds(route) ? [pathOf(route,
			    world.mine), pathOf(route, world.theirs)] :
			    [route.path]) {
				// a body of another kind than any route takes
				const got = await stack.request(route.method, path, {
				    headers: { ...headers,
				    'Content-Type': 'text/x-none' },
				    body: route.method === 'GET' ? undefined :
				    'x' });
				each(`${who}: ${route.method} ${path}: ${got.status}`,
				    got, path);
			}
}

test('3.4.3 every route and every refusal says what a browser may do: CSP, ' +
    'nosniff, no frames', async () => {
	const wrong = [], seen = new Set();
	await everyAnswer((what, got, path) => {
		seen.add(got.status);
		const missing = lacks(got, isApi(path));
		if (missing.length || got.status >= 500)
			wrong.push(`${what}: ${missing}`);
	});
	assert.deepEqual(wrong, []);
	for (const status of [200, 303, 401, 403, 404, 415])
		assert.ok(seen.has(status), `${status} was among them`);
});

test('14.3.2 what nobody may keep is said to be: pages, files, pictures',
    async () => {
	const owner = world.people.owner;
	const lists = world.routes.filter(r => r.method === 'GET' &&
	    isPeople(r));
	for (const route of lists) {
		const got = await owner.get(pathOf(route, world.mine));
		assert.equal(got.headers['cache-control'], 'no-store',
		    `${route.path}: ${got.status}`);
		assert.equal(got.headers.etag, undefined, route.path);
	}
	const desk = await stack.request('GET', '/desk',
	    { headers: { Cookie: world.display } });
	assert.equal(desk.status, 200);
	assert.equal(desk.headers['cache-control'], 'no-store');
});

test('3.4.4 static files say their type, and that no other is to be guessed',
    async () => {
	for (const name of fs.readdirSync(`${REPO}/build/static`)) {
		const got = await stack.request('GET', `/static/${name}`);
		assert.equal(got.status, 200, name);
		assert.equal(got.headers['x-content-type-options'], 'nosniff', name);
		assert.doesNotMatch(got.headers['content-type'],
		    /octet-stream|undefined/, name);
		assert.equal(got.headers['set-cookie'], undefined);
	}
	for (const path of ['/static/none.js', '/static/', '/static/../none']) {
		const got = await stack.request('GET', path);
		assert.equal(got.headers['x-content-type-options'], 'nosniff', path);
		assert.match(got.headers['content-security-policy'],
		    /default-src 'none'.*frame-ancestors 'none'/, path);
	}
});

// ---- reading changes nothing -------------------------------------------------

// Who was seen when; what is computed and kept for the next who reads; and
// the trail that a list was taken out.
const NOTES = ['mst_displays', 'trn_audit_trails', 'trn_membership_counts',
    'trn_sessions', 'trn_usual_counts'];

test('3.5.3 no GET changes anything, whoever asks', async () => {
	await world.people.owner.page('/members');	// it is a new day
	const was = await checksums(stack);
	const trails = async () => Number((await stack.sql(`SELECT COUNT(*) AS n
	    FROM trn_audit_trails WHERE aud_action <> 'export'`))[0].n);
	const wasTrails = await trails();
	const gets = world.routes.filter(r => r.method === 'GET');
	assert.ok(gets.length > 90, `${gets.length}`);
	const wrong = [];
	for (const route of gets) {
		const path = pathOf(route, world.mine);
		// what a form of that page would send, in the address
		const query = new URLSearchParams(valuesOf(world.mine));
		for (const headers of Object.values(callers()))
			for (const target of [path, `${path}?${query}`])
				await stack.request('GET', target, { headers });
		const tables = changed(was, await checksums(stack))
		    .filter(t => !NOTES.includes(t));
		if (tables.length)
			wrong.push(`${path}: ${tables}`);
	}
	assert.deepEqual(wrong, []);
	assert.equal(await trails(), wasTrails);
});

// ---- forms of others ---------------------------------------------------------

// One post of a route with all that its form could hold.
function post(route, fields, headers) {
	const isFile = route.body === 'UPLOAD';
	return stack.request(route.method, pathOf(route, world.mine), {
	    headers: { ...(isFile ? { 'Content-Type':
	    `multipart/form-data; boundary=${BOUNDARY}` } : FORM), ...headers },
	    body: isFile ? upload({ csrf: fields.csrf ?? '', agrees: '1',
	    CSRF: fields.CSRF ?? '' }) : new URLSearchParams(fields)
	    .toString() });
}

test('3.5.1 no form of another site, or without its token, does anything',
    async () => {
	const was = await checksums(stack);
	const { owner, staff, theirs } = world.people;
	const csrf = await owner.csrf();
	const posts = world.routes.filter(r => r.method === 'POST' &&
	    ['FORM', 'UPLOAD'].includes(r.body));
	assert.ok(posts.length > 60, `${posts.length}`);
	const wrong = [];
	for (const route of posts) {
		const fields = valuesOf(world.mine);
		const forged = ['http://evil.example', 'null', '',
		    `${stack.url}.evil.example`, `${stack.url}0`]
		    .map(Origin => [{ ...fields, csrf }, { Origin }]);
		const tokens = [fields, { ...fields, csrf: '' },
		    { ...fields, csrf: await staff.csrf() },
		    { ...fields, csrf: await theirs.csrf() },
		    { ...fields, csrf: `${csrf}0` }, { ...fields, CSRF: csrf }]
		    .map(all => [all, { Origin: stack.url }]);
		for (const [all, headers] of isPeople(route) ?
		    [...forged, ...tokens] : forged) {
			const got = await post(route, all, { ...headers,
			    Cookie: owner.cookie });
			if (got.status !== 403)
				wrong.push(`${route.path}: ${got.status} ${
				    JSON.stringify([all.csrf, headers])}`);
		}
	}
	assert.deepEqual(wrong, []);
	assert.deepEqual(changed(was, await checksums(stack))
	    .filter(t => t !== 'trn_sessions'), []);
	assert.equal((await owner.get('/')).status, 200, 'still signed in');
});

test('3.5.1 what a form is answered needs the kind of a form', async () => {
	const was = await checksums(stack);
	const { owner } = world.people;
	const csrf = await owner.csrf();
	for (const route of world.routes.filter(r => r.method === 'POST' &&
	    isPeople(r)))
		for (const type of ['text/plain', 'application/json', '']) {
			const got = await stack.request('POST', pathOf(route,
			    world.mine), { headers: { Cookie: owner.cookie,
			    'Content-Type': type }, body: `csrf=${csrf}` });
			assert.equal(got.status, 415, `${route.path}: ${type}`);
		}
	assert.deepEqual(changed(was, await checksums(stack))
	    .filter(t => t !== 'trn_sessions'), []);
});

// ---- ids of others -----------------------------------------------------------

test('8.2.2 an id of another gym answers as one that is nobody\'s', async () => {
	const { owner } = world.people;
	const none = Object.fromEntries(Object.entries(world.theirs)
	    .map(([name, value]) => [name, /^\d+$/.test(value) ? '999999999' :
	    name === 'sn' ? 'SN-NONE' : value]));
	const plain = got => JSON.stringify([got.status, got.text
	    .replace(/[0-9a-f]{32,64}/g, '')]);
	for (const route of world.routes.filter(r => isPeople(r) && hasIds(r))) {
		const [foreign, absent] = [await call(owner, route, pathOf(route,
		    world.theirs), world.mine), await call(owner, route,
		    pathOf(route, none), world.mine)];
		assert.equal(plain(foreign), plain(absent), route.path);
		assert.equal(foreign.status, 404, route.path);
	}
});

// ---- secrets -----------------------------------------------------------------

test('14.2.1 no address has a secret in it, nor is one taken from there',
    async () => {
	const { owner } = world.people, wrong = [];
	const session = owner.cookie.split('=')[1];
	for (const route of world.routes.filter(r => r.method === 'GET' &&
	    isPeople(r) && !/\.\w+$/.test(r.path))) {
		const path = pathOf(route, world.mine);
		const { text, headers } = await owner.get(path);
		const places = [...text.matchAll(
		    /\s(?:href|src|action|content|data-[\w-]+)="([^"]*)"/g)]
		    .map(([, place]) => place).concat(headers.location ?? '');
		for (const secret of world.secrets)
			if (places.some(place => place.includes(secret)))
				wrong.push(`${path}: ${secret}`);
		if (text.includes(session))
			wrong.push(`${path}: the session itself`);
		// what a GET form sends is in the address
		for (const [form] of text.matchAll(/<form\b[^>]*>[^]*?<\/form>/g))
			if (!/method="post"/.test(form) &&
			    /type="password"|name="(csrf|token)"/.test(form))
				wrong.push(`${path}: a form`);
	}
	assert.deepEqual(wrong, []);
	const { token } = world;
	for (const query of [`token=${token}`, `access_token=${token}`,
	    `gymgate-session=${session}`, `session=${session}`,
	    `csrf=${await owner.csrf()}`]) {
		assert.equal((await stack.request('GET', `/members?${query}`))
		    .status, 303);
		assert.equal((await stack.request('GET', `/api/devices/${
		    world.mine.sn}/access?${query}`)).status, 401);
	}
});

test('16.2.5 after all of this no log holds a password, token or session', () => {
	assert.ok(world.secrets.size > 8);
	assert.deepEqual(leaks(stack, world.secrets), []);
});
