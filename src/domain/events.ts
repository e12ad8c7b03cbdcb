/**
 * The journal's events: the one truth of a run. Reports, status and resume are folds over them. Plain JSON; a field is
 * never renamed, new ones may come.
 */
import type { ErrorRecord } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { HostOutcome, StepOutcome } from './outcome.ts';

export interface RunStarted {
  readonly type: 'RunStarted';
  readonly planHash: string;
  readonly parent: string | null;
  readonly check: boolean;
  /** Who started it: user@machine. */
  readonly by: string;
  readonly version: string;
}
export interface RunResumed {
  readonly type: 'RunResumed';
  readonly by: string;
  readonly version: string;
}
export interface WaveStarted {
  readonly type: 'WaveStarted';
  readonly wave: string;
  readonly hosts: readonly string[];
}
export interface HostLeased {
  readonly type: 'HostLeased';
  readonly host: string;
  /** `machine:<id>` as seen on the host, until then `address:<address>:<port>`. */
  readonly key: string;
}
export interface HostReleased {
  readonly type: 'HostReleased';
  readonly host: string;
}
export interface StepProbed {
  readonly type: 'StepProbed';
  readonly host: string;
  readonly step: string;
  readonly attempt: number;
  readonly state: 'needed' | 'satisfied' | 'not-applicable' | 'refused' | 'needs-operator';
  readonly reason: string;
}
export interface StepIntended {
  readonly type: 'StepIntended';
  readonly host: string;
  readonly step: string;
  readonly attempt: number;
  readonly uses: string;
  readonly args: JsonObject;
  readonly prior: JsonObject;
}
export interface StepDetached {
  readonly type: 'StepDetached';
  readonly host: string;
  readonly step: string;
  readonly receipt: string;
}
export interface AttemptFailed {
  readonly type: 'AttemptFailed';
  readonly host: string;
  readonly step: string;
  readonly attempt: number;
  readonly error: ErrorRecord;
  readonly retryInMs: number;
}
export interface StepFinished {
  readonly type: 'StepFinished';
  readonly host: string;
  readonly step: string;
  readonly uses: string;
  readonly outcome: StepOutcome;
  /** What expressions see as `steps.<id>`, without `outcome`. */
  readonly result: JsonObject;
  readonly error: ErrorRecord | null;
  /** Why it was skipped, or what a control step decided. */
  readonly reason: string;
  readonly attempts: number;
  readonly durationMs: number;
}
export interface ShieldConfirmed {
  readonly type: 'ShieldConfirmed';
  readonly host: string;
  readonly step: string;
}
export interface ObligationOwed {
  readonly type: 'ObligationOwed';
  readonly host: string;
  /** Unique over all runs. */
  readonly obligation: string;
  /** undo: take a temporary change back; always: run what is left of the block's `always`. */
  readonly kind: 'undo' | 'always';
  /** The step that made the change, or the block. */
  readonly step: string;
  readonly uses: string;
  readonly args: JsonObject;
  readonly prior: JsonObject;
}
export interface ObligationDischarged {
  readonly type: 'ObligationDischarged';
  readonly host: string;
  readonly obligation: string;
  readonly how: 'undone' | 'nothing-to-undo' | 'ran' | 'handed-over';
}
export interface HostFinished {
  readonly type: 'HostFinished';
  readonly host: string;
  readonly outcome: HostOutcome;
  /** One line: why this outcome. */
  readonly reason: string;
  readonly error: ErrorRecord | null;
  /** Temporary changes still in place. */
  readonly standingShields: number;
}
export interface RunPaused {
  readonly type: 'RunPaused';
  readonly reason: string;
}
export interface RunFinished {
  readonly type: 'RunFinished';
  /** completed: every host ended; stopped: threshold exceeded; aborted: given up by `abort`. */
  readonly how: 'completed' | 'stopped' | 'aborted';
  readonly reason: string;
}

export type RunEventBody =
  | RunStarted
  | RunResumed
  | WaveStarted
  | HostLeased
  | HostReleased
  | StepProbed
  | StepIntended
  | StepDetached
  | AttemptFailed
  | StepFinished
  | ShieldConfirmed
  | ObligationOwed
  | ObligationDischarged
  | HostFinished
  | RunPaused
  | RunFinished;

/** `seq` counts from 1 within the run; `at` is ISO 8601 with milliseconds, UTC. */
export type RunEvent = RunEventBody & { readonly run: string; readonly seq: number; readonly at: string };
