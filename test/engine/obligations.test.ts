/** What is owed to a host: undos and `always`, over crashes, unreachable hosts, resumes and reruns. */
import { describe, expect, it } from '@jest/globals';
import { type ChangeAction, FirebreakError, type RunEvent } from '../../src/domain/index.ts';
import {
  abortRun,
  answerQuestion,
  dischargeObligations,
  type EngineDeps,
  listShields,
} from '../../src/engine/index.ts';
import { resultOf, World } from './support/controller.ts';
import { Life } from './support/life.ts';
import { block, host, plan, remediation, step } from './support/plans.ts';

/** The first run fails at the installer, so that its shield stands. */
async function shieldedByFailure(): Promise<World> {
  const world = new World({ machines: { web01: { exitCode: 1603, installMs: 1_000 } } });
  resultOf(await world.start('r1', plan(remediation())));
  expect(world.machine().policy).toBe('shield');
  return world;
}

describe('rerun', () => {
  it('keeps the first prior and takes the shield down once the host is fixed', async () => {
    const world = await shieldedByFailure();
    world.machine().exitCode = 3010;
    const { view } = resultOf(await world.start('r2', plan(remediation()), { parent: 'r1' }));
    expect(view.hosts[0]).toMatchObject({ outcome: 'remediated', standingShields: 0 });
    expect(world.machine().policy).toBe('admins-own');
    expect(world.machine().count('policy shield')).toBe(1);
    const journal = await world.journal();
    expect(await journal.openObligations()).toEqual([]);
    const handed = (await journal.events('r1')).filter((event) => event.type === 'ObligationDischarged');
    expect(handed.map((event) => event.how)).toContain('handed-over');
  });

  it('keeps the first date of a shield in the ledger', async () => {
    const world = await shieldedByFailure();
    const [before] = await listShields(await world.journal());
    world.clock.advance(86_400_000);
    resultOf(await world.start('r2', plan(remediation()), { parent: 'r1' }));
    const shields = await listShields(await world.journal());
    expect(shields).toHaveLength(1);
    expect(shields[0]).toMatchObject({ run: 'r2', obligation: before?.obligation, since: before?.since });
  });

  it('knows what is owed before its first step looks at the host', async () => {
    const world = new World();
    resultOf(await world.start('r1', plan([step('shield', 'shield.apply')])));
    const { view } = resultOf(await world.start('r2', plan([step('shield', 'shield.apply')])));
    expect(view.hosts[0]).toMatchObject({ outcome: 'shielded', standingShields: 1 });
    const open = await (await world.journal()).openObligations();
    expect(open).toMatchObject([{ run: 'r2', prior: { policy: 'admins-own' } }]);
  });

  it('leaves the shield on a host that is still vulnerable', async () => {
    const world = await shieldedByFailure();
    const { view } = resultOf(await world.start('r2', plan(remediation()), { parent: 'r1' }));
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', standingShields: 1 });
    expect(world.machine().policy).toBe('shield');
  });

  it('takes the shield down on a host that was patched meanwhile, although its block is not run', async () => {
    const world = await shieldedByFailure();
    world.machine().exitCode = 0;
    world.machine().reboot();
    world.clock.advance(600_000);
    const { view } = resultOf(await world.start('r2', plan(remediation()), { parent: 'r1' }));
    expect(view.hosts[0]).toMatchObject({ outcome: 'compliant', standingShields: 0 });
    expect(world.machine().policy).toBe('admins-own');
  });

  it('leaves the shield of another advisory alone', async () => {
    const world = await shieldedByFailure();
    world.machine().exitCode = 0;
    world.machine().reboot();
    world.clock.advance(600_000);
    const other = plan(remediation(), { advisory: { advisory: 'cve-2' } });
    expect(resultOf(await world.start('r2', other)).view.hosts[0]?.outcome).toBe('compliant');
    expect(world.machine().policy).toBe('shield');
    expect(await listShields(await world.journal())).toHaveLength(1);
  });

  it('acts with the first prior when our shield is there only in part', async () => {
    const world = await shieldedByFailure();
    const machine = world.machine();
    machine.policy = 'half a shield';
    machine.exitCode = 3010;
    resultOf(await world.start('r2', plan(remediation()), { parent: 'r1' }));
    expect(machine.policy).toBe('admins-own');
    const intents = (await (await world.journal()).events('r2')).filter((event) => event.type === 'StepIntended');
    expect(intents.find((event) => event.step === 'shield')?.prior).toEqual({ policy: 'admins-own' });
  });

  it('says so when somebody changed what we had set, and leaves it', async () => {
    const world = await shieldedByFailure();
    const machine = world.machine();
    machine.policy = 'somebody elses';
    machine.exitCode = 0;
    machine.reboot();
    world.clock.advance(600_000);
    const { view } = resultOf(await world.start('r2', plan(remediation()), { parent: 'r1' }));
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', standingShields: 1 });
    expect(view.hosts[0]?.error?.code).toBe('FB_SHIELD_CONFLICT');
    expect(machine.policy).toBe('somebody elses');
  });
});

