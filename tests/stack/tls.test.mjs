// tls.test.mjs: what the production site lets in, and what it says on each answer
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import { HOST, Site } from './site.mjs';
import { Stack } from './stack.mjs';
import { until } from './wait.mjs';

const HSTS = 'max-age=63072000; includeSubDomains';
const FORM = 'application/x-www-form-urlencoded';
let stack, site, cookie;

before(async () => {
	stack = await Stack.start({ demo: true, live: true, nginx: false });
	site = await Site.start(stack);
});
after(() => stack.stop());

const signIn = () => site.ask('/login', { method: 'POST',
    headers: { origin: `https://${HOST}`, 'content-type': FORM },
    body: new URLSearchParams(stack.login).toString() });

// One of every kind of answer there is: what it is, how it is asked for, and
// the status by which we know that it is that.
const answers = () => [
	['a page', '/', {}, 200],
	['a redirect', '/login', { method: 'POST', headers: {
	    'content-type': FORM, origin: `https://${HOST}`, cookie: 'a=b' },
	    body: new URLSearchParams(stack.login).toString() }, 303],
	['a page for whoever is not signed in', '/login',
	    { headers: { cookie: 'a=b' } }, 200],
	['an error of a worker', '/nothing', {}, 404],
	['an error of nginx', '/login', { method: 'POST',
	    body: Buffer.alloc(2 << 20) }, 413],
	['an error of nginx to a program', '/api/x', { method: 'POST',
	    body: Buffer.alloc(2 << 20) }, 413],
	['a static file', '/static/gymgate.css', {}, 200],
	['a static page', '/static/refused.html', {}, 200],
	['no static file', '/static/nothing.css', {}, 404],
	['the API', '/healthz', {}, 200],
	['the API, refusing', '/api/biometric_attendances',
	    { method: 'POST', body: '{}' }, 401],
	['the hub', '/live/events', { onlyHead: true }, 200],
	['the hub, refusing', '/live/events',
	    { headers: { cookie: 'a=b' } }, 401],
	['the hub to a bridge', '/api/devices/CRT5200-SN001/events',
	    { onlyHead: true, headers: {
	    authorization: `Bearer ${stack.token}` } }, 200],
];

async function everyAnswer(look) {
	cookie ??= (await signIn()).headers['set-cookie'][0].split(';')[0];
	for (const [what, path, options, status] of answers()) {
		const got = await site.ask(path, { ...options,
		    headers: { cookie, ...options.headers } });
		assert.equal(got.status, status, `${what}: ${got.text}`);
		look(what, got);
	}
}

test('12.2.1 nginx has nothing to say about the configuration', () => {
	const say = () => spawnSync('nginx', ['-t', ...site.args],
	    { encoding: 'utf8' }).stderr.split('\n').filter(line => line &&
	    !/syntax is ok$|test is successful$|"listen ... http2"/.test(line));
	assert.deepEqual(say(), []);
	const text = fs.readFileSync(site.conf, 'utf8');
	fs.writeFileSync(site.conf, text.replace(`server_name ${HOST}`,
	    `server_name ${HOST} ${HOST}`));
	assert.match(say().join(), /conflicting server name/);
	fs.writeFileSync(site.conf, text);
});

