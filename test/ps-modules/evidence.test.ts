/** Get-FbEvidence on machines of the lab: event logs by WMI and without it, ends of installers' logs, here and through a relay. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModuleLab, type Result } from './support/module-lab.ts';

interface Log {
  readonly Name: string;
  readonly Readable: boolean;
  readonly By: string | null;
  readonly Error: string;
  readonly Total: number;
  readonly Events: readonly {
    readonly At: string;
    readonly Id: number;
    readonly Source: string;
    readonly Text: string;
  }[];
}
interface Tail {
  readonly Path: string;
  readonly Length: number | null;
  readonly Bytes: string | null;
  readonly Error: string;
}

describe('evidence of a failure', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'w2k', profile: 'windows-2000-server-sp4', variant: 'under-attack', relay: 'mgmt' },
      { name: 'nt4', profile: 'nt4-server-sp6a', variant: 'under-attack', relay: 'mgmt' },
      { name: 'quiet', profile: 'windows-xp-gold', variant: 'log-stopped', relay: 'mgmt' },
    ]);
  });
  afterAll(() => lab.end());

  const on = (host: string, name: string, parameters = {}): Promise<Result> =>
    host === 'mgmt' ? lab.call(host, name, parameters) : lab.relayed('mgmt', host).call(name, parameters);
  const collect = async (host: string, parameters = {}) => {
    const seen = await on(host, 'Host\\Get-FbEvidence', { Seconds: 7 * 86_400, ...parameters });
    return { logs: seen['Logs'] as unknown as Log[], files: seen['Files'] as unknown as Tail[], seen };
  };
  const write = (host: string, path: string, text: string) =>
    lab.relayed('mgmt', host).do('Core\\Set-FbText', { Path: path, Text: text });
  const textOf = (tail: Tail | undefined) => Buffer.from(tail?.Bytes ?? '', 'base64').toString();

  it.each([
    ['w2k', 'wmi'],
    ['nt4', 'event-log'],
    ['mgmt', 'wmi'],
  ])('is in the event logs of %s, read by %s, oldest first', async (host, by) => {
    const { logs, seen } = await collect(host);
    expect(logs.map(({ Name }) => Name)).toEqual(['System', 'Application']);
    // The lab's EventLog service keeps the log System alone.
    expect(logs[0]).toMatchObject({ Readable: true, By: by, Error: '' });
    expect(logs[1]).toMatchObject(by === 'wmi' ? { Readable: true, Events: [] } : { Readable: false, Events: [] });
    const times = logs[0]?.Events.map(({ At }) => At) ?? [];
    expect(times).toEqual([...times].sort());
    expect(times.every((at) => at >= String(seen['Since']))).toBe(true);
  });

  it('has what the events are made of, and the latest when there are too many', async () => {
    const all = (await collect('w2k')).logs[0];
    expect(all?.Events.map(({ Id }) => Id)).toEqual(expect.arrayContaining([7031, 6008]));
    expect(all?.Events.find(({ Id }) => Id === 7031)?.Text).toContain('Remote Procedure Call');
    const few = (await collect('w2k', { EventCount: 2 })).logs[0];
    expect(few?.Total).toBe(all?.Total);
    expect(few?.Events).toEqual(all?.Events.slice(-2));
  });

  it('that cannot be read says so, and the rest is there', async () => {
    const { logs, files } = await collect('quiet', { File: ['%SystemRoot%\\none.log'] });
    expect(logs[0]).toMatchObject({ Readable: false, Events: [], Error: expect.stringMatching(/\S/) });
    expect(files).toMatchObject([{ Path: expect.stringMatching(/\\none\.log$/), Bytes: null }]);
  });

  it.each(['w2k', 'nt4'])('is the end of the logs of installers of %s', async (host) => {
    const root = 'C:\\WINNT';
    await write(host, `${root}\\KB824146.log`, `${'x'.repeat(500)} the end`);
    await write(host, `${root}\\other.log`, 'nothing of ours');
    for (const folder of [`${root}\\Firebreak\\jobs\\ab`, 'C:\\app']) {
      await lab.relayed('mgmt', host).do('Core\\New-FbFolder', { Path: folder });
    }
    await write(host, `${root}\\Firebreak\\jobs\\ab\\install.out`, 'exit code 1603');
    await write(host, 'C:\\app\\own.log', 'Größe');
    const { files } = await collect(host, { MaxBytes: 100, File: ['%SystemDrive%\\app\\own.log'] });
    const of = (path: string) => files.find(({ Path }) => Path.toLowerCase() === path.toLowerCase());
    expect(of(`${root}\\KB824146.log`)?.Length).toBe(508);
    expect(textOf(of(`${root}\\KB824146.log`))).toBe(`${'x'.repeat(92)} the end`);
    expect(textOf(of(`${root}\\Firebreak\\jobs\\ab\\install.out`))).toBe('exit code 1603');
    expect(of(`${root}\\other.log`)).toBeUndefined();
    expect(textOf(of('C:\\app\\own.log'))).toContain('Gr');
    expect((await collect(host, { MaxFiles: 1 })).files).toHaveLength(1);
  });
});
