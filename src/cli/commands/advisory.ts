/** `firebreak advisory list|show|hash`: what is known of a vulnerability, and checksums of its packages. */
import type { Command } from 'commander';
import { renderTable } from '../live/index.ts';
import { advisoryText } from './advisory-text.ts';

const EXAMPLES = `
Examples:
  $ firebreak advisory list
  $ firebreak advisory show ms03-039
  $ firebreak advisory hash ms03-039 --packages ./packages >> packages/SHA256SUMS`;

export function registerAdvisory(program: Command): void {
  const advisory = program
    .command('advisory')
    .summary('what is known of a vulnerability')
    .description('Reads advisories, the data on vulnerabilities; connects to nothing.')
    .addHelpText('after', EXAMPLES);
  registerList(advisory);
  registerShow(advisory);
  registerHash(advisory);
}

function registerList(advisory: Command): void {
  advisory
    .command('list', { isDefault: true })
    .summary('the advisories that are shipped')
    .description('The advisories that are shipped.')
    .option('--json', 'as JSON')
    .action(async (flags: { readonly json?: boolean }) => {
      const { listAdvisories } = await import('../../app/index.ts');
      const all = await listAdvisories();
      if (flags.json === true) {
        const short = all.map(({ advisory: id, title, kb, replaces, replaced_by }) => ({
          advisory: id,
          title,
          kb: kb ?? null,
          replaces,
          replaced_by: replaced_by ?? [],
        }));
        process.stdout.write(`${JSON.stringify(short)}\n`);
        return;
      }
      const rows = all.map(({ advisory: id, title, affects, replaced_by }) => [
        id,
        String(affects.filter(({ status }) => status === 'affected').length),
        replaced_by?.join(', ') ?? '-',
        title,
      ]);
      process.stdout.write(`${renderTable([['ADVISORY', 'AFFECTED', 'REPLACED BY', 'TITLE'], ...rows])}\n`);
    });
}

function registerShow(advisory: Command): void {
  advisory
    .command('show')
    .summary('systems, fixes, packages and shields of one')
    .description(
      'Systems, what shows the fix on each, packages, shields and signs of infection, with their confidence.',
    )
    .argument('<advisory>', 'id of a shipped advisory, or a file')
    .option('--json', 'all of it as JSON')
    .action(async (name: string, flags: { readonly json?: boolean }) => {
      const { showAdvisory } = await import('../../app/index.ts');
      const found = await showAdvisory(name);
      process.stdout.write(flags.json === true ? `${JSON.stringify(found)}\n` : `${advisoryText(found)}\n`);
    });
}

function registerHash(advisory: Command): void {
  advisory
    .command('hash')
    .summary('SHA-256 of package files')
    .description(
      'SHA-256 of package files as lines of a SHA256SUMS file. Take them only from files whose origin you have checked.',
    )
    .argument('<what...>', 'package files, folders of them, or an advisory whose packages lie in --packages')
    .option('--packages <folder>', 'folder of the package files', '.')
    .option('--yaml', "as the advisory's sha256 instead")
    .addHelpText('after', EXAMPLES)
    .action(async (what: string[], flags: { readonly packages: string; readonly yaml?: boolean }) => {
      const { hashPackages } = await import('../../app/index.ts');
      const hashed = await hashPackages(what, flags.packages);
      const lines =
        flags.yaml === true
          ? hashed.flatMap(({ file, sha256, package: id }, index) => {
              const isSame = id !== null && hashed[index - 1]?.package === id;
              return [...(isSame ? [] : [`${id ?? file}:`, '  sha256:']), `    ${file}: ${sha256}`];
            })
          : hashed.map(({ file, sha256 }) => `${sha256}  ${file}`);
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    });
}
