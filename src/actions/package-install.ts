/**
 * `package.install`: installs a staged package as a detached job of the host, at most once.
 *
 * The receipt on the host is keyed by the package's SHA-256: a session that is lost, a controller that dies and a later
 * run all find the same job. A job that began and ended without an exit code is never started again; evidence decides.
 */
import { z } from 'zod';
import { parseAdvisory } from '../advisory/index.ts';
import type { ChangeAction, ErrorRecord, JsonObject, Probe, Proof, Recovered, StepContext } from '../domain/index.ts';
import { FirebreakError } from '../domain/index.ts';
import { fileNameArgument, readArgs } from './arguments.ts';
import { readVerdict } from './evidence.ts';
import { describeCode, exitMeaning } from './exit-codes.ts';
import { readHostFile } from './host-files.ts';
import { installerBusy } from './installers.ts';
import { jobState, type PackageJob, readPackageJob, startPackageJob } from './package-job.ts';
import { choosePackage } from './packages.ts';

const args = z.strictObject({
  /** File in the package store instead of the advisory's. */
  package: fileNameArgument.optional(),
});
const prior = z.object({
  file: z.string(),
  path: z.string(),
  sha256: z.string(),
  engine: z.string(),
  switches: z.array(z.string()).nullable(),
  /** When the job of an earlier run was claimed that had ended before this one began; null = there was none. */
  superseded: z.string().nullable().default(null),
  /** Always restart after it: the installers of NT 4.0 end with 0 whether or not a restart must follow. */
  needsReboot: z.boolean().default(false),
});
type Prior = z.infer<typeof prior>;

/** A claim without a start is older than this: the task never began. */
const START_GRACE_MS = 120_000;

export const packageInstall: ChangeAction = {
  uses: 'package.install',
  kind: 'change',
  summary: 'installs the staged package as a detached job, at most once',
  args,
  results: ['exit_code', 'reboot_required', 'meaning', 'log', 'file'],
  isRepeatable: () => false,

  async probe(step, given): Promise<Probe> {
    const chosen = await choosePackage(step, readArgs(args, given, 'package.install').package);
    const file = await step.packages.find(chosen.file);
    const job = await readPackageJob(step, file.sha256);
    const state = jobState(job);
    const wanted: Prior = {
      file: chosen.file,
      path: chosen.path,
      sha256: file.sha256,
      engine: chosen.engine,
      switches: chosen.switches === null ? null : [...chosen.switches],
      superseded: state === 'ended' && job.Run !== step.run ? job.Claimed : null,
      needsReboot: chosen.needsReboot,
    };
    if (state === 'running') return { state: 'needed', prior: wanted, reason: `run ${job.Run} has started it already` };
    if (state === 'vanished') return { state: 'refused', error: vanished(step, wanted, job) };
    if (state === 'ended' && job.Run === step.run) {
      const proof = judge(step, wanted, job);
      if (proof.error !== undefined) return { state: 'refused', error: proof.error };
      return { state: 'satisfied', result: proof.result, reason: 'this run has installed it already' };
    }
    if (job.OtherInstallers.length > 0)
      return { state: 'refused', error: installerBusy(step, job.OtherInstallers.join(', ')) };
    const staged = await readHostFile(step, chosen.path);
    // A check stages nothing, so the package that a run would have brought is not there.
    if (step.check && !staged.Exists) return { state: 'needed', prior: wanted, reason: 'once it is staged' };
    if (staged.Sha256 !== file.sha256) {
      const what = staged.Exists ? `has SHA-256 ${staged.Sha256}, expected ${file.sha256}` : 'is not there';
      const error = refusal('FB_PACKAGE_HASH', `${chosen.path} on ${step.host.name} ${what}`, 'stage it again');
      return { state: 'refused', error };
    }
    return { state: 'needed', prior: wanted };
  },

  async act(step, _given, found) {
    const wanted = prior.parse(found);
    const start = await startPackageJob(step, wanted);
    if (start.State === 'busy') throw raise(installerBusy(step, start.Reason ?? 'another installer'));
    if (start.State === 'vanished') throw raise(vanished(step, wanted, null));
    if (start.State !== 'started' && start.State !== 'running' && start.State !== 'finished') {
      const message = `${wanted.file} could not be started on ${step.host.name}: ${start.Reason ?? start.State}`;
      throw new FirebreakError('FB_STEP_REFUSED', message, { remedy: 'look at the task scheduler of the host' });
    }
    return { state: 'detached', receipt: wanted.sha256 };
  },

  async recover(step, _given, open): Promise<Recovered> {
    const wanted = prior.parse(open.prior);
    const job = await look(step, wanted);
    if (job === null) return { state: 'running' };
    switch (jobState(job)) {
      case 'absent':
        return open.receipt === null
          ? { state: 'not-started' }
          : { state: 'unknown', reason: `the receipt of ${wanted.file} has gone from the host` };
      case 'claimed':
        return claimedState(step, job, open.receipt);
      case 'running':
        step.progress(`${wanted.file}: the installer is at work`);
        return { state: 'running' };
      default:
        // Still the job that an earlier run has ended: this run had no time to claim its own.
        if (open.receipt === null && job.Run !== step.run && job.Claimed === wanted.superseded)
          return { state: 'not-started' };
        return { state: 'done' };
    }
  },

  async prove(step, _given, found) {
    const wanted = prior.parse(found);
    const job = await readPackageJob(step, wanted.sha256);
    if (jobState(job) === 'ended') return judge(step, wanted, job);
    return proveByEvidence(step, wanted, job);
  },
};

