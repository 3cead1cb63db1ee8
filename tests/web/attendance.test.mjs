// attendance.test.mjs: who came: lists, checked in by hand, corrected, refused
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { addActive, addMember, attendances, dayAfter, hold, punch, quote,
    SN } from './gym.mjs';
import { fieldsOf, Person, textOf } from './pages.mjs';

let stack, today, owner, other, south, gym;

before(async () => {
	stack = await Stack.start({ demo: 'morning', live: true, workers: 4 });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
});
after(() => stack.stop());

// Of each row: the member and when, "Rahul Sharma 12 Mar 2026, 7:30 am".
const rows = html => [...html.matchAll(/<tr>\s*<th scope="row">([^]*?)<\/tr>/g)]
    .map(m => textOf(m[1]));
const names = html => [...html.matchAll(
    /<th scope="row"><a href="\/members\/\d+">([^<]*)<\/a>/g)].map(m => m[1]);
const next = html => html.match(/href="([^"]+)">Next page/)?.[1]
    .replace(/&amp;/g, '&');

async function all(person, path, of = rows) {
	const found = [];
	for (let to = path; to;) {
		const html = await person.page(to);
		found.push(...of(html));
		to = next(html);
	}
	return found;
}

const at = (day, time) => `${day}T${time}`;
const idOf = async (user, where = '1') =>
    (await attendances(stack, user, where))[0].id;
const correct = (id, fields, person = owner) => person.submit(
    `/attendance/${id}/correct`, fields);
const rowsOf = id => stack.sql(`SELECT * FROM trn_member_attendances WHERE
    id = ${id} OR att_corrects_id = ${id} ORDER BY id`);

// What the dashboard says of today: [came in, refused].
async function counts(person = owner) {
	const html = await person.page('/');
	return [...html.matchAll(/<dd>([\d,]+)<\/dd>/g)].slice(0, 2)
	    .map(m => Number(m[1]));
}

test('a day, a range, a member, a terminal, a result, a reason', async () => {
	await addActive(stack, 700, { name: 'Filter Ok' });
	await addMember(stack, { id: 701, name: 'Filter Old', subscriptions:
	    [['2020-01-01', '2020-12-31']], mappings: [['701']] });
	await stack.admin(['device', 'add', 'SF', 'SECOND-1', 'Back door',
	    '--start', '2020-01-01']);
	await addMember(stack, { id: 702, name: 'Filter Back', mappings:
	    [['702']], sn: 'SECOND-1' });
	for (const [user, when, sn] of [[700, '2022-05-01 08:00:00', SN],
	    [700, '2022-05-02 08:00:00', SN], [701, '2022-05-02 09:00:00', SN],
	    [702, '2022-05-02 10:00:00', 'SECOND-1'],
	    [700, '2022-05-03 08:00:00', SN]])
		await stack.post(punch(user, when, { device_sn: sn }));
	const list = query => all(owner, `/attendance?${query}`, names);
	const day = 'from=2022-05-02&to=2022-05-02';
	assert.deepEqual(await list(day), ['Filter Back', 'Filter Old',
	    'Filter Ok']);
	assert.match((await all(owner, `/attendance?${day}`))[1], new RegExp(
	    'Filter Old T-701 2 May 2022, 9:00 am Front door number 701 Denied ' +
	    'Subscription expired'));
	for (const [query, found] of [
	    ['from=01-05-2022&to=03-05-2022&member_id=700', Array(3).fill(
	    'Filter Ok')],
	    ['from=2022-05-03&to=2022-05-01&member_id=700', Array(3).fill(
	    'Filter Ok')],
	    ['member_id=700', Array(3).fill('Filter Ok')],
	    ['member_id=701', ['Filter Old']],
	    [`${day}&terminal=SECOND-1`, ['Filter Back']],
	    [`${day}&terminal=NONE`, []], [`${day}&terminal=-`, []],
	    [`${day}&status=allowed`, ['Filter Ok']],
	    [`${day}&status=denied`, ['Filter Back', 'Filter Old']],
	    [`${day}&reason=expired`, ['Filter Old']],
	    [`${day}&reason=none`, ['Filter Back']],
	    [`${day}&reason=frozen`, []], ['to=2022-05-02', ['Filter Back',
	    'Filter Old', 'Filter Ok']]])
		assert.deepEqual(await list(query), found, query);
	// today when nothing is said, and not more than a quarter at once
	const now = await all(owner, '/attendance');
	assert.equal(now.length, (await stack.sql(`SELECT id FROM
	    trn_member_attendances WHERE att_compcode = 'SF' AND
	    att_punch_date = ${quote(today)}`)).length);
	assert.match(textOf(await owner.page(
	    '/attendance?from=2020-01-01&to=2022-05-02')), /At most 92 days/);
	assert.match(textOf(await owner.page('/attendance?q=Filter')),
	    /Of whom\? Filter Back/);
});

