// spool.test.mjs: disks that are full, read-only, broken; what is kept, what
// is forgotten
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pause, SLOW, until } from '../stack/wait.mjs';
import { Gym, SERIAL, key, reports } from './gym.mjs';

const PAGE = 4096;
const DAY = 24 * 3600 * 1000;
const KOLKATA_MS = 5.5 * 3600000;
const SURE = { bridge: { zone: 'Asia/Kolkata' } };	// no start anew

const last = gym => gym.server.reports.at(-1) ?? {};
const status = async gym =>
    JSON.parse((await gym.command('status', '--json')).stdout);

// Each punch came, perhaps more than once, and none that nobody made.
async function assertSame(gym, count) {
	const got = await gym.settled(60000);
	assert.equal(got.count, count);
	assert.deepEqual(got.invented, []);
	assert.deepEqual(gym.server.wrong, []);
	return got;
}

async function assertExact(gym, count) {
	assert.deepEqual((await assertSame(gym, count)).doubled, []);
}

const nothingWaits = gym => until('nothing to wait', async () =>
    (await status(gym)).terminals[0].waiting === 0);

async function endsAtOnce(gym) {
	const began = Date.now();
	assert.ok(gym.bridge.running);
	assert.ok(await gym.bridge.stop());
	assert.equal(gym.bridge.code, 0);
	assert.ok(Date.now() - began < 2000 * SLOW);
}

// A command of the machine; what it wrote, or null when it failed.
function command(file, ...args) {
	try {
		return execFileSync(file, args, { encoding: 'utf8',
		    stdio: ['ignore', 'pipe', 'ignore'] });
	} catch {
		return null;
	}
}

// The first schema, as it was; its file has punches that wait.
const SCHEMA_1 = `
CREATE TABLE terminal (id INTEGER PRIMARY KEY, sn TEXT NOT NULL UNIQUE,
 records INTEGER NOT NULL DEFAULT 0, layout INTEGER NOT NULL DEFAULT 0,
 full_day INTEGER, tail BLOB);
CREATE TABLE seen (terminal INTEGER NOT NULL, local INTEGER NOT NULL,
 user TEXT NOT NULL, PRIMARY KEY (terminal, local, user)) WITHOUT ROWID;
CREATE TABLE seen_uid (terminal INTEGER NOT NULL, local INTEGER NOT NULL,
 uid INTEGER NOT NULL, PRIMARY KEY (terminal, local, uid)) WITHOUT ROWID;
CREATE TABLE queue (id INTEGER PRIMARY KEY AUTOINCREMENT,
 terminal INTEGER NOT NULL, user TEXT NOT NULL, local INTEGER NOT NULL,
 clock_offset INTEGER, fresh INTEGER NOT NULL, status INTEGER, answer TEXT);
CREATE INDEX queue_waiting ON queue (fresh DESC, id) WHERE status IS NULL;
CREATE INDEX queue_terminal ON queue (terminal, status);
CREATE TABLE aside (terminal INTEGER NOT NULL, raw BLOB NOT NULL,
 why TEXT NOT NULL, seen_at INTEGER NOT NULL,
 PRIMARY KEY (terminal, raw)) WITHOUT ROWID;
CREATE TABLE place (name TEXT PRIMARY KEY, sn TEXT NOT NULL,
 reached_at INTEGER, log_count INTEGER, log_capacity INTEGER,
 clock_offset INTEGER, error TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE note (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;`;

// ---- disks -----------------------------------------------------------------

// A small file system of its own for the spool; null, and the test is
// skipped, where we may not mount one.
function disk(t, prepare) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-'));
	const made = { folder, at: `${folder}/at` };
	t.after(() => {
		command('umount', '-l', made.at);
		fs.rmSync(folder, { recursive: true, force: true });
	});
	fs.mkdirSync(made.at);
	if (prepare(made))
		return made;
	t.skip('a file system cannot be mounted here');
	return null;
}

const small = made => command('mount', '-t', 'tmpfs', '-o', 'size=2m',
    'tmpfs', made.at) !== null;

function loop(made) {
	const image = `${made.folder}/image`;
	fs.writeFileSync(image, Buffer.alloc(8 << 20));
	return command('mkfs.ext4', '-q', image) !== null &&
	    command('mount', '-o', 'loop', image, made.at) !== null;
}

