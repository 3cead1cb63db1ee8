// mended.test.mjs: what once went wrong on the way from terminal to server
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { Gym, SERIAL, reports } from './gym.mjs';
import { CODE, openProxied, TABLE, tableOf } from './proxy.mjs';
import { awaitCounts, counts, setClock, stateOf } from './quick.mjs';

const OLD = '00:17:61:42:42:42';
const NEW = '00:17:61:11:22:33';
const DAY_MS = 24 * 3600 * 1000;
const ZONE = { bridge: { zone: 'Asia/Kolkata' } };
const REFUSED = 4989;

const last = gym => gym.server.reports.at(-1) ?? {};
const usersOf = gym => gym.server.items.map(item => item.user_id);
const linesOf = (gym, pattern) => gym.bridge.text().split('\n')
    .filter(line => pattern.test(line));
const errorOf = async gym => (await gym.command('status')).stdout
    .match(/^  error +(.*)$/m)[1];

const connected = (gym, times = 1) => until(`connection ${times}`, () =>
    linesOf(gym, /connected to/).length >= times);

// The bridge has been through so many polls from their beginning.
async function polls(gym, count) {
	const had = gym.proxy.count(CODE.SIZES);
	await until(`${count} polls`, () =>
	    gym.proxy.count(CODE.SIZES) > had + count);
}

// A promise and what keeps it.
function gate() {
	let open;
	const opened = new Promise(done => { open = done; });
	return { opened, open };
}

// ---- a log that comes short ------------------------------------------------

const RECORD_BYTES = 40;
const PIECE_BYTES = 65472;

// The answer to 1503 for a table that is as long as `records`.
function shorten(answer, records) {
	const data = Buffer.from(answer.data);
	data.writeUInt32LE(4 + records * RECORD_BYTES, 1);
	return { ...answer, data };
}

const SHORT = {
	'an empty answer': [0, answer => ({ ...answer, command: CODE.OK,
	    data: Buffer.alloc(0) })],
	'half of it': [1000, answer => shorten(answer, 1000)],
	'all but the latest': [2000, answer => shorten(answer, 2000)],
};

// Each mostly waits, so several go side by side.
describe('a log that comes short', { concurrency: 4 }, () => {
for (const [what, [records, answerWith]] of Object.entries(SHORT)) {
	test(`${what} is not taken for the whole log`, async t => {
		const gym = await openProxied(t, { more: { 'terminal t1':
		    { live: 'no', poll_ms: 300 } } });
		await gym.order('log 2000');
		await gym.bridge.start();
		await connected(gym);
		await gym.settled();
		// twice it is short; the next time waits until we have looked
		const { opened, open } = gate();
		let isShort = true, tries = 0;
		gym.proxy.onAnswer = (answer, request) => isShort &&
		    tableOf(request) === TABLE.LOG ? answerWith(answer) : answer;
		gym.proxy.onRequest = async request => {
			if (tableOf(request) === TABLE.LOG && ++tries > 2)
				await opened;
			return request;
		};
		await gym.order('punch 42');
		await until('the words', async () => await errorOf(gym) ===
		    `the log came short: ${records} records of 2001`);
		await until('the report', () =>
		    /came short/.test(last(gym).last_error));
		assert.equal(gym.server.items.length, 2000);
		isShort = false;
		const had = gym.proxy.asked.length;
		open();
		await until('the punch', () => gym.server.items.length > 2000);
		assert.equal(gym.server.items.at(-1).user_id, '42');
		await until('no error', async () =>
		    await errorOf(gym) === 'none');
		await until('no error', () => last(gym).last_error === '');
		// from where the last one ended: what was remembered still is
		const pieces = gym.proxy.asked.slice(had).filter(request =>
		    request.command === CODE.PIECE).map(request =>
		    request.data.readUInt32LE(0));
		assert.ok(pieces.length > 0);
		assert.ok(pieces.every(at => at >= PIECE_BYTES), pieces.join());
		const { count, doubled, invented } = await gym.settled();
		assert.deepEqual({ count, doubled, invented },
		    { count: 2001, doubled: [], invented: [] });
		assert.equal(linesOf(gym, /connected to/).length, 1);
	});
}

test('a terminal that serves less than it counts is believed in the end',
    async t => {
	const gym = await openProxied(t, { more: { 'terminal t1':
	    { poll_ms: 200 } } });
	let served = 1999;
	gym.proxy.onAnswer = (answer, request) =>
	    tableOf(request) === TABLE.LOG ? shorten(answer, served) : answer;
	await gym.order('log 2000');
	await gym.bridge.start();
	await until('the words', () => linesOf(gym,
	    /the log came short: 1999 records of 2000/).length > 0);
	await until('all is well', () => linesOf(gym, /all is well/).length > 0);
	const readings = () => gym.proxy.count(CODE.TABLE, TABLE.LOG);
	const bytes = () => gym.proxy.asked.filter(request =>
	    request.command === CODE.PIECE).length;
	const had = [readings(), bytes()];
	assert.ok(had[0] > 1 && had[0] <= 6, had[0]);
	await polls(gym, 10);
	assert.deepEqual([readings(), bytes()], had);
	// live, and one more is served than before: a tail, no more
	served++;
	await gym.order('punch 42');
	await until('the punch', () => usersOf(gym).includes('42'));
	await polls(gym, 5);
	assert.deepEqual([readings(), bytes()], [had[0] + 1, had[1] + 1]);
	assert.equal(last(gym).last_error, '');
	assert.equal(linesOf(gym, /came short/).length, 1);
	assert.equal((await gym.settled()).count, 2001);
});
});

