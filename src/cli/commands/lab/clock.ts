/** `firebreak lab clock +2h`: lets lab time run on at once. */
import type { Command } from 'commander';
import { DIR_FLAG, DIR_HELP, parseSeconds } from './options.ts';

export function registerClock(lab: Command): void {
  lab
    .command('clock')
    .summary('let lab time run on at once')
    .description('Moves the clock of all machines forward at once: tasks that fall due run, waits end.')
    .argument('<time>', 'how far, such as +2h', (text: string) => parseSeconds(text.replace(/^\+/, '')))
    .option(DIR_FLAG, DIR_HELP)
    .addHelpText('after', '\nExamples:\n  $ firebreak lab clock +2h\n  $ firebreak lab clock +5m')
    .action(async (seconds: number, flags: { readonly dir?: string }) => {
      const { labClock, labFolder } = await import('../../../app/lab/index.ts');
      await labClock(labFolder(flags.dir), seconds);
      process.stdout.write(`lab time is ${seconds} s further\n`);
    });
}
