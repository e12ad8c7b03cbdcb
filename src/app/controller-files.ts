/** Files of this machine that a playbook names: relative names count from the playbook's folder. And evidence of hosts. */
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type ControllerFiles, FirebreakError, type PackageFile } from '../domain/index.ts';
import type { Redactor } from '../secrets/index.ts';
import { makePrivateFolder, sha256Hex, sha256Of, sizeOf } from '../util/index.ts';
import { redactBytes } from './redact-bytes.ts';

export function createControllerFiles(
  folder: string,
  evidence: { readonly folder: string; readonly redactor: Redactor },
): ControllerFiles {
  return {
    resolve: (name) => resolve(folder, name),
    find: (name) => describeFile(resolve(folder, name)),
    evidence: evidence.folder,
    keep: async (file, content) => {
      const clean = redactBytes(content, (text) => evidence.redactor.redact(text));
      try {
        makePrivateFolder(dirname(file));
        await writeFile(file, clean, { mode: 0o600 });
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        throw new FirebreakError('FB_ENVIRONMENT', `the evidence ${file} cannot be written (${code})`, {
          remedy: 'check the folder and the space that is left there',
          cause,
        });
      }
      return { bytes: clean.length, sha256: sha256Hex(clean) };
    },
  };
}

/** A file with its size and hash. @throws FB_FILE_MISSING */
export async function describeFile(path: string): Promise<PackageFile> {
  const bytes = await sizeOf(path);
  if (bytes === undefined) {
    throw new FirebreakError('FB_FILE_MISSING', `the file ${path} is not there`, {
      remedy: 'check the name; relative names count from the folder of the playbook',
    });
  }
  return {
    name: basename(path),
    bytes,
    sha256: await sha256Of(path),
    open: (start = 0) => createReadStream(path, { start }),
  };
}
