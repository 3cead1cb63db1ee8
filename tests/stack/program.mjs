// program.mjs: one program of the stack: start, stop, kill, restart
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { SLOW, tail, until } from './wait.mjs';

// When a process began, in clock ticks since boot: with its id, a name for
// it that no later process can have.  null: there is none, or it is dead.
export function bornAt(pid) {
	try {
		const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
		const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return rest[0] === 'Z' ? null : Number(rest[19]);
	} catch {
		return null;
	}
}

export class Program {
	// name     for people, and of the log file
	// argv     the command; a function is asked anew at each start
	// log      path of a file; what the program writes goes to its end
	// ready    condition (see until) that ends start()
	// account  {uid, gid} to run as, when we are root
	// env, cwd
	// stopSignal  by which stop() asks
	// onDeath  is called when it ends though nobody asked it to
	constructor(o) {
		Object.assign(this, { stopSignal: 'SIGTERM', readyMs: 20000,
		    onDeath: () => {} }, o);
		this.child = null;
		this.logStart = 0;
	}

	get pid() { return this.child?.pid; }
	get running() { return this.child !== null; }

	// It gets a process group of its own, so that Ctrl-C reaches only us
	// and all is stopped in order; and a signal should we be killed, so
	// that nothing is left behind.
	async start() {
		if (this.child)
			return;
		const argv = typeof this.argv === 'function' ?
		    this.argv() : this.argv;
		const drop = this.account ? [`--reuid=${this.account.uid}`,
		    `--regid=${this.account.gid}`, '--clear-groups'] : [];
		const out = fs.openSync(this.log, 'a');
		this.logStart = fs.fstatSync(out).size;
		const child = spawn('setpriv',
		    [...drop, '--pdeathsig', 'TERM', '--', ...argv],
		    { stdio: ['ignore', out, out], detached: true,
		    cwd: this.cwd, env: { ...process.env, ...this.env } });
		fs.closeSync(out);
		this.child = child;
		this.wanted = false;
		this.ended = new Promise(done => {
			child.once('error', e => {	// no setpriv
				fs.appendFileSync(this.log, `${e.message}\n`);
				this.end(child, null, null, done);
			});
			child.once('exit', (code, signal) =>
			    this.end(child, code, signal, done));
		});
		try {
			await until(`${this.name} to be ready`,
			    () => this.isReady(child), this.readyMs);
		} catch (e) {
			await this.kill();
			throw new Error(`${e.message}\n${this.text(20)}`);
		}
		this.wanted = this.running;
	}

	async isReady(child) {
		if (this.child !== child)
			throw Object.assign(new Error(`ended with ` +
			    `${this.how} before it was ready`), { final: true });
		return this.ready ? await this.ready() : true;
	}

	end(child, code, signal, done) {
		if (this.child !== child)
			return;
		this.child = null;
		this.how = signal ?? `status ${code}`;
		this.code = code;
		done();
		if (this.wanted)
			this.onDeath(this);
	}

	signal(name) {
		if (this.child)
			process.kill(this.child.pid, name);
	}

	// Asks it to end and waits; after `ms` it is killed.  True if it went
	// when asked.
	async stop(ms = 20000) {
		if (!this.child)
			return true;
		this.wanted = false;
		this.signal(this.stopSignal);
		const timer = setTimeout(() => this.kill(), ms * SLOW);
		await this.ended;
		clearTimeout(timer);
		return this.how !== 'SIGKILL';
	}

	// As a power cut: no warning.  Its whole process group goes.
	async kill() {
		if (!this.child)
			return;
		this.wanted = false;
		try {
			process.kill(-this.child.pid, 'SIGKILL');
		} catch {
			this.signal('SIGKILL');	// not yet leader of a group
		}
		await this.ended;
	}

	async restart() {
		await this.stop();
		await this.start();
	}

	// Ids of the processes it has forked.
	children() {
		const list = `/proc/${this.pid}/task/${this.pid}/children`;
		return fs.readFileSync(list, 'utf8').trim().split(' ')
		    .filter(Boolean).map(Number);
	}

	// What it wrote since its last start; or only the last lines.
	text(lines) {
		if (lines)
			return tail(this.log, lines);
		return fs.readFileSync(this.log).subarray(this.logStart)
		    .toString();
	}
}
