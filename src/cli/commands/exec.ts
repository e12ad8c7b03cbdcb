/** `firebreak exec <pattern | URI…> -- <script>`: PowerShell ad hoc. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ExecResult } from '../../app/index.ts';
import { EXIT_CODES, FirebreakError } from '../../domain/index.ts';
import { decodeText } from '../../util/index.ts';
import { passwordPrompt, terminalPrompter } from '../ask.ts';
import { interruptible, STOPPING } from '../interrupt.ts';
import {
  addFleetOptions,
  addTimeoutOption,
  connectionFlags,
  type FleetOptions,
  parsePositiveInteger,
} from '../options.ts';
import { jsonOutput, textOutput } from './exec-output.ts';

type ExecFlags = FleetOptions & {
  readonly forks: number;
  readonly timeout: number;
  readonly file?: string;
  readonly json?: boolean;
};

const MAX_SCRIPT = 4 * 1024 * 1024;

export function registerExec(program: Command): void {
  const command = program
    .command('exec')
    .summary('run PowerShell on hosts, ad hoc')
    .description('Runs a script as one pipeline on each host and shows every stream as it comes.')
    .argument('<hosts...>', 'host patterns of the inventory or target URIs; the script follows after --')
    .option('-f, --file <script>', 'file that holds the script; - is standard input');
  addTimeoutOption(addFleetOptions(command), 'deadline per host, connecting included', 600_000)
    .option('--forks <n>', 'hosts at once', parsePositiveInteger, 50)
    .option('--json', 'one JSON line a host on stdout, nothing else')
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak exec winrm://alice@web01:5985 --password-env PW -- 'Get-Service spooler'
  $ firebreak exec -i inventory.yaml 'servers:!dc*' --json -- '$PSVersionTable.PSVersion'
  $ firebreak exec ssh://alice@web02 local:// -f check.ps1`,
    )
    .action(async (words: string[], flags: ExecFlags, command: Command) => {
      const { execOnTargets, overridesOf } = await import('../../app/index.ts');
      const { patterns, inline } = splitWords(words, command);
      const script = await readScript(inline, flags);
      const shown = flags.json === true ? jsonOutput() : textOutput();
      const results = await interruptible(
        (signal) =>
          execOnTargets({
            patterns,
            inventory: flags.inventory,
            limit: flags.limit,
            targetsFile: flags.targetsFile,
            connection: overridesOf(connectionFlags(flags)),
            ask: passwordPrompt(),
            prompter: terminalPrompter(),
            script,
            forks: flags.forks,
            timeoutMs: flags.timeout,
            signal,
            ...shown,
          }),
        STOPPING,
      );
      shown.finish(results);
      process.exitCode = exitCodeFor(results);
    });
}

function exitCodeFor(results: readonly ExecResult[]): number {
  if (results.some((result) => result.error?.code === 'FB_CANCELLED')) return EXIT_CODES.interrupted;
  return results.every((result) => result.ok) ? EXIT_CODES.fine : EXIT_CODES.notFine;
}

/** commander drops the `--`; the script is what stood behind it. */
function splitWords(words: readonly string[], command: Command): { patterns: string[]; inline: string | undefined } {
  const raw = (command.parent as Command & { rawArgs: string[] }).rawArgs;
  const at = raw.indexOf('--');
  const count = at < 0 ? 0 : raw.length - at - 1;
  if (words.length <= count) throw usage('exec needs hosts before the --');
  return {
    patterns: words.slice(0, words.length - count),
    inline: at < 0 ? undefined : words.slice(words.length - count).join(' '),
  };
}

async function readScript(inline: string | undefined, { file, inventory }: ExecFlags): Promise<string> {
  if (inline !== undefined && file !== undefined) throw usage('a script is given twice: after -- and with --file');
  const isPiped = inline === undefined && (file === '-' || (file === undefined && !process.stdin.isTTY));
  if (isPiped && inventory?.includes('-') === true)
    throw usage('inventory and script cannot both come from standard input');
  const script = isPiped ? await readStandardInput() : (inline ?? (await readScriptFile(file)));
  if (script.trim() === '') throw usage('the script is empty: write it after --, in quotes, or name a file with -f');
  return script;
}

async function readScriptFile(file: string | undefined): Promise<string> {
  if (file === undefined) throw usage('exec needs a script: after --, with --file, or on standard input');
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new FirebreakError('FB_FILE_MISSING', `script ${file}: it cannot be read (${cause.code ?? cause.message})`, {
      remedy: 'check the path',
    });
  });
  return decodeText(bytes);
}

async function readStandardInput(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) {
    text += chunk as string;
    if (text.length > MAX_SCRIPT) throw usage('the script on standard input is too long');
  }
  return text.replace(/^\ufeff/, '');
}

function usage(message: string): FirebreakError {
  return new FirebreakError('FB_USAGE', message, {
    remedy: "firebreak exec winrm://alice@web01 --password-env PW -- 'Get-Service spooler'",
  });
}
