/** A step's one deadline, over all its attempts; waiting for a relay is no time of the step. Must not know what the step does. */
import { type Clock, FirebreakError } from '../domain/index.ts';
import { formatDuration } from '../util/index.ts';

/** How long an action may take to heed its signal before it is left alone. */
const GRACE_MS = 15_000;
/** How soon a deadline that passes right after time stood still is noticed. */
const LOOK_MS = 1_000;

export class StepTime {
  readonly timeoutMs: number;
  /** Aborts at the deadline or when the run pauses. */
  readonly signal: AbortSignal;
  /** Aborts at the deadline only: for what must not be cut short. */
  readonly deadlineSignal: AbortSignal;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly startedAt: number;
  #deadline: number;
  /** Since when the time stands still. */
  #stoppedAt: number | null = null;

  constructor(clock: Clock, timeoutMs: number, pause: AbortSignal) {
    const deadline = new AbortController();
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
    this.startedAt = clock.now();
    this.#deadline = this.startedAt + timeoutMs;
    this.deadlineSignal = deadline.signal;
    this.signal = AbortSignal.any([deadline.signal, pause]);
    this.#untilOver().then(
      () => deadline.abort(this.exceeded()),
      () => {},
    );
  }

  /** Milliseconds since the epoch; later when time stood still. */
  get deadline(): number {
    return this.#deadline;
  }

  /** The time stands still while this works. */
  async standStill<T>(work: () => Promise<T>): Promise<T> {
    this.#stoppedAt = this.#clock.now();
    try {
      return await work();
    } finally {
      this.#deadline += this.#clock.now() - this.#stoppedAt;
      this.#stoppedAt = null;
    }
  }

  async #untilOver(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(this.#stoppedAt === null ? this.remainingMs() : LOOK_MS, this.#ended.signal);
      if (this.isOver) return;
    }
  }

  get isOver(): boolean {
    return this.#stoppedAt === null && this.remainingMs() === 0;
  }

  remainingMs(): number {
    return Math.max(0, this.#deadline - (this.#stoppedAt ?? this.#clock.now()));
  }

  exceeded(): FirebreakError {
    return new FirebreakError('FB_DEADLINE', `not done after ${formatDuration(this.timeoutMs)}`, {
      remedy: 'raise the timeout of the step if the host is only slow',
      retryable: false,
    });
  }

  /** The work's own outcome, or FB_DEADLINE when it does not end soon after its signal aborted. */
  async bound<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    const settled = new AbortController();
    let onAbort = () => {};
    const overrun = new Promise<never>((_, reject) => {
      onAbort = () => {
        this.#clock.sleep(GRACE_MS, settled.signal).then(
          () => reject(this.exceeded()),
          () => {},
        );
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, overrun]);
    } finally {
      settled.abort();
      signal.removeEventListener('abort', onAbort);
    }
  }

  end(): void {
    this.#ended.abort();
  }
}
