// machine.mjs: what is measured with: wrk, processor time, memory, the disk,
// a line that counts, a client of the database that stays
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import readline from 'node:readline';

const TICKS = 100;	// USER_HZ, of every Linux

export const median = list => {
	const sorted = [...list].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
};
export const percentile = (list, p) => [...list].sort((a, b) => a - b)[
    Math.min(list.length - 1, Math.floor(list.length * p / 100))];

// Seconds of processor time that these processes have used.
export function cpu(pids) {
	return pids.reduce((sum, pid) => {
		const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
		const f = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return sum + (Number(f[11]) + Number(f[12])) / TICKS;
	}, 0);
}

// The same of one process, to the nanosecond, if none of its threads ends.
export const cpuExact = pid => fs.readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(fs.readFileSync(
    `/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e9, 0);

// Bytes that only this process has.
export function privateBytes(pid) {
	const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
	return ['Private_Clean', 'Private_Dirty'].reduce((sum, key) => sum +
	    1024 * Number(text.match(new RegExp(`^${key}: +(\\d+)`, 'm'))[1]), 0);
}

// Bytes of these processes together, what they share counted once.
export const sharedBytes = pids => pids.reduce((sum, pid) => sum + 1024 *
    Number(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    .match(/^Pss: +(\d+)/m)[1]), 0);

// Microseconds of processor time a request costs, by who spends them; `front`
// is what answers: programs { nginx, web }.
export async function withCpu(stack, run, { nginx, web } = stack) {
	const who = { nginx: [nginx.pid, ...nginx.children()],
	    worker: web.children(), database: [stack.db.pid] };
	const before = Object.values(who).map(cpu);
	const got = await run();
	const after = Object.values(who).map(cpu);
	got.cpu_us = Object.fromEntries(Object.keys(who).map((name, i) =>
	    [name, Math.round((after[i] - before[i]) / got.requests * 1e6)]));
	return got;
}

// wrk over load.lua; see there.  Resolves to what its last line says.
export function wrk(url, { connections, seconds, args }) {
	const script = new URL('load.lua', import.meta.url).pathname;
	return new Promise((done, fail) => execFile('wrk', ['-t', '2', '-c',
	    String(connections), '-d', `${seconds}s`, '--timeout', '20s',
	    '-s', script, url, '--', ...args], (error, out, err) => {
		const line = out.trim().split('\n').at(-1);
		if (error || !line.startsWith('{'))
			return fail(new Error(`wrk: ${err || out || error}`));
		const got = JSON.parse(line);
		done({ ...got, rate: got.requests / got.us * 1e6 });
	}));
}

// Milliseconds that the disk takes to keep 4 KB, in the middle.
export function fsyncMs(dir) {
	const file = `${dir}/fsync`;
	const fd = fs.openSync(file, 'w');
	const block = Buffer.alloc(4096, 1);
	const times = Array.from({ length: 200 }, () => {
		const began = process.hrtime.bigint();
		fs.writeSync(fd, block);
		fs.fsyncSync(fd);
		return Number(process.hrtime.bigint() - began) / 1e6;
	});
	fs.closeSync(fd);
	fs.rmSync(file);
	return median(times);
}

// A line to a port of loopback that counts the bytes either way, and how often
// something was sent: its near end is at `port`.
export async function countingLine(target) {
	const line = { sent: 0, received: 0, times: 0 };
	const server = net.createServer(near => {
		const far = net.connect(target, '127.0.0.1');
		near.on('data', part => {
			line.sent += part.length;
			line.times++;
			far.write(part);
		});
		far.on('data', part => {
			line.received += part.length;
			near.write(part);
		});
		for (const [one, other] of [[near, far], [far, near]]) {
			one.setNoDelay(true);
			one.on('error', () => {});
			one.on('close', () => other.destroy());
		}
	});
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	line.port = server.address().port;
	line.close = () => new Promise(done => server.close(done));
	return line;
}

// Asks for one value at a time, without a new connection for each.
export class Client {
	constructor(stack) {
		const { name, password } = stack.migrator;
		this.child = spawn('mariadb', ['--no-defaults', '--batch',
		    '--skip-column-names', '--unbuffered', '-S',
		    stack.db.socket, '-u', name, stack.schema],
		    { env: { ...process.env, MYSQL_PWD: password },
		    stdio: ['pipe', 'pipe', 'inherit'] });
		this.lines = readline.createInterface(this.child.stdout)[
		    Symbol.asyncIterator]();
	}

	async ask(sql) {
		this.child.stdin.write(`${sql};\n`);
		const { value, done } = await this.lines.next();
		if (done)
			throw new Error('the client of the database is gone');
		return value;
	}

	close() {
		this.child.stdin.end();
	}
}

export const machine = dir => ({ cores: os.cpus().length,
    processor: os.cpus()[0]?.model.trim() ?? '', load: os.loadavg()[0],
    fsync_ms: Number(fsyncMs(dir).toFixed(3)) });
