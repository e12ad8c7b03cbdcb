/** Where this machine keeps Firebreak's state. */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { env, platform } from 'node:process';
import { FirebreakError } from '../domain/index.ts';

/** `$XDG_STATE_HOME/firebreak` (default `~/.local/state/firebreak`), on Windows `%ProgramData%\Firebreak`. */
export function stateFolder(): string {
  if (platform === 'win32') return join(env['ProgramData'] ?? 'C:\\ProgramData', 'Firebreak');
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'firebreak');
}

/** Where the journal is. */
export type StateStore =
  | { readonly kind: 'sqlite'; readonly file: string }
  /** The address may hold a password: never show it. */
  | { readonly kind: 'postgres'; readonly address: string };

/** From `--state`, `FIREBREAK_STATE` or the default: a path with or without `sqlite:`, or `postgres://…`. @throws FB_USAGE */
export function stateStore(option: string | undefined): StateStore {
  const given = option ?? env['FIREBREAK_STATE'];
  if (given === undefined || given === '') return { kind: 'sqlite', file: join(stateFolder(), 'state.db') };
  if (/^postgres(ql)?:\/\//.test(given)) return { kind: 'postgres', address: given };
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(given)?.[1];
  if (scheme !== undefined || /^postgres(ql)?:/.test(given)) {
    throw new FirebreakError('FB_USAGE', `the state store cannot be a ${scheme ?? 'postgres'}: address of this form`, {
      remedy: 'use sqlite:PATH or postgres://USER@HOST:PORT/DATABASE',
    });
  }
  return { kind: 'sqlite', file: given.startsWith('sqlite:') ? given.slice('sqlite:'.length) : given };
}

/** Logs and reports are files of this machine, whatever the store. */
export function filesFolder(store: StateStore): string {
  return store.kind === 'sqlite' ? dirname(store.file) : stateFolder();
}
