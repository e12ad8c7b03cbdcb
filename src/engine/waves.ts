/**
 * Waves one after the other, the hosts of each as a sliding window; no further host is begun once a threshold is
 * exceeded or the run pauses. Must not know what is done on a host.
 */
import type { DispatchJob, HostOutcome, HostParked, PlannedHost, PlannedWave } from '../domain/index.ts';
import { HostJob, type RunScope } from './host-job.ts';
import { HostRecord } from './host-record.ts';
import { type EndedHost, exceededThreshold } from './thresholds.ts';

export type Records = Map<string, HostRecord>;

export interface WavesResult {
  /** Why no further host was begun; null when every host was. */
  readonly stopped: string | null;
}

export class Waves {
  readonly #scope: RunScope;
  readonly #records: Records;
  readonly #hosts: ReadonlyMap<string, PlannedHost>;
  readonly #begunWaves: Set<string>;
  #stopped: string | null = null;
  /** Parked hosts that go on now. */
  readonly #wanted: ReadonlySet<string>;

  constructor(
    scope: RunScope,
    records: Records,
    begunWaves: ReadonlySet<string> = new Set(),
    wanted: ReadonlySet<string> = new Set(),
  ) {
    this.#wanted = wanted;
    this.#scope = scope;
    this.#records = records;
    this.#begunWaves = new Set(begunWaves);
    this.#hosts = new Map(scope.plan.hosts.map((host) => [host.name, host]));
  }

  /** @throws a journal's failure, a bug */
  async run(): Promise<WavesResult> {
    for (const wave of this.#scope.plan.waves) {
      if (this.#scope.pause.aborted || this.#stopped !== null) break;
      await this.#wave(wave);
    }
    if (this.#stopped !== null && !this.#scope.pause.aborted) await this.#cancelRest(this.#stopped);
    return { stopped: this.#stopped };
  }

  /** True when every host has its outcome. */
  isDone(): boolean {
    return this.#scope.plan.hosts.every((host) => this.#record(host.name).finished !== null);
  }

  /** Hosts that wait for an answer. */
  parked(): readonly HostParked[] {
    return this.#scope.plan.hosts.flatMap((host) => this.#record(host.name).parked ?? []);
  }

  async #wave(wave: PlannedWave): Promise<void> {
    const { recorder, deps, plan } = this.#scope;
    const open = wave.hosts.filter((host) => this.#record(host).finished === null || this.#wanted.has(host));
    if (open.length > 0 && !this.#begunWaves.has(wave.name)) {
      await recorder.append(null, [{ type: 'WaveStarted', wave: wave.name, hosts: wave.hosts }]);
    }
    this.#judge(wave);
    const jobs = open.flatMap((name) => this.#job(wave, name));
    await deps.dispatcher.dispatch(jobs, {
      concurrency: plan.forks,
      shouldStart: (job) => !this.#scope.pause.aborted && (this.#stopped === null || this.#isBegun(job.id)),
    });
  }

  #job(wave: PlannedWave, name: string): DispatchJob[] {
    const host = this.#hosts.get(name);
    if (host === undefined) return [];
    const run = async () => {
      await new HostJob(this.#scope, host, this.#record(name)).run();
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
