// photos.test.mjs: photos of members: sent, seen by whom, agreed to, removed
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { addCompany, addUser } from '../faults/gym.mjs';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { bomb, png, readJpeg, withExif } from './image.mjs';
import { Person, textOf } from './pages.mjs';

let stack, owner, north, south, stranger, ids;

before(async () => {
	stack = await Stack.start({ workers: 2 });
	const gym = await addCompany(stack, 'AA', { branches: ['North', 'South'],
	    members: 12 });
	const other = await addCompany(stack, 'BB');
	owner = await Person.signIn(stack, gym.owner);
	north = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'North'));
	south = await Person.signIn(stack,
	    await addUser(stack, 'AA', 'staff', 'South'));
	stranger = await Person.signIn(stack, other.owner);
	ids = (await stack.sql(`SELECT id FROM mst_members_lists
	    WHERE mbr_compcode = 'AA' ORDER BY id`)).map(row => row.id);
});
after(() => stack.stop());

const pathOf = id => `/members/${id}/photo`;

// Posts fields and files as a browser does.
async function send(who, id, fields, files = {}, headers = {}) {
	const data = new FormData();
	for (const [name, value] of Object.entries(fields))
		data.append(name, value);
	for (const [name, bytes] of Object.entries(files))
		data.append(name, new Blob([bytes]), bytes.length ? 'IMG 1.jpg' : '');
	const packed = new Response(data);
	return who.stack.request('POST', pathOf(id), { headers: {
	    Cookie: who.cookie, 'Content-Type': packed.headers.get('content-type'),
	    ...headers }, body: Buffer.from(await packed.arrayBuffer()) });
}

const keep = async (who, id, photo, more = { agrees: 'yes' }) =>
    send(who, id, { csrf: await who.csrf(), ...more }, { photo });

const image = (who, id, size) => who.get(`${pathOf(id)}/${size}.jpg`);

const consents = id => stack.sql(`SELECT cns_kind AS kind, cns_is_given AS given,
    cns_user_id IS NOT NULL AS user FROM trn_member_consents
    WHERE cns_compcode = 'AA' AND cns_member_id = ${id} ORDER BY id`);
const audit = async id => (await stack.sql(`SELECT aud_action AS action,
    aud_table AS of, aud_fields AS fields FROM trn_audit_trails
    WHERE aud_compcode = 'AA' AND ((aud_table = 'trn_member_photos' AND
    aud_row = ${id}) OR (aud_table = 'trn_member_consents' AND aud_row IN
    (SELECT id FROM trn_member_consents WHERE cns_member_id = ${id})))
    ORDER BY id`)).map(row => `${row.action} ${row.of} ${row.fields}`);
const held = async () => Number((await stack.sql(
    'SELECT COUNT(*) AS n FROM trn_member_photos'))[0].n);

const GIVEN = 'add trn_member_consents cns_kind,cns_is_given';
const PHOTO = action => `${action} trn_member_photos pho_large,pho_small`;

test('sent, seen in two sizes, replaced, removed', async () => {
	const id = ids[0];
	const page = await owner.page(pathOf(id));
	assert.match(textOf(page), /Photo of Member AA 1 .*There is no photo yet/);
	assert.doesNotMatch(page, /<img|Remove/);
	assert.equal((await image(owner, id, 'large')).status, 404);

	const got = await keep(owner, id, png(1200, 600));
	assert.equal(got.status, 303, got.text);
	assert.equal(got.headers.location, `/members/${id}`);
	const large = await image(owner, id, 'large');
	assert.equal(large.status, 200);
	assert.equal(large.headers['content-type'], 'image/jpeg');
	assert.equal(large.headers['cache-control'], 'no-store');
	assert.equal(large.headers['x-content-type-options'], 'nosniff');
	assert.equal(large.headers['cross-origin-resource-policy'],
	    'same-origin');
	assert.deepEqual([readJpeg(large.bytes).width,
	    readJpeg(large.bytes).height], [640, 320]);
	const small = await image(owner, id, 'small');
	assert.deepEqual([readJpeg(small.bytes).width,
	    readJpeg(small.bytes).height], [96, 96]);

	// what is kept is what is sent, to the last byte
	const [row] = await stack.sql(`SELECT HEX(pho_large) AS large,
	    HEX(pho_small) AS small FROM trn_member_photos
	    WHERE pho_compcode = 'AA' AND pho_member_id = ${id}`);
	assert.equal(row.large, large.bytes.toString('hex').toUpperCase());
	assert.equal(row.small, small.bytes.toString('hex').toUpperCase());
	assert.ok(large.bytes.includes(0));

	const again = await owner.page(pathOf(id));
	assert.match(again, /<img src="\/members\/\d+\/photo\/large\.jpg"/);
	assert.match(textOf(again), /has agreed to a photo.*Replace/);
	assert.equal((await keep(owner, id, png(30, 60), {})).status, 303);
	assert.deepEqual([readJpeg((await image(owner, id, 'large')).bytes).width],
	    [30]);

	const gone = await owner.post(`${pathOf(id)}/remove`);
	assert.equal(gone.status, 303);
	assert.equal(gone.headers.location, `/members/${id}`);
	assert.equal((await image(owner, id, 'large')).status, 404);
	assert.equal((await image(owner, id, 'small')).status, 404);
	assert.equal((await owner.post(`${pathOf(id)}/remove`)).status, 303);
	assert.deepEqual(await audit(id), [GIVEN, PHOTO('add'), PHOTO('change'),
	    PHOTO('remove')]);
	const [member] = await stack.sql(`SELECT mbr_version AS version
	    FROM mst_members_lists WHERE mbr_compcode = 'AA' AND id = ${id}`);
	assert.equal(member.version, '1');
});

