// mappings.test.mjs: whose finger a number is: added, moved, ended, told
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, ALLOWED, attendances, dayAfter, DENIED, inbox, ledger,
    punch, quote, SN, UNMAPPED } from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

const LIST = `/devices/${SN}/mappings`, NEW = `${LIST}/new`;
let stack, today, owner, other, south;

before(async () => {
	stack = await Stack.start({ demo: 'morning', workers: 4 });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
});
after(() => stack.stop());

const mappings = user => stack.sql(`SELECT id, mbm_member_id AS member,
    mbm_from AS 'from', mbm_to AS 'to', mbm_status AS status
    FROM trn_member_biometric_mappings WHERE mbm_device_sn = ${quote(SN)} AND
    mbm_device_user_id = ${quote(String(user))} ORDER BY id`);
const map = (user, member_id, more = {}, person = owner) =>
    person.post(NEW, { user, member_id, ...more });
const states = async user => (await inbox(stack, user)).map(r => r.pin_state);
const audits = () => stack.sql(`SELECT aud_action AS action, aud_row AS id,
    aud_fields AS fields FROM trn_audit_trails WHERE aud_table =
    'trn_member_biometric_mappings' ORDER BY trn_audit_trails.id`);
const revision = async () => (await stack.sql(`SELECT cmp_revision AS n
    FROM mst_companies WHERE cmp_compcode = 'SF'`))[0].n;

test('a number is mapped from the start, and what waited is judged by its day',
    async () => {
	await addMember(stack, { id: 501, name: 'Farida March', subscriptions: [
	    ['2026-01-01', '2026-03-10'], ['2026-04-01', '2026-06-30']] });
	for (const at of ['2026-02-01 07:00:00', '2026-03-20 07:00:00',
	    '2026-04-02 07:00:00', '2026-04-02 07:00:20'])
		assert.equal((await stack.post(punch(501, at))).text, UNMAPPED);
	const before_ = await revision();
	const page = await owner.page(`${NEW}?user=501&q=farida`);
	assert.match(textOf(page), /Whose is number 501\?/);
	assert.match(textOf(page), /Waiting 4 punches 1 Feb 2026, 7:00 am to/);
	assert.match(textOf(page), /empty: 1 Jan 2020, 12:00 am/);
	const got = await owner.request('POST', NEW, { form: fieldsOf(page) });
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, `${NEW}?user=501`);
	assert.match(textOf(await owner.page(got.headers.location)),
	    /Number 501 is Farida March/);
	const [m] = await mappings(501);
	assert.deepEqual([m.member, m.from, m.to, m.status],
	    ['501', '2020-01-01 00:00:00', null, 'ACTIVE']);
	assert.deepEqual((await attendances(stack, 501)).map(r =>
	    [r.att_punch_time, r.att_status, r.att_reason]), [
	    ['2026-02-01 07:00:00', 'ALLOWED', null],
	    ['2026-03-20 07:00:00', 'DENIED', 'Subscription not started'],
	    ['2026-04-02 07:00:00', 'ALLOWED', null]]);
	assert.deepEqual(await states(501), ['TAKEN', 'TAKEN', 'TAKEN',
	    'REPEAT']);
	assert.equal((await ledger(stack, "user = '501'")).length, 4);
	assert.deepEqual((await audits()).at(-1), { action: 'add', id: m.id,
	    fields: 'mbm_device_sn,mbm_device_user_id,mbm_member_id,mbm_from' });
	assert.ok(await revision() > before_);
	assert.equal((await stack.post(punch(501, '2026-05-01 08:00:00'))).text,
	    ALLOWED);
});

