/**
 * What `ansible-inventory --list` and dynamic inventory scripts print → groups and hosts. JSON is YAML, so places are
 * known as in every inventory. Pure.
 */
import { readYaml, type YamlEntry, YamlReader } from '../util/index.ts';
import { isHostName } from './settings.ts';
import { emptyTree, type GroupTree, groupOf, layersOf, readVars, type SourceRead } from './tree.ts';

/** True for `_meta`, and for groups whose hosts or children are lists: the YAML shape has maps there. */
export function isAnsibleList(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null) return false;
  return (
    '_meta' in value ||
    Object.values(value).some(
      (group: unknown) =>
        Array.isArray(group) ||
        (typeof group === 'object' &&
          group !== null &&
          [(group as { hosts?: unknown }).hosts, (group as { children?: unknown }).children].some(Array.isArray)),
    )
  );
}

/** @param folder absolute; relative paths start there */
export function loadAnsibleList(text: string, file: string, folder: string): SourceRead {
  const reader = new YamlReader(readYaml(text, file));
  const tree = emptyTree();
  const top = { start: 0, end: 1 };
  for (const entry of reader.entries(reader.yaml.root, top, 'an inventory') ?? []) {
    if (entry.key === '_meta') readMeta(reader, entry, tree, folder);
    else readGroup(reader, entry, tree, folder);
  }
  // A group that is in no other one is a child of `all`, whatever `all` itself says.
  for (const name of tree.groups.keys()) if (name !== 'all') groupOf(tree, 'all').children.add(name);
  return { tree, problems: reader.problems, further: [] };
}

function readMeta(reader: YamlReader, entry: YamlEntry, tree: GroupTree, folder: string): void {
  for (const part of reader.entries(entry.value, entry.place, '"_meta"') ?? []) {
    // Others (profile, …) say something to Ansible alone.
    if (part.key !== 'hostvars') continue;
    for (const host of reader.entries(part.value, part.place, '"hostvars"') ?? []) {
      if (!checkHost(reader, host.key, host.keyPlace)) continue;
      const vars = reader.entries(host.value, host.place, '"hostvars"') ?? [];
      layersOf(tree, host.key).push(readVars(reader, vars, folder));
    }
  }
}

function readGroup(reader: YamlReader, entry: YamlEntry, tree: GroupTree, folder: string): void {
  // Ansible's own pseudo group: whoever is in no other one.
  const group = entry.key === 'ungrouped' ? null : groupOf(tree, entry.key);
  const value = reader.resolve(entry.value);
  const isBareList =
    value !== null &&
    'items' in value &&
    !value.items.some((item) => typeof item === 'object' && item !== null && 'key' in item);
  const parts: readonly YamlEntry[] =
    isBareList && !isEmptyMap(value)
      ? [{ ...entry, key: 'hosts' }]
      : (reader.entries(entry.value, entry.place, `the group "${entry.key}"`) ?? []);
  for (const part of parts) {
    if (part.key === 'vars') {
      group?.layers.push(readVars(reader, reader.entries(part.value, part.place, '"vars"') ?? [], folder));
    } else if (part.key === 'hosts' || part.key === 'children') {
      for (const node of reader.list(part.value, part.place, `"${part.key}"`) ?? []) {
        const name = reader.scalar(node)?.value;
        const [start, end] = node.range ?? [part.place.start, part.place.end];
        if (typeof name !== 'string') reader.report({ start, end }, `"${part.key}" holds names`);
        else if (part.key === 'children') {
          if (name === 'ungrouped') continue;
          groupOf(tree, name);
          group?.children.add(name);
        } else if (checkHost(reader, name, { start, end })) {
          layersOf(tree, name);
          group?.hosts.add(name);
        }
      }
    } else reader.unknownKey(part, { what: 'group', known: ['hosts', 'children', 'vars'] });
  }
}

function isEmptyMap(value: object): boolean {
  return 'getIn' in value && 'items' in value && Array.isArray(value.items) && value.items.length === 0;
}

function checkHost(reader: YamlReader, name: string, place: { readonly start: number; readonly end: number }): boolean {
  if (isHostName(name)) return true;
  reader.report(place, `"${name}" is not a name for a host`, 'give it a name and ansible_host for the rest');
  return false;
}
