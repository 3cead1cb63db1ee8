// setup.test.mjs: set-up asks for what is missing, and for nothing else
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gg-'));
after(() => fs.rmSync(dir, { recursive: true }));

// Commands that there are, on a machine that has nothing else.
function machine(name, fakes = {}) {
	const bin = `${dir}/${name}`;
	fs.mkdirSync(bin);
	for (const tool of ['sh', 'cat', 'dirname', 'cksum', 'env', 'rm', 'tee',
	    'chmod'])
		for (const place of ['/bin', '/usr/bin'])
			if (fs.existsSync(`${place}/${tool}`) &&
			    !fs.existsSync(`${bin}/${tool}`))
				fs.symlinkSync(`${place}/${tool}`,
				    `${bin}/${tool}`);
	for (const [tool, text] of Object.entries(fakes))
		fs.writeFileSync(`${bin}/${tool}`, `#!/bin/sh\n${text}\n`,
		    { mode: 0o755 });
	return bin;
}

// Runs a copy that does not look beyond the given folder of commands.
function setup(bin, goal) {
	const copy = `${dir}/repo/tests/stack/setup.sh`;
	fs.mkdirSync(path.dirname(copy), { recursive: true });
	fs.copyFileSync('package-lock.json', `${dir}/repo/package-lock.json`);
	fs.writeFileSync(copy, fs.readFileSync('tests/stack/setup.sh', 'utf8')
	    .replace(/^PATH=.*/m, `PATH=${bin}`)
	    .replace(/^policy=.*/m, `policy=${dir}/policy`));
	return spawnSync('/bin/sh', [copy, goal], { encoding: 'utf8',
	    input: '' });
}

test('a second run takes less than two seconds', t => {
	if (!fs.existsSync('node_modules/.gymgate') ||
	    !/^test /.test(fs.readFileSync('node_modules/.gymgate', 'utf8')))
		return t.skip('there was no first one');
	for (const goal of ['test', 'run', 'build']) {
		const began = Date.now();
		const got = spawnSync('sh', ['tests/stack/setup.sh', goal],
		    { encoding: 'utf8' });
		assert.equal(got.status, 0, `${goal}: ${got.stderr}`);
		assert.equal(got.stderr + got.stdout, '');
		assert.ok(Date.now() - began < 2000);
	}
});

test('who may not install is told what, and how', () => {
	const got = setup(machine('poor', { id: 'echo 1000',
	    'apt-get': 'exit 9' }), 'run');
	assert.equal(got.status, 1);
	assert.match(got.stderr, /as root, run:\n.* apt-get install -y .*nginx/);
	assert.match(got.stderr, / nodejs npm /);
	assert.doesNotMatch(got.stderr, /chromium|cmocka/);
});

test('who has Node is not asked for it', () => {
	const got = setup(machine('newer', { id: 'echo 1000', node: 'echo v22.1.0',
	    npm: 'true', 'apt-get': 'exit 9' }), 'test');
	assert.equal(got.status, 1);
	assert.doesNotMatch(got.stderr, /nodejs|npm/);
	assert.match(got.stderr, /chromium/);
});

test('clang is for fuzzing, wrk and valgrind for measuring, and for nothing else', () => {
	const bin = machine('lone', { id: 'echo 1000', node: 'echo v18.20.4',
	    npm: 'true', 'apt-get': 'exit 9' });
	const asked = goal => setup(bin, goal).stderr.split('\n')
	    .find(line => line.includes('apt-get')).trimEnd();
	assert.match(asked('fuzz'), / clang libclang-rt-14-dev$/);
	assert.doesNotMatch(asked('fuzz'), /wrk|nginx|chromium/);
	assert.match(asked('bench'), / nginx .* wrk valgrind$/);
	assert.doesNotMatch(asked('bench'), /clang|chromium/);
	assert.doesNotMatch(asked('test'), /clang|wrk|valgrind/);
});

test('only what is missing is installed, and no service started', () => {
	const told = `${dir}/told`;
	const bin = machine('bare', { id: 'echo 0', node: 'echo v18.20.4',
	    npm: 'true', mariadbd: '', 'mariadb-install-db': '', mariadb: '',
	    cc: 'cat >/dev/null', ar: '', make: '', awk: '', 'pkg-config': '',
	    setpriv: '', curl: '', 'apt-get': `echo "$@" >>${told}
[ -x ${dir}/policy ] && echo held >>${told}
case $* in *install*) echo '#!/bin/sh' >${dir}/bare/nginx
chmod +x ${dir}/bare/nginx;; esac` });
	fs.mkdirSync(`${dir}/repo/node_modules`, { recursive: true });
	const got = setup(bin, 'build');
	assert.equal(got.status, 0, got.stderr);
	assert.equal(fs.existsSync(told), false);

	const run = setup(bin, 'run');
	assert.equal(run.status, 0, run.stderr);
	const [update, install, held] =
	    fs.readFileSync(told, 'utf8').trim().split('\n');
	assert.match(update, / update$/);
	assert.match(install, / install .*-recommends nginx$/);
	assert.equal(held, 'held');
	assert.equal(fs.existsSync(`${dir}/policy`), false);
	assert.match(run.stderr, /services .* were not started/);
});

test('a Node that is too old is named', () => {
	const got = setup(machine('old', { id: 'echo 0', node: 'echo v16.3.0',
	    npm: 'true', cc: 'cat >/dev/null', ar: '', make: '', awk: '',
	    'pkg-config': '' }), 'build');
	assert.equal(got.status, 1);
	assert.match(got.stderr, /Node v16.3.0 is too old/);
});
