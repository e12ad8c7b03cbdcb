/** `firebreak exec` from patterns and URIs to results. */
import type { Prompter } from '../domain/index.ts';
import { type ExecOptions, type ExecResult, exec } from './exec.ts';
import { chooseHosts, type HostChoice } from './hosts.ts';
import { createServices } from './wiring.ts';

export interface ExecOnTargets extends Omit<ExecOptions, 'hosts' | 'prompter'>, HostChoice {
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Answers what the script asks, when it runs on one host alone. */
  readonly prompter: Prompter | undefined;
  /** Called before the first connection. */
  readonly onHosts?: (hosts: readonly string[]) => void;
}

/** @throws FB_USAGE, FB_NO_HOSTS, FB_INVENTORY_INVALID, FB_FILE_MISSING */
export async function execOnTargets(options: ExecOnTargets): Promise<readonly ExecResult[]> {
  const services = createServices({ ask: options.ask });
  try {
    const { connector } = services;
    const hosts = await chooseHosts(options, { connector, signal: options.signal });
    options.onHosts?.(hosts.map(({ name }) => name));
    const prompter = hosts.length === 1 ? options.prompter : undefined;
    return await exec(connector, { ...options, hosts, prompter });
  } finally {
    await services.close();
  }
}
