/** A plan as a preview for `firebreak plan`: structured, for whoever prints it. */
import type {
  Action,
  ActionCatalog,
  Json,
  JsonObject,
  Plan,
  PlannedException,
  PlannedNode,
} from '../../domain/index.ts';
import { formatDuration } from '../../util/index.ts';
import { describeGate } from '../gates.ts';
import { describeNext, describeWindow } from '../windows.ts';

export interface PlanPreview {
  readonly name: string;
  readonly file: string;
  readonly hash: string;
  readonly advisory: string | null;
  readonly inputs: JsonObject;
  /** The playbook's own, over those of the inventory. */
  readonly vars: JsonObject;
  readonly tags: { readonly only: readonly string[]; readonly skip: readonly string[] };
  readonly forks: number;
  readonly maxFailPercentage: number;
  readonly maxUnreachablePercentage: number;
  /** A run needs a change number. */
  readonly requireChange: boolean;
  readonly waves: readonly PreviewWave[];
  /** Hosts that would be left as they are. */
  readonly exceptions: readonly PlannedException[];
  readonly steps: readonly PreviewNode[];
}

interface PreviewHost {
  readonly name: string;
  readonly address: string;
  readonly set: string | null;
  /** Name of the relay that it is reached through. */
  readonly via: string | null;
}

interface PreviewWave {
  readonly name: string;
  /** One line: what must be so before it begins; null: nothing. */
  readonly gate: string | null;
  /** One line each: when its hosts are begun; empty: at any time. */
  readonly windows: readonly string[];
  /** When that is next; null without windows. */
  readonly opens: string | null;
  readonly hosts: readonly PreviewHost[];
}

interface PreviewStep {
  readonly kind: 'step';
  readonly id: string;
  readonly uses: string;
  /** One line of what the action does. */
  readonly summary: string;
  readonly effect: Action['kind'];
  readonly with: JsonObject;
  readonly if: string | null;
  readonly until: string | null;
  readonly retries: number;
  readonly delay: string;
  /** As a duration, or the template that gives one. */
  readonly timeout: string;
  readonly throttle: number | null;
  /** Where it is carried out instead, as written. */
  readonly on: string | null;
  readonly runOnce: boolean;
  /** A list, or the expression that gives one; null: once. */
  readonly loop: Json;
  readonly vars: JsonObject;
  readonly tags: readonly string[];
}

interface PreviewBlock {
  readonly kind: 'block';
  readonly id: string;
  readonly if: string | null;
  readonly block: readonly PreviewNode[];
  readonly rescue: readonly PreviewNode[];
  readonly always: readonly PreviewNode[];
  readonly vars: JsonObject;
  /** The file that it comes from, when it stands for an `include:`. */
  readonly include: string | null;
}

export type PreviewNode = PreviewStep | PreviewBlock;

/** @param now milliseconds since the epoch: what "next" counts from */
export function describePlan(plan: Plan, catalog: ActionCatalog, now: number): PlanPreview {
  const byName = new Map(plan.hosts.map((host) => [host.name, host]));
  const advisory = plan.advisory?.['advisory'];
  return {
    name: plan.playbook.name,
    file: plan.playbook.file,
    hash: plan.hash,
    advisory: typeof advisory === 'string' ? advisory : null,
    inputs: plan.inputs,
    vars: plan.vars ?? {},
    tags: plan.origin.tags ?? { only: [], skip: [] },
    forks: plan.forks,
    maxFailPercentage: plan.maxFailPercentage,
    maxUnreachablePercentage: plan.maxUnreachablePercentage,
    requireChange: plan.requireChange === true,
    exceptions: plan.exceptions ?? [],
    waves: plan.waves.map((wave) => ({
      name: wave.name,
      gate: wave.gate === undefined ? null : describeGate(wave.gate),
      windows: (wave.windows ?? []).map(describeWindow),
      opens: wave.windows === undefined ? null : describeNext(wave.windows, now),
      hosts: wave.hosts.map((name) => {
        const host = byName.get(name);
        return { name, address: host?.address ?? name, set: host?.set ?? null, via: host?.via?.name ?? null };
      }),
    })),
    steps: plan.steps.map((node) => describeNode(node, catalog)),
  };
}

function describeNode(node: PlannedNode, catalog: ActionCatalog): PreviewNode {
  if (node.kind === 'block') {
    const part = (nodes: readonly PlannedNode[]): readonly PreviewNode[] =>
      nodes.map((inner) => describeNode(inner, catalog));
    return {
      kind: 'block',
      id: node.id,
      if: node.if,
      block: part(node.block),
      rescue: part(node.rescue),
      always: part(node.always),
      vars: node.vars ?? {},
      include: node.include ?? null,
    };
  }
  const action = catalog.get(node.uses);
  return {
    kind: 'step',
    id: node.id,
    uses: node.uses,
    summary: action?.summary ?? '',
    effect: action?.kind ?? 'change',
    with: node.with,
    if: node.if,
    until: node.until,
    retries: node.retries,
    delay: formatDuration(node.delayMs),
    timeout: typeof node.timeout === 'number' ? formatDuration(node.timeout) : node.timeout,
    throttle: node.throttle,
    on: node.on ?? null,
    runOnce: node.runOnce === true,
    loop: node.loop ?? null,
    vars: node.vars ?? {},
    tags: node.tags ?? [],
  };
}
