/**
 * One host's way through the plan: blocks, rescue, always, and at the end what is still owed. It walks the plan from the
 * top every time; what the journal holds already is taken from there, so a resumed walk ends up where the other stopped.
 * Must not know about waves, other hosts and where the run began.
 */
import {
  type Action,
  FirebreakError,
  type HostOutcome,
  type PlannedBlock,
  type PlannedNode,
  type PlannedStep,
  type StepFinished,
  toErrorRecord,
} from '../domain/index.ts';
import { evaluateCondition, stepsBehind } from '../playbook/index.ts';
import { outcomeOfError } from './attempt.ts';
import { type HostVerdict, hostOutcome, type StepFailure } from './host-outcome.ts';
import { attemptContext, discharge, expressionContext, type HostWork, openUndos } from './host-work.ts';
import { iterationsOf } from './loop.ts';
import { throwIfPaused } from './pause.ts';
import { findBlock, flattenSteps, varsAt } from './plan-steps.ts';
import { RelayWait } from './relay-wait.ts';
import { checkDependency, type Flow, recallUnproduced, runStep, skipSteps } from './step-runner.ts';
import { StepTime } from './step-time.ts';
import { takeUp } from './take-up.ts';

/** Time for taking one shield back when its step's own is not known. */
const UNDO_MS = 10 * 60_000;
const UNDO_RETRIES = 2;
const UNDO_DELAY_MS = 5_000;
const NEXT: Flow = { kind: 'next' };
/** The host is not ours to touch, or lets nobody in: nothing more is tried there. */
const CUT_OFF = /^FB_(AUTH|CREDENTIAL)_|^FB_HOST_LEASED$/;

export class HostRunner {
  readonly #work: HostWork;
  /** Failures that no control step has settled. */
  #failures: StepFailure[] = [];
  #given: { readonly outcome: HostOutcome; readonly reason: string } | null = null;
  #parked: StepFailure | null = null;
  #unreachable: StepFailure | null = null;
  #isCutOff = false;

  constructor(work: HostWork) {
    this.#work = work;
  }

  /** The step that keeps the host waiting, for an answer or for itself; null when none does. */
  get waitsFor(): StepFailure | null {
    const parked = this.#parked;
    const kind = parked === null ? undefined : this.#work.deps.actions.get(parked.uses)?.kind;
    return kind === 'operator' || kind === 'wait' ? parked : null;
  }

  /** True when nothing more may be tried on the host now. */
  get isOutOfReach(): boolean {
    return this.#isCutOff || this.#parked !== null || this.#unreachable !== null;
  }

