// clock-moves.test.mjs: a terminal's clock moves while the bridge is asking
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause, until } from '../stack/wait.mjs';
import { Gym } from './gym.mjs';

const LATE_MS = 1500;		// of `fault late`

// A live punch that comes while a poll waits for an answer: the difference
// of before says nothing about it.
for (const [what, first, then, source] of [
	['goes wrong', 0, 600, 'BRIDGE'],
	['is set right', 600, -600, undefined],
]) {
	test(`the clock ${what} amid a poll`, async t => {
		const gym = await Gym.open(t, { more: {
		    bridge: { zone: 'Asia/Kolkata' } }, started: false });
		await gym.order(`time ${first}`);
		await gym.bridge.start();
		await until('the first reading', () =>
		    /connected to/.test(gym.bridge.text()));

		await gym.order('fault late any 1');
		await pause(400);	// the poll of every 200 ms
		await gym.order(`clock jump ${then}`);
		// not of now: it has to be measured whether that can be
		const at = source ? '' : ' 2026-01-02T07:30:00';
		await gym.order(`punch 7${at}`);
		const item = await until('the punch', () => gym.server.items
		    .find(item => item.user_id === '7'), LATE_MS + 5000);
		assert.equal(item.time_source, source);
		assert.equal(item.clock_offset, first + then);
	});
}
