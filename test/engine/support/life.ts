/**
 * One process of the controller, which can die at any point that touches the outside: from then on nothing that it called
 * ever returns, so that nothing further can come of it.
 */
export class Life {
  /** Names of the points passed, in order. */
  readonly points: string[] = [];
  /** Resolves when the process has died. */
  readonly death: Promise<string>;
  readonly #diesAt: number;
  #isDead = false;
  #die: (point: string) => void = () => {};

  /** @param diesAt index of the point at which the process dies; absent = it lives */
  constructor(diesAt = Number.POSITIVE_INFINITY) {
    this.#diesAt = diesAt;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  /** Passes a point, or never returns. */
  async pass(point: string): Promise<void> {
    if (!this.#isDead) {
      this.points.push(point);
      if (this.points.length - 1 < this.#diesAt) return;
      this.#isDead = true;
      this.#die(point);
    }
    await new Promise(() => {});
  }

  /** Runs something that happens outside: the process may die just before and just after it. */
  async around<T>(name: string, work: () => Promise<T>): Promise<T> {
    await this.pass(`before ${name}`);
    const result = await work();
    await this.pass(`after ${name}`);
    return result;
  }
}
