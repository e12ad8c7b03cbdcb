/** What push and fetch share: one call that must give one object, and errors that say which file was not transferred. */
import {
  FirebreakError,
  type FunctionCall,
  type Invocation,
  type InvokeOptions,
  type Json,
  type JsonObject,
} from '../domain/index.ts';

export interface Invoker {
  readonly label: string;
  invoke<T extends Json>(call: FunctionCall, options: InvokeOptions): Promise<Invocation<T>>;
}

const MODULE = 'Firebreak.Host';

/** Calls within one deadline. */
export class HostFiles {
  readonly label: string;
  readonly #invoker: Invoker;
  readonly #signal: AbortSignal;
  readonly #deadline: number;

  constructor(invoker: Invoker, options: { readonly signal: AbortSignal; readonly timeoutMs: number }) {
    this.label = invoker.label;
    this.#invoker = invoker;
    this.#signal = options.signal;
    this.#deadline = performance.now() + options.timeoutMs;
  }

  get remaining(): { readonly signal: AbortSignal; readonly timeoutMs: number } {
    return { signal: this.#signal, timeoutMs: Math.max(0, this.#deadline - performance.now()) };
  }

  call(name: string, parameters: FunctionCall['parameters']): FunctionCall {
    return { module: MODULE, function: name, parameters };
  }

  /** @throws FB_TRANSFER_FAILED when nothing came back, and those of invoke */
  async ask<T extends JsonObject>(
    name: string,
    parameters: FunctionCall['parameters'],
    more: Pick<InvokeOptions, 'input'> = {},
  ): Promise<T> {
    const { output } = await this.#invoker.invoke<T>(this.call(name, parameters), { ...this.remaining, ...more });
    const [result] = output;
    if (result === undefined) throw notTransferred(this.label, name, 'it returned nothing');
    return result;
  }
}

/** The module's error ids are our codes. */
export function translateFailure(error: unknown, label: string, path: string): unknown {
  if (error instanceof FirebreakError) {
    if (error.code !== 'FB_INVOKE_FAILED') return error;
    const details = error.details as { readonly error?: { readonly fullyQualifiedErrorId: string } } | undefined;
    const isHash = details?.error?.fullyQualifiedErrorId.startsWith('FB_TRANSFER_HASH') === true;
    return new FirebreakError(isHash ? 'FB_TRANSFER_HASH' : 'FB_TRANSFER_FAILED', error.message, {
      remedy: `check free space and rights for ${path} on the host, then try again`,
      cause: error,
      details: error.details,
    });
  }
  return notTransferred(label, path, error instanceof Error ? error.message : String(error), error);
}

export function notTransferred(label: string, path: string, why: string, cause?: unknown): FirebreakError {
  return new FirebreakError('FB_TRANSFER_FAILED', `${label}: ${path} was not transferred: ${why}`, {
    remedy: 'check that the source file can be read and that there is space for it, then try again',
    cause,
  });
}

/**
 * Bytes that one pipeline may carry: the host's limit for data of one command (MaximumReceivedDataSizePerCommandMB) is
 * 50 MB by default, of encoded data, and this is what a lost connection costs at most.
 */
export const SEGMENT_BYTES = 24 * 1024 * 1024;
