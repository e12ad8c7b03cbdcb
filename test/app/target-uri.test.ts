import { describe, expect, it } from '@jest/globals';
import { parseTargetUri } from '../../src/app/target-uri.ts';

const flags = { auth: undefined, user: undefined, passwordEnv: 'PW', allowUnencrypted: false } as const;

describe('target URIs', () => {
  it('give user, address and port', () => {
    expect(parseTargetUri('winrm://alice@web01:5999', flags)).toMatchObject({
      name: 'web01:5999',
      address: 'web01',
      port: 5999,
      user: 'alice',
      password: { env: 'PW' },
      auth: 'negotiate',
    });
  });

  it('have 5985 as their port, take IPv6 addresses and encoded users; --user wins', () => {
    expect(parseTargetUri('winrm://CORP%5Calice@[::1]', flags)).toMatchObject({
      address: '::1',
      port: 5985,
      user: 'CORP\\alice',
    });
    expect(parseTargetUri('winrm://alice@web01', { ...flags, user: 'bob' })).toMatchObject({ user: 'bob' });
  });

  it('never show a password that was put into one', () => {
    let message = '';
    try {
      parseTargetUri('winrm://alice:hunter22@web01', flags);
    } catch (thrown) {
      message = String(thrown);
    }
    expect(message).toContain('argument lists are public');
    expect(message).not.toContain('hunter22');
  });

  it.each([
    ['ssh://a@b', /not built yet/],
    ['ftp://a@b', /unknown scheme/],
    ['winrm://', /names no host|not a target URI/],
    ['winrm://a@b:99999', /not a target URI/],
  ])('%s is refused', (uri, message) => {
    expect(() => parseTargetUri(uri, flags)).toThrow(message);
  });
});