// Not a byte fits any more.
function fill(made) {
	const fd = fs.openSync(`${made.at}/ballast`, 'a');
	for (let size = 1 << 20; size >= 1;) {
		try {
			fs.writeSync(fd, Buffer.alloc(size));
		} catch (e) {
			assert.equal(e.code, 'ENOSPC');
			size /= 2;
		}
	}
	fs.closeSync(fd);
}

const empty = made => fs.rmSync(`${made.at}/ballast`);

// A gym whose spool lies there; its bridge counts as started when it has said
// something.
async function gymOn(t, made, more = {}) {
	const gym = await Gym.open(t, { started: false });
	gym.configure({ ...more, bridge: { spool: `${made.at}/spool.db`,
	    zone: 'Asia/Kolkata' } });
	gym.bridge.ready = () => gym.bridge.text().includes('gymgate-bridge: ');
	return gym;
}

// Nothing is read while nothing can be kept: a table in which somebody
// punches would grow by him.
async function readsNothing(gym) {
	await gym.order('log 50');
	await gym.order('amid 58 1');
	const count = await gym.order('count');
	await reports(gym, 3);
	assert.equal(await gym.order('count'), count);
}

// What is wrong is told everywhere, but not over and over again.
async function saysSo(gym, words) {
	await until('the report', () => words.test(last(gym).last_error));
	const log = gym.bridge.text().split('\n').filter(line =>
	    /^<[34]>/.test(line));
	assert.ok(log.some(line => words.test(line)), log.join('\n'));
	const { spool } = await status(gym);
	assert.match(spool.error, words);
	assert.match((await gym.command('status')).stdout,
	    new RegExp(`^spool .*\n +error +${words.source}`, 'm'));
}

const FULL = /cannot use the spool: .*full/;