// ---- users that cannot be read ---------------------------------------------

const UNREADABLE = {
	'a form that is not known': answer => {
		const data = Buffer.alloc(4 + 65 * 60, 0x31);
		data.writeUInt32LE(65 * 60, 0);
		return { ...answer, command: CODE.DATA, data };
	},
	'nothing at all': answer => ({ ...answer, command: CODE.OK,
	    data: Buffer.alloc(0) }),
	'a table without anybody': answer => ({ ...answer, command: CODE.DATA,
	    data: Buffer.alloc(4) }),
};

describe('users that cannot be read', { concurrency: 4 }, () => {
for (const [what, answerWith] of Object.entries(UNREADABLE)) {
	test(`${what}: punches come all the same`, async t => {
		const gym = await openProxied(t, { more: { 'terminal t1':
		    { poll_ms: 200 } } });
		let isOdd = true;
		gym.proxy.onAnswer = (answer, request) => isOdd &&
		    tableOf(request) === TABLE.USERS ? answerWith(answer) :
		    answer;
		const asked = () => gym.proxy.count(CODE.TABLE, TABLE.USERS);
		const words = /its users cannot be read: /;
		await gym.order('punch 41');
		await gym.bridge.start();
		await connected(gym);
		await gym.order('punch 42');
		await polls(gym, 5);
		assert.equal((await gym.settled()).count, 2);
		assert.deepEqual(await counts(gym),
		    { waiting: 0, parked: 0, aside: 0 });
		assert.equal(asked(), 1);
		assert.equal(linesOf(gym, words).length, 1);
		assert.equal(linesOf(gym, /connected to/).length, 1);
		assert.equal(last(gym).last_error, '');
		assert.equal((await stateOf(gym)).served, 1);
		// nor on a new connection, but tomorrow
		await gym.order('drop');
		await connected(gym, 2);
		await polls(gym, 2);
		assert.equal(asked(), 1);
		isOdd = false;
		setClock(gym, DAY_MS + 60000);
		await until('the users', () => gym.server.users.get(SERIAL)
		    ?.at(-1).length === 60);
		assert.equal(asked(), 2);
		assert.equal(linesOf(gym, words).length, 1);
	});
}
});

// ---- records and events of a uid -------------------------------------------

const UID_ONLY = { 'record-size': 8, users: 5 };

