/** Ansible's winrm connection as a client of the lab's text shells. Its Windows modules need Add-Type, `raw` does not. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestLab, type TestLab } from '../support/lab.ts';
import { ansible, hasAnsible } from './peer.ts';

/** NTLM with sealed bodies over HTTP, Basic in the clear, NTLM with channel bindings over HTTPS. */
const WAYS = ['sealed', 'open', 'https'] as const;

const suite = hasAnsible() ? describe : describe.skip;

suite('Ansible', () => {
  let lab: TestLab;
  let inventory = '';
  beforeAll(async () => {
    lab = await startTestLab({
      engine: 'real',
      hosts: [
        { name: 'sealed', profile: 'windows-10-1903-enu', allow_unencrypted: false },
        { name: 'open', profile: 'windows-10-1903-enu' },
        { name: 'https', profile: 'windows-10-1903-enu', allow_unencrypted: false, https: true },
      ],
    });
    const ways = {
      sealed: { ansible_winrm_transport: 'ntlm', ansible_winrm_message_encryption: 'always' },
      open: { ansible_winrm_transport: 'basic', ansible_winrm_message_encryption: 'never' },
      https: {
        ansible_winrm_transport: 'ntlm',
        ansible_winrm_scheme: 'https',
        ansible_port: 5986,
        ansible_winrm_ca_trust_path: join(lab.dir, 'ca.pem'),
      },
    };
    const hosts = Object.fromEntries(WAYS.map((way) => [way, { ansible_host: lab.host(way).address, ...ways[way] }]));
    const vars = {
      ansible_connection: 'winrm',
      ansible_shell_type: 'powershell',
      ansible_port: 5985,
      ansible_winrm_scheme: 'http',
      ansible_user: lab.user,
      ansible_password: lab.password,
    };
    inventory = join(lab.dir, 'ansible.yaml');
    writeFileSync(inventory, JSON.stringify({ all: { vars, hosts } }), { mode: 0o600 });
  });
  afterAll(() => lab.end());

  const raw = (host: string, script: string, ...more: string[]) =>
    ansible(lab.dir, ['-i', inventory, host, '-m', 'raw', '-a', script, ...more]);

  it.each(WAYS)('runs raw over a connection that is %s', async (way) => {
    const { code, stdout, stderr } = await raw(way, '$env:COMPUTERNAME; 6 * 7; "grün"');
    expect(stderr).toBe('');
    expect(stdout).toBe(`${way} | CHANGED | rc=0 >>\n${way.toUpperCase()}\r\n42\r\ngrün\r\n\n`);
    expect(code).toBe(0);
  });

  it.each(WAYS)('reports error text and exit code over a connection that is %s', async (way) => {
    const { code, stdout } = await raw(way, 'Write-Error oops; exit 5');
    expect(stdout).toContain(`${way} | FAILED | rc=5 >>`);
    expect(stdout).toContain('oops');
    expect(stdout).not.toContain('CLIXML');
    expect(code).toBe(2);
  });

  it('is refused with a wrong password, and the machine counts it', async () => {
    const { code, stdout } = await raw('sealed', '1', '-e', 'ansible_password=wrong');
    expect(code).toBe(4);
    expect(stdout).toContain('sealed | UNREACHABLE!');
    const { entries } = await lab.ask<{ entries: { kind: string; granted?: boolean; logon?: string }[] }>('history', {
      host: 'sealed',
    });
    const refused = entries.filter(({ kind, granted }) => kind === 'logon' && granted === false);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ logon }) => logon === 'Network')).toBe(true);
  });
});
