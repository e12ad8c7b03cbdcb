/** The lease key of a host until its machine is known. Pure. */
import type { PlannedHost } from '../domain/index.ts';

export function addressKey(host: PlannedHost): string {
  return `address:${host.address}:${host.port}`;
}
