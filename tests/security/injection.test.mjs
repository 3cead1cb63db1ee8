// injection.test.mjs: what is typed stays text: in every field, address and list
//
// Forms and addresses are found by reading all pages, so a new one is tried as
// well.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { raw } from '../stack/echo.mjs';
import { REPO } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { quote } from '../web/gym.mjs';
import { png } from '../web/image.mjs';
import { BOUNDARY, checksums, hasIds, isPeople, pathOf, upload, valuesOf }
    from '../web/routes.mjs';
import { formsOf, queriesOf } from './forms.mjs';
import { encodeFields, encodeValue, harm, payloads } from './payloads.mjs';
import { FORM, leaks, logs, makeWorld } from './world.mjs';

let world, stack, owner, pages;

before(async () => {
	world = await makeWorld({ live: true });
	({ stack, people: { owner } } = world);
	pages = await readPages();
});
after(() => stack.stop());

// ---- what there is -----------------------------------------------------------

const isPage = route => route.method === 'GET' && !/\.\w+$/.test(route.path);

// Each page that an owner or anybody sees: { path, html }.
async function readPages() {
	const found = [];
	for (const route of world.routes.filter(r => isPage(r) &&
	    (isPeople(r) || r.who === 'ANYONE'))) {
		const path = pathOf(route, world.mine);
		const got = await owner.get(path);
		if (/html/.test(got.headers['content-type']))
			found.push({ path, html: got.text });
	}
	assert.ok(found.length > 60, `${found.length} pages`);
	return found;
}

// What forms of a page in another state would have.
function hiddenForms(known) {
	const all = Object.keys(valuesOf(world.mine));
	return world.routes.filter(r => r.method === 'POST' && r.body === 'FORM')
	    .map(route => ({ method: 'POST', action: pathOf(route, world.mine),
	    isHidden: true, fields: valuesOf(world.mine), names: all }))
	    .filter(form => !known.has(form.action));
}

// All forms, each once; they that end what is tried come last.
const LAST = /\/(close|end|erase|leave|off|remove|replace|revoke|role|void)$/;
const NEVER = /^\/(logout|account\/sign-out-everywhere)$/;

function allForms() {
	const found = new Map();
	for (const { path, html } of pages)
		for (const form of formsOf(html, path))
			if (form.method === 'POST' && !found.has(form.action))
				found.set(form.action, { ...form, from: path });
	const seen = found.size;
	const rest = hiddenForms(found);
	return { seen, rest, forms: [...found.values(), ...rest]
	    .filter(form => !NEVER.test(form.action))
	    .sort((a, b) => LAST.test(a.action) - LAST.test(b.action)) };
}

// ---- trying ------------------------------------------------------------------

// What is right in a form and was not typed yet.
function filled(form) {
	const values = valuesOf(world.mine), fields = {};
	for (const name of form.names)
		fields[name] = name === 'nonce' ? values.nonce :
		    form.fields[name] || values[name] || 'x';
	return fields;
}

