/** HTTPS: whom the client trusts, what it says when it does not, and which way it goes there. */
import { spawn, spawnSync } from 'node:child_process';
import { constants, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SecureVersion, TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Authority, type Certificate, selfSigned } from '../../../lab/fleet/certificates/index.ts';
import type { ConnectionSettings, FirebreakError, Target } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { endpointOf } from '../../../src/transports/winrm/endpoint.ts';
import { onTlsPort } from '../../../src/transports/winrm/failures.ts';
import { openSocket } from '../../../src/transports/winrm/open-socket.ts';
import { SecureContexts } from '../../../src/transports/winrm/tls.ts';
import { FakeWinrm, type FakeWinrmOptions } from '../support/fake-winrm.ts';
import { errorOf, never, openSession, targetOn } from '../support/open-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'fbtls-'));
const authority = new Authority('Test CA');
const caFile = file('ca.pem', authority.cert);
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function issue(names: readonly string[], more: { validFrom?: Date; validTo?: Date } = {}): Certificate {
  return authority.issue({ commonName: 'web01', names, usage: 'server', ...more });
}

async function serve(certificate: Certificate, options: FakeWinrmOptions = {}): Promise<FakeWinrm> {
  const { cert, key } = certificate;
  const fake = await FakeWinrm.start((pipeline) => pipeline.write('output', 42), {
    ...options,
    tls: { cert, key, ...options.tls },
  });
  cleanups.push(() => fake.stop());
  return fake;
}

/** Over TLS with these settings; Basic needs no permission there. */
function over(settings: ConnectionSettings, more: Partial<Target> = {}): Partial<Target> {
  return { useTls: true, allowUnencrypted: false, settings, ...more };
}

async function expectAnswer(port: number, more: Partial<Target>): Promise<void> {
  const session = await openSession(port, more);
  try {
    const { output } = await session.invoke({ script: 'x' }, { signal: never, timeoutMs: 120_000 });
    expect(output).toEqual([42]);
  } finally {
    await session.close();
  }
}

async function expectUntrusted(port: number, more: Partial<Target>): Promise<FirebreakError> {
  const error = await errorOf(openSession(port, more));
  expect(error.code).toBe('FB_TLS_UNTRUSTED');
  expect(error.retryable).toBe(false);
  expect(error.message).toContain(`:${port}`);
  expect(error.message).not.toContain('\n');
  return error;
}

function fingerprint({ cert }: Certificate): string {
  return new X509Certificate(cert).fingerprint256;
}

