/** `firebreak demo --json`: the whole job on both fleets, judged by its last line and by what is left behind. */
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

const COMPLIANT = { outcome: 'compliant', installs: 0, reboots: 0, shields: 0 };
const AWAY = { outcome: 'unreachable', installs: 0, reboots: 0, shields: 0 };
/** The same of the white paper's systems; its two relays are no hosts of the run. */
const PAPER = {
  'pc-2000-01': ['windows-2000-professional-sp4', 'vulnerable', REMEDIATED],
  'pc-xp-01': ['windows-xp-sp1-jpn', 'vulnerable', REMEDIATED],
  'srv-2000-01': ['windows-2000-server-sp4', 'vulnerable', REMEDIATED],
  'srv-2000-03': ['windows-2000-server-sp4-jpn', 'vulnerable', REMEDIATED],
  'srv-2003-01': ['windows-2003-gold', 'vulnerable', REMEDIATED],
  'srv-2003-02': ['windows-2003-64', 'vulnerable', REMEDIATED],
  'pc-xp-02': ['windows-xp-gold', 'vulnerable', REMEDIATED],
  'pc-xp-03': ['windows-xp-sp1', 'vulnerable', REMEDIATED],
  'pc-xp-04': ['windows-xp-64-2003', 'vulnerable', REMEDIATED],
  'pc-xp-10': ['windows-xp-64-2002', 'vulnerable', REMEDIATED],
  // Nothing says that it is a PC-98: the package refuses it.
  'pc-2000-09': ['windows-2000-professional-sp4-nec98', 'vulnerable', { ...FAILED, installs: 0 }],
  'pc-2000-02': ['windows-2000-professional-sp3', 'vulnerable', REMEDIATED],
  'pc-2000-03': ['windows-2000-professional-sp2', 'vulnerable', REMEDIATED],
  'srv-2000-02': ['windows-2000-server-sp3', 'vulnerable', REMEDIATED],
  'srv-nt4-01': ['nt4-server-sp6a', 'vulnerable', REMEDIATED],
  'srv-nt4-02': ['nt4-server-sp6a-jpn', 'vulnerable', REMEDIATED],
  'srv-nt4-03': ['nt4-tse-sp6', 'vulnerable', REMEDIATED],
  'pc-nt4-01': ['nt4-workstation-sp6a', 'vulnerable', REMEDIATED],
  'pc-me-01': ['windows-me', 'not-affected', AWAY],
  'pc-2000-04': ['windows-2000-professional-sp4', 'patched', COMPLIANT],
  'pc-xp-05': ['windows-xp-sp1', 'slipstreamed', COMPLIANT],
  'pc-2000-05': ['windows-2000-professional-sp4', 'key-without-files', { ...COMPLIANT, outcome: 'needs-operator' }],
  'srv-2003-03': ['windows-2003-gold', 'only-823980', REMEDIATED],
  'srv-2000-04': ['windows-2000-server-sp4', 'superseded-828741', COMPLIANT],
  'srv-2000-05': ['windows-2000-server-sp4', 'rollup', COMPLIANT],
  'pc-xp-06': ['windows-xp-sp1', 'service-pack', COMPLIANT],
  'srv-2000-06': ['windows-2000-server-sp3', 'installed-not-rebooted', { ...REMEDIATED, installs: 0 }],
  'srv-2003-04': ['windows-2003-gold', 'prior-ipsec', REMEDIATED],
  'srv-2000-07': ['windows-2000-server-sp4', 'gpo-ipsec', REMEDIATED],
  'srv-2000-08': ['windows-2000-server-sp4', 'serves-http', REMEDIATED],
  'pc-2000-06': ['windows-2000-professional-sp4', 'infected-blaster', { ...COMPLIANT, outcome: 'compromised' }],
  'pc-xp-07': ['windows-xp-sp1', 'infected-welchia', { ...COMPLIANT, outcome: 'compromised' }],
  'pc-xp-08': ['windows-xp-gold', 'installer-fails', FAILED],
  'pc-2000-07': ['windows-2000-professional-sp3', 'installer-hangs', FAILED],
  'srv-2003-05': ['windows-2003-gold', 'no-return', { ...REMEDIATED, outcome: 'unreachable', shields: 1 }],
  'pc-2000-08': ['windows-2000-professional-sp4', 'smb-closed', AWAY],
  'pc-xp-09': ['windows-xp-sp1-jpn', 'unreachable', AWAY],
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
  }, 600_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const last = () =>
    JSON.parse(result.stdout.trimEnd().split('\n').at(-1) ?? '') as { runs: string[]; hosts: object[] };

  it('says in its last line how every host ended, and exits 0', () => {
    expect({ code: result.code, said: result.code === 0 ? '' : result.stderr }).toEqual({ code: 0, said: '' });
    const hosts = Object.entries({ smbghost: HOSTS, 'ms03-039': PAPER }).flatMap(([playbook, fleet]) =>
      Object.entries(fleet).map(([host, [profile, variant, found]]) => {
        return { host, profile, variant, playbook, expected: found.outcome, ...found };
      }),
    );
    expect(last()).toEqual({ ok: true, runs: [expect.any(String), expect.any(String)], hosts });
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
    expect(readdirSync(folder).filter((name) => name.startsWith('lab'))).toEqual([]);
  });
});
