// messaging.test.mjs: how messages are sent, and when who is reminded of what
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { quote } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

const PAGE = '/settings/messages';
let stack, owner, staff, north;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
});
after(() => stack.stop());

const set = sql => stack.sql(`UPDATE mst_messaging SET ${sql}
    WHERE mgs_compcode = 'SF'`);
const stored = async () => (await stack.sql(`SELECT * FROM mst_messaging
    WHERE mgs_compcode = 'SF'`))[0];
const audits = async table => (await stack.sql(`SELECT aud_action, aud_fields,
    aud_row FROM trn_audit_trails WHERE aud_table = ${quote(table)} AND
    aud_user_id IS NOT NULL ORDER BY id`)).map(a => Object.values(a).join(' '));

// ---- how they are sent -----------------------------------------------------

test('how they are sent: by hand at first; stored, told, once', async () => {
	const html = await owner.page(PAGE), fields = fieldsOf(html);
	assert.deepEqual([fields.sender, fields.from, fields.to, fields.cap],
	    ['HAND', '09:00', '20:00', '250']);
	assert.match(html, /value="CLOUD"[^>]* disabled/);
	assert.match(textOf(html), /7 days before the end .* On the last day .* 7 days after the end .* 14 days without a visit .* Off/);
	const got = await owner.submit(PAGE, { from: '10:30', to: '00:00',
	    cap: '1000' });
	assert.equal(got.status, 303);
	const now = await stored();
	assert.deepEqual([now.mgs_from, now.mgs_to, now.mgs_cap, now.mgs_version],
	    ['10:30:00', '00:00:00', '1000', '2']);
	assert.match(textOf(await owner.page(got.headers.location)), /Stored\./);
	assert.deepEqual(await audits('mst_messaging'),
	    ['change mgs_cap,mgs_from,mgs_to SF']);
	assert.equal((await owner.submit(PAGE)).status, 303);
	assert.equal((await stored()).mgs_version, '2');
	// from a page of before
	const late = await owner.submit(PAGE, { version: '1', cap: '5' });
	assert.equal(late.status, 422);
	assert.match(textOf(late.text), /changed these settings meanwhile/);
	assert.equal(fieldsOf(late.text).cap, '1000');
	assert.equal((await stored()).mgs_cap, '1000');
});

test('what cannot be is refused at its field', async () => {
	const was = await stored();
	for (const [name, typed, error] of [['cap', '0', /too small/],
	    ['cap', '100001', /too large/], ['cap', '', /needed/],
	    ['from', '25:00', /time of the day/], ['to', '', /needed/],
	    ['sender', 'PIGEON', /Choose/], ['sender', 'CLOUD', /no number/]]) {
		const got = await owner.submit(PAGE, { [name]: typed });
		assert.equal(got.status, 422, `${name}: ${typed}`);
		assert.match(errorOf(got.text, name) ?? '', error);
	}
	assert.deepEqual(await stored(), was);
});

test('a gym with a number may let them send themselves', async () => {
	await set(`mgs_phone_id = '106540352242922'`);
	assert.equal((await owner.submit(PAGE, { sender: 'CLOUD' })).status, 303);
	const html = await owner.page(PAGE);
	assert.equal(fieldsOf(html).sender, 'CLOUD');
	assert.match(textOf(html), /Last heard never/);
	await set(`mgs_heard_at = '2026-03-12 06:00:00', mgs_unknown_count = 1234`);
	assert.match(textOf(await owner.page(PAGE)),
	    /Last heard 12 Mar 2026, 11:30 am Of unknown messages 1,234/);
});

test('a pause: why, what to do, and going on', async () => {
	await set(`mgs_paused_at = '2026-03-12 06:00:00', mgs_pause_code = 190,
	    mgs_pause_words = 'Token <expired>', mgs_slow_tries = 3,
	    mgs_slow_to_at = '2099-01-01'`);
	assert.match(textOf(await owner.page(PAGE)), new RegExp('since 12 Mar ' +
	    '2026, 11:30 am\\. WhatsApp says: Token <expired> \\(error 190\\)\\.' +
	    '.*The key to the gym\'s number has run out.*Go on.*wants fewer'));
	for (let i = 0; i < 2; i++)
		assert.equal((await owner.post(`${PAGE}/resume`)).status, 303);
	const now = await stored();
	assert.deepEqual([now.mgs_paused_at, now.mgs_pause_code,
	    now.mgs_pause_words, now.mgs_slow_to_at, now.mgs_slow_tries],
	    [null, null, null, null, '0']);
	assert.equal((await audits('mst_messaging')).filter(line =>
	    line === 'change mgs_paused_at,mgs_slow_to_at SF').length, 1);
	assert.doesNotMatch(await owner.page(PAGE), /Go on/);
});

test('only an owner of all branches', async () => {
	for (const person of [staff, north]) {
		await person.page(PAGE, 403);
		for (const path of [PAGE, `${PAGE}/resume`])
			assert.equal((await person.post(path)).status, 403);
	}
});
