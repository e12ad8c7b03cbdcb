/** `firebreak exec <pattern | URI…> -- <script>`: PowerShell ad hoc. */
import type { Command } from 'commander';
import type { ExecResult } from '../../app/index.ts';
import { EXIT_CODES, FirebreakError, type Json, type StreamRecord } from '../../domain/index.ts';
import { passwordPrompt } from '../ask.ts';
import { interruptible } from '../interrupt.ts';
import { oneLine, printable } from '../live/index.ts';
import {
  addConnectionOptions,
  addTimeoutOption,
  type ConnectionOptions,
  connectionFlags,
  parsePositiveInteger,
} from '../options.ts';

interface ExecFlags extends ConnectionOptions {
  readonly inventory?: string;
  readonly forks: number;
  readonly timeout: number;
  readonly json?: boolean;
}

export function registerExec(program: Command): void {
  const command = program
    .command('exec')
    .summary('run PowerShell on hosts, ad hoc')
    .description('Runs a script as one pipeline on each host and shows every stream as it comes.')
    .argument('<hosts...>', 'host patterns of the inventory or target URIs; the script follows after --')
    .option('-i, --inventory <file>', 'inventory, for host patterns');
  addTimeoutOption(addConnectionOptions(command), 'deadline per host, connecting included', 600_000)
    .option('--forks <n>', 'hosts at once', parsePositiveInteger, 50)
    .option('--json', 'one JSON line a host on stdout, nothing else')
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak exec winrm://alice@web01:5985 --password-env PW -- 'Get-Service spooler'
  $ firebreak exec -i inventory.yaml 'servers:!dc*' --json -- '$PSVersionTable.PSVersion'`,
    )
    .action(async (words: string[], flags: ExecFlags, command: Command) => {
      const { execOnTargets } = await import('../../app/index.ts');
      const { patterns, script } = splitWords(words, command);
      const shown = flags.json === true ? jsonOutput() : textOutput();
      const results = await interruptible((signal) =>
        execOnTargets({
          patterns,
          inventory: flags.inventory,
          connection: connectionFlags(flags),
          ask: passwordPrompt(),
          script,
          forks: flags.forks,
          timeoutMs: flags.timeout,
          signal,
          ...shown,
        }),
      );
      const isInterrupted = results.some((result) => result.error?.code === 'FB_CANCELLED');
      if (isInterrupted) process.exitCode = EXIT_CODES.interrupted;
      else process.exitCode = results.every((result) => result.ok) ? EXIT_CODES.fine : EXIT_CODES.notFine;
    });
}

/** commander drops the `--`; the script is what stood behind it. */
function splitWords(words: readonly string[], command: Command): { patterns: string[]; script: string } {
  const raw = (command.parent as Command & { rawArgs: string[] }).rawArgs;
  const at = raw.indexOf('--');
  const count = at < 0 ? 0 : raw.length - at - 1;
  if (count === 0 || words.length <= count) {
    throw new FirebreakError('FB_USAGE', 'exec needs hosts and, after --, a script', {
      remedy: "firebreak exec winrm://alice@web01 --password-env PW -- 'Get-Service spooler'",
    });
  }
  const script = words.slice(-count).join(' ');
  if (script.trim() === '') {
    throw new FirebreakError('FB_USAGE', 'the script is empty', { remedy: 'write it after --, in quotes' });
  }
  return { patterns: words.slice(0, -count), script };
}

interface Shown {
  readonly onRecord: (host: string, record: StreamRecord) => void;
  readonly onResult: (result: ExecResult) => void;
}

function jsonOutput(): Shown {
  return {
    onRecord: () => {},
    onResult: ({ host, ok, output, streams, durationMs, error }) => {
      process.stdout.write(`${JSON.stringify({ host, ok, output, streams, durationMs, error })}\n`);
    },
  };
}

function textOutput(): Shown {
  return {
    onRecord: (host, record) => {
      if (record.stream === 'output') process.stdout.write(indent(host, renderValue(record.value)));
      else if (record.stream === 'error') process.stderr.write(indent(host, `error: ${record.value.message}`));
      else if (record.stream === 'progress')
        process.stderr.write(indent(host, `${record.value.activity}: ${record.value.status}`));
      else process.stderr.write(indent(host, `${record.stream}: ${renderValue(record.value)}`));
    },
    onResult: ({ host, error, durationMs }) => {
      if (error === null) process.stderr.write(`${host}: done in ${durationMs} ms\n`);
      else {
        // Most messages begin with the host already.
        const place = error.message.startsWith(host) ? '' : `${host}: `;
        const remedy = error.remedy === '' ? '' : `  → ${oneLine(error.remedy)}\n`;
        process.stderr.write(`${oneLine(place + error.message)} [${error.code}]\n${remedy}`);
      }
    },
  };
}

function indent(host: string, text: string): string {
  return `${printable(text)
    .split('\n')
    .map((line) => `${host}: ${line}`)
    .join('\n')}\n`;
}

/** Text as it is, objects as `name : value` lines. */
function renderValue(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([name]) => name !== '$type');
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries
    .map(([name, item]) => `${name.padEnd(width)} : ${typeof item === 'string' ? item : JSON.stringify(item)}`)
    .join('\n');
}
