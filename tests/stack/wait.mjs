// wait.mjs: conditions with a limit, ports, ends of files
import fs from 'node:fs';
import net from 'node:net';

// Sanitizers take their time; what is waited for may take longer then.
export const SLOW = process.env.SANITIZE ? 4 : 1;

// `make soak`: how many times more the tests of faults are to do.
export const SOAK = Number(process.env.SOAK || 1);

export const pause = ms => new Promise(done => setTimeout(done, ms));

// Asks `condition` until it answers something true, and returns that; throws
// with `what` after `ms`.  An exception of the condition counts as "not yet",
// unless it carries `final`; the last one is told in the end.
export async function until(what, condition, ms = 10000, every = 20) {
	const limit = ms * SLOW * SOAK;
	const end = Date.now() + limit;
	let last;
	for (;;) {
		try {
			const answer = await condition();
			if (answer)
				return answer;
			last = undefined;
		} catch (e) {
			if (e.final)
				throw e;
			last = e;
		}
		if (Date.now() >= end)
			throw new Error(`waited ${limit} ms for ${what}` +
			    (last ? `: ${last.message}` : ''));
		await pause(every);
	}
}

// Does something accept connections there?  `where` is a path or a port.
export function accepts(where) {
	return new Promise(done => {
		const socket = net.connect(typeof where === 'number' ?
		    { host: '127.0.0.1', port: where } : { path: where });
		socket.once('connect', () => { socket.destroy(); done(true); });
		socket.once('error', () => done(false));
	});
}

// A TCP port of loopback that nobody has at this moment.
export function freePort() {
	return new Promise((done, fail) => {
		const server = net.createServer();
		server.once('error', fail);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => done(port));
		});
	});
}

// The last `lines` lines of a file, or ''.
export function tail(path, lines = 20) {
	try {
		return fs.readFileSync(path, 'utf8').trimEnd().split('\n')
		    .slice(-lines).join('\n');
	} catch {
		return '';
	}
}
