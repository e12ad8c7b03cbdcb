/** `firebreak lab up`: starts the machines and says what to type next. */
import { type Command, Option } from 'commander';
import { FirebreakError } from '../../../domain/index.ts';
import { parsePositiveInteger } from '../../options.ts';
import { DIR_FLAG, DIR_HELP, dirSuffix } from './options.ts';

/** Shipped fleets, and what to try on them first. */
const FLEETS: { readonly [fleet: string]: { readonly advisory: string; readonly playbook: string } } = {
  smbghost: { advisory: 'cve-2020-0796', playbook: 'smbghost' },
  'ms03-039': { advisory: 'ms03-039', playbook: 'ms03-039' },
  modern: { advisory: 'cve-2020-1350', playbook: 'sigred' },
};
const DEFAULT_FLEET = 'smbghost';

interface UpFlags {
  readonly fleet?: string;
  readonly hosts?: number;
  readonly dir?: string;
  readonly addresses?: string;
  readonly foreground?: boolean;
}

export function registerUp(lab: Command): void {
  lab
    .command('up')
    .summary('start a fleet of emulated machines')
    .description('Starts emulated Windows machines, each on an address of its own, and writes an inventory for them.')
    .addOption(
      new Option(
        '--fleet <file>',
        `fleet file, or the name of a shipped one (${Object.keys(FLEETS).join(', ')}; default: ${DEFAULT_FLEET})`,
      ).conflicts('hosts'),
    )
    .option('--hosts <n>', 'instead: that many mixed machines', parsePositiveInteger)
    .option(DIR_FLAG, DIR_HELP)
    .option('--addresses <range>', 'first two or three numbers of the addresses (default: 127.83)')
    .option('--foreground', 'stay, and end the lab on Ctrl-C')
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak lab up
  $ firebreak lab up --fleet ms03-039
  $ firebreak lab up --hosts 200
  $ firebreak lab up --fleet my-fleet.yaml --dir ./lab --foreground`,
    )
    .action(async (flags: UpFlags) => {
      const { findFleet, labFolder, runLab, startLab } = await import('../../../app/lab/index.ts');
      const start = {
        dir: labFolder(flags.dir),
        hosts: flags.hosts === undefined ? { fleet: findFleet(flags.fleet ?? DEFAULT_FLEET) } : { count: flags.hosts },
        ...(flags.addresses === undefined ? {} : { addresses: flags.addresses }),
        onProgress: (text: string) => process.stderr.write(`lab: ${text}\n`),
      };
      if (flags.foreground !== true) {
        printNext(await startLab(start), flags);
        return;
      }
      const running = await runLab(start);
      printNext(running.lab, flags);
      const interrupted = new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
      });
      const first = await Promise.race([running.ended, interrupted]);
      await running.end();
      if (typeof first === 'number' && first !== 0) {
        throw new FirebreakError('FB_LAB', `the lab has ended by itself (exit code ${first})`);
      }
    });
}

function printNext(
  lab: { readonly inventory: string; readonly packages: string; readonly hosts: readonly { readonly host: string }[] },
  flags: UpFlags,
): void {
  const dir = dirSuffix(flags.dir);
  const first = lab.hosts[0]?.host ?? '';
  const known = flags.fleet !== undefined && flags.fleet in FLEETS ? flags.fleet : DEFAULT_FLEET;
  const { advisory = '', playbook = '' } = FLEETS[known] ?? {};
  process.stdout.write(`${lab.hosts.length} machines are up.
inventory  ${lab.inventory}
packages   ${lab.packages}

Next:
  firebreak exec -i ${lab.inventory} ${first} -- 'Get-HotFix'
  firebreak verify ${advisory} -i ${lab.inventory}
  firebreak run ${playbook} -i ${lab.inventory} --packages ${lab.packages}
  firebreak lab status${dir}
  firebreak lab down${dir}
`);
}
