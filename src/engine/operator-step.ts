/**
 * A step that asks a person, or that waits:
 *
 *   not asked ─► OperatorAsked ─┬─ answered in an earlier run ──────────────────────────────┐
 *   asked, same question ───────┤                                                           ├► OperatorAnswered + StepFinished
 *                               ├─ somebody is there ─► prompt ─┬─ soon ────────────────────┘
 *                               │                               └─ late ─► OperatorAnswered ─► again from what was read
 *                               └─ nobody ─► StepFinished parked; the host parks
 *   answer recorded ────────────► StepFinished
 *
 * An answer is to the question in its words: when what was read since has changed them, it is asked anew. Must not know
 * who prompts, nor what an answer means.
 */
import {
  type ErrorRecord,
  FirebreakError,
  isSameQuestion,
  type JsonObject,
  legalAnswer,
  type OperatorAction,
  type PlannedStep,
  type Question,
  type RunEventBody,
  toErrorRecord,
  type WaitAction,
} from '../domain/index.ts';
import { formatDuration } from '../util/index.ts';
import { type Ended, ended } from './attempt.ts';
import type { AnswerRecord, QuestionRecord, StepRecord } from './host-record.ts';
import type { HostWork } from './host-work.ts';
import { Paused, throwIfPaused } from './pause.ts';

/** What was read before a question is out of date when the answer took longer. */
const STALE_MS = 10 * 60_000;
/** A session is not kept open over a longer wait. */
const KEEP_SESSION_MS = 30_000;
/** How long one look for a host that may be away takes. */
const REACH_MS = 30_000;

/** @returns null when the host has to be looked at again before the answer counts. @throws Paused, a failure of the journal */
export async function askOperator(
  work: HostWork,
  step: PlannedStep,
  action: OperatorAction,
  args: JsonObject,
): Promise<Ended | null> {
  const question = action.question(args);
  if (work.check) {
    work.unproduced.add(step.id);
    return ended('skipped', { reason: `check: would ask: ${question.text}` });
  }
  const asked = await ask(work, step, question);
  if (asked.answer !== null) {
    return isStale(work, asked, asked.answer) ? null : settle(action, args, question, asked.answer, []);
  }
  const carried = (await work.answers?.find(work.host.name, question)) ?? null;
  if (carried !== null && action.settle(args, carried.answer).carries) {
    return answered(work, step, asked, { ...carried, via: 'carried' }, { action, args });
  }
  const { operator } = work.deps;
  if (operator?.willAnswer(question) !== true) return ended('parked', { reason: question.text });
  // Nobody knows how long that takes; and the host may be about to lose its network.
  await work.connection.drop();
  const given = await prompt(work, () =>
    operator.ask({ host: work.host.name, step: step.id, question, signal: work.pause }),
  );
  if (given === null) return ended('parked', { reason: question.text });
  const at = new Date(work.deps.clock.now()).toISOString();
  const answer = legalAnswer(question, given.answer);
  if (answer === null) throw new FirebreakError('FB_BUG', `step ${step.id}: "${given.answer}" is no answer`);
  return answered(work, step, asked, { answer, via: given.via, by: work.by, givenAt: at, at }, { action, args });
}

/** The open or answered question of the step; journalled when it is another one than before. */
async function ask(work: HostWork, step: PlannedStep, question: Question): Promise<QuestionRecord> {
  const { record, recorder, host } = work;
  const known = record.step(step.id).question;
  if (known !== null && isSameQuestion(known.question, question)) return known;
  await recorder.append(record, [{ type: 'OperatorAsked', host: host.name, step: step.id, uses: step.uses, question }]);
  return record.step(step.id).question ?? { question, askedAt: '', answer: null };
}

async function prompt<T>(work: HostWork, asks: () => Promise<T>): Promise<T> {
  try {
    return await asks();
  } catch (thrown) {
    throwIfPaused(work.pause);
    throw thrown;
  }
}

async function answered(
  work: HostWork,
  step: PlannedStep,
  asked: QuestionRecord,
  answer: AnswerRecord,
  how: { readonly action: OperatorAction; readonly args: JsonObject },
): Promise<Ended | null> {
  const { answer: value, by, via, givenAt } = answer;
  const event: RunEventBody = {
    type: 'OperatorAnswered',
    host: work.host.name,
    step: step.id,
    answer: value,
    by,
    via,
    givenAt,
  };
  if (!isStale(work, asked, answer)) return settle(how.action, how.args, asked.question, answer, [event]);
  await work.recorder.append(work.record, [event]);
  return null;
}

