// door.test.mjs: the server's list decides whom the terminal lets in
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { Gym } from './gym.mjs';

const EVER = [['2000-01-01 00:00:00', '2030-01-01 00:00:00']];
const NEVER = [];
const MAC = '00:17:61:12:00:01';
const QUIET = { bridge: { zone: 'Asia/Kolkata', report_seconds: 3600 } };

// Every clock but the one of this test: terminal, bridge and server.
function clock(gym, local) {
	const ahead = Date.parse(`${local}+05:30`) - Date.now();
	fs.writeFileSync(`${gym.dir}/clock.new`, String(ahead));
	fs.renameSync(`${gym.dir}/clock.new`, `${gym.dir}/clock`);
	gym.server.ahead = ahead / 1000;
}

async function open(t, { at = '2026-11-26T12:00:00', ...more } = {}) {
	const gym = await Gym.open(t, { more: QUIET, started: false, ...more });
	clock(gym, at);
	await gym.order('time 0');
	gym.server.tells.mac = MAC;
	await gym.order(`set mac ${MAC}`);
	return gym;
}

async function start(gym) {
	await gym.bridge.start();
	await until('a stream', () => gym.server.streams.size > 0);
	// behind the report: so it knows that this is the right terminal
	await until('a question', () => gym.server.lists.asked > 0);
	await until('a reading', () => /connected to/.test(gym.bridge.text()));
}

const entered = async (gym, user) =>
	(await gym.terminal.send(`punch ${user}`)).startsWith('ok');

const isOpen = async (gym, user) =>
	/opens=yes/.test(await gym.order(`show ${user}`));

const opens = (gym, user, yes = true, ms = 10000) =>
	until(`${user} ${yes ? 'may' : 'may not'} enter`, async () =>
	    await isOpen(gym, user) === yes, ms);

// Users of the terminal by how often each was written.
async function writes(gym) {
	const file = `${gym.dir}/table`;
	await gym.order(`table ${file}`);
	return Object.fromEntries(fs.readFileSync(file, 'utf8').split('\n')
	    .filter(Boolean).map(line => [line.match(/ id=(\S+)/)[1],
	    Number(line.match(/writes=(\d+)/)[1])]).filter(([, n]) => n > 0));
}

const everybody = (count, more = {}) => ({ ...Object.fromEntries(
    Array.from({ length: count }, (_, i) => [i + 1, EVER])), ...more });

test('off: nothing is written, whatever the list says', async t => {
	const gym = await open(t);
	await start(gym);
	gym.server.allow(everybody(60, { 5: NEVER }), { enforced: null });
	await until('a report of the door', () => gym.server.door?.enforced ===
	    false);
	assert.deepEqual(await writes(gym), {});
	assert.equal(await entered(gym, 5), true);
});

test('who may not enter is kept out, and let in again; nobody else is written',
    async t => {
	const gym = await open(t);
	await start(gym);
	await gym.order('privilege 7 14');
	gym.server.allow(everybody(60, { 5: NEVER, 7: NEVER }));
	await opens(gym, 5, false);
	assert.equal(await entered(gym, 5), false);
	assert.equal(await entered(gym, 7), true, 'an administrator');
	await until('the report', () => gym.server.door?.users.length === 1);
	assert.deepEqual(gym.server.door.users,
	    [{ user_id: '5', state: 'BLOCKED', kind: 'ENDED' }]);
	assert.equal(gym.server.door.enforced, true);

	const clicked = Date.now();
	gym.server.allow(everybody(60));
	await opens(gym, 5, true, 5000);
	assert.ok(Date.now() - clicked < 5000);
	assert.deepEqual(await writes(gym), { 5: 2 });

	// the same list again: it is not read, and nothing is done
	const { fresh } = gym.server.lists;
	gym.server.event('access');
	await until('304', () => gym.server.lists.same > 0);
	assert.equal(gym.server.lists.fresh, fresh);
	assert.deepEqual(gym.server.wrong, []);
});

