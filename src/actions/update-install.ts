/**
 * `update.install`: lets the host's own Windows Update Agent install updates, from its WSUS or from Windows Update, as a
 * detached job under SYSTEM, at most once: the agent refuses to install in a remote session. The receipt is that of a
 * package; whether the fix is in, patch.verify says afterwards.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseAdvisory } from '../advisory/index.ts';
import {
  type ChangeAction,
  type ErrorRecord,
  FirebreakError,
  type JsonObject,
  type Proof,
  type StepContext,
} from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { readVerdict } from './evidence.ts';
import { describeCode, exitMeaning } from './exit-codes.ts';
import { callHost } from './host-call.ts';
import { installerBusy } from './installers.ts';
import { heldStep } from './package-hold.ts';
import { jobState, type PackageJob, readPackageJob, supersededClaim } from './package-job.ts';
import { beginPackageJob, recoverPackageJob, vanishedPackage } from './package-wait.ts';

/** Ids of the update services' categories: their names are localised. */
const CATEGORIES = {
  security: '0fa1201d-4330-4fa8-8ae9-b877473b6441',
  critical: 'e6cf1350-c01b-414d-a61f-263d14d133b4',
  definition: 'e0789628-ce08-4437-be74-2495b842f43b',
  rollup: '28bc880e-0592-4cbf-8f95-c79b17911d5f',
  'service-pack': '68c5b0a3-d1a6-4553-ae49-01d3a7827828',
  update: 'cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83',
} as const;
const SERVERS = { auto: 0, wsus: 1, 'windows-update': 2 } as const;

const categoryNames = Object.keys(CATEGORIES) as (keyof typeof CATEGORIES)[];
const serverNames = Object.keys(SERVERS) as (keyof typeof SERVERS)[];

const args = z
  .strictObject({
    /** By number. */
    kbs: z.array(z.string().regex(/^KB\d{6,8}$/, 'an update is written KB4551762')).default([]),
    /** All that is offered of these. */
    categories: z.array(z.enum(categoryNames)).default([]),
    /** auto: as the host is set. */
    source: z.enum(serverNames).default('auto'),
  })
  .refine(({ kbs, categories }) => kbs.length + categories.length > 0, {
    path: ['kbs'],
    message: 'say which updates: `kbs`, `categories` or both',
  });
type Args = z.infer<typeof args>;

const requestSchema = z.object({
  Path: z.string(),
  Sha256: z.string(),
  ResultPath: z.string(),
  Relayed: z.boolean(),
});
type Request = z.infer<typeof requestSchema>;

const updatesSchema = z.object({
  Updates: z.array(
    z.object({ Kb: z.string(), State: z.string(), HResult: z.number(), Reboot: z.boolean(), Title: z.string() }),
  ),
});

const prior = z.object({
  file: z.string(),
  path: z.string(),
  sha256: z.string(),
  result: z.string(),
  superseded: z.string().nullable(),
});
type Prior = z.infer<typeof prior>;

export const updateInstall: ChangeAction = {
  uses: 'update.install',
  kind: 'change',
  summary: 'lets the Windows Update Agent install updates as a detached job, at most once',
  args,
  results: ['exit_code', 'reboot_required', 'meaning', 'updates', 'installed', 'not_offered'],
  isRepeatable: () => false,

  async probe(step, given) {
    const wanted = readArgs(args, given, 'update.install');
    const held = heldStep(step);
    if (held !== null) return held;
    const request = await readRequest(step, wanted, false);
    if (request.Relayed) return { state: 'refused', error: noPowerShell(step) };
    const job = await readPackageJob(step, request.Sha256);
    const state = jobState(job);
    const found: Prior = {
      file: [...wanted.kbs, ...wanted.categories].join(', '),
      path: request.Path,
      sha256: request.Sha256,
      result: request.ResultPath,
      superseded: supersededClaim(job, step.run),
    };
    if (state === 'running') return { state: 'needed', prior: found, reason: `run ${job.Run} has started it already` };
    if (state === 'vanished') return { state: 'refused', error: vanishedPackage(step, found, job) };
    if (state === 'ended' && job.Run === step.run) {
      const proof = await judge(step, found, job);
      if (proof.error !== undefined) return { state: 'refused', error: proof.error };
      return { state: 'satisfied', result: proof.result, reason: 'this run has installed it already' };
    }
    if (job.OtherInstallers.length > 0) {
      return { state: 'refused', error: installerBusy(step, job.OtherInstallers.join(', ')) };
    }
    return { state: 'needed', prior: found };
  },

  async act(step, given, found) {
    const wanted = prior.parse(found);
    const request = await readRequest(step, readArgs(args, given, 'update.install'), true);
    if (request.Sha256 !== wanted.sha256) {
      throw new FirebreakError('FB_STEP_REFUSED', `${step.host.name}: the request is another than the one begun`, {
        remedy: 'this is another version of Firebreak: finish the run with the one that began it, or abort and rerun',
      });
    }
    await beginPackageJob(step, { ...wanted, engine: 'wua', switches: null });
    return { state: 'detached', receipt: wanted.sha256 };
  },

  recover(step, _given, open) {
    return recoverPackageJob(step, prior.parse(open.prior), open);
  },

  async prove(step, _given, found) {
    const wanted = prior.parse(found);
    const job = await readPackageJob(step, wanted.sha256);
    if (jobState(job) === 'ended') return judge(step, wanted, job);
    return proveByEvidence(step, wanted, job);
  },
};

