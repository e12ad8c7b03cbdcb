/**
 * Long plain text is lifted out of a document before the parser sees it: the parser looks at every character, and in
 * these runs none can be markup. A private-use character marks the place. Must not know what the document means.
 */

import { isCompactBase64 } from './base64.ts';

const MIN_RUN = 1024;
const MARK = '\ue000';
const MARKED = /\ue000(\d+)\ue000/g;
const MARK_BY_NUMBER = /&#(?:x0*e000|0*57344);/i;
/** No markup, no character that XML forbids or normalises, no mark; surrogates go the ordinary way. */
const PLAIN = /^[\t\n\u0020-%'-;=?-\ud7ff\ue001-\ufffd]*$/;

export interface LiftedXml {
  readonly xml: string;
  /** Puts the runs back into a text that the parser gave. */
  readonly restore: (text: string) => string;
}

export function liftLongText(xml: string): LiftedXml {
  const runs: string[] = [];
  const parts: string[] = [];
  let kept = 0;
  if (xml.length >= MIN_RUN && !xml.includes(MARK) && !(xml.includes('&#') && MARK_BY_NUMBER.test(xml))) {
    for (let end = 0; end >= 0; ) {
      const start = xml.indexOf('>', end) + 1;
      if (start === 0) break;
      end = xml.indexOf('<', start);
      if (end - start < MIN_RUN) continue;
      const run = xml.slice(start, end);
      if (!isCompactBase64(run) && !PLAIN.test(run)) continue;
      parts.push(xml.slice(kept, start), MARK, String(runs.length), MARK);
      runs.push(run);
      kept = end;
    }
  }
  if (runs.length === 0) return { xml, restore: (text) => text };
  parts.push(xml.slice(kept));
  return {
    xml: parts.join(''),
    restore: (text) =>
      text.includes(MARK) ? text.replace(MARKED, (_all, index: string) => runs[Number(index)] ?? '') : text,
  };
}
