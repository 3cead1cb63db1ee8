// commands.test.mjs: what the bridge says on the command line
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { BIN, Gym, SERIAL, TOKEN, run } from './gym.mjs';

const BRIDGE = `${BIN}/gymgate-bridge`;
const STATUS = ['status', '--json'];

async function status(gym) {
	const { code, stdout } = await gym.command(...STATUS);
	assert.equal(code, 0);
	return JSON.parse(stdout);
}

test('--help tells every command and option', async () => {
	const { code, stdout, stderr } = await run(BRIDGE, ['--help']);
	assert.equal(code, 0);
	assert.equal(stderr, '');
	for (const word of ['-c, --config FILE', '-n, --check', '--once',
	    '--json', '-h, --help', '-V, --version', 'status', 'users [NAME]',
	    'retry', 'doctor HOST'])
		assert.ok(stdout.includes(word), word);
	for (const line of stdout.split('\n'))
		assert.ok(line.length <= 80, line);
	assert.equal((await run(BRIDGE, ['-h'])).stdout, stdout);
	const version = await run(BRIDGE, ['-V']);
	assert.match(version.stdout, /^gymgate-bridge \d+\.\d+\.\d+\n$/);
});

test('words that are wrong end with 2 and one line', async () => {
	for (const [args, words] of [
		[['--wrong'], /--wrong/],
		[['-c'], /'c'/],
		[['--once=yes'], /--once/],
		[['dance'], /unknown command.*dance/],
		[['Status'], /unknown command.*Status/],
		[[''], /unknown command/],
		[['status', 'twice'], /twice/],
		[['users', 't1', 't2'], /t2/],
		[['retry', 'all'], /all/],
		[['doctor'], /a word is missing.*doctor/],
		[['doctor', 'a', 'b'], /b/],
		[['-n', 'dance'], /dance/],
	]) {
		const { code, stderr, stdout } = await run(BRIDGE, args);
		assert.equal(code, 2, args.join(' '));
		assert.match(stderr, /^[^\n]+\n$/);
		assert.match(stderr, words);
		assert.equal(stdout, '');
	}
});

// What is added to a good configuration, and what is said of it.
const WRONG = [
	[{ 'terminal t1': { transport: 'pigeon' } }, /'transport'/],
	[{ 'terminal t1': { transport: '' } }, /'transport'/],
	[{ 'terminal t1': { transport: 'TCP' } }, /'transport'/],
	[{ 'terminal t1': { charset: 'KLINGON' } }, /'charset'/],
	[{ 'terminal t1': { charset: '' } }, /'charset'/],
	[{ 'terminal t1': { charset: 'x'.repeat(41) } }, /'charset'/],
	[{ 'terminal t1': { keepalive_ms: 99 } }, /'keepalive_ms'/],
	[{ 'terminal t1': { keepalive_ms: 600001 } }, /'keepalive_ms'/],
	[{ 'terminal t1': { keepalive_ms: 'often' } }, /'keepalive_ms'/],
	[{ 'terminal t1': { clock_sync: 'always' } }, /must be yes or no/],
	[{ bridge: { report_seconds: 0 } }, /'report_seconds'/],
	[{ bridge: { zone: 'Asia' } }, /'zone'/],
	[{ bridge: { zone: '../../etc/passwd' } }, /'zone'/],
	[{ server: { server: 'soap' } }, /'server'/],
	[{ 'terminal t1': { serial: 'A-1' }, 'terminal t2': { serial: 'A-1',
	    host: '192.0.2.7' } }, /two terminals have the same 'serial'/],
	[{ 'terminal t1': { host: '192.0.2.7', port: 4370 },
	    'terminal t2': { host: '192.0.2.7' } },
	    /two terminals have the same 'host' and 'port'/],
];

test('-n says what is wrong with new keys', async t => {
	const gym = await Gym.open(t, { started: false });
	for (const [more, words] of WRONG) {
		gym.configure(more);
		for (const args of [['-n'], [], ['--once'], STATUS]) {
			const { code, stderr, stdout } =
			    await gym.command(...args);
			assert.equal(code, 2, JSON.stringify(more));
			assert.match(stderr, /^[^\n]+\n$/);
			assert.match(stderr, words);
			assert.equal(stdout, '');
		}
	}
	assert.deepEqual(fs.readdirSync(gym.dir).filter(name =>
	    name.startsWith('spool')), []);
});

