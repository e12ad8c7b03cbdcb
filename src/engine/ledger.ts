/**
 * The ledger of temporary changes that still stand, over all runs, and taking them down by hand. Must not know how a
 * shield works.
 */
import {
  type ErrorRecord,
  FirebreakError,
  type Journal,
  type JsonObject,
  type Plan,
  type PlannedHost,
  type Session,
  type StepContext,
  toErrorRecord,
} from '../domain/index.ts';
import { interpolate } from '../playbook/index.ts';
import { addressKey } from './address-key.ts';
import type { EngineDeps } from './deps.ts';
import { Elsewhere } from './elsewhere.ts';
import { HostConnection } from './host-connection.ts';
import { foldHosts, HostRecord } from './host-record.ts';
import { HostRunner } from './host-runner.ts';
import { expressionContext, type HostWork, stepContext } from './host-work.ts';
import { Onces } from './once.ts';
import { flattenSteps } from './plan-steps.ts';
import { Recorder } from './recorder.ts';
import { StepTime } from './step-time.ts';
import { Throttles } from './throttle.ts';

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
  /** What its action found before and set, in the action's own words. */
  readonly prior: JsonObject;
  /** ISO 8601: when it was first owed, over all runs. */
  readonly since: string;
}

export interface DischargeOutcome extends StandingShield {
  /** conflict: somebody changed it since; refused: still vulnerable, or a run has the host. */
  readonly state: 'undone' | 'conflict' | 'refused' | 'failed' | 'unreachable';
  readonly error: ErrorRecord | null;
}

