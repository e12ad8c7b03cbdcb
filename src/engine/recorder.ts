/**
 * The only way into the journal for one run: append, then remember, then show. A journal that failed once ends the run,
 * wherever the failure came up. Must not know what the events mean.
 */
import type { Journal, RunEvent, RunEventBody } from '../domain/index.ts';
import type { Observer } from './deps.ts';
import { HostRecord } from './host-record.ts';

/** Shared by the recorders of one process's work: after the first failure nothing is written any more. */
interface Health {
  failure: { readonly thrown: unknown } | null;
}

export class Recorder {
  readonly run: string;
  readonly journal: Journal;
  readonly #observer: Observer | undefined;
  readonly #health: Health;

  constructor(journal: Journal, run: string, observer?: Observer, health: Health = { failure: null }) {
    this.run = run;
    this.journal = journal;
    this.#observer = observer;
    this.#health = health;
  }

  /** For another run of the same journal; its events are not shown. */
  forRun(run: string): Recorder {
    return new Recorder(this.journal, run, undefined, this.#health);
  }

  /** Durable when it resolves; the hosts' events are in their records then. */
  async append(
    records: HostRecord | ReadonlyMap<string, HostRecord> | null,
    bodies: readonly RunEventBody[],
  ): Promise<void> {
    if (bodies.length === 0) return;
    const events = await this.use((journal) => journal.append(this.run, bodies));
    for (const event of events) {
      if ('host' in event) {
        const record = records instanceof HostRecord ? records : records?.get(event.host);
        if (record?.host === event.host) record.apply(event);
      }
      this.#observer?.event(event);
    }
  }

  /** Any other use of the journal. */
  async use<T>(work: (journal: Journal) => Promise<T>): Promise<T> {
    this.throwIfBroken();
    try {
      return await work(this.journal);
    } catch (thrown) {
      this.#health.failure ??= { thrown };
      throw thrown;
    }
  }

  /** Journal failures that passed through an action must not be taken for the action's own. */
  throwIfBroken(): void {
    if (this.#health.failure !== null) throw this.#health.failure.thrown;
  }

  /** An event that another process has written. */
  show(event: RunEvent): void {
    this.#observer?.event(event);
  }

  progress(host: string, step: string, text: string): void {
    this.#observer?.progress({ host, step, text });
  }
}
