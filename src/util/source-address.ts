import { isIPv6 } from 'node:net';

/**
 * Options of `net.connect` for a connection from that address of this machine; none when absent. A name may have addresses
 * of both kinds, of which only one fits the source.
 */
export function fromSource(source: string | undefined): { readonly localAddress?: string; readonly family?: 4 | 6 } {
  return source === undefined ? {} : { localAddress: source, family: isIPv6(source) ? 6 : 4 };
}
