// run.mjs: `make bench`: what Gymgate can take, beside what the machine can
//
//	BENCH_SECONDS=4 BENCH_ROUNDS=3 node tests/bench/run.mjs
//	BENCH=server: only that part; PARTS below names them
//
// A stack of its own in a folder that goes, with a durable MariaDB of its
// own.  Round after round each line is measured once; the middle one counts.
// Nothing passes or fails but what makes a number worthless: wrong answers,
// lost rows.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { REPO } from '../stack/stack.mjs';
import { measureAccess, tellAccess } from './access.mjs';
import { measureBridge, tellBridge } from './bridge.mjs';
import { measureDashboard, tellDashboard } from './dashboard.mjs';
import { measureExport, tellExport } from './export.mjs';
import { measureHub, tellHub } from './hub.mjs';
import { measureLists, tellLists } from './lists.mjs';
import { machine } from './machine.mjs';
import { measureReports, tellReports } from './reports.mjs';
import { ROUNDS, tellTable } from './rounds.mjs';
import { measureServer, tellServer } from './server.mjs';
import { measureWorker, tellWorker } from './worker.mjs';

process.chdir(REPO);
process.env.PATH += ':/usr/local/sbin:/usr/sbin:/sbin';
delete process.env.GYMGATE_TEST_DB;

const PART = process.env.BENCH || '';
const stacks = [];		// of the part that runs, for main() to stop

// Each starts its own; what the first three measure makes one table.
const PARTS = [
	{ name: 'server', measure: measureServer, tell: tellServer },
	{ name: 'dashboard', measure: measureDashboard, tell: tellDashboard },
	{ name: 'worker', measure: measureWorker, tell: tellWorker },
	{ name: 'lists', measure: measureLists, tell: tellLists },
	{ name: 'reports', measure: measureReports, tell: tellReports },
	{ name: 'export', measure: onStack => measureExport(ROUNDS, onStack),
	    tell: tellExport },
	{ name: 'access', measure: measureAccess, tell: tellAccess },
	{ name: 'hub', measure: measureHub, tell: tellHub },
	{ name: 'bridge', measure: onStack => measureBridge(ROUNDS, onStack),
	    tell: tellBridge },
];

async function stopAll() {
	while (stacks.length)
		await stacks.pop().stop({ check: false });
}

function tell(result, parts) {
	const lines = parts.flatMap(({ name }) => result[name].table ?? []);

	if (lines.length)
		tellTable(result.machine, lines);
	for (const { name, tell: say } of parts)
		say(result[name]);
}

async function main() {
	const parts = PARTS.filter(({ name }) => !PART || PART === name);
	const result = { machine: machine(os.tmpdir()) };

	if (parts.length === 0) {
		console.error(`bench: BENCH=${PART} is none of ${PARTS.map(
		    ({ name }) => name).join(', ')}`);
		process.exitCode = 2;
		return;
	}
	for (const { name, measure } of parts) {
		result[name] = await measure(stack => stacks.push(stack));
		await stopAll();
	}
	tell(result, parts);
	fs.writeFileSync('build/bench.json',
	    `${JSON.stringify(result, null, '\t')}\n`);
	console.log(`\nthe same in ${path.join('build', 'bench.json')}`);
}

for (const signal of ['SIGINT', 'SIGTERM'])
	process.on(signal, () => stopAll().finally(() => process.exit(130)));
try {
	await main();
} finally {
	await stopAll();
}
