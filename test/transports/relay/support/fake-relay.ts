/**
 * A relay that outlives its sessions, with hosts behind it: it can be cut off at any moment, and it says what was done
 * through it. Sessions take what RelayedSession sends, and nothing else.
 */
import {
  FirebreakError,
  type FunctionCall,
  HostCredential,
  type Invocation,
  type InvokeOptions,
  type Json,
  type ParameterValue,
  type ScriptCall,
  Secret,
  type Session,
  type Target,
  type Transport,
} from '../../../../src/domain/index.ts';

/** A call as it arrives at a host behind the relay. */
export interface Arrived {
  readonly host: string;
  readonly address: string;
  readonly credential: HostCredential | null;
  /** `Firebreak.Host\Get-FbFact` */
  readonly name: string;
  readonly parameters: FunctionCall['parameters'];
  readonly input: InvokeOptions['input'];
  readonly signal: AbortSignal;
  readonly isPatient: InvokeOptions['isPatient'];
}

type Answer = (call: Arrived) => Promise<readonly Json[]> | readonly Json[];

export interface FakeRelayOptions {
  readonly now?: () => number;
  readonly answer?: Answer;
}

export class FakeRelay {
  readonly calls: string[] = [];
  /** Attempts to open a session. */
  readonly opened: string[] = [];
  open = 0;
  mostOpen = 0;
  busy = 0;
  mostBusy = 0;
  /** Error that opening ends with, while it is set. */
  refusal: FirebreakError | null = null;
  /** Most sessions that it allows. */
  quota = Number.POSITIVE_INFINITY;
  /** Cut off until then. */
  offUntil = 0;
  #boot = 0;
  /** Points passed; at the one with this index it goes away for so long. */
  points = 0;
  diesAt = Number.POSITIVE_INFINITY;
  offMs = 180_000;
  readonly #now: () => number;
  answer: Answer;

  constructor({ now = () => 0, answer = () => [null] }: FakeRelayOptions = {}) {
    this.#now = now;
    this.answer = answer;
  }

  get transport(): Transport {
    return {
      open: async (target, options) => {
        await Promise.resolve();
        this.opened.push(`${target.user}@${target.host} ${options.name ?? ''}`.trim());
        if (this.refusal !== null) throw this.refusal;
        if (this.#isOff()) throw new FirebreakError('FB_CONNECT_TIMEOUT', `${target.host} (10.0.0.9:5985): no answer`);
        if (this.open >= this.quota) throw new FirebreakError('FB_SESSION_QUOTA', `${target.host}: too many shells`);
        this.open += 1;
        this.mostOpen = Math.max(this.mostOpen, this.open);
        return this.#session(target);
      },
    };
  }

  /** All its sessions die. */
  cutOff(ms: number): void {
    this.#boot += 1;
    this.offUntil = this.#now() + ms;
  }

  #isOff(): boolean {
    return this.#now() < this.offUntil;
  }

  /** @throws when the relay is gone, or goes at this very moment */
  #pass(boot: number, target: Target): void {
    if (this.points++ === this.diesAt) this.cutOff(this.offMs);
    if (this.#boot === boot && !this.#isOff()) return;
    throw new FirebreakError('FB_CONNECT_LOST', `${target.host} (10.0.0.9:5985): the connection was lost`);
  }

  #session(target: Target): Session {
    const boot = this.#boot;
    let isClosed = false;
    const unused = () => Promise.reject(new Error('not used'));
    return {
      shell: { version: '5.1', edition: 'Desktop' },
      languageMode: undefined,
      clientAddress: '10.0.0.250',
      invoke: async <T extends Json>(call: FunctionCall | ScriptCall, options: InvokeOptions) => {
        if (isClosed) throw new Error('the session is closed');
        if (!('script' in call)) throw new Error('a relay gets scripts only');
        this.busy += 1;
        this.mostBusy = Math.max(this.mostBusy, this.busy);
        try {
          this.#pass(boot, target);
          const output = await this.answer(arrived(call, options));
          this.#pass(boot, target);
          for (const value of output) options.onRecord?.({ stream: 'output', value });
          return { output, streams: {}, durationMs: 1 } as unknown as Invocation<T>;
        } finally {
          this.busy -= 1;
        }
      },
      reattach: unused,
      push: unused,
      fetch: unused,
      close: async () => {
        if (!isClosed) this.open -= 1;
        isClosed = true;
      },
    };
  }
}

function arrived({ parameters = {} }: ScriptCall, options: InvokeOptions): Arrived {
  const target = parameters['Target'] as { readonly [key: string]: ParameterValue };
  const credential = target['Credential'];
  return {
    host: String(target['Name']),
    address: String(target['Address']),
    credential: credential instanceof HostCredential ? credential : null,
    name: String(parameters['Name']),
    parameters: parameters['Parameters'] as FunctionCall['parameters'],
    input: options.input,
    signal: options.signal,
    isPatient: options.isPatient,
  };
}

/** What Enter-FbTarget ends with. */
export function targetError(id: string, message: string): FirebreakError {
  const error = { message, fullyQualifiedErrorId: `${id},Enter-FbTarget`, category: 'NotSpecified', target: null };
  return new FirebreakError('FB_INVOKE_FAILED', `mgmt01 (10.0.0.9:5985): PowerShell failed: ${message}`, {
    details: { error },
  });
}

export function relayTarget(settings: Target['settings'] = {}): Target {
  return {
    host: 'mgmt01',
    transport: 'winrm',
    address: '10.0.0.9',
    port: 5985,
    useTls: false,
    auth: 'negotiate',
    user: 'relay-admin',
    password: new Secret('relay-secret'),
    allowUnencrypted: false,
    settings,
  };
}

export function targetBehind(host: string, relay: Target = relayTarget()): Target {
  return {
    ...relayTarget(),
    host,
    transport: 'relay',
    address: `10.1.0.${host.replace(/\D/g, '') || '1'}`,
    port: 445,
    user: 'old-admin',
    password: new Secret('old-secret'),
    settings: { relay: relay.host },
    relay,
  };
}
