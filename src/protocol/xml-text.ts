/** Escaping of text for XML 1.0, shared by the SOAP and the CLIXML writers. Must not know what is written. */

const SPECIAL = /[&<>"']/;
const SPECIALS = /[&<>"']/g;
const FORBIDDEN = /(?![\t\n\r\u007f-\u009f])\p{Cc}|[\ufffe\uffff]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escapes the five special characters; leaves everything else as it is. */
export function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replace(SPECIALS, (character) => ENTITIES[character] ?? character) : text;
}

/** As escapeXml, and replaces characters that XML 1.0 cannot carry by U+FFFD. */
export function escapeXmlText(text: string): string {
  return escapeXml(text.toWellFormed().replace(FORBIDDEN, '\ufffd'));
}
