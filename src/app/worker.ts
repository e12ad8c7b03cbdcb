/**
 * A worker: takes hosts of runs that others lead, works on them with its own credentials and packages, and writes what
 * it did to the shared journal. Whatever acts on a host asks first whether the host is still this worker's.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TakenTask } from '../dispatch/index.ts';
import { type HostClaim, type LedTask, type Plan, type Session, toErrorRecord } from '../domain/index.ts';
import { type EngineDeps, workOnHost } from '../engine/index.ts';
import { ensurePackageFolder } from './package-store.ts';
import { whoAmI } from './run.ts';
import type { Services } from './wiring.ts';

const LOOK_MS = 500;
const KEEP_MS = 3_000;

export interface WorkerOptions {
  /** Hosts at once. */
  readonly forks: number;
  /** Absent: where the plan of each run says. */
  readonly packages: string | undefined;
  /** Hosts that are begun stop at their next safe point; others take them up. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Until the signal aborts. @throws FB_USAGE (no PostgreSQL), FB_STATE_*, and what this worker lacks: FB_CREDENTIAL_*,
 * FB_FILE_MISSING, FB_PACKAGE_* – then its hosts go back to the others.
 */
export async function work(services: Services, options: WorkerOptions): Promise<void> {
  if (options.packages !== undefined) await ensurePackageFolder(options.packages);
  const queue = await services.tasks();
  const broken = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal]);
  const active = new Set<Promise<void>>();
  const depsOf = dependencies(services, options.packages);
  while (!signal.aborted) {
    const taken = active.size < options.forks ? await queue.take() : null;
    if (taken === null) {
      await delay(LOOK_MS, undefined, { signal }).catch(() => {});
      continue;
    }
    const one = workOn(services, taken, depsOf, { ...options, signal })
      .catch((thrown: unknown) => broken.abort(thrown))
      .finally(() => active.delete(one));
    active.add(one);
  }
  await Promise.all(active);
  if (broken.signal.aborted) throw broken.signal.reason;
}

type DepsOf = (plan: Plan, run: string) => Promise<EngineDeps>;

/** What working on a run's hosts takes, once a run. */
function dependencies(services: Services, given: string | undefined): DepsOf {
  const known = new Map<string, Promise<EngineDeps>>();
  const open = async (plan: Plan, run: string): Promise<EngineDeps> => {
    const packages = given ?? plan.origin.packages ?? undefined;
    if (packages !== undefined) await ensurePackageFolder(packages);
    const { remote: _, ...deps } = await services.engineDeps(run, packages, { event: () => {}, progress: () => {} });
    return deps;
  };
  return (plan, run) => {
    const deps = known.get(run) ?? open(plan, run);
    known.set(run, deps);
    return deps;
  };
}

async function workOn(services: Services, taken: TakenTask, depsOf: DepsOf, options: WorkerOptions): Promise<void> {
  const { task } = taken;
  const name = `${task.host} (run ${task.run})`;
  const isGone = new AbortController();
  const timer = setInterval(() => {
    taken.keep().then(
      (isOurs) => {
        if (!isOurs) isGone.abort();
      },
      () => {},
    );
  }, KEEP_MS);
  const signal = AbortSignal.any([options.signal, isGone.signal]);
  try {
    const claim = await claimHost(services, task, signal);
    if (claim === null) return await leave(taken, signal);
    options.say(`${name}: begins`);
    try {
      await carryOut(services, task, claim, depsOf, AbortSignal.any([signal, claim.lost]));
    } finally {
      await claim.release();
    }
    // Lost, it is somebody else's, if the run still has the same leader.
    const stopped = AbortSignal.any([signal, claim.lost]);
    await leave(taken, stopped);
    options.say(`${name}: ${stopped.aborted ? 'left to others' : 'done'}`);
  } catch (thrown) {
    const { code, message } = toErrorRecord(thrown);
    options.say(`${name}: ${message} [${code}]`);
    // Whoever has the host now has the job too.
    if (code === 'FB_RUN_STATE') return;
    await taken.giveBack();
    throw thrown;
  } finally {
    clearInterval(timer);
  }
}

/** A host that is not through because this worker stops is somebody else's. */
async function leave(taken: TakenTask, signal: AbortSignal): Promise<void> {
  if (signal.aborted) await taken.giveBack();
  else await taken.done();
}

/** Null: there is nothing to do any more, or the signal aborted. */
async function claimHost(services: Services, task: LedTask, signal: AbortSignal): Promise<HostClaim | null> {
  const { claims } = await services.fleetJournal();
  while (!signal.aborted) {
    const claim = await claims.claim(task);
    if (claim === 'over') return null;
    if (claim !== 'busy') return claim;
    await delay(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}

async function carryOut(
  services: Services,
  task: LedTask,
  claim: HostClaim,
  depsOf: DepsOf,
  signal: AbortSignal,
): Promise<void> {
  const plan = await claim.journal.plan(task.run);
  await services.connector.prepare(plan.hosts.filter((host) => host.name === task.host));
  const deps = await depsOf(plan, task.run);
  await workOnHost(
    {
      ...deps,
      journal: claim.journal,
      places: claim,
      openSession: async (host, how) => {
        await claim.verify();
        return fenced(await deps.openSession(host, how), claim);
      },
    },
    task,
    { by: whoAmI(), signal },
  );
}

/** Asks before every call: a worker that was frozen does not go on where another is at work by now. */
export function fenced(session: Session, claim: Pick<HostClaim, 'verify'>): Session {
  const { sweep } = session;
  return {
    get shell() {
      return session.shell;
    },
    get languageMode() {
      return session.languageMode;
    },
    get clientAddress() {
      return session.clientAddress;
    },
    ...(session.canReattach === undefined ? {} : { canReattach: session.canReattach }),
    invoke: async (call, options) => {
      await claim.verify();
      return session.invoke(call, options);
    },
    reattach: async (receipt, options) => {
      await claim.verify();
      return session.reattach(receipt, options);
    },
    push: async (source, destination, options) => {
      await claim.verify();
      return session.push(source, destination, options);
    },
    fetch: async (source, destination, options) => {
      await claim.verify();
      return session.fetch(source, destination, options);
    },
    ...(sweep === undefined
      ? {}
      : {
          sweep: async (keep, options) => {
            await claim.verify();
            return sweep.call(session, keep, options);
          },
        }),
    close: () => session.close(),
  };
}
