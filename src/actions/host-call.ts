/** One way to call a function of our PowerShell modules and get typed data back. Knows nothing of what is called. */
import type { z } from 'zod';
import type { ParameterValue } from '../domain/index.ts';
import { ERROR_CODES, type ErrorCode, FirebreakError, type Json, type StepContext } from '../domain/index.ts';

/** How long one call may take; work that lasts longer is detached. */
const CALL_TIMEOUT_MS = 60_000;

export interface HostCall<T> {
  /** `Firebreak.<module>` */
  readonly module: 'Core' | 'Host' | 'Infection' | 'Patch' | 'Shield' | 'Package' | 'Assess' | 'Attack';
  readonly function: string;
  readonly parameters?: { readonly [name: string]: ParameterValue };
  readonly result: z.ZodType<T>;
  readonly timeoutMs?: number;
}

/**
 * Calls the function in the host's session and checks its one result object.
 *
 * @throws FirebreakError those of Session.invoke; FB_RESULT_INVALID when the answer has another shape; the code that the
 * function itself gave to its error
 */
export async function callHost<T>(step: StepContext, call: HostCall<T>): Promise<T> {
  const session = await step.session();
  const timeoutMs = Math.max(1, Math.min(call.timeoutMs ?? CALL_TIMEOUT_MS, step.remainingMs()));
  const name = `${call.function} on ${step.host.name}`;
  const invocation = await session
    .invoke<Json>(
      { module: `Firebreak.${call.module}`, function: call.function, parameters: call.parameters ?? {} },
      { signal: step.signal, timeoutMs },
    )
    .catch((thrown: unknown) => {
      throw withOwnCode(thrown, name);
    });
  const [output] = invocation.output;
  const parsed = call.result.safeParse(output);
  if (parsed.success && invocation.output.length === 1) return parsed.data;
  const said = invocation.streams.error.map((record) => record.message).join('; ');
  const issue = parsed.error?.issues[0];
  const why =
    said !== ''
      ? said
      : issue === undefined
        ? `${invocation.output.length} objects instead of one`
        : `${issue.path.join('.')}: ${issue.message}`;
  throw new FirebreakError('FB_RESULT_INVALID', `${name} gave no usable answer: ${why}`, {
    remedy: 'look at the run log; if WMI or the registry of the host is damaged, repair it there',
  });
}

/** A terminating error whose id is one of our codes carries that code on. */
function withOwnCode(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof FirebreakError) || thrown.code !== 'FB_INVOKE_FAILED') return thrown;
  const code = /\bFB_[A-Z]+_[A-Z_]+\b/.exec(JSON.stringify(thrown.details ?? null))?.[0];
  if (code === undefined || code === 'FB_INVOKE_FAILED' || !(code in ERROR_CODES)) return thrown;
  return new FirebreakError(code as ErrorCode, `${name}: ${thrown.message}`, { cause: thrown });
}

/** Errors after which the same question may be asked again over a new session: the host went away, not its relay. */
export function isLostConnection(thrown: unknown): boolean {
  return (
    thrown instanceof FirebreakError &&
    thrown.relay === undefined &&
    (thrown.code.startsWith('FB_CONNECT_') || thrown.code.startsWith('FB_SESSION_')) &&
    thrown.retryable
  );
}
