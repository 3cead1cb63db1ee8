// dashboard-grown.test.mjs: today by branch, who is inside, what is usual
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addCompany, addUser } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { dayAfter, quote } from './gym.mjs';
import { Person, textOf } from './pages.mjs';

const TODAY = '2031-03-13';	// a Thursday, for whatever day it really is
let stack, north, south, foreign, members;
const people = {};

before(async () => {
	stack = await Stack.start({ live: true });
	at('12:00:00');
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 30 });
	const other = await addCompany(stack, 'BB', { members: 3 });
	const ids = async code => (await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = '${code}' ORDER BY id`)).map(b => Number(b.id));
	[north, south] = await ids('AA');
	[foreign] = await ids('BB');
	members = (await stack.sql(`SELECT id FROM mst_members_lists
	    WHERE mbr_compcode = 'AA' ORDER BY id`)).map(m => Number(m.id));
	people.owner = await Person.signIn(stack, gym.owner);
	people.other = await Person.signIn(stack, other.owner);
	for (const [name, role, branch] of [['staff', 'staff'],
	    ['northern', 'staff', 'North'], ['southern', 'owner', 'South']])
		people[name] = await Person.signIn(stack,
		    await addUser(stack, 'AA', role, branch));
});
after(() => stack.stop());

beforeEach(async () => {
	at('12:00:00');
	await stack.sql(`DELETE FROM trn_member_attendances
	     WHERE att_compcode = 'AA' AND att_corrects_id IS NOT NULL;
	    DELETE FROM trn_member_attendances WHERE att_compcode = 'AA';
	    DELETE FROM trn_usual_counts;
	    UPDATE mst_companies SET cmp_inside_minutes = 90`);
});

// The gym's wall clock stands at that time, of TODAY or of another day.
function at(time, day = TODAY) {
	stack.setClock(Date.parse(`${day}T${time}+05:30`) - Date.now());
}

// A punch as it is stored; resolves to its id.
async function came(member, branch, time, { day = TODAY, status = 'ALLOWED',
    corrects = null, late = 0 } = {}) {
	const time_ = quote(`${day} ${time}`);
	const [{ id }] = await stack.sql(`INSERT INTO trn_member_attendances
	    (att_compcode, att_branch_id, att_member_id, att_device_user_id,
	    att_device_sn, att_punch_time, att_status, att_received_at,
	    att_corrects_id, att_is_late) VALUES ('AA', ${branch},
	    ${members[member]}, '', '', ${time_}, '${status}',
	    ${time_} - INTERVAL 330 MINUTE, ${corrects}, ${late});
	    SELECT LAST_INSERT_ID() AS id`);
	return id;
}

const correct = (id, member, branch, time, status, more = {}) =>
    came(member, branch, time, { ...more, status, corrects: id });

// How many are said to be in the gym; null: it is not said.
function insideOf(html) {
	const text = textOf(html);
	if (/Probably nobody in the gym now/.test(text))
		return 0;
	return Number(text.match(/About ([\d,]+) in the gym now/)?.[1] ?? NaN);
}

// The table: { North: [came, refused, inside] }, {} where there is none.
const tableOf = html => Object.fromEntries([...html.matchAll(
    /<tr><th scope="row"><a href="\/\?branch=\d+">([^<]+)<\/a><\/th>(.*?)<\/tr>/g)]
    .map(([, name, cells]) => [name,
    [...cells.matchAll(/<td>(\d+)<\/td>/g)].map(c => Number(c[1]))]));

const usualOf = html => textOf(html).match(
    /Usually ([\d,]+) in by this time on (\w+) mean of the last (\d)/)
    ?.slice(1);

const cameOf = html => Number(html.match(
    /<dt>Came in<\/dt><dd>([\d,]+)<\/dd>/)[1]);

const ofBranch = id => `/?branch=${id}`;

// ---- by branch -------------------------------------------------------------

test('who sees several branches may choose; nobody else sees the word',
    async () => {
	for (const who of ['owner', 'staff']) {
		const all = await people[who].page('/');
		assert.match(all, /<a href="\/" aria-current="page">All<\/a>/);
		assert.match(all, new RegExp(`<a href="/\\?branch=${north}">North`));
		assert.match(all, /data-feed="\/feed" data-events="\/live\/events"/);
		assert.match(all, /By branch/);
		const one = await people[who].page(ofBranch(south));
		assert.match(one, new RegExp(
		    `<a href="/\\?branch=${south}" aria-current="page">South`));
		assert.match(one, new RegExp(`data-feed="/feed\\?branch=${south
		    }" data-events="/live/events\\?branch=${south}"`));
		assert.doesNotMatch(one, /By branch/);
	}
	for (const who of ['northern', 'southern', 'other'])
		assert.doesNotMatch(textOf(await people[who].page('/')), /branch/i);
	assert.match(await people.northern.page(ofBranch(north)),
	    /data-feed="\/feed" data-events="\/live\/events"/);
});

