// dashboard.test.mjs: what the owner sees is what the tables hold
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { SLOW } from '../stack/wait.mjs';
import { addActive, addMember, dayAfter, kolkata, memberSql, punch, quote,
    random, seed, SN } from './gym.mjs';

const MINUTE = 60000, DAY = 24 * 60 * MINUTE;
const PASSWORD = 'a password of it';
let stack, cookie;

before(async () => {
	stack = await Stack.start({ demo: true, live: true });
	cookie = await stack.signIn();
});
after(() => stack.stop());

async function page(target = '/', as = cookie) {
	const got = await stack.request('GET', target,
	    { headers: { Cookie: as } });
	assert.equal(got.status, 200, got.text);
	return got.text;
}

// The numbers of the page by their names.
function numbers(html) {
	const found = {};
	const counts = html.match(/<div id="counts"[\s\S]*?<\/section>\s*<\/div>/);
	for (const [, name, value] of counts[0].matchAll(
	    /<dt>([^<]+)<\/dt><dd>([^<]+)<\/dd>/g))
		found[name] = Number(value.replace(/,/g, ''));
	return found;
}

const plain = html => html.replace(/<[^>]*>/g, ' ').replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim();

// The rows of the feed as people read them.
const rows = html => [...html.matchAll(
    /<li id="([ai]\d+)" class="punch" data-at="([^"]+)">([\s\S]*?)<\/li>/g)]
    .map(([, id, at, inner]) => ({ id, at, html: inner,
    text: plain(inner) }));

// A company of its own, empty, and how to sign in to it.
async function company(code, { zone = 'Asia/Kolkata', branch = true } = {}) {
	await stack.admin(['company', 'add', code, `Gym ${code}`]);
	if (branch)
		await stack.admin(['branch', 'add', code, 'Only', zone]);
	const email = `${code.toLowerCase()}@example.org`;
	await stack.admin(['user', 'add', email, 'Owner', '--company', code,
	    '--role', 'owner'], { stdin: `${PASSWORD}\n` });
	const [found] = await stack.sql(`SELECT MIN(id) AS id FROM mst_branches
	    WHERE brn_compcode = ${quote(code)}`);
	return { code, branch: Number(found.id),
	    cookie: await stack.signIn({ email, password: PASSWORD }) };
}

// ---- memberships ---------------------------------------------------------

// The rule again, by walking through the days one by one: what is paid for is
// spent on days that are not frozen; what was bought to follow on what a
// freeze has moved follows there.
function coverage(member, today) {
	const frozen = day => member.freezes.some(([kind, from, to]) =>
	    kind === 'FREEZE' && from <= day && day <= (to ??
	    (from > today ? from : today)));
	const resting = member.freezes.some(([, from, to]) =>
	    from <= today && (to === null || today <= to));
	const covered = new Set(), starts = [];
	let paidEnd = '', movedEnd = '';
	const list = [...member.subscriptions].sort((a, b) =>
	    a[0] + a[1] < b[0] + b[1] ? -1 : 1);
	for (const [from, to] of list) {
		let left = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
		let day = from;
		if (paidEnd && from > paidEnd && from <= movedEnd)
			day = dayAfter(movedEnd, 1);
		starts.push(day);
		// a frozen first day is waited out, and so on to the last
		for (; left > 0; day = dayAfter(day, 1)) {
			covered.add(day);
			if (!frozen(day))
				left--;
			if (left === 0)
				break;
		}
		if (to > paidEnd)
			paidEnd = to;
		if (day > movedEnd)
			movedEnd = day;
	}
	if (resting)
		return {};
	if (!covered.has(today))
		return { expired: list.length > 0 &&
		    !starts.some(day => day > today) };
	for (let n = 1; n <= 8; n++)
		if (!covered.has(dayAfter(today, n)))
			return { active: true, expiring: n - 1 <= 7 };
	return { active: true, expiring: false };
}

const tally = (members, today) => members.reduce((sum, member) => {
	const is = coverage(member, today);
	return { Active: sum.Active + !!is.active,
	    'End within 7 days': sum['End within 7 days'] + !!is.expiring,
	    Expired: sum.Expired + !!is.expired };
}, { Active: 0, 'End within 7 days': 0, Expired: 0 });

const memberships = html => {
	const all = numbers(html);
	return { Active: all.Active,
	    'End within 7 days': all['End within 7 days'],
	    Expired: all.Expired };
};

