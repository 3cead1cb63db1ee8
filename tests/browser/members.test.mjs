// members.test.mjs: the member's pages in all looks; edited, frozen, thawed,
// with JavaScript and without
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { dayAfter } from '../web/gym.mjs';
import { png } from '../web/image.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

let stack, browser, today, staff;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	today = makeNoon(stack);
	staff = await addUser(stack, 'SF', 'staff');
	await fill();
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// Rahul Sharma with something of everything.
async function fill() {
	const day = n => `'${dayAfter(today, n)}'`;
	await stack.sql(`
	    UPDATE mst_members_lists SET mbr_email =
	     'rahul.sharma.of.the.long.address@mail.example.org', mbr_notes =
	     'Left knee: no jumping.\\r\\nAsks for the morning hours.',
	     mbr_state_to = '1000-01-01' WHERE id = 42;
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	     ms_plan_id, ms_start_date, ms_end_date, ms_amount, ms_paid,
	     ms_status, ms_created_at) VALUES ('SF', 42, 1, ${day(300)},
	     ${day(329)}, 150000, 50000, 'ACTIVE', ${day(0)}), ('SF', 42, 1,
	     ${day(300)}, ${day(329)}, 150000, 0, 'VOID', ${day(0)});
	    INSERT INTO trn_member_freezes (frz_compcode, frz_member_id,
	     frz_kind, frz_from, frz_to, frz_note, frz_created_at) VALUES
	     ('SF', 42, 'FREEZE', ${day(-80)}, ${day(-70)}, 'Wedding in Pune',
	     ${day(0)}), ('SF', 42, 'INACTIVE', ${day(90)}, NULL, '', ${day(0)});
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	     att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	     att_status, att_reason, att_received_at)
	    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n
	     WHERE i < 45)
	    SELECT 'SF', 1, 42, '42', 'CRT5200-SN001', ${day(0)} - INTERVAL 2 * i
	     DAY + INTERVAL 6 HOUR + INTERVAL i MINUTE, IF(i % 9, 'ALLOWED',
	     'DENIED'), IF(i % 9, NULL, 'Membership frozen'), ${day(0)} FROM n;
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	     att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	     att_status, att_received_at) VALUES ('SF', 1, 42, '42',
	     'CRT5200-SN001', '${today} 06:20:00', 'ALLOWED', '${today}');
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	     att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	     att_status, att_reason, att_received_at, att_corrects_id, att_note)
	    SELECT 'SF', 1, 42, '42', att_device_sn, att_punch_time, 'VOID', NULL,
	     ${day(0)}, id, 'It was his brother' FROM trn_member_attendances
	     WHERE att_member_id = 42 AND att_punch_time < ${day(0)}
	     ORDER BY att_punch_time DESC LIMIT 1;
	    INSERT INTO trn_member_consents (cns_compcode, cns_member_id,
	     cns_kind, cns_is_given, cns_user_id, cns_at) VALUES
	     ('SF', 42, 'BIOMETRICS', 1, 1, ${day(-99)}),
	     ('SF', 42, 'MESSAGES', 1, 1, ${day(-99)}),
	     ('SF', 42, 'MESSAGES', 0, NULL, ${day(-9)});`);
}

const opened = (login, path) => async page => {
	await signIn(page, login());
	return page.goto(path);
};
const asStaff = path => opened(() => staff, path);
const asOwner = path => opened(() => stack.login, path);

// What comes back when the button of that name is pressed.
async function pressed(page, name) {
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name }).click();
	return answer;
}

it('a member with much to tell', () => inAllLooks('member', async page => {
	await asOwner('/members/42/photo')(page);
	await page.getByLabel('Choose a picture').setInputFiles({
	    name: 'a.png', mimeType: 'image/png', buffer: png(600, 800) });
	await page.getByLabel('agrees to the photo').check();
	await page.getByRole('button', { name: 'Keep the photo' }).click();
	await page.waitForURL('**/members/42');
	const answer = await page.goto('/members/42');
	assert.ok(await page.getByRole('img', { name: 'Photo of Rahul' })
	    .evaluate(e => e.complete && e.naturalWidth > 0));
	assert.ok(await page.getByText('does not count').isVisible());
	assert.ok(await page.getByText('Wedding in Pune').isVisible());
	return answer;
}));

it('a member who has expired', () => inAllLooks('member-expired',
    asStaff('/members/43')));

