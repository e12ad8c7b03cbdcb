/** A rehearsal from the outside: stand-ins with the inventory's own names, groups and variables, and not a byte to its hosts. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CliResult, cli } from './support/cli.ts';

const PLAYBOOK = `firebreak: 1
name: Rehearsed
advisory: ms03-039
hosts: "all:!spare"
waves:
  - { name: pilot, hosts: pilot }
  - { name: rest, size: rest }
one_at_a_time: vars.redundancy
steps:
  - { id: verify, uses: patch.verify }
  - { uses: host.end, if: steps.verify.fixed == true || steps.verify.applicable == false }
  - { id: shield, uses: shield.apply, with: { method: ipsec } }
`;

describe('a rehearsal', () => {
  let folder: string;
  let server: Server;
  let connections = 0;
  const home = (): string => join(folder, 'home');
  const rehearse = (...more: string[]): Promise<CliResult> =>
    cli(
      ['rehearse', join(folder, 'playbook.yaml'), '-i', join(folder, 'inventory.yaml'), '--output', 'lines', ...more],
      {
        env: { XDG_STATE_HOME: home() },
      },
    );

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fb-rehearse-'));
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    writeFileSync(join(folder, 'playbook.yaml'), PLAYBOOK);
    writeFileSync(
      join(folder, 'inventory.yaml'),
      `all:
  vars: { address: 127.0.0.1, port: ${port}, credential: { user: 'CORP\\svc', password: { env: NOBODY_SETS_THIS } } }
  hosts: { mgmt.corp.example: {} }
  children:
    pilot: { hosts: { DC01.corp.example: { vars: { redundancy: dcs } } } }
    spare: { hosts: { spare01: {} } }
    legacy:
      vars: { relay: mgmt.corp.example }
      hosts: { old01: { vars: { os: windows-2000-server-sp4, redundancy: dcs } } }
`,
    );
  });
  afterAll(async () => {
    await new Promise((done) => server.close(done));
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    [[], /which machine stands for DC01\.corp\.example\?/, /--as 'DC01\.corp\.example=/],
    [['--as', 'all'], /--as all: that is no host pattern and profile/, /PATTERN=PROFILE/],
    [['--as', 'nowhere=windows-server-2019'], /nowhere/, /inventory/],
    [['--as', 'all=windows-11'], /windows-11/, /./],
  ])('that does not know its machines says so: %j', async (more, cause, remedy) => {
    const { code, stderr, stdout } = await rehearse('--limit', 'all:!mgmt*:!spare', ...more);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(cause);
    expect(stderr).toMatch(remedy);
  });

  it('runs the playbook on machines of its own, relays too, and leaves nothing', async () => {
    const { code, stderr } = await rehearse(
      '--limit',
      'pilot,legacy',
      '--as',
      'pilot=windows-server-2019',
      '--as',
      'old*=windows-2000-server-sp4/prior-ipsec',
    );
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('This was a rehearsal') });
    expect(stderr).toMatch(/DC01\.corp\.example: NOT-APPLICABLE/);
    expect(stderr).toMatch(/old01: SHIELDED/);
    // the wave of the group, and one at a time by the variable
    const waves = ['wave pilot: 1 host', 'wave rest: 1 host'].map((line) => stderr.indexOf(line));
    expect(waves).toEqual([expect.any(Number), ...waves.slice(1).filter((at) => at > (waves[0] ?? 0))]);
    expect(waves[0]).toBeGreaterThan(0);
    const rows = stderr.split('\n').map((line) => line.trim().split(/\s{2,}/));
    const counted = (host: string) => rows.find(([name]) => name === host)?.slice(1);
    expect(counted('DC01.corp.example')).toEqual([
      expect.stringMatching(/^windows-server-2019\//),
      'not-applicable',
      '0',
      '0',
      '0',
      'as before',
    ]);
    expect(counted('old01')).toEqual(['windows-2000-server-sp4/prior-ipsec', 'shielded', '0', '0', '1', 'changed']);
    expect(connections).toBe(0);
    const state = join(home(), 'firebreak');
    expect(existsSync(state) ? readdirSync(state).filter((name) => name.startsWith('rehearsal')) : []).toEqual([]);
  });
});
