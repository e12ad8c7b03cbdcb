/** `firebreak doctor`: examines every host in parallel, as far as it can be reached. Changes nothing. */
import PQueue from 'p-queue';
import { FirebreakError, type Json, type PlannedHost, type Session, toErrorRecord } from '../../domain/index.ts';
import type { Connector } from '../connect.ts';
import { chooseHosts, type HostChoice } from '../hosts.ts';
import { createServices } from '../wiring.ts';
import { type Diagnosis, judgeDiagnosis } from './host-checks.ts';
import { explainLogon } from './logon.ts';
import {
  CHECK_NAMES,
  type Check,
  type CheckName,
  failed,
  type HostReport,
  ok,
  RELAYED_CHECK_NAMES,
  skipped,
  warning,
} from './model.ts';
import { checkName, checkPort, checkTls } from './network.ts';
import { explainRelayed, readAccess } from './relayed.ts';

export interface DoctorOptions extends HostChoice {
  readonly forks: number;
  /** Of one host, everything included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly onHosts: (hosts: readonly string[]) => void;
  readonly onCheck: (host: string, check: CheckName) => void;
  readonly onReport: (report: HostReport) => void;
}

/** @throws FB_USAGE, FB_NO_HOSTS, FB_INVENTORY_INVALID, FB_FILE_MISSING, FB_CANCELLED */
export async function doctor(options: DoctorOptions): Promise<readonly HostReport[]> {
  const services = createServices({ ask: options.ask });
  try {
    const { connector } = services;
    const hosts = await chooseHosts(options, { connector, signal: options.signal });
    options.onHosts(hosts.map(({ name }) => name));
    return await examineAll(connector, hosts, options);
  } finally {
    await services.close();
  }
}

/** @throws FB_CANCELLED */
export async function examineAll(
  connector: Connector,
  hosts: readonly PlannedHost[],
  options: Pick<DoctorOptions, 'forks' | 'timeoutMs' | 'signal' | 'onCheck' | 'onReport'>,
): Promise<readonly HostReport[]> {
  const queue = new PQueue({ concurrency: options.forks });
  return queue.addAll(
    hosts.map((host) => async () => {
      const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
      const examination = new Examination(host, connector, signal, options);
      const report = await examination.run();
      options.onReport(report);
      return report;
    }),
  );
}

class Examination {
  readonly #host: PlannedHost;
  readonly #connector: Connector;
  readonly #signal: AbortSignal;
  readonly #options: Pick<DoctorOptions, 'timeoutMs' | 'signal' | 'onCheck'>;
  readonly #checks: Check[] = [];
  readonly #names: readonly CheckName[];
  #code: string | null = null;

  constructor(
    host: PlannedHost,
    connector: Connector,
    signal: AbortSignal,
    options: Pick<DoctorOptions, 'timeoutMs' | 'signal' | 'onCheck'>,
  ) {
    this.#host = host;
    this.#connector = connector;
    this.#signal = signal;
    this.#options = options;
    this.#names = host.via === undefined ? CHECK_NAMES : RELAYED_CHECK_NAMES;
  }