test('-n takes what is right of them', async t => {
	const gym = await Gym.open(t, { started: false });
	for (const more of [
		...['any', 'tcp', 'udp'].map(transport => ({
		    'terminal t1': { transport } })),
		...['UTF-8', 'GBK', 'CP1251', 'ISO-8859-1'].map(charset => ({
		    'terminal t1': { charset } })),
		{ 'terminal t1': { keepalive_ms: 100 } },
		{ 'terminal t1': { clock_sync: 'yes' } },
		{ 'terminal t1': { serial: 'A-1' }, 'terminal t2': {
		    serial: 'A-2', host: '192.0.2.7' } },
		{ 'terminal t2': { host: '127.0.0.1', port: 1 } },
	]) {
		gym.configure(more);
		assert.deepEqual(await gym.command('-n'),
		    { code: 0, stdout: '', stderr: '' });
	}
});

// ---- status, retry ---------------------------------------------------------

test('status before anything happened', async t => {
	const gym = await Gym.open(t, { started: false });
	for (const command of [['status'], STATUS, ['users'], ['retry']]) {
		const { code, stderr } = await gym.command(...command);
		assert.equal(code, 1);
		assert.match(stderr, /^[^\n]*spool.db[^\n]*\n$/);
	}
	assert.ok(!fs.existsSync(`${gym.dir}/spool.db`));
});

