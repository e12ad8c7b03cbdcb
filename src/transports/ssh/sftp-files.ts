/**
 * Files over SFTP: to and from a `.part` that an interrupted transfer goes on with, checked by SHA-256, renamed. The host
 * hashes its file itself where it can; else it is read back. Memory does not grow with the file.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  FirebreakError,
  type HostPath,
  type PushOptions,
  type Session,
  type TransferOptions,
  type Transferred,
} from '../../domain/index.ts';
import { partOf, sha256Of, sizeOf } from '../../util/index.ts';
import { Deadline } from '../psrp/index.ts';
import type { SshConnection } from './connection.ts';
import { SFTP_BLOCK_BYTES, Sftp, SftpError } from './sftp.ts';
import { toSftpPath } from './sftp-path.ts';
import { Window } from './window.ts';

/** Requests under way at once: what fills a line of 100 Mbit/s with 150 ms of delay. */
const WINDOW = 64;

export interface SftpFilesOptions {
  readonly connection: SshConnection;
  /** SHA-256 of a file by the host itself, lower-case hex; undefined when it cannot tell. */
  readonly hashOnHost: (path: HostPath, options: TransferOptions) => Promise<string | undefined>;
}

/** Null from `push` and `fetch`: the host has no SFTP, or the path no place in it. */
export class SftpFiles {
  readonly #options: SftpFilesOptions;

  constructor(options: SftpFilesOptions) {
    this.#options = options;
  }

