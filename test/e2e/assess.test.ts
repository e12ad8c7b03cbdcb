/** `firebreak assess` on lab machines, directly and behind a relay: fixes, settings, exit codes, no logon but our own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cli } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

interface Assessed {
  readonly host: string;
  readonly assessed: boolean;
  readonly missing: readonly string[];
  readonly weak: readonly string[];
  readonly unreadable: readonly string[];
  readonly checks: readonly { readonly id: string; readonly state: string; readonly found: string }[];
  readonly passwords: readonly { readonly name: string; readonly state: string; readonly kind: string | null }[] | null;
  readonly beyond_scan: readonly string[] | null;
  readonly out_of_support: boolean;
}

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet([
    { name: 'mgmt01', profile: 'windows-server-2019', variant: 'management', relay: true },
    { name: 'old', profile: 'windows-2000-server-sp4', variant: 'trusts-domain', relay: 'mgmt01' },
    { name: 'nt', profile: 'nt4-server-sp6a', variant: 'patched', relay: 'mgmt01' },
    { name: 'modern', profile: 'windows-10-1903-enu' },
    { name: 'kiosk', profile: 'windows-10-1903-enu', variant: 'weak-settings' },
    { name: 'kiosk-xp', profile: 'windows-xp-sp1', variant: 'weak-settings', relay: 'mgmt01' },
  ]);
});
afterAll(() => fleet.end());

const assess = (...args: readonly string[]) => cli(['assess', ...fleet.where.slice(0, 2), ...args], fleet.options);
async function assessed(...args: readonly string[]): Promise<readonly Assessed[]> {
  const { stdout, stderr } = await assess(...args, '--json');
  if (stdout === '') throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Assessed);
}
const stateOf = (host: Assessed | undefined, id: string) => host?.checks.find((check) => check.id === id)?.state;

describe('firebreak assess', () => {
  it('finds missing fixes and weak settings on every kind of system', async () => {
    const set = [
      "$p = 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon'",
      'New-Item -Path $p -Force | Out-Null',
      "Set-ItemProperty -Path $p -Name AutoAdminLogon -Value '1'",
      "Set-ItemProperty -Path $p -Name DefaultPassword -Value 'Winter-2003'",
      'reg.exe add HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa /v LimitBlankPasswordUse /t REG_DWORD /d 1 /f | Out-Null',
      "Set-ItemProperty -Path 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\PublicProfile' -Name EnableFirewall -Value 0",
    ].join('; ');
    await cli(['exec', ...fleet.where.slice(0, 2), 'modern', '--', set], fleet.options);
    const hosts = new Map((await assessed()).map((host) => [host.host, host]));

    const old = hosts.get('old');
    expect(old).toMatchObject({ assessed: true, missing: expect.arrayContaining(['ms03-026', 'ms03-039']) });
    expect([stateOf(old, 'ipsec'), stateOf(old, 'anonymous'), stateOf(old, 'anonymous-sam')]).toEqual([
      'weak',
      'weak',
      'not-applicable',
    ]);
    const modern = hosts.get('modern');
    expect(modern).toMatchObject({ missing: ['cve-2020-0796'] });
    expect(modern?.weak).toEqual(expect.arrayContaining(['autologon', 'autologon-password', 'password-length']));
    expect(modern?.checks.find(({ id }) => id === 'blank-passwords')).toMatchObject({
      state: 'ok',
      found: 'LimitBlankPasswordUse is 1',
    });
    expect([stateOf(modern, 'firewall-public'), stateOf(modern, 'firewall-domain')]).toEqual(['weak', 'ok']);
    // Read by net accounts on all of them; accounts by WMI, which NT 4.0 has not.
    for (const host of hosts.values())
      expect([host.host, stateOf(host, 'password-length')]).toEqual([host.host, 'weak']);
    expect(hosts.get('nt')?.unreadable).toContain('guest');
    expect(hosts.get('mgmt01')?.unreadable).not.toContain('guest');
    expect(hosts.get('nt')?.missing).not.toContain('ms03-039');
  });

  it('never shows a password, and tries none', async () => {
    const { stdout } = await assess('modern', '--all');
    expect(stdout).toContain('DefaultPassword is present');
    expect(stdout).not.toContain('Winter-2003');
    const logons = (await fleet.history('modern')).filter(({ kind }) => kind === 'logon');
    expect(logons.length).toBeGreaterThan(0);
    expect(logons.filter(({ granted }) => granted !== true)).toEqual([]);
  });

  it('finds accounts, disks, shares, auditing and SQL Server as they are, directly and through a relay', async () => {
    const hosts = new Map((await assessed('kiosk,kiosk-xp,old')).map((host) => [host.host, host]));
    for (const name of ['kiosk', 'kiosk-xp']) {
      const host = hosts.get(name);
      const weak = ['administrators', 'ntfs', 'shares', 'audit-logon', 'password-required', 'password-expiry'];
      expect([name, host?.weak]).toEqual([name, expect.arrayContaining(weak)]);
      const found = (id: string) => host?.checks.find((check) => check.id === id)?.found;
      expect(found('ntfs')).toMatch(/D: FAT32/);
      expect(found('shares')).toMatch(/everybody may change public \(C:\\public\)$/);
      expect(found('password-required')).toBe('kiosk');
      expect(found('administrators')).toMatch(/^4: /);
      expect(host?.checks.find(({ id }) => id === 'weak-passwords')?.state).toBe('not-applicable');
    }
    expect(stateOf(hosts.get('kiosk'), 'sql-authentication')).toBe('weak');
    expect([stateOf(hosts.get('old'), 'ntfs'), stateOf(hosts.get('old'), 'sql-authentication')]).toEqual([
      'ok',
      'not-applicable',
    ]);
    expect([hosts.get('old')?.out_of_support, hosts.get('kiosk')?.out_of_support]).toEqual([true, true]);
  });

  it('finds weak passwords on demand, and nobody is locked out, however often it is asked', async () => {
    const names = ['kiosk', 'kiosk-xp'];
    const seen = async (name: string) => (await fleet.history(name)).filter(({ kind }) => kind === 'logon').length;
    const before = new Map(await Promise.all(names.map(async (name) => [name, await seen(name)] as const)));
    for (const round of [1, 2]) {
      const hosts = new Map(
        (await assessed('kiosk,kiosk-xp,nt', '--passwords', '--scan')).map((host) => [host.host, host]),
      );
      // NT 4.0 does not tell its accounts: nothing is tried.
      expect([stateOf(hosts.get('nt'), 'weak-passwords'), hosts.get('nt')?.passwords]).toEqual(['unknown', []]);
      for (const name of names) {
        const host = hosts.get(name);
        const of = (account: string) => host?.passwords?.find((each) => each.name === account);
        expect([round, name, of('kiosk')]).toEqual([round, name, expect.objectContaining({ kind: 'blank' })]);
        expect(of('scanner')).toMatchObject({ state: 'weak', kind: 'user' });
        expect(of('backup')).toMatchObject({ state: 'weak', kind: 'password' });
        expect(of('gone')).toMatchObject({ state: 'skipped', kind: null });
        expect(stateOf(host, 'weak-passwords')).toBe('weak');
        expect(host?.beyond_scan).toEqual(expect.arrayContaining(['weak-passwords', 'ntfs']));
        // Windows XP locks nobody out; on the other the tries end before it comes near.
        expect([round, of('careful')?.state]).toEqual([round, name === 'kiosk-xp' || round === 1 ? 'ok' : 'partly']);
      }
    }
    for (const name of names) {
      const logons = (await fleet.history(name)).filter(({ kind }) => kind === 'logon').slice(before.get(name));
      expect(logons.filter(({ reason }) => reason === 'locked-out')).toEqual([]);
      // Ten lock out, and two more are always left to the user.
      const wrong = logons.filter(({ user, reason }) => /careful$/.test(String(user)) && reason === 'bad-password');
      expect([name, wrong.length]).toEqual([name, name === 'kiosk-xp' ? 10 : 7]);
      expect(logons.filter(({ user, reason }) => /gone$/.test(String(user)) && reason !== 'ok')).toEqual([]);
    }
    // The good password opens the account still.
    const account = 'net use \\\\KIOSK\\IPC$ Sunny-Autumn-41 /user:KIOSK\\careful; net use \\\\KIOSK\\IPC$ /delete';
    const { stdout } = await cli(['exec', ...fleet.where.slice(0, 2), 'kiosk', '--', account], fleet.options);
    expect(stdout).toMatch(/command completed successfully/i);
  });

  it('says by its exit code whether anything was found, and which host could not be asked', async () => {
    const sound = join(fleet.lab.dir, 'sound.yaml');
    const check = (good: number): string =>
      `checks:\n  - { id: uac, title: t, kind: registry, key: 'HKLM\\SOFTWARE\\X', name: Y, good: [${good}], absent: good, severity: low, advice: a, source: s, confidence: H }\n`;
    writeFileSync(sound, check(1));
    const { code, stdout } = await assess('mgmt01', '--checks', sound, '--no-details');
    // Fixes of later years are missing there.
    expect([code, stdout.split('\n')[1]]).toEqual([3, expect.stringMatching(/^mgmt01 .* ok /)]);

    writeFileSync(sound, check(1).replace('severity: low', 'severity: bad'));
    const wrong = await assess('mgmt01', '--checks', sound);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/sound\.yaml:2:\d+: checks\.0\.severity/)]);
    expect((await assess('nobody')).code).toBe(2);

    // Nobody listens there.
    const astray = join(fleet.lab.dir, 'astray.yaml');
    const inventory = readFileSync(join(fleet.lab.dir, 'inventory.yaml'), 'utf8');
    writeFileSync(astray, inventory.replaceAll(fleet.lab.host('modern').address, '127.0.0.1'));
    const lost = await cli(['assess', '-i', astray, 'modern', '--json'], fleet.options);
    expect([lost.code, JSON.parse(lost.stdout)]).toEqual([
      3,
      expect.objectContaining({ host: 'modern', assessed: false }),
    ]);
  });
});
