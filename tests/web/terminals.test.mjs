// terminals.test.mjs: terminals: listed, added, changed, replaced, given up
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, attendances, dayAfter, kolkata, punch, quote, SN }
    from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

let stack, today, owner, staff, other, gym, north, south;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
});
after(() => stack.stop());

const device = async (sn, company = 'SF') => (await stack.sql(`SELECT
    dev_name AS name, dev_branch_id AS branch, dev_start AS start,
    dev_to_at IS NOT NULL AS closed, dev_version AS version, id
    FROM mst_devices WHERE dev_compcode = '${company}' AND dev_sn =
    ${quote(sn)} ORDER BY id DESC LIMIT 1`))[0];
const mappings = (sn, company = 'SF') => stack.sql(`SELECT
    mbm_device_user_id AS user, mbm_member_id AS member, mbm_from AS 'from',
    mbm_to AS 'to' FROM trn_member_biometric_mappings WHERE mbm_compcode =
    '${company}' AND mbm_device_sn = ${quote(sn)}
    ORDER BY mbm_device_user_id * 1, mbm_from, id`);
const audits = (company = 'SF') => stack.sql(`SELECT aud_action AS action,
    aud_row AS row, aud_fields AS fields, aud_user_id AS user
    FROM trn_audit_trails WHERE aud_compcode = '${company}' AND
    aud_table = 'mst_devices' ORDER BY id`);
const revision = async (company = 'SF') => (await stack.sql(`SELECT
    cmp_revision AS r FROM mst_companies WHERE cmp_compcode =
    '${company}'`))[0].r;
const branchIds = async () => (await stack.sql(`SELECT id FROM mst_branches
    WHERE brn_compcode = 'AA' ORDER BY id`)).map(b => b.id);

