// ledger.mjs: what terminals hold against what the server has stored
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { until } from '../stack/wait.mjs';

// Every punch of the terminals, sorted: 'SERIAL USER 2026-03-12 07:30:00'.
export async function held(stack) {
	const all = [];
	for (const terminal of stack.terminals) {
		const file = `${stack.dir}/${terminal.name}.dump`;
		const said = await terminal.send(`dump ${file}`);
		assert.match(said, /^ok /);
		for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
			const [user, ...when] = line.split(' ');
			if (user)
				all.push([terminal.serial, user,
				    ...when.slice(0, 2)].join(' '));
		}
	}
	return all.sort();
}

// Every punch that the server has, of all terminals or of one, sorted and
// written the same way; what is there twice is there twice.
export async function stored(stack, sn) {
	const of = column => sn ? `WHERE ${column} = '${sn}'` : '';
	const rows = await stack.sql(`
	    SELECT CONCAT_WS(' ', att_device_sn, att_device_user_id,
	           DATE_FORMAT(att_punch_time, '%Y-%m-%d %H:%i:%s')) AS punch
	      FROM trn_member_attendances ${of('att_device_sn')}
	    UNION ALL
	    SELECT CONCAT_WS(' ', pin_device_sn, pin_device_user_id,
	           DATE_FORMAT(pin_punch_time, '%Y-%m-%d %H:%i:%s'))
	      FROM trn_punch_inbox ${of('pin_device_sn')}`);
	return rows.map(row => row.punch).sort();
}

// An empty ledger: the punches that the demo gym begins with go.
export async function forget(stack) {
	await stack.sql(`DELETE FROM trn_member_attendances;
	    DELETE FROM trn_punch_inbox;`);
}

export const count = async stack => Number((await stack.sql(`
    SELECT (SELECT COUNT(*) FROM trn_member_attendances) +
           (SELECT COUNT(*) FROM trn_punch_inbox) AS n`))[0].n);

// The same of one terminal.
export const countOf = async (stack, sn) => Number((await stack.sql(`
    SELECT (SELECT COUNT(*) FROM trn_member_attendances
             WHERE att_device_sn = '${sn}') +
           (SELECT COUNT(*) FROM trn_punch_inbox
             WHERE pin_device_sn = '${sn}') AS n`))[0].n);

// Waits until as many punches have arrived as the terminals hold, then
// compares them one by one.  Resolves to their number.
export async function settles(stack, ms = 60000) {
	const expected = await held(stack);

	await until(`${expected.length} punches to arrive`,
	    async () => await count(stack) >= expected.length, ms, 100);
	same(await stored(stack), expected);
	return expected.length;
}

// Two sorted lists have the same lines, each as often; tells the first few
// that differ, not ten thousand.
export function same(got, expected) {
	const tally = new Map();
	for (const line of expected)
		tally.set(line, (tally.get(line) ?? 0) - 1);
	for (const line of got)
		tally.set(line, (tally.get(line) ?? 0) + 1);
	const off = [...tally].filter(([, n]) => n !== 0);
	const missing = off.filter(([, n]) => n < 0).map(([line]) => line);
	const surplus = off.filter(([, n]) => n > 0).map(([line]) => line);
	assert.deepEqual({ missing: missing.slice(0, 5), surplus:
	    surplus.slice(0, 5), count: got.length },
	    { missing: [], surplus: [], count: expected.length });
}