  push(...[source, destination, options]: Parameters<Session['push']>): Promise<Transferred | null> {
    const path = toSftpPath(destination);
    return this.#with(destination, path, options, async (sftp, within) => {
      const wanted = options.sha256.toLowerCase();
      const there = await sftp.stat(path!);
      if (there?.isFile() === true && (await this.#hash(sftp, destination, path!, within)) === wanted) {
        return { bytes: there.size, sha256: wanted, skipped: true };
      }
      await sftp.makeFolder(path!.slice(0, path!.lastIndexOf('/')));
      const part = partOf(path!, wanted);
      const kept = (await sftp.stat(part))?.size ?? 0;
      const job = { part, hostPart: partOf(destination, wanted), source, wanted, options: { ...options, ...within } };
      let bytes = await this.#send(sftp, job, kept);
      // what was there of an earlier transfer may have been damaged: then once from the start
      if (bytes === undefined && kept > 0) bytes = await this.#send(sftp, job, 0);
      if (bytes === undefined) throw this.#hashError(destination, 'what arrived is not the file that was sent', true);
      await sftp.replace(part, path!);
      return { bytes, sha256: wanted, skipped: false };
    });
  }

  fetch(source: HostPath, destination: string, options: TransferOptions): Promise<Transferred | null> {
    const path = toSftpPath(source);
    return this.#with(source, path, options, async (sftp, within) => {
      const before = await sftp.stat(path!);
      if (before?.isFile() !== true) throw new SftpError(source, { code: 2 });
      const sha256 = await this.#options.hashOnHost(source, within);
      const local = await sizeOf(destination);
      if (sha256 !== undefined && local === before.size && (await sha256Of(destination)) === sha256) {
        return { bytes: before.size, sha256, skipped: true };
      }
      await mkdir(dirname(destination), { recursive: true });
      // a part is gone on with only when it is of this very content
      const identity = createHash('sha256').update(`${source}\n${before.size}\n${before.mtime}`).digest('hex');
      const part = partOf(destination, sha256 ?? identity);
      await this.#receive(sftp, path!, part, before.size, { ...options, ...within });
      const after = await sftp.stat(path!);
      const actual = await sha256Of(part);
      const isSame =
        sha256 === undefined ? after?.size === before.size && after.mtime === before.mtime : actual === sha256;
      if (!isSame) {
        await rm(part, { force: true });
        throw this.#hashError(source, 'it changed while it was fetched', true);
      }
      await rename(part, destination);
      return { bytes: before.size, sha256: actual, skipped: false };
    });
  }

  async #with(
    hostPath: HostPath,
    path: string | null,
    options: TransferOptions,
    work: (sftp: Sftp, within: TransferOptions) => Promise<Transferred>,
  ): Promise<Transferred | null> {
    const { connection } = this.#options;
    if (path === null) return null;
    const deadline = new Deadline(connection.label, `the transfer of ${hostPath}`, options);
    const end = performance.now() + options.timeoutMs;
    const within = {
      signal: deadline.signal,
      get timeoutMs() {
        return Math.max(0, end - performance.now());
      },
    };
    try {
      const channel = await connection.sftp(deadline.signal);
      if (channel === null) return null;
      try {
        return await work(new Sftp(channel, deadline.signal, () => connection.lost), within);
      } finally {
        channel.end();
      }
    } catch (error) {
      throw connection.lost ?? this.#translate(error, connection.label, hostPath);
    } finally {
      deadline.dispose();
    }
  }

  /** @returns the bytes of the whole file, undefined when the part is not what it should be */
  async #send(sftp: Sftp, job: SendJob, start: number): Promise<number | undefined> {
    const { part, options, wanted } = job;
    const handle = await sftp.open(part, start === 0 ? 'w' : 'r+');
    const source = job.source(start);
    const hash = createHash('sha256');
    let at = start;
    try {
      const window = new Window(WINDOW);
      for await (const piece of source) {
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : (piece as Buffer);
        hash.update(bytes);
        for (let from = 0; from < bytes.length; from += SFTP_BLOCK_BYTES) {
          // the source may use its buffer again
          const block = Buffer.from(bytes.subarray(from, from + SFTP_BLOCK_BYTES));
          const end = at + block.length;
          await window.add(sftp.write(part, handle, block, at).then(() => options.onProgress?.(end)));
          at = end;
        }
      }
      await window.drain();
    } finally {
      source.destroy();
      await sftp.close(handle);
    }
    if (start === 0 && hash.digest('hex') !== wanted) {
      await sftp.remove(part);
      throw this.#hashError(part, `the source here has another SHA-256 than ${wanted}`, false);
    }
    // a part that was longer than the file is no part of it
    const arrived = await sftp.stat(part);
    if (arrived?.size !== at) return undefined;
    return (await this.#hash(sftp, job.hostPart, part, options, wanted)) === wanted ? at : undefined;
  }

  async #receive(sftp: Sftp, path: string, part: string, size: number, options: TransferOptions): Promise<void> {
    const kept = (await sizeOf(part)) ?? 0;
    const start = kept <= size ? kept : 0;
    const file = await open(part, start === 0 ? 'w' : 'r+');
    try {
      await this.#read(sftp, path, start, size, async (block, at) => {
        await writeAll(file, block, at);
        options.onProgress?.(at + block.length);
      });
    } finally {
      await file.close();
    }
  }

  /** Of the host, or of what we read back. A host that names another value than expected may see other paths than SFTP does. */
  async #hash(
    sftp: Sftp,
    hostPath: HostPath,
    path: string,
    options: TransferOptions,
    expected?: string,
  ): Promise<string> {
    const told = await this.#options.hashOnHost(hostPath, options);
    if (told !== undefined && (expected === undefined || told === expected)) return told;
    const hash: Hash = createHash('sha256');
    const size = (await sftp.stat(path))?.size ?? 0;
    await this.#read(sftp, path, 0, size, (block) => {
      hash.update(block);
      return Promise.resolve();
    });
    return hash.digest('hex');
  }

  /** Blocks in order, many asked for at once. */
  async #read(
    sftp: Sftp,
    path: string,
    start: number,
    end: number,
    take: (block: Buffer, at: number) => Promise<void>,
  ): Promise<void> {
    const handle = await sftp.open(path, 'r');
    const asked: { readonly at: number; readonly block: Promise<Buffer> }[] = [];
    try {
      for (let next = start; asked.length > 0 || next < end; ) {
        while (asked.length < WINDOW && next < end) {
          const block = readBlock(sftp, path, handle, next, Math.min(SFTP_BLOCK_BYTES, end - next));
          // a failure is seen when its turn comes
          block.catch(() => undefined);
          asked.push({ at: next, block });
          next += SFTP_BLOCK_BYTES;
        }
        const { at, block } = asked.shift()!;
        await take(await block, at);
      }
    } finally {
      await sftp.close(handle);
    }
  }

  #hashError(path: string, why: string, isRetryable: boolean): FirebreakError {
    return new FirebreakError('FB_TRANSFER_HASH', `${this.#options.connection.label}: ${path}: ${why}`, {
      remedy: isRetryable ? 'try again when nobody writes to it' : 'check the package file and its listed SHA-256',
      retryable: isRetryable,
    });
  }

  #translate(error: unknown, label: string, path: string): unknown {
    if (error instanceof FirebreakError) return error;
    const why = error instanceof Error ? error.message : String(error);
    return new FirebreakError('FB_TRANSFER_FAILED', `${label}: ${path} was not transferred: ${why}`, {
      remedy: 'check path, rights and free space on both sides, then try again',
      retryable: !(error instanceof SftpError && error.isMissing),
      cause: error,
    });
  }
}

interface SendJob {
  readonly part: string;
  readonly hostPart: HostPath;
  readonly source: Parameters<Session['push']>[0];
  readonly wanted: string;
  readonly options: PushOptions;
}

/** The whole block: servers may give less than they were asked for. */
async function readBlock(sftp: Sftp, path: string, handle: Buffer, at: number, bytes: number): Promise<Buffer> {
  const block = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const read = await sftp.read(path, handle, block.subarray(filled), at + filled);
    if (read === 0) throw new Error(`${path} became shorter while it was read`);
    filled += read;
  }
  return block;
}

async function writeAll(file: FileHandle, block: Buffer, at: number): Promise<void> {
  for (let done = 0; done < block.length; ) {
    done += (await file.write(block, done, block.length - done, at + done)).bytesWritten;
  }
}
