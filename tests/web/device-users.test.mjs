// device-users.test.mjs: whom a terminal knows, as its bridge tells
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { addCompany } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { hold, quote } from './gym.mjs';

let stack, gym, other;

before(async () => {
	stack = await Stack.start({ workers: 3 });
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	other = await addCompany(stack, 'BB');
});
after(() => stack.stop());

const put = (users, { sn = 'AA-1', token = gym.token, method = 'PUT', type =
    'application/json', body = JSON.stringify({ users }) } = {}) =>
    stack.request(method, `/api/devices/${sn}/users`, { token, body,
    headers: { 'Content-Type': type } });

async function says(users, options) {
	const got = await put(users, options);
	assert.equal(got.text, '{"status":true}');
	assert.equal(got.status, 200);
}

async function held(sn = 'AA-1', company = 'AA') {
	const rows = await stack.sql(`SELECT dvu_user_id, dvu_name,
	    dvu_privilege, dvu_is_enabled FROM trn_device_users
	    WHERE dvu_compcode = ${quote(company)} AND dvu_device_sn = ${
	    quote(sn)} ORDER BY dvu_user_id`);
	return rows.map(r => Object.values(r).join('|'));
}

const user = (user_id, name = '', privilege = 0, enabled = true) =>
    ({ user_id, name, privilege, enabled });

test('a list takes the place of the one before', async () => {
	await says([user('42', 'Asha'), user('43', 'Ravi O\'Neil', 14, false),
	    user('A1')]);
	assert.deepEqual(await held(), ['42|Asha|0|1', "43|Ravi O'Neil|14|0",
	    'A1||0|1']);
	await says([user('42', 'Asha Rao'), user('7', 'New', 255)]);
	assert.deepEqual(await held(), ['42|Asha Rao|0|1', '7|New|255|1']);
	await says([user('42', 'Asha Rao'), user('7', 'New', 255)]);
	assert.equal((await held()).length, 2);
	await says([]);
	assert.deepEqual(await held(), []);
	await says([]);
});

test('numbers, case, scripts, defaults, and a number told twice', async () => {
	const name = 'अआइईउऊऋएऐओऔकखगघङचछजझञटठड';
	await says([{ user_id: 42 }, { user_id: '042', name }, { user_id: 'a',
	    name: '🙂'.repeat(24) }, { user_id: 'A', name: 'a "b" \\ <c>' },
	    { user_id: '9', name: 'first', more: [] }, { user_id: '9', name: 7,
	    privilege: '6', enabled: false }, { user_id: 'b', name: null }]);
	assert.equal([...name].length, 24);
	assert.deepEqual((await held()).sort(), [`042|${name}|0|1`, '42||0|1',
	    '9|7|6|0', 'A|a "b" \\ <c>|0|1', `a|${'🙂'.repeat(24)}|0|1`,
	    'b||0|1'].sort());
});

test('ten thousand of them, with long names, are one request', async () => {
	const many = Array.from({ length: 10000 }, (x, i) =>
	    user(String(i).padStart(24, '0'), 'क'.repeat(24), 14));
	const began = Date.now();
	await says(many);
	assert.equal((await held()).length, 10000);
	await says(many.slice(1));
	assert.equal((await held()).length, 9999);
	assert.ok(Date.now() - began < 20000);
	const got = await put([...many, user('1')]);
	assert.equal(got.status, 413);
	assert.equal(got.json.message, 'At most 10,000 users at once');
	assert.equal((await put([], { body: 'x'.repeat(5 << 20) })).status, 413);
	assert.equal((await held()).length, 9999);
	await says([]);
});

test('each terminal and company has its own', async () => {
	await says([user('1', 'North')]);
	await says([user('1', 'South')], { sn: 'AA-2' });
	await says([user('1', 'Theirs')], { sn: 'BB-1', token: other.token });
	await says([]);
	assert.deepEqual(await held('AA-2'), ['1|South|0|1']);
	assert.deepEqual(await held('BB-1', 'BB'), ['1|Theirs|0|1']);
});

test('two lists at once do not become a mixture', async () => {
	const lists = ['x', 'y'].map(name => Array.from({ length: 50 },
	    (x, i) => user(`${name}${i}`, name)));
	const held_ = await hold(stack, `SELECT id FROM mst_devices
	    WHERE dev_open_sn = 'AA-1'`);
	const both = lists.map(list => says(list));
	await held_.release();
	await Promise.all(both);
	const names = new Set((await held()).map(r => r.split('|')[1]));
	assert.equal(names.size, 1);
	assert.equal((await held()).length, 50);
});

test('what is refused changes nothing', async () => {
	await says([user('1', 'Kept')]);
	const refused = async (status, field, users, options) => {
		const got = await put(users, options);
		const what = `${JSON.stringify(users)} ${got.text}`;
		assert.equal(got.status, status, what);
		assert.deepEqual(Object.keys(got.json), field ? ['status',
		    'message', 'field'] : ['status', 'message'], what);
		assert.equal(got.json.field, field, what);
		assert.equal(got.json.status, false);
	};
	const none = undefined, fine = user('5');
	const limited = (await stack.admin(['token', 'add', 'AA', 'x',
	    '--device', 'AA-2'])).trim();

	for (const token of [null, 'x', `AA.${'0'.repeat(64)}`])
		await refused(401, none, [fine], { token });
	await refused(403, none, [fine], { token: other.token });
	await refused(403, none, [fine], { token: limited });
	for (const sn of ['BB-1', 'NONE', 'aa-1'])
		await refused(403, none, [fine], { sn });
	for (const body of ['', '{', 'x', '{"users":['])
		await refused(400, none, none, { body });
	for (const body of ['[]', '1', '"x"'])
		await refused(422, none, none, { body });
	for (const users of [none, null, {}, 'x', 1, [1], ['x'], [[]], [null],
	    [fine, true]])
		await refused(422, 'users', users);
	for (const [field, values] of Object.entries({
	    user_id: [none, null, '', 'a b', '1.5', 1.5, -1, 'é',
	    '7'.repeat(25), true, [], {}],
	    name: ['x'.repeat(25), 'é'.repeat(25), 'x'.repeat(97), 'a\0', true,
	    [], {}],
	    privilege: [-1, 256, 1.5, 'x', '', true, []],
	    enabled: [0, 1, 'true', '', []] }))
		for (const value of values)
			await refused(422, field, [fine, { ...fine,
			    [field]: value }]);
	await refused(415, none, [], { type: 'text/plain' });
	await refused(405, none, [], { method: 'POST' });
	assert.deepEqual(await held(), ['1|Kept|0|1']);
	await stack.admin(['device', 'close', 'BB', 'BB-1']);
	await refused(403, none, [fine], { sn: 'BB-1', token: other.token });
});

test('no log has a name', () => {
	const text = fs.readdirSync(`${stack.dir}/log`).map(name =>
	    fs.readFileSync(`${stack.dir}/log/${name}`, 'utf8')).join();
	assert.match(text, /PUT \/api\/devices\/AA-1\/users/);
	assert.doesNotMatch(text, /Asha|Ravi|Kept|North/);
});
