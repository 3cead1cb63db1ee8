// captive-portal.test.mjs: something else answers in the server's place
//
// Between bridge and nginx lies a line that can be led to an impostor: the
// portal of a hotel, a broken proxy, a server that says something like yes.
// And the worst of all lines: it carries the request, but not the answer.
// Nothing may leave the spool for it, and nothing may be stored twice.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { REPO, Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { makeNoon, wall } from './gym.mjs';
import { count, forget, held, settles } from './ledger.mjs';
import { Line, reset } from './line.mjs';

const PAGE = '<!doctype html><title>Welcome</title><p>Please sign in to our WiFi';
let stack, terminal, line, impostor;
let asked = 0;		// posts of punches that the impostor has had
let reply;		// (req, res, body): what it does
let ago = 30;		// minutes; each lot of punches takes its own

before(async () => {
	stack = await Stack.start({ demo: 'morning', terminals: [{}] });
	terminal = stack.terminals[0];
	makeNoon(stack);
	await forget(stack);
	line = await Line.to(stack.port);
	impostor = http.createServer((req, res) => {
		let body = '';
		req.on('data', part => { body += part; });
		req.on('end', () => {
			asked += req.url === '/api/biometric_attendances';
			reply(req, res, body);
		});
	});
	await new Promise(done => impostor.listen(0, '127.0.0.1', done));
	await stack.startBridge({ server: { url: line.url, batch: 20,
	    backoff_least_ms: 20, backoff_most_ms: 100, timeout_ms: 2000 } });
});
after(async () => {
	await stack?.stop();
	await line?.close();
	impostor?.closeAllConnections();
	impostor?.close();
});

async function punches(n) {
	for (let id = 1; id <= n; id++)
		assert.match(await terminal.send(`punch ${id} ${
		    await wall(terminal, ago * 60 + id)}`), /^ok /);
	ago += 5;
}

const status = () => execFileSync(`${REPO}/build/bin/gymgate-bridge`,
    ['-c', stack.bridgeConf, 'status'], { encoding: 'utf8', env:
    { ...process.env, ...stack.env } });
const said = word => Number(status().match(new RegExp(`${word} +(\\d+)`))[1]);

// A number of results as asked, but by somebody who has never heard of us.
const items = body => JSON.parse(body).length ?? 1;

const answers = {
	'200 with a page': (req, res) => {
		res.writeHead(200, { 'Content-Type': 'text/html' });
		res.end(PAGE);
	},
	'200 with a page that poses as JSON': (req, res) => {
		res.writeHead(200, { 'Content-Type': 'application/json' });
		res.end(PAGE);
	},
	'200 with nothing': (req, res) => res.writeHead(200).end(),
	'200 with JSON of another shape': (req, res) => {
		res.writeHead(200, { 'Content-Type': 'application/json' });
		res.end('{"ok":true}');
	},
	'200 with too few results': (req, res, body) => {
		res.writeHead(200, { 'Content-Type': 'application/json' });
		res.end(JSON.stringify({ status: true, results:
		    Array.from({ length: items(body) - 1 }, () =>
		    ({ code: 200, status: true, access: 'ALLOWED' })) }));
	},
	'302 to a page': (req, res) =>
		res.writeHead(302, { Location: '/welcome' }).end(PAGE),
	'404 with a page': (req, res) => res.writeHead(404).end(PAGE),
	'511, sign in first': (req, res) => res.writeHead(511).end(PAGE),
	'half an answer': (req, res) => {
		res.writeHead(200, { 'Content-Length': 1000 });
		res.write('{"status":true');
		res.destroy();
	},
};

for (const [what, answer] of Object.entries(answers)) {
	test(`${what}: nothing leaves the bridge`, async () => {
		const before = await count(stack);
		reply = answer;
		line.lead(impostor.address().port);
		await punches(10);
		const first = asked;
		await until('some tries', () => asked >= first + 3);
		await until('all in the spool', () => said('waiting') === 10);
		assert.equal(said('parked'), 0);
		assert.equal(await count(stack), before);
		assert.match(status(), /^server .*\n +error +(?!none)\S/m);

		line.lead(stack.port);
		assert.equal(await settles(stack), before + 10);
		await until('nothing to wait', () => said('waiting') === 0);
		assert.match(status(), /^server .*\n +error +none/m);
	});
}

test('the answer is lost on the way: sent again, stored once', async t => {
	const before = await count(stack);
	let lost = 0;
	line.passes = (part, call) => {
		if (!/^HTTP\/1\.1 200/.test(part.toString('latin1')) ||
		    lost >= 10)
			return true;
		lost++;
		call.forEach(reset);
		return false;
	};
	await punches(40);
	assert.equal(await settles(stack), before + 40);
	await until('nothing to wait', () => said('waiting') === 0);
	line.passes = () => true;
	assert.ok(lost > 0);
	t.diagnostic(`${lost} answers lost`);
	assert.equal((await stack.sql(`SELECT COUNT(*) AS n
	    FROM trn_punch_inbox`))[0].n, '0', 'no repeats either');
	assert.equal(await settles(stack), (await held(stack)).length);
});
