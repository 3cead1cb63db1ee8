// staff.mjs: an owner at the desk while everything fails: renews, voids, freezes
// and ends it, gives numbers; and what is known of it, for the ledger
import assert from 'node:assert/strict';
import { pause, until } from '../stack/wait.mjs';
import { fieldsOf, Person } from '../web/pages.mjs';
import { CHANGING, MEMBERS } from './members.mjs';

const PLAN = 1500;		// costs a month

// How one member stood today from when on.  Whoever touches while an action is
// under way may be judged by what was before or by what is after it.
class History {
	constructor(verdict) {
		this.stands = [{ verdict, before: -1, from: 0, to: 0 }];
	}

	// An action begins: `before` is the id of the newest attendance.
	begins(verdict, before, at) {
		const stand = { verdict, before, from: at, to: Infinity };
		this.stands.push(stand);
		return stand;
	}

	// What was after `at` has never been: the database is an older one.
	forget(at) {
		this.stands = this.stands.filter(({ from }) => from <= at);
	}

	// Rows of before an action have been read before it, and those that
	// came when it had been answered after it.
	fits(row) {
		const at = Date.parse(`${row.received_at.replace(' ', 'T')}Z`);
		const last = this.stands.findLastIndex(one => at > one.to);
		return this.stands.some(({ verdict, before }, i) => i >= last &&
		    Number(row.id) > before && verdict === row.verdict);
	}

	toString() {
		return this.stands.map(({ verdict, before, from, to }) =>
		    `${verdict} (${before}, ${from}-${to})`).join(', ');
	}
}

export class Staff {
	constructor(gym) {
		Object.assign(this, { gym, world: gym.world, resting: false,
		    done: [], inHand: Promise.resolve() });
		// by number: as members.mjs has made them
		this.histories = new Map(Array.from({ length: CHANGING },
		    (_, i) => [MEMBERS + i + 1,
		    new History('DENIED Subscription expired')]));
	}

	// Acts until `done()`.
	async work(done) {
		while (!done()) {
			if (!this.resting)
				await (this.inHand = this.act());
			await pause(this.world.upTo(200));
		}
	}

	// Nothing is under way until works().
	async rests() {
		this.resting = true;
		await this.inHand;
	}

	works() { this.resting = false; }

	// The database is one of `at`, an instant of the gym.
	forget(at) {
		this.done = this.done.filter(one => one.at <= at);
		this.histories.forEach(history => history.forget(at));
	}

	// ---- pages -------------------------------------------------------

	sql(text) {
		return until('the database', () => this.world.stack.sql(text),
		    60000, 100);
	}

	// Signs in where that is needed, and goes on where it cannot.
	async ask(path, fields) {
		const { stack } = this.world;
		try {
			this.person ??= await Person.signIn(stack, this.gym.owner);
			const got = fields ? await this.person.post(path, fields) :
			    await this.person.get(path);
			if (got.status !== 401 && (got.status !== 303 ||
			    !/^\/login/.test(got.headers.location)))
				return got;
		} catch {
			// away, or no such session any more
		}
		this.person = null;
		return { status: 0 };
	}

	page(path) {
		return until(path, async () => {
			const got = await this.ask(path);
			return got.status === 200 && got.text;
		}, 60000, 100);
	}

	// Posts a form until somebody answers: 303; or, when it is sent again,
	// 404 where what it is about has gone by it.
	async post(path, fields, goes) {
		let tries = 0;

		await until(path, async () => {
			const { csrf, ...rest } = fields;
			const { status, text } = await this.ask(path, rest);
			const isDone = status === 303 ||
			    (goes && tries > 0 && status === 404);
			tries++;
			if (status === 403)	// of another session
				this.person = null;
			if (!isDone && ![0, 403, 500, 502, 503, 504].includes(status))
				throw Object.assign(new Error(
				    `${path}: ${status} ${text}`), { final: true });
			return isDone;
		}, 60000, 100);
	}

	note(...rows) {
		const at = this.world.instant();
		this.done.push(...rows.map(row => ({ at, row })));
	}

	// ---- what there is to do -----------------------------------------

	async act() {
		const { world } = this;
		await (world.roll() < 0.1 ? this.givesNumber() :
		    this.changes(MEMBERS + world.upTo(CHANGING)));
	}

	async changes(number) {
		const { today } = this.world, { name } = this.gym;
		const [m] = await this.sql(`SELECT m.id,
		    (SELECT MAX(id) FROM trn_member_freezes WHERE frz_compcode =
		    '${name}' AND frz_member_id = m.id) AS freeze,
		    (SELECT MAX(id) FROM trn_member_subscriptions WHERE
		    ms_compcode = '${name}' AND ms_member_id = m.id AND
		    ms_status = 'ACTIVE' AND ms_end_date >= '${today}') AS sold,
		    (SELECT MAX(ms_paid) FROM trn_member_subscriptions WHERE
		    ms_compcode = '${name}' AND id = sold) AS paid,
		    (SELECT MAX(id) FROM mst_membership_plans WHERE
		    plan_compcode = '${name}') AS plan
		    FROM mst_members_lists m WHERE mbr_compcode = '${name}' AND
		    mbr_code = '${name}-${number}'`);
		const url = `/members/${m.id}`;

		if (m.freeze)
			return this.ends(number, `${url}/freezes/${m.freeze}/end`);
		if (!m.sold)
			return this.renews(number, `${url}/renew`, m.plan);
		if (m.paid === '0' && this.world.roll() < 0.5)
			return this.voids(number,
			    `${url}/subscriptions/${m.sold}/void`);
		return this.freezes(number, `${url}/freeze`);
	}

