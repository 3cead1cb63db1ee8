// lists.mjs: how long the staff's pages take in a large gym
//
// 10,000 members and 1,000,000 punches; each page asked for again and again
// by one browser that keeps its connection, so the time is the page's own.
import assert from 'node:assert/strict';
import http from 'node:http';
import { makeNoon } from '../faults/gym.mjs';
import { request } from '../stack/http.mjs';
import { Stack } from '../stack/stack.mjs';
import { median, percentile } from './machine.mjs';
import { FIRST, MEMBERS, seed, seedStaff } from './seed.mjs';

const PUNCHES = 1000000;
const REQUESTS = 60;		// of each page, after a first one
const AIM_MS = 50;

const daysAgo = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) -
    n * 86400000).toISOString().slice(0, 10);

const pages = day => [
	['members, by name', '/members'],
	['members, first to end', '/members?sort=until'],
	['members, newest', '/members?sort=joined'],
	['members, ending soon', '/members?filter=expiring&sort=until'],
	['members, expired', '/members?filter=expired'],
	['members, absent 14 days', '/members?filter=absent&days=14'],
	['members, found by name', '/members?q=Member+1'],
	['members, found by phone', '/members?q=98100'],
	['a member, with visits by month', `/members/${FIRST}`],
	['payments of a month', '/payments'],
	['dues', '/payments/dues'],
	['close of a day', '/payments/day'],
	['plans', '/plans'],
	['terminals', '/devices'],
	['tokens', '/devices/tokens'],
	['users', '/settings/users'],
	['audit', '/settings/audit'],
	['today', '/'],
	['today, the part that moves', '/feed'],
	['attendance, today', '/attendance'],
	['attendance, 92 days', `/attendance?from=${daysAgo(day, 91)}&to=${day}`],
	['attendance, 92 days, denied', `/attendance?from=${daysAgo(day, 91)
	    }&to=${day}&status=denied`],
	['attendance, 92 days, frozen', `/attendance?from=${daysAgo(day, 91)
	    }&to=${day}&reason=frozen`],
	['attendance, of a member', '/attendance?member_id=42'],
	['attendance, refused lately', '/attendance/refused'],
	['inbox', '/inbox'],
	['inbox, repeats', '/inbox?state=repeat'],
	['numbers of a terminal', '/devices/CRT5200-SN001/mappings'],
];

// Milliseconds of each of `requests`, one after another.
export async function measurePage(url, headers, agent, requests = REQUESTS) {
	const times = [];
	for (let i = 0; i <= requests; i++) {
		const began = process.hrtime.bigint();
		const got = await request(url, { headers, agent });
		assert.equal(got.status, 200, `${url}: ${got.status}`);
		if (i > 0)	// the first one warms what they all need
			times.push(Number(process.hrtime.bigint() - began) / 1e6);
	}
	return times;
}

// `onStack` is told of the Gymgate that is started; who calls us stops it.
export async function measureLists(onStack) {
	const stack = await Stack.start({ own: true, demo: true,
	    say: console.log });
	onStack(stack);
	const today = makeNoon(stack);
	console.log('seeding 1,000,000 punches');
	await seed(stack, today, PUNCHES);
	await seedStaff(stack, today);
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	const headers = { Cookie: await stack.signIn() };
	const lines = [];
	for (const [name, path] of pages(today)) {
		const times = await measurePage(`${stack.url}${path}`, headers,
		    agent);
		lines.push({ name, path, p50_ms: median(times),
		    p99_ms: percentile(times, 99), least_ms: Math.min(...times) });
	}
	agent.destroy();
	return { members: MEMBERS, punches: PUNCHES, requests: REQUESTS,
	    aim_ms: AIM_MS, lines };
}

export function tellLists({ members, punches, requests, aim_ms, lines }) {
	const ms = value => value.toFixed(1).padStart(10);
	console.log(`\nlists of ${members.toLocaleString('en')} members and ${
	    punches.toLocaleString('en')} punches, ${requests} requests each, ` +
	    `milliseconds (aim: median under ${aim_ms})\n`);
	console.log(`${''.padEnd(36)}${'median'.padStart(10)}${
	    'p99'.padStart(10)}${'least'.padStart(10)}`);
	for (const line of lines)
		console.log(line.name.padEnd(36) + ms(line.p50_ms) +
		    ms(line.p99_ms) + ms(line.least_ms) +
		    (line.p50_ms > aim_ms ? '  over the aim' : ''));
}
