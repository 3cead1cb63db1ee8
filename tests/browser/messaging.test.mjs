// messaging.test.mjs: settings of messages and reminders, in every look
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

const PAGE = '/settings/messages';
let stack, browser;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	makeNoon(stack);
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

const set = sql => stack.sql(`UPDATE mst_messaging SET ${sql}
    WHERE mgs_compcode = 'SF'`);
const open = path => async page => {
	await signIn(page, stack.login);
	const answer = await page.goto(path);
	assert.equal(answer.status(), 200, path);
	return answer;
};

it('by hand', () => inAllLooks('messaging', open(PAGE)));

it('by themselves, and paused', async () => {
	await set(`mgs_sender = 'CLOUD', mgs_phone_id = '106540352242922',
	    mgs_paused_at = '2026-03-12', mgs_pause_code = 131048,
	    mgs_pause_words = 'Spam rate limit hit: message failed to send because there are restrictions on how many messages this number may send',
	    mgs_slow_to_at = '2099-01-01'`);
	await stack.sql(`UPDATE mst_message_rules SET mrl_paused_at =
	    '2026-03-12', mrl_pause_code = 132015, mrl_pause_words =
	    'Template is paused' WHERE mrl_kind = 'ON'`);
	await inAllLooks('messaging-paused', open(PAGE));
});

it('reminders', async () => {
	const [{ id }] = await stack.sql(`SELECT id FROM mst_message_rules
	    WHERE mrl_compcode = 'SF' AND mrl_kind = 'ON'`);
	await inAllLooks('message-rule', open(`${PAGE}/rules/${id}?q=a`));
	await inAllLooks('message-rule-new', async page => {
		await open(`${PAGE}/rules/new`)(page);
		await page.getByLabel('Text').fill('Hello {{nobody}}');
		const answer = page.waitForResponse(r =>
		    r.request().method() === 'POST');
		await page.getByRole('button', { name: 'Save' }).click();
		assert.equal((await answer).status(), 422);
		await page.locator('summary').first().click();
		return answer;
	}, [/status of 422/]);
});
