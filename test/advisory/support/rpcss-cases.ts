/**
 * What a host may show of the RPCSS updates, and what is to be said of it: one row for each system and each kind of
 * evidence. Documentation prints the same table.
 */
import type { PatchEvidence, VerdictWord } from '../../../src/advisory/index.ts';
import { AFFECTED, type Revisions, type RpcssSystem } from './rpcss-systems.ts';

const BOOT = '2003-09-20T08:00:00Z';
const BEFORE_BOOT = '2003-09-20T07:55:00Z';
const AFTER_BOOT = '2003-09-20T09:00:00Z';

export interface Expected {
  readonly verdict: VerdictWord;
  readonly fixed: boolean;
  readonly pendingReboot: boolean;
  /** Text that the reason must have. */
  readonly says?: string;
}

export interface RpcssCase {
  readonly system: string;
  /** What the host shows, in words. */
  readonly shows: string;
  readonly evidence: PatchEvidence;
  readonly ms03039: Expected;
  readonly ms03026: Expected;
}

interface Shown {
  readonly files: Revisions | null;
  readonly keys?: readonly string[] | null;
  readonly change?: Partial<PatchEvidence>;
  readonly changedAt?: string | null;
  readonly replaced?: boolean;
}

const vulnerable: Expected = { verdict: 'vulnerable', fixed: false, pendingReboot: false };
const patched: Expected = { verdict: 'patched', fixed: true, pendingReboot: false };
const superseded: Expected = { verdict: 'superseded', fixed: true, pendingReboot: false };
const awaits: Expected = { verdict: 'patched', fixed: false, pendingReboot: true, says: 'awaits a reboot' };
const conflict: Expected = { verdict: 'conflict', fixed: false, pendingReboot: false };
const unknown: Expected = { verdict: 'unknown', fixed: false, pendingReboot: false };

/** Evidence of a host: keys null = the registry's updates could not be read, files null = the share could not be read. */
export function evidenceOf(of: RpcssSystem, shown: Shown): PatchEvidence {
  const names = ['rpcrt4.dll', 'ole32.dll', of.rpcss];
  const files = names.map((name, index) => ({
    path: `%SystemRoot%\\System32\\${name}`,
    exists: shown.files === null ? null : true,
    version: shown.files === null ? null : `${of.branch}.${shown.files[index]}`,
    changedAt: shown.files === null ? null : (shown.changedAt ?? BEFORE_BOOT),
    replacedAtRestart: shown.files === null ? null : (shown.replaced ?? false),
  }));
  const all = ['KB823980', 'KB824146', 'KB828741', 'KB891861', 'KB826939'];
  const keys = all.map((kb) => ({
    key: kb === 'KB891861' ? of.keyOf('Update Rollup 1') : of.keyOf(kb),
    present: shown.keys === null ? null : (shown.keys ?? []).includes(kb),
  }));
  return {
    build: of.build,
    system: of.system,
    ubr: null,
    updates: all.map((kb) => ({ kb, servicing: null, quickFix: null })),
    rollups: null,
    files,
    keys,
    pending: [],
    bootTime: BOOT,
    ...shown.change,
  };
}

function casesOf(of: RpcssSystem): RpcssCase[] {
  const row = (shows: string, shown: Shown, ms03039: Expected, ms03026: Expected): RpcssCase => ({
    system: of.name,
    shows,
    evidence: evidenceOf(of, shown),
    ms03039,
    ms03026,
  });
  // Where no version of KB823980 is established, what is below KB824146 cannot be told from it.
  const knows823980 = of.system.arch !== 'ia64' && !of.name.endsWith('Japanese');
  const old026 = knows823980 ? vulnerable : unknown;
  const by828741 = of.tellsKb828741 ? superseded : patched;
  const mixed: Revisions = [of.kb824146[0], of.kb823980[1], of.kb823980[2]];
  const mixedSays: Expected =
    of.rpcssFloor === 'established'
      ? of.name === 'XP Gold'
        ? { ...vulnerable, says: 'only KB823980' }
        : { verdict: 'partial', fixed: false, pendingReboot: false, says: 'only some files are fixed' }
      : of.rpcssFloor === 'recalled'
        ? { ...conflict, says: 'recalled version' }
        : patched;
  // For MS03-026 the file of KB823980 is enough; where it is KB824146's own, that one is said to contain it.
  const mixed026: Expected = of.rpcssFloor === 'established' ? patched : superseded;
  return [
    row('nothing', { files: of.asShipped }, vulnerable, old026),
    row(
      'only KB823980: key and files',
      { files: of.kb823980, keys: ['KB823980'] },
      { ...vulnerable, says: 'only KB823980 (MS03-026) is installed' },
      knows823980 ? patched : { ...unknown, says: '823980 is there' },
    ),
    row('KB824146: key and files', { files: of.kb824146, keys: ['KB824146'] }, patched, superseded),
    row(
      'KB824146: files without a key (slipstreamed)',
      { files: of.kb824146 },
      { ...patched, says: 'slipstreamed' },
      superseded,
    ),
    row(
      'KB824146: key without files',
      { files: of.asShipped, keys: ['KB824146'] },
      { ...conflict, says: 'is there, but' },
      knows823980 ? conflict : { ...unknown, says: 'is there' },
    ),
    row(
      'KB824146: key, old files, reboot pending',
      { files: of.asShipped, keys: ['KB824146'], change: { pending: ['update-exe'] } },
      awaits,
      knows823980 ? awaits : { ...unknown, pendingReboot: true },
    ),
    row(
      'KB824146: key, old files that are replaced at the next start',
      { files: of.asShipped, keys: ['KB824146'], replaced: true, change: { pending: ['file-rename'] } },
      awaits,
      knows823980 ? awaits : unknown,
    ),
    row(
      'KB824146: key and files, newer than the last start',
      { files: of.kb824146, keys: ['KB824146'], changedAt: AFTER_BOOT, change: { pending: ['update-exe'] } },
      { ...awaits, says: 'newer than the last start' },
      { ...awaits, verdict: 'superseded' },
    ),
    row(
      'KB824146: key and files; another update awaits a reboot',
      { files: of.kb824146, keys: ['KB824146'], change: { pending: ['update-exe'] } },
      { ...patched, pendingReboot: true },
      { ...superseded, pendingReboot: true },
    ),
    row(
      'KB828741: key and files',
      { files: of.kb828741, keys: ['KB828741'] },
      { ...superseded, says: 'KB828741' },
      superseded,
    ),
    row(
      'KB824146 and KB828741: keys and files',
      { files: of.kb828741, keys: ['KB823980', 'KB824146', 'KB828741'] },
      superseded,
      superseded,
    ),
    row('KB828741: files without a key (slipstreamed)', { files: of.kb828741 }, by828741, superseded),
    row(
      'KB828741: key without files',
      { files: of.kb823980, keys: ['KB823980', 'KB828741'] },
      conflict,
      knows823980 ? superseded : { ...unknown, says: 'is there' },
    ),
    row('fixed rpcrt4, older ole32 and rpcss', { files: mixed }, mixedSays, mixed026),
    row(
      'KB824146: key; files unreadable',
      { files: null, keys: ['KB824146'] },
      { ...unknown, says: '824146 is there' },
      unknown,
    ),
    row('files of KB824146; keys unreadable', { files: of.kb824146, keys: null }, patched, superseded),
    row('no file and no key readable', { files: null, keys: null }, unknown, unknown),
    row(
      'KB824146: key and files; last start and pending reboots unreadable',
      { files: of.kb824146, keys: ['KB824146'], change: { bootTime: null, pending: null } },
      { ...unknown, says: 'started since' },
      unknown,
    ),
    row(
      'KB824146: key and files; service pack, product and architecture unreadable',
      {
        files: of.kb824146,
        keys: ['KB824146'],
        change: {
          system: { version: of.system.version, servicePack: null, product: null, terminalServer: null, arch: null },
        },
      },
      { ...unknown, says: 'could not be read' },
      unknown,
    ),
    row('build unreadable', { files: of.kb824146, keys: ['KB824146'], change: { build: null } }, unknown, unknown),
  ];
}

