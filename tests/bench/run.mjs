// run.mjs: `make bench`: what Gymgate can take, beside what the machine can
//
//	BENCH_SECONDS=4 BENCH_ROUNDS=3 node tests/bench/run.mjs
//	BENCH=server, lists, reports, export, access, hub or bridge: only that
//	part
//
// A stack of its own in a folder that goes, with a durable MariaDB of its
// own.  Round after round each line is measured once, so that what disturbs
// the machine for a while disturbs them all; the middle one counts.  Nothing
// passes or fails but what makes a number worthless: wrong answers, lost rows.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeNoon } from '../faults/gym.mjs';
import { REPO, Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { measureAccess, tellAccess } from './access.mjs';
import { measureBridge, tellBridge } from './bridge.mjs';
import { measureExport, tellExport } from './export.mjs';
import { measureHub, tellHub } from './hub.mjs';
import { measureLists, tellLists } from './lists.mjs';
import { machine, median, percentile, privateBytes, withCpu, wrk }
    from './machine.mjs';
import { measureReports, tellReports } from './reports.mjs';
import { bareInserts, FIRST, MEMBERS, PUNCHES, seed } from './seed.mjs';

process.chdir(REPO);
process.env.PATH += ':/usr/local/sbin:/usr/sbin:/sbin';
delete process.env.GYMGATE_TEST_DB;

const SECONDS = Number(process.env.BENCH_SECONDS || 4);
const ROUNDS = Number(process.env.BENCH_ROUNDS || 3);
const PART = process.env.BENCH || '';
const WORKERS = 16;
const BATCH_CONNECTIONS = 4;
const INSERTS = 30;		// of a bare client, each 500 rows
const TOUCHES = 200;		// of the terminal, for the latency
let stack, today, cookie;
let days = 0;			// handed out so far

// ---- what is measured ----------------------------------------------------

// A day long past that nobody has punched on.
const freshDay = () => new Date(Date.UTC(2021, 0, 1 + days++))
    .toISOString().slice(0, 10);
const dayBefore = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) -
    n * 86400000).toISOString().slice(0, 10);

const count = async table => Number((await stack.sql(
    `SELECT COUNT(*) AS n FROM ${table}`))[0].n);

const post = (kind, connections, dates) => withCpu(stack, () => wrk(
    `${stack.url}/api/biometric_attendances`, { connections,
    seconds: SECONDS, args: [kind, stack.token, ...dates] }));

// Rows of `table` must have grown by what was answered; what was under way
// when wrk stopped may be there, too.
async function exact(table, rowsEach, connections, run) {
	const before = await count(table);
	const got = await run();
	const grown = await count(table) - before;
	const said = got.requests * rowsEach;
	assert.ok(grown >= said && grown <= said + connections * rowsEach,
	    `${said} rows answered, ${grown} there`);
	return { ...got, rate: got.rate * (rowsEach || 1) };
}

function allAnswered(got, not2xx = 0) {
	assert.equal(got.failed, 0, 'requests that got no answer');
	assert.equal(got.not_2xx, not2xx, 'unexpected answers');
	return got;
}

const stored = connections => () => exact('trn_member_attendances', 1,
    connections, async () => allAnswered(await post('stored', connections,
    [freshDay(), freshDay()])));

const duplicates = connections => () => exact('trn_member_attendances', 0,
    connections, async () => allAnswered(await post('duplicate', connections,
    [dayBefore(today, 1), dayBefore(today, 2)])));

const unmapped = connections => () => exact('trn_punch_inbox', 1,
    connections, async () => {
	const got = await post('unmapped', connections,
	    [freshDay(), freshDay()]);
	return allAnswered(got, got.requests);	// 404
    });

const batches = () => exact('trn_member_attendances', 500, BATCH_CONNECTIONS,
    async () => allAnswered(await post('batch', BATCH_CONNECTIONS,
    [freshDay(), freshDay()])));

