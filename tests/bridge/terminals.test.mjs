// terminals.test.mjs: terminals that misbehave as real ones do
//
// Whatever one does, each punch of it arrives once, none is made up, and the
// door is never shut.  Most of the time is spent waiting for deadlines, so
// several gyms are open at once.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { SERIAL } from './gym.mjs';
import { assertOnce, assertUntouched, awaitCounts, counts, openQuick, ownKey,
    stateOf } from './quick.mjs';

const AT_ONCE = { concurrency: 4 };
const TRANSPORTS = ['tcp', 'udp'];
const LONG = 3000;	// of 40 bytes: two pieces over TCP, eight over UDP

// `how` is a mixture of options of the terminal and keys of the bridge.
function open(t, { transport = 'tcp', more = {}, terminal = {}, ...rest }) {
	return openQuick(t, { ...rest, terminal: { transport, ...terminal },
	    more: { 'terminal t1': { transport, ...more } } });
}

// A punch; what the ledger will call it.
async function punch(gym, text) {
	const [user, day, time] = (await gym.order(`punch ${text}`)).split(' ');
	return `${SERIAL} ${user} ${day} ${time}`;
}

async function awaitReports(gym, n) {
	const before = gym.server.reports.length;
	await until(`${n} reports`, () =>
	    gym.server.reports.length >= before + n);
}

const awaitError = (gym, words) => until(`"${words}"`, () =>
    words.test(gym.server.reports.at(-1)?.last_error ?? 'none yet'));
const awaitWell = gym => awaitError(gym, /^$/);

// ---- answers that go wrong -----------------------------------------------

const FAULTS = ['short', 'checksum', 'stall', 'close', 'size', 'late',
    'garbage', 'stray', 'error:4989', 'error:65532', 'error:2005', 'error:2001',
    'error:65535'];

describe('an answer that goes wrong', AT_ONCE, () => {
	for (const transport of TRANSPORTS)
	for (const fault of FAULTS)
	for (const scope of ['any', 'bulk'])
		test(`${transport}: ${fault}, ${scope}`, async t => {
			const gym = await open(t, { transport, started: false });
			await gym.order(`log ${LONG}`);
			await gym.order(`fault ${fault} ${scope}`);
			await gym.bridge.start();	// the first reading
			await assertOnce(gym);
			await gym.order(`fault ${fault} ${scope}`);
			await punch(gym, '7');		// live, and a tail
			await assertOnce(gym);
			await gym.order(`fault ${fault} ${scope} 3`);
			await gym.order('drop');	// again and again
			await punch(gym, '8');
			assert.equal(await assertOnce(gym), LONG + 2);
			await awaitWell(gym);
			await assertUntouched(gym);
		});
});

// ---- ways of being -------------------------------------------------------

const WAYS = [
	{ 'cut': 'bytes' }, { 'cut': 'glue' }, { 'cut': 'chop' },
	{ 'pace': 1, 'max-packet': 4096 }, { 'first-byte': 600 },
	{ 'sizes': 4 }, { 'sizes': 80 }, { 'sizes': 112 },
	{ 'counts': 'zero' }, { 'odd-tails': 'refuse' },
	{ 'unknown-option': 'unknown' }, { 'junk': 'yes' },
	{ 'buffered': 'no' }, { 'max-packet': 1008 }, { 'user-size': 28 },
	{ 'event-size': 10 }, { 'event-size': 14 }, { 'event-ack': 'resend' },
	...['8', '8b', '16', '49'].map(size => ({ 'record-size': size })),
	{ 'record-size': '49', 'counts': 'zero' },
	{ 'record-size': '8', 'sizes': 4 },
	{ 'record-size': '16', 'buffered': 'no', 'counts': 'zero' },
];

