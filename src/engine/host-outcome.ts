/**
 * The host's outcome: the first in the order of HOST_OUTCOMES that applies (docs/architecture.md, "Outcome of a host").
 * Pure; must not know how the facts came about.
 */
import {
  type ErrorRecord,
  HOST_OUTCOMES,
  type HostOutcome,
  type JsonObject,
  type StepOutcome,
} from '../domain/index.ts';

export interface StepFailure {
  readonly step: string;
  readonly uses: string;
  readonly outcome: StepOutcome;
  readonly error: ErrorRecord | null;
  readonly reason: string;
  /** The other host on which it went wrong. */
  readonly on?: string;
}

export interface HostFacts {
  /** An outcome that a control step gave. */
  readonly given: { readonly outcome: HostOutcome; readonly reason: string } | null;
  /** Why a person is needed. */
  readonly parked: StepFailure | null;
  readonly unreachable: StepFailure | null;
  /** Failed, refused and timed-out steps that no control step has settled, and undos that did not succeed. */
  readonly failures: readonly StepFailure[];
  readonly verdict: JsonObject | null;
  /** Why the host counts as compromised, by the last look for an infection; null: it does not. */
  readonly compromised: string | null;
  readonly changedBy: readonly string[];
  readonly standingShields: number;
  /** Steps that a run without `--check` would have carried out. */
  readonly wouldChange: readonly string[];
}

export interface HostVerdict {
  readonly outcome: HostOutcome;
  readonly reason: string;
  readonly error: ErrorRecord | null;
}

export function hostOutcome(facts: HostFacts): HostVerdict {
  const candidates = [...fromSteps(facts)];
  // Whatever else was done to it, and whatever a playbook says: it is never remediated.
  if (facts.compromised !== null && facts.given?.outcome !== 'compromised') {
    candidates.push({ outcome: 'compromised', reason: facts.compromised, error: null });
  }
  if (facts.given !== null) candidates.push({ ...facts.given, error: null });
  else if (candidates.length === 0) candidates.push(fromState(facts));
  return candidates.reduce((first, other) => (rank(other.outcome) < rank(first.outcome) ? other : first));
}

function rank(outcome: HostOutcome): number {
  return HOST_OUTCOMES.indexOf(outcome);
}

function* fromSteps(facts: HostFacts): Generator<HostVerdict> {
  if (facts.parked !== null) yield { ...describe(facts.parked), outcome: 'needs-operator' };
  if (facts.unreachable !== null) yield { ...describe(facts.unreachable), outcome: 'unreachable' };
  const [failure] = facts.failures.filter((one) => !isHealth(one, facts));
  if (failure !== undefined) yield { ...describe(failure), outcome: 'failed' };
  const health = facts.failures.find((one) => isHealth(one, facts));
  if (health !== undefined) yield { ...describe(health), outcome: 'unhealthy' };
}

/** Patched, but not well: the health check is the only thing that failed. */
function isHealth(failure: StepFailure, facts: HostFacts): boolean {
  return failure.error?.code === 'FB_HOST_UNHEALTHY' && (facts.verdict === null || facts.verdict['fixed'] === true);
}

function fromState(facts: HostFacts): HostVerdict {
  const { verdict, standingShields } = facts;
  const found = reasonOf(verdict);
  const error = null;
  const shields = `${standingShields} ${standingShields === 1 ? 'shield stands' : 'shields stand'}`;
  if (facts.wouldChange.length > 0) {
    return { outcome: 'skipped', reason: `check: would run ${facts.wouldChange.join(', ')}`, error };
  }
  if (verdict?.['applicable'] === false) return { outcome: 'not-applicable', reason: found, error };
  if (verdict?.['fixed'] !== true && standingShields > 0) {
    return { outcome: 'shielded', reason: found === '' ? shields : `${shields}; ${found}`, error };
  }
  if (verdict !== null && verdict['fixed'] !== true) {
    return { outcome: 'failed', reason: `not fixed: ${found || 'no verdict'}`, error };
  }
  if (facts.changedBy.length > 0) {
    const changed = `changed by ${facts.changedBy.join(', ')}`;
    return { outcome: 'remediated', reason: found === '' ? changed : `${found} (${changed})`, error };
  }
  return { outcome: 'compliant', reason: found || 'nothing to change', error };
}

function reasonOf(verdict: JsonObject | null): string {
  const reason = verdict?.['reason'] ?? verdict?.['verdict'];
  return typeof reason === 'string' ? reason : '';
}

function describe(failure: StepFailure): { readonly reason: string; readonly error: ErrorRecord | null } {
  const { step, error, reason } = failure;
  // Whatever step it was: the relay is to blame.
  if (error?.relay !== undefined) return { reason: error.message, error };
  return { reason: `${step}: ${error?.message ?? reason}`, error };
}
