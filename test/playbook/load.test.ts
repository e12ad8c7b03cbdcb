import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FirebreakError, type PlannedNode } from '../../src/domain/index.ts';
import { allSteps, emptySteps, loadPlaybook, type Playbook } from '../../src/playbook/index.ts';
import { formatProblems, type SourceProblem, sha256Hex } from '../../src/util/index.ts';
import { catalog } from './catalog.ts';

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const whole = fixture('whole.yaml');

function load(text: string): Playbook {
  return loadPlaybook(text, 'site.yaml', catalog);
}

function problemsOf(text: string): readonly SourceProblem[] {
  try {
    load(text);
  } catch (error) {
    if (!(error instanceof FirebreakError) || error.code !== 'FB_PLAYBOOK_INVALID') throw error;
    return error.details as readonly SourceProblem[];
  }
  return [];
}

/** A playbook around the given lines: at the top or as steps. */
function playbook({ top = '', steps = '  - { id: verify, uses: patch.verify }' }): string {
  return `firebreak: 1\nname: test\nhosts: all\n${top}${top === '' ? '' : '\n'}steps:\n${steps}\n`;
}

describe('a whole playbook', () => {
  const read = load(whole);

  it('is read with its settings', () => {
    expect(read).toMatchObject({
      name: 'MS03-039 – RPCSS buffer overruns (KB824146)',
      file: 'site.yaml',
      sha256: sha256Hex(whole),
      advisory: 'ms03-039',
      hosts: 'all:!do_not_patch',
      oneAtATime: 'vars.redundancy',
      maxFailPercentage: 10,
      maxUnreachablePercentage: 30,
      forks: 50,
    });
    expect(read.waves).toMatchObject([
      { name: 'canary', hosts: 'pilot', size: null },
      { name: 'rest', hosts: null, size: { percent: 25 } },
    ]);
    expect(read.inputs).toMatchObject([
      {
        name: 'protection',
        type: 'choice',
        default: 'auto',
        required: false,
        options: ['auto', 'ipsec', 'firewall', 'dcom', 'none'],
      },
      {
        name: 'keep_shield',
        type: 'boolean',
        default: true,
        description: 'leave the shield up on hosts that stay vulnerable',
      },
      { name: 'install_timeout', type: 'duration', default: '30m' },
    ]);
  });

  it('gives every step an id and the defaults', () => {
    const steps = [...allSteps(read.steps)];
    expect(steps.map(({ id }) => id)).toEqual([
      'verify',
      'host_end_1',
      'stage',
      'shield',
      'host_reboot_1',
      'ports_check_1',
      'health',
      'install',
      'host_reboot_2',
      'reverify',
      'health_check_1',
      'shield_revert_1',
    ]);
    expect(steps[0]).toMatchObject({
      retries: 2,
      delayMs: 5000,
      timeout: 600_000,
      if: null,
      until: null,
      throttle: null,
    });
    expect(steps.find(({ id }) => id === 'reverify')).toMatchObject({
      until: 'result.fixed == true',
      retries: 5,
      delayMs: 30_000,
    });
    expect(steps.find(({ id }) => id === 'install')?.timeout).toBe('${' + '{ inputs.install_timeout }}');
    expect(steps.find(({ id }) => id === 'stage')?.throttle).toBe(20);
    expect(steps.find(({ id }) => id === 'shield')).toMatchObject({
      if: 'inputs.protection != "none"',
      position: { file: 'site.yaml', line: 22, column: 11 },
    });
  });

  it('keeps blocks with their parts', () => {
    const block = read.steps.find((node: PlannedNode) => node.kind === 'block');
    expect(block).toMatchObject({ id: 'block_1', if: null, rescue: [] });
    expect(block?.kind === 'block' && [block.block.length, block.always.length]).toEqual([9, 1]);
  });

  it('knows the fields of every result, null before anything ran', () => {
    const empty = emptySteps(read);
    expect(empty['verify']).toEqual({
      outcome: 'none',
      verdict: null,
      fixed: null,
      applicable: null,
      pending_reboot: null,
      reason: null,
    });
    expect(Object.keys(empty)).toHaveLength(12);
  });

  it('may hold block scalars, folded conditions, aliases and bare booleans', () => {
    const read = load(
      playbook({
        steps: [
          '  - { id: verify, uses: patch.verify, with: &w { advisory: x } }',
          '  - uses: patch.verify',
          '    with: *w',
          '    if: >-',
          '      steps.verify.fixed == true &&',
          '      steps.verify.verdict == "patched"',
          '  - uses: assert',
          '    with: { that: true, message: "if: !this is text" }',
          '    if: true',
          "    until: '''x'' == ''x'''",
          '  - uses: assert',
          '    with:',
          '      that: true',
          '      message: |',
          '        if: !nothing',
          '        until: "a" b',
        ].join('\n'),
      }),
    );
    const [, second, third, fourth] = [...allSteps(read.steps)];
    expect(second).toMatchObject({
      with: { advisory: 'x' },
      if: 'steps.verify.fixed == true && steps.verify.verdict == "patched"',
    });
    expect(third).toMatchObject({ if: 'true', until: "'x' == 'x'" });
    expect(fourth?.with['message']).toBe('if: !nothing\nuntil: "a" b\n');
  });

  it('takes serial, templates over inputs, and conditions in braces', () => {
    const braces = (text: string): string => `"\${{ ${text} }}"`;
    const read = load(
      playbook({
        top: `serial: [1, 5, "25%"]\ninputs: { share: { type: integer, default: 20 } }\nmax_fail_percentage: ${braces('inputs.share')}`,
        steps: `  - { id: a, uses: patch.verify }\n  - { uses: host.reboot, if: ${braces('steps.a.fixed == true')} }`,
      }),
    );
    expect(read.waves.map(({ name, size }) => [name, size])).toEqual([
      ['wave 1', { count: 1 }],
      ['wave 2', { count: 5 }],
      ['wave 3', { percent: 25 }],
    ]);
    expect(read.maxFailPercentage).toContain('inputs.share');
    expect([...allSteps(read.steps)][1]?.if).toBe('steps.a.fixed == true');
  });
});

