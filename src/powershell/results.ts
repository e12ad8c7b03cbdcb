/** What comes out of a pipeline → the plain records of the domain. Must not know who asked. */
import type { Json, PowerShellError, ProgressRecord, StreamRecord, Streams } from '../domain/index.ts';
import {
  type PipelineEvent,
  type PsValue,
  readErrorRecord,
  readInformationRecord,
  readMessageRecord,
  readProgressRecord,
  toJson,
} from '../protocol/index.ts';

/** The record of an event; undefined for events that are none (states, host calls). */
export function toRecord(event: PipelineEvent, options: { readonly types: boolean }): StreamRecord | undefined {
  switch (event.kind) {
    case 'output':
      return { stream: 'output', value: toJson(event.value, options) };
    case 'error':
      return { stream: 'error', value: readErrorRecord(event.value) };
    case 'warning':
    case 'verbose':
    case 'debug':
      return { stream: event.kind, value: readMessageRecord(event.value) };
    case 'information':
      return { stream: 'information', value: toJson(readInformationRecord(event.value), options) };
    case 'progress':
      return { stream: 'progress', value: readProgressRecord(event.value) };
    default:
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
