/** The journal as a port: append-only events of each run, plus leases. What it says is durable is durable. */
import type { OpenUndo } from './action.ts';
import type { RunEvent, RunEventBody } from './events.ts';
import type { Plan } from './plan.ts';

export interface RunInfo {
  readonly run: string;
  readonly name: string;
  readonly parent: string | null;
  readonly startedAt: string;
  readonly check: boolean;
  /** running: a live process owns it (and may wait); waiting: for answers, a gate or a window; interrupted: it has no outcome and no live owner. */
  readonly state: 'running' | 'waiting' | 'interrupted' | 'completed' | 'stopped' | 'aborted';
  readonly owner: { readonly pid: number; readonly machine: string } | null;
  readonly hosts: number;
}

export interface LeaseConflict {
  readonly key: string;
  readonly host: string;
  readonly run: string;
}

export interface OpenObligation extends OpenUndo {
  readonly host: string;
  readonly kind: 'undo' | 'always';
  readonly key: string;
}

export interface Journal {
  /** Identifies this state store in markers on hosts. */
  readonly storeId: string;
  /** Creates the run with its plan and makes this process its owner. */
  create(run: {
    readonly run: string;
    readonly plan: Plan;
    readonly parent: string | null;
    readonly check: boolean;
  }): Promise<void>;
  /** Makes this process the owner of an existing run. @throws FB_RUN_UNKNOWN, FB_RUN_STATE (a live process owns it) */
  adopt(run: string): Promise<void>;
  /** Gives up ownership (the process ends orderly). */
  disown(run: string): Promise<void>;
  /**
   * Durable (fsync) in this order, all or none, when the promise resolves. Discharges of obligations, answers (to gates too) and orders are
   * taken from every process, all else from the run's owner alone.
   */
  append(run: string, events: readonly RunEventBody[]): Promise<readonly RunEvent[]>;
  events(run: string, afterSeq?: number): Promise<readonly RunEvent[]>;
  /** @throws FB_RUN_UNKNOWN */
  plan(run: string): Promise<Plan>;
  /** Newest first. */
  runs(): Promise<readonly RunInfo[]>;
  /** @throws FB_RUN_UNKNOWN; also takes an unambiguous prefix and `last` */
  resolveRun(reference: string): Promise<string>;
  /** All or none; keys that the run holds already are fine. Returns the conflicts, empty when leased. */
  lease(
    run: string,
    wanted: readonly { readonly key: string; readonly host: string }[],
  ): Promise<readonly LeaseConflict[]>;
  release(run: string, host: string): Promise<void>;
  /** Of all runs, oldest first; `keys` are lease keys that stand for the same machine. */
  openObligations(filter?: {
    readonly keys?: readonly string[];
    readonly run?: string;
  }): Promise<readonly OpenObligation[]>;
  close(): Promise<void>;
}
