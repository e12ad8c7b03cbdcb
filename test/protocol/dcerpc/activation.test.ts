/** The two activation calls in NDR: golden bytes as another implementation writes them, round trip, hostile input. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeActivation,
  decodeActivationReply,
  decodeGetClassObject,
  decodeGetClassObjectReply,
  encodeActivation,
  encodeActivationReply,
  encodeGetClassObject,
  encodeGetClassObjectReply,
  ProtocolError,
} from '../../../src/protocol/index.ts';

const CID = '01020304-0506-0708-090a-0b0c0d0e0f10';
const CLSID = '11020304-0506-0708-090a-0b0c0d0e0f10';
const UNKNOWN = '00000000-0000-0000-c000-000000000046';
const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe('RemoteGetClassObject', () => {
  it('is these bytes', () => {
    expect(encodeGetClassObject(CID, Buffer.from('ABCDEFGHIJKL')).toString('hex')).toBe(
      '0500060001000000000000000403020106050807090a0b0c0d0e0f100000000000000200' +
        '0c0000000c0000004142434445464748494a4b4c',
    );
  });

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (objref) => {
        const call = decodeGetClassObject(encodeGetClassObject(CID, objref));
        expect(call.orpc).toEqual({ major: 5, minor: 6, flags: 1, cid: CID });
        expect([...(call.objref ?? [])]).toEqual([...objref]);
      }),
    );
  });

  it('has a reply of 16 bytes with the HRESULT at its end', () => {
    fc.assert(
      fc.property(u32, (hresult) => {
        const reply = encodeGetClassObjectReply(hresult);
        expect(reply).toHaveLength(16);
        expect(reply.readUInt32LE(12)).toBe(hresult);
        expect(decodeGetClassObjectReply(reply)).toBe(hresult);
      }),
    );
  });

  it.each([
    ['of another length', Buffer.alloc(20), '20 bytes instead of 16'],
    ['of no length', Buffer.alloc(0), '0 bytes instead of 16'],
    ['with an object', Buffer.from('00000000000000000000020057000780', 'hex'), 'a reference where none fits in'],
    ['with extensions', Buffer.from('00000000000002000000000057000780', 'hex'), 'a reference where none fits in'],
  ])('refuses a reply %s', (_, bytes, message) => {
    expect(() => decodeGetClassObjectReply(bytes)).toThrow(message);
  });
});

describe('RemoteActivation', () => {
  it('is these bytes', () => {
    const call = encodeActivation(CID, { clsid: CLSID, objectName: '\\\\F', iids: [UNKNOWN] });
    expect(call.toString('hex')).toBe(
      '0500060001000000000000000403020106050807090a0b0c0d0e0f1000000000' +
        '0403021106050807090a0b0c0d0e0f10' +
        '000002000400000000000000040000005c005c0046000000' +
        '000000000000000000000000' +
        '010000000400020001000000' +
        '0000000000000000c000000000000046' +
        '0000000000000000',
    );
  });

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ maxLength: 40 })), (objectName) => {
        const call = { clsid: CLSID, objectName, iids: [UNKNOWN] };
        const { orpc, ...read } = decodeActivation(encodeActivation(CID, call));
        expect(orpc.cid).toBe(CID);
        expect(read).toEqual(call);
      }),
    );
  });

  it('has a reply of 68 bytes with the HRESULT 24 before its end', () => {
    fc.assert(
      fc.property(u32, u32, (hresult, returned) => {
        const reply = encodeActivationReply(hresult, returned);
        expect(reply).toHaveLength(68);
        expect(reply.readUInt32LE(reply.length - 24)).toBe(hresult);
        expect(decodeActivationReply(reply)).toBe(hresult);
      }),
    );
  });

  it('refuses a reply of another length', () => {
    expect(() => decodeActivationReply(Buffer.alloc(64))).toThrow('64 bytes instead of 68');
  });
});

describe.each([
  ['RemoteGetClassObject', decodeGetClassObject, encodeGetClassObject(CID, Buffer.alloc(12, 7))],
  [
    'RemoteActivation',
    decodeActivation,
    encodeActivation(CID, { clsid: CLSID, objectName: '\\\\F', iids: [UNKNOWN] }).subarray(0, -8),
  ],
  ['a reply to RemoteGetClassObject', decodeGetClassObjectReply, encodeGetClassObjectReply(0x80070057)],
  ['a reply to RemoteActivation', decodeActivationReply, encodeActivationReply(0x80080004)],
] as const)('%s', (_, decode, bytes) => {
  it('is refused when it is cut anywhere', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decode(bytes.subarray(0, length))).toThrow(ProtocolError);
    }
    expect(() => decode(bytes)).not.toThrow();
  });

  it('of hostile bytes is read or refused with one typed error', () => {
    const changed = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }).map((changes) => {
      const copy = Buffer.from(bytes);
      for (const [at, value] of changes) copy[at % copy.length] = value;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (input) => {
        try {
          decode(input);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
