/**
 * Tables of the journal as Kysely sees them; integers and text only, so that the same schema serves other databases.
 * `events` is the truth; `obligations`, `leases.host` aside, everything that is derived can be rebuilt from it.
 */
import type { Generated, Selectable } from 'kysely';

interface RunTable {
  run: string;
  /** Order of creation. */
  number: Generated<number>;
  name: string;
  parent: string | null;
  started_at: string;
  check_only: number;
  hosts: number;
  owner_pid: number | null;
  owner_started: string | null;
  owner_machine: string | null;
  /** How it finished, or `waiting` while only answers are missing; null until then. */
  state: string | null;
  last_seq: number;
}

export type RunRow = Selectable<RunTable>;

/** Apart from the run, which every write updates: a plan may have megabytes. */
interface PlanRow {
  run: string;
  plan: string;
}

interface EventRow {
  run: string;
  seq: number;
  at: string;
  type: string;
  /** The event without run, seq and at, as JSON. */
  body: string;
}

interface LeaseRow {
  key: string;
  run: string;
  host: string;
}

/** Lease key of each host of a run, the machine's own rather than its address. */
interface HostKeyRow {
  run: string;
  host: string;
  key: string;
}

/** Open ones only. */
interface ObligationRow {
  run: string;
  obligation: string;
  host: string;
  kind: string;
  key: string;
  step: string;
  uses: string;
  args: string;
  prior: string;
  owed_at: string;
}

/** Signs of life of the processes that share a database server; empty in a file, whose processes can be asked for. */
interface ProcessRow {
  id: string;
  /** Milliseconds since 1970 by the database's clock. */
  seen: number;
  /** Name of the process's last commit; empty before the first. */
  last_commit: string;
}

/** Hosts on which a process is at work that does not lead the run. */
interface ClaimRow {
  run: string;
  host: string;
  token: string;
  /** Set of hosts that are never worked on two at a time. */
  place_set: string | null;
  /** Milliseconds since 1970 by the database's clock. */
  seen: number;
  /** 1: whoever holds it has to stop; until it has, or is silent for long, nobody else gets the host. */
  revoked: number;
}

/** Who is in a step that only so many hosts may be in; counts as long as the claim does. */
interface PlaceRow {
  run: string;
  step: string;
  token: string;
}

interface MetaRow {
  name: string;
  value: string;
}

export interface JournalDatabase {
  runs: RunTable;
  plans: PlanRow;
  events: EventRow;
  leases: LeaseRow;
  host_keys: HostKeyRow;
  obligations: ObligationRow;
  meta: MetaRow;
  processes: ProcessRow;
  claims: ClaimRow;
  places: PlaceRow;
}
