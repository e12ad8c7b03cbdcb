/**
 * `service.set`: brings a service into a state and a start mode for good. For one that shall come back by itself there is
 * shield.apply with method service. A service by which the host is managed is neither stopped nor disabled.
 */
import { z } from 'zod';
import type { ChangeAction, ErrorRecord, JsonObject, StepContext } from '../domain/index.ts';
import { readArgs } from './arguments.ts';
import { callHost } from './host-call.ts';
import { managedBy, STOP_TIMEOUT_MS } from './shield/index.ts';

const STATES = { running: 'Running', stopped: 'Stopped' } as const;
const STARTS = { automatic: 'Auto', manual: 'Manual', disabled: 'Disabled' } as const;

const args = z
  .strictObject({
    service: z.string().regex(/^[^\\/'"]+$/, 'the short name of a service, such as Spooler'),
    state: z.enum(['running', 'stopped']).optional(),
    start: z.enum(['automatic', 'manual', 'disabled']).optional(),
  })
  .refine(({ state, start }) => state !== undefined || start !== undefined, {
    path: ['state'],
    message: 'say `state`, `start` or both',
  })
  .refine(({ state, start }) => !(state === 'running' && start === 'disabled'), {
    path: ['start'],
    message: 'a disabled service cannot be started',
  });
type Args = z.infer<typeof args>;

const serviceSchema = z.object({ Exists: z.boolean(), State: z.string().nullable(), Start: z.string().nullable() });
type Service = z.infer<typeof serviceSchema>;

export const serviceSet: ChangeAction = {
  uses: 'service.set',
  kind: 'change',
  elsewhere: true,
  summary: 'starts or stops a service, and sets how it starts',
  args,
  results: ['changed', 'state', 'start', 'before'],
  // Each part is done only where it differs.
  isRepeatable: () => true,

  async probe(step, given) {
    const wanted = readArgs(args, given, 'service.set');
    const now = await readService(step, wanted.service);
    if (!now.Exists) {
      if (wanted.state !== 'running' && (wanted.start === undefined || wanted.start === 'disabled')) {
        return {
          state: 'satisfied',
          result: resultOf(false, now, shown(now)),
          reason: `there is no service ${wanted.service}`,
        };
      }
      return {
        state: 'refused',
        error: refusal(
          `there is no service ${wanted.service} on ${step.host.name}`,
          'look at its short name: sc query',
        ),
      };
    }
    if (isAsWanted(now, wanted)) {
      return {
        state: 'satisfied',
        result: resultOf(false, now, shown(now)),
        reason: `${wanted.service} is so already`,
      };
    }
    const isDown = wanted.state === 'stopped' || wanted.start === 'disabled';
    const managed = isDown ? managedBy(wanted.service, await dependentsOf(step, wanted.service)) : null;
    if (managed !== null) {
      return {
        state: 'refused',
        error: refusal(`${wanted.service} on ${step.host.name}: ${managed}`, 'do it at the console, if it must be'),
      };
    }
    return { state: 'needed', prior: { before: shown(now) }, reason: describe(wanted.service, now) };
  },

  async act(step, given) {
    const { service, state, start } = readArgs(args, given, 'service.set');
    await callHost(step, {
      module: 'Core',
      function: 'Set-FbService',
      parameters: {
        Name: service,
        State: state === undefined ? '' : STATES[state],
        Start: start === undefined ? '' : STARTS[start],
      },
      result: z.object({ Changed: z.boolean() }),
      timeoutMs: STOP_TIMEOUT_MS,
    });
    return { state: 'done' };
  },

  async recover(step, given) {
    const wanted = readArgs(args, given, 'service.set');
    return { state: isAsWanted(await readService(step, wanted.service), wanted) ? 'done' : 'not-started' };
  },

  async prove(step, given, found) {
    const wanted = readArgs(args, given, 'service.set');
    const now = await readService(step, wanted.service);
    const result = resultOf(true, now, found['before'] ?? null);
    if (isAsWanted(now, wanted)) return { proven: true, result };
    const message = `${describe(wanted.service, now)} on ${step.host.name}, which is not what was asked for`;
    const remedy = 'look at the System event log of the host; a Group Policy may set its start mode';
    return { proven: false, result, error: { code: 'FB_STEP_NOT_PROVEN', message, remedy, retryable: true } };
  },
};

function readService(step: StepContext, name: string): Promise<Service> {
  return callHost(step, {
    module: 'Core',
    function: 'Get-FbService',
    parameters: { Name: name },
    result: serviceSchema,
  });
}

/** What would stop with it. Behind a relay the service manager refuses to stop a service on which others run. */
async function dependentsOf(step: StepContext, name: string): Promise<readonly string[]> {
  if (step.host.transport === 'relay') return [];
  const { Dependents } = await callHost(step, {
    module: 'Shield',
    function: 'Get-FbServiceShield',
    parameters: { Id: 'none', Name: name },
    result: z.object({ Dependents: z.array(z.string()) }),
  });
  return Dependents;
}

function isAsWanted(now: Service, { state, start }: Args): boolean {
  if (!now.Exists) return false;
  return (state === undefined || now.State === STATES[state]) && (start === undefined || now.Start === STARTS[start]);
}

function shown({ State, Start }: Service): JsonObject {
  return { state: State, start: Start };
}

function resultOf(changed: boolean, now: Service, before: JsonObject[string]): JsonObject {
  return { changed, ...shown(now), before };
}

function describe(name: string, { Exists, State, Start }: Service): string {
  return Exists
    ? `${name} is ${State ?? 'in an unknown state'}, start ${Start ?? 'unknown'}`
    : `there is no service ${name}`;
}

function refusal(message: string, remedy: string): ErrorRecord {
  return { code: 'FB_STEP_REFUSED', message, remedy, retryable: false };
}
