// seed.mjs: the gym that is measured: 10,000 more members, 100,000 punches
export const MEMBERS = 10000;
export const PUNCHES = 100000;
export const FIRST = 10001;	// id, and number at the terminal

const PER_DAY = 1000;		// load.lua sends some of them again
const AT_ONCE = 1000000;

// A history up to today, `day`.  Of ten members one has expired and one
// renewed before the end.
export async function seed(stack, day, punches = PUNCHES) {
	await seedMembers(stack, day);
	for (let from = 0; from < punches; from += AT_ONCE)
		await seedPunches(stack, day, from,
		    Math.min(punches, from + AT_ONCE));
	await stack.sql(`
	    UPDATE mst_companies SET cmp_revision = cmp_revision + 1
	     WHERE cmp_compcode = 'SF';
	    ANALYZE TABLE mst_members_lists, trn_member_subscriptions,
	            trn_member_biometric_mappings, trn_member_attendances;`);
}

async function seedMembers(stack, day) {
	const id = `(${FIRST} + seq)`;
	await stack.sql(`
	    INSERT INTO mst_members_lists (mbr_compcode, id, mbr_branch_id,
	           mbr_code, mbr_name, mbr_joined_date, mbr_created_at)
	    SELECT 'SF', ${id}, 1, CONCAT('B-', ${id}),
	           CONCAT('Member ', ${id}), '2020-01-01', '2020-01-01'
	      FROM seq_0_to_${MEMBERS - 1};
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	           ms_start_date, ms_end_date, ms_created_at)
	    SELECT 'SF', ${id}, '2020-01-01', '${day}' + INTERVAL
	           IF(seq % 10 = 0, -5, seq % 60) DAY, '2020-01-01'
	      FROM seq_0_to_${MEMBERS - 1};
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	           ms_start_date, ms_end_date, ms_created_at)
	    SELECT ms_compcode, ms_member_id, ms_end_date + INTERVAL 1 DAY,
	           ms_end_date + INTERVAL 31 DAY, '2020-01-01'
	      FROM trn_member_subscriptions
	     WHERE ms_member_id >= ${FIRST} AND ms_member_id % 10 = 5;
	    INSERT INTO trn_member_biometric_mappings (mbm_compcode,
	           mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from,
	           mbm_created_at)
	    SELECT 'SF', 'CRT5200-SN001', ${id}, ${id}, '2020-01-01',
	           '2020-01-01' FROM seq_0_to_${MEMBERS - 1};`);
}

// From the newest back.  They are known to be right, so no key looks twice.
async function seedPunches(stack, day, from, to) {
	const member = `(${FIRST} + seq % ${PER_DAY} * 7 % ${MEMBERS})`;
	const ago = `INTERVAL seq DIV ${PER_DAY} DAY`;
	await stack.sql(`
	    SET SESSION foreign_key_checks = 0, unique_checks = 0;
	    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
	           att_member_id, att_device_user_id, att_device_sn,
	           att_punch_time, att_status, att_reason, att_received_at)
	    SELECT 'SF', 1, ${member}, ${member}, 'CRT5200-SN001',
	           '${day}' - ${ago} + INTERVAL 6 * 3600 + seq % ${PER_DAY} * 20
	           SECOND,
	           IF(seq % 10 = 0, 'DENIED', 'ALLOWED'),
	           IF(seq % 10 = 0, 'Subscription expired', NULL),
	           '${day}' - ${ago} - INTERVAL 1 DAY
	      FROM seq_${from}_to_${to - 1};`);
}

// What staff have done beside: phones, payments of which some are due, punches
// of nobody, a long audit.
export async function seedStaff(stack, day) {
	await stack.sql(`
	    UPDATE mst_members_lists
	       SET mbr_phone = CONCAT('+9198', LPAD(id, 8, '0'))
	     WHERE mbr_compcode = 'SF' AND id >= ${FIRST};
	    UPDATE trn_member_subscriptions SET ms_amount = 150000,
	           ms_paid = IF(id % 7 = 0, 50000, 150000)
	     WHERE ms_compcode = 'SF' AND ms_member_id >= ${FIRST};
	    INSERT INTO trn_payments (pay_compcode, pay_branch_id,
	           pay_member_id, pay_subscription_id, pay_amount, pay_method,
	           pay_date, pay_receipt_year, pay_receipt_no, pay_created_at)
	    SELECT 'SF', 1, ms_member_id, id, ms_paid,
	           ELT(1 + id % 3, 'CASH', 'UPI', 'CARD'),
	           '${day}' - INTERVAL id % 300 DAY, 2019, id, '2026-01-01'
	      FROM trn_member_subscriptions
	     WHERE ms_compcode = 'SF' AND ms_member_id >= ${FIRST};
	    INSERT INTO trn_punch_inbox (pin_compcode, pin_branch_id,
	           pin_device_sn, pin_device_user_id, pin_punch_time,
	           pin_state, pin_received_at)
	    SELECT 'SF', 1, 'CRT5200-SN001', CONCAT('x', seq % 200),
	           '${day}' - INTERVAL seq * 11 MINUTE,
	           ELT(1 + seq % 5, 'UNMAPPED', 'REPEAT', 'TAKEN', 'REPEAT',
	               'DISMISSED'), '2026-01-01' FROM seq_0_to_49999;
	    INSERT INTO trn_audit_trails (aud_compcode, aud_at, aud_action,
	           aud_table, aud_row) SELECT 'SF', '2020-01-01' +
	           INTERVAL seq MINUTE, 'change', 'mst_members_lists', seq
	      FROM seq_0_to_99999;
	    ANALYZE TABLE mst_members_lists, trn_member_subscriptions,
	            trn_payments, trn_punch_inbox, trn_audit_trails;`);
}

