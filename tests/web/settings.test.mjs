// settings.test.mjs: what owners settle: the gym, its branches; and the audit
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, quote } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

const SETTINGS = '/settings', NEW = '/settings/branches/new';
const AUDIT = '/settings/audit';
let stack, today, owner, staff, other, north;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
});
after(() => stack.stop());

const company = async (code = 'SF') => (await stack.sql(`SELECT *
    FROM mst_companies WHERE cmp_compcode = '${code}'`))[0];
const branch = async id => (await stack.sql(`SELECT brn_name AS name,
    brn_zone AS zone, brn_version AS version FROM mst_branches
    WHERE id = ${id}`))[0];
const branchCount = async () => Number((await stack.sql(`SELECT COUNT(*) AS n
    FROM mst_branches`))[0].n);
const audits = (table, code = 'SF') => stack.sql(`SELECT aud_action AS action,
    aud_row AS row, aud_fields AS fields, aud_user_id AS user
    FROM trn_audit_trails WHERE aud_compcode = '${code}' AND
    aud_table = '${table}' ORDER BY id`);

// ---- the gym ---------------------------------------------------------------

test('everything is stored, as it is meant', async () => {
	const got = await owner.submit(SETTINGS, { name: ' Spine & <Sons> ',
	    expiring_days: '10', phone_code: '+44',
	    address: '12 Ring Road\r\nNew Delhi', gstin: '27aapfu0939f1zv',
	    tax_rate: '18.5 %', receipt_prefix: 'SF/', receipt_note: 'No refund' });
	assert.equal(got.status, 303, got.text);
	assert.match(textOf(await owner.page(got.headers.location)), /Stored\./);
	const row = await company();
	assert.deepEqual([row.cmp_name, row.cmp_currency, row.cmp_expiring_days,
	    row.cmp_phone_code, row.cmp_address, row.cmp_gstin, row.cmp_tax_rate,
	    row.cmp_receipt_prefix, row.cmp_receipt_note, row.cmp_version],
	    ['Spine & <Sons>', 'INR', '10', '44', '12 Ring Road\r\nNew Delhi',
	    '27AAPFU0939F1ZV', '1850', 'SF/', 'No refund', '2']);
	assert.deepEqual((await audits('mst_companies')).at(-1).fields,
	    'cmp_name,cmp_expiring_days,cmp_phone_code,' +
	    'cmp_address,cmp_gstin,cmp_tax_rate,cmp_receipt_prefix,' +
	    'cmp_receipt_note');
	assert.equal((await audits('mst_companies')).at(-1).row, 'SF');
	const form = fieldsOf(await owner.page(SETTINGS));
	assert.deepEqual([form.name, form.currency, form.gstin, form.tax_rate,
	    form.address], ['Spine & <Sons>', 'INR', '27AAPFU0939F1ZV', '18.50',
	    '12 Ring Road\r\nNew Delhi']);
	assert.match(await staff.page('/'), /Spine &amp; &lt;Sons&gt;/);
	// what stays as it was is nothing, what is emptied is gone
	const many = (await audits('mst_companies')).length;
	assert.equal((await owner.submit(SETTINGS)).status, 303);
	assert.equal((await audits('mst_companies')).length, many);
	assert.equal((await owner.submit(SETTINGS, { gstin: '', tax_rate: '',
	    address: '', receipt_prefix: '', receipt_note: '' }))
	    .status, 303);
	const now = await company();
	assert.deepEqual([now.cmp_gstin, now.cmp_tax_rate, now.cmp_address,
	    now.cmp_receipt_prefix, now.cmp_receipt_note], [null, '0', '', '',
	    '']);
});

