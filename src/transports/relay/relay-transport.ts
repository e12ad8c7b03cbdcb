/**
 * Sessions on hosts that can only be reached from another one (file shares, remote registry, WMI): over the sessions of
 * the transports below, which are shared by all hosts behind one relay. Must not know what those transports do.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { FirebreakError, type OpenOptions, type Session, type Target, type Transport } from '../../domain/index.ts';
import { RelayPool, type RelayTime } from './relay-pool.ts';
import { RelayedSession } from './relayed-session.ts';

export interface RelayTransportOptions {
  readonly time?: RelayTime;
}

const GRACE_MS = 10 * 60_000;
const SESSIONS = 4;
const SWEEP_MS = 15_000;

const REAL_TIME: RelayTime = {
  now: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }),
};

/** @param below the transports by which relays are reached */
export function createRelayTransport(
  below: { readonly [name: string]: Transport },
  options: RelayTransportOptions = {},
): Required<Transport> {
  return new RelayTransport(below, options.time ?? REAL_TIME);
}

interface Relay {
  readonly pool: RelayPool;
  readonly seenAs: Map<string, string | undefined>;
}

class RelayTransport implements Required<Transport> {
  readonly #below: { readonly [name: string]: Transport };
  readonly #time: RelayTime;
  readonly #relays = new Map<string, Relay>();

  constructor(below: { readonly [name: string]: Transport }, time: RelayTime) {
    this.#below = below;
    this.#time = time;
  }

  /** @throws also FB_CONNECT_* with `relay`: the relay itself could not be reached */
  async open(target: Target, options: OpenOptions): Promise<Session> {
    const { relay, entry } = this.#relayOf(target, options.name);
    const session = new RelayedSession(target, relay, entry.pool, entry.seenAs);
    entry.pool.retain();
    try {
      await session.meet(options);
      return session;
    } catch (thrown) {
      await session.close();
      throw thrown;
    }
  }

  ready(target: Target, options: Parameters<NonNullable<Transport['ready']>>[1]): Promise<void> {
    return this.#relayOf(target, undefined).entry.pool.ready(options.signal, options.wasReached);
  }

  async close(): Promise<void> {
    const relays = [...this.#relays.values()];
    this.#relays.clear();
    await Promise.all(relays.map(({ pool }) => pool.close()));
  }

  #relayOf(target: Target, name: string | undefined): { readonly relay: Target; readonly entry: Relay } {
    const { relay } = target;
    const below = relay === undefined ? undefined : this.#below[relay.transport];
    if (relay === undefined || below === undefined) {
      throw new FirebreakError('FB_USAGE', `${target.host}: no relay to reach it through`, {
        remedy: 'write relay: NAME with the name of a host that is reached by winrm, ssh or local',
      });
    }
    const key = JSON.stringify([relay.host, relay.transport, relay.address, relay.port, relay.user]);
    let entry = this.#relays.get(key);
    if (entry === undefined) {
      entry = { pool: this.#poolOf(relay, below, name), seenAs: new Map() };
      this.#relays.set(key, entry);
    }
    return { relay, entry };
  }

  #poolOf(relay: Target, below: Transport, name: string | undefined): RelayPool {
    const { relaySessions = SESSIONS, relayGraceMs = GRACE_MS } = relay.settings;
    // Not the name of sessions on hosts that are reached directly: the relay may be one of those too.
    const shown = name === undefined ? {} : { name: `${name} relay` };
    let isFirst = true;
    return new RelayPool({
      name: relay.host,
      sessions: relaySessions,
      graceMs: relayGraceMs,
      time: this.#time,
      open: async (options) => {
        const session = await below.open(relay, { ...options, ...shown });
        // What a dead process of the same run has left there counts against the relay's quota.
        if (isFirst && name !== undefined) {
          await session.sweep?.([], { signal: options.signal, timeoutMs: SWEEP_MS }).catch(() => 0);
        }
        isFirst = false;
        return session;
      },
    });
  }
}
