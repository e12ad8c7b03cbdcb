/** Questions to a person: asked, parked, answered, taken up again. */
import { describe, expect, it } from '@jest/globals';
import type { HostView, PlannedNode, RunEvent } from '../../src/domain/index.ts';
import { answerQuestion, listShields } from '../../src/engine/index.ts';
import { resultOf, World, type WorldOptions } from './support/controller.ts';
import { block, host, plan, remediation, step } from './support/plans.ts';

function template(expression: string): string {
  return ['$', '{{ ', expression, ' }}'].join('');
}

function confirm(id = 'sure', rest: Parameters<typeof step>[2] = {}): PlannedNode {
  const question = `Evidence: ${template('steps.verify.reason')}. Go on?`;
  return step(id, 'operator.confirm', { with: { question }, ...rest });
}

/** verify, end when fixed, ask, then all the rest. */
function asking(): PlannedNode[] {
  const [verify, done, ...rest] = remediation();
  return [verify!, done!, confirm(), ...rest];
}

async function answer(world: World, value: string, where: { host?: string; step?: string; run?: string } = {}) {
  const { run = 'r1', host: name = 'web01', step: id } = where;
  const at = new Date(world.clock.now()).toISOString();
  return answerQuestion(await world.journal(), { run, host: name, step: id, answer: value, by: 'ann@desk', at });
}

async function parked(steps: PlannedNode[] = asking(), options: WorldOptions = {}) {
  const world = new World(options);
  const result = resultOf(await world.start('r1', plan(steps)));
  return { world, result, host: result.view.hosts[0]! };
}

async function eventsOf(world: World, run = 'r1'): Promise<readonly RunEvent[]> {
  return (await world.journal()).events(run);
}

