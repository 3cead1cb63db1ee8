// clock.test.mjs: terminals whose clocks are wrong, and setting them right
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { Gym, reports } from './gym.mjs';

const MAC = '00:17:61:42:42:42';
const ZONE = 'Asia/Kolkata';
const SURE = { bridge: { zone: ZONE } };
const SYNC = { 'terminal t1': { clock_sync: 'yes' } };

const last = gym => gym.server.reports.at(-1) ?? {};
const near = (value, wanted, by = 2) => Math.abs(value - wanted) <= by;
const at = text => Date.parse(`${text.replace(' ', 'T')}+05:30`);
const isNow = text => near(at(text), Date.now(), 10000);

async function off(gym) {
	return Number((await gym.order('state')).match(/clock_off=(-?\d+)/)[1]);
}

const isConnected = gym => until('the connection', () =>
    /connected to/.test(gym.bridge.text()));

// The server has so many; then polls and a new connection bring no more.
async function exactly(gym, count) {
	await until(`${count} punches`, () =>
	    gym.server.items.length >= count);
	await gym.order('drop');
	await until('a new connection', () =>
	    gym.bridge.text().split('connected to').length > 2);
	await reports(gym, 1);
	assert.equal(gym.server.items.length, count);
	return gym.server.items;
}

// Each mostly waits, so several go side by side.
describe('clocks that are wrong', { concurrency: 4 }, () => {
test('how wrong a clock is goes with each punch', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	await gym.order('time -90');
	await gym.bridge.start();
	await isConnected(gym);
	await gym.order('punch 42');
	const [item] = await exactly(gym, 1);
	assert.ok(near(item.clock_offset, -90), item.clock_offset);
	assert.equal(item.time_source, undefined);
	assert.ok(near(at(item.timestamp), Date.now() - 90000, 10000));
	assert.ok(near(last(gym).clock_offset, -90));
	assert.equal(await off(gym), -90);	// nobody asked for more
});

for (const seconds of [7200, -3600]) {
	test(`a live punch of a clock ${seconds} s off has our time, once`,
	    async t => {
		const gym = await Gym.open(t, { started: false, more: SURE });
		await gym.order(`time ${seconds}`);
		await gym.bridge.start();
		await isConnected(gym);
		const raw = (await gym.order('punch 42')).slice(3);
		const [item] = await exactly(gym, 1);
		assert.equal(item.time_source, 'BRIDGE');
		assert.equal(item.time_raw, raw);
		assert.ok(near(at(raw), Date.now() + seconds * 1000, 10000));
		assert.ok(isNow(item.timestamp), item.timestamp);
		assert.ok(near(item.clock_offset, seconds));
		// nor does a restart, and the day is what the server has
		await gym.bridge.stop();
		gym.server.asked = [];
		await gym.bridge.start();
		await until('the day to be asked', () =>
		    gym.server.asked.includes(item.timestamp.slice(0, 10)));
		await reports(gym, 1);
		assert.equal(gym.server.items.length, 1);
	});
}

// What nobody heard live has no other time than the terminal's.
test('the log of a clock that is wrong is told as it is', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	await gym.order('time 7200');
	const raw = (await gym.order('punch 42')).slice(3);
	await gym.bridge.start();
	const [item] = await exactly(gym, 1);
	assert.equal(item.timestamp, raw);
	assert.equal(item.time_source, undefined);
	assert.ok(near(item.clock_offset, 7200));
});

test('a clock that jumps is measured before the punch is told', async t => {
	const gym = await Gym.open(t, { more: { ...SURE,
	    'terminal t1': { poll_ms: 60000 } } });
	await isConnected(gym);
	await gym.order('punch 41');
	await gym.order('clock jump 7200');
	const raw = (await gym.order('punch 42')).slice(3);
	await gym.order('punch 43');
	await until('all three', () => gym.server.items.length === 3);
	await gym.order('clock jump -7200');
	await gym.order('punch 44');
	const items = await exactly(gym, 4);
	const [one, two, three, four] = ['41', '42', '43', '44'].map(user =>
	    items.find(item => item.user_id === user));
	assert.equal(one.time_source, undefined);
	assert.ok(near(one.clock_offset, 0));
	assert.equal(two.time_source, 'BRIDGE');
	assert.equal(two.time_raw, raw);
	assert.ok(near(two.clock_offset, 7200), two.clock_offset);
	assert.equal(three.time_source, 'BRIDGE');
	assert.equal(four.time_source, undefined);
	assert.ok([one, two, three, four].every(item =>
	    isNow(item.timestamp)));
});

test('a late event of a right clock keeps its time', async t => {
	const gym = await Gym.open(t, { more: SURE });
	await isConnected(gym);
	await gym.order('punch 42 2026-03-12T07:30:00');
	const [item] = await exactly(gym, 1);
	assert.equal(item.timestamp, '2026-03-12 07:30:00');
	assert.equal(item.time_source, undefined);
});

test('without a sure zone nobody knows better than the terminal', async t => {
	const gym = await Gym.open(t, { started: false });
	gym.server.tells = { mac: MAC };
	await gym.order('time 7200');
	await gym.bridge.start();
	await isConnected(gym);
	const raw = (await gym.order('punch 42')).slice(3);
	const [item] = await exactly(gym, 1);
	assert.equal(item.timestamp, raw);
	assert.equal(item.time_source, undefined);
});

