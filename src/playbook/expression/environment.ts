/**
 * The CEL environment: the seven names, the three helpers, no regular expressions (the library's backtrack). Built on
 * first use, because building it is work. Knows nothing of playbooks.
 */
import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import { EXPRESSION_NAMES } from './context.ts';

/** Helpers over the outcome of a step, by name. */
const HELPERS: Readonly<Record<string, (outcome: string) => boolean>> = {
  ran: (outcome) => outcome !== 'none' && outcome !== 'skipped',
  failed: (outcome) => ['failed', 'refused', 'timed-out', 'unreachable'].includes(outcome),
  changed: (outcome) => outcome === 'changed',
};
export const HELPER_NAMES: readonly string[] = Object.keys(HELPERS);

/** Of the names that are no maps. */
const TYPES: Readonly<Record<string, string>> = { groups: 'list<string>', item: 'dyn' };

/** The part of the library's evaluator and checker that a macro uses; the library gives them no types. */
interface Runner {
  run(node: ASTNode, context: unknown): unknown;
}
interface Checker {
  check(node: ASTNode, context: unknown): unknown;
  getType(name: string): unknown;
}
interface MacroCall {
  readonly args: readonly ASTNode[];
}

let environment: Environment | undefined;

/** @throws ParseError of the library */
export function parseCel(source: string): ParseResult {
  environment ??= build();
  return environment.parse(source);
}

function build(): Environment {
  const limits = { maxAstNodes: 2000, maxDepth: 60, maxListElements: 500, maxMapEntries: 200, maxCallArguments: 16 };
  const env = new Environment({ homogeneousAggregateLiterals: false, limits });
  for (const name of EXPRESSION_NAMES) env.registerVariable(name, TYPES[name] ?? 'map');
  // A helper is a macro, not a function, because only a macro sees the variable `steps`.
  const steps = env.parse('steps').ast;
  for (const [name, holds] of Object.entries(HELPERS)) {
    env.registerFunction(
      `${name}(ast): bool`,
      ({ args }: MacroCall) => ({
        typeCheck(checker: Checker, _macro: unknown, context: unknown): unknown {
          checker.check(steps, context);
          return checker.getType('bool');
        },
        evaluate(runner: Runner, _macro: unknown, context: unknown): boolean {
          const [id] = args;
          const all = runner.run(steps, context);
          return holds(outcomeOf(all, id?.op === 'value' ? String(id.args) : ''));
        },
      }),
      { async: false },
    );
  }
  return env;
}

function outcomeOf(steps: unknown, id: string): string {
  if (typeof steps !== 'object' || steps === null || !Object.hasOwn(steps, id)) return 'none';
  const step: unknown = (steps as Record<string, unknown>)[id];
  if (typeof step !== 'object' || step === null) return 'none';
  const outcome = (step as Record<string, unknown>)['outcome'];
  return typeof outcome === 'string' ? outcome : 'none';
}
