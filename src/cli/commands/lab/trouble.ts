/** `firebreak lab trouble HOST KIND`: makes something go wrong. */
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { DIR_FLAG, DIR_HELP, parseSeconds } from './options.ts';

interface TroubleFlags {
  readonly dir?: string;
  readonly for?: number;
  readonly after?: number;
  readonly exitCode?: number;
}

const RPC_KINDS = ['rpc-silent', 'rpc-garbage', 'rpc-half', 'rpc-reset', 'rpc-fault', 'rpc-short'];
const KINDS = [
  'network-loss',
  'installer-fails',
  'installer-hangs',
  'no-return',
  'power-loss',
  'rpc-crash',
  'rpc-attack',
  ...RPC_KINDS,
  'icf-on',
  'icf-off',
  'none',
  'power-on',
];

export function registerTrouble(lab: Command): void {
  lab
    .command('trouble')
    .summary('make something go wrong on a machine, or right again')
    .description('Makes something go wrong on a machine, now or later, or right again.')
    .argument('<host>', 'name of a machine')
    .addArgument(new Argument('<kind>', 'what happens').choices(KINDS))
    .option('--for <time>', 'how long it lasts (network-loss, power-loss)', parseSeconds)
    .option('--after <time>', 'when it begins', parseSeconds)
    .option('--exit-code <n>', 'exit code of installer-fails', parseExitCode)
    .option(DIR_FLAG, DIR_HELP)
    .addHelpText(
      'after',
      `
Kinds:
  network-loss     silent on all ports, for good without --for
  power-loss       off and on again at once; processes die
  installer-fails  the next installer ends with an error
  installer-hangs  the next installer never ends
  no-return        the machine does not come back from its next restart
  rpc-crash        the process of RpcSs dies; what its recovery says follows
  rpc-attack       it dies every 30 s, as long as TCP 135 is open to strangers and KB824146 is missing
  rpc-…            TCP 135 answers oddly: silent, garbage, half, reset, fault, short
  icf-on, icf-off  somebody at the console ticks the firewall of the connection (XP, 2003), or unticks it
  none             mended: installers work, restarts come back, the network is there
  power-on         a machine that is off boots

Examples:
  $ firebreak lab trouble pc-tokyo-01 network-loss --for 8s --after 2s
  $ firebreak lab trouble pc-tokyo-01 installer-fails --exit-code 0x800F0922
  $ firebreak lab trouble pc-tokyo-01 none`,
    )
    .action(async (host: string, kind: string, flags: TroubleFlags) => {
      const { labFolder, labTrouble } = await import('../../../app/lab/index.ts');
      await labTrouble(labFolder(flags.dir), {
        host,
        kind,
        ...(flags.for === undefined ? {} : { forSeconds: flags.for }),
        ...(flags.after === undefined ? {} : { afterSeconds: flags.after }),
        ...(flags.exitCode === undefined ? {} : { exitCode: flags.exitCode }),
      });
      process.stdout.write(`${host}: ${kind}\n`);
    });
}

/** Exit codes are signed; an HRESULT may be written as Windows shows it. */
function parseExitCode(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < -0x80000000 || value > 0xffffffff) {
    throw new InvalidArgumentError('it must be a 32-bit number such as 1603 or 0x800F0922.');
  }
  return value | 0;
}
