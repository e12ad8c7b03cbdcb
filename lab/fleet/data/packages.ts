/**
 * Which package is meant on which machine, and what it changes there. Must not know the engine's shapes.
 */
import { LabError } from '../errors.ts';
import type { Catalog } from './catalog.ts';
import type { Applies, CompleteProfile, LabPackage } from './schema.ts';

/** What of a machine decides whether a package fits. */
type Fitting = Pick<CompleteProfile, 'profile' | 'os'>;

/** All that the machine's installers know, in the order of the profile; a name stands for all its languages. */
export function acceptedPackages(profile: Pick<CompleteProfile, 'accepts'>, catalog: Catalog): LabPackage[] {
  return profile.accepts.flatMap((name) => catalog.packageFiles.get(name) ?? []);
}

/**
 * @param name of the package with its language, or a KB: then the first that fits the machine
 * @throws LabError `lab.data` when there is none
 */
export function findPackage(name: string, packages: readonly LabPackage[], machine: Fitting): LabPackage {
  const found = packages.find((of) => (of.kb === name ? isFor(of, machine) : of.package === name));
  if (found === undefined)
    throw new LabError('lab.data', `profile ${machine.profile}: accepts no package ${name} that fits it`);
  return found;
}

/** The package's changes on this machine: of the branch that fits, with its own values for the rest. */
export function changesFor(of: LabPackage, machine: Fitting): Pick<LabPackage, 'hotfix' | 'effects' | 'at_boot'> {
  const branch = of.branches?.find(({ when }) => fits(when, machine));
  const changes = { hotfix: of.hotfix, effects: of.effects, at_boot: of.at_boot };
  return withoutUndefined({ ...changes, ...branch });
}

function isFor(of: LabPackage, machine: Fitting): boolean {
  return (of.language === undefined || of.language === machine.os.language) && fits(of.applies, machine);
}

function fits(applies: Applies, { os }: Fitting): boolean {
  const suites = os.suites ?? [];
  return (
    isIn(applies.builds, Number(os.version.split('.')[2])) &&
    isIn(applies.arch, os.arch) &&
    isIn(applies.service_packs, os.service_pack) &&
    isIn(applies.product_types, os.product_type) &&
    (applies.suites ?? []).every((suite) => suites.includes(suite)) &&
    !(applies.no_suites ?? []).some((suite) => suites.includes(suite)) &&
    (applies.platform === undefined || applies.platform === (os.platform ?? 'at'))
  );
}

function isIn<Value>(allowed: readonly Value[] | undefined, value: Value): boolean {
  return allowed === undefined || allowed.includes(value);
}

function withoutUndefined(
  changes: {
    readonly [Key in 'hotfix' | 'effects' | 'at_boot']: LabPackage[Key] | undefined;
  },
): Pick<LabPackage, 'hotfix' | 'effects' | 'at_boot'> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
