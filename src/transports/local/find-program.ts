/** Which PowerShell this machine has. Must not start it. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import process from 'node:process';
import { FirebreakError } from '../../domain/index.ts';

interface Environment {
  readonly [name: string]: string | undefined;
}

/** In the order in which they are taken when none is named: what every Windows has first. */
const PROGRAMS = process.platform === 'win32' ? (['powershell.exe', 'pwsh.exe'] as const) : (['pwsh'] as const);
const REMEDY =
  process.platform === 'win32'
    ? 'install PowerShell 7 (winget install Microsoft.PowerShell), or name the program: shell: C:\\path\\to\\pwsh.exe'
    : 'install PowerShell 7 (the package powershell), or name the program: shell: /path/to/pwsh';

/**
 * Full path of the program: `wanted` (a path, or a name to look for), or the first of the usual ones.
 * @throws FB_ENVIRONMENT when there is none
 */
export async function findPowerShell(
  wanted: string | undefined,
  label: string,
  environment: Environment = process.env,
): Promise<string> {
  if (wanted !== undefined && (isAbsolute(wanted) || wanted.includes(sep) || wanted.includes('/'))) {
    if (await isProgram(wanted)) return wanted;
    throw missing(label, `there is no program ${wanted}`);
  }
  const names = wanted === undefined ? PROGRAMS : [wanted];
  for (const name of names) {
    const found = await onPath(name, environment);
    if (found !== undefined) return found;
  }
  throw missing(label, `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not on the PATH`);
}

async function onPath(name: string, environment: Environment): Promise<string | undefined> {
  const path = variable(environment, 'PATH') ?? '';
  const names = process.platform === 'win32' && !/\.[a-z]+$/i.test(name) ? [`${name}.exe`, name] : [name];
  for (const folder of path.split(delimiter)) {
    // an entry may be quoted on Windows; a relative one would depend on where we were started
    const plain = folder.replace(/^"(.*)"$/, '$1');
    if (!isAbsolute(plain)) continue;
    for (const each of names) {
      const file = join(plain, each);
      if (await isProgram(file)) return file;
    }
  }
  return undefined;
}

/** Names of variables have no case on Windows, and a copy of `process.env` does not know that. */
function variable(environment: Environment, name: string): string | undefined {
  if (process.platform !== 'win32') return environment[name];
  return Object.entries(environment).find(([key]) => key.toUpperCase() === name)?.[1];
}

async function isProgram(file: string): Promise<boolean> {
  // Windows has no execute bit: X_OK asks only whether the file is there
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function missing(label: string, why: string): FirebreakError {
  return new FirebreakError('FB_ENVIRONMENT', `${label}: PowerShell cannot be started on this machine: ${why}`, {
    remedy: REMEDY,
  });
}
