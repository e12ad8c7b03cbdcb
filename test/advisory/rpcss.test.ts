/** MS03-039 and MS03-026: every system of the bulletins with every kind of evidence. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { affectedSystem, loadAdvisory, type PatchEvidence, packageFor, verdict } from '../../src/advisory/index.ts';
import { decisionTable, type Expected, evidenceOf, OTHER_CASES, RPCSS_CASES } from './support/rpcss-cases.ts';
import { AFFECTED } from './support/rpcss-systems.ts';

const load = (id: string) => {
  const path = resolve(import.meta.dirname, `../../playbooks/advisories/${id}.yaml`);
  return loadAdvisory(readFileSync(path, 'utf8'), `${id}.yaml`);
};
const ms03039 = load('ms03-039');
const ms03026 = load('ms03-026');

function check(advisory: typeof ms03039, evidence: PatchEvidence, expected: Expected): void {
  const judged = verdict(advisory, evidence);
  expect({ ...judged, applicable: null }).toEqual({
    verdict: expected.verdict,
    fixed: expected.fixed,
    pendingReboot: expected.pendingReboot,
    applicable: null,
    reason: expect.stringContaining(expected.says ?? ''),
  });
}

describe.each([...RPCSS_CASES, ...OTHER_CASES])('$system: $shows', (row) => {
  it('ms03-039', () => check(ms03039, row.evidence, row.ms03039));
  it('ms03-026', () => check(ms03026, row.evidence, row.ms03026));
});

describe('the table for people', () => {
  it('has a row for each case, and no two for the same evidence', () => {
    const rows = decisionTable().split('\n').slice(2);
    expect(rows).toHaveLength(RPCSS_CASES.length + OTHER_CASES.length);
    expect(new Set(rows.map((row) => row.split(' | ').slice(0, 2).join()))).toHaveProperty('size', rows.length);
    expect(rows[0]).toBe('| NT Server 4.0 SP6a | nothing | vulnerable | vulnerable |');
    expect(rows.join('\n')).toContain('| patched, not in effect yet (reboot) |');
  });
});

describe('what is never said', () => {
  it.each(AFFECTED)('$name with KB824146 lacks nothing of MS03-026', (system) => {
    for (const files of [system.kb824146, system.kb828741]) {
      for (const keys of [[], ['KB824146'], ['KB828741']]) {
        const judged = verdict(ms03026, evidenceOf(system, { files, keys }));
        expect([judged.verdict, judged.fixed]).toEqual(['superseded', true]);
        expect(verdict(ms03039, evidenceOf(system, { files, keys })).reason).not.toContain('823980');
      }
    }
  });

  it('nothing is fixed without readable, fixed files on a system that is affected', () => {
    const keys = ['KB823980', 'KB824146', 'KB828741', 'KB891861', 'KB826939'];
    fc.assert(
      fc.property(
        fc.constantFrom(...AFFECTED),
        fc.subarray(keys),
        fc.constantFrom<string[] | null>(null, [], ['update-exe'], ['servicing', 'file-rename']),
        fc.constantFrom(null, '2003-09-20T08:00:00Z'),
        fc.constantFrom<'unreadable' | 'old' | 'kb823980'>('unreadable', 'old', 'kb823980'),
        (system, present, pending, bootTime, state) => {
          const files = state === 'unreadable' ? null : state === 'old' ? system.asShipped : system.kb823980;
          const judged = verdict(ms03039, evidenceOf(system, { files, keys: present, change: { pending, bootTime } }));
          expect(judged.fixed).toBe(false);
          expect(judged.applicable).toBe(true);
        },
      ),
    );
  });

  it('a missing key alone makes nobody vulnerable', () => {
    fc.assert(
      fc.property(fc.constantFrom(...AFFECTED), fc.constantFrom<string[] | null>(null, []), (system, keys) => {
        expect(verdict(ms03039, evidenceOf(system, { files: system.kb824146, keys })).verdict).toBe('patched');
        expect(verdict(ms03039, evidenceOf(system, { files: null, keys })).verdict).toBe('unknown');
      }),
    );
  });

  it('any one file that cannot be read leaves it unknown', () => {
    for (const system of AFFECTED.filter(({ rpcssFloor }) => rpcssFloor !== 'silent')) {
      const evidence = evidenceOf(system, { files: system.kb824146, keys: ['KB824146'] });
      evidence.files.forEach((_file, index) => {
        const files = evidence.files.map((file, at) =>
          at === index ? { ...file, exists: null, version: null } : file,
        );
        expect(verdict(ms03039, { ...evidence, files }).verdict).toBe('unknown');
      });
    }
  });

  it('a file of another branch is not compared', () => {
    const gold = AFFECTED.find(({ name }) => name === 'XP Gold')!;
    const sp1 = AFFECTED.find(({ name }) => name === 'XP SP1')!;
    expect(verdict(ms03039, evidenceOf(gold, { files: sp1.asShipped })).verdict).toBe('unknown');
    const server = AFFECTED.find(({ name }) => name === 'NT Server 4.0 SP6a')!;
    const terminal = AFFECTED.find(({ name }) => name === 'NT Server 4.0 TSE SP6')!;
    expect(verdict(ms03039, evidenceOf(server, { files: terminal.asShipped })).verdict).toBe('unknown');
  });
});

describe('service packs and rollups', () => {
  const sp4 = AFFECTED.find(({ name }) => name === '2000 SP4')!;
  it('2000 SP4 Update Rollup 1 by its key, with fixed files', () => {
    const judged = verdict(ms03039, evidenceOf(sp4, { files: sp4.kb824146, keys: ['KB891861'] }));
    expect([judged.verdict, judged.fixed]).toEqual(['superseded', true]);
    expect(judged.reason).toContain('Update Rollup 1');
  });
  it('is named before an update whose files it also reaches', () => {
    const judged = verdict(ms03039, evidenceOf(sp4, { files: sp4.kb828741, keys: ['KB891861'] }));
    expect([judged.verdict, judged.fixed]).toEqual(['superseded', true]);
    expect(judged.reason).toContain('Update Rollup 1');
    expect(judged.reason).not.toContain('slipstreamed');
  });
  it('its key with old files is a conflict', () => {
    const judged = verdict(ms03039, evidenceOf(sp4, { files: sp4.kb823980, keys: ['KB891861'] }));
    expect([judged.verdict, judged.fixed]).toEqual(['conflict', false]);
  });
  it('a service pack whose file is older than it is a conflict', () => {
    const xp = AFFECTED.find(({ name }) => name === 'XP SP1')!;
    const system = { ...xp.system, servicePack: 2 };
    const judged = verdict(ms03039, evidenceOf(xp, { files: xp.kb824146, change: { system } }));
    expect([judged.verdict, judged.fixed]).toEqual(['conflict', false]);
  });
});

describe('what the data holds', () => {
  it.each(AFFECTED)('$name: support, package and both updates', ({ build, system, supportEnded, name }) => {
    const entry = affectedSystem(ms03039, build, system)!;
    expect(entry.support_ended).toBe(supportEnded);
    const found = packageFor(ms03039, { entry, arch: system.arch, language: '0411' });
    if ('problem' in found) throw new Error(`${name}: ${found.problem}`);
    expect(found.file).toMatch(/^Windows.*-KB824146-(x86|ia64)-JPN\.exe$/);
    expect(found.data.engine).toBe(build === 1381 ? 'hotfix' : 'update');
    expect(affectedSystem(ms03026, build, system)?.fixes?.[0]?.kb).toBe('KB824146');
  });

  it('asks for the file of a PC-98, whose name is not established', () => {
    const sp4 = AFFECTED.find(({ name }) => name === '2000 SP4')!;
    const entry = affectedSystem(ms03039, sp4.build, sp4.system)!;
    expect(packageFor(ms03039, { entry, arch: 'x86', language: '0411', isPc98: true })).toEqual({
      problem: expect.stringContaining('not established'),
    });
  });

  it('gives no file for a language that is unknown', () => {
    const entry = affectedSystem(ms03039, 2195, AFFECTED.find(({ name }) => name === '2000 SP4')!.system)!;
    for (const language of [null, '0000']) {
      expect(packageFor(ms03039, { entry, arch: 'x86', language })).toEqual({
        problem: expect.stringContaining('language'),
      });
    }
  });

  it('has the ports of both IPsec policies', () => {
    const policies = ms03039.shields.filter((shield) => shield.method === 'ipsec');
    expect(policies.map(({ variant, tcp, udp }) => ({ variant, tcp, udp }))).toEqual([
      { variant: 'base', tcp: [135, 139, 445, 593], udp: [135, 137, 138, 445] },
      { variant: 'cis', tcp: [135, 139, 445, 593, 80, 443], udp: [135, 137, 138, 445] },
    ]);
    expect(policies[1]?.refuse_if).toEqual(['http-server']);
  });

  it('names files of the worms by their full paths', () => {
    const files = ms03039.infection!.families.flatMap(({ indicators }) =>
      indicators.flatMap((indicator) => (indicator.kind === 'file' ? [indicator.path] : [])),
    );
    expect(files).toContain('%SystemRoot%\\System32\\wins\\svchost.exe');
    expect(files.every((path) => path.startsWith('%SystemRoot%\\System32\\'))).toBe(true);
  });
});
