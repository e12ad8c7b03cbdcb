/**
 * YAML in Ansible's shape → groups and hosts, or every mistake in it at once. Pure: the caller reads the file and resolves
 * no secret here. Knows nothing of playbooks.
 */
import { didYouMean, type Place, readYaml, type YamlEntry, YamlReader } from '../util/index.ts';
import { readAnsibleSetting } from './ansible-names.ts';
import { readFurtherSources } from './further-sources.ts';
import { isHostName, SETTING_KEYS, SettingsBuilder } from './settings.ts';
import { emptyTree, type FurtherSource, groupOf, layersOf, readVars, type SourceRead } from './tree.ts';

const GROUP_KEYS = ['hosts', 'vars', 'children'] as const;
const HOST_KEYS = [...SETTING_KEYS, 'vars'] as const;
const GROUP_NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;
const MAX_DEPTH = 30;
const INI_SECTION = /^\s*\[[\p{L}_][^\]\s,]*\][ \t]*\r?$/mu;

/** @param folder absolute; relative paths in the file start there */
export function loadYaml(text: string, file: string, folder: string): SourceRead {
  const reader = new YamlReader(readYaml(text, file));
  const { root, source } = reader.yaml;
  const section = INI_SECTION.exec(text);
  if (section !== null && /^\s*(?:[#;].*\s*)*\[/.test(text)) {
    const at = section.index + section[0].indexOf('[');
    const hint = `let Ansible translate it: inventory: { command: [ansible-inventory, -i, ${file}, --list] }`;
    const problem = source.problem(at, source.lineEnd(at), "this is Ansible's INI format, which is not read", hint);
    return { tree: emptyTree(), problems: [problem], further: [] };
  }
  const loader = new InventoryLoader(reader, folder);
  if (root !== null) {
    const top = { start: 0, end: source.lineEnd(0) };
    for (const entry of reader.entries(root, top, 'an inventory') ?? []) loader.top(entry);
    loader.finish();
  }
  return { tree: loader.tree, problems: reader.problems, further: loader.further };
}

class InventoryLoader {
  readonly #reader: YamlReader;
  readonly #folder: string;
  readonly tree = emptyTree();
  further: readonly FurtherSource[] = [];
  readonly #groupPlaces = new Map<string, Place>();
  readonly #hostPlaces = new Map<string, Place>();

  constructor(reader: YamlReader, folder: string) {
    this.#reader = reader;
    this.#folder = folder;
  }

  /** A key of the file: `all`, `inventory`, another group, or `hosts`/`vars`/`children` as if they stood under `all`. */
  top(entry: YamlEntry): void {
    if ((GROUP_KEYS as readonly string[]).includes(entry.key)) this.#groupPart('all', entry, [], 0);
    else if (entry.key === 'all') this.#group(entry, [], 0);
    else if (entry.key === 'inventory') this.further = readFurtherSources(this.#reader, entry, this.#folder);
    else if (this.#isEmpty(entry) || this.#looksLikeGroup(entry)) {
      this.#group(entry, ['all'], 0);
      groupOf(this.tree, 'all').children.add(entry.key);
    } else {
      const hint = didYouMean(entry.key, ['all', 'hosts', 'inventory']);
      const message = `"${entry.key}" is neither a group nor "hosts"`;
      this.#reader.report(entry.keyPlace, message, hint || 'a group has hosts, vars or children');
    }
  }

  finish(): void {
    for (const [name, place] of this.#hostPlaces) {
      const group = this.#groupPlaces.get(name);
      if (group === undefined) continue;
      const { line } = this.#reader.yaml.source.position(group.start);
      this.#reader.report(place, `"${name}" is a host here and a group in line ${line}`, 'rename one of the two');
    }
    const byLowerCase = new Map<string, string>();
    for (const [name, place] of this.#hostPlaces) {
      const other = byLowerCase.get(name.toLowerCase());
      if (other !== undefined) this.#reader.report(place, `"${name}" and "${other}" would be the same Windows host`);
      byLowerCase.set(name.toLowerCase(), name);
    }
  }

  /** `name:` with nothing behind it. */
  #isEmpty(entry: YamlEntry): boolean {
    return entry.value === null || this.#reader.scalar(entry.value)?.value === null;
  }

  #looksLikeGroup(entry: YamlEntry): boolean {
    const value = this.#reader.resolve(entry.value);
    return value !== null && 'items' in value && 'has' in value;
  }

  #group(entry: YamlEntry, path: readonly string[], depth: number): void {
    const name = entry.key;
    if (!GROUP_NAME.test(name))
      this.#reader.report(entry.keyPlace, `"${name}" is not a name for a group`, 'letters, digits, _ and -');
    if (path.includes(name)) {
      this.#reader.report(entry.keyPlace, `the group "${name}" is inside itself`);
      return;
    }
    if (depth > MAX_DEPTH) {
      this.#reader.report(entry.keyPlace, `groups are nested deeper than ${MAX_DEPTH} levels`);
      return;
    }
    if (!this.#groupPlaces.has(name)) this.#groupPlaces.set(name, entry.keyPlace);
    groupOf(this.tree, name);
    if (this.#isEmpty(entry)) return;
    const rules = { what: 'group', known: GROUP_KEYS, foreign: GROUP_HINTS };
    const parts = this.#reader.map(entry.value, entry.place, rules);
    for (const part of parts?.values() ?? []) this.#groupPart(name, part, [...path, name], depth);
  }

  #groupPart(group: string, part: YamlEntry, path: readonly string[], depth: number): void {
    const own = groupOf(this.tree, group);
    if (this.#isEmpty(part)) return;
    const entries = this.#reader.entries(part.value, part.place, `"${part.key}"`) ?? [];
    if (part.key === 'vars') {
      own.layers.push(readVars(this.#reader, entries, this.#folder));
      return;
    }
    for (const entry of entries) {
      if (part.key === 'hosts') {
        if (this.#host(entry)) own.hosts.add(entry.key);
      } else {
        own.children.add(entry.key);
        this.#group(entry, path.length === 0 ? [group] : path, depth + 1);
      }
    }
  }

  #host(entry: YamlEntry): boolean {
    const name = entry.key;
    if (/[[\]]/.test(name)) {
      this.#reader.notYet(entry.keyPlace, 'a range of hosts', 'write one entry for each host');
      return false;
    }
    if (!isHostName(name)) {
      const hint = 'give it a name and write address: for the rest';
      this.#reader.report(entry.keyPlace, `"${name}" is not a name for a host`, hint);
      return false;
    }
    if (!this.#hostPlaces.has(name)) this.#hostPlaces.set(name, entry.keyPlace);
    const layers = layersOf(this.tree, name);
    if (this.#isEmpty(entry)) return true;
    const builder = new SettingsBuilder(this.#reader, this.#folder);
    const rules = { what: 'host', known: HOST_KEYS, foreign: HOST_HINTS };
    for (const field of this.#reader.entries(entry.value, entry.place, 'a host') ?? []) {
      if (field.key === 'vars') {
        const vars = this.#reader.entries(field.value, field.place, '"vars"') ?? [];
        layers.push(readVars(this.#reader, vars, this.#folder));
      } else if (builder.read(field) || readAnsibleSetting(this.#reader, field, this.#folder, builder)) continue;
      else this.#reader.unknownKey(field, rules);
    }
    layers.push(builder.layer({}));
    return true;
  }
}

const GROUP_HINTS: Readonly<Record<string, string>> = Object.fromEntries(
  SETTING_KEYS.map((key) => [key, 'write it under vars:']),
);
const HOST_HINTS: Readonly<Record<string, string>> = {
  hosts: 'a host holds no hosts: write them in a group',
};
