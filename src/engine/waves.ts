/**
 * Waves one after the other, the hosts of each as a sliding window; no further host is begun once a threshold is
 * exceeded or the run pauses, nor before a wave's gate is passed, nor outside of its maintenance windows. Must not know what
 * is done on a host, nor how a wait is spent.
 */
import type { DispatchJob, Hold, HostOutcome, HostParked, PlannedHost, PlannedWave } from '../domain/index.ts';
import { askGate, foldGates, judgeGate, waveName } from './gates.ts';
import type { RunScope } from './host-job.ts';
import { HostRecord } from './host-record.ts';
import { planHash } from './plan/index.ts';
import { workOn } from './remote.ts';
import { type EndedHost, exceededThreshold } from './thresholds.ts';
import { describeWindow, mayBegin, nextBegin, wallClock } from './windows.ts';

export type Records = Map<string, HostRecord>;

export interface WavesResult {
  /** Why no further host was begun; null when every host was. */
  readonly stopped: string | null;
  /** What keeps further hosts from being begun for now; null: nothing. */
  readonly held: Held | null;
}

export interface Held {
  readonly hold: Hold;
  readonly reason: string;
  /** The last event that was known of; null: no answer ends this. */
  readonly answersAfter: number | null;
}

export class Waves {
  readonly #scope: RunScope;
  readonly #records: Records;
  readonly #hosts: ReadonlyMap<string, PlannedHost>;
  readonly #begunWaves: Set<string>;
  #stopped: string | null = null;
  /** Parked hosts that go on now. */
  readonly #wanted: ReadonlySet<string>;
  readonly #parkedAtFirst: ReadonlyMap<string, HostParked | null>;

  constructor(
    scope: RunScope,
    records: Records,
    begunWaves: ReadonlySet<string> = new Set(),
    wanted: ReadonlySet<string> = new Set(),
  ) {
    this.#wanted = wanted;
    this.#parkedAtFirst = new Map([...wanted].map((name) => [name, records.get(name)?.parked ?? null]));
    this.#scope = scope;
    this.#records = records;
    this.#begunWaves = new Set(begunWaves);
    this.#hosts = new Map(scope.plan.hosts.map((host) => [host.name, host]));
  }

