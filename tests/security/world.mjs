// world.mjs: a gym that has something of everything, another gym beside it, and
// everybody who may call, with all secrets they have
import crypto from 'node:crypto';
import fs from 'node:fs';
import { addCompany, addUser, makeNoon } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { quote } from '../web/gym.mjs';
import { Person } from '../web/pages.mjs';
import { furnish, readRoutes } from '../web/routes.mjs';

export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

// Resolves to { stack, today, routes, mine, theirs, token, display, people,
// logins, secrets }: mine and theirs as furnish() has them; people are signed
// in; secrets grows with what tests learn.
export async function makeWorld(options = {}) {
	const stack = new Stack(options);
	// of passwords nothing is asked here but whose they are
	stack.env.GYMGATE_TEST_CHEAP_PASSWORDS = '1';
	try {
		await stack.startAll();
		return await furnishAll(stack);
	} catch (e) {
		await stack.stop({ check: false }).catch(() => {});
		throw e;
	}
}

async function furnishAll(stack) {
	const today = makeNoon(stack);
	const gyms = {};
	for (const [code, word] of [['AA', 'Our things'], ['ZZ', 'Zyzzyva']])
		gyms[code] = await makeGym(stack, code, word, today);
	const { gym: a, things: mine } = gyms.AA, { gym: z } = gyms.ZZ;
	const logins = { owner: a.owner, theirs: z.owner,
	    staff: await addUser(stack, 'AA', 'staff') };
	const people = {};
	for (const [name, login] of Object.entries(logins))
		people[name] = await Person.signIn(stack, login);
	const display = await pairDisplay(stack, mine);
	const secrets = new Set([a.token, z.token, display.split('=')[1],
	    ...Object.values(logins).map(l => l.password)]);
	for (const person of Object.values(people))
		secrets.add(person.cookie.split('=')[1]).add(await person.csrf());
	return { stack, today, routes: readRoutes(), mine, theirs:
	    gyms.ZZ.things, token: a.token, display, people, logins, secrets };
}

async function makeGym(stack, code, word, today) {
	const gym = await addCompany(stack, code, { members: 3 });
	const [{ id }] = await stack.sql(`SELECT id FROM mst_branches
	    WHERE brn_compcode = ${quote(code)}`);
	const things = await furnish(stack, { company: code, branch: id,
	    sn: gym.sns[0], word, today });
	return { gym, things };
}

// The cookie of a screen that is paired as the furnished display.
async function pairDisplay(stack, mine) {
	const secret = crypto.randomBytes(32).toString('hex');
	const hash = crypto.createHash('sha256').update(secret).digest('hex');
	await stack.sql(`UPDATE mst_displays SET dsp_token_hash = '${hash}',
	    dsp_paired_at = '2026-01-01' WHERE id = ${mine.display}`);
	return `gymgate-display=${secret}`;
}

// The names of the tables that differ.
export const changed = (was, is) => Object.keys(is).filter(t =>
    was[t] !== is[t]);

// All logs of the stack: { name: text }.
export const logs = stack => Object.fromEntries(
    fs.readdirSync(`${stack.dir}/log`).map(name => [name,
    fs.readFileSync(`${stack.dir}/log/${name}`, 'latin1')]));

// Which secrets a log holds, as they are or as a form, an address, a header or
// base64 has them: "file: secret"; [] when none.
export function leaks(stack, secrets) {
	const shapes = secret => [secret, encodeURIComponent(secret),
	    Buffer.from(secret).toString('base64').replace(/=+$/, '')];
	return Object.entries(logs(stack)).flatMap(([name, text]) =>
	    [...secrets].filter(secret => shapes(secret).some(shape =>
	    text.includes(shape))).map(secret => `${name}: ${secret}`));
}
