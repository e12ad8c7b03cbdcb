/**
 * `run_once:` – one host of each wave does the step for all of them; the others wait and take over its outcome and result.
 * The first that gets there claims it in the journal; what it has begun is finished under its name, by whoever comes first
 * after an interruption, and never begun a second time. Must not know what the step does.
 */
import { FirebreakError, type PlannedStep, type StepFinished } from '../domain/index.ts';
import { targetOf } from './elsewhere.ts';
import { foldHosts, type HostRecord } from './host-record.ts';
import type { HostWork } from './host-work.ts';
import { iterationsOf } from './loop.ts';
import { Paused } from './pause.ts';

/** How long a host is waited for when the step's own time is not known yet. */
const LEASE_MS = 10 * 60_000;

/** How long one that another process has begun is waited for, when the step's own time is not known yet; and how often it is looked at. */
const WAIT_MS = 10 * 60_000;
const LOOK_MS = 5_000;
const DONE_BY = 'once for the wave, by';

/** Carries the step out for the host of the work; null: never here. */
type CarryOut = (work: HostWork) => Promise<StepFinished | null>;

export class Onces {
  /** Of all hosts of the run, as they are kept up; null where other processes work on them. */
  #records: ReadonlyMap<string, HostRecord> | null = null;

  watch(records: ReadonlyMap<string, HostRecord>): void {
    this.#records = records;
  }

  /** @throws Paused, a failure of the journal */
  async share(work: HostWork, step: PlannedStep, carryOut: CarryOut): Promise<StepFinished> {
    const { clock } = work.deps;
    const until = clock.now() + (typeof step.timeout === 'number' ? step.timeout : WAIT_MS);
    for (;;) {
      let waits = false;
      const leave = await enter(work, step);
      try {
        const own = work.record.steps.get(step.id)?.finished ?? null;
        if (own !== null) return own;
        const holder = await this.#holder(work, step.id);
        const done = holder?.steps.get(step.id)?.finished ?? null;
        if (holder !== null && done !== null && !isForAnother(holder, done)) {
          return await takeOver(
            work,
            { ...done, reason: `${DONE_BY} ${holder.host}${tail(done.reason)}` },
            holder.host,
          );
        }
        const isBegun = holder !== null && done === null && hasBegun(holder, step.id);
        if (!isBegun) await claim(work, step, carryOut);
        else if (holder.host === work.host.name) await carryOut(work);
        else if (this.#records !== null) await finishFor(work, holder, step, carryOut);
        else if (clock.now() < until) waits = true;
        else return await takeOver(work, neverDone(work, step, holder.host), holder.host);
      } finally {
        leave();
      }
      if (waits) await pausableSleep(work, LOOK_MS);
    }
  }

  /** The host of the wave that has claimed the step last. */
  async #holder(work: HostWork, step: string): Promise<HostRecord | null> {
    const { recorder, plan, host } = work;
    const records = this.#records ?? foldHosts(await recorder.use((journal) => journal.events(recorder.run)));
    let last: { readonly record: HostRecord; readonly at: number } | null = null;
    for (const name of plan.waves[host.wave]?.hosts ?? []) {
      const record = name === host.name ? work.record : records.get(name);
      const at = record?.steps.get(step)?.claimedSeq ?? null;
      if (record !== undefined && at !== null && at > (last?.at ?? 0)) last = { record, at };
    }
    return last?.record ?? null;
  }
}

/** One host of the wave at a time. */
async function enter(work: HostWork, step: PlannedStep): Promise<() => void> {
  try {
    return await work.throttles.enter({ id: `${step.id} once in wave ${work.host.wave}`, throttle: 1 }, work.pause);
  } catch {
    throw new Paused();
  }
}

async function pausableSleep(work: HostWork, ms: number): Promise<void> {
  try {
    await work.deps.clock.sleep(ms, work.pause);
  } catch {
    throw new Paused();
  }
}

function neverDone(work: HostWork, step: PlannedStep, by: string): StepFinished {
  const error = new FirebreakError('FB_DEADLINE', `${by} has begun it for the wave and has not ended`, {
    remedy: `look at ${by}; then: firebreak resume ${work.recorder.run}`,
  });
  return {
    type: 'StepFinished',
    host: by,
    step: step.id,
    uses: step.uses,
    outcome: 'timed-out',
    result: {},
    error: error.toRecord(),
    reason: '',
    attempts: 0,
    durationMs: 0,
  };
}

function tail(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

async function claim(work: HostWork, step: PlannedStep, carryOut: CarryOut): Promise<void> {
  const { recorder, record, host, plan } = work;
  const wave = plan.waves[host.wave]?.name ?? '';
  await recorder.append(record, [{ type: 'OnceClaimed', host: host.name, step: step.id, wave }]);
  await carryOut(work);
}

/** What an earlier process has begun for a host goes on for that host, wherever it stands now. */
async function finishFor(work: HostWork, holder: HostRecord, step: PlannedStep, carryOut: CarryOut): Promise<void> {
  const host = work.plan.hosts.find((one) => one.name === holder.host);
  if (host === undefined) throw new FirebreakError('FB_BUG', `step ${step.id}: ${holder.host} is not in the plan`);
  const forHolder: HostWork = { ...work, host, record: holder };
  if (targetOf(forHolder, step) !== null) {
    await carryOut(forHolder);
    return;
  }
  const isChange = work.deps.actions.get(step.uses)?.kind === 'change';
  const timeoutMs = typeof step.timeout === 'number' ? step.timeout : LEASE_MS;
  const there = await work.elsewhere.go(work, host, { id: step.id, isChange, timeoutMs });
  try {
    const { target: _target, ...rest } = there.work;
    await carryOut({ ...rest, host, record: holder });
  } finally {
    await there.comeBack();
  }
}

/** A host that was out of reach before it began has done nothing: the next one does it. */
function isForAnother(holder: HostRecord, done: StepFinished): boolean {
  return done.outcome === 'unreachable' && !hasBegun(holder, done.step);
}

export function hasBegun(record: HostRecord, id: string): boolean {
  const step = record.steps.get(id);
  return (step?.intents ?? 0) > 0 || (step?.items ?? null) !== null || iterationsOf(record, id).length > 0;
}

async function takeOver(work: HostWork, done: StepFinished, from: string): Promise<StepFinished> {
  const { recorder, record, host } = work;
  const event: StepFinished = {
    ...done,
    host: host.name,
    // The way to that host says nothing of the way to this one.
    outcome: done.outcome === 'unreachable' ? 'failed' : done.outcome,
    attempts: 0,
    durationMs: 0,
    from,
  };
  await recorder.append(record, [event]);
  if (work.check && event.outcome === 'skipped') work.unproduced.add(event.step);
  return event;
}
