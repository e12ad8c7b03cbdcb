/** Folds plan and events into a RunView. Pure. */
import {
  FINE_OUTCOMES,
  type GateView,
  HOST_OUTCOMES,
  type HostView,
  type Plan,
  type PlannedHost,
  type PlannedStep,
  type QuestionView,
  type RunEvent,
  type RunView,
  type StepView,
  type Tally,
  type WaveView,
} from '../domain/index.ts';
import { foldGates, type GateRecord } from './gates.ts';
import { foldHosts, HostRecord, type StepRecord } from './host-record.ts';
import { itemLabel } from './loop.ts';
import { flattenSteps } from './plan-steps.ts';

/** The run as its events tell it; unknown events and hosts are left aside. */
export function foldRun(plan: Plan, events: readonly RunEvent[]): RunView {
  const records = foldHosts(events);
  const steps = flattenSteps(plan.steps);
  const begunWaves = new Set(events.flatMap((event) => (event.type === 'WaveStarted' ? [event.wave] : [])));
  const hosts = plan.hosts.map((host) => hostView(host, steps, records.get(host.name) ?? new HostRecord(host.name)));
  const started = events.find((event) => event.type === 'RunStarted');
  const finished = events.findLast((event) => event.type === 'RunFinished');
  const last = events.findLast(({ type }) => type === 'RunPaused' || type === 'RunWaiting' || type === 'RunResumed');
  const halted = last?.type === 'RunPaused' || last?.type === 'RunWaiting' ? last : undefined;
  const byName = new Map(hosts.map((host) => [host.name, host]));
  return {
    run: events[0]?.run ?? '',
    name: plan.playbook.name,
    parent: started?.parent ?? null,
    check: started?.check ?? false,
    state: finished?.how ?? (halted === undefined ? 'open' : halted.type === 'RunWaiting' ? 'waiting' : 'paused'),
    reason: (finished ?? halted)?.reason ?? '',
    hold: finished === undefined && halted?.type === 'RunWaiting' ? (halted.hold ?? null) : null,
    by: started?.by ?? '',
    change: started?.change ?? null,
    planHash: started?.planHash ?? plan.hash,
    gates: [...foldGates(events).values()].map((gate) => gateView(gate, begunWaves)),
    startedAt: started?.at ?? null,
    finishedAt: finished?.at ?? null,
    resumes: events.filter((event) => event.type === 'RunResumed').length,
    waves: plan.waves.map((wave): WaveView => {
      const isOver = wave.hosts.every((name) => byName.get(name)?.state === 'finished');
      const state = isOver ? 'finished' : begunWaves.has(wave.name) ? 'running' : 'waiting';
      return { name: wave.name, hosts: wave.hosts, state };
    }),
    hosts,
    tally: tallyOf(hosts),
    isFine: hosts.every((host) => host.outcome !== null && FINE_OUTCOMES.has(host.outcome)),
  };
}

function gateView({ asked, answer }: GateRecord, begunWaves: ReadonlySet<string>): GateView {
  const { gate, after, approve, planHash, soaksUntil, deadline } = asked;
  return {
    gate,
    after,
    approve,
    state: answer?.decision ?? (begunWaves.has(gate) ? 'passed' : 'asked'),
    planHash,
    askedAt: asked.at,
    soaksUntil,
    deadline,
    by: answer?.by ?? null,
    note: answer?.note ?? '',
    answeredAt: answer?.at ?? null,
  };
}

function hostView(host: PlannedHost, planned: readonly PlannedStep[], record: HostRecord): HostView {
  const isBegun = record.startedAt !== null && record.held === null;
  const state = record.finished !== null ? 'finished' : isBegun ? 'running' : 'waiting';
  const steps = planned.flatMap((step) => [
    stepView(step, record.steps.get(step.id), state),
    ...itemViews(step, record, state),
  ]);
  const undos = record.open('undo');
  return {
    name: host.name,
    address: host.address,
    wave: host.wave,
    groups: host.groups,
    state,
    outcome: record.finished?.outcome ?? null,
    reason: record.finished?.reason ?? record.held?.reason ?? '',
    error: record.finished?.error ?? null,
    currentStep: state === 'running' ? currentStep(steps, record) : null,
    steps,
    standingShields: undos.length,
    shields: undos.map(({ id, step, uses, args, owedAt }) => ({ obligation: id, step, uses, args, owedAt })),
    owesAlways: record.open('always').length > 0,
    verdict: record.verdict(),
    questions: planned.flatMap((step) => questionView(record, step.id)),
    installs: begun(record, 'package.install'),
    reboots: begun(record, 'host.reboot'),
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
  };
}

