/** Gates between waves: approved by somebody else, soaked, rejected, timed out; waiting holds nothing. */
import { describe, expect, it } from '@jest/globals';
import type { GateAnswered, Plan, PlannedGate, PlannedNode, RunEvent, RunEventBody } from '../../src/domain/index.ts';
import { abortRun, answerGate, type Order, planHash } from '../../src/engine/index.ts';
import { type End, type ProcessOptions, resultOf, World } from './support/controller.ts';
import { host, plan, remediation, step } from './support/plans.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function gated(
  gate: Partial<PlannedGate>,
  steps: PlannedNode[] = [step('stage', 'package.stage')],
  rest: Partial<Plan> = {},
): Plan {
  const whole: PlannedGate = { after: 'canary', approve: null, soakMs: 0, timeoutMs: null, onTimeout: 'stop', ...gate };
  const hosts = [host('web01', { wave: 0 }), host('web02', { wave: 1 })];
  const waves = [
    { name: 'canary', hosts: ['web01'] },
    { name: 'rest', hosts: ['web02'], gate: whole },
  ];
  const made = plan(steps, { hosts, waves, ...rest });
  return { ...made, hash: planHash(made) };
}

const approval = { approve: 'ops-leads' };

function twoMachines(): World {
  return new World({ machines: { web01: {}, web02: {} } });
}

async function answer(
  world: World,
  options: Partial<Parameters<typeof answerGate>[1]> = {},
): ReturnType<typeof answerGate> {
  const journal = await world.journal();
  const standard = { run: 'r1', decision: 'approved', note: '', by: 'bob@desk', now: world.clock.now() } as const;
  return answerGate(journal, { ...standard, ...options });
}

async function eventsOf(world: World): Promise<readonly RunEvent[]> {
  return (await world.journal()).events('r1');
}

async function started(gate: Partial<PlannedGate>, options: ProcessOptions = {}) {
  const world = twoMachines();
  const result = resultOf(await world.start('r1', gated(gate), options));
  return { world, result };
}

