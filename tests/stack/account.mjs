// account.mjs: an account without rights, for tests that root runs
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const id = (...args) => execFileSync('id', args, { encoding: 'utf8' }).trim();

// The account `name` as Stack's `account` wants it.
export const accountOf = name => ({ name, uid: Number(id('-u', name)),
    gid: Number(id('-g', name)), group: id('-gn', name) });

// Lets everybody pass through folders for temporary files, ours and the
// runner's, to what is within: it then has to look after itself.
export function openWay() {
	const database = process.env.GYMGATE_TEST_DB ?? '';
	for (let at of [os.tmpdir(), path.dirname(database)])
		for (; path.basename(at).startsWith('gg-'); at = path.dirname(at))
			fs.chmodSync(at, 0o711);
}
