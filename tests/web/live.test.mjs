// live.test.mjs: how many streams of the live hub one may hold, and a refresh
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { addCompany, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { quote } from './gym.mjs';
import { Person } from './pages.mjs';

const OWN = 20, COMPANY = 1000;	// at most, of a session and of all of a gym
let stack, day, gym, crowded, owner, other;
const opened = [];

before(async () => {
	stack = await Stack.start({ live: true });
	day = makeNoon(stack);
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	crowded = await addCompany(stack, 'BB');
	owner = await Person.signIn(stack, gym.owner);
	other = await Person.signIn(stack, crowded.owner);
});
after(async () => {
	closeAll();
	await stack.stop();
});

function closeAll() {
	for (const stream of opened.splice(0))
		stream.close();
}

async function open(cookie, path = '/live/events') {
	const stream = await stack.events(path, { headers: { Cookie: cookie } });
	opened.push(stream);
	return stream;
}

// As many, one after the other: the first is the oldest.
async function openAll(count, cookie, pathOf = () => '/live/events') {
	const streams = [];
	for (let i = 0; i < count; i++)
		streams.push(await open(cookie, pathOf(i)));
	assert.deepEqual(streams.filter(s => s.status !== 200), []);
	return streams;
}

const openOf = streams => streams.map(stream => !stream.ended);

const hashOf = secret => createHash('sha256').update(secret).digest('hex');

// The other's sessions, made without the price of a password each.
async function sessions(count) {
	const secrets = Array.from({ length: count }, (x, i) =>
	    String(i).padStart(64, '0'));
	const rows = secrets.map(secret =>
	    `SELECT ${quote(hashOf(secret))} AS hash`).join(' UNION ALL ');
	await stack.sql(`INSERT INTO trn_sessions (ses_hash, ses_user_id,
	    ses_compcode, ses_created_at, ses_seen_at, ses_expires_at)
	    SELECT hash, ses_user_id, ses_compcode, ses_created_at, ses_seen_at,
	    ses_expires_at FROM trn_sessions JOIN (${rows}) h
	    WHERE ses_compcode = 'BB'`);
	return secrets.map(secret => `gymgate-session=${secret}`);
}

test('of a session twenty are open at most, the newest', async () => {
	const branches = (await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = 'AA'`)).map(({ id }) => `?branch=${id}`);
	const [again] = await openAll(1, (await Person.signIn(stack, gym.owner))
	    .cookie);
	// whatever branch each of them shows
	const streams = await openAll(OWN + 2, owner.cookie, i =>
	    `/live/events${['', ...branches][i % 3]}`);
	await until('the oldest to be closed', () =>
	    streams[0].ended && streams[1].ended);
	assert.deepEqual(openOf(streams), streams.map((s, i) => i >= 2));
	assert.deepEqual(openOf([again]), [true]);
	closeAll();
});

test('a dashboard is told to look again when a punch waits no more',
    async () => {
	const stream = await open(owner.cookie);
	const told = () => stream.events.filter(e => e.event === 'refresh')
	    .length;
	const waiting = () => stream.events.filter(e => e.event === 'counts')
	    .at(-1)?.data.match(/Not mapped<\/dt><dd>(\d+)</)?.[1];
	for (const [n, user] of ['x8', 'x9'].entries()) {
		await stack.post({ compcode: 'AA', user_id: user,
		    device_sn: 'AA-1', timestamp: `${day} 11:30:00` },
		    { token: gym.token });
		await until('its count', () => waiting() === `${n + 1}`);
	}
	assert.equal(told(), 0);
	assert.equal((await owner.post('/inbox/dismiss',
	    { sn: 'AA-1', user: 'x8' })).status, 303);
	await until('a refresh', () => told() === 1);
	assert.equal(waiting(), '1');
	closeAll();
});

test('a gym has a thousand, and more of it come again later', async () => {
	const people = await sessions(COMPANY / OWN);
	const all = (await Promise.all(people.map(cookie =>
	    openAll(OWN, cookie)))).flat();
	assert.equal(all.length, COMPANY);
	const refused = await open(other.cookie);
	assert.equal(refused.status, 503);
	assert.match(refused.headers['retry-after'], /^\d+$/);
	// nobody else is refused for it, and nobody of it is turned out
	await openAll(1, owner.cookie);
	const bridge = await stack.events('/api/devices/BB-1/events',
	    { headers: { Authorization: `Bearer ${crowded.token}` } });
	opened.push(bridge);
	assert.equal(bridge.status, 200);
	assert.ok(all.every(stream => !stream.ended));
	// who is at the own limit has the newest in place of the oldest
	await openAll(1, people[0]);
	await until('the oldest to be closed', () => all[0].ended);
	assert.equal(all.filter(stream => stream.ended).length, 1);
	// room that is left is there for all
	all[1].close();
	await until('room', async () =>
	    (await open(other.cookie)).status === 200);
	closeAll();
});
