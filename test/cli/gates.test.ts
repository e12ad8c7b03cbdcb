/** Gates, windows and change numbers from the command line; the playbooks reach no host, so that nothing has to be there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { RunView } from '../../src/domain/index.ts';
import { type CliResult, cli, startCli } from '../e2e/support/cli.ts';

let folder: string;
let state: string;
let inventory: string;
let gated: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-gates-'));
  state = join(folder, 'state.db');
  inventory = write('inventory.yaml', INVENTORY);
  gated = write('gated.yaml', GATED);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const INVENTORY = `all:
  vars: { auth: basic, allow_unencrypted: true, credential: { user: a, password: { env: PW } } }
  hosts: { web01: { address: 127.0.0.1, port: 9 }, web02: { address: 127.0.0.2, port: 9 } }
`;
const GATED = `firebreak: 1
name: Behind a gate
hosts: all
require_change: true
waves:
  - { name: canary, hosts: web01 }
  - { name: rest, size: rest }
gate: { after: canary, approve: ops-leads, timeout: 8h }
steps:
  - { uses: host.end, with: { outcome: compliant } }
`;

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function options() {
  return { env: { FIREBREAK_STATE: state, PW: 'secret' } };
}

const run = (...args: readonly string[]): Promise<CliResult> => cli(args, options());
const start = (file: string, ...args: readonly string[]) => [
  'run',
  file,
  '-i',
  inventory,
  '--output',
  'lines',
  ...args,
];

/** As if another user had started every run so far: a test has no second account. */
function startedByAlice(): void {
  const db = new Database(state);
  const sql = "UPDATE events SET body = json_set(body, '$.by', 'alice@desk') WHERE type = 'RunStarted'";
  expect(db.prepare(sql).run().changes).toBeGreaterThan(0);
  db.close();
}

describe('a playbook with a gate', () => {
  it('is shown with what it waits for, and refused without the change number that it wants', async () => {
    const plan = await run('plan', gated, '-i', inventory);
    expect(plan.stdout).toContain('needs a change number: --change NUMBER');
    expect(plan.stdout).toContain('begins when ops-leads approved it within 8h (the run stops then)');
    const refused = await run(...start(gated));
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('the playbook wants the number') });
    expect(refused.stderr).toContain('--change CHG0031415');
  });

  it('ends with exit code 4 where it is not to wait, and says what to type', async () => {
    const { code, stdout } = await run(...start(gated, '--no-wait', '--change', ' CHG0031415 '));
    expect(code).toBe(4);
    expect(stdout).toMatch(/firebreak approve \S+ +by another user than who started it/);
    const status = await run('status');
    expect(status.stdout).toMatch(/^change CHG0031415, plan [0-9a-f]{12}, started by \S+@\S+$/m);
    expect(status.stdout).toMatch(/before wave rest, asked, for ops-leads to approve until 20\d\d-/);
    expect(status.stdout).toMatch(/Waits: wave rest waits for an approval by ops-leads, until .*: firebreak approve/);
    expect(status.stdout).toMatch(/Next:\n {2}firebreak approve \S+ +another user than .*\n {2}firebreak resume /);
  });

  it('is not approved by whoever has started it', async () => {
    const refused = await run('approve', 'last');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /has started run \S+ and cannot approve it too \[FB_APPROVAL_REFUSED\]\n.*another user has to type/,
    );
  });

  it('is approved by another, by the name of the gate, and goes on with a resume; reports say so', async () => {
    startedByAlice();
    const approved = await run('approve', 'rest', '--note', 'canary is well');
    expect(approved).toMatchObject({ code: 0, stderr: '' });
    expect(approved.stdout).toMatch(
      /wave rest of run \S+ approved by \S+@\S+, plan [0-9a-f]{12}\n\nNext:\n {2}firebreak resume /,
    );
    const resumed = await run('resume', 'last', '--output', 'lines');
    expect(resumed.code).toBe(0);
    const view = JSON.parse((await run('status', '--json')).stdout) as RunView;
    expect(view).toMatchObject({
      state: 'completed',
      change: 'CHG0031415',
      gates: [{ gate: 'rest', state: 'approved' }],
    });
    const page = join(folder, 'report.html');
    expect((await run('report', 'last', '--file', page)).code).toBe(0);
    const html = readFileSync(page, 'utf8');
    for (const text of ['CHG0031415', 'canary is well', 'approved']) expect(html).toContain(text);
    const late = await run('approve', 'last');
    expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining('it is completed already') });
  });

  it('is waited for by its process, which goes on by itself when it is approved', async () => {
    const waiting = startCli(start(gated, '--change', 'CHG2'), options());
    try {
      await waiting.lines(/waits for an approval by ops-leads/);
      startedByAlice();
      const status = await run('status');
      expect(status.stdout).toMatch(/: running, process \d+ on /);
      expect(status.stdout).toMatch(/process \d+ goes on by itself then/);
      const approved = await run('approve', 'last');
      expect(approved.stdout).toContain('The process that waits for it goes on by itself.');
      expect(await waiting.ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/wave rest: approved by/) });
    } finally {
      waiting.child.kill();
    }
  });

  it('is rejected: the run stops', async () => {
    await run(...start(gated, '--no-wait', '--change', 'CHG3'));
    const rejected = await run('approve', 'last', '--reject', '--note', 'prints no more');
    expect(rejected.stdout).toMatch(/rejected by/);
    const { code, stdout } = await run('resume', 'last', '--output', 'lines');
    expect([code, /stopped \(wave rest was rejected by \S+: prints no more\)/.test(stdout)]).toEqual([4, true]);
  });
});

describe('a playbook with a window', () => {
  const hour = (ahead: number): string => new Date(Date.now() + ahead * 3_600_000).toISOString().slice(11, 16);

  it('is waited for, unless somebody wants it now', async () => {
    const later = `window: { start: "${hour(3)}", end: "${hour(6)}", tz: UTC, min_remaining: 40m }`;
    const file = write(
      'later.yaml',
      GATED.replace('require_change: true', later).replace(/^(?:waves|gate| {2}- \{ name).*\n/gm, ''),
    );
    expect((await run('plan', file, '-i', inventory)).stdout).toMatch(
      /window .* UTC, opens every day, .*40m left\n +opens next /,
    );
    const { code, stdout } = await run(...start(file, '--no-wait'));
    expect([code, /waits for its window .*: it opens \w+ 20/.test(stdout)]).toEqual([4, true]);
    expect((await run('resume', 'last', '--output', 'lines', '--ignore-window')).code).toBe(0);
  });

  it('whose zone, days or hours are wrong is refused with what was meant', async () => {
    const wrong = GATED.replace(
      'require_change: true',
      'window: { start: "25:00", end: "05:00", tz: Asia/Tokio, days: [monday] }',
    );
    const { code, stderr } = await run('validate', write('wrong.yaml', wrong));
    expect(code).toBe(2);
    for (const text of ['a time of the day such as "22:00"', 'did you mean Asia/Tokyo?', '"monday" is not a day']) {
      expect(stderr).toContain(text);
    }
  });
});
