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

const PORT_STATES = ['open', 'closed', 'filtered', 'unknown'] as const;
/** open: accepted or answered; closed: refused (RST, ICMP); filtered: silence (open UDP ports too are silent) or an ICMP prohibition; unknown: could not be probed from there. */
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

/** One host's way through a wave. */
export interface DispatchJob {
  readonly id: string;
  /** Never two jobs of one set at a time; null = no set. */
  readonly set: string | null;
  /** Rejects only for what must stop the whole run (a lost journal, a bug), never for a host's failure. */
  run(): Promise<void>;
}

/** Who runs the hosts: this process or workers. */
export interface Dispatcher {
  /**
   * A sliding window over the jobs in their order: as soon as one ends the next starts. Resolves when every started job
   * has ended; jobs for which `shouldStart` said false were not started.
   * @throws the first rejection of a job, after the running ones have ended; no other is started then
   */
  dispatch(
    jobs: readonly DispatchJob[],
    options: { readonly concurrency: number; shouldStart(job: DispatchJob): boolean },
  ): Promise<void>;
}