test('page by page: each punch once, also many of one second', async () => {
	const ids = Array.from({ length: 120 }, (x, i) => 2000 + i);
	await stack.sql(`INSERT INTO mst_members_lists (mbr_compcode, id,
	    mbr_branch_id, mbr_code, mbr_name, mbr_joined_date, mbr_created_at)
	    VALUES ${ids.map(id => `('SF', ${id}, 1, 'P-${id}', 'Paged ${id}',
	    '2022-01-01', '2022-01-01')`)};
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	    att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	    att_status, att_received_at) VALUES ${ids.map((id, i) => `('SF', 1,
	    ${id}, ${id}, ${quote(SN)}, '2022-06-0${1 + i % 2} 08:00:0${i % 3 ?
	    0 : 1}', '${i % 5 ? 'ALLOWED' : 'DENIED'}', '2022-06-03')`)}`);
	const found = await all(owner, '/attendance?from=2022-06-01&to=2022-06-02',
	    names);
	assert.equal(found.length, 120);
	assert.equal(new Set(found).size, 120);
	assert.deepEqual((await all(owner,
	    '/attendance?from=2022-06-01&to=2022-06-02&status=denied', names))
	    .length, 24);
	await stack.sql(`INSERT INTO trn_member_attendances (att_compcode,
	    att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	    att_punch_time, att_status, att_received_at) VALUES ${ids.map((id,
	    i) => `('SF', 1, 700, '700', ${quote(SN)}, '2022-07-01' + INTERVAL
	    ${i} HOUR, 'ALLOWED', '2022-08-01')`)}`);
	const own = await all(owner, '/attendance?member_id=700');
	assert.equal(own.length, 123);
	assert.equal(new Set(own).size, 123);
	assert.match(await owner.page(next(await owner.page(
	    '/attendance?member_id=700'))), /First page/);
});

test('checked in by hand: judged by the rule, and live', async () => {
	const stream = await stack.events('/live/events', { headers: {
	    Cookie: owner.cookie } });
	assert.equal(stream.status, 200);
	const before_ = await counts();
	assert.match(textOf(await owner.page('/attendance/new?q=Filter')),
	    /Filter Back.*Filter Ok.*Active/);
	const page = await owner.page('/attendance/new?member_id=700');
	assert.equal(fieldsOf(page).at.slice(0, 11), `${today}T`);
	const got = await owner.submit('/attendance/new?member_id=700',
	    { note: 'Finger <bandaged>' }, '/attendance/new');
	assert.equal(got.status, 303);
	assert.equal(got.headers.location,
	    `/attendance?from=${today}&to=${today}`);
	const [row] = await stack.sql(`SELECT * FROM trn_member_attendances
	    WHERE att_member_id = 700 AND att_punch_date = ${quote(today)}`);
	assert.deepEqual([row.att_device_sn, row.att_device_user_id,
	    row.att_status, row.att_time_source, row.att_note, row.att_is_late],
	    ['', '', 'ALLOWED', 'STAFF', 'Finger <bandaged>', '0']);
	assert.match(rows(await owner.page(got.headers.location))[0],
	    /Filter Ok .* By staff Allowed Finger <bandaged> \(/);
	assert.deepEqual(await counts(), [before_[0] + 1, before_[1]]);
	assert.match(textOf(await owner.page('/')), /Filter Ok.*By staff/);
	const sent = await until('the row is sent', () => stream.events.find(e =>
	    e.event === 'punch' && /Filter Ok/.test(e.data)));
	assert.match(sent.data, /By staff/);
	stream.close();
	// the very same once more is once; another at that minute is told
	const form = { member_id: 700, at: row.att_punch_time.slice(0, 16) };
	assert.equal((await owner.post('/attendance/new', { ...form,
	    note: 'Finger <bandaged>' })).status, 303);
	const again = await owner.post('/attendance/new', { ...form,
	    note: 'again' });
	assert.equal(again.status, 422);
	assert.match(textOf(again.text), /is there at that minute already/);
	assert.equal(fieldsOf(again.text).note, 'again');
	// by its own moment
	assert.equal((await owner.post('/attendance/new', { member_id: 701,
	    at: '31-12-2020 23:59', note: 'x' })).status, 303);
	assert.equal((await owner.post('/attendance/new', { member_id: 701,
	    at: '01-01-2021 00:00', note: 'x' })).status, 303);
	assert.deepEqual((await stack.sql(`SELECT att_status AS s, att_reason AS r,
	    att_is_late AS late FROM trn_member_attendances WHERE
	    att_member_id = 701 AND att_device_sn = '' ORDER BY att_punch_time`))
	    .map(r => [r.s, r.r, r.late]), [['ALLOWED', null, '1'],
	    ['DENIED', 'Subscription expired', '1']]);
	assert.deepEqual((await stack.sql(`SELECT aud_action AS a, aud_fields AS f
	    FROM trn_audit_trails WHERE aud_table = 'trn_member_attendances'
	    ORDER BY trn_audit_trails.id LIMIT 1`))[0], { a: 'add',
	    f: 'att_member_id,att_punch_time,att_note' });
	assert.equal((await all(owner, `/attendance?from=${today}&terminal=-`))
	    .length, 1);
});

test('corrected: a row beside it, counted as it says', async () => {
	await addActive(stack, 710, { name: 'Wrong One' });
	await stack.post(punch(710, `${today} 09:00:00`));
	const id = await idOf(710), start = await counts();
	const bridge = async () => (await stack.request('PUT',
	    `/api/devices/${SN}/status`, { token: stack.token, headers: {
	    'Content-Type': 'application/json' }, body: JSON.stringify({
	    days: [today] }) })).json.days[0];
	const told = await bridge();
	const page = await owner.page(`/attendance/${id}/correct`);
	assert.match(textOf(page), /How should this count\?.*Wrong One/);
	const got = await correct(id, { status: 'void', note: 'Was his brother' });
	assert.equal(got.status, 303);
	assert.deepEqual(await counts(), [start[0] - 1, start[1]]);
	const list = `/attendance?from=${today}&member_id=710`;
	assert.match((await all(owner, list))[0], new RegExp('Allowed arrived late Corrected: ' +
	    'does not count Was his brother \\('));
	assert.equal((await all(owner, list)).length, 1);
	assert.equal((await all(owner, `${list}&status=void`)).length, 1);
	assert.equal((await all(owner, `${list}&status=allowed`)).length, 0);
	// of a correction again, and back
	assert.equal((await correct(id, { status: 'denied', note: 'No' })).status,
	    303);
	assert.deepEqual(await counts(), [start[0] - 1, start[1] + 1]);
	assert.equal((await correct(id, { status: 'allowed', note: 'Yes' }))
	    .status, 303);
	assert.deepEqual(await counts(), start);
	const kept = await rowsOf(id);
	assert.deepEqual(kept.map(r => [r.att_status, r.att_corrects_id,
	    r.att_note, r.att_punch_time]), [
	    ['ALLOWED', null, null, `${today} 09:00:00`],
	    ['VOID', id, 'Was his brother', `${today} 09:00:00`],
	    ['DENIED', id, 'No', `${today} 09:00:00`],
	    ['ALLOWED', id, 'Yes', `${today} 09:00:00`]]);
	assert.ok(kept.slice(1).every(r => r.att_user_id));
	assert.deepEqual(await bridge(), told);
	// only a punch can be corrected, not a correction
	await owner.page(`/attendance/${kept[1].id}/correct`, 404);
	assert.equal((await owner.post(`/attendance/${kept[1].id}/correct`,
	    { status: 'void', note: 'x', seen: 0 })).status, 404);
	// a refusal that is let in, and one that is void, of both sums
	await addMember(stack, { id: 711, name: 'Wrong No', mappings: [['711']] });
	await stack.post(punch(711, `${today} 09:00:00`));
	const denied = await idOf(711), mid = await counts();
	await correct(denied, { status: 'allowed', note: 'Paid in cash' });
	assert.deepEqual(await counts(), [mid[0] + 1, mid[1] - 1]);
	await correct(denied, { status: 'void', note: 'Tested' });
	assert.deepEqual(await counts(), [mid[0], mid[1] - 1]);
});

test('two who correct: the second is told; one who posts twice is one',
    async () => {
	await addActive(stack, 712, { name: 'Twice' });
	await stack.post(punch(712, `${today} 09:10:00`));
	const id = await idOf(712), path = `/attendance/${id}/correct`;
	const fields = { ...fieldsOf(await owner.page(path)), status: 'void',
	    note: 'first' };
	assert.equal((await owner.post(path, fields)).status, 303);
	assert.equal((await owner.post(path, fields)).status, 303);
	const late = await owner.post(path, { ...fields, status: 'denied',
	    note: 'second' });
	assert.equal(late.status, 422);
	assert.match(textOf(late.text),
	    /Somebody else has corrected.*Corrected: does not count first/);
	assert.equal(fieldsOf(late.text).note, 'second');
	assert.equal((await rowsOf(id)).length, 2);
	const same = await correct(id, { status: 'void', note: 'more' });
	assert.match(textOf(same.text), /It counts so already/);
	const seen = fieldsOf(await owner.page(path)).seen;
	const got = await Promise.all(['a', 'b', 'c', 'd'].map(note =>
	    owner.post(path, { status: 'denied', note, seen })));
	assert.deepEqual(got.map(g => g.status).sort(), [303, 422, 422, 422]);
	assert.equal((await rowsOf(id)).length, 3);
});

test('refused lately: who is expired and still comes, the last one first',
    async () => {
	const daysAgo = n => dayAfter(today, -n);
	const gone = [['2020-01-01', '2020-12-31']];
	const list = () => all(owner, '/attendance/refused');
	const demo = await all(owner, '/attendance/refused', names);
	for (const [id, name, last] of [[720, 'Ref One', 3], [721, 'Ref Two', 1],
	    [722, 'Ref Long Ago', 40], [723, 'Ref Renewed', 2],
	    [724, 'Ref Voided', 2]]) {
		await addMember(stack, { id, name, subscriptions: gone,
		    mappings: [[`${id}`]] });
		await stack.post(punch(id, `${daysAgo(last)} 09:00:00`));
	}
	await stack.post(punch(720, `${daysAgo(5)} 09:00:00`));
	await stack.sql(`UPDATE mst_members_lists SET mbr_phone =
	    '+919876543210' WHERE mbr_compcode = 'SF' AND id = 720;
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	    ms_start_date, ms_end_date, ms_created_at) VALUES ('SF', 723,
	    ${quote(today)}, '2099-12-31', '2026-01-01');
	    UPDATE mst_members_lists SET mbr_state_to = '1000-01-01'`);
	assert.equal((await correct(await idOf(724), { status: 'void',
	    note: 'x' })).status, 303);
	const found = await list();
	const ours = found.filter(r => /^Ref /.test(r));
	assert.match(ours[0], /^Ref Two T-721 - 31 Dec 2020 .*, 9:00 am 1 Renew/);
	assert.match(ours[1], /^Ref One T-720 98765 43210 .* 2 Renew Ref One/);
	assert.equal(ours.length, 2);
	assert.equal(found.length, demo.length + 2);
	assert.match(await owner.page('/attendance/refused'),
	    /href="\/members\/720\/renew"/);
	// page by page
	await stack.sql(Array.from({ length: 110 }, (x, i) => i + 3000).map(id =>
	    `INSERT INTO mst_members_lists (mbr_compcode, id, mbr_branch_id,
	    mbr_code, mbr_name, mbr_joined_date, mbr_created_at) VALUES ('SF',
	    ${id}, 1, 'R-${id}', 'Ref ${id}', '2022-01-01', '2022-01-01');
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	    ms_start_date, ms_end_date, ms_created_at) VALUES ('SF', ${id},
	    '2020-01-01', '2020-12-31', '2020-01-01');
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	    att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	    att_status, att_received_at) VALUES ('SF', 1, ${id}, ${id},
	    ${quote(SN)}, '${daysAgo(4)} 08:0${id % 2}:00', 'DENIED',
	    '2022-08-01');`).join('\n'));
	const many = await all(owner, '/attendance/refused', names);
	assert.equal(many.length, found.length + 110);
	assert.equal(new Set(many).size, many.length);
});

test('bad input in every field', async () => {
	const before_ = await stack.sql(`SELECT COUNT(*) AS n
	    FROM trn_member_attendances`);
	const good = { member_id: 700, at: '2022-01-01 10:00', note: 'why' };
	for (const [fields, said] of [
	    [{ at: '' }, /This is needed/], [{ at: 'x' }, /Enter date and time/],
	    [{ at: '2022-02-30 10:00' }, /Enter date/],
	    [{ at: at(dayAfter(today, 1), '10:00') }, /still to come/],
	    [{ at: '2009-12-31 10:00' }, /too small or too large/],
	    [{ note: '' }, /This is needed/], [{ note: ' ' }, /This is needed/],
	    [{ note: 'x'.repeat(201) }, /too long/],
	    [{ note: 'a\u0007b' }, /cannot be kept/]]) {
		const got = await owner.post('/attendance/new', { ...good,
		    ...fields });
		assert.equal(got.status, 422, JSON.stringify(fields));
		assert.match(textOf(got.text), said, JSON.stringify(fields));
		assert.match(textOf(got.text), /Filter Ok/);
	}
	for (const member_id of ['', 'x', 0, -1])
		assert.equal((await owner.post('/attendance/new', { ...good,
		    member_id })).status, 422);
	assert.equal((await owner.post('/attendance/new', { ...good,
	    member_id: 999999 })).status, 404);
	await addActive(stack, 730, { name: 'Bad Input' });
	await stack.post(punch(730, `${today} 09:20:00`));
	const id = await idOf(730), path = `/attendance/${id}/correct`;
	for (const [fields, said] of [[{ status: 'gone' }, /Choose one/],
	    [{ status: '' }, /This is needed/], [{ note: '' }, /This is needed/],
	    [{ note: 'x'.repeat(201) }, /too long/],
	    [{ seen: 'x' }, /How should/], [{ seen: '' }, /How should/],
	    [{ seen: id }, /Somebody else/]]) {
		const got = await owner.post(path, { status: 'void',
		    note: 'why', seen: 0, ...fields });
		assert.equal(got.status, 422, JSON.stringify(fields));
		assert.match(textOf(got.text), said, JSON.stringify(fields));
	}
	for (const query of ['from=x', 'to=2026-99-01', 'member_id=x', 'q=%ff',
	    'terminal=%2F', 'status=x', 'reason=x', 'before=x', 'before=99999999',
	    'from=0001-01-01', 'to=9999-12-31', 'from=9999-12-31',
	    'member_id=700&to=9999-12-31'])
		await owner.page(`/attendance?${query}`);
	for (const query of ['before=x', 'before_id=x', 'before_id=4'])
		await owner.page(`/attendance/refused?${query}`);
	assert.equal((await stack.sql(`SELECT COUNT(*) AS n
	    FROM trn_member_attendances`))[0].n, String(Number(before_[0].n) + 1));
});

test('what is another company\'s or another branch\'s is not there',
    async () => {
	await stack.post({ compcode: 'AA', user_id: '1', device_sn: 'AA-1',
	    timestamp: `${today} 09:00:00` }, { token: gym.token });
	const [{ id, att_member_id }] = await stack.sql(`SELECT id, att_member_id
	    FROM trn_member_attendances WHERE att_compcode = 'AA'`);
	assert.equal((await all(other, '/attendance')).length, 1);
	assert.equal((await all(south, '/attendance')).length, 0);
	assert.equal((await all(other, '/attendance/refused')).length, 0);
	for (const person of [owner, south]) {
		await person.page(`/attendance/${id}/correct`, 404);
		await person.page(`/attendance?member_id=${att_member_id}`, 404);
		assert.equal((await person.post(`/attendance/${id}/correct`,
		    { status: 'void', note: 'x', seen: 0 })).status, 404);
		assert.equal((await person.post('/attendance/new', { note: 'x',
		    member_id: att_member_id, at: `${today} 10:00` })).status, 404);
		assert.doesNotMatch(await person.page(
		    `/attendance/new?member_id=${att_member_id}`), /Member AA/);
	}
	for (const path of ['/attendance/0/correct', '/attendance/x/correct'])
		await owner.page(path, 404);
	for (const [path, form] of [['/attendance/new', { member_id: 700,
	    at: `${today} 10:00`, note: 'x' }], [`/attendance/${await idOf(730)
	    }/correct`, { status: 'void', note: 'x', seen: 0 }]])
		for (const csrf of [{}, { csrf: 'x' }])
			assert.equal((await owner.request('POST', path, { form: {
			    ...form, ...csrf } })).status, 403);
	assert.equal((await rowsOf(id)).length, 1);
});
