/** The Scanner port over this machine's own sockets. Must not know which ports matter or why. */
import type { PortProbe, PortState, RpcScan, RpcTarget, Scanner } from '../domain/index.ts';
import { rpcScan } from './rpc-scan.ts';
import { probeTcp } from './tcp-probe.ts';
import { probeUdp } from './udp-probe.ts';

/** A scanner that probes from this machine. */
export function createScanner(): Scanner {
  return {
    probe(probe: PortProbe, signal: AbortSignal): Promise<PortState> {
      return probe.protocol === 'tcp' ? probeTcp(probe, signal) : probeUdp(probe, signal);
    },
    scanRpc(target: RpcTarget, signal: AbortSignal): Promise<RpcScan> {
      return rpcScan(target, signal);
    },
  };
}
