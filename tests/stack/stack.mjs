// stack.mjs: a whole private Gymgate in a folder; `make run` is one, too
//
//	const stack = await Stack.start({ demo: true, live: true });
//	await stack.post({ compcode: 'SF', user_id: 42, ... });
//	await stack.web.kill();
//	await stack.stop();	// throws if a program was found faulty
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSchema, Database, dropSchema, query, RunningDatabase }
    from './database.mjs';
import { cgi, request, stream } from './http.mjs';
import { Program } from './program.mjs';
import { accepts, freePort, pause } from './wait.mjs';

export const REPO = path.resolve(fileURLToPath(import.meta.url), '../../..');
export const BIN = `${REPO}/build/bin`;
const SOCKET_NAME_MOST = 20;	// of ours, with the slash
const SOCKET_PATH_MOST = 107;	// of Linux
const FAULTS = new RegExp('(ERROR|WARNING): (Address|Leak|Thread)Sanitizer|' +
    'runtime error:|==\\d+== ERROR');
let schemas = 0;

const secret = () => crypto.randomBytes(12).toString('base64url');

export class Stack {
	// What is started, beside the database (`database` false: without):
	//   web        the workers (true); `workers`: how many (2)
	//   nginx      in front of them (true); `port` 0: a free one
	//   live       the live hub (false)
	//   terminals  fake ones: a list of options of zk-terminal ([])
	//   bridge     from them to nginx (false); { section: { key: value } }
	//              adds to its configuration
	//   chores     gymgate-chores every so many seconds (0: only when asked
	//              for, by stack.chores())
	//   remind     the same of gymgate-remind and stack.remind() (0)
	//   demo       the demo gym SF, with stack.token and stack.login (false);
	//              'morning': as of nine o'clock there at the latest, for
	//              tests that make it noon
	// and how:
	//   own        a database server of its own, so that it may be killed;
	//              else a schema of its own on the runner's (false)
	//   conf       { section: { key: value } } adds to gymgate.conf
	//   dir        its folder, which then stays; else a temporary one
	//   account    {uid, gid, name, group} of the servers, when we are root
	//   say        is told each step
	//   wrap       told the name of a program of ours, gives the first words
	//              of the command that starts it (none)
	//   onStart, onDeath  are called with a Program that was started, and
	//              with one that ended by itself
	static async start(options = {}) {
		const stack = new Stack(options);
		try {
			await stack.startAll();
		} catch (e) {
			await stack.stop({ check: false }).catch(() => {});
			throw e;
		}
		return stack;
	}

	constructor(options) {
		const o = this.options = { web: true, nginx: true, live: false,
		    terminals: [], bridge: false, chores: 0, remind: 0,
		    demo: false,
		    own: false,
		    database: true,
		    workers: 2, port: 0, conf: {}, say: () => {},
		    wrap: () => [],
		    onStart: () => {}, onDeath: () => {}, ...options };
		this.isTemporary = !o.dir;
		this.dir = o.dir ? path.resolve(o.dir) :
		    fs.mkdtempSync(path.join(os.tmpdir(), 'gg-'));
		this.programs = [];	// in the order they started
		this.terminals = [];
		this.timers = [];
		this.env = o.account ? { TMPDIR: this.dir } : {};
		this.own(this.dir, 0o700);
		for (const name of ['log', 'mail', 'nginx']) {
			fs.mkdirSync(`${this.dir}/${name}`, { recursive: true });
			this.own(`${this.dir}/${name}`, 0o700);
		}
		this.sockets = this.shortName();
		this.conf = `${this.dir}/gymgate.conf`;
		if (this.isTemporary)	// a person's clock is not to be moved
			this.env.GYMGATE_TEST_CLOCK = `${this.dir}/clock`;
	}

	// Files of the servers belong to whom they run as.
	own(file, mode) {
		fs.chmodSync(file, mode);
		if (this.options.account)
			fs.chownSync(file, this.options.account.uid,
			    this.options.account.gid);
	}

