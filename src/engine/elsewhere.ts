/**
 * Steps that are carried out on another host than the one that they are for (`on:`): a session of their own, few at once on
 * one host, under that host's lease for as long as they change something there. Another run that holds it is waited for.
 * Must not know what is done there.
 */
import { FirebreakError, type LeaseConflict, type PlannedHost, type PlannedStep } from '../domain/index.ts';
import { interpolate } from '../playbook/index.ts';
import { addressKey } from './address-key.ts';
import { HostConnection } from './host-connection.ts';
import { expressionContext, type HostWork } from './host-work.ts';
import { Paused } from './pause.ts';
import type { Recorder } from './recorder.ts';
import { elsewhereName } from './run-leases.ts';
import { Throttles } from './throttle.ts';

/** A monitoring host or a vCenter serves many; Windows Server 2008 R2 takes five shells of one user. */
const SESSIONS = 4;
const LOOK_MS = 5_000;

export class Elsewhere {
  readonly #places = new Throttles();
  readonly #isLeasing: boolean;
  /** Steps under each lease, by host. */
  readonly #holders = new Map<string, number>();

  constructor(isLeasing: boolean) {
    this.#isLeasing = isLeasing;
  }

  /**
   * The work as it is done over there, and how to come back. It waits for a place and for the lease.
   * @throws Paused, a failure of the journal, FB_HOST_LEASED when another run still holds the host after `timeoutMs`
   */
  async go(
    work: HostWork,
    target: PlannedHost,
    step: { readonly id: string; readonly isChange: boolean; readonly timeoutMs: number },
  ): Promise<{ readonly work: HostWork; readonly comeBack: () => Promise<void> }> {
    const giveBack = await this.#place(work, target);
    const leases = this.#isLeasing && step.isChange;
    try {
      if (leases) await this.#hold(work, target, step);
    } catch (thrown) {
      giveBack();
      throw thrown;
    }
    const name = `firebreak ${work.recorder.run} for ${work.host.name}`;
    const connection = new HostConnection(work.deps, target, false, name, async (session, signal) => {
      const id = leases ? ((await work.deps.identify?.(session, signal)) ?? null) : null;
      const conflict = id === null ? null : await lease(work.recorder, target, `machine:${id}`);
      if (conflict !== null) throw leased(target, conflict);
    });
    return {
      // What says that this run is at work on a host is for hosts that are worked on.
      work: { ...work, connection, target, claimMarker: async () => {} },
      comeBack: async () => {
        await connection.close();
        if (leases) await this.#letGo(work.recorder, target);
        giveBack();
      },
    };
  }

  async #place(work: HostWork, target: PlannedHost): Promise<() => void> {
    try {
      return await this.#places.enter({ id: target.name, throttle: SESSIONS }, work.pause);
    } catch {
      throw new Paused();
    }
  }

  async #hold(
    work: HostWork,
    target: PlannedHost,
    step: { readonly id: string; readonly timeoutMs: number },
  ): Promise<void> {
    const { clock } = work.deps;
    const until = clock.now() + step.timeoutMs;
    this.#holders.set(target.name, (this.#holders.get(target.name) ?? 0) + 1);
    for (;;) {
      const conflict = await lease(work.recorder, target, addressKey(target));
      if (conflict === null) return;
      work.recorder.progress(work.host.name, step.id, `waits for ${target.name}, which run ${conflict.run} holds`);
      if (clock.now() >= until) {
        await this.#letGo(work.recorder, target);
        throw leased(target, conflict);
      }
      try {
        await clock.sleep(LOOK_MS, work.pause);
      } catch {
        await this.#letGo(work.recorder, target);
        throw new Paused();
      }
    }
  }

  async #letGo(recorder: Recorder, target: PlannedHost): Promise<void> {
    const left = (this.#holders.get(target.name) ?? 1) - 1;
    this.#holders.set(target.name, left);
    if (left > 0) return;
    await recorder.use((journal) => journal.release(recorder.run, elsewhereName(target.name)));
  }
}

/**
 * The host on which the step is carried out; null: on the one that it is for.
 * @throws FB_STEP_CONDITION, FB_INPUT_INVALID when it is not among the hosts of the plan
 */
export function targetOf(work: HostWork, step: PlannedStep): PlannedHost | null {
  if (step.on === undefined) return null;
  const { plan, host } = work;
  const name = interpolate(step.on, expressionContext(work, step));
  if (name === host.name) return null;
  const target = [...plan.hosts, ...(plan.others ?? [])].find((one) => one.name === name);
  if (target !== undefined) return target;
  throw new FirebreakError(
    'FB_INPUT_INVALID',
    `step ${step.id}: on: ${JSON.stringify(name)} is no host of the inventory`,
  );
}

/** Null: held now, by this name or because this run works on the host anyway. */
async function lease(recorder: Recorder, target: PlannedHost, key: string): Promise<LeaseConflict | null> {
  const host = elsewhereName(target.name);
  const conflicts = await recorder.use((journal) => journal.lease(recorder.run, [{ key, host }]));
  return conflicts.find((conflict) => conflict.run !== recorder.run) ?? null;
}

function leased(target: PlannedHost, conflict: LeaseConflict): FirebreakError {
  return new FirebreakError('FB_HOST_LEASED', `${target.name} is leased by run ${conflict.run}`, {
    remedy: `wait for that run to end with ${target.name}, or: firebreak abort ${conflict.run}`,
  });
}
