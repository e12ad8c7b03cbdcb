/** The transports that this version can use, by the name in `Target.transport`. */
import type { Transport } from '../domain/index.ts';
import { createLocalTransport } from './local/index.ts';
import { createRelayTransport } from './relay/index.ts';
import { createSshTransport } from './ssh/index.ts';
import { createWinrmTransport } from './winrm/index.ts';

export interface Transports {
  readonly local: Transport;
  readonly ssh: Transport;
  readonly winrm: Transport;
  readonly relay: Required<Transport>;
}

export function createTransports(): Transports {
  const direct = { local: createLocalTransport(), ssh: createSshTransport(), winrm: createWinrmTransport() };
  return { ...direct, relay: createRelayTransport(direct) };
}
