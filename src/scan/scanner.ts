/** The Scanner port over this machine's own sockets. Must not know which ports matter or why. */
import type { PortProbe, PortState, Scanner } from '../domain/index.ts';
import { probeTcp } from './tcp-probe.ts';

/**
 * A scanner that probes TCP from this machine. UDP is `unknown`: silence proves nothing there, and no probe that would
 * provoke an answer exists yet.
 */
export function createScanner(): Scanner {
  return {
    probe(probe: PortProbe, signal: AbortSignal): Promise<PortState> {
      return probe.protocol === 'tcp' ? probeTcp(probe, signal) : Promise.resolve('unknown');
    },
  };
}
