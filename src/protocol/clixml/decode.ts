/**
 * CLIXML text → values (MS-PSRP 2.2.5). One pass over the parser's events with an explicit stack; bounded in depth, no
 * DTD, no entities but XML's five. Must not know PSRP messages.
 */
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { liftLongText } from '../xml-lift.ts';
import { decodeEscapes } from './escapes.ts';
import { clixmlError, toPrimitive } from './primitives.ts';
import { type PsListTag, PsObject, type PsValue } from './values.ts';

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
  leaf: 7,
  progress: 8,
} as const;
type FrameKind = (typeof FRAME)[keyof typeof FRAME];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One open element. Which fields are used depends on the kind; one shape keeps the engine's property access fast. */
class Frame {
  kind: FrameKind = FRAME.leaf;
  tag = '';
  /** N attribute, still escaped. */
  name: string | undefined = undefined;
  stream: string | undefined = undefined;
  object: Mutable<PsObject> | undefined = undefined;
  members: Map<string, PsValue> | undefined = undefined;
  items: PsValue[] | undefined = undefined;
  entries: [PsValue, PsValue][] | undefined = undefined;
  key: PsValue | undefined = undefined;
  value: PsValue | undefined = undefined;

  /** Frames are used again, one for each level: most elements are small, and there are many. */
  reset(kind: FrameKind, tag: SaxesTagPlain): void {
    const attributes = tag.attributes;
    this.kind = kind;
    this.tag = tag.name;
    this.name = attributes['N'];
    this.stream = attributes['S'];
    this.object = undefined;
    this.members = undefined;
    this.items = undefined;
    this.entries = undefined;
    this.key = undefined;
    this.value = undefined;
  }
}

const NO_PARTS = {};
const LISTS: ReadonlySet<string> = new Set(['LST', 'STK', 'QUE', 'IE']);
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
  const values = new Decoder(options).decode(xml);
  const first = values[0];
  if (first === undefined || values.length > 1) throw clixmlError('a document must hold exactly one value');
  return first.value;
}

/** All values of an `<Objs>` document, with their streams. @throws ProtocolError FB_PROTOCOL_CLIXML */
export function decodeClixmlStream(xml: string, options: DecodeOptions = {}): readonly DecodedValue[] {
  return new Decoder(options).decode(xml);
}

class Decoder {
  readonly #maxDepth: number;
  readonly #roots: DecodedValue[] = [];
  readonly #objects = new Map<string, PsObject>();
  readonly #typeNames = new Map<string, readonly string[]>();
  readonly #frames: Frame[] = [];
  /** Open elements; the innermost is #frames[#depth - 1]. */
  #depth = 0;
  #text = '';

  constructor(options: DecodeOptions) {
    this.#maxDepth = options.maxDepth ?? 256;
  }