test('a member who is not in the list is not touched, nor freed', async t => {
	const gym = await open(t);
	await start(gym);
	gym.server.allow({ 5: NEVER });
	await opens(gym, 5, false);
	gym.server.allow({ 6: NEVER });
	await opens(gym, 6, false);
	assert.equal(await isOpen(gym, 5), false);
	assert.deepEqual(await writes(gym), { 5: 1, 6: 1 });
});

test('at midnight of the branch, with the server away', async t => {
	const gym = await open(t, { at: '2026-11-26T23:50:00' });
	await start(gym);
	gym.server.allow(everybody(60, {
	    5: [['2000-01-01 00:00:00', '2026-11-27 00:00:00']] }));
	await until('the list', () => gym.server.door?.enforced);
	assert.equal(await entered(gym, 5), true);
	gym.server.behaviour = 'away';
	clock(gym, '2026-11-26T23:59:50');
	assert.equal(await isOpen(gym, 5), true);
	clock(gym, '2026-11-27T00:00:05');
	await opens(gym, 5, false);
	clock(gym, '2026-11-27T00:00:30');
	assert.equal(await entered(gym, 5), false);
	assert.equal(await entered(gym, 6), true);
});

test('hours of a plan end and begin again, with the server away', async t => {
	const gym = await open(t, { at: '2026-11-26T09:00:00' });
	await start(gym);
	gym.server.allow(everybody(60, { 5: [
	    ['2026-11-26 06:00:00', '2026-11-26 10:00:00'],
	    ['2026-11-26 17:00:00', '2026-11-26 21:00:00'],
	    ['2026-11-27 06:00:00', '2026-11-27 10:00:00']] }));
	await until('the list', () => gym.server.door?.enforced);
	gym.server.behaviour = 'away';
	for (const [at, yes] of [['2026-11-26T10:00:01', false],
	    ['2026-11-26T17:00:01', true], ['2026-11-26T21:00:01', false],
	    ['2026-11-27T06:00:01', true]]) {
		clock(gym, at);
		await opens(gym, 5, yes);
	}
	// a day and more without the server: of the two only the one whose
	// membership is over is closed
	clock(gym, '2026-11-27T16:00:00');
	await opens(gym, 5, false);
});

test('longer without the server than the grace: only who has ended', async t => {
	const gym = await open(t, { at: '2026-11-26T09:00:00' });
	await start(gym);
	gym.server.allow(everybody(60, {
	    5: [['2026-11-26 06:00:00', '2026-11-27 15:00:00']],
	    6: [['2026-11-26 06:00:00', '2026-11-27 15:00:00'],
	        ['2026-11-28 06:00:00', '2026-11-28 10:00:00']] }));
	await until('the list', () => gym.server.door?.enforced);
	gym.server.behaviour = 'away';
	clock(gym, '2026-11-27T16:00:00');
	await opens(gym, 5, false);
	assert.equal(await isOpen(gym, 6), true);
});

test('a wrong clock closes nobody, but opens', async t => {
	const gym = await open(t);
	await gym.order('time 3600');		// the terminal's is ahead
	await start(gym);
	gym.server.allow(everybody(60, {
	    5: [['2000-01-01 00:00:00', '2026-11-26 13:00:00']],
	    6: [['2026-11-26 13:00:00', '2030-01-01 00:00:00']] }));
	await opens(gym, 6, false);		// by the server's clock
	gym.server.behaviour = 'away';
	clock(gym, '2026-11-26T13:00:10');
	await opens(gym, 6);
	assert.equal(await isOpen(gym, 5), true);

	// the server is back, and with it a clock
	gym.server.behaviour = 'well';
	gym.server.event('access');
	await opens(gym, 5, false);
});

