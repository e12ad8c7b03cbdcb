/** Where this machine keeps Firebreak's state. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env, platform } from 'node:process';

/** `$XDG_STATE_HOME/firebreak` (default `~/.local/state/firebreak`), on Windows `%ProgramData%\Firebreak`. */
export function stateFolder(): string {
  if (platform === 'win32') return join(env['ProgramData'] ?? 'C:\\ProgramData', 'Firebreak');
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'firebreak');
}

/**
 * The state file from `--state`, `FIREBREAK_STATE` or the default, without its `sqlite:` prefix.
 * `postgres://` is left to the caller to refuse.
 */
export function stateFile(option: string | undefined): string {
  const given = option ?? env['FIREBREAK_STATE'];
  if (given === undefined || given === '') return join(stateFolder(), 'state.db');
  return given.startsWith('sqlite:') ? given.slice('sqlite:'.length) : given;
}
