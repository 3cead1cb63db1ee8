// doctor.test.mjs: what the doctor says of terminals, well and not
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { SLOW, freePort, until } from '../stack/wait.mjs';
import { BIN, Gym, SERIAL } from './gym.mjs';

const STEPS = ['config', 'name', 'ping', 'port', 'comm key', 'terminal',
    'clock', 'memory', 'users', 'log', 'live'];

// { step: 'mark text', ... }, what was wrapped made one line again.
function steps(stdout) {
	const all = {};
	let last;
	for (const line of stdout.split('\n')) {
		assert.match(line, /^[ -~]{0,79}$/);
		const [, mark, step, text] =
		    line.match(/^(ok|--|!!)  (.{8})  (.*)$/) ?? [];
		if (mark)
			all[last = step.trim()] = `${mark} ${text}`;
		else if (/^ {14}\S/.test(line))
			all[last] += ` ${line.trim()}`;
	}
	return all;
}

const open = (t, terminal = {}, more = {}) =>
    Gym.open(t, { started: false, terminal, more });

async function look(gym, host = 't1') {
	const { code, stdout, stderr } = await gym.command('doctor', host);
	assert.equal(stderr, '');
	return { code, stdout, verdict: stdout.trim().split('\n').at(-1),
	    ...steps(stdout) };
}

// A server that is no terminal, for one test.
async function serve(t, onConnection) {
	const sockets = [];
	const server = net.createServer(socket => {
		sockets.push(socket.on('error', () => {}));
		onConnection(socket);
	});
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	t.after(() => {
		sockets.forEach(socket => socket.destroy());
		server.close();
	});
	return server.address().port;
}

test('a terminal that is well', async t => {
	const gym = await open(t, { sessions: 1 });
	await gym.order('log 2345');
	await gym.order('user 7 Zarathustra');
	const seen = await look(gym);
	assert.deepEqual(Object.keys(seen).filter(key => STEPS.includes(key)),
	    STEPS);
	assert.match(seen.config, /^ok \[terminal t1\] of \/.*bridge.conf$/);
	assert.match(seen.name, /^-- 127.0.0.1 is an address/);
	assert.match(seen.ping,
	    /^(ok 127.0.0.1 answers in \d+ ms|-- not allowed for this account)$/);
	assert.match(seen.port, /^ok 127.0.0.1 answers at port \d+$/);
	assert.equal(seen['comm key'], 'ok the terminal asks for none');
	assert.match(seen.terminal, new RegExp(`^ok serial number ${SERIAL} ` +
	    'model CRT5200, platform ZMM210_TFT, firmware Ver 6.60 Apr 26 ' +
	    '2016, MAC 00:17:61:42:42:42'));
	assert.match(seen.clock, /^ok [-\d]+ [:\d]+, which is right/);
	assert.equal(seen.memory,
	    'ok 60 users of 10000 (0 %), 2345 punches of 200000 (1 %)');
	assert.equal(seen.users, 'ok 60 read');
	assert.match(seen.log,
	    /^ok 2345 sound punches, in records of 40 bytes, read in .* first 2.* last 2/);
	assert.match(seen.live, /^ok registered: a punch now would be seen/);
	assert.match(seen.verdict, /^All is well/);
	assert.equal(seen.code, 0);
	assert.doesNotMatch(seen.stdout, /Zarathustra/);
	// it said goodbye and disabled nothing
	await until('the goodbye', async () => /^enabled connections=0 .*disabled=0/
	    .test(await gym.order('state')));
});

test('a terminal is found by its name, its address, or neither', async t => {
	const gym = await open(t, { 'comm-key': 4711 },
	    { 'terminal t1': { comm_key: 4711, serial: SERIAL } });
	for (const host of ['t1', `127.0.0.1:${gym.terminal.port}`,
	    '127.0.0.1']) {
		const seen = await look(gym, host);
		assert.equal(seen['comm key'],
		    'ok asked for, and the one we have is right');
		assert.equal(seen.code, 0, seen.stdout);
		assert.doesNotMatch(seen.stdout, /4711/);
	}
	const stranger = await look(gym, `localhost:${gym.terminal.port}`);
	assert.match(stranger.config, /^-- no terminal of .* has this name/);
	assert.match(stranger.name, /^ok localhost is 127.0.0.1/);
	assert.match(stranger['comm key'],
	    /^!! .* asks for a comm key, and none is configured/);
	gym.conf = `${gym.dir}/none.conf`;
	const bare = await look(gym, `127.0.0.1:${gym.terminal.port}`);
	assert.match(bare.config, /^-- there is no .*none.conf/);
	assert.match(bare['comm key'], /COMM. > PC Connection > Comm Key/);
});

