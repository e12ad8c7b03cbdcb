/** The groups and hosts that a source names, before anything is inherited; trees of several sources are put together. */

import type { Json, JsonObject } from '../domain/index.ts';
import { nearest, type SourceProblem, type YamlEntry, type YamlReader } from '../util/index.ts';
import { readAnsibleSetting } from './ansible-names.ts';
import { type Layer, SETTING_KEYS, SettingsBuilder } from './settings.ts';

interface GroupNode {
  readonly layers: Layer[];
  readonly hosts: Set<string>;
  readonly children: Set<string>;
}

/** Groups by name with `all` at the root, and the layers of each host; in order of appearance, free of cycles. */
export interface GroupTree {
  readonly groups: Map<string, GroupNode>;
  readonly hosts: Map<string, Layer[]>;
}

export function emptyTree(): GroupTree {
  return { groups: new Map([['all', { layers: [], hosts: new Set(), children: new Set() }]]), hosts: new Map() };
}

export function groupOf(tree: GroupTree, name: string): GroupNode {
  const known = tree.groups.get(name);
  if (known !== undefined) return known;
  const made: GroupNode = { layers: [], hosts: new Set(), children: new Set() };
  tree.groups.set(name, made);
  return made;
}

export function layersOf(tree: GroupTree, host: string): Layer[] {
  const known = tree.hosts.get(host);
  if (known !== undefined) return known;
  const made: Layer[] = [];
  tree.hosts.set(host, made);
  return made;
}

/** Later trees win over earlier ones. A host written in another case is the one that is there already. */
export function mergeTrees(trees: readonly GroupTree[]): GroupTree {
  const merged = emptyTree();
  const byLowerCase = new Map<string, string>();
  const known = (host: string): string => {
    const name = byLowerCase.get(host.toLowerCase()) ?? host;
    byLowerCase.set(host.toLowerCase(), name);
    return name;
  };
  for (const tree of trees) {
    for (const [host, layers] of tree.hosts) layersOf(merged, known(host)).push(...layers);
    for (const [name, group] of tree.groups) {
      const into = groupOf(merged, name);
      into.layers.push(...group.layers);
      for (const host of group.hosts) into.hosts.add(known(host));
      for (const child of group.children) into.children.add(child);
    }
  }
  return merged;
}

/** Each group that, across the sources, is inside itself. */
export function groupsInsideThemselves(tree: GroupTree): readonly string[] {
  const wrong: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: ReadonlySet<string>): void => {
    if (path.has(name)) {
      wrong.push(name);
      return;
    }
    if (done.has(name)) return;
    const inner = new Set([...path, name]);
    for (const child of tree.groups.get(name)?.children ?? []) visit(child, inner);
    done.add(name);
  };
  for (const name of tree.groups.keys()) visit(name, new Set());
  return [...new Set(wrong)];
}

/** Settings and free variables in one map, as Ansible has it. */
export function readVars(reader: YamlReader, entries: readonly YamlEntry[], folder: string): Layer {
  const builder = new SettingsBuilder(reader, folder);
  const vars: { [name: string]: Json } = {};
  for (const variable of entries) {
    if (builder.read(variable) || readAnsibleSetting(reader, variable, folder, builder)) continue;
    if (misspeltSetting(variable.key) !== null) {
      const meant = misspeltSetting(variable.key) ?? '';
      const message = `"${variable.key}" is too near to the setting "${meant}"`;
      reader.report(variable.keyPlace, message, `did you mean "${meant}"?`);
    } else vars[variable.key] = reader.value(variable.value);
  }
  return builder.layer(vars as JsonObject);
}

/** The setting that was meant: misspelt it would be taken for a variable and silently have no effect. */
export function misspeltSetting(name: string): string | null {
  const meant = SETTING_KEYS.includes(name) ? null : nearest(name, SETTING_KEYS);
  return meant !== null && meant.length >= 7 && Math.abs(meant.length - name.length) <= 1 ? meant : null;
}

/** What a source gave: its hosts, and other sources that it names. */
export interface SourceRead {
  readonly tree: GroupTree;
  readonly problems: readonly SourceProblem[];
  readonly further: readonly FurtherSource[];
}

/** Hosts that are not in the file itself. Paths are absolute. */
export type FurtherSource =
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly timeoutMs: number }
  | ActiveDirectorySource;

export interface ActiveDirectorySource {
  readonly kind: 'active-directory';
  /** Target URI, or a host of the inventory. */
  readonly through: string;
  /** `auto`: the module when it is there. */
  readonly searcher: 'auto' | 'module' | 'adsi';
  /** Distinguished name; the domain when absent. */
  readonly base: string | null;
  /** LDAP filter, joined to that for computers. */
  readonly filter: string | null;
  /** Groups are made of these. */
  readonly groupBy: readonly ('ou' | 'os')[];
  readonly includeDisabled: boolean;
  /** Computers that have not logged on for longer are left out; null = none is. */
  readonly maxAgeDays: number | null;
}
