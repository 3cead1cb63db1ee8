// renewals.test.mjs: a subscription is sold, paid, and taken back
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, punch, quote, rowCounts } from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

let stack, today, owner, staff, other;

before(async () => {
	stack = await Stack.start({ demo: true });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	other = await Person.signIn(stack, (await addCompany(stack, 'AA')).owner);
});
after(() => stack.stop());

let next = 2000;
const addOne = async (subscriptions = [], more = {}) => {
	const id = next++;
	await addMember(stack, { id, subscriptions, mappings: [[`${id}`]],
	    ...more });
	return id;
};
const bought = id => stack.sql(`SELECT * FROM trn_member_subscriptions
    WHERE ms_member_id = ${id} ORDER BY id`);
const paid = id => stack.sql(`SELECT * FROM trn_payments
    WHERE pay_member_id = ${id} ORDER BY id`);
const renew = (id, changes, who = staff) =>
    who.submit(`/members/${id}/renew`, changes);

// Whatever happened: what is paid is the sum of payments, numbers have no gap.
async function booksAreRight() {
	const wrong = await stack.sql(`SELECT id FROM trn_member_subscriptions s
	    WHERE ms_compcode = 'SF' AND ms_paid <> COALESCE((SELECT
	    SUM(pay_amount) FROM trn_payments WHERE pay_compcode = ms_compcode
	    AND pay_subscription_id = s.id), 0) AND id > (SELECT MAX(id) FROM
	    trn_member_subscriptions WHERE ms_member_id <= 43)`);
	assert.deepEqual(wrong, []);
	const years = await stack.sql(`SELECT COUNT(*) AS n,
	    COUNT(DISTINCT pay_receipt_no) AS d, MAX(pay_receipt_no) AS most,
	    MIN(pay_receipt_no) AS least, MAX(rcc_last) AS last FROM trn_payments
	    JOIN trn_receipt_counters ON rcc_compcode = pay_compcode AND
	    rcc_year = pay_receipt_year GROUP BY pay_compcode, pay_receipt_year`);
	assert.ok(years.length > 0);
	for (const y of years)
		assert.deepEqual([y.d, y.most, y.least, y.last], [y.n, y.n, '1', y.n]);
}

test('two clicks: the same plan, from the next day on, all of it paid',
    async () => {
	const id = await addOne();
	await stack.sql(`INSERT INTO trn_member_subscriptions (ms_compcode,
	    ms_member_id, ms_plan_id, ms_start_date, ms_end_date, ms_created_at)
	    VALUES ('SF', ${id}, 2, ${quote(dayAfter(today, -80))},
	    ${quote(dayAfter(today, 9))}, '2026-01-01')`);
	const fields = fieldsOf(await staff.page(`/members/${id}/renew`));
	assert.equal(fields.plan, '2');
	assert.equal(fields.start, dayAfter(today, 10));
	assert.equal(fields.price, '4000');
	assert.equal(fields.paid, '4000');
	const got = await renew(id, {});
	assert.equal(got.status, 303, got.text);
	assert.equal(got.headers.location, `/members/${id}`);
	const [, row] = await bought(id);
	assert.deepEqual([row.ms_start_date, row.ms_end_date, row.ms_amount,
	    row.ms_paid, row.ms_due], [dayAfter(today, 10),
	    dayAfter(today, 99), '400000', '400000', null]);
	const [pay] = await paid(id);
	assert.deepEqual([pay.pay_amount, pay.pay_method, pay.pay_date],
	    ['400000', 'CASH', today]);
	await booksAreRight();
});

test('an expired member starts today, and enters at once', async () => {
	const id = await addOne([['2026-01-01', '2026-01-31']]);
	const send = second => stack.post(punch(`${id}`,
	    `${today} 11:5${second}:00`));
	assert.match((await send(0)).text, /DENIED/);
	assert.equal(fieldsOf(await staff.page(`/members/${id}/renew`)).start,
	    today);
	assert.equal((await renew(id, { plan: '1', price: '1500',
	    paid: '0' })).status, 303);
	assert.match((await send(1)).text, /ALLOWED/);
	assert.match(textOf(await staff.page(`/members/${id}`)), /Active/);
	assert.deepEqual(await paid(id), []);
	assert.equal((await bought(id))[1].ms_due, '150000');
});

test('a frozen one goes on behind what the freeze has moved', async () => {
	const id = await addOne([[dayAfter(today, -20), dayAfter(today, -2)]],
	    { freezes: [['FREEZE', dayAfter(today, -10), dayAfter(today, -1)]] });
	assert.equal(fieldsOf(await staff.page(`/members/${id}/renew`)).start,
	    dayAfter(today, -1));
	assert.equal((await renew(id, {})).status, 303);
	assert.match(textOf(await staff.page(`/members/${id}`)), /Active/);
});