function stepView(step: PlannedStep, record: StepRecord | undefined, host: HostView['state']): StepView {
  const finished = record?.finished ?? null;
  const isBegun = (record?.startedAt ?? null) !== null;
  const pending = host === 'finished' ? 'not-run' : isBegun ? 'running' : 'waiting';
  return {
    id: step.id,
    uses: step.uses,
    state: finished === null ? pending : 'finished',
    outcome: finished?.outcome ?? null,
    reason: [
      finished?.on === undefined ? '' : `on ${finished.on}`,
      (finished?.reason ?? '') || (record?.probeReason ?? ''),
    ]
      .filter((text) => text !== '')
      .join(': '),
    error: finished?.error ?? null,
    lastAttemptError: finished === null ? (record?.lastError ?? null) : null,
    attempts: finished?.attempts ?? (isBegun ? (record?.failedAttempts ?? 0) + 1 : 0),
    startedAt: record?.startedAt ?? null,
    finishedAt: record?.finishedAt ?? null,
    durationMs: finished?.durationMs ?? 0,
    result: finished?.result ?? {},
    intended: (record?.intents ?? 0) > 0,
  };
}

/** The items of a loop stand below their step. */
function itemViews(step: PlannedStep, record: HostRecord, host: HostView['state']): readonly StepView[] {
  const items = record.steps.get(step.id)?.items ?? [];
  return items.map((item, index) => {
    const id = `${step.id}[${index}]`;
    const view = stepView({ ...step, id }, record.steps.get(id), host);
    return { ...view, reason: [itemLabel(item), view.reason].filter((text) => text !== '').join(': ') };
  });
}

function questionView(record: HostRecord, id: string): readonly QuestionView[] {
  const step = record.steps.get(id);
  const asked = step?.question ?? null;
  if (step === undefined || asked === null) return [];
  const isOver = record.finished !== null && record.parked === null;
  const { answer } = asked;
  const isTaken = isOver || (step.finished !== null && step.finished.outcome !== 'parked');
  return [
    {
      ...asked.question,
      step: step.id,
      askedAt: asked.askedAt,
      state: isTaken ? 'closed' : answer === null ? 'open' : 'answered',
      answer: answer?.answer ?? null,
      by: answer?.by ?? null,
      via: answer?.via ?? null,
      answeredAt: answer?.givenAt ?? null,
    },
  ];
}

/** Reads leave no event before their end: what comes after the last finished step is taken to be under way. */
function currentStep(steps: readonly StepView[], record: HostRecord): string | null {
  const running = steps.find((step) => step.state === 'running');
  if (running !== undefined) return running.id;
  const last = record.finishedOrder.at(-1);
  const from = last === undefined ? 0 : steps.findIndex((step) => step.id === last) + 1;
  return steps.slice(from).find((step) => step.state === 'waiting')?.id ?? null;
}

/** Steps that went as far as an intent. */
function begun(record: HostRecord, uses: string): number {
  return [...record.steps.values()].filter((step) => step.uses === uses && step.intents > 0).length;
}

function tallyOf(hosts: readonly HostView[]): Tally {
  const tally = Object.fromEntries([...HOST_OUTCOMES, 'waiting', 'running'].map((name) => [name, 0]));
  for (const host of hosts) {
    const key = host.outcome ?? (host.state === 'waiting' ? 'waiting' : 'running');
    tally[key] = (tally[key] ?? 0) + 1;
  }
  return tally as Tally;
}
