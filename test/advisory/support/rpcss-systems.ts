/**
 * The systems that the bulletins on RPCSS name, with the versions and keys of each update. Written down here once more,
 * independent of the advisories: a slip in their data must not be its own proof.
 */
import type { SystemEvidence } from '../../../src/advisory/index.ts';

/** rpcrt4, ole32, rpcss, in the fourth number. */
export type Revisions = readonly [rpcrt4: number, ole32: number, rpcss: number];

export interface RpcssSystem {
  readonly name: string;
  readonly build: number;
  readonly system: SystemEvidence;
  /** First three numbers. */
  readonly branch: string;
  readonly rpcss: 'rpcss.dll' | 'rpcss.exe';
  readonly asShipped: Revisions;
  readonly kb823980: Revisions;
  readonly kb824146: Revisions;
  readonly kb828741: Revisions;
  /** Keys as the installers write them. */
  readonly keyOf: (kb: string) => string;
  /** The documented versions of KB824146 for rpcss and ole32 are recalled only; silent: there are none. */
  readonly rpcssFloor: 'established' | 'recalled' | 'silent';
  /** KB828741 differs from KB824146 in a file whose version is established. */
  readonly tellsKb828741: boolean;
  readonly supportEnded: string;
}

const SOFTWARE = 'HKLM\\SOFTWARE\\Microsoft';
const updates = (segment: string) => (kb: string) => `${SOFTWARE}\\Updates\\${segment}\\${kb}`;
const nt4Key = (kb: string) => `${SOFTWARE}\\Windows NT\\CurrentVersion\\Hotfix\\${kb.replace('KB', 'Q')}`;

const system = (
  version: string,
  servicePack: number,
  product: 'workstation' | 'server',
  more: Partial<SystemEvidence> = {},
): SystemEvidence => ({ version, servicePack, product, terminalServer: false, arch: 'x86', ...more });

const nt4 = {
  build: 1381,
  branch: '4.0.1381',
  rpcss: 'rpcss.exe',
  asShipped: [7086, 7070, 7058],
  kb823980: [7219, 7224, 7224],
  kb824146: [7230, 7230, 7230],
  kb828741: [7230, 7263, 7263],
  keyOf: nt4Key,
  rpcssFloor: 'recalled',
  tellsKb828741: true,
} as const;

const win2000 = {
  build: 2195,
  branch: '5.0.2195',
  rpcss: 'rpcss.dll',
  asShipped: [2193, 2195, 2195],
  kb823980: [6753, 6769, 6769],
  kb824146: [6802, 6810, 6810],
  kb828741: [6904, 6906, 6906],
  keyOf: updates('Windows 2000\\SP5'),
  rpcssFloor: 'recalled',
  tellsKb828741: true,
} as const;

const ia64 = {
  build: 3790,
  branch: '5.2.3790',
  rpcss: 'rpcss.dll',
  asShipped: [0, 0, 0],
  kb823980: [59, 68, 68],
  kb824146: [76, 80, 80],
  kb828741: [137, 146, 146],
  keyOf: updates('Windows Server 2003\\SP1'),
  rpcssFloor: 'silent',
  tellsKb828741: true,
} as const;

const xpSp1 = {
  build: 2600,
  branch: '5.1.2600',
  rpcss: 'rpcss.dll',
  asShipped: [1106, 1106, 1106],
  kb823980: [1230, 1243, 1243],
  kb824146: [1254, 1263, 1263],
  kb828741: [1361, 1362, 1361],
  keyOf: updates('Windows XP\\SP2'),
  tellsKb828741: true,
} as const;

/** Every system that the bulletins tested and found affected. */
export const AFFECTED: readonly RpcssSystem[] = [
  { ...nt4, name: 'NT Server 4.0 SP6a', system: system('4.0', 6, 'server'), supportEnded: '2004-12-31' },
  { ...nt4, name: 'NT Workstation 4.0 SP6a', system: system('4.0', 6, 'workstation'), supportEnded: '2003-06-30' },
  {
    ...nt4,
    name: 'NT Server 4.0 TSE SP6',
    system: system('4.0', 6, 'server', { terminalServer: true }),
    asShipped: [33332, 33339, 33339],
    kb823980: [33474, 33474, 33474],
    kb824146: [33551, 33551, 33551],
    kb828741: [33551, 33574, 33574],
    rpcssFloor: 'silent',
    tellsKb828741: false,
    supportEnded: '2004-12-31',
  },
  {
    ...nt4,
    name: 'NT Server 4.0 TSE SP6, Japanese',
    system: system('4.0', 6, 'server', { terminalServer: true }),
    asShipped: [39332, 39339, 39339],
    kb823980: [39474, 39474, 39474],
    kb824146: [39774, 39774, 39774],
    kb828741: [39774, 39779, 39779],
    rpcssFloor: 'silent',
    supportEnded: '2004-12-31',
  },
  { ...win2000, name: '2000 SP2', system: system('5.0', 2, 'workstation'), supportEnded: '2003-06-30' },
  { ...win2000, name: '2000 SP3', system: system('5.0', 3, 'server'), supportEnded: '2005-06-30' },
  { ...win2000, name: '2000 SP4', system: system('5.0', 4, 'server'), supportEnded: '2010-07-13' },
  {
    ...xpSp1,
    name: 'XP Gold',
    system: system('5.1', 0, 'workstation'),
    asShipped: [0, 0, 0],
    kb823980: [109, 115, 115],
    kb824146: [109, 118, 118],
    kb828741: [135, 136, 135],
    keyOf: updates('Windows XP\\SP1'),
    rpcssFloor: 'established',
    supportEnded: '2005-08-30',
  },
  {
    ...xpSp1,
    name: 'XP SP1',
    system: system('5.1', 1, 'workstation'),
    rpcssFloor: 'established',
    supportEnded: '2006-10-10',
  },
  {
    ...xpSp1,
    name: 'XP 64-bit v2002',
    system: system('5.1', 1, 'workstation', { arch: 'ia64' }),
    rpcssFloor: 'recalled',
    supportEnded: '2005-06-30',
  },
  {
    ...ia64,
    name: 'XP 64-bit v2003',
    system: system('5.2', 0, 'workstation', { arch: 'ia64' }),
    supportEnded: '2005-06-30',
  },
  {
    ...ia64,
    name: 'Server 2003 Gold, 64-bit',
    system: system('5.2', 0, 'server', { arch: 'ia64' }),
    supportEnded: '2007-04-10',
  },
  {
    ...ia64,
    name: 'Server 2003 Gold',
    system: system('5.2', 0, 'server'),
    kb828741: [137, 138, 132],
    rpcssFloor: 'recalled',
    supportEnded: '2007-04-10',
  },
];
