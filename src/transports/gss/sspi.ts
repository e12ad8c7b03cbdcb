/**
 * Kerberos by Windows' SSPI (secur32.dll): the user's own identity, or a name and a password. Written from Microsoft's
 * documentation and NOT yet tried on Windows. Must not know HTTP.
 */
import { FirebreakError } from '../../domain/index.ts';
import type { SealedMessage } from '../../protocol/index.ts';
import { type Library, loadLibrary, type NativeFunction, type NativeValue } from './library.ts';
import { parseUser, servicePrincipals } from './principals.ts';
import { queued } from './queue.ts';
import type { KerberosOptions, SecurityContext } from './security-context.ts';
import {
  authIdentity,
  fromSspiStatus,
  isServiceUnknownToSspi,
  SECBUFFER,
  type SecBuffer,
  secBuffers,
  secChannelBindings,
} from './sspi-layout.ts';

const SIGNATURES = {
  AcquireCredentialsHandleW: 'wwupppppp',
  InitializeSecurityContextW: 'ppwuuupupppp',
  QueryContextAttributesW: 'pup',
  EncryptMessage: 'pupu',
  DecryptMessage: 'ppup',
  MakeSignature: 'pupu',
  VerifySignature: 'ppup',
  DeleteSecurityContext: 'p',
  FreeCredentialsHandle: 'p',
} as const;

const OUTBOUND = 2;
const NATIVE_DREP = 0x10;
const CONTINUE_NEEDED = 0x90312;
/** mutual, replay and sequence detection, confidentiality, integrity (ISC_REQ_*, ISC_RET_*) */
const FLAGS = 0x02 | 0x04 | 0x08 | 0x10 | 0x10000;
const NEEDED_FLAGS = 0x02 | 0x10 | 0x10000;
const SECPKG_ATTR_SIZES = 0;
const HANDLE_BYTES = 16;
/** More than any ticket has (MaxTokenSize). */
const TOKEN_BYTES = 65_536;

type Calls = { readonly [Name in keyof typeof SIGNATURES]: NativeFunction };

export class SspiLogin implements SecurityContext {
  readonly #options: KerberosOptions;
  readonly #context = Buffer.alloc(HANDLE_BYTES);
  readonly #credential = Buffer.alloc(HANDLE_BYTES);
  #library: Library | undefined;
  #calls: Calls | undefined;
  #service = '';
  #hasContext = false;
  #hasCredential = false;
  #isEstablished = false;
  #isRunning = false;
  #isClosed = false;

  constructor(options: KerberosOptions) {
    this.#options = options;
  }

  get isEstablished(): boolean {
    return this.#isEstablished;
  }

