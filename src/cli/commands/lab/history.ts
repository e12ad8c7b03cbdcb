/** `firebreak lab history HOST`: all that happened on a machine. */
import type { Command } from 'commander';
import { renderTable } from '../../live/index.ts';
import { DIR_FLAG, DIR_HELP, printJson } from './options.ts';

export function registerHistory(lab: Command): void {
  lab
    .command('history')
    .summary('all that happened on a machine')
    .description('Shows every program start, registry write, restart, logon … of a machine, with lab time.')
    .argument('<host>', 'name of a machine')
    .option(DIR_FLAG, DIR_HELP)
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  $ firebreak lab history pc-tokyo-01\n  $ firebreak lab history pc-tokyo-01 --json',
    )
    .action(async (host: string, flags: { readonly dir?: string; readonly json?: boolean }) => {
      const { labFolder, labHistory } = await import('../../../app/lab/index.ts');
      const history = await labHistory(labFolder(flags.dir), host);
      if (flags.json === true) {
        printJson(history);
        return;
      }
      const rows = history.entries.map(({ at, kind, ...facts }) => [at, kind, factsText(facts)]);
      process.stdout.write(`${renderTable(rows)}\n`);
    });
}

function factsText(facts: { readonly [name: string]: unknown }): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
