/**
 * Hosts that other processes work on: this one leads, tells them where to begin and follows in the journal what they did.
 * Must not know how tasks travel.
 */
import type { HostTask, PlannedHost, RemoteHosts } from '../domain/index.ts';
import { HostJob, type RunScope } from './host-job.ts';
import type { HostRecord } from './host-record.ts';

/** Works on a host: here, or wherever the run's hosts are worked on. @throws a journal's failure, FB_ENVIRONMENT, a bug */
export async function workOn(
  scope: RunScope,
  host: PlannedHost,
  record: HostRecord,
  kind: HostTask['kind'],
): Promise<void> {
  const { remote } = scope.deps;
  if (remote === undefined) {
    const job = new HostJob(scope, host, record);
    return kind === 'plan' ? job.run() : job.settleDebts();
  }
  return scope.followed.work(remote, scope, host, record, kind);
}

/** What the journal says of hosts that others work on, in the records of this process. */
export class Followed {
  readonly #records = new Map<string, HostRecord>();
  #seen = 0;
  #looking: Promise<void> = Promise.resolve();
  #isPauseSaid = false;

  /** The records hold everything up to this event. */
  startAfter(seq: number): void {
    this.#seen = Math.max(this.#seen, seq);
  }

  async work(
    remote: RemoteHosts,
    scope: RunScope,
    host: PlannedHost,
    record: HostRecord,
    kind: HostTask['kind'],
  ): Promise<void> {
    const { recorder, plan, pause } = scope;
    await this.#look(scope);
    this.#records.set(host.name, record);
    const sayPause = () => {
      if (this.#isPauseSaid) return;
      this.#isPauseSaid = true;
      recorder.append(null, [{ type: 'RunPauseAsked', by: scope.by }]).catch(() => {});
    };
    pause.addEventListener('abort', sayPause, { once: true });
    try {
      const task = { run: recorder.run, host: host.name, set: host.set, forks: plan.forks, kind, heard: this.#seen };
      await remote.work(task, {
        pause,
        onLook: () => this.#look(scope),
        onWait: (text) => recorder.progress(host.name, 'worker', text),
      });
      await this.#look(scope);
    } finally {
      pause.removeEventListener('abort', sayPause);
      this.#records.delete(host.name);
    }
  }

  #look(scope: RunScope): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      const { recorder } = scope;
      for (const event of await recorder.use((journal) => journal.events(recorder.run, this.#seen))) {
        this.#seen = event.seq;
        const record = 'host' in event ? this.#records.get(event.host) : undefined;
        if (record === undefined) continue;
        record.apply(event);
        recorder.show(event);
      }
    });
    return this.#looking;
  }
}
