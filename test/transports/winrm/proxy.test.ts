/** The way through an HTTP proxy: squid where it is installed (Debian: squid-openssl), and servers that are none. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Authority } from '../../../lab/fleet/certificates/index.ts';
import type { Target } from '../../../src/domain/index.ts';
import { endpointOf } from '../../../src/transports/winrm/endpoint.ts';
import { openSocket } from '../../../src/transports/winrm/open-socket.ts';
import { parseProxy } from '../../../src/transports/winrm/proxy.ts';
import { SecureContexts } from '../../../src/transports/winrm/tls.ts';
import { freePort } from '../../support/free-port.ts';
import { FakeWinrm, type FakeWinrmOptions } from '../support/fake-winrm.ts';
import { errorOf, never, openSession, targetOn } from '../support/open-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'fbproxy-'));
const authority = new Authority('Test CA');
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, authority.cert);
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  delete process.env['FIREBREAK_PROXY_PASSWORD'];
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function service(options: FakeWinrmOptions = {}): Promise<FakeWinrm> {
  const fake = await FakeWinrm.start((pipeline) => pipeline.write('output', 42), options);
  cleanups.push(() => fake.stop());
  return fake;
}

function secureService(): Promise<FakeWinrm> {
  const { cert, key } = authority.issue({ commonName: 'x', names: ['127.0.0.1'], usage: 'server' });
  return service({ tls: { cert, key } });
}

/** A TCP server that answers whatever it is asked; gives its port and what it was asked. */
async function rawProxy(onConnection: (socket: Socket) => void): Promise<{ port: number; asked: () => string }> {
  const sockets = new Set<Socket>();
  let text = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked: () => text };
}

async function expectAnswer(port: number, more: Partial<Target>): Promise<void> {
  const session = await openSession(port, more);
  const { output } = await session.invoke({ script: 'x' }, { signal: never, timeoutMs: 120_000 });
  expect(output).toEqual([42]);
  await session.close();
}

describe('a proxy as it is written', () => {
  it.each([
    ['http://proxy.example:3128', { address: 'proxy.example', port: 3128, name: 'proxy.example:3128' }],
    ['http://proxy', { address: 'proxy', port: 80, name: 'proxy:80' }],
    ['http://[::1]:8080/', { address: '::1', port: 8080, name: '[::1]:8080' }],
  ])('%s', (text, proxy) => {
    expect(parseProxy(text, undefined)).toEqual(proxy);
  });

  it('has a user in the URL and the password in the environment', () => {
    const { login } = parseProxy('http://al%40corp@proxy:3128', 'pa55');
    expect(login?.user).toBe('al@corp');
    expect(login?.password.reveal()).toBe('pa55');
  });

  it.each([
    ['http://al:pa55@proxy:3128', 'FB_INVENTORY_INVALID', 'FIREBREAK_PROXY_PASSWORD'],
    ['http://al@proxy:3128', 'FB_CREDENTIAL_MISSING', 'FIREBREAK_PROXY_PASSWORD'],
    ['http://100%al@proxy:3128', 'FB_INVENTORY_INVALID', '%25'],
    ['https://proxy:3128', 'FB_INVENTORY_INVALID', 'http://proxy'],
    ['socks5://proxy:1080', 'FB_INVENTORY_INVALID', 'http://proxy'],
    ['http://proxy:3128/path', 'FB_INVENTORY_INVALID', 'http://proxy'],
    ['proxy 3128', 'FB_INVENTORY_INVALID', 'http://proxy'],
  ])('is refused: %s', async (text, code, remedy) => {
    const error = await errorOf(Promise.resolve().then(() => parseProxy(text, undefined)));
    expect(error).toMatchObject({ code, remedy: expect.stringContaining(remedy) });
    expect(JSON.stringify(error) + error.message).not.toContain('pa55');
  });
});

