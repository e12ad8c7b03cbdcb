import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redactBytes } from '../../src/app/redact-bytes.ts';
import { Secret } from '../../src/domain/index.ts';
import { Redactor } from '../../src/secrets/index.ts';

const redactor = new Redactor();
redactor.add(new Secret('hunter22'));
const redact = (text: string) => redactor.redact(text);
const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('secrets in files of unknown encoding', () => {
  it.each<readonly [string, Buffer, Buffer]>([
    ['UTF-8', Buffer.from('Prüfung hunter22 アクセス'), Buffer.from('Prüfung ••• アクセス')],
    ['UTF-16 with a mark', Buffer.from('\ufeffx hunter22', 'utf16le'), Buffer.from('\ufeffx •••', 'utf16le')],
    ['UTF-16 without', Buffer.from('logon hunter22', 'utf16le'), Buffer.from('logon •••', 'utf16le')],
    [
      'UTF-16 that was cut in mid-character',
      Buffer.from('alogon hunter22', 'utf16le').subarray(1),
      Buffer.concat([Buffer.of(0), Buffer.from('logon •••', 'utf16le')]),
    ],
    ['an OEM code page', latin1('Pr\u0081fung hunter22 \u0094'), latin1('Pr\u0081fung *** \u0094')],
  ])('are taken out of %s', (_name, bytes, expected) => {
    expect(Buffer.from(redactBytes(bytes, redact))).toEqual(expected);
  });

  it('leave every file alone that has none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(Buffer.from(redactBytes(bytes, redact))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
