/** Addresses of every kind as they stand in sockets, URLs and envelopes; and the session configuration. */
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Target } from '../../../src/domain/index.ts';
import { FakeWinrm } from '../support/fake-winrm.ts';
import { never, openSession } from '../support/open-session.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Seen {
  readonly to: string;
  readonly host: string | undefined;
  readonly resourceUri: string;
  readonly from: string | undefined;
}

async function seenBy(address: string, more: Partial<Target>): Promise<Seen & { readonly port: number }> {
  const seen: Seen[] = [];
  const fake = await FakeWinrm.start((pipeline) => pipeline.write('output', 1), {
    address,
    intercept: async (exchange) => {
      const { request, incoming } = exchange;
      const { to, resourceUri } = request;
      seen.push({ to, resourceUri, host: incoming.headers.host, from: incoming.socket.remoteAddress });
      await exchange.proceed();
    },
  });
  cleanups.push(() => fake.stop());
  const session = await openSession(fake.port, more);
  await session.invoke({ script: 'x' }, { signal: never, timeoutMs: 120_000 });
  await session.close();
  return { ...seen[0]!, port: fake.port };
}

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
if (!hasIpv6) process.stderr.write('no ::1 here: tests of IPv6 targets are left out\n');

(hasIpv6 ? describe : describe.skip)('an IPv6 target', () => {
  it('is in brackets in URLs', async () => {
    const { to, host, port, from } = await seenBy('::1', { address: '::1' });
    expect(to).toBe(`http://[::1]:${port}/wsman`);
    expect(host).toBe(`[::1]:${port}`);
    expect(from).toBe('::1');
  });

  it('may have a zone, which only the socket gets to know', async () => {
    const { to, host, port } = await seenBy('::1', { address: '::1%lo' });
    expect(to).toBe(`http://[::1]:${port}/wsman`);
    expect(host).toBe(`[::1]:${port}`);
  });
});

describe('a target', () => {
  it('is reached from the source address that was asked for', async () => {
    const { from } = await seenBy('127.0.0.1', { settings: { source: '127.0.0.9' } });
    expect(from).toBe('127.0.0.9');
    const byName = await seenBy('127.0.0.1', { address: 'localhost', settings: { source: '127.0.0.9' } });
    expect(byName.from).toBe('127.0.0.9');
  });

  it.each([
    [undefined, 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell'],
    ['PowerShell.7', 'http://schemas.microsoft.com/powershell/PowerShell.7'],
    ['http://schemas.microsoft.com/powershell/Patching', 'http://schemas.microsoft.com/powershell/Patching'],
  ])('with the session configuration %s is asked for %s', async (configuration, uri) => {
    const settings = configuration === undefined ? {} : { configuration };
    expect((await seenBy('127.0.0.1', { settings })).resourceUri).toBe(uri);
  });
});
