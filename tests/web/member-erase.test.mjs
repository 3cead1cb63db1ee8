// member-erase.test.mjs: a member is forgotten: what goes, and what stays
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { addMember, ALLOWED, dayAfter, punch, UNMAPPED } from './gym.mjs';
import { Person, textOf } from './pages.mjs';

const ERASE = '/members/900/erase';
let stack, today, owner, staff, other, southOwner;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 3 });
	other = await Person.signIn(stack, gym.owner);
	southOwner = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'South'));
	await addMember(stack, { id: 900, name: 'Ana Forgotten',
	    subscriptions: [['2020-01-01', '2099-12-31']],
	    freezes: [['FREEZE', '2021-01-01', '2021-02-01']],
	    mappings: [['900'], ['901', '2020-01-01', '2020-02-01'],
	    ['902', dayAfter(today, 3)]] });
	await stack.sql(`UPDATE mst_members_lists SET mbr_phone = '+919876500900',
	    mbr_email = 'ana@forgotten.example', mbr_notes = 'Secret knee'
	    WHERE id = 900; UPDATE trn_member_freezes SET frz_note =
	    'Secret wedding' WHERE frz_member_id = 900;
	    INSERT INTO trn_member_photos (pho_compcode, pho_member_id,
	    pho_large, pho_small, pho_at) VALUES ('SF', 900, 'x', 'x',
	    '2026-01-01');`);
	await staff.post('/members/900/consents', { kind: 'MESSAGES',
	    act: 'give' });
	assert.equal((await stack.post(punch('900', `${today} 11:50:00`))).text,
	    ALLOWED);
});
after(() => stack.stop());

// All that is held of the member, as one text.
async function held() {
	const tables = { mst_members_lists: 'id', trn_member_freezes:
	    'frz_member_id', trn_member_photos: 'pho_member_id',
	    trn_member_consents: 'cns_member_id', trn_member_subscriptions:
	    'ms_member_id', trn_member_biometric_mappings: 'mbm_member_id',
	    trn_member_attendances: 'att_member_id' };
	const rows = {};
	for (const [table, column] of Object.entries(tables))
		rows[table] = await stack.sql(`SELECT * FROM ${table} WHERE
		    ${column} = 900 ORDER BY 1, 2`);
	return rows;
}

test('only an owner is asked, of their own members', async () => {
	// which also judges the state, as every page does that shows it, and
	// keeps the day of the last visit, as the page of today does
	await owner.page('/');
	assert.match(textOf(await owner.page('/members/900')), /forgotten\? Erase/);
	const before_ = await held();
	assert.doesNotMatch(await staff.page('/members/900'), /\/erase"/);
	await staff.page(ERASE, 403);
	assert.equal((await staff.post(ERASE, { sure: 'yes' })).status, 403);
	const [{ id }] = await stack.sql(`SELECT MIN(id) AS id FROM
	    mst_members_lists WHERE mbr_compcode = 'AA'`);
	for (const [person, who] of [[other, 900], [southOwner, id],
	    [owner, id], [owner, 99999], [owner, 'x']]) {
		await person.page(`/members/${who}/erase`, 404);
		assert.equal((await person.post(`/members/${who}/erase`,
		    { sure: 'yes' })).status, 404);
	}
	assert.equal((await owner.request('POST', ERASE, { form: {
	    sure: 'yes' } })).status, 403);
	assert.deepEqual(await held(), before_);
});

test('it asks, and does nothing unless it is confirmed', async () => {
	const before_ = await held();
	assert.match(textOf(await owner.page(ERASE)),
	    /Erase Ana Forgotten\? .*cannot be undone.*What goes.*What stays/);
	const got = await owner.submit(ERASE);
	assert.equal(got.status, 422);
	assert.match(textOf(got.text), /Tick this to go on/);
	assert.deepEqual(await held(), before_);
});

test('who it was goes; ids, visits and accounts stay', async () => {
	await owner.page('/');
	const counted = async () => (await stack.sql(`SELECT mct_active AS n FROM
	    trn_membership_counts WHERE mct_compcode = 'SF'`))[0].n;
	const active = Number(await counted()), was = await held();
	const got = await owner.submit(ERASE, { sure: 'yes' });
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/members/900');

	const now = await held();
	assert.doesNotMatch(JSON.stringify(now), /Ana|Secret|ana@|98765/);
	const [row] = now.mst_members_lists;
	assert.equal(row.mbr_name, 'Erased member');
	assert.equal(row.mbr_code, 'T-900');
	assert.notEqual(row.mbr_erased_at, null);
	assert.deepEqual(now.trn_member_photos, []);
	assert.deepEqual(now.trn_member_consents.map(c => [c.cns_kind,
	    c.cns_is_given]), [['MESSAGES', '1'], ['MESSAGES', '0']]);
	assert.deepEqual(now.trn_member_subscriptions,
	    was.trn_member_subscriptions);
	assert.deepEqual(now.trn_member_attendances, was.trn_member_attendances);
	const ends = Object.fromEntries(now.trn_member_biometric_mappings.map(m =>
	    [m.mbm_device_user_id, m.mbm_to]));
	assert.ok(ends['900'].startsWith(`${today} 12:0`), ends['900']);
	assert.equal(ends['901'], '2020-02-01 00:00:00');
	assert.equal(ends['902'], `${dayAfter(today, 3)} 00:00:00`);
	assert.equal((await stack.post(punch('900', `${today} 12:10:00`))).text,
	    UNMAPPED);

	const html = await owner.page('/members/900'), text = textOf(html);
	assert.match(text, /Erased member This member was erased/);
	assert.match(text, /T-900 .*Came in/);
	assert.doesNotMatch(html, /members\/900\/(edit|renew|freeze|photo|erase|consents)/);
	assert.doesNotMatch(await owner.page('/members?q=T-900'), /members\/900/);
	assert.doesNotMatch(await owner.page('/members?q=Erased'), /members\/900/);
	assert.match(textOf(await owner.page('/')), /Erased member/);
	assert.equal(Number(await counted()), active - 1);

	const audit = await stack.sql(`SELECT aud_action AS action, aud_table AS
	    \`table\`, aud_fields AS fields FROM trn_audit_trails
	    WHERE aud_user_id IS NOT NULL ORDER BY id DESC LIMIT 5`);
	assert.deepEqual(audit[0], { action: 'erase', table: 'mst_members_lists',
	    fields: 'mbr_name,mbr_phone,mbr_email,mbr_notes,mbr_erased_at' });
	assert.equal(audit.filter(a => a.table ===
	    'trn_member_biometric_mappings').length, 2);
});

test('erased twice is erased; nothing more can be done to it', async () => {
	const before_ = await held();
	assert.equal((await owner.post(ERASE, { sure: 'yes' })).status, 303);
	assert.equal((await owner.post(ERASE)).status, 303);
	await owner.page(ERASE, 404);
	for (const [path, form] of [['edit', { name: 'x', code: 'x',
	    joined: today, version: '2' }], ['freeze', { kind: 'FREEZE',
	    from: today }], ['consents', { kind: 'PHOTO', act: 'give' }]])
		assert.equal((await owner.post(`/members/900/${path}`, form))
		    .status, 404, path);
	assert.deepEqual(await held(), before_);
});