describe('a broken playbook', () => {
  it('is told all its mistakes at once', () => {
    const problems = problemsOf(fixture('broken.yaml'));
    expect(`${formatProblems(problems)}\n`).toBe(fixture('broken.txt'));
  });

  it.each<[string, string, string, string]>([
    // [what, text, place and message, hint]
    ['an empty file', '', '1:1 the file is empty', ''],
    ['comments only', '# nothing\n', '1:1 the file is empty', ''],
    ['a list', '- a\n', '1:1 a playbook must be a map, not a list', ''],
    [
      'another version',
      playbook({}).replace('firebreak: 1', 'firebreak: 2'),
      '1:12 schema version 2 is newer than this Firebreak knows (1)',
      'update Firebreak',
    ],
    [
      'no version',
      playbook({}).replace('firebreak: 1\n', ''),
      '1:1 the file is not marked as a playbook',
      'write firebreak: 1 first',
    ],
    ['an unknown key', playbook({ top: 'fork: 3' }), '4:1 unknown key "fork" in a playbook', 'did you mean "forks"?'],
    ["another tool's key", playbook({ top: 'tasks: []' }), '4:1 unknown key "tasks" in a playbook', 'write steps:'],
    ['a duplicate key', playbook({ top: 'hosts: web' }), '4:1 duplicate key "hosts"', 'keep one of the two'],
    [
      'a wrong type',
      playbook({ top: 'forks: [1]' }),
      '4:8 "forks" must be a whole number from 1 to 1000, not a list',
      '',
    ],
    [
      'a gate that lets everything through',
      playbook({ top: 'serial: [1, 2]\ngate: { after: "wave 1" }' }),
      '5:9 a gate needs "approve" or "soak"',
      'write approve: ops-leads, or soak: 15m',
    ],
    [
      'a gate on a step',
      playbook({ steps: '  - { uses: host.facts, gate: { approve: me } }' }),
      '5:25 unknown key "gate" in a step',
      'a gate stands before a wave; a question to a person is operator.confirm',
    ],
    [
      'a step that is the own of each host, once',
      playbook({ steps: '  - { uses: host.facts, run_once: true }' }),
      '5:25 "run_once" cannot stand on host.facts, which is about the host itself',
      '',
    ],
    [
      'a later input type',
      playbook({ top: 'inputs: { p: { type: secret } }' }),
      '4:22 an input of type secret is not supported yet',
      'it is part of the design and comes later; remove it',
    ],
    [
      'an unknown action',
      playbook({ steps: '  - uses: host.reboott' }),
      '5:11 unknown action "host.reboott"',
      'did you mean "host.reboot"?',
    ],
    [
      'an unknown argument',
      playbook({ steps: '  - { uses: assert, with: { that: true, mesage: x } }' }),
      '5:41 unknown argument "mesage" of assert',
      'did you mean "message"?',
    ],
    [
      'an argument where none is taken',
      playbook({ steps: '  - { uses: host.facts, with: { x: 1 } }' }),
      '5:33 unknown argument "x" of host.facts',
      'it takes none',
    ],
    [
      'a wrong argument',
      playbook({ steps: '  - { uses: assert, with: { that: 5 } }' }),
      '5:35 "that" must be true or false',
      '',
    ],
    [
      'a wrong item in an argument',
      playbook({ steps: '  - { uses: package.install, with: { args: [/q, 5] } }' }),
      '5:49 "args.1" must be text',
      '',
    ],
    [
      'a missing argument',
      playbook({ steps: '  - uses: ports.check' }),
      '5:11 ports.check needs the argument "expect"',
      'write with: { expect: … }',
    ],
    [
      'an unknown step',
      playbook({
        steps: '  - { id: verify, uses: patch.verify }\n  - { uses: host.reboot, if: steps.verfy.fixed == true }',
      }),
      '6:30 unknown step "verfy"',
      'did you mean "verify"?',
    ],
    [
      'a helper on an unknown step',
      playbook({ steps: '  - { id: verify, uses: patch.verify }\n  - { uses: host.reboot, if: ran("verfy") }' }),
      '6:34 unknown step "verfy"',
      'did you mean "verify"?',
    ],
    [
      'a later step',
      playbook({
        steps: '  - { uses: host.reboot, if: steps.verify.fixed == true }\n  - { id: verify, uses: patch.verify }',
      }),
      '5:30 step "verify" comes later (line 6)',
      'an expression can refer to earlier steps only',
    ],
    [
      'itself',
      playbook({ steps: '  - { id: verify, uses: patch.verify, if: steps.verify.fixed == true }' }),
      '5:43 step "verify" refers to itself',
      '',
    ],
    [
      'a block that refers into itself',
      playbook({ steps: '  - if: steps.a.fixed == true\n    block:\n      - { id: a, uses: patch.verify }' }),
      '5:9 step "a" comes later (line 7)',
      'an expression can refer to earlier steps only',
    ],
    [
      'a computed step',
      playbook({
        steps: '  - { id: a, uses: patch.verify }\n  - { uses: host.reboot, if: "steps[vars.x].fixed == true" }',
      }),
      '6:31 the step must be named, not computed',
      'write steps.<id>.<field>',
    ],
    [
      'an unknown field',
      playbook({ steps: '  - { id: a, uses: patch.verify }\n  - { uses: host.reboot, if: steps.a.fixd == true }' }),
      '6:30 unknown field "fixd" of steps.a (patch.verify)',
      'did you mean "fixed"?',
    ],
    [
      'result outside until',
      playbook({ steps: '  - { id: a, uses: patch.verify, if: result.fixed == true }' }),
      '5:38 "result" exists in until only',
      'refer to an earlier step: steps.<id>.<field>',
    ],
    [
      'an unknown input',
      playbook({
        top: 'inputs: { protection: { type: string } }',
        steps: '  - { uses: host.reboot, if: inputs.protektion == "x" }',
      }),
      '6:30 unknown input "protektion"',
      'did you mean "protection"?',
    ],
    [
      'an unknown input in a template',
      playbook({ steps: '  - uses: assert\n    with:\n      that: "${' + '{ inputs.x == 1 }}"' }),
      '7:18 unknown input "x"',
      'this playbook declares no inputs',
    ],
    [
      'a step in a setting of the plan',
      playbook({ top: 'one_at_a_time: steps.verify.fixed' }),
      '4:16 "steps" is not known here',
      'known here: vars, host, groups, inputs',
    ],
    [
      'a number that is no condition',
      playbook({ steps: '  - { uses: host.reboot, if: 1 + 1 }' }),
      '5:30 a condition must be true or false, this is an int',
      '',
    ],
    [
      'a single equals sign',
      playbook({ steps: '  - { uses: host.reboot, if: inputs = 1 }' }),
      '5:37 the expression is not valid: unexpected character: =',
      'equality is ==',
    ],
    [
      'matches',
      playbook({ steps: '  - { uses: host.reboot, if: host.name.matches("x") }' }),
      '5:30 matches() is left out: a regular expression can hang the run',
      'use contains(), startsWith() or "in"',
    ],
    [
      'a field that may be null',
      playbook({ steps: '  - { id: a, uses: patch.verify }\n  - { uses: host.reboot, if: steps.a.fixed }' }),
      '6:30 steps.a.fixed may be null, which is neither true nor false',
      'write steps.a.fixed == true',
    ],
    [
      'half a template',
      playbook({ steps: '  - uses: assert\n    if: "true ${' + '{ true }}"\n    with: { that: true }' }),
      '6:9 "if" holds one expression',
      'write it bare',
    ],
    [
      'an open template',
      playbook({ steps: '  - uses: assert\n    with: { that: true, message: "a ${' + '{ inputs.x" }' }),
      '6:37 this template is never closed',
      'write }} behind the expression',
    ],
    [
      'a bare number as a duration',
      playbook({ top: 'defaults: { delay: 30 }' }),
      '4:20 "delay" must be a duration such as 30s, 10m or 1h30m, not 30',
      'say the unit: 30s',
    ],
    [
      'a timeout of nothing',
      playbook({ top: 'defaults: { timeout: 0s }' }),
      '4:22 "timeout" must be longer than nothing',
      'write a duration such as 30s, 10m or 1h30m',
    ],
    [
      'until on a block',
      playbook({ steps: '  - block: [{ uses: host.facts }]\n    until: true' }),
      '6:5 "until" cannot stand on a block',
      'set it on the steps inside',
    ],
    ['an empty block', playbook({ steps: '  - block: []' }), '5:12 "block" is empty', 'remove it or add a step'],
    [
      'an unknown snapshot',
      playbook({
        steps: '  - { id: before, uses: health.snapshot }\n  - { uses: health.check, with: { against: befor } }',
      }),
      '6:44 unknown step "befor"',
      'did you mean "before"?',
    ],
    ['YAML 1.1', `%YAML 1.1\n---\n${playbook({})}`, '1:1 the file must be YAML 1.2', 'remove the %YAML line'],
    [
      'two documents',
      `${playbook({})}---\na: 1\n`,
      '6:1 the file must hold one YAML document, a second one starts here',
      '',
    ],
    [
      'an unknown tag',
      playbook({ top: 'advisory: !x y' }),
      '4:11 unknown YAML tag',
      'quote a value that starts with "!"',
    ],
    [
      'an unknown alias',
      playbook({ top: 'inputs: *i' }),
      '4:9 unknown or recursive alias',
      'quote a value that starts with "*"',
    ],
    ['a tab', playbook({ steps: '\t- uses: host.facts' }), '5:1 tabs cannot indent YAML', 'use spaces'],
  ])('with %s', (_what, text, placeAndMessage, hint) => {
    const problems = problemsOf(text);
    const shown = problems.map((problem) => [`${problem.line}:${problem.column} ${problem.message}`, problem.hint]);
    expect(shown).toContainEqual([placeAndMessage, hint]);
    expect(shown).toHaveLength(1);
  });

  it.each([
    ["!ran('verify')", `"!ran('verify')"`],
    ['"pilot" in groups', `'"pilot" in groups'`],
    ["'pilot' in groups", `"'pilot' in groups"`],
    ['[1] == [1]', '"[1] == [1]"'],
    ['{"a": 1}.a == 1', `'{"a": 1}.a == 1'`],
    ["host.name == 'x' ? true : false", `"host.name == 'x' ? true : false"`],
    ['vars.x == "a #b"', `'vars.x == "a #b"'`],
  ])('shows the quoted form of if: %s, in block and in flow style', (condition, quoted) => {
    for (const step of [
      `  - uses: host.reboot\n    if: ${condition}\n    retries: x`,
      `  - { uses: host.reboot, if: ${condition}, retries: x }`,
    ]) {
      const problems = problemsOf(playbook({ steps: `  - { id: verify, uses: patch.verify }\n${step}` }));
      expect(problems.map(({ message, hint }) => [message, hint])).toEqual([
        ['YAML does not read this value of "if" as it is written: quote it', `write if: ${quoted}`],
        ['"retries" must be a whole number from 0 to 1000, not "x"', ''],
      ]);
      expect(
        problemsOf(
          playbook({
            steps: `  - { id: verify, uses: patch.verify }\n${step.replace(condition, quoted).replace('retries: x', 'retries: 1')}`,
          }),
        ),
      ).toEqual([]);
    }
  });

  it('shows the quoted form of an expression with a comma in flow style', () => {
    const problems = problemsOf(playbook({ steps: '  - { uses: host.reboot, if: vars.list.exists(x, x == 1) }' }));
    expect(problems.map(({ hint }) => hint)).toEqual(['write if: "vars.list.exists(x, x == 1)"']);
  });

  it('is told its mistakes before the place where the YAML itself breaks, and that one', () => {
    const messages = problemsOf('firebreak: 1\nnmae: x\nhosts: [all\nsteps: nonsense\n').map(
      ({ line, message }) => `${line} ${message}`,
    );
    expect(messages[0]).toBe('2 unknown key "nmae" in a playbook');
    expect(messages.slice(1).every((message) => message.includes('not valid YAML'))).toBe(true);
    expect(messages.length).toBeGreaterThan(1);
  });

  it('says how many mistakes there are in one line', () => {
    expect(() => load(fixture('broken.yaml'))).toThrow(/^site\.yaml:1:1: the playbook has no "name" \(and \d+ more\)$/);
  });
});

