/**
 * A plan: playbook + hosts + inputs, frozen. Plain JSON, so that it can be hashed, stored in the journal and read by a
 * later version. Templates (`${{ }}`) stay as text; they are evaluated per host when the step runs.
 */
import type { Json, JsonObject } from './json.ts';

/** How to get a secret, never the secret itself. */
export type CredentialReference =
  | { readonly env: string }
  /** A file that only its owner may read; its last line break is not part of the secret. */
  | { readonly file: string }
  | { readonly prompt: true }
  /** The operating system's keyring: service (default `firebreak`) and account (default: the user's name). */
  | { readonly keyring: { readonly service?: string; readonly account?: string } }
  /** A program and its arguments, run without a shell; FIREBREAK_HOST, _ADDRESS and _USER name the host (LAPS). Its standard output is the secret. */
  | { readonly command: readonly string[] };

/** `relay`: through another host, for systems that have no way in of their own but file shares and RPC. */
export type TransportName = 'winrm' | 'ssh' | 'local' | 'relay';

/** Connection settings that only some hosts need. Paths are absolute. The inventory writes the names with underscores. */
export interface ConnectionSettings {
  /** PEM file with the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** True: the server's certificate is not verified. */
  readonly insecure?: boolean;
  /** SHA-256 of the server's certificate, hex; then neither its name nor its issuer matters. SSH: of the host key, `SHA256:base64`. */
  readonly fingerprint?: string;
  /** Client certificate and its key, PEM files (`auth: certificate`). */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** HTTP proxy, `http://proxy:3128`, through which WinRM connects (CONNECT). */
  readonly proxy?: string;
  /** Session configuration: `Microsoft.PowerShell` when absent, `PowerShell.7`, the name of a JEA endpoint. SSH: the subsystem. */
  readonly configuration?: string;
  /** Kerberos: key table of the user, credential cache to use (both instead of a password), service name to ask for first. */
  readonly keytab?: string;
  readonly ccache?: string;
  readonly spn?: string;
  /** SSH: private key file, `passphrase` of it, whether to ask the agent, known_hosts file(s), a host to go through. */
  readonly privateKey?: string;
  readonly passphrase?: CredentialReference;
  readonly agent?: boolean;
  readonly knownHosts?: string;
  readonly jump?: JumpHost;
  /** Program of PowerShell on the target: `pwsh`, `powershell.exe`, a path. */
  readonly shell?: string;
  /** Source address of our connections. */
  readonly source?: string;
  /** Base URL from which the host itself pulls files by HTTP (its site's package source). */
  readonly packageSource?: string;
  /** Name of the inventory host through which this one is reached; its settings are in `PlannedHost.via`. */
  readonly relay?: string;
  /** Of a relay: how long its hosts wait for it when it is lost (default 10 minutes). */
  readonly relayGraceMs?: number;
  /** Of a relay: most sessions that are open on it at once (default 4). */
  readonly relaySessions?: number;
}

/** The SSH host in between; its settings are those of an SSH target. */
export interface JumpHost {
  readonly address: string;
  readonly port: number;
  readonly user: string | null;
}

/** The host in between, `transport: relay`: all that is needed to connect to it. */
export type RelayHost = Pick<
  PlannedHost,
  | 'name'
  | 'address'
  | 'transport'
  | 'port'
  | 'useTls'
  | 'auth'
  | 'allowUnencrypted'
  | 'user'
  | 'password'
  | 'connection'
>;

export interface PlannedHost {
  readonly name: string;
  readonly address: string;
  readonly transport: TransportName;
  readonly port: number;
  readonly useTls: boolean;
  readonly auth: 'basic' | 'negotiate' | 'ntlm' | 'kerberos' | 'certificate';
  readonly allowUnencrypted: boolean;
  readonly user: string | null;
  readonly password: CredentialReference | null;
  /** Absent in plans of older versions: nothing special. */
  readonly connection?: ConnectionSettings;
  /** The relay, for `transport: relay`; user and password are then those that the relay shows to this host. */
  readonly via?: RelayHost;
  /** Real port of a Windows port behind NAT: `{ "445": 10445 }`. */
  readonly ports: { readonly [port: string]: number };
  /** Source addresses of this machine that shields do not except: `ports.check` probes from them too. */
  readonly vantages: readonly string[];
  /** More addresses that a shield must leave open to (partners, other controllers, break-glass). */
  readonly partners: readonly string[];
  readonly groups: readonly string[];
  readonly vars: JsonObject;
  /** Index into `Plan.waves`. */
  readonly wave: number;
  /** Never two hosts of one set at a time; null = no set. */
  readonly set: string | null;
}

export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface PlannedStep {
  readonly kind: 'step';
  readonly id: string;
  readonly uses: string;
  readonly with: JsonObject;
  /** CEL without the `${{ }}`; null = always. */
  readonly if: string | null;
  readonly until: string | null;
  readonly retries: number;
  readonly delayMs: number;
  /** Milliseconds, or a template that gives a duration (`30m`). */
  readonly timeout: number | string;
  /** At most this many hosts in this step at once; null = no limit but forks. */
  readonly throttle: number | null;
  /** Name, or a template that gives one, of the host on which it is carried out instead. Absent: on the host itself. */
  readonly on?: string;
  /** One host of each wave does it for all of them. Absent: each does. */
  readonly runOnce?: true;
  /** Once for each item: a list that may hold templates, or CEL that gives one. Absent: once. */
  readonly loop?: Json;
  /** Values may hold templates. Absent: none. */
  readonly vars?: JsonObject;
  /** Its own and those of what it stands in. Absent: none. */
  readonly tags?: readonly string[];
  readonly position: Position;
}

