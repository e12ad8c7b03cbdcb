import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packagesOfFleet, readCatalog, readFleet, resolveMachine } from '../../../lab/fleet/data/index.ts';

const lab = resolve(import.meta.dirname, '..', '..', '..', 'lab');
const catalog = readCatalog(lab);

interface Package {
  readonly package: string;
  readonly file: string;
  readonly kb: string;
  readonly engine: string;
  readonly exitCode: number;
  readonly reboot?: boolean;
  readonly requires: { readonly language?: readonly string[] };
  readonly effectsNow: { readonly registry?: { readonly [key: string]: object } };
  readonly effectsAtBoot: { readonly files?: { readonly [path: string]: { readonly version: string } } };
}

interface Machine {
  readonly os: { readonly version: string; readonly servicePack: number; readonly language: string };
  readonly powershell: object | null;
  readonly services: { readonly [name: string]: { readonly state: string; readonly start: string } };
  readonly listens: { readonly [protocol in 'tcp' | 'udp']: { readonly [port: string]: string } };
  readonly registry: { readonly [key: string]: { readonly [name: string]: unknown } };
  readonly files: { readonly [path: string]: { readonly version?: string } };
  readonly processes: readonly { readonly path: string }[];
  readonly accepts: readonly Package[];
  readonly installed: readonly string[];
  readonly pendingInstalled: readonly string[];
  readonly ipsec: { readonly policies: readonly { readonly name: string }[]; readonly gpo?: { readonly name: string } };
}

function resolveOne(profileName: string, variant?: string): Machine {
  const profile = catalog.profiles.get(profileName)!;
  const chosen = variant ?? profile.default;
  return resolveMachine(catalog, { name: 'x', profile, variant: chosen, user: 'u', password: 'p' }) as Machine;
}

const SYSTEM32 = '%SystemRoot%\\system32\\';
const MICROSOFT = 'HKLM\\SOFTWARE\\Microsoft\\';

const legacy = [...catalog.profiles.values()].filter(({ powershell }) => powershell === undefined);
const affected = legacy.filter(({ profile }) => profile !== 'windows-me').map(({ profile }) => profile);
const allVariants = legacy.flatMap(({ profile, variants }) =>
  Object.keys(variants).map((variant) => [profile, variant] as const),
);

