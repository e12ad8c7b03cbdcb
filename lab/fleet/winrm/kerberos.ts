/**
 * The host's side of a login by Kerberos, bare or in SPNEGO: the system's GSSAPI (MIT, through koffi) with a key table.
 * Only loaded for fleets that name one. Must not know HTTP or accounts.
 */
import { LabError } from '../errors.ts';

type Koffi = typeof import('koffi');
type Call = (...values: readonly (Buffer | bigint | number | null)[]) => number;

const LIBRARY = 'libgssapi_krb5.so.2';
const PARAMETERS: Readonly<Record<string, string>> = { p: 'void *', u: 'uint32_t', i: 'int32_t' };
const SIGNATURES = {
  gss_acquire_cred_from: 'ppupipppp',
  gss_accept_sec_context: 'ppppppppppp',
  gss_delete_sec_context: 'ppp',
  gss_display_name: 'pppp',
  gss_release_name: 'pp',
  gss_release_buffer: 'pp',
  gss_wrap_iov: 'ppiuppi',
  gss_release_iov_buffer: 'ppi',
  gss_unwrap: 'pppppp',
} as const;

/** 1.2.840.113554.1.2.2 and 1.3.6.1.5.5.2 */
const MECHANISMS = ['2a864886f712010202', '2b0601050502'].map((hex) => Buffer.from(hex, 'hex'));
const GSS_C_ACCEPT = 2;
const INDEFINITE = 0xffffffff;
const ERROR_MASK = 0xffff0000;
const CONTINUE_NEEDED = 1;
/** GSS_C_CHANNEL_BOUND_FLAG, MIT 1.19 and later. */
const CHANNEL_BOUND = 0x800;
const IOV = { data: 1, header: 2, padding: 9, allocate: 0x10000 } as const;
const IOV_BYTES = 24;
const BUFFER_BYTES = 16;

export interface KerberosSealed {
  readonly signature: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface KerberosSession {
  seal(plaintext: Uint8Array): KerberosSealed;
  /** @throws KerberosRefusal */
  unseal(message: KerberosSealed): Buffer;
}

export interface KerberosStep {
  readonly isDone: boolean;
  /** For the client. */
  readonly token: Buffer | undefined;
  /** The client has bound its login to our channel. */
  readonly isBound: boolean;
  /** `user@REALM`, when it is done. */
  readonly principal: string | undefined;
}

/** The client's token or message is not what it should be. */
export class KerberosRefusal extends Error {
  override readonly name = 'KerberosRefusal';
  /** What GSSAPI wants to tell the client. */
  readonly token: Buffer | undefined;

  constructor(what: string, token?: Buffer) {
    super(what);
    this.token = token;
  }
}

/** The service's keys, for all machines of a fleet. */
export class KerberosService {
  readonly #api: Api;
  readonly #credential: bigint;

  private constructor(api: Api, credential: bigint) {
    this.#api = api;
    this.#credential = credential;
  }

  /** @throws LabError `lab.kerberos` */
  static async open(keytab: string): Promise<KerberosService> {
    const koffi = await import('koffi').catch(() => undefined);
    if (koffi === undefined) throw new LabError('lab.kerberos', 'Kerberos needs the npm package koffi');
    const api = Api.load(koffi);
    return new KerberosService(api, api.acquire(keytab));
  }

  /** @param channelBinding `tls-server-end-point:…` of the connection; a client that has another is refused, one without is not */
  newAcceptor(channelBinding?: Uint8Array): KerberosAcceptor {
    return new KerberosAcceptor(this.#api, this.#credential, channelBinding);
  }
}

/** One login, and then its session. */
export class KerberosAcceptor implements KerberosSession {
  readonly #api: Api;
  readonly #credential: bigint;
  readonly #binding: Buffer | undefined;
  readonly #slot = Buffer.alloc(8);

  constructor(api: Api, credential: bigint, channelBinding: Uint8Array | undefined) {
    this.#api = api;
    this.#credential = credential;
    this.#binding = channelBinding === undefined ? undefined : Buffer.from(channelBinding);
  }

