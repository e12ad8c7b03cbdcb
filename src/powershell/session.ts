/**
 * A Session over raw pipelines: loads our modules when a function of theirs is first called, binds parameters, gives
 * plain results. A script is sent as one pipeline and no other. Must not know how bytes travel.
 */
import { randomUUID } from 'node:crypto';
import {
  FirebreakError,
  type FunctionCall,
  type Invocation,
  type InvokeOptions,
  type Json,
  type JsonObject,
  type LanguageMode,
  type ScriptCall,
  type Session,
} from '../domain/index.ts';
import type { PipelineEvent, PsCommand } from '../protocol/index.ts';
import { toParameters, toPsValues } from './bind.ts';
import { fetchFile } from './fetch-file.ts';
import { giveCommand, type Kept, keepCommand, readKept } from './keeper.ts';
import { isUnknownCommand, languageRefused, refusedBy, scriptRefused } from './language-mode.ts';
import type { ModuleLibrary } from './module-library.ts';
import type { PipelineEnd, PipelineRunner } from './pipeline-runner.ts';
import { pushFile } from './push-file.ts';
import { RecordCollector, RecordReader, toPowerShellError } from './results.ts';

/**
 * Makes the modules from their texts; nothing touches the host's disk. Global, so that each sees the others' exported
 * functions and calls can name `Module\Function`. In constrained language they could be made, but would fail at their first
 * .NET call and stand in front of the host's own: so they are not. Whatever is missing on the way ends the script: it must
 * never look as if it had loaded them.
 */
const LOAD_MODULES = `param([string[]] $Name, [string[]] $Text)
$ErrorActionPreference = 'Stop'
if ("$($ExecutionContext.SessionState.LanguageMode)" -eq 'ConstrainedLanguage') { throw 'ConstrainedLanguage' }
for ($i = 0; $i -lt $Name.Length; $i++) {
    $module = New-Module -Name $Name[$i] -ScriptBlock ([scriptblock]::Create($Text[$i])) -ErrorAction Stop
    Import-Module -ModuleInfo $module -Global -DisableNameChecking -ErrorAction Stop
}`;

/** Wraps a runner that is open. */
export function createSession(runner: PipelineRunner, modules: ModuleLibrary): Session {
  return new PowerShellSession(runner, modules);
}

class PowerShellSession implements Session {
  readonly #runner: PipelineRunner;
  readonly #modules: ModuleLibrary;
  /** Module name → hash of the text that was loaded. */
  readonly #loaded = new Map<string, string>();
  #loading: Promise<void> = Promise.resolve();
  #languageMode: LanguageMode | undefined;
  /** Why modules cannot be made here although scripts run: the endpoint does not have the commands for it. */
  #unloadable: unknown;

  constructor(runner: PipelineRunner, modules: ModuleLibrary) {
    this.#runner = runner;
    this.#modules = modules;
  }

  get shell(): Session['shell'] {
    return this.#runner.shell;
  }

  get languageMode(): Session['languageMode'] {
    return this.#languageMode;
  }

  get clientAddress(): string | undefined {
    return this.#runner.clientAddress;
  }

  async invoke<T extends Json = Json>(call: FunctionCall | ScriptCall, options: InvokeOptions): Promise<Invocation<T>> {
    const deadline = performance.now() + options.timeoutMs;
    if ('script' in call) {
      for (const module of call.modules ?? []) await this.#load(module, options.signal, deadline);
      const parameters = toParameters(call.parameters);
      const command: PsCommand = { text: call.script, isScript: true, useLocalScope: true, parameters };
      return this.#script(this.#run<T>(command, options, deadline, call.modules === undefined));
    }
    await this.#load(call.module, options.signal, deadline);
    return this.#preinstalled(call, this.#run<T>(toCommand(call), options, deadline, false));
  }

  get label(): string {
    return this.#runner.label;
  }