test('each field says what is wrong with it', async () => {
	const row = await company();
	const needed = /needed/, long = /too long/, odd = /cannot be kept/;
	for (const [name, typed, error] of [['name', '', needed],
	    ['name', null, needed], ['name', 'x'.repeat(121), long],
	    ['name', 'a\nb', odd], ['currency', '', needed],
	    ['currency', null, needed], ['currency', 'XYZ', /Choose one/],
	    ['currency', 'inr', /Choose one/], ['currency', 'IN', /too short/],
	    ['currency', 'RUPEE', long], ['expiring_days', '', needed],
	    ['expiring_days', '0', /too small/], ['expiring_days', '91', /large/],
	    ['expiring_days', '1.5', /whole number/],
	    ['expiring_days', '-1', /too small/],
	    ['expiring_days', '99999999999999999999', /whole number/],
	    ['phone_code', '', needed], ['phone_code', '0', /code of a country/],
	    ['phone_code', '1234', /code of a country/],
	    ['phone_code', 'abc', /code of a country/],
	    ['phone_code', '9+1', /code of a country/], ['phone_code', '9 1', odd],
	    ['address', 'x'.repeat(301), long], ['address', 'a\x01', odd],
	    ['gstin', '27AAPFU0939F1ZW', /not a GSTIN/],
	    ['gstin', '27AAPFU0993F1ZV', /not a GSTIN/], ['gstin', 'x', /GSTIN/],
	    ['gstin', 'x'.repeat(41), long], ['tax_rate', '101', /percent/],
	    ['tax_rate', '-1', /percent/], ['tax_rate', '1.555', /percent/],
	    ['tax_rate', 'much', /percent/], ['tax_rate', '9'.repeat(41), long],
	    ['receipt_prefix', 'x'.repeat(9), long],
	    ['receipt_prefix', 'a b', odd], ['receipt_prefix', 'é', odd],
	    ['receipt_note', 'x'.repeat(201), long]]) {
		const got = await owner.submit(SETTINGS, { [name]: typed });
		const what = `${name}: ${typed}`;
		assert.equal(got.status, 422, what);
		assert.match(errorOf(got.text, name.replace('_', '-')) ?? '', error,
		    what);
		if (typed !== null && name !== 'currency')
			assert.equal(fieldsOf(got.text)[name], typed, what);
	}
	const csrf = await owner.csrf();
	const got = await stack.request('POST', SETTINGS, { headers: {
	    Cookie: owner.cookie,
	    'Content-Type': 'application/x-www-form-urlencoded' },
	    body: `csrf=${csrf}&version=${row.cmp_version}&name=%ff&currency=INR` });
	assert.equal(got.status, 422);
	assert.match(errorOf(got.text, 'name'), odd);
	assert.deepEqual(await company(), row);
});

test('the currency stays once money was taken in it', async () => {
	for (const currency of ['JPY', 'EUR', 'INR']) {
		assert.equal((await other.submit(SETTINGS, { currency })).status,
		    303);
		assert.equal((await company('AA')).cmp_currency, currency);
	}
	await addMember(stack, { id: 910, subscriptions: [['2026-01-01',
	    '2026-12-31']] });
	const [{ id }] = await stack.sql(`SELECT id FROM trn_member_subscriptions
	    WHERE ms_member_id = 910`);
	await stack.sql(`INSERT INTO trn_payments (pay_compcode, pay_branch_id,
	    pay_member_id, pay_subscription_id, pay_amount, pay_method, pay_date,
	    pay_receipt_year, pay_receipt_no, pay_created_at) VALUES ('SF', 1,
	    910, ${id}, 100, 'CASH', '2026-01-01', 1999, 1, '2026-01-01')`);
	const got = await owner.submit(SETTINGS, { currency: 'EUR' });
	assert.equal(got.status, 422);
	assert.match(errorOf(got.text, 'currency'), /old currency, so it stays/);
	assert.equal(fieldsOf(got.text).currency, 'EUR');
	assert.equal((await owner.submit(SETTINGS, { receipt_note: 'x' })).status,
	    303);
	assert.equal((await company()).cmp_currency, 'INR');
	// one that nobody offers stays to be chosen where it is
	await stack.sql(`UPDATE mst_companies SET cmp_currency = 'XYZ'
	    WHERE cmp_compcode = 'AA'`);
	assert.equal(fieldsOf(await other.page(SETTINGS)).currency, 'XYZ');
	assert.equal((await other.submit(SETTINGS, { name: 'Gym AA 2' })).status,
	    303);
	assert.equal((await company('AA')).cmp_currency, 'XYZ');
});

