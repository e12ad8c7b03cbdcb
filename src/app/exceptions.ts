/** `--exceptions FILE`: which hosts are left as they are, for how long, and who answers for that. */
import { FirebreakError, type JsonObject, type PlannedException } from '../domain/index.ts';
import { type Inventory, matchHosts } from '../inventory/index.ts';
import { didYouMean } from '../util/index.ts';
import { listAdvisories } from './advisory.ts';
import { type ExceptionEntry, loadExceptions, throwIfWrong, whereOf } from './exceptions-file.ts';
import { readText } from './files.ts';

export interface ReadExceptions {
  /** One a host at most: the one that holds longest. */
  readonly held: readonly PlannedException[];
  /** One line each: entries that have run out, and those whose advisory nobody knows. */
  readonly warnings: readonly string[];
}

export interface ExceptionScope {
  readonly inventory: Inventory;
  /** The plan's; without one no exception holds. */
  readonly advisory: JsonObject | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A name of a host or group that the inventory does not have is a mistake in an entry that would hold now: a typing error would
 * otherwise have the very host worked on that must be left alone.
 *
 * @throws FB_EXCEPTIONS_INVALID with `details: SourceProblem[]`, FB_FILE_MISSING
 */
export async function readExceptions(file: string, scope: ExceptionScope): Promise<ReadExceptions> {
  const { entries, reader } = loadExceptions(await readText(file, 'exceptions file'), file);
  const own = scope.advisory?.['advisory'];
  const known = new Set([
    ...(await listAdvisories()).map(({ advisory }) => advisory),
    ...(typeof own === 'string' ? [own] : []),
  ]);
  const warnings: string[] = [];
  const held = new Map<string, PlannedException>();
  const warn = (place: ExceptionEntry['untilPlace'], text: string): void => {
    const { line, column } = reader.yaml.source.position(place.start);
    warnings.push(`${whereOf({ file, line, column })}: ${text}`);
  };
  for (const entry of entries) {
    const { advisory, endsAt, hosts } = entry;
    if (!known.has(advisory)) {
      const hint = didYouMean(advisory, [...known]);
      const said = hint === '' ? '' : ` (${hint})`;
      warn(
        entry.advisoryPlace,
        `there is no advisory "${advisory}" here${said}: the exception holds for no run of a shipped one`,
      );
    }
    if (endsAt <= scope.now) {
      warn(entry.untilPlace, `the exception of ${hosts} from ${advisory} ran out (${entry.until}) and is ignored`);
      continue;
    }
    if (advisory !== own) continue;
    for (const host of hostsOf(entry, scope.inventory, (text, hint) => reader.report(entry.hostsPlace, text, hint))) {
      const before = held.get(host);
      if (before === undefined || Date.parse(before.endsAt) < endsAt) held.set(host, plannedOf(entry, host));
    }
  }
  throwIfWrong(reader, file);
  return { held: [...held.values()], warnings };
}

function hostsOf(
  { hosts }: ExceptionEntry,
  inventory: Inventory,
  report: (message: string, hint: string) => void,
): Iterable<string> {
  try {
    return matchHosts(inventory, hosts);
  } catch (thrown) {
    if (!(thrown instanceof FirebreakError)) throw thrown;
    report(thrown.message, thrown.remedy || 'correct the pattern, or take the exception out');
    return [];
  }
}

function plannedOf(
  { advisory, reason, approvedBy, until, endsAt, ticket }: ExceptionEntry,
  host: string,
): PlannedException {
  return { host, advisory, reason, approvedBy, until, endsAt: new Date(endsAt).toISOString(), ticket };
}
