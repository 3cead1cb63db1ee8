// server-troubles.mjs: what goes wrong behind the gyms' terminals: networks,
// server, database, bridges, each for a short while
import http from 'node:http';
import { pause, SLOW } from '../stack/wait.mjs';
import { killWorkers } from './gym.mjs';
import { reset } from './line.mjs';

// See trouble.mjs.
export const SERVER_TROUBLES = [
	{ name: 'gym network: cut', often: 6, where: 'line', lock: 'line',
	    run: ({ line }, t) => cut(line, t.upTo(700)) },
	{ name: 'gym network: stalled', often: 8, where: 'line', lock: 'line',
	    run: ({ line }, t) => stall(line, t.upTo(900)) },
	{ name: 'gym network: calls dropped', often: 6, where: 'line',
	    lock: 'line', run: ({ line }) => line.drop() },

	{ name: 'internet: cut', often: 6, where: 'gym', lock: 'api',
	    run: ({ api }, t) => cut(api, t.upTo(1000)) },
	{ name: 'internet: stalled', often: 6, where: 'gym', lock: 'api',
	    run: ({ api }, t) => stall(api, t.upTo(1200)) },
	{ name: 'internet: a portal', often: 5, where: 'gym', lock: 'api',
	    run: portal },
	{ name: 'internet: answers lost', often: 8, where: 'gym',
	    lock: 'answers', run: lostAnswers },

	{ name: 'server: nginx reloaded', often: 5, where: '', lock: 'nginx',
	    run: (_, { stack }) => stack.nginx.signal('SIGHUP') },
	{ name: 'server: nginx killed', often: 4, where: '', lock: 'nginx',
	    run: (_, t) => killed(t.stack.nginx, t.upTo(300)) },
	{ name: 'server: workers killed', often: 10, where: '', lock: 'workers',
	    run: (_, { stack }) => killWorkers(stack) },
	{ name: 'server: a worker killed', often: 6, where: '', lock: 'workers',
	    run: killOne },
	{ name: 'server: workers frozen', often: 4, where: '', lock: 'workers',
	    run: freezeWorkers },
	{ name: 'server: workers reloaded', often: 3, where: '',
	    lock: 'workers',
	    run: (_, { stack }) => stack.web.signal('SIGHUP') },
	{ name: 'server: parent killed', often: 6, where: '', lock: 'workers',
	    run: killParent },
	{ name: 'server: hub killed', often: 4, where: '', lock: 'hub',
	    run: (_, t) => killed(t.stack.live, t.upTo(300)) },
	{ name: 'server: database killed', often: 6, where: '',
	    lock: 'database', run: (_, t) => killed(t.stack.db, t.upTo(500)) },
	{ name: 'server: database frozen', often: 4, where: '',
	    lock: 'database', run: (_, t) => frozen(t.stack.db, t.upTo(1500)) },

	{ name: 'bridge: asleep', often: 4, where: 'gym', lock: 'bridge',
	    run: ({ bridge }, t) => frozen(bridge, t.upTo(1000)) },
	{ name: 'bridge: killed', often: 14, where: 'gym', lock: 'bridge',
	    run: killBridge },
	{ name: 'bridge: restarted in order', often: 3, where: 'gym',
	    lock: 'bridge', run: ({ bridge }) => bridge.restart() },
];

async function cut(line, ms) {
	line.cut();
	await pause(ms * SLOW);
	line.heal();
}

async function stall(line, ms) {
	line.stall();
	await pause(ms * SLOW);
	line.heal();
}

async function frozen(program, ms) {
	program.signal('SIGSTOP');
	await pause(ms * SLOW);
	program.signal('SIGCONT');
}

async function killed(program, ms) {
	await program.kill();
	await pause(ms);
	await program.start();
}

const signal = (pid, name) => {
	try {
		process.kill(pid, name);
	} catch (e) {
		if (e.code !== 'ESRCH')
			throw e;
	}
};

function killOne(_, { stack, roll }) {
	const all = stack.web.children();
	if (all.length > 0)
		signal(all[Math.floor(roll() * all.length)], 'SIGKILL');
}

// Longer than any bridge waits: it asks again what is answered then.
async function freezeWorkers(_, { stack, upTo }) {
	const all = stack.web.children();

	all.forEach(pid => signal(pid, 'SIGSTOP'));
	await pause((400 + upTo(1000)) * SLOW);
	all.forEach(pid => signal(pid, 'SIGCONT'));
}

// As systemd does when its main process dies: what is left of the service is
// killed, and a second or less later it starts again.
async function killParent(_, { stack, upTo }) {
	const orphans = stack.web.children();
	const { ended } = stack.web;

	stack.web.wanted = false;
	stack.web.signal('SIGKILL');
	await ended;
	await pause(upTo(20));
	orphans.forEach(pid => signal(pid, 'SIGKILL'));
	await pause(upTo(400));
	await stack.web.start();
}

// The server has stored, but nobody hears of it.
async function lostAnswers({ api }, { upTo }) {
	const passes = api.passes;

	api.passes = (part, call) => {
		if (!/^HTTP\/1\.1 200/.test(part.toString('latin1', 0, 12)))
			return passes(part, call);
		call.forEach(reset);
		return false;
	};
	await pause(100 + upTo(700));
	api.passes = passes;
}

// Somebody who has never heard of us answers everything.
async function portal({ api }, { upTo }) {
	const server = http.createServer((req, res) => {
		const page = '<!doctype html><p>Please sign in to our WiFi';
		const status = [200, 302, 404, 511][upTo(4) - 1];
		res.writeHead(status, { 'Content-Type': 'text/html' });
		req.resume().on('end', () => res.end(page));
	});
	const home = api.target;

	await new Promise(done => server.listen(0, '127.0.0.1', done));
	api.lead(server.address().port);
	await pause(upTo(1000));
	api.lead(home);
	const closed = new Promise(done => server.close(done));
	server.closeAllConnections();
	await closed;
}

// At all ages: with nothing read yet, or in the midst of it.
async function killBridge({ bridge }, { roll, upTo }) {
	for (let n = upTo(3); n > 0; n--) {
		await bridge.kill();
		await pause(roll() < 0.5 ? 0 : upTo(500));
		await bridge.start();
		await pause(upTo(roll() < 0.5 ? 100 : 1500));
	}
}
