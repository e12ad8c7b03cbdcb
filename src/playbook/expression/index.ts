export type { ExpressionContext } from './context.ts';
export {
  checkExpression,
  dependsOn,
  evaluate,
  evaluateCondition,
  parseExpression,
} from './expression.ts';
export type { Reference } from './references.ts';
export { interpolate, isTemplate, splitTemplate, templateDependsOn, wholeExpression } from './template.ts';
