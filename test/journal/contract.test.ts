/** What every journal promises, held against the real one and the one that the runner's tests use. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Journal, RunEventBody } from '../../src/domain/index.ts';
import { openPostgresJournal, openSqliteJournal, parsePostgresAddress } from '../../src/journal/index.ts';
import { MemoryJournal, MemoryStore } from '../engine/support/memory-journal.ts';
import { host, plan, step } from '../engine/support/plans.ts';
import { VirtualClock } from '../engine/support/virtual-clock.ts';
import { installed, startServer, type TestServer } from './support/postgres.ts';

/** A store and its processes: `open` starts one, `kill` ends it without a word. */
interface Rig {
  open(process: string): Promise<Journal>;
  kill(process: string): void;
  dispose(): Promise<void>;
}

const folders: string[] = [];

let server: TestServer | null = null;
beforeAll(async () => {
  if (installed !== null) server = await startServer();
});
afterAll(() => server?.dispose());

async function postgresRig(): Promise<Rig> {
  if (server === null) throw new Error('no PostgreSQL');
  const address = parsePostgresAddress(await server.database());
  const clock = new VirtualClock();
  const dead = new Set<string>();
  const opened: Journal[] = [];
  let ids = 0;
  return {
    async open(process) {
      const journal = await openPostgresJournal(address, {
        clock,
        random: { id: (bytes) => (++ids).toString(16).padStart(bytes * 2, '0'), fraction: () => 0 },
        owner: { pid: 1, started: process, machine: 'here' },
        isAlive: (owner) => !dead.has(owner.started),
      });
      opened.push(journal);
      return journal;
    },
    kill: (process) => dead.add(process),
    dispose: async () => {
      for (const journal of opened) await journal.close();
    },
  };
}

async function sqliteRig(): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-journal-'));
  folders.push(folder);
  const clock = new VirtualClock();
  const dead = new Set<string>();
  const opened: Journal[] = [];
  let ids = 0;
  return {
    async open(process) {
      const journal = await openSqliteJournal(join(folder, 'state', 'state.db'), {
        clock,
        random: { id: (bytes) => (++ids).toString(16).padStart(bytes * 2, '0'), fraction: () => 0 },
        owner: { pid: 1, started: process, machine: 'here' },
        isAlive: (owner) => !dead.has(owner.started),
      });
      opened.push(journal);
      return journal;
    },
    kill: (process) => dead.add(process),
    dispose: async () => {
      for (const journal of opened) await journal.close();
    },
  };
}

