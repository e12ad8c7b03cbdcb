/** Size, SHA-256 and the name of an unfinished copy of a file on this machine. Must not know who copies it, or where to. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Bytes; undefined when there is no such file. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() === true ? info.size : undefined;
}

/** Lower-case hex. Memory does not grow with the file. Rejects with the error of reading, or the signal's. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await hashInto(hash, path, signal);
  return hash.digest('hex');
}

export async function hashInto(hash: Hash, path: string, signal?: AbortSignal): Promise<void> {
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
}

/** The name of an unfinished transfer to a path, here or on a host: that of another content is another file. */
export function partOf(path: string, sha256: string): string {
  return `${path}.${sha256.slice(0, 8)}.part`;
}