describe('uids', { concurrency: 4 }, () => {
for (const live of ['yes', 'no']) {
	test(`who is entered amid a reading and punches at once (live = ${
	    live})`, async t => {
		const gym = await openProxied(t, { terminal: { ...UID_ONLY,
		    'event-size': 10 }, more: { 'terminal t1':
		    { live, poll_ms: 300 } } });
		await gym.order('log 3');
		await gym.bridge.start();
		await connected(gym);
		await gym.settled();
		let once = false;
		gym.proxy.onAnswer = async (answer, request) => {
			if (!once && tableOf(request) === TABLE.USERS) {
				once = true;	// the users are as before
				await gym.order('user 500 Newcomer');
				await gym.order('punch 500');
			}
			return answer;
		};
		await gym.order('punch 2');
		await until('the newcomer', () =>
		    usersOf(gym).includes('500'));
		assert.ok(once);
		assert.equal((await counts(gym)).aside, 0);
		const { count, doubled, invented } = await gym.settled();
		assert.deepEqual({ count, doubled, invented },
		    { count: 5, doubled: [], invented: [] });
		assert.equal(linesOf(gym, /set aside/).length, 0);
	});
}

test('an old punch of a uid that nobody has is set aside', async t => {
	const gym = await openProxied(t, { terminal: UID_ONLY, more: {
	    'terminal t1': { poll_ms: 200 } } });
	await gym.order('user 77 Gone');
	await gym.order('punch 77 2026-03-12T07:30:00');
	await gym.order('delete 77');
	await gym.order('punch 3');
	await gym.bridge.start();
	await connected(gym);
	await awaitCounts(gym, { waiting: 0, parked: 0, aside: 1 });
	assert.deepEqual(usersOf(gym), ['3']);
	// nor is it the next one's
	await gym.order('user 78 Heir');
	await gym.order('punch 78');
	await until('the heir', () => usersOf(gym).includes('78'));
	await polls(gym, 3);
	assert.deepEqual(usersOf(gym), ['3', '78']);
	assert.equal((await counts(gym)).aside, 1);
});

for (const size of [10, 14]) {
	test(`of a log that is refused, events of ${size} bytes have users`,
	    async t => {
		const gym = await openProxied(t, { terminal: { ...UID_ONLY,
		    'event-size': size, 'log-code': REFUSED }, more: {
		    'terminal t1': { poll_ms: 60000 } } });
		await gym.order('user 500 Asha');	// uid 6
		await gym.bridge.start();
		await connected(gym);
		await gym.order('punch 500');
		await gym.order('punch 2');
		await until('both', () => gym.server.items.length === 2);
		assert.deepEqual(usersOf(gym).sort(), ['2', '500']);
		assert.equal((await counts(gym)).aside, 0);
		// one who is gone before anybody could ask
		let deleted = false;
		gym.proxy.onRequest = async request => {
			if (!deleted && tableOf(request) === TABLE.USERS) {
				deleted = true;
				await gym.order('delete 500');
			}
			return request;
		};
		await gym.order('punch 500');
		await awaitCounts(gym, { waiting: 0, parked: 0, aside: 1 });
		assert.equal(linesOf(gym,
		    /a live punch of nobody known: uid 6 at 20/).length, 1);
		await gym.order('punch 3');
		await until('one more', () => usersOf(gym).includes('3'));
		assert.equal(gym.server.items.length, 3);
		assert.equal(linesOf(gym, /connected to/).length, 1);
	});
}
});

// The log is refused, so that an event is all there is of a punch.
async function openDeaf(t) {
	const gym = await openProxied(t, { terminal: { ...UID_ONLY,
	    'event-size': 10, 'log-code': REFUSED }, more: {
	    'terminal t1': { poll_ms: 60000 } } });
	await gym.order('user 500 Asha');	// uid 6
	return gym;
}

async function isToldOnce(gym) {
	await until('the punch', () => gym.server.items.length > 0);
	await reports(gym, 2);
	assert.deepEqual(usersOf(gym), ['500']);
	assert.equal((await counts(gym)).aside, 0);
}

// Each mostly waits, so several go side by side.
describe('events of a uid that wait for the users', { concurrency: 4 }, () => {
test('the line breaks before they are read', async t => {
	const gym = await openDeaf(t);
	await gym.bridge.start();
	await connected(gym);
	let cut = false;
	gym.proxy.onRequest = request => {
		if (cut || tableOf(request) !== TABLE.USERS)
			return request;
		cut = true;
		gym.proxy.cut();
		return null;
	};
	await gym.order('punch 500');
	await connected(gym, 2);
	assert.ok(cut);
	await isToldOnce(gym);
});

test('one comes while the log is being refused', async t => {
	const gym = await openDeaf(t);
	let once = false;
	gym.proxy.onAnswer = async (answer, request) => {
		if (!once && tableOf(request) === TABLE.LOG) {
			once = true;
			await gym.order('punch 500');
		}
		return answer;
	};
	await gym.bridge.start();
	await connected(gym);
	await isToldOnce(gym);
});

test('the log is refused from now on', async t => {
	const gym = await openDeaf(t);
	await gym.order('set log-code 0');
	await gym.bridge.start();
	await connected(gym);
	await gym.order(`set log-code ${REFUSED}`);
	await gym.order('punch 500');
	await isToldOnce(gym);
	assert.match(last(gym).last_error, /refuses the log/);
	// and served again: it is not told twice
	await gym.order('set log-code 0');
	await gym.order('drop');
	await until('no error', () => last(gym).last_error === '');
	await isToldOnce(gym);
});

test('the bridge ends before they are read: it is set aside', async t => {
	const gym = await openDeaf(t);
	await gym.bridge.start();
	await connected(gym);
	const asked = () => gym.proxy.count(CODE.TABLE, TABLE.USERS);
	const had = asked();
	gym.proxy.onRequest = request =>
	    tableOf(request) === TABLE.USERS ? null : request;
	await gym.order('punch 500');
	await until('the question', () => asked() > had);
	await gym.bridge.stop();
	assert.deepEqual(await counts(gym), { waiting: 0, parked: 0, aside: 1 });
	assert.equal(linesOf(gym, /a live punch of nobody known: uid 6/).length,
	    1);
});
});

