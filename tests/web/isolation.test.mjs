// isolation.test.mjs: nobody sees or changes what is not theirs, on any route
//
// Every route of cgi/pages/routes.c is tried with the ids of another company,
// of another branch, and by who may not call it; see routes.mjs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { Person } from './pages.mjs';
import { call, checksums, destructiveLast, ENDING, furnish, hasIds, idCount,
    isPeople, pathOf, readRoutes } from './routes.mjs';

// Stands in every name and text of the other company, and nowhere else.
const SECRET = 'Zyzzyva';
const LEAK = new RegExp(SECRET, 'i');
let stack, today, mine, south, theirs, token, people, routes;

before(async () => {
	stack = await Stack.start({});
	today = makeNoon(stack);
	routes = readRoutes();
	const a = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 5 });
	const z = await addCompany(stack, 'ZZ', { branches: [SECRET],
	    members: 5 });
	const branches = async code => (await stack.sql(`SELECT id FROM
	    mst_branches WHERE brn_compcode = '${code}' ORDER BY id`))
	    .map(b => b.id);
	const [north, other] = await branches('AA');
	mine = await furnish(stack, { company: 'AA', branch: north, sn: a.sns[0],
	    word: 'North things', today });
	south = await furnish(stack, { company: 'AA', branch: other,
	    sn: a.sns[1], word: 'South things', today });
	theirs = await furnish(stack, { company: 'ZZ', sn: z.sns[0],
	    branch: (await branches('ZZ'))[0], word: SECRET, today });
	token = a.token;
	await stack.sql(`UPDATE mst_companies SET cmp_name = '${SECRET}',
	      cmp_address = '${SECRET}', cmp_receipt_note = '${SECRET}'
	      WHERE cmp_compcode = 'ZZ';
	    UPDATE mst_members_lists SET mbr_name = CONCAT('${SECRET} ', id)
	      WHERE mbr_compcode = 'ZZ';
	    UPDATE mst_devices SET dev_name = '${SECRET}' WHERE dev_compcode =
	      'ZZ';
	    UPDATE mst_api_tokens SET tok_label = '${SECRET}' WHERE
	      tok_compcode = 'ZZ';
	    UPDATE mst_users SET usr_name = '${SECRET}' WHERE usr_email LIKE
	      '%@zz.example'`);
	const as = async (...user) => Person.signIn(stack,
	    await addUser(stack, 'AA', ...user));
	people = { owner: await Person.signIn(stack, a.owner),
	    staff: await as('staff'), northOwner: await as('owner', 'North'),
	    northStaff: await as('staff', 'North'),
	    theirs: await Person.signIn(stack, z.owner) };
});
after(() => stack.stop());

// ---- trying ----------------------------------------------------------------

const tried = () => routes.filter(r => isPeople(r) && !ENDING.includes(r.path));

// Tries each route; `expected` is a status, or null: any but a success of the
// server's fault.  All that is wrong is said at once.
async function tryAll(list, person, { v, first, path = v, expected }) {
	const wrong = [];
	for (const route of list) {
		const to = pathOf(route, path, first ?? path);
		const got = await call(person, route, to, v);
		const what = `${route.method} ${to}: ${got.status}`;
		if (expected === null ? got.status >= 500 :
		    got.status !== expected)
			wrong.push(what);
		if (v.company === 'ZZ' && LEAK.test(got.text +
		    JSON.stringify(got.headers)))
			wrong.push(`${what}, and tells ${
			    got.text.match(new RegExp(`.*${SECRET}.*`, 'i'))?.[0]}`);
	}
	assert.deepEqual(wrong, []);
}

test('the table is read, and each of its ids has an example', () => {
	assert.ok(routes.length > 80, `${routes.length}`);
	for (const who of ['ANYONE', 'STAFF', 'OWNER', 'HEAD', 'DISPLAY', 'TOKEN',
	    'INTAKE'])
		assert.ok(routes.some(r => r.who === who), who);
	for (const route of routes)
		assert.doesNotMatch(pathOf(route, theirs), /:|undefined|null/);
	assert.throws(() => pathOf({ path: '/lockers/:id' }, theirs),
	    /no example/);
	assert.throws(() => pathOf({ path: '/members/:id/keys/:key' }, theirs),
	    /no example/);
});

test('with one\'s own ids the pages are there', async () => {
	// else what follows would prove nothing
	const pages = tried().filter(r => r.method === 'GET' && hasIds(r));
	assert.ok(pages.length > 20);
	await tryAll(pages, people.owner, { v: mine, expected: 200 });
	assert.match((await people.theirs.get(`/members/${theirs.member}`)).text,
	    LEAK);
});