describe('a terminal that is different', AT_ONCE, () => {
	for (const transport of TRANSPORTS)
	for (const way of WAYS) {
		const name = Object.entries(way).map(pair =>
		    pair.join(' ')).join(', ');
		if (transport === 'udp' && way.cut)
			continue;	// datagrams are not cut
		test(`${transport}: ${name}`, async t => {
			const gym = await open(t, { transport, terminal: way,
			    started: false });
			await gym.order(`log ${LONG}`);
			await gym.bridge.start();
			await assertOnce(gym);
			await punch(gym, '7');
			await assertOnce(gym);
			await gym.bridge.stop();
			await punch(gym, '8');
			await gym.bridge.start();
			await assertOnce(gym);
			await punch(gym, '9');
			assert.equal(await assertOnce(gym), LONG + 3);
			await awaitWell(gym);
			await assertUntouched(gym);
		});
	}
});

describe('a network that is bad', AT_ONCE, () => {
	for (const [loss, double, swap] of [[20, 10, 10], [5, 5, 5],
	    [0, 30, 30]])
		test(`udp: loses ${loss}, doubles ${double}, swaps ${swap} of 100`,
		    async t => {
			const gym = await open(t, { transport: 'udp', terminal: {
			    'udp-loss': loss, 'udp-double': double,
			    'udp-swap': swap }, more: { timeout_ms: 1500 } });
			await gym.order(`log ${LONG}`);
			for (let i = 1; i <= 5; i++)
				await punch(gym, `${i}`);
			assert.equal(await assertOnce(gym, [], 60000), LONG + 5);
			await assertUntouched(gym);
		});

	test('udp: loses 5 of 100 of a log that comes all at once', async t => {
		const gym = await open(t, { transport: 'udp', terminal: {
		    'udp-loss': 5, buffered: 'no', 'record-size': 16 },
		    more: { timeout_ms: 1500 } });
		await gym.order(`log ${LONG}`);
		for (let i = 1; i <= 5; i++)
			await punch(gym, `${i}`);
		assert.equal(await assertOnce(gym, [], 60000), LONG + 5);
	});

	for (const transport of ['any', 'udp'])
		test(`a terminal of UDP alone, transport = ${transport}`,
		    async t => {
			const gym = await open(t, { transport: 'udp',
			    more: { transport } });
			await gym.order(`log ${LONG}`);
			await punch(gym, '7');
			await assertOnce(gym);
			await gym.order('drop');
			await punch(gym, '8');
			assert.equal(await assertOnce(gym), LONG + 2);
			await assertUntouched(gym);
		});

	test('nobody is told twice of what the terminal tells twice',
	    async t => {
		const gym = await open(t, { transport: 'udp', terminal: {
		    'udp-double': 100, 'event-ack': 'resend' } });
		await awaitWell(gym);
		for (let i = 1; i <= 5; i++)
			await punch(gym, `${i}`);
		await assertOnce(gym);
		await awaitReports(gym, 4);	// longer than it waits
		assert.equal(await assertOnce(gym), 5);
	});
});

// ---- what stands in the log ----------------------------------------------