// ---- the line breaks, the log is refused -----------------------------------

describe('a log that is refused', { concurrency: 4 }, () => {
test('a punch whose clock could not be measured any more', async t => {
	const gym = await openProxied(t, { terminal: { 'log-code': REFUSED },
	    more: { 'terminal t1': { poll_ms: 60000 } } });
	await gym.bridge.start();
	await connected(gym);
	await gym.order('time 7200');
	let cut = false;
	gym.proxy.onRequest = request => {
		if (cut || request.command !== CODE.TIME)
			return request;
		cut = true;
		gym.proxy.cut();
		return null;
	};
	const raw = (await gym.order('punch 42')).slice(3);
	await connected(gym, 2);
	assert.ok(cut);
	await until('the punch', () => gym.server.items.length === 1);
	const [item] = gym.server.items;
	assert.deepEqual([item.user_id, item.time_raw ?? item.timestamp],
	    ['42', raw]);
	await reports(gym, 2);
	assert.equal(gym.server.items.length, 1);
});

test('a sign of life does not mend it', async t => {
	const gym = await openProxied(t, { terminal: { 'log-code': REFUSED },
	    more: { 'terminal t1': { poll_ms: 1000, keepalive_ms: 100 } } });
	await gym.bridge.start();
	await until('the error', () => /refuses the log/.test(
	    last(gym).last_error));
	const had = gym.server.reports.length;
	const readings = () => gym.proxy.count(CODE.TABLE, TABLE.LOG);
	await until('signs of life between three polls', () => readings() >= 4);
	assert.ok(gym.proxy.count(CODE.SIZES) > 15);
	await reports(gym, 1);
	for (const report of gym.server.reports.slice(had))
		assert.match(report.last_error, /refuses the log.*code 4989/);
	assert.match(await errorOf(gym), /refuses the log/);
	assert.equal(linesOf(gym, /refuses the log/).length, 1);
	assert.equal(linesOf(gym, /all is well/).length, 0);
	await gym.order('set log-code 0');
	await until('no error', () => last(gym).last_error === '');
});
});

// ---- who may be written to -------------------------------------------------

const SYNC = { ...ZONE, 'terminal t1': { clock_sync: 'yes' } };

const off = async gym => (await stateOf(gym)).clock_off;
const isRight = gym => until('the clock to be right', async () =>
    Math.abs(await off(gym)) <= 2);

// As a terminal that has no such option.
const hideMac = (answer, request) => request.command === CODE.OPTION &&
    request.data.toString().startsWith('MAC') ? { ...answer,
    command: CODE.ERROR, data: Buffer.alloc(0) } : answer;

