/**
 * What the journal knows of one host of one run: the runner's whole memory. It is folded from the events on resume and
 * kept up by the same function while the run goes on, so that both see the same. Must not know how steps are run.
 */
import type {
  AnsweredVia,
  HostFinished,
  HostHeld,
  HostParked,
  Json,
  JsonObject,
  OpenUndo,
  Question,
  RunEvent,
  StepFinished,
  StepOutcome,
  StepValue,
} from '../domain/index.ts';

export interface IntentRecord {
  /** Of the step's first intent: a later probe would take our own change for the prior state. */
  readonly prior: JsonObject;
  readonly args: JsonObject;
  /** Of the latest intent. */
  readonly since: string;
}

export interface AnswerRecord {
  readonly answer: string;
  readonly by: string;
  readonly via: AnsweredVia;
  readonly givenAt: string;
  /** When the journal got it. */
  readonly at: string;
}

export interface QuestionRecord {
  readonly question: Question;
  readonly askedAt: string;
  /** The first one: whoever comes second has answered nothing. */
  answer: AnswerRecord | null;
}

export interface StepRecord {
  readonly id: string;
  uses: string;
  startedAt: string | null;
  finishedAt: string | null;
  failedAttempts: number;
  lastError: StepFinished['error'];
  intent: IntentRecord | null;
  /** How many intents there were. */
  intents: number;
  receipt: string | null;
  /** Of a step with `loop:`, once it has begun. */
  items: readonly Json[] | null;
  /** Number of the event by which the host took the step over for its wave; null: it did not. */
  claimedSeq: number | null;
  probeReason: string;
  question: QuestionRecord | null;
  finished: StepFinished | null;
}

export interface ObligationRecord extends OpenUndo {
  readonly kind: 'undo' | 'always';
  isOpen: boolean;
}

/** Done here, not on the host. */
const HERE = /^(assert|fail|notify|pause|operator\..+)$/;
const NOT_REACHED: ReadonlySet<StepOutcome> = new Set(['unreachable', 'skipped', 'cancelled']);

export class HostRecord {
  readonly host: string;
  readonly steps = new Map<string, StepRecord>();
  readonly obligations = new Map<string, ObligationRecord>();
  /** Ids of finished steps in the order in which they last finished. */
  readonly finishedOrder: string[] = [];
  machineKey: string | null = null;
  startedAt: string | null = null;
  finishedAt: string | null = null;
  finished: HostFinished | null = null;
  /** Set while the host waits for an answer; it counts as finished meanwhile. */
  parked: HostParked | null = null;
  /** Set while the host waits for a window, untouched. */
  held: HostHeld | null = null;
  takenUpAt: string | null = null;
  /** Who wants the host left out. */
  skipAskedBy: string | null = null;

  constructor(host: string) {
    this.host = host;
  }

