// messages.test.mjs: messages to members: the list, one, and what staff do with
// them by hand
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, dayAfter, hold, quote } from './gym.mjs';
import { Person, textOf } from './pages.mjs';
import { until } from '../stack/wait.mjs';

let stack, today, owner, staff, north, lastId = 9000;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	await stack.sql(`DELETE FROM trn_messages`);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	await stack.admin(['branch', 'add', 'SF', 'North', 'Asia/Kolkata']);
	north = await Person.signIn(stack,
	    await addUser(stack, 'SF', 'staff', 'North'));
	await staff.page('/messages');	// the company begins with its rules
});
after(() => stack.stop());

const sender = word => stack.sql(`UPDATE mst_messaging SET mgs_sender =
    '${word}' WHERE mgs_compcode = 'SF'`);

// A member whose membership ends in a week, with all that a reminder needs.
async function member(more = {}) {
	const { phone = '+919812345678', days = 7, agrees = true, ...rest } = more;
	const id = ++lastId, end = dayAfter(today, days);
	await addMember(stack, { id, name: `Asha ${id}`,
	    subscriptions: [['2025-01-01', end]], ...rest });
	await stack.sql(`UPDATE mst_members_lists SET mbr_phone = ${quote(phone)}
	    WHERE id = ${id}`);
	if (agrees)
		await consent(id, 1);
	return { id, end };
}

const consent = (id, isGiven) => stack.sql(`INSERT INTO trn_member_consents
    (cns_compcode, cns_member_id, cns_kind, cns_is_given, cns_at) VALUES
    ('SF', ${id}, 'MESSAGES', ${isGiven}, '2026-01-01')`);

// A message to a new member, due since this morning unless `more` says more.
async function message(more = {}, of = {}) {
	const m = await member(of);
	const row = { msg_compcode: 'SF', msg_branch_id: 1, msg_member_id: m.id,
	    msg_kind: 'BEFORE', msg_days: 7, msg_anchor_date: m.end,
	    msg_state: 'DUE', msg_created_at: `${today} 03:00:00`, ...more };
	if (row.msg_state === 'DUE' || row.msg_state === 'SENDING')
		row.msg_due_at ??= `${today} 03:30:00`;
	const [{ id }] = await stack.sql(`INSERT INTO trn_messages
	    (${Object.keys(row).join(', ')}) VALUES
	    (${Object.values(row).map(quote).join(', ')});
	    SELECT LAST_INSERT_ID() AS id`);
	return { ...m, message: id, url: `/messages/${id}` };
}

const rowOf = async id => (await stack.sql(`SELECT * FROM trn_messages
    WHERE id = ${id}`))[0];
const audits = async id => (await stack.sql(`SELECT aud_action AS action,
    aud_fields AS fields FROM trn_audit_trails WHERE aud_table =
    'trn_messages' AND aud_row = '${id}' ORDER BY id`));
const refresh = html => html.match(
    /<meta http-equiv="refresh" content="0; url=([^"]*)">/)?.[1];

