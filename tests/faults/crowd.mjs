// crowd.mjs: a thousand viewers of many gyms, and members who keep coming
//
//	const crowd = await Crowd.gather(stack);
//	const times = await crowd.come(10);	// seconds
//	await crowd.isComplete();
import { pause, until } from '../stack/wait.mjs';
import { Person } from '../web/pages.mjs';
import { addCompany, makeNoon } from './gym.mjs';
import { Viewer } from './viewer.mjs';

export const COMPANIES = 20, STREAMS = 1000, A_SECOND = 20;
const MEMBERS = 400;	// of each: nobody comes twice
const DESKS = 2;	// of each: the hub lets nobody have more than 20 streams
const OPENING = 50;	// streams at a time
const DESK = { events: '/live/desk', feed: '/desk/feed' };

export class Crowd {
	static async gather(stack) {
		const crowd = new Crowd();
		Object.assign(crowd, { stack, day: makeNoon(stack), gyms: [],
		    viewers: [], came: 0 });
		for (let i = 0; i < COMPANIES; i++)
			await crowd.addGym(`G${i}`);
		for (let i = 0; i < STREAMS; i += OPENING)
			await crowd.watch(i, Math.min(i + OPENING, STREAMS));
		return crowd;
	}

	async addGym(code) {
		const gym = await addCompany(this.stack, code,
		    { members: MEMBERS });
		const owner = await Person.signIn(this.stack, gym.owner);
		gym.looks = [{ cookie: owner.cookie }];
		for (let i = 0; i < DESKS; i++)
			gym.looks.push({ cookie: await pairDesk(this.stack,
			    owner), ...DESK });
		gym.punches = new Map();	// name -> { askedAt, answeredAt }
		this.gyms.push(gym);
	}

	// Of each gym a dashboard, then of each its front desks, and so on.
	async watch(from, to) {
		for (let i = from; i < to; i++) {
			const gym = this.gyms[i % COMPANIES];
			const { cookie, ...where } = gym.looks[
			    Math.floor(i / COMPANIES) % gym.looks.length];
			const seen = new Map();	// name -> when it came
			const viewer = new Viewer(this.stack, cookie, {
			    ...where, keepAll: false, onRow: html =>
			    seen.set(nameIn(html), performance.now()) });
			this.viewers.push(Object.assign(viewer, { gym, seen }));
		}
		await this.allOpen();
	}

	allOpen() {
		return until('all streams to be open', () =>
		    this.viewers.every(viewer => viewer.isOpen), 30000);
	}

	// One member more, at the next gym; until it is answered.
	async punch() {
		const n = Math.floor(this.came / COMPANIES) + 1;
		const gym = this.gyms[this.came++ % COMPANIES];
		const punch = { askedAt: performance.now() };
		await until('an answer', async () => (await this.stack.post({
		    compcode: gym.code, user_id: n, device_sn: gym.sns[0],
		    timestamp: `${this.day} 11:30:00` },
		    { token: gym.token })).status === 200, 15000);
		punch.answeredAt = performance.now();
		gym.punches.set(`Member ${gym.code} ${n}`, punch);
	}

	// Members come for so long, A_SECOND each second.  Resolves to how long
	// each row took to each viewer that got it live, in ms: from when the
	// punch was `sent` and, a moment after the commit, `answered`.
	async come(seconds) {
		const began = performance.now();
		const first = this.came;
		const coming = [];
		for (let i = 0; i < seconds * A_SECOND; i++) {
			const due = began + i * 1000 / A_SECOND;
			await pause(Math.max(0, due - performance.now()));
			coming.push(this.punch());
		}
		await Promise.all(coming);
		await this.complete();
		return this.times(first);
	}

	times(first) {
		const sent = [], answered = [];
		for (const { gym, seen } of this.viewers)
			for (const [name, at] of seen) {
				const punch = gym.punches.get(name);
				if (numberOf(name) <= first / COMPANIES)
					continue;
				sent.push(at - punch.askedAt);
				answered.push(Math.max(0, at - punch.answeredAt));
			}
		return { sent, answered };
	}

	// Every viewer has every row of its own gym, and no other.
	complete() {
		return until('every viewer to have its rows', () =>
		    this.viewers.every(viewer => {
			const names = new Set([...viewer.rows.values()]
			    .map(nameIn));
			return names.size === viewer.rows.size &&
			    names.size === viewer.gym.punches.size &&
			    [...names].every(n => viewer.gym.punches.has(n));
		    }), 30000, 100);
	}

	close() {
		return Promise.all(this.viewers.map(viewer => viewer.close()));
	}
}

// A front desk of the gym: the cookie that its browser keeps.
async function pairDesk(stack, owner) {
	const made = await owner.submit('/settings/displays', { label: 'Wall' });
	const [, code] = made.text.match(/<code>([^<]+)<\/code>/);
	const got = await stack.request('POST', '/desk/pair', { headers: {
	    'Content-Type': 'application/x-www-form-urlencoded' },
	    body: new URLSearchParams({ code }).toString() });
	return got.headers['set-cookie'][0].split(';')[0];
}

const nameIn = html => html.match(/Member \w+ \d+/)?.[0];
const numberOf = name => Number(name.split(' ')[2]);