	// A name of our folder that leaves room for that of a socket.
	shortName() {
		if (this.dir.length + SOCKET_NAME_MOST <= SOCKET_PATH_MOST)
			return this.dir;
		this.link = path.join(fs.mkdtempSync(
		    path.join(os.tmpdir(), 'gg-')), 'run');
		fs.chmodSync(path.dirname(this.link), 0o755);
		fs.symlinkSync(this.dir, this.link);
		return this.link;
	}

	// ---- start and stop ----------------------------------------------

	async startAll() {
		const o = this.options;

		if (o.database) {
			await this.startDatabase();
			await this.prepareSchema();
		}
		if (o.demo)
			await this.prepareDemo();
		this.port = o.nginx ? o.port || await freePort() : 0;
		this.url = `http://127.0.0.1:${this.port}`;
		if (o.web)
			await this.startWeb();
		if (o.live)
			await this.startLive();
		if (o.nginx)
			await this.startNginx();
		for (const terminal of o.terminals)
			await this.startTerminal(terminal);
		if (o.bridge)
			await this.startBridge(o.bridge === true ? {} : o.bridge);
		if (o.chores)
			this.again('chores', o.chores);
		if (o.remind)
			this.again('remind', o.remind);
	}

	// Ends all, last one first, and the folder if it was temporary.  Throws
	// if a sanitizer complained in any log.
	async stop({ check = true } = {}) {
		const slow = [];
		this.stopping = true;
		for (const timer of this.timers) {
			clearTimeout(timer.next);
			await timer.run;
		}
		for (const program of [...this.programs].reverse())
			if (!await program.stop())
				slow.push(program.name);
		const faults = this.faults();
		this.keepLogs();
		if (this.schema && !(this.db instanceof Program))
			await dropSchema(this.db.socket, this.schema)
			    .catch(() => {});
		if (this.link)
			fs.rmSync(path.dirname(this.link), { recursive: true });
		if (this.isTemporary && !process.env.KEEP)
			fs.rmSync(this.dir, { recursive: true, force: true });
		if (check && slow.length)
			throw new Error(`had to be killed: ${slow.join(', ')}`);
		if (check && faults)
			throw new Error(faults);
	}

	// What sanitizers wrote into the logs, or ''.
	faults() {
		return fs.readdirSync(`${this.dir}/log`).map(name => {
			const text = fs.readFileSync(
			    `${this.dir}/log/${name}`, 'utf8');
			const at = text.search(FAULTS);
			return at < 0 ? '' :
			    `${name}: ${text.slice(Math.max(0, at - 200), at + 4000)}`;
		}).filter(Boolean).join('\n');
	}

	// The runner wants to show them when a test failed.
	keepLogs() {
		const kept = process.env.GYMGATE_TEST_LOGS;
		if (kept && this.isTemporary)
			fs.cpSync(`${this.dir}/log`,
			    `${kept}/${path.basename(this.dir)}`,
			    { recursive: true });
	}

	// Starts one more program as part of the stack.
	async run(o, say) {
		if (this.stopping)
			throw new Error('stopped while it was starting');
		this.options.say(say ?? `starting ${o.name}`);
		const program = o instanceof Program ? o : new Program({
		    log: `${this.dir}/log/${o.name}.log`, cwd: REPO,
		    env: this.env, account: this.options.account,
		    onDeath: this.options.onDeath, ...o,
		    argv: [...this.options.wrap(o.name), ...o.argv] });
		this.programs.push(program);
		const started = program.start();
		this.options.onStart(program);
		await started;
		return program;
	}

	// ---- the database ------------------------------------------------

	async startDatabase() {
		const shared = process.env.GYMGATE_TEST_DB;
		const o = this.options;

		if (shared && !o.own && this.isTemporary) {
			this.db = new RunningDatabase(shared);
			return;
		}
		this.db = new Database({ dir: this.sockets,
		    data: `${this.dir}/data`, account: o.account,
		    log: `${this.dir}/log/mariadbd.log`, onDeath: o.onDeath,
		    copy: this.isTemporary });
		await this.run(this.db, fs.existsSync(this.db.data) ?
		    'starting MariaDB' : 'starting a new MariaDB');
	}

