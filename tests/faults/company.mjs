// company.mjs: a gym of the system's test: its doors, its bridge, who comes
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { REPO } from '../stack/stack.mjs';
import { pause, SLOW, SOAK, until } from '../stack/wait.mjs';
import { addCompany } from './gym.mjs';
import { countOf } from './ledger.mjs';
import { Line } from './line.mjs';
import { CHANGING, MEMBERS, membersSql, verdict } from './members.mjs';
import { Staff } from './staff.mjs';
import { SESSIONS } from './terminal-troubles.mjs';
import { text } from './world.mjs';

const RECENT_MOST = 300;

export class Company {
	// doors    [{ number, strangers, wanted, amidUser, options, most,
	//          unread }]: number(i) is that of a member there; strangers'
	//          are nobody's; those wanted will be members' 1, 2...;
	//          options are those of zk-terminal; `most` punches in all, and
	//          `unread` of them at a time
	// bulk     as many punches more or less while a terminal is away
	static async open(world, code, doors, { bulk = 150, bridge = {} } = {}) {
		const gym = new Company(world, code, doors, bulk);
		await gym.enrol();
		gym.api = await Line.to(world.stack.port);
		// a server that is away for a second asks for five
		gym.api.passes = part => Buffer.from(part.toString('latin1')
		    .replace(/^Retry-After: \d+/m, 'Retry-After: 0'), 'latin1');
		for (const door of doors)
			await gym.openDoor(door);
		gym.bridge = await world.stack.startBridge(gym.bridgeConf(bridge),
		    { name: `bridge-${code}`, token: gym.token,
		    terminals: doors.map(door => door.terminal) });
		return gym;
	}

	constructor(world, code, doors, bulk) {
		Object.assign(this, { world, name: code, doors, bulk });
		// a terminal that posts by itself
		this.online = { number: i => `${i}`, strangers: ['771', '772'] };
		this.staff = new Staff(this);
		this.recent = [];	// [member, minute] of the last punches
		this.lines = [];	// of the last punches
		[...doors, this.online].forEach((door, i) => {
			door.sn = door.name = `${code}-${i + 1}`;
		});
	}

	async enrol() {
		const { stack, book, today } = this.world;
		const all = [...this.doors, this.online];
		const { token, owner } = await addCompany(stack, this.name, {
		    members: MEMBERS + CHANGING, branches: all.map(door =>
		    door === this.online ? 'Online' : `Door ${door.sn}`) });

		Object.assign(this, { token, owner });
		await stack.sql(membersSql(this.name, all, today));
		for (const { sn, company, branch } of await stack.sql(`SELECT
		    dev_sn AS sn, dev_compcode AS company, dev_branch_id AS branch
		    FROM mst_devices WHERE dev_compcode = '${this.name}'`))
			book.terminal(sn, company, branch);
	}

	// Users in any order, so that no uid tells a number.
	async openDoor(door) {
		const { world } = this;
		const users = [...door.strangers, ...door.wanted ?? [],
		    door.amidUser, ...Array.from({ length: MEMBERS + CHANGING },
		    (_, i) => door.number(i + 1))];

		door.made = door.known = 0;
		door.terminal = await world.stack.startTerminal({ serial: door.sn,
		    sessions: SESSIONS, ...door.options });
		if (door.options.transport === 'tcp')
			door.line = await Line.to(door.terminal.port);
		for (const user of world.shuffled(users))
			assert.match(await door.terminal.send(
			    `user ${user} U${user}`), /^ok/);
	}

	bridgeConf(more) {
		const of = (door, i) => [`terminal ${door.terminal.name}`, {
			port: door.line?.port ?? door.terminal.port,
			transport: door.options.transport, poll_ms: 150,
			timeout_ms: 500 * SLOW, bulk_timeout_ms: 1200 * SLOW,
			backoff_most_ms: 300, clock_sync: i === 0 ?
			'yes' : 'no' }];
		return { bridge: { report_seconds: 1, ...more },
		    server: { url: this.api.url, batch: 100,
		    // a day's sums of a hundred times as many take longer
		    timeout_ms: (SOAK === 1 ? 800 : 2500) * SLOW,
		    backoff_least_ms: 20,
		    backoff_most_ms: 300 },
		    ...Object.fromEntries(this.doors.map(of)) };
	}

	async close() {
		await this.spool?.unmount();
		for (const line of [this.api, ...this.doors.map(d => d.line)])
			await line?.close();
	}

	// ---- punches -----------------------------------------------------

	keep(list, most, one) {
		const at = this.world.upTo(most) - 1;
		list[list.length < most ? list.length : at] = one;
	}