test('12.2.1 TLS 1.2 and 1.3 are spoken, and nothing older', async () => {
	for (const version of ['TLSv1.2', 'TLSv1.3']) {
		const got = await site.greet({ minVersion: version,
		    maxVersion: version });
		assert.equal(got.protocol, version);
	}
	// we would: only then is it the server that does not
	for (const version of ['TLSv1', 'TLSv1.1'])
		assert.deepEqual(await site.greet({ minVersion: version,
		    maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' }),
		    { alert: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' }, version);
});

test('12.2.1 of all ciphers only three are agreed on with an RSA key',
    async () => {
	const suites = tls.getCiphers().filter(name => !/^tls_/.test(name));
	const taken = [];
	for (const suite of suites) {
		const ciphers = `${suite.toUpperCase()}:@SECLEVEL=0`;
		const got = await site.greet({ maxVersion: 'TLSv1.2', ciphers });
		if (got.cipher)
			taken.push(got.cipher);
	}
	assert.ok(suites.length > 30);
	assert.deepEqual(taken.sort(), ['ECDHE-RSA-AES128-GCM-SHA256',
	    'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-CHACHA20-POLY1305']);
});

test('12.2.1 keys are agreed on over three curves', async () => {
	for (const [ecdhCurve, taken] of [['X25519', true],
	    ['prime256v1', true], ['secp384r1', true], ['secp521r1', false],
	    ['X448', false]])
		for (const maxVersion of ['TLSv1.2', 'TLSv1.3'])
			assert.equal('protocol' in await site.greet(
			    { ecdhCurve, maxVersion }), taken, ecdhCurve);
});

test('12.2.1 no ticket is given out whose key would stay for ever',
    async () => {
	assert.equal((await site.greet({ maxVersion: 'TLSv1.2' })).ticket,
	    undefined);
});

test('12.2.1 a name that is not ours gets no certificate', async () => {
	for (const servername of ['other.example.com', ''])
		assert.deepEqual(await site.greet({ servername }),
		    { alert: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' });
	// nor is anything older spoken before the name is looked at
	assert.deepEqual(await site.greet({ servername: 'other.example.com',
	    maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
	    { alert: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
	await assert.rejects(site.plain('/', { host: 'other.example.com' }),
	    /socket hang up/);
});

test('12.2.1 HTTP/2 is agreed on with whoever knows it', async () => {
	assert.equal((await site.greet({ ALPNProtocols: ['h2', 'http/1.1'] }))
	    .alpn, 'h2');
	assert.equal((await site.greet({ ALPNProtocols: ['http/1.1'] })).alpn,
	    'http/1.1');
	assert.equal((await site.greet()).alpn, false);
});

test('12.2.1 plain http leads people to https, and takes nothing', async () => {
	for (const path of ['/', '/members?q=a', '/login', '/static/x.css']) {
		const got = await site.plain(path);
		assert.equal(got.status, 301);
		assert.equal(got.headers.location, `https://${HOST}${path}`);
	}
	const got = await site.plain('/api/biometric_attendances', {
	    method: 'POST', body: '{}',
	    headers: { Authorization: `Bearer ${stack.token}` } });
	assert.equal(got.status, 403);
	assert.deepEqual(got.json, { status: false, message: 'Use https' });
});

test('3.4.1 every answer over TLS says that https it stays', async () => {
	await everyAnswer((what, got) => assert.equal(
	    got.headers['strict-transport-security'], HSTS, what));
});

test('3.4.1 plain http does not say so: there it would not count', async () => {
	for (const path of ['/', '/api/x'])
		assert.equal((await site.plain(path))
		    .headers['strict-transport-security'], undefined);
});

test('3.4.3 all that a browser might draw has the same strict policy',
    async () => {
	const policies = new Set();
	await everyAnswer((what, got) => {
		const policy = got.headers['content-security-policy'];
		const type = got.headers['content-type'] ?? 'text/html';
		if (policy || /html|css/.test(type))
			policies.add(policy ?? what);
	});
	const [policy, ...others] = policies;
	assert.deepEqual(others, []);
	const rules = policy.split('; ');
	for (const rule of ["default-src 'none'", "script-src 'self'",
	    "style-src 'self'", "base-uri 'none'", "form-action 'self'",
	    "frame-ancestors 'none'"])
		assert.ok(rules.includes(rule), rule);
	assert.doesNotMatch(policy, /unsafe|\*|http:|https:/);
});

test('3.4.4 every answer says that its type is meant', async () => {
	await everyAnswer((what, got) => assert.equal(
	    got.headers['x-content-type-options'], 'nosniff', what));
});

test('3.3.1 the cookie is Secure, and of this host alone', async () => {
	const got = await signIn();
	assert.equal(got.status, 303);
	const [set] = got.headers['set-cookie'];
	assert.match(set, /^__Host-gymgate-session=[0-9a-f]{64}; /);
	assert.match(set, /; Secure(;|$)/);
	assert.match(set, /; HttpOnly(;|$)/);
	assert.doesNotMatch(set, /Domain/i);
});

test('12.3.2 the bridge sends nothing to whom it cannot check', async () => {
	const own = await Site.start(stack, 'localhost');
	const url = `https://localhost:${own.ports[443]}`;
	const terminal = await stack.startTerminal({ users: 3 });
	const held = async () => (await stack.sql(`SELECT COUNT(*) AS n FROM
	    trn_member_attendances WHERE att_device_sn = 'CRT5200-SN001'
	    AND att_member_id = 42`))[0].n;
	const before_ = await held();
	await stack.startBridge({ server: { url } });
	await terminal.send('punch 42');
	await until('the bridge to say why', () =>
	    /certificate/i.test(stack.bridge.text()));
	assert.equal(await held(), before_);
	await stack.bridge.stop();
	await stack.startBridge({ server: { url,
	    ca_file: `${own.dir}/fullchain.pem` } });
	await until('the punch', async () =>
	    Number(await held()) === Number(before_) + 1);
	await stack.bridge.stop();
});

test('12.2.1 without workers, and after them, the same is said', async () => {
	await stack.web.stop();
	await stack.live.stop();
	for (const path of ['/', '/login', '/healthz', '/api/x',
	    '/live/events']) {
		const got = await site.ask(path);
		assert.equal(got.status, 503);
		assert.equal(got.headers['strict-transport-security'], HSTS);
		assert.equal(got.headers['x-content-type-options'], 'nosniff');
	}
});
