/**
 * What earlier runs still owe to a machine. Undos move into the run that now holds the lease, with their id and first
 * prior; the rest of an `always` is run from its own frozen plan and recorded in its own run. Only runs about the same
 * subject: a verdict on one advisory says nothing about the shield of another.
 */
import type { OpenObligation, Plan } from '../domain/index.ts';
import { addressKey } from './address-key.ts';
import { foldHosts, HostRecord } from './host-record.ts';
import { HostRunner } from './host-runner.ts';
import type { HostWork } from './host-work.ts';
import { subjectOf } from './plan-steps.ts';
import type { Recorder } from './recorder.ts';

/** Plans of earlier runs, read once. */
export class PlanShelf {
  readonly #recorder: Recorder;
  readonly #plans = new Map<string, Promise<Plan>>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  of(run: string): Promise<Plan> {
    let plan = this.#plans.get(run);
    if (plan === undefined) {
      plan = this.#recorder.use((journal) => journal.plan(run));
      this.#plans.set(run, plan);
    }
    return plan;
  }
}

/** Lease keys that stand for the machine; its address only for what was owed before its identity was known. */
function keysOf(work: HostWork): readonly string[] {
  const address = addressKey(work.host);
  return work.record.machineKey === null ? [address] : [work.record.machineKey, address];
}

async function owedByOthers(
  work: HostWork,
  plans: PlanShelf,
  kind: 'undo' | 'always',
): Promise<readonly OpenObligation[]> {
  const keys = keysOf(work);
  const open = await work.recorder.use((journal) => journal.openObligations({ keys }));
  const subject = subjectOf(work.plan);
  const ours: OpenObligation[] = [];
  for (const obligation of open) {
    if (obligation.kind !== kind || obligation.run === work.recorder.run) continue;
    if (subjectOf(await plans.of(obligation.run)) === subject) ours.push(obligation);
  }
  return ours;
}

/** The child owes first, then the parent is told: a crash between the two leaves it owed twice, never not at all. */
export async function takeOverUndos(work: HostWork, plans: PlanShelf): Promise<void> {
  for (const undo of await owedByOthers(work, plans, 'undo')) {
    // One that this run had handed over before, while its host was parked, is owed here anew.
    if (work.record.obligations.get(undo.id)?.isOpen !== true) {
      await work.recorder.append(work.record, [
        {
          type: 'ObligationOwed',
          host: work.host.name,
          obligation: undo.id,
          kind: 'undo',
          step: undo.step,
          uses: undo.uses,
          args: undo.args,
          prior: undo.prior,
        },
      ]);
    }
    await work.recorder
      .forRun(undo.run)
      .append(null, [{ type: 'ObligationDischarged', host: undo.host, obligation: undo.id, how: 'handed-over' }]);
  }
}

/** Runs what earlier runs left of `always` on this machine, over this run's session and under its lease. */
export async function settleEarlierRuns(work: HostWork, plans: PlanShelf): Promise<void> {
  const owed = await owedByOthers(work, plans, 'always');
  if (owed.length === 0) return;
  const live = new Set(
    (await work.recorder.use((journal) => journal.runs()))
      .filter((info) => info.state === 'running')
      .map((info) => info.run),
  );
  const places = new Map(owed.map(({ run, host }) => [`${run} ${host}`, { run, host }]));
  for (const { run, host } of places.values()) {
    const plan = await plans.of(run);
    const planned = plan.hosts.find((one) => one.name === host);
    if (live.has(run) || planned === undefined) continue;
    const events = await work.recorder.use((journal) => journal.events(run));
    const record = foldHosts(events).get(host) ?? new HostRecord(host);
    // A host that waits in its run goes on there, and comes to its `always` behind what is left to do.
    const isThrough = record.finished !== null && record.parked === null;
    if (!isThrough && !events.some(({ type }) => type === 'RunFinished')) continue;
    const recorder = work.recorder.forRun(run);
    const earlier: HostWork = { ...work, plan, host: planned, recorder, record, otherLedgers: [work] };
    await new HostRunner(earlier).settleDebts(false);
  }
}
