/** What the engine needs from outside, as ports. Must not know any adapter. */
import type {
  ActionCatalog,
  Clock,
  ControllerFiles,
  Dispatcher,
  HostClaim,
  Journal,
  Notifier,
  PackageStore,
  PlannedHost,
  Question,
  Random,
  RemoteHosts,
  RunEvent,
  Scanner,
  Session,
} from '../domain/index.ts';

/** Whoever watches a run; must return at once and never throw. */
export interface Observer {
  /** After it is durable. */
  event(event: RunEvent): void;
  /** Shown live, never journalled. */
  progress(progress: { readonly host: string; readonly step: string; readonly text: string }): void;
}

/** Whoever sits at this process, or has said beforehand what to answer. */
export interface Operator {
  /** False: nobody will answer this now; the host parks instead. */
  willAnswer(question: Question): boolean;
  /** A legal answer; null: later, the host parks. Rejects when the signal aborts. */
  ask(asked: {
    readonly host: string;
    readonly step: string;
    readonly question: Question;
    readonly signal: AbortSignal;
  }): Promise<{ readonly answer: string; readonly via: 'terminal' | 'default' } | null>;
}

/** What somebody asks of a run from another process while it goes on. */
export type Order = Extract<RunEvent, { readonly type: 'RunPauseAsked' | 'HostSkipAsked' }>;

/** The sign on a host that a state store is at work there, so that another store is refused. */
export interface HostMarker {
  /** Puts the sign up or renews it; `heldBy` names the other store when there is one. */
  claim(session: Session, owner: MarkerOwner): Promise<{ readonly claimed: boolean; readonly heldBy: string }>;
  /** Takes the sign down if it is ours. */
  release(session: Session, owner: MarkerOwner): Promise<void>;
}
interface MarkerOwner {
  readonly storeId: string;
  readonly run: string;
  readonly host: string;
  readonly signal: AbortSignal;
}

export interface EngineDeps {
  readonly journal: Journal;
  readonly actions: ActionCatalog;
  readonly packages: PackageStore;
  /** Files beside the playbook of that folder. */
  files(folder: string): ControllerFiles;
  readonly scanner: Scanner;
  /** Absent: nobody can be told anything. */
  readonly notifier?: Notifier;
  readonly clock: Clock;
  readonly random: Random;
  readonly dispatcher: Dispatcher;
  /** @throws FB_CONNECT_*, FB_AUTH_*, FB_PROTOCOL_*, FB_CREDENTIAL_MISSING, FB_DEADLINE, FB_CANCELLED */
  openSession(
    host: PlannedHost,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number; readonly name?: string },
  ): Promise<Session>;
  /**
   * After an error with `relay`: waits until the way to the host is there again. `wasReached`: an earlier process got through.
   * @throws FB_CONNECT_* with `relay`, not retryable: it is given up; FB_CANCELLED
   */
  awaitRelay?(
    host: PlannedHost,
    options: { readonly signal: AbortSignal; readonly wasReached: boolean },
  ): Promise<void>;
  /** The machine's own identity, so that two addresses of one machine are one; absent or null = the address stands for it. */
  identify?(session: Session, signal: AbortSignal): Promise<string | null>;
  readonly marker?: HostMarker;
  readonly observer?: Observer;
  /** Tells of orders after an event, until the returned function is called. Absent: nobody gives any. */
  watchOrders?(run: string, afterSeq: number, onOrder: (order: Order) => void): () => void;
  /** Works on the hosts; absent: this process does. */
  readonly remote?: RemoteHosts;
  /** Places in steps that only so many hosts of the run may be in at once; absent: this process has all the hosts. */
  readonly places?: Pick<HostClaim, 'enter'>;
  /** Absent: every question parks its host. */
  readonly operator?: Operator;
}
