/** Hosts on which steps are carried out for others (`on:`): found in the inventory and frozen with all that leads to them. Pure. */
import { FirebreakError, type Plan, type PlannedHost, type PlannedStep, type PlannedWave } from '../../domain/index.ts';
import type { Inventory } from '../../inventory/index.ts';
import { type ExpressionContext, interpolate, withVars } from '../../playbook/index.ts';
import { didYouMean } from '../../util/index.ts';
import { flattenSteps, varsAt } from '../plan-steps.ts';

/** Called with the step and what is wrong with it. */
type Refuse = (step: PlannedStep, message: string, hint: string) => FirebreakError;

/**
 * Those of them that the plan does not work on itself.
 * @param isChanging the plan changes hosts; else nothing can come into another's way
 */
export function targetsOf(
  plan: Pick<Plan, 'steps' | 'vars' | 'inputs' | 'waves'>,
  hosts: readonly PlannedHost[],
  inventory: Inventory,
  isChanging: boolean,
  refuse: Refuse,
): readonly PlannedHost[] {
  const planned = new Map(hosts.map((host) => [host.name, host]));
  const others = new Map<string, PlannedHost>();
  for (const step of flattenSteps(plan.steps)) {
    if (step.on === undefined) continue;
    for (const host of hosts) {
      const name = nameOf(plan, step, step.on, host);
      if (name === null || name === host.name) continue;
      const here = planned.get(name);
      if (here !== undefined) {
        if (isChanging) refuseInTheWay(step, host, here, plan.waves, refuse);
        continue;
      }
      const other = inventory.hosts.find((one) => one.name === name);
      if (other === undefined) {
        const hint = didYouMean(
          name,
          inventory.hosts.map((one) => one.name),
        );
        throw refuse(
          step,
          `"on" gives ${name} for ${host.name}, which is not in the inventory`,
          hint || 'add it to the inventory; a host that is only helped by need not match "hosts"',
        );
      }
      // In no wave: it is not worked on.
      others.set(name, { ...other, wave: -1, set: null });
    }
  }
  return [...others.values()];
}

/** Null: it cannot be said before the step runs, if it ever does (a host without the variable). */
function nameOf(
  plan: Pick<Plan, 'steps' | 'vars' | 'inputs'>,
  step: PlannedStep,
  on: string,
  host: PlannedHost,
): string | null {
  const context: ExpressionContext = {
    inputs: plan.inputs,
    vars: host.vars,
    host: { name: host.name, address: host.address, port: host.port, transport: host.transport },
    facts: {},
    groups: host.groups,
    steps: {},
  };
  try {
    const name = interpolate(on, withVars(context, varsAt(plan, step.id)));
    return typeof name === 'string' && name !== '' ? name : null;
  } catch (thrown) {
    if (thrown instanceof FirebreakError) return null;
    throw thrown;
  }
}

/** A host that is restarted while others need it takes their steps down. */
function refuseInTheWay(
  step: PlannedStep,
  host: PlannedHost,
  target: PlannedHost,
  waves: readonly PlannedWave[],
  refuse: Refuse,
): void {
  const isApart = target.wave !== host.wave || (host.set !== null && host.set === target.set);
  if (isApart) return;
  throw refuse(
    step,
    `the step of ${host.name} runs on ${target.name}, which is in the same wave (${waves[host.wave]?.name ?? ''})`,
    `give ${target.name} a wave of its own: waves: [{ name: helpers, hosts: "${target.name}" }, { name: rest, size: rest }], or leave it out: --limit 'all:!${target.name}'`,
  );
}
