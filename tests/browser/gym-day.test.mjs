// gym-day.test.mjs: a day at the gym from the first admission to the last
// correction, as staff and as owner, wide and narrow, once without JavaScript
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { punch } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { testsOf } from './looks.mjs';

const WIDE = { viewport: { width: 1280, height: 800 } };
const NARROW = { viewport: { width: 360, height: 740 } };
let stack, browser, today, staff;
const it = testsOf(() => browser);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	today = makeNoon(stack);
	staff = await addUser(stack, 'SF', 'staff');
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

const go = (page, name) => page.getByRole('navigation', { name: 'Pages' })
    .getByRole('link', { name }).click();
const press = (page, name) => page.getByRole('button', { name,
    exact: true }).click();
const heading = (page, name) => page.getByRole('heading', { name }).waitFor();

// Each has a minute of the hour alone.
const minuteOf = who => `${who.number % 60}`.padStart(2, '0');

// A new member with plan, payment and finger; resolves to the id.
async function admit(page, who) {
	await go(page, 'Members');
	await page.getByRole('link', { name: 'New member' }).click();
	await page.getByLabel('Name').fill(who.name);
	await page.getByLabel('Phone').fill(`98765 ${who.number}00`);
	await page.getByLabel('Agrees to be known').check();
	await press(page, 'Add member');
	await heading(page, `Finger of ${who.name}`);
	await stack.post(punch(`${who.number}`, `${today} 12:00:30`));
	if (who.context.javaScriptEnabled === false)
		await page.getByRole('link', { name: 'Look again' }).click();
	await page.getByText(`Number ${who.number}`).waitFor();
	await page.getByRole('button', { name: `This is ${who.name}` }).first()
	    .click();
	await page.waitForURL(url => /^\/members\/\d+$/.test(url.pathname));
	await heading(page, who.name);
	return new URL(page.url()).pathname.split('/')[2];
}

async function findAndEdit(page, who, id) {
	await go(page, 'Members');
	await page.getByLabel('Name, code or phone').fill(`98765 ${who.number}00`);
	await press(page, 'Show');
	await page.locator('table.list').getByRole('link', { name: who.name })
	    .click();
	await page.getByRole('link', { name: 'Edit' }).click();
	await page.getByLabel('Notes').fill('Mornings only');
	await press(page, 'Save');
	await page.getByText('Mornings only').waitFor();
	await page.getByRole('link', { name: 'Freeze' }).click();
	await page.getByLabel('Why').fill('Travels');
	await press(page, 'Save');
	await page.locator('.page-head').getByText('Frozen').waitFor();
	await page.getByRole('link', { name: 'End it' }).click();
	await press(page, 'End it');
	await page.locator('.page-head').getByText('Active').waitFor();
	// only owners forget somebody for good
	assert.equal(await page.locator(`a[href="/members/${id}/erase"]`)
	    .count(), who.isOwner ? 1 : 0);
}

// Renews, of which a part is paid; then the rest; an owner takes that back.
async function renewAndPay(page, who, id) {
	await page.goto(`/members/${id}`);
	await page.getByRole('link', { name: 'Renew' }).click();
	await page.getByLabel('Paid now').fill('500');
	await press(page, 'Renew');
	await page.waitForURL(`**/members/${id}`);
	await page.getByRole('link', { name: /₹1,000/ }).click();
	assert.equal(await page.getByLabel('Amount').inputValue(), '1000');
	await page.getByLabel('Paid by').selectOption('UPI');
	await press(page, 'Take payment');
	await page.getByText('UPI needs the reference').waitFor();
	await page.getByLabel('Reference').fill('412345678901');
	await press(page, 'Take payment');
	await heading(page, 'Receipt');
	await page.getByText('412345678901').first().waitFor();
	const back = page.getByText('Take this payment back');
	assert.equal(await back.count(), who.isOwner ? 1 : 0);
	if (who.isOwner) {
		await back.click();
		await page.getByLabel('Reason').fill('Never arrived');
		await press(page, 'Take it back');
		await page.getByText('Never arrived').first().waitFor();
	}
	await go(page, 'Payments');
	await page.getByRole('link', { name: 'Dues' }).click();
	assert.equal(await page.getByRole('link', { name: who.name, exact: true })
	    .count(), who.isOwner ? 1 : 0);
}

