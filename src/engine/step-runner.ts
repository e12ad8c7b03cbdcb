/**
 * One step on one host: condition, arguments, throttle, deadline, attempts, outcome. A finished step of an earlier process
 * is not run again. Must not know about blocks.
 */
import {
  type Action,
  type ChangeAction,
  FirebreakError,
  HOST_OUTCOMES,
  type HostOutcome,
  type JsonObject,
  type PlannedHost,
  type PlannedStep,
  type ReadAction,
  type StepFinished,
  toErrorRecord,
} from '../domain/index.ts';
import { evaluateCondition, interpolate, refersTo, stepsBehind } from '../playbook/index.ts';
import { parseDuration } from '../util/index.ts';
import { type Attempt, type Ended, ended, outcomeOfError, wentWrong } from './attempt.ts';
import { attemptChange, undosNotNeeded } from './change-attempt.ts';
import { targetOf } from './elsewhere.ts';
import type { StepFailure } from './host-outcome.ts';
import { discharge, dischargeEvents, expressionContext, type HostWork, stepContext } from './host-work.ts';
import { iterationsOf, runLoop } from './loop.ts';
import { hasBegun } from './once.ts';
import { askOperator, waitFor, waitForHost } from './operator-step.ts';
import { Paused, throwIfPaused } from './pause.ts';
import { baseId, loopUses, varsAt } from './plan-steps.ts';
import { RelayWait } from './relay-wait.ts';
import { StepTime } from './step-time.ts';

/** What a step means for the way through the playbook. */
export type Flow =
  | { readonly kind: 'next' }
  | { readonly kind: 'failed' | 'unreachable' | 'parked'; readonly failure: StepFailure }
  /** The answer to the step's question came late: the host is looked at again before it counts. */
  | { readonly kind: 'again'; readonly step: string }
  | { readonly kind: 'ended'; readonly outcome: HostOutcome | null; readonly reason: string };

/** @throws Paused, a failure of the journal */
export async function runStep(work: HostWork, step: PlannedStep): Promise<Flow> {
  const known = work.record.steps.get(step.id)?.finished ?? null;
  const action = work.deps.actions.get(step.uses);
  // A process that died before it parked the host has left it to be looked for again.
  const isToLook = known?.outcome === 'parked' && action?.kind === 'wait';
  if (known !== null && !isToLook) return flowOf(known, action);
  throwIfPaused(work.pause);
  if (action === undefined) {
    throw new FirebreakError('FB_BUG', `step ${step.id}: the plan holds an unknown action ${step.uses}`);
  }
  const finished = await (step.runOnce === true ? oncePerWave(work, step, action) : doStep(work, step, action));
  return finished === null ? { kind: 'again', step: step.id } : flowOf(finished, action);
}

/** Steps that a skipped block holds. */
export async function skipSteps(work: HostWork, steps: readonly PlannedStep[], reason: string): Promise<void> {
  const open = steps.filter((step) => (work.record.steps.get(step.id)?.finished ?? null) === null);
  const events = open.map((step) => finishedEvent(work, step, ended('skipped', { reason }), 0, 0));
  await work.recorder.append(work.record, events);
}