describe('hostile input', () => {
  it('unfolds no alias bomb', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `    l${level + 1}: &l${level + 1} [${Array(12)
          .fill(level === 0 ? 'x' : `*l${level}`)
          .join(', ')}]`,
    );
    const problems = problemsOf(
      playbook({ steps: `  - uses: assert\n    with:\n${levels.join('\n').replaceAll('    l', '      l')}` }),
    );
    expect(problems.map(({ message }) => message)).toContain('the file unfolds to too many values (aliases)');
  });

  it.each([
    ['brackets', '['.repeat(200_000)],
    ['braces', 'a: {b: '.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    ['block maps', Array.from({ length: 5000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['a recursive alias', 'firebreak: &a { x: *a }'],
    ['4 million spaces', ' '.repeat(4_000_001)],
    ['one endless line', `a: {${'if: x, '.repeat(20_000)}}`],
    ['dashes far apart', `${'-  '.repeat(40)}x`.repeat(2000)],
    ['NULs', '\u0000'.repeat(1000)],
    [
      'a prototype',
      'firebreak: 1\n__proto__: { polluted: true }\nsteps: [{ uses: assert, with: { __proto__: { that: true } } }]',
    ],
  ])('of %s is refused', (_what, text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('cut anywhere raises FB_PLAYBOOK_INVALID or is whole', () => {
    for (let length = 0; length < whole.length; length += 3) expectSound(whole.slice(0, length));
  });

  it('with pieces put in, taken out or doubled raises FB_PLAYBOOK_INVALID or is whole', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        ': ',
        ', ',
        '- ',
        '\n',
        '#',
        '&a ',
        '*a',
        '!',
        '|',
        '>',
        '${' + '{',
        '}}',
        '\t',
        '%',
        '\u0000',
        '?',
      ),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(30), piece, (at, gap, text) => {
        expectSound(whole.slice(0, at) + text + whole.slice(at + gap));
      }),
      { numRuns: 300 },
    );
  });
});