  /** @throws a journal's failure, a bug */
  async run(): Promise<WavesResult> {
    let held: Held | null = null;
    for (const wave of this.#scope.plan.waves) {
      if (this.#scope.pause.aborted || this.#stopped !== null || held !== null) break;
      held = await this.#wave(wave);
    }
    const isOver = this.#stopped !== null && held === null && !this.#scope.pause.aborted;
    if (isOver && this.#stopped !== null) await this.#cancelRest(this.#stopped);
    return { stopped: this.#stopped, held };
  }

  /** What keeps the next hosts from being begun, before anything is leased for them; null: nothing. */
  async heldAtOnce(): Promise<Held | null> {
    try {
      for (const wave of this.#scope.plan.waves) {
        this.#judge(wave);
        const open = this.#open(wave);
        if (this.#stopped !== null)
          return this.#heldOutside(
            wave,
            open.filter((name) => this.#isBegun(name)),
          );
        if (open.length > 0) return await this.#held(wave, open);
      }
      return null;
    } finally {
      // Whoever runs the waves comes to it again, and sees begun hosts through first.
      this.#stopped = null;
    }
  }

  /** True when every host has its outcome, and none waits that goes on now. */
  isDone(): boolean {
    return this.#scope.plan.hosts.every(({ name }) => {
      const { finished, parked } = this.#record(name);
      const isToGoOn = parked !== null && parked === this.#parkedAtFirst.get(name);
      return finished !== null && !isToGoOn;
    });
  }

  /** Hosts that wait for an answer. */
  parked(): readonly HostParked[] {
    return this.#scope.plan.hosts.flatMap((host) => this.#record(host.name).parked ?? []);
  }

  async #wave(wave: PlannedWave): Promise<Held | null> {
    const { recorder, deps, plan } = this.#scope;
    const open = this.#open(wave);
    this.#judge(wave);
    const held = open.length === 0 || this.#stopped !== null ? null : await this.#held(wave, open);
    if (held !== null) return held;
    if (open.length > 0 && this.#stopped === null && !this.#begunWaves.has(wave.name)) {
      await recorder.append(null, [{ type: 'WaveStarted', wave: wave.name, hosts: wave.hosts }]);
    }
    const begun = new Set<string>();
    const jobs = open.flatMap((name) => this.#job(wave, name, begun));
    await deps.dispatcher.dispatch(jobs, {
      concurrency: plan.forks,
      shouldStart: (job) => {
        if (this.#scope.pause.aborted || (this.#stopped !== null && !this.#isBegun(job.id))) return false;
        return this.#mayBegin(wave, job.id);
      },
    });
    if (this.#scope.pause.aborted) return null;
    const left = this.#open(wave).filter((name) => !begun.has(name) || this.#record(name).held !== null);
    return this.#closed(
      wave,
      left.filter((name) => this.#stopped === null || this.#isBegun(name)),
    );
  }

  /** Hosts of the wave without an outcome, and parked ones that go on now. */
  #open(wave: PlannedWave): readonly string[] {
    return wave.hosts.filter((name) => {
      const record = this.#record(name);
      return record.finished === null || (record.parked !== null && this.#wanted.has(name));
    });
  }

  async #held(wave: PlannedWave, open: readonly string[]): Promise<Held | null> {
    if (this.#scope.check) return null;
    if (!this.#begunWaves.has(wave.name)) {
      const held = await this.#gate(wave);
      if (held !== null || this.#stopped !== null) return held;
    }
    return this.#heldOutside(wave, open);
  }

  #heldOutside(wave: PlannedWave, open: readonly string[]): Held | null {
    return open.some((name) => this.#mayBegin(wave, name)) ? null : this.#closed(wave, open);
  }

  async #gate(wave: PlannedWave): Promise<Held | null> {
    const { recorder, deps, plan, by } = this.#scope;
    const { gate, name } = wave;
    if (gate === undefined) return null;
    const hash = planHash(plan);
    for (;;) {
      // Answers come from other processes.
      const events = await recorder.use((journal) => journal.events(recorder.run));
      const now = deps.clock.now();
      const judged = judgeGate({ gate, wave: name, run: recorder.run, hash }, foldGates(events).get(name), now);
      if (judged.kind === 'go') return null;
      if (judged.kind === 'stop') {
        this.#stopped = judged.reason;
        return null;
      }
      if (judged.kind === 'wait') {
        const until = judged.until === null ? null : new Date(judged.until).toISOString();
        const answersAfter = events.at(-1)?.seq ?? 0;
        return { hold: { kind: 'gate', wave: name, until }, reason: judged.reason, answersAfter };
      }
      await recorder.append(null, [
        judged.kind === 'ask'
          ? askGate(wave, gate, hash, now)
          : { type: 'GateAnswered', gate: name, decision: 'timed-out', by, planHash: hash, note: '' },
      ]);
    }
  }

  #mayBegin(wave: PlannedWave, name: string): boolean {
    const { windows } = wave;
    const { check, ignoresWindow, deps, orders } = this.#scope;
    if (windows === undefined || check || ignoresWindow) return true;
    if (this.#record(name).skipAskedBy !== null || orders.skippedBy(name) !== null) return true;
    return mayBegin(windows, deps.clock.now(), this.#isNew(name));
  }

  /** Null when no window keeps these hosts from going on. */
  #closed(wave: PlannedWave, hosts: readonly string[]): Held | null {
    const { windows } = wave;
    if (windows === undefined || hosts.length === 0 || this.#scope.check || this.#scope.ignoresWindow) return null;
    const kinds = new Set(hosts.map((name) => this.#isNew(name)));
    const begins = [...kinds].map((isNew) => nextBegin(windows, this.#scope.deps.clock.now(), isNew));
    const known = begins.filter((at) => at !== null);
    const at = known.length === 0 ? null : Math.min(...known);
    const opens = at === null ? 'does not open soon' : `opens ${wallClock(at, windows[0]?.tz ?? 'UTC')}`;
    const reason = `${waveName(wave.name)} waits for its window (${windows.map(describeWindow).join('; ')}): it ${opens}`;
    const until = at === null ? null : new Date(at).toISOString();
    return { hold: { kind: 'window', wave: wave.name, until }, reason, answersAfter: null };
  }

  /** Nothing was changed there yet: it needs as much time as the playbook wants left. */
  #isNew(name: string): boolean {
    const record = this.#record(name);
    return record.parked === null && (record.startedAt === null || record.held !== null);
  }

  #job(wave: PlannedWave, name: string, begun: Set<string>): DispatchJob[] {
    const host = this.#hosts.get(name);
    if (host === undefined) return [];
    const run = async () => {
      begun.add(name);
      await workOn(this.#scope, host, this.#record(name), 'plan');
      this.#judge(wave);
    };
    return [{ id: name, set: host.set, run }];
  }

  /** A host that was begun before the run was interrupted is finished, whatever the thresholds say. */
  #isBegun(name: string): boolean {
    return this.#record(name).startedAt !== null;
  }

  #judge(wave: PlannedWave): void {
    const ended = wave.hosts.flatMap((name): EndedHost[] => {
      const record = this.#record(name);
      const outcome: HostOutcome | undefined = record.finished?.outcome;
      if (outcome === undefined) return [];
      const relay = outcome === 'unreachable' ? record.finished?.error?.relay : undefined;
      return [{ name, outcome, wasReached: record.wasReached(), ...(relay === undefined ? {} : { relay }) }];
    });
    this.#stopped ??= exceededThreshold(this.#scope.plan, wave, ended);
  }

  /** Every host has an outcome in the end: those that were not begun are cancelled. */
  async #cancelRest(why: string): Promise<void> {
    const { recorder, plan, isLeasing } = this.#scope;
    const rest = plan.hosts.filter((host) => this.#record(host.name).finished === null);
    const reason = `not begun: ${why}`;
    await recorder.append(
      this.#records,
      rest.map((host) => ({
        type: 'HostFinished',
        host: host.name,
        outcome: 'cancelled',
        reason,
        error: null,
        standingShields: 0,
      })),
    );
    for (const host of isLeasing ? rest : []) await recorder.use((journal) => journal.release(recorder.run, host.name));
  }

  #record(name: string): HostRecord {
    let record = this.#records.get(name);
    if (record === undefined) {
      record = new HostRecord(name);
      this.#records.set(name, record);
    }
    return record;
  }
}
