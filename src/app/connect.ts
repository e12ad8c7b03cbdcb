/** From a planned host to an open session: resolves the credential just before, then asks the transport. */
import { userInfo } from 'node:os';
import {
  FirebreakError,
  HostCredential,
  type OpenOptions,
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
   * Resolves the credentials of all hosts, so that a missing one is known before the first host is touched. Those of
   * programs are left for later: one that fails for one host is that host's failure.
   * @throws FB_CREDENTIAL_MISSING, all of them at once
   */
  prepare(hosts: readonly PlannedHost[]): Promise<void>;
  open(host: PlannedHost, options: OpenOptions): Promise<Session>;
  /** The host's user and password, for a hop that starts there; null where it has no password. @throws FB_CREDENTIAL_MISSING */
  credentialOf(host: PlannedHost): Promise<HostCredential | null>;
}

const NOTHING = new Secret('');

/** @throws FB_CREDENTIAL_MISSING and those of the transport */
export function createConnector(
  transports: { readonly [Name in TransportName]?: Transport },
  credentials: Credentials,
): Connector {
  return {
    prepare: (hosts) => prepare(hosts, credentials),
    credentialOf: async (host) => {
      const { user, password } = await toTarget(host, credentials);
      return user === '' || password.reveal() === '' ? null : new HostCredential(user, password);
    },
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
      if (isFromProgram(host)) userOf(host);
      else await secretsOf(host, credentials);
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

function isFromProgram({ password, connection }: PlannedHost): boolean {
  const { passphrase } = connection ?? {};
  return (password !== null && 'command' in password) || (passphrase !== undefined && 'command' in passphrase);
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
      ...(await secretsOf(host, credentials)),
      allowUnencrypted: host.allowUnencrypted,
      settings: host.connection ?? {},
    };
  } catch (thrown) {
    throw thrown instanceof FirebreakError ? located(thrown, host) : thrown;
  }
}

async function secretsOf(
  host: PlannedHost,
  credentials: Credentials,
): Promise<Pick<Target, 'user' | 'password' | 'passphrase'>> {
  const user = userOf(host);
  const subject = { host: host.name, address: host.address, user };
  const { privateKey, passphrase } = host.connection ?? {};
  return {
    user,
    password:
      host.password === null || !takesPassword(host) ? NOTHING : await credentials.resolve(host.password, subject),
    ...(passphrase === undefined || privateKey === undefined
      ? {}
      : { passphrase: await credentials.resolve(passphrase, { ...subject, keyFile: privateKey }) }),
  };
}

/** Whether a password can be of any use: a certificate, a ticket and one's own machine need none. */
function takesPassword({ transport, auth, connection = {} }: PlannedHost): boolean {
  if (transport !== 'winrm') return transport === 'ssh';
  if (auth === 'certificate') return false;
  return (connection.keytab ?? connection.ccache) === undefined;
}

/** Empty where none is needed: own identity, certificate. @throws FB_CREDENTIAL_MISSING */
function userOf({ transport, auth, user, password }: PlannedHost): string {
  if (user !== null) return user;
  if (transport === 'ssh') return userInfo().username;
  const hasOwnIdentity = auth === 'kerberos' || (auth === 'negotiate' && password === null);
  if (transport === 'local' || auth === 'certificate' || hasOwnIdentity) return '';
  throw new FirebreakError('FB_CREDENTIAL_MISSING', 'no user is given', {
    remedy: 'set credential.user in the inventory, or --user',
  });
}

function located({ code, message, remedy }: FirebreakError, host: PlannedHost): FirebreakError {
  return new FirebreakError(code, `${host.name}: ${message}`, { remedy });
}
