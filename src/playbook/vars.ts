/**
 * Variables of the playbook over those of the inventory: what is nearer to the step wins. A value is computed when it is
 * first used, from the variables before it. Must not know where the layers come from.
 */
import type { Json, JsonObject } from '../domain/index.ts';
import {
  type ExpressionContext,
  interpolate,
  parseExpression,
  type Reference,
  splitTemplate,
} from './expression/index.ts';

/** @param layers outermost first: the playbook's, its blocks', the step's own */
export function withVars(context: ExpressionContext, layers: readonly JsonObject[]): ExpressionContext {
  let current = context;
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      const before = current;
      let known: { readonly value: Json } | null = null;
      const compute = (): Json => {
        known ??= { value: interpolate(value, before) };
        return known.value;
      };
      current = { ...before, lateVars: new Map([...(before.lateVars ?? []), [name, compute]]) };
    }
  }
  return current;
}

/**
 * Ids of the steps on which the values hang that the expressions and templates use, through variables too.
 * @throws FB_STEP_CONDITION
 */
export function stepsBehind(
  layers: readonly JsonObject[],
  used: { readonly expressions: readonly string[]; readonly templates: readonly Json[] },
): readonly string[] {
  const references = [...used.expressions, ...used.templates.flatMap(sourcesIn)].flatMap(referencesOf);
  const vars = layers.flatMap((layer) => Object.entries(layer));
  // A variable sees only those before it.
  for (const [name, value] of vars.toReversed()) {
    if (references.some((reference) => mayBe(reference, name)))
      references.push(...sourcesIn(value).flatMap(referencesOf));
  }
  const ids = references.flatMap(({ root, path }) => (root === 'steps' && path[0] !== undefined ? [path[0]] : []));
  return [...new Set(ids)];
}

function mayBe({ root, path }: Reference, name: string): boolean {
  return root === 'vars' && (path[0] === undefined || path[0] === name);
}

function referencesOf(source: string): readonly Reference[] {
  return parseExpression(source).references;
}

function sourcesIn(value: Json): readonly string[] {
  if (typeof value === 'string') {
    return splitTemplate(value).flatMap((part) => (part.kind === 'expression' ? [part.source] : []));
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((field: Json) => sourcesIn(field));
}
