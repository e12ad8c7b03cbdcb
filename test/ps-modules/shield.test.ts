/** Firebreak.Shield on machines of the lab: up, confirmed, down, and what the host does by itself. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createScanner } from '../../src/scan/index.ts';
import { eventually, ModuleLab, type Result } from './support/module-lab.ts';

const LANMAN = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\LanmanServer\\Parameters';
const compression = { Id: 'reg-1', Key: LANMAN, Name: 'DisableCompression' };
const { signal } = new AbortController();

describe('shields on lab machines', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'plain', profile: 'windows-10-1903-enu' },
      { name: 'prior', profile: 'windows-server-1903', variant: 'prior-ipsec' },
      { name: 'lost', profile: 'windows-10-1903-jpn' },
      { name: 'slow', profile: 'windows-10-1903-jpn' },
      { name: 'fixed', profile: 'windows-10-1903-jpn', variant: 'patched' },
    ]);
  });
  afterAll(() => lab.end());

  /** Everything that IPsec keeps in the registry. */
  const ipsecTree = (host: string): Promise<unknown> => lab.lab.ask('registry', { host });
  const read = (host: string, id: string): Promise<Result> => lab.call(host, 'Shield\\Get-FbIpsecShield', { Id: id });
  const up = async (host: string, id: string, more: object = {}): Promise<Result> => {
    const found = await read(host, id);
    return lab.call(host, 'Shield\\Set-FbIpsecShield', {
      Id: id,
      Tcp: [445],
      Udp: [445],
      Exempt: ['127.0.0.1'],
      PriorName: found['AssignedName'] === `Firebreak-${id}` ? '' : String(found['AssignedName'] ?? ''),
      PriorPath: String(found['AssignedPath'] ?? ''),
      AgentState: String(found['AgentState']),
      AgentStart: String(found['AgentStart']),
      ConfirmSeconds: 300,
      TtlSeconds: 0,
      Floor: ['18362.720'],
      ...more,
    });
  };
  const down = (host: string, id: string, prior: Result, more: object = {}): Promise<Result> =>
    lab.call(host, 'Shield\\Restore-FbIpsecShield', {
      Id: id,
      PriorName: String(prior['AssignedName'] ?? ''),
      PriorPath: String(prior['AssignedPath'] ?? ''),
      AgentState: String(prior['AgentState']),
      AgentStart: String(prior['AgentStart']),
      ...more,
    });
  const port445 = async (host: string): Promise<string[]> => {
    const port = lab.port(host, 445);
    const probe = { address: lab.lab.host(host).address, port, protocol: 'tcp', timeoutMs: 1500 } as const;
    const scanner = createScanner();
    return Promise.all([scanner.probe(probe, signal), scanner.probe({ ...probe, source: lab.lab.vantage }, signal)]);
  };

  it('block a port for everybody but the exempt, and leave nothing behind', async () => {
    const tree = await ipsecTree('plain');
    const prior = await read('plain', 'a1');
    expect(prior).toMatchObject({
      Stands: false,
      AssignedName: null,
      GpoAssigned: false,
      AgentStart: 'Manual',
      ConfirmArmed: false,
      Recorded: false,
    });
    expect(await up('plain', 'a1', { WhatIf: true })).toMatchObject({ Changed: false, Applied: false });
    expect(await ipsecTree('plain')).toEqual(tree);
    expect(await up('plain', 'a1')).toEqual({ Changed: true, Applied: true, Errors: [] });
    expect(await read('plain', 'a1')).toMatchObject({
      Stands: true,
      AssignedName: 'Firebreak-a1',
      ConfirmArmed: true,
      Recorded: true,
      AgentStart: 'Auto',
    });
    expect(await port445('plain')).toEqual(['open', 'filtered']);
    expect(await lab.call('plain', 'Shield\\Confirm-FbShield', { Id: 'a1' })).toMatchObject({
      Changed: true,
      Confirmed: true,
    });
    expect(await lab.call('plain', 'Shield\\Confirm-FbShield', { Id: 'a1' })).toMatchObject({
      Changed: false,
      Confirmed: true,
    });
    expect(await read('plain', 'a1')).toMatchObject({ Stands: true, ConfirmArmed: false });
    expect(await up('plain', 'a1')).toEqual({ Changed: false, Applied: true, Errors: [] });
    expect(await down('plain', 'a1', prior, { WhatIf: true })).toMatchObject({ Changed: false, Restored: false });
    expect(await read('plain', 'a1')).toMatchObject({ Stands: true });
    expect(await down('plain', 'a1', prior)).toMatchObject({
      Changed: true,
      Restored: true,
      Conflict: false,
      Errors: [],
    });
    expect(await down('plain', 'a1', prior)).toMatchObject({ Changed: false, Restored: true });
    expect(await ipsecTree('plain')).toEqual(tree);
    expect(await read('plain', 'a1')).toMatchObject({
      AgentState: 'Running',
      AgentStart: 'Manual',
      ConfirmArmed: false,
      Recorded: false,
    });
    expect(await lab.script('plain', "Test-Path 'C:\\Windows\\Firebreak\\shields\\a1'")).toEqual([false]);
    expect(await port445('plain')).toEqual(['open', 'open']);
  });

  it('give an admin’s own policy back exactly', async () => {
    const tree = await ipsecTree('prior');
    const prior = await read('prior', 'b1');
    expect(prior['AssignedName']).toBe('Corp baseline');
    expect(await up('prior', 'b1')).toMatchObject({ Applied: true, Errors: [] });
    expect(await down('prior', 'b1', prior)).toMatchObject({
      Restored: true,
      Current: expect.stringContaining('Corp baseline'),
    });
    expect(await ipsecTree('prior')).toEqual(tree);
  });

  it('are not down while something of them could not be given back', async () => {
    const tree = await ipsecTree('plain');
    const stopped = { AssignedName: null, AgentState: 'Stopped', AgentStart: 'Manual' };
    await up('plain', 'a2', { AgentState: 'Stopped' });
    await lab.script('plain', "function global:Stop-Service { throw 'it does not stop' }");
    expect(await down('plain', 'a2', stopped)).toMatchObject({
      Restored: false,
      Conflict: false,
      Errors: [expect.stringContaining('it does not stop')],
    });
    expect(await read('plain', 'a2')).toMatchObject({ Recorded: true, AgentState: 'Running', AgentStart: 'Auto' });
    await lab.script('plain', 'Remove-Item -Path Function:\\Stop-Service');
    expect(await down('plain', 'a2', stopped)).toMatchObject({ Restored: true, Errors: [] });
    expect(await read('plain', 'a2')).toMatchObject({ Recorded: false, AgentState: 'Stopped', AgentStart: 'Manual' });
    await lab.script('plain', 'Start-Service -Name PolicyAgent');
    expect(await ipsecTree('plain')).toEqual(tree);
  });

  it('touch nothing when somebody has assigned another policy meanwhile', async () => {
    const prior = await read('prior', 'b2');
    await up('prior', 'b2');
    await lab.script('prior', 'netsh.exe ipsec static add policy name=Mine assign=yes | Out-Null');
    const tree = await ipsecTree('prior');
    expect(await down('prior', 'b2', prior)).toMatchObject({
      Changed: false,
      Restored: false,
      Conflict: true,
      Current: expect.stringContaining('Mine'),
    });
    expect(await ipsecTree('prior')).toEqual(tree);
  });

  it('fall by themselves when nobody confirms, blindly', async () => {
    const tree = await ipsecTree('lost');
    await up('lost', 'c1', { ConfirmSeconds: 60 });
    await lab.lab.ask('clock', { seconds: 61 });
    await eventually(
      () => read('lost', 'c1'),
      (state) => state['AssignedName'] === null,
      'the host has reverted',
    );
    await eventually(
      () => ipsecTree('lost'),
      (now) => JSON.stringify(now) === JSON.stringify(tree),
      'all objects are gone',
    );
    expect(await lab.call('lost', 'Shield\\Confirm-FbShield', { Id: 'c1' })).toMatchObject({ Confirmed: false });
  });

  it('stay on a vulnerable host when their time is over, and say so', async () => {
    await up('slow', 'd1', { TtlSeconds: 7200 });
    await lab.call('slow', 'Shield\\Confirm-FbShield', { Id: 'd1' });
    await lab.lab.ask('clock', { seconds: 7201 });
    const state = await eventually(
      () => read('slow', 'd1'),
      (now) => now['Expired'] !== '',
      'the timer has fired',
    );
    expect(state).toMatchObject({ Stands: true, Expired: expect.stringMatching(/Z$/) });
  });

  it('fall on a fixed host when their time is over', async () => {
    await up('fixed', 'e1', { TtlSeconds: 7200 });
    await lab.call('fixed', 'Shield\\Confirm-FbShield', { Id: 'e1' });
    await lab.lab.ask('clock', { seconds: 7201 });
    await eventually(
      () => read('fixed', 'e1'),
      (now) => now['AssignedName'] === null,
      'the host has reverted',
    );
  });

  describe('by a registry value', () => {
    const set = {
      ...compression,
      Type: 'DWord',
      Value: 1,
      PriorPresent: false,
      ConfirmSeconds: 300,
      TtlSeconds: 0,
      Floor: ['18362.720'],
    };
    const restore = { ...compression, Type: 'DWord', Value: 1, PriorPresent: false, PriorType: '', PriorValue: null };
    const look = () => lab.call('plain', 'Shield\\Get-FbRegistryShield', compression);

    it('restore absence', async () => {
      expect(await look()).toMatchObject({ Present: false, Readable: true });
      expect(await lab.call('plain', 'Shield\\Set-FbRegistryShield', { ...set, WhatIf: true })).toMatchObject({
        Changed: false,
      });
      expect(await look()).toMatchObject({ Present: false });
      expect(await lab.call('plain', 'Shield\\Set-FbRegistryShield', set)).toEqual({
        Changed: true,
        Applied: true,
        Errors: [],
      });
      expect(await look()).toMatchObject({
        Present: true,
        Type: 'DWord',
        Value: 1,
        ConfirmArmed: true,
        Recorded: true,
      });
      await lab.call('plain', 'Shield\\Confirm-FbShield', { Id: 'reg-1' });
      expect(await lab.call('plain', 'Shield\\Set-FbRegistryShield', set)).toMatchObject({
        Changed: false,
        Applied: true,
      });
      expect(await lab.call('plain', 'Shield\\Restore-FbRegistryShield', { ...restore, WhatIf: true })).toMatchObject({
        Changed: false,
        Restored: false,
      });
      expect(await lab.call('plain', 'Shield\\Restore-FbRegistryShield', restore)).toMatchObject({
        Changed: true,
        Restored: true,
      });
      expect(await lab.call('plain', 'Shield\\Restore-FbRegistryShield', restore)).toMatchObject({
        Changed: false,
        Restored: true,
      });
      expect(await look()).toMatchObject({ Present: false, ConfirmArmed: false, Recorded: false });
    });

    describe('when controller and timer come in the same moment', () => {
      const reg2 = { ...compression, Id: 'reg-2' };
      /** What the other one does while this one looks at the clock, after it has read the record. */
      const meanwhile = (name: string) =>
        lab.script(
          'plain',
          `foreach ($command in 'Get-WmiObject', 'Get-CimInstance') {
              $real = Get-Command -Name $command -CommandType Cmdlet -ErrorAction SilentlyContinue
              if (-not $real) { continue }
              $body = "Set-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Firebreak\\Shields\\reg-2' -Name ${name} -Value now\n" +
                "& (Get-Command -Name $command -CommandType Cmdlet) @args"
              Set-Item -Path "Function:\\global:$command" -Value ([scriptblock]::Create($body))
          }`,
        );
      const over = () =>
        lab.script(
          'plain',
          "Remove-Item -Path 'Function:\\Get-WmiObject', 'Function:\\Get-CimInstance' -ErrorAction SilentlyContinue",
        );

      it('confirm nothing that the host is about to take down', async () => {
        expect(await lab.call('plain', 'Shield\\Set-FbRegistryShield', { ...set, ...reg2 })).toMatchObject({
          Applied: true,
        });
        await meanwhile('Reverting');
        const confirmed = await lab.call('plain', 'Shield\\Confirm-FbShield', { Id: 'reg-2' });
        await over();
        expect(confirmed).toMatchObject({ Confirmed: false, Errors: [expect.stringContaining('by itself')] });
        await lab.call('plain', 'Shield\\Restore-FbRegistryShield', { ...restore, ...reg2 });
      });

      it('take down nothing that is confirmed by then', async () => {
        await lab.call('plain', 'Shield\\Set-FbRegistryShield', { ...set, ...reg2 });
        await meanwhile('Confirmed');
        await lab.script('plain', "& 'C:\\Windows\\Firebreak\\shields\\reg-2\\timer.ps1' reg-2 confirm");
        await over();
        const left = await lab.call('plain', 'Shield\\Get-FbRegistryShield', reg2);
        expect(left).toMatchObject({ Present: true, Value: 1, Recorded: true });
        expect(await lab.call('plain', 'Shield\\Confirm-FbShield', { Id: 'reg-2' })).toMatchObject({ Confirmed: true });
        await lab.call('plain', 'Shield\\Restore-FbRegistryShield', { ...restore, ...reg2 });
      });
    });

    it('restore a value, and leave alone what somebody else has written', async () => {
      const write = (value: number) =>
        lab.call('plain', 'Core\\Set-FbRegistryValue', {
          Path: LANMAN,
          Name: 'DisableCompression',
          Type: 'DWord',
          Value: value,
        });
      await write(0);
      const prior = { PriorPresent: true, PriorType: 'DWord', PriorValue: 0 };
      await lab.call('plain', 'Shield\\Set-FbRegistryShield', { ...set, ...prior });
      await write(5);
      expect(await lab.call('plain', 'Shield\\Restore-FbRegistryShield', { ...restore, ...prior })).toMatchObject({
        Conflict: true,
        Restored: false,
        Changed: false,
      });
      await write(1);
      expect(await lab.call('plain', 'Shield\\Restore-FbRegistryShield', { ...restore, ...prior })).toMatchObject({
        Conflict: false,
        Restored: true,
      });
      expect(await look()).toMatchObject({ Present: true, Value: 0 });
    });
  });
});
