// export.test.mjs: a list is downloaded from its page
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before } from 'node:test';
import { makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { readCsv, readXlsx } from '../web/sheet.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

let stack, browser, today;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	today = makeNoon(stack);
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// The file that a link of that name brings, and what it is called.
async function download(page, name) {
	const [got] = await Promise.all([page.waitForEvent('download'),
	    page.getByRole('link', { name, exact: true }).click()]);
	return [fs.readFileSync(await got.path()), got.suggestedFilename()];
}

it('members, narrowed by a filter, as Excel and as CSV', async () => {
	const page = await browser.page(stack, { signedIn: true,
	    path: '/members' });
	await page.getByLabel('Show').selectOption('expired');
	await page.getByRole('button', { name: 'Show' }).click();
	await page.waitForURL(/filter=expired/);
	const names = await page.locator('tbody th').allInnerTexts();
	assert.ok(names.length > 0 && names.length < 40);

	const [xlsx, name] = await download(page, 'Excel');
	assert.equal(name, `members-${today}.xlsx`);
	assert.deepEqual(readXlsx(xlsx).rows.slice(1).map(row => row[0].value),
	    names);
	const [csv, csvName] = await download(page, 'CSV');
	assert.equal(csvName, `members-${today}.csv`);
	assert.deepEqual(readCsv(csv).slice(1).map(row => row[0]), names);
	// the page stays where it was
	assert.match(page.url(), /filter=expired/);
	await page.context().close();
	browser.check();
});

for (const [name, path] of [['members', '/members'],
    ['terminals', '/devices']])
	it(`${name}: the way to the file, in all looks`, () =>
	    inAllLooks(`export-${name}`, async page => {
		await signIn(page, stack.login);
		return page.goto(path);
	    }));
