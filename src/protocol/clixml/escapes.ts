/** The `_xHHHH_` escapes of MS-PSRP 2.2.5.3.2, on UTF-16 code units. */

const ESCAPE = /_x([0-9a-f]{4})_/gi;
const NEEDS_ESCAPE = /[\p{Cc}\p{Cs}\u{10000}-\u{10ffff}\ufffe\uffff]|_(?=[xX])/gu;

export function decodeEscapes(text: string): string {
  if (!text.includes('_x') && !text.includes('_X')) return text;
  return text.replace(ESCAPE, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Escapes control characters, surrogates, non-characters and an underscore that would start an escape. */
export function encodeEscapes(text: string): string {
  return text.replace(NEEDS_ESCAPE, escapeUnits);
}

/** A pair of surrogates becomes two escapes. */
function escapeUnits(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index += 1) {
    escaped += `_x${character.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0')}_`;
  }
  return escaped;
}
