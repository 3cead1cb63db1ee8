// bridge.mjs: the lines of `make bench` that are about the bridge
//
//	BENCH=bridge BENCH_ROUNDS=3 node tests/bench/run.mjs
//
// What a log of 100,000 records costs, and an empty poll; how fast a backlog
// and a single touch get into the database of a whole Gymgate.  Each round
// gives one value of each figure, and checks what it counts; the middle one is
// told.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { BIN, Gym } from '../bridge/gym.mjs';
import { forget } from '../faults/ledger.mjs';
import { Stack } from '../stack/stack.mjs';
import { pause, until } from '../stack/wait.mjs';
import { Client, countingLine, cpu, cpuExact, median, percentile,
    privateBytes } from './machine.mjs';
import { FIRST, MEMBERS, seedTerminal } from './seed.mjs';

const RECORDS = 100000;
const SHORT = 1000;		// a log to compare with
const PACE_MS = 1;		// the least at which the other client reads
const OTHER = 'node-zklib';
const POLL_MS = 100;		// of the idle polls; the least there is
const POLLS = 40;
const SLOW_POLL_MS = 1000;	// of the touches without live events
const TOUCHES = 200;
const SERIAL = 'BENCH-1';
const WORKERS = 16;
const NEVER = { backoff_least_ms: 3600000, backoff_most_ms: 3600000 };

// key, what it is, digits behind the point, the bar it is held to
const FIGURES = [
	['read_s', '100,000 records into the spool, s', 2],
	['read_cpu_s', '  processor time, s', 2],
	['paced_s', `  from a terminal paced at ${PACE_MS} ms, s`, 2],
	['paced_cpu_s', '  processor time, s', 2],
	['other_s', `  ${OTHER}, into memory, paced, s`, 2],
	['other_cpu_s', '  processor time, s', 2],
	['ratio', `  bridge / ${OTHER}, paced`, 2],
	['cpu_ratio', '  the same of processor time', 2],
	['library_s', '  the bridge\'s reader alone, unpaced, s', 3],
	['library_cpu_s', '  processor time, s', 3],
	['poll_bytes_short', 'idle poll, log of 1,000, bytes both ways', 0, 200],
	['poll_bytes', 'idle poll, log of 100,000', 0, 200],
	['poll_cpu_us_short', 'idle poll, log of 1,000, processor us', 0],
	['poll_cpu_us', 'idle poll, log of 100,000', 0],
	['idle_mb', '3 terminals of 100,000: private MB, idle', 1, 12],
	['peak_mb', '  at most, while all are read and sent', 1, 20],
	['live_p50_ms', 'touch to row, live, ms', 0, 50],
	['live_p99_ms', '  99th percentile', 0, 250],
	['poll_p50_ms', `touch to row, polled every ${SLOW_POLL_MS} ms, ms`, 0],
	['poll_p99_ms', '  99th percentile', 0],
	['backlog_s', '100,000 old punches to rows, s', 2],
	['backlog_rate', '  rows a second', 0],
	['backlog_cpu_s', '  processor time of the bridge, s', 2],
	['amid_ms', '  a touch amid them to row, ms', 0, 1000],
];

// ---- bridge and terminals alone ------------------------------------------

// A gym whose bridge is not started, and whose server is not there.
async function withGym(options, more, run) {
	const ends = [];
	const gym = await Gym.open({ after: end => ends.push(end) },
	    { ...options, started: false });
	try {
		delete gym.env.GYMGATE_TEST_CLOCK;	// it costs a file each time
		gym.more = { server: NEVER, bridge: { log: 'info',
		    report_seconds: 3600 }, ...more };
		gym.configure(gym.more);
		gym.server.behaviour = 'away';
		return await run(gym);
	} finally {
		for (const end of ends)
			await end();
	}
}

const freshSpool = gym => ['', '-wal', '-shm'].forEach(end =>
    fs.rmSync(`${gym.dir}/spool.db${end}`, { force: true }));