test('status for people and for programs', async t => {
	const gym = await Gym.open(t, { started: false,
	    terminal: { capacity: 5000 }, more: { 'terminal away': {
	    host: '127.0.0.1', port: 1 } } });
	await gym.order('time 90');
	await gym.order('bad user 1');
	await gym.order('punch 13');
	await gym.order('punch 42');
	gym.server.behaviour = 'picky';
	await gym.bridge.start();
	await until('all to be told', async () => {
		const [t1, away] = (await status(gym)).terminals;
		return t1.parked === 1 && t1.waiting === 0 && away.error &&
		    t1.log_count === 3;
	});
	const { terminals: [t1, away], server, spool } = await status(gym);
	const { reached, clock_offset, ...rest } = t1;
	assert.match(reached, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	assert.ok(Math.abs(Date.parse(reached) - Date.now()) < 60000);
	assert.ok(Math.abs(clock_offset - 90) <= 2);
	assert.deepEqual(rest, { name: 't1', host: '127.0.0.1', serial: SERIAL,
	    log_count: 3, log_capacity: 5000, waiting: 0, parked: 1,
	    set_aside: 1, mac: '00:17:61:42:42:42', error: '' });
	const { error, ...others } = away;
	assert.match(error, /127.0.0.1/);
	assert.deepEqual(others, { name: 'away', host: '127.0.0.1',
	    waiting: 0, parked: 0, set_aside: 0 });
	assert.deepEqual(server, { url: gym.server.url, error: '' });
	assert.deepEqual(spool, { path: `${gym.dir}/spool.db`, error: '' });

	const { stdout } = await gym.command('status');
	assert.match(stdout, new RegExp(`^t1 \\(${SERIAL}\\)\n  reached +\\d{4}-`));
	assert.match(stdout, /records +3 of 5000\n +clock +\+\d+ s\n/);
	assert.match(stdout, /waiting +0\n +parked +1\n +set aside +1\n/);
	assert.match(stdout, /MAC +00:17:61:42:42:42\n +error +none\n/);
	assert.match(stdout, /\naway \(127.0.0.1\)\n +reached +never\n/);
	assert.match(stdout, /\nserver http:.*\n +error +none\n/);
	assert.match(stdout, /\nspool .*spool.db\n +error +none\n/);
	assert.match(stdout, /user 13 .* 422: is not wanted\nset aside, /);
	assert.match(stdout, new RegExp('\nset aside, because they cannot be ' +
	    `used:\n  ${SERIAL}  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d  ` +
	    '[a-z ]+  ([0-9a-f]{2})+\n$'));
	assert.ok(!stdout.includes(TOKEN));
});

test('status tells what is wrong with the server', async t => {
	const gym = await Gym.open(t, { started: false });
	gym.server.behaviour = 'portal';
	await gym.order('punch 42');
	await gym.bridge.start();
	await until('the trouble', async () => /captive portal/.test(
	    (await status(gym)).server.error));
	const { stdout } = await gym.command('status');
	assert.match(stdout, /server http.*\n +error +something else .*portal/);
	gym.server.behaviour = 'well';
	await until('no trouble', async () =>
	    (await status(gym)).server.error === '');
});

// Words of people may be cut, but never so that no program can read them.
test('a server that says much in its own tongue', async t => {
	const gym = await Gym.open(t, { started: false });
	const message = `a${'é'.repeat(300)}`;
	gym.server.answer = () => ({ status: 403,
	    headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify({ status: false, message }) });
	await gym.order('punch 42');
	await gym.bridge.start();
	await until('the trouble', async () =>
	    (await status(gym)).server.error !== '');
	const { error } = (await status(gym)).server;
	assert.match(error, /^the server answers 403: aé+$/);
});

test('retry without anything parked', async t => {
	const gym = await Gym.open(t);
	const { code, stdout } = await gym.command('retry');
	assert.equal(code, 0);
	assert.equal(stdout, '0 parked punches wait again\n');
});

// It is tried over TCP and over UDP by turns, and said once.
test('a terminal that is not there is said once', async t => {
	const gym = await Gym.open(t, { started: false });
	let tries = 0;
	const door = net.createServer(socket => {
		tries++;
		socket.destroy();
	});
	await new Promise(done => door.listen(0, '127.0.0.1', done));
	t.after(() => door.close());
	gym.configure({ 'terminal t2': { host: '127.0.0.1',
	    port: door.address().port, backoff_most_ms: 100 } });
	await gym.bridge.start();
	await until('four tries', () => tries >= 4);
	assert.equal(gym.bridge.text().match(/^<4>.* t2: /mg).length, 1);
	assert.match((await status(gym)).terminals[1].error, /closed/);
});

// ---- once ------------------------------------------------------------------

const listens = port => new Promise(done => {
	const socket = net.connect(port, '127.0.0.1',
	    () => { socket.destroy(); done(true); });
	socket.on('error', () => done(false));
});

test('--once reads, sends, and is gone', async t => {
	const gym = await Gym.open(t, { started: false });
	await gym.order('log 700');
	const first = await gym.command('--once');
	assert.equal(first.code, 0, first.stderr);
	assert.deepEqual(await gym.settled(),
	    { count: 700, doubled: [], invented: [] });
	// reports and users were told, and it has said goodbye
	assert.ok(gym.server.reports.length > 0);
	assert.equal(gym.server.users.get(SERIAL).at(-1).length, 60);
	assert.match(await gym.order('state'), /connections=0 registered=0/);
	await until('no stream', () => gym.server.streams.size === 0);
	assert.equal((await status(gym)).terminals[0].waiting, 0);
	// nobody listens for what comes between
	await gym.order('punch 42');
	await gym.order('punch 43');
	assert.equal(gym.server.items.length, 700);
	const second = await gym.command('--once');
	assert.equal(second.code, 0, second.stderr);
	assert.deepEqual(await gym.settled(),
	    { count: 702, doubled: [], invented: [] });
	assert.equal(gym.server.items.length, 702);
	assert.doesNotMatch(second.stderr, /<[0-4]>/);
});

test('--once heals a server that forgot', async t => {
	const gym = await Gym.open(t, { started: false });
	await gym.order('log 300');
	assert.equal((await gym.command('--once')).code, 0);
	gym.server.forget((await gym.held()).slice(0, 100));
	assert.equal((await gym.command('--once')).code, 0);
	assert.equal((await gym.settled()).count, 300);
});

test('--once with a terminal that does not answer', async t => {
	const gym = await Gym.open(t, { started: false, more: {
	    'terminal t0': { host: '127.0.0.1', port: 1 } } });
	await gym.order('punch 42');
	const { code, stderr } = await gym.command('--once');
	assert.equal(code, 1);
	assert.match(stderr, /t0: cannot connect/);
	// the others are read all the same
	assert.deepEqual(await gym.settled(),
	    { count: 1, doubled: [], invented: [] });
	const [t1, t0] = (await status(gym)).terminals;
	assert.equal(t1.error, '');
	assert.match(t0.error, /cannot connect/);
});

test('--once with a server that is away keeps what waits', async t => {
	const gym = await Gym.open(t, { started: false });
	gym.server.behaviour = 'away';
	await gym.order('log 100');
	const { code } = await gym.command('--once');
	assert.equal(code, 1);
	assert.equal((await status(gym)).terminals[0].waiting, 100);
	await gym.server.stop();
	assert.equal((await gym.command('--once')).code, 1);
	assert.equal((await status(gym)).terminals[0].waiting, 100);
	gym.server.behaviour = 'well';
	await gym.server.start(gym.server.port);
	// also by a bridge that stays
	await gym.bridge.start();
	assert.deepEqual(await gym.settled(),
	    { count: 100, doubled: [], invented: [] });
});

test('--once with punches that are refused is done', async t => {
	const gym = await Gym.open(t, { started: false });
	gym.server.behaviour = 'picky';
	await gym.order('punch 13');
	await gym.order('punch 42');
	assert.equal((await gym.command('--once')).code, 0);
	assert.equal((await status(gym)).terminals[0].parked, 1);
});

test('--once leaves the spool of a running bridge alone', async t => {
	const gym = await Gym.open(t);
	const { code, stderr } = await gym.command('--once');
	assert.equal(code, 1);
	assert.match(stderr, /another gymgate-bridge/);
});
