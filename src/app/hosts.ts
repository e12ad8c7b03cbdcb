/** Host patterns and target URIs of commands without a playbook → hosts to connect to. */
import type { PlannedHost } from '../domain/index.ts';
import { type ConnectionOverrides, type InventoryHost, matchHosts, selectHosts } from '../inventory/index.ts';
import type { Connector } from './connect.ts';
import { readInventory, readTargets } from './inventory/index.ts';
import { createServices } from './wiring.ts';

export interface HostChoice {
  /** Host patterns, target URIs, or both; none = all hosts of the inventory. */
  readonly patterns: readonly string[];
  readonly inventory: string | readonly string[] | undefined;
  readonly targetsFile?: string | undefined;
  readonly limit?: string | undefined;
  readonly connection: ConnectionOverrides;
}

/** @throws FB_USAGE, FB_NO_HOSTS, FB_INVENTORY_INVALID, FB_FILE_MISSING */
export async function chooseHosts(
  choice: HostChoice,
  access: { readonly connector: Connector; readonly signal: AbortSignal },
): Promise<readonly PlannedHost[]> {
  const { patterns, inventory, targetsFile, connection, limit } = choice;
  const wanted = patterns.length === 0 ? 'all' : patterns.join(',');
  const both = limit === undefined ? wanted : `${wanted},${limit}`;
  const read = await readInventory({ inventory, targetsFile, connection, limit: both, ...access });
  const named = targetsFile === undefined ? null : matchHosts(read, (await readTargets(targetsFile, read)).join(','));
  return selectHosts(read, wanted, limit)
    .filter(({ name }) => named?.has(name) ?? true)
    .map((host) => ({ ...host, wave: 0, set: null }));
}

/** The hosts of an inventory as a plan would see them. @throws as chooseHosts */
export async function listHosts(
  choice: HostChoice & {
    readonly ask: ((question: string) => Promise<string>) | undefined;
    readonly signal: AbortSignal;
  },
): Promise<readonly InventoryHost[]> {
  const services = createServices({ ask: choice.ask });
  try {
    const hosts = await chooseHosts(choice, { connector: services.connector, signal: choice.signal });
    return hosts.map(({ wave: _wave, set: _set, ...host }) => host);
  } finally {
    await services.close();
  }
}
