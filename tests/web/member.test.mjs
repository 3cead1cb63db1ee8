// member.test.mjs: one member's page: what it tells, to whom
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter } from './gym.mjs';
import { Person, textOf } from './pages.mjs';

let stack, today, owner, staff, other, south;

before(async () => {
	stack = await Stack.start({ demo: true });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
});
after(() => stack.stop());

// The id of AA's first member, who belongs to North.
const ofNorth = async () => (await stack.sql(`SELECT MIN(id) AS id FROM
    mst_members_lists WHERE mbr_compcode = 'AA'`))[0].id;

test('contact, state, and what was bought', async () => {
	const html = await staff.page('/members/42');
	const text = textOf(html);
	assert.match(text, /Rahul Sharma Active/);
	assert.match(text, /Code SF-042 Phone 98100 00042 Joined 1 Jan 2026/);
	assert.match(html, /href="tel:\+919810000042"/);
	assert.match(text, /Yearly 1 Jul 2026 .* ₹12,000 ₹12,000 - Half-yearly 1 Jan 2026 30 Jun 2026 ₹7,200 ₹7,200 -/);
	assert.match(html, /href="\/members\/42\/renew"/);
	assert.match(textOf(await staff.page('/members/43')),
	    /Vikram Nanda Expired .* Membership until 28 Feb 2026/);
	assert.match(textOf(await staff.page('/members/5')), /₹2,000 ₹2,000/);
});

test('void ones are marked, and nothing at all is said', async () => {
	await addMember(stack, { id: 900, name: 'A <b>Bold</b> Name',
	    subscriptions: [[today, dayAfter(today, 9), 'VOID']] });
	assert.match(textOf(await owner.page('/members/900')),
	    /A <b>Bold<\/b> Name No subscription .* Without a plan Void/);
	await addMember(stack, { id: 901 });
	assert.match(textOf(await owner.page('/members/901')),
	    /Nothing was ever bought/);
});

test('another gym\'s and another branch\'s members are not there', async () => {
	const id = await ofNorth();
	await other.page(`/members/${id}`);
	for (const [person, who] of [[owner, id], [staff, id], [south, id],
	    [other, 42], [owner, 999999], [owner, '0'], [owner, '-1'],
	    [owner, 'x'], [owner, '42x'], [owner, '99999999999999999999'],
	    [owner, '%C3%A9'], [owner, '1%20OR%201=1']])
		await person.page(`/members/${who}`, 404);
});

test('who is not signed in is led there', async () => {
	const got = await stack.request('GET', '/members/42', {});
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/login');
});
