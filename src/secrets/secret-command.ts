/**
 * A password from a program that gets the host (LAPS, a vault's client). Its standard output is the secret: it is shown
 * nowhere, whatever happens.
 */
import { FirebreakError } from '../domain/index.ts';
import { programFailure, runProgram } from '../util/index.ts';

const LIMITS = { timeoutMs: 60_000, maxBytes: 64 * 1024 } as const;

export interface CommandSubject {
  readonly host: string;
  readonly address: string;
  readonly user: string;
}

/** @throws FB_CREDENTIAL_MISSING: not started, failed, silent, too slow, or nothing printed */
export async function runSecretCommand(
  command: readonly string[],
  { host, address, user }: CommandSubject,
): Promise<string> {
  const environment = { FIREBREAK_HOST: host, FIREBREAK_ADDRESS: address, FIREBREAK_USER: user };
  const result = await runProgram(command, { ...LIMITS, environment });
  const failure = programFailure(result, LIMITS);
  const secret = result.stdout.replace(/\r?\n$/, '');
  if (failure === null && secret !== '' && !secret.includes('\n')) return secret;
  const why = failure ?? (secret === '' ? 'printed nothing' : 'printed more than one line');
  throw new FirebreakError('FB_CREDENTIAL_MISSING', `the password program ${command[0] ?? ''} ${why}`, {
    remedy: `try it by hand with FIREBREAK_HOST=${host} FIREBREAK_USER=${user}`,
  });
}
