/**
 * Everything about one host of a run but the plan's steps: the machine's identity and lease, what earlier runs owe to it,
 * the marker, the outcome, the release. Must not know about waves.
 */
import {
  FirebreakError,
  type Plan,
  type PlannedHost,
  type RunEventBody,
  type Session,
  type StepContext,
} from '../domain/index.ts';
import { addressKey } from './address-key.ts';
import { type PlanShelf, settleEarlierRuns, takeOverUndos } from './carry.ts';
import type { EngineDeps } from './deps.ts';
import type { EarlierAnswers } from './earlier-answers.ts';
import type { Elsewhere } from './elsewhere.ts';
import { HostConnection } from './host-connection.ts';
import { type HostRecord, openReceipts } from './host-record.ts';
import { HostRunner } from './host-runner.ts';
import { type HostWork, openUndos, stepContext } from './host-work.ts';
import type { Onces } from './once.ts';
import { whyAway } from './operator-step.ts';
import type { Orders } from './orders.ts';
import { OutsideWindow, Paused } from './pause.ts';
import type { Recorder } from './recorder.ts';
import type { Followed } from './remote.ts';
import { stayInWindow } from './stay-in-window.ts';
import { StepTime } from './step-time.ts';
import { takeUp } from './take-up.ts';
import type { Throttles } from './throttle.ts';

/** For taking the marker down, which is not worth waiting for. */
const MARKER_MS = 30_000;
const SWEEP_MS = 15_000;

export interface RunScope {
  readonly deps: EngineDeps;
  readonly plan: Plan;
  readonly check: boolean;
  /** Who runs it: user@machine. */
  readonly by: string;
  readonly answers: EarlierAnswers | null;
  readonly pause: AbortSignal;
  readonly orders: Orders;
  readonly recorder: Recorder;
  readonly throttles: Throttles;
  readonly elsewhere: Elsewhere;
  readonly onces: Onces;
  readonly followed: Followed;
  readonly plans: PlanShelf;
  /** Somebody wants it outside of the playbook's windows too. */
  readonly ignoresWindow: boolean;
  /** False for runs that change nothing: nothing is leased then. */
  readonly isLeasing: boolean;
}

export class HostJob {
  readonly #scope: RunScope;
  readonly #host: PlannedHost;
  readonly #record: HostRecord;
  readonly #work: HostWork;
  #mayHaveMarker: boolean;
  #isClaimed = false;

