// trouble.mjs: everything that goes wrong in a gym and behind it, at random,
// each for a short while
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { pause, SLOW, until } from '../stack/wait.mjs';
import { killWorkers } from './gym.mjs';

const ANSWERS = ['checksum', 'close', 'error:4989', 'garbage', 'late', 'short',
    'size', 'stall', 'stray'];

// Over UDP those of a killed bridge live on for a minute.
export const SESSIONS = 60;

// Settings of a terminal: as they are for a while, and as they should be.
const SETTINGS = [
	['buffered', 'no', 'yes'],
	['connect-code', '2005', '0'],
	['counts', 'zero', 'true'],
	['cut', 'bytes', 'plain'],
	['cut', 'chop', 'plain'],
	['cut', 'glue', 'plain'],
	['event-ack', 'resend', 'ignore'],
	['first-byte', '300', '0'],
	['junk', 'yes', 'no'],
	['log-code', '4989', '0'],
	['odd-tails', 'refuse', 'serve'],
	['pace', '3', '0'],
	['sizes', '4', '92'],
	['sizes', '80', '92'],
];
const DATAGRAMS = [
	['udp-double', '50', '0'],
	['udp-loss', '100', '0'],
	['udp-loss', '20', '0'],
	['udp-swap', '50', '0'],
];

// { name, often, where, lock, run(at, trouble) }: `where` is 'door', or 'line'
// for those with one, 'air' for those without, or '' for what is there once.
// Of one lock at one place there is only one at a time.
const KINDS = [
	...ANSWERS.map(what => ({ name: `terminal: ${what}`, often: 4,
	    where: 'door', lock: 'answer', run: spoil(what) })),
	...SETTINGS.map(([key, odd, right]) => ({ where: 'door', lock: key,
	    name: `terminal: ${key} ${odd}`, often: 1,
	    run: setting(key, odd, right) })),
	...DATAGRAMS.map(([key, odd, right]) => ({ where: 'air', lock: key,
	    name: `terminal: ${key} ${odd}`, often: 6,
	    run: setting(key, odd, right) })),
	...['close', 'hang'].map(how => ({ where: 'door', lock: 'sessions',
	    name: `terminal: a second session, ${how}`, often: 1,
	    run: oneSession(how) })),
	{ name: 'terminal: punch amid a reading', often: 6, where: 'door',
	    lock: 'clock', run: amid },
	{ name: 'terminal: clock jumps', often: 8, where: 'door',
	    lock: 'clock', run: jump },
	{ name: 'terminal: records doubled', often: 4, where: 'door',
	    lock: 'log', run: ({ terminal }, { upTo }) =>
	    order(terminal, `double ${upTo(5)}`, /^ok|not that many$/) },
	...['date', 'user', 'bytes'].map(kind => ({ where: 'door', lock: 'log',
	    name: `terminal: bad ${kind}`, often: 1,
	    run: ({ terminal }, { upTo }) =>
	    order(terminal, `bad ${kind} ${upTo(2)}`) })),
	{ name: 'terminal: reboot', often: 5, where: 'door', lock: 'power',
	    run: ({ terminal }, { upTo }) =>
	    order(terminal, `reboot ${50 + upTo(600)}`) },
	{ name: 'terminal: sessions dropped', often: 5, where: 'door',
	    lock: 'power', run: ({ terminal }) => order(terminal, 'drop') },

	{ name: 'gym network: cut', often: 6, where: 'line', lock: 'line',
	    run: ({ line }, t) => t.cut(line, 700) },
	{ name: 'gym network: stalled', often: 8, where: 'line', lock: 'line',
	    run: ({ line }, t) => t.stall(line, 900) },
	{ name: 'gym network: calls dropped', often: 6, where: 'line',
	    lock: 'line', run: ({ line }) => line.drop() },

	{ name: 'internet: cut', often: 6, where: '', lock: 'api',
	    run: (_, t) => t.cut(t.api, 1000) },
	{ name: 'internet: stalled', often: 6, where: '', lock: 'api',
	    run: (_, t) => t.stall(t.api, 1200) },
	{ name: 'internet: a portal', often: 5, where: '', lock: 'api',
	    run: portal },
	{ name: 'internet: answers lost', often: 8, where: '', lock: 'answers',
	    run: lostAnswers },
	{ name: 'server: nginx reloaded', often: 5, where: '', lock: 'nginx',
	    run: (_, { stack }) => stack.nginx.signal('SIGHUP') },
	{ name: 'server: workers killed', often: 10, where: '', lock: 'workers',
	    run: (_, { stack }) => killWorkers(stack) },
	{ name: 'server: workers reloaded', often: 3, where: '',
	    lock: 'workers',
	    run: (_, { stack }) => stack.web.signal('SIGHUP') },
	{ name: 'server: hub killed', often: 4, where: '', lock: 'hub',
	    run: (_, t) => t.killed(t.stack.live, 300) },
	{ name: 'server: database killed', often: 6, where: '',
	    lock: 'database', run: (_, t) => t.killed(t.stack.db, 500) },
	{ name: 'server: database frozen', often: 4, where: '',
	    lock: 'database', run: (_, t) => t.frozen(t.stack.db, 1500) },
	{ name: 'bridge: asleep', often: 4, where: '', lock: 'bridge',
	    run: (_, t) => t.frozen(t.stack.bridge, 1000) },
	{ name: 'bridge: killed', often: 14, where: '', lock: 'bridge',
	    run: killBridge },
	{ name: 'bridge: restarted in order', often: 3, where: '',
	    lock: 'bridge', run: (_, { stack }) => stack.bridge.restart() },
];

