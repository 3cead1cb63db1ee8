// rules.test.mjs: who may enter: its settings, a plan of visits and hours, a
// member who has one, and the warning at the front desk
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { makeNoon } from '../faults/gym.mjs';
import { forget } from '../faults/ledger.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, punch } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

let stack, browser, today, owner;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	today = makeNoon(stack);
	await forget(stack);
	await addMember(stack, { id: 901, name: 'Asha Patil',
	    mappings: [['901']], subscriptions: [[dayAfter(today, -20),
	    dayAfter(today, 12)]] });
	await stack.sql(`UPDATE trn_member_subscriptions SET ms_visits = 10,
	    ms_hours = '7f06001000' WHERE ms_member_id = 901`);
	for (const n of [3, 2, 1])
		await stack.post(punch('901', `${dayAfter(today, -n)} 07:00:00`));
	owner = await browser.page(stack, { signedIn: true });
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

const asOwner = open => async page => {
	await signIn(page, stack.login);
	return open(page);
};

it('an owner warns instead of refusing, and the desk says so', async () => {
	await owner.getByRole('link', { name: 'Settings' }).click();
	await owner.getByRole('link', { name: 'Who may enter' }).click();
	await owner.getByLabel('Outside plan hours').selectOption('WARN');
	await owner.getByRole('button', { name: 'Save' }).click();
	await owner.getByText('It counts from the next touch on').waitFor();
	await stack.post(punch('901', `${today} 12:00:05`));
	await owner.goto('/settings/displays');
	await owner.getByLabel('Name', { exact: true }).fill('Wall');
	await owner.getByRole('button', { name: 'Add display' }).click();
	const code = await owner.locator('.token code').textContent();
	await inAllLooks('rules-desk', async page => {
		await page.goto('/desk');
		await page.getByLabel('Type the code').fill(code);
		const answer = page.waitForResponse(r =>
		    new URL(r.url()).pathname === '/desk' && r.status() === 200);
		await page.getByRole('button', { name: 'Pair' }).click();
		const large = page.locator('#last.is-odd');
		await large.getByText('Outside plan hours').waitFor();
		assert.match(await large.textContent(), /ALLOWED[^]*Asha/);
		return answer;
	}, [/favicon\.ico/]);
});

it('rules, wide and narrow', () => inAllLooks('rules-settings',
    asOwner(page => page.goto('/settings/access'))));

it('a plan of visits and hours is written', async () => {
	await owner.goto('/plans/new');
	await owner.getByLabel('Name').fill('Early birds');
	await owner.getByLabel('Visits').fill('8');
	await owner.getByLabel('Price').fill('900');
	const first = owner.locator('.window').first();
	for (const day of ['Mon', 'Tue', 'Wed'])
		await first.getByLabel(day).check();
	await first.getByLabel('From').fill('06:00');
	await first.getByLabel('To').fill('10:00');
	await owner.getByRole('button', { name: 'Save' }).click();
	const row = owner.locator('tr', { hasText: 'Early birds' });
	assert.match(await row.textContent(), /Mon–Wed 06:00–10:00/);
	await row.getByRole('link', { name: 'Change' }).click();
	const url = owner.url();
	await inAllLooks('rules-plan', asOwner(page => page.goto(url)));
});

it('a member is let in for today', async () => {
	await owner.goto('/members/43');
	await owner.getByText('May enter now? No').waitFor();
	await owner.getByRole('link', { name: 'Let in today' }).click();
	assert.match(await owner.locator('h1').textContent(), /in today/);
	await owner.getByLabel('Why?').fill('Pays tomorrow');
	await owner.getByRole('button', { name: 'Let in today' }).click();
	await owner.getByText('Let in for today by').waitFor();
	await inAllLooks('rules-member', asOwner(page =>
	    page.goto('/members/901')));
	browser.check();
});
