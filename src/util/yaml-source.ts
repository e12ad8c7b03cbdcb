/**
 * YAML 1.2 with positions: one document, warnings are errors, size and depth are bounded, and every mistake becomes a
 * SourceProblem instead of an exception. Knows nothing of what the document means.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isScalar,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml';
import { type SourceProblem, SourceText } from './source-problem.ts';
import { findMangled, type MangledValue } from './yaml-mangled.ts';

export interface YamlSource {
  readonly source: SourceText;
  /** Null when there is no document at all. */
  readonly root: Node | null;
  /** What each alias stands for; broken ones are missing, reported already. */
  readonly aliases: ReadonlyMap<Alias, Node>;
  readonly problems: readonly SourceProblem[];
  /** Offset of the first mistake after which the rest of the tree may be wrong; null when the tree can be trusted. */
  readonly brokenAt: number | null;
  /** Values that are placeholders for misread expressions, reported already; by offset. */
  readonly placeholders: ReadonlyMap<number, MangledValue>;
}

/** Playbooks and inventories of ten thousand hosts stay far below. */
const MAX_CHARACTERS = 4_000_000;
const MAX_DEPTH = 60;
const MAX_REPAIRS = 200;
const MAX_ERRORS = 500;
/** `- - - …`: each opens a level. */
const TOO_MANY_INDICATORS = /^[ \t]*(?:[-?:][ \t]+){60}/;

/** `expressionKeys`: keys whose values are expressions, which people forget to quote. */
export function readYaml(text: string, file: string, expressionKeys: ReadonlySet<string> = new Set()): YamlSource {
  const clean = text.startsWith('\ufeff') ? text.slice(1) : text;
  const source = new SourceText(file, clean);
  const nothing = {
    source,
    root: null,
    aliases: new Map<Alias, Node>(),
    brokenAt: null,
    placeholders: new Map<number, MangledValue>(),
  };
  if (clean.length > MAX_CHARACTERS) {
    const message = `the file is larger than ${MAX_CHARACTERS / 1_000_000} million characters`;
    return { ...nothing, problems: [new SourceText(file, '').problem(0, 0, message)] };
  }
  const deep = deepestBracket(clean);
  if (deep !== null) {
    return { ...nothing, problems: [source.problem(deep, deep + 1, `nested deeper than ${MAX_DEPTH} levels`)] };
  }
  const problems: SourceProblem[] = [];
  const placeholders = new Map<number, MangledValue>();
  let repaired = clean;
  let documents = parse(repaired);
  for (const mangled of findMangled(clean, expressionKeys)) {
    if (placeholders.size >= MAX_REPAIRS) break;
    if (isInsideScalar(documents[0], mangled.start)) continue;
    const message = `YAML does not read this value of "${mangled.key}" as it is written: quote it`;
    problems.push(source.problem(mangled.start, mangled.end, message, `write ${mangled.key}: ${mangled.quoted}`));
    placeholders.set(mangled.start, mangled);
    // A placeholder of the same length, so that every other position stays what it was.
    const filler = '0'.padEnd(mangled.end - mangled.start);
    repaired = repaired.slice(0, mangled.start) + filler + repaired.slice(mangled.end);
    documents = parse(repaired);
  }
  const [document, second] = documents;
  if (document === undefined) {
    problems.push(source.problem(0, 0, 'the file is empty'));
    return { ...nothing, problems };
  }
  const failed = [...document.errors, ...document.warnings].slice(0, MAX_ERRORS);
  let brokenAt: number | null = null;
  for (const error of failed) {
    problems.push(fromYaml(source, error));
    brokenAt = Math.min(brokenAt ?? Number.POSITIVE_INFINITY, error.pos[0]);
  }
  const directives = document.directives?.yaml;
  if (directives?.explicit === true && directives.version !== '1.2') {
    problems.push(source.problem(0, source.lineEnd(0), 'the file must be YAML 1.2', 'remove the %YAML line'));
  }
  if (second !== undefined && brokenAt === null) {
    const at = second.range?.[0] ?? 0;
    problems.push(source.problem(at, at + 3, 'the file must hold one YAML document, a second one starts here'));
  }
  const aliases = resolveAliases(document);
  for (const at of aliases.wrong) {
    problems.push(source.problem(at.start, at.end, 'unknown or recursive alias', 'quote a value that starts with "*"'));
    brokenAt ??= at.start;
  }
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) {
    if (brokenAt === null) problems.push(source.problem(0, 0, 'the file is empty'));
    return { ...nothing, problems, brokenAt, placeholders };
  }
  return { source, root, aliases: aliases.targets, problems, brokenAt, placeholders };
}

function parse(text: string): Document[] {
  const documents = parseAllDocuments(text, {
    version: '1.2',
    merge: false,
    stringKeys: true,
    prettyErrors: false,
    uniqueKeys: false,
  });
  return 'empty' in documents ? [] : documents;
}

function fromYaml(source: SourceText, error: YAMLError): SourceProblem {
  const [start, end] = error.pos;
  // Neither the tag nor an alias is repeated: it may be the start of a password that was not quoted.
  if (error.message.startsWith('Unresolved tag')) {
    return source.problem(start, end, 'unknown YAML tag', 'quote a value that starts with "!"');
  }
  if (error.code === 'TAB_AS_INDENT') {
    return source.problem(start, end, 'tabs cannot indent YAML', 'use spaces');
  }
  if (error.code === 'NON_STRING_KEY') return source.problem(start, end, 'a key must be plain text');
  const hint =
    error.code === 'MULTILINE_IMPLICIT_KEY' || error.code === 'BLOCK_AS_IMPLICIT_KEY'
      ? 'quote a value that contains ": "'
      : '';
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  return source.problem(start, end, `not valid YAML: ${message}`, hint);
}

/** Offset of the first bracket nested too deep; a cheap guard before the recursive parser. */
function deepestBracket(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') {
      const end = text.indexOf('\n', at + 1);
      const line = text.slice(at + 1, end < 0 ? text.length : end);
      if (TOO_MANY_INDICATORS.test(line)) return at + 1;
    }
    if (char === '[' || char === '{') {
      if (++depth > MAX_DEPTH * 8) return at;
    } else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
  }
  return TOO_MANY_INDICATORS.test(text) ? 0 : null;
}

/** True when a quoted or block scalar that began earlier covers the offset: then it is text, not a key's value. */
function isInsideScalar(document: Document | undefined, offset: number): boolean {
  let inside = false;
  if (document === undefined) return false;
  visit(document, {
    Scalar(_key, node) {
      const [start, end] = node.range ?? [0, 0];
      if (start < offset && offset < end && node.type !== 'PLAIN') inside = true;
      return inside ? visit.BREAK : undefined;
    },
  });
  return inside;
}

interface Aliases {
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly wrong: readonly { readonly start: number; readonly end: number }[];
}

/**
 * What each alias stands for, found in one walk (the library's own `resolve` walks the document for each of them).
 * Wrong ones have no earlier anchor or stand inside what they stand for.
 */
function resolveAliases(document: Document): Aliases {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const wrong: { start: number; end: number }[] = [];
  visit(document, {
    Node(_key, node, path) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return;
      }
      const target = anchors.get(node.source);
      if (target !== undefined && !path.some((ancestor) => ancestor === target)) targets.set(node, target);
      else {
        const [start, end] = node.range ?? [0, 1];
        wrong.push({ start, end });
      }
    },
  });
  return { targets, wrong };
}