test('what is due is sent by hand, once', async () => {
	await sender('HAND');
	const m = await message();
	const list = textOf(await staff.page('/messages'));
	assert.match(list, /To send now: 1 /);
	assert.match(list, new RegExp(`Asha ${m.id} 7 days before the end`));
	const got = await staff.post(`${m.url}/hand`);
	assert.equal(got.status, 200);
	const open = refresh(got.text);
	assert.match(open, /^https:\/\/wa\.me\/919812345678\?text=Hello%20Asha%2C/);
	assert.match(got.text, /<a class="button" href="https:\/\/wa\.me\//);
	assert.match(got.headers['content-security-policy'],
	    /form-action 'self'/);
	assert.match(got.headers['cache-control'], /no-store/);
	const row = await rowOf(m.message);
	assert.equal(row.msg_state, 'ACCEPTED');
	assert.equal(row.msg_is_by_hand, '1');
	assert.equal(row.msg_due_at, null);
	assert.match(row.msg_text, /^Hello Asha, your membership at Spine/);
	assert.equal(decodeURIComponent(open.split('text=')[1]), row.msg_text);
	assert.deepEqual(await audits(m.message), [{ action: 'send',
	    fields: 'msg_state,msg_is_by_hand,msg_user_id,msg_text' }]);

	// somebody else, a moment later
	const late = await owner.post(`${m.url}/hand`);
	assert.equal(late.status, 409);
	assert.equal(refresh(late.text), undefined);
	assert.doesNotMatch(late.text, /wa\.me/);
	assert.match(textOf(late.text), /quicker.*"Sent by hand" since .* 12:\d\d pm, by staff of SF/);
	assert.deepEqual(await rowOf(m.message), row);
	assert.doesNotMatch(await staff.page('/messages'), /To send now/);
});

test('of two at the same time one opens it', async () => {
	const m = await message();
	const held = await hold(stack, `SELECT id FROM trn_messages
	    WHERE id = ${m.message}`);
	const both = [staff, owner].map(p => p.post(`${m.url}/hand`));
	await until('both wait', async () => await held.busy(/FOR UPDATE/) === 2);
	await held.release();
	const got = await Promise.all(both);
	assert.deepEqual(got.map(g => g.status).sort(), [200, 409]);
	assert.deepEqual(got.map(g => /wa\.me/.test(g.text)).sort(),
	    [false, true]);
	assert.equal((await audits(m.message)).length, 1);
});

test('what has become untrue is not opened', async () => {
	const cases = { UNTRUE: m => stack.sql(`UPDATE trn_member_subscriptions
	        SET ms_end_date = '2099-12-31' WHERE ms_member_id = ${m.id}`),
	    CONSENT: m => consent(m.id, 0),
	    PHONE: m => stack.sql(`UPDATE mst_members_lists SET mbr_phone =
	        '+911123456789' WHERE id = ${m.id}`),
	    UNREACHED: m => stack.sql(`UPDATE mst_members_lists SET
	        mbr_unreached_phone = mbr_phone WHERE id = ${m.id}`) };
	for (const [reason, change] of Object.entries(cases)) {
		const m = await message();
		await change(m);
		const got = await staff.post(`${m.url}/hand`);
		assert.equal(got.status, 409, reason);
		assert.doesNotMatch(got.text, /wa\.me/);
		assert.match(textOf(got.text), /must not be sent/);
		const row = await rowOf(m.message);
		assert.deepEqual([row.msg_state, row.msg_reason, row.msg_text],
		    ['SKIPPED', reason, null]);
		assert.deepEqual(await audits(m.message), [{ action: 'change',
		    fields: 'msg_state,msg_reason' }]);
	}
	// what has failed stays so
	const m = await message({ msg_state: 'FAILED', msg_code: 131026 });
	await consent(m.id, 0);
	assert.equal((await staff.post(`${m.url}/hand`)).status, 409);
	assert.equal((await rowOf(m.message)).msg_state, 'FAILED');
	assert.doesNotMatch(await staff.page(m.url), /\/hand"/);
});

test('nobody is missed by hand while punches may be missing', async () => {
	const seen = dayAfter(today, -7);
	const m = await message({ msg_kind: 'ABSENT', msg_anchor_date: seen },
	    { days: 200 });
	await stack.sql(`INSERT INTO mst_message_rules (mrl_compcode, mrl_kind,
	    mrl_days, mrl_is_on, mrl_template, mrl_text, mrl_created_at) VALUES
	    ('SF', 'ABSENT', 7, 1, 'absent_7', 'We miss you', '2026-01-01');
	    UPDATE mst_members_lists SET mbr_birth_date = '1990-01-01',
	    mbr_joined_date = '${seen}' WHERE id = ${m.id}`);
	assert.match(await staff.page(m.url), /\/hand"/);
	await stack.sql(`UPDATE mst_devices SET dev_seen_at = '${today} 06:30:00',
	    dev_reached_at = '${today} 03:00:00' WHERE dev_compcode = 'SF'`);
	assert.doesNotMatch(await staff.page(m.url), /\/hand"/);
	const got = await staff.post(`${m.url}/hand`);
	assert.equal(got.status, 409);
	assert.doesNotMatch(got.text, /wa\.me/);
	assert.match(textOf(got.text), /visits may be missing/);
	const row = await rowOf(m.message);
	assert.deepEqual([row.msg_state, row.msg_reason], ['SKIPPED', 'UNSURE']);
	await stack.sql(`UPDATE mst_devices SET dev_seen_at = NULL,
	    dev_reached_at = NULL WHERE dev_compcode = 'SF';
	    DELETE FROM mst_message_rules WHERE mrl_compcode = 'SF'
	    AND mrl_kind = 'ABSENT' AND mrl_days = 7`);
});

test('it was not sent: back to what it was', async () => {
	const due = await message();
	const failed = await message({ msg_state: 'FAILED', msg_code: 1,
	    msg_failed_at: `${today} 04:00:00`, msg_tries: 2,
	    msg_sent_at: `${today} 04:00:00` });
	for (const [m, state] of [[due, 'DUE'], [failed, 'FAILED']]) {
		assert.equal((await staff.post(`${m.url}/back`)).status, 409);
		assert.equal((await staff.post(`${m.url}/hand`)).status, 200);
		const got = await staff.submit(m.url, {}, `${m.url}/back`);
		assert.equal(got.status, 303);
		assert.equal(got.headers.location, m.url);
		const row = await rowOf(m.message);
		assert.equal(row.msg_state, state);
		assert.equal(row.msg_is_by_hand, '0');
		assert.equal(row.msg_accepted_at, null);
		assert.equal(row.msg_due_at === null, state === 'FAILED');
		assert.equal((await audits(m.message)).length, 2);
	}
});

test('what waits may be left', async () => {
	const m = await message();
	assert.equal((await staff.post(`${m.url}/leave`)).status, 303);
	const row = await rowOf(m.message);
	assert.deepEqual([row.msg_state, row.msg_reason], ['SKIPPED', 'STAFF']);
	assert.match(textOf(await staff.page(m.url)),
	    /Not sent.*, by staff of SF Somebody here did not want it sent/);
	assert.equal((await staff.post(`${m.url}/leave`)).status, 409);
	assert.equal((await staff.post(`${m.url}/hand`)).status, 409);
	assert.equal((await audits(m.message)).length, 1);
});

test('what nobody knows is settled by a person', async () => {
	const unknown = { msg_state: 'UNKNOWN', msg_tries: 1, msg_text: 'Words',
	    msg_wamid: 'wamid.1', msg_sent_at: `${today} 04:00:00` };
	const yes = await message(unknown);
	const no = await message({ ...unknown, msg_wamid: 'wamid.2' });
	assert.match(textOf(await staff.page(yes.url)), /Did it arrive\?/);
	assert.equal((await staff.post(`${yes.url}/settle`)).status, 400);
	assert.equal((await staff.post(`${yes.url}/settle`,
	    { arrived: 'yes' })).status, 303);
	assert.equal((await staff.post(`${no.url}/settle`,
	    { arrived: 'no' })).status, 303);
	const a = await rowOf(yes.message), b = await rowOf(no.message);
	assert.deepEqual([a.msg_state, a.msg_is_by_hand, a.msg_wamid],
	    ['ACCEPTED', '0', 'wamid.1']);
	assert.ok(a.msg_accepted_at && a.msg_user_id);
	assert.deepEqual([b.msg_state, b.msg_wamid, b.msg_tries],
	    ['DUE', 'wamid.2', '1']);
	assert.ok(b.msg_due_at && b.msg_user_id);
	// the service has told meanwhile
	assert.equal((await staff.post(`${yes.url}/settle`,
	    { arrived: 'no' })).status, 409);
	assert.equal((await audits(yes.message)).length, 1);
});

test('what has failed says why, what to do, and goes again', async () => {
	await sender('CLOUD');
	const m = await message({ msg_state: 'FAILED', msg_code: 131026,
	    msg_error: 'Message <undeliverable>', msg_tries: 1,
	    msg_failed_at: `${today} 04:00:00` });
	for (const html of [await staff.page(m.url), await staff.page(
	    '/messages?state=FAILED')])
		assert.match(textOf(html),
		    /WhatsApp says: Message <undeliverable> Ask the member whether/);
	const got = await staff.submit(m.url, {}, `${m.url}/again`);
	assert.equal(got.status, 303);
	const row = await rowOf(m.message);
	assert.deepEqual([row.msg_state, row.msg_failed_at], ['DUE', null]);
	assert.match(await staff.page(m.url), /\/hand"/);
	assert.doesNotMatch(await staff.page('/messages'), /To send now/);
	await sender('HAND');
	const other = await message({ msg_state: 'FAILED', msg_code: 1 });
	assert.doesNotMatch(await staff.page(other.url), /\/again"/);
});

test('what may have been sent is not sent again from an old page', async () => {
	const maybe = await message({ msg_state: 'UNKNOWN', msg_tries: 1 });
	const failed = await message({ msg_state: 'FAILED', msg_tries: 1 });
	assert.equal((await staff.post(`${maybe.url}/again`)).status, 409);
	assert.equal((await staff.post(`${failed.url}/settle`,
	    { arrived: 'no' })).status, 409);
	assert.equal((await rowOf(maybe.message)).msg_state, 'UNKNOWN');
	assert.equal((await rowOf(failed.message)).msg_state, 'FAILED');
});

test('the messages of a member go to another branch with them', async () => {
	const m = await message();
	const [{ id }] = await stack.sql(`SELECT id FROM mst_branches WHERE
	    brn_compcode = 'SF' AND brn_name = 'North'`);
	await north.page(m.url, 404);
	assert.equal((await owner.submit(`/members/${m.id}/edit`,
	    { branch: id })).status, 303);
	await north.page(m.url);
	await (await Person.signIn(stack, await addUser(stack, 'SF', 'staff',
	    'New Delhi'))).page(m.url, 404);
});

test('by hand nothing is paused', async () => {
	await sender('CLOUD');
	await stack.sql(`UPDATE mst_messaging SET mgs_phone_id = '77',
	    mgs_paused_at = '2026-01-01' WHERE mgs_compcode = 'SF'`);
	assert.match(textOf(await owner.page('/')), /Messages to members are paused/);
	assert.equal((await owner.submit('/settings/messages',
	    { sender: 'HAND' })).status, 303);
	assert.doesNotMatch(textOf(await owner.page('/')), /are paused/);
	await stack.sql(`UPDATE mst_messaging SET mgs_phone_id = NULL`);
});

test('a test is marked, and never opened by hand', async () => {
	const m = await message({ msg_serial: 1, msg_to: '+919800000077' });
	const html = await staff.page(m.url);
	assert.match(textOf(html), /Test/);
	assert.match(textOf(html), /98000 00077/);
	assert.doesNotMatch(html, /\/hand"/);
	assert.equal((await staff.post(`${m.url}/hand`)).status, 409);
	assert.match(textOf(await staff.page(`/messages?member=${m.id}`)),
	    /7 days before the end to Asha \d+ Test/);
});

test('the list is filtered, and has pages', async () => {
	const m = await message({ msg_state: 'READ', msg_kind: 'AFTER',
	    msg_days: 1, msg_read_at: `${today} 05:00:00` });
	const shows = async query => (await staff.page(`/messages?${query}`))
	    .includes(`"${m.url}"`);
	for (const [query, expected] of [['state=READ', true],
	    ['state=FAILED', false], [`member=${m.id}`, true],
	    ['member=42', false], ['rule=AFTER-1', true],
	    ['rule=AFTER-7', false], ['rule=nothing', true],
	    ['state=READ&rule=AFTER-1', true],
	    [`member=${m.id}&state=SKIPPED`, false], [`before=${m.message}`, false],
	    ['state=whatever', true]])
		assert.equal(await shows(query), expected, query);
	assert.equal((await staff.get('/messages?member=999999')).status, 404);
	const text = textOf(await staff.page('/messages'));
	assert.match(text, /Read 1 /);

	await stack.sql(`INSERT INTO trn_messages (msg_compcode, msg_branch_id,
	    msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_state,
	    msg_reason, msg_created_at) WITH RECURSIVE n (i) AS (SELECT 0 UNION
	    ALL SELECT i + 1 FROM n WHERE i < 119) SELECT 'SF', 1, ${m.id}, 'ON',
	    0, '2020-01-01' + INTERVAL i DAY, 'SKIPPED', 'LATE', '2020-01-01'
	    FROM n`);
	for (const query of ['rule=ON-0', `state=SKIPPED&member=${m.id}`,
	    'state=SKIPPED&rule=ON-0']) {
		const seen = [];
		let path = `/messages?${query}`;
		while (path) {
			const html = await staff.page(path);
			seen.push(...[...html.matchAll(/<td data-label="Message"><a href="\/messages\/(\d+)"/g)].map(r => r[1]));
			path = html.match(/href="([^"]*)">Older/)?.[1]
			    .replaceAll('&amp;', '&');
		}
		assert.equal(seen.length, 120, query);
		assert.equal(new Set(seen).size, 120);
		assert.deepEqual(seen, [...seen].sort((a, b) => b - a));
	}
	assert.doesNotMatch(textOf(await staff.page('/messages')),
	    /Not sent 12\d /);
	await stack.sql(`DELETE FROM trn_messages WHERE msg_kind = 'ON'`);
});

test('a pause and quiet hours are said', async () => {
	assert.doesNotMatch(await owner.page('/messages'), /paused|quiet now/);
	await stack.sql(`UPDATE mst_messaging SET mgs_paused_at =
	    '${today} 05:00:00', mgs_pause_code = 190, mgs_pause_words =
	    'Session has <expired>', mgs_from = '13:00', mgs_to = '20:00'`);
	const text = textOf(await owner.page('/messages'));
	assert.match(text, /paused since .* 10:30 am: .* Session has <expired>/);
	assert.match(text, /not written to before 1:00 pm/);
	assert.match(await owner.page('/messages'),
	    /<a href="\/settings\/messages">See what/);
	assert.match(textOf(await staff.page('/messages')),
	    /An owner can let them go on/);
	await stack.sql(`UPDATE mst_messaging SET mgs_paused_at = NULL,
	    mgs_pause_code = NULL, mgs_pause_words = NULL, mgs_from = '09:00'`);
});

test('the member\'s page and the page of today tell of them', async () => {
	const m = await message({}, { phone: '+911123456789' });
	await stack.sql(`UPDATE trn_messages SET msg_state = 'SKIPPED',
	    msg_reason = 'PHONE', msg_due_at = NULL WHERE id = ${m.message}`);
	const text = textOf(await staff.page(`/members/${m.id}`));
	assert.match(text, /Not a mobile number/);
	assert.match(text, /7 days before the end Not sent/);
	assert.doesNotMatch(text, /Not reached|All messages/);
	await stack.sql(`UPDATE mst_members_lists SET mbr_phone =
	    '+919812345670', mbr_unreached_phone = '+919812345670'
	    WHERE id = ${m.id};
	    INSERT INTO trn_messages (msg_compcode, msg_branch_id, msg_member_id,
	    msg_kind, msg_days, msg_anchor_date, msg_state, msg_created_at)
	    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n
	    WHERE i < 4) SELECT 'SF', 1, ${m.id}, 'AFTER', 7, '2020-01-01' +
	    INTERVAL i DAY, 'READ', '2020-01-01' FROM n`);
	const html = await staff.page(`/members/${m.id}`);
	assert.match(textOf(html), /Not reached on WhatsApp/);
	assert.doesNotMatch(textOf(html), /Not a mobile/);
	assert.ok(html.includes(`"/messages?member=${m.id}">All messages`));
	assert.equal(html.match(/7 days after the end/g).length, 5);

	await stack.sql(`DELETE FROM trn_messages WHERE msg_state = 'DUE'`);
	assert.doesNotMatch(textOf(await staff.page('/')), /to be sent/);
	await message();
	assert.match(textOf(await staff.page('/')), /1 reminder waits to be sent/);
	await message();
	assert.match(textOf(await staff.page('/')), /2 reminders wait to be sent/);
	assert.doesNotMatch(textOf(await north.page('/')), /to be sent/);
	await sender('CLOUD');
	assert.doesNotMatch(textOf(await staff.page('/')), /to be sent/);
	await sender('HAND');
	await stack.sql(`UPDATE mst_messaging SET mgs_paused_at = '2026-01-01'`);
	assert.match(textOf(await owner.page('/')), /members are paused/);
	assert.doesNotMatch(textOf(await staff.page('/')), /paused/);
	await stack.sql(`UPDATE mst_messaging SET mgs_paused_at = NULL`);
});

test('a branch sees and sends its own only', async () => {
	const m = await message();
	await north.page(m.url, 404);
	for (const act of ['hand', 'back', 'leave', 'again', 'settle'])
		assert.equal((await north.post(`${m.url}/${act}`,
		    { arrived: 'yes' })).status, 404, act);
	assert.equal((await rowOf(m.message)).msg_state, 'DUE');
	const html = await north.page('/messages');
	assert.doesNotMatch(html, /Asha|To send now/);
	assert.match(html, /There are no messages yet/);
	assert.equal((await staff.get('/messages.csv')).status, 403);
});

test('the list goes to a spreadsheet', async () => {
	await message({ msg_state: 'SKIPPED', msg_reason: 'AGE' });
	const got = await owner.get('/messages.csv?state=SKIPPED');
	assert.equal(got.status, 200);
	assert.match(got.text, /When,Member,Message,State,Reason,By,Note/);
	assert.match(got.text, /Asha \d+,7 days before the end,Not sent,By the date/);
	assert.doesNotMatch(got.text, /Sent by hand/);
});