// Each mostly waits, so several go side by side.
describe('disks', { concurrency: 4 }, () => {
test('a disk that gets full stops the reading, not the bridge', async t => {
	const made = disk(t, small);
	if (!made)
		return;
	const gym = await gymOn(t, made);
	await gym.order('log 700');
	await gym.bridge.start();
	await assertExact(gym, 700);
	await nothingWaits(gym);
	fill(made);
	await gym.order('punch 42');
	await saysSo(gym, FULL);
	await readsNothing(gym);
	assert.ok(gym.bridge.text().match(/cannot use the spool/g).length <= 6,
	    gym.bridge.text());
	empty(made);
	await until('the reading', async () => (await gym.held()).length === 752);
	await assertExact(gym, 752);
	await until('no error', () => last(gym).last_error === '');
	assert.equal((await status(gym)).spool.error, '');
	// again, and it is asked to end
	fill(made);
	await gym.order('punch 43');
	await until('the error', () => last(gym).last_error);
	await endsAtOnce(gym);
	empty(made);
	await gym.bridge.start();
	await assertExact(gym, 753);
});

test('what waits when the disk gets full is sent, and waits no more',
    async t => {
	const made = disk(t, small);
	if (!made)
		return;
	const gym = await gymOn(t, made);
	gym.server.behaviour = 'stranger';
	await gym.order('log 300');
	await gym.bridge.start();
	await until('all to wait', async () =>
	    (await status(gym)).terminals[0].waiting === 300);
	fill(made);
	gym.server.behaviour = 'well';
	await until('the punches', () => gym.server.ledger.size === 300);
	const { requests } = gym.server;
	await reports(gym, 2);
	assert.ok(gym.bridge.running);
	// tried again with pauses, for nobody could note that it was done
	assert.ok(gym.server.requests - requests < 40 * SLOW);
	assert.equal((await status(gym)).terminals[0].waiting, 300);
	empty(made);
	await nothingWaits(gym);
	await assertSame(gym, 300);
});

// The comparison is not over when nothing could be queued again.
test('a server that lost punches while the disk was full gets them', async t => {
	const made = disk(t, small);
	if (!made)
		return;
	const gym = await gymOn(t, made);
	await gym.order('log 2000');
	await gym.bridge.start();
	await assertExact(gym, 2000);
	await nothingWaits(gym);
	gym.server.behaviour = 'away';
	await until('the outage', () =>
	    /answers its reports with 503/.test(gym.bridge.text()));
	fill(made);
	gym.server.forget(await gym.held());	// a backup of long ago
	gym.server.behaviour = 'well';
	await until('the error', () => FULL.test(gym.bridge.text()));
	await reports(gym, 3);
	assert.equal(gym.server.ledger.size, 0);
	empty(made);
	await until('the punches', () => gym.server.ledger.size === 2000);
	await nothingWaits(gym);
	await assertSame(gym, 2000);
});

for (const known of [false, true]) {
	test(`a disk that is full at the start, ${known ? 'an old' : 'a new'} ` +
	    'spool', async t => {
		const made = disk(t, small);
		if (!made)
			return;
		const gym = await gymOn(t, made);
		await gym.order('log 700');
		if (known) {
			await gym.bridge.start();
			await assertExact(gym, 700);
			await gym.bridge.stop();
		}
		fill(made);
		await gym.order('punch 42');
		await gym.bridge.start();
		assert.match(gym.bridge.text(), /^<3>.*spool.db: .*(full|No space)/m);
		await endsAtOnce(gym);
		await gym.bridge.start();
		empty(made);
		await assertExact(gym, 701);
		assert.equal(gym.bridge.text().match(/^<3>/mg).length, 1);
	});
}

test('a disk that is read-only at the start', async t => {
	const made = disk(t, small);
	if (!made)
		return;
	const gym = await gymOn(t, made);
	await gym.order('log 100');
	await gym.bridge.start();
	await assertExact(gym, 100);
	await gym.bridge.stop();
	command('mount', '-o', 'remount,ro', made.at);
	await gym.order('punch 42');
	await gym.bridge.start();
	assert.match(gym.bridge.text(), /^<3>.*spool.db: .*Read-only/m);
	const { code, stderr } = await gym.command('status');
	assert.equal(code, 1);
	assert.match(stderr, /spool.db: .*Read-only file system/);
	await endsAtOnce(gym);
	await gym.bridge.start();
	command('mount', '-o', 'remount,rw', made.at);
	await assertExact(gym, 101);
});

// As ext4 does by itself when the disk beneath it fails.
test('a disk that becomes read-only', async t => {
	const made = disk(t, loop);
	if (!made)
		return;
	const gym = await gymOn(t, made);
	await gym.order('log 100');
	await gym.bridge.start();
	await assertExact(gym, 100);
	await nothingWaits(gym);
	command('mount', '-o', 'remount,abort', made.at);
	await gym.order('punch 42');
	await until('the report', () =>
	    /cannot use the spool/.test(last(gym).last_error));
	await readsNothing(gym);
	assert.ok(gym.bridge.text().match(/cannot use the spool/g).length <= 6,
	    gym.bridge.text());
	await endsAtOnce(gym);
	// somebody looks after it
	assert.notEqual(command('umount', made.at), null);
	command('e2fsck', '-fy', `${made.folder}/image`);
	assert.notEqual(command('mount', '-o', 'loop', `${made.folder}/image`,
	    made.at), null);
	await gym.bridge.start();
	await until('the reading', async () => (await gym.held()).length === 152);
	await assertSame(gym, 152);
});

// No room for another file: the journal of the spool cannot be made.
test('a disk that takes no more files', async t => {
	const made = disk(t, at => command('mount', '-t', 'tmpfs', '-o',
	    'size=2m,nr_inodes=10', 'tmpfs', at.at) !== null);
	if (!made)
		return;
	const gym = await gymOn(t, made);
	await gym.order('log 100');
	await gym.bridge.start();
	await assertExact(gym, 100);
	await gym.bridge.stop();
	for (let i = 0; i < 10; i++) {
		try {
			fs.writeFileSync(`${made.at}/file${i}`, '');
		} catch (e) {
			assert.equal(e.code, 'ENOSPC');
		}
	}
	await gym.order('punch 42');
	await gym.bridge.start();
	await until('the words', () => /^<3>.*spool.db: .*No space left/m
	    .test(gym.bridge.text()));
	assert.ok(gym.bridge.running);
	for (let i = 0; i < 10; i++)
		fs.rmSync(`${made.at}/file${i}`, { force: true });
	await assertExact(gym, 101);
});

test('a full disk puts off the upgrade', async t => {
	const made = disk(t, small);
	if (!made)
		return;
	if (command('sqlite3', '--version') === null)
		return t.skip('no sqlite3');
	const gym = await gymOn(t, made);
	command('sqlite3', `${made.at}/spool.db`, `${SCHEMA_1}
	    INSERT INTO terminal (id, sn) VALUES (7, '${SERIAL}');
	    INSERT INTO queue (terminal, user, local, fresh)
	    VALUES (7, '3', 1773316800, 0);
	    INSERT INTO seen (terminal, local, user)
	    VALUES (7, 1773316800, '3');`);
	await gym.order('punch 3 2026-03-12T12:00:00');
	fill(made);
	await gym.bridge.start();
	await until('the words', () => /^<3>.*spool.db: .*(full|No space)/m
	    .test(gym.bridge.text()));
	assert.ok(gym.bridge.running);
	empty(made);
	await assertExact(gym, 1);
});
});