describe('a log that is odd', AT_ONCE, () => {
	for (const transport of TRANSPORTS) {
		test(`${transport}: grows while it is read`, async t => {
			const gym = await open(t, { transport, started: false });
			await gym.order(`log ${LONG}`);
			const grows = n => until(`${n} records`, async () =>
			    (await gym.held()).length === n);
			await gym.order('amid 42');
			await gym.bridge.start();
			await grows(LONG + 1);
			await assertOnce(gym);
			await gym.order('amid 43');	// of a tail
			await punch(gym, '7');
			await grows(LONG + 3);
			assert.equal(await assertOnce(gym), LONG + 3);
		});

		test(`${transport}: holds the same twice`, async t => {
			const gym = await open(t, { transport, started: false });
			await gym.order(`log ${LONG}`);
			await gym.order('double 50');
			await gym.bridge.start();
			assert.equal(await assertOnce(gym), LONG);
			await gym.order('double 200');
			await punch(gym, '7');
			assert.equal(await assertOnce(gym), LONG + 1);
			await gym.bridge.restart();
			await awaitReports(gym, 2);
			assert.equal(await assertOnce(gym), LONG + 1);
		});
	}

	for (const size of ['8', '8b', '16', '40', '49'])
		test(`of ${size} bytes, with bad records of each kind`,
		    async t => {
			const gym = await open(t, { started: false,
			    terminal: { 'record-size': size } });
			await gym.order('log 200');
			for (const kind of ['date', 'user', 'bytes']) {
				await gym.order(`bad ${kind}`);
				await gym.order('punch 42');
			}
			await gym.bridge.start();
			await assertOnce(gym);
			await gym.order('bad bytes 70');	// a whole tail
			await gym.order('punch 43');
			await assertOnce(gym);
			await gym.order('punch 44');
			await assertOnce(gym);
			const { aside } = await counts(gym);
			await gym.bridge.restart();
			await awaitReports(gym, 2);
			await assertOnce(gym);
			// the same bytes once more are nothing new
			await awaitCounts(gym, { aside });
		});

	test('of a form that nobody knows: live punches are taken', async t => {
		const gym = await open(t, { terminal: { counts: 'zero' },
		    started: false });
		await gym.order('bad bytes 100');
		await gym.bridge.start();
		await awaitError(gym, /form that is not known/);
		const also = [await punch(gym, '7'), await punch(gym, '8')];
		await assertOnce(gym, also);
		assert.equal(gym.server.items.length, 2);
		await gym.order('clear');
		await punch(gym, '9');
		await assertOnce(gym, also);
		await awaitWell(gym);
	});

	for (const live of ['yes', 'no']) {
		for (const full of ['drop-one', 'drop-block'])
			test(`that is full (${full}), live = ${live}`, async t => {
				const also = [];
				const gym = await open(t, { more: { live },
				    terminal: { capacity: 300, full,
				    'drop-block': 50 }, started: false });
				await gym.order('log 290');
				also.push(...await gym.held());
				await gym.bridge.start();
				await assertOnce(gym, also);
				// twice round; at no moment more new ones than
				// it has room for
				for (let i = 0; i < 600; i++) {
					also.push(await punch(gym,
					    `${i % 60 + 1} ${wall(i)}`));
					if (i % 100 !== 99)
						continue;
					// it may count as many as before: only
					// live punches tell that at once
					if (live === 'no')
						await gym.order('drop');
					await assertOnce(gym, also);
				}
				assert.equal(await assertOnce(gym, also), 890);
				await gym.bridge.stop();
				for (let i = 600; i < 700; i++)
					also.push(await punch(gym,
					    `${i % 60 + 1} ${wall(i)}`));
				await gym.bridge.start();
				assert.equal(await assertOnce(gym, also), 990);
			});

		// too long to be read at each poll
		for (const full of ['drop-one', 'drop-block'])
			test(`that is full and long (${full}), live = ${live}`,
			    async t => {
				const gym = await open(t, { more: { live },
				    terminal: { capacity: LONG, full } });
				const also = [];
				await gym.order(`log ${LONG - 10}`);
				also.push(...await gym.held());
				await assertOnce(gym);
				for (let i = 0; i < 300; i++) {
					if (i % 100 === 50)
						await gym.order('fault close any');
					also.push(await punch(gym,
					    `${i % 60 + 1} ${wall(i)}`));
				}
				if (live === 'no')
					await gym.order('drop');
				await assertOnce(gym, also);
				// those that nobody heard of
				await gym.order('fault stall any');
				for (let i = 300; i < 350; i++)
					also.push(await punch(gym,
					    `${i % 60 + 1} ${wall(i)}`));
				assert.equal(await assertOnce(gym, also),
				    LONG + 340);
			});

		test(`that is cleared, live = ${live}`, async t => {
			const gym = await open(t, { more: { live } });
			const also = [];
			await gym.order('log 500');
			also.push(...await gym.held());
			await assertOnce(gym);
			await gym.order('clear');
			also.push(await punch(gym, '7'));
			await assertOnce(gym, also);
			await gym.order('refill 500');
			also.push(...await gym.held());
			await assertOnce(gym, also);
			// as many as it held, all of them others: only live
			// punches tell that at once
			await gym.order('refill 500');
			also.push(...await gym.held());
			await gym.order(live === 'yes' ? 'punch 7' : 'drop');
			also.push(...await gym.held());
			await assertOnce(gym, also);
			await gym.bridge.stop();
			await gym.order('refill 500');
			also.push(...await gym.held());
			await gym.bridge.start();
			await assertOnce(gym, also);
		});
	}
});

