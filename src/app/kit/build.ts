/** `firebreak kit build`: writes a kit for hosts that must not be connected. Touches no host. */

import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Advisory, heldBack, languageLetters, questionsOf } from '../../advisory/index.ts';
import { FirebreakError, type JsonObject, type PackageFile } from '../../domain/index.ts';
import { selectHosts } from '../../inventory/index.ts';
import { sha256Hex, sha256Of } from '../../util/index.ts';
import { showAdvisory } from '../advisory.ts';
import { readInventory } from '../inventory/index.ts';
import { createPackageStore, ensurePackageFolder } from '../package-store.ts';
import { systemClock, systemRandom } from '../system-ports.ts';
import {
  type KitManifest,
  type KitTarget,
  MANIFEST,
  MAX_SERVICE_PACK,
  PACKAGES,
  RESULTS,
  SCRIPT,
  SUMS,
} from './model.ts';
import { readme, readmeJapanese } from './readme.ts';
import { kitScript, registryFiles } from './script.ts';
import { chooseSystems, fileOf, type KitSystem } from './systems.ts';

export interface KitRequest {
  /** Id or path. */
  readonly advisory: string;
  /** Names of systems; empty: all whose packages are in the folder, or those of the hosts. */
  readonly systems: readonly string[];
  /** Three letters each; empty: every language that is in the folder. */
  readonly languages: readonly string[];
  readonly packages: string;
  readonly to: string;
  /** Host pattern; the hosts' `vars.os` says which systems are needed. */
  readonly hosts: string | undefined;
  readonly inventory: readonly string[] | undefined;
  readonly dcomOff: boolean;
  readonly version: string;
}

export interface BuiltKit {
  readonly manifest: KitManifest;
  readonly folder: string;
  /** Packages that were not in the folder, though their system was not named. */
  readonly missing: readonly string[];
}

/**
 * @throws FB_USAGE (advisory on hold, unknown system or language, folder not empty), FB_PACKAGE_MISSING, FB_PACKAGE_HASH, FB_NO_HOSTS,
 * FB_ADVISORY_INVALID, FB_ENVIRONMENT (cannot be written)
 */
export async function buildKit(request: KitRequest): Promise<BuiltKit> {
  const advisory = await showAdvisory(request.advisory);
  const held = heldBack(advisory, systemClock.now());
  if (held !== null) {
    throw new FirebreakError('FB_USAGE', `no kit is built that would install this: ${held}`, {
      remedy: `take \`hold:\` out of the advisory first: firebreak advisory show ${request.advisory}`,
    });
  }
  const hosts = await hostsOf(request);
  const named = request.systems.length > 0 ? request.systems : hosts.systems;
  const systems = chooseSystems(advisory, named.length === 0 ? null : named);
  await ensurePackageFolder(request.packages);
  const wanted = wantedFiles(systems, languagesOf(request.languages));
  const { targets, files, missing } = await gather(request, wanted, named.length > 0);
  await prepareFolder(request.to);
  const manifest: KitManifest = {
    firebreak_kit: 1,
    id: systemRandom.id(8),
    builtAt: new Date().toISOString(),
    builtBy: `${userInfo().username}@${hostname()}`,
    version: request.version,
    advisory: { ...advisory },
    hosts: [...hosts.names],
    dcomOff: request.dcomOff,
    targets: [...targets],
  };
  try {
    await write(request.to, manifest, advisory, files);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new FirebreakError('FB_ENVIRONMENT', `the kit cannot be written to ${request.to} (${code})`, {
      remedy: 'name a folder with room for the packages that you may write to',
      cause,
    });
  }
  return { manifest, folder: request.to, missing };
}

/** Names of the chosen hosts, and the systems that their `vars.os` names. */
async function hostsOf({ hosts, inventory, systems }: KitRequest): Promise<{ names: string[]; systems: string[] }> {
  if (hosts === undefined) return { names: [], systems: [] };
  const read = await readInventory({ inventory, limit: hosts, isCheckOnly: true });
  const chosen = selectHosts(read, hosts);
  const os = chosen.map(({ name, vars }) => ({ name, os: vars['os'] }));
  const unknown = os.filter((host) => typeof host.os !== 'string');
  if (unknown.length > 0 && systems.length === 0) {
    throw new FirebreakError(
      'FB_USAGE',
      `the inventory does not say what ${unknown.map(({ name }) => name).join(', ')} run`,
      { remedy: 'give each `vars: { os: windows-2000-sp4 }`, or name the systems with --for' },
    );
  }
  const found = os.flatMap((host) => (typeof host.os === 'string' ? [host.os] : []));
  return { names: chosen.map(({ name }) => name), systems: [...new Set(found)] };
}

function languagesOf(given: readonly string[]): readonly string[] {
  const known = languageLetters();
  for (const letters of given) {
    if (known.includes(letters)) continue;
    throw new FirebreakError('FB_USAGE', `there is no language "${letters}"`, {
      remedy: `--language takes the letters in the names of packages: ${known.join(', ')}`,
    });
  }
  return given;
}

interface Wanted {
  readonly system: KitSystem;
  readonly language: string;
  readonly file: string;
  readonly lcids: readonly string[];
  /** Its language was named. */
  readonly isNamed: boolean;
}

function wantedFiles(systems: readonly KitSystem[], languages: readonly string[]): readonly Wanted[] {
  const all = languages.length === 0 ? languageLetters() : languages;
  return systems.flatMap((system) =>
    all.flatMap((language): Wanted[] => {
      const found = fileOf(system, language);
      return found === undefined ? [] : [{ system, language, ...found, isNamed: languages.length > 0 }];
    }),
  );
}

