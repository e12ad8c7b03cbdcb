/** Options that several commands share, and how they are parsed. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ConnectionFlags, Services, TagChoice } from '../app/index.ts';
import { formatDuration, parseDuration } from '../util/index.ts';
import { passwordPrompt } from './ask.ts';
import { OUTPUT_MODES, type OutputMode } from './live/index.ts';

export function parsePositiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('it must be a whole number from 1 up.');
  return value;
}

/** `90s`, `10m`, `1h` → milliseconds. */
function parseDurationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('write it as 90s, 10m or 1h.');
  return ms;
}

/** For options that may be given more than once. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

export function parsePort(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError('it must be a number from 1 to 65535.');
  return value;
}

/** `a,b` and repeated: all of them. */
function collectTags(value: string, previous: readonly string[] = []): readonly string[] {
  const tags = value.split(',').map((tag) => tag.trim());
  if (tags.includes('')) throw new InvalidArgumentError('write it as a,b.');
  return [...previous, ...tags];
}

export interface TagOptions {
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
}

export function addTagOptions(command: Command): Command {
  return command
    .option('--tags <tags>', 'only steps with one of these tags, and those tagged always: a,b', collectTags)
    .option('--skip-tags <tags>', 'without the steps that have one of these tags: a,b', collectTags);
}

/** As a plan takes it; undefined when nothing is chosen. */
export function chosenTags({ tags, skipTags }: TagOptions): TagChoice | undefined {
  return tags === undefined && skipTags === undefined ? undefined : { only: tags ?? [], skip: skipTags ?? [] };
}

export function addExceptionsOption(command: Command): Command {
  return command.option('--exceptions <file>', 'hosts to leave as they are, until when, and who approved it (YAML)');
}

/** What the user should know although nothing is wrong. */
export function warnOnStderr(text: string): void {
  process.stderr.write(`warning: ${text}\n`);
}

/** The parsed flags are those that src/app takes. */
export type ConnectionOptions = { readonly [Flag in keyof ConnectionFlags]?: NonNullable<ConnectionFlags[Flag]> };

function addConnectionOptions(command: Command): Command {
  return command
    .optionsGroup('Connection (wins over the inventory):')
    .addOption(new Option('--transport <name>', 'how to get there').choices(['winrm', 'ssh', 'local']))
    .addOption(
      new Option('--auth <kind>', 'how to log on').choices(['negotiate', 'kerberos', 'ntlm', 'basic', 'certificate']),
    )
    .addOption(new Option('--port <port>', 'port, when it is not the usual one').argParser(parsePort))
    .option('--user <name>', 'user')
    .option('--password-env <name>', 'environment variable that holds the password')
    .option('--use-tls', 'WinRM over HTTPS')
    .option('--ca <file>', 'authorities to trust, PEM')
    .option('--insecure', "do not verify the server's certificate")
    .option('--fingerprint <sha256>', 'trust this certificate or host key alone')
    .option('--certificate <file>', 'client certificate, PEM')
    .option('--key <file>', 'key of the client certificate, PEM')
    .option('--proxy <url>', 'HTTP proxy for WinRM')
    .option('--configuration <name>', 'session configuration (PowerShell.7, a JEA endpoint) or SSH subsystem')
    .option('--keytab <file>', 'Kerberos key table')
    .option('--ccache <name>', 'Kerberos credential cache')
    .option('--spn <name>', 'Kerberos service name')
    .option('--private-key <file>', 'SSH private key')
    .option('--agent', 'ask the SSH agent')
    .option('--known-hosts <file>', 'SSH known_hosts')
    .option('--jump <user@host>', 'SSH host to go through')
    .option('--shell <program>', 'PowerShell on the target, for ssh and local')
    .option('--relay <name>', 'inventory host through which all others are reached')
    .option('--source <address>', 'source address of our connections')
    .option('--allow-unencrypted', 'allow Basic over plain HTTP (laboratories only)')
    .optionsGroup('Options:');
}

const CONNECTION_FLAGS = [
  'transport',
  'auth',
  'port',
  'user',
  'passwordEnv',
  'allowUnencrypted',
  'useTls',
  'ca',
  'insecure',
  'fingerprint',
  'certificate',
  'key',
  'proxy',
  'configuration',
  'keytab',
  'ccache',
  'spn',
  'privateKey',
  'agent',
  'knownHosts',
  'jump',
  'shell',
  'source',
  'relay',
] as const satisfies readonly (keyof ConnectionFlags)[];