test('memberships are counted truly, case by case', async () => {
	const today = kolkata().slice(0, 10), d = n => dayAfter(today, n);
	const cases = {
		'active, far from its end': [[1, 0, 0], [[d(-10), d(8)]]],
		'ends in 7 days': [[1, 1, 0], [[d(-10), d(7)]]],
		'ends today': [[1, 1, 0], [[d(-10), today]]],
		'ended yesterday': [[0, 0, 1], [[d(-10), d(-1)]]],
		'renewed in time': [[1, 0, 0], [[d(-30), d(2)], [d(3), d(30)]]],
		'renewed after it had ended': [[1, 0, 0],
		    [[d(-60), d(-30)], [today, d(30)]]],
		'renewed, with a gap': [[1, 1, 0],
		    [[d(-30), d(2)], [d(4), d(30)]]],
		'between two': [[0, 0, 0], [[d(-30), d(-2)], [d(2), d(30)]]],
		'not begun': [[0, 0, 0], [[d(1), d(30)]]],
		'never had one': [[0, 0, 0], []],
		'void': [[0, 0, 0], [[d(-5), d(5), 'VOID']]],
		'frozen': [[0, 0, 0], [[d(-5), d(50)]],
		    [['FREEZE', d(-1), d(1)]]],
		'inactive': [[0, 0, 0], [[d(-5), d(50)]],
		    [['INACTIVE', d(-1), null]]],
		'ended, but for a freeze': [[1, 1, 0], [[d(-30), d(-3)]],
		    [['FREEZE', d(-20), d(-11)]]],
		'overlapping': [[1, 0, 0], [[d(-30), d(3)], [d(-2), d(20)]]],
	};
	const gym = await company('CASES');
	for (const [name, [[active, expiring, expired], subscriptions,
	    freezes = []]] of Object.entries(cases)) {
		await stack.sql(`DELETE FROM trn_member_freezes
		    WHERE frz_compcode = 'CASES';
		    DELETE FROM trn_member_subscriptions
		    WHERE ms_compcode = 'CASES';
		    DELETE FROM mst_members_lists WHERE mbr_compcode = 'CASES';
		    ${memberSql({ company: 'CASES', branch: gym.branch, id: 1,
		    subscriptions, freezes })}`);
		const expected = { Active: active, 'End within 7 days': expiring,
		    Expired: expired };
		assert.deepEqual(memberships(await page('/', gym.cookie)),
		    expected, name);
		assert.deepEqual(tally([{ freezes, subscriptions:
		    subscriptions.filter(s => !s[2]) }], today), expected,
		    `this test's own rule: ${name}`);
	}
});

test('memberships of a random gym are counted as by hand', async t => {
	const dice = random(seed(t));
	const gym = await company('DICE');
	const today = kolkata().slice(0, 10), d = n => dayAfter(today, n);
	const members = Array.from({ length: 400 }, (x, i) => {
		const subscriptions = [], freezes = [];
		let from = -120 + dice.below(130);
		for (let k = dice.below(4); k > 0; k--) {
			const to = from + dice.below(60);
			subscriptions.push([d(from), d(to)]);
			// right behind, after a gap, or over each other
			from = to + dice.pick([1, 1, 1, 2, 9, -5]);
		}
		for (let k = dice.below(3), at = -90; k > 0; k--) {
			at += dice.below(90);
			const to = at + dice.below(15);
			freezes.push([dice.pick(['FREEZE', 'FREEZE', 'INACTIVE']),
			    d(at), dice.below(6) ? d(to) : null]);
			at = to + 1;
		}
		return { company: 'DICE', branch: gym.branch, id: 1000 + i,
		    subscriptions, freezes };
	});
	await stack.sql(members.map(memberSql).join('\n'));
	const expected = tally(members, today);
	assert.deepEqual(memberships(await page('/', gym.cookie)), expected);
	for (const n of Object.values(expected))
		assert.ok(n > 5, 'the dice made no gym worth counting');
	// the next day counts anew
	stack.setClock(DAY);
	try {
		assert.deepEqual(memberships(await page('/', gym.cookie)),
		    tally(members, d(1)));
	} finally {
		stack.setClock(null);
	}
});

