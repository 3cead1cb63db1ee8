// members.test.mjs: finding members: search, filters, orders, pages
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { REPO, Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, quote } from './gym.mjs';
import { Person, textOf } from './pages.mjs';

let stack, today, owner, other, north;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 120 });
	other = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
});
after(() => stack.stop());

const names = html => [...html.matchAll(
    /<th scope="row"><a href="\/members\/\d+">([^<]*)<\/a>/g)].map(m => m[1]);
const next = html => html.match(/href="([^"]+)">Next page/)?.[1]
    .replace(/&amp;/g, '&');

// All pages of a list, one after the other.
async function all(person, path) {
	const found = [];
	for (let to = path; to;) {
		const html = await person.page(to);
		found.push(...names(html));
		to = next(html);
	}
	return found;
}

test('by the beginning of name, code or phone', async () => {
	const find = async q => names(await owner.page(
	    `/members?q=${encodeURIComponent(q)}`));
	assert.deepEqual(await find('Rahul'), ['Rahul Sharma']);
	assert.deepEqual(await find('rahul sh'), ['Rahul Sharma']);
	assert.deepEqual(await find('SF-042'), ['Rahul Sharma']);
	for (const phone of ['98100 00042', '+91 98100 00042', '09810000042'])
		assert.deepEqual(await find(phone), ['Rahul Sharma'], phone);
	assert.equal((await find('98100')).length, 42);
	assert.equal((await find('A')).length, 8);
	for (const nothing of ['Sharma', '%', '_', '\\', '\'', 'x'.repeat(40)])
		assert.deepEqual(await find(nothing), [], nothing);
	assert.match(textOf(await owner.page('/members?q=nobody')),
	    /begins with that/);
});

test('each filter shows whom the rule says', async () => {
	const of = filter => all(owner, `/members?filter=${filter}`);
	await owner.page('/');	// counts them by the rule
	const [{ active, expiring, expired }] = await stack.sql(`SELECT
	    mct_active AS active, mct_expiring AS expiring,
	    mct_expired AS expired FROM trn_membership_counts
	    WHERE mct_compcode = 'SF' AND mct_branch_key = 0`);
	assert.equal((await of('active')).length, Number(active));
	assert.equal((await of('expiring')).length, Number(expiring));
	assert.equal((await of('expired')).length, Number(expired));
	assert.deepEqual(await of('frozen'), ['Gaurav Saxena']);
	assert.deepEqual(await of('inactive'), ['Pooja Mishra']);
	assert.equal((await of('all')).length, 42);
	assert.deepEqual((await of('all')).toSorted(), await of('all'));
});

test('a state follows its day, and a write to what it is made of', async () => {
	await addMember(stack, { id: 900, name: 'Zz Soon', subscriptions: [
	    [dayAfter(today, -10), dayAfter(today, 2)]], freezes: [
	    ['FREEZE', dayAfter(today, 1), dayAfter(today, 3)]] });
	const badge = async () => textOf(await owner.page('/members?q=Zz'))
	    .match(/Zz Soon T-900 (?:Phone )?(\w+(?: \w+)?) /)?.[1];
	const at = async days => {
		stack.setClock(Date.parse(`${dayAfter(today, days)}T06:30:00Z`) -
		    Date.now());
		return badge();
	};
	assert.match(await at(0), /^Active/);
	assert.match(await at(1), /^Frozen/);
	assert.match(await at(4), /^Active/);
	assert.match(await at(5), /^Active/);
	assert.match(await at(6), /^Expired/);
	makeNoon(stack);
	await stack.sql(`UPDATE mst_members_lists SET mbr_state_to = '1000-01-01'`);
});

test('absent are those who have not come for so many days', async () => {
	await addMember(stack, { id: 901, name: 'Absent One',
	    subscriptions: [['2020-01-01', '2099-12-31']] });
	const absent = days => all(owner, `/members?filter=absent&days=${days}`);
	const held = async days => (await stack.sql(`SELECT mbr_name AS name
	    FROM mst_members_lists WHERE mbr_compcode = 'SF' AND
	    mbr_state = 'ACTIVE' AND NOT EXISTS (SELECT 1
	    FROM trn_member_attendances WHERE att_member_id =
	    mst_members_lists.id AND att_punch_time >=
	    ${quote(dayAfter(today, -days))}) ORDER BY 1`)).map(r => r.name);
	for (const days of [1, 3, 14]) {
		assert.deepEqual(await absent(days), await held(days));
		assert.ok((await absent(days)).includes('Absent One'));
	}
	assert.ok((await absent(1)).length > (await absent(14)).length);
});

