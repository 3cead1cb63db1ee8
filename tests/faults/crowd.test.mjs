// crowd.test.mjs: a thousand streams, twenty punches a second, and trouble
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { percentile, privateBytes } from '../bench/machine.mjs';
import { Stack } from '../stack/stack.mjs';
import { pause } from '../stack/wait.mjs';
import { A_SECOND, Crowd, STREAMS } from './crowd.mjs';
import { killWorkers } from './gym.mjs';

const SECONDS = 8;
const MB = 1048576;
let stack, crowd;

before(async () => {
	stack = await Stack.start({ live: true, workers: 4 });
	crowd = await Crowd.gather(stack);
});
after(async () => {
	await crowd?.close();
	await stack?.stop();
});

function tell(t, { sent, answered }) {
	t.diagnostic(`${STREAMS} streams, ${A_SECOND} punches a second: from ` +
	    `commit to receipt p99 ${percentile(answered, 99).toFixed(0)} ms ` +
	    `(with storing it ${percentile(sent, 99).toFixed(0)}), ` +
	    `${answered.length} rows came live; hub ` +
	    `${(privateBytes(stack.live.pid) / MB).toFixed(1)} MB`);
}

test('every viewer gets every row of its gym, and no other', async t => {
	tell(t, await crowd.come(SECONDS));
});

test('so it does while nginx reloads and workers die', async t => {
	const coming = crowd.come(SECONDS);
	for (let i = 0; i < 3; i++) {
		await pause(SECONDS * 200);
		stack.nginx.signal('SIGHUP');
		killWorkers(stack);
	}
	tell(t, await coming);
	await crowd.allOpen();
});

test('no stream had a row twice', () => {
	assert.deepEqual(crowd.viewers.flatMap(viewer => viewer.twice), []);
});
