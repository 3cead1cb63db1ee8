// callers.mjs: who calls the API beside the bridges: the same punches once more
// in any order, and a terminal that posts by itself
import assert from 'node:assert/strict';
import { request } from '../stack/http.mjs';
import { pause } from '../stack/wait.mjs';
import { stored } from './ledger.mjs';

const OWN_MOST = 50;		// punches of one post
const GIVES_UP = 0.1;		// of those that nobody answered

const DONE = [{ status: true, access: 'ALLOWED' },
    { status: true, access: 'DENIED' },
    { status: true, message: 'Duplicate ignored' },
    { status: true, message: 'Kept until its time is settled' },
    { status: false, message: 'Biometric user not mapped' }];

// Has it been stored, by what is documented?
const isDone = ({ code, ...told }) => DONE.some(one =>
    one.status === told.status && one.access === told.access &&
    one.message === told.message);

export class Callers {
	// isAhead   may tell of punches that the bridge has not told of yet
	constructor(gym, { isAhead = false } = {}) {
		Object.assign(this, { gym, isAhead, answered: new Set(),
		    told: {} });
	}

	// Until `done()`; then all that is not given up is answered.
	async call(done) {
		while (!done()) {
			await (this.gym.world.roll() < 0.6 ? this.again() :
			    this.ours());
			await pause(this.gym.world.upTo(60));
		}
	}

	// Through the gym's own line, or from elsewhere.  Resolves to the
	// lines that were answered.
	async post(lines) {
		const { gym } = this, { world } = gym;
		const items = lines.map(line => {
			const [device_sn, user_id, ...at] = line.split(' ');
			return { compcode: gym.name, device_sn, user_id,
			    timestamp: at.join(' ') };
		});
		const url = world.roll() < 0.5 ? gym.api.url : world.stack.url;
		const isOne = items.length === 1;
		const got = await request(`${url}/api/biometric_attendances`, {
		    method: 'POST', timeout: 3000, headers: {
		    Authorization: `Bearer ${gym.token}`,
		    'Content-Type': 'application/json' },
		    body: JSON.stringify(isOne ? items[0] : items) })
		    .catch(() => ({ status: 0 }));

		this.told[got.status] = (this.told[got.status] ?? 0) + 1;
		if (!got.json)
			return [];
		const results = isOne ? [got.json] : got.json.results ?? [];
		for (const { code } of isOne ? [{ code: got.status }] : results)
			assert.ok([200, 404, 503].includes(code),
			    `${got.status} ${got.text}`);
		return lines.filter((_, i) => results[i] && isDone(results[i]));
	}

	// What others have told of, or will.
	async again() {
		const { world, lines } = this.gym;
		const known = this.isAhead ? lines : await this.arrived();
		const some = world.shuffled(known).slice(0, world.upTo(40));

		if (some.length === 0)
			return;
		if (world.roll() < 0.5)
			return this.post(some);
		for (const line of some.slice(0, 5))
			await this.post([line]);
	}

	// Of those that the server has, a few.
	async arrived() {
		const { world, doors } = this.gym, { sn } = world.one(doors);
		const rows = await world.stack.sql(`SELECT CONCAT_WS(' ',
		    att_device_sn, att_device_user_id,
		    DATE_FORMAT(att_punch_time, '%Y-%m-%d %H:%i:%s')) AS punch
		    FROM trn_member_attendances WHERE att_device_sn = '${sn}'
		    ORDER BY id DESC LIMIT 200`).catch(() => []);
		return rows.map(row => row.punch);
	}

	// So many of its own punches, until somebody has answered for each.
	async ours(count = this.gym.world.upTo(OWN_MOST)) {
		const { gym } = this, { world } = gym;
		let left = Array.from({ length: count }, () =>
		    gym.next(gym.online, true)).filter(Boolean);

		while (left.length > 0) {
			left = this.settled(left, await this.post(left));
			await pause(left.length > 0 ? 100 : 0);
			if (left.length > 0 && world.roll() < GIVES_UP) {
				left.forEach(line => world.book.givesUp(line));
				return;
			}
			left = world.shuffled(left);
		}
	}

	// What was answered is stored, as far as the database goes.
	async isKept() {
		const lines = [...this.answered];
		const { sn } = this.gym.online;
		const held = new Set(await stored(this.gym.world.stack, sn));

		assert.deepEqual(lines.filter(line => !held.has(line)), []);
	}

	// All that was answered once more: to a database that has lost it.
	async tellsAgain() {
		let left = [...this.answered];

		while (left.length > 0)
			left = this.settled(left, await this.post(
			    left.slice(0, 500)));
	}

	settled(lines, answered) {
		const known = new Set(answered);
		answered.forEach(line => this.answered.add(line));
		return lines.filter(line => !known.has(line));
	}
}
