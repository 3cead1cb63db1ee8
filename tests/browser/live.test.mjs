// live.test.mjs: a finger on the terminal, a row on the dashboard
//
// The whole path with nothing in between left out: fake terminal, bridge,
// nginx, workers, database, hub, a real browser.  What the page must show is
// asked of the database each time: the newest 50 of today, each once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, killWorkers, makeNoon, wall }
    from '../faults/gym.mjs';
import { count, forget } from '../faults/ledger.mjs';
import { Line } from '../faults/line.mjs';
import { SLOW, until } from '../stack/wait.mjs';
import { Stack } from '../stack/stack.mjs';
import { Browser, signIn } from './browser.mjs';

const RECHECK_MS = 60000;	// of a session, by the hub
const MOST_ROWS = 50;
let stack, quiet, browser, page, leaving;
let punches = 0;		// of all at the terminal
const punched = new Set();	// which members have been at the terminal

// What a page may complain of while something is down on purpose.
const AWAY = [/Failed to load resource: (net::ERR_|.* status of 503)/];

before(async () => {
	browser = await Browser.start();
	if (!browser)
		return;
	stack = await Stack.start({ own: true, demo: 'morning', live: true,
	    terminals: [{}], bridge: { server: { backoff_least_ms: 200,
	    backoff_most_ms: 500 } } });
	quiet = await Stack.start({ demo: 'morning', live: true });
	makeNoon(stack);
	await forget(stack);
	leaving = await leave();
});
after(async () => {
	await browser?.stop();
	await quiet?.stop();
	await stack?.stop();
});

// ---- what is on the page, and what should be ---------------------------------

// An open dashboard that remembers when each row came, whether one was ever
// there twice, and (by being there at all) that it was not loaded again.
async function dashboard(login = stack.login) {
	const opened = await browser.page(stack, { path: '/login' });
	await signIn(opened, login);
	await watch(opened);
	await isLive(opened);
	return opened;
}

const watch = opened => opened.evaluate(() => {
	window.cameAt = {};
	window.twice = [];
	const look = () => {
		const ids = Array.from(document.querySelectorAll('#rows > li'),
		    row => row.id);
		for (const id of ids)
			window.cameAt[id] ??= Date.now();
		if (new Set(ids).size !== ids.length)
			window.twice.push(ids.join());
	};
	look();
	new MutationObserver(look).observe(document.getElementById('rows'),
	    { childList: true });
});

const rowsOf = opened => opened.$$eval('#rows > li', rows => rows.map(row => ({
	id: row.id, at: row.dataset.at,
	text: row.textContent.replace(/\s+/g, ' ').trim() })));

const stateOf = opened => opened.locator('#live [role=status] > :visible')
    .textContent().then(text => text.trim());

const isLive = opened => until('the page to be live',
    async () => await stateOf(opened) === 'Live', 15000);
const isNotLive = opened => until('the page to say that it is not live',
    async () => (await stateOf(opened)).startsWith('Not live'));

// The newest of today, as the database has them.
const newest = () => stack.sql(`
    SELECT CONCAT('a', id) AS id,
           DATE_FORMAT(att_punch_time, '%Y-%m-%d %H:%i:%s') AS at
      FROM trn_member_attendances WHERE att_compcode = 'SF'
    UNION ALL
    SELECT CONCAT('i', id), DATE_FORMAT(pin_punch_time, '%Y-%m-%d %H:%i:%s')
      FROM trn_punch_inbox WHERE pin_compcode = 'SF'
       AND pin_state = 'UNMAPPED'
     ORDER BY at DESC, SUBSTRING(id, 2) + 0 DESC LIMIT ${MOST_ROWS}`);

const byId = rows => rows.map(row => row.id).sort();

