/**
 * `infection.clean`: runs the removal tool of the advisory as a detached job of the host, at most once, with evidence kept
 * from before, and looks for the signs anew afterwards.
 *
 * A cleaned host stays compromised: what came through the hole besides the worm, no tool can tell. Only a person's
 * recorded judgement settles it, and only where the signs were those of a worm that leaves no other back door.
 */
import { z } from 'zod';
import type { ChangeAction, ErrorRecord, JsonObject, Proof, StepContext } from '../domain/index.ts';
import { fileNameArgument, readArgs } from './arguments.ts';
import { bringToHost } from './file-transfer.ts';
import { readHostFile } from './host-files.ts';
import { findingJson, type Infection, type InfectionState, planInfection, readInfection } from './infection.ts';
import { collectEvidence, collectedEvidence, evidenceOf, readEvidenceOf } from './infection-evidence.ts';
import { recordInfection } from './infection-record.ts';
import { chooseTool, toolEnding } from './infection-tool.ts';
import { jobState, type PackageJob, readPackageJob, supersededClaim } from './package-job.ts';
import { beginPackageJob, recoverPackageJob, vanishedPackage } from './package-wait.ts';

const args = z
  .strictObject({
    /** File of the removal tool in the package store. */
    package: fileNameArgument.optional(),
    /** Folder on this machine for copies of the files that were found; they come to FOLDER/HOST. Empty: none. */
    collect: z.string().optional(),
    /** Why nothing but the worm was there, in a person's own words; empty: nobody says so. */
    judgement: z.string().optional(),
    /** Who judges. */
    by: z.string().optional(),
  })
  .refine((given) => isEmpty(given.judgement) === isEmpty(given.by), {
    path: ['by'],
    message: '`judgement` and `by` are given together: a judgement is somebody’s',
  });
type Args = z.infer<typeof args>;

const prior = z.object({
  /** Null: nothing is left to remove, a judgement on what was removed is all. */
  tool: z
    .object({
      kb: z.string(),
      file: z.string(),
      path: z.string(),
      sha256: z.string(),
      switches: z.array(z.string()).nullable(),
      superseded: z.string().nullable(),
    })
    .nullable(),
  names: z.array(z.string()),
  findings: z.array(z.record(z.string(), z.string())),
  evidence: evidenceOf,
});
type Prior = z.infer<typeof prior>;
type Tool = NonNullable<Prior['tool']>;

export const infectionClean: ChangeAction = {
  uses: 'infection.clean',
  kind: 'change',
  summary: 'runs the removal tool as a detached job and looks again; a cleaned host stays compromised unless judged',
  args,
  results: [
    ...['cleaned', 'names', 'evidence_before', 'collected', 'remaining', 'weak', 'unreadable', 'file', 'exit_code'],
    ...['meaning', 'manual_steps', 'reboot_required', 'log', 'judgement', 'compromised', 'reason', 'advice'],
  ],
  isRepeatable: () => false,

  async probe(step, given) {
    const wanted = readArgs(args, given, 'infection.clean');
    const infection = planInfection(step);
    const state = await readInfection(step, infection);
    const isThere = state.findings.some(({ kind }) => kind !== 'record');
    if (!isThere && state.unreadable.length > 0) return { state: 'refused', error: unreadable(step, state) };
    const found = {
      names: [...state.names],
      findings: state.findings.map(findingJson),
      evidence: await readEvidenceOf(step, state.signs),
    };
    const nothing: Prior = { ...found, tool: null };
    if (!isThere) {
      if (state.unjudged !== null && !isEmpty(wanted.judgement)) {
        return { state: 'needed', prior: nothing, reason: 'nothing is left to remove; the judgement is recorded' };
      }
      const { result } = settle({ step, infection, wanted, before: nothing, after: state, job: null }).proof;
      return {
        state: 'satisfied',
        result,
        reason: state.unjudged === null ? 'none of the signs is there' : state.reason,
      };
    }
    const chosen = await chooseTool(step, infection, wanted.package);
    const file = await step.packages.find(chosen.file);
    const job = await readPackageJob(step, file.sha256);
    const jobNow = jobState(job);
    const { kb, path } = chosen;
    const tool: Tool = {
      ...{
        kb,
        path,
        file: chosen.file,
        sha256: file.sha256,
        switches: chosen.switches === null ? null : [...chosen.switches],
      },
      superseded: supersededClaim(job, step.run),
    };
    if (jobNow === 'vanished') return { state: 'refused', error: vanishedPackage(step, tool, job) };
    return { state: 'needed', prior: { ...found, tool }, reason: state.reason };
  },

  async act(step, given, found) {
    const wanted = readArgs(args, given, 'infection.clean');
    const before = prior.parse(found);
    const { tool } = before;
    // Before anything is removed: no later look may take the host for a clean one.
    await recordInfection(step, before.names, null);
    if (tool === null) return { state: 'done' };
    if (!isEmpty(wanted.collect)) await collectEvidence(step, before.evidence, wanted.collect ?? '');
    const there = await readHostFile(step, tool.path);
    if (there.Sha256 !== tool.sha256) await bringToHost(step, await step.packages.find(tool.file), tool.path);
    await beginPackageJob(step, { ...tool, engine: 'removal' });
    return { state: 'detached', receipt: tool.sha256 };
  },

  recover(step, _given, open) {
    const { tool } = prior.parse(open.prior);
    // Recording twice does no harm.
    if (tool === null) return Promise.resolve({ state: 'not-started' });
    return recoverPackageJob(step, tool, open);
  },

  async prove(step, given, found) {
    const wanted = readArgs(args, given, 'infection.clean');
    const before = prior.parse(found);
    const infection = planInfection(step);
    const job = before.tool === null ? null : await readPackageJob(step, before.tool.sha256);
    const after = await readInfection(step, infection);
    const { proof, isSettled } = settle({ step, infection, wanted, before, after, job });
    if (!step.check && isSettled) {
      await recordInfection(step, before.names, { text: wanted.judgement ?? '', by: wanted.by ?? '' });
    }
    if (before.tool === null || isEmpty(wanted.collect)) return proof;
    const collected = await collectedEvidence(step, before.evidence, wanted.collect ?? '');
    return { ...proof, result: { ...proof.result, collected } };
  },
};

