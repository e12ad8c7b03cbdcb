/**
 * A host whose relay is lost is parked, not failed: its step's time stands still until the relay is back or given up.
 * Must not know what a relay is; the port waits.
 */
import { type ErrorRecord, toErrorRecord } from '../domain/index.ts';
import type { HostWork } from './host-work.ts';
import { throwIfPaused } from './pause.ts';
import type { StepTime } from './step-time.ts';

/** So often in one step the way may be lost again right after it was there; then it is the step that fails. */
const MOST_LOSSES = 5;

export class RelayWait {
  readonly #work: HostWork;
  readonly #step: string;
  readonly #time: StepTime | null;
  #losses = 0;

  /** @param time null: nothing has to stand still */
  constructor(work: HostWork, step: string, time: StepTime | null) {
    this.#work = work;
    this.#step = step;
    this.#time = time;
  }

  /**
   * After an error: null when it was the relay's and the relay is back; otherwise the error that stays, final (not
   * retryable) when the relay was given up. @throws Paused, a failure of the journal
   */
  async after(error: ErrorRecord): Promise<ErrorRecord | null> {
    const { deps, host, record, connection, pause, recorder, target } = this.#work;
    if (error.relay === undefined || deps.awaitRelay === undefined) return error;
    this.#losses += 1;
    if (this.#losses > MOST_LOSSES) return error;
    recorder.progress(host.name, this.#step, `waits for relay ${error.relay}: ${error.message}`);
    const wasReached = connection.isKnown || (target === undefined && record.wasReached());
    const wait = (): Promise<void> =>
      deps.awaitRelay?.(target ?? host, { signal: pause, wasReached }) ??
      Promise.reject(new Error('no relay to wait for'));
    try {
      await (this.#time === null ? wait() : this.#time.standStill(wait));
      return null;
    } catch (thrown) {
      throwIfPaused(pause);
      recorder.throwIfBroken();
      return toErrorRecord(thrown);
    }
  }
}