test('posted twice, and twice at once, is sold once', async () => {
	const id = await addOne();
	const fields = fieldsOf(await staff.page(`/members/${id}/renew`));
	const post = () => staff.request('POST', `/members/${id}/renew`,
	    { form: fields });
	const got = await Promise.all([post(), post(), post()]);
	assert.deepEqual(got.map(r => r.status), [303, 303, 303]);
	assert.equal((await post()).status, 303);
	assert.equal((await bought(id)).length, 1);
	assert.equal((await paid(id)).length, 1);
	// another form, of the same days
	const again = await renew(id, { start: today });
	assert.equal(again.status, 422);
	assert.match(again.text, /Another subscription holds/);
	await booksAreRight();
});

test('what is refused says so at its field, and sells nothing', async () => {
	const id = await addOne();
	const before_ = await rowCounts(stack);
	for (const [changes, words] of [
	    [{ plan: '999999' }, /not sold any more/],
	    [{ plan: 'x' }, /whole number/], [{ plan: '' }, /needed/],
	    [{ price: '1500.01' }, /more than the plan costs/],
	    [{ price: '-1' }, /Enter an amount/], [{ price: null }, /needed/],
	    [{ price: '9'.repeat(30) }, /Enter an amount/],
	    [{ price: '100', paid: '101' }, /more than there is to pay/],
	    [{ paid: 'x' }, /Enter an amount/],
	    [{ method: 'UPI' }, /needs the reference/],
	    [{ method: 'GOLD' }, /Choose one/],
	    [{ reference: 'x'.repeat(65) }, /too long/],
	    [{ start: '30-02-2026' }, /Enter a date/],
	    [{ start: '01-01-1990' }, /too small or too large/],
	]) {
		const got = await renew(id, changes);
		assert.equal(got.status, 422, JSON.stringify(changes));
		assert.match(textOf(got.text), words, JSON.stringify(changes));
	}
	const typed = await renew(id, { price: '1200', paid: '9999',
	    method: 'CARD', reference: 'a <b>' });
	const fields = fieldsOf(typed.text);
	assert.deepEqual([fields.price, fields.paid, fields.method,
	    fields.reference], ['1200', '9999', 'CARD', 'a <b>']);
	assert.equal((await staff.request('POST', `/members/${id}/renew`,
	    { form: { ...fields, csrf: 'x' } })).status, 403);
	assert.deepEqual(await rowCounts(stack), before_);
	assert.deepEqual(await bought(id), []);
});

test('part by part, and never more than is due', async () => {
	const id = await addOne();
	await renew(id, { paid: '500' });
	const [row] = await bought(id);
	const url = `/members/${id}/subscriptions/${row.id}/pay`;
	assert.match(textOf(await staff.page('/payments/dues')),
	    new RegExp(`Member ${id}`));
	assert.equal(fieldsOf(await staff.page(url)).amount, '1000');
	const over = await staff.submit(url, { amount: '1000.01' });
	assert.equal(over.status, 422);
	assert.match(over.text, /more than there is to pay/);
	assert.equal((await staff.submit(url, { amount: '0' })).status, 422);
	const got = await staff.submit(url, { amount: '400', method: 'UPI',
	    reference: '412345678901' });
	assert.equal(got.status, 303);
	const receipt = textOf(await staff.page(got.headers.location));
	assert.match(receipt, /Amount ₹400/);
	assert.match(receipt, /Still due ₹600/);
	assert.match(receipt, /412345678901/);
	// two at once, of which only one is due
	const fields = fieldsOf(await staff.page(url));
	const both = await Promise.all(['a', 'b'].map(n => staff.request('POST',
	    url, { form: { ...fields, nonce: n.repeat(32) } })));
	assert.deepEqual(both.map(r => r.status).toSorted(), [303, 422]);
	assert.equal((await bought(id))[0].ms_due, null);
	assert.doesNotMatch(textOf(await staff.page('/payments/dues')),
	    new RegExp(`Member ${id}`));
	await booksAreRight();
});

test('only the owner takes a payment back, once', async () => {
	const id = await addOne();
	await renew(id, {});
	const [{ id: pay }] = await paid(id);
	const url = `/payments/${pay}`;
	assert.doesNotMatch(await staff.page(url), /Take it back/);
	assert.equal((await staff.post(`${url}/void`,
	    { reason: 'a mistake' })).status, 403);
	const none = await owner.submit(url, { reason: '' }, `${url}/void`);
	assert.equal(none.status, 422);
	assert.match(none.text, /This is needed/);
	const got = await owner.submit(url, { reason: 'Paid twice' },
	    `${url}/void`);
	assert.equal(got.status, 303, got.text);
	assert.match(textOf(await owner.page(got.headers.location)),
	    /Reversal.*-₹1,500.*Paid twice/);
	assert.match(await owner.page(url), /was taken back/);
	const again = await owner.post(`${url}/void`, { reason: 'once more' });
	assert.equal(again.status, 422);
	assert.match(again.text, /taken back already/);
	// nor is a reversal taken back
	assert.equal((await owner.post(`${got.headers.location}/void`,
	    { reason: 'once more' })).status, 422);
	const [row] = await bought(id);
	assert.deepEqual([row.ms_paid, row.ms_due], ['0', '150000']);
	assert.equal((await owner.post(`/members/${id}/subscriptions/${
	    row.id}/void`)).status, 303);
	assert.equal((await bought(id))[0].ms_status, 'VOID');
	assert.match(textOf(await owner.page(`/members/${id}`)),
	    /No subscription|None/);
	await booksAreRight();
});

