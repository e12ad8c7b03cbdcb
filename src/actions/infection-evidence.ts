/** What a cleaning destroys, kept as evidence: facts for the journal, and copies of files on this machine. */
import { join } from 'node:path';
import { z } from 'zod';
import { FirebreakError, type JsonObject, type StepContext } from '../domain/index.ts';
import { callHost } from './host-call.ts';
import type { InfectionState } from './infection.ts';

const evidenceSchema = z.object({
  At: z.string(),
  Files: z.array(
    z.object({
      Path: z.string(),
      Length: z.number().nullable(),
      Created: z.string().nullable(),
      Modified: z.string().nullable(),
      Version: z.string().nullable(),
      Sha256: z.string().nullable(),
      Error: z.string(),
    }),
  ),
  Values: z.array(z.object({ Key: z.string(), Name: z.string(), Type: z.string(), Data: z.string() })),
  Services: z.array(
    z.object({
      Name: z.string(),
      Display: z.string(),
      Image: z.string(),
      Start: z.number().nullable(),
      Account: z.string(),
    }),
  ),
  Processes: z.array(z.object({ Id: z.number(), ParentId: z.number(), Path: z.string(), CommandLine: z.string() })),
});

/** As the journal keeps it. */
export const evidenceOf = z.object({
  /** ISO 8601, the host's clock. */
  at: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.number().nullable(),
      sha256: z.string().nullable(),
      version: z.string().nullable(),
      created: z.string().nullable(),
      modified: z.string().nullable(),
      error: z.string(),
    }),
  ),
  values: z.array(z.object({ key: z.string(), name: z.string(), type: z.string(), data: z.string() })),
  services: z.array(
    z.object({
      name: z.string(),
      display: z.string(),
      image: z.string(),
      start: z.number().nullable(),
      account: z.string(),
    }),
  ),
  processes: z.array(z.object({ id: z.number(), parent: z.number(), path: z.string(), command_line: z.string() })),
});
export type InfectionEvidence = z.infer<typeof evidenceOf>;

/** Of everything that the signs show. @throws FirebreakError those of callHost */
export async function readEvidenceOf(step: StepContext, signs: InfectionState['signs']): Promise<InfectionEvidence> {
  const values = signs.Values.filter(({ Present }) => Present === true);
  const raw = await callHost(step, {
    module: 'Infection',
    function: 'Get-FbInfectionEvidence',
    parameters: {
      File: [...new Set(signs.Files.flatMap(({ Found }) => Found))],
      ValueKey: values.map(({ Key }) => Key),
      ValueName: values.map(({ Name }) => Name),
      Service: signs.Services.filter(({ Present }) => Present === true).map(({ Name }) => Name),
    },
    result: evidenceSchema,
    timeoutMs: 180_000,
  });
  return {
    at: raw.At,
    files: raw.Files.map((file) => ({
      path: file.Path,
      bytes: file.Length,
      sha256: file.Sha256,
      version: file.Version,
      created: file.Created,
      modified: file.Modified,
      error: file.Error,
    })),
    values: raw.Values.map(({ Key: key, Name: name, Type: type, Data: data }) => ({ key, name, type, data })),
    services: raw.Services.map((service) => ({
      name: service.Name,
      display: service.Display,
      image: service.Image,
      start: service.Start,
      account: service.Account,
    })),
    processes: raw.Processes.map((process) => ({
      id: process.Id,
      parent: process.ParentId,
      path: process.Path,
      command_line: process.CommandLine,
    })),
  };
}

/**
 * Copies of the files that were found, under names that nobody starts by mistake: FOLDER/HOST/<hash>-<name>.sample.
 *
 * @throws FB_TRANSFER_HASH when a file has changed since it was looked at; those of the session
 */
export async function collectEvidence(step: StepContext, evidence: InfectionEvidence, folder: string): Promise<void> {
  const session = await step.session();
  for (const { path, file, sha256 } of copiesOf(step, evidence, folder)) {
    const limits = { signal: step.signal, timeoutMs: Math.max(1, step.remainingMs()) };
    const { sha256: copied } = await session.fetch(path, file, limits);
    if (copied === sha256) continue;
    throw new FirebreakError('FB_TRANSFER_HASH', `${path} on ${step.host.name} is not what was looked at before`, {
      remedy: 'nothing was removed: run it again',
    });
  }
}

/** The copies that are here. */
export async function collectedEvidence(
  step: StepContext,
  evidence: InfectionEvidence,
  folder: string,
): Promise<readonly JsonObject[]> {
  const collected: JsonObject[] = [];
  for (const { path, file, sha256 } of copiesOf(step, evidence, folder)) {
    const copy = await step.files.find(file).catch(() => null);
    if (copy?.sha256 === sha256) collected.push({ path, file, sha256, bytes: copy.bytes });
  }
  return collected;
}

function copiesOf(
  step: StepContext,
  evidence: InfectionEvidence,
  folder: string,
): readonly { readonly path: string; readonly file: string; readonly sha256: string }[] {
  const here = join(step.files.resolve(folder), safeName(step.host.name));
  return evidence.files.flatMap(({ path, sha256 }) => {
    if (sha256 === null) return [];
    const name = `${sha256.slice(0, 12)}-${safeName(path.split('\\').at(-1) ?? '')}.sample`;
    return [{ path, sha256, file: join(here, name) }];
  });
}

/** Never a way out of the folder: names come from the host and the inventory. */
function safeName(name: string): string {
  const safe = name.replaceAll(/[<>:"/\\|?*\p{Cc}]/gu, '_');
  return /^\.+$/.test(safe) ? `_${safe}` : safe;
}
