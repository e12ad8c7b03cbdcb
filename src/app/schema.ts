/** `firebreak schema`. */
import { createActions } from '../actions/index.ts';
import type { JsonObject } from '../domain/index.ts';
import { playbookJsonSchema } from '../playbook/index.ts';

export function playbookSchema(): JsonObject {
  return playbookJsonSchema(createActions()) as JsonObject;
}