test('of two who change them at once, the second is told', async () => {
	const mine = fieldsOf(await owner.page(SETTINGS));
	const second = await Person.signIn(stack, await addUser(stack, 'SF',
	    'owner'));
	assert.equal((await second.submit(SETTINGS, { name: 'By the other',
	    address: 'Theirs' })).status, 303);
	const row = await company();
	const got = await owner.post(SETTINGS, { ...mine, name: 'Mine' });
	assert.equal(got.status, 422);
	assert.match(textOf(got.text), /changed the settings meanwhile/);
	assert.match(textOf(got.text), /Stored now: By the other/);
	assert.match(textOf(got.text), /Stored now: Theirs/);
	assert.equal((got.text.match(/Stored now/g)).length, 2);
	assert.deepEqual(await company(), row);
	assert.equal((await owner.post(SETTINGS, fieldsOf(got.text))).status, 303);
	assert.equal((await company()).cmp_name, 'Mine');
	for (const version of ['', 'x', '0', '999', '99999999999999999999'])
		assert.equal((await owner.post(SETTINGS, { ...mine, version,
		    name: 'Never' })).status, 422, version);
	assert.equal((await company()).cmp_name, 'Mine');
});

test('the page of today counts by the days that were settled', async () => {
	await addMember(stack, { id: 911, subscriptions: [['2020-01-01',
	    dayAfter(today, 20)]] });
	const counted = async days => {
		assert.equal((await owner.submit(SETTINGS, { expiring_days: `${days}`
		    })).status, 303);
		const html = await owner.page('/');
		assert.match(html, new RegExp(`<dt>End within ${days} day${
		    days === 1 ? '' : 's'}</dt>`));
		const listed = (await owner.page('/members?filter=expiring'))
		    .includes('Member 911');
		return [Number(html.match(/End within[^]*?<dd>(\d+)/)[1]), listed];
	};
	const [few, isFew] = await counted(1), [many, isMany] = await counted(30);
	assert.ok(many > few);
	assert.deepEqual([isFew, isMany], [false, true]);
	const [week, isWeek] = await counted(7);
	assert.ok(week >= few && week < many && !isWeek);
});

// ---- branches --------------------------------------------------------------

test('a branch is added, once', async () => {
	const form = fieldsOf(await owner.page(NEW));
	assert.equal(form.zone, 'Asia/Kolkata');
	const many = await branchCount();
	for (let i = 0; i < 2; i++)
		assert.equal((await owner.post(NEW, { ...form, name: ' Pune ',
		    zone: 'Asia/Dubai' })).status, 303);
	assert.equal(await branchCount(), many + 1);
	assert.match(textOf(await owner.page(SETTINGS)), /Pune Asia\/Dubai/);
	assert.equal((await audits('mst_branches')).at(-1).action, 'add');
	const got = await owner.submit(NEW, { name: 'pune' });
	assert.equal(got.status, 422);
	assert.match(errorOf(got.text, 'name'), /Another branch has this name/);
	// and is there to be chosen
	assert.match(await owner.page('/devices/new'), />Pune<\/option>/);
});

test('each field of a branch says what is wrong with it', async () => {
	const many = await branchCount();
	for (const [name, typed, error] of [['name', '', /needed/],
	    ['name', null, /needed/], ['name', 'x'.repeat(121), /too long/],
	    ['name', 'a\x01', /cannot be kept/], ['zone', '', /needed/],
	    ['zone', null, /needed/], ['zone', 'Mars/Olympus', /Choose one/],
	    ['zone', '../etc/passwd', /Choose one/],
	    ['zone', 'right/Asia/Kolkata', /Choose one/],
	    ['zone', 'x'.repeat(65), /too long/]])
		for (const path of [NEW, '/settings/branches/1']) {
			const got = await owner.submit(path, { name: 'Fine',
			    [name]: typed });
			assert.equal(got.status, 422, `${name}: ${typed}`);
			assert.match(errorOf(got.text, name), error);
		}
	assert.equal(await branchCount(), many);
	assert.equal((await branch(1)).version, '1');
});

test('a branch has hours, until after midnight if it wants', async () => {
	const form = fieldsOf(await owner.page(NEW));
	assert.deepEqual([form.opens, form.closes], ['05:00', '23:00']);
	assert.equal((await owner.post(NEW, { ...form, name: 'Late',
	    opens: '16:30', closes: '2:00' })).status, 303);
	const [{ id, ...stored }] = await stack.sql(`SELECT id, brn_opens AS opens,
	    brn_closes AS closes FROM mst_branches WHERE brn_name = 'Late'`);
	assert.deepEqual(stored, { opens: '16:30:00', closes: '02:00:00' });
	const path = `/settings/branches/${id}`;
	const late = fieldsOf(await owner.page(path));
	assert.deepEqual([late.opens, late.closes], ['16:30', '02:00']);
	for (const name of ['opens', 'closes'])
		for (const [typed, error] of [['', /needed/], [null, /needed/],
		    ['24:00', /time of the day/], ['late', /time of the day/]]) {
			const got = await owner.submit(path, { [name]: typed });
			assert.equal(got.status, 422, `${name}: ${typed}`);
			assert.match(errorOf(got.text, name), error);
		}
	assert.equal((await owner.submit(path, { closes: '01:00' })).status, 303);
	assert.deepEqual((await audits('mst_branches')).at(-1).fields,
	    'brn_closes');
	const stale = await owner.post(path, { ...late, closes: '03:00' });
	assert.equal(stale.status, 422);
	assert.match(textOf(stale.text), /Stored now: 01:00/);
});

