/**
 * `package.uninstall`: takes an update, a product of the Windows Installer or a patch of one out again, as a detached job of
 * the host and at most once a run. The receipt is that of a package, keyed by what is removed. A host on which nothing is
 * to be removed is left alone, so that the step said again after a restart proves the absence.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type ChangeAction,
  type ErrorRecord,
  FirebreakError,
  type JsonObject,
  type Probe,
  type Proof,
  type StepContext,
} from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { describeCode, removalMeaning } from './exit-codes.ts';
import { readFacts } from './facts.ts';
import { callHost } from './host-call.ts';
import { installerBusy } from './installers.ts';
import { endingText, jobState, type PackageJob, readPackageJob, supersededClaim } from './package-job.ts';
import { beginPackageJob, recoverPackageJob, vanishedPackage } from './package-wait.ts';
import { advisoryPackage } from './packages.ts';

/** Empty is what an input that was not given leaves of a template. */
function orEmpty(form: RegExp, message: string) {
  return z
    .string()
    .refine((text) => text === '' || form.test(text), message)
    .default('');
}
const CODE = /^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$/;
const CODE_FORM = 'a code is written {01234567-89AB-CDEF-0123-456789ABCDEF}';

const args = z
  .strictObject({
    /** Default: what the advisory names for the host. */
    kb: orEmpty(/^KB\d{6,8}$/, 'an update is written KB4551762'),
    /** Product code of the Windows Installer; with `patch`, a patch of that product. */
    product: orEmpty(CODE, CODE_FORM),
    patch: orEmpty(CODE, CODE_FORM),
    /** wusa: let wusa.exe find the update instead of naming its package to dism.exe. */
    method: z.enum(['auto', 'wusa']).default('auto'),
  })
  .refine(({ kb, product }) => kb === '' || product === '', {
    path: ['product'],
    message: 'either an update (`kb`) or a product, not both',
  })
  .refine(({ patch, product }) => patch === '' || product !== '', {
    path: ['patch'],
    message: 'a patch is removed from a product: say `product` too',
  });
type Args = z.infer<typeof args>;

const removalSchema = z.object({
  /** Null: unreadable. */
  Installed: z.boolean().nullable(),
  /** install or remove, where that waits for a restart. */
  Pending: z.enum(['install', 'remove']).nullable(),
  Engine: z.string().nullable(),
  Subject: z.string().nullable(),
  Reason: z.string().nullable(),
});
type Removal = z.infer<typeof removalSchema>;

interface Target {
  readonly kb: string;
  readonly product: string;
  readonly patch: string;
}

const prior = z.object({
  file: z.string(),
  kb: z.string(),
  product: z.string(),
  patch: z.string(),
  wusa: z.boolean(),
  sha256: z.string(),
  engine: z.string(),
  subject: z.string(),
  superseded: z.string().nullable(),
});
type Prior = z.infer<typeof prior>;

export const packageUninstall: ChangeAction = {
  uses: 'package.uninstall',
  kind: 'change',
  summary: 'removes an update or a product again as a detached job, at most once',
  args,
  results: ['installed', 'exit_code', 'reboot_required', 'meaning', 'reason', 'log', 'subject', 'engine'],
  isRepeatable: () => false,

  async probe(step, given): Promise<Probe> {
    const asked = readArgs(args, given, 'package.uninstall');
    const target = await targetOf(step, asked);
    const name = target.patch || target.product || target.kb;
    const wusa = asked.method === 'wusa';
    const now = await readRemoval(step, target, wusa);
    const sha256 = createHash('sha256')
      .update(JSON.stringify({ remove: target }))
      .digest('hex');
    const job = await readPackageJob(step, sha256);
    const state = jobState(job);
    const wanted: Prior = {
      ...{ file: name, ...target, wusa, sha256, engine: now.Engine ?? '', subject: now.Subject ?? '' },
      superseded: supersededClaim(job, step.run),
    };
    if (state === 'running') return { state: 'needed', prior: wanted, reason: `run ${job.Run} has started it already` };
    if (now.Installed === false) {
      const own = state === 'ended' && job.Run === step.run ? job.ExitCode : null;
      const meaning = now.Pending === 'remove' ? 'reboot-required' : own === null ? 'not-installed' : 'removed';
      const result = {
        ...resultOf(wanted, false, job),
        exit_code: own === null ? null : own >>> 0,
        meaning,
        reason: absent(step, name, now),
        reboot_required: now.Pending === 'remove',
      };
      return { state: 'satisfied', result, reason: absent(step, name, now) };
    }
    const problem = stateProblem(step, name, now) ?? jobProblem(step, wanted, job);
    return problem === null ? { state: 'needed', prior: wanted } : { state: 'refused', error: problem };
  },

  async act(step, _given, found) {
    const wanted = prior.parse(found);
    await beginPackageJob(step, { ...wanted, path: wanted.file, switches: null });
    return { state: 'detached', receipt: wanted.sha256 };
  },

  recover(step, _given, open) {
    return recoverPackageJob(step, prior.parse(open.prior), open);
  },

  async prove(step, _given, found) {
    const wanted = prior.parse(found);
    const job = await readPackageJob(step, wanted.sha256);
    const now = await readRemoval(step, wanted, wanted.wusa);
    return judge(step, wanted, now, job);
  },
};

