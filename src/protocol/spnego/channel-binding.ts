/**
 * What ties a login to the TLS connection that carries it: the channel binding of the server's certificate (RFC 5929,
 * `tls-server-end-point`). Must not know TLS itself.
 */
import { createHash } from 'node:crypto';
import { readAll, readOne, TAG } from './der.ts';

/** Signature algorithm (OID as DER value, hex) → hash; MD5 and SHA-1 count as SHA-256 (RFC 5929 4.1). */
const HASH_OF: ReadonlyMap<string, string> = new Map([
  // PKCS #1: md5, sha1, sha256, sha384, sha512, sha224 with RSA
  ['2a864886f70d010104', 'sha256'],
  ['2a864886f70d010105', 'sha256'],
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a864886f70d01010e', 'sha224'],
  // sha1 with RSA as OIW and old Windows CAs name it
  ['2b0e03021d', 'sha256'],
  // DSA with sha1, sha224, sha256
  ['2a8648ce380403', 'sha256'],
  ['608648016503040301', 'sha224'],
  ['608648016503040302', 'sha256'],
  // ECDSA with sha1, sha224, sha256, sha384, sha512
  ['2a8648ce3d0401', 'sha256'],
  ['2a8648ce3d040301', 'sha224'],
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
  // the bare hashes, as RSASSA-PSS names them in its parameters
  ['2b0e03021a', 'sha256'],
  ['608648016503040204', 'sha224'],
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
]);
const RSASSA_PSS = '2a864886f70d01010a';

/**
 * `tls-server-end-point:` and the hash of the certificate; undefined for signatures without one hash of their own
 * (Ed25519), for which RFC 5929 defines no binding.
 * @param certificate DER
 * @throws ProtocolError FB_PROTOCOL_AUTH: no certificate
 */
export function tlsServerEndPoint(certificate: Uint8Array): Uint8Array | undefined {
  const [, algorithm] = readAll(readOne(certificate, TAG.sequence).value);
  const [oid, parameters] = readAll(algorithm?.value ?? new Uint8Array(0));
  const name = hex(oid?.value);
  const hash = name === RSASSA_PSS ? pssHash(parameters?.value) : HASH_OF.get(name);
  if (hash === undefined) return undefined;
  return Buffer.concat([Buffer.from('tls-server-end-point:'), createHash(hash).update(certificate).digest()]);
}

/** RFC 4055 3.1: `[0]` of the parameters; SHA-1 when it is not there. */
function pssHash(parameters: Uint8Array | undefined): string | undefined {
  const field = readAll(parameters ?? new Uint8Array(0)).find(({ tag }) => tag === TAG.context);
  if (field === undefined) return 'sha256';
  const [oid] = readAll(readOne(field.value, TAG.sequence).value);
  return HASH_OF.get(hex(oid?.value));
}

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