	// From when the form is posted on, `number` may stand as `verdict`.
	async turns(number, verdict, run) {
		const [{ newest }] = await this.sql(`SELECT
		    COALESCE(MAX(id), 0) AS newest FROM trn_member_attendances`);
		const stand = this.histories.get(number).begins(verdict,
		    Number(newest), this.world.instant());
		await run();
		stand.to = this.world.instant();
	}

	async renews(number, url, plan) {
		const paid = this.world.roll() < 0.5 ? 0 : PLAN;
		const fields = { ...fieldsOf(await this.page(url)), plan,
		    price: String(PLAN), paid: String(paid) };

		await this.turns(number, 'ALLOWED', () => this.post(url, fields));
		this.note('add trn_member_subscriptions',
		    ...(paid ? ['add trn_payments'] : []));
	}

	async voids(number, url) {
		await this.turns(number, 'DENIED Subscription expired', () =>
		    this.post(url, {}, true));
		this.note('change trn_member_subscriptions');
	}

	async freezes(number, url) {
		const isOff = this.world.roll() < 0.5;
		const fields = { ...fieldsOf(await this.page(url)),
		    kind: isOff ? 'INACTIVE' : 'FREEZE' };

		await this.turns(number, `DENIED ${isOff ? 'Member inactive' :
		    'Membership frozen'}`, () => this.post(url, fields));
		this.note('add trn_member_freezes');
	}

	// On the day it began: nothing is left of it.
	async ends(number, url) {
		await this.turns(number, 'ALLOWED', () =>
		    this.post(url, {}, true));
		this.note('delete trn_member_freezes');
	}

	// One of the numbers that are somebody's in the end.
	async givesNumber() {
		const known = new Set((await this.sql(`SELECT CONCAT(
		    mbm_device_sn, ' ', mbm_device_user_id) AS number
		    FROM trn_member_biometric_mappings WHERE mbm_compcode =
		    '${this.gym.name}'`)).map(row => row.number));
		const left = this.gym.doors.flatMap(door => (door.wanted ?? [])
		    .map((user, i) => ({ door, user, member: i + 1 })))
		    .find(({ door, user }) => !known.has(`${door.sn} ${user}`));

		if (!left)
			return false;
		const { door, user, member } = left;
		const [{ id }] = await this.sql(`SELECT id FROM mst_members_lists
		    WHERE mbr_code = '${this.gym.name}-${member}'`);
		const url = `/devices/${door.sn}/mappings/new`;
		await this.post(url, { user, member_id: id,
		    nonce: this.nonce() });
		this.note('add trn_member_biometric_mappings');
		return true;
	}

	nonce() {
		return Array.from({ length: 32 }, () =>
		    (this.world.upTo(16) - 1).toString(16)).join('');
	}

	// ---- in the end --------------------------------------------------

	// All numbers are given, and what waited for that is taken in.
	async closes() {
		while (await this.givesNumber())
			;
		await this.world.stack.chores();
	}

	// One line for each action that was answered, and no other; money and
	// receipts are as many as were paid.
	async isAudited() {
		const { name, owner } = this.gym;
		const rows = await this.world.stack.sql(`SELECT
		    CONCAT_WS(' ', aud_action, aud_table) AS what, COUNT(*) AS n
		    FROM trn_audit_trails WHERE aud_compcode = '${name}' AND
		    aud_user_id = (SELECT id FROM mst_users WHERE
		    usr_email = '${owner.email}') AND
		    aud_table REGEXP '^trn_(member_|payments)'
		    GROUP BY aud_action, aud_table`);
		const expected = {};
		for (const { row } of this.done)
			expected[row] = (expected[row] ?? 0) + 1;
		assert.deepEqual(Object.fromEntries(rows.map(row =>
		    [row.what, Number(row.n)])), expected);
		const [pay] = await this.world.stack.sql(`SELECT COUNT(*) AS n,
		    COALESCE(MAX(pay_receipt_no), 0) AS last,
		    COALESCE(SUM(pay_amount), 0) AS sum, (SELECT SUM(ms_paid)
		    FROM trn_member_subscriptions WHERE ms_compcode =
		    '${name}') AS paid FROM trn_payments
		    WHERE pay_compcode = '${name}'`);
		const n = String(expected['add trn_payments'] ?? 0);
		assert.deepEqual([pay.n, pay.last, pay.sum], [n, n, pay.paid]);
	}
}
