// webhook.test.mjs: what the message service tells: signed, stored, worked off
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { addUser, killWorkers } from '../faults/gym.mjs';
import { query } from '../stack/database.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { FakeService } from '../whatsapp/service.mjs';
import { hold, quote, random, seed } from './gym.mjs';
import { Person, textOf } from './pages.mjs';
import { addGym, at, consentSql, person } from './remind.mjs';

const OTHER = '99900011122';	// the number of the other gym
const NOW = Date.parse('2026-03-12T06:30:00Z');
const MINUTE = 60000;
let service, stack, gym, other, ids = 3000;

before(async () => {
	service = await FakeService.start();
	stack = await Stack.start({ conf: service.conf() });
	stack.setClock(NOW - Date.now());
	gym = await addGym(stack, { conf: { phone_id: service.phoneId,
	    sender: 'CLOUD' } });
	other = await addGym(stack, { conf: { phone_id: OTHER,
	    sender: 'CLOUD' } });
	service.hook(`${stack.url}/api/whatsapp/webhook`);
});
after(async () => {
	await stack?.stop();
	await service?.stop();
});

const one = async text => (await stack.sql(text))[0];
const events = () => stack.sql('SELECT * FROM trn_whatsapp_events');
const idle = () => until('all is worked off', async () =>
    !(await events()).length);
const last = (g, id) => one(`SELECT * FROM trn_messages WHERE
    msg_compcode = '${g.code}' AND id = ${id}`);
const settings = (g = gym) => one(`SELECT * FROM mst_messaging WHERE
    mgs_compcode = '${g.code}'`);
const member = (id, g = gym) => one(`SELECT * FROM mst_members_lists WHERE
    mbr_compcode = '${g.code}' AND id = ${id}`);

// A message as it stands while events come; `more` are columns without msg_.
// It is what the fake knows of a request, too.
async function message({ g = gym, state = 'ACCEPTED', phone, ...more } = {}) {
	const who = await person(stack, g, { id: ++ids, phone });
	const wamid = `wamid.${crypto.randomBytes(9).toString('base64')}`;
	const c = { compcode: g.code, branch_id: g.branches[0], member_id: who,
	    kind: 'ON', days: 0, anchor_date: '2026-03-12', state, tries: 1,
	    wamid: ['SENDING', 'UNKNOWN', 'DUE'].includes(state) ? null : wamid,
	    due_at: ['SENDING', 'DUE'].includes(state) ? at(NOW + MINUTE) : null,
	    created_at: at(NOW), sent_at: at(NOW), ...more };
	const { id } = await one(`INSERT INTO trn_messages (${Object.keys(c)
	    .map(k => `msg_${k}`)}) VALUES (${Object.values(c).map(quote)});
	    SELECT LAST_INSERT_ID() AS id`);
	return { id, who, wamid, ref: `message-${id}-${c.tries}`,
	    to: (phone ?? `+9198765${String(who).padStart(5, '0')}`).slice(1) };
}

async function tell(got, status, more) {
	const answer = await service.event(got, status, more);
	assert.equal(answer.status, 200);
	assert.equal(await answer.text(), '');
	await idle();
}

const sayAt = async (phone, text, ms, more) => {
	assert.equal((await service.message(phone, text, { at: ms, ...more }))
	    .status, 200);
	await idle();
};

// What a member has said to messages: '+' given, '-' taken back; with the
// source where it was a message.
const said = async (id, g = gym) => (await stack.sql(`SELECT IF(cns_is_given,
    '+', '-') AS x, cns_source AS y FROM trn_member_consents WHERE
    cns_compcode = '${g.code}' AND cns_member_id = ${id} AND
    cns_kind = 'MESSAGES' ORDER BY id`)).map(r => r.x +
    (r.y === 'MESSAGE' ? 'm' : '')).join(' ');

// ---- who may call ----------------------------------------------------------

