/** The firewall shields of Firebreak.Shield on machines of the lab: up, confirmed, down, and what the host does by itself. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScanner } from '../../src/scan/index.ts';
import { complementOf } from '../../src/util/index.ts';
import { eventually, ModuleLab, type Result } from './support/module-lab.ts';

const POLICY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';
const { ipv4, ipv6 } = complementOf(['127.0.0.1']);
const everybodyElse = [...ipv4, ...ipv6];
const { signal } = new AbortController();

describe('firewall shields on lab machines', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'plain', profile: 'windows-10-1903-enu' },
      { name: 'lost', profile: 'windows-10-1903-jpn' },
      { name: 'fixed', profile: 'windows-10-1903-jpn', variant: 'patched' },
      { name: 'off', profile: 'windows-10-1903-enu', variant: 'firewall-off' },
      { name: 'gpo', profile: 'windows-server-1903', variant: 'firewall-gpo' },
      { name: 'stopped', profile: 'windows-server-1903', variant: 'firewall-stopped' },
    ]);
  });
  afterAll(() => lab.end());

  const tree = (host: string): Promise<unknown> => lab.lab.ask('registry', { host, key: POLICY });
  const read = (host: string, id: string, more: object = {}): Promise<Result> =>
    lab.call(host, 'Shield\\Get-FbFirewallShield', { Id: id, ...more });
  const up = (host: string, id: string, more: object = {}): Promise<Result> =>
    lab.call(host, 'Shield\\Set-FbFirewallShield', {
      Id: id,
      Tcp: [139, 445],
      Udp: [445],
      Remote: everybodyElse,
      Exempt: ['127.0.0.1'],
      ConfirmSeconds: 300,
      TtlSeconds: 0,
      Floor: ['18362.720'],
      ...more,
    });
  const down = (host: string, id: string, more: object = {}): Promise<Result> =>
    lab.call(host, 'Shield\\Restore-FbFirewallShield', { Id: id, ...more });
  const port445 = async (host: string): Promise<string[]> => {
    const port = lab.port(host, 445);
    const probe = { address: lab.lab.host(host).address, port, protocol: 'tcp', timeoutMs: 1500 } as const;
    const scanner = createScanner();
    return Promise.all([scanner.probe(probe, signal), scanner.probe({ ...probe, source: lab.lab.vantage }, signal)]);
  };

  it('block ports for everybody but the exempt, and leave nothing behind', async () => {
    const before = await tree('plain');
    const prior = await read('plain', 'a1', { Survey: true });
    expect(prior).toMatchObject({
      Stands: false,
      Own: 'none',
      Kind: 'rules',
      ServiceState: 'Running',
      Off: [],
      Unmerged: [],
      Current: ['Private'],
      Others: [],
      Snapshot: expect.stringMatching(/^[0-9a-f]{64}$/),
      ConfirmArmed: false,
      Readable: true,
    });
    expect(await up('plain', 'a1', { WhatIf: true })).toMatchObject({ Changed: false, Applied: false });
    expect(await tree('plain')).toEqual(before);
    expect(await up('plain', 'a1')).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await read('plain', 'a1')).toMatchObject({ Stands: true, Own: 'ours', ConfirmArmed: true });
    expect(await port445('plain')).toEqual(['open', 'filtered']);
    const shown =
      '$rule = Get-NetFirewallRule -Name Firebreak-a1-tcp; "$($rule.Action) $($rule.Group)"; ' +
      '($rule | Get-NetFirewallPortFilter).LocalPort; ($rule | Get-NetFirewallAddressFilter).RemoteAddress';
    expect(await lab.script('plain', shown)).toEqual(['Block Firebreak-a1', '139', '445', ...everybodyElse]);
    expect(await lab.call('plain', 'Shield\\Confirm-FbShield', { Id: 'a1' })).toMatchObject({ Confirmed: true });
    expect(await read('plain', 'a1')).toMatchObject({ Stands: true, ConfirmArmed: false });
    expect(await read('plain', 'other', { Survey: true })).toMatchObject({
      Stands: false,
      Own: 'none',
      Others: ['a1'],
    });
    const standing = await tree('plain');
    expect(await up('plain', 'a1')).toEqual({ Changed: false, Applied: true, Errors: [] });
    expect(await down('plain', 'a1', { WhatIf: true })).toMatchObject({ Changed: false, Restored: false });
    expect(await tree('plain')).toEqual(standing);
    const Snapshot = String(prior['Snapshot']);
    expect(await down('plain', 'a1', { Snapshot })).toEqual({
      Changed: true,
      Restored: true,
      Conflict: false,
      Current: 'no firewall rule of the shield',
      StoreSame: true,
      Errors: [],
    });
    expect(await down('plain', 'a1', { Snapshot })).toMatchObject({ Changed: false, Restored: true, StoreSame: true });
    expect(await tree('plain')).toEqual(before);
    expect(await lab.script('plain', "Test-Path 'C:\\Windows\\Firebreak\\shields\\a1'")).toEqual([false]);
    expect(await port445('plain')).toEqual(['open', 'open']);
  });

  it('touch nothing when somebody has changed a rule meanwhile', async () => {
    const before = await tree('plain');
    await up('plain', 'b1');
    await lab.script('plain', 'Set-NetFirewallRule -Name Firebreak-b1-tcp -Enabled False');
    const changed = await tree('plain');
    expect(await read('plain', 'b1')).toMatchObject({ Stands: false, Own: 'changed' });
    expect(await down('plain', 'b1')).toMatchObject({
      Changed: false,
      Restored: false,
      Conflict: true,
      Current: expect.stringContaining('Active=FALSE'),
    });
    expect(await tree('plain')).toEqual(changed);
    await lab.script('plain', 'Remove-NetFirewallRule -Name Firebreak-b1-tcp');
    expect(await read('plain', 'b1')).toMatchObject({ Stands: false, Own: 'changed' });
    expect(await down('plain', 'b1')).toMatchObject({ Changed: true, Restored: true, Conflict: false });
    expect(await tree('plain')).toEqual(before);
  });

  it('go up again over what an attempt that was cut off has left', async () => {
    const before = await tree('plain');
    await lab.script(
      'plain',
      '$null = New-NetFirewallRule -Name Firebreak-c1-tcp -DisplayName Firebreak-c1 -Action Block -Protocol TCP -LocalPort 1',
    );
    expect(await up('plain', 'c1')).toMatchObject({ Applied: true, Errors: [] });
    expect(await port445('plain')).toEqual(['open', 'filtered']);
    await down('plain', 'c1');
    expect(await tree('plain')).toEqual(before);
  });

  it('fall by themselves when nobody confirms, blindly', async () => {
    const before = await tree('lost');
    await up('lost', 'd1', { ConfirmSeconds: 60 });
    await lab.lab.ask('clock', { seconds: 61 });
    await eventually(
      () => tree('lost'),
      (now) => JSON.stringify(now) === JSON.stringify(before),
      'the host has reverted',
    );
    expect(await lab.call('lost', 'Shield\\Confirm-FbShield', { Id: 'd1' })).toMatchObject({ Confirmed: false });
  });

  it('stay on a vulnerable host when their time is over, and fall on a fixed one', async () => {
    for (const host of ['lost', 'fixed']) {
      await up(host, 'e1', { TtlSeconds: 7200 });
      await lab.call(host, 'Shield\\Confirm-FbShield', { Id: 'e1' });
    }
    await lab.lab.ask('clock', { seconds: 7201 });
    const expired = await eventually(
      () => read('lost', 'e1'),
      (state) => state['Expired'] !== '',
      'the timer has fired',
    );
    expect(expired).toMatchObject({ Stands: true });
    await eventually(
      () => read('fixed', 'e1'),
      (state) => state['Own'] === 'none',
      'the host has reverted',
    );
  });

  it('have no effect where a profile is off, local rules do not count, or the service does not run', async () => {
    expect(await read('off', 'f1')).toMatchObject({ Off: ['Domain', 'Private', 'Public'], Unmerged: [], ByPolicy: [] });
    expect(await read('gpo', 'f1')).toMatchObject({
      Off: [],
      Unmerged: ['Domain', 'Private', 'Public'],
      ByPolicy: ['Domain', 'Private', 'Public'],
    });
    expect(await read('stopped', 'f1')).toMatchObject({ ServiceState: 'Stopped', ServiceStart: 'Disabled' });
    for (const host of ['off', 'gpo', 'stopped']) {
      const before = await tree(host);
      const applied = await up(host, 'f1');
      expect(applied).toMatchObject({ Applied: false });
      expect(await read(host, 'f1')).toMatchObject({ Stands: false });
      expect(await port445(host)).toEqual(['open', 'open']);
      expect(await down(host, 'f1')).toMatchObject({ Restored: true, Conflict: false });
      expect(await tree(host)).toEqual(before);
    }
  });

  it('name another firewall that the Security Center knows', async () => {
    expect(await read('stopped', 'h1', { Survey: true })).toMatchObject({ Products: [] });
    const key = 'HKLM:\\SOFTWARE\\Microsoft\\Security Center\\Provider\\Fw\\{D68DDC3A-831F-4FAE-9E44-DA132C1ACF46}';
    const script = `$null = New-Item '${key}' -Force; Set-ItemProperty '${key}' -Name DISPLAYNAME -Value 'Example Wall'`;
    await lab.script('off', script);
    expect(await read('off', 'h1', { Survey: true })).toMatchObject({ Products: ['Example Wall'] });
    expect(await read('off', 'h1')).toMatchObject({ Products: [] });
  });

  it('turn a profile on only while they stand, and let the exempt in', async () => {
    const before = await tree('off');
    expect(await up('off', 'g1', { TurnOn: ['Private'] })).toMatchObject({ Applied: true, Errors: [] });
    expect(await read('off', 'g1')).toMatchObject({ Stands: true, Off: ['Domain', 'Public'] });
    expect(await port445('off')).toEqual(['open', 'filtered']);
    const rules = await lab.script(
      'off',
      'Get-NetFirewallRule -Group Firebreak-g1 | ForEach-Object { "$($_.Name) $($_.Action)" }',
    );
    expect(rules.toSorted()).toEqual(['Firebreak-g1-exempt Allow', 'Firebreak-g1-tcp Block', 'Firebreak-g1-udp Block']);
    expect(await down('off', 'g1')).toMatchObject({ Changed: true, Restored: true });
    expect(await tree('off')).toEqual(before);

    await up('off', 'g2', { TurnOn: ['Private'], ConfirmSeconds: 60 });
    await lab.lab.ask('clock', { seconds: 61 });
    await eventually(
      () => tree('off'),
      (now) => JSON.stringify(now) === JSON.stringify(before),
      'the host has reverted, the profile is off again',
    );
  });
});
