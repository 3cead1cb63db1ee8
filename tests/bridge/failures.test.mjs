// failures.test.mjs: how bridges like this one fail, and that ours does not
//
// S: the bridge of the article; A1: frappe's biometric-attendance-sync-tool.
// Each situation is played on the real programs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { REPO, Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { BEHAVIOURS } from './gym.mjs';
import { assertOnce, assertUntouched, awaitCounts, counts, openQuick, ownKey,
    setClock, stateOf } from './quick.mjs';

const DAY_MS = 24 * 3600 * 1000;

// Waits for so many reports that come from now on.
async function awaitReports(gym, n) {
	const before = gym.server.reports.length;
	await until(`${n} reports`, () =>
	    gym.server.reports.length >= before + n);
}

const told = (gym, user) =>
    gym.server.items.filter(item => item.user_id === user).length;

// ---- the article's bridge ------------------------------------------------

for (const trouble of ['away', 'portal', 'redirect', 'stranger', 'miscounts'])
	test(`S1: a POST that did not work (${trouble}) is not taken for sent`,
	    async t => {
		const gym = await openQuick(t);
		gym.server.behaviour = trouble;
		for (const user of [40, 41, 42])
			await gym.order(`punch ${user}`);
		await until('tries', () => gym.server.requests >= 3);
		await awaitCounts(gym, { waiting: 3, parked: 0 });
		gym.server.behaviour = 'well';
		gym.server.items.length = 0;
		assert.equal(await assertOnce(gym), 3);
	});

test('S1: nor is one that half worked', async t => {
	const gym = await openQuick(t, { started: false });
	// only the first two items of each batch are answered as documented
	const [first, second] = [0, 1];
	BEHAVIOURS.half = (items, server) => ({ status: 200, headers:
	    { 'Content-Type': 'application/json' }, body: JSON.stringify(
	    { status: true, results: items.map((item, i) =>
	    i === first || i === second ? server.take(item) :
	    { status: false, code: 500, message: 'oh' }) }) });
	gym.server.behaviour = 'half';
	await gym.order('log 9');
	await gym.bridge.start();
	await until('all nine', () => gym.server.ledger.size === 9);
	await awaitCounts(gym, { waiting: 0, parked: 0 });
	const { doubled, invented } = await gym.settled();
	assert.deepEqual({ doubled, invented }, { doubled: [], invented: [] });
});

for (const how of ['stop', 'kill'])
	test(`S2: a restart (${how}) sends no history again`, async t => {
		const gym = await openQuick(t);
		await gym.order('log 2000');
		assert.equal(await assertOnce(gym), 2000);
		for (let i = 0; i < 3; i++) {
			await gym.bridge[how]();
			await gym.order(`punch ${i + 1}`);
			await gym.bridge.start();
			await awaitReports(gym, 2);
		}
		assert.equal(await assertOnce(gym), 2003);
		assert.equal(gym.server.items.length, 2003);
	});

test('S2: nor forgets what was not sent yet', async t => {
	const gym = await openQuick(t);
	gym.server.behaviour = 'away';
	await gym.order('log 50');
	await gym.order('punch 42');
	await awaitCounts(gym, { waiting: 51 });
	await gym.bridge.kill();
	// and nobody else has it any more
	const also = await gym.held();
	await gym.order('clear');
	gym.server.behaviour = 'well';
	gym.server.items.length = 0;
	await gym.bridge.start();
	assert.equal(await assertOnce(gym, also), 51);
});

for (const fault of ['close', 'garbage', 'stall', 'short', 'checksum'])
	test(`S3: an error (${fault}) neither ends the loop nor shuts the door`,
	    async t => {
		const gym = await openQuick(t);
		await gym.order('log 200');
		assert.equal(await assertOnce(gym), 200);
		for (let i = 1; i <= 3; i++) {
			const { served } = await stateOf(gym);
			await gym.order(`fault ${fault} any`);
			await gym.order(`punch ${i}`);
			await until('another connection', async () =>
			    (await stateOf(gym)).served > served);
			await gym.order(`punch ${i + 10}`);
		}
		assert.equal(await assertOnce(gym), 206);
		await assertUntouched(gym);
		assert.ok(gym.bridge.running);
	});

