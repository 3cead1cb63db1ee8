// terminal-troubles.mjs: what goes wrong in a terminal, each for a short while
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { pause, until } from '../stack/wait.mjs';

const ANSWERS = ['checksum', 'close', 'error:4989', 'garbage', 'late', 'short',
    'size', 'stall', 'stray'];

// Over UDP those of a killed bridge live on for a minute.
export const SESSIONS = 60;

// Settings of a terminal: as they are for a while, and as they should be.
const SETTINGS = [
	['buffered', 'no', 'yes'],
	['connect-code', '2005', '0'],
	['counts', 'zero', 'true'],
	['cut', 'bytes', 'plain'],
	['cut', 'chop', 'plain'],
	['cut', 'glue', 'plain'],
	['event-ack', 'resend', 'ignore'],
	['first-byte', '300', '0'],
	['junk', 'yes', 'no'],
	['log-code', '4989', '0'],
	['odd-tails', 'refuse', 'serve'],
	['pace', '3', '0'],
	['sizes', '4', '92'],
	['sizes', '80', '92'],
];
const DATAGRAMS = [
	['udp-double', '50', '0'],
	['udp-loss', '100', '0'],
	['udp-loss', '20', '0'],
	['udp-swap', '50', '0'],
];

// See trouble.mjs.
export const TERMINAL_TROUBLES = [
	...ANSWERS.map(what => ({ name: `terminal: ${what}`, often: 4,
	    where: 'door', lock: 'answer', run: spoil(what) })),
	...SETTINGS.map(([key, odd, right]) => ({ where: 'door', lock: key,
	    name: `terminal: ${key} ${odd}`, often: 1,
	    run: setting(key, odd, right) })),
	...DATAGRAMS.map(([key, odd, right]) => ({ where: 'air', lock: key,
	    name: `terminal: ${key} ${odd}`, often: 6,
	    run: setting(key, odd, right) })),
	...['close', 'hang'].map(how => ({ where: 'door', lock: 'sessions',
	    name: `terminal: a second session, ${how}`, often: 1,
	    run: oneSession(how) })),
	{ name: 'terminal: punch amid a reading', often: 6, where: 'door',
	    lock: 'clock', run: amid },
	{ name: 'terminal: clock jumps', often: 8, where: 'door',
	    lock: 'clock', run: jump },
	{ name: 'terminal: records doubled', often: 4, where: 'door',
	    lock: 'log', run: ({ terminal }, { upTo }) =>
	    order(terminal, `double ${upTo(5)}`, /^ok|not that many$/) },
	...['date', 'user', 'bytes'].map(kind => ({ where: 'door', lock: 'log',
	    name: `terminal: bad ${kind}`, often: 1,
	    run: ({ terminal }, { upTo }) =>
	    order(terminal, `bad ${kind} ${upTo(2)}`) })),
	{ name: 'terminal: reboot', often: 5, where: 'door', lock: 'power',
	    run: ({ terminal }, { upTo }) =>
	    order(terminal, `reboot ${50 + upTo(600)}`) },
	{ name: 'terminal: sessions dropped', often: 5, where: 'door',
	    lock: 'power', run: ({ terminal }) => order(terminal, 'drop') },
];

async function order(terminal, text, answer = /^ok/) {
	assert.match(await terminal.send(text, 20000), answer, text);
}

// While a terminal is spoilt for `ms`; then it is right again.
async function meanwhile(terminal, wrong, ms, right) {
	try {
		for (const text of wrong)
			await order(terminal, text);
		await pause(ms);
	} finally {
		for (const text of right)
			await order(terminal, text);
	}
}

function spoil(what) {
	return ({ terminal }, { roll, upTo }) => meanwhile(terminal,
	    [`fault ${what} ${roll() < 0.4 ? 'bulk' : 'any'} ${upTo(3)}`],
	    300 + upTo(700), ['fault none']);
}

function setting(key, odd, right) {
	return ({ terminal }, { upTo }) => meanwhile(terminal,
	    [`set ${key} ${odd}`], upTo(1500), [`set ${key} ${right}`]);
}

function oneSession(how) {
	return ({ terminal }, { upTo }) => meanwhile(terminal,
	    ['set sessions 1', `set second ${how}`], upTo(1500),
	    [`set sessions ${SESSIONS}`, 'set second close']);
}

// Somebody with a number that nobody else has, while a table is being read:
// only the terminal can tell when that was.
async function amid({ terminal, amidUser, amid }, { stack, upTo }) {
	const file = `${stack.dir}/${terminal.name}.dump`;

	await meanwhile(terminal, [`amid ${amidUser} ${upTo(3)}`],
	    upTo(1000), [`amid ${amidUser} 0`, `dump ${file}`]);
	for (const line of (await readFile(file, 'utf8')).split('\n'))
		if (line.startsWith(`${amidUser} `))
			amid.add(line.split(' ').slice(0, 3).join(' '));
}

// A clock that is far off makes the bridge put its own time in the place of a
// live punch's.  So that all times are known, nobody punches meanwhile, and no
// live punch of before is on its way.
async function jump(door, { roll, upTo }) {
	const by = (roll() < 0.5 ? -1 : 1) * (30 + upTo(1770));

	door.isClosed = true;
	try {
		await until('no punch in hand', () => door.inHand === 0);
		await meanwhile(door.terminal, ['drop', `clock jump ${by}`],
		    300 + upTo(1000), ['time 0']);
	} finally {
		door.isClosed = false;
	}
}
