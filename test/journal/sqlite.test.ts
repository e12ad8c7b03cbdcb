/** The state file itself: other processes, kill -9, broken, foreign and newer files, its modes, its projections. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import type { Clock, Journal } from '../../src/domain/index.ts';
import { openSqliteJournal, thisProcess } from '../../src/journal/index.ts';
import { asStateError } from '../../src/journal/state-errors.ts';
import { openStateFile } from '../../src/journal/state-file.ts';
import { plan, step } from '../engine/support/plans.ts';
import { startWriter } from './support/start-writer.ts';

let folder = '';
let opened: Journal[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-state-'));
  opened = [];
});
afterEach(async () => {
  for (const journal of opened) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const clock: Clock = { now: () => 1_000_000, sleep: () => Promise.resolve() };
const random = { id: (bytes: number) => randomBytes(bytes).toString('hex'), fraction: () => 0.5 };
const somePlan = plan([step('verify', 'patch.verify')]);

async function open(path = join(folder, 'sub', 'state.db')): Promise<Journal> {
  const journal = await openSqliteJournal(path, { clock, random });
  opened.push(journal);
  return journal;
}

async function writeSome(journal: Journal, run: string, count = 3): Promise<void> {
  await journal.create({ run, plan: somePlan, parent: null, check: false });
  for (let index = 0; index < count; index++) await journal.append(run, [{ type: 'RunPaused', reason: `${index}` }]);
}

async function expectUntouched(path: string, code: string): Promise<void> {
  const before = readFileSync(path);
  await expect(open(path)).rejects.toMatchObject({ code });
  expect(readFileSync(path).equals(before)).toBe(true);
}

describe('the state file', () => {
  it('is made with its folder, for its owner only', async () => {
    const path = join(folder, 'a', 'b', 'state.db');
    const journal = await open(path);
    await writeSome(journal, 'r1');
    expect(statSync(join(folder, 'a', 'b')).mode & 0o777).toBe(0o700);
    for (const name of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600);
  });

  it('keeps its store id and its events', async () => {
    const first = await open();
    await writeSome(first, 'r1');
    const again = await open();
    expect(again.storeId).toMatch(/^[0-9a-f]{16}$/);
    expect(again.storeId).toBe(first.storeId);
    expect(await again.events('r1')).toEqual(await first.events('r1'));
  });

  it('that is no database is refused and left as it is', async () => {
    const path = join(folder, 'state.db');
    writeFileSync(path, 'these are my holiday photos, really\n'.repeat(200));
    await expectUntouched(path, 'FB_STATE_UNREADABLE');
  });

  it("that is another program's database is refused and left as it is", async () => {
    const path = join(folder, 'state.db');
    const foreign = new Database(path);
    foreign.exec('create table bookmarks (url text)');
    foreign.close();
    await expectUntouched(path, 'FB_STATE_UNREADABLE');
  });

  it('that is damaged is refused and left as it is', async () => {
    const path = join(folder, 'state.db');
    const journal = await openSqliteJournal(path, { clock, random });
    await writeSome(journal, 'r1', 200);
    await journal.close();
    const bytes = readFileSync(path);
    for (const [start, end] of [
      [0, bytes.length / 2],
      [4096, 8192],
    ] as const) {
      const broken = Buffer.from(bytes);
      if (start === 0) writeFileSync(path, broken.subarray(0, end));
      else writeFileSync(path, broken.fill(0x5a, start, end));
      await expectUntouched(path, 'FB_STATE_UNREADABLE');
    }
  });

  it('of a newer version is refused and left as it is', async () => {
    const path = join(folder, 'state.db');
    const journal = await openSqliteJournal(path, { clock, random });
    await writeSome(journal, 'r1');
    await journal.close();
    const newer = new Database(path);
    newer.pragma('user_version = 99');
    newer.close();
    await expectUntouched(path, 'FB_STATE_NEWER');
  });

  it('that cannot be there is refused', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(open(join(folder, 'file', 'state.db'))).rejects.toMatchObject({ code: 'FB_STATE_UNREADABLE' });
    await expect(open(folder)).rejects.toMatchObject({ code: 'FB_STATE_UNREADABLE' });
  });

  it('says so when an entry cannot be read', async () => {
    const journal = await open();
    await writeSome(journal, 'r1');
    const other = new Database(join(folder, 'sub', 'state.db'));
    other.exec(`update events set body = '{"type":' where seq = 2`);
    other.close();
    await expect(journal.events('r1')).rejects.toMatchObject({ code: 'FB_STATE_UNREADABLE' });
  });

  it('says that the disk is full, not what SQLite says of the rollback after it', async () => {
    const db = await openStateFile(join(folder, 'full.db'));
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.raw(String(pages.rows[0]!.page_count))}`.execute(db);
    const written = db.transaction().execute(async (tx) => {
      await tx
        .insertInto('meta')
        .values({ name: 'big', value: 'x'.repeat(100_000) })
        .execute();
    });
    await expect(written).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    await db.destroy();
  });

  it('is waited for by everything that writes while another process holds its lock', async () => {
    const path = join(folder, 'state.db');
    await (await open(path)).close();
    opened = [];
    const other = new Database(path);
    // It lets go when the first try has come to nothing.
    const fraction = () => {
      if (other.inTransaction) other.exec('commit');
      return 0;
    };
    const journal = await openSqliteJournal(path, { clock, random: { ...random, fraction } });
    opened.push(journal);
    await writeSome(journal, 'r1');
    await journal.lease('r1', [{ key: 'address:10.0.0.1:5985', host: 'web01' }]);
    for (const write of [() => journal.release('r1', 'web01'), () => journal.disown('r1')]) {
      other.exec('begin immediate');
      await write();
      expect(other.inTransaction).toBe(false);
    }
    other.close();
    expect((await journal.runs())[0]?.owner).toBe(null);
  });

  it('takes nothing of a batch that it cannot write, and the next one', async () => {
    const path = join(folder, 'state.db');
    const journal = await open(path);
    await writeSome(journal, 'r1');
    const other = new Database(path);
    other.exec(`create trigger stop before insert on events when new.seq > 4 begin select raise(abort, 'no'); end`);
    other.close();
    const both = [
      { type: 'RunPaused', reason: 'a' },
      { type: 'RunPaused', reason: 'b' },
    ] as const;
    await expect(journal.append('r1', both)).rejects.toMatchObject({ code: 'FB_STATE_UNREADABLE' });
    expect(await journal.events('r1')).toHaveLength(3);
    expect(await journal.append('r1', [{ type: 'RunPaused', reason: 'c' }])).toMatchObject([{ seq: 4 }]);
  });

  it.each([
    ['SQLITE_FULL', 'FB_STATE_FULL'],
    ['ENOSPC', 'FB_STATE_FULL'],
    ['SQLITE_BUSY_SNAPSHOT', 'FB_STATE_LOCKED'],
    ['SQLITE_IOERR_WRITE', 'FB_STATE_UNREADABLE'],
    ['SQLITE_READONLY', 'FB_STATE_UNREADABLE'],
    ['EACCES', 'FB_STATE_UNREADABLE'],
  ])('tells %s as %s', (code, expected) => {
    expect(asStateError(Object.assign(new Error('text'), { code }), 'state.db')).toMatchObject({
      code: expected,
      message: expect.stringContaining('state.db'),
      remedy: expect.stringMatching(/./),
    });
  });
});

describe('projections', () => {
  it('are rebuilt when they disagree with the events', async () => {
    const path = join(folder, 'state.db');
    const journal = await openSqliteJournal(path, { clock, random });
    await journal.create({ run: 'r1', plan: somePlan, parent: null, check: false });
    await journal.append('r1', [
      { type: 'HostLeased', host: 'web01', key: 'machine:m1' },
      {
        type: 'ObligationOwed',
        host: 'web01',
        obligation: 'o1',
        kind: 'undo',
        step: 'shield',
        uses: 'shield.apply',
        args: {},
        prior: {},
      },
      { type: 'RunFinished', how: 'stopped', reason: 'x' },
    ]);
    const before = { obligations: await journal.openObligations(), runs: await journal.runs() };
    await journal.close();
    const other = new Database(path);
    other.exec('delete from obligations; delete from host_keys; update runs set state = null, last_seq = 1');
    other.close();
    const again = await open(path);
    expect({ obligations: await again.openObligations(), runs: await again.runs() }).toEqual(before);
    expect(before.obligations).toMatchObject([{ id: 'o1', key: 'machine:m1' }]);
  });
});

describe('another process', () => {
  it('is killed in the middle of writing: no acknowledged row is lost, and its run is interrupted', async () => {
    const path = join(folder, 'state.db');
    for (const [round, rows] of [20, 150, 400].entries()) {
      const run = `r${round}`;
      const writer = startWriter(path, run);
      await writer.until(rows);
      writer.child.kill('SIGKILL');
      await writer.ended;
      const acknowledged = writer.lines().flatMap((line) => (line.startsWith('ack ') ? [line.slice(4)] : []));
      expect(acknowledged.length).toBeGreaterThanOrEqual(rows - 1);
      const journal = await open(path);
      const events = await journal.events(run);
      const rowsThere = new Set(events.map((event) => `${event.seq} ${'reason' in event ? event.reason : ''}`));
      expect(acknowledged.filter((row) => !rowsThere.has(row))).toEqual([]);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      expect((await journal.runs())[0]).toMatchObject({ run, state: 'interrupted' });
      await journal.adopt(run);
      expect(await journal.append(run, [{ type: 'RunPaused', reason: 'mine' }])).toHaveLength(1);
      expect((await journal.runs())[0]).toMatchObject({ state: 'running', owner: { pid: thisProcess().pid } });
    }
  });

  it('writes while this one reads and writes runs of its own', async () => {
    const path = join(folder, 'state.db');
    const writer = startWriter(path, 'theirs');
    try {
      await writer.until(10);
      const journal = await open(path);
      await expect(journal.adopt('theirs')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
      await journal.create({ run: 'ours', plan: somePlan, parent: null, check: false });
      let seen = 0;
      for (let index = 0; index < 50; index++) {
        await journal.append('ours', [{ type: 'RunPaused', reason: `${index}` }]);
        const events = await journal.events('theirs');
        expect(events.length).toBeGreaterThanOrEqual(seen);
        seen = events.length;
      }
      await writer.until(seen + 10);
      const states = (await journal.runs()).map((info) => [info.run, info.state]);
      expect(states).toEqual([
        ['ours', 'running'],
        ['theirs', 'running'],
      ]);
    } finally {
      writer.child.kill('SIGKILL');
      await writer.ended;
    }
  });

  it('may write for longer than one try lasts: it is waited for', async () => {
    const path = join(folder, 'state.db');
    const journal = await open(path);
    await journal.create({ run: 'ours', plan: somePlan, parent: null, check: false });
    const other = new Database(path);
    try {
      other.exec('begin immediate');
      let isWritten = false;
      const written = journal.append('ours', [{ type: 'RunPaused', reason: 'late' }]).then(() => {
        isWritten = true;
      });
      // between its tries other work goes on
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 700));
      expect(isWritten).toBe(false);
      other.exec('rollback');
      await written;
      expect((await journal.events('ours')).at(-1)).toMatchObject({ type: 'RunPaused', reason: 'late' });
    } finally {
      other.close();
    }
  });

  it('may open a new file at the same moment', async () => {
    const path = join(folder, 'state.db');
    const writers = [0, 1, 2].map((index) => startWriter(path, `r${index}`));
    try {
      for (const writer of writers) await writer.until(5);
      expect((await (await open(path)).runs()).map((info) => info.run).toSorted()).toEqual(['r0', 'r1', 'r2']);
    } finally {
      for (const writer of writers) {
        writer.child.kill('SIGKILL');
        await writer.ended;
      }
    }
  });
});
