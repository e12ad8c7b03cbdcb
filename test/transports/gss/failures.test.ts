import { describe, expect, it } from '@jest/globals';
import { type FailureContext, fromGssError } from '../../../src/transports/gss/failures.ts';
import { GssError } from '../../../src/transports/gss/gss-context.ts';

const context: FailureContext = {
  label: 'web01 (10.0.0.11:5985)',
  principal: 'alice@CORP.EXAMPLE',
  realm: 'CORP.EXAMPLE',
  services: ['host/web01.corp.example@CORP.EXAMPLE', 'WSMAN/web01.corp.example@CORP.EXAMPLE'],
  source: 'password',
};
const KRB5 = -1_765_328_384;
const tell = (minor: number, more: Partial<FailureContext> = {}, major = 0xd0000) =>
  fromGssError({ ...context, ...more }, new GssError(major, minor, 'in its own words'));

describe('a failure of Kerberos', () => {
  it.each([
    [6, 'FB_AUTH_DENIED', 'user'],
    [7, 'FB_AUTH_DENIED', 'setspn -L web01'],
    [14, 'FB_AUTH_DENIED', 'AES'],
    [18, 'FB_AUTH_DENIED', 'Unlock-ADAccount'],
    [23, 'FB_AUTH_DENIED', 'kpasswd'],
    [24, 'FB_AUTH_DENIED', 'realm'],
    [31, 'FB_AUTH_DENIED', 'realm'],
    [32, 'FB_CREDENTIAL_MISSING', 'kinit alice@CORP.EXAMPLE'],
    [37, 'FB_AUTH_DENIED', 'w32tm /resync'],
    [41, 'FB_AUTH_DENIED', 'setspn -Q */web01.corp.example'],
    [154, 'FB_ENVIRONMENT', 'krb5.conf'],
    [156, 'FB_CONNECT_TIMEOUT', '88'],
    [195, 'FB_CREDENTIAL_MISSING', 'kinit'],
    [224, 'FB_CREDENTIAL_MISSING', 'user@REALM'],
  ])('krb5 %i is %s', (number, code, remedy) => {
    const error = tell(KRB5 + number);
    expect(error).toMatchObject({ code, remedy: expect.stringContaining(remedy) });
    expect(error.message).toMatch(/^web01 \(10\.0\.0\.11:5985\): Kerberos: [^\n]+$/);
  });

  it.each([
    [4, 'FB_AUTH_DENIED', 'TLS'],
    [7, 'FB_CREDENTIAL_MISSING', 'no usable ticket'],
    [9, 'FB_PROTOCOL_AUTH', 'in its own words'],
  ])('without a number of its own, major status %i is %s', (major, code, text) => {
    expect(tell(0, {}, major << 16)).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it('names the key table or the cache that is to blame', () => {
    expect(tell(KRB5 + 24, { source: 'keytab', keytab: '/k' }).message).toContain('/k');
    expect(tell(KRB5 + 195, { source: 'keytab', keytab: '/k' }).remedy).toContain('klist -kte /k');
    expect(tell(KRB5 + 195, { source: 'ccache', ccache: '/c' }).remedy).toContain('kinit -c /c');
  });
});
