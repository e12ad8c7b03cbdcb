/** `firebreak exec` from patterns and URIs to results. */
import type { PlannedHost } from '../domain/index.ts';
import { type ConnectionOverrides, selectHosts } from '../inventory/index.ts';
import { type ExecOptions, type ExecResult, exec } from './exec.ts';
import { readInventory } from './load-plan.ts';
import { type ConnectionFlags, isTargetUri, parseTargetUri } from './target-uri.ts';
import { createServices } from './wiring.ts';

export interface ExecOnTargets extends Omit<ExecOptions, 'hosts'> {
  /** Host patterns, target URIs, or both. */
  readonly patterns: readonly string[];
  readonly inventory: string | undefined;
  readonly connection: ConnectionFlags;
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

/** @throws FB_USAGE, FB_NO_HOSTS, FB_INVENTORY_INVALID, FB_FILE_MISSING */
export async function execOnTargets(options: ExecOnTargets): Promise<readonly ExecResult[]> {
  const uris = options.patterns.filter(isTargetUri).map((uri) => parseTargetUri(uri, options.connection));
  const patterns = options.patterns.filter((pattern) => !isTargetUri(pattern));
  const hosts = [...uris, ...(patterns.length === 0 ? [] : await hostsOf(patterns, options))];
  const services = createServices({ ask: options.ask });
  try {
    return await exec(services.connector, { ...options, hosts });
  } finally {
    await services.close();
  }
}

async function hostsOf(
  patterns: readonly string[],
  { inventory, connection }: ExecOnTargets,
): Promise<readonly PlannedHost[]> {
  const read = await readInventory({ inventory, connection: overridesOf(connection) });
  return selectHosts(read, patterns.join(',')).map((host) => ({ ...host, wave: 0, set: null }));
}

/** Connection flags as settings that win over an inventory's. */
export function overridesOf(flags: ConnectionFlags): ConnectionOverrides {
  return {
    ...(flags.auth === undefined ? {} : { auth: flags.auth }),
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(flags.passwordEnv === undefined ? {} : { password: { env: flags.passwordEnv } }),
    ...(flags.allowUnencrypted ? { allowUnencrypted: true } : {}),
  };
}
