// sheet.mjs: an exported file, as a library that is not ours reads it
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

// Debian's own, whatever else stands in the PATH: setup.sh sees to it.
const PYTHON = '/usr/bin/python3';

function read(kind, bytes) {
	const got = spawnSync(PYTHON, ['tests/web/read_sheet.py', kind],
	    { input: bytes, encoding: 'utf8', maxBuffer: 256 << 20 });
	assert.equal(got.status, 0, got.stderr);
	return JSON.parse(got.stdout);
}

// The rows of a CSV: texts.
export const readCsv = bytes => read('csv', bytes).rows;

// An XLSX: rows of cells {type, value, format, link, bold}, and what else
// there is of it: sheets, frozen, filter, widths, parts.
export const readXlsx = bytes => read('xlsx', bytes);

// What our CSV writes for a text.
export const safe = text => /^ *[=+\-@\t\n\r\uff1d\uff0b\uff0d\uff20]/.test(text)
    ? `'${text}` : text;
