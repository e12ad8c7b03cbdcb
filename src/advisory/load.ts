/** Advisory YAML → typed data, every mistake with its place and all at once. Reads no file: the caller has the text. */
import { isMap, isNode, isPair, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import { FirebreakError, type JsonObject } from '../domain/index.ts';
import { didYouMean, formatProblems, type SourceProblem, SourceText, sortProblems } from '../util/index.ts';
import { ADVISORY_KEYS, type Advisory, advisorySchema } from './schema.ts';

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/**
 * Parses and checks an advisory.
 *
 * @param file - its name, for error messages only
 * @throws FirebreakError FB_ADVISORY_INVALID with `details`: SourceProblem[], all problems at once
 */
export function loadAdvisory(text: string, file: string): Advisory {
  const source = new SourceText(file, text);
  const document = parseDocument(text, {
    version: '1.2',
    merge: false,
    stringKeys: true,
    prettyErrors: false,
    lineCounter: new LineCounter(),
  });
  const syntax = [...document.errors, ...document.warnings].map((error) =>
    source.problem(error.pos[0], error.pos[1], error.message),
  );
  if (syntax.length > 0) throw invalid(syntax, file);
  const parsed = advisorySchema.safeParse(document.toJS() as unknown);
  if (parsed.success) return parsed.data;
  const root = document.contents;
  throw invalid(
    parsed.error.issues.flatMap((issue) => problemsOf(issue as Issue, root, source)),
    file,
  );
}

/**
 * An advisory that a plan carries.
 *
 * @throws FirebreakError FB_ADVISORY_INVALID when it was written by a version that knew another shape
 */
export function parseAdvisory(data: JsonObject): Advisory {
  const parsed = advisorySchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new FirebreakError(
    'FB_ADVISORY_INVALID',
    `the advisory in the plan is not valid: ${first?.path.join('.') ?? ''}: ${first?.message ?? ''}`,
    { remedy: 'plan anew with `firebreak rerun`' },
  );
}

function invalid(problems: readonly SourceProblem[], file: string): FirebreakError {
  const sorted = sortProblems(problems);
  const count = sorted.length === 1 ? 'one mistake' : `${sorted.length} mistakes`;
  return new FirebreakError('FB_ADVISORY_INVALID', `${file} has ${count}\n${formatProblems(sorted)}`, {
    remedy: 'correct the advisory; nothing was touched',
    details: sorted,
  });
}

function problemsOf(issue: Issue, root: ParsedNode | null, source: SourceText): SourceProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => {
      const [start, end] = rangeOf(root, issue.path, key);
      return source.problem(start, end, `unknown key "${key}"`, didYouMean(key, ADVISORY_KEYS));
    });
  }
  const [start, end] = rangeOf(root, issue.path, null);
  const where = issue.path.join('.');
  return [source.problem(start, end, where === '' ? issue.message : `${where}: ${issue.message}`)];
}

/** Offsets of the node at the path, of its key `key`, or of the nearest thing round it that exists. */
function rangeOf(root: ParsedNode | null, path: readonly PropertyKey[], key: string | null): [number, number] {
  let node: Node | null = root;
  let range: [number, number] = [0, 1];
  if (isMap(root)) {
    const first = root.items[0]?.key;
    if (isNode(first) && first.range) range = [first.range[0], first.range[1]];
  }
  for (const part of path) {
    const pair: unknown = isMap(node) ? node.items.find((item) => keyText(item.key) === String(part)) : undefined;
    const next: unknown = isPair(pair) ? pair.value : hasItems(node) ? node.items[Number(part)] : undefined;
    if (isPair(pair) && isNode(pair.key) && pair.key.range) range = [pair.key.range[0], pair.key.range[1]];
    if (!isNode(next)) return range;
    node = next;
    if (node.range && !isMap(node)) range = [node.range[0], node.range[1]];
  }
  if (key !== null && isMap(node)) {
    const found = node.items.find((item) => keyText(item.key) === key)?.key;
    if (isNode(found) && found.range) return [found.range[0], found.range[1]];
  }
  return range;
}

function hasItems(node: Node | null): node is Node & { items: unknown[] } {
  return node !== null && 'items' in node && Array.isArray(node.items);
}

function keyText(key: unknown): string {
  return isNode(key) && 'value' in key ? String(key.value) : String(key);
}
