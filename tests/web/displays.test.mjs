// displays.test.mjs: screens at the front desk: paired by a code, and what
// they see
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { forget as forgetPunches } from '../faults/ledger.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { addMember, dayAfter, SN } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

const PAGE = '/settings/displays';
const COOKIE = 'gymgate-display';
const MINUTE_MS = 60000, DAY_MS = 24 * 60 * MINUTE_MS;
const ENDED = /event: signed-out/;
let stack, day, noonMs, owner, staff, gym, theirs;

before(async () => {
	stack = await Stack.start({ demo: 'morning', live: true });
	await forgetPunches(stack);
	const before = Date.now();
	day = makeNoon(stack);
	noonMs = Date.parse(`${day}T06:30:00Z`) - before;
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	theirs = await Person.signIn(stack, gym.owner);
	for (const [id, name, end] of [[901, 'Asha Devi Patil', 12],
	    [902, 'Bela Zyzzyva', 0], [903, 'Chand Quux', -3],
	    [904, 'Dev Tomorrow', 1]])
		await addMember(stack, { id, name, mappings: [[`${id}`]],
		    subscriptions: [['2020-01-01', dayAfter(day, end)]] });
	await stack.sql(`INSERT INTO trn_member_photos SELECT 'SF', id, CONCAT(
	    'large of ', id), 'small', '2026-01-01' FROM mst_members_lists
	    WHERE mbr_compcode = 'SF' AND id IN (901, 902)`);
});
after(() => stack.stop());

const codeOf = html => html.match(/<code>([A-Z2-9]{4}-[A-Z2-9]{4})<\/code>/)?.[1];
const rows = (company = 'SF') => stack.sql(`SELECT * FROM mst_displays
    WHERE dsp_compcode = '${company}' ORDER BY id`);
const audits = async id => (await stack.sql(`SELECT aud_action, aud_fields,
    aud_user_id IS NOT NULL AS who FROM trn_audit_trails
    WHERE aud_table = 'mst_displays' AND aud_row = '${id}' ORDER BY id`))
    .map(row => `${row.aud_action} ${row.aud_fields} ${row.who}`);

// Adds a display; resolves to its id and code.
async function add(person = owner, fields = {}, company = 'SF') {
	const got = await person.submit(PAGE, { label: 'Wall', ...fields });
	assert.equal(got.status, 200, got.text);
	return { id: (await rows(company)).at(-1).id, code: codeOf(got.text) };
}

const pair = (code, headers = {}) => stack.request('POST', '/desk/pair', {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded',
    ...headers }, body: new URLSearchParams({ code }).toString() });

const cookieOf = got => [got.headers['set-cookie']].flat()[0].split(';')[0];

// A screen that is paired.
async function screen(...args) {
	await forget();
	const made = await add(...args);
	const got = await pair(made.code);
	assert.equal(got.status, 303, got.text);
	const cookie = cookieOf(got);
	const ask = path => stack.request('GET', path, { headers: { Cookie:
	    cookie } });
	return { ...made, cookie, ask, stream: () => stack.events('/live/desk',
	    { headers: { Cookie: cookie } }) };
}

async function punch(user, time, { company = 'SF', sn = SN, token =
    stack.token } = {}) {
	const got = await stack.post({ compcode: company, user_id: `${user}`,
	    device_sn: sn, timestamp: `${day} ${time}` }, { token });
	assert.ok([200, 404].includes(got.status), got.text);
	return got.text;
}

const bytesOf = stream => stream.events.map(e => `event: ${e.event}\n${e.data}`)
    .join('\n');
const came = (stream, pattern) => until(`${pattern} in the stream`, () =>
    pattern.test(bytesOf(stream)), 8000);

// As a new address, whose tries do not count.
const forget = () => stack.sql('DELETE FROM trn_signin_delays');

test('an owner adds one, and its code is shown on that answer alone',
    async () => {
	const got = await owner.submit(PAGE, { label: ' The <wall> ',
	    sound: '1' });
	assert.equal(got.status, 200);
	const code = codeOf(got.text);
	assert.match(code, /^[A-HJKMNP-Z2-9-]{9}$/);
	assert.match(got.headers['cache-control'], /no-store/);
	const row = (await rows()).at(-1);
	assert.deepEqual([row.dsp_label, row.dsp_branch_id, row.dsp_short_names,
	    row.dsp_sound, row.dsp_token_hash, row.dsp_seen_at],
	    ['The <wall>', null, '0', '1', null, null]);
	assert.equal(JSON.stringify(row).includes(code.replace('-', '')), false);
	assert.deepEqual(await audits(row.id), ['add dsp_label,dsp_branch_id,' +
	    'dsp_short_names,dsp_sound,dsp_code_hash 1']);
	const page = await owner.page(PAGE);
	assert.equal(codeOf(page), undefined);
	assert.match(textOf(page), /The <wall> names, sound Not paired yet/);
	// posted twice it is one
	const form = fieldsOf(page);
	assert.equal((await owner.post(PAGE, { ...form, label: 'One' })).status,
	    200);
	const twice = await owner.post(PAGE, { ...form, label: 'One' });
	assert.equal(twice.status, 422);
	assert.match(errorOf(twice.text, 'label'), /added its display already/);
	assert.equal((await rows()).filter(r => r.dsp_label === 'One').length, 1);
});

