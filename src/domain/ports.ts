/** Time, randomness and network probes as ports, so that the engine and the actions can be run on simulated ones. */

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves after `ms`; rejects with FB_CANCELLED when the signal aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** A new identifier: lower-case hexadecimal, `bytes` bytes of randomness. */
  id(bytes: number): string;
  /** 0 <= n < 1 */
  fraction(): number;
}

export const PORT_STATES = ['open', 'closed', 'filtered', 'unknown'] as const;
/** open: accepted; closed: refused (RST); filtered: silence or an ICMP prohibition; unknown: could not be probed from there. */
export type PortState = (typeof PORT_STATES)[number];

export interface PortProbe {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Source address to probe from (a vantage of this machine); absent = the system's choice. */
  readonly source?: string;
  readonly timeoutMs: number;
}

export interface Scanner {
  probe(probe: PortProbe, signal: AbortSignal): Promise<PortState>;
}
