export { stepIdArguments } from './check-arguments.ts';
export {
  type ExpressionContext,
  evaluate,
  evaluateCondition,
  interpolate,
  isTemplate,
  parseExpression,
  refersTo,
} from './expression/index.ts';
export type { IncludeReader } from './includes.ts';
export { playbookJsonSchema } from './json-schema.ts';
export { loadPlaybook } from './load.ts';
export type { InputDeclaration, Playbook, WaveDeclaration } from './model.ts';
export { type InputSource, resolveInputs } from './resolve-inputs.ts';
export { allSteps, emptySteps } from './steps.ts';
export { selectByTags, type TagChoice } from './tags.ts';
export { stepsBehind, withVars } from './vars.ts';
