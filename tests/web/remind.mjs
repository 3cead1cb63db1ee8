// remind.mjs: gyms whose members are to be reminded
import { quote } from './gym.mjs';

let gyms = 0, branches = 500, terminals = 0;

export const at = ms => new Date(ms).toISOString().slice(0, 23)
    .replace('T', ' ');

// A gym with branches in zones, and its settings as at the beginning; `conf`
// are columns of mst_messaging without mgs_.
export async function addGym(stack, { zones = ['Asia/Kolkata'], conf = {} } = {}) {
	const code = `R${++gyms}`;
	const ids = zones.map(() => ++branches);
	await stack.sql(`INSERT INTO mst_companies (cmp_compcode, cmp_name,
	    cmp_created_at) VALUES ('${code}', 'Gym ${code}', '2026-01-01');
	    ${zones.map((zone, i) => `INSERT INTO mst_branches (brn_compcode, id,
	    brn_name, brn_zone, brn_created_at) VALUES ('${code}', ${ids[i]},
	    'Branch ${i}', '${zone}', '2026-01-01');`).join('\n')}
	    INSERT INTO mst_messaging (mgs_compcode, mgs_created_at ${
	    Object.keys(conf).map(k => `, mgs_${k}`).join('')}) VALUES ('${code}',
	    '2026-01-01' ${Object.values(conf).map(v => `, ${quote(v)}`)
	    .join('')});
	    ${[['BEFORE', 7], ['BEFORE', 3], ['BEFORE', 1], ['ON', 0],
	    ['AFTER', 1], ['AFTER', 7]].map(r => ruleSql(code, ...r)).join('\n')}`);
	return { code, branches: ids };
}

export const ruleSql = (code, kind, days, isOn = 1) => `INSERT INTO
    mst_message_rules (mrl_compcode, mrl_kind, mrl_days, mrl_is_on,
    mrl_template, mrl_text, mrl_created_at) VALUES ('${code}', '${kind}', ${days},
    ${isOn}, '${kind.toLowerCase()}_${days}',
    'Hello {{first_name}}, {{gym}}: {{date}}', '2026-01-01');`;

// Members who agreed to messages, with a telephone; `until` is the last day of
// their membership, `seen` of a visit.
export async function person(stack, g, { id, branch = g.branches[0],
    name = `Asha Rao ${id}`, from = '2025-01-01', until, phone, consent = true,
    born = '1990-05-05', joined = '2025-01-01', seen } = {}) {
	const c = quote(g.code);
	await stack.sql(`INSERT INTO mst_members_lists (mbr_compcode, id,
	    mbr_branch_id, mbr_code, mbr_name, mbr_phone, mbr_birth_date,
	    mbr_joined_date, mbr_created_at) VALUES (${c}, ${id}, ${branch},
	    'M-${id}', ${quote(name)}, ${quote(phone === undefined ?
	    `+9198765${String(id).padStart(5, '0')}` : phone)}, ${quote(born)},
	    ${quote(joined)}, '2026-01-01');
	    ${until ? `INSERT INTO trn_member_subscriptions (ms_compcode,
	    ms_member_id, ms_start_date, ms_end_date, ms_status, ms_created_at)
	    VALUES (${c}, ${id}, '${from}', '${until}', 'ACTIVE', '2026-01-01');`
	    : ''}
	    ${consent ? consentSql(g, id, true) : ''}
	    ${seen ? `INSERT INTO trn_member_attendances (att_compcode,
	    att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	    att_punch_time, att_status, att_time_source, att_received_at) VALUES
	    (${c}, ${branch}, ${id}, '1', 'SN', '${seen} 07:00:00', 'ALLOWED',
	    'TERMINAL', '${seen}');` : ''}`);
	return id;
}

// A terminal; `told` are columns of mst_devices without dev_.  Resolves to what
// changes them.
export async function addTerminal(stack, g, { branch = g.branches[0], ...told }) {
	const sn = `SN-${++terminals}`;
	const set = more => stack.sql(`UPDATE mst_devices SET ${Object.entries(more)
	    .map(([key, v]) => `dev_${key} = ${quote(v)}`).join(', ')}
	    WHERE dev_sn = '${sn}'`);
	await stack.sql(`INSERT INTO mst_devices (dev_compcode, dev_sn,
	    dev_branch_id, dev_name, dev_start, dev_from_at) VALUES ('${g.code}',
	    '${sn}', ${branch}, 'Door', '2020-01-01', '2026-01-01')`);
	await set({ name: sn, ...told });
	return set;
}

export const consentSql = (g, id, isGiven) => `INSERT INTO trn_member_consents
    (cns_compcode, cns_member_id, cns_kind, cns_is_given, cns_at) VALUES
    ('${g.code}', ${id}, 'MESSAGES', ${isGiven ? 1 : 0}, '2026-01-01');`;

// What was to a member's subscriptions is to be judged anew.
export const forgetSql = (g, id) => `UPDATE mst_members_lists
    SET mbr_state_to = '1000-01-01' WHERE mbr_compcode = '${g.code}' AND id = ${id};
    UPDATE mst_companies SET cmp_revision = cmp_revision + 1
    WHERE cmp_compcode = '${g.code}';`;

export const rows = (stack, g, where = '1') => stack.sql(`SELECT *
    FROM trn_messages WHERE msg_compcode = '${g.code}' AND ${where}
    ORDER BY id`);

// "1001 BEFORE-7 2026-03-19 DUE", or with the reason behind.
export const messages = async (stack, g, where) =>
    (await rows(stack, g, where)).map(m => [m.msg_member_id,
    `${m.msg_kind}-${m.msg_days}`, m.msg_anchor_date, m.msg_state,
    m.msg_reason].filter(Boolean).join(' '));