async function order(terminal, text, answer = /^ok/) {
	assert.match(await terminal.send(text, 20000), answer, text);
}

// While a terminal is spoilt for `ms`; then it is right again.
async function meanwhile(terminal, wrong, ms, right) {
	try {
		for (const text of wrong)
			await order(terminal, text);
		await pause(ms);
	} finally {
		for (const text of right)
			await order(terminal, text);
	}
}

function spoil(what) {
	return ({ terminal }, { roll, upTo }) => meanwhile(terminal,
	    [`fault ${what} ${roll() < 0.4 ? 'bulk' : 'any'} ${upTo(3)}`],
	    300 + upTo(700), ['fault none']);
}

function setting(key, odd, right) {
	return ({ terminal }, { upTo }) => meanwhile(terminal,
	    [`set ${key} ${odd}`], upTo(1500), [`set ${key} ${right}`]);
}

function oneSession(how) {
	return ({ terminal }, { upTo }) => meanwhile(terminal,
	    ['set sessions 1', `set second ${how}`], upTo(1500),
	    [`set sessions ${SESSIONS}`, 'set second close']);
}

// Somebody with a number that nobody else has, while a table is being read:
// only the terminal can tell when that was.
async function amid({ terminal, amidUser, amid }, { stack, upTo }) {
	const file = `${stack.dir}/${terminal.name}.dump`;

	await meanwhile(terminal, [`amid ${amidUser} ${upTo(3)}`],
	    upTo(1000), [`amid ${amidUser} 0`, `dump ${file}`]);
	for (const line of (await readFile(file, 'utf8')).split('\n'))
		if (line.startsWith(`${amidUser} `))
			amid.add(line.split(' ').slice(0, 3).join(' '));
}

// A clock that is far off makes the bridge put its own time in the place of a
// live punch's.  So that all times are known, nobody punches meanwhile, and no
// live punch of before is on its way.
async function jump(door, { roll, upTo }) {
	const by = (roll() < 0.5 ? -1 : 1) * (30 + upTo(1770));

	door.isClosed = true;
	try {
		await until('no punch in hand', () => door.inHand === 0);
		await meanwhile(door.terminal, ['drop', `clock jump ${by}`],
		    300 + upTo(1000), ['time 0']);
	} finally {
		door.isClosed = false;
	}
}

// The server has stored, but nobody hears of it.
async function lostAnswers(_, { api, upTo }) {
	const passes = api.passes;

	api.passes = (part, call) => {
		if (!/^HTTP\/1\.1 200/.test(part.toString('latin1', 0, 12)))
			return passes(part, call);
		call.forEach(socket => socket.resetAndDestroy());
		return false;
	};
	await pause(100 + upTo(700));
	api.passes = passes;
}

