/** `firebreak kit build|import`: offline media for hosts that must not be connected, and their results back into the journal. */
import { type Command, InvalidArgumentError } from 'commander';
import { EXIT_CODES } from '../../domain/index.ts';
import { renderTable } from '../live/index.ts';
import { addStateOption, collect, type StateOptions, withServices } from '../options.ts';
import { readVersion } from '../version.ts';

interface BuildFlags {
  readonly for?: readonly string[];
  readonly hosts?: string;
  readonly inventory?: readonly string[];
  readonly language?: readonly string[];
  readonly packages: string;
  readonly to: string;
  readonly dcomOff?: boolean;
}

interface ImportFlags extends StateOptions {
  readonly inventory: readonly string[];
  readonly by?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ firebreak kit build ms03-039 --for nt4-server-sp6a,windows-2000-sp4 --language ENU --packages ./packages --to ./kit
  $ firebreak kit build ms03-039 --hosts legacy -i inventory.yaml --packages ./packages --to ./kit
  $ firebreak kit import ./kit -i inventory.yaml`;

export function registerKit(program: Command): void {
  const kit = program
    .command('kit')
    .summary('offline media for hosts that must not be connected')
    .description(
      'Makes media for hosts that must not be connected, and brings their results back. Connects to nothing.',
    )
    .addHelpText('after', EXAMPLES);
  registerBuild(kit);
  registerImport(kit);
}

function registerBuild(kit: Command): void {
  kit
    .command('build')
    .summary('packages, a script and a paper for the person at the console')
    .description(
      'Writes a folder for a CD or a USB stick: the packages that the systems need (checked against SHA256SUMS), a script ' +
        'for the bare cmd of Windows NT 4.0 and later, and a README for the person at the console.',
    )
    .argument('<advisory>', 'id of a shipped advisory, or a file')
    .option('--for <systems>', 'systems, such as nt4-server-sp6a,windows-2000-sp4; none = all with a package', names)
    .option('--hosts <pattern>', 'hosts of the inventory it is for; their `vars.os` names the systems')
    .option('-i, --inventory <source>', 'inventory; may be repeated', collect)
    .option('--language <letters>', 'languages, such as ENU,JPN; none = all that are in the package folder', letters)
    .requiredOption('--packages <folder>', 'folder with the package files and their SHA256SUMS')
    .requiredOption('--to <folder>', 'new or empty folder to write to')
    .option('--dcom-off', 'the script switches DCOM off before it installs')
    .addHelpText('after', EXAMPLES)
    .action(async (advisory: string, flags: BuildFlags) => {
      const { buildKit } = await import('../../app/index.ts');
      const { manifest, missing, folder } = await buildKit({
        advisory,
        systems: flags.for ?? [],
        languages: flags.language ?? [],
        hosts: flags.hosts,
        inventory: flags.inventory,
        packages: flags.packages,
        to: flags.to,
        dcomOff: flags.dcomOff === true,
        version: readVersion(),
      });
      const rows = manifest.targets.map(({ system, language, file }) => [system, language, file]);
      process.stdout.write(`${renderTable([['SYSTEM', 'LANGUAGE', 'PACKAGE'], ...rows])}\n`);
      if (missing.length > 0) process.stdout.write(`not in ${flags.packages}: ${[...new Set(missing)].join(', ')}\n`);
      process.stdout.write(`kit ${manifest.id} is in ${folder}: copy all of it to the medium, print README.TXT\n`);
      process.stdout.write(`→ when it is back: firebreak kit import ${folder} -i INVENTORY\n`);
    });
}

function registerImport(kit: Command): void {
  const command = kit
    .command('import')
    .summary('brings the results of a medium into the journal')
    .description(
      'Judges what the script saw on each machine and records it as a run of its own. What was imported before is left ' +
        'out. Exit 3 when a machine did not end fine or its results cannot be used.',
    )
    .argument('<folder>', 'the medium, or a copy of it')
    .requiredOption('-i, --inventory <source>', 'inventory that names the machines; may be repeated', collect)
    .option('--by <name>', 'who was at the console, where the machines do not say it')
    .option('--json', 'as JSON');
  addStateOption(command)
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: ImportFlags) => {
      const { importKit } = await import('../../app/index.ts');
      const imported = await withServices(flags, (services) =>
        importKit(services, { folder, inventory: flags.inventory, by: flags.by, version: readVersion() }),
      );
      if (flags.json === true) process.stdout.write(`${JSON.stringify(imported)}\n`);
      else {
        const rows = imported.machines.map(({ computer, host, state, outcome, reason }) => [
          computer,
          host ?? '-',
          outcome ?? state,
          reason,
        ]);
        process.stdout.write(`${renderTable([['COMPUTER', 'HOST', 'OUTCOME', 'WHY'], ...rows])}\n`);
        process.stdout.write(
          imported.run === null
            ? 'nothing new: the journal is as it was\n'
            : `run ${imported.run}\n→ firebreak status ${imported.run}\n`,
        );
      }
      if (!imported.isFine) process.exitCode = EXIT_CODES.notFine;
    });
}

function names(value: string): readonly string[] {
  return list(value).map((name) => name.toLowerCase());
}

function letters(value: string): readonly string[] {
  return list(value).map((name) => name.toUpperCase());
}

function list(value: string): readonly string[] {
  const items = value.split(',').map((item) => item.trim());
  if (items.includes('')) throw new InvalidArgumentError('write it as a,b,c.');
  return items;
}
