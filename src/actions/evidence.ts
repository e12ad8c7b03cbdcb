/** Asks a host for the evidence that an advisory needs and judges it. */
import { z } from 'zod';
import {
  type Advisory,
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
export async function readEvidence(step: StepContext, advisory: Advisory): Promise<HostEvidence> {
  const { kbs, keys, files, services, values } = questionsOf(advisory);
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
    timeoutMs: 120_000,
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
