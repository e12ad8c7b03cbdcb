/**
 * Turns credential references into secrets, once per reference, and tells the redactor. A reference names where the
 * secret is; the secret itself is never in an inventory, an argument list or the journal.
 */
import { readFile, stat } from 'node:fs/promises';
import { platform } from 'node:process';
import { type CredentialReference, FirebreakError, Secret } from '../domain/index.ts';
import type { Redactor } from './redactor.ts';

export interface CredentialSources {
  readonly environment: { readonly [name: string]: string | undefined };
  /** Asks on the terminal; absent when nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

export class Credentials {
  readonly #resolved = new Map<string, Promise<Secret>>();
  readonly #sources: CredentialSources;
  readonly #redactor: Redactor;

  constructor(sources: CredentialSources, redactor: Redactor) {
    this.#sources = sources;
    this.#redactor = redactor;
  }

  /** @throws FB_CREDENTIAL_MISSING */
  resolve(reference: CredentialReference, what: string): Promise<Secret> {
    const key = JSON.stringify(reference);
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const secret = this.#read(reference, what).then((value) => {
      const made = new Secret(value);
      this.#redactor.add(made);
      return made;
    });
    this.#resolved.set(key, secret);
    return secret;
  }

  async #read(reference: CredentialReference, what: string): Promise<string> {
    if ('env' in reference) {
      const value = this.#sources.environment[reference.env];
      if (value !== undefined && value !== '') return value;
      throw missing(
        `${what}: the environment variable ${reference.env} is not set`,
        `export ${reference.env} and run the same command again`,
      );
    }
    if ('file' in reference) return readSecretFile(reference.file, what);
    if (this.#sources.ask !== undefined) return this.#sources.ask(`Password for ${what}`);
    throw missing(
      `${what}: the password is asked for, but there is no terminal`,
      'use { env: NAME } or { file: PATH } in the inventory',
    );
  }
}

async function readSecretFile(file: string, what: string): Promise<string> {
  const info = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw missing(
      `${what}: cannot read the password file ${file} (${cause.code ?? cause.message})`,
      'check the path in the inventory',
    );
  });
  if (platform !== 'win32' && (info.mode & 0o077) !== 0) {
    throw missing(`${what}: others may read the password file ${file}`, `chmod 600 ${file}`);
  }
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
}

function missing(message: string, remedy: string): FirebreakError {
  return new FirebreakError('FB_CREDENTIAL_MISSING', message, { remedy });
}
