/**
 * A plan: playbook + hosts + inputs, frozen. Plain JSON, so that it can be hashed, stored in the journal and read by a
 * later version. Templates (`${{ }}`) stay as text; they are evaluated per host when the step runs.
 */
import type { Json, JsonObject } from './json.ts';

/** How to get a secret, never the secret itself. */
export type CredentialReference = { readonly env: string } | { readonly file: string } | { readonly prompt: true };

export interface PlannedHost {
  readonly name: string;
  readonly address: string;
  readonly transport: 'winrm';
  readonly port: number;
  readonly useTls: boolean;
  readonly auth: 'basic' | 'negotiate' | 'ntlm' | 'kerberos' | 'certificate';
  readonly allowUnencrypted: boolean;
  readonly user: string | null;
  readonly password: CredentialReference | null;
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
  readonly position: Position;
}

export interface PlannedBlock {
  readonly kind: 'block';
  readonly id: string;
  readonly if: string | null;
  readonly block: readonly PlannedNode[];
  readonly rescue: readonly PlannedNode[];
  readonly always: readonly PlannedNode[];
  readonly position: Position;
}

export type PlannedNode = PlannedStep | PlannedBlock;

export interface PlannedWave {
  readonly name: string;
  readonly hosts: readonly string[];
}

/** Where the plan came from, so that a rerun can read the same files again. Paths are absolute. */
export interface PlanOrigin {
  /** File, or a comma list of names. */
  readonly inventory: string | null;
  readonly targetsFile: string | null;
  /** Folder of the package files. */
  readonly packages: string | null;
  /** Settings from the command line that won over the inventory. */
  readonly connection: JsonObject;
}

export interface Plan {
  readonly firebreak: 1;
  /** SHA-256 of the canonical JSON of everything else. */
  readonly hash: string;
  readonly playbook: { readonly name: string; readonly file: string; readonly sha256: string };
  readonly origin: PlanOrigin;
  /** The advisory's data as of the run, null for a playbook without one. */
  readonly advisory: JsonObject | null;
  readonly inputs: JsonObject;
  readonly hosts: readonly PlannedHost[];
  readonly waves: readonly PlannedWave[];
  /** Percent; the run stops when it is exceeded. 100 = never. */
  readonly maxFailPercentage: number;
  readonly maxUnreachablePercentage: number;
  readonly forks: number;
  readonly steps: readonly PlannedNode[];
  /** Fields of each step's result, so that every id is in `steps` with null fields from the start. */
  readonly results: { readonly [stepId: string]: readonly string[] };
}

/** A value of a step as expressions see it: the result's fields and `outcome` ("none" until it ran). */
export type StepValue = { readonly outcome: string; readonly [field: string]: Json };