describe('a gate that wants an approval', () => {
  it('lets the run wait behind the wave before, and holds nothing', async () => {
    const { world, result } = await started(approval);
    expect(result).toMatchObject({
      how: 'waiting',
      exitCode: 4,
      reason: 'wave rest waits for an approval by ops-leads: firebreak approve r1',
    });
    expect(result.view).toMatchObject({
      state: 'waiting',
      hold: { kind: 'gate', wave: 'rest', until: null },
      gates: [{ gate: 'rest', after: 'canary', state: 'asked', planHash: result.view.planHash }],
      waves: [{ state: 'finished' }, { state: 'waiting' }],
    });
    expect([...world.store.leases]).toEqual([]);
    expect(world.machine('web02').history).toEqual([]);
    expect((await (await world.journal()).runs())[0]?.state).toBe('waiting');
  });

  it('leaves its hosts to other runs meanwhile', async () => {
    const { world } = await started(approval);
    const other = plan([step('stage', 'package.stage')], { hosts: [host('web02')] });
    expect(resultOf(await world.start('r2', other)).view.hosts[0]?.outcome).toBe('remediated');
  });

  it('goes on with a resume once somebody else has approved', async () => {
    const { world } = await started(approval);
    expect(resultOf(await world.resume('r1'))).toMatchObject({ how: 'waiting', exitCode: 4 });
    expect(await answer(world, { note: 'looks well' })).toMatchObject({ isBusy: false });
    const { view, exitCode } = resultOf(await world.resume('r1'));
    expect(exitCode).toBe(0);
    expect(view.gates).toMatchObject([{ state: 'approved', by: 'bob@desk', note: 'looks well' }]);
    expect(view.hold).toBeNull();
    expect(view.hosts.map(({ outcome }) => outcome)).toEqual(['remediated', 'remediated']);
  });

  it('says once that it waits, however often it is resumed', async () => {
    const { world } = await started(approval);
    for (let again = 0; again < 3; again++) await world.resume('r1');
    const types = (await eventsOf(world)).map(({ type }) => type);
    expect(types.filter((type) => type === 'GateAsked' || type === 'RunWaiting')).toEqual(['GateAsked', 'RunWaiting']);
    expect(types).not.toContain('RunResumed');
  });

  it('is waited for by the process itself where it is to stay', async () => {
    const world = twoMachines();
    const busy: Promise<boolean>[] = [];
    const onEvent = (event: RunEvent) => {
      if (event.type === 'RunWaiting') busy.push(answer(world).then(({ isBusy }) => isBusy));
    };
    const seen: string[] = [];
    const result = resultOf(
      await world.start('r1', gated(approval), {
        waits: true,
        onEvent: (event) => {
          seen.push(event.type);
          onEvent(event);
        },
      }),
    );
    expect(result).toMatchObject({ how: 'completed', exitCode: 0 });
    expect(await Promise.all(busy)).toEqual([true]);
    // What another process has written is shown all the same.
    expect(seen).toEqual(expect.arrayContaining(['GateAsked', 'RunWaiting', 'GateAnswered', 'RunResumed']));
  });

  it('can be left by Ctrl-C while it is waited for', async () => {
    const world = twoMachines();
    const interrupt = new AbortController();
    const onEvent = ({ type }: RunEvent) => {
      if (type === 'RunWaiting') setImmediate(() => interrupt.abort());
    };
    const end = await world.start('r1', gated(approval), { waits: true, signal: interrupt.signal, onEvent });
    expect(resultOf(end)).toMatchObject({ how: 'paused', exitCode: 130, view: { state: 'waiting' } });
    await answer(world);
    expect(resultOf(await world.resume('r1')).exitCode).toBe(0);
  });

  it('can be left by a pause from elsewhere, and given up', async () => {
    const world = twoMachines();
    let hear: (order: Order) => void = () => {};
    const end = await world.start('r1', gated(approval), {
      waits: true,
      change: (deps) => ({
        ...deps,
        watchOrders: (_run, _afterSeq, onOrder) => {
          hear = onOrder;
          return () => {};
        },
      }),
      onEvent: ({ type }) => {
        if (type !== 'RunWaiting') return;
        const order = { type: 'RunPauseAsked', by: 'ann@desk' } as const;
        setImmediate(() => {
          void world
            .journal()
            .then((journal) => journal.append('r1', [order]))
            .then(([given]) => hear(given as Order));
        });
      },
    });
    expect(resultOf(end)).toMatchObject({ how: 'paused', reason: 'paused by ann@desk', exitCode: 130 });
    await abortRun(await world.journal('process-9'), 'r1', 'no longer wanted');
    await expect(answer(world)).rejects.toMatchObject({ message: expect.stringContaining('it is aborted already') });
    await expect(world.resume('r1')).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
  });

  it('stops the run when it is rejected: hosts behind it are not begun', async () => {
    const { world } = await started(approval);
    await answer(world, { decision: 'rejected', note: 'prints no more', by: 'test@here' });
    const { view, how, exitCode, reason } = resultOf(await world.resume('r1'));
    expect([how, exitCode, reason]).toEqual(['stopped', 4, 'wave rest was rejected by test@here: prints no more']);
    expect(view.hosts.map(({ outcome }) => outcome)).toEqual(['remediated', 'cancelled']);
    expect(view.hosts[1]?.reason).toBe('not begun: wave rest was rejected by test@here: prints no more');
    expect([...world.store.leases]).toEqual([]);
    await expect(answer(world)).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
  });

  it('is not asked for in check mode', async () => {
    const world = twoMachines();
    const { view, how } = resultOf(await world.start('r1', gated(approval), { check: true }));
    expect([how, view.gates]).toEqual(['completed', []]);
  });

  it('is not asked for when a threshold has stopped the run before', async () => {
    const world = twoMachines();
    const broken = gated(approval, [step('stop', 'fail', { with: { message: 'no' } })], { maxFailPercentage: 0 });
    const { how, view } = resultOf(await world.start('r1', broken));
    expect([how, view.gates]).toEqual(['stopped', []]);
  });

  it('waits beside questions, which are answered and taken up meanwhile', async () => {
    const world = twoMachines();
    const asks = step('sure', 'operator.confirm', { with: { question: '?' }, if: 'host.name == "web01"' });
    const result = resultOf(await world.start('r1', gated(approval, [asks, step('stage', 'package.stage')])));
    expect(result).toMatchObject({ how: 'waiting', exitCode: 4 });
    const at = new Date(world.clock.now()).toISOString();
    const { answerQuestion } = await import('../../src/engine/index.ts');
    const given = { run: 'r1', host: 'web01', step: undefined, answer: 'yes', by: 'ann@desk', at };
    await answerQuestion(await world.journal(), given);
    const { view, how } = resultOf(await world.resume('r1'));
    expect([how, ...view.hosts.map(({ outcome }) => outcome)]).toEqual(['waiting', 'remediated', null]);
    await answer(world);
    expect(resultOf(await world.resume('r1')).view.hosts[1]?.outcome).toBe('remediated');
  });

  it('may stand before the first wave: then nothing is touched before', async () => {
    const world = twoMachines();
    const behind = gated(approval);
    const [canary, rest] = behind.waves;
    const { gate, ...plain } = rest!;
    const made = { ...behind, waves: [{ ...canary!, gate: { ...gate!, after: null } }, plain] };
    const first = { ...made, hash: planHash(made) };
    expect(resultOf(await world.start('r1', first)).view.hold).toMatchObject({ wave: 'canary' });
    expect(world.machine('web01').history).toEqual([]);
    await answer(world, { gate: 'canary' });
    expect(resultOf(await world.resume('r1')).exitCode).toBe(0);
  });
});