async function memoryRig(): Promise<Rig> {
  const store = new MemoryStore();
  const clock = new VirtualClock();
  return {
    open: async (process) => new MemoryJournal(store, clock, process),
    kill: (process) => store.alive.delete(process),
    dispose: async () => {},
  };
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const somePlan = plan([step('verify', 'patch.verify')], { hosts: [host('web01'), host('web02')] });

const started: RunEventBody = {
  type: 'RunStarted',
  planHash: 'hash',
  parent: null,
  check: false,
  by: 'me',
  version: '1',
};

function owed(obligation: string, name = 'web01', kind: 'undo' | 'always' = 'undo'): RunEventBody {
  return {
    type: 'ObligationOwed',
    host: name,
    obligation,
    kind,
    step: 'shield',
    uses: 'shield.apply',
    args: { method: 'ipsec' },
    prior: { policy: 'p' },
  };
}

describe.each<[string, () => Promise<Rig>]>([
  ['sqlite', sqliteRig],
  ['memory', memoryRig],
  ...(installed === null ? [] : [['postgres', postgresRig] satisfies [string, () => Promise<Rig>]]),
])('the %s journal', (_, makeRig) => {
  async function withRig(work: (rig: Rig, journal: Journal) => Promise<void>): Promise<void> {
    const rig = await makeRig();
    try {
      await work(rig, await rig.open('p1'));
    } finally {
      await rig.dispose();
    }
  }

  async function begin(journal: Journal, run: string, parent: string | null = null): Promise<void> {
    await journal.create({ run, plan: somePlan, parent, check: false });
    await journal.append(run, [started]);
  }

  it('gives events back as they were, in order, numbered from 1', () =>
    withRig(async (_rig, journal) => {
      await begin(journal, 'r1');
      const finished: RunEventBody = {
        type: 'StepFinished',
        host: 'wéb "01"\n',
        step: 'verify',
        uses: 'patch.verify',
        outcome: 'ok',
        result: { fixed: null, list: [1, 'ä', { a: true }] },
        error: null,
        reason: '',
        attempts: 1,
        durationMs: 5,
      };
      const written = await journal.append('r1', [finished, { type: 'RunPaused', reason: 'x' }]);
      expect(written.map((event) => event.seq)).toEqual([2, 3]);
      const events = await journal.events('r1');
      expect(events.map((event) => event.seq)).toEqual([1, 2, 3]);
      expect(events[1]).toEqual({ ...finished, run: 'r1', seq: 2, at: '2026-11-23T00:00:00.000Z' });
      expect(await journal.events('r1', 2)).toEqual([written[1]]);
      expect(await journal.plan('r1')).toEqual(somePlan);
    }));

  it('keeps appends that come together apart and in order', () =>
    withRig(async (_rig, journal) => {
      await begin(journal, 'r1');
      await begin(journal, 'r2');
      const writes = Array.from({ length: 60 }, (_, index) =>
        journal.append(index % 2 === 0 ? 'r1' : 'r2', [
          { type: 'RunPaused', reason: `${index}a` },
          { type: 'RunPaused', reason: `${index}b` },
        ]),
      );
      const written = await Promise.all(writes);
      for (const events of written) expect((events[1]?.seq ?? 0) - (events[0]?.seq ?? 0)).toBe(1);
      const events = await journal.events('r1');
      expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
    }));

  it('does not let one bad append take the others with it', () =>
    withRig(async (_rig, journal) => {
      await begin(journal, 'r1');
      const appends = ['r1', 'unknown', 'r1'].map((run) => journal.append(run, [{ type: 'RunPaused', reason: run }]));
      const settled = await Promise.allSettled(appends);
      expect(settled.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await journal.events('r1')).map((event) => event.seq)).toEqual([1, 2, 3]);
    }));

  it('refuses what belongs to another live process, but takes discharges from whoever holds the lease', () =>
    withRig(async (rig, journal) => {
      await begin(journal, 'r1');
      await journal.append('r1', [owed('o1')]);
      const other = await rig.open('p2');
      await expect(other.adopt('r1')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
      await expect(other.append('r1', [started])).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
      await other.append('r1', [{ type: 'ObligationDischarged', host: 'web01', obligation: 'o1', how: 'undone' }]);
      expect(await journal.openObligations()).toEqual([]);
      rig.kill('p1');
      await other.adopt('r1');
      expect((await other.append('r1', [started])).map((event) => event.seq)).toEqual([4]);
    }));

  it('tells running, interrupted and finished runs apart, newest first', () =>
    withRig(async (rig, journal) => {
      for (const run of ['r1', 'r2', 'r3', 'r4']) await begin(journal, run, run === 'r2' ? 'r1' : null);
      await journal.append('r1', [{ type: 'RunFinished', how: 'completed', reason: '' }]);
      await journal.append('r2', [{ type: 'RunFinished', how: 'aborted', reason: '' }]);
      await journal.disown('r3');
      const reader = await rig.open('p2');
      const states = async () => (await reader.runs()).map((info) => [info.run, info.state]);
      expect(await states()).toEqual([
        ['r4', 'running'],
        ['r3', 'interrupted'],
        ['r2', 'aborted'],
        ['r1', 'completed'],
      ]);
      rig.kill('p1');
      expect((await states())[0]).toEqual(['r4', 'interrupted']);
      expect((await reader.runs())[2]).toMatchObject({ parent: 'r1', hosts: 2, name: 'test', check: false });
    }));

  it('finds runs by id, unambiguous prefix and "last"', () =>
    withRig(async (_rig, journal) => {
      await expect(journal.resolveRun('last')).rejects.toMatchObject({ code: 'FB_RUN_UNKNOWN' });
      for (const run of ['abc1', 'abc2', 'abc', 'xyz']) await begin(journal, run);
      await journal.create({ run: 'never-begun', plan: somePlan, parent: null, check: false });
      expect(await journal.resolveRun('last')).toBe('xyz');
      expect(await journal.resolveRun('x')).toBe('xyz');
      expect(await journal.resolveRun('abc')).toBe('abc');
      for (const bad of ['ab', 'q', '', 'never']) {
        await expect(journal.resolveRun(bad)).rejects.toMatchObject({ code: 'FB_RUN_UNKNOWN' });
      }
      for (const call of [journal.plan('q'), journal.adopt('q'), journal.append('q', [started])]) {
        await expect(call).rejects.toMatchObject({ code: 'FB_RUN_UNKNOWN' });
      }
    }));

  it('takes answers and orders from others while the run is at work, and says that it waits until it is resumed', () =>
    withRig(async (rig, journal) => {
      await begin(journal, 'r1');
      const other = await rig.open('p2');
      const said: readonly RunEventBody[] = [
        {
          type: 'OperatorAnswered',
          host: 'web01',
          step: 'sure',
          answer: 'yes',
          by: 'ann@desk',
          via: 'command',
          givenAt: '2026-11-23T00:00:00.000Z',
        },
        { type: 'HostSkipAsked', host: 'web01', by: 'ann@desk' },
        { type: 'RunPauseAsked', by: 'ann@desk' },
        { type: 'GateAnswered', gate: 'rest', decision: 'approved', by: 'ann@desk', planHash: 'h', note: '' },
      ];
      const [first] = await Promise.all([
        other.append('r1', said),
        journal.append('r1', [{ type: 'RunPaused', reason: '' }]),
      ]);
      expect(first.map(({ type }) => type)).toEqual(said.map(({ type }) => type));
      expect((await journal.events('r1')).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
      const asked: RunEventBody = { type: 'HostParked', host: 'web01', step: 'sure', reason: '', standingShields: 0 };
      await expect(other.append('r1', [...said, asked])).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
      const stateOf = async () => (await other.runs())[0]?.state;
      expect(await stateOf()).toBe('running');
      await journal.append('r1', [{ type: 'RunWaiting', reason: '', hosts: ['web01'] }]);
      // Whoever waits for a gate or a window stays its owner.
      expect(await stateOf()).toBe('running');
      await journal.disown('r1');
      expect(await stateOf()).toBe('waiting');
      await other.adopt('r1');
      await other.append('r1', [{ type: 'RunResumed', by: 'ann@desk', version: '0' }]);
      expect(await stateOf()).toBe('running');
      await other.disown('r1');
      expect(await stateOf()).toBe('interrupted');
    }));

  it('leases all or nothing', () =>
    withRig(async (_rig, journal) => {
      await begin(journal, 'r1');
      await begin(journal, 'r2');
      const a = { key: 'a', host: 'web01' };
      const b = { key: 'b', host: 'web02' };
      expect(await journal.lease('r1', [a])).toEqual([]);
      expect(await journal.lease('r1', [a, { key: 'machine:a', host: 'web01' }])).toEqual([]);
      expect(await journal.lease('r2', [a, b])).toEqual([{ key: 'a', host: 'web01', run: 'r1' }]);
      expect(await journal.lease('r1', [b])).toEqual([]);
      await journal.release('r1', 'web01');
      expect(await journal.lease('r2', [a, { key: 'machine:a', host: 'web01' }])).toEqual([]);
      expect(await journal.lease('r2', [b])).toEqual([{ key: 'b', host: 'web02', run: 'r1' }]);
      expect(await journal.lease('r2', [{ key: 'a', host: 'alias' }])).toEqual([
        { key: 'a', host: 'alias', run: 'r2' },
      ]);
    }));

  it('frees the leases of a run that died before its first event', () =>
    withRig(async (rig, journal) => {
      await journal.create({ run: 'r1', plan: somePlan, parent: null, check: false });
      const a = { key: 'a', host: 'web01' };
      await journal.lease('r1', [a]);
      const other = await rig.open('p2');
      await begin(other, 'r2');
      expect(await other.lease('r2', [a])).toHaveLength(1);
      rig.kill('p1');
      expect(await other.lease('r2', [a])).toEqual([]);
    }));

  it('leases ten thousand hosts', () =>
    withRig(async (_rig, journal) => {
      await begin(journal, 'r1');
      const many = Array.from({ length: 10_000 }, (_, index) => ({ key: `k${index}`, host: `h${index}` }));
      expect(await journal.lease('r1', many)).toEqual([]);
      await begin(journal, 'r2');
      expect(await journal.lease('r2', many.slice(-3))).toHaveLength(3);
    }));

  it('keeps the open obligations of all runs, oldest first, by the machine that owes them', () =>
    withRig(async (_rig, journal) => {
      await begin(journal, 'r1');
      await begin(journal, 'r2');
      await journal.append('r1', [
        { type: 'HostLeased', host: 'web01', key: 'address:10.0.0.1:5985' },
        owed('o1', 'web01', 'always'),
        { type: 'HostLeased', host: 'web01', key: 'machine:m1' },
        owed('o2'),
        { type: 'HostLeased', host: 'web01', key: 'address:10.0.0.1:5985' },
        { type: 'HostLeased', host: 'web02', key: 'address:10.0.0.2:5985' },
        owed('o3', 'web02'),
        { type: 'ObligationDischarged', host: 'web02', obligation: 'o3', how: 'undone' },
        owed('o4', 'web02'),
      ]);
      await journal.append('r2', [{ type: 'HostLeased', host: 'web01', key: 'machine:m1' }, owed('o2')]);
      const ids = async (filter?: Parameters<Journal['openObligations']>[0]) =>
        (await journal.openObligations(filter)).map((one) => `${one.run} ${one.id}`);
      expect(await ids({ keys: ['machine:m1'] })).toEqual(['r1 o1', 'r1 o2', 'r2 o2']);
      expect(await ids({ keys: ['address:10.0.0.1:5985'] })).toEqual([]);
      expect(await ids({ keys: [] })).toEqual([]);
      expect(await ids({ run: 'r1' })).toEqual(['r1 o1', 'r1 o2', 'r1 o4']);
      await journal.append('r1', [
        { type: 'ObligationDischarged', host: 'web01', obligation: 'o2', how: 'handed-over' },
      ]);
      const [kept] = await journal.openObligations({ run: 'r2' });
      expect(kept).toEqual({
        id: 'o2',
        run: 'r2',
        host: 'web01',
        kind: 'undo',
        key: 'machine:m1',
        step: 'shield',
        uses: 'shield.apply',
        args: { method: 'ipsec' },
        prior: { policy: 'p' },
        owedAt: '2026-11-23T00:00:00.000Z',
      });
    }));
});
