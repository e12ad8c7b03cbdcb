import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatProblems, SourceText, sortProblems } from '../../src/util/index.ts';

describe('problems in a text', () => {
  it('are shown with their place, the line and a caret', () => {
    const source = new SourceText('a.yaml', 'one: 1\ntwo: bad value\n');
    const problem = source.problem(12, 15, 'this is wrong', 'write good');
    expect(formatProblems([problem])).toBe(
      ['a.yaml:2:6: this is wrong', '    2 | two: bad value', '      |      ^^^ write good'].join('\n'),
    );
  });

  it('keep the caret under wide characters and tabs', () => {
    const source = new SourceText('a.yaml', '\t名前 x');
    expect(formatProblems([source.problem(4, 5, 'm')])).toBe(
      ['a.yaml:1:5: m', '    1 | \t名前 x', '      | \t\u3000\u3000 ^'].join('\n'),
    );
  });

  it('count characters, not UTF-16 units', () => {
    expect(new SourceText('a', '🔥🔥x').position(4)).toEqual({ line: 1, column: 3 });
  });

  it('show a part of a long line, with the mistake in it', () => {
    const text = `${'a'.repeat(300)}BAD${'b'.repeat(300)}`;
    const [, line = '', caret = ''] = formatProblems([new SourceText('f', text).problem(300, 303, 'm')]).split('\n');
    expect(line.length).toBeLessThan(125);
    expect(line.slice(caret.indexOf('^'), caret.indexOf('^') + 3)).toBe('BAD');
  });

  it('never show control characters, which terminals would obey', () => {
    const problem = new SourceText('f', 'x: \u001b[2Jred\u009b\u202e').problem(0, 1, 'bad \u001b[0m\nvalue');
    const text = formatProblems([problem]);
    for (const char of ['\u001b', '\u009b', '\u202e']) expect(text).not.toContain(char);
    expect(problem.message).toBe('bad ·[0m value');
  });

  it.each([
    'password: hunter2',
    '{ user: x, password: "hunter2" }',
    'db_passwd: hunter2',
    'client_secret: hunter2',
    'passwrod: hunter2',
    'proxy: http://al:hunter2@proxy:3128',
    'proxy: al:hunter2@proxy:3128',
    "{ proxy: 'al:hunter2@proxy:3128' }",
  ])('never show a secret that stands in the line: %s', (line) => {
    const problem = new SourceText('f', line).problem(0, 2, 'm');
    expect(problem.excerpt).not.toContain('hunter2');
    expect(problem.excerpt).toContain('•••');
  });

  it('show where a password comes from', () => {
    for (const line of ['password: { env: FB }', '{"user":"svc@corp.example"}', '{ user: svc@corp.example }']) {
      expect(new SourceText('f', line).problem(0, 2, 'm').excerpt).toBe(line);
    }
  });

  it('are sorted by place', () => {
    const source = new SourceText('f', 'a\nbc\n');
    const problems = [source.problem(3, 4, 'c'), source.problem(0, 1, 'a'), source.problem(2, 3, 'b')];
    expect(sortProblems(problems).map(({ message }) => message)).toEqual(['a', 'b', 'c']);
  });

  it('have a place inside the text, whatever the offsets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer(), fc.integer(), (text, start, end) => {
        const problem = new SourceText('f', text).problem(start, end, 'm');
        expect(problem.line).toBeGreaterThanOrEqual(1);
        expect(problem.line).toBeLessThanOrEqual(text.split('\n').length);
        expect(problem.column).toBeGreaterThanOrEqual(1);
        expect(problem.width).toBeGreaterThanOrEqual(1);
        expect(formatProblems([problem])).toContain('f:');
      }),
    );
  });
});
