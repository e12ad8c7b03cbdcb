/** Takes secrets out of a file of a host whose encoding nobody knows, and leaves every other byte as it is. Pure. */

/** Of the bytes looked at, so many zeros at one place of each pair make it UTF-16. */
const UTF16_SHARE = 0.4;
const MASK = '***';

/** @param redact takes the secrets out of a text */
export function redactBytes(bytes: Uint8Array, redact: (text: string) => string): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = utf16Start(buffer);
  if (start !== null) {
    const end = buffer.length - ((buffer.length - start) % 2);
    const text = buffer.toString('utf16le', start, end);
    const clean = redact(text);
    if (clean === text) return bytes;
    return Buffer.concat([buffer.subarray(0, start), Buffer.from(clean, 'utf16le'), buffer.subarray(end)]);
  }
  const text = buffer.toString('utf8');
  // UTF-8 that was cut in mid-character is not the same after the round trip: then each byte is a character of its own.
  if (Buffer.from(text, 'utf8').equals(buffer)) {
    const clean = redact(text);
    return clean === text ? bytes : Buffer.from(clean, 'utf8');
  }
  const raw = buffer.toString('latin1');
  const clean = redact(raw);
  return clean === raw ? bytes : Buffer.from(clean.replaceAll('•••', MASK), 'latin1');
}

/** Offset of the first whole pair; null: it is no UTF-16. */
function utf16Start(buffer: Buffer): 0 | 1 | null {
  if (buffer.length < 4) return null;
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return 0;
  let even = 0;
  let odd = 0;
  const looked = Math.min(buffer.length, 4096);
  for (let at = 0; at < looked; at++) {
    if (buffer[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const share = (count: number): boolean => count > (looked / 2) * UTF16_SHARE;
  return share(odd) && !share(even) ? 0 : share(even) && !share(odd) ? 1 : null;
}
