/** Firebreak.Shield's half barrier at the RPC proxy (COM Internet Services, RPC over HTTP). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ParameterValue } from '../../src/domain/index.ts';
import { eventually, ModuleLab, type Result } from './support/module-lab.ts';

const PROXY = 'HKLM\\SOFTWARE\\Microsoft\\Rpc\\RpcProxy';
const PORTS = { Name: 'ValidPorts', Type: 'String', Value: 'WEB01:100-592;WEB01:594-5000' };
const PRIOR_PORTS = { PriorPresent: true, PriorType: 'String', PriorValue: 'WEB01:100-5000' };
const OFF = { Name: 'Enabled', Type: 'DWord', Value: 0 };
const PRIOR_ON = { PriorPresent: true, PriorType: 'DWord', PriorValue: 1 };

type Parameters = { readonly [name: string]: ParameterValue };

describe('shields at the RPC proxy', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'w2003', profile: 'windows-2003-gold', variant: 'rpc-over-http', relay: 'mgmt' },
      { name: 'w2k', profile: 'windows-2000-server-sp4', variant: 'cis', relay: 'mgmt' },
      { name: 'nt4', profile: 'nt4-server-sp6a', variant: 'cis', relay: 'mgmt' },
      { name: 'xp', profile: 'windows-xp-sp1', relay: 'mgmt' },
      { name: 'plain', profile: 'windows-10-1903-enu' },
    ]);
  });
  afterAll(() => lab.end());

  const call = (host: string, name: string, parameters: Parameters): Promise<Result> =>
    host === 'plain'
      ? lab.call(host, `Shield\\${name}`, parameters)
      : lab.relayed('mgmt', host).call(`Shield\\${name}`, parameters);
  const tree = (host: string): Promise<unknown> => lab.lab.ask('registry', { host, key: PROXY });
  const records = async (host: string): Promise<string> =>
    JSON.stringify(await lab.lab.ask('registry', { host, key: 'HKLM\\SOFTWARE\\Firebreak' }));
  const read = (host: string, id: string, name = 'ValidPorts'): Promise<Result> =>
    call(host, 'Get-FbRpcProxyShield', { Id: id, Name: name, Survey: true });
  const up = (host: string, id: string, more: Parameters): Promise<Result> =>
    call(host, 'Set-FbRpcProxyShield', { Id: id, ConfirmSeconds: 0, ...more });
  const down = (host: string, id: string, more: Parameters): Promise<Result> =>
    call(host, 'Restore-FbRpcProxyShield', { Id: id, ...more });
  const webRestarts = async (host: string): Promise<number> =>
    (await lab.history(host)).filter((entry) => entry.kind === 'service' && JSON.stringify(entry).includes('W3SVC'))
      .length;

  it.each<[string, object]>([
    [
      'w2003',
      {
        Installed: true,
        Generation: 2,
        Web: 'Running',
        Enabled: 1,
        HasPorts: true,
        Ports: 'WEB01:100-5000',
        Directory: null,
      },
    ],
    ['w2k', { Installed: true, Generation: 1, Web: 'Running', Enabled: 1, HasPorts: false, Ports: null }],
    ['nt4', { Installed: true, Generation: 1, Web: 'Running', Enabled: 1 }],
    ['xp', { Installed: false, Generation: 1, Web: 'none', Enabled: null, EnabledType: null }],
    ['plain', { Installed: false, Generation: 2, Web: 'none', Relayed: false }],
  ])('see what there is on %s', async (host, expected) => {
    expect(await read(host, 'a0')).toMatchObject({ Readable: true, ConfirmArmed: false, Other: '', ...expected });
  });

  it('see the folder of the proxy in the configuration of the web server', async () => {
    const path = 'C:\\WINDOWS\\system32\\inetsrv\\MetaBase.xml';
    const put = (location: string) =>
      lab
        .relayed('mgmt', 'w2003')
        .do('Core\\Set-FbText', { Path: path, Text: `<IIsWebVirtualDir Location ="${location}" />` });
    await lab.relayed('mgmt', 'w2003').do('Core\\New-FbFolder', { Path: 'C:\\WINDOWS\\system32\\inetsrv' });
    await put('/LM/W3SVC/1/ROOT/Rpc');
    expect(await read('w2003', 'a0')).toMatchObject({ Directory: true });
    await put('/LM/W3SVC/1/ROOT/Reports');
    expect(await read('w2003', 'a0')).toMatchObject({ Directory: false });
  });

  it('take ports out, are in effect after five minutes without a restart, and give them back byte for byte', async () => {
    const before = await tree('w2003');
    const restarts = await webRestarts('w2003');
    expect(await up('w2003', 'a1', { ...PORTS, ...PRIOR_PORTS, WhatIf: true })).toMatchObject({ Changed: false });
    expect(await tree('w2003')).toEqual(before);
    expect(await up('w2003', 'a1', { ...PORTS, ...PRIOR_PORTS })).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await read('w2003', 'a1')).toMatchObject({ Ports: PORTS.Value, InEffect: false, Other: '' });
    expect(await read('w2003', 'a2')).toMatchObject({ InEffect: null, Other: 'a1' });
    expect(await up('w2003', 'a1', { ...PORTS, ...PRIOR_PORTS })).toEqual({
      Changed: false,
      Applied: true,
      Errors: [],
    });
    await lab.lab.ask('clock', { seconds: 400 });
    expect(await read('w2003', 'a1')).toMatchObject({ Ports: PORTS.Value, InEffect: true });
    const undone = { Restored: true, Conflict: false, Current: 'ValidPorts = WEB01:100-5000 (String)', Errors: [] };
    expect(await down('w2003', 'a1', { ...PORTS, ...PRIOR_PORTS })).toEqual({ ...undone, Changed: true });
    expect(await down('w2003', 'a1', { ...PORTS, ...PRIOR_PORTS })).toEqual({ ...undone, Changed: false });
    expect(await tree('w2003')).toEqual(before);
    expect(await records('w2003')).not.toContain('rpc-http');
    expect(await webRestarts('w2003')).toBe(restarts);
  });

  it.each(['w2k', 'nt4'])(
    'switch the proxy of %s off, which takes a restart of the web service, and on again',
    async (host) => {
      const before = await tree(host);
      const restarts = await webRestarts(host);
      expect(await up(host, 'b1', { ...OFF, ...PRIOR_ON, Restart: true })).toEqual({
        Changed: true,
        Applied: true,
        Errors: [],
      });
      expect(await webRestarts(host)).toBeGreaterThan(restarts);
      expect(await read(host, 'b1', 'Enabled')).toMatchObject({ Enabled: 0, InEffect: true, Web: 'Running' });
      const after = await webRestarts(host);
      expect(await up(host, 'b1', { ...OFF, ...PRIOR_ON, Restart: true })).toMatchObject({
        Changed: false,
        Applied: true,
      });
      expect(await webRestarts(host)).toBe(after);
      expect(await down(host, 'b1', { ...OFF, ...PRIOR_ON, Restart: true })).toMatchObject({
        Changed: true,
        Restored: true,
      });
      expect(await webRestarts(host)).toBeGreaterThan(after);
      expect(await tree(host)).toEqual(before);
    },
  );

  it('wait for the web service where it is not to be restarted', async () => {
    await up('w2k', 'c1', { ...OFF, ...PRIOR_ON });
    expect(await read('w2k', 'c1', 'Enabled')).toMatchObject({ Enabled: 0, InEffect: false });
    await lab.lab.ask('clock', { seconds: 400 });
    expect(await read('w2k', 'c1', 'Enabled')).toMatchObject({ InEffect: false });
    // What the controller does again after a crash, this time with the restart.
    expect(await up('w2k', 'c1', { ...OFF, ...PRIOR_ON, Restart: true })).toMatchObject({
      Changed: true,
      Applied: true,
    });
    expect(await read('w2k', 'c1', 'Enabled')).toMatchObject({ InEffect: true });
    expect(await down('w2k', 'c1', { ...OFF, ...PRIOR_ON, Restart: true })).toMatchObject({ Restored: true });
  });

  it('touch nothing that somebody has changed meanwhile', async () => {
    await up('w2003', 'd1', { ...PORTS, ...PRIOR_PORTS });
    const write = (value: string) =>
      lab
        .relayed('mgmt', 'w2003')
        .call('Core\\Set-FbRegistryValue', { Path: PROXY, Name: 'ValidPorts', Type: 'String', Value: value });
    await write('WEB01:6001-6004');
    expect(await down('w2003', 'd1', { ...PORTS, ...PRIOR_PORTS })).toMatchObject({
      Changed: false,
      Restored: false,
      Conflict: true,
      Current: 'ValidPorts = WEB01:6001-6004 (String)',
    });
    await write(PORTS.Value);
    expect(await down('w2003', 'd1', { ...PORTS, ...PRIOR_PORTS })).toMatchObject({ Restored: true });
  });

  it('fall by themselves on a host with PowerShell when nobody confirms, and stay once somebody has', async () => {
    await lab.call('plain', 'Core\\Set-FbRegistryValue', {
      Path: PROXY,
      Name: 'ValidPorts',
      Type: 'String',
      Value: 'WEB01:100-5000',
    });
    const before = await tree('plain');
    const timed = { ...PORTS, ...PRIOR_PORTS, ConfirmSeconds: 120, TtlSeconds: 0, Floor: ['18362.720'] };
    expect(await up('plain', 'e1', timed)).toMatchObject({ Changed: true, Applied: true, Errors: [] });
    expect(await read('plain', 'e1')).toMatchObject({ Ports: PORTS.Value, ConfirmArmed: true });
    await lab.lab.ask('clock', { seconds: 180 });
    await eventually(
      () => read('plain', 'e1'),
      (state) => state['Ports'] === 'WEB01:100-5000',
      'the host has reverted',
    );
    expect(await down('plain', 'e1', { ...PORTS, ...PRIOR_PORTS })).toMatchObject({ Restored: true, Conflict: false });
    expect(await tree('plain')).toEqual(before);
    await up('plain', 'e2', timed);
    expect(await lab.call('plain', 'Shield\\Confirm-FbShield', { Id: 'e2' })).toMatchObject({ Confirmed: true });
    await lab.lab.ask('clock', { seconds: 180 });
    expect(await read('plain', 'e2')).toMatchObject({ Ports: PORTS.Value, ConfirmArmed: false });
    expect(await down('plain', 'e2', { ...PORTS, ...PRIOR_PORTS })).toMatchObject({ Changed: true, Restored: true });
    expect(await tree('plain')).toEqual(before);
  });
});
