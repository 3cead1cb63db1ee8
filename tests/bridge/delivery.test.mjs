// delivery.test.mjs: every punch arrives, once, whatever stands in the way
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { Gym, SERIAL } from './gym.mjs';

const EXACT = { doubled: [], invented: [] };

async function assertExact(gym, count) {
	assert.deepEqual(await gym.settled(), { count, ...EXACT });
	assert.deepEqual(gym.server.wrong, []);
}

// As above, but a punch may have come more than once.
async function assertSame(gym, count) {
	const got = await gym.settled();
	assert.equal(got.count, count);
	assert.deepEqual(got.invented, []);
	assert.deepEqual(gym.server.wrong, []);
}

test('a live punch is there well within a second', async t => {
	const gym = await Gym.open(t, { more: { 'terminal t1':
	    { poll_ms: 60000 } } });
	await until('the connection', () => gym.server.reports.length > 0);
	for (let i = 0; i < 5; i++) {
		const began = Date.now();
		await gym.order(`punch ${40 + i}`);
		await until('the punch', () => gym.server.ledger.size > i,
		    5000, 1);
		const took = Date.now() - began;
		t.diagnostic(`punch to server: ${took} ms`);
		assert.ok(took < 1000);
	}
	const [item] = gym.server.items;
	assert.deepEqual(Object.keys(item), ['compcode', 'user_id', 'device_sn',
	    'timestamp', 'clock_offset']);
	assert.equal(item.compcode, 'SF');
	assert.equal(item.user_id, '40');
	assert.equal(item.device_sn, SERIAL);
	assert.ok(Math.abs(item.clock_offset) <= 1);
	await assertExact(gym, 5);
});

test('a live punch and its log record are the same punch', async t => {
	const gym = await Gym.open(t);
	await gym.order('punch 42');
	await gym.order('punch 43');
	await assertExact(gym, 2);
	// several polls later, and after a new connection
	const reports = gym.server.reports.length;
	await gym.order('drop');
	await until('two more reports', () =>
	    gym.server.reports.length > reports + 2);
	await assertExact(gym, 2);
	assert.equal(gym.server.items.length, 2);
});

test('polls alone bring every punch', async t => {
	const gym = await Gym.open(t, { more: { 'terminal t1':
	    { live: 'no' } } });
	for (let i = 1; i <= 5; i++)
		await gym.order(`punch ${i}`);
	await assertExact(gym, 5);
	assert.match(await gym.order('state'), /registered=0/);
});

for (const size of ['8', '8b', '16', '40', '49']) {
	for (const how of [{}, { cut: 'bytes' }, { cut: 'glue' },
	    { cut: 'chop' }, { buffered: 'no' }, { inline: 60000 }]) {
		const name = Object.entries(how)[0]?.join(' ') ?? 'plain';
		test(`logs of ${size} bytes, ${name}`, async t => {
			const gym = await Gym.open(t, { terminal:
			    { 'record-size': size, ...how } });
			await gym.order('log 700');
			await assertExact(gym, 700);
			await gym.order('punch 7');
			await assertExact(gym, 701);
			await gym.order('punch 8');
			await assertExact(gym, 702);
		});
	}
}

// Longer than a piece of 65,472 bytes: a tail begins in the middle, mostly in
// the middle of a record.
for (const [size, count] of [['8', 9000], ['16', 5000], ['40', 3000],
    ['49', 3000]]) {
	test(`the tail of a long log of ${size} bytes`, async t => {
		const gym = await Gym.open(t, { terminal:
		    { 'record-size': size },
		    more: { 'terminal t1': { live: 'no' } } });
		await gym.order(`log ${count}`);
		await assertExact(gym, count);
		await gym.order('punch 7');
		await assertExact(gym, count + 1);
		await gym.bridge.restart();
		for (const user of [8, 9, 10])
			await gym.order(`punch ${user}`);
		await assertExact(gym, count + 4);
		assert.doesNotMatch(gym.bridge.text(), /reading all/);
		assert.equal(gym.server.items.length, count + 4);
	});
}

test('live punches of every length', async t => {
	for (const size of [10, 12, 14, 32, 36, 37, 52]) {
		const gym = await Gym.open(t, { terminal:
		    { 'event-size': size } });
		await gym.order('punch 9');
		await gym.order('punch 10');
		await assertExact(gym, 2);
		await gym.close();
	}
});

test('a comm key opens the terminal, a wrong one is told', async t => {
	const gym = await Gym.open(t, { terminal: { 'comm-key': 123456 },
	    more: { 'terminal t1': { comm_key: 123456 } } });
	await gym.order('punch 42');
	await assertExact(gym, 1);
	await gym.bridge.stop();
	gym.configure({ 'terminal t1': { comm_key: 123 } });
	await gym.bridge.start();
	await until('the report', () => /comm key/.test(
	    gym.server.reports.at(-1).last_error));
	assert.equal(gym.server.reports.at(-1).sn, SERIAL);
});

test('users of 28 bytes', async t => {
	const gym = await Gym.open(t, { terminal: { 'record-size': 8,
	    'user-size': 28, 'event-size': 10 } });
	await gym.order('log 100');
	await gym.order('punch 42');
	await assertExact(gym, 101);
});

