/**
 * Files on this machine itself: copied beside the destination, checked, renamed. What an interrupted copy left is gone on
 * with. Must not know PowerShell.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, posix, win32 } from 'node:path';
import process from 'node:process';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FirebreakError, type PushOptions, type TransferOptions, type Transferred } from '../../domain/index.ts';
import { hashInto, partOf, sha256Of, sizeOf } from '../../util/index.ts';
import { Deadline } from '../psrp/index.ts';

/** A full path in this system's own form. `C:\…` on a system that is not Windows belongs to a PowerShell elsewhere (WSL). */
export function isPathHere(path: string, platform: NodeJS.Platform = process.platform): boolean {
  if (platform !== 'win32') return posix.isAbsolute(path);
  return win32.isAbsolute(path) && win32.parse(path).root.length > 1;
}

/**
 * @param source the content from that byte on
 * @throws FB_TRANSFER_HASH, FB_TRANSFER_FAILED, FB_DEADLINE, FB_CANCELLED
 */
export function copyIn(
  label: string,
  source: (start: number) => Readable,
  destination: string,
  options: PushOptions,
): Promise<Transferred> {
  const sha256 = options.sha256.toLowerCase();
  return transfer(label, destination, options, async (signal) => {
    const there = await sizeOf(destination);
    if (there !== undefined && (await sha256Of(destination, signal)) === sha256) {
      return { bytes: there, sha256, skipped: true };
    }
    const from: Source = { open: source, sha256, wrongHash: () => wrongHere(label, destination, sha256) };
    return { bytes: await copy(from, destination, options, signal), sha256, skipped: false };
  });
}

/** @throws FB_TRANSFER_HASH (the file changed under way), FB_TRANSFER_FAILED, FB_DEADLINE, FB_CANCELLED */
export function copyOut(
  label: string,
  source: string,
  destination: string,
  options: TransferOptions,
): Promise<Transferred> {
  return transfer(label, source, options, async (signal) => {
    const bytes = await sizeOf(source);
    if (bytes === undefined) {
      throw new FirebreakError('FB_TRANSFER_FAILED', `${label}: ${source} is not there`, {
        remedy: 'check the path',
        retryable: false,
      });
    }
    const sha256 = await sha256Of(source, signal);
    if ((await sizeOf(destination)) === bytes && (await sha256Of(destination, signal)) === sha256) {
      return { bytes, sha256, skipped: true };
    }
    const from: Source = {
      open: (start) => createReadStream(source, { start }),
      sha256,
      wrongHash: () => changed(label, source),
    };
    return { bytes: await copy(from, destination, options, signal), sha256, skipped: false };
  });
}

interface Source {
  open(start: number): Readable;
  readonly sha256: string;
  wrongHash(): FirebreakError;
}

async function copy(
  source: Source,
  destination: string,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<number> {
  await mkdir(dirname(destination), { recursive: true });
  const part = partOf(destination, source.sha256);
  const kept = (await sizeOf(part)) ?? 0;
  // what was there of an earlier copy may have been damaged: then once from the start
  for (const start of kept === 0 ? [0] : [kept, 0]) {
    const hash = createHash('sha256');
    if (start > 0) await hashInto(hash, part, signal);
    const counter = countInto(hash, start, options.onProgress);
    const file = createWriteStream(part, start === 0 ? { flush: true } : { flush: true, flags: 'r+', start });
    await pipeline(source.open(start), counter.stream, file, { signal });
    if (hash.digest('hex') !== source.sha256) continue;
    await rename(part, destination);
    return counter.bytes();
  }
  await rm(part, { force: true });
  throw source.wrongHash();
}

function countInto(
  hash: Hash,
  start: number,
  onProgress: TransferOptions['onProgress'],
): { readonly stream: Transform; bytes(): number } {
  let at = start;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      at += chunk.length;
      onProgress?.(at);
      done(null, chunk);
    },
  });
  return { stream, bytes: () => at };
}

async function transfer(
  label: string,
  path: string,
  options: TransferOptions,
  work: (signal: AbortSignal) => Promise<Transferred>,
): Promise<Transferred> {
  const deadline = new Deadline(label, `the transfer of ${path}`, options);
  try {
    deadline.signal.throwIfAborted();
    return await work(deadline.signal);
  } catch (error) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    if (error instanceof FirebreakError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new FirebreakError('FB_TRANSFER_FAILED', `${label}: ${path} was not transferred: ${why}`, {
      remedy: `check free space and rights for ${path}`,
      cause: error,
    });
  } finally {
    deadline.dispose();
  }
}

function wrongHere(label: string, destination: string, sha256: string): FirebreakError {
  const message = `${label}: the file for ${destination} does not have the expected SHA-256 ${sha256}`;
  return new FirebreakError('FB_TRANSFER_HASH', message, {
    remedy: 'check the package file and its listed SHA-256',
    retryable: false,
  });
}

function changed(label: string, source: string): FirebreakError {
  return new FirebreakError('FB_TRANSFER_HASH', `${label}: ${source} changed while it was copied`, {
    remedy: 'fetch it again when nobody writes to it',
  });
}
