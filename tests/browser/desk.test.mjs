// desk.test.mjs: the front desk: a screen is paired, shows who comes in, says
// when it is not live, and is signed out
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { makeNoon } from '../faults/gym.mjs';
import { forget } from '../faults/ledger.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { addMember, dayAfter, punch } from '../web/gym.mjs';
import { Browser } from './browser.mjs';
import { inLooksOf, testsOf, WALL } from './looks.mjs';

const SOON_MS = 10000;
const AWAY = [/Failed to load resource: (net::ERR_|.* status of 503)/];
let stack, browser, today, owner, wall;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	today = makeNoon(stack);
	await forget(stack);
	for (const [id, name, end] of [[901, 'Asha Patil', 12],
	    [902, 'Bela Venkataraman-Krishnamurthy Iyer', 0],
	    [903, 'Chand Mehta', -3], [904, 'Dev Rao', 1]])
		await addMember(stack, { id, name, mappings: [[`${id}`]],
		    subscriptions: [['2020-01-01', dayAfter(today, end)]] });
	owner = await browser.page(stack, { signedIn: true });
	await photograph(901);
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// A picture that stands for somebody's photo.
async function photograph(id) {
	const page = await browser.page(stack, { path: '/static/favicon.svg',
	    context: { viewport: { width: 640, height: 640 } } });
	const jpeg = await page.screenshot({ type: 'jpeg' });
	await page.context().close();
	await stack.sql(`INSERT INTO trn_member_photos VALUES ('SF', ${id},
	    x'${jpeg.toString('hex')}', 'x', '2026-01-01')`);
}

// Each punch is a second later than the one before.
let seconds = 0;
const timeOf = n => `12:0${Math.floor(n / 60)}:${
    String(n % 60).padStart(2, '0')}`;
const next = () => timeOf(seconds++);

async function comes(user, time = next()) {
	const got = await stack.post(punch(`${user}`, `${today} ${time}`));
	assert.ok([200, 404].includes(got.status), got.text);
}

const large = page => page.locator('#last').innerText()
    .then(text => text.replace(/\s+/g, ' '));
const isLarge = (page, pattern) => until(`${pattern} to be large`,
    async () => pattern.test(await large(page)), SOON_MS);
const rowsOf = page => page.$$eval('#rows > li', rows => rows.map(row =>
    ({ id: row.id, text: row.textContent.replace(/\s+/g, ' ').trim() })));
const stateOf = page => page.locator('#state > :visible').textContent()
    .then(text => text.replace(/\s+/g, ' ').trim());
const isLive = page => until('the desk to be live', async () =>
    await stateOf(page) === 'Live', 20000);
const soundedOf = page => page.locator('.desk').getAttribute('data-sounded');

// Makes a display as the owner; resolves to its code.
async function codeFor(label, ...options) {
	await owner.goto('/settings/displays');
	await owner.getByLabel('Name', { exact: true }).fill(label);
	for (const option of options)
		await owner.getByLabel(option).check();
	await owner.getByRole('button', { name: 'Add display' }).click();
	await owner.getByText('It is shown this once').waitFor();
	return owner.locator('.token code').textContent();
}

async function pair(page, code) {
	await page.getByLabel('Type the code').fill(code);
	await page.getByRole('button', { name: 'Pair' }).click();
}

// ---- the story ---------------------------------------------------------------

it('an owner adds a display, and a screen is paired', async () => {
	await owner.getByRole('link', { name: 'Settings' }).click();
	await owner.getByRole('link', { name: 'Displays' }).click();
	const code = await codeFor('Wall', 'It may beep');
	wall = await browser.page(stack, { path: '/desk', context: { viewport:
	    { width: 1920, height: 1080 } } });
	await pair(wall, 'WRNG-CDE2');
	await wall.getByText('code is not valid now').waitFor();
	await pair(wall, code.toLowerCase());
	await wall.waitForURL(url => url.pathname === '/desk');
	await isLive(wall);
	assert.match(await large(wall), /Nobody has come in yet today/);
	assert.match(await wall.locator('#clock').textContent(),
	    /^12:0\d pm$/);
	assert.equal(await wall.locator('nav, .top').count(), 0);
	browser.check(/status of 422/, /favicon\.ico/);
});

