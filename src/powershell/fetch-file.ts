/**
 * A file of the host to this machine through pipelines: into a `.part` beside the destination, checked, renamed. Memory
 * does not grow with the file; what an interrupted transfer left is gone on with. Must not know how bytes travel.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  FirebreakError,
  type FunctionCall,
  type HostPath,
  type TransferOptions,
  type Transferred,
} from '../domain/index.ts';
import { partOf, sha256Of, sizeOf } from '../util/index.ts';
import { HostFiles, type Invoker, notTransferred, SEGMENT_BYTES, translateFailure } from './host-files.ts';

/** Small enough for one envelope of every version when encoded. */
const CHUNK_BYTES = 256 * 1024;

/** Runs one call and gives each output that is bytes as it comes, keeping none. */
export type ByteStream = (
  call: FunctionCall,
  onBytes: (bytes: Uint8Array) => void,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
) => Promise<void>;

type HostFile = { readonly Exists: boolean; readonly Sha256: string | null; readonly Length: number };

/** @throws FB_TRANSFER_HASH, FB_TRANSFER_FAILED and those of invoke */
export async function fetchFile(
  invoker: Invoker,
  stream: ByteStream,
  source: HostPath,
  destination: string,
  options: TransferOptions,
): Promise<Transferred> {
  const host = new HostFiles(invoker, options);
  try {
    const file = await host.ask<HostFile>('Get-FbFileHash', { Path: source });
    if (file.Exists !== true || file.Sha256 === null) {
      throw new FirebreakError('FB_TRANSFER_FAILED', `${host.label}: ${source} is not there`, {
        remedy: 'check the path on the host',
        retryable: false,
      });
    }
    const there = { bytes: Number(file.Length), sha256: file.Sha256 };
    if ((await sizeOf(destination)) === there.bytes && (await sha256Of(destination)) === there.sha256) {
      return { ...there, skipped: true };
    }
    await mkdir(dirname(destination), { recursive: true });
    const part = partOf(destination, there.sha256);
    const kept = (await sizeOf(part)) ?? 0;
    await receive(host, stream, source, part, { ...there, start: kept <= there.bytes ? kept : 0 }, options);
    if ((await sha256Of(part)) !== there.sha256) {
      await rm(part, { force: true });
      throw new FirebreakError('FB_TRANSFER_HASH', `${host.label}: ${source} changed while it was fetched`, {
        remedy: 'fetch it again when nobody writes to it',
      });
    }
    await rename(part, destination);
    return { ...there, skipped: false };
  } catch (error) {
    throw translateFailure(error, host.label, source);
  }
}

async function receive(
  host: HostFiles,
  stream: ByteStream,
  source: HostPath,
  part: string,
  { start, bytes }: { readonly start: number; readonly bytes: number },
  options: TransferOptions,
): Promise<void> {
  const file = openSync(part, start === 0 ? 'w' : 'r+');
  try {
    ftruncateSync(file, start);
    let at = start;
    while (at < bytes) {
      const before = at;
      const call = host.call('Read-FbFile', {
        Path: source,
        Offset: at,
        Count: SEGMENT_BYTES,
        ChunkBytes: CHUNK_BYTES,
      });
      // written at once, so that the host is not asked for more than the disk takes
      await stream(
        call,
        (chunk) => {
          writeSync(file, chunk, 0, chunk.length, at);
          at += chunk.length;
          options.onProgress?.(at);
        },
        host.remaining,
      );
      if (at === before) throw notTransferred(host.label, source, 'it became shorter while it was fetched');
    }
  } finally {
    closeSync(file);
  }
}
