import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServices, importKit, runStatus, type Services, standingShields } from '../../../src/app/index.ts';
import { buildKit, type KitRequest } from '../../../src/app/kit/index.ts';
import type { KitManifest } from '../../../src/app/kit/model.ts';
import { KitMachine } from './support/machine.ts';

const OLD = ['5.0.2195.6701', '5.0.2195.6692', '5.0.2195.6702'] as const;
const FIXED = ['5.0.2195.6904', '5.0.2195.6906', '5.0.2195.6906'] as const;
const FIRST = { number: 1, decision: 'installed', exitCode: 0, versions: OLD, marked: { found: false, written: true } };
const SECOND = {
  number: 2,
  decision: 'ended-before',
  exitCode: 0,
  versions: FIXED,
  marked: { found: false, written: false },
};

let folder: string;
let kit: string;
let services: Services;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fb-kit-'));
  kit = join(folder, 'kit');
  const packages = join(folder, 'packages');
  mkdirSync(packages);
  const names = [
    'WindowsNT4Server-KB824146-x86-ENU.exe',
    'Windows2000-KB824146-x86-ENU.exe',
    'Windows2000-KB824146-x86-JPN.exe',
  ];
  for (const name of names) writeFileSync(join(packages, name), name);
  const sums = names.map((name) => `${createHash('sha256').update(name).digest('hex')}  ${name}\n`);
  writeFileSync(join(packages, 'SHA256SUMS'), sums.join(''));
  writeFileSync(
    join(folder, 'inventory.yaml'),
    JSON.stringify({
      all: {
        hosts: {
          'srv01.corp.example': { address: '10.0.0.1', vars: { os: 'windows-2000-sp4' } },
          old: { address: '10.0.0.2', vars: { os: 'nt4-server-sp6a', computer: 'NT4BOX' } },
        },
      },
    }),
  );
  services = createServices({ state: `sqlite:${join(folder, 'state.db')}` });
});
afterEach(async () => {
  await services.close();
  rmSync(folder, { recursive: true });
});

function build(changes: Partial<KitRequest> = {}) {
  return buildKit({
    advisory: 'ms03-039',
    systems: ['windows-2000-sp4'],
    languages: ['ENU'],
    packages: join(folder, 'packages'),
    to: kit,
    hosts: undefined,
    inventory: undefined,
    dcomOff: false,
    version: '1.2.3',
    ...changes,
  });
}

async function machine(computer = 'SRV01', system: '2000-sp4' | 'nt4-server' = '2000-sp4', manifest?: KitManifest) {
  return new KitMachine(kit, manifest ?? (await build()).manifest, computer, system);
}

function bring() {
  const inventory = [join(folder, 'inventory.yaml')];
  return importKit(services, { folder: kit, inventory, by: undefined, version: '1.2.3' });
}

