// device-mac.test.mjs: another MAC address under a terminal's serial
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addCompany, addUser } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { quote } from './gym.mjs';

const OLD = '00:17:61:42:42:42', NEW = '00:17:61:AA:BB:CC',
    THIRD = '00:17:61:AA:BB:DD';
let stack, gym, other, owner;

before(async () => {
	stack = await Stack.start({});
	gym = await addCompany(stack, 'AA', { branches: ['North', 'South'] });
	other = await addCompany(stack, 'BB');
	owner = await stack.signIn(gym.owner);
});
after(() => stack.stop());

// What the bridge is told of the address that is accepted.
async function report(sn, mac, { token = gym.token } = {}) {
	const got = await stack.request('PUT', `/api/devices/${sn}/status`, {
	    token, headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify(mac === undefined ? {} : { mac }) });
	assert.equal(got.status, 200, got.text);
	return got.json.mac;
}

const ask = (method, sn, { as = owner, form, headers = {} } = {}) =>
    stack.request(method, `/devices/${sn}/mac`, { headers: { Cookie: as,
    'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: form && new URLSearchParams(form).toString() });

const csrfOf = html => html.match(/name="csrf" value="([^"]+)"/)[1];
const macOf = html => html.match(/name="mac" value="([^"]+)"/)[1];

async function dashboard(as = owner) {
	const got = await stack.request('GET', '/', { headers: { Cookie: as } });
	assert.equal(got.status, 200);
	return got.text;
}

async function stored(sn) {
	const [row] = await stack.sql(`SELECT dev_mac, dev_mac_other,
	    dev_mac_other_at IS NOT NULL AS at FROM mst_devices
	    WHERE dev_open_sn = ${quote(sn)}`);
	return [row.dev_mac, row.dev_mac_other, row.at];
}

const audit = sn => stack.sql(`SELECT aud_fields AS fields,
    aud_user_id IS NOT NULL AS user, aud_address AS address
    FROM trn_audit_trails a JOIN mst_devices d ON dev_compcode = aud_compcode
    AND d.id = aud_row WHERE dev_sn = ${quote(sn)} AND aud_table =
    'mst_devices' AND aud_action = 'change' ORDER BY a.id`)
    .then(rows => rows.map(r => [r.fields, r.user, r.address]));

const BRIDGE = fields => [fields, '0', '127.0.0.1'];
const OWNER = fields => [fields, '1', '127.0.0.1'];

test('the first is accepted, another waits, the first again ends that',
    async () => {
	const sn = 'AA-1';
	assert.equal(await report(sn), null);
	assert.equal(await report(sn, ''), null);
	assert.equal(await report(sn, OLD), OLD);
	assert.equal(await report(sn, OLD.toLowerCase()), OLD);
	assert.deepEqual(await stored(sn), [OLD, null, '0']);
	assert.doesNotMatch(await dashboard(), /Another MAC/);

	assert.equal(await report(sn, NEW), OLD);
	assert.equal(await report(sn, NEW.toLowerCase()), OLD);
	assert.equal(await report(sn), OLD);
	assert.deepEqual(await stored(sn), [OLD, NEW, '1']);
	const html = await dashboard();
	assert.match(html, /Another MAC address: 00:17:61:AA:BB:CC; nothing is/);
	// staff read this, too, and could not go to where it is answered
	assert.match(html, /until the owner answers under <a href="\/devices">/);
	assert.doesNotMatch(html, /AA-1\/mac/);

	assert.equal(await report(sn, THIRD), OLD);
	assert.deepEqual(await stored(sn), [OLD, THIRD, '1']);
	assert.equal(await report(sn, OLD.toLowerCase()), OLD);
	assert.deepEqual(await stored(sn), [OLD, null, '0']);
	assert.doesNotMatch(await dashboard(), /Another MAC/);
	assert.deepEqual(await audit(sn), [BRIDGE('dev_mac'),
	    BRIDGE('dev_mac_other'), BRIDGE('dev_mac_other'),
	    BRIDGE('dev_mac_other')]);
	const nothing = await ask('GET', sn);
	assert.equal(nothing.status, 200);
	assert.match(nothing.text, /Nothing to answer[^]*00:17:61:42:42:42/);
	assert.doesNotMatch(nothing.text, /Yes, this is/);
});

test('the owner says yes, and the bridge is told', async () => {
	const sn = 'AA-2';
	assert.match((await ask('GET', sn)).text, /has not reported a MAC/);
	await report(sn, OLD);
	await report(sn, NEW);
	const page = await ask('GET', sn);
	assert.equal(page.status, 200);
	assert.match(page.text, new RegExp(`${OLD}[^]*${NEW}`));
	assert.match(page.text, /repaired or replaced[^]*another device/);
	assert.equal(macOf(page.text), NEW);
	const got = await ask('POST', sn, { form: { csrf: csrfOf(page.text),
	    mac: macOf(page.text) } });
	assert.equal(got.status, 303);
	assert.equal(got.headers.location, '/');
	assert.deepEqual(await stored(sn), [NEW, null, '0']);
	assert.equal(await report(sn, NEW), NEW);
	assert.doesNotMatch(await dashboard(), /Another MAC/);
	assert.deepEqual((await audit(sn)).at(-1),
	    OWNER('dev_mac,dev_mac_other'));
	// twice is once
	const again = await ask('POST', sn, { form: { csrf: csrfOf(page.text),
	    mac: NEW } });
	assert.equal(again.status, 422);
	assert.match(again.text, /Nothing to answer/);
	assert.equal((await audit(sn)).length, 3);
	// the old one is the other now
	assert.equal(await report(sn, OLD), NEW);
	assert.deepEqual(await stored(sn), [NEW, OLD, '1']);
});

test('an answer to an older question accepts nothing', async () => {
	const sn = 'AA-1';
	await report(sn, NEW);
	const page = await ask('GET', sn);
	await report(sn, THIRD);
	const form = { csrf: csrfOf(page.text), mac: macOf(page.text) };
	for (const mac of [form.mac, OLD, '', undefined, 'x'.repeat(5000)]) {
		const got = await ask('POST', sn, { form: mac === undefined ?
		    { csrf: form.csrf } : { ...form, mac } });
		assert.equal(got.status, 422, mac);
		assert.match(got.text, /Nothing was changed[^]*Look again/);
		assert.equal(macOf(got.text), THIRD);
		assert.deepEqual(await stored(sn), [OLD, THIRD, '1']);
	}
	assert.equal((await ask('POST', sn, { form: { ...form,
	    mac: THIRD.toLowerCase() } })).status, 303);
	assert.deepEqual((await stored(sn)).slice(1), [null, '0']);
	assert.equal((await report(sn, THIRD)).toUpperCase(), THIRD);
});

test('only an owner of that company and branch is asked', async () => {
	await report('AA-2', OLD);
	await report('BB-1', OLD, { token: other.token });
	await report('BB-1', NEW, { token: other.token });
	const page = await ask('GET', 'AA-2');
	const csrf = csrfOf(page.text);
	const as = async (role, branch) => stack.signIn(await addUser(stack,
	    'AA', role, branch));
	const before = [await stored('AA-2'), await stored('BB-1')];
	const refused = async (status, sn, options = {}) => {
		assert.equal((await ask('GET', sn, options)).status, status);
		const own = options.as ? csrfOf(await dashboard(options.as)) :
		    csrf;
		const got = await ask('POST', sn, { ...options, form: { csrf:
		    own, mac: macOf(page.text) } });
		assert.equal(got.status, status);
		return got;
	};

	const staff = await as('staff');
	assert.match(await dashboard(staff), /until the owner answers/);
	assert.match((await refused(403, 'AA-2', { as: staff })).text,
	    /ask the owner of the gym/);
	await refused(404, 'AA-2', { as: await as('owner', 'North') });
	assert.equal((await ask('GET', 'AA-2', { as: await as('owner',
	    'South') })).status, 200);
	await refused(404, 'BB-1');
	for (const sn of ['NONE', '%C3%A9', "x'--", 'x'.repeat(500)])
		await refused(404, sn);
	const out = await ask('GET', 'AA-2', { as: '' });
	assert.equal(out.status, 303);
	assert.equal(out.headers.location, '/login');
	for (const [status, options] of [[403, { form: { mac: OLD } }],
	    [403, { form: { csrf: 'x', mac: OLD } }],
	    [403, { form: { csrf, mac: OLD },
	    headers: { Origin: 'https://evil.example' } }],
	    [401, { as: '', form: { csrf, mac: OLD } }],
	    [415, { form: { csrf, mac: OLD },
	    headers: { 'Content-Type': 'application/json' } }]])
		assert.equal((await ask('POST', 'AA-2', options)).status,
		    status);
	assert.equal((await ask('DELETE', 'AA-2')).headers.allow,
	    'GET, HEAD, POST');
	assert.deepEqual([await stored('AA-2'), await stored('BB-1')], before);
});

test('a terminal that comes to another company begins anew', async () => {
	await stack.admin(['device', 'close', 'AA', 'AA-1']);
	await stack.admin(['device', 'add', 'BB', 'AA-1', 'Bought']);
	assert.equal(await report('AA-1', NEW, { token: other.token }), NEW);
	assert.equal((await ask('GET', 'AA-1')).status, 404);
});
