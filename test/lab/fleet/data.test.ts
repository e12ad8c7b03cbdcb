import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  checkedPackageContent,
  parseYaml,
  readCatalog,
  readFleet,
  resolveMachine,
} from '../../../lab/fleet/data/index.ts';
import { fleetSchema, profileSchema } from '../../../lab/fleet/data/schema.ts';
import { mixedFleet } from '../../../lab/fleet/mixed-fleet.ts';

const lab = resolve(import.meta.dirname, '..', '..', '..', 'lab');
const catalog = readCatalog(lab);

interface Machine {
  readonly name: string;
  readonly os: {
    readonly version: string;
    readonly ubr: number;
    readonly productType: number;
    readonly domain?: string;
  };
  readonly services: { readonly [name: string]: { readonly state: string; readonly start: string } };
  readonly listens: { readonly tcp: { readonly [port: string]: string } };
  readonly registry: { readonly [key: string]: { readonly [name: string]: unknown } };
  readonly installed: readonly string[];
  readonly pendingInstalled: readonly string[];
  readonly hotfixes: readonly { readonly id: string }[];
  readonly trouble: readonly object[];
  readonly ipsec: { readonly policies: readonly { readonly name: string; readonly assigned: boolean }[] };
  readonly accounts: object;
}

function resolveOne(profileName: string, variant: string): Machine {
  const profile = catalog.profiles.get(profileName)!;
  return resolveMachine(catalog, { name: 'pc-01', profile, variant, user: 'u', password: 'p' }) as Machine;
}

const modernVariants = [...catalog.profiles.values()].flatMap(({ profile, powershell, variants }) =>
  powershell === undefined ? [] : Object.keys(variants).map((variant) => [profile, variant] as const),
);

describe('shipped lab data', () => {
  it('has the machines of the demo', () => {
    const modern = [...catalog.profiles.values()].filter(({ powershell }) => powershell !== undefined);
    expect(modern.map(({ profile }) => profile).sort()).toEqual([
      'windows-10-1903-enu',
      'windows-10-1903-jpn',
      'windows-10-2004',
      'windows-7-sp1',
      'windows-server-1903',
      'windows-server-2008-r2',
      'windows-server-2016',
      'windows-server-2019',
      'windows-server-2019-dns',
    ]);
  });

  it.each(modernVariants)('resolves %s %s', (profile, variant) => {
    const machine = resolveOne(profile, variant);
    expect(machine.name).toBe('PC-01');
    expect(machine.listens.tcp).toMatchObject({ 135: 'RpcSs', 445: 'LanmanServer', 5985: 'WinRM' });
    for (const service of Object.values(machine.listens.tcp)) {
      expect(machine.services[service]).toMatchObject({ state: 'running' });
    }
  });

  it('has vulnerable machines below and patched ones with the package of KB4551762', () => {
    expect(resolveOne('windows-10-1903-enu', 'vulnerable')).toMatchObject({
      os: { version: '10.0.18362', ubr: 719, productType: 1 },
      installed: [],
      pendingInstalled: [],
    });
    expect(resolveOne('windows-10-1903-enu', 'patched').installed).toEqual(['kb4551762']);
    const pending = resolveOne('windows-10-1903-jpn', 'patched-not-rebooted');
    expect(pending).toMatchObject({
      installed: [],
      pendingInstalled: ['kb4551762'],
      os: { ubr: 719, culture: 'ja-JP' },
    });
  });

  it('knows a domain controller by product type, domain and services', () => {
    const machine = resolveOne('windows-server-1903', 'domain-controller');
    expect(machine.os).toMatchObject({ productType: 2, domain: 'corp.example' });
    expect(machine.services['NTDS']).toMatchObject({ state: 'running' });
    expect(resolveOne('windows-server-1903', 'vulnerable').services['NTDS']).toBeUndefined();
  });

  it('merges a variant into its profile without touching other values of the same key', () => {
    const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\LanmanServer\\Parameters';
    const plain = resolveOne('windows-10-1903-enu', 'vulnerable').registry[key];
    expect(resolveOne('windows-10-1903-enu', 'compression-disabled').registry[key]).toEqual({
      ...plain,
      DisableCompression: 1,
    });
  });

  it('gives Server 2019 its own updates and no package', () => {
    const machine = resolveOne('windows-server-2019', 'not-affected');
    expect(machine.hotfixes.map(({ id }) => id)).toEqual(['KB4538461']);
    expect(machine).toMatchObject({ os: { version: '10.0.17763', ubr: 1098 }, accepts: [] });
  });

  it('turns an HRESULT into the signed number that .NET has', () => {
    expect(resolveOne('windows-10-1903-enu', 'installer-fails').trouble).toEqual([
      { kind: 'installer-fails', exitCode: -2146498270 },
    ]);
  });

  it('makes package files whose SHA-256 is the one in the data', () => {
    const packages = [...catalog.packageFiles.values()].flat();
    for (const of of packages) expect(checkedPackageContent(of)).toHaveLength(of.content_bytes);
    const first = packages[0]!;
    expect(() => checkedPackageContent({ ...first, content_bytes: first.content_bytes + 1 })).toThrow('its data says');
  });

  it('has a demo fleet with every variant, a pilot group and a redundant pair', () => {
    const fleet = readFleet(join(lab, 'fleets', 'smbghost.yaml'), catalog);
    expect(fleet.hosts.length).toBeGreaterThanOrEqual(12);
    const variants = new Set(fleet.hosts.map((host) => host.variant ?? 'default'));
    for (const wanted of [
      'patched',
      'patched-not-rebooted',
      'unreachable',
      'installer-fails',
      'installer-hangs',
      'no-return',
      'network-loss',
      'domain-controller',
      'prior-ipsec',
    ]) {
      expect(variants).toContain(wanted);
    }
    expect(
      fleet.hosts.filter((host) => host.groups.includes('pilot')).every((host) => host.variant === undefined),
    ).toBe(true);
    expect(fleet.hosts.filter((host) => host.vars['redundancy'] === 'file-servers')).toHaveLength(2);
  });

  it('makes a mixed fleet of any size with valid names', () => {
    const fleet = fleetSchema.parse(mixedFleet(1000, catalog));
    expect(fleet.hosts).toHaveLength(1000);
    expect(new Set(fleet.hosts.slice(0, 20).map(({ profile }) => profile)).size).toBe(4);
  });
});

