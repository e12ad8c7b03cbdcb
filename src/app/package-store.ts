/**
 * A folder of package files with their checksums in a `SHA256SUMS` file beside them (the format of sha256sum). A package
 * without a listed checksum, or with another one, is never sent to a host.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { platform } from 'node:process';
import { FirebreakError, type PackageFile, type PackageStore } from '../domain/index.ts';
import { decodeText } from '../util/index.ts';
import { describeFile } from './controller-files.ts';

const SUMS = 'SHA256SUMS';

export function createPackageStore(folder: string): PackageStore {
  const found = new Map<string, Promise<PackageFile>>();
  return {
    find(name) {
      const known = found.get(name) ?? findPackage(folder, name);
      found.set(name, known);
      return known;
    },
  };
}

/** @throws FB_PACKAGE_MISSING (no such folder), FB_PACKAGE_HASH (no SHA256SUMS in it): before any host is touched */
export async function ensurePackageFolder(folder: string): Promise<void> {
  const info = await stat(folder).catch(() => undefined);
  if (info?.isDirectory() !== true) {
    throw new FirebreakError('FB_PACKAGE_MISSING', `the package folder ${folder} is not there`, {
      remedy: 'name the folder with the package files and their SHA256SUMS with --packages',
    });
  }
  const sums = await stat(join(folder, SUMS)).catch(() => undefined);
  if (sums?.isFile() === true) return;
  throw new FirebreakError('FB_PACKAGE_HASH', `the package folder ${folder} has no ${SUMS}: nothing of it is trusted`, {
    remedy: `after checking where the files came from: ${sumCommand(folder, '*', '>')}`,
  });
}

async function findPackage(folder: string, name: string): Promise<PackageFile> {
  const path = join(folder, name);
  const info = /^[^/\\]+$/.test(name) ? await stat(path).catch(() => undefined) : undefined;
  if (info === undefined || !info.isFile()) {
    throw new FirebreakError('FB_PACKAGE_MISSING', `the package ${name} is not in ${folder}`, {
      remedy: `download ${name} from the Microsoft Update Catalog into ${folder}, or name another folder with --packages`,
    });
  }
  const listed = (await readSums(folder)).get(name.toLowerCase());
  if (listed === undefined) {
    throw new FirebreakError('FB_PACKAGE_HASH', `${join(folder, SUMS)} lists no SHA-256 for ${name}`, {
      remedy: `after checking where the file came from: ${sumCommand(folder, name, '>>')}`,
    });
  }
  const file = await describeFile(path);
  if (file.sha256 !== listed) {
    throw new FirebreakError('FB_PACKAGE_HASH', `${name} has SHA-256 ${file.sha256}, but ${SUMS} says ${listed}`, {
      remedy: 'the file is damaged or not what it should be: download it again',
    });
  }
  return file;
}

/** The command that writes or adds checksums, in the words of this system's shell. */
function sumCommand(folder: string, files: string, how: '>' | '>>'): string {
  if (platform !== 'win32') return `(cd ${folder} && sha256sum ${files} ${how} ${SUMS})`;
  const line = '"$($_.Hash)  $(Split-Path -Leaf $_.Path)"';
  const write = how === '>' ? 'Set-Content' : 'Add-Content';
  return `in PowerShell: cd '${folder}'; Get-FileHash '${files}' | ForEach-Object { ${line} } | ${write} ${SUMS}`;
}

/** File name in lower case → SHA-256 in lower case. */
async function readSums(folder: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(folder, SUMS)).then(decodeText, () => '');
  return new Map(
    text
      .split(/\r?\n/)
      .map((line) => /^([0-9a-fA-F]{64}) [ *](.+)$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => [match[2]!.toLowerCase(), match[1]!.toLowerCase()]),
  );
}
