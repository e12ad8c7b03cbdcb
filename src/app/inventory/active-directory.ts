/** Hosts from Active Directory, asked through a session on a member of the domain. Must not know LDAP: the host does. */
import { FirebreakError, type Json, type PlannedHost } from '../../domain/index.ts';
import {
  type ActiveDirectorySource,
  type ConnectionOverrides,
  combineInventory,
  emptyTree,
  groupOf,
  type InventoryPart,
  layersOf,
  matchHosts,
  namedPart,
} from '../../inventory/index.ts';
import { isTargetUri } from '../../util/index.ts';
import type { Connector } from '../connect.ts';

const OPEN_MS = 60_000;
const QUERY_MS = 300_000;

/** One computer as Get-FbDirectoryComputer gives it. */
interface Computer {
  readonly Name: string;
  readonly DnsName: string;
  readonly DistinguishedName: string;
  readonly OperatingSystem: string;
  readonly OperatingSystemVersion: string;
  readonly Enabled: boolean;
  /** ISO 8601, null when it never logged on. */
  readonly LastLogon: string | null;
}

export interface DirectoryAccess {
  readonly connector: Connector;
  readonly connection: ConnectionOverrides;
  readonly signal: AbortSignal;
}

/**
 * @param parts what of the inventory is known: `through` may be one of its hosts
 * @throws FB_NO_HOSTS (no such host to ask through), FB_RESULT_INVALID and those of a session
 */
export async function queryDirectory(
  source: ActiveDirectorySource,
  parts: readonly InventoryPart[],
  access: DirectoryAccess,
): Promise<InventoryPart> {
  const { connector, signal } = access;
  const through = findThrough(source.through, parts, access.connection);
  const credential = await connector.credentialOf(through);
  const session = await connector.open(through, { signal, timeoutMs: OPEN_MS });
  try {
    const call = {
      module: 'Firebreak.Host',
      function: 'Get-FbDirectoryComputer',
      parameters: {
        Searcher: source.searcher,
        Base: source.base ?? '',
        Filter: source.filter ?? '',
        IncludeDisabled: source.includeDisabled,
        MaxAgeDays: source.maxAgeDays ?? 0,
        // The session's own logon does not reach the domain controller (the second hop).
        ...(credential === null ? {} : { Credential: credential }),
      },
    };
    const { output } = await session.invoke(call, { signal, timeoutMs: QUERY_MS });
    return toPart(
      source,
      output.map((value) => readComputer(value, through.name)),
    );
  } finally {
    await session.close();
  }
}

function findThrough(name: string, parts: readonly InventoryPart[], connection: ConnectionOverrides): PlannedHost {
  const uris = new Map<string, string>();
  const own = isTargetUri(name) ? [namedPart({ names: [name], problems: [] }, uris)] : [];
  const inventory = combineInventory('the inventory', [...parts, ...own], connection, uris);
  const names = matchHosts(inventory, name);
  const found = inventory.hosts.filter((host) => names.has(host.name));
  const [host] = found;
  if (host !== undefined && found.length === 1) return { ...host, wave: 0, set: null };
  throw new FirebreakError(
    'FB_NO_HOSTS',
    `active_directory: through must name one host, "${name}" names ${found.length}`,
    {
      remedy: 'name a domain controller or a member, or write winrm://user@host',
    },
  );
}

function readComputer(value: Json, host: string): Computer {
  const computer = value as unknown as Computer;
  if (value !== null && typeof value === 'object' && !Array.isArray(value) && typeof computer.Name === 'string')
    return computer;
  throw new FirebreakError('FB_RESULT_INVALID', `${host}: the answer of the directory is not a computer`);
}

function toPart(source: ActiveDirectorySource, computers: readonly Computer[]): InventoryPart {
  const tree = emptyTree();
  for (const computer of computers) {
    const name = (computer.DnsName || computer.Name).toLowerCase();
    const ous = organisationalUnits(computer.DistinguishedName);
    layersOf(tree, name).push({
      settings: { address: name },
      places: new Map(),
      vars: {
        ad_name: computer.Name,
        ad_distinguished_name: computer.DistinguishedName,
        ad_ou: ous.join('/'),
        ad_enabled: computer.Enabled,
        ad_last_logon: computer.LastLogon,
        operating_system: computer.OperatingSystem,
        operating_system_version: computer.OperatingSystemVersion,
      },
    });
    const groups = [
      ...(source.groupBy.includes('ou') ? ous.map((ou) => `ou_${ou}`) : []),
      ...(source.groupBy.includes('os') && computer.OperatingSystem !== '' ? [`os_${computer.OperatingSystem}`] : []),
    ];
    for (const group of groups.map(groupName)) {
      groupOf(tree, group).hosts.add(name);
      groupOf(tree, 'all').children.add(group);
    }
  }
  return { tree, problems: [], further: [] };
}

/** `CN=web01,OU=Web,OU=Servers,DC=corp` → Servers, Web. A comma in a name is escaped. */
function organisationalUnits(distinguishedName: string): readonly string[] {
  return distinguishedName
    .split(/(?<!\\),/)
    .flatMap((part) => /^OU=(.+)$/i.exec(part.trim())?.[1] ?? [])
    .map((ou) => ou.replace(/\\(.)/g, '$1'))
    .reverse();
}

function groupName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/_+$/, '');
}
