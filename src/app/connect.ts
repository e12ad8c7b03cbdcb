/** From a planned host to an open session: resolves the credential just before, then asks the transport. */
import { userInfo } from 'node:os';
import {
  FirebreakError,
  HostCredential,
  type OpenOptions,
  type PlannedHost,
  type RelayHost,
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
  /** Waits for a relay that was lost; see Transport.ready. Resolves at once for hosts without one. */
  ready(host: PlannedHost, options: { readonly signal: AbortSignal; readonly wasReached: boolean }): Promise<void>;
  /** Ends what the transports keep open. */
  close(): Promise<void>;
  /** The host's user and password, for a hop that starts there; null where it has no password. @throws FB_CREDENTIAL_MISSING */
  credentialOf(host: PlannedHost): Promise<HostCredential | null>;
}

const NOTHING = new Secret('');

type Reachable = RelayHost & Pick<PlannedHost, 'via'>;

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
    ready: async (host, options) => {
      await transports[host.transport]?.ready?.(await toTarget(host, credentials), options);
    },
    close: async () => {
      await Promise.all(Object.values(transports).map(async (transport) => transport.close?.()));
    },
  };
}

async function prepare(hosts: readonly PlannedHost[], credentials: Credentials): Promise<void> {
  const missing = new Map<string, FirebreakError>();
  const relays = new Map(hosts.flatMap(({ via }) => (via === undefined ? [] : [[via.name, via] as const])));
  for (const host of [...relays.values(), ...hosts]) {
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

function isFromProgram({ password, connection }: Reachable): boolean {
  const { passphrase } = connection ?? {};
  return (password !== null && 'command' in password) || (passphrase !== undefined && 'command' in passphrase);
}

async function toTarget(host: Reachable, credentials: Credentials): Promise<Target> {
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
      ...(host.via === undefined ? {} : { relay: await toTarget(host.via, credentials) }),
    };
  } catch (thrown) {
    throw thrown instanceof FirebreakError ? located(thrown, host) : thrown;
  }
}

async function secretsOf(
  host: Reachable,
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
function takesPassword({ transport, auth, connection = {} }: Reachable): boolean {
  if (transport !== 'winrm') return transport !== 'local';
  if (auth === 'certificate') return false;
  return (connection.keytab ?? connection.ccache) === undefined;
}

/** Empty where none is needed: own identity, certificate. @throws FB_CREDENTIAL_MISSING */
function userOf({ transport, auth, user, password, via }: Reachable): string {
  if (user !== null) return user;
  if (transport === 'ssh') return userInfo().username;
  const hasOwnIdentity = transport === 'winrm' && (auth === 'kerberos' || (auth === 'negotiate' && password === null));
  if (transport === 'local' || auth === 'certificate' || hasOwnIdentity) return '';
  if (transport === 'relay') {
    // The logon on this machine is good for a second hop; one that came over the network is not.
    if (via?.transport === 'local') return '';
    throw new FirebreakError(
      'FB_CREDENTIAL_MISSING',
      `no user is given that relay ${via?.name ?? ''} can log on with`,
      {
        remedy: 'set credential of the host itself: the logon on the relay goes no further',
      },
    );
  }
  throw new FirebreakError('FB_CREDENTIAL_MISSING', 'no user is given', {
    remedy: 'set credential.user in the inventory, or --user',
  });
}

function located({ code, message, remedy }: FirebreakError, host: Reachable): FirebreakError {
  return new FirebreakError(code, `${host.name}: ${message}`, { remedy });
}
