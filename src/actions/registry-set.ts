/**
 * `registry.set`: writes one value of the registry for good, or removes it. For a value that shall come back by itself there
 * is shield.apply with method registry. What was there before is in the result, so that a later run can put it back.
 */
import { z } from 'zod';
import type { ChangeAction, ErrorRecord, Json, JsonObject, StepContext } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { callHost } from './host-call.ts';

const TYPES = ['String', 'ExpandString', 'DWord', 'QWord', 'MultiString'] as const;

const args = z
  .strictObject({
    key: z.string().regex(/^HKLM\\./, 'a key starts with HKLM\\'),
    name: z.string().min(1),
    type: z.enum(TYPES).optional(),
    value: z.union([z.string(), z.int().min(0), z.array(z.string())]).optional(),
    /** absent: remove the value. */
    state: z.enum(['present', 'absent']).default('present'),
  })
  .superRefine((given, context) => {
    const fail = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (given.state === 'absent') {
      if (given.value !== undefined || given.type !== undefined) fail('state', 'absent needs neither type nor value');
      return;
    }
    if (given.value === undefined) return fail('value', 'expected a value, or `state: absent`');
    const { value, type = typeOf(given.value) } = given;
    if (type === 'DWord' && typeof value === 'number' && value > 0xffff_ffff) fail('value', 'a DWord has 32 bits');
    const isNumber = type === 'DWord' || type === 'QWord';
    if (
      isNumber
        ? typeof value !== 'number'
        : Array.isArray(value) !== (type === 'MultiString') || typeof value === 'number'
    )
      fail('value', `this is no ${type}`);
  });
type Args = z.infer<typeof args>;

const foundSchema = z.object({
  Readable: z.boolean(),
  Present: z.boolean(),
  Type: z.string().nullable(),
  Value: z.union([z.string(), z.number(), z.array(z.string())]).nullable(),
});
type Found = z.infer<typeof foundSchema>;

export const registrySet: ChangeAction = {
  uses: 'registry.set',
  kind: 'change',
  elsewhere: true,
  summary: 'writes a value of the registry, or removes it',
  args,
  results: ['changed', 'present', 'type', 'value', 'before'],
  // The same value twice does no harm.
  isRepeatable: () => true,

  async probe(step, given) {
    const wanted = readArgs(args, given, 'registry.set');
    const now = await readValue(step, wanted);
    if (!now.Readable) return { state: 'refused', error: unreadable(step, wanted) };
    if (isAsWanted(now, wanted)) {
      return { state: 'satisfied', result: resultOf(false, now, now), reason: `${pathOf(wanted)} is so already` };
    }
    return { state: 'needed', prior: { before: shown(now) }, reason: `${pathOf(wanted)} is ${describe(now)}` };
  },

  async act(step, given) {
    const wanted = readArgs(args, given, 'registry.set');
    const { key: Path, name: Name } = wanted;
    const value = wanted.value ?? '';
    await callHost(step, {
      module: 'Core',
      function: wanted.state === 'absent' ? 'Remove-FbRegistryValue' : 'Set-FbRegistryValue',
      parameters:
        wanted.state === 'absent' ? { Path, Name } : { Path, Name, Type: wanted.type ?? typeOf(value), Value: value },
      result: z.object({ Changed: z.boolean() }),
    });
    return { state: 'done' };
  },

  async recover(step, given) {
    const wanted = readArgs(args, given, 'registry.set');
    return { state: isAsWanted(await readValue(step, wanted), wanted) ? 'done' : 'not-started' };
  },

  async prove(step, given, found) {
    const wanted = readArgs(args, given, 'registry.set');
    const now = await readValue(step, wanted);
    const result = { ...resultOf(true, now, now), before: found['before'] ?? null };
    if (isAsWanted(now, wanted)) return { proven: true, result };
    const message = `${pathOf(wanted)} on ${step.host.name} was written and is ${describe(now)}`;
    const remedy = 'somebody else sets it, most likely a Group Policy: set it there';
    return { proven: false, result, error: { code: 'FB_STEP_NOT_PROVEN', message, remedy, retryable: false } };
  },
};

function readValue(step: StepContext, { key, name }: Args): Promise<Found> {
  return callHost(step, {
    module: 'Core',
    function: 'Get-FbRegistryValue',
    parameters: { Path: key, Name: name },
    result: foundSchema,
  });
}

function typeOf(value: string | number | readonly string[]): (typeof TYPES)[number] {
  return typeof value === 'number' ? 'DWord' : typeof value === 'string' ? 'String' : 'MultiString';
}

function isAsWanted(now: Found, wanted: Args): boolean {
  if (!now.Readable) return false;
  if (wanted.state === 'absent' || wanted.value === undefined) return !now.Present;
  const type = wanted.type ?? typeOf(wanted.value);
  return now.Present && now.Type === type && sameText(now.Value, wanted.value);
}

/** A list of one comes as its text from some hosts, a 64-bit number as text. */
function sameText(now: Found['Value'], wanted: string | number | readonly string[]): boolean {
  const text = (value: Found['Value'] | readonly string[]): string => [value].flat().join('\0');
  return text(now) === text(wanted as Found['Value']);
}

function shown(found: Found): JsonObject {
  return { present: found.Present, type: found.Type, value: found.Value as Json };
}

function resultOf(changed: boolean, now: Found, before: Found): JsonObject {
  return { changed, ...shown(now), before: shown(before) };
}

function describe({ Present, Type, Value, Readable }: Found): string {
  if (!Readable) return 'unreadable';
  return Present ? `${Type} ${JSON.stringify(Value)}` : 'not there';
}

function pathOf({ key, name }: Args): string {
  return `${key}\\${name}`;
}

function unreadable(step: StepContext, wanted: Args): ErrorRecord {
  const message = `${pathOf(wanted)} on ${step.host.name} could not be read`;
  const remedy = 'look at the rights of the key, and whether the account is an administrator there';
  return { code: 'FB_STEP_REFUSED', message, remedy, retryable: false };
}
