/** The machines of a world behind a relay: the real transport over a relay that can be cut off. */
import {
  FirebreakError,
  type Json,
  type JsonObject,
  type PlannedHost,
  type Session,
} from '../../../src/domain/index.ts';
import type { EngineDeps } from '../../../src/engine/index.ts';
import { createRelayTransport } from '../../../src/transports/relay/index.ts';
import { FakeRelay, relayTarget, targetBehind, targetError } from '../../transports/relay/support/fake-relay.ts';
import type { World } from './controller.ts';
import { host } from './plans.ts';
import { type MachineCall, simulatedActions } from './simulated-actions.ts';

const CALL_MS = 60_000;

export function relayedHost(name: string, rest: Partial<PlannedHost> = {}): PlannedHost {
  const { host: relay, address, transport, port, useTls, auth, allowUnencrypted, user } = relayTarget();
  const via = { name: relay, address, transport, port, useTls, auth, allowUnencrypted, user, password: null };
  return host(name, { transport: 'relay', port: 445, connection: { relay }, via, ...rest });
}

export class BehindRelay {
  readonly relay: FakeRelay;
  readonly #world: World;
  readonly #calls = new Map<number, MachineCall>();
  readonly #settings: { readonly relayGraceMs?: number };

  constructor(world: World, settings: { readonly relayGraceMs?: number } = {}) {
    this.#world = world;
    this.#settings = settings;
    this.relay = new FakeRelay({
      now: () => world.clock.now(),
      answer: ({ host: name, parameters }) => {
        const machine = world.machine(name);
        try {
          machine.reach();
        } catch (thrown) {
          if (!(thrown instanceof FirebreakError)) throw thrown;
          throw targetError(thrown.code, thrown.message);
        }
        const call = this.#calls.get(Number(parameters['Id']));
        return [call === undefined ? null : call(machine)];
      },
    });
  }

  /** For `ProcessOptions.change`: each process has a transport of its own. */
  readonly change = (deps: EngineDeps): EngineDeps => {
    const transport = createRelayTransport({ winrm: this.relay.transport }, { time: this.#world.clock });
    const target = (of: PlannedHost) => targetBehind(of.name, relayTarget(this.#settings));
    return {
      ...deps,
      actions: simulatedActions(async (step, _name, call) => this.#ask(await step.session(), call, step.signal)),
      openSession: (of, how) => transport.open(target(of), how),
      awaitRelay: (of, how) => transport.ready(target(of), how),
      identify: async (session, signal) => {
        const { id } = await this.#ask(session, (machine) => ({ id: machine.id }), signal);
        return String(id);
      },
    };
  };

  async #ask(session: Session, call: MachineCall, signal: AbortSignal): Promise<JsonObject> {
    const id = this.#calls.size + 1;
    this.#calls.set(id, call);
    const order = { module: 'Firebreak.Host', function: 'Simulated', parameters: { Id: id } };
    const { output } = await session.invoke<Json>(order, { signal, timeoutMs: CALL_MS });
    return output[0] as JsonObject;
  }
}