// What is in the spool, as soon as `status` knows whose it is.
const allWait = (gym, count) => until(`${count} punches to wait`, async () => {
	const { stdout } = await gym.command('status', '--json');
	return JSON.parse(stdout).terminals[0].waiting === count;
});

// From the start of the program to the word that all is in the spool.
async function readBridge(gym) {
	freshSpool(gym);
	const began = performance.now();
	const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--',
	    `${BIN}/gymgate-bridge`, '-c', gym.conf],
	    { env: { ...process.env, ...gym.env },
	    stdio: ['ignore', 'ignore', 'pipe'] });
	const ended = once(child, 'exit');
	try {
		for await (const line of readline.createInterface(child.stderr))
			if (line.includes(' new punches in a log of '))
				break;
		const s = (performance.now() - began) / 1000;
		const cpu_s = cpu([child.pid]);
		await allWait(gym, RECORDS);
		return { s, cpu_s };
	} finally {
		child.kill('SIGKILL');
		await ended;
	}
}

// Runs a program to its end; the last line that it prints is JSON.
async function told(gym, file, args) {
	const child = spawn(file, args, { cwd: gym.dir,
	    env: { ...process.env, TZ: 'UTC' },
	    stdio: ['ignore', 'pipe', 'inherit'] });
	let text = '';
	child.stdout.on('data', part => { text += part; });
	const [code] = await once(child, 'close');
	assert.equal(code, 0, `${file} failed`);
	return JSON.parse(text.trim().split('\n').at(-1));
}

const CLIENT = `
	const [lib, port] = process.argv.slice(1);
	const Client = require(lib);
	(async () => {
		const zk = new Client('127.0.0.1', Number(port), 10000, 0);
		await zk.createSocket();
		const { data, err } = await zk.getAttendances();
		if (err)
			throw err;
		const { user, system } = process.cpuUsage();
		console.log(JSON.stringify({ count: data.length,
		    cpu_s: (user + system) / 1e6 }));
		process.exit(0);
	})().catch(e => { console.error(e.err ?? e); process.exit(1); });
`;

// The other client counts from its start, too.
async function readOther(gym) {
	const began = performance.now();
	const got = await told(gym, process.execPath, ['-e', CLIENT,
	    createRequire(import.meta.url).resolve(OTHER),
	    String(gym.terminal.port)]);
	assert.equal(got.count, RECORDS);
	return { s: (performance.now() - began) / 1000, cpu_s: got.cpu_s };
}

const reading = () => withGym({ terminal: { users: MEMBERS } }, {},
    async gym => {
	await gym.order(`log ${RECORDS}`);
	const plain = await readBridge(gym);
	const library = await told(gym, `${BIN}/../tests/bin/zk_read`,
	    [String(gym.terminal.port)]);
	assert.equal(library.count, RECORDS);
	await gym.order(`set pace ${PACE_MS}`);
	const paced = await readBridge(gym);
	const other = await readOther(gym);
	return { read_s: plain.s, read_cpu_s: plain.cpu_s, paced_s: paced.s,
	    paced_cpu_s: paced.cpu_s, other_s: other.s,
	    other_cpu_s: other.cpu_s, ratio: paced.s / other.s,
	    cpu_ratio: paced.cpu_s / other.cpu_s, library_s: library.s,
	    library_cpu_s: library.cpu_s };
});

