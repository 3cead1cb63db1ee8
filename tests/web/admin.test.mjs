// admin.test.mjs: the command line, and what the database lets programs do
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { REPO, Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { rowCounts } from './gym.mjs';

const PASSWORD = 'long enough to be one';
let stack;

before(async () => {
	stack = await Stack.start({ demo: true, web: false, nginx: false });
});
after(() => stack.stop());

// Runs a program; resolves to {code, out, err}.
function run(name, args, { stdin = '' } = {}) {
	return new Promise(done => {
		const child = spawn(`${REPO}/build/bin/${name}`, args,
		    { env: { ...process.env, ...stack.env } });
		let out = '', err = '';
		child.stdout.on('data', text => { out += text; });
		child.stderr.on('data', text => { err += text; });
		child.stdin.on('error', () => {});
		child.on('close', code => done({ code, out, err }));
		child.stdin.end(stdin);
	});
}

const admin = (args, options) =>
    run('gymgate-admin', ['-c', stack.conf, ...args], options);

// It says why in one line, and nothing has changed.
async function refuses(code, args, options) {
	const before_ = await rowCounts(stack);
	const got = await admin(args, options);
	const what = `${args.join(' ')}: ${JSON.stringify(got)}`;
	assert.equal(got.code, code, what);
	assert.match(got.err, /^[^\n]+\n$/, what);
	assert.doesNotMatch(got.err, /SQL|trn_|mst_|1062|Duplicate entry/, what);
	assert.equal(got.out, '', what);
	assert.deepEqual(await rowCounts(stack), before_, what);
	return got;
}

async function does(args, options) {
	const got = await admin(args, options);
	assert.equal(got.code, 0, `${args.join(' ')}: ${got.err}`);
	assert.equal(got.err, '');
	return got.out;
}

test('wrong arguments end with status 2 and one line', async () => {
	const user = ['user', 'add', 'a@example.org', 'A'];
	for (const args of [[], ['nothing'], ['company'], ['company', 'drop'],
	    ['migrate', 'all'], ['company', 'add'], ['company', 'add', 'X'],
	    ['company', 'add', 'X', 'Name', 'more'],
	    ['company', 'add', 'bad code', 'Name'],
	    ['company', 'add', 'x'.repeat(17), 'Name'],
	    ['company', 'add', '', 'Name'], ['company', 'add', 'X', ''],
	    ['company', 'add', 'X', 'n'.repeat(121)],
	    ['company', 'add', 'X', 'Name', '--currency', 'inr'],
	    ['company', 'add', 'X', 'Name', '--currency'],
	    ['branch', 'add', 'SF', 'Two'],
	    ['branch', 'add', 'SF', 'Two', 'India'],
	    ['branch', 'add', 'SF', 'Two', '../etc/passwd'],
	    ['branch', 'add', 'SF', 'Two', 'Asia'],
	    ['device', 'add', 'SF', 'with space', 'Door'],
	    ['device', 'add', 'SF', 'x'.repeat(33), 'Door'],
	    ['device', 'add', 'SF', 'SN-X', ''],
	    ['device', 'add', 'SF', 'SN-X', 'Door', '--start', 'today'],
	    ['device', 'add', 'SF', 'SN-X', 'Door', '--start', '2026-02-30'],
	    ['token', 'add', 'SF'], ['token', 'add', 'SF', ''],
	    ['token', 'add', 'SF', 'x', '--device', 'a b'],
	    ['token', 'revoke', 'SF', 'demo'], ['token', 'revoke', 'SF', '-1'],
	    user, [...user, '--company', 'SF'], [...user, '--role', 'owner'],
	    [...user, '--company', 'SF', '--role', 'king'],
	    ['user', 'add', 'no address', 'A', '--company', 'SF', '--role',
	    'owner'], ['password'], ['--nonsense'], ['company', 'list', '-x']])
		await refuses(2, args, { stdin: `${PASSWORD}\n` });
});

test('a configuration that is wrong or not there ends with status 2',
    async () => {
	const bad = `${stack.dir}/bad.conf`;
	const conf = fs.readFileSync(stack.conf, 'utf8');
	for (const text of [null, 'rubbish\n', '[server]\nunknown = 1\n',
	    '[server]\nworkers = many\n',
	    conf.replace(/program\.password/, 'none.password')]) {
		fs.rmSync(bad, { force: true });
		if (text !== null)
			fs.writeFileSync(bad, text);
		for (const [name, ...args] of [['gymgate-admin', 'company',
		    'list'], ['gymgate-web'], ['gymgate-web', '-n'],
		    ['gymgate-live'], ['gymgate-remind'],
		    ['gymgate-chores']]) {
			const got = await run(name, ['-c', bad, ...args]);
			assert.equal(got.code, 2, `${name} ${text}`);
			assert.match(got.err, /^[^\n]+\n$/);
			assert.equal(got.out, '');
		}
	}
	const checked = await run('gymgate-web', ['-n', '-c', stack.conf]);
	assert.equal(checked.code, 0, checked.err);
	// tokens go to the message service: nobody on the way reads them
	for (const [line, code] of [['url = http://graph.example', 2],
	    ['url = http://127.0.0.1:9@graph.example', 2],
	    ['url = http://127.example', 2], ['url = graph.example', 2],
	    ['version = ../x', 2], ['version =', 2],
	    ['url = http://127.0.0.1:9\nversion = v24.0', 0]]) {
		fs.writeFileSync(bad, `${conf}\n[whatsapp]\n${line}\n`);
		const got = await run('gymgate-web', ['-n', '-c', bad]);
		assert.equal(got.code, code, line);
		assert.match(got.err, code ? /^[^\n]*\[whatsapp\][^\n]+\n$/ : /^/);
	}
});

test('every program has --help and --version, and refuses what it lacks',
    async () => {
	for (const name of ['gymgate-admin', 'gymgate-web', 'gymgate-live',
	    'gymgate-chores', 'gymgate-remind']) {
		for (const flag of ['--help', '-h']) {
			const got = await run(name, [flag]);
			assert.equal(got.code, 0);
			assert.match(got.out, new RegExp(`^Usage: ${name}`));
			assert.equal(got.err, '');
		}
		const version = await run(name, ['--version']);
		assert.match(version.out, new RegExp(`^${name} \\d+\\.\\d+`));
		assert.equal(version.code, 0);
		for (const args of [['--nonsense'], ['-c'], ['stray']]) {
			const got = await run(name, args);
			assert.equal(got.code, 2, `${name} ${args}`);
			assert.match(got.err, /^[^\n]+\n$/);
		}
	}
});

test('what is there already is refused with status 1 and one line',
    async () => {
	await does(['company', 'add', 'DUP', 'Twice']);
	await refuses(1, ['company', 'add', 'DUP', 'Other name']);
	await does(['company', 'add', 'dup', 'Another code: capitals matter']);
	await does(['branch', 'add', 'DUP', 'One', 'Asia/Kolkata']);
	await refuses(1, ['branch', 'add', 'DUP', 'One', 'Europe/Berlin']);
	await refuses(1, ['branch', 'add', 'NONE', 'One', 'Asia/Kolkata']);
	const user = ['user', 'add', 'dup@example.org', 'Dup', '--company',
	    'DUP', '--role', 'owner'];
	await does(user, { stdin: `${PASSWORD}\n` });
	await refuses(1, user);
	await refuses(1, ['user', 'add', 'new@example.org', 'New', '--company',
	    'NONE', '--role', 'owner'], { stdin: `${PASSWORD}\n` });
	await refuses(1, ['user', 'add', 'new@example.org', 'New', '--company',
	    'DUP', '--branch', 'None', '--role', 'owner'],
	    { stdin: `${PASSWORD}\n` });
	await refuses(1, ['token', 'add', 'NONE', 'x']);
	await refuses(1, ['token', 'revoke', 'DUP', '1'],
	    'of another company');
	await refuses(1, ['password', 'nobody@example.org'],
	    { stdin: `${PASSWORD}\n` });
	await refuses(1, ['device', 'add', 'dup', 'SN-1', 'Door'],
	    'without a branch');
});

test('a person who owns two gyms is one person', async () => {
	const add = (company, options) => ['user', 'add', 'two@example.org',
	    'Two', '--company', company, '--role', 'owner'];
	await does(add('SF'), { stdin: `${PASSWORD}\n` });
	// known: no password is asked, and it is said who that is
	assert.equal(await does(add('DUP')), 'two@example.org signs in ' +
	    'already, as Two, at SF: name and password stay\n');
	const rows = await stack.sql(`SELECT COUNT(*) AS n FROM mst_users
	    WHERE usr_email = 'two@example.org'`);
	assert.equal(rows[0].n, '1');
	for (const company of ['SF', 'DUP'])
		assert.match(await does(['user', 'list', company]),
		    /^two@example\.org\tTwo\tOWNER\tall branches$/m);
	await does(['user', 'add', 'TWO@Example.org', 'Two', '--company', 'DUP',
	    '--role', 'staff', '--branch', 'One']);
	assert.equal((await stack.sql(`SELECT id FROM mst_users
	    WHERE usr_email LIKE 'two@%'`)).length, 1);
});

test('an account that has lost every role is as new', async () => {
	const add = (name, company) => ['user', 'add', 'left@example.org', name,
	    '--company', company, '--role', 'staff'];
	const stored = async () => (await stack.sql(`SELECT id, usr_name AS name,
	    usr_password_hash AS hash FROM mst_users
	    WHERE usr_email = 'left@example.org'`))[0];
	await does(add('Left', 'SF'), { stdin: `${PASSWORD}\n` });
	const before_ = await stored();
	await stack.sql(`DELETE FROM trn_user_roles
	    WHERE url_user_id = ${before_.id}`);
	await stack.sql(`INSERT INTO trn_sessions VALUES ('x', ${before_.id},
	    'SF', '2026-01-01', '2026-01-01', '2099-01-01')`);
	await refuses(1, add('Back', 'DUP'));	// no password
	assert.deepEqual(await stored(), before_);
	assert.equal(await does(add('Back', 'DUP'),
	    { stdin: `${PASSWORD} again\n` }), '');
	const now = await stored();
	assert.deepEqual([now.id, now.name], [before_.id, 'Back']);
	assert.notEqual(now.hash, before_.hash);
	assert.deepEqual(await stack.sql(`SELECT ses_hash FROM trn_sessions
	    WHERE ses_user_id = ${now.id}`), []);
});

test('a terminal is a company\'s until it is closed there', async () => {
	await does(['device', 'add', 'SF', 'SN-MOVES', 'Door']);
	await refuses(1, ['device', 'add', 'SF', 'SN-MOVES', 'Again']);
	await refuses(1, ['device', 'close', 'DUP', 'SN-MOVES']);
	await refuses(1, ['device', 'close', 'SF', 'SN-NONE']);
	await does(['device', 'close', 'SF', 'SN-MOVES']);
	await refuses(1, ['device', 'close', 'SF', 'SN-MOVES']);
	await does(['device', 'add', 'DUP', 'SN-MOVES', 'Door now']);
	assert.match(await does(['device', 'list', 'DUP']), /^SN-MOVES\t/m);
	assert.doesNotMatch(await does(['device', 'list', 'SF']), /SN-MOVES/);
	const rows = await stack.sql(`SELECT dev_compcode, dev_to_at IS NULL AS
	    open FROM mst_devices WHERE dev_sn = 'SN-MOVES' ORDER BY id`);
	assert.deepEqual(rows, [{ dev_compcode: 'SF', open: '0' },
	    { dev_compcode: 'DUP', open: '1' }]);
});

test('a password comes from standard input, never from the arguments',
    async () => {
	const user = ['user', 'add', 'pw@example.org', 'Pw', '--company', 'SF',
	    '--role', 'staff'];
	await refuses(2, [...user, PASSWORD]);
	await refuses(2, [...user, '--password', PASSWORD]);
	await refuses(2, [...user, `--password=${PASSWORD}`]);
	await refuses(1, user);		// nothing on standard input
	await refuses(1, user, { stdin: '\n' });
	await refuses(1, user, { stdin: 'too short\n' });
	await refuses(1, user, { stdin: `${'x'.repeat(129)}\n` });
	await refuses(1, user, { stdin: Buffer.from('\xff\xfe'.repeat(8) +
	    '\n', 'latin1') });
	await does(user, { stdin: `${PASSWORD}\nsecond line\n` });
	await refuses(2, ['password', 'pw@example.org', PASSWORD]);
	await refuses(1, ['password', 'pw@example.org'], { stdin: 'short\n' });
	await does(['password', 'pw@example.org'],
	    { stdin: 'दस अक्षर से अधिक\n' });
	const [row] = await stack.sql(`SELECT usr_password_hash AS hash
	    FROM mst_users WHERE usr_email = 'pw@example.org'`);
	assert.match(row.hash, /^\$argon2id\$/);
});

test('a token is shown once; only its hash is kept', async () => {
	const out = await does(['token', 'add', 'SF', 'till', '--device',
	    'CRT5200-SN001']);
	assert.match(out, /^SF\.[0-9a-f]{64}\n$/);
	const list = await does(['token', 'list', 'SF']);
	assert.match(list, /\ttill\tCRT5200-SN001\tmade /);
	assert.ok(!list.includes(out.trim().split('.')[1]));
	const id = list.split('\n').find(l => l.includes('\ttill\t'))
	    .split('\t')[0];
	await refuses(1, ['token', 'revoke', 'DUP', id]);
	await does(['token', 'revoke', 'SF', id]);
	await refuses(1, ['token', 'revoke', 'SF', id]);
	assert.match(await does(['token', 'list', 'SF']),
	    /\ttill\t.*\trevoked$/m);
});

test('every change is in the audit, with names of fields and no values',
    async () => {
	const rows = await stack.sql(`SELECT aud_action, aud_table, aud_row,
	    aud_fields FROM trn_audit_trails`);
	const all = JSON.stringify(rows);
	for (const [action, table] of [['add', 'mst_companies'],
	    ['add', 'mst_branches'], ['add', 'mst_devices'],
	    ['close', 'mst_devices'], ['add', 'mst_api_tokens'],
	    ['revoke', 'mst_api_tokens'], ['add', 'trn_user_roles'],
	    ['change', 'mst_users']])
		assert.ok(rows.some(r => r.aud_action === action &&
		    r.aud_table === table), `${action} ${table}`);
	assert.doesNotMatch(all, /example\.org|argon|Door|Twice|[0-9a-f]{64}/);
});

// ---- migrations ----------------------------------------------------------

const schemaNow = async () => JSON.stringify([await stack.sql(
    `SELECT table_name, column_name, column_type, is_nullable, collation_name,
    column_default, generation_expression FROM information_schema.columns
    WHERE table_schema = DATABASE() ORDER BY 1, 2`), await stack.sql(
    `SELECT table_name, index_name, seq_in_index, column_name, non_unique
    FROM information_schema.statistics WHERE table_schema = DATABASE()
    ORDER BY 1, 2, 3`), await stack.sql('SELECT * FROM mst_migrations')]);

// Longer than a worker waits for an answer: what it waits for may take minutes.
test('migrate waits for what is in its way', async () => {
	const held = stack.sql(
	    "SELECT GET_LOCK('gymgate-migrate', 1) AS got, SLEEP(12)");
	await until('the lock to be held', async () => (await stack.sql(
	    "SELECT IS_USED_LOCK('gymgate-migrate') AS id"))[0].id !== null);
	const got = await admin(['migrate']);
	assert.equal(got.code, 0, got.err);
	assert.equal((await held)[0].got, '1');
});

test('migrate again, also at the same time, changes nothing', async () => {
	const before_ = await schemaNow();
	assert.ok(JSON.parse(before_)[2].length ===
	    fs.readdirSync(`${REPO}/sql/migrations`).length);
	for (const got of [await admin(['migrate']), ...await Promise.all(
	    Array.from({ length: 3 }, () => admin(['migrate'])))]) {
		assert.equal(got.code, 0, got.err);
		assert.equal(got.out, 'the database is up to date\n');
	}
	assert.equal(await schemaNow(), before_);
	assert.equal((await stack.sql('SELECT id FROM mst_members_lists'))
	    .length > 40, true);
});

test('a migration that fails is named, and the ones before it stay',
    async () => {
	const dir = `${stack.dir}/sql`;
	fs.cpSync(`${REPO}/sql`, dir, { recursive: true });
	const conf = `${stack.dir}/other.conf`;
	fs.writeFileSync(conf, fs.readFileSync(stack.conf, 'utf8')
	    .replace(/^sql = .*$/m, `sql = ${dir}`));
	fs.writeFileSync(`${dir}/migrations/0098-good.sql`,
	    'CREATE TABLE tst_good (id INT); -- one; two\n' +
	    "INSERT INTO tst_good VALUES (1);\n");
	fs.writeFileSync(`${dir}/migrations/0099-bad.sql`,
	    'CREATE TABLE tst_good (id INT);\n');
	fs.writeFileSync(`${dir}/migrations/0100-never.sql`,
	    'CREATE TABLE tst_never (id INT);\n');
	fs.writeFileSync(`${dir}/migrations/README`, 'not SQL');
	const migrate = () => run('gymgate-admin', ['-c', conf, 'migrate']);
	for (let i = 0; i < 2; i++) {
		const got = await migrate();
		assert.equal(got.code, 1);
		assert.match(got.err, /^gymgate-admin: 0099-bad\.sql: [^\n]*\n$/);
	}
	const done = async () => (await stack.sql(`SELECT mig_name FROM
	    mst_migrations WHERE mig_name >= '0098'`)).map(r => r.mig_name);
	assert.deepEqual(await done(), ['0098-good.sql']);
	fs.writeFileSync(`${dir}/migrations/0099-bad.sql`, 'SELECT 1;\n');
	const got = await migrate();
	assert.equal(got.code, 0, got.err);
	assert.deepEqual(await done(), ['0098-good.sql', '0099-bad.sql',
	    '0100-never.sql']);
	assert.equal((await stack.sql('SELECT * FROM tst_good')).length, 1);
});

test('without a database a program says so, with status 1', async () => {
	const conf = `${stack.dir}/away.conf`;
	fs.writeFileSync(conf, fs.readFileSync(stack.conf, 'utf8')
	    .replace(`socket = ${stack.db.socket}`, 'socket = /none.sock'));
	const got = await run('gymgate-admin', ['-c', conf, 'company', 'list']);
	assert.equal(got.code, 1);
	assert.match(got.err, /migrate/);
});

// ---- what the programs' account may do -----------------------------------

test('the programs\' account cannot change tables, nor what is history',
    async () => {
	const user = { name: stack.schema, password: fs.readFileSync(
	    `${stack.dir}/program.password`, 'utf8').trim() };
	const as = text => stack.sql(text, { user });
	await as('SELECT COUNT(*) FROM trn_member_attendances');
	await as('SELECT COUNT(*) FROM trn_audit_trails');
	await as(`INSERT INTO trn_audit_trails (aud_compcode, aud_at,
	    aud_action, aud_table, aud_row) VALUES ('SF', '2026-01-01', 'x',
	    'x', 'x')`);
	await as(`UPDATE mst_members_lists SET mbr_name = mbr_name
	    WHERE mbr_compcode = 'SF'`);
	const before_ = await rowCounts(stack), schema = await schemaNow();
	for (const text of ['CREATE TABLE x (id INT)',
	    'CREATE TEMPORARY TABLE x (id INT)', 'DROP TABLE trn_sessions',
	    'ALTER TABLE trn_sessions ADD x INT',
	    'CREATE INDEX x ON trn_sessions (ses_seen_at)',
	    'TRUNCATE trn_sessions', 'RENAME TABLE trn_sessions TO x',
	    'CREATE VIEW x AS SELECT 1', 'CREATE DATABASE x_y',
	    'CREATE TRIGGER x BEFORE INSERT ON trn_sessions FOR EACH ROW SET @a = 1',
	    'CREATE PROCEDURE x() SELECT 1', `DROP DATABASE ${stack.schema}`,
	    'DELETE FROM trn_audit_trails',
	    "UPDATE trn_audit_trails SET aud_fields = ''",
	    "REPLACE INTO trn_audit_trails SELECT * FROM trn_audit_trails",
	    'DELETE FROM trn_member_attendances',
	    "UPDATE trn_member_attendances SET att_status = 'ALLOWED'",
	    'UPDATE trn_member_attendances SET att_member_id = 42',
	    `INSERT INTO trn_member_attendances SELECT * FROM
	    trn_member_attendances ON DUPLICATE KEY UPDATE att_is_late = 1`,
	    'DELETE FROM trn_payments', 'UPDATE trn_payments SET pay_amount = 0',
	    'DELETE FROM trn_member_consents',
	    'UPDATE trn_member_consents SET cns_is_given = 1',
	    `SELECT * FROM trn_payments INTO OUTFILE '${stack.dir}/x'`,
	    `LOAD DATA INFILE '${stack.conf}' INTO TABLE trn_sessions`,
	    'DELETE FROM trn_punch_inbox', 'SELECT * FROM mst_migrations',
	    "INSERT INTO mst_migrations VALUES ('x', '2026-01-01')",
	    'SELECT * FROM mysql.user', 'USE mysql', 'SHUTDOWN',
	    'SET GLOBAL sql_mode = DEFAULT', 'CREATE USER x',
	    `GRANT ALL ON ${stack.schema}.* TO ${user.name}@localhost`])
		await assert.rejects(as(text),
		    /denied|command denied|Access denied|need.*privilege/, text);
	assert.deepEqual(await rowCounts(stack), before_);
	assert.equal(await schemaNow(), schema);
});

test('a number at the message service belongs to one company', async () => {
	const id = '1234567890123';

	await does(['company', 'add', 'WA', 'Other Gym']);
	await refuses(2, ['whatsapp', 'set', 'SF', '+919812345678']);
	await refuses(2, ['whatsapp', 'set', 'SF', '1'.repeat(33)]);
	await refuses(1, ['whatsapp', 'set', 'NONE', id]);
	await does(['whatsapp', 'set', 'SF', id]);
	assert.equal(await does(['whatsapp', 'list']), `SF\t${id}\tnot used\n`);
	await does(['whatsapp', 'set', 'WA', '77']);
	assert.match((await refuses(1, ['whatsapp', 'set', 'WA', id])).err,
	    /another company has that number/);
	await stack.sql("UPDATE mst_messaging SET mgs_sender = 'CLOUD'");
	await does(['whatsapp', 'clear', 'SF']);
	await does(['whatsapp', 'set', 'WA', id]);
	assert.equal(await does(['whatsapp', 'list']), `WA\t${id}\tin use\n`);
	assert.deepEqual(await stack.sql(`SELECT mgs_sender AS sender FROM
	    mst_messaging WHERE mgs_compcode = 'SF'`), [{ sender: 'HAND' }]);
	const [{ n }] = await stack.sql(`SELECT COUNT(*) AS n FROM
	    trn_audit_trails WHERE aud_table = 'mst_messaging'`);
	assert.equal(Number(n), 4);
});
