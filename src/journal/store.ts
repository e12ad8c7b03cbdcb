/** What the journal needs of a database besides its tables. Must not know any database. */
import type { Kysely, Transaction } from 'kysely';
import { FirebreakError } from '../domain/index.ts';
import type { ProcessOwner } from './owner.ts';
import type { JournalDatabase, RunRow } from './schema.ts';

type Db = Kysely<JournalDatabase>;

/** The right to work on one host of a run that another process leads. */
export interface ClaimOfHost {
  readonly run: string;
  readonly host: string;
  readonly token: string;
}

export function claimLost({ run, host }: ClaimOfHost): FirebreakError {
  return new FirebreakError('FB_RUN_STATE', `${host}: another process has taken the host over in run ${run}`, {
    remedy: `look at it with: firebreak status ${run} --host ${host}`,
  });
}

/** Null: nobody. */
export function ownerOf(row: Pick<RunRow, 'owner_pid' | 'owner_started' | 'owner_machine'>): ProcessOwner | null {
  if (row.owner_pid === null) return null;
  return { pid: row.owner_pid, started: row.owner_started ?? '', machine: row.owner_machine ?? '' };
}

export interface JournalStore {
  readonly db: Db;
  /** Who writes. */
  readonly owner: ProcessOwner;
  /** Sees what others have committed and keeps out whoever locks the same. */
  transaction<T>(work: (tx: Transaction<JournalDatabase>) => Promise<T>): Promise<T>;
  /** A transaction that is durable when it resolves, and made once even when the connection was lost meanwhile. */
  commit<T>(work: (tx: Transaction<JournalDatabase>) => Promise<T>): Promise<T>;
  /** Repeats what does no harm when it is done twice until a lost connection is there again. */
  retried<T>(work: () => Promise<T>): Promise<T>;
  /** Until the transaction ends nobody else writes to these runs; unknown ones are left out. */
  lockRuns(tx: Db, runs: readonly string[]): Promise<ReadonlyMap<string, RunRow>>;
  /** Until the transaction ends nobody else leases. */
  lockLeases(tx: Db): Promise<void>;
  /** Until the transaction ends nobody else writes anything. */
  lockEverything(tx: Db): Promise<void>;
  /** From now on others see that this process lives. */
  beAlive(): Promise<void>;
  isAlive(db: Db, owner: ProcessOwner): Promise<boolean>;
  /** Until the transaction ends nobody can take the host over; false: somebody may have. */
  isClaimed(tx: Db, claim: ClaimOfHost): Promise<boolean>;
  /** Whoever is at work on hosts of that run has to stop. */
  revokeClaims(tx: Db, run: string): Promise<void>;
  /** Waits until they have. @throws FB_RUN_STATE after some minutes */
  awaitRevoked(run: string): Promise<void>;
  /** The connection broke: whether the last transaction was made is not known, and the next will fare no better. */
  isLost(thrown: unknown): boolean;
  /** Its errors as the product's; the same value when it is not the database's. */
  asError(thrown: unknown): unknown;
  unreadable(why: string, cause?: unknown): Error;
  close(): Promise<void>;
}
