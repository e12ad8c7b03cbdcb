import { describe, expect, it } from '@jest/globals';
import {
  authIdentity,
  fromSspiStatus,
  isKerberosAbsentToSspi,
  isServiceUnknownToSspi,
  SECBUFFER,
  secBuffers,
  secChannelBindings,
} from '../../../src/transports/gss/sspi-layout.ts';

/** Memory in which addresses are real: offsets into a table. */
function memory(): { readonly addressOf: (bytes: Uint8Array) => bigint; readonly at: (address: bigint) => Buffer } {
  const table: Buffer[] = [];
  return {
    addressOf: (bytes) => BigInt(table.push(bytes as Buffer)),
    at: (address) => table[Number(address) - 1]!,
  };
}

describe('structures of SSPI', () => {
  it('SecBufferDesc leads to its buffers, whose lengths can be read again', () => {
    const { addressOf, at } = memory();
    const token = Buffer.alloc(5, 1);
    const { descriptor, lengthOf, addressAt } = secBuffers(
      [
        { type: SECBUFFER.token, bytes: token },
        { type: SECBUFFER.data, bytes: Buffer.alloc(0) },
      ],
      addressOf,
    );
    expect([descriptor.readUInt32LE(0), descriptor.readUInt32LE(4)]).toEqual([0, 2]);
    const array = at(descriptor.readBigUInt64LE(8));
    expect([array.readUInt32LE(0), array.readUInt32LE(4)]).toEqual([5, 2]);
    expect(at(array.readBigUInt64LE(8))).toBe(token);
    expect([array.readUInt32LE(16), array.readUInt32LE(20), array.readBigUInt64LE(24)]).toEqual([0, 1, 0n]);
    // as a call of the system would
    array.writeUInt32LE(3, 0);
    array.writeUInt32LE(7, 16);
    array.writeBigUInt64LE(99n, 24);
    expect([lengthOf(0), lengthOf(1), addressAt(1)]).toEqual([3, 7, 99n]);
  });

  it('SEC_CHANNEL_BINDINGS has the application data behind it', () => {
    const bytes = secChannelBindings(Buffer.from('tls-server-end-point:x'));
    expect(bytes.readUInt32LE(24)).toBe(22);
    expect(bytes.subarray(bytes.readUInt32LE(28)).toString()).toBe('tls-server-end-point:x');
    expect(bytes.subarray(0, 24).every((byte) => byte === 0)).toBe(true);
  });

  it('SEC_WINNT_AUTH_IDENTITY_W counts characters, not bytes', () => {
    const { addressOf, at } = memory();
    const structure = authIdentity('älice', 'CORP', 'sécret', addressOf);
    const texts = [0, 16, 32].map((offset) => ({
      text: at(structure.readBigUInt64LE(offset)).toString('utf16le'),
      length: structure.readUInt32LE(offset + 8),
    }));
    expect(texts).toEqual([
      { text: 'älice\0', length: 5 },
      { text: 'CORP\0', length: 4 },
      { text: 'sécret\0', length: 6 },
    ]);
    expect(structure.readUInt32LE(44)).toBe(2);
  });
});

describe('a status of SSPI', () => {
  it.each([
    [0x80090303, 'FB_AUTH_DENIED', 'setspn -L'],
    [0x8009030c, 'FB_AUTH_DENIED', 'locked'],
    [0x8009030e, 'FB_CREDENTIAL_MISSING', 'klist'],
    [0x80090311, 'FB_CONNECT_TIMEOUT', 'nltest'],
    [0x80090322, 'FB_AUTH_DENIED', 'setspn -Q'],
    [0x80090324, 'FB_AUTH_DENIED', 'w32tm'],
    [0x80090346, 'FB_AUTH_DENIED', 'TLS'],
    [0x80090301, 'FB_PROTOCOL_AUTH', 'certutil -error 0x80090301'],
  ])('%i is %s', (status, code, remedy) => {
    for (const number of [status, status | 0]) {
      expect(fromSspiStatus('web01', 'host/web01', number)).toMatchObject({
        code,
        message: expect.stringContaining('web01: Kerberos: '),
        remedy: expect.stringContaining(remedy),
      });
    }
  });

  it('says whether another service or NTLM is worth a try', () => {
    expect(isServiceUnknownToSspi(0x80090303 | 0)).toBe(true);
    expect(isServiceUnknownToSspi(0x8009030c)).toBe(false);
    expect(isKerberosAbsentToSspi(0x80090311 | 0)).toBe(true);
    expect(isKerberosAbsentToSspi(0x8009030c)).toBe(false);
  });
});
