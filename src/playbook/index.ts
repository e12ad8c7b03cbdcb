export {
  dependsOn,
  type Expression,
  type ExpressionContext,
  evaluate,
  evaluateCondition,
  interpolate,
  isTemplate,
  parseExpression,
  templateDependsOn,
} from './expression/index.ts';
export { playbookJsonSchema } from './json-schema.ts';
export { invalidPlaybook, loadPlaybook } from './load.ts';
export {
  INPUT_TYPES,
  type InputDeclaration,
  type InputType,
  type InputValue,
  type Playbook,
  type ResolvedInputs,
  type WaveDeclaration,
} from './model.ts';
export { type InputSource, resolveInputs } from './resolve-inputs.ts';
export { allSteps, emptySteps } from './steps.ts';
