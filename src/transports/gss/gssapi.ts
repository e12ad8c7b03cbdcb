/**
 * Kerberos by the system's GSSAPI: MIT's libgssapi_krb5 (Linux, BSD), GSS.framework (macOS, untested). Calls that may
 * wait for a KDC run on a thread of their own. Must not know HTTP, users' names or messages for users.
 */
import { randomUUID } from 'node:crypto';
import { type GssCalls, GssContext, GssError, GssHandle } from './gss-context.ts';
import { BUFFER_BYTES, type Layout, layoutOf } from './layout.ts';
import { type Library, loadLibrary, type NativeFunction, type NativeValue } from './library.ts';

/** 1.2.840.113554.1.2.2 */
const KRB5_OID = Buffer.from('2a864886f712010202', 'hex');
/** GSS_KRB5_NT_PRINCIPAL_NAME, 1.2.840.113554.1.2.2.1: taken as it is, without any look-up in the DNS. */
const PRINCIPAL_NAME_OID = Buffer.from('2a864886f71201020201', 'hex');

const GSS_C_INITIATE = 1;
const INDEFINITE = 0xffffffff;
const ERROR_MASK = 0xffff0000;
const GSS_C_MECH_CODE = 2;

/** Where the credential comes from; nothing but `principal` or nothing at all: the user's own default cache. */
export interface CredentialSource {
  readonly principal: string | undefined;
  readonly password?: string;
  readonly keytab?: string;
  readonly ccache?: string;
}

const DEBIAN_REMEDY =
  'install it: apt-get install libgssapi-krb5-2 (Debian, Ubuntu), dnf install krb5-libs (Fedora, RHEL); or use auth: ntlm with a password';

let loaded: Promise<GssApi> | undefined;

/** @throws FirebreakError FB_ENVIRONMENT: koffi or the library is missing */
export function loadGssApi(): Promise<GssApi> {
  loaded ??= open().catch((thrown: unknown) => {
    loaded = undefined;
    throw thrown;
  });
  return loaded;
}

async function open(): Promise<GssApi> {
  const isMac = process.platform === 'darwin';
  const names = isMac
    ? ['/System/Library/Frameworks/GSS.framework/GSS']
    : ['libgssapi_krb5.so.2', 'libgssapi_krb5.so', 'libgssapi.so.3'];
  return new GssApi(await loadLibrary(names, DEBIAN_REMEDY), isMac);
}

type Signatures = typeof SIGNATURES;
const SIGNATURES = {
  gss_import_name: 'pppp',
  gss_release_name: 'pp',
  gss_acquire_cred_with_password: 'pppupippp',
  gss_acquire_cred_from: 'ppupipppp',
  gss_release_cred: 'pp',
  gss_init_sec_context: 'pppppuupppppp',
  gss_delete_sec_context: 'ppp',
  gss_release_buffer: 'pp',
  gss_wrap_iov: 'ppiuppi',
  gss_release_iov_buffer: 'ppi',
  gss_unwrap: 'pppppp',
  gss_get_mic: 'ppupp',
  gss_verify_mic: 'ppppp',
  gss_display_status: 'puippp',
} as const;

export class GssApi implements GssCalls {
  readonly library: Library;
  readonly layout: Layout;
  readonly #functions: { readonly [Name in keyof Signatures]: NativeFunction };
  readonly #krb5: Buffer;
  readonly #krb5Set: Buffer;
  readonly #principalName: Buffer;

  constructor(library: Library, isMac: boolean) {
    this.library = library;
    this.layout = layoutOf(isMac && process.arch === 'x64', library.addressOf);
    const nameOf = (name: string): string => (isMac && name.includes('_iov') ? `__ApplePrivate_${name}` : name);
    const entries = Object.entries(SIGNATURES).map(([name, types]) => [name, library.func(nameOf(name), types)]);
    this.#functions = Object.fromEntries(entries) as { [Name in keyof Signatures]: NativeFunction };
    this.#krb5 = this.layout.oid(KRB5_OID);
    this.#krb5Set = this.layout.oidSet(this.#krb5);
    this.#principalName = this.layout.oid(PRINCIPAL_NAME_OID);
  }

