/**
 * Values for a playbook's inputs from the command line and from files, over the defaults; every mistake at once.
 * Pure: the caller reads the files.
 */
import { FirebreakError, type Json } from '../domain/index.ts';
import {
  describe,
  didYouMean,
  type Place,
  readYaml,
  type SourceProblem,
  SourceText,
  YamlReader,
} from '../util/index.ts';
import { checkInputValue } from './load-inputs.ts';
import type { InputDeclaration, InputType, Playbook, ResolvedInputs } from './model.ts';

/** One `--input`: `name=value`, or the text of a YAML file (`--input @file`). Later ones win. */
export type InputSource =
  | { readonly kind: 'assignment'; readonly text: string }
  | { readonly kind: 'file'; readonly file: string; readonly text: string };

/**
 * A value for every declared input; null where there is neither a value nor a default.
 * @throws FB_INPUT_INVALID with `details: SourceProblem[]` (file `--input` for assignments)
 */
export function resolveInputs(
  playbook: Pick<Playbook, 'inputs' | 'file'>,
  sources: readonly InputSource[],
): ResolvedInputs {
  const problems: SourceProblem[] = [];
  const given = new Map<string, Json>();
  const mentioned = new Set<string>();
  for (const source of sources) {
    if (source.kind === 'file') readFile(source, playbook.inputs, given, mentioned, problems);
    else readAssignment(source.text, playbook.inputs, given, mentioned, problems);
  }
  const values: { [name: string]: Json } = {};
  for (const input of playbook.inputs) {
    const value = given.get(input.name);
    if (value === undefined && input.required && !mentioned.has(input.name)) problems.push(missing(input));
    values[input.name] = value ?? input.default;
  }
  if (problems.length > 0) throw invalidInputs(problems);
  return values;
}

function readAssignment(
  text: string,
  inputs: readonly InputDeclaration[],
  given: Map<string, Json>,
  mentioned: Set<string>,
  problems: SourceProblem[],
): void {
  const source = new SourceText('--input', text);
  const equals = text.indexOf('=');
  if (equals <= 0) {
    problems.push(source.problem(0, text.length, 'an input is given as name=value', 'or as @file.yaml'));
    return;
  }
  const name = text.slice(0, equals).trim();
  const raw = text.slice(equals + 1);
  const input = inputs.find((declared) => declared.name === name);
  if (input === undefined) {
    problems.push(source.problem(0, equals, `unknown input "${name}"`, knownInputs(name, inputs)));
    return;
  }
  mentioned.add(name);
  const check = checkInputValue(fromText(raw, input.type), input);
  if (check.ok) given.set(name, check.value);
  else {
    const message = `the input "${name}" must be ${check.expected}, not ${describe(raw)}`;
    problems.push(source.problem(equals + 1, text.length, message, check.hint));
  }
}

function readFile(
  source: { readonly file: string; readonly text: string },
  inputs: readonly InputDeclaration[],
  given: Map<string, Json>,
  mentioned: Set<string>,
  problems: SourceProblem[],
): void {
  const reader = new YamlReader(readYaml(source.text, source.file));
  const { root } = reader.yaml;
  const top: Place = { start: 0, end: reader.yaml.source.lineEnd(0) };
  for (const entry of root === null ? [] : (reader.entries(root, top, 'a file of inputs') ?? [])) {
    const input = inputs.find(({ name }) => name === entry.key);
    if (input === undefined) {
      reader.report(entry.keyPlace, `unknown input "${entry.key}"`, knownInputs(entry.key, inputs));
      continue;
    }
    mentioned.add(entry.key);
    const raw = reader.value(entry.value);
    const check = checkInputValue(raw, input);
    if (check.ok) given.set(entry.key, check.value);
    else {
      const message = `the input "${entry.key}" must be ${check.expected}, not ${describe(raw)}`;
      reader.report(entry.place, message, check.hint);
    }
  }
  problems.push(...reader.problems);
}

/** Command lines carry text; the declared type says what it means. What does not fit stays text and is refused. */
function fromText(raw: string, type: InputType): Json {
  if (type === 'integer' && /^[+-]?\d{1,16}$/.test(raw)) return Number(raw);
  if (type === 'number' && /^[+-]?(?:\d{1,16}(?:\.\d{1,16})?|\.\d{1,16})(?:e[+-]?\d{1,3})?$/i.test(raw))
    return Number(raw);
  if (type === 'boolean' && (raw === 'true' || raw === 'false')) return raw === 'true';
  return raw;
}

function missing(input: InputDeclaration): SourceProblem {
  const hint = `give it: --input ${input.name}=…${input.description === '' ? '' : ` (${input.description})`}`;
  const { file, line, column } = input.position;
  return { file, line, column, message: `the input "${input.name}" has no value`, hint, excerpt: '', width: 1 };
}

function knownInputs(name: string, inputs: readonly InputDeclaration[]): string {
  const names = inputs.map((input) => input.name);
  return didYouMean(name, names) || (names.length === 0 ? 'the playbook has no inputs' : `inputs: ${names.join(', ')}`);
}

function invalidInputs(problems: readonly SourceProblem[]): FirebreakError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new FirebreakError('FB_INPUT_INVALID', `${first?.message ?? 'inputs are not valid'}${more}`, {
    remedy: first?.hint ?? '',
    details: problems,
  });
}
