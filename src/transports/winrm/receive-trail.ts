/**
 * What a client has seen of the fragments of one pool (MS-PSRP 2.2.4), so that an answer that was lost on the way does not
 * go unnoticed: a host counts its messages through, over all pipelines of the pool. Only asked after an answer was lost.
 * Must not know what the messages mean.
 */
const HEADER_BYTES = 21;
const END = 2;

export class ReceiveTrail {
  /** The header of a fragment that is cut between two pieces of data. */
  #header = Buffer.alloc(0);
  /** Bytes of the fragment's payload that are still to come. */
  #payload = 0;
  #objectId: bigint | undefined;
  #fragmentId = 0n;
  #isEnded = true;
  #isSuspect = false;

  /** An answer may have been lost. */
  suspect(): void {
    this.#isSuspect = true;
  }

  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  /** True when the data goes on where the last data ended, or nothing was lost that this would have to tell. */
  follow(data: Uint8Array): boolean {
    let rest = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    let isWhole = true;
    while (rest.length > 0) {
      const skipped = Math.min(this.#payload, rest.length);
      this.#payload -= skipped;
      rest = rest.subarray(skipped);
      const missing = HEADER_BYTES - this.#header.length;
      this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (this.#header.length < HEADER_BYTES) break;
      isWhole = this.#next(this.#header) && isWhole;
      this.#header = Buffer.alloc(0);
    }
    if (data.length > 0 && isWhole) this.#isSuspect = false;
    return isWhole;
  }

  #next(header: Buffer): boolean {
    const objectId = header.readBigUInt64BE(0);
    const fragmentId = header.readBigUInt64BE(8);
    const isNext = this.#isEnded
      ? fragmentId === 0n && (this.#objectId === undefined || objectId === this.#objectId + 1n)
      : objectId === this.#objectId && fragmentId === this.#fragmentId + 1n;
    this.#objectId = objectId;
    this.#fragmentId = fragmentId;
    this.#isEnded = ((header[16] ?? 0) & END) !== 0;
    this.#payload = header.readUInt32BE(17);
    return isNext || !this.#isSuspect;
  }
}
