/**
 * The scan of one host without credentials, as KB824146scan did it: a well-formed call with an object reference that is
 * none, of which a patched host says so. Nothing in it is longer than it says, and nothing runs on the host.
 */
import { randomUUID } from 'node:crypto';
import type { RpcScan, RpcTarget } from '../domain/index.ts';
import {
  decodeActivationReply,
  decodeGetClassObjectReply,
  encodeActivation,
  encodeGetClassObject,
  REMOTE_ACTIVATION,
  REMOTE_ACTIVATION_CALL,
  REMOTE_GET_CLASS_OBJECT,
  SYSTEM_ACTIVATOR,
} from '../protocol/index.ts';
import { classifyRpc, missesUpdate } from './classify-rpc.ts';
import type { RpcAnswer } from './rpc-answer.ts';
import { converse, type RpcQuestion } from './rpc-conversation.ts';

/** Twelve bytes that do not begin with the signature of an object reference (MS-DCOM 2.2.18). */
const NO_OBJREF = Buffer.from('no signature', 'latin1');
/** Of no class. */
const CLSID = 'f12eb2ea-0000-4000-8000-000000000000';
const IID_UNKNOWN = '00000000-0000-0000-c000-000000000046';
/**
 * Malformed by its NUL. The third backslash comes at once: old systems copy what is before it into a buffer of 32
 * characters, so that three of them stay far inside.
 */
const BAD_NAME = '\\\\F\0F\\F';
const ATTEMPTS = 2;

/** @throws FirebreakError FB_CANCELLED when the signal aborts */
export async function rpcScan(target: RpcTarget, signal: AbortSignal): Promise<RpcScan> {
  const first = await ask(target, getClassObject(), signal);
  const second = target.alsoActivation && missesUpdate(first) ? await ask(target, activation(), signal) : null;
  return classifyRpc(first, second);
}

/** A connection that stood and broke, or fell silent, is tried once more; an address that is silent is not: the system has repeated its SYN. */
async function ask(target: RpcTarget, question: RpcQuestion, signal: AbortSignal): Promise<RpcAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await converse(target, question, signal);
    if (attempt === ATTEMPTS || (answer.kind !== 'lost' && answer.kind !== 'silent')) return answer;
  }
}

function getClassObject(): RpcQuestion {
  return {
    interface: SYSTEM_ACTIVATOR,
    opnum: REMOTE_GET_CLASS_OBJECT,
    stub: encodeGetClassObject(randomUUID(), NO_OBJREF),
    readHresult: decodeGetClassObjectReply,
  };
}

function activation(): RpcQuestion {
  return {
    interface: REMOTE_ACTIVATION,
    opnum: REMOTE_ACTIVATION_CALL,
    stub: encodeActivation(randomUUID(), { clsid: CLSID, objectName: BAD_NAME, iids: [IID_UNKNOWN] }),
    readHresult: decodeActivationReply,
  };
}
