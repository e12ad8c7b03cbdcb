/**
 * Walks a YAML tree and collects every mistake it meets, so that a file's author sees all of them at once. Each method
 * returns null after it has reported. Knows the kinds of values, not what they are for.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { DURATION_FORM, parseDuration } from './duration.ts';
import { type SourceProblem, sortProblems } from './source-problem.ts';
import { didYouMean } from './suggest.ts';
import type { YamlSource } from './yaml-source.ts';

/** Plain data read from YAML. */
export type YamlValue = null | boolean | number | string | YamlValue[] | { [key: string]: YamlValue };

export interface Place {
  readonly start: number;
  readonly end: number;
}

export interface YamlEntry {
  readonly key: string;
  readonly keyPlace: Place;
  /** Null: the key has no value. */
  readonly value: Node | null;
  /** Of the value; of the key when there is none. */
  readonly place: Place;
}

export interface KeyRules {
  /** What the map is, for messages: `step`, `input`. */
  readonly what: string;
  readonly known: readonly string[];
  /** Keys of the schema that this version does not act on yet. */
  readonly later?: readonly string[];
  /** Words of other tools → the hint for them. */
  readonly foreign?: Readonly<Record<string, string>>;
}

/** Nodes read in all, aliases counted each time: bounds what a small file can unfold to. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 60;
/** Nobody reads more; the rest comes to light with the next try. */
const MAX_PROBLEMS = 1000;

export class YamlReader {
  readonly yaml: YamlSource;
  readonly #problems: SourceProblem[];
  #nodes = 0;
  #isOverBudget = false;

  constructor(yaml: YamlSource) {
    this.yaml = yaml;
    this.#problems = [...yaml.problems];
  }

