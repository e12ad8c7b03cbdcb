/** `inputs:` of the playbook: what may be asked for, with defaults that fit. */
import type { Position } from '../domain/index.ts';
import { DURATION_FORM, describe, didYouMean, parseDuration, type YamlEntry, type YamlReader } from '../util/index.ts';
import { INPUT_TYPES, type InputDeclaration, type InputType, type InputValue } from './model.ts';
import { ID_PATTERN, INPUT_KEYS } from './vocabulary.ts';

export function readInputs(reader: YamlReader, entry: YamlEntry | undefined): readonly InputDeclaration[] {
  if (entry === undefined) return [];
  const entries = reader.entries(entry.value, entry.place, '"inputs"') ?? [];
  return entries.flatMap((input) => readInput(reader, input) ?? []);
}

function readInput(reader: YamlReader, entry: YamlEntry): InputDeclaration | null {
  if (!ID_PATTERN.test(entry.key)) {
    reader.report(
      entry.keyPlace,
      `"${entry.key}" is not a name for an input`,
      'small letters, digits and _, a letter first',
    );
  }
  const fields = reader.map(entry.value, entry.place, { what: 'declaration of an input', known: INPUT_KEYS });
  if (fields === null) return null;
  const type = readType(reader, fields.get('type'), entry);
  const options = readOptions(reader, fields.get('options'), type, entry);
  const requiredEntry = fields.get('required');
  const required = requiredEntry === undefined ? null : reader.boolean(requiredEntry);
  const descriptionEntry = fields.get('description');
  const defaultEntry = fields.get('default');
  const fallback =
    defaultEntry === undefined || type === null ? null : readDefault(reader, defaultEntry, type, options);
  if (required === true && requiredEntry !== undefined && defaultEntry !== undefined) {
    reader.report(requiredEntry.place, 'an input with a default is not required', 'remove one of the two');
  }
  const declaration = {
    name: entry.key,
    default: fallback,
    // After a bad default the input stays known, and is not asked for on top.
    required: required ?? defaultEntry === undefined,
    description: descriptionEntry === undefined ? '' : (reader.string(descriptionEntry) ?? ''),
    options,
    position: positionOf(reader, entry),
  };
  return { ...declaration, type: type ?? 'string' };
}

function readType(reader: YamlReader, entry: YamlEntry | undefined, input: YamlEntry): InputType | null {
  if (entry === undefined) {
    return reader.reportMissing(
      input.keyPlace,
      `the input "${input.key}" has no type`,
      `types: ${INPUT_TYPES.join(', ')}`,
    );
  }
  const type = reader.string(entry);
  if (type === null) return null;
  if (type === 'secret') return reader.notYet(entry.place, 'an input of type secret');
  const known = INPUT_TYPES.find((name) => name === type);
  return known ?? reader.report(entry.place, `unknown type "${type}"`, `types: ${INPUT_TYPES.join(', ')}`);
}

function readOptions(
  reader: YamlReader,
  entry: YamlEntry | undefined,
  type: InputType | null,
  input: YamlEntry,
): readonly string[] {
  if (entry === undefined) {
    if (type === 'choice')
      reader.reportMissing(input.keyPlace, `the choice "${input.key}" has no options`, 'write options: [a, b]');
    return [];
  }
  if (type !== null && type !== 'choice')
    reader.report(entry.keyPlace, 'only a choice has options', 'write type: choice');
  const items = reader.list(entry.value, entry.place, '"options"') ?? [];
  const options = items.flatMap((node) => {
    const place = { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 };
    return reader.string({ key: 'options', keyPlace: place, value: node, place }) ?? [];
  });
  if (items.length === 0) reader.report(entry.place, '"options" is empty');
  return options;
}

function readDefault(
  reader: YamlReader,
  entry: YamlEntry,
  type: InputType,
  options: readonly string[],
): InputValue | null {
  const raw = reader.value(entry.value);
  const check = checkInputValue(raw, { type, options });
  if (check.ok) return check.value;
  return reader.report(entry.place, `the default must be ${check.expected}, not ${describe(raw)}`, check.hint);
}

export type InputCheck =
  | { readonly ok: true; readonly value: InputValue }
  | { readonly ok: false; readonly expected: string; readonly hint: string };

/** A typed value (from YAML) against a declaration. */
export function checkInputValue(
  value: unknown,
  declaration: { readonly type: InputType; readonly options: readonly string[] },
): InputCheck {
  const { type, options } = declaration;
  switch (type) {
    case 'string':
      if (typeof value === 'string') return { ok: true, value };
      return { ok: false, expected: 'text', hint: value === null ? '' : 'quote it' };
    case 'integer':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return { ok: true, value };
      return { ok: false, expected: 'a whole number', hint: '' };
    case 'number':
      if (typeof value === 'number' && Number.isFinite(value)) return { ok: true, value };
      return { ok: false, expected: 'a number', hint: '' };
    case 'boolean':
      if (typeof value === 'boolean') return { ok: true, value };
      return { ok: false, expected: 'true or false', hint: '' };
    case 'duration':
      if (typeof value === 'string' && parseDuration(value) !== null) return { ok: true, value };
      return { ok: false, expected: DURATION_FORM, hint: typeof value === 'number' ? `say the unit: ${value}s` : '' };
    case 'choice':
      if (typeof value === 'string' && options.includes(value)) return { ok: true, value };
      return {
        ok: false,
        expected: `one of ${options.join(', ')}`,
        hint: typeof value === 'string' ? didYouMean(value, options) : 'quote it',
      };
  }
}

export function positionOf(reader: YamlReader, entry: YamlEntry): Position {
  const { source } = reader.yaml;
  return { file: source.file, ...source.position(entry.keyPlace.start) };
}
