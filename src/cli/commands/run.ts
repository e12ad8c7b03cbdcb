/** `firebreak run PLAYBOOK`. */
import type { Command } from 'commander';
import { followNewRun, sourceOf } from '../new-run.ts';
import { addNewRunOptions, type NewRunOptions, withServices } from '../options.ts';

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
  $ firebreak run site.yaml -i inventory.yaml --tags verify,report
  $ firebreak run smbghost -i inventory.yaml --packages ./packages --input protection=registry --output ndjson`,
    )
    .action(async (playbook: string, flags: RunFlags) => {
      const { loadPlan } = await import('../../app/index.ts');
      await withServices(flags, async (services) => {
        const source = await sourceOf(services, playbook, flags);
        if (flags.listHosts === true) {
          const plan = await loadPlan(source, services.actions);
          process.stdout.write(plan.hosts.map((host) => `${host.name}\n`).join(''));
          return;
        }
        await followNewRun(services, source, flags);
      });
    });
}
