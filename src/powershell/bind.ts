/** Parameter values → PowerShell values. Values are bound, never written into script text. */
import { HostCredential, type ParameterValue, Secret } from '../domain/index.ts';
import {
  credentialOf,
  hashtable,
  listOf,
  type PsParameter,
  PsPrimitive,
  PsSecureString,
  type PsValue,
} from '../protocol/index.ts';

/**
 * null → $null, integers → Int32 or Int64, other numbers → Double, bigint → Int64 or UInt64, Uint8Array → Byte[],
 * Date → DateTime (UTC), Secret → SecureString, HostCredential → PSCredential, arrays → Object[], objects → Hashtable.
 */
export function toPsValue(value: ParameterValue): PsValue {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (value instanceof Date) return new PsPrimitive('DT', value.toISOString());
  if (value instanceof Secret) return new PsSecureString(value.reveal());
  if (value instanceof HostCredential) return credentialOf(value.user, value.password.reveal());
  if (isList(value)) return listOf(value.map(toPsValue));
  return hashtable(Object.entries(value).map(([key, each]) => [key, toPsValue(each)] as const));
}

export function toParameters(parameters: { readonly [name: string]: ParameterValue } = {}): readonly PsParameter[] {
  return Object.entries(parameters).map(([name, value]) => ({ name, value: toPsValue(value) }));
}

/** The values of a pipeline's input, turned as they come. */
export async function* toPsValues(
  values: AsyncIterable<ParameterValue> | Iterable<ParameterValue>,
): AsyncGenerator<PsValue> {
  for await (const value of values) yield toPsValue(value);
}

function isList(value: ParameterValue): value is readonly ParameterValue[] {
  return Array.isArray(value);
}
