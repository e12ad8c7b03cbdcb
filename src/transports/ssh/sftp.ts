/** The few SFTP calls that copying needs, as promises with their errors translated. Must not know what is copied. */
import type { SFTPWrapper, Stats } from 'ssh2';
import type { FirebreakError } from '../../domain/index.ts';
import { short } from './failures.ts';

/** Status codes of the protocol (draft-ietf-secsh-filexfer-02 7). */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

/** What every server takes in one packet. */
export const SFTP_BLOCK_BYTES = 32 * 1024;

export class SftpError extends Error {
  override readonly name = 'SftpError';
  readonly isMissing: boolean;

  constructor(path: string, cause: unknown) {
    const { code } = cause as { readonly code?: number };
    const why =
      code === NO_SUCH_FILE
        ? 'there is no such file or folder'
        : code === PERMISSION_DENIED
          ? 'access is denied'
          : `the host says: ${short(cause)}`;
    super(`${path}: ${why}`, { cause });
    this.isMissing = code === NO_SUCH_FILE;
  }
}

export class Sftp {
  readonly #sftp: SFTPWrapper;
  readonly #signal: AbortSignal;
  readonly #lost: () => FirebreakError | undefined;

  /** @param lost why the connection is gone, once it is */
  constructor(sftp: SFTPWrapper, signal: AbortSignal, lost: () => FirebreakError | undefined) {
    this.#sftp = sftp;
    this.#signal = signal;
    this.#lost = lost;
  }

  /** undefined: there is nothing of that name. */
  async stat(path: string): Promise<Stats | undefined> {
    try {
      return await this.#call<Stats>(path, (done) => this.#sftp.stat(path, done));
    } catch (error) {
      if (error instanceof SftpError && error.isMissing) return undefined;
      throw error;
    }
  }

  /** Makes the folder and its parents. */
  async makeFolder(path: string): Promise<void> {
    if ((await this.stat(path))?.isDirectory() === true) return;
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (parent !== '') await this.makeFolder(parent);
    try {
      await this.#call<void>(path, (done) => this.#sftp.mkdir(path, done));
    } catch (error) {
      // somebody else may have been faster
      if ((await this.stat(path))?.isDirectory() !== true) throw error;
    }
  }

  open(path: string, flags: 'r' | 'w' | 'r+'): Promise<Buffer> {
    return this.#call<Buffer>(path, (done) => this.#sftp.open(path, flags, done));
  }

  write(path: string, handle: Buffer, data: Buffer, position: number): Promise<void> {
    return this.#call<void>(path, (done) => this.#sftp.write(handle, data, 0, data.length, position, done));
  }

  /** Bytes read; 0 at the end of the file. */
  read(path: string, handle: Buffer, into: Buffer, position: number): Promise<number> {
    return this.#call<number>(path, (done) => {
      this.#sftp.read(handle, into, 0, into.length, position, (error, bytes) => done(error, bytes));
    }).catch((error: unknown) => {
      if (error instanceof SftpError && /end of file|eof/i.test(String((error.cause as Error).message))) return 0;
      throw error;
    });
  }

  async close(handle: Buffer): Promise<void> {
    await this.#call<void>('', (done) => this.#sftp.close(handle, done)).catch(() => undefined);
  }

  /** Replaces what is there, at once where the server can do that. */
  async replace(from: string, to: string): Promise<void> {
    const isAtomic = await this.#call<void>(to, (done) => this.#sftp.ext_openssh_rename(from, to, done)).then(
      () => true,
      (error: unknown) => {
        if (error instanceof SftpError) return false;
        throw error;
      },
    );
    if (isAtomic) return;
    await this.remove(to);
    await this.#call<void>(to, (done) => this.#sftp.rename(from, to, done));
  }

  async remove(path: string): Promise<void> {
    if ((await this.stat(path)) !== undefined) await this.#call<void>(path, (done) => this.#sftp.unlink(path, done));
  }

  #call<T>(path: string, ask: (done: (error?: Error | null, value?: T) => void) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      const signal = this.#signal;
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const done = (error?: Error | null, value?: T): void => {
        signal.removeEventListener('abort', onAbort);
        if (error === undefined || error === null) resolve(value as T);
        else reject(this.#lost() ?? new SftpError(path, error));
      };
      try {
        ask(done);
      } catch (error) {
        done(error as Error);
      }
    });
  }
}