test('told of our address, the service gets its challenge back', async () => {
	const ask = query => stack.request('GET', '/api/whatsapp/webhook?' +
	    new URLSearchParams(query));
	const right = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444',
	    'hub.verify_token': service.verifyToken };
	const got = await ask(right);
	assert.equal(got.status, 200);
	assert.equal(got.text, '1158201444');
	assert.match(got.headers['content-type'], /^text\/plain/);
	for (const wrong of [{ 'hub.verify_token': `${service.verifyToken}x` },
	    { 'hub.verify_token': '' }, { 'hub.mode': 'unsubscribe' }])
		assert.equal((await ask({ ...right, ...wrong })).status, 403);
	assert.equal((await ask({})).status, 403);
	for (const odd of ['<b>', '', 'x'.repeat(257), 'a b'])
		assert.equal((await ask({ ...right, 'hub.challenge': odd }))
		    .status, 400, odd);
});

test('only what is signed is stored', async () => {
	const body = JSON.stringify(service.body({ statuses: [] }));
	const right = service.sign(body);
	const other_ = `sha256=${crypto.createHmac('sha256', 'other')
	    .update(body).digest('hex')}`;
	const refused = [other_, right.slice(0, -1), `${right}0`, right.slice(7),
	    right.toUpperCase(), `sha256=${right.slice(7).toUpperCase()}`,
	    `sha1=${right.slice(7)}`, '', 'sha256=',
	    service.sign(`${body} `)];
	const lock = await hold(stack, `SELECT * FROM mst_messaging WHERE
	    mgs_compcode = '${gym.code}'`);

	for (const signature of refused) {
		const got = await service.post(body, { signature });
		assert.equal(got.status, 401, signature);
		assert.equal((await got.json()).message,
		    'The signature is not right');
	}
	assert.equal((await service.post(`${body} `, { signature: right }))
	    .status, 401);
	const bare = await fetch(service.webhook, { method: 'POST', body,
	    headers: { 'Content-Type': 'application/json' } });
	assert.equal(bare.status, 401);
	assert.deepEqual(await events(), []);

	// and this one, answered before it is worked off
	assert.equal((await service.post(body)).status, 200);
	assert.equal((await events()).length, 1);
	await lock.release();
	await idle();
});

test('what is no JSON object, or too much, is not stored', async () => {
	for (const body of ['', '[]', '7', '{', '{"a":1}x', 'a=b'])
		assert.equal((await service.post(body)).status, 400, body);
	assert.equal((await service.post(`{"a":"${'x'.repeat(4 << 20)}"}`))
	    .status, 413);
	const text = JSON.stringify({ a: 'x'.repeat((4 << 20) - 8) });
	assert.equal(text.length, 4 << 20);
	assert.equal((await service.post(text)).status, 200);
	const form = await fetch(service.webhook, { method: 'POST',
	    body: 'a=1', headers: { 'X-Hub-Signature-256': service.sign('a=1'),
	    'Content-Type': 'application/x-www-form-urlencoded' } });
	assert.equal(form.status, 415);
	await idle();
});

test('without a secret there is no webhook', async () => {
	const conf = `${stack.dir}/bare.conf`, kept = stack.conf;
	fs.writeFileSync(conf, fs.readFileSync(kept, 'utf8')
	    .replace(/^(verify_token|app_secret)_file.*$/gm, ''));
	stack.conf = conf;
	try {
		const body = '{}', path = '/api/whatsapp/webhook';
		assert.equal((await stack.cgi('GET', `${path}?hub.mode=subscribe` +
		    '&hub.verify_token=&hub.challenge=1')).status, 404);
		assert.equal((await stack.cgi('POST', path, { body, headers: {
		    'Content-Type': 'application/json', 'X-Hub-Signature-256':
		    `sha256=${crypto.createHmac('sha256', '').update(body)
		    .digest('hex')}` } })).status, 404);
	} finally {
		stack.conf = kept;
	}
});

// ---- what becomes of messages ----------------------------------------------

