// gym.mjs: a gym for one test: fake terminals, the bridge, and a fake server
// that keeps a ledger and misbehaves on order
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Program } from '../stack/program.mjs';
import { Terminal, writeIni } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';

export const BIN = fileURLToPath(new URL('../../build/bin', import.meta.url));
export const SERIAL = 'CRT5200-SN001';
export const TOKEN = 'SF.0123456789abcdef';

const json = (status, body, headers = {}) =>
    ({ status, headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body) });
const stored = item => ({ status: true, access: 'ALLOWED', code: 200 });

// How the server may behave: a function from the items and itself to an
// answer, or null for none.
export const BEHAVIOURS = {
	well: (items, server) => json(200, { status: true,
	    results: items.map(item => server.take(item)) }),
	away: () => json(503, { status: false, message: 'away' },
	    { 'Retry-After': '1' }),
	// it stores, but nobody hears of it
	mute: (items, server) => {
		items.forEach(item => server.take(item));
		return null;
	},
	portal: () => ({ status: 200, headers: { 'Content-Type': 'text/html' },
	    body: '<!DOCTYPE html><title>Free Wi-Fi</title>' }),
	redirect: () => ({ status: 302, headers: {
	    Location: 'http://127.0.0.1:1/login' }, body: '' }),
	miscounts: items => json(200, { status: true,
	    results: items.slice(1).map(stored) }),
	stranger: () => json(401, { status: false, message: 'no' }),
	narrow: (items, server) => items.length > 7 ?
	    json(413, { status: false, message: 'too large' }) :
	    BEHAVIOURS.well(items, server),
	// user 13 cannot be judged now
	moody: (items, server) => json(200, { status: true, results: items.map(
	    item => item.user_id === '13' ? { status: false, code: 503,
	    message: 'try again' } : server.take(item)) }),
	// user 13 is refused, user 99 is nobody's
	picky: (items, server) => json(200, { status: true, results: items.map(
	    item => item.user_id === '13' ? { status: false, code: 422,
	    message: 'is not wanted', field: 'user_id' } : item.user_id === '99' ?
	    { ...server.take(item), status: false, access: undefined, code: 404,
	    message: 'Biometric user not mapped' } : server.take(item)) }),
};

// CRC-32 as MariaDB and zlib have it.
export function crc32(text) {
	let crc = ~0;
	for (const byte of Buffer.from(text)) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
	}
	return ~crc >>> 0;
}

export const key = item =>
    `${item.device_sn} ${item.user_id} ${item.timestamp}`;

export class Server {
	constructor() {
		this.ledger = new Map();	// key: how often it came
		this.order = [];		// keys as they came first
		this.items = [];		// everything that came
		this.requests = 0;		// posts, whatever the answer
		this.reports = [];
		this.users = new Map();		// by serial: lists as they came
		this.streams = new Set();	// open event streams
		this.list = null;	// who may enter: allow() makes it
		this.lists = { asked: 0, fresh: 0, same: 0 };
		this.doors = [];	// how the door stands, as reported
		this.results = new Map();	// of orders, by id
		this.tells = { zone: 'Asia/Kolkata', start: '2000-01-01',
		    mac: null };		// of any terminal
		this.wrong = [];		// what no bridge should send
		this.behaviour = 'well';
	}

	async start(port = 0) {
		this.http = http.createServer((req, res) => this.on(req, res));
		await new Promise(done =>
		    this.http.listen(port, '127.0.0.1', done));
		this.port = this.http.address().port;
		this.url = `http://127.0.0.1:${this.port}`;
	}

	// The clock that the test moves; its gym sets it.
	nowAt() {
		return Math.round(Date.now() + (this.ahead ?? 0) * 1000);
	}
	now() {
		return new Date(this.nowAt() + 5.5 * 3600e3).toISOString()
		    .slice(0, 19).replace('T', ' ');
	}

	async stop() {
		this.http.closeAllConnections();
		await new Promise(done => this.http.close(done));
	}

	// A backup of before: it knows nothing of these any more.
	forget(ids) {
		for (const id of ids)
			this.ledger.delete(id);
		this.order = this.order.filter(id => this.ledger.has(id));
	}

	take(item) {
		const id = key(item);
		const times = this.ledger.get(id) ?? 0;
		this.ledger.set(id, times + 1);
		if (times > 0)
			return { status: true, message: 'Duplicate ignored',
			    code: 200 };
		this.order.push(id);
		return stored(item);
	}

	on(req, res) {
		let text = '';
		req.on('data', part => { text += part; });
		req.on('end', () => {
			if (this.stream(req, res))
				return;
			const answer = this.answer(req, text);
			if (!answer)
				return;		// silence
			res.writeHead(answer.status, answer.headers);
			res.end(answer.body);
		});
	}

