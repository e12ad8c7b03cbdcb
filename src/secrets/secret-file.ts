/** A password in a file that only its owner may read. */
import { readFile, stat } from 'node:fs/promises';
import { FirebreakError } from '../domain/index.ts';
import { decodeText, runProgram } from '../util/index.ts';

const MAX_BYTES = 64 * 1024;
/** Owner, SYSTEM and Administrators; by SID, which is the same in every language of Windows. */
const TRUSTED_SIDS = /^(?:S-1-5-18|S-1-5-32-544|S-1-3-4|OW|SY|BA)$/;

/** Its last line break is not part of the secret. @throws FB_CREDENTIAL_MISSING */
export async function readSecretFile(file: string): Promise<string> {
  const info = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw missing(
      `the password file ${file} cannot be read (${cause.code ?? cause.message})`,
      'check the path in the inventory',
    );
  });
  if (!info.isFile() || info.size > MAX_BYTES)
    throw missing(
      `${file} is no password file: ${info.isFile() ? 'it is too large' : 'it is no file'}`,
      'check the path in the inventory',
    );
  await ensureOwnersAlone(file, info.mode);
  const secret = decodeText(await readFile(file)).replace(/\r?\n$/, '');
  if (secret === '') throw missing(`the password file ${file} is empty`, 'write the password into it');
  return secret;
}

/**
 * The one place that knows what "only its owner may read it" means on each system.
 * @param mode as `stat` gives it; means nothing on Windows
 * @throws FB_CREDENTIAL_MISSING
 */
async function ensureOwnersAlone(file: string, mode: number): Promise<void> {
  if (process.platform !== 'win32') {
    if ((mode & 0o077) === 0) return;
    throw missing(`others than its owner may read the password file ${file}`, `chmod 600 ${file}`);
  }
  const remedy = `icacls "${file}" /inheritance:r /grant:r "%USERNAME%:F"`;
  const readers = await windowsReaders(file);
  if (readers === null) throw missing(`it cannot be found out who may read the password file ${file}`, remedy);
  if (readers.length > 0)
    throw missing(`others than its owner may read the password file ${file} (${readers.join(', ')})`, remedy);
}

/** SIDs that are granted something on the file besides its owner's; null when that cannot be found out. */
async function windowsReaders(file: string): Promise<readonly string[] | null> {
  const script =
    '$a = Get-Acl -LiteralPath $env:FIREBREAK_FILE; $s = [Security.Principal.SecurityIdentifier]; ' +
    '$a.GetOwner($s).Value; $a.GetAccessRules($true, $true, $s) | ' +
    "Where-Object { $_.AccessControlType -eq 'Allow' } | ForEach-Object { $_.IdentityReference.Value }";
  const encoded = Buffer.from(script, 'utf16le').toString('base64');
  const result = await runProgram(['powershell.exe', '-NoProfile', '-NonInteractive', '-EncodedCommand', encoded], {
    timeoutMs: 30_000,
    maxBytes: 64 * 1024,
    environment: { FIREBREAK_FILE: file },
  });
  const [owner, ...granted] = result.stdout.split(/\r?\n/).filter((line) => line !== '');
  if (result.ended !== 'exited' || result.exitCode !== 0 || owner === undefined || !/^S-1-/.test(owner)) return null;
  return [...new Set(granted)].filter((sid) => sid !== owner && !TRUSTED_SIDS.test(sid));
}

function missing(message: string, remedy: string): FirebreakError {
  return new FirebreakError('FB_CREDENTIAL_MISSING', message, { remedy });
}
