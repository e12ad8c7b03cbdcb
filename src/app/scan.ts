/** `firebreak scan`: asks the RPC service of many hosts what it says of KB824146, without credentials, and counts. */
import PQueue from 'p-queue';
import { FirebreakError, RPC_CATEGORIES, type RpcCategory, type RpcScan, type Scanner } from '../domain/index.ts';
import { chooseScanHosts, type ScanChoice, type ScanHost } from './scan-hosts.ts';
import { createServices } from './wiring.ts';

export interface ScanOptions extends ScanChoice {
  /** Hosts at once. */
  readonly concurrency: number;
  /** For the connection, and again for each answer. */
  readonly timeoutMs: number;
  /** Also ask hosts that miss KB824146 whether they have KB823980. */
  readonly alsoActivation: boolean;
  /** Local address to ask from. */
  readonly source: string | undefined;
  readonly signal: AbortSignal;
  /** For inventories that ask a directory. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** As each host has answered, or has not. */
  readonly onHost?: (host: ScannedHost, progress: ScanTotals) => void;
}

export interface ScannedHost extends ScanHost, RpcScan {
  /** It answers, and the inventory does not know it; null without an inventory. */
  readonly isStranger: boolean | null;
  /** An address of a range at which nothing answers: most likely there is no host. */
  readonly isEmpty: boolean;
}

export interface ScanTotals {
  /** All that were named, those that were skipped included. */
  readonly addresses: number;
  /** Network and broadcast addresses of blocks. */
  readonly skipped: number;
  readonly scanned: number;
  /** Of those scanned: answer on the port and are in no inventory; null without one. */
  readonly strangers: number | null;
  readonly categories: Readonly<Record<RpcCategory, number>>;
}

export interface ScanReport {
  /** In the order in which they were named. Addresses of ranges at which nothing answers are among them. */
  readonly hosts: readonly ScannedHost[];
  readonly totals: ScanTotals;
  /** Everything was scanned, something answered, and all that was named or answered is patched. */
  readonly isFine: boolean;
  readonly isInterrupted: boolean;
}

/** @throws those of chooseScanHosts */
export async function scanTargets(options: ScanOptions): Promise<ScanReport> {
  const services = createServices({ ask: options.ask });
  try {
    return await scanWith(options, services.scanner, await chooseScanHosts(options, { ...services, ...options }));
  } finally {
    await services.close();
  }
}

async function scanWith(
  options: ScanOptions,
  scanner: Scanner,
  chosen: Awaited<ReturnType<typeof chooseScanHosts>>,
): Promise<ScanReport> {
  const { signal, timeoutMs, alsoActivation, source, onHost } = options;
  const done = new Map<ScanHost, ScannedHost>();
  const categories = Object.fromEntries(RPC_CATEGORIES.map((name) => [name, 0])) as Record<RpcCategory, number>;
  let strangers = 0;
  const totals = (): ScanTotals => ({
    addresses: chosen.hosts.length + chosen.skipped,
    skipped: chosen.skipped,
    scanned: done.size,
    strangers: chosen.hasInventory ? strangers : null,
    categories: { ...categories },
  });
  const scanOne = async (host: ScanHost): Promise<void> => {
    const { address, port } = host;
    const target = { address, port, timeoutMs, alsoActivation, ...(source === undefined ? {} : { source }) };
    const scan = await scanner.scanRpc(target, signal).catch((thrown: unknown) => {
      if (thrown instanceof FirebreakError && thrown.code === 'FB_CANCELLED') return null;
      throw thrown;
    });
    if (scan === null) return;
    const isStranger = chosen.hasInventory ? scan.answers === true && host.inventory === null : null;
    const isEmpty = !host.isNamed && scan.answers === false;
    const scanned = { ...host, ...scan, isStranger, isEmpty };
    done.set(host, scanned);
    categories[scan.category] += 1;
    if (isStranger === true) strangers += 1;
    onHost?.(scanned, totals());
  };
  // One job for each place in the window, not for each of up to 65,536 addresses.
  const waiting = chosen.hosts.values();
  const queue = new PQueue({ concurrency: options.concurrency });
  await queue.addAll(
    Array.from({ length: options.concurrency }, () => async () => {
      for (const host of waiting) {
        if (signal.aborted) return;
        await scanOne(host);
      }
    }),
  );
  const hosts = chosen.hosts.flatMap((host) => done.get(host) ?? []);
  const counted = hosts.filter((host) => !host.isEmpty);
  return {
    hosts,
    totals: totals(),
    isFine:
      hosts.length === chosen.hosts.length &&
      counted.length > 0 &&
      counted.every(({ category }) => category === 'patched'),
    isInterrupted: signal.aborted,
  };
}
