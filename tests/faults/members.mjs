// members.mjs: the members of a gym of the system's test, and who may enter when
import { dayAfter } from '../web/gym.mjs';

export const MEMBERS = 60;
export const CHANGING = 10;	// behind them, whom staff are busy with
export const DAYS = 20;		// in which they punch

const ofMember = (table, company, i) => `${table}_member_id = (SELECT id FROM
    mst_members_lists WHERE mbr_code = '${company}-${i}')`;
const rest = (company, kind, i, from, to) => `INSERT INTO trn_member_freezes
    (frz_compcode, frz_member_id, frz_kind, frz_from, frz_to, frz_created_at)
    SELECT '${company}', id, '${kind}', '${from}', ${to}, '2020-01-01'
      FROM mst_members_lists WHERE mbr_code = '${company}-${i}';`;

// Those who may not always enter: why not, so many days ago (or false); `day`
// gives the date of so many days ago.
const OTHERS = [
	{ numbers: [51, 52, 53, 54], why: ago => ago < 7 &&
	    'Subscription expired', sql: (c, i, day) => `UPDATE
	    trn_member_subscriptions SET ms_end_date = '${day(7)}'
	    WHERE ${ofMember('ms', c, i)};` },
	{ numbers: [55, 56], why: () => 'No subscription', sql: (c, i) => `DELETE
	    FROM trn_member_subscriptions WHERE ${ofMember('ms', c, i)};` },
	{ numbers: [57, 58], why: ago => ago > 5 && 'Subscription not started',
	    sql: (c, i, day) => `UPDATE trn_member_subscriptions
	    SET ms_start_date = '${day(5)}' WHERE ${ofMember('ms', c, i)};` },
	{ numbers: [59], why: ago => ago <= 10 && ago >= 3 &&
	    'Membership frozen', sql: (c, i, day) =>
	    rest(c, 'FREEZE', i, day(10), `'${day(3)}'`) },
	{ numbers: [60], why: ago => ago <= 4 && 'Member inactive',
	    sql: (c, i, day) => rest(c, 'INACTIVE', i, day(4), 'NULL') },
];

// What the rule says of member `i` at `at`, '2026-03-12 07:30:00'.
export function verdict(i, at, today) {
	const ago = Math.round((Date.parse(today) -
	    Date.parse(at.slice(0, 10))) / 86400000);
	const why = OTHERS.find(({ numbers }) => numbers.includes(i))?.why(ago);
	return why ? `DENIED ${why}` : 'ALLOWED';
}

// The statements that make the members of addCompany() such ones, with numbers
// of each door's own: `number` gives that of a member.
export function membersSql(company, doors, today) {
	const day = ago => dayAfter(today, -ago);
	const all = Array.from({ length: MEMBERS + CHANGING }, (_, i) => i + 1);
	const sns = doors.map(({ sn }) => `'${sn}'`).join();

	return `
	    UPDATE trn_member_biometric_mappings
	       SET mbm_device_user_id = CONCAT('old', mbm_device_user_id)
	     WHERE mbm_device_sn IN (${sns});
	    ${doors.flatMap(({ sn, number }) => all.map(i => `
	    UPDATE trn_member_biometric_mappings
	       SET mbm_device_user_id = '${number(i)}'
	     WHERE mbm_device_sn = '${sn}' AND mbm_device_user_id = 'old${i}';`))
	    .join('')}
	    ${OTHERS.flatMap(({ numbers, sql }) =>
	    numbers.map(i => sql(company, i, day))).join('')}
	    ${all.slice(MEMBERS).map(i => OTHERS[0].sql(company, i, day))
	    .join('')}
	    INSERT INTO mst_membership_plans (plan_compcode, plan_name,
	           plan_days, plan_price, plan_created_at)
	    VALUES ('${company}', 'Month', 30, 150000, '2020-01-01');`;
}