/** The connection flags alone. */
export function connectionFlags(options: ConnectionOptions): ConnectionFlags {
  return Object.fromEntries(CONNECTION_FLAGS.map((flag) => [flag, options[flag]]));
}

export type FleetOptions = ConnectionOptions & {
  readonly inventory?: readonly string[];
  readonly limit?: string;
  readonly targetsFile?: string;
};

export function addInventoryOption(command: Command): Command {
  return command.option(
    '-i, --inventory <source>',
    'inventory: YAML or CSV file, program, - for stdin, or host1,host2; may be repeated',
    collect,
  );
}

export function addFleetOptions(command: Command): Command {
  addInventoryOption(command)
    .option('--limit <pattern>', 'only these hosts: an Ansible pattern, or target URIs')
    .option('--targets-file <file>', 'only the hosts and target URIs in this file, one a line');
  return addConnectionOptions(command);
}

export interface StateOptions {
  readonly state?: string;
}

/** Of the commands that can have hosts worked on elsewhere. */
export interface WorkersOptions extends StateOptions {
  readonly workers?: boolean;
}

export function addWorkersOption(command: Command): Command {
  return command.option('--workers', 'let `firebreak worker` processes work on the hosts; this one leads (PostgreSQL)');
}

export interface InputOptions {
  readonly input?: readonly string[];
}

export function addInputOption(
  command: Command,
  purpose = 'value of an input, or @file.yaml; may be repeated',
): Command {
  return command.option('--input <name=value>', purpose, collect);
}

/** @param standard milliseconds */
export function addTimeoutOption(command: Command, purpose: string, standard: number): Command {
  return command.addOption(
    new Option('--timeout <duration>', purpose)
      .argParser(parseDurationOption)
      .default(standard, formatDuration(standard)),
  );
}

export function addStateOption(command: Command): Command {
  return command.option(
    '--state <store>',
    "state store, sqlite:PATH or postgres://USER@HOST/DATABASE (default: FIREBREAK_STATE or the user's state folder)",
  );
}

export interface OutputOptions {
  readonly output: OutputMode;
}

export function addOutputOption(command: Command): Command {
  return command.addOption(new Option('--output <mode>', 'how to show the run').choices(OUTPUT_MODES).default('auto'));
}

export interface AskFlags {
  readonly ask: boolean;
  readonly yes?: boolean;
}

export function addAskOptions(command: Command): Command {
  return command
    .option('--no-ask', 'park hosts that have a question, also on a terminal')
    .option('-y, --yes', 'answer questions that declare a default by it; all others still need a person');
}

/** Opens the services for one command and closes them whatever happens. */
export async function withServices<T>(options: WorkersOptions, work: (services: Services) => Promise<T>): Promise<T> {
  const { createServices } = await import('../app/index.ts');
  const services = createServices({ state: options.state, workers: options.workers, ask: passwordPrompt() });
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

/** Of the commands that start a run on hosts. */
export interface NewRunOptions
  extends FleetOptions,
    InputOptions,
    WorkersOptions,
    OutputOptions,
    AskFlags,
    WaitFlags,
    TagOptions {
  readonly packages?: string;
  readonly exceptions?: string;
  readonly forks?: number;
  readonly check?: boolean;
  readonly skipLeased?: boolean;
  readonly change?: string;
}

/** What a run does at a gate and outside of its window. */
export interface WaitFlags {
  readonly wait: boolean;
  readonly ignoreWindow?: boolean;
}

export function addWaitOptions(command: Command): Command {
  return command
    .option('--no-wait', 'end with exit code 4 where a gate or a window has to be waited for')
    .option('--ignore-window', "begin hosts outside of the playbook's window too; the journal says so");
}

export function addNewRunOptions(command: Command, inputPurpose?: string): Command {
  addWorkersOption(addExceptionsOption(addTagOptions(addInputOption(addFleetOptions(command), inputPurpose))))
    .option('--packages <folder>', 'folder with the package files and their SHA256SUMS')
    .option('--forks <n>', 'hosts at once', parsePositiveInteger)
    .option('--check', 'read and probe only; change nothing')
    .option('--skip-leased', 'leave out hosts that another run holds')
    .option('--change <number>', 'number of the change request, for status, reports and audits');
  return addStateOption(addOutputOption(addWaitOptions(addAskOptions(command))));
}