test('a hundred at once, some refused: numbers without a gap', async () => {
	const ids = [];
	for (let i = 0; i < 50; i++)
		ids.push(await addOne());
	const fields = fieldsOf(await staff.page(`/members/${ids[0]}/renew`));
	const got = await Promise.all(ids.flatMap((id, i) => [0, 1].map(k =>
	    staff.request('POST', `/members/${id}/renew`, { form: { ...fields,
	    nonce: `${i}-${k}`.replace('-', 'x').padStart(32, '0'),
	    ...(k ? { price: '1', paid: '2' } : {}) } }))));
	assert.equal(got.filter(r => r.status === 303).length, 50);
	assert.equal(got.filter(r => r.status === 422).length, 50);
	await booksAreRight();
});

test('the close of a day is the owner\'s, and adds up', async () => {
	assert.equal((await staff.get('/payments/day')).status, 403);
	const [{ sum }] = await stack.sql(`SELECT SUM(pay_amount) AS sum FROM
	    trn_payments WHERE pay_compcode = 'SF' AND pay_date =
	    ${quote(today)}`);
	const text = textOf(await owner.page('/payments/day'));
	assert.match(text, new RegExp(`In all ₹${
	    (Number(sum) / 100).toLocaleString('en-IN')}`));
	assert.match(text, /staff of SF/);
	assert.match(textOf(await owner.page('/payments/day?from=01-01-2020')),
	    /Nothing was paid on this day/);
});

test('payments, page by page, each once', async () => {
	const found = [];
	let to = '/payments?from=2020-01-01';
	while (to) {
		const html = await owner.page(to);
		found.push(...[...html.matchAll(/href="\/payments\/(\d+)"/g)]
		    .map(m => m[1]));
		to = html.match(/href="([^"]+)">Older/)?.[1].replace(/&amp;/g, '&');
	}
	const all = (await stack.sql(`SELECT id FROM trn_payments
	    WHERE pay_compcode = 'SF'`)).map(r => r.id);
	assert.equal(found.length, all.length);
	assert.deepEqual(found.toSorted(), all.toSorted());
});

test('another gym sees and changes nothing', async () => {
	const id = await addOne();
	await renew(id, { paid: '100' });
	const [sub] = await bought(id), [pay] = await paid(id);
	for (const path of [`/members/${id}/renew`, `/payments/${pay.id}`,
	    `/members/${id}/subscriptions/${sub.id}/pay`, '/plans/1/edit']) {
		assert.equal((await other.get(path)).status, 404, path);
		const to = /payments/.test(path) ? `${path}/void` : path;
		assert.equal((await other.post(to, { reason: 'xxx', plan: '1',
		    price: '1', paid: '1', start: today, method: 'CASH', amount: '1',
		    name: 'x', days: '1' })).status, 404, to);
	}
	assert.doesNotMatch(await other.page('/payments'), /Member \d/);
	assert.doesNotMatch(await other.page('/payments/dues'), /Member \d/);
	assert.doesNotMatch(await other.page('/plans'), /Monthly/);
	assert.equal((await bought(id)).length, 1);
});

test('plans are the owner\'s to change; what was sold stays', async () => {
	assert.equal((await staff.get('/plans/new')).status, 403);
	const form = { name: 'Ten days', days: '10', price: '600' };
	const fields = { ...fieldsOf(await owner.page('/plans/new')), ...form };
	for (let i = 0; i < 2; i++)
		assert.equal((await owner.request('POST', '/plans/new',
		    { form: fields })).status, 303);
	const [plan, ...more] = await stack.sql(`SELECT * FROM
	    mst_membership_plans WHERE plan_name = 'Ten days'`);
	assert.deepEqual(more, []);
	for (const [bad, words] of [[{ name: '' }, /needed/],
	    [{ name: 'x'.repeat(121) }, /too long/], [{ days: '0' }, /too small/],
	    [{ days: '1.5' }, /whole number/], [{ price: '' }, /needed/],
	    [{ branch: '999' }, /Nothing was stored/]]) {
		const got = await owner.submit('/plans/new', { ...form, ...bad });
		assert.equal(got.status, 422);
		assert.match(got.text, words);
	}
	const id = await addOne();
	await renew(id, { plan: plan.id, price: '600', paid: '600' });
	assert.equal((await owner.submit(`/plans/${plan.id}/edit`,
	    { price: '700', days: '12' })).status, 303);
	const [row] = await bought(id);
	assert.deepEqual([row.ms_amount, row.ms_end_date],
	    ['60000', dayAfter(today, 9)]);
	assert.equal((await owner.post(`/plans/${plan.id}/close`)).status, 303);
	assert.match((await renew(await addOne(), { plan: plan.id })).text,
	    /not sold any more/);
	assert.equal((await owner.post(`/plans/${plan.id}/open`)).status, 303);
	assert.equal((await renew(await addOne(), { plan: plan.id, price: '700',
	    paid: '0' })).status, 303);
});
