// plans.test.mjs: what a gym sells: listed, added, changed, closed
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, quote, rowCounts } from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

const FORM = { name: 'Ten days', days: '10', price: '600' };
let stack, today, owner, staff, other;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	other = await Person.signIn(stack, (await addCompany(stack, 'AA')).owner);
});
after(() => stack.stop());

const planOf = async name => (await stack.sql(`SELECT * FROM
    mst_membership_plans WHERE plan_name = ${quote(name)}`))[0];
const add = async (name, more = {}, who = owner) => {
	const got = await who.submit('/plans/new', { ...FORM, name, ...more });
	assert.equal(got.status, 303, got.text);
	assert.equal(got.headers.location, '/plans');
	return planOf(name);
};
let next = 3000;
async function renew(plan, changes = {}) {
	const id = next++;
	await addMember(stack, { id });
	return { id, got: await staff.submit(`/members/${id}/renew`, { plan: plan.id,
	    plan_was: plan.id, price: '600', paid: '600', ...changes }) };
}
const audited = () => stack.sql(`SELECT aud_action AS action, aud_fields AS
    fields FROM trn_audit_trails WHERE aud_table = 'mst_membership_plans'
    ORDER BY id`).then(rows => rows.map(r => [r.action, r.fields]));

test('the list: name, days, price, branch, on sale', async () => {
	const text = textOf(await staff.page('/plans'));
	assert.match(text, new RegExp('Monthly 30 any ₹1,500 all On sale '
	    + '.*Ten visits 60 10 ₹2,000 all On sale '
	    + 'Quarterly 90 any ₹4,000 all'));
	assert.doesNotMatch(text, /New plan|Close|Change/);
	assert.match(textOf(await owner.page('/plans')),
	    /New plan.*Monthly .* Change Close/);
	assert.match(await staff.page('/plans'),
	    /href="\/payments" aria-current="page"/);
	assert.match(textOf(await other.page('/plans')), /no plans yet/);
});

test('added once, however often it is posted', async () => {
	const fields = { ...fieldsOf(await owner.page('/plans/new')), ...FORM };
	const got = await Promise.all([0, 1, 2, 3].map(() => owner.request('POST',
	    '/plans/new', { form: fields })));
	assert.deepEqual(got.map(r => r.status), [303, 303, 303, 303]);
	const plans = await stack.sql(`SELECT * FROM mst_membership_plans
	    WHERE plan_name = 'Ten days'`);
	assert.deepEqual(plans.map(p => [p.plan_compcode, p.plan_days,
	    p.plan_price, p.plan_branch_id, p.plan_status]),
	    [['SF', '10', '60000', null, 'ACTIVE']]);
	assert.deepEqual(await audited(), [['add', '']]);
});

test('what was sold stays as it was sold', async () => {
	const plan = await planOf('Ten days');
	const { id } = await renew(plan);
	assert.equal((await owner.submit(`/plans/${plan.id}/edit`,
	    { price: '700', days: '12', name: 'Twelve days' })).status, 303);
	const [row] = await stack.sql(`SELECT * FROM trn_member_subscriptions
	    WHERE ms_member_id = ${id}`);
	assert.deepEqual([row.ms_amount, row.ms_end_date, row.ms_paid],
	    ['60000', dayAfter(today, 9), '60000']);
	assert.deepEqual((await audited()).at(-1), ['change',
	    'plan_days,plan_name,plan_price']);
	// nothing changed is nothing written
	const before_ = await rowCounts(stack);
	assert.equal((await owner.submit(`/plans/${plan.id}/edit`)).status, 303);
	assert.deepEqual(await rowCounts(stack), before_);
});

const MORNINGS = { visits: '5', mon1: '1', tue1: '1', wed1: '1', thu1: '1',
    fri1: '1', from1: '06:00', to1: '10:00', sun2: '1', from2: '22:00',
    to2: '02:00' };
const WORDS = 'Mon–Fri 06:00–10:00; Sun 22:00–02:00';

