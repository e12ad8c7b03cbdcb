/**
 * The fleet: machines by name, each with its front, on one engine process. Everything that the control socket asks for
 * goes through here. Must not know sockets of its own, files or the command line.
 */
import { z } from 'zod';
import type { AddressRange } from './addresses.ts';
import { Authority } from './certificates/index.ts';
import { type Catalog, type FleetFile, relayOf, resolveMachine } from './data/index.ts';
import type { Engine, EngineEvent } from './engine/index.ts';
import { LabError, messageOf } from './errors.ts';
import { firstFreePort, requireFreePort } from './free-port.ts';
import { type HostSsh, LabHost, WINRM_PORT, WINRM_TLS_PORT } from './host.ts';
import type { InventoryHost } from './inventory.ts';
import { randomPassword } from './password.ts';
import { knownHostsLines, newSshKey, type SshKey } from './ssh/index.ts';
import { type KerberosLogins, KerberosService } from './winrm/index.ts';

export interface FleetOptions {
  readonly engine: Engine;
  readonly catalog: Catalog;
  readonly fleet: FleetFile;
  readonly addresses: AddressRange;
  readonly user: string;
  readonly password: string;
  readonly onProgress: (text: string) => void;
}

const portsSchema = z.object({ ports: z.record(z.string(), z.int()) });
const hostStateSchema = z.looseObject({ power: z.string(), network: z.string() });
const historySchema = z.object({ entries: z.array(z.looseObject({ at: z.string(), kind: z.string() })) });
export type HistoryEntry = z.output<typeof historySchema>['entries'][number];

const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('host.up'), host: z.string() }),
  z.object({ event: z.literal('host.down'), host: z.string(), why: z.string() }),
  z.object({ event: z.literal('session.data'), session: z.string(), command: z.string().nullable(), data: z.string() }),
  z.object({ event: z.literal('session.done'), session: z.string(), command: z.string() }),
  z.object({
    event: z.literal('text.data'),
    session: z.string(),
    command: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    data: z.string(),
  }),
  z.object({ event: z.literal('text.done'), session: z.string(), command: z.string(), exitCode: z.number() }),
  z.object({ event: z.literal('session.closed'), session: z.string() }),
]);

/** The administrator of the machines that are reached through a relay: the built-in one of every Windows NT. */
const RELAYED_USER = 'Administrator';

/** A machine, and what only the lab knows of it. */
type CreatedHost = Omit<InventoryHost, 'relayed'> & {
  readonly relayed?: { readonly by: string; readonly user: string; readonly password: string };
};

/** The second one where the user may not bind the first. */
const SSH_PORTS = [22, 10_022] as const;
/** How long a machine may take from its creation until its WinRM listens. */
const UP_TIMEOUT_MS = 120_000;