  constructor(scope: RunScope, host: PlannedHost, record: HostRecord) {
    this.#scope = scope;
    this.#host = host;
    this.#record = record;
    // An earlier process of this run may have put it up.
    this.#mayHaveMarker = record.startedAt !== null && (record.finished === null || record.parked !== null);
    this.#work = {
      ...scope,
      pause: AbortSignal.any([scope.pause, scope.orders.skips(host.name)]),
      host,
      record,
      connection: new HostConnection(
        scope.deps,
        host,
        record.machineKey !== null,
        `firebreak ${scope.recorder.run}`,
        (session, signal) => this.#meet(session, signal),
      ),
      claimMarker: (step) => this.#claimMarker(step),
      unproduced: new Set(),
      wouldChange: [],
      otherLedgers: [],
      stayInWindow: (node) => stayInWindow(scope, host, record, node),
    };
  }

  /** From the plan's top to the host's outcome; does nothing more when the run is paused. @throws a journal's failure */
  async run(): Promise<void> {
    const runner = new HostRunner(this.#work);
    if (this.#skippedBy !== null) return this.#leaveOut();
    await this.#orPaused(async () => {
      const until = this.#record.parked?.until;
      if (until !== undefined && this.#scope.deps.clock.now() < Date.parse(until) && (await this.#isAway())) return;
      const waitedAt = this.#record.parked?.step ?? this.#record.held?.step;
      if (waitedAt !== undefined) await this.#takeUp(waitedAt);
      await runner.run();
      if (runner.waitsFor !== null) return this.#park(runner.waitsFor.step, runner.waitsFor.reason);
      // Reached by this process or, when the host is through already, by an earlier one.
      const wasReached = this.#work.connection.isKnown || this.#record.machineKey !== null;
      if (!runner.isOutOfReach && this.#scope.isLeasing && wasReached) {
        await settleEarlierRuns(this.#work, this.#scope.plans);
      }
      await this.#leave(!runner.isOutOfReach);
      const { outcome, reason, error } = runner.outcome();
      await this.#scope.recorder.append(this.#record, [
        {
          type: 'HostFinished',
          host: this.#host.name,
          outcome,
          reason,
          error,
          standingShields: openUndos(this.#work).length,
        },
        ...this.#released(),
      ]);
      await this.#release();
    });
  }

  /** Then it stays parked, as it was. */
  async #isAway(): Promise<boolean> {
    if ((await whyAway(this.#work)) === null) return false;
    await this.#work.connection.close();
    await this.#release();
    return true;
  }

  /** The lease is taken already. */
  #takeUp(step: string): Promise<void> {
    const key = this.#record.machineKey ?? addressKey(this.#host);
    const leased: readonly RunEventBody[] = this.#scope.isLeasing
      ? [{ type: 'HostLeased', host: this.#host.name, key }]
      : [];
    return takeUp(this.#work, step, leased);
  }

  /** The host waits for a person, or is waited for, and holds nothing meanwhile; what is owed to it stays owed. */
  async #park(step: string, reason: string): Promise<void> {
    await this.#leave(this.#work.connection.isOpen);
    const standingShields = openUndos(this.#work).length;
    const until = this.#record.steps.get(step)?.finished?.result['until'];
    const wait = typeof until === 'string' ? { until } : {};
    await this.#scope.recorder.append(this.#record, [
      { type: 'HostParked', host: this.#host.name, step, reason: `${step}: ${reason}`, standingShields, ...wait },
      ...this.#released(),
    ]);
    await this.#release();
  }

  /** Its window has closed before anything was changed there; it is looked at again in the next one. */
  async #hold(step: string, reason: string): Promise<void> {
    await this.#leave(this.#work.connection.isOpen);
    await this.#scope.recorder.append(this.#record, [
      { type: 'HostHeld', host: this.#host.name, step, reason },
      ...this.#released(),
    ]);
    await this.#release();
  }

  /** For a host that has its outcome but is still owed something. The lease is already taken. */
  async settleDebts(): Promise<void> {
    const runner = new HostRunner(this.#work);
    await this.#orPaused(async () => {
      await runner.settleDebts(true);
      await this.#leave(!runner.isOutOfReach);
      await this.#scope.recorder.append(this.#record, this.#released());
      await this.#release();
    });
  }

  async #orPaused(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (thrown instanceof OutsideWindow) return this.#hold(thrown.step, thrown.message);
      if (!(thrown instanceof Paused)) throw thrown;
      if (this.#skippedBy !== null && !this.#scope.pause.aborted && this.#record.finished === null) {
        return this.#leaveOut();
      }
      await this.#work.connection.close();
    }
  }

  get #skippedBy(): string | null {
    return this.#record.skipAskedBy ?? this.#scope.orders.skippedBy(this.#host.name);
  }

  /** Somebody wants it so: nothing further is done there, what is owed stays owed. */
  async #leaveOut(): Promise<void> {
    await this.#leave(this.#work.connection.isOpen);
    await this.#scope.recorder.append(this.#record, [
      {
        type: 'HostFinished',
        host: this.#host.name,
        outcome: 'skipped',
        reason: `left out by ${this.#skippedBy}`,
        error: null,
        standingShields: openUndos(this.#work).length,
      },
      ...this.#released(),
    ]);
    await this.#release();
  }

  #released(): readonly RunEventBody[] {
    return this.#scope.isLeasing ? [{ type: 'HostReleased', host: this.#host.name }] : [];
  }

  async #release(): Promise<void> {
    if (!this.#scope.isLeasing) return;
    const { recorder } = this.#scope;
    await recorder.use((journal) => journal.release(recorder.run, this.#host.name));
  }

  /** The first session of this process: which machine is it, may we touch it, and what is owed to it? */
  async #meet(session: Session, signal: AbortSignal): Promise<void> {
    const { deps, isLeasing, recorder, plans } = this.#scope;
    if (!isLeasing) return;
    const id = (await deps.identify?.(session, signal)) ?? null;
    if (id !== null) await this.#leaseMachine(`machine:${id}`);
    await takeOverUndos(this.#work, plans);
    recorder.throwIfBroken();
    if (this.#mayHaveMarker) await this.#sweep(session, signal);
  }

  /** What an earlier process of this run has left open on the host, but for what is still to be picked up there. */
  async #sweep(session: Session, signal: AbortSignal): Promise<void> {
    const keep = openReceipts(this.#record);
    try {
      await session.sweep?.(keep, { signal, timeoutMs: SWEEP_MS });
    } catch {
      // the host ends them itself when their idle time is over
    }
  }

  async #leaseMachine(key: string): Promise<void> {
    const { recorder } = this.#scope;
    const { name, address, port } = this.#host;
    const known = this.#record.machineKey;
    if (known !== null && known !== key) {
      throw new FirebreakError(
        'FB_HOST_LEASED',
        `${name}: ${address}:${port} is another machine now than the one that this run began on`,
        { remedy: 'correct the address in the inventory, then: firebreak rerun last --failed' },
      );
    }
    const [conflict] = await recorder.use((journal) => journal.lease(recorder.run, [{ key, host: name }]));
    if (conflict !== undefined) {
      const other = conflict.run === recorder.run ? 'this run under another name' : `run ${conflict.run}`;
      throw new FirebreakError('FB_HOST_LEASED', `${name} is the same machine as a host that ${other} works on`, {
        remedy: 'name each machine once in the inventory, or wait for the other run',
      });
    }
    if (known === null) await recorder.append(this.#record, [{ type: 'HostLeased', host: name, key }]);
  }

  async #claimMarker(step: StepContext): Promise<void> {
    const { marker, journal } = this.#scope.deps;
    if (marker === undefined || this.#scope.check || this.#isClaimed) return;
    const session = await step.session();
    const owner = { storeId: journal.storeId, run: step.run, host: this.#host.name, signal: step.signal };
    const { claimed, heldBy } = await marker.claim(session, owner);
    if (!claimed) {
      throw new FirebreakError('FB_HOST_LEASED', `${this.#host.name} is being worked on from elsewhere (${heldBy})`, {
        remedy: 'wait for the other Firebreak to finish with the host, or end its run there',
      });
    }
    this.#isClaimed = true;
    this.#mayHaveMarker = true;
  }

  /** Takes our sign down where that is possible and hangs up. */
  async #leave(isReachable: boolean): Promise<void> {
    const { deps, recorder, isLeasing } = this.#scope;
    const { connection } = this.#work;
    if (deps.marker !== undefined && this.#mayHaveMarker && isLeasing && isReachable) {
      const time = new StepTime(deps.clock, MARKER_MS, new AbortController().signal);
      const context = stepContext(this.#work, { stepId: 'host', attempt: 1, time });
      const owner = { storeId: deps.journal.storeId, run: recorder.run, host: this.#host.name, signal: time.signal };
      try {
        const session = await context.session();
        await time.bound(deps.marker.release(session, owner), time.signal);
      } catch {
        recorder.throwIfBroken();
        recorder.progress(this.#host.name, 'host', 'the marker on the host could not be taken down');
      } finally {
        time.end();
      }
    }
    await connection.close();
  }
}
