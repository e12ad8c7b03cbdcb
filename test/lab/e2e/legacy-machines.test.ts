/** Machines before Vista on the real engine, reached from a management server. Needs the built engine. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readCatalog } from '../../../lab/fleet/data/index.ts';
import { HostCredential, type Invocation, Secret, type Session, type Target } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { startTestLab, type TestLab, type TestLabOptions } from '../support/lab.ts';

const labFolder = resolve(import.meta.dirname, '..', '..', '..', 'lab');
const fleet = parse(readFileSync(join(labFolder, 'fleets', 'ms03-039.yaml'), 'utf8')) as {
  readonly hosts: TestLabOptions['hosts'];
};
const catalog = readCatalog(labFolder);
const { signal } = new AbortController();
const options = { signal, timeoutMs: 120_000 };

/** Each of it fails by itself, so that one look says all. */
const LOOK = `param($Credential, $Address, $Paths)
New-PSDrive -Name T -PSProvider FileSystem -Root "\\\\$Address\\C$" -Credential $Credential -ErrorAction Stop | Out-Null
foreach ($path in $Paths) { $null = Test-Path -LiteralPath "T:\\$path"; (Get-Item -LiteralPath "T:\\$path").VersionInfo.FileVersion }
$base = [Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey('LocalMachine', $Address)
$key = $base.OpenSubKey('SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion')
$key.GetValue('CurrentVersion'); $key.GetValue('SystemRoot')
Remove-PSDrive T`;

interface Entry {
  readonly kind: string;
  readonly package?: string;
  readonly phase?: string;
  readonly exitCode?: number | null;
  readonly path?: string;
}