/** Every affected system with every kind of evidence. */
export const RPCSS_CASES: readonly RpcssCase[] = AFFECTED.flatMap(casesOf);

const other = (name: string, build: number, system: PatchEvidence['system'], expected: Expected): RpcssCase => ({
  system: name,
  shows: 'nothing readable but the system',
  evidence: {
    build,
    ...(system === undefined ? {} : { system }),
    ubr: null,
    updates: [],
    rollups: null,
    files: [],
    keys: [],
    pending: [],
    bootTime: BOOT,
  },
  ms03039: expected,
  ms03026: expected,
});
const untested: Expected = { verdict: 'untested', fixed: false, pendingReboot: false };
const notAffected: Expected = { verdict: 'not-affected', fixed: false, pendingReboot: false };
const on = (version: string, servicePack: number, arch = 'x86') =>
  ({ version, servicePack, product: 'server', terminalServer: false, arch }) as const;

/** Systems that the bulletins call unaffected, never tested, or that came later. */
export const OTHER_CASES: readonly RpcssCase[] = [
  other(
    'Windows Me',
    3000,
    { version: '4.90', servicePack: null, product: null, terminalServer: null, arch: null },
    notAffected,
  ),
  other(
    'Windows 98',
    2222,
    { version: '4.10', servicePack: null, product: null, terminalServer: null, arch: null },
    untested,
  ),
  other('Windows 95', 950, undefined, untested),
  other('NT 3.51', 1057, on('3.51', 5), untested),
  other('NT 4.0 SP5', 1381, on('4.0', 5), untested),
  other('NT 4.0 SP6a on Alpha', 1381, on('4.0', 6, 'alpha'), untested),
  other('2000 Gold', 2195, on('5.0', 0), untested),
  other('2000 SP1', 2195, on('5.0', 1), untested),
  other('XP SP2', 2600, { ...on('5.1', 2), product: 'workstation' }, superseded),
  other('XP SP3', 2600, { ...on('5.1', 3), product: 'workstation' }, superseded),
  other('Server 2003 SP1', 3790, on('5.2', 1), superseded),
  other('Server 2003 SP2, 64-bit', 3790, on('5.2', 2, 'x64'), superseded),
  other('Server 2003 SP1 for Itanium', 3790, on('5.2', 1, 'ia64'), superseded),
  other('Vista', 6000, on('6.0', 0), notAffected),
  other('Windows 10', 18362, on('10.0', 0, 'x64'), notAffected),
  other('an unknown build', 4074, on('6.0', 0), untested),
];

/** The table for people. */
export function decisionTable(): string {
  const cell = ({ verdict, fixed, pendingReboot }: Expected): string =>
    `${verdict}${fixed || (verdict !== 'patched' && verdict !== 'superseded') ? '' : ', not in effect yet'}${pendingReboot ? ' (reboot)' : ''}`;
  const rows = [...RPCSS_CASES, ...OTHER_CASES].map(
    (row) => `| ${row.system} | ${row.shows} | ${cell(row.ms03039)} | ${cell(row.ms03026)} |`,
  );
  return ['| System | Host shows | ms03-039 | ms03-026 |', '|---|---|---|---|', ...rows].join('\n');
}
