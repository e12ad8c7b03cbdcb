/** The product's own client against real machines of the lab. Needs the built engine (npm test builds it). */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FirebreakError, Secret, type Session } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';

const { signal } = new AbortController();
const CURRENT_VERSION = 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';

interface Entry {
  readonly kind: string;
  readonly [field: string]: unknown;
}

function probe(address: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 5985 });
    socket.on('connect', () => {
      resolve('open');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    socket.setTimeout(600, () => {
      resolve('silent');
      socket.destroy();
    });
  });
}

describe('a session on lab machines', () => {
  let lab: TestLab;
  const sessions: Session[] = [];
  const transport = createTransports().winrm;

  beforeAll(async () => {
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        { name: 'pc-01', profile: 'windows-10-1903-enu' },
        { name: 'pc-02', profile: 'windows-10-1903-jpn', variant: 'patched' },
        { name: 'dc-01', profile: 'windows-server-1903', variant: 'domain-controller' },
        { name: 'pc-03', profile: 'windows-10-1903-enu', variant: 'unreachable' },
        { name: 'pc-04', profile: 'windows-10-1903-enu', variant: 'patched-not-rebooted' },
      ],
    });
  });
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close().catch(() => undefined)));
  });
  afterAll(() => lab.end());

  const open = async (name: string, options: { password?: string; timeoutMs?: number } = {}): Promise<Session> => {
    const session = await transport.open(
      {
        host: name,
        transport: 'winrm',
        address: lab.host(name).address,
        port: 5985,
        useTls: false,
        auth: 'basic',
        user: lab.user,
        password: new Secret(options.password ?? lab.password),
        allowUnencrypted: true,
        settings: {},
      },
      { signal, timeoutMs: options.timeoutMs ?? 30_000 },
    );
    sessions.push(session);
    return session;
  };
  const run = async (session: Session, script: string): Promise<readonly unknown[]> => {
    const { output, streams } = await session.invoke({ script }, { signal, timeoutMs: 120_000 });
    expect(streams.error).toEqual([]);
    return output;
  };
  const history = async (host: string): Promise<readonly Entry[]> =>
    (await lab.ask<{ entries: Entry[] }>('history', { host })).entries;
  /** Opens a session as soon as the machine takes one. */
  const openAgain = async (name: string): Promise<Session> => {
    for (;;) {
      try {
        return await open(name, { timeoutMs: 3_000 });
      } catch (thrown) {
        if (!(thrown instanceof FirebreakError && thrown.retryable)) throw thrown;
        await delay(200);
      }
    }
  };

  it('runs a pipeline with bound parameters on the machine of its name', async () => {
    const session = await open('pc-01');
    expect(session.clientAddress).toBe('127.0.0.1');
    const sum = await session.invoke(
      { script: 'param($a, $b) $a + $b; $env:COMPUTERNAME', parameters: { a: 2, b: 3 } },
      { signal, timeoutMs: 120_000 },
    );
    expect(sum.output).toEqual([5, 'PC-01']);
    expect(await run(session, `(Get-ItemProperty '${CURRENT_VERSION}').UBR`)).toEqual([719]);
  });

  it('shows each machine as its profile and variant say', async () => {
    expect(await run(await open('pc-02'), `(Get-ItemProperty '${CURRENT_VERSION}').UBR`)).toEqual([720]);
    expect(await run(await open('pc-04'), `(Get-ItemProperty '${CURRENT_VERSION}').UBR`)).toEqual([719]);
    const dc = await open('dc-01');
    expect(
      await run(dc, '(Get-WmiObject Win32_OperatingSystem).ProductType; (Get-Service NTDS).Status.ToString()'),
    ).toEqual([2, 'Running']);
    const status = await lab.ask<{ hosts: { host: string; pendingReboot: string[] }[] }>('status');
    expect(status.hosts.find(({ host }) => host === 'pc-04')?.pendingReboot).not.toEqual([]);
    expect(status.hosts.find(({ host }) => host === 'pc-01')?.pendingReboot).toEqual([]);
  });

  it('keeps two machines apart', async () => {
    const [one, two] = await Promise.all([open('pc-01'), open('pc-02')]);
    await run(
      one,
      "New-Item -Path HKLM:\\SOFTWARE\\OnlyHere -Force | Out-Null; Set-ItemProperty HKLM:\\SOFTWARE\\OnlyHere x 1; $env:ONLYHERE = 'y'",
    );
    expect(await run(one, 'Test-Path HKLM:\\SOFTWARE\\OnlyHere; $env:ONLYHERE')).toEqual([true, 'y']);
    expect(await run(two, 'Test-Path HKLM:\\SOFTWARE\\OnlyHere; [string]$env:ONLYHERE')).toEqual([false, '']);
    expect(
      (await history('pc-01')).some((entry) => entry.kind === 'registry' && /OnlyHere/.test(String(entry['key']))),
    ).toBe(true);
    expect((await history('pc-02')).some((entry) => /OnlyHere/.test(JSON.stringify(entry)))).toBe(false);
  });

  it('takes a file of several envelopes whole', async () => {
    const session = await open('pc-01');
    const content = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
    const sha256 = createHash('sha256').update(content).digest('hex');
    const sent = await session.push(() => Readable.from([content]), 'C:\\Temp\\big.bin', {
      signal,
      timeoutMs: 120_000,
      sha256,
    });
    expect(sent).toEqual({ bytes: content.length, sha256, skipped: false });
    expect(await run(session, '(Get-Item C:\\Temp\\big.bin).Length')).toEqual([content.length]);
    // It is on the machine's disk, not on this one's.
    expect(readdirSync('.').filter((name) => name.includes('big.bin'))).toEqual([]);
  });

  it('counts a wrong password and says access denied', async () => {
    await expect(open('pc-02', { password: 'wrong' })).rejects.toMatchObject({ code: 'FB_AUTH_DENIED' });
    const refused = (await history('pc-02')).filter((entry) => entry.kind === 'logon' && entry['granted'] === false);
    expect(refused).toHaveLength(1);
  });

  it('is silent where there is no network', async () => {
    await expect(open('pc-03', { timeoutMs: 1_500 })).rejects.toMatchObject({
      code: expect.stringMatching(/^FB_(CONNECT_TIMEOUT|DEADLINE)$/),
    });
  });

  it('loses its session in a restart and comes back with a later boot time', async () => {
    const session = await open('pc-04');
    const before = await lab.ask<{ hosts: { host: string; bootTime: string }[] }>('status');
    await run(session, 'shutdown.exe /r /t 0');
    await expect(
      session.invoke({ script: 'Start-Sleep -Seconds 60' }, { signal, timeoutMs: 120_000 }),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^FB_(CONNECT_|SESSION_|DEADLINE)/),
    });
    const again = await openAgain('pc-04');
    expect(await run(again, `(Get-ItemProperty '${CURRENT_VERSION}').UBR`)).toEqual([720]);
    const after = await lab.ask<{ hosts: { host: string; bootTime: string; counters: object }[] }>('status');
    const bootTime = (status: typeof before): string => status.hosts.find(({ host }) => host === 'pc-04')!.bootTime;
    expect(Date.parse(bootTime(after))).toBeGreaterThan(Date.parse(bootTime(before)));
    expect(after.hosts.find(({ host }) => host === 'pc-04')!.counters).toEqual({ installs: 0, reboots: 1 });
  });

  it('falls silent when its network is lost and answers again afterwards, with the shells of before', async () => {
    await open('pc-02');
    await lab.ask('trouble', { host: 'pc-02', kind: 'network-loss', options: { for: 3 } });
    const { address } = lab.host('pc-02');
    // A SYN that nobody answers: neither accepted nor, but for the moment in which the port changes hands, refused.
    let outcome = await probe(address);
    while (outcome === 'ECONNREFUSED') outcome = await probe(address);
    expect(outcome).toBe('silent');
    await openAgain('pc-02');
    const { hosts } = await lab.ask<{ hosts: { host: string; sessions: number }[] }>('status');
    expect(hosts.find(({ host }) => host === 'pc-02')?.sessions).toBe(2);
    expect((await history('pc-02')).filter((entry) => entry.kind === 'network').map((entry) => entry['op'])).toEqual([
      'down',
      'up',
    ]);
  });
});
