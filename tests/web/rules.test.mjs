// rules.test.mjs: what a gym does about each reason, and packs of visits
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, ALLOWED, attendances, dayAfter, DENIED, punch, quote, SN }
    from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

let stack, today, owner, staff;
let next = 3000;

before(async () => {
	stack = await Stack.start({ demo: 'morning', workers: 4 });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
});
after(() => stack.stop());

const settle = changes => owner.submit('/settings/access', changes);
const touch = (user, time = `${today} 09:00:00`) => stack.post(punch(
    String(user), time));
// A member of whose one subscription these columns are so, too.
async function sold(columns = {}, [from, to] = [dayAfter(today, -30),
    dayAfter(today, 30)]) {
	const id = next++;
	await addMember(stack, { id, subscriptions: [[from, to]],
	    mappings: [[`${id}`]] });
	const sets = Object.entries(columns).map(([k, v]) => `${k} = ${quote(v)}`);
	if (sets.length > 0)
		await stack.sql(`UPDATE trn_member_subscriptions SET ${sets}
		    WHERE ms_member_id = ${id}`);
	return id;
}
async function bare(more = {}) {
	const id = next++;
	await addMember(stack, { id, mappings: [[`${id}`]], ...more });
	return id;
}
const RUNS = [['2025-01-01', '2099-12-31']];
const used = id => stack.sql(`SELECT uvs_date AS day FROM trn_used_visits
    JOIN trn_member_subscriptions s ON s.id = uvs_subscription_id
    WHERE ms_member_id = ${id} ORDER BY uvs_date`).then(r => r.map(v => v.day));

const REASONS = {
	none: ['No subscription', () => bare()],
	expired: ['Subscription expired', () => bare({
	    subscriptions: [['2025-01-01', '2025-06-30']] })],
	future: ['Subscription not started', () => bare({
	    subscriptions: [[dayAfter(today, 5), dayAfter(today, 9)]] })],
	frozen: ['Membership frozen', () => bare({ subscriptions: RUNS,
	    freezes: [['FREEZE', dayAfter(today, -1), dayAfter(today, 1)]] })],
	inactive: ['Member inactive', () => bare({ subscriptions: RUNS,
	    freezes: [['INACTIVE', dayAfter(today, -1), null]] })],
	overdue: ['Payment overdue', () => sold({ ms_amount: 1000 })],
	visits: ['Visits used up', async () => {
		const id = await sold({ ms_visits: 1 });
		await touch(id, `${dayAfter(today, -1)} 09:00:00`);
		return id;
	}],
	hours: ['Outside plan hours', () => sold({ ms_hours: '7f18002000' })],
	limit: ['Came often enough today', async () => {
		const id = await sold();
		await touch(id, `${today} 06:00:00`);
		return id;
	}],
};

test('the rules as they are at first; who may change them', async () => {
	const fields = fieldsOf(await owner.page('/settings/access'));
	for (const name of Object.keys(REASONS))
		assert.equal(fields[`mode_${name}`], name === 'overdue' ? 'IGNORE'
		    : 'REFUSE', name);
	assert.deepEqual([fields.grace_days, fields.overdue_days,
	    fields.day_visits, fields.visit_minutes], ['0', '7', '0', '120']);
	assert.equal((await staff.get('/settings/access')).status, 403);
	for (const bad of [{ mode_none: 'x' }, { grace_days: '61' },
	    { visit_minutes: '1' }, { overdue_amount: 'x' }, { day_visits: '' }])
		assert.equal((await settle(bad)).status, 422, JSON.stringify(bad));
});

for (const [name, [words, make]] of Object.entries(REASONS))
	test(`${words}: refused, let in with a warning, let in`, async () => {
		assert.equal((await settle({ day_visits: name === 'limit' ? '1'
		    : '0' })).status, 303);
		for (const [mode, body, reason, warning] of [
		    ['REFUSE', DENIED, words, null],
		    ['WARN', ALLOWED, null, words], ['IGNORE', ALLOWED, null, null]]) {
			assert.equal((await settle({ [`mode_${name}`]: mode })).status,
			    303);
			const id = await make();
			assert.equal((await touch(id)).text, body, mode);
			const row = (await attendances(stack, id)).at(-1);
			assert.deepEqual([row.att_reason, row.att_warning],
			    [reason, warning], mode);
			if (warning) {
				for (const page of ['/', `/members/${id}`,
				    `/attendance?status=allowed&reason=${name}`])
					assert.ok(textOf((await staff.page(page)).replace(
					    /<select[^]*?<\/select>/g, '')).includes(words), page);
			}
		}
		await settle({ day_visits: '0', [`mode_${name}`]: name === 'overdue'
		    ? 'IGNORE' : 'REFUSE' });
	});

