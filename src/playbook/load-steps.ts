/** Steps and blocks, in order, with their ids given and defaults applied. What refers to what is checked afterwards. */
import type { Node } from 'yaml';
import type { Action, ActionCatalog, Json, PlannedBlock, PlannedNode, PlannedStep, Position } from '../domain/index.ts';
import {
  DURATION_FORM,
  didYouMean,
  type Place,
  parseDuration,
  placeOf,
  type YamlEntry,
  type YamlReader,
} from '../util/index.ts';
import { hasTemplate, isStepIdArgument, readArguments } from './check-arguments.ts';
import type { KnownStep } from './check-expressions.ts';
import { type ExpressionCollector, type ExpressionScope, HOST_NAMES, PLAN_SCOPE } from './expression-uses.ts';
import type { Includes } from './includes.ts';
import { readTags, readVars } from './load-vars.ts';
import {
  BLOCK_KEYS,
  DEFAULTS_KEYS,
  DESIGNED_ACTIONS,
  FOREIGN_STEP_WORDS,
  ID_PATTERN,
  INCLUDE_KEYS,
  STEP_DEFAULTS,
  STEP_KEYS,
} from './vocabulary.ts';

export interface StepDefaults {
  readonly timeout: number | string;
  readonly retries: number;
  readonly delayMs: number;
}

export interface StepIdReference {
  readonly id: string;
  readonly reader: YamlReader;
  readonly place: Place;
  readonly order: number;
}

type Entries = ReadonlyMap<string, YamlEntry>;

const ARTICLED = { block: 'a block', include: 'an include', step: 'a step' } as const;

/** Fields of a step with `loop:`, whatever it does. */
const LOOP_RESULTS = ['results'];

/** Blocks in blocks: deeper ones belong into playbooks of their own. */
const MAX_DEPTH = 20;

export class StepsLoader {
  /** Of the file in which the walk is now. */
  #reader: YamlReader;
  #expressions: ExpressionCollector;
  readonly #catalog: ActionCatalog;
  readonly #defaults: StepDefaults;
  readonly #includes: Includes;
  readonly #ownFile: string;
  readonly #explicitIds = new Map<string, { readonly place: Place; readonly reader: YamlReader }>();
  readonly #counters = new Map<string, number>();
  #order = 0;
  #inAlways = 0;
  /** Of the blocks and includes in which the walk is now, and of the playbook. */
  #tags: readonly string[];

  readonly steps = new Map<string, KnownStep>();
  readonly results: { [stepId: string]: readonly string[] } = {};
  /** Arguments that name an earlier step. */
  readonly idReferences: StepIdReference[] = [];

  constructor(
    reader: YamlReader,
    expressions: ExpressionCollector,
    catalog: ActionCatalog,
    defaults: StepDefaults,
    includes: Includes,
    tags: readonly string[],
  ) {
    this.#reader = reader;
    this.#includes = includes;
    this.#tags = tags;
    this.#ownFile = reader.yaml.source.file;
    this.#expressions = expressions;
    this.#catalog = catalog;
    this.#defaults = defaults;
  }

  load(entry: YamlEntry): readonly PlannedNode[] {
    this.#collectIds(entry.value, 0);
    return this.#nodes(entry, 0);
  }

