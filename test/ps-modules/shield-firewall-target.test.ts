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

/** A registry tree without keys that hold nothing. */
function withoutEmpty(tree: unknown): unknown {
  const { keys, values } = tree as { readonly keys: { readonly [name: string]: unknown }; readonly values: object };
  const full = Object.entries(keys)
    .map(([name, key]) => [name, withoutEmpty(key)] as const)
    .filter(([, key]) => JSON.stringify(key) !== '{"keys":{},"values":{}}');
  return { keys: Object.fromEntries(full), values };
}

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
      { name: 'xp-sp3', profile: 'windows-xp-sp1', variant: 'sp3-firewall', relay: 'mgmt' },
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
    expect(await read(call, 'c1')).toMatchObject({
      Kind: kind,
      Stands: false,
      Prohibited: false,
      Readable: true,
      Connections: kind === 'connections' ? ['Local Area Connection'] : [],
    });
    expect(await up(call, 'c1', lab.lab.host('mgmt').address)).toMatchObject({ Changed: false, Applied: false });
  });

  const exceptions = (call: Call, id: string): Promise<Result> =>
    call('Get-FbExceptionShield', { Id: id, Survey: true });
  const TITLE = '@xpsp2res.dll,-22005';
  const narrowing = (relay: string): string[] =>
    ['Domain', 'Standard'].flatMap((profile) => [
      [profile, '139:TCP', '139:TCP:LocalSubNet:Enabled:@xpsp2res.dll,-22004', `139:TCP:${relay}:Enabled:x`].join('\t'),
      [profile, '445:TCP', `445:TCP:LocalSubNet:Enabled:${TITLE}`, `445:TCP:${relay}:Enabled:${TITLE}`].join('\t'),
      [profile, 'RemoteAdmin', 'Enabled:*', `Enabled:${relay}`].join('\t'),
    ]);

  it('narrow the exceptions of XP SP3 to the relay, and give them back byte for byte', async () => {
    const call = relayed('xp-sp3');
    const before = await tree('xp-sp3');
    const found = await exceptions(call, 'x1');
    expect(found).toMatchObject({ Kind: 'exceptions', Stands: false, ServiceState: 'Running', Readable: true });
    expect(found['Local']).toEqual(expect.arrayContaining([`Standard\t445:TCP\t445:TCP:LocalSubNet:Enabled:${TITLE}`]));
    expect(await seen('xp-sp3')).toBe('open');
    const Change = narrowing(lab.lab.host('mgmt').address);
    const applied = await call('Set-FbExceptionShield', { Id: 'x1', Change, ConfirmSeconds: 300 });
    expect(applied).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await exceptions(call, 'x1')).toMatchObject({ Stands: true, Own: 'ours', ConfirmArmed: true });
    expect(await seen('xp-sp3')).toBe('filtered');
    expect(await call('Confirm-FbShield', { Id: 'x1' })).toMatchObject({ Confirmed: true });
    expect(await call('Set-FbExceptionShield', { Id: 'x1', Change })).toEqual({
      Changed: false,
      Applied: true,
      Errors: [],
    });

    const value = {
      Path: `${POLICY}\\DomainProfile\\GloballyOpenPorts\\List`,
      Name: '445:TCP',
      Type: 'String',
    };
    await lab.relayed('mgmt', 'xp-sp3').call('Core\\Set-FbRegistryValue', { ...value, Value: '445:TCP:*:Enabled:me' });
    const restore = { Id: 'x1', Change, Snapshot: String(found['Snapshot']) };
    expect(await call('Get-FbExceptionShield', { Id: 'x1', Change })).toMatchObject({ Stands: false, Own: 'changed' });
    const conflict = await call('Restore-FbExceptionShield', restore);
    expect(conflict).toMatchObject({ Changed: false, Restored: false, Conflict: true });
    expect(conflict['Current']).toContain('445:TCP:*:Enabled:me');
    const ours = `445:TCP:${lab.lab.host('mgmt').address}/255.255.255.255:Enabled:${TITLE}`;
    await lab.relayed('mgmt', 'xp-sp3').call('Core\\Set-FbRegistryValue', { ...value, Value: ours });

    expect(await call('Restore-FbExceptionShield', restore)).toMatchObject({
      Changed: true,
      Restored: true,
      StoreSame: true,
      Errors: [],
    });
    expect(await call('Restore-FbExceptionShield', restore)).toMatchObject({ Changed: false, Restored: true });
    expect(await tree('xp-sp3')).toEqual(before);
    expect(await seen('xp-sp3')).toBe('open');
  });

  it('of 2003 SP1 start its service only once the relay has its exceptions, and go by themselves', async () => {
    const call = relayed('w2003-sp1');
    const before = await tree('w2003-sp1');
    expect(await exceptions(call, 'x2')).toMatchObject({ ServiceState: 'Stopped', ServiceStart: 'Disabled' });
    const relay = lab.lab.host('mgmt').address;
    const opened = ['Domain', 'Standard'].flatMap((profile) => [
      ...[135, 139, 445].map((port) =>
        [profile, `${port}:TCP`, '', `${port}:TCP:${relay}:Enabled:Firebreak-x2`].join('\t'),
      ),
      [profile, 'RemoteAdmin', '', `Enabled:${relay}`].join('\t'),
    ]);
    const Change = [...opened, 'Domain\tFirewall\tOff\tOn', 'Standard\tFirewall\tOff\tOn'];
    const applied = await call('Set-FbExceptionShield', { Id: 'x2', Change, StartService: true, ConfirmSeconds: 60 });
    expect(applied).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await seen('w2003-sp1')).toBe('filtered');
    expect(await exceptions(call, 'x2')).toMatchObject({ Stands: true, ServiceState: 'Running', ServiceStart: 'Auto' });
    // The scheduler of that time knows minutes.
    await lab.lab.ask('clock', { seconds: 121 });
    await eventually(
      () => seen('w2003-sp1'),
      (now) => now === 'open',
      'the host has turned its firewall off',
    );
    // its script ends with the service's start mode
    await eventually(
      () => exceptions(call, 'x2'),
      (now) => now['ServiceStart'] === 'Disabled',
      'the host has set its service as it was',
    );
    expect(await call('Confirm-FbShield', { Id: 'x2' })).toMatchObject({ Confirmed: false });
    expect(await call('Restore-FbExceptionShield', { Id: 'x2', Change })).toMatchObject({
      Restored: true,
      Conflict: false,
    });
    expect(await exceptions(call, 'x2')).toMatchObject({ ServiceState: 'Stopped', ServiceStart: 'Disabled' });
    expect(withoutEmpty(await tree('w2003-sp1'))).toEqual(withoutEmpty(before));
  });

  it('revert on their own way in where the service stood still with its profiles on', async () => {
    const call = relayed('w2003-sp1');
    for (const profile of ['Domain', 'Standard']) {
      await lab.relayed('mgmt', 'w2003-sp1').call('Core\\Set-FbRegistryValue', {
        Path: `${POLICY}\\${profile}Profile`,
        Name: 'EnableFirewall',
        Type: 'DWord',
        Value: 1,
      });
    }
    const before = await tree('w2003-sp1');
    const relay = lab.lab.host('mgmt').address;
    const Change = ['Domain', 'Standard'].flatMap((profile) => [
      [profile, '139:TCP', '', `139:TCP:${relay}:Enabled:Firebreak-x3`].join('\t'),
      [profile, 'RemoteAdmin', '', `Enabled:${relay}`].join('\t'),
    ]);
    Change.push('Domain\tFirewall\tOn\tOn', 'Standard\tFirewall\tOn\tOn');
    const applied = await call('Set-FbExceptionShield', { Id: 'x3', Change, StartService: true, ConfirmSeconds: 600 });
    expect(applied).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await seen('w2003-sp1')).toBe('filtered');
    expect(await call('Restore-FbExceptionShield', { Id: 'x3', Change })).toMatchObject({ Restored: true, Errors: [] });
    expect(await seen('w2003-sp1')).toBe('open');
    expect(await exceptions(call, 'x3')).toMatchObject({ ServiceState: 'Stopped', ServiceStart: 'Disabled' });
    expect(withoutEmpty(await tree('w2003-sp1'))).toEqual(withoutEmpty(before));
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
