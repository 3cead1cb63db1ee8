// loop.test.mjs: the loop is closed: each day's punches are held against the
// server's, and the server's events are heard
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { Gym, SERIAL, key, reports } from './gym.mjs';

// Then the server has no zone to tell that would be news.
const SURE = { bridge: { zone: 'Asia/Kolkata' } };

const dayOf = id => id.split(' ')[2];
const daysOf = ids => [...new Set(ids.map(dayOf))].sort();

// Nothing waits, and what was to be asked after that has been.
async function quiet(gym) {
	const had = gym.server.reports.length;
	await until('a report of nothing that waits', () =>
	    gym.server.reports.slice(had).some(({ waiting }) => waiting === 0));
	await reports(gym);
}

// All days are asked, and what the answer calls for has begun.
async function asked(gym, days) {
	await until(`${days.length} days to be asked`, () =>
	    days.every(day => gym.server.asked.includes(day)));
	await reports(gym);
}

// Its server has nothing yet of what comes now.
async function restart(gym, days) {
	await gym.bridge.stop();
	gym.server.items = [];
	gym.server.asked = [];
	await gym.bridge.start();
	await asked(gym, days ?? daysOf(await gym.held()));
}

// A gym that has sent all of a log of several days.
async function full(t, count = 1000) {
	const gym = await Gym.open(t, { started: false, more: SURE });
	await gym.order(`log ${count}`);
	await gym.bridge.start();
	await gym.settled();
	await quiet(gym);
	assert.equal(gym.server.items.length, count);
	assert.ok(daysOf(await gym.held()).length > 1);
	return gym;
}

