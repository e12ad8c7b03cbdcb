/** `firebreak scan TARGETS…`: what hosts say of KB824146 without credentials. */
import { isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ScanReport } from '../../app/index.ts';
import { EXIT_CODES } from '../../domain/index.ts';
import { passwordPrompt } from '../ask.ts';
import { interruptible, STOPPING } from '../interrupt.ts';
import { addInventoryOption, addTimeoutOption, parsePort, parsePositiveInteger } from '../options.ts';
import { SCAN_OUTPUTS, type ScanOutput, scanDisplay } from './scan-output.ts';

interface ScanFlags {
  readonly inventory?: readonly string[];
  readonly targetsFile?: string;
  readonly port?: number;
  readonly source?: string;
  readonly concurrency: number;
  readonly timeout: number;
  readonly alsoActivation?: boolean;
  readonly all?: boolean;
  readonly output: ScanOutput;
}

const MAX_CONCURRENCY = 1000;

export function registerScan(program: Command): void {
  const command = program
    .command('scan')
    .summary('who lacks KB824146? asks over the network, without credentials')
    .description(
      `Asks the RPC service (TCP 135) of each host what it says of KB824146 (MS03-039), as KB824146scan did: one well-formed call, no credentials, nothing that runs or overflows there. What the answers mean and do not mean: docs/scan.md`,
    )
    .argument('[targets...]', 'addresses, ranges, blocks, names; with -i host patterns too; none = the inventory');
  addInventoryOption(command).option('--targets-file <file>', 'more targets, one a line');
  addTimeoutOption(command, 'for the connection, and again for each answer', 3000)
    .option('--port <port>', 'where TCP 135 is, when it is mapped (also as target:port)', parsePort)
    .option('--source <address>', 'local address to ask from', parseAddress)
    .option('--concurrency <n>', 'hosts at once', parseConcurrency, 64)
    .option('--also-activation', 'ask hosts that miss KB824146 whether they have KB823980 (a second call)')
    .option('--all', 'list the addresses of ranges at which nothing answers, too')
    .addOption(new Option('--output <form>', 'form of the list on stdout').choices(SCAN_OUTPUTS).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  $ firebreak scan 10.0.0.0/24
  $ firebreak scan 10.0.0.1-10.0.0.50 10.0.1.7:10135 fd00::10/124 web01.corp.example
  $ firebreak scan -i inventory.yaml 'servers:!dc*'
  $ firebreak scan -i inventory.yaml 10.0.0.0/24        also says who answers and is in no inventory
  $ firebreak scan --targets-file hosts.txt --also-activation --output csv > scan.csv

Exit code: 0 when all that was named or answered is patched, 3 when not, 2 when a target is unusable, 130 when interrupted.`,
    )
    .action(async (targets: string[], flags: ScanFlags) => {
      const { scanTargets } = await import('../../app/index.ts');
      const { inventory, targetsFile, port, source, concurrency, timeout, alsoActivation, output } = flags;
      const display = scanDisplay(output, { isAll: flags.all === true });
      const report = await interruptible(
        (signal) =>
          scanTargets({
            targets,
            targetsFile,
            inventory,
            port,
            source,
            concurrency,
            timeoutMs: timeout,
            alsoActivation: alsoActivation === true,
            ask: passwordPrompt(),
            signal,
            onHost: display.host,
          }),
        STOPPING,
      );
      display.finish(report);
      process.exitCode = exitCodeFor(report);
    });
}

function exitCodeFor({ isFine, isInterrupted }: ScanReport): number {
  if (isInterrupted) return EXIT_CODES.interrupted;
  return isFine ? EXIT_CODES.fine : EXIT_CODES.notFine;
}

function parseConcurrency(text: string): number {
  const value = parsePositiveInteger(text);
  if (value > MAX_CONCURRENCY) throw new InvalidArgumentError(`at most ${MAX_CONCURRENCY}.`);
  return value;
}

function parseAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('it must be an IP address of this machine.');
  return text;
}
