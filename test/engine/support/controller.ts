/** Controllers (processes that may die) over machines and a journal that stay. */
import { createInProcessDispatcher } from '../../../src/dispatch/index.ts';
import {
  FirebreakError,
  type Journal,
  type Json,
  type JsonObject,
  type Plan,
  type PlannedHost,
  type Question,
  type Random,
  type RunEvent,
  type Session,
} from '../../../src/domain/index.ts';
import {
  type EngineDeps,
  type HostMarker,
  type Operator,
  type RunResult,
  resumeRun,
  runPlan,
} from '../../../src/engine/index.ts';
import { Life } from './life.ts';
import { MemoryJournal, MemoryStore } from './memory-journal.ts';
import { type MachineCall, simulatedActions } from './simulated-actions.ts';
import { type MachineOptions, SimulatedMachine } from './simulated-machine.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface WorldOptions {
  readonly machines?: { readonly [host: string]: MachineOptions };
  /** Opens the journal of a new process; absent: in memory. */
  readonly openJournal?: (owner: string, clock: VirtualClock) => Promise<Journal>;
  readonly hasMarker?: boolean;
}

/** How the next process is run. */
export interface ProcessOptions {
  readonly diesAt?: number;
  readonly signal?: AbortSignal;
  /** Stays while a gate or a window is waited for. */
  readonly waits?: boolean;
  readonly ignoresWindow?: boolean;
  readonly onEvent?: (event: RunEvent) => void;
  readonly change?: (deps: EngineDeps) => EngineDeps;
  /** What the person at the terminal answers; absent: nobody is there. Null: they never do. */
  readonly answers?: (question: Question, host: string) => string | null;
}

export type End = { readonly died: string; readonly life: Life } | { readonly result: RunResult; readonly life: Life };

