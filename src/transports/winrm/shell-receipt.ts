/** What finds a pipeline again on a WinRM service, in another process too. Plain JSON; holds no secret. */
import type { JsonObject } from '../../domain/index.ts';

export interface ShellReceipt {
  readonly transport: 'winrm';
  readonly shell: string;
  /** p:SessionId, by which the service knows the client that the shell is connected to (MS-WSMV 3.1.4.1.37). */
  readonly client: string;
  readonly resourceUri: string;
  readonly pool: string;
  readonly pipeline: string;
}

/** Null: not of this transport. */
export function readReceipt(receipt: JsonObject): ShellReceipt | null {
  const { transport, shell, client, resourceUri, pool, pipeline } = receipt;
  if (transport !== 'winrm') return null;
  const texts = [shell, client, resourceUri, pool, pipeline];
  const [a, b, c, d, e] = texts.map((text) => (typeof text === 'string' && text !== '' ? text : undefined));
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined) return null;
  return { transport, shell: a, client: b, resourceUri: c, pool: d, pipeline: e };
}
