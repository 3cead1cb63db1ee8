// member.test.mjs: one member's page: what it tells, to whom
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, quote, SN } from './gym.mjs';
import { Person, textOf } from './pages.mjs';

let stack, today, owner, staff, other, south;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
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
	const owes = await staff.page('/members/5');
	assert.match(textOf(owes), /₹2,000 ₹2,000 to pay/);
	assert.match(owes, /href="\/members\/5\/subscriptions\/\d+\/pay">₹2,000</);
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

// ---- attendance -----------------------------------------------------------

const punchSql = (member, time, status = 'ALLOWED', more = {}) => {
	const row = { att_compcode: 'SF', att_branch_id: 1,
	    att_member_id: member, att_device_user_id: `${member}`,
	    att_device_sn: SN, att_punch_time: time, att_status: status,
	    att_received_at: '2026-01-01', ...more };
	return `INSERT INTO trn_member_attendances (${Object.keys(row)}) VALUES
	    (${Object.values(row).map(quote)});`;
};
const idOf = async (member, time) => Number((await stack.sql(`SELECT id FROM
    trn_member_attendances WHERE att_member_id = ${member} AND att_punch_time =
    '${time}' AND att_corrects_id IS NULL`))[0].id);

// What each day of the month shows: { 12: 'came in: 2 refused: 1' }.
const calendar = html => Object.fromEntries([...html.match(
    /<table class="month[^]*?<\/table>/)[0].matchAll(/<td[^>]*>(.*?)<\/td>/g)]
    .map(m => textOf(m[1]).match(/^(\d+) ?(.*)$/)).filter(m => m?.[2])
    .map(m => [m[1], m[2]]));
const caption = html => textOf(html.match(/<caption>([^]*?)<\/caption>/)[1]);

test('a month of days: came in, refused, corrected', async () => {
	await addMember(stack, { id: 910, name: 'Ana Comes' });
	await stack.sql([
	    punchSql(910, '2026-02-28 23:59:59'), punchSql(910,
	    '2026-03-01 00:00:00'), punchSql(910, '2026-03-12 07:30:10'),
	    punchSql(910, '2026-03-12 19:00:00', 'DENIED',
	    { att_reason: 'Membership frozen' }), punchSql(910,
	    '2026-03-12 19:05:00'), punchSql(910, '2026-03-31 23:59:59',
	    'DENIED'), punchSql(910, '2026-04-01 00:00:00'),
	    punchSql(911, '2026-03-20 10:00:00').replaceAll('911', '42')]
	    .join('\n'));
	const march = await staff.page('/members/910?month=2026-03');
	assert.equal(caption(march), 'Mar 2026 : came in 3, refused 2');
	assert.deepEqual(calendar(march), { 1: 'came in: 1',
	    12: 'came in: 2 refused: 1', 31: 'refused: 1' });
	assert.match(march, /href="\/members\/910\?month=2026-02#attendance"/);
	assert.match(march, /href="\/members\/910\?month=2026-04#attendance"/);
	// the newest correction says how it counts
	const first = await idOf(910, '2026-03-01 00:00:00');
	const refused = await idOf(910, '2026-03-12 19:00:00');
	const correct = (id, time, status, note) => stack.sql(punchSql(910, time,
	    status, { att_corrects_id: id, att_note: note, att_time_source:
	    'STAFF' }));
	await correct(first, '2026-03-01 00:00:00', 'VOID', 'Another finger');
	await correct(refused, '2026-03-12 19:00:00', 'VOID');
	await correct(refused, '2026-03-12 19:00:00', 'ALLOWED', 'Had <paid>');
	const again = await staff.page('/members/910?month=2026-03');
	assert.deepEqual(calendar(again), { 12: 'came in: 3',
	    31: 'refused: 1' });
	const text = textOf(again);
	assert.match(text, /12 Mar 2026, 7:00 pm Front door Refused Membership frozen Corrected: counts as a visit \(Had <paid>\)/);
	assert.match(text, /1 Mar 2026, 12:00 am Front door Came in Corrected: does not count \(Another finger\)/);
	assert.equal((text.match(/Corrected:/g)).length, 2);
});

test('this month first; none to come, none that cannot be read', async () => {
	const now = await staff.page('/members/910');
	const month = new Date(`${today}T00:00:00Z`).toLocaleDateString('en-US',
	    { month: 'short', year: 'numeric', timeZone: 'UTC' });
	assert.ok(caption(now).startsWith(month), caption(now));
	assert.doesNotMatch(now, /Next month/);
	assert.equal((now.match(/aria-current="date"/g)).length, 1);
	for (const asked of ['2026-13', 'x', '', '1999-12', '2026-03-01', '%ff',
	    '\'', `${'9'.repeat(300)}`])
		assert.equal(caption(await staff.page(
		    `/members/910?month=${encodeURIComponent(asked)}`)),
		    caption(now), asked);
	assert.doesNotMatch(await staff.page('/members/910?month=2000-01'),
	    /Previous month/);
	assert.match(await staff.page('/members/910?month=2000-02'),
	    /Previous month/);
});

test('the last visits, and those before: each once', async () => {
	await addMember(stack, { id: 912, name: 'Often' });
	const at = i => `2026-01-${String(i + 1).padStart(2, '0')} 08:0${i % 10}:30`;
	await stack.sql(Array.from({ length: 25 }, (_, i) => punchSql(912, at(i)))
	    .join('\n') + punchSql(912, '2026-01-26 09:00:00', 'ALLOWED', {
	    att_device_sn: '', att_time_source: 'STAFF', att_is_late: 0 }) +
	    punchSql(912, '2026-01-27 09:00:00', 'DENIED', { att_device_sn:
	    'GONE-1', att_is_late: 1, att_reason: 'No subscription' }));
	const times = html => [...html.matchAll(
	    /<th scope="row">(\d+ \w+ \d+, [^<]*[ap]m)/g)].map(m => m[1]);
	const found = [];
	let url = '/members/912', pages = 0;
	for (; url; pages++) {
		const html = await staff.page(url);
		if (pages === 0)
			assert.match(textOf(html), /27 Jan 2026, 9:00 am came late from the terminal GONE-1 Refused No subscription 26 Jan 2026, 9:00 am By hand Came in 25 Jan 2026, 8:04 am Front door Came in/);
		found.push(...times(html.slice(html.indexOf('id="visits"'))));
		url = html.match(/href="([^"]*)">Earlier visits/)?.[1]
		    .replace(/#.*/, '');
	}
	assert.equal(pages, 3);
	assert.equal(found.length, 27);
	assert.equal(new Set(found).size, 27);
	for (const bad of ['x', '', '%ff', '2026-01-01T00:00:00Z'])
		assert.match(await staff.page(`/members/912?before=${bad}`),
		    /27 Jan 2026/);
	assert.match(textOf(await staff.page(
	    '/members/912?before=2020-01-01T00:00:00')), /None earlier/);
});

// ---- what else there is ---------------------------------------------------

test('payments with their receipts, and what was taken back', async () => {
	const text = textOf(await staff.page('/members/42'));
	assert.match(text, /2026-27\/\d{6} 1 Jul 2026 \w+ ₹12,000/);
	assert.match(text, /2025-26\/\d{6} 1 Jan 2026 \w+ ₹7,200/);
	const [{ id }] = await stack.sql(`SELECT id FROM trn_payments WHERE
	    pay_member_id = 42 ORDER BY id DESC LIMIT 1`);
	await stack.sql(`UPDATE mst_companies SET cmp_receipt_prefix = 'SF/'
	    WHERE cmp_compcode = 'SF'; INSERT INTO trn_payments (pay_compcode,
	    pay_branch_id, pay_member_id, pay_subscription_id, pay_amount,
	    pay_method, pay_date, pay_receipt_year, pay_receipt_no,
	    pay_reverses_id, pay_created_at) SELECT pay_compcode, pay_branch_id,
	    pay_member_id, pay_subscription_id, -pay_amount, 'CASH', '${today}',
	    2099, 7, id, '${today}' FROM trn_payments WHERE id = ${id}`);
	const html = await staff.page('/members/42');
	assert.match(textOf(html), /SF\/2099-00\/000007 Taken back .* Cash -₹12,000/);
	assert.match(textOf(html), /SF\/2026-27\/\d{6} Void 1 Jul 2026/);
	assert.match(html, new RegExp(`href="/payments/${id}"`));
	assert.match(textOf(await staff.page('/members/900')),
	    /Nothing was paid yet/);
});

test('numbers at the terminals, those that hold first', async () => {
	await addMember(stack, { id: 913, mappings: [['77', '2026-01-02 10:00:00',
	    '2026-02-01 00:00:00'], ['78', '2026-02-01 00:00:00']] });
	await addMember(stack, { id: 914, sn: 'GONE-1', mappings: [['5']] });
	const html = await staff.page('/members/913');
	assert.match(textOf(html), /Front door : number 78 since 1 Feb 2026, 12:00 am Front door : number 77 2 Jan 2026, 10:00 am to 1 Feb 2026, 12:00 am/);
	assert.match(html, new RegExp(`href="/devices/${SN}/mappings"`));
	const gone = await staff.page('/members/914');
	assert.match(textOf(gone), /GONE-1: number 5/);
	assert.doesNotMatch(gone, /\/devices\/GONE-1/);
	assert.match(textOf(await staff.page('/members/900')),
	    /No terminal knows this member/);
});

test('a branch is named where there are several', async () => {
	assert.doesNotMatch(textOf(await staff.page('/members/42')), /Branch/);
	assert.match(textOf(await other.page(`/members/${await ofNorth()}`)),
	    /Branch North/);
});

// ---- consents -------------------------------------------------------------

const consents = id => stack.sql(`SELECT cns_kind AS kind,
    cns_is_given AS given, usr_name AS user FROM trn_member_consents
    LEFT JOIN mst_users u ON u.id = cns_user_id
    WHERE cns_member_id = ${id} ORDER BY trn_member_consents.id`);
const photoSql = `INSERT INTO trn_member_photos (pho_compcode, pho_member_id,
    pho_large, pho_small, pho_at) VALUES ('SF', 915, 'x', 'x', '${
    '2026-01-01'}');`;

test('consents are given and taken back, each with who and when', async () => {
	await addMember(stack, { id: 915, name: 'Ana Agrees' });
	const say = (kind, act, person = staff) =>
	    person.post('/members/915/consents', { kind, act });
	assert.match(textOf(await staff.page('/members/915')), /Finger or face : never given .*Photo : never given .*Messages : never given/);
	const got = await say('PHOTO', 'give');
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/members/915#consents');
	await say('PHOTO', 'give');	// twice is once
	await say('MESSAGES', 'withdraw');	// was never given
	assert.deepEqual(await consents(915), [{ kind: 'PHOTO', given: '1',
	    user: 'staff of SF' }]);
	await stack.sql(photoSql);
	const html = await staff.page('/members/915');
	assert.match(textOf(html), /Photo : Given \d+ \w+ \d+, 12:0\d pm, by staff of SF Withdraw/);
	assert.match(html, /src="\/members\/915\/photo\/large\.jpg"/);
	await say('BIOMETRICS', 'give', owner);
	assert.equal((await say('PHOTO', 'withdraw', owner)).status, 303);
	assert.deepEqual((await consents(915)).map(c => [c.kind, c.given]),
	    [['PHOTO', '1'], ['BIOMETRICS', '1'], ['PHOTO', '0']]);
	const after_ = await staff.page('/members/915');
	assert.match(textOf(after_), /Photo : Withdrawn .*by Demo Owner Give/);
	assert.doesNotMatch(after_, /large\.jpg/);
	assert.equal((await stack.sql(`SELECT pho_member_id FROM
	    trn_member_photos WHERE pho_member_id = 915`)).length, 0);
	assert.equal((await stack.sql(`SELECT id FROM trn_audit_trails WHERE
	    aud_table = 'trn_member_consents' AND aud_user_id IS NOT NULL AND
	    aud_fields = 'cns_member_id,cns_kind,cns_is_given'`)).length, 3);
	// many at once are one
	await Promise.all([1, 2, 3, 4].map(() => say('MESSAGES', 'give')));
	assert.equal((await consents(915)).filter(c => c.kind === 'MESSAGES')
	    .length, 1);
});

test('consents that are none, of others, or forged', async () => {
	const before_ = await consents(915), path = '/members/915/consents';
	for (const form of [{}, { kind: 'PHOTO' }, { act: 'give' },
	    { kind: 'photo', act: 'give' }, { kind: 'PHOTO', act: 'x' },
	    { kind: 'x'.repeat(5000), act: 'give' }, { kind: '', act: '' }])
		assert.equal((await staff.post(path, form)).status, 400);
	const form = { kind: 'PHOTO', act: 'give' };
	for (const [person, id] of [[other, 915], [south, 915],
	    [owner, await ofNorth()], [south, await ofNorth()],
	    [owner, 99999], [owner, 'x']])
		assert.equal((await person.post(`/members/${id}/consents`,
		    form)).status, 404);
	assert.equal((await staff.request('POST', path, { form })).status, 403);
	assert.equal((await stack.request('POST', path, { headers: {
	    'Content-Type': 'application/x-www-form-urlencoded' },
	    body: 'kind=PHOTO&act=give' })).status, 401);
	assert.deepEqual(await consents(915), before_);
});
