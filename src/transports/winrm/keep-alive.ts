/** Something done again and again while nothing else is done. Must not know what it is. */

export class KeepAlive {
  readonly #act: () => Promise<void>;
  #intervalMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #busy = 0;

  /** `act` never rejects. */
  constructor(act: () => Promise<void>) {
    this.#act = act;
  }

  /** Milliseconds of quiet after which it acts; undefined: never. */
  set intervalMs(ms: number | undefined) {
    this.#intervalMs = ms;
    this.#wait();
  }

  /** While `work` goes on nothing is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    clearTimeout(this.#timer);
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#wait();
    }
  }

  end(): void {
    this.#intervalMs = undefined;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#intervalMs === undefined || this.#busy > 0) return;
    this.#timer = setTimeout(() => void this.during(this.#act), this.#intervalMs).unref();
  }
}
