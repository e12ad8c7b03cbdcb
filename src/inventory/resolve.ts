/** Groups and layers → hosts with their effective settings: parents first, deeper groups over them, the host wins. */
import type { ConnectionSettings, Json, PlannedHost } from '../domain/index.ts';
import { type SourceProblem, sortProblems } from '../util/index.ts';
import { SenselessSettings } from './check-settings.ts';
import type { ConnectionOverrides, Inventory, InventoryHost } from './model.ts';
import { linkRelays, type RelayPlaces } from './relays.ts';
import type { Layer, SettingName, SettingPlace, Settings } from './settings.ts';
import type { GroupTree } from './tree.ts';

export interface Resolved {
  readonly inventory: Inventory;
  /** Settings that make no sense for any host that has them. */
  readonly problems: readonly SourceProblem[];
}

export function resolveHosts(file: string, tree: GroupTree, overrides: ConnectionOverrides): Resolved {
  const depths = groupDepths(tree);
  const groupsOf = new Map<string, string[]>();
  const members = new Map<string, readonly string[]>();
  const order = new Map([...tree.hosts.keys()].map((name, index) => [name, index] as const));
  for (const name of tree.groups.keys()) {
    if (name === 'all') continue;
    const within = membersOf(name, tree);
    // In the inventory's order, like everything that is listed.
    const sorted = [...within].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    members.set(name, sorted);
    for (const host of within) groupsOf.set(host, [...(groupsOf.get(host) ?? []), name]);
  }
  const check = new SenselessSettings(overrides);
  const relayPlaces: RelayPlaces = new Map();
  const hosts = [...tree.hosts].map(([name, ownLayers]) => {
    const groups = groupsOf.get(name) ?? [];
    // Groups of the same depth in order of their names, as Ansible merges them.
    const byDepth = [...groups].sort((a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0) || (a < b ? -1 : 1));
    const layers = [
      ...(tree.groups.get('all')?.layers ?? []),
      ...byDepth.flatMap((g) => tree.groups.get(g)?.layers ?? []),
      ...ownLayers,
    ];
    // The relay that the command line names for the others is itself reached as the inventory says.
    const own = overrides.relay === name ? {} : overrides;
    return resolveHost(name, groups, layers, own, check, relayPlaces);
  });
  const linked = linkRelays(hosts, relayPlaces);
  const problems = sortProblems([...check.problems(), ...linked.problems]);
  return { inventory: { file, hosts: linked.hosts, groups: members }, problems };
}

function resolveHost(
  name: string,
  groups: readonly string[],
  layers: readonly Layer[],
  overrides: ConnectionOverrides,
  check: SenselessSettings,
  relayPlaces: RelayPlaces,
): InventoryHost {
  let written: Settings = {};
  const places = new Map<SettingName, SettingPlace>();
  let vars: { readonly [name: string]: Json } = {};
  for (const layer of layers) {
    written = merged(written, layer.settings);
    for (const [setting, place] of layer.places) places.set(setting, place);
    vars = { ...vars, ...layer.vars };
  }
  const all = merged(written, overrides as Settings);
  const place = places.get(overrides.relay === undefined && all.relay !== undefined ? 'relay' : 'transport');
  if (all.transport === 'relay') relayPlaces.set(name, place ?? null);
  const transport = all.transport ?? 'winrm';
  const useTls = transport === 'winrm' && tlsOf(all);
  const auth =
    transport === 'relay' ? 'negotiate' : (all.auth ?? (all.certificate === undefined ? 'negotiate' : 'certificate'));
  const settings = check.sensible(all, { transport, useTls, auth }, places);
  const connection = connectionOf(settings);
  return {
    name,
    address: transport === 'local' ? 'localhost' : (settings.address ?? name),
    transport,
    port: portOf(transport, useTls, settings.port),
    useTls,
    auth,
    allowUnencrypted: settings.allowUnencrypted ?? false,
    user: settings.user ?? null,
    password: settings.password ?? (isToBeAsked(settings, { transport, auth }) ? { prompt: true } : null),
    ...(Object.keys(connection).length === 0 ? {} : { connection }),
    ports: settings.ports ?? {},
    vantages: settings.vantages ?? [],
    partners: settings.partners ?? [],
    groups,
    vars,
  };
}

/** A later layer wins, and of `relay` and `transport` the one that it names. */
function merged(before: Settings, { ...layer }: Settings): Settings {
  const { relay, ...others } = before;
  if (layer.relay !== undefined) return { ...others, transport: 'relay', ...layer };
  const keepsRelay = relay !== undefined && (layer.transport === undefined || layer.transport === 'relay');
  return { ...others, ...(keepsRelay ? { relay } : {}), ...layer };
}

/** Of a user that was named without a password, where nothing but a password will do. */
function isToBeAsked(
  { isUri, user, keytab, ccache }: Settings,
  { transport, auth }: Pick<PlannedHost, 'transport' | 'auth'>,
): boolean {
  if (isUri !== true || user === undefined || transport !== 'winrm') return false;
  return auth === 'basic' || auth === 'ntlm' || (auth === 'negotiate' && (keytab ?? ccache) === undefined);
}

/** The port of HTTPS means TLS, and so does a certificate; Ansible's own default is HTTPS on 5986. */
function tlsOf({ useTls, port, isAnsible, auth }: Settings): boolean {
  if (useTls !== undefined) return useTls;
  if (isAnsible === true) return port !== 5985;
  return port === 5986 || (auth === 'certificate' && port === undefined);
}

function portOf(transport: PlannedHost['transport'], useTls: boolean, port: number | undefined): number {
  if (transport === 'local') return 0;
  // What the relay goes to; the inventory cannot change it.
  if (transport === 'relay') return 445;
  return port ?? (transport === 'ssh' ? 22 : useTls ? 5986 : 5985);
}

const CONNECTION_NAMES = [
  'ca',
  'insecure',
  'fingerprint',
  'certificate',
  'proxy',
  'configuration',
  'keytab',
  'ccache',
  'spn',
  'privateKey',
  'passphrase',
  'agent',
  'knownHosts',
  'jump',
  'shell',
  'source',
  'packageSource',
  'relay',
  'relayGraceMs',
  'relaySessions',
] as const satisfies readonly (keyof ConnectionSettings)[];

function connectionOf(settings: Settings): ConnectionSettings {
  return Object.fromEntries(
    CONNECTION_NAMES.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
  ) as ConnectionSettings;
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
