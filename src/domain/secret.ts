/**
 * A value that must never reach a log, the journal, a report, an argument list or an error text.
 * Every way of printing it gives the mask; only `reveal()` gives the value, and only transports call it.
 */
import { inspect } from 'node:util';

export const SECRET_MASK = '•••';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SECRET_MASK;
  }

  toJSON(): string {
    return SECRET_MASK;
  }

  [inspect.custom](): string {
    return SECRET_MASK;
  }
}

/** A user and a password that go to the host as a PSCredential, the password encrypted with the session's key. */
export class HostCredential {
  readonly user: string;
  readonly password: Secret;

  constructor(user: string, password: Secret) {
    this.user = user;
    this.password = password;
  }
}
