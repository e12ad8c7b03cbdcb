/**
 * `evidence.collect`: what helps to find out why a host failed, copied to this machine: excerpts of its event logs, the ends of
 * installers' logs, and the evidence of the verdict as it is now. For `rescue:`. What cannot be had is said in the result; the
 * step itself does not fail by it, because it must not hide the failure that it is there to explain.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { FirebreakError, type JsonObject, type ReadAction, type StepContext, toErrorRecord } from '../domain/index.ts';
import { durationArgument, durationMs, readArgs } from './arguments.ts';
import { planAdvisory, readEvidence } from './evidence.ts';
import { callHost, isLostConnection } from './host-call.ts';

const args = z.strictObject({
  /** Folder on this machine; a relative name counts from the playbook's folder. Default: `evidence` beside the state. Files come to FOLDER/RUN/HOST. */
  to: z.string().min(1).optional(),
  /** How far back to look, by the clock of the host. */
  since: durationArgument.default('24h'),
  /** Of each event log, the latest. */
  max_events: z.int().min(1).max(2000).default(200),
  /** Of each file, its end. */
  max_bytes: z.int().min(1).max(1_048_576).default(65_536),
  /** Logs of installers, the latest. */
  max_files: z.int().min(1).max(100).default(20),
  /** More files of the host, with full paths. */
  files: z.array(z.string().min(1)).max(50).default([]),
});
type Wanted = z.infer<typeof args>;

const eventSchema = z.object({
  Record: z.number(),
  At: z.string().nullable(),
  Type: z.string(),
  Id: z.number(),
  Source: z.string(),
  Text: z.string(),
});
const seenSchema = z.object({
  At: z.string().nullable(),
  Since: z.string().nullable(),
  Logs: z.array(
    z.object({
      Name: z.string(),
      Readable: z.boolean(),
      By: z.string().nullable(),
      Error: z.string().nullable(),
      Total: z.number(),
      Events: z.array(eventSchema),
    }),
  ),
  Files: z.array(
    z.object({
      Path: z.string(),
      Length: z.number().nullable(),
      Modified: z.string().nullable(),
      /** Base64; null when it is not there or cannot be read. */
      Bytes: z.string().nullable(),
      Error: z.string().nullable(),
    }),
  ),
});
type Seen = z.infer<typeof seenSchema>;

/** Seconds a host is asked to look back at most. */
const MAX_SECONDS = 30 * 86_400;
const CALL_MS = 180_000;

interface Kept {
  /** Where it is from: a path, or the name of a log. */
  readonly source: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Size on the host, when only the end was taken. */
  readonly of: number | null;
}

/** Gathers files and problems; writes nothing in `--check`. */
class Collection {
  readonly folder: string;
  readonly kept: Kept[] = [];
  readonly problems: string[] = [];
  readonly #step: StepContext;

  constructor(step: StepContext, folder: string) {
    this.#step = step;
    this.folder = folder;
  }

  async keep(name: string, source: string, content: Uint8Array, of: number | null): Promise<void> {
    const { files, check } = this.#step;
    if (check || files.keep === undefined) return;
    const file = join(this.folder, safeName(name));
    this.kept.push({ source, file, ...(await files.keep(file, content)), of });
  }

  /**
   * Runs a part; what goes wrong there is written down. False: the host is out of reach, nothing more can be had of it.
   * @throws what is no fault of the host: a relay that is lost, an interruption, the end of the step's time
   */
  async part(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      const { code, message, relay } = toErrorRecord(thrown);
      if (relay !== undefined || code === 'FB_CANCELLED' || code === 'FB_BUG') throw thrown;
      if (this.#step.remainingMs() === 0) throw thrown;
      if (isLostConnection(thrown)) await this.#step.dropSession();
      this.problems.push(`${what}: ${message}`);
      return !/^FB_(CONNECT|AUTH|CREDENTIAL|SESSION)_/.test(code);
    }
  }
}