test('page and feed are of the branch that was chosen', async () => {
	await came(0, north, '11:00:00');
	await came(1, north, '11:01:00', { status: 'DENIED' });
	await came(2, south, '11:02:00');
	await came(3, south, '11:03:00');
	const rows = html => [...html.matchAll(/class="who">([^<]+)</g)]
	    .map(m => Number(m[1].replace('Member AA ', '')) - 1);
	for (const path of ['/', '/feed'])
		for (const [branch, expected] of [['', [3, 2, 1, 0]],
		    [north, [1, 0]], [south, [3, 2]]]) {
			const html = await people.owner.page(
			    `${path}?branch=${branch}`);
			assert.deepEqual(rows(html), expected);
			assert.equal(cameOf(html), expected.filter(n => n !== 1)
			    .length);
			assert.equal(/Door AA-1/.test(html), branch !== south);
			assert.equal(/Door AA-2/.test(html), branch !== north);
		}
	const html = await people.owner.page('/');
	assert.deepEqual(tableOf(html), { North: [1, 1, 1], South: [2, 0, 2] });
	assert.deepEqual(tableOf(await people.other.page('/')), {});
	assert.deepEqual(tableOf(await people.northern.page('/')), {});
});

test('another company\'s branch, or one that is not one\'s own, is not there',
    async () => {
	const refused = [['owner', foreign], ['owner', 999999], ['owner', 'x'],
	    ['owner', -1], ['staff', foreign], ['northern', south],
	    ['southern', north], ['northern', foreign], ['other', north]];
	for (const [who, branch] of refused)
		for (const path of ['/', '/feed'])
			assert.equal((await people[who].get(
			    `${path}?branch=${branch}`)).status, 404,
			    `${who} ${path} ${branch}`);
	for (const [who, branch] of refused.filter(([, id]) => id > 0)) {
		const stream = await stack.events(`/live/events?branch=${branch}`,
		    { headers: { Cookie: people[who].cookie } });
		assert.equal(stream.status, 404, `${who} ${branch}`);
		stream.close();
	}
	assert.equal((await people.northern.get(ofBranch(north))).status, 200);
});

