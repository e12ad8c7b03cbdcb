/** Takes out of plain data what its name says is a secret. The journal should hold none: this is the second lock. */
import { type Json, SECRET_MASK } from '../domain/index.ts';

const SECRET_NAME = /pass(?:word|phrase|wd)|^pwd$|secret|api_?key|private_?key_?text|^token$|_token$/i;

export interface Masked<T> {
  readonly value: T;
  /** How many values were masked. */
  readonly count: number;
}

/** A copy; references to secrets (`{ env: NAME }`) stay, they are none. */
export function maskSecrets<T>(value: T): Masked<T> {
  let count = 0;
  const walk = (item: Json, name: string): Json => {
    if (Array.isArray(item)) return item.map((one: Json) => walk(one, name));
    if (typeof item === 'object' && item !== null) {
      return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, walk(one, key)]));
    }
    if (typeof item !== 'string' || item === '' || item === SECRET_MASK || !SECRET_NAME.test(name)) return item;
    // a template, which only names where the value comes from
    if (/^\$\{\{[^{}]*\}\}$/.test(item)) return item;
    count += 1;
    return SECRET_MASK;
  };
  return { value: walk(value as Json, '') as T, count };
}