// A number of nobody becomes the member's; another is put away, and back.
async function settleInbox(page, who) {
	const number = who.number + 1;
	await stack.post(punch(`${number}`, `${today} 11:${minuteOf(who)}:00`));
	await go(page, 'Inbox');
	await page.getByRole('link', { name: new RegExp(
	    `Whose is it\\?.*${number}`) }).click();
	await page.getByLabel('Member\'s name, code or phone').fill(who.name);
	await press(page, 'Find');
	await press(page, `Choose ${who.name}`);
	await heading(page, `Number ${number} is ${who.name}`);
	await go(page, 'Inbox');
	assert.equal(await page.getByText(`User ${number}`).count(), 0);
	await press(page, 'Dismiss user 61');
	await page.getByText('Dismissed: number 61').waitFor();
	await press(page, 'Undo');
	await page.getByRole('button', { name: 'Dismiss user 61' }).waitFor();
	await go(page, 'Terminals');
	await page.getByRole('link', { name: 'Numbers' }).first().click();
	await heading(page, 'Numbers of Front door');
}

// Written in by hand, and found to be wrong; then who was refused.
async function correctAttendance(page, who) {
	const note = `Bandaged, says ${who.name}`;
	await go(page, 'Attendance');
	await page.getByRole('link', { name: 'Check in by hand' }).click();
	await page.getByLabel('Member\'s name, code or phone').fill(who.name);
	await press(page, 'Find');
	await page.getByRole('link', { name: `Choose ${who.name}` }).click();
	await page.getByLabel('When').fill(`${today}T10:${minuteOf(who)}`);
	await page.getByLabel('Why by hand?').fill(note);
	await press(page, 'Check in');
	const row = page.locator('tr', { hasText: note });
	await row.getByRole('link', { name: 'Correct' }).click();
	await page.getByLabel('Not at all').check();
	await page.getByLabel('Why?').fill('It was her sister');
	await press(page, 'Correct it');
	await row.getByText('does not count').waitFor();
	await page.getByRole('link', { name: 'Refused lately' }).click();
	await page.getByRole('link', { name: 'Renew' }).first().click();
	await heading(page, 'Renew');
}

// What only owners have.
async function closeTheDay(page, who) {
	await go(page, 'Payments');
	await page.getByRole('link', { name: 'Plans' }).click();
	if (!who.isOwner) {
		assert.equal(await page.getByRole('link', { name: 'New plan' })
		    .count(), 0);
		for (const path of ['/payments/day', '/settings', '/plans/new'])
			assert.equal((await page.goto(path)).status(), 403, path);
		return;
	}
	await page.getByRole('link', { name: 'New plan' }).click();
	await page.getByLabel('Name').fill(`Plan of ${who.name}`);
	await page.getByLabel('Days').fill('10');
	await page.getByLabel('Price').fill('600');
	await press(page, 'Save');
	await press(page, `Close Plan of ${who.name}`);
	await page.getByRole('button', { name: `Sell Plan of ${who.name}` })
	    .waitFor();
	await page.getByRole('link', { name: 'Day close' }).click();
	await page.getByText('In all').waitFor();
	await go(page, 'Settings');
	await page.getByLabel('Address').fill('Shop 14, Main Market');
	await press(page, 'Save');
	await page.getByText('Stored.').waitFor();
	await page.getByRole('link', { name: 'Audit' }).click();
	await heading(page, 'Audit');
}

const PEOPLE = [
	{ role: 'staff', name: 'Anita Wide', number: 711, context: WIDE },
	{ role: 'staff', name: 'Bala Narrow', number: 721, context: NARROW },
	{ role: 'owner', name: 'Chitra Wide', number: 731, context: WIDE },
	{ role: 'owner', name: 'Devi Narrow', number: 741,
	    context: { ...NARROW, javaScriptEnabled: false } },
];

for (const who of PEOPLE)
	it(`the day of ${who.role}, ${who.context.viewport.width} px${
	    who.context.javaScriptEnabled === false ? ', no JavaScript' : ''}`,
	    async () => {
		const page = await browser.page(stack, { path: '/login',
		    context: who.context });
		who.isOwner = who.role === 'owner';
		await signIn(page, who.isOwner ? stack.login : staff);
		const id = await admit(page, who);
		await findAndEdit(page, who, id);
		await renewAndPay(page, who, id);
		await settleInbox(page, who);
		await correctAttendance(page, who);
		await closeTheDay(page, who);
		await page.context().close();
		browser.check(/status of 4(22|03)/);
	});
