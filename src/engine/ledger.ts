/** The ledger of temporary changes that still stand, over all runs. */
import type { ErrorRecord, Journal, JsonObject } from '../domain/index.ts';
import { FirebreakError } from '../domain/index.ts';
import type { EngineDeps } from './deps.ts';

export interface StandingShield {
  readonly obligation: string;
  /** The run that owes the undo. */
  readonly run: string;
  readonly host: string;
  /** Lease key of the machine. */
  readonly key: string;
  readonly step: string;
  readonly uses: string;
  readonly args: JsonObject;
  /** ISO 8601: when it was first owed, over all runs. */
  readonly since: string;
}

export interface DischargeOutcome extends StandingShield {
  /** conflict: somebody changed it since; refused: still vulnerable or another run holds the host. */
  readonly state: 'undone' | 'conflict' | 'refused' | 'failed' | 'unreachable';
  readonly error: ErrorRecord | null;
}

/** Oldest first. */
export function listShields(_journal: Journal): Promise<readonly StandingShield[]> {
  throw new FirebreakError('FB_BUG', 'not there yet');
}

/**
 * Takes standing shields down (`firebreak shields revert`), each under a lease, reading first. Refused on a host whose
 * verdict by the owning run's frozen plan is not fixed, unless `force`.
 * @throws FB_STATE_*
 */
export function dischargeObligations(
  _deps: EngineDeps,
  _options: {
    readonly shields: readonly StandingShield[];
    readonly force: boolean;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly DischargeOutcome[]> {
  throw new FirebreakError('FB_BUG', 'not there yet');
}
