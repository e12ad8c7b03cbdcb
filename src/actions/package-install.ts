/**
 * `package.install`: installs a staged package as a detached job of the host, at most once.
 *
 * The receipt on the host is keyed by the package's SHA-256: a session that is lost, a controller that dies and a later
 * run all find the same job. A job that began and ended without an exit code is never started again; evidence decides.
 */
import { z } from 'zod';
import { parseAdvisory } from '../advisory/index.ts';
import type { ChangeAction, ErrorRecord, JsonObject, Probe, Proof, StepContext } from '../domain/index.ts';
import { fileNameArgument, readArgs } from './arguments.ts';
import { readVerdict } from './evidence.ts';
import { type DeclaredCodes, describeCode, exitMeaning } from './exit-codes.ts';
import { readHostFile } from './host-files.ts';
import { installerBusy } from './installers.ts';
import { heldStep } from './package-hold.ts';
import { endingText, jobState, type PackageJob, readPackageJob, supersededClaim } from './package-job.ts';
import { checkSignature } from './package-signature.ts';
import { beginPackageJob, recoverPackageJob, vanishedPackage } from './package-wait.ts';
import { choosePackage } from './packages.ts';

const args = z.strictObject({
  /** File in the package store instead of the advisory's. */
  package: fileNameArgument.optional(),
  /** Instead of the usual ones; of an .exe without an advisory: its own. */
  switches: z.array(z.string().min(1)).default([]),
  /** Who must have signed it, instead of what the advisory says. */
  signer: z.string().min(1).optional(),
  /** skip: install it whoever has signed it. */
  signature: z.enum(['check', 'skip']).default('check'),
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
  exitCodes: z
    .record(
      z.string(),
      z.object({ meaning: z.string(), reboot: z.boolean().default(false), failed: z.boolean().default(false) }),
    )
    .default({}),
});
type Prior = z.infer<typeof prior>;

export const packageInstall: ChangeAction = {
  uses: 'package.install',
  kind: 'change',
  summary: 'installs the staged package as a detached job, at most once',
  args,
  results: ['exit_code', 'reboot_required', 'meaning', 'log', 'file'],
  isRepeatable: () => false,

  async probe(step, given): Promise<Probe> {
    const asked = readArgs(args, given, 'package.install');
    const held = heldStep(step);
    if (held !== null) return held;
    const chosen = await choosePackage(step, asked.package, asked.switches);
    const file = await step.packages.find(chosen.file);
    const job = await readPackageJob(step, file.sha256);
    const state = jobState(job);
    const wanted: Prior = {
      file: chosen.file,
      path: chosen.path,
      sha256: file.sha256,
      engine: chosen.engine,
      switches: chosen.switches === null ? null : [...chosen.switches],
      superseded: supersededClaim(job, step.run),
      needsReboot: chosen.needsReboot,
      exitCodes: declaredOf(chosen.exitCodes),
    };
    if (state === 'running') return { state: 'needed', prior: wanted, reason: `run ${job.Run} has started it already` };
    if (state === 'vanished') return { state: 'refused', error: vanishedPackage(step, wanted, job) };
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
    const signer = asked.signer ?? chosen.signer;
    const unsigned =
      signer === null || asked.signature === 'skip' ? null : await checkSignature(step, chosen.path, signer);
    return unsigned === null ? { state: 'needed', prior: wanted } : { state: 'refused', error: unsigned };
  },

  async act(step, _given, found) {
    const wanted = prior.parse(found);
    await beginPackageJob(step, wanted);
    return { state: 'detached', receipt: wanted.sha256 };
  },

  async recover(step, _given, open) {
    return recoverPackageJob(step, prior.parse(open.prior), open);
  },

  async prove(step, _given, found) {
    const wanted = prior.parse(found);
    const job = await readPackageJob(step, wanted.sha256);
    if (jobState(job) === 'ended') return judge(step, wanted, job);
    return proveByEvidence(step, wanted, job);
  },
};

function declaredOf(codes: DeclaredCodes): Prior['exitCodes'] {
  return Object.fromEntries(
    Object.entries(codes).map(([code, { meaning, reboot = false, failed = false }]) => [
      code,
      { meaning, reboot, failed },
    ]),
  );
}

function judge(step: StepContext, wanted: Prior, job: PackageJob): Proof {
  const code = job.ExitCode ?? -1;
  const meaning = exitMeaning(code, wanted.exitCodes);
  const result: JsonObject = {
    exit_code: code >>> 0,
    reboot_required: meaning.rebootRequired || (wanted.needsReboot && meaning.meaning === 'installed'),
    meaning: meaning.meaning,
    log: job.Log,
    file: wanted.file,
  };
  if (meaning.isFine) return { proven: true, result };
  const message = `${wanted.file} ended with ${describeCode(code)} on ${step.host.name}: ${endingText(job, meaning.text)}`;
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
  return { proven: false, result, error: vanishedPackage(step, wanted, job) };
}

function refusal(code: ErrorRecord['code'], message: string, remedy: string): ErrorRecord {
  return { code, message, remedy, retryable: false };
}
