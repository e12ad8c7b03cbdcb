/** A step's context over a scripted host: each function of our modules answers from a table; time passes when it is slept. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type Clock,
  FirebreakError,
  type FunctionCall,
  type Invocation,
  type InvokeOptions,
  type Json,
  type JsonObject,
  type OpenUndo,
  type PackageFile,
  type PlannedHost,
  type PortProbe,
  type PortState,
  type RpcScan,
  type RpcTarget,
  type ScriptCall,
  type Session,
  type StepContext,
  type StepValue,
} from '../../../src/domain/index.ts';

export const START = Date.parse('2026-03-13T00:00:00Z');

export type Answer = (parameters: JsonObject) => Json;

export class FakeHost {
  /** `Get-FbFact` → answer; a thrown error is the call's error. */
  readonly answers = new Map<string, Answer>();
  /** Every call, in order. */
  readonly calls: string[] = [];
  readonly parameters: JsonObject[] = [];
  readonly fetched: { readonly path: string; readonly file: string }[] = [];
  readonly pushed: { readonly path: string; readonly bytes: string }[] = [];
  /** Receipts that were made durable, in order. */
  readonly receipts: string[] = [];
  canReattach = true;
  /** What a session gives for a receipt; null: nothing any more. */
  reattach: (receipt: JsonObject) => Invocation<Json> | 'not-started' | null = () => null;
  sessions = 0;
  clientAddress: string | undefined = '127.0.0.1';
  now = START;
  ports: (probe: PortProbe) => PortState = () => 'open';
  rpc: (target: RpcTarget) => RpcScan = () => {
    throw new Error('nothing is known of its RPC service');
  };
  undos: OpenUndo[] = [];
  steps = new Map<string, StepValue>();
  /** Why no session can be opened; null = it can. */
  down: FirebreakError | null = null;

  on(name: string, answer: Json | Answer): this {
    this.answers.set(name, typeof answer === 'function' ? answer : () => answer);
    return this;
  }

  /** How often a function was called. */
  count(name: string): number {
    return this.calls.filter((call) => call === name).length;
  }

  #session(): Session {
    this.sessions++;
    return {
      shell: { version: '5.1', edition: 'Desktop' },
      languageMode: 'FullLanguage',
      canReattach: this.canReattach,
      clientAddress: this.clientAddress,
      invoke: async (call: FunctionCall | ScriptCall, options: InvokeOptions) => {
        if (this.canReattach) await options.onReceipt?.({ of: 'script' in call ? call.script : call.function });
        return (await this.#invoke(call)) as never;
      },
      push: async (source, path, options) => {
        const chunks: Buffer[] = [];
        for await (const chunk of source(0)) chunks.push(Buffer.from(chunk as Uint8Array));
        const bytes = Buffer.concat(chunks);
        this.pushed.push({ path, bytes: bytes.toString() });
        return { bytes: bytes.length, sha256: options.sha256, skipped: false };
      },
      reattach: (receipt) => Promise.resolve(this.reattach(receipt) as never),
      fetch: (path, file) => {
        this.fetched.push({ path, file });
        return Promise.resolve({ bytes: 11, sha256: PACKAGE_SHA256, skipped: false });
      },
      close: () => Promise.resolve(),
    };
  }

  async #invoke(call: FunctionCall | ScriptCall): Promise<unknown> {
    await Promise.resolve();
    const name = 'script' in call ? call.script : call.function;
    this.calls.push(name);
    const parameters = JSON.parse(JSON.stringify(call.parameters ?? {})) as JsonObject;
    this.parameters.push(parameters);
    const answer = this.answers.get(name);
    if (answer === undefined) throw new FirebreakError('FB_BUG', `the test has no answer for ${name}`);
    const streams = { error: [], warning: [], verbose: [], debug: [], information: [], progress: [] };
    return { output: [answer(parameters)], streams, durationMs: 1 };
  }

  step(
    options: {
      readonly advisory?: JsonObject;
      readonly timeoutMs?: number;
      readonly run?: string;
      readonly check?: boolean;
      /** The inventory's `package_source`. */
      readonly packageSource?: string;
    } = {},
  ): StepContext {
    const controller = new AbortController();
    const deadline = this.now + (options.timeoutMs ?? 600_000);
    let session: Session | null = null;
    const clock: Clock = {
      now: () => this.now,
      sleep: async (ms) => {
        this.now += ms;
        await Promise.resolve();
      },
    };
    return {
      run: options.run ?? 'run-1',
      host: {
        ...plannedHost,
        ...(options.packageSource === undefined ? {} : { connection: { packageSource: options.packageSource } }),
      },
      stepId: 'the_step',
      attempt: 1,
      signal: controller.signal,
      deadline,
      clock,
      interrupted: controller.signal,
      keepReceipt: (receipt) => {
        this.receipts.push(receipt);
        return Promise.resolve();
      },
      random: { id: (bytes) => 'ab'.repeat(bytes), fraction: () => 0.5 },
      scanner: {
        probe: (probe) => {
          // Silence takes its time.
          const state = this.ports(probe);
          this.now += state === 'filtered' ? probe.timeoutMs : 1;
          return Promise.resolve(state);
        },
        scanRpc: (target) => Promise.resolve(this.rpc(target)),
      },
      files: {
        resolve: (name) => `/playbooks/${name}`,
        find: (name) => Promise.resolve(packageFile(name)),
      },
      packages: { find: (name) => Promise.resolve(packageFile(name)) },
      advisory: options.advisory ?? null,
      inputs: {},
      check: options.check ?? false,
      session: () => {
        if (this.down !== null) return Promise.reject(this.down);
        session ??= this.#session();
        return Promise.resolve(session);
      },
      dropSession: () => {
        session = null;
        return Promise.resolve();
      },
      step: (id) => this.steps.get(id),
      openUndos: () => Promise.resolve(this.undos),
      remainingMs: () => Math.max(0, deadline - this.now),
      progress: () => undefined,
    };
  }
}

