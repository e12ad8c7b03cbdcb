/** `firebreak patch HOSTS --advisory A`: the advisory's own playbook on these hosts, without a word of YAML. */
import type { Command } from 'commander';
import { limitOf } from '../look-at-hosts.ts';
import { followNewRun, sourceOf } from '../new-run.ts';
import { addNewRunOptions, type NewRunOptions, withServices } from '../options.ts';

interface PatchFlags extends NewRunOptions {
  readonly advisory: string;
}

export function registerPatch(program: Command): void {
  const command = program
    .command('patch')
    .summary('remedy an advisory on hosts; needs no playbook')
    .description(
      'Runs the playbook that an advisory names: verify, shield, install, restart, verify again. Like run in everything else.',
    )
    .argument('[hosts...]', 'host patterns of the inventory, or target URIs; none = all hosts')
    .requiredOption('--advisory <advisory>', 'id of a shipped advisory, or a file');
  addNewRunOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak patch web01 web02 --advisory cve-2020-0796 -i inventory.yaml --packages ./packages
  $ firebreak patch 'servers:!dc*' --advisory ms17-010 -i inventory.yaml --packages ./packages --check`,
    )
    .action(async (hosts: string[], flags: PatchFlags) => {
      const { playbookOf } = await import('../../app/index.ts');
      const playbook = await playbookOf(flags.advisory);
      const limit = limitOf(hosts, flags.limit);
      await withServices(flags, async (services) => {
        const source = await sourceOf(services, playbook, flags);
        await followNewRun(services, { ...source, limit }, flags);
      });
    });
}
