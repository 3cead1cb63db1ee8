// tokens.test.mjs: API tokens: made and shown once, limited, revoked
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { quote, SN } from './gym.mjs';
import { errorOf, fieldsOf, Person, textOf } from './pages.mjs';

const PAGE = '/devices/tokens';
let stack, owner, staff, other, north;

before(async () => {
	stack = await Stack.start({ demo: 'morning' });
	makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	staff = await Person.signIn(stack, await addUser(stack, 'SF', 'staff'));
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	other = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'owner', 'North'));
});
after(() => stack.stop());

const shown = html => html.match(/<code>(SF\.[0-9a-f]{64})<\/code>/)?.[1];
const rows = (company = 'SF') => stack.sql(`SELECT id, tok_label AS label,
    tok_device_sn AS sn, tok_revoked_at AS revoked FROM mst_api_tokens
    WHERE tok_compcode = '${company}' ORDER BY id`);
const audits = () => stack.sql(`SELECT aud_action AS action, aud_row AS row,
    aud_fields AS fields, aud_user_id IS NOT NULL AS who
    FROM trn_audit_trails WHERE aud_table = 'mst_api_tokens' AND
    aud_user_id IS NOT NULL ORDER BY id`);
const report = async (token, sn = SN) => (await stack.request('PUT',
    `/api/devices/${sn}/status`, { token,
    headers: { 'Content-Type': 'application/json' }, body: '{}' })).status;

test('a token is made, shown on that answer alone, and lets in', async () => {
	const form = fieldsOf(await owner.page(PAGE));
	const got = await owner.post(PAGE, { ...form, label: ' The <office> ' });
	assert.equal(got.status, 200);
	assert.match(got.headers['cache-control'], /no-store/);
	const token = shown(got.text);
	assert.ok(token);
	assert.match(textOf(got.text), /it is not shown again/);
	assert.match(textOf(got.text), /The <office> any .* 12:0\d pm In use/);
	const row = (await rows()).at(-1);
	assert.deepEqual([row.label, row.sn, row.revoked],
	    ['The <office>', null, null]);
	assert.deepEqual(await audits(), [{ action: 'add', row: row.id,
	    fields: 'tok_label,tok_device_sn', who: '1' }]);
	assert.equal(await report(token), 200);

	// never again, whoever asks
	assert.doesNotMatch(await owner.page(PAGE), /[0-9a-f]{64}"?<\/code>/);
	const twice = await owner.post(PAGE, { ...form, label: 'The office' });
	assert.equal(twice.status, 422);
	assert.equal(shown(twice.text), undefined);
	assert.match(errorOf(twice.text, 'label'), /made its token already/);
	assert.equal((await rows()).length, 2);
	// the form that is drawn then makes one
	assert.equal((await owner.post(PAGE, fieldsOf(got.text).nonce ===
	    form.nonce ? {} : { ...fieldsOf(got.text), label: 'Next' })).status,
	    200);
	assert.equal((await owner.post(PAGE, { ...fieldsOf(twice.text),
	    label: 'And one' })).status, 200);
	assert.equal((await rows()).length, 4);
});

test('one for a terminal lets in that one only', async () => {
	const got = await owner.submit(PAGE, { label: 'Door', terminal: SN });
	const token = shown(got.text);
	assert.equal((await rows()).at(-1).sn, SN);
	assert.equal(await report(token), 200);
	await stack.admin(['device', 'add', 'SF', 'SN-2', 'Two']);
	assert.equal(await report(token, 'SN-2'), 403);
});

test('revoking asks, and holds at once', async () => {
	const token = shown((await owner.submit(PAGE, { label: 'Lost' })).text);
	const { id } = (await rows()).at(-1);
	assert.match(textOf(await owner.page(`${PAGE}/${id}/revoke`)),
	    /Revoke Lost\?.*any terminal/);
	assert.equal(await report(token), 200);
	const got = await owner.submit(`${PAGE}/${id}/revoke`);
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, PAGE);
	assert.equal(await report(token), 401);
	assert.match(textOf(await owner.page(PAGE)), /Lost any .* Revoked /);
	assert.deepEqual((await audits()).at(-1), { action: 'revoke', row: id,
	    fields: 'tok_revoked_at', who: '1' });
	const many = (await audits()).length;
	await owner.page(`${PAGE}/${id}/revoke`, 404);
	assert.equal((await owner.post(`${PAGE}/${id}/revoke`)).status, 404);
	assert.equal((await audits()).length, many);
});

test('each field says what is wrong with it', async () => {
	const was = await rows();
	for (const [name, typed, error] of [['label', '', /needed/],
	    ['label', null, /needed/], ['label', 'x'.repeat(121), /too long/],
	    ['label', 'a\x01', /cannot be kept/],
	    ['terminal', 'AA-1', /Choose one/], ['terminal', 'none', /Choose one/],
	    ['terminal', 'a b', /cannot be kept/],
	    ['terminal', 'x'.repeat(33), /too long/]]) {
		const got = await owner.submit(PAGE, { label: 'Fine',
		    [name]: typed });
		assert.equal(got.status, 422, `${name}: ${typed}`);
		assert.match(errorOf(got.text, name), error);
		assert.equal(shown(got.text), undefined);
	}
	assert.deepEqual(await rows(), was);
});

test('others neither see nor make nor revoke any', async () => {
	const was = [await rows(), await rows('AA')];
	const [, { id }] = was[0], [{ id: theirs }] = was[1];
	assert.doesNotMatch(await other.page(PAGE), /&lt;office/);
	for (const [person, status] of [[staff, 403], [north, 403]]) {
		await person.page(PAGE, status);
		assert.equal((await person.post(PAGE, { label: 'x' })).status,
		    status);
		await person.page(`${PAGE}/${id}/revoke`, status);
		assert.equal((await person.post(`${PAGE}/${id}/revoke`)).status,
		    status);
	}
	for (const bad of [theirs, '0', 'x', '99999999999999999999']) {
		await owner.page(`${PAGE}/${bad}/revoke`, 404);
		assert.equal((await owner.post(`${PAGE}/${bad}/revoke`)).status,
		    404);
	}
	for (const path of [PAGE, `${PAGE}/${id}/revoke`])
		assert.equal((await owner.request('POST', path, { form: {
		    label: 'Forged', csrf: await other.csrf() } })).status, 403);
	assert.equal((await owner.request('POST', PAGE, { form: { label: 'x',
	    csrf: await owner.csrf() }, headers: { Origin:
	    'https://evil.example' } })).status, 403);
	assert.deepEqual([await rows(), await rows('AA')], was);
	assert.equal((await stack.sql(`SELECT COUNT(*) AS n FROM mst_api_tokens
	    WHERE tok_label = ${quote('Forged')}`))[0].n, '0');
});
