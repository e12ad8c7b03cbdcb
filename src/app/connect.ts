/** From a planned host to an open session: resolves the credential just before, then asks the transport. */
import {
  FirebreakError,
  type PlannedHost,
  Secret,
  type Session,
  type Target,
  type Transport,
} from '../domain/index.ts';
import type { Credentials } from '../secrets/index.ts';

export interface Connector {
  open(host: PlannedHost, options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<Session>;
}

/** @throws FB_CREDENTIAL_MISSING and those of the transport */
export function createConnector(transports: { readonly winrm: Transport }, credentials: Credentials): Connector {
  return {
    open: async (host, options) => transports[host.transport].open(await toTarget(host, credentials), options),
  };
}

async function toTarget(host: PlannedHost, credentials: Credentials): Promise<Target> {
  const where = `${host.user ?? '?'}@${host.name}`;
  if (host.user === null) {
    throw new FirebreakError('FB_CREDENTIAL_MISSING', `${host.name}: no user is given`, {
      remedy: 'set credential.user in the inventory, or --user',
    });
  }
  const password = host.password === null ? new Secret('') : await credentials.resolve(host.password, where);
  return {
    host: host.name,
    transport: host.transport,
    address: host.address,
    port: host.port,
    useTls: host.useTls,
    auth: host.auth,
    user: host.user,
    password,
    allowUnencrypted: host.allowUnencrypted,
  };
}
