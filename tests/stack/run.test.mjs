// run.test.mjs: `make run` as a person has it: ready, Ctrl-C, again, reset
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { request } from './http.mjs';
import { bornAt } from './program.mjs';
import { accepts, freePort, until } from './wait.mjs';

const dir = `build/tests/run-${process.pid}`;	// where servers can reach it
const args = ['tests/stack/run.mjs'];
let port, env, running;

before(async () => {
	port = await freePort();
	env = { ...process.env, PORT: String(port), RUN_DIR: dir };
});
after(() => {
	running?.child.kill('SIGKILL');
	fs.rmSync(dir, { recursive: true, force: true });
});

// Starts it and waits until it says that it is ready.
async function start() {
	const child = spawn(process.execPath, args, { env });
	const run = { child, text: '' };
	for (const out of [child.stdout, child.stderr])
		out.on('data', part => { run.text += part; });
	run.ended = new Promise(done => child.on('exit', done));
	running = run;
	await until('ready', () => {
		if (child.exitCode !== null)
			throw Object.assign(new Error(run.text),
			    { final: true });
		return /^ready: /m.test(run.text);
	}, 60000);
	return run;
}

async function stop(run, signal) {
	run.child.kill(signal);
	assert.equal(await run.ended, 0, run.text);
	assert.equal(await accepts(port), false);
}

const once = (...more) => spawnSync(process.execPath, [...args, ...more],
    { env, encoding: 'utf8', timeout: 30000 });

const token = () => fs.readFileSync(`${dir}/demo.token`, 'utf8').trim();

function punch(user_id, timestamp) {
	return request(`http://127.0.0.1:${port}/api/biometric_attendances`, {
	    method: 'POST', headers: { 'Content-Type': 'application/json',
	    Authorization: `Bearer ${token()}` }, body: JSON.stringify({
	    compcode: 'SF', user_id, device_sn: 'CRT5200-SN001', timestamp }) });
}

const state = () => JSON.parse(fs.readFileSync(`${dir}/run.json`, 'utf8'));

test('ready, and the calls of the article answer as printed', async () => {
	const run = await start();
	const lines = run.text.trim().split('\n');
	const [email, password] =
	    fs.readFileSync(`${dir}/demo.login`, 'utf8').split('\n');

	assert.equal(lines.at(-1), `ready: http://127.0.0.1:${port}`);
	assert.ok(run.text.includes(email) && run.text.includes(password));
	for (const name of ['demo.token', 'demo.login']) {
		const at = fs.statSync(`${dir}/${name}`);
		assert.equal(at.mode & 0o777, 0o600);
		assert.equal(at.uid, process.getuid());
	}
	for (const [user, status, text] of [
	    [42, 200, '{"status":true,"access":"ALLOWED"}'],
	    [43, 200, '{"status":true,"access":"DENIED"}'],
	    [99, 404, '{"status":false,"message":"Biometric user not mapped"}'],
	    [42, 200, '{"status":true,"message":"Duplicate ignored"}']]) {
		const got = await punch(user, '2026-03-12 07:30:00');
		assert.equal(got.status, status);
		assert.equal(got.text, text);
	}
});

test('servers are not root where that can be helped', t => {
	if (process.getuid() !== 0)
		return t.skip('not root anyway');
	if (/servers run as root/.test(running.text))
		return t.skip('the folder is root\'s own');
	for (const { name, pid } of state().programs) {
		const uid = Number(fs.readFileSync(`/proc/${pid}/status`, 'utf8')
		    .match(/^Uid:\s+(\d+)/m)[1]);
		assert.equal(uid === 0, name === 'nginx', name);
	}
});

test('a second one and a reset are refused meanwhile', () => {
	const second = once();
	assert.equal(second.status, 1);
	assert.match(second.stderr, /^run: already running as process \d+/);
	const reset = once('reset');
	assert.equal(reset.status, 1);
	assert.match(reset.stderr, /stop it first/);
});

test('Ctrl-C stops all of it', async () => {
	const { programs } = state();
	await stop(running, 'SIGINT');
	for (const { name, pid, born } of programs)
		assert.ok(bornAt(pid) !== born, name);
});

test('a second start has the data, also after kill -9', async () => {
	const before = token();
	let run = await start();
	assert.equal((await punch(42, '2026-03-12 07:30:00')).text,
	    '{"status":true,"message":"Duplicate ignored"}');
	run.child.kill('SIGKILL');
	await run.ended;
	run = await start();
	assert.equal(token(), before);
	assert.equal((await punch(43, '2026-03-12 07:30:00')).text,
	    '{"status":true,"message":"Duplicate ignored"}');
});

test('what dies is named, and the rest stopped', async () => {
	const victim = state().programs.find(p => p.name === 'gymgate-bridge');
	process.kill(victim.pid, 'SIGKILL');
	assert.equal(await running.ended, 1);
	assert.match(running.text, /gymgate-bridge ended with SIGKILL/);
	assert.equal(await accepts(port), false);
});

test('a taken port is named', async () => {
	const other = spawn(process.execPath, ['-e',
	    `require('net').createServer().listen(${port}, '127.0.0.1')`]);
	await until('the port to be taken', () => accepts(port));
	const got = once();
	other.kill();
	assert.equal(got.status, 1);
	assert.match(got.stderr, new RegExp(`port ${port} is taken`));
});

test('reset throws it away', () => {
	assert.equal(once('reset').status, 0);
	assert.equal(fs.existsSync(dir), false);
});
