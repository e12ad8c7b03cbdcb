/** Firebreak.Shield's DCOM shield: on hosts with PowerShell and through a relay, over restarts and crashes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ParameterValue } from '../../src/domain/index.ts';
import { eventually, ModuleLab, type Result } from './support/module-lab.ts';

const OLE = 'HKLM\\SOFTWARE\\Microsoft\\OLE';
const RECORDS = 'HKLM\\SOFTWARE\\Firebreak';
const ENABLE = { Path: OLE, Name: 'EnableDCOM' };

type Call = (name: string, parameters?: { readonly [name: string]: ParameterValue }) => Promise<Result>;

describe('DCOM shields', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'nt4', profile: 'nt4-server-sp6a', relay: 'mgmt' },
      { name: 'w2k', profile: 'windows-2000-server-sp3', relay: 'mgmt' },
      { name: 'xp', profile: 'windows-xp-sp1', relay: 'mgmt' },
      { name: 'w2003', profile: 'windows-2003-gold', relay: 'mgmt' },
      { name: 'gone', profile: 'windows-2003-gold', relay: 'mgmt' },
      { name: 'plain', profile: 'windows-10-1903-enu' },
    ]);
  });
  afterAll(() => lab.end());

  const on =
    (host: string): Call =>
    (name, parameters = {}) =>
      host === 'plain' ? lab.call(host, name, parameters) : lab.relayed('mgmt', host).call(name, parameters);
  const tree = (host: string, key = OLE): Promise<unknown> => lab.lab.ask('registry', { host, key });
  const read = (host: string, id: string): Promise<Result> => on(host)('Shield\\Get-FbDcomShield', { Id: id });
  const priorOf = (found: Result): { [name: string]: ParameterValue } => ({
    PriorPresent: found['Present'] === true,
    PriorType: String(found['Type'] ?? ''),
    PriorValue: found['Value'] as ParameterValue,
  });
  const up = (host: string, id: string, found: Result, more: object = {}): Promise<Result> =>
    on(host)('Shield\\Set-FbDcomShield', { Id: id, ...priorOf(found), ...more });
  const down = (host: string, id: string, found: Result, more: object = {}): Promise<Result> =>
    on(host)('Shield\\Restore-FbDcomShield', { Id: id, ...priorOf(found), ...more });

  /** Off and on again, with or without being asked. */
  async function restart(host: string, how: 'asked' | 'power-loss' = 'asked'): Promise<void> {
    const boots = async (): Promise<number> =>
      (await lab.history(host)).filter((entry) => entry.kind === 'boot').length;
    const before = await boots();
    if (how === 'power-loss') await lab.lab.ask('trouble', { host, kind: 'power-loss' });
    else await on(host)('Host\\Restart-FbHost', { DelaySeconds: 0 });
    await eventually(boots, (count) => count > before, `${host} has booted`);
    lab.forget(host);
    await eventually(
      () => on(host)('Host\\Get-FbBootState').catch(() => null),
      (state) => state !== null,
      `${host} answers`,
    );
  }

  async function live(host: string): Promise<void> {
    const before = await tree(host);
    const found = await read(host, 'a1');
    expect(found).toMatchObject({
      Value: 'Y',
      IsOff: false,
      InEffect: false,
      Other: '',
      OnlyByDcom: false,
      Readable: true,
    });
    expect(await up(host, 'a1', found, { WhatIf: true })).toEqual({ Changed: false, Applied: false, Errors: [] });
    expect(await tree(host)).toEqual(before);
    expect(await up(host, 'a1', found)).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await read(host, 'a1')).toMatchObject({ Value: 'N', IsOff: true, InEffect: false });
    expect(await read(host, 'a2')).toMatchObject({ Other: 'a1' });
    expect(await up(host, 'a1', found)).toEqual({ Changed: false, Applied: true, Errors: [] });
    await restart(host);
    expect(await read(host, 'a1')).toMatchObject({ Value: 'N', IsOff: true, InEffect: true });
    expect(await up(host, 'a1', found)).toEqual({ Changed: false, Applied: true, Errors: [] });
    expect(await down(host, 'a1', found, { WhatIf: true })).toMatchObject({ Changed: false, Restored: false });
    expect(await read(host, 'a1')).toMatchObject({ IsOff: true, InEffect: true });
    const undone = { Restored: true, Conflict: false, Current: 'EnableDCOM = Y (String)', Errors: [] };
    expect(await down(host, 'a1', found)).toEqual({ ...undone, Changed: true, RebootRequired: true });
    expect(await down(host, 'a1', found)).toEqual({ ...undone, Changed: false, RebootRequired: true });
    expect(await tree(host)).toEqual(before);
    await restart(host);
    expect(await down(host, 'a1', found)).toEqual({ ...undone, Changed: false, RebootRequired: false });
    expect(JSON.stringify(await tree(host, RECORDS))).not.toContain('dcom');
  }

  it('stand at once, are in effect after the restart, and leave nothing behind', async () => {
    const hosts = ['nt4', 'w2k', 'xp', 'w2003', 'plain'];
    const lives = await Promise.allSettled(hosts.map((host) => live(host)));
    const failed = lives.flatMap((one, at) =>
      one.status === 'rejected' ? [`${hosts[at]}: ${String(one.reason)}`] : [],
    );
    expect(failed).toEqual([]);
  });

  it('close WMI from outside once they are in effect, and it comes back with the start after them', async () => {
    const wmi = async (): Promise<unknown> => (await on('xp')('Core\\Get-FbBootTime'))['Source'];
    const found = await read('xp', 'b1');
    await up('xp', 'b1', found);
    expect(await wmi()).toBe('wmi');
    await restart('xp');
    expect(await wmi()).toBe('shutdown');
    await down('xp', 'b1', found);
    expect(await wmi()).toBe('shutdown');
    await restart('xp');
    expect(await wmi()).toBe('wmi');
  });

  it('are in effect after a crash, too, which no clock and no log tells', async () => {
    const crash = async (host: string): Promise<readonly Result[]> => {
      const found = await read(host, 'c1');
      await up(host, 'c1', found);
      await restart(host, 'power-loss');
      return [await read(host, 'c1'), await down(host, 'c1', found)];
    };
    for (const [seen, undone] of await Promise.all(['nt4', 'plain'].map((host) => crash(host)))) {
      expect(seen).toMatchObject({ IsOff: true, InEffect: true });
      expect(undone).toMatchObject({ Restored: true, RebootRequired: true });
    }
  });

  it('ask for no second restart where there was no first', async () => {
    const found = await read('w2k', 'd1');
    await up('w2k', 'd1', found);
    expect(await down('w2k', 'd1', found)).toMatchObject({ Changed: true, Restored: true, RebootRequired: false });
    expect(await down('w2k', 'd1', found)).toMatchObject({ Changed: false, Restored: true, RebootRequired: false });
  });

  it('give absence back', async () => {
    const call = on('w2003');
    await call('Core\\Remove-FbRegistryValue', ENABLE);
    const before = await tree('w2003');
    const found = await read('w2003', 'e1');
    expect(found).toMatchObject({ Present: false, IsOff: false });
    expect(await up('w2003', 'e1', found)).toMatchObject({ Applied: true });
    expect(await down('w2003', 'e1', found)).toMatchObject({ Restored: true, Current: 'EnableDCOM is absent' });
    expect(await tree('w2003')).toEqual(before);
    await call('Core\\Set-FbRegistryValue', { ...ENABLE, Type: 'String', Value: 'Y' });
  });

  it('touch nothing that somebody has changed meanwhile', async () => {
    const found = await read('w2003', 'f1');
    await up('w2003', 'f1', found);
    await on('w2003')('Core\\Set-FbRegistryValue', { ...ENABLE, Type: 'String', Value: 'y' });
    expect(await down('w2003', 'f1', found)).toMatchObject({
      Changed: false,
      Restored: false,
      Conflict: true,
      Current: 'EnableDCOM = y (String)',
    });
    // Nor does it stand in the way of another one.
    expect(await read('w2003', 'f2')).toMatchObject({ Other: '', IsOff: false });
    await on('w2003')('Core\\Set-FbRegistryValue', { ...ENABLE, Type: 'String', Value: 'N' });
    expect(await down('w2003', 'f1', found)).toMatchObject({ Changed: true, Restored: true });
  });

  it('go on after a crash between mark and value', async () => {
    const found = await read('xp', 'g1');
    await up('xp', 'g1', found);
    // As it is when the controller or its relay died right before the value was written.
    await on('xp')('Core\\Set-FbRegistryValue', { ...ENABLE, Type: 'String', Value: 'Y' });
    expect(await read('xp', 'g1')).toMatchObject({ IsOff: false, InEffect: false });
    await restart('xp');
    expect(await up('xp', 'g1', found)).toMatchObject({ Changed: true, Applied: true });
    expect(await read('xp', 'g1')).toMatchObject({ IsOff: true, InEffect: false });
    expect(await down('xp', 'g1', found)).toMatchObject({ Restored: true, RebootRequired: false });
  });

  it('prove by a restart what somebody else has switched off, nobody knows when, and leave it off', async () => {
    const call = on('w2k');
    await call('Core\\Set-FbRegistryValue', { ...ENABLE, Type: 'String', Value: 'N' });
    expect(await read('w2k', 'h1')).toMatchObject({ IsOff: true, InEffect: false });
    await restart('w2k');
    const found = await read('w2k', 'h1');
    expect(found).toMatchObject({ IsOff: true, InEffect: null });
    expect(await up('w2k', 'h1', found)).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await up('w2k', 'h1', found)).toEqual({ Changed: false, Applied: true, Errors: [] });
    expect(await read('w2k', 'h1')).toMatchObject({ IsOff: true, InEffect: false });
    await restart('w2k');
    expect(await read('w2k', 'h1')).toMatchObject({ IsOff: true, InEffect: true });
    expect(await down('w2k', 'h1', found)).toMatchObject({ Changed: false, Restored: true, RebootRequired: false });
    expect(await read('w2k', 'h1')).toMatchObject({ IsOff: true, InEffect: null });
    await call('Core\\Set-FbRegistryValue', { ...ENABLE, Type: 'String', Value: 'Y' });
  });

  it('are refused where DCOM is the only way to the registry', async () => {
    await on('gone')('Core\\Set-FbService', { Name: 'RemoteRegistry', State: 'Stopped', Start: 'Disabled' });
    const found = await read('gone', 'i1');
    expect(found).toMatchObject({ OnlyByDcom: true, Value: 'Y' });
    expect(await up('gone', 'i1', found)).toMatchObject({
      Changed: false,
      Applied: false,
      Errors: [expect.stringContaining('by DCOM alone')],
    });
    await on('gone')('Core\\Set-FbService', { Name: 'RemoteRegistry', State: 'Running', Start: 'Auto' });
  });

  it('cannot be taken down once the registry answers to DCOM alone, and say why', async () => {
    const found = await read('gone', 'j1');
    await up('gone', 'j1', found);
    await on('gone')('Core\\Set-FbService', { Name: 'RemoteRegistry', State: 'Stopped', Start: 'Disabled' });
    // While DCOM still answers there is a way.
    expect(await down('gone', 'j1', found, { WhatIf: true })).toMatchObject({ Restored: false, Errors: [] });
    await lab.lab.ask('trouble', { host: 'gone', kind: 'power-loss' });
    const failed = await eventually(
      () => down('gone', 'j1', found).catch((thrown: unknown) => String(thrown)),
      (said) => typeof said === 'string' && said.includes('FB_CONNECT_REFUSED'),
      'the host answers, but to nothing that is of use',
    );
    expect(failed).toMatch(/neither the Remote Registry service .* nor WMI/);
  });
});