async function send(form, fields) {
	const body = { ...fields, csrf: await owner.csrf() };
	if (form.isUpload)
		return stack.request('POST', form.action, { headers: {
		    Cookie: owner.cookie,
		    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
		    body: upload(Object.fromEntries(Object.entries(body)
		    .map(([name, value]) => [name, value.raw ?? value]))) });
	return stack.request('POST', form.action, { headers: { ...FORM,
	    Cookie: owner.cookie, Origin: stack.url },
	    body: encodeFields(body) });
}

// All fields of a form with everything; and, where the page says which there
// are, each alone with what breaks most.
const ALONE = ['text', 'lines', 'number', 'long', 'bytes'];

async function tryForm(form, wrong) {
	const names = form.names.filter(name => name !== 'csrf');
	const tries = [...Object.keys(payloads).map(kind => [names, kind]),
	    ...(form.isHidden ? [] : names.flatMap(name => ALONE.map(kind =>
	    [[name], kind])))];
	for (const [some, kind] of tries) {
		const fields = filled(form);
		for (const name of some)
			fields[name] = payloads[kind];
		const got = await send(form, fields);
		const what = `${form.action} ${some} ${kind}`;
		wrong.push(...harm(got).map(harm => `${what}: ${harm}`));
		if (got.status === 403)
			wrong.push(`${what}: 403`);
	}
}

// Every page, list and picture again, as who may see it: is it all there,
// harmless?
async function walk(wrong, expected) {
	const person = { Cookie: owner.cookie };
	const as = { ANYONE: {}, DISPLAY: { Cookie: world.display },
	    HEAD: person, OWNER: person, STAFF: person,
	    TOKEN: { Authorization: `Bearer ${world.token}` } };
	for (const route of world.routes.filter(r => r.method === 'GET')) {
		const path = pathOf(route, world.mine);
		const query = /template$/.test(path) ? '?kind=members' : '';
		const got = await stack.request('GET', path + query,
		    { headers: as[route.who] });
		for (const what of harm(got))
			wrong.push(`${path}: ${what}`);
		if (expected && isPeople(route) && got.status !== expected)
			wrong.push(`${path}: ${got.status}`);
	}
}

const tables = async () => Object.keys(await checksums(stack)).sort();

// Every text that people or machines may have written.
async function textColumns() {
	const found = await stack.sql(`SELECT table_name AS t, column_name AS c,
	    character_maximum_length AS n FROM information_schema.columns
	    WHERE table_schema = ${quote(stack.schema)} AND
	    character_set_name = 'utf8mb4' AND character_maximum_length >= 32
	    AND table_name <> 'trn_audit_trails'`);
	assert.ok(found.length > 25, `${found.length} columns`);
	return found;
}

const fill = (columns, text) => stack.sql(columns.map(({ t, c, n }) =>
    `UPDATE IGNORE ${t} SET ${c} = ${quote(text.slice(0, n))}
    WHERE ${c} IS NOT NULL;`).join('\n'));

test('1.2.1 what stands in the database, wherever, is text on every page',
    async () => {
	await fill(await textColumns(), payloads.text);
	const wrong = [];
	await walk(wrong, 200);
	assert.deepEqual(wrong, []);
	const member = await owner.page(`/members/${world.mine.member}`);
	assert.match(member, /&quot;&gt;&lt;script&gt;hurt\(\)/);
});

test('1.2.1 a live stream has names as text, and no event that they make',
    async () => {
	const text = `x\r\n\r\nevent: hurt\ndata: hurt\n\n${payloads.text}`;
	await stack.sql(['mst_members_lists SET mbr_name', 'mst_devices SET dev_name',
	    'trn_device_users SET dvu_name'].map((part, i) => `UPDATE ${part} =
	    ${quote(text.slice(0, i === 2 ? 24 : 120))};`).join('\n'));
	const open = [await stack.events('/live/events',
	    { headers: { Cookie: owner.cookie } }), await stack.events('/live/desk',
	    { headers: { Cookie: world.display } })];
	for (const stream of open)
		await until('the first events', () => stream.events.length > 0);
	// one of the member, one of nobody
	for (const user_id of [world.mine.number, '88'])
		await stack.post({ compcode: 'AA', device_sn: world.mine.sn, user_id,
		    timestamp: `${world.today} 11:58:00` }, { token: world.token });
	const shown = stream => stream.events.map(e => e.data).join('\n');
	for (const stream of open) {
		await until('both', () => stream.events.filter(e =>
		    e.event === 'punch').length === 2);
		assert.ok(!stream.events.some(e => /hurt/.test(e.event)));
		assert.deepEqual(harm({ status: 200, headers: {},
		    text: shown(stream) }), []);
		stream.close();
	}
	assert.match(shown(open[0]), /hurt/);
});

// ---- lists for spreadsheets --------------------------------------------------

test('1.2.10 no cell of any list is a formula', async () => {
	const texts = ['=cmd|\'/C calc\'!A0', '+1+1', '-1+1', '@SUM(A1)', ' =1+1',
	    '\t=1+1', '\uff1d1+1', 'x;=1+1'];
	const columns = await textColumns();
	const lists = world.routes.filter(r => r.method === 'GET' &&
	    /\.csv$/.test(r.path));
	assert.ok(lists.length > 12, `${lists.length}`);
	let cells = 0;
	for (const text of texts) {
		await fill(columns, text);
		for (const route of lists) {
			const path = pathOf(route, world.mine);
			const got = await owner.get(path);
			assert.equal(got.status, 200, path);
			assert.match(got.headers['content-type'], /^text\/csv/);
			assert.match(got.headers['content-disposition'],
			    /^attachment; filename="[\w.-]+"$/);
			for (const row of got.text.replace(/^\ufeff/, '')
			    .split('\r\n').slice(1))
				for (const cell of row.split(/[,;](?="?)/))
					if (cell.includes(text.split(';').pop()
					    .trim()) && ++cells)
						assert.match(cell, /^"?'/,
						    `${path}: ${cell}`);
		}
	}
	assert.ok(cells > 40, `${cells} cells`);
});

// ---- names of files ----------------------------------------------------------

// A form with a file of this name, as it is written: quotes and all.
const withFile = (fields, name, fileName, bytes) => Buffer.concat([Buffer.from(
    Object.entries(fields).map(([key, value]) => `--${BOUNDARY}\r\n` +
    `Content-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`)
    .join('') + `--${BOUNDARY}\r\nContent-Disposition: form-data; ` +
    `name="${name}"; filename="${fileName}"\r\n\r\n`), bytes,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);

// All files where a program could have put one.
const filesOf = () => ['html', 'build/static', 'sql'].map(dir =>
    `${REPO}/${dir}`).concat(stack.dir).flatMap(dir =>
    fs.readdirSync(dir, { recursive: true }).map(name => `${dir}/${name}`));

test('5.3.2 the name of a file that is sent is a text, never a place',
    async () => {
	const was = filesOf(), wrong = [], taken = {};
	const names = [...Object.values(payloads).map(value => value.raw ?? value),
	    '/etc/passwd', '..\\\\..\\\\x.csv', 'x.php', '.htaccess', 'a\0.csv',
	    'x"; name="csrf', ''];
	for (const name of names)
		for (const [path, field, bytes] of [
		    ['/settings/import', 'file', Buffer.from('Code,Name\nQ-1,Q\n')],
		    [`/members/${world.mine.member}/photo`, 'photo',
		    png(40, 40)]]) {
			const got = await stack.request('POST', path, { headers: {
			    Cookie: owner.cookie, Origin: stack.url, 'Content-Type':
			    `multipart/form-data; boundary=${BOUNDARY}` },
			    body: withFile({ csrf: await owner.csrf(), agrees: '1',
			    kind: 'members', nonce: valuesOf(world.mine).nonce },
			    field, name, bytes) });
			wrong.push(...harm(got).map(harm => `${name}: ${harm}`));
			if (got.status !== 303)
				continue;
			taken[field] = (taken[field] ?? 0) + 1;
			const page = await owner.get(got.headers.location);
			wrong.push(...harm(page).map(harm => `${name}: ${harm}`));
		}
	assert.deepEqual(wrong, []);
	assert.deepEqual(filesOf(), was);
	assert.ok(taken.file > 4 && taken.photo > 4, JSON.stringify(taken));
});

// ---- forms and addresses ---------------------------------------------------

test('1.2.1 every field of every form keeps what is typed as text, or refuses ' +
    'it', async t => {
	const was = await tables();
	const { seen, rest, forms } = allForms();
	t.diagnostic(`${forms.length} forms, ${seen} of them on pages`);
	assert.ok(seen > 40, `${seen} forms on pages`);
	// those of pages in another state, or without a page of their own
	assert.ok(rest.length < 25, rest.map(form => form.action).join(' '));
	const wrong = [];
	for (const form of forms)
		await tryForm(form, wrong);
	await walk(wrong);
	assert.deepEqual(wrong, []);
	assert.deepEqual(await tables(), was);
	// and much of it was stored, or all of this would prove nothing
	const kept = await stack.sql(['mbr_name FROM mst_members_lists',
	    'plan_name FROM mst_membership_plans', 'tok_label FROM mst_api_tokens',
	    'dsp_label FROM mst_displays', 'brn_name FROM mst_branches',
	    'dev_name FROM mst_devices', 'cmp_name FROM mst_companies',
	    'att_note FROM trn_member_attendances', 'usr_name FROM mst_users',
	    'frz_note FROM trn_member_freezes', 'pay_note FROM trn_payments']
	    .map(part => `SELECT ${part.replace(' ', ' AS kept ')} WHERE ${
	    part.split(' ')[0]} LIKE '%hurt()%'`).join(' UNION ALL '));
	t.diagnostic(`${kept.length} texts were stored`);
	assert.ok(kept.length > 8);
});

// What stands behind the question mark: names that pages put there, and all
// that the programs look for.
function queries() {
	const found = {};
	for (const { path, html } of pages)
		for (const [to, names] of Object.entries(queriesOf(html, path)))
			found[to] = [...new Set([...found[to] ?? [], ...names])];
	const source = fs.readdirSync(`${REPO}/cgi/pages`).map(name =>
	    fs.readFileSync(`${REPO}/cgi/pages/${name}`, 'utf8')).join('');
	const asked = [...source.matchAll(/->query, "(\w+)"/g)]
	    .map(([, name]) => name);
	return { found, known: [...new Set([...Object.values(found).flat(),
	    ...asked])] };
}

test('1.2.1 every part of an address keeps to what it is', async () => {
	const wrong = [], { found, known } = queries();
	assert.ok(Object.values(found).flat().length > 25, JSON.stringify(found));
	const targets = [];
	for (const value of Object.values(payloads)) {
		const ask = (path, names) => targets.push(`${path}?${encodeFields(
		    Object.fromEntries(names.map(name => [name, value])))}`);
		for (const [path, names] of Object.entries(found))
			names.forEach(name => ask(path, [name]));
		for (const route of world.routes.filter(r => r.method === 'GET' &&
		    isPeople(r))) {
			if (value !== payloads.long)	// nginx takes 8 kB
				ask(pathOf(route, world.mine), known);
			// an id is a number or a serial, nothing else
			if (hasIds(route))
				targets.push(route.path.replace(/:\w+/g,
				    encodeValue(value)));
		}
	}
	for (const target of targets) {
		const got = await owner.get(target);
		wrong.push(...harm(got).map(harm => `${target.slice(0, 80)}: ${harm}`));
		if (![200, 303, 400, 404].includes(got.status))
			wrong.push(`${target.slice(0, 80)}: ${got.status}`);
	}
	assert.deepEqual(wrong, []);
});

// ---- logs --------------------------------------------------------------------

// Lines of a log that none of the programs has written.
const SHAPES = [/^<[3-7]>gymgate-[a-z]+: /,
    /^127\.0\.0\.1 \[[^\]]+\] "[^"]*" \d{3} /,
    /^\d{4}\/\d\d\/\d\d [\d:]{8} \[\w+\] \d+#\d+: /];
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]|\xc2[\x80-\x9f]/;
const forgedLines = text => text.split('\n').filter(line => line !== '' &&
    (!SHAPES.some(shape => shape.test(line)) || CONTROLS.test(line)));

test('16.4.1 whatever is sent, a log line is a line, and nobody forges one',
    async () => {
	const nasty = 'x\x1b[31mhurt\u009b2J" 200 <3>gymgate-web: hurt';
	const { lines } = payloads, path = encodeURIComponent(lines);
	const cookie = world.people.staff.cookie;
	const more = ['User-Agent', 'X-Forwarded-For', 'X-Real-IP',
	    'Authorization', 'Origin', 'Content-Type', 'Accept', 'X-Hub-Signature']
	    .map(name => `${name}: ${nasty}\r\n`).join('');
	for (const target of ['/', `/${path}`, `/members/${path}`,
	    `/?${path}=${path}`, `/api/devices/${path}/users`, `/static/${path}`,
	    `/static/${path}/`, `/static/${path.repeat(9)}`,
	    `/settings/users/${path}`, '/login', '/\x1b[31mhurt\u009b2J',
	    '/\u009b2J'])
		for (const method of ['GET', 'POST', 'PUT', 'HU\x1bRT', '<3>x'])
			// nginx tells of a body that is too large, and of its Referer
			for (const last of ['Content-Length: 0', 'Content-Length: ' +
			    '20000000', `Content-Length: 20000000\r\nReferer: ${nasty}`])
				await raw(stack, `${method} ${target} HTTP/1.1\r\n` +
				    `Host: a\r\nCookie: ${cookie}\r\nConnection: ` +
				    `close\r\n${more}${last}\r\n\r\n`,
				    { isShort: true });
	const odd = await raw(stack, 'GET / HTTP/1.1\r\nHost: a\r\nReferer: ' +
	    '\x1b\r\nConnection: close\r\n\r\n');
	assert.match(odd, /^HTTP\/1\.1 400 [^]*Content-Security-Policy: [^]*<h1>/);
	// what is refused to somebody is logged, with the path it was
	await stack.request('GET', `/devices/${path}/edit`,
	    { headers: { Cookie: cookie } });
	const api = body => stack.post({ compcode: 'AA', device_sn: world.mine.sn,
	    user_id: '1', timestamp: lines, ...body });
	for (const field of ['compcode', 'device_sn', 'user_id', 'timestamp',
	    'time_source', 'time_raw', lines])
		await api({ [field]: lines }, { token: world.token });
	await stack.request('PUT', `/api/devices/${world.mine.sn}/status`, {
	    token: world.token, headers: { 'Content-Type': 'application/json' },
	    body: JSON.stringify({ firmware: lines, last_error: lines,
	    [lines]: lines }) });
	const all = logs(stack);
	const wrong = Object.entries(all).flatMap(([name, text]) =>
	    forgedLines(text).map(line => `${name}: ${JSON.stringify(line)}`));
	assert.deepEqual(wrong, []);
	assert.match(all['gymgate-web.log'],
	    /403 GET \/devices\/x\\x0d\\x0aSet-Cookie.*\\xc2\\x9b.*: company AA/);
	assert.match(all['access.log'], /\\x1B\[31mhurt/);
	assert.match(all['nginx.log'], /too large body/);
});

test('16.2.5 what was sent in all those fields left no secret in a log', () => {
	assert.deepEqual(leaks(stack, world.secrets), []);
});
