// messaging.test.mjs: how messages are sent, and when who is reminded of what
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { query } from '../stack/database.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { FakeService } from '../whatsapp/service.mjs';
import { quote } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

const PAGE = '/settings/messages';
let stack, service, owner, staff, north;

before(async () => {
	service = await FakeService.start();
	stack = await Stack.start({ demo: 'morning', conf: service.conf() });
	service.writeToken('SF');
	makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
});
after(async () => {
	await stack?.stop();
	await service?.stop();
});

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
	// not another pause than the one that was read of
	const old = await owner.post(`${PAGE}/resume`, { seen: '1773300000001' });
	assert.equal(old.headers.location, PAGE);
	assert.notEqual((await stored()).mgs_paused_at, null);
	const seen = (await owner.page(PAGE)).match(/name="seen" value="(\d+)"/)[1];
	for (let i = 0; i < 2; i++)
		assert.equal((await owner.post(`${PAGE}/resume`, { seen })).status,
		    303);
	const now = await stored();
	assert.deepEqual([now.mgs_paused_at, now.mgs_pause_code,
	    now.mgs_pause_words, now.mgs_slow_to_at, now.mgs_slow_tries],
	    [null, null, null, null, '0']);
	assert.equal((await audits('mst_messaging')).filter(line =>
	    line === 'change mgs_paused_at,mgs_slow_to_at SF').length, 1);
	assert.doesNotMatch(await owner.page(PAGE), /Go on/);
});

// ---- reminders -------------------------------------------------------------

const NEW = `${PAGE}/rules/new`;
const rule = async (kind, days) => (await stack.sql(`SELECT * FROM
    mst_message_rules WHERE mrl_compcode = 'SF' AND mrl_kind = ${quote(kind)}
    AND mrl_days = ${days}`))[0];
const pathOf = async (kind, days) =>
    `${PAGE}/rules/${(await rule(kind, days)).id}`;
const bubble = html => textOf(html.match(/class="message-text">([^<]*)</)?.[1] ?? '');

test('a reminder is added, once', async () => {
	const got = await owner.submit(NEW, { kind: 'AFTER', days: '30', text:
	    'Dear {{ name }}, {{days}} days are over.\nStop: STOP',
	    template: 'come_back', language: 'en_US', is_named: '1' });
	assert.equal(got.status, 303);
	const row = await rule('AFTER', 30);
	assert.deepEqual([row.mrl_is_on, row.mrl_template, row.mrl_language,
	    row.mrl_is_named], ['1', 'come_back', 'en_US', '1']);
	assert.match(row.mrl_text, /days are over\.\r?\nStop/);
	assert.ok((await audits('mst_message_rules')).includes(
	    `add mrl_kind,mrl_days ${row.id}`));
	const again = await owner.submit(NEW, { kind: 'AFTER', days: '30' });
	assert.equal(again.status, 422);
	assert.match(errorOf(again.text, 'days'), /already/);
	// of the last day there is one
	assert.match(errorOf((await owner.submit(NEW, { kind: 'ON', days: '' }))
	    .text, 'days'), /already/);
	await stack.sql(`UPDATE mst_message_rules SET mrl_kind = 'AFTER',
	    mrl_days = 99 WHERE mrl_kind = 'ON' AND mrl_compcode = 'SF'`);
	assert.equal((await owner.submit(NEW, { kind: 'ON', days: '5' })).status,
	    303);
	assert.ok(await rule('ON', 0));
	await stack.sql(`INSERT INTO mst_message_rules (mrl_compcode, mrl_kind,
	    mrl_days, mrl_template, mrl_text, mrl_created_at)
	    WITH RECURSIVE n (i) AS (SELECT 200 UNION ALL SELECT i + 1 FROM n
	    WHERE i < 230) SELECT 'SF', 'AFTER', i, 'x', 'x', '2026-01-01'
	    FROM n LIMIT ${40 - 9}`);
	assert.match(errorOf((await owner.submit(NEW, { days: '77' })).text,
	    'days'), /40 reminders/);
	await stack.sql(`DELETE FROM mst_message_rules WHERE mrl_template = 'x'`);
});

