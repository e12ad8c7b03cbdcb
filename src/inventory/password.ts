/** Where a password or passphrase comes from. One that stands in the file is refused and never repeated in a message. */
import type { CredentialReference } from '../domain/index.ts';
import type { YamlEntry, YamlReader } from '../util/index.ts';
import { absolutePath } from './paths.ts';

const FORM = 'write { env: NAME }, { file: PATH }, { keyring: {} }, { command: [PROGRAM, …] } or { prompt: true }';
const KINDS = ['env', 'file', 'prompt', 'keyring', 'command'];

/** @param what `password` or `passphrase` */
export function readPassword(
  reader: YamlReader,
  entry: YamlEntry,
  what: string,
  folder: string,
): CredentialReference | null {
  const value = reader.resolve(entry.value);
  if (value === null || !('items' in value)) {
    return reader.report(entry.keyPlace, `a ${what} does not belong into the inventory`, FORM);
  }
  const fields = reader.map(value, entry.place, { what, known: KINDS });
  if (fields === null) return null;
  const [field, second] = [...fields.values()];
  if (field === undefined && (reader.entries(value, entry.place, `a ${what}`) ?? []).length > 0) return null;
  if (field === undefined || second !== undefined) {
    return reader.reportMissing(entry.keyPlace, `a ${what} comes from exactly one place`, FORM);
  }
  return readReference(reader, field, folder);
}

function readReference(reader: YamlReader, field: YamlEntry, folder: string): CredentialReference | null {
  switch (field.key) {
    case 'prompt': {
      const prompt = reader.boolean(field);
      if (prompt === false) return reader.report(field.place, '"prompt" can only be true', FORM);
      return prompt === true ? { prompt } : null;
    }
    case 'keyring':
      return readKeyring(reader, field);
    case 'command':
      return readCommand(reader, field, folder);
    default: {
      const text = reader.string(field);
      if (text === null) return null;
      if (field.key === 'file') return { file: absolutePath(text, folder) };
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return { env: text };
      const message = '"env" is not the name of an environment variable';
      return reader.report(field.keyPlace, message, 'for example { env: FB_PASSWORD }');
    }
  }
}

/** `keyring: true`, or `{ service, account }`. */
function readKeyring(reader: YamlReader, field: YamlEntry): CredentialReference | null {
  const scalar = reader.scalar(field.value);
  if (scalar?.value === true) return { keyring: {} };
  // What stands there may be the password itself.
  if (scalar !== null) return reader.report(field.keyPlace, '"keyring" must be a map or true', FORM);
  const fields = reader.map(field.value, field.place, { what: 'keyring', known: ['service', 'account'] });
  if (fields === null) return null;
  const [service, account] = ['service', 'account'].map((name) => {
    const part = fields.get(name);
    return part === undefined ? null : reader.string(part);
  });
  return {
    keyring: {
      ...(typeof service === 'string' ? { service } : {}),
      ...(typeof account === 'string' ? { account } : {}),
    },
  };
}

function readCommand(reader: YamlReader, field: YamlEntry, folder: string): CredentialReference | null {
  const command = readArguments(reader, field, folder);
  return command === null ? null : { command };
}

/** A program and its arguments; a program with a folder before it is named from `folder` on. */
export function readArguments(reader: YamlReader, field: YamlEntry, folder: string): readonly string[] | null {
  if (typeof reader.scalar(field.value)?.value === 'string') {
    return reader.report(field.place, '"command" is a list: no shell takes it apart', 'write [program, argument, …]');
  }
  const nodes = reader.list(field.value, field.place, '"command"');
  if (nodes === null) return null;
  const words: string[] = [];
  for (const node of nodes) {
    const value = reader.scalar(node)?.value;
    if (typeof value !== 'string' && typeof value !== 'number') {
      const [start, end] = node.range ?? [field.place.start, field.place.end];
      return reader.report({ start, end }, '"command" holds text only', 'quote it');
    }
    words.push(String(value));
  }
  const [program, ...rest] = words;
  if (program === undefined || program === '') return reader.report(field.place, '"command" names no program');
  return [/[/\\]/.test(program) ? absolutePath(program, folder) : program, ...rest];
}
