/**
 * The server side of PSRP, small and in memory: a pool that opens, pipelines whose outcome a script of the test decides.
 * Knows nothing of HTTP.
 */
import {
  DESTINATION,
  Defragmenter,
  decodeClixml,
  decodeMessage,
  EMPTY_GUID,
  encodeClixml,
  encodeMessage,
  enumValue,
  fragment,
  hashtable,
  MESSAGE_TYPE,
  messageObject,
  numberOf,
  PsObject,
  PsPrimitive,
  type PsValue,
  propertyOf,
  textOf,
} from '../../../src/protocol/index.ts';

export interface SimulatedCommand {
  readonly text: string;
  readonly isScript: boolean;
  readonly parameters: ReadonlyMap<string, PsValue>;
}

export interface SimulatedPipeline {
  readonly command: SimulatedCommand;
  /** True once the client has asked to stop. */
  readonly isStopped: boolean;
  /** Resolves when the client asks to stop. */
  readonly stopped: Promise<void>;
  write(
    stream: 'output' | 'error' | 'warning' | 'verbose' | 'debug' | 'information' | 'progress',
    value: PsValue,
  ): void;
  callHost(methodId: number): Promise<PsValue>;
}

export type PipelineHandler = (pipeline: SimulatedPipeline) => Promise<void> | void;

export interface SimulatorOptions {
  readonly protocolVersion?: string;
  readonly psVersion?: string;
  readonly psEdition?: string;
  /** Bytes of a fragment. */
  readonly fragmentBytes?: number;
  readonly poolError?: string;
}

/** Throw it in a handler: the pipeline fails with this error record. */
export class PipelineFailure extends Error {
  readonly record: PsValue;
  constructor(message: string, id = 'Simulated', target: PsValue = null) {
    super(message);
    this.record = errorRecord(message, id, target);
  }
}

export function errorRecord(message: string, id: string, target: PsValue = null): PsObject {
  return new PsObject({
    typeNames: ['System.Management.Automation.ErrorRecord', 'System.Object'],
    text: message,
    extended: new Map<string, PsValue>([
      ['Exception', new PsObject({ typeNames: ['System.Exception'], adapted: new Map([['Message', message]]) })],
      ['TargetObject', target],
      ['FullyQualifiedErrorId', id],
      ['ErrorCategory_Category', 13],
    ]),
  });
}

const STREAM_TYPES = {
  output: MESSAGE_TYPE.pipelineOutput,
  error: MESSAGE_TYPE.errorRecord,
  warning: MESSAGE_TYPE.warningRecord,
  verbose: MESSAGE_TYPE.verboseRecord,
  debug: MESSAGE_TYPE.debugRecord,
  information: MESSAGE_TYPE.informationRecord,
  progress: MESSAGE_TYPE.progressRecord,
} as const;

export class PsrpSimulator {
  readonly #handler: PipelineHandler;
  readonly #options: SimulatorOptions;
  readonly #emit: (commandId: string | null, data: Uint8Array) => void;
  readonly #pool = new Defragmenter();
  readonly #pipelines = new Map<
    string,
    { readonly input: Defragmenter; readonly answers: Map<number, (value: PsValue) => void>; stop: () => void }
  >();
  #poolId = EMPTY_GUID;
  #objectId = 1n;

  constructor(
    handler: PipelineHandler,
    options: SimulatorOptions,
    emit: (commandId: string | null, data: Uint8Array) => void,
  ) {
    this.#handler = handler;
    this.#options = options;
    this.#emit = emit;
  }

