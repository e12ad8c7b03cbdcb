/** `firebreak answer RUN [VALUE] --host H`. */
import type { Command } from 'commander';
import type { OpenQuestion } from '../../app/index.ts';
import { oneLine, renderTable } from '../live/index.ts';
import { addStateOption, collect, type StateOptions, withServices } from '../options.ts';
import { shellLine } from '../shell-line.ts';

interface AnswerFlags extends StateOptions {
  readonly host?: readonly string[];
  readonly step?: string;
  readonly json?: boolean;
}

export function registerAnswer(program: Command): void {
  const command = program
    .command('answer')
    .summary("answer the question of a run's host")
    .description(
      'Records an answer, with who gave it and when; firebreak resume goes on with it. Without a value: the open questions.',
    )
    .argument('<run>', 'run id, an unambiguous part of its beginning, or last')
    .argument('[value]', 'the answer')
    .option('--host <name>', 'the host that asks; may be repeated', collect)
    .option('--step <id>', 'the step that asks, when there are several')
    .option('--json', 'the open questions as JSON');
  addStateOption(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ firebreak answer last\n  $ firebreak answer last yes --host web01\n  $ firebreak resume last',
    )
    .action(async (reference: string, value: string | undefined, flags: AnswerFlags) => {
      const { answer, openQuestions } = await import('../../app/index.ts');
      if (value === undefined) {
        const { run, questions } = await withServices(flags, (services) => openQuestions(services, reference));
        const chosen = questions.filter(
          ({ host, step }) => (flags.host?.includes(host) ?? true) && (flags.step ?? step) === step,
        );
        const text = flags.json === true ? JSON.stringify({ run, questions: chosen }) : renderQuestions(run, chosen);
        process.stdout.write(`${text}\n`);
        return;
      }
      const { run, answered } = await withServices(flags, (services) =>
        answer(services, { run: reference, hosts: flags.host ?? [], step: flags.step, value }),
      );
      for (const { host, step, question, answer: given } of answered) {
        process.stdout.write(`${oneLine(`${host}: ${step}: ${question.text} – ${given}`)}\n`);
      }
      const last = answered.at(-1);
      const next = last?.next === 'rerun' ? `firebreak rerun ${run} --failed` : `firebreak resume ${run}`;
      const when = last?.isBusy === true ? ' (once the process that works on the other hosts has ended)' : '';
      process.stdout.write(`\nNext:\n  ${next}${when}\n`);
    });
}

function renderQuestions(run: string, questions: readonly OpenQuestion[]): string {
  const [first] = questions;
  if (first === undefined) return `run ${run} has no open question`;
  const rows = questions.map(({ host, step, askedAt, text, choices }) => [
    host,
    step,
    `${askedAt.slice(0, 16).replace('T', ' ')}Z`,
    choices.length === 0 ? 'text' : choices.join(' | '),
    text,
  ]);
  return [
    renderTable([['HOST', 'STEP', 'ASKED', 'ANSWERS', 'QUESTION'], ...rows]),
    '',
    'Next:',
    `  ${shellLine(['firebreak', 'answer', run, first.choices[0] ?? 'TEXT', '--host', first.host])}`,
    `  firebreak resume ${run}`,
  ].join('\n');
}
