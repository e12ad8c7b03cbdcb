/**
 * What a host may show of the five modern holes, and what is to be said of it: one row for each system and each kind of
 * evidence. Floors are written here once more, so that a slip in the data does not go unseen.
 */
import type { PatchEvidence, VerdictWord } from '../../../src/advisory/index.ts';

const BOOT = '2021-08-20T08:00:00Z';
const BEFORE_BOOT = '2021-08-20T07:55:00Z';
const AFTER_BOOT = '2021-08-20T09:00:00Z';

interface System {
  readonly advisory: string;
  readonly name: string;
  readonly build: number;
  readonly sp?: number;
  readonly product: 'workstation' | 'server';
  readonly arch?: string;
  readonly kb: string;
  /** First fixed revision of the build. */
  readonly ubr?: number;
  /** Build whose number the servicing stack's list uses. */
  readonly servicing?: number;
  /** The file that was mended and its first fixed version. */
  readonly file?: readonly [string, string];
}

const srv = '%SystemRoot%\\System32\\drivers\\srv.sys';
const termdd = '%SystemRoot%\\System32\\drivers\\termdd.sys';
const spoolsv = '%SystemRoot%\\System32\\spoolsv.exe';
const localspl = '%SystemRoot%\\System32\\localspl.dll';

function files(
  advisory: string,
  kb: string,
  file: readonly [string, string],
  name: string,
  build: number,
  sp: number,
): System {
  return { advisory, name, build, sp, product: 'server', arch: 'x86', kb, file };
}

function revision(advisory: string, name: string, build: number, ubr: number, kb: string, servicing = build): System {
  return { advisory, name, build, product: 'server', ubr, kb, servicing };
}

export const SYSTEMS: readonly System[] = [
  files('ms17-010', 'KB4012598', [srv, '5.1.2600.7208'], 'XP SP3', 2600, 3),
  files('ms17-010', 'KB4012598', [srv, '5.2.3790.6021'], 'Server 2003 SP2', 3790, 2),
  files('ms17-010', 'KB4012598', [srv, '6.0.6002.19743'], 'Server 2008 SP2, GDR', 6002, 2),
  files('ms17-010', 'KB4012598', [srv, '6.0.6002.24067'], 'Server 2008 SP2, LDR', 6002, 2),
  files('ms17-010', 'KB4012212', [srv, '6.1.7601.23689'], '7 SP1, Server 2008 R2 SP1', 7601, 1),
  files('ms17-010', 'KB4012214', [srv, '6.2.9200.22099'], 'Server 2012', 9200, 0),
  files('ms17-010', 'KB4012213', [srv, '6.3.9600.18604'], '8.1, Server 2012 R2', 9600, 0),
  revision('ms17-010', '10 1507', 10240, 17319, 'KB4012606'),
  revision('ms17-010', '10 1511', 10586, 839, 'KB4013198'),
  revision('ms17-010', '10 1607, Server 2016', 14393, 953, 'KB4013429'),
  files('cve-2019-0708', 'KB4500331', [termdd, '5.1.2600.7701'], 'XP SP3', 2600, 3),
  files('cve-2019-0708', 'KB4500331', [termdd, '5.2.3790.6787'], 'Server 2003 SP2', 3790, 2),
  files('cve-2019-0708', 'KB4499180', [termdd, '6.0.6003.20514'], 'Server 2008 SP2', 6003, 2),
  files('cve-2019-0708', 'KB4499175', [termdd, '6.1.7601.24441'], '7 SP1, Server 2008 R2 SP1', 7601, 1),
  revision('cve-2020-1350', 'Server 2016', 14393, 3808, 'KB4565511'),
  revision('cve-2020-1350', 'Server 1803', 17134, 1610, 'KB4565489'),
  revision('cve-2020-1350', 'Server 2019', 17763, 1339, 'KB4558998'),
  revision('cve-2020-1350', 'Server 1903', 18362, 959, 'KB4565483'),
  revision('cve-2020-1350', 'Server 1909', 18363, 959, 'KB4565483', 18362),
  revision('cve-2020-1350', 'Server 2004', 19041, 388, 'KB4565503'),
  files('cve-2021-34527', 'KB5004959', [spoolsv, '6.0.6003.21138'], 'Server 2008 SP2', 6003, 2),
  files('cve-2021-34527', 'KB5004951', [spoolsv, '6.1.7601.25633'], '7 SP1, Server 2008 R2 SP1', 7601, 1),
  files('cve-2021-34527', 'KB5004960', [spoolsv, '6.2.9200.23383'], 'Server 2012', 9200, 0),
  files('cve-2021-34527', 'KB5004958', [localspl, '6.3.9600.20046'], '8.1, Server 2012 R2', 9600, 0),
  revision('cve-2021-34527', '10 1507', 10240, 18969, 'KB5004950'),
  revision('cve-2021-34527', '10 1607, Server 2016', 14393, 4470, 'KB5004948'),
  revision('cve-2021-34527', '10 1809, Server 2019', 17763, 2029, 'KB5004947'),
  revision('cve-2021-34527', '10 1909', 18363, 1646, 'KB5004946', 18362),
  revision('cve-2021-34527', '10 2004', 19041, 1083, 'KB5004945'),
  revision('cve-2021-34527', '10 20H2', 19042, 1083, 'KB5004945', 19041),
  revision('cve-2021-34527', '10 21H1', 19043, 1083, 'KB5004945', 19041),
];

const POINT_AND_PRINT = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Printers\\PointAndPrint';

