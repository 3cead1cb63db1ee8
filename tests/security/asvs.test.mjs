// asvs.test.mjs: each item that we claim has a test, and each test its item
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { REPO } from '../stack/stack.mjs';
import { asvs } from './asvs.mjs';

// What we mean to hold; the first number is the chapter.
const CLAIMED = `1.2.1 1.2.4 1.2.10 2.3.3 2.3.4 2.4.1 3.3.1 3.3.2 3.3.3 3.3.4
    3.4.1 3.4.3 3.4.4 3.4.6 3.5.1 3.5.3 4.1.3 4.2.1 5.2.1 5.2.2 5.3.2 6.2.1
    6.2.4 6.3.1 6.3.2 6.3.8 7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3
    8.2.2 8.3.2 8.4.1 11.4.2 12.2.1 13.2.1 13.3.1 14.2.1 14.2.7 14.3.2 15.4.2
    16.2.2 16.2.5 16.3.1 16.3.2 16.3.3 16.4.1 16.4.2 16.5.2 16.5.3`.split(/\s+/);

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
	const order = item => item.split('.').map(Number)
	    .reduce((sum, n) => sum * 100 + n);
	const items = asvs.map(line => line.item);
	assert.deepEqual([...new Set(items)], CLAIMED);
	assert.deepEqual(items, [...items].sort((a, b) => order(a) - order(b)));
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