  /** Sorted by place, each once. What lies behind broken YAML is left out: it would only be noise. */
  get problems(): readonly SourceProblem[] {
    const seen = new Set<string>();
    return sortProblems(this.#problems).filter((problem) => {
      const key = `${problem.line}:${problem.column}:${problem.message}`;
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  }

  /** The place of the text that the value stands for, when it was reported as misread; else null. */
  misread(node: Node | null): Place | null {
    return node === null ? null : (this.yaml.placeholders.get(placeOf(node).start) ?? null);
  }

  report(place: Place, message: string, hint = ''): null {
    const { brokenAt, source } = this.yaml;
    if (this.#problems.length >= MAX_PROBLEMS) return null;
    if (brokenAt === null || place.end < brokenAt) {
      this.#problems.push(source.problem(place.start, place.end, message, hint));
    }
    return null;
  }

  /** Something required is not there; said only when the YAML itself is whole. */
  reportMissing(place: Place, message: string, hint = ''): null {
    return this.yaml.brokenAt === null ? this.report(place, message, hint) : null;
  }

  resolve(node: Node | null): Node | null {
    if (++this.#nodes > MAX_NODES) {
      if (!this.#isOverBudget) this.report({ start: 0, end: 0 }, 'the file unfolds to too many values (aliases)');
      this.#isOverBudget = true;
      return null;
    }
    return isAlias(node) ? (this.yaml.aliases.get(node) ?? null) : node;
  }

  /** The entries of a map; null (reported) when it is none. */
  entries(node: Node | null, place: Place, what: string): readonly YamlEntry[] | null {
    const map = this.resolve(node);
    if (!isMap(map)) return this.report(place, `${what} must be a map, not ${describe(map)}`);
    const entries: YamlEntry[] = [];
    const seen = new Set<string>();
    for (const pair of map.items) {
      if (!isScalar(pair.key)) continue;
      const key = keyText(pair.key);
      const keyPlace = placeOf(pair.key);
      if (key === '__proto__') {
        this.report(keyPlace, 'the key "__proto__" is not allowed');
        continue;
      }
      if (seen.has(key)) {
        this.report(keyPlace, `duplicate key "${key}"`, 'keep one of the two');
        continue;
      }
      seen.add(key);
      const value = isNode(pair.value) ? pair.value : null;
      entries.push({ key, keyPlace, value, place: value === null ? keyPlace : placeOf(value) });
    }
    return entries;
  }

  /** The entries of a map by key; unknown ones are reported and left out. */
  map(node: Node | null, place: Place, rules: KeyRules): ReadonlyMap<string, YamlEntry> | null {
    const entries = this.entries(node, place, article(rules.what));
    if (entries === null) return null;
    const known = new Map<string, YamlEntry>();
    for (const entry of entries) {
      if (rules.known.includes(entry.key)) known.set(entry.key, entry);
      else if (rules.later?.includes(entry.key) === true) this.notYet(entry.keyPlace, `"${entry.key}"`);
      else this.unknownKey(entry, rules);
    }
    return known;
  }

  notYet(place: Place, what: string, hint = ''): null {
    return this.report(
      place,
      `${what} is not supported yet`,
      hint || 'it is part of the design and comes later; remove it',
    );
  }

  unknownKey(entry: YamlEntry, rules: KeyRules): null {
    const foreign =
      rules.foreign !== undefined && Object.hasOwn(rules.foreign, entry.key) ? rules.foreign[entry.key] : undefined;
    const hint = foreign ?? (didYouMean(entry.key, rules.known) || `known keys: ${rules.known.join(', ')}`);
    return this.report(entry.keyPlace, `unknown key "${entry.key}" in ${article(rules.what)}`, hint);
  }

  list(node: Node | null, place: Place, what: string): readonly Node[] | null {
    const list = this.resolve(node);
    if (!isSeq(list)) return this.report(place, `${what} must be a list, not ${describe(list)}`);
    const items: Node[] = [];
    for (const item of list.items) if (isNode(item)) items.push(item);
    return items;
  }

  scalar(node: Node | null): Scalar | null {
    const resolved = this.resolve(node);
    return isScalar(resolved) ? resolved : null;
  }

  string(entry: YamlEntry): string | null {
    const scalar = this.scalar(entry.value);
    if (typeof scalar?.value === 'string') {
      if (scalar.value.trim() !== '') return scalar.value;
      return this.report(entry.place, `"${entry.key}" is empty`);
    }
    const hint = typeof scalar?.value === 'number' || typeof scalar?.value === 'boolean' ? 'quote it' : '';
    return this.report(entry.place, `"${entry.key}" must be text, not ${describe(scalar ?? entry.value)}`, hint);
  }

  boolean(entry: YamlEntry): boolean | null {
    const value = this.scalar(entry.value)?.value;
    if (typeof value === 'boolean') return value;
    const hint =
      typeof value === 'string' && /^(?:yes|no|on|off)$/i.test(value) ? 'YAML 1.2 knows true and false only' : '';
    return this.report(
      entry.place,
      `"${entry.key}" must be true or false, not ${describe(this.resolve(entry.value))}`,
      hint,
    );
  }

  integer(entry: YamlEntry, limits: { readonly min: number; readonly max: number }): number | null {
    const value = this.scalar(entry.value)?.value;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= limits.min && value <= limits.max)
      return value;
    const range = `a whole number from ${limits.min} to ${limits.max}`;
    return this.report(entry.place, `"${entry.key}" must be ${range}, not ${describe(this.resolve(entry.value))}`);
  }

  /** Milliseconds. */
  duration(entry: YamlEntry): number | null {
    const value = this.scalar(entry.value)?.value;
    const ms = typeof value === 'string' ? parseDuration(value.trim()) : null;
    if (ms !== null) return ms;
    const hint = typeof value === 'number' ? `say the unit: ${value}s` : '';
    return this.report(
      entry.place,
      `"${entry.key}" must be ${DURATION_FORM}, not ${describe(this.resolve(entry.value))}`,
      hint,
    );
  }

  /** Plain data of any shape. Nesting is bounded. */
  value(node: Node | null, depth = 0): YamlValue {
    const resolved = this.resolve(node);
    if (resolved === null) return null;
    if (depth > MAX_DEPTH) return this.report(placeOf(resolved), `nested deeper than ${MAX_DEPTH} levels`);
    if (isSeq(resolved)) {
      return resolved.items.map((item) => this.value(isNode(item) ? item : null, depth + 1));
    }
    if (isMap(resolved)) {
      const fields: { [key: string]: YamlValue } = {};
      for (const entry of this.entries(resolved, placeOf(resolved), 'this') ?? []) {
        fields[entry.key] = this.value(entry.value, depth + 1);
      }
      return fields;
    }
    const value: unknown = isScalar(resolved) ? resolved.value : null;
    if (value === null || value === undefined) return null;
    if (typeof value === 'number') {
      if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return value;
      return this.report(placeOf(resolved), 'the number is too large to be exact', 'quote it');
    }
    return typeof value === 'boolean' || typeof value === 'string' ? value : null;
  }
}

export function placeOf(node: Node): Place {
  const [start, end] = node.range ?? [0, 0];
  // An empty node's range lies behind its key; a mark needs at least one character.
  return { start, end: Math.max(start + 1, end) };
}

/** What a value is, for "… must be X, not Y". */
export function describe(node: unknown): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  const value: unknown = isScalar(node) ? node.value : node;
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'string') return value.length > 40 ? 'text' : JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return 'something else';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

function keyText(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : String(key.source ?? key.value);
}

function article(what: string): string {
  return `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`;
}