// Bytes and processor time of a poll that finds nothing.
const idlePoll = records => withGym({ terminal: { users: MEMBERS } }, {},
    async gym => {
	const line = await countingLine(gym.terminal.port);
	try {
		await gym.order(`log ${records}`);
		gym.configure({ ...gym.more, 'terminal t1': { port: line.port,
		    live: 'no', poll_ms: POLL_MS } });
		await gym.bridge.start();
		await until('the log to be read', () =>
		    gym.bridge.text().includes(': connected to '), 20000);
		await pause(500);	// for what the start brings with it
		const before = { ...line }, worked = cpuExact(gym.bridge.pid);
		await until(`${POLLS} polls`, () =>
		    line.times >= before.times + POLLS, 20000, 5);
		const polls = line.times - before.times;
		const cpu_us = (cpuExact(gym.bridge.pid) - worked) /
		    polls * 1e6;
		await allWait(gym, records);
		return { cpu_us, bytes: (line.sent - before.sent +
		    line.received - before.received) / polls };
	} finally {
		await gym.bridge.stop();
		await line.close();
	}
});

async function idle() {
	const short = await idlePoll(SHORT), long = await idlePoll(RECORDS);
	return { poll_bytes_short: short.bytes, poll_bytes: long.bytes,
	    poll_cpu_us_short: short.cpu_us, poll_cpu_us: long.cpu_us };
}

// Three terminals at once with as many users as they hold, and a server that
// takes all there is.
const memory = () => withGym({ terminals: 3, terminal: { users: MEMBERS } },
    { server: {}, bridge: { log: 'info', report_seconds: 60 } },
    async gym => {
	let peak = 0;
	const all = 3 * RECORDS;
	gym.server.behaviour = 'well';
	gym.server.report = () => ({ status: 200, headers: {
	    'Content-Type': 'application/json' }, body: '{"status":true}' });
	for (const terminal of gym.terminals)
		await gym.order(`log ${RECORDS}`, terminal);
	for (const i of [1, 2, 3])
		gym.more[`terminal t${i}`] = { poll_ms: 20000,
		    timeout_ms: 10000, bulk_timeout_ms: 60000 };
	gym.configure(gym.more);
	await gym.bridge.start();
	await until(`${all} punches at the server`, () => {
		peak = Math.max(peak, privateBytes(gym.bridge.pid));
		return gym.server.ledger.size === all;
	}, 120000, 10);
	await pause(3000);
	return { idle_mb: privateBytes(gym.bridge.pid) / 1048576,
	    peak_mb: peak / 1048576 };
});

// ---- a whole Gymgate -----------------------------------------------------

const rows = db => db.ask(`SELECT
    (SELECT COUNT(*) FROM trn_member_attendances) +
    (SELECT COUNT(*) FROM trn_punch_inbox)`).then(Number);

// Its bridge with an empty spool, for as long as `run` takes.
async function withBridge(stack, more, run) {
	await forget(stack);
	for (const end of ['', '-wal', '-shm', '.lock'])
		fs.rmSync(`${stack.dir}/spool.db${end}`, { force: true });
	const began = Date.now();
	await stack.startBridge(more);
	try {
		return await run(began);
	} finally {
		await stack.bridge.stop();
	}
}

const connected = stack => until('the terminal to be read', () =>
    stack.bridge.text().includes(': connected to '), 60000);

// Milliseconds from the order to the row, which is there and committed.
async function touch(stack, db, id) {
	const began = performance.now();
	assert.match(await stack.terminals[0].send(`punch ${id}`), /^ok /);
	await until(`the row of ${id}`, async () => Number(await db.ask(
	    `SELECT COUNT(*) FROM trn_member_attendances
	      WHERE att_compcode = 'SF' AND att_member_id = ${FIRST - 1 + id}
	        AND att_punch_time > UTC_TIMESTAMP() + INTERVAL 329 MINUTE`)), 10000, 1);
	return performance.now() - began;
}

const live = (stack, db) => withBridge(stack, {}, async () => {
	const times = [];
	await connected(stack);
	for (let id = 1; id <= TOUCHES; id++)
		times.push(await touch(stack, db, id));
	assert.equal(await rows(db), TOUCHES);
	return { live_p50_ms: median(times),
	    live_p99_ms: percentile(times, 99) };
});