export interface DischargeOptions {
  readonly shields: readonly StandingShield[];
  /** Take down without asking for the host's verdict. */
  readonly force: boolean;
  /** For reading the verdict on each host. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Oldest first. */
export async function listShields(journal: Journal): Promise<readonly StandingShield[]> {
  const open = await journal.openObligations();
  return open
    .filter((obligation) => obligation.kind === 'undo')
    .map(({ id, run, host, key, step, uses, args, prior, owedAt }) => {
      return { obligation: id, run, host, key, step, uses, args, prior, since: owedAt };
    });
}

/**
 * Takes standing shields down (`firebreak shields revert`), the last one first, each under a lease, reading first. Refused
 * on a host whose verdict by the owning run's frozen plan is not fixed, unless `force`. In the order of the shields.
 * @throws FB_STATE_*, FB_CANCELLED
 */
export async function dischargeObligations(
  deps: EngineDeps,
  options: DischargeOptions,
): Promise<readonly DischargeOutcome[]> {
  const outcomes: DischargeOutcome[] = [];
  // A later shield was put over an earlier one.
  for (const shield of options.shields.toReversed()) {
    if (options.signal.aborted) throw new FirebreakError('FB_CANCELLED', 'interrupted');
    const recorder = new Recorder(deps.journal, shield.run, deps.observer);
    const state = await revert(deps, recorder, shield, options);
    outcomes.push({ ...shield, ...state });
  }
  return outcomes.reverse();
}

type State = Pick<DischargeOutcome, 'state' | 'error'>;

async function revert(
  deps: EngineDeps,
  recorder: Recorder,
  shield: StandingShield,
  options: DischargeOptions,
): Promise<State> {
  const { journal } = deps;
  const plan = await journal.plan(shield.run);
  const host = plan.hosts.find((one) => one.name === shield.host);
  const events = await journal.events(shield.run);
  const record = foldHosts(events).get(shield.host) ?? new HostRecord(shield.host);
  if (host === undefined || (record.finished === null && !events.some((event) => event.type === 'RunFinished'))) {
    return refused(
      'FB_RUN_STATE',
      `run ${shield.run} is not done with ${shield.host}`,
      `firebreak resume ${shield.run}`,
    );
  }
  const key = shield.key === '' ? addressKey(host) : shield.key;
  const [conflict] = await journal.lease(shield.run, [{ key, host: host.name }]);
  if (conflict !== undefined) {
    return refused(
      'FB_RUN_LEASED',
      `${host.name} is leased by run ${conflict.run}`,
      `firebreak status ${conflict.run}`,
    );
  }
  const { signal } = options;
  const work = workOn({ deps, recorder, plan, host, record, shield, check: false, signal });
  try {
    const open = options.force ? null : await stillVulnerable(work, options.timeoutMs);
    if (open !== null) return open;
    const failure = await new HostRunner(work).undo(shield.obligation);
    return failure === null ? { state: 'undone', error: null } : asState(failure.error);
  } catch (thrown) {
    recorder.throwIfBroken();
    return asState(toErrorRecord(thrown));
  } finally {
    await work.connection.close();
    await journal.release(shield.run, host.name);
  }
}

function asState(error: ErrorRecord | null): State {
  const code = error?.code ?? 'FB_BUG';
  if (code.startsWith('FB_CONNECT_')) return { state: 'unreachable', error };
  if (code === 'FB_SHIELD_CONFLICT') return { state: 'conflict', error };
  return { state: /^FB_(HOST_LEASED|RUN_LEASED|STEP_REFUSED)$/.test(code) ? 'refused' : 'failed', error };
}

function refused(code: 'FB_RUN_STATE' | 'FB_RUN_LEASED' | 'FB_STEP_REFUSED', message: string, remedy: string): State {
  return { state: 'refused', error: new FirebreakError(code, message, { remedy }).toRecord() };
}

/** The last verdict step of the frozen plan, read now; null when the host is fixed. */
async function stillVulnerable(work: HostWork, timeoutMs: number): Promise<State | null> {
  const { host, plan, deps } = work;
  const step = flattenSteps(plan.steps).findLast((one) => one.uses === 'patch.verify');
  const action = deps.actions.get('patch.verify');
  const remedy = 'to open the host all the same: --force';
  if (step === undefined || action?.kind !== 'read') {
    return refused('FB_STEP_REFUSED', `${host.name}: its playbook has no verdict to go by`, remedy);
  }
  const time = new StepTime(deps.clock, timeoutMs, work.pause);
  try {
    const args = action.args.parse(interpolate(step.with, expressionContext(work, step))) as JsonObject;
    const context = stepContext(work, { stepId: step.id, attempt: 1, time });
    const { result } = await time.bound(action.read(context, args), time.signal);
    if (result['fixed'] === true) return null;
    const reason = typeof result['reason'] === 'string' ? result['reason'] : 'its verdict is not "fixed"';
    return refused('FB_STEP_REFUSED', `${host.name} is still vulnerable: ${reason}`, remedy);
  } finally {
    time.end();
  }
}

/** Work on the host of a shield; whoever answers there must be the machine that has it. */
export function workOn(on: {
  readonly deps: EngineDeps;
  readonly recorder: Recorder;
  readonly plan: Plan;
  readonly host: PlannedHost;
  readonly record: HostRecord;
  readonly shield: StandingShield;
  /** Only reading is allowed. */
  readonly check: boolean;
  readonly signal: AbortSignal;
}): HostWork {
  const { deps, recorder, plan, host, record, shield, check, signal } = on;
  async function meet(session: Session, openSignal: AbortSignal): Promise<void> {
    const id = (await deps.identify?.(session, openSignal)) ?? null;
    if (id === null || !shield.key.startsWith('machine:') || shield.key === `machine:${id}`) return;
    throw new FirebreakError('FB_HOST_LEASED', `${host.name} is another machine now than the one that has the shield`, {
      remedy: 'correct its address in the inventory',
    });
  }
  return {
    deps,
    plan,
    host,
    check,
    by: '',
    answers: null,
    pause: signal,
    recorder,
    record,
    connection: new HostConnection(deps, host, false, `firebreak ${recorder.run}`, meet),
    throttles: new Throttles(),
    elsewhere: new Elsewhere(false),
    onces: new Onces(),
    claimMarker: async (_step: StepContext) => {},
    unproduced: new Set(),
    wouldChange: [],
    otherLedgers: [],
    stayInWindow: () => {},
  };
}
