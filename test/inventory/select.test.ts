import { describe, expect, it } from '@jest/globals';
import { FirebreakError } from '../../src/domain/index.ts';
import { loadInventory, matchHosts, selectHosts } from '../../src/inventory/index.ts';

const inventory = loadInventory(
  `
vars: { auth: basic }
hosts: { lone: }
web: { hosts: { web01: , web02: , web10: } }
db: { hosts: { db01: , db02: } }
pilot: { hosts: { web01: , db01: } }
site: { children: { web: , db: } }
`,
  'site.yaml',
);

function names(pattern: string, limit?: string): string {
  return selectHosts(inventory, pattern, limit)
    .map(({ name }) => name)
    .join(' ');
}

function thrownBy(run: () => unknown): FirebreakError {
  try {
    run();
  } catch (error) {
    if (error instanceof FirebreakError) return error;
  }
  throw new Error('no FirebreakError was thrown');
}

describe('selecting hosts', () => {
  it.each([
    ['all', 'lone web01 web02 web10 db01 db02'],
    ['*', 'lone web01 web02 web10 db01 db02'],
    ['web', 'web01 web02 web10'],
    ['site', 'web01 web02 web10 db01 db02'],
    ['web0*', 'web01 web02'],
    ['w*', 'web01 web02 web10'],
    ['???01', 'web01'],
    ['db02,web01', 'web01 db02'],
    ['db02:web01', 'web01 db02'],
    ['all:!web', 'lone db01 db02'],
    ['!web', 'lone db01 db02'],
    ['!web:db', 'db01 db02'],
    ['site:&pilot', 'web01 db01'],
    ['&pilot:web', 'web01'],
    ['site:&pilot:!db01', 'web01'],
    ['!db01:site:&pilot', 'web01'],
    ['ungrouped', 'lone'],
    ['pi*', 'web01 db01'],
  ])('%s means %s', (pattern, expected) => {
    expect(names(pattern)).toBe(expected);
  });

  it('is limited by a second pattern', () => {
    expect(names('web', 'pilot')).toBe('web01');
    expect(names('all', '!pilot:!lone')).toBe('web02 web10 db02');
  });

  it('refuses names that do not exist, all of them at once, also where they are excluded', () => {
    const thrown = thrownBy(() => names('wbe:all:!plot'));
    expect(thrown.code).toBe('FB_NO_HOSTS');
    expect(thrown.message).toBe(
      'no host or group of site.yaml is named "wbe" (did you mean "web"?), "plot" (did you mean "pilot"?)',
    );
    expect(thrown.details).toEqual({ unknown: ['wbe', 'plot'] });
    expect(thrownBy(() => names('all', 'web99')).code).toBe('FB_NO_HOSTS');
  });

  it('says so when nothing is left', () => {
    expect(thrownBy(() => names('web', 'db')).message).toBe('no host of site.yaml matches "web" limited to "db"');
    expect(thrownBy(() => names('x*')).code).toBe('FB_NO_HOSTS');
    expect([...matchHosts(inventory, 'x*')]).toEqual([]);
  });

  it('refuses what is no pattern', () => {
    expect(thrownBy(() => names('~web')).code).toBe('FB_USAGE');
  });
});
