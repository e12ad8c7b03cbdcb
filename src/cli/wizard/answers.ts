/**
 * What the wizard gathers: exactly the arguments and flags of `firebreak run`, so that it can be repeated without questions.
 * No secret is among them. Must not know how they were asked for.
 */
import type { ConnectionFlags } from '../../app/index.ts';

export interface HostAnswers {
  /** `-i`: a file, or target URIs joined by commas. */
  readonly inventory: string;
  /** Names of the chosen hosts; null: all. */
  readonly only: readonly string[] | null;
  readonly connection: ConnectionFlags;
}

export interface RemedyAnswers {
  readonly playbook: string;
  /** `name=value`, those that differ from the defaults. */
  readonly inputs: readonly string[];
  readonly packages: string | undefined;
}

/** The flags that the wizard can set, as they are typed. */
const FLAGS = {
  auth: '--auth',
  port: '--port',
  user: '--user',
  ca: '--ca',
  insecure: '--insecure',
  allowUnencrypted: '--allow-unencrypted',
  privateKey: '--private-key',
} as const satisfies Partial<Record<keyof ConnectionFlags, string>>;

/** The command line that does the same, in words. */
export function commandLine(
  hosts: HostAnswers,
  remedy: RemedyAnswers,
  options: { readonly check: boolean; readonly state: string | undefined; readonly change?: string | undefined },
): readonly string[] {
  const flags = Object.entries(FLAGS).flatMap(([flag, name]) => {
    const value = hosts.connection[flag as keyof typeof FLAGS];
    if (value === undefined) return [];
    return value === true ? [name] : [name, String(value)];
  });
  return [
    'firebreak',
    'run',
    remedy.playbook,
    '-i',
    hosts.inventory,
    ...(hosts.only === null ? [] : ['--limit', hosts.only.join(',')]),
    ...flags,
    ...remedy.inputs.flatMap((input) => ['--input', input]),
    ...(remedy.packages === undefined ? [] : ['--packages', remedy.packages]),
    ...(options.state === undefined ? [] : ['--state', options.state]),
    ...(options.change === undefined ? [] : ['--change', options.change]),
    ...(options.check ? ['--check'] : []),
  ];
}