describe('whom the client trusts', () => {
  const good = issue(['web01.example', '127.0.0.1']);

  it('an authority that is given, and a certificate with the address', async () => {
    await expectAnswer((await serve(good)).port, over({ ca: caFile }));
  });

  it('the name that the inventory gives a host whose address is an IP address', async () => {
    const { port } = await serve(issue(['web01']));
    await expectAnswer(port, over({ ca: caFile }));
    await expectUntrusted(port, over({ ca: caFile }, { host: 'web02' }));
  });

  it('not the name in the inventory when the address is another name', async () => {
    const { port } = await serve(issue(['web01']));
    const error = await expectUntrusted(port, over({ ca: caFile }, { address: 'localhost' }));
    expect(error.message).toContain('it is not for localhost; it is for web01');
  });

  it('a certificate of an older kind, with nothing but a common name', async () => {
    const { port } = await serve(authority.issue({ commonName: 'localhost', usage: 'server' }));
    await expectAnswer(port, over({ ca: caFile }, { address: 'localhost' }));
  });

  it('asks for the host by its name, and for an address by none', async () => {
    const asked: unknown[] = [];
    const { port } = await serve(issue(['localhost', '127.0.0.1']), {
      intercept: async (exchange) => {
        const { socket } = exchange.incoming;
        if (exchange.request.operation === 'create') asked.push(socket instanceof TLSSocket && socket.servername);
        await exchange.proceed();
      },
    });
    await expectAnswer(port, over({ ca: caFile }, { address: 'localhost' }));
    await expectAnswer(port, over({ ca: caFile }));
    expect(asked).toEqual(['localhost', false]);
  });

  it('not an authority that this machine does not know', async () => {
    const { port } = await serve(good);
    const error = await expectUntrusted(port, over({}));
    expect(error.message).toContain('its issuer (CN=Test CA) is not known here');
    expect(error.message).toContain('it is for web01.example, 127.0.0.1');
    expect(error.message).toContain(fingerprint(good));
    expect(error.remedy).toContain('ca: FILE.pem');
    expect(error.remedy).toContain(`fingerprint: ${fingerprint(good)}`);
  });

  it('not an authority of the same name with another key', async () => {
    const { port } = await serve(good);
    await expectUntrusted(port, over({ ca: file('other.pem', new Authority('Test CA').cert) }));
  });

  it('not a certificate that vouches for itself, until it is pinned or given', async () => {
    const own = selfSigned({ commonName: 'web01', names: ['web01'], usage: 'server' });
    const { port } = await serve(own);
    const error = await expectUntrusted(port, over({ ca: caFile }));
    expect(error.message).toContain('it is self-signed');
    const [pin] = /(?<=fingerprint: )[0-9A-F:]{95}/.exec(error.remedy) ?? [''];
    await expectAnswer(port, over({ fingerprint: pin }));
    await expectAnswer(port, over({ ca: file('own.pem', own.cert) }));
  });

  it('not a certificate that has expired or is not valid yet', async () => {
    const day = 24 * 3600 * 1000;
    const expired = await serve(issue(['127.0.0.1'], { validTo: new Date(Date.now() - day / 2) }));
    expect((await expectUntrusted(expired.port, over({ ca: caFile }))).message).toContain('has expired');
    const early = await serve(issue(['127.0.0.1'], { validFrom: new Date(Date.now() + day) }));
    expect((await expectUntrusted(early.port, over({ ca: caFile }))).message).toContain('not valid yet');
  });

  it("not a client's certificate as a server's", async () => {
    const { port } = await serve(authority.issue({ commonName: 'x', names: ['127.0.0.1'], usage: 'client' }));
    expect((await expectUntrusted(port, over({ ca: caFile }))).message).toContain('not meant for servers');
  });

  it('a pinned certificate whatever its name, issuer and age, with or without colons', async () => {
    const strange = issue(['elsewhere'], { validTo: new Date(Date.now() - 1000) });
    const { port } = await serve(strange);
    const pin = fingerprint(strange);
    await expectAnswer(port, over({ fingerprint: pin }));
    await expectAnswer(port, over({ fingerprint: pin.replaceAll(':', '').toLowerCase() }));
  });

  it('no other certificate than the pinned one, even a good one, even when told to verify nothing', async () => {
    const { port } = await serve(good);
    const settings = { ca: caFile, insecure: true, fingerprint: fingerprint(issue(['127.0.0.1'])) };
    const error = await expectUntrusted(port, over(settings));
    expect(error.message).toContain('another certificate than the pinned one');
    expect(error.message).toContain(fingerprint(good));
  });

  it('anybody, when told to', async () => {
    const { port } = await serve(issue(['elsewhere']));
    await expectAnswer(port, over({ insecure: true }));
  });

  it('gives nothing away before it trusts: no request reaches a server that is not trusted', async () => {
    const fake = await serve(good);
    await expectUntrusted(fake.port, over({}));
    expect(fake.operations).toEqual([]);
  });

  it('shows no control characters of a certificate', async () => {
    const { port } = await serve(authority.issue({ commonName: 'a\u001b[31m\u0007b', usage: 'server' }));
    const error = await expectUntrusted(port, over({ ca: caFile }));
    expect(error.message).toContain('[31m');
    expect(error.message).toMatch(/^[ -~]+$/);
  });
});

describe('TLS sessions', () => {
  it('are taken up again by the next connection to the same host, not by one that trusts otherwise', async () => {
    const reused: boolean[] = [];
    const { port } = await serve(issue(['127.0.0.1']), {
      intercept: async (exchange) => {
        const { socket } = exchange.incoming;
        if (exchange.request.operation === 'create')
          reused.push(socket instanceof TLSSocket && socket.isSessionReused());
        await exchange.proceed();
      },
    });
    const { winrm } = createTransports();
    for (const settings of [{ ca: caFile }, { ca: caFile }, { insecure: true }]) {
      const session = await winrm.open(targetOn(port, over(settings)), { signal: never, timeoutMs: 120_000 });
      await session.invoke({ script: 'x' }, { signal: never, timeoutMs: 120_000 });
      await session.close();
    }
    expect(reused).toEqual([false, true, false]);
    const error = await errorOf(winrm.open(targetOn(port, over({})), { signal: never, timeoutMs: 120_000 }));
    expect(error.code).toBe('FB_TLS_UNTRUSTED');
  });
});

