// mail.test.mjs: mail by a real server, and what is said when it will not
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { Stack } from '../stack/stack.mjs';

const PASSWORD = 'not-in-any-log-8312';
let stack, tls;

before(async () => {
	stack = await Stack.start({ nginx: false, web: false });
	tls = certificate(stack.dir);
});
after(() => stack?.stop());

// A certificate for 127.0.0.1 that is its own authority.
function certificate(dir) {
	const [key, cert] = ['key', 'cert'].map(n => `${dir}/mail-${n}.pem`);
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
	    'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
	    '/CN=mail', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout',
	    key, '-out', cert], { stdio: 'ignore' });
	return { file: cert, key: fs.readFileSync(key),
	    cert: fs.readFileSync(cert) };
}

// Runs a mail server while `use(port, letters)` runs.
async function withServer(options, use) {
	const letters = [];
	const server = new SMTPServer({ key: tls.key, cert: tls.cert,
	    authOptional: true, disableReverseLookup: true, logger: false,
	    onAuth: ({ username, password }, _, done) =>
	    username === 'gym' && password === PASSWORD ?
	    done(null, { user: username }) : done(new Error('no')),
	    onData(stream, session, done) {
		let text = '';
		stream.on('data', part => { text += part; });
		stream.on('end', () => {
			letters.push({ text, secure: session.secure,
			    user: session.user,
			    to: session.envelope.rcptTo.map(r => r.address) });
			done();
		});
	    }, ...options });
	server.on('error', () => {});	// a client that hangs up
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	try {
		return await use(server.server.address().port, letters);
	} finally {
		await new Promise(done => server.close(done));
	}
}

// What `--test-mail` says with this [mail]: { out } or { err, code }.
async function send(mail, address = 'asha@gym.example') {
	stack.writeConf();
	const conf = fs.readFileSync(stack.conf, 'utf8');
	fs.writeFileSync(stack.conf, conf.replace(/^\[mail\]\n/m, `$&${
	    Object.entries(mail).map(([k, v]) => `${k} = ${v}\n`).join('')}`));
	return stack.once('gymgate-chores', ['--test-mail', address])
	    .then(out => ({ out }), e => ({ err: e.err, code: e.code }));
}

function passwordFile(text) {
	const file = `${stack.dir}/mail.password`;
	fs.writeFileSync(file, `${text}\n`, { mode: 0o600 });
	return file;
}

test('encrypted, signed in, and as it was written', () =>
    withServer({}, async (port, letters) => {
	const got = await send({ url: `smtp://127.0.0.1:${port}`,
	    ca_file: tls.file, user: 'gym', from: 'us@gym.example',
	    password_file: passwordFile(PASSWORD) });
	assert.equal(got.out, 'sent to asha@gym.example\n', got.err);
	const [{ text, secure, user, to }] = letters;
	assert.deepEqual({ secure, user, to },
	    { secure: true, user: 'gym', to: ['asha@gym.example'] });
	assert.match(text, /^From: Gymgate <us@gym\.example>\r$/m);
	assert.match(text, /^To: <asha@gym\.example>\r$/m);
	const body = text.split('\r\n\r\n')[1];
	assert.match(Buffer.from(body, 'base64').toString(), /^This is a test/);
    }));

test('over TLS from the first byte', () =>
    withServer({ secure: true }, async (port, letters) => {
	const got = await send({ url: `smtps://127.0.0.1:${port}`,
	    ca_file: tls.file });
	assert.equal(got.out, 'sent to asha@gym.example\n', got.err);
	assert.equal(letters.length, 1);
    }));

const REFUSALS = [
	{ what: 'a certificate of nobody', says: /TLS/, mail: {} },
	{ what: 'a server that does not encrypt', says: /TLS/,
	    server: { disabledCommands: ['STARTTLS'] }, mail: {} },
	{ what: 'a wrong password', says: /user or password refused/,
	    mail: { ca: true, user: 'gym', password: 'wrong' } },
	{ what: 'no such person', says: /refused: 550 nobody here/,
	    mail: { ca: true }, server: { onRcptTo: (_, s, done) =>
	    done(Object.assign(new Error('nobody here'),
	    { responseCode: 550 })) } },
	{ what: 'a full mailbox', says: /452 come back/,
	    mail: { ca: true }, server: { onData: (stream, s, done) => {
		stream.resume();
		stream.on('end', () => done(Object.assign(
		    new Error('come back'), { responseCode: 452 })));
	    } } },
];

for (const { what, says, server, mail } of REFUSALS)
	test(`${what} is said in one line, and nothing was sent`, () =>
	    withServer(server ?? {}, async (port, letters) => {
		const { ca, password, ...more } = mail;
		if (ca)
			more.ca_file = tls.file;
		if (password)
			more.password_file = passwordFile(password);
		const got = await send({ url: `smtp://127.0.0.1:${port}`,
		    ...more });
		assert.equal(got.code, 1, got.out);
		assert.match(got.err, says);
		assert.equal(got.err.trim().split('\n').length, 1, got.err);
		assert.ok(!got.err.includes(PASSWORD));
		assert.equal(letters.length, 0);
	    }));

test('without encryption where that is wanted', () =>
    withServer({ disabledCommands: ['STARTTLS'] }, async (port, letters) => {
	const got = await send({ url: `smtp://127.0.0.1:${port}`, tls: 'no' });
	assert.equal(got.out, 'sent to asha@gym.example\n', got.err);
	assert.equal(letters.length, 1);
    }));

test('without a server it lies in the folder', async () => {
	const { out } = await send({});
	const file = out.match(/^written to (\S+)\n$/)[1];
	assert.match(fs.readFileSync(file, 'utf8'), /^To: <asha@/m);
});

test('what is wrong is said: an address, a password file, a sender',
    async () => {
	assert.match((await send({}, 'asha')).err, /not an e-mail address/);
	assert.match((await send({ password_file: '/nowhere' })).err,
	    /\/nowhere: No such file/);
	const got = await send({ from: 'us' });
	assert.deepEqual([got.code, got.err],
	    [2, 'gymgate-chores: [mail] from: us is no address\n']);
});