function count(events: readonly RunEvent[], type: RunEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

function outcomes(view: HostView): string[] {
  return view.steps.map((one) => `${one.id} ${one.outcome ?? one.state}`);
}

describe('a question in an unattended run', () => {
  it('parks the host: no lease, no marker, outcome needs-operator, the run waits', async () => {
    const { world, result, host: view } = await parked(asking(), { hasMarker: true });
    expect(result).toMatchObject({ how: 'waiting', exitCode: 3, reason: '1 host waits for an answer: web01' });
    expect(result.view.state).toBe('waiting');
    expect(view).toMatchObject({
      outcome: 'needs-operator',
      reason: 'sure: Evidence: KB is missing. Go on?',
      questions: [{ step: 'sure', kind: 'confirm', choices: ['yes', 'skip', 'no'], state: 'open', answer: null }],
    });
    expect([...world.store.leases]).toEqual([]);
    expect(world.machine().history).toEqual([]);
    expect((await (await world.journal()).runs())[0]?.state).toBe('waiting');
  });

  it('does not hold the wave up, and counts for no threshold', async () => {
    const hosts = [host('web01', { wave: 0 }), host('web02', { wave: 1 })];
    const world = new World({ machines: { web01: {}, web02: { vulnerable: false } } });
    const waves = [
      { name: 'one', hosts: ['web01'] },
      { name: 'two', hosts: ['web02'] },
    ];
    let held: readonly string[] = [];
    const onEvent = (event: RunEvent) => {
      if (event.type === 'WaveStarted' && event.wave === 'two') {
        held = [...world.store.leases.values()].map((lease) => lease.host);
      }
    };
    const asks = plan(asking(), { hosts, waves, maxFailPercentage: 0 });
    const { view } = resultOf(await world.start('r1', asks, { onEvent }));
    expect(held).toEqual(['web02']);
    expect(view.hosts.map((one) => one.outcome)).toEqual(['needs-operator', 'compliant']);
  });

  it('leaves the host to other runs while it waits', async () => {
    const { world } = await parked();
    const other = resultOf(await world.start('r2', plan([step('stage', 'package.stage')])));
    expect(other.view.hosts[0]?.outcome).toBe('remediated');
  });

  it('goes on to the end after an answer and a resume, having looked again', async () => {
    const { world } = await parked();
    await answer(world, 'YES');
    world.clock.advance(86_400_000);
    const { view, exitCode } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'remediated', standingShields: 0 });
    expect(view.hosts[0]?.questions).toMatchObject([
      { state: 'closed', answer: 'yes', by: 'ann@desk', via: 'command' },
    ]);
    expect(view.hosts[0]?.steps.find((one) => one.id === 'sure')?.result).toMatchObject({
      answer: 'yes',
      by: 'ann@desk',
    });
    expect(exitCode).toBe(0);
    const events = await eventsOf(world);
    const verified = events.filter((event) => event.type === 'StepFinished' && event.step === 'verify');
    expect(verified).toHaveLength(2);
    expect(count(events, 'OperatorAsked')).toBe(1);
    expect([...world.store.leases]).toEqual([]);
  });

  it('is still there to go on with when Ctrl-C comes before the answered host was taken up', async () => {
    const { world } = await parked();
    await answer(world, 'yes');
    const stop = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'RunResumed') stop.abort();
    };
    const stopped = resultOf(await world.resume('r1', { signal: stop.signal, onEvent }));
    expect(stopped).toMatchObject({ how: 'paused', exitCode: 130, reason: 'interrupted' });
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('remediated');
    expect([...world.store.leases]).toEqual([]);
  });

  it('ends the host where a fresh look says that nothing is left to do', async () => {
    const { world } = await parked();
    await answer(world, 'yes');
    // Somebody has installed the update by hand meanwhile.
    world.machine().exitCode = 0;
    world.machine().startInstaller();
    world.clock.advance(600_000);
    world.machine().reboot();
    world.clock.advance(600_000);
    const before = world.machine().count('install');
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'compliant' });
    expect(world.machine().count('install')).toBe(before);
  });

  it('asks anew when the fresh look has changed the question', async () => {
    const steps = [
      step('health', 'health.snapshot'),
      step('sure', 'operator.confirm', { with: { question: `Healthy: ${template('steps.health.healthy')}. Go on?` } }),
      step('stage', 'package.stage'),
    ];
    const { world } = await parked(steps);
    await answer(world, 'yes');
    world.machine().healthy = false;
    const { view, how } = resultOf(await world.resume('r1'));
    expect(how).toBe('waiting');
    expect(view.hosts[0]?.questions).toMatchObject([{ text: 'Healthy: false. Go on?', state: 'open', answer: null }]);
    expect(world.machine().count('stage')).toBe(0);
    await answer(world, 'yes');
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('remediated');
  });

  it('does not look again at what later looks are compared with, once something was changed', async () => {
    const against = { with: { against: 'health' } };
    const steps = [
      step('health', 'health.snapshot'),
      step('stage', 'package.stage'),
      confirm('sure', { with: { question: 'Well?' } }),
    ];
    const { world } = await parked([...steps, step('check', 'health.check', against)]);
    await answer(world, 'yes');
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('remediated');
    const looks = (await eventsOf(world)).filter((event) => event.type === 'StepFinished' && event.step === 'health');
    expect(looks).toHaveLength(1);
  });

  it('looks again at what is compared with when nothing was changed yet', async () => {
    const { world } = await parked([
      step('health', 'health.snapshot'),
      confirm('sure', { with: { question: 'Well?' } }),
      step('check', 'health.check', { with: { against: 'health' } }),
    ]);
    await answer(world, 'yes');
    resultOf(await world.resume('r1'));
    const looks = (await eventsOf(world)).filter((event) => event.type === 'StepFinished' && event.step === 'health');
    expect(looks).toHaveLength(2);
  });

  it('asks once more what would have ended the host before it came to the question', async () => {
    const ill = step('ill', 'host.end', { if: 'steps.health.healthy == false', with: { outcome: 'compromised' } });
    const { world } = await parked([
      step('health', 'health.snapshot'),
      ill,
      confirm('sure', { with: { question: 'Well?' } }),
      step('stage', 'package.stage'),
    ]);
    await answer(world, 'yes');
    world.machine().healthy = false;
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('compromised');
    expect(world.machine().count('stage')).toBe(0);
  });

  it('leaves a host alone that is off the network, until a question finds it connected', async () => {
    const task = (id: string, offline: boolean) =>
      step(id, 'operator.ask', { with: { type: 'task', question: `${id}!`, offline } });
    const ill = step('ill', 'host.end', { if: 'steps.health.healthy == false', with: { outcome: 'compromised' } });
    const { world } = await parked([
      step('health', 'health.snapshot'),
      ill,
      task('unplug', true),
      task('restart', true),
      task('plug', false),
      step('stage', 'package.stage', { if: 'steps.health.healthy == true' }),
    ]);
    const looks = async () =>
      (await eventsOf(world)).filter((event) => event.type === 'StepFinished' && event.step === 'health').length;
    world.machine().offlineUntil = Number.POSITIVE_INFINITY;
    for (const id of ['unplug', 'restart']) {
      await answer(world, 'done', { step: id });
      const { view, how } = resultOf(await world.resume('r1'));
      expect([how, view.hosts[0]?.outcome, await looks()]).toEqual(['waiting', 'needs-operator', 1]);
    }
    world.machine().offlineUntil = 0;
    await answer(world, 'done', { step: 'plug' });
    const { view } = resultOf(await world.resume('r1'));
    expect([view.hosts[0]?.outcome, await looks()]).toEqual(['remediated', 2]);
    expect(view.hosts[0]?.questions.map(({ step: id, answer: given, by }) => [id, given, by])).toEqual([
      ['unplug', 'done', 'ann@desk'],
      ['restart', 'done', 'ann@desk'],
      ['plug', 'done', 'ann@desk'],
    ]);
  });

  it('skips the host on "skip" and fails the step on "no"; rescue and always run then', async () => {
    const nodes = [
      step('verify', 'patch.verify'),
      block('main', {
        block: [step('shield', 'shield.apply'), confirm()],
        rescue: [step('evidence', 'evidence.collect')],
        always: [step('revert', 'shield.revert', { if: 'inputs.keep_shield == false' })],
      }),
    ];
    const skipped = await parked(nodes);
    expect(skipped.host).toMatchObject({ standingShields: 1, owesAlways: true });
    await answer(skipped.world, 'skip');
    const end = resultOf(await skipped.world.resume('r1')).view.hosts[0]!;
    expect(end).toMatchObject({ outcome: 'skipped', standingShields: 1, owesAlways: false });
    expect(end.reason).toContain('ann@desk answered skip');

    const failed = await parked(nodes);
    await answer(failed.world, 'no');
    const view = resultOf(await failed.world.resume('r1')).view.hosts[0]!;
    expect(view).toMatchObject({ outcome: 'failed', error: { code: 'FB_STEP_CONDITION' } });
    expect(outcomes(view)).toEqual(['verify ok', 'shield changed', 'sure failed', 'evidence ok', 'revert skipped']);
  });

  it('gives a free answer to later steps', async () => {
    const ask = step('ticket', 'operator.ask', { with: { question: 'Change number?' } });
    const fail = step('stop', 'fail', { with: { message: 'no' }, if: 'steps.ticket.answer == "CHG1"' });
    const { world } = await parked([ask, fail]);
    expect(await answer(world, '  CHG1 ')).toMatchObject({ answer: 'CHG1', next: 'resume' });
    expect(resultOf(await world.resume('r1')).view.hosts[0]).toMatchObject({ outcome: 'failed', reason: 'stop: no' });
  });

  it('is only noted in check mode', async () => {
    const world = new World();
    const { view } = resultOf(await world.start('r1', plan(asking()), { check: true }));
    expect(view.hosts[0]?.questions).toEqual([]);
    expect(outcomes(view.hosts[0]!)).toContain('sure skipped');
  });
});

