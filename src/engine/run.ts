/**
 * A run from its first event to its last: leases, waves, thresholds, pause, resume, abort. Must not know what a step
 * does (host-runner.ts) nor who runs the hosts (the Dispatcher).
 */
import {
  type DispatchJob,
  EXIT_CODES,
  FINE_OUTCOMES,
  FirebreakError,
  type HostFinished,
  type HostParked,
  type HostTask,
  type HostView,
  type Journal,
  type Plan,
  type PlannedHost,
  type RunEvent,
  type RunEventBody,
  type RunView,
} from '../domain/index.ts';
import { addressKey } from './address-key.ts';
import { PlanShelf } from './carry.ts';
import type { EngineDeps } from './deps.ts';
import { EarlierAnswers } from './earlier-answers.ts';
import { Elsewhere } from './elsewhere.ts';
import { exceptedHosts } from './excepted.ts';
import { foldRun } from './fold-run.ts';
import type { RunScope } from './host-job.ts';
import { foldHosts, HostRecord } from './host-record.ts';
import { Onces } from './once.ts';
import { Orders } from './orders.ts';
import { flattenSteps } from './plan-steps.ts';
import { Recorder } from './recorder.ts';
import { Followed, workOn } from './remote.ts';
import { leaseHosts, releaseAll, releaseElsewhere } from './run-leases.ts';
import { Throttles } from './throttle.ts';
import { awaitHold } from './wait.ts';
import { type Held, type Records, Waves } from './waves.ts';
import { openingAt } from './windows.ts';

const HALTS: ReadonlySet<string> = new Set(['RunPaused', 'RunWaiting', 'RunResumed', 'RunStarted']);
/** Hosts named in a reason. */
const NAMED = 5;

interface Who {
  /** Who started it: user@machine. */
  readonly by: string;
  readonly version: string;
  /** Pauses the run at the next safe point of each host. */
  readonly signal: AbortSignal;
  /** Stays while a gate or a window is waited for, and goes on by itself; else the run is left waiting. */
  readonly waits?: boolean;
  /** Begins hosts outside of the playbook's windows too. */
  readonly ignoresWindow?: boolean;
}

export interface RunOptions extends Who {
  /** Id of the new run. */
  readonly run: string;
  readonly plan: Plan;
  readonly parent: string | null;
  /** Reads and probes only; nothing is written to hosts, nothing leased. */
  readonly check: boolean;
  /** Leave out hosts that another run holds (outcome `skipped`) instead of refusing the run. */
  readonly skipLeased: boolean;
  /** Number of the change request. */
  readonly change?: string;
}

export interface ResumeOptions extends Who {
  readonly run: string;
}

export interface RunResult {
  readonly run: string;
  /** waiting: for answers, or for what `RunView.hold` names. */
  readonly how: 'completed' | 'stopped' | 'paused' | 'waiting';
  readonly reason: string;
  readonly view: RunView;
  /** 0 all fine, 3 some hosts not fine, 4 stopped by a threshold, gate or window, 130 paused. */
  readonly exitCode: number;
}

/**
 * Creates the run in the journal and works through it. A host's failure is in the result.
 * @throws FB_RUN_LEASED (another run holds hosts; `details` is the list of LeaseConflict), FB_STATE_*
 */
