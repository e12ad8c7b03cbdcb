/**
 * One machine of the fleet: its address, its WinRM front, and the engine's machine behind it. Must not know the other
 * machines.
 */
import { z } from 'zod';
import { tlsServerEndPoint } from '../../src/protocol/index.ts';
import type { Certificate } from './certificates/index.ts';
import { MachineConsole } from './console.ts';
import type { FleetHost } from './data/index.ts';
import type { Engine } from './engine/index.ts';
import { EngineMachine, SshFront, type SshKey } from './ssh/index.ts';
import { type KerberosLogins, type LoginOptions, type Sessions, WinrmFront, WinrmService } from './winrm/index.ts';

export const WINRM_PORT = 5985;
export const WINRM_TLS_PORT = 5986;
const connectedSchema = z.object({ data: z.string() });
const logonSchema = z.object({ granted: z.boolean(), admin: z.boolean().default(false) });

/** The administrator whom the inventory names: the only account whose password the fleet knows. */
interface Account {
  readonly user: string;
  readonly password: string;
}

/** For HTTPS: the machine's certificate, and the authority (PEM) whose clients it trusts. */
interface HostTls {
  readonly certificate: Certificate;
  readonly ca: string;
}

/** For SSH: its port, the machine's keys, and the public key that opens the administrator's account. */
export interface HostSsh {
  readonly port: number;
  readonly hostKeys: readonly SshKey[];
  readonly authorizedKey: string;
}

export class LabHost {
  readonly spec: FleetHost & { readonly variant: string };
  readonly address: string;
  readonly #engine: Engine;
  readonly #service: WinrmService;
  readonly #fronts: readonly (WinrmFront | SshFront)[];
  readonly #sshMachine: EngineMachine;
  readonly #account: string;
  /** Ups and downs are served one after the other. */
  #last: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(
    engine: Engine,
    spec: FleetHost & { readonly variant: string },
    address: string,
    uiCulture: string,
    account: Account,
    /** null: none on the machine, and so no way in from here. */
    powershellVersion: string | null,
    tls?: HostTls,
    kerberos?: KerberosLogins,
    ssh?: HostSsh,
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
      canDisconnect: Number.parseInt(powershellVersion ?? '0', 10) >= 3,
    });
    const { name, allow_unencrypted: allowUnencrypted } = spec;
    const login = {
      machine: name.toUpperCase(),
      passwordOf: (user: string, domain: string) =>
        isSameName(user, account.user) && (['', '.'].includes(domain) || isSameName(domain, name))
          ? account.password
          : undefined,
      logon: async (user: string, password: string, auth: 'basic' | 'ntlm' | 'kerberos') =>
        logonSchema.parse(await engine.request('logon', { host: name, user, password, auth })),
      ...(kerberos === undefined ? {} : { kerberos }),
    };
    const http = new WinrmFront({
      address,
      port: WINRM_PORT,
      service: this.#service,
      // nothing over HTTP can be bound to a channel
      login: { ...login, allowUnencrypted, ...bindingOf(spec.cbt === 'strict' ? 'strict' : 'none', undefined) },
    });
    this.#sshMachine = new EngineMachine(engine, spec.name);
    this.#account = account.user;
    const sshFronts = ssh === undefined ? [] : [this.#sshFront(ssh, account)];
    if (powershellVersion === null) this.#fronts = [];
    else if (tls === undefined) this.#fronts = [http, ...sshFronts];
    else {
      const { certificate, ca } = tls;
      const https = new WinrmFront({
        address,
        port: WINRM_TLS_PORT,
        service: this.#service,
        login: { ...login, allowUnencrypted: true, ...bindingOf(spec.cbt, certificate.der) },
        tls: { cert: certificate.cert, key: certificate.key, ca },
      });
      this.#fronts = [http, https, ...sshFronts];
    }
  }

  /** Whether there is a way in from here; else another machine of the lab is the way. */
  get hasFront(): boolean {
    return this.#fronts.length > 0;
  }

  get isListening(): boolean {
    return this.#fronts.every((front) => front.isListening);
  }

  /** Why the front could not listen when it last should have. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Files, and cmd at the console, of a machine that nothing from outside needs to reach. */
  get console(): MachineConsole {
    return new MachineConsole(this.#sshMachine, this.#account);
  }

  up(): Promise<void> {
    return this.#inTurn(async () => {
      this.#failure = undefined;
      await Promise.all(this.#fronts.map((front) => front.open()));
    }).catch((thrown: unknown) => {
      this.#failure = thrown;
      throw thrown;
    });
  }

  /** `why` as the engine says: a lost network or power leaves connections silent, anything else closes them. */
  down(why: string): Promise<void> {
    return this.#inTurn(async () => {
      const how = why === 'network' || why === 'power-loss' ? 'silent' : 'at-once';
      await Promise.all(this.#fronts.map((front) => front.close(how)));
      // Shells live on a machine, not on its network.
      if (why !== 'network') this.#service.dropAll();
      this.#engine.tell('front.closed', { host: this.spec.name });
    });
  }

  onData(session: string, command: string | null, data: Buffer): void {
    this.#service.onData(session, command, data);
    this.#sshMachine.onData(session, command, data);
  }

  onDone(session: string, command: string): void {
    this.#service.onDone(session, command);
  }

  onText(session: string, command: string, stream: 'stdout' | 'stderr', data: Buffer): void {
    this.#service.text.onOutput(session, command, stream, data);
    this.#sshMachine.onText(session, stream, data);
  }

  onExit(session: string, command: string, exitCode: number): void {
    this.#service.text.onExit(session, command, exitCode);
    this.#sshMachine.onExit(session, exitCode);
  }

  onClosed(session: string): void {
    this.#service.onClosed(session);
    this.#sshMachine.onClosed(session);
  }

  end(): Promise<void> {
    return this.#inTurn(async () => {
      await Promise.all(this.#fronts.map((front) => front.end()));
    });
  }

  #sshFront(ssh: HostSsh, account: Account): SshFront {
    const { name } = this.spec;
    return new SshFront({
      address: this.address,
      port: ssh.port,
      machine: this.#sshMachine,
      hostKeys: ssh.hostKeys.map((key) => key.private),
      authorizedKeys: [{ user: account.user, key: ssh.authorizedKey }],
      hasSubsystem: this.spec.ssh === true,
      logon: async (user, password) => {
        // a key opens the account, but the machine decides whether it may log on
        const request = { host: name, user, password: password ?? account.password, auth: 'basic' };
        return logonSchema.parse(await this.#engine.request('logon', request)).granted;
      },
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** @param certificate DER; absent over HTTP, where no client can have the right bindings */
function bindingOf(level: FleetHost['cbt'], certificate: Buffer | undefined): Pick<LoginOptions, 'binding'> {
  if (level === 'none') return {};
  const channelBindings = certificate === undefined ? undefined : tlsServerEndPoint(certificate);
  return {
    binding: { channelBindings: channelBindings ?? new Uint8Array(0), mayOmitBindings: level === 'relaxed' },
  };
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