test('two owners change the rules: the second is told', async () => {
	const url = '/settings/access', seen = fieldsOf(await owner.page(url));
	const post = form => owner.request('POST', url, { form });
	assert.equal((await post({ ...seen, grace_days: '3' })).status, 303);
	const told = await post({ ...seen, grace_days: '5' });
	assert.equal(told.status, 422);
	assert.match(textOf(told.text), /Somebody else has changed the rules/);
	const id = await bare({ subscriptions: [['2025-01-01',
	    dayAfter(today, -3)]] });
	assert.equal((await touch(id)).text, ALLOWED);
	assert.equal((await attendances(stack, id))[0].att_warning,
	    'Expired, in days of grace');
	await settle({ grace_days: '0' });
	const lines = await stack.sql(`SELECT aud_fields AS f FROM trn_audit_trails
	    WHERE aud_fields = 'cmp_grace_days'`);
	assert.equal(lines.length, 2);
});

test('a visit of a pack is a day, never below zero', async () => {
	const id = await sold({ ms_visits: 5 });
	const twice = await Promise.all([touch(id, `${today} 07:00:10`),
	    touch(id, `${today} 07:05:10`)]);
	assert.deepEqual(twice.map(r => r.text), [ALLOWED, ALLOWED]);
	assert.deepEqual(await used(id), [today]);
	const raced = await Promise.all(Array.from({ length: 20 }, (_, i) =>
	    touch(id, `${dayAfter(today, -1 - i)} 08:00:00`)));
	assert.equal(raced.filter(r => r.text === ALLOWED).length, 4);
	assert.equal((await used(id)).length, 5);
	const text = textOf(await staff.page(`/members/${id}`));
	assert.match(text, /0 of 5 visits left Used: /);
});

// A pack of two visits that a freeze of five days has moved on.
async function frozenPack(visits, [from, to]) {
	const id = await sold({ ms_visits: 2 }, [dayAfter(today, from),
	    dayAfter(today, to)]);
	assert.equal((await staff.submit(`/members/${id}/freeze`, {
	    from: dayAfter(today, from + 4), to: dayAfter(today, from + 8),
	})).status, 303);
	for (const n of visits)
		assert.equal((await touch(id, `${dayAfter(today, n)} 09:00:00`)).text,
		    ALLOWED);
	return id;
}
const batch = async (id, ...times) => (await stack.post(times.map(time =>
    punch(String(id), `${today} ${time}`)))).json.results.map(i => i.access);
const windows = async id => (await stack.request('GET',
    `/api/devices/${SN}/access`, { token: stack.token })).json.users
    .find(u => u.user_id === String(id)).windows;
const until = async id => {
	await staff.page('/members');
	return (await stack.sql(`SELECT mbr_until AS day FROM mst_members_lists
	    WHERE id = ${id}`))[0].day;
};

test('renewed when a frozen pack is used up: in from the day it was sold',
    async () => {
	const id = await frozenPack([-20, -19], [-33, -3]);
	assert.equal((await touch(id, `${today} 08:00:00`)).text, DENIED);
	assert.deepEqual(await windows(id), []);
	const url = `/members/${id}/renew`;
	assert.equal(fieldsOf(await staff.page(url)).start, today);
	assert.equal((await staff.submit(url, { plan: '1' })).status, 303);
	assert.equal((await touch(id)).text, ALLOWED);
	assert.deepEqual(await batch(id, '10:00:00', '11:00:00'),
	    ['ALLOWED', 'ALLOWED']);
	assert.deepEqual((await windows(id)).map(w => w[1]),
	    [`${dayAfter(today, 14)} 00:00:00`]);
	const [row] = await stack.sql(`SELECT MAX(ms_end_date) AS day FROM
	    trn_member_subscriptions WHERE ms_member_id = ${id}`);
	assert.equal(await until(id), row.day);

	// and that is over when it is, though the pack would have moved it
	const past = await frozenPack([-60, -59], [-75, -40]);
	await stack.sql(`INSERT INTO trn_member_subscriptions (ms_compcode,
	    ms_member_id, ms_start_date, ms_end_date, ms_created_at) VALUES
	    ('SF', ${past}, '${dayAfter(today, -38)}', '${dayAfter(today, -2)}',
	    '2026-01-01')`);
	assert.equal((await touch(past)).text, DENIED);
	assert.deepEqual(await batch(past, '10:00:00'), ['DENIED']);
	assert.deepEqual(await windows(past), []);
});

