// gym.mjs: what tests of the web workers share: members, punches, what is held
import crypto from 'node:crypto';
import { query } from '../stack/database.mjs';
import { until } from '../stack/wait.mjs';

export const SN = 'CRT5200-SN001';
export const ALLOWED = '{"status":true,"access":"ALLOWED"}';
export const DENIED = '{"status":true,"access":"DENIED"}';
export const REPEAT = '{"status":true,"message":"Duplicate ignored"}';
export const UNMAPPED =
    '{"status":false,"message":"Biometric user not mapped"}';

export const quote = value => value === null || value === undefined ? 'NULL' :
    typeof value === 'number' ? String(value) :
    `'${String(value).replace(/['\\]/g, '\\$&')}'`;

// The wall clock of the demo gym, as a terminal writes it.
export const kolkata = (atMs = Date.now()) =>
    new Date(atMs + 330 * 60000).toISOString().slice(0, 19).replace('T', ' ');

// A day so many days from the one that begins `day`.
export const dayAfter = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) +
    n * 86400000).toISOString().slice(0, 10);

// Numbers that look random and are the same for the same seed (mulberry32).
export function random(seed) {
	let a = seed >>> 0;
	const next = () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = Math.imul(a ^ (a >>> 15), a | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	return { below: n => Math.floor(next() * n),
	    pick: list => list[Math.floor(next() * list.length)] };
}

// SEED=... repeats a run; each run says its own.
export function seed(t) {
	const value = Number(process.env.SEED) || crypto.randomInt(1, 2 ** 31);
	t.diagnostic(`SEED=${value}`);
	return value;
}

// Adds a member, or an SQL text that does (`text`): subscriptions are
// [start, end], freezes [kind, from, to], mappings [user, from, to].
export function memberSql({ company = 'SF', branch = 1, id, name,
    subscriptions = [], freezes = [], mappings = [], sn = SN }) {
	const c = quote(company), at = "'2026-01-01'";
	return [
	    `INSERT INTO mst_members_lists (mbr_compcode, id, mbr_branch_id,
	     mbr_code, mbr_name, mbr_joined_date, mbr_created_at) VALUES
	     (${c}, ${id}, ${branch}, 'T-${id}', ${quote(name ??
	    `Member ${id}`)}, '2025-01-01', ${at});`,
	    ...subscriptions.map(([from, to, status = 'ACTIVE']) =>
	    `INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	     ms_start_date, ms_end_date, ms_status, ms_created_at) VALUES (${c},
	     ${id}, ${quote(from)}, ${quote(to)}, ${quote(status)}, ${at});`),
	    ...freezes.map(([kind, from, to]) =>
	    `INSERT INTO trn_member_freezes (frz_compcode, frz_member_id,
	     frz_kind, frz_from, frz_to, frz_created_at) VALUES (${c}, ${id},
	     ${quote(kind)}, ${quote(from)}, ${quote(to)}, ${at});`),
	    ...mappings.map(([user, from = '2020-01-01', to]) =>
	    `INSERT INTO trn_member_biometric_mappings (mbm_compcode,
	     mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from, mbm_to,
	     mbm_created_at) VALUES (${c}, ${quote(sn)}, ${quote(user)}, ${id},
	     ${quote(from)}, ${quote(to)}, ${at});`),
	    `UPDATE mst_companies SET cmp_revision = cmp_revision + 1
	      WHERE cmp_compcode = ${c};`].join('\n');
}

export const addMember = (stack, member) => stack.sql(memberSql(member));

// A member whose number at the terminal is `id`, active for years.
export const addActive = (stack, id, more = {}) => addMember(stack, { id,
    subscriptions: [['2020-01-01', '2099-12-31']], mappings: [[`${id}`]],
    ...more });

export const punch = (user, timestamp, more = {}) => ({ compcode: 'SF',
    user_id: user, device_sn: SN, timestamp, ...more });

export const attendances = (stack, user, where = '1') => stack.sql(
    `SELECT * FROM trn_member_attendances WHERE att_device_user_id = ${
    quote(String(user))} AND ${where} ORDER BY att_punch_time, id`);

export const inbox = (stack, user, where = '1') => stack.sql(
    `SELECT * FROM trn_punch_inbox WHERE pin_device_user_id = ${
    quote(String(user))} AND ${where} ORDER BY pin_punch_time, id`);

// Every punch that attendances and inbox hold together, as `terminal user
// time`, sorted; what has been taken from the inbox stands in the other.
export async function ledger(stack, where = '1') {
	const rows = await stack.sql(`SELECT * FROM (
	    SELECT att_device_sn AS sn, att_device_user_id AS user,
	           att_punch_time AS time FROM trn_member_attendances
	    UNION ALL
	    SELECT pin_device_sn, pin_device_user_id, pin_punch_time
	      FROM trn_punch_inbox WHERE pin_state <> 'TAKEN') held
	    WHERE ${where}`);
	return rows.map(row => `${row.sn} ${row.user} ${row.time}`).sort();
}

// How many rows each table has that a request may write to.
export async function rowCounts(stack) {
	const names = ['mst_api_tokens', 'mst_companies', 'mst_devices',
	    'mst_members_lists', 'mst_users', 'trn_audit_trails',
	    'trn_member_attendances', 'trn_member_biometric_mappings',
	    'trn_member_subscriptions', 'trn_punch_inbox', 'trn_sessions'];
	const rows = await stack.sql(names.map(name =>
	    `SELECT '${name}' AS name, COUNT(*) AS n FROM ${name}`)
	    .join(' UNION ALL '));
	return Object.fromEntries(rows.map(row => [row.name, Number(row.n)]));
}

// Somebody who locks the rows that `text` selects until release() is called.
// busy(like) counts the statements of programs that wait meanwhile.
export async function hold(stack, text) {
	const root = sql => query(stack.db.socket, sql,
	    { schema: stack.schema });
	const list = () => root('SHOW FULL PROCESSLIST');
	const holder = root(`START TRANSACTION; ${text} FOR UPDATE;
	    SELECT SLEEP(60);`).catch(() => {});
	const found = await until('the lock', async () =>
	    (await list()).find(r => r.db === stack.schema &&
	    /SELECT SLEEP/.test(r.Info ?? '')));
	return { busy: async (like = /./) => (await list()).filter(r =>
	    r.User === stack.schema && like.test(r.Info ?? '')).length,
	    release: async () => {
		await root(`KILL ${found.Id}`);
		await holder;
	} };
}

// CRC-32 as zlib has it, by its definition.
export function crc32(text) {
	let crc = 0xffffffff;
	for (const byte of Buffer.from(text)) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++)
			crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	}
	return (crc ^ 0xffffffff) >>> 0;
}