// Waits until all punches are stored, and the page shows exactly what it
// should; then looks at the order, and that no row was ever there twice.
async function isRight(opened = page) {
	let rows, expected;
	await until(`${punches} punches to be stored`,
	    async () => await count(stack) === punches, 15000);
	await until('the rows of the page to be those of the database',
	    async () => {
		[rows, expected] = [await rowsOf(opened), await newest()];
		if (byId(rows).join() !== byId(expected).join())
			throw new Error(`${byId(rows)} is not ${byId(expected)}`);
		return true;
	}, 8000);
	assert.deepEqual(rows.map(row => row.at), expected.map(row => row.at),
	    'newest first');
	assert.deepEqual(await opened.evaluate(() => window.twice), [],
	    'no row twice');
	return rows;
}

const counts = opened => opened.$$eval('#counts dl > div', parts =>
    Object.fromEntries(parts.map(part => [
	part.querySelector('dt').textContent,
	Number(part.querySelector('dd').textContent.replace(/,/g, ''))])));

async function countsAre(opened, expected) {
	let got;
	await until('the counts to follow', async () => {
		got = await counts(opened);
		return Object.keys(expected).every(key =>
		    got[key] === expected[key]);
	}, 5000).catch(() => {});
	assert.deepEqual({ ...got, ...expected }, got);
}

async function punch(user, when = '') {
	const said = await stack.terminals[0].send(`punch ${user} ${when}`);
	assert.match(said, /^ok /);
	punches++;
}

// Members who may come in and have not been here yet: each call the next.
const members = Array.from({ length: 40 }, (_, i) => i + 1).filter(id =>
    ![11, 14, 17, 22, 26, 29, 33, 38, 40].includes(id));

function next() {
	const id = members.find(id => !punched.has(id));
	assert.ok(id, 'a member is left');
	punched.add(id);
	return id;
}

// ---- somebody signs out elsewhere ------------------------------------------

// Two tabs, on a Gymgate of which nothing is ever disturbed; one signs out.
// What becomes of the other is looked at in the end, as it may take a minute.
async function leave() {
	const open = await browser.page(quiet, { signedIn: true });
	await isLive(open);
	const other = await open.context().newPage();
	await other.goto(quiet.url);
	await other.getByRole('button', { name: 'Sign out' }).click();
	await other.waitForURL(/\/login/);
	const signedOut = Date.now();
	let wentAt = null;
	open.waitForURL(/\/login/, { timeout: 0 })
	    .then(() => { wentAt = Date.now(); }, () => {});
	return { open, signedOut, wentAt: () => wentAt };
}

const it = (name, body) => test(name, async t => {
	if (!browser)
		return t.skip('no chromium here');
	await body(t);
});

// ---- the tests -------------------------------------------------------------

it('a punch is on the open dashboard, and how soon', async t => {
	page = await dashboard();
	assert.deepEqual(await rowsOf(page), []);
	assert.ok(await page.getByText('Nobody has come in yet').isVisible());
	const took = [];
	for (const user of [42, ...Array.from({ length: 11 }, next)]) {
		const before = new Set(byId(await rowsOf(page)));
		const began = Date.now();
		await punch(user);
		took.push(await until(`user ${user} on the page`, async () => {
			const came = await page.evaluate(() => window.cameAt);
			const id = Object.keys(came).find(id => !before.has(id));
			return id && came[id] - began;
		}, 5000));
	}
	took.sort((a, b) => a - b);
	const median = took[Math.floor(took.length / 2)], worst = took.at(-1);
	t.diagnostic(`from the terminal to the page: median ${median} ms, ` +
	    `worst ${worst} ms of ${took.length} punches`);
	if (worst > 1000)
		t.diagnostic('SLOW: more than a second');
	const rows = await isRight();
	assert.match(rows.find(row => /Rahul Sharma/.test(row.text)).text,
	    /ALLOWED/);
	assert.ok(await page.getByText('Nobody has come in yet').isHidden());
	await countsAre(page, { 'Came in': 12, Refused: 0, 'Not mapped': 0 });
});

