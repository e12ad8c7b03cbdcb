/**
 * What expressions see, and the way of plain JSON into CEL and back. Integers are BigInt there (a JavaScript number would
 * be a double, and `5 == 5.0` questions would follow); results come back as plain JSON.
 */
import { FirebreakError, type Json, type JsonObject, type StepValue } from '../../domain/index.ts';

export interface ExpressionContext {
  readonly inputs: JsonObject;
  readonly vars: JsonObject;
  /** Variables over those, each computed when an expression asks for it. */
  readonly lateVars?: ReadonlyMap<string, () => Json>;
  readonly host: JsonObject;
  readonly facts: JsonObject;
  readonly groups: readonly string[];
  readonly steps: { readonly [id: string]: StepValue };
  /** What a step with `loop` is done for now; there only. */
  readonly item?: Json;
  /** The step's own result; in `until` only. */
  readonly result?: JsonObject;
}

/** The names that an expression may start with. */
export const EXPRESSION_NAMES = ['inputs', 'vars', 'host', 'facts', 'groups', 'steps', 'item', 'result'] as const;

type CelValue = null | boolean | bigint | number | string | readonly CelValue[] | { readonly [key: string]: CelValue };

export function toCel(value: Json): CelValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(toCel);
  const fields: { [key: string]: CelValue } = Object.create(null);
  for (const [key, field] of Object.entries(value)) fields[key] = toCel(field);
  return fields;
}

/** `vars` as expressions see it; those to be computed are, when they are asked for. */
export function celVars({ vars, lateVars }: ExpressionContext): CelValue {
  const fields = toCel(vars);
  if (lateVars === undefined || typeof fields !== 'object' || fields === null) return fields;
  for (const [name, compute] of lateVars) {
    Object.defineProperty(fields, name, { enumerable: true, configurable: true, get: () => toCel(compute()) });
  }
  return fields;
}

/**
 * Whole numbers beyond 2^53, NaN and the infinities come back as text, times as ISO 8601, durations in seconds (`300s`),
 * bytes as base64.
 * @throws FB_STEP_CONDITION for what has no JSON form (types)
 */
export function fromCel(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return integer(value);
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') throw unprintable();
  if (value instanceof Map) return object(value.entries());
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return object(Object.entries(value));
  const plain: unknown = value.valueOf();
  if (typeof plain === 'bigint') return integer(plain);
  if (typeof plain === 'number') return `${plain / 1000}s`;
  throw unprintable();
}

function object(entries: Iterable<[unknown, unknown]>): JsonObject {
  const fields: { [key: string]: Json } = Object.create(null);
  for (const [key, field] of entries) fields[String(key)] = fromCel(field);
  return { ...fields };
}

function integer(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function unprintable(): FirebreakError {
  return new FirebreakError('FB_STEP_CONDITION', 'the expression gives a type, not a value');
}

/** Array.isArray does not narrow readonly arrays. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
