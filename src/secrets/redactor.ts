/**
 * Redaction by value: every secret that was resolved is remembered, and every text that leaves for a log, a report or
 * the terminal is searched for it, also base64- and percent-encoded. Must not know where texts go.
 */
import { SECRET_MASK, type Secret } from '../domain/index.ts';

/** Shorter values would mask ordinary words; a password that short gives nothing away by luck alone. */
const MIN_LENGTH = 4;

export class Redactor {
  /** Longest first: a secret that contains another one must go as a whole. */
  #needles: readonly string[] = [];

  /** From now on the value of this secret is masked in every text. */
  add(secret: Secret): void {
    const value = secret.reveal();
    if (value.length < MIN_LENGTH) return;
    const forms = [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      Buffer.from(value, 'utf8').toString('base64'),
      Buffer.from(value, 'utf16le').toString('base64'),
    ];
    this.#needles = [...new Set([...this.#needles, ...forms])].sort((a, b) => b.length - a.length);
  }

  redact(text: string): string {
    let clean = text;
    for (const needle of this.#needles) clean = clean.replaceAll(needle, SECRET_MASK);
    return clean;
  }

  /** A copy of plain data with every string redacted, keys too. */
  redactValue(value: unknown): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (Array.isArray(value)) return value.map((item) => this.redactValue(item));
    if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.redact(key), this.redactValue(item)]));
    }
    return value;
  }
}