describe('client certificates', () => {
  const client = authority.issue({ commonName: 'me', upn: 'me@localhost', usage: 'client' });
  const pair = { cert: file('client.pem', client.cert), key: file('client.key', client.key) };

  it('are shown, with the word that asks the host to look', async () => {
    const seen: unknown[] = [];
    const { port } = await serve(issue(['127.0.0.1']), {
      tls: { ca: authority.cert, requestCert: true, rejectUnauthorized: false },
      authorization: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual',
      intercept: async (exchange) => {
        const { socket } = exchange.incoming;
        if (socket instanceof TLSSocket) seen.push([socket.authorized, socket.getProtocol()]);
        await exchange.proceed();
      },
    });
    await expectAnswer(port, over({ ca: caFile, certificate: pair }, { auth: 'certificate' }));
    // http.sys asks for them after the handshake, which OpenSSL's client can do with TLS 1.2 only
    expect(seen[0]).toEqual([true, 'TLSv1.2']);
  });

  it('are shown to a host that asks for them in mid-connection, as Windows does', async () => {
    const subjects: unknown[] = [];
    const { port } = await serve(issue(['127.0.0.1']), {
      // else OpenSSL would take the session up again, without asking
      tls: { ca: authority.cert, secureOptions: constants.SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION },
      authorization: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual',
      intercept: async (exchange) => {
        const { socket } = exchange.incoming;
        if (socket instanceof TLSSocket) subjects.push(socket.getPeerX509Certificate()?.subject);
        if (socket instanceof TLSSocket && subjects.length === 1) {
          await new Promise<void>((resolve, reject) => {
            socket.renegotiate({ requestCert: true, rejectUnauthorized: false }, (error) =>
              error === null ? resolve() : reject(error),
            );
          });
        }
        await exchange.proceed();
      },
    });
    await expectAnswer(port, over({ ca: caFile, certificate: pair }, { auth: 'certificate' }));
    expect(subjects.slice(0, 2)).toEqual([undefined, 'CN=me']);
  });

  it('that the host does not map to an account are refused with the way to map them', async () => {
    const { port } = await serve(issue(['127.0.0.1']));
    const error = await errorOf(openSession(port, over({ ca: caFile, certificate: pair }, { auth: 'certificate' })));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', remedy: expect.stringContaining('ClientCertificate') });
  });

  it.each([
    ['without TLS', { auth: 'certificate', settings: { certificate: pair } }, 'FB_AUTH_UNSUPPORTED', '5986'],
    ['none given', over({}, { auth: 'certificate' }), 'FB_CREDENTIAL_MISSING', 'certificate: {'],
    [
      'not there',
      over({ certificate: { ...pair, key: '/no/such.key' } }, { auth: 'certificate' }),
      'FB_FILE_MISSING',
      'path',
    ],
    [
      'with the key of another',
      over({ certificate: { ...pair, key: file('x.key', issue(['x']).key) } }, { auth: 'certificate' }),
      'FB_INVENTORY_INVALID',
      'belong together',
    ],
    ['an authority that is no PEM', over({ ca: file('junk.pem', 'junk') }), 'FB_INVENTORY_INVALID', 'openssl x509'],
    ['an authority that is not there', over({ ca: '/no/such.pem' }), 'FB_FILE_MISSING', 'path'],
    ['half a fingerprint', over({ fingerprint: 'AB:CD' }), 'FB_INVENTORY_INVALID', '64 hex digits'],
  ] as const)('or settings that cannot be used: %s', async (_name, more, code, remedy) => {
    const fake = await serve(issue(['127.0.0.1']));
    const error = await errorOf(openSession(fake.port, more));
    expect(error).toMatchObject({ code, remedy: expect.stringContaining(remedy) });
    expect(fake.connections).toBe(0);
  });
});

