// routes.mjs: every route of cgi/pages/routes.c, and a gym to try them on
//
// A route that wants an id of a kind that is not listed here fails: give it an
// example.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { addUser } from '../faults/gym.mjs';
import { REPO } from '../stack/stack.mjs';
import { dayAfter, quote } from './gym.mjs';

// ---- the table of routes ---------------------------------------------------

export function readRoutes() {
	const text = fs.readFileSync(`${REPO}/cgi/pages/routes.c`, 'utf8')
	    .replace(/\/\*[^]*?\*\//g, '');
	const found = [...text.matchAll(
	    /\{\s*HTTP_(\w+),\s*"([^"]+)",\s*ROUTE_(\w+),\s*ROUTE_(\w+),\s*(\w+)\s*\}/g)]
	    .map(([, method, path, who, body, handler]) =>
	    ({ method, path, who, body, handler }));
	assert.equal(found.length, text.match(/\{\s*HTTP_/g).length,
	    'every line of the table is understood');
	return found;
}

// What an id in a path is of, by how the path begins (the longest counts).
const kinds = {
	'/api/devices/:sn': v => ({ sn: v.sn, id: v.command }),
	'/attendance/:id': v => ({ id: v.attendance }),
	'/desk/photos/:id': v => ({ id: v.member }),
	'/devices/:sn': v => ({ sn: v.sn }),
	'/devices/tokens/:id': v => ({ id: v.token }),
	'/inbox/:id': v => ({ id: v.clock }),
	'/mappings/:id': v => ({ id: v.mapping }),
	'/members/:id': v => ({ id: v.member, freeze: v.freeze,
	    sid: v.subscription }),
	'/messages/:id': v => ({ id: v.message }),
	'/payments/:id': v => ({ id: v.payment }),
	'/plans/:id': v => ({ id: v.plan }),
	'/settings/displays/:id': v => ({ id: v.display }),
	'/settings/branches/:id': v => ({ id: v.branch }),
	'/settings/import/:id': v => ({ id: v.import }),
	'/settings/messages/rules/:id': v => ({ id: v.rule }),
	'/settings/users/:id': v => ({ id: v.role }),
};

// The path of a route with ids of `v`, the first of them of `first`.
export function pathOf(route, v, first = v) {
	const kind = Object.keys(kinds).filter(k => route.path === k ||
	    route.path.startsWith(`${k}/`)).sort((a, b) => b.length - a.length)[0];
	let at = 0;
	return route.path.replace(/:(\w+)/g, (_, name) => {
		const id = kind && kinds[kind](at++ ? v : first)[name];
		assert.ok(id, `${route.path}: there is no example for :${name}`);
		return id;
	});
}

export const hasIds = route => route.path.includes(':');
export const idCount = route => route.path.split(':').length - 1;

// Fields of every form there is: ids of `v`, and what else makes sense.
export const valuesOf = v => ({ version: '1', nonce: crypto.randomBytes(16)
    .toString('hex'), id: v.unmapped, member: v.member, member_id: v.member,
    branch: v.branch, terminal: v.sn, sn: v.sn, plan: v.plan, user: v.number,
    company: v.company, seen: v.attendance, subscription: v.subscription,
    state: 'unmapped', time: `${v.today} 09:00`, at: `${v.today} 09:00`,
    name: 'Forged', code: `F-${crypto.randomInt(1e9)}`, label: 'Forged',
    email: `${crypto.randomInt(1e9)}@forged.example`, phone: '9876543210',
    joined: v.today, start: v.today, from: v.today, to: dayAfter(v.today, 1),
    day: v.today, days: '30', price: '10', amount: '1', method: 'CASH',
    reference: 'x', reason: 'x', note: 'x', notes: 'x', role: 'STAFF',
    status: 'ALLOWED', kind: 'FREEZE', act: 'give', sure: '1', agrees: '1',
    zone: 'Asia/Kolkata', password: 'a long password', old: 'wrong one',
    new: 'a long password', again: 'a long password', mac: v.mac,
    currency: 'INR', expiring_days: '7', absent_days: '14', inside_minutes: '90',
    phone_code: '91', since: '0', opens: '05:00', closes: '23:00',
    biometrics: '1' });

// ---- a gym ------------------------------------------------------------------

// Something of everything in a branch, with `word` in its names and texts;
// resolves to its ids.
export async function furnish(stack, { company, branch, sn, word, today }) {
	const c = quote(company), w = quote(word), at = `'2026-01-01'`;
	const add = async (table, columns, values) => (await stack.sql(
	    `INSERT INTO ${table} (${columns}) VALUES (${values});
	    SELECT LAST_INSERT_ID() AS id`))[0].id;
	const v = { company, branch, sn, today, number: '77',
	    mac: '00:17:61:AA:BB:CC' };
	v.member = await add('mst_members_lists', `mbr_compcode, mbr_branch_id,
	    mbr_code, mbr_name, mbr_phone, mbr_notes, mbr_joined_date,
	    mbr_created_at`, `${c}, ${branch}, ${quote(`I-${branch}`)}, ${w},
	    '+919800000001', ${w}, '2025-01-01', ${at}`);
	v.plan = await add('mst_membership_plans', `plan_compcode,
	    plan_branch_id, plan_name, plan_days, plan_price, plan_created_at`,
	    `${c}, ${branch}, ${w}, 30, 1000, ${at}`);
	v.subscription = await add('trn_member_subscriptions', `ms_compcode,
	    ms_member_id, ms_plan_id, ms_start_date, ms_end_date, ms_amount,
	    ms_paid, ms_created_at`, `${c}, ${v.member}, ${v.plan},
	    '2025-01-01', '2099-12-31', 1000, 500, ${at}`);
	v.payment = await add('trn_payments', `pay_compcode, pay_branch_id,
	    pay_member_id, pay_subscription_id, pay_amount, pay_method,
	    pay_reference, pay_date, pay_receipt_year, pay_receipt_no, pay_note,
	    pay_created_at`, `${c}, ${branch}, ${v.member}, ${v.subscription},
	    500, 'CASH', ${w}, '${today}', 2020, ${branch}, ${w}, ${at}`);
	v.freeze = await add('trn_member_freezes', `frz_compcode,
	    frz_member_id, frz_from, frz_to, frz_note, frz_created_at`, `${c},
	    ${v.member}, '${dayAfter(today, 30)}', '${dayAfter(today, 40)}', ${w},
	    ${at}`);
	v.mapping = await add('trn_member_biometric_mappings', `mbm_compcode,
	    mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from,
	    mbm_created_at`, `${c}, ${quote(sn)}, '${v.number}', ${v.member},
	    '2020-01-01', ${at}`);
	v.attendance = await add('trn_member_attendances', `att_compcode,
	    att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	    att_punch_time, att_status, att_note, att_received_at`, `${c},
	    ${branch}, ${v.member}, '${v.number}', ${quote(sn)},
	    '${today} 08:00:00', 'DENIED', ${w}, '${today} 02:30:00'`);
	const inbox = (user, state) => add('trn_punch_inbox', `pin_compcode,
	    pin_branch_id, pin_device_sn, pin_device_user_id, pin_punch_time,
	    pin_state, pin_received_at`, `${c}, ${branch}, ${quote(sn)},
	    '${user}', '${today} 08:01:00', '${state}', '${today} 02:31:00'`);
	v.command = await add('trn_device_commands', `cmd_compcode,
	    cmd_device_sn, cmd_kind, cmd_created_at, cmd_expires_at`, `${c},
	    ${quote(sn)}, 'UNLOCK', ${at}, '2099-01-01'`);
	v.unmapped = await inbox('88', 'UNMAPPED');
	v.clock = await inbox('89', 'CLOCK');
	await inbox('90', 'DISMISSED');
	await stack.sql(`INSERT INTO trn_device_users (dvu_compcode,
	    dvu_device_sn, dvu_user_id, dvu_name, dvu_privilege, dvu_is_enabled)
	    VALUES (${c}, ${quote(sn)}, '88', ${w}, 0, 1)`);
	await stack.sql(`INSERT INTO trn_member_photos VALUES (${c},
	    ${v.member}, ${w}, ${w}, ${at})`);
	v.import = await add('trn_imports', `imp_compcode, imp_kind, imp_file,
	    imp_bytes, imp_size, imp_lines, imp_created_at, imp_drop_at`, `${c},
	    'members', ${w}, CONCAT('Code,Name\nI-9,', ${w}), 20, 1, ${at},
	    '2099-01-01'`);
	await add('trn_member_consents', `cns_compcode, cns_member_id,
	    cns_kind, cns_is_given, cns_at`, `${c}, ${v.member}, 'PHOTO', 1,
	    ${at}`);
	v.message = await add('trn_messages', `msg_compcode, msg_branch_id,
	    msg_member_id, msg_kind, msg_days, msg_anchor_date, msg_state,
	    msg_due_at, msg_error, msg_created_at`, `${c}, ${branch},
	    ${v.member}, 'BEFORE', 7, '2099-12-31', 'DUE', ${at}, ${w}, ${at}`);
	const login = await addUser(stack, company, 'staff');
	[{ role: v.role, user: v.person }] = await stack.sql(`SELECT r.id AS role,
	    u.id AS user FROM trn_user_roles r JOIN mst_users u ON u.id =
	    url_user_id WHERE usr_email = ${quote(login.email)}`);
	await stack.sql(`UPDATE mst_users SET usr_name = ${w}
	    WHERE id = ${v.person}`);
	[{ id: v.token }] = await stack.sql(`SELECT MAX(id) AS id
	    FROM mst_api_tokens WHERE tok_compcode = ${c}`);
	await add('trn_alerts', `alr_compcode, alr_branch_id, alr_device_id,
	    alr_kind, alr_since_at, alr_began_at`, `${c}, ${branch}, (SELECT id
	    FROM mst_devices WHERE dev_sn = ${quote(sn)}), 'LOG', ${at}, ${at}`);
	v.display = await add('mst_displays', `dsp_compcode, dsp_branch_id,
	    dsp_label, dsp_created_at`, `${c}, ${branch}, ${w}, ${at}`);
	v.rule = await add('mst_message_rules', `mrl_compcode, mrl_kind,
	    mrl_days, mrl_template, mrl_text, mrl_created_at`, `${c}, 'AFTER',
	    ${100 + branch % 200}, 'x', ${w}, ${at}`);
	await stack.sql(`UPDATE mst_devices SET dev_mac_other = '${v.mac}',
	    dev_mac_other_at = '2026-01-01',
	    dev_mac = '00:17:61:42:42:42', dev_last_error = ${w},
	    dev_seen_at = ${at} WHERE dev_open_sn = ${quote(sn)}`);
	return v;
}

// What reading computes, and keeps for the next who reads.
const CACHES = ['trn_membership_counts', 'trn_sessions',
    'trn_usual_counts'];

// A checksum of all rows of a company, for each table; without a company, of
// all rows of each table there is.
export async function checksums(stack, company) {
	const columns = await stack.sql(`SELECT table_name AS t,
	    GROUP_CONCAT(CONCAT('COALESCE(CAST(', column_name,
	    ' AS CHAR), "-")')) AS list, GROUP_CONCAT(IF(column_name LIKE
	    '%compcode', column_name, NULL)) AS company
	    FROM information_schema.columns WHERE table_schema =
	    ${quote(stack.schema)} GROUP BY table_name`);
	const own = columns.filter(c => !company || (c.company &&
	    !CACHES.includes(c.t)));
	assert.ok(own.length > 17, own.map(c => c.t).join());
	const rows = await stack.sql([...own.map(c => `SELECT '${c.t}' AS t,
	    COUNT(*) AS n, COALESCE(SUM(CRC32(CONCAT_WS('|', ${c.list}))), 0)
	    AS sum FROM ${c.t} WHERE ${company ? `${c.company} = '${company}'` :
	    '1'}`), ...(company ? [`SELECT 'mst_users', COUNT(*),
	    SUM(CRC32(CONCAT_WS('|', id, usr_email, usr_name,
	    usr_password_hash, usr_status))) FROM mst_users WHERE usr_email LIKE
	    '%@${company.toLowerCase()}.example'`] : [])].join(' UNION ALL '));
	return Object.fromEntries(rows.map(r => [r.t, `${r.n}:${r.sum}`]));
}

// ---- trying ----------------------------------------------------------------

export const BOUNDARY = 'isolationisolation';

export const upload = fields => Object.entries(fields).map(([name, value]) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${
    value}\r\n`).join('') + `--${BOUNDARY}\r\nContent-Disposition: form-data; ` +
    'name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' +
    `\xff\xd8\xff\r\n--${BOUNDARY}--\r\n`;

// Calls a route as a person, with ids of `v` in path and form.
export async function call(person, route, path, v) {
	if (route.method === 'GET') {
		const query = new URLSearchParams({ member: v.member, member_id:
		    v.member, user: v.person, terminal: v.sn, sn: v.sn,
		    branch: v.branch, plan: v.plan });
		return person.get(`${path}?${query}`);
	}
	const form = { ...valuesOf(v), csrf: await person.csrf() };
	if (route.body === 'UPLOAD')
		return person.stack.request(route.method, path, { headers: {
		    Cookie: person.cookie,
		    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
		    body: upload({ csrf: form.csrf, agrees: '1' }) });
	return person.request(route.method, path, { form });
}

export const isPeople = route => ['STAFF', 'OWNER', 'HEAD'].includes(route.who);
// They end the session that tries, and know no ids.
export const ENDING = ['/logout', '/account/sign-out-everywhere'];
// Last, because what they are tried on is not there any more afterwards.
const DESTRUCTIVE = /\/(close|end|erase|password|remove|replace|revoke|role|void)$/;
export const destructiveLast = (a, b) => DESTRUCTIVE.test(a.path) -
    DESTRUCTIVE.test(b.path);
