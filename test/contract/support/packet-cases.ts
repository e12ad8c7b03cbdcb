/** What breaks at which out-of-process packet, and what must come of it; the same for whatever carries them. */
import type { Expected, FaultCase } from '../fault-suite.ts';
import { PACKET_FAULTS, PACKET_POINTS, type PacketFault, type PacketPoint } from './packet-relay.ts';

export interface PacketCase extends FaultCase {
  readonly at: PacketPoint;
  readonly fault: PacketFault;
}

/** They come from the host without a question. */
const UNASKED: ReadonlySet<PacketPoint> = new Set(['data of the pool', 'the output']);
const AFTERWARDS: ReadonlySet<PacketPoint> = new Set(['the release', 'the close']);
const BEFORE: ReadonlySet<PacketPoint> = new Set(['the opening', 'data of the pool', 'the command']);
const OPENING: ReadonlySet<PacketPoint> = new Set(['the opening', 'data of the pool']);

function expectedOf(at: PacketPoint, fault: PacketFault): Expected {
  if (AFTERWARDS.has(at) || fault === 'late answer' || fault.startsWith('foreign')) return 'success';
  if (BEFORE.has(at) || (at === 'the pipeline' && fault.includes('before it reaches'))) return 'not begun';
  // the host has the input, and may be done before we look
  return at === 'the input' && !fault.includes('before it reaches') ? 'either' : 'error';
}

export function packetCases(
  pick: (at: PacketPoint, fault: PacketFault) => boolean = () => true,
): readonly PacketCase[] {
  return PACKET_POINTS.flatMap((at) =>
    PACKET_FAULTS.filter((fault) => {
      if (fault.includes('before it reaches')) return !UNASKED.has(at) && pick(at, fault);
      if (fault.startsWith('fragment')) return UNASKED.has(at) && pick(at, fault);
      return pick(at, fault);
    }).map((fault) => ({
      title: `at ${at}: ${fault}`,
      at,
      fault,
      expected: expectedOf(at, fault),
      waits: waitsOf(at, fault),
    })),
  );
}

/** What is lost or not understood among other output is waited for. */
function waitsOf(at: PacketPoint, fault: PacketFault): FaultCase['waits'] {
  if (AFTERWARDS.has(at) || !/silence|garbage|cut short|fragment/.test(fault)) return undefined;
  return OPENING.has(at) ? 'open' : 'invoke';
}
