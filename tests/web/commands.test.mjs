// commands.test.mjs: orders for a terminal, to its bridge and back
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';

let stack, a, b;

before(async () => {
	stack = await Stack.start({ live: true });
	a = await addCompany(stack, 'AA', { members: 1 });
	b = await addCompany(stack, 'BB', { members: 1 });
});
after(() => stack.stop());

const order = async (kind, seconds = 30) => (await stack.sql(`INSERT INTO
    trn_device_commands (cmd_compcode, cmd_device_sn, cmd_kind, cmd_user_id,
    cmd_seconds, cmd_created_at, cmd_expires_at) VALUES ('AA', 'AA-1',
    '${kind}', ${kind === 'UNLOCK' ? 'NULL, 5' : "'42', NULL"},
    UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ${seconds} SECOND);
    SELECT LAST_INSERT_ID() AS id`))[0].id;
const settle = (id, body, token = a.token, sn = 'AA-1') => stack.request(
    'POST', `/api/devices/${sn}/commands/${id}`, { token, headers:
    { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
const told = stream => stream.events.filter(e => e.event === 'command')
    .map(e => JSON.parse(e.data));

test('an order goes out once to each stream, and its result is kept', async () => {
	const open = () => stack.events('/api/devices/AA-1/events',
	    { headers: { Authorization: `Bearer ${a.token}` } });
	const one = await open();
	await order('UNLOCK', -1);
	const unlock = Number(await order('UNLOCK'));
	await until('the order', () => told(one).length === 1);
	const block = Number(await order('BLOCK'));
	await until('the other', () => told(one).length === 2);
	const two = await open();
	await until('both again', () => told(two).length === 2);
	for (const stream of [one, two]) {
		const [u, k] = told(stream);
		assert.deepEqual({ ...u, expires_ms: 0 }, { id: unlock,
		    kind: 'unlock', seconds: 5, expires_ms: 0 });
		assert.deepEqual({ ...k, expires_ms: 0 }, { id: block,
		    kind: 'block', user_id: '42', expires_ms: 0 });
		assert.ok(u.expires_ms > 20000 && u.expires_ms <= 30000);
		stream.close();
	}
	assert.equal((await settle(block, { done: true, templates_before: 120,
	    templates_after: 119 })).text, '{"status":true}');
	assert.equal((await settle(unlock, { done: false,
	    words: `no relay${'é'.repeat(200)}` }))
	    .status, 200);
	const rows = await stack.sql(`SELECT cmd_state, cmd_words,
	    cmd_templates_before AS b, cmd_templates_after AS a FROM
	    trn_device_commands WHERE id IN (${unlock}, ${block}) ORDER BY id`);
	assert.deepEqual(rows.map(r => Object.values(r).map(String).join('|')),
	    [`FAILED|no relay${'é'.repeat(192)}|null|null`, 'DONE||120|119']);
	assert.equal((await settle(block, { done: true })).status, 409);
});

test('what is late, or not theirs, is refused', async () => {
	const late = await order('UNLOCK', -1), id = await order('FREE');
	assert.equal((await settle(late, { done: true })).status, 409);
	assert.equal((await settle(999999, { done: true })).status, 404);
	assert.equal((await settle(id, { done: true }, b.token)).status, 404);
	assert.equal((await settle(id, {})).status, 422);
	assert.equal((await settle(id, { done: true, words: 'a\nb' })).status,
	    422);
	assert.equal((await settle(id, { done: true }, null)).status, 401);
	assert.equal((await settle(id, { done: true })).status, 200);
});
