// bridge-ledger.test.mjs: a gym with four doors, while everything fails that
// can; then the server has what happened, and nothing else
//
// 5,000 punches (`make soak`: 100,000) are made at four terminals of different
// ages.  Meanwhile terminals, networks, server, database and bridge go wrong
// at random, each for a second or so.  Then the database is replaced by a copy
// from half-way, and the bridge makes good what it lacks.  SEED=N does the same
// again, as far as the machine's own timing lets it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { REPO, Stack } from '../stack/stack.mjs';
import { pause, SLOW, SOAK, until } from '../stack/wait.mjs';
import { addCompany, dice, makeNoon } from './gym.mjs';
import { Book, count, countOf } from './ledger.mjs';
import { Line } from './line.mjs';
import { SESSIONS, Trouble } from './trouble.mjs';

const PUNCHES = 5000 * (SOAK === 1 ? 1 : 2 * SOAK);
const UNREAD_MOST = 400;	// at a door
const EVERY_MS = 80;		// a trouble
const MEMBERS = 60;
const DAYS = 20;		// in which they punch
const seed = Number(process.env.SEED ?? Date.now() % 100000);
const roll = dice(seed);
const upTo = n => 1 + Math.floor(roll() * n);
const one = list => list[upTo(list.length) - 1];

let stack, api, noon, began, trouble, copy;
const book = new Book();
const recent = [];	// [member, minute] of the last punches

// Numbers differ from door to door; `number` gives the one of a member.  Two
// have logs that are soon full and give up their oldest.
const doors = [
	{ sn: 'LG-1', number: i => `A${i}`, strangers: ['X1', 'X2'],
	    amidUser: 'X9', options: { 'record-size': 40, 'user-size': 72,
	    transport: 'tcp' } },
	{ sn: 'LG-2', number: i => `${1000 + i}`, strangers: ['9001', '9002'],
	    amidUser: '9009', options: { 'record-size': 8, 'user-size': 28,
	    'event-size': 10, transport: 'tcp' } },
	{ sn: 'LG-3', number: i => `${MEMBERS + 1 - i}`,
	    strangers: ['901', '902'], amidUser: '909', options: {
	    'record-size': 49, 'event-size': 52, transport: 'udp',
	    capacity: 900, full: 'drop-block', 'drop-block': 50 } },
	{ sn: 'LG-4', number: i => `${4000000000 + i}`, strangers: ['7', '8'],
	    amidUser: '9', options: { 'record-size': 16, 'user-size': 28,
	    'event-size': 12, transport: 'tcp', capacity: 900,
	    full: 'drop-one' } },
];

// ---- members ---------------------------------------------------------------

const daysAgo = ago => new Date(noon - ago * 86400000).toISOString()
    .slice(0, 10);
const ofMember = (table, i) => `${table}_member_id = (SELECT id FROM
    mst_members_lists WHERE mbr_code = 'LG-${i}')`;
const rest = (kind, i, from, to) => `INSERT INTO trn_member_freezes
    (frz_compcode, frz_member_id, frz_kind, frz_from, frz_to, frz_created_at)
    SELECT 'LG', id, '${kind}', '${from}', ${to}, '2020-01-01'
      FROM mst_members_lists WHERE mbr_code = 'LG-${i}';`;

// Those who may not always enter: why not, so many days ago (or false).
const OTHERS = [
	{ numbers: [51, 52, 53, 54], why: ago => ago < 7 &&
	    'Subscription expired', sql: i => `UPDATE trn_member_subscriptions
	    SET ms_end_date = '${daysAgo(7)}' WHERE ${ofMember('ms', i)};` },
	{ numbers: [55, 56], why: () => 'No subscription', sql: i => `DELETE
	    FROM trn_member_subscriptions WHERE ${ofMember('ms', i)};` },
	{ numbers: [57, 58], why: ago => ago > 5 && 'Subscription not started',
	    sql: i => `UPDATE trn_member_subscriptions
	    SET ms_start_date = '${daysAgo(5)}' WHERE ${ofMember('ms', i)};` },
	{ numbers: [59], why: ago => ago <= 10 && ago >= 3 &&
	    'Membership frozen', sql: i =>
	    rest('FREEZE', i, daysAgo(10), `'${daysAgo(3)}'`) },
	{ numbers: [60], why: ago => ago <= 4 && 'Member inactive', sql: i =>
	    rest('INACTIVE', i, daysAgo(4), 'NULL') },
];

function verdict(member, at) {
	const ago = Math.round((Date.parse(new Date(noon).toISOString()
	    .slice(0, 10)) - Date.parse(at.slice(0, 10))) / 86400000);
	const why = OTHERS.find(({ numbers }) => numbers.includes(member))
	    ?.why(ago);
	return why ? `DENIED ${why}` : 'ALLOWED';
}

