// pages.mjs: how long pages take, one asked for after the other
import assert from 'node:assert/strict';
import http from 'node:http';
import { request } from '../stack/http.mjs';
import { median, percentile } from './machine.mjs';

// Milliseconds of each of `requests`, by one browser that keeps its
// connection, so that the time is the page's own.
async function measurePage(url, headers, agent, requests) {
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

// The demo's owner asks for each of `pages`, a list of [name, path].
export async function measurePages(stack, pages, requests) {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	const headers = { Cookie: await stack.signIn() };
	const lines = [];
	for (const [name, path] of pages) {
		const times = await measurePage(`${stack.url}${path}`, headers,
		    agent, requests);
		lines.push({ name, path, p50_ms: median(times),
		    p99_ms: percentile(times, 99), least_ms: Math.min(...times) });
	}
	agent.destroy();
	return lines;
}

export const ms = value => value.toFixed(1).padStart(10);

export function tellPages(what, { members, punches, requests, aim_ms, lines }) {
	console.log(`\n${what} of ${members.toLocaleString('en')} members and ${
	    punches.toLocaleString('en')} punches, ${requests} requests each, ` +
	    `milliseconds (aim: median under ${aim_ms})\n`);
	console.log(`${''.padEnd(36)}${'median'.padStart(10)}${
	    'p99'.padStart(10)}${'least'.padStart(10)}`);
	for (const line of lines)
		console.log(line.name.padEnd(36) + ms(line.p50_ms) +
		    ms(line.p99_ms) + ms(line.least_ms) +
		    (line.p50_ms > aim_ms ? '  over the aim' : ''));
}
