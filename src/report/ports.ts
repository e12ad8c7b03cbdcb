/** What was seen of a host's ports, side by side: before a shield, behind it, after it. Pure. */
import { z } from 'zod';
import type { RunEvent } from '../domain/index.ts';
import type { ReportPort, ReportPortCheck } from './model.ts';

const resultSchema = z.object({
  expect: z.string().catch(''),
  proven: z.boolean().nullable().catch(null),
  reason: z.string().catch(''),
  ports: z.array(z.object({ protocol: z.string().default('tcp'), port: z.int(), from: z.string(), state: z.string() })),
});

/** One `ports.check` of a run. */
interface Look {
  readonly check: ReportPortCheck;
  readonly ports: z.infer<typeof resultSchema>['ports'];
}

/** Since when, and until when, temporary changes stood on a host. */
interface Standing {
  readonly from: string;
  readonly to: string | null;
}

export interface ComparedPorts {
  readonly portChecks: readonly ReportPortCheck[];
  readonly ports: readonly ReportPort[];
}

export interface PortSource {
  readonly run: string;
  /** Of this host alone. A step that was carried out again after a question has been answered has looked twice. */
  readonly events: readonly RunEvent[];
}

/** @param sources runs on the same host, oldest first */
export function comparePorts(sources: readonly PortSource[]): ComparedPorts {
  const standing = sources.flatMap(({ events }) => standingTimes(events));
  const looks = sources.flatMap((source) => looksOf(source, standing)).sort((a, b) => order(a.check.at, b.check.at));
  const places = new Map(
    looks.flatMap(({ ports }) => ports.map((seen) => [`${seen.protocol} ${seen.port} ${seen.from}`, seen] as const)),
  );
  const ports = [...places.values()].map(({ protocol, port, from }): ReportPort => {
    const states = looks.map(
      (look) =>
        look.ports.find((seen) => seen.protocol === protocol && seen.port === port && seen.from === from)?.state ??
        null,
    );
    const differs = new Set(states.filter((state) => state !== null)).size > 1;
    return { protocol, port, from, states, differs };
  });
  return { portChecks: looks.map(({ check }) => check), ports: ports.sort(byPlace) };
}

function looksOf({ run, events }: PortSource, standing: readonly Standing[]): readonly Look[] {
  return events.flatMap((event): readonly Look[] => {
    if (event.type !== 'StepFinished' || event.uses !== 'ports.check') return [];
    const { step, at, result } = event;
    const parsed = resultSchema.safeParse(result);
    if (!parsed.success || parsed.data.ports.length === 0) return [];
    const { ports, expect, proven, reason } = parsed.data;
    return [{ check: { run, step, at, when: whenOf(at, standing), expect, proven, reason }, ports }];
  });
}

/** By the obligations: an undo is owed from just before the change to its proven end. */
function standingTimes(events: readonly RunEvent[]): readonly Standing[] {
  return events.flatMap((owed): readonly Standing[] => {
    if (owed.type !== 'ObligationOwed' || owed.kind !== 'undo') return [];
    const end = events.find(
      (event) =>
        event.type === 'ObligationDischarged' && event.obligation === owed.obligation && event.how !== 'handed-over',
    );
    const handed = events.find(
      (event) => event.type === 'ObligationDischarged' && event.obligation === owed.obligation && event !== end,
    );
    return [{ from: owed.at, to: end?.at ?? handed?.at ?? null }];
  });
}

function whenOf(at: string, standing: readonly Standing[]): ReportPortCheck['when'] {
  if (standing.some(({ from, to }) => from <= at && (to === null || at <= to))) return 'shielded';
  return standing.some(({ from }) => from <= at) ? 'after' : 'before';
}

function byPlace(a: ReportPort, b: ReportPort): number {
  return order(a.protocol, b.protocol) || a.port - b.port || order(a.from, b.from);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