async function targetOf(step: StepContext, { kb, product, patch }: Args): Promise<Target> {
  if (kb !== '' || product !== '') return { kb, product, patch };
  if (step.advisory === null) {
    throw new FirebreakError('FB_USAGE', `step ${step.stepId}: what to remove, neither the step nor an advisory says`, {
      remedy: 'say it: `with: { kb: KB4551762 }` or `product`; of the playbook rollback --input kb=KB4551762',
    });
  }
  const { data } = await advisoryPackage(step, await readFacts(step));
  if (data.product_code !== undefined) {
    return { kb: '', product: data.product_code, patch: data.patch_code ?? '' };
  }
  if (data.kb !== undefined) return { kb: data.kb, product: '', patch: '' };
  throw new FirebreakError(
    'FB_STEP_REFUSED',
    `the advisory's package for ${step.host.name} has neither kb nor product_code`,
    {
      remedy: 'add one of them to the advisory, or name the update with `with: { kb: … }`',
    },
  );
}

function readRemoval(step: StepContext, { kb, product, patch }: Target, wusa: boolean): Promise<Removal> {
  return callHost(step, {
    module: 'Package',
    function: 'Get-FbRemoval',
    parameters: { Kb: kb, Product: product, Patch: patch, Wusa: wusa },
    result: removalSchema,
    timeoutMs: 120_000,
  });
}

/** Null: it can be removed. */
function stateProblem(step: StepContext, name: string, now: Removal): ErrorRecord | null {
  const where = `on ${step.host.name}`;
  if (now.Installed === null) {
    return refusal(
      'FB_STEP_REFUSED',
      `whether ${name} is installed ${where} is not known: ${now.Reason}`,
      'look at the host',
    );
  }
  if (now.Pending === 'install') {
    return refusal(
      'FB_STEP_REFUSED',
      `${name} ${where}: its installation waits for a restart`,
      'restart the host first (host.reboot), then remove it',
    );
  }
  if (now.Engine !== null && now.Subject !== null) return null;
  return refusal(
    'FB_STEP_REFUSED',
    `${name} cannot be removed ${where}: ${now.Reason}`,
    'bring the system back from a backup, or install the update that replaces it',
  );
}

function jobProblem(step: StepContext, wanted: Prior, job: PackageJob): ErrorRecord | null {
  const state = jobState(job);
  if (state === 'vanished') return vanishedPackage(step, wanted, job);
  if (state === 'ended' && job.Run === step.run) {
    const ended = removalMeaning(job.ExitCode ?? -1);
    const message = `${wanted.file} is still installed on ${step.host.name}, although this run has removed it (${describeCode(job.ExitCode ?? -1)}: ${ended.text})`;
    return refusal('FB_STEP_NOT_PROVEN', message, remedyOf(step, job));
  }
  return job.OtherInstallers.length > 0 ? installerBusy(step, job.OtherInstallers.join(', ')) : null;
}

function judge(step: StepContext, wanted: Prior, now: Removal, job: PackageJob): Proof {
  const isThere = now.Installed !== false;
  if (jobState(job) !== 'ended') {
    // No exit code and nobody at work: only what is installed can tell.
    const result = {
      ...resultOf(wanted, isThere, job),
      meaning: 'vanished',
      reason: 'its removal went away without an exit code',
      reboot_required: now.Pending === 'remove',
    };
    return isThere ? { proven: false, result, error: vanishedPackage(step, wanted, job) } : { proven: true, result };
  }
  const ended = removalMeaning(job.ExitCode ?? -1);
  const reboot = ended.rebootRequired || now.Pending === 'remove';
  const result = {
    ...resultOf(wanted, isThere, job),
    meaning: ended.meaning,
    reason: ended.text,
    reboot_required: reboot,
  };
  if (ended.isFine && (!isThere || reboot)) return { proven: true, result };
  const why = ended.isFine ? 'is still installed although the removal says' : 'was not removed:';
  const message = `${wanted.file} on ${step.host.name} ${why} ${describeCode(job.ExitCode ?? -1)}, ${endingText(job, ended.text)}`;
  return { proven: false, result, error: refusal('FB_PACKAGE_EXIT', message, remedyOf(step, job)) };
}

function resultOf(wanted: Prior, isInstalled: boolean, job: PackageJob): JsonObject {
  return {
    installed: isInstalled,
    exit_code: job.ExitCode === null ? null : job.ExitCode >>> 0,
    log: job.Log,
    subject: wanted.file,
    engine: wanted.engine === '' ? null : wanted.engine,
  };
}

function absent(step: StepContext, name: string, now: Removal): string {
  if (now.Pending === 'remove') return `${name} is removed from ${step.host.name}; a restart completes it`;
  return `${name} is not installed on ${step.host.name}${now.Reason === null ? '' : ` (${now.Reason})`}`;
}

function remedyOf(step: StepContext, job: PackageJob): string {
  return `read the log on the host (${job.Log ?? 'the Setup event log, %SystemRoot%\\Logs\\CBS\\CBS.log'}), mend the cause, then: firebreak rerun ${step.run} --failed`;
}

function refusal(name: ErrorRecord['code'], message: string, remedy: string): ErrorRecord {
  return { code: name, message, remedy, retryable: false };
}
