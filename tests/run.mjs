// run.mjs: the runner of `make test`
//
//	T='web/login bridge' WRAP='valgrind -q' node tests/run.mjs
//
// Layer after layer, and file after file, so that two processors are enough and
// what is measured is not disturbed; but for layers in which files mostly wait,
// of which two run abreast, as do the faults of `make soak`, one of which waits
// for an hour.  Each is told as it ends; what failed is shown; the
// last line is `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database } from './stack/database.mjs';

process.chdir(path.resolve(fileURLToPath(import.meta.url), '../..'));
process.env.PATH += ':/usr/local/sbin:/usr/sbin:/sbin';

const LOGS = 'build/tests/logs';
const SLOW = process.env.SANITIZE || process.env.WRAP ? 4 : 1;
const SOAK = Number(process.env.SOAK || 1);
const MOST_LINES = 150;		// of what a failing file wrote
// How many files of a layer run at a time; else one.
const ABREAST = { unit: 2, fuzz: 2, web: 2, security: 2,
    faults: SOAK > 1 ? 2 : 1 };

// ---- what there is to run ------------------------------------------------

const list = (dir, pattern) => fs.existsSync(dir) ?
    fs.readdirSync(dir).filter(name => pattern.test(name)).sort() : [];

const script = dir => list(`tests/${dir}`, /\.test\.mjs$/).map(name => ({
	layer: dir, name: name.replace('.test.mjs', ''), isNode: true,
	limit_s: dir === 'faults' ? 400 * SOAK : 240,
	argv: [process.execPath, '--test', '--test-reporter=tap',
	    `tests/${dir}/${name}`] }));

const wrap = (process.env.WRAP ?? '').split(' ').filter(Boolean);

// A unit program is one of which there is a source.
function units() {
	return list('tests/unit', /^test_.*\.c$/).map(source => {
		const bin = `build/tests/bin/${source.slice(0, -2)}`;
		return { layer: 'unit', name: source.slice(5, -2),
		    limit_s: 60 * SOAK, argv: [...wrap, bin] };
	});
}

// Every parser of foreign bytes, over its seeds.
function seeds() {
	return list('tests/fuzz', /^fuzz_.*\.c$/).map(source => {
		const name = source.slice(5, -2);
		return { layer: 'fuzz', name, limit_s: 60, argv: [...wrap,
		    `build/tests/bin/fuzz_${name}`, `tests/fuzz/seeds/${name}`] };
	});
}

function everything() {
	return [
		{ layer: 'lint', name: 'lint', limit_s: 120,
		    argv: ['sh', 'tests/stack/lint.sh'] },
		...units(),
		...seeds(),
		...['stack', 'web', 'security', 'bridge', 'browser', 'faults']
		    .flatMap(script),
	];
}

// T names layers (bridge), files (web/login), or beginnings of files.
function chosen(all) {
	const wishes = (process.env.T ?? '').split(/[ ,]+/).filter(Boolean)
	    .map(wish => wish.replace(/^tests\//, '')
	    .replace(/\.test\.mjs$|\.c$/, '').replace('unit/test_', 'unit/'));
	const fits = (one, wish) => one.layer === wish ||
	    `${one.layer}/${one.name}`.startsWith(wish);
	return wishes.length === 0 ? all :
	    all.filter(one => wishes.some(wish => fits(one, wish)));
}

// ---- running one ---------------------------------------------------------

// Its own folder for what is temporary, one for its logs, and a process
// group, so that nothing of it outlives its time.
function run(one, db) {
	const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'gg-'));
	const logs = path.resolve(LOGS, one.layer, one.name);
	const began = Date.now();
	const out = [];
	let late = false;

	fs.mkdirSync(logs, { recursive: true });
	return new Promise(done => {
		const child = spawn(one.argv[0], one.argv.slice(1), {
		    detached: true, stdio: ['ignore', 'pipe', 'pipe'],
		    // (JOURNAL_STREAM: programs log as under systemd)
		    env: { ...process.env, TMPDIR: tmp, JOURNAL_STREAM: '8:1',
		    GYMGATE_TEST_LOGS: logs, CMOCKA_MESSAGE_OUTPUT: 'TAP',
		    ...(db ? { GYMGATE_TEST_DB: db.socket } : {}) } });
		const timer = setTimeout(() => {
			late = true;
			end(child);
		}, one.limit_s * SLOW * 1000);
		running.add(child);
		child.stdout.on('data', part => out.push(part));
		child.stderr.on('data', part => out.push(part));
		child.on('error', e => out.push(Buffer.from(`${e.message}\n`)));
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			running.delete(child);
			end(child);	// what it left behind
			fs.rmSync(tmp, { recursive: true, force: true,
			    maxRetries: 5, retryDelay: 100 });
			const text = Buffer.concat(out).toString();
			fs.writeFileSync(`${logs}/output`, text);
			done(judge(one, { text, code, signal, late,
			    seconds: (Date.now() - began) / 1000 }));
		});
	});
}

