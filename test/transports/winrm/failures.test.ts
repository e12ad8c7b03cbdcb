/** Endpoints that refuse, lie, stall or vanish: one clear error within the deadline, whatever they do. */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FirebreakError, Session } from '../../../src/domain/index.ts';
import { buildFault, FAULT_CODE, FAULTS, SOAP_CONTENT_TYPE, type WsmanFault } from '../../../src/protocol/index.ts';
import { type Exchange, FakeWinrm, type FakeWinrmOptions, reply } from '../support/fake-winrm.ts';
import { errorOf, never, openSession } from '../support/open-session.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A TCP server that does as it likes with each connection. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  });
  return (server.address() as AddressInfo).port;
}

async function fakeWith(options: FakeWinrmOptions): Promise<FakeWinrm> {
  const fake = await FakeWinrm.start((pipeline) => pipeline.write('output', 1), options);
  cleanups.push(() => fake.stop());
  return fake;
}

function expectClear(error: FirebreakError, port: number): void {
  expect(error.message).toContain(`127.0.0.1:${port}`);
  expect(error.message).not.toContain('\n');
  expect(error.remedy).not.toBe('');
  expect(JSON.stringify([error.message, error.remedy, error.stack])).not.toContain('secret');
}

describe('what is refused before anything is sent', () => {
  it.each([
    [{ allowUnencrypted: false }, 'FB_AUTH_UNENCRYPTED'],
    [{ auth: 'certificate' }, 'FB_AUTH_UNSUPPORTED'],
  ] as const)('%p', async (more, code) => {
    const fake = await fakeWith({});
    const error = await errorOf(openSession(fake.port, more));
    expect(error.code).toBe(code);
    expectClear(error, fake.port);
    expect(fake.connections).toBe(0);
  });
});

describe('connecting', () => {
  it('refused', async () => {
    const port = await rawServer(() => undefined);
    await cleanups.pop()?.();
    const error = await errorOf(openSession(port));
    expect(error.code).toBe('FB_CONNECT_REFUSED');
    expectClear(error, port);
  });

  it('a name that does not exist', async () => {
    const error = await errorOf(openSession(5985, { address: 'no-such-host.invalid' }));
    expect(error.code).toBe('FB_CONNECT_NAME');
    expect(error.message).toContain('no-such-host.invalid:5985');
  });

  it('a source address that is not ours', async () => {
    const fake = await fakeWith({});
    const error = await errorOf(openSession(fake.port, { settings: { source: '192.0.2.77' } }));
    expect(error.code).toBe('FB_ENVIRONMENT');
    expectClear(error, fake.port);
  });

  it('uses the source address that is asked for', async () => {
    const seen: (string | undefined)[] = [];
    const fake = await fakeWith({
      intercept: (exchange) => {
        seen.push(exchange.incoming.socket.remoteAddress);
        return exchange.proceed();
      },
    });
    const session = await openSession(fake.port, { settings: { source: '127.0.0.9' } });
    await session.close();
    expect(new Set(seen)).toEqual(new Set(['127.0.0.9']));
  });

  it('a wrong password', async () => {
    const fake = await fakeWith({ password: 'other' });
    const error = await errorOf(openSession(fake.port));
    expect(error.code).toBe('FB_AUTH_DENIED');
    expectClear(error, fake.port);
  });
});

