/** A target on 127.0.0.1 and a session on it, for tests. */
import { FirebreakError, Secret, type Session, type Target } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';

export function targetOn(port: number, more: Partial<Target> = {}): Target {
  return {
    host: 'web01',
    transport: 'winrm',
    address: '127.0.0.1',
    port,
    useTls: false,
    auth: 'basic',
    user: 'admin',
    password: new Secret('secret'),
    allowUnencrypted: true,
    settings: {},
    ...more,
  };
}

export const never: AbortSignal = new AbortController().signal;

export function openSession(
  port: number,
  more: Partial<Target> = {},
  timeoutMs = 120_000,
  name?: string,
): Promise<Session> {
  const options = { signal: never, timeoutMs, ...(name === undefined ? {} : { name }) };
  return createTransports().winrm.open(targetOn(port, more), options);
}

/** The error that a promise must end in. */
export async function errorOf(promise: Promise<unknown>): Promise<FirebreakError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof FirebreakError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
