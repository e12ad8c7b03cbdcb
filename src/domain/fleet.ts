/**
 * A run whose hosts are worked on by several processes: what travels to them, and the right to work on one host. Must not
 * know how it travels.
 */
import type { Journal } from './journal.ts';

/** One host of a run, to be worked on somewhere. */
export interface HostTask {
  readonly run: string;
  readonly host: string;
  /** Never two hosts of one set at a time; null = no set. */
  readonly set: string | null;
  /** Hosts of the run at once, wherever. */
  readonly forks: number;
  /** `plan`: on its way through the plan; `debts`: it has its outcome, but is still owed something. */
  readonly kind: 'plan' | 'debts';
  /** The last event before this task: orders come after it. */
  readonly heard: number;
}

/** As it travels. */
export interface LedTask extends HostTask {
  /** Process that led the run when it was sent (FleetJournal.self): under another leader it is void. */
  readonly leader: string;
}

/** The right to work on one host, kept up while it is held. */
export interface HostClaim {
  /** Writes events of this host as long as the claim holds. */
  readonly journal: Journal;
  /** Aborts as soon as it is known that the claim is lost. */
  readonly lost: AbortSignal;
  /** To be asked before whatever acts on the host. @throws FB_RUN_STATE: another process may be at work there by now */
  verify(): Promise<void>;
  /** Waits for one of the run's `limit` places in a step; the returned function gives it back. Rejects with the signal's reason. */
  enter(step: string, limit: number, signal: AbortSignal): Promise<() => void>;
  release(): Promise<void>;
}

export interface HostClaims {
  /**
   * busy: somebody is at work, or was a moment ago, on that host or its set, or on as many hosts as the run may have at once;
   * over: the run has ended, or another process leads it by now.
   * @throws FB_RUN_UNKNOWN, FB_STATE_*
   */
  claim(task: LedTask): Promise<HostClaim | 'busy' | 'over'>;
}

/** A journal that several machines share. */
export interface FleetJournal extends Journal {
  readonly claims: HostClaims;
  /** This process, as the leader of runs. */
  readonly self: string;
  /** For whoever keeps tables of his own in the same database: the rows, of several statements those of the last. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** Has hosts worked on elsewhere. */
export interface RemoteHosts {
  /**
   * Resolves when the task is done with, or was not begun because of the pause. `onLook` is called now and then meanwhile and
   * once afterwards; `onWait` says what is waited for.
   * @throws FB_ENVIRONMENT (whoever tried it failed, again and again), FB_STATE_*
   */
  work(
    task: HostTask,
    options: { readonly pause: AbortSignal; onLook(): Promise<void>; onWait(text: string): void },
  ): Promise<void>;
}