// ---- damage ----------------------------------------------------------------

// Overwrites pages, never the first, of the file; random ones.
function damage(file, count, seed) {
	const pages = fs.statSync(file).size / PAGE;
	const fd = fs.openSync(file, 'r+');
	for (let i = 0; i < count; i++) {
		seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
		fs.writeSync(fd, Buffer.alloc(PAGE, 'damage! '), 0, PAGE,
		    (1 + seed % (pages - 1)) * PAGE);
	}
	fs.closeSync(fd);
}

const damaged = gym => fs.readdirSync(gym.dir).filter(name =>
    /^spool\.db\.damaged-[^-]*-[^-]*-[^-]*Z$/.test(name));

test('a spool damaged while nobody has it is mended', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	const seed = Date.now() >>> 0;
	t.diagnostic(`seed ${seed}`);
	await gym.order('log 3000');
	gym.server.behaviour = 'stranger';
	await gym.bridge.start();
	await until('all to wait', async () =>
	    (await status(gym)).terminals[0].waiting === 3000);
	for (let i = 0; i < 5; i++) {
		await gym.bridge.stop();
		damage(`${gym.dir}/spool.db`, 3, seed + i);
		await gym.bridge.start();
		await gym.order(`punch ${i + 1}`);
	}
	assert.match(gym.bridge.text(), /spool: saved \d+ rows of seen/);
	assert.match(gym.bridge.text(), /was damaged; what could be saved/);
	assert.ok(damaged(gym).length > 0);
	gym.server.behaviour = 'well';
	await assertSame(gym, 3005);
	await nothingWaits(gym);
	// what is mended stays so
	await gym.bridge.restart();
	await gym.order('punch 42');
	await assertSame(gym, 3006);
	assert.doesNotMatch(gym.bridge.text(), /damaged/);
});

test('a spool of which nothing is left is made anew', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	await gym.order('log 1000');
	await gym.bridge.start();
	await assertExact(gym, 1000);
	await gym.bridge.stop();
	fs.writeFileSync(`${gym.dir}/spool.db`, 'x'.repeat(100000));
	await gym.order('punch 42');
	await gym.bridge.start();
	await assertSame(gym, 1001);
	assert.equal(damaged(gym).length, 1);
	assert.equal(fs.readFileSync(`${gym.dir}/${damaged(gym)[0]}`, 'utf8'),
	    'x'.repeat(100000));
});

test('a spool damaged behind its back is mended without being asked',
    async t => {
	if (command('sqlite3', '--version') === null)
		return t.skip('no sqlite3');
	const gym = await Gym.open(t, { started: false, more: SURE });
	const file = `${gym.dir}/spool.db`;
	await gym.order('log 20000');
	await gym.bridge.start();
	await assertExact(gym, 20000);
	await nothingWaits(gym);
	const { pid } = gym.bridge;
	// all of it is in the file, and none of it is remembered
	command('sqlite3', file, 'PRAGMA wal_checkpoint(TRUNCATE)');
	damage(file, 200, 42);
	command('sqlite3', file,
	    "INSERT OR REPLACE INTO note VALUES ('test', '1')");
	await gym.order('punch 42');
	await until('the start anew', () =>
	    /starting anew: the spool is damaged/.test(gym.bridge.text()));
	await assertSame(gym, 20001);
	await nothingWaits(gym);
	assert.equal(gym.bridge.pid, pid);
	assert.ok(damaged(gym).length > 0);
	await until('no error', () => last(gym).last_error === '');
	assert.ok(!fs.existsSync(`${file}.damage`));
});

