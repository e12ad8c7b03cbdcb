/** Traces of updates: lists, keys. Their presence tells what was installed, never that it is in effect; absence tells nothing. */
import type { PatchEvidence } from './evidence.ts';
import { judgeEstablished } from './floors.ts';
import type { AffectedSystem, OtherUpdate } from './schema-affected.ts';
import type { RegistryKey } from './schema-parts.ts';

/** CurrentState of a package that waits for the reboot, and of one that is installed. */
const LISTED_STATES: ReadonlySet<number> = new Set([96, 112]);

/** Name of the first trace of the entry's own updates, null when none was seen. */
export function ownTrace(entry: AffectedSystem, evidence: PatchEvidence, build: number): string | null {
  const listed = (entry.kbs ?? []).find((kb) => isListed(kb, evidence));
  if (listed !== undefined) return listed;
  const floor = entry.ubr ?? Number.POSITIVE_INFINITY;
  const rollup = evidence.rollups?.find(
    (item) => item.build === (entry.servicing_build ?? build) && item.ubr >= floor && LISTED_STATES.has(item.state),
  );
  if (rollup !== undefined) return `cumulative update ${rollup.build}.${rollup.ubr}`;
  return seenKey(entry.registry, evidence);
}

/** Another update of which a trace is there, or whose files are. */
export interface SeenUpdate {
  readonly name: string;
  /** Key or list; null: only its files were seen. */
  readonly trace: string | null;
  /** Its own files are in place; null: cannot be told. */
  readonly filesInPlace: boolean | null;
}

/** Those of the updates that were seen, in their order; one seen by its files first. */
export function seenUpdates(updates: readonly OtherUpdate[] | undefined, evidence: PatchEvidence): SeenUpdate[] {
  return (updates ?? []).flatMap((update) => {
    const trace = isListed(update.kb, evidence) ? update.kb : seenKey(update.registry, evidence);
    const state = judgeEstablished(update.files, evidence.files)?.state;
    const filesInPlace = state === 'fixed' ? true : state === 'below' || state === 'partial' ? false : null;
    if (trace === null && filesInPlace !== true) return [];
    return [{ name: update.title ?? update.kb, trace, filesInPlace }];
  });
}

/** The keys that count, of those that advisory data names. */
function countedKeys(keys: readonly RegistryKey[] | undefined): string[] {
  return (keys ?? []).flatMap((item) =>
    typeof item === 'string' ? [item] : item.confidence === 'm' ? [] : [item.key],
  );
}

export function pathOfKey(item: RegistryKey): string {
  return typeof item === 'string' ? item : item.key;
}

function isListed(kb: string, evidence: PatchEvidence): boolean {
  return evidence.updates.some((item) => item.kb === kb && (item.servicing === true || item.quickFix === true));
}

function seenKey(keys: readonly RegistryKey[] | undefined, evidence: PatchEvidence): string | null {
  const wanted = countedKeys(keys).map((key) => key.toLowerCase());
  return evidence.keys.find((item) => item.present === true && wanted.includes(item.key.toLowerCase()))?.key ?? null;
}
