// trouble.test.mjs: the database away, workers killed, reloads, the end
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { query } from '../stack/database.mjs';
import { Stack } from '../stack/stack.mjs';
import { SLOW, until } from '../stack/wait.mjs';
import { addActive, ALLOWED, attendances, hold, ledger, memberSql, punch, quote,
    REPEAT, rowCounts, SN } from './gym.mjs';

const WORKERS = 3;
let stack, cookie;

before(async () => {
	stack = await Stack.start({ demo: true, own: true, workers: WORKERS });
	cookie = await stack.signIn();
	await stack.sql(Array.from({ length: 50 }, (x, i) => memberSql({
	    id: 1000 + i, mappings: [[`${1000 + i}`]],
	    subscriptions: [['2020-01-01', '2099-12-31']] })).join('\n'));
});
after(() => stack.stop());

const front = () => stack.request('GET', '/', { headers:
    { Cookie: cookie } });

const health = () => stack.request('GET', '/healthz');

const healthy = () => until('health', async () =>
    (await health()).status === 200);

// Every worker, so many times in a row.
const allHealthy = () => until('all workers\' health', async () => {
	for (let i = 0; i < 6 * WORKERS; i++)
		assert.equal((await health()).status, 200);
	return true;
});

// Distinct punches, so many a minute; `n` of them from `minute` of the day on.
const many = (day, n, first = 0) => Array.from({ length: n }, (x, k) => {
	const i = first + k, minute = Math.floor(i / 50);
	return punch(1000 + i % 50, `${day} ${String(Math.floor(minute / 60))
	    .padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`);
});

const ids = items => items.map(p => `${SN} ${p.user_id} ${p.timestamp}`).sort();

const heldOn = day => ledger(stack, `time LIKE ${quote(`${day}%`)}`);

// Sends until an answer says that it is in; whoever is not answered, or told
// to come again, does.
async function insist(items) {
	for (;;) {
		const got = await stack.post(items).catch(() => null);
		if (got?.status === 200)
			return got;
		assert.ok(!got || got.status === 503, got?.text);
		await healthy();
	}
}

test('with the database away all say 503; back, all go on by themselves',
    async () => {
	const workers = stack.web.children();
	await stack.db.kill();
	for (const body of [punch(42, '2026-03-12 07:30:00'),
	    [punch(42, '2026-03-12 07:30:00')], punch(42), {}]) {
		const got = await stack.post(body);
		assert.equal(got.status, 503, got.text);
		assert.equal(got.headers['content-type'], 'application/json');
		assert.match(got.headers['retry-after'], /^[1-9]\d*$/);
		assert.deepEqual(Object.keys(got.json), ['status', 'message']);
		assert.equal(got.json.status, false);
		assert.doesNotMatch(got.text, /mysql|maria|sock|\(\d+\)/i);
	}
	const status = await stack.request('PUT', `/api/devices/${SN}/status`,
	    { token: stack.token, headers: { 'Content-Type':
	    'application/json' }, body: '{}' });
	assert.equal(status.status, 503);
	assert.ok(status.headers['retry-after']);
	const sick = await health();
	assert.equal(sick.status, 503);
	assert.equal(sick.json.status, false);
	assert.ok(sick.headers['retry-after']);
	for (const got of [await front(), await stack.request('POST', '/login',
	    { headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
	    body: 'email=a@example.org&password=something' })]) {
		assert.equal(got.status, 503);
		assert.match(got.headers['content-type'], /^text\/html/);
		assert.ok(got.headers['retry-after']);
		assert.match(got.text, /Back in a moment/);
	}
	// a screen on the wall comes again by itself
	const desk = await stack.request('GET', '/desk', { headers: { Cookie:
	    'gymgate-display=x' } });
	assert.equal(desk.status, 503);
	assert.equal(desk.headers.refresh, '15');
	// what needs no database is there all the same
	assert.equal((await stack.request('GET', '/login')).status, 200);

	await stack.db.start();
	await allHealthy();
	const got = await stack.post(punch(42, '2026-03-12 07:30:00'));
	assert.equal(got.text, ALLOWED);
	assert.equal((await attendances(stack, 42)).length, 1);
	assert.equal((await front()).status, 200);
	assert.deepEqual(stack.web.children(), workers, 'no worker was lost');
});

