/** Files of this machine that a playbook names: relative names count from the playbook's folder. */
import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type ControllerFiles, FirebreakError, type PackageFile } from '../domain/index.ts';
import { sha256Of, sizeOf } from '../util/index.ts';

export function createControllerFiles(folder: string): ControllerFiles {
  return {
    resolve: (name) => resolve(folder, name),
    find: (name) => describeFile(resolve(folder, name)),
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
