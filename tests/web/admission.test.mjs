// admission.test.mjs: a new member on one page, and the finger that is theirs
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { ALLOWED, SN, addMember, attendances, dayAfter, inbox,
    punch, quote } from './gym.mjs';
import { Person, fieldsOf, textOf } from './pages.mjs';

const NEW = '/members/new';
let stack, today, owner, staff, gym, head, south;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 1 });
	head = await Person.signIn(stack, gym.owner);
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
});
after(() => stack.stop());

const person = (n, more = {}) => ({ name: `New ${n}`,
    phone: `98200 ${String(n).padStart(5, '0')}`, biometrics: 'on', ...more });
const idOf = got => Number(got.headers.location.match(/^\/members\/(\d+)/)[1]);
const count = table => stack.sql(`SELECT COUNT(*) AS n FROM ${table}`)
    .then(rows => Number(rows[0].n));
const TABLES = ['mst_members_lists', 'trn_member_subscriptions',
    'trn_payments', 'trn_member_consents', 'trn_audit_trails'];
const counts = async () => Promise.all(TABLES.map(count));
const last = async (company = 'SF') => (await stack.sql(`SELECT id FROM
    mst_members_lists WHERE mbr_compcode = ${quote(company)}
    ORDER BY id DESC LIMIT 1`))[0].id;

test('the page suggests all but the person', async () => {
	const fields = fieldsOf(await staff.page(NEW));
	assert.deepEqual([fields.name, fields.phone, fields.email], ['', '', '']);
	assert.equal(fields.code, 'SF-044');
	assert.equal(fields.start, today);
	assert.equal(fields.price, '1500');
	assert.equal(fields.paid, '1500');
	assert.equal(fields.method, 'CASH');
	assert.equal(fields.terminal, SN);
	assert.equal(fields.biometrics, undefined);
	assert.equal(fields.branch, undefined, 'there is one branch only');
});

test('one form: member, consent, subscription, payment, receipt; then a ' +
    'touch, and the member comes in', async () => {
	const [{ rcc_last }] = await stack.sql(`SELECT MAX(rcc_last) AS rcc_last
	    FROM trn_receipt_counters WHERE rcc_compcode = 'SF' AND rcc_year =
	    YEAR(${quote(today)} - INTERVAL 3 MONTH)`);
	const unborn = await staff.submit(NEW, person(1, { birth: '01-01-2199' }));
	assert.equal(unborn.status, 422);
	assert.match(unborn.text, /id="birth-error"[^<]*>This is before 1900/);
	const got = await staff.submit(NEW, person(1, { email: 'a@b.example',
	    birth: '23-08-1994' }));
	assert.equal(got.status, 303, got.text);
	assert.match(got.headers.location,
	    new RegExp(`^/members/\\d+/finger\\?terminal=${SN}&since=\\d+$`));
	const id = idOf(got);
	const [m] = await stack.sql(`SELECT * FROM mst_members_lists
	    WHERE id = ${id}`);
	assert.deepEqual([m.mbr_compcode, m.mbr_code, m.mbr_name, m.mbr_phone,
	    m.mbr_email, m.mbr_joined_date, m.mbr_birth_date], ['SF', 'SF-044', 'New 1',
	    '+919820000001', 'a@b.example', today, '1994-08-23']);
	const [s] = await stack.sql(`SELECT * FROM trn_member_subscriptions
	    WHERE ms_member_id = ${id}`);
	assert.deepEqual([s.ms_plan_id, s.ms_start_date, s.ms_end_date,
	    s.ms_amount, s.ms_paid], ['1', today, dayAfter(today, 29), '150000',
	    '150000']);
	const [p] = await stack.sql(`SELECT * FROM trn_payments
	    WHERE pay_member_id = ${id}`);
	assert.deepEqual([p.pay_amount, p.pay_method, p.pay_subscription_id,
	    p.pay_receipt_no], ['150000', 'CASH', s.id,
	    String(Number(rcc_last ?? 0) + 1)]);
	assert.deepEqual((await stack.sql(`SELECT cns_kind, cns_is_given FROM
	    trn_member_consents WHERE cns_member_id = ${id}`)).map(r =>
	    [r.cns_kind, r.cns_is_given]), [['BIOMETRICS', '1']]);
	assert.deepEqual((await stack.sql(`SELECT aud_table FROM trn_audit_trails
	    WHERE aud_action = 'add' ORDER BY id DESC LIMIT 4`)).map(r =>
	    r.aud_table).sort(), ['mst_members_lists', 'trn_member_consents',
	    'trn_member_subscriptions', 'trn_payments']);

	// at the terminal
	const to = got.headers.location;
	assert.match(textOf(await staff.page(to)), /Waiting for a touch/);
	assert.equal((await stack.post(punch(201, `${today} 12:00:20`))).status,
	    404);
	const html = await staff.page(to);
	assert.match(textOf(html), /Number 201 ?, 12:00 pm/);
	assert.doesNotMatch(html, /Number 61/);	// had touched it before
	const fields = fieldsOf(html);
	assert.equal(fields.user, '201');
	const done = await staff.submit(to, {}, to.split('?')[0]);
	assert.equal(done.status, 303, done.text);
	assert.equal(done.headers.location, `/members/${id}`);
	const [taken] = await attendances(stack, 201);
	assert.deepEqual([taken.att_member_id, taken.att_status], [String(id),
	    'ALLOWED']);
	assert.equal((await inbox(stack, 201))[0].pin_state, 'TAKEN');
	assert.equal((await stack.post(punch(201, `${today} 12:01:30`))).text,
	    ALLOWED);
	// twice is once
	assert.equal((await staff.post(to.split('?')[0], { terminal: SN,
	    user: '201' })).status, 303);
	assert.equal((await stack.sql(`SELECT 1 AS x FROM
	    trn_member_biometric_mappings WHERE mbm_member_id = ${id}`)).length,
	    1);
	assert.match(textOf(await staff.page(`/members/${id}`)), /New 1/);
});

