// campaign.mjs: members who are due to be written to, and runs of gymgate-remind
// that are killed
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { BIN } from '../stack/stack.mjs';
import { pause } from '../stack/wait.mjs';
import { dayAfter } from '../web/gym.mjs';

const phoneOf = id => `+91981${String(id).padStart(7, '0')}`;

// A company that may send by the fake service at any hour.
export async function allowMessages(stack, service, code) {
	await stack.admin(['whatsapp', 'set', code, service.phoneId]);
	service.writeToken(code);
	await stack.sql(`UPDATE mst_messaging SET mgs_sender = 'CLOUD',
	    mgs_from = '00:00:00', mgs_to = '00:00:00', mgs_cap = 100000
	    WHERE mgs_compcode = '${code}'`);
}

// So many members with consent, one sixth of them for each of the first rules.
// Resolves to their ids.
export async function enrol(stack, code, members, today) {
	const ends = [7, 3, 1, 0, -1, -7].map(n => `'${dayAfter(today, n)}'`);
	const [{ first }] = await stack.sql('SELECT COALESCE(MAX(id), 0) + 1 ' +
	    'AS first FROM mst_members_lists');
	const rows = each => {
		const all = Array.from({ length: members }, (_, i) =>
		    each(Number(first) + i, i));
		return Array.from({ length: Math.ceil(members / 1000) }, (_, i) =>
		    all.slice(i * 1000, i * 1000 + 1000).join(','));
	};
	const insert = (head, each) => rows(each).map(part =>
	    `INSERT INTO ${head} VALUES ${part};`).join('\n');

	await stack.sql([
	    insert(`mst_members_lists (mbr_compcode, id, mbr_branch_id,
	    mbr_code, mbr_name, mbr_phone, mbr_joined_date, mbr_created_at)`,
	    id => `('${code}', ${id}, (SELECT MIN(id) FROM mst_branches WHERE
	    brn_compcode = '${code}'), 'C-${id}', 'Member ${id}',
	    '${phoneOf(id)}', '2020-01-01', '2020-01-01')`),
	    insert(`trn_member_subscriptions (ms_compcode, ms_member_id,
	    ms_start_date, ms_end_date, ms_created_at)`, (id, i) =>
	    `('${code}', ${id}, '2020-01-01', ${ends[i % ends.length]},
	    '2020-01-01')`),
	    insert(`trn_member_consents (cns_compcode, cns_member_id, cns_kind,
	    cns_is_given, cns_at)`, id =>
	    `('${code}', ${id}, 'MESSAGES', 1, '2020-01-01')`),
	].join('\n'));
	return Array.from({ length: members }, (_, i) => Number(first) + i);
}

// Of a hundred requests so many get this; the others are accepted.
const TROUBLE = [[3, { status: 500 }], [3, { drop: true }], [3, { refuse: true }],
    [3, { garbage: true }], [2, { error: 131026 }], [2, { error: 131000 }],
    [10, { slow: 30 }]];

export class Campaign {
	// Of `members` of a gym of the system's test.
	static async open(gym, service, members) {
		const { stack, today } = gym.world;
		const campaign = new Campaign();

		Object.assign(campaign, { gym, service, stack, killed: 0 });
		await allowMessages(stack, service, gym.name);
		campaign.ids = await enrol(stack, gym.name, members, today);
		service.orders = () => {
			let at = gym.world.upTo(100);
			return TROUBLE.find(([share]) => (at -= share) <= 0)
			    ?.[1] ?? {};
		};
		return campaign;
	}

	// One run; killed after `ms`, if it lives so long.
	run(ms) {
		const out = fs.openSync(`${this.stack.dir}/log/gymgate-remind.log`,
		    'a');
		const child = spawn(`${BIN}/gymgate-remind`,
		    ['-c', this.stack.conf], { stdio: ['ignore', out, out],
		    env: { ...process.env, ...this.stack.env } });
		const timer = setTimeout(() => child.kill('SIGKILL'), ms);

		fs.closeSync(out);
		return new Promise(done => child.once('exit', (code, signal) => {
			clearTimeout(timer);
			this.killed += signal === 'SIGKILL';
			done();
		}));
	}

	// Run after run, some of them killed, until `done()`.
	async runs(done) {
		const { world } = this.gym;
		while (!done()) {
			await this.run(world.roll() < 0.7 ? world.upTo(400) : 30000);
			await pause(world.upTo(1000));
		}
	}

	rows() {
		return this.stack.sql(`SELECT id, msg_member_id AS member,
		    msg_state AS state FROM trn_messages
		    WHERE msg_compcode = '${this.gym.name}' AND
		    msg_member_id IN (${this.ids.join()})`);
	}

	// All is sent in the end, as hours go by, to each member once at most;
	// and what the service has is told, or not known.
	async isWhole() {
		let rows = [];

		this.service.orders = () => ({});
		for (let i = 0; i < 40; i++) {
			rows = await this.rows();
			if (rows.length >= this.ids.length && !rows.some(row =>
			    ['DUE', 'SENDING'].includes(row.state)))
				break;
			await this.run(60000);
			this.gym.world.later(10 * 60000);
		}
		assert.deepEqual(this.service.wrong, []);
		assert.deepEqual(rows.map(row => Number(row.member))
		    .sort((a, b) => a - b), this.ids);
		assert.deepEqual(rows.filter(row => !this.fits(row)), []);
	}

	fits({ id, state }) {
		const times = this.service.delivered.get(Number(id)) ?? 0;
		return times === 1 ? ['ACCEPTED', 'UNKNOWN'].includes(state) :
		    times === 0 && ['FAILED', 'UNKNOWN', 'SKIPPED'].includes(state);
	}
}
