// member-freeze.test.mjs: memberships that rest, and come back
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addActive, ALLOWED, dayAfter, DENIED, punch } from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

const PAGE = '/members/900', FREEZE = '/members/900/freeze';
let stack, today, owner, staff, other, south, day;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	day = n => dayAfter(today, n);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
	await addActive(stack, 900, { name: 'Ana Rests',
	    subscriptions: [[dayAfter(today, -20), dayAfter(today, 9)]] });
});
after(() => stack.stop());
beforeEach(async () => {
	await stack.sql(`DELETE FROM trn_member_freezes
	    WHERE frz_member_id = 900;
	    UPDATE mst_members_lists SET mbr_state_to = '1000-01-01'`);
});

const held = () => stack.sql(`SELECT frz_kind AS kind, frz_from AS \`from\`,
    frz_to AS \`to\`, frz_note AS note FROM trn_member_freezes
    WHERE frz_member_id = 900 ORDER BY id`);
const audits = () => stack.sql(`SELECT aud_action AS action,
    aud_fields AS fields FROM trn_audit_trails
    WHERE aud_table = 'trn_member_freezes' ORDER BY id`);
const revision = async () => (await stack.sql(`SELECT cmp_revision AS r
    FROM mst_companies WHERE cmp_compcode = 'SF'`))[0].r;
const errorOf = (html, name) => html.match(new RegExp(
    `id="${name}-error" class="field-error">([^<]*)<`))?.[1];
const head = async () => textOf(await staff.page(PAGE));
const dayText = text => new Date(`${text}T00:00:00Z`).toLocaleDateString(
    'en-GB', { day: 'numeric', month: 'short', year: 'numeric',
    timeZone: 'UTC' }).replace('Sept', 'Sep');
const endUrl = async () =>
    (await staff.page(PAGE)).match(/href="([^"]*\/end)"/)?.[1];

test('frozen from today on, and back: as many days later', async () => {
	const was = await revision();
	assert.match(await head(), new RegExp(
	    `Ana Rests Active .*until ${dayText(day(9))}`));
	assert.equal(fieldsOf(await staff.page(FREEZE)).from, today);
	const got = await staff.submit(FREEZE, { from: day(-3),
	    note: '  Travels <b>' });
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, PAGE);
	assert.deepEqual(await held(), [{ kind: 'FREEZE', from: day(-3),
	    to: null, note: 'Travels <b>' }]);
	assert.match(await head(), /Ana Rests Frozen .*Frozen Now .*until further notice Travels <b> End it/);
	assert.notEqual(await revision(), was);
	assert.equal((await stack.post(punch('900', `${today} 11:50:00`))).text,
	    DENIED);

	const end = await endUrl(), frozen = await revision();
	assert.equal(fieldsOf(await staff.page(end)).day, today);
	assert.equal((await staff.submit(end)).status, 303);
	assert.equal((await held())[0].to, day(-1));
	assert.match(await head(), new RegExp(
	    `Ana Rests Active .*until ${dayText(day(12))}`));
	assert.equal(await endUrl(), undefined);
	assert.notEqual(await revision(), frozen);
	assert.equal((await stack.post(punch('900', `${today} 11:55:00`))).text,
	    ALLOWED);
	assert.deepEqual((await audits()).slice(-2), [{ action: 'add',
	    fields: 'frz_member_id,frz_kind,frz_from,frz_to,frz_note' },
	    { action: 'change', fields: 'frz_to' }]);
});

test('inactive closes the door and gives no days back', async () => {
	assert.equal((await staff.submit(FREEZE, { kind: 'INACTIVE',
	    from: day(-2), to: day(1) })).status, 303);
	assert.match(await head(), /Ana Rests Inactive .*Inactive Now/);
	assert.equal((await staff.submit(await endUrl())).status, 303);
	assert.match(await head(), new RegExp(`until ${dayText(day(9))}`));
});

test('posted twice it is one', async () => {
	const form = fieldsOf(await staff.page(FREEZE));
	for (let i = 0; i < 2; i++)
		assert.equal((await staff.post(FREEZE, form)).status, 303);
	assert.equal((await held()).length, 1);
	const before_ = await audits();
	const all = await Promise.all([1, 2, 3, 4].map(() =>
	    staff.post(FREEZE, { ...form, nonce: 'ab'.repeat(16),
	    from: day(-90), to: day(-80) })));
	assert.deepEqual(all.map(got => got.status), [303, 303, 303, 303]);
	assert.equal((await held()).length, 2);
	assert.equal((await audits()).length, before_.length + 1);
});

test('two of one kind do not overlap; of two kinds they may', async () => {
	const add = (from, to, kind = 'FREEZE') => staff.submit(FREEZE, { kind,
	    from: day(from), to: to === null ? '' : day(to) });
	assert.equal((await add(0, 10)).status, 303);
	for (const [from, to] of [[0, 10], [-5, 0], [10, 20], [3, 4], [-5, 30],
	    [-5, null], [10, null]]) {
		const got = await add(from, to);
		assert.equal(got.status, 422, `${from} ${to}`);
		assert.match(errorOf(got.text, 'from'), /Another one of the same/);
		assert.equal(fieldsOf(got.text).from, day(from));
	}
	assert.equal((await held()).length, 1);
	assert.equal((await add(5, 6, 'INACTIVE')).status, 303);
	assert.equal((await add(-5, -1)).status, 303);
	assert.equal((await add(11, null)).status, 303);
	assert.equal((await add(300, 301)).status, 422);
	assert.equal((await held()).length, 4);
	// many at once: one of them
	await stack.sql(`DELETE FROM trn_member_freezes WHERE frz_member_id = 900`);
	const all = await Promise.all([1, 2, 3, 4, 5].map(() => add(20, 25)));
	assert.deepEqual(all.map(got => got.status).toSorted(),
	    [303, 422, 422, 422, 422]);
	assert.equal((await held()).length, 1);
});

