/** The removal tool on infected machines behind a relay, by the shipped playbook and the command line: evidence, judgement, outcome. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunView } from '../../src/domain/index.ts';
import { cli, cliJson, startCli } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const RUN_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run';
const TOOL = [
  '--input',
  'tool=Windows-KB890830-V1.0.exe',
  '--input',
  'install_timeout=90s',
  '--input',
  'reboot_timeout=90s',
];
const judgedBy = (who: string): readonly string[] => [
  ...['--input', 'judgement=Only MSBlast: no other logon since the last backup, firewall log of 11 August read'],
  ...['--input', `judged_by=${who}`],
];
const management = {
  name: 'mgmt01',
  profile: 'windows-server-2019',
  variant: 'management',
  relay: true as const,
  groups: ['relays'],
};
const blaster = {
  name: 'old-1',
  profile: 'windows-2000-professional-sp4',
  variant: 'infected-blaster',
  relay: 'mgmt01',
};
const welchia = { name: 'old-2', profile: 'windows-xp-sp1', variant: 'infected-welchia', relay: 'mgmt01' };
const clean = { name: 'old-3', profile: 'windows-xp-sp1', variant: 'patched', relay: 'mgmt01' };

let fleet: Fleet | undefined;
afterEach(async () => {
  await fleet?.end();
  fleet = undefined;
});

async function start(hosts: Parameters<typeof startFleet>[0]): Promise<Fleet> {
  fleet = await startFleet([management, ...hosts], 'blaster-cleanup');
  return fleet;
}

async function run(running: Fleet, more: readonly string[]): Promise<RunView> {
  const { stderr } = await cli(
    ['run', running.playbook, ...running.where, ...TOOL, ...more, '--output', 'lines'],
    running.options,
  );
  const view = await cliJson<RunView>(['status', 'last'], running.options);
  if (view.hosts.some(({ outcome }) => outcome === null)) throw new Error(stderr);
  return view;
}

const ended = (view: RunView, name: string) => {
  const host = view.hosts.find((candidate) => candidate.name === name);
  const step = (id: string) => host?.steps.find((candidate) => candidate.id === id);
  return { host, step };
};

/** How often the tool itself was started. */
async function toolRuns(running: Fleet, host: string): Promise<number> {
  const entries = await running.history(host);
  return entries.filter(({ kind, path }) => kind === 'program-start' && /KB890830/i.test(String(path))).length;
}

describe('blaster-cleanup', () => {
  it('removes what the signs show, keeps the evidence and calls nobody remediated; a later run still knows', async () => {
    const running = await start([blaster, welchia, clean]);
    const evidence = join(running.lab.dir, 'evidence');
    const view = await run(running, ['--input', `evidence=${evidence}`]);
    expect(view.hosts.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['old-1', 'compromised'],
      ['old-2', 'compromised'],
      ['old-3', 'skipped'],
    ]);

    const one = ended(view, 'old-1');
    expect(one.step('clean')).toMatchObject({
      outcome: 'changed',
      result: {
        cleaned: true,
        compromised: true,
        remaining: [],
        meaning: 'found and removed',
        judgement: null,
        evidence_before: {
          files: [expect.objectContaining({ bytes: 6176, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })],
          values: [{ key: RUN_KEY, name: 'windows auto update', type: 'String', data: 'msblast.exe' }],
        },
      },
    });
    // Patched in the same run, and still behind its shield.
    expect(one.host).toMatchObject({ verdict: { fixed: true }, standingShields: 1, installs: 1 });
    expect(one.host?.reason).toContain('Blaster.A');

    const two = ended(view, 'old-2');
    expect(two.step('clean')?.result).toMatchObject({
      names: ['Nachi'],
      evidence_before: {
        services: [
          { name: 'RpcPatch', start: 2 },
          { name: 'RpcTftpd', start: 3 },
        ],
      },
    });
    expect(two.host).toMatchObject({ installs: 0, standingShields: 0 });

    // The copies are those files, byte for byte.
    const before = one.step('clean')?.result?.['evidence_before'];
    const { files } = before as unknown as { files: { sha256: string }[] };
    const [copy = ''] = readdirSync(join(evidence, 'old-1'));
    expect(copy).toMatch(/-msblast\.exe\.sample$/i);
    const bytes = readFileSync(join(evidence, 'old-1', copy));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(files[0]?.sha256);
    expect(existsSync(join(evidence, 'old-3'))).toBe(false);

    // As the machines themselves saw it.
    const deleted = (await running.history('old-1')).filter(({ kind, op }) => kind === 'file' && op === 'delete');
    expect(deleted.map(({ path }) => String(path).toLowerCase())).toContain('c:\\winnt\\system32\\msblast.exe');
    const { values } = await running.lab.ask<{ values?: Record<string, unknown> }>('registry', {
      host: 'old-1',
      key: RUN_KEY,
    });
    expect(Object.keys(values ?? {})).not.toContain('windows auto update');
    expect([
      await toolRuns(running, 'old-1'),
      await toolRuns(running, 'old-2'),
      await toolRuns(running, 'old-3'),
    ]).toEqual([1, 1, 0]);

    // No sign is left, and nobody has judged: ms03-039 does not take it for a clean host.
    const again = await run(running, ['--limit', 'old-2']);
    expect(ended(again, 'old-2').host?.outcome).toBe('compromised');
    expect(ended(again, 'old-2').host?.reason).toContain('nobody has judged');
    expect(await toolRuns(running, 'old-2')).toBe(1);
  }, 600_000);

  it('takes a judgement on Blaster alone, with its evidence, who and when; none on what leaves a back door', async () => {
    const running = await start([blaster, welchia]);
    const view = await run(running, judgedBy('A. Sato'));
    const one = ended(view, 'old-1');
    expect(one.host).toMatchObject({ outcome: 'remediated', standingShields: 0 });
    expect(one.step('clean')?.result).toMatchObject({
      compromised: false,
      judgement: {
        by: 'A. Sato',
        text: expect.stringContaining('Only MSBlast'),
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        names: ['Blaster.A'],
        accepted: true,
      },
    });
    const two = ended(view, 'old-2');
    expect(two.host?.outcome).toBe('compromised');
    expect(two.step('clean')?.result).toMatchObject({
      cleaned: true,
      compromised: true,
      judgement: { accepted: false, why_not: expect.stringContaining('Nachi') },
    });
    const report = join(running.lab.dir, 'report.html');
    await cli(['report', 'last', '--file', report], running.options);
    expect(readFileSync(report, 'utf8')).toContain('A. Sato');
    // The judgement holds for later looks.
    const again = await run(running, ['--limit', 'old-1']);
    expect(ended(again, 'old-1').host?.outcome).toBe('skipped');
  }, 600_000);

  it('finds the tool again after the controller was killed, and never starts a second one', async () => {
    const running = await start([welchia]);
    const killed = startCli(['run', running.playbook, ...running.where, ...TOOL, '--output', 'lines'], running.options);
    await killed.lines(/clean: goes on by itself/);
    killed.child.kill('SIGKILL');
    expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' });
    await cli(['resume', 'last', '--output', 'lines'], running.options);
    const view = await cliJson<RunView>(['status', 'last'], running.options);
    expect(ended(view, 'old-2').step('clean')).toMatchObject({
      outcome: 'changed',
      result: { cleaned: true, compromised: true, evidence_before: { services: [{ name: 'RpcPatch' }, {}] } },
    });
    expect(ended(view, 'old-2').host?.outcome).toBe('compromised');
    expect(await toolRuns(running, 'old-2')).toBe(1);
  }, 600_000);
});
