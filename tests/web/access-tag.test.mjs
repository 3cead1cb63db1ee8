// access-tag.test.mjs: what makes the list of a terminal's door another one
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';
import { makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { addActive, addMember, ALLOWED, attendances, DENIED, punch, quote,
    SN } from './gym.mjs';
import { Person } from './pages.mjs';

const NEW = `/devices/${SN}/mappings/new`, NEXT = 4000;
let stack, today, owner;

before(async () => {
	stack = await Stack.start({ demo: 'morning', workers: 2 });
	today = makeNoon(stack);
	owner = await Person.signIn(stack, stack.login);
	await addMember(stack, { id: NEXT, mappings: [[`${NEXT}`]] });
	await addActive(stack, NEXT + 1);
	await addMember(stack, { id: NEXT + 2 });
	await stack.sql(`UPDATE mst_devices SET dev_enforced_at = '2026-01-01'
	    WHERE dev_open_sn = ${quote(SN)}`);
});
after(() => stack.stop());

const tag = async () => (await stack.request('GET',
    `/api/devices/${SN}/access`, { token: stack.token })).headers.etag;
const id = async (table, where) => (await stack.sql(`SELECT MAX(id) AS id
    FROM ${table} WHERE ${where}`))[0].id;
const sold = () => id('trn_member_subscriptions', `ms_member_id = ${NEXT}`);
const paid = () => id('trn_payments', `pay_member_id = ${NEXT}`);
const mapped = () => id('trn_member_biometric_mappings',
    "mbm_device_user_id = 'new'");
const member = `/members/${NEXT}`;

async function goes(got) {
	assert.equal((await got).status, 303, (await got).text);
}

async function bring() {
	const data = new FormData();
	for (const [key, value] of Object.entries({ csrf: await owner.csrf(),
	    kind: 'members', nonce: crypto.randomBytes(16).toString('hex') }))
		data.append(key, value);
	data.append('file', new Blob(['Code,Name\r\nTAG-1,Brought\r\n']), 'x.csv');
	const packed = new Response(data);
	const { status, headers: { location } } = await stack.request('POST',
	    '/settings/import', { headers: { Cookie: owner.cookie,
	    'Content-Type': packed.headers.get('content-type') },
	    body: Buffer.from(await packed.arrayBuffer()) });
	assert.equal(status, 303);
	await goes(owner.post(`${location}/run`));
	await until('the import', async () => 'DONE' === (await stack.sql(
	    `SELECT imp_state AS s FROM trn_imports WHERE id = ${
	    location.split('/').pop()}`))[0].s);
}

const CHANGES = [
	['a refused touch', async () => assert.equal((await stack.post(punch(
	    `${NEXT}`, `${today} 09:00:00`))).text, DENIED)],
	['a renewal', () => goes(owner.submit(`${member}/renew`,
	    { paid: '100' }))],
	['a payment', async () => goes(owner.submit(
	    `${member}/subscriptions/${await sold()}/pay`, { amount: '10' }))],
	['a payment taken back', async () => goes(owner.submit(
	    `/payments/${await paid()}`, { reason: 'Paid twice' },
	    `/payments/${await paid()}/void`))],
	['a freeze', () => goes(owner.submit(`${member}/freeze`))],
	['its end', async () => goes(owner.submit(`${member}/freezes/${await
	    id('trn_member_freezes', `frz_member_id = ${NEXT}`)}/end`))],
	['a number given', () => goes(owner.post(NEW, { user: 'new',
	    member_id: NEXT + 1 }))],
	['a number moved', async () => goes(owner.post(
	    `/mappings/${await mapped()}/move`, { member_id: NEXT + 2 }))],
	['a number taken', async () => goes(owner.submit(
	    `/mappings/${await mapped()}/end`))],
	['a void subscription', async () => {
		const first = await id('trn_payments', `pay_member_id = ${NEXT}
		    AND pay_reverses_id IS NULL AND id NOT IN (SELECT
		    pay_reverses_id FROM trn_payments WHERE pay_reverses_id
		    IS NOT NULL)`);
		if (first)
			await goes(owner.submit(`/payments/${first}`, { reason:
			    'By mistake' }, `/payments/${first}/void`));
		const was = await tag();
		await goes(owner.post(`${member}/subscriptions/${await
		    sold()}/void`));
		assert.notEqual(await tag(), was);
	}],
	['somebody let in', () => goes(owner.submit(`${member}/let-in`,
	    { note: 'Forgot the card' }))],
	['an import', bring],
	['other rules', () => goes(owner.submit('/settings/access',
	    { grace_days: '3' }))],
	['settings of the terminal', () => goes(owner.submit(
	    `/devices/${SN}/door/settings`, { after: '4' }))],
	['a corrected attendance', async () => goes(owner.submit(
	    `/attendance/${(await attendances(stack, NEXT))[0].id}/correct`,
	    { status: 'allowed', note: 'Was here' }))],
	['an erased member', () => goes(owner.submit(`/members/${NEXT + 2}/erase`,
	    { sure: 'yes' }))],
];

for (const [name, change] of CHANGES)
	test(`another list: ${name}`, async () => {
		const was = await tag();
		assert.ok(was);
		await change();
		assert.notEqual(await tag(), was);
	});

const report = (path, body) => stack.request('PUT',
    `/api/devices/${SN}/${path}`, { token: stack.token, headers:
    { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

const OTHERS = [
	['an allowed touch that uses nothing', async () => assert.equal((await
	    stack.post(punch(`${NEXT + 1}`, `${today} 10:00:00`))).text,
	    ALLOWED)],
	['a report', async () => assert.equal((await report('status',
	    { log_count: 7 })).status, 200)],
	['a report of the door', async () => assert.equal((await report('access',
	    { enforced: true, users: [{ user_id: '1', state: 'BLOCKED', kind:
	    'ENDED' }] })).status, 200)],
	['a note on a member', () => goes(owner.submit(`/members/${NEXT +
	    1}/edit`, { notes: 'Likes mornings' }))],
];

for (const [name, change] of OTHERS)
	test(`the same list: ${name}`, async () => {
		const was = await tag();
		await change();
		assert.equal(await tag(), was);
	});