it('a punch is large: green and allowed, red and denied, amber and unknown',
    async () => {
	const colour = () => wall.locator('#last').evaluate(node =>
	    getComputedStyle(node).backgroundColor);
	await comes(901);
	await isLarge(wall, /ALLOWED Asha Patil 12 days left 12:00 pm Front door/);
	assert.equal(await colour(), 'rgb(20, 100, 58)');
	assert.ok(await wall.locator('#last img').evaluate(image =>
	    image.complete && image.naturalWidth > 0));
	await comes(903);
	await isLarge(wall,
	    /DENIED Chand Mehta Subscription expired Ended 3 days ago/);
	assert.equal(await colour(), 'rgb(160, 29, 23)');
	await comes(999);
	await isLarge(wall, /NOT MAPPED Number 999 .*please ask at the desk/);
	assert.equal(await colour(), 'rgb(240, 180, 41)');
	const rows = await rowsOf(wall);
	assert.deepEqual(rows.map(row => row.text.split(' ')[0]),
	    ['Number', 'Chand', 'Asha']);
	browser.check();
});

it('it beeps once somebody has allowed it, and says so', async () => {
	assert.equal(await soundedOf(wall), null);
	await wall.getByRole('button', { name: 'Turn sound on' }).click();
	await wall.getByRole('button', { name: 'Turn sound off' }).waitFor();
	await comes(902);
	await isLarge(wall, /Bela.*Ends today/);
	const row = await wall.locator('#last').getAttribute('data-row');
	assert.equal(await soundedOf(wall), row);
	browser.check();
});

it('a late punch enters the list, silently, and is never large', async () => {
	const sounded = await soundedOf(wall), was = await large(wall);
	await comes(904, '11:10:00');
	await until('the row', async () => (await rowsOf(wall)).some(row =>
	    /Dev Rao.*arrived late/.test(row.text)), SOON_MS);
	assert.equal(await large(wall), was);
	assert.equal(await soundedOf(wall), sounded);
	assert.match((await rowsOf(wall)).at(-1).text, /Dev Rao/);
});

const nameOf = async id => (await stack.sql(`SELECT mbr_name AS name FROM
    mst_members_lists WHERE id = ${id}`))[0].name;

it('who came last is large, though a terminal\'s clock is ahead', async () => {
	const [ahead, last] = [await nameOf(20), await nameOf(21)];
	await comes(20, timeOf(seconds + 5));
	await isLarge(wall, new RegExp(ahead));
	await comes(21);
	await isLarge(wall, new RegExp(last));
	await wall.reload();
	await isLive(wall);
	assert.match(await large(wall), new RegExp(last));
	assert.match((await rowsOf(wall))[0].text, new RegExp(ahead));
});

it('the list holds ten, in order', async () => {
	for (let user = 1; user <= 9; user++)
		await comes(user);
	const last = await nameOf(9);
	await isLarge(wall, new RegExp(last));
	await until('ten rows', async () => {
		const rows = await rowsOf(wall);
		return rows.length === 10 && new RegExp(last).test(rows[0].text);
	}, SOON_MS);
});

it('the hub away: it says since when, then nothing is missed', async () => {
	const sounded = await soundedOf(wall);
	await stack.live.kill();
	await until('it to say so', async () =>
	    /^Not live since 12:\d\d pm$/.test(await stateOf(wall)), SOON_MS);
	await comes(12);
	await comes(13);
	await stack.live.start();
	await isLive(wall);
	await until('both rows', async () => {
		const ids = (await rowsOf(wall)).map(row => row.id);
		const held = (await stack.sql(`SELECT CONCAT('a', id) AS id FROM
		    trn_member_attendances ORDER BY att_punch_time DESC, id DESC
		    LIMIT 9`)).map(row => row.id);
		return held.every((id, i) => ids[i] === id) &&
		    new Set(ids).size === ids.length;
	}, SOON_MS);
	const [{ id }] = await stack.sql(`SELECT CONCAT('a', MAX(id)) AS id
	    FROM trn_member_attendances`);
	assert.equal(await wall.locator('#last').getAttribute('data-row'), id);
	assert.equal(await soundedOf(wall), sounded);	// it was not live
	browser.check(...AWAY);
});

it('another day: it begins anew', async () => {
	stack.setClock(Date.parse(`${today}T18:31:00Z`) - Date.now());
	await isLarge(wall, /Nobody has come in yet today/);
	await until('no rows', async () => (await rowsOf(wall)).length === 0,
	    SOON_MS);
	await until('the clock', async () => /^12:0\d am$/.test(
	    await wall.locator('#clock').textContent()), SOON_MS);
	stack.setClock(Date.parse(`${today}T06:35:00Z`) - Date.now());
	await until('the day before, again', async () =>
	    (await rowsOf(wall)).length === 10, SOON_MS);
});

it('a screen whose own clock is set goes on with the gym\'s', async () => {
	const clock = () => wall.locator('#clock').textContent();
	await until('the clock', async () => /^12:\d\d pm$/.test(await clock()),
	    SOON_MS);
	const asked = wall.waitForResponse(/\/desk\/feed$/,
	    { timeout: SOON_MS });
	await wall.evaluate(() => {
		const now = Date.now;
		Date.now = () => now() - 3 * 3600000;
	});
	await asked;
	await until('the clock', async () => /^12:\d\d pm$/.test(await clock()),
	    SOON_MS);
	await wall.reload();
});