describe('addresses', { concurrency: 4 }, () => {
test('nothing is written before the server has spoken', async t => {
	const gym = await Gym.open(t, { started: false, more: SYNC });
	gym.server.behaviour = 'away';
	gym.server.tells.mac = NEW;	// not this one
	await gym.order('time 500');
	await gym.bridge.start();
	await connected(gym);
	await gym.order('drop');
	await connected(gym, 2);
	await gym.bridge.restart();
	await connected(gym);
	// it speaks, of another
	gym.server.behaviour = 'well';
	await until('the warning', () => linesOf(gym, new RegExp(
	    `has the MAC address ${OLD} now, it was ${NEW}`)).length === 1);
	await reports(gym, 1);
	await gym.order('drop');
	await connected(gym, 2);
	const { clock_off, writes } = await stateOf(gym);
	assert.deepEqual({ clock_off, writes }, { clock_off: 500, writes: 0 });
	// and of this one
	gym.server.tells.mac = OLD;
	gym.server.event('access');
	await isRight(gym);
	// which it needs not say again
	await gym.bridge.stop();
	gym.server.behaviour = 'away';
	await gym.order('time 500');
	await gym.bridge.start();
	await isRight(gym);
});

test('a terminal that tells no MAC has its clock set, too', async t => {
	const gym = await openProxied(t, { more: SYNC });
	gym.proxy.onAnswer = hideMac;
	gym.server.behaviour = 'away';
	await gym.order('time 500');
	await gym.bridge.start();
	await connected(gym);
	await gym.order('drop');
	await connected(gym, 2);
	assert.equal(await off(gym), 500);
	gym.server.behaviour = 'well';	// its mac is null
	await isRight(gym);
	assert.equal(linesOf(gym, /MAC/).length, 0);
	assert.equal(last(gym).mac, undefined);
	// now it tells one, of which the server has not spoken
	gym.proxy.onAnswer = answer => answer;
	await gym.order('time 500');
	await gym.order('drop');
	await connected(gym, 3);
	await until('its address', () => last(gym).mac === OLD);
	await reports(gym, 1);
	await gym.order('drop');
	await connected(gym, 4);
	assert.equal(await off(gym), 500);
	gym.server.tells.mac = OLD;
	gym.server.event('access');
	await isRight(gym);
});

test('who does not tell its MAC any more is a stranger', async t => {
	const gym = await openProxied(t, { more: SYNC });
	gym.server.tells.mac = OLD;
	await gym.order('time 500');
	await gym.bridge.start();
	await isRight(gym);
	gym.proxy.onAnswer = hideMac;
	await gym.order('time 500');
	await gym.order('drop');
	await connected(gym, 2);
	await gym.order('punch 42');
	await until('the punch', () => usersOf(gym).includes('42'));
	await reports(gym, 2);
	for (const mac of [OLD, null]) {
		gym.server.tells.mac = mac;
		await gym.bridge.restart();
		await connected(gym);
		await reports(gym, 2);
		assert.equal(await off(gym), 500);
		assert.equal(linesOf(gym, new RegExp(`has the MAC address ` +
		    `\\(none\\) now, it was ${OLD}`)).length, 1);
	}
	gym.proxy.onAnswer = answer => answer;
	gym.server.tells.mac = OLD;
	await gym.order('drop');
	await isRight(gym);
});
});

// ---- commands and names ----------------------------------------------------

test('`--once` says why a terminal of UDP refuses it', async t => {
	const gym = await Gym.open(t, { started: false, more: ZONE,
	    terminal: { transport: 'udp', 'connect-code': 6001 } });
	const { code, stderr } = await gym.command('--once');
	assert.equal(code, 1);
	assert.match(stderr, /t1: the terminal refuses the connection.*6001/);
	assert.match(await errorOf(gym), /refuses the connection.*6001/);
});

const canHideNames = () => {
	try {
		execFileSync('unshare', ['-m', 'mount', '--bind',
		    '/etc/resolv.conf', '/etc/resolv.conf'],
		    { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
};

// A name server that hears, and never answers; null where we may not.
async function silentNames(t, address) {
	const socket = dgram.createSocket('udp4');
	socket.asked = 0;
	socket.on('message', () => { socket.asked++; });
	const bound = await new Promise(done => {
		socket.once('error', () => done(false));
		socket.bind(53, address, () => done(true));
	});
	t.after(() => socket.close());
	return bound ? socket : null;
}

test('a name server that is silent holds up neither work nor end',
    async t => {
	const address = `127.53.${process.pid >> 8 & 255}.${process.pid & 255}`;
	const names = canHideNames() ? await silentNames(t, address) : null;
	if (!names)
		return t.skip('needs root, for a name server of its own');
	const gym = await Gym.open(t, { terminals: 2, started: false, more: {
	    ...ZONE, 'terminal t1': { host: 'door.example', timeout_ms: 500 } } });
	const file = `${gym.dir}/resolv.conf`;
	fs.writeFileSync(file, `nameserver ${address}\noptions timeout:20\n`);
	gym.bridge.argv = ['unshare', '-m', 'sh', '-c',
	    `mount --bind ${file} /etc/resolv.conf && exec "$@"`, 'sh',
	    ...gym.bridge.argv];
	await gym.bridge.start();
	await until('the question', () => names.asked > 0);
	await until('the error', () => linesOf(gym,
	    /t1: door\.example: the name server does not answer/).length > 0,
	    4000);
	await gym.order('punch 42', gym.terminals[1]);
	await until('a punch next door', () => gym.server.items.length === 1);
	assert.match(await errorOf(gym), /the name server does not answer/);
	// in the midst of a question
	const { asked } = names;
	await until('another question', () => names.asked > asked);
	const began = Date.now();
	assert.equal(await gym.bridge.stop(), true);
	assert.ok(Date.now() - began < 2000, `${Date.now() - began} ms`);
	assert.equal(gym.bridge.code, 0);
});