describe('what is no TLS, or not ours', () => {
  async function raw(onConnection: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }
  const fail = (port: number, timeoutMs?: number): Promise<FirebreakError> =>
    errorOf(openSession(port, over({ ca: caFile }), timeoutMs));

  it('plain HTTP on that port', async () => {
    const fake = await FakeWinrm.start((pipeline) => pipeline.write('output', 1), {});
    cleanups.push(() => fake.stop());
    expect(await fail(fake.port)).toMatchObject({
      code: 'FB_TLS_FAILED',
      remedy: expect.stringContaining('use_tls: false'),
    });
  });

  it.each([
    ['closes at once', (socket: Socket) => socket.end(), 'FB_TLS_FAILED', 'listener'],
    ['resets', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()), 'FB_TLS_FAILED', 'listener'],
    ['sends garbage', (socket: Socket) => socket.write(Buffer.alloc(300, 0x7a)), 'FB_TLS_FAILED', '5986'],
    [
      'sends half a handshake',
      (socket: Socket) => socket.write(Buffer.from('160303', 'hex')),
      'FB_DEADLINE',
      'timeout',
    ],
    ['says nothing', () => undefined, 'FB_DEADLINE', 'timeout'],
  ] as const)('a server that %s', async (_name, behave, code, remedy) => {
    const error = await fail(await raw(behave), 1_000);
    expect(error).toMatchObject({ code, remedy: expect.stringContaining(remedy) });
  });

  it('a server that says nothing, when connecting has a time of its own', async () => {
    const endpoint = await endpointOf(targetOn(await raw(() => undefined), over({ ca: caFile })), new SecureContexts());
    const error = await errorOf(openSocket(endpoint, { timeoutMs: 200 }));
    expect(error.code).toBe('FB_CONNECT_TIMEOUT');
    expect(error.message).toContain('no TLS handshake within 0.2 s');
  });

  it('plain HTTP to the port of HTTPS, which is told by its number', async () => {
    const { port } = await serve(issue(['127.0.0.1']));
    const error = await errorOf(openSession(port));
    expect(error.code).toBe('FB_CONNECT_LOST');
    expect(error.remedy).not.toContain('5986');
    const told = onTlsPort(error, 5986);
    expect(told).toMatchObject({ code: 'FB_TLS_FAILED', remedy: expect.stringContaining('use_tls: true') });
    expect(onTlsPort(error, 5985)).toBe(error);
  });

  it('is told from a host that ends TLS in mid-session', async () => {
    const { port } = await serve(issue(['127.0.0.1']), {
      intercept: async (exchange) => {
        if (exchange.request.operation === 'command') exchange.incoming.socket.destroy();
        else await exchange.proceed();
      },
    });
    const session = await openSession(port, over({ ca: caFile }));
    const error = await errorOf(session.invoke({ script: 'x' }, { signal: never, timeoutMs: 120_000 }));
    expect(error.code).toBe('FB_CONNECT_LOST');
    await session.close();
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('%s only', async (version: SecureVersion) => {
    const { cert, key } = issue(['127.0.0.1']);
    const fake = await FakeWinrm.start((pipeline) => pipeline.write('output', 1), {
      tls: { cert, key, minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' },
    });
    cleanups.push(() => fake.stop());
    expect(await fail(fake.port)).toMatchObject({
      code: 'FB_TLS_FAILED',
      message: expect.stringContaining('TLS 1.2'),
      remedy: expect.stringContaining('5985'),
    });
  });
});

const openssl = spawnSync('/usr/bin/openssl', ['version']).status === 0;
if (!openssl) process.stderr.write('no openssl here: its tests are left out (apt-get install openssl)\n');

(openssl ? describe : describe.skip)('a server of openssl', () => {
  it.each(['-tls1_2', '-tls1_3'])('is verified by %s', async (version) => {
    const { cert, key } = issue(['127.0.0.1']);
    const files = ['-cert', file('s.pem', cert), '-key', file('s.key', key)];
    const child = spawn('/usr/bin/openssl', ['s_server', '-accept', '127.0.0.1:0', '-rev', version, ...files], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    cleanups.push(() => void child.kill());
    const port = await new Promise<number>((resolve, reject) => {
      let text = '';
      child.on('exit', () => reject(new Error(text)));
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const found = /ACCEPT .*:(\d+)/.exec(text)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    });
    // it sends every line back to front, which only a connection that came up can carry
    const trusted = await errorOf(openSession(port, over({ ca: caFile })));
    expect(trusted.code).toBe('FB_PROTOCOL_HTTP');
    expect((await errorOf(openSession(port, over({})))).code).toBe('FB_TLS_UNTRUSTED');
  });
});
