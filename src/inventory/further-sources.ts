/** `inventory:` in an inventory file: hosts that a program or a directory names. Reads what is asked for; runs nothing. */
import { isSeq } from 'yaml';
import { parseDuration, placeOf, type YamlEntry, type YamlReader } from '../util/index.ts';
import { readArguments } from './password.ts';
import type { ActiveDirectorySource, FurtherSource } from './tree.ts';

const STANDARD_TIMEOUT_MS = 60_000;
const AD_KEYS = ['through', 'searcher', 'base', 'filter', 'groups_by', 'include_disabled', 'max_age'];
const DAY_MS = 86_400_000;

/** One source, or a list of them. Mistakes are reported to the reader. */
export function readFurtherSources(reader: YamlReader, entry: YamlEntry, folder: string): readonly FurtherSource[] {
  if (!isSeq(reader.resolve(entry.value))) return readSource(reader, entry, folder);
  return (reader.list(entry.value, entry.place, '"inventory"') ?? []).flatMap((node) =>
    readSource(reader, { ...entry, value: node, place: placeOf(node) }, folder),
  );
}

function readSource(reader: YamlReader, entry: YamlEntry, folder: string): readonly FurtherSource[] {
  const rules = { what: 'source of hosts', known: ['command', 'timeout', 'active_directory'] };
  const fields = reader.map(entry.value, entry.place, rules);
  if (fields === null) return [];
  const command = fields.get('command');
  const directory = fields.get('active_directory');
  if ((command === undefined) === (directory === undefined)) {
    reader.report(entry.keyPlace, 'a source of hosts is a command or an active_directory');
    return [];
  }
  if (directory !== undefined) return readActiveDirectory(reader, directory);
  const words = command === undefined ? null : readArguments(reader, command, folder);
  const timeout = fields.get('timeout');
  const timeoutMs = timeout === undefined ? STANDARD_TIMEOUT_MS : reader.duration(timeout);
  return words === null || timeoutMs === null ? [] : [{ kind: 'command', command: words, timeoutMs } as const];
}

function readActiveDirectory(reader: YamlReader, entry: YamlEntry): readonly ActiveDirectorySource[] {
  const fields = reader.map(entry.value, entry.place, { what: 'active_directory', known: AD_KEYS });
  if (fields === null) return [];
  const textOf = (key: string): string | null => {
    const field = fields.get(key);
    return field === undefined ? null : reader.string(field);
  };
  const through = textOf('through');
  if (through === null) {
    const hint = 'through: dc01, a host of this inventory, or winrm://user@dc01';
    if (!fields.has('through')) reader.reportMissing(entry.keyPlace, 'which domain member is to be asked?', hint);
    return [];
  }
  const searcher = textOf('searcher') ?? 'auto';
  const searchers = ['auto', 'module', 'adsi'] as const;
  const known = searchers.find((name) => name === searcher);
  if (known === undefined)
    reader.report(
      fields.get('searcher')?.place ?? entry.place,
      `unknown searcher "${searcher}"`,
      'auto, module or adsi',
    );
  const disabled = fields.get('include_disabled');
  return [
    {
      kind: 'active-directory',
      through,
      searcher: known ?? 'auto',
      base: textOf('base'),
      filter: readFilter(reader, fields.get('filter')),
      groupBy: readGroupBy(reader, fields.get('groups_by')),
      includeDisabled: disabled !== undefined && reader.boolean(disabled) === true,
      maxAgeDays: readMaxAge(reader, fields.get('max_age')),
    },
  ];
}

function readFilter(reader: YamlReader, entry: YamlEntry | undefined): string | null {
  const filter = entry === undefined ? null : reader.string(entry);
  if (entry === undefined || filter === null) return null;
  let depth = 0;
  const isBalanced = [...filter].every((character) => {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    return depth >= 0;
  });
  if (filter.startsWith('(') && filter.endsWith(')') && isBalanced && depth === 0) return filter;
  return reader.report(entry.place, 'this is not an LDAP filter', 'for example (operatingSystem=Windows Server*)');
}

function readGroupBy(reader: YamlReader, entry: YamlEntry | undefined): readonly ('ou' | 'os')[] {
  if (entry === undefined) return [];
  const value = reader.value(entry.value);
  const words = Array.isArray(value) ? value : [value];
  return words.flatMap((word) => {
    if (word === 'ou' || word === 'os') return [word];
    return reader.report(entry.place, '"groups_by" knows ou and os') ?? [];
  });
}

/** `90d`, in days. */
function readMaxAge(reader: YamlReader, entry: YamlEntry | undefined): number | null {
  const text = entry === undefined ? null : reader.string(entry);
  if (entry === undefined || text === null) return null;
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return Number(days);
  const ms = parseDuration(text);
  return ms === null ? reader.report(entry.place, '"max_age" is a time', 'write it as 90d') : ms / DAY_MS;
}