describe('errors in lab data', () => {
  const mistakes = (text: string): string => {
    try {
      parseYaml(text, 'x.yaml', profileSchema);
    } catch (thrown) {
      return (thrown as Error).message;
    }
    return '';
  };

  it('names file, line and column of every mistake at once', () => {
    const text = [
      'profile: Bad Name',
      'title: x',
      'source: x',
      'confidence: H',
      'services:',
      '  Foo: { state: sleeping }',
      'variants:',
      '  v: { summary: s, source: s, confidence: H, nonsense: 1 }',
    ].join('\n');
    const lines = mistakes(text).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^x\.yaml:1:10: profile: /);
    expect(lines[1]).toMatch(/^x\.yaml:6:17: services\.Foo\.state: /);
    expect(lines[2]).toBe('x.yaml:8:46: unknown key "nonsense"');
  });

  it('points at broken YAML', () => {
    expect(mistakes('profile: [')).toMatch(/^x\.yaml:1:1\d: /);
  });

  it('demands a source and a confidence', () => {
    expect(mistakes('profile: a\ntitle: b')).toMatch(/source: .*\n.*confidence: /);
  });

  it('names unknown profiles and variants of a fleet with what there is', () => {
    const dir = mkdtempSync(join(tmpdir(), 'fblab-'));
    try {
      const file = join(dir, 'fleet.yaml');
      writeFileSync(
        file,
        'hosts:\n- { name: a, profile: windows-95 }\n- { name: b, profile: windows-server-2019, variant: patched }\n',
      );
      expect(() => readFleet(file, catalog)).toThrow(
        /unknown profile "windows-95" \(there are nt4-[\s\S]*windows-10[\s\S]*no variant "patched" \(it has .*not-affected/,
      );
      writeFileSync(
        file,
        'hosts:\n- { name: a, profile: windows-server-2019 }\n- { name: a, profile: windows-server-2019 }\n',
      );
      expect(() => readFleet(file, catalog)).toThrow(/fleet\.yaml:3:\d+: .*there twice/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
