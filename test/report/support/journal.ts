/** Runs as a journal has them, written short. */
import type { HostOutcome, JsonObject, Plan, RunEvent, RunEventBody, StepOutcome } from '../../../src/domain/index.ts';
import { foldRun } from '../../../src/engine/index.ts';
import type { ReportSource } from '../../../src/report/index.ts';

/** Each event is one second after the one before. */
export function source(
  run: string,
  plan: Plan,
  bodies: readonly RunEventBody[],
  { parent = null, check = false, from = '2026-11-23T04:00:00.000Z', change } = {} as {
    change?: string;
    parent?: string | null;
    check?: boolean;
    from?: string;
  },
): ReportSource {
  const started: RunEventBody = {
    type: 'RunStarted',
    planHash: plan.hash,
    parent,
    check,
    by: 'alice@ctl',
    version: '1.2.3',
    ...(change === undefined ? {} : { change }),
  };
  const events = [started, ...bodies].map((body, index): RunEvent => {
    return { ...body, run, seq: index + 1, at: new Date(Date.parse(from) + index * 1000).toISOString() };
  });
  return { plan, events, view: foldRun(plan, events) };
}

export function stepped(
  host: string,
  step: string,
  uses: string,
  result: JsonObject = {},
  rest: {
    outcome?: StepOutcome;
    error?: Extract<RunEventBody, { type: 'StepFinished' }>['error'];
    reason?: string;
  } = {},
): RunEventBody {
  const { outcome = 'ok', error = null, reason = '' } = rest;
  return { type: 'StepFinished', host, step, uses, outcome, result, error, reason, attempts: 1, durationMs: 1500 };
}

export function ended(
  host: string,
  outcome: HostOutcome,
  reason: string = outcome,
  rest: Partial<Extract<RunEventBody, { type: 'HostFinished' }>> = {},
): RunEventBody {
  return { type: 'HostFinished', host, outcome, reason, error: null, standingShields: 0, ...rest };
}

export function owed(host: string, obligation: string, step = 'shield'): RunEventBody {
  return {
    type: 'ObligationOwed',
    host,
    obligation,
    kind: 'undo',
    step,
    uses: 'shield.apply',
    args: { method: 'auto' },
    prior: { method: 'ipsec' },
  };
}

export const completed: RunEventBody = { type: 'RunFinished', how: 'completed', reason: '' };
