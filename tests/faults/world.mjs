// world.mjs: what all gyms of the system's test share: stack, dice, clock, book
import fs from 'node:fs';
import { makeNoon, dice } from './gym.mjs';
import { Book } from './book.mjs';
import { DAYS } from './members.mjs';

const DAY_MS = 86400000;
const KOLKATA_MS = 5.5 * 3600000;

// As terminals write it: '2026-03-12 07:30:00'.
export const text = ms => new Date(ms).toISOString().slice(0, 19)
    .replace('T', ' ');

export class World {
	constructor(stack, seed) {
		this.stack = stack;
		this.book = new Book();
		this.roll = dice(seed);
		this.today = makeNoon(stack);
		this.midnight = Date.parse(`${this.today}T00:00:00Z`);
		this.offset = Number(fs.readFileSync(
		    stack.env.GYMGATE_TEST_CLOCK, 'utf8'));
	}

	// The instant that the server's clock shows.
	instant() { return Date.now() + this.offset; }

	// From 1 to n.
	upTo(n) { return 1 + Math.floor(this.roll() * n); }
	one(list) { return list[this.upTo(list.length) - 1]; }

	shuffled(list) {
		const left = [...list], all = [];
		while (left.length > 0)
			all.push(...left.splice(this.upTo(left.length) - 1, 1));
		return all;
	}

	// The gym's wall clock.
	now() { return this.instant() + KOLKATA_MS; }

	// So much time goes by, for all programs.
	later(ms) { this.stack.setClock(this.offset += ms); }

	// Some moment of the last days, not of the last hours: a live punch of
	// these is what a clock as wrong as ours may be would explain.
	someTime() {
		const ago = this.upTo(DAYS + 1) - 1;
		return this.midnight - ago * DAY_MS +
		    (this.upTo((ago === 0 ? 10 : 24) * 3600) - 1) * 1000;
	}
}