test('visits and hours: said, sold with, kept as they were sold', async () => {
	const plan = await add('Mornings', MORNINGS);
	const hours = '1f06001000' + '4022000200';
	assert.deepEqual([plan.plan_visits, plan.plan_hours], ['5', hours]);
	assert.ok(textOf(await staff.page('/plans')).includes(
	    `Mornings ${WORDS} 10 5 ₹600 all On sale`));
	const { id } = await renew(plan);
	assert.ok((await staff.page(`/members/${id}/renew`)).includes(
	    `Mornings, 10 days, 5 visits, ${WORDS}, ₹600`));
	assert.equal((await owner.submit(`/plans/${plan.id}/edit`,
	    { visits: '', from1: '05:00', sun2: null, from2: '', to2: '' })).status,
	    303);
	const now = await planOf('Mornings');
	assert.deepEqual([now.plan_visits, now.plan_hours],
	    [null, '1f05001000']);
	assert.deepEqual((await audited()).at(-1), ['change',
	    'plan_hours,plan_visits']);
	const [row] = await stack.sql(`SELECT ms_visits, ms_hours
	    FROM trn_member_subscriptions WHERE ms_member_id = ${id}`);
	assert.deepEqual([row.ms_visits, row.ms_hours], ['5', hours]);
});

test('a pack that is used up may be sold again on its days', async () => {
	const plan = await add('Twice', { visits: '2' });
	const { id } = await renew(plan);
	const again = () => staff.submit(`/members/${id}/renew`, { start: today });
	const use = n => stack.sql(`INSERT INTO trn_member_attendances
	    (att_compcode, att_branch_id, att_member_id, att_device_user_id,
	     att_device_sn, att_punch_time, att_status, att_received_at) VALUES
	    ('SF', 1, ${id}, '', '', '${dayAfter(today, -n)} 08:00:00', 'ALLOWED',
	     '2026-01-01');
	    INSERT INTO trn_used_visits SELECT 'SF', id, '${dayAfter(today, -n)}',
	     LAST_INSERT_ID() FROM trn_member_subscriptions
	     WHERE ms_member_id = ${id}`);
	await use(1);
	assert.equal((await again()).status, 422);
	await use(0);
	assert.equal(fieldsOf(await staff.page(`/members/${id}/renew`)).start,
	    today);
	assert.equal((await again()).status, 303);
	assert.equal((await again()).status, 422);
});

test('two people change one: the second is told', async () => {
	const plan = await add('Shared');
	const url = `/plans/${plan.id}/edit`;
	const [first, second] = [fieldsOf(await owner.page(url)),
	    fieldsOf(await owner.page(url))];
	const post = fields => owner.request('POST', url, { form: fields });
	assert.equal((await post({ ...first, price: '650' })).status, 303);
	const told = await post({ ...second, days: '11' });
	assert.equal(told.status, 422);
	assert.match(textOf(told.text), /Somebody else has changed this plan/);
	assert.match(textOf(told.text), /Stored now: 650/);
	const kept = await planOf('Shared');
	assert.deepEqual([kept.plan_days, kept.plan_price], ['10', '65000']);
	// who has seen it may store it all the same
	assert.equal((await post(fieldsOf(told.text))).status, 303);
	assert.deepEqual([(await planOf('Shared')).plan_days,
	    (await planOf('Shared')).plan_price], ['11', '60000']);
});

test('closed, it is not sold; and again when it is on sale', async () => {
	const plan = await add('Closing');
	const to = what => owner.post(`/plans/${plan.id}/${what}`);
	for (let i = 0; i < 2; i++)
		assert.equal((await to('close')).status, 303);
	assert.match(textOf(await owner.page('/plans')), /Closing 10 any ₹600 all Closed/);
	const { id, got } = await renew(plan);
	assert.equal(got.status, 422);
	assert.match(got.text, /not sold any more/);
	assert.doesNotMatch(await staff.page(`/members/${id}/renew`), /Closing/);
	assert.equal((await to('open')).status, 303);
	assert.equal((await renew(plan)).got.status, 303);
});