/** Null when the host is too busy to answer in time: its installer works, so that is no failure yet. */
async function look(step: StepContext, wanted: Prior): Promise<PackageJob | null> {
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
function claimedState(step: StepContext, job: PackageJob, receipt: string | null): Recovered {
  if (receipt === null && job.Run === step.run) return { state: 'not-started' };
  const age = step.clock.now() - Date.parse(job.Claimed ?? '');
  if (age <= START_GRACE_MS) return { state: 'running' };
  return { state: 'unknown', reason: `the receipt was claimed at ${job.Claimed}, but its task has never begun` };
}

function judge(step: StepContext, wanted: Prior, job: PackageJob): Proof {
  const code = job.ExitCode ?? -1;
  const meaning = exitMeaning(code);
  const result: JsonObject = {
    exit_code: code >>> 0,
    reboot_required: meaning.rebootRequired || (wanted.needsReboot && meaning.meaning === 'installed'),
    meaning: meaning.meaning,
    log: job.Log,
    file: wanted.file,
  };
  if (meaning.isFine) return { proven: true, result };
  const message = `${wanted.file} ended with ${describeCode(code)} on ${step.host.name}: ${meaning.text}`;
  const remedy = `read the log on the host (${job.Log ?? 'the Setup event log'}), mend the cause, then: firebreak rerun ${step.run} --failed`;
  return { proven: false, result, error: refusal('FB_PACKAGE_EXIT', message, remedy) };
}

/** No exit code and nobody at work: only what is installed can tell. */
async function proveByEvidence(step: StepContext, wanted: Prior, job: PackageJob): Promise<Proof> {
  const result = { exit_code: null, reboot_required: false, meaning: 'vanished', log: job.Log, file: wanted.file };
  if (step.advisory !== null) {
    const { verdict } = await readVerdict(step, parseAdvisory(step.advisory));
    if (verdict.fixed) return { proven: true, result };
    if (verdict.verdict === 'patched' && verdict.pendingReboot) {
      return { proven: true, result: { ...result, reboot_required: true } };
    }
  }
  return { proven: false, result, error: vanished(step, wanted, job) };
}

function vanished(step: StepContext, wanted: Prior, job: PackageJob | null): ErrorRecord {
  const since = job?.Started ? ` (begun ${job.Started})` : '';
  const message = `the installer of ${wanted.file} on ${step.host.name} went away without an exit code${since}`;
  const remedy = `look at the host; when nothing is installed, remove its folder jobs\\${wanted.sha256.slice(0, 16)} under %SystemRoot%\\Firebreak and rerun`;
  return refusal('FB_PACKAGE_VANISHED', message, remedy);
}

function refusal(code: ErrorRecord['code'], message: string, remedy: string): ErrorRecord {
  return { code, message, remedy, retryable: false };
}

function raise(record: ErrorRecord): FirebreakError {
  return new FirebreakError(record.code, record.message, { remedy: record.remedy, retryable: record.retryable });
}
