// run.mjs: `make run`, and `make reset`
//
//	node tests/stack/run.mjs            starts it all in RUN_DIR, on PORT
//	node tests/stack/run.mjs reset      throws RUN_DIR away
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bornAt } from './program.mjs';
import { REPO, Stack } from './stack.mjs';
import { accepts, until } from './wait.mjs';

const dir = path.resolve(REPO, process.env.RUN_DIR || 'build/run');
const record = `${dir}/run.json`;	// who runs here, and with whom
const port = Number(process.env.PORT || 8080);
let stack, stopping;

const say = line => console.log(line);

function die(line) {
	console.error(`run: ${line}`);
	process.exit(1);
}

// ---- one at a time -------------------------------------------------------

const myself = () => ({ pid: process.pid, born: bornAt(process.pid) });
const lives = who => who && bornAt(who.pid) === who.born && who.born !== null;

function recorded() {
	try {
		return JSON.parse(fs.readFileSync(record, 'utf8'));
	} catch {
		return {};
	}
}

function write(programs) {
	fs.writeFileSync(`${record}.new`, JSON.stringify({ run: myself(),
	    programs: programs.map(p => ({ name: p.name, pid: p.pid,
	    born: bornAt(p.pid) })) }));
	fs.renameSync(`${record}.new`, record);
}

// Only one may hold the folder.  What a killed one left is ended first: they
// were told to stop when it died, but MariaDB may still be at it.
async function take() {
	const before = recorded();
	if (lives(before.run))
		die(`already running as process ${before.run.pid}; ` +
		    'stop it with Ctrl-C there');
	for (const left of (before.programs ?? []).filter(lives)) {
		say(`waiting for ${left.name} of the last run to end`);
		process.kill(left.pid, 'SIGTERM');
		await until('it', () => !lives(left), 15000).catch(() => {
			if (lives(left))
				process.kill(left.pid, 'SIGKILL');
		});
		await until(`${left.name} to end`, () => !lives(left));
	}
}

// ---- whom the servers run as ---------------------------------------------

// The servers need no root: they get the account that Debian's nginx has.
function account() {
	if (process.getuid() !== 0)
		return undefined;
	for (const name of ['www-data', 'nobody']) {
		const id = flag => Number(execFileSync('id', [flag, name],
		    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
		try {
			const found = { name, uid: id('-u'), gid: id('-g'),
			    group: execFileSync('id', ['-gn', name],
			    { encoding: 'utf8' }).trim() };
			if (reaches(found))
				return found;
			say(`${name} may not enter ${REPO} or ` +
			    `${path.dirname(dir)}; the servers run as root`);
			return undefined;
		} catch {
			// no such account
		}
	}
	return undefined;
}

function reaches({ uid, gid }) {
	const files = [`${REPO}/html`, `${REPO}/build/bin`,
	    `${REPO}/build/static`, path.dirname(dir)];
	try {
		execFileSync('setpriv', [`--reuid=${uid}`, `--regid=${gid}`,
		    '--clear-groups', 'sh', '-c',
		    'for f; do test -r "$f" && test -x "$f" || exit 1; done',
		    'sh', ...files], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

// A folder that another account filled: root hands it over, others cannot.
function claim(who) {
	const uid = who?.uid ?? process.getuid();
	if (!fs.existsSync(dir) || fs.statSync(dir).uid === uid)
		return;
	if (process.getuid() !== 0)
		die(`${dir} belongs to another user; use RUN_DIR=, or have ` +
		    'them run `make reset`');
	for (const name of fs.readdirSync(dir))
		if (!/^demo\.|^migrate\.|^run\./.test(name))
			execFileSync('chown', ['-hR', `${uid}:${who?.gid ?? 0}`,
			    `${dir}/${name}`]);
}

// ---- start and stop ------------------------------------------------------

async function stop(status) {
	if (stopping)
		return;
	stopping = true;
	say('stopping');
	await stack?.stop({ check: false });
	fs.rmSync(record, { force: true });
	process.exit(status);
}

function died(program) {
	if (stopping)
		return;
	console.error(`run: ${program.name} ended with ${program.how}; the ` +
	    `end of ${path.relative('.', program.log)}:`);
	console.error(program.text(20));
	stop(1);
}

async function run() {
	if (!Number.isInteger(port) || port < 1 || port > 65535)
		die(`PORT=${process.env.PORT} is not a port`);
	fs.mkdirSync(path.dirname(dir), { recursive: true });
	const who = account();
	claim(who);
	fs.mkdirSync(dir, { recursive: true });
	await take();
	if (await accepts(port))
		die(`port ${port} is taken; try make run PORT=8081`);
	write([]);

	stack = new Stack({ dir, port, account: who, workers: 4, live: true,
	    demo: true, terminals: [{ users: 99 }], bridge: true, chores: 10,
	    remind: 15, say,
	    onDeath: died, onStart: () => write(stack.programs
	    .filter(p => p.running)) });
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		process.on(signal, () => stop(0));
	try {
		await stack.startAll();
	} catch (e) {
		if (!stopping) {
			console.error(`run: ${e.message}`);
			await stop(1);
		}
		return;
	}
	const short = path.relative('.', dir) || '.';
	say(`sign in as ${stack.login.email}, password ${stack.login.password}` +
	    ` (${short}/demo.login)`);
	say(`the API's token is in ${short}/demo.token; a touch on the terminal:`);
	say('  build/bin/zk-terminal --control ' +
	    `${short}/terminal.sock --send 'punch 42'`);
	say(`ready: ${stack.url}`);
}

async function reset() {
	const before = recorded();
	if (lives(before.run))
		die(`running as process ${before.run.pid}; stop it first`);
	await take();
	fs.rmSync(dir, { recursive: true, force: true });
	say(`${path.relative('.', dir) || dir} is gone`);
}

process.chdir(REPO);
process.env.PATH += ':/usr/local/sbin:/usr/sbin:/sbin';
try {
	if (process.argv[2] === 'reset')
		await reset();
	else
		await run();
} catch (e) {
	die(e.message);
}