test('ids of another company are nowhere to be found', async () => {
	const was = await checksums(stack, 'ZZ');
	const list = tried().filter(hasIds);
	await tryAll(list, people.owner, { v: theirs, expected: 404 });
	assert.deepEqual(await checksums(stack, 'ZZ'), was);
	// behind an id of one's own, too
	const two = list.filter(r => idCount(r) > 1);
	assert.ok(two.length > 2);
	await tryAll(two, people.owner, { v: theirs, first: mine,
	    expected: 404 });
	assert.deepEqual(await checksums(stack, 'ZZ'), was);
});

test('staff are refused on the owner\'s routes', async () => {
	const was = await checksums(stack, 'AA');
	const list = tried().filter(r => r.who !== 'STAFF');
	assert.ok(list.length > 40);
	for (const person of [people.staff, people.northStaff])
		await tryAll(list, person, { v: mine, expected: 403 });
	await tryAll(list.filter(r => r.who === 'HEAD'), people.northOwner,
	    { v: mine, expected: 403 });
	assert.deepEqual(await checksums(stack, 'AA'), was);
});

test('a branch does not find what is another branch\'s', async () => {
	const was = await checksums(stack, 'AA');
	const list = tried().filter(hasIds);
	await tryAll(list.filter(r => r.who === 'STAFF'), people.northStaff,
	    { v: south, expected: 404 });
	await tryAll(list.filter(r => r.who === 'STAFF' || r.who === 'OWNER'),
	    people.northOwner, { v: south, expected: 404 });
	assert.deepEqual(await checksums(stack, 'AA'), was);
	const wrong = [];
	for (const route of tried().filter(r => r.method === 'GET' &&
	    !hasIds(r) && r.who === 'STAFF')) {
		const got = await call(people.northStaff, route, route.path, south);
		if (got.text.includes('South things'))
			wrong.push(`${route.path}: ${
			    got.text.match(/.*South things.*/)[0]}`);
	}
	assert.deepEqual(wrong, []);
});

test('nobody who is not signed in gets anything', async () => {
	const was = [await checksums(stack, 'AA'), await checksums(stack, 'ZZ')];
	for (const route of routes.filter(isPeople)) {
		const path = pathOf(route, mine);
		const got = await call(new Person(stack, ''), route, path, mine)
		    .catch(() => null) ?? await stack.request(route.method, path, {
		    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		    body: 'a=b' });
		assert.equal(got.status, route.method === 'GET' ? 303 : 401, path);
		assert.doesNotMatch(got.text, /North things/);
	}
	assert.deepEqual([await checksums(stack, 'AA'), await checksums(stack, 'ZZ')], was);
});

test('whoever is signed in is no display', async () => {
	for (const route of routes.filter(r => r.who === 'DISPLAY'))
		for (const person of [people.owner, people.staff]) {
			const got = await call(person, route, pathOf(route, mine),
			    mine);
			assert.ok([303, 401].includes(got.status), route.path);
			assert.doesNotMatch(got.text, /North things/);
		}
});

test('a token is of its own company alone', async () => {
	const was = await checksums(stack, 'ZZ');
	const json = (method, path, body) => stack.request(method, path, { token,
	    headers: { 'Content-Type': 'application/json' },
	    // what is sent with a GET would be read as the next request
	    body: method === 'GET' ? undefined : JSON.stringify(body) });
	for (const route of routes.filter(r => r.who === 'TOKEN')) {
		const got = await json(route.method, pathOf(route, theirs), { users:
		    [], log_count: 7, mac: 'x', days: [today], done: true,
		    enforced: true });
		assert.ok([403, 404].includes(got.status), `${route.path}: ${
		    got.status}`);
		assert.doesNotMatch(got.text, LEAK);
	}
	for (const compcode of ['ZZ', 'AA']) {
		const got = await json('POST', '/api/biometric_attendances', [{
		    compcode, device_sn: theirs.sn, user_id: theirs.number,
		    timestamp: `${today} 10:00:00` }]);
		assert.doesNotMatch(got.text, /ALLOWED|DENIED|Zyzzyva/);
	}
	assert.deepEqual(await checksums(stack, 'ZZ'), was);
});

test('ids of another company in a form or an address have no effect',
    async () => {
	const was = await checksums(stack, 'ZZ');
	await tryAll(tried().filter(r => !hasIds(r)), people.owner,
	    { v: theirs, expected: null });
	assert.deepEqual(await checksums(stack, 'ZZ'), was);
	await tryAll(tried().filter(hasIds).sort(destructiveLast), people.owner,
	    { v: theirs, path: mine, expected: null });
	assert.deepEqual(await checksums(stack, 'ZZ'), was);
	assert.match((await people.theirs.get('/members')).text, LEAK);
});
