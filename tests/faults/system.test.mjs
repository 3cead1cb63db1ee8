// system.test.mjs: two gyms, while everything fails that can; then the server
// has what happened, and nothing else
//
// 10,000 punches (`make soak`: a million) are made at terminals of different
// ages, and posted by others, once more and in any order.  Meanwhile terminals,
// networks, server, database and bridges go wrong at random, each for a second
// or so.  Then more people come while the database is replaced by a copy from
// half-way, and the bridges make good what it lacks.  SEED=N does the same
// again, as far as the machine's own timing lets it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { accepts, pause, SLOW, SOAK, until } from '../stack/wait.mjs';
import { FakeService } from '../whatsapp/service.mjs';
import { Callers } from './callers.mjs';
import { Campaign } from './campaign.mjs';
import { Company } from './company.mjs';
import { Disk } from './disk.mjs';
import { diskOfDatabase, fullDisks, pack, whileDatabaseFull, whileSpoolFull }
    from './full-disks.mjs';
import { dice } from './gym.mjs';
import { count } from './ledger.mjs';
import { Trouble } from './trouble.mjs';
import { World } from './world.mjs';

const PUNCHES = SOAK === 1 ? 10000 : 100000 * SOAK;
const EVERY_MS = 60;		// a trouble
// while a bridge sends half of a hundred times as many again
const SELDOM_MS = SOAK === 1 ? EVERY_MS : 400;
const WRITTEN_TO = 120;		// members
const seed = Number(process.env.SEED ?? Date.now() % 100000);

let stack, service, campaign, world, disk, trouble, copy, copiedAt, left;
const gyms = [], callers = [];

// ---- the gyms --------------------------------------------------------------

// Numbers differ from door to door; the gyms have many in common.
const usual = { most: 190000, unread: SOAK === 1 ? 400 : 20000 };
const small = { most: Infinity, unread: 400 };	// gives up its oldest

const wanted = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6'];

const doorsOfA = () => [
	{ number: i => `A${i}`, strangers: ['X1', 'X2'], wanted,
	    amidUser: 'X9', ...usual, options: { 'record-size': 40, 'user-size': 72,
	    transport: 'tcp' } },
	{ number: i => `${1000 + i}`, strangers: ['9001', '9002'],
	    amidUser: '9009', ...usual, options: { 'record-size': 8,
	    'user-size': 28, 'event-size': 10, transport: 'tcp' } },
	{ number: i => `${71 - i}`, strangers: ['901', '902'],
	    amidUser: '909', ...small, options: { 'record-size': 49,
	    'event-size': 52, transport: 'udp', capacity: 900,
	    full: 'drop-block', 'drop-block': 50 } },
	{ number: i => `${4000000000 + i}`, strangers: ['7', '8'],
	    amidUser: '9', ...small, options: { 'record-size': 16,
	    'user-size': 28, 'event-size': 12, transport: 'tcp',
	    capacity: 900, full: 'drop-one' } },
];

const doorsOfB = n => Array.from({ length: n }, (_, i) => [
	{ number: i => `A${71 - i}`, strangers: ['X1', 'X3'], wanted,
	    amidUser: 'X9', ...usual, options: { 'record-size': 40, 'user-size': 72,
	    transport: 'tcp' } },
	{ number: i => `${i}`, strangers: ['901', '903'], amidUser: '909',
	    ...usual, options: { 'record-size': 16, 'user-size': 28,
	    transport: 'tcp' } },
][i % 2]);

before(async () => {
	service = await FakeService.start({});
	stack = await Stack.start({ own: true, live: true, workers: 3,
	    conf: service.conf() });
	stack.nginx.ready = () => accepts(stack.port);	// whoever is behind it
	disk = await diskOfDatabase(stack);
	world = new World(stack, seed);
	await open('LG', doorsOfA());
	await open('MG', doorsOfB(SOAK === 1 ? 2 : 6));
	campaign = await Campaign.open(gyms[0], service, WRITTEN_TO);
	callers.push(new Callers(gyms[0]),
	    new Callers(gyms[1], { isAhead: true }));
});
after(async () => {
	await trouble?.end().catch(() => {});
	try {
		await stack?.stop();
	} finally {
		await disk?.unmount();
		await service?.stop();
		for (const gym of gyms)
			await gym.close();
	}
});

async function open(code, doors) {
	const spool = await Disk.mount();
	const gym = await Company.open(world, code, doors, {
	    bulk: SOAK === 1 ? 150 : 2000,
	    bridge: spool ? { spool: `${spool.dir}/spool.db` } : {} });
	gym.spool = spool;
	gyms.push(gym);
}

// ---- what happens ----------------------------------------------------------

// All of it, and what `others` do, until the book has so many punches.
async function happens(total, others = []) {
	const done = () => {
		if (trouble.failed)
			throw trouble.failed;
		return world.book.size >= total;
	};
	await Promise.all([...gyms.flatMap(gym => [gym.opens(done),
	    gym.staff.work(done)]), ...callers.map(one => one.call(done)),
	    ...others.map(other => other(done))]);
}

// Those that only terminals can tell of.
function writeDownAmid() {
	for (const { doors } of gyms)
		for (const { sn, amid } of doors)
			for (const punch of amid)
				world.book.odd(`${sn} ${punch}`, 'UNMAPPED');
}

