/**
 * A host goes on after it has waited for a person. What is left to do must rest on what the host is now: every read that
 * it refers to is made again where it stands in the playbook, conditions that hung on these are evaluated again, and a
 * shield that no longer stands is put up again, with everything behind it in its block. Steps that changed something
 * otherwise stay done. Must not know what was asked.
 */
import type {
  ActionCatalog,
  ChangeAction,
  Json,
  Plan,
  PlannedNode,
  PlannedStep,
  RunEventBody,
} from '../domain/index.ts';
import { toErrorRecord } from '../domain/index.ts';
import { stepIdArguments, stepsBehind } from '../playbook/index.ts';
import type { HostRecord } from './host-record.ts';
import { type HostWork, openUndos, stepContext } from './host-work.ts';
import { iterationsOf } from './loop.ts';
import { throwIfPaused } from './pause.ts';
import { flattenSteps, loopUses, varsAt } from './plan-steps.ts';
import { StepTime } from './step-time.ts';

const LOOK_MS = 5 * 60_000;

/**
 * Looks whether the shields still stand, then says in one event what is done again.
 * @param before written in the same append
 * @throws Paused, a failure of the journal
 */
export async function takeUp(work: HostWork, waited: string, before: readonly RunEventBody[]): Promise<void> {
  const { plan, record, recorder, deps, host } = work;
  const question = record.steps.get(waited)?.question ?? null;
  // Its cable is pulled: what it is by now is looked at after the next question that finds it connected.
  if (question?.question.offline === true) {
    const again = (record.steps.get(waited)?.finished ?? null) === null ? [] : [waited];
    await recorder.append(record, [...before, { type: 'HostTakenUp', host: host.name, again, reason: '' }]);
    return;
  }
  const restarted: string[] = [];
  const reasons: string[] = [];
  for (const step of flattenSteps(plan.steps)) {
    const outcome = record.steps.get(step.id)?.finished?.outcome;
    const action = deps.actions.get(step.uses);
    if (action?.kind !== 'change' || action.undo === undefined) continue;
    const behind = behindShield(plan.steps, step.id, waited);
    if (behind.length === 0 || (outcome !== 'changed' && outcome !== 'ok')) continue;
    for (const id of step.loop === undefined ? [step.id] : iterationsOf(record, step.id)) {
      const why = await whyGone(work, { ...step, id }, action);
      if (why === null) continue;
      restarted.push(...behind);
      reasons.push(`${id} no longer stands: ${why}`);
    }
  }
  const again = stepsToRepeat(plan, record, deps.actions, [...restarted, waited]);
  await recorder.append(record, [
    ...before,
    { type: 'HostTakenUp', host: host.name, again, reason: reasons.join('; ') },
  ]);
}

/** Null when it is proved to stand: what cannot be read does not pass for a shield. */
async function whyGone(work: HostWork, step: PlannedStep, action: ChangeAction): Promise<string | null> {
  const { deps, connection, recorder, pause } = work;
  throwIfPaused(pause);
  recorder.progress(work.host.name, step.id, 'looks whether it still stands');
  const time = new StepTime(deps.clock, LOOK_MS, pause);
  try {
    const context = stepContext({ ...work, check: true }, { stepId: step.id, attempt: 1, time });
    // What another run has taken over meanwhile comes back with the first session.
    await time.bound(context.session(), time.signal);
    const undos = openUndos(work).filter(({ uses }) => uses === step.uses);
    // The latest: an earlier run may have left one of another method under the same name.
    const undo = undos.findLast((one) => one.step === step.id) ?? (undos.length === 1 ? undos[0] : undefined);
    if (undo === undefined) return 'it was taken down';
    const proof = await time.bound(action.prove(context, undo.args, undo.prior), time.signal);
    return proof.proven ? null : (proof.error?.message ?? 'it is not in effect');
  } catch (thrown) {
    recorder.throwIfBroken();
    throwIfPaused(pause);
    await connection.dropIfLost(thrown);
    return toErrorRecord(thrown).message;
  } finally {
    time.end();
  }
}

/**
 * The steps from the shield to the end of its block, when the step that waited stands behind it in the same block; none
 * when the way has left the shield's block.
 */
function behindShield(listed: readonly PlannedNode[], shield: string, waited: string): readonly string[] {
  const nodes = withIncluded(listed);
  const at = nodes.findIndex((node) => node.id === shield);
  const behind = at < 0 ? [] : flattenSteps(nodes.slice(at)).map(({ id }) => id);
  if (behind.includes(waited)) return behind;
  for (const node of nodes) {
    if (node.kind === 'step') continue;
    for (const part of [node.block, node.rescue, node.always]) {
      const found = behindShield(part, shield, waited);
      if (found.length > 0) return found;
    }
  }
  return [];
}

