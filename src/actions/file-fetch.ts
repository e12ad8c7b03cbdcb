/** `file.fetch`: a file of the host to this machine, under a folder of the host's name. Changes nothing on the host. */
import { join } from 'node:path';
import { z } from 'zod';
import { FirebreakError, type ReadAction } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { readHostFile } from './host-files.ts';

const args = z.strictObject({
  /** Full path on the host. */
  path: z.string().min(1),
  /** Folder on this machine; a relative name counts from the playbook's folder. The file comes to FOLDER/HOST/NAME. */
  to: z.string().min(1),
});

export const fileFetch: ReadAction = {
  uses: 'file.fetch',
  kind: 'read',
  elsewhere: true,
  summary: 'copies a file of the host to this machine',
  args,
  results: ['path', 'file', 'sha256', 'bytes'],
  async read(step, given) {
    const { path, to } = readArgs(args, given, 'file.fetch');
    const name = path.split(/[\\/]/).at(-1) ?? '';
    // a folder of ours that the host's own names cannot lead out of
    const file = join(step.files.resolve(to), safeName(step.host.name), safeName(name));
    if (step.check) {
      const { Sha256: sha256, Length: bytes } = await readHostFile(step, path);
      return { result: { path, file: null, sha256, bytes } };
    }
    const session = await step.session();
    const { bytes, sha256 } = await session.fetch(path, file, {
      signal: step.signal,
      timeoutMs: Math.max(1, step.remainingMs()),
      onProgress: (done) => step.progress(`${path}: ${done} bytes`),
    });
    return { result: { path, file, sha256, bytes } };
  },
};

function safeName(name: string): string {
  const safe = name.replaceAll(/[<>:"/\\|?*]/g, '_');
  if (safe !== '' && safe !== '.' && safe !== '..') return safe;
  throw new FirebreakError('FB_INPUT_INVALID', `"${name}" cannot be the name of a file here`, {
    remedy: 'name a file of the host with its full path',
  });
}