describe('what a proxy may do', () => {
  const reply = (text: string) => (socket: Socket) => void socket.once('data', () => socket.write(text));
  it.each([
    ['HTTP/1.1 403 Forbidden\r\n\r\n', 'FB_CONNECT_REFUSED', 'does not allow'],
    [
      'HTTP/1.1 407 Login\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n',
      'FB_AUTH_DENIED',
      'it takes NTLM, Basic',
    ],
    ['HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n', 'FB_CONNECT_TIMEOUT', 'cannot reach the host'],
    ['HTTP/1.1 503 Unavailable\r\n\r\n', 'FB_CONNECT_TIMEOUT', 'cannot reach the host'],
    ['HTTP/1.1 302 Found\r\n\r\n', 'FB_PROTOCOL_HTTP', 'HTTP 302'],
    ['SSH-2.0-OpenSSH_9.2\r\n\r\n', 'FB_PROTOCOL_HTTP', 'as an HTTP proxy does'],
    ['x'.repeat(20_000), 'FB_PROTOCOL_HTTP', 'as an HTTP proxy does'],
  ] as const)('answer by something else than a tunnel (%#)', async (answer, code, text) => {
    const { port } = await rawProxy(reply(answer));
    const error = await errorOf(openSession(5985, { settings: { proxy: `http://127.0.0.1:${port}` } }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.remedy).not.toBe('');
  });

  it('close, refuse, or say nothing', async () => {
    const closing = await rawProxy((socket) => void socket.once('data', () => socket.end()));
    const settings = (port: number) => ({ settings: { proxy: `http://127.0.0.1:${port}` } });
    expect((await errorOf(openSession(5985, settings(closing.port)))).code).toBe('FB_CONNECT_LOST');
    const silent = await rawProxy(() => undefined);
    const endpoint = await endpointOf(targetOn(5985, settings(silent.port)), new SecureContexts());
    const late = await errorOf(openSocket(endpoint, { timeoutMs: 200 }));
    expect(late.code).toBe('FB_CONNECT_TIMEOUT');
    expect(late.message).toContain('no answer to CONNECT within 0.2 s');
    await cleanups.pop()?.();
    const refused = await errorOf(openSession(5985, settings(silent.port)));
    expect(refused).toMatchObject({ code: 'FB_CONNECT_REFUSED', remedy: expect.stringContaining('proxy') });
    expect(refused.message).toContain(`the proxy 127.0.0.1:${silent.port}`);
  });

  it('be asked for an IPv6 host in brackets, without the zone, and with the login', async () => {
    process.env['FIREBREAK_PROXY_PASSWORD'] = 'pa55';
    const proxy = await rawProxy(reply('HTTP/1.1 403 No\r\n\r\n'));
    const error = await errorOf(
      openSession(5986, {
        address: 'fe80::1%eth0',
        useTls: true,
        settings: { proxy: `http://al@127.0.0.1:${proxy.port}` },
      }),
    );
    expect(proxy.asked()).toMatch(/^CONNECT \[fe80::1\]:5986 HTTP\/1\.1\r\nHost: \[fe80::1\]:5986\r\n/);
    expect(proxy.asked()).toContain(`Proxy-Authorization: Basic ${Buffer.from('al:pa55').toString('base64')}\r\n`);
    expect(error.message + error.remedy + error.stack).not.toContain('pa55');
  });

  it('send the answer of CONNECT in pieces, and the first bytes of the tunnel with it', async () => {
    const fake = await secureService();
    const { port } = await rawProxy((socket) => {
      socket.once('data', () => {
        const far = connect(fake.port, '127.0.0.1');
        far.on('error', () => undefined);
        socket.write('HTTP/1.1 200 Connection est');
        setImmediate(() => {
          socket.write('ablished\r\nX: y\r\n\r\n');
          socket.pipe(far).pipe(socket);
        });
      });
    });
    await expectAnswer(fake.port, { useTls: true, settings: { ca: caFile, proxy: `http://127.0.0.1:${port}` } });
  });
});

const hasSquid = spawnSync('/usr/sbin/squid', ['-v']).status === 0;
if (!hasSquid) process.stderr.write('no squid here: its tests are left out (apt-get install squid-openssl)\n');

(hasSquid ? describe : describe.skip)('squid', () => {
  let child: ChildProcess;
  let open: number;
  let closed: number;

  beforeAll(async () => {
    // squid started by root gives its rights up
    chmodSync(folder, 0o755);
    [open, closed] = [await freePort(), await freePort()];
    const hash = spawnSync('/usr/bin/openssl', ['passwd', '-apr1', 'pa55'], { encoding: 'utf8' }).stdout.trim();
    const users = join(folder, 'users');
    writeFileSync(users, `al:${hash}\n`);
    const config = join(folder, 'squid.conf');
    const lines = [
      `http_port 127.0.0.1:${open} name=open`,
      `http_port 127.0.0.1:${closed} name=closed`,
      'acl closed myportname closed',
      'acl forbidden port 9',
      `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${users}`,
      'auth_param basic children 1',
      'acl known proxy_auth REQUIRED',
      'http_access deny forbidden',
      'http_access allow !closed',
      'http_access allow known',
      'http_access deny all',
      'pid_filename none',
      'cache deny all',
      'access_log none',
      'cache_log /dev/null',
      'coredump_dir /',
      'pinger_enable off',
      'shutdown_lifetime 0 seconds',
      'connect_timeout 2 seconds',
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    child = spawn('/usr/sbin/squid', ['-N', '-f', config], { stdio: 'ignore' });
    for (;;) {
      if (child.exitCode !== null) throw new Error(`squid ended (${child.exitCode})`);
      const isUp = await new Promise<boolean>((resolve) => {
        const socket = connect(closed, '127.0.0.1');
        socket.on('error', () => resolve(false));
        socket.on('connect', () => {
          socket.destroy();
          resolve(true);
        });
      });
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });

  it('carries sessions over HTTP and over HTTPS', async () => {
    const settings = { ca: caFile, proxy: `http://127.0.0.1:${open}` };
    const plain = await service();
    await expectAnswer(plain.port, { settings });
    expect(plain.connections).toBe(1);
    await expectAnswer((await secureService()).port, { useTls: true, settings });
  });

  it('verifies the certificate of the host, not of the proxy', async () => {
    const { port } = await secureService();
    const settings = { proxy: `http://127.0.0.1:${open}` };
    expect((await errorOf(openSession(port, { useTls: true, settings }))).code).toBe('FB_TLS_UNTRUSTED');
  });

  it('refuses what its rules forbid', async () => {
    const error = await errorOf(openSession(9, { settings: { proxy: `http://127.0.0.1:${open}` } }));
    expect(error).toMatchObject({ code: 'FB_CONNECT_REFUSED', retryable: false });
    expect(error.message).toContain(`the proxy 127.0.0.1:${open} does not allow`);
  });

  it('tells that nothing listens at the host', async () => {
    const error = await errorOf(openSession(await freePort(), { settings: { proxy: `http://127.0.0.1:${open}` } }));
    expect(error).toMatchObject({ code: 'FB_CONNECT_TIMEOUT', retryable: true });
    expect(error.message).toContain('cannot reach the host');
  });

  it('wants a login: right, wrong, none', async () => {
    const { port } = await service();
    const settings = { proxy: `http://al@127.0.0.1:${closed}` };
    process.env['FIREBREAK_PROXY_PASSWORD'] = 'pa55';
    await expectAnswer(port, { settings });
    process.env['FIREBREAK_PROXY_PASSWORD'] = 'wrong';
    const wrong = await errorOf(openSession(port, { settings }));
    expect(wrong.code).toBe('FB_AUTH_DENIED');
    expect(wrong.message).toContain('refused user or password');
    const none = await errorOf(openSession(port, { settings: { proxy: `http://127.0.0.1:${closed}` } }));
    expect(none.message).toContain('wants a login (it takes Basic)');
  });
});
