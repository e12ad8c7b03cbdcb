/** `firebreak inventory`: the hosts of an inventory as a plan would see them. */
import type { Command } from 'commander';
import { passwordPrompt } from '../ask.ts';
import { interruptible, STOPPING } from '../interrupt.ts';
import { renderTable } from '../live/index.ts';
import { addFleetOptions, connectionFlags, type FleetOptions } from '../options.ts';

export function registerInventory(program: Command): void {
  const command = program
    .command('inventory')
    .summary('list the hosts of an inventory')
    .description(
      'Reads inventories and shows hosts and groups as a plan would see them; connects to nothing but a directory that an inventory names.',
    )
    .argument('[hosts...]', 'host patterns or target URIs; none = all hosts')
    .option('--json', 'as JSON');
  addFleetOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak inventory -i inventory.yaml
  $ firebreak inventory -i hosts.csv -i ./dynamic.py 'servers:!dc*' --json`,
    )
    .action(async (patterns: string[], flags: FleetOptions & { readonly json?: boolean }) => {
      const { listHosts, overridesOf } = await import('../../app/index.ts');
      const { inventory, limit, targetsFile } = flags;
      const connection = overridesOf(connectionFlags(flags));
      const hosts = await interruptible(
        (signal) => listHosts({ patterns, inventory, limit, targetsFile, connection, ask: passwordPrompt(), signal }),
        STOPPING,
      );
      if (flags.json === true) process.stdout.write(`${JSON.stringify(hosts)}\n`);
      else {
        const rows = hosts.map(({ name, address, port, transport, useTls, auth, user, groups, via }) => [
          name,
          port === 0 || via !== undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`,
          via !== undefined ? `via ${via.name}` : useTls ? `${transport}+tls` : transport,
          transport === 'winrm' ? auth : '-',
          user ?? '-',
          groups.join(','),
        ]);
        const head = ['HOST', 'ADDRESS', 'TRANSPORT', 'AUTH', 'USER', 'GROUPS'];
        process.stdout.write(`${renderTable([head, ...rows])}\n`);
      }
    });
}
