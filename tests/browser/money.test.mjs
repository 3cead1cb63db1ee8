// money.test.mjs: plans, renewals, payments, admission in all looks; renewed in
// two clicks, admitted with a touch of the terminal, with JavaScript and
// without; receipts on paper
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { SN, punch } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, isSound, testsOf } from './looks.mjs';

const PHONE = { viewport: { width: 360, height: 740 } };
let stack, browser, today, staff, bare, paid, due, back;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	today = makeNoon(stack);
	staff = await addUser(stack, 'SF', 'staff');
	bare = (await addCompany(stack, 'EM', { members: 1 })).owner;
	await fill();
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// A company with an address and a tax; a payment of a part, one in full, and
// one that was taken back.
async function fill() {
	await stack.sql(`UPDATE mst_companies SET cmp_address =
	    'Shop 14, Main Market\\nLajpat Nagar II, New Delhi 110024',
	    cmp_gstin = '07AAACS1234A1Z5', cmp_tax_rate = 1800,
	    cmp_receipt_prefix = 'SF', cmp_receipt_note =
	    'Fees are not given back. Keep this receipt.'
	    WHERE cmp_compcode = 'SF';
	    INSERT INTO mst_membership_plans (plan_compcode, id, plan_name,
	    plan_days, plan_price, plan_status, plan_created_at) VALUES
	    ('SF', 9, 'Monsoon offer', 45, 180050, 'CLOSED', '2026-01-01')`);
	const page = await browser.page(stack, { signedIn: true });
	const sell = async (id, changes) => {
		await page.goto(`/members/${id}/renew`);
		for (const [label, value] of Object.entries(changes))
			await page.getByLabel(label, { exact: true }).fill(value);
		await page.getByRole('button', { name: 'Renew' }).click();
		await page.waitForURL(`**/members/${id}`);
		return (await stack.sql(`SELECT MAX(id) AS id FROM trn_payments
		    WHERE pay_member_id = ${id}`))[0].id;
	};
	due = (await sell(11, { 'Paid now': '500' }));
	paid = await sell(17, {});
	back = await sell(22, { 'Price agreed': '3000', 'Paid now': '3000',
	    Reference: 'A long reference 4123-4567-8901' });
	await page.goto(`/payments/${back}`);
	await page.getByText('Take this payment back').click();
	await page.getByLabel('Reason').fill('Paid by the brother already');
	await page.getByRole('button', { name: 'Take it back' }).click();
	await page.getByRole('heading', { name: 'Payment taken back' }).waitFor();
	await page.context().close();
	browser.check();
}

const opened = (login, path) => async page => {
	await signIn(page, login());
	return page.goto(path());
};
const asStaff = path => opened(() => staff, () => path);
const asOwner = path => opened(() => stack.login,
    () => typeof path === 'string' ? path : path());

// What comes back when the button of that name is pressed.
async function pressed(page, name) {
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name }).click();
	return answer;
}
const REFUSED = [/status of 422/];

// ---- all looks -------------------------------------------------------------

it('plans', () => inAllLooks('plans', asOwner('/plans')));
it('plans, for staff', () => inAllLooks('plans-staff', asStaff('/plans')));
it('plans, none yet', () => inAllLooks('plans-none', opened(() => bare,
    () => '/plans')));
it('a new plan, refused', () => inAllLooks('plan-new', async page => {
	await asOwner('/plans/new')(page);
	await page.getByLabel('Name').fill('x');
	await page.getByLabel('Price').fill('a lot');
	return pressed(page, 'Save');
}, REFUSED));
it('a plan that somebody else has changed', () => inAllLooks('plan-stale',
    async page => {
	await asOwner('/plans/9/edit')(page);
	await stack.sql(`UPDATE mst_membership_plans SET plan_price =
	    plan_price + 100, plan_version = plan_version + 1 WHERE id = 9`);
	return pressed(page, 'Save');
}, REFUSED));

it('renewal', () => inAllLooks('renew', asStaff('/members/42/renew')));
it('renewal, refused', () => inAllLooks('renew-refused', async page => {
	await asStaff('/members/42/renew')(page);
	await page.getByLabel('Price agreed').fill('99999');
	await page.getByLabel('Paid by').selectOption('UPI');
	return pressed(page, 'Renew');
}, REFUSED));
it('nothing to sell yet', () => inAllLooks('renew-none', opened(() => bare,
    () => '/members/new')));

