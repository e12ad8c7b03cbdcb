/**
 * Reads one YAML file against a schema and reports every mistake with file:line:column, all at once. Must not know
 * what the files mean.
 */
import { readFileSync } from 'node:fs';
import { isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { LabError } from '../errors.ts';

/** @throws LabError `lab.data` with one line for each mistake */
export function readYaml<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LabError('lab.data', `${file}: cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  return parseYaml(text, file, schema);
}

/** @throws LabError `lab.data` with one line for each mistake */
export function parseYaml<Schema extends z.ZodType>(text: string, file: string, schema: Schema): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = [...document.errors, ...document.warnings].map((error) => `${at(error.pos[0])}: ${error.message}`);
  if (broken.length > 0) throw new LabError('lab.data', broken.join('\n'));

  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const found = parsed.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        offset: keyOffset(document.contents, issue.path, key),
        message: `unknown key "${key}"`,
      }));
    }
    const where = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    return [{ offset: valueOffset(document.contents, issue.path), message: `${where}${issue.message}` }];
  });
  found.sort((left, right) => left.offset - right.offset);
  throw new LabError('lab.data', found.map(({ offset, message }) => `${at(offset)}: ${message}`).join('\n'));
}

/** Offset of the value at the path, or of its nearest parent that exists. */
function valueOffset(root: Node | null, path: readonly PropertyKey[]): number {
  return startOf(nodeAt(root, path));
}

function keyOffset(root: Node | null, path: readonly PropertyKey[], key: string): number {
  const map = nodeAt(root, path);
  if (isMap(map)) {
    for (const pair of map.items) {
      if (isNode(pair.key) && String(pair.key.toJSON()) === key) return startOf(pair.key);
    }
  }
  return startOf(map);
}

function nodeAt(root: Node | null, path: readonly PropertyKey[]): Node | null {
  let node = root;
  for (const key of path) {
    const next: unknown =
      isNode(node) && 'get' in node ? node.get(typeof key === 'symbol' ? '' : key, true) : undefined;
    if (!isNode(next)) return node;
    node = next;
  }
  return node;
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
