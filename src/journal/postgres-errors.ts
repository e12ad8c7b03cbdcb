/** PostgreSQL's and pg's errors → the product's, with the database and what to do. Must not know what was being stored. */
import { FirebreakError } from '../domain/index.ts';

const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
/** Connection exceptions, shutdown, crash, starting up, too many connections; idle in a transaction for too long. */
const SERVER_AWAY = /^(08...|57P0[1-5]|53300|25P03)$/;
const TLS = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_(TLS|SSL)/;
/** What pg says of a broken connection without a code. */
const BROKEN = /^(Connection terminated|Client has encountered a connection error|timeout expired|Client was closed)/i;

/** The connection is not there, or no more. */
export function isConnectionLost(thrown: unknown): boolean {
  const { code, text } = partsOf(thrown);
  return NETWORK.test(code) || SERVER_AWAY.test(code) || BROKEN.test(text);
}

/** The whole transaction may simply be made again. */
export function isTransient(thrown: unknown): boolean {
  return /^(40001|40P01)$/.test(partsOf(thrown).code);
}

/** The same thrown value when it is not the database's. */
export function asPostgresError(thrown: unknown, shown: string): unknown {
  if (thrown instanceof FirebreakError || typeof thrown !== 'object' || thrown === null) return thrown;
  const { code, text } = partsOf(thrown);
  const away = (why: string, remedy: string): FirebreakError =>
    new FirebreakError('FB_STATE_UNREACHABLE', `cannot use the state database ${shown}: ${why}`, {
      remedy,
      cause: thrown,
    });
  if (isConnectionLost(thrown)) {
    return away(
      text === '' ? code : text,
      'check that the PostgreSQL server runs and can be reached from here (pg_isready); a run that was under way goes on with: firebreak resume last',
    );
  }
  switch (code) {
    case '28P01':
    case '28000':
      return away(text, 'check user and password (PGPASSWORD, the password file) and pg_hba.conf on the server');
    case '3D000':
      return away(
        text,
        'let an administrator create it: createdb --encoding UTF8 --template template0 --owner USER DATABASE',
      );
    case '42501':
      return unusable(shown, text, 'the user must own the database or its schema firebreak', thrown);
    case '25006':
      return unusable(shown, text, 'this is a standby or a read-only server: name the primary', thrown);
    case '53100':
      return new FirebreakError('FB_STATE_FULL', `the disk of the state database ${shown} is full`, {
        remedy: 'make room on the database server, then: firebreak resume last',
        cause: thrown,
      });
    case '55P03':
    case '40P01':
    case '40001':
      return new FirebreakError(
        'FB_STATE_LOCKED',
        `the state database ${shown} is locked by another process (${text})`,
        {
          remedy: 'wait for the other process or end it, then try again',
          cause: thrown,
        },
      );
    default:
  }
  if (/client password must be a string/.test(text)) {
    return away(
      'the server wants a password',
      'give it in PGPASSWORD, in a password file (PGPASSFILE, ~/.pgpass) or in FIREBREAK_STATE',
    );
  }
  if (TLS.test(code)) return away(text, 'name the authority of the server certificate with ?sslrootcert=FILE');
  if (/does not support SSL/.test(text)) return away(text, 'switch TLS on in the server, or leave sslmode out');
  if (/^[0-9A-Z]{5}$/.test(code)) return unusable(shown, text, 'look into the log of the database server', thrown);
  return thrown;
}

export function unusable(shown: string, why: string, remedy: string, cause?: unknown): FirebreakError {
  return new FirebreakError('FB_STATE_UNREADABLE', `cannot use the state database ${shown}: ${why}`, { remedy, cause });
}

/** Several addresses of one name that all failed come as one error around the others. */
function partsOf(thrown: unknown): { readonly code: string; readonly text: string } {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return partsOf(thrown.errors[0]);
  if (typeof thrown !== 'object' || thrown === null) return { code: '', text: '' };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return { code, text: 'message' in thrown ? String(thrown.message) : '' };
}
