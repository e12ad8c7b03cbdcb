/** Reads an audit export line by line and says what is wrong with it. Pure; must not know where the lines come from. */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Plan, RunEvent } from '../domain/index.ts';
import {
  type AuditHeader,
  type AuditRun,
  type AuditSignature,
  type ChainedRecord,
  firstPrevious,
  hashOf,
  isSignedBy,
  keyId,
} from './audit-chain.ts';
import { decisionsOf } from './decisions.ts';
import type { ReportDecision } from './model.ts';

export interface AuditedRun {
  readonly run: string;
  readonly name: string;
  readonly parent: string | null;
  readonly planHash: string;
  readonly change: string | null;
  readonly hosts: number;
  readonly events: number;
  readonly from: string;
  readonly to: string;
  readonly decisions: readonly ReportDecision[];
}

export interface AuditFindings {
  readonly isIntact: boolean;
  /** One line each, in the order of the file; at most a few dozen. */
  readonly problems: readonly string[];
  /** What the checks could not cover, one line each. */
  readonly notes: readonly string[];
  /** Hash of the end record: the one to compare with the export's. */
  readonly head: string;
  readonly records: number;
  readonly header: AuditHeader | null;
  readonly runs: readonly AuditedRun[];
  /** By which key it is signed, as its SHA-256; null: it is not. */
  readonly signedBy: string | null;
}

export interface AuditExpectations {
  /** Recomputes the hash of a plan. */
  planHash(plan: Plan): string;
  /** The hash that the export has printed. */
  readonly head?: string | undefined;
  readonly publicKey?: KeyObject | undefined;
}

const MAX_PROBLEMS = 50;

const lineSchema = z.looseObject({
  n: z.int(),
  kind: z.enum(['header', 'run', 'event', 'end', 'signature']),
  previous: z.string(),
  hash: z.string(),
});
const runSchema = z.looseObject({
  run: z.string(),
  planHash: z.string(),
  masked: z.int(),
  plan: z.looseObject({ hash: z.string(), hosts: z.array(z.unknown()), playbook: z.looseObject({ name: z.string() }) }),
});
const eventSchema = z.object({
  event: z.looseObject({ run: z.string(), seq: z.int(), at: z.string(), type: z.string() }),
});

interface OpenRun {
  readonly record: AuditRun;
  readonly kept: RunEvent[];
  events: number;
  from: string;
  to: string;
}

export class AuditCheck {
  readonly #expected: AuditExpectations;
  readonly #problems: string[] = [];
  readonly #notes: string[] = [];
  readonly #runs = new Map<string, OpenRun>();
  #lines = 0;
  #previous = firstPrevious();
  #header: AuditHeader | null = null;
  #end: ChainedRecord | null = null;
  #signature: (AuditSignature & ChainedRecord) | null = null;

  constructor(expected: AuditExpectations) {
    this.#expected = expected;
  }

