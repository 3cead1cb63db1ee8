// asvs.test.mjs: each item that we claim has a test, and each test its item
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { REPO } from '../stack/stack.mjs';
import { asvs } from './asvs.mjs';

// The titles of a file of tests, as they are written there.
function titles(where) {
	const text = fs.readFileSync(`${REPO}/tests/${where}.test.mjs`, 'utf8')
	    .replace(/(['"`]) \+\s*\1/g, '');
	return [...text.matchAll(
	    /^\s*(?:test|it)\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/gm)]
	    .map(([, , title]) => title.replace(/\\(.)/g, '$1'));
}

const name = line => `${line.item} ${line.where}: ${line.test}`;

test('what the table names is there', () => {
	const known = {};
	const wrong = asvs.filter(line => !(known[line.where] ??=
	    titles(line.where)).includes(line.test));
	assert.deepEqual(wrong.map(name), []);
	for (const line of asvs)
		assert.match(line.item, /^\d+\.\d+\.\d+$/);
	const twice = asvs.filter((line, i) => asvs.findIndex(other =>
	    name(other) === name(line)) !== i);
	assert.deepEqual(twice.map(name), []);
});

test('what is tested here is in the table, under its item', () => {
	const files = fs.readdirSync(`${REPO}/tests/security`)
	    .filter(file => /\.test\.mjs$/.test(file) && file !== 'asvs.test.mjs')
	    .map(file => `security/${file.replace('.test.mjs', '')}`);
	const wrong = files.flatMap(where => titles(where).filter(title =>
	    !asvs.some(line => line.where === where && line.test === title &&
	    title.startsWith(`${line.item} `)))
	    .map(title => `${where}: ${title}`));
	assert.deepEqual(wrong, []);
	assert.ok(files.length > 0);
});