test('turned as the camera says, and nothing else of it is kept', async () => {
	const id = ids[1];
	await keep(owner, id, png(300, 200));
	const jpeg = (await image(owner, id, 'large')).bytes;
	const sent = Buffer.concat([withExif(jpeg, 6, 'N 28.6139 E 77.2090'),
	    Buffer.from('<script>alert(1)</script>')]);
	assert.equal((await keep(owner, id, sent)).status, 303);
	for (const size of ['large', 'small']) {
		const { bytes } = await image(owner, id, size);
		const { width, height, codes } = readJpeg(bytes);
		assert.deepEqual([width, height], size === 'large' ? [200, 300] :
		    [96, 96]);
		assert.deepEqual(codes.filter(code => code > 0xe0), [], size);
		assert.doesNotMatch(bytes.toString('latin1'),
		    /28\.6139|Exif|script|gd-jpeg/);
	}
});

test('a photo needs that the member agrees', async () => {
	const id = ids[2], photo = png(40, 40);
	const page = await owner.page(pathOf(id));
	assert.match(page, /<input type="checkbox" name="agrees"[^>]* required/);
	const refused = await keep(owner, id, photo, {});
	assert.equal(refused.status, 422);
	assert.match(textOf(refused.text), /No photo was kept\..* A photo is kept only of who agrees to it\./);
	assert.deepEqual(await consents(id), []);
	assert.equal((await image(owner, id, 'large')).status, 404);

	// with it, both at once; then it is not asked for again
	assert.equal((await keep(owner, id, photo)).status, 303);
	assert.deepEqual(await consents(id),
	    [{ kind: 'PHOTO', given: '1', user: '1' }]);
	assert.equal((await keep(owner, id, photo)).status, 303);
	assert.equal((await consents(id)).length, 1);
	assert.doesNotMatch(await owner.page(pathOf(id)), /name="agrees"/);

	// taken back: the photo may be removed, another one not be kept
	await stack.sql(`INSERT INTO trn_member_consents (cns_compcode,
	    cns_member_id, cns_kind, cns_is_given, cns_at) VALUES ('AA', ${id},
	    'PHOTO', 0, '2026-01-01'), ('AA', ${id}, 'MESSAGES', 1,
	    '2026-01-01')`);
	assert.match(await owner.page(pathOf(id)), /name="agrees"/);
	assert.equal((await keep(owner, id, photo, {})).status, 422);
	assert.equal((await owner.post(`${pathOf(id)}/remove`)).status, 303);
	assert.equal((await image(owner, id, 'large')).status, 404);
	assert.equal((await keep(owner, id, photo)).status, 303);
	assert.equal((await consents(id)).length, 4);
});

test('two at the same time are one consent', async () => {
	const id = ids[3];
	const got = await Promise.all(Array.from({ length: 6 }, () =>
	    keep(owner, id, png(50, 50))));
	assert.deepEqual(got.map(g => g.status), Array(6).fill(303));
	assert.equal((await consents(id)).length, 1);
});

test('what is refused is told at the field', async () => {
	const id = ids[4], before_ = await held();
	const noise = Buffer.alloc(10 * 1024 * 1024 + 1, 0x55);
	for (const [file, words] of [
	    [Buffer.from('%PDF-1.7'), /not a JPEG or PNG/],
	    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
	    /not a JPEG or PNG/],
	    [bomb(30000, 30000), /more than 12 megapixels/],
	    [bomb(8001, 10), /more than 12 megapixels/],
	    [png(100, 100).subarray(0, 80), /damaged/],
	    [Buffer.concat([png(100, 100).subarray(0, 60),
	    png(100, 100).subarray(-20)]), /damaged/],
	    [noise, /more than 10 MB/],
	    [Buffer.alloc(0), /This is needed/]]) {
		const got = await keep(owner, id, file);
		assert.equal(got.status, 422, got.text);
		assert.match(got.text, new RegExp('aria-invalid="true" ' +
		    'aria-describedby="photo-error photo-hint">\\s*' +
		    `<small id="photo-error" class="field-error">[^<]*${
		    words.source}`));
		assert.match(got.text, / checked/);	// as it was ticked
	}
	const none = await send(owner, id, { csrf: await owner.csrf(),
	    agrees: 'yes' });
	assert.equal(none.status, 422);
	assert.equal(await held(), before_);
	assert.deepEqual(await consents(id), []);
});

