/** Secrets that nothing else looks like, and every form in which they must not turn up anywhere. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Canary {
  readonly name: string;
  readonly value: string;
  /** It came by the environment, which children inherit. */
  readonly isInEnvironment?: boolean;
}

export interface Finding {
  readonly canary: string;
  readonly form: string;
  /** Where, with what stands round it; the secret itself is not repeated. */
  readonly where: string;
}

/** Letters of more than one script, and what shells, URLs, XML and JSON write in another way. */
export function newCanary(name: string, more: Partial<Canary> = {}): Canary {
  return { name, value: `Kanari-${randomBytes(9).toString('hex')}-$'"&<ß>%\\`, ...more };
}

/** Bytes by the form's name. Base64 in its three alignments, without what depends on the neighbours. */
export function formsOf({ value }: Canary): ReadonlyMap<string, Buffer> {
  const forms = new Map<string, Buffer>();
  const text = (name: string, form: string): void => void forms.set(name, Buffer.from(form, 'utf8'));
  text('clear', value);
  text('JSON', JSON.stringify(value).slice(1, -1));
  text('XML', value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
  text(
    'HTML',
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  );
  text('URL', encodeURIComponent(value));
  for (const [encoding, bytes] of [
    ['UTF-8', Buffer.from(value, 'utf8')],
    ['UTF-16LE', Buffer.from(value, 'utf16le')],
    ['UTF-16BE', Buffer.from(value, 'utf16le').swap16()],
  ] as const) {
    forms.set(encoding, bytes);
    text(`hex of ${encoding}`, bytes.toString('hex'));
    text(`HEX of ${encoding}`, bytes.toString('hex').toUpperCase());
    for (const shift of [0, 1, 2]) {
      const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
      // the first characters hold bits of what is before it, the last ones of what is behind it
      const inner = whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
      text(`base64 of ${encoding} (${shift})`, inner);
      text(`base64url of ${encoding} (${shift})`, inner.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return forms;
}

export class Checker {
  readonly #forms: readonly { readonly canary: Canary; readonly form: string; readonly bytes: Buffer }[];

  constructor(canaries: readonly Canary[]) {
    this.#forms = canaries.flatMap((canary) => [...formsOf(canary)].map(([form, bytes]) => ({ canary, form, bytes })));
  }

  search(where: string, content: Buffer | string, isRelevant: (canary: Canary) => boolean = () => true): Finding[] {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const found: Finding[] = [];
    for (const { canary, form, bytes: needle } of this.#forms) {
      const at = bytes.indexOf(needle);
      if (at < 0 || !isRelevant(canary)) continue;
      const before = bytes.toString('utf8', Math.max(0, at - 60), at).replace(/\s+/g, ' ');
      found.push({ canary: canary.name, form, where: `${where}: …${before}` });
    }
    return found;
  }

  /** Every file below the folder; what vanishes meanwhile is left out. */
  searchFolder(folder: string): Finding[] {
    return filesBelow(folder).flatMap((file) => {
      try {
        return this.search(file, readFileSync(file));
      } catch {
        return [];
      }
    });
  }
}

export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    try {
      const info = statSync(path);
      if (info.isDirectory()) return filesBelow(path);
      return info.isFile() ? [path] : [];
    } catch {
      return [];
    }
  });
}
