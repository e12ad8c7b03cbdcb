/**
 * All addresses but some, as ranges: what a rule that blocks has to name so that the others get through. Knows nothing of
 * firewalls but what they refuse in a range: addresses that no packet comes from.
 */
import { isIPv4, isIPv6 } from 'node:net';

/** Ranges `first-last` in the usual text form of addresses; one address stands alone. */
interface AddressComplement {
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

interface Family {
  readonly first: bigint;
  readonly last: bigint;
  readonly toText: (value: bigint) => string;
}

/** Without 0.0.0.0. */
const IPV4: Family = { first: 1n, last: (1n << 32n) - 1n, toText: toIpv4 };
/** Without `::` and `::1`, which must not be in a range (MS-FASP 2.2.10). */
const IPV6: Family = { first: 2n, last: (1n << 128n) - 1n, toText: toIpv6 };

/**
 * Everything but the given addresses. A zone (`fe80::1%4`) counts as its address, an IPv4 address written as IPv6
 * (`::ffff:10.0.0.1`) as itself.
 *
 * @throws RangeError for a text that is no address
 */
export function complementOf(addresses: readonly string[]): AddressComplement {
  const parsed = addresses.map(parseAddress);
  const of = (version: 4 | 6) => parsed.filter((each) => each.version === version).map(({ value }) => value);
  return { ipv4: gaps(IPV4, of(4)), ipv6: gaps(IPV6, of(6)) };
}

/**
 * An address as rules take it: without its zone, an IPv4 address written as IPv6 as itself.
 *
 * @throws RangeError for a text that is no address
 */
export function plainAddress(text: string): string {
  const { version, value } = parseAddress(text);
  return version === 4 ? toIpv4(value) : toIpv6(value);
}

function gaps(family: Family, holes: readonly bigint[]): string[] {
  const ranges: string[] = [];
  let next = family.first;
  const add = (from: bigint, to: bigint): void => {
    if (from > to) return;
    ranges.push(from === to ? family.toText(from) : `${family.toText(from)}-${family.toText(to)}`);
  };
  for (const hole of holes.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    add(next, hole - 1n);
    if (hole >= next) next = hole + 1n;
  }
  add(next, family.last);
  return ranges;
}

function parseAddress(text: string): { readonly version: 4 | 6; readonly value: bigint } {
  const plain = text.replace(/%.*$/, '');
  if (isIPv4(plain)) return { version: 4, value: fromIpv4(plain) };
  if (!isIPv6(plain)) throw new RangeError(`"${text}" is no IP address`);
  const value = fromIpv6(plain);
  return value >> 32n === 0xffffn ? { version: 4, value: value & 0xffffffffn } : { version: 6, value };
}

function fromIpv4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function fromIpv6(text: string): bigint {
  const [head = '', tail] = canonical(text).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function toIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

function toIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  return canonical(groups.join(':'));
}

/** Hexadecimal groups alone, the longest run of zeros left out: what URLs make of an IPv6 address. */
function canonical(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}
