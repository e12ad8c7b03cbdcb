import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ConnectionOverrides,
  combineInventory,
  namedPart,
  parseTargetUri,
  readInlineList,
} from '../../src/inventory/index.ts';

function hostOf(uri: string, overrides: ConnectionOverrides = {}) {
  const uris = new Map<string, string>();
  return combineInventory('-i', [namedPart(readInlineList(uri), uris)], overrides, uris).hosts[0];
}

describe('target URIs', () => {
  it('give user, address and port', () => {
    expect(hostOf('winrm://alice@web01:5999', { password: { env: 'PW' } })).toMatchObject({
      name: 'web01:5999',
      address: 'web01',
      port: 5999,
      transport: 'winrm',
      useTls: false,
      user: 'alice',
      password: { env: 'PW' },
      auth: 'negotiate',
    });
  });

  it('have the usual ports, take IPv6 addresses and encoded users; --user wins', () => {
    expect(hostOf('winrm://CORP%5Calice@[::1]')).toMatchObject({ address: '::1', port: 5985, user: 'CORP\\alice' });
    expect(hostOf('winrms://alice@web01')).toMatchObject({ port: 5986, useTls: true });
    expect(hostOf('winrm://alice@web01:5986')).toMatchObject({ port: 5986, useTls: true });
    expect(hostOf('ssh://alice@web01')).toMatchObject({ port: 22, transport: 'ssh', password: null });
    expect(hostOf('local://')).toMatchObject({ name: 'localhost', transport: 'local', port: 0, user: null });
    expect(hostOf('winrm://alice@web01', { user: 'bob' })).toMatchObject({ user: 'bob' });
  });

  it.each<[string, ConnectionOverrides, unknown]>([
    ['winrm://alice@h', {}, { prompt: true }],
    ['winrm://h', {}, null],
    ['winrm://h', { user: 'alice' }, { prompt: true }],
    ['winrm://alice@h', { auth: 'kerberos' }, null],
    ['winrm://alice@h', { ccache: '/tmp/cc' }, null],
    ['winrms://h', { auth: 'certificate', certificate: { cert: '/c', key: '/k' } }, null],
    ['ssh://alice@h', { privateKey: '/k' }, null],
  ])('%s with %j asks for a password only where nothing else will do', (uri, overrides, password) => {
    expect(hostOf(uri, overrides)?.password).toEqual(password);
  });

  it.each(['winrm://alice:hunter22@web01', 'ssh://a:hunter22/x@web01', 'winrm://a:hunter22', 'WINRM://a:hunter22@b'])(
    'never show a password that was put into one: %s',
    (uri) => {
      let message = '';
      try {
        parseTargetUri(uri);
      } catch (thrown) {
        message = String(thrown);
      }
      expect(message).not.toBe('');
      if (uri.includes('@')) expect(message).not.toContain('hunter22');
    },
  );

  it.each([
    ['ftp://a@b', /unknown scheme ftp:/],
    ['winrm://', /names no host|not a target URI/],
    ['winrm://a@b:99999', /not a target URI/],
    ['winrm://a@b/path', /nothing may stand behind the host/],
    ['local://other', /takes no host/],
    ['winrm://%ff@b', /not a target URI/],
    ['winrm://%ff', /not a target URI/],
  ])('%s is refused', (uri, message) => {
    expect(() => parseTargetUri(uri)).toThrow(message);
  });

  it('give a host or FB_USAGE, whatever stands behind the scheme', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('winrm', 'winrms', 'ssh', 'local'),
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom('a', '%', '4', 'f', '@', ':', '[', ']', '/', '.') }),
        ),
        (scheme, rest) => {
          try {
            expect(parseTargetUri(`${scheme}://${rest}`).address).not.toBe('');
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'FB_USAGE' });
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