test('every order, page by page: each member once', async () => {
	const expected = (await stack.sql(`SELECT mbr_name AS name FROM
	    mst_members_lists WHERE mbr_compcode = 'AA'`)).map(r => r.name);
	for (const sort of ['name', 'until', 'joined']) {
		const found = await all(other, `/members?sort=${sort}`);
		assert.equal(found.length, 120);
		assert.deepEqual(found.toSorted(), expected.toSorted());
	}
	assert.match(await other.page(next(await other.page('/members'))),
	    /First page/);
});

test('another gym and another branch are not seen', async () => {
	assert.ok((await all(other, '/members')).every(n => /^Member AA/.test(n)));
	assert.deepEqual(names(await other.page('/members?q=Rahul')), []);
	assert.deepEqual(await all(north, '/members'), []);
	assert.deepEqual(names(await north.page('/members?q=Member')), []);
});

test('what cannot be read is as if it had not been said', async () => {
	for (const query of ['filter=x', 'sort=x', 'days=x', 'days=-1', 'days=0',
	    'after=x&after_id=x', 'sort=until&after=x&after_id=1', 'q=%ff',
	    `q=${'x'.repeat(300)}`, 'after_id=99999999999999999999', 'after=a'])
		assert.ok(names(await owner.page(`/members?${query}`)).length > 40,
		    query);
});

// The numbers that the unit test of message_judge_phone judges.
function judgedPhones() {
	const text = fs.readFileSync(`${REPO}/tests/unit/test_message_judge.c`,
	    'utf8').match(/numbers_that_messages_reach[^]*?cases\[\] = \{([^]*?)\n\t\};/)[1];
	return [...text.matchAll(/\{ (?:"([^"]*)"|NULL), (true|false) \}/g)]
	    .map(([, phone, good]) => ({ phone: phone ?? null,
	        isGood: good === 'true' }));
}

test('whom no message reaches, and who has not agreed: lists, counts and ' +
    'the judge are one', async () => {
	const judged = judgedPhones();
	assert.ok(judged.length >= 10);
	judged.push({ phone: '+919812345679', isGood: false, lost: true });
	for (const [i, { phone, lost }] of judged.entries()) {
		await addMember(stack, { id: 700 + i, name: `Reach ${i}`,
		    subscriptions: [['2020-01-01', '2099-12-31']] });
		await stack.sql(`UPDATE mst_members_lists SET mbr_phone =
		    ${quote(phone)}, mbr_unreached_phone = ${lost ?
		    'mbr_phone' : "'+911111111111'"} WHERE id = ${700 + i}`);
	}
	// agreed; agreed and taken back; never asked: the rest
	await stack.sql(`INSERT INTO trn_member_consents (cns_compcode,
	    cns_member_id, cns_kind, cns_is_given, cns_at) VALUES
	    ('SF', 700, 'MESSAGES', 1, '2026-01-01'),
	    ('SF', 701, 'MESSAGES', 1, '2026-01-01'),
	    ('SF', 701, 'MESSAGES', 0, '2026-01-02'),
	    ('SF', 702, 'PHOTO', 1, '2026-01-01')`);
	const ours = list => list.filter(n => n.startsWith('Reach ')).sort();
	const named = (keep) => judged.map((j, i) => [j, `Reach ${i}`])
	    .filter(([j], i) => keep(j, i)).map(([, n]) => n).sort();
	const text = textOf(await owner.page('/settings/messages'));
	for (const [filter, title, keep] of [
	    ['unreachable', 'No number that works', j => !j.isGood],
	    ['unasked', 'Not agreed to messages', (j, i) => i !== 0]]) {
		for (const sort of ['name', 'until', 'joined']) {
			const found = await all(owner,
			    `/members?filter=${filter}&sort=${sort}`);
			assert.deepEqual(ours(found), named(keep), filter + sort);
			assert.match(text, new RegExp(`${title} ${found.length} ` +
			    'active'));
		}
	}
});
