// server.mjs: what the server takes of punches, beside the least that a worker
// can do (ceilings.mjs), a bare client of the database and PHP
import assert from 'node:assert/strict';
import { makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { fixedFront, insertFront, phpFront } from './ceilings.mjs';
import { median, percentile, sharedBytes, withCpu, wrk } from './machine.mjs';
import { measureRounds, SECONDS } from './rounds.mjs';
import { bareInserts, FIRST, MEMBERS, PUNCHES, seed } from './seed.mjs';

const WORKERS = 16;
const BATCH_CONNECTIONS = 4;
const INSERTS = 30;		// of a bare client, each 500 rows
const TOUCHES = 200;		// of the terminal, for the latency
let stack, today, cookie, fixed, insert, php;
let days = 0;			// handed out so far

// ---- what is measured ----------------------------------------------------

// A day long past that nobody has punched on.
const freshDay = () => new Date(Date.UTC(2021, 0, 1 + days++))
    .toISOString().slice(0, 10);
const dayBefore = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) -
    n * 86400000).toISOString().slice(0, 10);

const count = async table => Number((await stack.sql(
    `SELECT COUNT(*) AS n FROM ${table}`))[0].n);

// Once what the line before had under way is done, too.
async function quietCount(table) {
	let rows;
	await until('all to be stored', async () => {
		const before = rows;
		return (rows = await count(table)) === before;
	}, 10000, 200);
	return rows;
}

const post = (kind, connections, dates) => withCpu(stack, () => wrk(
    `${stack.url}/api/biometric_attendances`, { connections,
    seconds: SECONDS, args: [kind, stack.token, ...dates] }));

// Rows of `table` must have grown by what was answered; what was under way
// when wrk stopped may be there, too.
async function exact(table, rowsEach, connections, run) {
	const before = await quietCount(table);
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

// The same load on what answers it otherwise.
const punchAt = (front, connections) => async () => allAnswered(
    await withCpu(stack, () => wrk(`${front().url}/api/biometric_attendances`,
    { connections, seconds: SECONDS, args: ['stored', stack.token, freshDay(),
    freshDay()] }), front()));

const ceilingD = connections => () => exact('bench_ceiling', 1, connections,
    punchAt(() => insert, connections));
const byPhp = connections => () => exact('trn_member_attendances', 1,
    connections, punchAt(() => php, connections));

const D16 = 'ceiling D, 16 connections', D64 = 'ceiling D, 64 connections';
const PHP = 'punch stored by PHP-FPM, 64 connections';
const BARE = 'rows by bare INSERTs of 500';

// What is held against each other stands together.
const lines = () => [
	{ name: 'ceiling F, 64 connections', run: punchAt(() => fixed, 64) },
	{ name: D16, run: ceilingD(16) },
	{ name: 'punch stored, 16 connections', run: stored(16),
	    beside: [{ line: D16, least: 0.55 }] },
	{ name: D64, run: ceilingD(64) },
	{ name: 'punch stored, 64 connections', run: stored(64),
	    beside: [{ line: D64, least: 0.55 },
	    ...(php ? [{ line: PHP, least: 1.8 }] : [])] },
	...(php ? [{ name: PHP, run: byPhp(64) }] : []),
	{ name: 'duplicate, 64 connections', run: duplicates(64) },
	{ name: 'not mapped, 64 connections', run: unmapped(64) },
	{ name: BARE, run: bare },
	{ name: 'punches in batches of 500', run: batches,
	    beside: [{ line: BARE, least: 0.5 }] },
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

// ---- memory --------------------------------------------------------------

// Of all workers, as they stand after the load; what they share is shared out.
const memory = () => ({ workers: WORKERS,
    bytes: sharedBytes(stack.web.children()),
    php_bytes: php && sharedBytes(php.web.children()) });

function tellMemory({ workers, bytes, php_bytes }) {
	const mb = n => `${(n / 1048576).toFixed(1)} MB`;
	console.log(`memory of ${workers} workers: ${mb(bytes)}` + (php_bytes ?
	    `; of as many of PHP-FPM: ${mb(php_bytes)} (aim: not more)` +
	    (bytes > php_bytes ? '  MISSED' : '') :
	    '; PHP-FPM is not installed: not measured'));
}

// ---- all of it -----------------------------------------------------------

// `onStack` is told of the Gymgate that is started; who calls us stops it.
export async function measureServer(onStack) {
	stack = await Stack.start({ own: true, demo: true, live: true,
	    workers: WORKERS, terminals: [{}], say: console.log });
	onStack(stack);
	today = makeNoon(stack);
	console.log('seeding');
	await seed(stack, today);
	await stack.startBridge();
	cookie = await stack.signIn();
	fixed = await fixedFront(stack, WORKERS);
	insert = await insertFront(stack, WORKERS);
	php = await phpFront(stack, WORKERS);
	if (!php)
		console.log('skipped: PHP-FPM (no php-fpm here)');
	return { latency: await latency(), workers: WORKERS, members: MEMBERS,
	    punches: PUNCHES, table: await measureRounds(lines()),
	    memory: memory() };
}

export function tellServer({ latency: l, memory, workers, members, punches }) {
	console.log(`\npunches: ${workers} workers, ${members} members, ${punches
	    } punches before`);
	console.log(`from the terminal to the dashboard's stream: ${l.p50_ms} ` +
	    `ms, 99th percentile ${l.p99_ms} ms (${l.touches} touches)`);
	tellMemory(memory);
}
