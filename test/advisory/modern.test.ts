/** MS17-010, BlueKeep, SIGRed and PrintNightmare: every system with every kind of evidence, and what else counts. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { affectedSystem, loadAdvisory, type PatchEvidence, packageFor, verdict } from '../../src/advisory/index.ts';
import { evidenceOf, fileOf, MODERN_CASES, pointAndPrint, SYSTEMS } from './support/modern-cases.ts';

const load = (id: string) => {
  const path = resolve(import.meta.dirname, `../../playbooks/advisories/${id}.yaml`);
  return loadAdvisory(readFileSync(path, 'utf8'), `${id}.yaml`);
};
const advisories = Object.fromEntries(
  [...new Set(SYSTEMS.map(({ advisory }) => advisory))].map((id) => [id, load(id)]),
);
const judge = (id: string, evidence: PatchEvidence) => verdict(advisories[id]!, evidence);
const system = (advisory: string, name: string) => {
  const found = SYSTEMS.find((of) => of.advisory === advisory && of.name === name);
  if (found === undefined) throw new Error(`${advisory} has no ${name}`);
  return found;
};

describe.each(MODERN_CASES)('$advisory, $system: $shows', ({ advisory, evidence, expected }) => {
  it(expected.verdict, () => {
    const { verdict: word, fixed, pendingReboot, leftOpen } = judge(advisory, evidence);
    expect({ verdict: word, fixed, pendingReboot, leftOpen }).toEqual({ ...expected, leftOpen: undefined });
  });
});

describe('systems', () => {
  const of = (build: number, more: object = {}) => ({ ...SYSTEMS[0]!, build, ubr: 1, ...more });
  it.each<[string, number, object, string]>([
    ['ms17-010', 15063, {}, 'not-affected'],
    ['ms17-010', 2600, { sp: 2 }, 'untested'],
    ['ms17-010', 7600, { sp: 0 }, 'untested'],
    ['ms17-010', 2195, { sp: 4 }, 'untested'],
    ['cve-2019-0708', 9200, {}, 'not-affected'],
    ['cve-2019-0708', 26100, {}, 'not-affected'],
    ['cve-2019-0708', 6001, { sp: 1 }, 'untested'],
    ['cve-2020-1350', 19041, { product: 'workstation' }, 'not-affected'],
    ['cve-2020-1350', 20348, {}, 'not-affected'],
    ['cve-2020-1350', 3790, { sp: 2 }, 'untested'],
    ['cve-2021-34527', 20348, {}, 'superseded'],
    ['cve-2021-34527', 22621, { product: 'workstation' }, 'superseded'],
    ['cve-2021-34527', 18362, { product: 'workstation' }, 'untested'],
  ])('%s on build %d', (advisory, build, more, expected) => {
    expect(judge(advisory, evidenceOf(of(build, more))).verdict).toBe(expected);
  });

  it('tells GDR from LDR, and Server 2008 of before March 2019 from that after', () => {
    const gdr = system('ms17-010', 'Server 2008 SP2, GDR');
    const at = (version: string) =>
      judge('ms17-010', evidenceOf(gdr, { files: [{ ...fileOf(gdr, 0)[0]!, version }] })).verdict;
    expect(['6.0.6002.22999', '6.0.6002.19999', '6.0.6002.24066', '6.0.6003.20489'].map(at)).toEqual([
      'vulnerable',
      'patched',
      'vulnerable',
      'patched',
    ]);
    const blue = system('cve-2019-0708', 'Server 2008 SP2');
    const files = [{ ...fileOf(blue, 0)[0]!, version: '6.0.6002.24900' }];
    expect(judge('cve-2019-0708', evidenceOf({ ...blue, build: 6002 }, { files })).verdict).toBe('vulnerable');
  });

  it.each(SYSTEMS)('$advisory names a package for $name', (of) => {
    const advisory = advisories[of.advisory]!;
    const evidence = evidenceOf(of);
    const entry = affectedSystem(advisory, of.build, evidence.system);
    expect(entry).toBeDefined();
    const found = packageFor(advisory, { entry: entry!, arch: evidence.system?.arch ?? null, language: '0409' });
    // No 32-bit edition of Server 2012 was ever made.
    if (of.build === 9200) expect(found).toHaveProperty('problem');
    else expect(found).toMatchObject({ data: { kb: of.kb }, file: expect.stringMatching(new RegExp(of.kb, 'i')) });
  });
});

describe('SIGRed where no version of dns.exe is established', () => {
  const ntoskrnl = '%SystemRoot%\\System32\\ntoskrnl.exe';
  const r2 = { ...system('cve-2020-1350', 'Server 2016'), build: 7601, sp: 1, ubr: 1 };
  const at = (version: string, more: Partial<PatchEvidence> = {}) => {
    const read = { exists: true, changedAt: '2020-01-01T00:00:00Z', replacedAtRestart: false };
    const files = [
      { path: ntoskrnl, version, ...read },
      { path: '%SystemRoot%\\System32\\dns.exe', version: '6.1.7601.24557', ...read },
    ];
    return judge('cve-2020-1350', evidenceOf(r2, { ubr: null, files, ...more }));
  };
  it('says vulnerable of an older kernel and unknown of a newer one, listed or not', () => {
    expect(at('6.1.7601.24556').verdict).toBe('vulnerable');
    expect(at('6.1.7601.24557').verdict).toBe('unknown');
    const updates = [{ kb: 'KB4565524', servicing: true, quickFix: true }];
    expect(at('6.1.7601.24600', { updates })).toMatchObject({ verdict: 'unknown', fixed: false });
  });
});

describe('the service without which there is no hole', () => {
  const server = system('cve-2020-1350', 'Server 2019');
  const dns = (exists: boolean | null, more: Partial<PatchEvidence> = {}) =>
    judge('cve-2020-1350', evidenceOf(server, { services: [{ name: 'dns', exists }], ...more }));
  it.each<[string, boolean | null, Partial<PatchEvidence>, string, boolean | null, boolean]>([
    ['the role is there', true, {}, 'vulnerable', true, false],
    ['the role is not there', false, {}, 'not-affected', false, false],
    ['the role is not there, revision unreadable', false, { ubr: null }, 'not-affected', false, false],
    ['services unreadable', null, {}, 'unknown', null, false],
    ['services unreadable, fixed all the same', null, { ubr: 1339 }, 'patched', true, true],
    ['not asked', true, { services: [] }, 'unknown', null, false],
  ])('%s', (_name, exists, more, word, applicable, fixed) => {
    expect(dns(exists, more)).toMatchObject({ verdict: word, applicable, fixed });
  });
});

describe('settings that leave PrintNightmare open', () => {
  const pc = system('cve-2021-34527', '10 21H1');
  const at = (ubr: number, values: PatchEvidence['values'], more: Partial<PatchEvidence> = {}) =>
    judge('cve-2021-34527', evidenceOf(pc, { ubr, values: values ?? [], ...more }));
  const restrict = 'RestrictDriverInstallationToAdministrators';

  it.each<[string, number, PatchEvidence['values'], string, boolean]>([
    // what is set, revision, values, verdict, left open
    ['nothing', 1083, pointAndPrint(), 'patched', false],
    ['both zero', 1083, pointAndPrint({ noWarning: 0, update: 0 }), 'patched', false],
    ['no warning on installation', 1083, pointAndPrint({ noWarning: 1 }), 'vulnerable', true],
    ['no warning on update', 1083, pointAndPrint({ update: 2 }), 'vulnerable', true],
    ['overruled', 1083, pointAndPrint({ noWarning: 1, restrict: 1 }), 'patched', false],
    ['explicitly not overruled', 1165, pointAndPrint({ noWarning: 1, restrict: 0 }), 'vulnerable', true],
    ['overruled by default from August 2021', 1165, pointAndPrint({ noWarning: 1 }), 'superseded', false],
    ['just before August 2021', 1164, pointAndPrint({ noWarning: 1 }), 'vulnerable', true],
    ['explicitly not overruled, but harmless', 1083, pointAndPrint({ restrict: 0 }), 'patched', false],
    ['a value that is unreadable', 1083, pointAndPrint({}, ['UpdatePromptSettings']), 'unknown', false],
    ['what would overrule is unreadable', 1083, pointAndPrint({ noWarning: 1 }, [restrict]), 'unknown', false],
    ['what would overrule is unreadable, and need not', 1083, pointAndPrint({}, [restrict]), 'patched', false],
    ['not asked', 1083, [], 'unknown', false],
    ['not patched either', 1082, pointAndPrint({ noWarning: 1 }), 'vulnerable', false],
  ])('%s', (_name, ubr, values, word, leftOpen) => {
    const judged = at(ubr, values);
    expect([judged.verdict, judged.leftOpen === true]).toEqual([word, leftOpen]);
    expect(judged.settingsOpen === true).toBe(word === 'vulnerable');
    expect(judged.fixed).toBe(word === 'patched' || word === 'superseded');
  });

  it.each([null, 0])('a revision that cannot be read (%s) leaves open what absence means', (ubr) => {
    const seen = at(1, pointAndPrint({ noWarning: 1 }), { build: 22631, ubr });
    expect(seen).toMatchObject({ verdict: 'unknown', fixed: false });
    expect(seen.leftOpen).toBeUndefined();
    expect(seen.reason).toContain('could not be read: the revision of the build');
  });

  it('names what is set and what to do, of an unpatched host too', () => {
    expect(at(1083, pointAndPrint({ noWarning: 1, update: 1 })).reason).toMatch(
      /contains the fix.*; but .*NoWarningNoElevationOnInstall is 1, UpdatePromptSettings is 1.*set RestrictDriver/,
    );
    expect(at(1000, pointAndPrint({ noWarning: 1 })).reason).toMatch(/is below.*; and .*NoWarning/);
  });

  it('count on a system that came with the fix, and not where there is no spooler', () => {
    const late = { build: 19045, ubr: 1, values: pointAndPrint({ noWarning: 1, restrict: 0 }) ?? [] };
    expect(at(1, late.values, late)).toMatchObject({ verdict: 'vulnerable', leftOpen: true });
    expect(at(1, pointAndPrint({ noWarning: 1 }), { build: 19045 })).toMatchObject({
      verdict: 'superseded',
      fixed: true,
    });
    // Windows 11, version 25H2.
    expect(at(1, pointAndPrint({ noWarning: 1 }), { build: 26200 })).toMatchObject({ verdict: 'superseded' });
    const gone = { services: [{ name: 'Spooler', exists: false }] };
    expect(at(1083, late.values, gone)).toMatchObject({ verdict: 'not-affected', applicable: false });
  });
});

describe('what is never said', () => {
  it('nothing is fixed below its floor or unread, whatever the lists say', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SYSTEMS),
        fc.boolean(),
        fc.constantFrom<string[] | null>(null, [], ['servicing'], ['file-rename']),
        fc.constantFrom<-1 | null>(-1, null),
        (of, servicing, pending, steps) => {
          const updates = [{ kb: of.kb, servicing, quickFix: servicing }];
          const read = of.ubr === undefined ? { files: fileOf(of, steps) } : steps === null ? { ubr: null } : {};
          expect(judge(of.advisory, evidenceOf(of, { updates, pending, ...read })).fixed).toBe(false);
        },
      ),
    );
  });
});
