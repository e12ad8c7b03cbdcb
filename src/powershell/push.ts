/**
 * A file to the host through pipelines: hash there first, chunks to a temporary file, check, rename. Memory does not
 * grow with the file. Must not know how bytes travel.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  FirebreakError,
  type FunctionCall,
  type HostPath,
  type Invocation,
  type InvokeOptions,
  type JsonObject,
  type PushOptions,
  type Transferred,
} from '../domain/index.ts';
import type { PipelineRunner } from './pipeline-runner.ts';

interface Invoker {
  invoke<T extends JsonObject>(call: FunctionCall, options: InvokeOptions): Promise<Invocation<T>>;
}

const MODULE = 'Firebreak.Host';
/** Bytes of CREATE_PIPELINE besides the chunk. */
const OVERHEAD_BYTES = 12_000;
const MIN_CHUNK_BYTES = 16_384;

type HostFile = { readonly Exists: boolean; readonly Sha256: string | null; readonly Length: number };

/** @throws FB_TRANSFER_HASH, FB_TRANSFER_FAILED and those of invoke */
export async function pushFile(
  session: Invoker,
  runner: Pick<PipelineRunner, 'label' | 'maxCommandBytes'>,
  source: (start: number) => Readable,
  destination: HostPath,
  options: PushOptions,
): Promise<Transferred> {
  const deadline = performance.now() + options.timeoutMs;
  const wanted = options.sha256.toLowerCase();
  const call = async <T extends JsonObject>(name: string, parameters: FunctionCall['parameters']): Promise<T> => {
    const timeoutMs = Math.max(0, deadline - performance.now());
    const functionCall = { module: MODULE, function: name, parameters };
    const { output } = await session.invoke<T>(functionCall, { signal: options.signal, timeoutMs });
    const [result] = output;
    if (result === undefined) throw failed(runner.label, destination, `${name} returned nothing`);
    return result;
  };
  const there = await call<HostFile>('Get-FbFileHash', { Path: destination });
  if (there.Exists === true && there.Sha256 === wanted) {
    return { bytes: Number(there.Length), sha256: wanted, skipped: true };
  }
  const temporary = `${destination}.${wanted.slice(0, 8)}.part`;
  const chunkBytes = Math.max(MIN_CHUNK_BYTES, Math.floor(((runner.maxCommandBytes - OVERHEAD_BYTES) * 3) / 4));
  try {
    const sent = await sendChunks(source(0), chunkBytes, async (bytes, offset) => {
      await call('Add-FbFileChunk', { Path: temporary, Offset: offset, Bytes: bytes });
      options.onProgress?.(offset + bytes.length);
    });
    if (sent.sha256 !== wanted) {
      const message = `${runner.label}: the file for ${destination} has SHA-256 ${sent.sha256} here, expected ${wanted}`;
      throw new FirebreakError('FB_TRANSFER_HASH', message, {
        remedy: 'check the package file and its listed SHA-256',
        retryable: false,
      });
    }
    const done = await call<{ Sha256: string; Length: number }>('Complete-FbFile', {
      TemporaryPath: temporary,
      Path: destination,
      Sha256: wanted,
    });
    return { bytes: Number(done.Length), sha256: done.Sha256, skipped: false };
  } catch (error) {
    throw translate(error, runner.label, destination);
  }
}

/** Cuts the stream into chunks of one size; an empty file is one empty chunk. */
async function sendChunks(
  source: Readable,
  chunkBytes: number,
  send: (bytes: Uint8Array, offset: number) => Promise<void>,
): Promise<{ readonly sha256: string }> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(chunkBytes);
  let filled = 0;
  let offset = 0;
  for await (const piece of source) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : (piece as Uint8Array);
    hash.update(bytes);
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + chunkBytes - filled);
      chunk.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < chunkBytes) break;
      await send(chunk, offset);
      offset += filled;
      filled = 0;
    }
  }
  if (filled > 0 || offset === 0) await send(chunk.subarray(0, filled), offset);
  return { sha256: hash.digest('hex') };
}

/** The module's error ids are our codes. */
function translate(error: unknown, label: string, destination: string): unknown {
  if (error instanceof FirebreakError) {
    if (error.code !== 'FB_INVOKE_FAILED') return error;
    const details = error.details as { readonly error?: { readonly fullyQualifiedErrorId: string } } | undefined;
    const isHash = details?.error?.fullyQualifiedErrorId.startsWith('FB_TRANSFER_HASH') === true;
    return new FirebreakError(isHash ? 'FB_TRANSFER_HASH' : 'FB_TRANSFER_FAILED', error.message, {
      remedy: `check free space and rights for ${destination} on the host, then try again`,
      cause: error,
      details: error.details,
    });
  }
  return failed(label, destination, error instanceof Error ? error.message : String(error), error);
}

function failed(label: string, destination: string, why: string, cause?: unknown): FirebreakError {
  return new FirebreakError('FB_TRANSFER_FAILED', `${label}: ${destination} was not transferred: ${why}`, {
    remedy: 'check that the source file can be read, then try again',
    cause,
  });
}