// Each mostly waits, so several go side by side.
describe('days', { concurrency: 4 }, () => {
test('equal sums send nothing', async t => {
	const gym = await full(t);
	await restart(gym);
	assert.deepEqual(gym.server.items, []);
	assert.deepEqual(gym.server.wrong, []);
});

test('of a server that forgot half a day that day is sent again, no other',
    async t => {
	const gym = await full(t);
	const held = await gym.held();
	const day = daysOf(held)[1];
	const ids = held.filter(id => dayOf(id) === day);
	gym.server.forget(ids.slice(0, ids.length / 2));
	await restart(gym);
	assert.deepEqual(gym.server.items.map(key).sort(), ids.sort());
	assert.equal((await gym.settled()).invented.length, 0);
	assert.match(gym.bridge.text(), new RegExp(`sending ${ids.length} again`));
	await restart(gym);
	assert.deepEqual(gym.server.items, []);
});

test('a server that forgot everything gets everything', async t => {
	const gym = await full(t, 700);
	gym.server.forget(await gym.held());
	await restart(gym);
	assert.equal((await gym.settled()).count, 700);
	assert.equal(gym.server.items.length, 700);
});

// As when a backup is restored, and once more: the sums are the same again.
test('a server that forgets the same day again gets it again', async t => {
	const gym = await full(t, 500);
	const day = daysOf(await gym.held())[1];
	const ids = (await gym.held()).filter(id => dayOf(id) === day);
	const report = gym.server.report;
	let whole = false;	// it was seen to hold all of the day
	gym.server.report = (sn, body) => {
		whole ||= body.days?.includes(day) &&
			ids.every(id => gym.server.ledger.has(id));
		return report.call(gym.server, sn, body);
	};
	for (let i = 0; i < 3; i++) {
		whole = false;
		gym.server.forget(ids);
		await restart(gym);
		await until('the day', () => whole);	// no night needed
		assert.deepEqual(gym.server.items.map(key).sort(), ids.sort());
		await reports(gym);
	}
});

test('a day of which one punch waits does not hold up the others', async t => {
	const gym = await full(t, 500);
	const held = await gym.held(), [first, second] = daysOf(held);
	const ids = held.filter(id => dayOf(id) === second &&
	    id.split(' ')[1] !== '13');
	gym.server.behaviour = 'moody';
	await gym.order(`punch 13 ${first}T12:00:00`);
	await until('it to wait', () => gym.server.reports.at(-1)?.waiting === 1);
	gym.server.forget(ids);
	await restart(gym);
	await until('the other day', () =>
	    ids.every(id => gym.server.ledger.has(id)));
});

test('each night the days are compared', async t => {
	const gym = await full(t, 500);
	const held = await gym.held();
	const day = daysOf(held)[0];
	const ids = held.filter(id => dayOf(id) === day);
	await reports(gym, 3);	// what was due at the connection is over
	gym.server.items = [];
	gym.server.forget(ids.slice(1));
	await reports(gym, 2);
	assert.deepEqual(gym.server.items, []);		// nobody asked
	fs.writeFileSync(`${gym.dir}/clock`, String(30 * 3600 * 1000));
	await until('the day', () => gym.server.items.length >= ids.length);
	await quiet(gym);
	assert.deepEqual(gym.server.items.map(key).sort(), ids.sort());
});

test('a difference that stays is sent once only', async t => {
	const gym = await full(t, 500);
	const day = daysOf(await gym.held())[1];
	const ids = (await gym.held()).filter(id => dayOf(id) === day);
	// a punch that only the server knows
	gym.server.ledger.set(`${SERIAL} 4711 ${day} 12:00:00`, 1);
	await restart(gym);
	assert.deepEqual(gym.server.items.map(key).sort(), ids.sort());
	for (let i = 0; i < 2; i++) {
		await restart(gym);
		assert.deepEqual(gym.server.items, []);
	}
	// over other sums it is sent again
	gym.server.ledger.set(`${SERIAL} 4712 ${day} 12:00:00`, 1);
	await restart(gym);
	assert.deepEqual(gym.server.items.map(key).sort(), ids.sort());
});

test('parked punches make no difference', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	gym.server.behaviour = 'picky';
	await gym.order('log 300');
	const held = await gym.held();
	const parked = held.filter(id => id.split(' ')[1] === '13');
	assert.ok(parked.length > 0);
	await gym.bridge.start();
	await until('the others', () =>
	    gym.server.ledger.size === held.length - parked.length);
	await quiet(gym);
	await restart(gym);
	assert.deepEqual(gym.server.items, []);
	const { stdout } = await gym.command('status', '--json');
	assert.equal(JSON.parse(stdout).terminals[0].parked, parked.length);
});

test('waiting punches make no difference', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	gym.server.behaviour = 'stranger';	// of punches, not of reports
	await gym.order('log 300');
	await gym.bridge.start();
	const days = daysOf(await gym.held());
	// asked again and again, as all of them wait
	await until('questions', () => gym.server.asked.filter(day =>
	    day === days[0]).length >= 3);
	gym.server.behaviour = 'well';
	assert.deepEqual(await gym.settled(),
	    { count: 300, doubled: [], invented: [] });
	await quiet(gym);
	assert.deepEqual((await gym.settled()).doubled, []);
});

test('days before the start of a terminal are not asked', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	await gym.order('log 1000');
	const days = daysOf(await gym.held());
	gym.server.tells.start = days[2];
	await gym.bridge.start();
	await gym.settled();
	await quiet(gym);
	assert.deepEqual([...new Set(gym.server.asked)].sort(), days.slice(2));
	// that server does not keep them
	gym.server.forget((await gym.held()).filter(id =>
	    dayOf(id) < days[2]));
	await restart(gym, days.slice(2));
	assert.deepEqual(gym.server.items, []);
	// the owner wants them after all
	gym.server.tells.start = days[0];
	await restart(gym);
	assert.equal((await gym.settled()).count, 1000);
});

