/**
 * The records of an audit export: JSON lines, each with the SHA-256 of itself and of the one before, so that whoever changes,
 * removes, adds or moves one has to write all that follow anew, and the last hash is another one. That hash, noted elsewhere
 * (`--expect`), or a signature, is what makes the file proof against somebody who does just that. Pure.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { JsonObject, Plan, RunEvent } from '../domain/index.ts';
import { canonicalJson, sha256Hex } from '../util/index.ts';

const NO_HASH = '0'.repeat(64);

export interface AuditHeader {
  readonly kind: 'header';
  /** Version of this format. */
  readonly audit: 1;
  /** Id of the state store. */
  readonly store: string;
  /** ISO 8601 */
  readonly exportedAt: string;
  /** user@machine */
  readonly exportedBy: string;
  readonly version: string;
  /** What was asked for, as typed. */
  readonly selection: JsonObject;
}

export interface AuditRun {
  readonly kind: 'run';
  readonly run: string;
  readonly parent: string | null;
  readonly planHash: string;
  readonly plan: Plan;
  /** Values in the plan that were masked as secrets: its hash cannot be computed anew then. */
  readonly masked: number;
}

export interface AuditEvent {
  readonly kind: 'event';
  readonly event: RunEvent;
}

export interface AuditEnd {
  readonly kind: 'end';
  /** Records before this one. */
  readonly records: number;
  readonly runs: number;
  readonly events: number;
}

export interface AuditSignature {
  readonly kind: 'signature';
  /** Of the end record's hash, base64. */
  readonly signature: string;
  /** SHA-256 of the public key (SPKI, DER). */
  readonly key: string;
}

export type AuditRecord = AuditHeader | AuditRun | AuditEvent | AuditEnd | AuditSignature;
export type ChainedRecord = AuditRecord & { readonly n: number; readonly previous: string; readonly hash: string };

/** Writes a chain. */
export class AuditChain {
  #count = 0;
  #runs = 0;
  #events = 0;
  #head = NO_HASH;

  /** Hash of the last record. */
  get head(): string {
    return this.#head;
  }

  get records(): number {
    return this.#count;
  }

  /** The record as a line, with its line break. */
  line(record: AuditRecord): string {
    if (record.kind === 'run') this.#runs += 1;
    if (record.kind === 'event') this.#events += 1;
    const body = { n: ++this.#count, ...record, previous: this.#head };
    this.#head = hashOf(body);
    return `${JSON.stringify({ ...body, hash: this.#head })}\n`;
  }

  /** The last record, without which the file counts as cut off. */
  end(): string {
    return this.line({ kind: 'end', records: this.#count, runs: this.#runs, events: this.#events });
  }

  /** @throws Error when the key cannot sign */
  signed(key: KeyObject): string {
    const signature = sign(algorithmOf(key), Buffer.from(this.#head), key).toString('base64');
    return this.line({ kind: 'signature', signature, key: keyId(createPublicKey(key)) });
  }
}

/** True when the signature is of this hash and by this key. */
export function isSignedBy({ signature, previous }: AuditSignature & ChainedRecord, key: KeyObject): boolean {
  return verify(algorithmOf(key), Buffer.from(previous), key, Buffer.from(signature, 'base64'));
}

/** SHA-256 of the public key (SPKI, DER). */
export function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

export function hashOf(record: object): string {
  const { hash: _hash, ...body } = record as { readonly hash?: unknown };
  return sha256Hex(canonicalJson(body));
}

export function firstPrevious(): string {
  return NO_HASH;
}

/** Ed25519 and Ed448 hash by themselves. */
function algorithmOf(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448' ? null : 'sha256';
}
