// hub.test.mjs: a hundred viewers, while hub, workers and nginx come and go
//
// In the end each must have every row of its company, or branch, and never a
// byte of another's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../stack/stack.mjs';
import { until } from '../stack/wait.mjs';
import { addCompany, addUser, killWorkers, makeNoon } from './gym.mjs';
import { Viewer } from './viewer.mjs';

const VIEWERS = 100;
let stack, day;
const viewers = [], companies = {};
const punches = [];	// { sn, text } of all that were stored
let calls = 0;		// of punch()

before(async () => {
	stack = await Stack.start({ demo: 'morning', live: true });
	day = makeNoon(stack);
	for (const code of ['AA', 'BB'])
		companies[code] = await addCompany(stack, code,
		    { branches: ['North', 'South'], members: 60 });
	await watch();
});
after(async () => {
	await Promise.all(viewers.map(viewer => viewer.close()));
	await stack?.stop();
});

class Watcher extends Viewer {
	constructor(cookie, code, sns) {
		super(stack, cookie);
		Object.assign(this, { code, sns });
	}

	// Every row that it should have, as often as it should: once.
	isComplete() {
		const own = punches.filter(p => this.sns.includes(p.sn));
		const rows = [...this.rows.values()];
		return rows.length === own.length && own.every(p => {
			const row = new RegExp(`>${p.text}<`);
			return rows.filter(r => row.test(r)).length === 1;
		});
	}
}

// Owners of both companies, and staff of one branch each.
async function watch() {
	const kinds = [];
	for (const { code, owner, sns } of Object.values(companies)) {
		kinds.push([await stack.signIn(owner), code, sns]);
		for (const [i, branch] of ['North', 'South'].entries())
			kinds.push([await stack.signIn(await addUser(stack,
			    code, 'staff', branch)), code, [sns[i]]]);
	}
	for (let i = 0; i < VIEWERS; i++)
		viewers.push(new Watcher(...kinds[i % kinds.length]));
	await allOpen();
}

const allOpen = () => until(`${VIEWERS} open streams`,
    () => viewers.every(viewer => viewer.isOpen), 20000);

// Somebody new at each of the four doors, now a member, now a stranger; posted
// until it is answered.
async function punch() {
	const n = calls++;
	const at = `${day} 11:${String(n).padStart(2, 0)}:00`;

	for (const { code, token, sns } of Object.values(companies))
		for (const [door, sn] of sns.entries()) {
			const isStranger = (n + door) % 7 === 0;
			const user_id = (isStranger ? 500 : 1) + n + 30 * door;
			await until('an answer', async () => [200, 404]
			    .includes((await stack.post({ compcode: code,
			    user_id, device_sn: sn, timestamp: at },
			    { token })).status), 15000);
			punches.push({ sn, text: isStranger ?
			    `User ${user_id}` : `Member ${code} ${user_id}` });
		}
}

async function allComplete() {
	await until('every viewer to have its rows', () =>
	    viewers.every(viewer => viewer.isComplete()), 20000)
	    .catch(error => {
		const viewer = viewers.find(viewer => !viewer.isComplete());
		throw new Error(`${error.message}: one of ${viewer.sns} has ` +
		    `${viewer.rows.size} of ${punches.filter(p =>
		    viewer.sns.includes(p.sn)).length}`);
	});
}

const trouble = {
	'nothing': () => {},
	'the hub killed': async () => {
		await stack.live.kill();
		await punch();
		await stack.live.start();
	},
	'the hub restarted in order': () => stack.live.restart(),
	'nginx reloaded': () => stack.nginx.signal('SIGHUP'),
	'workers killed': () => killWorkers(stack),
	'workers reloaded': () => stack.web.signal('SIGHUP'),
	'nginx restarted': () => stack.nginx.restart(),
	'all of them at once': async () => {
		killWorkers(stack);
		await Promise.all([stack.live.kill(), stack.nginx.kill()]);
		await Promise.all([stack.live.start(), stack.nginx.start()]);
	},
};

for (const [what, happens] of Object.entries(trouble))
	test(`${what}: every viewer gets every row`, async () => {
		await punch();
		await Promise.all([happens(), punch()]);
		await punch();
		await allComplete();
		await allOpen();
	});

test('no stream had a row twice', () => {
	assert.deepEqual(viewers.flatMap(viewer => viewer.twice), []);
});

test('nobody was shown anything of another company or branch', () => {
	for (const viewer of viewers)
		for (const { code, sns } of Object.values(companies)) {
			const mine = code === viewer.code;
			assert.equal(viewer.text.includes(`Member ${code} `),
			    mine, `members of ${code} to ${viewer.code}`);
			for (const sn of sns)
				assert.equal(viewer.text.includes(`Door ${sn}`),
				    viewer.sns.includes(sn),
				    `${sn} to one of ${viewer.sns}`);
		}
});

// Ids and arrival times are given before the commit: somebody slow commits
// what is older than what the hub has sent already.
test('a row that becomes visible late is sent all the same', async () => {
	await stack.sql(`INSERT INTO trn_member_attendances (att_compcode,
	    att_branch_id, att_member_id, att_device_user_id, att_device_sn,
	    att_punch_time, att_status, att_received_at)
	    SELECT mbr_compcode, mbr_branch_id, id, '60', 'AA-1',
	           '${day} 11:59:00', 'ALLOWED', '${day} 06:29:30'
	      FROM mst_members_lists WHERE mbr_code = 'AA-60'`);
	const own = viewers.filter(viewer => viewer.sns.includes('AA-1'));
	await until('all to have it', () => own.every(viewer =>
	    /Member AA 60</.test([...viewer.rows.values()].join())), 3000);
});

test('a burst is one refresh, not a row each', async t => {
	const viewer = viewers[0];
	const { code, token, sns } = companies[viewer.code];
	const stream = await stack.events('/live/events', viewer.headers);
	const got = await stack.post(Array.from({ length: 40 }, (_, i) => ({
	    compcode: code, device_sn: sns[0], user_id: 900 + i,
	    timestamp: `${day} 10:00:${String(i).padStart(2, 0)}` })), { token });
	assert.equal(got.status, 200);
	const events = () => stream.events.map(event => event.event);
	await until('a refresh', () => events().includes('refresh'));
	await until('the counts', () => events().includes('counts'));
	assert.ok(!events().includes('punch'));
	stream.close();
	t.diagnostic(`each viewer opened its stream ${Math.min(...viewers.map(v =>
	    v.opened))} to ${Math.max(...viewers.map(v => v.opened))} times; ` +
	    `${punches.length} punches`);
});
