/**
 * The way through an HTTP proxy: CONNECT for every target, because a login to WinRM belongs to one connection end to
 * end. Must not know what then goes through the tunnel.
 *
 * The proxy's password is never part of the URL, which stands in inventories, plans and journals: it comes from
 * FIREBREAK_PROXY_PASSWORD.
 */
import type { Socket } from 'node:net';
import { FirebreakError, Secret } from '../../domain/index.ts';

export interface HttpProxy {
  readonly address: string;
  readonly port: number;
  /** `proxy:3128`, for messages. */
  readonly name: string;
  readonly login?: { readonly user: string; readonly password: Secret };
}

/** Bytes: more than any proxy's answer to CONNECT has as head. */
const MAX_HEAD_BYTES = 16 * 1024;

/**
 * `http://[user@]proxy[:3128]`
 * @throws FirebreakError FB_INVENTORY_INVALID; FB_CREDENTIAL_MISSING: a user, and no password in the environment
 */
export function parseProxy(text: string, password: string | undefined): HttpProxy {
  const shown = text.replace(/\/\/[^@/]*@/, '//…@');
  const invalid = (why: string, remedy = 'write it as http://proxy.example:3128'): FirebreakError =>
    new FirebreakError('FB_INVENTORY_INVALID', `proxy "${shown}": ${why}`, { remedy });
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('it is no URL');
  }
  if (url.protocol !== 'http:') throw invalid(`only HTTP proxies are supported, not ${url.protocol}//`);
  if (url.password !== '') {
    throw invalid(
      'a password does not belong here: it would be in plans and journals',
      'write http://user@proxy:3128 and put the password into the environment as FIREBREAK_PROXY_PASSWORD',
    );
  }
  if (!['', '/'].includes(url.pathname) || url.search !== '') throw invalid('it must have no path');
  const name = `${url.hostname}:${url.port === '' ? '80' : url.port}`;
  let user: string;
  try {
    user = decodeURIComponent(url.username);
  } catch {
    throw invalid('a % in its user stands for no character', 'write a % of the user as %25');
  }
  if (user !== '' && password === undefined) {
    throw new FirebreakError('FB_CREDENTIAL_MISSING', `proxy ${name}: no password for its user ${user}`, {
      remedy: 'put it into the environment as FIREBREAK_PROXY_PASSWORD',
    });
  }
  return {
    address: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 80 : Number(url.port),
    name,
    ...(user === '' || password === undefined ? {} : { login: { user, password: new Secret(password) } }),
  };
}

/**
 * Asks the proxy for a tunnel; resolves when the socket is one. Whoever gives up destroys the socket.
 * @param authority `host:port` as the proxy shall resolve it
 * @throws FirebreakError FB_AUTH_DENIED, FB_CONNECT_REFUSED, FB_CONNECT_TIMEOUT, FB_CONNECT_LOST, FB_PROTOCOL_HTTP
 */
export async function openTunnel(socket: Socket, proxy: HttpProxy, authority: string, label: string): Promise<void> {
  const { login } = proxy;
  const credentials =
    login === undefined ? '' : Buffer.from(`${login.user}:${login.password.reveal()}`, 'utf8').toString('base64');
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: Firebreak\r\n` +
      `${credentials === '' ? '' : `Proxy-Authorization: Basic ${credentials}\r\n`}\r\n`,
  );
  const head = await readHead(socket, proxy, label);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  if (status === undefined) throw notAProxy(proxy, label);
  if (!status.startsWith('2')) throw refused(Number(status), head, proxy, label);
}

function readHead(socket: Socket, proxy: HttpProxy, label: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const finish = (settle: () => void): void => {
      socket.off('data', onData);
      socket.off('close', onClose);
      socket.off('error', onClose);
      socket.pause();
      settle();
    };
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        if (bytes.length > MAX_HEAD_BYTES) finish(() => reject(notAProxy(proxy, label)));
        return;
      }
      finish(() => {
        const rest = bytes.subarray(end + 4);
        if (rest.length > 0) socket.unshift(rest);
        resolve(bytes.toString('latin1', 0, end));
      });
    };
    const onClose = (): void =>
      finish(() =>
        reject(
          new FirebreakError('FB_CONNECT_LOST', `${label}: the proxy ${proxy.name} closed the connection`, {
            remedy: 'see the log of the proxy; it may not allow CONNECT to this port',
          }),
        ),
      );
    socket.on('data', onData);
    socket.on('close', onClose);
    socket.on('error', onClose);
  });
}

function refused(status: number, head: string, proxy: HttpProxy, label: string): FirebreakError {
  const who = `${label}: the proxy ${proxy.name}`;
  switch (status) {
    case 407: {
      const offered = [...head.matchAll(/^proxy-authenticate:\s*([^\s,]+)/gim)].map(([, scheme]) => scheme);
      const takes = offered.length === 0 ? '' : ` (it takes ${offered.join(', ')})`;
      return new FirebreakError(
        'FB_AUTH_DENIED',
        proxy.login === undefined ? `${who} wants a login${takes}` : `${who} refused user or password${takes}`,
        {
          remedy:
            'write the user into the URL, http://user@proxy:3128, and the password into FIREBREAK_PROXY_PASSWORD; only Basic is supported',
        },
      );
    }
    case 403:
    case 405:
      return new FirebreakError('FB_CONNECT_REFUSED', `${who} does not allow this connection (HTTP ${status})`, {
        remedy: "let the proxy allow CONNECT to the host's port (squid: acl SSL_ports port 5985 5986)",
        retryable: false,
      });
    case 500:
    case 502:
    case 503:
    case 504:
      return new FirebreakError('FB_CONNECT_TIMEOUT', `${who} cannot reach the host (HTTP ${status})`, {
        remedy: 'is the host up? does the proxy know its name and the way to it?',
      });
    default:
      return new FirebreakError('FB_PROTOCOL_HTTP', `${who} answered CONNECT by HTTP ${status}`, {
        remedy: 'is that an HTTP proxy that allows CONNECT? see its log',
      });
  }
}

function notAProxy(proxy: HttpProxy, label: string): FirebreakError {
  return new FirebreakError('FB_PROTOCOL_HTTP', `${label}: ${proxy.name} does not answer as an HTTP proxy does`, {
    remedy: 'check address and port of the proxy',
  });
}
