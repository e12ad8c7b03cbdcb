/**
 * CLIXML text → values (MS-PSRP 2.2.5). One pass over the elements with an explicit stack; bounded in depth, no DTD, no
 * entities but XML's five. Must not know PSRP messages.
 */
import { decodeEscapes } from './escapes.ts';
import { assertName, clixmlError, isKnownTag, toPrimitive } from './primitives.ts';
import { PsMarkup, PsObject, type PsValue } from './values.ts';
import { TOKEN, XmlScanner } from './xml-scan.ts';

export interface DecodedValue {
  /** The S attribute: `Error`, `progress` … of CLIXML on standard error; undefined in PSRP messages. */
  readonly stream: string | undefined;
  readonly value: PsValue;
}

export interface DecodeOptions {
  /** Levels of XML elements; 256 when absent. */
  readonly maxDepth?: number;
}

const FRAME = {
  roots: 0,
  object: 1,
  members: 2,
  items: 3,
  entries: 4,
  entry: 5,
  typeNames: 6,
  progress: 7,
} as const;
type FrameKind = (typeof FRAME)[keyof typeof FRAME];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NO_PARTS = {};
/** Children of PR, the short form of a progress record on standard error. */
const PROGRESS: Readonly<Record<string, string>> = {
  AV: 'Activity',
  AI: 'ActivityId',
  S: 'CurrentOperation',
  Nil: 'CurrentOperation',
  PI: 'ParentActivityId',
  PC: 'PercentComplete',
  T: 'Type',
  SR: 'SecondsRemaining',
  SD: 'StatusDescription',
};

/** The one value of a document, as in PSRP messages. @throws ProtocolError FB_PROTOCOL_CLIXML */
export function decodeClixml(xml: string, options: DecodeOptions = {}): PsValue {
  const values = new Decoder(xml, options).decode();
  const first = values[0];
  if (first === undefined || values.length > 1) throw clixmlError('a document must hold exactly one value');
  return first.value;
}

/** All values of an `<Objs>` document, with their streams. @throws ProtocolError FB_PROTOCOL_CLIXML */
export function decodeClixmlStream(xml: string, options: DecodeOptions = {}): readonly DecodedValue[] {
  return new Decoder(xml, options).decode();
}

/** One open element that holds others. One shape keeps the engine's property access fast. */
class Frame {
  kind: FrameKind = FRAME.roots;
  tag = '';
  /** N attribute, still escaped. */
  name: string | undefined = undefined;
  stream: string | undefined = undefined;
  object: Mutable<PsObject> | undefined = undefined;
  members: Map<string, PsValue> | undefined = undefined;
  items: PsValue[] | undefined = undefined;
  names: string[] | undefined = undefined;
  entries: [PsValue, PsValue][] | undefined = undefined;
  key: PsValue | undefined = undefined;
  value: PsValue | undefined = undefined;
}

class Decoder {
  readonly #maxDepth: number;
  readonly #scan: XmlScanner;
  readonly #hasEscapes: boolean;
  readonly #roots: DecodedValue[] = [];
  readonly #objects = new Map<string, PsObject>();
  readonly #typeNames = new Map<string, readonly string[]>();
  /** Used again, one for each level: most elements are small, and there are many. */
  readonly #frames: Frame[] = [];
  /** Open elements; the innermost is #frames[#depth - 1]. */
  #depth = 0;

  constructor(xml: string, options: DecodeOptions) {
    this.#maxDepth = options.maxDepth ?? 256;
    this.#scan = new XmlScanner(xml);
    this.#hasEscapes = xml.includes('_x') || xml.includes('_X');
  }

