/** One host's way through a plan: outcomes, blocks, retries, `until`, deadlines. */
import { describe, expect, it } from '@jest/globals';
import { FirebreakError, type HostView, type Plan, type PlannedNode, type RunEvent } from '../../src/domain/index.ts';
import { resultOf, World, type WorldOptions } from './support/controller.ts';
import { block, plan, remediation, step } from './support/plans.ts';

async function runHost(
  steps: PlannedNode[],
  options: WorldOptions & { readonly prepare?: (world: World) => void; readonly plan?: Partial<Plan> } = {},
): Promise<{ world: World; host: HostView; exitCode: number; events: readonly RunEvent[] }> {
  const world = new World(options);
  options.prepare?.(world);
  const { view, exitCode } = resultOf(await world.start('r1', plan(steps, options.plan)));
  const [host] = view.hosts;
  if (host === undefined) throw new Error('no host in the view');
  return { world, host, exitCode, events: await (await world.journal()).events('r1') };
}

function outcomes(host: HostView): string[] {
  return host.steps.map((one) => `${one.id} ${one.outcome ?? one.state}`);
}

describe('the outcome of a host', () => {
  it('is remediated after shield, install and reboot, with the shield down again', async () => {
    const { world, host, exitCode } = await runHost(remediation());
    expect(host).toMatchObject({ outcome: 'remediated', standingShields: 0, installs: 1, reboots: 1, error: null });
    expect(host.verdict).toMatchObject({ fixed: true });
    expect(exitCode).toBe(0);
    expect(world.machine().history).toEqual([
      'stage',
      'policy shield',
      'script',
      'install',
      'reboot',
      'policy admins-own',
    ]);
  });

  it('is compliant when the host is patched already, and nothing is touched', async () => {
    const { world, host } = await runHost(remediation(), { machines: { web01: { vulnerable: false } } });
    expect(host).toMatchObject({ outcome: 'compliant', reason: 'KB is there' });
    expect(host.steps.at(-1)?.state).toBe('not-run');
    expect(world.machine().history).toEqual([]);
  });

  it('is not-applicable when the verdict says so', async () => {
    const { host } = await runHost(remediation(), { machines: { web01: { applicable: false } } });
    expect(host.outcome).toBe('not-applicable');
  });

  it('is failed when the installer fails; rescue runs, the shield stands and is counted', async () => {
    const { world, host, exitCode } = await runHost(remediation(), { machines: { web01: { exitCode: 1603 } } });
    expect(host).toMatchObject({ outcome: 'failed', standingShields: 1, reason: 'install: exit code 1603' });
    expect(host.error?.code).toBe('FB_PACKAGE_EXIT');
    expect(exitCode).toBe(3);
    expect(world.machine().history).toEqual(['stage', 'policy shield', 'script', 'install', 'evidence']);
    expect(outcomes(host)).toContain('revert skipped');
    expect(host.owesAlways).toBe(false);
  });

  it('is unreachable when the host never answered, with its cause', async () => {
    const { host } = await runHost(remediation(), {
      prepare: (world) => {
        world.machine().offlineUntil = Number.POSITIVE_INFINITY;
      },
    });
    expect(host).toMatchObject({ outcome: 'unreachable', reason: 'verify: web01: no answer' });
    expect(host.steps[0]?.attempts).toBe(3);
  });

  it('is unreachable when the host does not come back from its reboot; always stays owed', async () => {
    const { host } = await runHost(remediation(), {
      prepare: (world) => {
        world.machine().returnsFromReboot = false;
      },
    });
    expect(host).toMatchObject({ outcome: 'unreachable', standingShields: 1, owesAlways: true });
    expect(host.error?.code).toBe('FB_REBOOT_NOT_BACK');
    expect(outcomes(host)).toContain('evidence not-run');
  });

  it('is unhealthy when only the health check failed on a fixed host', async () => {
    const { host } = await runHost(remediation(), {
      prepare: (world) => {
        world.machine().healthy = false;
      },
    });
    expect(host).toMatchObject({ outcome: 'unhealthy', standingShields: 0 });
  });

  it('is shielded when nothing failed, the verdict is not fixed and the shield stands', async () => {
    const { host } = await runHost([step('shield', 'shield.apply'), step('verify', 'patch.verify')]);
    expect(host).toMatchObject({ outcome: 'shielded', standingShields: 1, reason: '1 shield stands; KB is missing' });
  });

  it('is never compliant on a host that is still vulnerable', async () => {
    const { host } = await runHost([step('verify', 'patch.verify')]);
    expect(host).toMatchObject({ outcome: 'failed', reason: 'not fixed: KB is missing' });
  });

  it('is needs-operator when a step asks for a person; neither rescue nor always runs', async () => {
    const ask = step('ask', 'powershell.run', { with: { ask: true } });
    const rest = { rescue: [step('evidence', 'evidence.collect')], always: [step('revert', 'shield.revert')] };
    const { host } = await runHost([block('main', { block: [ask], ...rest })]);
    expect(host).toMatchObject({ outcome: 'needs-operator', owesAlways: true, reason: 'ask: somebody must decide' });
    expect(outcomes(host)).toEqual(['ask parked', 'evidence not-run', 'revert not-run']);
  });

  it('is failed when a step was refused', async () => {
    const { host } = await runHost([step('ask', 'powershell.run', { with: { refuse: true } })]);
    expect(host).toMatchObject({ outcome: 'failed', reason: 'ask: not on this host' });
    expect(outcomes(host)).toEqual(['ask refused']);
  });

  it('is what host.end gives, which settles a failure in rescue', async () => {
    const end = step('end', 'host.end', { with: { outcome: 'excepted', reason: 'known' } });
    const nodes = [block('main', { block: [step('fail', 'fail', { with: { message: 'no' } })], rescue: [end] })];
    expect((await runHost(nodes)).host).toMatchObject({ outcome: 'excepted', reason: 'known' });
  });

  it('stays failed when rescue ends the host without an outcome', async () => {
    const nodes = [
      block('main', { block: [step('fail', 'fail', { with: { message: 'no' } })], rescue: [step('end', 'host.end')] }),
    ];
    expect((await runHost(nodes)).host).toMatchObject({ outcome: 'failed', reason: 'fail: no' });
  });

  it('is failed when always failed after host.end gave a better outcome', async () => {
    const end = step('end', 'host.end', { with: { outcome: 'compliant' } });
    const always = [step('bad', 'fail', { with: { message: 'no' } }), step('facts', 'host.facts')];
    const { host } = await runHost([block('main', { block: [end], always })]);
    expect(host.outcome).toBe('failed');
    expect(outcomes(host)).toEqual(['end ok', 'bad failed', 'facts ok']);
  });
});