describe('a shield in front of a question', () => {
  const nodes = [
    step('verify', 'patch.verify'),
    block('main', {
      block: [
        step('stage', 'package.stage'),
        step('shield', 'shield.apply'),
        confirm(),
        step('install', 'package.install'),
        step('reboot', 'host.reboot'),
      ],
      always: [step('revert', 'shield.revert')],
    }),
    step('reverify', 'patch.verify'),
  ];

  it('that still stands is left alone', async () => {
    const { world } = await parked(nodes);
    await answer(world, 'yes');
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'remediated', standingShields: 0 });
    expect(world.machine().history).toEqual(['stage', 'policy shield', 'install', 'reboot', 'policy admins-own']);
  });

  it('that is gone is put up again before anything else, with the prior from before the first one', async () => {
    const { world } = await parked(nodes);
    world.machine().setPolicy('admins-own');
    await answer(world, 'yes');
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'remediated', standingShields: 0 });
    expect(world.machine().history.slice(2)).toEqual([
      'policy admins-own',
      'policy shield',
      'install',
      'reboot',
      'policy admins-own',
    ]);
    const taken = (await eventsOf(world)).find((event) => event.type === 'HostTakenUp');
    expect(taken).toMatchObject({
      again: ['verify', 'shield', 'sure'],
      reason: expect.stringContaining('shield no longer stands'),
    });
  });

  it('that somebody has taken down with its obligation is put up again too', async () => {
    const { world } = await parked(nodes);
    const journal = await world.journal();
    const undo = (await journal.openObligations()).find(({ kind }) => kind === 'undo');
    world.machine().setPolicy('admins-own');
    await journal.append('r1', [{ type: 'ObligationDischarged', host: 'web01', obligation: undo!.id, how: 'undone' }]);
    const [always] = await journal.openObligations();
    expect(always?.kind).toBe('always');
    await answer(world, 'yes');
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'remediated', standingShields: 0 });
    expect(world.machine().history.slice(3)).toEqual(['policy shield', 'install', 'reboot', 'policy admins-own']);
  });

  it('that another run has taken over meanwhile comes back, with the prior from before the first one', async () => {
    const shielded = [step('verify', 'patch.verify'), step('shield', 'shield.apply')];
    const { world } = await parked([...shielded, confirm(), step('stage', 'package.stage')]);
    const [before] = await listShields(await world.journal());
    resultOf(await world.start('r2', plan([step('stage', 'package.stage')])));
    expect(await listShields(await world.journal())).toMatchObject([{ run: 'r2' }]);
    await answer(world, 'yes');
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'shielded', standingShields: 1 });
    expect(world.machine().history).toEqual(['policy shield', 'stage']);
    const shields = await listShields(await world.journal());
    expect(shields).toMatchObject([{ run: 'r1', obligation: before?.obligation, prior: { policy: 'admins-own' } }]);
    expect(shields).toHaveLength(1);
  });

  it('is not what a question after its block waits for', async () => {
    const after = [
      step('verify', 'patch.verify'),
      block('main', { block: [step('shield', 'shield.apply')] }),
      confirm(),
      step('stage', 'package.stage'),
    ];
    const { world } = await parked(after);
    world.machine().setPolicy('admins-own');
    await answer(world, 'yes');
    resultOf(await world.resume('r1'));
    expect(world.machine().history).toEqual(['policy shield', 'policy admins-own', 'stage']);
  });

  it('keeps a host that cannot be reached from being touched', async () => {
    const { world } = await parked(nodes);
    await answer(world, 'yes');
    world.machine().offlineUntil = Number.POSITIVE_INFINITY;
    const { view } = resultOf(await world.resume('r1'));
    expect(view.hosts[0]).toMatchObject({ outcome: 'unreachable', standingShields: 1, owesAlways: true });
    expect(world.machine().count('install')).toBe(0);
  });
});

