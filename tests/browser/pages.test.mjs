// pages.test.mjs: every page in all looks (see looks.mjs), then without
// JavaScript, and with the keyboard alone
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

let stack, browser, empty, bare;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	await fill(makeNoon(stack));
	empty = (await addCompany(stack, 'EM', { members: 1 })).owner;
	await stack.admin(['company', 'add', 'NB',
	    'A Gym With a Really Long Name That Somebody Was Proud Of']);
	bare = await addUser(stack, 'NB', 'owner');
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// A day with something of everything, and terminals in all sorts of trouble.
async function fill(day) {
	const punches = [42, 43, 99, 14, 7].map((user_id, i) => ({ user_id,
	    compcode: 'SF', device_sn: 'CRT5200-SN001',
	    timestamp: `${day} 11:58:0${i}` }));
	assert.equal((await stack.post(punches)).status, 200);
	await stack.admin(['device', 'add', 'SF', 'CRT5200-SN002',
	    'Back door, by the stairs']);
	await stack.admin(['device', 'add', 'SF', 'CRT5200-SN004', 'Sauna']);
	await stack.admin(['device', 'add', 'SF', 'CRT5200-SN003', 'Pool']);
	await stack.admin(['device', 'add', 'SF', 'CRT5200-SN005', 'Gate']);
	const tell = async (sn, state) => assert.equal((await stack.request(
	    'PUT', `/api/devices/${sn}/status`, { token: stack.token,
	    headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify(state) })).status, 200);
	await tell('CRT5200-SN001', { firmware: 'Ver 6.60', log_count: 1204,
	    log_capacity: 100000, clock_offset: 2, waiting: 0, parked: 0 });
	await tell('CRT5200-SN002', { log_count: 99000, log_capacity: 100000,
	    clock_offset: -300, waiting: 1200, parked: 3, set_aside: 12,
	    reached_ago: 5,
	    last_error: 'connect: No route to host',
	    mac: '00:17:61:42:42:42' });
	await tell('CRT5200-SN003', { log_count: 10, log_capacity: 100000,
	    clock_offset: 0, waiting: 0, parked: 0, mac: '00:17:61:C8:EC:17' });
	await tell('CRT5200-SN003', { mac: '00:17:61:AA:BB:CC' });
	await tell('CRT5200-SN005', { log_count: 93456, log_capacity: 100000,
	    clock_offset: -300, waiting: 0, parked: 0, reached_ago: 7500 });
}

async function openDashboard(page, login) {
	await signIn(page, login);
	const answer = await page.goto('/');
	await page.getByText('Live', { exact: true }).waitFor();
	return answer;
}

it('sign in', () => inAllLooks('login', page => page.goto('/login')));

it('sign in, refused', () => inAllLooks('login-wrong', async page => {
	await page.getByLabel('E-mail address').fill(`${Math.random()}@a.example`);
	await page.getByLabel('Password').fill('wrong');
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('alert').waitFor();
	return answer;
}, [/status of 422/]));

it('the dashboard of a day', () => inAllLooks('dashboard', async page => {
	const answer = await openDashboard(page, stack.login);
	assert.ok(await page.getByText('Rahul Sharma').isVisible());
	assert.ok(await page.getByRole('link', {
	    name: 'Whose is it? User 99' }).isVisible());
	assert.ok(await page.getByText('Needs a look').first().isVisible());
	assert.ok(await page.getByText('Another MAC address').isVisible());
	assert.ok(await page.getByText('has not answered for').isVisible());
	assert.ok(await page.getByText('records of its log').isVisible());
	return answer;
}));

const MAC_PAGE = '/devices/CRT5200-SN003/mac';

it('another MAC address', () => inAllLooks('mac', async page => {
	await openDashboard(page, stack.login);
	await page.locator('#terminals').getByRole('link', { name: 'Terminals' })
	    .click();
	const answer = page.waitForResponse(r => r.url().endsWith(MAC_PAGE));
	await page.getByRole('link', { name: 'is it ours?' }).click();
	await page.getByRole('heading', { name: 'Is this your terminal?' })
	    .waitFor();
	return answer;
}));

it('another MAC address, after yet another', () => inAllLooks('mac-stale',
    async page => {
	await openDashboard(page, stack.login);
	await page.goto(MAC_PAGE);
	await page.$eval('[name=mac]', e => { e.value = 'older'; });
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name: 'Yes' }).click();
	await page.getByRole('alert').waitFor();
	return answer;
}, [/status of 422/]));

it('the MAC address of a terminal in order', () => inAllLooks('mac-none',
    async page => {
	await openDashboard(page, stack.login);
	return page.goto('/devices/CRT5200-SN002/mac');
}));