it('a member who is edited', () => inAllLooks('member-edit',
    asStaff('/members/42/edit')));

it('a member who is edited by two', () => inAllLooks('member-edit-stale',
    async page => {
	await asStaff('/members/41/edit')(page);
	await page.goto('/members/40/edit');
	await page.getByLabel('Notes').fill('mine');
	await page.getByLabel('Phone').fill('12');
	await stack.sql(`UPDATE mst_members_lists SET mbr_version =
	    mbr_version + 1, mbr_name = 'Zoya Ansari-Khan', mbr_notes =
	    'hers' WHERE id = 40`);
	await pressed(page, 'Save');
	assert.match(await page.locator('#phone-error').textContent(), /phone/);
	await page.getByLabel('Phone').fill('98100 00040');
	const answer = await pressed(page, 'Save');
	await page.getByText('Somebody else').waitFor();
	return answer;
}, [/status of 4(22|04)/]));

it('a member who is frozen', () => inAllLooks('member-freeze',
    asStaff('/members/42/freeze')));

it('a freeze that is refused', () => inAllLooks('member-freeze-refused',
    async page => {
	await asStaff('/members/42/freeze')(page);
	await page.getByLabel('Last day').fill(dayAfter(today, -2));
	const answer = await pressed(page, 'Save');
	await page.getByText('lies before').waitFor();
	return answer;
}, [/status of 422/]));

it('a freeze that is ended', () => inAllLooks('member-freeze-end',
    async page => {
	await asStaff('/members/42')(page);
	const answer = page.waitForResponse(r => /\/end$/.test(r.url()));
	await page.getByRole('link', { name: 'End it' }).click();
	await page.getByRole('heading', { name: /comes again/ }).waitFor();
	return answer;
}));

it('a member who is to be erased, and who was', async () => {
	await inAllLooks('member-erase', asOwner('/members/39/erase'));
	await inAllLooks('member-erased', async page => {
		await asOwner('/members/39/erase')(page);
		await page.getByLabel('I know').check();
		await page.getByRole('button', { name: 'Erase' }).click();
		await page.getByText('was erased').waitFor();
		return page.reload();
	});
});

it('the list of members', () => inAllLooks('members', asStaff('/members')));

// ---- a walk through --------------------------------------------------------

// Edits member `id`, freezes, thaws, and takes a consent back, as staff do.
async function walk(page, id) {
	const head = page.locator('.page-head');
	await signIn(page, staff);
	await page.goto('/members');
	await page.getByLabel('Name, code or phone').fill(`SF-0${id}`);
	await page.getByRole('button', { name: 'Show' }).click();
	await page.locator('table.list a').click();
	await page.getByRole('link', { name: 'Edit' }).click();

	await page.getByLabel('Phone').fill('nonsense');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Enter a phone number').waitFor();
	await page.getByLabel('Phone').fill('098765 43210');
	await page.getByLabel('Notes').fill('Comes early');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Comes early').waitFor();
	assert.equal(await page.getByRole('link', { name: /98765.43210/ })
	    .getAttribute('href'), 'tel:+919876543210');
	assert.ok(await head.getByText('Active').isVisible());

	await page.getByRole('link', { name: 'Freeze' }).click();
	await page.getByLabel('Why').fill('Travels');
	await page.getByRole('button', { name: 'Save' }).click();
	await head.getByText('Frozen').waitFor();
	await page.getByRole('link', { name: 'End it' }).click();
	await page.getByRole('button', { name: 'End it' }).click();
	await head.getByText('Active').waitFor();
	assert.ok(await page.getByText('Never frozen').isVisible());

	await page.getByRole('button', { name: 'Give messages' }).click();
	await page.getByRole('button', { name: 'Withdraw messages' }).click();
	await page.getByText('Withdrawn', { exact: true }).waitFor();
	await page.getByRole('link', { name: 'Previous month' }).click();
	await page.getByRole('link', { name: 'Next month' }).waitFor();
	await page.context().close();
	browser.check(/status of 422/);
}

it('edit, freeze, unfreeze', async () =>
	walk(await browser.page(stack, { path: '/login' }), 24));

it('the same on a phone, without JavaScript', async () =>
	walk(await browser.page(stack, { path: '/login', context: {
	    javaScriptEnabled: false, viewport: { width: 360, height: 740 } } }),
	    25));