  decode(xml: string): readonly DecodedValue[] {
    const lifted = liftLongText(xml);
    const parser = new SaxesParser({ xmlns: false, position: false });
    parser.on('error', (error) => {
      throw clixmlError(`not well-formed XML: ${error.message.slice(0, 120)}`, error);
    });
    parser.on('doctype', () => {
      throw clixmlError('a document type declaration is not allowed');
    });
    const addText = (text: string): void => {
      this.#text += lifted.restore(text);
    };
    parser.on('text', addText);
    parser.on('cdata', addText);
    parser.on('opentag', (tag) => this.#open(tag));
    parser.on('closetag', () => this.#close());
    parser.write(lifted.xml).close();
    return this.#roots;
  }

  #open(tag: SaxesTagPlain): void {
    if (this.#depth >= this.#maxDepth) throw clixmlError(`nested more than ${this.#maxDepth} levels deep`);
    this.#text = '';
    const parent = this.#depth === 0 ? undefined : this.#frames[this.#depth - 1];
    const local = tag.name;
    const attributes = tag.attributes;
    if (parent === undefined && local === 'Objs') {
      this.#push(FRAME.roots, tag);
      return;
    }
    switch (parent?.kind) {
      case FRAME.object:
        if (this.#openInObject(parent, tag)) return;
        break;
      case FRAME.entries:
        if (local !== 'En') throw clixmlError(`<${short(local)}> inside DCT`);
        this.#push(FRAME.entry, tag);
        return;
      case FRAME.typeNames:
        if (local !== 'T') throw clixmlError(`<${short(local)}> inside TN`);
        this.#push(FRAME.leaf, tag);
        return;
      case FRAME.leaf:
        throw clixmlError(`<${short(local)}> inside <${short(parent.tag)}>`);
      default:
    }
    if (local === 'Obj') {
      const object: Mutable<PsObject> = new PsObject(NO_PARTS);
      if (attributes['RefId'] !== undefined) this.#objects.set(attributes['RefId'], object);
      this.#push(FRAME.object, tag).object = object;
    } else if (local === 'PR') {
      this.#push(FRAME.progress, tag).members = new Map();
    } else {
      this.#push(FRAME.leaf, tag).key = local === 'Ref' ? (attributes['RefId'] ?? '') : undefined;
    }
  }

  #push(kind: FrameKind, tag: SaxesTagPlain): Frame {
    let frame = this.#frames[this.#depth];
    if (frame === undefined) {
      frame = new Frame();
      this.#frames.push(frame);
    }
    frame.reset(kind, tag);
    this.#depth += 1;
    return frame;
  }

  /** Elements that mean something only directly inside Obj. */
  #openInObject(parent: Frame, tag: SaxesTagPlain): boolean {
    const object = parent.object;
    if (object === undefined) return false;
    const local = tag.name;
    if (local === 'MS' || local === 'Props') {
      const existing = local === 'MS' ? object.extended : object.adapted;
      const members = (existing as Map<string, PsValue> | undefined) ?? new Map<string, PsValue>();
      if (local === 'MS') object.extended = members;
      else object.adapted = members;
      this.#push(FRAME.members, tag).members = members;
    } else if (LISTS.has(local)) {
      const items: PsValue[] = [];
      object.listTag = local as PsListTag;
      object.items = items;
      this.#push(FRAME.items, tag).items = items;
    } else if (local === 'DCT') {
      const entries: [PsValue, PsValue][] = [];
      object.entries = entries;
      this.#push(FRAME.entries, tag).entries = entries;
    } else if (local === 'TN') {
      const names: string[] = [];
      object.typeNames = names;
      if (tag.attributes['RefId'] !== undefined) this.#typeNames.set(tag.attributes['RefId'], names);
      this.#push(FRAME.typeNames, tag).items = names;
    } else if (local === 'TNRef') {
      const names = this.#typeNames.get(tag.attributes['RefId'] ?? '');
      if (names === undefined) throw clixmlError('TNRef refers to an unknown TN');
      object.typeNames = names;
      this.#push(FRAME.leaf, tag);
    } else if (local === 'ToString') {
      this.#push(FRAME.leaf, tag);
    } else {
      return false;
    }
    return true;
  }

  #close(): void {
    this.#depth -= 1;
    const closed = this.#frames[this.#depth];
    if (closed === undefined) return;
    const parent = this.#frames[this.#depth - 1];
    switch (closed.kind) {
      case FRAME.leaf:
        this.#closeLeaf(closed, parent);
        break;
      case FRAME.object:
        this.#add(parent, closed, closed.object as PsObject);
        break;
      case FRAME.progress:
        this.#add(
          parent,
          closed,
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
    this.#text = '';
  }

  #closeLeaf(leaf: Frame, parent: Frame | undefined): void {
    const text = this.#text;
    const tag = leaf.tag;
    if (parent?.kind === FRAME.typeNames) {
      parent.items?.push(decodeEscapes(text));
      return;
    }
    if (parent?.kind === FRAME.progress) {
      const name = PROGRESS[tag];
      const isNumber = tag === 'AI' || tag === 'PI' || tag === 'PC' || tag === 'SR';
      if (name !== undefined) {
        parent.members?.set(name, tag === 'Nil' ? null : isNumber ? Number(text) || 0 : decodeEscapes(text));
      }
      return;
    }
    if (parent?.object !== undefined && tag === 'ToString') {
      parent.object.text = decodeEscapes(text);
      return;
    }
    if (tag === 'TNRef') return;
    if (tag === 'Ref') {
      const target = this.#objects.get(leaf.key as string);
      if (target === undefined) throw clixmlError('Ref refers to an unknown Obj');
      this.#add(parent, leaf, target);
      return;
    }
    this.#add(parent, leaf, toPrimitive(tag, text));
  }

  #add(parent: Frame | undefined, closed: Frame, value: PsValue): void {
    switch (parent?.kind) {
      case undefined:
      case FRAME.roots:
        this.#roots.push({ stream: closed.stream, value });
        break;
      case FRAME.members:
        parent?.members?.set(closed.name === undefined ? '' : decodeEscapes(closed.name), value);
        break;
      case FRAME.items:
        parent?.items?.push(value);
        break;
      case FRAME.entry:
        if (closed.name === 'Key') parent.key = value;
        else parent.value = value;
        break;
      case FRAME.object:
        if (parent.object !== undefined) parent.object.value = value;
        break;
      default:
        throw clixmlError(`<${short(closed.tag)}> is out of place`);
    }
  }
}

function short(name: string): string {
  return name.slice(0, 40);
}