test('a number that is somebody\'s is refused in words', async () => {
	const held = await map(42, 43);
	assert.equal(held.status, 422);
	assert.match(textOf(held.text), /This number is a member's already/);
	assert.match(textOf(held.text), /Number 42 is Rahul Sharma/);
	assert.equal((await mappings(42)).length, 1);
});

test('the same form twice, and two people at once: one mapping', async () => {
	await addMember(stack, { id: 502, name: 'Once' });
	await addMember(stack, { id: 503, name: 'Twice' });
	const fields = fieldsOf(await owner.page(`${NEW}?user=502&q=Once`));
	for (let i = 0; i < 2; i++)
		assert.equal((await owner.request('POST', NEW, { form:
		    fields })).status, 303);
	assert.equal((await mappings(502)).length, 1);
	for (let round = 0; round < 5; round++) {
		const user = `60${round}`;
		const got = await Promise.all([502, 503, 502, 503].map(m =>
		    map(user, m)));
		const all = await mappings(user);
		assert.equal(all.length, 1);
		for (const [i, answer] of got.entries())
			assert.equal(answer.status, String(i % 2 ? 503 : 502) ===
			    all[0].member ? 303 : 422);
	}
});

test('moved from a moment on, with its history', async () => {
	const noon = `${today} 10:00:00`;
	await addMember(stack, { id: 510, name: 'Old Hand', subscriptions:
	    [['2020-01-01', '2099-12-31']], mappings: [['510']] });
	await addMember(stack, { id: 511, name: 'New Hand' });
	await stack.post(punch(510, `${today} 09:00:00`));
	const [old] = await mappings(510);
	const at = `/mappings/${old.id}/move`;
	assert.match(textOf(await owner.page(`${at}?q=New`)), /To whom does/);
	const got = await owner.submit(`${at}?q=New`, { at:
	    `${today.split('-').reverse().join('-')} 10:00` }, at);
	assert.equal(got.status, 303);
	const [first, second] = await mappings(510);
	assert.deepEqual([first.to, first.status, second.member, second.from,
	    second.to], [noon, 'INACTIVE', '511', noon, null]);
	// stored rows stay; later ones go to who had the number then
	assert.equal((await stack.post(punch(510, `${today} 09:30:00`))).text,
	    ALLOWED);
	assert.equal((await stack.post(punch(510, noon))).text, DENIED);
	assert.deepEqual((await attendances(stack, 510)).map(r =>
	    r.att_member_id), ['510', '510', '511']);
	const page = textOf(await owner.page(got.headers.location));
	assert.match(page, /Number 510 is New Hand/);
	assert.match(page, /Whose it was.*New Hand.*now Old Hand/);
	// once more is once; to somebody else it is too late
	assert.equal((await owner.post(at, { member_id: 511 })).status, 303);
	const late = await owner.post(at, { member_id: 510 });
	assert.equal(late.status, 422);
	assert.match(textOf(late.text), /Somebody else has just ended this/);
	assert.equal((await mappings(510)).length, 2);
	assert.deepEqual((await audits()).slice(-2).map(a => a.action),
	    ['end', 'add']);
});

test('ended, and mapped again from there on', async () => {
	await addMember(stack, { id: 520, name: 'Leaver', mappings: [['520']] });
	await addMember(stack, { id: 521, name: 'Joiner' });
	const [old] = await mappings(520);
	const at = `/mappings/${old.id}/end`;
	assert.match(textOf(await owner.page(at)), /Take number 520 from Leaver\?/);
	const day = dayAfter(today, -3);
	const got = await owner.submit(at, { at: day });
	assert.equal(got.status, 422);
	assert.match(textOf(got.text), /Enter date and time/);
	assert.equal((await owner.submit(at, { at: `${day} 10:00` })).status, 303);
	assert.equal((await owner.submit(at, {})).status, 303);
	assert.equal((await mappings(520))[0].to, `${day} 10:00:00`);
	assert.match(textOf(await owner.page(at)), /This has ended/);
	assert.equal((await stack.post(punch(520, `${day} 11:00:00`))).text,
	    UNMAPPED);
	// never over one another
	const over = await map(520, 521, { from: `${day} 09:59` });
	assert.equal(over.status, 422);
	assert.match(textOf(over.text), /was still a member's/);
	assert.equal((await map(520, 521)).status, 303);
	assert.deepEqual((await mappings(520)).map(m => [m.member, m.from]),
	    [['520', '2020-01-01 00:00:00'], ['521', `${day} 10:00:00`]]);
	assert.deepEqual(await states(520), ['TAKEN']);
	assert.deepEqual((await attendances(stack, 520)).map(r =>
	    r.att_member_id), ['521']);
});

test('from a moment on: what came before it waits', async () => {
	await addMember(stack, { id: 530, name: 'From', subscriptions:
	    [['2020-01-01', '2099-12-31']] });
	for (const hour of ['08', '09', '10'])
		await stack.post(punch(530, `2026-05-05 ${hour}:00:00`));
	assert.equal((await map(530, 530, { from: '05-05-2026 09:00' })).status,
	    303);
	assert.deepEqual(await states(530), ['UNMAPPED', 'TAKEN', 'TAKEN']);
	assert.match(textOf(await owner.page(`${NEW}?user=530`)),
	    /Waiting 1 punch 5 May 2026, 8:00 am/);
});

// As the bridge does: what lost one deadlock after another is sent again.
async function send(body) {
	for (let i = 0; i < 5; i++) {
		const got = await stack.post(body);
		if (!/not available/.test(got.text))
			return assert.ok([200, 404].includes(got.status), got.text);
	}
	assert.fail('five times not available');
}

test('punches that come while their number is mapped are all attendance',
    async () => {
	await addMember(stack, { id: 540, name: 'Racer', subscriptions:
	    [['2020-01-01', '2099-12-31']] });
	for (let round = 0; round < 6; round++) {
		const user = `77${round}`, n = 60;
		const at = i => `2026-0${1 + round}-02 ${String(6 + i % 12)
		    .padStart(2, '0')}:${String(10 + Math.floor(i / 12))}:00`;
		const posts = Array.from({ length: n }, (x, i) => i)
		    .map(async i => {
			await new Promise(done => setTimeout(done, i % 30));
			return send(i % 3 ? punch(user, at(i)) :
			    [punch(user, at(i))]);
		});
		await new Promise(done => setTimeout(done, 5 * round));
		assert.equal((await map(user, 540)).status, 303);
		await Promise.all(posts);
		assert.equal((await attendances(stack, user)).length, n);
		assert.ok((await states(user)).every(s => s === 'TAKEN'));
		assert.deepEqual((await ledger(stack, `user = '${user}'`)),
		    Array.from({ length: n }, (x, i) => `${SN} ${user} ${at(i)}`)
		    .sort());
	}
});

test('thousands that wait are taken in, some at once, the rest later',
    async () => {
	await addMember(stack, { id: 550, name: 'Long Wait', subscriptions:
	    [['2020-01-01', '2099-12-31']] });
	await stack.sql(`SET max_recursive_iterations = 100000;
	    INSERT INTO trn_punch_inbox (pin_compcode, pin_branch_id,
	    pin_device_sn, pin_device_user_id, pin_punch_time, pin_state,
	    pin_received_at) WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL
	    SELECT i + 1 FROM n WHERE i < 4999) SELECT 'SF', 1, ${quote(SN)},
	    '550', '2024-01-01' + INTERVAL i * 97 MINUTE, 'UNMAPPED',
	    '2026-01-01' FROM n`);
	const began = Date.now();
	assert.equal((await map(550, 550)).status, 303);
	assert.ok(Date.now() - began < 4000);
	const left = async () => (await inbox(stack, 550,
	    "pin_state = 'UNMAPPED'")).length;
	assert.ok(await left() < 5000);
	for (let i = 0; i < 20 && await left() > 0; i++)
		await owner.page('/inbox');
	assert.equal(await left(), 0);
	assert.equal((await attendances(stack, 550)).length, 5000);
	assert.equal((await attendances(stack, 550, 'att_is_late')).length, 5000);
});

test('the list: every number once, in the order of numbers, page by page',
    async () => {
	const users = Array.from({ length: 70 }, (x, i) => 1000 + i * 3);
	assert.equal((await stack.request('PUT', `/api/devices/${SN}/users`, {
	    token: stack.token, headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify({ users: [42, ...users].map(id => ({
	    user_id: String(id), name: `NAME ${id}`, privilege: 0,
	    enabled: true })) }) })).status, 200);
	const found = [];
	for (let to = LIST; to;) {
		const html = await owner.page(to);
		found.push(...[...html.matchAll(/<th scope="row">(\w+)<\/th>/g)]
		    .map(m => m[1]));
		to = html.match(/href="([^"]+)">Next page/)?.[1];
		if (to)
			assert.match(await owner.page(to), /First page/);
	}
	const open = (await stack.sql(`SELECT mbm_device_user_id AS user
	    FROM trn_member_biometric_mappings WHERE mbm_compcode = 'SF' AND
	    mbm_to IS NULL`)).map(r => r.user);
	assert.deepEqual(found, [...new Set([...open, ...users.map(String)])]
	    .sort((a, b) => a - b));
	const page = textOf(await owner.page(LIST));
	assert.match(page, /42 NAME 42 Rahul Sharma/);
	assert.match(textOf(await owner.page(`${LIST}?after=999`)),
	    /1000 NAME 1000 Nobody yet/);
	// the terminal's own name is what is searched for at first
	await addMember(stack, { id: 560, name: 'Name Of Hers' });
	assert.match(textOf(await owner.page(`${NEW}?user=1000`)),
	    /Name at the terminal NAME 1000.*Name Of Hers/);
	assert.match(textOf(await owner.page(NEW)), /Which number\?/);
});

test('bad input in every field', async () => {
	const before_ = await stack.sql(`SELECT COUNT(*) AS n
	    FROM trn_member_biometric_mappings`);
	for (const [fields, said] of [
	    [{ user: '', member_id: 42 }, /Which number\?/],
	    [{ user: 'a b', member_id: 42 }, /Which number\?/],
	    [{ user: 'x'.repeat(25), member_id: 42 }, /Which number\?/],
	    [{ user: '%ff', member_id: 42 }, /Which number\?/],
	    [{ user: 880 }, /Whose is number 880/],
	    [{ user: 880, member_id: 'x' }, /Whose is/],
	    [{ user: 880, member_id: 0 }, /Whose is/],
	    [{ user: 880, member_id: '9'.repeat(30) }, /Whose is/],
	    [{ user: 880, member_id: 999999 }, /no such member/],
	    [{ user: 880, member_id: 42, from: 'soon' }, /Enter date and time/],
	    [{ user: 880, member_id: 42, from: '31-02-2026 10:00' }, /Enter date/],
	    [{ user: 880, member_id: 42, from: '01-01-2099 10:00' },
	    /still to come/]]) {
		const got = await owner.post(NEW, fields);
		assert.equal(got.status, 422, JSON.stringify(fields));
		assert.match(textOf(got.text), said, JSON.stringify(fields));
	}
	const typed = await owner.post(NEW, { user: 880, member_id: 42,
	    from: 'so<on', q: 'Rahul' });
	assert.equal(fieldsOf(typed.text).from, 'so<on');
	assert.match(textOf(typed.text), /Rahul Sharma/);
	const [{ id }] = await mappings(42);
	for (const at of ['x', '01-01-2099 10:00', '01-01-1990 10:00'])
		for (const what of ['end', 'move'])
			assert.equal((await owner.post(`/mappings/${id}/${what}`,
			    { at, member_id: 43 })).status, 422, at);
	assert.match(textOf((await owner.post(`/mappings/${id}/move`,
	    { member_id: 42 })).text), /member's already/);
	assert.equal((await mappings(42))[0].to, null);
	assert.deepEqual(await stack.sql(`SELECT COUNT(*) AS n
	    FROM trn_member_biometric_mappings`), before_);
});

test('what is another company\'s or another branch\'s is not there',
    async () => {
	const [{ id }] = await mappings(42);
	const [north] = await stack.sql(`SELECT m.id, mbm_member_id AS member
	    FROM trn_member_biometric_mappings m WHERE mbm_device_sn = 'AA-1'
	    LIMIT 1`);
	for (const [person, path] of [[other, LIST], [other, `${NEW}?user=42`],
	    [other, `/mappings/${id}/end`], [other, `/mappings/${id}/move`],
	    [south, '/devices/AA-1/mappings'], [south, '/devices/AA-1/mappings/new'],
	    [south, `/mappings/${north.id}/end`],
	    [south, `/mappings/${north.id}/move`], [owner, '/mappings/0/end'],
	    [owner, '/mappings/x/move'], [owner, '/devices/NONE/mappings']]) {
		await person.page(path, 404);
		if (/new|end|move/.test(path))
			assert.equal((await person.post(path.split('?')[0],
			    { user: 9, member_id: 42 })).status, 404, path);
	}
	// a member of another company, or of another branch
	assert.equal((await map(881, north.member)).status, 422);
	assert.equal((await south.post('/devices/AA-2/mappings/new', { user: 9,
	    member_id: north.member })).status, 422);
	assert.equal((await mappings(42))[0].to, null);
	assert.equal((await mappings(881)).length, 0);
	// nor without the token of the session
	assert.equal((await owner.request('POST', NEW, { form: { user: 881,
	    member_id: 42 } })).status, 403);
	assert.equal((await owner.request('POST', NEW, { form: { user: 881,
	    member_id: 42, csrf: 'x' } })).status, 403);
});
