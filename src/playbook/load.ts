/**
 * YAML text → playbook of schema version 1, or every mistake in it at once. Pure: the caller reads the file.
 * Knows nothing of hosts and of input values.
 */
import { type ActionCatalog, FirebreakError, type Position } from '../domain/index.ts';
import {
  nearest,
  type Place,
  readYaml,
  type SourceProblem,
  sha256Hex,
  type YamlEntry,
  YamlReader,
} from '../util/index.ts';
import { hasTemplate } from './check-arguments.ts';
import { checkExpressions } from './check-expressions.ts';
import { ExpressionCollector, type ExpressionScope, HOST_NAMES, PLAN_SCOPE } from './expression-uses.ts';
import { type IncludeReader, Includes, nothingToInclude } from './includes.ts';
import { readGates } from './load-gate.ts';
import { positionOf, readInputs } from './load-inputs.ts';
import { readDefaults, StepsLoader } from './load-steps.ts';
import { readTags, readVars } from './load-vars.ts';
import { readPattern, readWaves } from './load-waves.ts';
import { readWindows } from './load-window.ts';
import type { PlannedNumber, Playbook } from './model.ts';
import { DEFAULT_FORKS, EXPRESSION_KEYS, FOREIGN_PLAYBOOK_WORDS, MAX_FORKS, PLAYBOOK_KEYS } from './vocabulary.ts';

/** Used by any step, so that none is known to be before them. */
const VARS_SCOPE: ExpressionScope = { ...PLAN_SCOPE, names: HOST_NAMES };
const PERCENT = { min: 0, max: 100 };

/**
 * @param file name as messages shall show it
 * @param readInclude reads what `include:` names; absent: nothing can be included
 * @throws FB_PLAYBOOK_INVALID with `details: SourceProblem[]`, sorted by place, those of included files last
 */
export function loadPlaybook(
  text: string,
  file: string,
  catalog: ActionCatalog,
  readInclude: IncludeReader = nothingToInclude,
): Playbook {
  const reader = new YamlReader(readYaml(text, file, EXPRESSION_KEYS));
  const includes = new Includes(readInclude, file);
  const playbook = readPlaybook(reader, catalog, sha256Hex(text), includes);
  const problems = [...reader.problems, ...includes.problems];
  if (problems.length > 0 || playbook === null) throw invalidPlaybook(file, problems);
  return playbook;
}

function invalidPlaybook(file: string, problems: readonly SourceProblem[]): FirebreakError {
  const [first] = problems;
  const where = first === undefined ? file : `${first.file}:${first.line}:${first.column}: ${first.message}`;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new FirebreakError('FB_PLAYBOOK_INVALID', `${where}${more}`, {
    remedy: `correct the playbook; firebreak validate ${file} shows all of it`,
    details: problems,
  });
}

