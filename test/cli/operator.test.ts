/** Questions of a run on its terminal: one at a time, the view out of the way, defaults only where they were allowed. */
import { describe, expect, it } from '@jest/globals';
import { terminalOperator } from '../../src/cli/operator.ts';
import type { Prompts } from '../../src/cli/prompts.ts';
import type { Question } from '../../src/domain/index.ts';

const CONFIRM: Question = { kind: 'confirm', text: 'Go on?', choices: ['yes', 'skip', 'no'], default: null };

interface Open {
  readonly message: string;
  readonly values: readonly string[];
  answer(value: string): void;
  leave(): void;
}

/** A person whose prompts are opened and closed by the test. */
function person() {
  const open: Open[] = [];
  const told: string[] = [];
  const stage = {
    pause: async () => {
      told.push('pause');
    },
    resume: () => told.push('resume'),
    interrupt: () => told.push('interrupt'),
  };
  const ask = (message: string, values: readonly string[], signal: AbortSignal | undefined): Promise<string> =>
    new Promise((resolve, reject) => {
      const close = (name: string) => reject(Object.assign(new Error('closed'), { name }));
      signal?.addEventListener('abort', () => close('AbortPromptError'), { once: true });
      open.push({ message, values, answer: resolve, leave: () => close('ExitPromptError') });
    });
  const prompts: Prompts = {
    text: ({ message, signal }) => ask(message, [], signal),
    choose: ({ message, choices, signal }) =>
      ask(
        message,
        choices.map(({ value }) => value),
        signal,
      ) as ReturnType<Prompts['choose']> as never,
    secret: () => Promise.reject(new Error('not asked')),
    chooseSeveral: () => Promise.reject(new Error('not asked')),
    confirm: () => Promise.reject(new Error('not asked')),
  };
  return { open, told, stage, prompts };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

function asked(host: string, question = CONFIRM, signal = new AbortController().signal) {
  return { host, step: 'sure', question, signal };
}

describe('the operator at a terminal', () => {
  it('is asked one thing at a time, and the view comes back after the last', async () => {
    const { open, told, stage, prompts } = person();
    const operator = terminalOperator(stage, prompts, {});
    const first = operator.ask(asked('web01'));
    const second = operator.ask(asked('web02'));
    await settled();
    expect(open.map(({ message }) => message)).toEqual(['web01 (sure): Go on?']);
    expect(open[0]?.values).toEqual(['yes', 'skip', 'no', 'later']);
    open[0]?.answer('yes');
    expect(await first).toEqual({ answer: 'yes', via: 'terminal' });
    await settled();
    expect(told).not.toContain('resume');
    open[1]?.answer('later');
    expect(await second).toBeNull();
    expect(told).toEqual(['pause', 'pause', 'resume']);
  });

  it('lets a question go whose host is left out, also one in the queue', async () => {
    const { open, told, stage, prompts } = person();
    const operator = terminalOperator(stage, prompts, {});
    const skip = [new AbortController(), new AbortController()] as const;
    const first = operator.ask(asked('web01', CONFIRM, skip[0].signal));
    const second = operator.ask(asked('web02', CONFIRM, skip[1].signal));
    const ends = Promise.allSettled([first, second]);
    await settled();
    skip[1].abort();
    skip[0].abort();
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(open).toHaveLength(1);
    expect(told).toEqual(['pause', 'resume']);
  });

  it('passes Ctrl-C at a question on to the run', async () => {
    const { open, told, stage, prompts } = person();
    const end = terminalOperator(stage, prompts, {}).ask(asked('web01'));
    await settled();
    open[0]?.leave();
    await expect(end).rejects.toMatchObject({ name: 'ExitPromptError' });
    expect(told).toContain('interrupt');
  });

  it('takes an empty text for later, and shows no control characters', async () => {
    const { open, stage, prompts } = person();
    const question: Question = { kind: 'text', text: 'Which\u001b[2J?', choices: [], default: null };
    const end = terminalOperator(stage, prompts, {}).ask(asked('web01', question));
    await settled();
    expect(open[0]?.message).toBe('web01 (sure): Which\\x1b[2J? (empty: decide later, the host is parked)');
    open[0]?.answer('  ');
    expect(await end).toBeNull();
  });

  it('with --yes answers what declares a default, and nothing else', async () => {
    const { open, stage, prompts } = person();
    const operator = terminalOperator(stage, prompts, { ask: false, yes: true });
    expect(operator.willAnswer(CONFIRM)).toBe(false);
    const preset = { ...CONFIRM, default: 'skip' };
    expect(operator.willAnswer(preset)).toBe(true);
    expect(await operator.ask(asked('web01', preset))).toEqual({ answer: 'skip', via: 'default' });
    expect(open).toEqual([]);
    expect(terminalOperator(stage, prompts, { ask: false }).willAnswer(preset)).toBe(false);
  });
});