test('a renewal moves the numbers at once', async () => {
	const today = kolkata().slice(0, 10);
	const before_ = memberships(await page());
	await addMember(stack, { id: 700, subscriptions:
	    [[dayAfter(today, -20), dayAfter(today, -1)]] });
	const expired = memberships(await page());
	assert.equal(expired.Expired, before_.Expired + 1);
	await stack.sql(`INSERT INTO trn_member_subscriptions (ms_compcode,
	    ms_member_id, ms_start_date, ms_end_date, ms_created_at) VALUES
	    ('SF', 700, '${today}', '${dayAfter(today, 30)}', '2026-01-01');
	    UPDATE mst_companies SET cmp_revision = cmp_revision + 1
	    WHERE cmp_compcode = 'SF'`);
	assert.deepEqual(memberships(await page()), { ...before_,
	    Active: before_.Active + 1 });
});

// ---- today ---------------------------------------------------------------

test('today\'s numbers and the feed are what the tables hold', async () => {
	const day = kolkata().slice(0, 10);
	const html = await page();
	const held = await stack.sql(`SELECT CONCAT('a', a.id) AS id,
	    att_punch_time AS at, mbr_name AS who, att_status AS status,
	    att_reason AS reason FROM trn_member_attendances a
	    JOIN mst_members_lists m ON mbr_compcode = 'SF'
	    AND m.id = att_member_id WHERE att_compcode = 'SF'
	    AND att_punch_time LIKE '${day}%' UNION ALL SELECT
	    CONCAT('i', id), pin_punch_time, CONCAT('User ',
	    pin_device_user_id), pin_state, NULL FROM trn_punch_inbox
	    WHERE pin_compcode = 'SF' AND pin_state = 'UNMAPPED'
	    AND pin_punch_time LIKE '${day}%'`);
	const count = status => held.filter(r => r.status === status).length;
	const shown = numbers(html);
	assert.equal(shown['Came in'], count('ALLOWED'));
	assert.equal(shown.Refused, count('DENIED'));
	assert.equal(shown['Not mapped'], count('UNMAPPED'));
	const feed = rows(html);
	assert.equal(feed.length, Math.min(50, held.length));
	assert.deepEqual(feed.map(r => r.at), held.map(r => r.at).sort()
	    .reverse().slice(0, 50));
	const byId = Object.fromEntries(held.map(r => [r.id, r]));
	for (const row of feed) {
		const own = byId[row.id];
		assert.equal(row.at, own.at);
		assert.ok(row.text.startsWith(own.who), row.text);
		assert.ok(row.text.includes({ ALLOWED: 'ALLOWED', DENIED:
		    `DENIED ${own.reason}`, UNMAPPED: 'NOT MAPPED' }
		    [own.status]), row.text);
	}
	const part = await page('/feed');
	const words = list => list.map(r => `${r.id} ${r.at} ${r.text}`);
	assert.deepEqual(words(rows(part)), words(feed));
	assert.doesNotMatch(part, /<html/);
	assert.deepEqual(numbers(part), shown);
});