test('a stream carries the rows of the branch that was chosen', async () => {
	const open = async (who, query = '') => {
		const stream = await stack.events(`/live/events${query}`,
		    { headers: { Cookie: people[who].cookie } });
		assert.equal(stream.status, 200);
		return stream;
	};
	const streams = { all: await open('owner'),
	    north: await open('owner', `?branch=${north}`),
	    south: await open('staff', `?branch=${south}`),
	    northern: await open('northern'),
	    own: await open('northern', `?branch=${north}`) };
	const said = name => streams[name].events.map(e => e.data).join('\n');
	const rows = name => streams[name].events
	    .filter(e => e.event === 'punch').length;
	// terminals, too, are told again
	await stack.sql(`UPDATE mst_devices SET dev_seen_at = '2031-03-13',
	    dev_last_error = 'x' WHERE dev_compcode = 'AA'`);
	await came(4, north, '11:59:58');
	await came(5, south, '11:59:59');
	const expected = { all: 2, north: 1, south: 1, northern: 1, own: 1 };
	await until('all rows', () => Object.keys(expected).every(name =>
	    rows(name) >= expected[name] && /About <b>\d/.test(said(name)) &&
	    /Last trouble/.test(said(name))));
	for (const name of Object.keys(expected)) {
		assert.equal(rows(name), expected[name], name);
		for (const [n, door, others] of [[5, 'AA-1', ['south']],
		    [6, 'AA-2', ['north', 'northern', 'own']]]) {
			const isOthers = others.includes(name);
			assert.equal(said(name).includes(`Member AA ${n}<`),
			    !isOthers, `${name} ${n}`);
			assert.ok(!isOthers || !said(name).includes(
			    `Door ${door}`), `${name} ${door}`);
		}
		assert.equal(/By branch/.test(said(name)), name === 'all');
		streams[name].close();
	}
});

test('only the owner is led to where another MAC address is answered',
    async () => {
	await stack.sql(`UPDATE mst_devices SET dev_seen_at = '2031-03-13',
	    dev_mac_other = '00:17:61:AA:BB:CC' WHERE dev_compcode = 'AA'`);
	for (const [who, path, isLed] of [['staff', '/', false],
	    ['staff', '/feed', false], ['staff', '/devices', false],
	    ['owner', '/', false], ['owner', '/devices', true]]) {
		const html = await people[who].page(path);
		assert.match(html, /Another MAC address: 00:17:61:AA:BB:CC/);
		assert.equal(/AA-1\/mac">is it ours/.test(html), isLed,
		    `${who} ${path}`);
	}
	await stack.sql('UPDATE mst_devices SET dev_mac_other = NULL');
});

// ---- in the gym now --------------------------------------------------------

test('in the gym are different members, for so long after a touch',
    async () => {
	const inside = async (path = '/') => insideOf(
	    await people.owner.page(path));
	assert.equal(await inside(), 0);
	await came(0, north, '10:30:00');	// a moment too early
	await came(1, north, '10:30:01');
	await came(2, north, '11:10:00');
	await came(2, north, '11:40:00');	// once more
	await came(3, north, '11:50:00', { status: 'DENIED' });
	await came(4, south, '11:55:00', { late: 1 });
	await came(5, south, '12:05:00');	// the terminal's clock is ahead
	await came(5, north, '11:00:00');
	assert.equal(await inside(), 4);
	assert.equal(await inside(ofBranch(north)), 3);
	assert.equal(await inside(ofBranch(south)), 2);
	const html = await people.owner.page('/');
	assert.deepEqual(Object.values(tableOf(html)).map(row => row[2]), [3, 2]);
	assert.match(textOf(html), /counted for 90 minutes after a touch/);
	at('12:00:01');
	assert.equal(await inside(), 3);
	at('13:11:00');
	assert.equal(await inside(), 2);
	at('13:40:00');
	assert.equal(await inside(), 0);
	await came(6, north, '13:40:00');
	assert.equal(await inside(), 1);
});

test('as punches count after their newest correction', async () => {
	const inside = async () => insideOf(await people.owner.page('/'));
	const id = await came(0, north, '11:00:00');
	const denied = await came(1, north, '11:01:00', { status: 'DENIED' });
	await came(2, north, '11:02:00');
	assert.equal(await inside(), 2);
	await correct(id, 0, north, '11:00:00', 'VOID');
	assert.equal(await inside(), 1);
	await correct(denied, 1, north, '11:01:00', 'ALLOWED');
	assert.equal(await inside(), 2);
	await correct(id, 0, north, '11:00:00', 'ALLOWED');
	assert.equal(await inside(), 3);
	await correct(id, 0, north, '11:00:00', 'DENIED');
	await correct(denied, 1, north, '11:01:00', 'VOID');
	assert.equal(await inside(), 1);
});

