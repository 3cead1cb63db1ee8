// trouble.mjs: everything that goes wrong in gyms and behind them, at random,
// each for a short while
import { pause, until } from '../stack/wait.mjs';
import { SERVER_TROUBLES } from './server-troubles.mjs';
import { TERMINAL_TROUBLES } from './terminal-troubles.mjs';

// { name, often, where, lock, run(place, trouble) }: `where` is 'door', or
// 'line' for those with one, 'air' for those without, 'gym', or '' for what is
// there once.  Of one lock at one place there is only one at a time.
const KINDS = [...TERMINAL_TROUBLES, ...SERVER_TROUBLES];

export class Trouble {
	// gyms     [{ name, api: line to the server, bridge, doors }], a door
	//          { name, terminal, line (or none: UDP), amidUser }
	// roll     dice
	// more     other kinds beside the above
	constructor(stack, gyms, roll, more = []) {
		Object.assign(this, { stack, gyms, roll });
		this.kinds = [...KINDS, ...more];
		this.doors = gyms.flatMap(gym => gym.doors);
		this.upTo = n => 1 + Math.floor(roll() * n);
		this.tally = {};		// by name: how often
		this.locks = new Set();
		this.running = new Set();	// promises
		for (const door of this.doors)
			Object.assign(door, { isClosed: false, inHand: 0,
			    amid: door.amid ?? new Set() });
	}

	get count() {
		return Object.values(this.tally).reduce((a, b) => a + b, 0);
	}

	// What has happened how often: a line a place.
	summary() {
		const lines = {};
		for (const [name, n] of Object.entries(this.tally).sort()) {
			const [place, what] = name.split(': ');
			(lines[place] ??= []).push(`${what} ${n}`);
		}
		return Object.entries(lines).map(([place, list]) =>
		    `${place}: ${list.join(', ')}`);
	}

	// From now on until end(), one every `ms` or so.
	begin(ms) {
		this.ended = false;
		this.loop = this.go(ms);
		this.loop.catch(() => {});	// end() tells
	}

	async go(ms) {
		while (!this.ended) {
			await pause(this.roll() * 2 * ms);
			this.happen();
			if (this.failed)
				throw this.failed;
		}
	}

	// No more of it; resolves when all is healed.
	async end() {
		this.ended = true;
		await this.loop;
		await Promise.all(this.running);
		if (this.failed)
			throw this.failed;
	}

	happen() {
		const kind = this.choose();
		const place = this.place(kind.where);
		const lock = `${place?.name ?? ''} ${kind.lock}`;

		if (this.locks.has(lock))
			return;
		this.tally[kind.name] = (this.tally[kind.name] ?? 0) + 1;
		const done = this.alone(lock, () => kind.run(place, this))
		    .catch(e => {
			this.failed ??= new Error(`${kind.name}: ${e.stack}`);
		    }).finally(() => this.running.delete(done));
		this.running.add(done);
	}

	choose() {
		let left = this.roll() * this.kinds.reduce((n, kind) =>
		    n + kind.often, 0);
		return this.kinds.find(kind => (left -= kind.often) < 0) ??
		    this.kinds[0];
	}

	place(where) {
		const fit = { '': [], gym: this.gyms, door: this.doors,
		    line: this.doors.filter(door => door.line),
		    air: this.doors.filter(door => !door.line) }[where];
		return fit[Math.floor(this.roll() * fit.length)];
	}

	async alone(lock, run) {
		await until(lock, () => !this.locks.has(lock), 30000);
		this.locks.add(lock);
		try {
			return await run();
		} finally {
			this.locks.delete(lock);
		}
	}

	// The database is nobody's while `run` runs.
	withDatabase(run) {
		return this.alone(' database', run);
	}
}
