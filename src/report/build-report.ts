/**
 * Runs → report. Several runs become one: each host once for each subject, with the outcome of the latest run that really
 * had it in hand, so that a run and its reruns read as what they are together. Pure.
 */
import {
  FINE_OUTCOMES,
  HOST_OUTCOMES,
  type HostView,
  type JsonObject,
  type Plan,
  type RunEvent,
  type RunView,
  type StepView,
} from '../domain/index.ts';
import { decisionsOf } from './decisions.ts';
import type { Report, ReportHost, ReportOwed, ReportQuestion, ReportRun, ReportStep, ReportVerdict } from './model.ts';
import { comparePorts } from './ports.ts';

export interface ReportSource {
  readonly plan: Plan;
  readonly view: RunView;
  readonly events: readonly RunEvent[];
}

/** One host in one run. */
interface Part {
  readonly source: ReportSource;
  readonly host: HostView;
  readonly subject: string;
}

/** @param generatedAt ISO 8601 */
export function buildReport(given: readonly ReportSource[], generatedAt: string): Report {
  const sources = [...given].sort((a, b) => order(a.view.startedAt ?? '', b.view.startedAt ?? ''));
  const byHost = new Map<string, Part[]>();
  for (const source of sources) {
    const subject = subjectOf(source.plan);
    for (const host of source.view.hosts) {
      const key = `${subject}\n${host.name}`;
      const parts = byHost.get(key) ?? [];
      parts.push({ source, host, subject });
      byHost.set(key, parts);
    }
  }
  const eventsOf = new Map(sources.map((source) => [source, eventsByHost(source.events)] as const));
  const hosts = [...byHost.values()].map((parts) =>
    hostOf(parts, (part) => eventsOf.get(part.source)?.get(part.host.name) ?? []),
  );
  return {
    report: 1,
    generatedAt,
    runs: sources.map(runOf),
    tally: tallyOf(hosts),
    isFine: hosts.every((host) => host.isFine),
    hosts,
  };
}

function runOf({ plan, view, events }: ReportSource): ReportRun {
  const started = events.find((event) => event.type === 'RunStarted');
  return {
    run: view.run,
    name: view.name,
    subject: subjectOf(plan),
    playbook: { file: plan.playbook.file, sha256: plan.playbook.sha256 },
    planHash: plan.hash,
    change: view.change,
    inputs: { ...plan.inputs },
    parent: view.parent,
    check: view.check,
    state: view.state,
    reason: view.reason,
    by: view.by,
    version: started?.version ?? '',
    startedAt: view.startedAt,
    finishedAt: view.finishedAt,
    resumes: view.resumes,
    hosts: view.hosts.length,
    decisions: [...decisionsOf(plan, events)],
  };
}

function hostOf(parts: readonly Part[], eventsOf: (part: Part) => readonly RunEvent[]): ReportHost {
  const chosen = latestOf(parts);
  const { host, source } = chosen;
  const outcome = outcomeOf(host);
  const owed = parts.flatMap((part) => owedOf(part, eventsOf(part)));
  const compared = comparePorts(parts.map((part) => ({ run: part.source.view.run, events: eventsOf(part) })));
  return {
    name: host.name,
    address: host.address,
    subject: chosen.subject,
    wave: source.view.waves[host.wave]?.name ?? '',
    groups: [...host.groups],
    run: source.view.run,
    outcome,
    isFine: host.outcome !== null && FINE_OUTCOMES.has(host.outcome),
    reason: host.reason,
    error: host.error === null ? null : { ...host.error },
    exception: exceptionOf(source.plan, host),
    outOfSupportSince: parts.flatMap((part) => part.host.steps.flatMap(supportOf)).at(-1) ?? null,
    standingShields: owed.filter(({ kind }) => kind === 'undo').length,
    owed,
    verdicts: parts.flatMap((part) => eventsOf(part).flatMap(verdictOf)),
    questions: parts.flatMap(questionsOf),
    portChecks: [...compared.portChecks],
    ports: [...compared.ports],
    installs: sum(parts, ({ host: of }) => of.installs),
    reboots: sum(parts, ({ host: of }) => of.reboots),
    startedAt: host.startedAt,
    finishedAt: host.finishedAt,
    durationMs:
      host.startedAt === null || host.finishedAt === null
        ? 0
        : Math.max(0, Date.parse(host.finishedAt) - Date.parse(host.startedAt)),
    steps: host.steps.filter((step) => step.state !== 'not-run').map(stepOf),
    earlier: parts
      .filter((part) => part !== chosen)
      .map((part) => ({
        run: part.source.view.run,
        outcome: outcomeOf(part.host),
        reason: part.host.reason,
        at: part.host.finishedAt,
      })),
  };
}

