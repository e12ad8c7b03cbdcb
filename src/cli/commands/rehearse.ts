/** `firebreak rehearse PLAYBOOK`: the playbook on emulated machines that stand for the inventory's hosts. */
import type { Command } from 'commander';
import type { Rehearsal } from '../../app/index.ts';
import { followRun } from '../follow-run.ts';
import { renderTable } from '../live/index.ts';
import { sourceOf } from '../new-run.ts';
import {
  type AskFlags,
  addAskOptions,
  addFleetOptions,
  addInputOption,
  addOutputOption,
  collect,
  type FleetOptions,
  type InputOptions,
  type OutputOptions,
  parsePositiveInteger,
  withServices,
} from '../options.ts';
import { readVersion } from '../version.ts';

interface RehearseFlags extends FleetOptions, InputOptions, OutputOptions, AskFlags {
  readonly as?: readonly string[];
  readonly forks?: number;
  readonly keep?: boolean;
}

export function registerRehearse(program: Command): void {
  const command = program
    .command('rehearse')
    .summary('run a playbook on emulated stand-ins of your hosts')
    .description(
      "Runs a playbook on emulated Windows machines with the names, groups and variables of the inventory's hosts. PowerShell is " +
        'real, the state of the machines is emulated, packages are stand-ins; no host of the inventory is connected to. Needs the .NET SDK 10.',
    )
    .argument('<playbook>', 'file, or the name of a shipped one (smbghost, ms03-039 …)');
  addInputOption(addFleetOptions(command))
    .option(
      '--as <pattern=profile>',
      'machine that stands for these hosts, PROFILE or PROFILE/VARIANT of lab/profiles; else their variable os; may be repeated',
      collect,
    )
    .option('--forks <n>', 'hosts at once', parsePositiveInteger)
    .option('--keep', 'keep journal and report of the rehearsal');
  addOutputOption(addAskOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak rehearse smbghost -i inventory.yaml --as all=windows-10-1903-enu
  $ firebreak rehearse my-playbook.yaml -i inventory.yaml --limit pilot
  $ firebreak rehearse smbghost -i inventory.yaml --as all=windows-10-1903-enu --as web02=windows-10-1903-enu/installer-fails`,
    )
    .action(async (playbook: string, flags: RehearseFlags) => {
      const { rehearse } = await import('../../app/index.ts');
      await withServices({}, async (services) => {
        const source = await sourceOf(services, playbook, flags);
        let rehearsal: Rehearsal | undefined;
        await followRun(
          flags,
          async ({ watcher, signal, operator }) => {
            rehearsal = await rehearse(services, {
              ...source,
              as: flags.as ?? [],
              keep: flags.keep === true,
              version: readVersion(),
              watcher,
              signal,
              operator,
              onProgress: (text) => process.stderr.write(`lab: ${text}\n`),
            });
            return rehearsal.run;
          },
          () => [],
        );
        if (rehearsal !== undefined) process.stderr.write(`${rehearsalText(rehearsal)}\n`);
      });
    });
}

function rehearsalText({ hosts, kept }: Rehearsal): string {
  const rows = hosts.map((host) => [
    host.host,
    host.variant === '' ? host.profile : `${host.profile}/${host.variant}`,
    host.outcome,
    String(host.installs),
    String(host.reboots),
    String(host.standingShields),
    host.samePolicies ? 'as before' : 'changed',
  ]);
  const head = ['HOST', 'STAND-IN', 'OUTCOME', 'INSTALLS', 'REBOOTS', 'SHIELDS', 'IPSEC'];
  return [
    '',
    'As the machines themselves counted it:',
    renderTable([head, ...rows]),
    '',
    'This was a rehearsal: no host of the inventory was connected to.',
    ...(kept === null ? [] : [`journal and report: ${kept}`]),
  ].join('\n');
}
