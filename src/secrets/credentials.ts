/**
 * Turns credential references into secrets, once per reference, and tells the redactor. A reference names where the
 * secret is; the secret itself is never in an inventory, an argument list or the journal.
 */
import { type CredentialReference, FirebreakError, Secret } from '../domain/index.ts';
import { keyringItem, readKeyring } from './keyring.ts';
import type { Redactor } from './redactor.ts';
import { runSecretCommand } from './secret-command.ts';
import { readSecretFile } from './secret-file.ts';

export interface CredentialSources {
  readonly environment: { readonly [name: string]: string | undefined };
  /** Asks on the terminal; absent when nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

/** Whose secret it is. */
export interface CredentialSubject {
  readonly host: string;
  readonly address: string;
  readonly user: string;
  /** Set when it is the passphrase of this key file, not the user's password. */
  readonly keyFile?: string;
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
   * Every user is asked for once, whatever the hosts; a command is run once for each host.
   * @throws FB_CREDENTIAL_MISSING
   */
  resolve(reference: CredentialReference, subject: CredentialSubject): Promise<Secret> {
    const key = keyOf(reference, subject);
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const secret = this.#read(reference, subject).then((value) => {
      const made = new Secret(value);
      this.#redactor.add(made);
      return made;
    });
    this.#resolved.set(key, secret);
    // A program that failed once (a vault that was away) may be asked again.
    if ('command' in reference) secret.catch(() => this.#resolved.delete(key));
    return secret;
  }

  async #read(reference: CredentialReference, subject: CredentialSubject): Promise<string> {
    const what = subject.keyFile === undefined ? 'password' : 'passphrase';
    if ('env' in reference) {
      const value = this.#sources.environment[reference.env];
      if (value !== undefined && value !== '') return value;
      throw missing(
        `the environment variable ${reference.env}, which holds the ${what}, is not set`,
        `set the environment variable ${reference.env} and run the same command again`,
      );
    }
    if ('file' in reference) return readSecretFile(reference.file);
    if ('keyring' in reference) return readKeyring(keyringItem(reference.keyring, subject.keyFile ?? subject.user));
    if ('command' in reference) return runSecretCommand(reference.command, subject);
    const { ask } = this.#sources;
    const whose = subject.keyFile === undefined ? subject.user : subject.keyFile;
    if (ask === undefined) {
      throw missing(
        `the ${what} of ${whose} is to be asked for, but there is no terminal`,
        'use --password-env NAME, or { env: NAME } or { file: PATH } in the inventory',
      );
    }
    const question = subject.keyFile === undefined ? `Password for ${whose}` : `Passphrase of ${whose}`;
    const answer = this.#asked.then(() => ask(question));
    this.#asked = answer.catch(() => {});
    return answer;
  }
}

/** What makes two secrets the same one. */
function keyOf(reference: CredentialReference, { host, address, user, keyFile }: CredentialSubject): string {
  if ('prompt' in reference) return JSON.stringify({ prompt: keyFile ?? user, isKey: keyFile !== undefined });
  if ('keyring' in reference) return JSON.stringify(keyringItem(reference.keyring, keyFile ?? user));
  if ('command' in reference) return JSON.stringify({ command: reference.command, host, address, user });
  return JSON.stringify(reference);
}

function missing(message: string, remedy: string): FirebreakError {
  return new FirebreakError('FB_CREDENTIAL_MISSING', message, { remedy });
}
