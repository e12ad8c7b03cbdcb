/** Folders that only their owner may look into, on every system. Must not know what is kept there. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { env, platform } from 'node:process';

/** SYSTEM and Administrators; by SID, which is the same in every language of Windows. */
const TRUSTED = ['*S-1-5-18', '*S-1-5-32-544'];
const ICACLS_TIMEOUT_MS = 15_000;

/**
 * Makes the folder and those above it. A folder that is there already keeps its rights. New ones get mode 700; on Windows,
 * where %ProgramData% lets every user read, the access control list of the topmost new one grants SYSTEM, Administrators
 * and the current user alone, and those below inherit it. A volume without such lists (FAT) stays as it is.
 * @throws NodeJS.ErrnoException when it cannot be made
 */
export function makePrivateFolder(path: string): void {
  const made = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (made === undefined || platform !== 'win32') return;
  const granted = [...TRUSTED, account()].flatMap((name) => ['/grant:r', `${name}:(OI)(CI)F`]);
  // long paths come back in their namespaced form, which icacls does not take
  const topmost = made.replace(/^\\\\\?\\/, '');
  spawnSync(systemProgram('icacls.exe'), [topmost, '/inheritance:r', ...granted, '/q'], {
    stdio: 'ignore',
    timeout: ICACLS_TIMEOUT_MS,
    windowsHide: true,
  });
}

/** Never by the PATH, which may begin with a folder that others can write. */
function systemProgram(name: string): string {
  return join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', name);
}

function account(): string {
  const { username } = userInfo();
  const domain = env['USERDOMAIN'];
  return domain === undefined || domain === '' ? username : `${domain}\\${username}`;
}
