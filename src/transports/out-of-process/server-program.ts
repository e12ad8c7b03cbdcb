/** A PowerShell in server mode, seen from the client: its standard streams and its end. */
import type { Readable, Writable } from 'node:stream';
import type { FirebreakError } from '../../domain/index.ts';

export interface ServerProgram {
  readonly input: Writable;
  readonly output: Readable;
  /** Its standard error, where that is apart. Must be read by whoever uses the program. */
  readonly errors?: Readable;
  /** The address from which the program's host sees us. */
  readonly clientAddress: string | undefined;
  /**
   * Resolves when nothing more will come, after all output was given out: FB_SESSION_CLOSED with the exit code when the program has
   * ended, FB_CONNECT_LOST when the way to it was cut.
   */
  readonly ended: Promise<FirebreakError>;
  /** Ends its input and waits a little for it to end by itself. */
  close(): Promise<void>;
  destroy(): void;
}