export class Fleet {
  readonly #options: FleetOptions;
  readonly #hosts = new Map<string, LabHost>();
  #authority: Authority | undefined;
  #sshKey: SshKey | undefined;
  #knownHosts = '';

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /**
   * What clients need for HTTPS, PEM: the authority, and a certificate that every machine maps to its administrator;
   * undefined when no machine has HTTPS. Known after `start`.
   */
  certificates(): { readonly ca: string; readonly cert: string; readonly key: string } | undefined {
    if (this.#authority === undefined) return undefined;
    const { user } = this.#options;
    const { cert, key } = this.#authority.issue({ commonName: user, upn: `${user}@localhost`, usage: 'client' });
    return { ca: this.#authority.cert, cert, key };
  }

  /** What clients need for SSH: a private key that opens the administrator's account everywhere, and the machines' keys. */
  ssh(): { readonly key: string; readonly knownHosts: string } | undefined {
    return this.#sshKey === undefined ? undefined : { key: this.#sshKey.private, knownHosts: this.#knownHosts };
  }

  get hosts(): readonly LabHost[] {
    return [...this.#hosts.values()];
  }

  /**
   * Creates all machines; resolves when those that have a network answer.
   * @throws LabError of the engine, or `lab.listen`
   */
  async start(): Promise<readonly CreatedHost[]> {
    const { fleet, onProgress } = this.#options;
    onProgress(`starting ${fleet.hosts.length} machines`);
    // In the fleet's order, so that status and inventory keep it.
    const created: CreatedHost[] = [];
    const kerberos = await kerberosOf(fleet);
    for (let index = 0; index < fleet.hosts.length; index += 1) created.push(await this.#create(index, kerberos));
    await Promise.all(this.hosts.map((host) => this.#untilUp(host)));
    const direct = this.hosts.filter((host) => host.hasFront);
    onProgress(`${direct.filter((host) => host.isListening).length} of ${direct.length} machines answer`);
    for (const line of relayLines(created)) onProgress(line);
    return created;
  }

  /** To be called for every event of the engine. */
  onEvent(event: EngineEvent): void {
    const parsed = eventSchema.safeParse(event);
    if (!parsed.success) {
      this.#options.onProgress(`the engine sent an event that is not in the contract: ${JSON.stringify(event)}`);
      return;
    }
    const { data } = parsed;
    switch (data.event) {
      case 'host.up':
        this.#report(this.#hosts.get(data.host)?.up());
        break;
      case 'host.down':
        this.#report(this.#hosts.get(data.host)?.down(data.why));
        break;
      default:
        for (const host of this.#hosts.values()) onSessionEvent(host, data);
    }
  }

  /** @throws LabError `lab.no-host`, or the engine's */
  async status(name: string): Promise<object> {
    const host = this.#host(name);
    const state = hostStateSchema.parse(await this.#options.engine.request('host.status', { host: name }));
    const entries = await this.history(name);
    return {
      host: name,
      profile: host.spec.profile,
      variant: host.spec.variant,
      address: host.address,
      ...state,
      counters: countersOf(entries),
    };
  }

  /** @throws LabError `lab.no-host` */
  async history(name: string): Promise<readonly HistoryEntry[]> {
    this.#host(name);
    return historySchema.parse(await this.#options.engine.request('host.history', { host: name })).entries;
  }

  /** @throws LabError `lab.no-host`, or the engine's when it has no such trouble */
  async trouble(name: string, kind: string, options: object): Promise<void> {
    this.#host(name);
    await this.#options.engine.request('host.trouble', { host: name, kind, options });
  }

  /** @throws LabError `lab.no-host` */
  async registry(name: string, key: string | undefined): Promise<unknown> {
    this.#host(name);
    return this.#options.engine.request('host.registry', { host: name, ...(key === undefined ? {} : { key }) });
  }

  /** @throws LabError `lab.no-host` */
  console(name: string): LabHost['console'] {
    return this.#host(name).console;
  }

  async advanceClock(seconds: number): Promise<void> {
    await this.#options.engine.request('clock.advance', { seconds });
  }

  /** Closes every front; the engine is somebody else's. */
  async end(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.end()));
  }

  async #create(index: number, kerberos: KerberosLogins | undefined): Promise<CreatedHost> {
    const { engine, catalog, fleet, addresses, user, password } = this.#options;
    const spec = fleet.hosts[index]!;
    const profile = catalog.profiles.get(spec.profile)!;
    const variant = spec.variant ?? profile.default;
    const address = addresses.hostAddress(index);
    const relay = relayOf(spec, profile, fleet);
    // An account of the same name and password on both would let a session through to the next machine by itself.
    const account = relay === undefined ? { user, password } : { user: RELAYED_USER, password: randomPassword() };
    if (relay === undefined) {
      for (const port of spec.https ? [WINRM_PORT, WINRM_TLS_PORT] : [WINRM_PORT]) await requireFreePort(address, port);
    }
    const ssh = spec.ssh === false ? undefined : await this.#sshOf(spec.name, address);
    const { configurations } = spec;
    const limits = configurations === undefined ? {} : { configurations };
    const machine = resolveMachine(catalog, { name: spec.name, profile, variant, ...account, ...limits });
    // Known before the machine boots: its first event may come ahead of the answer.
    this.#hosts.set(
      spec.name,
      new LabHost(
        engine,
        { ...spec, variant },
        address,
        profile.os.culture,
        account,
        profile.powershell?.version ?? null,
        this.#tlsOf(spec.name, address, spec.https),
        kerberos,
        ssh,
      ),
    );
    const reply = await engine.request('host.create', { host: spec.name, address, machine, files: [] });
    const { ports } = portsSchema.parse(reply);
    return {
      host: spec,
      address,
      ports,
      ...(ssh === undefined ? {} : { sshPort: ssh.port }),
      ...(relay === undefined ? {} : { relayed: { by: relay, ...account } }),
    };
  }

  async #sshOf(name: string, address: string): Promise<HostSsh> {
    const port = await firstFreePort(address, SSH_PORTS);
    const hostKeys = [newSshKey('ed25519', name), newSshKey('ecdsa', name)];
    this.#sshKey ??= newSshKey('ed25519', `${this.#options.user}@lab`);
    this.#knownHosts += knownHostsLines(address, port, hostKeys);
    return { port, hostKeys, authorizedKey: this.#sshKey.public };
  }

  async #untilUp(host: LabHost): Promise<void> {
    const deadline = Date.now() + UP_TIMEOUT_MS;
    while (!host.isListening) {
      if (host.failure !== undefined) throw host.failure;
      const state = hostStateSchema.parse(await this.#options.engine.request('host.status', { host: host.spec.name }));
      if (state.network === 'down' || state.power === 'off') return;
      if (Date.now() > deadline) throw new LabError('lab.listen', `${host.spec.name} does not come up`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #tlsOf(name: string, address: string, isHttps: boolean): ConstructorParameters<typeof LabHost>[6] {
    if (!isHttps) return undefined;
    this.#authority ??= new Authority('Firebreak lab');
    const names = [name, address];
    return {
      certificate: this.#authority.issue({ commonName: name, names, usage: 'server' }),
      ca: this.#authority.cert,
    };
  }

  #host(name: string): LabHost {
    const host = this.#hosts.get(name);
    if (host === undefined) {
      throw new LabError('lab.no-host', `the lab has no host "${name}" (it has ${[...this.#hosts.keys()].join(', ')})`);
    }
    return host;
  }

  #report(work: Promise<void> | undefined): void {
    work?.catch((thrown: unknown) => this.#options.onProgress(messageOf(thrown)));
  }
}

/** Which machines are reached through which other one. */
function relayLines(hosts: readonly CreatedHost[]): string[] {
  const relays = new Map<string, string[]>();
  for (const { host, relayed } of hosts) {
    if (relayed !== undefined) relays.set(relayed.by, [...(relays.get(relayed.by) ?? []), host.name]);
  }
  return [...relays].map(([relay, names]) => `through ${relay}: ${names.join(', ')}`);
}

async function kerberosOf({ kerberos }: FleetFile): Promise<KerberosLogins | undefined> {
  if (kerberos === undefined) return undefined;
  return { service: await KerberosService.open(kerberos.keytab), realm: kerberos.realm };
}

type SessionEvent = Extract<z.output<typeof eventSchema>, { readonly session: string }>;

/** A session's id is unique over all machines, so only its own one takes it. */
function onSessionEvent(host: LabHost, event: SessionEvent): void {
  if (event.event === 'session.data') host.onData(event.session, event.command, Buffer.from(event.data, 'base64'));
  else if (event.event === 'session.done') host.onDone(event.session, event.command);
  else if (event.event === 'text.data') {
    host.onText(event.session, event.command, event.stream, Buffer.from(event.data, 'base64'));
  } else if (event.event === 'text.done') host.onExit(event.session, event.command, event.exitCode);
  else host.onClosed(event.session);
}

/** Installers that really started their work, and restarts that somebody asked for. */
function countersOf(entries: readonly HistoryEntry[]): { readonly installs: number; readonly reboots: number } {
  return {
    installs: entries.filter((entry) => entry.kind === 'package' && entry['phase'] === 'start').length,
    reboots: entries.filter((entry) => entry.kind === 'reboot' && entry['restart'] !== false).length,
  };
}
