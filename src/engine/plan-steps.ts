/** The plan's steps, blocks flattened. Must not know what became of them. */
import type { Plan, PlannedBlock, PlannedNode, PlannedStep } from '../domain/index.ts';

/** In the order of the text: block, rescue, always. */
export function flattenSteps(nodes: readonly PlannedNode[]): readonly PlannedStep[] {
  return nodes.flatMap((node) =>
    node.kind === 'step' ? [node] : flattenSteps([...node.block, ...node.rescue, ...node.always]),
  );
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