it('the dashboard of a company where nobody has come yet', () =>
    inAllLooks('empty', async page => {
	const answer = await openDashboard(page, empty);
	assert.ok(await page.getByText('Nobody has come in yet').isVisible());
	return answer;
}));

it('the dashboard of a company without anything', () =>
    inAllLooks('bare', async page => {
	const answer = await openDashboard(page, bare);
	assert.ok(await page.getByText('No terminal yet').isVisible());
	return answer;
}));

it('errors', async () => {
	await inAllLooks('not-found', async page => {
		const answer = await page.goto('/nothing/here');
		assert.equal(answer.status(), 404);
		return answer;
	}, [/status of 404/]);
	await inAllLooks('refused', async page => {
		const answer = await page.goto('/static/nothing');
		assert.equal(answer.status(), 404);
		return answer;
	}, [/status of 404/]);
});

it('without workers', async () => {
	await stack.web.stop();
	try {
		await inAllLooks('unavailable', async page => {
			const answer = await page.goto('/');
			assert.equal(answer.status(), 503);
			return answer;
		}, [/status of 503/]);
	} finally {
		await stack.web.start();
	}
});

// ---- who has no script, or no mouse ----------------------------------------

it('without JavaScript: sign in, see who came, sign out', async () => {
	const page = await browser.page(stack, { signedIn: true,
	    context: { javaScriptEnabled: false } });
	assert.ok(await page.getByText('Rahul Sharma').isVisible());
	const hint = page.locator('noscript p');
	assert.match(await hint.textContent(), /Without JavaScript/);
	assert.ok(await hint.isVisible());
	assert.ok(await page.getByRole('button', { name: 'Pause' }).isHidden());
	assert.match(await page.locator('#counts').textContent(), /Came in/);
	await hint.locator('a').click();
	assert.ok(await hint.isVisible());
	await page.getByRole('button', { name: 'Sign out' }).click();
	assert.ok(await page.getByText('You are signed out').isVisible());
	await page.goto('/');
	assert.equal(new URL(page.url()).pathname, '/login');
	await page.context().close();
	browser.check();
});

// Presses Tab until what `name` says has the focus.
async function tabTo(page, name) {
	for (let i = 0; i < 20; i++) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate(() => {
			const e = document.activeElement;
			const style = getComputedStyle(e);
			return { name: (e.labels?.[0] ?? e).textContent.trim(),
			    seen: style.outlineStyle !== 'none' ||
			    style.boxShadow !== 'none' };
		});
		if (!at.name.includes(name))
			continue;
		assert.ok(at.seen, `one sees that ${name} has the focus`);
		return;
	}
	assert.fail(`no way to ${name} by keyboard`);
}

it('with the keyboard alone: sign in, pause, resume, sign out', async () => {
	const page = await browser.page(stack, { path: '/login' });
	await tabTo(page, 'E-mail address');
	await page.keyboard.type(stack.login.email);
	await tabTo(page, 'Password');
	await page.keyboard.type(stack.login.password);
	await page.keyboard.press('Enter');
	await page.getByText('Live', { exact: true }).waitFor();
	await tabTo(page, 'Skip to the page');
	await page.keyboard.press('Enter');
	await tabTo(page, 'Pause');
	await page.keyboard.press('Space');
	await page.getByText('Paused').waitFor();
	await page.keyboard.press('Space');	// Resume has the focus now
	await page.getByText('Live', { exact: true }).waitFor();
	await page.goto('/');
	await tabTo(page, 'Sign out');
	await page.keyboard.press('Enter');
	await page.getByText('You are signed out').waitFor();
	await page.context().close();
	browser.check();
});

it('the feed that finds nobody signed in does not overtake signing out',
    async () => {
	const page = await browser.page(stack, { signedIn: true });
	await page.getByText('Live', { exact: true }).waitFor();
	await page.getByRole('button', { name: 'Pause' }).click();
	// the answer takes its time, and meanwhile the feed is asked for
	await page.route('**/logout', async route => {
		const response = await route.fetch({ maxRedirects: 0 });
		await new Promise(done => setTimeout(done, 1500));
		await route.fulfill({ response });
	});
	await page.evaluate(() => addEventListener('submit', () =>
	    setTimeout(() => document.getElementById('resume').click(), 500)));
	const asked = page.waitForRequest(r => r.url().endsWith('/feed'));
	await page.getByRole('button', { name: 'Sign out' }).click();
	await asked;
	await page.getByText('You are signed out').waitFor();
	await page.context().close();
	browser.check();
});