test('the feed has the newest first, fifty at most, with words and icons',
    async () => {
	const gym = await company('FEED');
	await stack.admin(['device', 'add', 'FEED', 'SN-FEED', 'Feed door',
	    '--start', '2020-01-01']);
	const token = (await stack.admin(['token', 'add', 'FEED', 'x'])).trim();
	const own = { company: 'FEED', branch: gym.branch, sn: 'SN-FEED' };
	await stack.sql([memberSql({ ...own, id: 1, name: 'Ann <b>&"Bold"',
	    mappings: [['1']], subscriptions: [['2020-01-01', '2099-12-31']] }),
	    memberSql({ ...own, id: 2, name: 'Ben', mappings: [['2']] })]
	    .join('\n'));
	// noon of today, whatever the hour is: the day is long enough
	const day = kolkata().slice(0, 10);
	stack.setClock(Date.parse(`${day}T12:00:00+05:30`) - Date.now());
	try {
		assert.match(await page('/', gym.cookie),
		    /Nobody has come in yet today/);
		const at = minute => `${day} 11:${String(minute)
		    .padStart(2, '0')}:00`;
		const send = async items => {
			const got = await stack.post(items.map(([user, time]) =>
			    ({ compcode: 'FEED', user_id: user,
			    device_sn: 'SN-FEED', timestamp: time })), { token });
			assert.equal(got.status, 200);
		};
		await send([[1, at(59)], [2, at(58)], ['x9', at(57)],
		    [1, at(40)], [1, `${dayAfter(day, -1)} 23:59:59`],
		    ['y9', `${dayAfter(day, -1)} 23:59:59`]]);
		const html = await page('/', gym.cookie);
		const [first, second, third, late, ...none] = rows(html);
		assert.deepEqual(none, [], 'yesterday is not today');
		assert.equal(first.text,
		    'Ann <b>&"Bold" 11:59 am ALLOWED Feed door');
		assert.equal(second.text,
		    'Ben 11:58 am DENIED No subscription Feed door');
		assert.equal(third.text,
		    'User x9 11:57 am NOT MAPPED ' +
		    'Whose is it? User x9 Feed door');
		assert.equal(late.text, 'Ann <b>&"Bold" 11:40 am ALLOWED ' +
		    'arrived late Feed door');
		assert.doesNotMatch(html, /<b>&"Bold"/);
		for (const [row, icon] of [[first, 'allowed'],
		    [second, 'denied'], [third, 'unmapped'], [late, 'allowed']])
			assert.match(row.html, new RegExp(`#icon-${icon}"`));
		assert.deepEqual(numbers(html), { 'Came in': 2, Refused: 1,
		    'Not mapped': 1, Active: 1, 'End within 7 days': 0,
		    Expired: 0 });
		await send(Array.from({ length: 60 }, (x, i) =>
		    [i % 3 ? 1 : 'x9', `${day} 10:${String(i).padStart(2,
		    '0')}:30`]));
		const full = rows(await page('/', gym.cookie));
		assert.equal(full.length, 50);
		assert.deepEqual(full.map(r => r.at), full.map(r => r.at).sort()
		    .reverse());
		assert.equal(full[0].id, first.id);
		assert.equal(full[49].at, `${day} 10:14:30`);
		const shown = numbers(await page('/', gym.cookie));
		assert.equal(shown['Came in'], 42);
		assert.equal(shown['Not mapped'], 21);
		// punches of a future day or the inbox's others are not of today
		await send([[1, `${dayAfter(day, 1)} 00:00:00`],
		    [1, `${day} 11:59:30`], [1, '2009-01-01 11:00:00']]);
		assert.deepEqual(numbers(await page('/', gym.cookie)), shown);
	} finally {
		stack.setClock(null);
	}
});

test('today is the gym\'s own day, not the server\'s', async () => {
	const gyms = [['EAST', 'Pacific/Kiritimati', 14],
	    ['WEST', 'Pacific/Pago_Pago', -11]];
	for (const [code, zone, hours] of gyms) {
		const gym = await company(code, { zone });
		await stack.admin(['device', 'add', code, `SN-${code}`, 'Door',
		    '--start', '2020-01-01']);
		const token = (await stack.admin(['token', 'add', code, 'x']))
		    .trim();
		const now = new Date(Date.now() + hours * 3600000 - MINUTE)
		    .toISOString().slice(0, 19).replace('T', ' ');
		const got = await stack.post({ compcode: code, user_id: 'q1',
		    device_sn: `SN-${code}`, timestamp: now }, { token });
		assert.equal(got.status, 404);
		const html = await page('/', gym.cookie);
		const name = new Date(`${now.slice(0, 10)}T00:00:00Z`)
		    .toUTCString().match(/^(\w+), 0?(\d+) (\w+)/);
		// a minute ago may have been yesterday
		if (rows(html).length === 0)
			continue;
		assert.equal(rows(html)[0].at, now);
		assert.ok(html.includes(`>${name[1]} ${name[2]} ${name[3]}<`));
	}
});

// ---- terminals -----------------------------------------------------------

