/** Which entries of an advisory a system may be. What could not be read leaves more than one possible. */
import type { SystemEvidence } from './evidence.ts';
import type { Advisory } from './schema.ts';
import type { AffectedSystem } from './schema-affected.ts';

/**
 * The entry that decides for a system, the first that matches; undefined when none does, or when something unreadable
 * leaves more than one possible.
 */
export function affectedSystem(
  advisory: Advisory,
  build: number,
  system: SystemEvidence | undefined,
): AffectedSystem | undefined {
  const possible = possibleSystems(advisory, build, system);
  return possible.length === 1 ? possible[0] : undefined;
}

/** Every entry that could be the first match, given what could be read. */
export function possibleSystems(
  advisory: Advisory,
  build: number,
  system: SystemEvidence | undefined,
): readonly AffectedSystem[] {
  const possible: AffectedSystem[] = [];
  for (const entry of advisory.affects) {
    const match = matches(entry, build, system);
    if (match !== false) possible.push(entry);
    if (match === true) break;
  }
  return possible;
}

/** Null: cannot be told. */
function matches(entry: AffectedSystem, build: number, system: SystemEvidence | undefined): boolean | null {
  const answers = [
    isInRanges(entry.builds, build),
    entry.version === undefined ? true : same(entry.version, system?.version),
    entry.sp === undefined ? true : mapKnown(system?.servicePack, (sp) => isInRanges(entry.sp!, sp)),
    entry.product === undefined ? true : same(entry.product, system?.product),
    entry.terminal_server === undefined ? true : same(entry.terminal_server, system?.terminalServer),
    entry.arch === undefined ? true : mapKnown(system?.arch, (arch) => entry.arch!.some((known) => known === arch)),
  ];
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

/** What could not be read of the things by which the entries of one build differ. */
export function unreadOf(entries: readonly AffectedSystem[], system: SystemEvidence | undefined): string {
  const asked: readonly (readonly [string, boolean, unknown])[] = [
    ['version', entries.some((entry) => entry.version !== undefined), system?.version],
    ['service pack', entries.some((entry) => entry.sp !== undefined), system?.servicePack],
    ['product type', entries.some((entry) => entry.product !== undefined), system?.product],
    ['edition', entries.some((entry) => entry.terminal_server !== undefined), system?.terminalServer],
    ['architecture', entries.some((entry) => entry.arch !== undefined), system?.arch],
  ];
  return asked
    .filter(([, isAsked, value]) => isAsked && (value === null || value === undefined))
    .map(([name]) => name)
    .join(', ');
}

function isInRanges(
  ranges: readonly (number | { from?: number | undefined; to?: number | undefined })[],
  value: number,
): boolean {
  return ranges.some((wanted) =>
    typeof wanted === 'number' ? wanted === value : value >= (wanted.from ?? 0) && value <= (wanted.to ?? value),
  );
}

function same<T>(wanted: T, value: T | null | undefined): boolean | null {
  return value === null || value === undefined ? null : value === wanted;
}

function mapKnown<T>(value: T | null | undefined, answer: (known: T) => boolean): boolean | null {
  return value === null || value === undefined ? null : answer(value);
}
