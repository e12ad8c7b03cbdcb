/** Bytes in any pieces → packets. Must not know who sends them. */
import { psrpError } from '../psrp/fragments.ts';
import { decodeLine, type OutOfProcessLine } from './packets.ts';

export interface LineReaderOptions {
  /** Bytes of one line; 96 MiB when absent: a message of 64 MiB in base64. */
  readonly maxLineBytes?: number;
}

const LINE_FEED = 0x0a;

export class LineReader {
  readonly #maxLineBytes: number;
  #parts: Uint8Array[] = [];
  #held = 0;

  constructor(options: LineReaderOptions = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? 96 * 1024 * 1024;
  }

  /** Bytes of a line that has not ended. */
  get heldBytes(): number {
    return this.#held;
  }

  /**
   * The lines that are complete with these bytes; empty ones are left out.
   * @throws ProtocolError FB_PROTOCOL_PSRP: a line that is too long, or an element that is no packet
   */
  push(data: Uint8Array): readonly OutOfProcessLine[] {
    const lines: OutOfProcessLine[] = [];
    let start = 0;
    for (;;) {
      const end = data.indexOf(LINE_FEED, start);
      if (end < 0) break;
      const text = this.#text(data.subarray(start, end));
      start = end + 1;
      if (text !== '') lines.push(...decodeLine(text));
    }
    if (start < data.length) this.#hold(data.slice(start));
    return lines;
  }

  #text(last: Uint8Array): string {
    this.#hold(last);
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#held = 0;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  #hold(part: Uint8Array): void {
    this.#held += part.length;
    if (this.#held > this.#maxLineBytes) throw psrpError('a line is longer than a packet may be');
    this.#parts.push(part);
  }
}