it('paying what is due', () => inAllLooks('pay', async page => {
	await asOwner('/payments/dues')(page);
	await page.getByRole('link', { name: 'Take payment of Deepak' }).click();
	const answer = await page.reload();
	await page.getByText('Sold by mistake?').click();
	return answer;
}));
it('payments', () => inAllLooks('payments', asStaff('/payments')));
it('dues', () => inAllLooks('dues', asStaff('/payments/dues?order=oldest')));
it('dues, none', () => inAllLooks('dues-none', opened(() => bare,
    () => '/payments/dues')));
it('the close of a day', () => inAllLooks('day-close',
    asOwner('/payments/day')));
it('receipt', () => inAllLooks('receipt', asOwner(() => `/payments/${due}`)));
it('receipt of what was taken back', () => inAllLooks('receipt-back',
    asOwner(() => `/payments/${back}`)));
it('taking back, refused', () => inAllLooks('receipt-refused', async page => {
	await asOwner(`/payments/${paid}`)(page);
	await page.getByText('Take this payment back').click();
	await page.getByLabel('Reason').fill('  x ');
	await page.getByLabel('Reason').evaluate(e => { e.minLength = 0; });
	return pressed(page, 'Take it back');
}, REFUSED));

it('admission', () => inAllLooks('admission', asStaff('/members/new')));
it('admission, refused', () => inAllLooks('admission-refused', async page => {
	await asStaff('/members/new')(page);
	await page.getByLabel('Name').fill('New Member');
	await page.getByLabel('Phone').fill('12345');
	return pressed(page, 'Add member');
}, REFUSED));
it('the finger: waiting, touched, known', async () => {
	await inAllLooks('finger-waiting', asStaff('/members/11/finger'));
	const users = [['501', 'Deepak'], ['502', '']].map(([user_id, name]) =>
	    ({ user_id, name, privilege: 0, enabled: true }));
	assert.equal((await stack.request('PUT', `/api/devices/${SN}/users`, {
	    token: stack.token, headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify({ users }) })).status, 200);
	await stack.post(punch(501, `${today} 12:00:01`));
	await stack.post(punch(503, `${today} 12:00:04`));
	await inAllLooks('finger', async page => {
		const answer = await asStaff('/members/11/finger')(page);
		await page.getByText('Or one that the terminal knows').click();
		return answer;
	});
});

// ---- stories ---------------------------------------------------------------

const until = (page, id) => page.waitForURL(url =>
    url.pathname === `/members/${id}`);

for (const [how, context] of [['at a desk', {}], ['on a phone', PHONE],
    ['without JavaScript', { javaScriptEnabled: false }]])
	it(`renewed in two clicks, ${how}`, async () => {
		const id = 33;
		const before_ = await stack.sql(`SELECT id FROM
		    trn_member_subscriptions WHERE ms_member_id = ${id}`);
		const page = await browser.page(stack, { path: '/login', context });
		await signIn(page, staff);
		await page.goto(`/members/${id}`);
		await page.getByRole('link', { name: 'Renew' }).click();
		await page.getByRole('button', { name: 'Renew' }).click();
		await until(page, id);
		assert.ok(await page.getByText('Active').first().isVisible());
		assert.equal((await stack.sql(`SELECT id FROM
		    trn_member_subscriptions WHERE ms_member_id = ${id}`)).length,
		    before_.length + 1);
		await page.context().close();
		browser.check();
	});

it('another plan puts its price in; without JavaScript the server does',
    async () => {
	const page = await browser.page(stack, { path: '/login' });
	await signIn(page, staff);
	await page.goto('/members/38/renew');
	await page.getByLabel('Plan').selectOption({ label:
	    'Yearly, 365 days, ₹12,000' });
	assert.equal(await page.getByLabel('Price agreed').inputValue(), '12000');
	assert.equal(await page.getByLabel('Paid now').inputValue(), '12000');
	await page.getByRole('button', { name: 'Renew' }).click();
	await until(page, 38);
	await page.context().close();

	const plain = await browser.page(stack, { path: '/login',
	    context: { javaScriptEnabled: false } });
	await signIn(plain, staff);
	await plain.goto('/members/40/renew');
	await plain.getByLabel('Plan').selectOption({ label:
	    'Yearly, 365 days, ₹12,000' });
	await plain.getByRole('button', { name: 'Renew' }).click();
	await plain.getByText('that you chose now').waitFor();
	assert.equal(await plain.getByLabel('Price agreed').inputValue(), '12000');
	await plain.getByRole('button', { name: 'Renew' }).click();
	await until(plain, 40);
	await plain.context().close();
	assert.deepEqual((await stack.sql(`SELECT ms_amount AS n FROM
	    trn_member_subscriptions WHERE ms_member_id IN (38, 40) AND
	    ms_plan_id = 4`)).map(r => r.n), ['1200000', '1200000']);
	browser.check(...REFUSED);
});

