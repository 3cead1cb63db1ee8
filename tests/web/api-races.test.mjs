// api-races.test.mjs: the same punch many times at the same moment
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { addActive, addMember, ALLOWED, attendances, hold, inbox, ledger,
    punch, quote, REPEAT, SN, UNMAPPED } from './gym.mjs';

const N = 64;
let stack;

before(async () => {
	stack = await Stack.start({ demo: true, workers: 8 });
});
after(() => stack.stop());

const together = make => Promise.all(Array.from({ length: N }, (x, i) =>
    stack.post(make(i))));

const count = (got, text) => got.filter(g => g.text === text).length;

test('64 posts of the same punch at once leave one row', async () => {
	for (let round = 0; round < 5; round++) {
		const at = `2026-03-12 07:3${round}:00`;
		const got = await together(() => punch(42, at));
		assert.equal(count(got, ALLOWED), 1);
		assert.equal(count(got, REPEAT), N - 1);
		assert.ok(got.every(g => g.status === 200));
		assert.equal((await attendances(stack, 42,
		    `att_punch_time = '${at}'`)).length, 1);
		assert.equal((await inbox(stack, 42)).length, 0);
	}
});

test('the seconds of one minute at once: one is let in, each is kept once',
    async () => {
	const second = i => String(i % 32).padStart(2, '0');
	const got = await together(i => punch(42,
	    `2026-03-12 08:00:${second(i)}`));
	assert.equal(count(got, ALLOWED), 1);
	assert.equal(count(got, REPEAT), N - 1);
	const let_in = await attendances(stack, 42,
	    "att_punch_minute = '2026-03-12 08:00:00'");
	const repeats = await inbox(stack, 42,
	    "pin_punch_time LIKE '2026-03-12 08:00:%'");
	assert.equal(let_in.length, 1);
	assert.deepEqual([...let_in.map(r => r.att_punch_time),
	    ...repeats.map(r => r.pin_punch_time)].sort(),
	    Array.from({ length: 32 }, (x, i) =>
	    `2026-03-12 08:00:${second(i)}`));
	assert.ok(repeats.every(r => r.pin_state === 'REPEAT'));
});

test('64 posts of a punch of nobody are kept once', async () => {
	const got = await together(() => punch(99, '2026-03-12 07:30:00'));
	assert.equal(count(got, UNMAPPED), N);
	assert.ok(got.every(g => g.status === 404));
	assert.equal((await inbox(stack, 99)).length, 1);
});

test('64 posts of what lay unmapped take it once', async () => {
	const at = '2026-03-12 09:00:00';
	assert.equal((await stack.post(punch(700, at))).text, UNMAPPED);
	await addActive(stack, 700);
	const got = await together(i => i % 8 ? punch(700, at) :
	    [punch(700, at)]);
	const codes = got.map(g => g.json.results?.[0] ?? g.json);
	assert.equal(codes.filter(c => c.access === 'ALLOWED').length, 1);
	assert.equal(codes.filter(c =>
	    c.message === 'Duplicate ignored').length, N - 1);
	assert.equal((await attendances(stack, 700)).length, 1);
	assert.deepEqual((await inbox(stack, 700)).map(r => r.pin_state),
	    ['TAKEN']);
});

// The branch is held, on which an insert waits but a read does not: so the
// number is mapped after the punch was found unmapped and before it is stored.
test('a punch whose number is mapped while it is stored is attendance',
    async () => {
	await addMember(stack, { id: 800, subscriptions: [['2020-01-01',
	    '2099-12-31']] });
	const map = user => stack.sql(`INSERT INTO trn_member_biometric_mappings
	    (mbm_compcode, mbm_device_sn, mbm_device_user_id, mbm_member_id,
	    mbm_from, mbm_created_at) VALUES ('SF', ${quote(SN)}, '${user}', 800,
	    '2020-01-01', '2026-01-01')`);
	for (const [user, minute, wrap] of [[801, 10, p => p],
	    [802, 11, p => [p, punch(99, '2026-03-12 11:30:00')]]]) {
		const held = await hold(stack, `SELECT id FROM mst_branches
		    WHERE brn_compcode = 'SF'`);
		const answer = stack.post(wrap(punch(user,
		    `2026-03-12 11:${minute}:00`)));
		await until('the insert waits', async () =>
		    await held.busy(/INSERT INTO trn_punch_inbox/) > 0);
		await map(user);
		await held.release();
		const { json } = await answer;
		assert.equal((json.results?.[0] ?? json).access, 'ALLOWED');
		assert.equal((await attendances(stack, user)).length, 1);
		assert.deepEqual((await inbox(stack, user)).map(r =>
		    r.pin_state), ['TAKEN']);
		assert.equal((await ledger(stack, `user = '${user}'`)).length, 1);
	}
});

test('different members in the same minute do not disturb each other',
    async () => {
	const members = Array.from({ length: 10 }, (x, i) => 1 + i);
	const got = await together(i => punch(members[i % 10],
	    '2026-03-12 10:00:00'));
	assert.equal(got.filter(g => g.json.access).length, 10);
	assert.equal(count(got, REPEAT), N - 10);
	assert.equal((await stack.sql(`SELECT id FROM trn_member_attendances
	    WHERE att_punch_time = '2026-03-12 10:00:00'`)).length, 10);
});
