// gym.mjs: gyms for tests beside the demo one, and a clock that stands well
import crypto from 'node:crypto';

const HOUR_MS = 3600000;
const KOLKATA_MS = 5.5 * HOUR_MS;

// Makes it noon in Asia/Kolkata for all programs, so that "today" does not
// end during a test.  Returns that day: '2026-03-12'.
export function makeNoon(stack) {
	const local = Date.now() + KOLKATA_MS;
	const noon = local - local % (24 * HOUR_MS) + 12 * HOUR_MS;

	stack.setClock(noon - local);
	return new Date(noon).toISOString().slice(0, 10);
}

// The gym's wall clock, `ago` seconds ago: '2026-03-12T11:59:00'.
export async function wall(terminal, ago = 0) {
	const [, day, time] = (await terminal.send('time 0')).split(' ');
	const at = Date.parse(`${day}T${time}Z`) - ago * 1000;
	return new Date(at).toISOString().slice(0, 19);
}

// A company: branches by name, each with one terminal, `members` members
// whose number at every terminal is their place, from 1 on, all active.
// Resolves to { code, token, owner: {email, password}, sns }.
export async function addCompany(stack, code, { branches = ['Main'],
    members = 10 } = {}) {
	const sns = branches.map((name, i) => `${code}-${i + 1}`);

	await stack.admin(['company', 'add', code, `Gym ${code}`]);
	for (const [i, name] of branches.entries()) {
		await stack.admin(['branch', 'add', code, name, 'Asia/Kolkata']);
		await stack.admin(['device', 'add', code, sns[i],
		    `Door ${sns[i]}`, '--branch', name, '--start', '2020-01-01']);
	}
	await stack.sql(membersSql(code, sns, members));
	const token = (await stack.admin(['token', 'add', code, 'test'])).trim();
	const owner = await addUser(stack, code, 'owner');
	return { code, token, owner, sns };
}

// Somebody who may sign in; with a branch, only to that one.
export async function addUser(stack, code, role, branch) {
	const email = `${role}-${crypto.randomBytes(4).toString('hex')}@${
	    code.toLowerCase()}.example`;
	const password = crypto.randomBytes(12).toString('base64url');

	await stack.admin(['user', 'add', email, `${role} of ${code}`,
	    '--company', code, '--role', role,
	    ...(branch ? ['--branch', branch] : [])],
	    { stdin: `${password}\n` });
	return { email, password };
}

const membersSql = (code, sns, members) => {
	const of = sns.map(sn => `SELECT '${sn}' AS sn`).join(' UNION ALL ');
	return `
	    INSERT INTO mst_members_lists (mbr_compcode, mbr_branch_id,
	           mbr_code, mbr_name, mbr_joined_date, mbr_created_at)
	    WITH RECURSIVE n (i) AS (
	      SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${members})
	    SELECT '${code}', (SELECT MIN(id) FROM mst_branches
	            WHERE brn_compcode = '${code}'),
	           CONCAT('${code}-', i), CONCAT('Member ${code} ', i),
	           '2020-01-01', '2020-01-01' FROM n;
	    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
	           ms_start_date, ms_end_date, ms_created_at)
	    SELECT mbr_compcode, id, '2020-01-01', '2099-12-31', '2020-01-01'
	      FROM mst_members_lists WHERE mbr_compcode = '${code}';
	    INSERT INTO trn_member_biometric_mappings (mbm_compcode,
	           mbm_device_sn, mbm_device_user_id, mbm_member_id, mbm_from,
	           mbm_created_at)
	    SELECT mbr_compcode, sn, SUBSTRING(mbr_code, ${code.length + 2}),
	           id, '2020-01-01', '2020-01-01'
	      FROM mst_members_lists JOIN (${of}) t
	     WHERE mbr_compcode = '${code}';`;
};

// Kills every worker of gymgate-web that there is at this moment.
export function killWorkers(stack) {
	let killed = 0;
	for (const pid of stack.web.children()) {
		try {
			process.kill(pid, 'SIGKILL');
			killed++;
		} catch (e) {
			if (e.code !== 'ESRCH')
				throw e;
		}
	}
	return killed;
}

// Numbers from 0 to below 1, the same for the same seed.
export function dice(seed) {
	let state = seed >>> 0;
	return () => {	// Numerical Recipes
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}