const setNumbers = () => stack.sql(`
    UPDATE trn_member_biometric_mappings
       SET mbm_device_user_id = CONCAT('A', mbm_device_user_id)
     WHERE mbm_device_sn = 'LG-1';
    UPDATE trn_member_biometric_mappings
       SET mbm_device_user_id = mbm_device_user_id + 1000
     WHERE mbm_device_sn <> 'LG-1';
    UPDATE trn_member_biometric_mappings
       SET mbm_device_user_id = ${1000 + MEMBERS + 1} - mbm_device_user_id
     WHERE mbm_device_sn = 'LG-3';
    UPDATE trn_member_biometric_mappings
       SET mbm_device_user_id = mbm_device_user_id + 3999999000
     WHERE mbm_device_sn = 'LG-4';
    ${OTHERS.map(({ numbers, sql }) => numbers.map(sql).join('')).join('')}`);

// ---- the gym ---------------------------------------------------------------

before(async () => {
	stack = await Stack.start({ own: true, live: true, workers: 3 });
	noon = Date.parse(`${makeNoon(stack)}T12:00:00Z`);
	began = Date.now();
	stack.token = (await addCompany(stack, 'LG', { members: MEMBERS,
	    branches: ['North', 'South', 'East', 'West'] })).token;
	await setNumbers();
	api = await Line.to(stack.port);
	// a server that is away for a second asks for five
	api.passes = part => Buffer.from(part.toString('latin1')
	    .replace(/^Retry-After: \d+/m, 'Retry-After: 0'), 'latin1');
	for (const door of doors)
		await open(door);
	await stack.startBridge(bridgeConf());
});
after(async () => {
	await trouble?.end().catch(() => {});
	await stack?.stop();
	for (const line of [api, ...doors.map(door => door.line)])
		await line?.close();
});

// Users in any order, so that no uid tells a number.
async function open(door) {
	const users = [...door.strangers, door.amidUser,
	    ...Array.from({ length: MEMBERS }, (_, i) => door.number(i + 1))];

	door.made = door.known = 0;
	door.terminal = await stack.startTerminal({ serial: door.sn, seed,
	    sessions: SESSIONS, ...door.options });
	if (door.options.transport === 'tcp')
		door.line = await Line.to(door.terminal.port);
	while (users.length > 0) {
		const [user] = users.splice(upTo(users.length) - 1, 1);
		assert.match(await door.terminal.send(`user ${user} U${user}`),
		    /^ok/);
	}
}

function bridgeConf() {
	const of = door => [`terminal ${door.terminal.name}`, {
		port: door.line?.port ?? door.terminal.port,
		transport: door.options.transport, poll_ms: 150,
		timeout_ms: 500 * SLOW, bulk_timeout_ms: 1200 * SLOW,
		backoff_most_ms: 300, clock_sync: door === doors[0] ?
		'yes' : 'no' }];
	return { bridge: { report_seconds: 1 }, server: { url: api.url,
	    batch: 100, timeout_ms: 800 * SLOW, backoff_least_ms: 20,
	    backoff_most_ms: 300 }, ...Object.fromEntries(doors.map(of)) };
}

// ---- punches ---------------------------------------------------------------

const text = ms => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const now = () => noon + Date.now() - began;

// Some moment of the last days, not of the last hours: a live punch of these
// is what a clock as wrong as ours may be would explain.
function someTime() {
	const today = Math.floor(noon / 86400000) * 86400000;
	const ago = upTo(DAYS + 1) - 1;
	return today - ago * 86400000 +
	    (upTo((ago === 0 ? 10 : 24) * 3600) - 1) * 1000;
}

function takeDown(door, member, ms) {
	const at = text(ms), minute = `LG-${member} ${at.slice(0, 16)}`;
	const line = `${door.sn} ${door.number(member)} ${at}`;
	if (book.has(line))
		return null;
	book.punch(line, minute, verdict(member, at));
	recent[recent.length < 100 ? recent.length : upTo(100) - 1] =
	    [member, ms - ms % 60000];
	return line;
}

function odd(door, user, at, state) {
	const line = `${door.sn} ${user} ${at}`;
	if (book.has(line))
		return null;
	book.odd(line, state);
	return line;
}

// Writes a punch into the book before it is made; null when it is there.
function next(door, isLive) {
	const dice = roll();

	if (dice < 0.04)
		return odd(door, one(door.strangers), text(someTime()),
		    'UNMAPPED');
	if (dice < 0.05)	// a clock without a battery, or from a dream
		return odd(door, door.number(upTo(MEMBERS)),
		    `${one([2003, 2047])}-0${upTo(9)}-1${upTo(9)} 07:3${
		    upTo(9)}:1${upTo(9)}`, 'CLOCK');
	if (dice < 0.1 && recent.length > 0) {	// once more in that minute
		const [member, minute] = one(recent);
		return takeDown(door, member, minute + (upTo(60) - 1) * 1000);
	}
	return takeDown(door, upTo(MEMBERS), isLive && dice < 0.3 ?
	    now() - upTo(60) * 1000 : someTime());
}

