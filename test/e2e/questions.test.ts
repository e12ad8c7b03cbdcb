/**
 * A playbook that asks, on machines of the lab: unattended it parks and goes on after `answer` and `resume`; on a terminal
 * it asks at once, also after the process that asked was killed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunView } from '../../src/domain/index.ts';
import { type CliResult, cli, cliJson } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';
import { hasTerminals, KEYS, Terminal } from './support/terminal.ts';

const PLAYBOOK = `firebreak: 1
name: Asks
advisory: cve-2020-0796
hosts: all
steps:
  - { id: verify, uses: patch.verify }
  - { uses: host.end, if: steps.verify.fixed == true }
  - block:
      - { id: shield, uses: shield.apply, with: { method: registry } }
      - id: cable
        uses: operator.ask
        with: { type: task, question: "Look at \${{ host.name }}" }
      - id: sure
        uses: operator.confirm
        with: { question: "\${{ steps.verify.verdict }}. Install?", default: yes }
      - { id: stage, uses: package.stage }
      - { id: install, uses: package.install }
      - { uses: host.reboot, if: steps.install.reboot_required == true }
      - { id: reverify, uses: patch.verify, until: result.fixed == true, retries: 5, delay: 2s }
    always:
      - { uses: shield.revert, if: steps.reverify.fixed == true }
`;

describe('a playbook that asks', () => {
  let fleet: Fleet;
  let playbook: string;
  const terminals: Terminal[] = [];
  const view = () => cliJson<RunView>(['status', 'last'], fleet.options);
  const run = (args: readonly string[]) => cli([...args, '--output', 'lines'], fleet.options);
  const hostOf = async (name: string) => (await view()).hosts.find((host) => host.name === name)!;

  beforeAll(async () => {
    fleet = await startFleet([
      { name: 'pc-batch', profile: 'windows-10-1903-enu' },
      { name: 'pc-patched', profile: 'windows-10-1903-enu', variant: 'patched' },
      { name: 'pc-seen', profile: 'windows-10-1903-enu' },
      { name: 'pc-killed', profile: 'windows-10-1903-enu' },
      { name: 'pc-ordered', profile: 'windows-10-1903-enu' },
    ]);
    playbook = join(fleet.lab.dir, 'asks.yaml');
    writeFileSync(playbook, PLAYBOOK);
  });
  afterAll(async () => {
    for (const terminal of terminals) await terminal.close();
    await fleet?.end();
  });

  describe('unattended', () => {
    let first: CliResult;
    beforeAll(async () => {
      first = await run(['run', playbook, ...fleet.where, '--limit', 'pc-batch,pc-patched', '--yes']);
    });

    it('parks the host that asks, and says what to type', async () => {
      expect(first.code).toBe(3);
      expect(first.stdout).toMatch(/firebreak answer \S+ +the open questions/);
      const { state, hosts } = await view();
      expect(state).toBe('waiting');
      expect(hosts.map(({ name, outcome, standingShields }) => [name, outcome, standingShields])).toEqual([
        ['pc-batch', 'needs-operator', 1],
        ['pc-patched', 'compliant', 0],
      ]);
      const runs = await cliJson<{ state: string }[]>(['runs'], fleet.options);
      expect(runs[0]?.state).toBe('waiting');
    });

    it('shows its questions and refuses what is no answer', async () => {
      const { questions } = await cliJson<{ questions: object[] }>(['answer', 'last'], fleet.options);
      expect(questions).toMatchObject([
        { host: 'pc-batch', step: 'cable', text: 'Look at pc-batch', choices: ['done', 'failed'] },
      ]);
      const wrong = await cli(['answer', 'last', 'maybe', '--host', 'pc-batch'], fleet.options);
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toMatch(/"maybe" is no answer to: Look at pc-batch.*\n.*answers: done, failed/);
      const early = await run(['resume', 'last']);
      expect(early.code).toBe(2);
      expect(early.stderr).toContain('1 host waits for an answer: pc-batch');
    });

    it('goes on after the answer; --yes answers only the question that has a default', async () => {
      const answered = await cli(['answer', 'last', 'done', '--host', 'pc-batch'], fleet.options);
      expect(answered).toMatchObject({ code: 0, stdout: expect.stringMatching(/firebreak resume \S+\n/) });
      const again = await cli(['answer', 'last', 'done', '--host', 'pc-batch'], fleet.options);
      expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('answered "done" already') });
      const resumed = await run(['resume', 'last', '--yes']);
      expect(resumed.code).toBe(0);
      const host = await hostOf('pc-batch');
      expect(host).toMatchObject({ outcome: 'remediated', standingShields: 0, installs: 1 });
      expect(host.questions.map(({ step, answer, via }) => [step, answer, via])).toEqual([
        ['cable', 'done', 'command'],
        ['sure', 'yes', 'default'],
      ]);
      expect(await fleet.account('pc-batch')).toEqual({ installs: 1, reboots: 1 });
    });
  });

  (hasTerminals ? describe : describe.skip)('on a terminal', () => {
    const start = (args: readonly string[]): Terminal => {
      const terminal = new Terminal(args, fleet.options);
      terminals.push(terminal);
      return terminal;
    };

    it('asks at once, and makes room for the questions in its view', async () => {
      const terminal = start(['run', playbook, ...fleet.where, '--limit', 'pc-seen']);
      await terminal.answers(/pc-seen \(cable\): Look at pc-seen/, KEYS.enter);
      await terminal.answers(/pc-seen \(sure\): vulnerable\. Install\?/, KEYS.enter);
      expect(await terminal.ended).toBe(0);
      expect(await hostOf('pc-seen')).toMatchObject({ outcome: 'remediated', standingShields: 0 });
    });

    it('gives way to pause and skip from another process, also while it asks', async () => {
      const paused = start(['run', playbook, ...fleet.where, '--limit', 'pc-ordered']);
      await paused.sees(/pc-ordered \(cable\): Look at pc-ordered/);
      expect(await cli(['pause', 'last'], fleet.options)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/firebreak continue \S+\n/),
      });
      expect(await paused.ended).toBe(130);
      expect(await view()).toMatchObject({ state: 'paused', reason: expect.stringMatching(/^paused by \S+@/) });
      const idle = await cli(['pause', 'last'], fleet.options);
      expect(idle).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody is at work') });

      const skipped = start(['continue', 'last']);
      await skipped.sees(/pc-ordered \(cable\): Look at pc-ordered/);
      expect((await cli(['skip', 'last', '--host', 'pc-ordered'], fleet.options)).code).toBe(0);
      expect(await skipped.ended).toBe(3);
      expect(await hostOf('pc-ordered')).toMatchObject({
        outcome: 'skipped',
        reason: expect.stringMatching(/^left out by /),
        standingShields: 1,
      });
      const over = await cli(['skip', 'last', '--host', 'pc-ordered'], fleet.options);
      expect(over).toMatchObject({ code: 2, stderr: expect.stringContaining('has ended already') });
    });

    it('asks again after the process was killed at the question, once in the journal', async () => {
      const killed = start(['run', playbook, ...fleet.where, '--limit', 'pc-killed']);
      await killed.sees(/pc-killed \(cable\): Look at pc-killed/);
      const [open] = await cliJson<{ owner: { pid: number }; state: string }[]>(['runs'], fleet.options);
      expect(open?.state).toBe('running');
      const refused = await cli(['answer', 'last', 'done', '--host', 'pc-killed'], fleet.options);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('being asked') });
      process.kill(open!.owner.pid, 'SIGKILL');
      await killed.ended;

      const resumed = start(['resume', 'last']);
      await resumed.answers(/pc-killed \(cable\): Look at pc-killed/, KEYS.interrupt);
      expect(await resumed.ended).toBe(130);
      expect((await view()).state).toBe('paused');

      const last = start(['resume', 'last']);
      await last.answers(/pc-killed \(cable\): Look at pc-killed/, KEYS.enter);
      // Later: the host is parked, with its answer to the first question kept.
      await last.answers(/pc-killed \(sure\)/, KEYS.up, KEYS.enter);
      expect(await last.ended).toBe(3);
      const parked = await hostOf('pc-killed');
      expect(parked.questions.map(({ step, state }) => [step, state])).toEqual([
        ['cable', 'closed'],
        ['sure', 'open'],
      ]);
      const { code } = await cli(['answer', 'last', 'skip', '--host', 'pc-killed', '--step', 'sure'], fleet.options);
      expect(code).toBe(0);
      expect((await run(['resume', 'last'])).code).toBe(3);
      expect(await hostOf('pc-killed')).toMatchObject({ outcome: 'skipped', standingShields: 1 });
      expect(await fleet.account('pc-killed')).toEqual({ installs: 0, reboots: 0 });
    });
  });
});
