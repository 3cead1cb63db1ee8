// hours.test.mjs: the hourly summary and the punches it is made of say the same
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { pause } from '../stack/wait.mjs';
import { dayAfter, hold, memberSql, quote, random, seed } from './gym.mjs';

const MEMBERS = 12;	// of each company; their ids follow one another
const FIRST = { A: 5000, B: 6000 };
const DAYS = 6;
const START = '2026-05-01';
let stack;

before(async () => {
	stack = await Stack.start({ web: false, nginx: false });
	await stack.sql(['A', 'B'].map(c => `INSERT INTO mst_companies
	    (cmp_compcode, cmp_name, cmp_created_at) VALUES (${quote(c)}, 'Gym',
	    '2026-01-01'); INSERT INTO mst_branches (brn_compcode, id, brn_name,
	    brn_zone, brn_created_at) VALUES ${[1, 2].map(n => `(${quote(c)}, ${
	    branch(c, n)}, 'Branch ${n}', 'Asia/Kolkata', '2026-01-01')`)};` +
	    Array.from({ length: MEMBERS }, (_, i) => memberSql({ company: c,
	    id: FIRST[c] + i, branch: branch(c, 1) })).join('\n')).join('\n'));
});
after(() => stack.stop());

const branch = (company, n) => (company === 'A' ? 100 : 200) + n;
const at = (ms = Date.now()) => new Date(ms).toISOString().slice(0, 23)
    .replace('T', ' ');

// A row of attendance as the programs write it, whoever writes it.
let ids = 0;
function row(punch) {
	const p = { id: ++ids, status: 'ALLOWED', source: 'TERMINAL',
	    corrects: null, received: at(), ...punch };
	return { ...p, sql: `INSERT INTO trn_member_attendances (att_compcode,
	    id, att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	    att_punch_time, att_status, att_time_source, att_received_at,
	    att_corrects_id) VALUES (${[p.company, p.id, p.branch, p.member, '1',
	    'SN', p.time, p.status, p.source, p.received, p.corrects].map(quote)
	    });` };
}

// What the summary should hold: by the rule, from a list of rows.
function expected(rows) {
	const newest = new Map();
	for (const r of rows) {
		const id = r.corrects ?? r.id;
		if (!newest.has(id) || newest.get(id).id < r.id)
			newest.set(id, r);
	}
	const hours = new Map(), came = new Set();
	const hour = r => {
		const key = [r.company, r.branch, r.time.slice(0, 10),
		    Number(r.time.slice(11, 13))].join(' ');
		if (!hours.has(key))
			hours.set(key, { allowed: 0, denied: 0, visits: 0 });
		return hours.get(key);
	};
	const inOrder = [...newest.values()].filter(r => r.status !== 'VOID')
	    .sort((a, b) => a.time < b.time ? -1 : a.time > b.time ? 1 : 0);
	for (const r of inOrder) {
		const day = [r.company, r.branch, r.time.slice(0, 10),
		    r.member].join(' ');
		hour(r)[r.status.toLowerCase()]++;
		if (r.status === 'ALLOWED' && !came.has(day)) {
			came.add(day);
			hour(r).visits++;
		}
	}
	return [...hours].map(([key, h]) =>
	    `${key}: ${h.allowed} ${h.denied} ${h.visits}`).sort();
}

const kept = async () => (await stack.sql(`SELECT CONCAT_WS(' ',
    ahr_compcode, ahr_branch_id, ahr_date, CONCAT(ahr_hour, ':'), ahr_allowed,
    ahr_denied, ahr_visits) AS line FROM trn_attendance_hours`))
    .map(r => r.line).sort();

const held = async () => (await stack.sql(`SELECT att_compcode AS company, id,
    att_branch_id AS branch, att_member_id AS member, att_punch_time AS time,
    att_status AS status, att_corrects_id AS corrects
    FROM trn_member_attendances`)).map(r => ({ ...r, id: Number(r.id),
    corrects: r.corrects && Number(r.corrects) }));

const clear = () => stack.sql(`DELETE FROM trn_member_attendances
    WHERE att_corrects_id IS NOT NULL; DELETE FROM trn_member_attendances;
    DELETE FROM trn_attendance_hours; DELETE FROM trn_summary_marks;
    DELETE FROM trn_chores;`);

// Something that happens at a gym; null when it would be a punch twice.
function happens(rng, rows, taken) {
	const company = rng.pick(['A', 'B']);
	const own = rows.filter(r => r.company === company && !r.corrects);
	if (own.length && rng.below(5) === 0) {	// a correction, maybe the 2nd
		const o = rng.pick(own);
		const moved = rng.below(4) === 0 ? `${dayAfter(START,
		    rng.below(DAYS))} ${o.time.slice(11)}` : o.time;
		return row({ ...o, id: ++ids, corrects: o.id, time: moved,
		    status: rng.pick(['VOID', 'ALLOWED', 'DENIED']),
		    source: 'STAFF', received: at() });
	}
	const member = FIRST[company] + rng.below(MEMBERS);
	const time = `${dayAfter(START, rng.below(DAYS))} ${String(5 +
	    rng.below(4)).padStart(2, '0')}:${String(rng.below(60))
	    .padStart(2, '0')}:${String(rng.below(60)).padStart(2, '0')}`;
	const minute = `${company} ${member} ${time.slice(0, 16)}`;
	if (taken.has(minute))
		return null;
	taken.add(minute);
	return row({ company, member, time, branch: branch(company,
	    1 + rng.below(2)), status: rng.pick(['ALLOWED', 'ALLOWED', 'DENIED']),
	    source: rng.below(8) ? 'TERMINAL' : 'STAFF',
	    // becomes visible a little after one that arrived later
	    received: at(Date.now() - rng.below(5000)) });
}

