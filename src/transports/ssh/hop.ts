/** One hop: a TCP connection, and the SSH handshake and login over a stream. Must not know jump hosts. */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Client } from 'ssh2';
import type { ConnectionSettings, FirebreakError, OpenOptions } from '../../domain/index.ts';
import { fromSource } from '../../util/index.ts';
import { connectionLost, connectTimeout, fromConnectError, lostBeforeLogin, short } from './failures.ts';
import { HostKeyCheck, type SshEndpoint } from './host-key.ts';
import { Login, type LoginSources } from './login.ts';

export interface KeepAlive {
  readonly intervalMs: number;
  /** Unanswered ones until the connection is given up. */
  readonly count: number;
}

/** `timeoutMs` is that of one hop. */
export interface HopOptions extends OpenOptions {
  readonly keepAlive: KeepAlive;
}

export interface Hop {
  readonly client: Client;
  /** Source address of the socket. */
  readonly localAddress: string | undefined;
  /** To be asked once the client has closed. */
  whyLost(): FirebreakError;
}

/** @throws FB_SSH_HOST_KEY, FB_AUTH_DENIED, FB_CONNECT_LOST, FB_CONNECT_TIMEOUT, FB_PROTOCOL_SSH, FB_FILE_MISSING, the signal's reason */
export async function logOn(
  endpoint: SshEndpoint,
  settings: ConnectionSettings,
  sources: LoginSources,
  socket: Duplex,
  options: HopOptions,
): Promise<Hop> {
  const { label } = endpoint;
  const { signal, timeoutMs } = options;
  const client = new ssh2.Client();
  const login = new Login(sources, options.prompter, signal);
  let refusal: FirebreakError | undefined;
  let lastError: Error | undefined;
  try {
    const hostKey = await HostKeyCheck.load(endpoint, settings);
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
      const settle = (how: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        how();
      };
      client.once('ready', () => settle(resolve));
      client.on('error', (error: Error & { readonly level?: string }) => {
        lastError = error;
        // an agent's refusal is one failed method, not the end
        if (error.level === 'agent') return;
        const isDenied = error.level === 'client-authentication' && /all configured/i.test(error.message);
        settle(() =>
          reject(refusal ?? (isDenied ? login.denied(label, error) : fromError(login, label, error, timeoutMs))),
        );
      });
      client.once('close', () => settle(() => reject(refusal ?? closedEarly(login, label, lastError))));
      client.connect({
        sock: socket,
        username: sources.user,
        readyTimeout: timeoutMs,
        keepaliveInterval: options.keepAlive.intervalMs,
        keepaliveCountMax: options.keepAlive.count,
        algorithms: { serverHostKey: hostKey.algorithms },
        hostVerifier: (key: Buffer) => {
          refusal = hostKey.refusal(key);
          return refusal === undefined;
        },
        authHandler: (offered, isPartial, next) => {
          const method = login.next(offered as readonly string[] | null, isPartial);
          // the library takes false too, which its types leave out
          (next as (method: unknown) => void)(method);
        },
      });
    });
  } catch (error) {
    client.destroy();
    socket.destroy();
    throw error;
  }
  return {
    client,
    localAddress: (socket as Partial<Socket>).localAddress?.replace(/^::ffff:/, ''),
    whyLost: () => connectionLost(label, lastError === undefined ? 'the host closed it' : short(lastError), lastError),
  };
}

/** sshd ends the connection in the middle of a login with too many attempts. */
function fromError(login: Login, label: string, error: Error, timeoutMs: number): FirebreakError {
  return /too many authentication failures/i.test(error.message)
    ? login.denied(label, error)
    : fromConnectError(label, error, timeoutMs);
}

function closedEarly(login: Login, label: string, cause: Error | undefined): FirebreakError {
  return login.hasTried ? login.denied(label, cause) : lostBeforeLogin(label, cause);
}

/** @throws FB_CONNECT_*, FB_ENVIRONMENT (source address), the signal's reason */
export function connectTcp(
  endpoint: SshEndpoint,
  source: string | undefined,
  options: Pick<OpenOptions, 'signal' | 'timeoutMs'>,
): Promise<Socket> {
  const { label, address: host, port } = endpoint;
  const { signal, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const socket = connect({ host, port, noDelay: true, ...fromSource(source) });
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const timer = setTimeout(() => fail(connectTimeout(label, timeoutMs)), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    // stays until the SSH client has its own: an error that nobody hears would end the program
    socket.on('error', (error) => fail(fromConnectError(label, error, timeoutMs)));
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}
