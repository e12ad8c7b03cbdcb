/** `with:` against the action's own schema. What a template will give is not known yet, so such values are left alone. */
import { isMap, isSeq, type Node } from 'yaml';
import { core } from 'zod';
import type { Action, Json, JsonObject } from '../domain/index.ts';
import { didYouMean, type Place, placeOf, type YamlEntry, type YamlReader } from '../util/index.ts';
import { isTemplate } from './expression/index.ts';

/** Reads `with:`; what is wrong with it is reported and the rest kept. `place` is that of `uses:`. */
export function readArguments(
  reader: YamlReader,
  entry: YamlEntry | undefined,
  action: Action | null,
  place: Place,
): { readonly values: JsonObject; readonly entries: readonly YamlEntry[] } {
  const entries = entry === undefined ? [] : (reader.entries(entry.value, entry.place, '"with"') ?? []);
  const values: { [key: string]: Json } = {};
  for (const argument of entries) values[argument.key] = reader.value(argument.value);
  if (action !== null) checkArguments(reader, entries, values, action, place);
  return { values, entries };
}

function checkArguments(
  reader: YamlReader,
  entries: readonly YamlEntry[],
  values: JsonObject,
  action: Action,
  place: Place,
): void {
  const shape: Readonly<Record<string, core.$ZodType>> = action.args.shape;
  const names = Object.keys(shape);
  const takesOthers = action.args.def.catchall !== undefined && action.args.def.catchall._zod.def.type !== 'never';
  let isSound = true;
  for (const argument of entries) {
    const schema = Object.hasOwn(shape, argument.key) ? shape[argument.key] : undefined;
    if (schema === undefined) {
      if (takesOthers) continue;
      const hint = names.length === 0 ? 'it takes none' : `arguments: ${names.join(', ')}`;
      reader.report(
        argument.keyPlace,
        `unknown argument "${argument.key}" of ${action.uses}`,
        didYouMean(argument.key, names) || hint,
      );
      isSound = false;
    } else if (!hasTemplate(values[argument.key] ?? null)) {
      const issues = issuesOf(schema, values[argument.key]);
      for (const issue of issues) reportIssue(reader, argument, issue);
      isSound &&= issues.length === 0;
    }
  }
  for (const [name, schema] of Object.entries(shape)) {
    if (Object.hasOwn(values, name) || issuesOf(schema, undefined).length === 0) continue;
    reader.reportMissing(place, `${action.uses} needs the argument "${name}"`, `write with: { ${name}: … }`);
    isSound = false;
  }
  // What concerns several arguments at once can be asked only when all are there as values.
  if (!isSound || hasTemplate(values)) return;
  for (const issue of issuesOf(action.args, values)) {
    const argument = entries.find(({ key }) => key === issue.path[0]);
    if (argument === undefined) reader.report(place, `${action.uses}: ${issueText(issue)[0]}`);
    else reportIssue(reader, argument, { ...issue, path: issue.path.slice(1) });
  }
}

function issuesOf(schema: core.$ZodType, value: unknown): readonly core.$ZodIssue[] {
  const result = core.safeParse(schema, value);
  return result.success ? [] : result.error.issues;
}

function reportIssue(reader: YamlReader, argument: YamlEntry, issue: core.$ZodIssue): void {
  const [message, hint] = issueText(issue, reader.scalar(argument.value)?.value);
  const path = issue.path.map(String);
  const node = descend(argument.value, path);
  reader.report(
    node === null ? argument.place : placeOf(node),
    `"${[argument.key, ...path].join('.')}" ${message}`,
    hint,
  );
}

/** A zod issue in our words: what the value must be, and a hint. */
function issueText(issue: core.$ZodIssue, value?: unknown): readonly [message: string, hint: string] {
  switch (issue.code) {
    case 'invalid_type':
      return [`must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`, ''];
    case 'invalid_value': {
      const options = issue.values.map(String);
      return [
        `must be ${options.length === 1 ? options[0] : `one of ${options.join(', ')}`}`,
        didYouMean(String(value), options),
      ];
    }
    case 'unrecognized_keys':
      return [`has the unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}`, ''];
    case 'too_small':
      return [`must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters long' : ''}`, ''];
    case 'too_big':
      return [`must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}`, ''];
    default:
      return [issue.message === '' ? 'is not valid' : `is not valid: ${lowerFirst(issue.message)}`, ''];
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function descend(node: Node | null, path: readonly string[]): Node | null {
  let at: unknown = node;
  for (const key of path) {
    if (isMap(at)) at = at.get(key, true) ?? at;
    else if (isSeq(at)) at = at.get(Number(key), true) ?? at;
  }
  return typeof at === 'object' && at !== null && 'range' in at ? (at as Node) : node;
}

export function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return isTemplate(value);
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some(hasTemplate);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Ids of earlier steps that the arguments name. */
export function stepIdArguments(action: Action, given: JsonObject): readonly string[] {
  return Object.entries(given).flatMap(([key, value]) =>
    typeof value === 'string' && isStepIdArgument(action, key) ? [value] : [],
  );
}

/** Arguments whose schema says `.meta({ stepId: true })` hold the id of an earlier step. */
export function isStepIdArgument(action: Action, key: string): boolean {
  const schema: unknown = Object.hasOwn(action.args.shape, key) ? action.args.shape[key] : undefined;
  return isStepId(schema);
}

function isStepId(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null || !('meta' in schema) || typeof schema.meta !== 'function')
    return false;
  const meta: unknown = schema.meta();
  return typeof meta === 'object' && meta !== null && 'stepId' in meta && meta.stepId === true;
}
