/**
 * Time that passes only when nobody is at work: the earliest sleeper wakes as soon as everything else waits. `hold` keeps
 * it still while real work (a database) is under way.
 */
import { type Clock, FirebreakError } from '../../../src/domain/index.ts';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  wake(): void;
}

export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #held = 0;
  #isPumping = false;
  #sleepers: Sleeper[] = [];

  constructor(start = Date.parse('2026-11-23T00:00:00Z')) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(new FirebreakError('FB_CANCELLED', 'sleep was cancelled'));
      };
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        order: this.#order++,
        wake() {
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      if (signal?.aborted === true) {
        cancel();
        return;
      }
      signal?.addEventListener('abort', cancel, { once: true });
      this.#sleepers.push(sleeper);
      this.#pump();
    });
  }

  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      return await work;
    } finally {
      this.#held -= 1;
      this.#pump();
    }
  }

  /** The process that slept has died. */
  forgetSleepers(): void {
    this.#sleepers = [];
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      if (this.#held > 0) return;
      const [next] = this.#sleepers.toSorted((a, b) => a.at - b.at || a.order - b.order);
      if (next === undefined) return;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      if (this.#sleepers.length > 0) this.#pump();
    });
  }
}
