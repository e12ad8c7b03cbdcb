/**
 * The contract between the host runner and the actions (one file per `uses:`).
 *
 * A ReadAction changes nothing. A ChangeAction first probes; what it found before the change (`prior`) is durable
 * before it acts, and after a crash `recover` — reading only — says what became of it. Operator actions ask a person. The
 * runner alone journals.
 */
import type { Readable } from 'node:stream';
import type { ZodObject } from 'zod';
import type { ErrorRecord } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { HostOutcome } from './outcome.ts';
import type { PlannedHost, StepValue } from './plan.ts';
import type { Clock, Notifier, Random, Scanner } from './ports.ts';
import type { Question } from './question.ts';
import type { Session } from './session.ts';

/** A package file on the controller. */
export interface PackageFile {
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** The content from byte `start` on (default 0). */
  open(start?: number): Readable;
}

export interface PackageStore {
  /** @throws FB_PACKAGE_MISSING (not there), FB_PACKAGE_HASH (content differs from the store's SHA256SUMS or no sum is listed) */
  find(name: string): Promise<PackageFile>;
}

/** The controller's own files, for the playbook's author. */
export interface ControllerFiles {
  /** Full path of a name; relative names count from the playbook's folder. */
  resolve(name: string): string;
  /** @throws FB_FILE_MISSING */
  find(name: string): Promise<PackageFile>;
  /** Folder for evidence of hosts, unless the playbook names one. */
  readonly evidence?: string;
  /**
   * Writes what a host gave into a file that only its owner may read, without the secrets that this process knows.
   * @throws FB_ENVIRONMENT
   */
  keep?(file: string, content: Uint8Array): Promise<{ readonly bytes: number; readonly sha256: string }>;
}

/** The undo of a temporary change that is still owed to a host. */
export interface OpenUndo {
  readonly id: string;
  readonly run: string;
  readonly step: string;
  readonly uses: string;
  readonly args: JsonObject;
  readonly prior: JsonObject;
  readonly owedAt: string;
}

export interface StepContext {
  readonly run: string;
  readonly host: PlannedHost;
  readonly stepId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborts at the step's deadline or when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch: the step's one deadline over all its attempts. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly scanner: Scanner;
  /** Absent: nobody can be told anything. */
  readonly notifier?: Notifier;
  readonly packages: PackageStore;
  readonly files: ControllerFiles;
  readonly advisory: JsonObject | null;
  readonly inputs: JsonObject;
  /** True when only reading is allowed (`--check`). */
  readonly check: boolean;
  /** The host's one session: opened on first use, opened anew after it was lost or dropped. */
  session(): Promise<Session>;
  /** Closes the session without waiting, so that the next `session()` opens a new one (after a reboot). */
  dropSession(): Promise<void>;
  /** The value of an earlier step, as expressions see it. */
  step(id: string): StepValue | undefined;
  /**
   * Makes a receipt durable while `act` is still under way: from then on the work goes on without us, whatever becomes of
   * this process or its connection, and `recover` gets the receipt. Resolves when it is durable.
   */
  keepReceipt(receipt: string): Promise<void>;
  /** Aborts when the run is interrupted: what has a receipt is then let go, and goes on on the host until a resume. */
  readonly interrupted: AbortSignal;
  /** Undos still owed to this host, of this run and of earlier ones, oldest first. */
  openUndos(): Promise<readonly OpenUndo[]>;
  /** Milliseconds to the deadline, never negative. */
  remainingMs(): number;
  /** Shown live, never journalled. */
  progress(text: string): void;
}

/** The change is needed; `prior` is what must be known to undo, recover and prove it. */
export interface Needed {
  readonly state: 'needed';
  readonly prior: JsonObject;
  readonly reason?: string;
}
/** Nothing to do: it is so already. */
export interface Satisfied {
  readonly state: 'satisfied';
  readonly result: JsonObject;
  readonly reason?: string;
}
export interface NotApplicable {
  readonly state: 'not-applicable';
  readonly reason: string;
  readonly result?: JsonObject;
}
export interface Refused {
  readonly state: 'refused';
  readonly error: ErrorRecord;
}
export interface NeedsOperator {
  readonly state: 'needs-operator';
  readonly reason: string;
}
export type Probe = Needed | Satisfied | NotApplicable | Refused | NeedsOperator;

/** The change was made; it is still to be proved. */
export interface Done {
  readonly state: 'done';
}
/** The work goes on without us on the host; `receipt` finds it again. */
export interface Detached {
  readonly state: 'detached';
  readonly receipt: string;
}
export interface NotStarted {
  readonly state: 'not-started';
}
export interface Running {
  readonly state: 'running';
}
/** It cannot be told whether the change was made. */
export interface Unknown {
  readonly state: 'unknown';
  readonly reason: string;
}
export type Recovered = Done | NotStarted | Running | Unknown;