describe('an endpoint that does not speak WinRM', () => {
  const http = (head: string, body: string): string =>
    `HTTP/1.1 ${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  it.each([
    ['garbage', '\u0000\u0001\u0002not http at all\r\n\r\n', 'FB_PROTOCOL_HTTP'],
    ['an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n', 'FB_PROTOCOL_HTTP'],
    ['a web page', http('200 OK\r\ncontent-type: text/html', '<html>welcome</html>'), 'FB_PROTOCOL_HTTP'],
    ['a page without a type', http('200 OK', 'hi'), 'FB_PROTOCOL_HTTP'],
    ['404', http('404 Not Found\r\ncontent-type: text/html', 'no'), 'FB_PROTOCOL_HTTP'],
    ['a redirect', http('302 Found\r\nlocation: http://127.0.0.1:1/', ''), 'FB_PROTOCOL_HTTP'],
    ['an error page', http('500 Oops\r\ncontent-type: text/plain', 'oops'), 'FB_PROTOCOL_HTTP'],
    ['too large', http('413 Too Large', ''), 'FB_PROTOCOL_HTTP'],
    ['403', http('403 Forbidden', ''), 'FB_AUTH_DENIED'],
    ['401 with Negotiate only', http('401 No\r\nwww-authenticate: Negotiate', ''), 'FB_AUTH_DENIED'],
    ['SOAP that is none', http(`200 OK\r\ncontent-type: ${SOAP_CONTENT_TYPE}`, '<a>'), 'FB_PROTOCOL_SOAP'],
    ['a 200 with an empty SOAP body', http(`200 OK\r\ncontent-type: ${SOAP_CONTENT_TYPE}`, ''), 'FB_PROTOCOL_SOAP'],
    [
      'a huge announced length',
      `HTTP/1.1 200 OK\r\ncontent-type: ${SOAP_CONTENT_TYPE}\r\ncontent-length: 99999999999\r\n\r\n`,
      'FB_PROTOCOL_HTTP',
    ],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'x-a: bbbbbbbbbbbbbbbb\r\n'.repeat(20_000)}`, 'FB_PROTOCOL_HTTP'],
  ])('%s', async (_what, bytes, code) => {
    const port = await rawServer((socket) => socket.on('data', () => socket.write(bytes, 'latin1')));
    const error = await errorOf(openSession(port, {}, 5000));
    expect(error.code).toBe(code);
    expectClear(error, port);
  });

  it('a body without end', async () => {
    const port = await rawServer((socket) => {
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
      const pump = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-type: ${SOAP_CONTENT_TYPE}\r\ntransfer-encoding: chunked\r\n\r\n`);
        socket.on('drain', pump);
        pump();
      });
    });
    const error = await errorOf(openSession(port, {}, 20_000));
    expect(error.code).toBe('FB_PROTOCOL_HTTP');
    expectClear(error, port);
  });

  it.each([
    ['says nothing', () => undefined],
    [
      'sends half an answer',
      (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'),
    ],
  ])('%s: ends at the deadline', async (_what, answer: (socket: Socket) => void) => {
    const port = await rawServer((socket) => socket.on('data', () => answer(socket)));
    const error = await errorOf(openSession(port, {}, 200));
    expect(error.code).toBe('FB_DEADLINE');
    expectClear(error, port);
  });

  it.each([
    ['closes without an answer', (socket: Socket) => void socket.end()],
    ['resets the connection', (socket: Socket) => void socket.resetAndDestroy()],
    [
      'closes in mid-answer',
      (socket: Socket) =>
        void socket.end(`HTTP/1.1 200 OK\r\ncontent-type: ${SOAP_CONTENT_TYPE}\r\ncontent-length: 100\r\n\r\nabc`),
    ],
  ])('%s: the connection is lost', async (_what, answer: (socket: Socket) => void) => {
    let requests = 0;
    const port = await rawServer((socket) =>
      socket.once('data', () => {
        requests += 1;
        answer(socket);
      }),
    );
    const error = await errorOf(openSession(port, {}, 5000));
    expect(error.code).toBe('FB_CONNECT_LOST');
    expectClear(error, port);
    expect(requests).toBe(1);
  });
});

describe('faults of the service', () => {
  it.each([
    ['accessDenied', 'FB_AUTH_DENIED', false],
    ['tooManyShells', 'FB_SESSION_QUOTA', true],
    ['tooManyOperations', 'FB_SESSION_QUOTA', true],
    ['shellNotFound', 'FB_SESSION_CLOSED', true],
    ['invalidResourceUri', 'FB_PROTOCOL_SOAP', false],
  ] as const)('%s', async (name, code, retryable) => {
    const fake = await fakeWith({ intercept: (exchange) => exchange.fault(FAULTS[name]) });
    // quotas are waited for as long as there is time
    const error = await errorOf(openSession(fake.port, {}, code === 'FB_SESSION_QUOTA' ? 1_000 : 20_000));
    expect([error.code, error.retryable]).toEqual([code, retryable]);
    expectClear(error, fake.port);
  });
});

type Step = 'command' | 'receive' | 'signal' | 'delete';
type Fault = (exchange: Exchange) => void;

/** What a service that stops has for whoever waits for it. */
const ABORTED: WsmanFault = { ...FAULTS.internalError, windowsCode: FAULT_CODE.operationAborted };

const lies: readonly (readonly [string, Fault, readonly string[]])[] = [
  ['cuts the connection', (exchange) => void exchange.incoming.socket.destroy(), ['FB_CONNECT_LOST']],
  ['answers with 401', (exchange) => void exchange.response.writeHead(401).end(), ['FB_AUTH_DENIED']],
  ['answers with garbage', (exchange) => void exchange.incoming.socket.end('garbage\r\n\r\n'), ['FB_PROTOCOL_HTTP']],
  ['answers with a page', (exchange) => reply(exchange.response, 200, '<p>', 'text/html'), ['FB_PROTOCOL_HTTP']],
  [
    'answers another request',
    (exchange) => reply(exchange.response, 500, buildFault({ messageId: 'uuid:OTHER' }, 'x', FAULTS.timedOut)),
    ['FB_PROTOCOL_SOAP'],
  ],
  ['goes down', (exchange) => exchange.fault(ABORTED), ['FB_CONNECT_LOST']],
  ['lost the shell', (exchange) => exchange.fault(FAULTS.shellNotFound), ['FB_SESSION_CLOSED']],
  [
    'sends fragments out of order',
    (exchange) => {
      const fragment = Buffer.alloc(30, 1);
      fragment.writeUInt32BE(9, 17);
      const data = fragment.toString('base64');
      const xml = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header><a:RelatesTo>${exchange.request.messageId}</a:RelatesTo></s:Header><s:Body><rsp:ReceiveResponse xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><rsp:Stream Name="stdout">${data}</rsp:Stream></rsp:ReceiveResponse></s:Body></s:Envelope>`;
      reply(exchange.response, 200, xml);
    },
    ['FB_PROTOCOL_PSRP'],
  ],
];

describe('a service that fails in mid-session', () => {
  async function failAt(step: Step, fault: Fault): Promise<[Session, FakeWinrm]> {
    let isOpen = false;
    const fake = await fakeWith({
      intercept: (exchange) => {
        if (isOpen && exchange.request.operation === step) return fault(exchange);
        return exchange.proceed();
      },
    });
    const session = await openSession(fake.port);
    isOpen = true;
    return [session, fake];
  }

  for (const [what, fault, codes] of lies) {
    it(`${what} at the Command: one error, one Command, no further use`, async () => {
      const [session, fake] = await failAt('command', fault);
      const error = await errorOf(session.invoke({ script: '1' }, { signal: never, timeoutMs: 5000 }));
      // fragments are no answer to a Command
      expect(what.includes('fragments') ? ['FB_PROTOCOL_SOAP'] : codes).toContain(error.code);
      expectClear(error, fake.port);
      expect((await errorOf(session.invoke({ script: '1' }, { signal: never, timeoutMs: 5000 }))).code).toBe(
        'FB_SESSION_CLOSED',
      );
      expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(1);
      await session.close();
    });

    it(`${what} at the Receive: one error, one Command, no further use`, async () => {
      const [session, fake] = await failAt('receive', fault);
      const error = await errorOf(session.invoke({ script: '1' }, { signal: never, timeoutMs: 5000 }));
      expect(codes).toContain(error.code);
      expectClear(error, fake.port);
      expect(fake.operations.filter((operation) => operation === 'command')).toHaveLength(1);
      await session.close();
      // what may still run there ends with its shell
      expect(fake.operations).toContain('delete');
    });

    it(`${what} at the Signal or Delete: the result stands`, async () => {
      const [session] = await failAt('signal', fault);
      expect((await session.invoke({ script: '1' }, { signal: never, timeoutMs: 5000 })).output).toEqual([1]);
      await session.close();
      const [other] = await failAt('delete', fault);
      await expect(other.close()).resolves.toBeUndefined();
    });
  }

  it('never answers a Receive: ends at the deadline', async () => {
    const [session, fake] = await failAt('receive', () => undefined);
    const error = await errorOf(session.invoke({ script: '1' }, { signal: never, timeoutMs: 200 }));
    expect(error.code).toBe('FB_DEADLINE');
    expectClear(error, fake.port);
  });
});