test('a ban, a new user and a name of the terminal\'s own stay', async t => {
	const gym = await open(t);
	await gym.order('ban 8');
	await start(gym);
	gym.server.allow(everybody(60, { 5: NEVER, 8: EVER }));
	await opens(gym, 5, false);
	await gym.order('user 5 Renamed');
	await gym.order('user 900 New');
	await until('the ban', () => gym.server.door?.users.some(u =>
	    u.user_id === '8' && u.state === 'BANNED'));
	gym.server.allow(everybody(60));
	await opens(gym, 5);
	assert.match(await gym.order('show 5'), /name=Renamed/);
	assert.equal(await isOpen(gym, 8), false);
	assert.equal(await isOpen(gym, 900), true);
	assert.deepEqual(Object.keys(await writes(gym)), ['5']);
});

test('many at once wait for the owner', async t => {
	const gym = await open(t);
	await start(gym);
	const seven = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(i =>
	    [i, NEVER]));
	gym.server.allow(everybody(60, seven));
	await until('seven wait', () => gym.server.door?.users.filter(u =>
	    u.state === 'PENDING').length === 7);
	assert.equal(gym.server.door.differing, 7);
	assert.deepEqual(await writes(gym), {});
	gym.server.allow(everybody(60, Object.fromEntries(Object.keys(seven)
	    .map(i => [i, { windows: NEVER, approved: true }]))));
	await opens(gym, 7, false);
	await until('all are closed', () => gym.server.door.users.filter(u =>
	    u.state === 'BLOCKED').length === 7);
});

test('2,000 users: only the changed ones; killed and without power in between',
    async t => {
	const gym = await open(t, { terminal: { users: 2000 } });
	await start(gym);
	const closed = Object.fromEntries(Array.from({ length: 60 }, (_, i) =>
	    [i * 30 + 1, { windows: NEVER, approved: true }]));
	await gym.order('crash 25 silent 300');
	gym.server.allow(everybody(2000, closed));
	await until('the power is gone', async () => Object.keys(
	    await writes(gym).catch(() => ({}))).length >= 25, 20000);
	await gym.bridge.kill();
	await gym.bridge.start();
	await until('all are closed', () => gym.server.door?.users.filter(u =>
	    u.state === 'BLOCKED').length === 60, 30000);
	const written = await writes(gym);
	assert.deepEqual(Object.keys(written).sort(),
	    Object.keys(closed).sort());
	assert.ok(Object.values(written).every(n => n <= 2), 'hardly twice');
});

test('a firmware that ignores the bit is said, and closes nobody, but opens',
    async t => {
	const gym = await open(t);
	await start(gym);
	gym.server.allow(everybody(60, { 9: NEVER }));
	await opens(gym, 9, false);
	await gym.order('set ignores bit');
	gym.server.allow(everybody(60, { 4: NEVER, 5: NEVER, 6: NEVER,
	    9: NEVER }));
	await until('the trouble', () => /firmware/.test(
	    gym.server.door?.trouble ?? ''));
	assert.equal(gym.server.door.differing, 3);
	await gym.order('set ignores nothing');
	gym.server.allow(everybody(60, { 4: NEVER, 5: NEVER, 6: NEVER }));
	await opens(gym, 9);
	await until('the report', () => gym.server.door.users.every(u =>
	    u.state === 'FAILED'));
	assert.match(gym.server.door.trouble, /firmware/);
	assert.equal(gym.server.door.differing, 3);
	assert.equal(await isOpen(gym, 5), true);
});

test('a terminal that refuses writes for a moment is tried again soon',
    async t => {
	const gym = await open(t);
	await start(gym);
	const three = { 4: NEVER, 5: NEVER, 6: NEVER };
	gym.server.allow(everybody(60, three));
	await opens(gym, 6, false);
	await gym.order('set user-code 2001');
	gym.server.allow(everybody(60, { 7: NEVER, 8: NEVER, 9: NEVER }));
	await until('six that differ', () => gym.server.door.differing === 6);
	assert.doesNotMatch(gym.server.door.trouble, /firmware/);
	await gym.order('set user-code 0');
	await opens(gym, 6);
	await opens(gym, 9, false);
	await until('the report', () => gym.server.door.differing === 0);
	assert.equal(gym.server.door.trouble, '');
});

