import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Plan } from '../../src/domain/index.ts';
import { planHash } from '../../src/engine/index.ts';
import { AuditChain, AuditCheck, type AuditFindings, maskSecrets } from '../../src/report/index.ts';
import { host, plan, remediation } from '../engine/support/plans.ts';
import { completed, ended, source } from './support/journal.ts';

const body = plan(remediation(), { hosts: [host('web01'), host('サーバー')] });
const frozen: Plan = { ...body, hash: planHash(body) };
const run = source('r1', frozen, [
  ended('web01', 'remediated'),
  { type: 'HostSkipAsked', host: 'サーバー', by: 'bob@desk' },
  ended('サーバー', 'skipped'),
  completed,
]);

function exported(chain = new AuditChain(), masked = 0): readonly string[] {
  return [
    chain.line({
      kind: 'header',
      audit: 1,
      store: 's1',
      exportedAt: '2026-11-24T00:00:00.000Z',
      exportedBy: 'alice@ctl',
      version: '1.2.3',
      selection: { runs: ['last'] },
    }),
    chain.line({ kind: 'run', run: 'r1', parent: null, planHash: frozen.hash, plan: frozen, masked }),
    ...run.events.map((event) => chain.line({ kind: 'event', event })),
    chain.end(),
  ].map((line) => line.trimEnd());
}

function check(
  lines: readonly string[],
  expected: { head?: string; publicKey?: ReturnType<typeof keys>['publicKey'] } = {},
) {
  const reader = new AuditCheck({ planHash, ...expected });
  for (const line of lines) reader.line(line);
  return reader.finish();
}

function keys() {
  return generateKeyPairSync('ed25519');
}

const chain = new AuditChain();
const lines = exported(chain);

describe('an audit export', () => {
  it('is intact as it is written, and says what it holds', () => {
    const findings = check(lines, { head: chain.head });
    expect(findings).toMatchObject({
      isIntact: true,
      problems: [],
      notes: [],
      head: chain.head,
      records: lines.length,
    });
    expect(findings.runs).toMatchObject([
      {
        run: 'r1',
        planHash: frozen.hash,
        hosts: 2,
        events: 5,
        decisions: [
          { what: 'started', by: 'alice@ctl' },
          { what: 'skipped', by: 'bob@desk', host: 'サーバー' },
        ],
      },
    ]);
  });

  it('says that a chain alone does not prove where it comes from', () => {
    expect(check(lines).notes).toEqual([expect.stringContaining('--expect')]);
  });

  it('shows every change of a single character', () => {
    const text = lines.join('\n');
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', '1', 'a', 'x', '"', ' ', '\n', ''), (at, put) => {
        fc.pre(text[at] !== put);
        const changed = text.slice(0, at) + put + text.slice(at + 1);
        expect(check(changed.split('\n').filter((line) => line !== '')).isIntact).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it.each<readonly [string, (all: readonly string[]) => readonly string[], string]>([
    ['a record that is gone', (all) => all.filter((_, index) => index !== 3), 'line 4 does not follow'],
    ['a record that is there twice', (all) => [...all.slice(0, 4), ...all.slice(3)], 'line 5 does not follow'],
    [
      'two records that changed places',
      (all) => [...all.slice(0, 3), all[4]!, all[3]!, ...all.slice(5)],
      'line 4 does not follow',
    ],
    ['an end that is cut off', (all) => all.slice(0, -1), 'cut off'],
    ['a beginning that is cut off', (all) => all.slice(1), 'does not begin with the header'],
    ['something behind the end', (all) => [...all, all[3]!], 'stands behind the end'],
    ['another text', () => ['hello'], 'line 1 is no record'],
    ['an empty file', () => [], 'cut off'],
  ])('shows %s', (_what, tamper, said) => {
    const findings = check(tamper(lines));
    expect(findings.isIntact).toBe(false);
    expect(findings.problems.join('\n')).toContain(said);
  });

  it('shows an event that the journal itself has lost', () => {
    const writer = new AuditChain();
    const without = [
      writer.line({ kind: 'run', run: 'r1', parent: null, planHash: frozen.hash, plan: frozen, masked: 0 }),
      ...run.events.filter(({ seq }) => seq !== 3).map((event) => writer.line({ kind: 'event', event })),
    ].map((line) => line.trimEnd());
    expect(check(without).problems.join('\n')).toContain('event 4 of run r1, expected 3: the journal had a gap');
  });

  it('shows a plan that is not the one that was run', () => {
    const writer = new AuditChain();
    const other = { ...frozen, forks: 99 };
    const line = writer.line({ kind: 'run', run: 'r1', parent: null, planHash: frozen.hash, plan: other, masked: 0 });
    expect(check([line.trimEnd()]).problems.join('\n')).toContain('the plan of run r1 has another hash');
  });

  it('written anew as a whole has another last hash', () => {
    const writer = new AuditChain();
    const forged = exported(writer).length > 0 ? exported(new AuditChain(), 1) : [];
    expect(check(forged).isIntact).toBe(true);
    expect(check(forged, { head: chain.head }).problems).toEqual([expect.stringContaining('written anew')]);
  });

  it('is signed by whoever has the key, and by nobody else', () => {
    const { privateKey, publicKey } = keys();
    const writer = new AuditChain();
    const signed = [...exported(writer), writer.signed(privateKey).trimEnd()];
    expect(check(signed, { publicKey })).toMatchObject({ isIntact: true, problems: [] });
    expect(check(signed, { publicKey: keys().publicKey }).problems).toEqual([
      expect.stringContaining('not by this key'),
    ]);
    expect(check(lines, { publicKey }).problems).toEqual(['it is not signed']);
    const moved = [...lines.slice(0, -1), signed.at(-1)!];
    expect(check(moved, { publicKey }).isIntact).toBe(false);
  });
});

describe('masking', () => {
  it('takes out values whose names say that they are secrets, and leaves references to secrets', () => {
    const template = ['$', '{{ vars.x }}'].join('');
    const { value, count } = maskSecrets({
      password: { env: 'FB_PASSWORD' },
      vars: { admin_password: 'hunter2', api_key: 'k', tokens_left: 'three', list: [{ Passphrase: 'p' }] },
      with: { password: template, text: 'password' },
    });
    expect(value).toEqual({
      password: { env: 'FB_PASSWORD' },
      vars: { admin_password: '•••', api_key: '•••', tokens_left: 'three', list: [{ Passphrase: '•••' }] },
      with: { password: template, text: 'password' },
    });
    expect(count).toBe(3);
  });

  it('is said of a plan, whose hash cannot be computed anew then', () => {
    const writer = new AuditChain();
    const { value, count } = maskSecrets({ ...frozen, inputs: { password: 'hunter2' } });
    const findings: AuditFindings = check([
      writer
        .line({ kind: 'run', run: 'r1', parent: null, planHash: frozen.hash, plan: value, masked: count })
        .trimEnd(),
    ]);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
    expect(findings.notes.join('\n')).toContain('1 values of its plan are masked');
    expect(findings.problems.join('\n')).not.toContain('hash');
  });
});
