/** `firebreak report [RUN…]`. */
import { type Command, Option } from 'commander';
import { addStateOption, type StateOptions, withServices } from '../options.ts';

const FORMATS = ['html', 'json', 'junit', 'csv'] as const;

interface ReportFlags extends StateOptions {
  readonly format: (typeof FORMATS)[number];
  readonly file?: string;
  readonly chain?: boolean;
  readonly schema?: boolean;
}

export function registerReport(program: Command): void {
  const command = program
    .command('report')
    .summary('write the report of one or more runs')
    .description(
      'Writes what the journal knows of runs: an HTML page to read, print and archive, JSON for programs, JUnit XML for CI ' +
        'servers, CSV for spreadsheets. Several runs become one report, in which each host has its latest outcome. HTML goes ' +
        'into a file, whose name is printed; everything else to standard output, unless --file says otherwise.',
    )
    .argument('[runs...]', 'run ids, unambiguous parts of their beginning, or last (default: last)')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('html'))
    .option('--chain', 'also the runs that these are reruns of, and all their reruns')
    .option('--file <path>', 'where to write it; - is standard output')
    .option('--schema', 'print the JSON Schema of --format json');
  addStateOption(command)
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak report last --file report.html
  $ firebreak report last --chain --format csv --file hosts.csv
  $ firebreak report last --format junit --file firebreak.xml
  $ firebreak report 20261123-0412 20261124-0400 --format json | jq .tally`,
    )
    .action(async (runs: readonly string[], flags: ReportFlags) => {
      const { reportSchema, reportText, saveReport } = await import('../../app/index.ts');
      if (flags.schema === true) {
        process.stdout.write(`${JSON.stringify(reportSchema(), null, 2)}\n`);
        return;
      }
      await withServices(flags, async (services) => {
        const { format, chain } = flags;
        const journal = await services.journal();
        const named = runs.length === 0 ? ['last'] : runs;
        const text = await reportText(services, { runs: named, chain: chain === true, format });
        const usual = format === 'html' ? services.reportFile(await journal.resolveRun(named[0]!)) : '-';
        const file = flags.file ?? usual;
        process.stdout.write(file === '-' ? text : `${await saveReport(text, file, format)}\n`);
      });
    });
}