// The server tells the new one whom the old one kept out, not what was before.
for (const [lever, value] of [['GROUP', 99], ['ZONE', 16]]) {
	test(`a bridge that lost its spool lets in again: ${lever}`, async t => {
		const gym = await open(t);
		const head = { lever, lever_value: value };
		const blocked = { windows: NEVER, blocked: true };
		await gym.order(`set closed-${lever.toLowerCase()} ${value}`);
		await start(gym);
		gym.server.allow(everybody(60, { 4: NEVER, 5: NEVER,
		    6: NEVER }), head);
		await opens(gym, 6, false);
		await gym.bridge.stop();
		for (const end of ['', '-wal', '-shm'])
			fs.rmSync(`${gym.dir}/spool.db${end}`, { force: true });
		gym.server.allow(everybody(60, { 4: blocked, 5: blocked,
		    6: blocked }), head);
		await start(gym);
		await until('the report', () => gym.server.door?.users.filter(
		    u => u.state === 'BLOCKED').length === 3);
		gym.server.allow(everybody(60, { 4: NEVER, 5: NEVER }), head);
		await opens(gym, 6);
		const { code, stdout } = await gym.command('release');
		assert.equal(code, 0, stdout);
		await opens(gym, 4);
		await opens(gym, 5);
	});
}

test('release and switching off free all that the bridge has closed',
    async t => {
	const gym = await open(t);
	await gym.order('ban 8');
	await start(gym);
	gym.server.allow(everybody(60, { 5: NEVER, 6: NEVER }));
	await opens(gym, 6, false);
	const { code, stdout } = await gym.command('release');
	assert.equal(code, 0, stdout);
	await opens(gym, 5);
	await opens(gym, 6);
	gym.server.allow(everybody(60, { 5: NEVER, 6: NEVER, 7: NEVER }));
	await until('the list', () => gym.server.door?.enforced === false);
	assert.equal(await isOpen(gym, 7), true, 'it stays released');

	gym.server.allow(everybody(60, { 5: NEVER }),
	    { enforced: '2026-11-26T09:00:00.000Z' });
	await opens(gym, 5, false);
	gym.server.allow(everybody(60, { 5: NEVER }), { enforced: null });
	await opens(gym, 5);
	assert.equal(await isOpen(gym, 8), false);
});

test('the door is unlocked once, by one that can', async t => {
	const gym = await open(t);
	await start(gym);
	const id = gym.server.command('unlock', { seconds: 3 });
	gym.server.event('command', JSON.stringify({ id, kind: 'unlock',
	    seconds: 3, expires_ms: 5000 }));
	const result = await until('the result', () =>
	    gym.server.results.get(id));
	assert.deepEqual(result, { done: true, words: '' });
	const state = await gym.order('state');
	assert.match(state, /door=open/);
	assert.match(state, /unlocks=1\b/);
	assert.match(state, /unlock_tenths=30\b/);
	await gym.order('set relay no');
	const other = gym.server.command('unlock', { seconds: 3 });
	assert.equal((await until('the refusal', () =>
	    gym.server.results.get(other))).done, false);
});

test('a trial closes one finger, which ends by itself', async t => {
	const gym = await open(t);
	await start(gym);
	gym.server.allow(everybody(60), { enforced: null });
	await until('the list', () => gym.server.lists.fresh > 0);
	const id = gym.server.command('block', { user_id: '5' });
	const result = await until('the result', () =>
	    gym.server.results.get(id));
	assert.equal(result.done, true, result.words);
	assert.equal(result.templates_before, result.templates_after);
	assert.equal(await entered(gym, 5), false);
	const free = gym.server.command('free', { user_id: '5' });
	assert.equal((await until('the result', () =>
	    gym.server.results.get(free))).done, true);
	assert.equal(await entered(gym, 5), true);

	await until('again', () => gym.server.results.get(
	    gym.server.command('block', { user_id: '6' })) !== null);
	await opens(gym, 6, false);
	clock(gym, '2026-11-26T12:11:00');
	await opens(gym, 6);
	const admin = gym.server.command('block', { user_id: '999' });
	assert.equal((await until('the refusal', () =>
	    gym.server.results.get(admin))).done, false);
});
