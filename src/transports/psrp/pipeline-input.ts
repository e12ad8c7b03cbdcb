/**
 * Objects for a running pipeline, sent as they come: each Send is awaited, small objects that are there already share
 * one. Must not know where the objects come from.
 */
import type { PipelineClient, PsValue } from '../../protocol/index.ts';

export interface InputPath {
  readonly pipeline: PipelineClient;
  readonly maxBytes: number;
  /** True when the pipeline wants no more. */
  readonly isOver: () => boolean;
  /** Encodes; exchanges keys first if an object holds a secret. */
  readonly encode: (encode: () => readonly Uint8Array[]) => Promise<readonly Uint8Array[]>;
  /** Resolves when the host has taken the bytes. */
  readonly send: (data: Uint8Array) => Promise<void>;
}

/** Sends all of `source` and the end mark, or stops when the pipeline is over. @throws what `source` and `send` throw */
export async function feedPipeline(path: InputPath, source: AsyncIterable<PsValue> | Iterable<PsValue>): Promise<void> {
  const { pipeline, maxBytes } = path;
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const batch = new Batch(maxBytes, path.send);
  let isExhausted = false;
  try {
    for (;;) {
      const next = iterator.next();
      // what is there already travels before a wait
      if (next instanceof Promise && !(await isReady(next))) await batch.flush();
      const result = await next;
      if (path.isOver()) return;
      if (result.done === true) break;
      const pieces = await path.encode(() => pipeline.input(result.value, maxBytes));
      for (const piece of pieces) await batch.add(piece);
      if (path.isOver()) return;
    }
    isExhausted = true;
    for (const piece of pipeline.endOfInput()) await batch.add(piece);
    await batch.flush();
  } finally {
    // the source lets go of what it holds; nobody waits for it
    if (!isExhausted) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

class Batch {
  readonly #maxBytes: number;
  readonly #send: (data: Uint8Array) => Promise<void>;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number, send: (data: Uint8Array) => Promise<void>) {
    this.#maxBytes = maxBytes;
    this.#send = send;
  }

  async add(piece: Uint8Array): Promise<void> {
    if (this.#bytes + piece.length > this.#maxBytes) await this.flush();
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  async flush(): Promise<void> {
    const [first] = this.#pieces;
    if (first === undefined) return;
    const data = this.#pieces.length === 1 ? first : new Uint8Array(Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#bytes = 0;
    await this.#send(data);
  }
}

/** Settled by the next turn of the event loop. */
async function isReady(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const note = (): void => {
    isSettled = true;
  };
  promise.then(note, note);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  return isSettled;
}
