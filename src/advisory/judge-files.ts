/**
 * The verdict where files decide: systems without a revision of their own. Keys and lists say what an installer did,
 * files what is there, and the last start whether it is in effect; where they disagree, the verdict says so.
 */
import type { FileEvidence, PatchEvidence } from './evidence.ts';
import { decidingFiles, type FloorState, judgeEstablished, judgeFiles, nameOf } from './floors.ts';
import type { AffectedSystem } from './schema-affected.ts';
import type { FileFloors } from './schema-parts.ts';
import { ownTrace, type SeenUpdate, seenUpdates } from './seen.ts';
import type { Verdict } from './verdict.ts';

/** An affected system. */
export function judgeByFiles(
  entry: AffectedSystem,
  evidence: PatchEvidence,
  build: number,
  pendingReboot: boolean,
): Verdict {
  const own = ownTrace(entry, evidence, build);
  const containing = seenUpdates(entry.fixes, evidence);
  // Its files count before its key: files decide.
  const byFiles = containing.find((update) => update.filesInPlace === true);
  const traced = containing.filter((update) => update.trace !== null);
  // The one that was installed is named before one whose files are merely older.
  const best = traced.find((update) => update.filesInPlace !== false) ?? byFiles ?? traced[0];
  const trace = own ?? best?.trace ?? null;
  const files = stateOf(entry, evidence, byFiles);
  if (files.state === 'fixed') return fixed(entry, evidence, files, { own, best }, pendingReboot);
  const awaits = restartAwaited(entry, evidence, pendingReboot);
  if (trace !== null && awaits && (files.state === 'below' || files.state === 'partial')) {
    const reason = `${trace} is installed and awaits a reboot: ${files.reason}`;
    return { verdict: 'patched', fixed: false, applicable: true, pendingReboot: true, reason };
  }
  const unreadPending = evidence.pending === null ? ' (whether a reboot is pending could not be read)' : '';
  const note = trace === null ? '' : `, though ${trace} is there${unreadPending}`;
  const result = { fixed: false, applicable: true, pendingReboot } as const;
  switch (files.state) {
    case 'unknown':
    case 'partial':
    case 'conflict':
      return { ...result, verdict: files.state, reason: files.reason + note };
    case 'below': {
      if (trace !== null) {
        return { ...result, verdict: 'conflict', reason: `${trace} is there, but ${files.reason}${unreadPending}` };
      }
      const [earlier] = seenUpdates(entry.earlier, evidence);
      const only = earlier === undefined ? '' : `; only ${earlier.name} is installed, which does not fix this`;
      const after = pendingReboot ? '; an update awaits a reboot' : '';
      return { ...result, verdict: 'vulnerable', reason: files.reason + only + after };
    }
  }
}

/** A system that came with the fix in it. */
export function judgeContained(entry: AffectedSystem, evidence: PatchEvidence, pendingReboot: boolean): Verdict {
  const files = entry.files === undefined ? null : judgeFiles(entry.files, evidence.files);
  const result = { applicable: true, pendingReboot } as const;
  const reason = `${entry.os} contains the fix`;
  if (files !== null && files.state !== 'fixed' && files.state !== 'unknown') {
    return { ...result, verdict: 'conflict', fixed: false, reason: `${reason}, but ${files.reason}` };
  }
  if (files?.state === 'fixed') {
    const wait = waiting(decidingFiles(entry.files, evidence.files), evidence, pendingReboot);
    if (wait !== null)
      return { ...result, verdict: 'superseded', fixed: false, pendingReboot: true, reason: `${reason}; ${wait}` };
  }
  const unread = files?.state === 'unknown' ? ` (${files.reason})` : '';
  return { ...result, verdict: 'superseded', fixed: true, reason: reason + unread };
}

/** The entry's own floors; where they cannot tell, those of an update that contains the fix, or of one that is not enough. */
function stateOf(entry: AffectedSystem, evidence: PatchEvidence, byFiles: SeenUpdate | undefined): FloorState {
  const own: FloorState =
    entry.files === undefined
      ? { state: 'unknown', reason: `no version of ${entry.kbs?.[0] ?? 'the fix'} is established for ${entry.os}` }
      : judgeFiles(entry.files, evidence.files);
  if (own.state !== 'unknown') return own;
  if (byFiles !== undefined) return { state: 'fixed', reason: `the files of ${byFiles.name} are in place` };
  const tooOld = (entry.earlier ?? [])
    .map((update) => judgeEstablished(update.files, evidence.files))
    .find((state) => state?.state === 'below');
  return tooOld ?? own;
}

function fixed(
  entry: AffectedSystem,
  evidence: PatchEvidence,
  files: FloorState,
  seen: { readonly own: string | null; readonly best: SeenUpdate | undefined },
  pendingReboot: boolean,
): Verdict {
  const { own, best } = seen;
  const verdict = best === undefined ? 'patched' : 'superseded';
  const parts = [files.reason];
  if (own !== null) parts.push(`${own} is there`);
  if (best !== undefined) {
    const how = best.filesInPlace === true ? 'is in by its files' : `by its key (${best.trace})`;
    parts.push(best.trace !== null && best.filesInPlace === true ? `${best.name} contains it` : `${best.name} ${how}`);
  }
  if (own === null && (best === undefined || best.trace === null))
    parts.push('without a key of its own (slipstreamed)');
  const result = { verdict, applicable: true } as const;
  const wait = waiting(decidingFiles(allFloors(entry), evidence.files), evidence, pendingReboot);
  if (wait !== null) {
    return { ...result, fixed: false, pendingReboot: true, reason: [...parts, wait].join('; ') };
  }
  if (evidence.bootTime === null && evidence.pending === null) {
    const reason = [...parts, 'whether the host was started since could not be read'].join('; ');
    return { verdict: 'unknown', applicable: true, fixed: false, pendingReboot, reason };
  }
  return { ...result, fixed: true, pendingReboot, reason: parts.join(', ') };
}

/** Why the files on disk are not the ones in effect; null when nothing says so. */
function waiting(files: readonly FileEvidence[], evidence: PatchEvidence, pendingReboot: boolean): string | null {
  const replaced = files.filter((file) => file.replacedAtRestart === true);
  if (replaced.length > 0) return `awaits a reboot: ${names(replaced)} is replaced at the next start`;
  const boot = evidence.bootTime === null ? null : Date.parse(evidence.bootTime);
  const newer = files.filter(
    (file) => boot !== null && typeof file.changedAt === 'string' && Date.parse(file.changedAt) > boot,
  );
  if (newer.length > 0) return `awaits a reboot: ${names(newer)} is newer than the last start`;
  const isDated = boot !== null && files.every((file) => typeof file.changedAt === 'string');
  return pendingReboot && !isDated ? 'awaits a reboot: an update is not complete before it' : null;
}

function restartAwaited(entry: AffectedSystem, evidence: PatchEvidence, pendingReboot: boolean): boolean {
  return (
    pendingReboot || decidingFiles(allFloors(entry), evidence.files).some((file) => file.replacedAtRestart === true)
  );
}

/** Files that the fix, or another update with the fix in it, brings. */
function allFloors(entry: AffectedSystem): FileFloors {
  return Object.assign({}, entry.files, ...(entry.fixes ?? []).map((fix) => fix.files ?? {})) as FileFloors;
}

function names(files: readonly FileEvidence[]): string {
  return files.map((file) => nameOf(file.path)).join(', ');
}
