/** Lexical forms inside envelopes: xs:duration, base64. Must not know sockets or clocks. */
import { tryDecodeBase64 } from '../base64.ts';
import { soapError } from './xml.ts';

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an xs:duration of days and smaller units. @throws ProtocolError FB_PROTOCOL_SOAP */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text.trim());
  if (match === null || text.trim().length < 3) throw soapError(`not a duration: ${text.slice(0, 40)}`);
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Math.round(Number(seconds) * 1000);
}

/** `PT20.000S` */
export function formatDuration(ms: number): string {
  return `PT${(ms / 1000).toFixed(3)}S`;
}

/** @throws ProtocolError FB_PROTOCOL_SOAP when the text is not base64 */
export function decodeBase64(text: string): Uint8Array {
  const bytes = tryDecodeBase64(text);
  if (bytes === undefined) throw soapError('a stream is not valid base64');
  return bytes;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