describe('rerun with another method', () => {
  /** Shields of several methods, each with a state of its own. */
  function byMethod(deps: EngineDeps, world: World): EngineDeps {
    const shield = deps.actions.get('shield.apply');
    if (shield?.kind !== 'change') throw new Error('no shield');
    const { history } = world.machine();
    const several: ChangeAction = {
      ...shield,
      isSameChange: (needed, owed) => needed['method'] === owed['method'],
      async probe(context, { method = null }) {
        const owed = (await context.openUndos()).some(({ prior }) => prior['method'] === method);
        return owed ? { state: 'satisfied', result: {} } : { state: 'needed', prior: { method } };
      },
      async act(_context, _args, { method }) {
        if (method === 'firewall') throw new FirebreakError('FB_SHIELD_REFUSED', 'not here');
        history.push(`up ${String(method)}`);
        return { state: 'done' };
      },
      recover: async () => ({ state: 'not-started' }),
      prove: async (_context, _args, { method = null }) => ({ proven: true, result: { state: method } }),
      async undo(_context, { prior }) {
        history.push(`down ${String(prior['method'])}`);
        return { undone: true, result: {} };
      },
    };
    return { ...deps, actions: new Map([...deps.actions, ['shield.apply', several]]) };
  }

  it('puts that one up too and owes the undo of both', async () => {
    const world = new World();
    const change = (deps: EngineDeps) => byMethod(deps, world);
    const shield = (method: string) => plan([step('shield', 'shield.apply', { with: { method } })]);
    resultOf(await world.start('r1', shield('dcom'), { change }));
    const { view } = resultOf(await world.start('r2', shield('ipsec'), { change, parent: 'r1' }));
    expect(world.machine().history).toEqual(['up dcom', 'up ipsec']);
    expect(view.hosts[0]).toMatchObject({ outcome: 'shielded', standingShields: 2 });
    const shields = await listShields(await world.journal());
    expect(shields.map(({ prior }) => prior)).toEqual([{ method: 'dcom' }, { method: 'ipsec' }]);
  });

  it('keeps the undo of the first when the other is refused', async () => {
    const world = new World();
    const change = (deps: EngineDeps) => byMethod(deps, world);
    const shield = (method: string) => plan([step('shield', 'shield.apply', { with: { method } })]);
    resultOf(await world.start('r1', shield('dcom'), { change }));
    const { view } = resultOf(await world.start('r2', shield('firewall'), { change, parent: 'r1' }));
    expect(view.hosts[0]).toMatchObject({ outcome: 'failed', standingShields: 1 });
    expect(await listShields(await world.journal())).toMatchObject([{ run: 'r2', prior: { method: 'dcom' } }]);
  });
});

