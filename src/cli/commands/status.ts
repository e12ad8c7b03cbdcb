/** `firebreak status [RUN]`: works from another process while the run goes on. */
import type { Command } from 'commander';
import { FirebreakError, type HostView, type RunView } from '../../domain/index.ts';
import { didYouMean } from '../../util/index.ts';
import { oneLine, renderHostTable, renderTable, renderTally } from '../live/index.ts';
import { addStateOption, type StateOptions, withServices } from '../options.ts';
import { renderFacts, renderGates, renderWait } from './status-text.ts';

interface StatusFlags extends StateOptions {
  readonly host?: string;
  readonly json?: boolean;
}

export function registerStatus(program: Command): void {
  const command = program
    .command('status')
    .summary('show a run, also while it goes on')
    .description('What each host of a run has done so far, from the journal.')
    .argument('[run]', 'run id, an unambiguous part of its beginning, or last', 'last')
    .option('--host <name>', 'this host alone, step by step')
    .option('--json', 'everything as JSON');
  addStateOption(command)
    .addHelpText('after', '\nExamples:\n  $ firebreak status\n  $ firebreak status last --host web01')
    .action(async (run: string, flags: StatusFlags) => {
      const { runStatus } = await import('../../app/index.ts');
      const { info, view } = await withServices(flags, (services) => runStatus(services, run));
      const hosts = view.hosts.filter((host) => flags.host === undefined || host.name === flags.host);
      if (flags.host !== undefined && hosts.length === 0) throw unknownHost(flags.host, view);
      if (flags.json === true) {
        process.stdout.write(
          `${JSON.stringify({ ...view, hosts, process: { state: info.state, owner: info.owner } })}\n`,
        );
        return;
      }
      const owner =
        info.state === 'running' && info.owner !== null ? `, process ${info.owner.pid} on ${info.owner.machine}` : '';
      process.stdout.write(`${view.name}\nrun ${view.run}: ${info.state}${owner}; ${renderTally(view)}\n`);
      process.stdout.write(`${[...renderFacts(view), ''].join('\n')}\n`);
      process.stdout.write(`${renderHostTable(hosts)}\n`);
      if (flags.host !== undefined) for (const host of hosts) process.stdout.write(`\n${renderSteps(host)}\n`);
      const questions = view.state === 'aborted' ? [] : hosts.flatMap(openQuestions);
      if (questions.length > 0) {
        process.stdout.write(`\nQuestions:\n${questions.join('\n')}\n\nNext:\n  firebreak answer ${view.run}\n`);
      }
      if (view.gates.length > 0) process.stdout.write(`\nGates:\n${renderGates(view.gates).join('\n')}\n`);
      const wait = renderWait(view, info, Date.now());
      if (wait.length > 0) process.stdout.write(`${wait.join('\n')}\n`);
      if (info.state === 'interrupted') process.stdout.write(`\nNext:\n  firebreak resume ${view.run}\n`);
    });
}

function unknownHost(name: string, view: RunView): FirebreakError {
  const names = view.hosts.map((host) => host.name);
  return new FirebreakError('FB_NO_HOSTS', `run ${view.run} has no host "${name}"`, {
    remedy: didYouMean(name, names) || `firebreak status ${view.run}`,
  });
}

function openQuestions({ name, questions }: HostView): readonly string[] {
  return questions.flatMap(({ state, step, text, answer, by }) => {
    if (state === 'closed') return [];
    const said = answer === null ? 'not answered' : `${by} answered ${answer}; firebreak resume goes on`;
    return [`  ${oneLine(`${name}: ${step}: ${text} – ${said}`)}`];
  });
}

function renderSteps(host: HostView): string {
  return renderTable([
    ['STEP', 'ACTION', 'OUTCOME', 'SECONDS', 'WHY'],
    ...host.steps.map((step) => [
      step.id,
      step.uses,
      step.outcome ?? step.state,
      (step.durationMs / 1000).toFixed(1),
      step.error?.message ?? step.reason,
    ]),
  ]);
}
