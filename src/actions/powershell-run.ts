/**
 * `powershell.run`: a script of the playbook's author. With `test:` (a script that gives true when all is as it should
 * be) it is run only when needed and a crash can be recovered; `repeatable: true` says that running twice does no harm.
 */
import { z } from 'zod';
import type { ParameterValue } from '../domain/index.ts';
import { type ChangeAction, FirebreakError, type Json, type JsonObject, type StepContext } from '../domain/index.ts';
import { readArgs } from './arguments.ts';

const args = z.strictObject({
  script: z.string().min(1),
  /** Bound to the `param()` block of both scripts by name. */
  parameters: z.record(z.string(), z.json()).default({}),
  /** Reads only. Its last output says whether the script is not needed (any more). */
  test: z.string().min(1).optional(),
  repeatable: z.boolean().default(false),
});
type Wanted = z.infer<typeof args>;

/** What a script gave, from `act` to `prove` of the same attempt; after a crash there is none. */
const outputs = new WeakMap<StepContext, JsonObject>();

export const powershellRun: ChangeAction = {
  uses: 'powershell.run',
  kind: 'change',
  summary: 'runs a script on the host, guarded by a test',
  args,
  results: ['output', 'errors', 'passed'],
  isRepeatable: (given) => given['repeatable'] === true,
  async probe(step, given) {
    const wanted = readArgs(args, given, 'powershell.run');
    if (wanted.test !== undefined && (await test(step, wanted))) {
      return {
        state: 'satisfied',
        result: { output: null, errors: [], passed: true },
        reason: 'the test passes already',
      };
    }
    return { state: 'needed', prior: {} };
  },
  async act(step, given) {
    const wanted = readArgs(args, given, 'powershell.run');
    const { output, errors } = await run(step, wanted.script, wanted);
    outputs.set(step, { output, errors });
    return { state: 'done' };
  },
  async recover(step, given) {
    const wanted = readArgs(args, given, 'powershell.run');
    if (wanted.test === undefined) {
      return { state: 'unknown', reason: 'the script has no test: that could tell whether it has run' };
    }
    return { state: (await test(step, wanted)) ? 'done' : 'not-started' };
  },
  async prove(step, given) {
    const wanted = readArgs(args, given, 'powershell.run');
    const kept = outputs.get(step) ?? { output: null, errors: [] };
    const passed = wanted.test === undefined ? null : await test(step, wanted);
    const result = { ...kept, passed };
    if (passed !== false) return { proven: true, result };
    const message = `the test of ${step.stepId} still fails on ${step.host.name} after its script has run`;
    const remedy = 'look at the errors of the script in the run log';
    return { proven: false, result, error: { code: 'FB_STEP_NOT_PROVEN', message, remedy, retryable: true } };
  },
};

async function run(step: StepContext, script: string, wanted: Wanted): Promise<{ output: Json; errors: string[] }> {
  const session = await step.session();
  const parameters = wanted.parameters as { readonly [name: string]: ParameterValue };
  const options = { signal: step.signal, timeoutMs: Math.max(1, step.remainingMs()) };
  const invocation = await session.invoke({ script, parameters }, options);
  return { output: invocation.output, errors: invocation.streams.error.map((record) => record.message) };
}

async function test(step: StepContext, wanted: Wanted): Promise<boolean> {
  const { output } = await run(step, wanted.test ?? '', wanted);
  const last: unknown = Array.isArray(output) ? output.at(-1) : undefined;
  if (typeof last === 'boolean') return last;
  throw new FirebreakError(
    'FB_RESULT_INVALID',
    `the test of ${step.stepId} gave ${JSON.stringify(last) ?? 'nothing'}`,
    {
      remedy: 'let its last line give $true or $false',
    },
  );
}
