/** The plan's steps, blocks flattened. Must not know what became of them. */
import type { Json, JsonObject, Plan, PlannedBlock, PlannedNode, PlannedStep } from '../domain/index.ts';

/** In the order of the text: block, rescue, always. */
export function flattenSteps(nodes: readonly PlannedNode[]): readonly PlannedStep[] {
  return nodes.flatMap((node) =>
    node.kind === 'step' ? [node] : flattenSteps([...node.block, ...node.rescue, ...node.always]),
  );
}

/** The step in the plan to which an item of its loop belongs; any other id as it is. */
export function baseId(id: string): string {
  return id.replace(/\[\d+\]$/, '');
}

const places = new WeakMap<object, ReadonlyMap<string, number>>();

/** True when the first stands before the second in the text of the plan. Steps of the same id are items of one loop. */
export function isBefore(plan: Pick<Plan, 'steps'>, first: string, second: string): boolean {
  let known = places.get(plan);
  if (known === undefined) {
    known = new Map([...idsOf(plan.steps)].map((id, place) => [id, place]));
    places.set(plan, known);
  }
  return (known.get(baseId(first)) ?? -1) < (known.get(baseId(second)) ?? Number.POSITIVE_INFINITY);
}

function* idsOf(nodes: readonly PlannedNode[]): Generator<string> {
  for (const node of nodes) {
    yield node.id;
    if (node.kind === 'block') yield* idsOf([...node.block, ...node.rescue, ...node.always]);
  }
}

const layers = new WeakMap<object, ReadonlyMap<string, readonly JsonObject[]>>();

/** The variables that hold at a step or block, the playbook's own first. */
export function varsAt(plan: Pick<Plan, 'steps' | 'vars'>, id: string): readonly JsonObject[] {
  let known = layers.get(plan);
  if (known === undefined) {
    known = new Map(collectVars(plan.steps, plan.vars === undefined ? [] : [plan.vars]));
    layers.set(plan, known);
  }
  return known.get(baseId(id)) ?? [];
}

function* collectVars(
  nodes: readonly PlannedNode[],
  outer: readonly JsonObject[],
): Generator<[id: string, layers: readonly JsonObject[]]> {
  for (const node of nodes) {
    const own = node.vars === undefined ? outer : [...outer, node.vars];
    // Whether a block is run is decided with the variables that hold in it.
    yield [node.id, own];
    if (node.kind === 'block') yield* collectVars([...node.block, ...node.rescue, ...node.always], own);
  }
}

/** What the list of a loop is made of. */
export function loopUses({ loop = null }: PlannedStep): {
  readonly expressions: readonly string[];
  readonly templates: readonly Json[];
} {
  return typeof loop === 'string' ? { expressions: [loop], templates: [] } : { expressions: [], templates: [loop] };
}

export function findBlock(nodes: readonly PlannedNode[], id: string): PlannedBlock | null {
  for (const node of nodes) {
    if (node.kind === 'step') continue;
    const found = node.id === id ? node : findBlock([...node.block, ...node.rescue, ...node.always], id);
    if (found !== null) return found;
  }
  return null;
}

/**
 * What a plan is about: shields are taken down by a verdict on the same advisory only. Plans without one are told apart by
 * their name.
 */
export function subjectOf(plan: Plan): string {
  const advisory = plan.advisory?.['advisory'];
  return typeof advisory === 'string' ? `advisory:${advisory}` : `playbook:${plan.playbook.name}`;
}
