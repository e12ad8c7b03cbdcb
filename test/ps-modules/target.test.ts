/** Firebreak.Core and Firebreak.Host on targets: computers without PowerShell, reached from a relay. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostCredential, Secret } from '../../src/domain/index.ts';
import { eventually, ModuleLab, type Relayed } from './support/module-lab.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const LEASE = 'HKLM\\SOFTWARE\\Firebreak\\Lease';

interface Expected {
  readonly host: string;
  readonly root: string;
  readonly target: object;
  readonly facts: object;
  readonly service: string;
}
const TARGETS: readonly Expected[] = [
  {
    host: 'w2k',
    root: 'C:\\WINNT',
    target: { Version: '5.0', Build: 2195, ServicePack: 4, Architecture: 'x86', RegistryBy: 'remote-registry' },
    facts: { Build: 2195, ServicePack: 4, Architecture: 'x86', ProductType: 3, Language: '0409', Ubr: null },
    service: 'RemoteRegistry',
  },
  {
    host: 'nt4',
    root: 'C:\\WINNT',
    target: { Version: '4.0', Build: 1381, ServicePack: 6, Architecture: 'x86', RegistryBy: 'remote-registry' },
    facts: {
      Build: 1381,
      ServicePack: 6,
      ProductType: 3,
      Caption: expect.stringContaining('Windows NT'),
      FreeDiskBytes: null,
    },
    service: 'Browser',
  },
  {
    host: 'xpjpn',
    root: 'C:\\WINDOWS',
    target: { Version: '5.1', Build: 2600, ServicePack: 1, RegistryBy: 'remote-registry' },
    facts: { Build: 2600, ServicePack: 1, ProductType: 1, Language: '0411' },
    service: 'RemoteRegistry',
  },
  {
    // Its Remote Registry service does not run: WMI has to do.
    host: 'w10',
    root: 'C:\\Windows',
    target: { Version: '10.0', Build: 18362, ServicePack: 0, Architecture: 'AMD64', RegistryBy: 'wmi' },
    facts: { Build: 18362, Ubr: 719, Architecture: 'x64', ProductType: 1 },
    service: 'Winmgmt',
  },
];

describe('modules on targets', () => {
  let lab: ModuleLab;
  beforeAll(async () => {
    lab = await ModuleLab.start([
      { name: 'mgmt', profile: 'windows-server-2019', variant: 'management', relay: true },
      { name: 'w2k', profile: 'windows-2000-server-sp4', relay: 'mgmt' },
      { name: 'nt4', profile: 'nt4-server-sp6a', relay: 'mgmt' },
      { name: 'xpjpn', profile: 'windows-xp-sp1-jpn', relay: 'mgmt' },
      { name: 'w10', profile: 'windows-10-1903-enu' },
    ]);
  });
  afterAll(() => lab.end());

  const writes = async (host: string): Promise<number> =>
    (await lab.history(host)).filter(({ kind }) => kind === 'registry' || kind === 'file').length;

  it('without WMI has services of which nobody knows anything once its registry is not read any more', async () => {
    const host = 'nt4';
    await lab.relayed('mgmt', host).call('Core\\Get-FbTarget');
    const { user, password } = lab.lab.relayedAccount(host);
    const script = `param($Name, $Address, $User, $Word)
      $secret = ConvertTo-SecureString -String $Word -AsPlainText -Force
      Enter-FbTarget -Name $Name -Address $Address -Credential (New-Object PSCredential -ArgumentList $User, $secret)
      try {
        & (Get-Module Firebreak.Core) { $script:FbTarget.BaseKey = $null; $script:FbTarget.UncHost = '127.0.0.250' }
        foreach ($service in 'RpcSs', 'none') { try { (Get-FbService -Name $service -NoState).Exists } catch { 'unknown' } }
      } finally { Exit-FbTarget }`;
    const { address } = lab.lab.host(host);
    const said = await lab.script('mgmt', script, { Name: host, Address: address, User: user, Word: password });
    expect(said).toEqual(['unknown', 'unknown']);
  });

  describe.each(TARGETS)('$host', ({ host, root, target, facts, service }) => {
    let on: Relayed;
    beforeAll(() => {
      on = lab.relayed('mgmt', host);
    });

    it('is known by what its registry says', async () => {
      expect(await on.call('Core\\Get-FbTarget')).toMatchObject({
        ...target,
        Name: host,
        Address: lab.lab.host(host).address,
        Relay: 'MGMT',
        SystemRoot: root,
      });
      expect(await on.call('Host\\Get-FbFact')).toMatchObject({
        ...facts,
        Name: host.toUpperCase(),
        ShellVersion: '',
        DataFolder: `${root}\\Firebreak`,
      });
    });

    it('is read without a trace', async () => {
      const before = await writes(host);
      expect((await on.call('Host\\Get-FbHealth'))['Services']).toEqual(
        expect.arrayContaining([service, 'RpcSs', 'LanmanServer']),
      );
      expect(await on.call('Host\\Get-FbDiagnosis')).toMatchObject({
        SystemDrive: 'C:',
        IsAdministrator: true,
        PendingReboot: [],
        PendingReadable: true,
        Time: expect.stringMatching(ISO),
      });
      expect(await on.call('Core\\Get-FbFileInfo', { Path: '%SystemRoot%\\System32\\cmd.exe' })).toMatchObject({
        Exists: true,
        Version: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
        Modified: expect.stringMatching(ISO),
      });
      expect(await on.call('Core\\Get-FbFileInfo', { Path: '%SystemRoot%\\System32\\nothing.dll' })).toMatchObject({
        Exists: false,
        Version: null,
      });
      expect(await writes(host)).toBe(before);
    });

    it('has its registry written, and told apart what is there and what not', async () => {
      const key = 'HKLM\\SOFTWARE\\Firebreak\\Test';
      const read = (name: string) => on.call('Core\\Get-FbRegistryValue', { Path: key, Name: name });
      const write = (name: string, type: string, value: string | number | string[], more = {}) =>
        on.call('Core\\Set-FbRegistryValue', { Path: key, Name: name, Type: type, Value: value, ...more });
      expect(await read('A')).toMatchObject({ Readable: true, KeyPresent: false, Present: false });
      expect(await write('A', 'DWord', 7, { WhatIf: true })).toMatchObject({ Changed: false });
      expect(await read('A')).toMatchObject({ KeyPresent: false });
      expect(await write('A', 'DWord', 7)).toMatchObject({ Changed: true });
      expect(await write('A', 'DWord', 7)).toMatchObject({ Changed: false });
      await write('B', 'String', 'text');
      await write('C', 'MultiString', ['one', 'two']);
      expect(await read('A')).toMatchObject({ Present: true, Type: 'DWord', Value: 7 });
      expect(await read('B')).toMatchObject({ Present: true, Type: 'String', Value: 'text' });
      expect(await read('C')).toMatchObject({ Present: true, Type: 'MultiString', Value: ['one', 'two'] });
      expect(await read('D')).toMatchObject({ KeyPresent: true, Present: false });
      await on.call('Core\\Set-FbRegistryValue', { Path: `${key}\\Below`, Name: 'X', Type: 'String', Value: '' });
      const names = await on.call('Core\\Get-FbRegistryName', { Path: key });
      expect(names).toMatchObject({ Readable: true, KeyPresent: true, SubKeys: ['Below'] });
      expect([...(names['Values'] as string[])].sort()).toEqual(['A', 'B', 'C']);
      const gone = { Path: key, Name: 'A' };
      expect(await on.call('Core\\Remove-FbRegistryValue', { ...gone, WhatIf: true })).toMatchObject({
        Changed: false,
      });
      expect(await on.call('Core\\Remove-FbRegistryValue', gone)).toMatchObject({ Changed: true });
      expect(await on.call('Core\\Remove-FbRegistryValue', gone)).toMatchObject({ Changed: false });
      expect(await on.call('Core\\Remove-FbRegistryKey', { Path: key })).toMatchObject({ Changed: true });
      expect(await on.call('Core\\Remove-FbRegistryKey', { Path: key })).toMatchObject({ Changed: false });
      // It was the target's registry, not the relay's.
      const ours = await lab.call('mgmt', 'Core\\Get-FbRegistryName', { Path: 'HKLM\\SOFTWARE\\Firebreak' });
      expect(ours).toMatchObject({ KeyPresent: false });
    });

    it('gets files in chunks, under its own paths', async () => {
      const path = `${root}\\Firebreak\\packages\\test.bin`;
      const temporary = `${path}.part`;
      const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
      const add = (from: number, to: number, more = {}) =>
        on.call('Host\\Add-FbFileChunk', { Path: temporary, Offset: from, Bytes: bytes.slice(from, to), ...more });
      expect(await add(0, 600, { WhatIf: true })).toMatchObject({ Changed: false });
      expect(await add(0, 600)).toMatchObject({ Length: 600 });
      expect(await on.call('Host\\Get-FbTransfer', { Path: path, TemporaryPath: temporary })).toMatchObject({
        Exists: false,
        PartialLength: 600,
      });
      await expect(add(700, 1000)).rejects.toThrow('FB_TRANSFER_FAILED');
      expect(await add(600, 1000)).toMatchObject({ Length: 1000 });
      expect(await add(600, 1000)).toMatchObject({ Length: 1000 });
      const complete = { TemporaryPath: temporary, Path: path, Sha256: sha256(bytes) };
      expect(await on.call('Host\\Complete-FbFile', complete)).toMatchObject({ Changed: true, Sha256: sha256(bytes) });
      expect(await on.call('Host\\Complete-FbFile', complete)).toMatchObject({ Changed: false });
      expect(await on.call('Host\\Get-FbFileHash', { Path: path })).toMatchObject({ Exists: true, Length: 1000 });
      const web = { Uri: 'http://127.0.0.1/x', TemporaryPath: temporary };
      await expect(on.call('Host\\Save-FbWebFile', web)).rejects.toThrow('FB_STEP_REFUSED');
    });

    it('holds the lease of one store', async () => {
      const mine = { Store: 'store-1', Run: 'run-1' };
      expect(await on.call('Host\\Set-FbLease', { ...mine, WhatIf: true })).toMatchObject({ Changed: false });
      expect(await on.call('Host\\Get-FbLease')).toMatchObject({ Held: false });
      expect(await on.call('Host\\Set-FbLease', mine)).toMatchObject({ Claimed: true });
      const other = await on.call('Host\\Set-FbLease', { Store: 'store-2', Run: 'run-9' });
      expect(other).toMatchObject({ Claimed: false, HeldBy: expect.stringContaining('store-1') });
      expect(await on.call('Host\\Remove-FbLease', { Store: 'store-1' })).toMatchObject({ Changed: true });
      expect(await on.call('Host\\Remove-FbLease', { Store: 'store-1' })).toMatchObject({ Changed: false });
    });

    it('runs a program to its end and tells its exit code, which is no byte', async () => {
      const exit = { FilePath: 'cmd.exe', ArgumentList: ['/c', 'exit', '3010'] };
      expect(await on.call('Core\\Invoke-FbProgram', exit)).toEqual({ ExitCode: 3010, Output: [] });
      const say = { FilePath: 'cmd.exe', ArgumentList: ['/c', 'ver'] };
      const said = await on.call('Core\\Invoke-FbProgram', say);
      expect(said).toMatchObject({ ExitCode: 0, Output: [expect.stringContaining('Windows')] });
      // No working file of it stays behind.
      await on.do('Core\\Get-FbChildName', { Path: `${root}\\Firebreak\\run` });
    });

    it('has a service stopped and started again', async () => {
      const set = (State: string, more = {}) => on.call('Core\\Set-FbService', { Name: 'Spooler', State, ...more });
      const state = async () => (await on.call('Core\\Get-FbService', { Name: 'Spooler' }))['State'];
      expect(await set('Stopped', { WhatIf: true })).toEqual({ Changed: false });
      expect(await state()).toBe('Running');
      expect(await set('Stopped')).toEqual({ Changed: true });
      expect(await set('Stopped')).toEqual({ Changed: false });
      expect(await state()).toBe('Stopped');
      expect(await set('Running', { Start: 'Manual' })).toEqual({ Changed: true });
      expect(await on.call('Core\\Get-FbService', { Name: 'Spooler' })).toMatchObject({
        Exists: true,
        State: 'Running',
        Start: 'Manual',
      });
      expect(await on.call('Core\\Get-FbService', { Name: 'Nothing' })).toMatchObject({ Exists: false });
    });

    it('is restarted once, and shows a later boot only when it is up again', async () => {
      const before = await on.call('Host\\Get-FbBootState');
      expect(before).toMatchObject({ PendingReboot: [], RestartAsked: false, BootTime: expect.stringMatching(ISO) });
      expect(await on.call('Host\\Restart-FbHost', { WhatIf: true })).toMatchObject({ State: 'whatif' });
      expect(await on.call('Host\\Get-FbBootState')).toMatchObject({ RestartAsked: false });
      expect(await on.call('Host\\Restart-FbHost', { DelaySeconds: 5 })).toMatchObject({
        Changed: true,
        State: 'started',
      });
      expect(await on.call('Host\\Get-FbBootState')).toMatchObject({
        RestartAsked: true,
        BootTime: before['BootTime'],
      });
      expect(await on.call('Host\\Restart-FbHost', { DelaySeconds: 5 })).toMatchObject({ State: 'already' });
      const boots = async () => (await lab.history(host)).filter((entry) => entry.kind === 'boot');
      const first = (await boots()).length;
      const isLater = (time: unknown) => Date.parse(String(time)) > Date.parse(String(before['BootTime'])) + 3000;
      await eventually(
        async () => {
          const upBefore = (await boots()).length > first;
          const seen = await on.call('Host\\Get-FbBootState').catch(() => null);
          // A later boot that is shown before the machine has booted would be a false proof.
          if (seen !== null && isLater(seen['BootTime'])) expect((await boots()).length).toBeGreaterThan(first);
          return upBefore && seen;
        },
        (seen) => seen !== false && seen !== null && isLater(seen['BootTime']),
        'the target is up again',
      );
      expect((await lab.history(host)).filter((entry) => entry.kind === 'reboot')).toHaveLength(1);
      expect(await on.call('Host\\Get-FbBootState')).toMatchObject({ RestartAsked: false });
      await on.call('Core\\Remove-FbRegistryKey', { Path: LEASE });
    });
  });

  describe('that cannot be entered', () => {
    const look = (relayed: Relayed) => relayed.call('Core\\Get-FbTarget');
    const account = (user: string, password: string) => ({
      credential: new HostCredential(user, new Secret(password)),
    });

    it('because the password is wrong: FB_AUTH_DENIED', async () => {
      const failed = look(lab.relayed('mgmt', 'w2k', account('Administrator', 'wrong')));
      await expect(failed).rejects.toThrow(/relay MGMT does not get to w2k.*FB_AUTH_DENIED/s);
    });

    it('because nobody gave a credential: FB_AUTH_DENIED, and why the own logon does not do', async () => {
      const failed = look(lab.relayed('mgmt', 'w2k', { credential: null }));
      await expect(failed).rejects.toThrow(/second hop.*FB_AUTH_DENIED/s);
    });

    it('because nobody answers there: FB_CONNECT_TIMEOUT', async () => {
      const { user, password } = lab.lab.relayedAccount('w2k');
      const failed = look(lab.relayed('mgmt', 'w2k', { ...account(user, password), address: '127.0.99.99' }));
      await expect(failed).rejects.toThrow(/w2k \(127\.0\.99\.99\).*FB_CONNECT_TIMEOUT/s);
    });

    it('and then nothing is done on the relay in its place', async () => {
      const value = { Path: 'HKLM\\SOFTWARE\\Firebreak\\Wrong', Name: 'A', Type: 'String', Value: 'x' };
      const on = lab.relayed('mgmt', 'w2k', account('Administrator', 'wrong'));
      await expect(on.call('Core\\Set-FbRegistryValue', value)).rejects.toThrow('FB_AUTH_DENIED');
      expect(await lab.call('mgmt', 'Core\\Get-FbRegistryName', { Path: value.Path })).toMatchObject({
        KeyPresent: false,
      });
    });

    it('and the next call is not in its way', async () => {
      expect(await lab.relayed('mgmt', 'w2k').call('Core\\Get-FbTarget')).toMatchObject({ Version: '5.0' });
      const session = await lab.session('mgmt');
      const { signal } = new AbortController();
      const call = { module: 'Firebreak.Core', function: 'Get-FbTarget', parameters: {} };
      expect((await session.invoke(call, { signal, timeoutMs: 120_000 })).output).toEqual([]);
    });
  });
});
