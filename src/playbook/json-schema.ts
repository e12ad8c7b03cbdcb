/**
 * The JSON Schema that editors complete and mark with. It is made from the same vocabulary and action schemas as the
 * validation; what only the validation knows (ids, references, CEL) is not in it.
 */
import { z } from 'zod';
import { type Action, type ActionCatalog, type Json, type JsonObject, WEEKDAYS } from '../domain/index.ts';
import { INPUT_TYPES } from './model.ts';
import { ID_PATTERN, MAX_FORKS } from './vocabulary.ts';

const TEMPLATE: JsonObject = { type: 'string', pattern: '\\$\\{\\{.*\\}\\}' };
const DURATION: JsonObject = {
  type: 'string',
  pattern: '^(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$',
  examples: ['30s', '10m', '1h30m'],
};
const EXPRESSION: JsonObject = {
  type: ['string', 'boolean'],
  description: 'CEL over inputs, vars, host, facts, groups, steps',
};
const ID: JsonObject = { type: 'string', pattern: ID_PATTERN.source };
const VARS: JsonObject = {
  type: 'object',
  propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  description: 'variables over those of the inventory; values may be templates',
};
const TAGS: JsonObject = {
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', items: { type: 'string', minLength: 1 } },
  ],
  description: 'for --tags and --skip-tags; always and never have a meaning of their own',
};
const SHARE: JsonObject = {
  anyOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^\\d{1,3}(\\.\\d+)?%$' },
  ],
};

/** JSON Schema 2020-12 of playbook schema version 1 with the actions of the catalog. */
export function playbookJsonSchema(catalog: ActionCatalog): JsonObject {
  const steps: JsonObject = { type: 'array', minItems: 1, items: { $ref: '#/$defs/node' } };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Firebreak playbook, schema version 1',
    ...closed(
      {
        firebreak: { const: 1, description: 'version of the schema' },
        name: text('what the playbook does'),
        advisory: {
          type: 'string',
          pattern: '^[a-z0-9][a-z0-9-]*$',
          description: 'name of the advisory that it remedies',
        },
        inputs: { type: 'object', propertyNames: ID, additionalProperties: inputSchema() },
        hosts: text('host pattern: all:!do_not_patch'),
        waves: { type: 'array', minItems: 1, items: waveSchema() },
        serial: { anyOf: [SHARE, { type: 'array', minItems: 1, items: SHARE }] },
        gate: { anyOf: [gateSchema(true), { type: 'array', minItems: 1, items: gateSchema(true) }] },
        window: windowsSchema(),
        require_change: { type: 'boolean', description: 'a run needs --change NUMBER' },
        one_at_a_time: text('CEL that names a set; never two hosts of one set at a time'),
        max_fail_percentage: numberOrTemplate(0, 100),
        max_unreachable_percentage: numberOrTemplate(0, 100),
        forks: numberOrTemplate(1, MAX_FORKS),
        defaults: closed({ timeout: timeout(), retries: integer(0, 1000), delay: DURATION }, []),
        vars: VARS,
        tags: TAGS,
        steps,
      },
      ['firebreak', 'name', 'hosts', 'steps'],
    ),
    $defs: {
      node: {
        anyOf: [{ $ref: '#/$defs/block' }, { $ref: '#/$defs/include' }, ...[...catalog.values()].map(stepSchema)],
      },
      block: closed({ id: ID, if: EXPRESSION, vars: VARS, tags: TAGS, block: steps, rescue: steps, always: steps }, [
        'block',
      ]),
      include: closed(
        {
          id: ID,
          include: text('file with a list of steps, from the folder of this one'),
          if: EXPRESSION,
          vars: VARS,
          tags: TAGS,
        },
        ['include'],
      ),
    },
  };
}

function stepSchema(action: Action): JsonObject {
  const args = z.toJSONSchema(action.args, { io: 'input', unrepresentable: 'any' }) as JsonObject;
  const needsArguments = Array.isArray(args['required']) && args['required'].length > 0;
  return closed(
    {
      id: ID,
      uses: { const: action.uses, description: action.summary },
      with: orTemplates(args),
      if: EXPRESSION,
      until: EXPRESSION,
      retries: integer(0, 1000),
      delay: DURATION,
      timeout: timeout(),
      throttle: integer(1, 100_000),
      on: text('host of the inventory on which it is carried out instead, or a template that names it'),
      run_once: { type: 'boolean', description: 'one host of each wave does it for all of them' },
      loop: {
        anyOf: [{ type: 'array' }, { type: 'string' }],
        description: 'once for each item: a list, or CEL that gives one; the item is `item`',
      },
      vars: VARS,
      tags: TAGS,
    },
    needsArguments ? ['uses', 'with'] : ['uses'],
  );
}

/** Every argument may also be a template. */
function orTemplates(args: JsonObject): JsonObject {
  const { $schema: _dialect, properties, ...rest } = args;
  const fields = Object.entries((properties ?? {}) as { [name: string]: Json });
  return {
    ...rest,
    properties: Object.fromEntries(fields.map(([name, schema]) => [name, { anyOf: [schema, TEMPLATE] }])),
  };
}

function inputSchema(): JsonObject {
  return closed(
    {
      type: { enum: [...INPUT_TYPES] },
      default: {},
      description: text('what the input is for'),
      required: { type: 'boolean' },
      options: { type: 'array', minItems: 1, items: { type: 'string' } },
    },
    ['type'],
  );
}

function waveSchema(): JsonObject {
  const size = { anyOf: [SHARE, { const: 'rest' }] };
  const name = text('shown in reports');
  const hosts = text('host pattern');
  return closed({ name, hosts, size, gate: gateSchema(false), window: windowsSchema() }, ['name']);
}

function gateSchema(isBehind: boolean): JsonObject {
  const gate: JsonObject = {
    approve: text('who is asked to approve'),
    soak: DURATION,
    timeout: DURATION,
    on_timeout: { enum: ['stop', 'continue'] },
  };
  const after = text('the wave that it stands behind');
  return isBehind ? closed({ after, ...gate }, ['after']) : closed(gate, []);
}

function windowsSchema(): JsonObject {
  const clock: JsonObject = { type: 'string', pattern: '^([01]?\\d|2[0-3]):[0-5]\\d$|^24:00$', examples: ['22:00'] };
  const window = closed(
    {
      start: clock,
      end: clock,
      tz: text('time zone, such as Asia/Tokyo'),
      days: { type: 'array', minItems: 1, items: { enum: [...WEEKDAYS] }, description: 'on which it opens' },
      min_remaining: DURATION,
    },
    ['start', 'end', 'tz'],
  );
  return { anyOf: [window, { type: 'array', minItems: 1, items: window }] };
}

function closed(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, required, additionalProperties: false };
}

function text(description: string): JsonObject {
  return { type: 'string', minLength: 1, description };
}

function integer(minimum: number, maximum: number): JsonObject {
  return { type: 'integer', minimum, maximum };
}

function numberOrTemplate(minimum: number, maximum: number): JsonObject {
  return { anyOf: [integer(minimum, maximum), TEMPLATE] };
}

function timeout(): JsonObject {
  return { anyOf: [DURATION, TEMPLATE] };
}