  push(...[source, destination, options]: Parameters<Session['push']>): ReturnType<Session['push']> {
    const { files } = this.#runner;
    if (files !== undefined) return files.push(source, destination, options);
    return pushFile(this, this.#runner.maxCommandBytes, source, destination, options);
  }

  get canReattach(): boolean {
    return this.#runner.canAttach === true;
  }

  async reattach<T extends Json = Json>(
    receipt: JsonObject,
    options: InvokeOptions,
  ): Promise<Invocation<T> | 'not-started' | null> {
    const started = performance.now();
    const remaining = (): number => Math.max(0, options.timeoutMs - (performance.now() - started));
    const { key } = receipt;
    const attached = await this.#runner.attach?.(receipt, options);
    if (attached === undefined || attached === null || typeof key !== 'string') return null;
    const { runner } = attached;
    const { signal, detach } = options;
    const within = (): { signal: AbortSignal; timeoutMs: number } => ({ signal, timeoutMs: remaining() });
    let isLeft = false;
    try {
      const records = new RecordCollector();
      const onEvent = collect(records, options, true);
      const end = await attached.join({ ...within(), onEvent, ...(detach === undefined ? {} : { detach }) });
      const kept = await giveKept(runner, key, within());
      const streams = { ...records.streams, ...(kept === undefined ? {} : { error: kept.errors }) };
      const output = (kept?.output ?? records.output) as T[];
      const invocation = { output, streams, durationMs: Math.round(performance.now() - started) };
      if (end !== null && end.state !== 'completed') throw this.#failed(end, invocation);
      if (end !== null || kept?.isDone === true) return invocation;
      if (kept === undefined) return 'not-started';
      throw this.#endedUnseen(kept, invocation);
    } catch (thrown) {
      if (!(thrown instanceof FirebreakError)) throw thrown;
      // the session itself ended under way: its idle time was over, or the host went down
      if (thrown.code === 'FB_SESSION_CLOSED') return null;
      isLeft = thrown.code.startsWith('FB_CONNECT_') || detach?.aborted === true;
      throw thrown;
    } finally {
      await (isLeft ? attached.leave() : runner.close());
    }
  }

  async sweep(...[keep, options]: Parameters<NonNullable<Session['sweep']>>): Promise<number> {
    return (await this.#runner.sweep?.(keep, options)) ?? 0;
  }

  fetch(...[source, destination, options]: Parameters<Session['fetch']>): ReturnType<Session['fetch']> {
    const { files } = this.#runner;
    if (files !== undefined) return files.fetch(source, destination, options);
    return fetchFile(this, (call, onBytes, within) => this.#bytes(call, onBytes, within), source, destination, options);
  }

  /** A call of which each output that is bytes is given away as it comes, and nothing kept. */
  async #bytes(call: FunctionCall, onBytes: (bytes: Uint8Array) => void, options: InvokeOptions): Promise<void> {
    const deadline = performance.now() + options.timeoutMs;
    await this.#load(call.module, options.signal, deadline);
    const end = await this.#runner.run(
      { commands: [toCommand(call)] },
      {
        signal: options.signal,
        timeoutMs: Math.max(0, deadline - performance.now()),
        onEvent: (event) => {
          if (event.kind === 'output' && event.value instanceof Uint8Array) onBytes(event.value);
        },
      },
    );
    if (end.state !== 'completed') throw this.#failed(end);
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  /** One load at a time: two calls that need the same module must not both send it. */
  async #load(module: string, signal: AbortSignal, deadline: number): Promise<void> {
    const before = this.#loading;
    const load = before.then(() => this.#loadNow(module, signal, deadline));
    this.#loading = load.catch(() => undefined);
    await load;
  }

  async #loadNow(module: string, signal: AbortSignal, deadline: number): Promise<void> {
    // where modules cannot be made, the host must have them
    if (this.#languageMode !== undefined || this.#unloadable !== undefined) return;
    const missing = (await this.#modules.withRequired(module)).filter(
      (bundle) => this.#loaded.get(bundle.name) !== bundle.hash,
    );
    if (missing.length === 0) return;
    const parameters = toParameters({
      Name: missing.map((bundle) => bundle.name),
      Text: missing.map((bundle) => bundle.text),
    });
    const command: PsCommand = { text: LOAD_MODULES, isScript: true, useLocalScope: true, parameters };
    try {
      await this.#run(command, { signal, timeoutMs: Math.max(0, deadline - performance.now()) }, deadline, false);
    } catch (error) {
      this.#languageMode = refusedBy(error);
      if (this.#languageMode !== undefined) return;
      if (!isUnknownCommand(error)) throw error;
      this.#unloadable = error;
      return;
    }
    for (const bundle of missing) this.#loaded.set(bundle.name, bundle.hash);
  }

  async #run<T extends Json>(
    command: PsCommand,
    options: InvokeOptions,
    deadline: number,
    types: boolean,
  ): Promise<Invocation<T>> {
    const started = performance.now();
    const records = new RecordCollector();
    const { onReceipt, detach, isPatient } = options;
    const key = randomUUID();
    const isKept = onReceipt !== undefined && this.canReattach;
    const end = await this.#runner.run(
      { commands: isKept ? [command, keepCommand(key)] : [command] },
      {
        signal: options.signal,
        timeoutMs: Math.max(0, deadline - started),
        onEvent: collect(records, options, types),
        ...(options.input === undefined ? {} : { input: toPsValues(options.input) }),
        ...(isKept ? { onReceipt: (receipt) => onReceipt({ ...receipt, key }) } : {}),
        ...(isKept && detach !== undefined ? { detach } : {}),
        ...(isPatient === undefined ? {} : { isPatient }),
      },
    );
    const durationMs = Math.round(performance.now() - started);
    // the caller says what its output is; it is plain JSON in any case
    const invocation = { output: records.output as T[], streams: records.streams, durationMs };
    if (end.state === 'completed') return invocation;
    throw this.#failed(end, invocation);
  }

  /** A script where none may run. */
  async #script<T>(running: Promise<T>): Promise<T> {
    try {
      return await running;
    } catch (error) {
      const mode = refusedBy(error);
      if (mode === undefined) throw error;
      this.#languageMode ??= mode;
      if (mode === 'ConstrainedLanguage') throw error;
      throw scriptRefused(this.#runner.label, mode, error);
    }
  }

  /** A call that needs a module of the host's own, where we cannot bring ours. */
  async #preinstalled<T>(call: FunctionCall, running: Promise<T>): Promise<T> {
    try {
      return await running;
    } catch (error) {
      if (!isUnknownCommand(error)) throw error;
      if (this.#languageMode === undefined) throw this.#unloadable ?? error;
      throw languageRefused(this.#runner.label, this.#languageMode, call.module, error);
    }
  }

  /** The error that ended the pipeline went to a process that is no more; the host remembers its text. */
  #endedUnseen(kept: Kept, invocation: Invocation<Json>): FirebreakError {
    const error = kept.errors.at(-1);
    const why = error?.message ?? 'it was ended by an error that went to a process that is no more';
    return new FirebreakError('FB_INVOKE_FAILED', `${this.#runner.label}: PowerShell failed: ${oneLine(why)}`, {
      remedy: 'see the error record; run the same script on the host itself',
      details: { invocation, error },
    });
  }

  #failed(end: PipelineEnd, invocation?: Invocation<Json>): FirebreakError {
    const error = end.error === null ? undefined : toPowerShellError(end.error);
    const why = error?.message ?? `the pipeline was ${end.state} on the host`;
    return new FirebreakError('FB_INVOKE_FAILED', `${this.#runner.label}: PowerShell failed: ${oneLine(why)}`, {
      remedy: 'see the error record; run the same script on the host itself',
      details: { invocation, error },
    });
  }
}

function collect(records: RecordCollector, options: InvokeOptions, types: boolean): (event: PipelineEvent) => void {
  const reader = new RecordReader({ types });
  return (event) => {
    const record = reader.read(event);
    if (record === undefined) return;
    records.add(record);
    options.onRecord?.(record);
  };
}

/** Undefined: the runspace knows nothing of it. */
async function giveKept(
  runner: PipelineRunner,
  key: string,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Kept | undefined> {
  const records = new RecordCollector();
  const onEvent = collect(records, options, true);
  const end = await runner.run({ commands: [giveCommand(key)] }, { ...options, onEvent });
  return end.state === 'completed' ? readKept(records.output) : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}

function toCommand(call: FunctionCall): PsCommand {
  const text = `${call.module}\\${call.function}`;
  return { text, isScript: false, parameters: toParameters(call.parameters) };
}