it('a refusal shows its reason, a stranger the number', async () => {
	await punch(43);
	await punch(99);
	const rows = await until('both', async () => {
		const rows = await rowsOf(page);
		return rows.length === 14 && rows;
	}, 5000);
	const text = of => rows.find(row => of.test(row.text))?.text;
	assert.match(text(/Vikram Nanda/), /DENIED Subscription expired/);
	assert.match(text(/Vikram Nanda/), /Front door/);
	assert.match(text(/User 99/), /NOT MAPPED/);
	await countsAre(page, { 'Came in': 12, Refused: 1, 'Not mapped': 1 });
	await isRight();
});

it('the same finger again in the same minute is no new row', async () => {
	const at = await wall(stack.terminals[0], 30);
	const minute = at.slice(0, 17);
	const user = next();
	await punch(user, `${minute}01`);
	await punch(user, `${minute}02`);
	await isRight();
	assert.equal((await stack.sql(`SELECT 1 AS found FROM trn_punch_inbox
	     WHERE pin_state = 'REPEAT'`)).length, 1);
	await countsAre(page, { 'Came in': 13, Refused: 1, 'Not mapped': 1 });
	browser.check();
});

it('pause holds what comes, resume shows it', async () => {
	const before = await rowsOf(page);
	await page.getByRole('button', { name: 'Pause' }).click();
	assert.equal(await stateOf(page), 'Paused');
	await punch(next());
	await punch(next());
	await until('2 new', async () =>
	    await page.locator('#held:visible').textContent() === '2 new');
	assert.deepEqual(await rowsOf(page), before);
	assert.equal((await counts(page))['Came in'], 13);
	await page.getByRole('button', { name: 'Resume' }).click();
	await isRight();
	assert.equal((await rowsOf(page)).length, before.length + 2);
	assert.equal(await stateOf(page), 'Live');
	await countsAre(page, { 'Came in': 15 });
	browser.check();
});

it('60 at once: the newest 50, in order', async t => {
	const terminal = stack.terminals[0];
	t.after(() => stack.bridge.signal('SIGCONT'));
	stack.bridge.signal('SIGSTOP');	// so that they come as one
	for (let i = 60; i > 0; i--)
		await punch(members[i % 30],
		    await wall(terminal, 120 + Math.floor(i / 30) * 120 + i));
	stack.bridge.signal('SIGCONT');
	const rows = await isRight();
	assert.equal(rows.length, MOST_ROWS);
	await countsAre(page, { 'Came in': 75, Refused: 1, 'Not mapped': 1 });
	browser.check();
});

it('a row that was fetched before it came live is there once', async t => {
	t.after(() => stack.live.signal('SIGCONT'));
	stack.live.signal('SIGSTOP');
	await punch(next());
	await until('it to be stored', async () => await count(stack) === punches);
	await page.getByRole('button', { name: 'Pause' }).click();
	await page.getByRole('button', { name: 'Resume' }).click();
	await isRight();
	stack.live.signal('SIGCONT');
	await punch(next());	// when this one is there, that one has come
	await isRight();
	browser.check();
});

it('the hub killed: the page says so, and nothing is missed', async () => {
	await stack.live.kill();
	await isNotLive(page);
	await punch(next());
	await punch(next());
	await until('both stored', async () => await count(stack) === punches);
	await stack.live.start();
	await isLive(page);
	await isRight();
	await countsAre(page, { 'Came in': 79 });
	browser.check(...AWAY);
});

it('nginx told to reload, workers killed: nothing missed or twice',
    async () => {
	stack.nginx.signal('SIGHUP');
	await punch(next());
	await isRight();
	killWorkers(stack);
	await punch(next());
	await isRight();
	await isLive(page);
	browser.check(...AWAY);
});

it('the database gone for a while: nothing missed or twice', async () => {
	await stack.db.stop();
	await punch(next());
	await until('the bridge to find the API away', () =>
	    /punches wait/.test(stack.bridge.text()));
	await stack.db.start();
	await isRight();
	await isLive(page);
	browser.check(...AWAY);
});

