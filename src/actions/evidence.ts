/** Asks a host for the evidence that an advisory needs and judges it. */
import { z } from 'zod';
import {
  type Advisory,
  type EvidenceQuestions,
  type PatchEvidence,
  parseAdvisory,
  questionsOf,
  type SystemEvidence,
  type Verdict,
  verdict,
} from '../advisory/index.ts';
import { FirebreakError, type StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';

const systemSchema = z
  .object({
    Version: z.string().nullable(),
    ServicePack: z.int().nullable(),
    Product: z.enum(['workstation', 'server']).nullable(),
    TerminalServer: z.boolean().nullable(),
    Architecture: z.string().nullable(),
  })
  .transform(
    (raw): SystemEvidence => ({
      version: raw.Version,
      servicePack: raw.ServicePack,
      product: raw.Product,
      terminalServer: raw.TerminalServer,
      arch: raw.Architecture,
    }),
  );

const evidenceSchema = z.object({
  Build: z.int().nullable(),
  Ubr: z.int().nullable(),
  Architecture: z.string().nullable(),
  Updates: z.array(z.object({ Kb: z.string(), Servicing: z.boolean().nullable(), QuickFix: z.boolean().nullable() })),
  Rollups: z.array(z.object({ Build: z.int(), Ubr: z.int(), State: z.int() })).nullable(),
  System: systemSchema.nullish(),
  Files: z.array(
    z.object({
      Path: z.string(),
      Exists: z.boolean().nullable(),
      Version: z.string().nullable(),
      ChangedAt: z.string().nullish(),
      ReplacedAtRestart: z.boolean().nullish(),
    }),
  ),
  Keys: z.array(z.object({ Key: z.string(), Present: z.boolean().nullable() })),
  Services: z.array(z.object({ Name: z.string(), Exists: z.boolean().nullable() })).nullish(),
  Values: z
    .array(
      z.object({
        Path: z.string(),
        Present: z.boolean().nullable(),
        Value: z.union([z.number(), z.string()]).nullable(),
      }),
    )
    .nullish(),
  PendingReboot: z.array(z.string()).nullable(),
  BootTime: z.string().nullable(),
});

/** Some dozens of files through a relay. */
const ALL_AT_ONCE_MS = 300_000;

type Among = (name: string) => boolean;

export interface HostEvidence {
  readonly evidence: PatchEvidence;
  /** x64, x86, arm64, ia64; null when it could not be read. */
  readonly arch: string | null;
}

/** The advisory of the plan. @throws FirebreakError FB_USAGE when the playbook names none */
export function planAdvisory(step: StepContext): Advisory {
  if (step.advisory !== null) return parseAdvisory(step.advisory);
  throw new FirebreakError('FB_USAGE', `step ${step.stepId} needs an advisory, and the playbook names none`, {
    remedy: 'add `advisory: <id>` to the playbook, or say in `with:` what the step shall use',
  });
}

/** Reads; changes nothing. @throws FirebreakError those of callHost */
export function readEvidence(step: StepContext, advisory: Advisory): Promise<HostEvidence> {
  return ask(step, questionsOf(advisory));
}

/** Judges by every advisory what one look at the host has shown. @throws FirebreakError those of callHost */
export async function readVerdicts(
  step: StepContext,
  advisories: readonly Advisory[],
): Promise<readonly { readonly advisory: Advisory; readonly evidence: PatchEvidence; readonly verdict: Verdict }[]> {
  if (advisories.length === 0) return [];
  const questions = advisories.map(questionsOf);
  const union = (of: keyof EvidenceQuestions): string[] => [...new Set(questions.flatMap((each) => each[of]))];
  const together = {
    kbs: union('kbs'),
    keys: union('keys'),
    files: union('files'),
    services: union('services'),
    values: union('values'),
  };
  const { evidence } = await ask(step, together, ALL_AT_ONCE_MS);
  return advisories.map((advisory, index) => {
    const own = evidenceFor(questions[index] ?? questionsOf(advisory), evidence);
    return { advisory, evidence: own, verdict: verdict(advisory, own) };
  });
}

/** What would have come of these questions alone. */
function evidenceFor(questions: EvidenceQuestions, evidence: PatchEvidence): PatchEvidence {
  const among = (names: readonly string[]): ((name: string) => boolean) => {
    const wanted = new Set(names.map((name) => name.toLowerCase()));
    return (name) => wanted.has(name.toLowerCase());
  };
  const [kb, key, file, service, value] = (['kbs', 'keys', 'files', 'services', 'values'] as const).map((of) =>
    among(questions[of]),
  ) as [Among, Among, Among, Among, Among];
  return {
    ...evidence,
    updates: evidence.updates.filter((item) => kb(item.kb)),
    keys: evidence.keys.filter((item) => key(item.key)),
    files: evidence.files.filter((item) => file(item.path)),
    services: (evidence.services ?? []).filter((item) => service(item.name)),
    values: (evidence.values ?? []).filter((item) => value(item.path)),
  };
}

async function ask(step: StepContext, questions: EvidenceQuestions, timeoutMs = 120_000): Promise<HostEvidence> {
  const { kbs, keys, files, services, values } = questions;
  const raw = await callHost(step, {
    module: 'Patch',
    function: 'Get-FbPatchEvidence',
    parameters: {
      Kb: kbs,
      Key: keys,
      File: files,
      ...(services.length === 0 ? {} : { Service: services }),
      ...(values.length === 0 ? {} : { Value: values }),
    },
    result: evidenceSchema,
    timeoutMs,
  });
  return {
    arch: raw.System?.arch ?? raw.Architecture,
    evidence: {
      build: raw.Build,
      ubr: raw.Ubr,
      updates: raw.Updates.map((item) => ({ kb: item.Kb, servicing: item.Servicing, quickFix: item.QuickFix })),
      rollups: raw.Rollups?.map((item) => ({ build: item.Build, ubr: item.Ubr, state: item.State })) ?? null,
      ...(raw.System == null ? {} : { system: raw.System }),
      files: raw.Files.map((item) => ({
        path: item.Path,
        exists: item.Exists,
        version: item.Version,
        changedAt: item.ChangedAt ?? null,
        replacedAtRestart: item.ReplacedAtRestart ?? null,
      })),
      keys: raw.Keys.map((item) => ({ key: item.Key, present: item.Present })),
      services: raw.Services?.map((item) => ({ name: item.Name, exists: item.Exists })) ?? [],
      values: raw.Values?.map((item) => ({ path: item.Path, present: item.Present, value: item.Value })) ?? [],
      pending: raw.PendingReboot,
      bootTime: raw.BootTime,
    },
  };
}

/** Reads and judges. */
export async function readVerdict(
  step: StepContext,
  advisory: Advisory,
): Promise<HostEvidence & { readonly verdict: Verdict }> {
  const found = await readEvidence(step, advisory);
  return { ...found, verdict: verdict(advisory, found.evidence) };
}
