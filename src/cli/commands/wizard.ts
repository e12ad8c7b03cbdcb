/** `firebreak wizard`. */
import type { Command } from 'commander';
import { addStateOption, type StateOptions } from '../options.ts';
import { terminalPrompts } from '../prompts.ts';

export function registerWizard(program: Command): void {
  const command = program
    .command('wizard')
    .summary('be led through one remediation')
    .description(
      'Asks for hosts, looks whether they can be worked on, asks what is to be remedied, shows what would happen, and runs ' +
        'it with its questions. Prints the command line that does the same without questions.',
    );
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak wizard')
    .action(async (flags: StateOptions) => {
      const { runWizard } = await import('../wizard/index.ts');
      await runWizard(terminalPrompts(), flags);
    });
}
