// disk.mjs: a small disk of its own, that can be full
//
// Only who has the right to mount can have one.  It goes when it is told to, or
// when the test ends, however that is: a guard waits for the end of a pipe.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const MB = 1 << 20;
const ROOM = 2048 * MB;		// of memory only what is used is taken

export class Disk {
	// A disk in a folder of its own, which nobody else clears away; null where
	// we may not mount.
	static async mount() {
		const dir = fs.mkdtempSync('/tmp/gg-disk-');
		const disk = new Disk(dir);
		try {
			await execute('mount', ['-t', 'tmpfs', '-o',
			    `size=${ROOM},mode=0700`, 'tmpfs', dir]);
		} catch (e) {
			fs.rmdirSync(dir);
			return null;
		}
		disk.guard = spawn('sh', ['-c',
		    'cat >/dev/null; umount -l "$0"; rmdir "$0"', dir],
		    { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
		disk.gone = new Promise(done => disk.guard.once('exit', done));
		return disk;
	}

	constructor(dir) {
		this.dir = dir;
		this.filler = `${dir}/filler`;
	}

	async unmount() {
		this.guard.stdin.end();
		await this.gone;
	}

	get used() {
		const { blocks, bfree, bsize } = fs.statfsSync(this.dir);
		return (blocks - bfree) * bsize;
	}

	resize(bytes) {
		return execute('mount', ['-o', `remount,size=${bytes}`, this.dir]);
	}

	// Its size becomes what is used and so many bytes more; these are taken.
	async fill(bytes) {
		const part = Buffer.alloc(64 << 10);

		await this.resize(this.used + bytes);
		const file = fs.openSync(this.filler, 'w');
		try {
			for (;;)
				fs.writeSync(file, part);
		} catch (e) {
			if (e.code !== 'ENOSPC')
				throw e;
		} finally {
			fs.closeSync(file);
		}
	}

	async free() {
		fs.rmSync(this.filler, { force: true });
		await this.resize(ROOM);
	}
}