describe('a block that was begun before the question', () => {
  const main = (rest: { if?: string } = {}) =>
    block('main', {
      block: [
        step('stage', 'package.stage'),
        block('inner', { block: [confirm()], always: [step('second', 'powershell.run', { with: { test: true } })] }),
        step('install', 'package.install'),
      ],
      always: [step('first', 'powershell.run', { with: { test: true } })],
      ...rest,
    });

  /** Somebody patches the host before they answer. */
  async function patchedMeanwhile(steps: PlannedNode[]): Promise<{ world: World; view: HostView }> {
    const { world } = await parked(steps);
    const machine = world.machine();
    machine.exitCode = 0;
    machine.startInstaller();
    world.clock.advance(600_000);
    machine.reboot();
    world.clock.advance(600_000);
    await answer(world, 'yes');
    return { world, view: resultOf(await world.resume('r1')).view.hosts[0]! };
  }

  it('has its always run although the fresh look ends the host before it', async () => {
    const done = step('done', 'host.end', { if: 'steps.verify.fixed == true' });
    const { world, view } = await patchedMeanwhile([step('verify', 'patch.verify'), done, main()]);
    expect(view).toMatchObject({ outcome: 'remediated', owesAlways: false });
    expect(outcomes(view)).toEqual([
      'verify ok',
      'done ok',
      'stage changed',
      'sure not-run',
      'second changed',
      'install not-run',
      'first changed',
    ]);
    expect(await (await world.journal()).openObligations()).toEqual([]);
  });

  it('has its always run although the fresh look makes its condition false', async () => {
    const steps = [step('verify', 'patch.verify'), main({ if: 'steps.verify.fixed == false' })];
    const { world, view } = await patchedMeanwhile(steps);
    expect(view).toMatchObject({ outcome: 'remediated', owesAlways: false });
    expect(outcomes(view)).toEqual([
      'verify ok',
      'stage changed',
      'sure skipped',
      'second changed',
      'install skipped',
      'first changed',
    ]);
    expect(await (await world.journal()).openObligations()).toEqual([]);
  });
});