  async run(): Promise<HostReport> {
    try {
      if (await this.#network()) await this.#inside();
    } catch (thrown) {
      this.#ended(thrown);
    }
    const bad = this.#checks.find(({ state }) => state === 'failed');
    const made = new Map(this.#checks.map((check) => [check.check, check]));
    const checks = this.#names.map(
      (name) => made.get(name) ?? skipped(name, bad === undefined ? 'not needed' : `${bad.check} failed`),
    );
    const state = bad !== undefined ? 'failed' : checks.some((check) => check.state === 'warning') ? 'warning' : 'ok';
    return { host: this.#host.name, state, code: this.#code, checks };
  }

  /** What is seen from outside; false when it makes no sense to go on. */
  async #network(): Promise<boolean> {
    const { transport, useTls, connection = {}, via } = this.#host;
    if (via !== undefined) return true;
    const around =
      transport === 'local'
        ? 'this machine'
        : connection.proxy !== undefined
          ? 'the proxy connects'
          : connection.jump !== undefined
            ? 'the jump host connects'
            : null;
    if (around !== null) {
      this.#checks.push(skipped('name', around), skipped('port', around), skipped('tls', around));
      return true;
    }
    if (!(await this.#make('name', () => checkName(this.#host, this.#signal)))) return false;
    if (!(await this.#make('port', () => checkPort(this.#host, this.#signal)))) return false;
    if (!useTls) {
      this.#checks.push(skipped('tls', transport === 'ssh' ? 'SSH has its own' : 'plain HTTP'));
      return true;
    }
    return this.#make('tls', () => checkTls(this.#host, this.#signal));
  }

  async #inside(): Promise<void> {
    const { via } = this.#host;
    this.#options.onCheck(this.#host.name, via === undefined ? 'auth' : 'relay');
    const { timeoutMs } = this.#options;
    let session: Session;
    try {
      session = await this.#connector.open(this.#host, { signal: this.#signal, timeoutMs });
    } catch (thrown) {
      const error = toErrorRecord(thrown);
      if (error.code === 'FB_CANCELLED') throw thrown;
      this.#code = error.code;
      for (const check of via === undefined
        ? [explainLogon(this.#host, error)]
        : explainRelayed(this.#host, via, error))
        this.#add(check);
      return;
    }
    try {
      if (via !== undefined) {
        for (const check of await readAccess(session, this.#host, via, this.#limits())) this.#add(check);
        await this.#diagnosis(session);
        return;
      }
      const { user, auth, transport } = this.#host;
      const how = transport === 'winrm' ? `by ${auth}` : `by ${transport}`;
      this.#add(ok('auth', user === null ? `own identity ${how}` : `${user} ${how}`));
      this.#add(judgeShell(session));
      await this.#language(session);
      await this.#diagnosis(session);
    } finally {
      await session.close().catch(() => {});
    }
  }

  async #language(session: Session): Promise<void> {
    this.#options.onCheck(this.#host.name, 'language');
    let mode: string = session.languageMode ?? '';
    if (mode === '') {
      try {
        const script = '"$($ExecutionContext.SessionState.LanguageMode)"';
        const { output } = await session.invoke({ script }, this.#limits());
        // PowerShell 2 knows no language modes.
        mode = typeof output[0] === 'string' && output[0] !== '' ? output[0] : 'FullLanguage';
      } catch (thrown) {
        if (toErrorRecord(thrown).code !== 'FB_SESSION_LANGUAGE') throw thrown;
        mode = session.languageMode ?? 'NoLanguage';
      }
    }
    if (mode === 'FullLanguage') this.#add(ok('language', mode));
    else
      this.#add(
        warning(
          'language',
          mode,
          'AppLocker, WDAC or a JEA endpoint limits what a session may do',
          'install the signed modules of Firebreak on the host, or name another configuration:',
        ),
      );
  }

  async #diagnosis(session: Session): Promise<void> {
    this.#options.onCheck(this.#host.name, 'module');
    const started = Date.now();
    let diagnosis: Diagnosis;
    try {
      const call = { module: 'Firebreak.Host', function: 'Get-FbDiagnosis', parameters: {} };
      const { output } = await session.invoke(call, this.#limits());
      diagnosis = readDiagnosis(output[0]);
    } catch (thrown) {
      const { code, message, remedy } = toErrorRecord(thrown);
      if (code === 'FB_CANCELLED') throw thrown;
      this.#code = code;
      const cause = 'the modules of Firebreak do not run in this session';
      this.#add(failed('module', message, cause, remedy || "firebreak exec HOST -- '$PSVersionTable; $Error[0]'"));
      return;
    }
    this.#add(ok('module', 'Firebreak.Host runs'));
    // The host read its clock somewhere in between.
    for (const check of judgeDiagnosis(this.#host, diagnosis, (started + Date.now()) / 2)) this.#add(check);
  }

  async #make(name: CheckName, work: () => Promise<Check>): Promise<boolean> {
    this.#options.onCheck(this.#host.name, name);
    const check = await work();
    this.#add(check);
    return check.state !== 'failed';
  }

  #add(check: Check): void {
    this.#checks.push(check);
  }

  #limits() {
    return { signal: this.#signal, timeoutMs: this.#options.timeoutMs };
  }

  /** @throws FB_CANCELLED when the user interrupted */
  #ended(thrown: unknown): void {
    if (this.#options.signal.aborted) throw new FirebreakError('FB_CANCELLED', 'interrupted');
    const next = this.#names.find((name) => !this.#checks.some(({ check }) => check === name)) ?? 'shell';
    const isLate = this.#signal.aborted;
    const { code, message, remedy } = toErrorRecord(thrown);
    this.#code = isLate ? 'FB_DEADLINE' : code;
    const finding = isLate ? `no answer within ${this.#options.timeoutMs / 1000} s` : message;
    this.#add(
      failed(next, finding, 'the host or the way to it is too slow', remedy || 'try again with a longer --timeout'),
    );
  }
}

function judgeShell(session: Session): Check {
  const { version, edition } = session.shell;
  const finding = `PowerShell ${version} ${edition}`.trim();
  const major = Number(version.split('.')[0]);
  if (major >= 3) return ok('shell', finding);
  return warning(
    'shell',
    finding,
    'sessions of PowerShell 2 cannot be picked up again after a lost connection',
    'install Windows Management Framework 5.1 where the system allows it',
  );
}

function readDiagnosis(value: Json | undefined): Diagnosis {
  const diagnosis = value as unknown as Diagnosis | undefined | null;
  if (typeof diagnosis?.Time === 'string') return diagnosis;
  throw new FirebreakError('FB_RESULT_INVALID', 'Get-FbDiagnosis gave something else than a diagnosis');
}
