/**
 * Expressions and templates found in the YAML: collected with their places while the tree is read, checked at the end,
 * when every step id is known.
 */
import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { describe, type Place, placeOf, type YamlEntry, type YamlReader } from '../util/index.ts';
import { isTemplate, splitTemplate, wholeExpression } from './expression/index.ts';
import { offsetMap } from './yaml-text.ts';

/** Where an expression stands decides what it may refer to. */
export interface ExpressionScope {
  /** Steps with a smaller number may be referred to; null: none at all (settings of the plan). */
  readonly order: number | null;
  /** The step's own id and action: said in messages, and `result` in `until`. */
  readonly id: string | null;
  readonly uses: string | null;
  readonly isUntil: boolean;
  /** Names besides `steps` and `result` that exist there. */
  readonly names: readonly string[];
}

export interface ExpressionUse {
  readonly source: string;
  readonly scope: ExpressionScope;
  readonly isCondition: boolean;
  /** Of the file that it stands in. */
  readonly reader: YamlReader;
  /** Offset in the expression → place in the file. */
  readonly placeAt: (start: number, end: number) => Place;
}

export const HOST_NAMES = ['inputs', 'vars', 'host', 'facts', 'groups'] as const;
export const PLAN_SCOPE: ExpressionScope = { order: null, id: null, uses: null, isUntil: false, names: ['inputs'] };

export class ExpressionCollector {
  readonly uses: ExpressionUse[];
  readonly #reader: YamlReader;

  constructor(reader: YamlReader, uses: ExpressionUse[] = []) {
    this.#reader = reader;
    this.uses = uses;
  }

  /** For another file of the same playbook: what is found there is checked together with the rest. */
  inFile(reader: YamlReader): ExpressionCollector {
    return new ExpressionCollector(reader, this.uses);
  }

  /** `if`, `until`, `one_at_a_time`: the expression without `${{ }}`; null when there is none or it was misread. */
  expression(entry: YamlEntry, scope: ExpressionScope, isCondition = true): string | null {
    const misread = this.#reader.misread(entry.value);
    if (misread !== null) return this.#misread(misread, scope, isCondition);
    const scalar = this.#reader.scalar(entry.value);
    if (scalar === null || scalar.value === null) {
      const hint = scalar === null ? 'an expression that starts with { or [ must be quoted' : '';
      const value = describe(scalar ?? entry.value);
      return this.#reader.report(entry.place, `"${entry.key}" must be an expression, not ${value}`, hint);
    }
    const text = scalarText(scalar);
    const whole = wholeExpression(text);
    if (whole === null && isTemplate(text)) {
      return this.#reader.report(entry.place, `"${entry.key}" holds one expression`, 'write it bare');
    }
    const lead = text.length - text.trimStart().length;
    const { source, start } = whole ?? { source: text.trim(), start: lead };
    this.#add(scalar, source, start, scope, isCondition);
    return source;
  }

  /** What YAML misread is an expression all the same: its own mistakes are told with the missing quotes. */
  #misread(place: Place, scope: ExpressionScope, isCondition: boolean): string {
    const text = this.#reader.yaml.source.text.slice(place.start, place.end);
    const { source, start } = wholeExpression(text) ?? { source: text, start: 0 };
    const at = place.start + start;
    this.uses.push({
      source,
      scope,
      isCondition,
      reader: this.#reader,
      placeAt: (from, to) => ({ start: at + from, end: at + Math.max(to, from + 1) }),
    });
    return source;
  }

  /** Every template in a value of any shape. */
  templates(node: Node | null, scope: ExpressionScope, depth = 0): void {
    if (depth > 60) return;
    const resolved = this.#reader.resolve(node);
    if (resolved === null) return;
    if (isSeq(resolved)) {
      for (const item of resolved.items) this.templates(item as Node, scope, depth + 1);
    } else if (isMap(resolved)) {
      for (const pair of resolved.items) this.templates(pair.value as Node, scope, depth + 1);
    } else if (isScalar(resolved) && typeof resolved.value === 'string') {
      this.#templatesIn(resolved, resolved.value, scope);
    }
  }

  #templatesIn(scalar: Scalar, text: string, scope: ExpressionScope): void {
    for (const part of splitTemplate(text)) {
      if (part.kind === 'expression') this.#add(scalar, part.source, part.start, scope, false);
      if (part.kind === 'open') {
        const at = offsetMap(scalar, this.#reader.yaml.source.text);
        this.#reader.report(
          { start: at(part.start), end: at(part.start + 3) },
          'this template is never closed',
          'write }} behind the expression',
        );
      }
    }
  }

  #add(scalar: Scalar, source: string, start: number, scope: ExpressionScope, isCondition: boolean): void {
    const at = offsetMap(scalar, this.#reader.yaml.source.text);
    const whole = placeOf(scalar);
    const placeAt = (from: number, to: number): Place => {
      const place = { start: at(start + from), end: at(start + Math.max(from, to)) };
      return place.start > whole.end ? whole : { start: place.start, end: Math.max(place.end, place.start + 1) };
    };
    this.uses.push({ source, scope, isCondition, reader: this.#reader, placeAt });
  }
}

/** `if: true` is a boolean to YAML and an expression to its author. */
function scalarText(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : String(scalar.source ?? scalar.value);
}