test('a wrong comm key', async t => {
	const gym = await open(t, { 'comm-key': 4711 },
	    { 'terminal t1': { comm_key: 815 } });
	const seen = await look(gym);
	assert.match(seen['comm key'], /^!! .* the configured one is wrong/);
	assert.match(seen['comm key'], /`comm_key =` .*\[terminal t1\]/);
	assert.equal(seen.terminal, undefined);
	assert.match(seen.verdict, /^Not well \(comm key\)/);
	assert.equal(seen.code, 1);
	assert.doesNotMatch(seen.stdout, /4711|815/);
});

test('a firmware that only pushes', async t => {
	const gym = await open(t, { 'connect-code': 6001 });
	const seen = await look(gym);
	assert.match(seen['comm key'], /^!! the terminal refuses .*code 6001/);
	assert.match(seen['comm key'], /does not take pushes yet/);
	assert.equal(seen.code, 1);
	await gym.order('set connect-code 4990');
	assert.match((await look(gym))['comm key'], /^!! .*4990.*database full/);
});

test('a terminal that speaks UDP alone', async t => {
	const gym = await open(t, { transport: 'udp' });
	await gym.order('log 3000');
	const seen = await look(gym);
	assert.match(seen.port,
	    /^ok 127.0.0.1 answers at port \d+ over UDP \(TCP: connection refused\)/);
	assert.match(seen.log, /^ok 3000 sound punches/);
	assert.equal(seen.code, 0);
});