describe('a question at a terminal', () => {
  it('is asked at once, and the host goes on', async () => {
    const world = new World();
    const { view } = resultOf(await world.start('r1', plan(asking()), { answers: () => 'yes' }));
    expect(view.hosts[0]?.outcome).toBe('remediated');
    expect(view.hosts[0]?.questions).toMatchObject([{ via: 'terminal', by: 'test@here', state: 'closed' }]);
    expect(world.prompts).toEqual(['web01 sure: Evidence: KB is missing. Go on?']);
    expect(count(await eventsOf(world), 'HostTakenUp')).toBe(0);
  });

  it('that is answered late has the host looked at again first', async () => {
    const world = new World();
    const answers = () => {
      world.clock.advance(3_600_000);
      return 'yes';
    };
    const { view } = resultOf(await world.start('r1', plan(asking()), { answers }));
    expect(view.hosts[0]?.outcome).toBe('remediated');
    const events = await eventsOf(world);
    expect(events.filter((event) => event.type === 'StepFinished' && event.step === 'verify')).toHaveLength(2);
    expect(world.prompts).toHaveLength(1);
  });

  it('may be left by Ctrl-C: the run is paused, and asks again when resumed', async () => {
    const world = new World();
    const interrupt = new AbortController();
    const answers = () => {
      interrupt.abort();
      return null;
    };
    const end = await world.start('r1', plan(asking()), { answers, signal: interrupt.signal });
    expect(resultOf(end)).toMatchObject({ how: 'paused', exitCode: 130 });
    expect(resultOf(await world.resume('r1', { answers: () => 'yes' })).view.hosts[0]?.outcome).toBe('remediated');
    expect(world.prompts).toHaveLength(2);
    expect(count(await eventsOf(world), 'OperatorAsked')).toBe(1);
  });

  it('takes parked hosts up when a run is resumed there', async () => {
    const { world } = await parked();
    const { view } = resultOf(await world.resume('r1', { answers: () => 'yes' }));
    expect(view.hosts[0]?.outcome).toBe('remediated');
  });
});

