/**
 * Evidence → verdict, a pure function: the same evidence always gives the same words. What cannot be read never counts
 * as safe, and what is missing never counts as proof of the opposite.
 */
import type { FileEvidence, PatchEvidence } from './evidence.ts';
import type { Advisory, AffectedSystem } from './schema.ts';

const VERDICTS = [
  'patched',
  'superseded',
  'vulnerable',
  'partial',
  'not-affected',
  'untested',
  'unknown',
  'conflict',
] as const;
export type VerdictWord = (typeof VERDICTS)[number];

export interface Verdict {
  readonly verdict: VerdictWord;
  /** Patched or superseded and not awaiting a reboot. */
  readonly fixed: boolean;
  /** Null when it cannot be told whether the advisory concerns this system. */
  readonly applicable: boolean | null;
  /** A reboot is pending that may complete the fix or would disturb an installation. */
  readonly pendingReboot: boolean;
  /** One line. */
  readonly reason: string;
}

/** Reasons of a pending reboot that concern updates; a file to be renamed by some other program does not. */
const SERVICING_REASONS: ReadonlySet<string> = new Set(['servicing', 'windows-update', 'update-exe']);

/** The entry that decides for a build, the first that matches. */
export function affectedSystem(advisory: Advisory, build: number): AffectedSystem | undefined {
  return advisory.affects.find((entry) =>
    entry.builds.some((wanted) =>
      typeof wanted === 'number' ? wanted === build : build >= (wanted.from ?? 0) && build <= (wanted.to ?? build),
    ),
  );
}

/** Judges the evidence by the advisory. */
export function verdict(advisory: Advisory, evidence: PatchEvidence): Verdict {
  const pendingReboot = (evidence.pending ?? []).some((reason) => SERVICING_REASONS.has(reason));
  if (evidence.build === null) {
    return { ...open('unknown', null, 'the build number could not be read'), pendingReboot };
  }
  const entry = affectedSystem(advisory, evidence.build);
  if (entry === undefined) {
    const reason = `build ${evidence.build} is not in the data of ${advisory.advisory}`;
    return { ...open('untested', null, reason), pendingReboot };
  }
  if (entry.status === 'not-affected') {
    return { ...open('not-affected', false, `${entry.os} (build ${evidence.build}) is not affected`), pendingReboot };
  }
  if (entry.status === 'untested') {
    return { ...open('untested', null, `${entry.os} was never tested and may be affected`), pendingReboot };
  }
  return judge(entry, evidence, evidence.build, pendingReboot);
}

function judge(entry: AffectedSystem, evidence: PatchEvidence, build: number, pendingReboot: boolean): Verdict {
  const seen = updateSeen(entry, evidence, build);
  const files = judgeFiles(entry, evidence.files);
  const floor = floorState(entry, evidence, build, files);
  if (floor.state === 'unknown') return { ...open('unknown', true, floor.reason), pendingReboot };
  if (floor.state === 'partial') return { ...open('partial', true, floor.reason), pendingReboot };
  if (floor.state === 'conflict') return { ...open('conflict', true, floor.reason), pendingReboot };
  if (floor.state === 'fixed') {
    // The running system is at the floor already: another update's pending reboot does not undo that.
    const above = entry.ubr !== undefined && (evidence.ubr ?? 0) > entry.ubr;
    const note = seen === null ? '' : `, ${seen} is listed`;
    const word = above && seen === null ? 'superseded' : 'patched';
    const slipstream = seen === null && !above ? ', without an entry in the lists of updates (slipstreamed)' : '';
    return { verdict: word, fixed: true, applicable: true, pendingReboot, reason: floor.reason + note + slipstream };
  }
  if (seen === null) {
    const after = pendingReboot ? '; an update awaits a reboot' : '';
    return { ...open('vulnerable', true, floor.reason + after), pendingReboot };
  }
  if (pendingReboot) {
    const reason = `${seen} is installed and awaits a reboot: ${floor.reason}`;
    return { verdict: 'patched', fixed: false, applicable: true, pendingReboot, reason };
  }
  const pendingUnreadable = evidence.pending === null ? ' (whether a reboot is pending could not be read)' : '';
  return { ...open('conflict', true, `${seen} is listed, but ${floor.reason}${pendingUnreadable}`), pendingReboot };
}