export async function runPlan(deps: EngineDeps, options: RunOptions): Promise<RunResult> {
  const { journal } = deps;
  const { run, plan, parent, check } = options;
  const scope = scopeOf(deps, plan, options);
  await journal.create({ run, plan, parent, check });
  try {
    const excepted = exceptedHosts(plan, deps.clock.now());
    const ours = plan.hosts.filter(({ name }) => !excepted.has(name));
    const leftOut = scope.isLeasing ? await leaseHosts(journal, run, plan, ours, options.skipLeased) : new Map();
    const records: Records = new Map([...excepted.keys()].map((name) => [name, new HostRecord(name)]));
    // In one append: no resume may find an excepted host without its outcome, and work on it.
    await scope.recorder.append(records, [
      {
        type: 'RunStarted',
        planHash: plan.hash,
        parent,
        check,
        by: options.by,
        version: options.version,
        ...(options.change === undefined ? {} : { change: options.change }),
        ...(options.ignoresWindow === true ? { ignoresWindow: true } : {}),
      },
      ...leasedEvents(scope, (host) => !leftOut.has(host.name) && !excepted.has(host.name)),
      ...excepted.values(),
    ]);
    for (const [name, reason] of leftOut) {
      const record = new HostRecord(name);
      records.set(name, record);
      await scope.recorder.append(record, [{ ...cancelled(name, 0, reason), outcome: 'skipped' }]);
    }
    scope.onces.watch(records);
    return await untilDone(deps, options, await workThrough(scope, new Waves(scope, records), 0));
  } finally {
    await giveUp(journal, run);
  }
}

/**
 * Goes on with a run that has no end: every host continues where the journal says it stopped.
 * @throws FB_RUN_UNKNOWN, FB_RUN_STATE (finished already, or a live process owns it), FB_RUN_LEASED, FB_STATE_*
 */
export async function resumeRun(deps: EngineDeps, options: ResumeOptions): Promise<RunResult> {
  const { journal } = deps;
  const { run } = options;
  await refuseFinished(journal, run);
  await journal.adopt(run);
  try {
    return await untilDone(deps, options, await goOn(deps, options));
  } finally {
    await giveUp(journal, run);
  }
}

/**
 * One host of a run that another process leads, from where the journal says that it stopped; does nothing when nothing is to
 * be done there. A pause leaves the host for another time. @throws a journal's failure, FB_RUN_STATE (taken over), a bug
 */
export async function workOnHost(
  deps: EngineDeps,
  task: Pick<HostTask, 'run' | 'host' | 'kind' | 'heard'>,
  who: Pick<Who, 'by' | 'signal'>,
): Promise<void> {
  const { run, host: name, kind, heard } = task;
  const plan = await deps.journal.plan(run);
  const host = plan.hosts.find((one) => one.name === name);
  const events = await deps.journal.events(run);
  const started = events.find((event) => event.type === 'RunStarted');
  const latest = events.findLast((event) => event.type === 'RunStarted' || event.type === 'RunResumed');
  const record = foldHosts(events.filter((event) => 'host' in event && event.host === name)).get(name);
  const asked = record?.parked == null ? null : record.steps.get(record.parked.step)?.question;
  const isWaiting = asked != null && asked.answer === null && record?.skipAskedBy === null;
  const isAway = record?.parked?.until !== undefined;
  if (
    host === undefined ||
    (kind === 'plan' && record != null && record.finished !== null && !isAway && (asked == null || isWaiting))
  )
    return;
  const scope = scopeOf(deps, plan, {
    ...who,
    run,
    check: started?.check ?? false,
    parent: started?.parent ?? null,
    ignoresWindow: latest?.ignoresWindow === true,
  });
  const deafen = deps.watchOrders?.(run, heard, (order) => scope.orders.take(order));
  try {
    await workOn(scope, host, record ?? new HostRecord(name), kind);
  } finally {
    deafen?.();
  }
}

/** From what the journal says of a run that nobody is at work on. */
async function goOn(deps: EngineDeps, options: ResumeOptions): Promise<Worked> {
  const { journal } = deps;
  const { run } = options;
  const plan = await journal.plan(run);
  const events = await journal.events(run);
  const started = events.find((event) => event.type === 'RunStarted');
  const check = started?.check ?? false;
  const scope = scopeOf(deps, plan, { ...options, check, parent: started?.parent ?? null });
  scope.followed.startAfter(events.at(-1)?.seq ?? 0);
  const records = foldHosts(events);
  scope.onces.watch(records);
  const wanted = takenUp(deps, records);
  const open = plan.hosts.filter(({ name }) => wanted.has(name) || (records.get(name)?.finished ?? null) === null);
  await refuseUnanswered(scope, records, open, events);
  const begun = events.flatMap((event) => (event.type === 'WaveStarted' ? [event.wave] : []));
  const waves = new Waves(scope, records, new Set(begun), wanted);
  const held = await waves.heldAtOnce();
  if (held !== null) return wait(scope, waves, held, { events, heard: events.at(-1)?.seq ?? 0 });
  if (scope.isLeasing) {
    // Of a process that died over there.
    await releaseElsewhere(journal, run, plan);
    await leaseHosts(journal, run, plan, open, false);
  }
  const outside = options.ignoresWindow === true ? ({ ignoresWindow: true } as const) : {};
  await scope.recorder.append(null, [{ type: 'RunResumed', by: options.by, version: options.version, ...outside }]);
  await settleFinished(scope, records);
  return workThrough(scope, waves, events.at(-1)?.seq ?? 0);
}