export const evidenceCollect: ReadAction = {
  uses: 'evidence.collect',
  kind: 'read',
  summary: 'copies event logs, installer logs and the evidence of the verdict to this machine',
  args,
  results: ['folder', 'files', 'events', 'problems', 'reason'],
  async read(step, given) {
    const wanted = readArgs(args, given, 'evidence.collect');
    const collection = new Collection(step, folderOf(step, wanted));
    let events = 0;
    const isThere = await collection.part('logs', async () => {
      const seen = await readLogs(step, wanted);
      events = seen.Logs.reduce((sum, log) => sum + log.Events.length, 0);
      for (const log of seen.Logs) await keepLog(collection, log, seen);
      for (const [index, file] of seen.Files.entries()) await keepFile(collection, file, index);
    });
    if (isThere && step.advisory !== null) {
      await collection.part('evidence of the verdict', async () => {
        const { evidence } = await readEvidence(step, planAdvisory(step));
        await collection.keep('patch-evidence.json', 'patch.verify', jsonBytes(evidence), null);
      });
    }
    const { folder, kept, problems } = collection;
    const result: JsonObject = {
      folder,
      files: kept.map((one) => ({ ...one })),
      events,
      problems,
      reason: `${kept.length} files in ${folder}${problems.length === 0 ? '' : `; not had: ${problems.join('; ')}`}`,
    };
    return { result };
  },
};

/** @throws FirebreakError FB_USAGE when there is no place for it */
function folderOf(step: StepContext, wanted: Wanted): string {
  const base = wanted.to === undefined ? step.files.evidence : step.files.resolve(wanted.to);
  if (base !== undefined) return join(base, safeName(step.run), safeName(step.host.name));
  throw new FirebreakError('FB_USAGE', `step ${step.stepId} has no folder to collect evidence in`, {
    remedy: 'name one: with: { to: FOLDER }',
  });
}

function readLogs(step: StepContext, wanted: Wanted): Promise<Seen> {
  return callHost(step, {
    module: 'Host',
    function: 'Get-FbEvidence',
    parameters: {
      Seconds: Math.min(MAX_SECONDS, Math.max(1, Math.round(durationMs(wanted.since) / 1000))),
      EventCount: wanted.max_events,
      MaxBytes: wanted.max_bytes,
      MaxFiles: wanted.max_files,
      File: wanted.files,
    },
    result: seenSchema,
    timeoutMs: CALL_MS,
  });
}

async function keepLog(collection: Collection, log: Seen['Logs'][number], { Since, At }: Seen): Promise<void> {
  const name = `event log ${log.Name}`;
  if (!log.Readable) {
    collection.problems.push(`${name}: ${log.Error ?? 'it cannot be read'}`);
    return;
  }
  const left = log.Total - log.Events.length;
  const lines = log.Events.map(({ At: at, Type, Id, Source, Text }) => {
    return `${at ?? ''}\t${Type}\t${Source}\t${Id}\t${Text.replaceAll(/\s*[\r\n]+\s*/g, ' / ')}`;
  });
  const head = `# ${log.Name}, ${Since ?? ''} to ${At ?? ''} (by ${log.By ?? ''}): ${log.Events.length} errors, warnings and events of installers${left > 0 ? `; ${left} older ones left out` : ''}`;
  const text = `${[head, ...lines].join('\n')}\n`;
  await collection.keep(`events-${log.Name.toLowerCase()}.txt`, name, Buffer.from(text), null);
}

async function keepFile(collection: Collection, file: Seen['Files'][number], index: number): Promise<void> {
  if (file.Bytes === null) {
    collection.problems.push(
      `${file.Path}: ${file.Error === null || file.Error === '' ? 'it is not there' : file.Error}`,
    );
    return;
  }
  const content = Buffer.from(file.Bytes, 'base64');
  const base = file.Path.split(/[\\/]/).at(-1) ?? '';
  // Logs of several jobs have the same name.
  const name = `${String(index + 1).padStart(2, '0')}-${base}`;
  const isCut = file.Length !== null && file.Length > content.length;
  await collection.keep(name, file.Path, content, isCut ? file.Length : null);
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/** Never a way out of the folder: names come from the host and the inventory. */
function safeName(name: string): string {
  const safe = name.replaceAll(/[<>:"/\\|?*\p{Cc}]/gu, '_');
  return /^\.*$/.test(safe) ? `_${safe}` : safe;
}