it('the line of the browser cut, then silent: as above', async t => {
	const line = await Line.to(stack.port);
	t.after(() => line.close());
	const far = await browser.page({ url: line.url }, { path: '/login' });
	await far.clock.install();
	await signIn(far, stack.login);
	await watch(far);
	await isLive(far);

	line.cut();
	await isNotLive(far);
	await punch(next());
	line.heal();
	await soonLive(far);
	await isRight(far);

	line.stall();
	await punch(next());
	await far.clock.fastForward(50000);	// three pings have not come
	await isNotLive(far);
	line.heal();
	await soonLive(far);
	await isRight(far);
	await isRight();
	await far.context().close();
	browser.check(...AWAY);
});

// Lets the page's own clock run, as it waits longer from try to try.
const soonLive = opened => until('the page to be live again', async () => {
	await opened.clock.runFor(1000);
	return await stateOf(opened) === 'Live';
}, 15000);

it('no page was loaded anew in all of this', async () => {
	assert.ok(await page.evaluate(() => Boolean(window.cameAt)));
});

it('a session that has ended: the page goes to /login', async () => {
	await stack.sql('DELETE FROM trn_sessions');
	await stack.live.kill();
	await stack.live.start();
	await page.waitForURL(/\/login/);
	browser.check(...AWAY, /401/);
});

it('each company sees its own, each branch its own', async () => {
	const other = await addCompany(stack, 'GG',
	    { branches: ['North', 'South'] });
	const southern = await addUser(stack, 'GG', 'staff', 'South');
	const viewers = {};
	for (const [name, login] of Object.entries({ sf: stack.login,
	    gg: other.owner, south: southern })) {
		const cookie = await stack.signIn(login);
		viewers[name] = { page: await dashboard(login), cookie,
		    stream: await stack.events('/live/events',
		    { headers: { Cookie: cookie } }) };
	}
	const at = (await wall(stack.terminals[0])).replace('T', ' ');
	const send = async (compcode, token, device_sn, user_id) => {
		const got = await stack.post({ compcode, user_id, device_sn,
		    timestamp: at }, { token });
		assert.ok([200, 404].includes(got.status), got.text);
	};
	await send('GG', other.token, 'GG-1', 1);
	await send('GG', other.token, 'GG-2', 2);
	await send('GG', other.token, 'GG-1', 777);	// strangers, too
	await send('GG', other.token, 'GG-2', 888);
	const mine = next();
	await punch(mine);
	// the later ones come last: when they are there, all are
	const own = { sf: [/data-at/], gg: [/Member GG 1</, /Member GG 2</,
	    /User 777</, /User 888</], south: [/Member GG 2</, /User 888</] };
	for (const [name, { page, stream, cookie }] of Object.entries(viewers)) {
		const sent = () => stream.events
		    .filter(e => e.event === 'punch').map(e => e.data);
		await until(`all that ${name} should see`, () =>
		    own[name].every(row => sent().some(d => row.test(d))));
		assert.equal(sent().length, own[name].length, name);
		const feed = await stack.request('GET', '/feed',
		    { headers: { Cookie: cookie } });
		for (const [of, rows] of Object.entries(own).slice(1))
			for (const row of rows) {
				const may = own[name].some(mine =>
				    mine.source === row.source);
				assert.equal(row.test(feed.text), may,
				    `${row} of ${of} in the feed of ${name}`);
				assert.equal(row.test(await page.content()),
				    may, `${row} of ${of} on the page of ${name}`);
			}
		// nothing of the others in any event, counts and terminals too
		const all = stream.events.map(e => e.data).join('\n');
		assert.equal(/GG-1|Door GG-1/.test(all), name === 'gg');
		assert.equal(/Front door/.test(all), name === 'sf');
	}
	browser.check();
	for (const { page, stream } of Object.values(viewers)) {
		stream.close();
		await page.context().close();
	}
});

it('signed out in another tab: the page goes to /login in a minute',
    async t => {
	const limit = RECHECK_MS + 5000 * SLOW;
	await until('it to go', leaving.wentAt,
	    leaving.signedOut + limit - Date.now());
	const took = leaving.wentAt() - leaving.signedOut;
	t.diagnostic(`${(took / 1000).toFixed(1)} s after signing out`);
	assert.ok(took <= limit);
	browser.check();
});
