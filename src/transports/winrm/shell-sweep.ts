/** Shells that dead processes have left on a host: found by their name, ended. Must not know PSRP. */
import type { ShellInfo, WsmanClient } from '../../protocol/index.ts';
import type { WsmanChannel } from './wsman-channel.ts';

const ANSWER_TIMEOUT_MS = 15_000;
/** Pages of shells; a host has some dozens at most. */
const MAX_PAGES = 50;

export interface OwnShells {
  /** The name under which they were created. */
  readonly name: string;
  /** As the host writes the account: shells of anybody else are left alone, whatever their name. */
  readonly owner: string;
  /** Ids of those that are still needed. */
  readonly keep: ReadonlySet<string>;
}

/** Their number. @throws as WsmanChannel.exchange */
export async function sweepShells(
  channel: WsmanChannel,
  wsman: WsmanClient,
  own: OwnShells,
  signal: AbortSignal,
): Promise<number> {
  const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
  const isLeft = (shell: ShellInfo): boolean =>
    shell.name === own.name &&
    shell.owner?.toLowerCase() === own.owner.toLowerCase() &&
    !own.keep.has(shell.shellId.toUpperCase());
  let swept = 0;
  for (const { shellId, resourceUri } of (await listShells(channel, wsman, signal)).filter(isLeft)) {
    if (resourceUri === undefined) continue;
    const answer = await channel.exchange(wsman.deleteOther({ shellId, resourceUri }), {
      ...options,
      isFaultData: true,
    });
    if (answer.kind === 'delete') swept += 1;
  }
  return swept;
}

async function listShells(
  channel: WsmanChannel,
  wsman: WsmanClient,
  signal: AbortSignal,
): Promise<readonly ShellInfo[]> {
  const options = { timeoutMs: ANSWER_TIMEOUT_MS, signal };
  const first = await channel.exchange(wsman.enumerateShells(), options);
  if (first.kind === 'fault') return [];
  const shells = [...first.shells];
  let { context } = first;
  for (let page = 1; context !== undefined && page < MAX_PAGES; page += 1) {
    const next = await channel.exchange(wsman.pullShells(context), options);
    if (next.kind === 'fault') break;
    shells.push(...next.shells);
    context = next.context;
  }
  return shells;
}
