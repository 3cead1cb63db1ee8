// bridge-memory.test.mjs: a bridge that runs for long stays as small as it is
//
// Everything that a bridge does over the weeks, in fast motion: polls, signs of
// life, live punches, lines that break, event streams that end, and a night
// every few seconds, with all of the log read and all days compared.  Under
// `make soak` for SOAK x 6 minutes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { crc32, Gym } from '../bridge/gym.mjs';
import { pause, SOAK, until } from '../stack/wait.mjs';

const RECORDS = 30000;		// more than SQLite keeps in memory
const USERS = 200;
const WARM_S = 8;
const RUN_S = SOAK === 1 ? 16 : SOAK * 360;
const SAMPLE_S = SOAK === 1 ? 4 : 60;
const GROWTH_MOST = 1024 * 1024;
// whatever the hour, three o'clock lies in between
const NIGHT_MS = 27 * 3600000;
let gym;
const ends = [];

const said = words => gym.bridge.text().split(words).length - 1;

before(async () => {
	gym = await Gym.open({ after: end => ends.push(end) },
	    { terminal: { users: USERS }, started: false });
	countDays(gym.server);
	gym.configure({ bridge: { log: 'info' }, 'terminal t1':
	    { poll_ms: 100, keepalive_ms: 100 } });
	await gym.order(`log ${RECORDS}`);
	await gym.bridge.start();
});
after(async () => {
	for (const end of ends)
		await end();
});

// The server's sums, without going through all that it has at each question.
function countDays(server) {
	const days = new Map();
	const take = server.take;
	server.take = item => {
		const before = server.ledger.size;
		const answer = take.call(server, item);
		const day = item.timestamp.slice(0, 10);
		const sums = days.get(day) ?? { day, count: 0, sum: 0 };
		if (server.ledger.size > before) {
			sums.count++;
			sums.sum ^= crc32(`${item.user_id} ${item.timestamp}`);
		}
		days.set(day, sums);
		return answer;
	};
	server.sums = (sn, day) => {
		const { count, sum } = days.get(day) ?? { count: 0, sum: 0 };
		return { day, count, checksum:
		    (sum >>> 0).toString(16).padStart(8, '0') };
	};
}

// What it wrote to itself, in memory or swapped out.  Pages of libraries are
// its own or not as others come and go, and do not count.
function dirty() {
	const text = fs.readFileSync(
	    `/proc/${gym.bridge.pid}/smaps_rollup`, 'utf8');
	return ['Private_Dirty', 'Swap'].reduce((sum, key) => sum + 1024 *
	    Number(text.match(new RegExp(`^${key}: +(\\d+)`, 'm'))[1]), 0);
}

// The least of a while: between two readings.
async function size(work) {
	let least = Infinity;
	for (let i = 0; i < 20; i++) {
		least = Math.min(least, dirty());
		await work();
	}
	return least;
}

test(`no growth in ${RUN_S} s of weeks in fast motion`, async t => {
	let step = 0, nights = 0;

	await until('the log to arrive', () =>
	    gym.server.ledger.size === RECORDS, 30000);
	// one step: 50 ms of all that there is
	const work = async () => {
		step++;
		await gym.order(`punch ${1 + step % USERS}`);
		if (step % 45 === 0)
			await gym.order('drop');
		if (step % 60 === 0)
			gym.server.event('access');
		if (step % 100 === 0)
			gym.server.streams.forEach(res => res.destroy());
		if (step % 80 === 0) {
			fs.writeFileSync(`${gym.dir}/clock.new`,
			    `${++nights * NIGHT_MS}\n`);
			fs.renameSync(`${gym.dir}/clock.new`,
			    `${gym.dir}/clock`);
		}
		await pause(50);
	};
	const during = async seconds => {
		const end = Date.now() + seconds * 1000;
		while (Date.now() < end)
			await work();
	};

	await during(WARM_S);
	const warm = await size(work);
	for (let s = 0; s < RUN_S; s += SAMPLE_S) {
		await during(SAMPLE_S);
		t.diagnostic(`${s + SAMPLE_S} s: ${dirty() / 1024} KB`);
		gym.server.items = [];		// ours may not grow, either
		gym.server.reports = gym.server.reports.slice(-1);
		gym.server.users.clear();
		gym.server.asked = [];
	}
	const last = await size(work);
	const { count, doubled, invented } = await gym.settled(30000);
	t.diagnostic(`${warm / 1024} KB, ${last / 1024} KB at the end; ` +
	    `${count} punches, ${nights} nights, ${said(': connected to ')} ` +
	    'connections');
	assert.ok(said(': connected to ') > RUN_S / 8, 'lines broke');
	assert.ok(said(': read 20000 of ') >= nights, 'nights were read');
	assert.ok(last < warm + GROWTH_MOST,
	    `${warm} bytes, ${last} at the end`);
	assert.deepEqual({ doubled, invented }, { doubled: [], invented: [] });
});
