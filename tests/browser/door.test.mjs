// door.test.mjs: a terminal's door, wide and narrow, light and dark; and that
// what is waited for shows by itself
import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, quote, SN } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

const DOOR = `/devices/${SN}/door`;
let stack, browser, staff;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	makeNoon(stack);
	staff = await addUser(stack, 'SF', 'staff');
	await addMember(stack, { id: 901, name: 'Long Gone', subscriptions:
	    [['2020-01-01', '2020-12-31']], mappings: [['901']] });
	await stack.sql(`INSERT INTO trn_device_users (dvu_compcode,
	    dvu_device_sn, dvu_user_id, dvu_name, dvu_privilege,
	    dvu_is_enabled) VALUES ('SF', ${quote(SN)}, '901', 'x', 0, 1)`);
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

const set = text => stack.sql(`UPDATE mst_devices SET ${text} WHERE dev_sn =
    ${quote(SN)}`);
const settle = state => stack.sql(`UPDATE trn_device_commands SET cmd_state =
    '${state}', cmd_ended_at = cmd_created_at WHERE cmd_state = 'WAITING'`);
const open = (path, login) => async page => {
	await signIn(page, login ?? stack.login);
	return page.goto(path);
};

it('a door that is off', async () => {
	await inAllLooks('door-off', open(DOOR));
	await inAllLooks('door-settings', open(`${DOOR}/settings`));
	await inAllLooks('door-dry-untried', open(`${DOOR}/on`));
});

it('a trial leads on by itself', async () => {
	const page = await browser.page(stack, { signedIn: true,
	    path: `${DOOR}/trial?q=Long` });
	await page.getByRole('button', { name: 'Try with this one' }).click();
	await page.getByText('is being blocked').waitFor();
	await settle('DONE');
	await page.getByRole('button', { name: 'Yes, refused' }).click();
	await page.getByText('is being freed').waitFor();
	await settle('DONE');
	await page.getByText('it must let in').waitFor();
	await page.context().close();
	await inAllLooks('door-trial-asks', open(`${DOOR}/trial`));
});

it('a door that is on, with all that can be told of it', async () => {
	await set(`dev_seen_at = '2026-01-02', dev_enforced_at = '2026-01-01',
	    dev_trial_at = '2026-01-01', dev_door_list_at = '2026-01-02',
	    dev_door_at = '2026-01-02', dev_has_relay = 1, dev_door_differing =
	    3, dev_door_trouble = 'This terminal''s firmware ignores it'`);
	await stack.sql([['901', 'PENDING', 'ENDED', ''], ['1', 'PENDING',
	    'HOURS', ''], ['42', 'FAILED', 'HOURS', 'It did not take'], ['43',
	    'BLOCKED', 'ENDED', ''], ['777', 'BANNED', 'ENDED', '']].map(
	    ([user, state, kind, words]) => `INSERT INTO trn_device_blocks VALUES
	    ('SF', ${quote(SN)}, '${user}', '${state}', '${kind}', '${words}',
	    '2026-01-01');`).join(''));
	await inAllLooks('door-on', open(DOOR));
});

it('a lock is opened, and the page says so', async () => {
	const page = await browser.page(stack, { signedIn: true });
	await page.getByRole('link', { name: 'Open this door' }).click();
	await page.getByLabel('Why').fill('A parcel');
	await page.getByRole('button', { name: 'Open for 5 s' }).click();
	await page.getByText('Opening...').waitFor();
	await settle('DONE');
	await page.locator('[data-wait]').getByText('Opened').waitFor();
	assert.match(page.url(), /order=/);
	await page.context().close();
	await inAllLooks('door-opened', open(`/devices/${SN}/unlock`, staff));
});
