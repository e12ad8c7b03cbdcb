/**
 * PowerShell values in memory (MS-PSRP 2.2.5). JavaScript's own types stand for the primitives that they cover exactly;
 * every other primitive keeps its tag and its text, so that nothing is lost between decoding and encoding.
 * Must not know XML syntax.
 *
 * | JavaScript | element |
 * |---|---|
 * | null | Nil |
 * | string | S |
 * | boolean | B |
 * | number | I32 when decoded; encoded as I32, I64 (integers beyond 32 bits) or Db |
 * | bigint | I64 when decoded; encoded as I64, U64 beyond it |
 * | Uint8Array | BA |
 * | PsPrimitive | any other primitive, also of unknown name |
 * | PsSecureString | SS, encrypted when encoded; a decoded SS is a PsPrimitive with its ciphertext |
 * | PsObject | Obj: list, dictionary, enum, properties … |
 */

export type PsValue = null | string | boolean | number | bigint | Uint8Array | PsPrimitive | PsSecureString | PsObject;

/** The primitives of MS-PSRP 2.2.5.1 that have no JavaScript type of their own. */
export type PsPrimitiveTag =
  | 'C'
  | 'DT'
  | 'TS'
  | 'By'
  | 'SB'
  | 'U16'
  | 'I16'
  | 'U32'
  | 'U64'
  | 'Sg'
  | 'Db'
  | 'D'
  | 'G'
  | 'URI'
  | 'Version'
  | 'XD'
  | 'SBK'
  | 'SS';

/** A primitive as its lexical form: `new PsPrimitive('TS', 'PT9.02S')`; C holds the UTF-16 code unit as a number. */
export class PsPrimitive {
  readonly tag: PsPrimitiveTag | (string & {});
  readonly text: string;

  constructor(tag: PsPrimitiveTag | (string & {}), text: string) {
    this.tag = tag;
    this.text = text;
  }
}

/** An element that we do not know and that holds elements: `text` is its inside as it was written, and is written so again. */
export class PsMarkup extends PsPrimitive {}

/** Text that leaves only encrypted; nothing prints it. */
export class PsSecureString {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }
}

/** Stack, queue, list, other enumerable. */
export type PsListTag = 'LST' | 'STK' | 'QUE' | 'IE';

export interface PsObjectParts {
  readonly typeNames?: readonly string[];
  readonly text?: string;
  readonly value?: PsValue;
  readonly listTag?: PsListTag;
  readonly items?: readonly PsValue[];
  readonly entries?: readonly (readonly [PsValue, PsValue])[];
  readonly adapted?: ReadonlyMap<string, PsValue>;
  readonly extended?: ReadonlyMap<string, PsValue>;
}

/**
 * A complex object (MS-PSRP 2.2.5.2). The same instance in two places is one object (RefId, Ref) in both directions;
 * it may contain itself.
 */
export class PsObject {
  /** Most specific first; empty when the object has none. */
  readonly typeNames: readonly string[];
  /** What ToString gave on the host. */
  readonly text: string | undefined;
  /** The primitive that the object wraps: an enum's number, a string with note properties. */
  readonly value: PsValue | undefined;
  readonly listTag: PsListTag;
  readonly items: readonly PsValue[] | undefined;
  /** Dictionary entries in their order; keys are mostly strings. */
  readonly entries: readonly (readonly [PsValue, PsValue])[] | undefined;
  /** Properties of the .NET object (Props). */
  readonly adapted: ReadonlyMap<string, PsValue> | undefined;
  /** Properties added by PowerShell (MS). */
  readonly extended: ReadonlyMap<string, PsValue> | undefined;

  constructor(parts: PsObjectParts) {
    this.typeNames = parts.typeNames ?? [];
    this.text = parts.text;
    this.value = parts.value;
    this.listTag = parts.listTag ?? 'LST';
    this.items = parts.items;
    this.entries = parts.entries;
    this.adapted = parts.adapted;
    this.extended = parts.extended;
  }
}

/** An object with extended properties and no type: what PSRP messages are made of. */
export function messageObject(properties: { readonly [name: string]: PsValue }): PsObject {
  return new PsObject({ extended: new Map(Object.entries(properties)) });
}

const ENUM_BASES = ['System.Enum', 'System.ValueType', 'System.Object'];

export function enumValue(typeName: string, name: string, value: number): PsObject {
  return new PsObject({ typeNames: [typeName, ...ENUM_BASES], text: name, value });
}

/** A PSCredential (MS-PSRP 2.2.5.2.8 with the properties of the class). */
export function credentialOf(user: string, password: string): PsObject {
  return new PsObject({
    typeNames: ['System.Management.Automation.PSCredential', 'System.Object'],
    text: 'System.Management.Automation.PSCredential',
    adapted: new Map<string, PsValue>([
      ['UserName', user],
      ['Password', new PsSecureString(password)],
    ]),
  });
}

export function listOf(items: readonly PsValue[], typeName = 'System.Object[]'): PsObject {
  const typeNames = typeName.endsWith('[]') ? [typeName, 'System.Array', 'System.Object'] : [typeName, 'System.Object'];
  return new PsObject({ typeNames, items });
}

export function hashtable(entries: Iterable<readonly [PsValue, PsValue]>): PsObject {
  return new PsObject({ typeNames: ['System.Collections.Hashtable', 'System.Object'], entries: [...entries] });
}

/** A property by name, as PowerShell finds it: without case, extended before adapted; undefined when there is none. */
export function propertyOf(value: PsValue | undefined, name: string): PsValue | undefined {
  if (!(value instanceof PsObject)) return undefined;
  return find(value.extended, name) ?? find(value.adapted, name);
}

/** A dictionary's entry by string key, without case. */
export function entryOf(value: PsValue | undefined, key: string): PsValue | undefined {
  if (!(value instanceof PsObject)) return undefined;
  const wanted = key.toLowerCase();
  return value.entries?.find(([each]) => typeof each === 'string' && each.toLowerCase() === wanted)?.[1];
}

/** The value as text: strings as they are, ToString of objects, the lexical form of other primitives; undefined for null. */
export function textOf(value: PsValue | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof PsObject) return value.text ?? textOf(value.value);
  if (value instanceof PsPrimitive) {
    return value.tag === 'C' ? String.fromCharCode(Number(value.text)) : value.text;
  }
  return value instanceof Uint8Array || value instanceof PsSecureString ? undefined : String(value);
}

/** An integer of any width, also inside an enum; undefined when it is none. */
export function numberOf(value: PsValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof PsPrimitive && /^[+-]?\d+$/.test(value.text)) return Number(value.text);
  if (value instanceof PsObject && value.value !== undefined) return numberOf(value.value);
  return undefined;
}

function find(properties: ReadonlyMap<string, PsValue> | undefined, name: string): PsValue | undefined {
  if (properties === undefined) return undefined;
  const exact = properties.get(name);
  if (exact !== undefined) return exact;
  const wanted = name.toLowerCase();
  for (const [each, value] of properties) if (each.toLowerCase() === wanted) return value;
  return undefined;
}