async function bare() {
	const texts = Array.from({ length: BATCH_CONNECTIONS }, () =>
	    bareInserts(freshDay(), INSERTS));
	const began = Date.now();
	await Promise.all(texts.map(text => stack.sql(text)));
	return { rate: INSERTS * 500 * BATCH_CONNECTIONS /
	    (Date.now() - began) * 1000 };
}

const pages = connections => async () => allAnswered(await withCpu(stack,
    () => wrk(`${stack.url}/`, { connections, seconds: SECONDS,
    args: ['page', cookie, '-', '-'] })));

const LINES = [
	{ name: 'dashboard page, 16 connections', run: pages(16) },
	{ name: 'punch stored, 16 connections', run: stored(16) },
	{ name: 'punch stored, 64 connections', run: stored(64) },
	{ name: 'duplicate, 64 connections', run: duplicates(64) },
	{ name: 'not mapped, 64 connections', run: unmapped(64) },
	{ name: 'rows in batches of 500', run: batches,
	    beside: 'rows by bare INSERTs of 500' },
	{ name: 'rows by bare INSERTs of 500', run: bare },
];

// ---- from the finger to the stream ---------------------------------------

// Milliseconds from the order to the terminal to the row in the event stream
// of an open dashboard, one touch after the other.
async function latency() {
	const terminal = stack.terminals[0];
	const times = [];
	const arrived = new Map();	// by the member's name
	const stream = await stack.events('/live/events',
	    { headers: { Cookie: cookie }, onEvent: ({ data }) =>
	    arrived.set(data.match(/Member \d+/)?.[0], Date.now()) });
	assert.equal(stream.status, 200);
	for (let i = 0; i < TOUCHES; i++) {
		const id = FIRST + MEMBERS - 1 - i;
		const began = Date.now();
		assert.match(await terminal.send(`punch ${id}`), /^ok /);
		times.push(await until(`member ${id} in the stream`, () =>
		    arrived.get(`Member ${id}`), 5000, 1) - began);
	}
	stream.close();
	return { p50_ms: median(times), p99_ms: percentile(times, 99),
	    worst_ms: Math.max(...times), touches: times.length };
}

// ---- telling -------------------------------------------------------------

const number = n => n >= 100 ? Math.round(n).toLocaleString('en') :
    n.toFixed(1);

function row(cells) {
	const widths = [32, 10, 8, 9, 9, 7, 8, 9];
	console.log(cells.map((cell, i) => i === 0 ?
	    String(cell ?? '').padEnd(widths[i]) :
	    String(cell ?? '').padStart(widths[i])).join(''));
}

function tellServer(result) {
	const { machine: m } = result;
	console.log(`\n${m.cores} cores, load ${m.load.toFixed(1)} before, ` +
	    `fsync ${m.fsync_ms} ms; ${WORKERS} workers, ${MEMBERS} members, ` +
	    `${PUNCHES} punches; median of ${ROUNDS} rounds of ${SECONDS} s\n`);
	row(['', 'a second', 'spread', 'p50 ms', 'p99 ms', 'nginx', 'worker',
	    'database']);
	for (const line of result.lines)
		row([line.name, number(line.rate),
		    `${Math.round(line.spread * 100)}%`,
		    line.p50_ms?.toFixed(1), line.p99_ms?.toFixed(1),
		    line.cpu_us?.nginx, line.cpu_us?.worker,
		    line.cpu_us?.database]);
	console.log('(spread: of the rounds; at the right microseconds of ' +
	    'processor time a request)\n');
	for (const line of result.lines.filter(l => l.ratio))
		console.log(`${line.name} / ${line.beside}: ` +
		    line.ratio.toFixed(2));
	const { latency: l, memory } = result;
	console.log(`from the terminal to the dashboard's stream: ${l.p50_ms} ` +
	    `ms, 99th percentile ${l.p99_ms} ms (${l.touches} touches)`);
	console.log('private memory of a worker: ' +
	    `${(memory.median_bytes / 1048576).toFixed(1)} MB, the largest ` +
	    `${(memory.largest_bytes / 1048576).toFixed(1)} MB`);
}

