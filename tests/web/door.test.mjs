// door.test.mjs: a terminal's door: settings, dry run, on and off, agreeing
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, quote, SN } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

const DOOR = `/devices/${SN}/door`;
let stack, owner, staff, other;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	other = await Person.signIn(stack,
	    (await addCompany(stack, 'AA', {})).owner);
	await addMember(stack, { id: 901, name: 'Long Gone', subscriptions:
	    [['2020-01-01', '2020-12-31']], mappings: [['901']] });
	await stack.sql(`INSERT INTO trn_device_users (dvu_compcode,
	    dvu_device_sn, dvu_user_id, dvu_name, dvu_privilege,
	    dvu_is_enabled) VALUES ('SF', ${quote(SN)}, '901', 'x', 0, 1)
	    ON DUPLICATE KEY UPDATE dvu_privilege = 0`);
});
after(() => stack.stop());

const door = async () => (await stack.sql(`SELECT dev_is_exit AS is_exit,
    dev_has_relay AS relay, dev_unlock_seconds AS seconds, dev_lever AS lever,
    dev_lever_value AS value, dev_block_after AS after_,
    dev_enforced_at IS NOT NULL AS is_on, dev_trial_at IS NOT NULL AS tried
    FROM mst_devices WHERE dev_sn = ${quote(SN)}`))[0];
const set = text => stack.sql(`UPDATE mst_devices SET ${text} WHERE dev_sn =
    ${quote(SN)}`);
const revision = async () => Number((await stack.sql(`SELECT
    cmp_door_revision AS n FROM mst_companies WHERE cmp_compcode = 'SF'`))[0].n);
const lastAudit = async () => (await stack.sql(`SELECT aud_action AS action,
    aud_fields AS fields FROM trn_audit_trails WHERE aud_table = 'mst_devices'
    ORDER BY id DESC LIMIT 1`))[0];
const blocks = rows => stack.sql(`DELETE FROM trn_device_blocks;
    ${rows.map(([user, state, kind, words = '']) => `INSERT INTO
    trn_device_blocks VALUES ('SF', ${quote(SN)}, '${user}', '${state}',
    '${kind}', ${quote(words)}, '2026-01-01');`).join('')}`);
const approvals = async () => (await stack.sql(`SELECT dva_user_id AS user,
    dva_kind AS kind FROM trn_device_approvals ORDER BY dva_user_id`))
    .map(a => `${a.user} ${a.kind}`);

test('off: it says what it does, and never does', async () => {
	const text = textOf(await owner.page(DOOR));
	assert.match(text, /Blocking Off/);
	assert.match(text, /Administrators.*never touched/);
	assert.match(text, /Try it with one finger : not done yet/);
	assert.doesNotMatch(textOf(await staff.page(DOOR)), /Choose how/);
	assert.match(await owner.page('/devices'), new RegExp(`href="${DOOR}"`));
});

test('settings are stored, audited and told to the bridge', async () => {
	const was = await revision();
	const got = await owner.submit(`${DOOR}/settings`, { relay: '1',
	    seconds: '7', after: '0', lever: 'GROUP', group: '9' });
	assert.equal(got.status, 303);
	assert.deepEqual(await door(), { is_exit: '0', relay: '1', seconds: '7',
	    lever: 'GROUP', value: '9', after_: '0', is_on: '0', tried: '0' });
	assert.equal(await revision(), was + 1);
	assert.deepEqual(await lastAudit(), { action: 'change', fields:
	    'dev_has_relay,dev_unlock_seconds,dev_block_after,dev_lever,' +
	    'dev_lever_value' });
	for (const [name, typed] of [['after', '10'], ['seconds', '0'],
	    ['seconds', ''], ['group', '']]) {
		const bad = await owner.submit(`${DOOR}/settings`,
		    { [name]: typed });
		assert.equal(bad.status, 422, name);
		assert.ok(errorOf(bad.text, name), name);
	}
	// another lever forgets the trial; the same one does not
	await set('dev_trial_at = \'2026-01-01\'');
	await owner.submit(`${DOOR}/settings`, { after: '2' });
	assert.equal((await door()).tried, '1');
	await owner.submit(`${DOOR}/settings`, { lever: 'DISABLE', group: '' });
	assert.equal((await door()).tried, '0');
	// a stale form stores nothing
	const stale = fieldsOf(await owner.page(`${DOOR}/settings`));
	await owner.submit(`${DOOR}/settings`, { seconds: '8' });
	const late = await owner.post(`${DOOR}/settings`, { ...stale,
	    seconds: '9' });
	assert.equal(late.status, 422);
	assert.match(textOf(late.text), /Somebody else has changed/);
	assert.equal((await door()).seconds, '8');
});

