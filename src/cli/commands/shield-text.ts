/** A standing shield in a few words. Must not fail on shields that another version put up. */
import type { Json, JsonObject } from '../../domain/index.ts';

interface KnownShield {
  readonly uses: string;
  readonly prior: JsonObject;
  readonly since: string;
}

/** `ipsec, TCP 445`, `registry, DisableCompression = 1`, `dcom, EnableDCOM = N, protects after a restart only`. */
export function describeShield({ uses, prior }: KnownShield): string {
  const method = prior['method'];
  if (typeof method !== 'string') return uses;
  const distributed = uses === 'shields.export' ? ['distributed by Group Policy, owed: unlink'] : [];
  const setting = prior['setting'];
  if (!isObject(setting)) return method;
  const ports = (['tcp', 'udp'] as const).flatMap((protocol) => {
    const listed = setting[protocol];
    return Array.isArray(listed) && listed.length > 0 ? [`${protocol.toUpperCase()} ${listed.join(' ')}`] : [];
  });
  const value = typeof setting['name'] === 'string' ? [`${setting['name']} = ${String(setting['value'])}`] : [];
  // Whether there was one, only the host knows: shields verify asks it.
  const later = prior['reboot'] === true ? ['protects after a restart only'] : [];
  return [method, ...ports, ...value, ...later, ...distributed].join(', ');
}

/** When the host itself takes it down if it is fixed by then. */
export function endOfShield({ uses, prior, since }: KnownShield): string {
  if (uses === 'shields.export') return 'discharged';
  const seconds = prior['ttl_s'];
  if (typeof seconds !== 'number' || seconds === 0) return 'patched';
  return new Date(Date.parse(since) + seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