const STEPS = ['sent', 'delivered', 'read'];
const permutations = list => list.length < 2 ? [list] : list.flatMap((x, i) =>
    permutations([...list.slice(0, i), ...list.slice(i + 1)])
    .map(rest => [x, ...rest]));
const when = status => NOW - (10 - ['sent', 'failed', ...STEPS.slice(1)]
    .indexOf(status)) * MINUTE;

// Each of `orders` to a message of its own, with some of it twice; resolves to
// what all of them must have become.
async function inEveryOrder(t, orders, start, columns) {
	const dice = random(seed(t)), all = [];
	for (const order of orders) {
		const got = await message(start);
		const told = order.flatMap(s => dice.below(2) ? [s, s] : [s]);
		if (dice.below(2))
			told.push(dice.pick(order));
		for (const [s, error] of told)
			assert.equal((await service.event(got, s, { error,
			    at: when(s) })).status, 200);
		all.push([got, told]);
	}
	await idle();
	const ends = new Map();
	for (const [got, told] of all) {
		const m = await last(gym, got.id);
		ends.set(columns.map(c => m[`msg_${c}`] ?? '-').join('|'),
		    told.join(' '));
	}
	assert.equal(ends.size, 1, JSON.stringify([...ends]));
	return [...ends.keys()][0];
}

test('forward only, whatever the order, and twice', async t => {
	const moments = ['state', 'accepted_at', 'delivered_at', 'read_at',
	    'due_at', 'failed_at', 'code', 'error'];
	const good = permutations(STEPS.map(s => [s]));
	const bad = permutations([...STEPS, 'failed'].map(s =>
	    s === 'failed' ? [s, 131026] : [s]));
	const end = `READ|${['sent', 'delivered', 'read'].map(s => at(when(s)))
	    .join('|')}|-|-|-|-`;

	assert.equal(await inEveryOrder(t, good, { state: 'SENDING' }, moments),
	    end);
	assert.equal(await inEveryOrder(t, bad, {}, moments), end);
	assert.equal(await inEveryOrder(t, permutations([['sent'], ['failed',
	    131026]]), {}, ['state', 'accepted_at', 'code', 'error']),
	    `FAILED|${at(when('sent'))}|131026|Message undeliverable: as it ` +
	    'was ordered');
	// it was to be tried again, and has arrived after all
	assert.equal(await inEveryOrder(t, permutations([['delivered'],
	    ['failed', 131049], ['sent']]), {}, ['state', 'delivered_at',
	    'due_at', 'code', 'error']),
	    `DELIVERED|${at(when('delivered'))}|-|-|-`);
});

test('an event before our own note is found by its ref', async () => {
	for (const state of ['SENDING', 'UNKNOWN']) {
		const got = await message({ state });
		await tell(got, 'sent');
		const m = await last(gym, got.id);
		assert.equal(`${m.msg_state} ${m.msg_wamid} ${m.msg_due_at}`,
		    `ACCEPTED ${got.wamid} null`);
		// from now on its id is enough
		await tell({ ...got, ref: undefined }, 'read');
		assert.equal((await last(gym, got.id)).msg_state, 'READ');
	}
});

test('of an earlier try, or of nothing of ours: counted', async () => {
	const got = await message({ state: 'SENDING', tries: 3 });
	const before_ = await settings();
	for (const ref of [`message-${got.id}-2`, `message-${got.id}-4`,
	    'message-999999-1', 'something', undefined])
		await tell({ ...got, ref }, 'read');
	const m = await last(gym, got.id), now = await settings();
	assert.equal(`${m.msg_state} ${m.msg_wamid}`, 'SENDING null');
	assert.equal(now.mgs_unknown_count - before_.mgs_unknown_count, 5);
	assert.match(now.mgs_heard_at, /^2026-03-12 06:3/);
	// what is due and was never tried is nothing that they can know of
	const due = await message({ state: 'DUE', tries: 0 });
	await tell({ ...due, ref: `message-${due.id}-0` }, 'read');
	assert.equal((await last(gym, due.id)).msg_state, 'DUE');
});