describe('a journal from before there were gates', () => {
  it('folds: no change number, nothing to wait for', async () => {
    const { foldRun } = await import('../../src/engine/index.ts');
    const at = '2026-11-23T00:00:00.000Z';
    const bodies: readonly RunEventBody[] = [
      { type: 'RunStarted', planHash: 'h', parent: null, check: false, by: 'a@b', version: '0' },
      { type: 'RunWaiting', reason: '1 host waits for an answer: web01', hosts: ['web01'] },
    ];
    const events = bodies.map((body, index) => ({ ...body, run: 'r1', seq: index + 1, at }));
    expect(foldRun(plan([]), events)).toMatchObject({
      state: 'waiting',
      hold: null,
      change: null,
      gates: [],
      planHash: 'h',
    });
  });
});

describe('four eyes', () => {
  it('whoever has started the run cannot approve it, from another machine neither', async () => {
    const { world } = await started(approval);
    for (const by of ['test@here', 'Test@elsewhere']) {
      await expect(answer(world, { by })).rejects.toMatchObject({ code: 'FB_APPROVAL_REFUSED' });
    }
    expect((await eventsOf(world)).filter(({ type }) => type === 'GateAnswered')).toEqual([]);
  });

  const forged: readonly (readonly [string, Partial<GateAnswered>])[] = [
    ['of the same person', { by: 'test@there' }],
    ['of another plan', { planHash: '0'.repeat(64) }],
    ['of another gate', { gate: 'canary' }],
  ];
  it.each(forged)('an approval %s that was written past the command does not count', async (_what, part) => {
    const { world, result } = await started(approval);
    const { planHash: hash } = result.view;
    const written = {
      type: 'GateAnswered',
      gate: 'rest',
      decision: 'approved',
      by: 'bob@desk',
      planHash: hash,
      note: '',
    };
    await (await world.journal()).append('r1', [{ ...written, ...part } as GateAnswered]);
    expect(resultOf(await world.resume('r1')).how).toBe('waiting');
    expect(world.machine('web02').history).toEqual([]);
  });

  it('an approval counts of the plan that was seen, when it is said which', async () => {
    const { world, result } = await started(approval);
    await expect(answer(world, { plan: 'abcdef' })).rejects.toMatchObject({ code: 'FB_APPROVAL_REFUSED' });
    await expect(answer(world, { plan: result.view.planHash.slice(0, 5) })).rejects.toMatchObject({
      code: 'FB_APPROVAL_REFUSED',
    });
    await answer(world, { plan: result.view.planHash.slice(0, 12).toUpperCase() });
    expect(resultOf(await world.resume('r1')).exitCode).toBe(0);
  });

  it('a plan that was changed in the journal cannot be approved, and stops the run where it was', async () => {
    const change = (world: World) => {
      const stored = world.store.runs.get('r1')!;
      world.store.runs.set('r1', { ...stored, plan: stored.plan.replace('package.stage', 'host.reboot') });
    };
    const before = await started(approval);
    change(before.world);
    await expect(answer(before.world)).rejects.toMatchObject({ code: 'FB_APPROVAL_REFUSED' });

    const after = await started(approval);
    await answer(after.world);
    change(after.world);
    expect(resultOf(await after.world.resume('r1'))).toMatchObject({
      how: 'stopped',
      reason: 'wave rest: the plan is not the one that bob@desk approved',
    });
    expect(after.world.machine('web02').history).toEqual([]);
  });

  it('the first answer counts', async () => {
    const { world } = await started(approval);
    await answer(world);
    await expect(answer(world, { by: 'eve@desk', decision: 'rejected' })).rejects.toMatchObject({
      code: 'FB_RUN_STATE',
      message: expect.stringContaining('was approved by bob@desk already'),
    });
  });

  it('knows the gate by the wave that it opens and by the one it stands behind, and no other', async () => {
    for (const gate of ['rest', 'canary']) {
      const { world } = await started(approval);
      await answer(world, { gate });
      expect(resultOf(await world.resume('r1')).exitCode).toBe(0);
    }
    const { world } = await started(approval);
    await expect(answer(world, { gate: 'last' })).rejects.toMatchObject({
      code: 'FB_RUN_STATE',
      remedy: 'its gates: rest',
    });
  });

  it('cannot be given before it is asked for, nor where nobody has to', async () => {
    const world = twoMachines();
    let early: Promise<unknown> = Promise.resolve();
    const onEvent = ({ type }: RunEvent) => {
      if (type !== 'WaveStarted') return;
      early = answer(world);
      early.catch(() => {});
    };
    await world.start('r1', gated(approval), { onEvent });
    await expect(early).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    const soaking = await started({ soakMs: HOUR });
    await expect(answer(soaking.world)).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
  });
});

