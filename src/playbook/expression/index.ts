export type { ExpressionContext } from './context.ts';
export {
  checkExpression,
  evaluate,
  evaluateCondition,
  parseExpression,
  refersTo,
} from './expression.ts';
export type { Reference } from './references.ts';
export { interpolate, isTemplate, splitTemplate, wholeExpression } from './template.ts';
