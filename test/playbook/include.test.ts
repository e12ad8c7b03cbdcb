/** `include:`: steps from other files, with their own places, in the playbook's one space of ids. */
import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FirebreakError } from '../../src/domain/index.ts';
import { allSteps, type IncludeReader, loadPlaybook, type Playbook } from '../../src/playbook/index.ts';
import { type SourceProblem, sha256Hex } from '../../src/util/index.ts';
import { catalog } from './catalog.ts';

type Files = Readonly<Record<string, string>>;

const reading =
  (files: Files): IncludeReader =>
  (name, from) => {
    const file = posix.join(posix.dirname(from), name);
    const text = files[file];
    return text === undefined ? { problem: `${file}: there is no such file` } : { file, text };
  };

function load(steps: string, files: Files): Playbook {
  const text = `firebreak: 1\nname: test\nhosts: all\nsteps:\n${steps}\n`;
  return loadPlaybook(text, 'books/site.yaml', catalog, reading(files));
}

function problemsOf(steps: string, files: Files): string[] {
  try {
    load(steps, files);
  } catch (error) {
    if (!(error instanceof FirebreakError) || error.code !== 'FB_PLAYBOOK_INVALID') throw error;
    return (error.details as readonly SourceProblem[]).map(
      ({ file, line, column, message, hint }) => `${file}:${line}:${column}: ${message} (${hint})`,
    );
  }
  return [];
}

const look = '- { id: verify, uses: patch.verify }\n- { uses: host.end, if: steps.verify.fixed == true }\n';

describe('an include', () => {
  it('puts the steps of the file where it stands, with their own places', () => {
    const read = load(
      '  - include: parts/look.yaml\n  - { uses: host.reboot, if: steps.verify.pending_reboot == true }',
      {
        'books/parts/look.yaml': look,
      },
    );
    expect([...allSteps(read.steps)].map(({ id, position }) => [id, position.file, position.line])).toEqual([
      ['verify', 'books/parts/look.yaml', 1],
      ['host_end_1', 'books/parts/look.yaml', 2],
      ['host_reboot_1', 'books/site.yaml', 6],
    ]);
    expect(read.steps).toHaveLength(3);
    expect(read.includes).toEqual([{ file: 'books/parts/look.yaml', sha256: sha256Hex(look) }]);
  });

  it('counts paths from the file that includes, however deep', () => {
    const files = {
      'books/parts/all.yaml': '- include: more/look.yaml\n- include: ../end.yaml\n',
      'books/parts/more/look.yaml': look,
      'books/end.yaml': '- { uses: shield.revert, if: steps.verify.fixed == true }\n',
    };
    const read = load('  - include: parts/all.yaml', files);
    expect([...allSteps(read.steps)].map(({ id }) => id)).toEqual(['verify', 'host_end_1', 'shield_revert_1']);
    expect(read.includes.map(({ file }) => file)).toEqual(Object.keys(files));
  });

  it('with a condition is a block under that condition', () => {
    const read = load(
      '  - { id: verify, uses: patch.verify }\n  - { include: r.yaml, if: steps.verify.pending_reboot == true }',
      {
        'books/r.yaml': '- { uses: host.reboot }\n',
      },
    );
    expect(read.steps[1]).toMatchObject({
      kind: 'block',
      id: 'include_1',
      if: 'steps.verify.pending_reboot == true',
      include: 'books/r.yaml',
      block: [{ id: 'host_reboot_1' }],
    });
  });

  it('may stand in every part of a block', () => {
    const read = load('  - block: [{ include: look.yaml }]\n    always: [{ include: end.yaml }]', {
      'books/look.yaml': look,
      'books/end.yaml': '- { uses: shield.revert, if: steps.verify.fixed == true }\n',
    });
    expect(read.steps).toMatchObject([
      { block: [{ id: 'verify' }, { id: 'host_end_1' }], always: [{ uses: 'shield.revert' }] },
    ]);
  });

  it('never gives a step the id that another file gives by name', () => {
    const read = load('  - { uses: host.end }\n  - include: named.yaml', {
      'books/named.yaml': '- { id: host_end_1, uses: host.end }\n',
    });
    expect([...allSteps(read.steps)].map(({ id }) => id)).toEqual(['host_end_2', 'host_end_1']);
  });
});

