// messages.test.mjs: a campaign of reminders while everything fails: each member
// is written to at most once, and what nobody knows of is told
//
// SEED=N draws the same again; SOAK=N five times as many members, from 10 on.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { BIN, Stack } from '../stack/stack.mjs';
import { pause, until } from '../stack/wait.mjs';
import { Person, textOf } from '../web/pages.mjs';
import { FakeService } from '../whatsapp/service.mjs';
import { allowMessages, enrol } from './campaign.mjs';
import { addCompany, dice, makeNoon } from './gym.mjs';

const MEMBERS = Number(process.env.SOAK ?? 1) >= 10 ? 10000 : 2000;
const KILLS = 100;
const LONGEST_MS = 300000;	// of a run that is left to end by itself
const HOUR_MS = 3600000;
const CODE = 'CAMP';
const seed = Number(process.env.SEED ?? Date.now() % 100000);
const roll = dice(seed);
const upTo = n => Math.floor(roll() * n);

let stack, service, owner, clock;

before(async () => {
	console.log(`# SEED=${seed}`);
	service = await FakeService.start({});
	stack = await Stack.start({ workers: 2, conf: service.conf() });
	const today = makeNoon(stack);
	// half past midnight, so that the day lasts
	clock = Number(fs.readFileSync(stack.env.GYMGATE_TEST_CLOCK, 'utf8')) -
	    11.5 * HOUR_MS;
	stack.setClock(clock);
	const gym = await addCompany(stack, CODE, { members: 0 });
	service.hook(`${stack.url}/api/whatsapp/webhook`);
	await allowMessages(stack, service, CODE);
	await enrol(stack, CODE, MEMBERS, today);
	owner = await Person.signIn(stack, gym.owner);
});
after(async () => {
	await stack?.stop();
	await service?.stop();
});

// ---- what goes wrong ---------------------------------------------------------

// Of a hundred requests so many get this; the others are accepted.
const TROUBLE = [
	[2, { status: 500 }], [2, { drop: true }], [1, { timeout: true }],
	[2, { refuse: true }], [2, { garbage: true }], [2, { error: 131026 }],
	[1, { error: 1 }], [1, { error: 131000 }], [1, { error: 131056 }],
	[1, { error: 130429 }], [4, { slow: 30 }], [2, { held: true }],
];

const NONE = {};
// Requests that got trouble, and those that are never answered.
let troubled = 0, silent = 0;

function order() {
	let at = upTo(100);
	const drawn = TROUBLE.find(([share]) => (at -= share) < 0)?.[1] ?? NONE;
	troubled += drawn !== NONE;
	silent += drawn.timeout === true;
	return drawn;
}

// ---- runs --------------------------------------------------------------------

const log = () => fs.openSync(`${stack.dir}/log/gymgate-remind.log`, 'a');

function start() {
	const out = log();
	const child = spawn(`${BIN}/gymgate-remind`, ['-c', stack.conf],
	    { stdio: ['ignore', out, out],
	    env: { ...process.env, ...stack.env } });
	fs.closeSync(out);
	const ended = new Promise(done => child.once('exit',
	    (code, signal) => done(signal ?? code)));
	return { child, ended };
}

// One run, or two at once, killed a moment after the service has had some
// requests, or has given trouble; now and then before that.
async function killed() {
	const runs = roll() < 0.2 ? [start(), start()] : [start()];
	const had = service.received.length, more = 1 + upTo(25);
	const ended = Promise.all(runs.map(run => run.ended));

	const trouble = roll() < 0.8 ? troubled : Infinity, hung = silent;
	if (roll() < 0.1)
		await pause(upTo(300));
	else
		await Promise.race([ended, until('requests', () =>
		    troubled > trouble || silent > hung ||
		    service.received.length >= had + more, 30000, 1)
		    .then(() => pause(upTo(5)))]);
	const alive = runs.filter(run => run.child.exitCode === null);
	for (const run of alive)
		run.child.kill('SIGKILL');
	await ended;
	return alive.length;
}