test('each branch goes by the clock that hangs there', async t => {
	const zone = to => stack.sql(`UPDATE mst_branches SET brn_zone = '${to}'
	    WHERE brn_compcode = 'AA' AND id = ${south}`);
	t.after(() => zone('Asia/Kolkata'));
	await zone('Asia/Dubai');	// where it is half past ten
	await came(0, north, '11:30:00');
	await came(1, north, '10:20:00');
	await came(2, south, '10:20:00');
	await came(3, south, '09:10:00');
	await came(4, south, '11:45:00');	// by a clock that is wrong
	const html = await people.owner.page('/');
	assert.equal(insideOf(html), 3);
	assert.deepEqual(tableOf(html), { North: [2, 0, 1], South: [3, 0, 2] });
	assert.equal(insideOf(await people.owner.page(ofBranch(south))), 2);
});

test('midnight does not empty the gym', async () => {
	await came(0, north, '23:20:00');
	await came(1, north, '23:50:00');
	at('00:30:00', dayAfter(TODAY, 1));
	await came(2, north, '00:10:00', { day: dayAfter(TODAY, 1) });
	const html = await people.owner.page('/');
	assert.equal(insideOf(html), 3);
	assert.equal(cameOf(html), 1);
	at('00:50:00', dayAfter(TODAY, 1));
	assert.equal(insideOf(await people.owner.page('/')), 2);
	at('23:55:00');
	assert.equal(insideOf(await people.owner.page('/')), 2);
});

test('the owner says for how long, or that it is not to be said', async () => {
	await came(0, north, '09:00:00');
	await came(1, north, '11:50:00');
	const set = inside_minutes => people.owner.submit('/settings',
	    { inside_minutes });
	for (const [minutes, expected] of [['200', 2], ['15', 1], ['480', 2],
	    ['180', 1]]) {
		assert.equal((await set(minutes)).status, 303);
		const html = await people.owner.page('/');
		assert.equal(insideOf(html), expected, minutes);
		assert.match(textOf(html), new RegExp(`for ${minutes} minutes`));
	}
	assert.equal((await set('0')).status, 303);
	const html = await people.owner.page('/');
	assert.doesNotMatch(textOf(html), /in the gym/i);
	assert.deepEqual(tableOf(html), { North: [2, 0], South: [0, 0] });
	for (const bad of ['1', '14', '481', '-1', '', 'x'])
		assert.equal((await set(bad)).status, 422, bad);
});

test('the live number rises with a punch and falls with time', async () => {
	const stream = await stack.events('/live/events',
	    { headers: { Cookie: people.northern.cookie } });
	const counts = () => stream.events.filter(e => e.event === 'counts')
	    .map(e => insideOf(e.data));
	await came(0, north, '11:59:00');
	await until('it to rise', () => counts().at(-1) === 1);
	at('13:30:00');
	await until('it to fall', () => counts().at(-1) === 0);
	assert.ok(!stream.events.slice(1).some(e => e.event === 'refresh'));
	stream.close();
});

// ---- what is usual ---------------------------------------------------------

const week = n => ({ day: dayAfter(TODAY, -7 * n) });

