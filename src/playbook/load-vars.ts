/** `vars:` and `tags:` of a playbook, block, include or step. */
import type { Json, JsonObject } from '../domain/index.ts';
import { placeOf, type YamlEntry, type YamlReader } from '../util/index.ts';
import type { ExpressionCollector, ExpressionScope } from './expression-uses.ts';

/** As `vars.name` can say it. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const TAG = /^[\p{L}\p{N}_.:-]+$/u;
/** They mean something else after --tags. */
const RESERVED = ['all', 'tagged', 'untagged'];

/** @returns undefined when there are none */
export function readVars(
  reader: YamlReader,
  expressions: ExpressionCollector,
  entry: YamlEntry | undefined,
  scope: ExpressionScope,
): JsonObject | undefined {
  if (entry === undefined) return undefined;
  const vars: { [name: string]: Json } = {};
  for (const { key, keyPlace, value } of reader.entries(entry.value, entry.place, '"vars"') ?? []) {
    if (!NAME.test(key)) {
      reader.report(keyPlace, `"${key}" is not a name for a variable`, 'letters, digits and _, no digit first');
    }
    vars[key] = reader.value(value);
    expressions.templates(value, scope);
  }
  return vars;
}

/** A list of tags, or one. */
export function readTags(reader: YamlReader, entry: YamlEntry | undefined): readonly string[] {
  if (entry === undefined) return [];
  const one = reader.scalar(entry.value)?.value;
  const nodes = typeof one === 'string' ? [entry.value] : reader.list(entry.value, entry.place, '"tags"');
  const tags: string[] = [];
  for (const node of nodes ?? []) {
    const place = node === null ? entry.place : placeOf(node);
    const tag = reader.scalar(node)?.value;
    if (typeof tag !== 'string' || !TAG.test(tag)) {
      reader.report(place, 'a tag is a word', 'letters, digits and _ . : - only; several are a list: [a, b]');
    } else if (RESERVED.includes(tag)) {
      reader.report(place, `"${tag}" is no name for a tag`, 'it stands for a choice of tags after --tags');
    } else if (!tags.includes(tag)) tags.push(tag);
  }
  return tags;
}
