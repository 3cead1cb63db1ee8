// dashboard.test.mjs: today by branch, who is inside, whom to call: as people
// meet it, wide and narrow, by day and by night
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { addCompany, addUser } from '../faults/gym.mjs';
import { until } from '../stack/wait.mjs';
import { Stack } from '../stack/stack.mjs';
import { dayAfter } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

const TODAY = '2031-03-13';
let stack, browser, gym, small;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ live: true });
	at('18:30:00');
	gym = await addCompany(stack, 'AA', { branches: ['Saket', 'Lajpat Nagar'],
	    members: 120 });
	small = await addCompany(stack, 'BB', { members: 5 });
	await stack.sql(busy());
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

function at(time, day = TODAY) {
	stack.setClock(Date.parse(`${day}T${time}+05:30`) - Date.now());
}

// Five Thursdays of both branches, phones, plans, and ends that come soon.
const busy = () => `
    UPDATE mst_members_lists SET mbr_phone = CONCAT('+9198100', 10000 + id),
           mbr_branch_id = mbr_branch_id + id % 2
     WHERE mbr_compcode = 'AA';
    INSERT INTO mst_membership_plans (plan_compcode, plan_name, plan_days,
           plan_price, plan_created_at) VALUES ('AA', 'Quarter', 90, 450000,
           '2030-01-01'), ('AA', 'Personal training, twelve months', 365,
           4500000, '2030-01-01');
    UPDATE trn_member_subscriptions SET ms_end_date =
           IF(id % 4 = 0, '${TODAY}' + INTERVAL id DIV 4 % 8 DAY, '2099-12-31'),
           ms_plan_id = (SELECT MIN(id) + ms_member_id % 2
             FROM mst_membership_plans WHERE plan_compcode = 'AA')
     WHERE ms_compcode = 'AA';
    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
           att_member_id, att_device_user_id, att_device_sn, att_punch_time,
           att_status, att_reason, att_received_at)
    SELECT mbr_compcode, mbr_branch_id, id, id, CONCAT('AA-', 1 + id % 2),
           '${TODAY} 18:28:00' - INTERVAL week WEEK - INTERVAL id % 120 * 5
           MINUTE, IF(id % 9, 'ALLOWED', 'DENIED'),
           IF(id % 9, NULL, 'Subscription expired'), '2031-01-01'
      FROM mst_members_lists JOIN (SELECT 0 AS week UNION SELECT 1 UNION
           SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5) w
     WHERE mbr_compcode = 'AA' AND id % 3 <> 1 AND (id + week) % 4 <> 0
       AND (week > 1 OR id % 10 <> 5);
    UPDATE mst_companies SET cmp_revision = cmp_revision + 1`;

const wide = { viewport: { width: 1280, height: 800 } };

async function open(login, path = '/') {
	const page = await browser.page(stack, { path: '/login', context: wide });
	await signIn(page, login);
	await page.goto(path);
	await isLive(page);
	return page;
}

const isLive = page => page.locator('#live').getByText('Live',
    { exact: true }).waitFor();

// A member's punch by the API, at the wall clock of this moment.
async function punch(user_id, device_sn, time, token = gym.token,
    compcode = 'AA') {
	const got = await stack.post({ compcode, user_id, device_sn,
	    timestamp: `${TODAY} ${time}` }, { token });
	assert.equal(got.status, 200, got.text);
}

const insideOf = page => page.locator('.now').textContent().then(text =>
    Number(text.match(/About (\d+)/)?.[1] ?? 0));

it('an owner chooses a branch, and follows that one only', async () => {
	const page = await open(gym.owner);
	const rows = page.locator('#rows > li');
	await page.getByRole('navigation', { name: 'Branches' })
	    .getByRole('link', { name: 'Lajpat Nagar' }).click();
	await isLive(page);
	await until('the branch', async () => (await rows.count()) > 0);
	for (const where of await rows.locator('.where').allTextContents())
		assert.equal(where, 'Door AA-2');
	const before_ = await insideOf(page);
	await page.evaluate(() => { window.isSame = true; });
	await punch(1, 'AA-1', '18:30:10');	// at the other one
	await punch(4, 'AA-2', '18:30:20');
	await rows.first().getByText('Member AA 4', { exact: true }).waitFor();
	assert.equal(await rows.getByText('Member AA 1', { exact: true }).count(),
	    0);
	await until('one more inside', async () =>
	    await insideOf(page) === before_ + 1);
	// nobody comes, and time goes by
	at('20:00:30');
	await until('nobody inside', async () => await insideOf(page) === 0);
	assert.ok(await page.getByText('Probably nobody in the gym now')
	    .isVisible());
	assert.ok(await page.evaluate(() => window.isSame));
	await page.getByRole('navigation', { name: 'Branches' })
	    .getByRole('link', { name: 'All' }).click();
	await rows.getByText('Member AA 1', { exact: true }).waitFor();
	await page.getByRole('table').filter({ hasText: 'Came in' })
	    .getByRole('link', { name: 'Saket' }).click();
	await page.waitForURL(/\?branch=\d+$/);
	await page.context().close();
	at('18:30:00');
	browser.check();
});