describe('kit build', () => {
  it('writes what is on the medium, each file with its checksum', async () => {
    const { manifest } = await build({ systems: ['nt4-server-sp6a', 'windows-2000-sp4'] });
    expect(manifest.targets.map(({ system, file, switches }) => [system, file, switches.join(' ')])).toEqual([
      ['nt4-server-sp6a', 'WindowsNT4Server-KB824146-x86-ENU.exe', '/q /z'],
      ['windows-2000-sp4', 'Windows2000-KB824146-x86-ENU.exe', '/u /q /z'],
    ]);
    const sums = readFileSync(join(kit, 'SHA256SUMS'), 'utf8').trim().split('\n');
    expect(sums.map((line) => line.slice(66))).toEqual([
      'INSTALL.CMD',
      'KIT.JSON',
      'PACKAGES/Windows2000-KB824146-x86-ENU.exe',
      'PACKAGES/WindowsNT4Server-KB824146-x86-ENU.exe',
      'README-J.TXT',
      'README.TXT',
      'REG/DCOMOFF.REG',
      'REG/DCOMON.REG',
      'REG/MARK.REG',
    ]);
    for (const line of sums) {
      const content = readFileSync(join(kit, line.slice(66)));
      expect(line.slice(0, 64)).toBe(createHash('sha256').update(content).digest('hex'));
    }
    expect([...readFileSync(join(kit, 'README-J.TXT')).subarray(0, 2)]).toEqual([0xff, 0xfe]);
  });

  it('keeps to the cmd of NT 4.0', async () => {
    await build({ languages: [] });
    const script = readFileSync(join(kit, 'INSTALL.CMD'), 'latin1');
    expect(script).not.toMatch(/[^\x0d\x0a\x20-\x7e]/);
    for (const line of script.trimEnd().split('\r\n')) {
      expect(line.length).toBeLessThan(1000);
      expect(line).not.toMatch(
        /[()^!|]|&&|exit \/b|goto :|if \/i|\breg (add|query|export)|powershell|set \/[ap]|setlocal e|for \/f/i,
      );
      for (const [, label] of line.matchAll(/goto (\w+)/g)) expect(script).toMatch(new RegExp(`^:${label}\r$`, 'm'));
    }
    expect(script).not.toMatch(/(?<!\r)\n/);
  });

  it('serves the service packs of an open range, each by its number', async () => {
    const packages = join(folder, 'packages');
    const name = 'WindowsXP-KB4012598-x86-custom-ENU.exe';
    writeFileSync(join(packages, name), name);
    writeFileSync(join(packages, 'SHA256SUMS'), `${createHash('sha256').update(name).digest('hex')}  ${name}\n`);
    const { manifest } = await build({ advisory: 'ms17-010', systems: ['windows-xp-sp3'] });
    expect(manifest.targets).toMatchObject([{ system: 'windows-xp-sp3', servicePacks: [3, 4, 5, 6] }]);
    expect(readFileSync(join(kit, 'INSTALL.CMD'), 'latin1')).toContain('if "%FB_SP%"=="3" set FB_FITS=yes');
  });

  it('takes the systems from the hosts of an inventory', async () => {
    const { manifest } = await build({ systems: [], hosts: 'all', inventory: [join(folder, 'inventory.yaml')] });
    expect(manifest.targets.map(({ system }) => system)).toEqual(['nt4-server-sp6a', 'windows-2000-sp4']);
    expect(manifest.hosts).toEqual(['srv01.corp.example', 'old']);
  });

  it.each<[string, Partial<KitRequest>, string, RegExp]>([
    ['an unknown system', { systems: ['windows-2000-sp5'] }, 'FB_USAGE', /did you mean "windows-2000-sp\d"/],
    ['an unknown language', { languages: ['XXX'] }, 'FB_USAGE', /there is no language "XXX"/],
    ['a package that is not there', { languages: ['DEU'] }, 'FB_PACKAGE_MISSING', /x86-DEU\.exe is not in/],
    [
      'a newer advisory',
      { advisory: 'cve-2020-0796', systems: [] },
      'FB_USAGE',
      /no package for a system that a kit can serve/,
    ],
  ])('%s is an error that says what to do', async (_, changes, code, message) => {
    await expect(build(changes)).rejects.toMatchObject({ code, message: expect.stringMatching(message), remedy: /./ });
  });

  it('is not built of what an advisory holds back', async () => {
    const shipped = join(import.meta.dirname, '..', '..', '..', 'playbooks', 'advisories', 'ms03-039.yaml');
    const held = readFileSync(shipped, 'utf8').replace(/^title:/m, 'hold: { reason: breaks printing }\ntitle:');
    writeFileSync(join(folder, 'ms03-039.yaml'), held);
    await expect(build({ advisory: join(folder, 'ms03-039.yaml') })).rejects.toMatchObject({
      code: 'FB_USAGE',
      message: expect.stringContaining('breaks printing'),
    });
  });

  it('refuses a package with another checksum, and a folder that is not empty', async () => {
    appendFileSync(join(folder, 'packages', 'Windows2000-KB824146-x86-ENU.exe'), 'x');
    await expect(build()).rejects.toMatchObject({ code: 'FB_PACKAGE_HASH' });
    await build({ languages: ['JPN'] });
    await expect(build({ languages: ['JPN'] })).rejects.toMatchObject({ code: 'FB_USAGE', message: /not empty/ });
  });
});

