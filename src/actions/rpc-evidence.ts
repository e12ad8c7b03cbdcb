/**
 * What a host says of KB824146 over the network, and what that adds to a verdict from registry and files: a contradiction
 * is reported and takes "fixed" away, nothing over the network gives it.
 */
import type { Verdict } from '../advisory/index.ts';
import type { JsonObject, RpcScan, StepContext } from '../domain/index.ts';

const RPC_PORT = 135;
/** The one update that the scan can tell. */
export const SCANNED_UPDATE = 'KB824146';

/** Asks from the controller, whichever way the host is reached otherwise. */
export function scanHost(
  step: StepContext,
  options: { readonly timeoutMs: number; readonly alsoActivation: boolean },
): Promise<RpcScan> {
  const { host } = step;
  // The source address of a relayed host's settings is for the way to the relay.
  const source = host.via === undefined ? host.connection?.source : undefined;
  return step.scanner.scanRpc(
    {
      address: host.address,
      port: host.ports[String(RPC_PORT)] ?? RPC_PORT,
      timeoutMs: Math.max(1, Math.min(options.timeoutMs, step.remainingMs())),
      alsoActivation: options.alsoActivation,
      ...(source === undefined ? {} : { source }),
    },
    step.signal,
  );
}

/** Fields of a result. */
export function scanFields(scan: RpcScan): JsonObject {
  return {
    category: scan.category,
    patched: scan.patched,
    denied: scan.category === 'denied',
    reachable: scan.answers,
    reason: scan.reason,
    hresult: scan.hresult,
    activation_hresult: scan.activationHresult,
  };
}

/** The verdict in the light of the scan. A scan that does not tell (denied, unreachable …) changes nothing. */
export function weighScan(verdict: Verdict, scan: RpcScan): Verdict {
  if (verdict.fixed && scan.patched === false) {
    const reason = `${verdict.reason}; but over the network ${scan.reason}`;
    return { ...verdict, verdict: 'conflict', fixed: false, reason };
  }
  if (verdict.verdict === 'vulnerable' && scan.patched === true) {
    return { ...verdict, reason: `${verdict.reason}; yet over the network ${scan.reason}, which proves nothing` };
  }
  return verdict;
}
