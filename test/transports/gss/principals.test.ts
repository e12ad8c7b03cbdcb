import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  parseUser,
  preferenceOf,
  realmOf,
  serviceHostOf,
  servicePrincipals,
} from '../../../src/transports/gss/principals.ts';

describe('a user', () => {
  it.each([
    ['alice', 'alice', undefined],
    ['CORP\\alice', 'alice', 'CORP'],
    ['.\\alice', 'alice', '.'],
    ['alice@corp.example', 'alice', 'corp.example'],
    ['first.last@x@corp.example', 'first.last@x', 'corp.example'],
    ['@alice', '@alice', undefined],
  ])('%s', (user, name, domain) => {
    expect(parseUser(user)).toEqual({ name, domain });
  });
});

describe('the realm of a domain', () => {
  const known = ['CORP.EXAMPLE', 'lower.example'];
  it.each([
    ['CORP.EXAMPLE', 'CORP.EXAMPLE'],
    ['corp.example', 'CORP.EXAMPLE'],
    ['LOWER.EXAMPLE', 'lower.example'],
    ['corp', 'CORP.EXAMPLE'],
    ['other.example', 'OTHER.EXAMPLE'],
    ['OTHER', undefined],
    ['.', undefined],
  ])('%s', (domain, realm) => {
    expect(realmOf(domain, known)).toBe(realm);
  });
});

describe('the name for a service ticket', () => {
  it.each([
    ['web01.corp.example', 'web01', 'web01.corp.example'],
    ['WEB01.Corp.Example.', '', 'web01.corp.example'],
    ['10.0.0.11', 'web01', 'web01'],
    ['fe80::1%eth0', 'web01.corp.example', 'web01.corp.example'],
    ['10.0.0.11', '10.0.0.11', undefined],
    ['::1', '', undefined],
    ['10.0.0.11', 'the web server', undefined],
    ['10.0.0.11', 'a/b@C', undefined],
  ])('of %s, which the inventory calls %s', (address, host, name) => {
    expect(serviceHostOf(address, host)).toBe(name);
  });

  it('has no character that means something in a principal', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (address, host) => {
        expect(serviceHostOf(address, host) ?? '').not.toMatch(/[/@\\\s]/);
      }),
    );
  });
});

describe('the services to ask for', () => {
  it('are the machine, WinRM, HTTP, in this order', () => {
    expect(servicePrincipals('web01', undefined, 'R')).toEqual(['host/web01@R', 'WSMAN/web01@R', 'HTTP/web01@R']);
    expect(servicePrincipals('web01', undefined, '')).toEqual(['host/web01@', 'WSMAN/web01@', 'HTTP/web01@']);
  });

  it('are the one that the settings name', () => {
    expect(servicePrincipals('web01', 'HTTP/web', 'R')).toEqual(['HTTP/web@R']);
    expect(servicePrincipals(undefined, 'HTTP/web@OTHER', 'R')).toEqual(['HTTP/web@OTHER']);
    expect(servicePrincipals(undefined, undefined, 'R')).toEqual([]);
  });
});

describe('auth: negotiate', () => {
  const usual = {
    user: 'alice@corp.example',
    hasPassword: true,
    hasKeytabOrCache: false,
    serviceHost: 'web01',
    spn: undefined,
  };
  it.each([
    ['a user of a realm', {}, 'kerberos-then-ntlm'],
    ['a user of a domain', { user: 'CORP\\alice' }, 'kerberos-then-ntlm'],
    ['a user of a domain on a host without a name', { user: 'CORP\\alice', serviceHost: undefined }, 'ntlm'],
    [
      'a user of a domain on a host with a service of its own',
      { serviceHost: undefined, spn: 'host/x' },
      'kerberos-then-ntlm',
    ],
    ['a user without a domain', { user: 'Administrator' }, 'ntlm'],
    ['a local user', { user: '.\\alice' }, 'ntlm'],
    ['a local user by the name of the host', { user: 'WEB01\\alice', serviceHost: 'web01.corp.example' }, 'ntlm'],
    ['a key table', { hasKeytabOrCache: true, user: 'alice' }, 'kerberos'],
    ['no password', { hasPassword: false, user: '' }, 'kerberos'],
  ])('is for %s', (_what, more, preference) => {
    expect(preferenceOf({ ...usual, ...more })).toBe(preference);
  });
});
