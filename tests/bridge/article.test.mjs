// article.test.mjs: the bridge serves the server of the article as well: one
// punch a request, no token, and an answer for each that forgets some
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { until } from '../stack/wait.mjs';
import { Gym, SERIAL, Server, TOKEN, key } from './gym.mjs';

const HOUR_MS = 3600 * 1000;
const EXACT = { doubled: [], invented: [] };

const rails = (status, body) => ({ status, headers: {
    'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body) });
const page = (status, text, headers = {}) => ({ status, headers: {
    'Content-Type': 'text/html; charset=utf-8', ...headers },
    body: `<!DOCTYPE html><title>${text}</title>` });

// What else than the article's controller may answer.
const TROUBLES = {
	'away': () => page(503, 'Service unavailable'),
	'broken': () => page(500, "We're sorry, but something went wrong"),
	'elsewhere': () => page(301, 'Moved', { Location: '/login' }),
	'lost': () => page(404, "The page you were looking for doesn't exist"),
	'lost in JSON': () => rails(404, { status: 404, error: 'Not Found' }),
	'afraid of forgery': () => rails(422, { status: 422,
	    error: 'Unprocessable Entity' }),
	'busy': () => rails(429, { status: false, message: 'Too many' }),
	'closed to us': () => rails(401, { status: false, message: 'Who?' }),
	'a portal': () => page(200, 'Free Wi-Fi'),
	'a portal that imitates': () => ({ ...rails(200,
	    { status: true, access: 'ALLOWED' }),
	    headers: { 'Content-Type': 'text/html' } }),
};

// The article's controller, step by step.  `unmapped` are the users it does
// not know, `expired` those whose subscription is over.
class ArticleServer extends Server {
	constructor() {
		super();
		this.unmapped = new Set();
		this.expired = new Set();
		this.trouble = null;
		this.minutes = new Set();	// of members
		this.answers = [];		// { item, answer }
		this.sockets = new Set();
		this.bearers = new Set();
	}

	create(item) {
		if (this.unmapped.has(item.user_id))
			return rails(404, { status: false,
			    message: 'Biometric user not mapped' });
		const id = key(item);
		this.ledger.set(id, (this.ledger.get(id) ?? 0) + 1);
		this.order.push(id);
		const minute = `${item.user_id} ${item.timestamp.slice(0, 16)}`;
		if (this.minutes.has(minute))
			return rails(200, { status: true,
			    message: 'Duplicate ignored' });
		this.minutes.add(minute);
		return rails(200, { status: true, access:
		    this.expired.has(item.user_id) ? 'DENIED' : 'ALLOWED' });
	}

	answer(req, text) {
		if (req.url !== '/api/biometric_attendances') {
			this.reports.push(req.url);
			return page(404, 'No such page');
		}
		if (req.method !== 'POST' ||
		    req.headers['content-type'] !== 'application/json')
			this.wrong.push(req.headers);
		this.requests++;
		this.sockets.add(req.socket);
		this.bearers.add(req.headers.authorization);
		if (this.trouble)
			return TROUBLES[this.trouble]();
		const item = JSON.parse(text);
		const answer = this.create(item);
		this.items.push(item);
		this.answers.push({ item, answer });
		return answer;
	}

	// How often a punch of this user was told, whatever the answer.
	told(user) {
		return this.items.filter(item => item.user_id === user).length;
	}
}

async function openGym(t, { more = {}, started = true, ...rest } = {}) {
	const gym = await Gym.open(t, { started: false, ...rest });

	await gym.server.stop();
	gym.server = new ArticleServer();
	await gym.server.start();
	gym.configure({ ...more, server: { server: 'article', token_file: '',
	    ...more.server } });
	if (started)
		await gym.bridge.start();
	return gym;
}

function setClock(gym, offsetMs) {
	const file = gym.env.GYMGATE_TEST_CLOCK;
	fs.writeFileSync(`${file}.new`, `${offsetMs}\n`);
	fs.renameSync(`${file}.new`, file);
}

const awaitCounts = (gym, waiting, parked) => until(
    `${waiting} to wait, ${parked} to be parked`, async () =>
    new RegExp(`waiting +${waiting}\\n +parked +${parked}\\n`).test(
    (await gym.command('status')).stdout));

test('each punch is a request as the article made it, in order', async t => {
	const gym = await openGym(t);
	gym.server.expired.add('41');
	await until('the connection', () =>
	    gym.bridge.text().includes(SERIAL));
	for (const user of [40, 41, 42, 43, 44])
		await gym.order(`punch ${user}`);
	assert.deepEqual(await gym.settled(), { count: 5, ...EXACT });
	await awaitCounts(gym, 0, 0);
	const { items, answers, order, bearers, sockets, wrong } = gym.server;
	assert.deepEqual(items.map(item => item.user_id),
	    ['40', '41', '42', '43', '44']);
	for (const item of items) {
		assert.deepEqual(Object.keys(item).sort(),
		    ['compcode', 'device_sn', 'timestamp', 'user_id']);
		assert.equal(item.compcode, 'SF');
		assert.equal(item.device_sn, SERIAL);
		assert.match(item.timestamp,
		    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
	}
	assert.match(answers[1].answer.body, /DENIED/);
	assert.match(answers[2].answer.body, /ALLOWED/);
	assert.equal(order.length, 5);
	assert.deepEqual([...bearers], [undefined]);
	assert.equal(sockets.size, 1);
	assert.deepEqual(wrong, []);
});

test('a token is sent where there is one', async t => {
	const gym = await openGym(t, { more: { server: { token: TOKEN } } });
	await gym.order('punch 42');
	assert.deepEqual(await gym.settled(), { count: 1, ...EXACT });
	assert.deepEqual([...gym.server.bearers], [`Bearer ${TOKEN}`]);
});

test('a backlog of two terminals arrives in order, repeats and all',
    async t => {
	const gym = await openGym(t, { terminals: 2, started: false });
	for (const terminal of gym.terminals) {
		await gym.order('log 60', terminal);
		await gym.order('punch 42', terminal);
	}
	// members who touch twice within the minute
	await gym.order('punch 43');
	const second = () => Math.floor(Date.now() / 1000);
	const then = second();
	await until('the next second', () => second() > then);
	await gym.order('punch 43');
	await gym.bridge.start();
	const { doubled, invented } = await gym.settled();
	assert.deepEqual({ doubled, invented }, EXACT);
	await awaitCounts(gym, 0, 0);
	for (const sn of [SERIAL, 'CRT5200-SN002']) {
		const times = gym.server.items.filter(item =>
		    item.device_sn === sn).map(item => item.timestamp);
		// what is fresh, then what is not
		const turns = times.filter((time, i) =>
		    i > 0 && time < times[i - 1]).length;
		assert.ok(turns <= 1, `${turns} turns back`);
	}
	assert.equal(gym.server.sockets.size, 1);
});

test('a user who is not mapped is tried again day after day', async t => {
	const gym = await openGym(t);
	gym.server.unmapped.add('99');
	for (const user of [42, 99, 43])
		await gym.order(`punch ${user}`);
	await until('the others', () => gym.server.ledger.size === 2);
	await awaitCounts(gym, 0, 1);
	assert.match((await gym.command('status')).stdout,
	    /user 99 .* 404: Biometric user not mapped/);
	assert.equal(gym.server.told('99'), 1);

	// not before a day is over
	setClock(gym, 23 * HOUR_MS);
	await gym.order('punch 44');
	await until('another punch', () => gym.server.ledger.size === 3);
	assert.equal(gym.server.told('99'), 1);

	// in vain
	setClock(gym, 25 * HOUR_MS);
	await until('the second try', () => gym.server.told('99') === 2);
	await awaitCounts(gym, 0, 1);

	// and at last, after a restart as well
	gym.server.unmapped.clear();
	assert.ok(await gym.bridge.stop());
	setClock(gym, 50 * HOUR_MS);
	await gym.bridge.start();
	await until('the third try', () => gym.server.told('99') === 3);
	await awaitCounts(gym, 0, 0);
	assert.deepEqual(await gym.settled(), { count: 4, ...EXACT });
	assert.deepEqual(gym.server.wrong, []);
});

test('what the server refuses is parked and holds nobody up', async t => {
	const gym = await openGym(t, { started: false });
	const create = gym.server.create.bind(gym.server);
	gym.server.create = item => item.user_id === '13' ? rails(422,
	    { status: false, message: 'is not wanted' }) : create(item);
	for (const user of [13, 42])
		await gym.order(`punch ${user}`);
	await gym.bridge.start();
	await until('the other', () => gym.server.ledger.size === 1);
	await awaitCounts(gym, 0, 1);
	// that one is for a person to look at, not for time to heal
	setClock(gym, 25 * HOUR_MS);
	await gym.order('punch 43');
	await until('another', () => gym.server.ledger.size === 2);
	assert.equal(gym.server.told('13'), 1);
});

for (const trouble of Object.keys(TROUBLES)) {
	test(`a server that is ${trouble} loses nothing`, async t => {
		const gym = await openGym(t);
		gym.server.trouble = trouble;
		await gym.order('log 10');
		await gym.order('punch 42');
		await until('three tries', () => gym.server.requests >= 3);
		await awaitCounts(gym, 11, 0);
		gym.server.trouble = null;
		assert.deepEqual(await gym.settled(), { count: 11, ...EXACT });
		await awaitCounts(gym, 0, 0);
	});
}

test('a server that cannot be reached loses nothing', async t => {
	const gym = await openGym(t);
	await gym.server.stop();
	await gym.order('log 10');
	await gym.order('punch 42');
	await until('the words', () =>
	    gym.bridge.text().includes('no connection'));
	await gym.server.start(gym.server.port);
	assert.deepEqual(await gym.settled(), { count: 11, ...EXACT });
});

test('kill -9 sends again what was in hand, and nothing else', async t => {
	const gym = await openGym(t);
	const kills = 5;
	await gym.order('log 300');
	for (let i = 1; i <= kills; i++) {
		await until('some punches', () =>
		    gym.server.items.length >= 30 * i, 10000, 1);
		await gym.bridge.kill();
		await gym.bridge.start();
	}
	const { count, doubled, invented } = await gym.settled();
	assert.equal(count, 300);
	assert.deepEqual(invented, []);
	assert.ok(doubled.length <= kills, `${doubled.length} came again`);
	assert.ok(doubled.every(([, times]) => times <= kills + 1));
});

test('it is told how a long backlog drains', async t => {
	const gym = await openGym(t, { started: false,
	    more: { bridge: { log: 'info' } } });
	await gym.order('log 10050');
	const began = Date.now();
	await gym.bridge.start();
	assert.deepEqual(await gym.settled(60000), { count: 10050, ...EXACT });
	t.diagnostic(`${Math.round(10050 * 1000 / (Date.now() - began))} ` +
	    'punches a second');
	await until('the end', () =>
	    gym.bridge.text().includes('10050 punches sent, none wait'));
	assert.match(gym.bridge.text(), /: 10000 punches sent, 50 wait/);
});