test('the panel says of each terminal what is wrong', async t => {
	t.after(() => stack.setClock(null));
	const gym = await company('PANEL');
	const token = (await stack.admin(['token', 'add', 'PANEL', 'x'])).trim();
	const cases = [['New', null, /Not heard of yet/],
	    ['Fine', { log_count: 10, log_capacity: 100, clock_offset: 2,
	    waiting: 0, parked: 0 }, /Working/, /correct/],
	    ['Full', { log_count: 81, log_capacity: 100, waiting: 0 },
	    /nearly full: 81 of 100\. Once Waiting has been 0 for an hour, clear/],
	    ['Filling', { log_count: 81, log_capacity: 100, waiting: 1 },
	    /nearly full: 81 of 100\. Do not clear it yet/],
	    ['Roomy', { log_count: 80, log_capacity: 100 }, /Working/],
	    ['Fast', { clock_offset: 121 }, /clock is 2 min ahead/],
	    ['Slow', { clock_offset: -7200 }, /clock is 2 h behind/],
	    ['Near', { clock_offset: 120 }, /Working/],
	    ['Stuck', { waiting: 1234 }, /Waiting to be sent: 1,234/],
	    ['Parked', { parked: 1 }, /Not taken by the server: 1/],
	    ['Spoilt', { set_aside: 12 }, /12 records of its log cannot be used/],
	    ['Usable', { set_aside: 0 }, /Working/],
	    ['Swapped', { mac: '00:17:61:00:00:02' },
	    /Another MAC address: 00:17:61:00:00:02; nothing is written/],
	    ['Reached', { reached_ago: 299 }, /Working/],
	    ['Unplugged', { reached_ago: 725, log_count: 10, log_capacity: 100,
	    clock_offset: 0 }, /The terminal has not answered for 12 min\./,
	    />10 of 100 <span class="age">\(12 min ago\)</,
	    />correct <span class="age">\(12 min ago\)</],
	    ['Error', { last_error: 'cannot & connect' },
	    /Last trouble: cannot &amp; connect/]];
	for (const [name, report] of cases) {
		const sn = `SN-P-${name}`;
		await stack.admin(['device', 'add', 'PANEL', sn, name]);
		if (!report)
			continue;
		if (report.mac)
			await stack.sql(`UPDATE mst_devices SET dev_mac = 'x'
			    WHERE dev_open_sn = ${quote(sn)}`);
		const got = await stack.request('PUT',
		    `/api/devices/${sn}/status`, { token, headers:
		    { 'Content-Type': 'application/json' },
		    body: JSON.stringify(report) });
		assert.equal(got.status, 200);
	}
	const articles = html => Object.fromEntries([...html.matchAll(
	    /<article class="terminal">\s*<h3>([^<]*)<\/h3>([\s\S]*?)<\/article>/g)]
	    .map(([, name, inner]) => [name, inner]));
	const shown = articles(await page('/', gym.cookie));
	assert.deepEqual(Object.keys(shown), cases.map(c => c[0]).sort());
	for (const [name, report, ...patterns] of cases) {
		for (const pattern of patterns)
			assert.match(shown[name], pattern, name);
		assert.equal([/Not heard of yet/, /> Working</, /Needs a look/]
		    .filter(p => p.test(shown[name])).length, 1, name);
		assert.ok(shown[name].includes(`SN-P-${name}`));
	}
	stack.setClock(20 * MINUTE);
	const later = articles(await page('/', gym.cookie));
	assert.match(later.Fine, /last report came 20 min ago/);
	assert.match(later.New, /Not heard of yet/);
});

test('a terminal that stops to answer is told from a silent bridge', async t => {
	t.after(() => stack.setClock(null));
	const gym = await company('QUIET');
	const token = (await stack.admin(['token', 'add', 'QUIET', 'x'])).trim();
	await stack.admin(['device', 'add', 'QUIET', 'SN-QUIET', 'Door']);
	const put = async report => assert.equal((await stack.request('PUT',
	    '/api/devices/SN-QUIET/status', { token, headers:
	    { 'Content-Type': 'application/json' },
	    body: JSON.stringify(report) })).status, 200);
	const panel = async () => plain((await page('/', gym.cookie))
	    .match(/<article class="terminal">[\s\S]*?<\/article>/)[0]);
	const known = { log_count: 10, log_capacity: 100, clock_offset: -7 };
	const silent = /The last report came \d+ min ago\./;
	const unreached = /The terminal (has|had by then) not answered for/;
	const has = (text, words) => assert.ok(text.includes(words), text);

	await put({ ...known, reached_ago: 3 });
	assert.match(await panel(), /Working/);
	// the report of a bridge that was started anew knows less
	stack.setClock(12 * MINUTE);
	await put({ last_error: 'connect: No route to host' });
	const html = await panel();
	has(html, 'Needs a look The terminal has not answered for 12 min. ' +
	    'Is it on, and its network cable in? Last trouble: connect: No');
	has(html, 'Last report just now In its log 10 of 100 (12 min ago) ' +
	    'Clock 7 s behind (12 min ago)');
	assert.doesNotMatch(html, silent);
	// then the bridge's line fails, too
	stack.setClock(32 * MINUTE);
	const both = await panel();
	has(both, 'Needs a look The last report came 20 min ago. Is the ' +
	    'computer with the bridge on, and online? The terminal had by ' +
	    'then not answered for 12 min.');
	has(both, '7 s behind (32 min ago)');
	// all is well again; and then only the bridge is away
	await put({ ...known, reached_ago: 0 });
	const well = await panel();
	assert.match(well, /Working/);
	has(well, 'In its log 10 of 100 Clock 7 s behind Waiting');
	stack.setClock(52 * MINUTE);
	const away = await panel();
	assert.match(away, silent);
	assert.doesNotMatch(away, unreached);
	has(away, '10 of 100 (20 min ago)');
});