  line(text: string): void {
    this.#lines += 1;
    const record = this.#parse(text);
    if (record === null) return;
    const hash = hashOf(record);
    if (record.hash !== hash) this.#problem('was changed: its hash does not fit');
    if (record.previous !== this.#previous || record.n !== this.#lines) {
      this.#problem('does not follow the line before: something was removed, added or moved here');
    }
    this.#previous = hash;
    if (this.#end !== null && record.kind !== 'signature') this.#problem('stands behind the end');
    switch (record.kind) {
      case 'header':
        if (this.#lines === 1 && record.audit === 1) this.#header = record;
        else this.#problem('is a header in a place of no header, or of a newer format');
        return;
      case 'run':
        this.#run(record);
        return;
      case 'event':
        this.#event(record.event);
        return;
      case 'end':
        this.#end = record;
        if (record.records !== record.n - 1)
          this.#problem(`counts ${record.records} records, there are ${record.n - 1}`);
        return;
      default:
        this.#signature = record;
    }
  }

  finish(): AuditFindings {
    if (this.#header === null) this.#say('it does not begin with the header of an audit export');
    if (this.#end === null) this.#say('it is cut off: the end record is missing');
    const head = this.#end?.hash ?? this.#previous;
    const { head: expected, publicKey } = this.#expected;
    if (expected !== undefined && expected.toLowerCase() !== head) {
      this.#say(`its last hash is ${head}, expected ${expected}: it is another export, or was written anew`);
    }
    this.#checkSignature(publicKey);
    if (expected === undefined && publicKey === undefined) {
      this.#notes.push(
        'the chain fits by itself, which somebody who writes the whole file anew can bring about: compare the last hash with the one that the export has printed (--expect), or have it signed (--public-key)',
      );
    }
    return {
      isIntact: this.#problems.length === 0,
      problems: this.#problems,
      notes: this.#notes,
      head,
      records: this.#lines,
      header: this.#header,
      runs: [...this.#runs.values()].map(summaryOf),
      signedBy: this.#signature?.key ?? null,
    };
  }

  #parse(text: string): ChainedRecord | null {
    try {
      const json: unknown = JSON.parse(text);
      // a key twice, or numbers that are read differently elsewhere: what is hashed must be what is seen
      if (JSON.stringify(json) !== text) this.#problem('is not written as the export writes it');
      const parsed = lineSchema.parse(json);
      if (parsed.kind === 'run') runSchema.parse(parsed);
      if (parsed.kind === 'event') eventSchema.parse(parsed);
      return parsed as unknown as ChainedRecord;
    } catch {
      this.#problem('is no record of an audit export');
      return null;
    }
  }

  #run(record: AuditRun & ChainedRecord): void {
    const { run, planHash, plan, masked } = record;
    if (this.#runs.has(run)) this.#problem(`begins run ${run} a second time`);
    this.#runs.set(run, { record, kept: [], events: 0, from: '', to: '' });
    if (planHash !== plan.hash) this.#problem(`the plan of run ${run} is not the one that was run`);
    if (masked > 0) {
      this.#notes.push(`run ${run}: ${masked} values of its plan are masked, so its hash cannot be computed anew`);
    } else if (this.#expected.planHash(plan) !== planHash) {
      this.#problem(`the plan of run ${run} has another hash than ${planHash}`);
    }
  }

  #event(event: RunEvent): void {
    const run = this.#runs.get(event.run);
    if (run === undefined) {
      this.#problem(`is an event of ${event.run}, which is no run of this file`);
      return;
    }
    run.events += 1;
    if (event.seq !== run.events) {
      this.#problem(`is event ${event.seq} of run ${event.run}, expected ${run.events}: the journal had a gap`);
      run.events = event.seq;
    }
    if (run.from === '') run.from = event.at;
    run.to = event.at;
    if (event.type === 'RunStarted' && event.planHash !== run.record.planHash) {
      this.#problem(`run ${event.run} was started with plan ${event.planHash}, not with the one in this file`);
    }
    if (event.type !== 'StepFinished' && event.type !== 'StepIntended') run.kept.push(event);
  }

  #checkSignature(publicKey: KeyObject | undefined): void {
    const signature = this.#signature;
    if (publicKey === undefined) {
      if (signature !== null) this.#notes.push(`signed by the key ${signature.key}; --public-key checks that`);
      return;
    }
    if (signature === null) this.#say('it is not signed');
    else if (signature.key !== keyId(publicKey) || !isSignedBy(signature, publicKey)) {
      this.#say('its signature is not by this key, or not of this file');
    }
  }

  #problem(text: string): void {
    this.#say(`line ${this.#lines} ${text}`);
  }

  #say(text: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(text);
  }
}

function summaryOf({ record, kept, events, from, to }: OpenRun): AuditedRun {
  const { run, planHash, plan } = record;
  const decisions = decisionsOf(plan, kept);
  return {
    run,
    name: plan.playbook.name,
    parent: record.parent,
    planHash,
    change: kept.flatMap((event) => (event.type === 'RunStarted' ? [event.change ?? null] : []))[0] ?? null,
    hosts: plan.hosts.length,
    events,
    from,
    to,
    decisions,
  };
}