/** What a file holds stands where it is included: that is no block of its own. */
function withIncluded(nodes: readonly PlannedNode[]): readonly PlannedNode[] {
  return nodes.flatMap((node) =>
    node.kind === 'block' && node.include !== undefined ? withIncluded(node.block) : [node],
  );
}

interface Refs {
  readonly conditions: ReadonlySet<string>;
  /** Ids given as arguments (`against: health`): looks to compare with. */
  readonly compared: readonly string[];
}

/** In the plan's order. `begin` is done again in any case, as far as it was done. */
function stepsToRepeat(
  plan: Plan,
  record: HostRecord,
  actions: ActionCatalog,
  begin: readonly string[],
): readonly string[] {
  const steps = flattenSteps(plan.steps);
  const refs = referencesOf(plan, plan.steps, actions);
  const finished = (id: string) => record.steps.get(id)?.finished ?? null;
  const kindOf = (step: PlannedStep) => actions.get(step.uses)?.kind;
  const isLook = (step: PlannedStep) => kindOf(step) === 'read' && actions.get(step.uses)?.onController !== true;
  const reads = new Map(steps.filter(isLook).map((step) => [step.id, step]));
  const again = new Set(begin.filter((id) => finished(id) !== null));
  const kept = new Set(
    steps
      .flatMap((step) => refs.get(step.id)?.compared ?? [])
      .filter((id) => !again.has(id) && hasChangedSince(record, id)),
  );
  const isLeft = (step: PlannedStep) => {
    const end = finished(step.id);
    // What would have ended the host before it came here is asked once more.
    return end === null || again.has(step.id) || (kindOf(step) === 'control' && end.outcome === 'skipped');
  };
  const isWanted = (step: PlannedStep): boolean => {
    const end = finished(step.id);
    // What was done once for the wave is not done again for one host.
    if (end === null || again.has(step.id) || kept.has(step.id) || step.runOnce === true) return false;
    if (step.uses === 'host.facts') return true;
    const hangsOn = [...(refs.get(step.id)?.conditions ?? [])].some((id) => again.has(id));
    const isDecision = kindOf(step) === 'control' || kindOf(step) === 'operator' || end.outcome === 'skipped';
    if (hangsOn && isDecision) return true;
    return (
      reads.has(step.id) &&
      end.outcome !== 'skipped' &&
      steps.some((other) => isLeft(other) && refersTo(other, step.id))
    );
  };
  const refersTo = (step: PlannedStep, id: string): boolean => {
    const { conditions, compared } = refs.get(step.id) ?? { conditions: new Set(), compared: [] };
    return conditions.has(id) || compared.includes(id);
  };
  for (let size = -1; size !== again.size; ) {
    size = again.size;
    for (const step of steps) if (isWanted(step)) again.add(step.id);
  }
  return steps.filter((step) => again.has(step.id)).map((step) => step.id);
}

/** A look from before a change is what later ones are compared with. */
function hasChangedSince(record: HostRecord, id: string): boolean {
  const at = record.finishedOrder.indexOf(id);
  return (
    at >= 0 &&
    record.finishedOrder.slice(at + 1).some((later) => record.steps.get(later)?.finished?.outcome === 'changed')
  );
}

/** What each step refers to; the conditions of its blocks are its own. */
function referencesOf(
  plan: Plan,
  nodes: readonly PlannedNode[],
  actions: ActionCatalog,
  outer: readonly string[] = [],
): ReadonlyMap<string, Refs> {
  const found = new Map<string, Refs>();
  for (const node of nodes) {
    const behind = (expressions: readonly string[], templates: readonly Json[]): readonly string[] =>
      stepsBehind(varsAt(plan, node.id), { expressions, templates });
    const own = [...outer, ...behind(node.if === null ? [] : [node.if], [])];
    if (node.kind === 'block') {
      const inner = referencesOf(plan, [...node.block, ...node.rescue, ...node.always], actions, own);
      for (const [id, refs] of inner) found.set(id, refs);
      continue;
    }
    const list = loopUses(node);
    const until = node.until === null ? [] : [node.until];
    const used = behind([...until, ...list.expressions], [node.timeout, node.with, ...list.templates]);
    const action = actions.get(node.uses);
    found.set(node.id, {
      conditions: new Set([...own, ...used]),
      compared: action === undefined ? [] : stepIdArguments(action, node.with),
    });
  }
  return found;
}