test('an empty company is told what to do', async () => {
	const gym = await company('EMPTY');
	const bare = await company('BARE', { branch: false });
	for (const one of [gym, bare]) {
		const html = await page('/', one.cookie);
		assert.match(html, new RegExp(`Gym ${one.code}`));
		assert.match(html, /No terminal yet/);
		assert.match(html, /Nobody can come in yet/);
		assert.deepEqual(numbers(html), { 'Came in': 0, Refused: 0,
		    'Not mapped': 0, Active: 0, 'End within 7 days': 0,
		    Expired: 0 });
		assert.deepEqual(rows(html), []);
		await page('/feed', one.cookie);
	}
});

// ---- the page itself -----------------------------------------------------

test('every page is valid HTML', async t => {
	let HtmlValidate;
	try {
		({ HtmlValidate } = createRequire(import.meta.url)(
		    'html-validate'));
	} catch {
		return t.skip('no html-validate here');
	}
	const check = new HtmlValidate({ extends: ['html-validate:recommended'],
	    rules: { 'doctype-style': 'off', 'void-style': 'off',
	    'no-trailing-whitespace': 'off', 'long-title': 'off' } });
	const feed = await company('VALID');
	const own = { Cookie: cookie };
	const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
	for (const [name, method, target, headers, body] of [
	    ['dashboard', 'GET', '/', own], ['empty dashboard', 'GET', '/',
	    { Cookie: feed.cookie }], ['sign-in', 'GET', '/login'],
	    ['signed out', 'GET', '/login?out=1'],
	    ['sign-in again', 'POST', '/login', form, 'email=x&password='],
	    ['wrong', 'POST', '/login', form,
	    'email=a"@example.org&password=wrong'],
	    ['not found', 'GET', '/none', own],
	    ['not found, signed out', 'GET', '/none'],
	    ['method', 'PUT', '/'], ['forbidden', 'POST', '/login',
	    { ...form, Origin: 'http://evil.example' }, 'x=y']]) {
		const got = await stack.request(method, target,
		    { headers, body });
		assert.match(got.headers['content-type'],
		    /^text\/html; charset=utf-8$/, name);
		const report = await check.validateString(got.text);
		const wrong = report.results.flatMap(r => r.messages)
		    .map(m => `${m.line}: ${m.message} (${m.ruleId})`);
		assert.deepEqual(wrong, [], name);
		const ids = [...got.text.matchAll(/ id="([^"]+)"/g)]
		    .map(m => m[1]);
		assert.equal(new Set(ids).size, ids.length, name);
	}
});

test('a thousand punches and 50 terminals do not slow the page much',
    async () => {
	const day = kolkata().slice(0, 10);
	await addActive(stack, 800, { name: 'Busy' });
	await stack.sql(`INSERT INTO trn_member_attendances (att_compcode,
	    att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	    att_punch_time, att_status, att_received_at) WITH RECURSIVE m (n)
	    AS (SELECT 0 UNION ALL SELECT n + 1 FROM m WHERE n < 999)
	    SELECT 'SF', 1, 800, '800', '${SN}', '${day}' + INTERVAL n MINUTE,
	    'ALLOWED', UTC_TIMESTAMP(3) FROM m`);
	const html = await page();
	assert.ok(numbers(html)['Came in'] >= 1000);
	assert.match(html, /<dd>1,\d\d\d<\/dd>/);
	const began = performance.now();
	for (let i = 0; i < 5; i++)
		await page();
	assert.ok((performance.now() - began) / 5 < 500 * SLOW);
});

test('no page asked for a name that its model does not have', async () => {
	await stack.post(punch(42, kolkata()));
	for (const name of ['gymgate-web', 'gymgate-live']) {
		const log = fs.readFileSync(`${stack.dir}/log/${name}.log`,
		    'utf8');
		assert.doesNotMatch(log, /is missing from the model/);
		assert.doesNotMatch(log, /html: /);
	}
});
