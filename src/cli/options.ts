/** Options that several commands share, and how they are parsed. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ConnectionFlags, Services } from '../app/index.ts';
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

export interface ConnectionOptions {
  readonly auth?: ConnectionFlags['auth'];
  readonly user?: string;
  readonly passwordEnv?: string;
  readonly allowUnencrypted?: boolean;
}

export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--auth <kind>', 'how to log on').choices(['basic', 'negotiate', 'ntlm', 'kerberos', 'certificate']),
    )
    .option('--user <name>', 'user')
    .option('--password-env <name>', 'environment variable that holds the password')
    .option('--allow-unencrypted', 'allow Basic over plain HTTP (laboratories only)');
}

export function connectionFlags({ auth, user, passwordEnv, allowUnencrypted }: ConnectionOptions): ConnectionFlags {
  return { auth, user, passwordEnv, allowUnencrypted: allowUnencrypted === true };
}

export interface FleetOptions extends ConnectionOptions {
  readonly inventory?: string;
  readonly limit?: string;
  readonly targetsFile?: string;
}

export function addFleetOptions(command: Command): Command {
  command
    .option('-i, --inventory <file>', 'inventory file, or host1,host2')
    .option('--limit <pattern>', 'only these hosts, as an Ansible pattern')
    .option('--targets-file <file>', 'only the hosts named in this file, one a line');
  return addConnectionOptions(command);
}

export interface StateOptions {
  readonly state?: string;
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
    "state store, sqlite:PATH (default: FIREBREAK_STATE or the user's state folder)",
  );
}

export interface OutputOptions {
  readonly output: OutputMode;
}

export function addOutputOption(command: Command): Command {
  return command.addOption(new Option('--output <mode>', 'how to show the run').choices(OUTPUT_MODES).default('auto'));
}

/** Opens the services for one command and closes them whatever happens. */
export async function withServices<T>(options: StateOptions, work: (services: Services) => Promise<T>): Promise<T> {
  const { createServices } = await import('../app/index.ts');
  const services = createServices({ state: options.state, ask: passwordPrompt() });
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

/** Of the commands that start a run on hosts. */
export interface NewRunOptions extends FleetOptions, InputOptions, StateOptions, OutputOptions {
  readonly packages?: string;
  readonly forks?: number;
  readonly check?: boolean;
  readonly skipLeased?: boolean;
}

export function addNewRunOptions(command: Command, inputPurpose?: string): Command {
  addInputOption(addFleetOptions(command), inputPurpose)
    .option('--packages <folder>', 'folder with the package files and their SHA256SUMS')
    .option('--forks <n>', 'hosts at once', parsePositiveInteger)
    .option('--check', 'read and probe only; change nothing')
    .option('--skip-leased', 'leave out hosts that another run holds');
  return addStateOption(addOutputOption(command));
}