test('it is not switched on without a trial, nor at an exit', async () => {
	await set('dev_block_after = 0, dev_trial_at = NULL');
	const dry = textOf(await owner.page(`${DOOR}/on`));
	assert.match(dry, /Would be blocked now: \d+ of \d+.*Long Gone/);
	const got = await owner.post(`${DOOR}/on`);
	assert.equal(got.status, 422);
	assert.match(textOf(got.text), /trial with one finger has not been passed/);
	await set('dev_trial_at = \'2026-01-01\', dev_is_exit = 1');
	assert.equal((await owner.post(`${DOOR}/on`)).status, 422);
	assert.equal((await door()).is_on, '0');
	await set('dev_is_exit = 0');
});

test('on, and off again: audited, and told to the bridge', async () => {
	const was = await revision();
	assert.equal((await owner.submit(`${DOOR}/on`)).status, 303);
	assert.equal((await door()).is_on, '1');
	assert.equal(await revision(), was + 1);
	assert.deepEqual(await lastAudit(), { action: 'change',
	    fields: 'dev_enforced_at' });
	assert.equal((await owner.post(`${DOOR}/on`)).status, 303);
	assert.equal(await revision(), was + 1, 'once');
	assert.match(textOf(await staff.page(DOOR)), /Blocking On since/);
	// meanwhile neither the lever nor the exit can be changed
	for (const [name, change] of [['exit', { exit: '1' }],
	    ['lever', { lever: 'ZONE', zone: '3' }]]) {
		const got = await owner.submit(`${DOOR}/settings`, change);
		assert.equal(got.status, 422);
		assert.match(errorOf(got.text, name), /Switch it off first/);
	}
	await blocks([['901', 'BLOCKED', 'ENDED']]);
	assert.match(textOf(await owner.page(`${DOOR}/off`)),
	    /frees all whom it has blocked: 1 now/);
	assert.equal((await owner.submit(`${DOOR}/off`)).status, 303);
	assert.equal((await door()).is_on, '0');
});

