/**
 * Where a WinRM service is and by which way it is reached, from a target's settings: files read, proxy understood, and
 * every mistake told before a packet leaves. Must not know what is sent.
 */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { FirebreakError, type Target } from '../../domain/index.ts';
import { labelOf } from './failures.ts';
import { type HttpProxy, parseProxy } from './proxy.ts';
import type { SecureContexts, TlsOptions } from './tls.ts';

export interface Endpoint {
  /** For messages. */
  readonly label: string;
  /** As URL: `http://web01:5985`. Without the zone of an IPv6 address, which is nobody's business but ours. */
  readonly origin: string;
  /** Name or IP address, `fe80::1%eth0` included. */
  readonly address: string;
  readonly port: number;
  /** Source address; the system's choice when absent. */
  readonly source?: string;
  readonly proxy?: HttpProxy;
  /** Absent: plain HTTP. */
  readonly tls?: TlsOptions;
}

/**
 * @throws FirebreakError FB_FILE_MISSING, FB_INVENTORY_INVALID, FB_CREDENTIAL_MISSING (of the proxy)
 */
export async function endpointOf(target: Target, contexts: SecureContexts): Promise<Endpoint> {
  const { address, port, useTls, settings } = target;
  const label = labelOf(target);
  const name = address.includes(':') ? `[${address.replace(/%.*$/s, '')}]` : address;
  const { source, proxy } = settings;
  return {
    label,
    origin: `${useTls ? 'https' : 'http'}://${name}:${port}`,
    address,
    port,
    ...(source === undefined ? {} : { source }),
    ...(proxy === undefined ? {} : { proxy: parseProxy(proxy, process.env['FIREBREAK_PROXY_PASSWORD']) }),
    ...(useTls ? { tls: await tlsOf(target, label, contexts) } : {}),
  };
}

async function tlsOf(target: Target, label: string, contexts: SecureContexts): Promise<TlsOptions> {
  const { auth, settings, address, host } = target;
  const fingerprint = settings.fingerprint === undefined ? undefined : normalFingerprint(settings.fingerprint, label);
  const isTrustGiven = fingerprint !== undefined || settings.insecure === true;
  const ca = settings.ca === undefined || isTrustGiven ? undefined : await readAuthorities(settings.ca, label);
  const pair = auth === 'certificate' ? await readClientCertificate(settings.certificate, label) : undefined;
  return {
    // an address is in few certificates: the name that the inventory gives the host is then as good
    names: isIP(address) !== 0 && host !== '' && host !== address ? [address, host] : [address],
    isVerified: !isTrustGiven,
    fingerprint,
    context: contexts.get({ ca: isTrustGiven ? 'none' : ca, pair }),
    sessions: contexts.sessionsOf(`${address}|${target.port}|${fingerprint ?? ''}|${String(isTrustGiven)}`, {
      ca,
      pair,
    }),
  };
}

function normalFingerprint(text: string, label: string): string {
  const hex = text
    .replace(/^sha-?256:/i, '')
    .replaceAll(/[:\s]/g, '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw new FirebreakError('FB_INVENTORY_INVALID', `${label}: fingerprint "${text}" is no SHA-256 of a certificate`, {
    remedy: 'write 64 hex digits, with or without colons: openssl x509 -noout -fingerprint -sha256 -in CERT.pem',
  });
}

async function readAuthorities(file: string, label: string): Promise<string> {
  const text = await readPem(file, label, 'ca');
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const pem of certificates) new X509Certificate(pem);
    if (certificates.length > 0) return certificates.join('\n');
  } catch {
    // told below
  }
  throw new FirebreakError('FB_INVENTORY_INVALID', `${label}: ca: ${file} has no certificate that can be read`, {
    remedy:
      'give the certificate(s) of the authority in PEM; from DER: openssl x509 -inform der -in CA.cer -out CA.pem',
  });
}

async function readClientCertificate(
  files: { readonly cert: string; readonly key: string } | undefined,
  label: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  if (files === undefined) {
    throw new FirebreakError('FB_CREDENTIAL_MISSING', `${label}: auth: certificate needs a certificate and its key`, {
      remedy: 'set certificate: { cert: FILE.pem, key: FILE.key } for the host',
    });
  }
  const cert = await readPem(files.cert, label, 'certificate');
  const key = await readPem(files.key, label, 'key of the certificate');
  try {
    // all that can be wrong with the two shows here, not in the middle of a handshake
    createSecureContext({ ca: [], cert, key });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^error:[0-9A-F]*:/i, '') : String(cause);
    throw new FirebreakError(
      'FB_INVENTORY_INVALID',
      `${label}: certificate ${files.cert} and key ${files.key}: ${why}`,
      {
        remedy:
          'both must be PEM, belong together, and the key must not be encrypted: openssl pkey -in KEY -out PLAIN.key',
      },
    );
  }
  return { cert, key };
}

async function readPem(file: string, label: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new FirebreakError('FB_FILE_MISSING', `${label}: ${what}: ${file} cannot be read (${code})`, {
      remedy: 'check the path and who may read the file',
      cause,
    });
  }
}