async function whole() {
	const { child, ended } = start();
	const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
	const how = await ended;

	clearTimeout(timer);
	return how;
}

const later = ms => stack.setClock(clock += ms);

const counts = async () => Object.fromEntries((await stack.sql(`SELECT
    msg_state AS state, COUNT(*) AS n FROM trn_messages WHERE msg_compcode =
    '${CODE}' GROUP BY msg_state`)).map(row => [row.state, Number(row.n)]));

// ---- the campaign ------------------------------------------------------------

test('killed a hundred times, refused, cut off: nobody hears twice', async () => {
	let kills = 0;

	service.orders = order;
	for (let i = 0; i < 4 * KILLS && kills < KILLS; i++) {
		kills += await killed();
		later(2 * 60000);	// claims end, and pauses
	}
	const after = await counts();
	console.log(`# after ${kills} kills: ${JSON.stringify(after)}`);
	assert.ok(kills >= KILLS, `${kills} runs lived to be killed`);

	service.orders = () => roll() < 40 / MEMBERS ? { drop: true } : {};
	for (let i = 0; i < 200 && await waits(); i++) {
		await whole();
		later(15 * 60000);
	}
	service.orders = () => ({});
	for (let i = 0; i < 40 && await waits(); i++) {
		await whole();
		later(HOUR_MS);
	}
	assert.deepEqual(service.wrong, []);
	assert.equal(await waits(), 0, `SEED=${seed}`);
	const rows = await all();
	assert.equal(rows.length, MEMBERS);
	const twice = rows.filter(row => delivered(row) > 1);
	assert.deepEqual(twice, [], `SEED=${seed}`);
});

const waits = async () => {
	const { DUE = 0, SENDING = 0 } = await counts();
	const { n } = (await stack.sql(`SELECT COUNT(*) AS n FROM trn_messages
	    WHERE msg_compcode = '${CODE}'`))[0];
	return Number(n) < MEMBERS ? 1 : DUE + SENDING;
};

const all = () => stack.sql(`SELECT id, msg_state AS state FROM trn_messages
    WHERE msg_compcode = '${CODE}'`);
const delivered = row => service.delivered.get(Number(row.id)) ?? 0;

test('what the service has and we do not know of is told, each', async () => {
	const rows = await all();
	const wrong = rows.filter(row => delivered(row) === 1 ?
	    !['ACCEPTED', 'UNKNOWN'].includes(row.state) :
	    !['FAILED', 'UNKNOWN', 'SKIPPED'].includes(row.state));
	const unknown = rows.filter(row => row.state === 'UNKNOWN');

	assert.deepEqual(wrong, [], `SEED=${seed}`);
	assert.ok(unknown.length > 0, 'some are unknown');
	const page = await owner.page('/messages?state=UNKNOWN');
	assert.match(textOf(page), new RegExp(`\\b${unknown.length}\\b`));
	console.log(`# ${unknown.length} unknown, of which the service has ${
	    unknown.filter(delivered).length}`);
});

test('events settle what it has, and only that', async () => {
	const before = (await all()).filter(row => row.state === 'UNKNOWN');

	await service.tellAll('delivered');
	await until('the events to be worked off', async () =>
	    (await all()).filter(delivered).every(row =>
	    row.state === 'DELIVERED'), 60000);
	const left = (await all()).filter(row => row.state === 'UNKNOWN');
	assert.deepEqual(left.map(row => row.id),
	    before.filter(row => !delivered(row)).map(row => row.id));
});

test('no log holds a token, a signature, a number or a name', async () => {
	const secrets = [service.token, service.secret, 'sha256=',
	    'Signature-256'];

	for (const name of fs.readdirSync(`${stack.dir}/log`)) {
		const text = fs.readFileSync(`${stack.dir}/log/${name}`, 'utf8');
		for (const secret of secrets)
			assert.ok(!text.includes(secret), `${name}: ${secret}`);
		assert.doesNotMatch(text, /981\d{7}/, name);
		assert.doesNotMatch(text, /Member \d/, name);
	}
});