test('the same weekday of the last four weeks, up to this time', async () => {
	const usual = async (path = '/') => {
		// as if another minute had begun
		await stack.sql('DELETE FROM trn_usual_counts');
		return usualOf(await people.owner.page(path));
	};
	assert.equal(await usual(), undefined);
	await came(0, north, '07:00:00', week(1));
	assert.equal(await usual(), undefined, 'one day is no mean');
	await came(0, north, '07:00:00', week(2));
	await came(1, north, '11:59:59', week(2));
	await came(2, north, '12:00:00', week(2));
	await came(3, north, '12:00:01', week(2));	// later than now
	await came(4, north, '07:00:00', { ...week(2), status: 'DENIED' });
	assert.deepEqual(await usual(), ['2', 'Thursdays', '2']);
	const void_ = await came(5, north, '08:00:00', week(1));
	await came(6, north, '08:00:00', week(1));
	await came(7, north, '08:00:00', week(1));
	assert.deepEqual(await usual(), ['4', 'Thursdays', '2']);	// 3.5
	await correct(void_, 5, north, '08:00:00', 'VOID', week(1));
	assert.deepEqual(await usual(), ['3', 'Thursdays', '2']);
	// other days of the week only say that the gym was running
	for (let member = 0; member < 9; member++)
		await came(member, north, '07:00:00', { day: dayAfter(TODAY, -24) });
	assert.deepEqual(await usual(), ['2', 'Thursdays', '3']);
	await came(0, north, '07:00:00', { day: dayAfter(TODAY, -34) });
	await came(0, north, '06:59:59', week(4));
	assert.deepEqual(await usual(), ['2', 'Thursdays', '4']);	// 7 / 4
	for (let member = 0; member < 9; member++)
		await came(member, north, '07:00:00', week(5));
	assert.deepEqual(await usual(), ['2', 'Thursdays', '4']);
	assert.deepEqual(await usual(ofBranch(north)), ['2', 'Thursdays', '4']);
	assert.equal(await usual(ofBranch(south)), undefined);
	assert.deepEqual(usualOf(await people.northern.page('/')),
	    ['2', 'Thursdays', '4']);
	at('06:30:00');
	assert.deepEqual(await usual(), ['0', 'Thursdays', '4']);
	at('12:00:00', dayAfter(TODAY, 1));
	assert.equal((await usual())?.[1], 'Fridays');
});

test('the two are drawn beside each other, in words and as bars', async () => {
	for (const n of [1, 2])
		for (let member = 0; member < 10; member++)
			await came(member, north, '08:00:00', week(n));
	for (let member = 0; member < 4; member++)
		await came(member, north, '08:30:00');
	const html = await people.owner.page('/');
	assert.equal(cameOf(html), 4);
	assert.deepEqual(usualOf(html), ['10', 'Thursdays', '2']);
	// so it stays for this minute, whatever is corrected
	await came(11, north, '08:00:00', week(1));
	await came(12, north, '08:00:00', week(1));
	assert.deepEqual(usualOf(await people.staff.page('/feed')),
	    ['10', 'Thursdays', '2']);
	at('12:01:00');
	assert.deepEqual(usualOf(await people.staff.page('/feed')),
	    ['11', 'Thursdays', '2']);
	assert.match(html, /<rect class="came" width="40" height="4"\/>/);
	assert.match(html, /<rect y="6" width="100" height="4"\/>/);
});

test('the hub looks at past days once a minute, however many come',
    async () => {
	const stream = await stack.events('/live/events',
	    { headers: { Cookie: people.owner.cookie } });
	const usual = () => stream.events.filter(e => e.event === 'counts')
	    .map(e => usualOf(e.data)?.[0]).at(-1);
	for (const n of [1, 2])
		await came(0, north, '08:00:00', week(n));
	at('12:01:00');
	await until('the mean', () => usual() === '1');
	for (let member = 1; member < 5; member++)
		for (const n of [1, 2])
			await came(member, north, '08:00:00', week(n));
	await came(9, north, '12:00:50');
	await until('the punch', () => /Member AA 10</.test(stream.events.map(
	    e => e.data).join()) && cameOf(stream.events.filter(e =>
	    e.event === 'counts').at(-1).data) === 1);
	assert.equal(usual(), '1', 'within the minute it stays');
	at('12:02:00');
	await until('the next minute', () => usual() === '5');
	stream.close();
});

// ---- whom to call ----------------------------------------------------------

