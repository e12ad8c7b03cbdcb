import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadAdvisory, minimumAdvisory, type PatchEvidence, verdict } from '../../src/advisory/index.ts';

const path = resolve(import.meta.dirname, '../../playbooks/advisories/cve-2020-0796.yaml');
const smbghost = loadAdvisory(readFileSync(path, 'utf8'), 'cve-2020-0796.yaml');

/** A vulnerable Windows 10 1903 on which everything could be read. */
const vulnerable: PatchEvidence = {
  build: 18362,
  ubr: 719,
  updates: [{ kb: 'KB4551762', servicing: false, quickFix: false }],
  rollups: [{ build: 18362, ubr: 719, state: 112 }],
  files: [],
  keys: [],
  pending: [],
  bootTime: '2026-01-01T00:00:00Z',
};
const listed = [{ kb: 'KB4551762', servicing: null, quickFix: true }];
const waiting = [{ build: 18362, ubr: 720, state: 96 }];

describe('verdict on CVE-2020-0796', () => {
  it.each<[string, Partial<PatchEvidence>, string, boolean, boolean | null, boolean]>([
    // what is seen, evidence, verdict, fixed, applicable, pending reboot
    ['revision below the floor', {}, 'vulnerable', false, true, false],
    ['revision at the floor, update listed', { ubr: 720, updates: listed }, 'patched', true, true, false],
    ['revision at the floor, nothing listed', { ubr: 720 }, 'patched', true, true, false],
    ['later cumulative update', { ubr: 1082 }, 'superseded', true, true, false],
    [
      'later cumulative update, lists unreadable',
      { ubr: 1082, updates: [], rollups: null },
      'superseded',
      true,
      true,
      false,
    ],
    ['fixed, another update awaits a reboot', { ubr: 1082, pending: ['servicing'] }, 'superseded', true, true, true],
    ['update listed, reboot pending', { updates: listed, pending: ['servicing'] }, 'patched', false, true, true],
    ['cumulative update awaits the reboot', { rollups: waiting, pending: ['servicing'] }, 'patched', false, true, true],
    ['update listed, no reboot pending', { updates: listed }, 'conflict', false, true, false],
    ['update listed, pending unreadable', { updates: listed, pending: null }, 'conflict', false, true, false],
    ['only staged', { rollups: [{ build: 18362, ubr: 720, state: 64 }] }, 'vulnerable', false, true, false],
    ['vulnerable, another update awaits a reboot', { pending: ['windows-update'] }, 'vulnerable', false, true, true],
    ['a file to be renamed concerns no update', { pending: ['file-rename'] }, 'vulnerable', false, true, false],
    ['revision unreadable', { ubr: null }, 'unknown', false, true, false],
    ['revision zero', { ubr: 0 }, 'unknown', false, true, false],
    ['revision unreadable, update listed', { ubr: null, updates: listed }, 'unknown', false, true, false],
    ['build unreadable', { build: null }, 'unknown', false, null, false],
    ['1909, above its own floor', { build: 18363, ubr: 752 }, 'superseded', true, true, false],
    [
      '1909, packages of 18362 await',
      { build: 18363, rollups: waiting, pending: ['servicing'] },
      'patched',
      false,
      true,
      true,
    ],
    ['Server 2019', { build: 17763, ubr: 1098 }, 'not-affected', false, false, false],
    ['Server 2019, revision unreadable', { build: 17763, ubr: null }, 'not-affected', false, false, false],
    ['version 2004', { build: 19041, ubr: 264 }, 'not-affected', false, false, false],
    ['a build in no list', { build: 18800, ubr: 1 }, 'untested', false, null, false],
    [
      'a driver of recalled version never decides',
      {
        ubr: 720,
        files: [{ path: '%SystemRoot%\\System32\\drivers\\srv2.sys', exists: true, version: '10.0.18362.693' }],
      },
      'patched',
      true,
      true,
      false,
    ],
  ])('%s', (_name, change, word, fixed, applicable, pendingReboot) => {
    const judged = verdict(smbghost, { ...vulnerable, ...change });
    expect({ ...judged, reason: '' }).toEqual({ verdict: word, fixed, applicable, pendingReboot, reason: '' });
    expect(judged.reason).not.toBe('');
  });

  it('says when a fix is there without an entry in the lists', () => {
    expect(verdict(smbghost, { ...vulnerable, ubr: 720 }).reason).toContain('slipstreamed');
  });

  it('never calls a host fixed or unaffected while its build or revision cannot be read', () => {
    const maybe = fc.constantFrom(true, false, null);
    fc.assert(
      fc.property(
        maybe,
        maybe,
        fc.constantFrom(null, [], ['servicing']),
        fc.constantFrom(null, 0),
        (a, b, pending, ubr) => {
          const updates = [{ kb: 'KB4551762', servicing: a, quickFix: b }];
          const judged = verdict(smbghost, { ...vulnerable, updates, pending, ubr, rollups: waiting });
          expect(judged.verdict).toBe('unknown');
          expect(judged.fixed).toBe(false);
          expect(judged.applicable).not.toBe(false);
        },
      ),
    );
  });
});

