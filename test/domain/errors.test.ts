import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES, type ErrorCode, FirebreakError, Secret, toErrorRecord } from '../../src/domain/index.ts';

describe('FirebreakError', () => {
  it('has codes that name area and cause', () => {
    for (const code of Object.keys(ERROR_CODES)) expect(code).toMatch(/^FB_[A-Z]+(_[A-Z]+)*$/);
  });

  it.each(Object.entries(ERROR_CODES))('%s is retryable: %s, unless its raiser says otherwise', (code, retryable) => {
    expect(new FirebreakError(code as ErrorCode, 'x').toRecord().retryable).toBe(retryable);
    expect(new FirebreakError(code as ErrorCode, 'x', { retryable: !retryable }).retryable).toBe(!retryable);
  });

  it('makes a bug of anything else that is thrown', () => {
    expect(toErrorRecord(new TypeError('oops'))).toMatchObject({ code: 'FB_BUG', message: 'oops', retryable: false });
    expect(toErrorRecord('text')).toMatchObject({ code: 'FB_BUG', message: 'text' });
  });
});

describe('Secret', () => {
  it('prints as a mask in every way', () => {
    const secret = new Secret('hunter22');
    const shown = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      Object.keys(secret).join(),
    ];
    for (const text of shown) expect(text).not.toContain('hunter22');
    expect(secret.reveal()).toBe('hunter22');
  });
});