/** True when the host was last looked at so long before the answer that it may be another host by now. */
function isStale(work: HostWork, asked: QuestionRecord, { via, at }: AnswerRecord): boolean {
  const { takenUpAt } = work.record;
  if (takenUpAt !== null && takenUpAt >= at) return false;
  if (via === 'command') return true;
  const lookedAt = Math.max(Date.parse(asked.askedAt), takenUpAt === null ? 0 : Date.parse(takenUpAt));
  return via === 'terminal' && Date.parse(at) - lookedAt > STALE_MS;
}

function settle(
  action: OperatorAction,
  args: JsonObject,
  question: Question,
  { answer, by, givenAt }: AnswerRecord,
  before: readonly RunEventBody[],
): Ended {
  const { flow, error } = action.settle(args, answer);
  const result = { answer, by, at: givenAt };
  const reason = `${by} answered ${answer}: ${question.text}`;
  if (flow === 'go-on') return ended('ok', { result, reason, before });
  if (flow === 'end') return ended('ok', { result: { ...result, end: 'skipped' }, reason, before });
  return ended('failed', { result, reason, before, error: error ?? null });
}

/**
 * Looks whether the host can be reached; parks it for what is left of the time, counted from the first look.
 * @throws Paused, a failure of the journal
 */
export async function waitForHost(
  work: HostWork,
  step: PlannedStep,
  action: WaitAction,
  args: JsonObject,
): Promise<Ended> {
  const { record, recorder, deps, host, connection } = work;
  const ms = action.durationMs(args);
  if (work.check) return ended('skipped', { reason: `check: would wait up to ${formatDuration(ms)} for the host` });
  if (record.step(step.id).startedAt === null) {
    const place = { host: host.name, step: step.id, attempt: 1, reason: '' };
    await recorder.append(record, [{ type: 'StepProbed', ...place, state: 'needed' }]);
  }
  const since = Date.parse(record.step(step.id).startedAt ?? '');
  const away = await whyAway(work);
  const waited = Math.max(0, Math.floor((deps.clock.now() - since) / 60_000));
  if (away === null) return ended('ok', { result: { waited_minutes: waited } });
  await connection.drop();
  const until = new Date(since + ms).toISOString();
  if (deps.clock.now() < since + ms) {
    return ended('parked', {
      result: { until },
      reason: `away (${away.message}); waited for until ${until.slice(0, 16)}Z`,
    });
  }
  const message = `not reached within ${formatDuration(ms)}: ${away.message}`;
  return ended('unreachable', { error: { ...away, message }, result: { waited_minutes: waited } });
}

/** Null: it lets us in, or says no; what it says meets the steps that follow. @throws Paused, a failure of the journal */
export async function whyAway(work: HostWork): Promise<ErrorRecord | null> {
  try {
    await work.connection.session(work.pause, REACH_MS);
    return null;
  } catch (thrown) {
    work.recorder.throwIfBroken();
    throwIfPaused(work.pause);
    const error = toErrorRecord(thrown);
    return error.code.startsWith('FB_CONNECT_') ? error : null;
  }
}

/** Waits for what is left of the time since the step was first begun. @throws Paused, a failure of the journal */
export async function waitFor(work: HostWork, step: PlannedStep, action: WaitAction, args: JsonObject): Promise<Ended> {
  const { record, recorder, deps, host, pause } = work;
  const ms = action.durationMs(args);
  const said = formatDuration(ms);
  if (work.check) return ended('skipped', { reason: `check: would wait ${said}` });
  const known: StepRecord = record.step(step.id);
  if (known.startedAt === null) {
    const probed = {
      type: 'StepProbed',
      host: host.name,
      step: step.id,
      attempt: 1,
      state: 'needed',
      reason: '',
    } as const;
    await recorder.append(record, [probed]);
  }
  const endsAt = Date.parse(record.step(step.id).startedAt ?? '') + ms;
  const leftMs = endsAt - deps.clock.now();
  if (leftMs > KEEP_SESSION_MS) await work.connection.drop();
  if (leftMs > 0) {
    recorder.progress(host.name, step.id, `waits until ${new Date(endsAt).toISOString().slice(0, 19)}Z`);
    try {
      await deps.clock.sleep(leftMs, pause);
    } catch {
      throw new Paused();
    }
  }
  return ended('ok', { reason: `waited ${said}` });
}
