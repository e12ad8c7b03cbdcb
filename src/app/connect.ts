/** From a planned host to an open session: resolves the credential just before, then asks the transport. */
import {
  FirebreakError,
  type PlannedHost,
  Secret,
  type Session,
  type Target,
  type Transport,
  type TransportName,
} from '../domain/index.ts';
import type { Credentials } from '../secrets/index.ts';

export interface Connector {
  /**
   * Resolves the credentials of all hosts, so that a missing one is known before the first host is touched.
   * @throws FB_CREDENTIAL_MISSING, all of them at once
   */
  prepare(hosts: readonly PlannedHost[]): Promise<void>;
  open(host: PlannedHost, options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<Session>;
}

/** @throws FB_CREDENTIAL_MISSING and those of the transport */
export function createConnector(
  transports: { readonly [Name in TransportName]?: Transport },
  credentials: Credentials,
): Connector {
  return {
    prepare: (hosts) => prepare(hosts, credentials),
    open: async (host, options) => {
      const transport = transports[host.transport];
      if (transport === undefined) throw new FirebreakError('FB_USAGE', `${host.name}: no transport ${host.transport}`);
      return transport.open(await toTarget(host, credentials), options);
    },
  };
}

async function prepare(hosts: readonly PlannedHost[], credentials: Credentials): Promise<void> {
  const missing = new Map<string, FirebreakError>();
  for (const host of hosts) {
    try {
      await passwordOf(host, credentials);
    } catch (thrown) {
      if (!(thrown instanceof FirebreakError)) throw thrown;
      // One line for what many hosts lack, with the first of them.
      if (!missing.has(thrown.message)) missing.set(thrown.message, located(thrown, host));
    }
  }
  const [first, ...others] = missing.values();
  if (first === undefined) return;
  if (others.length === 0) throw first;
  throw new FirebreakError('FB_CREDENTIAL_MISSING', first.message, {
    remedy: first.remedy,
    details: [first, ...others],
  });
}

async function toTarget(host: PlannedHost, credentials: Credentials): Promise<Target> {
  try {
    return {
      host: host.name,
      transport: host.transport,
      address: host.address,
      port: host.port,
      useTls: host.useTls,
      auth: host.auth,
      ...(await passwordOf(host, credentials)),
      allowUnencrypted: host.allowUnencrypted,
      settings: host.connection ?? {},
    };
  } catch (thrown) {
    throw thrown instanceof FirebreakError ? located(thrown, host) : thrown;
  }
}

async function passwordOf(host: PlannedHost, credentials: Credentials): Promise<Pick<Target, 'user' | 'password'>> {
  const { user, password } = host;
  if (user === null) {
    throw new FirebreakError('FB_CREDENTIAL_MISSING', 'no user is given', {
      remedy: 'set credential.user in the inventory, or --user',
    });
  }
  return { user, password: password === null ? new Secret('') : await credentials.resolve(password, user) };
}

function located({ code, message, remedy }: FirebreakError, host: PlannedHost): FirebreakError {
  return new FirebreakError(code, `${host.name}: ${message}`, { remedy });
}