test('a server that was away is compared when it is back', async t => {
	const gym = await full(t, 500);
	const held = await gym.held();
	const ids = held.filter(id => dayOf(id) === daysOf(held)[1]);
	gym.server.behaviour = 'away';
	const tries = gym.server.requests;
	await gym.order('punch 42');
	await until('it to be seen', () => gym.server.requests > tries &&
	    /answers its reports with 503/.test(gym.bridge.text()));
	gym.server.items = [];
	gym.server.forget(ids);			// a backup of yesterday
	gym.server.behaviour = 'well';
	await gym.settled();
	for (const id of ids)
		assert.equal(gym.server.ledger.get(id), 1);
	// no new connection was needed
	assert.match(await gym.order('state'), /served=1 /);
});

test('more than 400 days are asked in several reports', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	const now = Date.now();
	for (let i = 450; i > 0; i--) {
		const day = new Date(now - i * 86400000).toISOString();
		await gym.order(`punch 42 ${day.slice(0, 10)}T07:30:00`);
	}
	const asked = [];
	const report = gym.server.report;
	gym.server.report = (sn, body) => {
		if (body.days)
			asked.push(body.days.length);
		return report.call(gym.server, sn, body);
	};
	await gym.bridge.start();
	await gym.settled();
	asked.length = 0;
	const days = daysOf(await gym.held());
	assert.equal(days.length, 450);
	// one of either report
	gym.server.forget((await gym.held()).filter(id =>
	    [days[10], days[440]].includes(dayOf(id))));
	await restart(gym);
	await gym.settled();
	assert.deepEqual(gym.server.items.map(key).map(dayOf).sort(),
	    [days[10], days[440]]);
	assert.ok(asked.includes(400) && asked.includes(50));
	assert.ok(asked.every(count => count <= 400));
});
});

// ---- events ----------------------------------------------------------------

// Whoever waits for a report of its own waits for a minute.
const SLOW_REPORTS = { bridge: { ...SURE.bridge, report_seconds: 60 } };

test('an event brings a report within a second', async t => {
	const gym = await Gym.open(t, { more: SLOW_REPORTS });
	await until('the stream', () => gym.server.streams.size === 1);
	await until('the first reports', () => gym.server.reports.length >= 2);
	for (let i = 0; i < 3; i++) {
		const had = gym.server.reports.length;
		const began = Date.now();
		gym.server.event('access');
		await until('the report', () =>
		    gym.server.reports.length > had, 5000, 1);
		assert.ok(Date.now() - began < 1000);
	}
	assert.deepEqual(gym.server.wrong.filter(one =>
	    typeof one === 'string'), []);
});

test('a stream that ends is asked for again', async t => {
	const gym = await Gym.open(t, { more: SLOW_REPORTS });
	for (let i = 0; i < 3; i++) {
		await until('the stream', () => gym.server.streams.size === 1);
		const [stream] = gym.server.streams;
		stream.destroy();
		await until('its end', () => !gym.server.streams.has(stream));
	}
	await until('the stream', () => gym.server.streams.size === 1);
	// each begins with a word that brings a report
	await until('reports', () => gym.server.reports.length >= 3);
});

test('a terminal has a stream of its own', async t => {
	const gym = await Gym.open(t, { terminals: 2, more: SLOW_REPORTS });
	await until('the streams', () => gym.server.streams.size === 2);
	const had = gym.server.reports.length;
	gym.server.event('access');
	await until('reports of both', () => new Set(gym.server.reports
	    .slice(had).map(({ sn }) => sn)).size === 2);
	await gym.bridge.stop();
	await until('no stream', () => gym.server.streams.size === 0);
});

test('a server without events does no harm', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	gym.server.stream = () => false;	// then it answers 404
	await gym.order('log 100');
	await gym.bridge.start();
	await gym.order('punch 42');
	assert.deepEqual(await gym.settled(),
	    { count: 101, doubled: [], invented: [] });
	await reports(gym, 2);
	assert.equal(gym.bridge.text().match(/no event stream/g).length, 1);
	assert.equal(gym.server.wrong.filter(one =>
	    /^GET .*events/.test(one)).length, 1);
	const began = Date.now();
	assert.ok(await gym.bridge.stop());
	assert.ok(Date.now() - began < 2000);
});
