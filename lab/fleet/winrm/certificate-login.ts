/**
 * Logging on by a client certificate, as `WSMan:\localhost\ClientCertificate` maps it: issuer and the user principal
 * name in the subject's alternative names → a local account. Must not know HTTP bodies.
 */

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Authorization header of a client that wants its certificate to be looked at (MS-WSMV 2.2.1.1). */
export const MUTUAL = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';

/**
 * The account's name; undefined without a certificate, with one of a foreign issuer or an expired one, and with one that
 * names no `ACCOUNT@localhost`.
 */
export function certificateAccount(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const names = socket.getPeerX509Certificate()?.subjectAltName ?? '';
  return /(?:^|, )othername:UPN:+([^@,"]+)@localhost(?:,|$)/i.exec(names)?.[1];
}
