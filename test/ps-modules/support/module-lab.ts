/** Functions of our modules, called as the product calls them, on machines of the lab. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { parse } from 'yaml';
import {
  FirebreakError,
  HostCredential,
  type Invocation,
  type Json,
  type ParameterValue,
  Secret,
  type Session,
} from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { startTestLab, type TestLab, type TestLabOptions } from '../../lab/support/lab.ts';

export interface Result {
  readonly [name: string]: Json;
}

export interface HistoryEntry {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** One pipeline, as a relay gets it. */
const ON_TARGET = `param($Target, $Name, $Parameters)
try { Firebreak.Core\\Enter-FbTarget @Target } catch { throw }
try { & $Name @Parameters } finally { Firebreak.Core\\Exit-FbTarget }`;
const { signal } = new AbortController();
const TIMEOUT_MS = 120_000;
const OPEN_MS = 20_000;

export class ModuleLab {
  readonly lab: TestLab;
  readonly #sessions = new Map<string, Session>();

  constructor(lab: TestLab) {
    this.lab = lab;
  }

  static async start(hosts: TestLabOptions['hosts']): Promise<ModuleLab> {
    return new ModuleLab(await startTestLab({ engine: 'real', hosts }));
  }

  async session(host: string): Promise<Session> {
    const known = this.#sessions.get(host);
    if (known !== undefined) return known;
    const target = {
      host,
      transport: 'winrm',
      address: this.lab.host(host).address,
      port: 5985,
      useTls: false,
      auth: 'basic',
      user: this.lab.user,
      password: new Secret(this.lab.password),
      allowUnencrypted: true,
      settings: {},
    } as const;
    const session = await createTransports().winrm.open(target, { signal, timeoutMs: OPEN_MS });
    this.#sessions.set(host, session);
    return session;
  }

  /** Calls on `host` as they go through `relay`, with the credential of the host's administrator unless another is given. */
  relayed(relay: string, host: string, options: RelayOptions = {}): Relayed {
    const account = existsSync(join(this.lab.dir, 'passwords', host)) ? this.lab.relayedAccount(host) : this.lab;
    const { credential = new HostCredential(account.user, new Secret(account.password)) } = options;
    const target = {
      Name: host,
      Address: options.address ?? this.lab.host(host).address,
      ...(credential === null ? {} : { Credential: credential }),
    };
    const run = async (name: string, parameters: { readonly [name: string]: ParameterValue } = {}) => {
      const [module, fn] = name.split('\\') as [string, string];
      const session = await this.session(relay);
      const call = {
        script: ON_TARGET,
        modules: ['Firebreak.Core', `Firebreak.${module}`],
        parameters: { Target: target, Name: `Firebreak.${module}\\${fn}`, Parameters: parameters },
      };
      return results(name, session.invoke<Result>(call, { signal, timeoutMs: TIMEOUT_MS }));
    };
    return {
      call: async (name, parameters) => theOne(name, await run(name, parameters)),
      do: async (name, parameters) => expect(await run(name, parameters)).toEqual([]),
    };
  }

  /** The next call opens a new session: the machine has lost this one. */
  forget(host: string): void {
    this.#sessions.delete(host);
  }

  /** The one result object of a function; error records fail the test. */
  async call(
    host: string,
    name: string,
    parameters: { readonly [name: string]: ParameterValue } = {},
  ): Promise<Result> {
    const [module, fn] = name.split('\\') as [string, string];
    const session = await this.session(host);
    const call = { module: `Firebreak.${module}`, function: fn, parameters };
    return theOne(name, await results(name, session.invoke<Result>(call, { signal, timeoutMs: TIMEOUT_MS })));
  }

  async script(
    host: string,
    script: string,
    parameters: { readonly [name: string]: ParameterValue } = {},
  ): Promise<readonly Json[]> {
    const session = await this.session(host);
    const { output, streams } = await session.invoke({ script, parameters }, { signal, timeoutMs: TIMEOUT_MS });
    if (streams.error.length > 0) throw new Error(JSON.stringify(streams.error));
    return output;
  }

  /** Where a port of the machine really listens: those below 1024 are mapped for users who may not bind them. */
  port(host: string, port: number): number {
    const inventory = parse(readFileSync(join(this.lab.dir, 'inventory.yaml'), 'utf8')) as unknown;
    const found = findHost(inventory, host)?.ports?.[String(port)];
    return found ?? port;
  }

  async history(host: string): Promise<readonly HistoryEntry[]> {
    return (await this.lab.ask<{ entries: HistoryEntry[] }>('history', { host })).entries;
  }

  async end(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close().catch(() => undefined)));
    await this.lab.end();
  }
}

export interface Relayed {
  call(name: string, parameters?: { readonly [name: string]: ParameterValue }): Promise<Result>;
  /** A function without output. */
  do(name: string, parameters?: { readonly [name: string]: ParameterValue }): Promise<void>;
}

interface RelayOptions {
  /** Null: none. */
  readonly credential?: HostCredential | null;
  readonly address?: string;
}

async function results(name: string, running: Promise<Invocation<Result>>): Promise<readonly Result[]> {
  const { output, streams } = await running.catch((thrown: unknown) => {
    throw thrown instanceof FirebreakError ? new Error(`${thrown.message} ${JSON.stringify(thrown.details)}`) : thrown;
  });
  if (streams.error.length > 0) throw new Error(`${name}: ${JSON.stringify(streams.error)}`);
  return output;
}

function theOne(name: string, output: readonly Result[]): Result {
  if (output.length !== 1) throw new Error(`${name} gave ${output.length} objects: ${JSON.stringify(output)}`);
  return output[0]!;
}

interface InventoryHost {
  readonly ports?: { readonly [port: string]: number };
}

function findHost(node: unknown, name: string): InventoryHost | undefined {
  if (node === null || typeof node !== 'object') return undefined;
  for (const [key, value] of Object.entries(node)) {
    const found = key === 'hosts' ? (value as Record<string, InventoryHost>)[name] : findHost(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Asks again until it is so; the lab's machines work on while we look. */
export async function eventually<T>(read: () => Promise<T>, isSo: (value: T) => boolean, what: string): Promise<T> {
  for (let attempt = 0; attempt < 900; attempt++) {
    const value = await read();
    if (isSo(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`never: ${what}`);
}