test('each field says what is wrong with it', async () => {
	const needed = 'This is needed.', choice = 'Choose one of the list.';
	const bounds = 'This is too small or too large.';
	const date = 'Enter a date, like 31-12-2026.';
	for (const [name, typed, error] of [
	    ['kind', '', needed], ['kind', null, needed], ['kind', 'x', choice],
	    ['from', '', needed], ['from', 'x', date], ['from', '30-02-2026', date],
	    ['from', day(400), bounds], ['from', day(-400), bounds],
	    ['to', day(-1), 'The end lies before the start.'],
	    ['to', 'x', date], ['to', day(4000), bounds],
	    ['note', 'x'.repeat(201), 'This is too long.'],
	    ['note', 'a\x01', 'There is a character in it that cannot be kept.']]) {
		const got = await staff.submit(FREEZE, { note: 'kept', [name]: typed });
		assert.equal(got.status, 422, `${name}: ${typed}`);
		assert.equal(errorOf(got.text, name), error, `${name}: ${typed}`);
		if (name !== 'note')
			assert.equal(fieldsOf(got.text).note, 'kept');
	}
	assert.deepEqual(await held(), []);
});

test('one that has not begun is taken back whole', async () => {
	await staff.submit(FREEZE, { from: day(5), to: day(8) });
	const end = await endUrl();
	assert.match(textOf(await staff.page(end)), /has not begun yet/);
	// on its second day: one day stays
	assert.equal((await staff.submit(end, { day: day(6) })).status, 303);
	assert.deepEqual((await held()).map(f => [f.from, f.to]),
	    [[day(5), day(5)]]);
	assert.equal((await staff.post(end)).status, 303);
	assert.deepEqual(await held(), []);
	assert.deepEqual((await audits()).at(-1), { action: 'delete',
	    fields: 'frz_from,frz_to' });
	await staff.page(end, 404);
	assert.equal((await staff.post(end)).status, 404);
});

test('what an end may not be', async () => {
	await staff.submit(FREEZE, { from: day(-5), to: day(5) });
	const end = await endUrl();
	for (const [typed, error] of [['x', /Enter a date/],
	    [day(7), /ends before that day anyway/],
	    [day(-6), /end lies before the start/],
	    [day(-400), /end lies before the start/]]) {
		const got = await staff.submit(end, { day: typed });
		assert.equal(got.status, 422, typed);
		assert.match(errorOf(got.text, 'day'), error);
		assert.equal(fieldsOf(got.text).day, typed);
	}
	assert.equal((await held())[0].to, day(5));
	const before_ = await audits();
	assert.equal((await staff.submit(end, { day: day(6) })).status, 303);
	assert.deepEqual(await audits(), before_);	// it ends there already
	// ended twice is ended
	const form = fieldsOf(await staff.page(end));
	assert.equal((await staff.post(end, form)).status, 303);
	assert.equal((await staff.post(end, form)).status, 303);
	assert.equal((await audits()).length, before_.length + 1);
	// its own first day: it never was
	assert.equal((await staff.submit(end, { day: day(-5) })).status, 303);
	assert.deepEqual(await held(), []);
});

test('others\' members, others\' freezes, and forms that are not ours',
    async () => {
	await staff.submit(FREEZE);
	const end = await endUrl(), before_ = await held();
	const [{ id }] = await stack.sql(`SELECT MIN(id) AS id FROM
	    mst_members_lists WHERE mbr_compcode = 'AA'`);
	const theirs = `/members/${id}/freeze`;
	assert.equal((await other.submit(theirs)).status, 303);
	const [{ frz }] = await stack.sql(`SELECT id AS frz FROM
	    trn_member_freezes WHERE frz_member_id = ${id}`);
	for (const [person, path] of [[other, FREEZE], [other, end],
	    [owner, theirs], [south, theirs], [owner, '/members/9999/freeze'],
	    [owner, `/members/900/freezes/${frz}/end`],
	    [other, `/members/${id}/freezes/${end.split('/')[4]}/end`],
	    [south, `/members/${id}/freezes/${frz}/end`],
	    [owner, '/members/900/freezes/x/end'],
	    [owner, '/members/42/freezes/' + end.split('/')[4] + '/end']]) {
		await person.page(path, 404);
		assert.equal((await person.post(path, { kind: 'FREEZE',
		    from: day(50), day: today })).status, 404, path);
	}
	const form = fieldsOf(await staff.page(FREEZE));
	for (const path of [FREEZE, end]) {
		assert.equal((await staff.request('POST', path, { form: {
		    ...form, csrf: 'x' } })).status, 403);
		assert.equal((await staff.request('POST', path, { form: {
		    from: day(50), kind: 'FREEZE' } })).status, 403);
	}
	assert.deepEqual(await held(), before_);
});
