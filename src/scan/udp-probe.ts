/**
 * One datagram as a port state. A NetBIOS name query goes to port 137, which answers it; every other port gets one zero byte,
 * to which only a refusal by ICMP is an answer. Must not know what silence means to the one who asks.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { PortProbe, PortState } from '../domain/index.ts';
import { FirebreakError } from '../domain/index.ts';

const NETBIOS_NAME = 137;
/** NODE STATUS REQUEST for the name `*` (RFC 1002, 4.2.17). */
const NODE_STATUS = Buffer.concat([
  Buffer.from([0x46, 0x42, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x20]),
  Buffer.from(`CK${'A'.repeat(30)}`, 'latin1'),
  Buffer.from([0, 0, 0x21, 0, 1]),
]);

/**
 * Probes one UDP port once.
 *
 * @param probe - `timeoutMs` without an answer is `filtered`, which an open port looks like too; `closed`: ICMP says that
 *   nothing listens; `source` is the local address to probe from
 * @throws FirebreakError FB_CANCELLED when the signal aborts
 */
export function probeUdp(probe: PortProbe, signal: AbortSignal): Promise<PortState> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled(probe));
      return;
    }
    const socket = createSocket(isIPv6(probe.address) ? 'udp6' : 'udp4');
    const timer = setTimeout(() => finish('filtered'), probe.timeoutMs);
    const onAbort = (): void => {
      cleanUp();
      reject(cancelled(probe));
    };
    function cleanUp(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.close();
    }
    let isOver = false;
    function finish(state: PortState): void {
      if (isOver) return;
      isOver = true;
      cleanUp();
      resolve(state);
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('message', () => finish('open'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(stateOf(error)));
    // Connected, so that the system hands refusals by ICMP over.
    const connect = (): void => {
      socket.connect(probe.port, probe.address, () => {
        if (isOver) return;
        const payload = probe.port === NETBIOS_NAME ? NODE_STATUS : Buffer.of(0);
        socket.send(payload, (error: NodeJS.ErrnoException | null) => {
          if (error !== null) finish(stateOf(error));
        });
      });
    };
    if (probe.source === undefined) connect();
    else socket.bind({ address: probe.source }, connect);
  });
}

function stateOf(error: NodeJS.ErrnoException): PortState {
  if (error.code === 'ECONNREFUSED') return 'closed';
  return error.code === 'EHOSTUNREACH' ? 'filtered' : 'unknown';
}

function cancelled(probe: PortProbe): FirebreakError {
  return new FirebreakError('FB_CANCELLED', `probe of ${probe.address} UDP ${probe.port} was cancelled`);
}
