// service.test.mjs: the bridge as a program: options, configuration, signals,
// terminals that come and go
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { BIN, Gym, SERIAL, TOKEN, run } from './gym.mjs';

const BRIDGE = `${BIN}/gymgate-bridge`;
const lastReport = gym => gym.server.reports.at(-1) ?? {};

test('--help and --version', async () => {
	const help = await run(BRIDGE, ['--help']);
	assert.equal(help.code, 0);
	assert.match(help.stdout, /^usage: gymgate-bridge .*\n[^]*status/);
	const version = await run(BRIDGE, ['--version']);
	assert.equal(version.code, 0);
	assert.match(version.stdout, /^gymgate-bridge \d+\.\d+\.\d+\n$/);
});

test('wrong arguments end with 2 and one line', async () => {
	for (const args of [['--wrong'], ['-c'], ['dance'],
	    ['status', 'twice'], ['-n', 'dance']]) {
		const { code, stderr } = await run(BRIDGE, args);
		assert.equal(code, 2, args.join(' '));
		assert.match(stderr, /^[^\n]+\n$/);
	}
});

// What is added to, or left out of, a good configuration; what is said.
const WRONG = [
	[{ server: { url: 'http://192.168.1.5' } }, /must be https/],
	[{ server: { url: 'http://127.0.0.1.evil.example' } }, /must be https/],
	[{ server: { url: 'http://localhost.example/' } }, /must be https/],
	[{ server: { url: 'ftp://gym.example' } }, /begin with https/],
	[{ server: { url: 'https://' } }, /begin with https/],
	[{ server: { url: 'https://a@gym.example' } }, /no more than/],
	[{ server: { url: 'https://gym.example/?x' } }, /no more than/],
	[{ server: { company: 'S F' } }, /'company'/],
	[{ server: { token: 'SF.1' } }, /not both/],
	[{ server: { token_file: '/nonexistent/token' } }, /No such file/],
	[{ server: { batch: 0 } }, /'batch' is not a number within/],
	[{ server: { batch: '1e3' } }, /'batch' is not a number within/],
	[{ server: { insecure: 'maybe' } }, /must be yes or no/],
	[{ server: { colour: 'red' } }, /no key 'colour'/],
	[{ bridge: { zone: 'Asia/Nowhere' } }, /time zone/],
	[{ bridge: { log: 'loud' } }, /'log'/],
	[{ terminal: { host: '127.0.0.1' } }, /no section/],
	[{ 'terminal t1': { port: 70000 } }, /'port'/],
	[{ 'terminal t1': { poll_ms: 99 } }, /'poll_ms'/],
	[{ 'terminal t1': { serial: 'A/B' } }, /'serial'/],
	[{ 'terminal t2': { port: 4370 } }, /'host' is missing/],
	[{ kitchen: { sink: 1 } }, /kitchen/],
];

test('-n says what is wrong with a configuration', async t => {
	const gym = await Gym.open(t, { started: false });
	const good = await gym.command('-n');
	assert.deepEqual(good, { code: 0, stdout: '', stderr: '' });
	for (const [more, words] of WRONG) {
		gym.configure(more);
		for (const args of [['-n'], []]) {
			const { code, stderr } = await gym.command(...args);
			assert.equal(code, 2, JSON.stringify(more));
			assert.match(stderr, /^[^\n]+\n$/);
			assert.match(stderr, words);
			assert.doesNotMatch(stderr, new RegExp(TOKEN));
		}
	}
	gym.conf = `${gym.dir}/nothing.conf`;
	const none = await gym.command('-n');
	assert.equal(none.code, 2);
	assert.match(none.stderr, /nothing.conf: No such file/);
});

test('-n takes what is right', async t => {
	const gym = await Gym.open(t, { started: false });
	for (const more of [{ server: { url: 'https://gym.example:8443/a/' } },
	    { server: { url: 'http://[::1]:80' } },
	    { server: { url: 'http://gym.example', insecure: 'yes' } },
	    { bridge: { zone: 'Asia/Kolkata' } },
	    { 'terminal back.door-2': { host: 'zk.lan' } }]) {
		gym.configure(more);
		const { code, stderr } = await gym.command('-n');
		assert.equal(code, 0, stderr);
	}
});