  /** Walks through the file that `include:` names, with its own places. */
  #inFile<T>(entry: YamlEntry, walk: (root: YamlEntry) => T): T | null {
    return this.#includes.within(this.#reader, entry, ({ name, reader }) => {
      const outer = { reader: this.#reader, expressions: this.#expressions };
      this.#reader = reader;
      this.#expressions = outer.expressions.inFile(reader);
      try {
        const { root, source } = reader.yaml;
        const top: Place = { start: 0, end: source.lineEnd(0) };
        return root === null ? null : walk({ key: name, keyPlace: top, value: root, place: top });
      } finally {
        this.#reader = outer.reader;
        this.#expressions = outer.expressions;
      }
    });
  }

  /** Given ids first, so that a generated one never takes a name that is given further down. */
  #collectIds(list: Node | null, depth: number): void {
    if (depth > MAX_DEPTH) return;
    for (const node of this.#quietList(list)) {
      for (const entry of this.#quietEntries(node)) {
        const { key, value, place } = entry;
        if (key === 'id') {
          const id = this.#reader.scalar(value)?.value;
          const reader = this.#reader;
          if (typeof id === 'string' && !this.#explicitIds.has(id)) this.#explicitIds.set(id, { place, reader });
        }
        if (key === 'block' || key === 'rescue' || key === 'always') this.#collectIds(value, depth + 1);
        if (key === 'include') this.#inFile(entry, (root) => this.#collectIds(root.value, depth + 1));
      }
    }
  }

  #nodes(entry: YamlEntry, depth: number): readonly PlannedNode[] {
    if (depth > MAX_DEPTH) {
      this.#reader.report(entry.place, `blocks are nested deeper than ${MAX_DEPTH} levels`);
      return [];
    }
    const list = this.#reader.list(entry.value, entry.place, `"${entry.key}"`);
    if (list === null) return [];
    if (list.length === 0)
      this.#reader.reportMissing(entry.place, `"${entry.key}" is empty`, 'remove it or add a step');
    return list.flatMap((node) => this.#node(node, depth) ?? []);
  }

  /** An include without conditions of its own is as if its steps stood there. */
  #node(node: Node, depth: number): PlannedNode | readonly PlannedNode[] | null {
    const place = placeOf(node);
    const entries = this.#reader.entries(node, place, 'a step');
    if (entries === null) return null;
    const keys = new Set(entries.map(({ key }) => key));
    const isBlock = keys.has('block') || (!keys.has('uses') && (keys.has('rescue') || keys.has('always')));
    const isInclude = keys.has('include') && !isBlock && !keys.has('uses');
    const known: readonly string[] = isBlock ? BLOCK_KEYS : isInclude ? INCLUDE_KEYS : STEP_KEYS;
    const own = new Map<string, YamlEntry>();
    for (const entry of entries) {
      if (known.includes(entry.key)) own.set(entry.key, entry);
      else this.#unknownKey(entry, isBlock ? 'block' : isInclude ? 'include' : 'step', known);
    }
    const at = this.#mark(place, entries[0]);
    if (isBlock) return this.#block(own, at, depth);
    if (isInclude) return this.#include(own, at, depth);
    if (own.has('uses')) return this.#step(own, at);
    this.#reader.reportMissing(at, 'a step needs "uses" or "block"', 'write uses: <action>');
    return null;
  }

  #unknownKey(entry: YamlEntry, what: 'block' | 'include' | 'step', known: readonly string[]): void {
    const { key, keyPlace } = entry;
    if (what !== 'step' && (STEP_KEYS as readonly string[]).includes(key)) {
      this.#reader.report(keyPlace, `"${key}" cannot stand on ${ARTICLED[what]}`, 'set it on the steps inside');
    } else if (key === 'include' || (what === 'include' && (BLOCK_KEYS as readonly string[]).includes(key))) {
      this.#reader.report(keyPlace, `"${key}" cannot stand on ${ARTICLED[what]}`, 'an include is a step of its own');
    } else this.#reader.unknownKey(entry, { what, known, foreign: FOREIGN_STEP_WORDS });
  }

  #include(entries: Entries, place: Place, depth: number): PlannedNode | readonly PlannedNode[] | null {
    const entry = entries.get('include');
    if (entry === undefined) return null;
    // Tags alone make no block: they are the steps'.
    const isGroup = [...entries.keys()].some((key) => key !== 'include' && key !== 'tags');
    const id = isGroup ? this.#id(entries.get('id'), 'include') : '';
    const condition = this.#condition(entries.get('if'), this.#outerScope());
    const vars = readVars(this.#reader, this.#expressions, entries.get('vars'), this.#outerScope());
    const position = this.#position(place);
    const included = this.#tagged(entries.get('tags'), () =>
      this.#inFile(entry, (root) => ({
        file: this.#reader.yaml.source.file,
        steps: this.#nodes(root, depth + 1),
      })),
    );
    if (included === null || !isGroup) return included?.steps ?? null;
    const parts = { if: condition, block: included.steps, rescue: [], always: [] };
    return { kind: 'block', id, ...parts, ...(vars === undefined ? {} : { vars }), include: included.file, position };
  }

  /** What is walked has the tags too. */
  #tagged<T>(entry: YamlEntry | undefined, walk: () => T): T {
    const outer = this.#tags;
    this.#tags = [...new Set([...outer, ...readTags(this.#reader, entry)])];
    try {
      return walk();
    } finally {
      this.#tags = outer;
    }
  }

  /** Of what stands on a block or include: it may refer to the steps before. */
  #outerScope(): ExpressionScope {
    return { order: this.#order, id: null, uses: null, isUntil: false, names: HOST_NAMES };
  }

  #step(entries: Entries, place: Place): PlannedStep | null {
    const order = this.#order++;
    const usesEntry = entries.get('uses');
    const uses = usesEntry === undefined ? null : this.#reader.string(usesEntry);
    const usesPlace = usesEntry?.place ?? place;
    const action = uses === null ? null : this.#action(uses, usesPlace);
    const id = this.#id(entries.get('id'), uses ?? 'step');
    const position = this.#position(place);
    const where = position.file === this.#ownFile ? `line ${position.line}` : `${position.file}:${position.line}`;
    const outside: ExpressionScope = { order, id, uses: action?.uses ?? null, isUntil: false, names: HOST_NAMES };
    const loop = this.#loop(entries.get('loop'), action, outside);
    const scope = loop === undefined ? outside : { ...outside, names: [...HOST_NAMES, 'item'] };
    const results = loop === undefined ? (action?.results ?? null) : LOOP_RESULTS;
    this.steps.set(id, { id, order, uses: action?.uses ?? null, results, where });
    if (results !== null) this.results[id] = results;

    const withEntry = entries.get('with');
    const { values, entries: given } = readArguments(this.#reader, withEntry, action, usesPlace);
    if (withEntry !== undefined) this.#expressions.templates(withEntry.value, scope);
    if (action !== null) this.#collectIdReferences(action, given, order);

    const on = this.#on(entries.get('on'), action);
    const runOnce = this.#runOnce(entries.get('run_once'), action);
    const vars = readVars(this.#reader, this.#expressions, entries.get('vars'), scope);
    const tags = [...new Set([...this.#tags, ...readTags(this.#reader, entries.get('tags'))])];
    const untilEntry = entries.get('until');
    if (action?.kind === 'operator' || action?.kind === 'wait') this.#checkHumanStep(action, usesPlace, untilEntry);
    const retries = this.#integer(entries.get('retries'), 0, 1000) ?? this.#defaults.retries;
    const delay = entries.get('delay');
    return {
      kind: 'step',
      id,
      uses: uses ?? '',
      with: values,
      if: this.#condition(entries.get('if'), scope),
      until: untilEntry === undefined ? null : this.#expressions.expression(untilEntry, { ...scope, isUntil: true }),
      retries,
      delayMs: (delay === undefined ? null : this.#reader.duration(delay)) ?? this.#defaults.delayMs,
      timeout: readTimeout(this.#reader, this.#expressions, entries.get('timeout'), scope) ?? this.#defaults.timeout,
      throttle: this.#integer(entries.get('throttle'), 1, 100_000),
      ...(on === null ? {} : { on }),
      ...(runOnce ? { runOnce } : {}),
      ...(loop === undefined ? {} : { loop }),
      ...(vars === undefined ? {} : { vars }),
      ...(tags.length === 0 ? {} : { tags }),
      position,
    };
  }

  #on(entry: YamlEntry | undefined, action: Action | null): string | null {
    if (entry === undefined) return null;
    this.#checkElsewhere(entry, action);
    // Known when the plan is made, which freezes the way to that host.
    this.#expressions.templates(entry.value, { ...PLAN_SCOPE, names: ['vars', 'host', 'groups', 'inputs'] });
    return this.#reader.string(entry);
  }

  #runOnce(entry: YamlEntry | undefined, action: Action | null): boolean {
    if (entry === undefined) return false;
    if (action?.onController !== true) this.#checkElsewhere(entry, action);
    if (this.#inAlways > 0) {
      this.#reader.report(
        entry.keyPlace,
        '"run_once" cannot stand in "always"',
        'what is owed is owed to each host; put the step behind the block',
      );
    }
    return this.#reader.boolean(entry) === true;
  }

  /** A verdict, a shield, an installation or a restart are the host's own. */
  #checkElsewhere({ key, keyPlace }: YamlEntry, action: Action | null): void {
    if (action === null || action.elsewhere === true) return;
    const isAble = ({ elsewhere, onController }: Action): boolean =>
      elsewhere === true || (key === 'run_once' && onController === true);
    const able = [...this.#catalog.values()].filter(isAble).map(({ uses }) => uses);
    this.#reader.report(
      keyPlace,
      `"${key}" cannot stand on ${action.uses}, which is about the host itself`,
      able.length === 0 ? '' : `actions with "${key}": ${able.sort().join(', ')}`,
    );
  }

  /** A list, or an expression that gives one. */
  #loop(entry: YamlEntry | undefined, action: Action | null, scope: ExpressionScope): Json | undefined {
    if (entry === undefined) return undefined;
    if (action !== null && action.kind !== 'read' && action.kind !== 'change') {
      this.#reader.report(entry.keyPlace, `"loop" cannot stand on ${action.uses}`, 'it is done once, or not at all');
    }
    const scalar = this.#reader.scalar(entry.value);
    if (typeof scalar?.value === 'number' || typeof scalar?.value === 'boolean') {
      this.#reader.report(entry.place, '"loop" must be a list, or an expression that gives one');
      return [];
    }
    if (scalar !== null) return this.#expressions.expression(entry, scope, false) ?? [];
    if (this.#reader.list(entry.value, entry.place, '"loop"') === null) return [];
    this.#expressions.templates(entry.value, scope);
    return this.#reader.value(entry.value);
  }

  /** A person is not asked until an answer suits, and what is owed to a host does not wait for one. */
  #checkHumanStep(action: Action, place: Place, untilEntry: YamlEntry | undefined): void {
    if (untilEntry !== undefined) {
      this.#reader.report(
        untilEntry.keyPlace,
        `"until" cannot stand on ${action.uses}`,
        'ask once, and judge the answer with if:',
      );
    }
    if (action.kind === 'operator' && this.#inAlways > 0) {
      this.#reader.report(
        place,
        `${action.uses} cannot stand in "always"`,
        'what is owed to a host must not wait for a person; ask in the block or in its rescue',
      );
    }
  }

  #block(entries: Entries, place: Place, depth: number): PlannedBlock | null {
    const id = this.#id(entries.get('id'), 'block');
    const condition = this.#condition(entries.get('if'), this.#outerScope());
    const vars = readVars(this.#reader, this.#expressions, entries.get('vars'), this.#outerScope());
    const [block, rescue, always] = this.#tagged(entries.get('tags'), () =>
      (['block', 'rescue', 'always'] as const).map((key) => {
        const entry = entries.get(key);
        if (entry === undefined) return [];
        if (key === 'always') this.#inAlways += 1;
        const nodes = this.#nodes(entry, depth + 1);
        if (key === 'always') this.#inAlways -= 1;
        return nodes;
      }),
    );
    if (!entries.has('block')) {
      this.#reader.reportMissing(
        place,
        '"rescue" and "always" need a "block"',
        'write block: with the steps they belong to',
      );
    }
    const position = this.#position(place);
    return {
      kind: 'block',
      id,
      if: condition,
      block: block ?? [],
      rescue: rescue ?? [],
      always: always ?? [],
      ...(vars === undefined ? {} : { vars }),
      position,
    };
  }

  #action(uses: string, place: Place): Action | null {
    const action = this.#catalog.get(uses);
    if (action !== undefined) return action;
    if ((DESIGNED_ACTIONS as readonly string[]).includes(uses)) {
      return this.#reader.notYet(
        place,
        `the action ${uses}`,
        `actions now: ${[...this.#catalog.keys()].sort().join(', ')}`,
      );
    }
    const hint = didYouMean(uses, this.#catalog.keys()) || didYouMean(uses, DESIGNED_ACTIONS);
    return this.#reader.report(
      place,
      `unknown action "${uses}"`,
      hint || `actions: ${[...this.#catalog.keys()].sort().join(', ')}`,
    );
  }

  #id(entry: YamlEntry | undefined, uses: string): string {
    const given = entry === undefined ? null : this.#reader.string(entry);
    if (given === null || entry === undefined) return this.#generatedId(uses);
    if (!ID_PATTERN.test(given)) {
      this.#reader.report(entry.place, `"${given}" is not an id`, 'small letters, digits and _, a letter first');
      return given;
    }
    const first = this.#explicitIds.get(given);
    if (first !== undefined && (first.reader !== this.#reader || first.place.start !== entry.place.start)) {
      this.#reader.report(entry.place, `duplicate id "${given}"`, this.#whoHas(first));
      return this.#generatedId(uses);
    }
    return given;
  }

  #whoHas({ place, reader }: { readonly place: Place; readonly reader: YamlReader }): string {
    const { source } = reader.yaml;
    const { line } = source.position(place.start);
    const { file } = this.#reader.yaml.source;
    if (reader === this.#reader) return `line ${line} has it already`;
    if (source.file !== file) return `${source.file}:${line} has it already`;
    return 'the file is included twice; ids are the whole playbook’s: include it once, or leave its ids out';
  }

  #generatedId(uses: string): string {
    const stem =
      uses
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^[^a-z]+/, '') || 'step';
    for (;;) {
      const count = (this.#counters.get(stem) ?? 0) + 1;
      this.#counters.set(stem, count);
      const id = `${stem}_${count}`;
      if (!this.#explicitIds.has(id)) return id;
    }
  }

  /** Arguments whose schema says `.meta({ stepId: true })` hold the id of an earlier step. */
  #collectIdReferences(action: Action, given: readonly YamlEntry[], order: number): void {
    for (const { key, value, place } of given) {
      const id = this.#reader.scalar(value)?.value;
      if (!isStepIdArgument(action, key) || typeof id !== 'string' || hasTemplate(id)) continue;
      this.idReferences.push({ id, reader: this.#reader, place, order });
    }
  }

  #condition(entry: YamlEntry | undefined, scope: ExpressionScope): string | null {
    return entry === undefined ? null : this.#expressions.expression(entry, scope);
  }

  #integer(entry: YamlEntry | undefined, min: number, max: number): number | null {
    return entry === undefined ? null : this.#reader.integer(entry, { min, max });
  }

  #position(place: Place): Position {
    return { file: this.#reader.yaml.source.file, ...this.#reader.yaml.source.position(place.start) };
  }

  /** Where a step is pointed at: its first key, not the dash or brace. */
  #mark(place: Place, first: YamlEntry | undefined): Place {
    return first?.keyPlace ?? place;
  }

  #quietList(node: Node | null): readonly Node[] {
    const list = this.#reader.resolve(node);
    return list !== null && 'items' in list ? (list.items as readonly Node[]) : [];
  }

  #quietEntries(node: Node): readonly YamlEntry[] {
    const map = this.#reader.resolve(node);
    const isMap =
      map !== null && 'items' in map && 'has' in map && !Array.isArray(map) && map.constructor.name === 'YAMLMap';
    return isMap ? (this.#reader.entries(map, placeOf(map), 'a step') ?? []) : [];
  }
}

