// interop.test.mjs: independent ZK clients read what zk-terminal holds
//
// Two clients from npm, written by others against real terminals, read users
// and log, and every record must be what the terminal's own `dump` says.
//
// Both are faulty in ways that would hide what is tested here; around each
// fault the way is this one:
//
//  1. They take one frame per read of the socket.  When two come together the
//     second is lost: node-zklib gives up after 10 s, zkteco-js returns the
//     records that it has, or none, without an error.  Real terminals are slow
//     enough.  So: `--pace`, which sends a frame only after the client has
//     read the one before.
//  2. After a buffered read (over 1 KB) they take the end of that transfer for
//     the answer to their next command, and are late by one from there on:
//     getInfo right after getUsers fails.  So: a connection for each read, and
//     getInfo before it.
//  3. A short answer counts as complete only after a second of silence.  So:
//     logs of 0, 1 and 25 records take that second; nothing to do.
//  4. They keep listeners and timers, print, and write files of errors into
//     the working folder.  So: each runs as a process of its own, in the
//     test's folder.
//  5. They read 40-byte records, 72-byte users and the first 9 characters of a
//     user id only.  So: no others here, but for node-zklib over UDP, which
//     it falls back to when TCP is refused, and where it knows 16 and 28
//     bytes only.
//  6. They read wall clocks as times of the machine's zone, in which some do
//     not exist.  So: TZ=UTC.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(
  new URL('../../build/bin/zk-terminal', import.meta.url));
const DEADLINE_MS = 30_000;
const PACE_MS = 5;
const run = promisify(execFile);
const { resolve } = createRequire(import.meta.url);

// Runs in a process of its own: module, port, what to read, where to put it.
const CLIENT = `
  const [lib, port, what, out] = process.argv.slice(1);
  const Client = require(lib);
  (async () => {
    const zk = new Client('127.0.0.1', Number(port), 10000, 0);
    await zk.createSocket();
    const info = await zk.getInfo();
    const got = what === 'users' ? await zk.getUsers()
                                 : await zk.getAttendances();
    if (got.err) throw got.err;
    require('fs').writeFileSync(out, JSON.stringify({ info, ...got }));
    process.exit(0);
  })().catch((e) => { console.error(e.err ?? e); process.exit(1); });
`;

// What each client exposes, in our words.
const CLIENTS = {
  'node-zklib': {
    punch: (r) => ({
      uid: r.userSn,
      user: r.deviceUserId,
      time: wall(r.recordTime),
    }),
    expected: ({ uid, user, time }) => ({ uid, user, time }),
  },
  'zkteco-js': {
    punch: (r) => ({
      uid: r.sn,
      user: r.user_id,
      time: wall(r.record_time),
      state: r.state,
      verify: r.type,
    }),
    expected: (punch) => punch,
  },
};

const wall = (date) =>
  new Date(date).toISOString().slice(0, 19).replace('T', ' ');

// A terminal with its own folder and port.
class Terminal {
  async start(options = []) {
    this.dir = await mkdtemp(join(tmpdir(), 'gymgate-interop-'));
    this.child = spawn(
      PROGRAM,
      ['--port', '0', '--control', 'control', '--users', '20',
       '--pace', String(PACE_MS), ...options],
      { cwd: this.dir, stdio: ['ignore', 'pipe', 'inherit'] });
    this.ended = once(this.child, 'exit');
    const [line] = await once(
      createInterface({ input: this.child.stdout }), 'line',
      { signal: AbortSignal.timeout(DEADLINE_MS) });
    this.port = /^ready 127\.0\.0\.1:(\d+)$/.exec(line)[1];
  }

  // Gives one order; throws when the answer is not "ok ...".
  async order(text) {
    const { stdout } = await run(
      PROGRAM, ['--control', 'control', '--send', text],
      { cwd: this.dir, timeout: DEADLINE_MS });
    return stdout.trim();
  }

