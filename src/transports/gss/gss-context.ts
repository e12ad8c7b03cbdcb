/**
 * One security context of GSSAPI, on the initiator's side, and what the library's memory needs of us. Must not know
 * which library, nor where credentials come from.
 */
import type { SealedMessage } from '../../protocol/index.ts';
import { BUFFER_BYTES, type Layout } from './layout.ts';
import type { Library, NativeValue } from './library.ts';

const CONTINUE_NEEDED = 1;
/** mutual, replay and sequence detection, confidentiality, integrity */
const FLAGS = 0x02 | 0x04 | 0x08 | 0x10 | 0x20;
/** Without these no envelope may travel. */
const NEEDED_FLAGS = 0x02 | 0x10 | 0x20;

const IOV = { data: 1, header: 2, padding: 9, allocate: 0x10000 } as const;
/** What a context needs of the library. Both kinds of call throw GssError. */
export interface GssCalls {
  readonly library: Library;
  readonly layout: Layout;
  call(name: ContextFunction, ...values: NativeValue[]): number;
  /** On a thread of its own. */
  later(name: ContextFunction, ...values: NativeValue[]): Promise<number>;
  /** What a gss_buffer_desc points to; the library's memory is freed. */
  take(structure: Buffer): Buffer;
}

type ContextFunction =
  | 'gss_init_sec_context'
  | 'gss_delete_sec_context'
  | 'gss_wrap_iov'
  | 'gss_release_iov_buffer'
  | 'gss_unwrap'
  | 'gss_get_mic'
  | 'gss_verify_mic';

/** A call that failed: `major` by RFC 2744, `minor` by the mechanism (krb5's error table). */
export class GssError extends Error {
  override readonly name = 'GssError';
  readonly major: number;
  /** Signed, as com_err counts. */
  readonly minor: number;

  constructor(major: number, minor: number, text: string) {
    super(text);
    this.major = major;
    this.minor = minor;
  }
}

/** Something that the library allocated, behind a pointer of ours; freed once. */
export class GssHandle {
  readonly slot = Buffer.alloc(8);
  readonly #free: (slot: Buffer) => void;
  #isReleased = false;

  constructor(free: (slot: Buffer) => void) {
    this.#free = free;
  }

  get value(): bigint {
    return this.slot.readBigUInt64LE(0);
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (this.value !== 0n) this.#free(this.slot);
  }
}

/** The initiator's side of one security context. One call at a time. */
export class GssContext {
  readonly #api: GssCalls;
  readonly #credential: GssHandle;
  readonly #mechanism: Buffer;
  readonly #binding: Uint8Array | undefined;
  readonly #bindings: Buffer | null;
  readonly #slot = Buffer.alloc(8);
  #isEstablished = false;
  #isRunning = false;
  #isClosed = false;

  constructor(api: GssCalls, credential: GssHandle, mechanism: Buffer, binding: Uint8Array | undefined) {
    this.#api = api;
    this.#credential = credential;
    this.#mechanism = mechanism;
    // the structure holds its address
    this.#binding = binding === undefined ? undefined : Buffer.from(binding);
    this.#bindings = this.#binding === undefined ? null : api.layout.bindings(this.#binding);
  }

  get isEstablished(): boolean {
    return this.#isEstablished;
  }

  /** The peer's token (none at first) → our next one; undefined when there is nothing more to say. @throws GssError */
  async step(target: GssHandle, incoming?: Uint8Array): Promise<Buffer | undefined> {
    const output = Buffer.alloc(BUFFER_BYTES);
    const flags = Buffer.alloc(4);
    const token = incoming === undefined ? undefined : Buffer.from(incoming);
    const input = token === undefined ? null : this.#api.layout.buffer(token);
    this.#isRunning = true;
    try {
      const major = await this.#api.later(
        'gss_init_sec_context',
        this.#credential.value,
        this.#slot,
        target.value,
        this.#mechanism,
        FLAGS,
        0,
        this.#bindings,
        input,
        null,
        output,
        flags,
        null,
      );
      if ((major & CONTINUE_NEEDED) === 0) {
        if ((flags.readUInt32LE(0) & NEEDED_FLAGS) !== NEEDED_FLAGS) throw new GssError(0, 0, 'no protection');
        this.#isEstablished = true;
      }
    } finally {
      this.#isRunning = false;
      if (this.#isClosed) this.#delete();
    }
    const answer = this.#api.take(output);
    return answer.length === 0 ? undefined : answer;
  }

  /** @throws GssError */
  wrap(plaintext: Uint8Array): SealedMessage {
    const { layout, library } = this.#api;
    const data = Buffer.from(plaintext);
    const array = layout.iov([
      { type: IOV.header | IOV.allocate },
      { type: IOV.data, bytes: data },
      { type: IOV.padding | IOV.allocate },
    ]);
    this.#api.call('gss_wrap_iov', this.#handle, 1, 0, null, array, 3);
    const part = (index: number): Buffer => {
      const { length, address } = layout.readIov(array, index);
      return library.read(address, length);
    };
    const sealed = { signature: part(0), ciphertext: Buffer.concat([data, part(2)]) };
    this.#api.call('gss_release_iov_buffer', array, 3);
    return sealed;
  }

  /** Header and data side by side are what gss_unwrap takes, whatever the peer has rotated. @throws GssError */
  unwrap(message: SealedMessage): Buffer {
    const token = Buffer.concat([message.signature, message.ciphertext]);
    const output = Buffer.alloc(BUFFER_BYTES);
    const isConfidential = Buffer.alloc(4);
    const { layout } = this.#api;
    const major = this.#api.call('gss_unwrap', this.#handle, layout.buffer(token), output, isConfidential, null);
    const plaintext = this.#api.take(output);
    // repeated, old, out of order or with a gap (RFC 2744 1.2.3) is no failure to GSSAPI, but is to us
    if (major !== 0) throw new GssError(major, 0, 'a message that was repeated or left out');
    if (isConfidential.readInt32LE(0) === 0) throw new GssError(0, 0, 'a message that is signed but not sealed');
    return plaintext;
  }

  /** @throws GssError */
  sign(message: Uint8Array): Buffer {
    const bytes = Buffer.from(message);
    const output = Buffer.alloc(BUFFER_BYTES);
    this.#api.call('gss_get_mic', this.#handle, 0, this.#api.layout.buffer(bytes), output);
    return this.#api.take(output);
  }

  verify(message: Uint8Array, mic: Uint8Array): boolean {
    const parts = [Buffer.from(message), Buffer.from(mic)] as const;
    const { layout } = this.#api;
    try {
      this.#api.call('gss_verify_mic', this.#handle, layout.buffer(parts[0]), layout.buffer(parts[1]), null);
      return true;
    } catch (thrown) {
      if (thrown instanceof GssError) return false;
      throw thrown;
    }
  }

  /** While a call is under way: as soon as it has returned. */
  close(): void {
    this.#isClosed = true;
    if (!this.#isRunning) this.#delete();
  }

  get #handle(): bigint {
    const handle = this.#slot.readBigUInt64LE(0);
    if (handle === 0n) throw new GssError(0, 0, 'the security context is closed');
    return handle;
  }

  #delete(): void {
    this.#isEstablished = false;
    if (this.#slot.readBigUInt64LE(0) !== 0n) this.#api.call('gss_delete_sec_context', this.#slot, null);
  }
}
