/** Which hosts a pattern means. Terms count as Ansible counts them: first all plain ones, then `&`, then `!`. */
import { FirebreakError } from '../domain/index.ts';
import { didYouMean, isTargetUri, type PatternTerm, parsePattern } from '../util/index.ts';
import type { Inventory, InventoryHost } from './model.ts';

/**
 * The hosts that match the pattern and, when given, the limit too, in the inventory's order.
 * @throws FB_USAGE (not a pattern), FB_NO_HOSTS (unknown names, all of them at once; or nothing is left)
 */
export function selectHosts(inventory: Inventory, pattern: string, limit?: string): readonly InventoryHost[] {
  const wanted = matchHosts(inventory, pattern);
  const limited = limit === undefined ? wanted : matchHosts(inventory, limit);
  const hosts = inventory.hosts.filter(({ name }) => wanted.has(name) && limited.has(name));
  if (hosts.length > 0) return hosts;
  const what = limit === undefined ? `"${pattern}"` : `"${pattern}" limited to "${limit}"`;
  throw new FirebreakError('FB_NO_HOSTS', `no host of ${inventory.file} matches ${what}`, {
    remedy: 'list what there is: firebreak inventory',
  });
}

/**
 * Names of the hosts that a pattern means; may be none.
 * @throws FB_USAGE, FB_NO_HOSTS (unknown names)
 */
export function matchHosts(inventory: Inventory, pattern: string): ReadonlySet<string> {
  const named = splitTargets(pattern);
  const uris = new Set(named.uris.flatMap((uri) => inventory.uris?.get(uri) ?? []));
  // Names as they are: those of targets may hold a port.
  const targets = new Set(inventory.uris?.values());
  const pieces = named.pattern.split(',');
  for (const piece of pieces) if (targets.has(piece)) uris.add(piece);
  const rest = pieces.filter((piece) => !targets.has(piece));
  if (rest.join('') === '' && uris.size > 0) return uris;
  const parsed = parsePattern(rest.join(','));
  if (!parsed.ok) throw new FirebreakError('FB_USAGE', parsed.message, { remedy: parsed.hint });
  const names = new Set(inventory.hosts.map(({ name }) => name));
  const unknown = parsed.terms.filter((term) => !isKnown(term, inventory, names));
  if (unknown.length > 0) throw unknownNames(unknown, inventory);
  const ofKind = (kind: PatternTerm['kind']): ReadonlySet<string>[] =>
    parsed.terms.filter((term) => term.kind === kind).map((term) => matching(term, inventory, names));
  const plain = [...(uris.size === 0 ? [] : [uris]), ...ofKind('add')];
  const excluded = ofKind('not');
  const required = ofKind('and');
  // A pattern of exclusions alone means all but those.
  const start = plain.length === 0 ? [names] : plain;
  const result = new Set<string>();
  for (const set of start) {
    for (const name of set) {
      if (required.every((other) => other.has(name)) && !excluded.some((other) => other.has(name))) result.add(name);
    }
  }
  return result;
}

/** `web*,winrm://a@b,winrm://c` → the URIs, and what is left as a pattern. */
export function splitTargets(text: string): { readonly uris: readonly string[]; readonly pattern: string } {
  const pieces = text.split(/[,\s]+/).filter((piece) => piece !== '');
  return { uris: pieces.filter(isTargetUri), pattern: pieces.filter((piece) => !isTargetUri(piece)).join(',') };
}

function matching(term: PatternTerm, inventory: Inventory, names: ReadonlySet<string>): ReadonlySet<string> {
  if (isAll(term.name)) return names;
  if (!term.hasWildcard) return names.has(term.name) ? new Set([term.name]) : new Set(members(term.name, inventory));
  const found = new Set([...names].filter(term.matches));
  for (const [group, hosts] of inventory.groups) {
    if (term.matches(group)) for (const host of hosts) found.add(host);
  }
  return found;
}

function members(group: string, inventory: Inventory): readonly string[] {
  if (group !== 'ungrouped') return inventory.groups.get(group) ?? [];
  return (
    inventory.groups.get(group) ?? inventory.hosts.filter(({ groups }) => groups.length === 0).map(({ name }) => name)
  );
}

/** A name must exist even where it is excluded: a misspelt exclusion would treat hosts that must not be touched. */
function isKnown(term: PatternTerm, inventory: Inventory, names: ReadonlySet<string>): boolean {
  return (
    term.hasWildcard ||
    isAll(term.name) ||
    term.name === 'ungrouped' ||
    names.has(term.name) ||
    inventory.groups.has(term.name)
  );
}

function isAll(name: string): boolean {
  return name === 'all' || name === '*';
}

function unknownNames(terms: readonly PatternTerm[], inventory: Inventory): FirebreakError {
  const known = [...inventory.groups.keys(), ...inventory.hosts.map(({ name }) => name)];
  const shown = terms.slice(0, 10).map(({ name }) => {
    const hint = didYouMean(name, known);
    return hint === '' ? `"${name}"` : `"${name}" (${hint})`;
  });
  const more = terms.length > shown.length ? ` and ${terms.length - shown.length} more` : '';
  return new FirebreakError(
    'FB_NO_HOSTS',
    `no host or group of ${inventory.file} is named ${shown.join(', ')}${more}`,
    {
      remedy: 'list what there is: firebreak inventory',
      details: { unknown: terms.map(({ name }) => name) },
    },
  );
}