  /** @throws GssError */
  importPrincipal(name: string): GssHandle {
    const handle = new GssHandle((slot) => this.#release('gss_release_name', slot));
    this.#call('gss_import_name', this.layout.buffer(Buffer.from(name, 'utf8')), this.#principalName, handle.slot);
    return handle;
  }

  /** A password is tried with the KDC at once; everything else when the first context begins. @throws GssError */
  async acquire(source: CredentialSource): Promise<GssHandle> {
    const name = source.principal === undefined ? undefined : this.importPrincipal(source.principal);
    try {
      return await this.#acquire(source, name);
    } finally {
      name?.release();
    }
  }

  async #acquire(source: CredentialSource, name: GssHandle | undefined): Promise<GssHandle> {
    const handle = new GssHandle((slot) => this.#release('gss_release_cred', slot));
    if (source.password !== undefined) {
      const password = Buffer.from(source.password, 'utf8');
      try {
        await this.#later(
          'gss_acquire_cred_with_password',
          name?.value ?? null,
          this.layout.buffer(password),
          INDEFINITE,
          this.#krb5Set,
          GSS_C_INITIATE,
          handle.slot,
          null,
          null,
        );
      } finally {
        password.fill(0);
      }
      return handle;
    }
    const pairs = storeOf(source).map(([key, value]) => [terminated(key), terminated(value)] as const);
    const store = pairs.length === 0 ? null : this.layout.keyValueSet(pairs);
    await this.#later(
      'gss_acquire_cred_from',
      name?.value ?? null,
      INDEFINITE,
      this.#krb5Set,
      GSS_C_INITIATE,
      store,
      handle.slot,
      null,
      null,
    );
    return handle;
  }

  newContext(credential: GssHandle, channelBinding: Uint8Array | undefined): GssContext {
    return new GssContext(this, credential, this.#krb5, channelBinding);
  }

  /** @throws GssError */
  call(name: keyof Signatures, ...values: NativeValue[]): number {
    return this.#call(name, ...values);
  }

  /** @throws GssError */
  later(name: keyof Signatures, ...values: NativeValue[]): Promise<number> {
    return this.#later(name, ...values);
  }

  /** What a gss_buffer_desc points to; the library's memory is freed. */
  take(structure: Buffer): Buffer {
    const length = Number(structure.readBigUInt64LE(0));
    const bytes = length === 0 ? Buffer.alloc(0) : this.library.read(structure.readBigUInt64LE(8), length);
    this.#release('gss_release_buffer', structure);
    return bytes;
  }

  #release(name: 'gss_release_name' | 'gss_release_cred' | 'gss_release_buffer', slot: Buffer): void {
    this.#functions[name](Buffer.alloc(4), slot);
  }

  #call(name: keyof Signatures, ...values: NativeValue[]): number {
    const minor = Buffer.alloc(4);
    return this.#checked(this.#functions[name](minor, ...values), minor);
  }

  async #later(name: keyof Signatures, ...values: NativeValue[]): Promise<number> {
    const minor = Buffer.alloc(4);
    return this.#checked(await this.#functions[name].later(minor, ...values), minor);
  }

  #checked(major: number, minor: Buffer): number {
    if ((major & ERROR_MASK) === 0) return major;
    const code = minor.readInt32LE(0);
    throw new GssError(major, code, this.#textOf(code));
  }

  #textOf(minor: number): string {
    const text = Buffer.alloc(BUFFER_BYTES);
    const more = Buffer.alloc(4);
    const code = minor >>> 0;
    const display = this.#functions.gss_display_status;
    if (display(Buffer.alloc(4), code, GSS_C_MECH_CODE, this.#krb5, more, text) !== 0) return `error ${minor}`;
    return this.take(text).toString('utf8').replace(/\s+/g, ' ').trim();
  }
}

/** MIT's names (krb5 "credential store"); a private cache keeps the tickets of a key table out of the user's own. */
function storeOf(source: CredentialSource): readonly (readonly [string, string])[] {
  if (source.keytab !== undefined) {
    return [
      ['client_keytab', source.keytab.includes(':') ? source.keytab : `FILE:${source.keytab}`],
      ['ccache', `MEMORY:firebreak-${randomUUID()}`],
    ];
  }
  if (source.ccache !== undefined) return [['ccache', source.ccache]];
  return [];
}

function terminated(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf8');
}
