/**
 * `patch.scan`: what the host says of KB824146 to somebody without credentials, asked from the controller whichever way the
 * host is reached otherwise. Evidence only: it finds a missing patch; whether a host is fixed is decided by patch.verify.
 */
import { z } from 'zod';
import type { ReadAction } from '../domain/index.ts';
import { durationArgument, durationMs, readArgs } from './arguments.ts';
import { scanFields, scanHost } from './rpc-evidence.ts';

const args = z.strictObject({
  /** Also ask a host that misses KB824146 whether it has KB823980: a second call. */
  also_activation: z.boolean().default(false),
  /** For the connection, and again for each answer. */
  timeout: durationArgument.default('5s'),
});

export const patchScan: ReadAction = {
  uses: 'patch.scan',
  kind: 'read',
  summary: 'asks the RPC service, without credentials, what it says of KB824146',
  args,
  results: ['category', 'patched', 'denied', 'reachable', 'reason', 'hresult', 'activation_hresult'],
  async read(step, given) {
    const wanted = readArgs(args, given, 'patch.scan');
    const { timeout, also_activation: alsoActivation } = wanted;
    return { result: scanFields(await scanHost(step, { timeoutMs: durationMs(timeout), alsoActivation })) };
  },
};
