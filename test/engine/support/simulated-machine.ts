/**
 * A machine that outlives controllers: what is done to it stays done, takes time, and is written into its history, which
 * is the tests' truth.
 */
import { FirebreakError, type JsonObject } from '../../../src/domain/index.ts';
import type { VirtualClock } from './virtual-clock.ts';

const DOWN_AFTER_MS = 2_000;
const BOOT_MS = 40_000;

interface Installer {
  readonly startedAt: number;
  readonly endsAt: number;
}

export interface MachineOptions {
  readonly id?: string;
  readonly vulnerable?: boolean;
  readonly installMs?: number;
  readonly exitCode?: number;
  /** The policy that an admin had set before us. */
  readonly policy?: string;
  readonly applicable?: boolean;
}

export class SimulatedMachine {
  readonly history: string[] = [];
  /** What was to be left alone each time that sessions of dead processes were looked for. */
  readonly swept: (readonly JsonObject[])[] = [];
  readonly id: string;
  readonly applicable: boolean;
  policy: string;
  healthy = true;
  staged: string | null = null;
  scriptRuns = 0;
  scriptEffect = false;
  marker: string | null = null;
  /** The network is away until then. */
  offlineUntil = 0;
  returnsFromReboot = true;
  /** The idle time of sessions is over before anybody comes back. */
  forgetsScripts = false;
  readonly #scripts = new Map<string, { readonly endsAt: number; readonly boot: number }>();
  installMs: number;
  exitCode: number;
  #patched: boolean;
  #installer: Installer | null = null;
  #bootTime: number;
  #downAt = Number.POSITIVE_INFINITY;
  #upAt = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, options: MachineOptions = {}) {
    this.#clock = clock;
    this.id = options.id ?? 'm1';
    this.applicable = options.applicable ?? true;
    this.policy = options.policy ?? 'admins-own';
    this.installMs = options.installMs ?? 90_000;
    this.exitCode = options.exitCode ?? 3010;
    this.#patched = options.vulnerable === false;
    this.#bootTime = clock.now() - 86_400_000;
  }

  count(what: string): number {
    return this.history.filter((entry) => entry === what).length;
  }

  /** @throws FB_CONNECT_* while the machine is down or off the network */
  reach(): void {
    const now = this.#clock.now();
    this.#settle();
    if (now < this.offlineUntil) throw new FirebreakError('FB_CONNECT_TIMEOUT', `${this.id}: no answer`);
    if (now >= this.#downAt && now < this.#upAt) throw new FirebreakError('FB_CONNECT_REFUSED', `${this.id} is down`);
  }

  #settle(): void {
    if (this.#clock.now() >= this.#upAt && this.#downAt < this.#upAt) {
      this.#bootTime = this.#upAt;
      this.#downAt = Number.POSITIVE_INFINITY;
    }
  }

  verdict(): { fixed: boolean; pending: boolean } {
    const installedAt = this.#installer?.endsAt ?? Number.POSITIVE_INFINITY;
    const isIn = this.#patched || (this.#clock.now() >= installedAt && (this.exitCode === 0 || this.exitCode === 3010));
    const isPending = isIn && !this.#patched && this.#bootTime < installedAt;
    return { fixed: isIn && !isPending, pending: isPending };
  }

  get bootTime(): number {
    return this.#bootTime;
  }

  get isGoingDown(): boolean {
    return this.#downAt !== Number.POSITIVE_INFINITY;
  }

  reboot(): void {
    this.history.push('reboot');
    this.#downAt = this.#clock.now() + DOWN_AFTER_MS;
    this.#upAt = this.returnsFromReboot ? this.#downAt + BOOT_MS : Number.POSITIVE_INFINITY;
  }

  /** Claims the receipt first: a second start finds the first. */
  startInstaller(): void {
    if (this.#installer !== null) return;
    this.history.push('install');
    this.#installer = { startedAt: this.#clock.now(), endsAt: this.#clock.now() + this.installMs };
  }

  installer(): 'none' | 'running' | 'ended' {
    if (this.#installer === null) return 'none';
    return this.#clock.now() < this.#installer.endsAt ? 'running' : 'ended';
  }

  setPolicy(policy: string): void {
    if (policy === this.policy) return;
    this.policy = policy;
    this.history.push(`policy ${policy}`);
  }

  /** A script in a session that outlives its client: it goes on by itself, and its session remembers it until a restart. */
  startScript(receipt: string, ms: number): void {
    if (this.#scripts.has(receipt)) throw new Error(`script ${receipt} is started twice`);
    this.#scripts.set(receipt, { endsAt: this.#clock.now() + ms, boot: this.#bootTime });
    this.runScript();
  }

  script(receipt: string): 'never-started' | 'running' | 'ended' | 'gone' {
    const script = this.#scripts.get(receipt);
    if (script === undefined) return 'never-started';
    if (script.boot !== this.#bootTime || this.forgetsScripts) return 'gone';
    return this.#clock.now() < script.endsAt ? 'running' : 'ended';
  }

  runScript(): void {
    this.scriptRuns += 1;
    this.scriptEffect = true;
    this.history.push('script');
  }
}