test('a spool that is damaged over and over is not mended all the time',
    async t => {
	if (command('sqlite3', '--version') === null)
		return t.skip('no sqlite3');
	const gym = await Gym.open(t, { started: false, more: SURE });
	const file = `${gym.dir}/spool.db`;
	const times = [];
	await gym.order('log 20000');
	await gym.bridge.start();
	for (let i = 1; i <= 2; i++) {
		await gym.settled(60000);
		await nothingWaits(gym);
		command('sqlite3', file, 'PRAGMA wal_checkpoint(TRUNCATE)');
		damage(file, 200, i);
		command('sqlite3', file,
		    `INSERT OR REPLACE INTO note VALUES ('test', '${i}')`);
		await gym.order(`punch ${i}`);
		await until('the start anew', () =>
		    gym.bridge.text().match(/starting anew/g)?.length === i);
		times.push(Date.now());
	}
	assert.ok(times[1] - times[0] > 9500, String(times));
	await assertSame(gym, 20002);
	assert.ok(!fs.existsSync(`${file}.damage`));
});

test('a database of something else is left alone', async t => {
	if (command('sqlite3', '--version') === null)
		return t.skip('no sqlite3');
	const gym = await Gym.open(t, { started: false });
	const file = `${gym.dir}/spool.db`;
	for (const version of [0, 1, 2, 3, 4]) {
		command('sqlite3', file, 'CREATE TABLE cookies (a);' +
		    `PRAGMA user_version = ${version}`);
		const before = fs.readFileSync(file);
		for (const args of [[], ['--once'], ['status'], ['retry']]) {
			const { code, stderr } = await gym.command(...args);
			assert.equal(code, 1, `${version} ${args}`);
			assert.match(stderr, /^<3>[^\n]*spool.db: [^\n]*\n$/);
		}
		assert.ok(before.equals(fs.readFileSync(file)) ||
		    command('sqlite3', file, '.tables').trim() === 'cookies',
		    `version ${version}`);
		fs.rmSync(file);
		fs.rmSync(`${file}.lock`, { force: true });
	}
});

// ---- what is kept ----------------------------------------------------------

test('a spool of the first version is upgraded with what waits', async t => {
	if (command('sqlite3', '--version') === null)
		return t.skip('no sqlite3');
	const gym = await Gym.open(t, { started: false, more: SURE });
	const file = `${gym.dir}/spool.db`;
	const noon = Date.parse('2026-03-12T12:00:00Z') / 1000;
	const rows = [['1', 0], ['2', 1], ['3', 2], ['4', 3]].map(([user, i]) =>
	    `(7, ${noon + i}, '${user}')`);
	// 1 was sent, 2 and 3 wait, 4 is parked
	command('sqlite3', file, `${SCHEMA_1}
	    INSERT INTO terminal (id, sn) VALUES (7, '${SERIAL}');
	    INSERT INTO seen (terminal, local, user) VALUES ${rows};
	    INSERT INTO queue (terminal, user, local, clock_offset, fresh)
	    VALUES (7, '3', ${noon + 2}, 5, 0), (7, '2', ${noon + 1}, NULL, 1);
	    INSERT INTO queue (terminal, user, local, fresh, status, answer)
	    VALUES (7, '4', ${noon + 3}, 1, 422, '422: is not wanted');
	    INSERT INTO place VALUES ('t1', '${SERIAL}', 1, 4, 100, 0, '');`);
	for (const user of [1, 2, 3, 4])
		await gym.order(`punch ${user} 2026-03-12T12:00:0${user - 1}`);
	// what the server took before the upgrade
	gym.server.ledger.set(`${SERIAL} 1 2026-03-12 12:00:00`, 1);
	// whoever looks leaves it alone: a bridge of that version may have it
	const before = fs.readFileSync(file);
	for (const args of [['status'], ['status', '--json'], ['users'],
	    ['retry']]) {
		const { code, stderr } = await gym.command(...args);
		assert.equal(code, 1);
		assert.equal(stderr, `<3>gymgate-bridge: ${file}: a spool of ` +
		    'an earlier version: start the bridge first\n');
	}
	assert.ok(before.equals(fs.readFileSync(file)));
	await gym.bridge.start();
	const [t1] = (await status(gym)).terminals;
	assert.equal(t1.parked, 1);
	await until('what waited', () => gym.server.items.length >= 2);
	await reports(gym, 2);
	assert.deepEqual(gym.server.items.map(item => item.user_id),
	    ['2', '3']);
	assert.equal(gym.server.items[1].clock_offset, 5);
	await gym.order('punch 42');
	await until('a new one', () => gym.server.items.length === 3);
	assert.equal((await gym.command('retry')).stdout,
	    '1 parked punches wait again\n');
	await assertExact(gym, 5);
	assert.equal(command('sqlite3', file, 'PRAGMA user_version').trim(),
	    '3');
	assert.equal(command('sqlite3', file, 'PRAGMA integrity_check').trim(),
	    'ok');
});

