/** `firebreak status [RUN]`: works from another process while the run goes on. */
import type { Command } from 'commander';
import type { HostView } from '../../domain/index.ts';
import { renderHostTable, renderTable, renderTally } from '../live/index.ts';
import { addStateOption, type StateOptions, withServices } from '../options.ts';

interface StatusFlags extends StateOptions {
  readonly host?: string;
  readonly json?: boolean;
}

export function registerStatus(program: Command): void {
  const command = program
    .command('status')
    .summary('show a run, also while it goes on')
    .description('What each host of a run has done so far, from the journal.')
    .argument('[run]', 'run id, an unambiguous part of its beginning, or last', 'last')
    .option('--host <name>', 'every step of this host')
    .option('--json', 'everything as JSON');
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak status\n  $ firebreak status last --host web01')
    .action(async (run: string, flags: StatusFlags) => {
      const { runStatus } = await import('../../app/index.ts');
      const { info, view } = await withServices(flags, (services) => runStatus(services, run));
      if (flags.json === true) {
        process.stdout.write(`${JSON.stringify({ ...view, process: { state: info.state, owner: info.owner } })}\n`);
        return;
      }
      const owner =
        info.state === 'running' && info.owner !== null ? `, process ${info.owner.pid} on ${info.owner.machine}` : '';
      process.stdout.write(`${view.name}\nrun ${view.run}: ${info.state}${owner}; ${renderTally(view)}\n\n`);
      const hosts = flags.host === undefined ? view.hosts : view.hosts.filter((host) => host.name === flags.host);
      process.stdout.write(`${renderHostTable(hosts)}\n`);
      if (flags.host !== undefined) for (const host of hosts) process.stdout.write(`\n${renderSteps(host)}\n`);
      if (info.state === 'interrupted') process.stdout.write(`\nNext:\n  firebreak resume ${view.run}\n`);
    });
}

function renderSteps(host: HostView): string {
  return renderTable([
    ['STEP', 'ACTION', 'OUTCOME', 'SECONDS', 'WHY'],
    ...host.steps.map((step) => [
      step.id,
      step.uses,
      step.outcome ?? step.state,
      (step.durationMs / 1000).toFixed(1),
      step.error?.message ?? step.reason,
    ]),
  ]);
}
