// access.mjs: how long the list takes by which a terminal's door is kept
//
// 2,000 users of one terminal, asked for one after the other over a connection
// that stays: the whole list, and whether it is still the same.  Then renewals
// at the desk, until the terminal lets the member in.
import assert from 'node:assert/strict';
import http from 'node:http';
import { request } from '../stack/http.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { SN } from '../web/gym.mjs';
import { Person } from '../web/pages.mjs';
import { median, percentile } from './machine.mjs';
import { ms } from './pages.mjs';
import { FIRST } from './seed.mjs';

const USERS = 2000, PUNCHES_EACH = 50;
const RENEWALS = 20;
const REQUESTS = 100;		// of each line, after a first one

// Each with a subscription, some of them with terms, and punches of weeks.
const seedUsers = stack => stack.sql(`
    INSERT INTO mst_members_lists (mbr_compcode, id, mbr_branch_id, mbr_code,
           mbr_name, mbr_joined_date, mbr_created_at)
    SELECT 'SF', ${FIRST} + seq, 1, CONCAT('B-', seq), CONCAT('Member ', seq),
           '2020-01-01', '2020-01-01' FROM seq_0_to_${USERS - 1};
    INSERT INTO trn_member_subscriptions (ms_compcode, ms_member_id,
           ms_start_date, ms_end_date, ms_visits, ms_hours, ms_created_at)
    SELECT 'SF', ${FIRST} + seq, '2020-01-01', IF(seq % 5, '2099-12-31',
           '2020-12-31'), IF(seq % 10 = 1, 12, NULL),
           IF(seq % 10 = 2, '7f06001000', NULL), '2020-01-01'
      FROM seq_0_to_${USERS - 1};
    INSERT INTO trn_member_biometric_mappings (mbm_compcode, mbm_device_sn,
           mbm_device_user_id, mbm_member_id, mbm_from, mbm_created_at)
    SELECT 'SF', '${SN}', ${FIRST} + seq, ${FIRST} + seq, '2020-01-01',
           '2020-01-01' FROM seq_0_to_${USERS - 1};
    INSERT INTO trn_member_attendances (att_compcode, att_branch_id,
           att_member_id, att_device_user_id, att_device_sn, att_punch_time,
           att_status, att_received_at)
    SELECT 'SF', 1, ${FIRST} + seq % ${USERS}, ${FIRST} + seq % ${USERS},
           '${SN}', '2026-01-01 07:00:00' + INTERVAL seq DIV ${USERS} DAY,
           IF(seq % ${USERS} % 5, 'ALLOWED', 'DENIED'), '2026-01-01'
      FROM seq_0_to_${USERS * PUNCHES_EACH - 1};
    ANALYZE TABLE mst_members_lists, trn_member_subscriptions,
            trn_member_biometric_mappings, trn_member_attendances;`);

async function measureLine(stack, agent, name, status, tag) {
	const headers = { Authorization: `Bearer ${stack.token}`,
	    ...(tag ? { 'If-None-Match': tag } : {}) };
	const times = [];
	let got;
	for (let i = 0; i <= REQUESTS; i++) {
		const began = process.hrtime.bigint();
		got = await request(`${stack.url}/api/devices/${SN}/access`,
		    { headers, agent });
		assert.equal(got.status, status);
		if (i > 0)	// the first one warms what they all need
			times.push(Number(process.hrtime.bigint() - began) / 1e6);
	}
	return { line: { name, p50_ms: median(times),
	    p99_ms: percentile(times, 99), least_ms: Math.min(...times) }, got };
}

// From the click at the desk until the terminal lets the member in: through
// page, stream, bridge and a terminal that knows them all.
async function measureRenewals(stack) {
	const [terminal] = stack.terminals, times = [];
	const staff = await Person.signIn(stack, stack.login);
	const isOpen = async id => /opens=yes/.test(
	    await terminal.send(`show ${id}`));
	for (let i = 0; i < USERS; i++)
		await terminal.send(`user ${FIRST + i} M${i}`);
	await stack.sql(`INSERT INTO trn_device_approvals SELECT mbm_compcode,
	    mbm_device_sn, mbm_device_user_id, 'ENDED', NULL, '2026-01-01'
	    FROM trn_member_biometric_mappings WHERE mbm_compcode = 'SF';
	    UPDATE mst_devices SET dev_enforced_at = '2026-01-01',
	    dev_block_after = 0 WHERE dev_sn = '${SN}'`);
	await stack.startBridge();
	// every fifth has ended: the last of them is closed when all are
	await until('those who have ended are kept out', async () =>
	    !await isOpen(FIRST + USERS - 5), 300000);
	for (let i = 0; i < RENEWALS; i++) {
		const id = FIRST + 5 * i;
		assert.equal(await isOpen(id), false);
		const began = process.hrtime.bigint();
		const { status } = await staff.submit(`/members/${id}/renew`,
		    { plan: '1' });
		assert.equal(status, 303);
		await until('the member may enter', () => isOpen(id), 30000, 5);
		times.push(Number(process.hrtime.bigint() - began) / 1e6);
	}
	return { name: 'renewed to let in by the terminal', p50_ms: median(times),
	    p99_ms: percentile(times, 99), least_ms: Math.min(...times) };
}

// `onStack` is told of the Gymgate that is started; who calls us stops it.
export async function measureAccess(onStack) {
	const stack = await Stack.start({ own: true, demo: true, live: true,
	    workers: 2, terminals: [{ serial: SN, users: 0 }],
	    say: console.log });
	onStack(stack);
	console.log(`seeding ${USERS} users`);
	await seedUsers(stack);
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	const fresh = await measureLine(stack, agent, 'the whole list', 200);
	const { users } = JSON.parse(fresh.got.text);
	assert.ok(users.length >= USERS, `${users.length} users`);
	const same = await measureLine(stack, agent, 'still the same: 304', 304,
	    fresh.got.headers.etag);
	agent.destroy();
	const renewed = await measureRenewals(stack);
	return { users: users.length, requests: REQUESTS,
	    bytes: Buffer.byteLength(fresh.got.text),
	    lines: [fresh.line, same.line, renewed] };
}

export function tellAccess({ users, requests, bytes, lines }) {
	console.log(`\nthe list of a door with ${users.toLocaleString('en')} ` +
	    `users, ${Math.round(bytes / 1000)} kB, ${requests} requests ` +
	    `each, ${RENEWALS} renewals, milliseconds\n`);
	console.log(`${''.padEnd(36)}${'median'.padStart(10)}${
	    'p99'.padStart(10)}${'least'.padStart(10)}`);
	for (const line of lines)
		console.log(line.name.padEnd(36) + ms(line.p50_ms) +
		    ms(line.p99_ms) + ms(line.least_ms));
}