describe('mistakes', () => {
  it('are shown in the file where they are, together with those of the playbook', () => {
    const problems = problemsOf('  - include: look.yaml\n  - { uses: host.end, if: steps.verfy.fixed == true }', {
      'books/look.yaml': '- { id: verify, uses: patch.verfy }\n- { uses: host.end, if: steps.late.fixed == true }\n',
    });
    expect(problems).toEqual([
      'books/site.yaml:6:27: unknown step "verfy" (did you mean "verify"?)',
      'books/look.yaml:1:23: unknown action "patch.verfy" (did you mean "patch.verify"?)',
      expect.stringMatching(/^books\/look\.yaml:2:25: unknown step "late"/),
    ]);
  });

  it('of what comes later name the file', () => {
    expect(
      problemsOf('  - { uses: host.end, if: steps.verify.fixed == true }\n  - include: look.yaml', {
        'books/look.yaml': look,
      }),
    ).toEqual([
      'books/site.yaml:5:27: step "verify" comes later (books/look.yaml:1) (an expression can refer to earlier steps only)',
    ]);
  });

  it.each([
    [
      'a file that is not there',
      '  - include: no.yaml',
      /^books\/site.yaml:5:14: books\/no.yaml: there is no such file/,
    ],
    ['a template', `  - include: "$\{{ inputs.x }}.yaml"`, /5:14: "include" names a file, not an expression/],
    ['no name', '  - include:', /5:13: "include" must be text, not empty/],
    [
      'a key that an include cannot have',
      '  - { include: look.yaml, retries: 2 }',
      /5:27: "retries" cannot stand on an include/,
    ],
    ['an include on a step', '  - { uses: host.end, include: look.yaml }', /5:23: "include" cannot stand on a step/],
    [
      'an include on a block',
      '  - { block: [{ uses: host.end }], include: look.yaml }',
      /5:36: "include" cannot stand on a block/,
    ],
    ['a file that is no list', '  - include: map.yaml', /^books\/map.yaml:1:1: "map.yaml" must be a list, not a map/],
    ['an empty file', '  - include: empty.yaml', /^books\/empty.yaml:1:1: the file is empty/],
    ['a step in it without uses', '  - include: none.yaml', /^books\/none.yaml:1:5: a step needs "uses" or "block"/],
  ])('%s', (_, steps, message) => {
    const files = {
      'books/look.yaml': look,
      'books/map.yaml': 'steps: []\n',
      'books/empty.yaml': '',
      'books/none.yaml': '- { id: x }\n',
    };
    const problems = problemsOf(steps, files);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it('a file that includes itself, directly or not', () => {
    const files = {
      'books/a.yaml': '- include: b.yaml\n',
      'books/b.yaml': '- include: a.yaml\n',
      'books/me.yaml': '- include: site.yaml\n',
      'books/site.yaml': '',
    };
    expect(problemsOf('  - include: a.yaml', files)).toEqual([
      'books/b.yaml:1:12: the file includes itself: books/a.yaml → books/b.yaml → books/a.yaml ()',
    ]);
    expect(problemsOf('  - include: me.yaml', files)[0]).toMatch(
      /^books\/me.yaml:1:12: the file includes itself: books\/site.yaml → books\/me.yaml → books\/site.yaml/,
    );
  });

  it('an id in two files, and a file with ids twice', () => {
    const files = { 'books/look.yaml': look, 'books/other.yaml': '- { id: verify, uses: patch.verify }\n' };
    expect(problemsOf('  - include: look.yaml\n  - include: other.yaml', files)).toEqual([
      'books/other.yaml:1:9: duplicate id "verify" (books/look.yaml:1 has it already)',
    ]);
    expect(problemsOf('  - include: look.yaml\n  - include: look.yaml', files)[0]).toMatch(
      /^books\/look.yaml:1:9: duplicate id "verify" \(the file is included twice/,
    );
  });

  it('of a bomb end with a limit', () => {
    const files: Record<string, string> = {};
    for (let level = 0; level < 12; level++)
      files[`books/l${level}.yaml`] = `- include: l${level + 1}.yaml\n- include: l${level + 1}.yaml\n`;
    files['books/l12.yaml'] = '- { uses: host.end }\n';
    expect(problemsOf('  - include: l0.yaml', files).some((text) => text.includes('more than 500 files'))).toBe(true);
  });
});
