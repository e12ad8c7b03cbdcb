/** The journal in memory, for runs by the thousand; the contract suite holds it to the same rules as the real one. */
import {
  type Clock,
  FirebreakError,
  type Journal,
  type LeaseConflict,
  type OpenObligation,
  type Plan,
  type RunEvent,
  type RunEventBody,
  type RunInfo,
} from '../../../src/domain/index.ts';

interface StoredRun {
  readonly run: string;
  readonly plan: string;
  readonly parent: string | null;
  readonly check: boolean;
  readonly startedAt: string;
  readonly events: string[];
  owner: string | null;
}

/** What survives the death of a process: the "disk". */
export class MemoryStore {
  readonly runs = new Map<string, StoredRun>();
  readonly leases = new Map<string, { run: string; host: string }>();
  /** Names of the processes that live. */
  readonly alive = new Set<string>();
}

export class MemoryJournal implements Journal {
  readonly storeId = 'store-1';
  readonly #store: MemoryStore;
  readonly #clock: Clock;
  readonly #owner: string;

  constructor(store: MemoryStore, clock: Clock, owner: string) {
    this.#store = store;
    this.#clock = clock;
    this.#owner = owner;
    store.alive.add(owner);
  }

  async create(created: { run: string; plan: Plan; parent: string | null; check: boolean }): Promise<void> {
    this.#store.runs.set(created.run, {
      run: created.run,
      plan: JSON.stringify(created.plan),
      parent: created.parent,
      check: created.check,
      startedAt: new Date(this.#clock.now()).toISOString(),
      events: [],
      owner: this.#owner,
    });
  }

  async adopt(run: string): Promise<void> {
    const stored = this.#run(run);
    this.#refuseOthers(stored);
    stored.owner = this.#owner;
  }

  async disown(run: string): Promise<void> {
    const stored = this.#run(run);
    if (stored.owner === this.#owner) stored.owner = null;
  }

  async append(run: string, bodies: readonly RunEventBody[]): Promise<readonly RunEvent[]> {
    const stored = this.#run(run);
    const isOfOthers = (body: RunEventBody) =>
      /^(ObligationDischarged|OperatorAnswered|GateAnswered|RunPauseAsked|HostSkipAsked)$/.test(body.type);
    if (!bodies.every(isOfOthers)) this.#refuseOthers(stored);
    const at = new Date(this.#clock.now()).toISOString();
    const events = bodies.map((body, index) => ({ ...body, run, seq: stored.events.length + index + 1, at }));
    stored.events.push(...events.map((event) => JSON.stringify(event)));
    return events;
  }

  async events(run: string, afterSeq = 0): Promise<readonly RunEvent[]> {
    return this.#run(run)
      .events.slice(afterSeq)
      .map((event) => JSON.parse(event) as RunEvent);
  }

  async plan(run: string): Promise<Plan> {
    return JSON.parse(this.#run(run).plan) as Plan;
  }

  async runs(): Promise<readonly RunInfo[]> {
    return [...this.#store.runs.values()]
      .filter((stored) => stored.events.length > 0)
      .reverse()
      .map((stored) => {
        const plan = JSON.parse(stored.plan) as Plan;
        const end = stored.events
          .map((event) => JSON.parse(event) as RunEvent)
          .findLast((event) => /^Run(Finished|Waiting|Resumed)$/.test(event.type));
        const isLive = stored.owner !== null && this.#store.alive.has(stored.owner);
        return {
          run: stored.run,
          name: plan.playbook.name,
          parent: stored.parent,
          startedAt: stored.startedAt,
          check: stored.check,
          state:
            end?.type === 'RunFinished'
              ? end.how
              : isLive
                ? 'running'
                : end?.type === 'RunWaiting'
                  ? 'waiting'
                  : 'interrupted',
          owner: stored.owner === null ? null : { pid: 1, machine: stored.owner },
          hosts: plan.hosts.length,
        };
      });
  }

  async resolveRun(reference: string): Promise<string> {
    const runs = await this.runs();
    const matches = reference === 'last' ? runs.slice(0, 1) : runs.filter((info) => info.run.startsWith(reference));
    const exact = runs.find((info) => info.run === reference);
    const [found] = exact === undefined ? matches : [exact];
    if (found === undefined || (exact === undefined && matches.length > 1) || reference === '') {
      throw new FirebreakError('FB_RUN_UNKNOWN', `no run ${reference}`);
    }
    return found.run;
  }

  async lease(
    run: string,
    wanted: readonly { readonly key: string; readonly host: string }[],
  ): Promise<readonly LeaseConflict[]> {
    const conflicts: LeaseConflict[] = [];
    const taken = new Map<string, string>();
    for (const { key, host } of wanted) {
      const held = this.#store.leases.get(key);
      const isTwice = (taken.get(key) ?? host) !== host;
      if (isTwice) conflicts.push({ key, host, run });
      taken.set(key, host);
      if (held === undefined || (held.run === run && held.host === host)) continue;
      const holder = this.#store.runs.get(held.run);
      const isAbandoned = holder === undefined || (holder.events.length === 0 && !this.#isLive(holder));
      if (held.run === run || !isAbandoned) conflicts.push({ key, host, run: held.run });
    }
    if (conflicts.length === 0) for (const { key, host } of wanted) this.#store.leases.set(key, { run, host });
    return conflicts;
  }

  async release(run: string, host: string): Promise<void> {
    for (const [key, held] of this.#store.leases) {
      if (held.run === run && held.host === host) this.#store.leases.delete(key);
    }
  }

  async openObligations(
    filter: { readonly keys?: readonly string[]; readonly run?: string } = {},
  ): Promise<readonly OpenObligation[]> {
    const open: OpenObligation[] = [];
    const firstOwed = new Map<string, string>();
    for (const stored of this.#store.runs.values()) {
      const keys = new Map<string, string>();
      const owed = new Map<string, OpenObligation>();
      for (const event of await this.events(stored.run)) {
        if (event.type === 'HostLeased' && !(keys.get(event.host) ?? '').startsWith('machine:')) {
          keys.set(event.host, event.key);
        }
        if (event.type === 'ObligationOwed') {
          if (!firstOwed.has(event.obligation)) firstOwed.set(event.obligation, event.at);
          const { obligation: id, host, kind, step, uses, args, prior } = event;
          const owedAt = firstOwed.get(id) ?? event.at;
          owed.set(id, { id, run: stored.run, host, kind, step, uses, args, prior, owedAt, key: '' });
        }
        if (event.type === 'ObligationDischarged') owed.delete(event.obligation);
      }
      for (const one of owed.values()) open.push({ ...one, key: keys.get(one.host) ?? '' });
    }
    return open
      .filter((one) => filter.run === undefined || one.run === filter.run)
      .filter((one) => filter.keys === undefined || filter.keys.includes(one.key))
      .toSorted((a, b) => a.owedAt.localeCompare(b.owedAt) || a.id.localeCompare(b.id));
  }

  async close(): Promise<void> {}

  #run(run: string): StoredRun {
    const stored = this.#store.runs.get(run);
    if (stored === undefined) throw new FirebreakError('FB_RUN_UNKNOWN', `no run ${run}`);
    return stored;
  }

  #isLive(stored: StoredRun): boolean {
    return stored.owner !== null && this.#store.alive.has(stored.owner);
  }

  #refuseOthers(stored: StoredRun): void {
    if (stored.owner === this.#owner || !this.#isLive(stored)) return;
    throw new FirebreakError('FB_RUN_STATE', `run ${stored.run} is being worked on`);
  }
}