describe('the fleet of MS03-039 on the real engine', () => {
  let lab: TestLab;
  let relay: Session;
  beforeAll(async () => {
    lab = await startTestLab({ engine: 'real', hosts: fleet.hosts });
    relay = await openRelay('mgmt01');
  });
  afterAll(async () => {
    await relay?.close();
    await lab?.end();
  });

  const targetOf = (host: string): Target => ({
    host,
    transport: 'winrm',
    address: lab.host(host).address,
    port: 5985,
    useTls: false,
    auth: 'ntlm',
    user: lab.user,
    password: new Secret(lab.password),
    allowUnencrypted: true,
    settings: {},
  });
  const openRelay = (host: string): Promise<Session> => createTransports().winrm.open(targetOf(host), options);
  const credentialOf = (host: string): HostCredential => {
    const { user, password } = lab.relayedAccount(host);
    return new HostCredential(user, new Secret(password));
  };
  const onRelay = (script: string, host: string, more: object = {}): Promise<Invocation<unknown>> =>
    relay.invoke(
      { script, parameters: { Credential: credentialOf(host), Address: lab.host(host).address, ...more } },
      options,
    );
  const historyOf = async (host: string): Promise<readonly Entry[]> =>
    (await lab.ask<{ entries: Entry[] }>('history', { host })).entries;

  const shown = ['windows-me', 'windows-server-2019'];
  const troubled = ['unreachable', 'smb-closed'];
  const reached = fleet.hosts.filter(
    ({ profile, variant }) => !shown.includes(profile) && !troubled.includes(variant ?? ''),
  );

  it('boots every machine', async () => {
    const { hosts } = await lab.ask<{
      hosts: readonly { host: string; power: string; network: string; pendingReboot: readonly string[] }[];
    }>('status');
    expect(hosts).toHaveLength(fleet.hosts.length);
    expect(hosts.filter(({ power }) => power !== 'on')).toEqual([]);
    expect(hosts.filter(({ network }) => network !== 'up').map(({ host }) => host)).toEqual(['pc-xp-09']);
  });

  it('shows nothing to a session that was handed no credential of the machine', async () => {
    const { address } = lab.host('srv-2003-01');
    const { output } = await relay.invoke(
      { script: `Test-Path \\\\${address}\\ADMIN$\\system32`, parameters: {} },
      options,
    );
    expect(output).toEqual([false]);
  });

  it.each(reached.map(({ name, profile, variant }): [string, string, string] => [name, profile, variant ?? 'default']))(
    '%s (%s %s) shows its files and registry to the relay, with a credential',
    async (name, profileName, variant) => {
      const { os, files } = catalog.profiles.get(profileName)!;
      const root = os.system_root!.replace('C:\\', '');
      const path = '%SystemRoot%\\system32\\kernel32.dll';
      const { output, streams } = await onRelay(LOOK, name, { Paths: [path.replace('%SystemRoot%', root)] });
      expect(streams.error).toEqual([]);
      const version = variant === 'service-pack' ? '5.1.2600.2180' : files[path]!.version;
      expect(output).toEqual([version, os.version.split('.').slice(0, 2).join('.'), os.system_root]);
    },
  );

  it.each([
    ['pc-2000-08', 'The network path was not found'],
    ['pc-xp-09', 'The network path was not found'],
    ['pc-me-01', 'does not exist'],
  ])('%s has no share to show: %s', async (name, why) => {
    await expect(onRelay(LOOK, name, { Paths: [] })).rejects.toMatchObject({ message: expect.stringContaining(why) });
  });

  it('is never taken for its relay where it is not reached', async () => {
    const host = 'pc-xp-09';
    const { user, password } = lab.relayedAccount(host);
    const target: Target = {
      ...targetOf(host),
      transport: 'relay',
      user,
      password: new Secret(password),
      relay: targetOf('mgmt01'),
    };
    const { relay: transport } = createTransports();
    try {
      await expect(transport.open(target, options)).rejects.toMatchObject({
        message: expect.stringContaining('The network path was not found'),
      });
    } finally {
      await transport.close?.();
    }
  });

  it.each([
    ['pc-xp-03', 'WindowsXP-KB824146-x86-ENU.exe', 'kb824146-xp-x86-enu', 'C:\\WINDOWS', 3010],
    ['pc-2000-01', 'Windows2000-KB824146-x86-ENU.exe', 'kb824146-2000-x86-enu', 'C:\\WINNT', 3010],
    ['pc-2000-03', 'Windows2000-KB824146-x86-JPN.exe', 'kb824146-2000-x86-jpn', 'C:\\WINNT', null],
    ['srv-2003-02', 'WindowsServer2003-KB824146-x86-ENU.exe', 'kb824146-2003-x86-enu', 'C:\\WINDOWS', null],
  ])('%s: %s started over WMI ends as it should', async (name, file, id, root, exitCode) => {
    const content = readFileSync(join(lab.dir, 'packages', file));
    await relay.push((start) => Readable.from([content.subarray(start)]), `C:\\Stage\\${file}`, {
      ...options,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    const { streams, output } = await onRelay(
      `param($Credential, $Address, $File, $Root)
New-PSDrive -Name T -PSProvider FileSystem -Root "\\\\$Address\\ADMIN$" -Credential $Credential -ErrorAction Stop | Out-Null
Copy-Item -LiteralPath "C:\\Stage\\$File" -Destination "T:\\$File" -ErrorAction Stop
Remove-PSDrive T
(Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList "$Root\\$File /u /q /z" -ComputerName $Address -Credential $Credential).ReturnValue`,
      name,
      { File: file, Root: root },
    );
    expect(streams.error).toEqual([]);
    expect(output).toEqual([0]);
    let ended: Entry | undefined;
    while (ended === undefined) {
      ended = (await historyOf(name)).find(
        (entry) => entry.kind === 'program' && entry.path?.toLowerCase().endsWith(file.toLowerCase()) === true,
      );
      if (ended === undefined) await delay(100);
    }
    const installs = (await historyOf(name)).filter(({ kind }) => kind === 'package');
    expect(installs.map((entry) => [entry.package, entry.phase])).toEqual(
      exitCode === null
        ? []
        : [
            [id, 'start'],
            [id, 'end'],
          ],
    );
    expect(ended.exitCode).toBe(exitCode ?? 1603);
  });

  it('updates a Windows NT 4.0 by its service manager; the new files run from the next boot on', async () => {
    const name = 'srv-nt4-01';
    const file = 'WindowsNT4Server-KB824146-x86-ENU.exe';
    const content = readFileSync(join(lab.dir, 'packages', file));
    const sha256 = createHash('sha256').update(content).digest('hex');
    await relay.push((start) => Readable.from([content.subarray(start)]), `C:\\Stage\\${file}`, { ...options, sha256 });
    const { streams, output } = await onRelay(
      `param($Credential, $Address, $File)
New-PSDrive -Name T -PSProvider FileSystem -Root "\\\\$Address\\ADMIN$" -Credential $Credential -ErrorAction Stop | Out-Null
Copy-Item -LiteralPath "C:\\Stage\\$File" -Destination "T:\\$File" -ErrorAction Stop
sc.exe "\\\\$Address" create fbtest binPath= "C:\\WINNT\\system32\\cmd.exe /c C:\\WINNT\\$File /q /z" start= demand | Out-Null
$LASTEXITCODE
sc.exe "\\\\$Address" start fbtest | Out-Null
while ((sc.exe "\\\\$Address" query fbtest | Out-String) -match 'START_PENDING') { Start-Sleep 1 }
Remove-PSDrive T`,
      name,
      { File: file },
    );
    expect(streams.error).toEqual([]);
    expect(output).toEqual([0]);
    const phaseOf = async (phase: string): Promise<Entry | undefined> =>
      (await historyOf(name)).find((entry) => entry.kind === 'package' && entry.phase === phase);
    while ((await phaseOf('end')) === undefined) await delay(100);
    expect(await phaseOf('end')).toMatchObject({ package: 'kb824146-nt4-server-x86-enu', exitCode: 0 });
    const look = async (): Promise<unknown> =>
      (await onRelay(LOOK, name, { Paths: ['WINNT\\system32\\rpcss.exe'] })).output[0];
    expect(await look()).toBe('4.0.1381.335');
    const down = `param($Credential, $Address)
New-PSDrive -Name T -PSProvider FileSystem -Root "\\\\$Address\\ADMIN$" -Credential $Credential -ErrorAction Stop | Out-Null
shutdown.exe -r -f -t 0 -m "\\\\$Address"
$LASTEXITCODE`;
    expect((await onRelay(down, name)).output).toEqual([0]);
    while (!(await historyOf(name)).some(({ kind }) => kind === 'boot')) await delay(100);
    expect(await look()).toBe('4.0.1381.7230');
  });
});
