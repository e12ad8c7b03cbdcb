/** `firebreak lab down`: ends the lab. */
import type { Command } from 'commander';
import { DIR_FLAG, DIR_HELP } from './options.ts';

export function registerDown(lab: Command): void {
  lab
    .command('down')
    .summary('end the lab')
    .description('Ends all machines of the lab; their state is gone with them.')
    .option(DIR_FLAG, DIR_HELP)
    .addHelpText('after', '\nExamples:\n  $ firebreak lab down\n  $ firebreak lab down --dir ./lab')
    .action(async (flags: { readonly dir?: string }) => {
      const { labFolder, stopLab } = await import('../../../app/lab/index.ts');
      const dir = labFolder(flags.dir);
      const wasUp = await stopLab(dir);
      process.stdout.write(wasUp ? `the lab in ${dir} is down\n` : `no lab is up in ${dir}\n`);
    });
}
