/** `firebreak init`: files to start from. */
import type { Command } from 'commander';

export function registerInit(program: Command): void {
  program
    .command('init')
    .summary('write an inventory and a playbook to start from')
    .description('Writes inventory.yaml, a playbook and a folder for packages; overwrites nothing.')
    .argument('[folder]', 'where to', '.')
    .option('--advisory <advisory>', 'what the playbook remedies: id of a shipped advisory, or a file')
    .addHelpText(
      'after',
      '\nExamples:\n  $ firebreak init patching\n  $ firebreak init patching --advisory cve-2020-0796',
    )
    .action(async (folder: string, flags: { readonly advisory?: string }) => {
      const { initFolder } = await import('../../app/index.ts');
      const { inventory, playbook, packages } = await initFolder({ folder, advisory: flags.advisory });
      process.stdout.write(`inventory  ${inventory}
playbook   ${playbook}
packages   ${packages} (the files, and their SHA256SUMS: firebreak advisory hash ${packages})

Next:
  edit ${inventory}
  firebreak doctor -i ${inventory}
  firebreak validate ${playbook}
  firebreak rehearse ${playbook} -i ${inventory} --as all=PROFILE
  firebreak run ${playbook} -i ${inventory} --packages ${packages} --check
`);
    });
}
