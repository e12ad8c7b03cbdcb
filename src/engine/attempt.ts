/** What one attempt at a step can come to. Types and small pure helpers only. */
import type { ErrorRecord, JsonObject, RunEventBody, StepOutcome } from '../domain/index.ts';

/** The step has its outcome (unless `until` wants another round). */
export interface Ended {
  readonly kind: 'ended';
  readonly outcome: StepOutcome;
  readonly result: JsonObject;
  readonly error: ErrorRecord | null;
  readonly reason: string;
  /** Written in the same append before StepFinished. */
  readonly before: readonly RunEventBody[];
  /** Ids of undos that the step has discharged. */
  readonly discharged: readonly string[];
}

/** It went wrong; another attempt may be made when the error is retryable. */
export interface WentWrong {
  readonly kind: 'went-wrong';
  readonly error: ErrorRecord;
  readonly result: JsonObject;
  readonly before: readonly RunEventBody[];
  readonly discharged: readonly string[];
}

export type Attempt = Ended | WentWrong;

export function ended(outcome: StepOutcome, rest: Partial<Omit<Ended, 'kind' | 'outcome'>> = {}): Ended {
  return { kind: 'ended', outcome, result: {}, error: null, reason: '', before: [], discharged: [], ...rest };
}

export function wentWrong(error: ErrorRecord, rest: Partial<Omit<WentWrong, 'kind' | 'error'>> = {}): WentWrong {
  return { kind: 'went-wrong', error, result: {}, before: [], discharged: [], ...rest };
}

const REFUSALS: ReadonlySet<string> = new Set(['FB_STEP_REFUSED', 'FB_SHIELD_REFUSED']);

/** How a step ends on an error that is not tried again. */
export function outcomeOfError(error: ErrorRecord, isOver: boolean): StepOutcome {
  // A host that went down and stays away is out of reach, whatever step it happened in.
  if (error.code.startsWith('FB_CONNECT_') || error.code === 'FB_REBOOT_NOT_BACK') return 'unreachable';
  if (REFUSALS.has(error.code)) return 'refused';
  return isOver || error.code === 'FB_DEADLINE' ? 'timed-out' : 'failed';
}
