// hub.mjs: what a thousand open streams cost the hub, and how late they hear
import { Crowd, A_SECOND, COMPANIES, STREAMS } from '../faults/crowd.mjs';
import { killWorkers } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { pause } from '../stack/wait.mjs';
import { cpu, median, percentile, privateBytes } from './machine.mjs';

const SECONDS = 20;		// of each part
const TROUBLE_S = 4;		// between two troubles
const AIM_MS = 250, AIM_MB = 60;
const MB = 1048576;

async function measure(name, stack, crowd) {
	const before = cpu([stack.live.pid]);
	const { sent, answered } = await crowd.come(SECONDS);
	return { name, rows: answered.length, p50_ms: median(answered),
	    p99_ms: percentile(answered, 99), sent_p99_ms: percentile(sent, 99),
	    cpu: (cpu([stack.live.pid]) - before) / SECONDS,
	    private_bytes: privateBytes(stack.live.pid) };
}

// nginx reloads and every worker dies, again and again.
async function trouble(stack, isOver) {
	for (;;) {
		await pause(TROUBLE_S * 1000);
		if (isOver())
			return;
		stack.nginx.signal('SIGHUP');
		killWorkers(stack);
	}
}

// `onStack` is told of the Gymgate that is started; who calls us stops it.
export async function measureHub(onStack) {
	const stack = await Stack.start({ own: true, live: true, workers: 4,
	    say: console.log });
	onStack(stack);
	console.log(`opening ${STREAMS} streams`);
	const empty = privateBytes(stack.live.pid);
	const crowd = await Crowd.gather(stack);
	const lines = [await measure('in peace', stack, crowd)];
	let over = false;
	const ended = trouble(stack, () => over);
	lines.push(await measure('nginx reloads, workers die', stack, crowd));
	over = true;
	await ended;
	await crowd.close();
	return { streams: STREAMS, companies: COMPANIES, a_second: A_SECOND,
	    aim_ms: AIM_MS, aim_mb: AIM_MB, empty_bytes: empty, lines };
}

export function tellHub(hub) {
	const cell = (value, digits) => value.toFixed(digits).padStart(10);
	console.log(`\n${hub.streams} streams on the hub, of dashboards and front ` +
	    `desks of ${hub.companies} gyms; ${hub.a_second} punches a second; ` +
	    `each stream saw every row of its gym and no other\n(aim: p99 ${
	    hub.aim_ms} ms from commit to receipt, ${hub.aim_mb} MB; the hub ` +
	    `alone has ${(hub.empty_bytes / MB).toFixed(1)} MB)\n`);
	console.log(`${''.padEnd(28)}${['rows live', 'p50 ms', 'p99 ms',
	    'p99 sent', 'MB', 'processor'].map(t => t.padStart(10)).join('')}`);
	for (const l of hub.lines)
		console.log(l.name.padEnd(28) + cell(l.rows, 0) +
		    cell(l.p50_ms, 1) + cell(l.p99_ms, 1) +
		    cell(l.sent_p99_ms, 1) + cell(l.private_bytes / MB, 1) +
		    cell(l.cpu, 2));
}
