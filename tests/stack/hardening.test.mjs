// hardening.test.mjs: what the linker made of the flags, program by program
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { BIN } from './stack.mjs';

const programs = fs.readdirSync(BIN).filter(name => /^gymgate-/.test(name));
const isPlain = !process.env.SANITIZE;

const readelf = (name, what) => execFileSync('readelf',
    ['-W', what, `${BIN}/${name}`], { encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' } });

// What a program takes from libraries, by name.
const imports = name => new Set([...readelf(name, '--dyn-syms')
    .matchAll(/ UND (\w+)@/g)].map(found => found[1]));

test('all programs are there to be looked at', () => {
	assert.deepEqual(programs.sort(), ['admin', 'bridge', 'chores', 'live',
	    'remind', 'web'].map(name => `gymgate-${name}`));
});

test('every program lies wherever the kernel wants it to', () => {
	for (const name of programs) {
		assert.match(readelf(name, '-h'), /Type: +DYN /, name);
		assert.match(readelf(name, '-d'), /\(FLAGS_1\).* PIE/, name);
	}
});

test('tables of calls are settled at the start, and read-only then', () => {
	for (const name of programs) {
		assert.match(readelf(name, '-l'), /GNU_RELRO/, name);
		assert.match(readelf(name, '-d'), /\(FLAGS\).*BIND_NOW/, name);
	}
});

test('no memory is both written and run, the stack least of all', () => {
	for (const name of programs) {
		const segments = [...readelf(name, '-l').matchAll(
		    /^ +(LOAD|GNU_STACK) .* ([R ][W ][E ]) +0x/mg)];
		assert.ok(segments.length >= 4, name);
		assert.ok(segments.some(one => one[1] === 'GNU_STACK'), name);
		for (const [line, , rights] of segments)
			assert.doesNotMatch(rights, /WE/, `${name}: ${line}`);
	}
});

test('libraries come from the system\'s folders, code stays as it is', () => {
	for (const name of programs)
		assert.doesNotMatch(readelf(name, '-d'),
		    /\((RPATH|RUNPATH|TEXTREL)\)/, name);
});

test('a stack that was overwritten ends the program', () => {
	for (const name of programs)
		assert.ok(imports(name).has('__stack_chk_fail'), name);
});

// One object without the flag, and the plain ones would be among them.
test('the C library knows how large buffers are', t => {
	if (!isPlain)
		return t.skip('a sanitizer looks itself');
	for (const name of programs) {
		const taken = imports(name);
		assert.ok(taken.has('__snprintf_chk'), name);
		for (const call of ['printf', 'fprintf', 'vfprintf', 'sprintf',
		    'strcpy', 'strcat', 'gets'])
			assert.ok(!taken.has(call), `${name}: ${call}`);
	}
});
