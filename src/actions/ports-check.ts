/**
 * `ports.check`: what is seen of ports from this machine and from its vantages, addresses that shields do not except.
 * A shield lets the controller through, so "blocked" can only be proved from a vantage; of a host behind a relay it is
 * the relay that is let through, so there the controller may see a difference too.
 */
import { z } from 'zod';
import {
  type ErrorRecord,
  FirebreakError,
  type PortState,
  type ReadAction,
  type StepContext,
} from '../domain/index.ts';
import { durationArgument, durationMs, portArgument, readArgs } from './arguments.ts';
import { planAdvisory } from './evidence.ts';

const args = z.strictObject({
  expect: z.enum(['blocked', 'open', 'any']).default('any'),
  /** Default: the ports of the advisory's port shield. */
  tcp: z.array(portArgument).optional(),
  /** As `tcp`, once `tcp` or `udp` is given: none. Silence of a UDP port proves nothing. */
  udp: z.array(portArgument).optional(),
  /** Id of an earlier `ports.check`: what has changed since. */
  against: z.string().optional().meta({ stepId: true }),
  /** How long one probe waits. */
  timeout: durationArgument.default('2s'),
  /** How long to go on probing until it is as expected. */
  within: durationArgument.default('15s'),
});
type Wanted = z.infer<typeof args>;

/** `open|filtered`: silence, with which UDP ports answer that are open and those that are blocked. */
type SeenState = PortState | 'open|filtered';

interface Seen {
  readonly protocol: 'tcp' | 'udp';
  /** As the host has it, before any mapping. */
  readonly port: number;
  /** `controller`, or the address of the vantage. */
  readonly from: string;
  readonly state: SeenState;
}

interface Changed {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly from: string;
  readonly before: string;
  readonly after: string;
}

interface Ports {
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
}

const earlierSchema = z.object({
  ports: z.array(
    z.object({
      protocol: z.enum(['tcp', 'udp']).default('tcp'),
      port: z.int(),
      from: z.string(),
      state: z.string(),
    }),
  ),
});
type Earlier = z.infer<typeof earlierSchema>['ports'];

