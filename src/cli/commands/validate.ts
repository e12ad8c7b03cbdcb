/** `firebreak validate`: every mistake with file, line and column; exit 2 when there is one. */
import type { Command } from 'commander';
import { EXIT_CODES, FirebreakError } from '../../domain/index.ts';
import { printError } from '../errors.ts';
import { collect, withServices } from '../options.ts';

export function registerValidate(program: Command): void {
  program
    .command('validate')
    .summary('check playbooks and inventories')
    .description('Checks playbooks with their advisories, and inventories; all mistakes at once, nothing is touched.')
    .argument('[playbooks...]', 'playbook files')
    .option('-i, --inventory <file>', 'inventory to check too; may be repeated', collect)
    .addHelpText('after', '\nExamples:\n  $ firebreak validate playbooks/*.yaml -i inventory.yaml')
    .action(async (playbooks: string[], { inventory = [] }: { readonly inventory?: readonly string[] }) => {
      const { validate } = await import('../../app/index.ts');
      if (playbooks.length + inventory.length === 0) {
        throw new FirebreakError('FB_USAGE', 'nothing to validate', {
          remedy: 'firebreak validate playbooks/smbghost.yaml',
        });
      }
      const results = await withServices({}, (services) => validate(services, { playbooks, inventories: inventory }));
      for (const { file, error } of results) {
        if (error === null) process.stdout.write(`${file}: ok\n`);
        else printError(error);
      }
      if (results.some(({ error }) => error !== null)) process.exitCode = EXIT_CODES.invalid;
    });
}
