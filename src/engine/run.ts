/**
 * A run from its first event to its last: leases, waves, thresholds, pause, resume, abort. Must not know what a step
 * does (host-runner.ts) nor who runs the hosts (the Dispatcher).
 */
import type { Journal, Plan, RunView } from '../domain/index.ts';
import { FirebreakError } from '../domain/index.ts';
import type { EngineDeps } from './deps.ts';

interface Who {
  /** Who started it: user@machine. */
  readonly by: string;
  readonly version: string;
  /** Pauses the run at the next safe point of each host. */
  readonly signal: AbortSignal;
}

export interface RunOptions extends Who {
  /** Id of the new run. */
  readonly run: string;
  readonly plan: Plan;
  readonly parent: string | null;
  /** Reads and probes only; nothing is written to hosts, nothing leased. */
  readonly check: boolean;
  /** Leave out hosts that another run holds (outcome `skipped`) instead of refusing the run. */
  readonly skipLeased: boolean;
}

export interface ResumeOptions extends Who {
  readonly run: string;
}

export interface RunResult {
  readonly run: string;
  readonly how: 'completed' | 'stopped' | 'paused';
  readonly reason: string;
  readonly view: RunView;
  /** 0 all fine, 3 some hosts not fine, 4 stopped by a threshold, 130 paused. */
  readonly exitCode: number;
}

/**
 * Creates the run in the journal and works through it. A host's failure is in the result.
 * @throws FB_RUN_LEASED (another run holds hosts; `details` is the list of LeaseConflict), FB_STATE_*
 */
export function runPlan(_deps: EngineDeps, _options: RunOptions): Promise<RunResult> {
  throw new FirebreakError('FB_BUG', 'not there yet');
}

/** @throws FB_RUN_UNKNOWN, FB_RUN_STATE (finished already, or a live process owns it), FB_STATE_* */
export function resumeRun(_deps: EngineDeps, _options: ResumeOptions): Promise<RunResult> {
  throw new FirebreakError('FB_BUG', 'not there yet');
}

/** Gives an unfinished run up; what is owed to its hosts stays in the ledger. @throws FB_RUN_UNKNOWN, FB_RUN_STATE */
export function abortRun(_journal: Journal, _run: string, _reason: string): Promise<void> {
  throw new FirebreakError('FB_BUG', 'not there yet');
}