test('another zone is asked about, and nobody overwrites', async () => {
	const path = '/settings/branches/1';
	const revision = (await company()).cmp_revision;
	const got = await owner.submit(path, { zone: 'Asia/Dubai', name: 'Delhi' });
	assert.equal(got.status, 422);
	assert.match(textOf(got.text), /Another time zone\?.*Asia\/Kolkata/);
	assert.deepEqual(await branch(1), { name: 'New Delhi',
	    zone: 'Asia/Kolkata', version: '1' });
	const mine = fieldsOf(got.text);
	assert.deepEqual([mine.zone, mine.name, mine.sure], ['Asia/Dubai', 'Delhi',
	    undefined]);
	assert.equal((await owner.post(path, { ...mine, sure: '1' })).status, 303);
	assert.deepEqual(await branch(1), { name: 'Delhi', zone: 'Asia/Dubai',
	    version: '2' });
	assert.notEqual((await company()).cmp_revision, revision);
	assert.equal((await audits('mst_branches')).at(-1).fields,
	    'brn_name,brn_zone');

	const stale = await owner.post(path, { ...mine, name: 'Mine', sure: '1' });
	assert.equal(stale.status, 422);
	assert.match(textOf(stale.text), /changed this branch meanwhile/);
	assert.match(textOf(stale.text), /Stored now: Delhi/);
	assert.equal((await branch(1)).name, 'Delhi');
	assert.equal((await owner.post(path, { ...fieldsOf(stale.text),
	    zone: 'Asia/Kolkata', sure: '1' })).status, 303);
	assert.equal((await branch(1)).zone, 'Asia/Kolkata');
	const [{ id }] = await stack.sql(`SELECT id FROM mst_branches WHERE
	    brn_name = 'Pune'`);
	const taken = await owner.submit(`/settings/branches/${id}`,
	    { name: 'mine' });
	assert.match(errorOf(taken.text, 'name'), /Another branch/);
});

// ---- the audit -------------------------------------------------------------

const lines = html => [...html.matchAll(/<tr>\s*<td>[^]*?<\/tr>/g)]
    .map(([row]) => textOf(row));

test('the audit says who changed what, newest first', async () => {
	await owner.submit('/members/42/edit', { notes: 'x' });
	const [first, ...rest] = lines(await owner.page(AUDIT));
	const day = today.slice(8).replace(/^0/, '');
	assert.match(first, new RegExp(`^${day} \\w+ ${today.slice(0, 4)}, ` +
	    '\\d+:\\d\\d pm Demo Owner Member 42 changed notes 127\\.0\\.0\\.1$'));
	assert.ok(rest.some(l => /Settings SF changed .*expiring days/.test(l)));
	assert.ok(rest.some(l => /Branch \d+ changed name, zone/.test(l)));
	assert.match(await owner.page(AUDIT), /href="\/members\/42"/);
	// what has no words is shown as it is
	await stack.sql(`INSERT INTO trn_audit_trails (aud_compcode, aud_at,
	    aud_action, aud_table, aud_row, aud_address) VALUES ('SF',
	    '2026-01-01', 'juggle', 'trn_balls', '7', '')`);
	assert.match(lines(await owner.page(AUDIT))[0],
	    /the command line trn_balls 7 juggle/);
});