describe('an always that could not be run', () => {
  const steps = () => [
    block('main', {
      block: [step('stage', 'package.stage'), step('reboot', 'host.reboot', { timeout: 300_000 })],
      always: [step('script', 'powershell.run', { with: { test: true } })],
    }),
  ];

  it('is run by a later run from the plan that owed it, in the record of the run that owed it', async () => {
    const world = new World();
    world.machine().returnsFromReboot = false;
    const first = resultOf(await world.start('r1', plan(steps()))).view.hosts[0];
    expect(first).toMatchObject({ outcome: 'unreachable', owesAlways: true });
    expect(world.machine().scriptRuns).toBe(0);

    const machine = world.machine();
    machine.returnsFromReboot = true;
    machine.reboot();
    world.clock.advance(600_000);
    resultOf(await world.start('r2', plan([step('again', 'package.stage')]), { parent: 'r1' }));
    expect(machine.scriptRuns).toBe(1);
    const journal = await world.journal();
    expect(await journal.openObligations()).toEqual([]);
    const late = (await journal.events('r1')).filter(
      (event) => event.type === 'StepFinished' && event.step === 'script',
    );
    expect(late).toMatchObject([{ outcome: 'changed' }]);
  });

  it('is run by a later run wherever that dies, once it is resumed', async () => {
    for (let diesAt = 0; ; diesAt += 1) {
      const world = new World();
      const machine = world.machine();
      machine.returnsFromReboot = false;
      await world.start('r1', plan(steps()));
      machine.returnsFromReboot = true;
      machine.reboot();
      world.clock.advance(600_000);
      const later = plan([step('again', 'package.stage')]);
      const end = await world.start('r2', later, { parent: 'r1', diesAt });
      const journal = await world.journal();
      const isBegun = (await journal.runs()).some(({ run }) => run === 'r2');
      const isOver = (await journal.runs()).some(({ run, state }) => run === 'r2' && state === 'completed');
      if ('died' in end && !isOver) {
        resultOf(isBegun ? await world.resume('r2') : await world.start('r2', later, { parent: 'r1' }));
      }
      expect({ diesAt, owed: await journal.openObligations() }).toEqual({ diesAt, owed: [] });
      expect({ diesAt, runs: machine.scriptRuns }).toEqual({ diesAt, runs: 1 });
      if (!('died' in end)) return;
    }
  });

  it('is tried again after a look at which the host was held by another store', async () => {
    const world = new World({ hasMarker: true });
    const machine = world.machine();
    machine.returnsFromReboot = false;
    resultOf(await world.start('r1', plan(steps())));
    machine.returnsFromReboot = true;
    machine.reboot();
    world.clock.advance(600_000);
    const later = plan([step('again', 'package.stage')]);
    machine.marker = 'another store';
    resultOf(await world.start('r2', later));
    expect(machine.scriptRuns).toBe(0);
    machine.marker = null;
    resultOf(await world.start('r3', later));
    expect(machine.scriptRuns).toBe(1);
    expect(await (await world.journal()).openObligations()).toEqual([]);
  });

  it('is tried again after a look at which the host refused our logon', async () => {
    const world = new World({ machines: { web01: {}, web02: {} } });
    const machine = world.machine();
    machine.returnsFromReboot = false;
    const hosts = [host('web01', { wave: 0 }), host('web02', { wave: 1 })];
    const waves = hosts.map(({ name }) => ({ name, hosts: [name] }));
    const run = plan(steps(), { hosts, waves });
    const stop = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'WaveStarted' && event.wave === 'web02') stop.abort();
    };
    expect(resultOf(await world.start('r1', run, { onEvent, signal: stop.signal })).how).toBe('paused');
    machine.returnsFromReboot = true;
    machine.reboot();
    world.clock.advance(600_000);

    const change = (deps: EngineDeps): EngineDeps => ({
      ...deps,
      openSession: (target, options) =>
        target.name === 'web01'
          ? Promise.reject(new FirebreakError('FB_AUTH_DENIED', 'the password is wrong'))
          : deps.openSession(target, options),
    });
    resultOf(await world.resume('r1', { change }));
    expect(machine.scriptRuns).toBe(0);
    expect(await (await world.journal()).openObligations()).toMatchObject([{ kind: 'always', host: 'web01' }]);
    resultOf(await world.start('r2', plan([step('again', 'package.stage')]), { parent: 'r1' }));
    expect(machine.scriptRuns).toBe(1);
    expect(await (await world.journal()).openObligations()).toEqual([]);
  });

  it('is left to its own run as long as that has not ended with the host', async () => {
    const world = new World();
    const question = step('sure', 'operator.confirm', { with: { question: 'Go on?' } });
    const asks = block('main', {
      block: [question, step('stage', 'package.stage')],
      always: [step('script', 'powershell.run', { with: { test: true } })],
    });
    resultOf(await world.start('r1', plan([asks])));
    resultOf(await world.start('r2', plan([step('shield', 'shield.apply')])));
    expect(world.machine().history).toEqual(['policy shield']);

    const journal = await world.journal();
    const at = new Date(world.clock.now()).toISOString();
    await answerQuestion(journal, { run: 'r1', host: 'web01', step: 'sure', answer: 'yes', by: 'ann@desk', at });
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ owesAlways: false });
    expect(world.machine().history).toEqual(['policy shield', 'stage', 'script']);
  });

  it('is run by a later run once its own was given up', async () => {
    const world = new World();
    const question = step('sure', 'operator.confirm', { with: { question: 'Go on?' } });
    const always = [step('script', 'powershell.run', { with: { test: true } })];
    resultOf(await world.start('r1', plan([block('main', { block: [question], always })])));
    await abortRun(await world.journal(), 'r1', 'given up');
    resultOf(await world.start('r2', plan([step('shield', 'shield.apply')])));
    expect(world.machine().history).toEqual(['policy shield', 'script']);
  });

  it('is run by the resume of its own run', async () => {
    const hosts = [host('web01'), host('web02')];
    const world = new World({ machines: { web01: {}, web02: {} } });
    world.machine('web01').returnsFromReboot = false;
    const sequential = plan(steps(), { hosts, forks: 1 });
    const points = (await world.start('r0', sequential)).life.points;
    const at = points.findIndex((point) => point.startsWith('after append HostFinished')) + 4;

    const other = new World({ machines: { web01: {}, web02: {} } });
    const machine = other.machine('web01');
    machine.returnsFromReboot = false;
    expect(await other.start('r1', sequential, { diesAt: at })).toHaveProperty('died');
    machine.returnsFromReboot = true;
    machine.reboot();
    other.clock.advance(600_000);
    const { view } = resultOf(await other.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'unreachable', owesAlways: false });
    expect(machine.scriptRuns).toBe(1);
    expect(await (await other.journal()).openObligations()).toEqual([]);
    expect([...other.store.leases]).toEqual([]);
  });
});

