/** Time, randomness and network probes as ports, so that the engine and the actions can be run on simulated ones. */

import type { Json } from './json.ts';

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

/**
 * What a host says without credentials about KB824146 (MS03-039) and KB823980 (MS03-026). `unpatched` misses KB824146 at
 * least, `only-823980` certainly has the older one; `denied` says nothing about patches.
 */
export const RPC_CATEGORIES = [
  'patched',
  'only-823980',
  'unpatched',
  'denied',
  'refused',
  'unreachable',
  'invalid-address',
  'needs-investigation',
] as const;
export type RpcCategory = (typeof RPC_CATEGORIES)[number];

export interface RpcTarget {
  /** Name or address. */
  readonly address: string;
  /** Where its TCP port 135 is. */
  readonly port: number;
  /** Local address to ask from; absent = the system's choice. */
  readonly source?: string;
  /** For the connection, and again for each answer. */
  readonly timeoutMs: number;
  /** Also ask about KB823980, of hosts that miss KB824146. */
  readonly alsoActivation: boolean;
}

export interface RpcScan {
  readonly category: RpcCategory;
  /** KB824146 is in: as answered; null when the answer does not tell. */
  readonly patched: boolean | null;
  /** The port took the connection; null when that could not be tried. */
  readonly answers: boolean | null;
  /** What was seen, and what follows from it. */
  readonly reason: string;
  /** Answer to RemoteGetClassObject, `0x8001011D`; null without one. */
  readonly hresult: string | null;
  /** Answer to RemoteActivation; null when it was not asked or not given. */
  readonly activationHresult: string | null;
}

export interface Scanner {
  probe(probe: PortProbe, signal: AbortSignal): Promise<PortState>;
  /** Asks the RPC service. @throws FirebreakError FB_CANCELLED when the signal aborts; nothing else: a host's failure is an answer */
  scanRpc(target: RpcTarget, signal: AbortSignal): Promise<RpcScan>;
}

/** A value, or where a secret one is. */
export type SecretValue = string | { readonly env: string } | { readonly file: string };

export interface NoticeReply {
  /** HTTP status or exit code. */
  readonly status: number | null;
  /** The beginning of what came back, without secrets that are known. */
  readonly text: string;
  readonly isFine: boolean;
}

/** Tells somebody, from this machine. @throws FB_NOTIFY_FAILED (it did not get there), FB_CREDENTIAL_MISSING */
export interface Notifier {
  post(
    request: {
      readonly url: SecretValue;
      readonly method: string;
      readonly headers: { readonly [name: string]: SecretValue };
      readonly body: Json;
    },
    limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<NoticeReply>;
  /** Without a shell. */
  run(
    program: { readonly command: readonly string[]; readonly environment: { readonly [name: string]: SecretValue } },
    limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<NoticeReply>;
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
