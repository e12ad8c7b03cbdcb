/** Groups and layers → hosts with their effective settings: parents first, deeper groups over them, the host wins. */
import type { Json } from '../domain/index.ts';
import type { ConnectionOverrides, Inventory, InventoryHost } from './model.ts';
import type { Layer, Settings } from './settings.ts';

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

export function resolveHosts(file: string, tree: GroupTree, overrides: ConnectionOverrides): Inventory {
  const depths = groupDepths(tree);
  const groupsOf = new Map<string, string[]>();
  const members = new Map<string, readonly string[]>();
  for (const name of tree.groups.keys()) {
    if (name === 'all') continue;
    const within = membersOf(name, tree);
    // In the inventory's order, like everything that is listed.
    members.set(
      name,
      [...tree.hosts.keys()].filter((host) => within.has(host)),
    );
    for (const host of within) groupsOf.set(host, [...(groupsOf.get(host) ?? []), name]);
  }
  const hosts = [...tree.hosts].map(([name, own]) => {
    const groups = groupsOf.get(name) ?? [];
    // Groups of the same depth in order of their names, as Ansible merges them.
    const byDepth = [...groups].sort((a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || (a < b ? -1 : 1));
    const layers = [
      ...(tree.groups.get('all')?.layers ?? []),
      ...byDepth.flatMap((g) => tree.groups.get(g)?.layers ?? []),
      ...own,
    ];
    return resolveHost(name, groups, layers, overrides);
  });
  return { file, hosts, groups: members };
}

function resolveHost(
  name: string,
  groups: readonly string[],
  layers: readonly Layer[],
  overrides: ConnectionOverrides,
): InventoryHost {
  let settings: Settings = {};
  let vars: { readonly [name: string]: Json } = {};
  for (const layer of layers) {
    settings = { ...settings, ...layer.settings };
    vars = { ...vars, ...layer.vars };
  }
  const useTls = overrides.useTls ?? settings.useTls ?? false;
  return {
    name,
    address: settings.address ?? name,
    transport: 'winrm',
    port: overrides.port ?? settings.port ?? (useTls ? 5986 : 5985),
    useTls,
    auth: overrides.auth ?? settings.auth ?? 'negotiate',
    allowUnencrypted: overrides.allowUnencrypted ?? settings.allowUnencrypted ?? false,
    user: overrides.user ?? settings.user ?? null,
    password: overrides.password ?? settings.password ?? null,
    ports: settings.ports ?? {},
    vantages: settings.vantages ?? [],
    partners: settings.partners ?? [],
    groups,
    vars,
  };
}

function membersOf(group: string, tree: GroupTree): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open = [group];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = tree.groups.get(name);
    if (node === undefined || seen.has(name)) continue;
    seen.add(name);
    for (const host of node.hosts) found.add(host);
    open.push(...node.children);
  }
  return found;
}

/** The longest way from `all` to each group. */
function groupDepths(tree: GroupTree): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const visit = (name: string, depth: number): void => {
    if ((depths.get(name) ?? -1) >= depth || depth > tree.groups.size) return;
    depths.set(name, depth);
    for (const child of tree.groups.get(name)?.children ?? []) visit(child, depth + 1);
  };
  visit('all', 0);
  return depths;
}