test('each field says what is wrong with it', async () => {
	const was = (await rows()).length;
	for (const [name, typed, error] of [['label', '', /needed/],
	    ['label', 'x'.repeat(121), /too long/]]) {
		const got = await owner.submit(PAGE, { label: 'Fine',
		    [name]: typed });
		assert.equal(got.status, 422);
		assert.match(errorOf(got.text, name), error);
	}
	for (const branch of ['99', 'x', '0'])
		assert.equal((await owner.submit(PAGE, { label: 'Fine',
		    branch })).status, 422, branch);
	assert.equal((await rows()).length, was);
});

test('a code pairs one screen, once, however it is typed', async () => {
	const { id, code } = await add();
	assert.equal((await stack.request('GET', '/desk')).headers.location,
	    '/desk/pair');
	assert.match(textOf((await stack.request('GET', '/desk/pair')).text),
	    /Type the code/);
	const got = await pair(` ${code.toLowerCase().replace('-', ' ')} `);
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/desk');
	const [set] = [got.headers['set-cookie']].flat();
	assert.match(set, new RegExp(`^${COOKIE}=[0-9a-f]{64}; Path=/; HttpOnly` +
	    `; SameSite=Lax; Max-Age=${400 * 86400}`));
	const secret = cookieOf(got).split('=')[1];
	const row = (await rows()).find(r => r.id === id);
	assert.equal(JSON.stringify(row).includes(secret), false);
	assert.ok(row.dsp_token_hash && !row.dsp_code_hash && !row.dsp_code_to_at);
	assert.equal((await audits(id)).at(-1), 'pair dsp_token_hash 0');
	const again = await pair(code);
	assert.equal(again.status, 422);
	assert.match(textOf(again.text), /code is not valid now/);
	assert.equal(again.headers['set-cookie'], undefined);
	// the page renews the cookie
	const page = await stack.request('GET', '/desk', { headers: { Cookie:
	    cookieOf(got) } });
	assert.equal(page.status, 200);
	assert.equal([page.headers['set-cookie']].flat()[0], set);
	assert.doesNotMatch(page.text, new RegExp(secret));
	assert.match(textOf(await owner.page(PAGE)), /Paired seen just now/);
	await forget();
});

test('a code ends after 15 minutes, and when there is a newer one', async () => {
	const { id, code } = await add();
	stack.setClock(noonMs + 15 * MINUTE_MS + 1000);
	assert.equal((await pair(code)).status, 422);
	stack.setClock(noonMs);
	await forget();
	const newer = await owner.post(`${PAGE}/${id}/code`);
	assert.equal(newer.status, 200);
	assert.equal((await pair(code)).status, 422);
	stack.setClock(noonMs + 14 * MINUTE_MS);
	const got = await pair(codeOf(newer.text));
	assert.equal(got.status, 303);
	stack.setClock(noonMs);
	await forget();	// tries that are still to come, now
	assert.deepEqual((await audits(id)).slice(1), ['change dsp_code_hash 1',
	    'pair dsp_token_hash 0']);
	// a second screen takes the place of the first
	const next = await pair(codeOf((await owner.post(
	    `${PAGE}/${id}/code`)).text));
	const ask = got => stack.request('GET', '/desk/feed', { headers: {
	    Cookie: cookieOf(got) } });
	assert.equal((await ask(got)).status, 401);
	assert.equal((await ask(next)).status, 200);
});

