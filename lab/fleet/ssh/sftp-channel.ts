/** SFTP (version 3) over a machine's files, as OpenSSH's server on Windows shows them: `C:\x` is `/C:/x`. */
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2';
import { LabError } from '../errors.ts';
import type { FileStat, MachineFiles } from './machine.ts';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;
const FOLDER_MODE = 0o40_755;
const FILE_MODE = 0o100_644;
/** What the real one gives at most in one answer. */
const MAX_READ_BYTES = 256 * 1024;

type Handle =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string; entries: readonly FileStat[] | undefined };

export function serveSftp(sftp: SFTPWrapper, files: MachineFiles, home: string): void {
  new SftpServer(sftp, files, home).serve();
}

class SftpServer {
  readonly #sftp: SFTPWrapper;
  readonly #files: MachineFiles;
  readonly #home: string;
  readonly #handles = new Map<number, Handle>();
  #nextHandle = 1;
  /** Requests are done in the order they came. */
  #last: Promise<void> = Promise.resolve();

  constructor(sftp: SFTPWrapper, files: MachineFiles, home: string) {
    this.#sftp = sftp;
    this.#files = files;
    this.#home = home;
  }

  serve(): void {
    const sftp = this.#sftp;
    const files = this.#files;
    const status = (id: number, code: number): void => sftp.status(id, code);
    sftp.on('error', () => sftp.end());
    sftp.on('end', () => sftp.end());
    sftp.on('REALPATH', (id, path) => {
      const full = toSftp(this.#windows(path));
      sftp.name(id, [{ filename: full, longname: full, attrs: attributes(undefined) }]);
    });
    for (const event of ['STAT', 'LSTAT'] as const) {
      sftp.on(event as 'STAT', (id, path) =>
        this.#inTurn(id, async () => sftp.attrs(id, attributes(await files.stat(this.#windows(path))))),
      );
    }
    sftp.on('FSTAT', (id, handle) =>
      this.#inTurn(id, async () => sftp.attrs(id, attributes(await files.stat(this.#handle(handle).path)))),
    );
    for (const event of ['SETSTAT', 'FSETSTAT'] as const) {
      // rights and times: there is nothing that depends on them
      sftp.on(event as 'SETSTAT', (id) => this.#inTurn(id, async () => status(id, STATUS_CODE.OK)));
    }
    sftp.on('OPEN', (id, name, flags) =>
      this.#inTurn(id, async () => {
        const path = this.#windows(name);
        if ((flags & OPEN_MODE.CREAT) !== 0) {
          const there = await files.stat(path).catch(() => undefined);
          const isExclusive = (flags & OPEN_MODE.EXCL) !== 0;
          if (there === undefined || (flags & OPEN_MODE.TRUNC) !== 0 || isExclusive)
            await files.make(path, isExclusive);
        } else if ((await files.stat(path)).isFolder) throw new LabError('lab.file-failed', `${name} is a folder`);
        sftp.handle(id, this.#newHandle({ kind: 'file', path }));
      }),
    );
    sftp.on('READ', (id, handle, offset, length) =>
      this.#inTurn(id, async () => {
        const bytes = await files.read(this.#handle(handle).path, offset, Math.min(length, MAX_READ_BYTES));
        if (bytes.length === 0) status(id, STATUS_CODE.EOF);
        else sftp.data(id, bytes);
      }),
    );
    sftp.on('WRITE', (id, handle, offset, data) => {
      // the library uses its buffer again
      const bytes = Buffer.from(data);
      this.#then(id, () => files.write(this.#handle(handle).path, offset, bytes));
    });
    sftp.on('CLOSE', (id, handle) =>
      this.#then(id, async () => {
        this.#handles.delete(handle.readUInt32BE(0));
      }),
    );
    sftp.on('OPENDIR', (id, name) =>
      this.#inTurn(id, async () => {
        const path = this.#windows(name);
        const entries = await files.list(path);
        sftp.handle(id, this.#newHandle({ kind: 'folder', path, entries }));
      }),
    );
    sftp.on('READDIR', (id, handle) =>
      this.#inTurn(id, async () => {
        const folder = this.#handle(handle);
        if (folder.kind !== 'folder' || folder.entries === undefined) {
          status(id, STATUS_CODE.EOF);
          return;
        }
        const { entries } = folder;
        folder.entries = undefined;
        sftp.name(
          id,
          entries.map((entry) => ({ filename: entry.name, longname: longName(entry), attrs: attributes(entry) })),
        );
      }),
    );
    sftp.on('MKDIR', (id, name) => this.#then(id, () => files.makeFolder(this.#windows(name))));
    for (const event of ['REMOVE', 'RMDIR'] as const) {
      sftp.on(event as 'REMOVE', (id, name) => this.#then(id, () => files.remove(this.#windows(name))));
    }
    sftp.on('RENAME', (id, from, to) =>
      this.#then(id, () => files.move(this.#windows(from), this.#windows(to), false)),
    );
  }

  #then(id: number, work: () => Promise<void>): void {
    this.#inTurn(id, async () => {
      await work();
      this.#sftp.status(id, STATUS_CODE.OK);
    });
  }

  #inTurn(id: number, work: () => Promise<unknown>): void {
    this.#last = this.#last.then(work).then(
      () => undefined,
      (error: unknown) => this.#refuse(id, error),
    );
  }

  #refuse(id: number, error: unknown): void {
    const code = error instanceof LabError ? error.code : '';
    const status =
      code === 'lab.file-missing'
        ? STATUS_CODE.NO_SUCH_FILE
        : code === 'lab.file-denied'
          ? STATUS_CODE.PERMISSION_DENIED
          : STATUS_CODE.FAILURE;
    this.#sftp.status(id, status, error instanceof Error ? error.message : '');
  }

  #newHandle(handle: Handle): Buffer {
    const number = this.#nextHandle++;
    this.#handles.set(number, handle);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number);
    return bytes;
  }

  #handle(bytes: Buffer): Handle {
    const handle = bytes.length === 4 ? this.#handles.get(bytes.readUInt32BE(0)) : undefined;
    if (handle === undefined) throw new LabError('lab.file-failed', 'there is no such handle');
    return handle;
  }

  #windows(path: string): string {
    const text = path.replaceAll('/', '\\');
    if (/^\\[A-Za-z]:/.test(text)) return text.length === 3 ? `${text.slice(1)}\\` : text.slice(1);
    if (text === '.' || text === '') return this.#home;
    if (text.startsWith('\\')) return `C:${text}`;
    return `${this.#home}\\${text.replace(/^\.\\/, '')}`;
  }
}

function toSftp(path: string): string {
  return `/${path.replaceAll('\\', '/')}`;
}

function attributes(entry: FileStat | undefined): Attributes {
  const isFolder = entry?.isFolder ?? true;
  const time = entry?.modified ?? 0;
  return { mode: isFolder ? FOLDER_MODE : FILE_MODE, uid: 0, gid: 0, size: entry?.size ?? 0, atime: time, mtime: time };
}

function longName(entry: FileStat): string {
  return `${entry.isFolder ? 'd' : '-'}rw-r--r--    1 -        -        ${entry.size} ${entry.name}`;
}
