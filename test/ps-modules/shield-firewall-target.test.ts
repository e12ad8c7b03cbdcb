/**
 * The firewall shields of Firebreak.Shield where there is no module NetSecurity: through a relay, and on Windows 7. And what
 * is said of the firewalls before Vista.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScanner } from '../../src/scan/index.ts';
import { complementOf } from '../../src/util/index.ts';
import { eventually, ModuleLab, type Result } from './support/module-lab.ts';

const POLICY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy';
const { signal } = new AbortController();

describe('firewall shields by netsh', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'later', profile: 'windows-server-1903' },
      { name: 'off', profile: 'windows-server-1903', variant: 'firewall-off' },
      { name: 'xp', profile: 'windows-xp-sp1', relay: 'mgmt' },
      { name: 'xp-sp2', profile: 'windows-xp-sp1', variant: 'service-pack', relay: 'mgmt' },
      { name: 'w2003', profile: 'windows-2003-gold', relay: 'mgmt' },
      { name: 'w2003-sp1', profile: 'windows-2003-gold', variant: 'service-pack', relay: 'mgmt' },
      { name: 'w2k', profile: 'windows-2000-server-sp4', relay: 'mgmt' },
      { name: 'nt4', profile: 'nt4-server-sp6a', relay: 'mgmt' },
      { name: 'seven', profile: 'windows-7-sp1' },
      { name: 'r2', profile: 'windows-server-2008-r2' },
    ]);
  });
  afterAll(() => lab.end());

  const tree = (host: string): Promise<unknown> => lab.lab.ask('registry', { host, key: POLICY });
  type Call = (name: string, parameters?: object) => Promise<Result>;
  const relayed =
    (host: string): Call =>
    (name, parameters = {}) =>
      lab.relayed('mgmt', host).call(`Shield\\${name}`, { ...parameters });
  const direct =
    (host: string): Call =>
    (name, parameters = {}) =>
      lab.call(host, `Shield\\${name}`, { ...parameters });
  const read = (call: Call, id: string): Promise<Result> => call('Get-FbFirewallShield', { Id: id, Survey: true });
  const up = (call: Call, id: string, exempt: string, more: object = {}): Promise<Result> => {
    const { ipv4, ipv6 } = complementOf([exempt]);
    const ports = { Tcp: [139, 445], Udp: [445], Remote: [...ipv4, ...ipv6], Exempt: [exempt] };
    return call('Set-FbFirewallShield', { Id: id, ...ports, ConfirmSeconds: 300, ...more });
  };
  const seen = async (host: string): Promise<string> => {
    const probe = { address: lab.lab.host(host).address, port: lab.port(host, 445), protocol: 'tcp' } as const;
    return createScanner().probe({ ...probe, source: lab.lab.vantage, timeoutMs: 1500 }, signal);
  };

  it.each<[string, () => Call, () => string]>([
    ['later', () => relayed('later'), () => lab.lab.host('mgmt').address],
    ['seven', () => direct('seven'), () => '127.0.0.1'],
    ['r2', () => direct('r2'), () => '127.0.0.1'],
  ])('block ports and leave nothing behind: %s', async (host, calls, exempts) => {
    const call = calls();
    const before = await tree(host);
    const found = await read(call, 'a1');
    expect(found).toMatchObject({ Kind: 'rules', ServiceState: 'Running', Off: [], Own: 'none', Readable: true });
    expect(found['Current']).toEqual([]);
    expect(await up(call, 'a1', exempts())).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await read(call, 'a1')).toMatchObject({ Stands: true, Own: 'ours', ConfirmArmed: true });
    expect(await seen(host)).toBe('filtered');
    expect(await call('Confirm-FbShield', { Id: 'a1' })).toMatchObject({ Confirmed: true });
    expect(await up(call, 'a1', exempts())).toEqual({ Changed: false, Applied: true, Errors: [] });
    const restore = { Id: 'a1', Snapshot: String(found['Snapshot']) };
    expect(await call('Restore-FbFirewallShield', restore)).toMatchObject({
      Changed: true,
      Restored: true,
      StoreSame: true,
      Errors: [],
    });
    expect(await call('Restore-FbFirewallShield', restore)).toMatchObject({ Changed: false, Restored: true });
    expect(await tree(host)).toEqual(before);
    expect(await seen(host)).toBe('open');
  });

  it.each([['later'], ['off']])('fall by themselves on a target when nobody confirms: %s', async (host) => {
    const before = await tree(host);
    const call = relayed(host);
    const TurnOn = host === 'off' ? ['Domain', 'Private', 'Public'] : [];
    const applied = await up(call, 'b1', lab.lab.host('mgmt').address, { TurnOn, ConfirmSeconds: 60 });
    expect(applied).toMatchObject({ Applied: true, Errors: [] });
    expect(await seen(host)).toBe('filtered');
    await lab.lab.ask('clock', { seconds: 61 });
    await eventually(
      () => tree(host),
      (now) => JSON.stringify(now) === JSON.stringify(before),
      'the host has reverted',
    );
    expect(await call('Confirm-FbShield', { Id: 'b1' })).toMatchObject({ Confirmed: false });
    expect(await call('Restore-FbFirewallShield', { Id: 'b1' })).toMatchObject({ Restored: true, Conflict: false });
    expect(await tree(host)).toEqual(before);
  });

  it.each<[string, string]>([
    ['xp', 'connections'],
    ['w2003', 'connections'],
    ['xp-sp2', 'exceptions'],
    ['w2003-sp1', 'exceptions'],
    ['w2k', 'none'],
    ['nt4', 'none'],
  ])('are nothing for %s, whose firewall is: %s', async (host, kind) => {
    const call = relayed(host);
    expect(await read(call, 'c1')).toMatchObject({ Kind: kind, Stands: false, Prohibited: false, Readable: true });
    expect(await up(call, 'c1', lab.lab.host('mgmt').address)).toMatchObject({ Changed: false, Applied: false });
  });

  it('know a Group Policy that prohibits the firewall for connections', async () => {
    await lab.relayed('mgmt', 'xp').call('Core\\Set-FbRegistryValue', {
      Path: 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\Network Connections',
      Name: 'NC_PersonalFirewallConfig',
      Type: 'DWord',
      Value: 0,
    });
    expect(await read(relayed('xp'), 'd1')).toMatchObject({ Kind: 'connections', Prohibited: true });
  });
});