// Members of a branch of their own for the lists; resolves to their ids.
async function join(list) {
	const ids = [];
	for (const { name, branch = north, until = '2099-12-31', joined =
	    '2030-01-01', phone = null, plan = null, freeze = null, seen = [],
	    more = '' } of list) {
		const [{ id }] = await stack.sql(`INSERT INTO mst_members_lists
		    (mbr_compcode, mbr_branch_id, mbr_code, mbr_name, mbr_phone,
		    mbr_joined_date, mbr_created_at) VALUES ('CC', ${branch},
		    ${quote(`C-${name}`.replace(/\W/g, '-'))}, ${quote(name)},
		    ${quote(phone)}, '${joined}', '2030-01-01');
		    SELECT LAST_INSERT_ID() AS id`);
		const plan_ = plan ? `(SELECT id FROM mst_membership_plans
		    WHERE plan_compcode = 'CC' AND plan_name = ${quote(plan)})` :
		    'NULL';
		await stack.sql(`INSERT INTO trn_member_subscriptions
		    (ms_compcode, ms_member_id, ms_plan_id, ms_start_date,
		    ms_end_date, ms_created_at) VALUES ('CC', ${id}, ${plan_},
		    '2030-01-01', '${until}', '2030-01-01');
		    ${freeze ? `INSERT INTO trn_member_freezes (frz_compcode,
		    frz_member_id, frz_kind, frz_from, frz_created_at) VALUES
		    ('CC', ${id}, '${freeze}', '2031-03-01', '2030-01-01');` : ''}
		    ${seen.map(time => touch(id, branch, time)).join('')} ${more}`);
		ids.push(Number(id));
	}
	await stack.sql(BUMP);
	return ids;
}

const BUMP = `UPDATE mst_companies SET cmp_revision = cmp_revision + 1
    WHERE cmp_compcode = 'CC'`;

const touch = (id, branch, time, status = 'ALLOWED') => `INSERT INTO
    trn_member_attendances (att_compcode, att_branch_id, att_member_id,
    att_device_user_id, att_device_sn, att_punch_time, att_status,
    att_received_at) VALUES ('CC', ${branch}, ${id}, '', '', '${time}',
    '${status}', '${time}');`;

// A list of the page as people read it, row by row.
function listOf(html, name) {
	const section = html.match(new RegExp(
	    `<section aria-labelledby="${name}-title">[^]*?</section>`))?.[0];
	const row = /<tr>\s*<th scope="row">[^]*?<\/tr>/g;
	return { text: textOf(section ?? ''), all: section?.match(
	    /href="(\/members\?[^"]+)"/)?.[1].replaceAll('&amp;', '&'),
	    rows: (section?.match(row) ?? []).map(textOf), html: section };
}

const namesIn = html => [...html.matchAll(
    /<th scope="row"><a href="\/members\/\d+">([^<]*)<\/a>/g)].map(m => m[1]);

const TOUCHED = ['2031-03-13 07:00:00'];
const soon = n => dayAfter(TODAY, n);
let caller, southCaller, cNorth, cSouth;

