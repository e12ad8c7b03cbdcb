/**
 * One attempt at a step that changes something (docs/architecture.md, "A changing step"):
 *
 *   no intent ── probe ─┬─ satisfied, not-applicable, refused, needs-operator → ended
 *                       └─ needed → intent + obligation (durable) → act ─┬─ done ─────┐
 *   intent ──── recover ─┬─ not-started → intent again, FIRST prior → act┤            ├→ prove → ended
 *                        ├─ unknown → repeatable? act : needs a person   └─ detached ─┤
 *                        ├─ running ─────────────────────→ wait (recover again) ──────┤
 *                        │   act lost its host, receipt kept → wait ──────────────────┤
 *                        └─ done ─────────────────────────────────────────────────────┘
 *
 * Must not know about conditions, retries and blocks.
 */
import {
  type ChangeAction,
  FirebreakError,
  type JsonObject,
  type OpenUndo,
  type PlannedStep,
  type Recovered,
  type RunEventBody,
  type StepContext,
  toErrorRecord,
} from '../domain/index.ts';
import { canonicalJson } from '../util/index.ts';
import { type Attempt, ended, wentWrong } from './attempt.ts';
import type { HostConnection } from './host-connection.ts';
import type { IntentRecord, StepRecord } from './host-record.ts';
import { attemptContext, type HostWork, openUndos, stepContext } from './host-work.ts';
import { throwIfPaused } from './pause.ts';
import { RelayWait } from './relay-wait.ts';
import type { StepTime } from './step-time.ts';

/** Waiting for work on the host: first look after a second, then less and less often. */
const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 5_000;
const OUT_OF_SIGHT = /^FB_(CONNECT|SESSION)_/;

interface Change {
  readonly work: HostWork;
  readonly step: PlannedStep;
  readonly action: ChangeAction;
  readonly record: StepRecord;
  readonly time: StepTime;
  readonly attempt: number;
  readonly context: StepContext;
  /** While `act` runs, a pause waits. */
  readonly holdPause: () => () => void;
}

/**
 * @throws whatever the action throws; the caller tells failures from pauses
 */
export async function attemptChange(
  work: HostWork,
  step: PlannedStep,
  action: ChangeAction,
  args: JsonObject,
  time: StepTime,
  attempt: number,
): Promise<Attempt> {
  const { context, holdPause } = attemptContext(work, { stepId: step.id, attempt, time });
  const change: Change = { work, step, action, record: work.record.step(step.id), time, attempt, context, holdPause };
  const { intent } = change.record;
  return intent === null ? begin(change, args) : goOn(change, intent);
}

async function begin(change: Change, args: JsonObject): Promise<Attempt> {
  const { work, step, action, time, context, attempt } = change;
  const found = await time.bound(action.probe(context, args), time.signal);
  const reason = 'reason' in found ? (found.reason ?? '') : '';
  const probed: RunEventBody = {
    type: 'StepProbed',
    host: work.host.name,
    step: step.id,
    attempt,
    state: found.state,
    reason: found.state === 'refused' ? found.error.message : reason,
  };
  const before = [probed];
  switch (found.state) {
    case 'satisfied':
      return ended('ok', { result: found.result, reason, before });
    case 'not-applicable':
      return ended('skipped', { result: found.result ?? {}, reason: found.reason, before });
    case 'refused':
      return ended('refused', { error: found.error, before });
    case 'needs-operator':
      return ended('parked', { reason: found.reason, before });
    case 'needed':
      break;
  }
  if (work.check) {
    work.unproduced.add(step.id);
    work.wouldChange.push(step.id);
    return ended('skipped', { reason: `check: would run${reason === '' ? '' : ` (${reason})`}`, before });
  }
  throwIfPaused(work.pause);
  await time.bound(work.claimMarker(context), time.signal);
  const seen = plain(found.prior);
  const owed = owedAlready(change, args, seen);
  const prior = owed?.prior ?? seen;
  const intended = await intend(change, args, prior, before, owed === null && action.undo !== undefined);
  return act(change, intended);
}

/**
 * The undo of the same change that is owed already: its prior is the state before *all* our changes, what the probe sees
 * now may be our own.
 */
