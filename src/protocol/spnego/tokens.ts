/** NegTokenInit and NegTokenResp as bytes (RFC 4178 4.2, MS-SPNG 2.2.1). Must not know the mechanisms' own tokens. */
import { ProtocolError } from '../errors.ts';
import { type DerValue, der, readAll, readOne, TAG } from './der.ts';

/** Object identifiers as DER values, without tag and length. */
const SPNEGO_OID = Buffer.from('2b0601050502', 'hex');
/** 1.3.6.1.4.1.311.2.2.10 */
export const NTLM_OID = Buffer.from('2b06010401823702020a', 'hex');
/** 1.2.840.113554.1.2.2 */
export const KERBEROS_OID = Buffer.from('2a864886f712010202', 'hex');
/** 1.2.840.48018.1.2.2: the same, as Windows 2000 miscounted it (MS-SPNG 3.1.5.2). */
export const MS_KERBEROS_OID = Buffer.from('2a864882f712010202', 'hex');

/** RFC 4178 4.2.2 */
export const NEG_STATE = { acceptCompleted: 0, acceptIncomplete: 1, reject: 2, requestMic: 3 } as const;
export type NegState = (typeof NEG_STATE)[keyof typeof NEG_STATE];

export interface NegTokenInit {
  readonly mechanisms: readonly Uint8Array[];
  /** The list as it stands in the token: that is what its MIC is made over. */
  readonly mechanismList: Uint8Array;
  readonly token: Uint8Array | undefined;
}

export interface NegTokenResp {
  readonly state?: NegState;
  readonly mechanism?: Uint8Array;
  readonly token?: Uint8Array;
  readonly mic?: Uint8Array;
}

export function mechanismList(mechanisms: readonly Uint8Array[]): Buffer {
  return der(TAG.sequence, ...mechanisms.map((oid) => der(TAG.oid, oid)));
}

export function encodeInit(list: Uint8Array, token: Uint8Array): Buffer {
  const init = der(TAG.sequence, context(0, list), context(2, der(TAG.octetString, token)));
  return der(TAG.application0, der(TAG.oid, SPNEGO_OID), context(0, init));
}

/** @throws ProtocolError FB_PROTOCOL_AUTH */
export function decodeInit(bytes: Uint8Array): NegTokenInit {
  const [oid, choice] = readAll(readOne(bytes, TAG.application0).value);
  if (oid?.tag !== TAG.oid || !SPNEGO_OID.equals(oid.value)) throw bad('is of another mechanism');
  if (choice?.tag !== TAG.context) throw bad('is no NegTokenInit');
  const fields = fieldsOf(choice.value);
  const list = fields.get(0);
  if (list === undefined) throw bad('names no mechanisms');
  const mechanisms = readAll(readOne(list, TAG.sequence).value);
  if (mechanisms.some(({ tag }) => tag !== TAG.oid)) throw bad('names no mechanisms');
  return {
    mechanisms: mechanisms.map(({ value }) => value),
    mechanismList: list,
    token: octets(fields.get(2)),
  };
}

export function encodeResp(response: NegTokenResp): Buffer {
  const { state, mechanism, token, mic } = response;
  const fields = [
    ...(state === undefined ? [] : [context(0, der(TAG.enumerated, Buffer.from([state])))]),
    ...(mechanism === undefined ? [] : [context(1, der(TAG.oid, mechanism))]),
    ...(token === undefined ? [] : [context(2, der(TAG.octetString, token))]),
    ...(mic === undefined ? [] : [context(3, der(TAG.octetString, mic))]),
  ];
  return context(1, der(TAG.sequence, ...fields));
}

/** @throws ProtocolError FB_PROTOCOL_AUTH */
export function decodeResp(bytes: Uint8Array): NegTokenResp {
  const fields = fieldsOf(readOne(bytes, TAG.context + 1).value);
  const state = fields.get(0);
  const mechanism = fields.get(1);
  const token = octets(fields.get(2));
  const mic = octets(fields.get(3));
  return {
    ...(state === undefined ? {} : { state: negState(state) }),
    ...(mechanism === undefined ? {} : { mechanism: readOne(mechanism, TAG.oid).value }),
    ...(token === undefined ? {} : { token }),
    ...(mic === undefined ? {} : { mic }),
  };
}

/** `[n]` → what is inside, of a SEQUENCE of such fields. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  for (const { tag, value } of readAll(readOne(bytes, TAG.sequence).value) as readonly DerValue[]) {
    if ((tag & 0xe0) !== TAG.context || fields.has(tag & 0x1f)) throw bad('has a field that cannot be');
    fields.set(tag & 0x1f, value);
  }
  return fields;
}

function octets(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : readOne(bytes, TAG.octetString).value;
}

function negState(bytes: Uint8Array): NegState {
  const { value } = readOne(bytes, TAG.enumerated);
  const state = Object.values(NEG_STATE).find((known) => value.length === 1 && known === value[0]);
  if (state === undefined) throw bad('has a state that cannot be');
  return state;
}

function context(number: number, value: Uint8Array): Buffer {
  return der(TAG.context + number, value);
}

function bad(what: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_AUTH', `the SPNEGO token ${what}`);
}