describe('machines before Vista', () => {
  it('are every system of the white paper', () => {
    expect(legacy.map(({ profile }) => profile).sort()).toEqual([
      'nt4-server-sp6a',
      'nt4-server-sp6a-jpn',
      'nt4-tse-sp6',
      'nt4-workstation-sp6a',
      'windows-2000-professional-sp2',
      'windows-2000-professional-sp3',
      'windows-2000-professional-sp4',
      'windows-2000-professional-sp4-nec98',
      'windows-2000-server-sp3',
      'windows-2000-server-sp4',
      'windows-2000-server-sp4-jpn',
      'windows-2003-64',
      'windows-2003-gold',
      'windows-me',
      'windows-xp-64-2002',
      'windows-xp-64-2003',
      'windows-xp-gold',
      'windows-xp-sp1',
      'windows-xp-sp1-jpn',
    ]);
  });

  it.each(allVariants)('%s %s: has no PowerShell, and whoever listens is there', (profile, variant) => {
    const machine = resolveOne(profile, variant);
    expect(machine.powershell).toBeNull();
    // Of RPC over HTTP and web servers where they are not installed: refused, and silent behind a block.
    expect(machine.services).not.toHaveProperty('RpcProxy');
    const ofWeb = [machine.listens.tcp['80'], machine.listens.tcp['443']];
    const absent = ['RpcProxy', ...('W3SVC' in machine.services ? [] : ofWeb.filter((name) => name === 'W3SVC'))];
    const listeners = [...Object.values(machine.listens.tcp), ...Object.values(machine.listens.udp)].filter(
      (name) => !absent.includes(name),
    );
    expect(machine.listens.tcp).not.toHaveProperty('5985');
    for (const name of listeners) {
      if (name.endsWith('.exe')) {
        expect(machine.processes.map(({ path }) => path)).toContain(`${SYSTEM32}${name}`);
      } else if (name !== '') expect(machine.services).toHaveProperty(name);
    }
    const names = machine.accepts.map((of) => of.package);
    for (const installed of [...machine.installed, ...machine.pendingInstalled]) expect(names).toContain(installed);
  });

  it.each(affected)(
    '%s: the package of its language fits it, and one of another language is known and refused',
    (name) => {
      const machine = resolveOne(name, 'patched');
      const [installed] = machine.installed;
      const own = machine.accepts.find((of) => of.package === installed)!;
      expect(own.kb).toBe('KB824146');
      expect(own.requires.language).toEqual([machine.os.language]);
      const languages = new Set(
        machine.accepts.filter(({ kb }) => kb === 'KB824146').flatMap((of) => of.requires.language),
      );
      expect(languages.size).toBeGreaterThan(1);
    },
  );

  it.each([
    // profile, key of KB824146 under Microsoft, rpcss or rpcss.exe after the update
    ['windows-2003-gold', 'Updates\\Windows Server 2003\\SP1\\KB824146', '5.2.3790.80'],
    ['windows-2003-64', 'Updates\\Windows Server 2003\\SP1\\KB824146', '5.2.3790.80'],
    ['windows-xp-64-2003', 'Updates\\Windows Server 2003\\SP1\\KB824146', '5.2.3790.80'],
    ['windows-xp-gold', 'Updates\\Windows XP\\SP1\\KB824146', '5.1.2600.118'],
    ['windows-xp-sp1', 'Updates\\Windows XP\\SP2\\KB824146', '5.1.2600.1263'],
    ['windows-2000-professional-sp3', 'Updates\\Windows 2000\\SP5\\KB824146', '5.0.2195.6810'],
    ['windows-2000-server-sp4-jpn', 'Updates\\Windows 2000\\SP5\\KB824146', '5.0.2195.6810'],
    ['nt4-server-sp6a', 'Windows NT\\CurrentVersion\\Hotfix\\Q824146', '4.0.1381.7230'],
    ['nt4-tse-sp6', 'Windows NT\\CurrentVersion\\Hotfix\\Q824146', '4.0.1381.33551'],
  ])('%s: KB824146 leaves the key and the files of the documents', (name, key, version) => {
    const { accepts, installed } = resolveOne(name, 'patched');
    const { effectsNow, effectsAtBoot, engine, exitCode, reboot } = accepts.find((of) => of.package === installed[0])!;
    const isNt4 = name.startsWith('nt4');
    expect(effectsNow.registry).toHaveProperty([`${MICROSOFT}${key}`]);
    expect(effectsAtBoot.files).toMatchObject({ [`${SYSTEM32}rpcss.${isNt4 ? 'exe' : 'dll'}`]: { version } });
    expect({ engine, exitCode, needsBoot: reboot ?? exitCode === 3010 }).toEqual(
      isNt4
        ? { engine: 'hotfix', exitCode: 0, needsBoot: true }
        : { engine: 'update', exitCode: 3010, needsBoot: true },
    );
  });

  it.each(affected)('%s: before the fix every file of it is older', (name) => {
    const { files, accepts, installed } = resolveOne(name, 'patched');
    const { effectsAtBoot } = accepts.find((of) => of.package === installed[0])!;
    for (const [path, { version }] of Object.entries(effectsAtBoot.files ?? {})) {
      const [before, after] = [files[path]!.version!, version].map((text) => text.split('.').map(Number));
      expect(before!.slice(0, 3)).toEqual(after!.slice(0, 3));
      expect(before![3]).toBeLessThan(after![3]!);
    }
  });

  it('tell a slipstreamed machine from one with a key alone', () => {
    const key = `${MICROSOFT}Updates\\Windows XP\\SP2\\KB824146`;
    const rpcss = `${SYSTEM32}rpcss.dll`;
    const slipstreamed = resolveOne('windows-xp-sp1', 'slipstreamed');
    expect(slipstreamed.files[rpcss]).toMatchObject({ version: '5.1.2600.1263' });
    expect(slipstreamed.registry).not.toHaveProperty([key]);
    const forged = resolveOne('windows-xp-sp1', 'key-without-files');
    expect(forged.files[rpcss]).toMatchObject({ version: '5.1.2600.1106' });
    expect(forged.registry).toHaveProperty([key, 'Installed'], 1);
    expect([...slipstreamed.installed, ...forged.installed]).toEqual([]);
  });

  it('have the worms where those run, Welchia on a patched machine', () => {
    expect(resolveOne('windows-2000-server-sp4', 'infected-blaster')).toMatchObject({
      installed: [],
      registry: { [`${MICROSOFT}Windows\\CurrentVersion\\Run`]: { 'windows auto update': 'msblast.exe' } },
      processes: [{ path: `${SYSTEM32}msblast.exe` }],
    });
    expect(resolveOne('windows-xp-sp1-jpn', 'infected-welchia')).toMatchObject({
      installed: ['kb824146-xp-x86-jpn'],
      services: { RpcPatch: { state: 'running' } },
    });
    for (const name of affected.filter((of) => /^nt4|2003/.test(of))) {
      expect(catalog.profiles.get(name)!.variants).not.toHaveProperty('infected-blaster');
    }
  });

  it('have IPsec from Windows 2000 on', () => {
    expect(resolveOne('windows-xp-gold', 'gpo-ipsec').ipsec.gpo).toMatchObject({ name: 'Domain baseline' });
    for (const name of affected) {
      expect('prior-ipsec' in catalog.profiles.get(name)!.variants).toBe(!name.startsWith('nt4'));
    }
  });

  it('close SMB and leave RPC open where the service Server is off', () => {
    const machine = resolveOne('windows-2000-server-sp4', 'smb-closed');
    expect(machine.services['LanmanServer']).toMatchObject({ state: 'stopped', start: 'disabled' });
    expect(machine.listens.tcp['135']).toBe('RpcSs');
  });
});