// One touch does not wait for the one before; when the row was made is what
// the server says.
const polled = (stack, db) => withBridge(stack, { 'terminal terminal':
    { live: 'no', poll_ms: SLOW_POLL_MS } }, async () => {
	const began = [];
	await connected(stack);
	for (let id = 1; id <= TOUCHES; id++) {
		began[id] = Date.now();
		assert.match(await stack.terminals[0].send(`punch ${id}`),
		    /^ok /);
		await pause(30 + 40 * Math.random());
	}
	await until('all rows', async () => await rows(db) === TOUCHES);
	const times = (await stack.sql(`SELECT att_device_user_id AS id,
	    TIMESTAMPDIFF(MICROSECOND, '1970-01-01', att_received_at) / 1000
	    AS at FROM trn_member_attendances`))
	    .map(row => Number(row.at) - began[row.id]);
	return { poll_p50_ms: median(times),
	    poll_p99_ms: percentile(times, 99) };
});

const backlog = (stack, db) => withBridge(stack, {}, async began => {
	await until('a part of the rows', async () =>
	    await rows(db) > RECORDS / 5, 120000);
	const amid_ms = await touch(stack, db, MEMBERS);
	assert.ok(await rows(db) < RECORDS, 'the backlog was over too soon');
	await until('all rows', async () => await rows(db) > RECORDS, 120000);
	const s = (Date.now() - began) / 1000;
	const backlog_cpu_s = cpu([stack.bridge.pid]);
	await pause(1000);	// nothing more may come
	assert.equal(await rows(db), RECORDS + 1);
	return { backlog_s: s, backlog_rate: RECORDS / s, backlog_cpu_s,
	    amid_ms };
});

// First with what little the day brings, then with all the past.
async function whole(stack, db) {
	const terminal = stack.terminals[0];
	await terminal.send('clear');
	const got = { ...await live(stack, db) };
	await terminal.send('clear');
	Object.assign(got, await polled(stack, db));
	await terminal.send('clear');
	assert.match(await terminal.send(`log ${RECORDS}`), /^ok /);
	return { ...got, ...await backlog(stack, db) };
}

// ---- telling -------------------------------------------------------------

const text = (value, digits) => value.toLocaleString('en',
    { minimumFractionDigits: digits, maximumFractionDigits: digits });

export function tellBridge({ figures, rounds }) {
	const row = cells => console.log(cells.map((cell, i) => i === 0 ?
	    cell.padEnd(46) : String(cell ?? '').padStart(11)).join(''));
	console.log(`\nthe bridge, median of ${rounds} rounds\n`);
	row(['', 'figure', 'least', 'most', 'aim']);
	for (const f of figures)
		row([f.name, text(f.value, f.digits), text(f.least, f.digits),
		    text(f.most, f.digits), f.aim && `< ${f.aim}`]);
}

const summary = rounds => FIGURES.map(([key, name, digits, aim]) => {
	const values = rounds.map(round => round[key]);
	return { key, name, digits, aim, value: median(values),
	    least: Math.min(...values), most: Math.max(...values), values };
});

// `onStack` is told of the Gymgate that is started; who calls us stops it.
export async function measureBridge(count, onStack) {
	const rounds = [];
	const stack = await Stack.start({ own: true, demo: true, live: true,
	    workers: WORKERS, terminals: [{ serial: SERIAL, users: MEMBERS }],
	    say: console.log });
	onStack(stack);
	process.env.TMPDIR = stack.dir;	// whatever happens, it goes
	await seedTerminal(stack, SERIAL);
	const db = new Client(stack);
	try {
		for (let n = 1; n <= count; n++) {
			const round = { ...await reading(), ...await idle(),
			    ...await memory(), ...await whole(stack, db) };
			rounds.push(round);
			console.log(`round ${n} of the bridge: ` +
			    JSON.stringify(round, (key, value) =>
			    typeof value === 'number' ?
			    Number(value.toPrecision(3)) : value));
		}
	} finally {
		db.close();
	}
	return { rounds: count, figures: summary(rounds) };
}
