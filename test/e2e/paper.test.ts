/**
 * The white paper's systems with everything that a fleet has in store, remediated by the shipped playbook over relays: each
 * must end as the table in src/app/demo/paper.ts demands, as the machines themselves counted it. The demo's fleet has other
 * pairs of system and case than this file. All pairs: FIREBREAK_PAPER=all npm run jest -- test/e2e/paper.test.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DCOM_CASES, PAPER_CASES, paperCaseOf } from '../../src/app/demo/index.ts';
import type { RunView } from '../../src/domain/index.ts';
import { cli, cliJson } from './support/cli.ts';
import type { Fleet, HistoryEntry } from './support/fleet.ts';
import { endings, expectedEndings, paperHosts, shieldStates, startPaperFleet } from './support/paper.ts';

const CASES = [
  'nt4-server-sp6a/patched',
  'nt4-workstation-sp6a/only-823980',
  'nt4-tse-sp6/installed-not-rebooted',
  'windows-2000-server-sp4-jpn/prior-ipsec',
  'windows-xp-sp1/gpo-ipsec',
  'windows-2003-gold/serves-http',
  'windows-2003-64/slipstreamed',
  'windows-xp-gold/superseded-828741',
  'windows-xp-gold/installed-not-rebooted',
  'windows-2003-gold/network-loss',
  'windows-2000-professional-sp3/infected-welchia',
  'windows-xp-sp1-jpn/infected-blaster',
  'windows-2000-server-sp3/cis',
  'windows-2003-gold/trusts-domain',
  'windows-xp-sp1/key-without-files',
  'windows-2003-gold/installer-fails',
  'windows-xp-gold/dcom-disabled',
  'nt4-server-sp6a-jpn/dcom-disabled',
  'windows-2003-64/rpc-over-http',
];

const PROFILES = [
  'nt4-server-sp6a',
  'nt4-server-sp6a-jpn',
  'nt4-workstation-sp6a',
  'nt4-tse-sp6',
  'windows-2000-professional-sp2',
  'windows-2000-professional-sp3',
  'windows-2000-professional-sp4',
  'windows-2000-server-sp3',
  'windows-2000-server-sp4',
  'windows-2000-server-sp4-jpn',
  'windows-xp-gold',
  'windows-xp-sp1',
  'windows-xp-sp1-jpn',
  'windows-2003-gold',
  'windows-2003-64',
  'windows-xp-64-2002',
  'windows-xp-64-2003',
];
/** Cases that not every system of the kind has. */
const SPECIAL: { readonly [variant: string]: readonly string[] } = {
  rollup: ['windows-2000-professional-sp4', 'windows-2000-server-sp4'],
  'service-pack': ['windows-xp-sp1', 'windows-2003-gold'],
  cis: ['nt4-server-sp6a', 'windows-2000-server-sp3', 'windows-2000-server-sp4'],
  'rpc-over-http': ['windows-2003-gold', 'windows-2003-64'],
  'infected-blaster': PROFILES.filter((profile) => /2000|xp-(gold|sp1)/.test(profile)),
  'infected-welchia': PROFILES.filter((profile) => /2000|xp-(gold|sp1)/.test(profile)),
};

/** Every pair of system and case, so many in a batch as a relay pair can do in minutes. */
function allBatches(): readonly (readonly string[])[] {
  const variants = [...new Set(PAPER_CASES.map(({ variant }) => variant))];
  const pairs = variants.flatMap((variant) =>
    (SPECIAL[variant] ?? PROFILES)
      .filter((profile) => paperCaseOf(profile, variant) !== undefined)
      .map((profile) => `${profile}/${variant}`),
  );
  return Array.from({ length: Math.ceil(pairs.length / 30) }, (_, at) => pairs.slice(at * 30, at * 30 + 30));
}

const BATCHES = process.env['FIREBREAK_PAPER'] === 'all' ? allBatches() : [CASES];
const INPUTS = [
  'max_fail_percentage=100',
  'max_unreachable_percentage=100',
  'install_timeout=90s',
  'reboot_timeout=90s',
].flatMap((input) => ['--input', input]);

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.end();
  fleet = undefined;
});