	takeDown(door, member, ms, user = door.number(member)) {
		const { book, today } = this.world;
		const at = text(ms);
		const line = `${door.sn} ${user} ${at}`;

		if (book.has(line))
			return null;
		book.punch(line, `${this.name}-${member} ${at.slice(0, 16)}`,
		    this.staff.histories.get(member) ??
		    verdict(member, at, today));
		this.keep(this.recent, 100, [member, ms - ms % 60000]);
		return line;
	}

	odd(door, user, at, state) {
		const line = `${door.sn} ${user} ${at}`;
		if (this.world.book.has(line))
			return null;
		this.world.book.odd(line, state);
		return line;
	}

	// With a number that will be this member's.
	wanted(door, member) {
		const line = this.takeDown(door, member, this.world.someTime(),
		    door.wanted[member - 1]);
		if (line)
			this.world.book.waits(line);
		return line;
	}

	// Writes a punch into the book before it is made, and returns it; null
	// when it is there.
	next(door, isLive) {
		const w = this.world, { roll } = w, dice = roll();

		if (dice < 0.04)
			return this.odd(door, w.one(door.strangers),
			    text(w.someTime()), 'UNMAPPED');
		if (dice < 0.05)	// a clock without battery, or in a dream
			return this.odd(door, door.number(w.upTo(MEMBERS)),
			    `${w.one([2003, 2047])}-0${w.upTo(9)}-1${w.upTo(9)
			    } 07:3${w.upTo(9)}:1${w.upTo(9)}`, 'CLOCK');
		if (dice < 0.1 && this.recent.length > 0) {	// once more
			const [member, minute] = w.one(this.recent);
			return this.takeDown(door, member,
			    minute + (w.upTo(60) - 1) * 1000);
		}
		if (dice < 0.13 && door.wanted)
			return this.wanted(door, w.upTo(door.wanted.length));
		if (dice < 0.25)	// today: nobody knows of other days
			return this.takeDown(door, MEMBERS + w.upTo(CHANGING),
			    isLive ? w.now() - w.upTo(60) * 1000 :
			    w.midnight + (w.upTo(10 * 3600) - 1) * 1000);
		return this.takeDown(door, w.upTo(MEMBERS), isLive &&
		    dice < 0.4 ? w.now() - w.upTo(60) * 1000 : w.someTime());
	}

	// A log that drops what the bridge has not read yet would lose punches
	// before they are ours: then nobody comes for a while.
	async hasRoom(door, n) {
		const fits = () => door.made + n - door.known <= door.unread;

		if (fits())
			return;
		await until(`${door.sn} to be read`, async () => {
			door.known = await countOf(this.world.stack, door.sn);
			return fits();
		}, 60000, 100);
	}

	// As many people at a door, one behind the other.
	async punch(door, n, isLive) {
		if (door.made + n > door.most)
			return;
		await this.hasRoom(door, n);
		await until('the clock to be right', () => !door.isClosed,
		    30000, 5);
		door.inHand++;
		try {
			await this.touch(door, Array.from({ length: n }, () =>
			    this.next(door, isLive)).filter(Boolean));
		} finally {
			door.inHand--;
		}
	}

	async touch(door, lines) {
		const words = lines.map(line => line.split(' ').slice(1));

		if (lines.length === 0)
			return;
		assert.deepEqual(await door.terminal.sendAll(words.map(
		    ([user, day, time]) => `punch ${user} ${day}T${time}`)),
		    words.map(punch => `ok ${punch.join(' ')}`));
		door.made += lines.length;
		for (const line of lines)
			this.keep(this.lines, RECENT_MOST, line);
	}

	// A few people at all doors, sometimes at two in the same moment.
	async live() {
		const { roll } = this.world;

		for (let n = this.world.upTo(20); n > 0; n--) {
			await Promise.all(this.doors.filter(() => roll() < 0.5)
			    .map(door => this.punch(door, 1, true)));
			await pause(roll() < 0.5 ? 0 : this.world.upTo(30));
		}
	}

	// Many at a door whose terminal the bridge cannot reach.
	async away() {
		const { world } = this, door = world.one(this.doors);
		const isAway = door.line ? !door.line.isCut : true;

		door.line?.cut();
		if (!door.line)
			await door.terminal.send('set udp-loss 100');
		await this.punch(door, Math.min(door.unread,
		    30 + world.upTo(this.bulk)), false);
		await pause(world.upTo(500));
		if (isAway)
			door.line?.heal();
		if (!door.line)
			await door.terminal.send('set udp-loss 0');
	}

	// People come until `done()`.
	async opens(done) {
		while (!done())
			await (this.world.roll() < 0.75 ? this.live() :
			    this.away());
	}

	// ---- what the bridge says ----------------------------------------

	async status() {
		const { env } = this.world.stack;
		const { stdout } = await promisify(execFile)(
		    `${REPO}/build/bin/gymgate-bridge`, ['-c', this.bridge.conf,
		    'status', '--json'], { env: { ...process.env, ...env } });
		return JSON.parse(stdout);
	}
}