describe('a gate that soaks', () => {
  it('lets the wave begin when its time is over, by itself or with a resume', async () => {
    const { world, result } = await started({ soakMs: 15 * MINUTE });
    const soaksUntil = new Date(world.clock.now() + 15 * MINUTE).toISOString();
    expect(result).toMatchObject({ how: 'waiting', view: { hold: { until: soaksUntil } } });
    world.clock.advance(14 * MINUTE);
    expect(resultOf(await world.resume('r1')).how).toBe('waiting');
    const { view } = resultOf(await world.resume('r1', { waits: true }));
    expect(view.hosts[1]?.outcome).toBe('remediated');
    expect(view.gates).toMatchObject([{ state: 'passed', soaksUntil }]);
    const begun = (await eventsOf(world)).find((event) => event.type === 'WaveStarted' && event.wave === 'rest');
    expect(Date.parse(begun?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(soaksUntil));
  });

  it('does so after an approval too, whichever comes last', async () => {
    const { world } = await started({ ...approval, soakMs: HOUR });
    await answer(world);
    const waiting = resultOf(await world.resume('r1'));
    expect(waiting.reason).toContain('waits (approved by bob@desk): canary soaks until');
    world.clock.advance(HOUR);
    expect(resultOf(await world.resume('r1')).exitCode).toBe(0);

    const late = await started({ ...approval, soakMs: HOUR });
    late.world.clock.advance(2 * HOUR);
    expect(resultOf(await late.world.resume('r1')).reason).toContain('waits for an approval');
    await answer(late.world);
    expect(resultOf(await late.world.resume('r1')).exitCode).toBe(0);
  });
});

describe('a gate that nobody answers in time', () => {
  const late = { ...approval, timeoutMs: 8 * HOUR };

  it('stops the run: by the process that waits', async () => {
    const { result } = await started(late, { waits: true });
    expect(result).toMatchObject({ how: 'stopped', exitCode: 4 });
    expect(result.view).toMatchObject({ gates: [{ state: 'timed-out' }], tally: { remediated: 1, cancelled: 1 } });
  });

  it('stops the run with the next resume; an approval after its deadline is refused, and does not count', async () => {
    const { world, result } = await started(late);
    world.clock.advance(8 * HOUR);
    await expect(answer(world)).rejects.toMatchObject({ code: 'FB_RUN_STATE' });
    const { planHash: hash } = result.view;
    await (await world.journal()).append('r1', [
      { type: 'GateAnswered', gate: 'rest', decision: 'approved', by: 'bob@desk', planHash: hash, note: '' },
    ]);
    expect(resultOf(await world.resume('r1'))).toMatchObject({ how: 'stopped', exitCode: 4 });
    expect(world.machine('web02').history).toEqual([]);
  });

  it('lets the run go on where the playbook says so', async () => {
    const { result } = await started({ ...late, onTimeout: 'continue' }, { waits: true });
    expect(result).toMatchObject({ how: 'completed', exitCode: 0, view: { gates: [{ state: 'timed-out' }] } });
  });

  it('takes an approval in the last moment', async () => {
    const { world } = await started(late);
    world.clock.advance(8 * HOUR - 1);
    await answer(world);
    world.clock.advance(HOUR);
    expect(resultOf(await world.resume('r1')).exitCode).toBe(0);
  });
});

describe('a process that dies at any point of the journal round a gate', () => {
  const gate = { ...approval, soakMs: 2 * MINUTE };
  const steps = remediation();
  const isJournal = /^(?:before|after) (?:append|create|adopt|lease|release|disown)/;

  /** Approves as soon as the gate is asked for, resumes as often as it takes. */
  async function toTheEnd(world: World, first: End): Promise<End> {
    let end = first;
    for (let tries = 0; tries < 6; tries++) {
      if ('result' in end && end.result.how !== 'waiting') return end;
      const asked = (await eventsOf(world)).some(({ type }) => type === 'GateAsked');
      const answered = (await eventsOf(world)).some(({ type }) => type === 'GateAnswered');
      if (asked && !answered) await answer(world);
      world.clock.advance(MINUTE);
      end = await world.resume('r1', { waits: answered });
    }
    return end;
  }

  it('is continued: approved once, soaked, every machine done once', async () => {
    const whole = twoMachines();
    const full = await toTheEnd(whole, await whole.start('r1', gated(gate, steps)));
    expect(resultOf(full).view.isFine).toBe(true);
    const start = await twoMachines().start('r1', gated(gate, steps));
    for (const [diesAt, point] of start.life.points.entries()) {
      if (!isJournal.test(point)) continue;
      const world = twoMachines();
      const first = await world.start('r1', gated(gate, steps), { diesAt });
      if ((await (await world.journal()).runs()).length === 0) continue;
      const end = resultOf(await toTheEnd(world, first));
      expect([diesAt, end.view.isFine]).toEqual([diesAt, true]);
      await expectOrderly(world);
    }
  });

  it('also when it dies after the approval', async () => {
    const approved = async () => {
      const world = twoMachines();
      await world.start('r1', gated(gate, steps));
      await answer(world);
      return world;
    };
    const sample = await approved();
    const { points } = (await sample.resume('r1', { waits: true })).life;
    expect(points.filter((point) => isJournal.test(point)).length).toBeGreaterThan(20);
    for (const [diesAt, point] of points.entries()) {
      if (!isJournal.test(point)) continue;
      const world = await approved();
      await world.resume('r1', { waits: true, diesAt });
      const end = resultOf(await toTheEnd(world, await world.resume('r1', { waits: true }).catch(() => endOf(world))));
      expect([diesAt, end.view.isFine]).toEqual([diesAt, true]);
      await expectOrderly(world);
    }
  });

  /** The run had ended just before. */
  async function endOf(world: World): Promise<End> {
    const { foldRun } = await import('../../src/engine/index.ts');
    const journal = await world.journal();
    const view = foldRun(await journal.plan('r1'), await journal.events('r1'));
    expect(view.state).toBe('completed');
    return { result: { run: 'r1', how: 'completed', reason: '', view, exitCode: 0 } } as End;
  }

  async function expectOrderly(world: World): Promise<void> {
    const events = await eventsOf(world);
    expect(events.filter(({ type }) => type === 'GateAsked')).toHaveLength(1);
    const asked = events.find((event) => event.type === 'GateAsked');
    const approved = events.find((event) => event.type === 'GateAnswered');
    const first = events.find((event) => 'host' in event && event.host === 'web02' && event.type === 'StepFinished');
    expect(first?.seq).toBeGreaterThan(approved?.seq ?? Number.POSITIVE_INFINITY);
    expect(Date.parse(first?.at ?? '') - Date.parse(asked?.at ?? '')).toBeGreaterThanOrEqual(2 * MINUTE);
    for (const name of ['web01', 'web02']) {
      expect([name, world.machine(name).count('install')]).toEqual([name, 1]);
    }
    expect([...world.store.leases]).toEqual([]);
  }
});
