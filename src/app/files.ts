/** Reading what the user named: playbooks, advisories, inventories; shipped ones by their bare names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { FirebreakError } from '../domain/index.ts';
import type { IncludeReader } from '../playbook/index.ts';
import { decodeText, didYouMean } from '../util/index.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** @throws FB_FILE_MISSING (not there, not readable, larger than 16 MiB) */
export async function readText(file: string, what: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const why = whyUnreadable(cause);
    throw new FirebreakError('FB_FILE_MISSING', `${what} ${file}: ${why}`, { remedy: 'check the path', cause });
  }
  if (bytes.length > MAX_BYTES) {
    throw new FirebreakError(
      'FB_FILE_MISSING',
      `${what} ${file}: it has ${bytes.length} bytes, more than ${MAX_BYTES}`,
    );
  }
  return decodeText(bytes);
}

function whyUnreadable(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  return code === 'EISDIR' ? 'it is a folder' : `it cannot be read (${code})`;
}

/** What `include:` names; a relative name counts from the folder of the file that includes. */
export function readInclude(name: string, from: string): ReturnType<IncludeReader> {
  const file = isAbsolute(name) ? name : join(dirname(from), name);
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) return { problem: `${file}: it has ${bytes.length} bytes, more than ${MAX_BYTES}` };
    return { file, text: decodeText(bytes) };
  } catch (cause) {
    if (cause instanceof FirebreakError) return { problem: `${file}: ${cause.message}` };
    return { problem: `${file}: ${whyUnreadable(cause)}` };
  }
}

/** A path as it is, or the bare name of a shipped playbook. @throws FB_FILE_MISSING for a bare name that is neither */
export function findPlaybook(name: string): string {
  if (existsSync(name)) return name;
  if (!/^[a-z0-9-]+$/.test(name)) return name;
  const shipped = join(shippedFolder(), `${name}.yaml`);
  if (existsSync(shipped)) return shipped;
  const known = namesIn(shippedFolder());
  throw new FirebreakError('FB_FILE_MISSING', `there is no file and no shipped playbook "${name}"`, {
    remedy: didYouMean(name, known) || `name a file, or one of ${known.join(', ')}`,
  });
}

/** The YAML files of a folder, without their ending. */
function namesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => basename(file, '.yaml'));
}

/** `advisories/<id>.yaml` beside the playbook, else the shipped one; a path as it is. @throws FB_FILE_MISSING for another id */
export function findAdvisory(id: string, playbook: string | null): string {
  if (/[/\\]|\.ya?ml$/.test(id)) return id;
  const places = [
    ...(playbook === null ? [] : [join(dirname(playbook), 'advisories')]),
    join(shippedFolder(), 'advisories'),
  ];
  const found = places.map((folder) => join(folder, `${id}.yaml`)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  const known = places.filter(existsSync).flatMap(namesIn);
  throw new FirebreakError('FB_FILE_MISSING', `there is no advisory "${id}" in ${places.join(' or ')}`, {
    remedy: didYouMean(id, known) || 'see firebreak advisory list, or name a file',
  });
}

/** The folder `playbooks/` of this installation. */
export function shippedFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const playbooks = join(folder, 'playbooks');
    if (existsSync(playbooks)) return playbooks;
    if (folder === dirname(folder)) return playbooks;
  }
}
