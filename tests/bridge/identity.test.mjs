// identity.test.mjs: who a terminal is, and whom it knows
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { describe, test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { Gym, SERIAL, reports } from './gym.mjs';

const OLD = '00:17:61:42:42:42';
const NEW = '00:17:61:11:22:33';
const SYNC = { bridge: { zone: 'Asia/Kolkata' },
    'terminal t1': { clock_sync: 'yes' } };

const last = gym => gym.server.reports.at(-1) ?? {};

async function off(gym) {
	return Number((await gym.order('state')).match(/clock_off=(-?\d+)/)[1]);
}

const isRight = gym => until('the clock to be right', async () =>
    Math.abs(await off(gym)) <= 2);

// Another terminal under the same serial number takes the place of the first,
// with a clock that is wrong.
async function replace(gym, mac = NEW) {
	await gym.order(`set mac ${mac}`);
	await gym.order('time 90');
	await gym.order('drop');
	await until('the new address', () => last(gym).mac === mac);
}

async function known(t, more = {}) {
	const gym = await Gym.open(t, { started: false, more: { ...SYNC,
	    ...more } });
	gym.server.tells.mac = OLD;
	await gym.bridge.start();
	await until('a report', () => last(gym).mac === OLD);
	await gym.order('punch 41');
	await gym.settled();
	return gym;
}

// Each mostly waits, so several go side by side.
describe('addresses', { concurrency: 4 }, () => {
test('a terminal with another MAC address is read, but not written to',
    async t => {
	const gym = await known(t);
	await replace(gym);
	await gym.order('punch 42');
	assert.equal((await gym.settled()).count, 2);	// punches still count
	await reports(gym, 3);
	assert.equal(await off(gym), 90);
	assert.equal(gym.bridge.text().match(new RegExp(
	    `has the MAC address ${NEW} now, it was ${OLD}`, 'g')).length, 1);
	// the owner says that it is right
	gym.server.tells.mac = NEW;
	gym.server.event('access');
	await until('the word', () => gym.bridge.text().includes(
	    `the MAC address ${NEW} is right`));
	await gym.order('drop');	// somebody has just punched
	await isRight(gym);
	// and nobody hears more of it
	await gym.order('time 90');
	await gym.bridge.restart();
	await isRight(gym);
	assert.doesNotMatch(gym.bridge.text(), /MAC address/);
});

test('the word of the owner is heeded at once', async t => {
	const gym = await known(t);
	await replace(gym);
	await reports(gym);
	assert.equal(await off(gym), 90);
	gym.server.tells.mac = NEW;
	gym.server.event('access');
	await isRight(gym);
	assert.match(await gym.order('state'), /served=2 /);
});

test('a strange terminal is strange after a restart, too', async t => {
	const gym = await known(t);
	await gym.bridge.stop();
	await gym.order(`set mac ${NEW}`);
	await gym.order('time 90');
	gym.server.behaviour = 'away';		// nobody to ask
	for (let i = 0; i < 2; i++) {
		await gym.bridge.restart();
		await until('the warning', () => /nothing is written to it/
		    .test(gym.bridge.text()));
		assert.equal(await off(gym), 90);
	}
	assert.match((await gym.command('status')).stdout,
	    new RegExp(`MAC +${OLD}`));
	gym.server.behaviour = 'well';
	await reports(gym, 2);
	assert.equal(await off(gym), 90);
	// the first one comes back
	await gym.order(`set mac ${OLD}`);
	await gym.order('drop');
	await isRight(gym);
});

test('capital letters make no other address', async t => {
	const gym = await Gym.open(t, { started: false, more: SYNC,
	    terminal: { mac: '00:17:61:aa:bb:cc' } });
	gym.server.tells.mac = '00:17:61:AA:BB:CC';
	await gym.order('time 90');
	await gym.bridge.start();
	await isRight(gym);
	assert.doesNotMatch(gym.bridge.text(), /MAC address/);
});

test('a fresh spool trusts the word of the server', async t => {
	const gym = await Gym.open(t, { started: false, more: SYNC });
	gym.server.tells.mac = NEW;	// not what the terminal says
	await gym.order('time 90');
	await gym.order('punch 42');
	await gym.bridge.start();
	await until('the warning', () => new RegExp(
	    `has the MAC address ${OLD} now, it was ${NEW}`)
	    .test(gym.bridge.text()));
	assert.equal((await gym.settled()).count, 1);
	await reports(gym, 2);
	assert.equal(await off(gym), 90);
	await gym.order('drop');
	await reports(gym, 2);
	assert.equal(await off(gym), 90);
	gym.server.tells.mac = OLD;
	gym.server.event('access');
	await isRight(gym);
});
});

// ---- users -----------------------------------------------------------------

const lists = gym => gym.server.users.get(SERIAL) ?? [];

// Each mostly waits, so several go side by side.
describe('users', { concurrency: 4 }, () => {
test('the users are told once, and when they have changed', async t => {
	const gym = await Gym.open(t, { started: false, terminal: { users: 3 } });
	await gym.order('user 2 Asha Rao');
	await gym.order('privilege 1 14');
	await gym.order('privilege 3 1');
	await gym.bridge.start();
	const want = [
		{ user_id: '1', name: 'Member 1', privilege: 14, enabled: true },
		{ user_id: '2', name: 'Asha Rao', privilege: 0, enabled: true },
		{ user_id: '3', name: 'Member 3', privilege: 1, enabled: false },
	];
	await until('the list', () => lists(gym).length > 0);
	assert.deepEqual(lists(gym)[0], want);
	await gym.order('drop');
	await reports(gym, 3);
	await gym.bridge.restart();
	await reports(gym, 3);
	assert.equal(lists(gym).length, 1);
	// somebody is enrolled
	await gym.order('user 1004 Vikram');
	await until('the new list', () => lists(gym).length === 2);
	assert.deepEqual(lists(gym)[1], [...want, { user_id: '1004',
	    name: 'Vikram', privilege: 0, enabled: true }]);
	// and deleted
	await gym.order('delete 2');
	await until('the new list', () => lists(gym).length === 3);
	assert.deepEqual(lists(gym)[2].map(user => user.user_id),
	    ['1', '3', '1004']);
	assert.deepEqual(gym.server.wrong, []);
});

test('a day later a changed name is told, too', async t => {
	const gym = await Gym.open(t, { terminal: { users: 2 }, more: SYNC });
	await until('the list', () => lists(gym).length === 1);
	await gym.order('user 2 Asha Rao');
	await reports(gym, 2);
	assert.equal(lists(gym).length, 1);
	fs.writeFileSync(`${gym.dir}/clock`, String(25 * 3600 * 1000));
	await until('the new list', () => lists(gym).length === 2);
	assert.equal(lists(gym)[1][1].name, 'Asha Rao');
});

test('a server that was away gets the users later', async t => {
	const gym = await Gym.open(t, { started: false, terminal: { users: 2 } });
	gym.server.behaviour = 'away';
	await gym.bridge.start();
	await until('the connection', () =>
	    /connected to/.test(gym.bridge.text()));
	gym.server.behaviour = 'well';
	await until('the list', () => lists(gym).length === 1);
	assert.equal(lists(gym)[0].length, 2);
});

test('users of 28 bytes are told, too', async t => {
	const gym = await Gym.open(t, { terminal: { users: 2,
	    'record-size': 8, 'user-size': 28, 'event-size': 10 } });
	await until('the list', () => lists(gym).length === 1);
	assert.deepEqual(lists(gym)[0].map(user => user.user_id), ['1', '2']);
});

test('the users of another terminal are not mixed up', async t => {
	const gym = await Gym.open(t, { terminals: 2, started: false,
	    terminal: { users: 1 } });
	await gym.order('user 77 Ravi', gym.terminals[1]);
	await gym.bridge.start();
	await until('both lists', () => gym.server.users.size === 2);
	assert.deepEqual(lists(gym)[0].map(user => user.user_id), ['1']);
	assert.deepEqual(gym.server.users.get('CRT5200-SN002')[0].map(user =>
	    user.user_id), ['1', '77']);
});

// A name of user 1, in bytes of whatever code page.
const enroll = (gym, bytes) => new Promise((done, fail) => {
	const socket = net.connect({ path: gym.terminal.control }, () =>
	    socket.write(Buffer.concat([Buffer.from('user 1 '),
	    Buffer.from([...bytes, 10])])));
	socket.on('error', fail);
	socket.once('data', () => { socket.destroy(); done(); });
});

for (const [charset, bytes, name] of [
	['CP1251', [0xc0, 0xed, 0xed, 0xe0], 'Анна'],
	['GBK', [0xd5, 0xc5, 0xce, 0xb0], '张伟'],
	['UTF-8', [...Buffer.from('आशा')], 'आशा'],
	['UTF-8', [0x41, 0xff, 0x42], 'A?B'],
]) {
	test(`names in ${charset}: ${name}`, async t => {
		const gym = await Gym.open(t, { terminal: { users: 1 },
		    started: false, more: { 'terminal t1': { charset } } });
		await enroll(gym, bytes);
		await gym.bridge.start();
		await until('the list', () => lists(gym).length === 1);
		assert.equal(lists(gym)[0][0].name, name);
		const { stdout } = await gym.command('users');
		assert.match(stdout, new RegExp(`  1 +user +${name.replace(
		    '?', '\\?')}\n`));
	});
}

test('`users` lists them', async t => {
	const gym = await Gym.open(t, { terminals: 2, started: false,
	    terminal: { users: 3 } });
	const before = await gym.command('users');
	assert.equal(before.code, 1);		// there is no spool yet
	await gym.order('user 2 Asha Rao');
	await gym.order('privilege 1 14');
	await gym.order('privilege 2 2');
	await gym.order('privilege 3 1');
	await gym.bridge.start();
	await until('both lists', () => gym.server.users.size === 2);
	const all = await gym.command('users');
	assert.equal(all.code, 0);
	const [first, second] = all.stdout.split(/^(?=t2)/m);
	const rows = first.trimEnd().split('\n').map(line =>
	    line.trim().split(/  +/));
	assert.match(first, /^t1 \(CRT5200-SN001\), read \d{4}-\d\d-\d\d /);
	assert.deepEqual(rows.slice(1), [
		['uid', 'user id', 'level', 'name'],
		['1', '1', 'admin', 'Member 1'],
		['2', '2', 'manager', 'Asha Rao'],
		['3', '3', 'user', 'disabled', 'Member 3'],
	]);
	assert.match(second, /^t2 \(CRT5200-SN002\), read /);
	const one = await gym.command('users', 't1');
	assert.equal(one.stdout, first);
	const none = await gym.command('users', 't3');
	assert.equal(none.code, 1);
	assert.match(none.stderr, /there is no terminal 't3'/);
});
});
