/**
 * When too many hosts of a wave went wrong, no further host is begun. Pure; shows its arithmetic. Hosts that were never
 * reached count for one threshold, everything else that needs attention for the other. Hosts that a dead relay has cut off
 * are one failure together.
 */
import { FINE_OUTCOMES, type HostOutcome, type Plan, type PlannedWave } from '../domain/index.ts';

export interface EndedHost {
  readonly name: string;
  readonly outcome: HostOutcome;
  readonly wasReached: boolean;
  /** The relay that is to blame. */
  readonly relay?: string;
}

/** Not fine, yet no sign that the job goes wrong. */
const NOT_COUNTED: ReadonlySet<HostOutcome> = new Set(['needs-operator', 'skipped', 'cancelled']);
/** Hosts named in the reason. */
const NAMED = 5;

/** Why the run has to stop, null while it may go on. The percentage must be exceeded; it is one of the wave's hosts. */
export function exceededThreshold(plan: Plan, wave: PlannedWave, ended: readonly EndedHost[]): string | null {
  const neverReached = ended.filter((host) => host.outcome === 'unreachable' && !host.wasReached);
  const failed = ended.filter(
    (host) => !FINE_OUTCOMES.has(host.outcome) && !NOT_COUNTED.has(host.outcome) && !neverReached.includes(host),
  );
  return (
    explain('max_fail_percentage', 'not fine', plan.maxFailPercentage, wave, failed) ??
    explain('max_unreachable_percentage', 'never reached', plan.maxUnreachablePercentage, wave, neverReached)
  );
}

function explain(
  name: string,
  what: string,
  limit: number,
  wave: PlannedWave,
  hosts: readonly EndedHost[],
): string | null {
  const total = wave.hosts.length;
  const counted = unitsOf(hosts);
  if (counted.length * 100 <= limit * total) return null;
  const percent = Math.round((counted.length * 1000) / total) / 10;
  const named = counted.slice(0, NAMED);
  const more = counted.length > NAMED ? ', …' : '';
  return `${name} ${limit} exceeded in ${/^wave /.test(wave.name) ? wave.name : `wave ${wave.name}`}: ${counted.length} of ${total} hosts ${what} = ${percent} % > ${limit} % (${named.join(', ')}${more})`;
}

/** What counts as one, each as it is named. */
function unitsOf(hosts: readonly EndedHost[]): readonly string[] {
  const behind = new Map<string, number>();
  for (const { relay } of hosts) if (relay !== undefined) behind.set(relay, (behind.get(relay) ?? 0) + 1);
  const single = hosts.filter(({ relay }) => relay === undefined).map((host) => `${host.name} ${host.outcome}`);
  const relays = [...behind].map(([relay, count]) => `relay ${relay} with ${count} ${count === 1 ? 'host' : 'hosts'}`);
  return [...single, ...relays];
}