// A log that drops what the bridge has not read yet would lose punches before
// they are ours: then nobody comes for a while.
async function hasRoom(door) {
	const made = () => door.made - door.known <= UNREAD_MOST;

	if (made())
		return;
	await until(`${door.sn} to be read`, async () => {
		door.known = await countOf(stack, door.sn);
		return made();
	}, 60000, 100);
}

async function punch(door, isLive) {
	await hasRoom(door);
	await until('the clock to be right', () => !door.isClosed, 30000, 5);
	door.inHand++;
	try {
		const line = next(door, isLive);
		if (!line)
			return;
		const [, user, day, time] = line.split(' ');
		assert.equal(await door.terminal.send(
		    `punch ${user} ${day}T${time}`, 20000),
		    `ok ${user} ${day} ${time}`);
		door.made++;
	} finally {
		door.inHand--;
	}
}

// A few people at all doors, sometimes at two in the same moment.
async function live() {
	for (let n = upTo(20); n > 0; n--) {
		await Promise.all(doors.filter(() => roll() < 0.5)
		    .map(door => punch(door, true)));
		await pause(roll() < 0.5 ? 0 : upTo(30));
	}
}

// Many at a door whose terminal the bridge cannot reach.
async function away() {
	const door = one(doors);
	const isAway = door.line ? !door.line.isCut : true;

	door.line?.cut();
	if (!door.line)
		await door.terminal.send('set udp-loss 100');
	for (let n = 30 + upTo(150); n > 0; n--)
		await punch(door, false);
	await pause(upTo(500));
	if (isAway)
		door.line?.heal();
	if (!door.line)
		await door.terminal.send('set udp-loss 0');
}

async function punches(total) {
	while (book.size < total) {
		if (trouble.failed)
			throw trouble.failed;
		await (roll() < 0.75 ? live() : away());
	}
}

// ---- what has become of them -----------------------------------------------

async function status() {
	const { stdout } = await promisify(execFile)(
	    `${REPO}/build/bin/gymgate-bridge`, ['-c', stack.bridgeConf,
	    'status', '--json'], { env: { ...process.env, ...stack.env } });
	return JSON.parse(stdout);
}

async function isSettled(ms) {
	let had = 0;
	await until('all to arrive', async () => {
		had = await count(stack);
		const { terminals } = await status();
		return had >= book.size &&
		    terminals.every(one => one.waiting === 0);
	}, ms, 200).catch(async error => {
		throw new Error(`${error.message}: ${had} of ${book.size}; ${
		    JSON.stringify(await status())}`);
	});
	await book.agrees(stack);
	for (const { name, parked } of (await status()).terminals)
		assert.equal(parked, 0, name);
}

const seconds = from => `${((Date.now() - from) / 1000).toFixed(1)} s`;

// A copy of the database, to be put back later.
async function keepCopy() {
	copy = `${stack.dir}/data.copy`;
	await stack.db.stop();
	fs.cpSync(stack.db.data, copy, { recursive: true });
	await stack.db.start();
}

test(`${PUNCHES} punches at four doors, while everything fails`, async t => {
	const from = Date.now();
	t.diagnostic(`seed ${seed}`);
	trouble = new Trouble(stack, doors, api, dice(seed + 1));
	trouble.begin(EVERY_MS);
	await punches(PUNCHES / 2);
	await trouble.withDatabase(keepCopy);
	await punches(PUNCHES);
	await trouble.end();
	t.diagnostic(`made in ${seconds(from)}`);

	for (const door of doors)
		for (const punch of door.amid)
			book.odd(`${door.sn} ${punch}`, 'UNMAPPED');
	await isSettled(60000);
	t.diagnostic(`${book.size} punches, ${trouble.count} troubles, ${
	    seconds(from)}`);
	for (const line of trouble.summary())
		t.diagnostic(line);
	// what the bridge has made good by itself was lost before
	assert.doesNotMatch(fs.readFileSync(stack.bridge.log, 'utf8'),
	    /the server holds other punches/);
	for (const { terminal } of doors)
		assert.match(await terminal.send('state'),
		    /^ok enabled .* disabled=0 .* refused=0 /);
});

test('a database from half-way: what it lacks comes again', async t => {
	const from = Date.now();

	assert.ok(copy, 'there is one');
	await stack.db.stop();
	fs.rmSync(stack.db.data, { recursive: true });
	fs.renameSync(copy, stack.db.data);
	await pause(2500 * SLOW);	// until a report has found it away
	await stack.db.start();
	const left = await count(stack);
	assert.ok(left < book.size, `${left} left`);
	await isSettled(120000);
	t.diagnostic(`${left} left; ${book.size} again after ${seconds(from)}`);
});