test('the list says how each is, and offers what one may do', async () => {
	const html = await owner.page('/devices');
	assert.match(textOf(html), /Front door .*Not heard of yet/);
	assert.match(textOf(html), /Counts from 1 Jan 2020/);
	assert.doesNotMatch(html, /<dt>Branch/);
	for (const word of ['mappings', 'edit', 'copy', 'replace', 'mac', 'close'])
		assert.match(html, new RegExp(`href="/devices/${SN}/${word}"`));
	assert.match(html, /href="\/devices\/new"/);
	assert.match(html, /href="\/devices\/tokens"/);
	const theirs = await staff.page('/devices');
	assert.match(theirs, new RegExp(`href="/devices/${SN}/mappings"`));
	assert.doesNotMatch(theirs, /\/(new|tokens|edit|copy|replace|close)"/);
	assert.match(await other.page('/devices'), /<dt>Branch<\/dt><dd>North/);
});

test('a terminal is added, once, and counts from its day on', async () => {
	const form = fieldsOf(await owner.page('/devices/new'));
	assert.equal(form.start, today);
	assert.equal(form.branch, undefined);
	const was = await revision();
	const fields = { ...form, sn: 'NEW-1', name: ' Back <door> ' };
	for (let i = 0; i < 2; i++) {
		const got = await owner.post('/devices/new', fields);
		assert.equal(got.status, 303);
		assert.equal(got.headers.location, '/devices');
	}
	const row = await device('NEW-1');
	assert.deepEqual([row.name, row.branch, row.start, row.closed],
	    ['Back <door>', '1', today, '0']);
	assert.deepEqual((await audits()).map(a => [a.action, a.row, a.fields]),
	    [['add', row.id, 'dev_sn,dev_branch_id,dev_name,dev_start']]);
	assert.notEqual(await revision(), was);
	assert.match(await owner.page('/devices'), /Back &lt;door&gt;/);
	// it is let in at once
	assert.equal((await stack.request('PUT', '/api/devices/NEW-1/status', {
	    token: stack.token, headers: { 'Content-Type': 'application/json' },
	    body: '{}' })).status, 200);
});

test('one that the gym has is refused in words', async () => {
	for (const sn of ['NEW-1', SN]) {
		const got = await owner.submit('/devices/new', { sn, name: 'Mine' });
		assert.equal(got.status, 422, sn);
		assert.match(errorOf(got.text, 'sn'), /This gym has a terminal/);
		assert.equal(fieldsOf(got.text).sn, sn);
		assert.equal(fieldsOf(got.text).name, 'Mine');
	}
});

test('each field says what is wrong with it', async () => {
	const needed = /is needed/, long = /too long/, odd = /cannot be kept/;
	const many = (await audits()).length;
	for (const [name, typed, error] of [['sn', '', needed],
	    ['sn', null, needed], ['sn', 'x'.repeat(33), long],
	    ['sn', 'a b', odd], ['sn', 'a/b', odd], ['sn', 'é', odd],
	    ['name', '', needed], ['name', null, needed],
	    ['name', 'x'.repeat(121), long], ['name', 'a\nb', odd],
	    ['start', '', needed], ['start', null, needed],
	    ['start', '31-02-2026', /Enter a date/],
	    ['start', '31-12-2009', /too small/],
	    ['start', dayAfter(today, 400), /too large/]]) {
		const got = await owner.submit('/devices/new',
		    { sn: 'BAD-1', name: 'Bad', [name]: typed });
		const what = `${name}: ${typed}`;
		assert.equal(got.status, 422, what);
		assert.match(errorOf(got.text, name), error, what);
		if (name !== 'sn' && typed !== null && name !== 'start')
			assert.equal((await owner.submit(`/devices/${SN}/edit`,
			    { [name]: typed })).status, 422, what);
	}
	for (const branch of ['', '1', '999999', 'x', null]) {
		const got = await other.submit('/devices/new', { sn: 'BAD-1',
		    name: 'Bad', branch });
		assert.equal(got.status, 422);
		assert.ok(errorOf(got.text, 'branch'), branch);
	}
	assert.equal(await device('BAD-1'), undefined);
	assert.equal(await device('BAD-1', 'AA'), undefined);
	assert.equal((await audits()).length, many);
});

test('name, branch and day are changed, and nobody overwrites', async () => {
	const ids = await branchIds();
	assert.equal((await other.submit('/devices/AA-1/edit', { name: 'Gate',
	    branch: ids[1], start: '12-03-2021' })).status, 303);
	const row = await device('AA-1', 'AA');
	assert.deepEqual([row.name, row.branch, row.start, row.version],
	    ['Gate', ids[1], '2021-03-12', '2']);
	assert.equal((await audits('AA')).at(-1).fields,
	    'dev_branch_id,dev_name,dev_start');
	// nothing changed is nothing stored
	const many = (await audits('AA')).length;
	assert.equal((await other.submit('/devices/AA-1/edit')).status, 303);
	assert.equal((await audits('AA')).length, many);

	const mine = fieldsOf(await other.page('/devices/AA-1/edit'));
	assert.equal((await other.submit('/devices/AA-1/edit',
	    { name: 'Theirs', branch: ids[0] })).status, 303);
	const got = await other.post('/devices/AA-1/edit',
	    { ...mine, name: 'Mine' });
	assert.equal(got.status, 422);
	assert.match(textOf(got.text), /changed this terminal meanwhile/);
	assert.match(textOf(got.text), /Stored now: Theirs/);
	assert.match(textOf(got.text), /Stored now: North/);
	assert.equal((await device('AA-1', 'AA')).name, 'Theirs');
	assert.equal((await other.post('/devices/AA-1/edit',
	    fieldsOf(got.text))).status, 303);
	assert.equal((await device('AA-1', 'AA')).name, 'Mine');
	for (const version of ['', 'x', '0', '99', '99999999999999999999'])
		assert.equal((await other.post('/devices/AA-1/edit', { ...mine,
		    name: 'Never', version })).status, 422);
	assert.equal((await device('AA-1', 'AA')).name, 'Mine');
	assert.equal((await other.submit('/devices/AA-1/edit',
	    { branch: ids[0] })).status, 303);
});

test('a replacement takes over numbers, name and tokens', async () => {
	await addMember(stack, { id: 700, subscriptions: [['2020-01-01',
	    '2099-12-31']], mappings: [['700']], sn: 'NEW-1' });
	await addMember(stack, { id: 701, subscriptions: [['2020-01-01',
	    '2099-12-31']], mappings: [['701', '2020-01-01', '2025-01-01']],
	    sn: 'NEW-1' });
	// what the new one had with the gym, long ago
	await addMember(stack, { id: 702, mappings: [['5']], sn: 'NEW-2' });
	await stack.admin(['token', 'add', 'SF', 'for one', '--device', 'NEW-1']);
	const was = await revision();
	const form = fieldsOf(await owner.page('/devices/NEW-1/replace'));
	for (let i = 0; i < 2; i++) {
		const got = await owner.post('/devices/NEW-1/replace',
		    { ...form, sn: 'NEW-2' });
		assert.equal(got.status, 303, got.text);
	}
	assert.equal((await device('NEW-1')).closed, '1');
	const row = await device('NEW-2');
	assert.deepEqual([row.name, row.branch, row.start, row.closed],
	    ['Back <door>', '1', today, '0']);
	const [old, ended] = await mappings('NEW-1');
	const [before_, now] = await mappings('NEW-2');
	assert.deepEqual([old.user, old.member, ended.to],
	    ['700', '700', '2025-01-01 00:00:00']);
	assert.match(old.to, new RegExp(`^${today} `));
	assert.deepEqual([before_.user, before_.to], ['5', old.to]);
	// what it took before it was told here was theirs, too
	assert.deepEqual(now, { user: '700', member: '700',
	    from: `${today} 00:00:00`, to: null });
	assert.match((await stack.post(punch(700, `${today} 00:00:07`,
	    { device_sn: 'NEW-2' }))).text, /ALLOWED/);
	assert.equal((await stack.sql(`SELECT tok_device_sn AS sn
	    FROM mst_api_tokens WHERE tok_label = 'for one'`))[0].sn, 'NEW-2');
	assert.notEqual(await revision(), was);
	assert.deepEqual((await audits()).slice(-2).map(a => a.action),
	    ['replace', 'close']);
	// and the next punch is the same member's
	const later = Date.parse(`${old.to.replace(' ', 'T')}+05:30`) + 120000;
	stack.setClock(later - Date.now());
	assert.match((await stack.post(punch(700, kolkata(later),
	    { device_sn: 'NEW-2' }))).text, /ALLOWED/);
	assert.equal((await attendances(stack, 700)).length, 2);
	today = makeNoon(stack);
});

test('a replacement that cannot be is refused', async () => {
	for (const [sn, error] of [['NEW-2', /This gym has a terminal/],
	    [SN, /This gym has a terminal/],
	    ['', /needed/], ['a b', /cannot be kept/],
	    ['x'.repeat(33), /too long/]]) {
		const got = await owner.submit('/devices/NEW-2/replace', { sn });
		assert.equal(got.status, 422, sn);
		assert.match(errorOf(got.text, 'sn'), error);
	}
	assert.equal((await device('NEW-2')).closed, '0');
	assert.equal((await mappings('NEW-2')).filter(m => !m.to).length, 1);
	await owner.page('/devices/NEW-1/replace', 404);
	assert.equal((await owner.post('/devices/NEW-1/replace',
	    { sn: 'NEW-9' })).status, 404);
});

test('numbers are copied where they are free, and what waited comes in',
    async () => {
	await stack.admin(['device', 'add', 'SF', 'COPY-1', 'Pool', '--start',
	    '2020-01-01']);
	const at = `${dayAfter(today, -1)} 08:00:00`;
	// 42 knocks before it is mapped here; 43 is another's here; 41 was one's
	await stack.post(punch(42, at, { device_sn: 'COPY-1' }));
	await addMember(stack, { id: 703, name: 'Held Here', mappings: [['43'],
	    ['7', '2020-01-01', '2025-05-05']], sn: 'COPY-1' });
	const open = (await mappings(SN)).filter(m => !m.to);
	const was = await revision();
	const got = await owner.submit('/devices/COPY-1/copy', { terminal: SN });
	assert.equal(got.status, 303);
	const html = await owner.page(got.headers.location);
	assert.match(textOf(html), new RegExp(
	    `${open.length - 1} numbers were copied`));
	assert.match(textOf(html), /43 Vikram Nanda Held Here/);
	const copied = (await mappings('COPY-1')).filter(m => !m.to);
	assert.equal(copied.length, open.length);
	assert.equal(copied.find(m => m.user === '42').member, '42');
	assert.equal(copied.find(m => m.user === '42').from,
	    '2020-01-01 00:00:00');
	assert.equal(copied.find(m => m.user === '43').member, '703');
	assert.equal(copied.find(m => m.user === '7').from,
	    '2025-05-05 00:00:00');
	assert.notEqual(await revision(), was);
	assert.equal((await audits()).at(-1).action, 'copy');
	assert.equal((await attendances(stack, 42,
	    `att_device_sn = 'COPY-1'`)).length, 1);
	// again: none is free
	const again = await owner.submit('/devices/COPY-1/copy',
	    { terminal: SN });
	assert.match(textOf(await owner.page(again.headers.location)),
	    /0 numbers were copied/);
	assert.deepEqual((await mappings('COPY-1')).filter(m => !m.to), copied);
	for (const terminal of ['', 'COPY-1', 'AA-1', 'NEW-1', 'none', 'a b',
	    null]) {
		const bad = await owner.submit('/devices/COPY-1/copy',
		    { terminal });
		assert.equal(bad.status, 422, terminal);
		assert.ok(errorOf(bad.text, 'terminal'), terminal);
	}
	for (const query of ['terminal=AA-1&copied=3', 'terminal=x&copied=x',
	    'copied=-1', 'terminal=%ff'])
		assert.doesNotMatch(await owner.page(
		    `/devices/COPY-1/copy?${query}`), /copied\./);
});

test('giving one up asks, and keeps the past', async () => {
	assert.match(await owner.page('/devices/COPY-1/close'),
	    /Close this terminal/);
	assert.equal((await device('COPY-1')).closed, '0');
	assert.equal((await owner.post('/devices/COPY-1/close')).status, 303);
	assert.equal((await device('COPY-1')).closed, '1');
	assert.equal((await audits()).at(-1).action, 'close');
	assert.ok((await mappings('COPY-1')).length > 30);
	assert.doesNotMatch(await owner.page('/devices'), /COPY-1/);
	await owner.page('/devices/COPY-1/close', 404);
	// another gym may have it now
	assert.equal((await other.submit('/devices/new', { sn: 'COPY-1',
	    name: 'Bought' })).status, 303);
	await owner.page('/devices/COPY-1/edit', 404);
});

test('a branch sees its own terminals alone', async () => {
	const ids = await branchIds();
	assert.match(await north.page('/devices'), /Mine/);
	assert.doesNotMatch(await north.page('/devices'), /AA-2|Tokens/);
	assert.match(await south.page('/devices'), /AA-2/);
	assert.doesNotMatch(await south.page('/devices'), /AA-1"/);
	for (const word of ['edit', 'close', 'copy', 'replace', 'mac']) {
		await north.page(`/devices/AA-1/${word}`);
		await north.page(`/devices/AA-2/${word}`, 404);
		assert.equal((await north.post(`/devices/AA-2/${word}`,
		    { name: 'x', sn: 'x', terminal: 'AA-1' })).status, 404);
	}
	// what they add stands in theirs, whatever they say
	assert.equal((await north.submit('/devices/new', { sn: 'N-1',
	    name: 'North door', branch: ids[1] })).status, 303);
	assert.equal((await device('N-1', 'AA')).branch, ids[0]);
	assert.equal((await north.submit('/devices/N-1/copy',
	    { terminal: 'AA-2' })).status, 422);
});

test('staff, other gyms and forged forms change nothing', async () => {
	const rows = () => stack.sql(`SELECT dev_sn, dev_name, dev_to_at,
	    dev_version FROM mst_devices ORDER BY id`);
	const was = await rows();
	await staff.page('/devices/new', 403);
	assert.equal((await staff.post('/devices/new', { sn: 'S', name: 'S',
	    start: today })).status, 403);
	for (const word of ['edit', 'close', 'copy', 'replace']) {
		const path = `/devices/${SN}/${word}`;
		await staff.page(path, 403);
		assert.equal((await staff.post(path, { name: 'x', sn: 'x' })).status,
		    403);
		for (const sn of ['AA-1', 'none', '%C3%A9', 'x'.repeat(99)]) {
			await owner.page(`/devices/${sn}/${word}`, 404);
			assert.equal((await owner.post(`/devices/${sn}/${word}`,
			    { name: 'x', sn: 'x' })).status, 404);
		}
		const form = { ...fieldsOf(await owner.page(path)), name: 'x',
		    sn: 'x' };
		for (const options of [{ form: { ...form, csrf: 'x' } },
		    { form: { ...form, csrf: await other.csrf() } },
		    { form, headers: { Origin: 'https://evil.example' } }])
			assert.equal((await owner.request('POST', path,
			    options)).status, 403);
	}
	assert.deepEqual(await rows(), was);
});