function open(word: VerdictWord, applicable: boolean | null, reason: string): Omit<Verdict, 'pendingReboot'> {
  return { verdict: word, fixed: false, applicable, reason };
}

/** CurrentState of a package that waits for the reboot, and of one that is installed. */
const LISTED_STATES: ReadonlySet<number> = new Set([96, 112]);

/** Name of the first update, cumulative update or key that is there, null when none was seen. */
function updateSeen(entry: AffectedSystem, evidence: PatchEvidence, build: number): string | null {
  const update = evidence.updates.find((item) => item.servicing === true || item.quickFix === true);
  if (update !== undefined) return update.kb;
  const floor = entry.ubr ?? Number.POSITIVE_INFINITY;
  const rollup = evidence.rollups?.find(
    (item) => item.build === (entry.servicing_build ?? build) && item.ubr >= floor && LISTED_STATES.has(item.state),
  );
  if (rollup !== undefined) return `cumulative update ${rollup.build}.${rollup.ubr}`;
  return evidence.keys.find((item) => item.present === true)?.key ?? null;
}

interface FloorState {
  readonly state: 'fixed' | 'below' | 'partial' | 'conflict' | 'unknown';
  readonly reason: string;
}

function floorState(
  entry: AffectedSystem,
  evidence: PatchEvidence,
  build: number,
  files: FloorState | null,
): FloorState {
  if (entry.ubr === undefined) return files ?? { state: 'unknown', reason: 'no file could be compared' };
  if (evidence.ubr === null || evidence.ubr === 0) {
    return { state: 'unknown', reason: `the revision of build ${build} could not be read` };
  }
  const state = evidence.ubr >= entry.ubr ? 'fixed' : 'below';
  const relation = state === 'fixed' ? 'contains the fix' : 'is below';
  const reason = `build ${build}.${evidence.ubr} ${relation} (first fixed in ${build}.${entry.ubr})`;
  if (files === null || files.state === 'unknown' || files.state === state) return { state, reason };
  return { state: 'conflict', reason: `${reason}, but ${files.reason}` };
}

/** Null when no file of sufficient confidence decides. */
function judgeFiles(entry: AffectedSystem, found: readonly FileEvidence[]): FloorState | null {
  const deciding = Object.entries(entry.files ?? {}).filter(([, floor]) => floor.confidence !== 'm');
  if (deciding.length === 0) return null;
  const states = deciding.map(([path, floor]) => {
    const file = found.find((item) => item.path.toLowerCase() === path.toLowerCase());
    return { path, version: file?.version ?? null, order: compareInBranch(file?.version ?? null, floor.version) };
  });
  const unread = states.filter((file) => file.order === null);
  if (unread.length > 0) {
    return { state: 'unknown', reason: `${unread.map((file) => file.path).join(', ')} could not be compared` };
  }
  const below = states.filter((file) => (file.order ?? 0) < 0);
  const list = (below.length === 0 ? states : below).map((file) => `${file.path} ${file.version}`).join(', ');
  if (below.length === 0) return { state: 'fixed', reason: `fixed files are in place (${list})` };
  if (below.length === states.length) return { state: 'below', reason: `${list} is older than the fix` };
  return { state: 'partial', reason: `only some files are fixed; older than the fix: ${list}` };
}

/** Sign of `version - floor`; null when unreadable or of another branch (the first three numbers). */
function compareInBranch(version: string | null, floor: string): number | null {
  const left = version?.split('.').map(Number) ?? [];
  const right = floor.split('.').map(Number);
  if (left.length !== 4 || left.some((part) => !Number.isSafeInteger(part))) return null;
  if ([0, 1, 2].some((index) => left[index] !== right[index])) return null;
  return Math.sign((left[3] ?? 0) - (right[3] ?? 0));
}
