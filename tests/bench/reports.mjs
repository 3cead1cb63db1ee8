// reports.mjs: how long the owner's reports take in a large gym, and the
// summary that they are made of
//
// 10,000 members with six subscriptions each, 1,000,000 punches.
import { Stack } from '../stack/stack.mjs';
import { kolkata } from '../web/gym.mjs';
import { median } from './machine.mjs';
import { measurePages, ms, tellPages } from './pages.mjs';
import { FIRST, MEMBERS, seed, seedHistory, seedStaff } from './seed.mjs';

const PUNCHES = 1000000;
const ARRIVED = 1000;		// of one run of the chores
const REQUESTS = 30;		// of each page, after a first one
const RUNS = 5;
const AIM_MS = 200;

const PAGES = [
	['visits a day, weekday and hour', '/reports'],
	['the same of one branch', '/reports?branch=1'],
	['members a month, by plan', '/reports/members'],
	['the same of one branch', '/reports/members?branch=1'],
	['collection a month', '/reports/collection'],
];

async function timed(what) {
	const began = process.hrtime.bigint();
	await what();
	return Number(process.hrtime.bigint() - began) / 1e6;
}

// Punches of a day, all of them just arrived.
const arrive = (stack, day, run) => stack.sql(`
    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
           att_member_id, att_device_user_id, att_device_sn,
           att_punch_time, att_status, att_received_at)
    SELECT 'SF', 1, ${FIRST} + seq * 3 % ${MEMBERS}, seq, 'CRT5200-SN001',
           '${day} 03:00:00' + INTERVAL ${run} MINUTE, 'ALLOWED',
           '${new Date().toISOString().slice(0, 23).replace('T', ' ')}'
      FROM seq_0_to_${ARRIVED - 1}`);

async function measureSummary(stack, day) {
	const rebuild = await timed(() => stack.chores());	// its first run
	const again = await timed(() => stack.admin(['summary', 'rebuild', 'SF']));
	const news = [], nothing = [];
	for (let run = 0; run < RUNS; run++) {
		await arrive(stack, day, run);
		news.push(await timed(() => stack.chores()));
	}
	// an hour later, when nothing counts as new any more
	stack.setClock(3600000);
	await stack.chores();
	for (let run = 0; run < RUNS; run++)
		nothing.push(await timed(() => stack.chores()));
	stack.setClock(null);
	return [
		['the first run, over all rows', rebuild],
		['gymgate-admin summary rebuild', again],
		[`a run with ${ARRIVED} new punches`, median(news)],
		['a run with nothing new', median(nothing)],
	].map(([name, ms]) => ({ name, ms }));
}

// `onStack` is told of the Gymgate that is started; who calls us stops it.
export async function measureReports(onStack) {
	const stack = await Stack.start({ own: true, demo: true,
	    say: console.log });
	onStack(stack);
	const today = kolkata().slice(0, 10);
	console.log('seeding 1,000,000 punches');
	await seed(stack, today, PUNCHES);
	await seedStaff(stack, today);
	await seedHistory(stack, today);
	const summary = await measureSummary(stack, today);
	const lines = await measurePages(stack, PAGES, REQUESTS);
	return { members: MEMBERS, punches: PUNCHES, requests: REQUESTS,
	    aim_ms: AIM_MS, summary, lines };
}

export function tellReports(result) {
	tellPages('reports', result);
	console.log('\nthe hourly summary, milliseconds\n');
	for (const line of result.summary)
		console.log(line.name.padEnd(36) + ms(line.ms));
}
