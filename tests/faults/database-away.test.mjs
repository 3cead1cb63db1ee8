// database-away.test.mjs: MariaDB stops, is killed, comes back
//
// The door knows nothing of it: whoever touches the terminal meanwhile is in
// the terminal's log, then in the bridge's spool, and in the database as soon
// as there is one; each once.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { REPO, Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { makeNoon, wall } from './gym.mjs';
import { count, forget, held, settles } from './ledger.mjs';

let stack, terminal;

before(async () => {
	stack = await Stack.start({ own: true, demo: 'morning', terminals: [{}],
	    bridge: { server: { backoff_least_ms: 100, backoff_most_ms: 500 } } });
	terminal = stack.terminals[0];
	makeNoon(stack);
	await forget(stack);
});
after(() => stack.stop());

// Members 1 to `n` at the terminal, some minutes ago.
async function punches(n, minutes) {
	for (let id = 1; id <= n; id++)
		assert.match(await terminal.send(`punch ${id} ${
		    await wall(terminal, minutes * 60 + id)}`), /^ok /);
}

// What the bridge says is waiting.
const waiting = () => Number(execFileSync(`${REPO}/build/bin/gymgate-bridge`,
    ['-c', stack.bridgeConf, 'status'], { encoding: 'utf8', env:
    { ...process.env, ...stack.env } }).match(/waiting +(\d+)/)[1]);

const one = async user_id => ({ compcode: 'SF', user_id,
    device_sn: terminal.serial,
    timestamp: (await wall(terminal)).replace('T', ' ') });

function isAway(got) {
	assert.equal(got.status, 503);
	assert.ok(Number(got.headers['retry-after']) > 0);
	assert.equal(got.json.status, false);
	assert.equal(typeof got.json.message, 'string');
}

for (const [how, ago, end] of [['stopped', 60, () => stack.db.stop()],
    ['killed', 180, () => stack.db.kill()]]) {
	test(`${how}: 503 meanwhile, all there afterwards`, async t => {
		const before = (await held(stack)).length;
		await punches(5, ago);
		await settles(stack);
		const cookie = await stack.signIn();
		const workers = stack.web.children();

		await end();
		isAway(await stack.post(await one(42)));
		isAway(await stack.post([await one(42), await one(43)]));
		isAway(await stack.request('GET', '/healthz'));
		const page = await stack.request('GET', '/',
		    { headers: { Cookie: cookie } });
		assert.equal(page.status, 503);
		assert.match(page.text, /Back in a moment/);
		await punches(35, ago + 20);
		await until('the bridge to hold them all', () => waiting() === 35);
		assert.match(stack.bridge.text(), /punches wait/);

		await stack.db.start();
		const all = await settles(stack);
		assert.equal(all, before + 40);
		assert.deepEqual(stack.web.children(), workers,
		    'no worker died of it');
		const health = await stack.request('GET', '/healthz');
		assert.equal(health.status, 200);
		await until('nothing to wait', () => waiting() === 0);
		t.diagnostic(`${all} punches, each once`);
	});
}

test('the punch that was refused is stored when it is sent again', async () => {
	const punch = await one(42);
	const before = await count(stack);
	await stack.db.stop();
	isAway(await stack.post(punch));
	await stack.db.start();
	assert.equal(await count(stack), before);
	const got = await until('an answer', async () => {
		const got = await stack.post(punch);
		return got.status !== 503 && got;
	});
	assert.deepEqual([got.status, got.text.trim()],
	    [200, '{"status":true,"access":"ALLOWED"}']);
	assert.equal(await count(stack), before + 1);
});