// What reports look back on: six subscriptions a member instead of one or two,
// by plan, and every twentieth was frozen for a while.
export async function seedHistory(stack, day) {
	await stack.sql(`
	    UPDATE trn_member_subscriptions SET ms_plan_id =
	           (SELECT MIN(id) FROM mst_membership_plans
	             WHERE plan_compcode = 'SF') + id % 3,
	           ms_start_date = GREATEST(ms_start_date, ms_end_date -
	           INTERVAL 30 DAY)
	     WHERE ms_compcode = 'SF' AND ms_member_id >= ${FIRST};
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	           ms_plan_id, ms_start_date, ms_end_date, ms_created_at)
	    SELECT 'SF', ${FIRST} + m.seq, (SELECT MIN(id) FROM
	           mst_membership_plans WHERE plan_compcode = 'SF') + m.seq % 3,
	           '${day}' - INTERVAL 32 + 45 * n.seq + m.seq % 60 DAY,
	           '${day}' - INTERVAL 2 + 45 * n.seq + m.seq % 60 DAY,
	           '2020-01-01'
	      FROM seq_0_to_${MEMBERS - 1} m JOIN seq_1_to_5 n;
	    INSERT INTO trn_member_freezes (frz_compcode, frz_member_id,
	           frz_from, frz_to, frz_created_at)
	    SELECT 'SF', ${FIRST} + seq, '${day}' - INTERVAL 100 DAY,
	           '${day}' - INTERVAL 90 DAY, '2020-01-01'
	      FROM seq_0_to_${MEMBERS - 1} WHERE seq % 20 = 0;
	    UPDATE mst_companies SET cmp_revision = cmp_revision + 1
	     WHERE cmp_compcode = 'SF';
	    ANALYZE TABLE trn_member_subscriptions, trn_member_freezes;`);
}

// `count` INSERTs of 500 rows as a bare client sends them, on a day of their
// own: into the same table, so with the same keys and checks.
export function bareInserts(day, count) {
	const row = i => {
		const id = FIRST + i % MEMBERS, minute = Math.floor(i / MEMBERS);
		const time = new Date(minute * 60000).toISOString().slice(11, 19);
		return `('SF',1,${id},'${id}','CRT5200-SN001','${day} ${time}',` +
		    `'ALLOWED','TERMINAL',1,'${day} 12:00:00')`;
	};
	return Array.from({ length: count }, (_, n) =>
	    'INSERT INTO trn_member_attendances (att_compcode, att_branch_id, ' +
	    'att_member_id, att_device_user_id, att_device_sn, att_punch_time, ' +
	    'att_status, att_time_source, att_is_late, att_received_at) VALUES' +
	    Array.from({ length: 500 }, (_, i) => row(n * 500 + i)).join() +
	    ';').join('\n');
}

// As many members at a terminal of their own, there known as 1 to 10,000, for
// punches of any day.
export async function seedTerminal(stack, sn) {
	const id = `(${FIRST} + seq)`;
	await stack.admin(['device', 'add', 'SF', sn, 'Bench', '--start',
	    '2000-01-01']);
	await stack.sql(`
	    INSERT INTO mst_members_lists (mbr_compcode, id, mbr_branch_id,
	           mbr_code, mbr_name, mbr_joined_date, mbr_created_at)
	    SELECT 'SF', ${id}, 1, CONCAT('B-', ${id}),
	           CONCAT('Member ', ${id}), '2000-01-01', '2000-01-01'
	      FROM seq_0_to_${MEMBERS - 1};
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	           ms_start_date, ms_end_date, ms_created_at)
	    SELECT 'SF', ${id}, '2000-01-01', '2099-12-31', '2000-01-01'
	      FROM seq_0_to_${MEMBERS - 1};
	    INSERT INTO trn_member_biometric_mappings (mbm_compcode,
	           mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from,
	           mbm_created_at)
	    SELECT 'SF', '${sn}', seq + 1, ${id}, '2000-01-01', '2000-01-01'
	      FROM seq_0_to_${MEMBERS - 1};
	    ANALYZE TABLE mst_members_lists, trn_member_subscriptions,
	            trn_member_biometric_mappings;`);
}
