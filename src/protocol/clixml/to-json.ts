/**
 * PowerShell values → plain JSON; the mapping is described in docs/values.md. Bounded: shared objects are written out
 * at each place, so the number of nodes has a limit of its own. Must not know where the JSON goes.
 */
import { ProtocolError } from '../errors.ts';
import { PsObject, PsPrimitive, PsSecureString, type PsValue } from './values.ts';

export type PlainJson = null | boolean | number | string | PlainJson[] | { [key: string]: PlainJson };

export interface ToJsonOptions {
  /** Adds `$type` (the most specific type name) to dictionaries and objects; default true. */
  readonly types?: boolean;
}

const MASK = '•••';
const MAX_NODES = 5_000_000;
/** Characters of one value; below what a JavaScript string can hold when it is written out. */
const MAX_CHARACTERS = 256 * 1024 * 1024;
const MAX_DEPTH = 200;
const FLOATS: Readonly<Record<string, string>> = { INF: 'Infinity', '-INF': '-Infinity', NAN: 'NaN' };

/** @throws ProtocolError FB_PROTOCOL_CLIXML when the value would expand beyond all measure */
export function toJson(value: PsValue, options: ToJsonOptions = {}): PlainJson {
  return new Converter(options.types ?? true).convert(value, 0);
}

class Converter {
  readonly #types: boolean;
  readonly #open = new Set<PsObject>();
  #nodes = 0;
  #characters = 0;

  constructor(types: boolean) {
    this.#types = types;
  }

  convert(value: PsValue, depth: number): PlainJson {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH) throw tooLarge();
    if (typeof value === 'string') return this.#counted(value);
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') return plainNumber(value);
    if (typeof value === 'bigint') return plainInteger(value);
    if (value instanceof PsPrimitive) {
      this.#count(value.text.length);
      return primitive(value);
    }
    if (value instanceof PsObject) return this.#object(value, depth);
    if (value instanceof PsSecureString) return MASK;
    this.#count(Math.ceil(value.length / 3) * 4);
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  }

  #counted(text: string): string {
    this.#count(text.length);
    return text;
  }

  /** A text that stands at many places is written at each of them. */
  #count(characters: number): void {
    this.#characters += characters;
    if (this.#characters > MAX_CHARACTERS) throw tooLarge();
  }

  #object(object: PsObject, depth: number): PlainJson {
    if (this.#open.has(object)) return this.#types ? { $type: object.typeNames[0] ?? '', $cycle: true } : null;
    if (isEnum(object) && object.text !== undefined) return this.#counted(object.text);
    if (object.value !== undefined) return this.convert(object.value, depth + 1);
    this.#open.add(object);
    const plain = this.#structure(object, depth + 1);
    this.#open.delete(object);
    return plain;
  }

  #structure(object: PsObject, depth: number): PlainJson {
    if (object.items !== undefined) return object.items.map((item) => this.convert(item, depth));
    const hasProperties = (object.adapted?.size ?? 0) + (object.extended?.size ?? 0) > 0;
    if (!hasProperties && object.entries === undefined && object.text) return this.#counted(object.text);
    // its properties (IsEven, Sign …) do not tell the number
    if (object.typeNames[0] === 'System.Numerics.BigInteger' && object.text) return this.#counted(object.text);
    const plain: { [key: string]: PlainJson } = {};
    const type = object.typeNames[0];
    if (this.#types && type !== undefined) plain['$type'] = this.#counted(type);
    for (const [key, value] of object.entries ?? []) set(plain, this.#key(key, depth), this.convert(value, depth));
    // a dictionary's own properties (Count, Keys …) are not its content
    if (object.entries === undefined) {
      for (const [name, value] of object.adapted ?? []) set(plain, this.#counted(name), this.convert(value, depth));
    }
    for (const [name, value] of object.extended ?? []) set(plain, this.#counted(name), this.convert(value, depth));
    return plain;
  }

  #key(key: PsValue, depth: number): string {
    const plain = this.convert(key, depth);
    return typeof plain === 'object' ? JSON.stringify(plain) : String(plain);
  }
}

function tooLarge(): ProtocolError {
  return new ProtocolError('FB_PROTOCOL_CLIXML', 'CLIXML: the value is too large to be written out');
}

function isEnum(object: PsObject): boolean {
  return object.value !== undefined && object.typeNames.includes('System.Enum');
}

function primitive(value: PsPrimitive): PlainJson {
  switch (value.tag) {
    case 'C':
      return String.fromCharCode(Number(value.text));
    case 'By':
    case 'SB':
    case 'U16':
    case 'I16':
    case 'U32':
      return Number(value.text);
    case 'U64':
      return plainInteger(BigInt(value.text));
    case 'Sg':
    case 'Db':
      return FLOATS[value.text.toUpperCase()] ?? plainNumber(Number(value.text));
    case 'SS':
      return MASK;
    default:
      return value.text;
  }
}

/** JSON has no NaN, no infinities and no negative zero. */
function plainNumber(value: number): number | string {
  if (!Number.isFinite(value)) return String(value);
  return value === 0 ? 0 : value;
}

function plainInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** `__proto__` is an ordinary name here. */
function set(target: { [key: string]: PlainJson }, name: string, value: PlainJson): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  else target[name] = value;
}