test('the sample is right but for its token', async t => {
	const gym = await Gym.open(t, { started: false });
	const sample = fs.readFileSync(new URL(
	    '../../bridge/etc/gymgate-bridge.conf', import.meta.url), 'utf8');
	fs.writeFileSync(gym.conf, sample.replace(
	    /^token_file = .*$/m, `token_file = ${gym.dir}/token`));
	const { code, stderr } = await gym.command('-n');
	assert.equal(code, 0, stderr);
	// each commented key at its default changes nothing
	fs.writeFileSync(gym.conf, fs.readFileSync(gym.conf, 'utf8').replace(
	    /^#(\w+ =.*)$/gm, '$1').replace(/^(token|ca_file) =.*$/gm, ''));
	const all = await gym.command('-n');
	assert.equal(all.code, 0, all.stderr);
});

test('a secret that everybody may read is warned of', async t => {
	const gym = await Gym.open(t, { started: false });
	fs.chmodSync(`${gym.dir}/token`, 0o644);
	const { code, stderr } = await gym.command('-n');
	assert.equal(code, 0);
	assert.match(stderr, /token holds a secret/);
	assert.doesNotMatch(stderr, new RegExp(TOKEN));
});

test('the token is never logged', async t => {
	const gym = await Gym.open(t);
	await gym.order('punch 42');
	await gym.settled();
	gym.server.behaviour = 'stranger';
	await gym.order('punch 43');
	await until('a refusal', () => gym.bridge.text().includes('401'));
	assert.ok(!gym.bridge.text().includes(TOKEN));
	assert.ok(!gym.bridge.text().includes('0123456789abcdef'));
});

test('reports tell how a terminal does', async t => {
	const gym = await Gym.open(t, { started: false,
	    terminal: { capacity: 5000 } });
	await gym.order('punch 42 2026-03-12T07:30:00');
	await gym.order('time 90');
	await gym.bridge.start();
	await until('the punch in a report', () => lastReport(gym).last_punch &&
	    lastReport(gym).waiting === 0);
	const { clock_offset, bridge_version, reached_ago, ...rest } =
	    lastReport(gym);
	assert.ok(reached_ago <= 2, `${reached_ago}`);
	assert.ok(Math.abs(clock_offset - 90) <= 1, `${clock_offset}`);
	assert.match(bridge_version, /^\d/);
	assert.deepEqual(rest, { sn: SERIAL, firmware: 'Ver 6.60 Apr 26 2016',
	    platform: 'ZMM210_TFT', mac: '00:17:61:42:42:42', log_count: 1,
	    log_capacity: 5000, user_count: 60, waiting: 0, parked: 0,
	    set_aside: 0, last_punch: '2026-03-12 07:30:00', last_error: '' });
	assert.equal(gym.server.wrong.length, 0);
});

test('dropped connections are made anew', async t => {
	const gym = await Gym.open(t);
	for (let i = 1; i <= 3; i++) {
		await until('a connection', async () => /connections=1 /.test(
		    await gym.order('state')));
		await gym.order(`punch ${i}`);
		await gym.order('drop');
		await gym.order(`punch ${i + 10}`);
	}
	assert.deepEqual(await gym.settled(),
	    { count: 6, doubled: [], invented: [] });
	assert.match(await gym.order('state'), /served=[4-9]/);
});

test('a terminal that is away is reported, and found again', async t => {
	const gym = await Gym.open(t);
	await gym.order('punch 42');
	await gym.settled();
	await gym.terminal.kill();
	await until('the error', () => /cannot connect|closed/.test(
	    lastReport(gym).last_error));
	assert.equal(lastReport(gym).sn, SERIAL);
	// also by a bridge that has not seen it since its own start
	await gym.bridge.restart();
	const before = gym.server.reports.length;
	await until('the error', () => gym.server.reports.length > before &&
	    /cannot connect/.test(lastReport(gym).last_error));
	assert.match((await gym.command('status')).stdout,
	    /error +cannot connect to 127.0.0.1/);
	await gym.terminal.start();
	await gym.order('punch 43');
	await until('no error', () => lastReport(gym).last_error === '');
	assert.deepEqual(await gym.settled(),
	    { count: 2, doubled: [], invented: [] });
});

test('a cleared log is not mistaken for the old one', async t => {
	const gym = await Gym.open(t);
	await gym.order('log 200');
	await gym.settled();
	const had = gym.server.ledger.size;
	await gym.order('clear');
	await gym.order('punch 42');
	await gym.settled();
	// as many as before, all of them others
	await gym.bridge.stop();
	await gym.order('clear');
	await gym.order('log 150');
	for (let i = 1; i <= 50; i++)
		await gym.order(`punch ${i}`);
	await gym.bridge.start();
	const { count } = await gym.settled();
	assert.equal(count, 200);
	assert.ok(gym.server.ledger.size > had);
});

test('no terminal is ever disabled', async t => {
	const gym = await Gym.open(t);
	await gym.order('log 5000');
	await gym.order('punch 42');
	await gym.order('drop');
	await gym.order('punch 43');
	await gym.settled();
	await gym.bridge.kill();
	await gym.bridge.restart();
	await gym.order('punch 44');
	await gym.settled();
	assert.match(await gym.order('state'),
	    /^enabled .* disabled=0 disabled_ms=0 refused=0 bad=0/);
});

test('another terminal than the configured one is not read', async t => {
	const gym = await Gym.open(t, { more: { 'terminal t1':
	    { serial: 'OTHER-1' } } });
	await gym.order('punch 42');
	await until('the report', () => lastReport(gym).last_error);
	assert.equal(lastReport(gym).sn, 'OTHER-1');
	assert.match(lastReport(gym).last_error, /says it is CRT5200-SN001/);
	assert.equal(gym.server.items.length, 0);
});

test('a terminal that hangs does not hold up the others', async t => {
	const gym = await Gym.open(t, { terminals: 2, started: false });
	const deaf = net.createServer(() => {});	// takes, never answers
	await new Promise(done => deaf.listen(0, '127.0.0.1', done));
	const sockets = new Set();
	deaf.on('connection', socket => {
		sockets.add(socket);
		socket.on('error', () => {});
	});
	t.after(() => {
		sockets.forEach(socket => socket.destroy());
		deaf.close();
	});
	gym.configure({ 'terminal deaf': { host: '127.0.0.1',
	    port: deaf.address().port, timeout_ms: 600000,
	    serial: 'DEAF-1' } });
	await gym.bridge.start();
	await until('the hanging', () => sockets.size > 0);
	await gym.order('punch 42', gym.terminals[0]);
	await gym.order('punch 43', gym.terminals[1]);
	assert.deepEqual(await gym.settled(),
	    { count: 2, doubled: [], invented: [] });
	// and SIGTERM does not wait for it
	const began = Date.now();
	assert.ok(await gym.bridge.stop());
	assert.equal(gym.bridge.code, 0);
	assert.ok(Date.now() - began < 2000);
});

test('SIGTERM ends a bridge that waits for the server', async t => {
	const gym = await Gym.open(t, { more: { server:
	    { timeout_ms: 600000 } } });
	gym.server.behaviour = 'mute';
	await gym.order('punch 42');
	await until('the request', () => gym.server.requests > 0);
	const began = Date.now();
	assert.ok(await gym.bridge.stop());
	assert.equal(gym.bridge.code, 0);
	assert.ok(Date.now() - began < 2000);
	gym.server.behaviour = 'well';
	gym.server.ledger.clear();
	await gym.bridge.start();
	await gym.settled();
});

test('one bridge holds a spool, commands may look', async t => {
	const gym = await Gym.open(t);
	const second = await gym.command();
	assert.equal(second.code, 1);
	assert.match(second.stderr, /another gymgate-bridge/);
	assert.equal((await gym.command('status')).code, 0);
	assert.equal((await gym.command('retry')).code, 0);
	gym.configure({ bridge: { spool: `${gym.dir}/none/spool.db` } });
	for (const args of [[], ['status'], ['retry']]) {
		const { code, stderr } = await gym.command(...args);
		assert.equal(code, 1);
		assert.match(stderr, /none\/spool.db: unable to open/);
	}
});

test('a spool of something else is left alone', async t => {
	const gym = await Gym.open(t, { started: false });
	fs.writeFileSync(`${gym.dir}/spool.db`, 'x'.repeat(10000));
	const { code, stderr } = await gym.command();
	assert.equal(code, 1);
	assert.match(stderr, /spool.db: file is not a database/);
	assert.equal(fs.readFileSync(`${gym.dir}/spool.db`, 'utf8'),
	    'x'.repeat(10000));
});
