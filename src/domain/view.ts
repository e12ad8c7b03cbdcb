/**
 * What a run looks like: plain data folded from plan and events. Live view, status, report and demo are built on it.
 * Must not know where the events came from or who looks.
 */
import type { ErrorRecord } from './errors.ts';
import type { Hold } from './events.ts';
import type { JsonObject } from './json.ts';
import type { HostOutcome, StepOutcome } from './outcome.ts';
import type { AnsweredVia, Question } from './question.ts';

export interface StepView {
  readonly id: string;
  readonly uses: string;
  /** waiting: not there yet; running: begun, no outcome; finished: `outcome` is set; not-run: the host ended before it. */
  readonly state: 'waiting' | 'running' | 'finished' | 'not-run';
  readonly outcome: StepOutcome | null;
  /** Why it was skipped, what the probe found or what a control step decided. */
  readonly reason: string;
  readonly error: ErrorRecord | null;
  /** The error of the last failed attempt of a step that is still being tried. */
  readonly lastAttemptError: ErrorRecord | null;
  /** Attempts begun. */
  readonly attempts: number;
  /** ISO 8601; null when the step has left no event before its end. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly durationMs: number;
  readonly result: JsonObject;
  /** True when the change was begun (an intent is in the journal). */
  readonly intended: boolean;
}

export interface ShieldView {
  readonly obligation: string;
  readonly step: string;
  readonly uses: string;
  readonly args: JsonObject;
  /** ISO 8601, in this run; the ledger knows the first date. */
  readonly owedAt: string;
}

/** A question that a step of the host has asked, the latest of the step. */
export interface QuestionView extends Question {
  readonly step: string;
  readonly askedAt: string;
  /** open: nobody has answered; answered: the answer is recorded, the step has not taken it yet; closed: it has, or the host has ended otherwise. */
  readonly state: 'open' | 'answered' | 'closed';
  readonly answer: string | null;
  readonly by: string | null;
  readonly via: AnsweredVia | null;
  readonly answeredAt: string | null;
}

export interface HostView {
  readonly name: string;
  readonly address: string;
  /** Index into `RunView.waves`. */
  readonly wave: number;
  readonly groups: readonly string[];
  readonly state: 'waiting' | 'running' | 'finished';
  readonly outcome: HostOutcome | null;
  /** One line: why this outcome, or why it waits for its window; empty while it runs. */
  readonly reason: string;
  readonly error: ErrorRecord | null;
  /** Id of the step that is running or comes next; null when waiting or finished. */
  readonly currentStep: string | null;
  /** In the plan's order, blocks flattened (block, rescue, always). */
  readonly steps: readonly StepView[];
  /** Temporary changes of this run that are still in place. */
  readonly standingShields: number;
  readonly shields: readonly ShieldView[];
  /** True when the rest of an `always` is still owed to the host. */
  readonly owesAlways: boolean;
  /** Result of the last `patch.verify` that ran, null before. */
  readonly verdict: JsonObject | null;
  /** Installs and reboots that this run began on the host. */
  readonly installs: number;
  readonly reboots: number;
  /** In the order of the plan's steps. */
  readonly questions: readonly QuestionView[];
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface WaveView {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'finished';
  readonly hosts: readonly string[];
}

/** A gate that has been asked for. */
export interface GateView {
  /** The wave that it opens. */
  readonly gate: string;
  readonly after: string | null;
  readonly approve: string | null;
  /** asked: nobody has answered, or it still soaks; passed: the wave has begun, and nobody had to answer. */
  readonly state: 'asked' | 'approved' | 'rejected' | 'timed-out' | 'passed';
  readonly planHash: string;
  readonly askedAt: string;
  readonly soaksUntil: string | null;
  readonly deadline: string | null;
  readonly by: string | null;
  readonly note: string;
  readonly answeredAt: string | null;
}

/** How many hosts ended how; `waiting` and `running` for those that have not. */
export type Tally = { readonly [outcome in HostOutcome | 'waiting' | 'running']: number };

export interface RunView {
  readonly run: string;
  readonly name: string;
  readonly parent: string | null;
  readonly check: boolean;
  /** open: no end in the journal; waiting: for answers, a gate or a window; whether somebody is at work on it is `RunInfo.state`. */
  readonly state: 'open' | 'paused' | 'waiting' | 'completed' | 'stopped' | 'aborted';
  /** The gate or window that a waiting run waits for; null: none. */
  readonly hold: Hold | null;
  /** Why it was paused, stopped or aborted (with the arithmetic of a threshold). */
  readonly reason: string;
  readonly by: string;
  /** Number of the change request; null: none was given. */
  readonly change: string | null;
  readonly planHash: string;
  readonly gates: readonly GateView[];
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly resumes: number;
  readonly waves: readonly WaveView[];
  /** In the plan's order. */
  readonly hosts: readonly HostView[];
  readonly tally: Tally;
  /** Every host ended fine. */
  readonly isFine: boolean;
}
