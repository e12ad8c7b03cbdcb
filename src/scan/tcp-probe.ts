/**
 * One TCP connection attempt as a port state. Sends no byte, so that nothing is logged or provoked on the host beyond
 * the connection itself. Must not know what the port is for.
 */
import { createConnection } from 'node:net';
import type { PortProbe, PortState } from '../domain/index.ts';
import { FirebreakError } from '../domain/index.ts';
import { fromSource } from '../util/index.ts';

/** What the system calls each way of not getting through; everything else is `unknown`. */
const STATE_BY_ERRNO: { readonly [code: string]: PortState } = {
  ECONNREFUSED: 'closed',
  ECONNRESET: 'closed',
  ETIMEDOUT: 'filtered',
  // ICMP "administratively prohibited" and its kin: something on the way answers for the host.
  EHOSTUNREACH: 'filtered',
  ENETUNREACH: 'unknown',
  EACCES: 'unknown',
  EPERM: 'unknown',
  EADDRNOTAVAIL: 'unknown',
  EMFILE: 'unknown',
};

/**
 * Probes one TCP port once.
 *
 * @param probe - `timeoutMs` without an answer is `filtered`; `source` is the local address to probe from
 * @throws FirebreakError FB_CANCELLED when the signal aborts
 */
export function probeTcp(probe: PortProbe, signal: AbortSignal): Promise<PortState> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled(probe));
      return;
    }
    const socket = createConnection({
      host: probe.address,
      port: probe.port,
      ...fromSource(probe.source),
    });
    const timer = setTimeout(() => finish('filtered'), probe.timeoutMs);
    const onAbort = (): void => {
      cleanUp();
      reject(cancelled(probe));
    };
    function cleanUp(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
    }
    function finish(state: PortState): void {
      cleanUp();
      resolve(state);
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => finish('open'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(STATE_BY_ERRNO[error.code ?? ''] ?? 'unknown'));
  });
}

function cancelled(probe: PortProbe): FirebreakError {
  return new FirebreakError('FB_CANCELLED', `probe of ${probe.address} TCP ${probe.port} was cancelled`);
}