test('a database that dies amid batches leaves none half, none twice',
    async () => {
	const day = '2026-03-20', all = many(day, 3000);
	const batches = Array.from({ length: 30 }, (x, i) =>
	    all.slice(i * 100, i * 100 + 100));
	const answered = [];
	let at = 0;
	const clients = Array.from({ length: 3 }, async () => {
		while (at < batches.length) {
			const n = at++;
			const got = await stack.post(batches[n])
			    .catch(() => ({ status: 0 }));
			if (got.status === 200)
				answered.push(n);
			else
				assert.ok([0, 503].includes(got.status), got.text);
		}
	});
	await until('a few to be in', () => answered.length >= 5);
	await stack.db.kill();
	await Promise.all(clients);
	await stack.db.start();
	await healthy();
	const held = new Set(await heldOn(day));
	for (const n of answered)
		for (const id of ids(batches[n]))
			assert.ok(held.has(id), 'what was answered is there');
	for (const batch of batches) {
		const there = ids(batch).filter(id => held.has(id)).length;
		assert.ok(there === 0 || there === 100, `${there} of 100`);
	}
	assert.ok(held.size < all.length, 'it died too late to show anything');
	for (const batch of batches)
		await insist(batch);
	assert.deepEqual(await heldOn(day), ids(all));
});

test('a worker that is killed is replaced, and punches arrive once',
    async () => {
	const day = '2026-03-21', all = many(day, 1500);
	const first = stack.web.children();
	let at = 0, done = 0;
	const clients = Array.from({ length: 4 }, async () => {
		while (at < all.length) {
			const n = at;
			at += 10;
			await insist(all.slice(n, n + 10));
			done++;
		}
	});
	let kills = 0;
	for (const goal of [10, 30, 50, 70, 90, 110, 130]) {
		await until('progress', () => done >= goal, 30000);
		const [victim] = stack.web.children();
		process.kill(victim, 'SIGKILL');
		kills++;
		await until('another worker', () => {
			const now = stack.web.children();
			return now.length === WORKERS && !now.includes(victim);
		});
	}
	await Promise.all(clients);
	assert.deepEqual(await heldOn(day), ids(all));
	assert.ok(stack.web.running);
	assert.equal((stack.web.text().match(/died of signal 9/g) ?? []).length,
	    kills);
	assert.ok(stack.web.children().some(pid => !first.includes(pid)));
	await allHealthy();
});

test('SIGHUP under load starts all workers anew and drops no request',
    async () => {
	const day = '2026-03-22', parent = stack.web.pid;
	const answers = {};
	let at = 0, go = true;
	const clients = Array.from({ length: 6 }, async () => {
		while (go) {
			const n = at++, [p] = many(day, 1, n);
			const got = n % 3 ? await stack.post(p) : await health();
			answers[got.status] = (answers[got.status] ?? 0) + 1;
			if (n % 3 && got.text !== ALLOWED)
				answers[got.text] = p;
		}
	});
	for (let i = 0; i < 4; i++) {
		const old = stack.web.children();
		stack.web.signal('SIGHUP');
		await until('new workers', () => {
			const now = stack.web.children();
			return now.length === WORKERS &&
			    !now.some(pid => old.includes(pid));
		}, 20000);
		const seen = at;
		await until('requests to go on', () => at > seen + 30);
	}
	go = false;
	await Promise.all(clients);
	assert.deepEqual(Object.keys(answers), ['200'], JSON.stringify(answers));
	assert.equal(stack.web.pid, parent);
	assert.ok(stack.web.running);
});

test('a reload takes what the configuration says now', async () => {
	const conf = fs.readFileSync(stack.conf, 'utf8');
	fs.writeFileSync(stack.conf, conf.replace(/^workers = .*$/m,
	    'workers = 5'));
	stack.web.signal('SIGHUP');
	await until('five workers', () => stack.web.children().length === 5);
	fs.writeFileSync(stack.conf, conf);
	stack.web.signal('SIGHUP');
	await until('three workers', () =>
	    stack.web.children().length === WORKERS);
	await healthy();
});

