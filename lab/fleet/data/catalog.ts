/**
 * All profiles and packages of a data folder, with each profile's bases merged in. Must not know the engine.
 */
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LabError } from '../errors.ts';
import {
  type CompleteProfile,
  completeProfileSchema,
  type FleetFile,
  type FleetHost,
  fleetSchema,
  type LabPackage,
  type Profile,
  packageSchema,
  packagesOf,
  profileSchema,
  type SessionConfigurations,
} from './schema.ts';
import { readYaml } from './yaml-file.ts';

export interface Catalog {
  readonly profiles: ReadonlyMap<string, CompleteProfile>;
  /** By the names of the files in packages/; one package for each language. */
  readonly packageFiles: ReadonlyMap<string, readonly LabPackage[]>;
}

/**
 * @param folder holds `profiles/` and `packages/`
 * @throws LabError `lab.data` naming file, line and column of what is wrong
 */
export function readCatalog(folder: string): Catalog {
  const packageFiles = new Map(
    yamlFiles(join(folder, 'packages')).map((file) => {
      const read = readYaml(file, packageSchema);
      checkName(file, read.package);
      return [read.package, packagesOf(read)] as const;
    }),
  );
  const raw = new Map<string, Profile>();
  for (const file of yamlFiles(join(folder, 'profiles'))) {
    const profile = readYaml(file, profileSchema);
    checkName(file, profile.profile);
    raw.set(profile.profile, profile);
  }
  const profiles = new Map<string, CompleteProfile>();
  for (const profile of raw.values()) {
    if (profile.abstract === true) continue;
    const complete = completeProfileSchema.safeParse(withBases(profile, raw, []));
    if (!complete.success) {
      const missing = complete.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
      throw new LabError('lab.data', `profile ${profile.profile} with its bases is not complete: ${missing}`);
    }
    checkReferences(complete.data, packageFiles);
    profiles.set(profile.profile, complete.data);
  }
  return { profiles, packageFiles };
}

/** @throws LabError `lab.data`, also for a profile or variant that the catalog has not */
export function readFleet(file: string, catalog: Catalog): FleetFile {
  const fleet = readYaml(file, fleetSchema);
  checkFleet(fleet, catalog, file);
  const folder = dirname(file);
  const { kerberos } = fleet;
  return {
    ...fleet,
    hosts: fleet.hosts.map(({ configurations, ...host }) =>
      configurations === undefined ? host : { ...host, configurations: withFolders(configurations, folder) },
    ),
    ...(kerberos === undefined ? {} : { kerberos: { ...kerberos, keytab: resolve(folder, kerberos.keytab) } }),
  };
}

function withFolders(configurations: SessionConfigurations, folder: string): SessionConfigurations {
  return Object.fromEntries(
    Object.entries(configurations).map(([name, configuration]) => [
      name,
      { ...configuration, modules: configuration.modules.map((module) => resolve(folder, module)) },
    ]),
  );
}

export function checkFleet(fleet: FleetFile, catalog: Catalog, file: string): void {
  const wrong = fleet.hosts.flatMap((host) => {
    const profile = catalog.profiles.get(host.profile);
    if (profile === undefined) {
      return [
        `${file}: host ${host.name}: unknown profile "${host.profile}" (there are ${[...catalog.profiles.keys()].join(', ')})`,
      ];
    }
    const variant = host.variant ?? profile.default;
    if (variant in profile.variants) return [...relayMistakes(host, profile, fleet, file)];
    const known = Object.keys(profile.variants).join(', ');
    return [`${file}: host ${host.name}: profile ${host.profile} has no variant "${variant}" (it has ${known})`];
  });
  if (wrong.length > 0) throw new LabError('lab.data', wrong.join('\n'));
}

/** What is not in the file alone: whether the machines can do what it wants of them. */
function* relayMistakes(host: FleetHost, profile: CompleteProfile, fleet: FleetFile, file: string): Iterable<string> {
  const at = `${file}: host ${host.name}: profile ${host.profile}`;
  if (profile.powershell !== undefined) {
    if (typeof host.relay === 'string') yield `${at} has PowerShell and needs no relay`;
    return;
  }
  if (host.relay === true) yield `${at} has no PowerShell and cannot be a relay`;
  if (host.ssh !== false || host.https) yield `${at} has no PowerShell: it cannot have ssh or https`;
  if (relayOf(host, profile, fleet) === undefined) {
    yield `${at} has no PowerShell: another host, such as one of windows-server-2019 with variant management, must say relay: true`;
  }
}

/** Name of the host that this one is reached through; undefined: it is reached directly. */
export function relayOf(host: FleetHost, profile: CompleteProfile, fleet: FleetFile): string | undefined {
  if (profile.powershell !== undefined) return undefined;
  return typeof host.relay === 'string' ? host.relay : fleet.hosts.find(({ relay }) => relay === true)?.name;
}

/** The packages that these machines' installers know, each once. */
export function packagesOfFleet(fleet: FleetFile, catalog: Catalog): readonly LabPackage[] {
  const names = new Set(fleet.hosts.flatMap(({ profile }) => catalog.profiles.get(profile)?.accepts ?? []));
  return [...catalog.packageFiles].flatMap(([name, packages]) => (names.has(name) ? packages : []));
}

function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
}

function checkName(file: string, name: string): void {
  if (!file.endsWith(`${name}.yaml`)) throw new LabError('lab.data', `${file}: is named "${name}" inside`);
}

function withBases(profile: Profile, all: ReadonlyMap<string, Profile>, below: readonly string[]): Profile {
  if (profile.base === undefined) return profile;
  const base = all.get(profile.base);
  if (base === undefined) throw new LabError('lab.data', `profile ${profile.profile}: unknown base "${profile.base}"`);
  const path = [...below, profile.profile];
  if (path.includes(base.profile)) {
    throw new LabError(
      'lab.data',
      `profile ${profile.profile}: is its own base (${[...path, base.profile].join(' > ')})`,
    );
  }
  const { abstract: _, ...inherited } = withBases(base, all, path);
  return { ...mergeMachine(inherited, profile), profile: profile.profile };
}

function checkReferences(profile: CompleteProfile, packageFiles: Catalog['packageFiles']): void {
  for (const name of profile.accepts) {
    if (!packageFiles.has(name)) {
      throw new LabError('lab.data', `profile ${profile.profile}: unknown package "${name}"`);
    }
  }
  if (!(profile.default in profile.variants)) {
    throw new LabError('lab.data', `profile ${profile.profile}: its default "${profile.default}" is no variant`);
  }
}

const ADDED_LISTS = new Set(['hotfixes', 'accepts', 'processes']);

/**
 * The one rule of merging, for base → profile and profile → variant: maps are merged key by key, lists of hotfixes,
 * accepted packages and processes are added, anything else is replaced; null in the registry takes the value away (resolve.ts drops it).
 */
export function mergeMachine<Base extends object, Top extends object>(base: Base, top: Top): Base & Top {
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(base));
  for (const [key, value] of Object.entries(top)) {
    const below = merged[key];
    if (value === undefined) continue;
    if (ADDED_LISTS.has(key) && Array.isArray(below) && Array.isArray(value)) merged[key] = [...below, ...value];
    else merged[key] = isMap(below) && isMap(value) && !isWhole(value) ? mergeMachine(below, value) : value;
  }
  return merged as Base & Top;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A typed registry value is one value, not a map of values; so is a variant, which stands for itself. */
function isWhole(value: Record<string, unknown>): boolean {
  return ('type' in value && 'value' in value) || 'summary' in value;
}
