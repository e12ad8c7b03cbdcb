/** `firebreak runs`. */
import type { Command } from 'commander';
import { renderTable } from '../live/index.ts';
import { addStateOption, type StateOptions, withServices } from '../options.ts';

export function registerRuns(program: Command): void {
  const command = program
    .command('runs')
    .summary('list the runs')
    .description('All runs of the state store, newest first.')
    .option('--json', 'as JSON');
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak runs')
    .action(async (flags: StateOptions & { readonly json?: boolean }) => {
      const { listRuns } = await import('../../app/index.ts');
      const runs = await withServices(flags, listRuns);
      if (flags.json === true) {
        process.stdout.write(`${JSON.stringify(runs)}\n`);
        return;
      }
      if (runs.length === 0) {
        process.stdout.write('no runs yet; try: firebreak demo --keep\n');
        return;
      }
      const rows = runs.map(({ run, state, hosts, startedAt, check, parent, name }) => [
        run,
        state,
        String(hosts),
        startedAt.slice(0, 19).replace('T', ' '),
        `${name}${check ? ' (check)' : ''}${parent === null ? '' : ` (rerun of ${parent})`}`,
      ]);
      process.stdout.write(`${renderTable([['RUN', 'STATE', 'HOSTS', 'STARTED (UTC)', 'PLAYBOOK'], ...rows])}\n`);
    });
}
