import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SECRET_MASK, Secret } from '../../src/domain/index.ts';
import { Redactor } from '../../src/secrets/index.ts';

function redactorOf(...values: string[]): Redactor {
  const redactor = new Redactor();
  for (const value of values) redactor.add(new Secret(value));
  return redactor;
}

describe('Redactor', () => {
  it('masks a secret as it is, in JSON, in a URL and in base64 of both encodings', () => {
    const secret = 'p"ss wörd/1';
    const redactor = redactorOf(secret);
    const forms = [
      secret,
      JSON.stringify({ password: secret }),
      `https://x/?p=${encodeURIComponent(secret)}`,
      Buffer.from(secret, 'utf8').toString('base64'),
      Buffer.from(secret, 'utf16le').toString('base64'),
    ];
    for (const form of forms) {
      const clean = redactor.redact(`before ${form} after`);
      expect(clean).toContain(SECRET_MASK);
      expect(clean).not.toContain(form);
      expect(clean.startsWith('before ')).toBe(true);
      expect(clean.endsWith(' after')).toBe(true);
    }
  });

  it('masks the longer of two secrets as a whole', () => {
    expect(redactorOf('hunter', 'hunter22').redact('is hunter22!')).toBe(`is ${SECRET_MASK}!`);
  });

  it('masks in keys and values of nested data, and leaves other data alone', () => {
    const redactor = redactorOf('s3cret-value');
    expect(redactor.redactValue({ a: ['s3cret-value', 1, null], 's3cret-value': { b: 'x s3cret-value' } })).toEqual({
      a: [SECRET_MASK, 1, null],
      [SECRET_MASK]: { b: `x ${SECRET_MASK}` },
    });
  });

  it('never lets a secret through, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: 'grapheme' }), fc.string(), fc.string(), (value, before, after) => {
        fc.pre(!before.includes(value) && !after.includes(value) && !SECRET_MASK.includes(value));
        expect(redactorOf(value).redact(`${before}|${value}|${after}`)).not.toContain(`|${value}|`);
      }),
    );
  });
});