async function gather(
  { packages, advisory }: KitRequest,
  wanted: readonly Wanted[],
  areSystemsNamed: boolean,
): Promise<{ targets: readonly KitTarget[]; files: readonly PackageFile[]; missing: readonly string[] }> {
  const store = createPackageStore(packages);
  const there = await readdir(packages);
  const onDisk = (file: string): string | undefined => there.find((name) => name.toLowerCase() === file.toLowerCase());
  const targets: KitTarget[] = [];
  const files = new Map<string, PackageFile>();
  const missing: string[] = [];
  for (const { system, language, file, lcids, isNamed } of wanted) {
    const name = onDisk(file);
    if (name === undefined) {
      if (areSystemsNamed && isNamed) await store.find(file); // says what is missing, and what to do
      if (isNamed) missing.push(file);
      continue;
    }
    const found = await store.find(name);
    files.set(name, found);
    targets.push(targetOf(system, { language, lcids, found }));
  }
  for (const system of areSystemsNamed ? new Set(wanted.map((one) => one.system)) : []) {
    if (targets.some((target) => target.system === system.name)) continue;
    throw new FirebreakError('FB_PACKAGE_MISSING', `${packages} has no package of ${advisory} for ${system.name}`, {
      remedy: `it is called ${system.file}; see which languages there are, or leave the system out of --for`,
    });
  }
  if (targets.length === 0) {
    throw new FirebreakError('FB_PACKAGE_MISSING', `${packages} has no package of ${advisory} that a kit could carry`, {
      remedy: `see their names: firebreak advisory show ${advisory}`,
    });
  }
  return { targets, files: [...files.values()], missing };
}

function targetOf(
  { name, entry, version, arch, engine, switches }: KitSystem,
  { language, lcids, found }: { language: string; lcids: readonly string[]; found: PackageFile },
): KitTarget {
  return {
    system: name,
    os: entry.os,
    version,
    servicePacks: entry.sp === undefined ? null : servicePacksOf(entry.sp),
    product: entry.product ?? null,
    terminalServer: entry.terminal_server ?? null,
    arch,
    language,
    lcids: [...lcids],
    file: found.name,
    sha256: found.sha256,
    bytes: found.bytes,
    engine,
    switches: [...switches],
  };
}

/** Each by its number: the script compares texts. */
function servicePacksOf(given: NonNullable<KitSystem['entry']['sp']>): number[] {
  return given.flatMap((level) => {
    if (typeof level === 'number') return [level];
    const { from = 0, to = MAX_SERVICE_PACK } = level;
    return Array.from({ length: MAX_SERVICE_PACK + 1 }, (_, at) => at).filter((at) => at >= from && at <= to);
  });
}

async function prepareFolder(to: string): Promise<void> {
  const there = await readdir(to).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw new FirebreakError('FB_USAGE', `${to} is no folder that could be read (${thrown.code})`, {
      remedy: 'name a new or an empty folder with --to',
    });
  });
  if (there.length === 0) return;
  throw new FirebreakError('FB_USAGE', `the folder ${to} is not empty`, {
    remedy: 'name a new or an empty folder with --to; results of an earlier kit are never overwritten',
  });
}

async function write(
  to: string,
  manifest: KitManifest,
  advisory: Advisory,
  packages: readonly PackageFile[],
): Promise<void> {
  await mkdir(join(to, PACKAGES), { recursive: true });
  await mkdir(join(to, 'REG'));
  await mkdir(join(to, RESULTS));
  const sums = new Map<string, string>();
  for (const file of packages) {
    const path = join(to, PACKAGES, file.name);
    await pipeline(file.open(), createWriteStream(path, { flags: 'wx' }));
    // What was written, not what was read: the medium is what counts.
    const written = await sha256Of(path);
    if (written !== file.sha256) {
      throw new FirebreakError('FB_PACKAGE_HASH', `${path} was not written as it was read`, {
        remedy: 'the medium or its cable is bad: take another',
      });
    }
    sums.set(`${PACKAGES}/${file.name}`, written);
  }
  const entries = ownEntries(advisory, manifest);
  // Of the fix itself and of what contains it: those of earlier updates show nothing.
  const containing = entries.map((entry) => ({ ...entry, earlier: [] }));
  const { keys } = questionsOf({ ...advisory, affects: containing });
  const { files } = questionsOf({ ...advisory, affects: entries });
  const texts: readonly (readonly [string, string | Buffer])[] = [
    [MANIFEST, `${JSON.stringify(manifest as unknown as JsonObject, null, 1)}\n`],
    [SCRIPT, kitScript({ manifest, title: advisory.title, files, keys, infection: advisory.infection })],
    ['README.TXT', readme(manifest, advisory.title)],
    ['README-J.TXT', readmeJapanese(manifest)],
    ...[...registryFiles(manifest.id)].map(([name, text]) => [`REG/${name}`, text] as const),
  ];
  for (const [name, content] of texts) {
    await writeFile(join(to, name), content, { flag: 'wx' });
    sums.set(name, sha256Hex(content));
  }
  // The last: a kit without it was not finished.
  const listed = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sha256]) => `${sha256}  ${name}\n`);
  await writeFile(join(to, SUMS), listed.join(''), { flag: 'wx' });
}

/** Whose files the script looks at. */
function ownEntries(advisory: Advisory, manifest: KitManifest): Advisory['affects'] {
  const names = new Set(manifest.targets.map(({ os }) => os));
  return advisory.affects.filter(({ os }) => names.has(os));
}
