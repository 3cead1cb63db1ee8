// messages.test.mjs: messages to members, wide and narrow, light and dark; and
// one that is sent by hand, by who has no script either
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { dayAfter, quote } from '../web/gym.mjs';
import { Browser, signIn } from './browser.mjs';
import { inLooksOf, testsOf } from './looks.mjs';

let stack, browser, today;
const ids = {};		// of a message, by its state
const it = testsOf(() => browser);
const inAllLooks = inLooksOf(() => [browser, stack]);

// One of each state, to members of the demo gym (42's the longest text).
const MESSAGES = [
	['DUE', { msg_member_id: 8 }], ['DUE', { msg_member_id: 9 }],
	['SENDING', { msg_member_id: 10 }],
	['UNKNOWN', { msg_member_id: 12, msg_tries: 1, msg_text:
	    'Hello Divya, your membership at Spine Fitness ends on 3 Dec 2026.' }],
	['ACCEPTED', { msg_member_id: 8, msg_kind: 'AFTER', msg_days: 7,
	    msg_anchor_date: '2026-01-01', msg_is_by_hand: 1, msg_user_id: 1,
	    msg_text: 'Hello Asha, your membership at Spine Fitness ended.' }],
	['FAILED', { msg_member_id: 13, msg_code: 131026, msg_tries: 3, msg_error:
	    '(#131026) Message undeliverable: the receiver is not on WhatsApp' }],
	['DELIVERED', { msg_member_id: 15 }],
	['READ', { msg_member_id: 16, msg_serial: 1, msg_to: '+919812345678' }],
	['SKIPPED', { msg_member_id: 18, msg_reason: 'CONSENT' }],
	['SKIPPED', { msg_member_id: 19, msg_reason: 'UNTRUE' }],
];
const MOMENTS = { UNKNOWN: ['sent'], ACCEPTED: ['sent', 'accepted'],
    FAILED: ['sent', 'failed'], DELIVERED: ['sent', 'accepted', 'delivered'],
    READ: ['sent', 'accepted', 'delivered', 'read'] };

function rowSql(state, more) {
	const waits = state === 'DUE' || state === 'SENDING';
	const row = { msg_compcode: 'SF', msg_branch_id: 1, msg_kind: 'BEFORE',
	    msg_days: 7, msg_anchor_date: dayAfter(today, 7), msg_state: state,
	    msg_due_at: waits ? `${today} 04:00:00` : null,
	    msg_created_at: `${today} 03:30:00`, ...more };
	for (const name of MOMENTS[state] ?? [])
		row[`msg_${name}_at`] = `${today} 04:30:00`;
	return `INSERT INTO trn_messages (${Object.keys(row).join(', ')}) VALUES
	    (${Object.values(row).map(quote).join(', ')});`;
}

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ demo: 'morning', live: true });
	today = makeNoon(stack);
	await stack.sql(`DELETE FROM trn_messages;
	    INSERT INTO mst_messaging (mgs_compcode, mgs_created_at) VALUES
	      ('SF', '2026-01-01');
	    INSERT INTO mst_message_rules (mrl_compcode, mrl_kind, mrl_days,
	      mrl_template, mrl_text, mrl_created_at) VALUES ('SF', 'BEFORE', 7,
	      'ending', 'Hello {{first_name}}, your membership at {{gym}} ends on
	 {{date}}. You can renew it at the desk.', '2026-01-01'), ('SF', 'AFTER',
	      7, 'ended', 'Ended on {{date}}', '2026-01-01');
	    INSERT INTO trn_member_consents (cns_compcode, cns_member_id,
	      cns_kind, cns_is_given, cns_at) SELECT 'SF', id, 'MESSAGES', 1,
	      '2026-01-01' FROM mst_members_lists WHERE id IN (8, 9, 12, 13);
	    UPDATE trn_member_subscriptions SET ms_end_date = '${
	    dayAfter(today, 7)}' WHERE ms_member_id IN (8, 9, 12, 13) AND
	      ms_end_date > '${today}';
	    UPDATE mst_members_lists SET mbr_unreached_phone = mbr_phone
	      WHERE id = 13;
	    ${MESSAGES.map(m => rowSql(...m)).join('\n')}`);
	for (const row of await stack.sql(`SELECT id, msg_state AS state
	    FROM trn_messages ORDER BY id DESC`))
		ids[row.state] = row.id;
});
after(async () => {
	await browser?.stop();
	await stack?.stop();
});

// Opens a page as the owner.
const open = path => async page => {
	await signIn(page, stack.login);
	const answer = await page.goto(path);
	assert.equal(answer.status(), 200, path);
	return answer;
};

// Whatever goes to WhatsApp stays here.
const ELSEWHERE = [/asks elsewhere: https:\/\/wa\.me\//, /ERR_FAILED/];
const keepHere = page => page.context().route('https://wa.me/**',
    route => route.fulfill({ status: 204 }));

it('the list, with some to send by hand', () => inAllLooks('messages',
    open('/messages')));
it('one that is due', () => inAllLooks('message-due',
    page => open(`/messages/${ids.DUE}`)(page)));
it('one that nobody knows', () => inAllLooks('message-unknown',
    page => open(`/messages/${ids.UNKNOWN}`)(page)));
it('one that has failed', () => inAllLooks('message-failed',
    page => open(`/messages/${ids.FAILED}`)(page)));
it('the page of one whose number is bad', () => inAllLooks('member-messages',
    open('/members/13')));
it('one that was sent by hand', () => inAllLooks('message-by-hand',
    page => open(`/messages/${ids.ACCEPTED}`)(page)));

it('one that is opened', () => inAllLooks('message-open', async page => {
	await open('/messages')(page);
	await page.$$eval('form[target]', all => all.forEach(f =>
	    f.removeAttribute('target')));
	await keepHere(page);
	let html;	// the browser forgets it when it goes on
	await page.route('**/hand', async route => {
		const response = await route.fetch();
		html = await response.text();
		await route.fulfill({ response, body: html });
	});
	await page.getByRole('button', { name: 'Open WhatsApp for' }).first()
	    .click();
	await page.getByRole('heading', { name: 'WhatsApp opens' }).waitFor();
	return { text: async () => html };
}, ELSEWHERE));

it('by hand, without a script, in a page of its own', async () => {
	const page = await browser.page(stack, { signedIn: true,
	    path: '/messages', context: { javaScriptEnabled: false } });
	await keepHere(page);
	const asked = page.context().waitForEvent('request', r =>
	    r.url().startsWith('https://wa.me/'));
	const opened = page.waitForEvent('popup');
	await page.getByRole('button', { name: 'Open WhatsApp for' }).first()
	    .click();
	assert.match((await asked).url(),
	    /^https:\/\/wa\.me\/9198100000\d\d\?text=Hello%20/);
	await opened;
	// the first page stands where it was; what was sent is gone from it
	await page.goto('/messages');
	await page.getByRole('heading', { name: 'To send now' }).waitFor({
	    state: 'detached' });
	const at = await stack.sql(`SELECT COUNT(*) AS n FROM trn_messages
	    WHERE msg_is_by_hand = 1`);
	assert.equal(at[0].n, '3');
	await page.context().close();
	browser.check(...ELSEWHERE);
});

it('paused, in quiet hours, by the service', () => inAllLooks(
    'messages-paused', async page => {
	await stack.sql(`UPDATE mst_messaging SET mgs_sender = 'CLOUD',
	    mgs_from = '14:00', mgs_paused_at = '${today} 05:00:00',
	    mgs_pause_code = 190, mgs_pause_words = 'Session has expired'`);
	return open('/messages?state=DUE')(page);
}));
