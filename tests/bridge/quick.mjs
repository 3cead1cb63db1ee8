// quick.mjs: a gym whose bridge loses patience fast, and what it is asked
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { until } from '../stack/wait.mjs';
import { Gym, key } from './gym.mjs';

// As short as it goes: what hangs is given up, and tried again, at once.
export const QUICK = { timeout_ms: 300, bulk_timeout_ms: 1000, poll_ms: 200,
    keepalive_ms: 100, backoff_most_ms: 100 };
const ZONE = 'Asia/Kolkata';

export function openQuick(t, { more = {}, ...rest } = {}) {
	return Gym.open(t, { ...rest, more: { bridge: { zone: ZONE },
	    ...more, 'terminal t1': { ...QUICK, ...more['terminal t1'] } } });
}

// What `status` says of the first terminal.
export async function counts(gym) {
	const { stdout } = await gym.command('status');
	const number = label => Number(stdout.match(
	    new RegExp(`^  ${label} +(\\d+)$`, 'm'))?.[1] ?? NaN);
	return { waiting: number('waiting'), parked: number('parked'),
	    aside: number('set aside') };
}

export const awaitCounts = (gym, wanted) => until(JSON.stringify(wanted),
    async () => {
	const got = await counts(gym);
	return Object.entries(wanted).every(([name, n]) => got[name] === n);
});

// `state` of the terminal as an object.
export async function stateOf(gym) {
	const [word, ...rest] = (await gym.order('state')).split(' ');
	return { word, ...Object.fromEntries(rest.map(text => {
		const [name, value] = text.split('=');
		return [name, Number(value)];
	})) };
}

// Nobody stood before a door that the bridge had closed, and nothing of the
// terminal's is gone.
export async function assertUntouched(gym) {
	const { word, disabled, refused, writes, restarts, cleared } =
	    await stateOf(gym);
	assert.deepEqual({ word, disabled, refused, writes, restarts, cleared },
	    { word: 'enabled', disabled: 0, refused: 0, writes: 0, restarts: 0,
	    cleared: 0 });
}

// An item under the time that the terminal gave it.
export const ownKey = item =>
    key({ ...item, timestamp: item.time_raw ?? item.timestamp });

// Waits for all that the terminals hold, or held (`also`); each must have
// been told once, and nothing else.  Returns how many that were.
export async function assertOnce(gym, also = [], ms = 15000) {
	const held = new Set([...await gym.held(), ...also]);
	const told = new Map();
	let read = 0;
	const lacking = () => {
		for (; read < gym.server.items.length; read++) {
			const id = ownKey(gym.server.items[read]);
			told.set(id, (told.get(id) ?? 0) + 1);
		}
		return [...held].find(id => !told.has(id));
	};
	try {
		await until(`${held.size} punches`, () => !lacking(), ms);
		await awaitCounts(gym, { waiting: 0, parked: 0 });
	} catch (e) {
		throw new Error(`${e.message}; ${told.size} came, not ${
		    lacking()}\n${gym.bridge.text(20)}`);
	}
	lacking();
	const twice = [...told].filter(([, n]) => n > 1);
	assert.deepEqual(twice.slice(0, 5), [], 'told twice');
	assert.deepEqual([...told.keys()].filter(id => !held.has(id))
	    .slice(0, 5), [], 'invented');
	assert.deepEqual(gym.server.wrong, []);
	return held.size;
}

// Moves the clock of all programs, terminal included, from the true one.
export function setClock(gym, offsetMs) {
	const file = gym.env.GYMGATE_TEST_CLOCK;
	fs.writeFileSync(`${file}.new`, `${offsetMs}\n`);
	fs.renameSync(`${file}.new`, file);
}
