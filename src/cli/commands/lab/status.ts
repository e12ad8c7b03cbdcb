/** `firebreak lab status`: every machine with its state. */
import type { Command } from 'commander';
import { renderTable } from '../../live/index.ts';
import { DIR_FLAG, DIR_HELP, printJson } from './options.ts';

export function registerStatus(lab: Command): void {
  lab
    .command('status')
    .summary('state of all machines')
    .description('Shows every machine of the lab: power, network, build, what was installed and restarted.')
    .option(DIR_FLAG, DIR_HELP)
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExamples:\n  $ firebreak lab status\n  $ firebreak lab status --json | jq .hosts[0]')
    .action(async (flags: { readonly dir?: string; readonly json?: boolean }) => {
      const { labFolder, labStatus } = await import('../../../app/lab/index.ts');
      const status = await labStatus(labFolder(flags.dir));
      if (flags.json === true) {
        printJson(status);
        return;
      }
      const rows = status.hosts.map((host) => [
        host.host,
        `${host.profile}/${host.variant}`,
        host.address,
        host.network === 'up' ? host.power : `${host.power}, no network`,
        host.os === undefined ? '' : `${host.os.version}.${host.os.ubr}`,
        String(host.counters.installs),
        String(host.counters.reboots),
        host.ipsec?.assigned ?? '',
        (host.pendingReboot ?? []).join(' '),
      ]);
      const heading = [
        'HOST',
        'MACHINE',
        'ADDRESS',
        'STATE',
        'BUILD',
        'INSTALLS',
        'REBOOTS',
        'IPSEC',
        'PENDING REBOOT',
      ];
      process.stdout.write(`${renderTable([heading, ...rows])}\n`);
      process.stdout.write(`\ninventory  ${status.inventory}\npackages   ${status.packages}\n`);
    });
}