/** `defaults:` of the playbook over the built-in ones. */
export function readDefaults(
  reader: YamlReader,
  expressions: ExpressionCollector,
  entry: YamlEntry | undefined,
): StepDefaults {
  const entries =
    entry === undefined ? null : reader.map(entry.value, entry.place, { what: 'defaults map', known: DEFAULTS_KEYS });
  const scope: ExpressionScope = { order: null, id: null, uses: null, isUntil: false, names: HOST_NAMES };
  const retries = entries?.get('retries');
  const delay = entries?.get('delay');
  return {
    timeout: readTimeout(reader, expressions, entries?.get('timeout'), scope) ?? STEP_DEFAULTS.timeoutMs,
    retries: (retries === undefined ? null : reader.integer(retries, { min: 0, max: 1000 })) ?? STEP_DEFAULTS.retries,
    delayMs: (delay === undefined ? null : reader.duration(delay)) ?? STEP_DEFAULTS.delayMs,
  };
}

/** Milliseconds, or a template that gives a duration. */
function readTimeout(
  reader: YamlReader,
  expressions: ExpressionCollector,
  entry: YamlEntry | undefined,
  scope: ExpressionScope,
): number | string | null {
  if (entry === undefined || reader.misread(entry.value) !== null) return null;
  const value = reader.scalar(entry.value)?.value;
  if (typeof value === 'string' && hasTemplate(value)) {
    expressions.templates(entry.value, scope);
    return value;
  }
  const ms = typeof value === 'string' ? parseDuration(value.trim()) : null;
  if (ms !== null && ms > 0) return ms;
  if (ms === 0)
    return reader.report(entry.place, `"${entry.key}" must be longer than nothing`, `write ${DURATION_FORM}`);
  return reader.duration(entry);
}
