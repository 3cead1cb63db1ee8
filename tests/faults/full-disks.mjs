// full-disks.mjs: database and spools on disks that are full at times
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { pause, SLOW, until } from '../stack/wait.mjs';
import { Disk } from './disk.mjs';

const DATABASE_ROOM = 16 << 20;	// bytes left before it is filled
const SPOOL_ROOM = 1 << 20;

// Moves the database's folder to a disk of its own; null where none can be.
// What is temporary stays elsewhere, as it mostly does: else reading would fail
// before anything is written.
export async function diskOfDatabase(stack) {
	const disk = await Disk.mount();
	if (!disk)
		return null;
	await stack.db.stop();
	fs.cpSync(stack.db.data, `${disk.dir}/data`, { recursive: true });
	fs.rmSync(stack.db.data, { recursive: true });
	stack.db.data = `${disk.dir}/data`;
	stack.db.args = [`--tmpdir=${stack.dir}`];
	revive(stack.db);
	await stack.db.start();
	return disk;
}

// As systemd does: what has ended starts again, until it stays.
const isUp = program => until(`${program.name} to be up`, async () => {
	await program.start();
	return program.running;
}, 60000, 200);

// InnoDB aborts when it has no room to roll back.
const revive = program => {
	program.onDeath = () => isUp(program).catch(() => {});
};

// While it is full, `program` may be killed, too, and find it full when it
// starts; it may end by itself, too.
async function meanwhile(program, { roll, upTo }) {
	await pause((500 + upTo(1500)) * SLOW);
	if (roll() < 0.3) {
		await program.kill();
		await program.start().catch(() => {});
		await pause(upTo(500));
	}
}

// While the disk of `program` is full, `run` runs.
async function whileFull(disk, room, program, run) {
	await disk.fill(room);
	try {
		return await run();
	} finally {
		await disk.free();
		await isUp(program);
	}
}

export const whileDatabaseFull = (disk, stack, run) =>
    whileFull(disk, DATABASE_ROOM, stack.db, run);

export const whileSpoolFull = ({ spool, bridge }, run) =>
    whileFull(spool, SPOOL_ROOM, bridge, run);

// What was kept once has left room in the spool's file, for a hundred thousand
// punches after a million: without it the disk is full for few.
export async function pack({ spool, bridge }) {
	await bridge.stop();
	execFileSync('sqlite3', [`${spool.dir}/spool.db`, 'VACUUM']);
	const from = fs.statSync(bridge.log).size;
	await bridge.start();
	await until('the bridge to be at work', () => fs.readFileSync(bridge.log)
	    .subarray(from).includes('connected to'), 60000);
}

// For Trouble, where there are disks.
export const fullDisks = disk => [
	{ name: 'server: disk full', often: 5, where: '', lock: 'database',
	    run: (_, t) => whileDatabaseFull(disk, t.stack, () =>
	    meanwhile(t.stack.db, t)) },
	{ name: 'bridge: disk full', often: 5, where: 'gym', lock: 'bridge',
	    run: (gym, t) => whileSpoolFull(gym, () =>
	    meanwhile(gym.bridge, t)) },
];
