/** Who a machine is, and the sign on it that this state store is at work there. */
import { z } from 'zod';
import { FirebreakError, type FunctionCall, type Session } from '../domain/index.ts';
import type { HostMarker } from '../engine/index.ts';

const CALL_TIMEOUT_MS = 60_000;

const factSchema = z.object({ MachineId: z.string() });
const claimSchema = z.object({ Claimed: z.boolean(), HeldBy: z.string() });

/** The machine's own identity, the same under every address; null when it has none. */
export async function identifyHost(session: Session, signal: AbortSignal): Promise<string | null> {
  const { MachineId } = await call(session, factSchema, { function: 'Get-FbFact', parameters: {} }, signal);
  return /[0-9a-z]/.test(MachineId) ? MachineId : null;
}

export function createHostMarker(): HostMarker {
  return {
    claim: async (session, { storeId, run, signal }) => {
      const parameters = { Store: storeId, Run: run };
      const { Claimed, HeldBy } = await call(session, claimSchema, { function: 'Set-FbLease', parameters }, signal);
      return { claimed: Claimed, heldBy: HeldBy };
    },
    release: async (session, { storeId, signal }) => {
      await call(session, z.unknown(), { function: 'Remove-FbLease', parameters: { Store: storeId } }, signal);
    },
  };
}

async function call<T>(
  session: Session,
  shape: z.ZodType<T>,
  how: Pick<FunctionCall, 'function' | 'parameters'>,
  signal: AbortSignal,
): Promise<T> {
  const { output } = await session.invoke({ module: 'Firebreak.Host', ...how }, { signal, timeoutMs: CALL_TIMEOUT_MS });
  const parsed = shape.safeParse(output[0]);
  if (parsed.success) return parsed.data;
  throw new FirebreakError('FB_RESULT_INVALID', `${how.function} gave no usable answer`, {
    remedy: 'look at the run log; if WMI or the registry of the host is damaged, repair it there',
  });
}