test('S3: a terminal without power is found again, unattended', async t => {
	const gym = await openQuick(t);
	await gym.order('punch 42');
	await assertOnce(gym);
	await gym.terminal.kill();
	await until('the error', () =>
	    gym.server.reports.at(-1).last_error !== '');
	await gym.terminal.start();
	await gym.order('punch 43');
	assert.equal(await assertOnce(gym), 2);
	await until('no error', () =>
	    gym.server.reports.at(-1).last_error === '');
	await assertUntouched(gym);
});

test('S8: a punch of nobody known is kept by Gymgate, and told once',
    async t => {
	const gym = await openQuick(t);
	gym.server.behaviour = 'picky';
	for (const user of [42, 99, 43])
		await gym.order(`punch ${user}`);
	assert.equal(await assertOnce(gym), 3);
	await gym.bridge.restart();
	await awaitReports(gym, 2);
	assert.equal(told(gym, '99'), 1);
});

// article.test.mjs has the rest of it.
test('S8: the article\'s server forgets it, so the bridge does not',
    async t => {
	const gym = await openQuick(t, { started: false });
	const json = (status, body) => ({ status, headers:
	    { 'Content-Type': 'application/json' },
	    body: JSON.stringify(body) });
	let isMapped = false;
	gym.server.answer = (req, text) => {
		const item = JSON.parse(text);
		gym.server.items.push(item);
		return item.user_id !== '99' || isMapped ?
		    json(200, gym.server.take(item)) : json(404,
		    { status: false, message: 'Biometric user not mapped' });
	};
	gym.configure({ server: { server: 'article', token_file: '' } });
	await gym.order('punch 99');
	await gym.order('punch 42');
	await gym.bridge.start();
	await awaitCounts(gym, { waiting: 0, parked: 1 });
	isMapped = true;
	setClock(gym, DAY_MS + 3600 * 1000);
	await until('the second try', () => told(gym, '99') === 2);
	await awaitCounts(gym, { waiting: 0, parked: 0 });
	assert.equal(gym.server.ledger.size, 2);
	assert.deepEqual([...gym.server.ledger.values()], [1, 1]);
});

// ---- frappe's tool -------------------------------------------------------

test('A1.1: a server that hangs stops nothing', async t => {
	const gym = await openQuick(t, { more: { server: { timeout_ms: 300 } } });
	gym.server.behaviour = 'mute';
	await gym.order('punch 42');
	await until('three tries', () => gym.server.requests >= 3);
	// the terminal is read meanwhile, and the server tried in vain
	await gym.order('log 30');
	await gym.order('punch 43');
	await awaitCounts(gym, { waiting: 32 });
	assert.match((await gym.command('status')).stdout,
	    /^server .*\n +error +(?!none)\S/m);
	gym.server.behaviour = 'well';
	await awaitCounts(gym, { waiting: 0, parked: 0 });
	const { count, invented } = await gym.settled();
	assert.equal(count, 32);
	assert.deepEqual(invented, []);
	assert.match((await gym.command('status')).stdout,
	    /^server .*\n +error +none/m);
});

test('A1.2: no error leaves the terminal disabled', async t => {
	const gym = await openQuick(t);
	await gym.order('log 3000');
	await assertOnce(gym);
	// whatever it is in the middle of
	for (const fault of ['stall bulk', 'close bulk', 'error:4989 bulk',
	    'close any', 'stall any', 'garbage any']) {
		const { served } = await stateOf(gym);
		await gym.order(`fault ${fault}`);
		await gym.order('drop');
		await until(`a connection after ${fault}`, async () =>
		    (await stateOf(gym)).served > served);
		await gym.order('punch 42');
		await assertUntouched(gym);
	}
	await gym.bridge.kill();
	await gym.order('punch 43');
	await assertUntouched(gym);
	await gym.bridge.start();
	await assertOnce(gym);
	await assertUntouched(gym);
});

