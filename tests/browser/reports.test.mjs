// reports.test.mjs: the owner's reports in all looks, by keyboard, on paper
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { addCompany, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

let stack, browser, gym, empty, fresh;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ live: true });
	const today = makeNoon(stack);
	gym = await addCompany(stack, 'AA', { branches: ['North',
	    'South, by the river and the old bridge'], members: 40 });
	empty = (await addCompany(stack, 'EE', { members: 0 })).owner;
	await stack.sql(busy(today));
	await stack.chores();
	// whose summary has not been made yet
	fresh = (await addCompany(stack, 'NM')).owner;
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// A year of a gym: subscriptions, payments of which some are taken back, and
// four months of visits.
function busy(today) {
	const day = n => `'${today}' - INTERVAL ${n} DAY`;
	return `
	INSERT INTO mst_membership_plans (plan_compcode, plan_name, plan_days,
	  plan_price, plan_created_at) VALUES
	  ('AA', 'A month', 30, 150000, '2020-01-01'),
	  ('AA', 'A whole year in the mornings, with a trainer on Saturdays',
	   365, 1500000, '2020-01-01');
	DELETE FROM trn_member_subscriptions WHERE ms_compcode = 'AA';
	INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	  ms_plan_id, ms_start_date, ms_end_date, ms_amount, ms_created_at)
	SELECT 'AA', m.id, (SELECT MIN(id) + (m.id + seq) % 5 DIV 4 FROM
	       mst_membership_plans WHERE plan_compcode = 'AA'),
	       ${day(340)} + INTERVAL m.id % 40 * 7 + seq * 45 DAY,
	       ${day(310)} + INTERVAL m.id % 40 * 7 + seq * 45 DAY, 150000, '2020-01-01'
	  FROM mst_members_lists m JOIN seq_0_to_7
	 WHERE mbr_compcode = 'AA' AND seq < 2 + m.id % 7;
	INSERT INTO trn_payments (pay_compcode, pay_branch_id, pay_member_id,
	  pay_subscription_id, pay_amount, pay_method, pay_date,
	  pay_receipt_year, pay_receipt_no, pay_created_at)
	SELECT 'AA', (SELECT MIN(id) FROM mst_branches WHERE brn_compcode = 'AA'),
	       ms_member_id, id, ms_amount,
	       ELT(1 + id % 4, 'CASH', 'UPI', 'CARD', 'BANK'),
	       LEAST(ms_start_date, '${today}'), 2020, id, '2020-01-01'
	  FROM trn_member_subscriptions WHERE ms_compcode = 'AA';
	INSERT INTO trn_payments (pay_compcode, pay_branch_id, pay_member_id,
	  pay_subscription_id, pay_amount, pay_method, pay_date,
	  pay_receipt_year, pay_receipt_no, pay_reverses_id, pay_created_at)
	SELECT 'AA', pay_branch_id, pay_member_id, pay_subscription_id,
	       -pay_amount, pay_method, pay_date, 2021, id, id, '2020-01-01'
	  FROM trn_payments WHERE pay_compcode = 'AA' AND id % 17 = 0;
	INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	  att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	  att_status, att_received_at)
	SELECT 'AA', mbr_branch_id, m.id, '1', 'AA-1', ${day('seq')} + INTERVAL
	       IF(m.id % 3, 6, 17) * 60 + m.id * 37 % 200 + seq % 50 MINUTE,
	       'ALLOWED', '2020-01-01'
	  FROM mst_members_lists m JOIN seq_0_to_120
	 WHERE mbr_compcode = 'AA' AND seq % 7 <> 3 AND (m.id + seq) % 3 > 0;`;
}

const open = (path, login) => async page => {
	await signIn(page, login ?? gym.owner);
	const answer = await page.goto(path);
	assert.equal(answer.status(), 200, path);
	return answer;
};

const pages = {
	members: ['/reports/members'],
	collection: ['/reports/collection'],
	'visits-fresh': ['/reports', () => fresh],
	'visits-empty': ['/reports', () => empty],
	'members-empty': ['/reports/members', () => empty],
	'collection-empty': ['/reports/collection', () => empty],
};

