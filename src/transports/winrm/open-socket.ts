/**
 * One connection to an endpoint, ready for HTTP: TCP, then the proxy's tunnel, then TLS, all of it bounded by one time
 * and given up as a whole. Must not know HTTP.
 */
import { connect, type Socket } from 'node:net';
import { fromSource } from '../../util/index.ts';
import type { Endpoint } from './endpoint.ts';
import { fromSocketError, notOpened, type OpeningStage } from './failures.ts';
import { openTunnel } from './proxy.ts';
import { secure } from './tls.ts';

export interface OpenedSocket {
  readonly socket: Socket;
  /** RFC 5929 `tls-server-end-point:…`; undefined without TLS. */
  readonly channelBinding: Uint8Array | undefined;
}

/** Milliseconds between probes of an idle connection. */
const KEEP_ALIVE_MS = 60_000;

/**
 * @throws FirebreakError FB_CONNECT_*, FB_TLS_*, FB_AUTH_DENIED and FB_PROTOCOL_HTTP (of a proxy), FB_ENVIRONMENT (source
 * address); the signal's reason when it aborts
 */
export async function openSocket(
  endpoint: Endpoint,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<OpenedSocket> {
  const { label, proxy, tls } = endpoint;
  const { signal, timeoutMs } = options;
  let stage: OpeningStage = 'tcp';
  let reason: { readonly error: unknown } | undefined;
  const socket = connectTcp(endpoint);
  // whoever waits hears of it otherwise; between two owners nobody would listen
  socket.on('error', () => undefined);
  const giveUp = (error: unknown): void => {
    reason ??= { error };
    socket.destroy();
  };
  const onAbort = (): void => giveUp(signal?.reason);
  const timer = setTimeout(
    () => giveUp(notOpened(label, stage, timeoutMs, proxy?.name)),
    Math.max(0, Math.min(timeoutMs, 2 ** 31 - 1)),
  );
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal?.aborted) onAbort();
    await connected(socket);
    if (proxy !== undefined) {
      stage = 'proxy';
      const name = endpoint.address.replace(/%.*$/s, '');
      await openTunnel(socket, proxy, `${name.includes(':') ? `[${name}]` : name}:${endpoint.port}`, label);
    }
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (tls === undefined) return { socket, channelBinding: undefined };
    stage = 'tls';
    return await secure(socket, tls, label);
  } catch (error) {
    socket.destroy();
    throw reason === undefined ? fromSocketError(label, error, stage, proxy?.name) : reason.error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function connectTcp({ address, port, source, proxy }: Endpoint): Socket {
  return connect({
    host: proxy?.address ?? address,
    port: proxy?.port ?? port,
    noDelay: true,
    ...fromSource(source),
  });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      socket.off('connect', onConnect);
      socket.off('close', onClose);
      socket.off('error', onError);
      finish();
    };
    const onConnect = (): void => settle(resolve);
    const onError = (error: Error): void => settle(() => reject(error));
    const onClose = (): void => settle(() => reject(new Error('closed')));
    socket.once('connect', onConnect);
    socket.once('error', onError);
    socket.once('close', onClose);
  });
}
