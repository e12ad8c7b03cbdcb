/**
 * Looks whether the shields of the ledger still stand on their hosts, reading only: Group Policy or an admin may have
 * undone them. Takes no lease and writes nothing, so it may look while a run is at work. Must not know how a shield works.
 */
import { type ErrorRecord, FirebreakError, type JsonObject, toErrorRecord } from '../domain/index.ts';
import type { EngineDeps } from './deps.ts';
import { HostRecord } from './host-record.ts';
import { stepContext } from './host-work.ts';
import { type StandingShield, workOn } from './ledger.ts';
import { Recorder } from './recorder.ts';
import { StepTime } from './step-time.ts';

export interface VerifiedShield extends StandingShield {
  /** gone: what was there before it is there again; conflict: something else is; failed: it could not be read. */
  readonly state: 'standing' | 'gone' | 'conflict' | 'unreachable' | 'failed';
  /** Why it does not stand, or is not known to. */
  readonly error: ErrorRecord | null;
  /** What is to be known of one that stands; empty: nothing. */
  readonly note: string;
}

export interface VerifyOptions {
  readonly shields: readonly StandingShield[];
  /** Hosts looked at at the same time. */
  readonly forks: number;
  /** Deadline per shield, connecting included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** In the order of the shields. @throws FB_STATE_*, FB_CANCELLED */
export async function verifyShields(deps: EngineDeps, options: VerifyOptions): Promise<readonly VerifiedShield[]> {
  const { shields, forks, signal } = options;
  const verified = new Map<string, VerifiedShield>();
  const jobs = shields.map((shield) => ({
    id: shield.obligation,
    set: null,
    run: async () => {
      verified.set(shield.obligation, { ...shield, ...(await verify(deps, shield, options)) });
    },
  }));
  await deps.dispatcher.dispatch(jobs, { concurrency: forks, shouldStart: () => !signal.aborted });
  if (signal.aborted) throw new FirebreakError('FB_CANCELLED', 'interrupted');
  return shields.flatMap((shield) => verified.get(shield.obligation) ?? []);
}

type State = Pick<VerifiedShield, 'state' | 'error' | 'note'>;

async function verify(deps: EngineDeps, shield: StandingShield, options: VerifyOptions): Promise<State> {
  const { signal, timeoutMs } = options;
  const plan = await deps.journal.plan(shield.run);
  const host = plan.hosts.find((one) => one.name === shield.host);
  const action = deps.actions.get(shield.uses);
  if (host === undefined || action?.kind !== 'change') {
    const message = `nothing is known of how to look at the ${shield.uses} on ${shield.host}`;
    return { state: 'failed', error: new FirebreakError('FB_STEP_REFUSED', message).toRecord(), note: '' };
  }
  const recorder = new Recorder(deps.journal, shield.run, deps.observer);
  const record = new HostRecord(shield.host);
  const work = workOn({ deps, recorder, plan, host, record, shield, check: true, signal });
  const time = new StepTime(deps.clock, timeoutMs, signal);
  try {
    const context = stepContext(work, { stepId: shield.step, attempt: 1, time });
    const proof = await time.bound(action.prove(context, shield.args, shield.prior), time.signal);
    return proof.proven ? { state: 'standing', error: null, note: noteOf(proof.result) } : asState(proof.error ?? null);
  } catch (thrown) {
    recorder.throwIfBroken();
    const error = toErrorRecord(thrown);
    return { state: error.code.startsWith('FB_CONNECT_') ? 'unreachable' : 'failed', error, note: '' };
  } finally {
    time.end();
    await work.connection.close();
  }
}

/** A shield may be written and protect nobody yet. */
function noteOf(result: JsonObject): string {
  if (result['in_effect'] !== false) return '';
  return result['reboot_required'] === true
    ? 'written, in effect after the next restart'
    : 'written, not in effect yet';
}

/** What cannot be read must not pass for a shield that was taken down. */
function asState(error: ErrorRecord | null): State {
  if (error === null || error.code === 'FB_STEP_NOT_PROVEN') return { state: 'gone', error, note: '' };
  return { state: error.code === 'FB_SHIELD_CONFLICT' ? 'conflict' : 'failed', error, note: '' };
}
