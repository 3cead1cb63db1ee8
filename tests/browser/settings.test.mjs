// settings.test.mjs: an owner's pages: terminals, tokens, users, account,
// settings, audit; wide and narrow, light and dark, and the stories told there
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, SN } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

const PASSWORD = 'correct horse battery';
let stack, browser, gym, bare, staff, both;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	makeNoon(stack);
	staff = await addUser(stack, 'SF', 'staff');
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	both = await addUser(stack, 'SF', 'owner');
	await stack.admin(['user', 'add', both.email, 'x', '--company', 'AA',
	    '--role', 'staff', '--branch', 'South']);
	await stack.admin(['company', 'add', 'NB', 'A Gym Without a Branch']);
	bare = await addUser(stack, 'NB', 'owner');
	await stack.admin(['device', 'add', 'SF', 'CRT5200-SN002',
	    'Back door, by the stairs']);
	await stack.sql(`UPDATE mst_devices SET dev_mac_other =
	    '00:17:61:AA:BB:CC', dev_mac = '00:17:61:42:42:42', dev_seen_at =
	    '2026-01-01', dev_waiting = 12, dev_log_capacity = 1000,
	    dev_log_count = 900 WHERE dev_sn = 'CRT5200-SN002'`);
	await addMember(stack, { id: 900, name: 'Held At The Back Door',
	    mappings: [['42'], ['43']], sn: 'CRT5200-SN002' });
	await stack.admin(['token', 'add', 'SF', 'An old one']);
	await stack.sql(`UPDATE mst_api_tokens SET tok_revoked_at = '2026-02-01'
	    WHERE tok_label = 'An old one'`);
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

const roleId = async (email, company = 'SF') => (await stack.sql(`SELECT r.id
    FROM trn_user_roles r JOIN mst_users u ON u.id = url_user_id
    WHERE usr_email = '${email}' AND url_compcode = '${company}'`))[0].id;

// Opens a page as the owner, or as `login`.
const open = (path, login) => async page => {
	await signIn(page, login ?? stack.login);
	const answer = await page.goto(path);
	assert.equal(answer.status(), 200, path);
	return answer;
};

// Opens a page, fills its form (`fields`: by label), presses a button.
const send = (path, button, fields = {}, login) => async page => {
	await open(path, login)(page);
	await page.$$eval('form', all => all.forEach(f => { f.noValidate = true; }));
	for (const [label, value] of Object.entries(fields)) {
		const field = page.getByLabel(label, { exact: true });
		if (await field.evaluate(e => e.tagName === 'SELECT'))
			await field.selectOption(value);
		else
			await field.fill(value);
	}
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name: button, exact: true }).click();
	return answer;
};

// ---- every page ------------------------------------------------------------

const pages = {
	devices: ['/devices'],
	'devices-staff': ['/devices', () => staff],
	'devices-branches': ['/devices', () => gym.owner],
	'devices-none': ['/devices', () => bare],
	'device-new': ['/devices/new'],
	'device-new-branches': ['/devices/new', () => gym.owner],
	'device-edit': [`/devices/${SN}/edit`],
	'device-close': [`/devices/${SN}/close`],
	'device-replace': [`/devices/${SN}/replace`],
	'device-copy': [`/devices/${SN}/copy`],
	'device-copied': [`/devices/CRT5200-SN002/copy?terminal=${SN}&copied=12`],
	tokens: ['/devices/tokens'],
	'tokens-none': ['/devices/tokens', () => bare],
	users: ['/settings/users'],
	'user-new': ['/settings/users/new'],
	'user-new-branches': ['/settings/users/new', () => gym.owner],
	account: ['/account', () => staff],
	'account-leave': ['/account/leave', () => both],
	'account-gyms': ['/account', () => both],
	settings: ['/settings?done=1'],
	'settings-none': ['/settings', () => bare],
	'branch-new': ['/settings/branches/new'],
	branch: ['/settings/branches/1'],
	audit: ['/settings/audit'],
	'audit-none': ['/settings/audit?table=trn_member_photos'],
};

for (const [name, [path, login]] of Object.entries(pages))
	it(name, () => inAllLooks(name, page => open(path, login?.())(page)));