describe('blocks', () => {
  it('skip all their steps when their condition is false', async () => {
    const nodes = [
      block('main', { if: '1 == 2', block: [step('a', 'host.facts')], always: [step('b', 'host.facts')] }),
    ];
    const { host } = await runHost(nodes);
    expect(outcomes(host)).toEqual(['a skipped', 'b skipped']);
    expect(host).toMatchObject({ outcome: 'compliant', owesAlways: false });
  });

  it('run rescue and always from the inside out', async () => {
    const inner = block('inner', {
      block: [step('fail', 'fail', { with: { message: 'no' } })],
      rescue: [step('r1', 'host.facts')],
      always: [step('a1', 'host.facts')],
    });
    const outer = block('outer', {
      block: [inner],
      rescue: [step('r2', 'host.facts')],
      always: [step('a2', 'host.facts')],
    });
    const { events } = await runHost([outer, step('after', 'host.facts')]);
    const order = events.flatMap((event) => (event.type === 'StepFinished' ? [event.step] : []));
    expect(order).toEqual(['fail', 'r1', 'a1', 'r2', 'a2']);
  });

  it('give a condition that cannot be evaluated as the failure', async () => {
    const { host } = await runHost([step('a', 'host.facts', { if: 'vars.nothing == 1' })]);
    expect(host.outcome).toBe('failed');
    expect(host.error?.code).toBe('FB_STEP_CONDITION');
  });
});

