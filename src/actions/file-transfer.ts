/** How a file comes to a host: pushed over the session, or pulled by the host from its site's source; always proved by its SHA-256. */
import { z } from 'zod';
import { type ChangeAction, FirebreakError, type PackageFile, type StepContext } from '../domain/index.ts';
import { partOf } from '../util/index.ts';
import { callHost } from './host-call.ts';
import { readHostFile } from './host-files.ts';

/** What the `prior` of such an action holds at least. */
const wantedFile = z.object({ path: z.string(), sha256: z.string() });
const saved = z.object({ Length: z.number().nullable() });
const completed = z.object({ Sha256: z.string(), Length: z.number() });

/** @throws FB_TRANSFER_HASH, FB_TRANSFER_FAILED and those of the session */
export async function bringToHost(step: StepContext, file: PackageFile, path: string): Promise<void> {
  const source = step.host.connection?.packageSource;
  if (source !== undefined) return pullFromSource(step, file, path, source);
  const session = await step.session();
  await session.push((start) => file.open(start), path, {
    signal: step.signal,
    timeoutMs: Math.max(1, step.remainingMs()),
    sha256: file.sha256,
    onProgress: (bytes) => step.progress(`${file.name}: ${bytes} of ${file.bytes} bytes`),
  });
}

/** The host fetches by HTTP itself. There is no way back to pushing: a source is set to keep gigabytes off a slow line. */
async function pullFromSource(step: StepContext, file: PackageFile, path: string, source: string): Promise<void> {
  const uri = `${source.replace(/\/+$/, '')}/${encodeURIComponent(file.name)}`;
  const temporary = partOf(path, file.sha256);
  step.progress(`${file.name}: the host fetches ${file.bytes} bytes from ${source}`);
  const call = async <T>(name: string, parameters: { readonly [name: string]: string }, result: z.ZodType<T>) =>
    callHost(step, { module: 'Host', function: name, parameters, result, timeoutMs: Math.max(1, step.remainingMs()) });
  try {
    await call('Save-FbWebFile', { Uri: uri, TemporaryPath: temporary }, saved);
    await call('Complete-FbFile', { TemporaryPath: temporary, Path: path, Sha256: file.sha256 }, completed);
  } catch (thrown) {
    if (!(thrown instanceof FirebreakError) || !thrown.code.startsWith('FB_TRANSFER_')) throw thrown;
    throw new FirebreakError(thrown.code, thrown.message, {
      remedy: `see that ${uri} can be read from ${step.host.name} and is the same file; or take package_source out of the inventory`,
      cause: thrown,
    });
  }
}

/** The two halves of an action that has brought a file: what became of it, and whether it is in place. */
export const broughtFile: Pick<ChangeAction, 'recover' | 'prove'> = {
  async recover(step, _given, open) {
    const { path, sha256 } = wantedFile.parse(open.prior);
    const there = await readHostFile(step, path);
    return { state: there.Sha256 === sha256 ? 'done' : 'not-started' };
  },
  async prove(step, _given, found) {
    const { path, sha256 } = wantedFile.parse(found);
    const there = await readHostFile(step, path);
    if (there.Sha256 === sha256) return { proven: true, result: found };
    return {
      proven: false,
      result: found,
      error: {
        code: 'FB_TRANSFER_HASH',
        message: `${path} on ${step.host.name} has SHA-256 ${there.Sha256 ?? 'none'}, expected ${sha256}`,
        remedy: 'run it again; if it recurs, look for a virus scanner that changes files',
        retryable: true,
      },
    };
  },
};
