/** The crash sweep on the real journal, at a sample of points, and the same state file seen from a second process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Journal } from '../../src/domain/index.ts';
import { foldRun } from '../../src/engine/index.ts';
import { openSqliteJournal } from '../../src/journal/index.ts';
import { resultOf, World } from '../engine/support/controller.ts';
import { plan, remediation } from '../engine/support/plans.ts';
import type { VirtualClock } from '../engine/support/virtual-clock.ts';

const random = (() => {
  let ids = 0;
  return { id: (bytes: number) => (++ids).toString(16).padStart(bytes * 2, '0'), fraction: () => 0 };
})();

async function withFile<T>(work: (world: () => World) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'firebreak-crash-'));
  // A dead process does not close its file; here it is closed for it, once the test is over.
  const opened: Journal[] = [];
  const alive = new Set<string>();
  let files = 0;
  function world(): World {
    const path = join(folder, `${++files}.db`);
    const openJournal = async (process: string, clock: VirtualClock): Promise<Journal> => {
      alive.clear();
      alive.add(process);
      const owner = { pid: 1, started: process, machine: 'here' };
      const journal = await openSqliteJournal(path, {
        clock,
        random,
        owner,
        isAlive: (other) => alive.has(other.started),
      });
      opened.push(journal);
      return new Proxy(journal, {
        get(target, name) {
          if (name === 'close') return async () => {};
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    };
    return new World({ openJournal, hasMarker: true });
  }
  try {
    return await work(world);
  } finally {
    for (const journal of opened) await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the controller of one host dies, its journal on disk', () => {
  it('at every fifth point: resume ends as an undisturbed run does', async () => {
    await withFile(async (makeWorld) => {
      const undisturbed = await makeWorld().start('r1', plan(remediation()));
      const { points } = undisturbed.life;
      let resumes = 0;
      for (let point = 3; point < points.length; point += 5) {
        const world = makeWorld();
        expect(await world.start('r1', plan(remediation()), { diesAt: point })).toHaveProperty('died');
        world.clock.advance(90_000);
        const journal = await world.journal();
        const info = (await journal.runs())[0];
        if (info?.state !== 'interrupted') continue;
        resumes += 1;
        const { view } = resultOf(await world.resume('r1'));
        const place = `${point}: ${points[point]}`;
        expect([place, view.hosts[0]?.outcome]).toEqual([place, 'remediated']);
        const machine = world.machine();
        expect([machine.count('install'), machine.count('reboot'), machine.policy]).toEqual([1, 1, 'admins-own']);
        expect(await journal.openObligations()).toEqual([]);
        // What another process reads from the file is what the run itself saw.
        expect(foldRun(await journal.plan('r1'), await journal.events('r1'))).toEqual(view);
      }
      expect(resumes).toBeGreaterThan(10);
    });
    // every event is flushed to a disk that others use, too
  }, 600_000);
});