test('what is wrong is said at its field', async () => {
	const before_ = await rowCounts(stack);
	const { id } = await planOf('Shared');
	for (const url of ['/plans/new', `/plans/${id}/edit`])
		for (const [field, value, words] of [
		    ['name', '', /needed/], ['name', 'x'.repeat(121), /too long/],
		    ['name', 'a\u0001', /cannot be kept/],
		    ['days', '', /needed/], ['days', '0', /too small/],
		    ['days', '3661', /too small or too large/],
		    ['days', '1.5', /whole number/], ['days', '-3', /too small/],
		    ['visits', '0', /too small/], ['visits', '11', /one visit a day/],
		    ['mon1', '1', /Tick the days/], ['to4', '10:00', /Tick the days/],
		    ['price', '', /needed/], ['price', '-1', /amount/],
		    ['price', '1e9', /amount/], ['price', '1.005', /amount/],
		    ['branch', '999', /Nothing was stored/],
		    ['branch', 'x', /Nothing was stored/]]) {
			const got = await owner.submit(url, { ...FORM,
			    [field]: value });
			assert.equal(got.status, 422, `${field} ${value}`);
			assert.match(textOf(got.text), words, `${field} ${value}`);
			if (field !== 'days')
				assert.equal(fieldsOf(got.text).days, '10');
		}
	assert.equal((await owner.request('POST', '/plans/new',
	    { form: FORM })).status, 403);
	assert.deepEqual(await rowCounts(stack), before_);
});

test('staff may look, another gym may not', async () => {
	const { id } = await planOf('Shared');
	const before_ = [await planOf('Shared'), await audited()];
	for (const [path, methods] of [['/plans/new', 'GET POST'],
	    [`/plans/${id}/edit`, 'GET POST'], [`/plans/${id}/close`, 'POST'],
	    [`/plans/${id}/open`, 'POST']])
		for (const method of methods.split(' ')) {
			const ask = who => method === 'GET' ? who.get(path) :
			    who.post(path, FORM);
			assert.equal((await ask(staff)).status, 403, path);
			if (path !== '/plans/new')
				assert.equal((await ask(other)).status, 404, path);
		}
	for (const bad of ['0', 'x', '99999999', '-1'])
		assert.equal((await owner.get(`/plans/${bad}/edit`)).status, 404);
	assert.deepEqual([await planOf('Shared'), await audited()], before_);
});

test('a branch\'s owner sells what is the branch\'s', async () => {
	const gym = await addCompany(stack, 'BR', { branches: ['North', 'South'] });
	const head = await Person.signIn(stack, gym.owner);
	const as = async (role, branch) => Person.signIn(stack,
	    await addUser(stack, 'BR', role, branch));
	const [south, desk] = [await as('owner', 'South'),
	    await as('staff', 'South')];
	const branch = Object.fromEntries((await stack.sql(`SELECT id, brn_name
	    FROM mst_branches WHERE brn_compcode = 'BR'`)).map(r =>
	    [r.brn_name, r.id]));
	const north = await add('For North', { branch: branch.North }, head);
	const all = await add('For all', { branch: '0' }, head);
	// whatever branch is typed
	const own = await add('For South', { branch: branch.North }, south);
	assert.equal(own.plan_branch_id, branch.South);
	assert.equal(north.plan_branch_id, branch.North);
	assert.equal(all.plan_branch_id, null);
	for (const who of [south, desk]) {
		const text = textOf(await who.page('/plans'));
		assert.match(text, /For all .* all .*For South .* South/);
		assert.doesNotMatch(text, /For North/);
	}
	for (const [plan, status] of [[north, 404], [all, 403], [own, 303]]) {
		assert.equal((await south.post(`/plans/${plan.id}/edit`, { ...FORM,
		    name: plan.plan_name, version: plan.plan_version })).status,
		    status, plan.plan_name);
		assert.equal((await south.post(`/plans/${plan.id}/close`)).status,
		    status);
	}
	assert.match(textOf(await head.page('/plans')),
	    /For North 10 any ₹600 North On sale/);
});