for (const behaviour of ['away', 'portal', 'redirect', 'miscounts',
    'stranger']) {
	test(`a server that is ${behaviour} loses nothing`, async t => {
		const gym = await Gym.open(t);
		gym.server.behaviour = behaviour;
		await gym.order('log 30');
		await gym.order('punch 42');
		await until('three tries', () => gym.server.requests >= 3);
		await until('all to wait', async () =>
		    /waiting +31\n +parked +0/.test(
		    (await gym.command('status')).stdout));
		assert.equal(gym.server.ledger.size, 0);
		gym.server.behaviour = 'well';
		await assertExact(gym, 31);
	});
}

test('a server that cannot be reached loses nothing', async t => {
	const gym = await Gym.open(t);
	await gym.server.stop();
	await gym.order('log 30');
	await gym.order('punch 42');
	await until('the words', () =>
	    gym.bridge.text().includes('no connection'));
	await gym.server.start(gym.server.port);
	await assertExact(gym, 31);
});

test('an answer that never comes is asked for again', async t => {
	const gym = await Gym.open(t, { more: { server:
	    { timeout_ms: 300 } } });
	gym.server.behaviour = 'mute';
	await gym.order('punch 42');
	await until('two tries', () => gym.server.requests >= 2);
	gym.server.behaviour = 'well';
	await until('nothing waits', async () =>
	    /waiting +0/.test((await gym.command('status')).stdout));
	// it came again and again, each time as the same punch
	await assertSame(gym, 1);
});

test('413 halves the batch until it fits', async t => {
	const gym = await Gym.open(t, { started: false });
	gym.server.behaviour = 'narrow';
	await gym.order('log 100');
	await gym.bridge.start();
	await assertExact(gym, 100);
});

test('an item that is not settled holds nobody up', async t => {
	const gym = await Gym.open(t, { more: { server:
	    { backoff_least_ms: 20000, backoff_most_ms: 20000 } } });
	gym.server.behaviour = 'moody';
	await gym.order('punch 13');
	await until('the words', () => gym.bridge.text().includes('try again'));
	// it pauses, for it has nothing else to send; news ends that
	for (const user of [42, 43]) {
		const before = gym.server.ledger.size;
		await gym.order(`punch ${user}`);
		await until(`${user}`, () => gym.server.ledger.size > before,
		    5000);
	}
	gym.server.behaviour = 'well';
	await gym.order('punch 44');
	await assertExact(gym, 4);
});

test('a refused item is parked and holds nobody up', async t => {
	const gym = await Gym.open(t, { started: false });
	gym.server.behaviour = 'picky';
	for (const user of [13, 42, 99, 43])
		await gym.order(`punch ${user}`);
	await gym.bridge.start();
	await until('the others', () => gym.server.ledger.size === 3);
	await until('the parked one', async () => /parked +1/.test(
	    (await gym.command('status')).stdout));
	const { stdout } = await gym.command('status');
	assert.match(stdout, /waiting +0/);
	assert.match(stdout, /user 13 .* 422: is not wanted/);
	gym.server.behaviour = 'well';
	const retry = await gym.command('retry');
	assert.equal(retry.stdout, '1 parked punches wait again\n');
	await until('the parked one', () => gym.server.ledger.size === 4,
	    15000);
	await assertExact(gym, 4);
});

test('a restart sends nothing twice', async t => {
	const gym = await Gym.open(t);
	await gym.order('log 3000');
	await gym.order('punch 42');
	await assertExact(gym, 3001);
	for (let i = 0; i < 3; i++) {
		assert.ok(await gym.bridge.stop());
		assert.equal(gym.bridge.code, 0);
		const reports = gym.server.reports.length;
		await gym.bridge.start();
		await until('two reports', () =>
		    gym.server.reports.length > reports + 1);
	}
	assert.equal(gym.server.items.length, 3001);
	await gym.order('punch 43');
	await assertExact(gym, 3002);
});

test('kill -9 at any moment loses nothing and spools nothing twice',
    async t => {
	const gym = await Gym.open(t);
	// every answer is lost with the bridge that waits for it, but the key
	// of a punch stays what it is
	for (let i = 0; i < 12; i++) {
		await gym.order(`punch ${i + 1}`);
		if (i % 3 === 0)
			await gym.order('log 400');
		const had = gym.server.items.length;
		if (i % 2 === 0)
			await until('something to arrive', () =>
			    gym.server.items.length > had, 5000, 1);
		await gym.bridge.kill();
		await gym.bridge.start();
	}
	await assertSame(gym, 1612);
	await until('nothing waits', async () =>
	    /waiting +0/.test((await gym.command('status')).stdout));
});

test('fresh punches overtake a backlog, order stays', async t => {
	const gym = await Gym.open(t, { more: { server: { batch: 50 } } });
	await until('the connection', () => gym.server.reports.length > 0);
	gym.server.behaviour = 'away';
	await gym.order('log 1000');
	await until('the backlog', async () => /waiting +1000/.test(
	    (await gym.command('status')).stdout));
	await gym.order('punch 42');
	await gym.order('punch 43');
	await until('the punches', async () => /waiting +1002/.test(
	    (await gym.command('status')).stdout));
	gym.server.behaviour = 'well';
	await assertExact(gym, 1002);
	// before them only those of the log that were fresh as well
	const order = gym.server.order;
	const first = order.findIndex(id => id.split(' ')[1] === '42');
	const fresh = order.slice(0, first + 2);
	assert.ok(fresh.length < 30, `${fresh.length} went before`);
	assert.equal(fresh.at(-1).split(' ')[1], '43');
	const times = list => list.map(id => id.slice(-19));
	assert.deepEqual(times(fresh), [...times(fresh)].sort());
	const backlog = times(order.slice(first + 2));
	assert.deepEqual(backlog, [...backlog].sort());
});