test('from the camera or chosen: the one that came', async () => {
	const id = ids[5], csrf = await owner.csrf();
	const nothing = Buffer.alloc(0);
	const width = async files => {
		const got = await send(owner, id, { csrf, agrees: 'yes' }, files);
		assert.equal(got.status, 303, got.text);
		return readJpeg((await image(owner, id, 'large')).bytes).width;
	};
	assert.equal(await width({ camera: png(21, 9), photo: nothing }), 21);
	assert.equal(await width({ camera: nothing, photo: png(22, 9) }), 22);
	assert.equal(await width({ camera: png(23, 9), photo: png(24, 9) }), 23);
});

test('more than passes nginx is a page in words', async () => {
	const got = await keep(owner, ids[4], Buffer.alloc(13 << 20));
	assert.equal(got.status, 413);
	assert.match(got.text, /too large/);
});

test('without the token of the session nothing is done', async () => {
	const id = ids[0], photo = png(40, 40);
	const csrf = await owner.csrf(), files = { photo };
	for (const fields of [{ agrees: 'yes' }, { agrees: 'yes', csrf: 'x' },
	    { agrees: 'yes', csrf: await north.csrf() }])
		assert.equal((await send(owner, id, fields, files)).status, 403);
	// a file is no field
	assert.equal((await send(owner, id, { agrees: 'yes' },
	    { csrf: Buffer.from(csrf) })).status, 403);
	assert.equal((await send(owner, id, { agrees: 'yes', csrf }, files,
	    { Origin: 'https://evil.example' })).status, 403);
	assert.equal((await owner.request('POST', `${pathOf(id)}/remove`,
	    { form: {} })).status, 403);
	assert.equal((await image(owner, id, 'large')).status, 404);
	assert.equal((await owner.request('POST', pathOf(id),
	    { form: { csrf } })).status, 415);
});

test('whom it does not concern sees nothing and changes nothing', async () => {
	const id = ids[6];
	assert.equal((await keep(north, id, png(60, 60))).status, 303);
	const { bytes } = await image(north, id, 'large');
	assert.equal((await image(owner, id, 'large')).status, 200);
	const nobody = new Person(stack, '');
	for (const [who, status] of [[south, 404], [stranger, 404],
	    [nobody, 401]]) {
		const see = status === 401 ? 303 : status;
		assert.equal((await who.get(pathOf(id))).status, see);
		for (const size of ['large', 'small'])
			assert.equal((await image(who, id, size)).status, see);
		const csrf = status === 401 ? 'x' : await who.csrf();
		assert.equal((await send(who, id, { csrf, agrees: 'yes' },
		    { photo: png(9, 9) })).status, status);
		assert.equal((await who.request('POST', `${pathOf(id)}/remove`,
		    { form: { csrf } })).status, status);
	}
	assert.deepEqual((await image(north, id, 'large')).bytes, bytes);
	assert.equal((await consents(id)).length, 1);
});

test('nobody, and who was erased, has no photo and takes none', async () => {
	const id = ids[7];
	await keep(owner, id, png(60, 60));
	await stack.sql(`UPDATE mst_members_lists SET mbr_erased_at = '2026-01-01'
	    WHERE mbr_compcode = 'AA' AND id = ${id}`);
	for (const of of [id, '0', '-1', '999999', '1e3', 'x', '01',
	    '99999999999999999999']) {
		assert.equal((await owner.get(pathOf(of))).status, 404, of);
		assert.equal((await image(owner, of, 'small')).status, 404, of);
		assert.equal((await keep(owner, of, png(9, 9))).status, 404, of);
		assert.equal((await owner.post(`${pathOf(of)}/remove`)).status,
		    404, of);
	}
	for (const name of ['', 'large', 'large.png', '../large.jpg', 'x.jpg'])
		assert.equal((await owner.get(`${pathOf(ids[6])}/${name}`)).status,
		    404, name);
});

// In kB, of the workers together.
function workersMemory() {
	const { pid } = stack.web;
	const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`,
	    'utf8').trim().split(' ');
	return children.reduce((sum, child) => sum + Number(fs.readFileSync(
	    `/proc/${child}/smaps_rollup`, 'utf8')
	    .match(/Private_Dirty: +(\d+)/)[1]), 0);
}

test('12 MP, again and again: in time, and no worker grows', async t => {
	const photo = Buffer.concat([png(4032, 3024), Buffer.alloc(6 << 20)]);
	const before_ = workersMemory(), began = Date.now();
	for (let i = 0; i < 16; i++)
		assert.equal((await keep(owner, ids[8], photo)).status, 303);
	const took = (Date.now() - began) / 16;
	t.diagnostic(`12 MP: ${took.toFixed(0)} ms; workers ${before_} kB, ` +
	    `then ${workersMemory()} kB`);
	assert.ok(took < 5000, `${took} ms each`);
	if (!process.env.SANITIZE)	// the last request may not be over yet
		await until('the memory to be given back', () =>
		    workersMemory() < before_ + 4096, 3000);
});
