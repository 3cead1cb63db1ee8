// inbox.test.mjs: punches that are not attendance: dismissed, set right, told
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addActive, addMember, attendances, dayAfter, hold, inbox,
    kolkata, ledger, punch, quote, SN } from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

let stack, today, owner, other, south, gym;

before(async () => {
	stack = await Stack.start({ demo: 'morning', workers: 4 });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
});
after(() => stack.stop());

const states = async user => (await inbox(stack, user)).map(r => r.pin_state);
const groups = html => [...html.matchAll(
    /<th scope="row">User (\w+)<\/th>/g)].map(m => m[1]);
const next = html => html.match(/href="([^"]+)">Next page/)?.[1]
    .replace(/&amp;/g, '&');
const audits = () => stack.sql(`SELECT aud_action AS action, aud_row AS id,
    aud_fields AS fields FROM trn_audit_trails WHERE aud_table =
    'trn_punch_inbox' ORDER BY trn_audit_trails.id`);

// What the bridge is told of a day: count and checksum of what is held.
async function day(of) {
	const got = await stack.request('PUT', `/api/devices/${SN}/status`, {
	    token: stack.token, headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify({ days: [of] }) });
	assert.equal(got.status, 200, got.text);
	return got.json.days[0];
}

// A punch that is CLOCK: of a terminal that had lost its time.
async function wrongClock(user, at = '2001-01-01 00:05:00') {
	assert.match((await stack.post(punch(user, at))).text, /Kept until/);
	return (await inbox(stack, user, `pin_punch_time = '${at}'`))[0].id;
}

test('groups say how often and when, and the terminal\'s own name', async () => {
	await stack.request('PUT', `/api/devices/${SN}/users`, { token:
	    stack.token, headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify({ users: [{ user_id: '900', name: 'VIKRAM <S>',
	    privilege: 0, enabled: true }] }) });
	for (const at of ['07:30', '08:30', '19:45'])
		await stack.post(punch(900, `2026-03-12 ${at}:00`));
	const page = await owner.page('/inbox');
	assert.match(textOf(page), new RegExp('User 900 VIKRAM <S> Front door ' +
	    '3 times 12 Mar 2026, 7:30 am 12 Mar 2026, 7:45 pm Whose is it'));
	assert.match(page, new RegExp(
	    `href="/devices/${SN}/mappings/new\\?user=900"`));
	const one = await owner.page(`/inbox?sn=${SN}&user=900`);
	assert.match(textOf(one), /12 Mar 2026, 7:45 pm 900.*8:30 am 900.*7:30 am/);
});

