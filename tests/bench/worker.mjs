// worker.mjs: what one worker costs: its memory over 100,000 requests, and the
// instructions of a stored punch, which no noise of the machine changes
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { makeNoon } from '../faults/gym.mjs';
import { BIN, Stack } from '../stack/stack.mjs';
import { accepts } from '../stack/wait.mjs';
import { privateBytes, wrk } from './machine.mjs';
import { FIRST, MEMBERS, seed } from './seed.mjs';

const REQUESTS = 100000;
const CONNECTIONS = 8;
const MEMORY_MOST = 6;		// MB
const GROWTH_MOST = 0.25;	// MB, since that page had its turn before
const PUNCHES = [100, 600];	// of which the difference counts

const day = n => new Date(Date.UTC(2021, 0, 1 + n)).toISOString().slice(0, 10);

// ---- memory --------------------------------------------------------------

// What a gym sends, and by turns what its people look at: [kind, seconds].
const SENT = [['stored', 3], ['duplicate', 2], ['unmapped', 2], ['batch', 1]];
const PAGES = ['/', '/members', '/attendance', `/members/${FIRST}`, '/feed'];
const PAGE_S = 1;

async function load(stack, cookie, turn) {
	const dates = [day(2 * turn), day(2 * turn + 1)];
	const api = `${stack.url}/api/biometric_attendances`;
	const page = `${stack.url}${PAGES[turn % PAGES.length]}`;
	let requests = 0;

	for (const [kind, url, key, seconds] of [
	    ...SENT.map(([kind, s]) => [kind, api, stack.token, s]),
	    ['page', page, cookie, PAGE_S]]) {
		const got = await wrk(url, { connections: CONNECTIONS, seconds,
		    args: [kind, key, ...dates] });
		assert.equal(got.failed, 0, kind);
		assert.ok(kind === 'unmapped' || got.not_2xx === 0, kind);
		requests += got.requests;
	}
	return requests;
}

async function measureMemory(onStack) {
	const stack = await Stack.start({ own: true, demo: 'morning',
	    workers: 1, say: console.log });
	const sizes = [];		// [requests, MB]
	let requests = 0;

	onStack(stack);
	await seed(stack, makeNoon(stack));
	const cookie = await stack.signIn();
	const [worker] = stack.web.children();
	for (let turn = 0; requests < REQUESTS; turn++) {
		requests += await load(stack, cookie, turn);
		sizes.push([requests, privateBytes(worker) / 1048576]);
		console.log(`${requests} requests: ${sizes.at(-1)[1].toFixed(2)
		    } MB`);
	}
	assert.deepEqual(stack.web.children(), [worker], 'the same worker');
	return sizes;
}

// ---- instructions --------------------------------------------------------

// Those of a worker under callgrind that has stored so many punches.
async function instructions(stack, punches, date) {
	const out = `${stack.dir}/callgrind.${punches}`;
	const socket = `${stack.sockets}/web.sock`;
	const web = await stack.run({ name: `callgrind-${punches}`,
	    argv: ['valgrind', '--tool=callgrind', '--quiet',
	    `--callgrind-out-file=${out}.%p`, `${BIN}/gymgate-web`,
	    '-c', stack.conf], ready: () => accepts(socket) });
	const [worker] = web.children();

	for (let i = 0; i < punches; i++) {
		const user_id = String(FIRST + i % MEMBERS);
		const got = await stack.post({ compcode: 'SF', user_id,
		    device_sn: 'CRT5200-SN001', timestamp: `${date} 09:00:00` });
		assert.match(got.text, /"access"/);
	}
	await web.stop(60000);
	return Number(fs.readFileSync(`${out}.${worker}`, 'utf8')
	    .match(/^(?:summary|totals): (\d+)/m)[1]);
}

async function measureInstructions(onStack) {
	try {
		execFileSync('valgrind', ['--version'], { stdio: 'pipe' });
	} catch {
		console.log('skipped: instructions (no valgrind here)');
		return null;
	}
	const stack = await Stack.start({ own: true, demo: 'morning',
	    workers: 1, web: false, say: console.log });
	onStack(stack);
	await seed(stack, makeNoon(stack));
	const [few, many] = [await instructions(stack, PUNCHES[0], day(0)),
	    await instructions(stack, PUNCHES[1], day(1))];
	return Math.round((many - few) / (PUNCHES[1] - PUNCHES[0]));
}

// ---- all of it -----------------------------------------------------------

// `onStack` is told of each Gymgate that is started; who calls us stops them.
export async function measureWorker(onStack) {
	return { memory: await measureMemory(onStack),
	    instructions: await measureInstructions(onStack) };
}

export function tellWorker({ memory, instructions }) {
	const [requests, last] = memory.at(-1);
	const [from, before] = memory.at(-1 - PAGES.length);
	const growth = last - before;

	console.log(`\nprivate memory of a worker after ${requests} requests: ${
	    last.toFixed(1)} MB (aim: under ${MEMORY_MOST})` +
	    (last >= MEMORY_MOST ? '  MISSED' : '') +
	    `, grown by ${growth.toFixed(2)} MB in the last ${requests - from}` +
	    (growth > GROWTH_MOST ? '  MISSED' : ''));
	console.log('instructions of a worker for a stored punch: ' +
	    (instructions?.toLocaleString('en') ?? 'not measured'));
}
