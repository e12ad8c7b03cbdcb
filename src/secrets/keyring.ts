/**
 * Passwords in the operating system's keyring: Credential Manager, Keychain, Secret Service. The package for it is
 * optional and loaded when first needed. Must not know what the password is for.
 */
import { FirebreakError } from '../domain/index.ts';

const SERVICE = 'firebreak';
/** A locked keyring may ask the user; without an end it would wait for ever on a server. */
const TIMEOUT_MS = 60_000;

/** Not the kernel's keyring, which forgets with the session and would hide that there is no service. */
const PINNED = { linux: { store: 'secret-service' } } as const;

export interface KeyringItem {
  readonly service: string;
  readonly account: string;
}

export function keyringItem(
  reference: { readonly service?: string; readonly account?: string },
  user: string,
): KeyringItem {
  return { service: reference.service ?? SERVICE, account: reference.account ?? user };
}

/** @throws FB_CREDENTIAL_MISSING: no package, no keyring, locked, no such entry */
export async function readKeyring({ service, account }: KeyringItem): Promise<string> {
  const { AsyncEntry } = await import('@napi-rs/keyring').catch((cause: unknown) => {
    throw new FirebreakError('FB_CREDENTIAL_MISSING', 'the keyring cannot be read: its package is not installed', {
      remedy: 'npm install @napi-rs/keyring, or give the password by env, file or command',
      cause,
    });
  });
  let password: string | null;
  try {
    const entry = new AsyncEntry(service, account, PINNED);
    password = await entry.getPassword(AbortSignal.timeout(TIMEOUT_MS));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new FirebreakError('FB_CREDENTIAL_MISSING', `the keyring of this machine cannot be read (${why})`, {
      remedy: 'is a keyring service running and unlocked? servers often have none: use file or command there',
      cause,
    });
  }
  if (password !== null && password !== '') return password;
  throw new FirebreakError('FB_CREDENTIAL_MISSING', `the keyring holds no password of ${account} for ${service}`, {
    remedy: storeCommand(service, account),
  });
}

function storeCommand(service: string, account: string): string {
  if (process.platform === 'win32') return `cmdkey /generic:${account}.${service} /user:${account} /pass`;
  if (process.platform === 'darwin') return `security add-generic-password -s ${service} -a ${account} -w`;
  return `secret-tool store --label Firebreak service ${service} username ${account}`;
}
