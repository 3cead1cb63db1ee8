// database.mjs: a MariaDB server of our own, in a folder of our own
import { execFile, execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Program } from './program.mjs';
import { accepts } from './wait.mjs';

// As MySQL 8 has it, so that nothing leans on MariaDB being more lenient.
const SQL_MODE = ['ONLY_FULL_GROUP_BY', 'STRICT_TRANS_TABLES',
    'NO_ZERO_IN_DATE', 'NO_ZERO_DATE', 'ERROR_FOR_DIVISION_BY_ZERO',
    'NO_ENGINE_SUBSTITUTION'].join();

const asRoot = account => process.getuid() === 0 && !account ?
    ['--user=root'] : [];

// Fills the folder `data` with the tables that every server has; whoever
// is killed meanwhile leaves nothing half-done under that name.
function makeData(data, account) {
	const made = `${data}.new`;

	fs.rmSync(made, { recursive: true, force: true });
	fs.mkdirSync(made, { recursive: true, mode: 0o700 });
	if (account)
		fs.chownSync(made, account.uid, account.gid);
	execFileSync('mariadb-install-db', ['--no-defaults',
	    ...asRoot(account), `--datadir=${made}`, '--skip-test-db',
	    '--auth-root-authentication-method=normal',
	    '--innodb-log-file-size=16M'],
	    { uid: account?.uid, gid: account?.gid,
	    env: { ...process.env, TMPDIR: made },	// ours may be root's own
	    stdio: ['ignore', 'pipe', 'pipe'] });
	fs.renameSync(made, data);
}

// Such a folder made once, for tests to copy: it takes two seconds.
function template() {
	const version = execFileSync('mariadbd', ['--no-defaults', '--version'],
	    { encoding: 'utf8' });
	const id = crypto.createHash('sha256').update(version)
	    .update(`${process.getuid()}`).digest('hex').slice(0, 12);
	const data = path.resolve(`build/tests/mariadb-${id}`);

	if (!fs.existsSync(data)) {
		fs.mkdirSync('build/tests', { recursive: true });
		const made = fs.mkdtempSync(`${data}.`);
		makeData(`${made}/data`);
		try {
			fs.renameSync(`${made}/data`, data);
		} catch {
			// somebody else was faster
		}
		fs.rmSync(made, { recursive: true });
	}
	return data;
}

function copyData(data, account) {
	fs.cpSync(template(), data, { recursive: true });
	if (account)
		execFileSync('chown', ['-R', `${account.uid}:${account.gid}`,
		    data]);
}

// Text of the client's batch mode into rows: objects of strings by column.
// NULL becomes null, which a text 'NULL' would too.
function rows(text) {
	const undo = { n: '\n', t: '\t', 0: '\0', '\\': '\\' };
	const cells = line => line.split('\t').map(cell => cell === 'NULL' ?
	    null : cell.replace(/\\([nt0\\])/g, (all, c) => undo[c]));
	const [head, ...lines] = text.split('\n').slice(0, -1).map(cells);

	return lines.map(line =>
	    Object.fromEntries(head.map((name, i) => [name, line[i]])));
}

export class Database extends Program {
	// dir      where its socket goes, and what is below; short, as a
	//          socket's path may have 107 bytes
	// data     its data folder; made when it is not there
	// copy     a new data folder is a copy of the tests' template
	// log, account, onDeath  as of Program
	// args     more options of mariadbd; may be changed between starts
	constructor(o) {
		const socket = `${o.dir}/db.sock`;
		super({ name: 'mariadbd', ready: () => accepts(socket),
		    argv: () => ['mariadbd', '--no-defaults',
		    ...asRoot(o.account), `--datadir=${this.data}`,
		    `--socket=${socket}`, `--pid-file=${o.dir}/db.pid`,
		    `--tmpdir=${this.data}`, '--skip-networking',
		    '--skip-name-resolve', '--character-set-server=utf8mb4',
		    '--collation-server=utf8mb4_unicode_520_ci',
		    `--sql-mode=${SQL_MODE}`, '--max-connections=300',
		    '--innodb-flush-log-at-trx-commit=1',
		    '--innodb-buffer-pool-size=64M',
		    '--innodb-log-file-size=16M', ...(this.args ?? [])], ...o });
		this.socket = socket;
	}

	start() {
		if (!fs.existsSync(this.data)) {
			if (this.copy)
				copyData(this.data, this.account);
			else
				makeData(this.data, this.account);
		}
		return super.start();
	}
}

// A server that somebody else started: what is needed to talk to it.
export class RunningDatabase {
	constructor(socket) {
		this.socket = socket;
	}
}

// Runs statements with the mariadb client and resolves to the rows of the
// one that has any.  `user` {name, password} is root unless given.
export function query(socket, text, { schema = '', user } = {}) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gg-c-'));
	const options = `${dir}/my.cnf`;	// no password in the arguments

	fs.writeFileSync(options, '[client]\n' +
	    `socket = "${socket}"\nuser = "${user?.name ?? 'root'}"\n` +
	    `password = "${user?.password ?? ''}"\n`, { mode: 0o600 });
	return new Promise((done, fail) => {
		const client = execFile('mariadb',
		    [`--defaults-file=${options}`, '--batch',
		    '--default-character-set=utf8mb4',
		    ...(schema ? [schema] : [])],
		    { maxBuffer: 1 << 28 }, (error, out, err) => {
			fs.rmSync(dir, { recursive: true });
			if (error)
				fail(new Error(`mariadb: ${err.trim()}`));
			else
				done(rows(out));
		});
		client.stdin.on('error', () => {});	// told by its status
		client.stdin.end(text);
	});
}

// A schema with two accounts of the same name on it: one that migrations
// run as, and one that programs run as, which `gymgate-admin migrate` grants
// what it needs.  Does nothing to what is there already.
export async function createSchema(socket, name, passwords) {
	const q = text => `'${text.replace(/['\\]/g, '\\$&')}'`;
	await query(socket, `
		CREATE DATABASE IF NOT EXISTS \`${name}\`
		    CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
		CREATE USER IF NOT EXISTS ${q(name)}@localhost
		    IDENTIFIED BY ${q(passwords.program)};
		ALTER USER ${q(name)}@localhost
		    IDENTIFIED BY ${q(passwords.program)};
		CREATE USER IF NOT EXISTS ${q(`${name}_migrate`)}@localhost
		    IDENTIFIED BY ${q(passwords.migrate)};
		ALTER USER ${q(`${name}_migrate`)}@localhost
		    IDENTIFIED BY ${q(passwords.migrate)};
		GRANT ALL ON \`${name}\`.* TO ${q(`${name}_migrate`)}@localhost
		    WITH GRANT OPTION;`);
}

export function dropSchema(socket, name) {
	return query(socket, `
		DROP DATABASE IF EXISTS \`${name}\`;
		DROP USER IF EXISTS '${name}'@localhost,
		    '${name}_migrate'@localhost;`);
}
