/**
 * A file to the host through pipelines: hash there first, chunks as pipeline input to a temporary file, check, rename.
 * Memory does not grow with the file; what an interrupted transfer left is gone on with. Must not know how bytes travel.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { FirebreakError, type HostPath, type PushOptions, type Transferred } from '../domain/index.ts';
import { partOf } from '../util/index.ts';
import { HostFiles, type Invoker, SEGMENT_BYTES, translateFailure } from './host-files.ts';

/** Bytes of an input message besides the chunk. */
const OVERHEAD_BYTES = 1_000;
const MIN_CHUNK_BYTES = 16_384;

type Transfer = {
  readonly Exists: boolean;
  readonly Sha256: string | null;
  readonly Length: number;
  readonly PartialLength: number;
};

/** @throws FB_TRANSFER_HASH, FB_TRANSFER_FAILED and those of invoke */
export async function pushFile(
  invoker: Invoker,
  maxMessageBytes: number,
  source: (start: number) => Readable,
  destination: HostPath,
  options: PushOptions,
): Promise<Transferred> {
  const host = new HostFiles(invoker, options);
  const wanted = options.sha256.toLowerCase();
  const temporary = partOf(destination, wanted);
  try {
    const there = await host.ask<Transfer>('Get-FbTransfer', { Path: destination, TemporaryPath: temporary });
    if (there.Exists === true && there.Sha256 === wanted) {
      return { bytes: Number(there.Length), sha256: wanted, skipped: true };
    }
    const chunkBytes = Math.max(MIN_CHUNK_BYTES, Math.floor(((maxMessageBytes - OVERHEAD_BYTES) * 3) / 4));
    const send = async (start: number): Promise<Transferred> => {
      await sendFrom(start, host, source, { temporary, chunkBytes, wanted, options });
      const parameters = { TemporaryPath: temporary, Path: destination, Sha256: wanted };
      const done = await host.ask<{ Sha256: string; Length: number }>('Complete-FbFile', parameters);
      return { bytes: Number(done.Length), sha256: done.Sha256, skipped: false };
    };
    const start = Number(there.PartialLength);
    if (start === 0) return await send(0);
    // what was there of an earlier transfer may have been damaged: then once from the start
    return await send(start).catch((error: unknown) => {
      const translated = translateFailure(error, host.label, destination);
      if (translated instanceof FirebreakError && translated.code === 'FB_TRANSFER_HASH') return send(0);
      throw error;
    });
  } catch (error) {
    throw translateFailure(error, host.label, destination);
  }
}

interface Sending {
  readonly temporary: string;
  readonly chunkBytes: number;
  readonly wanted: string;
  readonly options: PushOptions;
}

async function sendFrom(
  start: number,
  host: HostFiles,
  source: (start: number) => Readable,
  { temporary, chunkBytes, wanted, options }: Sending,
): Promise<void> {
  const hash = createHash('sha256');
  const chunks = chunksOf(source(start), chunkBytes, hash);
  let at = start;
  let next = await chunks.next();
  /** Chunks for one pipeline; an empty file is one empty chunk. */
  async function* segment(): AsyncGenerator<Uint8Array> {
    for (const end = at + SEGMENT_BYTES; next.done !== true && at < end; ) {
      yield next.value;
      at += next.value.length;
      options.onProgress?.(at);
      next = await chunks.next();
    }
  }
  try {
    do {
      const { Length: length } = await host.ask<{ Length: number }>(
        'Add-FbFileChunk',
        { Path: temporary, Offset: at },
        { input: segment() },
      );
      if (Number(length) !== at) throw new Error(`the host has ${length} bytes of it, ${at} were sent`);
    } while (next.done !== true);
  } finally {
    await chunks.return(undefined);
  }
  const actual = hash.digest('hex');
  if (start > 0 || actual === wanted) return;
  throw new FirebreakError(
    'FB_TRANSFER_HASH',
    `${host.label}: the file for ${temporary} has SHA-256 ${actual} here, expected ${wanted}`,
    { remedy: 'check the package file and its listed SHA-256', retryable: false },
  );
}

/** Cuts the stream into chunks of one size; an empty stream is one empty chunk. */
async function* chunksOf(
  source: Readable,
  chunkBytes: number,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let filled = 0;
  let isEmpty = true;
  for await (const piece of source) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : (piece as Uint8Array);
    hash.update(bytes);
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + chunkBytes - filled);
      chunk.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < chunkBytes) break;
      yield chunk;
      isEmpty = false;
      // the chunk before may still be on its way
      chunk = Buffer.allocUnsafe(chunkBytes);
      filled = 0;
    }
  }
  if (filled > 0 || isEmpty) yield chunk.subarray(0, filled);
}
