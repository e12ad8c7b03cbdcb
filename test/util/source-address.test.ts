/** A name with addresses of both kinds, of which the source fits only one: every way by which this product connects. */
import dns from 'node:dns';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { checkPort } from '../../src/app/doctor/network.ts';
import type { PlannedHost } from '../../src/domain/index.ts';
import { createScanner } from '../../src/scan/index.ts';
import { createTransports } from '../../src/transports/index.ts';
import { errorOf, never, targetOn } from '../transports/support/open-session.ts';

const SOURCE = '127.0.0.9';
const ADDRESSES = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
] as const;
const callers: (string | undefined)[] = [];
const server = createServer((socket) => {
  callers.push(socket.remoteAddress);
  socket.on('error', () => undefined);
  socket.destroy();
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  const lookup = (_name: string, options: dns.LookupOptions, done: (...found: unknown[]) => void): void => {
    const found = ADDRESSES.filter(({ family }) => [0, family].includes(Number(options.family ?? 0)));
    if (options.all === true) done(null, found);
    else done(null, found[0]?.address, found[0]?.family);
  };
  jest.spyOn(dns, 'lookup').mockImplementation(lookup as never);
});
afterAll(() => {
  jest.restoreAllMocks();
  server.close();
});

describe('from a source address', () => {
  const target = () => targetOn(port, { address: 'both.example', settings: { source: SOURCE, insecure: true } });
  const open = (transport: 'ssh' | 'winrm') => () =>
    errorOf(createTransports()[transport].open({ ...target(), transport }, { signal: never, timeoutMs: 20_000 }));

  it.each<[string, () => Promise<unknown>]>([
    ['WinRM', open('winrm')],
    ['SSH', open('ssh')],
    [
      'doctor',
      () => checkPort({ ...target(), name: 'web01', connection: { source: SOURCE } } as unknown as PlannedHost, never),
    ],
    [
      'a probe',
      () =>
        createScanner().probe(
          { address: 'both.example', port, protocol: 'tcp', source: SOURCE, timeoutMs: 20_000 },
          never,
        ),
    ],
  ])('%s reaches the address that fits', async (_, reach) => {
    callers.length = 0;
    await reach();
    expect(callers).toContain(SOURCE);
  });
});