interface Settled {
  readonly step: StepContext;
  readonly infection: Infection;
  readonly wanted: Args;
  readonly before: Prior;
  readonly after: InfectionState;
  /** Null: no tool was run. */
  readonly job: PackageJob | null;
}

interface Judgement {
  readonly text: string;
  readonly by: string;
  /** ISO 8601 */
  readonly at: string;
  /** Families that were seen. */
  readonly names: readonly string[];
  /** False: the host stays compromised, `why_not` says why. */
  readonly accepted: boolean;
  readonly why_not: string;
}

function settle({ step, infection, wanted, before, after, job }: Settled): {
  readonly proof: Proof;
  /** Somebody has judged, and the evidence does not speak against it. */
  readonly isSettled: boolean;
} {
  const remaining = after.findings.filter(({ kind }) => kind !== 'record').map(findingJson);
  const ending = job?.ExitCode == null ? null : toolEnding(infection, before.tool?.kb ?? '', job.ExitCode);
  const isClean = remaining.length === 0 && after.unreadable.length === 0;
  const reboot = ending?.rebootRequired === true;
  const ofNow = before.names.length > 0 ? before.names : after.names;
  const judgement = judge(step, infection, wanted, ofNow, isClean && ending?.manual !== true);
  const isSettled = judgement?.accepted === true;
  const compromised = ofNow.length > 0 && !isSettled;
  const result: JsonObject = {
    cleaned: before.tool !== null && isClean,
    names: [...ofNow],
    evidence_before: { findings: before.findings, ...before.evidence },
    collected: [],
    remaining,
    weak: after.weak.map(findingJson),
    unreadable: [...after.unreadable],
    file: before.tool?.file ?? null,
    exit_code: job?.ExitCode == null ? null : job.ExitCode >>> 0,
    meaning: ending?.meaning ?? null,
    manual_steps: ending?.manual ?? false,
    reboot_required: reboot,
    log: job?.Log ?? null,
    judgement: judgement === null ? null : { ...judgement },
    compromised,
    reason: reasonOf(ofNow, remaining, isClean, isSettled),
    advice: compromised ? infection.advice : '',
  };
  if (before.tool === null || isClean || reboot) return { proof: { proven: true, result }, isSettled };
  const error = notClean(step, before.tool, result, ending?.failed === true, job);
  return { proof: { proven: false, result, error }, isSettled };
}

/** Null: nobody has judged. */
function judge(
  step: StepContext,
  infection: Infection,
  wanted: Args,
  names: readonly string[],
  isClean: boolean,
): Judgement | null {
  if (isEmpty(wanted.judgement) || names.length === 0) return null;
  const others = names.filter(
    (name) => infection.families.find((family) => family.name === name)?.leaves_no_back_door !== true,
  );
  const why =
    others.length > 0
      ? `the advisory does not say of ${others.join(', ')} that it leaves no back door`
      : isClean
        ? ''
        : 'something is left of it';
  return {
    text: wanted.judgement ?? '',
    by: wanted.by ?? '',
    at: new Date(step.clock.now()).toISOString(),
    names: [...names],
    accepted: why === '',
    why_not: why,
  };
}

function reasonOf(
  names: readonly string[],
  remaining: readonly JsonObject[],
  isClean: boolean,
  isSettled: boolean,
): string {
  if (names.length === 0) return 'none of the signs is there';
  const seen = names.join(', ');
  if (remaining.length > 0)
    return `${seen}: still there: ${remaining.map((one) => String(one['evidence'])).join('; ')}`;
  const state = isClean ? 'its signs are gone' : 'not known to be gone';
  if (isSettled) return `${seen}: ${state}; judged to be all that was there`;
  return `${seen}: ${state}; the host was compromised all the same: rebuild it`;
}

function notClean(
  step: StepContext,
  tool: Tool,
  result: JsonObject,
  hasFailed: boolean,
  job: PackageJob | null,
): ErrorRecord {
  if (job !== null && job.ExitCode === null) return vanishedPackage(step, tool, job);
  const what = hasFailed
    ? `did not do its work (${String(result['meaning'])})`
    : `ended with "${String(result['meaning'])}"`;
  return {
    code: 'FB_STEP_NOT_PROVEN',
    message: `${tool.file} ${what} on ${step.host.name}: ${String(result['reason'])}`,
    remedy: `rebuild the host; or read the tool's log there (${job?.Log ?? 'none'}) and take another tool: with: { package: … }`,
    retryable: false,
  };
}

function unreadable(step: StepContext, state: InfectionState): ErrorRecord {
  const message = `whether ${step.host.name} is infected cannot be told: ${state.unreadable.join('; ')}`;
  return {
    code: 'FB_STEP_REFUSED',
    message,
    remedy: 'mend what keeps it from being read, then rerun',
    retryable: false,
  };
}

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
