/** Starting, resuming, rerunning and giving up runs. */
import { hostname, userInfo } from 'node:os';
import { FINE_OUTCOMES, FirebreakError, type HostView, type Json, type Plan, type RunView } from '../domain/index.ts';
import {
  abortRun,
  foldRun,
  type Observer,
  type Operator,
  type RunResult,
  resumeRun,
  runPlan,
} from '../engine/index.ts';
import { canonicalJson } from '../util/index.ts';
import { changeNumber, isChangeDemanded } from './change.ts';
import { loadPlan, type PlanSource } from './load-plan.ts';
import { ensurePackageFolder } from './package-store.ts';
import { writeReport } from './report.ts';
import { systemRandom } from './system-ports.ts';
import { playbookAgain } from './verify.ts';
import type { Services } from './wiring.ts';
import { refuseOnWorkers } from './worker-plan.ts';

/** Whoever shows a run while it goes on. */
export interface RunWatcher extends Observer {
  start(view: RunView): void;
}

export interface FinishedRun extends RunResult {
  readonly reportFile: string;
  readonly logFile: string;
}

export interface StartOptions extends PlanSource {
  readonly check: boolean;
  readonly skipLeased: boolean;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly watcher: RunWatcher;
  /** Answers the questions of the playbook; absent: they park their hosts. */
  readonly operator?: Operator | undefined;
  /** Number of the change request. */
  readonly change?: string | undefined;
  /** Stays while a gate or a window is waited for, and goes on by itself. */
  readonly waits?: boolean;
  /** Begins hosts outside of the playbook's windows too. */
  readonly ignoresWindow?: boolean;
}

/** @throws those of loadPlan, FB_RUN_LEASED, FB_STATE_* */
export async function startRun(services: Services, options: StartOptions): Promise<FinishedRun> {
  const plan = await loadPlan({ ...options, connector: services.connector }, services.actions);
  return execute(services, plan, { ...options, parent: null });
}

/** As startRun, with a plan that was shown before. */
export function startPlan(services: Services, plan: Plan, options: Omit<Execution, 'parent'>): Promise<FinishedRun> {
  return execute(services, plan, { ...options, parent: null });
}

/** The run goes on from its own plan. @throws FB_RUN_UNKNOWN, FB_RUN_STATE, FB_STATE_* */
export async function resume(
  services: Services,
  options: { readonly run: string; readonly packages: string | undefined } & Pick<
    StartOptions,
    'version' | 'signal' | 'watcher' | 'operator' | 'waits' | 'ignoresWindow'
  >,
): Promise<FinishedRun> {
  const journal = await services.journal();
  const run = await journal.resolveRun(options.run);
  if (options.packages !== undefined) await ensurePackageFolder(options.packages);
  const plan = await journal.plan(run);
  const view = foldRun(plan, await journal.events(run));
  const unfinished = new Set(view.hosts.filter((host) => isChosen(host, 'failed')).map((host) => host.name));
  const needed = [...plan.hosts.filter((host) => unfinished.has(host.name)), ...(plan.others ?? [])];
  if (services.hasWorkers) refuseOnWorkers(plan);
  else await services.connector.prepare(needed);
  options.watcher.start(view);
  const { packages } = plan.origin;
  const deps = await services.engineDeps(
    run,
    options.packages ?? packages ?? undefined,
    options.watcher,
    options.operator,
  );
  const { version, signal, waits = false, ignoresWindow = false } = options;
  const result = await resumeRun(deps, { run, by: whoAmI(), version, signal, waits, ignoresWindow });
  return withFiles(services, result);
}

export interface RerunOptions extends Omit<StartOptions, 'playbook' | 'only'> {
  /** The run to repeat: an id, a prefix or `last`. */
  readonly run: string;
  /** failed: every host that did not end fine; unfinished hosts count. */
  readonly which: 'failed' | 'unreachable' | 'all';
  readonly playbook: string | undefined;
}

export interface Rerun {
  readonly parent: string;
  readonly plan: Plan;
  /** Number of the parent's change request. */
  readonly change: string | null;
  /** One line each: what the files say now that the parent's plan did not. */
  readonly differences: readonly string[];
}

/** A new plan from the files as they are now, for the chosen hosts of an earlier run. @throws as startRun, FB_RUN_UNKNOWN, FB_NO_HOSTS */
export async function planRerun(services: Services, options: RerunOptions): Promise<Rerun> {
  const journal = await services.journal();
  const parent = await journal.resolveRun(options.run);
  const old = await journal.plan(parent);
  const view = foldRun(old, await journal.events(parent));
  const only = view.hosts.filter((host) => isChosen(host, options.which)).map((host) => host.name);
  if (only.length === 0) {
    throw new FirebreakError(
      'FB_NO_HOSTS',
      `run ${parent} has no ${options.which === 'all' ? '' : `${options.which} `}hosts`,
      {
        remedy: `firebreak status ${parent}`,
      },
    );
  }
  const inputs = [
    ...Object.entries(old.inputs).flatMap(([name, value]) => (value === null ? [] : [`${name}=${String(value)}`])),
    ...options.inputs,
  ];
  const plan = await loadPlan(
    {
      playbook: options.playbook ?? (await playbookAgain(old.playbook.file)),
      inventory: options.inventory ?? old.origin.inventory ?? undefined,
      targetsFile: options.targetsFile ?? old.origin.targetsFile ?? undefined,
      packages: options.packages ?? old.origin.packages ?? undefined,
      connection: { ...old.origin.connection, ...options.connection },
      tags: options.tags ?? old.origin.tags,
      exceptions: options.exceptions ?? old.origin.exceptions,
      warn: options.warn,
      limit: options.limit,
      forks: options.forks,
      inputs,
      only,
      connector: services.connector,
    },
    services.actions,
  );
  return { parent, plan, change: view.change, differences: differencesOf(old, plan) };
}

