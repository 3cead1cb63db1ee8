// renewals.test.mjs: a subscription is sold, paid, and taken back
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, punch, quote, rowCounts } from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

let stack, today, owner, staff, other;

before(async () => {
	stack = await Stack.start({ demo: 'morning', workers: 4 });
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

// What `pattern` finds on all pages of a list, one after the other.
async function all(who, path, pattern, group = 1) {
	const found = [];
	for (let to = path; to;) {
		const html = await who.page(to);
		found.push(...[...html.matchAll(pattern)].map(m => m[group]));
		to = html.match(/href="([^"]+)">(?:Next page|Older)/)?.[1]
		    .replace(/&amp;/g, '&');
	}
	return found;
}
const dues = (who, order) => all(who, `/payments/dues?order=${order}`,
    /subscriptions\/(\d+)\/pay"/g);

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

test('another plan has another price', async () => {
	const id = await addOne();
	// chosen without the script: nobody sells a year for the price of a month
	const got = await renew(id, { plan: '4' });
	assert.equal(got.status, 422);
	assert.match(got.text, /what the plan costs that you chose now/);
	const fields = fieldsOf(got.text);
	assert.deepEqual([fields.plan, fields.plan_was, fields.price,
	    fields.paid], ['4', '4', '12000', '12000']);
	assert.deepEqual(await bought(id), []);
	assert.equal((await staff.request('POST', `/members/${id}/renew`,
	    { form: fields })).status, 303);
	assert.deepEqual((await bought(id)).map(r => [r.ms_plan_id, r.ms_amount]),
	    [['4', '1200000']]);
	// what was typed on purpose stays
	const other_ = await addOne();
	const part = await renew(other_, { plan: '4', paid: '100' });
	assert.deepEqual([fieldsOf(part.text).price, fieldsOf(part.text).paid],
	    ['12000', '100']);
	assert.equal((await renew(other_, { plan: '4', price: '9000',
	    paid: '9000' })).status, 303);
	assert.equal((await bought(other_))[0].ms_amount, '900000');
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
	const voiding = `/members/${id}/subscriptions/${row.id}/void`;
	// not while something is paid of it
	await owner.submit(`/members/${id}/subscriptions/${row.id}/pay`,
	    { amount: '10' });
	const kept = await owner.post(voiding);
	assert.equal(kept.status, 422);
	assert.match(textOf(kept.text), /Nothing was changed: ₹10 of it is paid/);
	assert.equal((await bought(id))[0].ms_status, 'ACTIVE');
	const last = (await paid(id)).at(-1).id;
	assert.equal((await owner.post(`/payments/${last}/void`,
	    { reason: 'By mistake' })).status, 303);
	assert.equal((await staff.post(voiding)).status, 403);
	assert.equal((await owner.post(voiding)).status, 303);
	assert.equal((await owner.post(voiding)).status, 404);
	assert.equal((await bought(id))[0].ms_status, 'VOID');
	assert.match(textOf(await owner.page(`/members/${id}`)),
	    /No subscription|None/);
	await booksAreRight();
});

test('taken back twenty times at once, it is once; under the tax it had',
    async () => {
	const tax = (gstin, rate) => stack.sql(`UPDATE mst_companies SET
	    cmp_gstin = ${quote(gstin)}, cmp_tax_rate = ${rate}
	    WHERE cmp_compcode = 'SF'`);
	const id = await addOne();
	await tax('07AAACS1234A1Z5', 1800);
	await renew(id, {});
	await tax(null, 500);
	const [{ id: pay }] = await paid(id);
	const receipt = textOf(await staff.page(`/payments/${pay}`));
	assert.match(receipt, /GSTIN 07AAACS1234A1Z5/);
	assert.match(receipt,
	    /Without tax ₹1,271.18 CGST 9.00% ₹114.41 SGST 9.00% ₹114.41/);
	const { csrf } = fieldsOf(await owner.page(`/payments/${pay}`));
	const got = await Promise.all(Array.from({ length: 20 }, () =>
	    owner.request('POST', `/payments/${pay}/void`, { form: { csrf,
	    reason: 'Once' } })));
	assert.equal(got.filter(r => r.status === 303).length, 1);
	assert.equal(got.filter(r => r.status === 422).length, 19);
	const [, back, ...more] = await paid(id);
	assert.deepEqual(more, []);
	assert.deepEqual([back.pay_amount, back.pay_gstin, back.pay_tax_rate,
	    back.pay_reverses_id], ['-150000', '07AAACS1234A1Z5', '1800', pay]);
	// the next one is taken without: no GSTIN, no tax
	const next_ = await addOne();
	await renew(next_, {});
	assert.deepEqual((await paid(next_)).map(p => [p.pay_gstin,
	    p.pay_tax_rate]), [[null, '0']]);
	await tax(null, 0);
	await booksAreRight();
});

test('the books can only be added to', async () => {
	const program = { name: stack.schema, password: stack.password('program') };
	for (const text of ['UPDATE trn_payments SET pay_amount = 1',
	    'DELETE FROM trn_payments', 'DELETE FROM trn_receipt_counters'])
		await assert.rejects(stack.sql(text, { user: program }),
		    /denied/, text);
	assert.ok((await stack.sql('SELECT COUNT(*) AS n FROM trn_payments',
	    { user: program }))[0].n > 0);
});

test('a hundred at once, some refused: numbers without a gap', async () => {
	const ids = [];
	for (let i = 0; i < 100; i++)
		ids.push(await addOne());
	const fields = fieldsOf(await staff.page(`/members/${ids[0]}/renew`));
	const got = await Promise.all(ids.flatMap((id, i) => [0, 1].map(k =>
	    staff.request('POST', `/members/${id}/renew`, { form: { ...fields,
	    nonce: `${i}-${k}`.replace('-', 'x').padStart(32, '0'),
	    ...(k ? { price: '1', paid: '2' } : {}) } }))));
	assert.equal(got.filter(r => r.status === 303).length, 100);
	assert.equal(got.filter(r => r.status === 422).length, 100);
	await booksAreRight();
});

test('the first payments of a company, all at once', async () => {
	const gym = await addCompany(stack, 'FY', { members: 20 });
	const head = await Person.signIn(stack, gym.owner);
	await stack.sql(`INSERT INTO mst_membership_plans (plan_compcode, id,
	    plan_name, plan_days, plan_price, plan_created_at) VALUES ('FY', 951,
	    'Monthly', 30, 1000, '2026-01-01');
	    UPDATE trn_member_subscriptions SET ms_end_date = '2020-02-01'
	    WHERE ms_compcode = 'FY'`);
	const ids = (await stack.sql(`SELECT id FROM mst_members_lists
	    WHERE mbr_compcode = 'FY'`)).map(r => r.id);
	const fields = fieldsOf(await head.page(`/members/${ids[0]}/renew`));
	const got = await Promise.all(ids.map((id, i) => head.request('POST',
	    `/members/${id}/renew`, { form: { ...fields,
	    nonce: `${i}`.padStart(32, 'f') } })));
	assert.deepEqual([...new Set(got.map(r => r.status))], [303]);
	assert.deepEqual((await stack.sql(`SELECT pay_receipt_no AS n FROM
	    trn_payments WHERE pay_compcode = 'FY' ORDER BY pay_receipt_no`))
	    .map(r => Number(r.n)), ids.map((_, i) => i + 1));
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
	assert.match(textOf(await owner.page('/payments/day?day=01-01-2020')),
	    /Nothing was paid on this day/);
});

test('what was taken back is listed at the close of the day', async () => {
	const reversals = await stack.sql(`SELECT mbr_name AS name, pay_note AS note
	    FROM trn_payments JOIN mst_members_lists m ON m.id = pay_member_id
	    WHERE pay_reverses_id IS NOT NULL AND pay_date = ${quote(today)}`);
	assert.ok(reversals.length > 2);
	const text = textOf(await owner.page(`/payments/day?day=${today}`));
	for (const { name, note } of reversals)
		assert.match(text, new RegExp(`${name} ${note}`));
	const badges = await all(owner, '/payments',
	    /badge is-(odd|bad)">(Reversal|Taken back)/g, 2);
	for (const badge of ['Reversal', 'Taken back'])
		assert.equal(badges.filter(b => b === badge).length,
		    reversals.length);
});

test('dues: the largest or the oldest first, each once, and their sum',
    async () => {
	for (let i = 0; i < 60; i++)
		await renew(await addOne(), { paid: String(i % 7 * 100),
		    start: dayAfter(today, -(i % 11)) });
	const of = order => stack.sql(`SELECT id FROM trn_member_subscriptions
	    WHERE ms_compcode = 'SF' AND ms_due > 0 ORDER BY ${order}`)
	    .then(rows => rows.map(r => r.id));
	assert.deepEqual(await dues(staff, 'largest'),
	    await of('ms_due DESC, id DESC'));
	assert.deepEqual(await dues(staff, 'oldest'),
	    await of('ms_start_date, id'));
	const [{ n, sum }] = await stack.sql(`SELECT COUNT(*) AS n,
	    SUM(ms_due) AS sum FROM trn_member_subscriptions
	    WHERE ms_compcode = 'SF'  AND ms_due > 0`);
	assert.match(textOf(await staff.page('/payments/dues')), new RegExp(`₹${
	    (Number(sum) / 100).toLocaleString('en-IN')} in all, of ${n} sub`));
	for (const query of ['order=x', 'after_id=5', 'after_amount=x&after_id=1',
	    'order=oldest&after_day=x&after_id=5', 'after_amount=0&after_id=1'])
		assert.equal((await staff.page(`/payments/dues?${query}`)).match(
		    /subscriptions\/\d+\/pay"/g).length, 50, query);
});

test('payments, page by page, each once', async () => {
	const found = await all(owner, '/payments?from=2020-01-01',
	    /href="\/payments\/(\d+)"/g);
	const held = (await stack.sql(`SELECT id FROM trn_payments
	    WHERE pay_compcode = 'SF'`)).map(r => r.id);
	assert.equal(found.length, held.length);
	assert.deepEqual(found.toSorted(), held.toSorted());
});

test('another gym sees and changes nothing', async () => {
	const id = await addOne();
	await renew(id, { paid: '100' });
	const [sub] = await bought(id), [pay] = await paid(id);
	for (const path of [`/members/${id}/renew`, `/payments/${pay.id}`,
	    `/members/${id}/subscriptions/${sub.id}/pay`]) {
		assert.equal((await other.get(path)).status, 404, path);
		const to = /payments/.test(path) ? `${path}/void` : path;
		assert.equal((await other.post(to, { reason: 'xxx', plan: '1',
		    price: '1', paid: '1', start: today, method: 'CASH',
		    amount: '1' })).status, 404, to);
	}
	assert.doesNotMatch(await other.page('/payments'), /Member \d/);
	assert.doesNotMatch(await other.page('/payments/dues'), /Member \d/);
	assert.equal((await other.post(`/members/${id}/subscriptions/${
	    sub.id}/void`)).status, 404);
	assert.equal((await bought(id)).length, 1);
});

test('a branch sees its own: members, payments, dues', async () => {
	const gym = await addCompany(stack, 'BR', { branches: ['North', 'South'],
	    members: 1 });
	const head = await Person.signIn(stack, gym.owner);
	const south = await Person.signIn(stack,
	    await addUser(stack, 'BR', 'owner', 'South'));
	const branch = Object.fromEntries((await stack.sql(`SELECT id, brn_name
	    FROM mst_branches WHERE brn_compcode = 'BR'`)).map(r =>
	    [r.brn_name, Number(r.id)]));
	await stack.sql(`INSERT INTO mst_membership_plans (plan_compcode, id,
	    plan_branch_id, plan_name, plan_days, plan_price, plan_created_at)
	    VALUES ('BR', 901, NULL, 'Everywhere', 30, 1000, '2026-01-01'),
	    ('BR', 902, ${branch.North}, 'North only', 30, 1000, '2026-01-01')`);
	const of = async name => {
		const id = 50000 + next++;
		await addMember(stack, { company: 'BR', id, branch: branch[name] });
		const got = await head.submit(`/members/${id}/renew`,
		    { plan: '901', paid: '4' });
		assert.equal(got.status, 303, got.text);
		return { id, sub: (await bought(id))[0].id,
		    pay: (await paid(id))[0].id };
	};
	const [north_, south_] = [await of('North'), await of('South')];
	for (const [path, body] of [[`/members/${north_.id}/renew`, {}],
	    [`/members/${north_.id}/subscriptions/${north_.sub}/pay`, {}],
	    [`/payments/${north_.pay}`, null]]) {
		assert.equal((await south.get(path)).status, 404, path);
		if (body)
			assert.equal((await south.post(path, body)).status, 404);
	}
	assert.equal((await south.post(`/payments/${north_.pay}/void`,
	    { reason: 'xxx' })).status, 404);
	assert.equal((await south.post(`/members/${north_.id}/subscriptions/${
	    north_.sub}/void`)).status, 404);
	for (const path of ['/payments', '/payments/dues']) {
		const seen = await south.page(path);
		assert.match(seen, new RegExp(`/members/${south_.id}"`));
		assert.doesNotMatch(seen, new RegExp(`/members/${north_.id}"`));
	}
	assert.match(textOf(await south.page('/payments/day')), /In all ₹4/);
	assert.match(textOf(await head.page('/payments/day')), /In all ₹8/);
	// a plan of another branch is not sold here
	assert.doesNotMatch(await south.page(`/members/${south_.id}/renew`),
	    /North only/);
	const got = await south.submit(`/members/${south_.id}/renew`, {
	    plan: '902', start: dayAfter(today, 100) });
	assert.equal(got.status, 422);
	assert.match(got.text, /not sold any more/);
});