describe('A1.3, S8 against Gymgate itself', () => {
	const START = '2026-03-12';

	async function open(t) {
		const stack = await Stack.start({ demo: true, terminals: [{}],
		    bridge: { server: { backoff_least_ms: 20,
		    backoff_most_ms: 200 }, 'terminal terminal':
		    { poll_ms: 200 } } });
		t.after(() => stack.stop());
		await stack.sql(`DELETE FROM trn_member_attendances;
		    DELETE FROM trn_punch_inbox;
		    UPDATE mst_devices SET dev_start = '${START}';`);
		return stack;
	}

	const settled = stack => until('nothing to wait', () =>
	    /waiting +0\n +parked +0/.test(execFileSync(
	    `${REPO}/build/bin/gymgate-bridge`, ['-c', stack.bridgeConf,
	    'status'], { encoding: 'utf8', env: { ...process.env,
	    ...stack.env } })));

	const rows = stack => stack.sql(`
	    SELECT att_device_user_id AS user, 'ATTENDANCE' AS state,
	           DATE_FORMAT(att_punch_time, '%Y-%m-%d %H:%i:%s') AS at
	      FROM trn_member_attendances
	    UNION ALL
	    SELECT pin_device_user_id, pin_state,
	           DATE_FORMAT(pin_punch_time, '%Y-%m-%d %H:%i:%s')
	      FROM trn_punch_inbox
	     ORDER BY at`);

	test('A1.3: the very first punch of the start day counts', async t => {
		const stack = await open(t);
		const [terminal] = stack.terminals;
		const order = async text => assert.match(
		    await terminal.send(text), /^ok/);
		for (const [user, at] of [[1, '2026-03-11T23:59:59'],
		    [2, '2026-03-12T00:00:00'], [3, '2026-03-12T00:00:01'],
		    [4, '2026-03-12T07:30:00']])
			await order(`punch ${user} ${at}`);
		await until('the last one', async () =>
		    (await rows(stack)).some(row => row.user === '4'));
		await settled(stack);
		assert.deepEqual((await rows(stack)).map(row =>
		    [row.user, row.state, row.at]), [
		    ['2', 'ATTENDANCE', '2026-03-12 00:00:00'],
		    ['3', 'ATTENDANCE', '2026-03-12 00:00:01'],
		    ['4', 'ATTENDANCE', '2026-03-12 07:30:00']]);
		// nobody tries to heal the days before the start
		assert.doesNotMatch(stack.bridge.text(), /sending .* again/);
	});

	test('S8: a visit from before the mapping is in the inbox', async t => {
		const stack = await open(t);
		const [terminal] = stack.terminals;
		for (const user of [1, 9999, 2])
			assert.match(await terminal.send(
			    `punch ${user} 2026-03-12T07:3${user % 9}:00`),
			    /^ok/);
		await until('all three', async () =>
		    (await rows(stack)).length === 3);
		await settled(stack);
		assert.deepEqual((await rows(stack)).filter(row =>
		    row.user === '9999').map(row => row.state), ['UNMAPPED']);
	});
});

test('A1.3: the bridge itself skips nothing at a start day', async t => {
	const gym = await openQuick(t, { started: false });
	gym.server.tells.start = '2026-03-12';
	const take = gym.server.take.bind(gym.server);
	gym.server.take = item => item.timestamp < '2026-03-12' ?
	    { status: true, message: "Before this terminal's start",
	    code: 200 } : take(item);
	for (const at of ['2026-03-11T23:59:59', '2026-03-12T00:00:00',
	    '2026-03-12T00:00:01', '2026-03-13T07:30:00'])
		await gym.order(`punch 7 ${at}`);
	await gym.bridge.start();
	assert.equal(await assertOnce(gym), 4);
	assert.deepEqual(gym.server.order.map(id => id.slice(-19)),
	    ['2026-03-12 00:00:00', '2026-03-12 00:00:01',
	    '2026-03-13 07:30:00']);
	await gym.bridge.restart();
	await awaitReports(gym, 2);
	assert.equal(gym.server.items.length, 4);
});

test('A1.4: no log that rotates or is cleared moves the cursor', async t => {
	const gym = await openQuick(t);
	await gym.order('log 500');
	const also = await gym.held();
	await assertOnce(gym);
	// our own log goes
	await gym.bridge.stop();
	fs.truncateSync(gym.bridge.log);
	await gym.bridge.start();
	await awaitReports(gym, 2);
	assert.equal(gym.server.items.length, 500);
	// the terminal's goes, while we look and while we do not
	await gym.order('clear');
	await awaitReports(gym, 2);
	await gym.order('punch 42');
	also.push(...await gym.held());
	await assertOnce(gym, also);
	await gym.bridge.stop();
	await gym.order('clear');
	await gym.order('punch 43');
	await gym.bridge.start();
	assert.equal(await assertOnce(gym, also), 502);
});