  decode(): readonly DecodedValue[] {
    const scan = this.#scan;
    let elements = 0;
    for (;;) {
      const token = scan.next(this.#depth > 0);
      if (token === TOKEN.open) {
        elements += 1;
        this.#open(scan.name);
      } else if (token === TOKEN.close) this.#close(scan.name);
      else break;
    }
    if (this.#depth > 0) throw clixmlError('the document was cut');
    if (elements === 0) throw clixmlError('there is no element');
    return this.#roots;
  }

  #open(tag: string): void {
    if (this.#depth >= this.#maxDepth) throw clixmlError(`nested more than ${this.#maxDepth} levels deep`);
    const parent = this.#depth === 0 ? undefined : this.#frames[this.#depth - 1];
    switch (parent?.kind) {
      case undefined:
        if (tag === 'Objs') {
          this.#push(FRAME.roots, tag);
          return;
        }
        break;
      case FRAME.object:
        if (this.#openInObject(parent, tag)) return;
        break;
      case FRAME.entries:
        if (tag !== 'En') throw clixmlError(`<${short(tag)}> inside DCT`);
        this.#push(FRAME.entry, tag);
        return;
      case FRAME.typeNames:
        if (tag !== 'T') throw clixmlError(`<${short(tag)}> inside TN`);
        parent?.names?.push(this.#unescape(this.#text(tag)));
        return;
      case FRAME.progress:
        this.#progressPart(parent, tag);
        return;
      default:
    }
    this.#openValue(parent, tag);
  }

  #openValue(parent: Frame | undefined, tag: string): void {
    const scan = this.#scan;
    if (tag === 'Obj') {
      const object: Mutable<PsObject> = new PsObject(NO_PARTS);
      if (scan.refId !== undefined) this.#objects.set(scan.refId, object);
      this.#push(FRAME.object, tag, object);
      return;
    }
    if (tag === 'PR') {
      this.#push(FRAME.progress, tag, undefined, new Map());
      return;
    }
    const { n, s } = scan;
    if (tag === 'Ref') {
      const target = this.#objects.get(scan.refId ?? '');
      if (target === undefined) throw clixmlError('Ref refers to an unknown Obj');
      this.#text(tag);
      this.#add(parent, tag, n, s, target);
      return;
    }
    const text = scan.leafText();
    if (text !== undefined) {
      this.#add(parent, tag, n, s, toPrimitive(tag, text, this.#hasEscapes));
      return;
    }
    if (isKnownTag(tag)) throw clixmlError(`elements inside <${tag}>`);
    assertName(tag);
    this.#add(parent, tag, n, s, new PsMarkup(tag, scan.markup(this.#maxDepth - this.#depth)));
  }

  #push(kind: FrameKind, tag: string, object?: Mutable<PsObject>, members?: Map<string, PsValue>): Frame {
    let frame = this.#frames[this.#depth];
    if (frame === undefined) {
      frame = new Frame();
      this.#frames.push(frame);
    }
    frame.kind = kind;
    frame.tag = tag;
    frame.name = this.#scan.n;
    frame.stream = this.#scan.s;
    frame.object = object;
    frame.members = members;
    frame.items = undefined;
    frame.names = undefined;
    frame.entries = undefined;
    frame.key = undefined;
    frame.value = undefined;
    this.#depth += 1;
    if (this.#scan.isEmpty) this.#close(tag);
    return frame;
  }

  /** Elements that mean something only directly inside Obj. */
  #openInObject(parent: Frame, tag: string): boolean {
    const object = parent.object;
    if (object === undefined) return false;
    switch (tag) {
      case 'MS':
      case 'Props': {
        const existing = tag === 'MS' ? object.extended : object.adapted;
        const members = (existing as Map<string, PsValue> | undefined) ?? new Map<string, PsValue>();
        if (tag === 'MS') object.extended = members;
        else object.adapted = members;
        this.#push(FRAME.members, tag, undefined, members);
        return true;
      }
      case 'LST':
      case 'STK':
      case 'QUE':
      case 'IE': {
        const items: PsValue[] = [];
        object.listTag = tag;
        object.items = items;
        this.#push(FRAME.items, tag).items = items;
        return true;
      }
      case 'DCT': {
        const entries: [PsValue, PsValue][] = [];
        object.entries = entries;
        this.#push(FRAME.entries, tag).entries = entries;
        return true;
      }
      case 'TN': {
        const names: string[] = [];
        object.typeNames = names;
        if (this.#scan.refId !== undefined) this.#typeNames.set(this.#scan.refId, names);
        this.#push(FRAME.typeNames, tag).names = names;
        return true;
      }
      case 'TNRef': {
        const names = this.#typeNames.get(this.#scan.refId ?? '');
        if (names === undefined) throw clixmlError('TNRef refers to an unknown TN');
        object.typeNames = names;
        this.#text(tag);
        return true;
      }
      case 'ToString':
        object.text = this.#unescape(this.#text(tag));
        return true;
      default:
        return false;
    }
  }

  /** The text of an element that can hold nothing else. */
  #text(tag: string): string {
    const text = this.#scan.leafText();
    if (text === undefined) throw clixmlError(`elements inside <${tag}>`);
    return text;
  }

  #unescape(text: string): string {
    return this.#hasEscapes ? decodeEscapes(text) : text;
  }

  #progressPart(parent: Frame | undefined, tag: string): void {
    const text = this.#text(tag);
    const name = PROGRESS[tag];
    const isNumber = tag === 'AI' || tag === 'PI' || tag === 'PC' || tag === 'SR';
    if (name === undefined) return;
    parent?.members?.set(name, tag === 'Nil' ? null : isNumber ? Number(text) || 0 : this.#unescape(text));
  }

  #close(tag: string): void {
    const closed = this.#frames[this.#depth - 1];
    if (closed === undefined || this.#depth === 0 || closed.tag !== tag) throw clixmlError('an end tag does not fit');
    this.#depth -= 1;
    const parent = this.#depth === 0 ? undefined : this.#frames[this.#depth - 1];
    switch (closed.kind) {
      case FRAME.object:
        this.#add(parent, tag, closed.name, closed.stream, closed.object as PsObject);
        break;
      case FRAME.progress:
        this.#add(
          parent,
          tag,
          closed.name,
          closed.stream,
          new PsObject({
            typeNames: ['System.Management.Automation.ProgressRecord', 'System.Object'],
            extended: closed.members ?? new Map(),
          }),
        );
        break;
      case FRAME.entry:
        if (closed.key === undefined || closed.value === undefined) throw clixmlError('En without key or value');
        parent?.entries?.push([closed.key, closed.value]);
        break;
      default:
    }
  }

  #add(
    parent: Frame | undefined,
    tag: string,
    name: string | undefined,
    stream: string | undefined,
    value: PsValue,
  ): void {
    switch (parent?.kind) {
      case undefined:
      case FRAME.roots:
        this.#roots.push({ stream, value });
        break;
      case FRAME.members:
        parent?.members?.set(name === undefined ? '' : this.#unescape(name), value);
        break;
      case FRAME.items:
        parent?.items?.push(value);
        break;
      case FRAME.entry:
        if (name === 'Key') parent.key = value;
        else parent.value = value;
        break;
      case FRAME.object:
        if (parent.object !== undefined) parent.object.value = value;
        break;
      default:
        throw clixmlError(`<${short(tag)}> is out of place`);
    }
  }
}

function short(name: string): string {
  return name.slice(0, 40);
}