  /** The whole way through the plan. @throws Paused, OutsideWindow, a failure of the journal */
  async run(): Promise<void> {
    recallUnproduced(this.#work);
    for (;;) {
      const flow = await this.#wholePlan();
      if (flow.kind !== 'again') break;
      await takeUp(this.#work, flow.step, []);
      this.#failures = [];
    }
    // What was looked at again may have ended the host before it came back to a block that it had begun.
    if (!this.isOutOfReach) await this.#owedAlways(this.#work.plan.steps);
    if (this.#mayUndo()) await this.#undoAll();
  }

  /**
   * What is still owed of `always` and undos, for a host that has its outcome. Steps of `always` that did not reach the
   * host are tried again. `isOwnRun` is false for what an earlier run owes: its verdict is out of date, so that its undos
   * are left to the run at hand. @throws Paused, a failure of the journal
   */
  async settleDebts(isOwnRun: boolean): Promise<void> {
    const { record, plan } = this.#work;
    for (const obligation of [...record.open('always')].reverse()) {
      const block = findBlock(plan.steps, obligation.step);
      if (block === null) continue;
      for (const step of flattenSteps(block.always)) {
        for (const id of [step.id, ...iterationsOf(record, step.id)]) {
          const known = record.steps.get(id);
          if (known === undefined || !isUntouched(known.finished)) continue;
          known.finished = null;
          known.failedAttempts = 0;
        }
      }
      const flow = await this.#always(block);
      if (isStop(flow) || this.#isCutOff) return;
    }
    if (isOwnRun && this.#mayUndo()) await this.#undoAll();
  }

  outcome(): HostVerdict {
    const { record, wouldChange } = this.#work;
    return hostOutcome({
      given: this.#given,
      parked: this.#parked,
      unreachable: this.#unreachable,
      failures: this.#failures,
      verdict: record.verdict(),
      compromised: record.compromised(),
      changedBy: record
        .ran()
        .filter((step) => step.outcome === 'changed')
        .map((step) => step.step),
      standingShields: openUndos(this.#work).filter(({ uses }) => isBarrier(this.#work.deps.actions.get(uses))).length,
      wouldChange,
    });
  }

  async #wholePlan(): Promise<Flow> {
    for (const node of this.#work.plan.steps) {
      this.#work.stayInWindow(node);
      const flow = await this.#node(node);
      if (flow.kind !== 'next') return flow;
    }
    return NEXT;
  }

  async #sequence(nodes: readonly PlannedNode[]): Promise<Flow> {
    for (const node of nodes) {
      const flow = await this.#node(node);
      if (flow.kind !== 'next') return flow;
    }
    return NEXT;
  }

  async #node(node: PlannedNode): Promise<Flow> {
    if (node.kind === 'block') return this.#block(node);
    const flow = await runStep(this.#work, node);
    this.#remember(flow);
    return flow;
  }

  #remember(flow: Flow): void {
    switch (flow.kind) {
      case 'next':
      case 'again':
        return;
      case 'failed':
        this.#failures.push(flow.failure);
        if (isCutOff(flow.failure)) this.#isCutOff = true;
        return;
      case 'unreachable':
        this.#unreachable = flow.failure;
        return;
      case 'parked':
        this.#parked = flow.failure;
        return;
      case 'ended':
        if (flow.outcome === null) return;
        // Whoever wrote the playbook has judged what went wrong so far.
        this.#failures = [];
        this.#given = { outcome: flow.outcome, reason: flow.reason };
    }
  }

  async #block(block: PlannedBlock): Promise<Flow> {
    const left = this.#reasonToLeaveOut(block);
    if (typeof left === 'string') return this.#leaveOut(block, left);
    if (left !== null) return left;
    await this.#oweAlways(block);
    let flow = await this.#sequence(block.block);
    if (flow.kind === 'failed' && !this.#isCutOff) {
      const rescued = await this.#sequence(block.rescue);
      // A rescue that simply ends has not turned the failure into success.
      if (rescued.kind !== 'next' && rescued.kind !== 'failed') flow = rescued;
    }
    if (isStop(flow) || this.#isCutOff) return flow;
    const after = await this.#always(block);
    return after.kind === 'next' ? flow : after;
  }

  /** A block that was begun before it was looked at again owes its `always` all the same. */
  async #leaveOut(block: PlannedBlock, reason: string): Promise<Flow> {
    const owing = new Set(this.#work.record.open('always').map(({ step }) => step));
    await skipSteps(this.#work, stepsNotOwed([block], owing), reason);
    return this.#owedAlways([block]);
  }

  /** What blocks among these nodes owe, the inner ones first. */
  async #owedAlways(nodes: readonly PlannedNode[]): Promise<Flow> {
    let worst: Flow = NEXT;
    for (const obligation of [...this.#work.record.open('always')].reverse()) {
      const block = findBlock(nodes, obligation.step);
      if (block === null) continue;
      const flow = await this.#always(block);
      if (isStop(flow) || this.#isCutOff) return flow;
      if (flow.kind !== 'next') worst = flow;
    }
    return worst;
  }

  /** Why the block's steps are skipped; a Flow when its condition cannot be evaluated; null when it is run. */
  #reasonToLeaveOut(block: PlannedBlock): string | Flow | null {
    if (block.if === null) return null;
    try {
      const depends = this.#work.check
        ? checkDependency(
            this.#work,
            stepsBehind(varsAt(this.#work.plan, block.id), { expressions: [block.if], templates: [] }),
          )
        : null;
      if (depends !== null) {
        for (const step of flattenSteps([block])) this.#work.unproduced.add(step.id);
        return depends;
      }
      if (evaluateCondition(block.if, expressionContext(this.#work, block))) return null;
      return `if of ${block.id}: ${block.if} is false`;
    } catch (thrown) {
      const error = toErrorRecord(thrown);
      const flow: Flow = {
        kind: 'failed',
        failure: { step: block.id, uses: '', outcome: 'failed', error, reason: '' },
      };
      this.#remember(flow);
      return flow;
    }
  }

  async #oweAlways(block: PlannedBlock): Promise<void> {
    const { record, recorder, host, check, deps } = this.#work;
    const isOwed = [...record.obligations.values()].some((one) => one.kind === 'always' && one.step === block.id);
    if (check || isOwed || block.always.length === 0) return;
    await recorder.append(record, [
      {
        type: 'ObligationOwed',
        host: host.name,
        obligation: deps.random.id(12),
        kind: 'always',
        step: block.id,
        uses: '',
        args: {},
        prior: {},
      },
    ]);
  }

  /** Each of its steps is owed: a failed one does not keep the others from being run. */
  async #always(block: PlannedBlock): Promise<Flow> {
    let worst: Flow = NEXT;
    for (const node of block.always) {
      const flow = await this.#node(node);
      if (isStop(flow) || this.#isCutOff) return flow;
      if (flow.kind !== 'next') worst = flow;
    }
    const open = this.#work.record.open('always').find((one) => one.step === block.id);
    if (open !== undefined) await discharge(this.#work, [open.id], 'ran');
    return worst;
  }

  /** Taken down by a verdict alone, never on a host that is still vulnerable or that somebody else may hold. */
  #mayUndo(): boolean {
    const { check, record } = this.#work;
    return !check && !this.isOutOfReach && record.verdict()?.['fixed'] === true && record.compromised() === null;
  }

  /** Newest first, as they were put up on top of each other. */
  async #undoAll(): Promise<void> {
    for (const undo of [...openUndos(this.#work)].reverse()) {
      const failure = await this.undo(undo.id);
      if (failure === null) continue;
      this.#remember({ kind: failure.outcome === 'unreachable' ? 'unreachable' : 'failed', failure });
      if (this.isOutOfReach) return;
    }
  }

  /** Takes one temporary change back; null when that succeeded. @throws Paused, a failure of the journal */
  async undo(id: string): Promise<StepFailure | null> {
    const relay = new RelayWait(this.#work, 'undo', null);
    let failure = await this.#tryUndo(id);
    for (let retry = 0; retry < UNDO_RETRIES && failure?.error?.retryable === true; ) {
      const lost = await relay.after(failure.error);
      if (lost?.retryable === false) return { ...failure, error: lost };
      if (lost !== null) {
        retry += 1;
        await this.#work.deps.clock.sleep(UNDO_DELAY_MS, this.#work.pause).catch(() => {});
      }
      failure = await this.#tryUndo(id);
    }
    return failure;
  }

  async #tryUndo(id: string): Promise<StepFailure | null> {
    const work = this.#work;
    const undo = openUndos(work).find((one) => one.id === id);
    const action = undo === undefined ? undefined : work.deps.actions.get(undo.uses);
    if (undo === undefined || action?.kind !== 'change' || action.undo === undefined) return null;
    throwIfPaused(work.pause);
    const time = new StepTime(work.deps.clock, UNDO_MS, work.pause);
    const place = { step: undo.step, uses: undo.uses, reason: '' };
    try {
      const { context, holdPause } = attemptContext(work, { stepId: undo.step, attempt: 1, time });
      holdPause();
      const { undone, error } = await time.bound(action.undo(context, undo), time.deadlineSignal);
      if (undone) {
        await discharge(work, [id], 'undone');
        return null;
      }
      const conflict = new FirebreakError('FB_SHIELD_CONFLICT', `${undo.uses} was not taken back`);
      return { ...place, outcome: 'failed', error: error ?? conflict.toRecord() };
    } catch (thrown) {
      work.recorder.throwIfBroken();
      throwIfPaused(work.pause);
      await work.connection.dropIfLost(thrown);
      const error = toErrorRecord(thrown);
      return { ...place, outcome: outcomeOfError(error, false), error };
    } finally {
      time.end();
    }
  }
}

/** What an unknown version has put up counts as a shield. */
function isBarrier(action: Action | undefined): boolean {
  return action?.kind !== 'change' || action.isBarrier !== false;
}

function isCutOff({ on, error }: Pick<StepFailure, 'on' | 'error'>): boolean {
  return on === undefined && error !== null && CUT_OFF.test(error.code);
}

/** Its step could not so much as look at the host, which says nothing of the next time. */
function isUntouched(finished: StepFinished | null): boolean {
  if (finished === null) return false;
  return finished.outcome === 'unreachable' || finished.outcome === 'parked' || isCutOff(finished);
}

/** All steps of these nodes but those of an `always` that is owed. */
function stepsNotOwed(nodes: readonly PlannedNode[], owing: ReadonlySet<string>): readonly PlannedStep[] {
  return nodes.flatMap((node) =>
    node.kind === 'step'
      ? [node]
      : stepsNotOwed([...node.block, ...node.rescue, ...(owing.has(node.id) ? [] : node.always)], owing),
  );
}

/** Nothing further can be done on the host now, `always` neither: it stays owed. */
function isStop(flow: Flow): boolean {
  return flow.kind === 'unreachable' || flow.kind === 'parked' || flow.kind === 'again';
}
