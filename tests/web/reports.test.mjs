// reports.test.mjs: what the reports say of a small gym, made by hand
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { dayAfter, quote } from './gym.mjs';
import { Person, textOf } from './pages.mjs';

const TODAY = '2026-06-17';	// a Wednesday
const NOON = Date.parse('2026-06-17T06:30:00Z');	// in Kolkata
let stack, gym, owner, north, south, branches, members;

before(async () => {
	stack = await Stack.start({});
	stack.setClock(NOON - Date.now());
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 0 });
	await addCompany(stack, 'ZZ', { branches: ['Elsewhere'], members: 3 });
	const list = async code => (await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = '${code}' ORDER BY id`)).map(b => b.id);
	// it has one member all the same
	await stack.sql(`DELETE FROM trn_member_biometric_mappings
	    WHERE mbm_compcode = 'AA'; DELETE FROM trn_member_subscriptions
	    WHERE ms_compcode = 'AA'; DELETE FROM mst_members_lists
	    WHERE mbr_compcode = 'AA'`);
	branches = { AA: await list('AA'), ZZ: await list('ZZ') };
	owner = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'South'));
});
after(() => stack.stop());

// ---- what a page says ------------------------------------------------------

// The rows of the table that follows a text, each a list of cells.
function table(html, behind) {
	const rest = html.slice(html.indexOf(behind));
	const body = rest.slice(rest.indexOf('<table'), rest.indexOf('</table>'));
	return [...body.matchAll(/<tr>([^]*?)<\/tr>/g)].map(([, row]) =>
	    [...row.matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g)]
	    .map(([, cell]) => textOf(cell)));
}

// What the bars or fields of a picture say of themselves, [name, value].
function picture(html, title) {
	const rest = html.slice(html.indexOf(`<title>${title}`));
	assert.ok(html.includes(`<title>${title}`), title);
	return [...rest.slice(0, rest.indexOf('</svg>'))
	    .matchAll(/<title>([^<]*)<\/title>/g)].slice(1)
	    .map(([, text]) => textOf(text).split(/: (?=[^:]*$)/));
}

const bars = (html, title) => Object.fromEntries(picture(html, title));

// ---- nothing yet -----------------------------------------------------------

test('an empty gym is told so in words, without axes', async () => {
	assert.match(textOf(await owner.page('/reports')),
	    /has not been made yet.*gymgate-chores/);
	await stack.chores();
	const html = await owner.page('/reports');
	assert.match(textOf(html), /As of 12:00 pm\..*Nobody has come/);
	assert.match(textOf(await owner.page('/reports/members')),
	    /Nobody has had a subscription yet/);
	assert.match(textOf(await owner.page('/reports/collection')),
	    /Nothing was paid in 12 months/);
	for (const path of ['/reports', '/reports/members',
	    '/reports/collection'])
		assert.doesNotMatch(await owner.page(path), /role="img"/);
});

// ---- a gym -----------------------------------------------------------------

// Members by what they bought, [start, end, status]; freezes as memberSql.
const people = {
	renewed: [0, [['2026-03-10', '2026-04-08'], ['2026-04-09',
	    '2026-05-08']]],
	late: [0, [['2025-01-01', '2026-01-31'], ['2026-03-02',
	    '2026-12-31']]],
	returned: [0, [['2025-08-01', '2025-08-31'], ['2025-10-02',
	    '2025-10-31']]],
	// ten frozen days: it ends on 10 June, not on 31 May
	frozen: [0, [['2026-05-01', '2026-05-31']], [['FREEZE', '2026-05-20',
	    '2026-05-29']]],
	resting: [0, [['2026-05-15', '2026-06-10']], [['FREEZE', '2026-06-01',
	    null]]],
	bought: [0, [['2026-05-01', '2026-05-31'], ['2026-07-01',
	    '2026-07-31']]],
	taken: [0, [['2026-04-01', '2026-04-30', 'VOID']]],
	weekly: [0, [['2026-04-01', '2026-04-07'], ['2026-04-08',
	    '2026-04-14'], ['2026-04-15', '2026-04-21']]],
	today: [0, [['2026-06-01', '2026-06-17']]],
	future: [0, [['2026-06-20', '2026-07-19']]],
	south: [1, [['2026-06-01', '2026-06-30']]],
};

async function fill() {
	const at = `'2026-01-01'`;
	let id = 50000, plan;
	members = {};
	[{ id: plan }] = await stack.sql(`INSERT INTO mst_membership_plans
	    (plan_compcode, plan_name, plan_days, plan_price, plan_created_at)
	    VALUES ('AA', 'A <b>month</b>', 30, 1000, ${at});
	    SELECT LAST_INSERT_ID() AS id`);
	await stack.sql(Object.entries(people).map(([name, [branch, bought,
	    rests = []]]) => {
		members[name] = ++id;
		return [`INSERT INTO mst_members_lists (mbr_compcode, id,
		    mbr_branch_id, mbr_code, mbr_name, mbr_joined_date,
		    mbr_created_at) VALUES ('AA', ${id}, ${branches.AA[branch]},
		    'T-${id}', '${name}', '2025-01-01', ${at});`,
		...bought.map(([from, to, status = 'ACTIVE'], i) => `INSERT INTO
		    trn_member_subscriptions (ms_compcode, ms_member_id,
		    ms_plan_id, ms_start_date, ms_end_date, ms_status,
		    ms_created_at) VALUES ('AA', ${id}, ${i === 1 ? plan :
		    'NULL'}, '${from}', '${to}', '${status}', ${at});`),
		...rests.map(([kind, from, to]) => `INSERT INTO
		    trn_member_freezes (frz_compcode, frz_member_id, frz_kind,
		    frz_from, frz_to, frz_created_at) VALUES ('AA', ${id},
		    '${kind}', '${from}', ${quote(to)}, ${at});`)].join('\n');
	}).join('\n'));
}

let punches = 0;
const punch = (name, time, more = {}) => `INSERT INTO trn_member_attendances
    (att_compcode, att_branch_id, att_member_id, att_device_user_id,
    att_device_sn, att_punch_time, att_status, att_received_at, id,
    att_corrects_id) VALUES ('AA', ${branches.AA[more.branch ?? 0]},
    ${members[name]}, '1', 'SN', '${time}', '${more.status ?? 'ALLOWED'}',
    '${new Date(NOON).toISOString().slice(0, 19)}', ${++punches},
    ${more.corrects ?? 'NULL'});`;

const MONTHS = ['Jul 2025', 'Aug 2025', 'Sep 2025', 'Oct 2025', 'Nov 2025',
    'Dec 2025', 'Jan 2026', 'Feb 2026', 'Mar 2026', 'Apr 2026', 'May 2026',
    'Jun 2026'];

// The whole table of months, the newest first, from what is not 0.
const months = (some, of) => [...MONTHS].reverse().map((month, i) => [
    i ? month : `${month} so far`, ...(some[month] ?? of)]);

test('members are new, renewed, returned and lost in their month',
    async () => {
	await fill();
	const some = {	// new, renewed, returned, lost
		'Aug 2025': ['1', '0', '0', '0'],
		'Oct 2025': ['0', '0', '1', '1'],
		'Mar 2026': ['1', '1', '0', '0'],
		'Apr 2026': ['1', '2', '0', '1'],
		'May 2026': ['3', '0', '0', '1'],
		'Jun 2026': ['2', '0', '0', '1'],
	};
	const html = await owner.page('/reports/members');
	const rows = table(html, 'id="months"');
	assert.deepEqual(rows, [['Month', 'New', 'Renewed', 'Returned', 'Lost'],
	    ...months(some, ['0', '0', '0', '0'])]);
	// the picture has the same, but no bars of nothing
	const drawn = bars(html, 'New, renewed and lost');
	const expected = {};
	for (const [month, ...values] of rows.slice(1))
		['New', 'Renewed', 'Returned', 'Lost'].forEach((name, i) => {
			if (values[i] !== '0')
				expected[`${month.replace(' so far', '')}, ${
				    name}`] = values[i];
		});
	assert.deepEqual(drawn, expected);
	assert.match(textOf(html), /at most 30 days after/);
});

test('members by plan are those who may enter today', async () => {
	const html = await owner.page('/reports/members');
	// late's is the plan's; today's and south's are without one
	assert.deepEqual(table(html, 'id="plans"').map(r => r.slice(0, 2)),
	    [['Plan', 'Members'], ['No plan', '2'], ['A <b>month</b>', '1']]);
	assert.match(textOf(html), /3 may enter today/);
	assert.match(html, /A &lt;b&gt;month&lt;\/b&gt;/);
	const widths = [...html.slice(html.indexOf('id="plans"'))
	    .matchAll(/<rect width="([\d.]+)%"/g)].map(m => Number(m[1]));
	assert.deepEqual(widths, [100, 50]);
	// the dashboard counts the same
	assert.match(textOf(await owner.page('/')), /Active 3 /);
});

test('visits a day and by hour are those of the summary', async () => {
	// five Mondays at 6 pm, one of them twice; a Tuesday morning; today
	const mondays = ['05-11', '05-18', '05-25', '06-01', '06-08']
	    .map(d => `2026-${d}`);
	await stack.sql([...mondays.map(d => punch('today', `${d} 18:10:00`)),
	    punch('late', '2026-05-11 18:59:59'),
	    punch('late', '2026-05-11 19:30:00'),
	    punch('late', '2026-06-09 07:00:00'),
	    punch('late', '2026-06-09 06:00:00', { status: 'DENIED' }),
	    punch('late', `${TODAY} 07:00:00`),
	    punch('late', `${TODAY} 08:00:00`),
	    punch('south', `${TODAY} 08:00:00`, { branch: 1 })].join('\n'));
	await stack.chores();
	const html = await owner.page('/reports');
	const rows = table(html, 'id="days"');
	assert.equal(rows.length, 91);
	assert.deepEqual(rows[0], ['Day', 'Visits', 'Mean of 7 days']);
	const visits = Object.fromEntries(rows.slice(1).filter(r => r[1] !== '0')
	    .map(r => r.slice(0, 2)));
	assert.deepEqual(visits, { 'Wed 17 Jun': '2', 'Tue 9 Jun': '1',
	    'Mon 8 Jun': '1', 'Mon 1 Jun': '1', 'Mon 25 May': '1',
	    'Mon 18 May': '1', 'Mon 11 May': '2' });
	assert.deepEqual(bars(html, 'Visits a day'), visits);
	// nothing before the first visit; then of seven days, or as many as
	// there are
	const mean = Object.fromEntries(rows.slice(1).map(r => [r[0], r[2]]));
	assert.equal(mean['Sun 10 May'], '');
	assert.equal(mean['Mon 11 May'], '2');
	assert.equal(mean['Tue 12 May'], '1');
	assert.equal(mean['Sun 17 May'], '0.3');
	assert.equal(mean['Wed 17 Jun'], '0.3');
	assert.match(textOf(html), /9 from 20 Mar 2026 to 17 Jun 2026; most, 2,/);
	assert.match(textOf(html), /As of 12:00 pm\./);

	// from 11 May to 16 June: six Mondays, six Tuesdays; 6 of one hour
	const hours = table(html, 'id="heat"');
	assert.deepEqual(hours[0], ['Hour', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri',
	    'Sat', 'Sun']);
	assert.deepEqual(hours.map(r => r[0]).slice(1), ['7-8 am', '8-9 am',
	    '9-10 am', '10-11 am', '11 am-12 pm', '12-1 pm', '1-2 pm', '2-3 pm',
	    '3-4 pm', '4-5 pm', '5-6 pm', '6-7 pm']);
	assert.deepEqual(hours.at(-1).slice(1, 3), ['1', '0']);
	assert.deepEqual(hours[1].slice(1, 3), ['0', '0.2']);
	assert.match(textOf(html), /Monday 6-7 pm , 1 on average/);
	assert.match(textOf(html), /Tuesday 7-8 am , 0\.2 on average/);
	const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday',
	    'Saturday', 'Sunday'];
	assert.deepEqual(picture(html, 'Visits by weekday'), hours.slice(1)
	    .flatMap(([hour, ...cells]) => cells.map((cell, i) =>
	    [`${days[i]}, ${hour}`, cell])));
});

test('a summary that stands still is told so', async () => {
	assert.doesNotMatch(await owner.page('/reports'), /Not up to date/);
	await stack.sql(`UPDATE trn_chores SET chr_ran_at =
	    '2026-06-15 23:30:00'; UPDATE trn_summary_marks SET smk_arrived_at =
	    '2026-06-15 20:00:00'`);
	assert.match(textOf(await owner.page('/reports')),
	    /As of 16 Jun 2026, 5:00 am\. Not up to date/);
	await stack.chores();
	assert.doesNotMatch(await owner.page('/reports'), /Not up to date/);
});

test('collection is by month and method, with what was taken back',
    async () => {
	let no = 0;
	const pay = (member, amount, method, day, back = 'NULL') =>
	    `INSERT INTO trn_payments (pay_compcode, pay_branch_id,
	    pay_member_id, pay_subscription_id, pay_amount, pay_method, pay_date,
	    pay_receipt_year, pay_receipt_no, pay_reverses_id, pay_created_at)
	    SELECT 'AA', mbr_branch_id, ms_member_id, s.id, ${amount},
	    '${method}', '${day}', 2026, ${++no}, ${back}, '2026-01-01' FROM
	    trn_member_subscriptions s JOIN mst_members_lists m ON m.id =
	    ms_member_id WHERE ms_member_id = ${members[member]} LIMIT 1;`;
	await stack.sql(`${pay('late', 150050, 'CASH', '2026-05-31')}
	    ${pay('late', 10000000, 'UPI', '2026-06-01')}
	    ${pay('today', 50000, 'UPI', '2026-06-17')}
	    ${pay('today', 99, 'BANK', '2025-06-30')}
	    ${pay('today', 7700, 'BANK', '2025-07-01')}
	    ${pay('south', 20000, 'CARD', '2026-06-02')}
	    ${pay('late', -150050, 'CASH', '2026-06-10',
	    '(SELECT MIN(p.id) FROM trn_payments p)')}`);
	const none = ['₹0', '₹0', '₹0', '₹0', '₹0'];
	const html = await owner.page('/reports/collection');
	const rows = table(html, 'id="collection"');
	assert.deepEqual(rows, [['Month', 'Cash', 'UPI', 'Card',
	    'Bank transfer', 'In all'], ...months({
		'Jul 2025': ['₹0', '₹0', '₹0', '₹77', '₹77'],
		'May 2026': ['₹1,500.50', '₹0', '₹0', '₹0', '₹1,500.50'],
		'Jun 2026': ['₹0 -₹1,500.50', '₹1,00,500', '₹200', '₹0',
		    '₹99,199.50'],
	    }, none)]);
	assert.match(textOf(html), /₹1,00,777 in 12 months/);
	assert.deepEqual(picture(html, 'Collection a month'), [
	    ['Jul 2025, Bank transfer', '₹77'],
	    ['May 2026, Cash', '₹1,500.50'],
	    ['Jun 2026, UPI', '₹1,00,500'], ['Jun 2026, Card', '₹200'],
	    ['Jun 2026, Cash', '-₹1,500.50']]);
});

// ---- whose -----------------------------------------------------------------

const PATHS = ['/reports', '/reports/members', '/reports/collection'];

test('a branch has its own figures, chosen or given', async () => {
	const [n, s] = branches.AA;
	for (const [person, branch, query] of [[north, n, ''],
	    [north, n, `?branch=${n}`], [owner, n, `?branch=${n}`],
	    [south, s, ''], [owner, s, `?branch=${s}`]]) {
		const isNorth = branch === n;
		const visits = table(await person.page(`/reports${query}`),
		    'id="days"');
		assert.deepEqual(visits[1].slice(0, 2), ['Wed 17 Jun', '1']);
		assert.equal(visits.filter(r => r[1] !== '0').length,
		    isNorth ? 8 : 2);
		const html = await person.page(`/reports/members${query}`);
		assert.deepEqual(table(html, 'id="months"')[1].slice(1),
		    isNorth ? ['1', '0', '0', '1'] : ['1', '0', '0', '0']);
		assert.match(textOf(html), isNorth ? /2 may enter today/ :
		    /1 may enter today/);
		const money = textOf(await person.page(
		    `/reports/collection${query}`));
		assert.match(money, isNorth ? /₹1,00,577 in 12 months/ :
		    /₹200 in 12 months/);
	}
	// what leads on stays at the branch
	const html = await owner.page(`/reports?branch=${s}`);
	assert.match(html, new RegExp(`href="/reports/members\\?branch=${s}"`));
	assert.match(html, new RegExp(`<option value="${s}" selected>South`));
	assert.doesNotMatch(await north.page('/reports'), /South|<select/);
});

test('a branch with only today has no heat map yet', async () => {
	const html = await south.page('/reports');
	assert.match(textOf(html), /first day is not over yet/);
	assert.doesNotMatch(html, /id="heat"/);
});

test('nobody sees what is not theirs', async () => {
	const staff = await Person.signIn(stack, await addUser(stack, 'AA',
	    'staff'));
	const [n, s] = branches.AA;
	for (const path of PATHS) {
		assert.equal((await staff.get(path)).status, 403);
		assert.equal((await north.get(`${path}?branch=${s}`)).status, 404);
		assert.equal((await south.get(`${path}?branch=${n}`)).status, 404);
		assert.equal((await owner.get(`${path}?branch=${branches.ZZ[0]
		    }`)).status, 404);
		assert.equal((await owner.get(`${path}?branch=no`)).status, 200);
	}
	assert.doesNotMatch(await staff.page('/'), /href="\/reports"/);
	assert.match(await owner.page('/'), /href="\/reports"/);
	// the other company has members, but not these figures
	const other = await Person.signIn(stack, await addUser(stack, 'ZZ',
	    'owner'));
	assert.match(textOf(await other.page('/reports')), /Nobody has come/);
	const html = await other.page('/reports/members');
	assert.match(textOf(html), /3 may enter today/);
	assert.match(textOf(html), /Nobody has begun, renewed or left/);
	assert.match(textOf(await other.page('/reports/collection')),
	    /Nothing was paid/);
});

test('a company without a branch has empty reports', async () => {
	await stack.admin(['company', 'add', 'NB', 'No Branch']);
	const bare = await Person.signIn(stack, await addUser(stack, 'NB',
	    'owner'));
	for (const path of PATHS)
		assert.doesNotMatch(await bare.page(path), /role="img"/);
});

test('an erased member stays in the months, but is no member now', async () => {
	await stack.sql(`UPDATE mst_members_lists SET mbr_erased_at =
	    '2026-06-01' WHERE id = ${members.today}`);
	const html = await owner.page('/reports/members');
	assert.deepEqual(table(html, 'id="months"')[1].slice(1),
	    ['2', '0', '0', '1']);
	assert.match(textOf(html), /2 may enter today/);
});

test('a gym that was closed for long is not told that it is new', async () => {
	await stack.sql(punch('south', '2026-03-15 08:00:00', { branch: 1 }));
	await stack.chores();
	const html = await south.page('/reports');
	assert.doesNotMatch(html, /first day|id="heat"/);
	assert.match(textOf(html), /Nobody came in the 12 weeks up to yesterday/);
});