describe('shields revert', () => {
  async function revert(world: World, force: boolean) {
    const { deps } = await world.deps(new Life(), 'reverter');
    const shields = await listShields(deps.journal);
    const signal = new AbortController().signal;
    return dischargeObligations(deps, { shields, force, timeoutMs: 60_000, signal });
  }

  it('refuses on a host that is still vulnerable', async () => {
    const world = await shieldedByFailure();
    expect(await revert(world, false)).toMatchObject([{ state: 'refused', error: { code: 'FB_STEP_REFUSED' } }]);
    expect(world.machine().policy).toBe('shield');
    expect([...world.store.leases]).toEqual([]);
  });

  it('opens it all the same when forced', async () => {
    const world = await shieldedByFailure();
    expect(await revert(world, true)).toMatchObject([{ state: 'undone', error: null }]);
    expect(world.machine().policy).toBe('admins-own');
    expect(await listShields(await world.journal())).toEqual([]);
  });

  it('never discharges on a host that it cannot reach', async () => {
    const world = await shieldedByFailure();
    world.machine().offlineUntil = Number.POSITIVE_INFINITY;
    expect(await revert(world, true)).toMatchObject([{ state: 'unreachable' }]);
    expect(await listShields(await world.journal())).toHaveLength(1);
  });

  it('keeps away from a host that a run has', async () => {
    const world = await shieldedByFailure();
    const end = await world.start('r2', plan(remediation()), { parent: 'r1', diesAt: 30 });
    expect(end).toHaveProperty('died');
    const states = await revert(world, true);
    expect(states.every((one) => one.state === 'refused')).toBe(true);
    expect(world.machine().policy).toBe('shield');
  });

  it('takes off what was put on top first, and names the shields as they were asked for', async () => {
    const world = new World();
    let value = 'from before';
    const layered = ({ actions }: EngineDeps): EngineDeps['actions'] => {
      const shield = actions.get('shield.apply') as ChangeAction;
      const apply: ChangeAction = {
        ...shield,
        probe: async () => ({ state: 'needed', prior: { was: value } }),
        act: async (_step, args) => {
          value = String(args['to']);
          return { state: 'done' };
        },
        prove: async () => ({ proven: true, result: {} }),
        undo: async (_step, { args, prior }) => {
          if (value !== args['to'] && value !== prior['was']) return { undone: false, result: {} };
          value = String(prior['was']);
          return { undone: true, result: {} };
        },
      };
      return new Map([...actions, ['shield.apply', apply]]);
    };
    const steps = ['one', 'two'].map((id) => step(id, 'shield.apply', { with: { to: id } }));
    resultOf(await world.start('r1', plan(steps), { change: (deps) => ({ ...deps, actions: layered(deps) }) }));
    expect(value).toBe('two');
    const { deps } = await world.deps(new Life(), 'reverter');
    const shields = await listShields(deps.journal);
    const options = { shields, force: true, timeoutMs: 60_000, signal: new AbortController().signal };
    const outcomes = await dischargeObligations({ ...deps, actions: layered(deps) }, options);
    expect(outcomes).toMatchObject([
      { step: 'one', state: 'undone' },
      { step: 'two', state: 'undone' },
    ]);
    expect(value).toBe('from before');
  });
});

describe('an undo', () => {
  it('is not owed when the change was refused before it began', async () => {
    const world = new World();
    const end = await world.start('r1', plan([step('shield', 'shield.apply')]), {
      change: (deps) => {
        const shield = deps.actions.get('shield.apply');
        if (shield?.kind !== 'change') throw new Error('no shield');
        const refusing = { ...shield, act: () => Promise.reject(new FirebreakError('FB_SHIELD_REFUSED', 'no')) };
        return { ...deps, actions: new Map([...deps.actions, ['shield.apply', refusing]]) };
      },
    });
    expect(resultOf(end).view.hosts[0]).toMatchObject({ outcome: 'failed', standingShields: 0 });
    expect(await listShields(await world.journal())).toEqual([]);
  });
});