test('a dead clock', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	await gym.order('clock dead');
	await gym.bridge.start();
	await isConnected(gym);
	for (const user of [42, 43])
		await gym.order(`punch ${user}`);
	const items = await exactly(gym, 2);
	for (const item of items) {
		assert.equal(item.time_source, 'BRIDGE');
		assert.match(item.time_raw, /^2000-01-01 00:00:/);
		assert.ok(isNow(item.timestamp), item.timestamp);
		assert.ok(item.clock_offset < -800000000);
	}
	await gym.bridge.stop();
	gym.configure({ ...SURE, ...SYNC });
	gym.server.tells.mac = MAC;
	await gym.bridge.start();
	await until('it to be set', async () => near(await off(gym), 0));
	await gym.order('punch 44');
	const [, , third] = await exactly(gym, 3);
	assert.equal(third.time_source, undefined);
	assert.ok(isNow(third.timestamp));
});
});

// ---- setting ---------------------------------------------------------------

// Each mostly waits, so several go side by side.
describe('setting them', { concurrency: 4 }, () => {
test('a clock is set once the server knows the terminal', async t => {
	const gym = await Gym.open(t, { started: false,
	    more: { ...SURE, ...SYNC } });
	await gym.order('time 90');
	await gym.bridge.start();
	await reports(gym, 3);
	assert.equal(await off(gym), 90);
	gym.server.tells.mac = MAC;
	gym.server.event('access');
	await until('the clock to be right', async () =>
	    near(await off(gym), 0));
	await until('the report of it', () => near(last(gym).clock_offset, 0));
	assert.match(gym.bridge.text(), /its clock was \+\d+ s off, now [+-][01] s/);
	assert.equal(gym.bridge.text().match(/its clock was/g).length, 1);
	assert.doesNotMatch(gym.bridge.text(), /starting anew/);
	assert.match(await gym.order('state'), /disabled=0 disabled_ms=0/);
});

test('a clock is let be where nobody asked, or it is right', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	gym.server.tells.mac = MAC;
	await gym.order('time 90');
	await gym.bridge.start();
	await isConnected(gym);
	await reports(gym, 2);
	assert.equal(await off(gym), 90);
	await gym.bridge.stop();
	await gym.order('time 1');
	gym.configure({ ...SURE, ...SYNC });
	await gym.bridge.start();
	await isConnected(gym);
	await reports(gym, 2);
	assert.equal(await off(gym), 1);
});

test('a clock is not set in the midst of punches', async t => {
	const gym = await Gym.open(t, { started: false,
	    more: { ...SURE, ...SYNC } });
	await gym.order('time 90');
	await gym.bridge.start();
	await isConnected(gym);
	await gym.order('punch 42');
	await until('it', () => gym.server.items.length === 1);
	gym.server.tells.mac = MAC;
	gym.server.event('access');
	await reports(gym, 2);
	assert.equal(await off(gym), 90);
	await gym.order('drop');
	await until('the clock to be right', async () =>
	    near(await off(gym), 0));
});

// The machine may stand in the gym's zone, or be set to another.
for (const TZ of [ZONE, 'Europe/Berlin']) {
	test(`the server tells the zone to a machine in ${TZ}`, async t => {
		const gym = await Gym.open(t, { started: false, more: SYNC });
		gym.bridge.env = { ...gym.env, TZ };
		gym.server.tells = { zone: 'Mars/Base', mac: MAC };
		await gym.order('time 90');
		await gym.bridge.start();
		await isConnected(gym);
		await reports(gym, 2);
		assert.equal(await off(gym), 90);
		assert.doesNotMatch(gym.bridge.text(), /starting anew/);
		gym.server.tells.zone = ZONE;
		gym.server.event('access');
		await until('the clock to be right', async () =>
		    near(await off(gym), 0));
		await gym.order('time 7200');
		await gym.order('punch 42');
		const [item] = await exactly(gym, 1);
		assert.equal(item.time_source, 'BRIDGE');
		assert.ok(isNow(item.timestamp), item.timestamp);
		const anew = /starting anew: the gym's zone is known/g;
		assert.equal((gym.bridge.text().match(anew) ?? []).length,
		    TZ === ZONE ? 0 : 1);
		assert.equal(gym.server.wrong.length, 0);
		// it is remembered, also where the server does not say it again
		gym.server.tells.zone = null;
		await gym.order('time 90');
		await gym.bridge.restart();
		await until('the clock to be right', async () =>
		    near(await off(gym), 0));
		assert.doesNotMatch(gym.bridge.text(), anew);
	});
}

test('the zone of the configuration counts, whatever the server says',
    async t => {
	const gym = await Gym.open(t, { more: { ...SURE, ...SYNC } });
	gym.server.tells = { zone: 'Europe/Berlin', mac: MAC };
	gym.server.event('access');
	await isConnected(gym);
	await reports(gym, 3);
	assert.equal(await off(gym), 0);
	assert.doesNotMatch(gym.bridge.text(), /starting anew/);
});
});