test('the last visit of a frozen pack starts what waits behind it',
    async () => {
	const id = await frozenPack([-20], [-33, -3]);
	await stack.sql(`INSERT INTO trn_member_subscriptions (ms_compcode,
	    ms_member_id, ms_start_date, ms_end_date, ms_created_at) VALUES
	    ('SF', ${id}, '${dayAfter(today, -2)}', '${dayAfter(today, 7)}',
	    '2026-01-01')`);
	assert.equal(await until(id), dayAfter(today, 12));
	assert.equal((await touch(id)).text, ALLOWED);
	assert.equal((await used(id)).length, 2);
	assert.equal(await until(id), dayAfter(today, 10));
	assert.equal((await windows(id))[0][1], `${dayAfter(today, 11)} 00:00:00`);
	assert.equal((await owner.submit(`/attendance/${(await attendances(stack,
	    id)).at(-1).id}/correct`, { status: 'void', note: 'Not them' }))
	    .status, 303);
	assert.equal(await until(id), dayAfter(today, 12));
});

test('a correction gives a visit back, or to another touch', async () => {
	const id = await sold({ ms_visits: 2 });
	for (const time of ['07:00:10', '08:00:10'])
		await touch(id, `${today} ${time}`);
	const rows = await attendances(stack, id);
	const drop = row => owner.submit(`/attendance/${row.id}/correct`, {
	    status: 'void', note: 'Not them' });
	assert.equal((await drop(rows[0])).status, 303);
	assert.deepEqual(await used(id), [today]);
	assert.equal((await drop(rows[1])).status, 303);
	assert.deepEqual(await used(id), []);
});

test('a batch of 500 with packs', async () => {
	const ids = [];
	for (let i = 0; i < 5; i++)
		ids.push(await sold({ ms_visits: 3 }));
	const items = Array.from({ length: 500 }, (_, i) => punch(
	    String(ids[i % 5]), `${dayAfter(today, -(Math.floor(i / 5) % 20))} ${
	    String(5 + Math.floor(i / 100)).padStart(2, '0')}:00:00`));
	const got = await stack.post(items);
	assert.equal(got.status, 200, got.text);
	for (const id of ids) {
		const days = await used(id);
		assert.equal(days.length, 3);
		const came = (await attendances(stack, id, `att_status = 'ALLOWED'`))
		    .map(a => a.att_punch_time.slice(0, 10));
		assert.deepEqual([...new Set(came)].sort(), days);
	}
});

test('an exit uses no visit', async () => {
	const id = await sold({ ms_visits: 1, ms_hours: '7f18002000' });
	await stack.sql(`UPDATE mst_devices SET dev_is_exit = 1
	    WHERE dev_sn = '${SN}'`);
	assert.equal((await touch(id)).text, ALLOWED);
	assert.deepEqual(await used(id), []);
	await stack.sql(`UPDATE mst_devices SET dev_is_exit = 0
	    WHERE dev_sn = '${SN}'`);
});

test('let in today: once, with a reason, audited, forgotten', async () => {
	const id = await bare(), url = `/members/${id}/let-in`;
	assert.match(textOf(await staff.page(`/members/${id}`)),
	    /May enter now\? No : No subscription/);
	const form = fieldsOf(await staff.page(url));
	const post = note => staff.request('POST', url, { form: { ...form, note } });
	assert.equal((await post('')).status, 422);
	assert.equal((await post('x'.repeat(201))).status, 422);
	const got = await Promise.all([post('Forgot the card'),
	    post('Forgot the card')]);
	assert.deepEqual(got.map(r => r.status), [303, 303]);
	const rows = await stack.sql(`SELECT * FROM trn_access_overrides
	    WHERE ovr_member_id = ${id}`);
	assert.deepEqual(rows.map(r => [r.ovr_date, r.ovr_note]),
	    [[today, 'Forgot the card']]);
	assert.equal((await stack.sql(`SELECT id FROM trn_audit_trails
	    WHERE aud_table = 'trn_access_overrides'
	      AND aud_row = ${rows[0].id}`)).length, 1);
	const text = textOf(await staff.page(`/members/${id}`));
	assert.match(text, /Yes , with a warning: Let in by staff/);
	assert.match(text, /Let in for today by staff of SF, .*: Forgot the card/);
	assert.equal((await touch(id)).text, ALLOWED);
	assert.equal((await touch(id, `${dayAfter(today, -1)} 09:00:00`)).text,
	    DENIED);
	assert.equal((await staff.get('/members/99999/let-in')).status, 404);
	assert.equal((await owner.submit(`/members/${id}/erase`,
	    { sure: '1' })).status, 303);
	assert.equal((await stack.sql(`SELECT ovr_note AS n FROM
	    trn_access_overrides WHERE ovr_member_id = ${id}`))[0].n, '');
});
