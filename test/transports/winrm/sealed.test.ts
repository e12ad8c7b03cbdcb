/** Sealed NTLM over HTTP: nothing in the clear, a login for each socket, no answer taken that was not sealed. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FirebreakError, Session, Target } from '../../../src/domain/index.ts';
import { HttpConnection, SocketGone } from '../../../src/transports/winrm/http-connection.ts';
import { FakeWinrm } from '../support/fake-winrm.ts';
import { errorOf, never, openSession } from '../support/open-session.ts';
import type { PipelineHandler } from '../support/psrp-simulator.ts';
import { type SealedExchange, SealingProxy, type SealingProxyOptions } from '../support/sealing-proxy.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Service {
  readonly fake: FakeWinrm;
  readonly proxy: SealingProxy;
}

const answersOne: PipelineHandler = (pipeline) => pipeline.write('output', 1);

async function service(options: Omit<SealingProxyOptions, 'port'> = {}, handler = answersOne): Promise<Service> {
  const fake = await FakeWinrm.start(handler);
  cleanups.push(() => fake.stop());
  const proxy = await SealingProxy.start({ ...options, port: fake.port });
  cleanups.push(() => proxy.stop());
  return { fake, proxy };
}

function open(port: number, more: Partial<Target> = {}): Promise<Session> {
  return openSession(port, { auth: 'negotiate', allowUnencrypted: false, ...more });
}

function invoke(session: Session, timeoutMs = 120_000): Promise<{ readonly output: readonly unknown[] }> {
  return session.invoke({ script: '1' }, { signal: never, timeoutMs });
}

function expectClear(error: FirebreakError, port: number): void {
  expect(error.message).toContain(`127.0.0.1:${port}`);
  expect(error.message).not.toContain('\n');
  expect(error.remedy).not.toBe('');
  expect(JSON.stringify([error.message, error.remedy, error.stack])).not.toContain('secret');
}

describe.each(['ntlm', 'negotiate'] as const)('a session by %s', (auth) => {
  it('runs pipelines on one login a connection, with nothing in the clear', async () => {
    const { fake, proxy } = await service();
    const session = await open(proxy.port, { auth });
    for (let count = 0; count < 5; count += 1) expect((await invoke(session)).output).toEqual([1]);
    await session.close();
    expect(proxy.inTheClear).toEqual([]);
    expect(proxy.logins).toBeLessThanOrEqual(2);
    expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(5);
    expect(fake.operations.at(-1)).toBe('delete');
  });

  it('ends with access denied and one counted attempt when the password is wrong', async () => {
    const { fake, proxy } = await service({ password: 'other' });
    const error = await errorOf(open(proxy.port, { auth }));
    expect(error).toMatchObject({ code: 'FB_AUTH_DENIED', retryable: false });
    for (const cause of ['locked', 'LocalAccountTokenFilterPolicy', 'Cbt', 'SPN'])
      expect(error.remedy).toContain(cause);
    expectClear(error, proxy.port);
    expect(proxy.refusals).toBe(1);
    expect(fake.operations).toEqual([]);
  });
});

describe('a sealed session', () => {
  it('stops a pipeline over a second connection, which logs on for itself', async () => {
    const { proxy } = await service({}, async (pipeline) => {
      pipeline.write('output', 1);
      await pipeline.stopped;
    });
    const session = await open(proxy.port);
    const controller = new AbortController();
    const running = session.invoke(
      { script: '1' },
      { signal: controller.signal, timeoutMs: 120_000, onRecord: () => controller.abort() },
    );
    expect((await errorOf(running)).code).toBe('FB_CANCELLED');
    await session.close();
    expect(proxy.actions).toContain('Signal');
    expect(proxy.logins).toBe(2);
    expect(proxy.inTheClear).toEqual([]);
  });

  it('logs on again when its connections were cut between two requests', async () => {
    const { fake, proxy } = await service();
    const session = await open(proxy.port);
    await invoke(session);
    for (let cuts = 0; cuts < 3; cuts += 1) {
      const before = proxy.logins;
      await proxy.cut();
      // the client is told by the same loop of events that closed the sockets
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      expect((await invoke(session)).output).toEqual([1]);
      expect(proxy.logins).toBeGreaterThan(before);
    }
    expect(proxy.inTheClear).toEqual([]);
    expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(4);
    await session.close();
  });

  it('logs on for every request when the host keeps no connection', async () => {
    const { fake, proxy } = await service({ closesEarly: true });
    const session = await open(proxy.port);
    for (let count = 0; count < 3; count += 1) expect((await invoke(session)).output).toEqual([1]);
    await session.close();
    expect(proxy.logins).toBe(proxy.actions.length);
    expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(3);
  });

  it('logs on again after a 401, and sends the refused request once more', async () => {
    const { fake, proxy } = await service();
    const session = await open(proxy.port);
    await invoke(session);
    proxy.forgetLogins();
    expect((await invoke(session)).output).toEqual([1]);
    expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(2);
    expect(proxy.inTheClear).toEqual([]);
    await session.close();
  });

  it('loses its session, not its honesty, when it is cut under a request', async () => {
    let isCutting = false;
    const { fake, proxy } = await service({
      onAnswer: (exchange) => {
        if (isCutting && exchange.action === 'Command') exchange.response.socket?.destroy();
        else exchange.proceed();
      },
    });
    const session = await open(proxy.port);
    isCutting = true;
    expect((await errorOf(invoke(session))).code).toBe('FB_CONNECT_LOST');
    expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(1);
    await session.close();
  });
});

type Lie = (exchange: SealedExchange, previous: Buffer) => void;

const plain: Lie = ({ response, xml, status }) => {
  response.writeHead(status, { 'content-type': 'application/soap+xml;charset=UTF-8' }).end(xml);
};
const lies: readonly (readonly [string, Lie])[] = [
  ['answers in the clear', plain],
  ['answers 500 without a body', ({ response }) => response.writeHead(500, { 'content-length': 0 }).end()],
  [
    'changes a byte of the ciphertext',
    ({ sealed, proceed }) => {
      sealed[sealed.length - 40] = sealed[sealed.length - 40]! ^ 1;
      proceed();
    },
  ],
  ['repeats an earlier answer', ({ proceed }, previous) => proceed(previous)],
  ['leaves out the end', ({ sealed, proceed }) => proceed(sealed.subarray(0, sealed.length - 60))],
  ['puts two answers together', ({ sealed, proceed }, previous) => proceed(Buffer.concat([previous, sealed]))],
  ['seals nothing', ({ proceed }) => proceed(Buffer.from('<s:Envelope/>'))],
];

describe('an answer that is not what the host sealed', () => {
  it.each(lies)('%s: an error, and the request is not sent again', async (_what, lie) => {
    let isLying = false;
    let previous = Buffer.alloc(0);
    const { fake, proxy } = await service({
      onAnswer: (exchange) => {
        if (isLying && exchange.action === 'Command') lie(exchange, previous);
        else exchange.proceed();
        previous = Buffer.from(exchange.sealed);
      },
    });
    const session = await open(proxy.port);
    isLying = true;
    const error = await errorOf(invoke(session));
    expect(error.code).toBe('FB_PROTOCOL_AUTH');
    expectClear(error, proxy.port);
    expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(1);
    expect((await errorOf(invoke(session))).code).toBe('FB_SESSION_CLOSED');
    await session.close();
    expect(proxy.inTheClear).toEqual([]);
  });
});

describe('a connection of one socket', () => {
  it('never opens a second one: a request that comes too late is not sent', async () => {
    const { fake } = await service();
    const connection = new HttpConnection({
      label: 'x',
      origin: `http://127.0.0.1:${fake.port}`,
      address: '127.0.0.1',
      port: fake.port,
      isOneSocket: true,
    });
    const options = { timeoutMs: 5_000, connectTimeoutMs: 5_000, isPoll: false };
    expect((await connection.post('', { connection: 'close' }, options)).status).toBe(401);
    await expect(connection.post('late', {}, options)).rejects.toBeInstanceOf(SocketGone);
    expect(connection.isDead).toBe(true);
    expect(fake.connections).toBe(1);
    connection.destroy();
  });
});

describe('a login that comes to no end', () => {
  async function answering(status: number, headers: { [name: string]: string }): Promise<number> {
    const server: Server = createServer((request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(status, headers).end());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }

  it.each<[string, number, { [name: string]: string }, string, RegExp]>([
    ['Basic only', 401, { 'www-authenticate': 'Basic realm="x"' }, 'FB_AUTH_DENIED', /offers Basic/],
    ['no challenge', 401, { 'www-authenticate': 'Negotiate' }, 'FB_AUTH_DENIED', /offers Negotiate/],
    ['nothing', 401, {}, 'FB_AUTH_DENIED', /offers nothing/],
    ['a broken challenge', 401, { 'www-authenticate': 'Negotiate AAAA' }, 'FB_PROTOCOL_AUTH', /SPNEGO/],
    ['no question at all', 200, {}, 'FB_PROTOCOL_AUTH', /asked for no password/],
    ['a closed door', 403, {}, 'FB_AUTH_DENIED', /403/],
    ['no WinRM', 404, {}, 'FB_PROTOCOL_HTTP', /404/],
    ['no connection', 401, { connection: 'close', 'www-authenticate': 'Negotiate' }, 'FB_AUTH_DENIED', /Negotiate/],
  ])('%s', async (_what, status, headers, code, message) => {
    const port = await answering(status, headers);
    const error = await errorOf(open(port));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expectClear(error, port);
  });

  it('a connection that ends in the middle', async () => {
    const { proxy } = await service();
    const port = await answering(401, {
      connection: 'close',
      'www-authenticate': await firstChallenge(proxy.port),
    });
    const error = await errorOf(open(port));
    expect(error).toMatchObject({ code: 'FB_PROTOCOL_AUTH' });
    expect(error.message).toContain('the host closed the connection');
    expectClear(error, port);
  });
});

/** What a service answers to the first message of a login. */
async function firstChallenge(port: number): Promise<string> {
  const { createInitiator } = await import('../../../src/protocol/index.ts');
  const { randomBytes } = await import('node:crypto');
  const initiator = createInitiator('negotiate', {
    user: 'x',
    password: 'x',
    targetName: 'HTTP/x',
    randomBytes,
    now: Date.now,
  });
  const authorization = `Negotiate ${Buffer.from(initiator.step()!).toString('base64')}`;
  const answer = await fetch(`http://127.0.0.1:${port}/wsman`, { method: 'POST', headers: { authorization } });
  await answer.arrayBuffer();
  return (answer.headers.get('www-authenticate') ?? '').replace(/, Kerberos$/, '');
}