test('dismissed, and back, all of a number or one', async () => {
	const before_ = await day('2026-03-12');
	const from = await owner.page('/inbox');
	assert.deepEqual(groups(from), ['61', '900']);
	const got = await owner.post('/inbox/dismiss', { sn: SN, user: 900 });
	assert.equal(got.status, 303);
	const after_ = await owner.page(got.headers.location);
	assert.deepEqual(groups(after_), ['61']);
	assert.match(textOf(after_), /Dismissed: number 900\. Undo/);
	assert.deepEqual(groups(await owner.page('/inbox?state=dismissed')),
	    ['900']);
	const rows = await inbox(stack, 900);
	assert.ok(rows.every(r => r.pin_state === 'DISMISSED' &&
	    r.pin_was === 'UNMAPPED' && r.pin_user_id && r.pin_settled_at));
	assert.deepEqual((await audits()).at(-1), { action: 'dismiss',
	    id: '900', fields: 'pin_state' });
	assert.deepEqual(await day('2026-03-12'), before_);
	// once more is nothing more; the terminal sending it again neither
	assert.equal((await owner.post('/inbox/dismiss', { sn: SN, user: 900 }))
	    .status, 303);
	assert.equal((await audits()).filter(a => a.id === '900').length, 1);
	await stack.post(punch(900, '2026-03-12 07:30:00'));
	assert.equal((await inbox(stack, 900)).length, 3);

	assert.equal((await owner.post('/inbox/undo', { id: rows[1].id }))
	    .status, 303);
	assert.deepEqual(await states(900), ['DISMISSED', 'UNMAPPED',
	    'DISMISSED']);
	const back = await owner.post('/inbox/undo', fieldsOf(
	    after_.match(/<form class="note[^]*?<\/form>/)[0]));
	assert.equal(back.headers.location, '/inbox');
	assert.deepEqual(await states(900), Array(3).fill('UNMAPPED'));
	assert.ok((await inbox(stack, 900)).every(r => r.pin_was === null));
	assert.equal((await owner.post('/inbox/dismiss', { id: rows[0].id }))
	    .headers.location, `/inbox?state=unmapped&was_id=${rows[0].id}`);
	assert.deepEqual(await states(900), ['DISMISSED', 'UNMAPPED',
	    'UNMAPPED']);
	await owner.post('/inbox/undo', { sn: SN, user: 900 });
});

test('what comes back and is somebody\'s by now is attendance', async () => {
	await stack.post(punch(910, '2026-03-12 07:30:00'));
	await owner.post('/inbox/dismiss', { sn: SN, user: 910 });
	await addActive(stack, 910);
	await owner.page('/inbox');
	assert.deepEqual(await states(910), ['DISMISSED']);
	await owner.post('/inbox/undo', { sn: SN, user: 910 });
	assert.deepEqual(await states(910), ['TAKEN']);
	assert.equal((await attendances(stack, 910)).length, 1);
});

test('what a worker left behind is taken in when the inbox is opened',
    async () => {
	await stack.post(punch(911, '2026-03-12 07:30:00'));
	await stack.post(punch(911, '2019-03-12 07:30:00'));
	await addActive(stack, 911);
	assert.deepEqual(await states(911), ['UNMAPPED']);
	assert.deepEqual(groups(await owner.page('/inbox')), ['61', '900']);
	assert.deepEqual(await states(911), ['TAKEN']);
});

test('... and by the chores, where nobody opens it', async () => {
	await stack.post(punch(931, '2026-03-12 07:30:00'));
	await addActive(stack, 931);
	assert.deepEqual(await states(931), ['UNMAPPED']);
	await stack.chores();
	assert.deepEqual(await states(931), ['TAKEN']);
	assert.equal((await attendances(stack, 931)).length, 1);
});

// The attendance is held at the member it is of, while somebody dismisses.
test('a punch that is dismissed while it is taken is not counted', async () => {
	await stack.post(punch(912, '2026-03-12 07:30:00'));
	const [{ id }] = await inbox(stack, 912);
	await addActive(stack, 912);
	const held = await hold(stack, `SELECT id FROM mst_members_lists
	    WHERE mbr_compcode = 'SF' AND id = 912`);
	const answer = stack.post(punch(912, '2026-03-12 07:30:00'));
	while (await held.busy(/INSERT INTO trn_member_att/) === 0)
		await new Promise(done => setTimeout(done, 20));
	assert.equal((await owner.post('/inbox/dismiss', { id })).status, 303);
	await held.release();
	assert.equal((await answer).status, 200);
	assert.deepEqual(await states(912), ['DISMISSED']);
	assert.deepEqual(await attendances(stack, 912), []);
	assert.equal((await ledger(stack, "user = '912'")).length, 1);
});

test('a wrong clock: the right time, judged like any other', async () => {
	await addMember(stack, { id: 920, name: 'Clocked', subscriptions:
	    [['2026-01-01', '2026-02-28']], mappings: [['920']] });
	const told = await day('2001-01-01'), march = await day('2026-02-20');
	const ids = [];
	for (const second of [0, 10, 20, 30])
		ids.push(await wrongClock(920, `2001-01-01 00:05:${second ||
		    '00'}`));
	const more = await day('2001-01-01');
	assert.equal(more.count, told.count + 4);
	const list = await owner.page('/inbox?state=clock');
	assert.match(textOf(list), /1 Jan 2001, 12:05 am 920 Front door/);
	const at = `/inbox/${ids[0]}/time`;
	const form = fieldsOf(await owner.page(at));
	assert.equal(form.time, kolkata(Date.parse(`${today}T06:30:00Z`))
	    .slice(0, 16).replace(' ', 'T').replace(/12:00$/,
	    form.time.slice(11)));
	for (const [time, said] of [['', /This is needed/], ['x', /Enter date/],
	    [`${dayAfter(today, 1)}T10:00`, /had come in before/],
	    ['2019-12-31T10:00', /before this terminal's start/],
	    ['20-02-2026 09:00 and', /Enter date/]]) {
		const got = await owner.post(at, { time });
		assert.equal(got.status, 422, time);
		assert.match(textOf(got.text), said);
	}
	const set = (i, time) => owner.post(`/inbox/${ids[i]}/time`, { time });
	assert.equal((await set(0, '2026-02-20T09:00')).status, 303);
	assert.equal((await set(1, '20-03-2026 09:00')).status, 303);
	// the same minute counts once; the same second is known already
	assert.equal((await set(2, '2026-02-20T09:00')).status, 422);
	assert.equal((await set(2, '2026-02-20T09:00:30')).status, 303);
	assert.deepEqual((await attendances(stack, 920)).map(r =>
	    [r.att_punch_time, r.att_status, r.att_time_source,
	    r.att_time_raw, r.att_device_sn]), [
	    ['2026-02-20 09:00:00', 'ALLOWED', 'STAFF', '2001-01-01 00:05:00',
	    SN],
	    ['2026-03-20 09:00:00', 'DENIED', 'STAFF', '2001-01-01 00:05:10',
	    SN]]);
	assert.deepEqual((await inbox(stack, 920)).map(r => [r.pin_punch_time,
	    r.pin_state, r.pin_was]), [
	    ['2001-01-01 00:05:00', 'TAKEN', 'CLOCK'],
	    ['2001-01-01 00:05:10', 'TAKEN', 'CLOCK'],
	    ['2001-01-01 00:05:20', 'TAKEN', 'CLOCK'],
	    ['2001-01-01 00:05:30', 'CLOCK', null],
	    ['2026-02-20 09:00:00', 'TAKEN', null],
	    ['2026-02-20 09:00:30', 'REPEAT', null],
	    ['2026-03-20 09:00:00', 'TAKEN', null]]);
	assert.equal((await ledger(stack, "user = '920'")).length, 4);
	// the terminal's own story stays: it may tell it again
	assert.deepEqual(await day('2001-01-01'), more);
	assert.deepEqual(await day('2026-02-20'), march);
	await stack.post(punch(920, '2001-01-01 00:05:00'));
	assert.equal((await inbox(stack, 920)).length, 7);
	const late = await set(0, '2026-02-21T09:00');
	assert.equal(late.status, 422);
	assert.match(textOf(late.text), /has settled this punch/);
	assert.deepEqual((await audits()).at(-1), { action: 'change',
	    id: ids[2], fields: 'pin_punch_time,pin_state' });
	// dismissed and back, it is a wrong clock still
	await owner.post('/inbox/dismiss', { id: ids[3], state: 'clock' });
	assert.deepEqual(await day('2001-01-01'), more);
	assert.equal((await owner.post('/inbox/undo', { id: ids[3] }))
	    .headers.location, '/inbox?state=clock');
	assert.equal((await inbox(stack, 920, `id = ${ids[3]}`))[0].pin_state,
	    'CLOCK');
});

test('a wrong clock of nobody waits at the right time until it is mapped',
    async () => {
	const id = await wrongClock(921);
	assert.equal((await owner.post(`/inbox/${id}/time`, { time:
	    '2026-02-20T09:00' })).status, 303);
	assert.match(textOf(await owner.page('/inbox')),
	    /User 921 Front door 1 time 20 Feb 2026, 9:00 am/);
	await addMember(stack, { id: 921, name: 'Late Known' });
	assert.equal((await owner.post(`/devices/${SN}/mappings/new`, { user: 921,
	    member_id: 921 })).status, 303);
	const [a] = await attendances(stack, 921);
	assert.deepEqual([a.att_punch_time, a.att_reason, a.att_time_source,
	    a.att_time_raw], ['2026-02-20 09:00:00', 'No subscription', 'STAFF',
	    '2001-01-01 00:05:00']);
	assert.equal((await ledger(stack, "user = '921'")).length, 1);
});

test('two staff settle one wrong clock at once: one is told', async () => {
	const id = await wrongClock(922);
	const got = await Promise.all([9, 10, 11].map(hour => owner.post(
	    `/inbox/${id}/time`, { time: `2026-02-20T${hour < 10 ? '0' : ''}${
	    hour}:00` })));
	assert.deepEqual(got.map(g => g.status).sort(), [303, 422, 422]);
	assert.equal((await inbox(stack, 922)).length, 2);
});

test('repeats are a list of their own', async () => {
	await addActive(stack, 930, { name: 'Eager' });
	for (const second of ['00', '05', '09'])
		await stack.post(punch(930, `2026-03-12 07:30:${second}`));
	assert.doesNotMatch(textOf(await owner.page('/inbox')), /930/);
	const page = textOf(await owner.page('/inbox?state=repeat'));
	assert.match(page, /12 Mar 2026, 7:30 am 930 Eager Front door/);
	assert.equal(page.match(/Eager/g).length, 2);
});

test('page by page: each group and each punch once', async () => {
	const rows = Array.from({ length: 130 }, (x, i) => `('SF', 1, ${
	    quote(SN)}, 'P${String(i % 65).padStart(2, '0')}',
	    '2026-04-01' + INTERVAL ${i >> 1} HOUR, '${i % 2 ? 'UNMAPPED' :
	    'REPEAT'}', '2026-04-02')`);
	await stack.sql(`INSERT INTO trn_punch_inbox (pin_compcode,
	    pin_branch_id, pin_device_sn, pin_device_user_id, pin_punch_time,
	    pin_state, pin_received_at) VALUES ${rows}`);
	const walk = async (path, of) => {
		const found = [];
		for (let to = path; to;) {
			const html = await owner.page(to);
			found.push(...of(html));
			to = next(html);
		}
		return found;
	};
	assert.deepEqual(await walk('/inbox', groups), (await stack.sql(
	    `SELECT DISTINCT pin_device_user_id AS user FROM trn_punch_inbox
	    WHERE pin_compcode = 'SF' AND pin_state = 'UNMAPPED' ORDER BY 1`))
	    .map(r => r.user));
	const repeats = await walk('/inbox?state=repeat', html =>
	    [...html.matchAll(/data-label="Number">(\w+)/g)].map(m => m[1]));
	assert.deepEqual(repeats, (await stack.sql(`SELECT pin_device_user_id
	    AS user FROM trn_punch_inbox WHERE pin_compcode = 'SF' AND
	    pin_state = 'REPEAT' ORDER BY pin_punch_time DESC, id DESC`))
	    .map(r => r.user));
	for (const query of ['state=x', 'sn=%00', 'sn=x&user=%ff', 'before=x',
	    'before=2026-01-01', 'before_id=-1', 'after_sn=é', 'was_id=x'])
		await owner.page(`/inbox?${query}`);
});

test('what is another company\'s or another branch\'s is not there',
    async () => {
	await stack.post({ compcode: 'AA', user_id: '99', device_sn: 'AA-1',
	    timestamp: '2001-01-01 00:05:00' }, { token: gym.token });
	await stack.post({ compcode: 'AA', user_id: '99', device_sn: 'AA-1',
	    timestamp: '2026-03-12 00:05:00' }, { token: gym.token });
	const [clock, unmapped] = await stack.sql(`SELECT id FROM trn_punch_inbox
	    WHERE pin_compcode = 'AA' ORDER BY pin_punch_time`);
	const before_ = await stack.sql('SELECT * FROM trn_punch_inbox');
	assert.deepEqual(groups(await south.page('/inbox')), []);
	assert.deepEqual(groups(await other.page('/inbox')), ['99']);
	for (const person of [owner, south]) {
		await person.page(`/inbox/${clock.id}/time`, 404);
		assert.equal((await person.post(`/inbox/${clock.id}/time`,
		    { time: '2026-01-01 10:00' })).status, 404);
		for (const form of [{ id: clock.id }, { id: unmapped.id },
		    { sn: 'AA-1', user: '99' }])
			for (const what of ['dismiss', 'undo'])
				assert.equal((await person.post(`/inbox/${what}`,
				    form)).status, 404);
	}
	for (const form of [{}, { id: 0 }, { id: 'x' }, { sn: SN },
	    { sn: SN, user: 'a b' }, { sn: '%', user: '900' },
	    { id: 999999999 }, { sn: SN, user: 'nobody' }])
		assert.equal((await owner.post('/inbox/dismiss', form)).status,
		    404, JSON.stringify(form));
	assert.equal((await owner.request('POST', '/inbox/dismiss', { form: {
	    sn: SN, user: 900 } })).status, 403);
	assert.equal((await owner.request('POST', '/inbox/undo', { form: {
	    sn: SN, user: 900, csrf: 'x' } })).status, 403);
	assert.deepEqual(await stack.sql('SELECT * FROM trn_punch_inbox'),
	    before_);
});