  step(incoming: Uint8Array | undefined, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return queued(async () => {
      this.#isRunning = true;
      try {
        if (incoming !== undefined) return await this.#next(this.#service, incoming);
        await this.#open();
        return await this.#first();
      } finally {
        this.#isRunning = false;
        if (this.#isClosed) this.#free();
      }
    }, signal);
  }

  seal(plaintext: Uint8Array): SealedMessage {
    const { trailer, block } = this.#sizes();
    const data = Buffer.from(plaintext);
    const parts = [
      { type: SECBUFFER.token, bytes: Buffer.alloc(trailer) },
      { type: SECBUFFER.data, bytes: data },
      { type: SECBUFFER.padding, bytes: Buffer.alloc(block) },
    ] as const;
    const { descriptor, lengthOf } = this.#buffers(parts);
    this.#check(this.#api.EncryptMessage(this.#context, 0, descriptor, 0));
    return {
      signature: parts[0].bytes.subarray(0, lengthOf(0)),
      ciphertext: Buffer.concat([data, parts[2].bytes.subarray(0, lengthOf(2))]),
    };
  }

  unseal(message: SealedMessage): Buffer {
    const stream = Buffer.concat([message.signature, message.ciphertext]);
    const { descriptor, lengthOf, addressAt } = this.#buffers([
      { type: SECBUFFER.stream, bytes: stream },
      { type: SECBUFFER.data, bytes: Buffer.alloc(0) },
    ]);
    const quality = Buffer.alloc(4);
    this.#check(this.#api.DecryptMessage(this.#context, descriptor, 0, quality));
    // SECQOP_WRAP_NO_ENCRYPT
    if (quality.readUInt32LE(0) === 0x80000001) throw this.#broken('a message that is signed but not sealed');
    return this.#loaded.read(addressAt(1), lengthOf(1));
  }

  sign(message: Uint8Array): Uint8Array {
    const parts = [
      { type: SECBUFFER.data, bytes: Buffer.from(message) },
      { type: SECBUFFER.token, bytes: Buffer.alloc(this.#sizes().signature) },
    ] as const;
    const { descriptor, lengthOf } = this.#buffers(parts);
    this.#check(this.#api.MakeSignature(this.#context, 0, descriptor, 0));
    return parts[1].bytes.subarray(0, lengthOf(1));
  }

  verify(message: Uint8Array, mic: Uint8Array): boolean {
    const { descriptor } = this.#buffers([
      { type: SECBUFFER.data, bytes: Buffer.from(message) },
      { type: SECBUFFER.token, bytes: Buffer.from(mic) },
    ]);
    return this.#api.VerifySignature(this.#context, descriptor, 0, Buffer.alloc(4)) === 0;
  }

  close(): void {
    this.#isClosed = true;
    if (!this.#isRunning) this.#free();
  }

  async #open(): Promise<void> {
    const { label, user, password, keytab, ccache } = this.#options;
    if (keytab !== undefined || ccache !== undefined) {
      throw new FirebreakError(
        'FB_AUTH_UNSUPPORTED',
        `${label}: Windows has no key tables and ticket caches in files`,
        {
          remedy: 'leave keytab: and ccache: out: the logon of this Windows session is used, or a password',
        },
      );
    }
    const library = await loadLibrary(['secur32.dll'], 'it is part of Windows');
    this.#library = library;
    const entries = Object.entries(SIGNATURES).map(([name, types]) => [name, library.func(name, types)]);
    this.#calls = Object.fromEntries(entries) as Calls;
    const { name, domain = '' } = parseUser(user);
    const isGiven = password.reveal() !== '';
    // a name with @ goes as it is: its suffix need not be the domain's name
    const identity = user.includes('\\')
      ? authIdentity(name, domain, isGiven ? password.reveal() : '', library.addressOf)
      : authIdentity(user, '', isGiven ? password.reveal() : '', library.addressOf);
    const authData = isGiven ? identity : null;
    const values: NativeValue[] = [
      null,
      'Kerberos',
      OUTBOUND,
      null,
      authData,
      null,
      null,
      this.#credential,
      Buffer.alloc(8),
    ];
    this.#check(await this.#api.AcquireCredentialsHandleW.later(...values));
    this.#hasCredential = true;
  }

  async #first(): Promise<Uint8Array | undefined> {
    const { label, serviceHost, spn } = this.#options;
    const services = servicePrincipals(serviceHost, spn, '').map((service) => service.replace(/@$/, ''));
    if (services.length === 0) {
      throw new FirebreakError(
        'FB_AUTH_UNSUPPORTED',
        `${label}: Kerberos needs the host's name, and only its address is known`,
        {
          remedy: 'name the host in the inventory by its full DNS name, or give spn: host/NAME; or use auth: ntlm',
          details: { isKerberosAbsent: true },
        },
      );
    }
    for (const [index, service] of services.entries()) {
      this.#service = service;
      try {
        return await this.#next(service, undefined);
      } catch (thrown) {
        const isUnknown = thrown instanceof SspiFailure && isServiceUnknownToSspi(thrown.status);
        if (!isUnknown || index === services.length - 1) throw this.#told(thrown);
      }
    }
    return undefined;
  }

  async #next(service: string, incoming: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    const { channelBinding } = this.#options;
    const inputs: SecBuffer[] = [];
    if (incoming !== undefined) inputs.push({ type: SECBUFFER.token, bytes: Buffer.from(incoming) });
    if (channelBinding !== undefined) {
      inputs.push({ type: SECBUFFER.channelBindings, bytes: secChannelBindings(channelBinding) });
    }
    const token = Buffer.alloc(TOKEN_BYTES);
    const output = this.#buffers([{ type: SECBUFFER.token, bytes: token }]);
    const attributes = Buffer.alloc(4);
    const status = await this.#api.InitializeSecurityContextW.later(
      this.#credential,
      this.#hasContext ? this.#context : null,
      service,
      FLAGS,
      0,
      NATIVE_DREP,
      inputs.length === 0 ? null : this.#buffers(inputs).descriptor,
      0,
      this.#context,
      output.descriptor,
      attributes,
      Buffer.alloc(8),
    );
    if (status !== 0 && status !== CONTINUE_NEEDED) {
      const failure = new SspiFailure(status);
      throw incoming === undefined ? failure : this.#told(failure);
    }
    this.#hasContext = true;
    if (status === 0) {
      if ((attributes.readUInt32LE(0) & NEEDED_FLAGS) !== NEEDED_FLAGS)
        throw this.#broken('a login without protection');
      this.#isEstablished = true;
    }
    const length = output.lengthOf(0);
    return length === 0 ? undefined : Buffer.from(token.subarray(0, length));
  }

  /** SecPkgContext_Sizes */
  #sizes(): { readonly signature: number; readonly block: number; readonly trailer: number } {
    const sizes = Buffer.alloc(16);
    this.#check(this.#api.QueryContextAttributesW(this.#context, SECPKG_ATTR_SIZES, sizes));
    return { signature: sizes.readUInt32LE(4), block: sizes.readUInt32LE(8), trailer: sizes.readUInt32LE(12) };
  }

  get #loaded(): Library {
    if (this.#library === undefined) throw this.#broken('the login is closed');
    return this.#library;
  }

  get #api(): Calls {
    if (this.#calls === undefined || this.#isClosed) throw this.#broken('the login is closed');
    return this.#calls;
  }

  #buffers(buffers: readonly SecBuffer[]): ReturnType<typeof secBuffers> {
    return secBuffers(buffers, this.#loaded.addressOf);
  }

  #check(status: number): void {
    if (status !== 0) throw this.#told(new SspiFailure(status));
  }

  #told(thrown: unknown): unknown {
    if (!(thrown instanceof SspiFailure)) return thrown;
    return fromSspiStatus(this.#options.label, this.#service, thrown.status);
  }

  #broken(what: string): FirebreakError {
    return new FirebreakError('FB_PROTOCOL_AUTH', `${this.#options.label}: Kerberos: ${what}`, {
      remedy: 'something on the way may change messages: check it',
    });
  }

  #free(): void {
    const calls = this.#calls;
    this.#calls = undefined;
    if (calls === undefined) return;
    if (this.#hasContext) calls.DeleteSecurityContext(this.#context);
    if (this.#hasCredential) calls.FreeCredentialsHandle(this.#credential);
  }
}

class SspiFailure extends Error {
  override readonly name = 'SspiFailure';
  readonly status: number;

  constructor(status: number) {
    super(`status ${(status >>> 0).toString(16)}`);
    this.status = status;
  }
}