const plannedHost: PlannedHost = {
  name: 'pc-1',
  address: '127.83.0.1',
  transport: 'winrm',
  port: 5985,
  useTls: false,
  auth: 'basic',
  allowUnencrypted: true,
  user: 'admin',
  password: null,
  ports: { '445': 10_445 },
  vantages: ['127.0.0.2'],
  partners: ['127.0.0.7'],
  groups: [],
  vars: {},
  wave: 0,
  set: null,
};

const content = 'the package';
export const PACKAGE_SHA256 = createHash('sha256').update(content).digest('hex');

function packageFile(name: string): PackageFile {
  return { name, bytes: content.length, sha256: PACKAGE_SHA256, open: () => Readable.from([Buffer.from(content)]) };
}

export const advisory: JsonObject = {
  advisory: 'cve-2020-0796',
  title: 'SMBGhost',
  affects: [
    {
      os: 'Windows 10 1903',
      builds: [18362],
      status: 'affected',
      ubr: 720,
      kbs: ['KB4551762'],
      package: { x64: 'the-package' },
      source: 'test',
      confidence: 'H',
    },
  ],
  shields: [
    { method: 'ipsec', tcp: [445], side_effects: 'no shares', source: 'test', confidence: 'H' },
    {
      method: 'registry',
      key: 'HKLM\\SYSTEM\\Parameters',
      name: 'DisableCompression',
      type: 'DWord',
      value: 1,
      side_effects: 'no compression',
      source: 'test',
      confidence: 'H',
    },
  ],
  packages: { 'the-package': { file: 'a.msu', kb: 'KB4551762', engine: 'wusa', source: 'test', confidence: 'H' } },
};

export const facts: { readonly [key: string]: Json } = {
  MachineId: 'm-1',
  Name: 'PC-1',
  Caption: 'Microsoft Windows 10 Pro',
  Build: 18362,
  Ubr: 719,
  Version: '10.0.18362',
  ServicePack: 0,
  Language: '0409',
  Architecture: 'x64',
  ProductType: 1,
  DomainRole: 0,
  Domain: 'WORKGROUP',
  Roles: [],
  RolesReadable: true,
  LastBoot: '2026-03-12T00:00:00Z',
  FreeDiskBytes: 50_000_000_000,
  ShellVersion: '5.1',
  DataFolder: 'C:\\Windows\\Firebreak',
};

export const evidence: { readonly [key: string]: Json } = {
  Build: 18362,
  Ubr: 719,
  Architecture: 'x64',
  Updates: [{ Kb: 'KB4551762', Servicing: false, QuickFix: false }],
  Rollups: [],
  Files: [],
  Keys: [],
  PendingReboot: [],
  BootTime: '2026-03-12T00:00:00Z',
};

export const lost = (): FirebreakError => new FirebreakError('FB_CONNECT_LOST', 'the connection was lost');