	async prepareSchema() {
		const name = this.isTemporary ?
		    `t_${process.pid}_${++schemas}` : 'gymgate';
		const passwords = { program: this.password('program', true),
		    migrate: this.password('migrate') };

		this.schema = name;
		this.migrator = { name: `${name}_migrate`,
		    password: passwords.migrate };
		await createSchema(this.db.socket, name, passwords);
		this.writeConf();
		this.options.say('migrating the database');
		await this.admin(['migrate']);
	}

	// A random one in a file, the same at every start.
	password(name, ofServers) {
		const file = `${this.dir}/${name}.password`;
		if (!fs.existsSync(file))
			fs.writeFileSync(file, `${secret()}\n`, { mode: 0o600 });
		if (ofServers)
			this.own(file, 0o600);
		return fs.readFileSync(file, 'utf8').trim();
	}

	writeConf() {
		const at = name => `${this.sockets}/${name}`;
		const sections = {
			server: { socket: at('web.sock'),
			    live_socket: at('live.sock'),
			    wake_socket: at('wake.sock'),
			    workers: this.options.workers, html: `${REPO}/html`,
			    log: 'info', reread: this.isTemporary ? 'no' : 'yes' },
			database: { socket: this.db.socket, name: this.schema,
			    user: this.schema,
			    password_file: `${this.dir}/program.password` },
			migrate: { user: this.migrator.name,
			    password_file: `${this.dir}/migrate.password`,
			    sql: `${REPO}/sql`,
			    program_account: `${this.schema}@localhost` },
			mail: { folder: `${this.dir}/mail` },
		};
		writeIni(this.conf, sections, this.options.conf);
		this.own(this.conf, 0o644);
	}

	// The gym of sql/demo.sql, someone who may look at it, and a token.
	async prepareDemo() {
		const known = await this.sql('SELECT 1 AS known FROM ' +
		    "mst_companies WHERE cmp_compcode = 'SF'");
		const tokenFile = `${this.dir}/demo.token`;
		const loginFile = `${this.dir}/demo.login`;

		if (!known.length) {
			this.options.say('loading the demo gym');
			await this.sql(`START TRANSACTION;
			    ${this.demoSql()}
			    COMMIT;`);
		}
		if (!fs.existsSync(loginFile)) {
			const login = ['owner@demo.example', secret()];
			const stdin = `${login[1]}\n`;
			// a killed start may have left the user behind
			await this.admin(['user', 'add', login[0], 'Demo Owner',
			    '--company', 'SF', '--role', 'owner'], { stdin })
			    .catch(() => this.admin(['password', login[0]],
			    { stdin }));
			writeSecret(loginFile, `${login.join('\n')}\n`);
		}
		if (!fs.existsSync(tokenFile)) {
			const token = await this.admin(
			    ['token', 'add', 'SF', 'demo']);
			writeSecret(tokenFile, token);
		}
		const [email, password] =
		    fs.readFileSync(loginFile, 'utf8').split('\n');
		this.login = { email, password };
		this.token = fs.readFileSync(tokenFile, 'utf8').trim();
	}

	demoSql() {
		const text = fs.readFileSync(`${REPO}/sql/demo.sql`, 'utf8');
		const day = 86400000, local = Date.now() + 330 * 60000;
		const nine = local - local % day + 9 * 3600000;

		if (this.options.demo !== 'morning' || local < nine)
			return text;
		return text.replace('UTC_TIMESTAMP(3)', () => `'${new Date(nine -
		    330 * 60000).toISOString().slice(0, 23).replace('T', ' ')}'`);
	}

	// Rows of a statement, run by whom migrations run as; see query().
	sql(text, { user = this.migrator } = {}) {
		return query(this.db.socket, text,
		    { schema: this.schema, user });
	}

	// ---- the programs of cgi/ ----------------------------------------

