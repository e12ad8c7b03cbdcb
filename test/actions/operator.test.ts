/** What operator.confirm, operator.ask and pause take, ask and make of an answer; and what a playbook may not do with them. */
import { describe, expect, it } from '@jest/globals';
import { createActions } from '../../src/actions/index.ts';
import { FirebreakError, legalAnswer, type OperatorAction } from '../../src/domain/index.ts';
import { loadPlaybook } from '../../src/playbook/index.ts';

const catalog = createActions();

function operator(uses: string): OperatorAction {
  const action = catalog.get(uses);
  if (action?.kind !== 'operator') throw new Error(`${uses} asks nobody`);
  return action;
}

/** `line:column message` of every mistake. */
function problemsOf(steps: string): readonly string[] {
  try {
    loadPlaybook(`firebreak: 1\nname: t\nhosts: all\nsteps:\n${steps}`, 't.yaml', catalog);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof FirebreakError)) throw thrown;
    const details = thrown.details as readonly { line: number; column: number; message: string }[];
    return details.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

describe('operator.confirm', () => {
  const confirm = operator('operator.confirm');
  it('goes on, ends the host or fails', () => {
    const args = { question: 'Go on?' };
    expect(confirm.question(args)).toEqual({
      kind: 'confirm',
      text: 'Go on?',
      choices: ['yes', 'skip', 'no'],
      default: null,
    });
    expect(confirm.settle(args, 'yes')).toEqual({ flow: 'go-on', carries: true });
    expect(confirm.settle(args, 'skip')).toEqual({ flow: 'end', carries: false });
    expect(confirm.settle(args, 'no')).toMatchObject({
      flow: 'fail',
      carries: false,
      error: { code: 'FB_STEP_CONDITION', message: 'answered no: Go on?' },
    });
  });
});

describe('operator.ask', () => {
  const ask = operator('operator.ask');
  it('takes text, one of the options, or the word that a task is done', () => {
    const text = ask.question({ question: 'Which?' });
    expect(text).toMatchObject({ kind: 'text', choices: [] });
    expect([legalAnswer(text, ' a b '), legalAnswer(text, ' '), legalAnswer(text, 'a\u001bb')]).toEqual([
      'a b',
      null,
      null,
    ]);
    const choice = ask.question({ question: 'Which?', options: ['Red', 'Blue'], default: 'blue' });
    expect(choice).toMatchObject({ kind: 'choice', choices: ['Red', 'Blue'], default: 'Blue' });
    expect([legalAnswer(choice, 'red'), legalAnswer(choice, 're')]).toEqual(['Red', null]);
    const task = ask.question({ question: 'Unplug it', type: 'task' });
    expect(task).toMatchObject({ kind: 'task', choices: ['done', 'failed'], default: null });
  });

  it('says of a task that it leaves the host without a network, and of nothing else', () => {
    const task = { question: 'Unplug it', type: 'task' };
    expect(ask.question({ ...task, offline: true })).toMatchObject({ offline: true });
    expect(ask.question(task)).not.toHaveProperty('offline');
    expect(problemsOf('  - { uses: operator.ask, with: { question: a, offline: true } }\n')).toEqual([
      expect.stringContaining('only a task takes a host off the network'),
    ]);
  });

  it('carries answers to a rerun, but not that a task was done', () => {
    expect(ask.settle({ question: 'Which?' }, 'x')).toEqual({ flow: 'go-on', carries: true });
    expect(ask.settle({ question: 'Unplug it', type: 'task' }, 'done')).toEqual({ flow: 'go-on', carries: false });
    expect(ask.settle({ question: 'Unplug it', type: 'task' }, 'failed')).toMatchObject({
      flow: 'fail',
      carries: false,
    });
  });
});

describe('a playbook with questions', () => {
  it.each([
    ['  - { uses: operator.confirm }', '5:13 operator.confirm needs the argument "question"'],
    [
      '  - { uses: operator.confirm, with: { question: a, default: maybe } }',
      '5:61 "default" must be one of yes, skip, no',
    ],
    [
      '  - { uses: operator.ask, with: { question: a, type: choice } }',
      '5:54 "type" is not valid: a choice needs options: [a, b]',
    ],
    [
      '  - { uses: operator.ask, with: { question: a, type: task, default: done } }',
      '5:69 "default" is not valid: only a person knows whether a task is done',
    ],
    [
      '  - { uses: operator.ask, with: { question: a, options: [x, y], default: z } }',
      '5:74 "default" is not valid: it is not one of the options',
    ],
    [
      '  - { uses: operator.ask, with: { question: a, options: [x, X] } }',
      '5:57 "options" is not valid: an option stands there twice',
    ],
    ['  - { uses: pause, with: { duration: soon } }', '5:38 "duration" is not valid'],
    [
      '  - { uses: operator.confirm, with: { question: a }, until: result.answer == "yes" }',
      '5:54 "until" cannot stand on operator.confirm',
    ],
    [
      '  - block: [{ uses: pause, with: { duration: 1s } }]\n    always: [{ uses: operator.confirm, with: { question: a } }]',
      '6:22 operator.confirm cannot stand in "always"',
    ],
    [
      '  - { id: a, uses: operator.ask, with: { question: a } }\n  - { uses: fail, with: { message: x }, if: steps.a.anser == "x" }',
      '6:45 unknown field "anser" of steps.a (operator.ask)',
    ],
  ])('%s', (steps, problem) => {
    expect(problemsOf(steps)).toEqual([expect.stringContaining(problem)]);
  });

  it('may ask in a block, in its rescue, and use the answer', () => {
    const steps = `  - block:
      - { id: a, uses: operator.ask, with: { question: "Which of \${{ host.name }}?" } }
      - { uses: pause, with: { duration: 5m } }
    rescue:
      - { uses: operator.confirm, with: { question: "\${{ steps.a.answer }} by \${{ steps.a.by }}?" } }
`;
    expect(problemsOf(steps)).toEqual([]);
  });
});