test('numbers that the terminal knows are offered with their names',
    async () => {
	const users = [['7', 'Arjun'], ['301', 'Nobody yet'], ['302', '302'],
	    ['303', '']].map(([user_id, name]) => ({ user_id, name,
	    privilege: 0, enabled: true }));
	assert.equal((await stack.request('PUT', `/api/devices/${SN}/users`, {
	    token: stack.token, headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify({ users }) })).status, 200);
	const id = await last();
	const text = textOf(await staff.page(`/members/${id}/finger`));
	assert.match(text, /Number 303 This is .*Number 302 This is .*Number 301 "Nobody yet"/);
	assert.doesNotMatch(text, /Arjun/);
	await stack.post(punch(301, `${today} 12:02:00`));
	const again = textOf(await staff.page(`/members/${id}/finger`));
	assert.match(again, /Number 301 "Nobody yet" ?, 12:02 pm/);
	assert.equal(again.match(/Number 301/g).length, 1);
	// somebody else's number is told, and stays theirs
	const refused = await staff.post(`/members/${id}/finger`,
	    { terminal: SN, user: '42' });
	assert.equal(refused.status, 422);
	assert.match(textOf(refused.text), /a member's already/);
	for (const fields of [{}, { terminal: SN }, { user: '301' },
	    { terminal: 'AA-1', user: '301' }, { terminal: SN, user: 'a b' },
	    { terminal: SN, user: 'x'.repeat(25) }, { terminal: '', user: '1' }])
		assert.equal((await staff.post(`/members/${id}/finger`, fields))
		    .status, 422, JSON.stringify(fields));
	assert.equal((await inbox(stack, 301))[0].pin_state, 'UNMAPPED');
});

test('posted twice, or ten times at once, it is one member', async () => {
	const fields = { ...fieldsOf(await staff.page(NEW)), ...person(2) };
	const before = await counts();
	const got = await Promise.all(Array.from({ length: 10 }, () =>
	    staff.request('POST', NEW, { form: fields })));
	assert.deepEqual([...new Set(got.map(g => g.status))], [303]);
	assert.equal(new Set(got.map(idOf)).size, 1);
	assert.deepEqual((await counts()).map((n, i) => n - before[i]),
	    [1, 1, 1, 1, 4]);
});

test('two desks at once: a code that was only suggested gives way',
    async () => {
	const drawn = await Promise.all([3, 4, 5, 6].map(() => staff.page(NEW)));
	const codes = drawn.map(html => fieldsOf(html).code);
	assert.equal(new Set(codes).size, 1);
	const got = await Promise.all(drawn.map((html, i) => staff.request(
	    'POST', NEW, { form: { ...fieldsOf(html), ...person(3 + i) } })));
	assert.deepEqual(got.map(g => g.status), [303, 303, 303, 303]);
	assert.equal(new Set((await stack.sql(`SELECT mbr_code AS code FROM
	    mst_members_lists WHERE mbr_name IN ('New 3', 'New 4', 'New 5',
	    'New 6')`)).map(r => r.code)).size, 4);
	// one that was chosen does not
	const before = await counts();
	const taken = await staff.submit(NEW, person(7, { code: 'SF-042' }));
	assert.equal(taken.status, 422);
	assert.match(textOf(taken.text), /Another member has this code/);
	assert.equal(fieldsOf(taken.text).code, 'SF-042');
	assert.deepEqual(await counts(), before);
});

test('nothing paid yet, a discount, later: as it was agreed', async () => {
	const got = await staff.submit(NEW, person(8, { plan: '2', price: '3500',
	    paid: '0', start: dayAfter(today, 3), terminal: '',
	    biometrics: null }));
	assert.equal(got.status, 303, got.text);
	assert.equal(got.headers.location, `/members/${idOf(got)}`);
	const [s] = await stack.sql(`SELECT * FROM trn_member_subscriptions
	    WHERE ms_member_id = ${idOf(got)}`);
	assert.deepEqual([s.ms_start_date, s.ms_amount, s.ms_paid, s.ms_due],
	    [dayAfter(today, 3), '350000', '0', '350000']);
	for (const table of ['trn_payments', 'trn_member_consents'])
		assert.equal((await stack.sql(`SELECT 1 AS x FROM ${table} WHERE
		    ${table === 'trn_payments' ? 'pay' : 'cns'}_member_id = ${
		    idOf(got)}`)).length, 0);
});

test('what is wrong is said at its field, nothing is stored', async () => {
	const before = await counts();
	for (const [field, value, words] of [
	    ['name', '', /This is needed/], ['name', 'x'.repeat(121), /too long/],
	    ['name', 'a\u0007b', /cannot be kept/],
	    ['phone', '', /This is needed/], ['phone', '12345', /phone number/],
	    ['phone', '98765 43210 x', /phone number/],
	    ['phone', '9'.repeat(60), /too long/],
	    ['email', 'nobody', /e-mail address/],
	    ['email', `${'x'.repeat(300)}@b.example`, /too long/],
	    ['code', '', /This is needed/], ['code', 'a b', /cannot be kept/],
	    ['code', 'x'.repeat(25), /too long/],
	    ['plan', '', /This is needed/], ['plan', '999', /one of the list/],
	    ['plan', 'x', /whole number/],
	    ['start', '', /This is needed/], ['start', '31-02-2026', /a date/],
	    ['start', '2019-01-01', /small or too large/],
	    ['price', '', /This is needed/], ['price', '-1', /an amount/],
	    ['price', '1501', /more than the plan/],
	    ['paid', 'x', /an amount/], ['paid', '1500.01', /more than/],
	    ['method', 'GOLD', /one of the list/],
	    ['method', 'UPI', /reference/],
	    ['reference', 'x'.repeat(65), /too long/],
	    ['terminal', 'AA-1', /one of the list/],
	    ['terminal', 'a b', /cannot be kept/],
	    ['biometrics', null, /agrees to it/]]) {
		const what = `${field} ${value}`;
		const got = await staff.submit(NEW, person(9, { [field]: value }));
		assert.equal(got.status, 422, what);
		const said = got.text.match(/class="field-error">[^<]*/g) ?? [];
		assert.equal(said.length, 1, `${what}: ${said}`);
		assert.match(said[0], words, what);
		// what was typed is kept
		if (field !== 'name')
			assert.equal(fieldsOf(got.text).name, 'New 9', what);
	}
	assert.equal((await staff.post(NEW)).status, 422);
	for (const [status, form] of [[403, { ...person(9), csrf: 'x' }],
	    [403, person(9)]])
		assert.equal((await staff.request('POST', NEW, { form })).status,
		    status);
	assert.deepEqual(await counts(), before);
});

test('where there is no plan, or no branch, the page says what to do',
    async () => {
	assert.match(textOf(await head.page(NEW)),
	    /nothing to sell yet.*owner adds the first one/);
	await stack.admin(['company', 'add', 'NB', 'No branch']);
	const bare = await Person.signIn(stack, await addUser(stack, 'NB',
	    'owner'));
	const got = await bare.get(NEW);
	assert.deepEqual([got.status, got.headers.location], [303, '/members']);
	assert.equal((await bare.post(NEW)).status, 303);
	await stack.admin(['branch', 'add', 'NB', 'Main', 'Asia/Kolkata']);
	await stack.sql(`INSERT INTO mst_membership_plans (plan_compcode,
	    plan_name, plan_days, plan_price, plan_created_at) VALUES ('NB',
	    'Monthly', 30, 1000, '2026-01-01')`);
	const html = await bare.page(NEW);
	assert.equal(fieldsOf(html).code, 'NB-001', 'nobody is there yet');
	assert.match(textOf(html), /no terminal yet/);
});

test('several branches: plan and terminal are of the member\'s', async () => {
	const branches = Object.fromEntries((await stack.sql(`SELECT id, brn_name
	    FROM mst_branches WHERE brn_compcode = 'AA'`)).map(r =>
	    [r.brn_name, r.id]));
	await stack.sql(`INSERT INTO mst_membership_plans (plan_compcode, id,
	    plan_branch_id, plan_name, plan_days, plan_price, plan_created_at)
	    VALUES ('AA', 801, NULL, 'Everywhere', 30, 1000, '2026-01-01'),
	    ('AA', 802, ${branches.North}, 'North', 40, 1000, '2026-01-01'),
	    ('AA', 803, ${branches.South}, 'South', 50, 1000, '2026-01-01')`);
	const first = fieldsOf(await head.page(NEW));
	assert.equal(first.code, 'AA-2');
	const refused = async (fields, words) => {
		const got = await head.submit(NEW, person(20, { price: '10',
		    paid: '10', ...fields }));
		assert.equal(got.status, 422);
		assert.match(textOf(got.text), words);
	};
	await refused({ branch: branches.South, plan: '802', terminal: '' },
	    /another branch/);
	await refused({ branch: branches.South, plan: '801', terminal: 'AA-1' },
	    /another branch/);
	await refused({ branch: '1', plan: '801', terminal: '' },
	    /one of the list/);
	const got = await head.submit(NEW, person(21, { branch: branches.South,
	    plan: '803', price: '10', paid: '10', terminal: 'AA-2' }));
	assert.equal(got.status, 303, got.text);
	const [s] = await stack.sql(`SELECT ms_branch_id AS branch,
	    mbr_branch_id AS home, mbr_code AS code FROM trn_member_subscriptions
	    JOIN mst_members_lists m ON m.id = ms_member_id WHERE m.id = ${
	    idOf(got)}`);
	assert.deepEqual([s.branch, s.home, s.code], [branches.South,
	    branches.South, 'AA-2']);

	// who is of one branch sees that one only
	const html = await south.page(NEW);
	assert.equal(fieldsOf(html).branch, undefined);
	assert.doesNotMatch(html, /North|AA-1"/);
	const own = await south.submit(NEW, person(22, { branch: branches.North,
	    price: '10', paid: '10' }));
	assert.equal(own.status, 303, own.text);
	assert.deepEqual((await stack.sql(`SELECT mbr_branch_id AS home FROM
	    mst_members_lists WHERE id = ${idOf(own)}`))[0].home,
	    branches.South);
	assert.equal((await south.submit(NEW, person(23, { plan: '802' })))
	    .status, 422);
	// and no finger of another gym's or branch's member
	await addMember(stack, { company: 'AA', branch: Number(branches.North),
	    id: 950 });
	for (const [who, id] of [[south, 950], [south, 42], [head, 42],
	    [owner, 950], [owner, 0], [owner, 'x'], [owner, 99999999]]) {
		assert.equal((await who.get(`/members/${id}/finger`)).status, 404);
		assert.equal((await who.post(`/members/${id}/finger`,
		    { terminal: SN, user: '700' })).status, 404);
	}
	// of a whole company's member, only at the member's branch
	const away = await head.post(`/members/950/finger`, { terminal: 'AA-2',
	    user: '1' });
	assert.equal(away.status, 422);
	assert.equal((await head.post(`/members/950/finger`, { terminal: 'AA-1',
	    user: '700' })).status, 303);
});

test('what cannot be read in the address is as if it had not been said',
    async () => {
	const id = await last();
	for (const query of ['terminal=x', 'since=x', 'terminal=%00', 'since=-1',
	    `since=${'9'.repeat(30)}`, 'since=1', `terminal=${'x'.repeat(99)}`])
		assert.equal((await owner.get(`/members/${id}/finger?${query}`))
		    .status, 200, query);
});

test('somebody who was erased is not admitted again', async () => {
	await addMember(stack, { id: 960 });
	await stack.sql(`UPDATE mst_members_lists SET mbr_erased_at =
	    '2026-01-01' WHERE id = 960`);
	assert.equal((await owner.get('/members/960/finger')).status, 404);
	assert.equal((await owner.post('/members/960/finger', { terminal: SN,
	    user: '701' })).status, 404);
});