	// What a program that ends by itself says; throws what it complains
	// about.
	async once(name, args, options) {
		return (await this.ended(name, args, options)).out;
	}

	// The same with what went well and what not: { out, err }.
	ended(name, args, { stdin = '' } = {}) {
		const [command, ...before] =
		    [...this.options.wrap(name), `${BIN}/${name}`];
		return new Promise((done, fail) => {
			const child = spawn(command,
			    [...before, '-c', this.conf, ...args],
			    { env: { ...process.env, ...this.env }, cwd: REPO });
			let out = '', err = '';
			child.stdout.on('data', text => { out += text; });
			child.stderr.on('data', text => { err += text; });
			child.stdin.on('error', () => {});
			child.on('error', fail);
			child.on('close', (code, signal) => code === 0 ?
			    done({ out, err }) : fail(Object.assign(new Error(
			    `${[name, ...args].join(' ')}: ` +
			    `${signal ?? code}: ${err}`), { code, err, out })));
			child.stdin.end(stdin);
		});
	}

	admin(args, options) {
		return this.once('gymgate-admin', args, options);
	}

	// One run of what a timer starts every minute.
	chores() {
		return this.once('gymgate-chores', []);
	}

	// One that is killed after so many milliseconds.
	async killChores(ms) {
		const child = spawn(`${BIN}/gymgate-chores`, ['-c', this.conf],
		    { env: { ...process.env, ...this.env },
		    stdio: 'ignore' });
		const ended = new Promise(done => child.on('exit', done));
		await pause(ms);
		child.kill('SIGKILL');
		await ended;
	}

	// One run of what a timer starts every quarter of an hour; resolves to
	// what it said.
	async remind(args = []) {
		const { out, err } = await this.ended('gymgate-remind', args);
		return out + err;
	}

	// Such a timer itself.  The next run begins when the last one has ended.
	again(what, seconds) {
		const timer = {};
		const next = () => {
			timer.run = this[what]().catch(e => `${e.message}\n`)
			    .then(said => {
			    	fs.appendFileSync(`${this.dir}/log/gymgate-${
				    what}.log`, said);
				timer.next = this.stopping ? null :
				    setTimeout(next, seconds * 1000);
			});
		};
		this.options.say(`starting gymgate-${what} every ${seconds} seconds`);
		this.timers.push(timer);
		next();
	}

	async startWeb() {
		const socket = `${this.sockets}/web.sock`;
		this.web = await this.run({ name: 'gymgate-web',
		    argv: [`${BIN}/gymgate-web`, '-c', this.conf],
		    ready: () => accepts(socket) },
		    `starting ${this.options.workers} web workers`);
	}

	async startLive() {
		const socket = `${this.sockets}/live.sock`;
		this.live = await this.run({ name: 'gymgate-live',
		    argv: [`${BIN}/gymgate-live`, '-c', this.conf],
		    ready: () => accepts(socket) }, 'starting the live hub');
	}

	async startNginx() {
		this.nginx = await this.runNginx({ name: 'nginx',
		    run: this.sockets, port: this.port,
		    ready: () => this.nginxReady() });
	}

	// An nginx before the sockets of the folder `run`, which has log/ and
	// nginx/; `more` ends its server block.
	runNginx({ name, run, port, more = '', ready }) {
		const conf = `${this.dir}/${name}.conf`;
		const who = this.options.account ?? { name: 'root',
		    group: 'root' };
		const fill = { '@USER@': process.getuid() === 0 ?
		    `user ${who.name} ${who.group};` : '', '@PORT@': port,
		    '@RUN@': run, '@NGINX@': `${REPO}/nginx`,
		    '@ROOT@': `${REPO}/build`, '@MORE@': more };

		fs.writeFileSync(conf, Object.entries(fill).reduce(
		    (text, [key, value]) => text.replaceAll(key, value),
		    fs.readFileSync(`${REPO}/nginx/dev.conf`, 'utf8')));
		return this.run({ name, account: null,
		    argv: ['nginx', '-p', `${run}/`, '-c', conf,
		    '-e', `${run}/log/nginx.log`], ready },
		    `starting nginx on 127.0.0.1:${port}`);
	}