/** Spends the waits for gates and windows, where it is to; every time the run goes on as it does when it is resumed. */
async function untilDone(deps: EngineDeps, options: ResumeOptions, first: Worked): Promise<RunResult> {
  let worked = first;
  while (worked.held !== null && options.waits === true) {
    const how = await awaitHold(deps, options, worked.held, worked.heard);
    if (how !== 'go') return { ...worked.result, how: 'paused', reason: how, exitCode: EXIT_CODES.interrupted };
    worked = await goOn(deps, options);
  }
  return worked.result;
}

/** Says in the journal what is waited for, unless it says so already, and holds nothing any more. */
async function wait(
  scope: RunScope,
  waves: Waves,
  held: Held,
  { events, heard }: { readonly events: readonly RunEvent[]; readonly heard: number },
): Promise<Worked> {
  const { recorder, plan, isLeasing } = scope;
  const last = events.findLast(({ type }) => HALTS.has(type));
  const { reason, hold } = held;
  const isSaid = last?.type === 'RunWaiting' && last.reason === reason && last.hold?.until === hold.until;
  if (!isSaid) {
    const hosts = waves.parked().map(({ host }) => host);
    await recorder.append(null, [{ type: 'RunWaiting', reason, hosts, hold }]);
  }
  if (isLeasing) await recorder.use((journal) => releaseAll(journal, recorder.run, plan));
  return { result: await result(scope, 'waiting', reason, EXIT_CODES.stopped), held, heard };
}

/** Gives an unfinished run up; what is owed to its hosts stays in the ledger. @throws FB_RUN_UNKNOWN, FB_RUN_STATE */
export async function abortRun(journal: Journal, run: string, reason: string): Promise<void> {
  await refuseFinished(journal, run);
  await journal.adopt(run);
  try {
    const plan = await journal.plan(run);
    const records = foldHosts(await journal.events(run));
    const open = plan.hosts.filter((host) => {
      const record = records.get(host.name);
      return (record?.finished ?? null) === null || (record?.parked ?? null) !== null;
    });
    const bodies: RunEventBody[] = open.flatMap((host) => [
      cancelled(host.name, records.get(host.name)?.open('undo').length ?? 0, `the run was aborted: ${reason}`),
      { type: 'HostReleased', host: host.name },
    ]);
    await journal.append(run, [...bodies, { type: 'RunFinished', how: 'aborted', reason }]);
    await releaseAll(journal, run, plan);
  } finally {
    await journal.disown(run);
  }
}

function scopeOf(
  deps: EngineDeps,
  plan: Plan,
  options: {
    readonly run: string;
    readonly parent: string | null;
    readonly check: boolean;
    readonly by: string;
    readonly signal: AbortSignal;
    readonly ignoresWindow?: boolean;
  },
): RunScope {
  const recorder = new Recorder(deps.journal, options.run, deps.observer);
  const orders = new Orders();
  const isChanging = flattenSteps(plan.steps).some((step) => deps.actions.get(step.uses)?.kind === 'change');
  const isLeasing = isChanging && !options.check;
  return {
    deps,
    plan,
    check: options.check,
    by: options.by,
    answers: options.parent === null ? null : new EarlierAnswers(recorder, options.parent),
    pause: AbortSignal.any([options.signal, orders.pause]),
    orders,
    recorder,
    throttles: new Throttles(deps.places),
    elsewhere: new Elsewhere(isLeasing),
    onces: new Onces(),
    followed: new Followed(),
    plans: new PlanShelf(recorder),
    ignoresWindow: options.ignoresWindow === true,
    isLeasing,
  };
}

