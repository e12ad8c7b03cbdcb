/** Who waits, by host: each host in turn, and within one host the first that came. Must not know what is waited for. */

export class FairQueue<T> {
  /** In the order in which the hosts' turns come. */
  readonly #lanes = new Map<string, T[]>();

  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  push(host: string, waiter: T): void {
    const lane = this.#lanes.get(host);
    if (lane === undefined) this.#lanes.set(host, [waiter]);
    else lane.push(waiter);
  }

  /** Takes the next one; its host goes to the end. */
  next(): T | undefined {
    const [first] = this.#lanes;
    if (first === undefined) return undefined;
    const [host, lane] = first;
    const waiter = lane.shift();
    this.#lanes.delete(host);
    if (lane.length > 0) this.#lanes.set(host, lane);
    return waiter;
  }

  remove(host: string, waiter: T): void {
    const rest = (this.#lanes.get(host) ?? []).filter((one) => one !== waiter);
    if (rest.length === 0) this.#lanes.delete(host);
    else this.#lanes.set(host, rest);
  }

  /** Takes all. */
  drain(): readonly T[] {
    const all = [...this.#lanes.values()].flat();
    this.#lanes.clear();
    return all;
  }
}