test('summary and punches say the same, whatever happens', async t => {
	const rng = random(seed(t));
	const rows = [], taken = new Set();
	for (let round = 0; round < 30; round++) {
		const some = Array.from({ length: 1 + rng.below(30) },
		    () => happens(rng, rows, taken)).filter(Boolean);
		await stack.sql(some.map(r => r.sql).join('\n'));
		rows.push(...some);
		if (rng.below(3) === 0)
			await stack.killChores(rng.below(40));
		if (rng.below(4) === 0)
			await Promise.all([stack.chores(), stack.chores(),
			    stack.chores()]);
		else if (rng.below(2) === 0)
			await stack.chores();
		else
			continue;
		assert.deepEqual(await kept(), expected(rows), `round ${round}`);
	}
	await stack.chores();
	const before_ = await kept();
	assert.ok(before_.length > 50);
	assert.deepEqual(before_, expected(await held()));
	await stack.sql(`UPDATE trn_attendance_hours SET ahr_visits = 77
	    WHERE ahr_hour = 6; INSERT INTO trn_attendance_hours VALUES
	    ('A', '2031-01-01', 101, 4, 1, 1, 1)`);
	await stack.admin(['summary', 'rebuild', 'A']);
	await stack.admin(['summary', 'rebuild', 'B']);
	assert.deepEqual(await kept(), before_);
});

test('the visits of a day are its different members who came', async () => {
	await clear();
	const one = more => row({ company: 'A', branch: 101, member: 5000,
	    time: '2026-05-02 07:10:00', ...more });
	const refused = one({ time: '2026-05-02 05:59:59', status: 'DENIED' });
	const first = one({ time: '2026-05-02 07:59:59' });
	const again = one({ time: '2026-05-02 18:00:00' });
	const other = one({ time: '2026-05-02 18:30:00', member: 5001 });
	const there = one({ time: '2026-05-02 19:00:00', branch: 102 });
	await stack.sql([refused, first, again, other, there].map(r => r.sql)
	    .join('\n'));
	await stack.chores();
	assert.deepEqual(await kept(), ['A 101 2026-05-02 18: 2 0 1',
	    'A 101 2026-05-02 5: 0 1 0', 'A 101 2026-05-02 7: 1 0 1',
	    'A 102 2026-05-02 19: 1 0 1']);
	// the first one was a mistake: the visit is the next one's
	await stack.sql(row({ ...first, id: ++ids, corrects: first.id,
	    status: 'VOID', source: 'STAFF' }).sql);
	await stack.chores();
	assert.deepEqual(await kept(), ['A 101 2026-05-02 18: 2 0 2',
	    'A 101 2026-05-02 5: 0 1 0', 'A 102 2026-05-02 19: 1 0 1']);
	// and the refusal one, too
	await stack.sql(row({ ...refused, id: ++ids, corrects: refused.id,
	    status: 'ALLOWED', source: 'STAFF' }).sql);
	await stack.chores();
	assert.deepEqual(await kept(), ['A 101 2026-05-02 18: 2 0 1',
	    'A 101 2026-05-02 5: 1 0 1', 'A 102 2026-05-02 19: 1 0 1']);
});

test('where nothing is new nothing is written', async () => {
	await clear();
	const old = at(Date.now() - 3600000);
	await stack.sql(row({ company: 'A', branch: 101, member: 5000,
	    time: '2026-05-02 07:10:00', received: old }).sql);
	await stack.chores();
	const marks = () => stack.sql(`SELECT * FROM trn_summary_marks`);
	const before_ = await marks();
	assert.deepEqual(before_.map(r => r.smk_compcode), ['A', 'B']);
	// a run that looked at the rows again would put this right
	await stack.sql('UPDATE trn_attendance_hours SET ahr_visits = 5');
	await stack.chores();
	assert.deepEqual(await marks(), before_);
	assert.deepEqual(await kept(), ['A 101 2026-05-02 7: 1 0 5']);
	const ran = await stack.sql(
	    "SELECT * FROM trn_chores WHERE chr_name = 'hours'");
	assert.equal(ran.length, 1);
	assert.ok(ran[0].chr_ran_at > before_[0].smk_arrived_at);
});

test('one who writes the summary waits for another', async () => {
	await clear();
	await stack.sql(row({ company: 'B', branch: 201, member: 6000,
	    time: '2026-05-02 07:10:00' }).sql);
	await stack.chores();
	await stack.sql(row({ company: 'B', branch: 201, member: 6001,
	    time: '2026-05-02 07:20:00' }).sql);
	const lock = await hold(stack, `SELECT * FROM trn_summary_marks
	    WHERE smk_compcode = 'B'`);
	const run = stack.chores();
	while (await lock.busy(/smk_/) === 0)
		await pause(20);
	await stack.sql(row({ company: 'B', branch: 201, member: 6002,
	    time: '2026-05-02 07:30:00' }).sql);
	await lock.release();
	await run;
	assert.deepEqual(await kept(), ['B 201 2026-05-02 7: 3 0 3']);
});

test('a company that is not there is not rebuilt', async () => {
	await assert.rejects(stack.admin(['summary', 'rebuild', 'NONE']),
	    e => e.code === 1 && /^gymgate-admin: .*company.*\n$/.test(e.err));
});

test('without a database a run says so and ends with status 1', async () => {
	const away = await Stack.start({ web: false, nginx: false, own: true });
	try {
		await away.db.stop();
		await assert.rejects(away.chores(), e => e.code === 1 &&
		    /gymgate-chores/.test(e.err));
	} finally {
		await away.stop();
	}
});
