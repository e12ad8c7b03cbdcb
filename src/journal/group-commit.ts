/**
 * Collects what arrives while the last commit runs (and within one turn of the event loop) into one commit. Must not
 * know what is committed.
 */
interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(reason: unknown): void;
}

export class GroupCommit<Item, Result> {
  readonly #commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #mayDivide: (thrown: unknown) => boolean;
  #waiting: Waiting<Item, Result>[] = [];
  #running: Promise<void> | null = null;

  /**
   * `commit` writes all items or none and gives one result for each, in order. `mayDivide`: after this failure nothing was
   * written for certain, and one of the items may be to blame.
   */
  constructor(
    commit: (items: readonly Item[]) => Promise<readonly Result[]>,
    mayDivide: (thrown: unknown) => boolean = () => true,
  ) {
    this.#commit = commit;
    this.#mayDivide = mayDivide;
  }

  /** Resolves after the commit that holds the item. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing is waiting or being written. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#waiting;
      this.#waiting = [];
      await this.#write(group);
    }
    this.#running = null;
  }

  /** One that cannot be written must not take the others with it: a failed group is tried again one by one. */
  async #write(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#commit(group.map((waiting) => waiting.item));
      group.forEach((waiting, index) => {
        waiting.resolve(results[index] as Result);
      });
    } catch (thrown) {
      if (group.length > 1 && this.#mayDivide(thrown)) for (const waiting of group) await this.#write([waiting]);
      else for (const waiting of group) waiting.reject(thrown);
    }
  }
}
