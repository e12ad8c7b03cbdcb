/** How a scan is shown: its list in four forms, progress on a terminal, totals in the words of KB824146scan. */
import type { ScannedHost, ScanReport, ScanTotals } from '../../app/index.ts';
import { RPC_CATEGORIES, type RpcCategory } from '../../domain/index.ts';
import { renderTable } from '../live/index.ts';

export const SCAN_OUTPUTS = ['table', 'json', 'ndjson', 'csv'] as const;
export type ScanOutput = (typeof SCAN_OUTPUTS)[number];

export interface ScanDisplay {
  host(host: ScannedHost, progress: ScanTotals): void;
  finish(report: ScanReport): void;
}

const LABELS: Readonly<Record<RpcCategory, string>> = {
  patched: 'patched with KB824146',
  'only-823980': 'patched with KB823980 only',
  unpatched: 'unpatched',
  denied: 'denied (DCOM off, or a newer system)',
  'needs-investigation': 'needs further investigation',
  refused: 'connection refused',
  unreachable: 'host unreachable',
  'invalid-address': 'address not valid',
};

const RPC_PORT = 135;
const PROGRESS_MS = 100;

/** @param options.isAll addresses of ranges at which nothing answers are listed too */
export function scanDisplay(output: ScanOutput, options: { readonly isAll: boolean }): ScanDisplay {
  const isListed = (host: ScannedHost): boolean => options.isAll || !host.isEmpty;
  const progress = progressLine();
  return {
    host(host, totals) {
      if (output === 'ndjson' && isListed(host)) process.stdout.write(`${JSON.stringify(record(host))}\n`);
      progress.show(totals);
    },
    finish(report) {
      progress.clear();
      const listed = report.hosts.filter(isListed);
      if (output === 'json') {
        const totals = { ...snake(report.totals), interrupted: report.isInterrupted };
        process.stdout.write(`${JSON.stringify({ totals, hosts: listed.map(record) }, null, 2)}\n`);
        return;
      }
      if (output === 'csv') process.stdout.write(csv(listed.map(record)));
      if (output === 'table' && listed.length > 0) process.stdout.write(`${table(listed, report)}\n\n`);
      const stream = output === 'table' ? process.stdout : process.stderr;
      stream.write(`${totalsText(report)}\n`);
    },
  };
}

/** A host in JSON and CSV. */
function record(host: ScannedHost): Readonly<Record<string, string | number | boolean | null>> {
  return {
    target: host.target,
    address: host.address,
    port: host.port,
    inventory: host.inventory,
    not_in_inventory: host.isStranger,
    category: host.category,
    patched: host.patched,
    answers: host.answers,
    hresult: host.hresult,
    activation_hresult: host.activationHresult,
    reason: host.reason,
  };
}

function snake({ addresses, skipped, scanned, strangers, categories }: ScanTotals): object {
  return { addresses, skipped, scanned, not_in_inventory: strangers, ...categories };
}

function csv(rows: readonly ReturnType<typeof record>[]): string {
  const head =
    'target,address,port,inventory,not_in_inventory,category,patched,answers,hresult,activation_hresult,reason';
  const lines = rows.map((row) => Object.values(row).map(csvCell).join(','));
  return [head, ...lines].map((line) => `${line}\r\n`).join('');
}

function csvCell(value: string | number | boolean | null): string {
  const text = value === null ? '' : String(value);
  // A spreadsheet takes what begins so for a formula.
  const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function table(hosts: readonly ScannedHost[], { totals }: ScanReport): string {
  const hasInventory = totals.strangers !== null;
  const known = (host: ScannedHost): string => (host.inventory === null ? 'no' : 'yes');
  const head = ['TARGET', 'ADDRESS', ...(hasInventory ? ['INVENTORY'] : []), 'SCAN', 'WHY'];
  const rows = hosts.map((host) => [
    host.target,
    placeOf(host),
    ...(hasInventory ? [known(host)] : []),
    host.category,
    host.reason,
  ]);
  return renderTable([head, ...rows]);
}

function placeOf({ address, port }: ScannedHost): string {
  if (port === RPC_PORT) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function totalsText(report: ScanReport): string {
  const { totals, hosts, isInterrupted } = report;
  const { addresses, skipped, scanned, categories } = totals;
  const rows = [
    ['addresses', String(addresses)],
    ['skipped (network and broadcast addresses)', String(skipped)],
    ['scanned', String(scanned)],
    ...RPC_CATEGORIES.map((category) => [`  ${LABELS[category]}`, String(categories[category])]),
  ];
  const lines = [renderTable(rows, null)];
  const strangers = hosts.filter((host) => host.isStranger === true);
  if (strangers.length > 0) lines.push(`answers on 135, not in the inventory: ${strangers.map(placeOf).join(', ')}`);
  const silent = hosts.length > 0 && hosts.every(({ category }) => category === 'unreachable');
  if (silent) lines.push('nothing answered: is this the right network, or does a firewall on the way drop TCP 135?');
  const left = addresses - skipped - scanned;
  if (isInterrupted) lines.push(`interrupted: ${left} ${left === 1 ? 'address was' : 'addresses were'} not scanned`);
  return lines.join('\n');
}

/** One line on a terminal that is written over; nothing elsewhere. */
function progressLine(): { show(totals: ScanTotals): void; clear(): void } {
  if (!process.stderr.isTTY) return { show: () => {}, clear: () => {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(totals) {
      const now = performance.now();
      if (now - shownAt < PROGRESS_MS) return;
      shownAt = now;
      const found = RPC_CATEGORIES.filter((category) => totals.categories[category] > 0);
      const counts = found.map((category) => `${totals.categories[category]} ${category}`).join(', ');
      const all = totals.addresses - totals.skipped;
      const width = (process.stderr.columns ?? 80) - 1;
      process.stderr.write(`\r\u001b[K${`${totals.scanned} of ${all} scanned: ${counts}`.slice(0, width)}`);
    },
    clear() {
      process.stderr.write('\r\u001b[K');
    },
  };
}