export interface Proof {
  readonly proven: boolean;
  readonly result: JsonObject;
  /** Why it is not proven. */
  readonly error?: ErrorRecord;
  /** Ids of OpenUndos that this step has discharged (shield.revert). */
  readonly discharged?: readonly string[];
  /** True when the temporary change has been confirmed on the host (its confirm timer is off). */
  readonly confirmed?: boolean;
}

interface ActionBase {
  /** The name in `uses:`. */
  readonly uses: string;
  /** One line for `firebreak plan` and the docs. */
  readonly summary: string;
  /** Shape of `with:`. */
  readonly args: ZodObject;
  /** Fields of the result, for the static check of expressions. */
  readonly results: readonly string[];
  /** True when what it finds or does says nothing of the host that the step is for: `on:` and `run_once:` may stand on it. */
  readonly elsewhere?: true;
  /** True when it touches no host at all, and what it does counts: `run_once:` may stand on it, and no later look repeats it. */
  readonly onController?: true;
}

export interface ReadAction extends ActionBase {
  readonly kind: 'read';
  /**
   * @throws FirebreakError; a failure that is the host's answer is a failed step
   */
  read(step: StepContext, args: JsonObject): Promise<ReadResult>;
}

export interface ReadResult {
  readonly result: JsonObject;
  /** Set when what was read is a failure (assert, health.check, ports.check); the result is kept. */
  readonly error?: ErrorRecord;
}

/** An intent that has no outcome in the journal. */
export interface OpenIntent {
  readonly prior: JsonObject;
  /** ISO 8601, when the intent was recorded. */
  readonly since: string;
  readonly receipt: string | null;
}

export interface ChangeAction extends ActionBase {
  readonly kind: 'change';
  /** False: its undo is owed, but it keeps nobody out, so that a host with nothing else is not shielded. */
  readonly isBarrier?: false;
  /** True when acting twice does no harm: after a crash with unknown state the runner acts again. */
  isRepeatable(args: JsonObject): boolean;
  probe(step: StepContext, args: JsonObject): Promise<Probe>;
  act(step: StepContext, args: JsonObject, prior: JsonObject): Promise<Done | Detached>;
  /** Reads only. Also called to wait for detached work: `running` → called again until the deadline. */
  recover(step: StepContext, args: JsonObject, open: OpenIntent): Promise<Recovered>;
  /** Reads again and says whether the change is in effect; with `check` it does nothing else (no confirmation). */
  prove(step: StepContext, args: JsonObject, prior: JsonObject): Promise<Proof>;
  /**
   * Temporary changes only: whether a change that is owed its undo is of the same thing on the host as the one that is needed
   * now, by their priors; then the owed one's prior is the state before both. Absent: it is.
   */
  isSameChange?(needed: JsonObject, owed: JsonObject): boolean;
  /**
   * Temporary changes only: takes the change back, reading first; only what is still ours. Returns after proof.
   * A conflict (somebody changed it since) is `undone: false` with the error.
   */
  undo?(
    step: StepContext,
    undo: OpenUndo,
  ): Promise<{ readonly undone: boolean; readonly result: JsonObject; readonly error?: ErrorRecord }>;
}

/** Ends the host's way through the playbook. */
export interface ControlAction extends ActionBase {
  readonly kind: 'control';
  decide(args: JsonObject): { readonly end: HostOutcome | null; readonly reason: string };
}

/** Asks a person. The runner asks, journals and waits; the action only says what is asked and what an answer means. */
export interface OperatorAction extends ActionBase {
  readonly kind: 'operator';
  question(args: JsonObject): Question;
  /** `answer` is legal. */
  settle(args: JsonObject, answer: string): OperatorDecision;
}

export interface OperatorDecision {
  /** go-on: with the next step; end: the host ends as skipped; fail: the step fails with `error`. */
  readonly flow: 'go-on' | 'end' | 'fail';
  readonly error?: ErrorRecord;
  /** True: also an answer for a rerun that asks the same. False for what was true only when it was said. */
  readonly carries: boolean;
}

/** Waits, without a hand on the host; after an interruption for what is left of the time. */
export interface WaitAction extends ActionBase {
  readonly kind: 'wait';
  /** True: it waits for the host itself, at most that long, and parks meanwhile. */
  readonly isForHost?: true;
  durationMs(args: JsonObject): number;
}

export type Action = ReadAction | ChangeAction | ControlAction | OperatorAction | WaitAction;

/** What the playbook's validation needs to know of an action. */
export type ActionCatalog = ReadonlyMap<string, Action>;