it('a token, revoked', () => inAllLooks('token-revoke', async page => {
	const [{ id }] = await stack.sql(`SELECT id FROM mst_api_tokens
	    WHERE tok_compcode = 'SF' ORDER BY id LIMIT 1`);
	return open(`/devices/tokens/${id}/revoke`)(page);
}));

it('somebody, and the question', async () => {
	const id = await roleId(staff.email), me = await roleId(stack.login.email);
	await inAllLooks('user', open(`/settings/users/${id}`));
	await inAllLooks('user-me', open(`/settings/users/${me}`));
	await inAllLooks('user-remove', open(`/settings/users/${id}/remove`));
	const there = await roleId(both.email, 'AA');
	await inAllLooks('user-elsewhere', open(`/settings/users/${there}`,
	    gym.owner));
});

it('what is dangerous, below the mouse', () => inAllLooks('device-close-hover',
    async page => {
	const answer = await open(`/devices/${SN}/close`)(page);
	await page.getByRole('button', { name: 'Close this' }).hover();
	return answer;
}));

// ---- what is refused -------------------------------------------------------

const refused = {
	'device-new-refused': ['/devices/new', 'Add terminal',
	    { 'Serial number': SN, 'Name': 'x'.repeat(130) }],
	'device-replace-refused': [`/devices/${SN}/replace`, 'Replace',
	    { 'Serial number of the new device': 'a b' }],
	'tokens-refused': ['/devices/tokens', 'Make token', {}],
	'user-new-refused': ['/settings/users/new', 'Add user',
	    { 'E-mail address': 'nobody', 'First password': 'short' }],
	'account-refused': ['/account', 'Change password',
	    { 'Your password now': 'wrong', 'New password': 'short',
	    'And again': 'other' }],
	'settings-refused': ['/settings', 'Save', { 'GSTIN': '27AAPFU0939F1ZW',
	    'Tax rate in percent': 'much', 'Phone code of the country': '0' }],
	'branch-warned': ['/settings/branches/1', 'Save',
	    { 'Time zone': 'Asia/Dubai' }],
	'branch-new-refused': ['/settings/branches/new', 'Add branch',
	    { 'Name': '' }],
};

for (const [name, args] of Object.entries(refused))
	it(name, () => inAllLooks(name, async page => {
		const answer = await send(...args)(page);
		assert.equal(answer.status(), 422);
		await page.locator('.field-error, .is-bad').first().waitFor();
		return answer;
	}, [/status of 422/]));

it('the last owner', () => inAllLooks('user-last', async page => {
	const id = await roleId(gym.owner.email, 'AA');
	const answer = await send(`/settings/users/${id}`, 'Save',
	    { Role: 'STAFF' }, gym.owner)(page);
	await page.getByText('Nobody else owns').waitFor();
	return answer;
}, [/status of 422/]));

it('settings, of which others were stored', () =>
    inAllLooks('settings-stale', async page => {
	await open('/settings')(page);
	await stack.sql(`UPDATE mst_companies SET cmp_version = cmp_version + 1,
	    cmp_receipt_note = 'Theirs' WHERE cmp_compcode = 'SF'`);
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Theirs', { exact: true }).waitFor();
	return answer;
}, [/status of 422/]));

// ---- stories ---------------------------------------------------------------

it('a token is made, and shown once', () => inAllLooks('token-made',
    async page => {
	const answer = await send('/devices/tokens', 'Make token',
	    { Label: 'Bridge at the desk' })(page);
	assert.equal(answer.status(), 200);
	await page.getByText('it is not shown again').waitFor();
	assert.match(await page.locator('.token').textContent(),
	    /^SF\.[0-9a-f]{64}$/);
	return answer;
}));

// Wide, and on a phone without JavaScript.
const WIDE = { viewport: { width: 1280, height: 800 } };
const NARROW = { viewport: { width: 360, height: 740 },
    javaScriptEnabled: false };