test('a failure is followed as its code says', async () => {
	const got = await message();
	await tell(got, 'failed', { error: 131026 });
	let m = await last(gym, got.id);
	assert.equal(`${m.msg_state} ${m.msg_code}`, 'FAILED 131026');
	assert.equal((await member(got.who)).mbr_unreached_phone, `+${got.to}`);
	// reached by another message, it is a good number again
	const next = await message({ phone: `+${got.to}` });
	await stack.sql(`UPDATE trn_messages SET msg_member_id = ${got.who},
	    msg_kind = 'AFTER', msg_days = 1 WHERE id = ${next.id}`);
	await tell(next, 'delivered');
	assert.equal((await member(got.who)).mbr_unreached_phone, null);

	const later = await message();
	await tell(later, 'failed', { error: 131049 });
	m = await last(gym, later.id);
	assert.equal(`${m.msg_state} ${m.msg_code} ${m.msg_wamid}`,
	    `DUE 131049 ${later.wamid}`);
	assert.match(m.msg_due_at, /^2026-03-13 06:/);
	// that it was sent is told late; that it arrived would be news
	await tell(later, 'sent');
	assert.equal((await last(gym, later.id)).msg_state, 'DUE');
	await tell(later, 'delivered');
	assert.equal((await last(gym, later.id)).msg_state, 'DELIVERED');

	const never = await message();
	await tell(never, 'failed', { error: 131050 });
	assert.equal((await last(gym, never.id)).msg_state, 'FAILED');
	assert.equal(await said(never.who), '+ -m');

	// no code, so nobody is paused for it
	const odd = await message();
	await service.post(service.body({ statuses: [{ ...service.status(odd,
	    'failed'), errors: [{ title: 'Call 919812345678' }] }] }));
	await idle();
	m = await last(gym, odd.id);
	assert.equal(`${m.msg_state} ${m.msg_code} ${m.msg_error}`,
	    'FAILED null Call **********78');
	assert.equal((await settings()).mgs_paused_at, null);
});

test('what was given up and was sent after all is not sent again', async () => {
	const got = await message({ state: 'DUE' });
	await tell(got, 'sent');
	const m = await last(gym, got.id);
	assert.equal(`${m.msg_state} ${m.msg_wamid} ${m.msg_due_at}`,
	    `ACCEPTED ${got.wamid} null`);
});

test('of who was erased nothing comes back', async () => {
	const got = await message();
	await stack.sql(`UPDATE mst_members_lists SET mbr_phone = NULL,
	    mbr_erased_at = '2026-03-12' WHERE id = ${got.who}`);
	await tell(got, 'failed', { error: 131026 });
	assert.equal((await last(gym, got.id)).msg_state, 'FAILED');
	assert.equal((await member(got.who)).mbr_unreached_phone, null);
});

test('a template is paused by what was sent with it, and told once', async () => {
	const paused = async () => (await stack.sql(`SELECT mrl_template AS name
	    FROM mst_message_rules WHERE mrl_compcode = '${gym.code}' AND
	    mrl_paused_at IS NOT NULL`)).map(row => row.name);
	const fails = async template => {
		const got = await message({ template, language: 'en' });
		await tell(got, 'failed', { error: 132015 });
		assert.equal((await last(gym, got.id)).msg_state, 'DUE');
	};
	await fails('one_that_no_rule_has_any_more');
	assert.deepEqual(await paused(), []);
	assert.equal((await settings()).mgs_warn_at, null);
	await fails('on_0');
	assert.deepEqual(await paused(), ['on_0']);
	assert.notEqual((await settings()).mgs_warn_at, null);
	await stack.sql('UPDATE mst_messaging SET mgs_warn_at = NULL');
	await fails('on_0');
	assert.equal((await settings()).mgs_warn_at, null);
	await stack.sql('UPDATE mst_message_rules SET mrl_paused_at = NULL');
});

