/** Firebreak.Core, Firebreak.Host and Firebreak.Patch on machines of the lab. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, ModuleLab } from './support/module-lab.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const KB = {
  Kb: ['KB4551762'],
  Key: [],
  File: ['%SystemRoot%\\System32\\drivers\\srv2.sys', '%SystemRoot%\\nothing.dll'],
};

describe('modules on lab machines', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'enu', profile: 'windows-10-1903-enu' },
      { name: 'jpn', profile: 'windows-10-1903-jpn', variant: 'patched' },
      { name: 'pending', profile: 'windows-10-1903-jpn', variant: 'patched-not-rebooted' },
      { name: 'dc', profile: 'windows-server-1903', variant: 'domain-controller' },
      { name: 'core', profile: 'windows-server-1903' },
    ]);
  });
  afterAll(() => lab.end());

  describe('Get-FbFact', () => {
    it('tells identity, build and roles', async () => {
      const facts = await lab.call('enu', 'Host\\Get-FbFact');
      expect(facts).toMatchObject({
        Build: 18362,
        Ubr: 719,
        Architecture: 'x64',
        ProductType: 1,
        Roles: [],
        RolesReadable: true,
      });
      expect(facts['LastBoot']).toMatch(ISO);
      expect(facts['MachineId']).not.toBe((await lab.call('jpn', 'Host\\Get-FbFact'))['MachineId']);
      expect(facts['DataFolder']).toBe('C:\\Windows\\Firebreak');
    });

    it('knows a domain controller and its DNS', async () => {
      expect((await lab.call('dc', 'Host\\Get-FbFact'))['Roles']).toEqual(['domain-controller', 'dns-server']);
    });

    it('calls a server a file server only when it shares folders of its own', async () => {
      expect((await lab.call('core', 'Host\\Get-FbFact'))['Roles']).toEqual([]);
      const shares = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\LanmanServer\\Shares';
      const value = { Path: shares, Name: 'Projects', Type: 'MultiString', Value: ['Path=D:\\Projects', 'Type=0'] };
      await lab.call('core', 'Core\\Set-FbRegistryValue', value);
      expect((await lab.call('core', 'Host\\Get-FbFact'))['Roles']).toEqual(['file-server']);
      await lab.call('core', 'Core\\Remove-FbRegistryKey', { Path: shares });
    });
  });

  describe('Get-FbPatchEvidence', () => {
    it('shows a vulnerable machine source by source', async () => {
      const found = await lab.call('enu', 'Patch\\Get-FbPatchEvidence', KB);
      expect(found).toMatchObject({
        Build: 18362,
        Ubr: 719,
        Updates: [{ Kb: 'KB4551762', Servicing: false, QuickFix: false }],
        PendingReboot: [],
        Files: [
          { Exists: true, Version: '10.0.18362.693' },
          { Exists: false, Version: null },
        ],
      });
      expect(found['Rollups']).toEqual([expect.objectContaining({ Build: 18362, Ubr: 719, State: 112 })]);
    });

    it('shows a patched one', async () => {
      const found = await lab.call('jpn', 'Patch\\Get-FbPatchEvidence', KB);
      expect(found).toMatchObject({ Ubr: 720, Updates: [{ QuickFix: true }], PendingReboot: [] });
    });

    it('shows one that awaits its reboot', async () => {
      const found = await lab.call('pending', 'Patch\\Get-FbPatchEvidence', KB);
      expect(found).toMatchObject({ Ubr: 719, PendingReboot: ['servicing', 'windows-update'] });
      expect(found['Rollups']).toContainEqual(expect.objectContaining({ Ubr: 720, State: 96 }));
    });
  });

  describe('registry shims', () => {
    const key = 'HKLM\\SOFTWARE\\Firebreak\\Test';

    it('tell absence of a key, absence of a value, type and value apart', async () => {
      const read = (name: string) => lab.call('enu', 'Core\\Get-FbRegistryValue', { Path: key, Name: name });
      expect(await read('A')).toMatchObject({ Readable: true, KeyPresent: false, Present: false });
      const write = { Path: key, Name: 'A', Type: 'DWord', Value: 7 };
      expect(await lab.call('enu', 'Core\\Set-FbRegistryValue', { ...write, WhatIf: true })).toMatchObject({
        Changed: false,
      });
      expect(await read('A')).toMatchObject({ KeyPresent: false });
      expect(await lab.call('enu', 'Core\\Set-FbRegistryValue', write)).toMatchObject({ Changed: true });
      expect(await lab.call('enu', 'Core\\Set-FbRegistryValue', write)).toMatchObject({ Changed: false });
      await lab.call('enu', 'Core\\Set-FbRegistryValue', { Path: key, Name: 'B', Type: 'String', Value: 'text' });
      expect(await read('A')).toMatchObject({ Present: true, Type: 'DWord', Value: 7 });
      expect(await read('B')).toMatchObject({ Present: true, Type: 'String', Value: 'text' });
      expect(await read('C')).toMatchObject({ KeyPresent: true, Present: false });
      expect(await lab.call('enu', 'Core\\Remove-FbRegistryValue', { Path: key, Name: 'A' })).toMatchObject({
        Changed: true,
      });
      expect(await lab.call('enu', 'Core\\Remove-FbRegistryValue', { Path: key, Name: 'A' })).toMatchObject({
        Changed: false,
      });
      expect(await lab.call('enu', 'Core\\Remove-FbRegistryKey', { Path: key })).toMatchObject({ Changed: true });
      expect(await lab.call('enu', 'Core\\Remove-FbRegistryKey', { Path: key })).toMatchObject({ Changed: false });
    });
  });

  describe('files', () => {
    const path = 'C:\\Windows\\Firebreak\\packages\\test.bin';
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

    it('come in chunks, may come twice, and are named after their hash has proved right', async () => {
      const temporary = `${path}.part`;
      const add = (from: number, to: number) =>
        lab.call('enu', 'Host\\Add-FbFileChunk', { Path: temporary, Offset: from, Bytes: bytes.slice(from, to) });
      expect(await add(0, 600)).toMatchObject({ Length: 600 });
      expect(await add(600, 1000)).toMatchObject({ Length: 1000 });
      expect(await add(600, 1000)).toMatchObject({ Length: 1000 });
      const complete = { TemporaryPath: temporary, Path: path, Sha256: sha256(bytes).toUpperCase() };
      expect(await lab.call('enu', 'Host\\Complete-FbFile', complete)).toMatchObject({
        Changed: true,
        Length: 1000,
        Sha256: sha256(bytes),
      });
      expect(await lab.call('enu', 'Host\\Complete-FbFile', complete)).toMatchObject({ Changed: false });
      expect(await lab.call('enu', 'Host\\Get-FbFileHash', { Path: path })).toMatchObject({
        Exists: true,
        Sha256: sha256(bytes),
        Length: 1000,
      });
      expect(await lab.call('enu', 'Host\\Get-FbFileHash', { Path: temporary })).toMatchObject({
        Exists: false,
        Sha256: null,
      });
    });

    it('refuse a gap and a wrong hash', async () => {
      const temporary = `${path}.bad`;
      const gap = { Path: temporary, Offset: 5, Bytes: bytes.slice(0, 5) };
      await expect(lab.call('enu', 'Host\\Add-FbFileChunk', gap)).rejects.toThrow('FB_TRANSFER_FAILED');
      await lab.call('enu', 'Host\\Add-FbFileChunk', { ...gap, Offset: 0 });
      const complete = { TemporaryPath: temporary, Path: `${path}.other`, Sha256: '0'.repeat(64) };
      await expect(lab.call('enu', 'Host\\Complete-FbFile', complete)).rejects.toThrow('FB_TRANSFER_HASH');
      expect(await lab.call('enu', 'Host\\Get-FbFileHash', { Path: temporary })).toMatchObject({ Exists: false });
    });
  });

  describe('the lease', () => {
    it('is refused to another store and given back only by its own', async () => {
      const mine = { Store: 'store-1', Run: 'run-1' };
      expect(await lab.call('enu', 'Host\\Get-FbLease')).toMatchObject({ Held: false });
      expect(await lab.call('enu', 'Host\\Set-FbLease', { ...mine, WhatIf: true })).toMatchObject({ Changed: false });
      expect(await lab.call('enu', 'Host\\Get-FbLease')).toMatchObject({ Held: false });
      expect(await lab.call('enu', 'Host\\Set-FbLease', mine)).toMatchObject({ Claimed: true, HeldBy: '' });
      expect(await lab.call('enu', 'Host\\Set-FbLease', { ...mine, Run: 'run-2' })).toMatchObject({ Claimed: true });
      const other = await lab.call('enu', 'Host\\Set-FbLease', { Store: 'store-2', Run: 'run-9' });
      expect(other).toMatchObject({ Claimed: false, Changed: false, HeldBy: expect.stringContaining('store-1') });
      expect(await lab.call('enu', 'Host\\Remove-FbLease', { Store: 'store-2' })).toMatchObject({
        Released: false,
        Changed: false,
      });
      expect(await lab.call('enu', 'Host\\Remove-FbLease', { Store: 'store-1' })).toMatchObject({
        Released: true,
        Changed: true,
      });
      expect(await lab.call('enu', 'Host\\Remove-FbLease', { Store: 'store-1' })).toMatchObject({
        Released: true,
        Changed: false,
      });
    });

    it('of a store that was not heard of for seven days may be taken', async () => {
      await lab.call('enu', 'Host\\Set-FbLease', { Store: 'store-1', Run: 'run-1' });
      const old = {
        Path: 'HKLM\\SOFTWARE\\Firebreak\\Lease',
        Name: 'At',
        Type: 'String',
        Value: '2020-01-01T00:00:00Z',
      };
      await lab.call('enu', 'Core\\Set-FbRegistryValue', old);
      expect(await lab.call('enu', 'Host\\Set-FbLease', { Store: 'store-2', Run: 'run-9' })).toMatchObject({
        Claimed: true,
      });
      await lab.call('enu', 'Host\\Remove-FbLease', { Store: 'store-2' });
    });
  });

  it('Get-FbText waits for a file that is just being written, and reads all of it', async () => {
    const path = 'C:\\Windows\\Temp\\receipt.txt';
    const writer = await lab.session('enu');
    lab.forget('enu');
    const script = `param($Path)
$stream = [System.IO.File]::Open($Path, 'CreateNew', 'Write', 'None')
Start-Sleep -Seconds 1
$stream.Write([System.Text.Encoding]::ASCII.GetBytes('whole'), 0, 5)
$stream.Close()`;
    const timeout = { signal: new AbortController().signal, timeoutMs: 120_000 };
    const written = writer.invoke({ script, parameters: { Path: path } }, timeout);
    const isThere = () => lab.script('enu', 'param($Path) Test-Path -LiteralPath $Path', { Path: path });
    await eventually(isThere, ([found]) => found === true, 'the file is there');
    expect(await lab.call('enu', 'Core\\Get-FbText', { Path: path })).toBe('whole');
    await written;
    expect(writer).not.toBe(await lab.session('enu'));
  });

  it('Get-FbHealth names automatic services that run', async () => {
    const services = (await lab.call('enu', 'Host\\Get-FbHealth'))['Services'];
    expect(services).toEqual(expect.arrayContaining(['RpcSs', 'LanmanServer']));
    expect(services).not.toContain('TermService');
  });

  it('Restart-FbHost restarts once, and Get-FbBootState shows the later boot', async () => {
    const before = await lab.call('dc', 'Host\\Get-FbBootState');
    expect(before).toMatchObject({ PendingReboot: [], PendingReadable: true, RestartAsked: false });
    expect(await lab.call('dc', 'Host\\Restart-FbHost', { WhatIf: true })).toMatchObject({
      Changed: false,
      State: 'whatif',
    });
    expect(await lab.call('dc', 'Host\\Get-FbBootState')).toMatchObject({ RestartAsked: false });
    expect(await lab.call('dc', 'Host\\Restart-FbHost', { DelaySeconds: 2 })).toMatchObject({
      Changed: true,
      State: 'started',
    });
    expect(await lab.call('dc', 'Host\\Get-FbBootState')).toMatchObject({ RestartAsked: true });
    expect(await lab.call('dc', 'Host\\Restart-FbHost', { DelaySeconds: 2 })).toMatchObject({
      Changed: false,
      State: 'already',
    });
    const isLater = (time: unknown): boolean =>
      Date.parse(String(time)) > Date.parse(String(before['BootTime'])) + 60_000;
    await eventually(
      async () => (await lab.history('dc')).filter((entry) => entry.kind === 'boot' && isLater(entry['bootTime'])),
      (entries) => entries.length === 1,
      'the machine is up again',
    );
    expect((await lab.history('dc')).filter((entry) => entry.kind === 'reboot')).toHaveLength(1);
    lab.forget('dc');
    const after = await eventually(
      () => lab.call('dc', 'Host\\Get-FbBootState').catch(() => null),
      (state) => state !== null,
      'the machine answers again',
    );
    expect(after).toMatchObject({ RestartAsked: false });
  });

  it('a clock that is set while a restart is on its way does not look like a boot', async () => {
    expect(await lab.call('dc', 'Host\\Restart-FbHost', { DelaySeconds: 3600 })).toMatchObject({ State: 'started' });
    // WMI gives the boot by the clock of now: a minute was added to it since the host was asked.
    const { BootTime: boot } = await lab.call('dc', 'Host\\Get-FbBootState');
    const before = new Date(Date.parse(String(boot)) - 60_000).toISOString();
    const asked = { Path: 'HKLM\\SOFTWARE\\Firebreak\\Lease', Name: 'RestartAsked', Type: 'String', Value: before };
    await lab.call('dc', 'Core\\Set-FbRegistryValue', asked);
    expect(await lab.call('dc', 'Host\\Get-FbBootState')).toMatchObject({ BootTime: before, RestartAsked: true });
  });
});
