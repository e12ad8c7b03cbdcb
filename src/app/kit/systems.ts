/**
 * Which systems of an advisory a kit can serve, under names that a person can type, and what their packages are. Pure but
 * for what it is told of the package folder.
 */
import { type Advisory, type AffectedSystem, languageIdsOf } from '../../advisory/index.ts';
import { FirebreakError } from '../../domain/index.ts';
import { didYouMean } from '../../util/index.ts';
import type { KitTarget } from './model.ts';

type Version = KitTarget['version'];

/** Build → what `ver` says; only systems that have no other way of being reached. */
const VERSIONS: ReadonlyMap<number, Version> = new Map([
  [1381, '4.0'],
  [2195, '5.0'],
  [2600, '5.1'],
  [3790, '5.2'],
]);

const USUAL_SWITCHES = { hotfix: ['/q', '/z'], update: ['/u', '/q', '/z'], update2: ['/quiet', '/norestart'] } as const;

export interface KitSystem {
  readonly name: string;
  readonly entry: AffectedSystem;
  readonly version: Version;
  readonly arch: KitTarget['arch'];
  readonly engine: KitTarget['engine'];
  readonly switches: readonly string[];
  /** File name of its package, with `{language}` where languages differ. */
  readonly file: string;
}

/** `Windows NT Server 4.0 SP6a` → `nt4-server-sp6a`, `Windows 2000 SP4` → `windows-2000-sp4`. */
function systemName(os: string): string {
  return os
    .toLowerCase()
    .replace(/^windows nt server 4\.0 terminal server edition/, 'nt4-tse')
    .replace(/^windows nt (server|workstation) 4\.0/, 'nt4-$1')
    .replace(/^windows server/, 'windows')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Every system that the advisory has a package for which a bare console can start. */
function kitSystems(advisory: Advisory): readonly KitSystem[] {
  return advisory.affects.flatMap((entry): KitSystem[] => {
    const [build] = entry.builds;
    const version = typeof build === 'number' ? VERSIONS.get(build) : undefined;
    if (entry.status !== 'affected' || version === undefined) return [];
    return (['x86', 'ia64'] as const).flatMap((arch): KitSystem[] => {
      const data = advisory.packages[entry.package?.[arch] ?? ''];
      if (data === undefined || typeof data.file !== 'string') return [];
      const { engine, args, file } = data;
      if (engine !== 'hotfix' && engine !== 'update' && engine !== 'update2') return [];
      const switches = args ?? USUAL_SWITCHES[engine];
      return [{ name: systemName(entry.os), entry, version, arch, engine, switches, file }];
    });
  });
}

/** @throws FB_USAGE for a name that the advisory does not know, naming those that it does */
export function chooseSystems(advisory: Advisory, names: readonly string[] | null): readonly KitSystem[] {
  const all = kitSystems(advisory);
  if (all.length === 0) {
    throw new FirebreakError(
      'FB_USAGE',
      `${advisory.advisory} has no package for a system that a kit can serve (NT 4.0 to Server 2003)`,
      { remedy: 'newer systems can be reached by PowerShell: firebreak run' },
    );
  }
  if (names === null) return all;
  const known = all.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known);
    const meant = hint === '' ? '' : `: ${hint}`;
    throw new FirebreakError('FB_USAGE', `${advisory.advisory} knows no system "${name}"${meant}`, {
      remedy: `--for takes ${known.join(', ')}`,
    });
  }
  return all.filter(({ name }) => names.includes(name));
}

/** The file of a system in a language; undefined when there is no such language. */
export function fileOf(system: KitSystem, letters: string): { file: string; lcids: readonly string[] } | undefined {
  const lcids = languageIdsOf(letters);
  if (lcids.length === 0) return undefined;
  return { file: system.file.replaceAll('{language}', letters), lcids };
}