for (const [how, context] of [['wide', WIDE], ['narrow, no script', NARROW]]) {
	it(`a terminal's life: ${how}`, async () => {
		const page = await browser.page(stack, { signedIn: true, context });
		const sn = `LIFE-${how.length}`;
		await page.getByRole('navigation', { name: 'Pages' })
		    .getByRole('link', { name: 'Terminals' }).click();
		await page.getByRole('link', { name: 'New terminal' }).click();
		await page.getByLabel('Serial number').fill(sn);
		await page.getByLabel('Name').fill(`Sauna ${sn}`);
		await page.getByRole('button', { name: 'Add terminal' }).click();
		const card = page.locator('.terminal', { hasText: sn });
		await card.getByRole('link', { name: 'Copy numbers' }).click();
		await page.getByLabel('Copy from').selectOption(SN);
		await page.getByRole('button', { name: 'Copy' }).click();
		await page.getByText('numbers were copied').waitFor();
		await page.getByRole('link', { name: 'Back to the terminals' })
		    .click();
		await card.getByRole('link', { name: 'Edit' }).click();
		await page.getByLabel('Name').fill(`Steam ${sn}`);
		await page.getByRole('button', { name: 'Save' }).click();
		await card.getByRole('link', { name: 'Replace' }).click();
		await page.getByLabel('Serial number').fill(`${sn}-B`);
		await page.getByRole('button', { name: 'Replace' }).click();
		const next = page.locator('.terminal', { hasText: `${sn}-B` });
		assert.match(await next.textContent(), /Steam/);
		assert.equal(await page.locator('.terminal').count(), 3);
		await next.getByRole('link', { name: 'Close' }).click();
		await page.getByRole('button', { name: 'Close this' }).click();
		assert.equal(await page.locator('.terminal').count(), 2);
		await page.context().close();
		browser.check();
	});

	it(`somebody is hired, promoted, and leaves: ${how}`, async () => {
		const page = await browser.page(stack, { signedIn: true, context });
		const email = `hired-${how.length}@sf.example`;
		await page.getByRole('link', { name: 'Settings' }).click();
		await page.getByRole('link', { name: 'Users' }).click();
		await page.getByRole('link', { name: 'New user' }).click();
		await page.getByLabel('E-mail address').fill(email);
		await page.getByLabel('Name').fill('Hired One');
		await page.getByLabel('First password').fill(PASSWORD);
		await page.getByRole('button', { name: 'Add user' }).click();

		// who changes the password that was given
		const theirs = await browser.page(stack, { path: '/login', context });
		await signIn(theirs, { email, password: PASSWORD });
		assert.equal(await theirs.getByRole('link', { name: 'Settings' })
		    .count(), 0);
		await theirs.getByRole('link', { name: 'Hired One' }).click();
		await theirs.getByLabel('Your password now').fill(PASSWORD);
		await theirs.getByLabel('New password').fill(`${PASSWORD} 2`);
		await theirs.getByLabel('And again').fill(`${PASSWORD} 2`);
		await theirs.getByRole('button', { name: 'Change password' })
		    .click();
		await theirs.getByText('Your password is new').waitFor();

		const row = page.locator('tr', { hasText: email });
		await row.getByRole('link').click();
		await page.getByLabel('Role', { exact: true }).selectOption('OWNER');
		await page.getByRole('button', { name: 'Save' }).click();
		await theirs.goto('/devices');
		await theirs.getByRole('link', { name: 'Settings' }).click();
		await theirs.getByRole('heading', { name: 'Settings' }).waitFor();

		await row.getByRole('link').click();
		await page.getByRole('link', { name: 'Take this role away' }).click();
		await page.getByRole('button', { name: 'Take it away' }).click();
		assert.equal(await row.count(), 0);
		await theirs.goto('/devices');
		assert.equal(new URL(theirs.url()).pathname, '/login');
		await page.getByRole('link', { name: 'Audit' }).click();
		assert.match(await page.locator('tbody').textContent(),
		    /Role[^]*removed[^]*Account[^]*changed[^]*password hash/);
		await theirs.context().close();
		await page.context().close();
		browser.check();
	});
}

it('one person works at two gyms', async () => {
	const page = await browser.page(stack, { path: '/login' });
	await signIn(page, both);
	assert.ok(await page.getByRole('link', { name: 'Gym AA' }).isVisible());
	assert.equal(await page.getByRole('link', { name: 'Settings' }).count(),
	    0);
	await page.getByRole('link', { name: 'owner of SF' }).click();
	await page.getByRole('button', { name: 'Switch to Spine Fitness' })
	    .click();
	await page.getByRole('link', { name: 'Settings' }).waitFor();
	await page.context().close();
	browser.check();
});