it('what the owner changes, the screen takes over; revoked it asks again',
    async () => {
	await owner.goto('/settings/displays');
	await owner.getByRole('link', { name: 'Wall', exact: true }).click();
	await owner.getByLabel('Short names only').check();
	await owner.getByRole('button', { name: 'Save' }).click();
	await stack.live.restart();	// it would look once a minute, by itself
	await isLarge(wall, /[A-Z]\./);
	await isLive(wall);
	assert.doesNotMatch(await wall.content(), /Venkataraman/);
	await owner.getByRole('link', { name: 'Revoke Wall' }).click();
	await owner.getByRole('button', { name: 'Revoke this' }).click();
	await owner.getByText('Revoked').first().waitFor();
	await stack.live.restart();
	await wall.getByLabel('Type the code').waitFor({ timeout: 30000 });
	await wall.context().close();
	browser.check(...AWAY, /status of 401/);
});

it('without JavaScript it is a page that is loaded anew', async () => {
	const still = await browser.page(stack, { path: '/desk', context: {
	    javaScriptEnabled: false, viewport: { width: 360, height: 740 } } });
	await pair(still, await codeFor('Still'));
	await still.waitForURL(url => url.pathname === '/desk');
	assert.match(await still.locator('#last').innerText(), /ALLOWED/);
	assert.match(await still.content(),
	    /<noscript>.*http-equiv="?refresh/);
	await still.context().close();
	browser.check();
});

// ---- looks -------------------------------------------------------------------

// As a screen of its own that was paired; `late`: what happens to it then.
const atDesk = (name, last, { options = [], late = () => {} } = {}) => it(name,
    () => inAllLooks(name, async page => {
	await page.goto('/desk');
	await pair(page, await codeFor(name, ...options));
	await page.waitForURL(url => url.pathname === '/desk');
	await isLive(page);
	await last(page);
	const answer = await page.goto('/desk');
	await isLive(page);
	await late(page);
	return answer;
}, AWAY, WALL));

atDesk('desk-allowed', async page => {
	await stack.sql(`DELETE FROM trn_member_attendances
	    WHERE att_member_id = 901`);
	await comes(901);
	await isLarge(page, /ALLOWED Asha/);
}, { options: ['It may beep'] });
atDesk('desk-long', async page => {
	await stack.sql(`DELETE FROM trn_member_attendances
	    WHERE att_member_id = 902`);
	await comes(902);
	await isLarge(page, /ALLOWED Bela/);
});
atDesk('desk-denied', async page => {
	await stack.sql(`DELETE FROM trn_member_attendances
	    WHERE att_member_id = 903`);
	await comes(903);
	await isLarge(page, /DENIED Chand/);
});
atDesk('desk-unmapped', async page => {
	await comes(998);
	await isLarge(page, /Number 998/);
}, { options: ['Short names'] });
atDesk('desk-down', () => {}, { late: async page => {
	await stack.live.kill();
	await page.getByText('Not live since').waitFor();
} });
it('the hub is there again', () => stack.live.start());
atDesk('desk-idle', async page => {
	await forget(stack);
	await page.reload();
	await isLarge(page, /Nobody/);
});

const asOwner = (name, open, expected) => it(name, () => inAllLooks(name,
    async page => {
	await page.context().addCookies(await owner.context().cookies());
	return open(page);
}, expected));

it('desk-pair', () => inAllLooks('desk-pair', page => page.goto('/desk')));
it('desk-pair-wrong', () => inAllLooks('desk-pair-wrong', async page => {
	await page.goto('/desk');
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await pair(page, 'x');
	await page.getByText('code is not valid').waitFor();
	return answer;
}, [/status of 422/]));
asOwner('displays', page => page.goto('/settings/displays'));
asOwner('display-code', async page => {
	await page.goto('/settings/displays');
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await page.getByRole('button', { name: 'New code for desk-idle' })
	    .click();
	await page.getByText('It is shown this once').waitFor();
	return answer;
});
asOwner('display', async page => {
	await page.goto('/settings/displays');
	const answer = page.waitForResponse(r => /displays\/\d+$/.test(r.url()));
	await page.getByRole('link', { name: 'desk-idle', exact: true }).click();
	await page.getByRole('button', { name: 'Save' }).waitFor();
	return answer;
});
asOwner('display-revoke', async page => {
	await page.goto('/settings/displays');
	const answer = page.waitForResponse(r => /revoke$/.test(r.url()));
	await page.getByRole('link', { name: 'Revoke desk-idle' }).click();
	await page.getByRole('button', { name: 'Revoke this' }).waitFor();
	return answer;
});
