/**
 * The one error type of the product and the table of its codes. A code names area and cause (`FB_<AREA>_<CAUSE>`);
 * callers match on the code, never on the text. Every failure that a user sees has one line of cause and one of remedy.
 * Must not know who raises the errors.
 */

/** Plain data of a failure, as the journal, reports and JSON output carry it. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  /** One line: what failed, where, the likely cause. Never contains a secret. */
  readonly message: string;
  /** One line: what to do next; empty when there is nothing sensible to say. */
  readonly remedy: string;
  /** True when the same attempt may succeed a little later (connection, busy host), never for a refusal or a wrong password. */
  readonly retryable: boolean;
  /** Name of the relay that could not be reached or was lost: not the host itself is to blame. */
  readonly relay?: string;
}

/** code → is it worth retrying unless the raiser says otherwise? */
export const ERROR_CODES = {
  // reaching a host
  FB_CONNECT_REFUSED: true,
  FB_CONNECT_TIMEOUT: true,
  FB_CONNECT_NAME: false,
  FB_CONNECT_LOST: true,
  FB_AUTH_DENIED: false,
  FB_AUTH_UNSUPPORTED: false,
  FB_AUTH_UNENCRYPTED: false,
  FB_TLS_UNTRUSTED: false,
  FB_TLS_FAILED: false,
  FB_SSH_HOST_KEY: false,
  FB_CREDENTIAL_MISSING: false,
  // talking to it
  FB_PROTOCOL_AUTH: false,
  FB_PROTOCOL_HTTP: false,
  FB_PROTOCOL_SOAP: false,
  FB_PROTOCOL_PSRP: false,
  FB_PROTOCOL_CLIXML: false,
  FB_PROTOCOL_RPC: false,
  FB_PROTOCOL_SSH: false,
  FB_SESSION_QUOTA: true,
  FB_SESSION_CLOSED: true,
  FB_SESSION_LANGUAGE: false,
  FB_INVOKE_FAILED: false,
  FB_RESULT_INVALID: false,
  FB_TRANSFER_HASH: true,
  FB_TRANSFER_FAILED: true,
  // time
  FB_DEADLINE: true,
  FB_CANCELLED: false,
  // steps
  FB_STEP_REFUSED: false,
  FB_STEP_NOT_PROVEN: true,
  FB_STEP_UNTIL: false,
  FB_STEP_UNKNOWN_STATE: false,
  FB_STEP_CONDITION: false,
  FB_PACKAGE_MISSING: false,
  FB_PACKAGE_HASH: false,
  FB_PACKAGE_SIGNATURE: false,
  FB_PACKAGE_EXIT: false,
  FB_PACKAGE_BUSY: true,
  FB_PACKAGE_VANISHED: false,
  FB_REBOOT_NOT_DOWN: false,
  FB_REBOOT_NOT_BACK: false,
  FB_SHIELD_REFUSED: false,
  FB_SHIELD_CONFLICT: false,
  FB_SHIELD_UNCONFIRMED: false,
  FB_HOST_LEASED: false,
  FB_HOST_UNHEALTHY: false,
  // what the user gave us
  FB_USAGE: false,
  FB_PLAYBOOK_INVALID: false,
  FB_INVENTORY_INVALID: false,
  FB_ADVISORY_INVALID: false,
  FB_EXCEPTIONS_INVALID: false,
  FB_INPUT_INVALID: false,
  FB_NOTIFY_FAILED: false,
  FB_NO_HOSTS: false,
  FB_FILE_MISSING: false,
  FB_RUN_UNKNOWN: false,
  FB_RUN_STATE: false,
  FB_RUN_LEASED: false,
  FB_APPROVAL_REFUSED: false,
  // this machine
  FB_STATE_UNREADABLE: false,
  FB_STATE_NEWER: false,
  FB_STATE_FULL: false,
  FB_STATE_LOCKED: false,
  FB_STATE_UNREACHABLE: false,
  FB_ENVIRONMENT: false,
  FB_LAB: false,
  FB_BUG: false,
} as const satisfies Record<string, boolean>;
export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorOptions {
  readonly remedy?: string;
  readonly retryable?: boolean;
  /** Positions and other structured facts for whoever prints the error. */
  readonly details?: unknown;
  readonly cause?: unknown;
  /** See ErrorRecord. */
  readonly relay?: string;
}

export class FirebreakError extends Error {
  override readonly name = 'FirebreakError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly retryable: boolean;
  readonly details: unknown;
  readonly relay: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy ?? '';
    this.retryable = options.retryable ?? ERROR_CODES[code];
    this.details = options.details;
    this.relay = options.relay;
  }

  toRecord(): ErrorRecord {
    const { code, message, remedy, retryable, relay } = this;
    return { code, message, remedy, retryable, ...(relay === undefined ? {} : { relay }) };
  }
}

/** Any thrown value as a record: a FirebreakError as it is, anything else as a bug with its message. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof FirebreakError) return thrown.toRecord();
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'FB_BUG', message, remedy: 'this is a bug in Firebreak: please report it', retryable: false };
}