interface Worked {
  readonly result: RunResult;
  readonly held: Held | null;
  /** The last event before this process took the run up: orders come after it. */
  readonly heard: number;
}

/** @param heard the last event that is in the records: orders come after it */
async function workThrough(scope: RunScope, waves: Waves, heard: number): Promise<Worked> {
  const { recorder, deps, orders } = scope;
  const deafen = deps.watchOrders?.(recorder.run, heard, (order) => orders.take(order));
  const { stopped, held } = await waves.run().finally(deafen);
  if (held !== null && !scope.pause.aborted) return wait(scope, waves, held, { events: [], heard });
  return { result: await conclude(scope, waves, stopped), held: null, heard };
}

async function conclude(scope: RunScope, waves: Waves, stopped: string | null): Promise<RunResult> {
  const { recorder, plan, deps, orders } = scope;
  if (scope.pause.aborted && !waves.isDone()) {
    const reason = orders.pausedBy === null ? 'interrupted' : `paused by ${orders.pausedBy}`;
    await recorder.append(null, [{ type: 'RunPaused', reason }]);
    return result(scope, 'paused', reason, EXIT_CODES.interrupted);
  }
  const parked = waves.parked();
  if (stopped === null && parked.length > 0) {
    const reason = waitingFor(parked);
    await recorder.append(null, [{ type: 'RunWaiting', reason, hosts: parked.map(({ host }) => host) }]);
    if (scope.isLeasing) await recorder.use((journal) => releaseAll(journal, recorder.run, plan));
    return result(scope, 'waiting', reason, EXIT_CODES.notFine);
  }
  const how = stopped === null ? 'completed' : 'stopped';
  await recorder.append(null, [{ type: 'RunFinished', how, reason: stopped ?? '' }]);
  if (scope.isLeasing) await recorder.use((journal) => releaseAll(journal, recorder.run, plan));
  const view = foldRun(plan, await deps.journal.events(recorder.run));
  const isFine = view.isFine || (scope.check && view.hosts.every(isFineInCheck));
  const exitCode = stopped !== null ? EXIT_CODES.stopped : isFine ? EXIT_CODES.fine : EXIT_CODES.notFine;
  return { run: recorder.run, how, reason: stopped ?? '', view, exitCode };
}