/** The script that does it; the same request has the same text and so the same receipt. */
function readRequest(step: StepContext, wanted: Args, save: boolean): Promise<Request> {
  const kbs = [...new Set(wanted.kbs)].map((kb) => kb.slice(2)).sort();
  const categories = [...new Set(wanted.categories)].map((name) => CATEGORIES[name]).sort();
  const server = SERVERS[wanted.source];
  const name = createHash('sha256').update(JSON.stringify({ kbs, categories, server })).digest('hex').slice(0, 16);
  return callHost(step, {
    module: 'Package',
    function: 'New-FbUpdateRequest',
    parameters: { Name: name, Kb: kbs, Category: categories, Server: server, Save: save },
    result: requestSchema,
  });
}

async function judge(step: StepContext, wanted: Prior, job: PackageJob): Promise<Proof> {
  const { Updates } = await callHost(step, {
    module: 'Package',
    function: 'Get-FbUpdateResult',
    parameters: { Path: wanted.result },
    result: updatesSchema,
  });
  const code = job.ExitCode ?? -1;
  const meaning = exitMeaning(code);
  const named = (state: string): string[] => Updates.filter(({ State }) => State === state).map(({ Kb }) => Kb);
  const result: JsonObject = {
    exit_code: code >>> 0,
    // One code stands for all of them: an update that was left out must not hide what became of the others.
    reboot_required: meaning.rebootRequired || Updates.some(({ Reboot }) => Reboot),
    meaning: meaning.meaning,
    updates: Updates.map(({ Kb, State, HResult, Reboot, Title }) => ({
      kb: Kb,
      state: State,
      hresult: describeCode(HResult),
      reboot: Reboot,
      title: Title,
    })),
    installed: named('installed'),
    not_offered: named('not-offered'),
  };
  const failed = Updates.filter(({ State }) => State === 'error' || State === 'failed');
  if (meaning.isFine && failed.length === 0) return { proven: true, result };
  const said = failed.map(({ Kb, HResult, Title }) => `${Kb === '' ? '' : `${Kb} `}${describeCode(HResult)} ${Title}`);
  const message = `the Windows Update Agent of ${step.host.name} ended with ${describeCode(code)}: ${[meaning.text, ...said].join('; ')}`;
  const remedy = `mend the cause (the service wuauserv, its server, %SystemRoot%\\WindowsUpdate.log), then: firebreak rerun ${step.run} --failed`;
  return { proven: false, result, error: { code: 'FB_PACKAGE_EXIT', message, remedy, retryable: false } };
}

/** No exit code and nobody at work: only what is installed can tell. */
async function proveByEvidence(step: StepContext, wanted: Prior, job: PackageJob): Promise<Proof> {
  const none = { updates: [], installed: [], not_offered: [] };
  const result = { exit_code: null, reboot_required: false, meaning: 'vanished', ...none };
  if (step.advisory !== null) {
    const { verdict } = await readVerdict(step, parseAdvisory(step.advisory));
    if (verdict.fixed) return { proven: true, result };
    if (verdict.verdict === 'patched' && verdict.pendingReboot) {
      return { proven: true, result: { ...result, reboot_required: true } };
    }
  }
  return { proven: false, result, error: vanishedPackage(step, wanted, job) };
}

function noPowerShell(step: StepContext): ErrorRecord {
  return {
    code: 'FB_STEP_REFUSED',
    message: `${step.host.name} has no PowerShell that could speak to its Windows Update Agent`,
    remedy: 'install the package itself there: package.stage and package.install',
    retryable: false,
  };
}
