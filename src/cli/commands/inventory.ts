/** `firebreak inventory`: the hosts of an inventory as a plan would see them. */
import type { Command } from 'commander';
import { renderTable } from '../live/index.ts';
import { addConnectionOptions, type ConnectionOptions, connectionFlags } from '../options.ts';

export function registerInventory(program: Command): void {
  const command = program
    .command('inventory')
    .summary('list the hosts of an inventory')
    .description('Reads an inventory and shows its hosts and groups; connects to nothing.')
    .requiredOption('-i, --inventory <file>', 'inventory file, or host1,host2')
    .option('--json', 'as JSON');
  addConnectionOptions(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak inventory -i inventory.yaml')
    .action(async (flags: ConnectionOptions & { readonly inventory: string; readonly json?: boolean }) => {
      const { overridesOf, readInventory } = await import('../../app/index.ts');
      const { hosts } = await readInventory({
        inventory: flags.inventory,
        connection: overridesOf(connectionFlags(flags)),
      });
      if (flags.json === true) process.stdout.write(`${JSON.stringify(hosts)}\n`);
      else {
        const rows = hosts.map(({ name, address, port, transport, groups }) => [
          name,
          `${address}:${port}`,
          transport,
          groups.join(','),
        ]);
        process.stdout.write(`${renderTable([['HOST', 'ADDRESS', 'TRANSPORT', 'GROUPS'], ...rows])}\n`);
      }
    });
}
