// private.test.mjs: what other accounts of the machine get at while it runs: nothing
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { accountOf, openWay } from './account.mjs';
import { BIN, REPO, Stack } from './stack.mjs';
import { until } from './wait.mjs';

const isRoot = process.getuid() === 0;
const SOCKETS = ['web.sock', 'live.sock', 'wake.sock'];
let stack, servers, stranger;

before(async () => {
	process.umask(0);	// a unit's is 0077: nothing may lean on it
	if (isRoot) {
		servers = accountOf('www-data');
		stranger = accountOf('nobody');
		openWay();
	}
	stack = await Stack.start({ account: servers, demo: true, live: true,
	    terminals: [{ users: 3 }], bridge: true });
	await stack.once('gymgate-chores', ['--test-mail', 'a@example.org']);
	await until('the bridge to have a spool', () =>
	    fs.existsSync(`${stack.dir}/spool.db`));
});
after(() => stack.stop());

// Tried as `account`: what becomes of each, a word or 'done'.
function attempts(account, { read = [], write = [], connect = [] }) {
	const script = `
	const fs = require('fs'), net = require('net');
	const { read, write, connect } = JSON.parse(process.argv[1]);
	const found = {};
	const open = (file, flags) => {
		try {
			fs.closeSync(fs.openSync(file, flags));
			found[file] = 'done';
		} catch (e) {
			found[file] = e.code;
		}
	};
	read.forEach(file => open(file, 'r'));
	write.forEach(file => open(file, 'r+'));
	Promise.all(connect.map(file => new Promise(done => {
		const socket = net.connect(file, () => {
			found[file] = 'done';
			socket.destroy();
			done();
		});
		socket.on('error', e => { found[file] = e.code; done(); });
	}))).then(() => console.log(JSON.stringify(found)));`;
	return JSON.parse(execFileSync('setpriv', [`--reuid=${account.uid}`,
	    `--regid=${account.gid}`, '--clear-groups', process.execPath,
	    '-e', script, JSON.stringify({ read, write, connect })],
	    { cwd: '/', encoding: 'utf8' }));
}

// All of them have come to the same.
function every(found, word) {
	assert.ok(Object.keys(found).length > 0);
	for (const [file, what] of Object.entries(found))
		assert.equal(what, word, file);
}

const within = names => names.map(name => `${stack.dir}/${name}`);

const byRoot = (title, work) => test(title, t => isRoot ? work(t) :
    t.skip('only root can be somebody else'));

test('the sockets are for their account and its group', () => {
	for (const name of SOCKETS) {
		const at = fs.statSync(`${stack.dir}/${name}`);
		assert.ok(at.isSocket());
		assert.equal((at.mode & 0o777).toString(8), '660', name);
		if (isRoot)
			assert.deepEqual([at.uid, at.gid],
			    [servers.uid, servers.gid], name);
	}
});

test('13.3.1 what holds a secret, members or punches is for one account',
    () => {
	const [mail] = fs.readdirSync(`${stack.dir}/mail`);
	for (const name of ['program.password', 'migrate.password',
	    'bridge.token', 'demo.token', 'demo.login', 'spool.db',
	    `mail/${mail}`])
		assert.equal(fs.statSync(`${stack.dir}/${name}`).mode & 0o077,
		    0, name);
});

byRoot('whoever else there is on the machine is kept out', () => {
	fs.chmodSync(stack.dir, 0o711);
	try {
		const found = attempts(stranger, { read: within([
		    'program.password', 'bridge.token', 'spool.db',
		    'mail', 'log']), connect: within(['web.sock',
		    'live.sock']) });
		every(found, 'EACCES');
		// and would not be, if it were let in
		every(attempts(servers, { read: within(['program.password']),
		    connect: within(['web.sock', 'live.sock']) }), 'done');
	} finally {
		fs.chmodSync(stack.dir, 0o700);
	}
});

byRoot('servers get at what they need, and change nothing of it', () => {
	every(attempts(servers, { read: [...within(['migrate.password',
	    'demo.login', 'demo.token'])], write: [`${BIN}/gymgate-web`,
	    `${REPO}/html/layout.html`, `${REPO}/sql/grants.sql`] }),
	    'EACCES');
	every(attempts(servers, { read: [`${REPO}/html/layout.html`,
	    stack.conf] }), 'done');
});

byRoot('no server has a right of root', () => {
	for (const { pid } of [stack.web, stack.live, stack.bridge,
	    ...stack.web.children().map(child => ({ pid: child }))]) {
		const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
		const of = key => status.match(
		    new RegExp(`^${key}:\\s+(.*)$`, 'm'))[1].split(/\s+/);
		assert.deepEqual([...new Set(of('Uid'))], [`${servers.uid}`]);
		assert.deepEqual([...new Set(of('Gid'))], [`${servers.gid}`]);
		for (const key of ['CapEff', 'CapPrm', 'CapInh'])
			assert.match(of(key)[0], /^0+$/);
	}
});

test('a secret that everybody may read is warned of', async () => {
	const file = `${stack.dir}/program.password`;
	const warned = async () =>
	    (await stack.ended('gymgate-web', ['-n'])).err;
	assert.doesNotMatch(await warned(), /everybody/);
	fs.chmodSync(file, 0o644);
	assert.match(await warned(), new RegExp(
	    `${file} holds a secret and can be read by everybody`));
	fs.chmodSync(file, 0o600);
});
