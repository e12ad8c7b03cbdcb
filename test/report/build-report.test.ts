import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { buildReport, renderCsv, renderHtml, reportJsonSchema } from '../../src/report/index.ts';
import { host, plan, remediation, step } from '../engine/support/plans.ts';
import { completed, ended, owed, source, stepped } from './support/journal.ts';

const NOW = '2026-11-24T00:00:00.000Z';
const hosts = [host('web01'), host('web02'), host('web03')];
const two = plan(remediation(), { hosts });
const ports = (state: string) => [{ protocol: 'tcp', port: 445, from: '10.9.9.9', state }];

describe('a report of one run', () => {
  const question = { kind: 'confirm', text: 'Go on?', choices: ['yes', 'no'], default: null } as const;
  const report = buildReport(
    [
      source('r1', two, [
        stepped('web01', 'verify', 'patch.verify', { verdict: 'vulnerable', fixed: false, evidence: { build: 1 } }),
        { type: 'OperatorAsked', host: 'web01', step: 'stage', uses: 'operator.confirm', question },
        {
          type: 'OperatorAnswered',
          host: 'web01',
          step: 'stage',
          answer: 'yes',
          by: 'bob@desk',
          via: 'command',
          givenAt: '2026-11-23T05:00:00.000Z',
        },
        owed('web01', 'o1'),
        stepped('web01', 'reverify', 'patch.verify', { verdict: 'patched', fixed: true, evidence: { build: 2 } }),
        { type: 'ObligationDischarged', host: 'web01', obligation: 'o1', how: 'undone' },
        ended('web01', 'remediated'),
        owed('web02', 'o2'),
        ended('web02', 'shielded', 'its installer failed', { standingShields: 1 }),
        completed,
      ]),
    ],
    NOW,
  );

  it('is what its JSON Schema says', () => {
    const schema = z.fromJSONSchema(reportJsonSchema());
    expect(schema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(() => schema.parse({ ...report, hosts: [{ name: 'web01' }] })).toThrow();
  });

  it('has the evidence behind every verdict, in the order in which it was read', () => {
    expect(report.hosts[0]?.verdicts.map(({ step: id, verdict, evidence }) => [id, verdict, evidence])).toEqual([
      ['verify', 'vulnerable', { build: 1 }],
      ['reverify', 'patched', { build: 2 }],
    ]);
  });

  it('marks a system out of support, patched or not, in every form', () => {
    const old = { verdict: 'patched', fixed: true, out_of_support: true, support_ended: '2010-07-13' };
    const supported = { ...old, out_of_support: false, support_ended: '2031-10-14' };
    const said = buildReport(
      [
        source('r1', two, [
          stepped('web01', 'verify', 'patch.verify', old),
          ended('web01', 'compliant'),
          stepped('web02', 'verify', 'patch.verify', supported),
          ended('web02', 'compliant'),
          completed,
        ]),
      ],
      NOW,
    );
    expect(said.hosts.map(({ outOfSupportSince }) => outOfSupportSince)).toEqual(['2010-07-13', null, null]);
    expect(renderCsv(said).match(/"2010-07-13"/g)).toHaveLength(1);
    expect(renderHtml(said).match(/out of support<\/span> since 2010-07-13/g)).toHaveLength(1);
  });

  it('names who started it and who answered what', () => {
    expect(report.runs[0]?.decisions).toMatchObject([
      { what: 'started', by: 'alice@ctl' },
      {
        what: 'answered',
        by: 'bob@desk',
        host: 'web01',
        text: 'Go on?',
        answer: 'yes',
        at: '2026-11-23T05:00:00.000Z',
      },
    ]);
    expect(report.hosts[0]?.questions).toMatchObject([{ question: 'Go on?', answer: 'yes', by: 'bob@desk' }]);
  });

  it('names the change, who approved a gate and for which plan, and who excepted a host', () => {
    const endsAt = '2027-04-01T00:00:00.000Z';
    const said = {
      reason: 'the vendor forbids it',
      approvedBy: 'J. Doe',
      until: '2027-03-31',
      advisory: 'cve-1',
      ticket: null,
    };
    const made = source(
      'r1',
      { ...two, exceptions: [{ host: 'web01', endsAt, ...said }] },
      [
        ended('web01', 'excepted'),
        { type: 'GateAnswered', gate: 'rest', decision: 'approved', by: 'carol@ops', planHash: 'hash', note: 'CAB 12' },
      ],
      { change: 'CHG0042' },
    );
    const { runs, hosts: found, isFine, tally } = buildReport([made], NOW);
    expect(runs[0]).toMatchObject({ change: 'CHG0042' });
    expect(runs[0]?.decisions).toMatchObject([
      { what: 'started', by: 'alice@ctl' },
      { what: 'approved', by: 'carol@ops', text: expect.stringContaining('CAB 12') },
    ]);
    expect(found[0]).toMatchObject({ outcome: 'excepted', isFine: true, exception: said });
    expect([isFine, tally]).toEqual([false, { excepted: 1, waiting: 2 }]);
  });

  it('counts shields that stand, and those that are down no longer', () => {
    expect(report.hosts.map((one) => [one.name, one.standingShields])).toEqual([
      ['web01', 0],
      ['web02', 1],
      ['web03', 0],
    ]);
    expect(report.hosts[1]?.owed).toMatchObject([{ kind: 'undo', step: 'shield', method: 'ipsec', run: 'r1' }]);
  });

  it('is fine only when every host is', () => {
    expect(report).toMatchObject({ isFine: false, tally: { remediated: 1, shielded: 1, waiting: 1 } });
  });
});

describe('ports', () => {
  const steps = ['ports', 'blocked', 'again'].map((id) => step(id, 'ports.check'));
  const checked = plan([...steps], { hosts: [host('web01')] });
  const look = (id: string, state: string) =>
    stepped('web01', id, 'ports.check', { expect: 'any', proven: true, reason: '', ports: ports(state) });

  it('are compared before, behind and after a shield', () => {
    const [one] = buildReport(
      [
        source('r1', checked, [
          look('ports', 'open'),
          owed('web01', 'o1'),
          look('blocked', 'filtered'),
          { type: 'ObligationDischarged', host: 'web01', obligation: 'o1', how: 'undone' },
          look('again', 'open'),
        ]),
      ],
      NOW,
    ).hosts;
    expect(one?.portChecks.map(({ step: id, when }) => [id, when])).toEqual([
      ['ports', 'before'],
      ['blocked', 'shielded'],
      ['again', 'after'],
    ]);
    expect(one?.ports).toEqual([
      { protocol: 'tcp', port: 445, from: '10.9.9.9', states: ['open', 'filtered', 'open'], differs: true },
    ]);
  });

  it('of a step that was carried out again after an answer are both there', () => {
    const [one] = buildReport(
      [
        source('r1', checked, [
          look('ports', 'open'),
          owed('web01', 'o1'),
          { type: 'HostTakenUp', host: 'web01', again: ['ports'], reason: '' },
          look('ports', 'filtered'),
        ]),
      ],
      NOW,
    ).hosts;
    expect(one?.ports).toMatchObject([{ states: ['open', 'filtered'], differs: true }]);
    expect(one?.portChecks.map(({ when }) => when)).toEqual(['before', 'shielded']);
  });

  it('that were the same each time show no difference', () => {
    const [one] = buildReport([source('r1', checked, [look('ports', 'open'), look('again', 'open')])], NOW).hosts;
    expect(one?.ports).toMatchObject([{ states: ['open', 'open'], differs: false }]);
    expect(one?.portChecks.map(({ when }) => when)).toEqual(['before', 'before']);
  });

  it('stay behind the shield when the next run takes it over', () => {
    const first = source('r1', checked, [
      owed('web01', 'o1'),
      { type: 'ObligationDischarged', host: 'web01', obligation: 'o1', how: 'handed-over' },
    ]);
    const second = source('r2', checked, [owed('web01', 'o1'), look('blocked', 'filtered')], {
      parent: 'r1',
      from: '2026-11-23T05:00:00.000Z',
    });
    const [one] = buildReport([first, second], NOW).hosts;
    expect(one?.portChecks).toMatchObject([{ when: 'shielded', run: 'r2' }]);
    expect(one?.owed.map(({ run }) => run)).toEqual(['r2']);
  });
});

describe('several runs as one report', () => {
  const first = source('r1', two, [
    stepped('web01', 'verify', 'patch.verify', { verdict: 'patched', fixed: true }),
    ended('web01', 'compliant'),
    stepped('web02', 'verify', 'patch.verify', { verdict: 'vulnerable', fixed: false }),
    ended('web02', 'failed', 'exit code 1603'),
    ended('web03', 'unreachable'),
  ]);
  const rerun = source(
    'r2',
    plan(remediation(), { hosts: [host('web02'), host('web03')] }),
    [
      stepped('web02', 'verify', 'patch.verify', { verdict: 'patched', fixed: true }),
      ended('web02', 'remediated'),
      ended('web03', 'cancelled', 'not begun: too many failed'),
    ],
    { parent: 'r1', from: '2026-11-23T06:00:00.000Z' },
  );

  it('shows each host with its latest outcome, whatever order they are named in', () => {
    for (const sources of [
      [first, rerun],
      [rerun, first],
    ]) {
      const report = buildReport(sources, NOW);
      expect(report.runs.map(({ run }) => run)).toEqual(['r1', 'r2']);
      expect(report.hosts.map(({ name, outcome, run }) => [name, outcome, run])).toEqual([
        ['web01', 'compliant', 'r1'],
        ['web02', 'remediated', 'r2'],
        // the rerun never came to it
        ['web03', 'unreachable', 'r1'],
      ]);
      expect(report.hosts[1]?.earlier).toMatchObject([{ run: 'r1', outcome: 'failed', reason: 'exit code 1603' }]);
    }
  });

  it('does not take a look for a remediation', () => {
    const check = source('r3', two, [stepped('web01', 'verify', 'patch.verify'), ended('web01', 'skipped', 'check')], {
      check: true,
      from: '2026-11-23T07:00:00.000Z',
    });
    expect(buildReport([first, check], NOW).hosts[0]).toMatchObject({ outcome: 'compliant', run: 'r1' });
  });

  it('keeps what is about another hole apart', () => {
    const other = source('r4', plan([step('verify', 'patch.verify')], { advisory: { advisory: 'cve-2' } }), [
      ended('web01', 'failed'),
    ]);
    const report = buildReport([first, other], NOW);
    expect(
      report.hosts.filter(({ name }) => name === 'web01').map(({ subject, outcome }) => [subject, outcome]),
    ).toEqual([
      ['cve-1', 'compliant'],
      ['cve-2', 'failed'],
    ]);
  });
});
