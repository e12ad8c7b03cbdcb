import { describe, expect, it } from '@jest/globals';
import { FirebreakError } from '../../src/domain/index.ts';
import { inlineInventory, isInlineList, parseInlineList, parseTargetsFile } from '../../src/inventory/index.ts';
import { formatProblems, type SourceProblem } from '../../src/util/index.ts';

function thrownBy(run: () => unknown): FirebreakError {
  try {
    run();
  } catch (error) {
    if (error instanceof FirebreakError) return error;
  }
  throw new Error('no FirebreakError was thrown');
}

describe('targets without an inventory', () => {
  it('come as a list with commas', () => {
    expect(isInlineList('web01,')).toBe(true);
    expect(isInlineList('hosts.yaml')).toBe(false);
    expect(parseInlineList('web01, 10.0.0.5,web01,')).toEqual(['web01', '10.0.0.5']);
  });

  it('come as lines of a file, with comments', () => {
    expect(parseTargetsFile('\ufeff# tonight\r\nweb01\r\n\r\n  db01   # primary\n', 'targets.txt')).toEqual([
      'web01',
      'db01',
    ]);
  });

  it('are refused with every wrong line', () => {
    const thrown = thrownBy(() => parseTargetsFile('web01\n  a/b\nhttp://x\n', 'targets.txt'));
    expect(thrown.code).toBe('FB_INVENTORY_INVALID');
    expect(
      formatProblems(thrown.details as SourceProblem[])
        .split('\n')
        .filter((line) => line.startsWith('targets')),
    ).toEqual([
      'targets.txt:2:3: "a/b" is not the name or IPv4 address of a host',
      'targets.txt:3:1: "http://x" is not the name or IPv4 address of a host',
    ]);
    expect(thrownBy(() => parseInlineList(',')).message).toContain('no hosts are named');
  });

  it('take their settings from the command line', () => {
    const { hosts } = inlineInventory(['a', '10.0.0.5'], '-i', { auth: 'basic', user: 'me', password: { env: 'PW' } });
    expect(hosts.map(({ name, address, user, port }) => [name, address, user, port])).toEqual([
      ['a', 'a', 'me', 5985],
      ['10.0.0.5', '10.0.0.5', 'me', 5985],
    ]);
  });

  it('log on by negotiate when nothing else is said', () => {
    expect(inlineInventory(['a'], '-i', {}).hosts[0]).toMatchObject({ auth: 'negotiate', allowUnencrypted: false });
  });
});
