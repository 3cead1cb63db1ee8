// export.mjs: 100,000 rows of attendance as a file: how long, and how much
// memory of the worker that writes it
import assert from 'node:assert/strict';
import { makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { dayAfter } from '../web/gym.mjs';
import { median, privateBytes } from './machine.mjs';
import { seed } from './seed.mjs';

const ROWS = 100000;
const DAYS = 92;		// what the list shows at once, 1,000 punches each
const WORKERS = 4;
const LIMIT_S = 30;		// fastcgi_read_timeout
const SAMPLE_MS = 10;
const WARM = 3;			// requests to each worker that do not count

// The evenings, too, of the last days: some thousands more than a file has.
const evenings = (stack, day) => stack.sql(`
    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
           att_member_id, att_device_user_id, att_device_sn, att_punch_time,
           att_status, att_reason, att_received_at)
    SELECT att_compcode, att_branch_id, att_member_id, att_device_user_id,
           att_device_sn, att_punch_time + INTERVAL 12 HOUR, att_status,
           att_reason, att_received_at FROM trn_member_attendances
     WHERE att_compcode = 'SF' AND att_member_id > 10000 AND
           att_punch_time >= '${dayAfter(day, -10)}'`);

// The most that any worker has in private at a time while `run` runs.
async function watched(stack, run) {
	const most = () => Math.max(...stack.web.children().map(privateBytes));
	const before = most();
	let peak = before;
	const timer = setInterval(() => { peak = Math.max(peak, most()); },
	    SAMPLE_MS);
	const began = process.hrtime.bigint();
	const bytes = await run();
	const seconds = Number(process.hrtime.bigint() - began) / 1e9;
	clearInterval(timer);
	return { seconds, bytes, before, peak };
}

// `onStack` is told of the Gymgate that is started; who calls us stops it.
export async function measureExport(rounds, onStack) {
	const stack = await Stack.start({ own: true, demo: 'morning',
	    workers: WORKERS, say: console.log });
	onStack(stack);
	const today = makeNoon(stack);
	console.log('seeding 100,000 punches');
	await seed(stack, today, DAYS * 1000);
	await evenings(stack, today);
	const cookie = await stack.signIn();
	const query = `from=${dayAfter(today, 1 - DAYS)}&to=${today}`;
	const take = async ending => {
		const got = await stack.request('GET', `/attendance.${ending}?${
		    query}`, { headers: { Cookie: cookie }, timeout: 60000 });
		assert.equal(got.status, 200, ending);
		if (ending === 'csv')	// titles, rows, remark, the last line's end
			assert.equal(got.text.split('\r\n').length, ROWS + 3);
		return got.bytes.length;
	};
	for (let i = 0; i < WARM * WORKERS; i++)
		await stack.request('GET', '/attendance', { headers: {
		    Cookie: cookie } });
	const lines = [];
	for (const ending of ['csv', 'xlsx']) {
		const got = [];
		for (let i = 0; i < rounds; i++)
			got.push(await watched(stack, () => take(ending)));
		const all = await watched(stack, () => Promise.all(
		    Array.from({ length: WORKERS }, () => take(ending))));
		lines.push({ ending, seconds: median(got.map(g => g.seconds)),
		    bytes: got[0].bytes, at_once_seconds: all.seconds,
		    before_bytes: got[0].before,
		    peak_bytes: Math.max(...[...got, all].map(g => g.peak)) });
	}
	return { rows: ROWS, workers: WORKERS, limit_s: LIMIT_S, lines };
}

export function tellExport({ rows, workers, limit_s, lines }) {
	const mb = bytes => (bytes / 1048576).toFixed(1);
	console.log(`\n${rows.toLocaleString('en')} rows of attendance as a ` +
	    `file (each within ${limit_s} s), private memory of a worker\n`);
	for (const l of lines)
		console.log(`${l.ending.padEnd(6)}${l.seconds.toFixed(1)} s, ${
		    workers} at once ${l.at_once_seconds.toFixed(1)} s; ${
		    mb(l.bytes)} MB; memory ${mb(l.before_bytes)} MB before, ${
		    mb(l.peak_bytes)} MB at most${
		    l.at_once_seconds > limit_s ? '  over the limit' : ''}`);
}