test('what its bridge told is shown, with names', async () => {
	await set(`dev_seen_at = '2026-01-02', dev_enforced_at = '2026-01-01',
	    dev_door_list_at =
	    '2026-01-02', dev_door_at = '2026-01-02', dev_door_trouble =
	    'The terminal <ignores> it', dev_door_differing = 3`);
	await blocks([['901', 'BLOCKED', 'ENDED'], ['42', 'FAILED', 'HOURS',
	    'did not take'], ['43', 'BANNED', 'ENDED'], ['777', 'PENDING',
	    'ENDED']]);
	const text = textOf(await staff.page(DOOR));
	assert.match(text, /The terminal <ignores> it/);
	assert.match(text, /more than a day old/);
	assert.match(text, /Still to be written 3/);
	assert.match(text, /Long Gone 901 May not enter any more/);
	assert.match(text, /42 Outside the plan's hours did not take/);
	assert.match(text, /Nobody 777/);
	const today = textOf(await owner.page('/'));
	assert.match(today, /Door : The terminal <ignores> it/);
	assert.match(today, /Door : 1 would be blocked/);
	assert.match(today, /Door : it is kept by a list/);
});

test('the owner agrees to those who were shown, and no others', async () => {
	await blocks([['901', 'PENDING', 'ENDED'], ['42', 'PENDING', 'HOURS'],
	    ['43', 'PENDING', 'ENDED']]);
	const seen = fieldsOf(await owner.page(DOOR));
	// meanwhile: one is gone, one is of another kind, one is new
	await blocks([['901', 'PENDING', 'ENDED'], ['42', 'PENDING', 'ENDED'],
	    ['44', 'PENDING', 'ENDED'], ['43', 'BLOCKED', 'ENDED']]);
	const was = await revision();
	const got = await owner.post(`${DOOR}/agree`, { shown: seen.shown });
	assert.equal(got.status, 303);
	assert.deepEqual(await approvals(), ['901 ENDED']);
	assert.equal(await revision(), was + 1);
	assert.deepEqual(await lastAudit(), { action: 'agree',
	    fields: 'dva_user_id,dva_kind' });
	assert.doesNotMatch(fieldsOf(await owner.page(DOOR)).shown, /901/);
	const stale = await owner.post(`${DOOR}/agree`, { shown: seen.shown });
	assert.equal(stale.status, 422);
	assert.match(textOf(stale.text), /none of those who were shown waits/);
	for (const shown of ['', 'x', '44', '44.X', '4-4.E', '.E'])
		assert.equal((await owner.post(`${DOOR}/agree`, { shown }))
		    .status, 422, shown);
	assert.deepEqual(await approvals(), ['901 ENDED']);
	await owner.submit(`${DOOR}/off`);
	assert.deepEqual(await approvals(), []);
});

const settle = (state, more = '') => stack.sql(`UPDATE trn_device_commands
    SET cmd_state = '${state}', cmd_ended_at = cmd_created_at +
    INTERVAL 1 SECOND ${more} WHERE cmd_state = 'WAITING'`);
const orders = () => stack.sql(`SELECT cmd_kind AS kind, cmd_user_id AS user,
    cmd_note AS note FROM trn_device_commands ORDER BY id`);
const templates = n => `, cmd_templates_before = ${n}, cmd_templates_after =
    ${n}`;
const TRIAL = `${DOOR}/trial`;
const trial = async () => textOf(await owner.page(TRIAL));
const begin = async (user = '901') => owner.post(TRIAL, { act: 'block', user,
    nonce: fieldsOf(await owner.page(TRIAL)).nonce });
const say = async act => owner.post(TRIAL, { act,
    of: fieldsOf(await owner.page(TRIAL)).of ?? '0' });

test('a trial: refused, accepted, and then it can be switched on', async () => {
	await set('dev_trial_at = NULL, dev_enforced_at = NULL');
	assert.match(textOf(await owner.page(`${TRIAL}?q=long`)),
	    /Long Gone number 901/);
	for (const user of ['902', '42x', ''])
		assert.equal((await begin(user)).status, 422, user);
	await stack.sql(`UPDATE trn_device_users SET dvu_privilege = 14
	    WHERE dvu_user_id = '901'`);
	assert.equal((await begin()).status, 422);
	await stack.sql(`UPDATE trn_device_users SET dvu_privilege = 0
	    WHERE dvu_user_id = '901'`);
	const { nonce } = fieldsOf(await owner.page(TRIAL));
	for (let i = 0; i < 2; i++)
		assert.equal((await owner.post(TRIAL, { act: 'block', user:
		    '901', nonce })).status, 303);
	assert.deepEqual(await orders(), [{ kind: 'BLOCK', user: '901',
	    note: 'DISABLE 0' }]);
	assert.match(await trial(), /Number 901 is being blocked/);
	await settle('DONE', templates(120));
	assert.match(await trial(), /it must refuse/);
	const { of } = fieldsOf(await owner.page(TRIAL));
	for (let i = 0; i < 2; i++)
		await owner.post(TRIAL, { act: 'yes', of });
	assert.equal((await orders()).length, 2);
	assert.match(await trial(), /is being freed/);
	await settle('DONE', templates(120));
	assert.match(await trial(), /it must let in/);
	assert.equal((await door()).tried, '0');
	assert.equal((await say('yes')).status, 303);
	assert.match(await trial(), /Passed/);
	assert.equal((await door()).tried, '1');
	assert.equal((await owner.submit(`${DOOR}/on`)).status, 303);
	await owner.submit(`${DOOR}/off`);
});

test('a trial fails aloud, and blocking stays off', async () => {
	const anew = async () => {
		await stack.sql('DELETE FROM trn_device_commands');
		await set('dev_trial_at = NULL');
		assert.equal((await begin()).status, 303);
	};
	await anew();
	await settle('FAILED', ', cmd_words = \'It <hung>\'');
	assert.match(await trial(), /could not be blocked It <hung>/);
	await anew();
	await stack.sql(`UPDATE trn_device_commands SET cmd_expires_at =
	    '2026-01-01'`);
	assert.match(await trial(), /The bridge did not answer/);
	await anew();
	await settle('DONE');
	await say('no');
	await settle('DONE');
	assert.match(await trial(), /the terminal let number 901 in/);
	await anew();
	await settle('DONE', templates(120));
	await say('yes');
	await settle('DONE', templates(119));
	assert.match(await trial(), /another number of fingerprints/);
	await say('yes');
	assert.equal((await door()).tried, '0');
	await anew();
	await settle('DONE');
	await say('yes');
	await settle('FAILED');
	assert.match(await trial(), /could not be freed yet/);
	await say('free');
	await settle('DONE');
	await say('no');
	await settle('DONE');
	assert.match(await trial(), /still refused number 901/);
	assert.equal((await door()).tried, '0');
	// with another lever it begins anew
	await set('dev_lever = \'ZONE\', dev_lever_value = 3');
	assert.doesNotMatch(await trial(), /failed/);
	await set('dev_lever = \'DISABLE\', dev_lever_value = 0');
});

test('a door with a relay is opened once, with a reason', async () => {
	const UNLOCK = `/devices/${SN}/unlock`;
	await stack.sql('DELETE FROM trn_device_commands');
	await set('dev_has_relay = 0');
	assert.equal((await staff.post(UNLOCK, { reason: 'x' })).status, 422);
	await set('dev_has_relay = 1, dev_unlock_seconds = 7');
	assert.match(await staff.page('/'), new RegExp(`href="${UNLOCK}"`));
	for (const reason of ['', 'x'.repeat(201)])
		assert.equal((await staff.submit(UNLOCK, { reason })).status, 422);
	const form = { ...fieldsOf(await staff.page(UNLOCK)),
	    reason: 'A <parcel>' };
	const [got, twice] = [await staff.post(UNLOCK, form),
	    await staff.post(UNLOCK, form)];
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, twice.headers.location);
	assert.deepEqual(await orders(), [{ kind: 'UNLOCK', user: null,
	    note: 'A <parcel>' }]);
	assert.match(textOf(await staff.page(got.headers.location)), /Opening/);
	await settle('DONE');
	assert.match(textOf(await staff.page(got.headers.location)),
	    /Opened A <parcel>.*staff of SF A <parcel> Opened/);
	assert.equal((await stack.sql(`SELECT COUNT(*) AS n FROM trn_audit_trails
	    WHERE aud_action = 'unlock'`))[0].n, '1');
	await stack.sql(`UPDATE trn_device_commands SET cmd_state = 'WAITING',
	    cmd_expires_at = '2026-01-01'`);
	assert.match(textOf(await staff.page(got.headers.location)),
	    /did not open: the bridge did not answer within 5 s/);
	assert.equal((await other.post(UNLOCK, { reason: 'x' })).status, 404);
});

test('staff look, and others see nothing', async () => {
	for (const path of ['on', 'off', 'agree', 'settings', 'trial']) {
		assert.equal((await staff.post(`${DOOR}/${path}`)).status, 403);
		assert.equal((await other.post(`${DOOR}/${path}`)).status, 404);
	}
	await other.page(DOOR, 404);
});