test('what cannot be in a reminder is refused at its field', async () => {
	const path = await pathOf('BEFORE', 7);
	for (const [name, typed, error, where = path] of [
	    ['text', 'Hi {{nmae}}', /no such field: \{\{nmae\}\}/],
	    ['text', 'Hi {{name', /one of these is missing\.$/],
	    ['text', '', /needed/], ['text', 'x'.repeat(1001), /too long/],
	    ['template', 'Come_back', /Small letters/],
	    ['template', 'a b', /cannot be kept/], ['template', '', /needed/],
	    ['language', 'english', /like en/], ['language', 'en_us', /like en/],
	    ['days', '366', /too large/, NEW], ['days', '0', /too small/, NEW],
	    ['days', '', /needed/, NEW], ['kind', 'NEVER', /Choose/, NEW]]) {
		const got = await owner.submit(where, { days: '50',
		    [name]: typed });
		assert.equal(got.status, 422, `${name}: ${typed}`);
		assert.match(errorOf(got.text, name) ?? '', error);
	}
	assert.equal((await rule('BEFORE', 7)).mrl_version, '1');
	assert.equal(await rule('AFTER', 50), undefined);
});

test('a reminder is changed, and its template is tried again', async () => {
	const path = await pathOf('BEFORE', 3);
	await stack.sql(`UPDATE mst_message_rules SET mrl_paused_at =
	    '2026-03-12', mrl_pause_code = 132001, mrl_pause_words = 'No such'
	    WHERE mrl_compcode = 'SF' AND mrl_kind = 'BEFORE' AND mrl_days = 3`);
	const html = await owner.page(path);
	assert.match(textOf(html), /is not sent .*No such.*no approved template/);
	assert.match(textOf(await owner.page(PAGE)), /3 days before .* Paused/);
	const got = await owner.submit(path, { is_on: null, kind: 'AFTER',
	    days: '9', text: 'Short' });
	assert.equal(got.status, 303);
	const now = await rule('BEFORE', 3);
	assert.deepEqual([now.mrl_is_on, now.mrl_text, now.mrl_paused_at,
	    now.mrl_version], ['0', 'Short', null, '2']);
	assert.ok((await audits('mst_message_rules')).includes(
	    `change mrl_is_on,mrl_paused_at,mrl_text ${now.id}`));
	const late = await owner.post(path, { ...fieldsOf(html), text: 'Mine' });
	assert.equal(late.status, 422);
	assert.match(textOf(late.text), /Somebody else has changed/);
	assert.equal(fieldsOf(late.text).text, 'Mine');
	assert.equal((await owner.post(path, fieldsOf(late.text))).status, 303);
	assert.equal((await rule('BEFORE', 3)).mrl_text, 'Mine');
});