test('kill -9 while a long log is read loses nothing', async t => {
	const gym = await Gym.open(t, { started: false, more: SURE });
	const seed = Date.now() >>> 0;
	let dice = seed;
	t.diagnostic(`seed ${seed}`);
	await gym.order('log 20000');
	for (let i = 0; i < 8; i++) {
		dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0;
		await gym.bridge.start();
		await pause((dice >>> 8) % 300 * SLOW);
		if (i % 2 === 0)
			await gym.order(`punch ${i + 1}`);
		await gym.bridge.kill();
	}
	await gym.bridge.start();
	await assertSame(gym, 20004);
	await nothingWaits(gym);
});

// ---- what is forgotten -----------------------------------------------------

const ago = days => new Date(Date.now() - days * DAY).toISOString()
    .slice(0, 10);

// At noon so many days later, whatever time it is here; all is read, and
// compared.
async function night(gym, n) {
	const noon = DAY / 2 - (Date.now() + KOLKATA_MS) % DAY;
	const sql = 'SELECT round FROM terminal';
	const round = () => Number(command('sqlite3', `${gym.dir}/spool.db`,
	    sql));
	const before = round();
	gym.server.asked = [];
	fs.writeFileSync(`${gym.dir}/clock`, String(n * DAY + noon));
	await until('the reading of the night', () => round() > before);
	await until('the comparison', () =>
	    gym.server.asked.includes(ago(30)));
	await reports(gym);
}

test('old punches that two nights miss are forgotten', async t => {
	if (command('sqlite3', '--version') === null)
		return t.skip('no sqlite3');
	const gym = await Gym.open(t, { started: false, more: SURE });
	const seen = () => command('sqlite3', `${gym.dir}/spool.db`,
	    'SELECT user FROM seen ORDER BY user').trim().split('\n');
	for (const [user, days] of [[1, 100], [2, 70], [3, 30], [4, 100]])
		await gym.order(`punch ${user} ${ago(days)}T0${user}:00:00`);
	await gym.bridge.start();
	await assertExact(gym, 4);
	await gym.order('clear');
	await gym.order(`punch 4 ${ago(100)}T04:00:00`);
	await gym.order('punch 5');
	await until('it', () => gym.server.items.length === 5);
	await night(gym, 1);
	assert.deepEqual(seen(), ['1', '2', '3', '4', '5']);
	assert.doesNotMatch(gym.bridge.text(), /forgot/);
	await night(gym, 2);
	assert.match(gym.bridge.text(), /forgot 1 old punches that the/);
	// half of a day would not be what the server has of it
	assert.deepEqual(seen(), ['1', '3', '4', '5']);
	await night(gym, 3);
	assert.deepEqual(gym.server.items.map(key).length, 5);
	// with the last of it the day is forgotten
	await gym.order('clear');
	await gym.order('punch 6');
	await night(gym, 4);
	// (a comparison may still be that of the night before, not of two)
	assert.ok(!gym.server.asked.includes(ago(70)));
	assert.ok(gym.server.asked.includes(ago(100)));
	await night(gym, 5);
	assert.deepEqual(seen(), ['3', '5', '6']);
	assert.equal(gym.server.items.length, 6);
	assert.ok(gym.server.ledger.size === 6);
});
