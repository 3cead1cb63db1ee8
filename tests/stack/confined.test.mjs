// confined.test.mjs: the programs can do their work within what their units allow
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { kolkata } from '../web/gym.mjs';
import { png } from '../web/image.mjs';
import { Person } from '../web/pages.mjs';
import { accountOf, openWay } from './account.mjs';
import { cannot, confine } from './confine.mjs';
import { Stack } from './stack.mjs';
import { freePort, until } from './wait.mjs';

const NAMES = ['web', 'live', 'chores', 'remind', 'bridge']
    .map(name => `gymgate-${name}`);
const why = cannot();
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gg-'));
let wrap, stack, owner;

before(async () => {
	if (why)
		return;
	openWay();
	fs.chmodSync(dir, 0o711);
	wrap = confine(dir, NAMES);
	const port = await freePort();
	// by its name, so that it has to be looked up; root would be tempted to
	// give files away
	stack = await Stack.start({ wrap, port, demo: true, live: true,
	    account: process.getuid() ? undefined : accountOf('nobody'),
	    terminals: [{ users: 3 }], bridge: { server: {
	    url: `http://localhost:${port}` } } });
	owner = await Person.signIn(stack, stack.login);
});
after(async () => {
	await stack?.stop();
	fs.rmSync(dir, { recursive: true });
});

// A program that breaks out is killed; workers are started anew, so that only
// their parent's log tells.
function nobodyKilled() {
	const log = fs.readFileSync(`${stack.dir}/log/gymgate-web.log`, 'utf8');
	assert.doesNotMatch(log, /died of signal/);
	for (const program of [stack.web, stack.live, stack.bridge])
		assert.ok(program.running, `${program.name}: ${program.how}`);
}

const check = (title, work) => test(title, async t => {
	if (why)
		return t.skip(why);
	await work();
	nobodyKilled();
});

test('what a unit does not allow is death', t => {
	if (why)
		return t.skip(why);
	const run = (name, ...argv) => spawnSync(wrap(name)[0],
	    [wrap(name)[1], ...argv], { encoding: 'utf8' });
	assert.equal(run('gymgate-web', 'echo', 'x').stdout, 'x\n');
	assert.equal(run('gymgate-web', 'nice', 'true').signal, 'SIGSYS');
	const connect = ['curl', '-s', '-o', '/dev/null', stack.url];
	assert.equal(run('gymgate-remind', ...connect).status, 0);
	assert.equal(run('gymgate-web', ...connect).signal, 'SIGSYS');
});

check('workers: passwords, pages, lists as files, photos', async () => {
	for (const page of ['/', '/members', '/attendance', '/reports',
	    '/settings', '/devices', '/payments'])
		await owner.page(page);
	for (const list of ['/members.csv', '/members.xlsx'])
		assert.equal((await owner.get(list)).status, 200);
	const [{ id }] = await stack.sql(`SELECT id FROM mst_members_lists
	    WHERE mbr_compcode = 'SF' ORDER BY id LIMIT 1`);
	const form = new FormData();
	form.append('csrf', await owner.csrf());
	form.append('agrees', 'yes');
	form.append('photo', new Blob([png(900, 600)]), 'a.png');
	const packed = new Response(form);
	const got = await stack.request('POST', `/members/${id}/photo`, {
	    headers: { Cookie: owner.cookie,
	    'Content-Type': packed.headers.get('content-type') },
	    body: Buffer.from(await packed.arrayBuffer()) });
	assert.equal(got.status, 303, got.text);
});

check('a punch goes from the terminal through bridge, worker and hub',
    async () => {
	const open = await stack.events('/live/events',
	    { headers: { Cookie: owner.cookie } });
	await stack.terminals[0].send('punch 42');
	await until('the punch to be seen', () =>
	    open.events.some(one => one.event === 'punch'), 20000);
	open.close();
});

check('a reload, and a worker in place of one that was killed', async () => {
	const [first] = stack.web.children();
	stack.web.signal('SIGHUP');
	await until('other workers', () => {
		const now = stack.web.children();
		return now.length === 2 && !now.includes(first);
	});
	const got = await stack.post({ compcode: 'SF', user_id: 43,
	    device_sn: 'CRT5200-SN001', timestamp: kolkata() });
	assert.equal(got.status, 200, got.text);
});

check('timers: chores, a mail, reminders', async () => {
	await stack.chores();
	await stack.once('gymgate-chores', ['--test-mail', 'a@example.org']);
	assert.equal(fs.readdirSync(`${stack.dir}/mail`).length, 1);
	await stack.remind();
});
