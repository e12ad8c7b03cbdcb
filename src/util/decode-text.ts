/**
 * Bytes of a text file that a person wrote. On Windows that is not always plain UTF-8: Notepad puts a byte order mark before
 * it, and `>` in Windows PowerShell writes UTF-16.
 */

/** Without the byte order mark; without one it is UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : isBigEndian(bytes) ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function isBigEndian(bytes: Uint8Array): boolean {
  return bytes[0] === 0xfe && bytes[1] === 0xff;
}
