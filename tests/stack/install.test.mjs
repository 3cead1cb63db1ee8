// install.test.mjs: `make install` puts all in place, and the bridge starts by
// itself
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { REPO } from './stack.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'install-'));
const root = `${dir}/root`;
const WANTS = `${root}/etc/systemd/system/multi-user.target.wants/` +
    'gymgate-bridge.service';
const UNITS = `${root}/usr/local/lib/systemd/system`;

// A copy of the sources: a release build must not replace the tests' own.
function install() {
	return spawnSync('make', ['-j2', 'RELEASE=1', 'install',
	    `DESTDIR=${root}`], { cwd: `${dir}/repo`, encoding: 'utf8',
	    env: { ...process.env, MAKEFLAGS: '', CFLAGS: '-O0' } });
}

before(() => {
	fs.mkdirSync(`${dir}/repo`);
	for (const name of ['cgi', 'bridge', 'html', 'sql', 'nginx', 'tests',
	    'Makefile', 'package.json', 'package-lock.json'])
		fs.cpSync(`${REPO}/${name}`, `${dir}/repo/${name}`,
		    { recursive: true });
	fs.symlinkSync(`${REPO}/node_modules`, `${dir}/repo/node_modules`);
	const got = install();
	assert.equal(got.status, 0, got.stdout + got.stderr);
});
after(() => fs.rmSync(dir, { recursive: true, force: true }));

test('programs, manuals and samples lie where they should', () => {
	for (const name of ['web', 'live', 'chores', 'remind',
	    'admin', 'bridge']) {
		const said = execFileSync(`${root}/usr/local/bin/gymgate-${name}`,
		    ['--version'], { encoding: 'utf8' });
		assert.match(said, new RegExp(`^gymgate-${name} \\d`));
		assert.ok(fs.existsSync(
		    `${root}/usr/local/share/man/man8/gymgate-${name}.8`));
	}
	// for tokens: nobody but root looks into it
	assert.equal(fs.statSync(`${root}/etc/gymgate/whatsapp`).mode & 0o777,
	    0o700);
	for (const name of ['gymgate.conf', 'gymgate-bridge.conf'])
		assert.ok(fs.existsSync(`${root}/etc/gymgate/${name}`));
});

test('the sample of the bridge is right but for its token', () => {
	const got = spawnSync(`${root}/usr/local/bin/gymgate-bridge`,
	    ['-c', `${root}/etc/gymgate/gymgate-bridge.conf`, '-n'],
	    { encoding: 'utf8' });
	assert.equal(got.status, 2);
	assert.match(got.stderr, /token_file/);
});

test('the bridge is enabled once, and stays as it was then', () => {
	assert.equal(fs.readlinkSync(WANTS),
	    '/usr/local/lib/systemd/system/gymgate-bridge.service');
	fs.rmSync(WANTS);	// systemctl disable
	fs.appendFileSync(`${root}/etc/gymgate/gymgate-bridge.conf`, '# mine\n');
	assert.equal(install().status, 0);
	assert.ok(!fs.existsSync(WANTS));
	assert.match(fs.readFileSync(`${root}/etc/gymgate/gymgate-bridge.conf`,
	    'utf8'), /# mine/);
});

test('the units are sound, and give away nothing', t => {
	if (spawnSync('systemd-analyze', ['--version']).status !== 0)
		return t.skip('no systemd-analyze here');
	for (const name of fs.readdirSync(UNITS)) {
		const text = fs.readFileSync(`${UNITS}/${name}`, 'utf8');
		assert.doesNotMatch(text, /@[A-Z]+@/);
		fs.writeFileSync(`${dir}/${name}`, text.replace(
		    /\/usr\/local\/bin/g, `${root}/usr/local/bin`));
	}
	for (const name of ['bridge', 'chores', 'remind']) {
		const unit = `${dir}/gymgate-${name}.service`;
		const verified = spawnSync('systemd-analyze', ['verify',
		    '--man=no', '--recursive-errors=yes', unit],
		    { encoding: 'utf8' });
		assert.equal(verified.status, 0, verified.stderr);
		const exposed = spawnSync('systemd-analyze', ['security',
		    '--offline=yes', '--threshold=15', unit],
		    { encoding: 'utf8' });
		assert.equal(exposed.status, 0, exposed.stdout);
	}
	const text = fs.readFileSync(`${dir}/gymgate-bridge.service`, 'utf8');
	assert.match(text, /^Type=notify$/m);
	assert.match(text, /^WatchdogSec=\d+$/m);
});

test('timers start the chores every minute, reminders every 15', () => {
	assert.match(fs.readFileSync(`${UNITS}/gymgate-chores.timer`, 'utf8'),
	    /^OnCalendar=minutely$/m);
	assert.match(fs.readFileSync(`${UNITS}/gymgate-remind.timer`, 'utf8'),
	    /^OnCalendar=\*:0\/15$/m);
	for (const name of ['chores', 'remind'])
		assert.match(fs.readFileSync(`${UNITS}/gymgate-${name}.service`,
		    'utf8'), /^Type=oneshot$/m);
});