function readPlaybook(reader: YamlReader, catalog: ActionCatalog, sha256: string, includes: Includes): Playbook | null {
  const { root, source } = reader.yaml;
  if (root === null) return null;
  const top: Place = { start: 0, end: source.lineEnd(0) };
  const rules = { what: 'playbook', known: PLAYBOOK_KEYS, foreign: FOREIGN_PLAYBOOK_WORDS };
  const entries = reader.map(root, top, rules);
  if (entries === null) return null;
  const get = (key: (typeof PLAYBOOK_KEYS)[number]): YamlEntry | undefined => entries.get(key);
  const mark = [...entries.values()][0]?.keyPlace ?? top;

  readVersion(reader, get('firebreak'), mark);
  const name = required(reader, get('name'), mark, 'name', 'write name: what it does');
  const advisory = readAdvisory(reader, get('advisory'));
  const inputs = readInputs(reader, get('inputs'));
  const hostsEntry = get('hosts');
  const hosts = hostsEntry === undefined ? null : readPattern(reader, hostsEntry);
  if (hostsEntry === undefined)
    reader.reportMissing(mark, 'the playbook has no "hosts"', 'write hosts: all, or another pattern');
  const waves = readWaves(reader, get('waves'), get('serial'));
  const gateEntry = get('gate');
  const windowEntry = get('window');
  const changeEntry = get('require_change');
  const gates = gateEntry === undefined ? [] : readGates(reader, gateEntry, waves);
  const windows = windowEntry === undefined ? [] : readWindows(reader, windowEntry);
  const requireChange = changeEntry !== undefined && reader.boolean(changeEntry) === true;

  const expressions = new ExpressionCollector(reader);
  const setEntry = get('one_at_a_time');
  const setScope = { ...PLAN_SCOPE, names: ['vars', 'host', 'groups', 'inputs'] };
  const oneAtATime = setEntry === undefined ? null : expressions.expression(setEntry, setScope, false);
  const number = (key: (typeof PLAYBOOK_KEYS)[number], fallback: number, limits: typeof PERCENT): PlannedNumber => {
    const entry = get(key);
    return (entry === undefined ? null : readNumber(reader, expressions, entry, limits)) ?? fallback;
  };
  const maxFailPercentage = number('max_fail_percentage', 100, PERCENT);
  const maxUnreachablePercentage = number('max_unreachable_percentage', 100, PERCENT);
  const forks = number('forks', DEFAULT_FORKS, { min: 1, max: MAX_FORKS });

  const tags = readTags(reader, get('tags'));
  const defaults = readDefaults(reader, expressions, get('defaults'));
  const loader = new StepsLoader(reader, expressions, catalog, defaults, includes, tags);
  const vars = readVars(reader, expressions, get('vars'), VARS_SCOPE);
  const stepsEntry = get('steps');
  const steps = stepsEntry === undefined ? [] : loader.load(stepsEntry);
  if (stepsEntry === undefined) reader.reportMissing(mark, 'the playbook has no "steps"', 'write steps: and a list');

  checkExpressions(expressions.uses, {
    steps: loader.steps,
    inputs: inputNames(reader, get('inputs')),
    catalog,
  });
  checkStepIds(loader);
  const positions: { [key: string]: Position } = {};
  for (const [key, entry] of entries) positions[key] = positionOf(reader, entry);
  return {
    firebreak: 1,
    name: name ?? '',
    file: source.file,
    sha256,
    includes: includes.files,
    advisory,
    inputs,
    hosts: hosts ?? '',
    waves,
    gates,
    windows,
    requireChange,
    oneAtATime,
    maxFailPercentage,
    maxUnreachablePercentage,
    forks,
    vars: vars ?? {},
    steps,
    results: loader.results,
    positions,
  };
}

function readVersion(reader: YamlReader, entry: YamlEntry | undefined, mark: Place): void {
  if (entry === undefined) {
    reader.reportMissing(mark, 'the file is not marked as a playbook', 'write firebreak: 1 first');
    return;
  }
  const version = reader.scalar(entry.value)?.value;
  if (version === 1) return;
  if (typeof version === 'number' && version > 1) {
    reader.report(entry.place, `schema version ${version} is newer than this Firebreak knows (1)`, 'update Firebreak');
  } else reader.report(entry.place, '"firebreak" must be 1, the version of the schema');
}

function required(
  reader: YamlReader,
  entry: YamlEntry | undefined,
  mark: Place,
  key: string,
  hint: string,
): string | null {
  if (entry === undefined) return reader.reportMissing(mark, `the playbook has no "${key}"`, hint);
  return reader.string(entry);
}

function readAdvisory(reader: YamlReader, entry: YamlEntry | undefined): string | null {
  const advisory = entry === undefined ? null : reader.string(entry);
  if (advisory === null || entry === undefined || /^[a-z0-9][a-z0-9-]*$/.test(advisory)) return advisory;
  return reader.report(
    entry.place,
    `"${advisory}" is not the name of an advisory`,
    'for example ms03-039 or cve-2020-0796',
  );
}

/** A whole number, or a template that will be checked when the inputs are known. */
function readNumber(
  reader: YamlReader,
  expressions: ExpressionCollector,
  entry: YamlEntry,
  limits: { readonly min: number; readonly max: number },
): PlannedNumber | null {
  const value = reader.scalar(entry.value)?.value;
  if (reader.misread(entry.value) !== null) return null;
  if (typeof value !== 'string' || !hasTemplate(value)) return reader.integer(entry, limits);
  expressions.templates(entry.value, PLAN_SCOPE);
  return value;
}

/** Also those whose declaration is wrong: they are not unknown. */
function inputNames(reader: YamlReader, entry: YamlEntry | undefined): readonly string[] {
  const value = entry === undefined ? null : reader.resolve(entry.value);
  if (value === null || entry === undefined || !('items' in value) || !('has' in value)) return [];
  return (reader.entries(value, entry.place, '"inputs"') ?? []).map(({ key }) => key);
}

function checkStepIds(loader: StepsLoader): void {
  for (const { id, reader, place, order } of loader.idReferences) {
    const step = loader.steps.get(id);
    if (step === undefined) {
      const meant = nearest(id, loader.steps.keys());
      reader.report(place, `unknown step "${id}"`, meant === null ? '' : `did you mean "${meant}"?`);
    } else if (step.order >= order) {
      reader.report(place, `step "${id}" does not come before this one (${step.where})`);
    }
  }
}