test('it is shown as it will read, for whom one likes', async () => {
	const path = await pathOf('BEFORE', 7);
	const [first] = await stack.sql(`SELECT id, mbr_name AS name FROM
	    mst_members_lists WHERE mbr_compcode = 'SF' AND mbr_state = 'ACTIVE'
	    AND mbr_erased_at IS NULL ORDER BY mbr_until, id LIMIT 1`);
	const word = first.name.split(' ')[0];
	assert.match(bubble(await owner.page(path)), new RegExp(`^Hello ${word
	    }, your membership at Spine Fitness ends on \\d+ \\w+ \\d+\\.`));
	await stack.sql(`INSERT INTO mst_members_lists (mbr_compcode, id,
	    mbr_branch_id, mbr_code, mbr_name, mbr_joined_date, mbr_created_at)
	    VALUES ('SF', 9001, 1, 'Q-1', 'Quinn <b>', '2026-01-01',
	    '2026-01-01')`);
	assert.match(await owner.page(`${path}?q=Quinn`),
	    /rules\/\d+\?member=9001"/);
	assert.match(bubble(await owner.page(`${path}?member=9001`)),
	    /^Hello Quinn,/);
	// of another gym there is nobody
	const [theirs] = await stack.sql(`SELECT MAX(id) AS id FROM
	    mst_members_lists WHERE mbr_compcode = 'AA'`);
	assert.match(bubble(await owner.page(`${path}?member=${theirs.id}`)),
	    new RegExp(`^Hello ${word},`));
	// what is typed, without storing it
	const typed = { member: '9001', text: '{{name}} {{days}} {{name}} {{gym}}' };
	const shown = await owner.submit(path, { ...typed, preview: '1' });
	assert.equal(shown.status, 200);
	assert.equal(bubble(shown.text), 'Quinn <b> 7 Quinn <b> Spine Fitness');
	assert.match(textOf(shown.text), /\{\{1\}\} \{\{2\}\} \{\{1\}\} \{\{3\}\}/);
	const refused = await owner.submit(path, { ...typed, template: '' });
	assert.equal(refused.status, 422);
	assert.equal(bubble(refused.text), 'Quinn <b> 7 Quinn <b> Spine Fitness');
	assert.equal((await rule('BEFORE', 7)).mrl_version, '1');
});

test('a test to oneself', async () => {
	const path = await pathOf('AFTER', 7), test = `${path}/test`;
	const tests = () => stack.sql(`SELECT * FROM trn_messages
	    WHERE msg_compcode = 'SF' AND msg_serial > 0 ORDER BY id`);
	await set(`mgs_sender = 'HAND'`);
	const send = more => owner.submit(`${path}?member=9001`, { phone:
	    '98765 43210', ...more }, test);
	const byHand = await send();
	assert.equal(byHand.status, 200);
	assert.match(byHand.text,
	    /href="https:\/\/wa\.me\/919876543210\?text=Hello%20Quinn/);
	for (const phone of ['', '12', '011 23456789']) {
		const got = await send({ phone });
		assert.equal(got.status, 422, phone);
		assert.ok(errorOf(got.text, 'phone'));
		assert.equal(fieldsOf(got.text).phone, phone);
	}
	assert.deepEqual(await tests(), []);
	await set(`mgs_sender = 'CLOUD'`);
	const nonce = 'a1'.repeat(16);
	for (const more of [{ nonce }, { nonce }, {}])
		assert.match((await send(more)).headers.location,
		    /^\/messages\/\d+$/);
	const list = await tests();
	assert.deepEqual(list.map(m => [m.msg_serial, m.msg_to, m.msg_state,
	    m.msg_kind, m.msg_days, m.msg_member_id, m.msg_due_at !== null]),
	    ['1', '2'].map(n => [n, '+919876543210', 'DUE', 'AFTER', '7', '9001',
	    true]));
	assert.ok((await audits('trn_messages')).includes(
	    `add msg_serial,msg_to ${list[0].id}`));
	// it goes there, by day or by night, and its page tells
	await set(`mgs_phone_id = '${service.phoneId}'`);
	await stack.remind();
	assert.deepEqual(service.wrong, []);
	// beside reminders to members of the demo gym
	assert.deepEqual(service.received.filter(m => m.to === '919876543210')
	    .map(m => [m.to, m.template]), ['919876543210', '919876543210'].map(to =>
	    [to, 'membership_ended']));
	assert.match(textOf(await owner.page(`/messages/${list[0].id}`)),
	    /Hello Quinn/);
	await stack.sql(`UPDATE trn_messages SET msg_serial = msg_serial + 100
	    WHERE msg_serial > 0`);
	for (let i = 2; i < 20; i++)
		assert.equal((await send()).status, 303);
	const most = await send();
	assert.equal(most.status, 422);
	assert.match(errorOf(most.text, 'phone'), /20 tests/);
	assert.equal((await tests()).length, 20);
});

// ---- owners are told of a pause --------------------------------------------

const dir = () => `${stack.dir}/mail`;
const letters = () => fs.readdirSync(dir()).filter(f => /^paused-/.test(f))
    .sort().map(f => fs.readFileSync(`${dir()}/${f}`, 'utf8')).map(mail => ({
	to: mail.match(/^To: <(.*)>/m)[1], id: mail.match(/^Message-ID: .*/m)[0],
	text: Buffer.from(mail.slice(mail.indexOf('\r\n\r\n')), 'base64')
	    .toString().replace(/\s+/g, ' ') }));

test('owners of all branches are told of a pause by mail, once', async () => {
	const gym = await addCompany(stack, 'W_W', { branches: ['East', 'West'] });
	const second = await addUser(stack, 'W_W', 'owner');
	const quiet = await addUser(stack, 'W_W', 'owner');
	await addUser(stack, 'W_W', 'owner', 'East');
	await addUser(stack, 'W_W', 'staff');
	await stack.sql(`UPDATE trn_user_roles r JOIN mst_users u ON u.id =
	    url_user_id SET url_alerts = 0 WHERE usr_email = '${quiet.email}'`);
	await (await Person.signIn(stack, gym.owner)).page(PAGE);
	const setting = sql => stack.sql(`UPDATE mst_messaging SET ${sql}
	    WHERE mgs_compcode = 'W_W'`);
	const left = async () => (await stack.sql(`SELECT mgs_warn_at AS at,
	    mgs_warned_user_id <> 0 AS told FROM mst_messaging
	    WHERE mgs_compcode = 'W_W'`))[0];
	const at = (await stack.sql('SELECT UTC_TIMESTAMP(3) AS now'))[0].now;
	const warn = `mgs_warn_at = '${at}', mgs_warned_user_id = 0`;
	await setting(`mgs_paused_at = '2026-03-12 06:00:00', mgs_pause_code =
	    131031, mgs_pause_words = 'Account locked', ${warn}`);
	await stack.sql(`UPDATE mst_message_rules SET mrl_paused_at =
	    '2026-03-12 06:00:00', mrl_pause_code = 132016, mrl_pause_words =
	    'Disabled' WHERE mrl_compcode = 'W_W' AND mrl_kind IN ('ON',
	    'ABSENT')`);

	// the mail cannot leave: the next run goes on
	fs.renameSync(dir(), `${dir()}.away`);
	await stack.chores();
	fs.renameSync(`${dir()}.away`, dir());
	assert.deepEqual(await left(), { at, told: '0' });
	await stack.chores();
	const first = letters();
	assert.deepEqual(first.map(l => l.to).sort(),
	    [gym.owner.email, second.email].sort());
	assert.match(first[0].text, new RegExp('No message is sent to members ' +
	    'since 12 Mar 2026, 11:30 am\\. WhatsApp says: Account locked ' +
	    '\\(error 131031\\) WhatsApp has locked the account\\..* The reminder ' +
	    '"On the last day" \\(template membership_ends_today\\) is not sent ' +
	    'since .* Disabled \\(error 132016\\) .*switched the template off'));
	assert.doesNotMatch(first[0].text, /without a visit/);	// it is off
	assert.equal((await left()).at, null);

	// killed before it was noted: the same message again
	await setting(warn);
	await stack.chores();
	assert.deepEqual(letters(), first);
	assert.equal(new Set(first.map(l => l.id)).size, 2);

	// an owner has gone on before the mail went
	await setting(`mgs_paused_at = NULL, mgs_warned_user_id = 0,
	    mgs_warn_at = '${at}' + INTERVAL 1 SECOND`);
	await stack.sql(`UPDATE mst_message_rules SET mrl_paused_at = NULL
	    WHERE mrl_compcode = 'W_W'`);
	await stack.chores();
	assert.equal(letters().length, 2);
	assert.equal((await left()).at, null);
});

test('of two runs at once one tells, however slow the mail server, and stops ' +
    'when its turn was lost', async () => {
	const gym = await addCompany(stack, 'WW', {});
	const others = [await addUser(stack, 'WW', 'owner'),
	    await addUser(stack, 'WW', 'owner')];
	const root = text => query(stack.db.socket, text,
	    { schema: stack.schema });
	const got = [], waiting = [];
	let isOpen = false;
	const server = new SMTPServer({ authOptional: true, logger: false,
	    disableReverseLookup: true, hideSTARTTLS: true,
	    onData(stream, session, done) {
		stream.resume();
		stream.on('end', () => {
			got.push(session.envelope.rcptTo[0].address);
			isOpen ? done() : waiting.push(done);
		});
	    } });
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	stack.options.conf = { ...service.conf(), mail: { tls: 'no', url:
	    `smtp://127.0.0.1:${server.server.address().port}`,
	    from: 'us@gym.example' } };
	stack.writeConf();
	try {
		await (await Person.signIn(stack, gym.owner)).page(PAGE);
		await stack.sql(`UPDATE mst_messaging SET mgs_paused_at =
		    '2026-03-12', mgs_pause_code = 131031, mgs_pause_words =
		    'x', mgs_warn_at = UTC_TIMESTAMP(3) WHERE mgs_compcode =
		    'WW'`);
		const first = stack.chores();
		await until('its mail', () => waiting.length === 1);
		await stack.chores();	// has nothing to do, and ends
		assert.equal(got.length, 1);
		const [{ id }] = await root(`SELECT IS_USED_LOCK(CONCAT(
		    'warnings.', DATABASE())) AS id`);
		await root(`KILL ${id}`);
		isOpen = true;
		waiting.forEach(done => done());
		await assert.rejects(first, /message warnings failed/);
		assert.equal(got.length, 1);
		await stack.chores();
	} finally {
		stack.options.conf = service.conf();
		stack.writeConf();
		await new Promise(done => server.close(done));
	}
	assert.deepEqual(got.sort(), [gym.owner, ...others].map(o => o.email)
	    .sort());
});

test('only an owner of all branches', async () => {
	for (const person of [staff, north]) {
		await person.page(PAGE, 403);
		for (const path of [PAGE, `${PAGE}/resume`, NEW,
		    `${PAGE}/rules/1`, `${PAGE}/rules/1/test`])
			assert.equal((await person.post(path)).status, 403);
	}
});