/** Runs the playbook on all of them but the relays, and gives what was said. */
async function remediate(running: Fleet, more: readonly string[] = [], playbook = running.playbook): Promise<string> {
  const { stderr } = await cli(
    ['run', playbook, ...running.where, ...INPUTS, ...more, '--output', 'lines'],
    running.options,
  );
  return stderr;
}

function expectOrder(entries: readonly HistoryEntry[]): void {
  const shield = entries.findIndex(({ kind, op }) => kind === 'ipsec' && op === 'assign');
  const install = entries.findIndex((entry) => entry.kind === 'package' && entry['phase'] === 'start');
  expect([shield >= 0, shield < install]).toEqual([true, true]);
}

describe('ms03-039 on the systems of the paper', () => {
  it.each(BATCHES.map((cases, index) => [index + 1, cases] as const))(
    'every host ends as its case demands (batch %d)',
    async (_, cases) => {
      const hosts = paperHosts(cases);
      const running = await startPaperFleet(hosts);
      fleet = running;
      const before = await shieldStates(running, hosts);
      const said = await remediate(running);
      const [found, expected] = [await endings(running, hosts, before), expectedEndings(hosts)];
      const difference = JSON.stringify(found) === JSON.stringify(expected) ? {} : { said };
      expect({ found, ...difference }).toEqual({ found: expected });
    },
    900_000,
  );

  it('shields before it installs; refuses the variant with CIS on a host that serves HTTP, and installs nothing then', async () => {
    const hosts = paperHosts(['windows-2003-gold/serves-http', 'windows-2000-server-sp4/vulnerable']);
    const running = await startPaperFleet(hosts, 1);
    fleet = running;
    const before = await shieldStates(running, hosts);
    await remediate(running, ['--input', 'cis=with']);
    const [web, plain] = Object.values(await endings(running, hosts, before));
    expect(web).toEqual({
      outcome: 'failed',
      installs: 0,
      reboots: 0,
      shields: 0,
      settled: true,
      isAsBefore: true,
    });
    expect(plain).toMatchObject({ outcome: 'remediated', installs: 1, reboots: 1, shields: 0, isAsBefore: true });
    const view = await cliJson<RunView>(['status', 'last'], running.options);
    const refused = view.hosts.find(({ name }) => name === 'old-01')?.steps.find(({ id }) => id === 'shield');
    expect(refused?.outcome).toBe('refused');
    expectOrder(await running.history('old-02'));
  }, 600_000);

  it('a package in the wrong language fails and leaves the shield up', async () => {
    const hosts = paperHosts(['windows-2000-professional-sp4/vulnerable']);
    const running = await startPaperFleet(hosts, 1);
    fleet = running;
    const before = await shieldStates(running, hosts);
    const playbook = join(running.lab.dir, 'german.yaml');
    const german = '{ package: Windows2000-KB824146-x86-DEU.exe }';
    const text = readFileSync(running.playbook, 'utf8')
      .replace('uses: package.stage,', `uses: package.stage, with: ${german},`)
      .replace('uses: package.install,', `uses: package.install, with: ${german},`);
    writeFileSync(playbook, text);
    await remediate(running, [], playbook);
    const [ending] = Object.values(await endings(running, hosts, before));
    expect(ending).toMatchObject({ outcome: 'failed', reboots: 0, shields: 1, isAsBefore: false });
    const standing = await cliJson<{ host: string }[]>(['shields', 'list'], running.options);
    expect(standing.map(({ host }) => host)).toEqual(['old-01']);
  }, 600_000);
});

describe('docs/coverage.md', () => {
  it('is the tables', () => {
    const text = readFileSync(resolve(import.meta.dirname, '..', '..', 'docs', 'coverage.md'), 'utf8');
    const rows = [...PAPER_CASES, ...DCOM_CASES].map(({ systems, variant, expected, why, source }) => {
      const { outcome, installs, reboots, shields } = expected;
      return `| ${systems} | ${variant} | ${outcome} | ${installs} | ${reboots} | ${shields} | ${why} | ${source} |`;
    });
    // What follows is about other playbooks.
    const [, mine = ''] = text.split(/^# /m);
    expect(mine.split('\n').filter((line) => /^\| .* \| \d \| /.test(line))).toEqual(rows);
  });
});
