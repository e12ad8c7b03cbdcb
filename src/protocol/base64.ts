/** Strict base64. Must not know what the bytes mean. */

/** White space is allowed; undefined when the text is anything but base64. */
export function tryDecodeBase64(text: string): Uint8Array | undefined {
  const compact = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  if (compact.length % 4 !== 0) return undefined;
  const padding = compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(compact, 'base64');
  // the decoder leaves out what it does not know, so that the length tells
  return bytes.length === (compact.length / 4) * 3 - padding ? bytes : undefined;
}