test('a terminal that another program has', async t => {
	const gym = await open(t, { sessions: 1 });
	const other = net.connect(gym.terminal.port, '127.0.0.1');
	t.after(() => other.destroy());
	await until('the other', async () => /connections=1 /.test(
	    await gym.order('state')));
	const closed = await look(gym);
	assert.match(closed.port, /^!! .*connected, but closed at once/);
	assert.match(closed.port, /systemctl stop gymgate-bridge/);
	assert.match(closed.port, /vendor's software/);
	assert.equal(closed.code, 1);
	await gym.order('set second hang');
	assert.match((await look(gym)).port, /^!! .*connected, but silent/);
});

test('a bridge that runs', async t => {
	const gym = await open(t, { sessions: 1 });
	assert.equal((await look(gym)).bridge, undefined);
	await gym.bridge.start();
	await until('a connection', async () => /connections=1 registered=1/
	    .test(await gym.order('state')));
	const seen = await look(gym);
	assert.match(seen.bridge, /^-- gymgate-bridge is running and holds/);
	assert.match(seen.bridge, /`gymgate-bridge status`/);
	assert.match(seen.port, /gymgate-bridge is running here/);
	const other = await look(gym, `localhost:${gym.terminal.port}`);
	assert.equal(other.bridge, undefined);
});

test('nobody at the port', async t => {
	const gym = await open(t);
	const seen = await look(gym, `127.0.0.1:${await freePort()}`);
	assert.match(seen.port,
	    /^!! .*connection refused \(TCP\); nothing over UDP either/);
	assert.match(seen.port, /Cloud Server Setting \(ADMS\)/);
	assert.match(seen.port, /does not take pushes yet/);
	assert.match(seen.verdict, /^Not well \(port\)/);
	assert.equal(seen.code, 1);
});

test('nobody of that name', async t => {
	const gym = await open(t);
	const seen = await look(gym, 'no-such-terminal.invalid');
	assert.match(seen.name, /^!! no-such-terminal.invalid: /);
	assert.match(seen.name, /Terminals of .*bridge.conf: t1$/);
	assert.equal(seen.port, undefined);
	assert.equal(seen.code, 1);
});

test('others than terminals', async t => {
	const gym = await open(t);
	const answer = async (onConnection, seconds = 10) => {
		const port = await serve(t, onConnection);
		const began = Date.now();
		gym.configure({ 'terminal odd': { host: '127.0.0.1', port,
		    timeout_ms: 500 } });
		const seen = await look(gym, 'odd');
		assert.ok(Date.now() - began < seconds * 1000 * SLOW);
		assert.equal(seen.code, 1);
		return seen.port;
	};
	assert.match(await answer(() => {}, 3), /^!! .*connected, but silent/);
	assert.match(await answer(socket => socket.end()),
	    /^!! .*connected, but closed at once/);
	assert.match(await answer(socket => socket.end('SSH-2.0-x\r\n')),
	    /^!! .*does not speak the protocol/);
	// a packet that never ends, byte by byte
	assert.match(await answer(socket => {
		const timer = setInterval(() => socket.write('P'), 100);
		socket.on('close', () => clearInterval(timer));
	}, 3), /^!! .*does not speak the protocol/);
});

test('a clock that is wrong', async t => {
	const gym = await open(t);
	await gym.order('time 90');
	const ahead = await look(gym);
	assert.match(ahead.clock, /^!! .*, which is (89|90) s ahead .*clock_sync = yes/);
	assert.match(ahead.verdict, /^Not all is well \(clock\)/);
	assert.equal(ahead.code, 1);
	assert.match(ahead.live, /^ok/);
	await gym.order('time -12600');
	assert.match((await look(gym)).clock,
	    /^!! .* which is 3 h (30|29) min behind .*time zone.*`zone =`/);
	await gym.order('clock dead');
	assert.match((await look(gym)).clock, /^!! 2000-.* battery is dead/);
});

test('a serial number that is not the one expected', async t => {
	const gym = await open(t, {}, { 'terminal t1': { serial: 'OTHER-1' } });
	const seen = await look(gym);
	assert.match(seen.terminal, new RegExp(`^!! its serial number is ` +
	    `${SERIAL}, but .serial = OTHER-1. is configured`));
	assert.match(seen.terminal, /reads nothing from it/);
	assert.equal(seen.code, 1);
});

test('a terminal that does not tell its serial number', async t => {
	const gym = await open(t, { serial: '=' });
	const seen = await look(gym);
	assert.match(seen.terminal, /^!! .*does not tell its serial number/);
	assert.match(seen.terminal, /`serial =` of the section \[terminal t1\]/);
	gym.configure({ 'terminal t1': { serial: SERIAL } });
	assert.match((await look(gym)).terminal,
	    new RegExp(`^ok serial number ${SERIAL} as configured`));
});

test('a log that fills up', async t => {
	const gym = await open(t, { capacity: 50 });
	await gym.order('log 45');
	const nearly = await look(gym);
	assert.match(nearly.memory, /^!! .*45 punches of 50 \(90 %\)/);
	assert.match(nearly.memory, /Delete Attendance Data/);
	assert.equal(nearly.code, 1);
	await gym.order('log 5');
	assert.match((await look(gym)).memory, /The log is full/);
});

test('logs of every form', async t => {
	for (const [size, words] of [['49', '49 bytes'], ['16', '16 bytes'],
	    ['8', '8 bytes \\(A\\)'], ['8b', '8 bytes \\(B\\)']]) {
		const gym = await open(t, { 'record-size': size, cut: 'chop' });
		await gym.order('log 1200');
		const seen = await look(gym);
		assert.match(seen.log, new RegExp(
		    `^ok 1200 sound punches, in records of ${words}, read in`));
		assert.equal(seen.code, 0);
	}
	const gym = await open(t);
	const empty = await look(gym);
	assert.equal(empty.log, 'ok empty');
	assert.match(empty.memory, /reads the log anyway/);
	assert.equal(empty.code, 0);
});

test('records that cannot be used are counted', async t => {
	const gym = await open(t);
	await gym.order('log 100');
	await gym.order('bad date 3');
	const seen = await look(gym);
	assert.match(seen.log, /^ok 100 sound punches/);
	assert.match(seen.log, /3 cannot be used: a date that does not exist/);
	assert.match(seen.log, /sets such records aside/);
	assert.equal(seen.code, 0);
});

test('a log that is refused', async t => {
	const gym = await open(t, { 'log-code': 4989 });
	const seen = await look(gym);
	assert.match(seen.log, /^!! .*4989.*memory/);
	assert.match(seen.log, /SpeedFace.*device type/);
	assert.match(seen.live, /^ok/);
	assert.match(seen.verdict, /^Not all is well \(log\)/);
	assert.equal(seen.code, 1);
});

test('sizes that are not told', async t => {
	const gym = await open(t, { counts: 'zero' });
	await gym.order('log 100');
	const zero = await look(gym);
	assert.match(zero.memory, /reads the log anyway/);
	assert.match(zero.log, /^ok 100 sound/);
	await gym.order('set sizes 4');
	assert.match((await look(gym)).memory,
	    /^-- the terminal does not tell how full/);
});

test('a connection that breaks', async t => {
	const gym = await open(t);
	await gym.order('log 5000');
	await gym.order('fault close bulk');
	const seen = await look(gym);
	assert.match(seen.users ?? '', /^!! asked for its users: .*closed/);
	assert.match(seen.verdict, /^Not well \(users\)/);
	assert.equal(seen.code, 1);
});

test('what a terminal says of itself forges no line', async t => {
	const gym = await open(t, { name: 'a\nok  log\x1b[2J\u{e9}',
	    platform: 'x'.repeat(300) });
	const seen = await look(gym);
	assert.match(seen.terminal, /model a\?ok  log\?\[2J\?\?,/);
	assert.match(seen.log, /^ok empty$/);
});

test('a configuration that is wrong', async t => {
	const gym = await open(t);
	fs.rmSync(`${gym.dir}/token`);
	const seen = await look(gym);
	assert.match(seen.config, /^!! .*token.*No such file/);
	assert.match(seen.config, /goes on with what could be read/);
	assert.match(seen.log, /^ok/);
	assert.match(seen.verdict, /^Not all is well \(config\)/);
	assert.equal(seen.code, 1);
});

test('what is no host', async t => {
	const gym = await open(t);
	for (const host of ['', 'a b', 'a/b', 'gym:0', 'gym:65536', 'gym:x',
	    ':4370', '[::1', '[::1]x', '[]', 'x'.repeat(254), 'g\u{fc}m']) {
		const { code, stdout, stderr } =
		    await gym.command('doctor', host);
		assert.equal(code, 2, host);
		assert.equal(stdout, '');
		assert.match(stderr, /^[^\n]+ is no HOST[^\n]+\n$/);
	}
});

test('an address of IPv6', async t => {
	const gym = await open(t);
	const port = await freePort();
	for (const host of [`[::1]:${port}`, '::1']) {
		const seen = await look(gym, host);
		assert.match(seen.name, /^-- ::1 is an address$/);
		assert.match(seen.port, /^!! ::1 port \d+: /);
	}
});

// Sends SIGINT once `ready`; how it ended, and how fast.
async function interrupt(gym, host, ready) {
	const child = spawn(`${BIN}/gymgate-bridge`, ['-c', gym.conf, 'doctor',
	    host], { env: { ...process.env, ...gym.env } });
	let text = '', began;
	child.stdout.on('data', part => { text += part; });
	const ended = new Promise(done => child.on('exit', done));
	await until('the moment', () => ready(text));
	began = Date.now();
	child.kill('SIGINT');
	const code = await ended;
	return { code, text, ms: Date.now() - began };
}

test('Ctrl-C ends it at once, with a goodbye', async t => {
	const gym = await open(t, { pace: 300, 'max-packet': 1024 });
	await gym.order('log 5000');
	const reading = await interrupt(gym, 't1', text =>
	    /^ok  users/m.test(text));
	assert.equal(reading.code, 1);
	assert.match(reading.text, /\nStopped: not all was looked at\.\n$/);
	assert.ok(reading.ms < 2000 * SLOW, `${reading.ms} ms`);
	await until('the goodbye', async () =>
	    / connections=0 /.test(await gym.order('state')));

	let connected = false;
	const port = await serve(t, () => { connected = true; });
	const waiting = await interrupt(gym, `127.0.0.1:${port}`,
	    () => connected);
	assert.equal(waiting.code, 1);
	assert.ok(waiting.ms < 1000 * SLOW, `${waiting.ms} ms`);
});
