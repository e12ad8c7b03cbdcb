/** Reports and audit exports from a real state file, through the services that the command line uses. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServices, exportAuditToFile, reportText, type Services, verifyAudit } from '../../src/app/index.ts';
import type { Plan, RunEventBody } from '../../src/domain/index.ts';
import { Secret } from '../../src/domain/index.ts';
import { planHash } from '../../src/engine/index.ts';
import { host, plan, remediation } from '../engine/support/plans.ts';
import { completed, ended, owed } from '../report/support/journal.ts';

const PASSWORD = 'un&mist<akable>';
let folder: string;
let services: Services;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firebreak-report-'));
  services = createServices({ state: `sqlite:${join(folder, 'state.db')}` });
  await keep('r1', null, [ended('web01', 'failed', `logon with ${PASSWORD} refused`), ended('web02', 'compliant')]);
  await keep('r2', 'r1', [owed('web01', 'o1'), ended('web01', 'shielded')]);
  await keep('r3', 'r2', [ended('web01', 'remediated')]);
  await keep('other', null, [ended('web01', 'unreachable')]);
});
afterAll(async () => {
  await services.close();
  rmSync(folder, { recursive: true, force: true });
});

async function keep(run: string, parent: string | null, bodies: readonly RunEventBody[]): Promise<void> {
  const hosts = bodies.flatMap((one) => (one.type === 'HostFinished' ? [host(one.host)] : []));
  const body = plan(remediation(), { hosts, inputs: { password: 'hunter2' } });
  const frozen: Plan = { ...body, hash: planHash(body) };
  const journal = await services.journal();
  await journal.create({ run, plan: frozen, parent, check: false });
  const begun = { type: 'RunStarted', planHash: frozen.hash, parent, check: false, by: 'a@b', version: '1' } as const;
  await journal.append(run, [begun, ...bodies, completed]);
  await journal.disown(run);
}

type Read = { runs: { run: string }[]; hosts: { name: string; outcome: string; standingShields: number }[] };
async function read(runs: readonly string[], chain: boolean): Promise<Read> {
  return JSON.parse(await reportText(services, { runs, chain, format: 'json' })) as Read;
}

describe('a report', () => {
  it('of a rerun chain has each host once, whichever of its runs is named', async () => {
    for (const run of ['r1', 'r2', 'r3']) {
      const report = await read([run], true);
      expect(report.runs.map((one) => one.run)).toEqual(['r1', 'r2', 'r3']);
      expect(report.hosts).toMatchObject([
        { name: 'web01', outcome: 'remediated', standingShields: 1 },
        { name: 'web02', outcome: 'compliant' },
      ]);
    }
  });

  it('of named runs has those alone', async () => {
    expect((await read(['r1'], false)).hosts.map(({ outcome }) => outcome)).toEqual(['failed', 'compliant']);
    expect((await read(['r1', 'r2'], false)).runs.map(({ run }) => run)).toEqual(['r1', 'r2']);
    await expect(read(['r9'], false)).rejects.toMatchObject({ code: 'FB_RUN_UNKNOWN' });
  });

  it.each(['html', 'json', 'junit', 'csv'] as const)('as %s has no secret that this process knows', async (format) => {
    services.redactor.add(new Secret(PASSWORD));
    const text = await reportText(services, { runs: ['r1'], chain: false, format });
    expect(text).toContain('logon with ••• refused');
    expect(text).not.toContain('akable');
  });
});

describe('an audit export', () => {
  const request = { runs: ['r1', 'r3'], since: undefined, key: undefined, version: '1' };

  it('holds the runs, is intact, and has no secrets', async () => {
    const file = join(folder, 'audit.jsonl');
    const exported = await exportAuditToFile(services, { ...request, file });
    expect(exported).toMatchObject({ runs: ['r1', 'r3'], masked: 2 });
    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
    const findings = await verifyAudit({ file, expect: exported.head, publicKey: undefined });
    expect(findings).toMatchObject({ isIntact: true, records: exported.records });
    expect(findings.runs.map(({ run, parent, events }) => [run, parent, events])).toEqual([
      ['r1', null, 4],
      ['r3', 'r2', 3],
    ]);
  });

  it('never overwrites another', async () => {
    const file = join(folder, 'kept.jsonl');
    writeFileSync(file, 'evidence');
    await expect(exportAuditToFile(services, { ...request, file })).rejects.toMatchObject({ code: 'FB_USAGE' });
    expect(readFileSync(file, 'utf8')).toBe('evidence');
  });

  it('takes every run since a time', async () => {
    const since = async (text: string) => {
      const file = join(folder, `${text.replaceAll(/\W/g, '')}.jsonl`);
      return (await exportAuditToFile(services, { ...request, runs: [], since: text, file })).runs;
    };
    expect(await since('1h')).toEqual(['r1', 'r2', 'r3', 'other']);
    expect(await since('2001-01-01')).toEqual(['r1', 'r2', 'r3', 'other']);
    expect(await since('2999-01-01T00:00:00Z')).toEqual([]);
    await expect(since('soon')).rejects.toMatchObject({ code: 'FB_USAGE' });
  });

  it('says which file or key is missing', async () => {
    const wrong = { file: join(folder, 'none.jsonl'), expect: undefined, publicKey: undefined };
    await expect(verifyAudit(wrong)).rejects.toMatchObject({ code: 'FB_FILE_MISSING' });
    await expect(verifyAudit({ ...wrong, file: folder })).rejects.toMatchObject({
      code: 'FB_FILE_MISSING',
      message: `${folder} cannot be read (EISDIR)`,
    });
    const notKey = join(folder, 'not.pem');
    writeFileSync(notKey, 'hello');
    const file = join(folder, 'unsigned.jsonl');
    await expect(exportAuditToFile(services, { ...request, key: notKey, file })).rejects.toMatchObject({
      code: 'FB_USAGE',
    });
    expect(existsSync(file)).toBe(false);
  });
});
