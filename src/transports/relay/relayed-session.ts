/**
 * A host without PowerShell as a Session: each call of ours is one pipeline on the relay, which enters the host, calls the
 * function and leaves. Paths are the host's own; the modules map them. Must not know how the relay is reached.
 */
import { isIP } from 'node:net';
import {
  FirebreakError,
  type FunctionCall,
  HostCredential,
  type Invocation,
  type InvokeOptions,
  type Json,
  type ParameterValue,
  type ScriptCall,
  type Session,
  type Target,
} from '../../domain/index.ts';
import { type ByteStream, fetchFile, pushFile } from '../../powershell/index.ts';
import { isUnknownCommand, labelOf, ofTarget } from './failures.ts';
import type { RelayPool } from './relay-pool.ts';

const CORE = 'Firebreak.Core';
/** A function without input runs once; with none from a pipeline it would not run at all. */
const CALL = relayScript('& $Name @Parameters');
const CALL_WITH_INPUT = relayScript('$input | & $Name @Parameters');
/** Fits into one request of every version. */
const MESSAGE_BYTES = 150_000;
/** Read by one pipeline: its output is held here as text. */
const READ_BYTES = 4 * 1024 * 1024;

/** Without the first catch a host that is not entered would only end that statement, and the work be done on the relay. */
function relayScript(work: string): string {
  return `param($Target, $Name, $Parameters)
try { ${CORE}\\Enter-FbTarget @Target } catch { throw }
try { ${work} } finally { ${CORE}\\Exit-FbTarget }`;
}

export class RelayedSession implements Session {
  readonly shell = { version: '', edition: 'none' } as const;
  readonly languageMode = undefined;
  readonly canReattach = false;
  readonly label: string;
  readonly #target: Target;
  readonly #relay: Target;
  readonly #pool: RelayPool;
  /** Addresses of the relay as hosts see it, by theirs; shared by the sessions of one relay. */
  readonly #seenAs: Map<string, string | undefined>;
  #isClosed = false;

  constructor(target: Target, relay: Target, pool: RelayPool, seenAs: Map<string, string | undefined>) {
    this.#target = target;
    this.#relay = relay;
    this.#pool = pool;
    this.#seenAs = seenAs;
    this.label = labelOf(target, relay.host);
  }

  /** The relay's: whoever shields the host must let it through. */
  get clientAddress(): string | undefined {
    return this.#seenAs.get(this.#target.address);
  }

  /** Enters the host once, so that a wrong password or a closed port shows here. @throws as invoke */
  async meet(options: Pick<InvokeOptions, 'signal' | 'timeoutMs'>): Promise<void> {
    await this.invoke({ module: CORE, function: 'Get-FbTarget', parameters: {} }, options);
    if (!this.#seenAs.has(this.#target.address))
      this.#seenAs.set(this.#target.address, await this.#askAddress(options));
  }

  async invoke<T extends Json = Json>(call: FunctionCall | ScriptCall, options: InvokeOptions): Promise<Invocation<T>> {
    const { host } = this.#target;
    const relay = this.#relay.host;
    if ('script' in call) {
      throw new FirebreakError('FB_STEP_REFUSED', `${host} has no PowerShell: it is reached through relay ${relay}`, {
        remedy:
          'scripts run on hosts with PowerShell only; on this one use the actions (host.facts, patch.verify, package.install …)',
      });
    }
    if (this.#isClosed) throw new FirebreakError('FB_SESSION_CLOSED', `${this.label}: the session is closed`);
    const { signal, timeoutMs, onRecord, input } = options;
    const command: ScriptCall = {
      script: input === undefined ? CALL : CALL_WITH_INPUT,
      modules: [CORE, call.module],
      parameters: { Target: this.#entry(), Name: `${call.module}\\${call.function}`, Parameters: call.parameters },
    };
    try {
      return await this.#pool.run(host, signal, (session) =>
        session.invoke<T>(command, {
          signal,
          timeoutMs,
          isPatient: this.#pool.isPatient,
          ...(onRecord === undefined ? {} : { onRecord }),
          ...(input === undefined ? {} : { input }),
        }),
      );
    } catch (thrown) {
      throw ofTarget(this.#target, relay, thrown);
    }
  }

  /** Nothing of ours is left on a host behind a relay that could be found again. */
  reattach(): Promise<null> {
    return Promise.resolve(null);
  }

  push(...[source, destination, options]: Parameters<Session['push']>): ReturnType<Session['push']> {
    return pushFile(this, MESSAGE_BYTES, source, destination, options);
  }

  fetch(...[source, destination, options]: Parameters<Session['fetch']>): ReturnType<Session['fetch']> {
    return fetchFile(this, this.#bytes, source, destination, options);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pool.release();
  }

  readonly #bytes: ByteStream = async (call, onBytes, options) => {
    const parameters = { ...call.parameters, Count: READ_BYTES };
    await this.invoke(
      { ...call, parameters },
      {
        ...options,
        onRecord: (record) => {
          if (record.stream === 'output' && typeof record.value === 'string') {
            onBytes(Buffer.from(record.value, 'base64'));
          }
        },
      },
    );
  };

  #entry(): { readonly [name: string]: ParameterValue } {
    const { host, address, user, password } = this.#target;
    const isGiven = user !== '' && password.reveal() !== '';
    return { Name: host, Address: address, ...(isGiven ? { Credential: new HostCredential(user, password) } : {}) };
  }

  /** Undefined: nobody can tell. */
  async #askAddress(options: Pick<InvokeOptions, 'signal' | 'timeoutMs'>): Promise<string | undefined> {
    const written = isIP(this.#relay.address) === 0 ? undefined : this.#relay.address;
    try {
      const { output } = await this.invoke({ module: CORE, function: 'Get-FbRelayAddress', parameters: {} }, options);
      return output.find((value) => typeof value === 'string' && isIP(value) !== 0)?.toString() ?? written;
    } catch (thrown) {
      const isTold = thrown instanceof FirebreakError && thrown.code === 'FB_INVOKE_FAILED';
      if (isTold || isUnknownCommand(thrown)) return written;
      throw thrown;
    }
  }
}
