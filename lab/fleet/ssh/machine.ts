/** What an SSH server needs of the machine behind it. Must not know SSH. */

export interface MachineSession {
  send(command: string | null, stream: 'stdin' | 'pr', data: Uint8Array): Promise<void>;
  command(command: string, data: Uint8Array): Promise<void>;
  signal(command: string, code: 'terminate' | 'ctrl_c'): Promise<void>;
  close(): Promise<void>;
}

export interface SessionEvents {
  onData(command: string | null, data: Buffer): void;
  /** Nothing comes after it. */
  onClosed(): void;
}

export interface ProgramEvents {
  onOutput(stream: 'stdout' | 'stderr', data: Buffer): void;
  onExit(exitCode: number): void;
}

export interface MachineProgram {
  input(data: Uint8Array, isEnd: boolean): Promise<void>;
  /** Ends it if it runs. */
  close(): Promise<void>;
}

export interface FileStat {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

/** Paths as Windows writes them. Everything rejects with LabError `lab.file-missing`, `-denied`, `-exists` or `-failed`. */
export interface MachineFiles {
  stat(path: string): Promise<FileStat>;
  list(path: string): Promise<readonly FileStat[]>;
  make(path: string, isExclusive: boolean): Promise<void>;
  read(path: string, offset: number, length: number): Promise<Buffer>;
  write(path: string, offset: number, data: Uint8Array): Promise<void>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  move(from: string, to: string, overwrite: boolean): Promise<void>;
}

export interface SshMachine {
  /** @param data SESSION_CAPABILITY and INIT_RUNSPACEPOOL */
  openSession(user: string, clientAddress: string, data: Uint8Array, events: SessionEvents): Promise<MachineSession>;
  /** A command line of cmd.exe. */
  startProgram(user: string, line: string, events: ProgramEvents): Promise<MachineProgram>;
  readonly files: MachineFiles;
}