// A second of its own for each, on a day that has come.
function wall(i) {
	return new Date(Date.UTC(2026, 2, 12, 6) + i * 1000).toISOString()
	    .slice(0, 19);
}

// ---- clocks --------------------------------------------------------------

describe('a clock that is wrong', AT_ONCE, () => {
	for (const transport of TRANSPORTS)
	for (const [name, orders] of [
	    ['dead', ['clock dead']],
	    ['ahead', ['clock jump 86400']],
	    ['behind', ['clock jump -86400']],
	    ['to and fro', ['clock jump 3600', 'clock jump -7200']],
	])
		test(`${transport}: ${name}`, async t => {
			const gym = await open(t, { transport });
			await awaitWell(gym);
			await punch(gym, '6');
			for (const [i, text] of orders.entries()) {
				await gym.order(text);
				await punch(gym, `${i + 7}`);
				await assertOnce(gym);
				// it is told when it really was
				const item = gym.server.items.at(-1);
				assert.ok(Math.abs(Date.parse(
				    `${item.timestamp.replace(' ', 'T')}+05:30`) -
				    Date.now()) < 60000, item.timestamp);
				assert.equal(item.time_source, 'BRIDGE');
			}
			await gym.order('time 0');
			await punch(gym, '9');
			await assertOnce(gym);
			const item = gym.server.items.at(-1);
			assert.equal(item.time_raw, undefined);
			// or the server would take it for one of long ago
			assert.ok(Math.abs(item.clock_offset) <= 2,
			    `${item.clock_offset} s`);
			// and what it gave while nobody looked
			await gym.bridge.stop();
			await gym.order(orders[0]);
			await punch(gym, '10');
			await gym.order('time 0');
			await punch(gym, '11');
			await gym.bridge.start();
			assert.equal(await assertOnce(gym), orders.length + 4);
			await assertUntouched(gym);
		});
});

// ---- connections ---------------------------------------------------------

// Another program of somebody's.
async function intrude(t, gym) {
	const socket = net.connect({ host: '127.0.0.1', port: gym.terminal.port });
	t.after(() => socket.destroy());
	socket.on('error', () => {});
	await new Promise(done => socket.once('connect', done));
	return socket;
}

// One that holds the terminal's only place.
async function occupy(t, gym) {
	const socket = await intrude(t, gym);
	await until('the place to be taken', async () =>
	    (await stateOf(gym)).connections === 1);
	return socket;
}