test('a reload with a broken configuration changes nothing', async () => {
	const conf = fs.readFileSync(stack.conf, 'utf8');
	const workers = stack.web.children();
	const complaints = () => (stack.web.text()
	    .match(/going on as before/g) ?? []).length;
	for (const broken of ['nonsense\n', conf.replace(/^workers = .*$/m,
	    'workers = none'), conf.replace(/^html = .*$/m, 'html = /none')]) {
		const before_ = complaints();
		fs.writeFileSync(stack.conf, broken);
		stack.web.signal('SIGHUP');
		await until('its complaint', () => complaints() > before_);
		assert.deepEqual(stack.web.children(), workers);
		assert.equal((await front()).status, 200);
	}
	fs.writeFileSync(stack.conf, conf);
	assert.ok(stack.web.running);
});

test('SIGHUP and SIGTERM let a request in hand be answered', async () => {
	await addActive(stack, 900);
	await addActive(stack, 901);
	for (const [user, signal] of [[900, 'SIGHUP'], [901, 'SIGTERM']]) {
		// a punch without a time waits for its terminal's row
		const held = await hold(stack, 'SELECT id FROM mst_devices');
		const answer = stack.post(punch(user));
		await until('it to wait', async () =>
		    await held.busy(/FOR UPDATE/) === 1);
		const ended = stack.web.ended, old = stack.web.children();
		stack.web.wanted = false;
		stack.web.signal(signal);
		await until('idle workers to go', () => stack.web.children()
		    .filter(pid => old.includes(pid)).length === 1);
		await held.release();
		assert.equal((await answer).text, ALLOWED, signal);
		if (signal === 'SIGTERM')
			await ended;
	}
	assert.equal(stack.web.running, false);
	assert.equal(stack.web.how, 'status 0');
	assert.equal(fs.existsSync(`${stack.dir}/web.sock`), false);
	// nobody is there now: nginx speaks for us
	const got = await stack.post(punch(42, '2026-03-12 07:31:00'));
	assert.equal(got.status, 503);
	assert.equal(got.headers['retry-after'], '5');
	assert.equal(got.json.status, false);
	assert.equal((await front()).status, 503);
	await stack.web.start();
	await healthy();
	assert.equal((await attendances(stack, 901)).length, 1);
});

test('a socket that a killed parent left behind does not stop a start',
    async () => {
	await stack.web.kill();
	assert.ok(fs.existsSync(`${stack.dir}/web.sock`));
	await stack.web.start();
	await healthy();
	const got = await stack.post(punch(42, '2026-03-12 07:30:00'));
	assert.equal(got.text, REPEAT);
});

test('the workers start without a database, and find it when it comes',
    async () => {
	await stack.web.stop();
	await stack.db.stop();
	await stack.web.start();
	assert.equal((await health()).status, 503);
	await stack.db.start();
	await healthy();
	assert.equal((await stack.post(punch(42, '2026-03-12 07:32:00'))).text,
	    ALLOWED);
});

test('connections that the server cut are made anew, unseen', async () => {
	const before_ = await rowCounts(stack);
	for (let round = 0; round < 3; round++) {
		const list = await query(stack.db.socket, 'SHOW PROCESSLIST');
		const own = list.filter(r => r.User === stack.schema);
		assert.ok(own.length > 0);
		await query(stack.db.socket, own.map(r =>
		    `KILL ${r.Id};`).join(''));
		const began = performance.now();
		for (let i = 0; i < 3 * WORKERS; i++) {
			const got = await stack.post(punch(42,
			    '2026-03-12 07:30:00'));
			assert.ok(got.text === REPEAT || got.status === 503,
			    got.text);
		}
		assert.ok(performance.now() - began < 5000 * SLOW);
		await healthy();
		assert.equal((await stack.post(punch(42,
		    '2026-03-12 07:30:00'))).text, REPEAT);
	}
	assert.deepEqual(await rowCounts(stack), before_);
});
