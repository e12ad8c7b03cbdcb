/** At most so many hosts in one step at a time. Must not know what the step does. */
import type { HostClaim, PlannedStep } from '../domain/index.ts';

import { baseId } from './plan-steps.ts';

interface Waiter {
  start(): void;
}

interface Lane {
  inUse: number;
  readonly waiting: Waiter[];
}

export class Throttles {
  readonly #lanes = new Map<string, Lane>();
  readonly #shared: Pick<HostClaim, 'enter'> | undefined;

  /** @param shared counts the hosts of other processes too */
  constructor(shared?: Pick<HostClaim, 'enter'>) {
    this.#shared = shared;
  }

  /** Waits for a place; the returned function gives it back. Rejects with the signal's reason when it aborts first. */
  async enter(step: Pick<PlannedStep, 'id' | 'throttle'>, signal: AbortSignal): Promise<() => void> {
    const { throttle } = step;
    if (throttle === null) return () => {};
    if (this.#shared !== undefined) return this.#shared.enter(baseId(step.id), throttle, signal);
    const lane = this.#lane(baseId(step.id));
    if (lane.inUse < throttle) lane.inUse += 1;
    else await this.#wait(lane, signal);
    return () => {
      // A place is handed on, not given back, so that nobody comes in between.
      const next = lane.waiting.shift();
      if (next === undefined) lane.inUse -= 1;
      else next.start();
    };
  }

  #lane(id: string): Lane {
    let lane = this.#lanes.get(id);
    if (lane === undefined) {
      lane = { inUse: 0, waiting: [] };
      this.#lanes.set(id, lane);
    }
    return lane;
  }

  #wait(lane: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        const at = lane.waiting.indexOf(waiter);
        if (at >= 0) lane.waiting.splice(at, 1);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        start() {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      lane.waiting.push(waiter);
    });
  }
}
