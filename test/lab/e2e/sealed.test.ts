/** A machine with Windows' default settings, driven over sealed NTLM by the product. Needs the built engine. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, type Session } from '../../../src/domain/index.ts';
import { createTransports } from '../../../src/transports/index.ts';
import { cli } from '../../e2e/support/cli.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';

const { signal } = new AbortController();

interface Entry {
  readonly kind: string;
  readonly granted?: boolean;
}

describe('a machine that refuses what is not encrypted', () => {
  let lab: TestLab;
  beforeAll(async () => {
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        { name: 'pc-01', profile: 'windows-10-1903-enu', allow_unencrypted: false },
        { name: 'pc-02', profile: 'windows-10-1903-enu', allow_unencrypted: false },
      ],
    });
  });
  afterAll(() => lab.end());

  const open = (name: string, auth: 'ntlm' | 'negotiate' | 'basic', password = lab.password): Promise<Session> =>
    createTransports().winrm.open(
      {
        host: name,
        transport: 'winrm',
        address: lab.host(name).address,
        port: 5985,
        useTls: false,
        auth,
        user: lab.user,
        password: new Secret(password),
        allowUnencrypted: true,
        settings: {},
      },
      { signal, timeoutMs: 120_000 },
    );
  const refusals = async (host: string): Promise<number> => {
    const { entries } = await lab.ask<{ entries: Entry[] }>('history', { host });
    return entries.filter(({ kind, granted }) => kind === 'logon' && granted === false).length;
  };

  it('runs exec by its inventory, and by a target URI with nothing but user and password', async () => {
    const inventory = join(lab.dir, 'inventory.yaml');
    const byInventory = await cli(['exec', '-i', inventory, 'pc-01', '--json', '--', '$env:COMPUTERNAME; 6 * 7']);
    expect(byInventory.stderr).toBe('');
    expect(JSON.parse(byInventory.stdout)).toMatchObject({ host: 'pc-01', ok: true, output: ['PC-01', 42] });
    const uri = `winrm://${lab.user}@${lab.host('pc-01').address}`;
    const byUri = await cli(['exec', uri, '--auth', 'ntlm', '--password-env', 'PW', '--json', '--', '6 * 7'], {
      env: { PW: lab.password },
    });
    expect(JSON.parse(byUri.stdout)).toMatchObject({ ok: true, output: [42] });
    expect(byUri.stdout + byUri.stderr).not.toContain(lab.password);
  });

  it.each(['ntlm', 'negotiate'] as const)('carries a megabyte and an error by %s', async (auth) => {
    const session = await open('pc-01', auth);
    const { output } = await session.invoke({ script: "'x' * 1MB" }, { signal, timeoutMs: 120_000 });
    expect(String(output[0])).toHaveLength(1024 * 1024);
    const { streams } = await session.invoke({ script: 'Write-Error oops' }, { signal, timeoutMs: 120_000 });
    expect(streams.error).toHaveLength(1);
    await session.close();
  });

  it('refuses Basic, and the error names the way', async () => {
    await expect(open('pc-01', 'basic')).rejects.toMatchObject({
      code: 'FB_AUTH_DENIED',
      message: expect.stringContaining('offers Negotiate'),
      remedy: expect.stringContaining('auth: negotiate'),
    });
  });

  it('counts wrong passwords until the account is locked; then the right one is refused too', async () => {
    const attempts = 10;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await expect(open('pc-02', 'negotiate', 'wrong')).rejects.toMatchObject({ code: 'FB_AUTH_DENIED' });
      expect(await refusals('pc-02')).toBe(attempt);
    }
    await expect(open('pc-02', 'negotiate')).rejects.toMatchObject({
      code: 'FB_AUTH_DENIED',
      remedy: expect.stringContaining('locked'),
    });
  });
});