	// nginx itself stays root, as it does in production; its workers not.
	async nginxReady() {
		if (!this.options.web)
			return accepts(this.port);
		const health = await request(`${this.url}/healthz`);
		if (health.status !== 200)
			throw new Error(`/healthz: ${health.status} ` +
			    health.text.trim());
		return true;
	}

	// ---- the gym's side ----------------------------------------------

	// A fake terminal; every key but `port` is an option of zk-terminal.
	async startTerminal({ port = 0, ...options } = {}) {
		const n = this.terminals.length + 1;
		const name = n === 1 ? 'terminal' : `terminal${n}`;
		const control = `${this.sockets}/${name}.sock`;
		const all = { zone: 'Asia/Kolkata', control,
		    state: `${this.dir}/${name}.state`, ...options };
		const terminal = new Terminal({ name, control,
		    log: `${this.dir}/log/${name}.log`, cwd: REPO,
		    env: this.env, account: this.options.account,
		    onDeath: this.options.onDeath,
		    argv: () => [`${BIN}/zk-terminal`,
		    '--port', String(terminal.port),
		    ...Object.entries(all).flatMap(([key, value]) =>
		    [`--${key}`, String(value)])] });
		terminal.port = port;
		terminal.serial = options.serial ?? 'CRT5200-SN001';
		this.terminals.push(terminal);
		return this.run(terminal,
		    `starting a fake terminal (${terminal.serial})`);
	}

	// The bridge between all terminals and nginx; `more` adds to its
	// configuration: { section: { key: value } }.  Another one beside it,
	// of another gym, has a `name`, a `token` and `terminals` of its own.
	// Resolves to it; its configuration is its `conf`.
	async startBridge(more = {}, { name = 'gymgate-bridge',
	    token = this.token, terminals = this.terminals } = {}) {
		const conf = `${this.dir}/${name}.conf`;
		const isFirst = name === 'gymgate-bridge';
		const tokenFile = `${this.dir}/${isFirst ? 'bridge' :
		    name}.token`;
		const sections = {
			bridge: { spool: `${this.dir}/${isFirst ? 'spool' :
			    name}.db`, zone: 'Asia/Kolkata' },
			server: { url: this.url, token_file: tokenFile,
			    company: token.split('.')[0] },
		};
		for (const t of terminals)
			sections[`terminal ${t.name}`] = { host: '127.0.0.1',
			    port: t.port, serial: t.serial };
		writeIni(conf, sections, more);
		writeSecret(tokenFile, `${token}\n`);
		this.own(tokenFile, 0o600);
		this.own(conf, 0o644);
		const bridge = await this.run({ name, conf,
		    argv: [`${BIN}/gymgate-bridge`, '-c', conf] },
		    isFirst ? 'starting the bridge' : `starting ${name}`);
		if (isFirst) {
			this.bridgeConf = conf;
			this.bridge = bridge;
		}
		return bridge;
	}

	// Moves the clock of all programs, or (null) sets it right again.
	setClock(offsetMs) {
		const file = this.env.GYMGATE_TEST_CLOCK;
		if (offsetMs === null) {
			fs.rmSync(file, { force: true });
			return;
		}
		fs.writeFileSync(`${file}.new`, `${offsetMs}\n`);
		fs.renameSync(`${file}.new`, file);
	}

	// ---- asking ------------------------------------------------------

	// One request to nginx; see request().  `token` adds Bearer.
	request(method, target, { token, headers = {}, ...rest } = {}) {
		return request(`${this.url}${target}`, { method, headers:
		    { ...bearer(token), ...headers }, ...rest });
	}

