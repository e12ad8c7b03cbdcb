export { EXPRESSION_NAMES, type ExpressionContext } from './context.ts';
export {
  checkExpression,
  dependsOn,
  type Expression,
  type ExpressionCheck,
  evaluate,
  evaluateCondition,
  parseExpression,
} from './expression.ts';
export type { Reference, SyntaxFinding } from './references.ts';
export { interpolate, isTemplate, splitTemplate, stringEnd, templateDependsOn, wholeExpression } from './template.ts';
