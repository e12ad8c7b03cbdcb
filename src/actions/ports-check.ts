/**
 * `ports.check`: what is seen of ports from this machine and from its vantages, addresses that shields do not except.
 * A shield lets the controller through, so "blocked" can only be proved from a vantage.
 */
import { z } from 'zod';
import type { ErrorRecord, PortState, ReadAction, StepContext } from '../domain/index.ts';
import { durationArgument, durationMs, portArgument, readArgs } from './arguments.ts';
import { planAdvisory } from './evidence.ts';

const args = z.strictObject({
  expect: z.enum(['blocked', 'open', 'any']).default('any'),
  /** Default: the ports of the advisory's port shield. */
  tcp: z.array(portArgument).optional(),
  /** How long one probe waits. */
  timeout: durationArgument.default('2s'),
  /** How long to go on probing until it is as expected. */
  within: durationArgument.default('15s'),
});
type Wanted = z.infer<typeof args>;

interface Seen {
  /** As the host has it, before any mapping. */
  readonly port: number;
  /** `controller`, or the address of the vantage. */
  readonly from: string;
  readonly state: PortState;
}

export const portsCheck: ReadAction = {
  uses: 'ports.check',
  kind: 'read',
  summary: 'probes ports from the controller and from each vantage',
  args,
  results: ['expect', 'proven', 'reason', 'ports'],
  async read(step, given) {
    const wanted = readArgs(args, given, 'ports.check');
    const ports = wanted.tcp ?? shieldPorts(step);
    const until = Math.min(step.clock.now() + durationMs(wanted.within), step.deadline);
    let seen = await probeAll(step, ports, wanted);
    let judged = judge(step, wanted, seen);
    while (judged.proven === false && step.clock.now() < until) {
      await step.clock.sleep(Math.min(1000, step.remainingMs()), step.signal);
      seen = await probeAll(step, ports, wanted);
      judged = judge(step, wanted, seen);
    }
    const result = {
      expect: wanted.expect,
      proven: judged.proven,
      reason: judged.reason,
      ports: seen.map((item) => ({ ...item })),
    };
    if (judged.proven !== false) return { result };
    const error: ErrorRecord = {
      code: 'FB_STEP_NOT_PROVEN',
      message: `ports of ${step.host.name} are not ${wanted.expect}: ${judged.reason}`,
      remedy:
        wanted.expect === 'blocked'
          ? 'look for a rule or an exception on the host that lets them through'
          : 'look at the service and the firewall of the host',
      retryable: false,
    };
    return { result, error };
  },
};

function shieldPorts(step: StepContext): readonly number[] {
  return planAdvisory(step).shields.flatMap((shield) =>
    shield.method === 'ipsec' && shield.variant !== 'cis' ? (shield.tcp ?? []) : [],
  );
}

async function probeAll(step: StepContext, ports: readonly number[], wanted: Wanted): Promise<Seen[]> {
  const timeoutMs = durationMs(wanted.timeout);
  const from = ['controller', ...step.host.vantages];
  return Promise.all(
    ports.flatMap((port) =>
      from.map(async (source): Promise<Seen> => {
        const probe = {
          address: step.host.address,
          port: step.host.ports[String(port)] ?? port,
          protocol: 'tcp' as const,
          timeoutMs,
          ...(source === 'controller' ? {} : { source }),
        };
        return { port, from: source, state: await step.scanner.probe(probe, step.signal) };
      }),
    ),
  );
}

/** `proven: null` = cannot be proved from here. */
function judge(
  step: StepContext,
  wanted: Wanted,
  seen: readonly Seen[],
): { readonly proven: boolean | null; readonly reason: string } {
  const list = (items: readonly Seen[]): string =>
    items.map((item) => `TCP ${item.port} is ${item.state} from ${item.from}`).join(', ');
  if (wanted.expect === 'any') return { proven: true, reason: list(seen) };
  if (seen.length === 0) return { proven: null, reason: 'no port was named' };
  const target: PortState = wanted.expect === 'open' ? 'open' : 'filtered';
  const fromVantages = seen.filter((item) => item.from !== 'controller');
  const asked = wanted.expect === 'open' && fromVantages.length === 0 ? seen : fromVantages;
  if (asked.length === 0) {
    return { proven: null, reason: `cannot prove: ${step.host.name} has no vantage that the shield does not except` };
  }
  const wrong = asked.filter((item) => item.state !== target && item.state !== 'unknown');
  if (wrong.length > 0) return { proven: false, reason: list(wrong) };
  const untold = asked.filter((item) => item.state === 'unknown');
  if (untold.length > 0) return { proven: null, reason: `cannot prove: ${list(untold)}` };
  return { proven: true, reason: list(asked) };
}
