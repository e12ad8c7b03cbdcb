/** `firebreak advisory`: what the advisories of this installation say, and the checksums of package files. Touches no host. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Advisory, loadAdvisory } from '../advisory/index.ts';
import { FirebreakError } from '../domain/index.ts';
import { describeFile } from './controller-files.ts';
import { findAdvisory, findPlaybook, readText, shippedFolder } from './files.ts';

/** Every shipped advisory, by id. @throws FB_ADVISORY_INVALID */
export async function listAdvisories(): Promise<readonly Advisory[]> {
  const folder = join(shippedFolder(), 'advisories');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(names.map((name) => showAdvisory(join(folder, name))));
}

/** @param name - id of a shipped one, or a path. @throws FB_FILE_MISSING, FB_ADVISORY_INVALID */
export async function showAdvisory(name: string): Promise<Advisory> {
  const file = findAdvisory(name, null);
  return loadAdvisory(await readText(file, 'advisory'), file);
}

/**
 * The playbook that remedies an advisory, for `run`.
 * @param name - id of a shipped one, or a path
 * @throws FB_FILE_MISSING, FB_ADVISORY_INVALID, FB_USAGE (it names none)
 */
export async function playbookOf(name: string): Promise<string> {
  const { advisory, playbook } = await showAdvisory(name);
  if (playbook === undefined) {
    throw new FirebreakError('FB_USAGE', `advisory ${advisory} names no playbook that remedies it`, {
      remedy: `write one: firebreak init --advisory ${name}; then firebreak run it`,
    });
  }
  const beside = join(dirname(findAdvisory(name, null)), playbook);
  return existsSync(beside) ? beside : findPlaybook(playbook);
}

export interface HashedPackage {
  readonly file: string;
  readonly sha256: string;
  /** Id of the advisory's package that the file is; null when no advisory was asked or it knows no such file. */
  readonly package: string | null;
}

/**
 * Checksums of package files: of single files, of all files of a folder, or of those in a folder that an advisory names.
 *
 * @param names - files and folders; or advisories, whose files are looked for in `folder`
 * @throws FB_FILE_MISSING; FB_PACKAGE_MISSING when an advisory's packages are not there
 */
export async function hashPackages(names: readonly string[], folder: string): Promise<readonly HashedPackage[]> {
  const lists = await Promise.all(names.map((name) => hashOne(name, folder)));
  return lists.flat().sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

async function hashOne(name: string, folder: string): Promise<readonly HashedPackage[]> {
  const info = await stat(name).catch(() => undefined);
  if (info?.isFile() === true && !/\.ya?ml$/i.test(name)) return [await hashFile(name, null)];
  if (info?.isDirectory() === true) {
    const files = await filesOf(name);
    return Promise.all(files.map((file) => hashFile(join(name, file), null)));
  }
  if (info === undefined && !/^[a-z0-9][a-z0-9-]*$/.test(name) && !/\.ya?ml$/i.test(name)) {
    throw new FirebreakError('FB_FILE_MISSING', `${name}: there is no such file or folder`, {
      remedy: 'name files, folders or an advisory: firebreak advisory list',
    });
  }
  const advisory = await showAdvisory(name);
  const patterns = Object.entries(advisory.packages).flatMap(([id, { file }]) =>
    typeof file === 'string' ? [{ id, pattern: patternOf(file) }] : [],
  );
  const found = (await filesOf(folder)).flatMap((file) => {
    const match = patterns.find(({ pattern }) => pattern.test(file));
    return match === undefined ? [] : [{ file, id: match.id }];
  });
  if (found.length === 0) {
    const names = Object.values(advisory.packages).flatMap(({ file }) => (typeof file === 'string' ? [file] : []));
    throw new FirebreakError('FB_PACKAGE_MISSING', `${folder} has no package of ${advisory.advisory}`, {
      remedy: `name their folder with --packages; looked for ${names.join(', ') || 'nothing: it names no file'}`,
    });
  }
  return Promise.all(found.map(({ file, id }) => hashFile(join(folder, file), id)));
}

async function hashFile(path: string, id: string | null): Promise<HashedPackage> {
  const { sha256 } = await describeFile(path);
  return { file: basename(path), sha256, package: id };
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new FirebreakError('FB_FILE_MISSING', `${folder}: there is no such folder`, { remedy: 'check --packages' });
  });
  return entries.filter((entry) => entry.isFile() && !/^SHA256SUMS$/i.test(entry.name)).map((entry) => entry.name);
}

/** File names of packages differ in case from one mirror to the next. */
function patternOf(file: string): RegExp {
  const text = file
    .split('{language}')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[A-Za-z]{2,4}');
  return new RegExp(`^${text}$`, 'i');
}
