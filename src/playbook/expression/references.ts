/** What an expression refers to, found in its syntax tree without evaluating it. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { EXPRESSION_NAMES } from './context.ts';
import { HELPER_NAMES } from './environment.ts';

/** `steps.verify.fixed` → root `steps`, path `[verify, fixed]`; offsets into the expression's text. */
export interface Reference {
  readonly root: string;
  readonly path: readonly string[];
  readonly start: number;
  readonly end: number;
  /** True when what follows the path is computed (`steps[x]`), so that the path is not all of it. */
  readonly isOpen: boolean;
}

export interface SyntaxFinding {
  readonly message: string;
  readonly hint: string;
  readonly start: number;
  readonly end: number;
}

export interface ReferenceScan {
  readonly references: readonly Reference[];
  readonly findings: readonly SyntaxFinding[];
}

/** Macros whose first argument names a variable that exists in the other arguments only. */
const BINDING_MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);

/**
 * All references, and what is refused although it is CEL: `matches`, helpers without a literal id, a field that may be
 * null where a boolean must stand.
 */
export function scanReferences(root: ASTNode, isCondition: boolean): ReferenceScan {
  const references: Reference[] = [];
  const findings: SyntaxFinding[] = [];

  function visit(node: ASTNode, locals: ReadonlySet<string>): void {
    const reference = asReference(node);
    if (reference !== null) {
      if (!locals.has(reference.root) && isName(reference.root)) references.push(reference);
      for (const index of computedParts(node)) visit(index, locals);
      return;
    }
    switch (node.op) {
      case 'value':
      case 'id':
        return;
      case '.':
      case '.?':
        return visit(node.args[0], locals);
      case 'call':
        return visitCall(node, node.args[0], node.args[1], locals);
      case 'rcall':
        return visitMethod(node, node.args[0], node.args[1], node.args[2], locals);
      case '!_':
        needBoolean(node.args);
        return visit(node.args, locals);
      case '-_':
        return visit(node.args, locals);
      case 'map':
        for (const [key, value] of node.args) {
          visit(key, locals);
          visit(value, locals);
        }
        return;
      case 'list':
        for (const item of node.args) visit(item, locals);
        return;
      case '?:':
        needBoolean(node.args[0]);
        for (const part of node.args) visit(part, locals);
        return;
      default:
        if (node.op === '||' || node.op === '&&') node.args.forEach(needBoolean);
        for (const part of node.args) visit(part, locals);
    }
  }

  function visitCall(node: ASTNode, name: string, args: readonly ASTNode[], locals: ReadonlySet<string>): void {
    if (!HELPER_NAMES.includes(name)) return visitAll(args, locals);
    const [id] = args;
    if (args.length === 1 && id?.op === 'value' && typeof id.args === 'string') {
      references.push({ root: 'steps', path: [id.args], start: id.start, end: id.end, isOpen: false });
      return;
    }
    findings.push({
      message: `${name}() takes the id of a step as a literal`,
      hint: `write ${name}('verify')`,
      start: node.start,
      end: node.end,
    });
  }

  function visitMethod(
    node: ASTNode,
    name: string,
    receiver: ASTNode,
    args: readonly ASTNode[],
    locals: ReadonlySet<string>,
  ): void {
    if (name === 'matches') {
      findings.push({
        message: 'matches() is left out: a regular expression can hang the run',
        hint: 'use contains(), startsWith(), endsWith() or a list with "in"',
        start: node.start,
        end: node.end,
      });
    }
    const [variable, ...rest] = args;
    if (BINDING_MACROS.has(name) && variable?.op === 'id') {
      visit(receiver, locals);
      return visitAll(rest, new Set([...locals, variable.args]));
    }
    visitAll([receiver, ...args], locals);
  }

  function visitAll(nodes: readonly ASTNode[], locals: ReadonlySet<string>): void {
    for (const node of nodes) visit(node, locals);
  }

  function needBoolean(node: ASTNode): void {
    const reference = asReference(node);
    if (reference === null || reference.isOpen) return;
    const isField =
      (reference.root === 'steps' && reference.path.length > 1) ||
      (reference.root === 'result' && reference.path.length > 0);
    if (!isField) return;
    const text = node.input.slice(node.start, node.end);
    findings.push({
      message: `${text} may be null, which is neither true nor false`,
      hint: `write ${text} == true`,
      start: node.start,
      end: node.end,
    });
  }

  visit(root, new Set());
  if (isCondition) needBoolean(root);
  return { references, findings };
}

function isName(name: string): boolean {
  return (EXPRESSION_NAMES as readonly string[]).includes(name);
}

/** A chain of fields and indexes that starts at a name; null for anything else. */
function asReference(node: ASTNode): Reference | null {
  if (node.op === 'id') {
    return { root: node.args, path: [], start: node.start, end: node.end, isOpen: false };
  }
  if (node.op !== '.' && node.op !== '[]') return null;
  const base = asReference(node.args[0]);
  if (base === null) return null;
  if (base.isOpen) return { ...base, end: node.end };
  const key = node.op === '.' ? node.args[1] : literalKey(node.args[1]);
  if (key === null) return { ...base, end: node.end, isOpen: true };
  return { ...base, path: [...base.path, key], end: node.end };
}

function literalKey(node: ASTNode): string | null {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : null;
}

function computedParts(node: ASTNode): ASTNode[] {
  if (node.op === '.') return computedParts(node.args[0]);
  if (node.op === '[]') return [...computedParts(node.args[0]), node.args[1]];
  return [];
}
