import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { buildReport, renderCsv } from '../../src/report/index.ts';
import { host, plan, step } from '../engine/support/plans.ts';
import { ended, source } from './support/journal.ts';

function rowsOf(reason: string): readonly Record<string, string>[] {
  const run = source('r1', plan([step('verify', 'patch.verify')], { hosts: [host('web01')] }), [
    ended('web01', 'failed', reason),
  ]);
  const text = renderCsv(buildReport([run], '2026-11-24T00:00:00.000Z'));
  return parse(text, { bom: true, columns: true });
}

describe('the CSV report', () => {
  it('has a byte order mark, a header and a line for each host', () => {
    const run = source('r1', plan([step('verify', 'patch.verify')], { hosts: [host('web01'), host('web02')] }), [
      ended('web01', 'compliant'),
    ]);
    const text = renderCsv(buildReport([run], '2026-11-24T00:00:00.000Z'));
    expect(text.startsWith('\ufeff"host","address",')).toBe(true);
    expect(text.split('\r\n')).toHaveLength(4);
    const rows: readonly Record<string, string>[] = parse(text, { bom: true, columns: true });
    expect(rows).toMatchObject([
      { host: 'web01', outcome: 'compliant', fine: 'yes', run: 'r1' },
      { host: 'web02', outcome: 'waiting', fine: 'no' },
    ]);
  });

  it.each(['=1+1', '+49 30', '-2', '@SUM(A1)', '\t=1', '\r\n=1', '  =1', '＝1', '\u200b=1', '\u0000=cmd|"/c calc"!A1'])(
    'gives a spreadsheet no formula: %j',
    (reason) => {
      expect(rowsOf(reason)[0]?.['reason']).toMatch(/^'/);
    },
  );

  it('keeps the text of a host as it is, one line a host', () => {
    const [row] = rowsOf('Zugriff verweigert: "C:\\Prüfung", アクセスが拒否されました;\nnoch einmal');
    expect(row?.['reason']).toBe('Zugriff verweigert: "C:\\Prüfung", アクセスが拒否されました; noch einmal');
  });

  it('is read back whole and starts no formula whatever a host says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (reason) => {
        const [row, ...others] = rowsOf(reason);
        expect(others).toEqual([]);
        expect(row).toMatchObject({ host: 'web01', outcome: 'failed', run: 'r1' });
        expect(row?.['reason']?.trimStart() ?? '').not.toMatch(/^[=+\-@]/);
      }),
    );
  });
});
