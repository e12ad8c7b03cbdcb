/** The transports that this version can use, by the name in `Target.transport`. */
import type { Transport } from '../domain/index.ts';
import { createLocalTransport } from './local/index.ts';
import { createSshTransport } from './ssh/index.ts';
import { createWinrmTransport } from './winrm/index.ts';

export interface Transports {
  readonly local: Transport;
  readonly ssh: Transport;
  readonly winrm: Transport;
}

export function createTransports(): Transports {
  return { local: createLocalTransport(), ssh: createSshTransport(), winrm: createWinrmTransport() };
}