it('the lists lead to who is called, to a renewal and to all', async () => {
	const page = await open(gym.owner);
	const list = name => page.getByRole('region', { name });
	const ending = list('Ending within 7 days');
	assert.equal(await ending.locator('tbody tr').count(), 10);
	assert.match(await ending.locator('a[href^="tel:"]').first()
	    .getAttribute('href'), /^tel:\+91981/);
	const total = Number((await ending.getByRole('link', { name: /^All/ })
	    .textContent()).match(/\d+/)[0]);
	await ending.getByRole('link', { name: /^All/ }).click();
	await page.getByRole('heading', { name: 'Members' }).waitFor();
	assert.equal(await page.locator('table.list tbody tr').count(), total);
	await page.goto('/');
	await list('Absent for 14 days').getByRole('link', { name: /^All/ })
	    .click();
	assert.equal(await page.getByLabel('Absent for days').inputValue(), '14');
	await page.goto('/');
	const name = await ending.locator('tbody th').first().textContent();
	await ending.getByRole('link', { name: /^Renew/ }).first().click();
	await page.getByRole('heading', { name }).waitFor();
	await page.context().close();
	browser.check();
});

it('midnight takes lists and rows to the new day', async () => {
	const page = await open(gym.owner);
	const first = page.getByRole('region', { name: 'Ending within' })
	    .locator('tbody tr').first();
	const last = () => first.locator('[data-label="Last day"]').textContent();
	assert.equal(await last(), '13 Mar 2031');
	await page.evaluate(() => { window.isSame = true; });
	at('00:10:00', dayAfter(TODAY, 1));
	await until('the new day', async () => await last() === '14 Mar 2031');
	await until('no rows', async () =>
	    await page.locator('#rows > li').count() === 0);
	assert.ok(await page.evaluate(() => window.isSame));
	await page.context().close();
	at('18:30:00');
	browser.check();
});

it('of a branch that is taken away, the page leads to what is left',
    async () => {
	const login = await addUser(stack, 'AA', 'staff');
	const [saket, other] = (await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = 'AA' ORDER BY id`)).map(b => b.id);
	const page = await open(login, `/?branch=${saket}`);
	await stack.sql(`UPDATE trn_user_roles SET url_branch_id = ${other}
	    WHERE url_user_id = (SELECT id FROM mst_users WHERE usr_email =
	    '${login.email}')`);
	await page.getByRole('button', { name: 'Pause' }).click();
	await page.getByRole('button', { name: 'Resume' }).click();
	await page.waitForURL(url => url.search === '');
	assert.equal(await page.getByRole('navigation', { name: 'Branches' })
	    .count(), 0);
	await page.context().close();
	browser.check(/404/);
});

const look = (login, path = '/') => async page => {
	await signIn(page, login());
	const answer = await page.goto(path);
	await isLive(page);
	return answer;
};

it('two branches look well', () => inAllLooks('today-two',
    look(() => gym.owner)));

it('one of them looks well', async () => {
	const [{ id }] = await stack.sql(`SELECT MIN(id) AS id FROM mst_branches
	    WHERE brn_compcode = 'AA'`);
	await inAllLooks('today-one-of-two', look(() => gym.owner,
	    `/?branch=${id}`));
});

it('a gym of one branch, on its first day, looks well', () =>
    inAllLooks('today-one', look(() => small.owner)));

it('the settings look well', () => inAllLooks('today-settings', async page => {
	await signIn(page, gym.owner);
	return page.goto('/settings');
}));

it('the list of members by branch looks well', () =>
    inAllLooks('today-members', async page => {
	await signIn(page, gym.owner);
	return page.goto('/members?filter=absent');
}));