function owedAlready(change: Change, args: JsonObject, seen: JsonObject): { readonly prior: JsonObject } | null {
  const { work, step, action } = change;
  if (action.undo === undefined) return null;
  const wanted = canonicalJson(plain(args));
  const before = canonicalJson(seen);
  const isSame = (undo: OpenUndo) =>
    action.isSameChange?.(seen, undo.prior) !== false &&
    ((undo.run === work.recorder.run && undo.step === step.id) ||
      canonicalJson(undo.args) === wanted ||
      canonicalJson(undo.prior) === before);
  return openUndos(work).find((undo) => undo.uses === step.uses && isSame(undo)) ?? null;
}

/** The intent, and with it what is owed from now on, durable before anything happens on the host. */
async function intend(
  change: Change,
  args: JsonObject,
  prior: JsonObject,
  before: readonly RunEventBody[],
  isOwed: boolean,
): Promise<IntentRecord> {
  const { work, step, attempt, record } = change;
  const host = work.host.name;
  const common = { host, step: step.id, uses: step.uses, args: plain(args), prior };
  const events: RunEventBody[] = [...before, { type: 'StepIntended', ...common, attempt }];
  if (isOwed) {
    events.push({ type: 'ObligationOwed', ...common, obligation: work.deps.random.id(12), kind: 'undo' });
  }
  await work.recorder.append(work.record, events);
  if (record.intent === null) throw new FirebreakError('FB_BUG', `step ${step.id}: its intent is not in the record`);
  return record.intent;
}

async function act(change: Change, intent: IntentRecord): Promise<Attempt> {
  const { work, step, action, time, context } = change;
  // Cutting an act short leaves work that only recover can sort out: a pause waits for it unless it may be repeated.
  const mayCut = action.isRepeatable(intent.args);
  const release = mayCut ? () => {} : change.holdPause();
  let acted: Awaited<ReturnType<ChangeAction['act']>>;
  try {
    const signal = mayCut ? time.signal : time.deadlineSignal;
    acted = await time.bound(action.act(context, intent.args, intent.prior), signal);
  } catch (thrown) {
    if (!goesOnWithoutUs(change, thrown)) throw thrown;
    work.recorder.progress(work.host.name, step.id, `out of sight: ${thrown.message}`);
    await work.connection.drop();
    return settle(change, intent, await wait(change, intent), false);
  } finally {
    release();
  }
  if (acted.state === 'done') return prove(change, intent);
  await work.recorder.append(work.record, [
    { type: 'StepDetached', host: work.host.name, step: step.id, receipt: acted.receipt },
  ]);
  return settle(change, intent, await wait(change, intent), true);
}

/** The host has the work and its receipt is durable: only we have lost sight of it. */
function goesOnWithoutUs(change: Change, thrown: unknown): thrown is FirebreakError {
  const { work, record, time } = change;
  if (record.receipt === null || time.isOver || work.pause.aborted) return false;
  return thrown instanceof FirebreakError && isOutOfSight(thrown, work.connection);
}

/** After a crash, a pause or a failed attempt: the host knows what became of the intent. */
async function goOn(change: Change, intent: IntentRecord): Promise<Attempt> {
  const isDetached = change.record.receipt !== null;
  return settle(change, intent, isDetached ? await wait(change, intent) : await recover(change, intent), false);
}

async function settle(change: Change, intent: IntentRecord, seen: Recovered, hasActed: boolean): Promise<Attempt> {
  const { work, step, action, time, context } = change;
  throwIfPaused(work.pause);
  if (seen.state === 'done') return prove(change, intent);
  if (seen.state === 'running') return settle(change, intent, await wait(change, intent), hasActed);
  if (seen.state === 'unknown' && !action.isRepeatable(intent.args)) return unknownState(step, seen.reason);
  if (hasActed)
    throw new FirebreakError('FB_STEP_NOT_PROVEN', `${step.uses}: the host took the work but never began it`);
  await time.bound(work.claimMarker(context), time.signal);
  return act(change, await intend(change, intent.args, intent.prior, [], false));
}

function unknownState(step: PlannedStep, reason: string): Attempt {
  const error = new FirebreakError(
    'FB_STEP_UNKNOWN_STATE',
    `${step.uses}: cannot tell whether it was done: ${reason}`,
    {
      remedy: 'look at the host, then run the playbook on it again: firebreak rerun last --failed',
    },
  );
  return ended('parked', { error: error.toRecord(), reason });
}

