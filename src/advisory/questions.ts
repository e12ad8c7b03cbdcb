/** What must be asked of a host to judge it by an advisory. */
import { valuePath } from './conditions.ts';
import type { Advisory } from './schema.ts';
import { pathOfKey } from './seen.ts';

export interface EvidenceQuestions {
  readonly kbs: readonly string[];
  readonly keys: readonly string[];
  readonly files: readonly string[];
  readonly services: readonly string[];
  /** Key and name of registry values. */
  readonly values: readonly string[];
}

/** Every update, key and file that some entry names, each once. */
export function questionsOf(advisory: Advisory): EvidenceQuestions {
  const others = advisory.affects.flatMap((entry) => [...(entry.fixes ?? []), ...(entry.earlier ?? [])]);
  const all = [...advisory.affects, ...others];
  return {
    kbs: unique([...advisory.affects.flatMap((entry) => entry.kbs ?? []), ...others.map((update) => update.kb)]),
    keys: unique(
      all.flatMap((item) => (item.registry ?? []).map(pathOfKey)),
      true,
    ),
    files: unique(
      all.flatMap((item) => Object.keys(item.files ?? {})),
      true,
    ),
    services: advisory.if_service === undefined ? [] : [advisory.if_service],
    values: unique(
      advisory.conditions.flatMap((condition) => [...condition.values, ...(condition.unless ?? [])].map(valuePath)),
      true,
    ),
  };
}

function unique(values: readonly string[], isCaseless = false): string[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const name = isCaseless ? value.toLowerCase() : value;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
