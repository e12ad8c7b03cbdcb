import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { checkFleet, parseYaml, readCatalog } from '../../../lab/fleet/data/index.ts';
import { fleetSchema } from '../../../lab/fleet/data/schema.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';

const catalog = readCatalog(resolve(import.meta.dirname, '..', '..', '..', 'lab'));

const HOSTS = [
  { name: 'pc-01', profile: 'windows-10-1903-enu' },
  { name: 'mgmt01', profile: 'windows-server-2019', variant: 'management', relay: true },
  { name: 'mgmt02', profile: 'windows-server-2019', variant: 'management', relay: true },
  { name: 'nt-01', profile: 'nt4-server-sp6a' },
  { name: 'nt-02', profile: 'nt4-server-sp6a', relay: 'mgmt02' },
] as const;

describe('machines behind a relay', () => {
  let lab: TestLab | undefined;
  afterEach(async () => {
    await lab?.end();
    lab = undefined;
  });

  it('go through the first relay or the one that they name, each with a password of its own', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    const { dir } = lab;
    const { hosts } = parse(readFileSync(join(dir, 'inventory.yaml'), 'utf8')).all;
    expect(hosts['nt-01']).toMatchObject({
      relay: 'mgmt01',
      credential: { user: 'Administrator', password: { file: join(dir, 'passwords', 'nt-01') } },
    });
    expect(hosts['nt-02']).toMatchObject({ relay: 'mgmt02' });
    for (const name of ['pc-01', 'mgmt01']) {
      expect(hosts[name]).not.toHaveProperty('relay');
      expect(hosts[name]).not.toHaveProperty('credential');
    }
    expect(readdirSync(join(dir, 'passwords')).sort()).toEqual(['nt-01', 'nt-02']);
    expect(statSync(join(dir, 'passwords', 'nt-01')).mode & 0o777).toBe(0o600);
    const passwords = [lab.password, ...['nt-01', 'nt-02'].map((name) => lab!.relayedAccount(name).password)];
    expect(new Set(passwords).size).toBe(3);
    // Windows NT 4 takes no longer ones
    for (const password of passwords.slice(1)) expect(password).toMatch(/^.{10,14}$/);
    const facts = JSON.parse(readFileSync(join(dir, 'lab.json'), 'utf8'));
    expect(facts.hosts.map((host: { relay?: string }) => host.relay)).toEqual([
      undefined,
      undefined,
      undefined,
      'mgmt01',
      'mgmt02',
    ]);
  });

  it('have no WinRM of their own', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS });
    const { address } = lab.host('nt-01');
    const refused = new Promise((done, failed) => {
      const socket = connect({ host: address, port: 5985 }, () => {
        socket.destroy();
        failed(new Error('something listens'));
      });
      socket.on('error', (error: NodeJS.ErrnoException) => done(error.code));
    });
    expect(await refused).toBe('ECONNREFUSED');
  });

  it('bring the packages of their systems, and those alone', async () => {
    lab = await startTestLab({ engine: 'fake', hosts: HOSTS.filter(({ name }) => name !== 'pc-01') });
    const { dir } = lab;
    const sums = readFileSync(join(dir, 'packages', 'SHA256SUMS'), 'utf8');
    expect(sums).toContain('  WindowsNT4Server-KB824146-x86-ENU.exe\n');
    expect(sums).not.toContain('kb4551762');
    await lab.end();
    expect(existsSync(join(dir, 'passwords'))).toBe(false);
  });
});

describe('mistakes in a fleet with relays', () => {
  const mistakes = (hosts: readonly string[]): string => {
    try {
      checkFleet(
        parseYaml(`hosts:\n${hosts.map((host) => `- ${host}\n`).join('')}`, 'f.yaml', fleetSchema),
        catalog,
        'f.yaml',
      );
    } catch (thrown) {
      return (thrown as Error).message;
    }
    return '';
  };
  const relay = '{ name: mgmt01, profile: windows-server-2019, variant: management, relay: true }';

  it.each([
    [['{ name: a, profile: windows-xp-gold }'], 'host a: profile windows-xp-gold has no PowerShell: another host'],
    [
      ['{ name: a, profile: windows-xp-gold, relay: mgmt01 }', '{ name: mgmt01, profile: windows-server-2019 }'],
      'f.yaml:2:47: hosts.0.relay: host "a": "mgmt01" is not marked relay: true',
    ],
    [[relay, '{ name: a, profile: windows-xp-gold, relay: true }'], 'has no PowerShell and cannot be a relay'],
    [[relay, '{ name: a, profile: windows-xp-gold, ssh: true }'], 'it cannot have ssh or https'],
    [[relay, '{ name: a, profile: windows-10-1903-enu, relay: mgmt01 }'], 'has PowerShell and needs no relay'],
  ])('%j: %s', (hosts, message) => {
    expect(mistakes(hosts)).toContain(message);
  });

  it('are none where there is a relay', () => {
    expect(mistakes([relay, '{ name: a, profile: windows-xp-gold }'])).toBe('');
  });
});
