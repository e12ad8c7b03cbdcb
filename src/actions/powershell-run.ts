/**
 * `powershell.run`: a script of the playbook's author. With `test:` (a script that gives true when all is as it should
 * be) it is run only when needed and a crash can be recovered; `repeatable: true` says that running twice does no harm.
 *
 * Where the host can (WinRM, PowerShell 3 and later), the script outlives this process: its receipt is durable before it
 * starts, and a resume picks the running script up, or its output when it has ended. Only when its session is gone (idle
 * time over, restart) the test decides.
 */
import { z } from 'zod';
import type { Invocation, InvokeOptions, ParameterValue } from '../domain/index.ts';
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

/** A receipt that finds nothing. */
const NONE = '{}';

interface Output {
  readonly output: Json;
  readonly errors: string[];
}

/** What a script gave, from `act` or `recover` to `prove` of the same attempt; after a crash that left none there is none. */
const outputs = new WeakMap<StepContext, Output>();

export const powershellRun: ChangeAction = {
  uses: 'powershell.run',
  kind: 'change',
  elsewhere: true,
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
    const isKept = !step.check && (await step.session()).canReattach === true;
    return { state: 'needed', prior: { kept: isKept } };
  },
  async act(step, given, prior) {
    const wanted = readArgs(args, given, 'powershell.run');
    // Else the absence of a receipt would say that nothing was begun.
    if (prior['kept'] === true && (await step.session()).canReattach !== true) await step.keepReceipt(NONE);
    outputs.set(step, await run(step, wanted.script, wanted, letGo(step)));
    return { state: 'done' };
  },
  async recover(step, given, open) {
    const wanted = readArgs(args, given, 'powershell.run');
    const found =
      open.receipt === null && open.prior['kept'] === true ? 'not-started' : await pickUp(step, open.receipt);
    if (found === 'not-started') return { state: 'not-started' };
    if (found !== null) {
      outputs.set(step, found);
      return { state: 'done' };
    }
    if (wanted.test === undefined) {
      const gone = open.receipt === null ? '' : 'its session has gone from the host, and ';
      return { state: 'unknown', reason: `${gone}the script has no test: that could tell whether it has run` };
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

/** The script can be let go and picked up again. */
function letGo(step: StepContext): Pick<InvokeOptions, 'detach' | 'onReceipt'> {
  return { detach: step.interrupted, onReceipt: (receipt) => step.keepReceipt(JSON.stringify(receipt)) };
}

/** What the script gave that an earlier process, or a session that was lost, has started; null: it is not there. */
async function pickUp(step: StepContext, receipt: string | null): Promise<Output | 'not-started' | null> {
  if (receipt === null) return null;
  const session = await step.session();
  const options = { signal: step.signal, timeoutMs: Math.max(1, step.remainingMs()), detach: step.interrupted };
  const found = await session.reattach(JSON.parse(receipt) as JsonObject, options);
  return found === null || found === 'not-started' ? found : toOutput(found);
}

async function run(
  step: StepContext,
  script: string,
  wanted: Wanted,
  more: Pick<InvokeOptions, 'detach' | 'onReceipt'> = {},
): Promise<Output> {
  const session = await step.session();
  const parameters = wanted.parameters as { readonly [name: string]: ParameterValue };
  const options = { signal: step.signal, timeoutMs: Math.max(1, step.remainingMs()), ...more };
  return toOutput(await session.invoke({ script, parameters }, options));
}

function toOutput(invocation: Invocation<Json>): Output {
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
