/** All that the runner of one host works with, and the contexts that actions and expressions get. No logic of steps. */
import { dirname } from 'node:path';
import type {
  Json,
  JsonObject,
  OpenUndo,
  Plan,
  PlannedHost,
  PlannedNode,
  RunEventBody,
  StepContext,
} from '../domain/index.ts';
import { type ExpressionContext, withVars } from '../playbook/index.ts';
import type { EngineDeps } from './deps.ts';
import type { EarlierAnswers } from './earlier-answers.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { HostConnection } from './host-connection.ts';
import type { HostRecord } from './host-record.ts';
import type { Onces } from './once.ts';
import { isBefore, varsAt } from './plan-steps.ts';
import type { Recorder } from './recorder.ts';
import type { StepTime } from './step-time.ts';
import type { Throttles } from './throttle.ts';

/** Where a machine's obligations are kept: this run, and for the rest of an earlier run's `always` that run too. */
export interface HostLedger {
  readonly recorder: Recorder;
  readonly record: HostRecord;
}

export interface HostWork extends HostLedger {
  readonly deps: EngineDeps;
  readonly plan: Plan;
  readonly host: PlannedHost;
  readonly check: boolean;
  readonly pause: AbortSignal;
  readonly connection: HostConnection;
  /** Who runs it: user@machine. */
  readonly by: string;
  /** Null: no earlier run whose answers count. */
  readonly answers: EarlierAnswers | null;
  readonly throttles: Throttles;
  readonly elsewhere: Elsewhere;
  readonly onces: Onces;
  /** The host on which the step at hand is carried out, when that is another one; `connection` leads there. */
  readonly target?: PlannedHost;
  /** Puts the marker on the host up before the first change. @throws FB_HOST_LEASED */
  claimMarker(step: StepContext): Promise<void>;
  /** `--check`: steps whose values were not produced because something was not carried out. */
  readonly unproduced: Set<string>;
  /** `--check`: steps that would have changed something. */
  readonly wouldChange: string[];
  /** Before a step or block of the plan's top. @throws OutsideWindow where that would be the first change, and too late */
  stayInWindow(node: PlannedNode): void;
  /** Further ledgers of the same machine whose undos this work may discharge. */
  readonly otherLedgers: readonly HostLedger[];
}

function ledgersOf(work: HostWork): readonly HostLedger[] {
  return [...work.otherLedgers, work];
}

/** Undos still owed to the machine, oldest first, each once. */
export function openUndos(work: HostWork): readonly OpenUndo[] {
  const undos = ledgersOf(work).flatMap((ledger) => ledger.record.open('undo'));
  return [...new Map(undos.map((undo) => [undo.id, undo])).values()];
}

/** Says in every ledger that owes it that the obligation is met. */
export async function discharge(
  work: HostWork,
  ids: readonly string[],
  how: 'undone' | 'nothing-to-undo' | 'ran',
): Promise<void> {
  for (const ledger of ledgersOf(work)) {
    await ledger.recorder.append(ledger.record, dischargeEvents(ledger, work.host.name, ids, how));
  }
}

export function dischargeEvents(
  ledger: HostLedger,
  host: string,
  ids: readonly string[],
  how: 'undone' | 'nothing-to-undo' | 'ran' | 'handed-over',
): readonly RunEventBody[] {
  return ids
    .filter((id) => ledger.record.obligations.get(id)?.isOpen === true)
    .map((obligation) => ({ type: 'ObligationDischarged', host, obligation, how }));
}

/** As the step or block at hand sees it. */
export function expressionContext(
  work: HostWork,
  node: PlannedNode,
  own: { readonly result?: JsonObject } = {},
): ExpressionContext {
  const { host, plan, record } = work;
  // Steps that --tags has left out are there too, as those that have not run.
  const steps = Object.fromEntries(Object.entries(plan.results).map(([id, fields]) => [id, record.value(id, fields)]));
  const context: ExpressionContext = {
    inputs: plan.inputs,
    vars: host.vars,
    host: {
      name: host.name,
      address: host.address,
      port: host.port,
      transport: host.transport,
      wave: plan.waves[host.wave]?.name ?? '',
    },
    // Not what was read behind it: when the way is walked again, a block is decided on as it was the first time.
    facts: record.facts((id) => isBefore(plan, id, node.id)),
    groups: host.groups,
    steps,
  };
  const item = 'item' in node ? { item: (node as PlannedNode & { readonly item: Json }).item } : {};
  return withVars({ ...context, ...own, ...item }, varsAt(plan, node.id));
}

export interface ContextOptions {
  readonly stepId: string;
  readonly attempt: number;
  readonly time: StepTime;
}

/** A step's context whose signal can be kept from heeding a pause while something must not be cut short. */
export interface AttemptContext {
  readonly context: StepContext;
  /** Until the returned function is called, only the deadline aborts the context's signal. */
  readonly holdPause: () => () => void;
}

/** One object for all phases of an attempt: actions may remember things by it. */
export function attemptContext(work: HostWork, options: ContextOptions): AttemptContext {
  const { deps, plan, record, connection, recorder, host } = work;
  const { stepId, attempt, time } = options;
  let isHeld = false;
  const signal = () => (isHeld ? time.deadlineSignal : time.signal);
  const context: StepContext = {
    run: recorder.run,
    host: work.target ?? host,
    stepId,
    attempt,
    get signal() {
      return signal();
    },
    get deadline() {
      return time.deadline;
    },
    clock: deps.clock,
    random: deps.random,
    scanner: deps.scanner,
    ...(deps.notifier === undefined ? {} : { notifier: deps.notifier }),
    packages: deps.packages,
    files: deps.files(dirname(plan.playbook.file)),
    advisory: plan.advisory,
    inputs: plan.inputs,
    check: work.check,
    session: () => connection.session(signal(), time.remainingMs()),
    dropSession: () => connection.drop(),
    keepReceipt: (receipt) =>
      recorder.append(record, [{ type: 'StepDetached', host: host.name, step: stepId, receipt }]),
    interrupted: work.pause,
    step: (id) => (id in plan.results || record.steps.has(id) ? record.value(id, plan.results[id] ?? []) : undefined),
    async openUndos() {
      // What earlier runs owe is known once the machine is.
      if (!connection.isKnown && !work.check) await connection.session(signal(), time.remainingMs());
      return openUndos(work);
    },
    remainingMs: () => time.remainingMs(),
    progress: (text) => recorder.progress(host.name, stepId, text),
  };
  return {
    context,
    holdPause: () => {
      isHeld = true;
      return () => {
        isHeld = false;
      };
    },
  };
}

export function stepContext(work: HostWork, options: ContextOptions): StepContext {
  return attemptContext(work, options).context;
}