  /** @throws KerberosRefusal */
  step(token: Uint8Array): KerberosStep {
    const { calls } = this.#api;
    const input = Buffer.from(token);
    const output = Buffer.alloc(BUFFER_BYTES);
    const name = Buffer.alloc(8);
    const flags = Buffer.alloc(4);
    const major = calls.gss_accept_sec_context(
      Buffer.alloc(4),
      this.#slot,
      this.#credential,
      this.#api.buffer(input),
      this.#binding === undefined ? null : this.#api.bindings(this.#binding),
      name,
      null,
      output,
      flags,
      null,
      null,
    );
    const answer = this.#api.take(output);
    const principal = this.#api.takeName(name);
    if ((major & ERROR_MASK) !== 0) {
      this.close();
      throw new KerberosRefusal(`gss_accept_sec_context: ${(major >>> 0).toString(16)}`, answer);
    }
    const isDone = (major & CONTINUE_NEEDED) === 0;
    const isBound = (flags.readUInt32LE(0) & CHANNEL_BOUND) !== 0;
    return { isDone, isBound, token: answer, principal: isDone ? principal : undefined };
  }

  seal(plaintext: Uint8Array): KerberosSealed {
    const data = Buffer.from(plaintext);
    const array = this.#api.iov([
      [IOV.header | IOV.allocate, undefined],
      [IOV.data, data],
      [IOV.padding | IOV.allocate, undefined],
    ]);
    const { calls } = this.#api;
    const major = calls.gss_wrap_iov(Buffer.alloc(4), this.#context, 1, 0, null, array, 3);
    if (major !== 0) throw new KerberosRefusal(`gss_wrap_iov: ${major.toString(16)}`);
    const signature = this.#api.readIov(array, 0);
    const ciphertext = Buffer.concat([data, this.#api.readIov(array, 2)]);
    calls.gss_release_iov_buffer(Buffer.alloc(4), array, 3);
    return { signature, ciphertext };
  }

  unseal({ signature, ciphertext }: KerberosSealed): Buffer {
    const token = Buffer.concat([signature, ciphertext]);
    const output = Buffer.alloc(BUFFER_BYTES);
    const isSealed = Buffer.alloc(4);
    const input = this.#api.buffer(token);
    const major = this.#api.calls.gss_unwrap(Buffer.alloc(4), this.#context, input, output, isSealed, null);
    const plaintext = this.#api.take(output);
    if (major !== 0 || isSealed.readInt32LE(0) === 0) throw new KerberosRefusal(`gss_unwrap: ${major.toString(16)}`);
    return plaintext ?? Buffer.alloc(0);
  }

  close(): void {
    if (this.#slot.readBigUInt64LE(0) !== 0n) this.#api.calls.gss_delete_sec_context(Buffer.alloc(4), this.#slot, null);
  }

  get #context(): bigint {
    const context = this.#slot.readBigUInt64LE(0);
    if (context === 0n) throw new KerberosRefusal('the security context is closed');
    return context;
  }
}

/** The library's functions and structures, 64-bit and little-endian. */
class Api {
  readonly calls: { readonly [Name in keyof typeof SIGNATURES]: Call };
  readonly #koffi: Koffi;
  readonly #held = new WeakMap<Buffer, readonly Buffer[]>();

  private constructor(koffi: Koffi, library: ReturnType<Koffi['load']>) {
    this.#koffi = koffi;
    const entries = Object.entries(SIGNATURES).map(([name, letters]) => {
      const types = [...letters].map((letter) => PARAMETERS[letter]!);
      return [name, library.func(name, 'uint32_t', types) as Call];
    });
    this.calls = Object.fromEntries(entries) as { [Name in keyof typeof SIGNATURES]: Call };
  }

  static load(koffi: Koffi): Api {
    try {
      return new Api(koffi, koffi.load(LIBRARY));
    } catch {
      throw new LabError('lab.kerberos', `Kerberos needs ${LIBRARY} (apt-get install libgssapi-krb5-2)`);
    }
  }

  /** A credential for the life of the process. */
  acquire(keytab: string): bigint {
    const texts = ['keytab', keytab, 'rcache', 'none:'].map((text) => Buffer.from(`${text}\0`));
    const elements = Buffer.alloc(texts.length * 8);
    texts.forEach((text, index) => {
      elements.writeBigUInt64LE(this.#koffi.address(text), index * 8);
    });
    const store = this.#holding(Buffer.alloc(16), elements, ...texts);
    store.writeUInt32LE(texts.length / 2, 0);
    store.writeBigUInt64LE(this.#koffi.address(elements), 8);
    const slot = Buffer.alloc(8);
    const major = this.calls.gss_acquire_cred_from(
      Buffer.alloc(4),
      null,
      INDEFINITE,
      this.#mechanisms(),
      GSS_C_ACCEPT,
      store,
      slot,
      null,
      null,
    );
    if (major !== 0) {
      throw new LabError('lab.kerberos', `the key table ${keytab} cannot be used (klist -kte ${keytab})`);
    }
    return slot.readBigUInt64LE(0);
  }

  buffer(bytes: Buffer): Buffer {
    const structure = this.#holding(Buffer.alloc(BUFFER_BYTES), bytes);
    structure.writeBigUInt64LE(BigInt(bytes.length), 0);
    structure.writeBigUInt64LE(bytes.length === 0 ? 0n : this.#koffi.address(bytes), 8);
    return structure;
  }

  bindings(applicationData: Buffer): Buffer {
    // no addresses of the ends, RFC 2744 3.11
    return this.#holding(Buffer.concat([Buffer.alloc(48), this.buffer(applicationData)]), applicationData);
  }

  iov(entries: readonly (readonly [type: number, bytes: Buffer | undefined])[]): Buffer {
    const parts = entries.map(([, bytes]) => bytes).filter((bytes) => bytes !== undefined);
    const array = this.#holding(Buffer.alloc(entries.length * IOV_BYTES), ...parts);
    entries.forEach(([type, bytes], index) => {
      array.writeUInt32LE(type, index * IOV_BYTES);
      if (bytes !== undefined) this.buffer(bytes).copy(array, index * IOV_BYTES + 8);
    });
    return array;
  }

  readIov(array: Buffer, index: number): Buffer {
    return this.#read(array.subarray(index * IOV_BYTES + 8)) ?? Buffer.alloc(0);
  }

  /** What the library has allocated; undefined when that is nothing. */
  take(structure: Buffer): Buffer | undefined {
    const bytes = this.#read(structure);
    this.calls.gss_release_buffer(Buffer.alloc(4), structure);
    return bytes;
  }

  takeName(slot: Buffer): string | undefined {
    const name = slot.readBigUInt64LE(0);
    if (name === 0n) return undefined;
    const text = Buffer.alloc(BUFFER_BYTES);
    this.calls.gss_display_name(Buffer.alloc(4), name, text, null);
    this.calls.gss_release_name(Buffer.alloc(4), slot);
    return this.take(text)?.toString('utf8');
  }

  #read(structure: Buffer): Buffer | undefined {
    const length = Number(structure.readBigUInt64LE(0));
    if (length === 0) return undefined;
    return Buffer.from(new Uint8Array(this.#koffi.view(structure.readBigUInt64LE(8), length)));
  }

  /** gss_OID_set_desc of both mechanisms. */
  #mechanisms(): Buffer {
    const oids = Buffer.alloc(MECHANISMS.length * 16);
    MECHANISMS.forEach((oid, index) => {
      oids.writeUInt32LE(oid.length, index * 16);
      oids.writeBigUInt64LE(this.#koffi.address(oid), index * 16 + 8);
    });
    const set = this.#holding(Buffer.alloc(16), oids);
    set.writeBigUInt64LE(BigInt(MECHANISMS.length), 0);
    set.writeBigUInt64LE(this.#koffi.address(oids), 8);
    return set;
  }

  /** Memory that only addresses refer to lives as long as the structure that has them. */
  #holding(structure: Buffer, ...memory: readonly Buffer[]): Buffer {
    this.#held.set(structure, memory);
    return structure;
  }
}