/** @throws FB_RUN_LEASED, FB_STATE_* */
export function startRerun(services: Services, rerun: Rerun, options: RerunOptions): Promise<FinishedRun> {
  const { parent, plan } = rerun;
  return execute(services, plan, { ...options, parent, change: options.change ?? rerun.change ?? undefined });
}

/** @throws FB_RUN_UNKNOWN, FB_RUN_STATE */
export async function abort(services: Services, reference: string): Promise<string> {
  const journal = await services.journal();
  const run = await journal.resolveRun(reference);
  await abortRun(journal, run, `given up by ${whoAmI()}`);
  return run;
}

export async function viewOf(services: Services, run: string): Promise<RunView> {
  const journal = await services.journal();
  return foldRun(await journal.plan(run), await journal.events(run));
}

type Execution = Pick<
  StartOptions,
  'check' | 'skipLeased' | 'version' | 'signal' | 'watcher' | 'operator' | 'change' | 'waits' | 'ignoresWindow'
> & {
  readonly parent: string | null;
};

async function execute(services: Services, plan: Plan, options: Execution): Promise<FinishedRun> {
  const isDemanded = isChangeDemanded(process.env);
  const change = changeNumber(options.change, { plan, check: options.check, isDemanded });
  if (plan.origin.packages !== null) await ensurePackageFolder(plan.origin.packages);
  if (services.hasWorkers) refuseOnWorkers(plan);
  else await services.connector.prepare([...plan.hosts, ...(plan.others ?? [])]);
  const run = newRunId();
  options.watcher.start(foldRun(plan, []));
  const deps = await services.engineDeps(run, plan.origin.packages ?? undefined, options.watcher, options.operator);
  const { check, skipLeased, version, signal, parent, waits = false, ignoresWindow = false } = options;
  const how = { check, skipLeased, version, signal, waits, ignoresWindow, ...(change === undefined ? {} : { change }) };
  const result = await runPlan(deps, { run, plan, parent, by: whoAmI(), ...how });
  return withFiles(services, result);
}

async function withFiles(services: Services, result: RunResult): Promise<FinishedRun> {
  return { ...result, reportFile: await writeReport(services, result.view), logFile: services.logFile(result.run) };
}

/** What the files say now that the parent's plan did not, one line each. */
function differencesOf(old: Plan, plan: Plan): readonly string[] {
  const changed = (label: string, before: unknown, after: unknown): readonly string[] =>
    canonicalJson(before as Json) === canonicalJson(after as Json) ? [] : [label];
  const inputs = Object.keys(plan.inputs).flatMap((name) =>
    changed(
      `input ${name}: ${String(old.inputs[name])} → ${String(plan.inputs[name])}`,
      old.inputs[name] ?? null,
      plan.inputs[name] ?? null,
    ),
  );
  const hosts = plan.hosts.flatMap((host) => {
    const { wave: _wave, ...now } = host;
    const before = old.hosts.find((candidate) => candidate.name === host.name);
    if (before === undefined) return [`host ${host.name}: new`];
    const { wave: _oldWave, ...then } = before;
    return changed(`host ${host.name}: its settings changed`, then, now);
  });
  return [
    ...changed(`playbook ${plan.playbook.file}: changed since`, old.playbook.sha256, plan.playbook.sha256),
    ...changed(
      `what ${plan.playbook.file} includes: changed since`,
      old.playbook.includes ?? [],
      plan.playbook.includes ?? [],
    ),
    ...changed('advisory: changed since', old.advisory, plan.advisory),
    ...inputs,
    ...hosts,
  ];
}

/** Sorts by time and stays short enough to type: `20261123-0412-7f3a`. */
export function newRunId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '');
  return `${stamp.slice(0, 8)}-${stamp.slice(9, 13)}-${systemRandom.id(2)}`;
}

/** The person, not the account that they have become by sudo: two of them are two. */
export function whoAmI(): string {
  const behind = process.getuid?.() === 0 ? process.env['SUDO_USER'] : undefined;
  return `${behind === undefined || behind === '' ? userInfo().username : behind}@${hostname()}`;
}

function isChosen(host: HostView, which: RerunOptions['which']): boolean {
  if (which === 'all') return true;
  if (which === 'unreachable') return host.outcome === 'unreachable';
  return host.outcome === null || !FINE_OUTCOMES.has(host.outcome);
}