describe('kit import', () => {
  it('a machine that was patched and seen after its restart is remediated, by its files', async () => {
    const srv = await machine();
    srv.visit(FIRST);
    srv.visit(SECOND);
    const imported = await bring();
    expect(imported).toMatchObject({
      isFine: true,
      machines: [{ computer: 'SRV01', host: 'srv01.corp.example', outcome: 'remediated' }],
    });
    const { view } = await runStatus(services, imported.run!);
    const [host] = view.hosts;
    expect(view).toMatchObject({ state: 'completed', isFine: true });
    expect(host).toMatchObject({ installs: 1, verdict: { fixed: true, os: 'Windows 2000 SP4' } });
    expect(host?.steps.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'infection ok',
      'verify ok',
      'shield skipped',
      'install changed',
      'restart ok',
      'reverify ok',
    ]);
    expect(host?.steps[3]?.reason).toContain(
      'at the console by A. Suzuki as CORP\\Administrator, visit 1, at Tue 10/07/2003',
    );
  });

  it.each<[string, readonly Parameters<KitMachine['visit']>[0][], string, RegExp]>([
    ['installed and never seen again', [FIRST], 'needs-operator', /nobody looked after the restart/],
    [
      'not restarted',
      [FIRST, { ...SECOND, marked: { found: true, written: false } }],
      'needs-operator',
      /it was not restarted since/,
    ],
    [
      'of which nobody can say whether it was restarted',
      [{ ...FIRST, marked: { found: false, written: false } }, SECOND],
      'needs-operator',
      /whether it was restarted since cannot be told/,
    ],
    [
      'whose installer ended with 0 and did nothing',
      [FIRST, { ...SECOND, versions: OLD }],
      'failed',
      /ended with 0; .*below|older|first fixed/,
    ],
    [
      'whose files wait for the restart',
      [FIRST, { ...SECOND, renames: ['\\??\\C:\\WINNT\\SET1.tmp', '!\\??\\C:\\WINNT\\system32\\ole32.dll'] }],
      'failed',
      /awaits a reboot/,
    ],
    ['that was fixed before', [{ ...SECOND, number: 1, decision: 'check' }], 'compliant', /./],
    ['only looked at', [{ ...FIRST, decision: 'check' }], 'failed', /only looked at/],
    [
      'infected, though patched',
      [{ ...SECOND, number: 1, decision: 'infected', infected: 'Blaster.A: C:\\WINNT\\System32\\msblast.exe' }],
      'compromised',
      /Blaster\.A/,
    ],
    [
      'cut off by the restart of its installer',
      [
        { ...FIRST, isCutOff: true },
        { ...SECOND, exitCode: 3010 },
      ],
      'remediated',
      /./,
    ],
  ])('a machine %s', async (_, visits, outcome, reason) => {
    const srv = await machine();
    for (const visit of visits) srv.visit(visit);
    const { machines } = await bring();
    expect(machines).toEqual([expect.objectContaining({ outcome, reason: expect.stringMatching(reason) })]);
  });

  it('NT 4.0 writes its registry in another way, and is found by vars.computer', async () => {
    const { manifest } = await build({ systems: ['nt4-server-sp6a'] });
    const box = await machine('NT4BOX', 'nt4-server', manifest);
    const patched = ['4.0.1381.7230', '4.0.1381.7263', '4.0.1381.7263'] as const;
    box.visit({ ...FIRST, versions: ['4.0.1381.7219', '4.0.1381.7219', '4.0.1381.7219'] });
    box.visit({ ...SECOND, versions: patched });
    expect((await bring()).machines).toMatchObject([{ host: 'old', outcome: 'remediated' }]);
  });

  it('the same results twice change nothing; a further visit is a run of its own', async () => {
    const srv = await machine();
    srv.visit(FIRST);
    const first = await bring();
    const journal = await services.journal();
    const before = await journal.events(first.run!);
    const again = await bring();
    expect(again).toMatchObject({ run: null, machines: [{ state: 'known', outcome: 'needs-operator' }] });
    expect(await journal.events(first.run!)).toEqual(before);
    expect(await journal.runs()).toHaveLength(1);
    srv.visit(SECOND);
    expect(await bring()).toMatchObject({ machines: [{ state: 'imported', outcome: 'remediated' }] });
    expect(await journal.runs()).toHaveLength(2);
  });

  it('names what it cannot use and imports the rest', async () => {
    const { manifest } = await build();
    const good = await machine('srv01', '2000-sp4', manifest);
    good.visit(FIRST);
    good.visit(SECOND);
    (await machine('STRANGER', '2000-sp4', manifest)).visit(FIRST);
    const half = await machine('NT4BOX', 'nt4-server', manifest);
    half.visit({ ...FIRST, isCutOff: true });
    const { machines, isFine } = await bring();
    expect(isFine).toBe(false);
    expect(machines).toEqual([
      expect.objectContaining({ computer: 'NT4BOX', state: 'unusable', reason: expect.stringMatching(/half written/) }),
      expect.objectContaining({ computer: 'STRANGER', state: 'unknown', host: null }),
      expect.objectContaining({ computer: 'srv01', outcome: 'remediated' }),
    ]);
    expect(readdirSync(join(kit, 'RESULTS'))).toEqual(['NT4BOX', 'STRANGER', 'srv01']);
  });

  it.each<[string, (visit: string) => void, RegExp]>([
    [
      'a registry export that was cut off',
      (at) => writeFileSync(join(at, 'system.reg'), 'REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\X]\r\n"CSD'),
      /system\.reg cannot be read/,
    ],
    [
      'results of another machine',
      (at) =>
        writeFileSync(join(at, 'visit.txt'), readFileSync(join(at, 'visit.txt'), 'utf8').replace('SRV01', 'OTHER')),
      /was made on OTHER/,
    ],
    [
      'results of another kit',
      (at) =>
        writeFileSync(
          join(at, 'visit.txt'),
          readFileSync(join(at, 'visit.txt'), 'utf8').replace(/kit=\w+/, 'kit=0000000000000000'),
        ),
      /of kit 0{16}/,
    ],
    ['a missing export', (at) => rmSync(join(at, 'hardware.reg')), /hardware\.reg is missing/],
    ['a missing exit code', (at) => rmSync(join(at, 'exit.txt')), /no exit code/],
    ['another done.txt', (at) => writeFileSync(join(at, 'done.txt'), 'done=x'), /results were changed/],
  ])('%s is said and nothing is imported', async (_, change, reason) => {
    const srv = await machine();
    srv.visit(FIRST);
    change(srv.folder(1));
    expect(await bring()).toMatchObject({
      run: null,
      machines: [{ state: 'unusable', reason: expect.stringMatching(reason) }],
    });
    expect(await (await services.journal()).runs()).toEqual([]);
  });

  it.each(['INSTALL.CMD', 'KIT.JSON', 'PACKAGES/Windows2000-KB824146-x86-ENU.exe', 'REG/MARK.REG'])(
    'a kit whose %s was changed is refused whole',
    async (name) => {
      const srv = await machine();
      srv.visit(FIRST);
      appendFileSync(join(kit, name), ' ');
      await expect(bring()).rejects.toMatchObject({ code: 'FB_INPUT_INVALID', message: expect.stringContaining(name) });
      expect(await (await services.journal()).runs()).toEqual([]);
    },
  );

  it('DCOM that the script switched off is owed until it is on again', async () => {
    const srv = await machine();
    srv.visit({ ...FIRST, dcom: 'off' });
    await bring();
    const [owed] = await standingShields(services, []);
    expect(owed).toMatchObject({
      host: 'srv01.corp.example',
      uses: 'shield.apply',
      prior: { method: 'dcom', found: { value: 'Y' } },
    });
    srv.visit(SECOND);
    const { run } = await bring();
    expect(await standingShields(services, [])).toMatchObject([
      { run, since: owed!.since, obligation: owed!.obligation },
    ]);
    srv.visit({ ...SECOND, number: 3, decision: 'dcom-on', dcom: 'on' });
    expect(await bring()).toMatchObject({ machines: [{ outcome: 'remediated' }] });
    expect(await standingShields(services, [])).toEqual([]);
  });
});
