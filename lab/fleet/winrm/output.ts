/**
 * What a runspace pool or a pipeline has sent and the client has not yet fetched. One Receive waits at a time, further
 * ones queue up behind it. Must not know HTTP or SOAP.
 */

export type Fetched =
  | { readonly kind: 'data'; readonly chunks: readonly Buffer[]; readonly isDone: boolean }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'closed' };

interface Waiter {
  readonly maxBytes: number;
  readonly timer: NodeJS.Timeout;
  finish(fetched: Fetched): void;
}

export class Output {
  readonly #chunks: Buffer[] = [];
  readonly #waiting: Waiter[] = [];
  #isDone = false;
  #isClosed = false;
  #mode: 'connected' | 'Block' | 'Drop' = 'connected';

  push(data: Buffer): void {
    if (this.#mode === 'Drop') return;
    this.#chunks.push(data);
    this.#serve();
  }

  /** All data was pushed. */
  done(): void {
    this.#isDone = true;
    this.#serve();
  }

  /** The shell or the command is gone: whoever waits is told so. */
  close(): void {
    this.#isClosed = true;
    this.#serve();
  }

  /** The shell's client lets go: Receives that wait are answered empty. */
  disconnect(mode: 'Block' | 'Drop'): void {
    this.#mode = mode;
    for (const waiter of this.#waiting.splice(0)) waiter.finish({ kind: 'data', chunks: [], isDone: false });
  }

  connect(): void {
    this.#mode = 'connected';
  }

  /** Receives that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves as soon as there is something, at most `maxBytes` (whole chunks as far as they fit), or when `timeoutMs`
   * are over or `signal` aborts (`timed-out`).
   */
  fetch(maxBytes: number, timeoutMs: number, signal: AbortSignal): Promise<Fetched> {
    return new Promise((resolve) => {
      const leave = (): void => {
        const index = this.#waiting.indexOf(waiter);
        if (index >= 0) this.#waiting.splice(index, 1);
        waiter.finish({ kind: 'timed-out' });
      };
      const waiter: Waiter = {
        maxBytes,
        timer: setTimeout(leave, timeoutMs),
        finish(fetched) {
          clearTimeout(waiter.timer);
          signal.removeEventListener('abort', leave);
          resolve(fetched);
        },
      };
      signal.addEventListener('abort', leave);
      this.#waiting.push(waiter);
      if (signal.aborted) leave();
      else this.#serve();
    });
  }

  #serve(): void {
    for (;;) {
      const waiter = this.#waiting[0];
      const hasNews = this.#chunks.length > 0 || this.#isDone || this.#isClosed;
      if (waiter === undefined || !hasNews) return;
      this.#waiting.shift();
      if (this.#chunks.length === 0 && !this.#isDone) {
        waiter.finish({ kind: 'closed' });
        continue;
      }
      const chunks = this.#take(waiter.maxBytes);
      waiter.finish({ kind: 'data', chunks, isDone: this.#isDone && this.#chunks.length === 0 });
    }
  }

  #take(maxBytes: number): Buffer[] {
    const taken: Buffer[] = [];
    let free = maxBytes;
    for (;;) {
      const next = this.#chunks[0];
      if (next === undefined || free === 0) return taken;
      if (next.length <= free) {
        this.#chunks.shift();
        taken.push(next);
        free -= next.length;
      } else if (taken.length === 0) {
        taken.push(next.subarray(0, free));
        this.#chunks[0] = next.subarray(free);
        return taken;
      } else {
        return taken;
      }
    }
  }
}