	// As the live hub does; event() sends more.
	stream(req, res) {
		if (req.method !== 'GET' || !/\/events$/.test(req.url))
			return false;
		if (this.behaviour !== 'well') {
			res.writeHead(503);
			res.end();
			return true;
		}
		res.writeHead(200, { 'Content-Type': 'text/event-stream' });
		res.write('event: ping\ndata:\n\nevent: access\ndata:\n\n');
		this.streams.add(res);
		res.on('close', () => this.streams.delete(res));
		return true;
	}

	event(name, data = '') {
		for (const res of this.streams)
			res.write(`event: ${name}\ndata: ${data}\n\n`);
	}

	// Who may enter from now on: { user: [[from, to], ...] or { windows,
	// ... } }; the bridge is told.
	allow(users, head = {}) {
		this.list = { etag: `"${(this.listCount = (this.listCount ?? 0) + 1)}"`,
		    body: { status: true, zone: 'Asia/Kolkata', enforced:
		    '2026-01-01T00:00:00.000Z', lever: 'DISABLE', lever_value: 0,
		    ...head, users: Object.entries(users).map(([user_id, told]) =>
		    ({ user_id, ...(Array.isArray(told) ? { windows: told } :
		    told) })) } };
		this.event('access');
	}

	// As the API does, but for `now`, which is the test's clock.
	access(req, text) {
		if (this.behaviour === 'away')
			return json(503, { status: false, message: 'away' });
		if (req.method === 'PUT') {
			this.doors.push(JSON.parse(text));
			return json(200, { status: true });
		}
		this.lists.asked++;
		if (!this.list)
			return json(404, { status: false, message: 'Not found' });
		if (req.headers['if-none-match'] === this.list.etag) {
			this.lists.same++;
			return { status: 304, headers: {}, body: '' };
		}
		this.lists.fresh++;
		return json(200, { now: this.now(), until: '2030-01-01 00:00:00',
		    ...this.list.body }, { ETag: this.list.etag });
	}

	command(kind, more = {}) {
		const id = this.orderCount = (this.orderCount ?? 0) + 1;
		this.event('command', JSON.stringify({ id, kind,
		    expires_ms: 5000, ...more }));
		return id;
	}

	get door() { return this.doors.at(-1); }

	report(sn, { days, ...told }) {
		if (this.behaviour === 'away')
			return json(503, { status: false, message: 'away' });
		if (days)
			this.asked = [...this.asked ?? [], ...days];
		else
			this.reports.push({ sn, ...told });
		return json(200, { status: true, now_at: this.nowAt(),
		    ...this.tells, ...(days ?
		    { days: days.map(day => this.sums(sn, day)) } : {}) });
	}

	// Count and checksum of a day, as Gymgate counts.
	sums(sn, day) {
		const held = [...this.ledger.keys()].map(id => id.split(' '))
		    .filter(([of, , on]) => of === sn && on === day);
		const checksum = held.reduce((sum, [, ...text]) =>
		    (sum ^ crc32(text.join(' '))) >>> 0, 0);
		return { day, count: held.length, checksum:
		    checksum.toString(16).padStart(8, '0') };
	}

	answer(req, text) {
		if (req.headers.authorization !== `Bearer ${TOKEN}` ||
		    (req.method !== 'GET' &&
		    req.headers['content-type'] !== 'application/json'))
			this.wrong.push(req.headers);
		const report = req.url.match(/^\/api\/devices\/(.*)\/status$/);
		if (req.method === 'PUT' && report)
			return this.report(report[1], JSON.parse(text));
		if (/^\/api\/devices\/(.*)\/access$/.test(req.url))
			return this.access(req, text);
		const order = req.url.match(
		    /^\/api\/devices\/.*\/commands\/(\d+)$/);
		if (req.method === 'POST' && order) {
			this.results.set(Number(order[1]), JSON.parse(text));
			return json(200, { status: true });
		}
		const users = req.url.match(/^\/api\/devices\/(.*)\/users$/);
		if (req.method === 'PUT' && users) {
			const { users: list } = JSON.parse(text);
			this.users.set(users[1], [...this.users.get(users[1]) ?? [],
			    list]);
			return json(200, { status: true });
		}
		if (req.method !== 'POST' ||
		    req.url !== '/api/biometric_attendances') {
			this.wrong.push(`${req.method} ${req.url}`);
			return json(404, { status: false, message: 'Not found' });
		}
		const items = JSON.parse(text);
		this.requests++;
		this.items.push(...items);
		return BEHAVIOURS[this.behaviour](items, this);
	}
}

