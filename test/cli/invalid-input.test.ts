/** Bad input from the command line: every mistake with its place, exit 2, nothing touched. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cli } from '../e2e/support/cli.ts';

let folder: string;
let state: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-cli-'));
  state = join(folder, 'state.db');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const GOOD_INVENTORY = `all:
  vars: { auth: basic, allow_unencrypted: true, credential: { user: a, password: { env: PW } } }
  hosts: { web01: { address: 127.0.0.1, port: 9 } }
`;

describe('firebreak validate', () => {
  it('shows all mistakes of a playbook at once, each with file:line:column, caret and suggestion', async () => {
    const file = write(
      'broken.yaml',
      `firebreak: 1
name: Broken
stepz: []
hosts: all
steps:
  - { id: verify, uses: patch.verfy }
  - { uses: host.end, if: steps.verify.fixd == true }
  - { id: verify, uses: host.reboot, timeout: soon }
`,
    );
    const { code, stderr } = await cli(['validate', file]);
    expect(code).toBe(2);
    for (const place of [':3:', ':6:', ':8:']) expect(stderr).toContain(`${file}${place}`);
    expect(stderr).toContain('patch.verify');
    expect(stderr).toMatch(/\n\s*\|?\s*\^/);
    expect(stderr).not.toMatch(/\bat .*\.ts:\d+/);
  });

  it('says "not yet" for parts of the format that are not built, with their place', async () => {
    const file = write(
      'later.yaml',
      'firebreak: 1\nname: Later\nhosts: all\ninputs: { pass: { type: secret } }\nsteps:\n  - { uses: host.facts }\n',
    );
    const { code, stderr } = await cli(['validate', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:4:25: an input of type secret is not supported yet`);
  });

  it('accepts every shipped playbook', async () => {
    const { code, stdout } = await cli(['validate', 'playbooks/smbghost.yaml', 'playbooks/baseline.yaml']);
    expect(stdout).toBe('playbooks/smbghost.yaml: ok\nplaybooks/baseline.yaml: ok\n');
    expect(code).toBe(0);
  });
});

describe('firebreak run with bad input', () => {
  it('gathers the mistakes of playbook, inventory and inputs, and makes no run', async () => {
    const inventory = write('bad-inventory.yaml', 'all:\n  hosts:\n    web01: { adress: 10.0.0.1 }\n');
    const { code, stderr } = await cli([
      'run',
      'smbghost',
      '-i',
      inventory,
      '--state',
      state,
      '--input',
      'protektion=none',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${inventory}:3:`);
    expect(stderr).toContain('address');
    expect(stderr).toContain('protection');
    expect(existsSync(state)).toBe(false);
  });

  it('knows of missing passwords and packages before the first host is touched', async () => {
    const inventory = write('inventory.yaml', GOOD_INVENTORY.replaceAll('PW', 'FB_NOT_SET'));
    const args = ['run', 'smbghost', '-i', inventory, '--state', state];
    const password = await cli(args);
    expect(password.stderr).toContain('web01: the environment variable FB_NOT_SET');
    const packages = await cli([...args, '--packages', join(folder, 'nowhere')]);
    expect(packages.stderr).toContain('nowhere is not there');
    expect([password.code, packages.code]).toEqual([2, 2]);
    expect(existsSync(state)).toBe(false);
  });

  it('names an unknown host of a pattern and suggests the known one', async () => {
    const inventory = write('inventory.yaml', GOOD_INVENTORY);
    const { code, stderr } = await cli(['run', 'smbghost', '-i', inventory, '--state', state, '--limit', 'web1']);
    expect(code).toBe(2);
    expect(stderr).toContain('web01');
    expect(existsSync(state)).toBe(false);
  });

  it.each([
    [['run', 'smbghost'], /no inventory/],
    [['run', 'no-such.yaml', '-i', 'x.yaml'], /no-such\.yaml: there is no such file/],
    [['run', 'smbgost', '-i', 'x.yaml'], /no shipped playbook "smbgost"[\s\S]*did you mean "smbghost"/],
    [['verify', 'cve-2020-0797', 'web01'], /no advisory "cve-2020-0797"[\s\S]*did you mean "cve-2020-0796"/],
    [['advisory', 'show', 'nonsense'], /no advisory "nonsense"[\s\S]*firebreak advisory list/],
    [['rerun', 'last'], /which hosts/],
    [['exec', 'web01'], /after --/],
    [['exec', 'winrm://a@127.0.0.1:9', '--', ' '], /the script is empty/],
    [['verify', 'cve-2020-0796', 'web01', '--limit', 'web01', '-i', 'x.yaml'], /given twice/],
    [['shields', 'verify', 'web01'], /no shield stands on web01/],
    [['run', 'smbghost', '--frobs'], /firebreak run --help/],
    [['frobnicate'], /unknown command/],
    [['run', 'smbghost', '--forks', 'many'], /whole number/],
    [['verify', 'cve-0000-0000', '-i', 'a,b', '--auth', 'basic'], /there is no advisory "cve-0000-0000"/],
  ])('%j exits 2 with one line of cause', async (args, message) => {
    const { code, stderr } = await cli(args, { env: { FIREBREAK_STATE: state } });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\bat .*\.ts:\d+/);
    expect(code).toBe(2);
  });
});

describe('a state file that cannot be used', () => {
  it('is said, and left as it is', async () => {
    const file = write('broken.db', 'this is no database at all, but some text that somebody wants to keep');
    const { code, stderr } = await cli(['runs', '--state', `sqlite:${file}`]);
    expect(code).toBe(6);
    expect(stderr).toContain(file);
    expect(stderr).toContain('FB_STATE_UNREADABLE');
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(file, 'utf8')).toContain('somebody wants to keep');
  });
});

describe('endpoints that do not answer as they should', () => {
  it('end in one line with host, cause and remedy', async () => {
    const { code, stdout, stderr } = await cli(
      [
        'exec',
        'winrm://a@127.0.0.1:9',
        '--auth',
        'basic',
        '--allow-unencrypted',
        '--password-env',
        'PW',
        '--json',
        '--',
        '1',
      ],
      { env: { PW: 'pw-value-1' } },
    );
    expect(code).toBe(3);
    const result = JSON.parse(stdout) as { ok: boolean; error: { code: string; message: string } };
    expect(result).toMatchObject({ host: '127.0.0.1:9', ok: false, output: [], error: { code: 'FB_CONNECT_REFUSED' } });
    expect(result.error.message).toContain('127.0.0.1');
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stdout + stderr).not.toContain('pw-value-1');
  });
});
