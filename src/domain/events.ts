/**
 * The journal's events: the one truth of a run. Reports, status and resume are folds over them. Plain JSON; a field is
 * never renamed, new ones may come.
 */
import type { ErrorRecord } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { HostOutcome, StepOutcome } from './outcome.ts';
import type { AnsweredVia, Question } from './question.ts';

export interface RunStarted {
  readonly type: 'RunStarted';
  readonly planHash: string;
  readonly parent: string | null;
  readonly check: boolean;
  /** Who started it: user@machine. */
  readonly by: string;
  readonly version: string;
  /** Number of the change request that it is done under; absent: none was given. */
  readonly change?: string;
  /** Hosts are begun outside of the playbook's window too. */
  readonly ignoresWindow?: true;
}
export interface RunResumed {
  readonly type: 'RunResumed';
  readonly by: string;
  readonly version: string;
  readonly ignoresWindow?: true;
}
/** A wave waits for its gate; said once, when all waves before it have ended. */
export interface GateAsked {
  readonly type: 'GateAsked';
  /** The wave that it opens. */
  readonly gate: string;
  /** The wave that it stands behind; null: it was declared at the wave that it opens. */
  readonly after: string | null;
  /** Who is asked to approve; null: nobody has to. */
  readonly approve: string | null;
  /** What an approval is bound to. */
  readonly planHash: string;
  /** ISO 8601: not before; null: no soaking. */
  readonly soaksUntil: string | null;
  /** ISO 8601: an approval must come before; null: any time. */
  readonly deadline: string | null;
}
export interface GateAnswered {
  readonly type: 'GateAnswered';
  readonly gate: string;
  /** timed-out: nobody answered before the deadline. */
  readonly decision: 'approved' | 'rejected' | 'timed-out';
  /** Who: user@machine; of a gate that timed out whoever noticed. */
  readonly by: string;
  /** Hash of the plan that was approved. */
  readonly planHash: string;
  /** What they said to it; may be empty. */
  readonly note: string;
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
/** What a step with `loop:` is done for: each item is a step of its own, `<step>[<index>]`. */
export interface LoopStarted {
  readonly type: 'LoopStarted';
  readonly host: string;
  readonly step: string;
  readonly items: readonly Json[];
}
/** The host does a step with `run_once:` for all hosts of its wave. A later claim takes the place of one that nothing was begun under. */
export interface OnceClaimed {
  readonly type: 'OnceClaimed';
  readonly host: string;
  readonly step: string;
  readonly wave: string;
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
  /** Of a step with `loop:`: how many items it had; what they did is in events of their own. */
  readonly items?: number;
  /** The other host on which it was carried out. */
  readonly on?: string;
  /** The host that did it for the wave; outcome and result are its. */
  readonly from?: string;
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
  /** Who said so, where nobody could look (a policy that Group Policy has distributed), and why. */
  readonly by?: string;
  readonly note?: string;
}
/** A question is open from now on, until it is answered or another one takes its place at the step. */
export interface OperatorAsked {
  readonly type: 'OperatorAsked';
  readonly host: string;
  readonly step: string;
  readonly uses: string;
  readonly question: Question;
}
export interface OperatorAnswered {
  readonly type: 'OperatorAnswered';
  readonly host: string;
  readonly step: string;
  readonly answer: string;
  /** Who answered: user@machine; of a carried answer whoever gave it first. */
  readonly by: string;
  readonly via: AnsweredVia;
  /** ISO 8601: when it was given first; before this event's own time for a carried one. */
  readonly givenAt: string;
}
/** The host waits for an answer, or is waited for, and holds nothing; `HostTakenUp` ends that. */
export interface HostParked {
  readonly type: 'HostParked';
  readonly host: string;
  readonly step: string;
  readonly reason: string;
  readonly standingShields: number;
  /** ISO 8601: the host itself is waited for, until then. Absent: an answer is. */
  readonly until?: string;
}
/** A parked host goes on: what these steps found or did no longer counts, they are carried out again where they stand. */
export interface HostTakenUp {
  readonly type: 'HostTakenUp';
  readonly host: string;
  readonly again: readonly string[];
  /** One line: why steps that changed something are carried out again; empty when none is. */
  readonly reason: string;
}
/** Its window has closed before anything was changed on the host: it holds nothing, `HostTakenUp` ends that. */
export interface HostHeld {
  readonly type: 'HostHeld';
  readonly host: string;
  /** The first step of what it has not begun. */
  readonly step: string;
  readonly reason: string;
}
/** Somebody wants the run to stop where it can be resumed. For the process that is at work now; it means nothing to a later one. */
export interface RunPauseAsked {
  readonly type: 'RunPauseAsked';
  /** Who: user@machine. */
  readonly by: string;
}
/** Somebody wants the host left out of the rest of the run. Holds until it is. */
export interface HostSkipAsked {
  readonly type: 'HostSkipAsked';
  readonly host: string;
  readonly by: string;
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
/**
 * Nothing is left to do before questions are answered, a gate is passed or a window opens; the run holds nothing. A process
 * may still be there and go on by itself.
 */
export interface RunWaiting {
  readonly type: 'RunWaiting';
  readonly reason: string;
  /** Hosts with an open question. */
  readonly hosts: readonly string[];
  /** Absent: only answers are missing. */
  readonly hold?: Hold;
}
/** What keeps a wave from going on. */
export interface Hold {
  readonly kind: 'gate' | 'window';
  readonly wave: string;
  /** ISO 8601: when that ends by itself; null: it takes a person. */
  readonly until: string | null;
}
export interface RunFinished {
  readonly type: 'RunFinished';
  /** completed: every host ended; stopped: threshold exceeded, gate closed for good; aborted: given up by `abort`. */
  readonly how: 'completed' | 'stopped' | 'aborted';
  readonly reason: string;
}

export type RunEventBody =
  | RunStarted
  | RunResumed
  | GateAsked
  | GateAnswered
  | WaveStarted
  | HostLeased
  | HostReleased
  | LoopStarted
  | OnceClaimed
  | StepProbed
  | StepIntended
  | StepDetached
  | AttemptFailed
  | StepFinished
  | ShieldConfirmed
  | ObligationOwed
  | ObligationDischarged
  | OperatorAsked
  | OperatorAnswered
  | HostParked
  | HostTakenUp
  | HostHeld
  | RunPauseAsked
  | HostSkipAsked
  | HostFinished
  | RunPaused
  | RunWaiting
  | RunFinished;

/** `seq` counts from 1 within the run; `at` is ISO 8601 with milliseconds, UTC. */
export type RunEvent = RunEventBody & { readonly run: string; readonly seq: number; readonly at: string };
