// isolation.test.mjs: nobody sees or changes what is not theirs, on any route
//
// Every route of cgi/pages/routes.c is tried with the ids of another company,
// of another branch, and by who may not call it.  A route that wants an id of
// a kind that is not listed here fails: give it an example.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { REPO, Stack } from '../stack/stack.mjs';
import { dayAfter, quote } from './gym.mjs';
import { Person } from './pages.mjs';

// Stands in every name and text of the other company, and nowhere else.
const SECRET = 'Zyzzyva';
const LEAK = new RegExp(SECRET, 'i');
let stack, today, mine, south, theirs, token, people, routes;

// ---- the table of routes ---------------------------------------------------

function readRoutes() {
	const text = fs.readFileSync(`${REPO}/cgi/pages/routes.c`, 'utf8')
	    .replace(/\/\*[^]*?\*\//g, '');
	const found = [...text.matchAll(
	    /\{\s*HTTP_(\w+),\s*"([^"]+)",\s*ROUTE_(\w+),\s*ROUTE_(\w+),\s*(\w+)\s*\}/g)]
	    .map(([, method, path, who, body, handler]) =>
	    ({ method, path, who, body, handler }));
	assert.equal(found.length, text.match(/\{\s*HTTP_/g).length,
	    'every line of the table is understood');
	return found;
}

// What an id in a path is of, by how the path begins (the longest counts).
const kinds = {
	'/api/devices/:sn': v => ({ sn: v.sn, id: v.command }),
	'/attendance/:id': v => ({ id: v.attendance }),
	'/desk/photos/:id': v => ({ id: v.member }),
	'/devices/:sn': v => ({ sn: v.sn }),
	'/devices/tokens/:id': v => ({ id: v.token }),
	'/inbox/:id': v => ({ id: v.clock }),
	'/mappings/:id': v => ({ id: v.mapping }),
	'/members/:id': v => ({ id: v.member, freeze: v.freeze,
	    sid: v.subscription }),
	'/messages/:id': v => ({ id: v.message }),
	'/payments/:id': v => ({ id: v.payment }),
	'/plans/:id': v => ({ id: v.plan }),
	'/settings/displays/:id': v => ({ id: v.display }),
	'/settings/branches/:id': v => ({ id: v.branch }),
	'/settings/import/:id': v => ({ id: v.import }),
	'/settings/messages/rules/:id': v => ({ id: v.rule }),
	'/settings/users/:id': v => ({ id: v.role }),
};

// The path of a route with ids of `v`, the first of them of `first`.
function pathOf(route, v, first = v) {
	const kind = Object.keys(kinds).filter(k => route.path === k ||
	    route.path.startsWith(`${k}/`)).sort((a, b) => b.length - a.length)[0];
	let at = 0;
	return route.path.replace(/:(\w+)/g, (_, name) => {
		const id = kind && kinds[kind](at++ ? v : first)[name];
		assert.ok(id, `${route.path}: there is no example for :${name}`);
		return id;
	});
}

const hasIds = route => route.path.includes(':');
const idCount = route => route.path.split(':').length - 1;

// Fields of every form there is: ids of `v`, and what else makes sense.
const fieldsOf = v => ({ version: '1', nonce: crypto.randomBytes(16)
    .toString('hex'), id: v.unmapped, member: v.member, member_id: v.member,
    branch: v.branch, terminal: v.sn, sn: v.sn, plan: v.plan, user: v.number,
    company: v.company, seen: v.attendance, subscription: v.subscription,
    state: 'unmapped', time: `${today} 09:00`, at: `${today} 09:00`,
    name: 'Forged', code: `F-${crypto.randomInt(1e9)}`, label: 'Forged',
    email: `${crypto.randomInt(1e9)}@forged.example`, phone: '9876543210',
    joined: today, start: today, from: today, to: dayAfter(today, 1),
    day: today, days: '30', price: '10', amount: '1', method: 'CASH',
    reference: 'x', reason: 'x', note: 'x', notes: 'x', role: 'STAFF',
    status: 'ALLOWED', kind: 'FREEZE', act: 'give', sure: '1', agrees: '1',
    zone: 'Asia/Kolkata', password: 'a long password', old: 'wrong one',
    new: 'a long password', again: 'a long password', mac: v.mac,
    currency: 'INR', expiring_days: '7', absent_days: '14', inside_minutes: '90',
    phone_code: '91', since: '0', opens: '05:00', closes: '23:00',
    biometrics: '1' });

// ---- two gyms --------------------------------------------------------------

// Something of everything in a branch; resolves to its ids.
async function furnish(company, branch, sn, word) {
	const c = quote(company), w = quote(word), at = `'2026-01-01'`;
	const add = async (table, columns, values) => (await stack.sql(
	    `INSERT INTO ${table} (${columns}) VALUES (${values});
	    SELECT LAST_INSERT_ID() AS id`))[0].id;
	const v = { company, branch, sn, number: '77',
	    mac: '00:17:61:AA:BB:CC' };
	v.member = await add('mst_members_lists', `mbr_compcode, mbr_branch_id,
	    mbr_code, mbr_name, mbr_phone, mbr_notes, mbr_joined_date,
	    mbr_created_at`, `${c}, ${branch}, ${quote(`I-${branch}`)}, ${w},
	    '+919800000001', ${w}, '2025-01-01', ${at}`);
	v.plan = await add('mst_membership_plans', `plan_compcode,
	    plan_branch_id, plan_name, plan_days, plan_price, plan_created_at`,
	    `${c}, ${branch}, ${w}, 30, 1000, ${at}`);
	v.subscription = await add('trn_member_subscriptions', `ms_compcode,
	    ms_member_id, ms_plan_id, ms_start_date, ms_end_date, ms_amount,
	    ms_paid, ms_created_at`, `${c}, ${v.member}, ${v.plan},
	    '2025-01-01', '2099-12-31', 1000, 500, ${at}`);
	v.payment = await add('trn_payments', `pay_compcode, pay_branch_id,
	    pay_member_id, pay_subscription_id, pay_amount, pay_method,
	    pay_reference, pay_date, pay_receipt_year, pay_receipt_no, pay_note,
	    pay_created_at`, `${c}, ${branch}, ${v.member}, ${v.subscription},
	    500, 'CASH', ${w}, '${today}', 2020, ${branch}, ${w}, ${at}`);
	v.freeze = await add('trn_member_freezes', `frz_compcode,
	    frz_member_id, frz_from, frz_to, frz_note, frz_created_at`, `${c},
	    ${v.member}, '${dayAfter(today, 30)}', '${dayAfter(today, 40)}', ${w},
	    ${at}`);
	v.mapping = await add('trn_member_biometric_mappings', `mbm_compcode,
	    mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from,
	    mbm_created_at`, `${c}, ${quote(sn)}, '${v.number}', ${v.member},
	    '2020-01-01', ${at}`);
	v.attendance = await add('trn_member_attendances', `att_compcode,
	    att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	    att_punch_time, att_status, att_note, att_received_at`, `${c},
	    ${branch}, ${v.member}, '${v.number}', ${quote(sn)},
	    '${today} 08:00:00', 'DENIED', ${w}, '${today} 02:30:00'`);
	const inbox = (user, state) => add('trn_punch_inbox', `pin_compcode,
	    pin_branch_id, pin_device_sn, pin_device_user_id, pin_punch_time,
	    pin_state, pin_received_at`, `${c}, ${branch}, ${quote(sn)},
	    '${user}', '${today} 08:01:00', '${state}', '${today} 02:31:00'`);
	v.command = await add('trn_device_commands', `cmd_compcode,
	    cmd_device_sn, cmd_kind, cmd_created_at, cmd_expires_at`, `${c},
	    ${quote(sn)}, 'UNLOCK', ${at}, '2099-01-01'`);
	v.unmapped = await inbox('88', 'UNMAPPED');
	v.clock = await inbox('89', 'CLOCK');
	await inbox('90', 'DISMISSED');
	await stack.sql(`INSERT INTO trn_device_users (dvu_compcode,
	    dvu_device_sn, dvu_user_id, dvu_name, dvu_privilege, dvu_is_enabled)
	    VALUES (${c}, ${quote(sn)}, '88', ${w}, 0, 1)`);
	await stack.sql(`INSERT INTO trn_member_photos VALUES (${c},
	    ${v.member}, ${w}, ${w}, ${at})`);
	v.import = await add('trn_imports', `imp_compcode, imp_kind, imp_file,
	    imp_bytes, imp_size, imp_lines, imp_created_at, imp_drop_at`, `${c},
	    'members', ${w}, CONCAT('Code,Name\nI-9,', ${w}), 20, 1, ${at},
	    '2099-01-01'`);
	await add('trn_member_consents', `cns_compcode, cns_member_id,
	    cns_kind, cns_is_given, cns_at`, `${c}, ${v.member}, 'PHOTO', 1,
	    ${at}`);
	v.message = await add('trn_messages', `msg_compcode, msg_branch_id,
	    msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_state,
	    msg_due_at, msg_error, msg_created_at`, `${c}, ${branch},
	    ${v.member}, 'BEFORE', 7, '2099-12-31', 'DUE', ${at}, ${w}, ${at}`);
	const login = await addUser(stack, company, 'staff');
	[{ role: v.role, user: v.person }] = await stack.sql(`SELECT r.id AS role,
	    u.id AS user FROM trn_user_roles r JOIN mst_users u ON u.id =
	    url_user_id WHERE usr_email = ${quote(login.email)}`);
	await stack.sql(`UPDATE mst_users SET usr_name = ${w}
	    WHERE id = ${v.person}`);
	[{ id: v.token }] = await stack.sql(`SELECT MAX(id) AS id
	    FROM mst_api_tokens WHERE tok_compcode = ${c}`);
	await add('trn_alerts', `alr_compcode, alr_branch_id, alr_device_id,
	    alr_kind, alr_since_at, alr_began_at`, `${c}, ${branch}, (SELECT id
	    FROM mst_devices WHERE dev_sn = ${quote(sn)}), 'LOG', ${at}, ${at}`);
	v.display = await add('mst_displays', `dsp_compcode, dsp_branch_id,
	    dsp_label, dsp_created_at`, `${c}, ${branch}, ${w}, ${at}`);
	v.rule = await add('mst_message_rules', `mrl_compcode, mrl_kind,
	    mrl_days, mrl_template, mrl_text, mrl_created_at`, `${c}, 'AFTER',
	    ${100 + branch % 200}, 'x', ${w}, ${at}`);
	await stack.sql(`UPDATE mst_devices SET dev_mac_other = '${v.mac}',
	    dev_mac_other_at = '2026-01-01',
	    dev_mac = '00:17:61:42:42:42', dev_last_error = ${w},
	    dev_seen_at = ${at} WHERE dev_open_sn = ${quote(sn)}`);
	return v;
}

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
	mine = await furnish('AA', north, a.sns[0], 'North things');
	south = await furnish('AA', other, a.sns[1], 'South things');
	theirs = await furnish('ZZ', (await branches('ZZ'))[0], z.sns[0], SECRET);
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

// What reading computes, and keeps for the next who reads.
const CACHES = ['trn_membership_counts', 'trn_sessions',
    'trn_usual_counts'];

// A checksum of all rows of a company, for each table.
async function checksums(company) {
	const columns = await stack.sql(`SELECT table_name AS t,
	    GROUP_CONCAT(CONCAT('COALESCE(CAST(', column_name,
	    ' AS CHAR), "-")')) AS list, GROUP_CONCAT(IF(column_name LIKE
	    '%compcode', column_name, NULL)) AS company
	    FROM information_schema.columns WHERE table_schema =
	    ${quote(stack.schema)} GROUP BY table_name`);
	const own = columns.filter(c => c.company &&
	    !CACHES.includes(c.t));
	assert.ok(own.length > 17, own.map(c => c.t).join());
	const rows = await stack.sql([...own.map(c => `SELECT '${c.t}' AS t,
	    COUNT(*) AS n, COALESCE(SUM(CRC32(CONCAT_WS('|', ${c.list}))), 0)
	    AS sum FROM ${c.t} WHERE ${c.company} = '${company}'`),
	    `SELECT 'mst_users', COUNT(*), SUM(CRC32(CONCAT_WS('|', id,
	    usr_email, usr_name, usr_password_hash, usr_status)))
	    FROM mst_users WHERE usr_email LIKE '%@${company.toLowerCase()
	    }.example'`].join(' UNION ALL '));
	return Object.fromEntries(rows.map(r => [r.t, `${r.n}:${r.sum}`]));
}

// ---- trying ----------------------------------------------------------------

const BOUNDARY = 'isolationisolation';

const upload = fields => Object.entries(fields).map(([name, value]) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${
    value}\r\n`).join('') + `--${BOUNDARY}\r\nContent-Disposition: form-data; ` +
    'name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' +
    `\xff\xd8\xff\r\n--${BOUNDARY}--\r\n`;

// Calls a route as a person, with ids of `v` in path and form.
async function call(person, route, path, v) {
	if (route.method === 'GET') {
		const query = new URLSearchParams({ member: v.member, member_id:
		    v.member, user: v.person, terminal: v.sn, sn: v.sn,
		    branch: v.branch, plan: v.plan });
		return person.get(`${path}?${query}`);
	}
	const form = { ...fieldsOf(v), csrf: await person.csrf() };
	if (route.body === 'UPLOAD')
		return stack.request(route.method, path, { headers: {
		    Cookie: person.cookie,
		    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
		    body: upload({ csrf: form.csrf, agrees: '1' }) });
	return person.request(route.method, path, { form });
}

const isPeople = route => ['STAFF', 'OWNER', 'HEAD'].includes(route.who);
// They end the session that tries, and know no ids.
const ENDING = ['/logout', '/account/sign-out-everywhere'];
const tried = () => routes.filter(r => isPeople(r) && !ENDING.includes(r.path));
// Last, because what they are tried on is not there any more afterwards.
const DESTRUCTIVE = /\/(close|end|erase|password|remove|replace|revoke|role|void)$/;
const destructiveLast = (a, b) => DESTRUCTIVE.test(a.path) -
    DESTRUCTIVE.test(b.path);

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
	const was = await checksums('ZZ');
	const list = tried().filter(hasIds);
	await tryAll(list, people.owner, { v: theirs, expected: 404 });
	assert.deepEqual(await checksums('ZZ'), was);
	// behind an id of one's own, too
	const two = list.filter(r => idCount(r) > 1);
	assert.ok(two.length > 2);
	await tryAll(two, people.owner, { v: theirs, first: mine,
	    expected: 404 });
	assert.deepEqual(await checksums('ZZ'), was);
});

test('staff are refused on the owner\'s routes', async () => {
	const was = await checksums('AA');
	const list = tried().filter(r => r.who !== 'STAFF');
	assert.ok(list.length > 40);
	for (const person of [people.staff, people.northStaff])
		await tryAll(list, person, { v: mine, expected: 403 });
	await tryAll(list.filter(r => r.who === 'HEAD'), people.northOwner,
	    { v: mine, expected: 403 });
	assert.deepEqual(await checksums('AA'), was);
});

test('a branch does not find what is another branch\'s', async () => {
	const was = await checksums('AA');
	const list = tried().filter(hasIds);
	await tryAll(list.filter(r => r.who === 'STAFF'), people.northStaff,
	    { v: south, expected: 404 });
	await tryAll(list.filter(r => r.who === 'STAFF' || r.who === 'OWNER'),
	    people.northOwner, { v: south, expected: 404 });
	assert.deepEqual(await checksums('AA'), was);
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
	const was = [await checksums('AA'), await checksums('ZZ')];
	for (const route of routes.filter(isPeople)) {
		const path = pathOf(route, mine);
		const got = await call(new Person(stack, ''), route, path, mine)
		    .catch(() => null) ?? await stack.request(route.method, path, {
		    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		    body: 'a=b' });
		assert.equal(got.status, route.method === 'GET' ? 303 : 401, path);
		assert.doesNotMatch(got.text, /North things/);
	}
	assert.deepEqual([await checksums('AA'), await checksums('ZZ')], was);
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
	const was = await checksums('ZZ');
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
	assert.deepEqual(await checksums('ZZ'), was);
});

test('ids of another company in a form or an address have no effect',
    async () => {
	const was = await checksums('ZZ');
	await tryAll(tried().filter(r => !hasIds(r)), people.owner,
	    { v: theirs, expected: null });
	assert.deepEqual(await checksums('ZZ'), was);
	await tryAll(tried().filter(hasIds).sort(destructiveLast), people.owner,
	    { v: theirs, path: mine, expected: null });
	assert.deepEqual(await checksums('ZZ'), was);
	assert.match((await people.theirs.get('/members')).text, LEAK);
});