for (const [name, [path, login]] of Object.entries(pages))
	it(name, () => inAllLooks(`reports-${name}`,
	    page => open(path, login?.())(page)));

it('visits, with open tables', () => inAllLooks('reports-visits', async page => {
	const answer = await open('/reports')(page);
	for (const summary of await page.locator('summary').all())
		await summary.press('Enter');
	assert.equal(await page.locator('details table:visible').count(), 2);
	return answer;
}));

it('an owner goes through the reports, and chooses a branch', async () => {
	const page = await browser.page(stack, { path: '/login' });
	await open('/')(page);
	await page.getByRole('link', { name: 'Reports' }).click();
	await page.getByRole('img', { name: /^Visits a day/ }).waitFor();
	await page.getByRole('img', { name: /^Visits by weekday/ }).waitFor();
	await page.getByLabel('Branch').selectOption('North');
	await page.getByRole('button', { name: 'Show' }).click();
	await page.waitForURL(/branch=\d+/);
	await page.getByRole('link', { name: 'Collection' }).click();
	await page.waitForURL(/collection\?branch=\d+/);
	assert.equal(await page.getByLabel('Branch').evaluate(
	    e => e.selectedOptions[0].text), 'North');
	await page.getByRole('img', { name: 'Collection a month' }).waitFor();
	await page.getByRole('navigation', { name: 'Reports' })
	    .getByRole('link', { name: 'Members' }).click();
	await page.getByRole('heading', { name: 'Members by plan' }).waitFor();
	await page.context().close();
	browser.check();
});

it('no letter of a picture is cut off, on a phone or a desk', async () => {
	const page = await browser.page(stack, { path: '/login' });
	await open('/reports')(page);
	for (const width of [1280, 700, 590, 360])
		for (const path of ['/reports', '/reports/members',
		    '/reports/collection']) {
			await page.setViewportSize({ width, height: 800 });
			await page.goto(path);
			const wrong = await page.$$eval('svg.chart', charts =>
			    charts.flatMap(chart => {
				const sheet = chart.closest('.sheet')
				    .getBoundingClientRect();
				return [...chart.querySelectorAll('text')]
				    .map(t => [t, t.getBoundingClientRect()])
				    .filter(([, r]) => r.width && (r.left <
				    sheet.left || r.right > sheet.right ||
				    r.height < 9))
				    .map(([t]) => t.textContent);
			}));
			assert.deepEqual(wrong, [], `${path} at ${width}`);
			const overlaps = await page.$$eval('svg.chart', charts =>
			    charts.flatMap(chart => {
				const ticks = [...chart.querySelectorAll(
				    '.tick')].map(t => t.getBoundingClientRect())
				    .filter(r => r.width)
				    .sort((a, b) => a.left - b.left);
				return ticks.slice(1).filter((r, i) =>
				    r.left < ticks[i].right).map(r => r.left);
			}));
			assert.deepEqual(overlaps, [], `${path} at ${width}`);
			assert.deepEqual(await page.$$eval('.sheet table',
			    tables => tables.filter(t => t
			    .getBoundingClientRect().right > t.closest('.sheet')
			    .getBoundingClientRect().right - 8)
			    .map(t => t.className)), [], `${path} at ${width}`);
			assert.ok(await page.evaluate(() => document
			    .documentElement.scrollWidth <= innerWidth),
			    `${path} at ${width}`);
		}
	await page.context().close();
	browser.check();
});

it('on paper the tables are there, and no navigation', async () => {
	const page = await browser.page(stack, { path: '/login' });
	await open('/reports')(page);
	await page.emulateMedia({ media: 'print' });
	const seen = await page.$$eval('details table', tables =>
	    tables.map(t => t.checkVisibility({ contentVisibilityAuto: true }) &&
	    t.getBoundingClientRect().height > 100));
	assert.deepEqual(seen, [true, true]);
	assert.equal(await page.locator('.tabs').isVisible(), false);
	await page.context().close();
	browser.check();
});
