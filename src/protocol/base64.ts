/** Strict base64. Must not know what the bytes mean. */

/** White space is allowed; undefined when the text is anything but base64. */
export function tryDecodeBase64(text: string): Uint8Array | undefined {
  return decodeCompact(text) ?? (/\s/.test(text) ? decodeCompact(text.replace(/\s+/g, '')) : undefined);
}

/** True for base64 without white space: much quicker than a regular expression. */
export function isCompactBase64(text: string): boolean {
  return decodeCompact(text) !== undefined;
}

function decodeCompact(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  // the decoder leaves out what it does not know, so that the length tells
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : undefined;
}
