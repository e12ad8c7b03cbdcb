/** The checks that need to know every step and input: does what an expression refers to exist, and exist by then? */
import type { ActionCatalog } from '../domain/index.ts';
import { didYouMean } from '../util/index.ts';
import { checkExpression, type Reference } from './expression/index.ts';
import type { ExpressionUse } from './expression-uses.ts';

/** A step as far as references to it are concerned. */
export interface KnownStep {
  readonly id: string;
  readonly order: number;
  readonly uses: string | null;
  /** Fields of its result; null when its action is unknown. */
  readonly results: readonly string[] | null;
  /** `line 12`, or file and line when it is not in the playbook's own file. */
  readonly where: string;
}

export interface KnownNames {
  readonly steps: ReadonlyMap<string, KnownStep>;
  readonly inputs: readonly string[];
  readonly catalog: ActionCatalog;
}

export function checkExpressions(uses: readonly ExpressionUse[], known: KnownNames): void {
  for (const use of uses) {
    const { reader } = use;
    const check = checkExpression(use.source, { condition: use.isCondition });
    if (!check.ok) {
      for (const { message, hint, start, end } of check.findings) reader.report(use.placeAt(start, end), message, hint);
      continue;
    }
    for (const reference of check.expression.references) {
      const problem = referenceProblem(reference, use, known);
      if (problem !== null) reader.report(use.placeAt(reference.start, reference.end), problem[0], problem[1]);
    }
  }
}

type Problem = readonly [message: string, hint: string];

function referenceProblem(reference: Reference, use: ExpressionUse, known: KnownNames): Problem | null {
  const { root, path } = reference;
  const { scope } = use;
  if (root === 'result') return resultProblem(reference, use, known);
  if (root === 'steps') return scope.order === null ? unavailable(root, use) : stepProblem(reference, use, known);
  if (!scope.names.includes(root)) return unavailable(root, use);
  if (root !== 'inputs') return null;
  const [name] = path;
  if (name === undefined || known.inputs.includes(name)) return null;
  const list = known.inputs.length === 0 ? 'this playbook declares no inputs' : `inputs: ${known.inputs.join(', ')}`;
  return [`unknown input "${name}"`, didYouMean(name, known.inputs) || list];
}

function unavailable(name: string, use: ExpressionUse): Problem {
  const hint = name === 'item' ? 'it exists on a step with loop: only' : `known here: ${use.scope.names.join(', ')}`;
  return [`"${name}" is not known here`, hint];
}

function resultProblem({ path }: Reference, use: ExpressionUse, known: KnownNames): Problem | null {
  const { scope } = use;
  if (!scope.isUntil) return ['"result" exists in until only', 'refer to an earlier step: steps.<id>.<field>'];
  const action = scope.uses === null ? undefined : known.catalog.get(scope.uses);
  return fieldProblem('result', path[0], scope.uses, action?.results ?? null);
}

function stepProblem(reference: Reference, use: ExpressionUse, known: KnownNames): Problem | null {
  const [id, field] = reference.path;
  if (id === undefined) {
    const message = reference.isOpen ? 'the step must be named, not computed' : '"steps" must be followed by a step';
    return [message, 'write steps.<id>.<field>'];
  }
  const step = known.steps.get(id);
  if (step === undefined) {
    const earlier = [...known.steps.values()].filter(({ order }) => order < (use.scope.order ?? 0));
    return [
      `unknown step "${id}"`,
      didYouMean(id, known.steps.keys()) ||
        listed(
          'earlier steps',
          earlier.map((s) => s.id),
        ),
    ];
  }
  if (id === use.scope.id) {
    return [`step "${id}" refers to itself`, use.scope.isUntil ? 'in until, write result.<field>' : ''];
  }
  if (step.order >= (use.scope.order ?? 0)) {
    return [`step "${id}" comes later (${step.where})`, 'an expression can refer to earlier steps only'];
  }
  const results = step.results === null ? null : [...step.results, 'outcome'];
  return fieldProblem(`steps.${id}`, field, step.uses, results);
}

function fieldProblem(
  of: string,
  field: string | undefined,
  uses: string | null,
  fields: readonly string[] | null,
): Problem | null {
  if (field === undefined || fields === null) return null;
  if (fields.includes(field)) return null;
  return [`unknown field "${field}" of ${of} (${uses})`, didYouMean(field, fields) || listed('fields', fields)];
}

function listed(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what}: ${names.join(', ')}`;
}
