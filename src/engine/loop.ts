/**
 * A step with `loop:`: the list is fixed in the journal before the first item, each item is a step of its own (`id[0]`) with
 * its own intents, attempts and outcome, and the step ends with the list of what came of them. A failed item does not keep
 * the others from being done; a host that is out of reach, or that needs a person, does. Must not know how one is carried out.
 */
import {
  FirebreakError,
  type Json,
  type JsonObject,
  type PlannedStep,
  type StepFinished,
  type StepOutcome,
} from '../domain/index.ts';
import { evaluate, interpolate } from '../playbook/index.ts';
import { type Ended, ended } from './attempt.ts';
import type { HostRecord } from './host-record.ts';
import { expressionContext, type HostWork } from './host-work.ts';
import { throwIfPaused } from './pause.ts';

/** One item's step. */
export interface Iteration extends PlannedStep {
  readonly item: Json;
}

const MAX_ITEMS = 1000;
/** Items named in a reason, and how much of each. */
const NAMED = 3;
const LABEL = 60;
/** What the step ends as when some items did not end well, the first that there is. */
const WORST: readonly StepOutcome[] = ['parked', 'unreachable', 'cancelled', 'failed', 'timed-out', 'refused'];

/** @throws Paused, a failure of the journal, FB_STEP_CONDITION and FB_INPUT_INVALID for what is no list */
export async function runLoop(
  work: HostWork,
  step: PlannedStep,
  carryOut: (iteration: Iteration) => Promise<StepFinished | null>,
): Promise<{ readonly done: Ended; readonly items: number }> {
  const { record, recorder, host } = work;
  if (record.step(step.id).items === null) {
    const items = listOf(work, step);
    await recorder.append(record, [{ type: 'LoopStarted', host: host.name, step: step.id, items }]);
  }
  const items = record.step(step.id).items ?? [];
  const { loop: _loop, ...once } = step;
  const finished: StepFinished[] = [];
  for (const [index, item] of items.entries()) {
    const iteration: Iteration = { ...once, id: iterationId(step.id, index), item };
    const known = record.steps.get(iteration.id)?.finished ?? null;
    if (known === null) throwIfPaused(work.pause);
    const end = known ?? (await carryOut(iteration));
    if (end === null) throw new FirebreakError('FB_BUG', `step ${iteration.id}: ${step.uses} cannot loop`);
    finished.push(end);
    if (work.unproduced.has(iteration.id)) work.unproduced.add(step.id);
    if (end.outcome === 'unreachable' || end.outcome === 'parked') break;
  }
  return { done: sumUp(items, finished), items: items.length };
}

/** Ids of the items' steps that have left a trace. */
export function iterationsOf(record: HostRecord, id: string): readonly string[] {
  return [...record.steps.keys()].filter((key) => key.startsWith(`${id}[`));
}

function iterationId(id: string, index: number): string {
  return `${id}[${index}]`;
}

/** An item as a reason names it. */
export function itemLabel(item: Json): string {
  const text = typeof item === 'string' ? item : JSON.stringify(item);
  return text.length > LABEL ? `${text.slice(0, LABEL)}…` : text;
}

function listOf(work: HostWork, step: PlannedStep): readonly Json[] {
  const context = expressionContext(work, step);
  const { loop = null } = step;
  const value = typeof loop === 'string' ? evaluate(loop, context) : interpolate(loop, context);
  if (!isList(value)) {
    const given = value === null ? 'nothing' : JSON.stringify(value).slice(0, LABEL);
    throw new FirebreakError('FB_INPUT_INVALID', `step ${step.id}: loop: ${given} is no list`, {
      remedy: 'a step that has not run gives null: ask for it in if:, or write the list',
    });
  }
  if (value.length <= MAX_ITEMS) return value;
  throw new FirebreakError('FB_INPUT_INVALID', `step ${step.id}: loop: ${value.length} items, more than ${MAX_ITEMS}`);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function sumUp(items: readonly Json[], finished: readonly StepFinished[]): Ended {
  const results = finished.map(
    ({ result, outcome, error }, index): JsonObject => ({
      ...result,
      item: items[index] ?? null,
      outcome,
      error: error?.message ?? null,
    }),
  );
  const has = (outcome: StepOutcome) => finished.some((end) => end.outcome === outcome);
  const worst = WORST.find(has);
  if (worst !== undefined) {
    const bad = finished.flatMap((end, index) =>
      WORST.includes(end.outcome) ? [itemLabel(items[index] ?? null)] : [],
    );
    const names = `${bad.slice(0, NAMED).join(', ')}${bad.length > NAMED ? ', …' : ''}`;
    const first = finished.find((end) => end.outcome === worst);
    const why = first?.error?.message ?? first?.reason ?? '';
    const reason = `${bad.length} of ${items.length} items: ${names}${why === '' ? '' : `: ${why}`}`;
    const error = first?.error ?? null;
    return ended(worst, { result: { results }, reason, error: error === null ? null : { ...error, message: reason } });
  }
  if (items.length === 0) return ended('skipped', { result: { results }, reason: 'loop: the list is empty' });
  if (has('changed')) return ended('changed', { result: { results } });
  if (has('ok')) return ended('ok', { result: { results } });
  return ended('skipped', { result: { results }, reason: finished[0]?.reason ?? '' });
}
