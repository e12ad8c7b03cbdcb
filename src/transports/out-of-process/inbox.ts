/** What came for the pool or one pipeline and was not fetched yet. Must not know framing. */

export class Inbox {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;

  get bytes(): number {
    return this.#bytes;
  }

  put(data: Uint8Array): void {
    this.#chunks.push(data);
    this.#bytes += data.length;
    this.#wake?.();
  }

  takeAll(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#bytes = 0;
    return chunks;
  }

  /** Resolves when there is something, or after `nudge`. */
  wait(): Promise<void> {
    if (this.#chunks.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  nudge(): void {
    this.#wake?.();
  }
}
