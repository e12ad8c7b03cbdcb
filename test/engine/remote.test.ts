/** A run whose hosts are worked on elsewhere ends as one whose hosts are worked on here. */
import { describe, expect, it } from '@jest/globals';
import type { HostTask } from '../../src/domain/index.ts';
import { type EngineDeps, foldRun, workOnHost } from '../../src/engine/index.ts';
import { resultOf, World } from './support/controller.ts';
import { host, plan, remediation } from './support/plans.ts';

/** Hosts are handed to a worker that shares nothing with the leader but the journal. */
function withWorker(tasks: HostTask[]) {
  return (deps: EngineDeps): EngineDeps => ({
    ...deps,
    remote: {
      async work(task, { onLook }) {
        tasks.push(task);
        await workOnHost(deps, task, { by: 'worker@there', signal: new AbortController().signal });
        await onLook();
      },
    },
  });
}

const machines = { web01: {}, web02: {}, web03: {} };
const somePlan = () => plan(remediation(), { hosts: Object.keys(machines).map((name) => host(name)) });

describe('hosts that are worked on elsewhere', () => {
  it('end as they do here, and the leader has seen all of it', async () => {
    const here = new World({ machines, hasMarker: true });
    const local = resultOf(await here.start('r1', somePlan()));
    const there = new World({ machines, hasMarker: true });
    const tasks: HostTask[] = [];
    const shown: string[] = [];
    const { view, exitCode } = resultOf(
      await there.start('r1', somePlan(), { change: withWorker(tasks), onEvent: (event) => shown.push(event.type) }),
    );
    expect(exitCode).toBe(local.exitCode);
    expect(view.hosts.map(({ name, outcome }) => [name, outcome])).toEqual(
      local.view.hosts.map(({ name, outcome }) => [name, outcome]),
    );
    expect(tasks.map((task) => task.host).toSorted()).toEqual(['web01', 'web02', 'web03']);
    expect(shown.filter((type) => type === 'HostFinished').length).toBeGreaterThanOrEqual(3);
    for (const name of Object.keys(machines)) {
      const machine = there.machine(name);
      expect([machine.count('install'), machine.count('reboot')]).toEqual([1, 1]);
    }
    const journal = await there.journal();
    expect(foldRun(await journal.plan('r1'), await journal.events('r1'))).toEqual(view);
  });

  it('are left alone when a task comes a second time', async () => {
    const world = new World({ machines, hasMarker: true });
    const tasks: HostTask[] = [];
    await world.start('r1', somePlan(), {
      change: (deps) => {
        const once = withWorker(tasks)(deps);
        return {
          ...once,
          remote: {
            async work(task, options) {
              await once.remote?.work(task, options);
              await once.remote?.work(task, options);
            },
          },
        };
      },
    });
    expect(tasks).toHaveLength(6);
    for (const name of Object.keys(machines)) expect(world.machine(name).count('install')).toBe(1);
  });
});
