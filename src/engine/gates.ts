/**
 * Gates between waves: what the journal says of one, and what follows from it.
 *
 *   not asked ─► GateAsked ─┬─ approved ─┬─ soaked ─────────────────► the wave begins
 *                           │            └─ not yet ─► waits
 *                           ├─ rejected ──────────────────────────► the run stops
 *                           ├─ nobody answered in time ─┬─ on_timeout: stop ───► the run stops
 *                           │                           └─ continue ─► as if approved
 *                           └─ no answer yet ─► waits
 *
 * Pure; must not know how a wait is spent nor what is done in a wave.
 */
import type { GateAnswered, GateAsked, Plan, PlannedGate, PlannedWave, RunEvent } from '../domain/index.ts';
import { formatDuration } from '../util/index.ts';

export interface GateRecord {
  readonly asked: GateAsked & { readonly at: string };
  /** The first one that counts: whoever comes second has decided nothing. */
  answer: (GateAnswered & { readonly at: string }) | null;
}

export type GateJudgement =
  | { readonly kind: 'ask' | 'go' | 'expired' }
  | { readonly kind: 'stop'; readonly reason: string }
  /** `until`: when it must be looked at again, whatever happens; null: only after an answer. */
  | { readonly kind: 'wait'; readonly reason: string; readonly until: number | null };

/** Gates of a run by the wave that they open. */
export function foldGates(events: readonly RunEvent[]): ReadonlyMap<string, GateRecord> {
  const gates = new Map<string, GateRecord>();
  const startedBy = events.find((event) => event.type === 'RunStarted')?.by ?? '';
  for (const event of events) {
    if (event.type === 'GateAsked') gates.set(event.gate, { asked: event, answer: null });
    if (event.type !== 'GateAnswered') continue;
    const record = gates.get(event.gate);
    if (record !== undefined && record.answer === null && counts(record.asked, event, startedBy)) record.answer = event;
  }
  return gates;
}

/** An approval counts of the plan that was asked about, in time, and from somebody else than who started the run. */
function counts(asked: GateAsked, answer: GateAnswered & { readonly at: string }, startedBy: string): boolean {
  if (answer.decision === 'timed-out') return true;
  if (asked.approve === null || answer.planHash !== asked.planHash) return false;
  if (asked.deadline !== null && answer.at >= asked.deadline) return false;
  return answer.decision === 'rejected' || !isSamePerson(answer.by, startedBy);
}

/** The same account on two machines is one person. @param one user@machine */
export function isSamePerson(one: string, other: string): boolean {
  return personOf(one) === personOf(other);
}

function personOf(identity: string): string {
  const at = identity.lastIndexOf('@');
  return (at < 0 ? identity : identity.slice(0, at)).toLowerCase();
}

/** @param hash of the plan as it is now: an approval of another one is none */
export function judgeGate(
  { gate, wave, run, hash }: { gate: PlannedGate; wave: string; run: string; hash: string },
  record: GateRecord | undefined,
  now: number,
): GateJudgement {
  if (record === undefined) return { kind: 'ask' };
  const { asked, answer } = record;
  const name = waveName(wave);
  const note = answer === null || answer.note === '' ? '' : `: ${answer.note}`;
  if (answer?.decision === 'rejected') return { kind: 'stop', reason: `${name} was rejected by ${answer.by}${note}` };
  if (answer?.decision === 'timed-out' && gate.onTimeout === 'stop') {
    return { kind: 'stop', reason: `${name} was not approved by ${asked.deadline ?? 'its deadline'}` };
  }
  if (answer?.decision === 'approved' && answer.planHash !== hash) {
    return { kind: 'stop', reason: `${name}: the plan is not the one that ${answer.by} approved` };
  }
  if (gate.approve !== null && answer === null) {
    const deadline = asked.deadline === null ? null : Date.parse(asked.deadline);
    if (deadline !== null && now >= deadline) return { kind: 'expired' };
    const until = asked.deadline === null ? '' : `, until ${minute(asked.deadline)}`;
    const reason = `${name} waits for an approval by ${gate.approve}${until}: firebreak approve ${run}`;
    return { kind: 'wait', reason, until: deadline };
  }
  if (asked.soaksUntil === null || now >= Date.parse(asked.soaksUntil)) return { kind: 'go' };
  const approved = answer?.decision === 'approved' ? ` (approved by ${answer.by})` : '';
  const reason = `${name} waits${approved}: ${asked.after ?? 'what is done'} soaks until ${minute(asked.soaksUntil)}`;
  return { kind: 'wait', reason, until: Date.parse(asked.soaksUntil) };
}

export function askGate(wave: PlannedWave, gate: PlannedGate, planHash: string, now: number): GateAsked {
  const at = (ms: number): string => new Date(now + ms).toISOString();
  return {
    type: 'GateAsked',
    gate: wave.name,
    after: gate.after,
    approve: gate.approve,
    planHash,
    soaksUntil: gate.soakMs === 0 ? null : at(gate.soakMs),
    deadline: gate.approve === null || gate.timeoutMs === null ? null : at(gate.timeoutMs),
  };
}

/** `wave rest`; `wave 2` is its own name. */
export function waveName(wave: string): string {
  return /^wave /.test(wave) ? wave : `wave ${wave}`;
}

/** The wave that a gate's name means: the one that it opens, or the one that it stands behind. */
export function gateNamed(plan: Plan, name: string): PlannedWave | undefined {
  return (
    plan.waves.find((wave) => wave.gate !== undefined && wave.name === name) ??
    plan.waves.find((wave) => wave.gate?.after === name)
  );
}

/** `2026-11-24 13:00Z` */
function minute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')}Z`;
}

/** One line, as people read it before a run. */
export function describeGate({ after, approve, soakMs, timeoutMs, onTimeout }: PlannedGate): string {
  const late = onTimeout === 'stop' ? 'the run stops then' : 'the run goes on then';
  const until = timeoutMs === null ? '' : ` within ${formatDuration(timeoutMs)} (${late})`;
  const soaked = soakMs === 0 ? [] : [`${after ?? 'what is done'} has soaked for ${formatDuration(soakMs)}`];
  const approved = approve === null ? [] : [`${approve} approved it${until}`];
  return `begins when ${[...approved, ...soaked].join(' and ')}`;
}