describe('attempts', () => {
  it('are repeated after a lost connection, as often as retries says', async () => {
    const { host, events } = await runHost([step('verify', 'patch.verify')], {
      machines: { web01: { vulnerable: false } },
      prepare: (world) => {
        world.machine().offlineUntil = world.clock.now() + 8_000;
      },
    });
    expect(host).toMatchObject({ outcome: 'compliant' });
    expect(host.steps[0]?.attempts).toBe(3);
    expect(events.filter((event) => event.type === 'AttemptFailed')).toHaveLength(2);
  });

  it('are not repeated after an answer that will not change', async () => {
    const { host } = await runHost([step('fail', 'fail', { with: { message: 'no' } })]);
    expect(host.steps[0]).toMatchObject({ attempts: 1, outcome: 'failed' });
  });

  it('count evaluations when there is an until', async () => {
    const verify = step('verify', 'patch.verify', { until: 'result.fixed == true', retries: 3, delayMs: 1_000 });
    const { host } = await runHost([verify]);
    expect(host.steps[0]).toMatchObject({ attempts: 4, outcome: 'failed', result: { fixed: false } });
    expect(host.error).toMatchObject({ code: 'FB_STEP_UNTIL', retryable: false });
    expect(host.error?.message).toContain('after 4 evaluations');
  });

  it('act anew in each round of an until', async () => {
    const script = step('script', 'powershell.run', { until: 'result.runs >= 3', retries: 5, delayMs: 1_000 });
    const { world, host } = await runHost([script]);
    expect(world.machine().scriptRuns).toBe(3);
    expect(host.steps[0]).toMatchObject({ outcome: 'changed', attempts: 3 });
  });

  it('share one deadline', async () => {
    const verify = step('verify', 'patch.verify', {
      until: 'result.fixed == true',
      retries: 99,
      delayMs: 30_000,
      timeout: 100_000,
    });
    const { host } = await runHost([verify]);
    expect(host.steps[0]?.attempts).toBe(4);
    expect(host.steps[0]?.durationMs).toBeLessThanOrEqual(100_000);
  });

  it('end as timed-out when the installer does not end, without a second one', async () => {
    const { world, host } = await runHost(remediation(), { machines: { web01: { installMs: 10 * 3_600_000 } } });
    expect(host.steps.find((one) => one.id === 'install')).toMatchObject({ outcome: 'timed-out' });
    expect(host.error).toMatchObject({ code: 'FB_DEADLINE', message: 'not done after 30m' });
    expect(world.machine().count('install')).toBe(1);
    expect(host.outcome).toBe('failed');
  });

  it('outlast a network that is away while the installer works', async () => {
    const { world, host } = await runHost(remediation(), {
      machines: { web01: { installMs: 600_000 } },
      prepare: (world) => {
        const machine = world.machine();
        const start = machine.startInstaller.bind(machine);
        machine.startInstaller = () => {
          start();
          machine.offlineUntil = world.clock.now() + 1_200_000;
        };
      },
    });
    expect(host.outcome).toBe('remediated');
    expect(world.machine().count('install')).toBe(1);
  });

  it('take a timeout from an input', async () => {
    const steps = [step('verify', 'patch.verify', { timeout: `\${{ inputs.limit }}`, until: 'false', retries: 9 })];
    const { host } = await runHost(steps, { plan: { inputs: { limit: '12s' } } });
    expect(host.steps[0]?.attempts).toBe(3);
    const { host: bad } = await runHost(steps, { plan: { inputs: { limit: 'soon' } } });
    expect(bad.error?.code).toBe('FB_INPUT_INVALID');
  });

  it('are given up at the deadline even when the action heeds nothing', async () => {
    const world = new World();
    const end = await world.start('r1', plan([step('verify', 'patch.verify', { retries: 0 })]), {
      change: (deps) => {
        const verify = deps.actions.get('patch.verify');
        if (verify?.kind !== 'read') throw new Error('no verify');
        const deaf = { ...verify, read: () => new Promise<never>(() => {}) };
        return { ...deps, actions: new Map([...deps.actions, ['patch.verify', deaf]]) };
      },
    });
    expect(resultOf(end).view.hosts[0]?.steps[0]).toMatchObject({ outcome: 'timed-out' });
  });

  it('do not try a refused logon again: the account would be locked', async () => {
    const world = new World();
    let logons = 0;
    const end = await world.start('r1', plan(remediation()), {
      change: (deps) => ({
        ...deps,
        openSession: () => {
          logons += 1;
          return Promise.reject(new FirebreakError('FB_AUTH_DENIED', 'wrong password'));
        },
      }),
    });
    expect(logons).toBe(1);
    expect(resultOf(end).view.hosts[0]).toMatchObject({ outcome: 'failed', reason: 'verify: wrong password' });
  });

  it.each([
    { refusals: 2, outcome: 'remediated' },
    { refusals: 9, outcome: 'failed' },
  ])('take $refusals refusals after a restart for a host that starts, and never hammer', async (expected) => {
    const world = new World();
    const boot = world.machine().bootTime;
    const refusedAt: number[] = [];
    const end = await world.start('r1', plan(remediation()), {
      change: (deps) => ({
        ...deps,
        openSession: async (host, how) => {
          const session = await deps.openSession(host, how);
          if (world.machine().bootTime === boot || refusedAt.length >= expected.refusals) return session;
          refusedAt.push(world.clock.now());
          throw new FirebreakError('FB_AUTH_DENIED', 'wrong password');
        },
      }),
    });
    expect(resultOf(end).view.hosts[0]).toMatchObject({ outcome: expected.outcome, reboots: 1 });
    expect(refusedAt).toHaveLength(Math.min(3, expected.refusals));
    for (const [index, at] of refusedAt.entries()) {
      if (index > 0) expect(at - (refusedAt[index - 1] ?? 0)).toBeGreaterThanOrEqual(20_000);
    }
  });

  it('take a session that is refused while an installer works for a lost one', async () => {
    const world = new World();
    let isRefused = false;
    const end = await world.start('r1', plan(remediation()), {
      change: (deps) => {
        const install = deps.actions.get('package.install');
        if (install?.kind !== 'change') throw new Error('no install');
        const refusedOnce: typeof install = {
          ...install,
          recover: (...given) => {
            if (isRefused) return install.recover(...given);
            isRefused = true;
            return Promise.reject(new FirebreakError('FB_AUTH_DENIED', 'wrong password'));
          },
        };
        return { ...deps, actions: new Map([...deps.actions, ['package.install', refusedOnce]]) };
      },
    });
    expect(isRefused).toBe(true);
    expect(resultOf(end).view.hosts[0]).toMatchObject({ outcome: 'remediated', installs: 1 });
  });
});

describe('a bug in an action', () => {
  it('is a failed step, not the end of the run', async () => {
    const world = new World();
    const end = await world.start('r1', plan([step('verify', 'patch.verify')]), {
      change: (deps) => {
        const verify = deps.actions.get('patch.verify');
        if (verify?.kind !== 'read') throw new Error('no verify');
        const broken = { ...verify, read: () => Promise.reject(new TypeError('x is undefined')) };
        return { ...deps, actions: new Map([...deps.actions, ['patch.verify', broken]]) };
      },
    });
    expect(resultOf(end).view.hosts[0]?.error).toMatchObject({ code: 'FB_BUG', message: 'x is undefined' });
  });
});
