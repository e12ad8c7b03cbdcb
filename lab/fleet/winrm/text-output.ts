/**
 * What a text shell's command has written and the client has not yet fetched, in the order it was written, and its end.
 * Must not know HTTP or SOAP.
 */

export interface Written {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

export type FetchedText =
  | { readonly kind: 'data'; readonly written: readonly Written[]; readonly exitCode: number | undefined }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'closed' };

export class TextOutput {
  #written: Written[] = [];
  #exitCode: number | undefined;
  #isClosed = false;
  readonly #waiting = new Set<() => void>();

  push(stream: Written['stream'], data: Buffer): void {
    this.#written.push({ stream, data });
    this.#wake();
  }

  /** The command has ended; nothing more is pushed. */
  done(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#wake();
  }

  /** The shell or the command is gone: whoever waits is told so. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Receives that wait now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Resolves as soon as there is something, with at most `maxBytes`; `exitCode` comes with the last of it. `timed-out`
   * when `timeoutMs` are over or `signal` aborts.
   */
  async fetch(maxBytes: number, timeoutMs: number, signal: AbortSignal): Promise<FetchedText> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    for (;;) {
      if (this.#written.length > 0 || this.#exitCode !== undefined) {
        const written = this.#take(maxBytes);
        return { kind: 'data', written, exitCode: this.#written.length === 0 ? this.#exitCode : undefined };
      }
      if (this.#isClosed) return { kind: 'closed' };
      if (deadline.aborted) return { kind: 'timed-out' };
      await this.#news(deadline);
    }
  }

  #take(maxBytes: number): Written[] {
    const taken: Written[] = [];
    let free = maxBytes;
    while (free > 0) {
      const next = this.#written.shift();
      if (next === undefined) break;
      taken.push({ ...next, data: next.data.subarray(0, free) });
      if (next.data.length > free) this.#written.unshift({ ...next, data: next.data.subarray(free) });
      free -= Math.min(free, next.data.length);
    }
    return merged(taken);
  }

  #news(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        deadline.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      deadline.addEventListener('abort', wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** A program writes line by line; a response need not have an element for each. */
function merged(written: readonly Written[]): Written[] {
  const runs: { readonly stream: Written['stream']; readonly data: Buffer[] }[] = [];
  for (const { stream, data } of written) {
    const last = runs.at(-1);
    if (last?.stream === stream) last.data.push(data);
    else runs.push({ stream, data: [data] });
  }
  return runs.map(({ stream, data }) => ({ stream, data: Buffer.concat(data) }));
}
