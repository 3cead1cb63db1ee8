// dashboard.mjs: the page of today in a large gym, and in one with ten times
// the past, beside nginx and a worker that do nothing
//
// Two Gymgates on one database: 10,000 members each, of whom 1,000 come a day.
import assert from 'node:assert/strict';
import { makeNoon } from '../faults/gym.mjs';
import { query } from '../stack/database.mjs';
import { Stack } from '../stack/stack.mjs';
import { fixedFront } from './ceilings.mjs';
import { withCpu, wrk } from './machine.mjs';
import { measureRounds, SECONDS } from './rounds.mjs';
import { MEMBERS, seed } from './seed.mjs';

const WORKERS = 16;
const CONNECTIONS = 16;
const SIZES = [1000000, 10000000];
const FIXED = `ceiling F, ${CONNECTIONS} connections`;

const set = (stack, value) => query(stack.db.socket, `SET GLOBAL ${value}`);
const name = size => `dashboard, ${size.toLocaleString('en')} punches`;

// `front` is what answers: programs { nginx, web }.
const pages = (db, front, url, args) => async () => {
	const got = await withCpu({ db }, () => wrk(url, { args,
	    seconds: SECONDS, connections: CONNECTIONS }), front);
	assert.equal(got.failed + got.not_2xx, 0, 'pages that did not come');
	return got;
};

async function measurePage(stack, db) {
	const cookie = await stack.signIn();
	const got = await stack.request('GET', '/', { headers:
	    { Cookie: cookie } });
	assert.match(got.text, /Member \d+/);	// the page with its rows
	return pages(db, stack, `${stack.url}/`, ['page', cookie, '-', '-']);
}

async function seedFast(stack) {
	await set(stack, 'innodb_buffer_pool_size = 1073741824');
	await set(stack, 'innodb_flush_log_at_trx_commit = 0');
}

// As every other stack is measured: a tenth of the rows has room in memory.
async function seedDone(stack) {
	await set(stack, 'innodb_flush_log_at_trx_commit = 1');
	await set(stack, 'innodb_buffer_pool_size = 67108864');
}

// The first one has the database, the others a schema on it.
async function startAll(onStack) {
	const stacks = [];

	for (const size of SIZES) {
		const stack = await Stack.start({ own: !stacks.length,
		    demo: 'morning', workers: WORKERS, say: console.log });
		onStack(stack);
		stacks.push(stack);
		process.env.GYMGATE_TEST_DB = stacks[0].db.socket;
		if (stacks.length === 1)	// only while the rows are made
			await seedFast(stack);
		console.log(`seeding ${size.toLocaleString('en')} punches`);
		await seed(stack, makeNoon(stack), size);
	}
	delete process.env.GYMGATE_TEST_DB;
	await seedDone(stacks[0]);
	return stacks;
}

// `onStack` is told of each Gymgate that is started; who calls us stops them.
export async function measureDashboard(onStack) {
	const stacks = await startAll(onStack);
	const fixed = await fixedFront(stacks[0], WORKERS);
	const { db } = stacks[0];
	const runs = [];

	for (const stack of stacks)
		runs.push(await measurePage(stack, db));
	return { members: MEMBERS, punches: SIZES, table: await measureRounds([
		{ name: FIXED, run: pages(db, fixed, `${fixed.url}/`,
		    ['page', '-', '-', '-']) },
		{ name: name(SIZES[0]), run: runs[0],
		    beside: [{ line: FIXED, least: 0.05 }] },
		{ name: name(SIZES[1]), run: runs[1],
		    beside: [{ line: name(SIZES[0]), least: 1 / 1.2 }] },
	]) };
}

export function tellDashboard({ members, punches }) {
	console.log(`\ndashboards: ${CONNECTIONS} connections, ${members} ` +
	    `members, ${punches.join(' and ')} punches`);
}
