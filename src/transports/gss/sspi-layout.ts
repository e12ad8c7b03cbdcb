/**
 * The C structures of SSPI as bytes (sspi.h, 64-bit), and what its status codes mean. Written from Microsoft's
 * documentation, not yet tried on Windows. Must not know a library; addresses come from outside.
 */
import { type ErrorCode, FirebreakError } from '../../domain/index.ts';
import type { AddressOf } from './layout.ts';

/** Type of a SecBuffer. */
export const SECBUFFER = { data: 1, token: 2, padding: 9, stream: 10, channelBindings: 14 } as const;
const SECBUFFER_BYTES = 16;

export interface SecBuffer {
  readonly type: number;
  readonly bytes: Buffer;
}

export interface SecBuffers {
  /** SecBufferDesc */
  readonly descriptor: Buffer;
  /** Bytes of a buffer by now: calls shorten them. */
  readonly lengthOf: (index: number) => number;
  readonly addressAt: (index: number) => bigint;
}

const held = new WeakMap<Buffer, readonly Uint8Array[]>();

/** SecBufferDesc with its SecBuffers; they live as long as the descriptor. */
export function secBuffers(buffers: readonly SecBuffer[], addressOf: AddressOf): SecBuffers {
  const array = Buffer.alloc(buffers.length * SECBUFFER_BYTES);
  buffers.forEach(({ type, bytes }, index) => {
    array.writeUInt32LE(bytes.length, index * SECBUFFER_BYTES);
    array.writeUInt32LE(type, index * SECBUFFER_BYTES + 4);
    array.writeBigUInt64LE(bytes.length === 0 ? 0n : addressOf(bytes), index * SECBUFFER_BYTES + 8);
  });
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(buffers.length, 4);
  descriptor.writeBigUInt64LE(addressOf(array), 8);
  held.set(descriptor, [array, ...buffers.map(({ bytes }) => bytes)]);
  return {
    descriptor,
    lengthOf: (index) => array.readUInt32LE(index * SECBUFFER_BYTES),
    addressAt: (index) => array.readBigUInt64LE(index * SECBUFFER_BYTES + 8),
  };
}

/** SEC_CHANNEL_BINDINGS without addresses of the ends, and the application data behind it. */
export function secChannelBindings(applicationData: Uint8Array): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(applicationData.length, 24);
  header.writeUInt32LE(header.length, 28);
  return Buffer.concat([header, applicationData]);
}

/** SEC_WINNT_AUTH_IDENTITY_W; a name with `@` has no domain beside it. */
export function authIdentity(user: string, domain: string, password: string, addressOf: AddressOf): Buffer {
  const structure = Buffer.alloc(48);
  const texts = [user, domain, password].map((text) => Buffer.from(`${text}\0`, 'utf16le'));
  texts.forEach((bytes, index) => {
    structure.writeBigUInt64LE(addressOf(bytes), index * 16);
    structure.writeUInt32LE(bytes.length / 2 - 1, index * 16 + 8);
  });
  // SEC_WINNT_AUTH_IDENTITY_UNICODE
  structure.writeUInt32LE(2, 44);
  held.set(structure, texts);
  return structure;
}

const STATUS = {
  unknownTarget: 0x80090303,
  denied: 0x8009030c,
  noCredentials: 0x8009030e,
  altered: 0x8009030f,
  outOfSequence: 0x80090310,
  noAuthority: 0x80090311,
  expired: 0x80090317,
  wrongPrincipal: 0x80090322,
  skew: 0x80090324,
  noEncryption: 0x80090342,
  badBindings: 0x80090346,
  downgrade: 0x80090350,
} as const;

export function isServiceUnknownToSspi(status: number): boolean {
  return status >>> 0 === STATUS.unknownTarget;
}

/** True where NTLM may still do. */
export function isKerberosAbsentToSspi(status: number): boolean {
  const absent: readonly number[] = [STATUS.unknownTarget, STATUS.noAuthority, STATUS.downgrade];
  return absent.includes(status >>> 0);
}

const EXPLANATIONS: Readonly<Record<number, readonly [ErrorCode, string, string]>> = {
  [STATUS.unknownTarget]: [
    'FB_AUTH_DENIED',
    'the domain has no such service',
    'on a domain controller: setspn -L HOST; use the full name of the host as address, or spn: SERVICE/NAME',
  ],
  [STATUS.denied]: ['FB_AUTH_DENIED', 'user or password was refused', 'check both, and whether the account is locked'],
  [STATUS.noCredentials]: [
    'FB_CREDENTIAL_MISSING',
    'there is no usable ticket',
    'klist; log on again, or give a password',
  ],
  [STATUS.altered]: ['FB_PROTOCOL_AUTH', 'a message was changed on the way', 'go round whatever changes messages'],
  [STATUS.outOfSequence]: [
    'FB_PROTOCOL_AUTH',
    'a message was repeated or left out',
    'go round whatever repeats messages',
  ],
  [STATUS.noAuthority]: [
    'FB_CONNECT_TIMEOUT',
    'no domain controller answers',
    'is one up? nltest /dsgetdc:DOMAIN; check port 88 on the way',
  ],
  [STATUS.downgrade]: ['FB_CONNECT_TIMEOUT', 'no domain controller answers', 'nltest /dsgetdc:DOMAIN; check port 88'],
  [STATUS.expired]: ['FB_CREDENTIAL_MISSING', 'the ticket has expired', 'klist purge, and log on again'],
  [STATUS.wrongPrincipal]: [
    'FB_AUTH_DENIED',
    'the host cannot read the ticket: the service belongs to another account, or the name leads to another host',
    'on a domain controller: setspn -Q */NAME, setspn -X; check the DNS',
  ],
  [STATUS.skew]: ['FB_AUTH_DENIED', 'the clocks differ by more than Kerberos allows (5 minutes)', 'w32tm /resync'],
  [STATUS.noEncryption]: [
    'FB_AUTH_DENIED',
    'client and host have no kind of encryption in common',
    'allow AES for the account (msDS-SupportedEncryptionTypes)',
  ],
  [STATUS.badBindings]: [
    'FB_AUTH_DENIED',
    'the login is bound to another TLS connection',
    'something on the way ends the TLS connection: go round it',
  ],
};

/** @param status SECURITY_STATUS, signed or not */
export function fromSspiStatus(label: string, service: string, status: number): FirebreakError {
  const number = `0x${(status >>> 0).toString(16)}`;
  const [code, cause, remedy] = EXPLANATIONS[status >>> 0] ?? [
    'FB_PROTOCOL_AUTH',
    'the login failed',
    `look the number up: certutil -error ${number}`,
  ];
  return new FirebreakError(code, `${label}: Kerberos: ${cause} (${service}, ${number})`, {
    remedy,
    details: { status: number, isKerberosAbsent: isKerberosAbsentToSspi(status) },
  });
}
