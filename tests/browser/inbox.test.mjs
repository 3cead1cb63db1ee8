// inbox.test.mjs: whose a number is, what waits, who came: in all looks, and
// the story of an unmapped punch with a script and without
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, punch, SN } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

let stack, browser, today;
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);
const NUMBERS = `/devices/${SN}/mappings`;

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	today = makeNoon(stack);
	await fill();
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// Something of each kind: unmapped, of a wrong clock, repeated, refused.
async function fill() {
	await addMember(stack, { id: 800, name: 'Venkatanarasimharajuvaripeta ' +
	    'Subramanyam-Krishnamurthy', subscriptions: [['2020-01-01',
	    dayAfter(today, -20)]], mappings: [['800']] });
	await addMember(stack, { id: 801, name: 'Vikram Seth', subscriptions:
	    [['2020-01-01', '2099-12-31']] });
	await stack.sql(`UPDATE mst_members_lists SET mbr_phone = '+919876543210'
	    WHERE mbr_compcode = 'SF' AND id >= 800`);
	const list = [['77', `${dayAfter(today, -3)} 07:30:00`],
	    ['77', `${today} 11:30:00`], ['78', `${today} 11:40:00`],
	    ['42', `${today} 11:41:00`], ['42', `${today} 11:41:20`],
	    ['800', `${today} 11:42:00`], ['800', `${dayAfter(today, -1)} 08:00:00`],
	    ['42', '2001-01-01 00:05:00'], ['79', '2001-01-01 00:06:00']];
	assert.equal((await stack.post(list.map(([user, at]) => punch(user, at))))
	    .status, 200);
	assert.equal((await stack.request('PUT', `/api/devices/${SN}/users`, {
	    token: stack.token, headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify({ users: [['42', 'RAHUL S'], ['77', 'VIKRAM'],
	    ['90', 'CLEANER']].map(([user_id, name]) => ({ user_id, name,
	    privilege: 0, enabled: true })) }) })).status, 200);
}

const idOf = async (table, where) => (await stack.sql(
    `SELECT MAX(id) AS id FROM ${table} WHERE ${where}`))[0].id;

// Signs in and goes to a page.
const at = path => async page => {
	await signIn(page, stack.login);
	const answer = await page.goto(typeof path === 'function' ?
	    await path() : path);
	// no name of a page's model hides one of the layout's
	assert.ok(await page.getByRole('link', { name: 'Demo Owner' })
	    .isVisible());
	return answer;
};

// ... fills in a form and posts it, which is refused.
const refused = (path, submit) => async page => {
	await at(path)(page);
	const answer = page.waitForResponse(r => r.request().method() === 'POST');
	await submit(page);
	assert.equal((await answer).status(), 422);
	return answer;
};

const looks = (what, name, open, expected) => it(what, () =>
    inAllLooks(name, open, expected));

looks('the inbox', 'inbox', at('/inbox'));
looks('the punches of a number', 'inbox-number',
    at(`/inbox?sn=${SN}&user=77`));
looks('a wrong clock', 'inbox-clock', at('/inbox?state=clock'));
looks('repeats', 'inbox-repeat', at('/inbox?state=repeat'));
looks('nothing was dismissed', 'inbox-empty', at('/inbox?state=dismissed'));
looks('the numbers of a terminal', 'mappings', at(NUMBERS));
looks('which number?', 'mapping-which', at(`${NUMBERS}/new`));
looks('whose number?', 'mapping-new', at(`${NUMBERS}/new?user=77`));
looks('whose number, nobody found', 'mapping-none',
    at(`${NUMBERS}/new?user=78&q=zzz`));
looks('a number that is somebody\'s', 'mapping-held',
    at(`${NUMBERS}/new?user=42`));
looks('a number that is to begin in the future', 'mapping-refused',
    refused(`${NUMBERS}/new?user=77&from=2099-01-01T10:00`, page =>
    page.getByRole('button', { name: 'Choose Vikram Seth' }).click()),
    [/status of 422/]);
looks('to be moved', 'mapping-move', at(async () => `/mappings/${await idOf(
    'trn_member_biometric_mappings', 'mbm_device_user_id = 42')}/move?q=vik`));
looks('to be ended', 'mapping-end', at(async () => `/mappings/${await idOf(
    'trn_member_biometric_mappings', 'mbm_device_user_id = 42')}/end`));
looks('when was it?', 'inbox-time', at(async () => `/inbox/${await idOf(
    'trn_punch_inbox', "pin_state = 'CLOCK'")}/time`));