function recover(change: Change, intent: IntentRecord): Promise<Recovered> {
  const { action, time, context, record } = change;
  const open = { prior: intent.prior, since: intent.since, receipt: record.receipt };
  return time.bound(action.recover(context, intent.args, open), time.signal);
}

/** The work goes on without us; losing sight of the host meanwhile is no failure until the deadline. */
async function wait(change: Change, intent: IntentRecord): Promise<Recovered> {
  const { work, step, time } = change;
  const { connection, deps } = work;
  connection.isWaiting = true;
  let outOfSight: FirebreakError | null = null;
  const relay = new RelayWait(work, step.id, time);
  try {
    for (let delayMs = FIRST_LOOK_MS; ; delayMs = Math.min(LONGEST_LOOK_MS, delayMs * 1.5)) {
      throwIfPaused(work.pause);
      if (time.isOver) throw outOfSight ?? time.exceeded();
      try {
        const seen = await recover(change, intent);
        if (seen.state !== 'running') return seen;
        outOfSight = null;
      } catch (thrown) {
        if (time.isOver && outOfSight !== null) throw outOfSight;
        if (!(thrown instanceof FirebreakError) || !isOutOfSight(thrown, connection)) throw thrown;
        outOfSight = thrown;
        await connection.drop();
        work.recorder.progress(work.host.name, step.id, `out of sight: ${thrown.message}`);
        const lost = await relay.after(thrown.toRecord());
        if (lost?.relay !== undefined) throw new FirebreakError(lost.code, lost.message, { ...lost, cause: thrown });
      }
      throwIfPaused(work.pause);
      await deps.clock.sleep(Math.min(delayMs, Math.max(1, time.remainingMs())), work.pause);
    }
  } finally {
    connection.isWaiting = false;
  }
}

/** A session that is refused in its midst is one more way to lose the host: the next logon decides. */
function isOutOfSight(thrown: FirebreakError, connection: HostConnection): boolean {
  return OUT_OF_SIGHT.test(thrown.code) || (thrown.code === 'FB_AUTH_DENIED' && !connection.isDenied);
}

async function prove(change: Change, intent: IntentRecord): Promise<Attempt> {
  const { work, step, action, time, context } = change;
  throwIfPaused(work.pause);
  const proof = await time.bound(action.prove(context, intent.args, intent.prior), time.signal);
  const discharged = proof.discharged ?? [];
  const before: RunEventBody[] =
    proof.confirmed === true ? [{ type: 'ShieldConfirmed', host: work.host.name, step: step.id }] : [];
  if (proof.proven) return ended('changed', { result: proof.result, before, discharged });
  const error =
    proof.error ?? new FirebreakError('FB_STEP_NOT_PROVEN', `${step.uses}: the change is not in effect`).toRecord();
  return wentWrong(error, { result: proof.result, before, discharged });
}

/** After a definite failure: an undo is not owed when nothing was begun. Best effort, reads only. */
export async function undosNotNeeded(
  work: HostWork,
  step: PlannedStep,
  action: ChangeAction,
  time: StepTime,
): Promise<readonly string[]> {
  const { intent, receipt } = work.record.step(step.id);
  if (intent === null || time.isOver) return [];
  const own = openUndos(work).filter(
    ({ run, step: of, prior }) =>
      run === work.recorder.run && of === step.id && action.isSameChange?.(intent.prior, prior) !== false,
  );
  if (own.length === 0) return [];
  const context = stepContext(work, { stepId: step.id, attempt: 1, time });
  try {
    const open = { prior: intent.prior, since: intent.since, receipt };
    const recovered = await time.bound(action.recover(context, intent.args, open), time.signal);
    return recovered.state === 'not-started' ? own.map((undo) => undo.id) : [];
  } catch (thrown) {
    work.recorder.throwIfBroken();
    throwIfPaused(work.pause);
    await work.connection.dropIfLost(thrown);
    work.recorder.progress(work.host.name, step.id, `cannot tell what is left: ${toErrorRecord(thrown).message}`);
    return [];
  }
}

/** As the journal gives it back, so that a resumed run sees the same values as an undisturbed one. */
function plain(value: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
