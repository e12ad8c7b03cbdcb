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
      for (const part of computedParts(node)) visit(part, locals);
      return;
    }
    for (const operand of booleanOperands(node)) needBoolean(operand);
    if (node.op === 'rcall' && node.args[0] === 'matches') {
      find(
        node,
        'matches() is left out: a regular expression can hang the run',
        'use contains(), startsWith() or "in"',
      );
    }
    if (node.op === 'call' && HELPER_NAMES.includes(node.args[0])) {
      visitHelper(node, node.args[0], node.args[1]);
      return;
    }
    if (node.op === 'rcall' && BINDING_MACROS.has(node.args[0])) {
      const [, receiver, [variable, ...rest]] = node.args;
      visit(receiver, locals);
      const inner = variable?.op === 'id' ? new Set([...locals, variable.args]) : locals;
      for (const part of rest) visit(part, inner);
      return;
    }
    for (const part of parts(node)) visit(part, locals);
  }

  function visitHelper(node: ASTNode, name: string, args: readonly ASTNode[]): void {
    const [id] = args;
    if (args.length === 1 && id?.op === 'value' && typeof id.args === 'string') {
      references.push({ root: 'steps', path: [id.args], start: id.start, end: id.end, isOpen: false });
    } else {
      find(node, `${name}() takes the id of a step as a literal`, `write ${name}('verify')`);
    }
  }

  function find(node: ASTNode, message: string, hint: string): void {
    findings.push({ message, hint, start: node.start, end: node.end });
  }

  function needBoolean(node: ASTNode): void {
    const reference = asReference(node);
    if (reference === null || reference.isOpen) return;
    const isField =
      (reference.root === 'steps' && reference.path.length > 1) ||
      (reference.root === 'result' && reference.path.length > 0);
    if (!isField) return;
    const text = node.input.slice(node.start, node.end);
    find(node, `${text} may be null, which is neither true nor false`, `write ${text} == true`);
  }

  visit(root, new Set());
  if (isCondition) needBoolean(root);
  return { references, findings };
}

/** The nodes directly below, whatever the kind. */
function parts(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case '!_':
    case '-_':
      return [node.args];
    case 'map':
      return node.args.flat();
    default:
      return node.args;
  }
}

function booleanOperands(node: ASTNode): readonly ASTNode[] {
  if (node.op === '||' || node.op === '&&') return node.args;
  if (node.op === '!_') return [node.args];
  return node.op === '?:' ? [node.args[0]] : [];
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