export const portsCheck: ReadAction = {
  uses: 'ports.check',
  kind: 'read',
  summary: 'probes ports from the controller and from each vantage',
  args,
  results: ['expect', 'proven', 'reason', 'ports', 'changed'],
  async read(step, given) {
    const wanted = readArgs(args, given, 'ports.check');
    const ports =
      wanted.tcp === undefined && wanted.udp === undefined
        ? await shieldPorts(step)
        : { tcp: wanted.tcp ?? [], udp: wanted.udp ?? [] };
    const earlier = earlierPorts(step, wanted);
    const until = Math.min(step.clock.now() + durationMs(wanted.within), step.deadline);
    let seen = await probeAll(step, ports, wanted);
    let judged = judge(step, wanted, seen, earlier);
    while (judged.proven === false && step.clock.now() < until) {
      await step.clock.sleep(Math.min(1000, step.remainingMs()), step.signal);
      seen = await probeAll(step, ports, wanted);
      judged = judge(step, wanted, seen, earlier);
    }
    const result = {
      expect: wanted.expect,
      proven: judged.proven,
      reason: judged.reason,
      ports: seen.map((item) => ({ ...item })),
      changed: changes(seen, earlier).map((item) => ({ ...item })),
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

/** The ports of the shield that stands, else those of the advisory's first port shield. */
async function shieldPorts(step: StepContext): Promise<Ports> {
  // A shield of another kind, put up beside it, has none.
  const settings = (await step.openUndos())
    .filter((undo) => undo.uses === 'shield.apply')
    .map((undo) => portsSchema.safeParse(undo.prior['setting']));
  const standing = settings.findLast((setting) => setting.success)?.data;
  if (standing !== undefined) return standing;
  for (const { method, ...shield } of planAdvisory(step).shields) {
    if (method !== 'ipsec' && method !== 'firewall') continue;
    const ports = portsSchema.partial().parse(shield);
    if (ports.tcp !== undefined || ports.udp !== undefined) return { tcp: ports.tcp ?? [], udp: ports.udp ?? [] };
  }
  return { tcp: [], udp: [] };
}
const portsSchema = z.object({ tcp: z.array(z.int()), udp: z.array(z.int()) });

/** @throws FirebreakError FB_STEP_CONDITION when the step has seen nothing */
function earlierPorts(step: StepContext, wanted: Wanted): Earlier {
  if (wanted.against === undefined) return [];
  const parsed = earlierSchema.safeParse(step.step(wanted.against));
  if (parsed.success) return parsed.data.ports;
  throw new FirebreakError('FB_STEP_CONDITION', `step ${wanted.against} has not looked at any port`, {
    remedy: 'name a ports.check that runs before this one',
  });
}

function changes(seen: readonly Seen[], earlier: Earlier): Changed[] {
  return seen.flatMap((item) => {
    const before = earlier.find((old) => isSamePlace(old, item));
    if (before === undefined || before.state === item.state) return [];
    const { protocol, port, from, state } = item;
    return [{ protocol, port, from, before: before.state, after: state }];
  });
}

function isSamePlace(left: Omit<Seen, 'state'>, right: Omit<Seen, 'state'>): boolean {
  return left.protocol === right.protocol && left.port === right.port && left.from === right.from;
}

async function probeAll(step: StepContext, ports: Ports, wanted: Wanted): Promise<Seen[]> {
  const timeoutMs = durationMs(wanted.timeout);
  const from = ['controller', ...step.host.vantages];
  const all = [
    ...ports.tcp.map((port) => ({ protocol: 'tcp' as const, port })),
    ...ports.udp.map((port) => ({ protocol: 'udp' as const, port })),
  ];
  return Promise.all(
    all.flatMap(({ protocol, port }) =>
      from.map(async (source): Promise<Seen> => {
        const probe = {
          address: step.host.address,
          port: step.host.ports[String(port)] ?? port,
          protocol,
          timeoutMs,
          ...(source === 'controller' ? {} : { source }),
        };
        const state = await step.scanner.probe(probe, step.signal);
        const isSilence = protocol === 'udp' && state === 'filtered';
        return { protocol, port, from: source, state: isSilence ? 'open|filtered' : state };
      }),
    ),
  );
}

/** `proven: null` = cannot be proved from here. */
function judge(
  step: StepContext,
  wanted: Wanted,
  seen: readonly Seen[],
  earlier: Earlier,
): { readonly proven: boolean | null; readonly reason: string } {
  const list = (items: readonly Seen[]): string =>
    items.map((item) => `${item.protocol.toUpperCase()} ${item.port} is ${item.state} from ${item.from}`).join(', ');
  if (wanted.expect === 'any') return { proven: true, reason: list(seen) };
  if (seen.length === 0) return { proven: null, reason: 'no port was named' };
  const target: PortState = wanted.expect === 'open' ? 'open' : 'filtered';
  const fromVantages = seen.filter((item) => item.from !== 'controller');
  const isOpen = wanted.expect === 'open';
  const asked =
    isOpen && fromVantages.length === 0
      ? seen
      : isOpen
        ? fromVantages
        : [...fromVantages, ...closedToUs(step, seen, earlier)];
  if (asked.length === 0) {
    return { proven: null, reason: `cannot prove: ${step.host.name} has no vantage that the shield does not except` };
  }
  const silent = asked.filter((item) => item.state === 'open|filtered');
  const heard = asked.filter((item) => item.state !== 'open|filtered');
  const wrong = heard.filter((item) => item.state !== target && item.state !== 'unknown');
  if (wrong.length > 0) return { proven: false, reason: list(wrong) };
  const untold = heard.filter((item) => item.state === 'unknown');
  if (untold.length > 0) return { proven: null, reason: `cannot prove: ${list(untold)}` };
  const silence = silent.length === 0 ? '' : `silence, which proves nothing: ${list(silent)}`;
  if (heard.length === 0) return { proven: null, reason: `cannot prove: ${silence}` };
  return { proven: true, reason: [list(heard), silence].filter((text) => text !== '').join('; ') };
}

/**
 * What the controller itself proves of a host behind a relay: ports that were open to it before and are silent now. It may
 * be a partner, or never have come through at all, so nothing else that it sees counts.
 */
function closedToUs(step: StepContext, seen: readonly Seen[], earlier: Earlier): Seen[] {
  if (step.host.transport !== 'relay') return [];
  return seen.filter(
    (item) =>
      item.from === 'controller' &&
      item.state === 'filtered' &&
      earlier.some((old) => isSamePlace(old, item) && old.state === 'open'),
  );
}
