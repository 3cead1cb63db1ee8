// lists.mjs: how long the staff's pages take in a large gym
//
// 10,000 members and 1,000,000 punches.
import { makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { measurePages, tellPages } from './pages.mjs';
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

// `onStack` is told of the Gymgate that is started; who calls us stops it.
export async function measureLists(onStack) {
	const stack = await Stack.start({ own: true, demo: 'morning',
	    say: console.log });
	onStack(stack);
	const today = makeNoon(stack);
	console.log('seeding 1,000,000 punches');
	await seed(stack, today, PUNCHES);
	await seedStaff(stack, today);
	const lines = await measurePages(stack, pages(today), REQUESTS);
	return { members: MEMBERS, punches: PUNCHES, requests: REQUESTS,
	    aim_ms: AIM_MS, lines };
}

export const tellLists = result => tellPages('lists', result);
