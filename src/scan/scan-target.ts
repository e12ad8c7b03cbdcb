/**
 * What a user names to be scanned: an address, a range, a block, a name, each with a port of its own if wanted. Must not
 * know inventories, nor ask a name server.
 */
import { isIP } from 'node:net';
import { formatIp, type IpNumber, parseIp } from './ip-address.ts';

/** Addresses of one target, and of a whole scan. */
export const MAX_SCAN_ADDRESSES = 65_536;

export type ScanTarget =
  | { readonly kind: 'name'; readonly name: string; readonly port: number | null }
  | {
      readonly kind: 'addresses';
      readonly addresses: readonly string[];
      /** Network and broadcast address of a block. */
      readonly skipped: number;
      readonly isSingle: boolean;
      readonly port: number | null;
    };

/** One line of cause and one of remedy. */
export interface ScanTargetProblem {
  readonly kind: 'problem';
  readonly message: string;
  readonly remedy: string;
}

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;
const EXAMPLES =
  'write an address, a range (10.0.0.1-10.0.0.50), a block (10.0.0.0/24) or a name; a port follows as :10135';

/** True for what begins as an address does: then it is none of an inventory's patterns. */
export function looksLikeAddress(text: string): boolean {
  return /^\[|^[0-9.]+(?:$|[-/:])|^[0-9a-f]*:[0-9a-f:.]*(?:$|[-/%])/i.test(text);
}

export function parseScanTarget(text: string): ScanTarget | ScanTargetProblem {
  const split = splitPort(text);
  if (split === null) return problem(text, 'its port is not a number from 1 to 65535', EXAMPLES);
  const { host, port } = split;
  const slash = host.indexOf('/');
  if (slash >= 0) return parseBlock(text, host.slice(0, slash), host.slice(slash + 1), port);
  const dash = host.indexOf('-');
  const start = dash < 0 ? null : parseIp(host.slice(0, dash));
  if (start !== null) return parseRange(text, start, host.slice(dash + 1), port);
  if (isIP(host) !== 0) {
    const address = parseIp(host);
    return {
      kind: 'addresses',
      addresses: [address === null ? host : formatIp(address)],
      skipped: 0,
      isSingle: true,
      port,
    };
  }
  const labels = host.replace(/\.$/, '').split('.');
  if (/^\d+$/.test(labels.at(-1) ?? '')) return problem(text, 'it is not an IP address', EXAMPLES);
  if (host.length > 253 || !labels.every((label) => LABEL.test(label)))
    return problem(text, 'it is neither an address nor a name', EXAMPLES);
  return { kind: 'name', name: host, port };
}

function parseBlock(text: string, base: string, length: string, port: number | null): ScanTarget | ScanTargetProblem {
  const address = parseIp(base);
  if (address === null) return problem(text, `${base} is not an IP address`, EXAMPLES);
  const bits = address.family === 4 ? 32 : 128;
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(prefix <= bits)) return problem(text, `the length of its prefix is not a number from 0 to ${bits}`, EXAMPLES);
  const size = 1n << BigInt(bits - prefix);
  const first = (address.value / size) * size;
  const hasEnds = address.family === 4 && size > 2n;
  return range(text, { ...address, value: first }, first + size - 1n, { port, hasEnds });
}

function parseRange(text: string, start: IpNumber, end: string, port: number | null): ScanTarget | ScanTargetProblem {
  const isShort = start.family === 4 && /^\d{1,3}$/.test(end);
  const last = isShort ? { family: 4 as const, value: start.value - (start.value % 256n) + BigInt(end) } : parseIp(end);
  if (last === null || last.family !== start.family || (isShort && Number(end) > 255))
    return problem(text, `${end} is no end of a range that begins with ${formatIp(start)}`, EXAMPLES);
  if (last.value < start.value) return problem(text, 'its end comes before its beginning', 'turn it round');
  return range(text, start, last.value, { port, hasEnds: false });
}

function range(
  text: string,
  start: IpNumber,
  last: bigint,
  { port, hasEnds }: { readonly port: number | null; readonly hasEnds: boolean },
): ScanTarget | ScanTargetProblem {
  const count = last - start.value + 1n;
  if (count > BigInt(MAX_SCAN_ADDRESSES))
    return problem(
      text,
      `it has ${count} addresses, more than ${MAX_SCAN_ADDRESSES}`,
      start.family === 4 ? 'scan it in parts: /16 is the largest block' : 'scan it in parts: /112 is the largest block',
    );
  const skipped = hasEnds ? 2 : 0;
  const begin = start.value + (hasEnds ? 1n : 0n);
  const addresses = Array.from({ length: Number(count) - skipped }, (_, index) =>
    formatIp({ family: start.family, value: begin + BigInt(index) }),
  );
  return { kind: 'addresses', addresses, skipped, isSingle: count === 1n, port };
}

/** `host:port` and `[fd00::1]:port`; a bare IPv6 address has no port. null: no such port. */
function splitPort(text: string): { readonly host: string; readonly port: number | null } | null {
  const found = /^\[([^\]]*)\](?::(.*))?$/.exec(text) ?? /^([^:]*):([^:]*)$/.exec(text);
  if (found === null) return { host: text, port: null };
  const [, host = '', written] = found;
  if (written === undefined) return { host, port: null };
  const port = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  return port >= 1 && port <= 65_535 ? { host, port } : null;
}

function problem(text: string, why: string, remedy: string): ScanTargetProblem {
  return { kind: 'problem', message: `"${text}" cannot be scanned: ${why}`, remedy };
}