test('A1.4: a log that is put back is not news', async t => {
	const gym = await openQuick(t);
	await gym.order('log 300');
	await assertOnce(gym);
	const file = `${gym.dir}/t1.state`;
	await gym.terminal.stop();
	const backup = fs.readFileSync(file);
	await gym.terminal.start();
	await gym.order('clear');
	await gym.order('punch 42');
	const also = await gym.held();
	await assertOnce(gym, [...also, ...gym.server.order]);
	await gym.terminal.stop();
	fs.writeFileSync(file, backup);
	await gym.terminal.start();
	await gym.order('punch 43');
	await awaitReports(gym, 2);
	assert.equal(await assertOnce(gym, also), 302);
});

for (const kind of ['date', 'user', 'bytes'])
	test(`A1.5: a record with a bad ${kind} is set aside, others go on`,
	    async t => {
		const gym = await openQuick(t, { started: false });
		await gym.order('log 100');
		await gym.order(`bad ${kind}`);
		await gym.order('punch 42');
		await gym.order(`bad ${kind} 3`);
		await gym.order('punch 43');
		await gym.bridge.start();
		assert.equal(await assertOnce(gym), 102);
		await gym.order(`bad ${kind}`);
		await gym.order('punch 44');
		assert.equal(await assertOnce(gym), 103);
		assert.ok((await counts(gym)).aside >= 1);
		assert.match(gym.bridge.text(), /set aside \d+ records/);
	});

for (const code of [400, 403, 422])
	test(`A1.5: an item refused with ${code} holds up no other`, async t => {
		const gym = await openQuick(t, { started: false });
		const take = gym.server.take.bind(gym.server);
		gym.server.take = item => item.user_id === '13' ?
		    { status: false, code, message: 'no' } : take(item);
		await gym.order('log 20');
		const others = (await gym.held()).filter(id =>
		    id.split(' ')[1] !== '13').length;
		await gym.order('punch 13');
		await gym.order('punch 42');
		await gym.bridge.start();
		await until('the others', () =>
		    gym.server.ledger.size === others + 1);
		await awaitCounts(gym, { waiting: 0, parked: 21 - others });
	});

test('A1.6: what was refused is kept, and sent again when asked', async t => {
	const gym = await openQuick(t);
	gym.server.behaviour = 'picky';
	for (const user of [13, 42])
		await gym.order(`punch ${user}`);
	await awaitCounts(gym, { waiting: 0, parked: 1 });
	await gym.bridge.restart();
	// in vain, and kept all the same
	assert.equal((await gym.command('retry')).stdout,
	    '1 parked punches wait again\n');
	await gym.order('punch 44');
	await until('the second try', () => told(gym, '13') === 2);
	await awaitCounts(gym, { waiting: 0, parked: 1 });
	gym.server.behaviour = 'well';
	await gym.command('retry');
	await gym.order('punch 43');	// or it would look in some seconds
	await awaitCounts(gym, { waiting: 0, parked: 0 });
	const { count, doubled, invented } = await gym.settled();
	assert.deepEqual({ count, doubled, invented },
	    { count: 4, doubled: [], invented: [] });
});

test('A1.7: nothing is ever cleared from the terminal', async t => {
	const gym = await openQuick(t, { terminal: { capacity: 200 } });
	gym.server.behaviour = 'away';
	await gym.order('log 198');
	await gym.order('punch 42');
	await awaitCounts(gym, { waiting: 199 });
	gym.server.behaviour = 'well';
	gym.server.items.length = 0;
	await assertOnce(gym);
	// nor when it is full
	await gym.order('punch 43');
	assert.match(await gym.terminal.send('punch 44'), /log full/);
	await assertOnce(gym);
	await awaitReports(gym, 2);
	assert.match(await gym.order('count'), /records=200 /);
	await assertUntouched(gym);
	assert.equal(new Set(gym.server.items.map(ownKey)).size, 200);
});
