/**
 * Reads what `regedit /e` wrote: REGEDIT4 of NT 4.0 (bytes of one code page) and version 5.00 of Windows 2000 and later
 * (UTF-16). Knows nothing of kits.
 */
import { decodeText } from '../../util/index.ts';

export type RegistryData = string | number | Uint8Array;

/** Keys and values by their names in lower case; an own key without values is there too. */
export type RegistryFile = ReadonlyMap<string, ReadonlyMap<string, RegistryData>>;

/** Null when it is no such file, or not all of one: a line in it is not to be understood. */
export function readRegistryFile(bytes: Uint8Array): RegistryFile | null {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const text = isWide ? decodeText(bytes) : new TextDecoder('windows-1252').decode(bytes);
  const [head, ...lines] = text.replace(/\\\r?\n\s*/g, '').split(/\r?\n/);
  if (head !== 'REGEDIT4' && head !== 'Windows Registry Editor Version 5.00') return null;
  const keys = new Map<string, Map<string, RegistryData>>();
  let values: Map<string, RegistryData> | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    let line = lines[at]!;
    if (line.trim() === '') continue;
    const key = /^\[(.+)\]$/.exec(line)?.[1];
    if (key !== undefined) {
      values = new Map();
      keys.set(shortKey(key), values);
      continue;
    }
    // A text may go over several lines: it ends where its quotation mark does.
    while (isOpenText(line) && at + 1 < lines.length) line += `\n${lines[++at]!}`;
    const value = /^(@|"(?:[^"\\]|\\.)*")=(.*)$/s.exec(line);
    if (value === null || values === undefined) return null;
    const data = readData(value[2]!);
    if (data === null) return null;
    const name = value[1] === '@' ? '' : unescaped(value[1]!);
    values.set(name.toLowerCase(), data);
  }
  return keys;
}

/** `HKLM\…`, lower case. */
export function shortKey(key: string): string {
  return key.replace(/^HKEY_LOCAL_MACHINE/i, 'HKLM').toLowerCase();
}

function isOpenText(line: string): boolean {
  return /^(@|"(?:[^"\\]|\\.)*")="(?:[^"\\]|\\.)*$/s.test(line);
}

function readData(text: string): RegistryData | null {
  if (/^"(?:[^"\\]|\\.)*"$/s.test(text)) return unescaped(text);
  const number = /^dword:([0-9a-f]{8})$/i.exec(text)?.[1];
  if (number !== undefined) return Number.parseInt(number, 16);
  const hex = /^hex(?:\([0-9a-f]+\))?:((?:[0-9a-f]{2}(?:,[0-9a-f]{2})*)?)$/i.exec(text)?.[1];
  return hex === undefined
    ? null
    : Uint8Array.from(hex === '' ? [] : hex.split(','), (byte) => Number.parseInt(byte, 16));
}

function unescaped(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/gs, '$1');
}

/** A list of texts (REG_MULTI_SZ): of two bytes a character, or of one in files of NT 4.0. */
export function readTexts(data: Uint8Array): readonly string[] {
  const isWide =
    data.length >= 2 && data.every((byte, at) => at % 2 === 0 || byte === 0 || data[at - 1]! !== 0) && data[1] === 0;
  const text = new TextDecoder(isWide ? 'utf-16le' : 'windows-1252').decode(data);
  // The empty text in between counts: of a pair it means that the file is deleted.
  return text.replace(/\0+$/, '').split('\0');
}
