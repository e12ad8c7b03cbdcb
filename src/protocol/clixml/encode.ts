/**
 * Values → CLIXML text (MS-PSRP 2.2.5). Objects get RefIds in order of appearance, repeated ones a Ref; equal type
 * names a TNRef. Must not know PSRP messages.
 */
import { ProtocolError } from '../errors.ts';
import { escapeXml } from '../xml-text.ts';
import { encodeEscapes } from './escapes.ts';
import { PsMarkup, PsObject, PsPrimitive, PsSecureString, type PsValue } from './values.ts';

const MAX_DEPTH = 100;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;
const TAG_NAME = /^[\p{L}_][\p{L}\p{N}_:.·-]*$/u;

/** A secure string is to be written and there is no key for it yet. */
export class EncryptionNeeded extends Error {
  override readonly name = 'EncryptionNeeded';
}

export interface EncodeOptions {
  /** Text → base64 of its ciphertext, for secure strings. */
  readonly encrypt?: (text: string) => string;
}

/**
 * One value as a document without `<Objs>`, as PSRP messages carry it.
 * @throws ProtocolError FB_PROTOCOL_CLIXML (too deep, an integer beyond 64 bits); EncryptionNeeded
 */
export function encodeClixml(value: PsValue, options: EncodeOptions = {}): string {
  return new Encoder(options).encode(value);
}

/** Values as an `<Objs>` document (standard input of `powershell -InputFormat XML`, Export-Clixml). */
export function encodeClixmlDocument(values: readonly PsValue[]): string {
  const encoder = new Encoder({});
  const body = values.map((value) => encoder.encode(value)).join('');
  return `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">${body}</Objs>`;
}

class Encoder {
  readonly #objects = new Map<PsObject, number>();
  readonly #typeNames = new Map<string, number>();
  /** The same array again is the common case, and quicker to find. */
  readonly #typeArrays = new Map<readonly string[], number>();

  readonly #encrypt: EncodeOptions['encrypt'];

  constructor(options: EncodeOptions) {
    this.#encrypt = options.encrypt;
  }

  encode(value: PsValue): string {
    return this.#value(value, '', 0);
  }

  /** `name` is the ready-made N attribute with its leading space, or empty. */
  #value(value: PsValue, name: string, depth: number): string {
    if (value === null) return `<Nil${name}/>`;
    switch (typeof value) {
      case 'string':
        return `<S${name}>${text(value)}</S>`;
      case 'boolean':
        return `<B${name}>${value}</B>`;
      case 'number':
        return number(value, name);
      case 'bigint':
        return integer(value, name);
      default:
    }
    if (value instanceof PsObject) return this.#object(value, name, depth);
    if (value instanceof PsPrimitive) {
      if (!TAG_NAME.test(value.tag)) throw encodeError('a primitive has an invalid tag');
      const inside = value instanceof PsMarkup ? value.text : text(value.text);
      return `<${value.tag}${name}>${inside}</${value.tag}>`;
    }
    if (value instanceof PsSecureString) {
      if (this.#encrypt === undefined) throw new EncryptionNeeded('a secure string needs a session key');
      return `<SS${name}>${this.#encrypt(value.reveal())}</SS>`;
    }
    return `<BA${name}>${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}</BA>`;
  }

  #object(object: PsObject, name: string, depth: number): string {
    if (depth > MAX_DEPTH) throw encodeError(`the value is nested more than ${MAX_DEPTH} levels deep`);
    const known = this.#objects.get(object);
    if (known !== undefined) return `<Ref${name} RefId="${known}"/>`;
    const refId = this.#objects.size;
    this.#objects.set(object, refId);
    const parts = [`<Obj${name} RefId="${refId}">`, this.#types(object.typeNames)];
    if (object.text !== undefined) parts.push(`<ToString>${text(object.text)}</ToString>`);
    if (object.value !== undefined) parts.push(this.#value(object.value, '', depth + 1));
    if (object.items !== undefined) {
      parts.push(`<${object.listTag}>`);
      for (const item of object.items) parts.push(this.#value(item, '', depth + 1));
      parts.push(`</${object.listTag}>`);
    }
    if (object.entries !== undefined) {
      parts.push('<DCT>');
      for (const [key, value] of object.entries) {
        parts.push(
          '<En>',
          this.#value(key, ' N="Key"', depth + 1),
          this.#value(value, ' N="Value"', depth + 1),
          '</En>',
        );
      }
      parts.push('</DCT>');
    }
    parts.push(this.#members('Props', object.adapted, depth), this.#members('MS', object.extended, depth), '</Obj>');
    return parts.join('');
  }

  #members(tag: string, members: ReadonlyMap<string, PsValue> | undefined, depth: number): string {
    if (members === undefined) return '';
    const parts = [`<${tag}>`];
    for (const [name, value] of members) parts.push(this.#value(value, ` N="${text(name)}"`, depth + 1));
    parts.push(`</${tag}>`);
    return parts.join('');
  }

  #types(names: readonly string[]): string {
    if (names.length === 0) return '';
    const same = this.#typeArrays.get(names);
    if (same !== undefined) return `<TNRef RefId="${same}"/>`;
    const key = JSON.stringify(names);
    const known = this.#typeNames.get(key);
    if (known !== undefined) {
      this.#typeArrays.set(names, known);
      return `<TNRef RefId="${known}"/>`;
    }
    const refId = this.#typeNames.size;
    this.#typeNames.set(key, refId);
    this.#typeArrays.set(names, refId);
    return `<TN RefId="${refId}">${names.map((each) => `<T>${text(each)}</T>`).join('')}</TN>`;
  }
}

function text(value: string): string {
  return escapeXml(encodeEscapes(value));
}

function number(value: number, name: string): string {
  if (Number.isInteger(value) && !Object.is(value, -0)) {
    if (value === (value | 0)) return `<I32${name}>${value}</I32>`;
    if (Number.isSafeInteger(value)) return `<I64${name}>${value}</I64>`;
  }
  const lexical = Number.isNaN(value)
    ? 'NaN'
    : Number.isFinite(value)
      ? lexicalDouble(value)
      : value > 0
        ? 'INF'
        : '-INF';
  return `<Db${name}>${lexical}</Db>`;
}

function lexicalDouble(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value).replace('e', 'E');
}

function integer(value: bigint, name: string): string {
  if (value >= INT64_MIN && value <= INT64_MAX) return `<I64${name}>${value}</I64>`;
  if (value > 0n && value <= UINT64_MAX) return `<U64${name}>${value}</U64>`;
  throw encodeError('an integer does not fit into 64 bits');
}

function encodeError(message: string): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_CLIXML', `CLIXML: ${message}`);
}
