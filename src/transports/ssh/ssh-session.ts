/** A PowerShell session whose files go by SFTP, beside it on the same connection; through pipelines where there is none. */
import { FirebreakError, type HostPath, type Session, type TransferOptions } from '../../domain/index.ts';
import type { SshConnection } from './connection.ts';
import { SftpFiles } from './sftp-files.ts';

/** Get-FileHash came with PowerShell 4; an older host is read back. */
const HASH_FILE = `param([string] $Path)
(Get-FileHash -LiteralPath $Path -Algorithm SHA256 -ErrorAction Stop).Hash.ToLowerInvariant()`;

export class SshSession implements Session {
  readonly #session: Session;
  readonly #files: SftpFiles;

  constructor(session: Session, connection: SshConnection) {
    this.#session = session;
    this.#files = new SftpFiles({ connection, hashOnHost: (path, options) => this.#hashOnHost(path, options) });
  }

  get shell(): Session['shell'] {
    return this.#session.shell;
  }

  get languageMode(): Session['languageMode'] {
    return this.#session.languageMode;
  }

  get clientAddress(): string | undefined {
    return this.#session.clientAddress;
  }

  invoke: Session['invoke'] = (call, options) => this.#session.invoke(call, options);

  reattach: Session['reattach'] = (receipt, options) => this.#session.reattach(receipt, options);

  push: Session['push'] = async (source, destination, options) =>
    (await this.#files.push(source, destination, options)) ?? this.#session.push(source, destination, options);

  fetch: Session['fetch'] = async (source, destination, options) =>
    (await this.#files.fetch(source, destination, options)) ?? this.#session.fetch(source, destination, options);

  close(): Promise<void> {
    return this.#session.close();
  }

  async #hashOnHost(path: HostPath, options: TransferOptions): Promise<string | undefined> {
    try {
      const { signal, timeoutMs } = options;
      const { output } = await this.#session.invoke(
        { script: HASH_FILE, parameters: { Path: path } },
        { signal, timeoutMs },
      );
      const [hash] = output;
      return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
    } catch (error) {
      // no such cmdlet, no such language mode, or not where SFTP sees it: the file itself can still be read
      if (error instanceof FirebreakError && error.code === 'FB_INVOKE_FAILED') return undefined;
      throw error;
    }
  }
}
