/**
 * A login by Kerberos through the system's GSSAPI: credential, services in turn, tokens, sealing. Must not know HTTP.
 */
import { FirebreakError } from '../../domain/index.ts';
import type { SealedMessage } from '../../protocol/index.ts';
import { type FailureContext, fromGssError, isServiceUnknown } from './failures.ts';
import { type GssContext, GssError, type GssHandle } from './gss-context.ts';
import { type CredentialSource, type GssApi, loadGssApi } from './gssapi.ts';
import { parseUser, realmOf, servicePrincipals } from './principals.ts';
import { queued } from './queue.ts';
import { readRealms } from './realms.ts';
import type { KerberosOptions, SecurityContext } from './security-context.ts';

interface Prepared {
  readonly api: GssApi;
  readonly credential: GssHandle;
  readonly failure: FailureContext;
}

export class GssLogin implements SecurityContext {
  readonly #options: KerberosOptions;
  #prepared: Prepared | undefined;
  #target: GssHandle | undefined;
  #context: GssContext | undefined;
  #isClosed = false;
  #isRunning = false;

  constructor(options: KerberosOptions) {
    this.#options = options;
  }

  get isEstablished(): boolean {
    return this.#context?.isEstablished ?? false;
  }

  async step(incoming: Uint8Array | undefined, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return queued(async () => {
      this.#isRunning = true;
      try {
        return incoming === undefined ? await this.#first() : await this.#next(incoming);
      } finally {
        this.#isRunning = false;
        if (this.#isClosed) this.#free();
      }
    }, signal);
  }

  seal(plaintext: Uint8Array): SealedMessage {
    return this.#guarded((context) => context.wrap(plaintext));
  }

  unseal(message: SealedMessage): Buffer {
    return this.#guarded((context) => context.unwrap(message));
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#guarded((context) => context.sign(message));
  }

  verify(message: Uint8Array, mic: Uint8Array): boolean {
    return this.#guarded((context) => context.verify(message, mic));
  }

  close(): void {
    this.#isClosed = true;
    if (!this.#isRunning) this.#free();
  }

  async #first(): Promise<Uint8Array | undefined> {
    const prepared = await this.#prepare();
    this.#prepared = prepared;
    const { api, credential, failure } = prepared;
    for (const [index, service] of failure.services.entries()) {
      const target = api.importPrincipal(service);
      const context = api.newContext(credential, this.#options.channelBinding);
      try {
        const token = await context.step(target);
        this.#target = target;
        this.#context = context;
        return token;
      } catch (thrown) {
        context.close();
        target.release();
        if (!(thrown instanceof GssError)) throw thrown;
        if (!isServiceUnknown(thrown.minor) || index === failure.services.length - 1)
          throw fromGssError(failure, thrown);
      }
    }
    return undefined;
  }

  async #next(incoming: Uint8Array): Promise<Uint8Array | undefined> {
    const prepared = this.#prepared;
    if (prepared === undefined || this.#context === undefined || this.#target === undefined) {
      throw new Error('a token before the first step');
    }
    try {
      return await this.#context.step(this.#target, incoming);
    } catch (thrown) {
      throw thrown instanceof GssError ? fromGssError(prepared.failure, thrown) : thrown;
    }
  }

  async #prepare(): Promise<Prepared> {
    const { label, serviceHost, spn, keytab, ccache } = this.#options;
    const api = await loadGssApi();
    const realms = await readRealms(serviceHost);
    const services = servicePrincipals(serviceHost, spn, realms.ofHost ?? '');
    if (services.length === 0) throw withoutName(label);
    const { principal, realm } = this.#principal(realms.default, [realms.default, realms.ofHost]);
    const password = this.#options.password.reveal();
    const kind =
      keytab !== undefined ? 'keytab' : ccache !== undefined ? 'ccache' : password !== '' ? 'password' : 'default';
    const failure: FailureContext = {
      label,
      principal,
      realm,
      services,
      source: kind,
      ...(keytab === undefined ? {} : { keytab }),
      ...(ccache === undefined ? {} : { ccache }),
    };
    const source: CredentialSource = {
      principal,
      ...(kind === 'keytab' ? { keytab: keytab! } : {}),
      ...(kind === 'ccache' ? { ccache: ccache! } : {}),
      ...(kind === 'password' ? { password } : {}),
    };
    try {
      return { api, credential: await api.acquire(source), failure };
    } catch (thrown) {
      throw thrown instanceof GssError ? fromGssError(failure, thrown) : thrown;
    }
  }

  #principal(
    defaultRealm: string | undefined,
    candidates: readonly (string | undefined)[],
  ): { readonly principal: string | undefined; readonly realm: string } {
    const { label, user } = this.#options;
    if (user === '') return { principal: undefined, realm: defaultRealm ?? '' };
    const { name, domain } = parseUser(user);
    if (domain === undefined || domain === '') {
      // the library takes the default realm, or says that there is none
      return { principal: name, realm: defaultRealm ?? '' };
    }
    const known = candidates.filter((realm) => realm !== undefined);
    const realm = realmOf(domain, known);
    if (realm === undefined) {
      throw new FirebreakError(
        'FB_CREDENTIAL_MISSING',
        `${label}: Kerberos: the realm of the domain ${domain} is not known`,
        {
          remedy: `write the user with the domain's full name: ${name}@${domain}.EXAMPLE; or use auth: ntlm`,
          details: { isKerberosAbsent: true },
        },
      );
    }
    return { principal: `${name}@${realm}`, realm };
  }

  #guarded<Result>(work: (context: GssContext) => Result): Result {
    const { label } = this.#options;
    if (this.#context === undefined || this.#isClosed) throw broken(label, 'the login is closed');
    try {
      return work(this.#context);
    } catch (thrown) {
      if (!(thrown instanceof GssError)) throw thrown;
      throw broken(label, `a sealed message is wrong: ${thrown.message}`, thrown);
    }
  }

  #free(): void {
    this.#context?.close();
    this.#target?.release();
    this.#prepared?.credential.release();
  }
}

function withoutName(label: string): FirebreakError {
  return new FirebreakError(
    'FB_AUTH_UNSUPPORTED',
    `${label}: Kerberos needs the host's name, and only its address is known`,
    {
      remedy: 'name the host in the inventory by its full DNS name, or give spn: host/NAME; or use auth: ntlm',
      details: { isKerberosAbsent: true },
    },
  );
}

function broken(label: string, what: string, cause?: unknown): FirebreakError {
  return new FirebreakError('FB_PROTOCOL_AUTH', `${label}: Kerberos: ${what}`, {
    remedy: 'something on the way may change or repeat messages: check it',
    cause,
  });
}