/** How a step says in `--check` that it was not carried out, so that what it would give is not known. */
const WOULD_RUN = 'check: would run';
const UNPRODUCED = /^(once for the wave, by [^:]+: )?check: (would run|would ask|depends on [^(]*$)/;

/** In `--check`: what an earlier process of the run has not carried out is not carried out for this one either. */
export function recallUnproduced({ check, record, unproduced, wouldChange }: HostWork): void {
  if (!check) return;
  for (const id of record.finishedOrder) {
    const { outcome, reason } = record.steps.get(id)?.finished ?? { outcome: null, reason: '' };
    if (outcome !== 'skipped' || !UNPRODUCED.test(reason)) continue;
    unproduced.add(id).add(baseId(id));
    if (reason.startsWith(WOULD_RUN) && iterationsOf(record, id).length === 0) wouldChange.push(id);
  }
}

/** The steps not carried out in `--check` on which a condition or template depends, as a reason; null when on none. */
export function checkDependency(work: HostWork, ids: readonly string[]): string | null {
  const missing = ids.filter((id) => work.unproduced.has(id));
  return missing.length === 0 ? null : `check: depends on ${missing.join(', ')}`;
}

function doStep(work: HostWork, step: PlannedStep, action: Action): Promise<StepFinished | null> {
  return step.loop === undefined ? carryOut(work, step, action) : loop(work, step, action);
}

/** Each host judges by itself whether it wants the step; one of those that do does it. */
async function oncePerWave(work: HostWork, step: PlannedStep, action: Action): Promise<StepFinished> {
  try {
    const skipped = hasBegun(work.record, step.id)
      ? null
      : step.loop === undefined
        ? reasonToSkip(work, step)
        : reasonToSkipLoop(work, step);
    if (skipped !== null) return finish(work, step, ended('skipped', { reason: skipped }), 0, 0);
  } catch (thrown) {
    return finish(work, step, ended('failed', { error: toErrorRecord(thrown) }), 0, 0);
  }
  return work.onces.share(work, step, (at) => doStep(at, step, action));
}

async function loop(work: HostWork, step: PlannedStep, action: Action): Promise<StepFinished> {
  const from = work.deps.clock.now();
  try {
    if (work.record.step(step.id).items === null) {
      const skipped = reasonToSkipLoop(work, step);
      if (skipped !== null) return await finish(work, step, ended('skipped', { reason: skipped }), 0, 0);
    }
    const { done, items } = await runLoop(work, step, (iteration) => carryOut(work, iteration, action));
    return await finish(work, step, done, 1, work.deps.clock.now() - from, items);
  } catch (thrown) {
    work.recorder.throwIfBroken();
    if (thrown instanceof Paused || !(thrown instanceof FirebreakError) || thrown.code === 'FB_BUG') throw thrown;
    return finish(work, step, ended('failed', { error: thrown.toRecord() }), 0, 0);
  }
}

/** A condition that is the same for every item comes before the list, which may not be there without it. */
function reasonToSkipLoop(work: HostWork, step: PlannedStep): string | null {
  const isOfItem = step.vars !== undefined || (step.if !== null && refersTo(step.if, 'item'));
  const of: PlannedStep = { ...step, if: isOfItem ? null : step.if, with: {} };
  if (work.check) {
    const depends = checkDependency(work, stepsBehind(varsAt(work.plan, step.id), loopUses(step)));
    if (depends !== null) {
      work.unproduced.add(step.id);
      return depends;
    }
  }
  return reasonToSkip(work, of);
}

async function enter(work: HostWork, step: PlannedStep): Promise<() => void> {
  try {
    return await work.throttles.enter(step, work.pause);
  } catch {
    throw new Paused();
  }
}

async function carryOut(work: HostWork, step: PlannedStep, action: Action): Promise<StepFinished | null> {
  const isOpen = work.record.step(step.id).intent !== null;
  let args: JsonObject;
  let timeoutMs: number;
  let target: PlannedHost | null;
  try {
    // What was intended goes on as it was intended: neither condition nor arguments are looked at again.
    if (!isOpen) {
      const skipped = reasonToSkip(work, step);
      if (skipped !== null) return finish(work, step, ended('skipped', { reason: skipped }), 0, 0);
    }
    args = isOpen ? {} : parseArgs(work, step, action);
    timeoutMs = timeoutOf(work, step);
    target = targetOf(work, step);
  } catch (thrown) {
    return finish(work, step, ended('failed', { error: toErrorRecord(thrown) }), 0, 0);
  }
  if (action.kind === 'control') return finish(work, step, decide(action.decide(args)), 1, 0);
  if (action.kind === 'operator' || action.kind === 'wait') {
    const from = work.deps.clock.now();
    const done = await (action.kind === 'operator'
      ? askOperator(work, step, action, args)
      : action.isForHost === true
        ? waitForHost(work, step, action, args)
        : waitFor(work, step, action, args));
    return done === null ? null : finish(work, step, done, 1, work.deps.clock.now() - from);
  }
  const leave = await enter(work, step);
  try {
    const timed: Timed = { step, action, args, timeoutMs };
    return await (target === null ? inTime(work, timed) : overThere(work, target, timed));
  } finally {
    leave();
  }
}

interface Timed {
  readonly step: PlannedStep;
  readonly action: ReadAction | ChangeAction;
  readonly args: JsonObject;
  readonly timeoutMs: number;
}

async function inTime(work: HostWork, { step, action, args, timeoutMs }: Timed): Promise<StepFinished> {
  work.recorder.progress(work.host.name, step.id, '');
  const time = new StepTime(work.deps.clock, timeoutMs, work.pause);
  try {
    return await attempts(work, step, action, args, time);
  } finally {
    time.end();
  }
}

async function overThere(work: HostWork, target: PlannedHost, timed: Timed): Promise<StepFinished> {
  const { step, action, timeoutMs } = timed;
  let there: Awaited<ReturnType<HostWork['elsewhere']['go']>>;
  try {
    there = await work.elsewhere.go(work, target, { id: step.id, isChange: action.kind === 'change', timeoutMs });
  } catch (thrown) {
    work.recorder.throwIfBroken();
    if (!(thrown instanceof FirebreakError)) throw thrown;
    return finish({ ...work, target }, step, ended('failed', { error: thrown.toRecord() }), 1, 0);
  }
  try {
    return await inTime(there.work, timed);
  } finally {
    await there.comeBack();
  }
}

function reasonToSkip(work: HostWork, step: PlannedStep): string | null {
  if (work.check) {
    const expressions = step.if === null ? [] : [step.if];
    const used = { expressions, templates: [step.with] };
    const depends = checkDependency(work, stepsBehind(varsAt(work.plan, step.id), used));
    if (depends !== null) {
      work.unproduced.add(step.id);
      return depends;
    }
  }
  if (step.if === null || evaluateCondition(step.if, expressionContext(work, step))) return null;
  return `if: ${step.if} is false`;
}

function parseArgs(work: HostWork, step: PlannedStep, action: Action): JsonObject {
  const given = interpolate(step.with, expressionContext(work, step));
  const parsed = action.args.safeParse(given);
  if (parsed.success) return parsed.data as JsonObject;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'with' : `with.${issue.path.join('.')}`;
  throw new FirebreakError('FB_INPUT_INVALID', `step ${step.id}: ${where}: ${issue?.message ?? 'not valid'}`);
}

function timeoutOf(work: HostWork, step: PlannedStep): number {
  if (typeof step.timeout === 'number') return step.timeout;
  const value = interpolate(step.timeout, expressionContext(work, step));
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? parseDuration(value) : null;
  if (ms !== null && ms > 0) return ms;
  throw new FirebreakError(
    'FB_INPUT_INVALID',
    `step ${step.id}: timeout: ${JSON.stringify(value)} is no duration such as 30m`,
  );
}

function decide(decision: { readonly end: HostOutcome | null; readonly reason: string }): Ended {
  const result = { end: decision.end };
  if (decision.end === 'needs-operator') return ended('parked', { result, reason: decision.reason });
  return ended('ok', { result, reason: decision.reason });
}

async function attempts(
  work: HostWork,
  step: PlannedStep,
  action: ReadAction | ChangeAction,
  args: JsonObject,
  time: StepTime,
): Promise<StepFinished> {
  const relay = new RelayWait(work, step.id, time);
  for (;;) {
    throwIfPaused(work.pause);
    const attempt = work.record.step(step.id).failedAttempts + 1;
    const done = await once(work, step, action, args, time, attempt);
    const durationMs = work.deps.clock.now() - time.startedAt;
    if (done.kind === 'ended') return finish(work, step, done, attempt, durationMs);
    const lost = await relay.after(done.error);
    if (lost === null) {
      // The way was gone, not the host: nothing is known of this attempt, and it does not count as one.
      const found = [...done.before, ...dischargeEvents(work, work.host.name, done.discharged, 'undone')];
      await work.recorder.append(work.record, found);
      continue;
    }
    const error = lost;
    if (error.retryable && attempt <= step.retries && time.remainingMs() > step.delayMs) {
      await work.recorder.append(work.record, [
        ...done.before,
        ...dischargeEvents(work, work.host.name, done.discharged, 'undone'),
        { type: 'AttemptFailed', host: work.host.name, step: step.id, attempt, error, retryInMs: step.delayMs },
      ]);
      await discharge(work, done.discharged, 'undone');
      await pausableSleep(work, step.delayMs);
      continue;
    }
    const seen = outcomeOfError(error, time.isOver);
    // That another host is out of reach does not make this one so.
    const outcome = seen === 'unreachable' && work.target !== undefined ? 'failed' : seen;
    if (work.check && outcome === 'failed' && work.wouldChange.length > 0) {
      const reason = `check: depends on ${work.wouldChange.join(', ')} (${error.message})`;
      return finish(
        work,
        step,
        ended('skipped', { reason, result: done.result, before: done.before }),
        attempt,
        durationMs,
      );
    }
    const isDefinite = action.kind === 'change' && action.undo !== undefined && /^(failed|refused)$/.test(outcome);
    const unneeded = isDefinite ? await undosNotNeeded(work, step, action, time) : [];
    const before = [...done.before, ...dischargeEvents(work, work.host.name, unneeded, 'nothing-to-undo')];
    const { result, discharged } = done;
    const message = work.target === undefined ? error.message : `on ${work.target.name}: ${error.message}`;
    const last = { ...error, message, retryable: error.code === 'FB_STEP_UNTIL' ? false : error.retryable };
    return finish(work, step, ended(outcome, { error: last, result, before, discharged }), attempt, durationMs);
  }
}

/** One attempt; errors of the action become data, a pause and a broken journal go on as they are. */
async function once(
  work: HostWork,
  step: PlannedStep,
  action: ReadAction | ChangeAction,
  args: JsonObject,
  time: StepTime,
  attempt: number,
): Promise<Attempt> {
  try {
    const done =
      action.kind === 'change'
        ? await attemptChange(work, step, action, args, time, attempt)
        : await time.bound(read(work, step, action, args, time, attempt), time.signal);
    return until(work, step, done, attempt);
  } catch (thrown) {
    work.recorder.throwIfBroken();
    if (thrown instanceof Paused) throw thrown;
    throwIfPaused(work.pause);
    await work.connection.dropIfLost(thrown);
    const error = toErrorRecord(thrown);
    const isCut = error.code === 'FB_CANCELLED' && time.isOver;
    return wentWrong(isCut ? time.exceeded().toRecord() : error);
  }
}

async function read(
  work: HostWork,
  step: PlannedStep,
  action: ReadAction,
  args: JsonObject,
  time: StepTime,
  attempt: number,
): Promise<Attempt> {
  const context = stepContext(work, { stepId: step.id, attempt, time });
  const { result, error } = await action.read(context, args);
  // With `until`, an answer that is not good yet is what is waited for.
  if (error !== undefined)
    return wentWrong(step.until === null || work.check ? error : { ...error, retryable: true }, { result });
  return ended('ok', { result });
}

function until(work: HostWork, step: PlannedStep, done: Attempt, attempt: number): Attempt {
  if (step.until === null || work.check || done.kind !== 'ended') return done;
  if (done.outcome !== 'ok' && done.outcome !== 'changed') return done;
  if (evaluateCondition(step.until, expressionContext(work, step, { result: done.result }))) return done;
  const reason = done.result['reason'];
  const why = typeof reason === 'string' && reason !== '' ? `: ${reason}` : '';
  const error = new FirebreakError(
    'FB_STEP_UNTIL',
    `not so after ${attempt} evaluation${attempt === 1 ? '' : 's'}: ${step.until}${why}`,
    { retryable: true },
  );
  const { result, before, discharged } = done;
  return wentWrong(error.toRecord(), { result, before, discharged });
}

async function pausableSleep(work: HostWork, ms: number): Promise<void> {
  try {
    await work.deps.clock.sleep(ms, work.pause);
  } catch {
    throw new Paused();
  }
}

async function finish(
  work: HostWork,
  step: PlannedStep,
  done: Ended,
  attempts: number,
  durationMs: number,
  items?: number,
): Promise<StepFinished> {
  const event: StepFinished = {
    ...finishedEvent(work, step, done, attempts, durationMs),
    ...(items === undefined ? {} : { items }),
  };
  const host = work.host.name;
  const discharged = dischargeEvents(work, host, done.discharged, 'undone');
  await work.recorder.append(work.record, [...done.before, ...discharged, event]);
  // Those that another run owes, if any; the host will say "nothing to undo" should this be lost.
  await discharge(work, done.discharged, 'undone');
  return event;
}

function finishedEvent(
  work: HostWork,
  step: PlannedStep,
  done: Ended,
  attempts: number,
  durationMs: number,
): StepFinished {
  const { outcome, result, error, reason } = done;
  const place = {
    host: work.host.name,
    step: step.id,
    uses: step.uses,
    ...(work.target === undefined ? {} : { on: work.target.name }),
  };
  return { type: 'StepFinished', ...place, outcome, result, error, reason, attempts, durationMs };
}

function flowOf(finished: StepFinished, action: Action | undefined): Flow {
  const { step, uses, outcome, error, reason, result, on } = finished;
  const failure: StepFailure = { step, uses, outcome, error, reason, ...(on === undefined ? {} : { on }) };
  switch (outcome) {
    case 'failed':
    case 'refused':
    case 'timed-out':
    case 'cancelled':
      return { kind: 'failed', failure };
    case 'unreachable':
    case 'parked':
      return { kind: outcome, failure };
    case 'ok':
    case 'changed':
    case 'skipped':
      if (outcome === 'skipped') return { kind: 'next' };
      if (action?.kind !== 'control' && (action?.kind !== 'operator' || result['end'] === undefined)) {
        return { kind: 'next' };
      }
      return { kind: 'ended', outcome: asOutcome(result['end']), reason };
  }
}

function asOutcome(value: unknown): HostOutcome | null {
  return HOST_OUTCOMES.find((outcome) => outcome === value) ?? null;
}
