// once.test.mjs: what is sent twice, or at the same time, is done once
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dayAfter, quote } from '../web/gym.mjs';
import { isPeople, pathOf, valuesOf } from '../web/routes.mjs';
import { formsOf } from './forms.mjs';
import { FORM, makeWorld } from './world.mjs';

const AT_ONCE = 8;
let world, stack, owner;

before(async () => {
	world = await makeWorld({ workers: 4 });
	({ stack, people: { owner } } = world);
});
after(() => stack.stop());

// The forms that make something: they carry a nonce.  Who replaces the terminal
// comes last: others want it.
async function makingForms() {
	const found = new Map();
	for (const route of world.routes.filter(r => r.method === 'GET' &&
	    isPeople(r) && !/\.\w+$/.test(r.path))) {
		const path = pathOf(route, world.mine);
		const got = await owner.get(path);
		for (const form of formsOf(got.text, path))
			if (form.names.includes('nonce') && !form.isUpload &&
			    !KEEPING.test(form.action))
				found.set(form.action, form);
	}
	return [...found.values()].sort((a, b) => /replace$/.test(a.action) -
	    /replace$/.test(b.action));
}

// They carry one for what they may lead to, and make nothing here.
const KEEPING = /^\/plans\/\d+\/edit$|^\/settings\/messages\/rules\/\d+\/test$/;

// What is right in each of them.
function filled(form, n) {
	const values = { ...valuesOf(world.mine), sn: `NEW-${n}`,
	    reason: 'a good reason', old: '', start: world.today };
	const fields = {};
	for (const name of form.names)
		if (!/^(mon|tue|wed|thu|fri|sat|sun|from|to)\d$/.test(name))
			fields[name] = name === 'nonce' || name === 'sn' ||
			    name === 'start' ? values[name] :
			    form.fields[name] || values[name] || '';
	return fields;
}

async function counts() {
	const names = (await stack.sql(`SELECT table_name AS t FROM
	    information_schema.tables WHERE table_schema =
	    ${quote(stack.schema)}`)).map(row => row.t);
	const rows = await stack.sql(names.map(t => `SELECT '${t}' AS t,
	    COUNT(*) AS n FROM ${t}`).join(' UNION ALL '));
	return Object.fromEntries(rows.map(row => [row.t, Number(row.n)]));
}

test('15.4.2 every form that makes something, sent at once many times, makes it ' +
    'once', async () => {
	await stack.sql(`UPDATE trn_member_subscriptions SET ms_end_date =
	    '${dayAfter(world.today, -1)}' WHERE id = ${world.mine.subscription}`);
	const forms = await makingForms();
	assert.ok(forms.length > 12, forms.map(f => f.action).join(' '));
	const wrong = [];
	for (const [n, form] of forms.entries()) {
		const body = new URLSearchParams({ ...filled(form, n),
		    csrf: await owner.csrf() }).toString();
		const was = await counts();
		const got = await Promise.all(Array.from({ length: AT_ONCE }, () =>
		    stack.request('POST', form.action, { headers: { ...FORM,
		    Cookie: owner.cookie, Origin: stack.url }, body })));
		const is = await counts();
		const more = Object.keys(is).filter(name => is[name] > was[name] &&
		    !MANY.includes(name));
		const said = `${form.action}: ${got.map(g => g.status)}: ${
		    more.map(name => `${name} ${is[name] - was[name]}`)} ${
		    got[0].text.match(/field-error">[^<]*/g) ?? ''}`;
		if (more.length === 0 || more.some(name =>
		    is[name] - was[name] !== 1) || !got.some(g => g.status < 400) ||
		    got.some(g => g.status >= 500))
			wrong.push(said);
		// what one form does is told of once as well
		if (is.trn_audit_trails - was.trn_audit_trails > 4)
			wrong.push(`${said}, and told of too often`);
	}
	assert.deepEqual(wrong, []);
});

// Of which one form may make several: the trail of each row, and the numbers
// that go to another terminal.
const MANY = ['trn_audit_trails', 'trn_member_biometric_mappings'];