test('of what was sent by hand the service knows nothing', async () => {
	const got = await message({ is_by_hand: 1 });
	await tell(got, 'failed', { error: 131026 });
	assert.equal((await last(gym, got.id)).msg_state, 'ACCEPTED');
	assert.equal((await member(got.who)).mbr_unreached_phone, null);
});

test('times are not of the future', async () => {
	const got = await message();
	await tell(got, 'delivered', { at: NOW + 3600000 });
	assert.match((await last(gym, got.id)).msg_delivered_at,
	    /^2026-03-12 06:3/);
});

test('one number, one company: nothing of another is touched', async () => {
	const theirs = await message({ g: other });
	const phone = `+${theirs.to}`;
	const ours = await person(stack, gym, { id: ++ids, phone });
	const count = async () => [(await settings()).mgs_unknown_count,
	    (await settings(other)).mgs_unknown_count].map(Number);
	const [a, b] = await count();

	await tell(theirs, 'read');		// to our number
	await sayAt(phone, 'STOP', NOW);
	assert.equal((await last(other, theirs.id)).msg_state, 'ACCEPTED');
	assert.equal(await said(theirs.who, other), '+');
	assert.equal(await said(ours), '+ -m');
	assert.deepEqual(await count(), [a + 1, b]);

	await service.post(service.body({ statuses: [service.status(theirs,
	    'read')] }, OTHER));
	await idle();
	assert.equal((await last(other, theirs.id)).msg_state, 'READ');

	// of a company that is closed, which may open again, and of no company
	await stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED' WHERE
	    cmp_compcode = '${other.code}'`);
	for (const id of [OTHER, '12345'])
		assert.equal((await service.post(service.body({ messages: [{
		    from: theirs.to, timestamp: String(NOW / 1000), type: 'text',
		    text: { body: 'STOP' } }] }, id))).status, 200);
	await idle();
	await stack.sql(`UPDATE mst_companies SET cmp_status = 'ACTIVE' WHERE
	    cmp_compcode = '${other.code}'`);
	assert.equal(await said(theirs.who, other), '+ -m');
	assert.match(stack.web.text(), /event \d+ is about a number of no company/);
});

// ---- what members say ------------------------------------------------------

test('STOP and START, as people write them', async () => {
	const who = await person(stack, gym, { id: ++ids });
	const phone = (await member(who)).mbr_phone;
	await sayAt(phone, 'Please stop', NOW - 9 * MINUTE);
	assert.equal(await said(who), '+');
	await sayAt(phone, ' stop!\n', NOW - 8 * MINUTE);
	assert.equal(await said(who), '+ -m');
	for (const word of ['Start.', 'START'])		// the same, told twice
		await sayAt(phone, word, NOW - 7 * MINUTE);
	await sayAt(phone, 'STOP', NOW - 6 * MINUTE, { button: true });
	assert.equal(await said(who), '+ -m +m -m');
	const row = await one(`SELECT cns_at, cns_user_id, (SELECT COUNT(*) FROM
	    trn_audit_trails WHERE aud_compcode = '${gym.code}' AND aud_user_id
	    IS NULL AND aud_table = 'trn_member_consents' AND aud_row = c.id) AS n
	    FROM trn_member_consents c WHERE cns_compcode = '${gym.code}' AND
	    cns_member_id = ${who} ORDER BY id DESC LIMIT 1`);
	assert.deepEqual(row, { cns_at: at(NOW - 6 * MINUTE), cns_user_id: null,
	    n: '1' });
});

test('the member\'s page says where a consent comes from', async () => {
	const who = await person(stack, gym, { id: ++ids });
	await sayAt((await member(who)).mbr_phone, 'STOP', NOW);
	const owner = await Person.signIn(stack,
	    await addUser(stack, gym.code, 'owner'));
	const said_ = textOf(await owner.page(`/members/${who}`));
	assert.match(said_, /Messages : Withdrawn 12 Mar 2026, 12:\d\d pm, by message/);
	assert.match(said_, /Messages: given 1 Jan 2026, 5:30 am Does/);
	assert.equal(said_.match(/by message/g).length, 2);
});

test('the newest word holds, whenever it comes', async () => {
	const words = [['STOP', 5], ['START', 4], ['START', 3], ['STOP', 2],
	    ['START', 2]];
	for (const order of permutations(words).filter((x, i) => i % 9 === 0)) {
		const who = await person(stack, gym, { id: ++ids,
		    consent: false });
		const phone = (await member(who)).mbr_phone;
		await service.post(service.body({ messages: [...order, order[0]]
		    .map(([body, ago]) => ({ from: phone.slice(1), type: 'text',
		    timestamp: String((NOW - ago * MINUTE) / 1000),
		    text: { body } })) }));
		await idle();
		// at the same second STOP is stronger
		assert.match(await said(who), /-m$/, order.join(' '));
	}
	// and what somebody wrote in at the desk is a word, too
	const who = await person(stack, gym, { id: ++ids });
	const phone = (await member(who)).mbr_phone;
	await stack.sql(consentSql(gym, who, false));
	await sayAt(phone, 'START', Date.parse('2025-12-31T23:59:59Z'));
	assert.equal(await said(who), '+ -');
	await sayAt(phone, 'START', Date.parse('2026-01-01T00:00:01Z'));
	assert.equal(await said(who), '+ - +m');
});

test('who writes STOP a hundred times is a row, and hides nothing', async () => {
	const who = await person(stack, gym, { id: ++ids });
	const phone = (await member(who)).mbr_phone;
	await stack.sql(`INSERT INTO trn_member_consents (cns_compcode,
	    cns_member_id, cns_kind, cns_is_given, cns_at) VALUES ('${gym.code}',
	    ${who}, 'BIOMETRICS', 1, '2026-01-01')`);
	const say = async list => {
		await service.post(service.body({ messages: list.map(([body, ms]) =>
		    ({ from: phone.slice(1), type: 'text', timestamp: String(ms /
		    1000), text: { body } })) }));
		await idle();
	};
	const audited = async () => Number((await one(`SELECT COUNT(*) AS n FROM
	    trn_audit_trails WHERE aud_compcode = '${gym.code}' AND aud_table =
	    'trn_member_consents'`)).n);
	const was = await audited();
	await say(Array.from({ length: 120 }, (x, i) => ['STOP', NOW -
	    10 * MINUTE + i * 1000]));
	assert.equal(await said(who), '+ -m');
	assert.equal(await audited(), was + 1);
	const owner = await Person.signIn(stack,
	    await addUser(stack, gym.code, 'owner'));
	const page = textOf(await owner.page(`/members/${who}`));
	assert.match(page, /Finger or face : Given/);
	assert.match(page, /Messages : Withdrawn .* by message, 120 times/);
	// what was said in between comes too late; what is new holds
	await say([['START', NOW - 9 * MINUTE]]);
	assert.equal(await said(who), '+ -m');
	await say([['START', NOW - 2 * MINUTE]]);
	assert.equal(await said(who), '+ -m +m');
	// nor do a hundred changes of mind hide the others
	await say(Array.from({ length: 119 }, (x, i) => [i % 2 ? 'START' : 'STOP',
	    NOW - 2 * MINUTE + (i + 1) * 1000]));
	assert.equal((await said(who)).split(' ').length, 3 + 119);
	assert.match(textOf(await owner.page(`/members/${who}`)),
	    /Finger or face : Given/);
});

test('a number of two members is of both; of the erased of none', async () => {
	const phone = '+919811122233';
	const two = [await person(stack, gym, { id: ++ids, phone }),
	    await person(stack, gym, { id: ++ids, phone })];
	const gone = await person(stack, gym, { id: ++ids, phone });
	await stack.sql(`UPDATE mst_members_lists SET mbr_erased_at =
	    '2026-01-01' WHERE id = ${gone}`);
	await sayAt(phone, 'STOP', NOW);
	for (const who of two)
		assert.equal(await said(who), '+ -m');
	assert.equal(await said(gone), '+');
	// who took it back at the desk does not have it given by the other
	await stack.sql(`INSERT INTO trn_member_consents (cns_compcode,
	    cns_member_id, cns_kind, cns_is_given, cns_at) VALUES
	    ('${gym.code}', ${two[1]}, 'MESSAGES', 0, '${at(NOW)}')`);
	await sayAt(phone, 'START', NOW + 2 * MINUTE);
	assert.equal(await said(two[0]), '+ -m +m');
	assert.equal(await said(two[1]), '+ -m -');
});

// ---- later -----------------------------------------------------------------

test('a worker killed after its answer: the chore does it, once', async () => {
	const got = await message(), before_ = await settings();
	const lock = await hold(stack, `SELECT * FROM trn_messages WHERE
	    id = ${got.id}`);
	await service.event(got, 'read');
	await service.event({ ...got, wamid: 'wamid.x', ref: 'x' }, 'read');
	await until('they are at it', async () =>
	    await lock.busy(/FOR UPDATE/) >= 2);
	assert.equal(killWorkers(stack), 2);
	await lock.release();
	await until('their sessions end', async () =>
	    await lock.busy(/FOR UPDATE/) === 0);
	assert.equal((await events()).length, 2);
	assert.equal((await last(gym, got.id)).msg_state, 'ACCEPTED');
	await stack.chores();		// the tries have just been
	assert.equal((await events()).length, 2);
	stack.setClock(NOW + 2 * MINUTE - Date.now());
	await Promise.all([stack.chores(), stack.chores()]);
	assert.deepEqual(await events(), []);
	assert.equal((await last(gym, got.id)).msg_state, 'READ');
	assert.equal((await settings()).mgs_unknown_count,
	    String(Number(before_.mgs_unknown_count) + 1));
});

test('what cannot be worked off is tried twenty times, and stays', async () => {
	const root = text => query(stack.db.socket, text,
	    { schema: stack.schema });
	await stack.sql(`INSERT INTO trn_whatsapp_events (wev_body,
	    wev_received_at, wev_due_at) VALUES (${quote(JSON.stringify(
	    service.body({ statuses: [] })))}, '2026-03-12', '2026-03-12')`);
	await root(`CREATE TRIGGER broken BEFORE UPDATE ON mst_messaging
	    FOR EACH ROW SIGNAL SQLSTATE '45000'`);
	try {
		for (let i = 0; i < 2; i++) {
			await assert.rejects(stack.chores(), /not worked off\n/);
			const [e] = await events();
			assert.equal(Number(e.wev_tries), i + 1);
			await stack.sql(`UPDATE trn_whatsapp_events SET wev_due_at
			    = '2026-03-12', wev_tries = ${i ? 19 : 1}`);
		}
		await assert.rejects(stack.chores(), /given up, its row stays/);
		await stack.chores();
	} finally {
		await root('DROP TRIGGER broken');
	}
	const [e] = await events();
	assert.match(`${e.wev_tries} ${e.wev_due_at}`, /^20 21\d\d-/);
	await stack.sql('DELETE FROM trn_whatsapp_events');
});

test('no log tells who, what or how it was signed', async () => {
	const logs = fs.readdirSync(`${stack.dir}/log`).map(name =>
	    fs.readFileSync(`${stack.dir}/log/${name}`, 'utf8')).join('\n');
	assert.match(logs, /POST \/api\/whatsapp\/webhook/);
	for (const word of [/919[0-9]{9}/, /9876500/, /wamid\./, /\bSTOP\b/i,
	    /sha256=/, /[0-9a-f]{64}/, /Asha/, /message-\d/,
	    new RegExp(service.secret), new RegExp(service.verifyToken),
	    new RegExp(service.phoneId), new RegExp(OTHER)])
		assert.doesNotMatch(logs, word);
	assert.deepEqual(service.wrong, []);
});
