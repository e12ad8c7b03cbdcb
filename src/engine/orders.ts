/** What others ask of a run while this process works on it: to pause, to leave a host out. Must not know how they are heard of. */
import type { Order } from './deps.ts';

interface Skip {
  readonly controller: AbortController;
  by: string | null;
}

export class Orders {
  readonly #pause = new AbortController();
  #pausedBy: string | null = null;
  readonly #skips = new Map<string, Skip>();

  /** Aborts when the run shall pause. */
  get pause(): AbortSignal {
    return this.#pause.signal;
  }

  get pausedBy(): string | null {
    return this.#pausedBy;
  }

  take(order: Order): void {
    if (order.type === 'RunPauseAsked') {
      this.#pausedBy ??= order.by;
      this.#pause.abort();
      return;
    }
    const skip = this.#skip(order.host);
    skip.by ??= order.by;
    skip.controller.abort();
  }

  /** Aborts when the host shall be left out. */
  skips(host: string): AbortSignal {
    return this.#skip(host).controller.signal;
  }

  /** Who wants the host left out; null when nobody does. */
  skippedBy(host: string): string | null {
    return this.#skips.get(host)?.by ?? null;
  }

  #skip(host: string): Skip {
    let skip = this.#skips.get(host);
    if (skip === undefined) {
      skip = { controller: new AbortController(), by: null };
      this.#skips.set(host, skip);
    }
    return skip;
  }
}
