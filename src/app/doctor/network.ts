/** What can be seen of a host before logging on: its name, its port, its certificate. */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, isIP } from 'node:net';
import { checkServerIdentity, connect as connectTls, getCACertificates, type PeerCertificate } from 'node:tls';
import { FirebreakError, type PlannedHost } from '../../domain/index.ts';
import { fromSource } from '../../util/index.ts';
import { type Check, failed, ok, warning } from './model.ts';

const LOOKUP_MS = 10_000;
const CONNECT_MS = 10_000;
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

export async function checkName({ address, auth, transport }: PlannedHost, signal: AbortSignal): Promise<Check> {
  if (isIP(address) !== 0) {
    if (transport !== 'winrm' || auth !== 'kerberos') return ok('name', `${address} is an address`);
    return warning(
      'name',
      `${address} is an address, and Kerberos asks for names`,
      'a ticket is for HTTP/name, and no such service is registered for an address',
      'write address: with the full name of the host, or spn: HTTP/its.full.name',
    );
  }
  try {
    const found = await within(lookup(address, { all: true }), LOOKUP_MS, signal);
    return ok('name', found.map((entry) => entry.address).join(', '));
  } catch (thrown) {
    if (thrown instanceof FirebreakError) throw thrown;
    const code = (thrown as NodeJS.ErrnoException).code ?? 'time-out';
    return failed(
      'name',
      code === 'ENOTFOUND' ? `${address} cannot be resolved` : `${address} cannot be resolved (${code})`,
      code === 'ENOTFOUND'
        ? 'a misspelt name, or one that this machine looks for in the wrong domain'
        : 'the name server does not answer',
      `nslookup ${address}; or write address: with the IP address into the inventory`,
    );
  }
}

export async function checkPort(host: PlannedHost, signal: AbortSignal): Promise<Check> {
  const { address, port, connection } = host;
  const started = performance.now();
  const source = connection?.source;
  try {
    await openTcp({ host: address, port, ...fromSource(source) }, signal);
    return ok('port', `TCP ${port} is open (${Math.round(performance.now() - started)} ms)`);
  } catch (thrown) {
    if (thrown instanceof FirebreakError) throw thrown;
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    if (code === 'ECONNREFUSED')
      return failed('port', `TCP ${port} refuses connections`, `no ${serviceOf(host)} listens there`, startOf(host));
    if (code === 'EADDRNOTAVAIL')
      return failed(
        'port',
        `${source} is no address of this machine`,
        'source: is wrong',
        'correct source: in the inventory',
      );
    return failed(
      'port',
      `TCP ${port} does not answer${code === '' ? ` within ${CONNECT_MS / 1000} s` : ` (${code})`}`,
      'the host is down, or a firewall on it or on the way drops the connection',
      firewallOf(host),
    );
  }
}

/** The certificate as the transport will judge it. */
export async function checkTls(host: PlannedHost, signal: AbortSignal): Promise<Check> {
  const { name, address, port, connection = {} } = host;
  // an address is in few certificates: the name that the inventory gives the host is then as good
  const names = isIP(address) !== 0 && name !== address ? [address, name] : [address];
  const remedyOfCa = 'name the authority that issued it with ca: FILE, or pin the certificate with fingerprint:';
  let ca: readonly string[];
  try {
    ca = connection.ca === undefined ? systemAuthorities() : [await readFile(connection.ca, 'utf8')];
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return failed(
      'tls',
      `${connection.ca} cannot be read (${code})`,
      'ca: names a file that is not there',
      'check the path',
    );
  }
  const seen = await seeCertificate({ address, names, port, ca, source: connection.source }, signal);
  if ('error' in seen) {
    return failed(
      'tls',
      `no TLS on port ${port}: ${seen.error}`,
      'the port speaks plain HTTP, or only protocols that are too old',
      'on the host: winrm enumerate winrm/config/listener; with port 5985 write use_tls: false',
    );
  }
  const { certificate, problem } = seen;
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / DAY_MS);
  const what = `${nameOf(certificate)}, valid until ${new Date(certificate.valid_to).toISOString().slice(0, 10)}`;
  const renew =
    'issue a new certificate, then on the host: winrm set winrm/config/Listener?Address=*+Transport=HTTPS @{CertificateThumbprint="…"}';
  if (connection.fingerprint !== undefined) {
    if (fingerprint !== connection.fingerprint)
      return failed(
        'tls',
        `the certificate is not the pinned one: ${fingerprint}`,
        'it was renewed, or somebody is in between',
        'compare it on the host, then write the new fingerprint:',
      );
    return ok('tls', `the pinned certificate, ${what}`);
  }
  if (connection.insecure === true)
    return warning('tls', `not verified: ${what}`, 'insecure: true', `write fingerprint: ${fingerprint} instead`);
  if (problem === 'CERT_HAS_EXPIRED' || days < 0)
    return failed('tls', `the certificate has expired: ${what}`, 'nobody renewed it', renew);
  if (problem === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return failed(
      'tls',
      `the certificate is for ${nameOf(certificate)}, not for ${names.join(' or ')}`,
      'the host is addressed by a name that its certificate does not have',
      'write address: with the name in the certificate',
    );
  if (problem !== null)
    return failed(
      'tls',
      `the certificate is not trusted (${problem}): ${what}`,
      'it is self-signed, or its authority is unknown here',
      `${remedyOfCa} ${fingerprint}`,
    );
  if (days < SOON_DAYS) return warning('tls', `${what}: ${days} days left`, 'it is about to expire', renew);
  return ok('tls', what);
}

