// workers-killed.test.mjs: 10,000 punches while the workers are killed, then
// 2,000 while the bridge is; each arrives exactly once (`make soak`: more)
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { pause, SOAK, until } from '../stack/wait.mjs';
import { dice, killWorkers, makeNoon } from './gym.mjs';
import { count, forget, held, same, stored } from './ledger.mjs';

const PUNCHES = 10000 * SOAK;
const LOGGED = 2000 * SOAK;	// while the bridge is killed
const seed = Number(process.env.SEED ?? Date.now() % 100000);
let stack;

// The gym has 42 members with the numbers 1 to 40, 42, 43; users 41, 44 and
// 45 of the terminals are nobody's yet.
const USERS = 45;
const STRANGERS = ['41', '44', '45'];

before(async () => {
	stack = await Stack.start({ demo: 'morning', workers: 4 });
	makeNoon(stack);
});
after(() => stack.stop());

// A terminal with `n` punches in its log, each in a minute of its own; and a
// bridge that knows nothing of them yet.
async function begin(n, options) {
	await forget(stack);
	for (const program of [stack.bridge, ...stack.terminals])
		await program?.stop();
	stack.terminals = [];
	for (const name of fs.readdirSync(stack.dir))
		if (/^(spool\.db|terminal\.state)/.test(name))
			fs.rmSync(`${stack.dir}/${name}`);
	const terminal = await stack.startTerminal({ users: USERS, seed });
	assert.equal(await terminal.send(`log ${n}`), `ok ${n}`);
	await stack.startBridge(options);
	return terminal;
}

// Exactly once, each in the table where it belongs.
async function isExact(n, direct = []) {
	const expected = await held(stack);
	assert.equal(expected.length, n);
	same(await stored(stack), [...expected, ...direct]);
	const inbox = await stack.sql(`SELECT pin_device_user_id AS user,
	    pin_state AS state FROM trn_punch_inbox`);
	const strange = expected.filter(line =>
	    STRANGERS.includes(line.split(' ')[1]));
	assert.equal(inbox.length, strange.length);
	for (const row of inbox)
		assert.ok(STRANGERS.includes(row.user) &&
		    row.state === 'UNMAPPED', `${row.user} ${row.state}`);
}

const answersIn = status => fs.readFileSync(
    `${stack.dir}/log/access.log`, 'utf8').split('\n')
    .filter(line => new RegExp(`POST /api/b[^"]*" ${status} `).test(line))
    .length;

// Beside the bridge, callers of the API who want their own punches stored:
// one after the other, each until it is answered with 200, as long as
// `goOn()`.  Resolves to what was sent, as lines of the ledger.
async function call(which, goOn, told) {
	const sent = [];
	for (let i = 0; goOn(); i++) {
		const user_id = String(1 + (i + which) % 40);
		const at = new Date(Date.UTC(2021, which, 1) + i * 60000)
		    .toISOString().replace('T', ' ').slice(0, 19);
		const punch = { compcode: 'SF', user_id, timestamp: at,
		    device_sn: 'CRT5200-SN001' };
		sent.push(`${punch.device_sn} ${user_id} ${at}`);
		await until('an answer', async () => {
			const got = await stack.post(punch);
			told[got.status] = (told[got.status] ?? 0) + 1;
			return got.status === 200;
		}, 30000, 1);
	}
	return sent;
}

test(`${PUNCHES} punches, all workers killed every second`, async t => {
	t.diagnostic(`seed ${seed}`);
	const began = Date.now(), told = {};
	await begin(PUNCHES, { server: { batch: 20,
	    backoff_least_ms: 50, backoff_most_ms: 200 } });
	let kills = 0, ended = false;
	const inTerminal = async () => Number((await stack.sql(`
	    SELECT (SELECT COUNT(*) FROM trn_member_attendances
	             WHERE att_punch_time >= '2022-01-01') +
	           (SELECT COUNT(*) FROM trn_punch_inbox) AS n`))[0].n);
	const kill = async () => {
		for (; !ended; kills++) {
			killWorkers(stack);
			await pause(1000);	// the rate of the test, no wait
		}
	};
	const others = Promise.all([kill(), ...[0, 1, 2, 3].map(which =>
	    call(which, () => !ended, told))]);
	try {
		await Promise.race([others, until('all to arrive', async () =>
		    await inTerminal() >= PUNCHES, 120000, 100)]);
	} finally {
		ended = true;
	}
	const direct = (await others).slice(1).flat();
	t.diagnostic(`killed ${kills} times; posts answered ` +
	    `200: ${answersIn(200)}, 503: ${answersIn(503)}, of these ` +
	    `the callers' own ${JSON.stringify(told)}; ` +
	    `${((Date.now() - began) / 1000).toFixed(1)} s`);
	assert.ok(answersIn(503) >= 3, 'some were hit');
	await isExact(PUNCHES, direct);
});

// Young bridges have read nothing yet, older ones are in the midst of it: it
// is killed at all ages.  In between punches go on at the terminal.
test(`${LOGGED} punches, the bridge killed again and again`, async t => {
	t.diagnostic(`seed ${seed}`);
	const roll = dice(seed), began = Date.now(), left = [];
	const terminal = await begin(LOGGED, { server: { batch: 3,
	    backoff_least_ms: 20, backoff_most_ms: 100 } });
	let kills = 0, live = 0;

	for (let stored = 0; stored < LOGGED + live && kills < 40 * SOAK;
	    kills++) {
		await pause(roll() * 400);	// its age; no wait
		if (kills < 10) {
			assert.match(await terminal.send(`punch ${++live}`),
			    /^ok /);
			if (roll() < 0.5)	// while it posts that one
				await pause(roll() * 5);
		}
		await stack.bridge.kill();
		stored = await count(stack);
		left.push(stored);
		await stack.bridge.start();
	}
	await until('all to arrive', async () =>
	    await count(stack) >= LOGGED + live, 60000, 50);
	t.diagnostic(`killed ${kills} times, with ${left.join(' ')} stored; ` +
	    `${((Date.now() - began) / 1000).toFixed(1)} s`);
	assert.ok(new Set(left.filter(n => n > 0 && n < LOGGED + live)).size >= 2,
	    'some were killed in the midst of it');
	await isExact(LOGGED + live);
});
