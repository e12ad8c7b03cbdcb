/** File versions against their floors, each within its own branch only. Pure; decides nothing about a host. */
import type { FileEvidence } from './evidence.ts';
import type { FileFloors, Floor } from './schema-parts.ts';

/**
 * fixed, below, unread (not there, unreadable or of another branch), silent (the floor tells nothing there).
 */
type FileState = 'fixed' | 'below' | 'unread' | 'silent';

interface ComparedFile {
  readonly path: string;
  readonly state: FileState;
  /** A floor of confidence m raises doubts and proves nothing. */
  readonly isRecalled: boolean;
  /** `rpcss.dll 5.1.2600.1263` */
  readonly text: string;
}

export interface FloorState {
  /** conflict: recalled floors contradict the others. */
  readonly state: 'fixed' | 'below' | 'partial' | 'conflict' | 'unknown';
  readonly reason: string;
}

/** @returns null when no file has a floor better than a recalled one */
export function judgeEstablished(floors: FileFloors | undefined, found: readonly FileEvidence[]): FloorState | null {
  const established = Object.entries(floors ?? {})
    .map(([path, given]) => [path, listOf(given).filter((floor) => floor.confidence !== 'm')] as const)
    .filter(([, list]) => list.length > 0);
  return established.length === 0 ? null : judgeFiles(Object.fromEntries(established), found);
}

/**
 * All files together. Recalled floors (confidence m) never prove the fix by themselves, and are never ignored: a file
 * below one contradicts the others.
 */
export function judgeFiles(floors: FileFloors, found: readonly FileEvidence[]): FloorState {
  const compared = Object.entries(floors).map(([path, given]) => compareFile(path, listOf(given), found));
  const hard = compared.filter((file) => !file.isRecalled);
  const soft = compared.filter((file) => file.isRecalled);
  const below = hard.filter((file) => file.state === 'below');
  const fixed = compared.filter((file) => file.state === 'fixed');
  if (below.length > 0) {
    const list = textOf(below);
    if (fixed.length === 0) return { state: 'below', reason: `${list} is older than the fix` };
    return { state: 'partial', reason: `only some files are fixed; older than the fix: ${list}` };
  }
  const unread = compared.filter((file) => file.state === 'unread');
  if (unread.length > 0) {
    return { state: 'unknown', reason: `could not be compared: ${textOf(unread)}` };
  }
  const doubted = soft.filter((file) => file.state === 'below');
  if (!hard.some((file) => file.state === 'fixed')) {
    const relation = doubted.length > 0 ? `older than recalled versions: ${textOf(doubted)}` : textOf(compared);
    return { state: 'unknown', reason: `no established version decides (${relation})` };
  }
  const list = textOf(hard.filter((file) => file.state === 'fixed'));
  if (doubted.length > 0) {
    return { state: 'conflict', reason: `${list} is fixed, but older than a recalled version: ${textOf(doubted)}` };
  }
  return { state: 'fixed', reason: `fixed files are in place (${textOf(fixed)})` };
}

/** Files that decide: those whose change a restart must follow. */
export function decidingFiles(floors: FileFloors | undefined, found: readonly FileEvidence[]): readonly FileEvidence[] {
  const names = Object.keys(floors ?? {}).map((path) => path.toLowerCase());
  return found.filter((file) => names.includes(file.path.toLowerCase()));
}

function compareFile(path: string, floors: readonly Floor[], found: readonly FileEvidence[]): ComparedFile {
  const file = found.find((item) => item.path.toLowerCase() === path.toLowerCase());
  const version = file?.version ?? null;
  const text = `${nameOf(path)} ${version ?? (file?.exists === false ? 'is not there' : 'unreadable')}`;
  const isRecalledOnly = floors.every((floor) => floor.confidence === 'm');
  const numbers = version?.split('.').map(Number) ?? [];
  if (numbers.length !== 4 || numbers.some((part) => !Number.isSafeInteger(part))) {
    const says = floors.every((floor) => floor.tells === false && floor.version === undefined);
    return { path, state: says ? 'silent' : 'unread', isRecalled: isRecalledOnly, text };
  }
  const revision = numbers[3] ?? 0;
  const inBranch = floors.filter((floor) => isInBranch(floor, numbers));
  if (inBranch.length === 0) {
    return { path, state: 'unread', isRecalled: isRecalledOnly, text: `${text} (another branch)` };
  }
  const isRecalled = inBranch.every((floor) => floor.confidence === 'm');
  const reached = inBranch.filter((floor) => floor.version !== undefined && revision >= revisionOf(floor.version));
  // A floor that decides counts before one that is recalled or tells nothing.
  const telling = reached.filter((floor) => floor.tells !== false);
  if (telling.length > 0) {
    return { path, state: 'fixed', isRecalled: telling.every((floor) => floor.confidence === 'm'), text };
  }
  if (reached.length > 0 || inBranch.every((floor) => floor.version === undefined)) {
    return { path, state: 'silent', isRecalled, text };
  }
  return { path, state: 'below', isRecalled, text };
}

function isInBranch(floor: Floor, numbers: readonly number[]): boolean {
  const revision = numbers[3] ?? 0;
  if (revision < (floor.from ?? 0) || revision > (floor.to ?? Number.POSITIVE_INFINITY)) return false;
  if (floor.version === undefined) return true;
  const wanted = floor.version.split('.').map(Number);
  return [0, 1, 2].every((index) => wanted[index] === numbers[index]);
}

function revisionOf(version: string): number {
  return Number(version.split('.')[3] ?? 0);
}

function textOf(files: readonly ComparedFile[]): string {
  return files.map((file) => file.text).join(', ');
}

/** The file alone: its folder is in the data. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1);
}

function listOf(given: Floor | Floor[]): readonly Floor[] {
  return Array.isArray(given) ? given : [given];
}