test('by person, by kind, and page by page', async () => {
	const [{ id: user }] = await stack.sql(`SELECT id FROM mst_users WHERE
	    usr_email = ${quote(stack.login.email)}`);
	await stack.sql(`INSERT INTO trn_audit_trails (aud_compcode, aud_at,
	    aud_user_id, aud_action, aud_table, aud_row)
	    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	    WHERE i < 120) SELECT 'SF', '2026-01-01', IF(i % 2, ${user}, NULL),
	    'add', IF(i % 3, 'trn_payments', 'mst_devices'), i + 5000 FROM n`);
	const all = async path => {
		const found = [];
		for (let to = path, i = 0; to && i < 20; i++) {
			const html = await owner.page(to);
			found.push(...lines(html));
			to = html.match(/href="([^"]+)">Older/)?.[1]
			    .replace(/&amp;/g, '&');
		}
		return found;
	};
	const count = async where => Number((await stack.sql(`SELECT COUNT(*) AS n
	    FROM trn_audit_trails WHERE aud_compcode = 'SF' AND ${where}`))[0].n);
	assert.equal((await all(AUDIT)).length, await count('1'));
	for (const [query, where, like] of [
	    [`user=${user}`, `aud_user_id = ${user}`, /Demo Owner/],
	    ['table=trn_payments', `aud_table = 'trn_payments'`, /Payment/],
	    [`user=${user}&table=mst_devices`, `aud_user_id = ${user} AND
	    aud_table = 'mst_devices'`, /Demo Owner Terminal/]]) {
		const found = await all(`${AUDIT}?${query}`);
		assert.equal(found.length, await count(where), query);
		assert.ok(found.every(line => like.test(line)), query);
		assert.equal(new Set(found).size > 1, true);
	}
	assert.match(await owner.page(`${AUDIT}?user=999999`), /Nothing of that/);
	for (const query of ['user=x', 'table=x', 'before=x', 'before=0',
	    'user=%ff&table=%00', 'before=99999999999999999999'])
		assert.equal(lines(await owner.page(`${AUDIT}?${query}`)).length, 50,
		    query);
	assert.equal(lines(await other.page(`${AUDIT}?user=${user}`)).length, 0);
	assert.doesNotMatch(await other.page(AUDIT), /Demo Owner|trn_balls/);
});

// ---- who may not -----------------------------------------------------------

test('staff, branch owners and other gyms see and change nothing', async () => {
	const rows = () => stack.sql(`SELECT * FROM mst_companies JOIN
	    mst_branches ON brn_compcode = cmp_compcode ORDER BY id`);
	const was = await rows();
	const [{ id: theirs }] = await stack.sql(`SELECT MIN(id) AS id
	    FROM mst_branches WHERE brn_compcode = 'AA'`);
	const form = fieldsOf(await owner.page(SETTINGS));
	for (const person of [staff, north]) {
		for (const path of [SETTINGS, AUDIT, NEW, '/settings/branches/1',
		    `/settings/branches/${theirs}`])
			await person.page(path, 403);
		for (const path of [SETTINGS, NEW, `/settings/branches/${theirs}`])
			assert.equal((await person.post(path, { ...form,
			    csrf: await person.csrf() })).status, 403);
		assert.doesNotMatch(await person.page('/'), /href="\/settings/);
	}
	for (const id of [theirs, '0', 'x', '99999999999999999999']) {
		await owner.page(`/settings/branches/${id}`, 404);
		assert.equal((await owner.post(`/settings/branches/${id}`,
		    { name: 'x', zone: 'Asia/Kolkata', version: '1' })).status, 404);
	}
	for (const path of [SETTINGS, NEW, '/settings/branches/1'])
		for (const options of [{ form: { ...form, csrf: 'x' } },
		    { form: { ...form, csrf: await other.csrf() } },
		    { form, headers: { Origin: 'https://evil.example' } }])
			assert.equal((await owner.request('POST', path,
			    options)).status, 403);
	assert.deepEqual(await rows(), was);
});

test('a company without a branch can get one', async () => {
	await stack.admin(['company', 'add', 'NB', 'No Branch']);
	const bare = await Person.signIn(stack, await addUser(stack, 'NB',
	    'owner'));
	assert.match(textOf(await bare.page(SETTINGS)), /no branch yet/);
	assert.match(textOf(await bare.page('/devices')), /Add a branch first/);
	assert.equal((await bare.get('/devices/new')).headers.location,
	    '/devices');
	await bare.page(AUDIT);
	await bare.page('/devices/tokens');
	assert.equal((await bare.submit(NEW, { name: 'Main' })).status, 303);
	assert.match(textOf(await bare.page('/devices/new')), /Serial number/);
});