describe('verdict by files', () => {
  const advisory = loadAdvisory(
    [
      'advisory: by-files',
      'title: Files decide',
      'affects:',
      '  - os: Windows XP',
      '    builds: [2600]',
      '    status: affected',
      '    registry: ["HKLM\\\\SOFTWARE\\\\Updates\\\\KB824146"]',
      '    files:',
      '      rpcss.dll: { version: 5.1.2600.1263, confidence: M }',
      '      ole32.dll: { version: 5.1.2600.1263, confidence: H }',
      '    source: test',
      '    confidence: M',
    ].join('\n'),
    'by-files.yaml',
  );
  const at = (rpcss: string | null, ole32: string | null, more: Partial<PatchEvidence> = {}): PatchEvidence => ({
    ...vulnerable,
    build: 2600,
    ubr: null,
    updates: [],
    files: [
      { path: 'rpcss.dll', exists: rpcss !== null, version: rpcss },
      { path: 'ole32.dll', exists: ole32 !== null, version: ole32 },
    ],
    ...more,
  });
  const key = [{ key: 'HKLM\\SOFTWARE\\Updates\\KB824146', present: true }];

  it.each<[string, PatchEvidence, string, boolean]>([
    ['all at the floor', at('5.1.2600.1263', '5.1.2600.1300', { keys: key }), 'patched', true],
    ['all at the floor without the key', at('5.1.2600.1263', '5.1.2600.1263'), 'patched', true],
    ['all below', at('5.1.2600.1106', '5.1.2600.1106'), 'vulnerable', false],
    ['some below', at('5.1.2600.1263', '5.1.2600.1106'), 'partial', false],
    ['one unreadable', at(null, '5.1.2600.1263'), 'unknown', false],
    ['another branch', at('5.2.3790.80', '5.1.2600.1263'), 'unknown', false],
    ['key without files', at('5.1.2600.1106', '5.1.2600.1106', { keys: key }), 'conflict', false],
    [
      'key without files, reboot pending',
      at('5.1.2600.1106', '5.1.2600.1106', { keys: key, pending: ['update-exe'] }),
      'patched',
      false,
    ],
  ])('%s', (_name, evidence, word, fixed) => {
    const judged = verdict(advisory, evidence);
    expect([judged.verdict, judged.fixed]).toEqual([word, fixed]);
  });
});

describe('minimum builds', () => {
  it('asks each build for its own revision', () => {
    const advisory = minimumAdvisory('18362.720, 10.0.17763.1098');
    expect(verdict(advisory, { ...vulnerable, ubr: 720 }).fixed).toBe(true);
    expect(verdict(advisory, vulnerable).verdict).toBe('vulnerable');
    expect(verdict(advisory, { ...vulnerable, build: 17763, ubr: 1098 }).fixed).toBe(true);
    expect(verdict(advisory, { ...vulnerable, build: 17763, ubr: 720 }).fixed).toBe(false);
  });

  it('calls a build without a minimum untested', () => {
    expect(verdict(minimumAdvisory(['18362.720']), { ...vulnerable, build: 19041, ubr: 9999 }).verdict).toBe(
      'untested',
    );
  });

  it.each(['', '18362', '18362.x', '18362.0', '18362.720,,', 'KB4551762'])('refuses %p', (text) => {
    expect(() => minimumAdvisory(text)).toThrow(expect.objectContaining({ code: 'FB_INPUT_INVALID' }));
  });
});