/** `problemsOf` throws on in for anything but FB_PLAYBOOK_INVALID; what is reported has a place in the text. */
function expectSound(text: string): void {
  const lines = text.split('\n').length;
  for (const { line, column, message, width } of problemsOf(text)) {
    expect(line >= 1 && line <= lines && column >= 1 && width >= 1 && message !== '').toBe(true);
  }
}

describe('vars', () => {
  it('are read with playbook, blocks and steps', () => {
    const read = load(
      playbook({
        top: 'vars: { a: 1, b: { c: [x] } }',
        steps: '  - block: [{ id: v, uses: patch.verify, vars: { d: "${' + '{ inputs }}" } }]\n    vars: { e: null }',
      }),
    );
    expect(read.vars).toEqual({ a: 1, b: { c: ['x'] } });
    expect(read.steps).toMatchObject([{ vars: { e: null }, block: [{ vars: { d: '${' + '{ inputs }}' } }] }]);
  });

  it.each([
    ['vars: { 2x: 1 }', 4, '"2x" is not a name for a variable'],
    ['vars: [a]', 4, '"vars" must be a map, not a list'],
    ['vars: { a: "${' + '{ steps.verify.fixed }}" }', 4, '"steps" is not known here'],
    ['vars: { a: "${' + '{ inputs.no }}" }', 4, 'unknown input "no"'],
  ])('%s is refused', (top, line, message) => {
    expect(problemsOf(playbook({ top }))).toMatchObject([{ line, message }]);
  });

  it('of a step refer to earlier steps only', () => {
    const later =
      '  - { uses: host.facts, vars: { x: "${' + '{ steps.verify.fixed }}" } }\n  - { id: verify, uses: patch.verify }';
    expect(problemsOf(playbook({ steps: later }))).toMatchObject([{ message: expect.stringContaining('comes later') }]);
  });
});