/**
 * A run that only looked (`--check`) or never came to the host says nothing new about it, as long as another one did.
 */
function latestOf(parts: readonly Part[]): Part {
  const last = parts.at(-1)!;
  return (
    parts.findLast(({ source, host }) => !source.view.check && isBegun(host)) ??
    parts.findLast(({ host }) => isBegun(host)) ??
    last
  );
}

function isBegun(host: HostView): boolean {
  return (
    host.startedAt !== null || (host.outcome !== null && host.outcome !== 'cancelled' && host.outcome !== 'skipped')
  );
}

function exceptionOf(plan: Plan, host: HostView): ReportHost['exception'] {
  const found = host.outcome === 'excepted' ? plan.exceptions?.find((one) => one.host === host.name) : undefined;
  if (found === undefined) return null;
  const { reason, approvedBy, until, advisory, ticket } = found;
  return { reason, approvedBy, until, advisory, ticket };
}

function owedOf({ source }: Part, events: readonly RunEvent[]): readonly ReportOwed[] {
  return events.flatMap((event): readonly ReportOwed[] => {
    if (event.type !== 'ObligationOwed') return [];
    const { obligation, kind, step, prior, args, at } = event;
    const isOver = events.some((other) => other.type === 'ObligationDischarged' && other.obligation === obligation);
    if (isOver) return [];
    const method = prior['method'] ?? args['method'];
    const named = kind === 'undo' && typeof method === 'string' ? method : '';
    return [{ run: source.view.run, obligation, kind, step, method: named, since: at }];
  });
}

function verdictOf(event: RunEvent): readonly ReportVerdict[] {
  if (event.type !== 'StepFinished' || event.uses !== 'patch.verify') return [];
  const { run, step, at, result } = event;
  const { verdict, fixed, reason, evidence } = result;
  if (typeof verdict !== 'string') return [];
  return [
    {
      run,
      step,
      at,
      verdict,
      fixed: fixed === true,
      reason: typeof reason === 'string' ? reason : '',
      evidence: isObject(evidence) ? { ...evidence } : {},
    },
  ];
}

/** What patch.verify and assess.run say of the system, whatever their verdict. */
function supportOf({ uses, result }: StepView): readonly string[] {
  const { out_of_support: isOut, support_ended: day } = result;
  const isRead = uses === 'patch.verify' || uses === 'assess.run';
  return isRead && isOut === true && typeof day === 'string' ? [day] : [];
}

function questionsOf({ source, host }: Part): readonly ReportQuestion[] {
  return host.questions.map(({ step, text, askedAt, state, answer, by, via, answeredAt }) => {
    return { run: source.view.run, step, question: text, askedAt, state, answer, by, via, answeredAt };
  });
}

function stepOf(step: StepView): ReportStep {
  const { id, uses, state, outcome, reason, error, attempts, startedAt, finishedAt, durationMs, result } = step;
  return {
    id,
    uses,
    outcome: outcome ?? state,
    reason,
    error: error === null ? null : { ...error },
    attempts,
    startedAt,
    finishedAt,
    durationMs,
    result: { ...result },
  };
}

function outcomeOf(host: HostView): ReportHost['outcome'] {
  return host.outcome ?? (host.state === 'waiting' ? 'waiting' : 'running');
}

/** What the runs are about: as the engine tells whose shields a later run takes over. */
function subjectOf(plan: Plan): string {
  const id = plan.advisory?.['advisory'];
  return typeof id === 'string' ? id : plan.playbook.name;
}

function eventsByHost(events: readonly RunEvent[]): ReadonlyMap<string, readonly RunEvent[]> {
  const byHost = new Map<string, RunEvent[]>();
  for (const event of events) {
    if (!('host' in event)) continue;
    const list = byHost.get(event.host);
    if (list === undefined) byHost.set(event.host, [event]);
    else list.push(event);
  }
  return byHost;
}

function tallyOf(hosts: readonly ReportHost[]): Report['tally'] {
  const counts = [...HOST_OUTCOMES, 'running', 'waiting'].map(
    (outcome) => [outcome, hosts.filter((host) => host.outcome === outcome).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sum(parts: readonly Part[], of: (part: Part) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