const running = new Set();

function end(child) {
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		// all gone
	}
}

// ---- reading what it said ------------------------------------------------

// Counts what TAP says.  Node ends with totals; other programs are counted
// line by line.
function count(text, isNode) {
	const total = word => Number(
	    text.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? NaN);
	if (isNode && total('tests') >= 0)
		return { passed: total('pass'), skipped: total('skipped') +
		    total('todo'), failed: total('fail') + total('cancelled') };
	const lines = text.split('\n');
	const skipped = lines.filter(l => /^ok \d+.*# *skip/i.test(l)).length;
	return { skipped,
	    passed: lines.filter(l => /^ok \d+/.test(l)).length - skipped,
	    failed: lines.filter(l => /^not ok \d+/.test(l)).length };
}

function judge(one, run) {
	const n = count(run.text, one.isNode);
	const sanitizer = /ERROR: \w+Sanitizer|runtime error:/.test(run.text);

	if (run.code === 77) {		// cannot run here, and says so
		n.passed = n.failed = 0;
		n.skipped = Math.max(n.skipped, 1);
	} else if (run.late) {
		run.why = `not done after ${one.limit_s * SLOW} s`;
	} else if (run.signal) {
		run.why = `killed by ${run.signal}`;
	} else if (run.code !== 0 && !n.failed) {
		run.why = `ended with status ${run.code}`;
	} else if (run.code === 0 && !n.failed && sanitizer) {
		run.why = 'a sanitizer complained';
	} else if (run.code === 0 && n.passed + n.skipped + n.failed === 0) {
		run.why = 'no test in it';
	}
	if (run.why)
		n.failed = Math.max(n.failed + (run.late || run.signal ? 1 : 0), 1);
	return { ...one, ...run, ...n };
}

const NODES_OWN =
    /^# (Subtest:|(not )?ok - |(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) )/;

// What a test wanted to tell: diagnostics that are not Node's own, and why
// it was skipped.
function notes(text) {
	return text.split('\n').map(line => line.trim()).filter(line =>
	    /^ok .*# *skip/i.test(line) ||
	    (/^# /.test(line) && !NODES_OWN.test(line))).slice(0, 20);
}

// Of what it wrote, all but what went well.
function complaint(result) {
	const lines = result.text.split('\n');
	const kept = [];
	let block = null;	// the indent of the `---` we are in

	for (const line of lines) {
		const indent = line.length - line.trimStart().length;
		if (block !== null) {
			if (block.keep)
				kept.push(line);
			if (line.trim() === '...' && indent === block.indent)
				block = null;
		} else if (line.trim() === '---') {
			block = { indent, keep: /not ok/.test(kept.at(-1)) };
			if (block.keep)
				kept.push(line);
		} else if (line.trim() && !NODES_OWN.test(line.trim()) &&
		    !/^\s*(ok \d|1\.\.\d|TAP version)/.test(line)) {
			kept.push(line);
		}
	}
	return kept.length > MOST_LINES ? [...kept.slice(0, MOST_LINES),
	    `(${kept.length - MOST_LINES} more lines)`] : kept;
}

// ---- telling -------------------------------------------------------------

function tell(r) {
	const word = r.failed ? 'FAIL' : r.passed ? 'ok' : 'skip';
	const counts = [`${r.passed} passed`, r.failed && `${r.failed} failed`,
	    r.skipped && `${r.skipped} skipped`].filter(Boolean).join(', ');
	console.log(`${word.padEnd(4)} ${`${r.layer}/${r.name}`.padEnd(28)} ` +
	    `${counts}, ${r.seconds.toFixed(1)} s` +
	    (r.why ? `: ${r.why}` : ''));
	if (!r.failed) {
		for (const note of notes(r.text))
			console.log(`     ${note}`);
		return;
	}
	for (const line of complaint(r))
		console.log(`     ${line}`);
	console.log(`     (all it wrote, and logs: ${LOGS}/${r.layer}/${r.name})`);
}

const sum = (results, key) => results.reduce((n, r) => n + r[key], 0);

function table(results) {
	const row = cells => console.log(cells.map((cell, i) => i === 0 ?
	    String(cell).padEnd(10) : String(cell).padStart(9)).join(''));
	console.log();
	row(['layer', 'passed', 'failed', 'skipped', 'seconds']);
	for (const layer of new Set(results.map(r => r.layer))) {
		const own = results.filter(r => r.layer === layer);
		row([layer, sum(own, 'passed'), sum(own, 'failed'),
		    sum(own, 'skipped'), sum(own, 'seconds').toFixed(1)]);
	}
	console.log();
	console.log(`${sum(results, 'passed')} passed, ` +
	    `${sum(results, 'failed')} failed, ` +
	    `${sum(results, 'skipped')} skipped`);
}

// ---- all of it -----------------------------------------------------------

// One server for all files; each makes schemas of its own on it.
async function sharedDatabase() {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gg-'));
	fs.mkdirSync(LOGS, { recursive: true });
	const db = new Database({ dir, data: `${dir}/data`, copy: true,
	    log: `${LOGS}/mariadbd.log` });
	await db.start();
	return { socket: db.socket, stop: async () => {
		await db.stop();
		fs.rmSync(dir, { recursive: true, force: true });
	} };
}

function sanitizerOptions() {
	if (!process.env.SANITIZE)
		return;
	const common = 'halt_on_error=1:print_stacktrace=1';
	process.env.ASAN_OPTIONS ??=
	    `${common}:detect_leaks=1:detect_stack_use_after_return=1`;
	process.env.UBSAN_OPTIONS ??= common;
	process.env.TSAN_OPTIONS ??= 'halt_on_error=1';
}

// As many lanes take the files in order.
async function runLayer(files, db, lanes) {
	const results = [], left = [...files];
	const lane = async () => {
		while (left.length) {
			const result = await run(left.shift(), db);
			results.push(result);
			tell(result);
		}
	};

	await Promise.all(Array.from({ length: lanes }, lane));
	return results;
}

async function main() {
	const files = chosen(everything());
	const results = [];
	let db;

	fs.rmSync(LOGS, { recursive: true, force: true });
	sanitizerOptions();
	for (const signal of ['SIGINT', 'SIGTERM'])
		process.on(signal, async () => {
			running.forEach(end);
			await db?.stop();
			process.exit(130);
		});
	if (files.some(one => one.isNode))
		db = await sharedDatabase();
	for (const layer of new Set(files.map(one => one.layer)))
		results.push(...await runLayer(files.filter(one =>
		    one.layer === layer), db, ABREAST[layer] ?? 1));
	await db?.stop();
	if (results.length === 0)
		console.log(`nothing to run for T='${process.env.T ?? ''}'`);
	table(results);
	process.exit(sum(results, 'failed') || !sum(results, 'passed') ? 1 : 0);
}

await main();
