/** Which hosts a run may touch: leases taken before its first event, all or nothing. Must not know what is done there. */
import { FirebreakError, type Journal, type LeaseConflict, type Plan, type PlannedHost } from '../domain/index.ts';
import { addressKey } from './address-key.ts';
import { flattenSteps } from './plan-steps.ts';

/**
 * Leases hosts and their sets. The answer is host → why it was left out (`skipLeased` only).
 * @throws FB_RUN_LEASED with the list of LeaseConflict in `details`
 */
export async function leaseHosts(
  journal: Journal,
  run: string,
  plan: Plan,
  hosts: readonly PlannedHost[],
  skipLeased: boolean,
): Promise<Map<string, string>> {
  const leftOut = new Map<string, string>();
  for (;;) {
    const wanted = hosts.filter((host) => !leftOut.has(host.name));
    const sets = [...new Set(wanted.flatMap((host) => (host.set === null ? [] : [setKey(host.set)])))];
    const conflicts = await journal.lease(run, [
      ...wanted.map((host) => ({ key: addressKey(host), host: host.name })),
      ...sets.map((key) => ({ key, host: key })),
    ]);
    if (conflicts.length === 0) return leftOut;
    const before = leftOut.size;
    if (skipLeased) {
      for (const conflict of conflicts) {
        const held = conflict.run === run ? 'this run under another name' : `run ${conflict.run}`;
        const names = plan.hosts.filter((host) => host.name === conflict.host || isOfSet(host, conflict.key));
        for (const host of names) leftOut.set(host.name, `leased by ${held}`);
      }
    }
    if (leftOut.size === before) throw leasedError(run, conflicts);
  }
}

function leasedError(run: string, conflicts: readonly LeaseConflict[]): FirebreakError {
  const twice = conflicts.find((conflict) => conflict.run === run);
  if (twice !== undefined) {
    return new FirebreakError(
      'FB_RUN_LEASED',
      `${twice.host} has the address of another host of the plan (${twice.key})`,
      {
        remedy: 'name each machine once in the inventory',
        details: conflicts,
      },
    );
  }
  const others = [...new Set(conflicts.map((conflict) => conflict.run))];
  const [first] = others;
  const hosts = conflicts.slice(0, 5).map((conflict) => conflict.host);
  const more = conflicts.length > hosts.length ? ', …' : '';
  return new FirebreakError('FB_RUN_LEASED', `leased by run ${others.join(', ')}: ${hosts.join(', ')}${more}`, {
    remedy: `firebreak resume ${first}, firebreak abort ${first}, or leave these hosts out with --skip-leased`,
    details: conflicts,
  });
}

/** Hosts of one set are never worked on by two runs at a time. */
function setKey(set: string): string {
  return `set:${set}`;
}

function isOfSet(host: PlannedHost, key: string): boolean {
  return host.set !== null && setKey(host.set) === key;
}

/** The lease of a step on another host: apart from that of a host that is worked on. */
export function elsewhereName(host: string): string {
  return `on:${host}`;
}

/** What a process of this run has held for steps on other hosts. */
export async function releaseElsewhere(journal: Journal, run: string, plan: Plan): Promise<void> {
  if (!flattenSteps(plan.steps).some((step) => step.on !== undefined || step.runOnce === true)) return;
  for (const { name } of [...plan.hosts, ...(plan.others ?? [])]) await journal.release(run, elsewhereName(name));
}

/** Whatever the run still holds. */
export async function releaseAll(journal: Journal, run: string, plan: Plan): Promise<void> {
  const sets = new Set(plan.hosts.flatMap((host) => (host.set === null ? [] : [setKey(host.set)])));
  for (const host of plan.hosts) await journal.release(run, host.name);
  await releaseElsewhere(journal, run, plan);
  for (const key of sets) await journal.release(run, key);
}
