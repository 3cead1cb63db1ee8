// alerts.test.mjs: alerts on the page of terminals, opening hours, and whether
// mail is wanted; wide and narrow, light and dark
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before } from 'node:test';
import { addCompany, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

let stack, browser, gym;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	makeNoon(stack);
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	await stack.sql(`UPDATE mst_devices SET dev_seen_at = '2026-01-01',
	    dev_log_count = 900, dev_log_capacity = 1000, dev_name =
	    'Back door, by the long stairs to the roof'
	    WHERE dev_sn = 'AA-1'`);
	await watched();
	await stack.chores();
	await stack.sql(`UPDATE trn_alert_mails SET alm_state = 'REFUSED',
	    alm_error = '550 5.1.1 <owner@aa.example>: Recipient address rejected';
	    UPDATE trn_alerts SET alr_well_at = alr_began_at, alr_over_at =
	    alr_began_at WHERE alr_kind = 'LOG'`);
	await stack.chores();
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// As if the chores had run every minute for long.
const watched = () => stack.sql(`REPLACE INTO trn_chores VALUES
    ('alerts', '2099-01-01'), ('alerts since', '2020-01-01')`);

const open = path => async page => {
	await signIn(page, gym.owner);
	const answer = await page.goto(path);
	assert.equal(answer.status(), 200, path);
	return answer;
};

it('alerts below the terminals', () => inAllLooks('alerts', open('/devices')));
it('is mail wanted?', () => inAllLooks('account-owner', open('/account')));

it('hours of a branch that cannot be', () => inAllLooks('branch-hours-refused',
    async page => {
	await open('/settings/branches/new')(page);
	await page.$$eval('form', all => all.forEach(f => { f.noValidate = true; }));
	await page.getByLabel('Closes at').fill('');
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name: 'Add branch' }).click();
	await page.locator('#closes-error').waitFor();
	return answer;
}, [/status of 422/]));

const mails = () => fs.readdirSync(`${stack.dir}/mail`).length;

for (const [how, context] of [['wide', { viewport: { width: 1280,
    height: 800 } }], ['narrow, no script', { viewport: { width: 360,
    height: 740 }, javaScriptEnabled: false }]])
	it(`an owner sets hours, and who is told: ${how}`, async () => {
		const page = await browser.page(stack, { signedIn: true, context });
		await page.getByRole('link', { name: 'Settings' }).click();
		await page.getByRole('link', { name: 'New Delhi' }).click();
		await page.getByLabel('Opens at').fill('00:00');
		await page.getByLabel('Closes at').fill('00:00');
		await page.getByRole('button', { name: 'Save' }).click();
		await page.getByRole('link', { name: 'Demo Owner' }).click();
		const box = page.getByRole('checkbox', { name: 'Mail to' });
		const save = page.getByRole('button', { name: 'Save' });
		assert.ok(await box.isChecked());
		await box.uncheck();
		await save.click();
		await page.getByText('Stored.').waitFor();
		assert.ok(!await box.isChecked());
		await box.check();
		await save.click();
		await page.getByText('Stored.').waitFor();

		const was = mails();
		await stack.sql(`DELETE FROM trn_alert_notices; DELETE FROM
		    trn_alert_mails; DELETE FROM trn_alerts; UPDATE mst_devices
		    SET dev_seen_at = '2026-01-01' WHERE dev_compcode = 'SF'`);
		await watched();
		await stack.chores();
		await page.getByRole('link', { name: 'Terminals' }).click();
		const row = page.locator('tr', { hasText: 'Bridge silent' });
		assert.match(await row.first().textContent(), /Still so\s+Told/);
		assert.ok(mails() > was);
		await page.context().close();
		browser.check();
	});