interface Seen {
  readonly certificate: PeerCertificate;
  /** OpenSSL's or Node's word for what is wrong; null when it is trusted. */
  readonly problem: string | null;
}

function seeCertificate(
  target: {
    readonly address: string;
    /** What the certificate may be for. */
    readonly names: readonly string[];
    readonly port: number;
    readonly ca: readonly string[];
    readonly source: string | undefined;
  },
  signal: AbortSignal,
): Promise<Seen | { readonly error: string }> {
  const { address, names, port, ca, source } = target;
  return new Promise((done, stop) => {
    const socket = connectTls({
      host: address,
      port,
      ca: [...ca],
      // Looked at, not trusted: nothing is sent over it.
      rejectUnauthorized: false,
      checkServerIdentity: (_asked, certificate) => {
        const verdicts = names.map((each) => checkServerIdentity(each.replace(/%.*$/s, ''), certificate));
        return verdicts.includes(undefined) ? undefined : verdicts[0];
      },
      ...(isIP(address) === 0 ? { servername: address } : {}),
      ...fromSource(source),
    });
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
    };
    const onAbort = (): void => {
      end();
      stop(cancelled());
    };
    const timer = setTimeout(() => {
      end();
      done({ error: `no answer within ${CONNECT_MS / 1000} s` });
    }, CONNECT_MS);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      const problem = socket.authorized ? null : String(socket.authorizationError);
      end();
      done({ certificate, problem });
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end();
      done({ error: error.code ?? error.message });
    });
  });
}

function systemAuthorities(): readonly string[] {
  const system = getCACertificates('system');
  return [...(system.length === 0 ? getCACertificates('bundled') : system), ...getCACertificates('extra')];
}

function nameOf({ subjectaltname, subject }: PeerCertificate): string {
  const names = (subjectaltname ?? '').replace(/(?:DNS|IP Address):/g, '').trim();
  return names === '' ? String(subject?.CN ?? 'without a name') : names.slice(0, 200);
}

function openTcp(
  options: { readonly host: string; readonly port: number } & ReturnType<typeof fromSource>,
  signal: AbortSignal,
): Promise<void> {
  const socket = connectTcp({ ...options });
  const opened = new Promise<void>((done, stop) => {
    socket.once('connect', done);
    socket.on('error', stop);
  });
  return within(opened, CONNECT_MS, signal).finally(() => socket.destroy());
}

/** Rejects with a plain error after the time, with FB_CANCELLED when the signal aborts. */
function within<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  return new Promise((done, stop) => {
    const onAbort = (): void => stop(cancelled());
    const timer = setTimeout(() => stop(new Error('time-out')), ms);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(done, stop).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function cancelled(): FirebreakError {
  return new FirebreakError('FB_CANCELLED', 'interrupted');
}

function serviceOf({ transport }: PlannedHost): string {
  return transport === 'ssh' ? 'SSH server' : 'WinRM service';
}

function startOf({ transport, useTls }: PlannedHost): string {
  if (transport === 'ssh')
    return 'on the host: Add-WindowsCapability -Online -Name OpenSSH.Server~~~~0.0.1.0; Start-Service sshd';
  if (useTls) return 'on the host: winrm quickconfig -transport:https (it needs a certificate for its name)';
  return 'on the host: Enable-PSRemoting -Force';
}

function firewallOf({ transport, useTls, port }: PlannedHost): string {
  if (transport === 'ssh')
    return 'on the host: Set-NetFirewallRule -Name OpenSSH-Server-In-TCP -Enabled True -Profile Any';
  if (useTls)
    return `on the host: New-NetFirewallRule -DisplayName "WinRM HTTPS" -Direction Inbound -Protocol TCP -LocalPort ${port} -Action Allow`;
  return 'on the host: Set-NetFirewallRule -Name WINRM-HTTP-In-TCP* -Enabled True -RemoteAddress Any';
}
