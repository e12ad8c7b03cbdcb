import { describe, expect, it } from '@jest/globals';
import { evidenceText, type VerifiedHost, verifyRow } from '../../src/cli/commands/verify-text.ts';
import type { JsonObject } from '../../src/domain/index.ts';

const found: VerifiedHost = {
  host: 'old01',
  verdict: 'patched',
  fixed: true,
  applicable: true,
  os: 'Windows 2000 SP2',
  service_pack: 2,
  support_ended: '2003-06-30',
  out_of_support: true,
  reason: 'fixed files are in place',
  evidence: {
    build: 2195,
    ubr: null,
    system: { version: '5.0', servicePack: 2, product: 'server', terminalServer: false, arch: 'x86' },
    files: [
      { path: '%SystemRoot%\\System32\\rpcrt4.dll', exists: true, version: '5.0.2195.6802', replacedAtRestart: false },
      { path: '%SystemRoot%\\System32\\ole32.dll', exists: null, version: null, replacedAtRestart: null },
      { path: '%SystemRoot%\\System32\\rpcss.dll', exists: true, version: '5.0.2195.6810', replacedAtRestart: true },
      { path: '%SystemRoot%\\System32\\rpcss.exe', exists: false, version: null, replacedAtRestart: null },
    ],
    keys: [
      { key: 'HKLM\\A\\KB824146', present: true },
      { key: 'HKLM\\A\\KB823980', present: false },
      { key: 'HKLM\\A\\KB828741', present: null },
    ],
    updates: [
      { kb: 'KB824146', servicing: null, quickFix: null },
      { kb: 'KB823980', servicing: null, quickFix: null },
    ],
    pending: ['update-exe'],
    bootTime: '2003-09-20T08:00:00Z',
  },
};

describe('verify', () => {
  it('marks a system out of support even when it is patched', () => {
    expect(verifyRow(found)).toEqual([
      'old01',
      'Windows 2000 SP2',
      'patched',
      'fixed files are in place; out of support since 2003-06-30',
    ]);
    expect(verifyRow({ ...found, out_of_support: false })[3]).toBe('fixed files are in place');
    expect(verifyRow({ ...found, out_of_support: null })[3]).toBe('fixed files are in place');
  });

  it('does not show a fix that awaits a reboot as one that is in effect', () => {
    expect(verifyRow({ ...found, fixed: false })[2]).toBe('patched, reboot needed');
    expect(verifyRow({ ...found, fixed: false, verdict: 'vulnerable' })[2]).toBe('vulnerable');
  });

  it('names a system that the advisory does not by its build', () => {
    expect(verifyRow({ ...found, os: null })[1]).toBe('build 2195 SP2');
    expect(verifyRow({ ...found, os: null, service_pack: null })[1]).toBe('build 2195');
    expect(verifyRow({ ...found, os: null, evidence: null })[1]).toBe('-');
  });

  it('shows the evidence source by source, never what is missing', () => {
    expect(evidenceText(found).split('\n')).toEqual([
      'old01: patched',
      '  system:  build 2195, version 5.0, service pack 2, server, x86',
      '  files:   rpcrt4.dll 5.0.2195.6802, ole32.dll unreadable, rpcss.dll 5.0.2195.6810 (replaced at the next start)',
      '  keys:    HKLM\\A\\KB824146; 1 of 3 unreadable',
      '  updates: unreadable',
      '  restart: pending: update-exe; last start 2003-09-20T08:00:00Z',
    ]);
    expect(evidenceText(found)).not.toContain('KB823980');
  });

  it('shows none of a host that was not reached', () => {
    expect(evidenceText({ ...found, evidence: null })).toBe('');
  });

  it('says when nothing is pending, and when that is unknown', () => {
    const of = (pending: string[] | null) =>
      evidenceText({ ...found, evidence: { ...(found.evidence as object), pending, bootTime: null } });
    expect(of([])).toContain('restart: none pending; last start unreadable');
    expect(of(null)).toContain('restart: whether one is pending is unreadable');
  });

  it('shows services and settings, where they were asked', () => {
    expect(evidenceText(found)).not.toMatch(/services|settings/);
    const services = [{ name: 'Spooler', exists: true }];
    const path = 'HKLM\\SOFTWARE\\Policies\\PointAndPrint';
    const values = [
      { path: `${path}\\NoWarningNoElevationOnInstall`, present: true, value: 1 },
      { path: `${path}\\UpdatePromptSettings`, present: false, value: null },
      { path: `${path}\\Restrict`, present: null, value: null },
    ];
    const of = (more: JsonObject) =>
      evidenceText({ ...found, evidence: { ...(found.evidence as JsonObject), ...more } });
    expect(of({ services, values })).toContain(
      '  services: Spooler\n  settings: NoWarningNoElevationOnInstall 1, Restrict unreadable\n',
    );
    const nothing = { services: [{ name: 'DNS', exists: false }], values: values.slice(1, 2) };
    expect(of(nothing)).toContain('  services: none\n  settings: none of them is there\n');
  });

  it('shows what the network said, where it was asked', () => {
    expect(evidenceText(found)).not.toContain('network:');
    const network = { category: 'denied', patched: null, reason: 'it answered 0x80070005 (access denied)' };
    const asked = { ...found, evidence: { ...(found.evidence as JsonObject), network } };
    expect(evidenceText(asked)).toContain('  network: denied: it answered 0x80070005 (access denied)\n');
  });
});