	// A punch, or many, to the API; an object goes as JSON, URLSearchParams
	// as a form, text and bytes as they are.
	post(body, { token = this.token, headers = {}, ...rest } = {}) {
		const isForm = body instanceof URLSearchParams;
		const isRaw = typeof body === 'string' ||
		    Buffer.isBuffer(body) || body?.pipe;
		return this.request('POST', '/api/biometric_attendances',
		    { token, headers: { 'Content-Type': isForm ?
		    'application/x-www-form-urlencoded' : 'application/json',
		    ...headers },
		    body: isForm ? body.toString() : isRaw ? body :
		    JSON.stringify(body), ...rest });
	}

	// Signs in through the form; resolves to the Cookie header to send.
	async signIn({ email, password } = this.login) {
		const got = await this.request('POST', '/login', {
		    headers: { Origin: this.url, 'Content-Type':
		    'application/x-www-form-urlencoded' },
		    body: new URLSearchParams({ email, password }).toString() });
		if (got.status !== 303)
			throw new Error(`sign-in: ${got.status} ${got.text}`);
		return got.headers['set-cookie'].map(cookie =>
		    cookie.split(';')[0]).find(cookie =>
		    cookie.startsWith('gymgate-session='));
	}

	// An event stream of the live hub; see stream().
	events(target, options) {
		return stream(`${this.url}${target}`, options);
	}

	// One request to a worker of its own, without nginx and pool.
	cgi(method, target, { token, headers = {}, ...rest } = {}) {
		return cgi([`${BIN}/gymgate-web`, '-c', this.conf, '--cgi'],
		    target, { method, headers: { ...bearer(token), ...headers },
		    env: this.env, ...rest });
	}
}

// zk-terminal; once it has a port it keeps it.
export class Terminal extends Program {
	constructor(o) {
		super({ ready: () => {
			const said = this.text().match(/^ready .*:(\d+)$/m);
			this.port = said ? Number(said[1]) : this.port;
			return said;
		}, ...o });
	}

	// Gives an order (`punch 42`) and resolves to its answer, a line.
	send(order, ms = 10000) {
		return new Promise((done, fail) => {
			const socket = net.connect({ path: this.control });
			let text = '';
			socket.setTimeout(ms, () => socket.destroy(
			    new Error(`${order}: no answer`)));
			socket.on('connect', () => socket.write(`${order}\n`));
			socket.on('error', fail);
			socket.on('data', part => {
				text += part;
				const [line, rest] = text.split('\n', 2);
				if (rest === undefined)
					return;
				socket.end();
				done(line);
			});
			socket.on('close', () =>
			    fail(new Error(`${order}: closed`)));
		});
	}

	// Many orders over one call; resolves to their answers.
	sendAll(orders, ms = 60000) {
		return new Promise((done, fail) => {
			const socket = net.connect({ path: this.control });
			const answers = [];
			let rest = '', sent = 0;
			const more = () => {	// its answers must find room
				const part = orders.slice(sent, sent + 100);
				sent += part.length;
				socket.write(part.map(text => `${text}\n`)
				    .join(''));
			};
			socket.setTimeout(ms, () => socket.destroy(
			    new Error(`${orders[0]}...: no answer`)));
			socket.on('connect', more);
			socket.on('error', fail);
			socket.on('data', part => {
				const lines = (rest + part).split('\n');
				rest = lines.pop();
				answers.push(...lines);
				if (answers.length === orders.length) {
					socket.end();
					done(answers);
				} else if (answers.length === sent) {
					more();
				}
			});
			socket.on('close', () => fail(new Error(
			    `${orders[0]}...: closed after ${answers.length}`)));
		});
	}
}

const bearer = token => token ? { Authorization: `Bearer ${token}` } : {};

function writeSecret(file, text) {
	fs.writeFileSync(file, text, { mode: 0o600 });
}

// Sections of keys, later ones adding to or replacing earlier ones'.
export function writeIni(file, ...layers) {
	const all = {};
	for (const layer of layers)
		for (const [section, keys] of Object.entries(layer))
			all[section] = { ...all[section], ...keys };
	fs.writeFileSync(file, Object.entries(all).map(([section, keys]) =>
	    `[${section}]\n` + Object.entries(keys).map(([key, value]) =>
	    `${key} = ${value}\n`).join('')).join('\n'));
}