// Fills the page of a new member as a practised hand does, and sends it.
async function admit(page, name, phone) {
	await page.goto('/members');
	await page.getByRole('link', { name: 'New member' }).click();
	await page.getByLabel('Name').fill(name);
	await page.getByLabel('Phone').fill(phone);
	await page.getByLabel('Agrees to be known').check();
	await page.getByRole('button', { name: 'Add member' }).click();
	await page.getByRole('heading', { name: `Finger of ${name}` }).waitFor();
	assert.ok(await page.getByText('Waiting for a touch').isVisible());
}

async function cameIn(page, name, number) {
	await page.getByRole('button', { name: `This is ${name}` }).first()
	    .click();
	await page.waitForURL(url => /^\/members\/\d+$/.test(url.pathname));
	assert.ok(await page.getByRole('heading', { name }).isVisible());
	const [row] = await stack.sql(`SELECT mbr_name AS name, att_status AS
	    status FROM trn_member_attendances JOIN mst_members_lists m
	    ON m.id = att_member_id WHERE att_device_user_id = '${number}'`);
	assert.deepEqual([row.name, row.status], [name, 'ALLOWED']);
}

it('admitted, and the touch appears by itself', async t => {
	const page = await browser.page(stack, { path: '/login' });
	await signIn(page, staff);
	const began = Date.now();
	await admit(page, 'Asha Test', '98765 43210');
	// nothing of the page is drawn anew while it waits
	await page.getByRole('link', { name: 'Look again' }).focus();
	await stack.post(punch(601, `${today} 12:00:31`));
	await page.getByText('Number 601').waitFor();
	assert.equal(await page.evaluate(() =>
	    document.activeElement.textContent), 'Look again');
	await isSound(page, 'a touch that appeared');
	await cameIn(page, 'Asha Test', 601);
	t.diagnostic(`from nothing to a mapped member in ${
	    Date.now() - began} ms, but for the typing`);
	await page.context().close();
	browser.check();
});

it('the same without JavaScript, on a phone', async () => {
	const page = await browser.page(stack, { path: '/login', context: {
	    ...PHONE, javaScriptEnabled: false } });
	await signIn(page, staff);
	await admit(page, 'Ravi Test', '98765 43211');
	await stack.post(punch(602, `${today} 12:00:41`));
	await page.getByRole('link', { name: 'Look again' }).click();
	assert.ok(await page.getByText('Number 602').isVisible());
	await cameIn(page, 'Ravi Test', 602);
	await page.context().close();
	browser.check();
});

it('signed out while it waits: to the sign-in', async () => {
	const page = await browser.page(stack, { path: '/login' });
	await signIn(page, staff);
	await page.goto('/members/11/finger');
	await stack.sql('DELETE FROM trn_sessions');
	await page.waitForURL('**/login');
	await page.context().close();
	browser.check(/status of 401/);
});

// ---- on paper --------------------------------------------------------------

const sheets = pdf => pdf.toString('latin1').match(/\/Type \/Page\b/g).length;
const shots = process.env.SHOTS;

it('a receipt, and a day, print on one sheet, black on white', async () => {
	for (const [name, path, formats] of [
	    ['receipt', `/payments/${due}`, ['A4', 'A5']],
	    ['receipt-back', `/payments/${back}`, ['A5']],
	    ['day-close', '/payments/day', ['A4']]]) {
		const page = await browser.page(stack, { signedIn: true, path,
		    context: { colorScheme: 'dark' } });
		await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
		assert.deepEqual(await page.evaluate(() => {
			const { color } = getComputedStyle(document.body);
			return [color, getComputedStyle(document.documentElement)
			    .backgroundColor];
		}), ['rgb(0, 0, 0)', 'rgb(255, 255, 255)'], name);
		for (const gone of ['nav', 'form', 'a.button'])
			assert.equal(await page.locator(gone).filter({
			    visible: true }).count(), 0, `${name}: ${gone}`);
		if (shots)
			await page.screenshot({ fullPage: true,
			    path: `${shots}/${name}-print.png` });
		for (const format of formats) {
			const pdf = await page.pdf({ format, margin: { top: '12mm',
			    bottom: '12mm', left: '12mm', right: '12mm' } });
			assert.equal(sheets(pdf), 1, `${name} on ${format}`);
			if (shots)
				fs.writeFileSync(`${shots}/${name}-${format}.pdf`, pdf);
		}
		await page.context().close();
	}
	browser.check();
});
