/**
 * The PowerShell shells of one machine as WinRM counts and names them. Must not know HTTP, SOAP or the engine's wire.
 */
import { Output } from './output.ts';

/** Defaults of WinRM 3.0 and later (facts on WinRM; confidence H). */
export const QUOTA = { shellsPerUser: 30, operationsPerUser: 1500 } as const;

export class Shell {
  readonly id: string;
  readonly user: string;
  /** What the runspace pool sends outside of pipelines. */
  readonly pool = new Output();
  readonly #commands = new Map<string, Output>();

  constructor(id: string, user: string) {
    this.id = id;
    this.user = user;
  }

  addCommand(id: string): Output {
    const output = new Output();
    this.#commands.set(id.toUpperCase(), output);
    return output;
  }

  command(id: string): Output | undefined {
    return this.#commands.get(id.toUpperCase());
  }

  removeCommand(id: string): void {
    this.command(id)?.close();
    this.#commands.delete(id.toUpperCase());
  }

  /** Commands not yet terminated, and Receives that wait. */
  get operations(): number {
    let waiting = this.pool.waiting;
    for (const output of this.#commands.values()) waiting += output.waiting;
    return this.#commands.size + waiting;
  }

  close(): void {
    this.pool.close();
    for (const output of this.#commands.values()) output.close();
  }
}

/** Shell ids are compared without case. */
export class ShellTable {
  readonly #shells = new Map<string, Shell>();

  add(shell: Shell): void {
    this.#shells.set(shell.id.toUpperCase(), shell);
  }

  get(id: string | undefined): Shell | undefined {
    return id === undefined ? undefined : this.#shells.get(id.toUpperCase());
  }

  /** Closes the shell; whoever waits for its output is told. */
  remove(id: string): void {
    this.get(id)?.close();
    this.#shells.delete(id.toUpperCase());
  }

  removeAll(): void {
    for (const shell of this.#shells.values()) shell.close();
    this.#shells.clear();
  }

  countOf(user: string): number {
    return this.#of(user).length;
  }

  operationsOf(user: string): number {
    return this.#of(user).reduce((sum, shell) => sum + shell.operations, 0);
  }

  #of(user: string): Shell[] {
    const name = user.toLowerCase();
    return [...this.#shells.values()].filter((shell) => shell.user.toLowerCase() === name);
  }
}