test('whose membership ends soon, with phone and plan, the soonest first',
    async () => {
	const gym = await addCompany(stack, 'CC', { branches: ['North', 'South'],
	    members: 0 });
	[cNorth, cSouth] = (await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = 'CC' ORDER BY id`)).map(b => Number(b.id));
	caller = await Person.signIn(stack, gym.owner);
	southCaller = await Person.signIn(stack,
	    await addUser(stack, 'CC', 'staff', 'South'));
	await stack.sql(`UPDATE mst_members_lists SET mbr_erased_at =
	    '2030-01-01' WHERE mbr_compcode = 'CC'`);
	assert.doesNotMatch(await caller.page('/'), /id="lists"/);
	await stack.sql(`INSERT INTO mst_membership_plans (plan_compcode,
	    plan_name, plan_days, plan_price, plan_created_at) VALUES
	    ('CC', 'Gold & more', 30, 1, '2030-01-01')`);
	const base = { branch: cNorth, seen: TOUCHED };
	await join([{ ...base, name: 'Far', until: soon(8) },
	    { ...base, name: 'Week', until: soon(7) },
	    { ...base, name: 'Ended', until: soon(-1) },
	    { ...base, name: 'Frozen', until: soon(2), freeze: 'FREEZE' },
	    { ...base, name: 'Inactive', until: soon(2), freeze: 'INACTIVE' },
	    { ...base, name: 'Erased', until: soon(2), more: `UPDATE
	    mst_members_lists SET mbr_erased_at = '2031-01-01'
	    WHERE mbr_name = 'Erased';` },
	    { ...base, branch: cSouth, name: 'Southern', until: soon(3) },
	    { ...base, name: 'Today <b>', until: TODAY, plan: 'Gold & more',
	    phone: '+919810000042' }]);
	const html = await caller.page('/');
	const list = listOf(html, 'expiring');
	assert.match(list.text, /^Ending within 7 days/);
	assert.deepEqual(list.rows, [
	    'Today <b> 98100 00042 13 Mar 2031 Gold & more Renew Today <b>',
	    'Southern none 16 Mar 2031 none Renew Southern',
	    'Week none 20 Mar 2031 none Renew Week']);
	assert.match(list.html, /href="tel:\+919810000042"/);
	assert.match(list.html, /href="\/members\/\d+\/renew"/);
	assert.equal(list.all, undefined, 'these are all');
	const rows = async (who, path) => listOf(await who.page(path),
	    'expiring').rows.map(row => row.split(' ')[0]);
	assert.deepEqual(await rows(caller, ofBranch(cSouth)), ['Southern']);
	assert.deepEqual(await rows(caller, ofBranch(cNorth)), ['Today', 'Week']);
	assert.deepEqual(await rows(southCaller, '/'), ['Southern']);
	assert.equal((await caller.submit('/settings', { expiring_days: '8' }))
	    .status, 303);
	assert.deepEqual((await rows(caller, '/')).at(-1), 'Far');
	assert.doesNotMatch(await caller.page('/feed'), /id="lists"/);
	assert.match(await people.staff.page('/'), /id="lists"/);
});

test('ten are shown, and how many there are, as the page of members has them',
    async () => {
	await join(Array.from({ length: 30 }, (x, i) => ({ branch: cSouth,
	    name: `Many ${10 + i}`, until: soon(1), seen: TOUCHED })));
	for (const [who, path, total] of [[caller, '/', 34],
	    [caller, ofBranch(cSouth), 31], [southCaller, '/', 31]]) {
		const list = listOf(await who.page(path), 'expiring');
		assert.equal(list.rows.length, 10);
		assert.match(list.text, new RegExp(`All ${total} `));
		const html = await who.page(list.all);
		assert.equal(namesIn(html).length, total);
		assert.deepEqual(namesIn(html).slice(0, 10), list.rows.map(row =>
		    row.match(/^(\S+( \d+| <b>)?) /)[1].replace('<b>',
		    '&lt;b&gt;')));
	}
	await join(Array.from({ length: 70 }, (x, i) => ({ branch: cNorth,
	    name: `More ${10 + i}`, until: soon(2), seen: TOUCHED })));
	assert.match(listOf(await caller.page('/'), 'expiring').text,
	    /All of them, more than 100 /);
	assert.equal((await caller.get(`/members?branch=${north}`)).status, 404);
	assert.equal((await southCaller.get(`/members?branch=${cNorth}`)).status,
	    404);
	await stack.sql(`UPDATE mst_members_lists SET mbr_state_to = '1000-01-01',
	      mbr_erased_at = '2031-01-01'
	      WHERE mbr_compcode = 'CC' AND mbr_name REGEXP 'M(an|or)[ye] ';
	    ${BUMP}`);
});

test('who has not come for so many days, the longest first', async () => {
	const seen = (...days) => days.map(n => `${dayAfter(TODAY, -n)} 09:00:00`);
	const base = { branch: cNorth };
	const ids = await join([{ ...base, name: 'Fortnight', seen: seen(15) },
	    { ...base, name: 'Just', seen: seen(14, 40) },
	    { ...base, name: 'Never', joined: dayAfter(TODAY, -25) },
	    { ...base, name: 'New', joined: dayAfter(TODAY, -3) },
	    { ...base, name: 'Long', seen: seen(300, 90), phone: '+919810000043' },
	    { ...base, name: 'Refused', seen: seen(50), more: '' },
	    { ...base, name: 'Resting', seen: seen(50), freeze: 'FREEZE' },
	    { ...base, name: 'Over', seen: seen(50), until: soon(-1) },
	    { ...base, name: 'Deep', branch: cSouth, seen: seen(30) }]);
	await stack.sql(touch(ids[5], cNorth, '2031-03-12 09:00:00', 'DENIED'));
	const absent = async (who = caller, path = '/') =>
	    listOf(await who.page(path), 'absent');
	const names = async (...of) => (await absent(...of)).rows
	    .map(row => row.split(' ')[0]);
	assert.match((await absent()).text, /^Absent for 14 days/);
	assert.deepEqual((await absent()).rows, [
	    'Long 98100 00043 13 Dec 2030', 'Deep none 11 Feb 2031',
	    'Never none never', 'Fortnight none 26 Feb 2031']);
	assert.deepEqual(await names(caller, ofBranch(cSouth)), ['Deep']);
	assert.deepEqual(await names(southCaller), ['Deep']);
	const all = async days => namesIn(await caller.page(
	    `/members?filter=absent${days ?? ''}`)).toSorted();
	assert.deepEqual(await all(), (await names()).toSorted());
	// one comes again, one's punch of long ago only comes in now
	await stack.sql(touch(ids[4], cNorth, '2031-03-13 11:00:00') +
	    touch(ids[2], cNorth, '2031-02-17 11:00:00'));
	assert.deepEqual(await names(), ['Deep', 'Never', 'Fortnight']);
	assert.match((await absent()).rows[1], /17 Feb 2031/);
	// time goes by, and the gym calls fewer days absent
	at('12:00:00', soon(1));
	assert.deepEqual(await names(), ['Deep', 'Never', 'Fortnight', 'Just']);
	at('12:00:00');
	assert.equal((await caller.submit('/settings', { absent_days: '20' }))
	    .status, 303);
	assert.deepEqual(await names(), ['Deep', 'Never']);
	assert.deepEqual(await all(), ['Deep', 'Never']);
	assert.deepEqual(await all('&days=14'), ['Deep', 'Fortnight', 'Never']);
	for (const bad of ['0', '366', '', 'x'])
		assert.equal((await caller.submit('/settings', { absent_days: bad }))
		    .status, 422, bad);
	// a day of joining that is set right counts
	const edited = await caller.submit(`/members/${ids[3]}/edit`,
	    { joined: '01-01-2031' });
	assert.equal(edited.status, 303);
	assert.deepEqual(await names(), ['New', 'Deep', 'Never']);
});

test('a gym of thousands is sorted out at the first look', async () => {
	await stack.sql(`INSERT INTO mst_members_lists (mbr_compcode,
	      mbr_branch_id, mbr_code, mbr_name, mbr_joined_date, mbr_created_at)
	    SELECT 'CC', ${cNorth}, CONCAT('X-', seq), CONCAT('Xx ', seq),
	      '2030-01-01' + INTERVAL seq DIV 10 DAY, '2030-01-01'
	      FROM seq_1_to_2000;
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	      ms_start_date, ms_end_date, ms_created_at)
	    SELECT 'CC', id, '2030-01-01', '2099-12-31', '2030-01-01'
	      FROM mst_members_lists WHERE mbr_name LIKE 'Xx %';
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	      att_member_id, att_device_user_id, att_device_sn, att_punch_time,
	      att_status, att_received_at)
	    SELECT 'CC', ${cNorth}, id, '', '', '2031-03-13 08:00:00', 'ALLOWED',
	      '2031-03-13' FROM mst_members_lists
	     WHERE mbr_name LIKE 'Xx %' AND mbr_code NOT IN ('X-77', 'X-1900')`);
	const list = listOf(await caller.page('/'), 'absent');
	assert.deepEqual(list.rows.map(row => row.match(/^\w+( \d+)?/)[0]),
	    ['Xx 77', 'Xx 1900', 'New', 'Deep', 'Never']);
});
