import { describe, expect, it } from '@jest/globals';
import { oneLine, printable, renderTable } from '../../src/cli/live/index.ts';

describe('a table', () => {
  const rows = [
    ['HOST', 'WHY'],
    ['web01', 'build 18362.720 contains the fix, KB4551762 is listed'],
  ];

  it('keeps a row in a line where no terminal is', () => {
    expect(renderTable(rows, null)).toBe('HOST   WHY\nweb01  build 18362.720 contains the fix, KB4551762 is listed');
  });

  it('wraps the last column below itself on a terminal', () => {
    expect(renderTable(rows, 40).split('\n')).toEqual([
      'HOST   WHY',
      'web01  build 18362.720 contains the fix,',
      '       KB4551762 is listed',
    ]);
  });

  it('breaks words that are longer than the column, and gives up wrapping where there is no room', () => {
    const long = [['a', 'x'.repeat(60)]];
    expect(renderTable(long, 33).split('\n')).toEqual([`a  ${'x'.repeat(30)}`, `   ${'x'.repeat(30)}`]);
    expect(renderTable(long, 20)).toBe(`a  ${'x'.repeat(60)}`);
  });

  it('keeps what a host says in its cell', () => {
    expect(renderTable([['a\nb', 'x\u001b[2J']], null)).toBe('a b  x\\x1b[2J');
  });
});

describe('text of a host', () => {
  it('cannot steer the terminal', () => {
    expect(printable('a\u001b[31mb\u0007\u009b\u202ec\r\nd\te')).toBe('a\\x1b[31mb\\x07\\x9b\\u202ec\nd\te');
    expect(oneLine('first \r\n  second')).toBe('first second');
  });
});
