/** report, audit and --exceptions as a user types them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServices } from '../../src/app/index.ts';
import { planHash } from '../../src/engine/index.ts';
import { cli } from '../e2e/support/cli.ts';
import { host, plan, remediation } from '../engine/support/plans.ts';
import { completed, ended } from '../report/support/journal.ts';

let folder: string;
let state: string;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-cli-report-'));
  state = `sqlite:${file('state.db')}`;
  const services = createServices({ state });
  const body = plan(remediation(), { hosts: [host('web01'), host('サーバー')] });
  const journal = await services.journal();
  const frozen = { ...body, hash: planHash(body) };
  await journal.create({ run: 'r1', plan: frozen, parent: null, check: false });
  await journal.append('r1', [
    { type: 'RunStarted', planHash: frozen.hash, parent: null, check: false, by: 'alice@ctl', version: '1' },
    ended('web01', 'remediated'),
    ended('サーバー', 'failed', 'アクセスが拒否されました'),
    completed,
  ]);
  await journal.disown('r1');
  await services.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('firebreak report', () => {
  it('writes HTML into a file and says which; everything else to standard output', async () => {
    const html = await cli(['report', '--state', state]);
    expect(html.code).toBe(0);
    expect(readFileSync(html.stdout.trim(), 'utf8')).toContain('アクセスが拒否されました');
    const csv = await cli(['report', 'r1', '--format', 'csv', '--state', state]);
    expect(csv.stdout).toContain('"サーバー"');
    const junit = await cli(['report', 'r1', '--format', 'junit', '--file', file('r.xml'), '--state', state]);
    expect(junit.stdout).toBe(`${file('r.xml')}\n`);
    expect(readFileSync(file('r.xml'), 'utf8')).toContain('<testsuites name="firebreak" tests="2" failures="1"');
  });

  it('refuses a format or a run that there is not', async () => {
    const format = await cli(['report', '--format', 'pdf', '--state', state]);
    expect([format.code, format.stderr]).toEqual([2, expect.stringContaining('html, json, junit, csv')]);
    const run = await cli(['report', 'r9', '--state', state]);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('firebreak runs')]);
  });
});

describe('firebreak audit', () => {
  it('exports what verify finds intact, until somebody changes a word', async () => {
    const audit = file('audit.jsonl');
    const exported = await cli(['audit', 'export', 'last', '--file', audit, '--state', state]);
    expect(exported.code).toBe(0);
    const [, head] = /last hash ([0-9a-f]{64})/.exec(exported.stderr) ?? [];
    const good = await cli(['audit', 'verify', audit, '--expect', head ?? '']);
    expect([good.code, good.stdout]).toEqual([0, expect.stringMatching(/^intact: .*\n(?:.*\n)*run r1: test\n/)]);
    writeFileSync(audit, readFileSync(audit, 'utf8').replace('"failed"', '"compliant"'));
    const bad = await cli(['audit', 'verify', audit, '--expect', head ?? '']);
    expect([bad.code, bad.stdout]).toEqual([3, expect.stringMatching(/^NOT INTACT\n {2}line \d+ was changed/)]);
  });

  it('asks which runs', async () => {
    const { code, stderr } = await cli(['audit', 'export', '--state', state]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--since')]);
    expect(existsSync(file('none'))).toBe(false);
  });
});

describe('--exceptions', () => {
  it('is shown by plan; a mistake has its place, a caret and exit 2', async () => {
    const write = (until: string) =>
      writeFileSync(
        file('ex.yaml'),
        `firebreak: 1\nexceptions:\n  - { hosts: a, advisory: cve-2020-0796, reason: r, approved_by: B, until: ${until} }\n`,
      );
    const args = ['plan', 'smbghost', '-i', 'a,b', '--exceptions', file('ex.yaml')];
    write('2999-01-31');
    const good = await cli(args);
    expect(good.stdout).toContain('a: cve-2020-0796 until 2999-01-31 – r (approved by B)');
    write('2999-02-31');
    const bad = await cli(args);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/ex\.yaml:3:76: "until" must be a day.*\n.*\n.*\^{10} write a day/);
  });
});
