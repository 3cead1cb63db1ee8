// alerts.test.mjs: owners are told by mail what is wrong, once, and once when it
// is over
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { addCompany, addUser } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { freePort } from '../stack/wait.mjs';
import { quote, random, seed } from './gym.mjs';
import { Person, textOf } from './pages.mjs';

const MIN = 60000;
const NOON = Date.parse('2026-03-12T06:30:00Z');	// in Kolkata
let stack, now, gyms = 0;

before(async () => {
	stack = await Stack.start();
});
after(() => stack?.stop());
// the gyms of other tests are quiet
beforeEach(() => stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED'`));

// ---- time, reports, runs ---------------------------------------------------

// It is so many minutes after `from`, for all programs.
function clock(minutes, from = NOON) {
	now = from + minutes * MIN;
	stack.setClock(now - Date.now());
}

const at = (ms = now) => new Date(ms).toISOString().slice(0, 23)
    .replace('T', ' ');

// As if a run had been a minute ago, and one every minute for `days`.
const watched = (days = 3) => stack.sql([['alerts', now - MIN],
    ['alerts since', now - days * 24 * 60 * MIN]].map(([name, ms]) =>
    `REPLACE INTO trn_chores VALUES ('${name}', '${at(ms)}');`).join('\n'));

// A run of the chores so many minutes after `from`.
async function run(minutes, from) {
	clock(minutes, from);
	await watched();
	await stack.chores();
}

// What a bridge has just told of a terminal, as the API keeps it.
const report = (sn, fields = {}) => stack.sql(`UPDATE mst_devices SET ${
    Object.entries({ dev_seen_at: at(), dev_reached_at: at(), ...fields })
    .map(([k, v]) => `${k} = ${quote(v)}`).join(', ')} WHERE dev_sn = ${
    quote(sn)}`);

// ---- gyms and mail ---------------------------------------------------------

// A gym of its own, whose terminals reported at noon; it gets all its mail.
async function gym(options = {}, from = NOON) {
	const code = `G${++gyms}`;
	const made = await addCompany(stack, code, { members: 1, ...options });
	clock(0, from);
	for (const sn of made.sns)
		await report(sn);
	return made;
}

const decode = text => Buffer.from(text, 'base64').toString();

function parse(text) {
	const end = text.indexOf('\r\n\r\n');
	const head = text.slice(0, end);
	const words = head.match(/^Subject:((?:\r?\n? =\?UTF-8\?B\?[^?]*\?=)+)/m);
	return { head, to: head.match(/^To: <(.*)>/m)[1],
	    id: head.match(/^Message-ID: <(.*)>/m)[1],
	    subject: Buffer.concat([...words[1].matchAll(/\?B\?([^?]*)\?=/g)]
	    .map(([, word]) => Buffer.from(word, 'base64'))).toString(),
	    text: decode(text.slice(end + 4)) };
}

// All mail to the owners of a gym, in the order it was written.
function mailsOf({ code }) {
	const dir = `${stack.dir}/mail`;
	return fs.readdirSync(dir).filter(f => f.endsWith('.eml'))
	    .map(f => ({ n: Number(f.match(/^alert-(\d+)-/)[1]),
	    ...parse(fs.readFileSync(`${dir}/${f}`, 'utf8')) }))
	    .filter(m => m.to.endsWith(`@${code.toLowerCase()}.example`))
	    .sort((a, b) => a.n - b.n);
}

const subjects = g => mailsOf(g).map(m => m.subject);

const rows = ({ code }) => stack.sql(`SELECT * FROM trn_alerts
    WHERE alr_compcode = ${quote(code)} ORDER BY id`);
const states = ({ code }) => stack.sql(`SELECT alm_state AS state,
    alm_tries AS tries, alm_error AS error FROM trn_alert_mails
    WHERE alm_compcode = ${quote(code)} ORDER BY id`);

// ---- the four kinds --------------------------------------------------------

test('a silent bridge: told once, and once when it is over', async () => {
	const g = await gym();
	const [sn] = g.sns;
	await run(9);
	assert.deepEqual(mailsOf(g), []);
	for (const minute of [10, 11, 12, 60])
		await run(minute);
	assert.deepEqual(subjects(g), [`Gym ${g.code}: Bridge silent (Door ${sn})`]);
	const [mail] = mailsOf(g);
	assert.equal(mail.to, g.owner.email);
	assert.match(mail.text, new RegExp(`^Gym ${g.code}\\r\\n\\r\\nThe bridge ` +
	    `does not report:\\r\\n\\r\\n  - Door ${sn} \\(${sn}\\), since ` +
	    '12 Mar 2026, 12:00 pm'));
	assert.match(mail.text, /Is the computer with the bridge on/);
	assert.match(mail.text, /No punch is\s+lost/);
	assert.doesNotMatch(mail.text, /devices/);	// no [server] url here

	// it comes back, and goes on
	for (let minute = 61; minute < 66; minute++) {
		clock(minute);
		await report(sn);
		await run(minute);
	}
	assert.equal(mailsOf(g).length, 1, 'well for 4 minutes only');
	await report(sn);
	for (const minute of [66, 67, 68])
		await run(minute);
	assert.deepEqual(subjects(g).slice(1),
	    [`Gym ${g.code}: over: Bridge silent (Door ${sn})`]);
	assert.match(mailsOf(g)[1].text,
	    /The bridge reports again:\s+- .* from 12 Mar 2026, 12:00 pm to 12 Mar 2026, 1:01 pm: 61 min|: 1 h/);
	assert.doesNotMatch(mailsOf(g)[1].text, /does not report/);

	// and the next time is another event
	await run(80);
	assert.equal(mailsOf(g).length, 3);
});

test('a bridge that comes and goes is one event', async () => {
	const g = await gym();
	const [sn] = g.sns;
	await run(10);
	for (let minute = 12; minute < 60; minute++) {
		clock(minute);
		if (minute % 7 === 0)
			await report(sn);
		await run(minute);
	}
	assert.equal(mailsOf(g).length, 1);
	assert.equal((await rows(g)).length, 1);
});

test('three reports are not five minutes', async () => {
	const g = await gym();
	const [sn] = g.sns;
	await run(10);
	for (let minute = 12; minute < 30; minute++) {
		clock(minute);
		if (minute < 15)
			await report(sn);
		await run(minute);
	}
	assert.equal(mailsOf(g).length, 1);
});

test('a terminal that does not answer its bridge', async () => {
	const g = await gym();
	const [sn] = g.sns;
	for (const minute of [9, 10, 11]) {
		clock(minute);
		await report(sn, { dev_reached_at: at(NOON) });
		await run(minute);
	}
	assert.deepEqual(subjects(g),
	    [`Gym ${g.code}: Terminal does not answer (Door ${sn})`]);
	assert.match(mailsOf(g)[0].text, /network cable/);
	for (const minute of [12, 15, 17.5]) {
		clock(minute);
		await report(sn);
		await run(minute);
	}
	assert.match(subjects(g)[1], /over: Terminal does not answer/);
	assert.equal(mailsOf(g).length, 2);
});

test('a backlog that grows, until most of it has come in', async () => {
	const g = await gym();
	const [sn] = g.sns;
	const waits = async (minute, dev_waiting) => {
		clock(minute);
		await report(sn, { dev_waiting });
		await run(minute);
	};
	await waits(0, 150);	// much, but what was before?
	await waits(5, 140);
	await waits(10.5, 120);	// it shrinks
	assert.deepEqual(subjects(g), []);
	await waits(21, 130);
	assert.deepEqual(subjects(g),
	    [`Gym ${g.code}: Punches wait to be sent (Door ${sn})`]);
	await waits(22, 400);
	await waits(23, 200);
	await waits(30, 200);	// half of its height
	assert.equal(mailsOf(g).length, 1);
	await waits(31, 199);
	await waits(36.5, 190);
	assert.match(subjects(g)[1], /over: Punches wait/);
	assert.equal(mailsOf(g).length, 2);
	await waits(37, 0);
	assert.deepEqual(await stack.sql(`SELECT * FROM trn_alert_samples
	    WHERE als_compcode = ${quote(g.code)}`), []);
});

test('a log that is nearly full, also at night', async () => {
	const night = Date.parse('2026-03-12T21:00:00Z');	// 02:30
	const g = await gym({}, night);
	const [sn] = g.sns;
	const log = async (minute, dev_log_count) => {
		clock(minute, night);
		await report(sn, { dev_log_count, dev_log_capacity: 1000 });
		await run(minute, night);
	};
	await log(0, 800);
	assert.deepEqual(subjects(g), []);
	await log(1, 801);
	await log(2, 810);
	assert.deepEqual(subjects(g),
	    [`Gym ${g.code}: Log nearly full (Door ${sn})`]);
	await log(3, 0);
	await log(8.5, 1);
	assert.match(subjects(g)[1], /over: Log nearly full/);
	assert.equal(mailsOf(g).length, 2);
});

test('after the server was off, silence counts from then on', async () => {
	const g = await gym();
	const runs = async minutes => {
		clock(minutes);
		await stack.chores();
	};
	await run(1);
	for (const minute of [60, 64, 68])	// nothing ran for an hour
		await runs(minute);
	assert.deepEqual(subjects(g), []);
	await runs(70.5);
	assert.match(subjects(g)[0], /Bridge silent/);
	assert.match(mailsOf(g)[0].text, /since 12 Mar 2026, 12:00 pm/);
});

// ---- opening hours ---------------------------------------------------------

test('silence counts from the opening on, by the clock of the branch',
    async () => {
	const late = Date.parse('2026-03-12T17:25:00Z');	// 22:55
	const g = await gym({ branches: ['North', 'Far'] }, late);
	// closed there all the while: 13:25 on the same day
	await stack.sql(`UPDATE mst_branches SET brn_zone = 'America/New_York',
	    brn_opens = '12:00', brn_closes = '13:00'
	    WHERE brn_compcode = '${g.code}' AND brn_name = 'Far'`);
	for (const minute of [10, 60, 300, 365, 374])
		await run(minute, late);
	assert.deepEqual(subjects(g), []);
	await run(375, late);	// 05:10
	assert.deepEqual(subjects(g),
	    [`Gym ${g.code}, North: Bridge silent (Door ${g.sns[0]})`]);
	assert.match(mailsOf(g)[0].text, /since 12 Mar 2026, 10:55 pm/);
});

test('a branch that closes after midnight', async () => {
	const late = Date.parse('2026-03-12T18:55:00Z');	// 00:25
	const g = await gym({}, late);
	await stack.sql(`UPDATE mst_branches SET brn_opens = '06:00',
	    brn_closes = '01:00' WHERE brn_compcode = '${g.code}'`);
	await run(9, late);
	assert.deepEqual(subjects(g), []);
	await run(10, late);
	assert.equal(mailsOf(g).length, 1);
	// it stays open while nothing is known, and the branch is closed
	await run(60, late);
	assert.equal((await rows(g))[0].alr_over_at, null);
	assert.equal(mailsOf(g).length, 1);
});

// ---- who is told -----------------------------------------------------------

test('one outage is one mail, whenever each had reported last', async () => {
	const g = await gym();
	for (const n of [2, 3])
		await stack.admin(['device', 'add', g.code, `${g.code}-x${n}`,
		    `Door ${n}`]);
	const sns = [...g.sns, `${g.code}-x2`, `${g.code}-x3`];
	for (const [i, sn] of sns.entries())
		await report(sn, { dev_seen_at: at(NOON + i * 28000) });
	await run(10);
	await run(11);
	await run(12);
	assert.deepEqual(subjects(g),
	    [`Gym ${g.code}: Bridge silent (3 terminals)`]);
	for (const sn of sns)
		assert.ok(mailsOf(g)[0].text.includes(`(${sn})`));
	// and back: the last of them a minute later
	for (let minute = 20; minute < 28; minute++) {
		clock(minute);
		for (const sn of minute > 20 ? sns : sns.slice(1))
			await report(sn);
		await run(minute);
	}
	assert.deepEqual(subjects(g).slice(1),
	    [`Gym ${g.code}: over: Bridge silent (3 terminals)`]);
});

test('owners of the branch, who want it; nobody else', async () => {
	const g = await gym({ branches: ['North', 'South'] });
	const other = await gym({ branches: ['North'] });
	await report(other.sns[0], { dev_seen_at: at(NOON + 8 * MIN) });
	await report(g.sns[1], { dev_seen_at: at(NOON + 8 * MIN) });
	const north = await addUser(stack, g.code, 'owner', 'North');
	await addUser(stack, g.code, 'owner', 'South');
	await addUser(stack, g.code, 'staff');
	const off = await addUser(stack, g.code, 'owner');
	const closed = await addUser(stack, g.code, 'owner');
	const id = email => `(SELECT id FROM mst_users WHERE usr_email =
	    ${quote(email)})`;
	await stack.sql(`UPDATE trn_user_roles SET url_alerts = 0
	    WHERE url_user_id = ${id(off.email)};
	    UPDATE mst_users SET usr_status = 'CLOSED'
	    WHERE usr_email = ${quote(closed.email)}`);
	await run(10);
	assert.deepEqual(mailsOf(g).map(m => m.to).sort(),
	    [g.owner.email, north.email].sort());
	assert.deepEqual(mailsOf(other), []);

	// who switches it off meanwhile is not told the end either
	await stack.sql(`UPDATE trn_user_roles SET url_alerts = 0
	    WHERE url_user_id = ${id(north.email)}`);
	for (let minute = 11; minute < 18; minute++) {
		clock(minute);
		for (const sn of [...g.sns, ...other.sns])
			await report(sn);
		await run(minute);
	}
	assert.deepEqual(mailsOf(g).slice(2).map(m => m.to), [g.owner.email]);
});

test('a terminal that is closed: the event ends, and nobody is told', async () => {
	const g = await gym();
	await run(10);
	await stack.admin(['device', 'close', g.code, g.sns[0]]);
	await run(11);
	assert.equal(mailsOf(g).length, 1);
	assert.notEqual((await rows(g))[0].alr_over_at, null);
});

test('names are no headers', async () => {
	const g = await gym();
	const evil = 'Door\r\nBcc: thief@example.org\r\n\r\nनमस्ते';
	await stack.sql(`UPDATE mst_devices SET dev_name = ${quote(evil)}
	    WHERE dev_sn = '${g.sns[0]}'; UPDATE mst_companies SET cmp_name =
	    ${quote(`x\r\nTo: thief@example.org ${'é'.repeat(90)}`)}
	    WHERE cmp_compcode = '${g.code}'`);
	await run(10);
	const [mail] = mailsOf(g);
	assert.doesNotMatch(mail.head, /thief/);
	assert.ok(mail.subject.includes('नमस्ते'));
	assert.doesNotMatch(mail.text, /^(Bcc|To):/m);
});

test('a link where the address of the site is known', async () => {
	const g = await gym();
	stack.options.conf = { server: { url: 'https://gym.example' } };
	stack.writeConf();
	await run(10);
	stack.options.conf = {};
	stack.writeConf();
	assert.match(mailsOf(g)[0].text, /^https:\/\/gym\.example\/devices\r$/m);
});

// ---- once ------------------------------------------------------------------

test('many runs at once tell once', async () => {
	const g = await gym({ branches: ['North', 'South'] });
	const second = await addUser(stack, g.code, 'owner');
	clock(10);
	await watched();
	await Promise.all(Array.from({ length: 8 }, () => stack.chores()));
	await run(11);
	assert.deepEqual(mailsOf(g).map(m => `${m.to} ${m.subject}`).sort(),
	    [g.owner, second].flatMap(o => ['North', 'South'].map((b, i) =>
	    `${o.email} Gym ${g.code}, ${b}: Bridge silent (Door ${g.sns[i]})`))
	    .sort());
	assert.equal((await rows(g)).length, 2);
	// the same when it is over
	for (const minute of [12, 17.5]) {
		clock(minute);
		for (const sn of g.sns)
			await report(sn);
		await Promise.all(Array.from({ length: 8 },
		    () => stack.chores()));
	}
	assert.equal(mailsOf(g).length, 8);
	assert.ok((await states(g)).every(s => s.state === 'SENT' &&
	    s.tries === '1'));
});

test('runs that are killed lose nothing and tell nothing twice', async t => {
	const rng = random(seed(t));
	const g = await gym({ branches: ['A', 'B', 'C', 'D'] });
	await addUser(stack, g.code, 'owner');
	clock(10);
	await watched();
	const began = performance.now();
	await stack.once('gymgate-chores', ['-n']);
	const whole = Math.ceil(performance.now() - began) + 60;
	for (let i = 0; i < 12; i++)
		await stack.killChores(rng.below(whole));
	await run(10);
	await run(16);	// when the claims of the killed have ended
	const told = mailsOf(g);
	assert.equal(told.length, 8);
	assert.equal(new Set(told.map(m => `${m.to} ${m.subject}`)).size, 8);
	assert.ok((await states(g)).every(s => s.state === 'SENT'));
});

test('the claim of one that was killed is taken up when it has ended',
    async () => {
	const g = await gym();
	await run(10);
	// as if it had been killed before it could say that it was sent
	await stack.sql(`UPDATE trn_alert_mails SET alm_state = 'SENDING',
	    alm_due_at = ${quote(at(NOON + 15 * MIN))}, alm_sent_at = NULL
	    WHERE alm_compcode = '${g.code}'`);
	await run(14);
	assert.equal((await states(g))[0].state, 'SENDING');
	const [was] = mailsOf(g);
	await run(16);
	assert.deepEqual(await states(g), [{ state: 'SENT', tries: '2',
	    error: null }]);
	assert.deepEqual(mailsOf(g).map(m => m.id), [was.id]);
});

// ---- when mail does not go -------------------------------------------------

const mailBy = mail => {
	stack.options.conf = mail ? { mail } : {};
	stack.writeConf();
};

test('while the server is away it waits, longer and longer; then both in one',
    async () => {
	const g = await gym();
	mailBy({ url: `smtp://127.0.0.1:${await freePort()}`, tls: 'no' });
	await run(10);
	let [mail] = await states(g);
	assert.equal(mail.state, 'WAITING');
	assert.equal(mail.tries, '1');
	assert.match(mail.error, /./);
	await run(10.2);
	assert.equal((await states(g))[0].tries, '1', 'not at once again');
	await run(11.1);
	assert.equal((await states(g))[0].tries, '2');
	await run(11.5);
	assert.equal((await states(g))[0].tries, '2');
	for (let minute = 20; minute < 28; minute++) {
		clock(minute);
		await report(g.sns[0]);
		await run(minute);
	}
	[mail] = await states(g);
	assert.ok(Number(mail.tries) < 9, `${mail.tries} tries`);
	assert.deepEqual(mailsOf(g), []);
	mailBy(null);
	clock(24 * 60);
	await report(g.sns[0]);
	await run(24 * 60);	// it was away for a day
	await run(24 * 60 + 1);
	assert.equal((await states(g)).length, 1);
	assert.deepEqual(subjects(g),
	    [`Gym ${g.code}: over: Bridge silent (Door ${g.sns[0]})`]);
	assert.match(mailsOf(g)[0].text, /it was over before this could be told/);
});

test('after three days it is given up', async () => {
	const g = await gym();
	mailBy({ url: `smtp://127.0.0.1:${await freePort()}`, tls: 'no' });
	await run(10);
	await run(3 * 24 * 60 + 11);
	mailBy(null);
	await run(4 * 24 * 60);
	const all = await states(g);
	assert.equal(all[0].state, 'REFUSED');
	assert.deepEqual(mailsOf(g), []);
});

const reply = (responseCode, text) => Object.assign(new Error(text),
    { responseCode });

// A mail server while `work` goes on; resolves to whom it had mail for.
async function withServer(more, work) {
	const got = [];
	const server = new SMTPServer({ authOptional: true, logger: false,
	    disableReverseLookup: true, hideSTARTTLS: true,
	    onData(stream, session, done) {
		stream.resume();
		stream.on('end', () => {
			got.push(session.envelope.rcptTo[0].address);
			done();
		});
	    }, ...more });
	server.on('error', () => {});
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	try {
		mailBy({ url: `smtp://127.0.0.1:${server.server.address().port}`,
		    tls: 'no', from: 'us@gym.example' });
		await work();
	} finally {
		mailBy(null);
		await new Promise(done => server.close(done));
	}
	return got;
}

test('a server that takes no mail from us is for us to mend: it waits',
    async () => {
	const no = (code, text) => (address, session, done) =>
	    done(reply(code, text));
	for (const [what, server] of Object.entries({
	    'nobody signed in': { onMailFrom: no(530, '5.7.0 Sign in first') },
	    'our address': { onMailFrom: no(550, '5.1.8 Sender unknown') },
	    'no relay': { onRcptTo: no(554, '5.7.1 Relay access denied') },
	    'not welcome': { onConnect: (session, done) =>
	    done(reply(554, 'no service for you')) },
	})) {
		const g = await gym();
		await withServer(server, () => run(10));
		const [mail] = await states(g);
		assert.equal(mail.state, 'WAITING', what);
		assert.match(mail.error, /5[35][04]/, what);
		await run(12);
		assert.equal((await states(g))[0].state, 'SENT', what);
		await stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED'
		    WHERE cmp_compcode = '${g.code}'`);
	}
});

test('an address that the server refuses is not tried again', async () => {
	const g = await gym();
	const second = await addUser(stack, g.code, 'owner');
	const got = await withServer({ onRcptTo: ({ address }, _, done) => done(
	    address === g.owner.email ? reply(550, 'nobody here') : undefined) },
	    async () => {
		for (const minute of [10, 11, 60])
			await run(minute);
		for (const minute of [61, 66, 67]) {
			clock(minute);
			await report(g.sns[0]);
			await run(minute);
		}
	    });
	// the beginning to the one; the end to whom the beginning was told
	assert.deepEqual(got, [second.email, second.email]);
	const all = await states(g);
	assert.deepEqual(all.map(s => s.state).sort(),
	    ['REFUSED', 'SENT', 'SENT']);
	assert.match(all.find(s => s.state === 'REFUSED').error, /550|nobody/);
});

// ---- the page --------------------------------------------------------------

const lines = html => [...(html.split('id="alerts"')[1] ?? '').matchAll(
    /<tr>\s*<th scope="row">[^]*?<\/tr>/g)].map(([row]) => textOf(row));

test('the page of terminals shows what is wrong, was, and who knows', async () => {
	const g = await gym({ branches: ['North', 'South'] });
	const owner = await Person.signIn(stack, g.owner);
	const south = await Person.signIn(stack, await addUser(stack, g.code,
	    'staff', 'South'));
	assert.doesNotMatch(await owner.page('/devices'), /id="alerts"/);
	const [one, two] = g.sns.map(sn => `Door ${sn} ${sn}`);
	mailBy({ url: `smtp://127.0.0.1:${await freePort()}`, tls: 'no' });
	await run(10);
	mailBy(null);
	const [second, first] = lines(await owner.page('/devices'));
	assert.match(first, new RegExp(`^${one}, North Bridge silent ` +
	    '12 Mar 2026, 12:00 pm Still so Waiting \\S+'));
	assert.match(second, new RegExp(`^${two}, South .* Waiting \\S+`));
	// the reason may hold an address
	assert.deepEqual(lines(await south.page('/devices')),
	    [`${two} Bridge silent 12 Mar 2026, 12:00 pm Still so Waiting`]);
	for (let minute = 20; minute < 27; minute++) {
		clock(minute);
		await report(g.sns[0]);
		await run(minute);
	}
	const all = lines(await owner.page('/devices'));
	assert.equal(all[0], second.replace(/Waiting.*/, 'Told'));
	assert.equal(all[1], `${one}, North Bridge silent 12 Mar 2026, 12:00 pm ` +
	    '12 Mar 2026, 12:20 pm Told');
	await stack.sql(`UPDATE trn_alert_mails SET alm_state = 'REFUSED',
	    alm_error = 'nobody here <x>' WHERE alm_compcode = '${g.code}'`);
	assert.match(lines(await owner.page('/devices'))[0],
	    /Not delivered nobody here <x>$/);
	await stack.sql(`DELETE FROM trn_alert_notices
	    WHERE aln_compcode = '${g.code}'`);
	assert.match(lines(await owner.page('/devices'))[0], /Nobody to tell$/);
});