export class World {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore();
  readonly machines = new Map<string, SimulatedMachine>();
  /** Hosts with a session under way or a step being read, at the same time. */
  busiest = 0;
  /** What was asked on the terminal. */
  readonly prompts: string[] = [];
  #busy = new Map<string, number>();
  #processes = 0;
  readonly #options: WorldOptions;
  readonly random: Random;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    let ids = 0;
    this.random = { id: (bytes) => (++ids).toString(16).padStart(bytes * 2, '0'), fraction: () => 0.5 };
    for (const [name, machine] of Object.entries(options.machines ?? { web01: {} })) {
      this.machines.set(name, new SimulatedMachine(this.clock, { id: name, ...machine }));
    }
  }

  machine(host = 'web01'): SimulatedMachine {
    const machine = this.machines.get(host);
    if (machine === undefined) throw new Error(`no machine ${host}`);
    return machine;
  }

  async journal(owner = 'reader'): Promise<Journal> {
    if (this.#options.openJournal !== undefined) return this.#options.openJournal(owner, this.clock);
    return new MemoryJournal(this.store, this.clock, owner);
  }

  start(
    run: string,
    plan: Plan,
    options: ProcessOptions & { parent?: string; check?: boolean; skipLeased?: boolean } = {},
  ): Promise<End> {
    const { parent = null, check = false, skipLeased = false, waits = false, ignoresWindow = false } = options;
    const how = { parent, check, skipLeased, waits, ignoresWindow };
    const signal = options.signal ?? new AbortController().signal;
    return this.#process(options, (deps) =>
      runPlan(deps, { run, plan, ...how, by: 'test@here', version: '0', signal }),
    );
  }

  resume(run: string, options: ProcessOptions = {}): Promise<End> {
    const signal = options.signal ?? new AbortController().signal;
    const { waits = false, ignoresWindow = false } = options;
    const how = { waits, ignoresWindow, by: 'test@here', version: '0', signal };
    return this.#process(options, (deps) => resumeRun(deps, { run, ...how }));
  }

  async deps(
    life: Life,
    owner: string,
    onEvent?: (event: RunEvent) => void,
  ): Promise<{ deps: EngineDeps; journal: Journal }> {
    const journal = await this.journal(owner);
    const deps: EngineDeps = {
      journal: this.#mortal(journal, life),
      actions: simulatedActions((step, name, call) => this.#send(life, step.host, name, call, () => step.session())),
      files: () => ({
        resolve: (name) => name,
        find: () => Promise.reject(new FirebreakError('FB_FILE_MISSING', 'none')),
      }),
      packages: { find: () => Promise.reject(new FirebreakError('FB_PACKAGE_MISSING', 'none')) },
      scanner: { probe: () => Promise.resolve('open'), scanRpc: () => Promise.reject(new Error('nothing scans here')) },
      clock: this.clock,
      random: this.random,
      dispatcher: createInProcessDispatcher(),
      openSession: (host) => this.#open(life, host),
      identify: async (session) => (session as SimulatedSession).machine.id,
      observer: { event: (event) => onEvent?.(event), progress: () => {} },
      ...(this.#options.hasMarker === true ? { marker: this.#marker(life) } : {}),
    };
    return { deps, journal };
  }

  async #process(options: ProcessOptions, work: (deps: EngineDeps) => Promise<RunResult>): Promise<End> {
    const life = new Life(options.diesAt);
    const owner = `process-${++this.#processes}`;
    const { deps, journal } = await this.deps(life, owner, options.onEvent);
    const { answers } = options;
    const manned = answers === undefined ? deps : { ...deps, operator: this.#operator(life, answers) };
    const changed = options.change?.(manned) ?? manned;
    try {
      return await Promise.race([
        work(changed).then((result) => ({ result, life })),
        life.death.then((died) => ({ died, life })),
      ]);
    } finally {
      this.store.alive.delete(owner);
      this.clock.forgetSleepers();
      await journal.close();
    }
  }

  /** Somebody at the terminal; every prompt is a point at which the process may die. */
  #operator(life: Life, answers: NonNullable<ProcessOptions['answers']>): Operator {
    return {
      willAnswer: () => true,
      ask: async ({ host, step, question, signal }) => {
        this.prompts.push(`${host} ${step}: ${question.text}`);
        await life.pass(`prompt ${step}`);
        const answer = answers(question, host);
        if (answer !== null) return { answer, via: 'terminal' };
        return new Promise((_, reject) => {
          if (signal.aborted) reject(new Error('the prompt was closed'));
          signal.addEventListener('abort', () => reject(new Error('the prompt was closed')), { once: true });
        });
      },
    };
  }

  /** The journal as a process sees it that may die before or after each write. */
  #mortal(journal: Journal, life: Life): Journal {
    const { clock } = this;
    return new Proxy(journal, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const call = () => clock.hold(Promise.resolve(Reflect.apply(value, target, args)));
          if (!/^(append|create|adopt|lease|release|disown)$/.test(String(name))) return call();
          return life.around(`${String(name)}${describeEvents(args[1])}`, call);
        };
      },
    });
  }

  async #open(life: Life, host: PlannedHost): Promise<Session> {
    await life.pass(`open ${host.name}`);
    const machine = this.machine(host.name);
    machine.reach();
    return new SimulatedSession(machine);
  }

  async #send(life: Life, host: PlannedHost, name: string, call: MachineCall, session: () => Promise<Session>) {
    const opened = (await session()) as SimulatedSession;
    this.#enter(host.name);
    try {
      return await life.around(name, async () => opened.call(call));
    } finally {
      this.#leave(host.name);
    }
  }

  #enter(host: string): void {
    this.#busy.set(host, (this.#busy.get(host) ?? 0) + 1);
    this.busiest = Math.max(this.busiest, this.#busy.size);
  }

  #leave(host: string): void {
    const rest = (this.#busy.get(host) ?? 0) - 1;
    if (rest > 0) this.#busy.set(host, rest);
    else this.#busy.delete(host);
  }

  #marker(life: Life): HostMarker {
    return {
      claim: (session, owner) =>
        life.around('claim', async () => {
          const { machine } = session as SimulatedSession;
          machine.reach();
          if (machine.marker !== null && machine.marker !== owner.storeId) {
            return { claimed: false, heldBy: machine.marker };
          }
          machine.marker = owner.storeId;
          return { claimed: true, heldBy: '' };
        }),
      release: (session, owner) =>
        life.around('unclaim', async () => {
          const { machine } = session as SimulatedSession;
          machine.reach();
          if (machine.marker === owner.storeId) machine.marker = null;
        }),
    };
  }
}

function describeEvents(events: unknown): string {
  if (!Array.isArray(events)) return '';
  return ` ${events.map((event: { type?: string; step?: string }) => `${event.type ?? ''} ${event.step ?? ''}`.trim()).join('+')}`;
}

/** A session that dies with the machine's boot or network. */
class SimulatedSession implements Session {
  readonly shell = { version: '5.1', edition: 'Desktop' };
  readonly clientAddress = '10.0.0.250';
  readonly languageMode = 'FullLanguage';
  readonly machine: SimulatedMachine;
  readonly #boot: number;

  constructor(machine: SimulatedMachine) {
    this.machine = machine;
    this.#boot = machine.bootTime;
  }

  call(call: MachineCall) {
    this.machine.reach();
    if (this.machine.bootTime !== this.#boot) throw new FirebreakError('FB_CONNECT_LOST', 'the session died');
    return call(this.machine);
  }

  invoke<T extends Json>(): Promise<{ output: readonly T[]; streams: never; durationMs: number }> {
    return Promise.reject(new FirebreakError('FB_BUG', 'simulated sessions take calls only'));
  }

  fetch = this.push;

  sweep(keep: readonly JsonObject[]): Promise<number> {
    this.machine.swept.push(keep);
    return Promise.resolve(0);
  }

  reattach(): Promise<null> {
    return Promise.resolve(null);
  }

  push(): Promise<never> {
    return Promise.reject(new FirebreakError('FB_BUG', 'simulated sessions take calls only'));
  }

  async close(): Promise<void> {}
}

export function resultOf(end: End): RunResult {
  if ('died' in end) throw new Error(`the process died at ${end.died}`);
  return end.result;
}