  step(id: string): StepRecord {
    const known = this.steps.get(id);
    if (known !== undefined) return known;
    const step: StepRecord = {
      id,
      uses: '',
      startedAt: null,
      finishedAt: null,
      failedAttempts: 0,
      lastError: null,
      intent: null,
      intents: 0,
      receipt: null,
      items: null,
      claimedSeq: null,
      probeReason: '',
      question: null,
      finished: null,
    };
    this.steps.set(id, step);
    return step;
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case 'HostLeased':
        if (event.key.startsWith('machine:')) this.machineKey = event.key;
        return;
      case 'LoopStarted':
        this.#begun(event.step, event.at).items = event.items;
        return;
      case 'OnceClaimed':
        this.#begun(event.step, event.at).claimedSeq = event.seq;
        return;
      case 'StepProbed':
        this.#begun(event.step, event.at).probeReason = event.reason;
        return;
      case 'StepIntended': {
        const step = this.#begun(event.step, event.at);
        step.uses = event.uses;
        step.intents += 1;
        step.receipt = null;
        step.intent = {
          prior: step.intent?.prior ?? event.prior,
          args: step.intent?.args ?? event.args,
          since: event.at,
        };
        return;
      }
      case 'StepDetached':
        this.#begun(event.step, event.at).receipt = event.receipt;
        return;
      case 'AttemptFailed': {
        const step = this.#begun(event.step, event.at);
        step.failedAttempts = event.attempt;
        step.lastError = event.error;
        // The change was made and proved; only `until` wants another round, which begins with a probe.
        if (event.error.code === 'FB_STEP_UNTIL') step.intent = null;
        return;
      }
      case 'StepFinished': {
        const step = this.#begun(event.step, event.at);
        step.uses = event.uses;
        step.finished = event;
        step.finishedAt = event.at;
        const before = this.finishedOrder.indexOf(event.step);
        if (before >= 0) this.finishedOrder.splice(before, 1);
        this.finishedOrder.push(event.step);
        return;
      }
      case 'ObligationOwed':
        this.startedAt ??= event.at;
        this.obligations.set(event.obligation, {
          id: event.obligation,
          run: event.run,
          step: event.step,
          uses: event.uses,
          args: event.args,
          prior: event.prior,
          owedAt: event.at,
          kind: event.kind,
          isOpen: true,
        });
        return;
      case 'ObligationDischarged': {
        const obligation = this.obligations.get(event.obligation);
        if (obligation !== undefined) obligation.isOpen = false;
        return;
      }
      case 'OperatorAsked':
        this.#begun(event.step, event.at).question = { question: event.question, askedAt: event.at, answer: null };
        return;
      case 'OperatorAnswered': {
        const { answer, by, via, givenAt, at } = event;
        const question = this.#begun(event.step, event.at).question;
        if (question !== null) question.answer ??= { answer, by, via, givenAt, at };
        return;
      }
      case 'HostParked':
        this.parked = event;
        this.finished = {
          type: 'HostFinished',
          host: event.host,
          outcome: 'needs-operator',
          reason: event.reason,
          error: null,
          standingShields: event.standingShields,
        };
        this.finishedAt = event.at;
        return;
      case 'HostHeld':
        this.held = event;
        return;
      case 'HostTakenUp':
        this.parked = null;
        this.held = null;
        this.finished = null;
        this.finishedAt = null;
        this.takenUpAt = event.at;
        for (const id of event.again) {
          this.#forget(id);
          for (const key of this.steps.keys()) if (key.startsWith(`${id}[`)) this.#forget(key);
        }
        return;
      case 'HostSkipAsked':
        this.skipAskedBy = event.by;
        return;
      case 'HostFinished':
        this.parked = null;
        this.held = null;
        this.finished = event;
        this.finishedAt = event.at;
        return;
      default:
    }
  }

  #begun(id: string, at: string): StepRecord {
    const step = this.step(id);
    this.startedAt ??= at;
    step.startedAt ??= at;
    return step;
  }

  /** As if the step had not been there yet; what it was asked and how often it acted is remembered. */
  #forget(id: string): void {
    const step = this.steps.get(id);
    if (step === undefined) return;
    step.finished = null;
    step.finishedAt = null;
    step.failedAttempts = 0;
    step.lastError = null;
    step.intent = null;
    step.receipt = null;
    step.items = null;
    step.probeReason = '';
    const before = this.finishedOrder.indexOf(id);
    if (before >= 0) this.finishedOrder.splice(before, 1);
  }

  /** True when this run has begun a block or a change there: then it is seen through. */
  isTouched(): boolean {
    const isOwed = [...this.obligations.values()].some(({ kind }) => kind === 'always');
    return isOwed || [...this.steps.values()].some(({ intents }) => intents > 0);
  }

  /** Oldest first. */
  open(kind: 'undo' | 'always'): readonly ObligationRecord[] {
    return [...this.obligations.values()].filter((obligation) => obligation.isOpen && obligation.kind === kind);
  }

  /** Finished steps that were not skipped, in the order in which they finished; of a loop its items, nothing that another host did. */
  ran(): readonly StepFinished[] {
    return this.finishedOrder
      .map((id) => this.steps.get(id)?.finished ?? null)
      .filter((finished) => finished !== null)
      .filter((finished) => finished.outcome !== 'skipped')
      .filter((finished) => finished.items === undefined && finished.from === undefined);
  }

  /** Result of the last `patch.verify` that ran, whatever came of it. */
  verdict(): JsonObject | null {
    return this.ran().findLast((finished) => finished.uses === 'patch.verify')?.result ?? null;
  }

  /** Why the last look for an infection, or the last cleaning, leaves the host compromised; null: it does not. */
  compromised(): string | null {
    const last = this.ran().findLast(({ uses }) => uses === 'infection.check' || uses === 'infection.clean')?.result;
    if (last === undefined || (last['compromised'] ?? last['found']) !== true) return null;
    return typeof last['reason'] === 'string' ? last['reason'] : 'infected';
  }

  /** Those of the last `host.facts` of which `counts` is true. */
  facts(counts: (step: string) => boolean): JsonObject {
    return this.ran().findLast(({ uses, step }) => uses === 'host.facts' && counts(step))?.result ?? {};
  }

  /** True when something was heard from the host in this run, or something was begun there. */
  wasReached(): boolean {
    if (this.machineKey !== null) return true;
    return [...this.steps.values()].some((step) => {
      // What was done on another host, or by one, says nothing of this one.
      if (step.finished?.on !== undefined || step.finished?.from !== undefined || HERE.test(step.uses)) return false;
      const isDone = step.finished !== null && !NOT_REACHED.has(step.finished.outcome);
      return step.intent !== null || step.probeReason !== '' || isDone;
    });
  }

  /** The value of a step as expressions see it; `fields` are null until it has run. */
  value(id: string, fields: readonly string[]): StepValue {
    const finished = this.steps.get(id)?.finished ?? null;
    const nulls = Object.fromEntries(fields.map((field) => [field, null]));
    return { ...nulls, ...finished?.result, outcome: finished?.outcome ?? 'none' };
  }
}

/** Receipts of unfinished steps that are JSON, as those of sessions are. */
export function openReceipts(record: HostRecord): readonly JsonObject[] {
  return [...record.steps.values()]
    .filter((step) => step.finished === null && step.receipt !== null)
    .map((step) => parseReceipt(step.receipt ?? ''))
    .filter((receipt) => receipt !== null);
}

function parseReceipt(text: string): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : null;
  } catch {
    return null;
  }
}

/** Records of all hosts of a run that left events. */
export function foldHosts(events: readonly RunEvent[]): Map<string, HostRecord> {
  const hosts = new Map<string, HostRecord>();
  for (const event of events) {
    if (!('host' in event)) continue;
    let record = hosts.get(event.host);
    if (record === undefined) {
      record = new HostRecord(event.host);
      hosts.set(event.host, record);
    }
    record.apply(event);
  }
  return hosts;
}
