/** What comes out of a pipeline → the plain records of the domain. Must not know who asked. */
import type { Json, PowerShellError, ProgressRecord, StreamRecord, Streams } from '../domain/index.ts';
import {
  type PipelineEvent,
  type PsValue,
  readErrorRecord,
  readHostRequest,
  readInformationRecord,
  readMessageRecord,
  readProgressRecord,
  textOf,
  toJson,
} from '../protocol/index.ts';

/** More are not outstanding at a time; those of records whose call never comes are forgotten. */
const MAX_ECHOES = 16;

/**
 * The records of one pipeline's events. A host of PowerShell 5 and later tells Write-Host twice when our side has a host:
 * as an information record and, right after it, as a host call; older ones tell it by the call alone.
 */
export class RecordReader {
  readonly #types: boolean;
  /** Texts whose host call is still to come. */
  readonly #echoes: string[] = [];

  constructor(options: { readonly types: boolean }) {
    this.#types = options.types;
  }

  /** undefined for events that are no records (states, prompts, echoes). */
  read(event: PipelineEvent): StreamRecord | undefined {
    switch (event.kind) {
      case 'output':
        return { stream: 'output', value: toJson(event.value, { types: this.#types }) };
      case 'error':
        return { stream: 'error', value: readErrorRecord(event.value) };
      case 'warning':
      case 'verbose':
      case 'debug':
        return { stream: event.kind, value: readMessageRecord(event.value) };
      case 'information': {
        const data = readInformationRecord(event.value);
        this.#echoes.push(textOf(data) ?? '');
        if (this.#echoes.length > MAX_ECHOES) this.#echoes.shift();
        return { stream: 'information', value: toJson(data, { types: this.#types }) };
      }
      case 'progress':
        return { stream: 'progress', value: readProgressRecord(event.value) };
      case 'hostCall':
        return this.#written(event);
      default:
        return undefined;
    }
  }

  #written(call: Extract<PipelineEvent, { kind: 'hostCall' }>): StreamRecord | undefined {
    const request = readHostRequest(call);
    if (request?.kind !== 'write') return undefined;
    const echo = this.#echoes.indexOf(request.text);
    if (echo < 0) return { stream: 'information', value: request.text };
    this.#echoes.splice(echo, 1);
    return undefined;
  }
}

/** The error that ended a pipeline. */
export function toPowerShellError(record: PsValue): PowerShellError {
  return readErrorRecord(record);
}

/** Gathers records by stream. */
export class RecordCollector {
  readonly output: Json[] = [];
  readonly #error: PowerShellError[] = [];
  readonly #texts: Readonly<Record<'warning' | 'verbose' | 'debug', string[]>> = {
    warning: [],
    verbose: [],
    debug: [],
  };
  readonly #information: Json[] = [];
  readonly #progress: ProgressRecord[] = [];

  add(record: StreamRecord): void {
    switch (record.stream) {
      case 'output':
        this.output.push(record.value);
        break;
      case 'error':
        this.#error.push(record.value);
        break;
      case 'information':
        this.#information.push(record.value);
        break;
      case 'progress':
        this.#progress.push(record.value);
        break;
      default:
        this.#texts[record.stream].push(record.value);
    }
  }

  get streams(): Streams {
    return { error: this.#error, ...this.#texts, information: this.#information, progress: this.#progress };
  }
}