/** Values of Point and Print: a number, null for an absent one, undefined for one that could not be read. */
export function pointAndPrint(
  set: { readonly noWarning?: number | undefined; readonly update?: number; readonly restrict?: number } = {},
  unread: readonly string[] = [],
): PatchEvidence['values'] {
  const names = [
    ['NoWarningNoElevationOnInstall', set.noWarning],
    ['UpdatePromptSettings', set.update],
    ['RestrictDriverInstallationToAdministrators', set.restrict],
  ] as const;
  return names.map(([name, value]) => ({
    path: `${POINT_AND_PRINT}\\${name}`,
    present: unread.includes(name) ? null : value !== undefined,
    value: value ?? null,
  }));
}

/** A host on which everything could be read, just below the floor. */
export function evidenceOf(of: System, change: Partial<PatchEvidence> = {}): PatchEvidence {
  return {
    build: of.build,
    ubr: of.ubr === undefined ? null : of.ubr - 1,
    system: {
      version: null,
      servicePack: of.sp ?? 0,
      product: of.product,
      terminalServer: false,
      arch: of.arch ?? 'x64',
    },
    updates: [{ kb: of.kb, servicing: false, quickFix: false }],
    rollups: [],
    files: of.file === undefined ? [] : fileOf(of, -1),
    keys: [],
    services: [
      { name: 'DNS', exists: true },
      { name: 'Spooler', exists: true },
    ],
    values: pointAndPrint() ?? [],
    pending: [],
    bootTime: BOOT,
    ...change,
  };
}

/** The file that decides, so many revisions from its floor; null: it could not be read. */
export function fileOf(of: System, steps: number | null, changedAt = BEFORE_BOOT): PatchEvidence['files'] {
  const [path, version] = of.file ?? ['', ''];
  const numbers = version.split('.').map(Number);
  const found = `${numbers.slice(0, 3).join('.')}.${(numbers[3] ?? 0) + (steps ?? 0)}`;
  return [
    {
      path,
      exists: steps === null ? null : true,
      version: steps === null ? null : found,
      changedAt,
      replacedAtRestart: false,
    },
  ];
}

export interface Expected {
  readonly verdict: VerdictWord;
  readonly fixed: boolean;
  readonly pendingReboot: boolean;
}

export interface ModernCase {
  readonly advisory: string;
  readonly system: string;
  readonly shows: string;
  readonly evidence: PatchEvidence;
  readonly expected: Expected;
}

const vulnerable: Expected = { verdict: 'vulnerable', fixed: false, pendingReboot: false };
const patched: Expected = { verdict: 'patched', fixed: true, pendingReboot: false };
const superseded: Expected = { verdict: 'superseded', fixed: true, pendingReboot: false };
const awaits: Expected = { verdict: 'patched', fixed: false, pendingReboot: true };
const conflict: Expected = { verdict: 'conflict', fixed: false, pendingReboot: false };
const unknown: Expected = { verdict: 'unknown', fixed: false, pendingReboot: false };

function byRevision(of: System, ubr: number): readonly (readonly [string, Partial<PatchEvidence>, Expected])[] {
  const listed = { updates: [{ kb: of.kb, servicing: true, quickFix: null }] };
  const waiting = { rollups: [{ build: of.servicing ?? of.build, ubr, state: 96 }], pending: ['servicing'] };
  return [
    ['a revision below', {}, vulnerable],
    ['a revision below, updates unreadable', { updates: [], rollups: null }, vulnerable],
    ['the first fixed revision', { ubr }, patched],
    ['the first fixed revision, update listed', { ubr, ...listed }, patched],
    ['a later cumulative update', { ubr: ubr + 500 }, superseded],
    ['update listed, revision below', listed, conflict],
    ['update listed, awaits a reboot', { ...listed, pending: ['servicing'] }, awaits],
    ['cumulative update awaits the reboot', waiting, awaits],
    ['revision unreadable', { ubr: null, ...listed }, unknown],
    ['revision zero', { ubr: 0 }, unknown],
  ];
}

function byFile(of: System): readonly (readonly [string, Partial<PatchEvidence>, Expected])[] {
  const listed = { updates: [{ kb: of.kb, servicing: true, quickFix: null }] };
  return [
    ['file older', {}, vulnerable],
    [
      'file older, updates unreadable',
      { updates: [{ kb: of.kb, servicing: null, quickFix: null }], rollups: null },
      vulnerable,
    ],
    ['file at its floor', { files: fileOf(of, 0) }, patched],
    ['file at its floor, update listed', { files: fileOf(of, 0), ...listed }, patched],
    ['file of a later rollup', { files: fileOf(of, 150) }, patched],
    ['update listed, file older', listed, conflict],
    ['update listed, file older, reboot pending', { ...listed, pending: ['servicing'] }, awaits],
    ['file newer than the last start', { files: fileOf(of, 0, AFTER_BOOT) }, awaits],
    ['file unreadable', { files: fileOf(of, null), ...listed }, unknown],
    ['file of another branch', { files: [{ ...fileOf(of, 0)[0]!, version: '9.9.9999.1' }] }, unknown],
  ];
}

/** Every system with every kind of evidence. */
export const MODERN_CASES: readonly ModernCase[] = SYSTEMS.flatMap((of) =>
  (of.ubr === undefined ? byFile(of) : byRevision(of, of.ubr)).map(([shows, change, expected]) => ({
    advisory: of.advisory,
    system: of.name,
    shows,
    evidence: evidenceOf(of, change),
    expected,
  })),
);