looks('when was it, refused', 'inbox-time-refused', refused(async () =>
    `/inbox/${await idOf('trn_punch_inbox', "pin_state = 'CLOCK'")}/time`,
    async page => {
	await page.getByLabel('Date and time').fill('2019-01-01T10:00');
	await page.getByRole('button', { name: 'It was then' }).click();
    }), [/status of 422/]);

looks('attendance of today', 'attendance', at('/attendance'));
looks('attendance of nobody', 'attendance-none',
    at('/attendance?from=2019-01-01&to=2019-12-31'));
looks('attendance, a member searched', 'attendance-search',
    at('/attendance?q=V'));
looks('refused lately', 'attendance-refused', at('/attendance/refused'));
looks('by hand: of whom?', 'attendance-new-find',
    at('/attendance/new?q=Vikram'));
looks('by hand, refused', 'attendance-new', refused(
    '/attendance/new?member_id=801', async page => {
	await page.getByLabel('When').fill('2099-01-01T10:00');
	await page.getByLabel('Why by hand?').fill('Forgot to touch');
	await page.getByRole('button', { name: 'Check in' }).click();
    }), [/status of 422/]);

const rahul = () => idOf('trn_member_attendances',
    `att_member_id = 42 AND att_corrects_id IS NULL`);

it('corrected, and seen in the list', async () => {
	const id = await rahul();
	await inAllLooks('attendance-correct', at(`/attendance/${id}/correct`));
	const page = await browser.page(stack, { signedIn: true });
	await page.goto(`/attendance/${id}/correct`);
	await page.getByLabel('Not at all').check();
	await page.getByLabel('Why?').fill('His brother had his card');
	await page.getByRole('button', { name: 'Correct it' }).click();
	await page.getByText('Corrected: does not count').waitFor();
	await page.context().close();
	browser.check();
	await inAllLooks('attendance-corrected', at('/attendance'));
});

// ---- the story -------------------------------------------------------------

for (const [user, javaScriptEnabled] of [['81', true], ['82', false]])
	it(`an unmapped punch appears, staff map it, it is in: JavaScript ${
	    javaScriptEnabled ? 'on' : 'off'}`, async () => {
		const page = await browser.page(stack, { signedIn: true,
		    context: { javaScriptEnabled } });
		if (javaScriptEnabled)
			await page.getByText('Live', { exact: true }).waitFor();
		const before_ = await stack.sql(`SELECT COUNT(*) AS n FROM
		    trn_member_attendances WHERE att_member_id = 801`);
		await stack.post(punch(user, `${today} 11:${user === '81' ? 50 :
		    51}:00`));
		if (!javaScriptEnabled)
			await page.goto('/');
		await page.getByRole('link', { name: `Whose is it? User ${user}` })
		    .click();
		await page.getByLabel('Member\'s name, code or phone')
		    .fill('vikram');
		await page.getByRole('button', { name: 'Find' }).click();
		await page.getByRole('button', { name: 'Choose Vikram Seth' })
		    .click();
		await page.getByRole('heading', { name:
		    `Number ${user} is Vikram Seth` }).waitFor();
		await page.goto('/');
		assert.ok(await page.locator('.punch', { hasText: 'Vikram Seth' })
		    .first().getByText('ALLOWED').isVisible());
		assert.equal(await page.getByText(`User ${user}`).count(), 0);
		assert.equal((await stack.sql(`SELECT COUNT(*) AS n FROM
		    trn_member_attendances WHERE att_member_id = 801`))[0].n,
		    String(Number(before_[0].n) + 1));
		// the numbers that nobody knows are fewer by one
		await page.getByRole('navigation', { name: 'Pages' })
		    .getByRole('link', { name: 'Inbox' }).click();
		assert.equal(await page.getByText(`User ${user}`).count(), 0);
		// one is dismissed, and comes back
		await page.getByRole('button', { name: 'Dismiss user 78' }).click();
		await page.getByText('Dismissed: number 78').waitFor();
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.getByRole('button', { name: 'Dismiss user 78' })
		    .waitFor();
		await page.context().close();
		browser.check();
	});

it('checked in by hand, it appears live beside who did it', async () => {
	const door = await browser.page(stack, { signedIn: true });
	await door.getByText('Live', { exact: true }).waitFor();
	const page = await browser.page(stack, { signedIn: true });
	await page.goto('/attendance/new?member_id=801');
	await page.getByLabel('Why by hand?').fill('Finger is bandaged');
	await page.getByRole('button', { name: 'Check in' }).click();
	await page.getByText('Finger is bandaged').waitFor();
	await door.locator('.punch', { hasText: 'By staff' }).waitFor();
	for (const one of [door, page])
		await one.context().close();
	browser.check();
});
