/**
 * A long script of a playbook and a controller that does not stay: killed, interrupted, cut off. The script runs exactly
 * once, and all of its output is in the journal.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json, RunEvent, RunView, StepFinished } from '../../src/domain/index.ts';
import { cli, cliJson, type StartedCli, startCli } from './support/cli.ts';
import { type Fleet, startFleet } from './support/fleet.ts';

const COUNTER = 'HKLM:\\SOFTWARE\\Surviving';
const BEGUN = /"StepDetached"/;

/** `more`: further lines of the step's `with:`. */
function playbook(seconds: number, more: readonly string[] = []): string {
  return `firebreak: 1
name: a long script
hosts: all
steps:
  - id: long
    uses: powershell.run
    timeout: 5m
    with:
${more.map((line) => `      ${line}\n`).join('')}      script: |
        $key = '${COUNTER}'
        if (-not (Test-Path $key)) { $null = New-Item -Path $key -Force }
        $runs = 0
        try { $runs = [int](Get-ItemProperty -Path $key -ErrorAction Stop).Runs } catch { }
        Set-ItemProperty -Path $key -Name Runs -Value ($runs + 1)
        'before'
        Start-Sleep -Seconds ${seconds}
        'after'
`;
}

describe('a long script and a controller that does not stay', () => {
  let running: Fleet;
  beforeAll(async () => {
    running = await startFleet([{ name: 'pc-01', profile: 'windows-10-1903-enu' }]);
  });
  afterAll(() => running?.end());

  async function exec(script: string): Promise<readonly Json[]> {
    const inventory = join(running.lab.dir, 'inventory.yaml');
    const { stdout } = await cli(['exec', 'pc-01', '-i', inventory, '--json', '--', script], running.options);
    return (JSON.parse(stdout) as { output: Json[] }).output;
  }

  async function start(text: string): Promise<StartedCli> {
    await exec(`if (Test-Path '${COUNTER}') { Remove-Item -Path '${COUNTER}' -Recurse -Force }`);
    const file = join(running.lab.dir, 'long.yaml');
    writeFileSync(file, text);
    const process = startCli(['run', file, ...running.where, '--output', 'ndjson'], running.options);
    await process.lines(BEGUN);
    // the script begins right after its receipt is durable
    await delay(1000);
    return process;
  }

  async function resume(): Promise<{ code: number | null; finished: StepFinished | undefined }> {
    const { code, stdout } = await cli(['resume', 'last', '--output', 'ndjson'], running.options);
    return { code, finished: finishedIn(stdout) };
  }

  async function runs(): Promise<Json | undefined> {
    return (await exec(`(Get-ItemProperty '${COUNTER}').Runs`))[0];
  }

  /** Sessions that the machine holds at most shortly after a run's end. */
  async function sessionsLeft(): Promise<number> {
    const { hosts } = await running.lab.ask<{ hosts: { sessions: number }[] }>('status');
    return hosts.reduce((sum, { sessions }) => sum + sessions, 0);
  }

  const whole = { output: ['before', 'after'], errors: [], passed: null };

  it('kill -9 in the middle: resume waits for the running script and has all of its output', async () => {
    const process = await start(playbook(8));
    process.child.kill('SIGKILL');
    await process.ended;
    const { code, finished } = await resume();
    expect([code, finished?.outcome, finished?.result]).toEqual([0, 'changed', whole]);
    expect(await runs()).toBe(1);
    const view = await cliJson<RunView>(['status', 'last'], running.options);
    expect(view.hosts[0]?.outcome).toBe('remediated');
    // nothing is left behind on the host: the session that went on, and that of the process that came back
    expect(await sessionsLeft()).toBe(0);
  });

  it('kill -9, and the script ends before anybody is back: resume takes its output', async () => {
    const process = await start(playbook(3));
    process.child.kill('SIGKILL');
    await process.ended;
    await delay(5000);
    const { code, finished } = await resume();
    expect([code, finished?.outcome, finished?.result]).toEqual([0, 'changed', whole]);
    expect(await runs()).toBe(1);
  });

  it('kill -9 of the one that resumes, too: the third process has all of it', async () => {
    const process = await start(playbook(10));
    process.child.kill('SIGKILL');
    await process.ended;
    const second = startCli(['resume', 'last', '--output', 'ndjson'], running.options);
    await second.lines(/"RunResumed"/);
    await delay(2500);
    second.child.kill('SIGKILL');
    await second.ended;
    const { code, finished } = await resume();
    expect([code, finished?.outcome, finished?.result]).toEqual([0, 'changed', whole]);
    expect(await runs()).toBe(1);
  });

  it('Ctrl-C lets the script go at once; resume picks it up', async () => {
    const process = await start(playbook(12));
    process.child.kill('SIGINT');
    const interrupted = await process.ended;
    expect(interrupted.code).toBe(130);
    // nobody waited for the script
    expect(finishedIn(interrupted.stdout)).toBeUndefined();
    const { code, finished } = await resume();
    expect([code, finished?.outcome, finished?.result]).toEqual([0, 'changed', whole]);
    expect(await runs()).toBe(1);
  });

  it('a cable that is out for five seconds: the script goes on, and so does the run', async () => {
    const process = await start(playbook(9));
    await running.lab.ask('trouble', { host: 'pc-01', kind: 'network-loss', options: { for: 5 } });
    const { code, stdout } = await process.ended;
    const finished = finishedIn(stdout);
    expect([code, finished?.outcome, finished?.result]).toEqual([0, 'changed', whole]);
    expect(await runs()).toBe(1);
  });

  it('a cable that is out while the script ends: its output is fetched from its session', async () => {
    const process = await start(playbook(3));
    await running.lab.ask('trouble', { host: 'pc-01', kind: 'network-loss', options: { for: 6 } });
    const { code, stdout } = await process.ended;
    const finished = finishedIn(stdout);
    expect([code, finished?.outcome, finished?.result]).toEqual([0, 'changed', whole]);
    expect(await runs()).toBe(1);
  });

  it.each([
    ['without a test, a person is asked', [], 'needs-operator', 1],
    ['its test passes: it is done', [`test: (Test-Path '${COUNTER}') -eq $true`], 'remediated', 1],
    ['it may be repeated: it is run again', ['repeatable: true'], 'remediated', 2],
  ] as const)('kill -9, and the machine restarts: %s', async (_, more, outcome, count) => {
    const process = await start(playbook(6, more));
    process.child.kill('SIGKILL');
    await process.ended;
    await running.lab.ask('trouble', { host: 'pc-01', kind: 'power-loss', options: { for: 1 } });
    await delay(1500);
    const { code } = await resume();
    const view = await cliJson<RunView>(['status', 'last'], running.options);
    expect([code, view.hosts[0]?.outcome]).toEqual([outcome === 'remediated' ? 0 : 3, outcome]);
    expect(await runs()).toBe(count);
  });
});

function finishedIn(lines: string): StepFinished | undefined {
  const events = lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RunEvent);
  return events.find((event) => event.type === 'StepFinished');
}
