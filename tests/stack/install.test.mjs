// install.test.mjs: `make install` puts all in place, and the bridge starts by
// itself
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { BIN, REPO } from './stack.mjs';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'install-'));
const root = `${dir}/root`;
const WANTS = `${root}/etc/systemd/system/multi-user.target.wants/` +
    'gymgate-bridge.service';
const UNITS = `${root}/usr/local/lib/systemd/system`;
const PROGRAMS = ['admin', 'bridge', 'chores', 'live', 'remind', 'web'];

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
	for (const name of PROGRAMS) {
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

// Every file and folder under one: [path, its status].
function* all(folder) {
	for (const name of fs.readdirSync(folder)) {
		const file = `${folder}/${name}`, at = fs.lstatSync(file);
		yield [file, at];
		if (at.isDirectory())
			yield* all(file);
	}
}

test('nobody but root may change what lies there, or gets rights by it', () => {
	for (const [file, at] of all(root))
		if (!at.isSymbolicLink())
			assert.equal(at.mode & 0o6022, 0, file);
});

test('13.3.1 what all may read holds no secret, but where one belongs', () => {
	for (const name of ['gymgate.conf', 'gymgate-bridge.conf'])
		assert.doesNotMatch(fs.readFileSync(
		    `${root}/etc/gymgate/${name}`, 'utf8'),
		    /^ *(token|password\w*|\w*secret\w*) *=/m);
	assert.deepEqual(fs.readdirSync(`${root}/etc/gymgate/whatsapp`), []);
	for (const [file, at] of all(root))
		assert.ok(!at.isFile() || !/\.(password|token|login|pem|key)$/
		    .test(file), file);
});

test('a release has no clock that tests set, and no cheap passwords', () => {
	const knows = (file, text) => fs.readFileSync(file).includes(text);
	for (const text of ['GYMGATE_TEST_CLOCK',
	    'GYMGATE_TEST_CHEAP_PASSWORDS'])
		assert.ok(knows(`${BIN}/gymgate-web`, text));
	for (const name of PROGRAMS)
		assert.ok(!knows(`${root}/usr/local/bin/gymgate-${name}`,
		    'GYMGATE_TEST'), name);
});

// The units, with our own places in them, by name.
function units() {
	return fs.readdirSync(UNITS).map(name => {
		const text = fs.readFileSync(`${UNITS}/${name}`, 'utf8');
		assert.doesNotMatch(text, /@[A-Z]+@/);
		fs.writeFileSync(`${dir}/${name}`, text.replace(
		    /\/usr\/local\/bin/g, `${root}/usr/local/bin`));
		return name;
	});
}

test('the units are sound, and give away nothing', t => {
	const analyze = (...args) => spawnSync('systemd-analyze', args,
	    { encoding: 'utf8' });
	if (analyze('--version').status !== 0)
		return t.skip('no systemd-analyze here');
	const services = units().filter(name => /service$/.test(name));
	assert.equal(services.length, 5);
	for (const name of fs.readdirSync(UNITS)) {
		const got = analyze('verify', '--man=no',
		    '--recursive-errors=yes', `${dir}/${name}`);
		assert.equal(got.status, 0, got.stderr);
		assert.doesNotMatch(got.stderr, /gymgate/);
	}
	for (const name of services) {	// 15: an exposure of 1.5
		const got = analyze('security', '--offline=yes',
		    '--threshold=15', `${dir}/${name}`);
		assert.equal(got.status, 0, got.stdout);
	}
});

test('every service is somebody without rights, in a place of its own', () => {
	for (const name of units().filter(one => /service$/.test(one))) {
		const text = fs.readFileSync(`${dir}/${name}`, 'utf8');
		assert.match(text, /^User=gymgate(-bridge)?$/m);
		for (const line of ['NoNewPrivileges=yes',
		    'CapabilityBoundingSet=', 'ProtectSystem=strict',
		    'PrivateTmp=yes', 'UMask=0077', 'LimitCORE=0',
		    'SystemCallFilter=@system-service',
		    'SystemCallFilter=~@privileged @resources'])
			assert.match(text, new RegExp(`^${line}$`, 'm'), name);
	}
	assert.match(fs.readFileSync(`${dir}/gymgate-web.socket`, 'utf8'),
	    /^SocketMode=0660$/m);
});

test('a bridge that hangs is started anew', () => {
	const text = fs.readFileSync(`${UNITS}/gymgate-bridge.service`, 'utf8');
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
