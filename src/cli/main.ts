/**
 * The command line: declares the commands, turns errors into one line of cause and one of remedy, and sets the exit
 * code. Only src/cli prints, asks or exits; what a command does is in src/app.
 */
import { Command, CommanderError } from 'commander';
import { EXIT_CODES } from '../domain/index.ts';
import { registerCommands } from './commands/index.ts';
import { exitCodeOf, printError } from './errors.ts';
import { watchOutputStreams } from './output-streams.ts';
import { isClosedPrompt } from './prompts.ts';
import { readVersion } from './version.ts';

export function createProgram(): Command {
  const program = new Command('firebreak')
    .description('Shield, patch, prove and unshield Windows hosts; every step is recorded and can be resumed.')
    .version(readVersion(), '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(firebreak --help lists the commands)')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak demo                                    a lab fleet, remediated before your eyes
  $ firebreak wizard                                  be led through one remediation
  $ firebreak validate playbooks/smbghost.yaml
  $ firebreak verify cve-2020-0796 -i inventory.yaml  who is vulnerable? (reads only)
  $ firebreak run playbooks/smbghost.yaml -i inventory.yaml --packages ./packages
  $ firebreak resume last                             go on after an interruption
  $ firebreak rerun last --failed                     the failed hosts again

Exit codes: 0 all fine, 1 a bug, 2 invalid input (nothing touched), 3 some hosts not fine, 4 stopped by a threshold
or waiting for a gate or window, 5 hosts leased by another run, 6 this machine cannot run it, 130 interrupted (resumable).`,
    );
  registerCommands(program);
  for (const command of program.commands) pointToHelp(command, `firebreak ${command.name()}`);
  return program;
}

function pointToHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(${words} --help shows how it is used)`);
  for (const inner of command.commands) pointToHelp(inner, `${words} ${inner.name()}`);
}

/** Runs the command line and sets `process.exitCode`; never throws. */
export async function main(args: readonly string[]): Promise<void> {
  watchOutputStreams();
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      // commander has printed the help, the version or the complaint itself.
      process.exitCode = thrown.exitCode === 0 ? 0 : 2;
      return;
    }
    if (isClosedPrompt(thrown)) {
      process.stderr.write('firebreak: left at a question; nothing was begun after it\n');
      process.exitCode = EXIT_CODES.interrupted;
      return;
    }
    printError(thrown);
    process.exitCode = exitCodeOf(thrown);
  }
}