describe('a connection that is not to be had', AT_ONCE, () => {
	for (const transport of TRANSPORTS)
		test(`${transport}: one that is had is kept`, async t => {
			const gym = await open(t, { transport });
			await awaitReports(gym, 3);
			await punch(gym, '7');
			assert.equal(await assertOnce(gym), 1);
			assert.equal((await stateOf(gym)).served, 1);
		});

	for (const second of ['hang', 'close']) {
		test(`one client at a time, a second one meets ${second}`,
		    async t => {
			const gym = await open(t, { started: false,
			    terminal: { sessions: 1, second } });
			await gym.order(`log ${LONG}`);
			const socket = await occupy(t, gym);
			await gym.bridge.start();
			await until('words', () =>
			    /t1: (the terminal|cannot)/.test(gym.bridge.text()));
			await punch(gym, '7');
			assert.equal(gym.server.items.length, 0);
			socket.destroy();
			await assertOnce(gym);
			await awaitWell(gym);
			// the other comes back, and we hold the place
			const { served } = await stateOf(gym);
			await intrude(t, gym);
			await punch(gym, '8');
			assert.equal(await assertOnce(gym), LONG + 2);
			await awaitWell(gym);
			assert.ok((await stateOf(gym)).served <= served + 1);
			await assertUntouched(gym);
		});
	}

	for (const transport of TRANSPORTS)
	for (const count of [100, LONG])
		test(`${transport}: a reboot, ${count} records`, async t => {
			const gym = await open(t, { transport });
			await gym.order(`log ${count}`);
			await assertOnce(gym);
			for (let i = 1; i <= 3; i++) {
				const { served } = await stateOf(gym);
				await gym.order('reboot 100');
				await punch(gym, `${i}`);
				await until('a new connection', async () =>
				    (await stateOf(gym)).served > served);
				await assertOnce(gym);
				await punch(gym, `${i + 10}`);
				await assertOnce(gym);
			}
			await awaitWell(gym);
			await until('live events', async () =>
			    (await stateOf(gym)).registered === 1);
			assert.equal(await assertOnce(gym), count + 6);
		});

	for (const transport of TRANSPORTS)
		test(`${transport}: a log refused for ever`, async t => {
			const gym = await open(t, { transport,
			    terminal: { 'log-code': 4989 }, started: false });
			await gym.order('log 100');
			await gym.bridge.start();
			await awaitError(gym, /4989/);
			const log = await gym.held();
			const before = await stateOf(gym);
			assert.equal(before.registered, 1);
			const own = [];
			for (let i = 1; i <= 10; i++)
				own.push(await punch(gym, `${i}`));
			await until('the live ones', () =>
			    gym.server.items.length === 10);
			await awaitReports(gym, 2);
			assert.deepEqual(gym.server.items.map(ownKey), own);
			await awaitError(gym, /4989/);
			// in peace: old firmware minds thousands of sessions
			assert.equal((await stateOf(gym)).served, before.served);
			// an update of the firmware heals it
			await gym.order('set log-code 0');
			assert.equal(await assertOnce(gym), log.length + 10);
			await awaitWell(gym);
			// and one that refuses all of a sudden
			await gym.order('set log-code 4989');
			await punch(gym, '11');
			await awaitError(gym, /4989.*live punches are taken/);
			await punch(gym, '12');
			assert.equal(await assertOnce(gym), log.length + 12);
			await assertUntouched(gym);
		});

	for (const transport of TRANSPORTS)
		test(`${transport}: one that wants ADMS`, async t => {
			const gym = await open(t, { transport,
			    terminal: { 'connect-code': 6001 } });
			await until('words', () =>
			    /6001/.test(gym.bridge.text()));
			assert.match(gym.bridge.text(), /ADMS/);
			await until('status', async () => /ADMS/.test(
			    (await gym.command('status')).stdout));
			await punch(gym, '7');
			await gym.order('set connect-code 0');
			assert.equal(await assertOnce(gym), 1);
		});
});

// ---- size ----------------------------------------------------------------

test('a log of 100,000 arrives in batches, fresh ones first', async t => {
	const gym = await open(t, { started: false,
	    more: { bulk_timeout_ms: 5000, timeout_ms: 2000 } });
	const answer = gym.server.answer.bind(gym.server);
	let most = 0;
	gym.server.answer = (req, text) => {
		if (req.method === 'POST')
			most = Math.max(most, JSON.parse(text).length);
		return answer(req, text);
	};
	// to compare 300 days is more than this server can do in time
	gym.server.sums = () => null;
	await gym.order('log 100000');
	const began = Date.now();
	await gym.bridge.start();
	await until('the first ones', () => gym.server.items.length > 0, 30000, 1);
	const id = await punch(gym, '42');
	await until('the fresh one', () => gym.server.ledger.has(id), 30000);
	const place = gym.server.order.indexOf(id);
	t.diagnostic(`a fresh punch after ${place} of a backlog`);
	assert.equal(await assertOnce(gym, [], 60000), 100001);
	t.diagnostic(`${Math.round(1e8 / (Date.now() - began))} a second`);
	assert.ok(place < 60000, `only after ${place}`);
	assert.equal(most, 500);
	assert.match(gym.bridge.text(), /read \d+ of 10000\d records/);
	await assertUntouched(gym);
});