  open(data: Uint8Array): void {
    for (const bytes of this.#pool.push(data)) {
      const message = decodeMessage(bytes);
      this.#poolId = message.poolId;
      if (message.type !== MESSAGE_TYPE.initRunspacePool) continue;
      const version = (text: string): PsPrimitive => new PsPrimitive('Version', text);
      this.#send(null, MESSAGE_TYPE.sessionCapability, {
        protocolversion: version(this.#options.protocolVersion ?? '2.3'),
        PSVersion: version('2.0'),
        SerializationVersion: version('1.1.0.1'),
      });
      const table = hashtable([
        ['PSVersion', version(this.#options.psVersion ?? '5.1.17763.1')],
        ['PSEdition', this.#options.psEdition ?? 'Desktop'],
      ]);
      this.#send(null, MESSAGE_TYPE.applicationPrivateData, {
        ApplicationPrivateData: hashtable([['PSVersionTable', table]]),
      });
      if (this.#options.poolError === undefined) {
        this.#send(null, MESSAGE_TYPE.runspacePoolState, { RunspaceState: 2 });
      } else {
        const record = errorRecord(this.#options.poolError, 'Pool');
        this.#send(null, MESSAGE_TYPE.runspacePoolState, { RunspaceState: 5, ExceptionAsErrorRecord: record });
      }
    }
  }

  command(commandId: string, data: Uint8Array): void {
    this.#pipelines.set(commandId, { input: new Defragmenter(), answers: new Map(), stop: () => undefined });
    this.input(commandId, data);
  }

  input(commandId: string, data: Uint8Array): void {
    const pipeline = this.#pipelines.get(commandId);
    for (const bytes of pipeline?.input.push(data) ?? []) {
      const message = decodeMessage(bytes);
      const body = decodeClixml(message.data);
      if (message.type === MESSAGE_TYPE.createPipeline) void this.#run(commandId, body);
      if (message.type === MESSAGE_TYPE.pipelineHostResponse) {
        pipeline?.answers.get(numberOf(propertyOf(body, 'ci')) ?? 0)?.(propertyOf(body, 'me') ?? null);
      }
    }
  }

  stop(commandId: string): void {
    this.#pipelines.get(commandId)?.stop();
  }

  async #run(commandId: string, body: PsValue): Promise<void> {
    const commands = propertyOf(propertyOf(body, 'PowerShell'), 'Cmds');
    const first = commands instanceof PsObject ? commands.items?.[0] : undefined;
    const args = propertyOf(first, 'Args');
    const parameters = new Map<string, PsValue>();
    for (const each of args instanceof PsObject ? (args.items ?? []) : []) {
      parameters.set(textOf(propertyOf(each, 'N')) ?? String(parameters.size), propertyOf(each, 'V') ?? null);
    }
    const entry = this.#pipelines.get(commandId);
    let isStopped = false;
    const stopped = new Promise<void>((resolve) => {
      if (entry !== undefined) {
        entry.stop = () => {
          isStopped = true;
          resolve();
        };
      }
    });
    const pipeline: SimulatedPipeline = {
      command: {
        text: textOf(propertyOf(first, 'Cmd')) ?? '',
        isScript: propertyOf(first, 'IsScript') === true,
        parameters,
      },
      get isStopped() {
        return isStopped;
      },
      stopped,
      write: (stream, value) => this.#sendValue(commandId, STREAM_TYPES[stream], value),
      callHost: (methodId) =>
        new Promise((resolve) => {
          entry?.answers.set(methodId, resolve);
          this.#send(commandId, MESSAGE_TYPE.pipelineHostCall, {
            ci: BigInt(methodId),
            mi: enumValue('System.Management.Automation.Remoting.RemoteHostMethodId', 'ReadLine', methodId),
            mp: new PsObject({ items: [] }),
          });
        }),
    };
    try {
      await this.#handler(pipeline);
      this.#send(commandId, MESSAGE_TYPE.pipelineState, { PipelineState: isStopped ? 3 : 4 });
    } catch (error) {
      const record = error instanceof PipelineFailure ? error.record : errorRecord(String(error), 'Simulator');
      this.#send(commandId, MESSAGE_TYPE.pipelineState, { PipelineState: 5, ExceptionAsErrorRecord: record });
    }
  }

  #send(commandId: string | null, type: number, properties: { readonly [name: string]: PsValue }): void {
    this.#sendValue(commandId, type, messageObject(properties));
  }

  #sendValue(commandId: string | null, type: number, value: PsValue): void {
    const message = encodeMessage({
      destination: DESTINATION.client,
      type,
      poolId: this.#poolId,
      pipelineId: commandId ?? EMPTY_GUID,
      data: encodeClixml(value),
    });
    const objectId = this.#objectId;
    this.#objectId += 1n;
    for (const piece of fragment(objectId, message, this.#options.fragmentBytes ?? 32_768)) {
      this.#emit(commandId, piece);
    }
  }
}
