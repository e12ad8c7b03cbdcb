/**
 * YAML in Ansible's shape → inventory, or every mistake in it at once. Pure: the caller reads the file and resolves
 * no secret here. Knows nothing of playbooks.
 */
import { FirebreakError, type Json, type JsonObject } from '../domain/index.ts';
import {
  didYouMean,
  nearest,
  type Place,
  readYaml,
  type SourceProblem,
  type YamlEntry,
  YamlReader,
} from '../util/index.ts';
import type { ConnectionOverrides, Inventory } from './model.ts';
import { type GroupTree, resolveHosts } from './resolve.ts';
import { ANSIBLE_WORDS, isHostName, type Layer, readSettings, SETTING_KEYS, SETTING_KEYS_LATER } from './settings.ts';

const GROUP_KEYS = ['hosts', 'vars', 'children'] as const;
const HOST_KEYS = [...SETTING_KEYS, 'vars'] as const;
const GROUP_NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;
const MAX_DEPTH = 30;

/**
 * @param overrides settings from the command line, which win over the file
 * @throws FB_INVENTORY_INVALID with `details: SourceProblem[]`, sorted by place
 */
export function loadInventory(text: string, file: string, overrides: ConnectionOverrides = {}): Inventory {
  const reader = new YamlReader(readYaml(text, file));
  const loader = new InventoryLoader(reader);
  const { root, source } = reader.yaml;
  if (root !== null) {
    const top = { start: 0, end: source.lineEnd(0) };
    for (const entry of reader.entries(root, top, 'an inventory') ?? []) loader.top(entry);
    loader.finish();
  }
  const { problems } = reader;
  if (problems.length > 0) throw invalidInventory(file, problems);
  return resolveHosts(file, loader.tree, overrides);
}

export function invalidInventory(file: string, problems: readonly SourceProblem[]): FirebreakError {
  const [first] = problems;
  const where = first === undefined ? file : `${first.file}:${first.line}:${first.column}: ${first.message}`;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new FirebreakError('FB_INVENTORY_INVALID', `${where}${more}`, {
    remedy: `correct the inventory ${file}`,
    details: problems,
  });
}

class InventoryLoader {
  readonly #reader: YamlReader;
  readonly tree: GroupTree = { groups: new Map(), hosts: new Map() };
  readonly #groupPlaces = new Map<string, Place>();
  readonly #hostPlaces = new Map<string, Place>();

  constructor(reader: YamlReader) {
    this.#reader = reader;
    this.tree.groups.set('all', { layers: [], hosts: new Set(), children: new Set() });
  }

  /** A key of the file: `all`, another group, or `hosts`/`vars`/`children` as if they stood under `all`. */
  top(entry: YamlEntry): void {
    if ((GROUP_KEYS as readonly string[]).includes(entry.key)) this.#groupPart('all', entry, [], 0);
    else if (entry.key === 'all') this.#group(entry, [], 0);
    else if (this.#isEmpty(entry) || this.#looksLikeGroup(entry)) {
      this.#group(entry, ['all'], 0);
      this.tree.groups.get('all')?.children.add(entry.key);
    } else {
      const rules = { what: 'inventory', known: ['all', 'hosts'], foreign: ANSIBLE_WORDS };
      const hint = didYouMean(entry.key, rules.known);
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
    if (!this.tree.groups.has(name)) {
      this.tree.groups.set(name, { layers: [], hosts: new Set(), children: new Set() });
    }
    if (this.#isEmpty(entry)) return;
    const rules = { what: 'group', known: GROUP_KEYS, foreign: GROUP_HINTS };
    const parts = this.#reader.map(entry.value, entry.place, rules);
    for (const part of parts?.values() ?? []) this.#groupPart(name, part, [...path, name], depth);
  }

  #groupPart(group: string, part: YamlEntry, path: readonly string[], depth: number): void {
    const own = this.tree.groups.get(group);
    if (this.#isEmpty(part) || own === undefined) return;
    if (part.key === 'vars') {
      own.layers.push(this.#vars(part));
      return;
    }
    for (const entry of this.#reader.entries(part.value, part.place, `"${part.key}"`) ?? []) {
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
      this.#reader.report(
        entry.keyPlace,
        `"${name}" is not a name for a host`,
        'give it a name and write address: for the rest',
      );
      return false;
    }
    if (!this.#hostPlaces.has(name)) this.#hostPlaces.set(name, entry.keyPlace);
    const layers = this.tree.hosts.get(name) ?? [];
    this.tree.hosts.set(name, layers);
    if (this.#isEmpty(entry)) return true;
    const rules = { what: 'host', known: HOST_KEYS, later: SETTING_KEYS_LATER, foreign: HOST_HINTS };
    const fields = this.#reader.map(entry.value, entry.place, rules);
    if (fields === null) return true;
    const varsEntry = fields.get('vars');
    if (varsEntry !== undefined) layers.push(this.#vars(varsEntry));
    layers.push({ settings: readSettings(this.#reader, [...fields.values()]), vars: {} });
    return true;
  }

  /** Settings and free variables in one map, as Ansible has it. */
  #vars(entry: YamlEntry): Layer {
    const entries = this.#reader.entries(entry.value, entry.place, '"vars"') ?? [];
    const vars: { [name: string]: Json } = {};
    for (const variable of entries) {
      if ((SETTING_KEYS as readonly string[]).includes(variable.key)) continue;
      if ((SETTING_KEYS_LATER as readonly string[]).includes(variable.key)) {
        this.#reader.notYet(variable.keyPlace, `"${variable.key}"`);
      } else if (Object.hasOwn(ANSIBLE_WORDS, variable.key)) {
        this.#reader.report(variable.keyPlace, `"${variable.key}" is Ansible's`, ANSIBLE_WORDS[variable.key] ?? '');
      } else if (isMisspelt(variable.key)) {
        const meant = nearest(variable.key, SETTING_KEYS) ?? '';
        this.#reader.report(
          variable.keyPlace,
          `"${variable.key}" is too near to the setting "${meant}"`,
          `did you mean "${meant}"?`,
        );
      } else vars[variable.key] = this.#reader.value(variable.value);
    }
    return { settings: readSettings(this.#reader, entries), vars: vars as JsonObject };
  }
}

/** A misspelt setting would be taken for a variable and silently have no effect. */
function isMisspelt(name: string): boolean {
  const meant = nearest(name, SETTING_KEYS);
  return meant !== null && meant.length >= 7 && Math.abs(meant.length - name.length) <= 1;
}

const MOVE_TO_VARS = 'write it under vars:';
const GROUP_HINTS: Readonly<Record<string, string>> = Object.fromEntries(
  SETTING_KEYS.map((key) => [key, MOVE_TO_VARS]),
);
const HOST_HINTS: Readonly<Record<string, string>> = {
  ...ANSIBLE_WORDS,
  hosts: 'a host holds no hosts: write them in a group',
};