// Its own folder and ports, gone with the test.  `more` adds to the
// configuration, as { section: { key: value } }.
export class Gym {
	static async open(t, { terminal = {}, terminals = 1, more = {},
	    started = true } = {}) {
		const gym = new Gym();
		gym.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gym-'));
		gym.env = { TZ: 'Asia/Kolkata', http_proxy: '', https_proxy: '',
		    GYMGATE_TEST_CLOCK: `${gym.dir}/clock` };
		gym.server = new Server();
		gym.terminals = [];
		t.after(() => gym.close());
		await gym.server.start();
		for (let i = 1; i <= terminals; i++)
			await gym.addTerminal(i, terminal);
		gym.configure(more);
		gym.bridge = new Program({ name: 'gymgate-bridge', env: gym.env,
		    log: `${gym.dir}/bridge.log`, argv: [
		    `${BIN}/gymgate-bridge`, '-c', gym.conf],
		    ready: () => gym.bridge.text().includes('version ') });
		if (started)
			await gym.bridge.start();
		return gym;
	}

	async addTerminal(i, options) {
		const control = `${this.dir}/t${i}.sock`;
		const terminal = new Terminal({ name: `t${i}`, control,
		    log: `${this.dir}/t${i}.log`, env: this.env,
		    argv: () => [`${BIN}/zk-terminal`,
		    '--port', String(terminal.port ?? 0),
		    ...Object.entries({ control, users: 60, zone: 'Asia/Kolkata',
		    state: `${this.dir}/t${i}.state`,
		    serial: i === 1 ? SERIAL : `CRT5200-SN00${i}`, ...options })
		    .flatMap(([name, value]) => [`--${name}`, String(value)])] });
		await terminal.start();
		this.terminals.push(terminal);
	}

	get terminal() { return this.terminals[0]; }

	configure(more = {}) {
		const sections = {
			server: { url: this.server.url, company: 'SF',
			    token_file: `${this.dir}/token`, timeout_ms: 2000,
			    backoff_least_ms: 20, backoff_most_ms: 200 },
			bridge: { spool: `${this.dir}/spool.db`, log: 'debug',
			    report_seconds: 1 },
		};
		this.terminals.forEach((terminal, i) => {
			sections[`terminal t${i + 1}`] = { host: '127.0.0.1',
			    port: terminal.port, poll_ms: 200, timeout_ms: 2000,
			    bulk_timeout_ms: 5000, backoff_most_ms: 1000 };
		});
		this.conf = `${this.dir}/bridge.conf`;
		fs.writeFileSync(`${this.dir}/token`, `${TOKEN}\n`,
		    { mode: 0o600 });
		writeIni(this.conf, sections, more);
	}

	// Gives an order that the terminal must take, and returns its answer.
	async order(text, terminal = this.terminal) {
		const answer = await terminal.send(text);
		if (!answer.startsWith('ok'))
			throw new Error(`${text}: ${answer}`);
		return answer.slice(3);
	}

	// What the terminals hold, as keys of the ledger, oldest first.
	async held() {
		const all = [];
		for (const terminal of this.terminals) {
			const file = `${this.dir}/${terminal.name}.dump`;
			await this.order(`dump ${file}`, terminal);
			const sn = terminal.argv()[terminal.argv()
			    .indexOf('--serial') + 1];
			for (const line of fs.readFileSync(file, 'utf8')
			    .split('\n').filter(Boolean)) {
				const [id, day, time] = line.split(' ');
				all.push(`${sn} ${id} ${day} ${time}`);
			}
		}
		return all;
	}

	// Waits until the server has each punch that the terminals hold, and
	// then says which it had more than once, or has without reason.
	async settled(ms = 20000) {
		const held = [...new Set(await this.held())];
		await until(`${held.length} punches, of which ` +
		    `${this.server.ledger.size} came`, () =>
		    held.every(id => this.server.ledger.has(id)), ms);
		const known = new Set(held);
		return { count: held.length,
		    doubled: [...this.server.ledger].filter(([, n]) => n > 1),
		    invented: this.server.order.filter(id => !known.has(id)) };
	}

	// One command of the bridge, to its end.
	command(...args) {
		return run(`${BIN}/gymgate-bridge`, ['-c', this.conf, ...args],
		    this.env);
	}

	async close() {
		await this.bridge?.stop();
		for (const terminal of this.terminals)
			await terminal.stop();
		if (this.server.http.listening)
			await this.server.stop();
		fs.rmSync(this.dir, { recursive: true, force: true });
	}
}

// So many more reports that ask for no days have come.
export async function reports(gym, count = 1) {
	const had = gym.server.reports.length;
	await until(`${count} reports`, () =>
	    gym.server.reports.length >= had + count);
}

export function run(file, args, env = {}) {
	return new Promise(done => execFile(file, args,
	    { env: { ...process.env, ...env }, timeout: 20000 },
	    (error, stdout, stderr) => done({ stdout, stderr,
	    code: error ? error.code : 0 })));
}
