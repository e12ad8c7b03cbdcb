/** `firebreak demo --json`: the whole job on the whole fleet, judged by its last line and by what is left behind. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunView } from '../../src/domain/index.ts';
import { type CliResult, cliJson, startCli } from './support/cli.ts';

const REMEDIATED = { outcome: 'remediated', installs: 1, reboots: 1, shields: 0 };
const FAILED = { outcome: 'failed', installs: 1, reboots: 0, shields: 1 };
/** The fleet as it must end: profile, variant, and what the lab counts. */
const HOSTS = {
  'pc-tokyo-01': ['windows-10-1903-jpn', 'vulnerable', REMEDIATED],
  'pc-london-01': ['windows-10-1903-enu', 'vulnerable', REMEDIATED],
  'pc-london-02': ['windows-10-1903-enu', 'patched', { outcome: 'compliant', installs: 0, reboots: 0, shields: 0 }],
  'pc-osaka-01': ['windows-10-1903-jpn', 'patched-not-rebooted', { ...REMEDIATED, installs: 0 }],
  'fs-core-01': ['windows-server-1903', 'vulnerable', REMEDIATED],
  'fs-core-02': ['windows-server-1903', 'vulnerable', REMEDIATED],
  'edge-core-01': ['windows-server-1903', 'prior-ipsec', REMEDIATED],
  'dc-core-01': ['windows-server-1903', 'domain-controller', REMEDIATED],
  'app-2019-01': [
    'windows-server-2019',
    'not-affected',
    { outcome: 'not-applicable', installs: 0, reboots: 0, shields: 0 },
  ],
  'pc-berlin-01': ['windows-10-1903-enu', 'network-loss', REMEDIATED],
  'pc-paris-01': ['windows-10-1903-enu', 'installer-fails', FAILED],
  'pc-paris-02': ['windows-10-1903-enu', 'installer-hangs', FAILED],
  'pc-nagoya-01': ['windows-10-1903-jpn', 'no-return', { ...REMEDIATED, outcome: 'unreachable', shields: 1 }],
  'pc-london-03': [
    'windows-10-1903-enu',
    'unreachable',
    { outcome: 'unreachable', installs: 0, reboots: 0, shields: 0 },
  ],
} as const;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('demo --json', () => {
  let home: string;
  let folder: string;
  let result: CliResult;
  let lab: { readonly pid: number; readonly engine: number };
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'fbdemo-'));
    const demo = startCli(['demo', '--json'], { env: { XDG_STATE_HOME: home } });
    await demo.lines(/ run \S+ started /);
    const [name = ''] = readdirSync(join(home, 'firebreak'));
    folder = join(home, 'firebreak', name);
    lab = JSON.parse(readFileSync(join(folder, 'lab', 'lab.json'), 'utf8')) as typeof lab;
    expect([isAlive(lab.pid), isAlive(lab.engine)]).toEqual([true, true]);
    result = await demo.ended;
  }, 400_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const last = () =>
    JSON.parse(result.stdout.trimEnd().split('\n').at(-1) ?? '') as { runs: string[]; hosts: object[] };

  it('says in its last line how every host ended, and exits 0', () => {
    expect({ code: result.code, said: result.code === 0 ? '' : result.stderr }).toEqual({ code: 0, said: '' });
    const hosts = Object.entries(HOSTS).map(([host, [profile, variant, found]]) => {
      return { host, profile, variant, playbook: 'smbghost', expected: found.outcome, ...found };
    });
    expect(last()).toEqual({ ok: true, runs: [expect.any(String)], hosts });
    expect(Object.keys(last())).toEqual(['ok', 'runs', 'hosts']);
  });

  it('gives a domain controller no shield, and says why', async () => {
    const [run = ''] = last().runs;
    const view = await cliJson<RunView>(['status', run], { env: { FIREBREAK_STATE: join(folder, 'state.db') } });
    const steps = view.hosts.find(({ name }) => name === 'dc-core-01')?.steps ?? [];
    expect(steps.find(({ id }) => id === 'shield')).toMatchObject({
      outcome: 'skipped',
      intended: false,
      reason: expect.stringMatching(/^role guard: .*domain-controller/),
    });
  });

  it('leaves nothing of the lab behind', () => {
    expect([isAlive(lab.pid), isAlive(lab.engine)]).toEqual([false, false]);
    expect(readdirSync(folder)).not.toContain('lab');
  });
});
