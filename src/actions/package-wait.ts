/** Starting a detached job of a package, and what became of one that nobody has seen the end of. Shared by what runs such jobs. */
import {
  type ErrorRecord,
  FirebreakError,
  type OpenIntent,
  type Recovered,
  type StepContext,
} from '../domain/index.ts';
import { installerBusy } from './installers.ts';
import { jobState, type PackageJob, readPackageJob, type StartPackage, startPackageJob } from './package-job.ts';

/** A claim without a start is older than this: the task never began. */
const START_GRACE_MS = 120_000;

/** What a `prior` must hold to find the job again. */
export interface AwaitedPackage {
  readonly file: string;
  readonly sha256: string;
  /** When the job of an earlier run was claimed that had ended before this one began; null = there was none. */
  readonly superseded: string | null;
}

/** Claims the receipt and starts the program, or follows the one that is at work. @throws FB_PACKAGE_BUSY, FB_PACKAGE_VANISHED, FB_STEP_REFUSED */
export async function beginPackageJob(step: StepContext, wanted: AwaitedPackage & StartPackage): Promise<void> {
  const start = await startPackageJob(step, wanted);
  if (start.State === 'busy') throw raise(installerBusy(step, start.Reason ?? 'another installer'));
  if (start.State === 'vanished') throw raise(vanishedPackage(step, wanted, null));
  if (start.State !== 'started' && start.State !== 'running' && start.State !== 'finished') {
    const message = `${wanted.file} could not be started on ${step.host.name}: ${start.Reason ?? start.State}`;
    throw new FirebreakError('FB_STEP_REFUSED', message, { remedy: 'look at the task scheduler of the host' });
  }
}

/** Reads only. */
export async function recoverPackageJob(
  step: StepContext,
  wanted: AwaitedPackage,
  open: Pick<OpenIntent, 'receipt'>,
): Promise<Recovered> {
  const job = await look(step, wanted);
  if (job === null) return { state: 'running' };
  switch (jobState(job)) {
    case 'absent':
      return open.receipt === null
        ? { state: 'not-started' }
        : { state: 'unknown', reason: `the receipt of ${wanted.file} has gone from the host` };
    case 'claimed':
      return claimedState(step, wanted, job, open.receipt);
    case 'running':
      step.progress(`${wanted.file}: the installer is at work`);
      return { state: 'running' };
    default:
      // Still the job that an earlier run has ended: this run had no time to claim its own.
      if (open.receipt === null && job.Run !== step.run && job.Claimed === wanted.superseded)
        return { state: 'not-started' };
      return { state: 'done' };
  }
}

/** Null when the host is too busy to answer in time: its installer works, so that is no failure yet. */
async function look(step: StepContext, wanted: AwaitedPackage): Promise<PackageJob | null> {
  try {
    return await readPackageJob(step, wanted.sha256);
  } catch (thrown) {
    if (!(thrown instanceof FirebreakError) || thrown.code !== 'FB_DEADLINE' || step.remainingMs() === 0) throw thrown;
    step.progress(`${wanted.file}: the host does not answer in time, still waiting`);
    await step.dropSession();
    return null;
  }
}

/** A claim whose task has not begun: wait for it, and let the same run register it anew when it never does. */
function claimedState(step: StepContext, wanted: AwaitedPackage, job: PackageJob, receipt: string | null): Recovered {
  if (receipt === null && job.Run === step.run) return { state: 'not-started' };
  // By the host's clock alone: hosts go wrong by minutes, and a claim of this moment must not look old.
  const now = job.Now == null ? step.clock.now() : Date.parse(job.Now);
  const age = now - Date.parse(job.Claimed ?? '');
  if (age <= START_GRACE_MS) return { state: 'running' };
  const reason = `the receipt was claimed at ${job.Claimed}, but its task has never begun; every run waits for it until its folder is removed: ${folderOf(wanted)}`;
  return { state: 'unknown', reason };
}

export function vanishedPackage(step: StepContext, wanted: AwaitedPackage, job: PackageJob | null): ErrorRecord {
  const since = job?.Started ? ` (begun ${job.Started})` : '';
  const message = `the installer of ${wanted.file} on ${step.host.name} went away without an exit code${since}`;
  const remedy = `look at the host; when nothing is installed, remove its folder ${folderOf(wanted)} and rerun`;
  return { code: 'FB_PACKAGE_VANISHED', message, remedy, retryable: false };
}

/** Where its receipt lies on the host. */
function folderOf(wanted: AwaitedPackage): string {
  return `%SystemRoot%\\Firebreak\\jobs\\${wanted.sha256.slice(0, 16)}`;
}

function raise(record: ErrorRecord): FirebreakError {
  return new FirebreakError(record.code, record.message, { remedy: record.remedy, retryable: record.retryable });
}
