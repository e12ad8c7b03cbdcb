/**
 * ValidPorts of the RPC proxy: to which servers and ports it forwards, `server:100-5000;other:593`. Pure text; must not
 * know who reads or writes it.
 */

type PortsTaken =
  /** `left` is empty when no entry has any other port. */
  | { readonly state: 'taken'; readonly left: string }
  /** No entry has the port. */
  | { readonly state: 'without' }
  /** An entry is none: nobody can say what the proxy makes of it. */
  | { readonly state: 'strange'; readonly entry: string };

/**
 * Takes one port out of every entry and every range (KB826382): `server:100-5000` without 593 is
 * `server:100-592;server:594-5000`. Names, and entries that do not have the port, stay as they are, byte for byte.
 */
export function withoutPort(text: string, port: number): PortsTaken {
  const left: string[] = [];
  let isTaken = false;
  for (const entry of text.split(';')) {
    const range = rangeOf(entry);
    if (range === null) return { state: 'strange', entry };
    if (range === 'empty' || port < range.from || port > range.to) {
      left.push(entry);
      continue;
    }
    isTaken = true;
    if (range.from < port) left.push(written(range.name, range.from, port - 1));
    if (range.to > port) left.push(written(range.name, port + 1, range.to));
  }
  if (!isTaken) return { state: 'without' };
  return { state: 'taken', left: left.every((entry) => entry.trim() === '') ? '' : left.join(';') };
}

interface PortRange {
  /** With its colon and everything before the digits. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** `empty`: between two semicolons, or after the last, there is nothing. Null: no entry as the documentation knows them. */
function rangeOf(entry: string): PortRange | 'empty' | null {
  if (entry.trim() === '') return 'empty';
  const match = /^(\s*[^:;\s][^:;]*:\s*)(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(entry);
  if (match === null) return null;
  const [, name = '', first = '', last = first] = match;
  const range = { name, from: Number(first), to: Number(last) };
  return range.from <= range.to && range.to <= 65_535 ? range : null;
}

function written(name: string, from: number, to: number): string {
  return from === to ? `${name}${from}` : `${name}${from}-${to}`;
}
