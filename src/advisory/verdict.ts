/**
 * Evidence → verdict, a pure function: the same evidence always gives the same words. What cannot be read never counts
 * as safe, and what is missing never counts as proof of the opposite.
 */
import { judgeSurroundings } from './conditions.ts';
import type { PatchEvidence } from './evidence.ts';
import { type FloorState, judgeEstablished } from './floors.ts';
import { judgeByFiles, judgeContained } from './judge-files.ts';
import type { Advisory } from './schema.ts';
import type { AffectedSystem } from './schema-affected.ts';
import { ownTrace } from './seen.ts';
import { possibleSystems, unreadOf } from './system.ts';

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
  /** Settings leave the hole open, whether the fix is in or not. */
  readonly settingsOpen?: true;
  /** The fix is in, and settings leave the hole open all the same. */
  readonly leftOpen?: true;
  /** One line. */
  readonly reason: string;
}

/** Reasons of a pending reboot that concern updates; a file to be renamed by some other program does not. */
const SERVICING_REASONS: ReadonlySet<string> = new Set(['servicing', 'windows-update', 'update-exe']);

/** Judges the evidence by the advisory. */
export function verdict(advisory: Advisory, evidence: PatchEvidence): Verdict {
  return judgeSurroundings(advisory, evidence, judgeFix(advisory, evidence));
}

/** The verdict on the fix alone. */
function judgeFix(advisory: Advisory, evidence: PatchEvidence): Verdict {
  const pendingReboot = (evidence.pending ?? []).some((reason) => SERVICING_REASONS.has(reason));
  if (evidence.build === null) {
    return { ...open('unknown', null, 'the build number could not be read'), pendingReboot };
  }
  const possible = possibleSystems(advisory, evidence.build, evidence.system);
  const [first, ...others] = possible;
  if (first === undefined) {
    const reason = `build ${evidence.build} is not in the data of ${advisory.advisory}, it may be affected`;
    return { ...open('untested', null, reason), pendingReboot };
  }
  const judged = judgeEntry(first, evidence, evidence.build, pendingReboot);
  if (others.length === 0) return judged;
  const further = others.map((entry) => judgeEntry(entry, evidence, evidence.build ?? 0, pendingReboot));
  if (further.every((item) => item.verdict === judged.verdict && item.fixed === judged.fixed)) return judged;
  const names = possible.map((entry) => entry.os).join(' or ');
  const reason = `could not be read: ${unreadOf(possible, evidence.system)}; the system may be ${names}`;
  return {
    ...open('unknown', possible.every((item) => item.status === 'affected') ? true : null, reason),
    pendingReboot,
  };
}

function judgeEntry(entry: AffectedSystem, evidence: PatchEvidence, build: number, pendingReboot: boolean): Verdict {
  if (entry.status === 'not-affected') {
    return { ...open('not-affected', false, `${entry.os} (build ${build}) is not affected`), pendingReboot };
  }
  if (entry.status === 'untested') {
    return { ...open('untested', null, `${entry.os} was never tested and may be affected`), pendingReboot };
  }
  if (entry.status === 'contains-fix') return judgeContained(entry, evidence, pendingReboot);
  if (entry.ubr === undefined) return judgeByFiles(entry, evidence, build, pendingReboot);
  return judgeByRevision(entry, entry.ubr, evidence, build, pendingReboot);
}

function judgeByRevision(
  entry: AffectedSystem,
  ubr: number,
  evidence: PatchEvidence,
  build: number,
  pendingReboot: boolean,
): Verdict {
  const seen = ownTrace(entry, evidence, build);
  const floor = revisionState(ubr, evidence, build, judgeEstablished(entry.files, evidence.files));
  if (floor.state === 'unknown') return { ...open('unknown', true, floor.reason), pendingReboot };
  if (floor.state === 'partial') return { ...open('partial', true, floor.reason), pendingReboot };
  if (floor.state === 'conflict') return { ...open('conflict', true, floor.reason), pendingReboot };
  if (floor.state === 'fixed') {
    // The running system is at the floor already: another update's pending reboot does not undo that.
    const above = (evidence.ubr ?? 0) > ubr;
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

function revisionState(ubr: number, evidence: PatchEvidence, build: number, files: FloorState | null): FloorState {
  if (evidence.ubr === null || evidence.ubr === 0) {
    return { state: 'unknown', reason: `the revision of build ${build} could not be read` };
  }
  const state = evidence.ubr >= ubr ? 'fixed' : 'below';
  const relation = state === 'fixed' ? 'contains the fix' : 'is below';
  const reason = `build ${build}.${evidence.ubr} ${relation} (first fixed in ${build}.${ubr})`;
  if (files === null || files.state === 'unknown' || files.state === state) return { state, reason };
  return { state: 'conflict', reason: `${reason}, but ${files.reason}` };
}
