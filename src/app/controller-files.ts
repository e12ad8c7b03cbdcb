/** Files of this machine that a playbook names: relative names count from the playbook's folder. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ControllerFiles, FirebreakError, type PackageFile } from '../domain/index.ts';

export function createControllerFiles(folder: string): ControllerFiles {
  return {
    resolve: (name) => resolve(folder, name),
    find: (name) => describeFile(resolve(folder, name)),
  };
}

/** A file with its size and hash. @throws FB_FILE_MISSING */
export async function describeFile(path: string): Promise<PackageFile> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile() !== true) {
    throw new FirebreakError('FB_FILE_MISSING', `the file ${path} is not there`, {
      remedy: 'check the name; relative names count from the folder of the playbook',
    });
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return {
    name: basename(path),
    bytes: info.size,
    sha256: hash.digest('hex'),
    open: (start = 0) => createReadStream(path, { start }),
  };
}
