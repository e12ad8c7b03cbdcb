/** What goes wrong with TLS, as errors that say what to set. Must not know sockets. */
import type { X509Certificate } from 'node:crypto';
import { FirebreakError } from '../../domain/index.ts';

const LISTENER_HINT =
  'on the host: winrm enumerate winrm/config/listener; is there an HTTPS listener with a valid certificate? else use port 5985 with auth: negotiate, which seals every message';

/** The certificate is not one that we may trust. `code`: OpenSSL's verdict, or ERR_TLS_CERT_ALTNAME_INVALID. */
export function untrusted(
  label: string,
  certificate: X509Certificate,
  code: string,
  names: readonly string[] = [],
): FirebreakError {
  const fingerprint = certificate.fingerprint256;
  return new FirebreakError(
    'FB_TLS_UNTRUSTED',
    `${label}: the certificate is not trusted: ${causeOf(certificate, code, names)}; it is for ${namesOf(certificate)}; SHA-256 ${fingerprint}`,
    {
      remedy: remedyOf(code, certificate, fingerprint),
      details: { code, fingerprint, subject: certificate.subject, issuer: certificate.issuer },
    },
  );
}

export function notPinned(label: string, certificate: X509Certificate, pinned: string): FirebreakError {
  const fingerprint = certificate.fingerprint256;
  return new FirebreakError(
    'FB_TLS_UNTRUSTED',
    `${label}: the host has another certificate than the pinned one; it is for ${namesOf(certificate)}; SHA-256 ${fingerprint}`,
    {
      remedy: `if the host's certificate was renewed: fingerprint: ${fingerprint}; else somebody may stand in between`,
      details: { fingerprint, pinned },
    },
  );
}

/** The handshake did not come to an end. */
export function handshakeFailed(label: string, error: unknown): FirebreakError {
  const code = codeOf(error);
  const fail = (why: string, remedy: string): FirebreakError =>
    new FirebreakError('FB_TLS_FAILED', `${label}: ${why}`, { remedy, cause: error });
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|BAD_RECORD_TYPE/.test(code)) {
    return fail(
      'what answers there is not TLS: plain HTTP?',
      'WinRM over HTTPS is on port 5986; for HTTP on 5985: use_tls: false',
    );
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE/.test(code)) {
    return fail(
      'the host speaks no TLS 1.2 or later',
      'use port 5985 with auth: negotiate, which seals every message (XP and 2003 have nothing better); newer hosts: enable TLS 1.2',
    );
  }
  if (
    /CERTIFICATE_REQUIRED|ALERT_(BAD|UNKNOWN|UNSUPPORTED)_C|ALERT_CERTIFICATE|ALERT_ACCESS_DENIED|UNKNOWN_CA$/.test(
      code,
    )
  ) {
    return fail(
      'the host refused our certificate, or wants one',
      'auth: certificate with certificate: { cert, key }; the host must trust its issuer (Cert:\\LocalMachine\\Root) and map it to an account (WSMan:\\localhost\\ClientCertificate)',
    );
  }
  if (/HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHERS/.test(code)) {
    return fail('the host and this machine have no cipher in common', LISTENER_HINT);
  }
  if (/KEY_TOO_SMALL|MD_TOO_WEAK|DH_KEY/.test(code)) {
    return fail(
      `the host's certificate or key is too weak (${code})`,
      'give the host a certificate with at least 2048 bits and SHA-256; else use port 5985 with auth: negotiate',
    );
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED') {
    return new FirebreakError('FB_TLS_FAILED', `${label}: the host closed the connection during the TLS handshake`, {
      remedy: LISTENER_HINT,
      retryable: true,
      cause: error,
    });
  }
  const text = error instanceof Error ? error.message : String(error);
  return fail(`TLS failed (${code || text.slice(0, 200)})`, LISTENER_HINT);
}

/** True for errors of TLS on a connection that was already set up: the host's last word about our certificate. */
export function isTlsError(code: string): boolean {
  return code.startsWith('ERR_SSL_');
}

function causeOf(certificate: X509Certificate, code: string, names: readonly string[]): string {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'it is self-signed';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'the authority that it comes from is not one that this machine trusts';
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `its issuer (${oneLine(certificate.issuer)}) is not known here`;
    case 'CERT_HAS_EXPIRED':
      return `it or its issuer has expired (it is valid until ${certificate.validTo})`;
    case 'CERT_NOT_YET_VALID':
      return `it or its issuer is not valid yet (from ${certificate.validFrom})`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `it is not for ${names.join(' or ')}`;
    case 'INVALID_PURPOSE':
      return 'it is not meant for servers';
    case 'CERT_REVOKED':
      return 'it was revoked';
    default:
      return `${code.toLowerCase().replaceAll('_', ' ')}`;
  }
}

function remedyOf(code: string, certificate: X509Certificate, fingerprint: string): string {
  const pin = `fingerprint: ${fingerprint}`;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `check the clocks and renew the certificate; to go on with this very one: ${pin}`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `use a name of the certificate as address; or, if this is the host's certificate, pin it: ${pin}`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return `if this is the host's certificate, pin it: ${pin}`;
    default:
      return `ca: FILE.pem with the certificate of its authority (${oneLine(certificate.issuer)}); or pin this very one: ${pin}`;
  }
}

/** `web01, 10.0.0.11`: alternative names, else the common name. */
function namesOf(certificate: X509Certificate): string {
  const alternatives = (certificate.subjectAltName ?? '')
    .split(', ')
    .map((each) => each.replace(/^(DNS|IP Address|URI|email):/, ''))
    .filter((each) => each !== '');
  const common = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  const names = alternatives.length > 0 ? alternatives : common === undefined ? [] : [common];
  if (names.length === 0) return 'no name';
  const shown = names.slice(0, 8).map((name) => printable(name));
  return names.length > 8 ? `${shown.join(', ')} and ${names.length - 8} more` : shown.join(', ');
}

function oneLine(distinguishedName: string): string {
  return printable(distinguishedName.split('\n').reverse().join(', '));
}

/** A certificate is written by strangers: no control characters into a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a1-\uffff]/g, '?').slice(0, 200);
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
