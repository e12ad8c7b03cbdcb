/**
 * What the user named to be scanned → addresses and ports, each once. With an inventory, words that are no addresses are its
 * patterns, addresses that it knows get its names and mapped ports, and the others are known to be in no inventory.
 */
import { lookup } from 'node:dns/promises';
import PQueue from 'p-queue';
import { FirebreakError } from '../domain/index.ts';
import { type Inventory, type InventoryHost, parseTargetUri, selectHosts } from '../inventory/index.ts';
import {
  formatIp,
  looksLikeAddress,
  MAX_SCAN_ADDRESSES,
  parseIp,
  parseScanTarget,
  type ScanTarget,
} from '../scan/index.ts';
import { isTargetUri } from '../util/index.ts';
import type { Connector } from './connect.ts';
import { readText } from './files.ts';
import { readInventory } from './inventory/index.ts';

const RPC_PORT = 135;
const LOOKUPS_AT_ONCE = 20;

export interface ScanChoice {
  /** Addresses, ranges, blocks, names, target URIs; with an inventory, its patterns too. None: the whole inventory. */
  readonly targets: readonly string[];
  /** More of them, one a line. */
  readonly targetsFile: string | undefined;
  readonly inventory: readonly string[] | undefined;
  /** Where TCP 135 is of hosts of which nothing else is said. */
  readonly port: number | undefined;
}

export interface ScanHost {
  /** As the user or the inventory calls it. */
  readonly target: string;
  readonly address: string;
  readonly port: number;
  /** Name in the inventory; null: not in it, or there is none. */
  readonly inventory: string | null;
  /** False: it came out of a range or a block, and may well not exist. */
  readonly isNamed: boolean;
}

export interface ScanHosts {
  readonly hosts: readonly ScanHost[];
  /** Network and broadcast addresses of blocks. */
  readonly skipped: number;
  readonly hasInventory: boolean;
}

/** @throws FB_USAGE (all unusable targets at once), FB_NO_HOSTS, FB_FILE_MISSING, FB_INVENTORY_INVALID and those of a directory */
export async function chooseScanHosts(
  choice: ScanChoice,
  access: { readonly connector: Connector; readonly signal: AbortSignal },
): Promise<ScanHosts> {
  const { targetsFile } = choice;
  const words = [...choice.targets, ...(targetsFile === undefined ? [] : await readWords(targetsFile))];
  const inventory =
    choice.inventory === undefined ? undefined : await readInventory({ inventory: choice.inventory, ...access });
  if (words.length === 0 && inventory === undefined) {
    throw new FirebreakError('FB_USAGE', 'nothing is named to be scanned', {
      remedy: 'firebreak scan 10.0.0.0/24, or -i inventory.yaml for its hosts',
    });
  }
  const isNetwork = (word: string): boolean => inventory === undefined || looksLikeAddress(word) || isTargetUri(word);
  const network = parseAll(words.filter(isNetwork));
  const patterns = words.filter((word) => !isNetwork(word));
  const port = choice.port ?? RPC_PORT;
  const collected = new Collected();
  if (inventory !== undefined && (patterns.length > 0 || words.length === 0)) {
    for (const host of selectHosts(inventory, patterns.length === 0 ? 'all' : patterns.join(',')))
      collected.add(ofInventory(host, port));
  }
  const known = network.length === 0 ? new Map() : await addressesOf(inventory);
  let skipped = 0;
  for (const target of network) {
    if (target.kind === 'name') {
      const { name } = target;
      collected.add({ target: name, address: name, port: target.port ?? port, inventory: null, isNamed: true });
      continue;
    }
    skipped += target.skipped;
    for (const address of target.addresses) collected.add(...ofAddress(address, target, known, port));
  }
  return { hosts: collected.hosts(), skipped, hasInventory: inventory !== undefined };
}

/** The same address and port is scanned once; who calls it by a name wins. */
class Collected {
  readonly #hosts = new Map<string, ScanHost>();

  add(...hosts: readonly ScanHost[]): void {
    for (const host of hosts) {
      const key = `${host.address} ${host.port}`;
      const before = this.#hosts.get(key);
      if (before === undefined) this.#hosts.set(key, host);
      else if (host.isNamed && !before.isNamed) this.#hosts.set(key, { ...before, isNamed: true });
    }
    if (this.#hosts.size > MAX_SCAN_ADDRESSES) {
      throw new FirebreakError('FB_USAGE', `the targets are more than ${MAX_SCAN_ADDRESSES} addresses`, {
        remedy: 'scan them in parts',
      });
    }
  }

  hosts(): readonly ScanHost[] {
    return [...this.#hosts.values()];
  }
}

async function readWords(file: string): Promise<readonly string[]> {
  const text = (await readText(file, 'targets file')).replace(/^\ufeff/, '');
  return text.split(/\r?\n/).flatMap((line) => {
    const word = line.replace(/(?:^|\s)#.*$/u, '').trim();
    return word === '' ? [] : [word];
  });
}

function parseAll(words: readonly string[]): readonly ScanTarget[] {
  const targets: ScanTarget[] = [];
  const problems: { readonly message: string; readonly remedy: string }[] = [];
  for (const word of words) {
    const target = isTargetUri(word)
      ? { kind: 'name' as const, name: parseTargetUri(word).address, port: null }
      : parseScanTarget(word);
    if (target.kind === 'problem') problems.push(target);
    else targets.push(target);
  }
  if (problems.length === 0) return targets;
  throw new FirebreakError('FB_USAGE', problems.map(({ message }) => message).join('\n'), {
    remedy: [...new Set(problems.map(({ remedy }) => remedy))].join('; '),
  });
}

function ofInventory(host: InventoryHost, port: number): ScanHost {
  const address = canonical(host.address);
  return { target: host.name, address, port: portOf(host, port), inventory: host.name, isNamed: true };
}

function ofAddress(
  address: string,
  target: Extract<ScanTarget, { kind: 'addresses' }>,
  known: ReadonlyMap<string, readonly InventoryHost[]>,
  port: number,
): readonly ScanHost[] {
  const hosts = known.get(address) ?? [];
  const plain = { target: address, address, port: target.port ?? port, inventory: null, isNamed: target.isSingle };
  if (target.port === null && hosts.length > 0) {
    return hosts.map((host) => ({ ...plain, target: host.name, port: portOf(host, port), inventory: host.name }));
  }
  // Hosts behind one address are told apart by the port.
  const owner = hosts.find((host) => portOf(host, port) === target.port) ?? (hosts.length === 1 ? hosts[0] : undefined);
  return [owner === undefined ? plain : { ...plain, target: owner.name, inventory: owner.name }];
}

function portOf(host: InventoryHost, port: number): number {
  return host.ports[String(RPC_PORT)] ?? port;
}

function canonical(address: string): string {
  const ip = parseIp(address);
  return ip === null ? address : formatIp(ip);
}

/** Address → the inventory's hosts there. Names that cannot be resolved are left out. */
async function addressesOf(inventory: Inventory | undefined): Promise<ReadonlyMap<string, readonly InventoryHost[]>> {
  const known = new Map<string, InventoryHost[]>();
  const queue = new PQueue({ concurrency: LOOKUPS_AT_ONCE });
  await queue.addAll(
    (inventory?.hosts ?? []).map((host) => async () => {
      const found = await lookup(host.address, { all: true }).catch(() => []);
      for (const { address } of found) {
        const key = canonical(address);
        known.set(key, [...(known.get(key) ?? []), host]);
      }
    }),
  );
  return known;
}
