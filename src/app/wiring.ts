/** The only place that constructs adapters: journal, transports, actions, clock, secrets, log. */
import { join } from 'node:path';
import { createActions } from '../actions/index.ts';
import { createInProcessDispatcher, openTaskQueue, type TaskQueue } from '../dispatch/index.ts';
import type { ActionCatalog, FleetJournal, Journal, PackageStore, RunEvent, Scanner } from '../domain/index.ts';
import { FirebreakError, Secret } from '../domain/index.ts';
import type { EngineDeps, Observer, Operator } from '../engine/index.ts';
import { openPostgresJournal, openSqliteJournal, parsePostgresAddress } from '../journal/index.ts';
import { createScanner } from '../scan/index.ts';
import { Credentials, Redactor } from '../secrets/index.ts';
import { createTransports } from '../transports/index.ts';
import { type Connector, createConnector } from './connect.ts';
import { createControllerFiles } from './controller-files.ts';
import { createHostMarker, identifyHost } from './host-marker.ts';
import { createNotifier } from './notifier.ts';
import { watchOrders } from './orders.ts';
import { createPackageStore } from './package-store.ts';
import { filesFolder, type StateStore, stateStore } from './paths.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import { systemClock, systemRandom } from './system-ports.ts';

export interface ServiceOptions {
  /** `--state`: `sqlite:PATH`, a path or `postgres://…`; absent = FIREBREAK_STATE or the default place. */
  readonly state?: string | undefined;
  /** The hosts of runs are worked on by workers. */
  readonly workers?: boolean | undefined;
  /** Asks for a password on the terminal; absent = nobody can be asked. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

export interface Services {
  readonly actions: ActionCatalog;
  readonly redactor: Redactor;
  readonly connector: Connector;
  readonly scanner: Scanner;
  /** Opened when first asked for. @throws FB_STATE_* */
  journal(): Promise<Journal>;
  /** The hosts of runs are worked on by workers. */
  readonly hasWorkers: boolean;
  /** The same, for what only a database that machines share can do. @throws FB_USAGE (it is a file), FB_STATE_* */
  fleetJournal(): Promise<FleetJournal>;
  /** Hosts on their way to workers. @throws as fleetJournal */
  tasks(): Promise<TaskQueue>;
  /** Everything that the engine needs, with the events also going to the run's log file. */
  engineDeps(run: string, packages: string | undefined, observer: Observer, operator?: Operator): Promise<EngineDeps>;
  /** The log file of a run. */
  logFile(run: string): string;
  reportFile(run: string): string;
  close(): Promise<void>;
}

export function createServices(options: ServiceOptions): Services {
  const redactor = new Redactor();
  const credentials = new Credentials({ environment: process.env, ask: options.ask }, redactor);
  const connector = createConnector(createTransports(), credentials);
  const actions = createActions();
  const scanner = createScanner();
  const logs: RunLog[] = [];
  const store = stateStore(options.state);
  let opened: Promise<Journal | FleetJournal> | undefined;
  let queue: Promise<TaskQueue> | undefined;

  const journal = (): Promise<Journal | FleetJournal> => {
    opened ??= openStore(store, redactor);
    return opened;
  };
  const fleetJournal = async (): Promise<FleetJournal> => {
    if (store.kind === 'postgres') {
      const shared = await journal();
      if ('claims' in shared) return shared;
    }
    throw new FirebreakError('FB_USAGE', 'workers need a state store that machines share', {
      remedy: 'name a database with --state postgres://USER@HOST/DATABASE or in FIREBREAK_STATE',
    });
  };
  const tasks = (): Promise<TaskQueue> => {
    queue ??= fleetJournal().then(openTaskQueue);
    return queue;
  };
  const folder = filesFolder(store);
  const logFile = (run: string): string => join(folder, 'logs', `${run}.jsonl`);

  return {
    actions,
    redactor,
    connector,
    scanner,
    journal,
    hasWorkers: options.workers === true,
    fleetJournal,
    tasks,
    logFile,
    reportFile: (run) => join(folder, 'reports', `${run}.html`),
    engineDeps: async (run, packages, observer, operator) => {
      const durable = await journal();
      const remote = options.workers === true ? (await tasks()).remote : undefined;
      const log = openRunLog(logFile(run), redactor);
      logs.push(log);
      return {
        journal: durable,
        actions,
        files: (of) => createControllerFiles(of, { folder: join(folder, 'evidence'), redactor }),
        packages: packages === undefined ? noPackages : createPackageStore(packages),
        scanner,
        notifier: createNotifier(process.env, redactor),
        clock: systemClock,
        random: systemRandom,
        dispatcher: createInProcessDispatcher(),
        openSession: (host, how) => connector.open(host, how),
        awaitRelay: (host, how) => connector.ready(host, how),
        identify: identifyHost,
        marker: createHostMarker(),
        observer: logging(observer, log),
        watchOrders: (of, afterSeq, onOrder) => watchOrders(durable, of, afterSeq, onOrder),
        ...(operator === undefined ? {} : { operator }),
        ...(remote === undefined ? {} : { remote }),
      };
    },
    close: async () => {
      await connector.close();
      await Promise.all(logs.map((log) => log.close()));
      if (queue !== undefined) await queue.then((open) => open.close());
      if (opened !== undefined) await opened.then((store) => store.close());
    },
  };
}

function openStore(store: StateStore, redactor: Redactor): Promise<Journal | FleetJournal> {
  const ports = { clock: systemClock, random: systemRandom };
  if (store.kind === 'sqlite') return openSqliteJournal(store.file, ports);
  const address = parsePostgresAddress(store.address);
  if (address.password !== undefined) redactor.add(address.password);
  const ambient = process.env['PGPASSWORD'];
  if (ambient !== undefined) redactor.add(new Secret(ambient));
  return openPostgresJournal(address, ports);
}

const noPackages: PackageStore = {
  find: (name) =>
    Promise.reject(
      new FirebreakError('FB_PACKAGE_MISSING', `${name} is needed, but no package folder was given`, {
        remedy: `put ${name} and a SHA256SUMS file into a folder and name it with --packages`,
      }),
    ),
};

function logging(observer: Observer, log: RunLog): Observer {
  return {
    event: (event: RunEvent) => {
      log.write(levelOf(event), event.type, event);
      observer.event(event);
    },
    progress: (progress) => {
      log.write('debug', 'progress', progress);
      observer.progress(progress);
    },
  };
}

function levelOf(event: RunEvent): 'error' | 'warn' | 'info' {
  if (event.type === 'AttemptFailed') return 'warn';
  if (event.type === 'StepFinished' && event.error !== null) return 'error';
  return 'info';
}
