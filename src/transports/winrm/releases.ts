/**
 * Finished commands that the service still counts (MaxConcurrentCommandsPerShell, MaxConcurrentOperationsPerUser). They are
 * freed when the shell is quiet, so that commands that follow each other neither wait for that nor need a second
 * connection; before a command only when many have gathered. Must not know what a command is.
 */

/** Milliseconds without a command after which the shell counts as quiet. */
const QUIET_MS = 250;

export class Releases {
  readonly #free: (id: string) => Promise<unknown>;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isQuiet = false;

  constructor(free: (id: string) => Promise<unknown>) {
    this.#free = free;
  }

  /** A command has ended. */
  add(id: string): void {
    this.#waiting.push(id);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isQuiet = true;
      void this.#work(() => this.#isQuiet);
    }, QUIET_MS).unref();
  }

  /** To be awaited before a command; `most`: how many finished ones there may be. */
  async makeRoom(most: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#isQuiet = false;
    if (this.#waiting.length >= most) await this.#work(() => true);
  }

  /** The shell is freed with all that is in it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#isQuiet = false;
    this.#waiting = [];
  }

  async #work(mayGoOn: () => boolean): Promise<void> {
    while (mayGoOn()) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      // what cannot be freed now is freed with the shell; a host that is away is not asked once for each
      const isFreed = await this.#free(id).then(
        () => true,
        () => false,
      );
      if (!isFreed) return;
    }
  }
}
