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
  /** One question at a time: two on one terminal cannot be told apart. */
  #asked: Promise<unknown> = Promise.resolve();

  constructor(sources: CredentialSources, redactor: Redactor) {
    this.#sources = sources;
    this.#redactor = redactor;
  }

  /**
   * @param user whose password it is: every user is asked for once, whatever the hosts
   * @throws FB_CREDENTIAL_MISSING
   */
  resolve(reference: CredentialReference, user: string): Promise<Secret> {
    const key = JSON.stringify('prompt' in reference ? { prompt: user } : reference);
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const secret = this.#read(reference, user).then((value) => {
      const made = new Secret(value);
      this.#redactor.add(made);
      return made;
    });
    this.#resolved.set(key, secret);
    return secret;
  }

  async #read(reference: CredentialReference, user: string): Promise<string> {
    if ('env' in reference) {
      const value = this.#sources.environment[reference.env];
      if (value !== undefined && value !== '') return value;
      throw missing(
        `the environment variable ${reference.env}, which holds the password, is not set`,
        `export ${reference.env} and run the same command again`,
      );
    }
    if ('file' in reference) return readSecretFile(reference.file);
    const { ask } = this.#sources;
    if (ask === undefined) {
      throw missing(
        `the password of ${user} is to be asked for, but there is no terminal`,
        'use --password-env NAME, or { env: NAME } or { file: PATH } in the inventory',
      );
    }
    const answer = this.#asked.then(() => ask(`Password for ${user}`));
    this.#asked = answer.catch(() => {});
    return answer;
  }
}

async function readSecretFile(file: string): Promise<string> {
  const info = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw missing(
      `the password file ${file} cannot be read (${cause.code ?? cause.message})`,
      'check the path in the inventory',
    );
  });
  if (platform !== 'win32' && (info.mode & 0o077) !== 0) {
    throw missing(`others than its owner may read the password file ${file}`, `chmod 600 ${file}`);
  }
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
}

function missing(message: string, remedy: string): FirebreakError {
  return new FirebreakError('FB_CREDENTIAL_MISSING', message, { remedy });
}