  // The log as the terminal itself writes it down.
  async dump() {
    await this.order('dump log.txt');
    const text = await readFile(join(this.dir, 'log.txt'), 'utf8');
    return text.split('\n').slice(0, -1).map((line) => {
      const [user, day, time, state, verify] = line.split(' ');
      return {
        uid: this.users.find((u) => u.userId === user).uid,
        user,
        time: `${day} ${time}`,
        state: Number(state),
        verify: Number(verify),
      };
    });
  }

  async read(client, what) {
    const out = join(this.dir, 'out.json');
    await run(
      process.execPath, ['-e', CLIENT, resolve(client), this.port, what, out],
      { cwd: this.dir, env: { ...process.env, TZ: 'UTC' },
        timeout: DEADLINE_MS });
    return JSON.parse(await readFile(out, 'utf8'));
  }

  async fill(count) {
    this.users = Array.from({ length: 20 }, (_, i) => (
      { uid: i + 1, userId: String(i + 1), name: `Member ${i + 1}` }));
    for (const [userId, name] of [['42', 'Asha Rao'], ['A1b2', '']]) {
      const uid = Number((await this.order(`user ${userId} ${name}`)).slice(3));
      this.users.push({ uid, userId, name });
    }
    if (count > 1) await this.order(`log ${count - 1}`);
    if (count > 0) await this.order('punch A1b2 2026-02-28T23:59:59 255 15');
  }

  async stop() {
    this.child.kill('SIGTERM');
    const [status] = await this.ended;
    await rm(this.dir, { recursive: true });
    return status;
  }
}

for (const count of [0, 1, 25, 2000, 20_000]) {
  describe(`a log of ${count} records`, () => {
    const terminal = new Terminal();

    before(async () => {
      await terminal.start();
      await terminal.fill(count);
    });

    after(async () => {
      assert.equal(await terminal.stop(), 0, 'SIGTERM ends it cleanly');
    });

    for (const [name, client] of Object.entries(CLIENTS)) {
      test(`${name} reads all users (paced, it drops glued frames)`,
        async () => {
          const { info, data } = await terminal.read(name, 'users');

          assert.equal(info.userCounts, 22);
          assert.deepEqual(data, terminal.users.map((u) => (
            { ...u, role: 0, password: '', cardno: 0 })));
        });

      test(`${name} reads the whole log (paced, on a fresh connection)`,
        async (t) => {
          const expected = (await terminal.dump()).map(client.expected);
          const began = Date.now();
          const { info, data } = await terminal.read(name, 'log');

          t.diagnostic(`${data.length} records, ${Date.now() - began} ms`);
          assert.equal(info.logCounts, count);
          assert.equal(expected.length, count);
          assert.deepEqual(data.map(client.punch), expected);
        });
    }
  });
}

describe('a terminal that has UDP only', () => {
  const terminal = new Terminal();

  before(async () => {
    await terminal.start(
      ['--transport', 'udp', '--user-size', '28', '--record-size', '16']);
    await terminal.order('log 2000');
  });

  after(async () => {
    assert.equal(await terminal.stop(), 0, 'SIGTERM ends it cleanly');
  });

  test('node-zklib reads all users in datagrams', async () => {
    const { data } = await terminal.read('node-zklib', 'users');

    assert.deepEqual(data, Array.from({ length: 20 }, (_, i) => (
      { uid: i + 1, role: 0, name: `Member ${i + 1}`.slice(0, 8),
        userId: i + 1 })));
  });

  test('node-zklib reads the whole log in datagrams', async () => {
    terminal.users = Array.from({ length: 20 }, (_, i) => (
      { uid: i + 1, userId: String(i + 1) }));
    const expected = await terminal.dump();
    const { data } = await terminal.read('node-zklib', 'log');

    assert.deepEqual(
      data.map((r) => [String(r.deviceUserId), wall(r.recordTime)]),
      expected.map(({ user, time }) => [user, time]));
  });
});
