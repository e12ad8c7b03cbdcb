/** `--tags` and `--skip-tags` against Ansible's rules. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FirebreakError } from '../../src/domain/index.ts';
import { allSteps, loadPlaybook, selectByTags, type TagChoice } from '../../src/playbook/index.ts';
import { catalog } from './catalog.ts';

function nodes(steps: string, top = '') {
  return loadPlaybook(`firebreak: 1\nname: t\nhosts: all\n${top}\nsteps:\n${steps}\n`, 't.yaml', catalog).steps;
}

const steps = nodes(`
  - { id: plain, uses: host.facts }
  - { id: a, uses: host.facts, tags: a }
  - { id: ab, uses: host.facts, tags: [a, b] }
  - { id: always, uses: host.facts, tags: always }
  - { id: never, uses: host.facts, tags: [never, debug] }
  - id: group
    tags: b
    block: [{ id: inner, uses: host.facts }, { id: inner_c, uses: host.facts, tags: c }]
    always: [{ id: after, uses: host.facts }]`);

function left(only: string, skip = ''): string {
  const list = (text: string) => text.split(' ').filter((tag) => tag !== '');
  return [...allSteps(selectByTags(steps, { only: list(only), skip: list(skip) }))].map(({ id }) => id).join(' ');
}

describe('tags', () => {
  it.each([
    ['', '', 'plain a ab always inner inner_c after'],
    ['a', '', 'a ab always'],
    ['b', '', 'ab always inner inner_c after'],
    ['c', '', 'always inner_c'],
    ['debug', '', 'always never'],
    ['never', '', 'always never'],
    ['all', '', 'plain a ab always inner inner_c after'],
    ['tagged', '', 'a ab always inner inner_c after'],
    ['untagged', '', 'plain always'],
    ['', 'a', 'plain always inner inner_c after'],
    ['', 'always', 'plain a ab inner inner_c after'],
    ['', 'tagged', 'plain'],
    ['', 'all', 'always'],
    ['', 'untagged', 'a ab always inner inner_c after'],
    ['a', 'b', 'a always'],
    ['a debug', '', 'a ab always never'],
  ])('--tags "%s" --skip-tags "%s" leaves %s', (only, skip, ids) => {
    expect(left(only, skip)).toBe(ids);
  });

  it('of the playbook are those of every step', () => {
    const all = nodes('  - { id: a, uses: host.facts }\n  - { id: b, uses: host.facts, tags: x }', 'tags: [site]');
    expect([...allSteps(all)].map(({ tags }) => tags)).toEqual([['site'], ['site', 'x']]);
  });

  it('of an include are those of its steps', () => {
    const text = 'firebreak: 1\nname: t\nhosts: all\nsteps: [{ include: f.yaml, tags: [x] }]\n';
    const read = loadPlaybook(text, 't.yaml', catalog, () => ({ file: 'f.yaml', text: '- { uses: host.facts }' }));
    expect(read.steps).toMatchObject([{ kind: 'step', tags: ['x'] }]);
  });

  it('that no step has are refused with what was meant', () => {
    const refused = (choice: TagChoice): FirebreakError => {
      try {
        selectByTags(steps, choice);
      } catch (error) {
        if (error instanceof FirebreakError) return error;
      }
      throw new Error('not refused');
    };
    expect(refused({ only: ['debg'], skip: [] })).toMatchObject({
      code: 'FB_USAGE',
      message: 'no step has the tag "debg"',
      remedy: 'did you mean "debug"?',
    });
    expect(refused({ only: ['c'], skip: ['always', 'b'] }).message).toBe('no step is left by --tags and --skip-tags');
  });

  it.each([
    ['tags: [a, 1]', 'a tag is a word'],
    ['tags: "a b"', 'a tag is a word'],
    ['tags: all', '"all" is no name for a tag'],
    ['tags: { a: b }', '"tags" must be a list, not a map'],
  ])('%s is refused', (written, message) => {
    expect(() => nodes(`  - { uses: host.facts, ${written} }`)).toThrow(message);
  });

  it('leave a step if and only if the two lists let it', () => {
    const tag = fc.constantFrom('a', 'b', 'c', 'always', 'never', 'debug', 'tagged', 'untagged', 'all');
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 3 }), fc.array(tag, { maxLength: 2 }), (only, skip) => {
        let ids: readonly string[] = [];
        try {
          ids = [...allSteps(selectByTags(steps, { only, skip }))].map(({ id }) => id);
        } catch (error) {
          if (!(error instanceof FirebreakError) || error.code !== 'FB_USAGE') throw error;
        }
        // Skipping only ever takes away, and never brings a step back.
        const unskipped = [...allSteps(selectByTags(steps, { only, skip: [] }))].map(({ id }) => id);
        expect(unskipped).toEqual(expect.arrayContaining([...ids]));
        if (!only.includes('never') && !only.includes('debug')) expect(ids).not.toContain('never');
        if (!skip.includes('always') && !skip.includes('tagged')) expect(ids).toContain('always');
      }),
    );
  });
});