// Somebody who has never heard of us answers everything.
async function portal(_, { api, upTo }) {
	const server = http.createServer((req, res) => {
		const page = '<!doctype html><p>Please sign in to our WiFi';
		const status = [200, 302, 404, 511][upTo(4) - 1];
		res.writeHead(status, { 'Content-Type': 'text/html' });
		req.resume().on('end', () => res.end(page));
	});
	const home = api.target;

	await new Promise(done => server.listen(0, '127.0.0.1', done));
	api.lead(server.address().port);
	await pause(upTo(1000));
	api.lead(home);
	const closed = new Promise(done => server.close(done));
	server.closeAllConnections();
	await closed;
}

// At all ages: with nothing read yet, or in the midst of it.
async function killBridge(_, { stack, roll, upTo }) {
	for (let n = upTo(3); n > 0; n--) {
		await stack.bridge.kill();
		await pause(roll() < 0.5 ? 0 : upTo(500));
		await stack.bridge.start();
		await pause(upTo(roll() < 0.5 ? 100 : 1500));
	}
}

export class Trouble {
	// doors    [{ terminal, line (or none: UDP), amidUser }]
	// api      the line to the server
	// roll     dice
	constructor(stack, doors, api, roll) {
		Object.assign(this, { stack, doors, api, roll });
		this.upTo = n => 1 + Math.floor(roll() * n);
		this.tally = {};		// by name: how often
		this.locks = new Set();
		this.running = new Set();	// promises
		for (const door of doors)
			Object.assign(door, { isClosed: false, inHand: 0,
			    amid: new Set() });
	}

	get count() {
		return Object.values(this.tally).reduce((a, b) => a + b, 0);
	}

	// What has happened how often: a line a place.
	summary() {
		const lines = {};
		for (const [name, n] of Object.entries(this.tally).sort()) {
			const [place, what] = name.split(': ');
			(lines[place] ??= []).push(`${what} ${n}`);
		}
		return Object.entries(lines).map(([place, list]) =>
		    `${place}: ${list.join(', ')}`);
	}

	// From now on until end(), one every `ms` or so.
	begin(ms) {
		this.ended = false;
		this.loop = this.go(ms);
		this.loop.catch(() => {});	// end() tells
	}

	async go(ms) {
		while (!this.ended) {
			await pause(this.roll() * 2 * ms);
			this.happen();
			if (this.failed)
				throw this.failed;
		}
	}

	// No more of it; resolves when all is healed.
	async end() {
		this.ended = true;
		await this.loop;
		await Promise.all(this.running);
		if (this.failed)
			throw this.failed;
	}

	happen() {
		const kind = this.choose();
		const place = this.place(kind.where);
		const lock = `${place?.terminal.name} ${kind.lock}`;

		if (this.locks.has(lock))
			return;
		this.tally[kind.name] = (this.tally[kind.name] ?? 0) + 1;
		const done = this.alone(lock, () => kind.run(place, this))
		    .catch(e => {
			this.failed ??= new Error(`${kind.name}: ${e.stack}`);
		    }).finally(() => this.running.delete(done));
		this.running.add(done);
	}

	choose() {
		let left = this.roll() * KINDS.reduce((n, kind) =>
		    n + kind.often, 0);
		return KINDS.find(kind => (left -= kind.often) < 0) ?? KINDS[0];
	}

	place(where) {
		const fit = { '': [], door: this.doors,
		    line: this.doors.filter(door => door.line),
		    air: this.doors.filter(door => !door.line) }[where];
		return fit[Math.floor(this.roll() * fit.length)];
	}

	async alone(lock, run) {
		await until(lock, () => !this.locks.has(lock), 30000);
		this.locks.add(lock);
		try {
			return await run();
		} finally {
			this.locks.delete(lock);
		}
	}

	// The database is nobody's while `run` runs.
	withDatabase(run) {
		return this.alone('undefined database', run);
	}

	// ---- what several kinds do ---------------------------------------

	async cut(line, ms) {
		line.cut();
		await pause(this.upTo(ms) * SLOW);
		line.heal();
	}

	async stall(line, ms) {
		line.stall();
		await pause(this.upTo(ms) * SLOW);
		line.heal();
	}

	async frozen(program, ms) {
		program.signal('SIGSTOP');
		await pause(this.upTo(ms) * SLOW);
		program.signal('SIGCONT');
	}

	async killed(program, ms) {
		await program.kill();
		await pause(this.upTo(ms));
		await program.start();
	}
}
