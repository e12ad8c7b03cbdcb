/** `firebreak run PLAYBOOK`. */
import type { Command } from 'commander';
import { followRun } from '../follow-run.ts';
import { addNewRunOptions, connectionFlags, type NewRunOptions, withServices } from '../options.ts';
import { readVersion } from '../version.ts';

interface RunFlags extends NewRunOptions {
  readonly listHosts?: boolean;
}

export function registerRun(program: Command): void {
  const command = program
    .command('run')
    .summary('remediate hosts by a playbook')
    .description('Runs a playbook on the hosts of an inventory; every step is recorded, Ctrl-C leaves a resumable run.')
    .argument('<playbook>', 'file, or the name of a shipped one (smbghost, ms03-039 …)');
  addNewRunOptions(command)
    .option('--list-hosts', 'only say which hosts it would be')
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak run playbooks/smbghost.yaml -i inventory.yaml --packages ./packages
  $ firebreak run smbghost -i inventory.yaml --limit 'servers:!dc*' --check
  $ firebreak run smbghost -i inventory.yaml --packages ./packages --input protection=registry --output ndjson`,
    )
    .action(async (playbook: string, flags: RunFlags) => {
      const { loadPlan, overridesOf, startRun } = await import('../../app/index.ts');
      await withServices(flags, async (services) => {
        const source = {
          playbook,
          inventory: flags.inventory,
          targetsFile: flags.targetsFile,
          limit: flags.limit,
          inputs: flags.input ?? [],
          packages: flags.packages,
          forks: flags.forks,
          connection: overridesOf(connectionFlags(flags)),
          connector: services.connector,
        };
        if (flags.listHosts === true) {
          const plan = await loadPlan(source, services.actions);
          process.stdout.write(plan.hosts.map((host) => `${host.name}\n`).join(''));
          return;
        }
        await followRun(flags, ({ watcher, signal, operator }) =>
          startRun(services, {
            ...source,
            check: flags.check === true,
            skipLeased: flags.skipLeased === true,
            version: readVersion(),
            watcher,
            signal,
            operator,
          }),
        );
      });
    });
}