describe('fleet of MS03-039', () => {
  const fleet = readFleet(join(lab, 'fleets', 'ms03-039.yaml'), catalog);

  it('has every system of the white paper in its default variant, and two relays', () => {
    for (const { profile } of legacy) {
      expect(fleet.hosts.some((host) => host.profile === profile && host.variant === undefined)).toBe(true);
    }
    expect(fleet.hosts.filter(({ relay }) => relay === true).map(({ name }) => name)).toEqual(['mgmt01', 'mgmt02']);
    expect(fleet.hosts.filter(({ relay }) => relay === 'mgmt02')).toHaveLength(2);
  });

  it('has every case', () => {
    const variants = new Set(fleet.hosts.map(({ variant }) => variant));
    for (const wanted of [
      'patched',
      'slipstreamed',
      'key-without-files',
      'only-823980',
      'superseded-828741',
      'rollup',
      'service-pack',
      'installed-not-rebooted',
      'infected-blaster',
      'infected-welchia',
      'unreachable',
      'smb-closed',
      'installer-fails',
      'installer-hangs',
      'no-return',
      'prior-ipsec',
      'gpo-ipsec',
      'serves-http',
    ]) {
      expect(variants).toContain(wanted);
    }
  });

  it('has package files whose names differ, on Windows too', () => {
    const names = packagesOfFleet(fleet, catalog).map(({ file }) => file.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(['jpnq823980i.exe', 'windows2000-kb824146-x86-deu.exe', 'ipsecpol.exe']),
    );
    expect(names).not.toContain('windows10.0-kb4551762-x64.msu');
  });
});
