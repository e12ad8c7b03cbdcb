/** Every command is declared in one short file; what it does is imported only when it runs. */
import type { Command } from 'commander';
import { registerExec } from './exec.ts';

export function registerCommands(program: Command): void {
  registerExec(program);
}
