/**
 * A certification authority for the machines of a lab (X.509 v3, RFC 5280; ECDSA on P-256): Node reads certificates but
 * makes none. Must not know who uses them.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { bitString, boolean, der, integer, octetString, oid, sequence, time, utf8String } from './der.ts';

export interface Certificate {
  /** PEM */
  readonly cert: string;
  /** PEM, not encrypted */
  readonly key: string;
  readonly der: Buffer;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly names?: readonly string[];
  /** User principal name, of a client. */
  readonly upn?: string;
  readonly usage: 'server' | 'client';
  readonly validFrom?: Date;
  readonly validTo?: Date;
  readonly hash?: SignatureHash;
}

type SignatureHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const SIGNATURE_OID: Readonly<Record<SignatureHash, string>> = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};
const USAGE_OID = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;
const UPN_OID = '1.3.6.1.4.1.311.20.2.3';
const DAY_MS = 24 * 60 * 60 * 1000;

interface Signer {
  readonly name: Buffer;
  readonly keyId: Buffer;
  readonly privateKey: KeyObject;
}

export class Authority {
  readonly #signer: Signer;
  readonly #own: Certificate;

  constructor(commonName: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#signer = { name: nameOf(commonName), keyId: keyIdOf(publicKey), privateKey };
    this.#own = make(this.#signer, publicKey, privateKey, { commonName, usage: 'server' }, [
      extension('2.5.29.19', true, sequence(boolean(true))),
      // keyCertSign and cRLSign
      extension('2.5.29.15', true, bitString(Buffer.from([0x06]), 1)),
    ]);
  }

  /** Its own certificate, PEM. */
  get cert(): string {
    return this.#own.cert;
  }

  issue(request: CertificateRequest): Certificate {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return make(this.#signer, publicKey, privateKey, request, leafExtensions(request, this.#signer));
  }
}

/** A certificate that vouches for itself, as `New-SelfSignedCertificate` makes it. */
export function selfSigned(request: CertificateRequest): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = { name: nameOf(request.commonName), keyId: keyIdOf(publicKey), privateKey };
  return make(signer, publicKey, privateKey, request, leafExtensions(request, signer));
}

function make(
  signer: Signer,
  publicKey: KeyObject,
  privateKey: KeyObject,
  request: CertificateRequest,
  extensions: readonly Buffer[],
): Certificate {
  const { validFrom = new Date(Date.now() - DAY_MS), validTo = new Date(Date.now() + 365 * DAY_MS) } = request;
  const hash = request.hash ?? 'sha256';
  const algorithm = sequence(oid(SIGNATURE_OID[hash]));
  const serial = randomBytes(16);
  // a positive number without leading zeros, whatever chance says
  serial[0] = 0x40 | (serial[0]! & 0x3f);
  const keyId = extension('2.5.29.14', false, octetString(keyIdOf(publicKey)));
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    signer.name,
    sequence(time(validFrom), time(validTo)),
    nameOf(request.commonName),
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(keyId, ...extensions)),
  );
  const bytes = sequence(content, algorithm, bitString(sign(hash, content, signer.privateKey)));
  const lines = bytes.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    der: bytes,
  };
}

function leafExtensions({ names = [], upn, usage }: CertificateRequest, signer: Signer): readonly Buffer[] {
  const alternatives = names.map((name) => generalName(name));
  if (upn !== undefined) alternatives.push(der(0xa0, oid(UPN_OID), der(0xa0, utf8String(upn))));
  return [
    extension('2.5.29.19', true, sequence()),
    // digitalSignature
    extension('2.5.29.15', true, bitString(Buffer.from([0x80]), 7)),
    extension('2.5.29.37', false, sequence(oid(USAGE_OID[usage]))),
    extension('2.5.29.35', false, sequence(der(0x80, signer.keyId))),
    ...(alternatives.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...alternatives))]),
  ];
}

function generalName(name: string): Buffer {
  return isIP(name) === 0 ? der(0x82, Buffer.from(name, 'latin1')) : der(0x87, addressBytes(name));
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const end = tail === undefined ? [] : words(tail);
  const start = words(head);
  const all = [...start, ...new Array<number>(8 - start.length - end.length).fill(0), ...end];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), utf8String(commonName))));
}

function keyIdOf(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest();
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(isCritical ? [boolean(true)] : []), octetString(value));
}
