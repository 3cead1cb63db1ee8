// remind-away.test.mjs: the database goes away while the service answers
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { FakeService } from '../whatsapp/service.mjs';
import { addGym, person, rows } from './remind.mjs';

const MIN = 60000, HOUR = 60 * MIN;
const NOON = Date.parse('2026-03-12T06:30:00Z');	// in Kolkata
let stack, service, ids = 1000;

before(async () => {
	service = await FakeService.start();
	stack = await Stack.start({ own: true, web: false, nginx: false,
	    conf: service.conf() });
});
after(async () => {
	await stack?.stop();
	await service?.stop();
});

const clock = ms => stack.setClock(ms - Date.now());
const states = async g => (await rows(stack, g)).map(m => m.msg_state);
const times = async g => (await rows(stack, g)).map(m =>
    service.delivered.get(Number(m.id)) ?? 0);

// A gym with two members to remind, the only one that sends; the first message
// is with the service, which has not answered yet, when the database is killed.
// Resolves to what lets it answer, and to the run.
async function killed() {
	let answer;
	const answered = new Promise(done => { answer = done; });
	await stack.sql(`UPDATE mst_companies SET cmp_status = 'CLOSED';
	    UPDATE mst_messaging SET mgs_phone_id = NULL`);
	const g = await addGym(stack, { conf: { sender: 'CLOUD',
	    phone_id: service.phoneId } });
	service.writeToken(g.code);
	for (let i = 0; i < 2; i++)
		await person(stack, g, { id: ++ids, until: '2026-03-19' });
	clock(NOON);
	service.received.length = 0;
	service.next({ until: answered });
	const run = stack.remind().catch(e => e);
	await until('the request', () => service.received.length === 1);
	assert.deepEqual(await states(g), ['SENDING', 'DUE']);
	await stack.db.kill();
	return { g, answer, run };
}

test('a database that is back in seconds: it is kept, and sent once', async () => {
	const { g, answer, run } = await killed();
	answer();
	await stack.db.start();
	const said = await run;
	assert.match(said, /database: /, 'it was away for a try at least');
	assert.match(said, new RegExp(`: ${g.code}: 2 found, 2 sent, 0 refused, ` +
	    '0 unknown, 0 wait\n$'));
	assert.deepEqual(await states(g), ['ACCEPTED', 'ACCEPTED']);
	const [m] = await rows(stack, g);
	assert.equal(m.msg_wamid, service.received[0].wamid);
	clock(NOON + HOUR);
	await stack.remind();
	assert.deepEqual(await times(g), [1, 1]);
});

test('one that is away for longer: it is unknown, and never sent again',
    async () => {
	const { g, answer, run } = await killed();
	answer();
	const failed = await run;	// it has tried long enough
	assert.equal(failed.code, 1);
	assert.match(failed.err, new RegExp(`${g.code}: message \\d+: what became ` +
	    'of it could not be kept, so it may have been sent'));
	await stack.db.start();
	assert.deepEqual(await states(g), ['SENDING', 'DUE']);
	clock(NOON + 4 * MIN);
	await stack.remind();
	assert.deepEqual(await states(g), ['SENDING', 'ACCEPTED']);
	clock(NOON + 6 * MIN);
	assert.match(await stack.remind(), /0 found, 0 sent, 0 refused, 1 unknown/);
	assert.deepEqual(await states(g), ['UNKNOWN', 'ACCEPTED']);
	for (const hours of [1, 24]) {
		clock(NOON + hours * HOUR);
		await stack.remind();
	}
	assert.deepEqual((await states(g)).slice(0, 2), ['UNKNOWN', 'ACCEPTED']);
	assert.deepEqual((await times(g)).slice(0, 2), [1, 1]);
});
