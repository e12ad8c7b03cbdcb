/** IP addresses as numbers, so that they can be counted. Must not know what they are counted for. */
import { isIPv4, isIPv6 } from 'node:net';

export interface IpNumber {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** null for what is no address; one with a zone (`fe80::1%eth0`) is none here. */
export function parseIp(text: string): IpNumber | null {
  if (isIPv4(text)) return { family: 4, value: text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  if (!isIPv6(text) || text.includes('%')) return null;
  // The URL parser knows every way to write one, and gives one.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const first = groups(head);
  const last = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const value = [...first, ...zeros, ...last].reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
  return { family: 6, value };
}

/** In the usual form: `fd00::1`. */
export function formatIp({ family, value }: IpNumber): string {
  const size = family === 4 ? 4 : 8;
  const bits = family === 4 ? 8n : 16n;
  const parts = Array.from({ length: size }, (_, index) => (value >> (bits * BigInt(size - 1 - index))) % (1n << bits));
  if (family === 4) return parts.join('.');
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