function waitingFor(parked: readonly HostParked[]): string {
  const away = parked.filter(({ until }) => until !== undefined);
  const asked = parked.filter(({ until }) => until === undefined);
  const named = (hosts: readonly HostParked[]): string =>
    `${hosts
      .slice(0, NAMED)
      .map(({ host }) => host)
      .join(', ')}${hosts.length > NAMED ? ', …' : ''}`;
  const parts = [
    asked.length === 0
      ? ''
      : `${asked.length} ${asked.length === 1 ? 'host waits' : 'hosts wait'} for an answer: ${named(asked)}`,
    away.length === 0 ? '' : `${away.length} ${away.length === 1 ? 'host is' : 'hosts are'} waited for: ${named(away)}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** Parked hosts whose question is answered, or will be at once, that may be back, or that are to be left out. */
function takenUp(deps: EngineDeps, records: ReadonlyMap<string, HostRecord>): ReadonlySet<string> {
  const wanted = [...records.values()].filter(({ parked, steps, skipAskedBy }) => {
    const asked = parked === null ? null : (steps.get(parked.step)?.question ?? null);
    if (parked !== null && (skipAskedBy !== null || parked.until !== undefined)) return true;
    if (asked === null) return false;
    return asked.answer !== null || deps.operator?.willAnswer(asked.question) === true;
  });
  return new Set(wanted.map(({ host }) => host));
}

/** @throws FB_RUN_STATE when there is nothing to do before somebody answers */
async function refuseUnanswered(
  { recorder, plan, isLeasing }: RunScope,
  records: ReadonlyMap<string, HostRecord>,
  open: readonly PlannedHost[],
  events: readonly RunEvent[],
): Promise<void> {
  const parked = [...records.values()].flatMap((record) => record.parked ?? []);
  const [first] = parked;
  const isWaiting = events.findLast(({ type }) => HALTS.has(type))?.type === 'RunWaiting';
  if (first === undefined || open.length > 0 || !isWaiting) return;
  // Its last process may have died before it let go.
  if (isLeasing) await recorder.use((journal) => releaseAll(journal, recorder.run, plan));
  const { run } = recorder;
  throw new FirebreakError('FB_RUN_STATE', `run ${run}: ${waitingFor(parked)}`, {
    remedy: `firebreak answer ${run} shows the questions; then firebreak answer ${run} --host ${first.host} VALUE`,
  });
}

/** In `--check`, a host on which something would be done is what was asked for. */
function isFineInCheck(host: HostView): boolean {
  return host.outcome !== null && (host.outcome === 'skipped' || FINE_OUTCOMES.has(host.outcome));
}

async function result(scope: RunScope, how: RunResult['how'], reason: string, exitCode: number): Promise<RunResult> {
  const { recorder, plan, deps } = scope;
  const view = foldRun(plan, await deps.journal.events(recorder.run));
  return { run: recorder.run, how, reason, view, exitCode };
}

/** Hosts that have their outcome but are still owed an undo or the rest of an `always`. */
async function settleFinished(scope: RunScope, records: Records): Promise<void> {
  const owed = scope.plan.hosts.filter((host) => {
    const record = records.get(host.name);
    if (record === undefined || record.finished === null || record.finished.outcome === 'needs-operator') return false;
    const windows = scope.plan.waves[host.wave]?.windows;
    if (windows !== undefined && !scope.ignoresWindow && openingAt(windows, scope.deps.clock.now()) === null)
      return false;
    const isPatched = record.verdict()?.['fixed'] === true;
    return record.open('always').length > 0 || (isPatched && record.open('undo').length > 0);
  });
  const { recorder, deps, plan, pause, isLeasing } = scope;
  const jobs = owed.map((host): DispatchJob => {
    const record = records.get(host.name) ?? new HostRecord(host.name);
    const run = async () => {
      if (isLeasing) {
        const key = record.machineKey ?? addressKey(host);
        // Another run may be at work there by now: it takes over what is owed.
        const conflicts = await recorder.use((journal) => journal.lease(recorder.run, [{ key, host: host.name }]));
        if (conflicts.length > 0) return;
        await recorder.append(record, [{ type: 'HostLeased', host: host.name, key }]);
      }
      await workOn(scope, host, record, 'debts');
    };
    return { id: host.name, set: host.set, run };
  });
  await deps.dispatcher.dispatch(jobs, { concurrency: plan.forks, shouldStart: () => !pause.aborted });
}

function leasedEvents(scope: RunScope, isLeased: (host: PlannedHost) => boolean): readonly RunEventBody[] {
  if (!scope.isLeasing) return [];
  return scope.plan.hosts
    .filter(isLeased)
    .map((host) => ({ type: 'HostLeased', host: host.name, key: addressKey(host) }));
}

function cancelled(host: string, standingShields: number, reason: string): HostFinished {
  return { type: 'HostFinished', host, outcome: 'cancelled', reason, error: null, standingShields };
}

async function refuseFinished(journal: Journal, run: string): Promise<void> {
  const events = await journal.events(run);
  const end = events.find((event) => event.type === 'RunFinished');
  if (end === undefined) return;
  throw new FirebreakError('FB_RUN_STATE', `run ${run} is ${end.how} already`, {
    remedy: `run the hosts that are not fine again: firebreak rerun ${run} --failed`,
  });
}

/** A journal that cannot be written must not hide why the run ended; whoever is dead owns nothing anyway. */
async function giveUp(journal: Journal, run: string): Promise<void> {
  await journal.disown(run).catch(() => {});
}