describe('answering from outside', () => {
  it('refuses what is no legal answer, no open question, or answered already', async () => {
    const { world } = await parked();
    await expect(answer(world, 'maybe')).rejects.toMatchObject({
      code: 'FB_INPUT_INVALID',
      remedy: 'answers: yes, skip, no',
    });
    await expect(answer(world, 'yes', { step: 'verify' })).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    await expect(answer(world, 'yes', { host: 'web1' })).rejects.toMatchObject({ code: 'FB_NO_HOSTS' });
    await answer(world, 'no', { step: 'sure' });
    await expect(answer(world, 'yes')).rejects.toMatchObject({
      code: 'FB_RUN_STATE',
      message: expect.stringContaining('ann@desk answered "no" already'),
    });
    resultOf(await world.resume('r1'));
    await expect(answer(world, 'yes')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
  });

  it('is refused while a living process asks the question itself, and taken once that has died', async () => {
    const world = new World();
    let refused: Promise<unknown> = Promise.resolve();
    const interrupt = new AbortController();
    const answers = () => {
      refused = answer(world, 'yes').finally(() => interrupt.abort());
      refused.catch(() => {});
      return null;
    };
    await world.start('r1', plan(asking()), { answers, signal: interrupt.signal });
    await expect(refused).rejects.toMatchObject({
      code: 'FB_RUN_STATE',
      message: expect.stringContaining('being asked'),
    });
    await answer(world, 'yes');
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('remediated');
  });

  it('resume says which questions are open when there is nothing else to do', async () => {
    const { world } = await parked();
    await expect(world.resume('r1')).rejects.toMatchObject({
      code: 'FB_RUN_STATE',
      remedy: expect.stringContaining('firebreak answer r1 --host web01'),
    });
  });

  it('a run with two questions goes on with the one that is answered', async () => {
    const machines = { web01: {}, web02: {} };
    const world = new World({ machines });
    const hosts = [host('web01'), host('web02')];
    resultOf(await world.start('r1', plan(asking(), { hosts })));
    await answer(world, 'yes', { host: 'web02' });
    const first = resultOf(await world.resume('r1'));
    expect(first.view.hosts.map((one) => one.outcome)).toEqual(['needs-operator', 'remediated']);
    expect(first.how).toBe('waiting');
    await answer(world, 'skip');
    const second = resultOf(await world.resume('r1'));
    expect(second.view.hosts.map((one) => one.outcome)).toEqual(['skipped', 'remediated']);
    expect(second.how).toBe('completed');
  });
});

describe('answers and reruns', () => {
  const unfinished: PlannedNode[] = [...asking().slice(0, 3), step('stop', 'fail', { with: { message: 'not yet' } })];

  it('an answer that let the host go on is carried over to the same question', async () => {
    const { world } = await parked(unfinished);
    await answer(world, 'yes');
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('failed');
    const { view } = resultOf(await world.start('r2', plan(asking()), { parent: 'r1' }));
    expect(view.hosts[0]).toMatchObject({ outcome: 'remediated' });
    expect(view.hosts[0]?.questions).toMatchObject([{ via: 'carried', by: 'ann@desk' }]);
    expect(world.prompts).toEqual([]);
  });

  it('through several reruns', async () => {
    const { world } = await parked(unfinished);
    await answer(world, 'yes');
    resultOf(await world.resume('r1'));
    resultOf(await world.start('r2', plan([step('stop', 'fail', { with: { message: 'x' } })]), { parent: 'r1' }));
    expect(resultOf(await world.start('r3', plan(asking()), { parent: 'r2' })).view.hosts[0]?.outcome).toBe(
      'remediated',
    );
  });

  it('a no, another question and a task done by hand are asked again', async () => {
    const { world } = await parked(unfinished);
    await answer(world, 'no');
    resultOf(await world.resume('r1'));
    expect(resultOf(await world.start('r2', plan(asking()), { parent: 'r1' })).how).toBe('waiting');

    const task = step('unplug', 'operator.ask', { with: { question: 'Unplug it', type: 'task' } });
    const second = await parked([task, ...unfinished.slice(3)]);
    await answer(second.world, 'done');
    resultOf(await second.world.resume('r1'));
    expect(resultOf(await second.world.start('r2', plan([task]), { parent: 'r1' })).how).toBe('waiting');

    const third = await parked(unfinished);
    await answer(third.world, 'yes');
    resultOf(await third.world.resume('r1'));
    const other = [...asking().slice(0, 2), confirm('sure', { with: { question: 'Really?' } })];
    expect(resultOf(await third.world.start('r2', plan(other), { parent: 'r1' })).how).toBe('waiting');
  });

  it('aborting a waiting run takes its questions back', async () => {
    const { abortRun } = await import('../../src/engine/index.ts');
    const { world } = await parked();
    await abortRun(await world.journal('aborter'), 'r1', 'given up');
    await expect(answer(world, 'yes')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    await expect(world.resume('r1')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    const last = (await eventsOf(world)).findLast((event) => event.type === 'HostFinished');
    expect(last).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('pause', () => {
  it('waits, and after an interruption only for what is left', async () => {
    const steps = [step('wait', 'pause', { with: { duration: '1h' } }), step('stage', 'package.stage')];
    const world = new World();
    const from = world.clock.now();
    const interrupt = new AbortController();
    const pausing = world.start('r1', plan(steps), {
      signal: interrupt.signal,
      onEvent: (event) => {
        if (event.type === 'StepProbed') interrupt.abort();
      },
    });
    expect(resultOf(await pausing).how).toBe('paused');
    world.clock.advance(30 * 60_000);
    expect(resultOf(await world.resume('r1')).view.hosts[0]?.outcome).toBe('remediated');
    expect(world.clock.now() - from).toBe(60 * 60_000);
  });
});
