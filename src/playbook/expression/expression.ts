/** Parsing, checking and evaluating one CEL expression. Knows the names of design and nothing of YAML. */
import { FirebreakError, type Json } from '../../domain/index.ts';
import { didYouMean } from '../../util/index.ts';
import { celVars, EXPRESSION_NAMES, type ExpressionContext, fromCel, isList, toCel } from './context.ts';
import { HELPER_NAMES, parseCel } from './environment.ts';
import { type Reference, type SyntaxFinding, scanReferences } from './references.ts';

export interface Expression {
  readonly source: string;
  readonly references: readonly Reference[];
}

export type ExpressionCheck =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly findings: readonly SyntaxFinding[] };

/** What the CEL library's errors carry; they cross from a library without narrower types. */
interface CelProblem {
  readonly code?: string;
  readonly summary?: string;
  readonly message: string;
  readonly range?: { readonly start: number; readonly end: number };
}

/** Longest expression; longer ones belong into steps. */
const MAX_LENGTH = 4000;
const CACHE_SIZE = 2000;
const cache = new Map<string, (context: unknown) => unknown>();

/**
 * Syntax, names, types and what is refused. `condition`: the expression must give true or false.
 * Offsets of the findings count UTF-16 units from the start of `source`.
 */
export function checkExpression(source: string, options: { readonly condition: boolean }): ExpressionCheck {
  const whole = { start: 0, end: source.length };
  if (source.trim() === '') return refused('the expression is empty', '', whole);
  if (source.length > MAX_LENGTH) return refused(`the expression is longer than ${MAX_LENGTH} characters`, '', whole);
  try {
    const parsed = parseCel(source);
    const { references, findings } = scanReferences(parsed.ast, options.condition);
    if (findings.length > 0) return { ok: false, findings };
    const { valid, type, error } = parsed.check();
    if (!valid) return { ok: false, findings: [toFinding(error ?? new Error('not valid'), source)] };
    if (options.condition && type !== 'bool' && type !== 'dyn') {
      return refused(`a condition must be true or false, this is ${articled(type ?? 'another type')}`, '', whole);
    }
    return { ok: true, expression: { source, references } };
  } catch (error) {
    return { ok: false, findings: [toFinding(asProblem(error), source)] };
  }
}

/** @throws FB_STEP_CONDITION with every finding in `details` */
export function parseExpression(source: string): Expression {
  const check = checkExpression(source, { condition: false });
  if (check.ok) return check.expression;
  const [first] = check.findings;
  throw conditionError(source, first?.message ?? 'not valid', { details: check.findings });
}

/**
 * The value as plain JSON.
 * @throws FB_STEP_CONDITION: not an expression, or it cannot be evaluated with these values
 */
export function evaluate(source: string, context: ExpressionContext): Json {
  const run = compiled(source);
  try {
    return fromCel(run(celContext(context)));
  } catch (error) {
    if (error instanceof FirebreakError) throw conditionError(source, error.message, { cause: error });
    const { summary, message, code } = asProblem(error);
    const text = summary ?? message;
    throw conditionError(source, text.replace(/dyn<([^>]*)>/g, '$1'), {
      cause: error,
      remedy:
        text.includes('null') || code === 'no_such_key'
          ? 'fields of a step that has not run are null and a missing variable is an error: compare with == true or ask has() first'
          : '',
    });
  }
}

/**
 * True or false.
 * @throws FB_STEP_CONDITION as `evaluate`, and when the value is neither
 */
export function evaluateCondition(source: string, context: ExpressionContext): boolean {
  const value = evaluate(source, context);
  if (typeof value === 'boolean') return value;
  throw conditionError(source, `gives ${describe(value)}, neither true nor false`, {
    remedy: 'compare with == true',
  });
}

/** True when the expression uses the name. @throws FB_STEP_CONDITION */
export function refersTo(source: string, name: string): boolean {
  return parseExpression(source).references.some(({ root }) => root === name);
}

function compiled(source: string): (context: unknown) => unknown {
  const known = cache.get(source);
  if (known !== undefined) return known;
  parseExpression(source);
  const parsed = parseCel(source);
  const run = (context: unknown): unknown => parsed(context as Record<string, unknown>);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(source, run);
  return run;
}

function celContext(context: ExpressionContext): Record<string, unknown> {
  return {
    inputs: toCel(context.inputs),
    vars: celVars(context),
    host: toCel(context.host),
    facts: toCel(context.facts),
    groups: [...context.groups],
    steps: toCel(context.steps),
    item: toCel(context.item ?? null),
    result: toCel(context.result ?? {}),
  };
}

function toFinding(problem: CelProblem, source: string): SyntaxFinding {
  const start = Math.min(problem.range?.start ?? 0, source.length);
  const end = Math.max(start, Math.min(problem.range?.end ?? start, source.length));
  const summary = (problem.summary ?? problem.message).split('\n')[0] ?? '';
  const unknown = /^Unknown variable: (\w+)/.exec(summary)?.[1];
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, EXPRESSION_NAMES) || `known names: ${EXPRESSION_NAMES.join(', ')}`;
    return { message: `unknown name "${unknown}" in the expression`, hint, start, end };
  }
  const call = /^found no matching overload for '(\w+)\(/.exec(summary)?.[1];
  if (call !== undefined && problem.code === 'no_matching_overload') {
    return {
      message: `the expression cannot call ${call}() like this`,
      hint: didYouMean(call, HELPER_NAMES),
      start,
      end,
    };
  }
  if (/(?:Unexpected token: EOF|got EOF)$/.test(summary)) {
    return { message: 'the expression ends too early', hint: '', start: source.length, end: source.length };
  }
  const hint = source[start] === '=' ? 'equality is ==' : '';
  return { message: `the expression is not valid: ${lowerFirst(summary)}`, hint, start, end };
}

function refused(message: string, hint: string, range: { start: number; end: number }): ExpressionCheck {
  return { ok: false, findings: [{ message, hint, ...range }] };
}

function conditionError(
  source: string,
  message: string,
  options: { readonly details?: unknown; readonly cause?: unknown; readonly remedy?: string },
): FirebreakError {
  return new FirebreakError('FB_STEP_CONDITION', `expression "${source.trim()}": ${message}`, options);
}

function asProblem(error: unknown): CelProblem {
  return error instanceof Error ? error : new Error(String(error));
}

function describe(value: Json): string {
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `${JSON.stringify(value)}`;
}

function articled(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
