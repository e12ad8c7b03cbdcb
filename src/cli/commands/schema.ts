/** `firebreak schema`: the JSON Schema of playbooks, for editors. */
import type { Command } from 'commander';

export function registerSchema(program: Command): void {
  program
    .command('schema')
    .summary('JSON Schema of playbooks, for editors')
    .description('Prints the JSON Schema of playbooks; editors with a YAML language server complete and check with it.')
    .addHelpText('after', '\nExamples:\n  $ firebreak schema > playbook.schema.json')
    .action(async () => {
      const { playbookSchema } = await import('../../app/index.ts');
      process.stdout.write(`${JSON.stringify(playbookSchema(), null, 2)}\n`);
    });
}
