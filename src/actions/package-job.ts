/** The detached installation on the host, as Firebreak.Package keeps it: a receipt by the package's SHA-256. */
import { z } from 'zod';
import type { StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';

const jobSchema = z.object({
  Exists: z.boolean(),
  Run: z.string().nullable(),
  Step: z.string().nullable(),
  /** ISO 8601: when the receipt was claimed. */
  Claimed: z.string().nullable(),
  /** ISO 8601: the time there when it answered, by the clock of `Claimed`, which may not be ours. */
  Now: z.string().nullish(),
  /** ISO 8601: when the job itself began; null = not yet. */
  Started: z.string().nullable(),
  /** True while the job or its installer lives. */
  ProcessAlive: z.boolean(),
  ExitCode: z.number().nullable(),
  Ended: z.string().nullable(),
  Log: z.string().nullable(),
  /** Why the program could not be started, in the words of the host; null or empty = it was. */
  Error: z.string().nullish(),
  /** Names of other installers that are at work. */
  OtherInstallers: z.array(z.string()),
});
export type PackageJob = z.infer<typeof jobSchema>;

const startSchema = z.object({
  Changed: z.boolean(),
  /** started, running (somebody else's claim, attached to), busy, finished, vanished, failed */
  State: z.string(),
  Reason: z.string().nullable(),
});
export type PackageStart = z.infer<typeof startSchema>;

/** @throws FirebreakError those of callHost */
export function readPackageJob(step: StepContext, sha256: string): Promise<PackageJob> {
  return callHost(step, {
    module: 'Package',
    function: 'Get-FbPackageJob',
    parameters: { Sha256: sha256 },
    result: jobSchema,
  });
}

export interface StartPackage {
  readonly sha256: string;
  readonly path: string;
  readonly engine: string;
  readonly switches: readonly string[] | null;
  /** What is removed, where nothing is installed; `path` then names it for people. */
  readonly subject?: string;
}

/** Claims the receipt and starts the installer, at most once. @throws FirebreakError those of callHost */
export function startPackageJob(step: StepContext, wanted: StartPackage): Promise<PackageStart> {
  return callHost(step, {
    module: 'Package',
    function: 'Start-FbPackageJob',
    parameters: {
      Sha256: wanted.sha256,
      Path: wanted.path,
      Engine: wanted.engine,
      Switches: wanted.switches ?? [],
      Run: step.run,
      Step: step.stepId,
      ...(wanted.subject === undefined ? {} : { Subject: wanted.subject }),
    },
    result: startSchema,
    timeoutMs: 600_000,
  });
}

/** What the end of a job means, in one line; a program that Windows never started has no exit code of its own. */
export function endingText(job: PackageJob, meaning: string): string {
  return job.Error == null || job.Error === '' ? meaning : `it could not be started there: ${job.Error}`;
}

/** When the claim of another run, whose job has ended, was made: this run may put its own in that one's place. Else null. */
export function supersededClaim(job: PackageJob, run: string): string | null {
  return jobState(job) === 'ended' && job.Run !== run ? job.Claimed : null;
}

/** What the state of a job means for whoever waits for it. */
export function jobState(job: PackageJob): 'absent' | 'claimed' | 'running' | 'ended' | 'vanished' {
  if (!job.Exists) return 'absent';
  if (job.ExitCode !== null) return 'ended';
  if (job.ProcessAlive) return 'running';
  return job.Started === null ? 'claimed' : 'vanished';
}