export interface PlannedBlock {
  readonly kind: 'block';
  readonly id: string;
  readonly if: string | null;
  readonly block: readonly PlannedNode[];
  readonly rescue: readonly PlannedNode[];
  readonly always: readonly PlannedNode[];
  /** Of all steps inside; values may hold templates. Absent: none. */
  readonly vars?: JsonObject;
  /** The file whose steps these are, when the block stands for an `include:`. */
  readonly include?: string;
  readonly position: Position;
}

export interface IncludedFile {
  readonly file: string;
  /** SHA-256 of the file's text, lower-case hex. */
  readonly sha256: string;
}

export type PlannedNode = PlannedStep | PlannedBlock;

export interface PlannedWave {
  readonly name: string;
  readonly hosts: readonly string[];
  /** It begins only when this is passed. Absent: at once. */
  readonly gate?: PlannedGate;
  /** Its hosts are begun only in one of these. Absent: at any time. */
  readonly windows?: readonly PlannedWindow[];
}

/** What must be so before a wave begins; at least one of `approve` and `soakMs`. */
export interface PlannedGate {
  /** The wave that it stands behind, where it was declared so. */
  readonly after: string | null;
  /** Who is to approve, as people are told; null: nobody has to. */
  readonly approve: string | null;
  /** How long after the waves before it; 0: no soaking. */
  readonly soakMs: number;
  /** How long an approval is waited for; null: for ever. */
  readonly timeoutMs: number | null;
  /** continue: the wave begins without an approval. */
  readonly onTimeout: 'stop' | 'continue';
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A maintenance window, by the clocks on the wall of a time zone. */
export interface PlannedWindow {
  /** `22:00` */
  readonly start: string;
  /** `05:00`, on the next day when that is not after `start`; `24:00` is midnight. */
  readonly end: string;
  /** IANA name. */
  readonly tz: string;
  /** Days on which it opens, in the week's order. */
  readonly days: readonly Weekday[];
  /** No new host begins when less is left. */
  readonly minRemainingMs: number;
}

/** A host that is left as it is for a time although the advisory concerns it, and who answers for that. */
export interface PlannedException {
  readonly host: string;
  readonly advisory: string;
  readonly reason: string;
  readonly approvedBy: string;
  /** As it was written: a day (the whole of it, UTC) or a time. */
  readonly until: string;
  /** ISO 8601, UTC: from then on it does not hold. */
  readonly endsAt: string;
  /** Number of the risk, change or exception; null: none was given. */
  readonly ticket: string | null;
}

/** Where the plan came from, so that a rerun can read the same files again. Paths are absolute. */
export interface PlanOrigin {
  /** File, or a comma list of names and target URIs; several in their order. */
  readonly inventory: string | readonly string[] | null;
  readonly targetsFile: string | null;
  /** Folder of the package files. */
  readonly packages: string | null;
  /** Absent: no exceptions were asked for. */
  readonly exceptions?: string;
  /** Settings from the command line that won over the inventory. */
  readonly connection: JsonObject;
  /** `--tags` and `--skip-tags`. Absent: all steps but those tagged `never`. */
  readonly tags?: { readonly only: readonly string[]; readonly skip: readonly string[] };
}

export interface Plan {
  readonly firebreak: 1;
  /** SHA-256 of the canonical JSON of everything else. */
  readonly hash: string;
  readonly playbook: {
    readonly name: string;
    readonly file: string;
    readonly sha256: string;
    /** Absent: none. */
    readonly includes?: readonly IncludedFile[];
  };
  readonly origin: PlanOrigin;
  /** The advisory's data as of the run, null for a playbook without one. */
  readonly advisory: JsonObject | null;
  readonly inputs: JsonObject;
  readonly hosts: readonly PlannedHost[];
  readonly waves: readonly PlannedWave[];
  /** Hosts that are not worked on, but on which steps are carried out (`on:`). Absent: none. */
  readonly others?: readonly PlannedHost[];
  /** Of its hosts, one each at most; they end as `excepted` without being looked at. Absent: none. */
  readonly exceptions?: readonly PlannedException[];
  /** Percent; the run stops when it is exceeded. 100 = never. */
  readonly maxFailPercentage: number;
  readonly maxUnreachablePercentage: number;
  readonly forks: number;
  /** A run needs a change number. Absent: it does not. */
  readonly requireChange?: true;
  /** Of all steps, over those of the inventory; values may hold templates. Absent: none. */
  readonly vars?: JsonObject;
  readonly steps: readonly PlannedNode[];
  /** Fields of each step's result, so that every id is in `steps` with null fields from the start. */
  readonly results: { readonly [stepId: string]: readonly string[] };
}

/** A value of a step as expressions see it: the result's fields and `outcome` ("none" until it ran). */
export type StepValue = { readonly outcome: string; readonly [field: string]: Json };