function summary(line, rounds) {
	const rates = rounds.map(round => round.rate);
	const middle = rounds.find(round => round.rate === median(rates));
	return { name: line.name, beside: line.beside, rate: middle.rate,
	    spread: (Math.max(...rates) - Math.min(...rates)) / middle.rate,
	    p50_ms: middle.p50_us && middle.p50_us / 1000,
	    p99_ms: middle.p99_us && middle.p99_us / 1000,
	    cpu_us: middle.cpu_us, rates };
}

// A ratio is taken round by round: both sides saw the same weather.
function addRatios(lines) {
	for (const line of lines.filter(l => l.beside)) {
		const other = lines.find(l => l.name === line.beside);
		line.ratios = line.rates.map((rate, i) => rate / other.rates[i]);
		line.ratio = median(line.ratios);
	}
	return lines;
}

// ---- all of it -----------------------------------------------------------

async function measure() {
	const rounds = LINES.map(() => []);
	const result = { machine: machine(stack.dir), seconds: SECONDS,
	    workers: WORKERS, members: MEMBERS, punches: PUNCHES };

	result.latency = await latency();
	for (let n = 1; n <= ROUNDS; n++)
		for (const [i, line] of LINES.entries()) {
			const got = await line.run();
			rounds[i].push(got);
			console.log(`round ${n}: ${line.name}: ` +
			    `${number(got.rate)}/s`);
		}
	const memory = stack.web.children().map(privateBytes);
	result.memory = { median_bytes: median(memory),
	    largest_bytes: Math.max(...memory) };
	result.lines = addRatios(LINES.map((line, i) =>
	    summary(line, rounds[i])));
	return result;
}

async function measureServer() {
	stack = await Stack.start({ own: true, demo: true, live: true,
	    workers: WORKERS, terminals: [{}], say: console.log });
	today = makeNoon(stack);
	console.log('seeding');
	await seed(stack, today);
	await stack.startBridge();
	cookie = await stack.signIn();
	return measure();
}

// Each starts a stack of its own, which main() stops.
const PARTS = [
	{ name: 'server', measure: measureServer, tell: tellServer },
	{ name: 'lists', measure: measureLists, tell: tellLists },
	{ name: 'reports', measure: measureReports, tell: tellReports },
	{ name: 'export', measure: onStack => measureExport(ROUNDS, onStack),
	    tell: tellExport },
	{ name: 'access', measure: measureAccess, tell: tellAccess },
	{ name: 'hub', measure: measureHub, tell: tellHub },
	{ name: 'bridge', measure: onStack => measureBridge(ROUNDS, onStack),
	    tell: tellBridge },
];

async function main() {
	const parts = PARTS.filter(({ name }) => !PART || PART === name);
	const result = { machine: machine(os.tmpdir()) };

	if (parts.length === 0) {
		console.error(`bench: BENCH=${PART} is none of ${PARTS.map(
		    ({ name }) => name).join(', ')}`);
		process.exitCode = 2;
		return;
	}
	for (const { name, measure: run } of parts) {
		result[name] = await run(started => { stack = started; });
		await stack?.stop({ check: false });
		stack = undefined;
	}
	for (const { name, tell: say } of parts)
		say(result[name]);
	fs.writeFileSync('build/bench.json',
	    `${JSON.stringify(result, null, '\t')}\n`);
	console.log(`\nthe same in ${path.join('build', 'bench.json')}`);
}

for (const signal of ['SIGINT', 'SIGTERM'])
	process.on(signal, () => Promise.resolve(stack?.stop({ check: false }))
	    .finally(() => process.exit(130)));
try {
	await main();
} finally {
	await stack?.stop({ check: false });
}