async function isSettled(ms) {
	let had = 0;
	const states = async () => (await Promise.all(gyms.map(gym =>
	    gym.status()))).flatMap(({ terminals }) => terminals);

	writeDownAmid();
	for (const { staff } of gyms)
		await staff.closes();
	const { size } = world.book;
	await until('all to arrive', async () => {
		had = await count(stack);
		return had >= size - world.book.maybe.size &&
		    (await states()).every(one => one.waiting === 0);
	}, ms, 200).catch(async error => {
		throw new Error(`${error.message}: ${had} of ${size}; ${
		    JSON.stringify(await states())}`);
	});
	await stack.chores();
	await world.book.agrees(stack);
	for (const { staff } of gyms)
		await staff.isAudited();
	for (const { name, parked } of await states())
		assert.equal(parked, 0, name);
}

const seconds = from => `${((Date.now() - from) / 1000).toFixed(1)} s`;

function begin(roll, every_ms = EVERY_MS) {
	trouble = new Trouble(stack, gyms, roll, disk ? fullDisks(disk) : []);
	trouble.begin(every_ms);
}

function tell(t, from) {
	t.diagnostic(`${world.book.size} punches, ${trouble.count} troubles, ${
	    seconds(from)}; ${gyms.map(gym => gym.staff.done.length).join(
	    ' + ')} audited; posts of others answered ${callers.map(one =>
	    JSON.stringify(one.told)).join(' ')}`);
	for (const line of trouble.summary())
		t.diagnostic(line);
}

// Nobody has a form in hand while the database is copied or replaced.
async function withoutStaff(run) {
	await Promise.all(gyms.map(({ staff }) => staff.rests()));
	await trouble.withDatabase(run);
	gyms.forEach(({ staff }) => staff.works());
}

// A copy of the database, to be put back later.
async function keepCopy() {
	copy = `${stack.dir}/data.copy`;
	await stack.db.stop();
	copiedAt = world.instant();
	fs.cpSync(stack.db.data, copy, { recursive: true });
	await stack.db.start();
}

async function putBack() {
	for (const one of callers)
		await one.isKept();
	await stack.db.stop();
	fs.rmSync(stack.db.data, { recursive: true });
	fs.cpSync(copy, stack.db.data, { recursive: true });
	await pause(2500 * SLOW);	// until a report has found it away
	await stack.db.start();
	left = await count(stack);
	gyms.forEach(({ staff }) => staff.forget(copiedAt));
}

test(`${PUNCHES} punches in two gyms, while everything fails`, async t => {
	const from = Date.now();
	t.diagnostic(`seed ${seed}`);
	begin(dice(seed + 1));
	const remind = [done => campaign.runs(done)];
	await happens(PUNCHES / 2, remind);
	await withoutStaff(keepCopy);
	await happens(PUNCHES, remind);
	await trouble.end();
	t.diagnostic(`made in ${seconds(from)}`);
	await isSettled(60000);
	tell(t, from);
	// what the bridge has made good by itself was lost before; in the
	// other gym callers were faster than it
	assert.doesNotMatch(fs.readFileSync(gyms[0].bridge.log, 'utf8'),
	    /the server holds other punches/);
	for (const { terminal } of trouble.doors)
		assert.match(await terminal.send('state'),
		    /^ok enabled .* disabled=0 .* refused=0 /);
});

// Many come, until the program whose log this is tells that its disk is full;
// resolves to its words and to when those who came are done with.
async function crowd(log, come) {
	const from = fs.statSync(log).size;
	const said = () => fs.readFileSync(log).subarray(from).toString()
	    .match(/^.*(is full|error 28|No space left).*$/im)?.[0];
	const people = (async () => {
		while (!said())
			await come();
	})();

	people.catch(() => {});
	const words = await until('a full disk', said, 60000, 100);
	await pause(1000 * SLOW);	// it stays so
	return { said: words, people };
}

// (A database of before does not know of what was sent since.)
test('messages: nobody hears twice, and what is not known is told', async t => {
	await campaign.isWhole();
	t.diagnostic(`${campaign.ids.length} written to, ${campaign.killed
	    } runs killed`);
});

test('full disks: nothing is lost, and all goes on', async t => {
	const [, gym] = gyms;

	if (!disk)
		return t.skip('no right to mount: no disk can be full');
	const database = await whileDatabaseFull(disk, stack, () =>
	    crowd(stack.db.log, () => callers[1].ours(1000)));
	await database.people;
	t.diagnostic(database.said);
	await isSettled(60000);
	await pack(gym);
	const spool = await whileSpoolFull(gym, () => crowd(gym.bridge.log,
	    () => gym.touch(gym.doors[0], Array.from({ length: 500 },
	    () => gym.next(gym.doors[0], false)).filter(Boolean))));
	await spool.people;
	t.diagnostic(spool.said);
	await isSettled(60000);
});

test('a database from half-way: what it lacks comes again', async t => {
	const from = Date.now();

	assert.ok(copy, 'there is one');
	begin(dice(seed + 2), SELDOM_MS);
	const goesOn = happens(world.book.size + PUNCHES / 10);
	goesOn.catch(() => {});
	await withoutStaff(putBack);
	assert.ok(left < world.book.size, `${left} left`);
	await goesOn;
	await Promise.all(callers.map(one => one.tellsAgain()));
	await trouble.end();
	await isSettled(120000);
	t.diagnostic(`${left} left`);
	tell(t, from);
});
