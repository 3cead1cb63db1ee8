// confine.mjs: the limits of a unit, for a program that no systemd started
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { REPO } from './stack.mjs';

const unitOf = name => fs.readFileSync(`${REPO}/${name === 'gymgate-bridge' ?
    'bridge' : 'cgi'}/etc/${name}.service`, 'utf8');

// What all lines of a setting hold, in order.
const setting = (unit, name) => [...unit.matchAll(
    new RegExp(`^${name}=(.*)$`, 'mg'))].flatMap(found => found[1].split(' '));

// The groups of system calls as this machine's systemd has them.
function groups() {
	const text = execFileSync('systemd-analyze', ['syscall-filter',
	    '--no-pager'], { encoding: 'utf8', stdio: ['ignore', 'pipe',
	    'ignore'] });
	return new Map(text.split(/^(?=@)/m).map(part => {
		const [name, ...lines] = part.split('\n').map(l => l.trim());
		return [name, lines.filter(l => l && !l.startsWith('#'))];
	}));
}

// The calls of a group, and of those within it.
const flat = (all, name) => !name.startsWith('@') ? [name] :
    all.get(name).flatMap(one => flat(all, one));

// A line with ~ takes away; systemd lets a program always start and end.
function allowed(filter) {
	const all = groups();
	const calls = new Set(['execve', ...flat(all, '@default')]);
	let isTaken = false;
	for (const word of filter) {
		isTaken = word.startsWith('~') ||
		    (isTaken && word !== filter[0]);
		for (const call of flat(all, word.replace('~', '')))
			isTaken ? calls.delete(call) : calls.add(call);
	}
	return [...calls];
}

// Why it cannot be done here, or ''.
export function cannot() {
	if (process.env.SANITIZE)
		return 'a sanitizer needs more';
	if (!['x64', 'arm64'].includes(process.arch))
		return `nobody has told us of ${process.arch}`;
	return spawnSync('systemd-analyze', ['--version']).status === 0 ? '' :
	    'no systemd-analyze here';
}

// Builds confine in `dir`.  Resolves what a program is started by: its name to
// the first words of a command, as Stack's `wrap` wants it.
export function confine(dir, names) {
	const filters = new Set(names.map(name =>
	    setting(unitOf(name), 'SystemCallFilter').join(' ')));
	if (filters.size !== 1)
		throw new Error('units differ in SystemCallFilter=');
	fs.writeFileSync(`${dir}/calls.h`, allowed([...filters][0].split(' '))
	    .map(call => `#ifdef __NR_${call}\n__NR_${call},\n#endif\n`)
	    .join(''));
	execFileSync(process.env.CC || 'cc', ['-O1', '-Wall', '-Werror', '-I',
	    dir, '-o', `${dir}/confine`, `${REPO}/tests/stack/confine.c`]);
	return name => !names.includes(name) ? [] : [`${dir}/confine`,
	    setting(unitOf(name), 'RestrictAddressFamilies').join()];
}