test('whoever guesses waits longer from try to try', async () => {
	const { code } = await add();
	await forget();
	for (let i = 0; i < 5; i++)
		assert.equal((await pair('AAAA-AAAA')).status, 422, `${i}`);
	const slow = await pair(code);	// the right one, too
	assert.equal(slow.status, 429);
	assert.ok(Number(slow.headers['retry-after']) >= 1);
	assert.match(textOf(slow.text), /Too many tries\. Wait \d+ s/);
	// what cannot be a code is no try, and no pass
	assert.equal((await pair('0000-1111')).status, 422);
	assert.equal((await pair('')).status, 422);
	stack.setClock(noonMs + MINUTE_MS);
	assert.equal((await pair('AAAA-AAAA')).status, 422);
	assert.equal((await pair(code)).status, 429);
	stack.setClock(noonMs + 2 * MINUTE_MS);
	assert.equal((await pair(code)).status, 303);
	assert.equal((await stack.sql('SELECT * FROM trn_signin_delays')).length,
	    0);
	stack.setClock(noonMs);
	assert.equal((await pair(code, { Origin: 'https://evil.example' }))
	    .status, 403);
});

test('a punch is on the screen: who, how long it is paid, and why not',
    async () => {
	const wall = await screen();
	const stream = await wall.stream();
	assert.equal(stream.status, 200);
	assert.match(textOf((await wall.ask('/desk')).text),
	    /Spine Fitness .* Nobody has come in yet today/);
	await punch(901, '11:51:00');
	await came(stream, /12 days left/);
	await punch(902, '11:52:00');
	await came(stream, /Ends today/);
	await punch(903, '11:53:00');
	await came(stream, /Ended 3 days ago/);
	await punch(904, '11:54:00');
	await came(stream, /Ends tomorrow/);
	await punch(999, '11:55:00');
	await came(stream, /please ask at the desk/);
	const sent = stream.events.filter(e => e.event === 'punch')
	    .map(e => e.data);
	assert.equal(sent.length, 5);
	assert.match(textOf(sent[0]),
	    /ALLOWED Asha Devi Patil 12 days left 11:51 am Front door/);
	assert.match(sent[0], /src="\/desk\/photos\/901\/large\.jpg"/);
	assert.match(textOf(sent[2]), /DENIED Chand Quux Subscription expired/);
	assert.doesNotMatch(sent[2], /<img/);
	assert.match(textOf(sent[4]), /NOT MAPPED Number 999/);
	const page = (await wall.ask('/desk')).text;
	assert.match(page, /<article id="last" class="last is-odd"/);
	assert.equal(page.match(/<li id="/g).length, 5);
	assert.doesNotMatch(page, /<nav|Sign out|href="\/members/);
	stream.close();
});

test('a renewal counts at once', async () => {
	const wall = await screen();
	const stream = await wall.stream();
	await stack.sql(`UPDATE trn_member_subscriptions SET ms_end_date =
	    '${dayAfter(day, 30)}' WHERE ms_member_id = 903;
	    UPDATE mst_members_lists SET mbr_state_to = '1000-01-01'
	    WHERE id = 903;
	    UPDATE mst_companies SET cmp_revision = cmp_revision + 1`);
	await punch(903, '11:56:00');
	await came(stream, /30 days left/);
	assert.match(textOf((await wall.ask('/desk/feed')).text),
	    /ALLOWED Chand Quux 30 days left/);
	stream.close();
});

test('late punches are a row, and never large', async () => {
	const wall = await screen();
	const stream = await wall.stream();
	await punch(20, '11:30:00');
	await came(stream, /arrived late/);
	const data = stream.events.find(e => e.event === 'punch').data;
	assert.doesNotMatch(data, /<article/);
	assert.match(data, /^<li id="a\d+"/);
	assert.doesNotMatch((await wall.ask('/desk/feed')).text,
	    /<article[^]*11:30 am[^]*<\/article>/);
	stream.close();
});

test('short names: the full one is in no byte of page, feed or stream',
    async () => {
	const wall = await screen(owner, { short_names: '1' });
	const full = await screen();
	const streams = [await wall.stream(), await full.stream()];
	await punch(902, '11:57:00');
	await came(streams[1], /Bela Zyzzyva/);
	await came(streams[0], /Bela Z\./);
	const all = bytesOf(streams[0]) + (await wall.ask('/desk')).text +
	    (await wall.ask('/desk/feed')).text;
	assert.match(all, /Asha P\./);
	assert.match(all, /Chand Q\./);
	assert.doesNotMatch(all, /Zyzzyva|Devi|Patil|Quux/);
	streams.forEach(stream => stream.close());
});

test('photos: only of who came to this desk today', async () => {
	const wall = await screen();
	const got = await wall.ask('/desk/photos/901/large.jpg');
	assert.equal(got.status, 200);
	assert.equal(got.headers['content-type'], 'image/jpeg');
	assert.equal(got.text, 'large of 901');
	// who has not come, has no photo, is of another gym, is nobody
	await stack.sql(`INSERT INTO trn_member_photos VALUES ('SF', 5, 'x', 'x',
	    '2026-01-01')`);
	const [{ id: other }] = await stack.sql(`SELECT id FROM
	    mst_members_lists WHERE mbr_compcode = 'AA' LIMIT 1`);
	await stack.sql(`INSERT INTO trn_member_photos VALUES ('AA', ${other},
	    'x', 'x', '2026-01-01')`);
	await punch(1, '11:58:00', { company: 'AA', sn: 'AA-1',
	    token: gym.token });
	for (const id of [5, 904, other, 0, 'x', 99999999])
		assert.equal((await wall.ask(`/desk/photos/${id}/large.jpg`))
		    .status, 404, `${id}`);
	// yesterday's are gone
	stack.setClock(noonMs + DAY_MS);
	assert.equal((await wall.ask('/desk/photos/901/large.jpg')).status, 404);
	assert.match(textOf((await wall.ask('/desk')).text), /Nobody has come/);
	stack.setClock(noonMs);
	// and whoever takes the consent back has none
	await stack.sql('DELETE FROM trn_member_photos WHERE pho_member_id = 901');
	assert.equal((await wall.ask('/desk/photos/901/large.jpg')).status, 404);
	assert.doesNotMatch((await wall.ask('/desk/feed')).text, /photos\/901/);
});

test('nothing of another company or branch', async () => {
	const [north, south] = await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = 'AA' ORDER BY id`);
	const walls = { sf: await screen(),
	    north: await screen(theirs, { branch: north.id }, 'AA'),
	    south: await screen(theirs, { branch: south.id }, 'AA'),
	    all: await screen(theirs, {}, 'AA') };
	await forget();
	const streams = {};
	for (const [name, wall] of Object.entries(walls))
		streams[name] = await wall.stream();
	const at = { company: 'AA', token: gym.token };
	await punch(3, '11:58:30', { ...at, sn: 'AA-1' });
	await punch(4, '11:58:31', { ...at, sn: 'AA-2' });
	await punch(30, '11:58:32');
	await came(streams.all, /Member AA 4</);
	await came(streams.north, /Member AA 3</);
	await came(streams.south, /Member AA 4</);
	await came(streams.sf, /11:58/);
	const [{ id: third }] = await stack.sql(`SELECT id FROM
	    mst_members_lists WHERE mbr_code = 'AA-3'`);
	await stack.sql(`INSERT INTO trn_member_photos VALUES ('AA', ${third},
	    'x', 'x', '2026-01-01')`);
	for (const [name, wall] of Object.entries(walls)) {
		const text = bytesOf(streams[name]) +
		    (await wall.ask('/desk')).text +
		    (await wall.ask('/desk/feed')).text;
		const photo = await wall.ask(`/desk/photos/${third}/large.jpg`);
		assert.equal(/Member AA 3</.test(text), ['north', 'all']
		    .includes(name), name);
		assert.equal(/Member AA 4</.test(text), ['south', 'all']
		    .includes(name), name);
		assert.equal(/Spine|Front door/.test(text), name === 'sf', name);
		assert.equal(photo.status, ['north', 'all'].includes(name) ? 200 :
		    404, name);
		streams[name].close();
	}
	// nor is a branch of another company taken
	assert.equal((await owner.submit(PAGE, { label: 'x', branch:
	    north.id })).status, 422);
});

test('a display opens nothing else, and a person no desk', async () => {
	const wall = await screen();
	for (const path of ['/', '/feed', '/members', '/members/901',
	    '/attendance', '/settings', PAGE, '/account'])
		assert.equal((await wall.ask(path)).headers.location, '/login',
		    path);
	for (const path of ['/members/901/photo/large.jpg'])
		assert.equal((await wall.ask(path)).status, 303);
	const events = await stack.events('/live/events', { headers: { Cookie:
	    wall.cookie } });
	assert.equal(events.status, 401);
	const secret = wall.cookie.split('=')[1];
	assert.equal((await stack.request('GET', '/', { headers: { Cookie:
	    `gymgate-session=${secret}` } })).headers.location, '/login');

	assert.equal((await owner.get('/desk')).headers.location, '/desk/pair');
	for (const path of ['/desk/feed', '/desk/photos/902/large.jpg'])
		assert.equal((await owner.get(path)).status, 401, path);
	assert.equal((await stack.events('/live/desk', { headers: { Cookie:
	    owner.cookie } })).status, 401);
	assert.equal((await stack.request('GET', '/desk/feed', { headers: {
	    Cookie: `${COOKIE}=${owner.cookie.split('=')[1]}` } })).status, 401);
	// with both, the desk is still no page of staff
	const both = await stack.request('GET', '/desk', { headers: { Cookie:
	    `${owner.cookie}; ${wall.cookie}` } });
	assert.equal(both.status, 200);
	assert.doesNotMatch(both.text, /Sign out|csrf/);
});

test('only owners of all branches see and change them', async () => {
	const { id } = await add();
	const was = await rows();
	const north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
	for (const person of [staff, north]) {
		await person.page(PAGE, 403);
		for (const path of [PAGE, `${PAGE}/${id}`, `${PAGE}/${id}/code`,
		    `${PAGE}/${id}/revoke`])
			assert.equal((await person.post(path, { label: 'x',
			    version: '1' })).status, 403, path);
	}
	await theirs.page(`${PAGE}/${id}`, 404);
	await theirs.page(`${PAGE}/${id}/revoke`, 404);
	for (const what of ['', '/code', '/revoke'])
		assert.equal((await theirs.post(`${PAGE}/${id}${what}`, { label:
		    'x', version: '1' })).status, 404);
	assert.deepEqual(await rows(), was);
});

test('what it shows is changed, by one person at a time', async () => {
	const { id } = await add();
	const path = `${PAGE}/${id}`;
	const form = fieldsOf(await owner.page(path));
	const got = await owner.post(path, { ...form, label: 'Counter',
	    short_names: '1' });
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, PAGE);
	const row = (await rows()).find(r => r.id === id);
	assert.deepEqual([row.dsp_label, row.dsp_short_names, row.dsp_sound,
	    row.dsp_version], ['Counter', '1', '0', '2']);
	assert.equal((await audits(id)).at(-1),
	    'change dsp_label,dsp_short_names 1');
	const stale = await owner.post(path, { ...form, label: 'Third' });
	assert.equal(stale.status, 422);
	assert.match(textOf(stale.text), /Somebody else has changed this/);
	assert.equal((await rows()).find(r => r.id === id).dsp_label, 'Counter');
	assert.equal((await owner.post(path, fieldsOf(stale.text))).status, 303);
	assert.equal((await rows()).find(r => r.id === id).dsp_label, 'Third');
	const bad = await owner.submit(path, { label: '' });
	assert.equal(bad.status, 422);
	assert.match(errorOf(bad.text, 'label'), /needed/);
});

test('seen is written once a minute at most', async () => {
	const wall = await screen();
	const seen = async () => (await rows()).find(r => r.id === wall.id)
	    .dsp_seen_at;
	const first = await seen();
	stack.setClock(noonMs + MINUTE_MS - 5000);
	await wall.ask('/desk/feed');
	assert.equal(await seen(), first);
	stack.setClock(noonMs + MINUTE_MS + 5000);
	await wall.ask('/desk/feed');
	assert.notEqual(await seen(), first);
	stack.setClock(noonMs);
});

test('revoking asks, holds at once, and ends the stream in a minute',
    async () => {
	const wall = await screen(), other = await screen();
	const short = await screen();
	const stream = await wall.stream(), stays = await other.stream();
	const changed = await short.stream();
	assert.match(textOf(await owner.page(`${PAGE}/${wall.id}/revoke`)),
	    /Revoke Wall\?/);
	assert.equal((await wall.ask('/desk')).status, 200);
	assert.equal((await owner.submit(`${PAGE}/${wall.id}/revoke`))
	    .headers.location, PAGE);
	assert.equal((await wall.ask('/desk')).headers.location, '/desk/pair');
	assert.equal((await wall.ask('/desk/feed')).status, 401);
	assert.equal((await wall.ask('/desk/photos/902/large.jpg')).status, 401);
	assert.equal((await wall.stream()).status, 401);
	assert.equal((await audits(wall.id)).at(-1), 'revoke dsp_revoked_at 1');
	assert.match(textOf(await owner.page(PAGE)), /Wall names Revoked/);
	await owner.page(`${PAGE}/${wall.id}`, 404);
	for (const what of ['', '/code', '/revoke'])
		assert.equal((await owner.post(`${PAGE}/${wall.id}${what}`,
		    { label: 'x', version: '1' })).status, 404, what);
	await owner.submit(`${PAGE}/${short.id}`, { short_names: '1' });
	await until('the stream to end', () => stream.ended, 70000);
	assert.match(bytesOf(stream), ENDED);
	// what shows something else now comes again by itself
	await until('the changed one to end', () => changed.ended, 70000);
	assert.doesNotMatch(bytesOf(changed), ENDED);
	assert.equal(stays.ended, false);
	stays.close();
});
