// remind-tls.test.mjs: messages go to whom the certificate names, to nobody else
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http2 from 'node:http2';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { FakeService } from '../whatsapp/service.mjs';
import { addGym, person, rows } from './remind.mjs';

const NOON = Date.parse('2026-03-12T06:30:00Z');	// in Kolkata
let stack, service, server;
const versions = [];

// A certificate for 127.0.0.1 that is its own authority.
function certificate(dir) {
	const [key, cert] = ['key', 'cert'].map(n => `${dir}/tls-${n}.pem`);
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
	    'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
	    '/CN=service', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout',
	    key, '-out', cert], { stdio: 'ignore' });
	return { file: cert, key: fs.readFileSync(key),
	    cert: fs.readFileSync(cert) };
}

before(async () => {
	service = await FakeService.start();
	stack = await Stack.start({ web: false, nginx: false,
	    conf: service.conf() });
});
after(async () => {
	server?.close();
	await stack?.stop();
	await service?.stop();
});

async function run(g, whatsapp, ms) {
	stack.options.conf = { whatsapp: { ...service.conf().whatsapp,
	    url: `https://127.0.0.1:${server.address().port}`, ...whatsapp } };
	stack.writeConf();
	stack.setClock(NOON + ms - Date.now());
	const said = await stack.remind();
	assert.doesNotMatch(said, /9198765|Asha|EAA/);
	return { said, row: (await rows(stack, g))[0] };
}

test('a service that cannot be trusted gets nothing; one that can, gets it',
    async () => {
	const tls = certificate(stack.dir);
	// it speaks HTTP/2 to whoever likes
	server = http2.createSecureServer({ key: tls.key, cert: tls.cert,
	    allowHTTP1: true }, (req, res) => {
		versions.push(req.httpVersion);
		service.take(req, res);
	});
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	const g = await addGym(stack, { conf: { sender: 'CLOUD',
	    phone_id: service.phoneId } });
	service.writeToken(g.code);
	await person(stack, g, { id: 1001, until: '2026-03-19' });

	let { said, row } = await run(g, {}, 0);
	assert.match(said, /not sent, the rest waits: no safe connection/);
	assert.equal(`${row.msg_state} ${row.msg_sent_at}`, 'DUE null');
	assert.deepEqual(versions, []);

	({ said, row } = await run(g, { ca_file: tls.file }, 120000));
	assert.match(said, /1 sent, 0 refused/);
	assert.equal(row.msg_state, 'ACCEPTED');
	// on HTTP/2 libcurl sends again what is refused there
	assert.deepEqual(versions, ['1.1']);
	assert.deepEqual(service.wrong, []);
	assert.equal(service.delivered.size, 1);
});
