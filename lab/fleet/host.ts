/**
 * One machine of the fleet: its address, its WinRM front, and the engine's machine behind it. Must not know the other
 * machines.
 */
import { z } from 'zod';
import type { FleetHost } from './data/index.ts';
import type { Engine } from './engine/index.ts';
import { type Sessions, WinrmFront, WinrmService } from './winrm/index.ts';

export const WINRM_PORT = 5985;
const connectedSchema = z.object({ data: z.string() });
const logonSchema = z.object({ granted: z.boolean(), admin: z.boolean().default(false) });

/** The administrator whom the inventory names: the only account whose password the fleet knows. */
interface Account {
  readonly user: string;
  readonly password: string;
}

export class LabHost {
  readonly spec: FleetHost & { readonly variant: string };
  readonly address: string;
  readonly #engine: Engine;
  readonly #service: WinrmService;
  readonly #front: WinrmFront;
  /** Ups and downs are served one after the other. */
  #last: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(
    engine: Engine,
    spec: FleetHost & { readonly variant: string },
    address: string,
    uiCulture: string,
    account: Account,
    powershellVersion: string,
  ) {
    this.spec = spec;
    this.address = address;
    this.#engine = engine;
    this.#service = new WinrmService({
      sessions: sessionsOf(engine, spec.name),
      machine: spec.name.toUpperCase(),
      url: `http://${address}:${WINRM_PORT}/wsman`,
      uiCulture,
      // WinRM 3.0 comes with PowerShell 3.0
      canDisconnect: Number.parseInt(powershellVersion, 10) >= 3,
    });
    this.#front = new WinrmFront({
      address,
      port: WINRM_PORT,
      service: this.#service,
      login: {
        machine: spec.name.toUpperCase(),
        allowUnencrypted: spec.allow_unencrypted,
        passwordOf: (user, domain) =>
          isSameName(user, account.user) && (['', '.'].includes(domain) || isSameName(domain, spec.name))
            ? account.password
            : undefined,
        logon: async (user, password, auth) =>
          logonSchema.parse(await engine.request('logon', { host: spec.name, user, password, auth })),
      },
    });
  }

  get isListening(): boolean {
    return this.#front.isListening;
  }

  /** Why the front could not listen when it last should have. */
  get failure(): unknown {
    return this.#failure;
  }

  up(): Promise<void> {
    return this.#inTurn(async () => {
      this.#failure = undefined;
      await this.#front.open();
    }).catch((thrown: unknown) => {
      this.#failure = thrown;
      throw thrown;
    });
  }

  /** `why` as the engine says: a lost network or power leaves connections silent, anything else closes them. */
  down(why: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#front.close(why === 'network' || why === 'power-loss' ? 'silent' : 'at-once');
      // Shells live on a machine, not on its network.
      if (why !== 'network') this.#service.dropAll();
      this.#engine.tell('front.closed', { host: this.spec.name });
    });
  }

  onData(session: string, command: string | null, data: Buffer): void {
    this.#service.onData(session, command, data);
  }

  onDone(session: string, command: string): void {
    this.#service.onDone(session, command);
  }

  onText(session: string, command: string, stream: 'stdout' | 'stderr', data: Buffer): void {
    this.#service.text.onOutput(session, command, stream, data);
  }

  onExit(session: string, command: string, exitCode: number): void {
    this.#service.text.onExit(session, command, exitCode);
  }

  onClosed(session: string): void {
    this.#service.onClosed(session);
  }

  end(): Promise<void> {
    return this.#inTurn(() => this.#front.end());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function sessionsOf(engine: Engine, host: string): Sessions {
  const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64');
  return {
    async open({ data, ...session }) {
      await engine.request('session.open', { host, ...session, data: base64(data) });
    },
    async command(session, command, data) {
      await engine.request('session.command', { session, command, data: base64(data) });
    },
    async send(session, command, stream, data) {
      await engine.request('session.send', { session, command, stream, data: base64(data) });
    },
    async signal(session, command, code) {
      await engine.request('session.signal', { session, command, code });
    },
    async close(session) {
      await engine.request('session.close', { session });
    },
    async connect(session, data) {
      const answer = connectedSchema.parse(await engine.request('session.connect', { session, data: base64(data) }));
      return Buffer.from(answer.data, 'base64');
    },
    async openText(shell) {
      await engine.request('text.open', { host, ...shell });
    },
    async startText(session, command, spec) {
      await engine.request('text.command', { session, command, ...spec });
    },
    async sendText(session, command, data, end) {
      await engine.request('text.send', { session, command, data: base64(data), end });
    },
    async signalText(session, command, code) {
      await engine.request('text.signal', { session, command, code });
    },
    async closeText(session) {
      await engine.request('text.close', { session });
    },
  };
}
